"""Runs the steps, round by round, and keeps what each said."""

import json
import math
import os
import pathlib
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass

import instructions
import micro
import statements
from medians import flatten
from process import Failed, Invalid, Unsupported, run_command
from text import cell_name

PERCENTILES = ("p50", "p90", "p99", "p99.9", "p99.99", "max")
NEEDED = {
    "call": [f"{kind}.{p}" for kind in ("clock_ns", "burst_ns") for p in PERCENTILES],
    "throughput": ["records", "bytes", "wall_s", "lines_per_s", "cpu_ns_per_line"],
    "memory": ["rss_idle_kib", "rss_half_kib", "rss_end_kib", "peak_kib"],
}


@dataclass(frozen=True)
class Context:
    source: pathlib.Path
    build: pathlib.Path
    places: dict  # kind of file system -> directory
    timeout_s: int


def check(step, result):
    """Raises Invalid unless the result can be used."""
    cell = step.cell
    if not isinstance(result, dict):
        raise Invalid("the output is no JSON object")
    numbers = flatten(result)
    for name in NEEDED[cell.scenario]:
        if not math.isfinite(numbers.get(name, math.nan)):
            raise Invalid(f"no {name} in the output")
    if cell.scenario == "throughput":
        if result.get("valid") is not True:
            raise Invalid("the lines were not valid")
        asked = int(step.arguments[step.arguments.index("--records") + 1])
        if numbers["records"] != asked:
            raise Invalid(f"{numbers['records']:.0f} records instead of {asked}")


def run_program(step, context):
    cell = step.cell
    parent = context.places.get(cell.place) or next(iter(context.places.values()))
    program = context.build / "bench/peers" / cell.engine
    # What earlier steps left in the page cache is not to be written during this one.
    os.sync()
    with tempfile.TemporaryDirectory(prefix="xylem-bench-", dir=parent) as directory:
        out = run_command([program, cell.scenario, "--dir", directory, *step.arguments], context.timeout_s)
    try:
        result = json.loads(out)
    except ValueError:
        raise Invalid("the output is no JSON object") from None
    check(step, result)
    return result


MEASURES = {
    "call": run_program,
    "throughput": run_program,
    "memory": run_program,
    "writer": micro.writer,
    "micro": micro.case,
    "statements": statements.measure,
    "header": statements.header,
    "instructions": instructions.measure,
}


def run_step(step, number, context):
    """One run as it stands in report.json."""
    run = {"round": number, "cell": asdict(step.cell), "arguments": list(step.arguments)}
    begin = time.monotonic()
    try:
        run |= {"status": "ok", "result": MEASURES[step.cell.scenario](step, context)}
    except Unsupported:
        run |= {"status": "unsupported"}
    except Invalid as error:
        run |= {"status": "invalid", "error": str(error)}
    except (Failed, OSError, subprocess.SubprocessError) as error:
        run |= {"status": "failed", "error": str(error)}
    run["took_s"] = round(time.monotonic() - begin, 3)
    return run


def of_round(steps, number):
    """The steps of a round. Every other round goes backwards, so that what drifts falls on both ends alike."""
    wanted = [step for step in steps if number == 1 or not step.once]
    return wanted if number % 2 else wanted[::-1]


def run(steps, rounds, context, progress):
    """All runs of all rounds. What an engine does not support is not asked for again."""
    runs = []
    plan = [(number, step) for number in range(1, rounds + 1) for step in of_round(steps, number)]
    skip = set()
    for at, (number, step) in enumerate(plan):
        if step in skip:
            continue
        rest = [later for _, later in plan[at:] if later not in skip]
        progress.step(f"round {number} of {rounds}: {cell_name(step.cell)}", rest)
        run_of_step = run_step(step, number, context)
        progress.took(step, run_of_step["took_s"])
        runs.append(run_of_step)
        if run_of_step["status"] == "unsupported":
            skip.add(step)
        elif run_of_step["status"] != "ok":
            progress.say(f"{run_of_step['status']}: {cell_name(step.cell)}: {run_of_step['error']}")
    progress.end()
    return runs
