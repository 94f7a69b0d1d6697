#pragma once

#include <xylem/detail/members.hpp>
#include <xylem/field.hpp>
#include <xylem/logger.hpp>

namespace xylem {
namespace detail {

/// What a call by a BoundLogger goes by, in place of a LoggerState.
struct BoundState {
  const LoggerState& logger;
  BoundMembers members;
};

/// The same of a logger that is gone before the call is.
struct KeptBoundState : BoundState {
  Members keeper;
};

[[gnu::always_inline]] inline bool lets(const BoundState& bound, int level) noexcept {
  return lets(bound.logger, level);
}

template <typename... Args>
[[gnu::always_inline]] inline void log_at(MacroSite& site, const BoundState& bound,
                                          Format<std::type_identity_t<Args>...>,
                                          const Args&... arguments) {
  prepare_macro(std::index_sequence_for<Args..., BoundMembers>{}, site, bound.logger, arguments...,
                bound.members);
}

}  // namespace detail

/// A logger whose records carry fields, encoded once; made by Logger::with():
///
///     const auto db = xylem::get_logger("my_app").with(xylem::field("component", "db"));
///     XYLEM_INFO(db, "connected", xylem::field("port", 5432));
///     db.warning("slow");
///     const auto primary = db.with(xylem::field("shard", 0));   // both fields
///
/// For the macros and functions it is a Logger. Its fields stand behind the record's own, in front
/// of a Context's; of equal keys the first of these counts. They travel with each record, which
/// costs the copying of their bytes.
///
/// Two pointers; copies share the fields. Usable from any thread, as long as no other assigns to
/// the same object.
class BoundLogger {
 public:
  BoundLogger(Logger logger, detail::Members members) noexcept
      : state_{&logger.state()}, members_{std::move(members)} {}

  std::string_view name() const noexcept { return state_->name; }

  bool enabled(Level level) const noexcept {
    return detail::might_let(*state_, static_cast<int>(level));
  }

  /// Of the logger, so for all that share it: as Logger::set_level().
  void set_level(Level level) const { detail::set_level(*state_, level); }

  /// The logger without the fields.
  Logger logger() const noexcept { return Logger{*state_}; }

  /// A logger with these fields too; of equal keys the new one counts. Throws std::bad_alloc.
  template <typename... Fields>
  requires(detail::is_member_source<Fields>&&...) [[nodiscard]] BoundLogger
      with(const Fields&... fields) const {
    return {logger(), detail::merged(detail::make_members(fields...), members_)};
  }

  template <typename... Args>
  [[gnu::always_inline]] void log(Level level,
                                  detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                  const Args&... arguments) const {
    if (lets(level)) detail::log_here(level, *state_, format, arguments..., bound());
  }

  template <typename... Args>
  [[gnu::always_inline]] void debug(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                    const Args&... arguments) const {
    log<Args...>(Level::debug, format, arguments...);
  }
  template <typename... Args>
  [[gnu::always_inline]] void info(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                   const Args&... arguments) const {
    log<Args...>(Level::info, format, arguments...);
  }
  template <typename... Args>
  [[gnu::always_inline]] void warning(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                      const Args&... arguments) const {
    log<Args...>(Level::warning, format, arguments...);
  }
  template <typename... Args>
  [[gnu::always_inline]] void error(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                    const Args&... arguments) const {
    log<Args...>(Level::error, format, arguments...);
  }
  template <typename... Args>
  [[gnu::always_inline]] void critical(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                                       const Args&... arguments) const {
    log<Args...>(Level::critical, format, arguments...);
  }

  /// As Logger::exception().
  template <typename... Args>
  void exception(detail::LocatedFormat<std::type_identity_t<Args>...> format,
                 const Args&... arguments) const {
    if (lets(Level::error)) {
      detail::log_here(Level::error, *state_, format, arguments...,
                       detail::current_exception_text(), bound());
    }
  }

  detail::BoundState state() const& noexcept { return {*state_, bound()}; }
  detail::KeptBoundState state() && noexcept { return {{*state_, bound()}, std::move(members_)}; }

 private:
  [[gnu::always_inline]] bool lets(Level level) const noexcept {
    return detail::lets(*state_, static_cast<int>(level));
  }

  detail::BoundMembers bound() const noexcept { return {members_.text()}; }

  const detail::LoggerState* state_;
  detail::Members members_;
};

template <typename... Fields>
requires(detail::is_member_source<Fields>&&...) BoundLogger Logger::with(const Fields&... fields)
const {
  return {*this, detail::make_members(fields...)};
}

}  // namespace xylem
