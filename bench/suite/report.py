"""The report as data: what report.json holds, from the raw runs."""

import goals
import reasons
from medians import Figures
from plan import ENGINES, Cell

SCHEMA = 1


def engines_of(runs):
    """In the report's order: those that are known, then whoever stands beside them. The kernel is none."""
    found = {run["cell"]["engine"] for run in runs} - {"kernel"}
    return [e for e in ENGINES if e in found] + sorted(found - set(ENGINES))


def also(figures):
    """What the report tells without aiming at a value."""
    call = Cell("call", "xylem", "three_numbers")
    out = {
        "allocations_per_call": figures.median(call, "allocations_per_call"),
        "instructions_per_line": figures.median(Cell("instructions", "xylem"), "instructions_per_line"),
    }
    for place in ("disk", "tmpfs"):
        rotating = Cell("throughput", "xylem", "rotate10", 1, place)
        out[f"lines_per_s_rotating_every_10_MB_{place}"] = figures.median(rotating, "lines_per_s")
    return out


def goals_of(figures, only):
    """Of a part of the suite, those goals that it says something about."""
    found = goals.evaluate(figures)
    for goal in found:
        is_open = goal["status"] in (goals.MISSED, goals.OUTSIDE)
        goal["why"] = reasons.why(goal["number"], figures) if is_open else ""
    if not only:
        return found
    return [goal for goal in found if any(check["measured"] is not None for check in goal["checks"])]


def problems_of(runs):
    return [run for run in runs if run["status"] in ("failed", "invalid")]


def build(size, only, rounds, machine, runs):
    """The whole report. Failed and invalid runs are among the raw runs, and in no median."""
    figures = Figures(runs)
    return {
        "schema": SCHEMA,
        "size": size,
        "only": only,
        "rounds": rounds,
        "machine": machine,
        "engines": engines_of(runs),
        "goals": goals_of(figures, only),
        "also": also(figures),
        "problems": problems_of(runs),
        "medians": figures.as_data(),
        "runs": runs,
    }
