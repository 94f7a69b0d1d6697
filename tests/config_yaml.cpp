#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/config.hpp>

#include "config/dict_config.hpp"
#include "config/document.hpp"
#include "config/python_text.hpp"
#include "config/yaml.hpp"
#include "tool_support.hpp"

using xylem::ConfigError;
using xylem::config::is_yaml_name;
using xylem::config::parse_document;
using xylem::config::parse_yaml;
using xylem::config::python_repr;

namespace {

/// What a YAML text holds, in Python's words; what is wrong with it, when something is.
std::string read(std::string_view text) {
  try {
    return python_repr(parse_yaml(text));
  } catch (const ConfigError& error) {
    CHECK(error.path().empty());
    return error.message();
  }
}

/// The value of a member "a" that is written so.
std::string scalar(const std::string& text) {
  const std::string document = read("a: " + text + "\n");
  if (!document.starts_with("{'a': ")) return document;
  return document.substr(6, document.size() - 7);
}

struct Case {
  std::string_view text;
  std::string_view expected;
};

std::string source_file(const std::string& path) {
  return std::string(XYLEM_SOURCE_ROOT) + "/" + path;
}

}  // namespace

TEST_CASE("the queued configuration is the same in YAML and in JSON") {
  const std::string base = source_file("configs/5-queued-stderr-json-file");
  const auto yaml = parse_yaml(xylem::config::read_file(base + ".yaml"));
  const auto json = parse_document(xylem::config::read_file(base + ".json"));
  CHECK(python_repr(yaml) == python_repr(json));
  CHECK(xylem::config::parse_file(base + ".yaml").handlers.size() == 3);
}

TEST_CASE("JSON is read as YAML, too, and gives the same document") {
  for (const char* name : {"0-stdout", "1-stderr-file", "2-stderr-json-file",
                           "3-homework-filtered-stdout-stderr", "development", "production"}) {
    const std::string text =
        xylem::config::read_file(source_file("configs/" + std::string(name) + ".json"));
    CHECK(python_repr(parse_yaml(text)) == python_repr(parse_document(text)));
  }
}

TEST_CASE("the name of a file says that it is YAML") {
  for (const char* name : {"a.yaml", "a.yml", "dir.json/A.YAML", "x.Yml", ".yaml"}) {
    CHECK(is_yaml_name(name));
  }
  for (const char* name : {"a.json", "a.yaml.json", "yaml", "a.yam", "", "a.yaml "}) {
    CHECK_FALSE(is_yaml_name(name));
  }
}

