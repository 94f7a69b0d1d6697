"""Writes format_cases.json: what CPython 3.13 makes of formatters and records.

usage: format_cases.py > format_cases.json

The table has the records, and one case for each formatter and record: the line, the message of the
exception ("failed"), or that of a formatter that cannot be made ("refused"). A case's logger is c and
its number. A record and a formatter are texts of JSON, to be passed on digit for digit.
"""

import json
import logging
import logging.config
import os
import random
import sys
import time

BASE = {
    "name": "my_app.db", "levelno": 30, "levelname": "WARNING", "msg": "user logged in",
    "created": 1700000000.123456, "msecs": 123.0, "relativeCreated": 1234.567,
    "pathname": "/srv/app/pool.py", "filename": "pool.py", "module": "pool", "funcName": "connect",
    "lineno": 7, "thread": 140123456789012, "threadName": "Worker-1", "process": 4242,
    "processName": "MainProcess", "taskName": None,
    "i": 65, "neg": -1234567, "zero": 0, "f": 1234567.891, "small": -0.00001234, "whole": 3.0,
    "yes": True, "no": False, "none": None, "s": "h\u00e9llo w\u00f6rld", "empty": "",
    "big": 123456789012345678901234567890, "l": ["a", 1.5, None, [True]],
    "d": {"k": "v", "n": {"m": [10, 20]}, "it's": 1},
    "inf": float("inf"), "nan": float("nan"), "minus_zero": -0.0, "huge": 1e22, "w": 12, "p": 3,
}
RECORDS = [
    BASE,
    BASE | {"msg": "na\u00efve \u65e5\u672c\u8a9e \U0001f600 caf\u00e9", "levelname": "\u00c4RGER",
            "threadName": "Th\u00f6read", "taskName": "Task-3", "msecs": 7.9, "created": 1690000000.0,
            "relativeCreated": 0.5, "s": "tab\t'quote' \"both\" \u200b \u0378 \U000e0001 end\n",
            "i": 128512, "f": 0.5},
    BASE | {"exc_text": "Traceback:\n  boom", "stack_info": "Stack (most recent call last):\n  here"},
    BASE | {"msg": "ends in a line\n", "exc_text": "E: 1\n", "stack_info": "S: 1"},
    BASE | {"msg": "", "exc_text": "E: 1"},
    BASE | {"stack_info": "S: 1\n", "exc_text": ""},
]
TEXTS = ["levelname", "filename", "threadName", "message", "asctime", "s", "empty"]
INTEGERS = ["levelno", "lineno", "process", "i", "neg", "zero", "big", "yes", "no"]
REALS = ["created", "msecs", "relativeCreated", "f", "small", "whole", "inf", "nan", "minus_zero",
         "huge"]
OTHERS = ["none", "l", "d", "taskName"]
ALL = TEXTS + INTEGERS + REALS + OTHERS + ["name", "pathname", "module", "funcName", "thread",
                                           "processName", "msg", "exc_text", "stack_info"]

PERCENT = {
    "text": ["-8s|", "20s|", ".3s", "-12.5s|", "r", "a", "-24r|", ".4a", "#+ 08s|"],
    "integer": ["d", "5d|", "-9d|", "012d", "+d", " d", ".9d", "12.9d|", "x", "#X", "#o", "i", "u",
                "-+12.8x|", "ld", "r", ".2f", "e", "G", "c"],
    "real": ["f", ".3f", "d", "03d", "s", "r", "e", "G", "16.1f|", "+.2f", "012.2f", "-14.3e|", "#.0f",
             ".0f", " g", "x"],
    "other": ["s", "r", "a", "12s|", "-12.3r|", "d", "f", "c"],
}
BRACE = {
    "text": ["<8|", ">20|", "^21|", ".3", "*^21.5|", "s", "\u00e9>12s|", "08", "=8", "+", "#", ",", "d",
             "z", " "],
    "integer": ["d", "5|", "<9|", "^9|", "012", "+", " ", "-", "*=+14,", "_", ",", "x", "#X", "#o", "#b",
                "#_x", "014_x", "n", "c", "05c", "e", ".2f", "G", "%", ".3", "z", "+c", "#c", ",c", "s",
                ",.1f", "_b", "=#12x"],
    "real": ["", "f", ".3f", "e", ".0e", "G", "g", "%", ".1%", "n", ",.2f", "_", "016,.2f", "*^18.4|",
             "+.1f", " .1f", "z.1f", "#.0f", "#", ".3", ".10", ".1", ".0", "+012", "<12|", "d", "s", ",",
             "=+16_.1f", "#.3", "F", "018,", "z"],
    "other": ["", "10", "s", "<"],
}
KINDS = [("text", TEXTS), ("integer", INTEGERS), ("real", REALS), ("other", OTHERS)]

