// What a log call makes of its arguments, seen in the lines of a JSON Lines file.

#include <chrono>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <xylem/xylem.hpp>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;
using xylem::Level;
using xylem::Logger;

struct Point {
  int x;
  int y;
};

template <>
struct fmt::formatter<Point> : fmt::formatter<std::string> {
  template <typename Context>
  auto format(const Point& point, Context& context) const {
    return fmt::formatter<std::string>::format(fmt::format("({}, {})", point.x, point.y), context);
  }
};

struct Refuses {};

template <>
struct fmt::formatter<Refuses> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <typename Context>
  auto format(const Refuses&, Context& context) const -> decltype(context.out()) {
    throw std::runtime_error("it will not");
  }
};

namespace {

const std::string place_keys =
    R"({"level": "levelname", "message": "message", "logger": "name", "module": "module",)"
    R"( "file": "filename", "function": "funcName", "line": "lineno"})";

}  // namespace

TEST_CASE("integers of every width arrive whole, in the message and as fields") {
  const auto log_all = [](Logger log) {
    XYLEM_INFO(log, "{} {} {} {} {} {} {:#x}", std::int8_t{-128}, std::uint8_t{255},
               std::int16_t{-32768}, std::uint16_t{65535}, std::numeric_limits<std::int32_t>::min(),
               4294967295U, -1);
    XYLEM_INFO(log, "{} {} {} {} {}", std::numeric_limits<std::int64_t>::min(),
               std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::uint64_t>::max(),
               7L, 8ULL);
    XYLEM_INFO(log, "", field("i8", std::int8_t{-128}), field("u8", std::uint8_t{255}),
               field("i16", std::int16_t{-32768}), field("u16", std::uint16_t{65535}),
               field("i32", std::numeric_limits<std::int32_t>::min()), field("u32", 4294967295U),
               field("min", std::numeric_limits<std::int64_t>::min()),
               field("max", std::numeric_limits<std::int64_t>::max()),
               field("umax", std::numeric_limits<std::uint64_t>::max()), field("ll", -1LL));
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].message() == "-128 255 -32768 65535 -2147483648 4294967295 -0x1");
  CHECK(lines[1].message() == "-9223372036854775808 9223372036854775807 18446744073709551615 7 8");
  CHECK(fields_of(lines[2]) ==
        R"("i8":-128,"u8":255,"i16":-32768,"u16":65535,"i32":-2147483648,"u32":4294967295,)"
        R"("min":-9223372036854775808,"max":9223372036854775807,)"
        R"("umax":18446744073709551615,"ll":-1)");
}

TEST_CASE("a floating-point number is shown as libfmt shows it, and as Python does in a field") {
  const auto log_all = [](Logger log) {
    XYLEM_INFO(log, "{} {} {} {} {} {}", 0.1F, 0.1, 1.0, 1e16, -0.0, 5e-324);
    XYLEM_INFO(log, "", field("f", 0.1F), field("d", 0.1), field("one", 1.0), field("big", 1e16),
               field("zero", -0.0), field("least", 5e-324), field("third", 1.0 / 3));
    XYLEM_INFO(log, "{a} {a} {b}", field("a", 2.0), field("b", 1e22));
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].message() == "0.1 0.1 1 1e+16 -0 5e-324");
  CHECK(fields_of(lines[1]) ==
        R"("f":0.1,"d":0.1,"one":1.0,"big":1e+16,"zero":-0.0,"least":5e-324,)"
        R"("third":0.3333333333333333)");
  CHECK(lines[2].message() == "2 2 1e+22");
  CHECK(fields_of(lines[2]) == R"("a":2.0,"b":1e+22)");
}

TEST_CASE("numbers that JSON has not are quoted, so that the line still parses") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Line line = logged_line([infinity, nan](Logger log) {
    XYLEM_INFO(log, "{} {minus} {nan}", static_cast<float>(infinity), field("inf", infinity),
               field("minus", -infinity), field("nan", nan),
               field("float", static_cast<float>(nan)));
  });
  CHECK(line.message() == "inf -inf nan");
  CHECK(fields_of(line) == R"("inf":"Infinity","minus":"-Infinity","nan":"NaN","float":"NaN")");
}

TEST_CASE("truth values, characters, pointers and nothing") {
  const int target = 0;
  const void* const pointer = &target;
  const auto log_all = [pointer](Logger log) {
    XYLEM_INFO(log, "{} {} {} {} {} {}", true, false, 'x', '"', pointer, nullptr);
    XYLEM_INFO(log, "{yes} {char} {address} {nothing}", field("yes", true), field("char", '\n'),
               field("address", pointer), field("nothing", nullptr));
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 2);
  const std::string address = fmt::format("{}", pointer);
  CHECK(lines[0].message() == "true false x \" " + address + " 0x0");
  CHECK(lines[1].message() == "true \n " + address + " 0x0");
  CHECK(fields_of(lines[1]) ==
        R"("yes":true,"char":"\n","address":")" + address + R"(","nothing":null)");
}

