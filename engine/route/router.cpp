#include "route/router.hpp"

#include <algorithm>
#include <exception>
#include <optional>

#include "record/level_names.hpp"
#include "record/payload.hpp"
#include "record/stack_text.hpp"
#include "route/loggers.hpp"
#include "sink/report.hpp"
#include "sink/rollover_timer.hpp"
#include "stacks/packed.hpp"

namespace xylem::route {
namespace {

/// One report for each cause, but not for ever new causes.
constexpr std::size_t max_reports = 100;

/// What the handler writes for any record. Throws what the formatter throws.
std::string line_of(const Handler& handler, const record::View& view) {
  std::string line;
  if (handler.opening) {
    const bool is_named = view.foreign != nullptr && view.foreign->levelname;
    line = is_named ? handler.opening(view.foreign->levelname->value_or("None"))
                    : handler.opening(record::level_name(view.levelno()));
  }
  handler.formatter->format(line, view);
  return line += handler.terminator;
}

/// A sink behind the handler, to count what is lost on the way.
sink::Sink* sink_behind(const Handler& handler) {
  if (handler.sink != nullptr) return handler.sink.get();
  for (const auto& member : handler.members) {
    if (sink::Sink* const sink = sink_behind(*member)) return sink;
  }
  return nullptr;
}

}  // namespace

Router::Router(std::shared_ptr<const Tree> tree) : tree_{std::move(tree)}, sinks_{tree_->sinks()} {
  for (const auto& handler : tree_->handlers) {
    if (!handler->memory) continue;
    memories_.emplace_back(handler.get(), std::make_unique<Memory>(*handler->memory));
  }
  find_tellers();
}

void Router::reroute(std::shared_ptr<const Tree> tree, const LevelChanges& levels,
                     const FilterChanges& filters) {
  by_site_.clear();
  quick_routes_.clear();
  leaves_.clear();
  tree_ = std::move(tree);
  sinks_ = tree_->sinks();
  for (const auto& [handler, level] : levels) handler->level = level;
  for (const auto& [handler, others] : filters) handler->filters = others;
  find_tellers();
}

void Router::deliver(const RawRecord& raw, std::uint64_t number) {
  Route& route = find(raw.header);
  record::View view{route.site, route.logger_name, raw.thread, raw.time_ns, raw.payload, nullptr};
  if (route.is_special) [[unlikely]] {
    begin_special();
    if (route.site->id == record::foreign_site) return deliver_foreign(route, view, number);
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
  // The handlers of a foreign record depend on its level, which its site does not know.
  if (route->site->id != record::foreign_site) add_deliveries(*route);
  route->filters = tree_->filters_that_see_records(route->logger_name);
  route->is_special = route->site->id == record::foreign_site || route->site->has_traces ||
                      route->filters != nullptr || has_filters(route->deliveries);
  return route;
}

void Router::add_deliveries(Route& route) {
  const std::string_view name = route.logger_name;
  if (!tree_->logger_passes(name, static_cast<int>(route.site->level))) return;
  route.deliveries = make_deliveries(route, tree_->leaves(name));
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
          Memorised{&memory_of(handler), make_deliveries(route, tree_->leaves_behind(handler))});
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

Parcel Router::pack_line(const Handler& handler, const record::View& view, std::uint64_t number) {
  Parcel parcel{&handler, nullptr, {}, false, {}};
  if (handler.memory) {
    parcel.memory = &memory_of(handler);
    parcel.parcels = pack_lines_behind(handler, view, number);
    return parcel;
  }
  try {
    parcel.line = line_of(handler, view);
  } catch (const format::FormatError& error) {
    report_once(handler, error.what());
    parcel.is_unformattable = true;
  }
  return parcel;
}

std::vector<Parcel> Router::pack_lines_behind(const Handler& memory, const record::View& view,
                                              std::uint64_t number) {
  std::vector<Parcel> parcels;
  for (const Leaf& leaf : tree_->leaves_behind(memory)) {
    if (!leaf.takes(view.logger, view.levelno())) continue;
    const record::View* const last =
        follow(*leaf.handler, leaf.filters_that_see_records(), view, number);
    if (last != nullptr) parcels.push_back(pack_line(*leaf.handler, *last, number));
  }
  return parcels;
}

Memory& Router::memory_of(const Handler& handler) {
  const auto found = std::find_if(memories_.begin(), memories_.end(),
                                  [&](const auto& entry) { return entry.first == &handler; });
  return *found->second;
}

void Router::collect_held(sink::RecordSet& pending,
                          std::vector<sink::RecordRange>& undecided) const {
  for (const auto& [handler, memory] : memories_) {
    pending.merge(memory->records());
    if (const auto range = memory->range()) undecided.push_back(*range);
  }
}

void Router::keep_memories_in(crash::File* file) {
  for (std::size_t i = 0; i < memories_.size(); ++i) memories_[i].second->keep_in(file, i);
}

/// In reverse order of construction, as CPython shuts handlers down: a memory comes before what it
/// passes on to.
void Router::close_memories(std::uint64_t next) {
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  const std::int64_t now_ns = sink::system_seconds() * ns_per_s;
  for (auto entry = memories_.rbegin(); entry != memories_.rend(); ++entry) {
    entry->second->close({next, now_ns});
  }
}

namespace {

/// When a record was logged: if it was made elsewhere as it says, if the calendar has that.
std::int64_t logged_ns(const record::View& view) {
  constexpr double most_s = 9e9;
  const std::optional<double> created_s =
      view.foreign != nullptr ? view.foreign->created : std::nullopt;
  if (!created_s || !(*created_s > -most_s && *created_s < most_s)) return view.time_ns;
  return static_cast<std::int64_t>(*created_s * 1e9);
}

}  // namespace

void Router::deliver_foreign(const Route& route, record::View view, std::uint64_t number) {
  const char* packed = nullptr;
  record::find_tails(*view.site, view.payload, &packed);
  record::Foreign foreign;
  const auto bytes = record::load<std::uint32_t>(view.payload);
  if (!record::unpack({packed, bytes}, foreign)) {
    // What cannot be read belongs to no handler; some sink has to count it.
    sinks_.front()->give_up(number);
    return;
  }
  std::string stack;
  if (!foreign.raw_stack.empty()) {
    stack = record::demangled_stack(foreign.raw_stack);
    foreign.stack_info = stack;
  }
  view.foreign = &foreign;
  if (!tree_->logger_passes(view.logger, view.levelno())) return;
  const record::View* const passed = pass_logger(route.filters, view, number);
  if (passed == nullptr) return;
  const auto [leaves, is_new] = leaves_.try_emplace(route.logger);
  if (is_new) leaves->second = tree_->leaves(view.logger);
  for (const Leaf& leaf : leaves->second) {
    if (!leaf.takes(view.logger, view.levelno())) continue;
    const record::View* const last =
        follow(*leaf.handler, leaf.filters_that_see_records(), *passed, number);
    if (last != nullptr) deliver_line(*leaf.handler, *last, number);
  }
}

/// A record for which the handler has no template.
void Router::deliver_line(const Handler& handler, const record::View& view, std::uint64_t number) {
  try {
    if (handler.memory) {
      memory_of(handler).take(number, view.levelno(), pack_lines_behind(handler, view, number),
                              {number, logged_ns(view)});
      return;
    }
    const std::string line = line_of(handler, view);
    handler.sink->note_time(logged_ns(view));
    char* const at = handler.sink->reserve(line.size());
    handler.sink->commit(std::copy(line.begin(), line.end(), at), number);
  } catch (const std::exception& error) {
    fail(handler, number, error.what());
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