# (style, format) of CPython's own FormatterTest and more, many of which are refused.
VALIDATED = [
    ("%", format_) for format_ in [
        "%(levelname)-15s - %(message) 5s - %(process)03d - %(module) - %(asctime)*.3s",
        "%(asctime)*s - %(asctime)*.3s - %(process)-34.33o", "%(process)#+027.23X", "%(message)#.*g",
        "%(asctime)Z", "%(asctime)b", "%(asctime)*", "%(asctime)*3s", "%(asctime)_", "{asctime}",
        "${message}", "%(foo)#12.3*f", "%(foo)0*.8*f", "", "hello", "%%", "%s", "%(message)", "%()s",
        "%(a b)s", "%(i)%", "%(x)5.%", "%(x)5.s", "%(message)S", "%(x)hd", "it's '%'", "%(\u00e9)s",
    ]
] + [
    ("{", format_) for format_ in [
        "$%{message}%$ - {asctime!a:15} - {customfield['key']}", "{process:.2f} - {custom.f:.4f}",
        "{customfield!s:#<30}", "{message!r}", "{message!s}", "{message!a}", "{process!r:4.2}",
        "{process!s:<#30,.12f}- {custom:=+#30,.1d} - {module:^30}", "{process!s:{w},.{p}}",
        "{foo:12.{p}}", "{foo:{w}.6}", "{foo[0].bar[1].baz}", "{foo[k1].bar[k2].baz}",
        "{12[k1].bar[k2].baz}", "{name-thing}", "%(asctime)s", "{asctime!Z:15}", "{asctime!s:#30,15f}",
        "{asctime!aa:15}", "{process:.2ff}", "{process:.2Z}", "{process!s:<##30,12g}",
        "{process!s:<#30#,12g}", "{process!s:{{w}},{{p}}}", "{process", "process}", "{{foo!r:4.2}",
        "{{foo!r:4.2}}", "{foo/bar}", "{foo:{{w}}.{{p}}}}", "{foo!X:{{w}}.{{p}}}", "{foo!a:random}",
        "{foo!a:ran{dom}", "{foo!a:ran{d}om}", "{foo.!a:d}", "", "{}", "{:5}", "{0}", "{0}{}", "{", "}",
        "{{", "}}", "{{}}", "{{{message}}}", "{message!}", "{message!", "{message!s", "{message!s:",
        "{message:", "{message:}", "{mess{age}", "{message[}", "{message[]}", "{message[0]}",
        "{message[0]x}", "{message.}", "{.x}", "{[0]}", "{message!r:>{w}}", "{message:{w}{p}}",
        "{message:{}}", "{message:{w!r}}", "{message:{w:{p}}}", "{message:z}", "{message:<<5}",
        "{message:\n<5}", "{message:5\n}", "{message\n}", "{mess\nage}", "{message:==5}", "{message:é^5}",
        "{message:00005}", "{message:0{w}}", "{message:00{w}}", "{message:.}", "{message:.5.5}",
        "{message:,_}", "{message:5,S}", "{message:N}", "{message:10%}", "{message:%H}", "{m\u00e9ssage}",
        "{message!\u00e9}", "{message!'}", "{it's}", "a } b {message}", "{message} {", "{message} }",
        "${message}", "%(message)s {message}",
    ]
] + [
    ("$", format_) for format_ in [
        "${asctime} - $message", "$bar $$", "$bar $$$$", "$bar $$$", "bar $", "foo $.", "{asctime}",
        "%(asctime)s", "foo", "${asctime", "", "$$", "$", "$message", "${}", "${1a}", "$1", "$_",
        "${message} $", "$message$", "$ message", "${mess age}", "${m\u00e9ssage}", "$m\u00e9ssage",
        "$\u00e9", "$$message", "$$$message", "${message}s", "$message.x", "$$ $$ $x",
    ]
] + [(style, "{message}") for style in ["x", "", "%%", "{}"]]

