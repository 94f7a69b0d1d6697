#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <simdjson.h>

#include "format/json_value.hpp"

namespace {

using xylem::format::JsonStyle;
using xylem::format::max_json_depth;
using xylem::format::rewrite_json;

constexpr JsonStyle python{true, ", ", ": "};
constexpr JsonStyle tight{false, ",", ":"};

std::string rewritten(std::string_view value, const JsonStyle& style) {
  std::string out = "before";
  rewrite_json(out, value, style);
  REQUIRE(out.starts_with("before"));
  return out.substr(6);
}

void require_refused(const std::string& value) {
  CAPTURE(value.substr(0, 100));
  std::string out = "before";
  CHECK_THROWS_AS(rewrite_json(out, value, python), std::invalid_argument);
  CHECK(out == "before");
}

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += i % 2 == 0 ? "[" : "{\"k\":";
  text += "1";
  for (int i = depth - 1; i >= 0; --i) text += i % 2 == 0 ? "]" : "}";
  return text;
}

/// A random value in a hand's careless layout.
void append_random(std::string& text, std::mt19937_64& random, int depth) {
  static constexpr std::string_view atoms[] = {"0",
                                               "-1",
                                               "12345678901234567",
                                               "1.50",
                                               "-2e3",
                                               "1e-7",
                                               "true",
                                               "false",
                                               "null",
                                               "\"\"",
                                               "\"a\\u0062\\n\\\"\"",
                                               "\"\xc3\xa9 \\u20ac \\ud83d\\ude00\"",
                                               "\"\\u0000\\/\x7f\"",
                                               "[ ]",
                                               "{ }"};
  static constexpr std::string_view spaces[] = {"", "", " ", "\n", "\t  ", "\r\n"};
  const auto space = [&] { text += spaces[random() % std::size(spaces)]; };
  const std::uint64_t kind = depth == 0 ? 0 : random() % 4;
  if (kind < 2) {
    text += atoms[random() % std::size(atoms)];
    return;
  }
  const std::uint64_t count = random() % 5;
  text += kind == 2 ? '[' : '{';
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    space();
    if (kind == 3) {
      text += "\"k" + std::to_string(i) + "\"";
      space();
      text += ':';
      space();
    }
    append_random(text, random, depth - 1);
    space();
  }
  text += kind == 2 ? ']' : '}';
}

/// One spelling for each content.
std::string minified(std::string_view text) {
  simdjson::dom::parser parser;
  return simdjson::to_string(parser.parse(text.data(), text.size()));
}

}  // namespace

