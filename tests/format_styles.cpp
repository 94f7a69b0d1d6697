#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "record/process.hpp"
#include "text_support.hpp"

namespace {

using namespace record_test;
using xylem::format::PatternStyle;
using xylem::format::TextFormatter;
using xylem::record::Value;

std::string brace(std::string format, const std::vector<Arg>& args = {}) {
  return native({.format = std::move(format), .style = PatternStyle::brace}, args);
}

std::string dollar(std::string format, const std::vector<Arg>& args = {}) {
  return native({.format = std::move(format), .style = PatternStyle::dollar}, args);
}

std::vector<Arg> fields() {
  return {arg(std::int64_t{-12345}).named("i"),
          arg(std::uint64_t{18'446'744'073'709'551'615U}).named("u"),
          arg(1234.5).named("d"),
          arg(0.1F).named("f"),
          arg(true).named("b"),
          arg('c').named("c"),
          arg(nullptr).named("n"),
          arg(std::uint64_t{0x7fff10}, Kind::pointer).named("p"),
          arg("h\xc3\xa9llo").named("s"),
          arg(R"({"k": [1, {"m": "v"}]})", Kind::json).named("j")};
}

}  // namespace

TEST_CASE("a record of this process looks the same in all three styles") {
  for (const char* name :
       {"name",    "msg",        "levelname", "levelno",    "pathname",    "filename",
        "module",  "lineno",     "funcName",  "process",    "processName", "taskName",
        "thread",  "threadName", "message",   "created",    "msecs",       "relativeCreated",
        "asctime", "exc_info",   "exc_text",  "stack_info", "i",           "u",
        "d",       "f",          "b",         "c",          "n",           "p",
        "s",       "j"}) {
    CAPTURE(name);
    const std::string quoted = name;
    const std::string line = native({.format = "%(" + quoted + ")s|"}, fields());
    CHECK(line.find("error: ") == std::string::npos);
    CHECK(brace("{" + quoted + "}|", fields()) == line);
    CHECK(brace("{" + quoted + "!s}|", fields()) == line);
    CHECK(dollar("${" + quoted + "}|", fields()) == line);
    CHECK(dollar("$" + quoted + "|", fields()) == line);
  }
}

TEST_CASE("specifiers in braces format the fields of a call by their types") {
  CHECK(brace("{levelname:<8}|{lineno:04d}|{levelno:^6}|", fields()) == "INFO    |0042|  20  |");
  CHECK(brace("{message:*^11}|{threadName!r:>14}", fields()) == "***hello***|  'MainThread'");
  CHECK(brace("{i:,} {i:x} {u:_} {d:,.2f} {d:10}|{f:.3f} {f:8}|", fields()) ==
        "-12,345 -3039 18_446_744_073_709_551_615 1,234.50     1234.5|0.100      0.1|");
  CHECK(brace("{b} {b:d} {b!s:>5} {c:>3} {n} {s:\xc3\xa9^9.4}|", fields()) ==
        "True 1  True   c None \xc3\xa9\xc3\xa9h\xc3\xa9ll\xc3\xa9\xc3\xa9\xc3\xa9|");
  CHECK(brace("{j[k][1][m]:>3} {j[k][0]:02} {s[1]} {i.real}", fields()) ==
        "  v 01 \xc3\xa9 -12345");
  CHECK(brace("{message:>{lineno}.{i}}|", {arg(std::int64_t{3}).named("i")}) ==
        std::string(39, ' ') + "hel|");
  CHECK(brace("{p} {p:>10}|{p:x}", fields()) == "0x7fff10   0x7fff10|7fff10");
}

TEST_CASE("what a style cannot show costs the line, by a template and without one") {
  CHECK(brace("{levelname:d}") == "error: Unknown format code 'd' for object of type 'str'");
  CHECK(brace("{created:d}") == "error: Unknown format code 'd' for object of type 'float'");
  CHECK(brace("{taskName:5}") == "error: unsupported format string passed to NoneType.__format__");
  CHECK(brace("{nope}") == "error: Formatting field not found in record: 'nope'");
  CHECK(brace("{message:{nope}}") == "error: Formatting field not found in record: 'nope'");
  CHECK(brace("{message} {") == "error: Single '{' encountered in format string");
  CHECK(brace("{message:1048577}") == "error: Too many decimal digits in format string");
  CHECK(brace("{message:1048576}").size() == 1 << 20);
  CHECK(dollar("$nope") == "error: Formatting field not found in record: 'nope'");
  CHECK(dollar("$message\n $ ") == "error: Invalid placeholder in string: line 2, col 2");
}

