// What a MemoryHandler holds, when it passes it on, and where that goes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "config_support.hpp"
#include "engine_support.hpp"
#include "fork_support.hpp"
#include "sink/file_sink.hpp"

using namespace engine_test;
using config_test::check_refused;
using xylem::get_logger;
using xylem::Logger;

namespace {

/// A configuration with the file handler "file" and others; the root has the handlers given.
std::string config(const TempDir& dir, std::string_view handlers, std::string_view of_root,
                   std::string_view file = "", std::string_view rest = "") {
  return R"({"version": 1, "disable_existing_loggers": false,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": ")" +
         dir / "log" + R"(")" + std::string{file} + "}, " + std::string{handlers} +
         R"(}, "root": {"level": "DEBUG", "handlers": )" + std::string{of_root} + "}" +
         std::string{rest} + "}";
}

std::string memory(std::string_view arguments, std::string_view target = "file") {
  return R"("memory": {"class": "logging.handlers.MemoryHandler", "target": ")" +
         std::string{target} + R"(", )" + std::string{arguments} + "}";
}

std::string text_of(const TempDir& dir) {
  xylem::flush();
  return read_file(dir / "log");
}

void log_numbers(int first, int last) {
  for (int i = first; i <= last; ++i) XYLEM_INFO(get_logger("numbers"), "{}", i);
}

std::string numbers(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += std::to_string(i) + '\n';
  return text;
}

}  // namespace

TEST_CASE("records are held until there are as many as the capacity says") {
  const TempDir dir;
  const Session session{config(dir, memory(R"("capacity": 4)"), R"(["memory"])")};
  log_numbers(1, 3);
  CHECK(text_of(dir).empty());
  log_numbers(4, 4);
  CHECK(text_of(dir) == numbers(1, 4));
  log_numbers(5, 13);
  CHECK(text_of(dir) == numbers(1, 12));
  xylem::shutdown();
  CHECK(read_file(dir / "log") == numbers(1, 13));
}

TEST_CASE("an important record has all of them passed on, in order") {
  const TempDir dir;
  for (const std::string_view level : {R"("CRITICAL")", "50"}) {
    write_file(dir / "log", "");
    const std::string arguments = R"("capacity": 100, "flushLevel": )" + std::string{level};
    const Session session{config(dir, memory(arguments), R"(["memory"])")};
    log_numbers(1, 3);
    XYLEM_ERROR(get_logger("a"), "error");
    CHECK(text_of(dir).empty());
    XYLEM_CRITICAL(get_logger("a"), "critical");
    XYLEM_INFO(get_logger("a"), "held");
    CHECK(text_of(dir) == "1\n2\n3\nerror\ncritical\n");
  }
}

TEST_CASE("the filters of the target count, its level does not") {
  const TempDir dir;
  const std::string_view filters = R"(, "filters": {"only_a": {"name": "a"}})";
  const Session session{config(dir, memory(R"("capacity": 4, "level": "INFO")"), R"(["memory"])",
                               R"(, "level": "CRITICAL", "filters": ["only_a"])", filters)};
  XYLEM_DEBUG(get_logger("a"), "below the level of the memory");
  XYLEM_INFO(get_logger("a"), "one");
  XYLEM_INFO(get_logger("b"), "refused by the target, but held");
  XYLEM_INFO(get_logger("a.b"), "three");
  CHECK(text_of(dir).empty());
  XYLEM_INFO(get_logger("ab"), "refused");
  CHECK(text_of(dir) == "one\nthree\n");
}

TEST_CASE("what is held at the end is discarded when flushOnClose says so, and counts as taken") {
  const TempDir dir;
  const Gain gain;
  {
    const Session session{
        config(dir, memory(R"("capacity": 100, "flushOnClose": false)"), R"(["memory"])")};
    log_numbers(1, 7);
    xylem::flush();
    CHECK(xylem::stats().pending == 7);
    CHECK(gain.get().accepted == 7);
    CHECK(gain.get().written == 0);
  }
  CHECK(read_file(dir / "log").empty());
  CHECK(xylem::stats().pending == 0);
  CHECK(gain.get().written == 7);
  CHECK(gain.get().failed == 0);
}

TEST_CASE("another configuration closes the memory, which passes on what it holds") {
  const TempDir dir;
  const TempDir other;
  const Session session{config(dir, memory(R"("capacity": 100)"), R"(["memory"])")};
  log_numbers(1, 2);
  xylem::configure(config(other, memory(R"("capacity": 100)"), R"(["memory"])"));
  CHECK(read_file(dir / "log") == numbers(1, 2));
  log_numbers(3, 3);
  xylem::shutdown();
  CHECK(read_file(other / "log") == numbers(3, 3));
}

