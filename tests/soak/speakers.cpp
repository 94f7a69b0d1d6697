#include "speakers.hpp"

#include <chrono>
#include <random>

#include <xylem/xylem.hpp>

namespace soak {

void log_record(std::uint64_t lane, std::uint64_t number) {
  static const xylem::Logger log = xylem::get_logger("soak");
  const kill_test::Content content = kill_test::content_of(lane, number, sizes);
  const auto on = xylem::field("lane", lane);
  const auto as = xylem::field("number", number);
  const auto text = xylem::field("text", content.text);
  switch (content.kind) {
    case Kind::text_in_field:
      XYLEM_DEBUG(log, "a record", on, as, text);
      return;
    case Kind::text_in_message:
      XYLEM_INFO(log, "{text}", on, as, text);
      return;
    case Kind::warning:
      log.warning("record {number}", on, as, text);
      return;
    case Kind::error:
      XYLEM_ERROR(log, "an {}", "error", on, as, text);
      return;
  }
}

Speakers::Speakers(std::uint64_t seed) {
  for (std::uint64_t lane = 0; lane < lane_count; ++lane) {
    threads_.emplace_back([this, lane, seed] { run(lane, seed); });
  }
}

void Speakers::stop() {
  stops_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::array<std::uint64_t, lane_count> Speakers::calls() const {
  std::array<std::uint64_t, lane_count> calls{};
  for (std::uint64_t lane = 0; lane < lane_count; ++lane) calls[lane] = calls_[lane];
  return calls;
}

void Speakers::run(std::uint64_t lane, std::uint64_t seed) {
  for (std::uint64_t life = 0; !stops_; ++life) {
    std::thread([&] { talk(lane, kill_test::mix(seed + lane) + life); }).join();
  }
}

void Speakers::talk(std::uint64_t lane, std::uint64_t seed) {
  constexpr int bursts = 20;
  constexpr std::uint64_t longest_burst = 200;
  constexpr std::uint64_t longest_pause_us = 20'000;
  std::mt19937_64 random{seed};
  xylem::set_thread_name("lane-" + std::to_string(lane));
  std::atomic<std::uint64_t>& calls = calls_[lane];
  for (int burst = 0; burst < bursts && !stops_; ++burst) {
    for (std::uint64_t left = 1 + random() % longest_burst; left > 0; --left) {
      log_record(lane, calls + 1);
      ++calls;
    }
    std::this_thread::sleep_for(std::chrono::microseconds{random() % longest_pause_us});
  }
}

}  // namespace soak
