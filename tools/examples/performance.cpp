// What a call costs that nobody wants to see, and what one costs that goes to a file.

#include <chrono>
#include <string>

#include <fmt/core.h>

#include <xylem/xylem.hpp>

namespace {

int computed = 0;

std::string expensive() {
  ++computed;
  return "...";
}

}  // namespace

int main() {
  xylem::configure_file("configs/production.json");  // INFO and above, through a queue
  const xylem::Logger log = xylem::get_logger("my_app");

  XYLEM_DEBUG(log, "Processing {}", expensive());  // a macro evaluates nothing below the level
  if (log.enabled(xylem::Level::debug)) {          // what takes a few statements to find out
    const std::string text = expensive();
    log.debug("Processing {}", text);
  }
  for (int i = 0; i < 1000; ++i) XYLEM_INFO_EVERY_N(100, log, "{} requests", i);
  fmt::print("computed {} times\n", computed);

  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10'000; ++i) XYLEM_INFO(log, "Test message {}", i);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  fmt::print("10,000 calls in {:.1f} ms\n", taken.count());
}

// $ performance
//   computed 0 times
//   10,000 calls in ... ms
// $ grep -c requests logs/my_app.log.jsonl
//   10
// $ grep -c 'Test message' logs/my_app.log.jsonl
//   10000
