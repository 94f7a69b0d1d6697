"""Configs that CPython refuses, by the part that finds the fault."""

from define import STDOUT, Group, file_handler

MEMORY, QUEUE = "logging.handlers.MemoryHandler", "logging.handlers.QueueHandler"
TIMED, ROTATING = "logging.handlers.TimedRotatingFileHandler", "logging.handlers.RotatingFileHandler"
WATCHED, SYSLOG = "logging.handlers.WatchedFileHandler", "logging.handlers.SysLogHandler"
GOOD = {"version": 1, "handlers": {"h": file_handler("good")}, "root": {"level": "DEBUG", "handlers": ["h"]}}

text = Group("refused_text")
for title, document in (
        ("nothing", ""), ("white space", " \n "), ("a word", "version"), ("cut", '{"version": 1'), ("cut in a key", '{"vers'),
        ("no colon", '{"version" 1}'), ("no value", '{"version": }'), ("trailing comma", '{"version": 1,}'), ("trailing comma in a list", '{"version": [1,]}'),
        ("two documents", '{"version": 1} {}'), ("single quotes", "{'version': 1}"), ("a comment", '// x\n{"version": 1}'),
        ("a comment inside", '{"version": 1, # one\n "root": {}}'), ("a byte order mark", '\ufeff{"version": 1}'), ("a control character", '{"version": "\x01"}'),
        ("a newline in a string", '{"version": "a\nb"}'), ("a bad escape", '{"version": "\\x41"}'), ("a bad \\u", '{"version": "\\u12g4"}'),
        ("True", '{"version": True}'), ("a leading zero", '{"version": 01}'), ("a plus", '{"version": +1}'), ("a bare point", '{"version": .5}'),
        ("no comma", '{"version": 1 "root": {}}'), ("no comma in a list", '{"version": [1 2]}'), ("an extra brace", '{"version": 1}}'),
        ("a key that is a number", '{1: 2}'), ("on line 3", '{\n  "version": 1,\n  "root": {"level": DEBUG}\n}'), ("behind é and 日", '{"é日": x}')):
    text.bad(title, document)

top = Group("refused_schema")
for version in (2, 0, -1, "1", "x", None, False, 1.5, [1], {}, 10**30):
    top.bad(f"version {version!r}", GOOD | {"version": version})
top.bad("no version", {"handlers": {}})
for section in ("formatters", "filters", "handlers", "loggers"):
    for value in (None, 5):
        top.bad(f"{section} {value!r}", {"version": 1, section: value})
    for value in (None, 5, "x", []):
        top.bad(f"{section}.x {value!r}", {"version": 1, section: {"x": value}})
    for value in ("abc", "cba", [1], ["x", "h"], "é", True):
        top.bad(f"{section} {value!r}", {"version": 1, section: value})
for section in ("handlers", "loggers"):
    for value in (None, 5, True):
        top.bad(f"incremental, {section} {value!r}", {"version": 1, "incremental": True, section: value})
for value in ("x", 5, [1]):
    top.bad(f"root {value!r}", {"version": 1, "root": value})
for level in ("debug", "10", "", "WRANING", "NTOSET", " INFO", "Warning", 10.0, [], {}, [1, "it's"], "é\n", 1e16):
    top.bad(f"handler level {level!r}", GOOD | {"handlers": {"h": STDOUT | {"level": level}}})
    top.bad(f"logger level {level!r}", GOOD | {"loggers": {"my_app.db": {"level": level}}})
    top.bad(f"root level {level!r}", GOOD | {"root": {"level": level}})
for name in ("x", "H", "h ", 5, None, ["h"], ""):
    top.bad(f"handler {name!r} of a logger", GOOD | {"loggers": {"a": {"handlers": ["h", name]}}})
    top.bad(f"handler {name!r} of root", GOOD | {"root": {"handlers": [name]}})
    top.bad(f"filter {name!r} of a logger", GOOD | {"loggers": {"a": {"filters": [name]}}})
    top.bad(f"filter {name!r} of a handler", GOOD | {"handlers": {"h": STDOUT | {"filters": [name]}}})
    if name:
        top.bad(f"formatter {name!r} of a handler", GOOD | {"handlers": {"h": STDOUT | {"formatter": name}}})
