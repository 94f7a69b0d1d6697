#!/usr/bin/env python3
"""CPython's logging as a measuring program: a QueueHandler, a QueueListener and a JSON formatter.

It takes the scenarios `call` (three_numbers, string_field, disabled) and `throughput` and prints
what the programs of driver.hpp print. Calls are timed with perf_counter_ns, in bursts of 20.
Between two bursts the thread sleeps: the listener could not keep up with a thread that holds the
interpreter.
"""

import argparse
import datetime
import json
import logging
import logging.handlers
import pathlib
import queue
import statistics
import sys
import tempfile
import threading
import time

FMT_KEYS = {
    "level": "levelname",
    "message": "message",
    "timestamp": "timestamp",
    "logger": "name",
    "module": "module",
    "function": "funcName",
    "line": "lineno",
    "thread_name": "threadName",
}
NOT_EXTRA = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
LOG = logging.getLogger("my_app.db")


class Unsupported(Exception):
    """A scenario or variant that this program has not."""


class JSONFormatter(logging.Formatter):
    """One object a line: what FMT_KEYS names, then the record's extra attributes."""

    def format(self, record):
        computed = {
            "message": record.getMessage(),
            "timestamp": datetime.datetime.fromtimestamp(
                record.created, tz=datetime.timezone.utc
            ).isoformat(),
        }
        line = {}
        for key, attribute in FMT_KEYS.items():
            line[key] = computed[attribute] if attribute in computed else getattr(record, attribute)
        for key, value in record.__dict__.items():
            if key not in NOT_EXTRA:
                line[key] = value
        return json.dumps(line, default=str)


class Engine:
    """The queued configuration. The queue is unbounded, and so loses nothing."""

    def __init__(self, file, max_bytes, backup_count, level):
        self.handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=max_bytes, backupCount=backup_count
        )
        self.handler.setFormatter(JSONFormatter())
        records = queue.SimpleQueue()
        self.listener = logging.handlers.QueueListener(
            records, self.handler, respect_handler_level=True
        )
        root = logging.getLogger()
        root.addHandler(logging.handlers.QueueHandler(records))
        root.setLevel(level)
        self.listener.start()

    def finish(self):
        self.listener.stop()
        self.handler.close()


def three_numbers(i):
    LOG.info("a %d b %d c %s", i, i * 977, i * 0.25)


def three_fields(i):
    a, b, c = i, i * 977, i * 0.25
    LOG.info("a %d b %d c %s", a, b, c, extra={"a": a, "b": b, "c": c})


def string_field(i, user="n" * 40):
    LOG.info("user %s logged in", user, extra={"user_id": i})


def disabled(i):
    LOG.debug("a %d b %d c %s", i, i * 977, i * 0.25)


def burst(body, calls, first):
    begin = time.perf_counter_ns()
    for i in range(first, first + calls):
        body(i)
    return time.perf_counter_ns() - begin


def quantiles(samples):
    samples = sorted(samples)
    at = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "p99.99": 0.9999, "max": 1}
    return {key: samples[int(q * (len(samples) - 1))] for key, q in at.items()}


def read_clock(_):
    time.time()


def do_nothing(_):
    pass


