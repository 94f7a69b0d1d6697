#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xylem {

/// The calls that led to a place: raw addresses, of which the consumer makes text.
///
/// Passed to a log call, beside any other arguments, it becomes the record's `stack_info`, laid out
/// as Python lays it out:
///
///     XYLEM_WARNING(log, "slow query", xylem::stack());
///
///     Stack (most recent call last):
///       File "/src/main.cpp", line 9, in main
///       File "/src/db.cpp", line 42, in app::query(int)
///
/// Files and lines are there where the program was built with debug information (-g) or a package
/// of it is installed; elsewhere a frame shows the module, the address in it and the function:
/// `File "/usr/bin/app+0x1234", line 0, in app::query(int)`. Inlined calls are told as well. It
/// takes no `{}` of the format string. A value, 272 bytes, free to copy, to keep and to send to
/// another thread.
class Stack {
 public:
  /// The innermost calls that are kept.
  static constexpr std::size_t max_frames = 32;

  /// As the record carries it.
  std::string_view packed() const noexcept {
    return {reinterpret_cast<const char*>(words_), size_ * sizeof words_[0]};
  }

 private:
  friend Stack stack() noexcept;

  std::uint64_t words_[max_frames + 1];  // NOLINT(modernize-avoid-c-arrays): no <array> at a call
  std::size_t size_ = 0;
};

/// The stack of the calling thread, from its caller outwards. Allocates nothing but for a library
/// that is seen for the first time; the cost grows with the number of frames. Any thread, but no
/// signal handler.
[[nodiscard]] Stack stack() noexcept;

}  // namespace xylem
