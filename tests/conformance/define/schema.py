"""The document: references, order, reconfiguring, incremental configs, and what is ignored."""

from define import LEVEL_RECORDS, STDERR, STDOUT, Group, file_handler, to_file, with_handlers

SHORT = {"format": "%(name)s %(levelname)s %(message)s"}
NAMES = ("root", "a", "a.b", "a.b.c", "a-b", "ab", "b")
EVERYWHERE = [(name, level, f"{name} {level}") for name in NAMES for level in ("DEBUG", "INFO", "WARNING", "ERROR")]
ASKED = [{"logger": name} for name in NAMES[1:]]

document = Group("document")
for version in (1, 1.0, True):
    document.good(f"version {version!r}", to_file(version=version), "x")
document.good("unknown keys at the top are ignored", to_file(xylem_={}, Root={}, comment="x", handler={}), "x")
document.good("a key twice: the first's place, the last's value", '''{"version": 2, "handlers": {"h": {"class": "nope"}},
  "root": {"level": "ERROR", "handlers": ["x"]}, "version": 1,
  "handlers": {"h": {"class": "logging.FileHandler", "filename": "logs/one", "filename": "logs/two"}},
  "root": {"level": "INFO", "level": "DEBUG", "handlers": ["h"]}}''', *LEVEL_RECORDS)
document.good("white space and escapes", '\t\r\n {"ver\\u0073ion" :1 , "\\u0068andlers": {"h": {"class": "logging.StreamHandler"}},\n"root":{"handlers":["\\u0068"]}}\n\n', *LEVEL_RECORDS)
document.good("sections that are empty", {"version": 1, "formatters": {}, "filters": {}, "handlers": {}, "loggers": {}, "root": {}}, *LEVEL_RECORDS)
document.good("a logger that is empty", to_file(loggers={"a": {}}), *EVERYWHERE)
document.good("a filter that is empty", to_file(filters={"x": {}}), "x")
document.good("a formatter that is empty", to_file({}), "x")
document.good("handlers that nobody uses need not have a formatter", with_handlers(["a"], a=STDOUT, b=STDERR | {"level": "ERROR"}), "x")
for value in (None, "", [], 0, False):
    document.good(f"class of a formatter {value!r}: the default", to_file({"format": "%(message)s!", "class": value}), "x")
document.good("validate by its truth", to_file({"format": "no fields", "validate": 0}), "x")
document.good("validate true", to_file({"format": "%(message)s", "validate": "no"}), "x")
document.good("a class by its name as an external object", with_handlers(["h"], h={"class": "ext://logging.StreamHandler"}), *LEVEL_RECORDS)
document.good("a factory as an external object", with_handlers(["h"], h={"()": "ext://logging.StreamHandler", "stream": "ext://sys.stdout"}), "x")
document.good("a level as an external object", to_file(handler={"level": "ext://logging.ERROR"}), *LEVEL_RECORDS)
document.good("a logger's level as an external object", to_file(root={"level": "ext://logging.ERROR", "handlers": ["h"]}), *LEVEL_RECORDS)
document.good("no reference in a \".\"", with_handlers(["h"], h=STDOUT | {".": {"terminator": "ext://sys.stdout\n"}}), "x")
document.good("a prefix that is none stays text", to_file({"format": "http://%(message)s", "datefmt": "file://x"}), "x")
document.good("a filename with a prefix that is none", with_handlers(["h"], h=file_handler("a:b")), "x")
document.good("unknown attributes by \".\" change nothing", with_handlers(["h"], h=STDOUT | {".": {"foo": "bar", "terminator": "!\n"}}), "x")
document.good("\".\" null and empty", with_handlers(["a", "b"], a=STDOUT | {".": None}, b=STDERR | {".": {}}), "x")
document.good("the level by \".\"", with_handlers(["h"], h=STDOUT | {".": {"level": 40}}), *LEVEL_RECORDS)
document.good("a formatter's times by \".\"", to_file({"()": "logging.Formatter", "fmt": "%(asctime)s", ".": {
    "default_time_format": "%H:%M", "default_msec_format": "%s.%03d"}}), *LEVEL_RECORDS)
document.good("a formatter's times without milliseconds", to_file({"()": "logging.Formatter", "fmt": "%(asctime)s", ".": {
    "default_msec_format": None}}), *LEVEL_RECORDS)
document.good("a formatter without \"()\" has no attributes", to_file({"format": "%(asctime)s", ".": {"default_msec_format": None}}), "x")
document.good("disable_existing_loggers absent at the first config", to_file(), *EVERYWHERE)
document.good("loggers that were asked for before are disabled", to_file(SHORT), *EVERYWHERE)

