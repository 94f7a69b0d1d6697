// Handlers, formatters and filters of a program's own.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xylem/extend.hpp>
#include <xylem/xylem.hpp>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::RecordView;

namespace {

/// What a handler was given, and how it behaves.
struct Log {
  std::mutex mutex;
  std::vector<std::string> lines;
  int flushes = 0;
  std::vector<std::string> urls;

  void add(std::string_view line) {
    const std::lock_guard lock{mutex};
    lines.emplace_back(line);
  }
  std::vector<std::string> get() {
    const std::lock_guard lock{mutex};
    return lines;
  }
};

using Behaviour = std::function<void(const RecordView&, std::string_view)>;

class Webhook final : public xylem::Handler {
 public:
  Webhook(std::shared_ptr<Log> log, Behaviour behaviour, bool wants_thread)
      : log_{std::move(log)}, behaviour_{std::move(behaviour)}, wants_thread_{wants_thread} {}

  void handle(const RecordView& record, std::string_view line) override {
    if (behaviour_) behaviour_(record, line);
    log_->add(line);
  }
  void flush() override { ++log_->flushes; }
  bool wants_thread() const override { return wants_thread_; }

 private:
  std::shared_ptr<Log> log_;
  Behaviour behaviour_;
  bool wants_thread_;
};

/// Registers it, each time anew.
std::shared_ptr<Log> register_webhook(const Behaviour& behaviour = {}, bool wants_thread = false) {
  auto log = std::make_shared<Log>();
  xylem::register_handler("myapp.Webhook", [=](const xylem::Arguments& a) {
    log->urls.push_back(a.text("url") + " " + std::to_string(a.integer("timeout_ms", 1000)));
    return std::make_unique<Webhook>(log, behaviour, wants_thread);
  });
  return log;
}

/// `hook` is what the handler's configuration says besides; `rest` what the document does.
std::string config(const std::string& hook = "", const std::string& rest = "") {
  return R"j({"version": 1, "disable_existing_loggers": false,
    "formatters": {"text": {"format": "%(levelname)s %(message)s"}},
    "handlers": {"hook": {"class": "myapp.Webhook", "url": "u", "formatter": "text")j" +
         hook + R"j(}}, "root": {"level": "DEBUG", "handlers": ["hook"]})j" + rest + "}";
}

std::string refusal(const std::string& text) {
  try {
    xylem::configure(text);
  } catch (const xylem::ConfigError& error) {
    return error.what();
  }
  xylem::shutdown();
  return "accepted";
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a handler of one's own gets the lines with its arguments, level and formatter") {
  const auto log = register_webhook();
  const Session session{config(R"(, "timeout_ms": 5, "level": "WARNING")")};
  const auto logger = xylem::get_logger("extend");
  XYLEM_INFO(logger, "too low");
  XYLEM_WARNING(logger, "disk {} %", 93);
  XYLEM_ERROR(logger, "gone");
  xylem::flush();
  CHECK(log->get() == Lines{"WARNING disk 93 %", "ERROR gone"});
  CHECK(log->urls == Lines{"u 5"});
  CHECK(log->flushes > 0);
}

TEST_CASE("it sees the record with typed fields, call site, thread and exception") {
  int seen = 0;
  const int line = __LINE__;
  const auto log = register_webhook([&](const RecordView& record, std::string_view) {
    ++seen;
    CHECK(record.name() == "extend.db");
    CHECK(record.levelno() == 40);
    CHECK(record.level_name() == "ERROR");
    CHECK(record.message() == "user alice failed");
    CHECK(record.format() == "user {} failed");
    CHECK(record.filename() == "extend.cpp");
    CHECK(record.module() == "extend");
    CHECK(record.line() > line);
    CHECK(record.line() < line + 50);
    CHECK(record.field("id") == 12345);
    CHECK(record.field("big") == ~0ULL);
    CHECK(record.field("ratio") == 0.5);
    CHECK(record.field("ok") == true);
    CHECK(record.field("none") == nullptr);
    CHECK(record.field("who") == "alice");
    CHECK(record.field("missing").is_absent());
    CHECK(record.fields().size() == 6);
    CHECK(record.fields()[0].key == "id");
    CHECK(record.thread_name() == "MainThread");
    CHECK(record.process_id() == getpid());
    CHECK(record.exc_text().find("no such user") != std::string_view::npos);
    CHECK(std::chrono::system_clock::now() - record.created() < std::chrono::minutes{1});
  });
  const Session session{config()};
  try {
    throw std::runtime_error{"no such user"};
  } catch (const std::exception&) {
    XYLEM_EXCEPTION(xylem::get_logger("extend.db"), "user {} failed", "alice",
                    xylem::field("id", 12345), xylem::field("big", ~0ULL),
                    xylem::field("ratio", 0.5), xylem::field("ok", true),
                    xylem::field("none", nullptr), xylem::field("who", std::string{"alice"}));
  }
  xylem::flush();
  CHECK(seen == 1);
}

TEST_CASE("the attributes of a record made elsewhere are seen as they were given") {
  int seen = 0;
  const auto log = register_webhook([&](const RecordView& record, std::string_view) {
    ++seen;
    CHECK(record.name() == "worker");
    CHECK(record.message() == "from Python");
    CHECK(record.level_name() == "NOTICE");
    CHECK(record.function() == "main");
    CHECK(record.line() == 7);
    CHECK(record.created_ns() == 1'500'000'000);
    CHECK(record.field("n") == -5);
    CHECK(record.field("text") == "caf\u00e9 \"x\"");
    CHECK(record.field("list").type() == xylem::FieldValue::Type::json);
    CHECK(record.field("list") == "[1, 2]");
    CHECK(record.field("half") == 0.5);
  });
  const Session session{config()};
  xylem::Record record;
  record.name = "worker";
  record.message = "from Python";
  record.levelname.emplace("NOTICE");
  record.levelno = 25;
  record.func_name = "main";
  record.lineno.emplace(7);
  record.created = 1.5;
  record.extras = {
      {"n", "-5"}, {"text", R"("caf\u00e9 \"x\"")"}, {"list", "[1, 2]"}, {"half", "0.5"}};
  CHECK(xylem::handle(record));
  xylem::flush();
  CHECK(seen == 1);
}

TEST_CASE("unknown, missing and wrong arguments are refused with their place") {
  register_webhook();
  CHECK(refusal(config(R"(, "timeot_ms": 1)")) ==
        "Unable to configure handler 'hook': Webhook.__init__() got an unexpected keyword argument "
        "'timeot_ms'. Did you mean 'timeout_ms'? (at handlers.hook.timeot_ms)");
  CHECK(refusal(config(R"(, "timeout_ms": "5")")) ==
        "Unable to configure handler 'hook': timeout_ms must be an integer, got a string (at "
        "handlers.hook.timeout_ms)");
  CHECK(refusal(R"j({"version": 1, "handlers": {"hook": {"()": "myapp.Webhook"}}})j") ==
        "Unable to configure handler 'hook': Webhook.__init__() missing 1 required positional "
        "argument: 'url' (at handlers.hook)");
  CHECK(refusal(config(R"(, "a-b": 1)")).find("Not a valid Python identifier: 'a-b'") !=
        std::string::npos);
  CHECK(refusal(R"({"version": 1, "handlers": {"h": {"class": "myapp.Unknown"}}})") ==
        "Unable to configure handler 'h': Cannot resolve 'myapp.Unknown' (at handlers.h.class)");
  xylem::register_filter("myapp.Rate",
                         [](const xylem::Arguments& a) -> std::unique_ptr<xylem::Filter> {
                           if (a.number("rate") > 1) a.refuse("rate", "rate must not be above 1");
                           throw std::runtime_error{"no random numbers to be had"};
                         });
  CHECK(refusal(R"j({"version": 1, "filters": {"f": {"()": "myapp.Rate", "rate": 2}}})j") ==
        "Unable to configure filter 'f': rate must not be above 1 (at filters.f.rate)");
  CHECK(refusal(R"j({"version": 1, "filters": {"f": {"()": "myapp.Rate", "rate": 1}}})j") ==
        "Unable to configure filter 'f': no random numbers to be had (at filters.f)");
  CHECK_THROWS_AS(
      xylem::register_handler(
          "", [](const xylem::Arguments&) { return std::unique_ptr<xylem::Handler>{}; }),
      xylem::ConfigError);
}

TEST_CASE("a name registered with defaults may stand for a class of one's own") {
  const auto log = register_webhook();
  xylem::register_handler("myapp.Alerts", "myapp.Webhook",
                          R"({"url": "alerts", "level": "ERROR"})");
  const Session session{
      R"({"version": 1, "disable_existing_loggers": false, "handlers": {"h": {"class": "myapp.Alerts", "timeout_ms": 1}},
    "root": {"handlers": ["h"]}})"};
  const auto logger = xylem::get_logger("extend");
  XYLEM_WARNING(logger, "w");
  XYLEM_ERROR(logger, "e");
  xylem::flush();
  CHECK(log->get() == Lines{"e"});
  CHECK(log->urls == Lines{"alerts 1"});
}

TEST_CASE("the class that is registered last counts, whether the engine's or one's own") {
  xylem::register_handler("myapp.Changing", "logging.NullHandler");
  const auto text = R"({"version": 1, "handlers": {"h": {"class": "myapp.Changing"}}})";
  CHECK(refusal(text) == "accepted");
  const auto log = std::make_shared<Log>();
  xylem::register_handler("myapp.Changing", [log](const xylem::Arguments&) {
    log->add("made");
    return std::make_unique<Webhook>(log, Behaviour{}, false);
  });
  CHECK(refusal(text) == "accepted");
  CHECK(log->get() == Lines{"made"});
  xylem::register_handler("myapp.Changing", "logging.NullHandler");
  CHECK(refusal(text) == "accepted");
  CHECK(log->get() == Lines{"made"});
}

TEST_CASE("what a handler throws costs that line, is counted and reported once") {
  for (const bool wants_thread : {false, true}) {
    CAPTURE(wants_thread);
    const auto log = register_webhook(
        [](const RecordView& record, std::string_view) {
          if (record.message().starts_with("bad")) throw std::runtime_error{"HTTP 500"};
          if (record.message() == "odd") throw 5;
        },
        wants_thread);
    StderrCapture stderr_text;
    const Session session{config()};
    const Gain gain;
    const auto logger = xylem::get_logger("extend");
    for (const char* text : {"one", "bad", "two", "bad", "odd", "three"})
      XYLEM_INFO(logger, "{}", text);
    xylem::flush();
    xylem::flush();
    CHECK(log->get() == Lines{"INFO one", "INFO two", "INFO three"});
    const xylem::Stats stats = gain.get();
    CHECK(stats.accepted == 6);
    CHECK(stats.failed == 3);
    CHECK(stats.written == 3);
    CHECK(stats.pending == 0);
    const std::string told = stderr_text.text();
    CHECK(count(told, "HTTP 500") == 1);
    CHECK(told.find("handler 'hook' lost a record: HTTP 500") != std::string::npos);
    CHECK(count(told, "no std::exception") == 1);
  }
}

TEST_CASE(
    "lines of a handler that asks for another try come again, in order, and nothing is lost") {
  for (const bool wants_thread : {false, true}) {
    CAPTURE(wants_thread);
    std::atomic<bool> is_down{true};
    const auto log = register_webhook(
        [&](const RecordView&, std::string_view) {
          if (is_down) throw xylem::TryAgain{"nobody listens"};
        },
        wants_thread);
    StderrCapture stderr_text;
    const Session session{config()};
    const Gain gain;
    const auto logger = xylem::get_logger("extend");
    XYLEM_INFO(logger, "one");
    XYLEM_INFO(logger, "two");
    xylem::flush();
    CHECK(log->get().empty());
    CHECK(gain.get().failed == 0);
    is_down = false;
    XYLEM_INFO(logger, "three");
    for (int i = 0; i < 500 && log->get().size() < 3; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    CHECK(log->get() == Lines{"INFO one", "INFO two", "INFO three"});
    CHECK(count(stderr_text.text(), "nobody listens") == 1);
  }
}

TEST_CASE("a handler with a thread of its own keeps nobody waiting while it is slow") {
  std::mutex gate;
  const auto log = register_webhook(
      [&](const RecordView&, std::string_view) { const std::lock_guard wait{gate}; }, true);
  const TempDir dir;
  const Session session{R"j({"version": 1, "disable_existing_loggers": false, "handlers": {
    "hook": {"class": "myapp.Webhook", "url": "u"},
    "file": {"class": "logging.FileHandler", "filename": ")j" +
                        (dir / "log") + R"j("}},
    "root": {"level": "INFO", "handlers": ["hook", "file"]}})j"};
  const auto logger = xylem::get_logger("extend");
  {
    const std::lock_guard hold{gate};
    for (int i = 0; i < 10000; ++i) XYLEM_INFO(logger, "{}", i);
    xylem::flush();
    CHECK(count(read_file(dir / "log"), "\n") == 10000);
  }
  for (int i = 0; i < 500 && log->get().size() < 10000; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  CHECK(log->get().size() == 10000);
}

TEST_CASE("a handler may log, flush and stop without waiting for itself") {
  for (const bool wants_thread : {false, true}) {
    CAPTURE(wants_thread);
    std::atomic<int> refused{0};
    const auto inner = xylem::get_logger("inner");
    const auto log = register_webhook(
        [&, inner](const RecordView& record, std::string_view) {
          if (record.name() != "extend") return;
          for (int i = 0; i < 300; ++i) XYLEM_INFO(inner, "seen {}", record.message());
          xylem::flush();
          xylem::shutdown();
          try {
            xylem::configure("{\"version\": 1}");
          } catch (const xylem::ConfigError&) {
            ++refused;
          }
        },
        wants_thread);
    const Session session{config("", R"(, "xylem": {"ring": {"slots": 64}})")};
    XYLEM_INFO(xylem::get_logger("extend"), "outer");
    xylem::flush();
    xylem::flush();
    const auto lines = log->get();
    CHECK(refused == 1);
    CHECK(std::count(lines.begin(), lines.end(), "INFO outer") == 1);
    CHECK(std::count(lines.begin(), lines.end(), "INFO seen outer") > 30);
  }
}

namespace {

class Shout final : public xylem::Formatter {
 public:
  explicit Shout(std::string ending) : ending_{std::move(ending)} {}
  void format(const RecordView& record, std::string& out) override {
    for (const char c : record.message()) out += static_cast<char>(std::toupper(c));
    if (record.has("secret")) throw std::runtime_error{"secrets are not shouted"};
    out += ending_;
  }

 private:
  std::string ending_;
};

}  // namespace

TEST_CASE("a formatter of one's own makes the lines of the engine's handlers") {
  xylem::register_formatter("myapp.Shout", [](const xylem::Arguments& a) {
    return std::make_unique<Shout>(a.text("ending", "!"));
  });
  for (const std::string key : {"()", "class"}) {
    const TempDir dir;
    StderrCapture stderr_text;
    const Session session{R"j({"version": 1, "disable_existing_loggers": false,
      "formatters": {"shout": {")j" +
                          key + R"j(": "myapp.Shout", "ending": "!!"}}, "handlers": {
      "memory": {"class": "logging.handlers.MemoryHandler", "capacity": 3, "target": "file"},
      "file": {"class": "logging.FileHandler", "formatter": "shout", "filename": ")j" +
                          (dir / "log") + R"j("}},
      "root": {"level": "INFO", "handlers": ["file", "memory"]}})j"};
    const Gain gain;
    const auto logger = xylem::get_logger("extend");
    XYLEM_INFO(logger, "hello {}", "world");
    XYLEM_INFO(logger, "password", xylem::field("secret", 1));
    xylem::Record record;
    record.message = "elsewhere";
    CHECK(xylem::handle(record));
    xylem::flush();
    CHECK(read_file(dir / "log") == "HELLO WORLD!!\nELSEWHERE!!\nHELLO WORLD!!\nELSEWHERE!!\n");
    CHECK(gain.get().failed == 1);
    CHECK(count(stderr_text.text(), "lost a record: secrets are not shouted") == 1);
  }
}

TEST_CASE("a filter of one's own sees each record, at a handler and at a logger") {
  xylem::register_filter("myapp.NoHealthChecks", [](const RecordView& record) {
    if (record.message() == "broken") throw std::runtime_error{"cannot tell"};
    return record.field("path") != "/health";
  });
  for (const bool at_logger : {false, true}) {
    CAPTURE(at_logger);
    const TempDir dir;
    StderrCapture stderr_text;
    const std::string filters = R"(, "filters": ["f"])";
    const Session session{R"j({"version": 1, "disable_existing_loggers": false,
      "filters": {"f": {"()": "myapp.NoHealthChecks"}}, "handlers": {
      "all": {"class": "logging.FileHandler", "filename": ")j" +
                          (dir / "all") + R"j("},
      "file": {"class": "logging.FileHandler", "filename": ")j" +
                          (dir / "log") + "\"" + (at_logger ? "" : filters) + R"j(}},
      "loggers": {"web": {"level": "INFO", "handlers": ["file", "all"])j" +
                          (at_logger ? filters : "") + "}}}"};
    const Gain gain;
    const auto web = xylem::get_logger("web");
    for (const char* path : {"/a", "/health", "/b", "/health"}) {
      XYLEM_INFO(web, "GET {path}", xylem::field("path", path));
    }
    XYLEM_INFO(web, "broken");
    xylem::Record record;
    record.name = "web";
    record.message = "elsewhere";
    record.extras = {{"path", R"("/health")"}};
    CHECK(xylem::handle(record));
    xylem::flush();
    CHECK(read_file(dir / "log") == "GET /a\nGET /b\n");
    CHECK(count(read_file(dir / "all"), "\n") == (at_logger ? 2 : 6));
    CHECK(gain.get().accepted == 6);
    CHECK(gain.get().failed == 1);
    CHECK(count(stderr_text.text(), "lost a record: cannot tell") == 1);
  }
}

TEST_CASE("a queue's filter is asked once a record, and a memory holds only what passed") {
  std::atomic<int> asked{0};
  xylem::register_filter("myapp.Count", [&](const RecordView& record) {
    ++asked;
    return record.message() != "no";
  });
  const TempDir dir;
  const Session session{R"j({"version": 1, "disable_existing_loggers": false,
    "filters": {"f": {"()": "myapp.Count"}}, "handlers": {
    "a": {"class": "logging.FileHandler", "filename": ")j" +
                        (dir / "a") + R"j("},
    "b": {"class": "logging.FileHandler", "filename": ")j" +
                        (dir / "b") + R"j("},
    "c": {"class": "logging.FileHandler", "filename": ")j" +
                        (dir / "c") + R"j(", "filters": ["f"]},
    "memory": {"class": "logging.handlers.MemoryHandler", "capacity": 2, "target": "c"},
    "queue": {"class": "logging.handlers.QueueHandler", "handlers": ["a", "b"], "filters": ["f"]}},
    "loggers": {"q": {"level": "INFO", "handlers": ["queue"]},
                "m": {"level": "INFO", "handlers": ["memory"]}}})j"};
  XYLEM_INFO(xylem::get_logger("q"), "yes");
  XYLEM_INFO(xylem::get_logger("q"), "no");
  XYLEM_INFO(xylem::get_logger("m"), "yes");
  XYLEM_INFO(xylem::get_logger("m"), "no");
  xylem::flush();
  CHECK(asked == 4);
  CHECK(read_file(dir / "a") == "yes\n");
  CHECK(read_file(dir / "b") == "yes\n");
  CHECK(read_file(dir / "c") == "yes\n");
}

TEST_CASE("each configuration has a handler of its own, and the former one has got everything") {
  const auto log = register_webhook();
  xylem::configure(config());
  const auto logger = xylem::get_logger("extend");
  for (int i = 0; i < 1000; ++i) XYLEM_INFO(logger, "{}", i);
  xylem::configure(config(R"(, "timeout_ms": 2)"));
  CHECK(log->get().size() == 1000);
  XYLEM_INFO(logger, "after");
  xylem::shutdown();
  CHECK(log->get().size() == 1001);
  CHECK(log->urls == Lines{"u 1000", "u 2"});
}

TEST_CASE(
    "what a process that died had not handed over is handled by the next one, with its fields") {
  // ThreadSanitizer lets no child of a fork begin threads.
  if (is_sanitized) return;
  const TempDir dir;
  const std::string text =
      config("", R"(, "xylem": {"ring": {"crash_dir": ")" + dir.path() + R"("}})");
  const pid_t child = fork();
  if (child == 0) {
    register_webhook([](const RecordView& record, std::string_view) {
      if (record.message() == "two") raise(SIGKILL);
    });
    xylem::configure(text);
    const auto logger = xylem::get_logger("extend");
    XYLEM_INFO(logger, "one");
    xylem::flush();
    XYLEM_INFO(logger, "two", xylem::field("n", 2));
    XYLEM_INFO(logger, "three");
    xylem::flush();
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  std::int64_t n = 0;
  const auto log = register_webhook([&](const RecordView& record, std::string_view) {
    n += record.field("n").as_int64().value_or(0);
    CHECK(record.process_id() == child);
  });
  const Session session{text};
  CHECK(log->get() == Lines{"INFO two", "INFO three"});
  CHECK(n == 2);
  CHECK(xylem::stats().recovered == 2);
}
