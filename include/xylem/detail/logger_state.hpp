#pragma once

#include <cstdint>
#include <string_view>

#include <xylem/detail/atomic.hpp>
#include <xylem/detail/slot.hpp>
#include <xylem/level.hpp>

namespace xylem::route {
class CallSampler;
}  // namespace xylem::route

namespace xylem::detail {

/// The threshold of a logger whose calls are sampled: beyond all levels, so that only a call that
/// would not log looks further.
inline constexpr int sampled_threshold = (1 << 30) + 1;

/// What all handles of one logger share. Lives as long as the process: a record may name its id
/// long after the last handle is gone.
struct LoggerState {
  Atomic<int> threshold;      // the lowest level number that passes; written by configuration
  Atomic<int> sampled_level;  // the same while the threshold is sampled_threshold
  std::uint64_t header;       // the id where a record's header has it
  std::string_view name;
  Atomic<route::CallSampler*> sampler{};  // null: calls have never been sampled

  std::uint32_t id() const { return HeaderView{header}.logger(); }
};

/// The state of the logger of that name; made on first use. Thread-safe. `engine` is the number of
/// the Engine whose it is; 0: the default one's.
LoggerState& logger_state(std::string_view name, std::uint32_t engine = 0);

/// xylem::set_level() for a logger of any engine.
void set_level(const LoggerState& logger, Level level);

}  // namespace xylem::detail
