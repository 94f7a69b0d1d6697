// Attributes that CPython sets on what it has made: the key ".".

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "config/dict_config.hpp"
#include "config/file_handlers.hpp"
#include "config/plan.hpp"
#include "config/syslog_handler.hpp"
#include "config_support.hpp"

using config_test::check_refused;
using config_test::Refusal;
using namespace xylem::config;

namespace {

HandlerPlan handler(const std::string& body) {
  return parse(R"({"version": 1, "handlers": {"h": {)" + body + "}}}").handlers.at(0);
}

// CPython sets these and goes by them: what it would do then cannot be done here.
const std::vector<Refusal> refused = {
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", ".": {"stream": "x"}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'stream'", "handlers.h[.].stream"},
    {R"j({"version": 1, "handlers": {"h": {"()": "logging.StreamHandler", ".": {"formatter": "f"}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'formatter'",
     "handlers.h[.].formatter"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.RotatingFileHandler", "filename": "x", ".": {"namer": "x"}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'namer'", "handlers.h[.].namer"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.RotatingFileHandler", "filename": "x", ".": {"maxBytes": "1k"}}}})j",
     "Unable to configure handler 'h': maxBytes must be an integer, got a string",
     "handlers.h[.].maxBytes"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "x", ".": {"backupCount": 1.5}}}})j",
     "Unable to configure handler 'h': backupCount must be an integer, got a number",
     "handlers.h[.].backupCount"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "x", ".": {"interval": "5"}}}})j",
     "Unable to configure handler 'h': interval must be a number of seconds, got a string",
     "handlers.h[.].interval"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "x", ".": {"dayOfWeek": 3}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'dayOfWeek'",
     "handlers.h[.].dayOfWeek"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "x", ".": {"extMatch": "x"}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'extMatch'", "handlers.h[.].extMatch"},
    {R"j({"version": 1, "handlers": {"h": {"class": "xylem.RotatingFileHandler", "filename": "x", ".": {"totalBytes": 3}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'totalBytes'",
     "handlers.h[.].totalBytes"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.SysLogHandler", ".": {"facility": "nope"}}}})j",
     "Unable to configure handler 'h': Unknown facility: 'nope'", "handlers.h[.].facility"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.SysLogHandler", ".": {"address": "/dev/log"}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'address'", "handlers.h[.].address"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.SysLogHandler", ".": {"socktype": 1}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'socktype'", "handlers.h[.].socktype"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.SysLogHandler", ".": {"unixsocket": true}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'unixsocket'",
     "handlers.h[.].unixsocket"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", ".": {"level": "INFO"}}}})j",
     "Unable to configure handler 'h': level must be an integer, got a string",
     "handlers.h[.].level"},
    {R"j({"version": 1, "formatters": {"f": {"()": "logging.Formatter", ".": {"converter": "ext://time.gmtime"}}}})j",
     "Unable to configure formatter 'f': Cannot set attribute 'converter'",
     "formatters.f[.].converter"},
    {R"j({"version": 1, "filters": {"f": {"()": "logging.Filter", ".": {"foo": 1, "name": "x"}}}})j",
     "Unable to configure filter 'f': Cannot set attribute 'name'", "filters.f[.].name"},
};

}  // namespace

TEST_CASE("handlers have attributes that may be set, whether by class or by factory") {
  for (const char* const key : {"class", "()"}) {
    CAPTURE(key);
    const HandlerPlan plan =
        handler('"' + std::string{key} +
                R"(": "logging.handlers.RotatingFileHandler", "filename": "x", "level": "ERROR",
                   "maxBytes": 10, ".": {"maxBytes": 20, "backupCount": 3, "level": 15,
                                         "terminator": "!\n"})");
    const auto& rotating = std::get<RotatingFilePlan>(plan.kind);
    CHECK(rotating.max_bytes == 20);
    CHECK(rotating.backup_count == 3);
    CHECK(rotating.file.terminator == "!\n");
    CHECK(plan.level == 15);
  }
}

TEST_CASE("a file that rolls by time goes by its attributes from the first rollover on") {
  const HandlerPlan plan =
      handler(R"("class": "logging.handlers.TimedRotatingFileHandler", "filename": "x", "when": "D",
                 "backupCount": 1, ".": {"backupCount": 2, "interval": 5, "utc": true})");
  const auto& timed = std::get<TimedFilePlan>(plan.kind);
  CHECK(timed.backup_count == 2);
  CHECK(timed.schedule.units == 1);
  CHECK_FALSE(timed.schedule.is_utc);
  CHECK(rolling_text(timed) == ", rolls over every day, then every 5 s, UTC, 2 backups");
}

TEST_CASE("a facility that is set counts in the place of the argument") {
  const HandlerPlan plan = handler(
      R"("class": "logging.handlers.SysLogHandler", "facility": "cron", ".": {"facility": 3})");
  CHECK(syslog_opening(std::get<SyslogPlan>(plan.kind), "INFO") == "<30>");
}

TEST_CASE("attributes that nothing looks at are set to no effect, as in CPython") {
  const HandlerPlan plan = handler(
      R"("class": "logging.StreamHandler", "stream": "ext://sys.stdout",
         ".": {"foo": "bar", "terminator": "!\n", "maxBytes": "not one of a stream's"})");
  CHECK(std::get<StreamPlan>(plan.kind).terminator == "!\n");
  CHECK(std::holds_alternative<NullPlan>(
      handler(R"("class": "logging.NullHandler", ".": {"terminator": 5, "foo": null})").kind));
  const Plan others = parse(R"j({"version": 1,
      "formatters": {"f": {"()": "logging.Formatter", ".": {"foo": 1}},
                     "g": {"format": "%(message)s", ".": {"converter": "ignored without ()"}}},
      "filters": {"f": {"()": "logging.Filter", ".": {"foo": 1}}, "g": {".": 5}}})j");
  CHECK(others.formatters.size() == 2);
  CHECK(others.filters.size() == 2);
  for (const char* const nothing : {"null", "{}", "[]", "0"}) {
    CHECK_NOTHROW(handler(R"("class": "logging.NullHandler", ".": )" + std::string{nothing}));
  }
}

TEST_CASE("attributes that would change what cannot be changed are refused with their place") {
  for (const Refusal& refusal : refused) check_refused(refusal);
}
