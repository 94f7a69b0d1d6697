#include "route/router.hpp"

#include <algorithm>
#include <exception>
#include <optional>

#include "record/level_names.hpp"
#include "record/payload.hpp"
#include "route/empty_exceptions.hpp"
#include "route/loggers.hpp"
#include "sink/report.hpp"
#include "sink/rollover_timer.hpp"
#include "stacks/packed.hpp"

namespace xylem::route {
namespace {

/// One report for each cause, but not for ever new causes.
constexpr std::size_t max_reports = 100;

/// A sink behind the handler, to count what is lost on the way.
sink::Sink* sink_behind(const Handler& handler) {
  if (handler.sink != nullptr) return handler.sink.get();
  for (const auto& member : handler.members) {
    if (sink::Sink* const sink = sink_behind(*member)) return sink;
  }
  return nullptr;
}

}  // namespace

Router::Router(Forest forest) : forest_{std::move(forest)}, sinks_{forest_.sinks()} {
  for (const auto& [engine, tree] : forest_.trees()) add_memories(engine);
  // One tree for all.
  if (forest_.trees().empty()) add_memories(0);
  find_tellers();
}

void Router::add_memories(EngineNumber engine) {
  for (const auto& handler : forest_.tree(engine)->handlers) {
    if (!handler->memory) continue;
    memories_.push_back({engine, handler.get(), std::make_unique<Memory>(*handler->memory)});
  }
  for (const RecorderRule& rule : forest_.tree(engine)->recorders) {
    recorders_.push_back({engine, std::make_unique<Recorder>(rule)});
  }
}

void Router::forget_routes() {
  by_site_.clear();
  quick_routes_.clear();
  leaves_.clear();
  recorded_routes_.clear();
}

void Router::reroute(Forest forest, const LevelChanges& levels, const FilterChanges& filters) {
  forget_routes();
  forest_ = std::move(forest);
  sinks_ = forest_.sinks();
  for (const auto& [handler, level] : levels) handler->level = level;
  for (const auto& [handler, others] : filters) handler->filters = others;
  find_tellers();
}

void Router::replant(EngineNumber engine, Forest forest) {
  std::erase_if(memories_, [engine](const MemoryInUse& entry) { return entry.engine == engine; });
  std::erase_if(recorders_,
                [engine](const RecorderInUse& entry) { return entry.engine == engine; });
  reported_.clear();
  reroute(std::move(forest), {});
  if (forest_.has(engine)) add_memories(engine);
}

void Router::deliver(const RawRecord& raw, std::uint64_t number) {
  Route& route = find(raw.header);
  record::View view{route.site, route.logger_name, raw.thread, raw.time_ns, raw.payload, nullptr};
  if (route.is_special) [[unlikely]] {
    if (route.site->id == record::foreign_site) return deliver_foreign(route, raw, view, number);
    if (route.recorder) keep(*route.recorder, raw, *route.site, number);
    if (!route.fired.empty()) fire(route.fired, {number, view.time_ns});
    if (route.recorder && route.deliveries.empty()) return;
    begin_special();
    if (route.site->has_traces && !unpack_traces(route, view, number)) return;
    return deliver_filtered(route, view, number);
  }
  for (const Delivery& delivery : route.deliveries) deliver_to(delivery, view, number);
}

void Router::deliver_to(const Delivery& delivery, const record::View& view, std::uint64_t number) {
  if (delivery.program == nullptr) [[unlikely]] {
    deliver_specially(delivery, view, number);
    return;
  }
  sink::Sink& sink = *delivery.handler->sink;
  try {
    if (delivery.wants_times) sink.note_time(view.time_ns);
    const std::size_t bound = delivery.program->prepare(view, work_);
    char* const line = sink.reserve(bound);
    sink.commit(delivery.program->render(work_, line), number);
  } catch (const std::exception& error) {
    fail(*delivery.handler, number, error.what());
  }
}

/// False when there is nothing to deliver.
bool Router::unpack_traces(const Route& route, record::View& view, std::uint64_t number) {
  if (route.deliveries.empty()) return false;
  try {
    view.payload = stacks::unpack_payload(*route.site, view.payload, unpacked_);
    Rewritten& other = next_rewritten();
    if (leave_out_empty_exceptions(view, other)) {
      view = other.view;
    } else {
      --rewritten_in_use_;
    }
    return true;
  } catch (const std::exception& error) {
    for (const Delivery& delivery : route.deliveries) fail(*delivery.handler, number, error.what());
    return false;
  }
}

inline Router::Route& Router::find(detail::HeaderView header) {
  const std::uint32_t site = header.site();
  if (site < by_site_.size()) [[likely]] {
    Route* const route = by_site_[site].get();
    if (route != nullptr && route->logger == header.logger()) [[likely]]
      return *route;
  }
  return find_slowly(header);
}

Router::Route& Router::find_slowly(detail::HeaderView header) {
  const std::uint32_t site = header.site();
  if (site >= by_site_.size()) by_site_.resize(std::max<std::size_t>(64, std::size_t{site} * 2));
  std::unique_ptr<Route>& first = by_site_[site];
  std::unique_ptr<Route>* at = &first;
  while (*at != nullptr && (*at)->logger != header.logger()) at = &(*at)->next;
  std::unique_ptr<Route> route = *at != nullptr ? std::move(*at) : make_route(header);
  *at = std::move(route->next);
  route->next = std::move(first);
  first = std::move(route);
  keep_quick_route(*first, header);
  return *first;
}

void Router::keep_quick_route(const Route& route, detail::HeaderView header) {
  const std::uint32_t site = header.site();
  if (site >= quick_routes_.size()) quick_routes_.resize(by_site_.size());
  QuickRoute& quick = quick_routes_[site];
  quick = {};
  // The engine has to look at a note of drops before it is delivered.
  if (route.deliveries.size() != 1 || site == record::dropped_site) return;
  const Delivery& delivery = route.deliveries.front();
  if (delivery.program == nullptr || delivery.wants_times || route.is_special) return;
  const std::optional<format::QuickProgram> program = delivery.program->quick();
  if (program) quick = {header.origin(), delivery.handler->sink.get(), *program};
}

std::unique_ptr<Router::Route> Router::make_route(detail::HeaderView header) {
  auto route = std::make_unique<Route>();
  route->site = &record::site(header.site());
  route->logger = header.logger();
  route->logger_name = logger(header.logger()).name;
  route->tree = forest_.tree(engine_of(header.logger())).get();
  // The handlers of a foreign record depend on its level, which its site does not know.
  if (route->site->id != record::foreign_site) {
    set_recorders(*route);
    add_deliveries(*route);
  }
  route->filters = route->tree->filters_that_see_records(route->logger_name);
  route->is_special = route->site->id == record::foreign_site || route->site->has_traces ||
                      route->filters != nullptr || has_filters(route->deliveries) ||
                      route->recorder || !route->fired.empty();
  return route;
}

void Router::add_deliveries(Route& route) {
  const std::string_view name = route.logger_name;
  const Tree& tree = *route.tree;
  if (!tree.logger_passes(name, static_cast<int>(route.site->level))) return;
  const bool is_recorded = route.recorder.has_value();
  route.deliveries =
      make_deliveries(route, is_recorded ? tree.leaves_at_once(name) : tree.leaves(name));
}

std::vector<Router::Delivery> Router::make_deliveries(const Route& route,
                                                      const std::vector<Leaf>& leaves) {
  const record::Site& site = *route.site;
  const std::string_view name = route.logger_name;
  const int levelno = static_cast<int>(site.level);
  std::vector<Delivery> deliveries;
  for (const Leaf& leaf : leaves) {
    if (!leaf.takes(name, levelno)) continue;
    const Handler& handler = *leaf.handler;
    Delivery& delivery = deliveries.emplace_back(
        Delivery{&handler, nullptr, nullptr, false, leaf.filters_that_see_records()});
    if (handler.memory) {
      delivery.memorised = std::make_unique<Memorised>(
          Memorised{&memory_of(handler), make_deliveries(route, Tree::leaves_behind(handler))});
      continue;
    }
    delivery.wants_times = handler.sink->wants_times();
    try {
      format::Program program = handler.formatter->compile(site, name, handler.terminator);
      if (handler.opening) program.put_in_front(handler.opening(record::level_name(levelno)));
      delivery.program = std::make_unique<format::Program>(std::move(program));
    } catch (const std::exception& error) {
      report_once(handler, error.what());
    }
  }
  return deliveries;
}

void Router::deliver_specially(const Delivery& delivery, const record::View& view,
                               std::uint64_t number) {
  if (delivery.memorised == nullptr) {
    delivery.handler->sink->give_up(number);
    return;
  }
  try {
    delivery.memorised->memory->take(number, view.levelno(),
                                     pack_behind(*delivery.memorised, view, number),
                                     {number, view.time_ns});
  } catch (const std::exception& error) {
    fail(*delivery.handler, number, error.what());
  }
}

std::vector<Parcel> Router::pack_behind(const Memorised& memorised, const record::View& view,
                                        std::uint64_t number) {
  std::vector<Parcel> parcels;
  for (const Delivery& behind : memorised.deliveries) {
    const record::View* const last = follow(*behind.handler, behind.filters, view, number);
    if (last == nullptr) continue;
    parcels.push_back(last == &view ? pack(behind, view, number)
                                    : pack_line(*behind.handler, *last, number));
  }
  return parcels;
}

Parcel Router::pack(const Delivery& delivery, const record::View& view, std::uint64_t number) {
  Parcel parcel{delivery.handler, nullptr, {}, false, {}};
  if (delivery.memorised != nullptr) {
    parcel.memory = delivery.memorised->memory;
    parcel.parcels = pack_behind(*delivery.memorised, view, number);
    return parcel;
  }
  parcel.is_unformattable = delivery.program == nullptr;
  if (parcel.is_unformattable) return parcel;
  try {
    const std::size_t room = delivery.program->prepare(view, work_) + sink::Sink::slack_bytes;
    if (packing_.size() < room) packing_.resize(room);
    parcel.line.assign(packing_.data(), delivery.program->render(work_, packing_.data()));
  } catch (const format::FormatError& error) {
    report_once(*delivery.handler, error.what());
    parcel.is_unformattable = true;
  }
  return parcel;
}

Memory& Router::memory_of(const Handler& handler) {
  const auto found =
      std::find_if(memories_.begin(), memories_.end(),
                   [&](const MemoryInUse& entry) { return entry.handler == &handler; });
  return *found->memory;
}

void Router::collect_held(sink::RecordSet& pending,
                          std::vector<sink::RecordRange>& undecided) const {
  for (const MemoryInUse& entry : memories_) {
    pending.merge(entry.memory->records());
    if (const auto range = entry.memory->range()) undecided.push_back(*range);
  }
  for (const RecorderInUse& entry : recorders_) {
    if (const auto range = entry.recorder->range()) undecided.push_back(*range);
  }
}

void Router::keep_memories_in(crash::File* file) {
  for (const auto& [engine, tree] : forest_.trees()) keep_memories_in(file, engine);
}

void Router::keep_memories_in(crash::File* file, EngineNumber engine) {
  std::uint32_t number = 0;
  for (const RecorderInUse& entry : recorders_) {
    if (entry.engine == engine) entry.recorder->keep_in(file, crash::memory_id(engine, number++));
  }
  number = 0;
  for (const MemoryInUse& entry : memories_) {
    if (entry.engine == engine) entry.memory->keep_in(file, crash::memory_id(engine, number++));
  }
}

void Router::close_memories(std::uint64_t next) {
  for (const auto& [engine, tree] : forest_.trees()) close_memories(engine, next);
}

/// In reverse order of construction, as CPython shuts handlers down: a memory comes before what it
/// passes on to.
void Router::close_memories(EngineNumber engine, std::uint64_t next) {
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  const std::int64_t now_ns = sink::system_seconds() * ns_per_s;
  for (auto entry = memories_.rbegin(); entry != memories_.rend(); ++entry) {
    if (entry->engine == engine) entry->memory->close({next, now_ns});
  }
  for (const RecorderInUse& entry : recorders_) {
    if (entry.engine == engine) entry.recorder->forget();
  }
}

void Router::fail(const Handler& handler, std::uint64_t number, const char* why) {
  if (sink::Sink* const sink = sink_behind(handler)) sink->give_up(number);
  report_once(handler, why);
}

void Router::report_once(const Handler& handler, const std::string& why) {
  report_once("handler '" + handler.name + "' lost a record: " + why);
}

void Router::report_once(const std::string& text) {
  if (reported_.size() < max_reports && reported_.insert(text).second) sink::report(text);
}

}  // namespace xylem::route