def time_calls(body, bursts, calls):
    """The quantiles, in ns a call, and how often the body was called."""
    pause_s = 0.001
    empty = statistics.median(burst(do_nothing, calls, 0) for _ in range(201))
    empty_single = statistics.median(burst(do_nothing, 1, 0) for _ in range(201))
    clock, mean, single = [], [], []
    done = 0
    for turn in range(-(bursts // 10) - 1, bursts):
        time.sleep(pause_s)
        clock_ns = (burst(read_clock, calls, 0) - empty) / calls
        time.sleep(pause_s)
        mean_ns = (burst(body, calls, done) - empty) / calls
        done += calls
        if turn >= 0:  # before that: warm-up
            clock.append(clock_ns)
            mean.append(mean_ns)
    for _ in range(bursts):
        time.sleep(pause_s)
        for i in range(done, done + calls):
            single.append(burst(body, 1, i) - empty_single)
        done += calls
    figures = {"clock_ns": clock, "burst_ns": mean, "single_ns": single}
    return {key: quantiles(samples) for key, samples in figures.items()}, done


def call(arguments, directory):
    variant = arguments.variant or "three_numbers"
    bodies = {"three_numbers": three_numbers, "string_field": string_field, "disabled": disabled}
    if variant not in bodies:
        raise Unsupported(f"no such variant of call: {variant}")
    bursts = arguments.bursts or 1_000
    engine = Engine(directory / "app.log", 0, 0, "INFO" if variant == "disabled" else "DEBUG")
    figures, calls = time_calls(bodies[variant], bursts, 20)
    engine.finish()
    lines, _ = read_lines(directory)
    if len(lines) != (0 if variant == "disabled" else calls):
        raise ValueError("the output is not valid: there are not as many lines as records")
    return {
        "variant": variant,
        "bursts": bursts,
        "calls_per_burst": 20,
        **figures,
        "allocations_per_call": None,
        "valid": True,
    }


def throughput(arguments, directory):
    if arguments.variant:
        raise Unsupported(f"no such variant of throughput: {arguments.variant}")
    producers = arguments.producers
    share = (arguments.records or 1_000_000) // producers
    records = share * producers
    max_bytes, backup_count = 64 << 20, 3
    engine = Engine(directory / "app.log", max_bytes, backup_count, "DEBUG")
    ends = [0.0] * producers
    go = threading.Event()

    def produce(thread):
        go.wait()
        for i in range(thread, records, producers):
            three_fields(i)
        ends[thread] = time.perf_counter()

    threads = [threading.Thread(target=produce, args=[i]) for i in range(producers)]
    for thread in threads:
        thread.start()
    begin, cpu_begin = time.perf_counter(), time.process_time()
    go.set()
    for thread in threads:
        thread.join()
    engine.finish()
    wall_s, cpu_s = time.perf_counter() - begin, time.process_time() - cpu_begin

    lines, size = read_lines(directory)
    check_order(lines, share, producers)
    if len(lines) != records and size < 0.95 * max_bytes * backup_count:
        raise ValueError("the output is not valid: records are missing")
    return {
        "variant": "",
        "producers": producers,
        "records": records,
        "bytes": round(size / len(lines) * records),
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "lines_per_s": records / wall_s,
        "cpu_ns_per_line": cpu_s * 1e9 / records,
        "valid": True,
        "json": True,
        "slowest_over_fastest_producer": (max(ends) - begin) / (min(ends) - begin),
    }


def read_lines(directory):
    """All lines, parsed, the oldest file first, and their bytes."""
    # app.log.3, app.log.2, app.log.1, app.log
    files = sorted(directory.iterdir(), reverse=True)
    lines, size = [], 0
    for file in files:
        with file.open(encoding="utf-8") as opened:
            lines += [json.loads(line) for line in opened]
        size += file.stat().st_size
    return lines, size


def check_order(lines, share, producers):
    """As validate.hpp says: of each thread, the last records without a gap."""
    last = {}
    for line in lines:
        thread, position = line["a"] % producers, line["a"] // producers
        if last.setdefault(thread, position - 1) != position - 1:
            raise ValueError(f"the output is not valid: record {line['a']} is out of order")
        last[thread] = position
    if any(position != share - 1 for position in last.values()):
        raise ValueError("the output is not valid: the last records are missing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario")
    parser.add_argument("--dir", required=True)
    parser.add_argument("--variant", default="")
    parser.add_argument("--records", type=int, default=0)
    parser.add_argument("--producers", type=int, default=1)
    parser.add_argument("--bursts", type=int, default=0)
    arguments = parser.parse_args()
    scenarios = {"call": call, "throughput": throughput}
    try:
        if arguments.scenario not in scenarios:
            raise Unsupported(f"no such scenario: {arguments.scenario}")
        with tempfile.TemporaryDirectory(prefix="xylem-bench-", dir=arguments.dir) as directory:
            result = scenarios[arguments.scenario](arguments, pathlib.Path(directory))
    except Unsupported as what:
        print(f"cpython: {what}", file=sys.stderr)
        return 3
    except (OSError, ValueError) as what:
        print(f"cpython: {what}", file=sys.stderr)
        return 1
    print(json.dumps({"engine": "cpython", "scenario": arguments.scenario, **result}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
