#pragma once

/// All that a file needs which only logs:
///
///     const xylem::Logger log = xylem::get_logger("my_app.db");
///     XYLEM_INFO(log, "user {} logged in", name, xylem::field("user_id", 12345));
///
/// Each macro takes a Logger or a BoundLogger, a format literal checked at compile time, its
/// arguments and fields. Below the logger's level, arguments are not evaluated: the call is one
/// relaxed load and a branch. Above it, the arguments are copied into the calling thread's ring.
/// Thread-safe.
///
/// Not every time, for each level (a call below the logger's level does not count, and costs what
/// any such call costs):
///
///     XYLEM_INFO_EVERY_N(100, log, "{} done", n);      // the 1st, the 101st, ... call from here
///     XYLEM_WARNING_EVERY(1s, log, "queue is full");   // at most one a second from here
///     XYLEM_INFO_ONCE(log, "first request");           // the first call from here
///     XYLEM_ERROR_IF(left < 0, log, "{} left", left);  // the condition after the level
///
/// "From here" is the place in the source, whatever the thread.
///
/// For a level of one's own the level stands in front of the logger:
///
///     inline constexpr xylem::Level trace{5};
///     XYLEM_LOG(trace, log, "{} read", n);
///     XYLEM_LOG_EVERY_N(100, trace, log, "{} read", n);
///     XYLEM_LOG_EVERY(1s, trace, log, "{} read", n);
///     XYLEM_LOG_ONCE(trace, log, "first read");
///     XYLEM_LOG_IF(n == 0, trace, log, "nothing read");
///
/// The level is a constant of type xylem::Level, part of what the place in the source is. One that
/// is known only when the program runs goes to Logger::log(), behind Logger::enabled() if the
/// arguments take long to compute.
///
/// Calls of these macros below XYLEM_COMPILED_LEVEL, a level's number, are checked and then removed
/// by the compiler: `-DXYLEM_COMPILED_LEVEL=20` leaves no code of XYLEM_DEBUG. May differ from file
/// to file; Logger's functions do not look at it.

#include <xylem/bound_logger.hpp>
#include <xylem/detail/occasion.hpp>
#include <xylem/exception.hpp>
#include <xylem/field.hpp>
#include <xylem/level.hpp>
#include <xylem/logger.hpp>

#ifndef XYLEM_COMPILED_LEVEL
#define XYLEM_COMPILED_LEVEL 0
#endif

// The static is constant-initialised: no guard, no code before main. Its name must survive
// -Wshadow when a log call stands in the argument of another. `xylem_due` is evaluated once the
// level has passed.
#define XYLEM_LOG_WHEN_(xylem_due, xylem_level, xylem_logger, xylem_format, ...)                   \
  do {                                                                                             \
    if constexpr (static_cast<int>(xylem_level) >= (XYLEM_COMPILED_LEVEL)) {                       \
      const auto& xylem_state = (xylem_logger).state();                                            \
      if (::xylem::detail::lets(xylem_state, static_cast<int>(xylem_level)) && (xylem_due)) {      \
        static constinit ::xylem::detail::MacroSite xylem_site{                                    \
            {xylem_format, __FILE__, __func__, __LINE__, xylem_level}};                            \
        ::xylem::detail::log_at(xylem_site, xylem_state, xylem_format __VA_OPT__(, ) __VA_ARGS__); \
      }                                                                                            \
    }                                                                                              \
  } while (false)

// A state of its own for each place: every lambda is a type of its own.
#define XYLEM_OCCASION_(xylem_type)                            \
  ([]() noexcept -> ::xylem::detail::xylem_type& {             \
    static constinit ::xylem::detail::xylem_type xylem_here{}; \
    return xylem_here;                                         \
  }())

#define XYLEM_LOG_STATIC_(level, logger, ...) XYLEM_LOG_WHEN_(true, level, logger, __VA_ARGS__)
#define XYLEM_LOG_EVERY_N_(n, level, logger, ...) \
  XYLEM_LOG_WHEN_(XYLEM_OCCASION_(EveryNth).is_due(n), level, logger, __VA_ARGS__)
#define XYLEM_LOG_EVERY_(interval, level, logger, ...) \
  XYLEM_LOG_WHEN_(XYLEM_OCCASION_(EveryInterval).is_due(interval), level, logger, __VA_ARGS__)
#define XYLEM_LOG_ONCE_(level, logger, ...) \
  XYLEM_LOG_WHEN_(XYLEM_OCCASION_(Once).is_due(), level, logger, __VA_ARGS__)

// A level that is not a constant makes the compiler complain of much else as well; this is what it
// says first.
#define XYLEM_CHECKED_LEVEL_(xylem_level, xylem_statement)                                      \
  do {                                                                                          \
    static_assert(__builtin_constant_p(xylem_level),                                            \
                  "the level of XYLEM_LOG must be a constant of type xylem::Level; any other: " \
                  "if (log.enabled(level)) log.log(level, ...)");                               \
    xylem_statement;                                                                            \
  } while (false)

#define XYLEM_LOG(level, logger, ...) \
  XYLEM_CHECKED_LEVEL_(level, XYLEM_LOG_STATIC_(level, logger, __VA_ARGS__))
#define XYLEM_LOG_EVERY_N(n, level, logger, ...) \
  XYLEM_CHECKED_LEVEL_(level, XYLEM_LOG_EVERY_N_(n, level, logger, __VA_ARGS__))
