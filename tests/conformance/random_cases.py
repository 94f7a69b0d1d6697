"""Random configs with random records, the same for the same seed."""

import json
import random

NAMES = ["my_app", "my_app.db", "my_app.db.pool", "my_app.web", "other", "other.x", "root", "ü.b-c"]
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "WARN", "NOTSET", 5, 15, 25, 45, 0]
RECORD_LEVELS = [("DEBUG", 10), ("INFO", 20), ("WARNING", 30), ("ERROR", 40), ("CRITICAL", 50), ("NOTICE", 25), ("TRACE", 5)]
EXTRAS = ["extra", "user_id", "level", "timestamp", "caf\\u00e9", "a b", "request"]
# As they stand in a JSON text: characters that every Python holds printable or escapes.
PIECES = ["a", "Zz9", " ", "it's", "%(x)s %d", "{}", "$x", '\\"', "\\\\", "\\n", "\\t", "\\/", "\\b", "\\f", "\\r", "\\u0000", "\\u001b[1m", "\\u00e9",
          "\\ud83d\\ude00", "\\u0085", "\\u00a0", "\x7f", "é", "€", "日本", "😀", "a somewhat longer piece of text, as messages have them"]
NUMBERS = ["0", "-0", "-0.0", "1.0", "1e5", "1E+2", "0.1", "1e-7", "1e16", "1e15", "123456789.123456789", "5e-324", "1e308", "9007199254740993",
           "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616", "-123456789012345678901234567890", "1e22",
           "0.30000000000000004", "1.7976931348623157e308", "2.2250738585072014e-308", "123456789012345680.0"]
