// Names that a program gives to what the engine has, for configurations that name a service's own
// classes.

#include <string>
#include <thread>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/xylem.hpp>

#include "config/dict_config.hpp"
#include "config/plan.hpp"
#include "config_support.hpp"
#include "engine_support.hpp"

using namespace engine_test;
using config_test::check_refused;
using xylem::config::parse;

namespace {

xylem::config::FormatterPlan formatter(const std::string& body) {
  return parse(R"({"version": 1, "formatters": {"f": {)" + body + "}}}").formatters.at(0);
}

xylem::config::HandlerPlan handler(const std::string& body) {
  return parse(R"({"version": 1, "handlers": {"h": {)" + body + "}}}").handlers.at(0);
}

using xylem::config::JsonFormatterPlan;
using xylem::config::PatternFormatterPlan;

}  // namespace

TEST_CASE(
    "a formatter of a program's own name has its defaults, and the arguments in their place") {
  xylem::register_formatter("myapp.logs.Lines", "xylem.JsonFormatter",
                            R"({"ensure_ascii": true, "fmt_keys": {"level": "levelname"}})");
  const auto plain = formatter(R"j("()": "myapp.logs.Lines")j");
  CHECK(plain.class_name == "myapp.logs.Lines");
  const auto& defaults = std::get<JsonFormatterPlan>(plain.kind);
  CHECK(defaults.ensure_ascii);
  CHECK(defaults.fmt_keys.size() == 1);
  const auto told = formatter(
      R"j("()": "ext://myapp.logs.Lines", "fmt_keys": {"a": "name", "b": "message"},
          "ensure_ascii": false)j");
  CHECK_FALSE(std::get<JsonFormatterPlan>(told.kind).ensure_ascii);
  CHECK(std::get<JsonFormatterPlan>(told.kind).fmt_keys.size() == 2);
  // Case counts, and so does the part: it is no handler.
  CHECK_THROWS_AS(formatter(R"j("()": "myapp.logs.lines")j"), xylem::ConfigError);
  check_refused({R"j({"version": 1, "handlers": {"h": {"class": "myapp.logs.Lines"}}})j",
                 "Unable to configure handler 'h': Cannot resolve 'myapp.logs.Lines'",
                 "handlers.h.class"});
  check_refused({R"j({"version": 1, "formatters": {"f": {"()": "myapp.logs.Lines", "zzz": 1}}})j",
                 "Unable to configure formatter 'f': JsonFormatter.__init__() got an unexpected "
                 "keyword argument 'zzz'",
                 "formatters.f.zzz"});
}

TEST_CASE("a format that is given by either name takes the place of a default by the other") {
  xylem::register_formatter("myapp.Text", "logging.Formatter",
                            R"({"format": "%(name)s", "datefmt": "%H"})");
  const auto format = [](const std::string& body) {
    return std::get<PatternFormatterPlan>(formatter(body).kind).format;
  };
  CHECK(format(R"j("()": "myapp.Text")j") == "%(name)s");
  CHECK(format(R"j("()": "myapp.Text", "fmt": "%(message)s")j") == "%(message)s");
  CHECK(format(R"j("class": "myapp.Text")j") == "%(name)s");
  CHECK(format(R"j("class": "myapp.Text", "format": "%(lineno)d")j") == "%(lineno)d");
}

TEST_CASE(
    "filters and handlers have names, too, and a name of a name stands for the class behind") {
  xylem::register_filter("myapp.OnlyDb", "logging.Filter", R"({"name": "my_app.db"})");
  xylem::register_handler("myapp.Rotating", "logging.handlers.RotatingFileHandler",
                          R"({"maxBytes": 1000, "backupCount": 2, "level": "WARNING"})");
  xylem::register_handler("myapp.Small", "myapp.Rotating", R"({"maxBytes": 10})");
  const auto plan = parse(R"j({"version": 1, "filters": {"f": {"()": "myapp.OnlyDb"}}})j");
  CHECK(std::get<xylem::config::NameFilterPlan>(plan.filters.at(0).kind).prefix == "my_app.db");
  const auto small = handler(R"("class": "myapp.Small", "filename": "x", "level": "ERROR")");
  CHECK(small.class_name == "myapp.Small");
  const auto& rotating = std::get<xylem::config::RotatingFilePlan>(small.kind);
  CHECK(rotating.max_bytes == 10);
  CHECK(rotating.backup_count == 2);
  CHECK(small.level == 40);
  const auto factory = handler(R"j("()": "myapp.Rotating", "filename": "x", "maxBytes": 5)j");
  CHECK(std::get<xylem::config::RotatingFilePlan>(factory.kind).max_bytes == 5);
  CHECK(factory.level == 30);
}

TEST_CASE("a name that is registered again counts from then on, the engine's own names as well") {
  xylem::register_filter("mylogger.NonErrorFilter", "logging.Filter", R"({"name": "mine"})");
  xylem::register_filter("myapp.Again", "logging.Filter", R"({"name": "first"})");
  xylem::register_filter("myapp.Kept", "myapp.Again");
  xylem::register_filter("myapp.Again", "logging.Filter", R"({"name": "second"})");
  const auto prefix = [](const std::string& name) {
    const auto plan = parse(R"j({"version": 1, "filters": {"f": {"()": ")j" + name + R"("}}})");
    return std::get<xylem::config::NameFilterPlan>(plan.filters.at(0).kind).prefix;
  };
  CHECK(prefix("mylogger.NonErrorFilter") == "mine");
  CHECK(prefix("myapp.Again") == "second");
  CHECK(prefix("myapp.Kept") == "first");
}

TEST_CASE("a name for nothing is refused where it is registered") {
  const auto refused = [](const std::string& name, const std::string& target,
                          const std::string& defaults) {
    try {
      xylem::register_formatter(name, target, defaults);
    } catch (const xylem::ConfigError& error) {
      return std::string{error.what()};
    }
    return std::string{"accepted"};
  };
  CHECK(refused("myapp.X", "nope.Y", "{}") == "Cannot resolve 'nope.Y'");
  CHECK(refused("myapp.X", "logging.StreamHandler", "{}") ==
        "Cannot resolve 'logging.StreamHandler'");
  CHECK(refused("", "logging.Formatter", "{}") == "A registered name cannot be empty");
  CHECK(refused("myapp.X", "logging.Formatter", "{").find("line 1 column 2") != std::string::npos);
  CHECK(refused("myapp.X", "logging.Formatter", "[]") != "accepted");
  CHECK_THROWS_AS(formatter(R"j("()": "myapp.X")j"), xylem::ConfigError);
}

TEST_CASE("threads register names while others use them") {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      for (int n = 0; n < 50; ++n) {
        const std::string name = "myapp.T" + std::to_string(i) + "x" + std::to_string(n);
        xylem::register_filter(name, "logging.Filter", R"({"name": ")" + name + R"("})");
        const auto plan = parse(R"j({"version": 1, "filters": {"f": {"()": ")j" + name + R"("}}})");
        CHECK(std::get<xylem::config::NameFilterPlan>(plan.filters.at(0).kind).prefix == name);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}
