// Everything at once, for as long as one likes: 8 threads log, each in turn on many threads, while
// files rotate, the configuration changes, disks are full, descriptors run out, a console is slow
// and children are forked. Every line is read back. In the end each record must be in the files or
// counted as dropped or failed, and memory, descriptors and threads must be as many as at first.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "../nameless_file.hpp"
#include "faults.hpp"
#include "outputs.hpp"
#include "side_shows.hpp"
#include "speakers.hpp"

namespace soak {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto epoch_length = 400ms;

class WorkDirectory {
 public:
  WorkDirectory() : path_{(std::filesystem::temp_directory_path() / "xylem-soak-XXXXXX").string()} {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no directory to be had");
  }
  ~WorkDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  std::string operator/(const std::string& name) const { return path_ + '/' + name; }

 private:
  std::string path_;
};

struct Usage {
  long resident_kib = 0;
  long descriptors = 0;
  long threads = 0;
  long crash_file_kib = 0;

  static Usage now() {
    Usage usage;
    std::ifstream status{"/proc/self/status"};
    std::string word;
    while (status >> word) {
      if (word == "VmRSS:") status >> usage.resident_kib;
      if (word == "Threads:") status >> usage.threads;
    }
    usage.descriptors = std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
    usage.crash_file_kib = nameless_file::kib();
    return usage;
  }
};

class Soak {
 public:
  Soak(double minutes, std::uint64_t seed) : minutes_{minutes}, random_{seed} {}

  /// Whether all is well.
  bool run();

 private:
  std::string config(const std::string& files, const char* when_full) const;
  void begin_epoch();
  void pass_epoch();
  void wait_for_the_end_of_trouble();
  void take_files(std::uint64_t epoch);
  void configure(Fault fault);
  bool judge(const std::array<std::uint64_t, lane_count>& calls, const Forker& forker);
  Usage usual(std::size_t from, std::size_t to) const;
  void expect_flatness();
  void expect_exact_counts(const std::array<std::uint64_t, lane_count>& calls);
  void expect(bool is_so, const std::string& otherwise);

