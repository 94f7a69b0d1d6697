#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/config.hpp>

#include "config/dict_config.hpp"

namespace {

struct Refusal {
  std::string_view config;
  std::string_view message;
  std::string_view path;
};

void check_refused(const Refusal& refusal) {
  CAPTURE(refusal.config);
  try {
    xylem::config::parse(refusal.config, "production.json");
    FAIL_CHECK("accepted");
  } catch (const xylem::ConfigError& error) {
    CHECK(error.message() == refusal.message);
    CHECK(error.path() == refusal.path);
    CHECK(error.file() == "production.json");
  }
}

// What CPython says of these speaks of its own insides, not of the document.
const std::vector<Refusal> in_our_words = {
    {R"j({"version": 1, "formatters": null})j", "Expected an object, got null", "formatters"},
    {R"j({"version": 1, "formatters": 5})j", "Expected an object, got an integer", "formatters"},
    {R"j({"version": 1, "formatters": {"f": null}})j",
     "Unable to configure formatter 'f': Expected an object, got null", "formatters.f"},
    {R"j({"version": 1, "filters": null})j", "Expected an object, got null", "filters"},
    {R"j({"version": 1, "filters": {"f": "x"}})j",
     "Unable to configure filter 'f': Expected an object, got a string", "filters.f"},
    {R"j({"version": 1, "handlers": null})j", "Expected an object, got null", "handlers"},
    {R"j({"version": 1, "handlers": {"h": null}})j",
     "Unable to configure handler 'h': Expected an object, got null", "handlers.h"},
    {R"j({"version": 1, "handlers": {"h": []}})j",
     "Unable to configure handler 'h': Expected an object, got a list", "handlers.h"},
    {R"j({"version": 1, "loggers": 5})j", "Expected an object, got an integer", "loggers"},
    {R"j({"version": 1, "loggers": {"a": null}})j",
     "Unable to configure logger 'a': Expected an object, got null", "loggers.a"},
    {R"j({"version": 1, "loggers": {"a": "x"}})j",
     "Unable to configure logger 'a': Expected an object, got a string", "loggers.a"},
    {R"j({"version": 1, "root": "x"})j",
     "Unable to configure root logger: Expected an object, got a string", "root"},
    {R"j({"version": 1, "root": [1]})j",
     "Unable to configure root logger: Expected an object, got a list", "root"},
    {R"j({"version": 1, "handlers": ["a"]})j", "Expected an object, got a list", "handlers"},
    {R"j({"version": 1, "formatters": {"f": {"style": "x"}}})j",
     "Unable to configure formatter 'f': Style must be one of: %", "formatters.f.style"},
    {R"j({"version": 1, "formatters": {"f": {"datefmt": "%Y\u0000"}}})j",
     "Unable to configure formatter 'f': embedded null character", "formatters.f.datefmt"},
    {R"j({"version": 1, "formatters": {"f": {"format": ["a"]}}})j",
     "Unable to configure formatter 'f': expected string or bytes-like object, got 'list'",
     "formatters.f.format"},
    {R"j({"version": 1, "formatters": {"f": {"class": "nope.X"}}})j",
     "Unable to configure formatter 'f': Cannot resolve 'nope.X'", "formatters.f.class"},
    {R"j({"version": 1, "formatters": {"f": {"class": 5}}})j",
     "Unable to configure formatter 'f': Cannot resolve 5", "formatters.f.class"},
    {R"j({"version": 1, "formatters": {"f": {"style": 5}}})j",
     "Unable to configure formatter 'f': Style must be one of: %", "formatters.f.style"},
    {R"j({"version": 1, "handlers": {"h": {}}})j",
     "Unable to configure handler 'h': Neither 'class' nor '()' is given", "handlers.h"},
    {R"j({"version": 1, "handlers": {"h": {"class": null}}})j",
     "Unable to configure handler 'h': Cannot resolve None", "handlers.h.class"},
    {R"j({"version": 1, "handlers": {"h": {"class": 5}}})j",
     "Unable to configure handler 'h': Cannot resolve 5", "handlers.h.class"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "strem": 1}}})j",
     "Unable to configure handler 'h': StreamHandler.__init__() got an unexpected keyword argument "
     "'strem'. Did you mean 'stream'?",
     "handlers.h.strem"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": "x", "mode": "aw"}}})j",
     "Unable to configure handler 'h': invalid mode: 'aw'", "handlers.h.mode"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": "x", "mode": ""}}})j",
     "Unable to configure handler 'h': invalid mode: ''", "handlers.h.mode"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.RotatingFileHandler", "filename": "x", "maxBytes": []}}})j",
     "Unable to configure handler 'h': '>' not supported between instances of 'list' and 'int'",
     "handlers.h.maxBytes"},
};

