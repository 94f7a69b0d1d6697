#include "recover/leftover.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <set>
#include <stdexcept>
#include <string>

#include <xylem/detail/slot.hpp>

#include "format/json_value.hpp"
#include "format/program.hpp"
#include "record/dictionary.hpp"
#include "record/members.hpp"
#include "record/payload.hpp"
#include "recover/clock.hpp"
#include "recover/dictionary.hpp"
#include "recover/kept.hpp"
#include "route/packed_record.hpp"

namespace xylem::recover {
namespace {

using crash::ExtentKind;
using crash::Fixed;
using crash::RingWords;
using detail::HeaderView;
using detail::slot_bytes;
using record::Kind;

bool fits(const record::Site& site, Bytes payload);

bool is_json(std::string_view text) {
  std::string scratch;
  try {
    format::rewrite_json(scratch, text, format::normal_json);
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

/// Whether the text is one of fields that were encoded beforehand.
bool fits_members(std::string_view text) {
  const auto members = record::split_members(text);
  if (!members) return false;
  const auto shape = record::parse_shape(members->shape);
  return shape && fits(*shape, {members->payload, members->payload_bytes});
}

/// Whether the payload is one that a call of this site can have written.
bool fits(const record::Site& site, Bytes payload) {
  if (payload.size() < site.fixed_bytes) return false;
  std::uint64_t tail = site.fixed_bytes;
  for (const record::Argument& argument : site.arguments) {
    if (argument.kind == Kind::boolean && load_at<std::uint8_t>(payload, argument.offset) > 1) {
      return false;
    }
    if (!detail::has_tail(argument.kind)) continue;
    const auto size = load_at<std::uint32_t>(payload, argument.offset);
    if (!holds(payload, tail, size)) return false;
    const std::string_view text = text_at(payload, tail, size);
    if (argument.kind == Kind::members && !fits_members(text)) return false;
    if (argument.kind == Kind::json && !is_json(text)) return false;
    tail += size;
  }
  return true;
}

class Parser {
 public:
  Parser(Bytes bytes, Leftover& into)
      : bytes_{bytes},
        into_{into},
        clocks_{DeadClock{bytes.subspan(offsetof(Fixed, clocks), sizeof(crash::Clock))},
                DeadClock{bytes.subspan(offsetof(Fixed, clocks) + sizeof(crash::Clock),
                                        sizeof(crash::Clock))}} {}

  void parse() {
    const auto header = [this]<typename T>(std::size_t offset, T) {
      return load_at<T>(bytes_, offsetof(Fixed, header) + offset);
    };
    into_.first_batch = header(offsetof(crash::Header, first_batch), std::uint64_t{});
    const std::vector<Part> parts = list_parts(bytes_, bytes_.size(), into_.unreadable);
    for (const Part& part : parts) {
      const Bytes extent = bytes_.subspan(part.offset, part.bytes);
      if (part.kind == ExtentKind::dictionary) into_.unreadable += names_.read(extent);
      if (part.kind == ExtentKind::spill) spills_.try_emplace(part.id, extent);
    }
    into_.sites = std::move(names_.sites);
    find_context_site();
    into_.loggers = std::move(names_.loggers);
    into_.modules = std::move(names_.modules);
    into_.frames = std::move(names_.frames);
    for (auto& [id, name] : names_.levels) {
      into_.level_names.push_back({static_cast<std::int32_t>(id), std::move(name)});
    }
    read_sinks(header(offsetof(crash::Header, sinks), std::uint32_t{}));
    into_.unreadable += read_kept_lines(bytes_, parts, into_.sinks);
    for (auto& [engine, memories] : read_held(parts, ExtentKind::held)) {
      into_.holdings[engine].memories = std::move(memories);
    }
    read_recorded(parts);
    for (const Part& part : parts) {
      if (part.kind == ExtentKind::ring) read_ring(bytes_.subspan(part.offset, part.bytes));
    }
  }

 private:
  void read_sinks(std::uint32_t count) {
    using crash::SinkEntry;
    if (count > crash::max_sinks) ++into_.unreadable;
    for (std::size_t i = 0; i < std::min<std::size_t>(count, crash::max_sinks); ++i) {
      const std::size_t at = offsetof(Fixed, sinks) + i * sizeof(SinkEntry);
      const auto name = names_.sinks.find(
          load_at<std::uint64_t>(bytes_, at + offsetof(SinkEntry, dictionary_id)));
      if (name == names_.sinks.end()) continue;  // what it got is told by what stands in the file
      const auto written = load_at<std::uint64_t>(bytes_, at + offsetof(SinkEntry, written));
      const std::size_t place =
          at + offsetof(SinkEntry, places) + written % 2 * sizeof(SinkEntry::Place);
      const NameOfEngine& own = name->second;
      const auto nth = static_cast<std::size_t>(
          std::count_if(into_.sinks.begin(), into_.sinks.end(), [&](const SinkState& sink) {
            return sink.name == own.name && sink.engine == own.engine;
          }));
      into_.sinks.push_back(
          {own.name, own.engine, nth, written, load_at<SinkEntry::Place>(bytes_, place), i, 0, {}});
    }
  }

  void read_ring(Bytes extent) {
    const std::uint64_t capacity = extent.size() < crash::ring_head_bytes
                                       ? 0
                                       : (extent.size() - crash::ring_head_bytes) / slot_bytes;
    if (!std::has_single_bit(capacity)) {
      ++into_.unreadable;
      return;
    }
    const auto word = [&]<typename T>(std::size_t offset, T) { return load_at<T>(extent, offset); };
    Ring ring{};
    ring.head = word(offsetof(RingWords, head), std::uint64_t{});
    ring.dropped = word(offsetof(RingWords, dropped), std::uint64_t{});
    ring.told = word(offsetof(RingWords, told), std::uint64_t{});
    const auto tail = word(offsetof(RingWords, tail), std::uint64_t{});
    for (std::size_t i = 0; i < ring.ends.size(); ++i) {
      ring.ends[i] = word(offsetof(RingWords, ends) + i * sizeof(std::uint64_t), std::uint64_t{});
    }
    if (tail > ring.head || ring.head - tail > capacity) {
      ++into_.unreadable;
      return;
    }
    ring.start = end_of_batch(ring, into_.first_batch - 1, tail);
    ring.thread = thread_at(extent);
    const auto source = word(offsetof(RingWords, source), std::uint32_t{});
    ring.context = context_at(extent, tail);
    const Bytes slots = extent.subspan(crash::ring_head_bytes);
    const DeadClock& clock = clocks_[source == 0 ? 0 : 1];
    pass_over(ring, slots, tail, clock);
    read_records(ring, slots, clock);
    into_.rings.push_back(std::move(ring));
  }

  static record::Thread thread_at(Bytes extent) {
    using crash::ThreadText;
    constexpr std::size_t at = offsetof(RingWords, thread);
    const std::size_t bytes = load_at<std::uint32_t>(extent, at + offsetof(ThreadText, bytes));
    record::Thread thread;
    thread.id = load_at<std::uint64_t>(extent, at + offsetof(ThreadText, id));
    thread.name =
        text_at(extent, at + offsetof(ThreadText, name), std::min(bytes, crash::thread_name_bytes));
    thread.ascii = format::styled(thread.name, format::TextStyle::ascii);
    thread.utf8 = format::styled(thread.name, format::TextStyle::utf8);
    return thread;
  }

  void find_context_site() {
    const std::string note = record::encode(record::site(record::context_site));
    for (const auto& [id, site] : into_.sites) {
      if (record::has_members(site) && record::encode(site) == note) into_.context_site = &site;
    }
  }

  /// What was kept for the records behind the tail.
  std::string_view context_at(Bytes extent, std::uint64_t tail) {
    using crash::ContextPlace;
    const auto load = [&]<typename T>(std::size_t place, std::size_t member, T) {
      return load_at<T>(extent, crash::page_bytes + place * sizeof(ContextPlace) + member);
    };
    const auto number = [&](std::size_t place) {
      return load(place, offsetof(ContextPlace, number), std::uint32_t{});
    };
    std::size_t place = number(1) > number(0) ? 1 : 0;
    if (load(place, offsetof(ContextPlace, from), std::uint64_t{}) > tail) place = 1 - place;
    const std::size_t bytes = load(place, offsetof(ContextPlace, bytes), std::uint16_t{});
    if (bytes == 0) return {};
    Bytes payload = extent.subspan(crash::page_bytes + place * sizeof(ContextPlace) +
                                   offsetof(ContextPlace, payload));
    const auto site = &record::site(record::context_site);
    payload = payload.first(std::min(bytes, sizeof(ContextPlace::payload)));
    const bool is_spilled = load(place, offsetof(ContextPlace, is_spilled), std::uint16_t{}) != 0;
    if ((is_spilled && !take_spill(payload)) || !fits(*site, payload)) {
      ++into_.unreadable;
      return {};
    }
    return members_of(payload.data());
  }

  bool is_note(HeaderView header) const {
    const auto site = into_.sites.find(header.site());
    return site != into_.sites.end() && &site->second == into_.context_site;
  }

  /// In place of one that cannot be read: what follows is not in the context of what stood before.
  Record empty_note(const Ring& ring) const {
    static constexpr std::byte no_members[sizeof(std::uint32_t)]{};
    const std::int64_t time_ns =
        ring.records.empty() ? into_.origin.created_ns : ring.records.back().time_ns;
    return {into_.context_site, nullptr, 0, time_ns, static_cast<const std::byte*>(no_members)};
  }

  /// The text of a note of a context.
  static std::string_view members_of(const std::byte* payload) {
    const auto bytes = record::load<std::uint32_t>(payload);
    return {reinterpret_cast<const char*>(payload + sizeof bytes), bytes};
  }

  /// Of records that are certainly in all files only notes of a context count.
  void pass_over(Ring& ring, Bytes slots, std::uint64_t tail, const DeadClock& clock) {
    for (std::uint64_t at = tail; at < ring.start;) {
      const std::uint64_t offset = at % (slots.size() / slot_bytes) * slot_bytes;
      const HeaderView header{load_at<std::uint64_t>(slots, offset)};
      if (header.slots() == 0 || header.slots() > ring.start - at) return;
      if (is_note(header)) {
        Record note{};
        const Bytes whole = unwrap(slots, offset, header.slots() * slot_bytes);
        const bool is_read = read_record(whole, header, clock, note);
        ring.context = is_read ? members_of(note.payload) : std::string_view{};
      }
      at += header.slots();
    }
  }

  /// Of engines that the process had.
  std::map<std::uint32_t, Memories> read_held(const std::vector<Part>& parts, ExtentKind kind) {
    std::map<std::uint32_t, Memories> held;
    into_.unreadable += read_held_lines(bytes_, parts, kind, held);
    into_.unreadable += std::erase_if(held, [this](const auto& entry) {
      return into_.origin.find_engine(entry.first) == nullptr;
    });
    return held;
  }

  void read_recorded(const std::vector<Part>& parts) {
    for (const auto& [engine, recorders] : read_held(parts, ExtentKind::recorded)) {
      for (const std::vector<HeldLine>& lines : recorders) {
        std::deque<RecordedRecord>& records = into_.holdings[engine].recorders.emplace_back();
        for (const HeldLine& line : lines) {
          if (!read_recorded(line, records)) ++into_.unreadable;
        }
      }
    }
  }

  bool read_recorded(const HeldLine& line, std::deque<RecordedRecord>& records) {
    const std::optional<route::PackedRecord> packed = route::unpack_record(line.text);
    if (!packed) return false;
    const auto site = into_.sites.find(packed->site);
    const auto logger = into_.loggers.find(packed->logger);
    const Bytes payload{reinterpret_cast<const std::byte*>(packed->payload.data()),
                        packed->payload.size()};
    if (site == into_.sites.end() || logger == into_.loggers.end()) return false;
    if (!fits(site->second, payload)) return false;
    // Kernels read whole vectors, and this may be the end of the file.
    std::vector<std::byte>& copy = into_.unwrapped.emplace_back(payload.size() + 256);
    std::copy(payload.begin(), payload.end(), copy.begin());
    const Record record{&site->second, &logger->second, 0, packed->time_ns, copy.data()};
    records.push_back({line.batch, line.passed, line.record, record, route::thread_of(*packed)});
    return true;
  }

  static std::uint64_t end_of_batch(const Ring& ring, std::uint64_t batch, std::uint64_t at_least) {
    const std::uint64_t end = ring.ends[batch % crash::most_batches];
    return end > at_least && end <= ring.head ? end : at_least;
  }

  void read_records(Ring& ring, Bytes slots, const DeadClock& clock) {
    const std::uint64_t capacity = slots.size() / slot_bytes;
    for (std::uint64_t at = ring.start; at < ring.head;) {
      const std::uint64_t offset = at % capacity * slot_bytes;
      const HeaderView header{load_at<std::uint64_t>(slots, offset)};
      if (header.slots() == 0 || header.slots() > ring.head - at) {
        ++into_.unreadable;  // where the next one begins is not known
        return;
      }
      const Bytes whole = unwrap(slots, offset, header.slots() * slot_bytes);
      Record record{};
      const bool is_read = read_record(whole, header, clock, record);
      if (!is_read) ++into_.unreadable;
      if (!is_read && is_note(header)) record = empty_note(ring);
      if (record.site != nullptr) {
        record.position = at;
        ring.records.push_back(record);
      }
      at += header.slots();
    }
  }

  /// In the process the slots were mapped twice in a row; in the file they are there once.
  Bytes unwrap(Bytes slots, std::uint64_t offset, std::uint64_t size) {
    const std::uint64_t first = std::min<std::uint64_t>(size, slots.size() - offset);
    if (first == size) return slots.subspan(offset, size);
    std::vector<std::byte>& copy = into_.unwrapped.emplace_back(size);
    std::memcpy(copy.data(), slots.data() + offset, first);
    std::memcpy(copy.data() + first, slots.data(), size - first);
    return copy;
  }

  bool read_record(Bytes whole, HeaderView header, const DeadClock& clock, Record& record) {
    const auto site = into_.sites.find(header.site());
    const auto logger = into_.loggers.find(header.logger());
    const auto time_ns = clock.to_utc_ns(load_at<std::uint64_t>(whole, sizeof header.word));
    if (site == into_.sites.end() || logger == into_.loggers.end() || !time_ns) return false;
    Bytes payload = whole.subspan(detail::header_bytes);
    if (header.spilled() && !take_spill(payload)) return false;
    if (!fits(site->second, payload)) return false;
    record.site = &site->second;
    record.logger = &logger->second;
    record.time_ns = *time_ns;
    record.payload = payload.data();
    return true;
  }

  /// What a spilled payload refers to, in its place.
  bool take_spill(Bytes& payload) {
    if (!holds(payload, 0, 2 * sizeof(std::uint64_t))) return false;
    const auto block = spills_.find(load_at<std::uint64_t>(payload, 0));
    const auto size = load_at<std::uint64_t>(payload, sizeof(std::uint64_t));
    if (block == spills_.end() || size > block->second.size()) return false;
    payload = block->second.first(size);
    spills_.erase(block);  // a block is one record's: no file of some pages makes endless lines
    return true;
  }

  Bytes bytes_;
  Leftover& into_;
  std::array<DeadClock, 2> clocks_;
  Dictionary names_;
  std::unordered_map<std::uint64_t, Bytes> spills_;
};

}  // namespace

std::optional<Leftover> Leftover::parse(Bytes bytes) {
  const std::optional<Origin> origin = read_origin(bytes);
  if (!origin) return std::nullopt;
  std::optional<Leftover> leftover{std::in_place};
  leftover->origin = *origin;
  Parser{bytes, *leftover}.parse();
  return leftover;
}

const SinkState* Leftover::find_sink(const std::string& name, std::size_t nth,
                                     std::uint32_t engine) const {
  const std::uint32_t owner = is_stream(name) ? 0 : engine;
  const auto found = std::find_if(sinks.begin(), sinks.end(), [&](const SinkState& sink) {
    return sink.nth == nth && sink.engine == owner && sink.name == name;
  });
  if (found == sinks.end()) return nullptr;
  // Only what was kept for a stream, and the records of one engine, have been recovered into it.
  const bool is_for_others =
      found->written == all_written && is_stream(name) && origin.engines.size() > 1;
  return is_for_others ? nullptr : &*found;
}

std::vector<std::uint32_t> Leftover::engines() const {
  std::set<std::uint32_t> numbers{0};
  for (const EnginePart& part : origin.engines) numbers.insert(part.number);
  for (const auto& [id, logger] : loggers) numbers.insert(logger.engine);
  return {numbers.begin(), numbers.end()};
}

bool Leftover::is_empty(std::uint32_t engine) const {
  const auto has_record = [engine](const Ring& ring) {
    return std::any_of(ring.records.begin(), ring.records.end(), [engine](const Record& record) {
      return record.logger != nullptr && record.logger->engine == engine;
    });
  };
  const auto has_line = [engine](const SinkState& sink) {
    return sink.engine == engine && !sink.lines.empty();
  };
  const auto is_drop = [](const Ring& ring) { return ring.dropped > ring.told; };
  const auto own = holdings.find(engine);
  const auto is_none = [](const auto& held) { return held.empty(); };
  return std::none_of(rings.begin(), rings.end(), has_record) &&
         std::none_of(sinks.begin(), sinks.end(), has_line) &&
         (own == holdings.end() ||
          (std::all_of(own->second.memories.begin(), own->second.memories.end(), is_none) &&
           std::all_of(own->second.recorders.begin(), own->second.recorders.end(), is_none))) &&
         // The default engine tells of these.
         (engine != 0 || std::none_of(rings.begin(), rings.end(), is_drop));
}

std::uint64_t Leftover::done(const SinkState* sink) const {
  const std::uint64_t all = first_batch == 0 ? 0 : first_batch - 1;
  if (sink == nullptr) return all;
  if (sink->written == all_written) return all_written;
  const std::uint64_t done = std::max(sink->written, sink->kept);
  // Older numbers have lost their places; younger ones than can be open are no numbers.
  return done < first_batch || done - first_batch >= crash::most_batches - 1 ? all : done;
}

std::uint64_t Leftover::start_of(const Ring& ring, const SinkState* sink) const {
  const std::uint64_t done = this->done(sink);
  if (done == all_written) return all_written;
  if (done < first_batch) return ring.start;
  const std::uint64_t end = ring.ends[done % crash::most_batches];
  return end > ring.start && end <= ring.head ? end : ring.start;
}

}  // namespace xylem::recover
