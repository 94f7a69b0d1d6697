// Every type that a log call takes, in the message and as a field of JSON.

#include <array>
#include <bit>
#include <bitset>
#include <chrono>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <forward_list>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <xylem/xylem.hpp>

#include "engine_support.hpp"

using namespace engine_test;
using namespace std::chrono_literals;
using xylem::field;

namespace {

/// What one value becomes: "message | field".
template <typename T>
std::string shown(const T& value) {
  const Line line =
      logged_line([&value](xylem::Logger log) { XYLEM_INFO(log, "{}", value, field("v", value)); });
  return line.message() + " | " + line.raw("v");
}

/// A message with one value.
#define SHOWN_BY(format, ...) \
  logged_line([&](xylem::Logger log) { XYLEM_INFO(log, format, __VA_ARGS__); }).message()

xylem::detail::Int128 int128(std::int64_t high, std::uint64_t low) {
  const auto bits = static_cast<xylem::detail::Uint128>(static_cast<std::uint64_t>(high));
  return static_cast<xylem::detail::Int128>(bits << 64 | low);
}

enum class Level8 : std::uint8_t { low = 1, high = 200 };
enum Unscoped { first = -3 };

void some_function() {}

struct ThrowsAtEnd {
  struct Iterator {
    using iterator_category = std::input_iterator_tag;
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    using pointer = const int*;
    using reference = int;
    int at = 0;
    int operator*() const {
      if (at == 3) throw std::runtime_error("no third");
      return at;
    }
    Iterator& operator++() { return ++at, *this; }
    bool operator==(const Iterator& other) const = default;
  };
  Iterator begin() const { return {}; }
  Iterator end() const { return {10}; }
};

}  // namespace

TEST_CASE("numbers beyond 64 bits keep all their digits") {
  using xylem::detail::Uint128;
  CHECK(shown(int128(-1, std::uint64_t{1} << 63)) == "-9223372036854775808 | -9223372036854775808");
  CHECK(SHOWN_BY("{}", int128(-1, 0)) == "-18446744073709551616");
  CHECK(SHOWN_BY("{:x} {:>5} {}", Uint128{1} << 100, int128(0, 42), int128(0, 7)) ==
        "10000000000000000000000000    42 7");
  // simdjson, which reads the fields back, takes no integer as large as these.
  const TempDir dir;
  const Session session{ToFile{dir / "log.jsonl"}};
  XYLEM_INFO(xylem::get_logger("test"), "", field("most", ~Uint128{}));
  xylem::flush();
  CHECK(read_file(dir / "log.jsonl").find("\"most\":340282366920938463463374607431768211455}") !=
        std::string::npos);
}

TEST_CASE("a long double is shown whole in a message, and is a number in a field") {
  CHECK(shown(0.5L) == "0.5 | 0.5");
  CHECK(shown(3.0L) == "3 | 3.0");
  CHECK(SHOWN_BY("{:.3f}", 2.0L / 3) == "0.667");
  CHECK(shown(std::numeric_limits<long double>::infinity()) == "inf | \"Infinity\"");
}

TEST_CASE("text in every encoding becomes UTF-8") {
  CHECK(shown(u8"grün") == "grün | \"grün\"");
  CHECK(shown(u"grün \U0001F600") == "grün \U0001F600 | \"grün \U0001F600\"");
  CHECK(shown(std::u16string{u"x"}) == "x | \"x\"");
  CHECK(shown(std::u32string_view{U"\U0001F600"}) == "\U0001F600 | \"\U0001F600\"");
  CHECK(shown(std::wstring{L"weit €"}) == "weit € | \"weit €\"");
  CHECK(shown(std::u8string{u8"ü"}) == "ü | \"ü\"");
  CHECK(SHOWN_BY("{:>4}|{:<3}|", u"ab", std::wstring_view{L"c"}) == "  ab|c  |");
  CHECK(shown(u'ü') == "ü | \"ü\"");
  CHECK(shown(U'\U0001F600') == "\U0001F600 | \"\U0001F600\"");
  CHECK(shown(L'x') == "x | \"x\"");
  CHECK(shown(u8'x') == "x | \"x\"");
  const wchar_t* const nothing = nullptr;
  CHECK(shown(nothing) == " | \"\"");
}