for value in (5, True):
    top.bad(f"handlers of a logger {value!r}", GOOD | {"loggers": {"a": {"handlers": value}}})
    top.bad(f"filters of a handler {value!r}", GOOD | {"handlers": {"h": STDOUT | {"filters": value}}})
top.bad("the first in the alphabet of two bad handlers", {"version": 1, "handlers": {"b": {"class": "nope.B"}, "a": {"class": "nope.A"}}})
top.bad("formatters before filters before handlers", {"version": 1, "handlers": {"h": {"class": "nope.H"}}, "filters": {"x": {"()": "nope.X"}},
                                                      "formatters": {"f": {"()": "nope.F"}}})
top.bad("the first in the file of two bad formatters", {"version": 1, "formatters": {"z": {"style": "z"}, "a": {"style": "a"}}})
top.bad("a bad handler that nobody uses", GOOD | {"handlers": {"h": STDOUT, "i": {"class": "nope.H"}}})
top.bad("names with quotes and newlines", {"version": 1, "loggers": {"it's \"a\"\n\\é": {"level": "x"}}})

classes = Group("refused_classes")
for name in ("nope.H", "nope", "logging.Nope", "logging.handlers.Nope", "logging.StreamHandler.nope", "myapp.handlers.Foo", "StreamHandler", "logging.streamhandler"):
    classes.bad(f"handler class {name}", {"version": 1, "handlers": {"h": {"class": name}}})
    classes.bad(f"handler factory {name}", {"version": 1, "handlers": {"h": {"()": name}}})
    classes.bad(f"formatter factory {name}", {"version": 1, "formatters": {"f": {"()": name}}})
    classes.bad(f"formatter class {name}", {"version": 1, "formatters": {"f": {"class": name}}})
    classes.bad(f"filter factory {name}", {"version": 1, "filters": {"f": {"()": name}}})
for value in (None, 5, [], {}, "", "."):
    classes.bad(f"handler class {value!r}", {"version": 1, "handlers": {"h": {"class": value}}})
classes.bad("neither class nor factory", {"version": 1, "handlers": {"h": {}}})
ARGUMENTS = {
    "logging.StreamHandler": {}, "logging.NullHandler": {}, "logging.FileHandler": {"filename": "logs/x"}, ROTATING: {"filename": "logs/x"},
    TIMED: {"filename": "logs/x"}, WATCHED: {"filename": "logs/x"}, MEMORY: {"capacity": 5}, QUEUE: {}, SYSLOG: {"address": ["127.0.0.1", 9]}}
for name, keys in ARGUMENTS.items():
    for key in ("zzz", "9", "a b", "class ", "levl", "filname", "maxbytes", "when ", "Stream"):
        classes.bad(f"{name} with {key!r}", {"version": 1, "handlers": {"h": {"class": name, key: 1} | keys}})
    if name != "logging.StreamHandler":
        for more in ({"stream": "ext://sys.stdout"}, {"stream": 1, "zzz": 1}, {"strea": 1, "stream": 1}):
            classes.bad(f"{name} with {more}", {"version": 1, "handlers": {"h": {"class": name} | keys | more}})
            classes.bad(f"{name} by a factory with {more}", {"version": 1, "handlers": {"h": {"()": name} | keys | more}})
    if keys:
        classes.bad(f"{name} without {next(iter(keys))}", {"version": 1, "handlers": {"h": {"class": name}}} if name != SYSLOG else
                    {"version": 1, "handlers": {"h": {"class": name, "adress": 1}}})
for name in ("logging.Filter", "mylogger.NonErrorFilter"):
    for keys in ({"zzz": 1}, {"nam": "a"}, {"9": 1}, {"name": None}, {"name": 5}, {"stream": 1}):
        classes.bad(f"{name} with {keys}", {"version": 1, "filters": {"f": {"()": name} | keys}})
for value in (None, 5, True):
    classes.bad(f"filter name {value!r}", {"version": 1, "filters": {"f": {"name": value}}})