TEST_CASE("text of every kind is copied when the call is made") {
  const auto log_all = [](Logger log) {
    char changing[] = "before";
    std::string text = "a std::string that is longer than any small-string buffer";
    const char* const null = nullptr;
    XYLEM_INFO(log, "{} {} {} {}", changing, text, std::string_view{"view"}, "literal",
               field("changing", changing), field("text", text), field("null", null));
    std::copy_n("after!", 6, changing);
    text.assign(text.size(), '#');
    XYLEM_INFO(log, "{}{}", null, std::string_view{});
    XYLEM_INFO(log, "[{}]", std::string_view{"a\0b", 3}, field("", std::string_view{"\0", 1}));
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 3);
  const std::string text = "a std::string that is longer than any small-string buffer";
  CHECK(lines[0].message() == "before " + text + " view literal");
  CHECK(fields_of(lines[0]) == R"("changing":"before","text":")" + text + R"-(","null":"(null)")-");
  CHECK(lines[1].message() == "(null)");
  CHECK(lines[2].message() == std::string{"[a\0b]", 5});
  CHECK(fields_of(lines[2]) == R"("":"\u0000")");
}

TEST_CASE("texts of every length arrive whole, alone and in pairs") {
  constexpr std::size_t longest = 150;
  std::string text;
  for (std::size_t i = 0; i < longest; ++i) text += static_cast<char>('!' + i * 7 % 90);
  std::erase_if(text, [](char c) { return c == '"' || c == '\\'; });
  const auto prefix = [&text](std::size_t size) { return std::string_view{text}.substr(0, size); };
  const auto log_all = [&](Logger log) {
    for (std::size_t size = 0; size <= text.size(); ++size) {
      const std::string_view other = prefix(text.size() - size);
      XYLEM_INFO(log, "{}", prefix(size));
      XYLEM_INFO(log, "{}|{}|{}", prefix(size), size, other, field("key", other));
      log.info("{}|{}|{}", other, size, prefix(size));
    }
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 3 * (text.size() + 1));
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string_view other = prefix(text.size() - size);
    CHECK(lines[3 * size].message() == prefix(size));
    CHECK(lines[3 * size + 1].message() == fmt::format("{}|{}|{}", prefix(size), size, other));
    CHECK(fields_of(lines[3 * size + 1]) == fmt::format(R"("key":"{}")", other));
    CHECK(lines[3 * size + 2].message() == fmt::format("{}|{}|{}", other, size, prefix(size)));
  }
}

TEST_CASE("a type of the program's own is rendered by the call, with its specification") {
  const auto log_all = [](Logger log) {
    Point point{1, -2};
    XYLEM_INFO(log, "{} [{:>10}] [{:<9}]", point, point, point, field("at", point));
    log.info("{} [{:>10}]", point, point, field("at", point));
    point = {0, 0};
    XYLEM_INFO(log, "{:%H:%M:%S} {}", std::chrono::seconds{3661}, std::chrono::milliseconds{5});
    XYLEM_INFO(log, "{1:>8} {0}", "first", Point{3, 4});
    XYLEM_INFO(log, "{:{}}|{:>8}|", 7, 3, Point{5, 6});
    XYLEM_INFO(log, "{{}} {:>8}", Point{5, 6});
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 6);
  CHECK(lines[0].message() == "(1, -2) [   (1, -2)] [(1, -2)  ]");
  CHECK(fields_of(lines[0]) == R"-("at":"(1, -2)")-");
  CHECK(lines[1].message() == "(1, -2) [   (1, -2)]");
  CHECK(fields_of(lines[1]) == R"-("at":"(1, -2)")-");
  CHECK(lines[2].message() == "01:01:01 5ms");
  CHECK(lines[3].message() == "  (3, 4) first");
  CHECK(lines[4].message() == "  7|  (5, 6)|");
  CHECK(lines[5].message() == "{}   (5, 6)");
}

TEST_CASE("a formatter that throws costs its own text, not the call and not the record") {
  const Line line = logged_line([](Logger log) {
    CHECK_NOTHROW(XYLEM_INFO(log, "before {} after", Refuses{}, field("also", Refuses{})));
  });
  CHECK(line.message() == "before <it will not> after");
  CHECK(line.string("also") == "<it will not>");
}

