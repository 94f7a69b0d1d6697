// Whatever bytes are logged, a line stays one line of JSON.

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;
using xylem::Logger;

TEST_CASE("nothing that is logged breaks a line in two or leaves JSON") {
  const std::string all_bytes = [] {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    return bytes;
  }();
  const auto log_all = [&](Logger) {
    const Logger log = xylem::get_logger("quoted \"name\"\n\x7f\xff");
    XYLEM_INFO(log, "a \"format\"\n\twith \\ \x01 and \xff {}", all_bytes,
               field("key \"\\\n\x1f \xc3\xa9 \xc3", "v"), field("all", all_bytes));
    for (int byte = 0; byte < 256; ++byte) XYLEM_INFO(log, "{}", static_cast<char>(byte));
  };
  for (const bool ascii : {false, true}) {
    CAPTURE(ascii);
    const TempDir dir;
    std::string config = ToFile{dir / "log.jsonl", R"({"logger": "name"})"}.json();
    if (ascii) {
      const std::string_view name = "xylem.JsonFormatter";
      config.replace(config.find(name), name.size(), "mylogger.MyJSONFormatter");
    }
    const Session session{config};
    log_all(xylem::get_logger());
    xylem::flush();
    const auto lines = read_lines(dir / "log.jsonl");
    REQUIRE(lines.size() == 257);
    CHECK(lines[0].string("logger") == "quoted \"name\"\n\x7f\xef\xbf\xbd");
    const std::string message = lines[0].message();
    CHECK(message.starts_with("a \"format\"\n\twith \\ \x01 and \xef\xbf\xbd "));
    CHECK(message.find(all_bytes.substr(0, 128)) != std::string::npos);
    CHECK(count(lines[0].string("all"), "\xef\xbf\xbd") == 128);
    CHECK(lines[0].has("key \"\\\n\x1f \xc3\xa9 \xef\xbf\xbd"));
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::string expected =
          byte < 128 ? std::string(1, static_cast<char>(byte)) : "\xef\xbf\xbd";
      CHECK(lines[byte + 1].message() == expected);
    }
  }
}

TEST_CASE("random bytes always give lines that parse, valid text comes back as it was") {
  std::mt19937 random{7};
  std::vector<std::string> valid;
  const auto log_all = [&](Logger log) {
    for (int i = 0; i < 3000; ++i) {
      std::string bytes(random() % 200, '\0');
      for (char& byte : bytes) byte = static_cast<char>(random());
      XYLEM_INFO(log, "{}", bytes, field("bytes", bytes));
      std::string text;
      for (std::size_t left = random() % 60; left > 0; --left) {
        const std::uint32_t code = random() % (random() % 4 == 0 ? 0xd800 : 0x100);
        text += fmt::format("{}", code < 0x80 ? std::string(1, static_cast<char>(code))
                                  : code < 0x800
                                      ? std::string{static_cast<char>(0xc0 | code >> 6),
                                                    static_cast<char>(0x80 | (code & 63))}
                                      : std::string{static_cast<char>(0xe0 | code >> 12),
                                                    static_cast<char>(0x80 | (code >> 6 & 63)),
                                                    static_cast<char>(0x80 | (code & 63))});
      }
      log.info("{text}", field("text", text));
      valid.push_back(std::move(text));
    }
  };
  const auto lines = logged(log_all);
  REQUIRE(lines.size() == 6000);
  int wrong = 0;
  for (std::size_t i = 0; i < 3000; ++i) {
    wrong += lines[2 * i].message() != lines[2 * i].string("bytes");
    wrong += lines[2 * i + 1].message() != valid[i] || lines[2 * i + 1].string("text") != valid[i];
  }
  CHECK(wrong == 0);
}
