// References to other places of a document (cfg://) and to Python's objects (ext://), by the rules
// of CPython's BaseConfigurator.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/config.hpp>

#include "config/dict_config.hpp"
#include "config/plan.hpp"
#include "config_support.hpp"

using config_test::check_refused;
using config_test::Refusal;
using namespace xylem::config;

namespace {

/// The level of a handler whose level is `reference`, beside members of the document.
int level(const std::string& reference, const std::string& rest) {
  return parse(R"({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": ")" +
               reference + R"("}}, )" + rest + "}")
      .handlers.at(0)
      .level;
}

// The messages are CPython 3.13's, or end in the words of its KeyError, IndexError or TypeError.
const std::vector<Refusal> refused = {
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://!"}}})j",
     "Unable to configure handler 'h': Unable to convert '!'", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://"}}})j",
     "Unable to configure handler 'h': Unable to convert ''", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a["}}, "a": 1})j",
     "Unable to configure handler 'h': Unable to convert 'a[' at '['", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a[[0]]"}}, "a": 1})j",
     "Unable to configure handler 'h': Unable to convert 'a[[0]]' at '[[0]]'", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a.b.!"}}, "a": {"b": 1}})j",
     "Unable to configure handler 'h': Unable to convert 'a.b.!' at '.!'", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a-b"}}, "a": 1})j",
     "Unable to configure handler 'h': Unable to convert 'a-b' at '-b'", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://nope.x"}}})j",
     "Unable to configure handler 'h': Unable to convert 'nope.x': 'nope'", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a[zz]"}}, "a": {}})j",
     "Unable to configure handler 'h': Unable to convert 'a[zz]': 'zz'", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a[007]"}}, "a": {"7": 10}})j",
     "Unable to configure handler 'h': Unable to convert 'a[007]': 7", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a[1]"}}, "a": [10]})j",
     "Unable to configure handler 'h': Unable to convert 'a[1]': list index out of range",
     "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a[99999999999999999999]"}}, "a": [10]})j",
     "Unable to configure handler 'h': Unable to convert 'a[99999999999999999999]': cannot fit "
     "'int' "
     "into an index-sized integer",
     "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a.b"}}, "a": [10]})j",
     "Unable to configure handler 'h': Unable to convert 'a.b': list indices must be integers or "
     "slices, not str",
     "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a.b"}}, "a": "x"})j",
     "Unable to configure handler 'h': Unable to convert 'a.b': string indices must be integers, "
     "not 'str'",
     "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a[5]"}}, "a": "x"})j",
     "Unable to configure handler 'h': Unable to convert 'a[5]': string index out of range",
     "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a.b"}}, "a": null})j",
     "Unable to configure handler 'h': Unable to convert 'a.b': 'NoneType' object is not "
     "subscriptable",
     "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://a[0]"}}, "a": 5})j",
     "Unable to configure handler 'h': Unable to convert 'a[0]': 'int' object is not subscriptable",
     "handlers.h.level"},
    // What is referred to has its own place.
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "cfg://levels.quiet"}}, "levels": {"quiet": "debug"}})j",
     "Unable to configure handler 'h': Unknown level: 'debug'", "levels.quiet"},
    {R"j({"version": 1, "handlers": "cfg://mine", "mine": {"h": {"class": "logging.NullHandler", "zzz": 1}}})j",
     "Unable to configure handler 'h': Handler.__init__() got an unexpected keyword argument 'zzz'",
     "mine.h.zzz"},
    {R"j({"version": 1, "handlers": {"h": "cfg://nope"}})j",
     "Unable to configure handler 'h': Unable to convert 'nope': 'nope'", "handlers.h"},
    {R"j({"version": 1, "formatters": {"f": "cfg://nope"}})j",
     "Unable to configure formatter 'f': Unable to convert 'nope': 'nope'", "formatters.f"},
    {R"j({"version": 1, "loggers": {"l": "cfg://nope"}})j",
     "Unable to configure logger 'l': Unable to convert 'nope': 'nope'", "loggers.l"},
    {R"j({"version": 1, "loggers": "cfg://nope"})j", "Unable to convert 'nope': 'nope'", "loggers"},
    // Arguments are converted before anybody looks at what they are.
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "zzz": "cfg://nope"}}})j",
     "Unable to configure handler 'h': Unable to convert 'nope': 'nope'", "handlers.h.zzz"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "ext://logging.NOPE"}}})j",
     "Unable to configure handler 'h': Cannot resolve 'logging.NOPE'", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", "level": "ext://logging.BASIC_FORMAT"}}})j",
     "Unable to configure handler 'h': Unknown level: '%(levelname)s:%(name)s:%(message)s'",
     "handlers.h.level"},
    {R"j({"version": 1, "formatters": {"f": {"class": "ext://logging.Formatter"}}})j",
     "Unable to configure formatter 'f': type object 'Formatter' has no attribute 'split'",
     "formatters.f.class"},
    {R"j({"version": 1, "formatters": {"f": {"class": "ext://nope.Formatter"}}})j",
     "Unable to configure formatter 'f': Cannot resolve 'nope.Formatter'", "formatters.f.class"},
    // What a list's strings look like counts for nothing: they are names as they stand there.
    {R"j({"version": 1, "root": {"handlers": ["cfg://name"]}, "name": "h", "handlers": {"h": {"class": "logging.NullHandler"}}})j",
     "Unable to configure root logger: Unable to add handler 'cfg://name'", "root.handlers[0]"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", ".": {"terminator": "x", "level": "cfg://version"}}}})j",
     "Unable to configure handler 'h': level must be an integer, got a string",
     "handlers.h[.].level"},
};

}  // namespace

