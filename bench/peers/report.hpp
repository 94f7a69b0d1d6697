#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "percentiles.hpp"

namespace xylem::bench {

/// The one JSON object that a measuring program prints. Keys and texts are plain words: nothing is
/// escaped.
class Report {
 public:
  Report(std::string_view engine, std::string_view scenario, std::string_view variant);

  void text(std::string_view key, std::string_view value);
  void count(std::string_view key, std::int64_t value);
  void number(std::string_view key, double value);
  void flag(std::string_view key, bool value);
  void null(std::string_view key);
  /// {"p50", "p90", "p99", "p99.9", "p99.99", "max"}
  void quantiles(std::string_view key, Percentiles& samples);

  /// To stdout. Throws std::system_error when it cannot be written.
  void print() const;

 private:
  void add(std::string_view key, std::string_view json);

  std::string members_;
};

/// What a run from threads to a file came to.
struct Throughput {
  std::int64_t records;
  std::int64_t bytes;
  double wall_s;
  double cpu_s;  // user and system time of the process
  bool json;
  double slowest_over_fastest;
};

void report_throughput(Report& report, const Throughput& run);

}  // namespace xylem::bench
