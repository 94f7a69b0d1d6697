#pragma once

// What the tests of recovery share: crash files written by hand, as a process leaves them.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xylem/detail/slot.hpp>

#include "config/build.hpp"
#include "config/dict_config.hpp"
#include "crash/layout.hpp"
#include "record/dictionary.hpp"
#include "record/foreign.hpp"
#include "recover/recover.hpp"
#include "sink/posix_file.hpp"

namespace leftover_test {

using xylem::crash::EntryKind;
using xylem::crash::Extent;
using xylem::crash::ExtentKind;
using xylem::crash::Fixed;
using xylem::crash::RingWords;
using xylem::crash::SinkEntry;
using xylem::record::Kind;
using xylem::record::Site;

/// Tick 0.
inline constexpr std::int64_t epoch_ns = 1'700'000'000'000'000'000;

template <typename T>
void append(std::string& to, const T& value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

inline Site make_site(std::string format, std::vector<Kind> kinds, int level = 20,
                      std::vector<std::string> keys = {}) {
  Site site{};
  site.level = static_cast<xylem::Level>(level);
  site.format = std::move(format);
  site.pathname = "/src/dead.cpp";
  site.function = "main";
  site.line = 7;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const bool is_field = i < keys.size() && !keys[i].empty();
    xylem::record::add_argument(site, kinds[i], is_field, is_field ? keys[i] : "");
  }
  return site;
}

/// One ring, filled from position `begin` on.
class RingImage {
 public:
  RingImage(std::uint64_t capacity, std::string_view thread, std::uint64_t begin)
      : slots(capacity * xylem::detail::slot_bytes) {
    words.head.store_relaxed(begin);
    words.tail.store_relaxed(begin);
    words.thread.id = 0x7000;
    words.thread.bytes =
        static_cast<std::uint32_t>(thread.copy(words.thread.name.data(), words.thread.name.size()));
    for (auto& end : words.ends) end.store_relaxed(begin);
  }

  /// Adds a record; returns its position.
  std::uint64_t add(std::uint64_t site, std::uint64_t logger, std::uint64_t tick,
                    std::string_view payload, std::uint64_t flags = 0) {
    using namespace xylem::detail;
    const std::uint64_t at = words.head.load_relaxed();
    std::string record;
    append(record, header_word(site, logger, slots_for(payload.size()), flags));
    append(record, tick);
    record += payload;
    for (std::size_t i = 0; i < record.size(); ++i) {
      slots[(at * slot_bytes + i) % slots.size()] = static_cast<std::byte>(record[i]);
    }
    words.head.store_relaxed(at + slots_for(payload.size()));
    return at;
  }

  RingWords words{};
  std::array<xylem::crash::ContextPlace, 2> contexts{};
  std::vector<std::byte> slots;
};

/// A crash file in the making.
class CrashImage {
 public:
  explicit CrashImage(std::string_view config_path = "/etc/app.json", std::uint64_t hash = 42) {
    auto& header = fixed_->header;
    header.magic.store_relaxed(xylem::crash::magic);
    header.version = xylem::crash::version;
    header.page_bytes = xylem::crash::page_bytes;
    header.config_hash = hash;
    header.pid = 4711;
    header.created_ns = header.start_ns = epoch_ns;
    header.first_batch.store_relaxed(1);
    set_text(fixed_->config_path, config_path);
    set_text(fixed_->working_directory, "/");
    set_text(fixed_->process_name, "dead");
    for (auto& clock : fixed_->clocks) clock.pieces[0] = {0, epoch_ns, 1.0};
  }

  static void set_text(xylem::crash::Text& text, std::string_view value) {
    text.bytes = static_cast<std::uint32_t>(value.copy(text.text.data(), text.text.size()));
  }

  std::uint64_t site(const Site& site) {
    return entry(EntryKind::site, xylem::record::encode(site));
  }
  std::uint64_t logger(std::string_view name) { return entry(EntryKind::logger, name); }

  RingImage& ring(std::string_view thread, std::uint64_t capacity = 64, std::uint64_t begin = 0) {
    return *rings_.emplace_back(std::make_unique<RingImage>(capacity, thread, begin));
  }

  /// The payload of a record with flag_spilled.
  std::string spill(std::string_view payload) {
    const std::uint64_t id = spills_.size() + 900;
    spills_.emplace_back(payload);
    std::string reference;
    append(reference, id);
    append(reference, std::uint64_t{payload.size()});
    return reference;
  }

  /// The batches up to `written` end at the place.
  void sink(std::string_view name, std::uint64_t written, SinkEntry::Place place) {
    const std::uint32_t at = fixed_->header.sinks.load_relaxed();
    SinkEntry& sink = fixed_->sinks[at];
    sink.dictionary_id = entry(EntryKind::sink, name);
    sink.places[written % 2] = place;
    sink.written.store_relaxed(written);
    fixed_->header.sinks.store_relaxed(at + 1);
  }

  struct Kept {
    std::uint64_t batch;
    std::uint64_t record;
    std::string text;
    std::uint64_t bytes = 0;  // what the file says; 0: the truth
    std::uint32_t sink = 0;   // of a line that a memory holds
    std::uint32_t flags = 0;
  };

  /// A chunk of lines that the sink at that place kept; those up to `batch` are all there.
  void keep(std::uint64_t sink, std::uint64_t number, std::uint64_t batch,
            const std::vector<Kept>& lines) {
    add_chunk(ExtentKind::kept, sink, number, batch, lines);
  }

