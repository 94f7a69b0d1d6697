"""Text formatters: the three styles, times, and what is appended."""

from define import LEVEL_RECORDS, Group, to_file

TEXT = {"name": "my_app.dé", "levelno": 30, "msg": "héllo wörld 日本 'x'", "created": 1700000000.123456,
        "taskName": "Task-1", "extra": "é'\"\n", "count": 42, "ratio": -2.5, "flag": True, "none": None,
        "list": [1, "a", None, {"b": [True]}], "dict": {"k": 1.5, "é": []}, "big": 10**30}
PLAIN = {"msg": "", "levelno": 15, "lineno": 0, "thread": 2**63 + 5, "created": 0.0, "relativeCreated": 0.0,
         "extra": "", "count": -7, "ratio": 1e300, "flag": False, "none": 1, "list": [], "dict": {}, "big": -1}
BOTH = (TEXT, PLAIN)
ATTRIBUTES = ("name", "levelno", "levelname", "pathname", "filename", "module", "lineno", "funcName",
              "created", "asctime", "msecs", "relativeCreated", "thread", "threadName", "process",
              "processName", "taskName", "message", "exc_text", "stack_info", "msg")
STRINGS = ("name", "levelname", "message", "asctime", "taskName", "extra")
INTEGERS = ("levelno", "lineno", "thread", "process", "count", "big")
FLOATS = ("created", "msecs", "relativeCreated", "ratio")
EXTRAS = ("extra", "count", "ratio", "flag", "none", "list", "dict", "big")


def joined(style, names, spec=""):
    return "|".join(style.format(name=name, spec=spec) for name in names)


percent = Group("percent")
PERCENT = "%({name}){spec}"
for name in ATTRIBUTES:
    percent.good(f"%({name})s", to_file({"format": f"%({name})s"}), *BOTH)
for spec in ("s", "10s", "-10s", ".3s", "-8.4s", "010s", "+5s", "#s", " s", ".0s", "0s", "r", "a", "20r", "-20.9a", ".2r"):
    percent.good(f"strings as {spec}", to_file({"format": "[" + joined(PERCENT, STRINGS, spec) + "]"}), *BOTH)
for spec in ("d", "i", "u", "5d", "-5d", "05d", "+d", " d", "+05d", "-+6d", "5.3d", ".4d", ".0d", "x", "X", "#x", "#X", "#010x",
             "o", "#o", "-#10o", ".5x", "s", "r", "e", "f", "g", "12.3f", "#.0f", "ld", "hd", "Li"):
    percent.good(f"integers as {spec}", to_file({"format": "%(message)s" + joined(PERCENT, INTEGERS, spec)}), *BOTH)
for spec in ("f", ".3f", ".0f", "#.0f", "e", ".2E", "g", "G", "#g", ".10g", "012.3f", "+.1f", " f", "-15.2f", "d", "05d", "+d", "i",
             "s", "r", ".4s", "F", "20.12e", ".17g"):
    percent.good(f"floats as {spec}", to_file({"format": joined(PERCENT, FLOATS, spec)}), *BOTH)
for spec in ("s", "r", "a", ".5s", "12s"):
    percent.good(f"extras as {spec}", to_file({"format": joined(PERCENT, EXTRAS, spec)}), *BOTH)
percent.good("a character", to_file({"format": "%(count)c%(levelno)c|%(message)s|%(char)c"}),
             {"count": 65, "char": "é"}, {"count": 0x1F600, "levelno": 33, "char": "日"})
