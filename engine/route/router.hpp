#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <xylem/detail/slot.hpp>

#include "record/view.hpp"
#include "route/forest.hpp"
#include "route/memory.hpp"
#include "route/packed_record.hpp"
#include "route/raw_record.hpp"
#include "route/recorder.hpp"

namespace xylem::route {

/// Takes each record to the handlers that the tree of its logger's engine gives it. Belongs to the
/// consumer thread.
///
/// Where a record goes and the constant parts of its lines depend on its call site and its logger
/// alone: both are worked out at the first record of the pair and kept.
class Router {
 public:
  explicit Router(Forest forest);

  /// deliver() for what is nearly every record: one of a pair that has been seen before, goes to
  /// one handler, is not spilled, and finds room in the sink. Returns false when it is another, and
  /// then nothing has happened.
  bool deliver_quickly(const RawRecord& raw, std::uint64_t number) {
    const std::size_t site = raw.header.site();
    if (site >= quick_routes_.size()) return false;
    const QuickRoute& route = quick_routes_[site];
    if (route.origin != raw.header.origin_and_flags()) return false;
    char* const line = route.sink->reserve_quickly(route.program.bound(raw.header.slots()));
    if (line == nullptr) return false;
    char* const end = route.program.render(line, raw.payload, *raw.thread, raw.time_ns, work_);
    route.sink->commit(end, number);
    return true;
  }

  /// Renders the record into the buffers of its sinks. `number` increases from record to record. A
  /// formatter's failure is reported on stderr and costs that handler's line: the sink counts it.
  void deliver(const RawRecord& raw, std::uint64_t number);

  /// Goes on with trees of the same handlers, some of which have new levels, and perhaps of other
  /// captures: what these have got is delivered.
  void reroute(Forest forest, const LevelChanges& levels, const FilterChanges& filters = {});

  /// Goes on with a forest in which that engine has another tree. What the old one's memories held
  /// has been passed on, and its sinks are closed.
  void replant(EngineNumber engine, Forest forest);

  const std::vector<sink::Sink*>& sinks() const { return sinks_; }

  /// Whether some filter may have something to tell.
  bool has_tellers() const { return !tellers_.empty(); }
  /// Delivers what filters have to tell of records held back, as lines of record `number`; at the
  /// end whatever there is. True if there was something.
  bool tell_due(std::int64_t now_ns, bool is_end, std::uint64_t number);

  /// The records that memories hold: adds each to `pending`, and to `undecided` the range of each
  /// memory's.
  void collect_held(sink::RecordSet& pending, std::vector<sink::RecordRange>& undecided) const;

  /// How many records flight recorders keep.
  std::uint64_t recorded() const;

  /// What recorders that pass on each record at once would have done: kept the record of that
  /// number, or, without one, had written what they kept.
  using Watch = std::function<void(std::size_t recorder, std::optional<std::uint64_t> number)>;
  void watch_recorders(Watch watch) { watch_ = std::move(watch); }

  // What memories and recorders hold, for the crash file (Memory, Recorder); their numbers are
  // those of their tree's order.
  void keep_memories_in(crash::File* file);
  void keep_memories_in(crash::File* file, EngineNumber engine);
  void end_batch(std::uint64_t batch) {
    for (const MemoryInUse& entry : memories_) entry.memory->end_batch(batch);
    for (const RecorderInUse& entry : recorders_) entry.recorder->end_batch(batch);
  }
  void release_memories(std::uint64_t first_batch) {
    for (const MemoryInUse& entry : memories_) entry.memory->release(first_batch);
    for (const RecorderInUse& entry : recorders_) entry.recorder->release(first_batch);
  }
  void forget_copies() {
    for (const auto& [engine, tree] : forest_.trees()) forget_copies(engine);
  }
  void forget_copies(EngineNumber engine) {
    for (const MemoryInUse& entry : memories_) {
      if (entry.engine == engine) entry.memory->forget_copies();
    }
    for (const RecorderInUse& entry : recorders_) {
      if (entry.engine == engine) entry.recorder->forget_copies();
    }
  }

  /// The handlers, or those of an engine, are about to be closed: memories pass on what they hold,
  /// or forget it, as recorders do. `next` is the number that the next record would have.
  void close_memories(std::uint64_t next);
  void close_memories(EngineNumber engine, std::uint64_t next);

  const Forest& forest() const { return forest_; }

 private:
  struct Memorised;

  /// One handler of a route, with the lines' template.
  struct Delivery {
    const Handler* handler;
    std::unique_ptr<format::Program> program;  // null: no record of the site can be formatted...
    std::unique_ptr<Memorised> memorised;      // ...unless it is held
    bool wants_times;
    std::vector<const Filters*> filters{};  // those on the way that see each record
  };

  struct MemoryInUse {
    EngineNumber engine;
    const Handler* handler;
    std::unique_ptr<Memory> memory;
  };

  /// What goes by the number of a recorder here goes by its place among those of all engines.
  struct RecorderInUse {
    EngineNumber engine;
    std::unique_ptr<Recorder> recorder;
  };

  /// The way into a memory, and the ways behind it.
  struct Memorised {
    Memory* memory;
    std::vector<Delivery> deliveries;
  };

