"""Writes what CPython 3.13's TimedRotatingFileHandler does around changes of the clock, for sink_timed.cpp.

usage: python3.13 tests/rollovers.py > tests/rollovers.json

"moments": [zone, when, interval, utc, now, rollover, name, late name]: the rollover computed at `now`, and
the suffixes of a file that rolls at that moment and three days later. "runs": handlers that are given lines at given
times, with the files before and after, by suffix.
"""

import calendar
import json
import logging
import logging.handlers
import os
import random
import sys
import tempfile
import time
from unittest import mock

# As POSIX has them, so that no table of zones need be installed: America/New_York, Europe/Berlin and
# Australia/Lord_Howe, which changes by half an hour, of 2026, and the zone of CPython's own tests.
CHANGES = {
    "EST5EDT,M3.2.0,M11.1.0": [(2026, 3, 8, 7), (2026, 11, 1, 6)],
    "CET-1CEST,M3.5.0,M10.5.0/3": [(2026, 3, 29, 1), (2026, 10, 25, 1)],
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0": [(2026, 4, 4, 15), (2026, 10, 3, 15.5)],
    "EST+05EDT,M3.2.0,M11.1.0": [(2012, 3, 11, 7), (2012, 11, 4, 6)],
}
WHENS = ["S", "M", "h", "D", "midnight", "W0", "w3", "W6"]
DAY = 24 * 3600
OFFSETS = [-8 * DAY, -2 * DAY, -DAY, -5400, -1, 0, 5400, 12 * 3600, 6 * DAY]


class Handler(logging.handlers.TimedRotatingFileHandler):
    """Tells the name of an old file instead of rolling."""

    def rotation_filename(self, name):
        self.name_given = name.removeprefix(self.baseFilename + ".")
        return name

    def rotate(self, source, dest):
        pass


def utc_seconds(year, month, day, hour):
    return calendar.timegm((year, month, day, 0, 0, 0)) + int(hour * 3600)


def use_zone(zone):
    os.environ["TZ"] = zone
    time.tzset()


def name_at(handler, rollover, now):
    handler.rolloverAt = rollover
    with mock.patch("time.time", return_value=now):
        handler.doRollover()
    return handler.name_given


def moments():
    with tempfile.TemporaryDirectory() as directory:
        for zone, changes in CHANGES.items():
            use_zone(zone)
            for change in changes:
                for when in WHENS:
                    for interval in [1, 3] if when != "D" else [1, 0.5]:
                        for utc in [False, True] if when in ("h", "midnight", "W6") else [False]:
                            handler = Handler(os.path.join(directory, "log"), when, interval, delay=True, utc=utc)
                            for offset in OFFSETS:
                                now = utc_seconds(*change) + offset
                                rollover = handler.computeRollover(now)
                                names = [name_at(handler, rollover, int(rollover) + late) for late in (0, 3 * DAY)]
                                yield [zone, when, interval, utc, now, rollover, *names]


UNITS = {"S": 1, "M": 60, "H": 3600, "D": DAY, "MIDNIGHT": DAY, "W0": 7 * DAY, "W3": 7 * DAY, "W6": 7 * DAY}
# Some look like old files, some do not.
STRANGERS = ["1", "old", "2026-03-08.gz", "2026-1-01", "2020-01-01", "2020-01-01_01", "2020-01-01_01-01",
             "2020-01-01_01-01-01", "2019-12-31", "2019-12-31x", "٢٠٢٠-01-01"]


def run(rng, zone, change):
    use_zone(zone)
    when = rng.choice(WHENS)
    unit = UNITS[when.upper()]
    interval = rng.choice([1, 1, 2, 3])
    begin = utc_seconds(*change) - int(unit * interval * rng.uniform(0, 4))
    settings = {"when": when, "interval": interval, "backupCount": rng.choice([0, 0, 1, 2, 3, 5]),
                "utc": rng.random() < 0.3, "delay": rng.random() < 0.5}
    before = {suffix: f"{suffix}\n" for suffix in rng.sample(STRANGERS, rng.randrange(6))}
    written = begin - int(unit * interval * rng.uniform(0, 1.5))
    has_file = not settings["delay"] or rng.random() < 0.5
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "log")
        for suffix, text in before.items():
            with open(f"{path}.{suffix}", "w") as file:
                file.write(text)
        if has_file:
            with open(path, "w") as file:
                file.write("before\n")
            os.utime(path, (written, written))
        now = begin
        lines = []
        with mock.patch("time.time", side_effect=lambda: now):
            handler = logging.handlers.TimedRotatingFileHandler(path, **settings)
            if rng.random() < 0.3:
                taken = time.gmtime if settings["utc"] else time.localtime
                name = time.strftime(handler.suffix, taken(handler.rolloverAt - handler.interval))
                before[name] = "taken\n"
                with open(f"{path}.{name}", "w") as file:
                    file.write("taken\n")
            for number in range(rng.randrange(1, 16)):
                now += int(unit * interval * rng.uniform(0, rng.choice([0.3, 1.2, 2.5])))
                lines.append(now)
                handler.emit(logging.makeLogRecord({"msg": f"line {number}"}))
            handler.close()
        after = {}
        for name in sorted(os.listdir(directory)):
            with open(os.path.join(directory, name)) as file:
                after[name.removeprefix("log").removeprefix(".")] = file.read()
    return {"zone": zone, **settings, "begin": begin, "written": written if has_file else None,
            "before": before, "lines": lines, "after": after}


def runs():
    rng = random.Random(20261123)
    for _ in range(25):
        for zone, changes in CHANGES.items():
            for change in changes:
                yield run(rng, zone, change)


def rows(values):
    return ",\n".join(json.dumps(value, separators=(",", ":")) for value in values)


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("rollovers.py: the reference is CPython 3.13")
    print('{"moments": [\n' + rows(moments()) + '\n], "runs": [\n' + rows(runs()) + "\n]}")


if __name__ == "__main__":
    main()
