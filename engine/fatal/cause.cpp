#include "fatal/cause.hpp"

#include <unistd.h>

namespace xylem::fatal {
namespace {

/// How far from the stack pointer an access still is one of the stack: a large frame is entered
/// with one step, whose first access may be anywhere in it.
constexpr std::uintptr_t stack_reach_bytes = std::uintptr_t{64} << 10;

std::uintptr_t address_of(const siginfo_t& info) {
  return reinterpret_cast<std::uintptr_t>(info.si_addr);
}

bool is_stack_overflow(const siginfo_t& info, std::uintptr_t stack_pointer) {
  const bool is_bad_address = info.si_code == SEGV_MAPERR || info.si_code == SEGV_ACCERR;
  // Nor does a stack begin at a null pointer.
  if (stack_pointer < stack_reach_bytes || !is_bad_address) return false;
  return address_of(info) - stack_pointer + stack_reach_bytes < 2 * stack_reach_bytes;
}

std::string_view describe_segv(const siginfo_t& info, std::uintptr_t stack_pointer) {
  if (is_stack_overflow(info, stack_pointer)) return "stack overflow";
  switch (info.si_code) {
    case SEGV_MAPERR:
      return "address not mapped";
    case SEGV_ACCERR:
      return "access not permitted";
    case SI_KERNEL:
      return "general protection fault";
    default:
      return {};
  }
}

std::string_view describe_bus(const siginfo_t& info) {
  switch (info.si_code) {
    case BUS_ADRALN:
      return "address not aligned";
    case BUS_ADRERR:
      return "no memory behind the address";
    case BUS_OBJERR:
      return "hardware error";
    case BUS_MCEERR_AR:
    case BUS_MCEERR_AO:
      return "memory error";
    default:
      return {};
  }
}

std::string_view describe_fpe(const siginfo_t& info) {
  switch (info.si_code) {
    case FPE_INTDIV:
      return "integer division";
    case FPE_INTOVF:
      return "integer overflow";
    case FPE_FLTDIV:
      return "floating-point division by zero";
    case FPE_FLTOVF:
      return "floating-point overflow";
    case FPE_FLTUND:
      return "floating-point underflow";
    case FPE_FLTRES:
      return "inexact floating-point result";
    case FPE_FLTINV:
      return "invalid floating-point operation";
    case FPE_FLTSUB:
      return "subscript out of range";
    default:
      return {};
  }
}

std::string_view describe_ill(const siginfo_t& info) {
  switch (info.si_code) {
    case ILL_ILLOPC:
    case ILL_ILLOPN:
      return "illegal instruction";
    case ILL_ILLADR:
      return "illegal addressing mode";
    case ILL_ILLTRP:
      return "illegal trap";
    case ILL_PRVOPC:
    case ILL_PRVREG:
      return "privileged instruction";
    case ILL_COPROC:
      return "coprocessor error";
    case ILL_BADSTK:
      return "internal stack error";
    default:
      return {};
  }
}

std::string_view describe_code(const siginfo_t& info, std::uintptr_t stack_pointer) {
  switch (info.si_signo) {
    case SIGSEGV:
      return describe_segv(info, stack_pointer);
    case SIGBUS:
      return describe_bus(info);
    case SIGFPE:
      return describe_fpe(info);
    case SIGILL:
      return describe_ill(info);
    default:
      return {};
  }
}

void describe_sender(Text& out, const siginfo_t& info) {
  if (info.si_pid == getpid()) {
    out.add("raised by the process itself");
    return;
  }
  out.add("sent by process ").add_decimal(info.si_pid);
  out.add(" of user ").add_decimal(info.si_uid);
}

}  // namespace

std::string_view signal_name(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    case SIGABRT:
      return "SIGABRT";
    default:
      return "unknown";
  }
}

bool has_address(const siginfo_t& info) {
  return info.si_code > 0 && info.si_code != SI_KERNEL;
}

void describe_cause(Text& out, const siginfo_t& info, std::uintptr_t stack_pointer) {
  out.add(signal_name(info.si_signo)).add(" (");
  const std::string_view code = describe_code(info, stack_pointer);
  if (is_sent(info)) {
    describe_sender(out, info);
  } else if (!code.empty()) {
    out.add(code);
  } else {
    out.add("code ").add_decimal(info.si_code);
  }
  out.add(")");
  if (has_address(info)) out.add(" at ").add_hex(address_of(info));
}

}  // namespace xylem::fatal