  /// What all records of one call site under one logger have in common.
  struct Route {
    const record::Site* site;
    std::uint32_t logger;
    std::string_view logger_name;
    const Tree* tree = nullptr;           // of the logger's engine
    bool is_special = false;              // foreign, with traces, or filtered record by record
    const Filters* filters = nullptr;     // of the logger, if they are to see each record
    std::optional<std::size_t> recorder;  // that keeps the records
    std::vector<std::size_t> fired;       // recorders that they have written
    std::vector<Delivery> deliveries;
    std::unique_ptr<Route> next;  // the same site under another logger
  };

  /// The route of a call site under the logger seen last, for deliver_quickly(): all in one cache
  /// line, and the line's program the next that is needed.
  struct alignas(64) QuickRoute {
    static constexpr std::uint64_t none = ~std::uint64_t{0};  // has more bits than any origin

    std::uint64_t origin = none;
    sink::Sink* sink = nullptr;
    format::QuickProgram program{};
  };
  static_assert(sizeof(QuickRoute) == 64);

  /// A filter that tells of what it has held back, and where it stands.
  struct Teller {
    const Filter* filter;
    const Filters* place;
    const Tree* tree;
    const Handler* handler;  // null: it is a logger's
    std::string logger;
  };

  /// What the filters of a place made of a record; `to` null: they refused it.
  struct Verdict {
    const Filters* place;
    const record::View* from;
    const record::View* to;
  };

  Route& find(detail::HeaderView header);
  Route& find_slowly(detail::HeaderView header);
  std::unique_ptr<Route> make_route(detail::HeaderView header);
  void add_deliveries(Route& route);
  std::vector<Delivery> make_deliveries(const Route& route, const std::vector<Leaf>& leaves);
  void deliver_to(const Delivery& delivery, const record::View& view, std::uint64_t number);
  static bool has_filters(const std::vector<Delivery>& deliveries);
  void begin_special();
  Rewritten& next_rewritten();
  void deliver_filtered(const Route& route, const record::View& view, std::uint64_t number);
  const record::View* pass_logger(const Filters* filters, const record::View& view,
                                  std::uint64_t number);
  const record::View* follow(const Handler& handler, const std::vector<const Filters*>& way,
                             const record::View& view, std::uint64_t number);
  const record::View* pass(const Filters& place, const record::View& view, std::uint64_t number,
                           const Filter* after = nullptr);
  void find_tellers();
  void find_tellers_of(const Tree& tree);
  void add_tellers_of(const Tree& tree, const Handler& handler);
  void add_tellers(const Tree& tree, const Filters& filters, const Handler* handler,
                   const std::string& logger);
  const Teller* find_teller(const Filter& filter) const;
  bool tell(const Filter& filter, std::int64_t now_ns, bool is_end, std::uint64_t number);
  void deliver_note(const Teller& teller, const record::View& view, std::uint64_t number);
  void deliver_line(const Handler& handler, const record::View& view, std::uint64_t number);
  void deliver_specially(const Delivery& delivery, const record::View& view, std::uint64_t number);
  std::vector<Parcel> pack_behind(const Memorised& memorised, const record::View& view,
                                  std::uint64_t number);
  Parcel pack(const Delivery& delivery, const record::View& view, std::uint64_t number);
  Parcel pack_line(const Handler& handler, const record::View& view, std::uint64_t number);
  std::vector<Parcel> pack_lines_behind(const Handler& memory, const record::View& view,
                                        std::uint64_t number);
  Memory& memory_of(const Handler& handler);
  void add_memories(EngineNumber engine);
  void forget_routes();
  void keep_quick_route(const Route& route, detail::HeaderView header);
  bool unpack_traces(const Route& route, record::View& view, std::uint64_t number);
  void deliver_foreign(const Route& route, const RawRecord& raw, record::View view,
                       std::uint64_t number);
  bool unpack_foreign(record::View& view, record::Foreign& foreign, std::string& stack,
                      std::uint64_t number);
  void set_recorders(Route& route);
  std::size_t first_recorder(const Route& route) const;
  void keep(std::size_t recorder, const RawRecord& raw, const record::Site& site,
            std::uint64_t number);
  void fire(const std::vector<std::size_t>& recorders, Present present);
  void deliver_recorded(const RawRecord& raw, std::uint64_t number, Present present);
  void deliver_foreign_recorded(const Tree& tree, record::View view, std::uint64_t number,
                                Present present);
  const Route& recorded_route(detail::HeaderView header);
  void fail(const Handler& handler, std::uint64_t number, const char* why);
  void report_once(const Handler& handler, const std::string& why);
  void report_once(const std::string& text);

  Forest forest_;
  std::vector<sink::Sink*> sinks_;
  std::vector<std::unique_ptr<Route>> by_site_;                  // the logger seen last comes first
  std::vector<QuickRoute> quick_routes_;                         // of those that come first
  std::unordered_map<std::uint32_t, std::vector<Leaf>> leaves_;  // by logger, for foreign records
  std::vector<MemoryInUse> memories_;                            // each engine's as constructed
  std::vector<RecorderInUse> recorders_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Route>> recorded_routes_;  // by site and logger
  Unpacker unpacker_;
  Watch watch_;
  std::vector<Verdict> verdicts_;    // of the record that is being delivered
  std::deque<Rewritten> rewritten_;  // what has been made of it; kept for others
  std::size_t rewritten_in_use_ = 0;
  std::vector<Teller> tellers_;
  format::Workspace work_;
  std::vector<char> packing_;
  std::vector<std::byte> unpacked_;
  std::unordered_set<std::string> reported_;
};

}  // namespace xylem::route