# (style, format) that only a record tells all about; checked or not as CPython lets them pass.
BRACE_RARE = [
    "{message!r:>24}|", "{s!a}", "{s!r:.5}", "{none!s:>8}|", "{i!r:5}|", "{f!s:>14}|", "{l!s}", "{d!r}",
    "{message:>{w}}|", "{message:{w}.{p}}|", "{i:0{w}}", "{i:{none}}", "{i:{s}}", "{i:{w!r}}",
    "{f:{w}.{p}f}|", "{i:{w:{p}}}", "{i:{w:02}}", "{i:{nope}}", "{message[0]}", "{message[99]}",
    "{message[x]}", "{l[0]}", "{l[1]:.3f}", "{l[3][0]}", "{l[9]}", "{l[x]}", "{l[-1]}", "{d[k]}",
    "{d[n][m][1]:>5}|", "{d[nope]}", "{d[0]}", "{d[it's]}", "{i[0]}", "{none[0]}", "{i.real}",
    "{i.imag}", "{i.numerator}", "{neg.denominator}", "{f.real}", "{f.imag}", "{yes.real}",
    "{yes.imag:03}", "{i.nope}", "{s.nope}", "{none.x}", "{l.x}", "{d.x}", "{f.numerator}", "{big.real}",
    "{big.imag}", "{nope}", "{nope:>8}", "{}", "{0}", "{5:>3}", "{ message}", "{message }", "{{{i}}}",
    "}}{i}{{", "{i!x}", "{i!\u00e9}", "{message.}", "{message[]}", "{message[0]x}", "{message[0", "{i", "}",
    "{", "{i:{w:{p:{i}}}}", "{f:.}", "{i:99999999999999999999}", "{f:.99999999999999999999f}", "{i:5,,}",
    "{i:_,}", "{i:,_}", "{s:,s}", "{i:5dd}", "{s:\u00e9}", "{i:\u00e9}", "{i:\n}", "{i:,\u00e9}", "{i:}",
    "{neg:c}", "{big:c}", "{huge:.400f}", "{big:f}", "{asctime:.10}", "{asctime!a:>26}|",
    "{message:{asctime}}", "{levelname:*<{w}}|", "{message!s:}", "{exc_text!r}", "{stack_info!s:.5}",
    "{name[0]}{name[1]}", "{s:{{^20}}", "{yes:>7}|", "{yes!s:>7}|", "{no:+d}", "{lineno:>{lineno}}|",
]
PERCENT_RARE = [
    "%(nope)s", "%(message)s %(nope)d", "%(message)*d", "%(f).*f", "%(message)d", "%(s)c", "%(i)%",
    "%(message)s %", "%y", "%(i)y", "%(message)s %(", "%(message)s %(i", "%(message)s %(i)",
    "%(message)s %d", "%%(message)s %(i)d", "100%% %(i)s", "%(i)s%(s)s%(i)s", "%(message)s %()s",
    "%(it's)s", "%(message)s %(a (b) c)s", "%(neg)c", "%(big)c", "%(big)f", "%(l)d", "%(none)d",
    "%(none)x", "%(f)c", "%(inf)d", "%(nan)d", "%(i)99999999999999999999d", "%(asctime).19s",
    "%(asctime)-26s|", "%(asctime)r", "%(levelname)-8s %(name)s: %(message)s",
]
DOLLAR_RARE = [
    "$message", "${message}", "$levelname:$name:$message", "${i}x$i", "$$${s}$$", "$nope", "${nope}",
    "$message $", "$ $message", "$message ${", "a\nb $ $message", "a\r\nb\rc\u2028d $. $message",
    "h\u00e9 $\u00e9 $message", "$l $d $none $yes", "$f $small $whole $inf $nan $huge $minus_zero", "$big",
    "$asctime|${asctime}", "$messagex", "$message_", "$MESSAGE", "${exc_text}", "%(message)s {i} $i",
    "$$", "$created $msecs $relativeCreated $thread $process",
]
TIMES = ["%Y-%m-%dT%H:%M:%S%z", "%H:%M:%S", "%d/%b/%y %Z", "%f %%", "%s %-d %e", "%c", "%", "\u00e9 %Y",
         "no field", "%a %A %B %j %U %p %I", "%y%", "%n%t|", "%G-W%V-%u", "%3Y %_d %^a"]