references = Group("references")
BASE = {"version": 1, "formatters": {"f": SHORT, "g": {"format": "%(message)s!"}}, "filters": {"x": {"name": "a"}},
        "mine": {"level": "ERROR", "name": "logs/mine", "names": ["logs/zero", "logs/one"], "keys": {"7": "logs/seven", "a b": "logs/blank"},
                 "deep": [[["logs/deep"]]], "number": 10, "true": True, "handlers": ["h"], "ref": "cfg://mine.name", "format": "g", "1": "logs/key1"}}


def referring(more=None, **keys):
    return BASE | {"handlers": {"h": {"class": "logging.FileHandler", "filename": "logs/out", "formatter": "f"} | keys},
                   "root": {"level": "DEBUG", "handlers": ["h"]}} | (more or {})


for reference in ("cfg://mine.name", "cfg://mine.names[0]", "cfg://mine.names[1]", "cfg://mine.keys[a b]", "cfg://mine[name]",
                  "cfg://mine.deep[0][0][0]", "cfg://mine.ref", "cfg:// mine . name ", "cfg://mine .names [1] ", "cfg://mine.keys.7",
                  "cfg://mine[keys].7", "cfg://mine.1"):
    references.good(f"filename {reference}", referring(filename=reference), "x")
references.good("a level", referring(level="cfg://mine.level"), *LEVEL_RECORDS)
references.good("a level that is a number", referring(level="cfg://mine.number"), *LEVEL_RECORDS)
references.good("a formatter's name", referring(formatter="cfg://mine.format"), "x")
references.good("a logger's handlers", referring({"loggers": {"b": {"handlers": "cfg://mine.handlers", "propagate": False}}}), *EVERYWHERE)
references.good("a logger's level", referring({"loggers": {"b": {"level": "cfg://mine.level"}}}), *EVERYWHERE)
references.good("the same file as another handler", referring({"handlers": {
    "h": file_handler("out", formatter="f"), "i": {"class": "logging.FileHandler", "filename": "cfg://mine.name", "formatter": "f"}}}), "x")
references.good("a whole handler", referring({"template": {"class": "logging.FileHandler", "filename": "logs/template", "formatter": "f"},
                                              "handlers": {"h": "cfg://template"}}), "x")
references.good("a whole logger", referring({"template": {"level": "ERROR"}, "loggers": {"b": "cfg://template"}}), *EVERYWHERE)
references.good("the root", referring({"root": "cfg://top", "top": {"level": "ERROR", "handlers": ["h"]}}), *LEVEL_RECORDS)
references.good("delay", referring(delay="cfg://mine.true"))
references.good("a format", referring({"formatters": {"f": {"format": "cfg://formats.short"}}, "formats": {"short": "%(message)s?"}}), "x")
references.good("no reference inside a list of handlers", referring({"loggers": {"b": {"handlers": ["h"]}}}), *EVERYWHERE)
references.good("fmt_keys as a whole", referring({"formatters": {"f": {"()": "mylogger.MyJSONFormatter", "fmt_keys": "cfg://keys"}},
                                                  "keys": {"l": "levelname", "m": "message"}}), "x")
references.good("a name of a filter", referring({"filters": {"x": {"name": "cfg://app"}}, "app": "a"}, filters=["x"]), *EVERYWHERE)
references.good("config11: a handler's stream and a filter by cfg://", {
    "version": 1, "true_formatters": {"form1": {"format": "%(levelname)s ++ %(message)s"}},
    "handler_configs": {"hand1": {"class": "logging.StreamHandler", "formatter": "form1", "level": "NOTSET", "stream": "ext://sys.stdout"}},
    "formatters": "cfg://true_formatters", "handlers": {"hand1": "cfg://handler_configs[hand1]"},
    "loggers": {"compiler.parser": {"level": "DEBUG", "handlers": ["hand1"]}}, "root": {"level": "NOTSET", "handlers": ["hand1"]}},
    ("compiler.parser", "INFO", "1"), ("compiler.parser", "ERROR", "2"))

again = Group("reconfigured")
FIRST = {"version": 1, "formatters": {"f": SHORT}, "handlers": {"h": file_handler("first", formatter="f"), "g": file_handler("other", formatter="f")},
         "loggers": {"a": {"level": "INFO", "handlers": ["g"]}, "a.b": {"level": "ERROR", "propagate": False, "handlers": ["g"]}},
         "root": {"level": "DEBUG", "handlers": ["h"]}}
