// The program that is killed. It configures, which recovers what the one before it left, and logs
// from several threads until it dies; or, if its orders say so, for a moment, and returns.
// usage: child CONFIG_FILE   with the journal and an eventfd as descriptors (journal.hpp)

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <xylem/xylem.hpp>

#include "crash_point.hpp"
#include "journal.hpp"
#include "record.hpp"

namespace kill_test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Records that wait longer than this for a configuration may go to the last resort.
constexpr auto longest_wait_for_configuration = 250ms;
constexpr std::uint64_t early_records = 15;
constexpr std::uint64_t most_meanwhile = 100;

Journal* journal = nullptr;
std::atomic<bool> is_configured{false};
std::atomic<bool> stops{false};
std::atomic<std::size_t> early_speakers{0};  // who have logged before the configuration

/// Where the driver reads it by a descriptor, without being counted as a call of the engine's.
void tell(Phase phase) {
  enter_phase(*journal, phase);
  const std::uint64_t one = 1;
  static_cast<void>(::syscall(SYS_write, event_fd, &one, sizeof one));
}

/// `more`: fields that the record would else have from its thread's context.
template <typename... Fields>
void log_record(const xylem::Logger& log, std::uint64_t lane, std::uint64_t number,
                const Fields&... more) {
  const Content content = content_of(lane, number, journal->orders.sizes);
  const auto as = xylem::field("number", number);
  switch (content.kind) {
    case Kind::text_in_field:
      XYLEM_INFO(log, "record", as, more..., xylem::field("text", content.text));
      return;
    case Kind::text_in_message:
      XYLEM_DEBUG(log, "{}", content.text, as, more...);
      return;
    case Kind::warning:
      log.warning("record {number} of {lane}", as, more..., xylem::field("text", content.text));
      return;
    case Kind::error:
      XYLEM_ERROR(log, "{} bytes", content.text.size(), as, more...);
      return;
  }
}

/// Logs on one lane, from where the life before it stopped.
class Speaker {
 public:
  explicit Speaker(std::uint64_t lane)
      : lane_{lane},
        words_{journal->lanes[lane]},
        random_{mix(journal->orders.seed + lane)},
        number_{words_.started.load(std::memory_order_relaxed)} {}

  std::uint64_t number() const { return number_; }
  std::uint64_t bytes() const { return bytes_; }

  /// As many records as that, noted behind each call.
  void log(std::uint64_t records, std::atomic<std::uint64_t>& noted) {
    for (std::uint64_t i = 0; i < records && !stops.load(std::memory_order_relaxed); ++i) {
      words_.started.store(++number_, std::memory_order_release);
      log_next();
      noted.store(number_, std::memory_order_release);
      bytes_ += content_of(lane_, number_, journal->orders.sizes).text.size() + 100;
    }
  }

  void log(std::uint64_t records) { log(records, words_.finished); }

  void log_next() {
    const auto on = xylem::field("lane", lane_);
    const auto in = xylem::field("life", journal->orders.life);
    if (!has_context(lane_)) return log_record(log_, lane_, number_, on, in);
    if (const std::uint64_t group = group_of(number_); !context_ || group != group_) {
      group_ = group;
      context_.reset();
      context_.emplace(on, in, xylem::field("group", group),
                       xylem::field("padding", pattern().substr(0, padding_bytes(group))));
    }
    log_record(log_, lane_, number_);
  }

  /// Before the configuration, and during it.
  void log_early() {
    log(early_records, words_.early);
    ++early_speakers;
    for (std::uint64_t i = 0; !is_configured.load(std::memory_order_acquire); ++i) {
      if (i < most_meanwhile) log(1, words_.meanwhile);
      std::this_thread::yield();
    }
  }

  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }

  void pause() {
    const std::chrono::microseconds length{below(journal->orders.longest_pause_us + 1)};
    if (below(4) == 0) return;
    if (below(2) == 0) return std::this_thread::sleep_for(length);
    for (const auto end = Clock::now() + length; Clock::now() < end;) {
    }
  }

 private:
  std::uint64_t lane_;
  Lane& words_;
  std::mt19937_64 random_;
  std::uint64_t number_;
  std::uint64_t bytes_ = 0;
  std::uint64_t group_ = 0;
  std::optional<xylem::Context> context_;  // of the group
  xylem::Logger log_ = xylem::get_logger("kill." + std::to_string(lane_));
};

void name_this_thread(std::uint64_t lane) {
  xylem::set_thread_name("lane-" + std::to_string(lane));
}

void run_short_thread(std::uint64_t lane, std::uint64_t records) {
  std::thread([=] {
    name_this_thread(lane);
    Speaker{lane}.log(records);
  }).join();
}

void configure(const std::string& file) {
  if (!journal->orders.by_text) return xylem::configure_file(file);
  std::ifstream stream{file, std::ios::binary};
  xylem::configure(std::string{std::istreambuf_iterator<char>{stream}, {}});
}

void run_thread(std::uint64_t lane, const std::string& config) {
  name_this_thread(lane);
  const Orders& orders = journal->orders;
  Speaker speaker{lane};
  if (orders.logs_early) {
    speaker.log_early();
  }
  while (!stops.load(std::memory_order_relaxed)) {
    if (speaker.bytes() > orders.bytes_a_thread) {
      std::this_thread::sleep_for(1ms);
      continue;
    }
    speaker.log(1 + speaker.below(orders.longest_burst));
    speaker.pause();
    if (orders.starts_threads && speaker.below(3) == 0) {
      run_short_thread(lane + thread_count, 1 + speaker.below(20));
    }
    if (speaker.below(50) == 0) xylem::flush();
    if (lane == 0 && orders.reconfigures && speaker.below(3) == 0) configure(config);
  }
}

int run(const std::string& config) {
  const Orders& orders = journal->orders;
  tell(Phase::started);
  const auto begin = Clock::now();
  std::vector<std::thread> speakers;
  const auto start_threads = [&] {
    for (std::uint64_t lane = 0; lane < thread_count; ++lane) {
      speakers.emplace_back(run_thread, lane, config);
    }
  };
  if (orders.logs_early) {
    start_threads();
    while (early_speakers < thread_count) std::this_thread::yield();
  }
  configure(config);
  journal->configured_late.store(Clock::now() - begin > longest_wait_for_configuration);
  is_configured.store(true, std::memory_order_release);
  tell(Phase::configured);
  if (!orders.logs_early) start_threads();
  if (orders.ends) {
    std::this_thread::sleep_for(1ms);
    stops.store(true);
  }
  for (std::thread& speaker : speakers) speaker.join();
  return 0;
}

}  // namespace
}  // namespace kill_test

int main(int argc, char** argv) {
  using namespace kill_test;
  if (argc != 2) {
    std::fprintf(stderr, "usage: child CONFIG_FILE\n");
    return 2;
  }
  // The driver may be killed too; and nobody wants the cores.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  void* const memory =
      ::mmap(nullptr, sizeof(Journal), PROT_READ | PROT_WRITE, MAP_SHARED, journal_fd, 0);
  if (memory == MAP_FAILED) return 2;
  journal = static_cast<Journal*>(memory);
  return run(argv[1]);
}