percent.good("percent signs", to_file({"format": "100%% %(message)s %(message)% %%(x)s %%%(levelno)d%%"}), *BOTH)
percent.good("braces and dollars are text", to_file({"format": "{message} ${message} $$ %(message)s"}), *BOTH)
percent.good("newlines and tabs in the format", to_file({"format": "%(message)s\n\t%(levelname)s\n"}), *BOTH)
percent.good("format null", to_file({"format": None}), *BOTH)
percent.good("format empty", to_file({"format": ""}), *BOTH)
percent.good("format of the wrong style, not validated", to_file({"format": "{message} hello", "validate": False}), *BOTH)
percent.good("a constant, not validated", to_file({"format": "hello", "validate": False}), *BOTH)
percent.good("by a factory, as fmt", to_file({"()": "logging.Formatter", "fmt": "%(name)s: %(message)s"}), *BOTH)
percent.good("by a factory, as format", to_file({"()": "logging.Formatter", "format": "%(name)s: %(message)s"}), *BOTH)
percent.good("by its class", to_file({"class": "logging.Formatter", "format": "%(name)s: %(message)s"}), *BOTH)
percent.good("class null", to_file({"class": None, "format": "%(name)s: %(message)s"}), *BOTH)
percent.good("other keys are ignored", to_file({"fmt": "x", "datefmtt": 5, "format": "%(message)s"}), *BOTH)
percent.good("an unused bad conversion behind a good one, not reached by validation",
             to_file({"format": "%(message)s %(levelno)s"}), *BOTH)
for name, spec, value in (("nope", "s", None), ("message", "d", "text"), ("extra", "f", "text"), ("count", "c", -1),
                          ("extra", "x", "a"), ("ratio", "x", None), ("list", "d", None), ("none", "d", None)):
    record = TEXT if value is None else TEXT | {name if name != "message" else "msg": value}
    percent.good(f"lost: %({name}){spec}", to_file({"format": f"%(message)s %({name}){spec}"}), {"msg": "before", **PLAIN} | {"nope": 1} | (
        {name: 1} if name != "message" else {"msg": 5}), record, {"nope": 2, **TEXT} | ({name: 3} if name != "message" else {}))
percent.good("defaults", to_file({"format": "%(a)s %(b)s %(c)s %(d)r %(e)s %(f)s", "defaults": {
    "a": "one", "b": 2, "c": 2.5, "d": None, "e": [1, "x"], "f": {"k": True}}}), *BOTH, {"a": 5, "d": "given", "f": None})
percent.good("defaults do not stand in for attributes", to_file({"format": "%(name)s %(taskName)s %(message)s %(asctime)s", "defaults": {
    "name": "x", "taskName": "x", "message": "x", "asctime": "x"}}), *BOTH)
percent.good("defaults with flags", to_file({"format": "%(a)-8s|%(b)05d|%(c).1f|%(a)r", "defaults": {"a": "é", "b": 42, "c": 2.25}}), "x")
percent.good("defaults null", to_file({"format": "%(message)s", "defaults": None}), *BOTH)
percent.good("defaults empty, a missing field is lost", to_file({"format": "%(x)s", "defaults": {}}), "lost", {"x": 1})

brace = Group("brace")
BRACE = "{{{name}{spec}}}"


def braces(format_text, **more):
    return to_file({"style": "{", "format": format_text} | more)


for name in ATTRIBUTES:
    brace.good(f"{{{name}}}", braces(f"{{{name}}}"), *BOTH)
for spec in (":10", ":<10", ":>10", ":^11", ":*^21", ":.3", ":é>8.2", ":s", "!r", "!s", "!a", "!r:>30", "!a:.9", ":=<9", ":08", ":<08"):
    brace.good(f"strings as {spec}", braces("[" + joined(BRACE, STRINGS, spec) + "]"), *BOTH)
for spec in (":d", ":5", ":<5", ":^7", ":05", ":+", ": d", ":,", ":_", ":x", ":#x", ":X", ":#010x", ":b", ":#b", ":o", ":#_b", ":_x",
             ":e", ":.2f", ":g", ":%", ":n", ":*=+8", "!r", "!s:>6", ":,.1f", ":010,", ":=6", ":.3e", ":E", ":G"):
    brace.good(f"integers as {spec}", braces(joined(BRACE, INTEGERS, spec)), *BOTH)
for spec in (":f", ":.3f", ":.0f", ":e", ":.2E", ":g", ":G", ":.1%", ":,", ":_.2f", ":012.3f", ":+.1f", ":<15.2f", ":^15", ":.10g", ":.3",
             ":n", ":#.0f", ":F", "!r", "!s:.4", ":*=+14.2f", ":_", ":.17g", ":020,.2f"):
    brace.good(f"floats as {spec}", braces(joined(BRACE, FLOATS, spec)), *BOTH)