TEST_CASE("a memory may stand in front of a queue, behind one, and behind another memory") {
  const TempDir dir;
  const auto queue = [](std::string_view name, std::string_view member, std::string_view rest) {
    return R"(")" + std::string{name} +
           R"(": {"class": "logging.handlers.QueueHandler", "handlers": [")" + std::string{member} +
           R"("]})" + std::string{rest};
  };
  SUBCASE("in front of a queue that is made later") {
    const Session session{
        config(dir, memory(R"("capacity": 2)", "queue") + ", " + queue("queue", "file", ""),
               R"(["memory"])")};
    log_numbers(1, 3);
    CHECK(text_of(dir) == numbers(1, 2));
  }
  SUBCASE("behind a queue") {
    const Session session{config(
        dir, queue("a_queue", "memory", ", ") + memory(R"("capacity": 2, "level": "CRITICAL")"),
        R"(["a_queue"])")};
    log_numbers(1, 3);
    CHECK(text_of(dir) == numbers(1, 2));
  }
  SUBCASE("behind another memory, whose capacity counts what it is passed") {
    const std::string inner =
        R"("inner": {"class": "logging.handlers.MemoryHandler", "capacity": 3, "target": "file"}, )";
    const Session session{
        config(dir, inner + memory(R"("capacity": 2)", "inner"), R"(["memory"])")};
    log_numbers(1, 3);
    CHECK(text_of(dir).empty());
    log_numbers(4, 4);
    CHECK(text_of(dir) == numbers(1, 3));
    xylem::shutdown();
    CHECK(read_file(dir / "log") == numbers(1, 4));
  }
}

TEST_CASE("records that go to the target directly are not held back by those that are held") {
  const TempDir dir;
  const std::string_view loggers =
      R"(, "loggers": {"held": {"handlers": ["memory"], "propagate": false}})";
  const Gain gain;
  const Session session{config(dir, memory(R"("capacity": 3)"), R"(["file"])", "", loggers)};
  XYLEM_INFO(get_logger("held"), "held 1");
  XYLEM_INFO(get_logger("a"), "direct 1");
  XYLEM_INFO(get_logger("held"), "held 2");
  XYLEM_INFO(get_logger("a"), "direct 2");
  CHECK(text_of(dir) == "direct 1\ndirect 2\n");
  CHECK(xylem::stats().pending == 2);
  XYLEM_INFO(get_logger("held"), "held 3");
  XYLEM_INFO(get_logger("a"), "direct 3");
  CHECK(text_of(dir) == "direct 1\ndirect 2\nheld 1\nheld 2\nheld 3\ndirect 3\n");
  CHECK(xylem::stats().pending == 0);
  CHECK(gain.get().written == 6);
}

TEST_CASE("a record that a logger and its parent give to the same memory is held twice") {
  const TempDir dir;
  const std::string_view loggers = R"(, "loggers": {"a": {"handlers": ["memory", "file"]}})";
  const Session session{config(dir, memory(R"("capacity": 2)"), R"(["memory"])", "", loggers)};
  XYLEM_INFO(get_logger("a"), "once");
  CHECK(text_of(dir) == "once\nonce\nonce\n");
}

TEST_CASE("a memory without a target discards its records") {
  const TempDir dir;
  const Gain gain;
  const Session session{
      config(dir, R"("memory": {"class": "logging.handlers.MemoryHandler", "capacity": 1})",
             R"(["memory"])")};
  log_numbers(1, 5);
  xylem::flush();
  CHECK(gain.get().written == 5);
  CHECK(read_file(dir / "log").empty());
}

TEST_CASE("what a memory holds is bounded in bytes too, and then passed on") {
  const TempDir dir;
  const std::string_view engine = R"(, "xylem": {"sinks": {"max_kept_bytes": 20000}})";
  const Session session{
      config(dir, memory(R"("capacity": 1000000000)"), R"(["memory"])", "", engine)};
  log_numbers(1, 2000);
  xylem::flush();
  const std::string text = read_file(dir / "log");
  CHECK(text.size() > numbers(1, 1000).size());
  CHECK(text.size() < numbers(1, 2000).size());
  xylem::shutdown();
  CHECK(read_file(dir / "log") == numbers(1, 2000));
}

TEST_CASE("records that were made elsewhere are held as well") {
  const TempDir dir;
  const Session session{config(dir, memory(R"("capacity": 3)"), R"(["memory"])")};
  xylem::Record record;
  record.message = "elsewhere";
  CHECK(xylem::handle(record));
  log_numbers(1, 1);
  CHECK(text_of(dir).empty());
  CHECK(xylem::handle(record));
  CHECK(text_of(dir) == "elsewhere\n1\nelsewhere\n");
}