TEXTS = ["name", "levelname", "pathname", "filename", "module", "threadName", "processName", "message", "asctime", "funcName", "taskName"]
INTEGERS = ["levelno", "lineno", "thread", "process"]
FLOATS = ["created", "msecs", "relativeCreated"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pick = self.random.choice
        self.files = "logs/"

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    def number(self):
        kind = self.random.randrange(4)
        if kind == 0:
            return str(self.random.getrandbits(64) - 2**63 >> self.random.randrange(60))
        if kind == 1:
            return repr(self.random.randrange(10**8) / 10**4)
        if kind == 2:
            return repr(self.random.uniform(-1, 1) * 10.0**self.random.randrange(-300, 300))
        return self.pick(NUMBERS)

    def string(self):
        return '"' + "".join(self.pick(PIECES) for _ in range(self.random.randrange(8))) + '"'

    def value(self, depth=3):
        kind = self.random.randrange(5 if depth else 3)
        if kind == 0:
            return self.string()
        if kind == 1:
            return self.number()
        if kind == 2:
            return self.pick(["true", "false", "null", "[]", "{ }"])
        items = [self.value(depth - 1) for _ in range(self.random.randrange(4))]
        if kind == 3:
            return "[" + self.pick([",", " , "]).join(items) + "]"
        return "{" + ",".join(f"{self.string()}{self.pick([':', ' : '])}{item}" for item in items) + "}"

    def record(self):
        """The text of a record, its keys in any order."""
        level, number = self.pick(RECORD_LEVELS)
        # A microsecond of any day from 1970 to 2033, which a double cannot always hold.
        second, us = self.random.randrange(2 * 10**9), self.random.randrange(10**6) * (not self.chance(8))
        members = {
            '"name"': json.dumps(self.pick(NAMES)), '"levelname"': f'"{level}"', '"levelno"': str(number),
            '"msg"': self.value() if self.chance(8) else self.string(), '"created"': f"{second}.{us:06}",
            '"msecs"': f"{us // 1000}.0", '"relativeCreated"': f"{self.random.randrange(10**5)}.5",
            '"module"': self.string(), '"filename"': self.string(), '"pathname"': self.string(),
            '"funcName"': "null" if self.chance(8) else self.string(), '"lineno"': str(self.random.randrange(5000)),
            '"thread"': str(self.random.getrandbits(64) >> self.random.randrange(64)), '"threadName"': self.string(),
            '"process"': str(self.random.randrange(2**15)), '"processName"': self.string(),
            '"taskName"': self.pick(["null", self.string()]),
            '"exc_text"': self.string() if self.chance(4) else "null",
            '"stack_info"': self.string() if self.chance(6) else "null",
        }
        for _ in range(self.random.randrange(5)):
            members[f'"{self.pick(EXTRAS)}"'] = self.value()
        members = [f"{key}: {value}" for key, value in members.items()]
        self.random.shuffle(members)
        return {"record": "{" + ", ".join(members) + "}"}

    def field(self, style):
        """An attribute with flags that fit its type, in one of the styles."""
        kind = self.pick([TEXTS, TEXTS, INTEGERS, FLOATS, ["extra"]])
        name = self.pick(kind)
        if style == "$":
            return self.pick([f"${name} ", f"${{{name}}}"])
        width = self.pick(["", "", str(self.random.randrange(1, 30))])
        precision = self.pick(["", "", f".{self.random.randrange(12)}"])
        if style == "%":
            if kind is TEXTS or kind == ["extra"]:
                return f"%({name}){self.pick(['', '-', '0'])}{width}{precision}{self.pick('ssra')}"
            flags = self.pick(["", "-", "0", "+", " ", "#", "-+", "0+"])
            return f"%({name}){flags}{width}{precision}{self.pick('disxXo' if kind is INTEGERS else 'dfFeEgGs')}"
        if kind is TEXTS:
            # None knows no width.
            conversion = self.pick(["!r", "!s", "!a"]) if name in ("taskName", "funcName") else self.pick(["", "!r", "!s", "!a"])
            align = self.pick(["", "<", ">", "^", "*^", "é>"]) if width else ""
            return f"{{{name}{conversion}:{align}{width}{precision}}}"
        if kind == ["extra"]:
            return f"{{{name}{self.pick(['', '!r', '!s', '!a'])}}}"
        if kind is INTEGERS:
            grouping = self.pick(["", "", ",", "_"])
            return f"{{{name}:{self.pick(['', '<', '>', '^', '='])}{self.pick(['', '+', ' '])}{self.pick(['', '0'])}{width}{grouping}{self.pick(['', 'd'])}}}"
        grouping = self.pick(["", "", ",", "_"])
        return f"{{{name}:{self.pick(['', '+', ' '])}{width}{grouping}{precision or '.3'}{self.pick('feEgG%')}}}"

    def formatter(self):
        if self.chance(3):
            attributes = TEXTS[:8] + INTEGERS + FLOATS + ["timestamp", "exc_info", "taskName"]
            # Each once: a message that is placed already is looked for among the record's attributes.
            keys = {self.pick(["level", "t", "é", "a b", "m", "message", "n"]): attribute
                    for attribute in self.random.sample(attributes, self.random.randrange(5))}
            return {"()": "mylogger.MyJSONFormatter"} | ({"fmt_keys": keys} if keys else {})
        style = self.pick("%{$")
        pieces = [self.field(style) + self.pick([" ", "|", ": ", "", " é ", "\t"]) for _ in range(self.random.randrange(1, 7))]
        pieces.append({"%": "%%%(message)s", "{": "{{{message}}}", "$": "$$${message}"}[style])
        formatter = {"format": "".join(pieces), "defaults": {"extra": self.pick(["none", 5, 2.5, None, True])}}
        if style != "%" or self.chance(2):
            formatter["style"] = style
        if self.chance(2):
            formatter["datefmt"] = self.pick(["%Y-%m-%dT%H:%M:%S%z", "%a %d %b %Y %H:%M:%S %Z %z %j %% %f", "%s", "%x %X"])
        return formatter

    def file_kind(self, name, timed):
        """A handler of a file; one that rolls by time only where the file's age is known."""
        kind = self.random.randrange(5 if timed else 4)
        if kind == 0:
            handler = {"class": "logging.handlers.RotatingFileHandler", "filename": f"{self.files}{name}",
                       "maxBytes": self.random.randrange(6000), "backupCount": self.random.randrange(30)}
        elif kind == 1:
            handler = {"class": "logging.handlers.WatchedFileHandler", "filename": f"{self.files}{name}"}
        elif kind == 4:
            handler = {"class": "logging.handlers.TimedRotatingFileHandler", "filename": f"{self.files}{name}", "interval": self.random.randrange(1, 5),
                       "when": self.pick(["S", "m", "H", "D", "midnight", "W0", "W6"]), "backupCount": self.random.randrange(4),
                       "utc": self.pick([True, False])}
        else:
            handler = {"class": "logging.FileHandler", "filename": f"{self.files}{name}"}
        # A watched file that is begun anew late is begun twice by CPython.
        if kind not in (1, 4) and self.chance(4):
            handler["mode"] = self.pick("aw")
        if self.chance(4):
            handler["encoding"] = self.pick(["utf-8", "UTF8", None])
        if self.chance(3):
            handler["delay"] = self.pick([True, False])
        return handler

    def some(self, names, most=2):
        return self.random.sample(names, min(len(names), self.random.randrange(most + 1)))

    def handlers(self, formatters, filters, timed):
        """By letters, so that some refer to others that are built later."""
        handlers = {}
        ends = []
        for name in self.random.sample("bdfhjl", self.random.randrange(1, 5)):
            kind = self.random.randrange(5)
            if kind == 0:
                handler = {"class": "logging.StreamHandler", "stream": self.pick(["ext://sys.stdout", "ext://sys.stderr"])}
            elif kind == 1 and self.chance(3):
                handler = {"class": "logging.NullHandler"}
            else:
                handler = self.file_kind(name, timed)
            if not self.chance(4):
                handler["formatter"] = self.pick(formatters)
            if self.chance(3):
                handler["level"] = self.pick(LEVELS)
            if self.chance(3):
                handler["filters"] = self.some(filters)
            if self.chance(6) and "Null" not in handler["class"]:
                handler["."] = {"terminator": self.pick(["", "\r\n", "é\n", "\n\n"])}
            handlers[name] = handler
            ends.append(name)
        for name in self.random.sample("aeiou", self.random.randrange(4)):
            if self.chance(2):
                handler = {"class": "logging.handlers.QueueHandler", "handlers": self.some(ends, 3),
                           "respect_handler_level": self.pick([True, False])}
            else:
                handler = {"class": "logging.handlers.MemoryHandler", "capacity": self.random.randrange(20),
                           "flushLevel": self.pick(LEVELS), "target": self.pick(ends), "flushOnClose": self.pick([True, True, False])}
            if self.chance(4):
                handler["level"] = self.pick(LEVELS)
            if self.chance(6):
                handler["filters"] = self.some(filters)
            handlers[name] = handler
            # In front of one another, sometimes of one that is built too late.
            if self.chance(2):
                ends.append(name)
        return handlers

    def refer(self, config):
        """Puts some values elsewhere, with references in their places."""
        elsewhere = config["elsewhere"] = {"list": []}
        for section in ("formatters", "handlers", "loggers"):
            for name, part in config[section].items():
                if self.chance(6):
                    key = self.pick(sorted(part)) if part else None
                    if key is None or key == ".":
                        continue
                    elsewhere["list"].append(part[key])
                    part[key] = f"cfg://elsewhere.list[{len(elsewhere['list']) - 1}]"
                elif self.chance(8) and name.isascii():
                    place = f"{section}_{name.replace('.', '_')}"
                    elsewhere[place] = part
                    config[section][name] = f"cfg://elsewhere.{place}"

    def config(self, timed=False):
        formatters = {name: self.formatter() for name in ("plain", "long", "json")}
        filters = {"x": {"name": self.pick(NAMES)}, "y": {"()": "mylogger.NonErrorFilter"}, "z": {"name": ""}}
        handlers = self.handlers(list(formatters), list(filters), timed)
        loggers = {}
        for name in self.some([n for n in NAMES if n != "root"], 4):
            logger = {}
            if not self.chance(4):
                logger["level"] = self.pick(LEVELS)
            if self.chance(2):
                logger["handlers"] = self.some(list(handlers))
            if self.chance(2):
                logger["propagate"] = self.pick([True, False])
            if self.chance(4):
                logger["filters"] = self.some(list(filters))
            loggers[name] = logger
        root = {"level": self.pick(LEVELS), "handlers": self.some(list(handlers), 3)}
        config = {"version": 1, "formatters": formatters, "filters": filters, "handlers": handlers,
                  "loggers": dict(sorted(loggers.items()))}
        where = self.random.randrange(5)
        if where < 2:
            config["loggers"]["root"] = root
        elif where < 4:
            config["root"] = root
        if self.chance(3):
            self.refer(config)
        if self.chance(2):
            config["disable_existing_loggers"] = self.pick([True, False])
        return config

    def records(self, least, most):
        return [self.record() for _ in range(self.random.randrange(least, most))]

    def case(self, name):
        steps = [{"logger": name} for name in self.some(NAMES)]
        is_changed = self.chance(3)
        first = self.config(timed=not is_changed)
        steps += [{"config": first}] + self.records(5, 40)
        if is_changed:
            for number in range(self.random.randrange(1, 4)):
                # Handlers of the config before may still write to files of theirs.
                self.files = f"logs/{number}"
                steps += [{"config": self.config()}] + self.records(0, 20)
        elif self.chance(4):
            second = {"version": 1, "incremental": True,
                      "handlers": {h: {"level": self.pick(LEVELS)} for h in self.some(list(first["handlers"]))},
                      "loggers": {n: {"level": self.pick(LEVELS), "propagate": self.pick([True, False])} for n in self.some(NAMES)},
                      "root": {"level": self.pick(LEVELS)}}
            steps += [{"config": second}] + self.records(0, 20)
        # The age of every file from which a handler might count.
        before = {f"logs/{letter}": {"text": "", "mtime": self.random.randrange(2 * 10**9)} for letter in "bdfhjl"}
        return {"name": name, "steps": steps, "before": before}


def make_cases(seed, count):
    return [Maker(f"{seed}/{number}").case(f"seed {seed}, case {number}") for number in range(count)]