for spec in ("", "!r", "!a", "!s:>12", "!r:.5"):
    brace.good(f"extras as {spec or 'they are'}", braces(joined(BRACE, EXTRAS, spec)), *BOTH)
brace.good("booleans as numbers", braces("{flag:d} {flag:5} {flag:x} {flag!s:>6} {flag:.1f}"), *BOTH)
brace.good("doubled braces", braces("{{{message}}} {{}} }}{{"), *BOTH)
brace.good("percent signs and dollars are text", braces("100% %(message)s ${message} $$ %%"), *BOTH)
brace.good("width and precision from other fields", braces("{message:{count}.{levelno}}|{ratio:{count}.1f}"), TEXT)
brace.good("an index and a key", braces("{list[1]} {list[3]} {dict[k]} {dict[é]}"), TEXT)
brace.good("asctime with a width", braces("{asctime:>30}|{asctime:.10}|{asctime!r}"), *BOTH)
brace.good("a character", braces("{count:c}{levelno:c}"), {"count": 65, "levelno": 0x1F600}, {"count": 0xE9})
brace.good("format null", braces(None), *BOTH)
brace.good("format empty", braces(""), *BOTH)
brace.good("not validated", braces("hello", validate=False), *BOTH)
brace.good("by a factory", to_file({"()": "logging.Formatter", "format": "{name}: {message}", "style": "{"}), *BOTH)
brace.good("by its class", to_file({"class": "logging.Formatter", "format": "{name}: {message}", "style": "{"}), *BOTH)
brace.good("defaults", braces("{a} {b:04} {c:.1f} {d} {e} {f}", defaults={
    "a": "one", "b": 2, "c": 2.5, "d": None, "e": [1, "x"], "f": {"k": True}}), {}, {"a": 5, "d": "given", "f": None})
brace.good("defaults do not stand in for attributes", braces("{name} {message}", defaults={"name": "x", "message": "y"}), *BOTH)
for text in ("{nope}", "{message:d}", "{count:s}", "{list:>5}", "{none:d}", "{extra:f}", "{ratio:d}", "{ratio:x}", "{flag:s}"):
    brace.good(f"lost: {text}", braces(f"{{message}} {text}"), TEXT, {"msg": "nothing"})

dollar = Group("dollar")


def dollars(format_text, **more):
    return to_file({"style": "$", "format": format_text} | more)


for name in ATTRIBUTES:
    dollar.good(f"${name}", dollars(f"${name} ${{{name}}}."), *BOTH)
dollar.good("extras", dollars(joined("${{{name}}}", EXTRAS)), *BOTH)
dollar.good("dollars doubled", dollars("$$ $$message $message$$ ${message}$${x}"), *BOTH)
dollar.good("a name ends where it ends", dollars("$message-$levelname.$lineno/$name'$funcName s${message}s"), *BOTH)
dollar.good("percent signs and braces are text", dollars("%(message)s {message} ${message} %% {{}}"), *BOTH)
dollar.good("letters beyond ASCII end a name", dollars("${message}é $levelnameé"), *BOTH)
dollar.good("format null", dollars(None), *BOTH)
dollar.good("format empty", dollars(""), *BOTH)
dollar.good("not validated", dollars("hello", validate=False), *BOTH)
dollar.good("lost: a missing field", dollars("$message ${nope}"), "x", {"nope": 5})
dollar.good("lost: a bare dollar, not validated", dollars("$message $ x", validate=False), "x")
dollar.good("defaults", dollars("$a $b ${c} $d $e $f", defaults={
    "a": "one", "b": 2, "c": 2.5, "d": None, "e": [1, "x"], "f": {"k": True}}), {}, {"a": 5, "d": "given", "f": None})
dollar.good("by a factory", to_file({"()": "logging.Formatter", "format": "$name: $message", "style": "$"}), *BOTH)
dollar.good("by its class", to_file({"class": "logging.Formatter", "format": "$name: $message", "style": "$"}), *BOTH)

