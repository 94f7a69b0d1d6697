// Filters that have to see each record: those that count, those that change it, and a program's
// own.
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

void Router::begin_special() {
  verdicts_.clear();
  rewritten_in_use_ = 0;
}

Rewritten& Router::next_rewritten() {
  if (rewritten_in_use_ == rewritten_.size()) rewritten_.emplace_back();
  Rewritten& next = rewritten_[rewritten_in_use_++];
  next.texts.clear();
  return next;
}

void Router::deliver_filtered(const Route& route, const record::View& view, std::uint64_t number) {
  const record::View* const passed = pass_logger(route.filters, view, number);
  if (passed == nullptr) return;
  for (const Delivery& delivery : route.deliveries) {
    const record::View* const last = follow(*delivery.handler, delivery.filters, *passed, number);
    if (last == nullptr) continue;
    // The template is for the records of the call site as they are.
    if (last == &view && view.site == route.site) {
      deliver_to(delivery, view, number);
    } else {
      deliver_line(*delivery.handler, *last, number);
    }
  }
}

/// A record that no handler is to blame for: some sink has to count it.
const record::View* Router::pass_logger(const Filters* filters, const record::View& view,
                                        std::uint64_t number) {
  if (filters == nullptr) return &view;
  try {
    return pass(*filters, view, number);
  } catch (const std::exception& error) {
    sinks_.front()->give_up(number);
    report_once("logger '" + std::string{view.logger} + "' lost a record: " + error.what());
    return nullptr;
  }
}

/// What comes out at the end of the way to the handler; null: nothing.
const record::View* Router::follow(const Handler& handler, const std::vector<const Filters*>& way,
                                   const record::View& view, std::uint64_t number) {
  try {
    const record::View* at = &view;
    for (const Filters* const place : way) {
      at = pass(*place, *at, number);
      if (at == nullptr) break;
    }
    return at;
  } catch (const std::exception& error) {
    fail(handler, number, error.what());
    return nullptr;
  }
}

/// The filters of a queue are asked once a record, however many handlers stand behind it. With
/// `after`, only those that stand behind that one.
const record::View* Router::pass(const Filters& place, const record::View& view,
                                 std::uint64_t number, const Filter* after) {
  const auto known = std::find_if(verdicts_.begin(), verdicts_.end(), [&](const Verdict& verdict) {
    return verdict.place == &place && verdict.from == &view;
  });
  if (known != verdicts_.end()) return known->to;
  const record::View* at = &view;
  for (const auto& filter : place) {
    if (after != nullptr) {
      if (filter.get() == after) after = nullptr;
      continue;
    }
    if (!filter->sees_records()) continue;
    const bool is_passed = filter->passes(*at);
    if (filter->tells()) tell(*filter, at->time_ns, false, number);
    if (!is_passed) {
      at = nullptr;
      break;
    }
    Rewritten& other = next_rewritten();
    if (filter->rewrite(*at, other)) {
      at = &other.view;
    } else {
      --rewritten_in_use_;
    }
  }
  verdicts_.push_back({&place, &view, at});
  return at;
}

}  // namespace xylem::route
