#pragma once

/// All that a file needs which only logs:
///
///     const xylem::Logger log = xylem::get_logger("my_app.db");
///     XYLEM_INFO(log, "user {} logged in", name, xylem::field("user_id", 12345));
///
/// Each macro takes a Logger, a format literal checked at compile time, its arguments and fields.
/// Below the logger's level, arguments are not evaluated: the call is one relaxed load and a
/// branch. Above it, the arguments are copied into the calling thread's ring. Thread-safe.

#include <xylem/field.hpp>
#include <xylem/level.hpp>
#include <xylem/logger.hpp>

// The static is constant-initialised: no guard, no code before main. Its name must survive
// -Wshadow when a log call stands in the argument of another.
#define XYLEM_LOG_STATIC_(xylem_level, xylem_logger, xylem_format, ...)                          \
  do {                                                                                           \
    const ::xylem::detail::LoggerState& xylem_state = (xylem_logger).state();                    \
    if (static_cast<int>(xylem_level) >= xylem_state.threshold.load_relaxed()) {                 \
      static constinit ::xylem::detail::MacroSite xylem_site{                                    \
          {xylem_format, __FILE__, __func__, __LINE__, xylem_level}};                            \
      ::xylem::detail::log_at(xylem_site, xylem_state, xylem_format __VA_OPT__(, ) __VA_ARGS__); \
    }                                                                                            \
  } while (false)

#define XYLEM_DEBUG(logger, format, ...) \
  XYLEM_LOG_STATIC_(::xylem::Level::debug, logger, format __VA_OPT__(, ) __VA_ARGS__)
#define XYLEM_INFO(logger, format, ...) \
  XYLEM_LOG_STATIC_(::xylem::Level::info, logger, format __VA_OPT__(, ) __VA_ARGS__)
#define XYLEM_WARNING(logger, format, ...) \
  XYLEM_LOG_STATIC_(::xylem::Level::warning, logger, format __VA_OPT__(, ) __VA_ARGS__)
#define XYLEM_ERROR(logger, format, ...) \
  XYLEM_LOG_STATIC_(::xylem::Level::error, logger, format __VA_OPT__(, ) __VA_ARGS__)
#define XYLEM_CRITICAL(logger, format, ...) \
  XYLEM_LOG_STATIC_(::xylem::Level::critical, logger, format __VA_OPT__(, ) __VA_ARGS__)

/// Inside a catch block: an ERROR with `exc_info`, the exception being handled.
#define XYLEM_EXCEPTION(logger, format, ...)                                          \
  XYLEM_LOG_STATIC_(::xylem::Level::error, logger, format __VA_OPT__(, ) __VA_ARGS__, \
                    ::xylem::detail::current_exception_text(__FILE__, __LINE__, __func__))
