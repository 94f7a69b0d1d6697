// Filters that have to see each record: those of a program's own.
#include <algorithm>
#include <exception>

#include "route/router.hpp"
#include "sink/report.hpp"

namespace xylem::route {

/// Behind memories as well.
bool Router::has_filters(const std::vector<Delivery>& deliveries) {
  return std::any_of(deliveries.begin(), deliveries.end(), [](const Delivery& delivery) {
    return !delivery.filters.empty() ||
           (delivery.memorised != nullptr && has_filters(delivery.memorised->deliveries));
  });
}

void Router::deliver_filtered(const Route& route, const record::View& view, std::uint64_t number) {
  if (route.filters != nullptr && !logger_lets_pass(*route.filters, view, number)) return;
  for (const Delivery& delivery : route.deliveries) {
    if (!lets_pass(*delivery.handler, delivery.filters, view, number)) continue;
    deliver_to(delivery, view, number);
  }
}

/// A record that no handler is to blame for: some sink has to count it.
bool Router::logger_lets_pass(const Filters& filters, const record::View& view,
                              std::uint64_t number) {
  try {
    return is_passed_by(filters, view);
  } catch (const std::exception& error) {
    sinks_.front()->give_up(number);
    report_once("logger '" + std::string{view.logger} + "' lost a record: " + error.what());
    return false;
  }
}

bool Router::lets_pass(const Handler& handler, const std::vector<const Filters*>& filters,
                       const record::View& view, std::uint64_t number) {
  try {
    return std::all_of(filters.begin(), filters.end(),
                       [&](const Filters* some) { return is_passed_by(*some, view); });
  } catch (const std::exception& error) {
    fail(handler, number, error.what());
    return false;
  }
}

/// The filters of a queue are asked once a record, however many handlers stand behind it.
bool Router::is_passed_by(const Filters& filters, const record::View& view) {
  const auto known =
      std::find_if(verdicts_.begin(), verdicts_.end(),
                   [&filters](const auto& verdict) { return verdict.first == &filters; });
  if (known != verdicts_.end()) return known->second;
  const bool is_passed = std::all_of(filters.begin(), filters.end(), [&view](const auto& filter) {
    return !filter->sees_records() || filter->passes(view);
  });
  verdicts_.emplace_back(&filters, is_passed);
  return is_passed;
}

}  // namespace xylem::route