times = Group("times")
MOMENTS = [{"created": created} for created in (
    0.0, 1.5, 1700000000.0, 1700000000.0005, 1700000000.999999, 1699999999.9996, 1710054000.25, 1710053999.999,
    1730613599.5, 1730613600.0, 1730617200.75, 4102444800.125, 951782400.0, 1709208000.0, 1704067199.0)]
for style, time_text in (("%", "%(asctime)s"), ("{", "{asctime}"), ("$", "$asctime")):
    for zone in ("UTC0", "EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
                 "<-0330>3:30<-0230>,M3.2.0,M11.1.0"):
        times.good(f"asctime in style {style}, zone {zone}", to_file({"style": style, "format": time_text}), *MOMENTS, zone=zone)
for datefmt in ("%Y-%m-%dT%H:%M:%S%z", "%a %A %b %B %d %e", "%H %I %k %l %p %P %M %S", "%j %U %W %V %u %w %G %g", "%c|%x|%X|%r|%R|%T|%D|%F",
                "%Z %z", "%s", "%-d/%-m/%-H", "%_d %^a %#Z", "%f", "%%", "%n%t.", "plain", "é %Y 日", "%C %y %h", "%E %O %Ey %Od", "%", "%Q", "%10Y",
                "", None, " ", "%:z", "%+"):
    times.good(f"datefmt {datefmt!r}", to_file({"format": "%(asctime)s", "datefmt": datefmt}), *MOMENTS)
for created, msecs in ((1677903920.999998503, 999.0), (1677903920.9999999, 0.0), (1700000000.0, 0.0), (1700000000.001, 1.0),
                       (1700000000.5, 500.4), (1700000000.5, 1234.5), (1700000000.5, 7.999)):
    times.good(f"msecs {msecs} of {created!r}", to_file({"format": "%(asctime)s|%(msecs)d|%(msecs)03d|%(msecs)s|%(created)f|%(created)s"}),
               {"created": created, "msecs": msecs})
times.good("before 1970", to_file({"format": "%(asctime)s|%(created)s|%(msecs)d"}), *[{"created": created} for created in (
    -0.5, -1.25, -86400.0, -86399.999, -2208988800.75)])
times.good("relativeCreated", to_file({"format": "%(relativeCreated)d|%(relativeCreated)s|%(relativeCreated).3f|%(relativeCreated)08d"}),
           *[{"relativeCreated": value} for value in (0.0, 0.5, 1234.567, 1e9 + 0.25, 0.001, 123456789.125)])
times.good("asctime with flags", to_file({"format": "[%(asctime)30s|%(asctime)-30s|%(asctime).10s|%(asctime)r]"}), *MOMENTS)
times.good("%%(asctime) alone asks for the time too", to_file({"format": "%%(asctime)s %(message)s"}), "x")

appended = Group("appended")
for number, more in enumerate((
        {"exc_text": "Traceback\n  x"}, {"stack_info": "Stack\n  y"}, {"exc_text": "E", "stack_info": "S"}, {"exc_text": ""},
        {"stack_info": ""}, {"exc_text": "E\n"}, {"exc_text": "E\n", "stack_info": "S\n"}, {"exc_text": "\n", "stack_info": "\n\n"},
        {"exc_text": "é\r\n\tx"}, {"msg": "ends\n", "exc_text": "E"}, {"msg": "ends\n\n", "stack_info": "S"}, {"msg": "", "exc_text": "E"},
        {"msg": "\n"})):
    for style, text in (("%", "[%(message)s]"), ("%", "%(message)s"), ("{", "{message}\n"), ("$", "$message")):
        appended.good(f"{number} behind {text!r}", to_file({"style": style, "format": text}), more, "next")
appended.good("several handlers", {"version": 1, "formatters": {"a": {"format": "A %(message)s"}, "b": {"()": "mylogger.MyJSONFormatter"}},
              "handlers": {"a": {"class": "logging.FileHandler", "filename": "logs/a", "formatter": "a"},
                           "b": {"class": "logging.FileHandler", "filename": "logs/b", "formatter": "b"}},
              "root": {"handlers": ["b", "a"], "level": 0}}, {"exc_text": "E\n", "stack_info": "S"}, *LEVEL_RECORDS)

