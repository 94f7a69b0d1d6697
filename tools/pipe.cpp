#include "pipe.hpp"

#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

#include <fmt/format.h>

#include <xylem/xylem.hpp>

#include "level_option.hpp"
#include "record_line.hpp"

namespace xylem::tools {
namespace {

void log_record(const std::string& line, const std::string& logger, Level level) {
  Record record;
  record.name = logger;
  record.levelno = static_cast<int>(level);
  read_record(line, record);
  handle(record);
}

}  // namespace

int pipe(const PipeOptions& options) {
  configure_file(options.config);
  const Level level = level_option(options.level);
  const Logger log = get_logger(options.logger);
  std::ios::sync_with_stdio(false);
  std::uint64_t number = 0;
  std::uint64_t bad = 0;
  for (std::string line; std::getline(std::cin, line);) {
    ++number;
    if (!options.records) {
      log.log(level, "{}", line);
      continue;
    }
    try {
      log_record(line, options.logger, level);
    } catch (const std::exception& error) {
      ++bad;
      fmt::print(stderr, "xylem pipe: line {}: {}\n", number, error.what());
    }
  }
  shutdown();
  const Stats counts = stats();
  const bool broken = std::cin.bad();
  if (broken) fmt::print(stderr, "xylem pipe: standard input cannot be read to its end\n");
  if (!broken && bad == 0 && counts.dropped == 0 && counts.failed == 0) return 0;
  fmt::print(stderr, "xylem pipe: {} lines read, {} bad, {} dropped, {} failed\n", number, bad,
             counts.dropped, counts.failed);
  return 1;
}

}  // namespace xylem::tools
