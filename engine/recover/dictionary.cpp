#include "recover/dictionary.hpp"

#include <algorithm>
#include <cstddef>

#include "crash/layout.hpp"
#include "record/dictionary.hpp"

namespace xylem::recover {

using crash::DictionaryEntry;
using crash::DictionaryHead;
using crash::EntryKind;

std::uint64_t Dictionary::read(Bytes extent) {
  if (!holds(extent, 0, sizeof(DictionaryHead))) return 1;
  const auto said = load_at<std::uint64_t>(extent, offsetof(DictionaryHead, used));
  const Bytes entries = extent.subspan(sizeof(DictionaryHead));
  const std::uint64_t used = std::min<std::uint64_t>(said, entries.size());
  std::uint64_t unreadable = used == said ? 0 : 1;
  for (std::uint64_t at = 0; at < used;) {
    const Bytes rest = entries.subspan(at, used - at);
    if (!holds(rest, 0, sizeof(DictionaryEntry))) return unreadable + 1;
    const auto entry = load_at<DictionaryEntry>(rest, 0);
    if (entry.bytes < sizeof entry || entry.bytes % 8 != 0 || entry.bytes > rest.size()) {
      return unreadable + 1;
    }
    const std::size_t body = entry.bytes - sizeof entry;
    const bool is_read =
        entry.padding <= body && add(static_cast<std::uint16_t>(entry.kind), entry.id,
                                     text_at(rest, sizeof entry, body - entry.padding));
    if (!is_read) ++unreadable;
    at += entry.bytes;
  }
  return unreadable;
}

bool Dictionary::add_of_engine(Names& names, std::uint64_t id, std::string_view body) {
  std::uint32_t engine = 0;
  if (body.size() < sizeof engine) return false;
  std::memcpy(&engine, body.data(), sizeof engine);
  names.try_emplace(id, NameOfEngine{engine, std::string{body.substr(sizeof engine)}});
  return true;
}

bool Dictionary::add(std::uint16_t kind, std::uint64_t id, std::string_view body) {
  switch (static_cast<EntryKind>(kind)) {
    case EntryKind::site: {
      record::Site site{};
      if (!record::decode(body, site)) return false;
      sites.try_emplace(id, std::move(site));
      return true;
    }
    case EntryKind::logger:
      loggers.try_emplace(id, NameOfEngine{0, std::string{body}});
      return true;
    case EntryKind::sink:
      sinks.try_emplace(id, NameOfEngine{0, std::string{body}});
      return true;
    case EntryKind::logger_of_engine:
      return add_of_engine(loggers, id, body);
    case EntryKind::sink_of_engine:
      return add_of_engine(sinks, id, body);
    case EntryKind::module: {
      std::optional<stacks::Module> module = stacks::decode_module(body);
      if (module) modules.try_emplace(id, std::move(*module));
      return module.has_value();
    }
    case EntryKind::frame:
      frames.try_emplace(id, body);
      return true;
    case EntryKind::level:
      levels.try_emplace(id, body);
      return true;
  }
  return false;
}

}  // namespace xylem::recover