SECOND = {"version": 1, "formatters": {"f": SHORT}, "handlers": {"h": file_handler("second", formatter="f")}, "root": {"level": "INFO", "handlers": ["h"]}}


# Without handlers that a logger would keep.
BARE = FIRST | {"loggers": {"a": {"level": "INFO"}, "a.b": {"level": "ERROR"}}}


def twice(title, second, first=None, before=(), group=again):
    group.good(title, FIRST if first is None else first, *before, *EVERYWHERE, {"config": second}, *EVERYWHERE)


for value in (True, False, None, 0, 1, "False", "no", "", [], [0]):
    twice(f"disable_existing_loggers {value!r}", SECOND | {"disable_existing_loggers": value}, first=BARE)
twice("disable_existing_loggers absent", SECOND)
twice("the same again", FIRST)
twice("a named logger's children start afresh", SECOND | {"loggers": {"a": {"level": "DEBUG"}}})
twice("only the child is named", SECOND | {"loggers": {"a.b": {}}})
twice("a named logger keeps level and propagate that are not given", SECOND | {"loggers": {"a": {}, "a.b": {}}})
twice("a logger with a name that begins alike is no child", SECOND | {"loggers": {"a": {"level": "DEBUG"}, "ab": {}}})
twice("loggers by name only, and what was asked for before", SECOND | {"loggers": {"b": {}}}, before=ASKED)
twice("all enabled again", SECOND | {"disable_existing_loggers": False}, first=BARE, before=ASKED)
twice("filters are kept", SECOND | {"loggers": {"a": {}}, "disable_existing_loggers": False},
      first=FIRST | {"filters": {"x": {"name": "a.b"}}, "loggers": {"a": {"filters": ["x"]}, "b": {"filters": ["x"]}}})
twice("filters of root are kept", SECOND | {"disable_existing_loggers": False},
      first=BARE | {"filters": {"x": {"name": "a"}}, "root": {"level": "DEBUG", "handlers": ["h"], "filters": ["x"]}})
twice("the same file under another name of a handler", SECOND | {"handlers": {"x": file_handler("first", formatter="f")}, "root": {"handlers": ["x"]}})
twice("the same file in mode w", FIRST | {"handlers": {"h": file_handler("first", mode="w"), "g": file_handler("other")}})
for value in (True, False):
    twice(f"loggers that are not named keep handlers, which open their files again, disable_existing_loggers {value}", SECOND | {"disable_existing_loggers": value})
    twice(f"a logger below one that keeps its handlers, disable_existing_loggers {value}", SECOND | {"loggers": {"a.b.c": {"level": "DEBUG"}}, "disable_existing_loggers": value})
KEPT = {
    "a console": STDOUT, "a file": file_handler("kept"), "a file in mode w": file_handler("kept", mode="w"), "a delayed file": file_handler("kept", delay=True),
    "a rotating file": {"class": "logging.handlers.RotatingFileHandler", "filename": "logs/kept", "maxBytes": 100, "backupCount": 2},
    "a rotating file in mode w": {"class": "logging.handlers.RotatingFileHandler", "filename": "logs/kept", "mode": "w"},
    "a watched file": {"class": "logging.handlers.WatchedFileHandler", "filename": "logs/kept"},
    "a watched file in mode w": {"class": "logging.handlers.WatchedFileHandler", "filename": "logs/kept", "mode": "w"},
    "a timed file": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "logs/kept", "when": "W0"},
    "no output": {"class": "logging.NullHandler"},
    "a memory": {"class": "logging.handlers.MemoryHandler", "capacity": 3, "target": "f"},
    "a queue": {"class": "logging.handlers.QueueHandler", "handlers": ["f", "g"]},
    "a queue before a memory": {"class": "logging.handlers.QueueHandler", "handlers": ["m"]}}
for what, handler in KEPT.items():
    kept = {"version": 1, "handlers": {"f": file_handler("f"), "g": STDOUT, "h": handler, "m": {"class": "logging.handlers.MemoryHandler", "capacity": 3, "target": "f"}},
            "root": {"level": "DEBUG", "handlers": ["h"]}}
    twice(f"a root that is not named keeps {what}", {"version": 1, "handlers": {"s": STDERR}, "loggers": {"b": {"handlers": ["s"]}}, "disable_existing_loggers": False},
          first=kept)
twice("a handler that is kept keeps its level, filters and formatter", {"version": 1}, first={
    "version": 1, "formatters": {"f": SHORT}, "filters": {"x": {"()": "mylogger.NonErrorFilter"}},
    "handlers": {"h": STDOUT | {"level": "INFO", "formatter": "f", "filters": ["x"]}}, "root": {"level": "DEBUG", "handlers": ["h"]}})