TEST_CASE("defaults of every type stand in for fields in every style") {
  const std::vector<TextFormatter::Default> defaults = {
      {"who", Value::of(std::string_view{}), "nobody"},
      {"n", Value::of(std::int64_t{7})},
      {"list", Value::of_json({}), R"(["a", 1.5])"}};
  const auto with = [&defaults](PatternStyle style, std::string format) {
    TextFormatter::Options options{.format = std::move(format), .defaults = defaults};
    options.style = style;
    return native(std::move(options), {arg("me").named("who")});
  };
  CHECK(with(PatternStyle::percent, "%(who)s %(n)03d %(list)r") == "me 007 ['a', 1.5]");
  CHECK(with(PatternStyle::brace, "{who:>4} {n:03} {list[1]:.2f} {message:>{n}}") ==
        "  me 007 1.50   hello");
  CHECK(with(PatternStyle::dollar, "$who ${n} $list") == "me 7 ['a', 1.5]");
}

TEST_CASE("the milliseconds of a time just below a second are those that its double shows") {
  const auto msecs = [](std::int64_t time_ns) {
    return native({.format = "%(msecs)s %(created)s"}, {}, "m", time_ns);
  };
  CHECK(msecs(1'677'902'297'100'000'000) == "100.0 1677902297.1");
  CHECK(msecs(1'677'903'920'999'998'503) == "999.0 1677903920.9999986");
  CHECK(msecs(1'677'903'920'000'998'503) == "0.0 1677903920.0009985");
  CHECK(msecs(1'677'903'920'999'999'900) == "0.0 1677903921.0");
}

TEST_CASE("relativeCreated counts milliseconds from the start of the process") {
  const std::int64_t start_ns = xylem::record::process_start_ns();
  const auto relative = [start_ns](std::int64_t since_ns) {
    return native({.format = "%(relativeCreated)s"}, {}, "m", start_ns + since_ns);
  };
  CHECK(relative(200) == "0.0002");
  CHECK(relative(12'354) == "0.012354");
  CHECK(relative(1'500'000'000) == "1500.0");
  CHECK(relative(-250'000) == "-0.25");
}

TEST_CASE("the time is shown as the formatter's layout says, in local time or UTC") {
  const NewYork zone;
  constexpr std::int64_t time_ns = 1'700'000'000'123'456'789;
  const auto time = [](TextFormatter::Options options) {
    options.format = "%(asctime)s";
    return native(std::move(options), {}, "m", time_ns);
  };
  CHECK(time({}) == "2023-11-14 17:13:20,123");
  CHECK(time({.is_utc = true}) == "2023-11-14 22:13:20,123");
  CHECK(time({.datefmt = "%FT%TZ", .is_utc = true}) == "2023-11-14T22:13:20Z");
  CHECK(time({.default_msec_format = "%s.%03d"}) == "2023-11-14 17:13:20.123");
  CHECK(time({.default_msec_format = ""}) == "2023-11-14 17:13:20");
  CHECK(time({.default_time_format = "%H:%M:%S", .default_msec_format = "%s,%03dZ"}) ==
        "17:13:20,123Z");
  CHECK(time({.datefmt = "%S", .default_msec_format = "%s!"}) == "20");
  CHECK(time({.default_msec_format = "%s!"}) ==
        "error: not all arguments converted during string formatting");
}

TEST_CASE("a field of JSON is the value that Python reads there, for every specifier") {
  CHECK(brace("{big:10}|{big:f} {small:.1f}",
              {arg("1e400", Kind::json).named("big"), arg("-1e-400", Kind::json).named("small")}) ==
        "       inf|inf -0.0");
  CHECK(brace("{text:>6}|{flag:>5}|{none}",
              {arg(R"("text")", Kind::json).named("text"), arg("true", Kind::json).named("flag"),
               arg("null", Kind::json).named("none")}) == "  text|    1|None");
}
