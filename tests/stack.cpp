// Stacks in records: xylem::stack() becomes stack_info, laid out as Python lays it out.

#include <exception>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "engine_support.hpp"
#include "stacks/packed.hpp"
#include "stacks/texts.hpp"

using namespace engine_test;
using xylem::field;
using xylem::Logger;
using xylem::Stack;

namespace app {

[[gnu::noinline]] void query(Logger log, int rows) {
  XYLEM_WARNING(log, "slow: {}", rows, xylem::stack(), field("rows", rows));
  asm volatile("");  // no call in the place of a return
}

[[gnu::noinline]] void serve(Logger log) {
  query(log, 7);
  asm volatile("");
}

[[gnu::noinline]] Stack dig(int depth) {
  const Stack stack = depth == 0 ? xylem::stack() : dig(depth - 1);
  asm volatile("");
  return stack;
}

}  // namespace app

namespace {

std::string stack_of(const Line& line) {
  return line.string("stack_info");
}

}  // namespace

TEST_CASE("a stack is shown from the outermost call to the one that logs") {
  const Line line = logged_line([](Logger log) { app::serve(log); }, R"({"line": "lineno"})");
  CHECK(line.message() == "slow: 7");
  CHECK(line.integer("rows") == 7);
  CHECK(!line.has("exc_info"));
  const std::string text = stack_of(line);
  INFO(text);
  CHECK(text.starts_with("Stack (most recent call last):\n  File \""));
  CHECK(!text.ends_with("\n"));
  // Nor what the C library calls main() by.
  CHECK(text.substr(0, text.find(", in main\n")).find('\n') == text.find('\n'));
  CHECK(text.find(", in main\n") < text.find('\n', text.find('\n') + 1));
  const std::size_t main_at = text.find(", in main\n");
  const std::size_t serve = text.find(", in app::serve(xylem::Logger)\n");
  const std::size_t query = text.find(", in app::query(xylem::Logger, int)");
  REQUIRE(query != std::string::npos);
  CHECK(main_at < serve);
  CHECK(serve < query);
  // The innermost: nothing of the engine comes behind it.
  CHECK(text.find('\n', query) == std::string::npos);
  CHECK(text.find("/tests/stack.cpp\", line " + line.raw("line") + ", in app::query") !=
        std::string::npos);
}

TEST_CASE("a stack stands below the message in text, and costs no place in the format string") {
  const TempDir dir;
  {
    const Session session{R"({"version": 1, "disable_existing_loggers": false, "formatters": {
        "f": {"format": "%(message)s."}}, "handlers": {"file": {
        "class": "logging.FileHandler", "formatter": "f", "filename": ")" +
                          (dir / "log") +
                          R"("}}, "root": {"level": "INFO", "handlers": ["file"]}})"};
    const Logger log = xylem::get_logger("test");
    log.info("{} {}", xylem::stack(), 1, 2);
    try {
      throw 3;
    } catch (...) {
      XYLEM_EXCEPTION(log, "both", xylem::stack());
    }
  }
  const std::string text = read_file(dir / "log");
  CHECK(text.starts_with("1 2.\nStack (most recent call last):\n  File \""));
  const std::size_t both = text.find("both.\nTraceback (most recent call last):\n");
  REQUIRE(both != std::string::npos);
  CHECK(text.find("\nint: 3\nStack (most recent call last):\n", both) != std::string::npos);
  CHECK(text.ends_with("\n"));
}

TEST_CASE("a deep recursion is cut, and its lines are counted") {
  const Line line = logged_line([](Logger log) { log.info("deep", app::dig(100)); });
  const std::string text = stack_of(line);
  INFO(text);
  CHECK(text.find("\n  [Earlier calls left out]\n") != std::string::npos);
  CHECK(text.find("  [Previous line repeated ") != std::string::npos);
}

TEST_CASE("a stack can be kept, and shown by another thread") {
  const Stack kept = app::dig(1);
  const auto lines = logged([&](Logger log) {
    std::thread{[&] { log.info("there", kept); }}.join();
    log.info("here", kept);
  });
  REQUIRE(lines.size() == 2);
  CHECK(stack_of(lines[0]).find("app::dig(int)") != std::string::npos);
  CHECK(stack_of(lines[0]) == stack_of(lines[1]));
}

TEST_CASE("code of no file, of one that is gone, and of another build shows its address") {
  using namespace xylem::stacks;
  FrameTexts texts{[](std::uint64_t number) -> std::optional<Module> {
    if (number == 1) return Module{"/no/such/file", "id"};
    if (number == 2) return Module{"/proc/self/exe", "another build"};
    return std::nullopt;
  }};
  CHECK(texts.text_of(Word{1} << 48 | 0x12) == "  File \"/no/such/file+0x12\", line 0, in ??\n");
  CHECK(texts.text_of(Word{2} << 48 | 0x12) == "  File \"/proc/self/exe+0x12\", line 0, in ??\n");
  CHECK(texts.text_of(0x12) == "  File \"??\", line 0, in 0x12\n");
  CHECK(texts.text_of(Word{9} << 48 | 0x12) == "  File \"??\", line 0, in 0x12\n");
  texts.add(Word{3} << 48, "known");
  CHECK(texts.text_of(Word{3} << 48) == "known");
}

TEST_CASE("bytes that no call has written are shown as they stand") {
  const xylem::record::Site site{};
  for (const std::string& text :
       {std::string{}, std::string{"E"}, std::string{"\1\5\0\0\0ab", 7},
        std::string{"\7\0\0\0\0", 5}, std::string{"\3\377\377\377\377"}}) {
    CHECK(xylem::stacks::unpacked(text, site) == text);
  }
  CHECK(xylem::stacks::stack_text("odd") == "Stack (most recent call last):");
  CHECK(!xylem::stacks::decode_module("\377\377\377\377x"));
}

namespace app {

[[gnu::noinline]] void fail(const xylem::BoundLogger& log) {
  try {
    throw 1;
  } catch (...) {
    log.exception("failed");
    XYLEM_EXCEPTION(log, "macro");
    log.warning("argument", xylem::exception());
    XYLEM_INFO(log, "kept", xylem::exception(std::current_exception()));
    log.logger().info("not bound", xylem::exception());
  }
}

}  // namespace app

TEST_CASE("a traceback's innermost frame is the function that logs, whatever the logger") {
  const auto lines = logged([](Logger log) { app::fail(log.with(field("b", 1))); });
  REQUIRE(lines.size() == 5);
  for (const Line& line : lines) {
    const std::string text = line.string("exc_info");
    INFO(text);
    const std::size_t innermost = text.rfind("  File \"");
    REQUIRE(innermost != std::string::npos);
    CHECK(text.substr(innermost).find(", in app::fail(xylem::BoundLogger const&)\nint: 1") !=
          std::string::npos);
  }
}
