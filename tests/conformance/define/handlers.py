"""Files, rotation, and what handlers have in common."""

from define import LEVEL_RECORDS, STDOUT, Group, file_handler, to_file, with_handlers

SHORT = {"format": "%(message)s"}
ROTATING = "logging.handlers.RotatingFileHandler"
LINES = [f"line {i:02}" for i in range(20)]

files = Group("files")
for mode in ("a", "w", "at", "wt", "a+", "w+", "ta"):
    files.good(f"mode {mode}", to_file(handler={"mode": mode}), *LEVEL_RECORDS, before={"logs/out": {"text": "old\n"}})
    files.good(f"mode {mode}, delay", to_file(handler={"mode": mode, "delay": True}), *LEVEL_RECORDS, before={"logs/out": {"text": "old\n"}})
for delay in (True, False, 0, 1, "", "no", None):
    files.good(f"delay {delay!r} and nothing logged", to_file(handler={"delay": delay}))
for encoding in ("utf-8", "utf8", "UTF-8", "utf_8", "U8", None):
    files.good(f"encoding {encoding!r}", to_file(handler={"encoding": encoding}), "é日😀")
for errors in ("strict", "replace", "backslashreplace", None):
    files.good(f"errors {errors!r}", to_file(handler={"errors": errors}), "é日😀")
files.good("files of handlers that nobody uses are made", with_handlers([], a=file_handler("a"), b=file_handler("b", delay=True)), "x")
files.good("names are taken literally", with_handlers(["a", "b"], a=file_handler("~ $HOME %d {x}"), b=file_handler("../logs/./ü")), "x")
files.good("a line without end before", to_file(), "x", before={"logs/out": {"text": "half"}})
files.good("two handlers on one file, one after the other", with_handlers([], a=file_handler("x"), b=file_handler("x", level="ERROR")) | {
    "loggers": {"a": {"handlers": ["a"], "level": "DEBUG"}, "b": {"handlers": ["b"]}}}, ("a", "INFO", "1"), ("b", "INFO", "2"), ("a", "DEBUG", "3"))
files.good("by a factory", with_handlers(["a"], a={"()": "logging.FileHandler", "filename": "logs/x", "mode": "w", "level": "INFO"}), *LEVEL_RECORDS)
files.good("keys in any case of mind: formatter, level and filters first", {
    "version": 1, "formatters": {"f": SHORT}, "filters": {"x": {"name": "a"}},
    "handlers": {"h": {"filters": ["x"], "filename": "logs/out", "level": "INFO", "formatter": "f", "class": "logging.FileHandler"}},
    "root": {"handlers": ["h"], "level": 0}}, ("a", "INFO", "1"), ("b", "INFO", "2"), ("a", "DEBUG", "3"))
files.good("long lines and many", to_file(SHORT), *["x" * n for n in (0, 1, 63, 64, 2000, 70000)], *LINES)

rotating = Group("rotating")


def rotated(**keys):
    return {"version": 1, "formatters": {"f": SHORT},
            "handlers": {"h": {"class": ROTATING, "filename": "logs/out", "formatter": "f"} | keys},
            "root": {"handlers": ["h"], "level": "DEBUG"}}


for size in (-1, 0, 1, 7, 8, 9, 15, 16, 17, 24, 40, 41, 1000, 20.5, True, 10**30):
    rotating.good(f"maxBytes {size!r}, three backups", rotated(maxBytes=size, backupCount=3), *LINES)
for count in (-1, 0, 1, 2, 5, 30, True):
    rotating.good(f"backupCount {count!r}", rotated(maxBytes=20, backupCount=count), *LINES)
rotating.good("sizes count bytes of the file and characters of the line", rotated(maxBytes=30, backupCount=9),
              *["é" * n for n in (3, 9, 10, 14, 15, 29, 30)], *["日" * n for n in (1, 5, 9)], "😀" * 8)
rotating.good("the file is there", rotated(maxBytes=20, backupCount=2), *LINES[:5], before={"logs/out": {"text": "123456789\n"}})
rotating.good("backups are there", rotated(maxBytes=20, backupCount=2), *LINES[:5], before={
    "logs/out": {"text": "0\n"}, "logs/out.1": {"text": "1\n"}, "logs/out.2": {"text": "2\n"}, "logs/out.3": {"text": "3\n"},
    "logs/out.1.x": {"text": "x\n"}, "logs/outer.1": {"text": "y\n"}})
