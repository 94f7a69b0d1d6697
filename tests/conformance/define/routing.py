"""Levels, loggers, propagation and filters."""

from define import LEVEL_RECORDS, STDERR, STDOUT, Group, file_handler, to_file, with_handlers

NAMES = ("root", "a", "a.b", "a.b.c", "a.bc", "b")
EVERYWHERE = [(name, level, f"{name} {level}") for name in NAMES
              for level in ("DEBUG", "INFO", "WARNING", "ERROR")]
SHORT = {"format": "%(name)s %(levelname)s %(message)s"}

levels = Group("levels")
for level in ("NOTSET", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL",
              0, 1, 10, 15, 35, 50, 51, -5, True, False, None):
    odd = [(35, "thirty-five"), (51, "beyond"), (1, "one"), (15, "fifteen")]
    levels.good(f"root level {level!r}", to_file(SHORT, root={"level": level, "handlers": ["h"]}),
                *LEVEL_RECORDS, *odd)
    levels.good(f"handler level {level!r}", to_file(SHORT, {"level": level}), *LEVEL_RECORDS, *odd)
    levels.good(f"logger level {level!r}", to_file(SHORT, loggers={"a": {"level": level}}),
                *EVERYWHERE)
levels.good("a root without a level is at WARNING", to_file(SHORT, root={"handlers": ["h"]}),
            *LEVEL_RECORDS)
levels.good("level 0 and below go nowhere", to_file(SHORT, {"level": -20}, root={"level": -20, "handlers": ["h"]}),
            *[(n, f"{n}") for n in (-20, -1, 0, 1, 10)])
levels.good("level 0 goes nowhere where nothing is set", to_file(SHORT, root={"level": 0, "handlers": ["h"]}), (0, "0"), (1, "1"))
levels.good("names of levels that nobody named", to_file(SHORT), *[(n, "x") for n in (1, 5, 11, 25, 49, 99)])

loggers = Group("loggers")
h, g = file_handler("h", formatter="f"), file_handler("g", formatter="f")


def tree(loggers_of, root=("h",), **more):
    return {"version": 1, "formatters": {"f": SHORT}, "handlers": {"h": h, "g": g},
            "loggers": loggers_of, "root": {"level": "INFO", "handlers": list(root)}} | more


for value in (True, False, None, 0, 1, "", "no", "False", [], [0], {}):
    loggers.good(f"propagate {value!r}", tree({"a": {"handlers": ["g"], "propagate": value}}), *EVERYWHERE)
loggers.good("a parent's level does not stop a child's records",
             tree({"a": {"level": "ERROR", "handlers": ["g"]}, "a.b": {"level": "DEBUG"}}), *EVERYWHERE)
loggers.good("a parent's filters do not stop a child's records",
             tree({"a": {"filters": ["x"], "handlers": ["g"]}}, filters={"x": {"name": "a.b"}}), *EVERYWHERE)
loggers.good("a logger's own filters", tree({"a.b": {"filters": ["x", "y"]}},
             filters={"x": {"name": "a"}, "y": {"()": "mylogger.NonErrorFilter"}}), *EVERYWHERE)
loggers.good("one handler at two levels of the tree: twice", tree({"a": {"handlers": ["h"]}}), *EVERYWHERE)
loggers.good("one handler named twice: once", tree({"a": {"handlers": ["g", "g"]}}), *EVERYWHERE)
loggers.good("handlers null", tree({"a": {"handlers": None}}), *EVERYWHERE)
loggers.good("handlers empty", tree({"a": {"handlers": [], "propagate": False}}), *EVERYWHERE)
loggers.good("handlers as a string: its characters", tree({"a": {"handlers": "gh"}}), *EVERYWHERE)
loggers.good("handlers as an object: its keys", tree({"a": {"handlers": {"g": 0}}}), *EVERYWHERE)
loggers.good("unknown keys of loggers are ignored", tree({"a": {"handler": ["x"], "Level": "X", "qualname": "q"}}), *EVERYWHERE)
loggers.good("names with blanks, dots and letters of all kinds",
             tree({"a b": {"handlers": ["g"]}, "ü.日本": {"handlers": ["g"]}, "x-y": {"handlers": ["g"]}}),
             ("a b", "ERROR", "1"), ("ü.日本", "ERROR", "2"), ("ü", "ERROR", "3"), ("x-y.z", "ERROR", "4"))
loggers.good("the root logger by name", tree({"root": {"level": "DEBUG", "handlers": ["g"]}}, root=()), *EVERYWHERE)
loggers.good("a root at the top wins over the one by name",
             tree({"root": {"level": "DEBUG", "handlers": ["g"]}}), *EVERYWHERE)
loggers.good("an empty root at the top leaves the one by name",
             tree({"root": {"level": "DEBUG", "handlers": ["g"]}}) | {"root": {}}, *EVERYWHERE)
loggers.good("a root at the top without handlers wipes those of the one by name",
             tree({"root": {"level": "DEBUG", "handlers": ["g"]}}) | {"root": {"level": "INFO"}}, *EVERYWHERE)