TEST_CASE("specifications and positions mean what they mean to libfmt") {
  const auto log_all = [](Logger log) {
    XYLEM_INFO(log, "[{:>8}] [{:<8}] [{:^8}] [{:*^9}]", "right", "left", 42, true);
    XYLEM_INFO(log, "{:05.1f} {:+d} {:#x} {:08b} {:.2e} {:.3}", 3.14159, 5, 255, 5, 12345.678,
               "abcd");
    XYLEM_INFO(log, "{1} {0} {1} {{}}", "a", "b");
    XYLEM_INFO(log, "[{:{}}] [{:{}.{}f}]", 7, 4, 2.0, 8, 3);
    XYLEM_INFO(log, "[{0:>{1}}]", "x", 3);
    XYLEM_INFO(log, "{:d} {:d} {:c}", true, 'a', 98);
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 6);
  CHECK(lines[0].message() == "[   right] [left    ] [   42   ] [**true***]");
  CHECK(lines[1].message() == "003.1 +5 0xff 00000101 1.23e+04 abc");
  CHECK(lines[2].message() == "b a b {}");
  CHECK(lines[3].message() == "[   7] [   2.000]");
  CHECK(lines[4].message() == "[  x]");
  CHECK(lines[5].message() == "1 97 b");
}

TEST_CASE("a name in the format string is a field's, among positions and with a specification") {
  const auto log_all = [](Logger log) {
    XYLEM_INFO(log, "user {user_id} did {} in {ms:.1f} ms", "log in", field("user_id", 7),
               field("ms", 1.25));
    log.info("user {user_id} did {} in {ms:.1f} ms", "log in", field("user_id", 7),
             field("ms", 1.25));
    XYLEM_INFO(log, "{who} {nobody} {who:>4}", field("who", "me"));
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 3);
  for (const std::size_t i : {0, 1}) {
    CHECK(lines[i].message() == "user 7 did log in in 1.2 ms");
    CHECK(fields_of(lines[i]) == R"("user_id":7,"ms":1.25)");
  }
  CHECK(lines[2].message() == "me {nobody}   me");
}

TEST_CASE("keys may change from call to call at one place") {
  const auto log_all = [](Logger log) {
    for (int i = 0; i < 6; ++i) {
      XYLEM_INFO(log, "{a}", i % 2 == 0 ? field("a", i) : field("b", i));
    }
    for (int i = 0; i < 6; ++i) {
      log.info("{a}", i % 2 == 0 ? field("a", i) : field("b", i));
    }
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 12);
  for (int i = 0; i < 12; ++i) {
    const std::string value = std::to_string(i % 6);
    CHECK(lines[static_cast<std::size_t>(i)].message() == (i % 2 == 0 ? value : "{a}"));
    CHECK(fields_of(lines[static_cast<std::size_t>(i)]) ==
          (i % 2 == 0 ? R"("a":)" : R"("b":)") + value);
  }
}

namespace {

template <typename T>
void log_value(Logger log, const T& value) {
  XYLEM_INFO(log, "macro {}", value, field("value", value));
  log.info("free {}", value, field("value", value));
}

}  // namespace

TEST_CASE("one call in a template logs every type it is instantiated with") {
  const auto log_all = [](Logger log) {
    for (int round = 0; round < 2; ++round) {
      log_value(log, -1);
      log_value(log, 2U);
      log_value(log, 2.5);
      log_value(log, std::string{"text"});
      log_value(log, true);
      log_value(log, Point{1, 2});
    }
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 24);
  const std::pair<std::string, std::string> expected[] = {
      {"-1", "-1"},          {"2", "2"},       {"2.5", "2.5"},
      {"text", R"("text")"}, {"true", "true"}, {"(1, 2)", R"-("(1, 2)")-"}};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& [text, json] = expected[i / 2 % 6];
    CHECK(lines[i].message() == (i % 2 == 0 ? "macro " : "free ") + text);
    CHECK(fields_of(lines[i]) == R"("value":)" + json);
  }
}

TEST_CASE("every level has its macro and its function, and any number is a level") {
  const auto log_all = [](Logger log) {
    XYLEM_DEBUG(log, "");
    XYLEM_INFO(log, "");
    XYLEM_WARNING(log, "");
    XYLEM_ERROR(log, "");
    XYLEM_CRITICAL(log, "");
    log.debug("");
    log.info("");
    log.warning("");
    log.error("");
    log.critical("");
    for (const int level : {9, 10, 25, 60}) log.log(Level{level}, "");
  };
  std::vector<std::string> levels;
  for (const Line& line : logged(log_all, R"({"level": "levelname"})")) {
    levels.push_back(line.string("level"));
  }
  CHECK(levels == std::vector<std::string>{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "DEBUG",
                                           "INFO", "WARNING", "ERROR", "CRITICAL", "DEBUG",
                                           "Level 25", "Level 60"});
}

