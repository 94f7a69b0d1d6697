#include "scenario.hpp"

#include <cmath>

#include <fmt/format.h>

namespace kill_test {

double Random::spread(double least, double most) {
  const double unit = static_cast<double>(next() >> 11) * 0x1p-53;
  return least * std::pow(most / least, unit);
}

Scenario random_scenario(Random& random) {
  static constexpr std::int64_t limits[] = {0, 0, 20'000, 200'000, 200'000, 5'000'000};
  static constexpr unsigned rings[] = {64, 256, 1024, 4096, 4096, 16384};
  static constexpr const char* clocks[] = {"tsc", "tsc", "tsc", "system", "coarse"};
  static constexpr Sizes sizes[] = {Sizes::small, Sizes::mixed, Sizes::mixed, Sizes::large};
  static constexpr std::uint32_t bursts[] = {1, 20, 200, 2000};
  static constexpr std::uint32_t pauses[] = {0, 20, 100, 500};
  Scenario made;
  made.max_bytes = random.pick(limits);
  made.ring_slots = random.pick(rings);
  made.clock = random.pick(clocks);
  made.has_second_file = random.one_in(3);
  made.has_console = random.one_in(4);
  made.console_stalls = made.has_console && random.one_in(2);
  made.names_are_relative = random.one_in(3);
  made.has_attributes = random.one_in(2);
  made.on_disk = random.one_in(5);
  made.logs_early = random.one_in(4);
  // A coarse clock gives the records of two threads the same time, in no order.
  made.starts_threads = made.clock != std::string_view{"coarse"} && random.one_in(2);
  made.reconfigures = random.one_in(6);
  made.by_text = random.one_in(5);
  made.sizes = random.pick(sizes);
  made.longest_burst = random.pick(bursts);
  made.longest_pause_us = random.pick(pauses);
  // Each rotation renames all files there are, so small files make slow runs.
  const bool rotates_often = made.max_bytes > 0 && made.max_bytes < 100'000;
  if (rotates_often && made.ring_slots > 1024) made.ring_slots = 256;
  made.kills = static_cast<unsigned>(rotates_often ? 5 + random.below(6) : 8 + random.below(20));
  return made;
}

std::string Scenario::text() const {
  const auto flag = [](bool on, const char* name) { return on ? std::string{", "} + name : ""; };
  return fmt::format("maxBytes {}, {} slots, clock {}, sizes {}, bursts of {}, pauses of {} us",
                     max_bytes, ring_slots, clock, static_cast<int>(sizes), longest_burst,
                     longest_pause_us) +
         flag(has_second_file, "two files") + flag(has_console, "console") +
         flag(console_stalls, "stalled") + flag(names_are_relative, "relative names") +
         flag(has_attributes, "attributes") + flag(on_disk, "on disk") +
         flag(logs_early, "logs early") + flag(starts_threads, "starts threads") +
         flag(reconfigures, "reconfigures") + flag(by_text, "configured by text");
}

namespace {

std::string file_handler(const Scenario& scenario, const std::string& path, const char* level) {
  const std::string common =
      fmt::format(R"("level": "{}", "formatter": "json", "filename": "{}")", level, path);
  if (scenario.max_bytes == 0) return R"({"class": "logging.FileHandler", )" + common + "}";
  return fmt::format(
      R"({{"class": "logging.handlers.RotatingFileHandler", {}, "maxBytes": {}, "backupCount": 1000000}})",
      common, scenario.max_bytes);
}

std::string engine(const Scenario& scenario, CrashFile crash_file, const std::string& directory) {
  std::string crash;
  if (crash_file == CrashFile::on) {
    crash = fmt::format(R"(, "crash_dir": "{}/{}")", directory, crash_directory);
  } else if (crash_file == CrashFile::off) {
    crash = R"(, "crash_dir": null)";
  }
  // A child dies as if by SIGKILL, whichever signal it is: none is caught.
  return fmt::format(R"({{"ring": {{"slots": {}, "when_full": "block"{}}}, "clock": "{}", )"
                     R"("signals": false}})",
                     scenario.ring_slots, crash, scenario.clock);
}

}  // namespace

std::string config_json(const Scenario& scenario, CrashFile crash_file,
                        const std::string& directory) {
  const std::string before = scenario.names_are_relative ? "" : directory + '/';
  std::string handlers = R"("file": )" + file_handler(scenario, before + first_file, "DEBUG");
  std::string names = R"("file")";
  if (scenario.has_second_file) {
    handlers += R"(, "second": )" + file_handler(scenario, before + second_file, "WARNING");
    names += R"(, "second")";
  }
  if (scenario.has_console) {
    handlers += R"(, "console": {"class": "logging.StreamHandler", "level": "ERROR", )"
                R"("formatter": "json", "stream": "ext://sys.stderr"})";
    names += R"(, "console")";
  }
  const char* const keys =
      scenario.has_attributes ? R"({"process": "process", "thread_name": "threadName"})" : "{}";
  return fmt::format(
      R"-({{"version": 1, "disable_existing_loggers": false, "xylem": {}, )-"
      R"-("formatters": {{"json": {{"()": "xylem.JsonFormatter", "fmt_keys": {}}}}}, )-"
      R"-("handlers": {{{}}}, "root": {{"level": "DEBUG", "handlers": [{}]}}}})-",
      engine(scenario, crash_file, directory), keys, handlers, names);
}

}  // namespace kill_test
