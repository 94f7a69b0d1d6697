#include "route/router.hpp"

#include <algorithm>
#include <exception>

#include "record/payload.hpp"
#include "record/stack_text.hpp"
#include "route/loggers.hpp"
#include "sink/report.hpp"

namespace xylem::route {
namespace {

/// One report for each cause, but not for ever new causes.
constexpr std::size_t max_reports = 100;

}  // namespace

Router::Router(std::shared_ptr<const Tree> tree) : tree_{std::move(tree)}, sinks_{tree_->sinks()} {}

void Router::reroute(std::shared_ptr<const Tree> tree, const LevelChanges& levels) {
  by_site_.clear();
  quick_routes_.clear();
  leaves_.clear();
  tree_ = std::move(tree);
  for (const auto& [handler, level] : levels) handler->level = level;
}

void Router::deliver(const RawRecord& raw, std::uint64_t number) {
  Route& route = find(raw.header);
  const record::View view{route.site,  route.logger_name, raw.thread,
                          raw.time_ns, raw.payload,       nullptr};
  if (route.site->id == record::foreign_site) [[unlikely]] {
    deliver_foreign(route, view, number);
    return;
  }
  for (const Delivery& delivery : route.deliveries) {
    sink::Sink& sink = *delivery.handler->sink;
    if (delivery.program == nullptr) [[unlikely]] {
      sink.give_up(number);
      continue;
    }
    try {
      if (delivery.wants_times) sink.note_time(number, raw.time_ns);
      const std::size_t bound = delivery.program->prepare(view, work_);
      char* const line = sink.reserve(bound);
      sink.commit(delivery.program->render(work_, line), number);
    } catch (const std::exception& error) {
      fail(*delivery.handler, number, error.what());
    }
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
  if (delivery.program == nullptr || delivery.wants_times) return;
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
  return route;
}

void Router::add_deliveries(Route& route) {
  const record::Site& site = *route.site;
  const std::string_view name = route.logger_name;
  const int levelno = static_cast<int>(site.level);
  if (!tree_->logger_passes(name, levelno)) return;
  for (const Leaf& leaf : tree_->leaves(name)) {
    if (!leaf.takes(name, levelno)) continue;
    Delivery delivery{leaf.handler, nullptr, leaf.handler->sink->wants_times()};
    try {
      delivery.program = std::make_unique<format::Program>(
          leaf.handler->formatter->compile(site, name, leaf.handler->terminator));
    } catch (const std::exception& error) {
      report_once(*leaf.handler, error.what());
    }
    route.deliveries.push_back(std::move(delivery));
  }
}

namespace {

/// When a record that was made elsewhere was logged, if it says so and the calendar has it.
std::int64_t logged_ns(const record::View& view) {
  constexpr double most_s = 9e9;
  const std::optional<double> created_s = view.foreign->created;
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
  const auto [leaves, is_new] = leaves_.try_emplace(route.logger);
  if (is_new) leaves->second = tree_->leaves(view.logger);
  std::string line;
  for (const Leaf& leaf : leaves->second) {
    if (!leaf.takes(view.logger, view.levelno())) continue;
    try {
      line.clear();
      leaf.handler->formatter->format(line, view);
      line += leaf.handler->terminator;
      leaf.handler->sink->note_time(number, logged_ns(view));
      char* const at = leaf.handler->sink->reserve(line.size());
      leaf.handler->sink->commit(std::copy(line.begin(), line.end(), at), number);
    } catch (const std::exception& error) {
      fail(*leaf.handler, number, error.what());
    }
  }
}

void Router::fail(const Handler& handler, std::uint64_t number, const char* why) {
  handler.sink->give_up(number);
  report_once(handler, why);
}

void Router::report_once(const Handler& handler, const std::string& why) {
  const std::string text = "handler '" + handler.name + "' lost a record: " + why;
  if (reported_.size() < max_reports && reported_.insert(text).second) sink::report(text);
}

}  // namespace xylem::route
