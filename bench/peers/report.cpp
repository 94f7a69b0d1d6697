#include "report.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

namespace xylem::bench {
namespace {

struct Quantile {
  std::string_view key;
  double q;
};
constexpr std::array<Quantile, 6> usual = {{
    {"p50", 0.5},
    {"p90", 0.9},
    {"p99", 0.99},
    {"p99.9", 0.999},
    {"p99.99", 0.9999},
    {"max", 1},
}};

}  // namespace

Report::Report(std::string_view engine, std::string_view scenario, std::string_view variant) {
  text("engine", engine);
  text("scenario", scenario);
  text("variant", variant);
}

void Report::add(std::string_view key, std::string_view json) {
  if (!members_.empty()) members_ += ", ";
  members_ += fmt::format("\"{}\": {}", key, json);
}

void Report::text(std::string_view key, std::string_view value) {
  add(key, fmt::format("\"{}\"", value));
}

void Report::count(std::string_view key, std::int64_t value) {
  add(key, fmt::format("{}", value));
}

void Report::number(std::string_view key, double value) {
  add(key, fmt::format("{:.6f}", value));
}

void Report::flag(std::string_view key, bool value) {
  add(key, value ? "true" : "false");
}

void Report::null(std::string_view key) {
  add(key, "null");
}

void Report::quantiles(std::string_view key, Percentiles& samples) {
  std::string inner;
  for (const Quantile& quantile : usual) {
    inner += fmt::format("{}\"{}\": {:.3f}", inner.empty() ? "" : ", ", quantile.key,
                         samples.at(quantile.q));
  }
  add(key, fmt::format("{{{}}}", inner));
}

void Report::print() const {
  if (std::printf("{%s}\n", members_.c_str()) < 0 || std::fflush(stdout) != 0) {
    throw std::system_error{errno, std::generic_category(), "stdout"};
  }
}

void report_throughput(Report& report, const Throughput& run) {
  const auto records = static_cast<double>(run.records);
  report.count("records", run.records);
  report.count("bytes", run.bytes);
  report.number("wall_s", run.wall_s);
  report.number("cpu_s", run.cpu_s);
  report.number("lines_per_s", records / run.wall_s);
  report.number("cpu_ns_per_line", run.cpu_s * 1e9 / records);
  report.flag("valid", true);
  report.flag("json", run.json);
  report.number("slowest_over_fastest_producer", run.slowest_over_fastest);
}

}  // namespace xylem::bench