rotating.good("a gap among the backups", rotated(maxBytes=20, backupCount=4), *LINES[:3], before={
    "logs/out": {"text": "0\n" * 9}, "logs/out.2": {"text": "2\n"}, "logs/out.4": {"text": "4\n"}})
rotating.good("mode w without a limit", rotated(mode="w"), "x", before={"logs/out": {"text": "old\n"}})
rotating.good("mode w with a limit appends", rotated(mode="w", maxBytes=100), "x", before={"logs/out": {"text": "old\n"}})
for mode in ("q", "x", "r", "ab", "", 5, None, ["a"]):
    rotating.good(f"mode {mode!r} with a limit is not looked at", rotated(mode=mode, maxBytes=100), "x", before={"logs/out": {"text": "old\n"}})
for count in (None, "5", [], {}, 1.5):
    rotating.good(f"backupCount {count!r} where nothing rolls", rotated(backupCount=count), *LINES)
rotating.good("a line of no bytes rolls the file", rotated(maxBytes=5, backupCount=9, **{".": {"terminator": ""}}), "abcde", "", "abcd", "", "", "abcde", "")
rotating.good("a terminator of three is not counted", rotated(maxBytes=24, backupCount=9, **{".": {"terminator": "!!\n"}}), *LINES)
rotating.good("delay", rotated(maxBytes=20, backupCount=2, delay=True), *LINES)
rotating.good("delay and nothing logged", rotated(maxBytes=20, backupCount=2, delay=True))
rotating.good("delay and a file that is there", rotated(maxBytes=20, backupCount=2, delay=True), *LINES[:3], before={"logs/out": {"text": "old old old old\n"}})
rotating.good("an empty file never rolls", rotated(maxBytes=3, backupCount=2), "longer than the limit", "x", "again longer")
rotating.good("nothing that is no file rolls", rotated(filename="/dev/null", maxBytes=1, backupCount=2), *LINES)
rotating.good("tracebacks count", rotated(maxBytes=40, backupCount=9), *[{"msg": f"m{i}", "exc_text": "E" * i} for i in range(20)])
rotating.good("by a factory", {"version": 1, "handlers": {"h": {"()": ROTATING, "filename": "logs/out", "maxBytes": 30, "backupCount": 3}},
              "root": {"handlers": ["h"], "level": 0}}, *LINES)

watched = Group("watched")
WATCHED = {"class": "logging.handlers.WatchedFileHandler", "filename": "logs/out"}
for name, handler in (("watched", WATCHED), ("watched with a delay", WATCHED | {"delay": True}), ("watched in mode w", WATCHED | {"mode": "w"})):
    watched.good(f"{name}: nothing happens", with_handlers(["h"], h=handler), *LEVEL_RECORDS, before={"logs/out": {"text": "old\n"}})
    watched.good(f"{name}: moved away", with_handlers(["h"], h=handler), "1", {"rename": ["logs/out", "logs/out.1"]}, "2", "3")
    watched.good(f"{name}: removed", with_handlers(["h"], h=handler), "1", {"remove": "logs/out"}, "2", "3")
    if handler.get("mode") != "w":
        watched.good(f"{name}: another file in its place", with_handlers(["h"], h=handler), "1", {"rename": ["logs/other", "logs/out"]}, "2",
                     before={"logs/other": {"text": "other\n"}})
watched.good("watched, moved away twice", with_handlers(["h"], h=WATCHED), "1", {"rename": ["logs/out", "logs/out.1"]}, "2",
             {"rename": ["logs/out", "logs/out.2"]}, "3")
watched.good("watched, moved away and nothing logged after", with_handlers(["h"], h=WATCHED | {"level": "INFO"}), "1",
             {"rename": ["logs/out", "logs/out.1"]}, ("DEBUG", "2"))

timed = Group("timed")
TIMED = "logging.handlers.TimedRotatingFileHandler"
DAY = 86400
START = 1699999200.0  # 2023-11-14 22:00:00 UTC, a Tuesday
ZONES = {"UTC": "UTC0", "New York": "EST5EDT,M3.2.0,M11.1.0", "Berlin": "CET-1CEST,M3.5.0,M10.5.0/3",
         "Lord Howe": "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"}
STEPS_OF = {"S": 0.4, "M": 25, "H": 1500, "D": 30000, "MIDNIGHT": 20000, "W0": 100000, "W2": 100000, "W6": 130000}


def timed_config(**keys):
    return {"version": 1, "handlers": {"h": {"class": TIMED, "filename": "logs/out"} | keys}, "root": {"handlers": ["h"], "level": "DEBUG"}}