TEST_CASE("more places than the table of quick look-ups holds are still told apart") {
  constexpr int places = 20'000;  // the table has 8192 entries
  const auto log_all = [](Logger log) {
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < places; ++i) log.log(Level{1000 + i}, "{}", i);
    }
  };
  const auto lines = logged(log_all, R"({"level": "levelno"})");
  REQUIRE(lines.size() == 2 * places);
  int wrong = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto place = static_cast<int>(i) % places;
    wrong +=
        lines[i].integer("level") != 1000 + place || lines[i].message() != std::to_string(place);
  }
  CHECK(wrong == 0);
}

TEST_CASE("below the level a macro does not evaluate its arguments") {
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .level = "WARNING"}};
  const Logger log = xylem::get_logger("call");
  int evaluated = 0;
  const auto next = [&evaluated] { return ++evaluated; };
  XYLEM_DEBUG(log, "{}", next());
  XYLEM_INFO(log, "{}", next(), field("x", next()));
  CHECK(evaluated == 0);
  XYLEM_WARNING(log, "{}", next());
  CHECK(evaluated == 1);
  CHECK_FALSE(log.enabled(Level::info));
  CHECK(log.enabled(Level::warning));
  CHECK_FALSE(log.enabled(Level{29}));
  log.log(Level{29}, "{}", 29);
  log.log(Level{31}, "{}", 31);
  xylem::flush();
  CHECK(messages(dir / "log.jsonl") == std::vector<std::string>{"1", "31"});
}

namespace {

struct Both {
  int macro_line;
  int free_line;
};

Both log_both_ways(Logger log) {
  const int line = __LINE__;
  XYLEM_WARNING(log, "the same {}", 7, field("x", true));
  log.warning("the same {}", 7, field("x", true));
  return {line + 1, line + 2};
}

}  // namespace

TEST_CASE("a call without a macro says the same as the macro, place included") {
  Both expected{};
  const auto lines = logged([&](Logger log) { expected = log_both_ways(log); }, place_keys);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].integer("line") == expected.macro_line);
  CHECK(lines[1].integer("line") == expected.free_line);
  for (const Line& line : lines) {
    CHECK(line.string("level") == "WARNING");
    CHECK(line.message() == "the same 7");
    CHECK(line.string("logger") == "test");
    CHECK(line.string("module") == "call");
    CHECK(line.string("file") == "call.cpp");
    CHECK(line.string("function") == "log_both_ways");
    CHECK(line.raw("x") == "true");
  }
  CHECK(lines[0].keys() == lines[1].keys());
}

namespace {

// clang-format off: what matters is that they stand on one line
void first_of_two(Logger log) {
  XYLEM_INFO(log, "twin");
  log.info("twin");
}
void second_of_two(Logger log) {
  XYLEM_INFO(log, "twin");
  log.info("twin");
}
// clang-format on

}  // namespace

TEST_CASE("two functions on one line keep their names") {
  const auto log_all = [](Logger log) {
    first_of_two(log);
    second_of_two(log);
  };
  std::vector<std::string> functions;
  for (const Line& line : logged(log_all, place_keys)) functions.push_back(line.string("function"));
  CHECK(functions ==
        std::vector<std::string>{"first_of_two", "first_of_two", "second_of_two", "second_of_two"});
}

TEST_CASE("a field with the key of an attribute takes its place, the last of one key counts") {
  const Line line = logged_line(
      [](Logger log) {
        XYLEM_INFO(log, "text", field("level", 99), field("own", 1), field("message", "mine"),
                   field("own", 2), field("timestamp", nullptr));
      },
      R"({"level": "levelname", "message": "message", "line": "lineno"})");
  CHECK(line.keys() == std::vector<std::string>{"level", "message", "line", "timestamp", "own"});
  CHECK(line.integer("level") == 99);
  CHECK(line.message() == "mine");
  CHECK(line.raw("timestamp") == "null");
  CHECK(line.integer("own") == 2);
}

TEST_CASE("a log call may stand in the argument of another") {
  const auto log_all = [](Logger log) {
    const auto inner = [log] {
      XYLEM_INFO(log, "inner");
      return 5;
    };
    XYLEM_INFO(log, "outer {} {}", inner(), [&] {
      XYLEM_DEBUG(log, "second");
      return std::string{"text"};
    }());
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 3);
  CHECK(lines[2].message() == "outer 5 text");
}