  /// So many bytes of the last chunk's lines are needed no more.
  void take(std::uint64_t bytes) {
    kept_.back().content.replace(sizeof bytes, sizeof bytes, reinterpret_cast<const char*>(&bytes),
                                 sizeof bytes);
  }

  /// A chunk of lines that the memory of that number holds.
  void hold(std::uint64_t memory, std::uint64_t number, const std::vector<Kept>& lines) {
    add_chunk(ExtentKind::held, memory, number, 0, lines);
  }

  void add_chunk(ExtentKind kind, std::uint64_t id, std::uint64_t number, std::uint64_t batch,
                 const std::vector<Kept>& lines) {
    std::string body;
    for (const Kept& line : lines) {
      append(body, xylem::crash::KeptLine{line.batch, line.record, line.sink, line.flags,
                                          line.bytes != 0 ? line.bytes : line.text.size()});
      body.append(line.text).append((8 - line.text.size() % 8) % 8, '\0');
    }
    std::string head;
    append(head, std::uint64_t{body.size()});
    append(head, std::uint64_t{0});
    append(head, batch);
    append(head, number);
    static_assert(sizeof(xylem::crash::KeptHead) == 4 * sizeof number);
    kept_.push_back({kind, id, head + body});
  }

  Fixed& fixed() { return *fixed_; }

  std::string bytes() {
    std::string extents;
    std::uint32_t count = 0;
    const auto add = [&](ExtentKind kind, std::uint64_t id, std::string_view content) {
      Extent& extent = fixed_->extents[count++];
      extent.offset = xylem::crash::fixed_bytes + extents.size();
      extents += content;
      extents.resize((extents.size() + xylem::crash::page_bytes - 1) / xylem::crash::page_bytes *
                     xylem::crash::page_bytes);
      extent.bytes = xylem::crash::fixed_bytes + extents.size() - extent.offset;
      extent.id = id;
      extent.kind.store_relaxed(static_cast<std::uint32_t>(kind));
    };
    std::string dictionary;
    append(dictionary, std::uint64_t{dictionary_.size()});
    add(ExtentKind::dictionary, 0, dictionary + dictionary_);
    for (const auto& ring : rings_) {
      std::string content(xylem::crash::ring_head_bytes, '\0');
      std::memcpy(content.data(), static_cast<const void*>(&ring->words), sizeof ring->words);
      std::memcpy(content.data() + xylem::crash::page_bytes,
                  static_cast<const void*>(ring->contexts.data()), sizeof ring->contexts);
      content.append(reinterpret_cast<const char*>(ring->slots.data()), ring->slots.size());
      add(ExtentKind::ring, 0, content);
    }
    for (std::size_t i = 0; i < spills_.size(); ++i) add(ExtentKind::spill, 900 + i, spills_[i]);
    for (const auto& [kind, id, content] : kept_) add(kind, id, content);
    fixed_->header.extents.store_relaxed(count);
    return std::string{reinterpret_cast<const char*>(fixed_.get()), sizeof(Fixed)} + extents;
  }

 private:
  std::uint64_t entry(EntryKind kind, std::string_view body) {
    const std::size_t padding = (8 - body.size() % 8) % 8;
    const std::uint64_t id = next_id_++;
    append(dictionary_, xylem::crash::DictionaryEntry{
                            static_cast<std::uint32_t>(sizeof(xylem::crash::DictionaryEntry) +
                                                       body.size() + padding),
                            kind, static_cast<std::uint16_t>(padding), id});
    dictionary_.append(body).append(padding, '\0');
    return id;
  }

  std::unique_ptr<Fixed> fixed_ = std::make_unique<Fixed>();
  std::string dictionary_;
  std::uint64_t next_id_ = 5;
  std::deque<std::unique_ptr<RingImage>> rings_;
  std::vector<std::string> spills_;
  struct Chunk {
    ExtentKind kind;
    std::uint64_t id;
    std::string content;
  };
  std::vector<Chunk> kept_;
};

/// Puts a crash file into the directory, as one that this user's process left.
inline void leave(const std::string& directory, std::string_view bytes,
                  const std::string& name = "4711-0123456789abcdef.xylem") {
  ::mkdir(directory.c_str(), 0700);
  const int fd = ::open((directory + '/' + name).c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  xylem::sink::write_fully(fd, bytes.data(), bytes.size());
  ::close(fd);
}

/// The tree of a config, in force nowhere.
inline std::shared_ptr<const xylem::route::Tree> make_tree(const std::string& json) {
  return xylem::config::build(xylem::config::parse(json), xylem::route::Tree{}, {});
}

/// Everything to one rotating file, or one that never rolls, as JSON.
inline std::string one_file(const std::string& path, std::int64_t max_bytes = 0, int backups = 3,
                            const std::string& formatter = R"j("()": "xylem.JsonFormatter",
      "fmt_keys": {"message": "message", "time": "timestamp", "thread": "threadName",
                   "pid": "process", "ms": "relativeCreated"})j") {
  return R"({"version": 1, "formatters": {"f": {)" + formatter +
         R"(}}, "handlers": {"h": {"class": "logging.handlers.RotatingFileHandler", "formatter": "f",
      "filename": ")" +
         path + R"(", "maxBytes": )" + std::to_string(max_bytes) + R"(, "backupCount": )" +
         std::to_string(backups) +
         R"(}}, "root": {"level": "DEBUG", "handlers": ["h"]}, "xylem": {"ring": {"crash_dir": null}}})";
}

}  // namespace leftover_test
