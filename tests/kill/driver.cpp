// Kills a program that logs, again and again, and looks whether what it had logged is in its files:
// once, whole, in order. Prints what it did and found in one line; the status is 0 if nothing was
// lost, doubled, torn or out of place, and records were in flight at all.

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/prctl.h>

#include "campaign.hpp"

namespace kill_test {
namespace {

volatile std::sig_atomic_t is_interrupted = 0;

std::string program_beside(const char* self, const char* name) {
  return (std::filesystem::canonical(self).parent_path() / name).string();
}

/// In memory if there is such a place: a kill loses nothing that the kernel has, wherever it has
/// it.
std::string memory_directory() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const auto space = std::filesystem::space(memory, error);
  constexpr std::uintmax_t wanted_bytes = std::uintmax_t{1} << 30;
  const bool fits =
      !error && space.available >= wanted_bytes && ::access(memory.c_str(), W_OK) == 0;
  return (fits ? memory : std::filesystem::temp_directory_path()).string();
}

std::string summary(const Totals& totals) {
  const Verdict& verdict = totals.verdict;
  return fmt::format(
      "kills {} ({} of them at start or in recovery), recoveries by hand {}, records {}, in flight "
      "at the kill {}, lost {}, doubled {}, torn {}, misplaced {}",
      totals.kills, totals.early_kills, totals.recoveries, verdict.records, totals.in_flight,
      verdict.lost, verdict.doubled, verdict.torn, verdict.misplaced);
}

struct Limits {
  std::uint64_t rounds = 300;
  unsigned seconds = 0;
  std::uint64_t seed = 0;
  bool expects_loss = false;
};

int run(const Options& options, const Limits& limits) {
  ::prctl(PR_SET_TIMERSLACK, 1);
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { is_interrupted = 1; });
  Random random{limits.seed};
  Totals totals;
  const auto end = Clock::now() + std::chrono::seconds{limits.seconds};
  while (totals.kills < limits.rounds && is_interrupted == 0) {
    if (limits.seconds > 0 && Clock::now() >= end) break;
    Campaign{options, random, totals}.run();
    for (const std::string& problem : totals.problems) fmt::print("{}\n", problem);
    if (!totals.problems.empty() && !limits.expects_loss) break;
    totals.problems.clear();
  }
  fmt::print("seed {}\n{}\n", limits.seed, summary(totals));
  if (is_interrupted != 0) return 130;
  if (limits.expects_loss) return totals.verdict.lost > 0 ? 0 : 1;
  return totals.problems.empty() && totals.verdict.good() && totals.in_flight > 0 ? 0 : 1;
}

}  // namespace
}  // namespace kill_test

int main(int argc, char** argv) try {
  using namespace kill_test;
  Options options;
  options.child = program_beside("/proc/self/exe", "child");
  options.memory_parent = memory_directory();
  options.disk_parent = std::filesystem::temp_directory_path().string();
  Limits limits;
  limits.seed = std::random_device{}();
  std::string crash_file = "on";
  CLI::App app{"Kills a program that logs, and looks for its lines"};
  app.add_option("--rounds", limits.rounds, "Kills, at least")->capture_default_str();
  app.add_option("--seconds", limits.seconds, "Fewer kills when this time is over; 0: no limit");
  app.add_option("--seed", limits.seed, "Of all choices but the scheduler's");
  app.add_option("--tool", options.tool,
                 "The program `xylem`, to recover by hand from time to time");
  app.add_option("--crash-file", crash_file, "Where the rings are; `off`: in the process")
      ->check(CLI::IsMember({"on", "off", "unset"}));
  app.add_flag("--expect-loss", limits.expects_loss, "Succeed when records are lost");
  app.add_flag("--keep", options.keeps_failed, "Keep the files when something is wrong");
  CLI11_PARSE(app, argc, argv);
  if (!options.tool.empty()) options.tool = std::filesystem::canonical(options.tool).string();
  options.crash_file = crash_file == "on"    ? CrashFile::on
                       : crash_file == "off" ? CrashFile::off
                                             : CrashFile::unset;
  return run(options, limits);
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
