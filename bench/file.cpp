// End to end: threads log records of three numbers, in the message and as three typed fields, and
// the queued configuration brings them to a rotating file. Beside it, write(2) of as many bytes
// alone. The files go below $XYLEM_BENCH_DIR: a disk and a tmpfs give different figures.

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "failure.hpp"
#include "support.hpp"

namespace xylem::bench {
namespace {

constexpr std::int64_t records = 1'000'000;  // of one iteration
constexpr std::int64_t max_bytes = std::int64_t{64} << 20;
constexpr int backups = 3;

void log_numbers(const Logger& log, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    XYLEM_INFO(log, "a {a} b {b} c {c}", field("a", i), field("b", i * 977),
               field("c", static_cast<double>(i) * 0.25));
  }
}

void log_from_threads(std::int64_t producers) {
  std::vector<std::thread> threads;
  for (std::int64_t i = 0; i < producers; ++i) {
    threads.emplace_back(
        [producers] { log_numbers(get_logger("my_app.db"), records / producers); });
  }
  for (std::thread& thread : threads) thread.join();
  flush();
}

/// The processor time of the whole process.
double cpu_s() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void logging(benchmark::State& state) {
  const std::int64_t producers = state.range(0);
  const ScratchDirectory directory;
  configure(
      to_json({.file = directory / "app.jsonl", .max_bytes = max_bytes, .backup_count = backups}));
  const std::uint64_t written_before = stats().written;
  const double cpu_before_s = cpu_s();
  for (auto _ : state) log_from_threads(producers);
  const auto lines = static_cast<double>(state.iterations() * records);
  state.counters["cpu_ns/line"] = (cpu_s() - cpu_before_s) * 1e9 / lines;
  const Stats after = stats();
  shutdown();
  // The last whole file stands for all: rotation has removed the earlier ones.
  const std::optional<Lines> sample = check_file(directory / "app.jsonl.1");
  if (!sample) {
    fail(state, "a line is not JSON");
  } else if (after.written - written_before !=
                 static_cast<std::uint64_t>(state.iterations() * records) ||
             after.failed + after.dropped != 0) {
    fail(state, "records were lost");
  } else {
    const double bytes_per_line =
        static_cast<double>(sample->bytes) / static_cast<double>(sample->count);
    state.SetItemsProcessed(state.iterations() * records);
    state.SetBytesProcessed(static_cast<std::int64_t>(lines * bytes_per_line));
    state.counters["bytes/line"] = bytes_per_line;
  }
}

/// write(2) of blocks as large as the consumer's, to as many files of the same size in turn.
void writing(benchmark::State& state) {
  constexpr std::int64_t bytes_per_iteration = 4 * max_bytes;
  constexpr std::int64_t blocks_per_file = 128;
  const ScratchDirectory directory;
  const std::string block(static_cast<std::size_t>(max_bytes / blocks_per_file), 'x');
  std::int64_t turn = 0;
  bool complete = true;
  for (auto _ : state) {
    for (std::int64_t done = 0; done < bytes_per_iteration; done += max_bytes) {
      const std::string file = directory / std::to_string(turn++ % (backups + 1));
      unlink(file.c_str());
      const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      for (std::int64_t i = 0; i < blocks_per_file; ++i) {
        const ssize_t written = write(fd, block.data(), block.size());
        complete &= written == static_cast<ssize_t>(block.size());
      }
      close(fd);
    }
  }
  if (!complete) fail(state, "the files cannot be written");
  state.SetBytesProcessed(state.iterations() * bytes_per_iteration);
}

BENCHMARK(logging)
    ->ArgName("producers")
    ->Arg(1)
    ->Arg(4)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(writing)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace xylem::bench