#define XYLEM_LOG_EVERY(interval, level, logger, ...) \
  XYLEM_CHECKED_LEVEL_(level, XYLEM_LOG_EVERY_(interval, level, logger, __VA_ARGS__))
#define XYLEM_LOG_ONCE(level, logger, ...) \
  XYLEM_CHECKED_LEVEL_(level, XYLEM_LOG_ONCE_(level, logger, __VA_ARGS__))
#define XYLEM_LOG_IF(condition, level, logger, ...) \
  XYLEM_CHECKED_LEVEL_(level, XYLEM_LOG_WHEN_((condition), level, logger, __VA_ARGS__))

#define XYLEM_DEBUG(logger, ...) XYLEM_LOG_STATIC_(::xylem::Level::debug, logger, __VA_ARGS__)
#define XYLEM_DEBUG_EVERY_N(n, logger, ...) \
  XYLEM_LOG_EVERY_N_(n, ::xylem::Level::debug, logger, __VA_ARGS__)
#define XYLEM_DEBUG_EVERY(interval, logger, ...) \
  XYLEM_LOG_EVERY_(interval, ::xylem::Level::debug, logger, __VA_ARGS__)
#define XYLEM_DEBUG_ONCE(logger, ...) XYLEM_LOG_ONCE_(::xylem::Level::debug, logger, __VA_ARGS__)
#define XYLEM_DEBUG_IF(condition, logger, ...) \
  XYLEM_LOG_WHEN_((condition), ::xylem::Level::debug, logger, __VA_ARGS__)

#define XYLEM_INFO(logger, ...) XYLEM_LOG_STATIC_(::xylem::Level::info, logger, __VA_ARGS__)
#define XYLEM_INFO_EVERY_N(n, logger, ...) \
  XYLEM_LOG_EVERY_N_(n, ::xylem::Level::info, logger, __VA_ARGS__)
#define XYLEM_INFO_EVERY(interval, logger, ...) \
  XYLEM_LOG_EVERY_(interval, ::xylem::Level::info, logger, __VA_ARGS__)
#define XYLEM_INFO_ONCE(logger, ...) XYLEM_LOG_ONCE_(::xylem::Level::info, logger, __VA_ARGS__)
#define XYLEM_INFO_IF(condition, logger, ...) \
  XYLEM_LOG_WHEN_((condition), ::xylem::Level::info, logger, __VA_ARGS__)

#define XYLEM_WARNING(logger, ...) XYLEM_LOG_STATIC_(::xylem::Level::warning, logger, __VA_ARGS__)
#define XYLEM_WARNING_EVERY_N(n, logger, ...) \
  XYLEM_LOG_EVERY_N_(n, ::xylem::Level::warning, logger, __VA_ARGS__)
#define XYLEM_WARNING_EVERY(interval, logger, ...) \
  XYLEM_LOG_EVERY_(interval, ::xylem::Level::warning, logger, __VA_ARGS__)
#define XYLEM_WARNING_ONCE(logger, ...) \
  XYLEM_LOG_ONCE_(::xylem::Level::warning, logger, __VA_ARGS__)
#define XYLEM_WARNING_IF(condition, logger, ...) \
  XYLEM_LOG_WHEN_((condition), ::xylem::Level::warning, logger, __VA_ARGS__)

#define XYLEM_ERROR(logger, ...) XYLEM_LOG_STATIC_(::xylem::Level::error, logger, __VA_ARGS__)
#define XYLEM_ERROR_EVERY_N(n, logger, ...) \
  XYLEM_LOG_EVERY_N_(n, ::xylem::Level::error, logger, __VA_ARGS__)
#define XYLEM_ERROR_EVERY(interval, logger, ...) \
  XYLEM_LOG_EVERY_(interval, ::xylem::Level::error, logger, __VA_ARGS__)
#define XYLEM_ERROR_ONCE(logger, ...) XYLEM_LOG_ONCE_(::xylem::Level::error, logger, __VA_ARGS__)
#define XYLEM_ERROR_IF(condition, logger, ...) \
  XYLEM_LOG_WHEN_((condition), ::xylem::Level::error, logger, __VA_ARGS__)

#define XYLEM_CRITICAL(logger, ...) XYLEM_LOG_STATIC_(::xylem::Level::critical, logger, __VA_ARGS__)
#define XYLEM_CRITICAL_EVERY_N(n, logger, ...) \
  XYLEM_LOG_EVERY_N_(n, ::xylem::Level::critical, logger, __VA_ARGS__)
#define XYLEM_CRITICAL_EVERY(interval, logger, ...) \
  XYLEM_LOG_EVERY_(interval, ::xylem::Level::critical, logger, __VA_ARGS__)
#define XYLEM_CRITICAL_ONCE(logger, ...) \
  XYLEM_LOG_ONCE_(::xylem::Level::critical, logger, __VA_ARGS__)
#define XYLEM_CRITICAL_IF(condition, logger, ...) \
  XYLEM_LOG_WHEN_((condition), ::xylem::Level::critical, logger, __VA_ARGS__)

/// Inside a catch block: an ERROR with `exc_info`, the exception being handled. Other levels take
/// xylem::exception() as an argument (exception.hpp).
#define XYLEM_EXCEPTION(logger, format, ...)                                          \
  XYLEM_LOG_STATIC_(::xylem::Level::error, logger, format __VA_OPT__(, ) __VA_ARGS__, \
                    ::xylem::detail::current_exception_text())
