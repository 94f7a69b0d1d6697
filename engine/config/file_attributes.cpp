#include "config/file_attributes.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "config/file_handlers.hpp"
#include "config/python_text.hpp"

namespace xylem::config {
namespace {

int backups_of(std::string_view name, const Cursor& value) {
  return static_cast<int>(
      std::clamp<std::int64_t>(integer_attribute(name, value), 0, std::numeric_limits<int>::max()));
}

double seconds_of(std::string_view name, const Cursor& value) {
  if (const auto* integer = value.value().get_if<std::int64_t>()) {
    return static_cast<double>(*integer);
  }
  if (const auto* number = value.value().get_if<double>()) return *number;
  value.fail(std::string(name) + " must be a number of seconds, got " +
             std::string(json_type_name(value.value())));
}

[[noreturn]] void refuse(std::string_view name, const Cursor& value) {
  value.fail("Cannot set attribute " + python_repr(name));
}

}  // namespace

std::int64_t integer_attribute(std::string_view name, const Cursor& value) {
  const auto* const integer = value.value().get_if<std::int64_t>();
  if (integer != nullptr) return *integer;
  value.fail(std::string(name) + " must be an integer, got " +
             std::string(json_type_name(value.value())));
}

bool set_attribute(RotatingFilePlan& plan, std::string_view name, const Cursor& value) {
  if (name == "maxBytes") {
    plan.max_bytes = integer_attribute(name, value);
  } else if (name == "backupCount") {
    plan.backup_count = backups_of(name, value);
  } else {
    return false;
  }
  return true;
}

bool set_attribute(TimedFilePlan& plan, std::string_view name, const Cursor& value) {
  if (name == "dayOfWeek" || name == "extMatch") refuse(name, value);
  if (name == "backupCount") {
    plan.backup_count = backups_of(name, value);
    return true;
  }
  if (name != "interval" && name != "utc") return false;
  if (!plan.later) plan.later = plan.schedule;
  if (name == "interval") {
    plan.later->interval_s = seconds_of(name, value);
  } else {
    plan.later->is_utc = value.value().truthy();
  }
  return true;
}

bool set_attribute(ArchiveFilePlan&, std::string_view name, const Cursor& value) {
  static constexpr std::array<std::string_view, 6> used = {"maxBytes", "interval",   "backupCount",
                                                           "compress", "totalBytes", "utc"};
  if (std::find(used.begin(), used.end(), name) != used.end()) refuse(name, value);
  return false;
}

}  // namespace xylem::config
