#include "recover/replay.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <functional>
#include <limits>
#include <queue>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <xylem/detail/key.hpp>
#include <xylem/detail/logger_state.hpp>
#include <xylem/detail/site.hpp>

#include "record/dictionary.hpp"
#include "record/payload.hpp"
#include "record/process.hpp"
#include "route/router.hpp"

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

class Replayer {
 public:
  Replayer(const Leftover& leftover, const route::Tree& tree)
      : leftover_{leftover},
        tree_{tree},
        dropped_text_{record::encode(record::site(record::dropped_site))} {}

  Replay run() {
    const record::AsProcess scope{leftover_.origin.pid, leftover_.origin.start_ns};
    order();
    replay_.records.assign(order_.size(), Replay::Certainty::open);
    // A place for each: the sinks that are captured into them point there.
    replay_.captures.reserve(tree_.sinks().size());
    const auto replace = [this](sink::Sink& sink) { return capture(sink); };
    route::Router router{std::make_shared<const route::Tree>(tree_.with_sinks(replace))};
    for (std::size_t number = 0; number < order_.size(); ++number) deliver(router, number);
    count_failed(router);
    std::erase_if(replay_.captures, [](const Capture& capture) { return capture.lines.empty(); });
    return std::move(replay_);
  }

 private:
  struct Item {
    std::size_t ring;
    const Record* record;  // null: drops that nobody told of, behind the ring's last record
    std::int64_t time_ns;
  };

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
      const Ring& ring = leftover_.rings[item.ring];
      return item.record == nullptr && ring.dropped <= ring.told;
    });
  }

  std::shared_ptr<sink::Sink> capture(sink::Sink& sink) {
    std::shared_ptr<sink::Sink>& known = sinks_[&sink];
    if (known != nullptr) return known;
    const bool is_ambiguous = is_file(sink.name()) && has_namesake(sink);
    const SinkState* const state = is_ambiguous ? nullptr : leftover_.find_sink(sink.name());
    assert(replay_.captures.size() < replay_.captures.capacity());
    Capture& capture = replay_.captures.emplace_back(Capture{&sink, state, {}, {}, 0});
    if (state != nullptr) add_kept_lines(*state, capture);
    // What was kept of a record is counted there.
    const bool counts_written = state == nullptr || state->kept <= state->written;
    std::vector<std::uint64_t> starts;
    for (const Ring& ring : leftover_.rings) starts.push_back(leftover_.start_of(ring, state));
    known = std::make_shared<CaptureSink>(
        sink.name(),
        [this, &capture, starts, counts_written](std::uint64_t number, std::string_view line) {
          const Item& item = order_[number];
          const Ring& ring = leftover_.rings[item.ring];
          if ((item.record != nullptr ? item.record->position : ring.head) < starts[item.ring]) {
            Replay::Certainty& certainty = replay_.records[number];
            if (certainty == Replay::Certainty::open && counts_written) {
              certainty = Replay::Certainty::written;
            }
            return;
          }
          if (capture.lines.empty()) capture.first_ns = item.time_ns;
          capture.lines.push_back({number, item.ring, capture.text.size(), line.size()});
          capture.text += line;
        });
    return known;
  }

  /// They come first, as those of a ring of their own.
  void add_kept_lines(const SinkState& state, Capture& capture) {
    for (const KeptLine& line : state.lines) {
      const auto [number, is_new] = kept_records_.try_emplace(line.record, replay_.records.size());
      if (is_new) replay_.records.push_back(Replay::Certainty::open);
      capture.lines.push_back(
          {number->second, leftover_.rings.size(), capture.text.size(), line.text.size()});
      capture.text += line.text;
    }
    kept_sinks_.insert(&state);
  }

  /// Sinks of one file share their entry: what it says is true of one of them only.
  bool has_namesake(const sink::Sink& sink) const {
    const std::vector<sink::Sink*> all = tree_.sinks();
    return std::count_if(all.begin(), all.end(),
                         [&](const sink::Sink* other) { return other->name() == sink.name(); }) > 1;
  }

  void deliver(route::Router& router, std::size_t number) {
    const Item& item = order_[number];
    const Ring& ring = leftover_.rings[item.ring];
    if (item.record == nullptr) {
      tell_drops(router, number, ring.dropped);
    } else if (is_drop_note(*item.record)) {
      tell_drops(router, number, record::load<std::uint64_t>(item.record->payload));
    } else {
      const detail::HeaderView header{
          detail::header_word(site_id(*item.record->site), logger_id(*item.record->logger), 1)};
      router.deliver({header, item.record->payload, &ring.thread, item.time_ns}, number);
    }
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
    const detail::HeaderView header{
        detail::header_word(record::dropped_site, detail::logger_state("xylem").id(), 1)};
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

  std::uint32_t logger_id(const std::string& name) {
    const auto [found, is_new] = logger_ids_.try_emplace(&name, 0);
    if (is_new) found->second = detail::logger_state(name).id();
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
      if (!kept_sinks_.contains(&state)) replay_.failed += state.lines.size();
    }
  }

  const Leftover& leftover_;
  const route::Tree& tree_;
  std::string dropped_text_;
  Replay replay_;
  std::vector<Item> order_;
  std::vector<std::uint64_t> told_;  // by ring, as far as it has been replayed
  std::unordered_map<const sink::Sink*, std::shared_ptr<sink::Sink>> sinks_;
  std::unordered_map<std::uint64_t, std::size_t> kept_records_;  // places in Replay::records
  std::unordered_set<const SinkState*> kept_sinks_;
  std::unordered_map<const record::Site*, std::uint32_t> site_ids_;
  std::unordered_map<const std::string*, std::uint32_t> logger_ids_;
  std::unordered_map<const record::Site*, bool> is_note_;
};

}  // namespace

Replay replay(const Leftover& leftover, const route::Tree& tree) {
  return Replayer{leftover, tree}.run();
}

}  // namespace xylem::recover
