// Numbers that a long life may reach: of call sites, loggers and threads.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/detail/logger_state.hpp>
#include <xylem/detail/site.hpp>
#include <xylem/detail/submit.hpp>

#include "engine_support.hpp"
#include "tool_support.hpp"

using namespace engine_test;

namespace {

constexpr std::size_t many = is_sanitized ? 20'000 : 100'000;

std::string config(const TempDir& dir, std::string_view format) {
  return R"j({"version": 1, "disable_existing_loggers": false,
      "formatters": {"f": {"format": ")j" +
         std::string{format} +
         R"j("}}, "handlers": {"file": {"class": "logging.FileHandler", "formatter": "f", "filename": ")j" +
         dir / "log" + R"j("}}, "root": {"level": "DEBUG", "handlers": ["file"]},
      "xylem": {"ring": {"crash_dir": ")j" +
         dir / "crash" + R"j("}}})j";
}

/// A call without a macro, from a line of its own.
void log_from(std::size_t place) {
  using namespace xylem::detail;
  const std::string format = "site " + std::to_string(place) + " says {}";
  const Kind kinds[] = {kind_of<std::uint64_t>};
  const KeyText keys[] = {{}};
  const SiteSpec spec{
      {format, "many.cpp", "f", static_cast<std::uint32_t>(place), xylem::Level::info},
      kinds,
      keys,
      1};
  const std::uint32_t site = register_free_site(place * 0x9e3779b97f4a7c15 | 1, spec);
  const std::uint32_t logger =
      logger_state("many." + std::to_string(place % 100) + ".l" + std::to_string(place)).id();
  submit_slowly(header_word(site, logger, 0), std::uint64_t{place});
}

}  // namespace

TEST_CASE("a hundred thousand call sites and loggers each have their own lines") {
  const TempDir dir;
  const Session session{config(dir, "%(name)s:%(lineno)d %(message)s")};
  for (std::size_t i = 0; i < many; ++i) log_from(i);
  xylem::flush();
  const std::vector<std::string> lines = tool_test::lines_of(read_file(dir / "log"));
  REQUIRE(lines.size() == many);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < many; ++i) {
    const std::string number = std::to_string(i);
    wrong += lines[i] != "many." + std::to_string(i % 100) + ".l" + number + ":" + number +
                             " site " + number + " says " + number;
  }
  CHECK(wrong == 0);
}

TEST_CASE("ten thousand threads in a process' life each leave their record") {
  constexpr std::size_t threads = many / 10;
  constexpr std::size_t at_once = 50;
  const TempDir dir;
  const Session session{config(dir, "%(message)s")};
  for (std::size_t i = 0; i < threads; i += at_once) {
    std::vector<std::thread> running;
    for (std::size_t k = i; k < i + at_once; ++k) {
      running.emplace_back([k] { XYLEM_INFO(xylem::get_logger("many"), "{}", k); });
    }
    for (std::thread& thread : running) thread.join();
  }
  xylem::flush();
  std::vector<int> seen(threads, 0);
  for (const std::string& line : tool_test::lines_of(read_file(dir / "log"))) {
    ++seen.at(std::stoul(line));
  }
  CHECK(std::count(seen.begin(), seen.end(), 1) == static_cast<std::ptrdiff_t>(threads));
}
