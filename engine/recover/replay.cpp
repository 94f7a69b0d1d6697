#include "recover/replay.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <queue>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <xylem/detail/key.hpp>
#include <xylem/detail/logger_state.hpp>
#include <xylem/detail/site.hpp>

#include "record/dictionary.hpp"
#include "record/level_names.hpp"
#include "record/payload.hpp"
#include "record/process.hpp"
#include "recover/recorded.hpp"
#include "route/gather.hpp"
#include "route/router.hpp"
#include "stacks/texts.hpp"

namespace xylem::recover {
namespace {

/// Keeps the lines instead of writing them.
class CaptureSink final : public sink::Sink {
 public:
  using Take = std::function<void(std::uint64_t record, std::string_view line)>;
  CaptureSink(std::string name, Take take) : Sink{std::move(name), {}}, take_{std::move(take)} {}

 protected:
  int hand_over(sink::LineBuffer& lines, std::int64_t) override {
    std::size_t at = 0;
    for (std::size_t i = 0; i < lines.lines(); at += lines.mark(i++).bytes) {
      take_(lines.mark(i).record, {lines.data() + at, lines.mark(i).bytes});
    }
    lines.take(lines.bytes());
    return 0;
  }

 private:
  Take take_;
};

const Holdings nothing;

class Replayer {
 public:
  Replayer(const Leftover& leftover, const route::Tree& tree, Parties parties)
      : leftover_{leftover},
        tree_{tree},
        parties_{parties},
        held_{held_by(leftover, parties.from)},
        dropped_text_{record::encode(record::site(record::dropped_site))} {}

  Replay run() {
    const record::AsProcess scope{leftover_.origin.pid, leftover_.origin.start_ns};
    const record::WithLevelNames levels_scope{leftover_.level_names};
    stacks::FrameTexts texts{[this](std::uint64_t number) -> std::optional<stacks::Module> {
      const auto found = leftover_.modules.find(number);
      if (found == leftover_.modules.end()) return std::nullopt;
      return found->second;
    }};
    for (const auto& [frame, text] : leftover_.frames) texts.add(frame, text);
    const stacks::AsFramesOf frames_scope{texts};
    order_recorded();
    order();
    replay_.records.assign(order_.size(), Replay::Certainty::open);
    // A place for each: the sinks that are captured into them point there.
    replay_.captures.reserve(tree_.sinks().size());
    const auto replace = [this](sink::Sink& sink, std::optional<std::size_t> memory) {
      return capture(sink, memory);
    };
    route::Router router{
        route::Forest{std::make_shared<const route::Tree>(tree_.with_sinks(replace))}};
    router.watch_recorders([this](std::size_t recorder, std::optional<std::uint64_t> number) {
      watch_recorder(recorder, number);
    });
    for (std::size_t number = 0; number < order_.size(); ++number) deliver(router, number);
    count_failed(router);
    forget_recorded();
    std::erase_if(replay_.captures, [](const Capture& capture) { return capture.lines.empty(); });
    return std::move(replay_);
  }

 private:
  static const Holdings& held_by(const Leftover& leftover, std::uint32_t engine) {
    const auto own = leftover.holdings.find(engine);
    return own != leftover.holdings.end() ? own->second : nothing;
  }

  struct Item {
    std::size_t ring;
    const Record* record;  // null: drops that nobody told of, behind the ring's last record
    std::int64_t time_ns;
    const RecordedRecord* recorded = nullptr;  // in a flight recorder, whose number `ring` is then
  };

  /// They come first. Those that all sinks have got are not needed any more.
  void order_recorded() {
    for (std::size_t i = 0; i < held_.recorders.size(); ++i) {
      const std::size_t most = i < tree_.recorders.size() ? tree_.recorders[i].records
                                                          : std::numeric_limits<std::size_t>::max();
      for (const RecordedRecord* const one : still_recorded(leftover_, held_.recorders[i], most)) {
        order_.push_back({i, &one->record, one->record.time_ns, one});
      }
    }
  }

