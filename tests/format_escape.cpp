#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/escape.hpp"
#include "format/utf8.hpp"

namespace {

using xylem::format::EscapeKernel;
using xylem::format::max_escaped_bytes;

constexpr std::size_t slack = 64;

std::string run(EscapeKernel::Function function, std::string_view text) {
  // One byte more than promised, to notice a store beyond the slack.
  const std::size_t room = max_escaped_bytes(text.size()) + slack;
  std::string out(room + 1, '~');
  const char* const end = function(out.data(), text);
  REQUIRE(end >= out.data());
  REQUIRE(static_cast<std::size_t>(end - out.data()) <= max_escaped_bytes(text.size()));
  const auto size = static_cast<std::size_t>(end - out.data());
  REQUIRE(std::all_of(out.begin() + static_cast<std::ptrdiff_t>(std::min(room, size + slack)),
                      out.end(), [](char c) { return c == '~'; }));
  out.resize(size);
  return out;
}

std::string ascii(std::string_view text) {
  return run(xylem::format::escape_kernel().ascii, text);
}

std::string utf8(std::string_view text) {
  return run(xylem::format::escape_kernel().utf8, text);
}

/// The text with each invalid part replaced, which is what a reader should see.
std::string repaired(std::string_view text) {
  std::string result;
  for (const char* p = text.data(); p != text.data() + text.size();) {
    const auto unit = xylem::format::decode_utf8(p, text.data() + text.size());
    if (unit.valid) {
      result.append(p, unit.length);
    } else {
      result += "\xef\xbf\xbd";
    }
    p += unit.length;
  }
  return result;
}

std::string parsed_back(const std::string& body) {
  simdjson::dom::parser parser;
  return std::string(std::string_view(parser.parse("\"" + body + "\"").get_string()));
}

/// Bytes of the kinds that take different ways: plain, escaped, UTF-8 whole and broken.
std::string adversarial(std::mt19937_64& random, std::size_t size) {
  static const std::vector<std::string> pieces = {"\"",
                                                  "\\",
                                                  "\n",
                                                  std::string(1, '\0'),
                                                  "\x1f",
                                                  "\x7f",
                                                  "\xc3\xa9",
                                                  "\xe2\x82\xac",
                                                  "\xf0\x9f\x98\x80",
                                                  "\xed\xa0\x80",
                                                  "\xc0\xaf",
                                                  "\xf4\x90\x80\x80",
                                                  "\xe2\x82",
                                                  "\xf0\x9f",
                                                  "\x80",
                                                  "\xff",
                                                  "/",
                                                  "\x20",
                                                  "\x7e",
                                                  "\xc2\x80",
                                                  "\xe0\xa0\x80"};
  std::string text;
  const std::size_t rarity = 1 + random() % 40;
  while (text.size() < size) {
    if (random() % rarity == 0) {
      text += pieces[random() % pieces.size()];
    } else {
      text += static_cast<char>('a' + random() % 26);
    }
  }
  text.resize(size);
  return text;
}

/// Readable pages between two that fault.
class GuardedPages {
 public:
  GuardedPages() : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
    base_ = static_cast<char*>(
        ::mmap(nullptr, 3 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    REQUIRE(base_ != MAP_FAILED);
    REQUIRE(::mprotect(base_, page_, PROT_NONE) == 0);
    REQUIRE(::mprotect(base_ + 2 * page_, page_, PROT_NONE) == 0);
  }
  ~GuardedPages() { ::munmap(base_, 3 * page_); }
  GuardedPages(const GuardedPages&) = delete;
  GuardedPages& operator=(const GuardedPages&) = delete;

  std::string_view at_start(std::string_view text) { return put(base_ + page_, text); }
  std::string_view at_end(std::string_view text) {
    return put(base_ + 2 * page_ - text.size(), text);
  }

 private:
  static std::string_view put(char* where, std::string_view text) {
    std::copy(text.begin(), text.end(), where);
    return {where, text.size()};
  }

  std::size_t page_;
  char* base_ = nullptr;
};

}  // namespace

TEST_CASE("strings are escaped as Python's json.dumps does, ASCII only") {
  CHECK(ascii("").empty());
  CHECK(ascii("plain / text ~") == "plain / text ~");
  CHECK(ascii("\"\\\n\r\t\f\b") == "\\\"\\\\\\n\\r\\t\\f\\b");
  CHECK(ascii(std::string_view("\0\x01\x1f\x7f", 4)) == "\\u0000\\u0001\\u001f\\u007f");
  CHECK(ascii("h\xc3\xa9llo \xe2\x82\xac") == "h\\u00e9llo \\u20ac");
  CHECK(ascii("\xf0\x9f\x98\x80") == "\\ud83d\\ude00");
  CHECK(ascii("\xf4\x8f\xbf\xbf") == "\\udbff\\udfff");
}

TEST_CASE("strings are escaped as Python's json.dumps does, UTF-8 kept") {
  CHECK(utf8("\"\\\n\r\t\f\b") == "\\\"\\\\\\n\\r\\t\\f\\b");
  CHECK(utf8(std::string_view("\0\x1f\x7f", 3)) == "\\u0000\\u001f\x7f");
  CHECK(utf8("h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80");
}

TEST_CASE("each invalid part of UTF-8 becomes one U+FFFD, as in Python") {
  // The right column is json.dumps(text.decode("utf-8", "replace")) as Python 3.13 prints it.
  struct Case {
    std::string_view text;
    std::string_view escaped;
  };
  const Case cases[] = {
      {"a\x80z", "a\\ufffdz"},
      {"\xff\xfe", "\\ufffd\\ufffd"},
      {"\xc0\xaf", "\\ufffd\\ufffd"},
      {"\xc1\xbf", "\\ufffd\\ufffd"},
      {"\xc3", "\\ufffd"},
      {"\xc3(", "\\ufffd("},
      {"\xe0\x80\x80", "\\ufffd\\ufffd\\ufffd"},
      {"\xe0\x9f\xbf", "\\ufffd\\ufffd\\ufffd"},
      {"\xe2\x82", "\\ufffd"},
      {"\xe2\x82x", "\\ufffdx"},
      {"\xe2\xe2\x82\xac", "\\ufffd\\u20ac"},
      {"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},
      {"\xed\x9f\xbf", "\\ud7ff"},
      {"\xee\x80\x80", "\\ue000"},
      {"\xf0\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
      {"\xf0\x8f\xbf\xbf", "\\ufffd\\ufffd\\ufffd\\ufffd"},
      {"\xf0\x9f\x98", "\\ufffd"},
      {"\xf0\x9f\x98\"", "\\ufffd\\\""},
      {"\xf1\x80\x80\xe2\x82\xac", "\\ufffd\\u20ac"},
      {"\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
      {"\xf5\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.escaped);
    for (const EscapeKernel* kernel : xylem::format::supported_escape_kernels()) {
      CHECK(run(kernel->ascii, c.text) == c.escaped);
    }
    std::string kept;
    for (const char ch : parsed_back(std::string(c.escaped))) {
      kept += ch == '"' ? "\\\"" : std::string(1, ch);
    }
    CHECK(utf8(c.text) == kept);
  }
}

TEST_CASE("the machine's best escape kernel is the one in use") {
  const auto kernels = xylem::format::supported_escape_kernels();
  REQUIRE(!kernels.empty());
  CHECK(std::string_view(kernels.front()->name) == "scalar");
  CHECK(&xylem::format::escape_kernel() == kernels.back());
#if defined(__x86_64__)
  CHECK(kernels.size() >= 2);
#endif
}

TEST_CASE("every escape kernel writes the same at all lengths and alignments") {
  std::mt19937_64 random(3);
  const auto kernels = xylem::format::supported_escape_kernels();
  for (std::size_t size = 0; size <= 200; ++size) {
    for (std::size_t alignment = 0; alignment < 64; ++alignment) {
      const std::string text = adversarial(random, size);
      // On the heap and of the exact size, so that a sanitizer sees any read beside it.
      const auto memory = std::make_unique<char[]>(alignment + size);
      std::copy(text.begin(), text.end(), memory.get() + alignment);
      const std::string_view view(memory.get() + alignment, size);
      const std::string want_ascii = run(kernels.front()->ascii, text);
      const std::string want_utf8 = run(kernels.front()->utf8, text);
      for (const EscapeKernel* kernel : kernels) {
        CAPTURE(kernel->name);
        CAPTURE(size);
        const bool same =
            run(kernel->ascii, view) == want_ascii && run(kernel->utf8, view) == want_utf8;
        REQUIRE(same);
      }
    }
  }
}

TEST_CASE("every single byte and every place of one is escaped by every kernel") {
  for (const EscapeKernel* kernel : xylem::format::supported_escape_kernels()) {
    CAPTURE(kernel->name);
    for (unsigned byte = 0; byte < 256; ++byte) {
      std::string text(67, 'x');
      for (std::size_t place = 0; place < text.size(); ++place) {
        text[place] = static_cast<char>(byte);
        std::string want = fmt::format("\\u{:04x}", byte < 0x80 ? byte : 0xfffd);
        std::string want_utf8 = byte < 0x80 ? want : "\xef\xbf\xbd";
        if (byte >= 0x20 && byte <= 0x7f) want_utf8 = std::string(1, static_cast<char>(byte));
        if (byte >= 0x20 && byte < 0x7f) want = want_utf8;
        for (const auto& [character, escape] : {std::pair{'"', "\\\""},
                                                {'\\', "\\\\"},
                                                {'\n', "\\n"},
                                                {'\r', "\\r"},
                                                {'\t', "\\t"},
                                                {'\f', "\\f"},
                                                {'\b', "\\b"}}) {
          if (byte == static_cast<unsigned char>(character)) want = want_utf8 = escape;
        }
        const std::string before(place, 'x');
        const std::string after(text.size() - place - 1, 'x');
        const bool same = run(kernel->ascii, text) == before + want + after &&
                          run(kernel->utf8, text) == before + want_utf8 + after;
        REQUIRE(same);
        text[place] = 'x';
      }
    }
  }
}

TEST_CASE("escaping reads nothing beside the string, even where memory ends") {
  std::mt19937_64 random(4);
  GuardedPages pages;
  for (std::size_t size = 0; size <= 200; ++size) {
    for (int round = 0; round < 4; ++round) {
      const std::string text = adversarial(random, size);
      for (const EscapeKernel* kernel : xylem::format::supported_escape_kernels()) {
        const std::string want = run(kernel->ascii, text);
        const bool same = run(kernel->ascii, pages.at_end(text)) == want &&
                          run(kernel->ascii, pages.at_start(text)) == want &&
                          run(kernel->utf8, pages.at_end(text)) == run(kernel->utf8, text) &&
                          run(kernel->utf8, pages.at_start(text)) == run(kernel->utf8, text);
        REQUIRE(same);
      }
    }
  }
}

TEST_CASE("a JSON reader gets back the logged string, invalid parts replaced") {
  std::mt19937_64 random(5);
  for (int i = 0; i < 30'000; ++i) {
    std::string text = adversarial(random, random() % 120);
    if (i % 3 == 0) {
      for (char& c : text) c = static_cast<char>(random());
    }
    const std::string want = repaired(text);
    const std::string escaped_ascii = ascii(text);
    const bool same = parsed_back(escaped_ascii) == want && parsed_back(utf8(text)) == want;
    REQUIRE(same);
    REQUIRE(std::all_of(escaped_ascii.begin(), escaped_ascii.end(),
                        [](char c) { return c >= 0x20 && c < 0x7f; }));
  }
}

TEST_CASE("long strings are escaped whole") {
  std::mt19937_64 random(6);
  const std::string text = adversarial(random, 1 << 20);
  CHECK(parsed_back(ascii(text)) == repaired(text));
  CHECK(parsed_back(utf8(text)) == repaired(text));
}

TEST_CASE("UTF-8 is told from what is not, and counted in code points") {
  using xylem::format::count_code_points;
  using xylem::format::is_valid_utf8;
  CHECK(count_code_points("") == 0);
  CHECK(count_code_points("h\xc3\xa9llo \xf0\x9f\x98\x80") == 7);
  CHECK(is_valid_utf8("h\xc3\xa9llo \xf0\x9f\x98\x80"));
  CHECK_FALSE(is_valid_utf8("\xed\xa0\x80"));
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = adversarial(random, random() % 60);
    const std::string fixed = repaired(text);
    REQUIRE(is_valid_utf8(text) == (text == fixed));
    std::size_t units = 0;
    for (const char* p = fixed.data(); p != fixed.data() + fixed.size(); ++units) {
      const auto unit = xylem::format::decode_utf8(p, fixed.data() + fixed.size());
      char bytes[4];
      const char* const end = xylem::format::encode_utf8(bytes, unit.code_point);
      REQUIRE(std::string_view(bytes, end - bytes) == std::string_view(p, unit.length));
      p += unit.length;
    }
    REQUIRE(count_code_points(fixed) == units);
  }
}
