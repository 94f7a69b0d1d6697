#pragma once

#include <utility>

#include <xylem/detail/argument.hpp>
#include <xylem/detail/format.hpp>
#include <xylem/detail/logger_state.hpp>
#include <xylem/detail/sampled.hpp>
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

/// Whether a site is registered under the keys at hand. One without keys, if it is registered.
template <typename... T>
[[gnu::always_inline]] inline bool is_known(std::uint64_t word, const T&... prepared) noexcept {
  if constexpr ((is_field<T> || ...)) {
    return matches(word, key_hash(prepared...));
  } else {
    return word != 0;
  }
}

/// In place of a key, for an argument that has none. Empty, so that it travels in no register.
struct NoKey {};

constexpr KeyText text_of(NoKey) noexcept {
  return {nullptr, 0};
}
constexpr KeyText text_of(KeyText key) noexcept {
  return key;
}

template <typename T>
constexpr NoKey key_of(const T&) noexcept {
  return {};
}
template <typename S>
constexpr KeyText key_of(const Field<S>& field) noexcept {
  return field.key.text();
}

/// The key and the plain stored value that P, a prepared argument, travels as.
template <typename P>
using KeyOf = decltype(key_of(std::declval<const P&>()));
template <typename P>
using PlainOf = std::remove_cvref_t<decltype(plain(std::declval<const P&>()))>;

/// Does a call from the beginning, whatever keeps it from the fast path: a site that is new, a ring
/// that is full, a clock other than the TSC. One for all calls with the same types of arguments. It
/// takes values: a reference to one would keep it in memory on the fast path.
template <typename Keys, typename Values>
struct SlowCall;
template <typename... K, typename... S>
struct SlowCall<Types<K...>, Types<S...>> {
  static constexpr Kind kinds[sizeof...(S) + 1] = {kind_of<S>...};

  // The last one is for the compiler, which takes an array without elements for uninitialised.
  static void fill(KeyText* texts, K... keys) noexcept {
    ((*texts++ = text_of(keys)), ...);
    *texts = text_of(NoKey{});
  }

  [[gnu::cold, gnu::noinline]] static void log(MacroSite& site, const LoggerState& logger,
                                               K... keys, S... values) {
    const auto place = reinterpret_cast<std::uintptr_t>(&site);
    if (!is_let(logger, static_cast<int>(site.source.level), place)) return;
    KeyText texts[sizeof...(S) + 1];
    fill(texts, keys...);
    const std::uint32_t id = id_of_macro_site(site, kinds, texts, sizeof...(S));
    submit_slowly(id | logger.header, values...);
  }

  // The parts of the format one by one, for the same reason.
  [[gnu::cold, gnu::noinline]] static void log(std::uint64_t hash, const LoggerState& logger,
                                               Level level, std::uint32_t line, const char* format,
                                               std::size_t size, const char* file,
                                               const char* function, K... keys, S... values) {
    if (!is_let(logger, static_cast<int>(level), hash)) return;
    KeyText texts[sizeof...(S) + 1];
    fill(texts, keys...);
    const SiteSource source{{format, size}, file, function, line, level};
    const std::uint32_t id = id_of_free_site(hash, {source, kinds, texts, sizeof...(S)});
    submit_slowly(id | logger.header, values...);
  }
};

/// A hash of the argument types, which a template may vary at one place in the source.
template <typename... T>
inline constexpr std::uint64_t kinds_hash = [] {
  [[maybe_unused]] constexpr auto kinds = static_cast<std::uint64_t>(last_kind) + 1;
  std::uint64_t hash = sizeof...(T);
  ((hash = mix(hash, static_cast<std::uint64_t>(kind_of_prepared<T>) + (is_field<T> ? kinds : 0))),
   ...);
  return hash;
}();

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
  Producer& producer = t_producer;
  const std::uint64_t word = site.word.load_acquire();
  const std::uint64_t slots = slots_for(encoded_size(plain(prepared)...));
  if (!is_known(word, prepared...) || !fits(producer, slots)) [[unlikely]] {
    SlowCall<Types<KeyOf<P>...>, Types<PlainOf<P>...>>::log(site, logger, key_of(prepared)...,
                                                            plain(prepared)...);
    return;
  }
  submit_fitting(producer, id_of_word(word) | logger.header, slots, plain(prepared)...);
}

template <typename F, typename... P>
[[gnu::always_inline]] inline void submit_free(Level level, const LoggerState& logger,
                                               const F& format, const P&... prepared) {
  Producer& producer = t_producer;
  const std::uint64_t hash =
      mix(mix(format.hash, key_hash(prepared...)),
          kinds_hash<P...> + static_cast<std::uint64_t>(static_cast<int>(level))) |
      1;  // 0 marks a free entry
  const FreeSite& entry = free_site(hash, 0);
  const std::uint64_t slots = slots_for(encoded_size(plain(prepared)...));
  if (entry.hash.load_acquire() != hash || !fits(producer, slots)) [[unlikely]] {
    SlowCall<Types<KeyOf<P>...>, Types<PlainOf<P>...>>::log(
        hash, logger, level, format.line, format.text, format.size, format.file, format.function,
        key_of(prepared)..., plain(prepared)...);
    return;
  }
  submit_fitting(producer, entry.id.load_relaxed() | logger.header, slots, plain(prepared)...);
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