formats = Group("refused_formats")
for style, bad in (
        ("%", ("hello", "{message}", "${message}", "%(message)y", "%(a b)s", "%()s", "%message", "%s", "%%", "%(message)", "%(message)-", "%(message)*.", "(message)s",
               " ")),
        ("{", ("hello", "{", "}", "{}", "{{}}", "{0.x.y", "{name-thing}", "{name.thing}!{", "{message", "message}", "{message!z}", "{message!}", "{message:>>>5x}",
               "{process:.2ff}", "{process:.2Z}", "{process!s:<##30,12g}", "{process!s:<#30#,12g}", "{process!s:{{w}},{{p}}}", "{process", "process}", "{{foo!r:4.2}",
               "{{foo!r:4.2}}", "{foo/bar}", "{foo:{{w}}.{{p}}}}", "{foo!X:{{w}}.{{p}}}", "{foo!a:random}", "{foo!a:ran{dom}", "{foo!a:ran{d}om}", "{foo.!a:d}",
               "%(message)s", "${message", "{0}{", "{ }", "{message !r}")),
        ("$", ("hello", "$", "$$", "${", "${message", "$message $", "$message ${x", "$9", "${9}", "${a b}", "$bar $$$", "foo $.", "%(message)s", "{message}", "$é"))):
    for pattern in bad:
        formats.bad(f"{style} {pattern!r}", {"version": 1, "formatters": {"f": {"style": style, "format": pattern}}})
for style in ("", "x", "%%", "{}", "percent", " %", 5, None, True):
    formats.bad(f"style {style!r}", {"version": 1, "formatters": {"f": {"style": style, "format": "%(message)s"}}})
for value in (5, ["a"], {"a": 1}, True, 1.5):
    formats.bad(f"format {value!r}", {"version": 1, "formatters": {"f": {"format": value}}})
for keys in ({"zzz": 1}, {"fmt": "x"}, {"format": "x"}, {"9": 1}, {"class": "x"}, {"style": "x"}, {"fmtt": 1}, {"datfmt": 1}):
    formats.bad(f"logging.Formatter by a factory with {keys}", {"version": 1, "formatters": {"f": {"()": "logging.Formatter"} | keys}})
for keys in ({"zzz": 1}, {"fmt_key": {}}, {"datefmt": "x"}, {"9": 1}):
    formats.bad(f"MyJSONFormatter with {keys}", {"version": 1, "formatters": {"f": {"()": "mylogger.MyJSONFormatter"} | keys}})
formats.bad("MyJSONFormatter as a class", {"version": 1, "formatters": {"f": {"class": "mylogger.MyJSONFormatter"}}})
formats.bad("MyJSONFormatter as a class, with validate", {"version": 1, "formatters": {"f": {"class": "mylogger.MyJSONFormatter", "validate": True}}})

files = Group("refused_files")
for name in ("logging.FileHandler", ROTATING, TIMED, WATCHED):
    for keys in ({"filename": "nowhere/x"}, {"filename": "logs"}, {"filename": None}, {"filename": 5}, {"filename": "a\0b"}, {"filename": ["x"]},
                 {"encoding": "nope"}, {"encoding": 5}, {"errors": 5}):
        files.bad(f"{name} with {keys}", {"version": 1, "handlers": {"h": {"class": name, "filename": "logs/x"} | keys}})
for mode in ("q", "", "aw", "aa", 5, None, "A", "a ", "U"):
    files.bad(f"mode {mode!r}", {"version": 1, "handlers": {"h": file_handler("x", mode=mode)}})
for keys in ({"maxBytes": "5"}, {"maxBytes": None}, {"maxBytes": []}):
    files.bad(f"rotating with {keys}", {"version": 1, "handlers": {"h": {"class": ROTATING, "filename": "logs/x"} | keys}})

timed = Group("refused_timed")
for when in ("X", "W", "W7", "W10", "W-1", "midnigh", "", "MIDNIGHTS", "W ", "HH"):
    timed.bad(f"when {when!r}", {"version": 1, "handlers": {"h": {"class": TIMED, "filename": "logs/x", "when": when}}})
for keys in ({"when": 5}, {"when": None}, {"interval": None}, {"interval": "x"}, {"when": "midnight", "atTime": "12:00"}, {"mode": "a"}, {"maxBytes": 5}):
    timed.bad(f"with {keys}", {"version": 1, "handlers": {"h": {"class": TIMED, "filename": "logs/x"} | keys}})

