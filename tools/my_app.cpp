// The guideline's main.py: one record of each level, then an exception with its message.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <fmt/core.h>

#include <xylem/xylem.hpp>

int main(int argc, char** argv) try {
  xylem::configure_file(argc > 1 ? argv[1] : "configs/5-queued-stderr-json-file.json");
  xylem::Logger log = xylem::get_logger("my_app");

  XYLEM_DEBUG(log, "debug message", xylem::field("x", "hello"));
  XYLEM_INFO(log, "info message");
  XYLEM_WARNING(log, "warning message");
  XYLEM_ERROR(log, "error message");
  XYLEM_CRITICAL(log, "critical message");

  try {
    throw std::domain_error("division by zero");
  } catch (const std::exception&) {
    XYLEM_EXCEPTION(log, "exception message");
  }

  xylem::flush();
  const xylem::Stats stats = xylem::stats();
  fmt::print("accepted {} = written {} + dropped {} + failed {}\n", stats.accepted, stats.written,
             stats.dropped, stats.failed);
  return EXIT_SUCCESS;
} catch (const xylem::ConfigError& error) {
  std::fprintf(stderr, "my_app: %s\n", error.what());
  return EXIT_FAILURE;
}
