"""What the README quotes: one table between two markers, and the chart beside it."""

import charts
import text
from medians import Figures
from plan import Cell

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
CHART = "docs/call.svg"


def peers(report):
    return [engine for engine in report["engines"] if engine != "xylem"]


def ratio_row(figures, what, mine, metric, others, higher_is_better, show):
    """A row: the engine's own figure, and how many times better it is than each peer, round by round."""
    own = figures.median(mine, metric)
    cells = [show(own) if own is not None else "–"]
    for other in others:
        pair = ((mine, metric), (other, metric)) if higher_is_better else ((other, metric), (mine, metric))
        ratio = figures.ratio(*pair)
        cells.append(text.quantity(ratio and ratio.median, "×"))
    return [what, *cells]


def markdown(report):
    figures = Figures(report["runs"])
    names = peers(report)

    def row(what, mine, metric, higher_is_better, show):
        others = [Cell(mine.scenario, name, mine.variant, mine.producers, mine.place) for name in names]
        return ratio_row(figures, what, mine, metric, others, higher_is_better, show)

    call = Cell("call", "xylem", "three_numbers")
    rows = [["", "xylem", *(text.engine_name(name) for name in names)], ["---"] + ["---:"] * (len(names) + 1)]
    for percentile in ("p50", "p99.9"):
        rows.append(row(f"a call, {percentile}", call, f"burst_ns.{percentile}", False, text.time_ns))
    for place, where in (("disk", "to disk"), ("tmpfs", "to tmpfs")):
        cell = Cell("throughput", "xylem", "", 1, place)
        rows.append(row(f"lines a second {where}", cell, "lines_per_s", True, text.rate))
    cell = Cell("throughput", "xylem", "", 1, "disk")
    rows.append(row("CPU time a line", cell, "cpu_ns_per_line", False, text.time_ns))
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
    machine = report["machine"]
    return f"""![What a log call costs the thread that makes it, p50 to the maximum, by engine]({CHART})

{table}

Beside xylem's own figure: how many times better it is than each peer, lossless and at its best settings; medians of
{report["rounds"]} interleaved rounds. {text.on_machine(machine)}; {text.day(machine)}. `tools/bench` measures it anew."""


def refresh(report, source):
    """Writes the chart and the table. Raises ValueError when the report is not a whole one or the markers are missing."""
    if report["size"] != "full" or report["only"] or report["problems"]:
        raise ValueError("the README quotes only whole runs without a failure")
    file = source / "README.md"
    before = file.read_text(encoding="utf-8")
    head, begin, rest = before.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md has no {BEGIN} followed by {END}")
    (source / CHART).parent.mkdir(exist_ok=True)
    (source / CHART).write_text(charts.standalone_call(report), encoding="utf-8")
    file.write_text(f"{head}{BEGIN}\n{markdown(report)}\n{END}{tail}", encoding="utf-8")
