#pragma once

#include <array>
#include <csignal>
#include <cstdint>
#include <string_view>

#include "fatal/text.hpp"

/// What a fatal signal says of itself. For signal handlers.
namespace xylem::fatal {

inline constexpr std::array fatal_signals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

/// "SIGSEGV".
std::string_view signal_name(int signal);

/// Somebody sent it, with kill(2), raise(3), abort(3) or the like: no instruction caused it.
inline bool is_sent(const siginfo_t& info) {
  return info.si_code <= 0;
}

/// `si_addr` says where it was caused.
bool has_address(const siginfo_t& info);

/// "SIGSEGV (address not mapped) at 0x10". `stack_pointer` tells a stack that ran out from other
/// bad addresses; 0 when it is not known.
void describe_cause(Text& out, const siginfo_t& info, std::uintptr_t stack_pointer);

}  // namespace xylem::fatal
