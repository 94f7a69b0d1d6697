#pragma once

// What the tests of the formatters share: call sites and payloads of any shape, made by hand.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <simdjson.h>

#include "format/formatter.hpp"
#include "format/program.hpp"
#include "record/site.hpp"
#include "record/thread.hpp"
#include "record/view.hpp"

namespace record_test {

using xylem::record::Kind;
using xylem::record::Site;
using xylem::record::Thread;
using xylem::record::View;

/// One argument of a call: its number, or its text, by kind.
struct Arg {
  Kind kind;
  union {
    std::int64_t int64 = 0;
    std::uint64_t uint64;
    std::int32_t int32;
    std::uint32_t uint32;
    double float64;
    float float32;
    bool boolean;
    char character;
  };
  std::string text{};
  bool is_field = false;
  std::string key{};

  Arg named(std::string name) && {
    is_field = true;
    key = std::move(name);
    return std::move(*this);
  }
};

inline Arg arg(std::int64_t number) {
  Arg a{Kind::int64, {}};
  a.int64 = number;
  return a;
}
inline Arg arg(std::uint64_t number, Kind kind = Kind::uint64) {
  Arg a{kind, {}};
  a.uint64 = number;
  return a;
}
inline Arg arg(std::int32_t number) {
  Arg a{Kind::int32, {}};
  a.int32 = number;
  return a;
}
inline Arg arg(std::uint32_t number) {
  Arg a{Kind::uint32, {}};
  a.uint32 = number;
  return a;
}
inline Arg arg(double number) {
  Arg a{Kind::float64, {}};
  a.float64 = number;
  return a;
}
inline Arg arg(float number) {
  Arg a{Kind::float32, {}};
  a.float32 = number;
  return a;
}
inline Arg arg(bool flag) {
  Arg a{Kind::boolean, {}};
  a.boolean = flag;
  return a;
}
inline Arg arg(char character) {
  Arg a{Kind::character, {}};
  a.character = character;
  return a;
}
inline Arg arg(std::nullptr_t) {
  return {Kind::null, {}};
}
inline Arg arg(std::string text, Kind kind = Kind::string) {
  return {kind, {}, std::move(text)};
}
// Otherwise a literal would be a bool.
inline Arg arg(const char* text, Kind kind = Kind::string) {
  return arg(std::string{text}, kind);
}

inline Site make_site(std::string format, const std::vector<Arg>& args) {
  Site site{1000, xylem::Level::info, std::move(format), "src/db/pool.cpp", "connect", 42, {}, 0,
            false};
  for (const Arg& a : args) {
    site.arguments.push_back({a.kind, a.is_field, a.key, site.fixed_bytes});
    site.fixed_bytes += xylem::detail::fixed_bytes(a.kind);
    site.has_tails |= xylem::detail::has_tail(a.kind);
  }
  return site;
}

/// The layout that detail::encode() documents.
inline std::vector<std::byte> encode(const std::vector<Arg>& args) {
  std::string fixed;
  std::string tail;
  const auto put = [&fixed](const auto& value) {
    fixed.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  for (const Arg& a : args) {
    if (xylem::detail::has_tail(a.kind)) {
      put(static_cast<std::uint32_t>(a.text.size()));
      tail += a.text;
    } else if (a.kind == Kind::int32 || a.kind == Kind::uint32) {
      put(a.uint32);
    } else if (a.kind == Kind::float32) {
      put(a.float32);
    } else if (a.kind == Kind::boolean) {
      put(a.boolean);
    } else if (a.kind == Kind::character) {
      put(a.character);
    } else if (a.kind != Kind::null) {
      put(a.uint64);
    }
  }
  const std::string all = fixed + tail;
  std::vector<std::byte> payload(all.size() + 1);  // a data() to pass on even for no bytes
  std::memcpy(payload.data(), all.data(), all.size());
  return payload;
}

inline Thread make_thread(std::string name) {
  using xylem::format::styled;
  using xylem::format::TextStyle;
  Thread thread{140'000'000'000'001, std::move(name), {}, {}};
  thread.ascii = styled(thread.name, TextStyle::ascii);
  thread.utf8 = styled(thread.name, TextStyle::utf8);
  return thread;
}

/// 2024-01-23T15:20:53.151737+00:00
inline constexpr std::int64_t sample_time_ns = 1'706'023'253'151'737'000;

/// The line of one record by way of a Program. Guards the buffer on both sides.
inline std::string render(xylem::format::Program& program, const View& view) {
  constexpr std::size_t slack = 64;  // what a program may overwrite beyond its bound
  constexpr std::size_t guard = 64;
  constexpr char canary = '\x5a';
  xylem::format::Workspace work;
  const std::size_t bound = program.prepare(view, work);
  const std::size_t size = guard + bound + slack + guard;
  // By itself, so that a sanitizer sees what a canary misses.
  const std::unique_ptr<char[]> buffer{new char[size]};
  std::memset(buffer.get(), canary, size);
  char* const begin = buffer.get() + guard;
  char* const end = program.render(work, begin);
  REQUIRE(end >= begin);
  CHECK(static_cast<std::size_t>(end - begin) <= bound);
  const std::string untouched(guard, canary);
  CHECK(std::string_view(buffer.get(), guard) == untouched);
  CHECK(std::string_view(begin + bound + slack, guard) == untouched);
  return {begin, end};
}

/// The line of one record both ways, which must agree: the line, or the message of the FormatError.
inline std::string line_of(xylem::format::Formatter& formatter, const View& view,
                           std::string_view terminator = "") {
  std::string general;
  try {
    formatter.format(general, view);
    general += terminator;
  } catch (const xylem::format::FormatError& error) {
    general = std::string{"error: "} + error.what();
  }
  if (view.foreign != nullptr) return general;
  std::string compiled;
  try {
    xylem::format::Program program = formatter.compile(*view.site, view.logger, terminator);
    compiled = render(program, view);
  } catch (const xylem::format::FormatError& error) {
    compiled = std::string{"error: "} + error.what();
  }
  CHECK(compiled == general);
  return general;
}

/// A line that must be one JSON object, parsed.
class Json {
 public:
  explicit Json(std::string_view line) : line_{line} {
    CHECK(line.find_first_of("\r\n") == std::string_view::npos);
    const auto error = parser_.parse(line_).get(object_);
    CAPTURE(line);
    REQUIRE(error == simdjson::SUCCESS);
  }

  std::vector<std::string> keys() const {
    std::vector<std::string> keys;
    for (const auto& member : object_) keys.emplace_back(member.key);
    return keys;
  }

  simdjson::dom::element operator[](std::string_view key) const {
    for (const auto& member : object_) {
      if (member.key == key) return member.value;
    }
    throw std::runtime_error("no member '" + std::string{key} + "' in " + std::string(line_));
  }

  std::string text(std::string_view key) const {
    const simdjson::dom::element value = (*this)[key];
    if (!value.is_string()) return "not a string: " + simdjson::to_string(value);
    return std::string{std::string_view{value}};
  }

 private:
  simdjson::dom::parser parser_;
  simdjson::padded_string line_;
  simdjson::dom::object object_;
};

}  // namespace record_test
