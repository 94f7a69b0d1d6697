#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <stdlib.h>

#include <xylem/config.hpp>

#include "config/dict_config.hpp"
#include "config/document.hpp"
#include "config/python_text.hpp"

using xylem::ConfigError;
using xylem::config::parse_document;
using xylem::config::python_repr;
using xylem::config::Value;

namespace {

struct Case {
  std::string_view text;
  std::string_view expected;
};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "xylem-config-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string write(const std::string& name, std::string_view content) const {
    const std::filesystem::path file = path_ / name;
    std::ofstream(file, std::ios::binary) << content;
    return file.string();
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string refusal(std::string_view text) {
  try {
    return "accepted: " + python_repr(parse_document(text));
  } catch (const ConfigError& error) {
    CHECK(error.path().empty());
    return error.message();
  }
}

std::string nested(std::size_t depth) {
  std::string text = R"({"a":)";
  for (std::size_t i = 1; i < depth; ++i) text += '[';
  text += '1';
  for (std::size_t i = 1; i < depth; ++i) text += ']';
  return text + '}';
}

}  // namespace

TEST_CASE("a document keeps what Python's json keeps") {
  // Left the text, right repr(json.loads(text)) of CPython.
  const std::vector<Case> cases = {
      {R"({})", "{}"},
      {R"({"b": 1, "a": 2})", "{'b': 1, 'a': 2}"},
      {R"({"a": 1, "b": 2, "a": [3]})", "{'a': [3], 'b': 2}"},
      {R"({"a": [1, 1.0, 1e2, -0, -0.0, 1E-7, 12345678.9]})",
       "{'a': [1, 1.0, 100.0, 0, -0.0, 1e-07, 12345678.9]}"},
      {R"({"a": [9223372036854775807, 9223372036854775808, -9223372036854775809]})",
       "{'a': [9223372036854775807, 9223372036854775808, -9223372036854775809]}"},
      {R"({"a": [1e16, 1e15, 0.0001, 0.00001, 5e-324]})",
       "{'a': [1e+16, 1000000000000000.0, 0.0001, 1e-05, 5e-324]}"},
      {R"({"a": [true, false, null, [], {}]})", "{'a': [True, False, None, [], {}]}"},
      {R"({"k\u00e9y": "\ud83d\ude00 \"x\" it's \\ \/ \n\u0007"})",
       R"({'kéy': '😀 "x" it\'s \\ / \n\x07'})"},
      {"\r\n\t {\"a\"\t:\n1} \n", "{'a': 1}"},
  };
  for (const Case& example : cases) {
    CAPTURE(example.text);
    CHECK(python_repr(parse_document(example.text)) == example.expected);
  }
}

TEST_CASE("what is not JSON is refused in the words and at the place that Python gives") {
  const std::vector<Case> cases = {
      {"", "Expecting value: line 1 column 1 (char 0)"},
      {"\n\n  x", "Expecting value: line 3 column 3 (char 4)"},
      {"{\n  \"a\": 1\n  \"b\": 2\n}", "Expecting ',' delimiter: line 3 column 3 (char 13)"},
      {R"({"a" 1})", "Expecting ':' delimiter: line 1 column 6 (char 5)"},
      {R"({"a": 1,})", "Illegal trailing comma before end of object: line 1 column 8 (char 7)"},
      {R"({"a": [1,]})", "Illegal trailing comma before end of array: line 1 column 9 (char 8)"},
      {R"({a: 1})", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
      {R"({'a': 1})",
       "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
      {R"({"a": 1}})", "Extra data: line 1 column 9 (char 8)"},
      {R"({"a": 1} {})", "Extra data: line 1 column 10 (char 9)"},
      {R"({"a": 1)", "Expecting ',' delimiter: line 1 column 8 (char 7)"},
      {R"({"a": )", "Expecting value: line 1 column 7 (char 6)"},
      {R"({"a": "b)", "Unterminated string starting at: line 1 column 7 (char 6)"},
      {"{\"a\": \"b\nc\"}", "Invalid control character at: line 1 column 9 (char 8)"},
      {R"({"a": "\x"})", R"(Invalid \escape: line 1 column 8 (char 7))"},
      {R"({"a": "\u12g4"})", R"(Invalid \uXXXX escape: line 1 column 9 (char 8))"},
      {R"({"é": "ü" 1})", "Expecting ',' delimiter: line 1 column 11 (char 10)"},
      {R"({"a": 01})", "Expecting ',' delimiter: line 1 column 8 (char 7)"},
      {R"({"a": 1.})", "Expecting ',' delimiter: line 1 column 8 (char 7)"},
      {R"({"a": .5})", "Expecting value: line 1 column 7 (char 6)"},
      {R"({"a": +1})", "Expecting value: line 1 column 7 (char 6)"},
      {R"({"a": nul})", "Expecting value: line 1 column 7 (char 6)"},
      {R"({"a": nulll})", "Expecting ',' delimiter: line 1 column 11 (char 10)"},
      {R"({"a": 1 // comment
})",
       "Expecting ',' delimiter: line 1 column 9 (char 8)"},
      {"\xEF\xBB\xBF{}", "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"},
  };
  for (const Case& example : cases) {
    CAPTURE(example.text);
    CHECK(refusal(example.text) == example.expected);
  }
}