  /// Merges the rings by time, each in its own order.
  void order() {
    struct Front {
      std::int64_t time_ns;
      std::size_t ring;
      std::size_t next;
      bool operator>(const Front& other) const {
        return std::pair{time_ns, ring} > std::pair{other.time_ns, other.ring};
      }
    };
    std::priority_queue<Front, std::vector<Front>, std::greater<>> fronts;
    for (std::size_t ring = 0; ring < leftover_.rings.size(); ++ring) {
      const std::vector<Record>& records = leftover_.rings[ring].records;
      told_.push_back(leftover_.rings[ring].told);
      contexts_.push_back(gatherer_.read(leftover_.rings[ring].context));
      const std::int64_t first_ns =
          records.empty() ? leftover_.origin.created_ns : records.front().time_ns;
      fronts.push({first_ns, ring, 0});
    }
    while (!fronts.empty()) {
      Front front = fronts.top();
      fronts.pop();
      const std::vector<Record>& records = leftover_.rings[front.ring].records;
      const bool is_end = front.next == records.size();
      order_.push_back({front.ring, is_end ? nullptr : &records[front.next], front.time_ns});
      if (is_end) continue;
      if (++front.next < records.size()) front.time_ns = records[front.next].time_ns;
      fronts.push(front);
    }
    // What stands for untold drops is no record of the process.
    std::erase_if(order_, [this](const Item& item) {
      if (item.record != nullptr) return false;
      const Ring& ring = leftover_.rings[item.ring];
      return ring.dropped <= ring.told;
    });
  }

  std::shared_ptr<sink::Sink> capture(sink::Sink& sink, std::optional<std::size_t> memory) {
    std::shared_ptr<sink::Sink>& known = sinks_[{&sink, memory}];
    if (known != nullptr) return known;
    Capture& capture = capture_of(sink);
    // What was kept or held of a record is counted there.
    const SinkState* const state = capture.state;
    const bool counts_written = (state == nullptr || state->kept <= state->written) &&
                                (!memory || *memory >= held_.memories.size());
    std::vector<std::uint64_t> starts;
    for (const Ring& ring : leftover_.rings) starts.push_back(leftover_.start_of(ring, state));
    known = std::make_shared<CaptureSink>(
        sink.name(), [this, &capture, starts, counts_written, memory](std::uint64_t number,
                                                                      std::string_view line) {
          const Item& item = order_[number];
          const std::optional<std::size_t> recorder =
              item.recorded != nullptr ? item.ring : recorded_.recorder_of(number);
          if (recorder) {
            return take_recorded(capture, number, starts, ring_of_recorder(*recorder), line);
          }
          const Ring& ring = leftover_.rings[item.ring];
          if ((item.record != nullptr ? item.record->position : ring.head) < starts[item.ring]) {
            Replay::Certainty& certainty = replay_.records[number];
            if (certainty == Replay::Certainty::open && counts_written) {
              certainty = Replay::Certainty::written;
            }
            return;
          }
          if (capture.lines.empty()) capture.first_ns = item.time_ns;
          add(capture, number, memory ? ring_of_memory(*memory) : item.ring, line);
        });
    return known;
  }

  void take_recorded(Capture& capture, std::size_t number, const std::vector<std::uint64_t>& starts,
                     std::size_t ring, std::string_view line) {
    const Item& item = order_[number];
    if (item.recorded != nullptr) {
      const std::uint64_t done = leftover_.done(capture.state);
      const bool is_in_ring = item.recorded->batch > done;
      const bool is_done = item.recorded->passed != 0 && item.recorded->passed <= done;
      if (is_in_ring || is_done || done == all_written) return;
    } else if (item.record->position < starts[item.ring]) {
      return;
    }
    if (capture.lines.empty()) capture.first_ns = item.time_ns;
    add(capture, number, ring, line);
  }

  Capture& capture_of(sink::Sink& sink) {
    Capture*& known = captures_[&sink];
    if (known != nullptr) return *known;
    const SinkState* const state =
        leftover_.find_sink(sink.name(), count_before(sink), parties_.from);
    assert(replay_.captures.size() < replay_.captures.capacity());
    known = &replay_.captures.emplace_back(Capture{&sink, state, {}, {}, 0});
    if (state != nullptr) {
      add_kept_lines(*state, *known);
      add_held_lines(*state, *known);
      known_sinks_.insert(state->entry);
    }
    return *known;
  }

  static void add(Capture& capture, std::size_t record, std::size_t ring, std::string_view line) {
    capture.lines.push_back({record, ring, capture.text.size(), line.size()});
    capture.text += line;
  }

  std::size_t ring_of_memory(std::size_t memory) const {
    return leftover_.rings.size() + 1 + memory;
  }

  std::size_t ring_of_recorder(std::size_t recorder) const {
    return ring_of_memory(std::max(held_.memories.size(), tree_.handlers.size())) + recorder;
  }

