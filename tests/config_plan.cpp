#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/config.hpp>

#include "config/dict_config.hpp"
#include "config/plan.hpp"
#include "config/python_text.hpp"

using namespace xylem::config;

namespace {

Plan guideline(const std::string& name) {
  return parse_file(std::string(XYLEM_SOURCE_ROOT) + "/configs/" + name);
}

/// The only handler of a document with the given body for it.
HandlerPlan handler(const std::string& body) {
  return parse(R"({"version": 1, "handlers": {"h": {)" + body + "}}}").handlers.at(0);
}

FormatterPlan formatter(const std::string& body) {
  return parse(R"({"version": 1, "formatters": {"f": {)" + body + "}}}").formatters.at(0);
}

const PatternFormatterPlan& pattern(const FormatterPlan& plan) {
  return std::get<PatternFormatterPlan>(plan.kind);
}

std::vector<std::string> names(const Plan& plan, const std::vector<std::size_t>& handlers) {
  std::vector<std::string> names;
  for (const std::size_t index : handlers) names.push_back(plan.handlers.at(index).name);
  return names;
}

std::vector<std::string> all_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const HandlerPlan& handler : plan.handlers) names.push_back(handler.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("0-stdout.json: everything to stdout") {
  const Plan plan = guideline("0-stdout.json");
  CHECK_FALSE(plan.disable_existing_loggers);
  REQUIRE(plan.handlers.size() == 1);
  CHECK(std::get<StreamPlan>(plan.handlers[0].kind).stream == StandardStream::output);
  CHECK(plan.handlers[0].level == 0);
  REQUIRE(plan.handlers[0].formatter == 0);
  CHECK(pattern(plan.formatters[0]).format == "%(levelname)s: %(message)s");
  CHECK(pattern(plan.formatters[0]).datefmt.empty());
  REQUIRE(plan.root);
  CHECK(plan.root->name.empty());
  CHECK(plan.root->level == 10);
  CHECK(names(plan, plan.root->handlers) == Names{"stdout"});
  CHECK(plan.loggers.empty());
}

TEST_CASE("1-stderr-file.json: warnings to stderr, all to a rotating file") {
  const Plan plan = guideline("1-stderr-file.json");
  CHECK(all_names(plan) == Names{"file", "stderr"});
  const HandlerPlan& file = plan.handlers[0];
  const auto& rotating = std::get<RotatingFilePlan>(file.kind);
  CHECK(file.class_name == "logging.handlers.RotatingFileHandler");
  CHECK(rotating.file.filename == "logs/my_app.log");
  CHECK(rotating.file.mode == 'a');
  CHECK_FALSE(rotating.file.delay);
  CHECK(rotating.max_bytes == 10000);
  CHECK(rotating.backup_count == 3);
  CHECK(file.level == 10);
  CHECK(file.path == "handlers.file");
  CHECK(plan.formatters.at(file.formatter.value()).name == "detailed");
  CHECK(pattern(plan.formatters[1]).datefmt == "%Y-%m-%dT%H:%M:%S%z");
  CHECK(plan.handlers[1].level == 30);
  CHECK(std::get<StreamPlan>(plan.handlers[1].kind).stream == StandardStream::error);
  CHECK(names(plan, plan.root.value().handlers) == Names{"stderr", "file"});
}

TEST_CASE("2-stderr-json-file.json: the file gets JSON Lines") {
  const Plan plan = guideline("2-stderr-json-file.json");
  const HandlerPlan& file = plan.handlers.at(0);
  CHECK(std::get<RotatingFilePlan>(file.kind).file.filename == "logs/my_app.log.jsonl");
  CHECK(std::holds_alternative<JsonFormatterPlan>(plan.formatters.at(file.formatter.value()).kind));
  CHECK(names(plan, plan.root.value().handlers) == Names{"stderr", "file"});
}

TEST_CASE("3-homework-filtered-stdout-stderr.json: stdout has a filter") {
  const Plan plan = guideline("3-homework-filtered-stdout-stderr.json");
  CHECK(all_names(plan) == Names{"stderr", "stdout"});
  CHECK(plan.handlers[1].filters == std::vector<std::size_t>{0});
  CHECK(plan.handlers[0].filters.empty());
  CHECK(plan.filters.at(0).name == "no_errors");
  CHECK(std::get<LevelFilterPlan>(plan.filters[0].kind).max_level == 20);
}

TEST_CASE("5-queued-stderr-json-file.json: a queue before both handlers") {
  const Plan plan = guideline("5-queued-stderr-json-file.json");
  CHECK(all_names(plan) == Names{"file_json", "stderr", "queue_handler"});
  const auto& queue = std::get<QueuePlan>(plan.handlers[2].kind);
  CHECK(names(plan, queue.handlers) == Names{"stderr", "file_json"});
  CHECK(queue.respect_handler_level);
  const auto& json = std::get<JsonFormatterPlan>(plan.formatters.at(1).kind);
  CHECK(json.fmt_keys ==
        std::vector<std::pair<std::string, std::string>>{{"level", "levelname"},
                                                         {"message", "message"},
                                                         {"timestamp", "timestamp"},
                                                         {"logger", "name"},
                                                         {"module", "module"},
                                                         {"function", "funcName"},
                                                         {"line", "lineno"},
                                                         {"thread_name", "threadName"}});
  CHECK(json.ensure_ascii);
  CHECK(json.item_separator == ", ");
  CHECK(json.key_separator == ": ");
  CHECK(names(plan, plan.root.value().handlers) == Names{"queue_handler"});
  CHECK(plan.source.find("configs/5-queued") != std::string::npos);
}

TEST_CASE("version may be 1, 1.0 or true, and an empty document disables what is there") {
  for (const char* version : {"1", "1.0", "true", "1e0"}) {
    const Plan plan = parse(std::string(R"({"version": )") + version + "}");
    CHECK(plan.disable_existing_loggers);
    CHECK_FALSE(plan.root);
    CHECK(plan.handlers.empty());
  }
}

TEST_CASE("booleans go by truth: the strings False and no are true") {
  CHECK(parse(R"({"version": 1, "disable_existing_loggers": "False"})").disable_existing_loggers);
  CHECK_FALSE(
      parse(R"({"version": 1, "disable_existing_loggers": null})").disable_existing_loggers);
  CHECK(std::get<FilePlan>(
            handler(R"("class": "logging.FileHandler", "filename": "x", "delay": "no")").kind)
            .delay);
  const Plan plan = parse(
      R"({"version": 1, "loggers": {"a": {"propagate": "no"}, "b": {"propagate": 0},
          "c": {"propagate": null}, "d": {}}, "incremental": []})");
  CHECK(plan.loggers.at(0).propagate == true);
  CHECK(plan.loggers.at(1).propagate == false);
  CHECK_FALSE(plan.loggers.at(2).propagate);
  CHECK_FALSE(plan.loggers.at(3).propagate);
}