TEST_CASE("plain scalars are what PyYAML's safe_load makes of them") {
  const Case cases[] = {
      {"", "None"},
      {"~", "None"},
      {"null", "None"},
      {"Null", "None"},
      {"NULL", "None"},
      {"nULL", "'nULL'"},
      {"true", "True"},
      {"True", "True"},
      {"TRUE", "True"},
      {"tRUE", "'tRUE'"},
      {"yes", "True"},
      {"No", "False"},
      {"on", "True"},
      {"OFF", "False"},
      {"y", "'y'"},
      {"n", "'n'"},
      {"0", "0"},
      {"-0", "0"},
      {"+12", "12"},
      {"1_000", "1000"},
      {"1_", "1"},
      {"010", "8"},
      {"0_1_0", "8"},
      {"08", "'08'"},
      {"0o17", "'0o17'"},
      {"0x1F", "31"},
      {"-0x_ff", "-255"},
      {"0xg", "'0xg'"},
      {"0b101", "5"},
      {"0b12", "'0b12'"},
      {"1:30", "90"},
      {"-1:30:15", "-5415"},
      {"1:60", "'1:60'"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"9223372036854775808", "9223372036854775808"},
      {"0xFFFFFFFFFFFFFFFFFFFF", "1208925819614629174706175"},
      {"-1000000000000000000000000001", "-1000000000000000000000000001"},
      {"1.5", "1.5"},
      {"1.", "1.0"},
      {".5", "0.5"},
      {"-.5", "'-.5'"},
      {"1_0.2_5", "10.25"},
      {"1e5", "'1e5'"},
      {"1.0e5", "'1.0e5'"},
      {"1.0e+5", "100000.0"},
      {"1.5E-3", "0.0015"},
      {"1.0e+999", "inf"},
      {"1.0e-999", "0.0"},
      {"1:30.5", "90.5"},
      {".inf", "inf"},
      {"-.INF", "-inf"},
      {"+.Inf", "inf"},
      {".nan", "nan"},
      {"-.nan", "'-.nan'"},
      {".", "'.'"},
      {"1.2.3", "'1.2.3'"},
      {"hello world", "'hello world'"},
      {"ext://sys.stdout", "'ext://sys.stdout'"},
      {"2024-1-1", "'2024-1-1'"},
      {"12:30:45 x", "'12:30:45 x'"},
      {"'true'", "'true'"},
      {"\"12\"", "'12'"},
      {"'it''s'", "\"it's\""},
      {"\"\\x41\\u00e9\\n\"", "'Aé\\n'"},
      {"!!str 12", "'12'"},
      {"!!int '12'", "12"},
      {"!!float 1", "1.0"},
      {"!!float '1e5'", "100000.0"},
      {"!!bool 'yes'", "True"},
      {"!!null x", "None"},
      {"!!str", "''"},
      {"|\n  one\n  two\n", "'one\\ntwo\\n'"},
      {">-\n  one\n  two\n", "'one two'"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(scalar(std::string(c.text)) == c.expected);
  }
}

TEST_CASE("keys are strings, as in the JSON that Python would write") {
  CHECK(read("{1: a, 1.5: b, true: c, ~: d, '2': e}") ==
        "{'1': 'a', '1.5': 'b', 'true': 'c', 'null': 'd', '2': 'e'}");
  CHECK(read("on: levelname") == "{'true': 'levelname'}");
  CHECK(read("=: x") == "{'=': 'x'}");
}

TEST_CASE("a repeated key has its first place and its last value") {
  CHECK(read("a: 1\nb: 2\na: 3\n") == "{'a': 3, 'b': 2}");
}

TEST_CASE("anchors, aliases and merge keys") {
  CHECK(read("a: &x [1, 2]\nb: *x\n") == "{'a': [1, 2], 'b': [1, 2]}");
  CHECK(read("a: &x 1\nb: &x 2\nc: *x\n") == "{'a': 1, 'b': 2, 'c': 2}");
  CHECK(read("a: &k name\n*k : 1\n") == "{'a': 'name', 'name': 1}");
  const std::string base = "base: &b {class: C, level: 10}\n";
  const std::string start = "{'base': {'class': 'C', 'level': 10}, ";
  CHECK(read(base + "h: {level: 20, <<: *b, x: 1}\n") ==
        start + "'h': {'class': 'C', 'level': 20, 'x': 1}}");
  CHECK(read(base + "o: &o {level: 30, y: 2}\nh: {<<: [*o, *b]}\n") ==
        start + "'o': {'level': 30, 'y': 2}, 'h': {'class': 'C', 'level': 30, 'y': 2}}");
  CHECK(read(base + "h: {<<: *b, <<: {level: 5}}\n") == start + "'h': {'class': 'C', 'level': 5}}");
  CHECK(read("h: {<<: {a: 1, <<: {b: 2}}, c: 3}\n") == "{'h': {'b': 2, 'a': 1, 'c': 3}}");
  CHECK(read("h: {'<<': 1}\n") == "{'h': {'<<': 1}}");
  CHECK(read("h: {<<: []}\n") == "{'h': {}}");
}

TEST_CASE("what is wrong with a text is told with its place, counted in characters") {
  const Case cases[] = {
      {"", "Expected a mapping at the top: line 1 column 1 (char 0)"},
      {"- 1\n", "Expected a mapping at the top: line 1 column 1 (char 0)"},
      {"text", "Expected a mapping at the top: line 1 column 1 (char 0)"},
      {"a: [1, 2\n", "end of sequence flow not found: line 2 column 1 (char 9)"},
      {"a: 1\nformat: %(message)s\n",
       "found character '%' that cannot start any token: line 2 column 9 (char 13)"},
      {"'é': @x\n", "found character '@' that cannot start any token: line 1 column 6 (char 5)"},
      {"a: *nope\n", "the referenced anchor is not defined: line 1 column 4 (char 3)"},
      {"a: &x\n  b: *x\n", "found unconstructable recursive node: line 2 column 6 (char 11)"},
      {"a: 1\n---\nb: 2\n", "expected a single document in the stream: line 2 column 1 (char 5)"},
      {"a: 2024-01-31\n",
       "'2024-01-31' is a date in YAML: put it in quotes: line 1 column 4 (char 3)"},
      {"a: 2001-12-14t21:59:43.10-05:00\n",
       "'2001-12-14t21:59:43.10-05:00' is a date in YAML: put it in quotes: line 1 column 4 (char "
       "3)"},
      {"a: <<\n", "'<<' is a value only in quotes: line 1 column 4 (char 3)"},
      {"a: =\n", "'=' is a value only in quotes: line 1 column 4 (char 3)"},
      {"a: {<<: 1}\n",
       "expected a mapping or list of mappings for merging, but found scalar: line 1 column 9 "
       "(char 8)"},
      {"a: {<<: [{}, 1]}\n",
       "expected a mapping for merging, but found scalar: line 1 column 9 (char 8)"},
      {"{[1]: 2}\n", "found unhashable key: line 1 column 2 (char 1)"},
      {"? {a: 1}\n: 2\n", "found unhashable key: line 1 column 3 (char 2)"},
      {"a: !!set {b}\n",
       "!!set is not available: JSON has nothing like it: line 1 column 4 (char 3)"},
      {"a: !!binary aGk=\n",
       "!!binary is not available: JSON has nothing like it: line 1 column 4 (char 3)"},
      {"a: !!python/object:os.system x\n",
       "could not determine a constructor for the tag "
       "'tag:yaml.org,2002:python/object:os.system': line 1 column 4 (char 3)"},
      {"a: !mine x\n",
       "could not determine a constructor for the tag '!mine': line 1 column 4 (char 3)"},
      {"a: !!int x\n", "invalid literal for int() with base 10: 'x': line 1 column 4 (char 3)"},
      {"a: !!float x\n", "could not convert string to float: 'x': line 1 column 4 (char 3)"},
      {"a: 0b_\n", "invalid literal for int() with base 2: '': line 1 column 4 (char 3)"},
      {"a: b\x07\n",
       "unacceptable character #x0007: special characters are not allowed: line 1 column 5 (char "
       "4)"},
      {"a: \xff\n", "Invalid UTF-8: line 1 column 4 (char 3)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(read(c.text) == c.expected);
  }
  CHECK(read("\xEF\xBB\xBF"
             "a: [\n") == "end of sequence flow not found: line 2 column 1 (char 5)");
  CHECK(read("\xEF\xBB\xBF"
             "a: 1\n") == "{'a': 1}");
}

TEST_CASE("escapes of a next line and a space that does not break are characters of UTF-8") {
  const auto document =
      parse_yaml("\"\\_k\": \"é\\_\\_\\N日\\x85\\\n  x\"\n");  // the last is a line that goes on
  const auto* const members = document.get_if<xylem::config::Object>();
  REQUIRE(members != nullptr);
  CHECK(members->front().first == "\u00A0k");
  const auto* const text = members->front().second.get_if<std::string>();
  REQUIRE(text != nullptr);
  CHECK(*text == "é\u00A0\u00A0\u0085日\u0085x");
}

TEST_CASE("an error of a YAML file names the file, and what is wrong with the plan its key path") {
  const tool_test::TempDir directory;
  const std::string file = directory / "logging.yml";
  const auto refusal = [&file](std::string_view text) -> std::string {
    tool_test::write_file(file, text);
    try {
      xylem::config::parse_file(file);
      return "accepted";
    } catch (const ConfigError& error) {
      return error.what();
    }
  };
  CHECK(refusal("version: 1\nhandlers: {a: [}\n").find("(in " + file + ")") != std::string::npos);
  CHECK(refusal("version: 1\nhandlers:\n  file:\n    class: logging.StreamHandler\n"
                "    level: debug\n") ==
        "Unable to configure handler 'file': Unknown level: 'debug' (at handlers.file.level in " +
            file + ")");
  CHECK(refusal("version: 1\n") == "accepted");
}

TEST_CASE("nesting is bounded, also what aliases nest") {
  const auto nested = [](std::size_t depth) {
    return "a: " + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "\n";
  };
  CHECK(read(nested(200)).starts_with("{'a': [["));
  CHECK(read(nested(201)).starts_with("Nested deeper than 200 levels: line 1 column "));
  CHECK(read(nested(100'000)).starts_with("Nested deeper than 200 levels"));
  std::string block;
  for (int i = 0; i < 1000; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(read(block).starts_with("Nested deeper than 200 levels"));
  std::string aliases = "a0: &a0 [1]\n";
  for (int i = 1; i <= 250; ++i) {
    aliases += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" +
               std::to_string(i - 1) + "]\n";
  }
  CHECK(read(aliases).starts_with("Nested deeper than 200 levels: line 200 "));
}

TEST_CASE("nine lines of aliases cannot ask for a billion values") {
  std::string bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int j = 1; j < 9; ++j) bomb += ", " + alias;
    bomb += "]\n";
  }
  CHECK(read(bomb).starts_with("Aliases copy more than is sensible: line "));
  const std::string text(1 << 20, 'x');
  std::string strings = "a: &a " + text + "\nb: [*a";
  for (int i = 0; i < 100; ++i) strings += ", *a";
  CHECK(read(strings + "]\n").starts_with("Aliases copy more than is sensible"));
  std::string merges = "a: &a {k: " + text + "}\nb:\n";
  for (int i = 0; i < 100; ++i) merges += "  <<: *a\n";
  CHECK(read(merges).starts_with("Aliases copy more than is sensible"));
}

TEST_CASE("texts and integers beyond all use are refused") {
  CHECK(read("a: 1\n" + std::string(5 << 20, ' ')) == "The file is too large");
  CHECK(scalar(std::string(4300, '7')).size() == 4300);
  CHECK(scalar(std::string(4301, '7')).starts_with("An integer has more than 4300 digits"));
}

TEST_CASE("a configuration that was spoilt is read or refused, and nothing worse") {
  std::string good =
      xylem::config::read_file(source_file("configs/5-queued-stderr-json-file.yaml"));
  good += "x: &x {<<: {a: !!int 1}, b: [*k, 'q', \"\\u00e9\"]}\ny: *x\nz: |\n  text\n";
  const std::string_view pieces = "[]{}:,-?*&!|>'\"%@`#<=~ \n\t\\0x_.e+é\xff";
  std::uint64_t state = 1;
  const auto next = [&state](std::size_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state >> 33) % below;
  };
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text = good.substr(0, 1 + next(good.size()));
    for (std::size_t change = next(6); change > 0; --change) {
      const std::size_t at = next(text.size());
      if (next(2) == 0) {
        text[at] = pieces[next(pieces.size())];
      } else {
        text.insert(at, 1 + next(3), pieces[next(pieces.size())]);
      }
    }
    accepted += read(text).starts_with("{") ? 1 : 0;
  }
  CHECK(accepted > 100);
  CHECK(accepted < 3000);
}