TEST_CASE("what is no text in another encoding becomes U+FFFD") {
  const char16_t halves[] = {u'a', 0xd800, u'b', 0xdc00, 0};
  CHECK(shown(static_cast<const char16_t*>(halves)) == "a\uFFFDb\uFFFD | \"a\uFFFDb\uFFFD\"");
  CHECK(shown(std::u16string(1, static_cast<char16_t>(0xd83d))) == "\uFFFD | \"\uFFFD\"");
  CHECK(shown(std::u32string(1, static_cast<char32_t>(0x110000))) == "\uFFFD | \"\uFFFD\"");
  CHECK(shown(std::u32string(1, static_cast<char32_t>(0xdfff))) == "\uFFFD | \"\uFFFD\"");
  CHECK(shown(static_cast<char8_t>(0xc3)) == "\uFFFD | \"\uFFFD\"");
}

TEST_CASE("long text in another encoding arrives whole") {
  const std::u16string text(300'000, u'€');
  const Line line = logged_line([&](xylem::Logger log) { XYLEM_INFO(log, "{}", text); });
  CHECK(line.message().size() == 900'000);
}

TEST_CASE("enums without names and bytes are numbers, and addresses are addresses") {
  CHECK(shown(Level8::high) == "200 | 200");
  CHECK(shown(first) == "-3 | -3");
  CHECK(SHOWN_BY("{:#x} {:02}", std::byte{0xab}, Level8::low) == "0xab 01");
  CHECK(shown(std::unique_ptr<int>{}) == "0x0 | \"0x0\"");
  const auto pointer = std::make_shared<int>(7);
  CHECK(shown(pointer) == SHOWN_BY("{}", static_cast<const void*>(pointer.get())) + " | \"" +
                              SHOWN_BY("{}", static_cast<const void*>(pointer.get())) + '"');
  CHECK(shown(some_function) == shown(&some_function));
  CHECK(shown(&some_function).starts_with("0x"));
}

TEST_CASE("durations are their count and unit") {
  CHECK(shown(10ms) == "10ms | \"10ms\"");
  CHECK(shown(-3s) == "-3s | \"-3s\"");
  CHECK(shown(7us) == "7us | \"7us\"");
  CHECK(shown(8ns) == "8ns | \"8ns\"");
  CHECK(shown(2min) == "2min | \"2min\"");
  CHECK(shown(1h) == "1h | \"1h\"");
  CHECK(shown(std::chrono::days{3}) == "3d | \"3d\"");
  CHECK(shown(std::chrono::weeks{1}) == "1[604800]s | \"1[604800]s\"");
  CHECK(shown(std::chrono::duration<double>{1.5}) == "1.5s | \"1.5s\"");
  CHECK(shown(std::chrono::duration<int, std::ratio<1, 3>>{2}) == "2[1/3]s | \"2[1/3]s\"");
  CHECK(SHOWN_BY("{:%H:%M:%S} {:>6}|{:*^9}", 3661s, 5ms, 6ns) == "01:01:01    5ms|***6ns***");
  CHECK(SHOWN_BY("{:%S} {:%M:%S}", 1250ms, 61us) == "01.250 00:00.000061");
}

TEST_CASE("times are ISO 8601 in UTC, to the precision of their type") {
  using std::chrono::sys_days;
  using std::chrono::sys_seconds;
  using std::chrono::sys_time;
  const sys_seconds time{1'763'871'420s};
  CHECK(shown(time) == "2025-11-23T04:17:00Z | \"2025-11-23T04:17:00Z\"");
  CHECK(shown(sys_time<std::chrono::milliseconds>{time + 5ms}) ==
        "2025-11-23T04:17:00.005Z | \"2025-11-23T04:17:00.005Z\"");
  CHECK(shown(std::chrono::system_clock::time_point{time})
            .starts_with("2025-11-23T04:17:00.000000000Z"));
  CHECK(shown(sys_days{std::chrono::days{-1}}) ==
        "1969-12-31T00:00:00Z | \"1969-12-31T00:00:00Z\"");
  CHECK(SHOWN_BY("{}", sys_time<std::chrono::milliseconds>{-1ms}) == "1969-12-31T23:59:59.999Z");
  CHECK(SHOWN_BY("{}", sys_days{std::chrono::year{2024} / 2 / 29}) == "2024-02-29T00:00:00Z");
  CHECK(SHOWN_BY("{:%Y/%m/%d %H} {:>22}|", time, time) == "2025/11/23 04   2025-11-23T04:17:00Z|");
  CHECK(SHOWN_BY("{}", sys_time<std::chrono::hours>::max()) == "9223372036854775807h");
  CHECK(SHOWN_BY("{}", std::chrono::steady_clock::time_point{5ns}) == "5ns");
  CHECK(SHOWN_BY("{}", std::chrono::file_clock::from_sys(time)).starts_with("2025-11-23T04:17:00"));
}

TEST_CASE("containers are shown as libfmt shows them, and are arrays and objects in fields") {
  CHECK(shown(std::vector{1, 2, 3}) == "[1, 2, 3] | [1,2,3]");
  CHECK(shown(std::vector<int>{}) == "[] | []");
  CHECK(shown(std::array{1.5, -0.0, 1e300}) == "[1.5, -0, 1e+300] | [1.5,-0.0,1e+300]");
  CHECK(shown(std::vector{0.1F}) == "[0.1] | [0.1]");
  CHECK(shown(std::vector{true, false}) == "[true, false] | [true,false]");
  CHECK(shown(std::deque<std::uint8_t>{255, 0}) == "[255, 0] | [255,0]");
  CHECK(shown(std::list<std::string>{"a", "b\n\"c"}) == R"(["a", "b\n\"c"] | ["a","b\n\"c"])");
  CHECK(shown(std::forward_list<char>{'x', '\''}) == R"(['x', '\''] | ["x","'"])");
  CHECK(shown(std::set{2, 1}) == "{1, 2} | [1,2]");
  CHECK(shown(std::map<std::string, int>{{"a", 1}, {"b", 2}}) ==
        R"({"a": 1, "b": 2} | {"a":1,"b":2})");
  CHECK(shown(std::unordered_map<int, bool>{{7, true}}) == R"({7: true} | {"7":true})");
  CHECK(shown(std::multimap<int, int>{{1, 2}, {1, 3}}) == "{1: 2, 1: 3} | [[1,2],[1,3]]");
  CHECK(shown(std::map<std::pair<int, char>, std::vector<int>>{{{1, 'x'}, {2}}}) ==
        R"-({(1, 'x'): [2]} | {"(1, 'x')":[2]})-");
  const int numbers[] = {4, 5};
  CHECK(shown(numbers) == "[4, 5] | [4,5]");
  CHECK(shown(std::span{numbers}) == "[4, 5] | [4,5]");
  const std::initializer_list<int> some = {6};
  CHECK(shown(some) == "[6] | [6]");
  CHECK(shown(std::vector<std::vector<std::int8_t>>{{-1}, {}}) == "[[-1], []] | [[-1],[]]");
  CHECK(shown(std::vector<const char*>{"a", nullptr}) == R"-(["a", "(null)"] | ["a","(null)"])-");
  CHECK(shown(std::vector<std::u16string>{u"ü"}) == R"(["ü"] | ["ü"])");
  CHECK(shown(std::vector<std::filesystem::path>{"/x"}) == R"(["/x"] | ["/x"])");
  CHECK(shown(std::vector{1ms, 2ms}) == R"([1ms, 2ms] | ["1ms","2ms"])");
}

TEST_CASE("a format specification reaches the elements of a range") {
  CHECK(SHOWN_BY("{::.2f}", std::vector{1.0, 2.345}) == "[1.00, 2.35]");
  CHECK(SHOWN_BY("{:n}", std::vector{1, 2}) == "1, 2");
  CHECK(SHOWN_BY("{:n:#x}", std::set{10, 11}) == "0xa, 0xb");
  CHECK(SHOWN_BY("{::n:02}", std::vector<std::vector<int>>{{1, 2}, {3}}) == "[01, 02, 03]");
  CHECK(SHOWN_BY("{::>3}", std::vector<std::string>{"a"}) == "[  a]");
  CHECK(SHOWN_BY("{:.1f} {:>3}", std::optional{2.25}, std::optional<int>{}) == "2.2 none");
  CHECK(SHOWN_BY("{v::.1f}", field("v", std::vector{0.25})) == "[0.2]");
  // Only the consumer knows the type of a field that is named.
  CHECK(SHOWN_BY("{v:d}", field("v", std::vector{0.25})) == "{v:d}");
}

TEST_CASE("pairs, tuples, optionals and variants keep their parts' types") {
  CHECK(shown(std::pair{"x", 2}) == R"(("x", 2) | ["x",2])");
  CHECK(shown(std::tuple{1, 2.5F, true, nullptr}) == "(1, 2.5, true, 0x0) | [1,2.5,true,null]");
  CHECK(shown(std::tuple<>{}) == "() | []");
  CHECK(shown(std::optional{5}) == "optional(5) | 5");
  CHECK(shown(std::optional<std::string>{}) == "none | null");
  CHECK(shown(std::optional{std::string{"a"}}) == R"(optional("a") | "a")");
  using Variant = std::variant<std::monostate, int, std::string>;
  CHECK(shown(Variant{}) == "variant(monostate) | null");
  CHECK(shown(Variant{7}) == "variant(7) | 7");
  CHECK(shown(Variant{"s"}) == R"(variant("s") | "s")");
}

TEST_CASE("other types of the standard library") {
  CHECK(shown(std::filesystem::path{"/var/log"}) == R"(/var/log | "/var/log")");
  CHECK(SHOWN_BY("{:>5}", std::filesystem::path{"a"}) == "    a");
  CHECK(shown(std::make_error_code(std::errc::no_such_file_or_directory)) ==
        "No such file or directory (generic:2) | "
        R"({"category":"generic","value":2,"message":"No such file or directory"})");
  CHECK(shown(std::bitset<5>{0b10110}) == R"(10110 | "10110")");
#ifdef __cpp_lib_source_location  // not with clang 14
  const std::source_location here = std::source_location::current();
  const std::string place = shown(here);
  CHECK(place.find("types.cpp:" + std::to_string(here.line()) + " (") != std::string::npos);
  CHECK(place.find("\"line\":" + std::to_string(here.line()) + ",\"function\":\"") !=
        std::string::npos);
#endif
  const std::string id = shown(std::this_thread::get_id());
  CHECK(id.substr(0, id.find(' ')) == id.substr(id.rfind(' ') + 1));
}

TEST_CASE("a container of two million numbers is cut, and the line stays whole") {
  const std::vector<int> many(2'000'000, 7);
  const std::vector<std::string> texts(200'000, "0123456789");
  const auto lines = logged([&](xylem::Logger log) {
    XYLEM_INFO(log, "{}", many, field("v", texts));
    XYLEM_INFO(log, "{}", std::vector<std::string>{std::string(3'000'000, 'x')});
  });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].message().ends_with(", 7, 7, ...]"));
  CHECK(lines[0].message().size() < 1'000'000);
  CHECK(lines[0].raw("v").ends_with(R"("0123456789","..."])"));
  CHECK(lines[0].raw("v").size() < 1'100'000);
  CHECK(lines[1].message() == "[...]");
}

TEST_CASE("what an iterator throws becomes the value") {
  CHECK(shown(ThrowsAtEnd{}) == R"(<no third> | "<no third>")");
}

TEST_CASE("a pattern shows structured fields as Python would") {
  const TempDir dir;
  const Session session{
      R"({"version": 1, "formatters": {"f": {"format":)"
      R"( "%(message)s %(v)s %(d)s %(i)d"}}, "handlers": {"h": {"class": "logging.FileHandler",)"
      R"( "formatter": "f", "filename": ")" +
      (dir / "log.txt") + R"("}}, "root": {"level": "INFO", "handlers": ["h"]}})"};
  XYLEM_INFO(xylem::get_logger("t"), "m {v}",
             field("v", std::map<std::string, std::optional<bool>>{{"a", true}, {"b", {}}}),
             field("d", 3ms), field("i", int128(1, 0)));
  xylem::flush();
  CHECK(read_file(dir / "log.txt") ==
        "m {\"a\": optional(true), \"b\": none} {'a': True, 'b': None} 3ms 18446744073709551616\n");
}

TEST_CASE("bytes are shown as hexadecimal digits") {
  const std::vector<std::uint8_t> packet = {0x7f, 0x45, 0x00, 0xff};
  CHECK(shown(xylem::hex(packet)) == R"(7f 45 00 ff | "7f 45 00 ff")");
  CHECK(SHOWN_BY("{:s}", xylem::hex(packet)) == "7f4500ff");
  CHECK(SHOWN_BY("<{:sX}>", xylem::hex(packet)) == "<7F4500FF>");
  CHECK(SHOWN_BY("{:Xs}", xylem::hex(std::string_view{"\n\xe4"})) == "0AE4");
  CHECK(shown(xylem::hex(std::vector<char>{})) == R"( | "")");
  CHECK(shown(xylem::hex(packet.data(), 1)) == R"(7f | "7f")");
  const std::array<std::uint16_t, 2> words = {0x0102, 0x0304};
  const bool is_little = std::endian::native == std::endian::little;
  CHECK(fmt::format("{}", xylem::hex(words)) == (is_little ? "02 01 04 03" : "01 02 03 04"));
  CHECK_THROWS_AS((void)fmt::format(fmt::runtime("{:x}"), xylem::hex(packet)), fmt::format_error);
}