EPOCHS = [(0.0, 0.0), (-0.25, 750.0), (1677903920.9999985, 999.0), (1677903921.0, 0.0),
          (253402300800.0, 5.5), (1700000000.75, -5.0), (1710054000.5, 1234.0), (1e12, 1e8)]


def attempt(formatter, record, name):
    try:
        configurator = logging.config.DictConfigurator({})
        made = configurator.configure_formatter(json.loads(formatter))
    except Exception as error:
        return {"refused": str(error)}
    try:
        return {"line": made.format(logging.makeLogRecord(json.loads(record) | {"name": name}))}
    except Exception as error:
        return {"failed": str(error)}


class Table:
    def __init__(self):
        self.records = []
        self.cases = []
        self.known = set()

    def add(self, record, **formatter):
        record = json.dumps(record)
        if record not in self.records:
            self.records.append(record)
        formatter = json.dumps(formatter)
        case = {"record": self.records.index(record), "formatter": formatter}
        if (record, formatter) in self.known:
            return
        self.known.add((record, formatter))
        # A test gives each case a logger of its own.
        self.cases.append(case | attempt(formatter, record, f"c{len(self.cases)}"))

    def write(self):
        rows = lambda name, items: f'"{name}": [\n' + ",\n".join(map(json.dumps, items)) + "\n]"
        print("{\n" + rows("records", self.records) + ",\n" + rows("cases", self.cases) + "\n}")


def add_attributes(table):
    plain = {"%": "%({})s", "{": "{{{}}}", "$": "${{{}}}"}
    for name in ALL:
        for style, pattern in plain.items():
            table.add(RECORDS[1], format=pattern.format(name), style=style)
    for kind, names in KINDS:
        for at, spec in enumerate(PERCENT[kind]):
            for name in names[at % 3::3]:
                table.add(RECORDS[at % 2], format=f"%({name}){spec}")
        for at, spec in enumerate(BRACE[kind]):
            for name in names[at % 3::3]:
                table.add(RECORDS[at % 2], format="{" + name + ":" + spec.rstrip("|") + "}|", style="{",
                          validate=False)


def add_rare(table):
    for format_ in PERCENT_RARE:
        table.add(BASE, format=format_, validate=False)
    for format_ in BRACE_RARE:
        table.add(BASE, format=format_, style="{", validate=False)
    for format_ in DOLLAR_RARE:
        table.add(BASE, format=format_, style="$", validate=False)
    for style, format_ in VALIDATED:
        table.add(BASE, format=format_, style=style)


def add_blocks(table):
    for record in RECORDS[2:]:
        for style, format_ in [("%", "%(message)s"), ("{", "{message}\n"), ("$", "$message|$i"),
                               ("{", "{empty}{{")]:
            table.add(record, format=format_, style=style, validate=False)