// CPython takes these, at least until the first record; here they cannot work.
const std::vector<Refusal> not_available = {
    {R"j({"version": 1, "incremental": true})j", "An incremental configuration is not available",
     "incremental"},
    {R"j({"version": 1, "incremental": "no"})j", "An incremental configuration is not available",
     "incremental"},
    {R"j({"version": 1, "formatters": {"f": {"style": "{", "format": "{message}"}}})j",
     "Unable to configure formatter 'f': Style must be one of: %", "formatters.f.style"},
    {R"j({"version": 1, "formatters": {"f": {"style": "$", "format": "${message}"}}})j",
     "Unable to configure formatter 'f': Style must be one of: %", "formatters.f.style"},
    {R"j({"version": 1, "formatters": {"f": {"datefmt": 5}}})j",
     "Unable to configure formatter 'f': strftime() argument 1 must be str, not int",
     "formatters.f.datefmt"},
    {R"j({"version": 1, "formatters": {"f": {"defaults": 5}}})j",
     "Unable to configure formatter 'f': Expected an object, got an integer",
     "formatters.f.defaults"},
    {R"j({"version": 1, "formatters": {"f": {"format": 5, "validate": false}}})j",
     "Unable to configure formatter 'f': expected string or bytes-like object, got 'int'",
     "formatters.f.format"},
    {R"j({"version": 1, "formatters": {"f": {"()": "logging.Formatter", ".": {"default_msec_format": "%s.%03d"}}}})j",
     "Unable to configure formatter 'f': Cannot set attribute 'default_msec_format'",
     "formatters.f[.].default_msec_format"},
    {R"j({"version": 1, "formatters": {"f": {"()": "mylogger.MyJSONFormatter", "fmt_keys": {"a": 1}}}})j",
     "Unable to configure formatter 'f': attribute name must be string, not 'int'",
     "formatters.f.fmt_keys.a"},
    {R"j({"version": 1, "formatters": {"f": {"()": "mylogger.MyJSONFormatter", "fmt_keys": ["a"]}}})j",
     "Unable to configure formatter 'f': Expected an object, got a list", "formatters.f.fmt_keys"},
    {R"j({"version": 1, "formatters": {"f": {"()": "xylem.JsonFormatter", "fmt_key": {}}}})j",
     "Unable to configure formatter 'f': JsonFormatter.__init__() got an unexpected keyword "
     "argument 'fmt_key'. Did you mean 'fmt_keys'?",
     "formatters.f.fmt_key"},
    {R"j({"version": 1, "formatters": {"f": {"()": "xylem.JsonFormatter", "separators": ","}}})j",
     "Unable to configure formatter 'f': Expected a list of two strings",
     "formatters.f.separators"},
    {R"j({"version": 1, "formatters": {"f": {"()": "xylem.JsonFormatter", "separators": [", ", "="]}}})j",
     "Unable to configure formatter 'f': Invalid separator '=': expected ':' with or without "
     "blanks",
     "formatters.f.separators[1]"},
    {R"j({"version": 1, "formatters": {"f": {"()": "xylem.JsonFormatter", "separators": [",\n", ":"]}}})j",
     "Unable to configure formatter 'f': Invalid separator ',\\n': expected ',' with or without "
     "blanks",
     "formatters.f.separators[0]"},
    {R"j({"version": 1, "formatters": {"f": {"()": "xylem.JsonFormatter", "separators": [5, ":"]}}})j",
     "Unable to configure formatter 'f': Invalid separator 5: expected ',' with or without blanks",
     "formatters.f.separators[0]"},
    {R"j({"version": 1, "formatters": {"f": {"()": "xylem.JsonFormatter", "separators": ["", ":"]}}})j",
     "Unable to configure formatter 'f': Invalid separator '': expected ',' with or without blanks",
     "formatters.f.separators[0]"},
    {R"j({"version": 1, "formatters": {"f": {"()": "xylem.JsonFormatter", "separators": [",,", ":"]}}})j",
     "Unable to configure formatter 'f': Invalid separator ',,': expected ',' with or without "
     "blanks",
     "formatters.f.separators[0]"},
    {R"j({"version": 1, "formatters": {"f": {"class": "xylem.JsonFormatter"}}})j",
     "Unable to configure formatter 'f': JsonFormatter.__init__() takes 1 positional argument but "
     "4 were given",
     "formatters.f.class"},
    {R"j({"version": 1, "formatters": {"f": {"class": "logging.StreamHandler"}}})j",
     "Unable to configure formatter 'f': Cannot resolve 'logging.StreamHandler'",
     "formatters.f.class"},
    {R"j({"version": 1, "formatters": {"f": {"()": "logging.BufferingFormatter"}}})j",
     "Unable to configure formatter 'f': Cannot resolve 'logging.BufferingFormatter': this class "
     "is not available",
     "formatters.f[()]"},
    {R"j({"version": 1, "filters": {"f": {"name": ["a"]}}})j",
     "Unable to configure filter 'f': object of type 'list' has no len()", "filters.f.name"},
    {R"j({"version": 1, "filters": {"f": {"()": "logging.Filter", ".": {"nlen": 1}}}})j",
     "Unable to configure filter 'f': Cannot set attribute 'nlen'", "filters.f[.].nlen"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "x"}}})j",
     "Unable to configure handler 'h': Cannot resolve 'logging.handlers.TimedRotatingFileHandler': "
     "this class is not available",
     "handlers.h.class"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.Formatter"}}})j",
     "Unable to configure handler 'h': Cannot resolve 'logging.Formatter'", "handlers.h.class"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "stream": "foo"}}})j",
     "Unable to configure handler 'h': Expected 'ext://sys.stdout' or 'ext://sys.stderr', got "
     "'foo'",
     "handlers.h.stream"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "stream": 5}}})j",
     "Unable to configure handler 'h': Expected 'ext://sys.stdout' or 'ext://sys.stderr', got 5",
     "handlers.h.stream"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "stream": "cfg://handlers.a"}}})j",
     "Unable to configure handler 'h': cfg:// references are not available: 'cfg://handlers.a'",
     "handlers.h.stream"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "stream": "ext://os.path"}}})j",
     "Unable to configure handler 'h': Cannot resolve 'os.path'", "handlers.h.stream"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", ".": {"level": 5}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'level'", "handlers.h[.].level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", ".": {"terminator": 5}}}})j",
     "Unable to configure handler 'h': terminator must be a string, got an integer",
     "handlers.h[.].terminator"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", ".": 5}}})j",
     "Unable to configure handler 'h': Expected an object, got an integer", "handlers.h[.]"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.NullHandler", ".": {"terminator": "x"}}}})j",
     "Unable to configure handler 'h': Cannot set attribute 'terminator'",
     "handlers.h[.].terminator"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "level": "ext://sys.maxsize"}}})j",
     "Unable to configure handler 'h': Cannot resolve 'sys.maxsize'", "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "level": "cfg://root.level"}}})j",
     "Unable to configure handler 'h': cfg:// references are not available: 'cfg://root.level'",
     "handlers.h.level"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": "x", "mode": "x"}}})j",
     "Unable to configure handler 'h': mode 'x' is not available: use 'a' or 'w'",
     "handlers.h.mode"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": "x", "mode": "r"}}})j",
     "Unable to configure handler 'h': mode 'r' is not available: use 'a' or 'w'",
     "handlers.h.mode"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": "x", "mode": "ab"}}})j",
     "Unable to configure handler 'h': mode 'ab' is not available: use 'a' or 'w'",
     "handlers.h.mode"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": "x", "encoding": "latin-1"}}})j",
     "Unable to configure handler 'h': encoding 'latin-1' is not available: files are UTF-8",
     "handlers.h.encoding"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": "x", "encoding": ""}}})j",
     "Unable to configure handler 'h': unknown encoding: ", "handlers.h.encoding"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": "x", "stream": "ext://sys.stdout"}}})j",
     "Unable to configure handler 'h': FileHandler.__init__() got an unexpected keyword argument "
     "'stream'",
     "handlers.h.stream"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.RotatingFileHandler", "filename": "x", "backupCount": "3"}}})j",
     "Unable to configure handler 'h': '>' not supported between instances of 'str' and 'int'",
     "handlers.h.backupCount"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.RotatingFileHandler", "filename": "x", "backupCount": 2.5}}})j",
     "Unable to configure handler 'h': 'float' object cannot be interpreted as an integer",
     "handlers.h.backupCount"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.QueueHandler", "queue": {"()": "queue.Queue", "maxsize": 10}}}})j",
     "Unable to configure handler 'h': A bounded queue is not available: xylem.ring sets what the "
     "queue holds",
     "handlers.h.queue.maxsize"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.QueueHandler", "queue": {"()": "queue.Queue", "size": 10}}}})j",
     "Unable to configure handler 'h': Queue.__init__() got an unexpected keyword argument 'size'",
     "handlers.h.queue.size"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.QueueHandler", "handlers": null}}})j",
     "Unable to configure handler 'h': 'NoneType' object is not iterable", "handlers.h.handlers"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.QueueHandler", "listener": {"()": "logging.handlers.QueueListener"}}}})j",
     "Unable to configure handler 'h': Cannot resolve 'logging.handlers.QueueListener'",
     "handlers.h.listener[()]"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.QueueHandler", "listener": "myapp.Listener"}}})j",
     "Unable to configure handler 'h': Cannot resolve 'myapp.Listener'", "handlers.h.listener"},
    {R"j({"version": 1, "handlers": {"h": {"class": "logging.handlers.QueueHandler", "queue": {"()": 5}}}})j",
     "Unable to configure handler 'h': Cannot resolve 5", "handlers.h.queue[()]"},
    {R"j({"version": 1, "handlers": {"h": "cfg://handlers.g"}})j",
     "cfg:// references are not available: 'cfg://handlers.g'", "handlers.h"},
    {R"j({"version": 1, "loggers": {"my_app.db": {"propagate": "cfg://x"}}})j",
     "Unable to configure logger 'my_app.db': cfg:// references are not available: 'cfg://x'",
     "loggers[my_app.db].propagate"},
    {R"j({"version": 1, "loggers": {"a[b]": {"level": "x"}}})j",
     "Unable to configure logger 'a[b]': Unknown level: 'x'", "loggers[a[b]].level"},
    {R"j({"version": 1, "loggers": {"tab\there": {"level": "x"}}})j",
     "Unable to configure logger 'tab\\there': Unknown level: 'x'", "loggers[tab\\there].level"},
    {R"j({"version": 1, "loggers": {"a": {"handlers": ["g", "x"]}}, "handlers": {"g": {"class": "logging.NullHandler"}}})j",
     "Unable to configure logger 'a': Unable to add handler 'x'", "loggers.a.handlers[1]"},
    {R"j({"version": 1, "xylem": null})j", "Expected an object, got null", "xylem"},
    {R"j({"version": 1, "xylem": []})j", "Expected an object, got a list", "xylem"},
    {R"j({"version": 1, "xylem": {"rings": {}}})j", "Unknown key 'rings'. Did you mean 'ring'?",
     "xylem.rings"},
    {R"j({"version": 1, "xylem": {"ring": {"slot": 64}}})j",
     "Unknown key 'slot'. Did you mean 'slots'?", "xylem.ring.slot"},
    {R"j({"version": 1, "xylem": {"ring": 5}})j", "Expected an object, got an integer",
     "xylem.ring"},
    {R"j({"version": 1, "xylem": {"ring": {"slots": 100}}})j",
     "Expected a power of two from 64 to 1048576, got 100", "xylem.ring.slots"},
    {R"j({"version": 1, "xylem": {"ring": {"slots": 32}}})j",
     "Expected a power of two from 64 to 1048576, got 32", "xylem.ring.slots"},
    {R"j({"version": 1, "xylem": {"ring": {"slots": 2097152}}})j",
     "Expected a power of two from 64 to 1048576, got 2097152", "xylem.ring.slots"},
    {R"j({"version": 1, "xylem": {"ring": {"slots": "4096"}}})j",
     "Expected a power of two from 64 to 1048576, got '4096'", "xylem.ring.slots"},
    {R"j({"version": 1, "xylem": {"ring": {"slots": 4096.0}}})j",
     "Expected a power of two from 64 to 1048576, got 4096.0", "xylem.ring.slots"},
    {R"j({"version": 1, "xylem": {"ring": {"slots": true}}})j",
     "Expected a power of two from 64 to 1048576, got True", "xylem.ring.slots"},
    {R"j({"version": 1, "xylem": {"ring": {"slots": -64}}})j",
     "Expected a power of two from 64 to 1048576, got -64", "xylem.ring.slots"},
    {R"j({"version": 1, "xylem": {"ring": {"slots": 1000000000000000000000000000000}}})j",
     "Expected a power of two from 64 to 1048576, got 1000000000000000000000000000000",
     "xylem.ring.slots"},
    {R"j({"version": 1, "xylem": {"ring": {"when_full": "discard"}}})j",
     "Expected 'block' or 'drop', got 'discard'", "xylem.ring.when_full"},
    {R"j({"version": 1, "xylem": {"ring": {"when_full": null}}})j",
     "Expected 'block' or 'drop', got None", "xylem.ring.when_full"},
    {R"j({"version": 1, "xylem": {"clock": "coarse"}})j",
     "Expected 'tsc' or 'system', got 'coarse'", "xylem.clock"},
    {R"j({"version": 1, "xylem": {"synchronous": true}})j", "Unknown key 'synchronous'",
     "xylem.synchronous"},
};

}  // namespace

TEST_CASE("a value of the wrong type is refused with what was expected in its place") {
  for (const Refusal& refusal : in_our_words) check_refused(refusal);
}

TEST_CASE("what cannot be done is refused instead of ignored") {
  for (const Refusal& refusal : not_available) check_refused(refusal);
}