  /// Only the last ones are written, as many as the config says.
  void forget_recorded() {
    const std::unordered_set<std::uint64_t> forgotten = recorded_.forgotten();
    for (Capture& capture : replay_.captures) {
      std::erase_if(capture.lines,
                    [&forgotten](const Line& line) { return forgotten.contains(line.record); });
    }
  }

  /// By the number that the dead consumer gave it.
  std::size_t kept_record(std::uint64_t record) {
    const auto [number, is_new] = kept_records_.try_emplace(record, replay_.records.size());
    if (is_new) replay_.records.push_back(Replay::Certainty::open);
    return number->second;
  }

  /// They come first, as those of a ring of their own.
  void add_kept_lines(const SinkState& state, Capture& capture) {
    for (const KeptLine& line : state.lines) {
      add(capture, kept_record(line.record), leftover_.rings.size(), line.text);
    }
  }

  /// Before those that reach the sink by the same memory and are still in a ring. What was passed
  /// on with a batch that the sink has got, or keeps, is not needed here.
  void add_held_lines(const SinkState& state, Capture& capture) {
    const std::uint64_t done = leftover_.done(&state);
    if (done == all_written) return;
    for (std::size_t memory = 0; memory < held_.memories.size(); ++memory) {
      for (const HeldLine& line : held_.memories[memory]) {
        const bool is_in_ring = line.batch > done;
        const bool is_passed_on = line.passed != 0;
        if (line.sink != state.entry || is_in_ring || (is_passed_on && line.passed <= done)) {
          continue;
        }
        if (line.is_discarded && !is_passed_on) {
          replay_.discarded += discarded_.insert(line.record).second ? 1 : 0;
        } else {
          add(capture, kept_record(line.record), ring_of_memory(memory), line.text);
        }
      }
    }
  }

  /// Several handlers may write to one file, each with a sink of its own.
  std::size_t count_before(const sink::Sink& sink) const {
    const std::vector<sink::Sink*> all = tree_.sinks();
    const auto own = std::find(all.begin(), all.end(), &sink);
    return static_cast<std::size_t>(std::count_if(
        all.begin(), own, [&](const sink::Sink* other) { return other->name() == sink.name(); }));
  }

  void deliver(route::Router& router, std::size_t number) {
    const Item& item = order_[number];
    if (item.recorded != nullptr) return deliver_recorded(router, number);
    const Ring& ring = leftover_.rings[item.ring];
    if (!is_wanted(item)) {
      replay_.records[number] = Replay::Certainty::notice;
    } else if (item.record == nullptr) {
      tell_drops(router, number, ring.dropped);
    } else if (is_drop_note(*item.record)) {
      tell_drops(router, number, record::load<std::uint64_t>(item.record->payload));
    } else if (item.record->site == leftover_.context_site) {
      enter_context(number);
    } else {
      const detail::HeaderView header{
          detail::header_word(site_id(*item.record->site), logger_id(*item.record->logger), 1)};
      const route::RawRecord raw{header, item.record->payload, &ring.thread, item.time_ns};
      const route::Fields& context = contexts_[item.ring];
      const bool is_whole = context.empty() && !gatherer_.has_bound_fields(header.site());
      router.deliver(is_whole ? raw : gatherer_.gather(raw, context), number);
    }
  }

  /// Notes of a context are every engine's, what is told of drops is the default one's.
  bool is_wanted(const Item& item) const {
    if (item.record == nullptr) return parties_.from == 0;
    const NameOfEngine* const logger = item.record->logger;
    return item.record->site == leftover_.context_site || logger == nullptr ||
           logger->engine == parties_.from;
  }

  void watch_recorder(std::size_t recorder, std::optional<std::uint64_t> number) {
    if (!number) return recorded_.fire(recorder);
    const RecordedRecord* const copy = order_[*number].recorded;
    recorded_.keep(recorder, *number, copy == nullptr || copy->batch < leftover_.first_batch);
  }

  /// Its context has been gathered.
  void deliver_recorded(route::Router& router, std::size_t number) {
    const RecordedRecord& recorded = *order_[number].recorded;
    const detail::HeaderView header{
        detail::header_word(site_id(*recorded.record.site), logger_id(*recorded.record.logger), 1)};
    router.deliver({header, recorded.record.payload, &recorded.thread, recorded.record.time_ns},
                   number);
  }

