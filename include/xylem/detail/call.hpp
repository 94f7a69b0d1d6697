#pragma once

#include <utility>

#include <xylem/detail/argument.hpp>
#include <xylem/detail/format.hpp>
#include <xylem/detail/logger_state.hpp>
#include <xylem/detail/site.hpp>
#include <xylem/detail/submit.hpp>

/// The log call from its arguments to submit(): brings them into their stored form and finds the
/// id of the call site.
namespace xylem::detail {

/// Calls f(argument) for the fields among the arguments.
template <typename F, typename... T>
constexpr void for_each_field(F&& f, const T&... arguments) {
  [[maybe_unused]] const auto visit = [&f](const auto& argument) {
    if constexpr (is_field<std::remove_cvref_t<decltype(argument)>>) f(argument);
  };
  (visit(arguments), ...);
}

/// What tells the calls of one place apart: the keys, which a conditional expression may change.
template <typename... T>
constexpr std::uint64_t key_hash(const T&... arguments) noexcept {
  std::uint64_t hash = 0;
  for_each_field([&hash](const auto& field) { hash = mix(hash, field.key.hash); }, arguments...);
  return hash;
}

/// Calls register_it(spec) with the description of the call. Keeps the arrays on its stack.
template <typename Register, typename... T>
std::uint32_t describe_call(Register&& register_it, const SiteSource& source,
                            const T&... arguments) {
  constexpr Kind kinds[sizeof...(T) + 1] = {kind_of_prepared<T>...};
  std::string_view keys[sizeof...(T) + 1];
  std::size_t i = 0;
  [[maybe_unused]] const auto add = [&](const auto& argument) {
    for_each_field([&](const auto& field) { keys[i] = field.key.text(); }, argument);
    ++i;
  };
  (add(arguments), ...);
  return register_it(SiteSpec{source, kinds, keys, sizeof...(T)});
}

template <typename... T>
[[gnu::cold, gnu::noinline]] std::uint64_t register_macro_site(MacroSite& site,
                                                               const T&... prepared) {
  const std::uint64_t word =
      site_word(key_hash(prepared...), describe_call(register_site, site.source, prepared...));
  site.word.store_release(word);
  return word;
}

template <typename... T>
[[gnu::always_inline]] inline std::uint64_t id_of(MacroSite& site, const T&... prepared) {
  std::uint64_t word = site.word.load_acquire();
  if (!matches(word, key_hash(prepared...))) [[unlikely]] {
    word = register_macro_site(site, prepared...);
  }
  return word & id_mask;
}

// The parts of the format one by one: a reference to it would keep it in memory on the fast path.
template <typename... T>
[[gnu::cold, gnu::noinline]] std::uint64_t register_unknown_site(
    std::uint64_t hash, Level level, std::uint32_t line, const char* format, std::size_t size,
    const char* file, const char* function, const T&... prepared) {
  const auto remember = [hash](const SiteSpec& spec) { return register_free_site(hash, spec); };
  return describe_call(remember, {{format, size}, file, function, line, level}, prepared...);
}

/// A hash of the argument types, which a template may vary at one place in the source.
template <typename... T>
inline constexpr std::uint64_t kinds_hash = [] {
  std::uint64_t hash = sizeof...(T);
  ((hash = mix(hash, static_cast<std::uint64_t>(kind_of_prepared<T>) + (is_field<T> ? 16 : 0))),
   ...);
  return hash;
}();

template <typename F, typename... T>
[[gnu::always_inline]] inline std::uint64_t id_of(Level level, const F& format,
                                                  const T&... prepared) {
  const std::uint64_t hash =
      mix(mix(format.hash, key_hash(prepared...)),
          kinds_hash<T...> + static_cast<std::uint64_t>(static_cast<int>(level))) |
      1;  // 0 marks a free entry
  for (std::size_t probe = 0; probe < free_site_probes; ++probe) {
    const FreeSite& entry = free_sites[(hash / 2 + probe) % free_site_slots];
    const std::uint64_t found = entry.hash.load_acquire();
    if (found == hash) [[likely]] {
      return entry.id.load_relaxed();
    }
    if (found == 0) break;
  }
  return register_unknown_site(hash, level, format.line, format.text, format.size, format.file,
                               format.function, prepared...);
}

/// For each argument, how many of those before it take a `{}`.
template <typename... T>
struct Positions {
  std::size_t before[sizeof...(T) + 1] = {};
  constexpr Positions() {
    [[maybe_unused]] std::size_t i = 0;
    [[maybe_unused]] std::size_t count = 0;
    ((before[i++] = count, count += is_positional<T> ? 1 : 0), ...);
  }
};

template <typename... P>
[[gnu::always_inline]] inline void submit_macro(MacroSite& site, const LoggerState& logger,
                                                const P&... prepared) {
  submit(id_of(site, prepared...), logger.id, plain(prepared)...);
}

template <typename F, typename... P>
[[gnu::always_inline]] inline void submit_free(Level level, const LoggerState& logger,
                                               const F& format, const P&... prepared) {
  submit(id_of(level, format, prepared...), logger.id, plain(prepared)...);
}

template <std::size_t... I, typename... Args>
[[gnu::always_inline]] inline void prepare_macro(std::index_sequence<I...>, MacroSite& site,
                                                 const LoggerState& logger,
                                                 const Args&... arguments) {
  constexpr Positions<Args...> positions;
  submit_macro(site, logger, prepare(site.source.format, positions.before[I], arguments)...);
}

template <std::size_t... I, typename F, typename... Args>
[[gnu::always_inline]] inline void prepare_free(std::index_sequence<I...>, Level level,
                                                const LoggerState& logger, const F& format,
                                                const Args&... arguments) {
  constexpr Positions<Args...> positions;
  submit_free(level, logger, format,
              prepare({format.text, format.size}, positions.before[I], arguments)...);
}

/// The call behind the macros; the level has been checked.
template <typename... Args>
[[gnu::always_inline]] inline void log_at(MacroSite& site, const LoggerState& logger,
                                          Format<std::type_identity_t<Args>...>,
                                          const Args&... arguments) {
  prepare_macro(std::index_sequence_for<Args...>{}, site, logger, arguments...);
}

/// The call behind Logger's functions; the level has been checked. F is a LocatedFormat, perhaps of
/// fewer arguments: those at the end that its text does not see.
template <typename F, typename... Args>
[[gnu::always_inline]] inline void log_here(Level level, const LoggerState& logger, const F& format,
                                            const Args&... arguments) {
  prepare_free(std::index_sequence_for<Args...>{}, level, logger, format, arguments...);
}

}  // namespace xylem::detail