again.good("handlers kept over two configs", FIRST, *EVERYWHERE, {"config": {"version": 1, "disable_existing_loggers": False}}, *EVERYWHERE,
           {"config": {"version": 1, "handlers": {"s": STDOUT}, "loggers": {"a.b": {"handlers": ["s"], "propagate": True}}, "disable_existing_loggers": False}}, *EVERYWHERE)
again.bad("an incremental config does not know handlers that are kept", {"version": 1, "incremental": True, "handlers": {"h": {"level": "ERROR"}}},
          {"config": FIRST}, {"config": {"version": 1}})
again.good("three in a row", FIRST, *EVERYWHERE, {"config": SECOND}, *EVERYWHERE, {"config": FIRST}, *EVERYWHERE)
again.good("test_90195: a config of nothing disables all, naming enables", BARE | {"root": {"level": "DEBUG"}}, *EVERYWHERE, {"config": {"version": 1}}, *EVERYWHERE,
           {"config": {"version": 1, "handlers": {"h": STDOUT}, "loggers": {"a": {"level": "DEBUG", "handlers": ["h"]}}}}, *EVERYWHERE)
again.good("a disabled logger is enabled when named", FIRST, *EVERYWHERE, {"config": SECOND}, ("a", "ERROR", "lost"),
           {"config": SECOND | {"loggers": {"a": {}}}}, *EVERYWHERE)
again.good("loggers that were asked for are disabled by the first config", {"version": 1}, *ASKED, {"config": SECOND}, *EVERYWHERE)
again.good("children of a logger that was asked for", {"version": 1}, *ASKED, {"config": SECOND | {"loggers": {"a": {}}}}, *EVERYWHERE)

incremental = Group("incremental")


def changed(title, **second):
    incremental.good(title, FIRST, *EVERYWHERE, {"config": {"version": 1, "incremental": True} | second}, *EVERYWHERE)


changed("nothing")
changed("a handler's level", handlers={"h": {"level": "ERROR"}})
changed("a handler's level by number", handlers={"h": {"level": 25}})
for level in (None, "", 0, False, "NOTSET"):
    incremental.good(f"a handler's level {level!r} after ERROR", FIRST | {"handlers": {"h": file_handler("x", level="ERROR"), "g": STDOUT}}, *EVERYWHERE,
                     {"config": {"version": 1, "incremental": True, "handlers": {"h": {"level": level}}}}, *EVERYWHERE)
changed("other keys of handlers are ignored", handlers={"h": {"level": "ERROR", "class": "nope", "filename": "logs/nope", "formatter": "z"}})
changed("a logger's level", loggers={"a": {"level": "DEBUG"}})
changed("a logger's propagate", loggers={"a": {"propagate": False}, "a.b": {"propagate": True}})
changed("the root's level", root={"level": "ERROR"})
changed("handlers and filters of loggers are ignored", loggers={"a": {"handlers": ["z"], "filters": ["z"]}}, root={"handlers": ["z"]})
changed("formatters and filters are ignored", formatters={"f": {"format": "bad"}}, filters={"x": None})
changed("a logger that was not there", loggers={"b": {"level": "ERROR"}})
changed("disable_existing_loggers is ignored", disable_existing_loggers=True)
changed("all at once", handlers={"h": {"level": "INFO"}, "g": {"level": "ERROR"}}, loggers={"a": {"level": "WARNING"}, "a.b": {"propagate": 1}}, root={"level": 15})
incremental.good("incremental by its truth", FIRST, *EVERYWHERE, {"config": {"version": 1, "incremental": "no", "root": {"level": "ERROR"}}}, *EVERYWHERE)
incremental.good("incremental falsy", FIRST, *EVERYWHERE, {"config": SECOND | {"incremental": ""}}, *EVERYWHERE)
incremental.good("a disabled logger is enabled", BARE, *EVERYWHERE, {"config": SECOND}, *EVERYWHERE,
                 {"config": {"version": 1, "incremental": True, "loggers": {"a": {}}}}, *EVERYWHERE)
incremental.good("at the very first", {"version": 1, "incremental": True, "root": {"level": "ERROR"}}, *LEVEL_RECORDS)
incremental.good("twice", FIRST, *EVERYWHERE, {"config": {"version": 1, "incremental": True, "handlers": {"h": {"level": "ERROR"}}}}, *EVERYWHERE,
                 {"config": {"version": 1, "incremental": True, "handlers": {"h": {"level": "DEBUG"}}, "loggers": {"a": {"level": 40}}}}, *EVERYWHERE)
