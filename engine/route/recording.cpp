// Records that flight recorders keep, and what becomes of them.
#include <algorithm>
#include <exception>

#include "route/loggers.hpp"
#include "route/router.hpp"

namespace xylem::route {

void Router::set_recorders(Route& route) {
  // A note of drops is told at once, and is no record of its own.
  if (recorders_.empty() || route.site->id == record::dropped_site) return;
  const int levelno = static_cast<int>(route.site->level);
  const std::size_t first = first_recorder(route);
  route.recorder = route.tree->recorder_of(route.logger_name, levelno);
  if (route.recorder) *route.recorder += first;
  route.fired = route.tree->recorders_fired_by(route.logger_name, levelno);
  for (std::size_t& recorder : route.fired) recorder += first;
}

/// Of the route's engine, in whose tree they are counted from there.
std::size_t Router::first_recorder(const Route& route) const {
  const auto first = std::find_if(recorders_.begin(), recorders_.end(),
                                  [&route, this](const RecorderInUse& entry) {
                                    return forest_.tree(entry.engine).get() == route.tree;
                                  });
  return static_cast<std::size_t>(first - recorders_.begin());
}

std::uint64_t Router::recorded() const {
  std::uint64_t records = 0;
  for (const RecorderInUse& entry : recorders_) records += entry.recorder->size();
  return records;
}

void Router::keep(std::size_t recorder, const RawRecord& raw, const record::Site& site,
                  std::uint64_t number) {
  Recorder& keeper = *recorders_[recorder].recorder;
  if (keeper.rule().records > 0) {
    keeper.keep(number, raw, payload_bytes_of(site, raw.payload));
    return;
  }
  if (watch_) watch_(recorder, number);
  deliver_recorded(raw, number, {number, raw.time_ns});
}

/// Several recorders together in the order in which their records came.
void Router::fire(const std::vector<std::size_t>& recorders, Present present) {
  std::vector<Recorded> records;
  for (const std::size_t recorder : recorders) {
    recorders_[recorder].recorder->pass_on(records);
    if (watch_) watch_(recorder, std::nullopt);
  }
  if (recorders.size() > 1) {
    std::sort(records.begin(), records.end(),
              [](const Recorded& a, const Recorded& b) { return a.number < b.number; });
  }
  for (const Recorded& one : records) {
    deliver_recorded(unpacker_.unpack(one.packed), one.number, present);
  }
}

void Router::deliver_recorded(const RawRecord& raw, std::uint64_t number, Present present) {
  begin_special();
  const Route& route = recorded_route(raw.header);
  record::View view{route.site, route.logger_name, raw.thread, raw.time_ns, raw.payload, nullptr};
  if (route.site->id == record::foreign_site) {
    return deliver_foreign_recorded(*route.tree, view, number, present);
  }
  if (route.deliveries.empty()) return;
  if (route.site->has_traces && !unpack_traces(route, view, number)) return;
  const record::View* const passed = pass_logger(route.filters, view, number);
  if (passed == nullptr) return;
  for (const Delivery& delivery : route.deliveries) {
    const record::View* const last = follow(*delivery.handler, delivery.filters, *passed, number);
    if (last == nullptr) continue;
    try {
      const bool is_of_site = last == &view && view.site == route.site;
      Parcel parcel =
          is_of_site ? pack(delivery, view, number) : pack_line(*delivery.handler, *last, number);
      hand_on(parcel, number, view.levelno(), present);
    } catch (const std::exception& error) {
      fail(*delivery.handler, number, error.what());
    }
  }
}

const Router::Route& Router::recorded_route(detail::HeaderView header) {
  std::unique_ptr<Route>& known =
      recorded_routes_[std::uint64_t{header.site()} << 32 | header.logger()];
  if (known != nullptr) return *known;
  known = std::make_unique<Route>();
  known->site = &record::site(header.site());
  known->logger = header.logger();
  known->logger_name = logger(header.logger()).name;
  known->tree = forest_.tree(engine_of(header.logger())).get();
  known->filters = known->tree->filters_that_see_records(known->logger_name);
  const int levelno = static_cast<int>(known->site->level);
  if (known->site->id != record::foreign_site &&
      known->tree->logger_passes(known->logger_name, levelno)) {
    known->deliveries = make_deliveries(*known, known->tree->leaves_at_last(known->logger_name));
  }
  return *known;
}

}  // namespace xylem::route