  double minutes_;
  std::mt19937_64 random_;
  WorkDirectory directory_;
  Place place_{directory_ / "small"};
  Reports reports_{directory_ / "reports"};
  Output all_{"all", [](Kind) { return true; }};
  Output warnings_{"warnings", kill_test::is_warning_or_above};
  Output errors_{"console", [](Kind kind) { return kind == Kind::error; }};
  std::uint64_t missing_ = 0;  // records, in one of them at least
  std::uint64_t epoch_ = 0;
  std::uint64_t configurations_ = 0;
  std::uint64_t refusals_ = 0;
  std::array<std::uint64_t, fault_kinds> faults_{};
  Fault fault_ = Fault::none;
  std::vector<Usage> usage_;
  std::vector<std::string> problems_;
};

/// An @ stands for the file of those handlers.
std::string Soak::config(const std::string& handlers, const char* when_full) const {
  return fmt::format(
      R"-({{"version": 1, "disable_existing_loggers": false, )-"
      R"-("xylem": {{"ring": {{"slots": 1024, "when_full": "{}", "crash_dir": "{}"}}}}, )-"
      R"-("formatters": {{"json": {{"()": "xylem.JsonFormatter", "fmt_keys": {{"level": "levelname"}}}}}}, )-"
      R"-("handlers": {{{}}}, "root": {{"level": "DEBUG", "handlers": [{}]}}}})-",
      when_full, directory_ / "crash", handlers,
      handlers.find("warnings") == std::string::npos ? R"("all")"
                                                     : R"("all", "warnings", "console")");
}

void Soak::begin_epoch() {
  ++epoch_;
  configure(fault_);
  end(fault_, place_);
  fault_ = Fault::none;
}

/// While there is a fault it may be refused; then the former one stays in force.
void Soak::configure(Fault fault) {
  const std::string handlers = fmt::format(
      R"("all": {{"class": "logging.handlers.RotatingFileHandler", "formatter": "json", )"
      R"("filename": "{}/all-{}.jsonl", "maxBytes": 300000, "backupCount": 100000}}, )"
      R"("warnings": {{"class": "logging.FileHandler", "formatter": "json", "level": "WARNING", )"
      R"("filename": "{}"}}, )"
      R"("console": {{"class": "logging.StreamHandler", "formatter": "json", "level": "ERROR", )"
      R"("stream": "ext://sys.stdout"}})",
      place_.directory(), epoch_, directory_ / fmt::format("warnings-{}.jsonl", epoch_));
  const std::string text = config(handlers, random_() % 3 == 0 ? "drop" : "block");
  ++configurations_;
  try {
    xylem::configure(text);
  } catch (const xylem::ConfigError& error) {
    ++refusals_;
    expect(fault != Fault::none, error.what());
    if (fault == Fault::none) return;
    end(fault, place_);
    configure(Fault::none);
  }
}

void Soak::pass_epoch() {
  const auto pause = [this](std::chrono::microseconds longest) {
    std::this_thread::sleep_for(
        std::chrono::microseconds{random_() % static_cast<std::uint64_t>(longest.count())});
  };
  const auto end_of_epoch = Clock::now() + epoch_length;
  pause(epoch_length / 4);
  fault_ = static_cast<Fault>(random_() % fault_kinds);
  ++faults_[static_cast<std::size_t>(fault_)];
  begin(fault_, place_);
  pause(epoch_length / 2);
  const bool lasts = random_() % 4 == 0;
  if (!lasts) {
    end(fault_, place_);
    fault_ = Fault::none;
  }
  // The same files once more.
  if (random_() % 2 == 0) configure(fault_);
  std::this_thread::sleep_until(end_of_epoch);
  if (!lasts) wait_for_the_end_of_trouble();
}

void Soak::wait_for_the_end_of_trouble() {
  const auto deadline = Clock::now() + 20s;
  // Others log on: what pends may be what was taken from a ring just now.
  constexpr std::uint64_t some = 5000;
  while (xylem::stats().pending > some) {
    if (Clock::now() > deadline) return expect(false, "trouble did not end");
    std::this_thread::sleep_for(10ms);
  }
}

void Soak::take_files(std::uint64_t epoch) {
  all_.take_files(fmt::format("{}/all-{}.jsonl", place_.directory(), epoch));
  warnings_.take_files(directory_ / fmt::format("warnings-{}.jsonl", epoch));
}

void Soak::expect(bool is_so, const std::string& otherwise) {
  if (is_so) return;
  problems_.push_back(otherwise);
}

/// Of a part of the run. Trouble makes memory more or less for a moment: its median counts; of what
/// is opened for a moment, the least.
Usage Soak::usual(std::size_t from, std::size_t to) const {
  if (from == to) return {};
  const auto rank = [&](long Usage::*member, std::size_t place) {
    std::vector<long> values;
    for (std::size_t i = from; i < to; ++i) values.push_back(usage_[i].*member);
    std::sort(values.begin(), values.end());
    return values[place];
  };
  const std::size_t middle = (to - from) / 2;
  return {.resident_kib = rank(&Usage::resident_kib, middle),
          .descriptors = rank(&Usage::descriptors, 0),
          .threads = rank(&Usage::threads, 0),
          .crash_file_kib = rank(&Usage::crash_file_kib, middle)};
}

/// The last third of the time against the second; in the first everything grows to its size.
void Soak::expect_flatness() {
  constexpr long slack_kib = 4096;
  constexpr long crash_file_slack_kib = 1024;
  const std::size_t third = usage_.size() / 3;
  const Usage first = usual(third, 2 * third);
  const Usage last = usual(usage_.size() - third, usage_.size());
  fmt::print(
      "resident {} -> {} KiB, crash file {} -> {} KiB, descriptors {} -> {}, threads {} -> {}\n",
      first.resident_kib, last.resident_kib, first.crash_file_kib, last.crash_file_kib,
      first.descriptors, last.descriptors, first.threads, last.threads);
  expect(last.resident_kib <= first.resident_kib * 21 / 20 + slack_kib, "memory grows");
  expect(last.crash_file_kib <= first.crash_file_kib * 5 / 4 + crash_file_slack_kib,
         "the crash file grows");
  expect(last.descriptors <= first.descriptors, "descriptors pile up");
  // Each lane's thread may be between two lives.
  expect(last.threads <= first.threads + static_cast<long>(lane_count), "threads pile up");
}

void Soak::expect_exact_counts(const std::array<std::uint64_t, lane_count>& calls) {
  const xylem::Stats stats = xylem::stats();
  const std::uint64_t logged = std::accumulate(calls.begin(), calls.end(), std::uint64_t{0});
  for (Output* const output : {&all_, &warnings_, &errors_}) {
    output->finish(calls);
    expect(output->wrong() == 0,
           fmt::format("{} wrong lines, the first: {}", output->wrong(), output->first_wrong()));
  }
  missing_ += count_missing({&all_, &warnings_, &errors_});
  fmt::print(
      "{} records accepted = {} written + {} dropped + {} failed; {} not in all their files\n",
      stats.accepted, stats.written, stats.dropped, stats.failed, missing_);
  expect(stats.accepted == logged, fmt::format("{} calls were made", logged));
  expect(stats.pending == 0, fmt::format("{} pending", stats.pending));
  expect(stats.accepted == stats.written + stats.dropped + stats.failed, "that does not add up");
  // A line that tells of drops is no record: where it is lost, the record before it counts as
  // failed.
  const std::uint64_t told = std::min(all_.told_drops(), warnings_.told_drops());
  expect(told <= stats.dropped, fmt::format("{} drops were told", told));
  const std::uint64_t given_up = stats.dropped + stats.failed;
  expect(missing_ <= given_up && given_up - missing_ <= stats.dropped - told,
         "the counts are not those of the files");
}

bool Soak::judge(const std::array<std::uint64_t, lane_count>& calls, const Forker& forker) {
  fmt::print("{} epochs, {} configurations ({} refused), {} forks", epoch_, configurations_,
             refusals_, forker.forks());
  for (int kind = 1; kind < fault_kinds; ++kind) {
    const bool is_there = place_.is_small() || static_cast<Fault>(kind) != Fault::full_disk;
    fmt::print(
        ", {}: {}", name_of(static_cast<Fault>(kind)),
        is_there ? std::to_string(faults_[static_cast<std::size_t>(kind)]) : "not possible here");
  }
  fmt::print("\n");
  expect_exact_counts(calls);
  expect_flatness();
  expect(forker.wrong() == 0, fmt::format("{} children ended badly", forker.wrong()));
  expect(std::filesystem::is_empty(directory_ / "crash"), "a crash file was left behind");
  for (const std::string& problem : problems_) fmt::print("soak: {}\n", problem);
  if (!problems_.empty()) fmt::print("what was reported last:\n{}", reports_.tail());
  return problems_.empty();
}

bool Soak::run() {
  std::filesystem::create_directory(directory_ / "crash");
  std::filesystem::permissions(directory_ / "crash", std::filesystem::perms::owner_all);
  Console console{errors_, random_()};
  begin_epoch();
  const std::string own_file =
      R"("all": {"class": "logging.FileHandler", "formatter": "json", "filename": "@"})";
  Forker forker{config(own_file, "block"), directory_ / "", random_()};
  Speakers speakers{random_()};
  const auto end_of_run = Clock::now() + std::chrono::duration<double>{minutes_ * 60};
  while (Clock::now() < end_of_run) {
    pass_epoch();
    begin_epoch();
    take_files(epoch_ - 1);
    missing_ += count_missing({&all_, &warnings_, &errors_});
    usage_.push_back(Usage::now());
  }
  speakers.stop();
  forker.stop();
  xylem::shutdown();
  console.finish();
  reports_.finish();
  take_files(epoch_);
  return judge(speakers.calls(), forker);
}

}  // namespace
}  // namespace soak

int main(int argc, char** argv) try {
  double minutes = 1;
  std::uint64_t seed = std::random_device{}();
  CLI::App app{"Logs for a long time while everything happens at once"};
  app.add_option("--minutes", minutes)->capture_default_str();
  app.add_option("--seed", seed);
  CLI11_PARSE(app, argc, argv);
  // Large blocks always go back to the kernel: else what malloc keeps of them hides what grows.
  ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  return soak::Soak{minutes, seed}.run() ? 0 : 1;
} catch (const std::exception& error) {
  fmt::print(stderr, "soak: {}\n", error.what());
  return 2;
}