TEST_CASE("what Python's json takes and a configuration cannot hold is refused with its place") {
  CHECK(refusal("{\"a\": \"\xFF\"}") == "Invalid UTF-8: line 1 column 8 (char 7)");
  CHECK(refusal("{\"a\": \"\xED\xA0\x80\"}") == "Invalid UTF-8: line 1 column 8 (char 7)");
  CHECK(refusal(R"({"a": "\ud800"})") == "Lone surrogate in string: line 1 column 8 (char 7)");
  CHECK(refusal(R"({"a": "\ud800\u0041"})") ==
        "Lone surrogate in string: line 1 column 8 (char 7)");
  CHECK(refusal(R"({"a": "\udc00"})") == "Lone surrogate in string: line 1 column 8 (char 7)");
  CHECK(refusal(R"({"a": 1e999})") == "Number out of range: line 1 column 7 (char 6)");
  CHECK(refusal(R"({"a": NaN})") == "Expecting value: line 1 column 7 (char 6)");
  CHECK(refusal("[1]") == "Expected an object at the top");
  CHECK(refusal("5") == "Expected an object at the top");
  CHECK(refusal(std::string_view("{}\0", 3)) == "Extra data: line 1 column 3 (char 2)");
}

TEST_CASE("deep nesting is refused before it can exhaust the stack") {
  CHECK(parse_document(nested(200)).truthy());
  CHECK(refusal(nested(201)).find("Nested deeper than 200 levels: line 1") == 0);
  CHECK(refusal(nested(1000000)).find("Nested deeper than 200 levels: line 1") == 0);
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += R"({"a":)";
  CHECK(refusal(objects).find("Nested deeper than 200 levels: line 1 column 1001") == 0);
  CHECK(refusal(objects + "1" + std::string(100000, '}')).find("Nested deeper than") == 0);
  CHECK(refusal(std::string(1000000, '[')).find("Nested deeper than 200 levels") == 0);
}

TEST_CASE("a document of a hundred thousand keys is read without delay") {
  std::string text = "{";
  for (int i = 0; i < 100000; ++i) text += "\"k" + std::to_string(i) + "\": {},";
  text += R"("k5": 1})";
  const Value document = parse_document(text);
  REQUIRE(document.find("k99999") != nullptr);
  CHECK(python_repr(*document.find("k5")) == "1");
}

TEST_CASE("truth is Python's") {
  for (const std::string_view text :
       {R"({"a": null})", R"({"a": false})", R"({"a": 0})", R"({"a": 0.0})", R"({"a": -0.0})",
        R"({"a": ""})", R"({"a": []})", R"({"a": {}})"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_document(text).find("a")->truthy());
  }
  for (const std::string_view text :
       {R"({"a": true})", R"({"a": 1})", R"({"a": -0.5})", R"({"a": "False"})", R"({"a": [0]})",
        R"({"a": {"b": null}})", R"({"a": 123456789012345678901234567890})"}) {
    CAPTURE(text);
    CHECK(parse_document(text).find("a")->truthy());
  }
}

TEST_CASE("a repr cannot drive a terminal") {
  CHECK(python_repr(std::string_view("\x1b[31m\xc2\x9b\x7f")) == R"('\x1b[31m\x9b\x7f')");
  CHECK(python_repr(std::string_view("\xE2\x80\xAE\xEF\xBB\xBF")) == R"('\u202e\ufeff')");
  CHECK(python_repr(std::string_view("\xFF\xC3")) == R"('\xff\xc3')");
  CHECK(python_repr(std::string_view("it's")) == R"("it's")");
}

TEST_CASE("a file that cannot be read is named with the reason") {
  const TemporaryDirectory directory;
  const std::string missing = (directory.path() / "missing.json").string();
  try {
    xylem::config::parse_file(missing);
    FAIL("accepted");
  } catch (const ConfigError& error) {
    CHECK(error.message() == "[Errno 2] No such file or directory: '" + missing + "'");
    CHECK(error.file() == missing);
  }
  CHECK_THROWS_WITH_AS(
      xylem::config::parse_file(directory.path().string()),
      doctest::Contains(("[Errno 21] Is a directory: '" + directory.path().string()).c_str()),
      ConfigError);
  CHECK_THROWS_WITH_AS(xylem::config::parse_file("/dev/zero"),
                       "The file is too large (in /dev/zero)", ConfigError);
}

TEST_CASE("an error names the file it is in, and none for a text from memory") {
  const TemporaryDirectory directory;
  const std::string broken = directory.write("broken.json", "{\n \"version\": }");
  CHECK_THROWS_WITH_AS(xylem::config::parse_file(broken),
                       ("Expecting value: line 2 column 13 (char 14) (in " + broken + ")").c_str(),
                       ConfigError);
  const std::string empty = directory.write("empty.json", "");
  CHECK_THROWS_WITH_AS(xylem::config::parse_file(empty),
                       ("Expecting value: line 1 column 1 (char 0) (in " + empty + ")").c_str(),
                       ConfigError);
  const std::string_view text =
      R"({"version": 1, "handlers": {"file": {"class": "logging.StreamHandler", "level": "debug"}}})";
  CHECK_THROWS_WITH_AS(
      xylem::config::parse(text, "production.json"),
      "Unable to configure handler 'file': Unknown level: 'debug' (at handlers.file.level in "
      "production.json)",
      ConfigError);
  CHECK_THROWS_WITH_AS(
      xylem::config::parse(text),
      "Unable to configure handler 'file': Unknown level: 'debug' (at handlers.file.level)",
      ConfigError);
  CHECK_THROWS_WITH_AS(xylem::config::parse("{}", "a.json"),
                       "dictionary doesn't specify a version (in a.json)", ConfigError);
  CHECK_THROWS_WITH_AS(xylem::config::parse("{}"), "dictionary doesn't specify a version",
                       ConfigError);
}
