// What a configuration says of queues: what bounds them, and what is refused.

#include <string>
#include <string_view>
#include <variant>

#include <doctest/doctest.h>

#include "config/dict_config.hpp"
#include "config_support.hpp"
#include "engine_support.hpp"

using namespace engine_test;
using config_test::check_refused;
using xylem::config::parse;
using xylem::config::Plan;
using xylem::config::QueuePlan;
using xylem::config::WhenFull;

namespace {

std::string config(std::string_view arguments, std::string_view rest = "") {
  return R"({"version": 1, "handlers": {
      "f": {"class": "logging.NullHandler"},
      "q": {"class": "logging.handlers.QueueHandler", "handlers": ["f"])" +
         std::string{arguments} + "}}" + std::string{rest} + "}";
}

std::string bounded(std::string_view maxsize) {
  return R"-(, "queue": {"()": "queue.Queue", "maxsize": )-" + std::string{maxsize} + "}";
}

}  // namespace

TEST_CASE("a bounded queue bounds the rings, and what finds no room is dropped") {
  const Plan plan = parse(config(bounded("1000")));
  CHECK(plan.engine.when_full == WhenFull::drop);
  CHECK(plan.engine.ring_slots == 1024);
  CHECK(parse(config(bounded("10"))).engine.ring_slots == 64);
  CHECK(parse(config(bounded("1e30"))).engine.ring_slots == 1048576);
}

TEST_CASE("a queue without a bound leaves the rings alone") {
  constexpr std::string_view queues[] = {
      "", R"(, "queue": "queue.Queue")", R"(, "queue": "queue.SimpleQueue")",
      R"(, "queue": "multiprocessing.Queue")", R"-(, "queue": {"()": "queue.Queue"})-"};
  for (const std::string_view arguments : queues) {
    CAPTURE(arguments);
    const Plan plan = parse(config(arguments));
    CHECK(plan.engine.when_full == WhenFull::block);
    CHECK(plan.engine.ring_slots == 4096);
  }
  CHECK(parse(config(bounded("0"))).engine.when_full == WhenFull::block);
  CHECK(parse(config(bounded("-1"))).engine.when_full == WhenFull::block);
}

TEST_CASE("what the engine's own settings say of the rings counts more than a queue's bound") {
  const Plan plan = parse(
      config(bounded("1000"), R"(, "xylem": {"ring": {"slots": 256, "when_full": "block"}})"));
  CHECK(plan.engine.when_full == WhenFull::block);
  CHECK(plan.engine.ring_slots == 256);
  const Plan other = parse(config(bounded("1000"), R"(, "xylem": {"ring": {"slots": 256}})"));
  CHECK(other.engine.when_full == WhenFull::drop);
}

TEST_CASE("every record of a bounded queue is written or counted as dropped") {
  const TempDir dir;
  const Gain gain;
  {
    const Session session{
        R"-({"version": 1, "disable_existing_loggers": false, "formatters": {"json": {"()": "xylem.JsonFormatter"}}, "handlers": {
        "file": {"class": "logging.FileHandler", "formatter": "json", "filename": ")-" +
        dir / "log" + R"("},
        "q": {"class": "logging.handlers.QueueHandler", "handlers": ["file"])" +
        bounded("64") + R"(}}, "root": {"level": "INFO", "handlers": ["q"]}})"};
    for (int i = 0; i < 20000; ++i) XYLEM_INFO(xylem::get_logger("a"), "{}", i);
  }
  const xylem::Stats stats = gain.get();
  CHECK(stats.accepted == 20000);
  CHECK(stats.written + stats.dropped == 20000);
  std::uint64_t lines = 0;
  for (const Line& line : read_lines(dir / "log")) {
    lines += line.message().find("dropped") == std::string::npos ? 1 : 0;
  }
  CHECK(lines == stats.written);
}

TEST_CASE("queues may stand behind queues, each with its own word on levels") {
  const TempDir dir;
  const Session session{R"({"version": 1, "disable_existing_loggers": false, "handlers": {
      "file": {"class": "logging.FileHandler", "level": "ERROR", "filename": ")" +
                        dir / "log" + R"("},
      "inner": {"class": "logging.handlers.QueueHandler", "level": "WARNING", "handlers": ["file"]},
      "outer": {"class": "logging.handlers.QueueHandler", "handlers": ["inner"],
                "respect_handler_level": "no"}},
    "root": {"level": "DEBUG", "handlers": ["outer"]}})"};
  XYLEM_INFO(xylem::get_logger("a"), "below the inner queue's level, which counts");
  XYLEM_WARNING(xylem::get_logger("a"), "below the file's level, which does not");
  xylem::flush();
  CHECK(read_file(dir / "log") == "below the file's level, which does not\n");
}

TEST_CASE("what is wrong with a queue is said in CPython's words") {
  const auto refused = [](std::string_view arguments, std::string_view message,
                          std::string_view path) {
    const std::string whole = "Unable to configure handler 'q': " + std::string{message};
    check_refused({config(arguments), whole, path});
  };
  refused(R"(, "queue": 4)", "Invalid queue specifier 4", "handlers.q.queue");
  refused(R"(, "queue": null)", "Invalid queue specifier None", "handlers.q.queue");
  refused(R"(, "queue": {"maxsize": 5})", "Invalid queue specifier {'maxsize': 5}",
          "handlers.q.queue");
  refused(bounded(R"("5")"), "'>' not supported between instances of 'str' and 'int'",
          "handlers.q.queue.maxsize");
  refused(R"-(, "queue": {"()": "queue.Queue", "size": 5})-",
          "Queue.__init__() got an unexpected keyword argument 'size'", "handlers.q.queue.size");
  refused(R"-(, "queue": {"()": "queue.SimpleQueue", "maxsize": 5})-",
          "SimpleQueue() takes no keyword arguments", "handlers.q.queue.maxsize");
  refused(R"(, "queue": "my_app.make_queue")", "Cannot resolve 'my_app.make_queue'",
          "handlers.q.queue");
  refused(R"(, "listener": 4)", "Invalid listener specifier 4", "handlers.q.listener");
  refused(R"(, "listener": {"maxsize": 5})", "Invalid listener specifier {'maxsize': 5}",
          "handlers.q.listener");
  const std::string missing = R"({"version": 1, "handlers": {"q":
      {"class": "logging.handlers.QueueHandler", "handlers": ["nope"]}}})";
  check_refused({missing, "Unable to configure handler 'q': Unable to set required handler 'nope'",
                 "handlers.q.handlers[0]"});
}