TEST_CASE("levels are names in their case, integers of any size, or absent") {
  const auto level = [](const std::string& text) {
    return handler(R"("class": "logging.NullHandler", "level": )" + text).level;
  };
  CHECK(level(R"("CRITICAL")") == 50);
  CHECK(level(R"("FATAL")") == 50);
  CHECK(level(R"("ERROR")") == 40);
  CHECK(level(R"("WARNING")") == 30);
  CHECK(level(R"("WARN")") == 30);
  CHECK(level(R"("INFO")") == 20);
  CHECK(level(R"("DEBUG")") == 10);
  CHECK(level(R"("NOTSET")") == 0);
  CHECK(level("15") == 15);
  CHECK(level("-5") == -5);
  CHECK(level("true") == 1);
  CHECK(level("null") == 0);
  CHECK(level("99999999999") == std::numeric_limits<int>::max());
  CHECK(level("1000000000000000000000000") == std::numeric_limits<int>::max());
  CHECK(level("-1000000000000000000000000") == std::numeric_limits<int>::min());
}

TEST_CASE("a formatter's format, datefmt and defaults") {
  CHECK(pattern(formatter("")).format == "%(message)s");
  CHECK(pattern(formatter(R"("format": "")")).format == "%(message)s");
  CHECK(pattern(formatter(R"("format": null, "datefmt": null)")).format == "%(message)s");
  CHECK(pattern(formatter(R"("format": "plain", "validate": false)")).format == "plain");
  CHECK(pattern(formatter(R"("class": "", "style": "%", "zzz": "ignored")")).style ==
        xylem::format::PatternStyle::percent);
  for (const char* format : {"%(message)s", "%(lineno)05d", "%(x)-+ #010.3f", "a%%b %(ü)S",
                             "%(a)*.*d", "%( %(a)%", "%(msecs)03d.%(b"}) {
    CAPTURE(format);
    CHECK(pattern(formatter(R"("format": ")" + std::string(format) + '"')).format == format);
  }
  for (const char* format : {"%(message)", "%message", "%(a)03", "%(a).d", "%()s", "%(a)y", "%"}) {
    CAPTURE(format);
    CHECK_THROWS_AS(formatter(R"("format": ")" + std::string(format) + '"'), xylem::ConfigError);
  }
  const FormatterPlan plan =
      formatter(R"("defaults": {"ip": "-", "n": 1.0}, "format": "%(ip)s", "datefmt": "%H")");
  REQUIRE(pattern(plan).defaults.size() == 2);
  CHECK(pattern(plan).defaults[0].first == "ip");
  CHECK(python_str(pattern(plan).defaults[1].second) == "1.0");
  CHECK(pattern(plan).datefmt == "%H");
}

TEST_CASE("a formatter by factory takes fmt, and format in its place") {
  CHECK(pattern(formatter(R"j("()": "logging.Formatter", "fmt": "%(name)s")j")).format ==
        "%(name)s");
  CHECK(pattern(formatter(R"j("()": "logging.Formatter", "fmt": "%(a)s", "format": "%(b)s")j"))
            .format == "%(b)s");
  CHECK(pattern(formatter(R"j("()": "ext://logging.Formatter")j")).format == "%(message)s");
}

TEST_CASE("xylem.JsonFormatter is tight and UTF-8 unless told otherwise") {
  const FormatterPlan plain = formatter(R"j("()": "xylem.JsonFormatter")j");
  const auto& tight = std::get<JsonFormatterPlan>(plain.kind);
  CHECK_FALSE(tight.ensure_ascii);
  CHECK(tight.item_separator == ",");
  CHECK(tight.key_separator == ":");
  CHECK(tight.fmt_keys.empty());
  const FormatterPlan told = formatter(
      R"j("()": "xylem.JsonFormatter", "ensure_ascii": true, "separators": [" , ", ": "],
          "fmt_keys": {"m": "message", "l": "levelname", "m": "name"})j");
  const auto& wide = std::get<JsonFormatterPlan>(told.kind);
  CHECK(wide.ensure_ascii);
  CHECK(wide.item_separator == " , ");
  CHECK(wide.key_separator == ": ");
  CHECK(wide.fmt_keys ==
        std::vector<std::pair<std::string, std::string>>{{"m", "name"}, {"l", "levelname"}});
}

TEST_CASE("filters by name, by factory, and with keys that CPython ignores") {
  const Plan plan = parse(R"j({"version": 1, "filters": {
      "all": {}, "db": {"name": "my_app.db", "class": "nope"},
      "made": {"()": "logging.Filter", "name": "x"},
      "quiet": {"()": "mylogger.NonErrorFilter", "name": "unused"}},
      "handlers": {"h": {"class": "logging.NullHandler", "filters": ["quiet", "db", "quiet"]}}})j");
  CHECK(std::get<NameFilterPlan>(plan.filters.at(0).kind).prefix.empty());
  CHECK(std::get<NameFilterPlan>(plan.filters.at(1).kind).prefix == "my_app.db");
  CHECK(std::get<NameFilterPlan>(plan.filters.at(2).kind).prefix == "x");
  CHECK(std::holds_alternative<LevelFilterPlan>(plan.filters.at(3).kind));
  CHECK(plan.handlers.at(0).filters == std::vector<std::size_t>{3, 1});
}

TEST_CASE("a stream handler writes to stderr unless told otherwise") {
  const auto stream = [](const std::string& text) {
    return std::get<StreamPlan>(handler(R"("class": "logging.StreamHandler")" + text).kind);
  };
  CHECK(stream("").stream == StandardStream::error);
  CHECK(stream(R"(, "stream": null)").stream == StandardStream::error);
  CHECK(stream(R"(, "stream": "ext://sys.__stdout__")").stream == StandardStream::output);
  CHECK(stream("").terminator == "\n");
  CHECK(stream(R"(, ".": {"terminator": "!\n"})").terminator == "!\n");
  CHECK(std::get<StreamPlan>(
            handler(R"j("()": "logging.StreamHandler", "stream": "ext://sys.stdout")j").kind)
            .stream == StandardStream::output);
}

TEST_CASE("file handlers take the modes and encodings that come to the same") {
  const auto file = [](const std::string& text) {
    return std::get<FilePlan>(
        handler(R"("class": "logging.FileHandler", "filename": "x.log")" + text).kind);
  };
  CHECK(file("").mode == 'a');
  CHECK(file(R"(, "mode": "w")").mode == 'w');
  CHECK(file(R"(, "mode": "wt")").mode == 'w');
  CHECK(file(R"(, "mode": "a+")").mode == 'a');
  for (const char* encoding : {"\"utf-8\"", "\"UTF8\"", "\"utf_8\"", "null"}) {
    CHECK(file(R"(, "encoding": )" + std::string(encoding)).filename == "x.log");
  }
  CHECK(file(R"(, "errors": "replace")").errors == "replace");
  CHECK(file(R"(, ".": {"terminator": ""})").terminator.empty());
}

TEST_CASE("a rotating file appends whenever it can roll over") {
  const auto rotating = [](const std::string& text) {
    return std::get<RotatingFilePlan>(
        handler(R"("class": "logging.handlers.RotatingFileHandler", "filename": "x")" + text).kind);
  };
  CHECK(rotating("").max_bytes == 0);
  CHECK(rotating("").backup_count == 0);
  CHECK(rotating(R"(, "mode": "w")").file.mode == 'w');
  CHECK(rotating(R"(, "mode": "w", "maxBytes": 1)").file.mode == 'a');
  CHECK(rotating(R"(, "mode": "nonsense", "maxBytes": 1)").file.mode == 'a');
  CHECK(rotating(R"(, "backupCount": null)").backup_count == 0);
  CHECK(rotating(R"(, "backupCount": "3")").backup_count == 0);
  CHECK(rotating(R"(, "maxBytes": 10.5)").max_bytes == 11);
  CHECK(rotating(R"(, "maxBytes": true)").max_bytes == 1);
  CHECK(rotating(R"(, "maxBytes": -1)").max_bytes == -1);
  CHECK(rotating(R"(, "maxBytes": 1e300)").max_bytes == std::numeric_limits<std::int64_t>::max());
  CHECK(rotating(R"(, "backupCount": -2)").backup_count == 0);
  CHECK(rotating(R"(, "backupCount": 5000000000)").backup_count == std::numeric_limits<int>::max());
  CHECK(rotating(R"(, ".": {"terminator": "\r\n"})").file.terminator == "\r\n");
}

TEST_CASE("handlers are made in the order of their names, queues after their members") {
  const Plan plan = parse(R"({"version": 1, "handlers": {
      "z": {"class": "logging.NullHandler"},
      "b": {"class": "logging.handlers.QueueHandler", "handlers": ["z", "y", "z"]},
      "c": {"class": "logging.handlers.QueueHandler", "handlers": ["b"]},
      "y": {"class": "logging.NullHandler"},
      "Z": {"class": "logging.handlers.QueueHandler"}}})");
  CHECK(all_names(plan) == Names{"Z", "y", "z", "b", "c"});
  CHECK(names(plan, std::get<QueuePlan>(plan.handlers[3].kind).handlers) == Names{"z", "y", "z"});
  CHECK(names(plan, std::get<QueuePlan>(plan.handlers[4].kind).handlers) == Names{"b"});
  CHECK_FALSE(std::get<QueuePlan>(plan.handlers[3].kind).respect_handler_level);
}

TEST_CASE("a queue may be named as the unbounded queue that it is by default") {
  for (const char* queue :
       {R"j("queue.Queue")j", R"j({"()": "queue.Queue"})j",
        R"j({"()": "queue.Queue", "maxsize": 0})j", R"j({"()": "queue.Queue", "maxsize": -1})j"}) {
    CAPTURE(queue);
    const HandlerPlan plan = handler(R"("class": "logging.handlers.QueueHandler",
                   "listener": "logging.handlers.QueueListener", "queue": )" +
                                     std::string(queue));
    CHECK(std::holds_alternative<QueuePlan>(plan.kind));
  }
}

TEST_CASE("loggers keep file order, and a handler is added once") {
  const Plan plan = parse(R"({"version": 1,
      "handlers": {"a": {"class": "logging.NullHandler"}, "b": {"class": "logging.NullHandler"}},
      "filters": {"f": {}},
      "loggers": {"z": {"handlers": ["b", "a", "b"], "filters": "f", "zzz": 1},
                  "my_app.db": {"level": "INFO", "handlers": "ab"}, "": {"level": 5}}})");
  REQUIRE(plan.loggers.size() == 2);
  CHECK(plan.loggers[0].name == "z");
  CHECK(names(plan, plan.loggers[0].handlers) == Names{"b", "a"});
  CHECK(plan.loggers[0].filters == std::vector<std::size_t>{0});
  CHECK_FALSE(plan.loggers[0].level);
  CHECK(plan.loggers[1].level == 20);
  CHECK(names(plan, plan.loggers[1].handlers) == Names{"a", "b"});
  CHECK(plan.loggers[1].path == "loggers[my_app.db]");
  CHECK(plan.root.value().level == 5);
}

TEST_CASE("a top-level root that says anything takes the handlers of loggers.root away") {
  const std::string start = R"({"version": 1,
      "handlers": {"a": {"class": "logging.NullHandler"}, "b": {"class": "logging.NullHandler"}},
      "filters": {"f": {}, "g": {}},
      "loggers": {"root": {"level": "DEBUG", "handlers": ["a"], "filters": ["f"]}}, "root": )";
  const auto root = [&start](const std::string& text) {
    const Plan plan = parse(start + text + "}");
    return std::pair(plan.root.value(), names(plan, plan.root.value().handlers));
  };
  CHECK(root("{}").second == Names{"a"});
  CHECK(root("null").second == Names{"a"});
  CHECK(root(R"({"level": "ERROR"})").second.empty());
  CHECK(root(R"({"level": "ERROR"})").first.level == 40);
  CHECK(root(R"({"handlers": ["b"]})").second == Names{"b"});
  CHECK(root(R"({"handlers": ["b"]})").first.level == 10);
  CHECK(root(R"({"filters": ["g"]})").first.filters == std::vector<std::size_t>{0, 1});
}

TEST_CASE("empty lists and strings do for empty sections, and unknown keys are ignored") {
  const Plan plan = parse(
      R"({"version": 1, "formatters": [], "filters": "", "handlers": [], "loggers": "",
          "root": [], "zzz": {"x": [1, {}]}})");
  CHECK(plan.formatters.empty());
  CHECK_FALSE(plan.root);
}

TEST_CASE("what only looks like a reference stays a string") {
  const Plan plan = parse(R"({"version": 1, "filters": {"f": {"name": "http://x"}},
      "handlers": {"cfg://x": {"class": "logging.NullHandler"}},
      "loggers": {"a": {"handlers": ["cfg://x"]}}})");
  CHECK(std::get<NameFilterPlan>(plan.filters.at(0).kind).prefix == "http://x");
  CHECK(names(plan, plan.loggers.at(0).handlers) == Names{"cfg://x"});
}

TEST_CASE("the engine's own settings") {
  const EnginePlan plain = parse(R"({"version": 1})").engine;
  CHECK(plain.ring_slots == 4096);
  CHECK(plain.when_full == WhenFull::block);
  CHECK(plain.clock == ClockSource::tsc);
  CHECK(plain.signals);
  CHECK_FALSE(parse(R"({"version": 1, "xylem": {"signals": false}})").engine.signals);
  CHECK_FALSE(plain.synchronous);
  CHECK(parse(R"({"version": 1, "xylem": {"synchronous": true}})").engine.synchronous);
  const EnginePlan told =
      parse(
          R"({"version": 1, "xylem": {"ring": {"slots": 64, "when_full": "drop"}, "clock": "system"}})")
          .engine;
  CHECK(told.ring_slots == 64);
  CHECK(told.when_full == WhenFull::drop);
  CHECK(told.clock == ClockSource::system);
  CHECK(
      parse(R"({"version": 1, "xylem": {"sinks": {"max_kept_bytes": 0}}})").engine.max_kept_bytes ==
      0);
  CHECK(parse(R"({"version": 1})").engine.max_kept_bytes == 16'777'216);
  CHECK(parse(R"({"version": 1, "xylem": {"clock": "coarse"}})").engine.clock ==
        ClockSource::coarse);
  CHECK(parse(R"({"version": 1, "xylem": {"ring": {"slots": 1048576}}})").engine.ring_slots ==
        1048576);
}

TEST_CASE("names for levels stand wherever a level does, in this document only") {
  const Plan plan = parse(R"j({"version": 1, "xylem": {"levels": {"TRACE": 5, "INFO": 21}},
      "filters": {"f": {"()": "xylem.BurstFilter", "below": "TRACE"}},
      "handlers": {"h": {"class": "logging.handlers.MemoryHandler", "capacity": 9,
                         "flushLevel": "TRACE", "level": "TRACE", "filters": ["f"]}},
      "loggers": {"a": {"level": "TRACE"}, "b": {"level": "INFO"}}, "root": {"level": "TRACE"}})j");
  CHECK(plan.engine.level_names.size() == 2);
  CHECK(plan.handlers.at(0).level == 5);
  CHECK(std::get<MemoryPlan>(plan.handlers.at(0).kind).flush_level == 5);
  CHECK(plan.loggers.at(0).level == 5);
  CHECK(plan.loggers.at(1).level == 21);
  CHECK(plan.root->level == 5);
  CHECK(parse(R"({"version": 1, "root": {"level": "INFO"}})").root->level == 20);
  CHECK_THROWS_AS(parse(R"({"version": 1, "root": {"level": "TRACE"}})"), xylem::ConfigError);
}