as_json = Group("json")
JSON = {"()": "mylogger.MyJSONFormatter"}
NUMBERS = [0, -0.0, 1.0, 1e15, 1e16, 0.0001, 1e-5, 5e-324, 1.7976931348623157e308, 2**53 + 1, -2**63, 2**64 - 1, 10**40, -10**25, 0.1, 123456.789]
as_json.good("numbers of all sizes", to_file(JSON), {"list": NUMBERS}, *[{"n": n} for n in NUMBERS])
as_json.good("every attribute", to_file(JSON | {"fmt_keys": {f"key_{n}": n for n in ATTRIBUTES if n != "asctime"}}), *BOTH)
as_json.good("texts", to_file(JSON), *[{"msg": t, t or "e": t} for t in (
    "", "\"\\/", "\b\f\n\r\t", "\0\x1f\x7f", "é\x80\xff", "日本\u2028\u2029", "😀\U0010ffff", "</script>", "\ufeff\ufffd\uffff")])
as_json.good("nested", to_file(JSON), {"x": {"a": [1, {"b": [[], {}, [None, True, False]]}], "": {"": ""}}}, TEXT)
as_json.good("fmt_keys in their order, the rest behind", to_file(JSON | {"fmt_keys": {"t": "timestamp", "l": "levelname", "m": "message"}}), *BOTH)
as_json.good("one attribute under two keys", to_file(JSON | {"fmt_keys": {"a": "levelname", "b": "levelname"}}), *BOTH)
as_json.good("exc_info mapped", to_file(JSON | {"fmt_keys": {"e": "exc_info", "s": "stack_info"}}), {"exc_text": "E"}, {"stack_info": "S"}, "neither")
as_json.good("an extra of a mapped key's name replaces in place", to_file(JSON | {"fmt_keys": {"level": "levelname", "message": "message"}}),
             {"level": "X", "timestamp": "T", "x": 1}, {"exc_info_": 1, "exc_text": "E"})
as_json.good("an extra mapped", to_file(JSON | {"fmt_keys": {"u": "user"}}), {"user": "ada"}, {"user": None}, "lost", {"user": [1]})
as_json.good("an absent attribute: lost", to_file(JSON | {"fmt_keys": {"u": "nope"}}), "x")
as_json.good("fmt_keys null", to_file(JSON | {"fmt_keys": None}), *BOTH)
as_json.good("fmt_keys empty", to_file(JSON | {"fmt_keys": {}}), *BOTH)
as_json.good("time stamps", to_file(JSON), *MOMENTS, *[{"created": c} for c in (
    1700000000.0000005, 1700000000.0000015, 1700000000.1234565, 1e9, 999999999.9999995, 0.000001, 253402300799.0)])

nulls = Group("nulls")
NULLABLE = ("levelname", "pathname", "filename", "module", "lineno", "funcName", "process", "processName", "thread", "threadName", "taskName")
NULL_RECORDS = [{name: None} for name in NULLABLE] + [dict.fromkeys(NULLABLE)]
for title, formatter in (
        ("%", {"format": joined(PERCENT, NULLABLE, "s")}), ("% with flags", {"format": joined(PERCENT, NULLABLE, "-9.3s")}),
        ("% as repr", {"format": joined(PERCENT, NULLABLE, "r")}), ("{", {"style": "{", "format": joined("{{{name}}}", NULLABLE)}),
        ("{ converted", {"style": "{", "format": joined("{{{name}!s:>8}}", NULLABLE)}), ("$", {"style": "$", "format": joined("${{{name}}}", NULLABLE)}),
        ("JSON", {"()": "mylogger.MyJSONFormatter", "fmt_keys": {name.lower(): name for name in NULLABLE}})):
    nulls.good(f"attributes that are None: {title}", to_file(formatter), *NULL_RECORDS)
