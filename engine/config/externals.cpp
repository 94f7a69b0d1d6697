#include "config/externals.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

namespace xylem::config {
namespace {

template <typename T>
struct External {
  std::string_view name;
  T value;
};

constexpr std::array<External<std::int64_t>, 18> numbers = {{
    {"logging.CRITICAL", 50},
    {"logging.FATAL", 50},
    {"logging.ERROR", 40},
    {"logging.WARNING", 30},
    {"logging.WARN", 30},
    {"logging.INFO", 20},
    {"logging.DEBUG", 10},
    {"logging.NOTSET", 0},
    {"logging.handlers.DEFAULT_TCP_LOGGING_PORT", 9020},
    {"logging.handlers.DEFAULT_UDP_LOGGING_PORT", 9021},
    {"logging.handlers.DEFAULT_HTTP_LOGGING_PORT", 9022},
    {"logging.handlers.DEFAULT_SOAP_LOGGING_PORT", 9023},
    {"logging.handlers.SYSLOG_UDP_PORT", 514},
    {"logging.handlers.SYSLOG_TCP_PORT", 514},
    // Linux' own numbers.
    {"socket.SOCK_STREAM", 1},
    {"socket.SOCK_DGRAM", 2},
    {"sys.maxsize", std::numeric_limits<std::int64_t>::max()},
    {"sys.maxunicode", 0x10FFFF},
}};

/// Attributes of logging.handlers.SysLogHandler: priorities, then facilities.
constexpr std::array<External<std::int64_t>, 32> syslog_numbers = {{
    {"EMERG", 0},   {"ALERT", 1},     {"CRIT", 2},     {"ERR", 3},       {"WARNING", 4},
    {"NOTICE", 5},  {"INFO", 6},      {"DEBUG", 7},    {"KERN", 0},      {"USER", 1},
    {"MAIL", 2},    {"DAEMON", 3},    {"AUTH", 4},     {"SYSLOG", 5},    {"LPR", 6},
    {"NEWS", 7},    {"UUCP", 8},      {"CRON", 9},     {"AUTHPRIV", 10}, {"FTP", 11},
    {"NTP", 12},    {"SECURITY", 13}, {"CONSOLE", 14}, {"SOLCRON", 15},  {"LOCAL0", 16},
    {"LOCAL1", 17}, {"LOCAL2", 18},   {"LOCAL3", 19},  {"LOCAL4", 20},   {"LOCAL5", 21},
    {"LOCAL6", 22}, {"LOCAL7", 23},
}};
constexpr std::string_view syslog_prefix = "logging.handlers.SysLogHandler.LOG_";

constexpr std::array<External<std::string_view>, 5> texts = {{
    {"logging.BASIC_FORMAT", "%(levelname)s:%(name)s:%(message)s"},
    {"os.curdir", "."},
    {"os.devnull", "/dev/null"},
    {"os.linesep", "\n"},
    {"os.sep", "/"},
}};

template <typename T, std::size_t N>
const T* find_in(const std::array<External<T>, N>& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [name](const auto& entry) { return entry.name == name; });
  return found == table.end() ? nullptr : &found->value;
}

}  // namespace

std::optional<Value> find_external(std::string_view name) {
  const std::int64_t* number = find_in(numbers, name);
  if (name.starts_with(syslog_prefix)) {
    number = find_in(syslog_numbers, name.substr(syslog_prefix.size()));
  }
  if (number != nullptr) return Value(Value::Data(*number));
  const std::string_view* const text = find_in(texts, name);
  return text != nullptr ? std::optional(Value(Value::Data(std::string(*text)))) : std::nullopt;
}

}  // namespace xylem::config
