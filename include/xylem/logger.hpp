#pragma once

#include <xylem/detail/call.hpp>
#include <xylem/detail/exception_text.hpp>
#include <xylem/detail/members.hpp>
#include <xylem/levels.hpp>

namespace xylem {

class BoundLogger;

/// A handle to a named logger: one pointer, free to copy, valid for ever, usable from any thread.
///
/// The functions named after levels take a format string that libfmt checks at compile time, its
/// arguments, and fields. They note the place of the call. Unlike the macros of log.hpp, they
/// evaluate their arguments even when the level is disabled.
///
/// A call copies its arguments and returns; it never throws for lack of room or trouble with a
/// file. It may wait for room in the thread's ring, if the configuration says so.
class Logger {
 public:
  explicit Logger(const detail::LoggerState& state) noexcept : state_{&state} {}

  /// The full dotted name; "root" for the root.
  std::string_view name() const noexcept { return state_->name; }

  /// Whether a record of this level would pass: one relaxed load. Of a logger that is sampled:
  /// whether it might.
  bool enabled(Level level) const noexcept {
    return detail::might_let(*state_, static_cast<int>(level));
  }

  /// As xylem::set_level() with its name, in its engine; set_level_below() for those below it too.
  /// Waits for the consumer.
  void set_level(Level level) const { detail::set_level(*state_, level); }

  template <typename... Args>
  [[gnu::always_inline]] void log(Level level,
                                  detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                  const Args&... arguments) const {
    if (lets(level)) detail::log_here(level, *state_, format, arguments...);
  }

  template <typename... Args>
  [[gnu::always_inline]] void debug(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                    const Args&... arguments) const {
    if (lets(Level::debug)) detail::log_here(Level::debug, *state_, format, arguments...);
  }
  template <typename... Args>
  [[gnu::always_inline]] void info(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                   const Args&... arguments) const {
    if (lets(Level::info)) detail::log_here(Level::info, *state_, format, arguments...);
  }
  template <typename... Args>
  [[gnu::always_inline]] void warning(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                      const Args&... arguments) const {
    if (lets(Level::warning)) detail::log_here(Level::warning, *state_, format, arguments...);
  }
  template <typename... Args>
  [[gnu::always_inline]] void error(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                    const Args&... arguments) const {
    if (lets(Level::error)) detail::log_here(Level::error, *state_, format, arguments...);
  }
  template <typename... Args>
  [[gnu::always_inline]] void critical(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                       const Args&... arguments) const {
    if (lets(Level::critical)) detail::log_here(Level::critical, *state_, format, arguments...);
  }

  /// An ERROR record with `exc_info`: the type and what() of the exception being handled, and of
  /// those nested in it. Outside a catch block it says that there is none.
  template <typename... Args>
  void exception(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                 const Args&... arguments) const {
    if (lets(Level::error)) {
      detail::log_here(Level::error, *state_, format, arguments...,
                       detail::current_exception_text());
    }
  }

  /// A logger whose records carry these fields, made by field() (bound_logger.hpp). Throws
  /// std::bad_alloc.
  template <typename... Fields>
  requires(detail::is_member_source<Fields>&&...) [[nodiscard]] BoundLogger
      with(const Fields&... fields) const;

  const detail::LoggerState& state() const noexcept { return *state_; }

 private:
  [[gnu::always_inline]] bool lets(Level level) const noexcept {
    return detail::lets(*state_, static_cast<int>(level));
  }

  const detail::LoggerState* state_;
};

/// The logger of that dotted name; "" and "root" are the root. Thread-safe. Takes a lock: keep the
/// handle rather than ask for it at every call.
inline Logger get_logger(std::string_view name = {}) {
  return Logger{detail::logger_state(name)};
}

}  // namespace xylem
