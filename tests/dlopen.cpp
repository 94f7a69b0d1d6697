// Libraries that log and are unloaded: what they logged can be read, and nothing refers to them.

#include <atomic>
#include <barrier>
#include <cstring>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine_support.hpp"

using namespace engine_test;

namespace {

/// A plugin while it is loaded. The symbols are looked up at once, as a host would.
class Plugin {
 public:
  explicit Plugin(const std::string& path)
      : path_{path}, library_{::dlopen(path.c_str(), RTLD_NOW)} {
    if (library_ == nullptr) throw std::runtime_error(::dlerror());
    load(log, "plugin_log");
    load(log_at_unloading, "plugin_log_at_unloading");
    load(log_on_a_thread, "plugin_log_on_a_thread");
    load(configure, "plugin_configure");
  }
  ~Plugin() {
    ::dlclose(library_);
    CHECK_FALSE(is_loaded(path_));
  }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  static bool is_loaded(const std::string& path) {
    std::ifstream maps{"/proc/self/maps"};
    for (std::string line; std::getline(maps, line);) {
      // Who makes text of a stack may still read the file: code is what counts.
      if (line.ends_with(path) && line.find("r-xp") != std::string::npos) return true;
    }
    return false;
  }

  void (*log)(int) = nullptr;
  void (*log_at_unloading)() = nullptr;
  void (*log_on_a_thread)(int) = nullptr;
  void (*configure)(const char*) = nullptr;

 private:
  template <typename F>
  void load(F& function, const char* name) {
    void* const found = ::dlsym(library_, name);
    if (found == nullptr) throw std::runtime_error(::dlerror());
    std::memcpy(&function, &found, sizeof function);
  }

  std::string path_;
  void* library_;
};

const std::string plugin = XYLEM_BUILD_ROOT "/tests/libdlopen_plugin.so";
const std::string keys =
    R"({"file": "pathname", "function": "funcName", "line": "lineno", "exc": "exc_info"})";

void check_lines(const std::vector<Line>& lines, std::size_t first, int number) {
  CAPTURE(number);
  REQUIRE(lines.size() >= first + 3);
  const std::string n = std::to_string(number);
  CHECK(lines[first].message() == "macro " + n + " of text");
  CHECK(lines[first].integer("a_key_of_the_plugin") == number);
  CHECK(lines[first + 1].message() == "function named " + n);
  CHECK(lines[first + 1].string("another_key") == "and its text");
  CHECK(lines[first + 2].message() == "exception " + n);
  CHECK(lines[first + 2].string("exc").find("trouble in the plugin") != std::string::npos);
  for (std::size_t i = first; i < first + 3; ++i) {
    CHECK(lines[i].string("file").ends_with("dlopen_plugin.cpp"));
    CHECK(lines[i].string("function") == "plugin_log");
    CHECK(lines[i].integer("line") > 0);
  }
}

/// A type that the call renders.
struct Rendered {};

}  // namespace

template <>
struct fmt::formatter<Rendered> : fmt::formatter<int> {
  template <typename Context>
  auto format(const Rendered&, Context& context) const {
    return fmt::formatter<int>::format(0, context);
  }
};

namespace {

/// What the plugin takes from the program is in it only if the program uses it, too.
void use_all_ways(const xylem::Logger& log) {
  XYLEM_INFO(log, "{}", Rendered{}, xylem::field("text", "text"));
  log.info("{}", "text");
  log.exception("none");
}

}  // namespace

TEST_CASE("records are formatted whose call sites have been unloaded with their library") {
  const TempDir dir;
  {
    const Session session{ToFile{dir / "before.jsonl"}};
    use_all_ways(xylem::get_logger("host"));
  }
  // The engine stands still: these wait in their rings.
  {
    const Plugin loaded{plugin};
    loaded.log(1);
    loaded.log_on_a_thread(2);
    loaded.log_at_unloading();
  }
  { const Session session{ToFile{dir / "log.jsonl", keys}}; }
  const auto lines = read_lines(dir / "log.jsonl");
  REQUIRE(lines.size() == 7);
  check_lines(lines, 0, 1);
  check_lines(lines, 3, 2);
  CHECK(lines[6].message() == "from the plugin's destructor");
}

TEST_CASE("a library is loaded and unloaded while others log, and its call sites keep their ids") {
  const TempDir dir;
  constexpr int rounds = 20;
  std::atomic<bool> done{false};
  {
    const Session session{ToFile{dir / "log.jsonl", keys}};
    std::thread busy{[&] {
      while (!done) XYLEM_DEBUG(xylem::get_logger("host"), "busy");
    }};
    for (int round = 0; round < rounds; ++round) {
      const Plugin loaded{plugin};
      loaded.log(round);
    }
    done = true;
    busy.join();
  }
  std::vector<Line> lines;
  for (Line& line : read_lines(dir / "log.jsonl")) {
    if (line.message() != "busy") lines.push_back(std::move(line));
  }
  REQUIRE(lines.size() == 3 * rounds);
  for (int round = 0; round < rounds; ++round) {
    check_lines(lines, 3 * static_cast<std::size_t>(round), round);
  }
}

#if defined(XYLEM_PLUGIN_WITH_ENGINE)
TEST_CASE("a library with an engine of its own is unloaded, and threads that logged there end") {
  const TempDir dir;
  constexpr int rounds = 3;
  for (int round = 0; round < rounds; ++round) {
    std::barrier step{2};
    std::unique_ptr<Plugin> loaded =
        std::make_unique<Plugin>(XYLEM_BUILD_ROOT "/tests/libdlopen_plugin_with_engine.so");
    loaded->configure(ToFile{dir / "log.jsonl", keys}.json().c_str());
    loaded->log_at_unloading();
    std::thread other{[&] {
      loaded->log(round);
      step.arrive_and_wait();  // logged
      step.arrive_and_wait();  // unloaded
    }};
    step.arrive_and_wait();
    loaded.reset();
    step.arrive_and_wait();
    other.join();
  }
  const auto lines = read_lines(dir / "log.jsonl");
  REQUIRE(lines.size() == 4 * rounds);
  for (int round = 0; round < rounds; ++round) {
    check_lines(lines, 4 * static_cast<std::size_t>(round), round);
  }
  CHECK(lines.back().message() == "from the plugin's destructor");
}
#endif
