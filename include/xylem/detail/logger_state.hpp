#pragma once

#include <cstdint>
#include <string_view>

#include <xylem/detail/atomic.hpp>
#include <xylem/detail/slot.hpp>

namespace xylem::detail {

/// What all handles of one logger share. Lives as long as the process: a record may name its id
/// long after the last handle is gone.
struct LoggerState {
  Atomic<int> threshold;  // the lowest level number that passes; written by configuration
  std::uint64_t header;   // the id where a record's header has it
  std::string_view name;

  std::uint32_t id() const { return HeaderView{header}.logger(); }
};

/// The state of the logger of that name; made on first use. Thread-safe.
LoggerState& logger_state(std::string_view name);

}  // namespace xylem::detail
