#pragma once

// What the tests of the text formatter share: a record of this process' own, and a time zone.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "format/text_formatter.hpp"
#include "record_support.hpp"

namespace record_test {

/// Five hours behind UTC in winter, whatever the machine's own zone.
class NewYork {
 public:
  NewYork() {
    ::setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
    ::tzset();
  }
  ~NewYork() {
    ::unsetenv("TZ");
    ::tzset();
  }
  NewYork(const NewYork&) = delete;
  NewYork& operator=(const NewYork&) = delete;
};

/// The line of a record of this process' own.
inline std::string native(xylem::format::TextFormatter::Options options,
                          const std::vector<Arg>& args = {}, std::string message = "hello",
                          std::int64_t time_ns = sample_time_ns) {
  xylem::format::TextFormatter formatter{std::move(options)};
  const Site site = make_site(std::move(message), args);
  const Thread thread = make_thread("MainThread");
  const std::vector<std::byte> payload = encode(args);
  return line_of(formatter, {&site, "my_app.db", &thread, time_ns, payload.data(), nullptr});
}

}  // namespace record_test
