#include "config/limit.hpp"

#include <cmath>
#include <limits>

namespace xylem::config {

std::optional<std::int64_t> limit_of(const Value& value) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  if (const auto* integer = value.get_if<std::int64_t>()) return *integer;
  if (const auto* flag = value.get_if<bool>()) return *flag ? 1 : 0;
  if (const auto* integer = value.get_if<BigInteger>()) {
    return integer->digits.front() == '-' ? -1 : most;
  }
  if (const auto* number = value.get_if<double>()) {
    if (*number <= 0) return 0;
    return *number < 9e18 ? static_cast<std::int64_t>(std::ceil(*number)) : most;
  }
  return std::nullopt;
}

}  // namespace xylem::config