TEST_CASE("held records that the target cannot write fail each, and no others") {
  const StderrCapture errors;
  const Gain gain;
  const TempDir dir;
  const std::string handlers =
      R"("full": {"class": "logging.FileHandler", "filename": "/dev/full"}, )" +
      memory(R"("capacity": 6)", "full");
  const std::string_view loggers =
      R"(, "loggers": {"held": {"handlers": ["memory"], "propagate": false}})";
  const Session session{config(dir, handlers, R"(["file"])", "", loggers)};
  for (int i = 0; i < 8; ++i) {
    XYLEM_INFO(get_logger("held"), "held {}", i);
    XYLEM_INFO(get_logger("a"), "direct {}", i);
  }
  xylem::flush();
  CHECK(xylem::stats().pending == 8);  // 6 that /dev/full does not take, 2 that are held
  xylem::shutdown();
  CHECK(gain.get().accepted == 16);
  CHECK(gain.get().failed == 8);
  CHECK(gain.get().written == 8);
  CHECK(xylem::stats().pending == 0);
}

TEST_CASE("a held record that the target's formatter refuses is lost alone, and counted") {
  const StderrCapture errors;
  const Gain gain;
  const TempDir dir;
  const std::string_view formatters =
      R"-(, "formatters": {"needs_x": {"format": "%(x)s %(message)s"}})-";
  const Session session{config(dir, memory(R"("capacity": 3)"), R"(["memory"])",
                               R"(, "formatter": "needs_x")", formatters)};
  XYLEM_INFO(get_logger("a"), "one", xylem::field("x", 1));
  XYLEM_INFO(get_logger("a"), "two");
  XYLEM_INFO(get_logger("a"), "three", xylem::field("x", 3));
  CHECK(text_of(dir) == "1 one\n3 three\n");
  CHECK(gain.get().failed == 1);
  CHECK(gain.get().written == 2);
}

TEST_CASE("the child of a fork writes nothing of what its parent's memory holds") {
  if (!fork_test::can_fork) return;
  const TempDir dir;
  const Session session{config(dir, memory(R"("capacity": 100)"), R"(["memory"])")};
  log_numbers(1, 3);
  xylem::flush();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    log_numbers(7, 8);
    xylem::shutdown();
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(read_file(dir / "log") == numbers(7, 8));
  xylem::shutdown();
  CHECK(read_file(dir / "log") == numbers(7, 8) + numbers(1, 3));
}

TEST_CASE("a sink bounds its records rightly when some come late") {
  sink_test::on_consumer_thread([] {
    const TempDir dir;
    xylem::sink::FileSink sink{dir / "log"};
    const auto put_late = [&](std::uint64_t record, std::uint64_t present) {
      char* const at = sink.reserve(2);
      std::memcpy(at, "x\n", 2);
      sink.commit_late(at + 2, record, present);
    };
    put_late(3, 10);
    CHECK(sink.pending() == xylem::sink::RecordRange{3, 10});
    CHECK(sink.oldest_behind() == 10);
    sink.flush(1);
    sink_test::put(sink, "x\n", 20);
    put_late(4, 21);
    put_late(2, 21);
    CHECK(sink.pending() == xylem::sink::RecordRange{2, 21});
    CHECK(sink.oldest_behind() == 20);
    xylem::sink::RecordSet pending;
    sink.collect_pending(pending);
    CHECK(sink_test::numbers(pending) == std::vector<std::uint64_t>{2, 4, 20});
    sink.flush(2);
    CHECK(sink.idle());
    sink_test::put(sink, "x\n", 22);
    CHECK(sink.pending() == xylem::sink::RecordRange{22, 22});
    sink.close(0);
  });
}

TEST_CASE("what is wrong with a MemoryHandler is said in CPython's words") {
  const auto refused = [](std::string_view arguments, std::string_view message,
                          std::string_view path) {
    const std::string config = R"({"version": 1, "handlers": {"m": {)" + std::string{arguments} +
                               R"(}, "z": {"class": "logging.NullHandler"}}})";
    const std::string whole = "Unable to configure handler 'm': " + std::string{message};
    check_refused({config, whole, path});
  };
  const std::string by_class = R"("class": "logging.handlers.MemoryHandler", )";
  refused(by_class + R"("target": "z")",
          "MemoryHandler.__init__() missing 1 required positional argument: 'capacity'",
          "handlers.m");
  refused(by_class + R"("capacity": 5, "target": "nope")", "Unable to set target handler 'nope'",
          "handlers.m.target");
  refused(by_class + R"("capacity": 5, "target": null)", "Unable to set target handler None",
          "handlers.m.target");
  refused(by_class + R"("capacity": 5, "target": "m")",
          "Unable to set target handler 'm': target not configured yet", "handlers.m.target");
  refused(by_class + R"("capacity": 5, "flushLevel": "error")", "Unknown level: 'error'",
          "handlers.m.flushLevel");
  refused(by_class + R"("capacity": 5, "flushLevel": 40.0)",
          "Level not an integer or a valid string: 40.0", "handlers.m.flushLevel");
  refused(by_class + R"("capacity": "5")",
          "'>=' not supported between instances of 'int' and 'str'", "handlers.m.capacity");
  refused(by_class + R"("capacity": 5, "flush_level": 5)",
          "MemoryHandler.__init__() got an unexpected keyword argument 'flush_level'. Did you mean "
          "'flushLevel'?",
          "handlers.m.flush_level");
}