TEST_CASE("a reference leads to a value anywhere in the document, by names and indices") {
  CHECK(level("cfg://quiet", R"("quiet": "ERROR")") == 40);
  CHECK(level("cfg://levels.quiet", R"("levels": {"quiet": 35})") == 35);
  CHECK(level("cfg://levels[quiet]", R"("levels": {"quiet": 35})") == 35);
  CHECK(level("cfg://levels[not.a word]", R"("levels": {"not.a word": 35})") == 35);
  CHECK(level("cfg://levels[]", R"("levels": {"": 35})") == 35);
  CHECK(level("cfg://levels[1][0]", R"("levels": [1, [35]])") == 35);
  CHECK(level("cfg://levels[001]", R"("levels": [1, 35])") == 35);
  CHECK(level("cfg:// levels . quiet [0] ", R"("levels": {"quiet": [35]})") == 35);
  CHECK(level("cfg://größe", R"("größe": 35)") == 35);
  CHECK(level("cfg://version", R"("x": 0)") == 1);
  CHECK(level("cfg://root.level", R"("root": {"level": "ERROR"})") == 40);
}

TEST_CASE("references are followed on the way and at the end") {
  CHECK(level("cfg://a", R"("a": "cfg://b", "b": "cfg://c[0]", "c": ["ERROR"])") == 40);
  CHECK(level("cfg://a.x.y", R"("a": "cfg://b", "b": {"x": "cfg://c"}, "c": {"y": 35})") == 35);
  CHECK(level("cfg://a[0].y", R"("a": ["cfg://c"], "c": {"y": 35})") == 35);
  CHECK(level("cfg://a", R"("a": "ext://logging.ERROR")") == 40);
}

TEST_CASE("references that lead to themselves are refused") {
  for (const std::string rest :
       {R"("a": "cfg://a")", R"("a": "cfg://b", "b": "cfg://a")",
        R"("a": "cfg://c.b", "c": {"b": "cfg://c.b"})",
        // Each doubles the steps of the one before.
        R"("a": "cfg://o.k9", "o": {"k0": "cfg://o", "k1": "cfg://o.k0.k0", "k2": "cfg://o.k1.k1",
            "k3": "cfg://o.k2.k2", "k4": "cfg://o.k3.k3", "k5": "cfg://o.k4.k4",
            "k6": "cfg://o.k5.k5", "k7": "cfg://o.k6.k6", "k8": "cfg://o.k7.k7",
            "k9": "cfg://o.k8.k8"})"}) {
    CAPTURE(rest);
    try {
      level("cfg://a", rest);
      FAIL_CHECK("accepted");
    } catch (const xylem::ConfigError& error) {
      CHECK(error.message().find("maximum recursion depth exceeded") != std::string::npos);
      CHECK(error.path() == "handlers.h.level");
    }
  }
}

TEST_CASE("whole sections and their members may be references") {
  const Plan plan = parse(R"j({"version": "cfg://number", "number": 1,
      "true_formatters": {"form1": {"format": "%(levelname)s ++ %(message)s"}},
      "handler_configs": {"hand1": {"class": "logging.StreamHandler", "formatter": "form1",
                                    "level": "NOTSET", "stream": "ext://sys.stdout"}},
      "formatters": "cfg://true_formatters",
      "handlers": {"hand1": "cfg://handler_configs[hand1]"},
      "names": ["hand1"],
      "loggers": {"compiler.parser": {"level": "DEBUG", "handlers": "cfg://names"}},
      "root": "cfg://loggers[compiler.parser]"})j");
  REQUIRE(plan.handlers.size() == 1);
  CHECK(std::get<StreamPlan>(plan.handlers[0].kind).stream == StandardStream::output);
  CHECK(plan.handlers[0].path == "handler_configs.hand1");
  CHECK(plan.formatters.at(plan.handlers[0].formatter.value()).name == "form1");
  CHECK(plan.loggers.at(0).handlers == std::vector<std::size_t>{0});
  CHECK(plan.root.value().level == 10);
}

TEST_CASE("Python's numbers and texts may be named wherever a value stands") {
  CHECK(level("ext://logging.INFO", R"("x": 0)") == 20);
  CHECK(level("ext://logging.handlers.SysLogHandler.LOG_LOCAL7", R"("x": 0)") == 23);
  CHECK(level("ext://socket.SOCK_DGRAM", R"("x": 0)") == 2);
  const Plan plan = parse(R"j({"version": 1,
      "formatters": {"f": {"format": "ext://logging.BASIC_FORMAT"}},
      "handlers": {"h": {"class": "ext://logging.FileHandler", "filename": "ext://os.devnull"}}})j");
  CHECK(std::get<PatternFormatterPlan>(plan.formatters.at(0).kind).format ==
        "%(levelname)s:%(name)s:%(message)s");
  CHECK(std::get<FilePlan>(plan.handlers.at(0).kind).filename == "/dev/null");
}

TEST_CASE("what is no reference by its form stays text") {
  const Plan plan = parse(R"j({"version": 1, "filters": {
      "a": {"name": "CFG://x"}, "b": {"name": " cfg://x"}, "c": {"name": "cfg:/x"},
      "d": {"name": "cfg://x\ny"}, "e": {"name": "abc://x"}}})j");
  CHECK(plan.filters.size() == 5);
  CHECK(std::get<NameFilterPlan>(plan.filters[3].kind).prefix == "cfg://x\ny");
}

TEST_CASE("a reference that leads nowhere is refused in CPython's words, at its place") {
  for (const Refusal& refusal : refused) check_refused(refusal);
}