def add_defaults(table):
    defaults = {"who": "nobody \u00e9", "n": 7, "x": None, "r": 1.0, "b": True, "message": "never",
                "i": "never", "list": [1, "a", None, {"k": 1e300}], "dict": {"\u00e9": [True]},
                "large": 2 ** 70}
    for style, format_ in [
            ("%", "%(who)-12s|%(n)03d %(x)s %(r).2f %(b)d %(message)s %(i)s"), ("%", "%(list)r %(dict)s"),
            ("%", "%(who)r %(large)x %(large)s"), ("%", "%(other)s"),
            ("{", "{who:*^12} {n:03} {x} {r} {b!s:>6} {message} {i}"), ("{", "{list[3][k]} {dict!r} {dict}"),
            ("{", "{message:>{n}} {large:,} {list[1]}"), ("{", "{other}"),
            ("$", "$who $n $x $r $b $message $i $list $dict $large"), ("$", "$other")]:
        table.add(BASE, format=format_, style=style, defaults=defaults)
    table.add(BASE, format="%(who)s", defaults={})


def add_times(table):
    for datefmt in TIMES:
        table.add(BASE, format="%(asctime)s", datefmt=datefmt)
    for created, msecs in EPOCHS:
        record = {"name": "t", "levelno": 20, "msg": "m", "created": created, "msecs": msecs}
        table.add(record, format="%(asctime)s %(created)f %(msecs)s %(msecs)03d")
        table.add(record, format="{asctime} {created} {msecs:03.0f}", style="{", datefmt="")
    factory = {"()": "logging.Formatter", "fmt": "%(asctime)s"}
    for attributes in [{"default_msec_format": "%s.%03d"}, {"default_msec_format": None},
                       {"default_msec_format": "%s,%07.3f%%"}, {"default_msec_format": "%s"},
                       {"default_msec_format": "%s %d %d"}, {"default_msec_format": "%(x)s"},
                       {"default_msec_format": "%30s|%-8s|"}, {"default_time_format": "%H:%M:%S"},
                       {"default_time_format": "", "default_msec_format": "[%s]%r"},
                       {"default_time_format": "%d.%m.%Y", "default_msec_format": ""},
                       {"datefmt": "%Y"}, {"datefmt": None}]:
        table.add(BASE, **factory, **{".": attributes})
        table.add(RECORDS[1], **factory, **{".": attributes})
    table.add(BASE, **{"()": "logging.Formatter", "format": "{message:>20}", "style": "{"})
    table.add(BASE, **{"()": "logging.Formatter", "format": "{message:>20}", "style": "$"})


def add_random(table):
    rng = random.Random(13)
    names = TEXTS + INTEGERS + REALS + OTHERS
    for _ in range(160):
        flags = "".join(rng.choice("#0- +") for _ in range(rng.randrange(4)))
        width = rng.choice(["", "", "1", "7", "20"])
        precision = rng.choice(["", "", ".", ".0", ".2", ".12"])
        kind = rng.choice("diouxXeEfFgGcrsa")
        table.add(rng.choice(RECORDS[:2]), format=f"%({rng.choice(names)}){flags}{width}{precision}{kind}|")
    for _ in range(320):
        fill = rng.choice(["", "", "<", ">", "^", "=", "*<", "\u00e9>", "0=", "_^"])
        spec = (fill + rng.choice(["", "", "+", "-", " "]) + rng.choice(["", "", "", "z"])
                + rng.choice(["", "", "#"]) + rng.choice(["", "0"])
                + rng.choice(["", "1", "9", "10", "11", "24"]) + rng.choice(["", "", ",", "_"])
                + rng.choice(["", "", ".0", ".1", ".6"]) + rng.choice(list("bcdeEfFgGnosxX%") + [""] * 6))
        conversion = rng.choice(["", "", "", "", "!r", "!s", "!a"])
        table.add(rng.choice(RECORDS[:2]), format="{" + f"{rng.choice(names)}{conversion}:{spec}" + "}|",
                  style="{", validate=False)


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("format_cases.py: needs CPython 3.13")
    os.environ["TZ"] = "EST5EDT,M3.2.0,M11.1.0"
    time.tzset()
    table = Table()
    add_attributes(table)
    add_rare(table)
    add_blocks(table)
    add_defaults(table)
    add_times(table)
    add_random(table)
    table.write()


main()