chained = Group("refused_chained")
NULL = {"class": "logging.NullHandler"}
for target in ("x", "", None, 5, "h"):
    chained.bad(f"memory with target {target!r}", {"version": 1, "handlers": {"h": {"class": MEMORY, "capacity": 5, "target": target}, "n": NULL}})
for level in ("error", "", "x", 10.0, None, []):
    chained.bad(f"memory with flushLevel {level!r}", {"version": 1, "handlers": {"h": {"class": MEMORY, "capacity": 5, "flushLevel": level}}})
chained.bad("memory handlers in a ring", {"version": 1, "handlers": {"a": {"class": MEMORY, "capacity": 5, "target": "b"}, "b": {"class": MEMORY, "capacity": 5, "target": "a"}}})
chained.bad("memory by a factory with a target that is a name, and another key", {"version": 1, "handlers": {"h": {"()": MEMORY, "capacity": 5, "zzz": 1}}})
for members in (["x"], [5], ["h"], "h", "x", 5, None, ["n", "x"], [None], [["n"]]):
    chained.bad(f"queue with handlers {members!r}", {"version": 1, "handlers": {"h": {"class": QUEUE, "handlers": members}, "n": NULL}})
for spec in ("ext://nope.queue", 4, None, [], {}, {"maxsize": 4}, "nope.Q", {"()": "nope.Q"}, {"()": "queue.Queue", "size": 1}, {"()": "ext://queue.Queue"}, True, {"()": 5}):
    chained.bad(f"queue {spec!r}", {"version": 1, "handlers": {"h": {"class": QUEUE, "queue": spec}}})
for spec in (5, None, {"a": 1}, "nope.L", {"()": "nope.L"}, [], "logging.StreamHandler",
             "queue.Queue", "logging.Filter", {"()": "logging.handlers.QueueListener"}):
    chained.bad(f"listener {spec!r}", {"version": 1, "handlers": {"h": {"class": QUEUE, "listener": spec}}})
chained.bad("queues in a ring", {"version": 1, "handlers": {"a": {"class": QUEUE, "handlers": ["b"]}, "b": {"class": QUEUE, "handlers": ["a"]}}})
chained.bad("one pass of deferral only", {"version": 1, "handlers": {"a": {"class": QUEUE, "handlers": ["b"]}, "b": {"class": QUEUE, "handlers": ["c"]}, "c": NULL}})
chained.bad("a factory gets no members", {"version": 1, "handlers": {"h": {"()": QUEUE, "handlers": []}}})

references = Group("refused_references")
for reference in ("cfg://nope", "cfg://mine.nope", "cfg://mine.names[7]", "cfg://mine.names[x]", "cfg://mine[7]", "cfg://!", "cfg://", "cfg://mine.names[", "cfg://mine[", "cfg://mine.",
                  "cfg://mine..x", "cfg://mine!x", "cfg://mine.names]", "cfg://mine.name[0][1]", "cfg://mine.number.x", "ext://nope", "ext://nope.x", "ext://sys.nope",
                  "ext://logging.nope.x", "ext://"):
    references.bad(f"a level {reference}", {"version": 1, "mine": {"names": ["a"], "name": "x", "number": 5}, "handlers": {"h": STDOUT | {"level": reference}}})
    references.bad(f"a section {reference}", {"version": 1, "mine": {"names": ["a"], "name": "x", "number": 5}, "loggers": reference})
references.bad("a stream that is not there", {"version": 1, "handlers": {"h": STDOUT | {"stream": "ext://sys.stdbout"}}})

incremental = Group("refused_incremental")
for title, config in (("an unknown handler", {"handlers": {"zz": {"level": "INFO"}}}), ("a bad level of a handler", {"handlers": {"h": {"level": "debug"}}}),
                      ("a bad level of a logger", {"loggers": {"a": {"level": "debug"}}}), ("a bad level of root", {"root": {"level": "debug"}}),
                      ("a handler that is null", {"handlers": {"h": None}}), ("a logger that is null", {"loggers": {"a": None}}),
                      ("version 2", {"version": 2}), ("a level that is a float", {"handlers": {"h": {"level": 10.0}}})):
    incremental.bad(title, {"version": 1, "incremental": True} | config, {"config": GOOD})
incremental.bad("an unknown handler at the very first", {"version": 1, "incremental": True, "handlers": {"h": {"level": "INFO"}}})