  void enter_context(std::size_t number) {
    const Item& item = order_[number];
    const auto bytes = record::load<std::uint32_t>(item.record->payload);
    contexts_[item.ring] =
        gatherer_.read({reinterpret_cast<const char*>(item.record->payload + sizeof bytes), bytes});
    replay_.records[number] = Replay::Certainty::notice;
  }

  /// The consumer's line of drops (Consumer::tell_drops), from the sum on that a line in the file
  /// has told.
  void tell_drops(route::Router& router, std::size_t number, std::uint64_t sum) {
    const Item& item = order_[number];
    replay_.records[number] = Replay::Certainty::notice;
    std::uint64_t& told = told_[item.ring];
    if (sum <= told) return;
    const std::uint64_t untold = sum - std::exchange(told, sum);
    std::byte payload[sizeof untold];
    std::memcpy(payload, &untold, sizeof untold);
    const detail::HeaderView header{detail::header_word(
        record::dropped_site, detail::logger_state("xylem", parties_.to).id(), 1)};
    const record::Thread& thread = leftover_.rings[item.ring].thread;
    router.deliver({header, payload, &thread, item.time_ns}, number);
  }

  bool is_drop_note(const Record& record) {
    const auto [found, is_new] = is_note_.try_emplace(record.site, false);
    if (is_new) found->second = record::encode(*record.site) == dropped_text_;
    return found->second;
  }

  std::uint32_t site_id(const record::Site& site) {
    const auto [found, is_new] = site_ids_.try_emplace(&site, 0);
    if (!is_new) return found->second;
    std::vector<record::Kind> kinds;
    std::vector<detail::KeyText> keys;
    for (const record::Argument& argument : site.arguments) {
      kinds.push_back(argument.kind);
      keys.push_back(argument.is_field ? detail::KeyText{argument.key.data(), argument.key.size()}
                                       : detail::KeyText{});
    }
    return found->second = detail::register_site(
               {{site.format, site.pathname, site.function, site.line, site.level},
                kinds.data(),
                keys.data(),
                kinds.size()});
  }

  std::uint32_t logger_id(const NameOfEngine& logger) {
    const auto [found, is_new] = logger_ids_.try_emplace(&logger, 0);
    if (is_new) found->second = detail::logger_state(logger.name, parties_.to).id();
    return found->second;
  }

  void count_failed(route::Router& router) {
    sink::RecordSet failed;
    for (sink::Sink* const sink : router.sinks()) {
      sink->flush(0);
      sink->collect_failed(failed);
    }
    replay_.failed = failed.size();
    // Of sinks that the configuration does not have any more.
    for (const SinkState& state : leftover_.sinks) {
      const bool is_own = state.engine == parties_.from &&
                          (!is_stream(state.name) || leftover_.origin.engines.size() == 1);
      if (is_own && !known_sinks_.contains(state.entry)) replay_.failed += state.lines.size();
    }
    for (const auto& memory : held_.memories) {
      replay_.failed +=
          static_cast<std::uint64_t>(std::count_if(memory.begin(), memory.end(), [&](auto& line) {
            return line.passed == 0 && !line.is_discarded && !known_sinks_.contains(line.sink);
          }));
    }
  }

  const Leftover& leftover_;
  const route::Tree& tree_;
  Parties parties_;
  const Holdings& held_;
  std::string dropped_text_;
  Replay replay_;
  std::vector<Item> order_;
  std::vector<std::uint64_t> told_;  // by ring, as far as it has been replayed
  std::map<std::pair<const sink::Sink*, std::optional<std::size_t>>, std::shared_ptr<sink::Sink>>
      sinks_;
  std::unordered_map<const sink::Sink*, Capture*> captures_;
  RecordedSince recorded_{tree_};
  route::Gatherer gatherer_;
  std::vector<route::Fields> contexts_;                          // by ring, likewise
  std::unordered_map<std::uint64_t, std::size_t> kept_records_;  // places in Replay::records
  std::unordered_set<std::size_t> known_sinks_;                  // entries
  std::unordered_set<std::uint64_t> discarded_;  // the dead consumer's numbers of records
  std::unordered_map<const record::Site*, std::uint32_t> site_ids_;
  std::unordered_map<const NameOfEngine*, std::uint32_t> logger_ids_;
  std::unordered_map<const record::Site*, bool> is_note_;
};

}  // namespace

Replay replay(const Leftover& leftover, const route::Tree& tree, Parties parties) {
  return Replayer{leftover, tree, parties}.run();
}

}  // namespace xylem::recover
