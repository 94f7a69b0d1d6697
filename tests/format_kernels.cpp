#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "format/escape.hpp"
#include "format/floating.hpp"
#include "format/program.hpp"
#include "record_support.hpp"

namespace {

using namespace record_test;
using xylem::format::EscapeKernel;
using xylem::format::IsoUtcRenderer;
using xylem::format::Program;
using xylem::format::ProgramBuilder;
using xylem::format::TextStyle;
using xylem::format::Workspace;

/// The lines of one kernel for a call site with these arguments: the message, a separator, and
/// every argument once more as a JSON value.
class Line {
 public:
  Line(const EscapeKernel& kernel, const std::vector<Arg>& args, TextStyle style = TextStyle::ascii)
      : site_{make_site(format_of(args.size()), args)},
        program_{compile(kernel, site_, style, clock_)} {}

  std::string_view operator()(const std::vector<std::byte>& payload) {
    const View view{&site_, "root", &thread_, sample_time_ns, payload.data(), nullptr};
    buffer_.resize(program_.prepare(view, work_) + 64);
    return {buffer_.data(),
            static_cast<std::size_t>(program_.render(work_, buffer_.data()) - buffer_.data())};
  }

 private:
  static std::string format_of(std::size_t arguments) {
    std::string format;
    for (std::size_t i = 0; i < arguments; ++i) format += "{} ";
    return format;
  }
  static Program compile(const EscapeKernel& kernel, const Site& site, TextStyle style,
                         IsoUtcRenderer& clock) {
    ProgramBuilder builder{site, style, clock, {}, kernel};
    builder.message();
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
      builder.text("|");
      builder.json_value(i);
    }
    return builder.finish();
  }

  Site site_;
  IsoUtcRenderer clock_;
  Thread thread_ = make_thread("worker");
  Program program_;
  Workspace work_;
  std::vector<char> buffer_;
};

/// CI looks at a million numbers; `XYLEM_EXHAUSTIVE=1` at 100 million.
int random_count() {
  const char* const exhaustive = std::getenv("XYLEM_EXHAUSTIVE");
  return exhaustive != nullptr && std::string_view(exhaustive) == "1" ? 100'000'000 : 1'000'000;
}

template <typename T>
void put(std::vector<std::byte>& payload, T value) {
  std::memcpy(payload.data(), &value, sizeof value);
}

template <typename T>
void check_integer(Line& line, std::vector<std::byte>& payload, T value) {
  put(payload, value);
  char text[24];
  const std::string digits(text, std::to_chars(text, text + sizeof text, value).ptr);
  const std::string want = digits + " |" + digits;
  const std::string_view got = line(payload);
  if (got != want) REQUIRE(got == want);
}

void check_double(Line& line, std::vector<std::byte>& payload, double value) {
  put(payload, value);
  // These two are held against the standard library by their own test.
  char text[256];
  char* end = xylem::format::write_plain(text, value);
  *end++ = ' ';
  *end++ = '|';
  end = xylem::format::write_json_number(end, value);
  const std::string_view want(text, static_cast<std::size_t>(end - text));
  const std::string_view got = line(payload);
  if (got != want) REQUIRE(got == want);
}

double neighbour(double value, int steps) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) +
                               static_cast<std::uint64_t>(static_cast<std::int64_t>(steps)));
}

}  // namespace

TEST_CASE("every kernel writes whole numbers as the standard library does") {
  for (const EscapeKernel* kernel : xylem::format::supported_escape_kernels()) {
    CAPTURE(kernel->name);
    Line unsigned_line{*kernel, {arg(std::uint64_t{0})}};
    Line signed_line{*kernel, {arg(std::int64_t{0})}};
    Line narrow_unsigned_line{*kernel, {arg(std::uint32_t{0})}};
    Line narrow_signed_line{*kernel, {arg(std::int32_t{0})}};
    std::vector<std::byte> payload(8);
    const auto check = [&](std::uint64_t value) {
      check_integer(unsigned_line, payload, value);
      check_integer(signed_line, payload, static_cast<std::int64_t>(value));
      check_integer(signed_line, payload, static_cast<std::int64_t>(0 - value));
      check_integer(narrow_unsigned_line, payload, static_cast<std::uint32_t>(value));
      check_integer(narrow_signed_line, payload, static_cast<std::int32_t>(value));
    };
    std::uint64_t power = 1;
    for (int digits = 0; digits < 20; ++digits, power *= 10) {
      for (std::uint64_t factor = 1; factor < 10; ++factor) {
        for (std::uint64_t i = 0; i < 5; ++i) check(power * factor + i - 2);
      }
    }
    for (int bit = 0; bit < 64; ++bit) {
      for (std::uint64_t i = 0; i < 5; ++i) check((std::uint64_t{1} << bit) + i - 2);
    }
    std::mt19937_64 random(3);
    for (int i = random_count(); i > 0; --i) check(random() >> random() % 64);
  }
}

TEST_CASE("every kernel writes doubles alike, in the message and as a value") {
  for (const EscapeKernel* kernel : xylem::format::supported_escape_kernels()) {
    CAPTURE(kernel->name);
    Line line{*kernel, {arg(0.0)}};
    std::vector<std::byte> payload(8);
    const auto check = [&](double value) {
      check_double(line, payload, value);
      check_double(line, payload, -value);
    };
    for (const double value : {0.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
      check(value);
    }
    for (int power = -1074; power <= 1023; ++power) {
      for (int steps = -2; steps <= 2; ++steps) check(neighbour(std::ldexp(1.0, power), steps));
    }
    for (int power = -10; power <= 20; ++power) {
      for (int steps = -20; steps <= 20; ++steps) check(neighbour(std::pow(10.0, power), steps));
    }
    std::mt19937_64 random(4);
    for (int i = random_count(); i > 0; --i) {
      const std::uint64_t bits = random();
      switch (i % 3) {
        case 0:
          check(std::bit_cast<double>(bits));
          break;
        case 1:
          check(static_cast<double>(bits >> (11 + random() % 50)) /
                std::pow(10.0, static_cast<double>(random() % 12)));
          break;
        default:
          check(static_cast<double>(bits >> 11) * 0x1p-53 *
                std::pow(10.0, static_cast<double>(random() % 20) - 5.0));
          break;
      }
    }
  }
}

TEST_CASE("every kernel writes texts of any length in every style") {
  std::mt19937_64 random(5);
  for (const TextStyle style : {TextStyle::raw, TextStyle::ascii, TextStyle::utf8}) {
    for (std::size_t length = 0; length < 200; ++length) {
      std::string text(length, 'x');
      for (int round = 0; round < 4; ++round) {
        // First a text that needs no escape, then one with more and more that does.
        for (int i = 0; i < round && length > 0; ++i) {
          text[random() % length] = "\"\\\n\x7f\xff"[random() % 5];
        }
        const std::string body = xylem::format::styled(text, style);
        const std::string want = body + " |\"" + body + "\"";
        const std::vector<Arg> args = {arg(text)};
        for (const EscapeKernel* kernel : xylem::format::supported_escape_kernels()) {
          CAPTURE(kernel->name);
          CAPTURE(length);
          Line line{*kernel, args, style};
          // A buffer of its own, so that a sanitizer sees a read beyond the payload.
          const std::vector<std::byte> payload = encode(args);
          const bool same = line(payload) == want;
          REQUIRE(same);
        }
      }
    }
  }
}
