#include "route/router.hpp"

#include <algorithm>
#include <cstring>
#include <exception>

#include "sink/report.hpp"

namespace xylem::route {
namespace {

/// One report for each cause, but not for ever new causes.
constexpr std::size_t max_reports = 100;

}  // namespace

Router::Router(std::shared_ptr<const Tree> tree) : tree_{std::move(tree)}, sinks_{tree_->sinks()} {}

void Router::deliver(const record::View& view, std::uint32_t logger, std::uint64_t number) {
  if (view.foreign != nullptr) {
    deliver_foreign(view, logger, number);
  } else {
    deliver_native(find(view, logger), view, number);
  }
}

inline Router::Route& Router::find(const record::View& view, std::uint32_t logger) {
  const std::uint32_t site = view.site->id;
  if (site >= by_site_.size()) by_site_.resize(std::max<std::size_t>(64, std::size_t{site} * 2));
  std::unique_ptr<Route>& first = by_site_[site];
  if (first != nullptr && first->logger == logger) [[likely]] {
    return *first;
  }
  std::unique_ptr<Route>* at = &first;
  while (*at != nullptr && (*at)->logger != logger) at = &(*at)->next;
  std::unique_ptr<Route> route = *at != nullptr ? std::move(*at) : make_route(view, logger);
  *at = std::move(route->next);
  route->next = std::move(first);
  first = std::move(route);
  return *first;
}

std::unique_ptr<Router::Route> Router::make_route(const record::View& view, std::uint32_t logger) {
  auto route = std::make_unique<Route>();
  route->logger = logger;
  if (!tree_->logger_passes(view.logger, view.levelno())) return route;
  for (const Leaf& leaf : tree_->leaves(view.logger)) {
    if (!leaf.takes(view.logger, view.levelno())) continue;
    Delivery delivery{leaf.handler, nullptr};
    try {
      delivery.program = std::make_unique<format::Program>(
          leaf.handler->formatter->compile(*view.site, view.logger, leaf.handler->terminator));
    } catch (const std::exception& error) {
      report_once(*leaf.handler, error.what());
    }
    route->deliveries.push_back(std::move(delivery));
  }
  return route;
}

void Router::deliver_native(Route& route, const record::View& view, std::uint64_t number) {
  for (const Delivery& delivery : route.deliveries) {
    sink::Sink& sink = *delivery.handler->sink;
    if (delivery.program == nullptr) [[unlikely]] {
      sink.give_up(number);
      continue;
    }
    try {
      const std::size_t bound = delivery.program->prepare(view);
      char* const line = sink.reserve(bound);
      sink.commit(delivery.program->render(line), number);
    } catch (const std::exception& error) {
      fail(*delivery.handler, number, error.what());
    }
  }
}

void Router::deliver_foreign(const record::View& view, std::uint32_t logger, std::uint64_t number) {
  if (!tree_->logger_passes(view.logger, view.levelno())) return;
  const auto [leaves, is_new] = leaves_.try_emplace(logger);
  if (is_new) leaves->second = tree_->leaves(view.logger);
  std::string line;
  for (const Leaf& leaf : leaves->second) {
    if (!leaf.takes(view.logger, view.levelno())) continue;
    try {
      line.clear();
      leaf.handler->formatter->format(line, view);
      line += leaf.handler->terminator;
      char* const at = leaf.handler->sink->reserve(line.size());
      std::memcpy(at, line.data(), line.size());
      leaf.handler->sink->commit(at + line.size(), number);
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
