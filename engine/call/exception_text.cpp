#include "call/exception_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <span>
#include <string_view>

#include <cxxabi.h>
#include <fmt/format.h>

#include <xylem/detail/exception_text.hpp>
#include <xylem/exception.hpp>
#include <xylem/stack.hpp>

#include "record/stack_text.hpp"
#include "stacks/packed.hpp"
#include "stacks/walk.hpp"
#include "throw/throw_site.hpp"

extern "C" {
// Defined in programs that link xylem-throw.
[[gnu::weak]] decltype(xylem_throw_site) xylem_throw_site;
}

namespace xylem {
namespace call {
namespace {

/// Bounds a chain that refers to itself.
constexpr std::size_t max_nested = 64;

/// What std::exception_ptr consists of, in the C++ library of GCC.
const void* object_of(const std::exception_ptr& exception) {
  const void* object = nullptr;
  static_assert(sizeof object == sizeof exception);
  std::memcpy(&object, static_cast<const void*>(&exception), sizeof object);
  return object;
}

std::string_view or_null(const char* text) {
  return text != nullptr ? text : "(null)";
}

template <typename... T>
bool add_value(Thrown& thrown) {
  const auto add = [&thrown]<typename U>(const U* value) {
    if (*thrown.type != typeid(U)) return false;
    if constexpr (std::is_pointer_v<U>) {
      thrown.text = or_null(*value);
    } else {
      thrown.text = fmt::format("{}", *value);
    }
    return true;
  };
  return (add(static_cast<const T*>(thrown.object)) || ...);
}

/// The value of what is no std::exception.
void add_known_value(Thrown& thrown) {
  if (thrown.type == nullptr || thrown.object == nullptr) return;
  add_value<int, unsigned, long, unsigned long, long long, unsigned long long, short,
            unsigned short, bool, char, signed char, unsigned char, double, float, std::string,
            std::string_view, const char*, char*>(thrown);
}

void collect(std::vector<Thrown>& all) {
  if (all.size() == max_nested) return;
  Thrown& thrown = all.emplace_back();
  thrown.object = object_of(std::current_exception());
  thrown.type = abi::__cxa_current_exception_type();
  try {
    throw;
  } catch (const std::exception& exception) {
    thrown.text = or_null(exception.what());
    try {
      std::rethrow_if_nested(exception);
    } catch (...) {
      collect(all);
    }
  } catch (const std::nested_exception& exception) {
    if (exception.nested_ptr() == nullptr) return;
    try {
      exception.rethrow_nested();
    } catch (...) {
      collect(all);
    }
  } catch (...) {
    add_known_value(thrown);
  }
}

using Addresses = std::array<std::uintptr_t, Stack::max_frames>;

/// A stack as it was taken: `size` of the addresses, innermost first.
struct Trace {
  Addresses addresses;
  std::size_t size = 0;
  bool is_cut = false;
};

Trace throw_site(const void* object) {
  Trace trace;
  if (xylem_throw_site == nullptr || object == nullptr) return trace;
  trace.size =
      xylem_throw_site(object, trace.addresses.data(), trace.addresses.size(), &trace.is_cut);
  return trace;
}

/// Python shows the way from the function that catches to the throw. What led to that function is
/// what both stacks have in common.
void cut_common_calls(Trace& thrown, const Trace& caught) {
  if (thrown.is_cut || caught.is_cut) return;
  std::size_t common = 0;
  while (common < thrown.size && common < caught.size &&
         thrown.addresses[thrown.size - 1 - common] == caught.addresses[caught.size - 1 - common]) {
    ++common;
  }
  if (common < thrown.size) thrown.size -= common;
}

/// As words: `count` of them.
struct Words {
  std::array<stacks::Word, Stack::max_frames + 1> words;
  std::size_t count = 0;
};

Words words_of(const Trace& trace) {
  Words words;
  stacks::find_words(std::span{trace.addresses}.first(trace.size), words.words);
  words.count = trace.size;
  if (trace.is_cut) words.words[words.count++] = stacks::more_frames;
  return words;
}

constexpr std::string_view heading = "Traceback (most recent call last):\n";
constexpr std::string_view cause =
    "\n\nThe above exception was the direct cause of the following exception:\n\n";

void add_exception(stacks::Packed& packed, const Thrown& thrown, const Trace& here,
                   bool is_outermost) {
  Trace site = throw_site(thrown.object);
  if (site.size > 0) {
    cut_common_calls(site, here);
    const Words words = words_of(site);
    packed.text(heading).frames(words.words.data(), words.count);
  } else if (is_outermost) {
    const Words words = words_of(here);
    packed.text(heading).frames_from_call(words.words.data(), words.count);
  }
  if (thrown.type == nullptr) {
    packed.text("unknown exception");
  } else {
    packed.type(thrown.type->name());
  }
  if (!thrown.text.empty()) packed.text(": ").text(thrown.text);
}

std::string pack(const std::vector<Thrown>& all, const Trace& here) {
  stacks::Packed packed;
  for (std::size_t i = all.size(); i-- > 0;) {
    add_exception(packed, all[i], here, i == 0);
    if (i > 0) packed.text(cause);
  }
  return packed.take();
}

/// The text of what has been caught, for a call of the engine that returns to `return_address`.
[[gnu::noinline]] detail::ExceptionText text_of(const std::vector<Thrown>& all,
                                                const void* return_address) {
  Trace here;
  stacks::Walk walk{here.addresses};
  walk.run(return_address);
  here.size = walk.size;
  here.is_cut = walk.is_cut;
  return {pack(all, here)};
}

std::vector<Thrown> exceptions_in(const std::exception_ptr& thrown) {
  std::vector<Thrown> all;
  if (thrown == nullptr) return all;
  try {
    std::rethrow_exception(thrown);
  } catch (...) {
    collect(all);
  }
  return all;
}

}  // namespace

std::vector<Thrown> thrown_exceptions() {
  std::vector<Thrown> all;
  // Empty as well for what is thrown by other languages, and for the end of a thread.
  if (std::current_exception() != nullptr) collect(all);
  return all;
}

std::vector<std::string> describe_exception() {
  std::vector<std::string> texts;
  for (const Thrown& thrown : thrown_exceptions()) {
    std::string& text = texts.emplace_back(
        thrown.type != nullptr ? record::demangled_type(thrown.type->name()) : "unknown exception");
    if (!thrown.text.empty()) text += ": " + thrown.text;
  }
  return texts;
}

}  // namespace call

[[gnu::noinline]] detail::ExceptionText detail::current_exception_text() {
  const std::vector<call::Thrown> all = call::thrown_exceptions();
  // What Python shows for exc_info outside an except block.
  if (all.empty()) return {"NoneType: None"};
  return call::text_of(all, __builtin_return_address(0));
}

[[gnu::noinline]] detail::ExceptionText exception() {
  const std::vector<call::Thrown> all = call::thrown_exceptions();
  if (all.empty()) return {};
  return call::text_of(all, __builtin_return_address(0));
}

[[gnu::noinline]] detail::ExceptionText exception(const std::exception_ptr& thrown) {
  const std::vector<call::Thrown> all = call::exceptions_in(thrown);
  if (all.empty()) return {};
  return call::text_of(all, __builtin_return_address(0));
}

}  // namespace xylem