TEST_CASE("values are written as Python's json.dumps(json.loads(value)) writes them") {
  struct Case {
    const char* value;
    const char* written;
  };
  const Case cases[] = {
      {" [ 1 ,2,\t3 ] ", "[1, 2, 3]"},
      {"{\"b\":1,\"a\" : { \"x\":[ ] , \"y\":{ } }}", R"({"b": 1, "a": {"x": [], "y": {}}})"},
      {"true", "true"},
      {"false", "false"},
      {"null", "null"},
      {"-0", "0"},
      {"-0.0", "-0.0"},
      {"0", "0"},
      {"123456789012345678901234567890123456789", "123456789012345678901234567890123456789"},
      {"-123456789012345678901234567890", "-123456789012345678901234567890"},
      {"1e5", "100000.0"},
      {"1E+5", "100000.0"},
      {"1.0", "1.0"},
      {"1.50", "1.5"},
      {"1e16", "1e+16"},
      {"1.5e-7", "1.5e-07"},
      {"9007199254740993.0", "9007199254740992.0"},
      {"1e999", R"("Infinity")"},
      {"-1e999", R"("-Infinity")"},
      {"1e-999", "0.0"},
      {"-1e-999", "-0.0"},
      {"0e999", "0.0"},
      {"1e99999999999999999999", R"("Infinity")"},
      {"1e-99999999999999999999", "0.0"},
      {"2.4703282292062327e-324", "0.0"},
      {"2.4703282292062328e-324", "5e-324"},
      {"1.7976931348623159e308", R"("Infinity")"},
      {"[NaN, Infinity, -Infinity]", R"(["NaN", "Infinity", "-Infinity"])"},
      {R"("\u0041\/\b\f\n\r\t\"\\")", R"("A/\b\f\n\r\t\"\\")"},
      {R"("\u00E9\u20AC\uD83D\uDE00")", R"("\u00e9\u20ac\ud83d\ude00")"},
      {"\"h\xc3\xa9 \x7f\"", R"("h\u00e9 \u007f")"},
      {R"("\ud800")", R"("\ufffd")"},
      {R"("\uDC00\uD800x")", R"("\ufffd\ufffdx")"},
      {R"("\ud83d\ud83d\ude00")", R"("\ufffd\ud83d\ude00")"},
      {R"("a\ud83d\n")", R"("a\ufffd\n")"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(rewritten(c.value, python) == c.written);
  }
}

TEST_CASE("in the tight style UTF-8 stays and separators have no spaces") {
  CHECK(rewritten("{ \"a\" : [ 1 , \"\\u00e9\\ud83d\\ude00\" ] }", tight) ==
        "{\"a\":[1,\"\xc3\xa9\xf0\x9f\x98\x80\"]}");
  CHECK(rewritten(R"("\ud800")", tight) == "\"\xef\xbf\xbd\"");
  CHECK(rewritten("\"\xff\x7f\\u0000\"", tight) == "\"\xef\xbf\xbd\x7f\\u0000\"");
}

TEST_CASE("the normal form keeps NaN and the infinities apart from text") {
  CHECK(rewritten("[NaN, -Infinity, 1e999, \"NaN\"]", xylem::format::normal_json) ==
        R"([NaN, -Infinity, Infinity, "NaN"])");
}

TEST_CASE("of equal keys the first place and the last value count, as in a dict") {
  CHECK(rewritten(R"({"a":1,"b":2,"a":3})", python) == R"({"a": 3, "b": 2})");
  CHECK(rewritten(R"({"a":1,"\u0061":[{"x":1,"x":2}],"c":{"a":0}})", python) ==
        R"({"a": [{"x": 2}], "c": {"a": 0}})");
  CHECK(rewritten(R"([{"a":1},{"a":2}])", python) == R"([{"a": 1}, {"a": 2}])");
  CHECK(rewritten(R"({"b":{"k":1,"k":2,"k":3},"":0,"":1,"b":null})", tight) ==
        R"({"b":null,"":1})");
}

TEST_CASE("an object of very many keys, half of them equal, is merged too") {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) {
    if (i > 0) text += ',';
    text += "\"" + std::to_string(i % 100'000) + "\":" + std::to_string(i);
  }
  text += '}';
  const std::string out = rewritten(text, tight);
  CHECK(out.starts_with("{\"0\":100000,\"1\":100001,"));
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  REQUIRE(parser.parse(out).get(object) == simdjson::SUCCESS);
  CHECK(object.begin() != object.end());
  std::size_t members = 0;
  for (const auto member : object) members += member.key.empty() ? 0 : 1;
  CHECK(members == 100'000);
}

TEST_CASE("hostile nesting is refused, not followed down the stack") {
  CHECK(rewritten(nested(max_json_depth), tight) == nested(max_json_depth));
  require_refused(nested(max_json_depth + 1));
  require_refused(std::string(10'000'000, '['));
}

TEST_CASE("what is not one JSON value is refused and leaves no trace") {
  for (const char* text : {"",
                           " ",
                           "x",
                           "tru",
                           "True",
                           "nul",
                           "-",
                           "+1",
                           "01",
                           "-01",
                           "1.",
                           ".5",
                           "1.e5",
                           "1e",
                           "1e+",
                           "--1",
                           "-N",
                           "-Inf",
                           "1 2",
                           "[",
                           "[1",
                           "[1,",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "]",
                           "{",
                           "{\"a\"",
                           "{\"a\":",
                           "{\"a\":1",
                           "{\"a\":1,",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{1:2}",
                           "{\"a\" 1}",
                           "\"",
                           "\"a",
                           "\"\\",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\\u-123\"",
                           "\"\\ud800\\u\"",
                           "\"\\ud800\\uzzzz\"",
                           "{\"a\":1}}",
                           "nullx",
                           "NaN1"}) {
    require_refused(text);
  }
}

TEST_CASE("a value cut off anywhere is refused without reading beyond it") {
  const std::string text = R"({"a": [1.5e3, "x\ud83d\ude00\n", {"b": null, "b": -Infinity}]})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    // A copy of the exact size, so that a sanitizer sees a read beyond it.
    const std::vector<char> cut(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    std::string out;
    CHECK_THROWS_AS(rewrite_json(out, std::string_view(cut.data(), cut.size()), python),
                    std::invalid_argument);
  }
}

TEST_CASE("long strings are rewritten whole, characters across internal pieces too") {
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::string text(shift, 'x');
    while (text.size() < 20'000) text += "\xf0\x9f\x98\x80\xe2\x82\xac\xc3\xa9y";
    const std::string quoted = "\"" + text + "\"";
    CHECK(rewritten(quoted, tight) == quoted);
    simdjson::dom::parser parser;
    CHECK(std::string_view(parser.parse(rewritten(quoted, python)).get_string()) == text);
  }
  const std::string broken = "\"" + std::string(5'000, '\x80') + "\"";
  CHECK(rewritten(broken, tight).size() == 2 + 3 * 5'000);
}

TEST_CASE("a JSON reader finds the same content before and after, in either style") {
  std::mt19937_64 random(10);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    append_random(text, random, 4);
    const std::string in_python = rewritten(text, python);
    const std::string in_tight = rewritten(text, tight);
    const std::string want = minified(text);
    REQUIRE(minified(in_python) == want);
    REQUIRE(minified(in_tight) == want);
    REQUIRE(rewritten(in_python, tight) == in_tight);
    REQUIRE(rewritten(in_tight, python) == in_python);
  }
}
