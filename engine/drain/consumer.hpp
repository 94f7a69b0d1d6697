#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include <xylem/stats.hpp>

#include "drain/exchange.hpp"
#include "drain/reader.hpp"
#include "route/gather.hpp"
#include "route/router.hpp"
#include "sink/record_set.hpp"

namespace xylem::drain {

/// What became of the records so far.
struct Counts {
  std::uint64_t consumed = 0;  // of these...
  std::uint64_t failed = 0;
  std::uint64_t pending = 0;
};

/// What the consumer tells others, once a batch. Under a lock because figures of different moments
/// would not add up.
class Counters {
 public:
  Counts get() const {
    const std::lock_guard lock{mutex_};
    return counts_;
  }
  void set(const Counts& counts) {
    const std::lock_guard lock{mutex_};
    counts_ = counts;
  }

 private:
  mutable std::mutex mutex_;
  Counts counts_;
};

/// The one thread that takes records off the rings and has them rendered and written.
class Consumer {
 public:
  /// `file`: the crash file that says how far the handlers are, or null.
  Consumer(Exchange& exchange, Counters& counters, route::Forest forest, crash::File* file);

  /// Runs until a command calls stop(), on a thread on which writing raises no signals. With
  /// `grace_ms`, leaves the records in their rings that long, in the hope of a configuration,
  /// unless a ring fills or a command comes.
  void run(std::int64_t grace_ms);

  // For commands, which run on the consumer's thread when all is written that was logged before:

  void stop() { stopping_ = true; }
  /// Records from here on go the way of this forest, in which that engine has a new tree. The sinks
  /// that it has no more are closed; those of other engines go on as they are.
  void install(route::EngineNumber engine, route::Forest forest, crash::File* file);
  /// The same for trees of the same handlers, which all go on as they are but for these levels and
  /// filters.
  void reroute(route::Forest forest, const route::LevelChanges& levels,
               const route::FilterChanges& filters = {}) {
    router_->reroute(std::move(forest), levels, filters);
  }
  /// Brings what waits in rings outside of the crash file into it.
  void move_into_file();
  /// Waits for terminals and pipes, too, as long as they take lines.
  void settle_sinks();
  /// The process is about to fork.
  void share_sinks();
  /// Last write, then whatever still is not written is given up and reported.
  void close_sinks();

 private:
  /// What a batch of lines that is being written was made of, besides slots.
  struct Batch {
    std::uint64_t end_record = 0;       // number of the record behind the last one
    std::vector<std::uint64_t> spills;  // blocks of its records
    std::vector<std::shared_ptr<const RingContext>> contexts;  // of notes that have such blocks
  };
  struct Oldest {
    RingReader* reader;    // null: all rings are empty
    std::int64_t next_ns;  // front of the oldest other ring
  };

  Batch& batch(std::uint64_t number) { return batches_[number % batches_.size()]; }
  std::uint64_t pass();
  void drain_all();
  Oldest find_oldest() const;
  void take_new_rings();
  void read_from(Ring& ring);
  void run_commands();
  void drain_run(RingReader& reader, std::int64_t until_ns);
  void drain_plain(RingReader& reader, std::int64_t until_ns);
  void deliver(RingReader& reader);
  void enter_context(RingReader& reader, detail::HeaderView header, const std::byte* payload);
  std::string_view context_text(detail::HeaderView header, const std::byte* payload);
  void enter(RingReader& reader, std::string_view text, std::span<const std::byte> payload,
             SpillPool* pool);
  void skip_waiting(RingReader& reader, const Ring& copy);
  void tell_drops(RingReader& reader, std::uint64_t sum, std::int64_t time_ns);
  void tell_silent_drops();
  void tell_lack_of_room() const;
  void tell_held_back(std::int64_t now_ns, bool is_end);
  void hand_over();
  void commit();
  void keep_journal(std::span<sink::Sink* const> known = {});
  void close_sinks_beside(const route::Forest& next);
  void make_room_for_batch();
  void end_batch();
  void release_written();
  void count();
  void retire_finished();
  std::int64_t now_ns() const;
  std::int64_t nap_us();

  Exchange& exchange_;
  Counters& counters_;
  crash::File* file_;
  std::unique_ptr<route::Router> router_;
  route::Gatherer gatherer_;
  TickClock tsc_clock_;
  TickClock monotonic_clock_;
  std::vector<std::unique_ptr<RingReader>> readers_;
  std::array<Batch, RingReader::most_batches> batches_;
  std::uint64_t first_batch_ = 1;  // the oldest that is not in the kernel's hands
  std::uint64_t next_batch_ = 1;   // the one that is being made
  sink::RecordSet failed_;
  std::uint64_t consumed_ = 0;       // records; the number of the next one
  std::uint64_t failed_before_ = 0;  // by former consumers
  bool dirty_ = false;               // something was rendered since the last commit()
  bool holding_ = false;             // records wait in their rings for a configuration
  bool stopping_ = false;
  int idle_passes_ = 0;
};

}  // namespace xylem::drain
