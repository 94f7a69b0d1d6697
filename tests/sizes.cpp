// Records of every size: none is cut, mixed up or lost, wherever slots, rings and spill blocks end.

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;
using xylem::Logger;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

std::uint64_t hash_of(std::string_view text) {
  return xylem::detail::hash_text(text);
}

/// Valid UTF-8 with everything in it that a writer has to look at; another one for each seed.
std::string make_text(std::size_t bytes, std::uint32_t seed) {
  static const std::vector<std::string> pools = [] {
    constexpr std::string_view words[] = {
        "plain words go here ", "\"",   "\\",        "\n", "\xc3\xa9", "\xe2\x82\xac",
        "\xf0\x9f\x8c\xb3",     "\x01", "0123456789"};
    std::mt19937 random{3};
    std::vector<std::string> pools(16);
    for (std::string& pool : pools) {
      while (pool.size() < 65536) pool += words[random() % std::size(words)];
    }
    return pools;
  }();
  const std::string& pool = pools[seed % pools.size()];
  std::string text;
  while (text.size() < bytes) text.append(pool, 0, bytes - text.size());
  // The last character may have been cut in two.
  std::size_t last = bytes;
  while (last > 0 && (text[last - 1] & 0xc0) == 0x80) --last;
  const std::size_t lead = last > 0 ? last - 1 : 0;
  if (bytes > 0 && (text[lead] & 0x80) != 0) text.replace(lead, bytes - lead, bytes - lead, 'x');
  return text;
}

void log_text(std::int64_t thread, std::int64_t n, std::size_t bytes) {
  const std::string text = make_text(bytes, static_cast<std::uint32_t>(n));
  XYLEM_INFO(xylem::get_logger("sizes"), "{}", text, field("p", thread), field("n", n),
             field("bytes", text.size()), field("hash", hash_of(text)));
}

/// Checks every line and returns how many each thread has.
std::vector<std::int64_t> check_file(const std::string& path, std::size_t threads) {
  std::vector<std::int64_t> next(threads, 0);
  int wrong = 0;
  for_each_line(path, [&](const simdjson::dom::object& line) {
    wrong += next.at(static_cast<std::size_t>(line["p"].get_int64().value()))++ !=
             line["n"].get_int64().value();
    const std::string_view text = line["message"];
    wrong += text.size() != line["bytes"].get_uint64().value();
    wrong += hash_of(text) != line["hash"].get_uint64().value();
  });
  CHECK(wrong == 0);
  return next;
}

/// Around every boundary: of slots, of the largest record in a ring, of rings, of buffers.
std::vector<std::size_t> boundary_sizes() {
  std::vector<std::size_t> sizes;
  for (std::size_t bytes = 0; bytes <= 260; ++bytes) sizes.push_back(bytes);
  for (const std::size_t boundary :
       {31 * std::size_t{64}, 32 * std::size_t{64}, 33 * std::size_t{64}, std::size_t{4096},
        std::size_t{8192}, std::size_t{65536}}) {
    for (std::size_t bytes = boundary - 72; bytes <= boundary + 8; ++bytes) sizes.push_back(bytes);
  }
  for (const std::size_t boundary : {mib / 4, mib / 2, mib, 2 * mib}) {
    for (std::size_t bytes = boundary - 2; bytes <= boundary + 2; ++bytes) sizes.push_back(bytes);
  }
  sizes.push_back(16 * mib - 1);
  sizes.push_back(16 * mib);
  sizes.push_back(0);
  return sizes;
}

const char* const engines[] = {R"({"ring": {"slots": 64}})", "{}"};

}  // namespace

TEST_CASE("texts from nothing to 16 MiB arrive as they were") {
  const std::vector<std::size_t> sizes = boundary_sizes();
  for (const char* const engine : engines) {
    CAPTURE(std::string{engine});
    const TempDir dir;
    const Gain gain;
    {
      const Session session{ToFile{.path = dir / "log.jsonl", .engine = engine}};
      // A thread of its own: the ring's size counts for threads that log for the first time.
      std::thread([&] {
        for (std::size_t i = 0; i < sizes.size(); ++i) log_text(0, static_cast<int>(i), sizes[i]);
      }).join();
    }
    CHECK(check_file(dir / "log.jsonl", 1)[0] == static_cast<std::int64_t>(sizes.size()));
    CHECK(gain.get().written == sizes.size());
  }
}

TEST_CASE("threads with big and small records at once get none of them mixed up") {
  constexpr int threads = 4;
  constexpr int records = is_sanitized ? 100 : 1'000;
  for (const char* const engine : engines) {
    CAPTURE(std::string{engine});
    const TempDir dir;
    {
      const Session session{ToFile{.path = dir / "log.jsonl", .engine = engine}};
      std::vector<std::thread> running;
      for (int p = 0; p < threads; ++p) {
        running.emplace_back([p] {
          std::mt19937 random(static_cast<std::uint32_t>(p));
          for (int n = 0; n < records; ++n) {
            // Up to 128 KiB, small ones far more often than large ones.
            log_text(p, n, random() % (std::size_t{1} << (3 + random() % 15)));
          }
        });
      }
      for (std::thread& thread : running) thread.join();
    }
    CHECK(check_file(dir / "log.jsonl", threads) == std::vector<std::int64_t>(threads, records));
  }
}

TEST_CASE("more big records at once than memory is set aside for wait for each other") {
  // 256 MiB are set aside for what is too big for a ring.
  constexpr int threads = 4;
  constexpr int records = is_sanitized ? 1 : 5;
  const TempDir dir;
  const Gain gain;
  {
    const Session session{ToFile{.path = dir / "log.jsonl"}};
    std::vector<std::thread> running;
    for (int p = 0; p < threads; ++p) {
      running.emplace_back([p] {
        for (int n = 0; n < records; ++n) log_text(p, n, 16 * mib);
      });
    }
    for (std::thread& thread : running) thread.join();
  }
  CHECK(check_file(dir / "log.jsonl", threads) == std::vector<std::int64_t>(threads, records));
  CHECK(gain.get().written == threads * records);
}

TEST_CASE("a call may have many arguments and many fields") {
  const TempDir dir;
  const Session session{ToFile{.path = dir / "log.jsonl", .engine = engines[0]}};
  const Logger log = xylem::get_logger("sizes");
  std::thread([log] {
    XYLEM_INFO(log, "{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", 1,
               2.5, "three", true, 'c', 6U, 7L, 8.0F, std::string{"nine"}, std::string_view{"ten"},
               11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, nullptr, "end");
    log.info("{a} {x} {t}", field("a", 1), field("b", 2), field("c", 3), field("d", 4),
             field("e", 5), field("f", 6), field("g", 7), field("h", 8), field("i", 9),
             field("j", 10), field("k", "eleven"), field("l", 12.5), field("m", true),
             field("n", nullptr), field("o", 15), field("p", 16), field("q", 17), field("r", 18),
             field("s", 19), field("t", std::string(3000, 't')), field("u", 21), field("v", 22),
             field("w", 23), field("x", "the last but two"), field("y", 25), field("z", 26));
  }).join();
  xylem::flush();
  const auto lines = read_lines(dir / "log.jsonl");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].message() ==
        "1 2.5 three true c 6 7 8 nine ten 11 12 13 14 15 16 17 18 19 20 21 22 0x0 end");
  CHECK(lines[1].message() == "1 the last but two " + std::string(3000, 't'));
  CHECK(lines[1].keys().size() == 2 + 26);
  CHECK(lines[1].integer("z") == 26);
  CHECK(lines[1].string("k") == "eleven");
  CHECK(lines[1].raw("n") == "null");
}
