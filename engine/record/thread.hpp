#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace xylem::record {

/// Names are cut to this.
inline constexpr std::size_t max_thread_name_bytes = 256;

/// What a line says of the thread that logged. `ascii` and `utf8` are the name as the body of a
/// JSON string, in the two styles, because every JSON line repeats it.
struct Thread {
  std::uint64_t id = 0;  // pthread_self(), as Python's `thread`
  std::string name;
  std::string ascii;
  std::string utf8;
};

}  // namespace xylem::record