def ticking(begin, step, count=24):
    return [{"created": begin + i * step, "msg": f"{i:02}"} for i in range(count)]


def there_since(mtime):
    return {"logs/out": {"text": "old\n", "mtime": mtime}}


for when, step in STEPS_OF.items():
    for interval in (1, 3):
        timed.good(f"when {when}, interval {interval}", timed_config(when=when, interval=interval), *ticking(START, step),
                   before=there_since(START - 10), zone="UTC0")
for when in ("s", "m", "h", "d", "midnight", "Midnight", "w3"):
    timed.good(f"when {when} in small letters", timed_config(when=when), *ticking(START, STEPS_OF.get(when.upper(), 100000), 6),
               before=there_since(START - 10), zone="UTC0")
for place, zone in ZONES.items():
    for title, change in (("spring", {"UTC": START, "New York": 1710054000, "Berlin": 1711846800, "Lord Howe": 1696087800}),
                          ("autumn", {"UTC": START, "New York": 1730613600, "Berlin": 1729990800, "Lord Howe": 1712415600})):
        begin = change[place] - 2 * DAY
        for when in ("MIDNIGHT", "D", "W6"):
            timed.good(f"{when} over the change of {title} in {place}", timed_config(when=when), *ticking(begin, 20011, 30),
                       before=there_since(begin - 100), zone=zone)
        timed.good(f"H over the change of {title} in {place}", timed_config(when="H"), *ticking(begin + 2 * DAY - 6000, 1201, 12),
                   before=there_since(change[place] - 7000), zone=zone)
timed.good("utc true", timed_config(when="midnight", utc=True), *ticking(START, 10000), before=there_since(START - 10))
timed.good("backupCount 2", timed_config(when="H", backupCount=2), *ticking(START, 2000), before=there_since(START - 10))
timed.good("backupCount by \".\"", timed_config(when="H", backupCount=9, **{".": {"backupCount": 2}}), *ticking(START, 2000), before=there_since(START - 10))
for when in ("S", "H", "MIDNIGHT", "W2"):
    for seconds in (5, 0, 90000, 5000.5, 1000000):
        # The first rollover has been worked out by then.
        timed.good(f"interval {seconds} by \".\", when {when}", timed_config(when=when, **{".": {"interval": seconds}}),
                   *ticking(START, STEPS_OF[when]), before=there_since(START - 10), zone="UTC0")
for place in ("New York", "Berlin"):
    for utc in (True, False):
        timed.good(f"utc {utc} by \".\" in {place}", timed_config(when="midnight", utc=not utc, **{".": {"utc": utc}}), *ticking(START, 10000),
                   before=there_since(START - 10), zone=ZONES[place])
timed.good("backupCount deletes only what is its own", timed_config(when="H", backupCount=1), *ticking(START, 2000, 6), before=there_since(START - 10) | {
    f"logs/out.{suffix}": {"text": suffix} for suffix in ("2023-11-01_00", "2023-11-01", "2023-11-01_00.gz", "x2023-11-01_00", "1", "2023-11-01_00-00")})
timed.good("the name it would get is taken: it goes on", timed_config(when="H"), *ticking(START, 2000, 6), before=there_since(START - 10) | {
    "logs/out.2023-11-14_16": {"text": "taken\n"}})
timed.good("a file that is old", timed_config(when="midnight"), *ticking(START, 100, 3), before=there_since(START - 40 * DAY))
timed.good("delay", timed_config(when="H", delay=True), *ticking(START, 2000, 6), before=there_since(START - 10))
for title, lines in (("alone", ["", "", ""]), ("between others", ["a", "", "", "b", ""])):
    timed.good(f"lines of no bytes roll the file too, {title}", timed_config(when="H", **{".": {"terminator": ""}}),
               *[{"created": START + i * 4000, "msg": line} for i, line in enumerate(lines)], before=there_since(START - 10))
timed.good("a silence of many intervals makes one file", timed_config(when="S"), *ticking(START, 1000, 3), before=there_since(START - 1))
timed.good("time that goes back", timed_config(when="M"), *ticking(START, 61, 3), *ticking(START, -61, 3), before=there_since(START - 1))
timed.good("when absent: hours", timed_config(), *ticking(START, 2000, 6), before=there_since(START - 10))
timed.good("the guideline's", timed_config(when="midnight", interval=1, backupCount=7), *ticking(START, 43210, 24), before=there_since(START - 10))
