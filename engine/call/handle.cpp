#include <xylem/detail/logger_state.hpp>
#include <xylem/detail/sampled.hpp>
#include <xylem/detail/submit.hpp>
#include <xylem/record.hpp>

#include "record/foreign.hpp"
#include "record/site.hpp"

namespace xylem {

bool handle(const Record& record) {
  const detail::LoggerState& logger = detail::logger_state(record.name);
  if (!detail::lets(logger, record.levelno) || !detail::is_let(logger, record.levelno, 0)) {
    return false;
  }
  const std::string packed = record::pack(record);
  detail::submit_slowly(record::foreign_site | logger.header, detail::String{packed});
  return true;
}

}  // namespace xylem