loggers.good("root null", tree({"a": {"handlers": ["g"]}}) | {"root": None}, *EVERYWHERE)
loggers.good("no handler anywhere: lastResort", {"version": 1}, *EVERYWHERE)
loggers.good("lastResort at a logger with a formatter nobody uses",
             {"version": 1, "formatters": {"f": SHORT}, "root": {"level": "DEBUG"}},
             {"levelno": 30, "msg": "two\nlines", "exc_text": "Traceback", "stack_info": "Stack"}, *LEVEL_RECORDS)
loggers.good("a handler that does not take the record is a handler", with_handlers(["h"], h=file_handler("h", level="ERROR")),
             *LEVEL_RECORDS)
loggers.good("a NullHandler keeps lastResort quiet", with_handlers(["n"], n={"class": "logging.NullHandler"}), *LEVEL_RECORDS)
loggers.good("propagate false without handlers: lastResort", tree({"a": {"propagate": False}}), *EVERYWHERE)
loggers.good("a config of nothing but its version disables nobody new", {"version": 1}, ("a", "ERROR", "new"))

filters = Group("filters")
for name in ("", "a", "a.b", "a.", ".a", "a.b.c", "A", "root", "nothing", "a b", [], {}):
    config = to_file(SHORT, {"filters": ["x"]}, filters={"x": {"name": name}})
    filters.good(f"by name {name!r} at a handler", config, *EVERYWHERE)
    config = to_file(SHORT, loggers={"a.b": {"filters": ["x"]}}, filters={"x": {"name": name}})
    filters.good(f"by name {name!r} at a logger", config, *EVERYWHERE)
    config = to_file(SHORT, {"filters": ["x"]}, filters={"x": {"()": "logging.Filter", "name": name}})
    filters.good(f"by name {name!r} with a factory", config, *EVERYWHERE)
filters.good("without a name everything passes", to_file(SHORT, {"filters": ["x"]}, filters={"x": {}}), *EVERYWHERE)
filters.good("other keys are ignored", to_file(SHORT, {"filters": ["x"]}, filters={"x": {"nme": "a"}}), *EVERYWHERE)
filters.good("NonErrorFilter", to_file(SHORT, {"filters": ["x"]}, filters={"x": {"()": "mylogger.NonErrorFilter"}}),
             *EVERYWHERE, (25, "25"), (20, "20"), (21, "21"))
filters.good("NonErrorFilter with a name", to_file(SHORT, {"filters": ["x"]},
             filters={"x": {"()": "mylogger.NonErrorFilter", "name": "a"}}), *EVERYWHERE)
filters.good("all of several must agree", to_file(SHORT, {"filters": ["x", "y"]},
             filters={"x": {"name": "a"}, "y": {"name": "a.b"}}), *EVERYWHERE)
filters.good("filters null, at both", to_file(SHORT, {"filters": None}, loggers={"a": {"filters": None}}), *EVERYWHERE)
filters.good("filters empty, at both", to_file(SHORT, {"filters": []}, loggers={"a": {"filters": []}}), *EVERYWHERE)
filters.good("filters as a string: its characters", to_file(SHORT, {"filters": "xy"},
             filters={"x": {"name": "a"}, "y": {"name": "a.b"}}), *EVERYWHERE)
filters.good("a filter at the root logger", to_file(SHORT, filters={"x": {"name": "a"}},
             root={"level": "INFO", "handlers": ["h"], "filters": ["x"]}), *EVERYWHERE)

streams = Group("streams")
for name in ("ext://sys.stdout", "ext://sys.stderr", "ext://sys.__stdout__", "ext://sys.__stderr__", None):
    streams.good(f"stream {name!r}", with_handlers(["s"], s={"class": "logging.StreamHandler", "stream": name}),
                 *LEVEL_RECORDS)
streams.good("both", with_handlers(["o", "e"], o=STDOUT, e=STDERR), *LEVEL_RECORDS)
streams.good("two handlers of one stream, in the order of the logger's list",
             with_handlers(["b", "a"], a=STDOUT | {"level": "INFO"}, b=STDOUT), *LEVEL_RECORDS)
for terminator in ("!\n", "", "\r\n", "\n\n", " é\n", "\0\n"):
    streams.good(f"terminator {terminator!r}", with_handlers(["s"], s=STDOUT | {".": {"terminator": terminator}}),
                 *LEVEL_RECORDS)
    streams.good(f"terminator {terminator!r} of a file", to_file(handler={".": {"terminator": terminator}}), *LEVEL_RECORDS)
streams.good("by a factory", with_handlers(["s"], s={"()": "logging.StreamHandler", "stream": "ext://sys.stdout",
             "level": "INFO"}), *LEVEL_RECORDS)
streams.good("formatter null", with_handlers(["s"], s=STDOUT | {"formatter": None}), "x")
streams.good("formatter empty", with_handlers(["s"], s=STDOUT | {"formatter": ""}), "x")
streams.good("messages of all kinds", with_handlers(["s"], s=STDOUT), "", "two\nlines", "tab\t", "nul\0", "é日😀\x7f\x85\u2028",
             *[{"msg": m} for m in (5, None, 1e5, True, [1, "it's", None], {"a": [1.5, {"b": '"'}]}, -0.0, 1e16, 10**30)])
