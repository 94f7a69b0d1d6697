"""The report as one page that needs nothing else."""

from html import escape

import charts
import goals
import svg
import tables
from medians import Figures
from plan import Cell
from style import STYLE
from text import aim, cell_name, day, digits, on_machine, quantity, rate, rounds

METHOD = """
Engines take turns: each round runs every engine once, and every other round runs backwards, so that what drifts on a shared
machine falls on all alike. A figure is the median over the rounds; a ratio is taken inside a round, then its median. Faint
bands and thin lines show the lowest and the highest round. A call is measured in bursts of 20 with a pause of a few
microseconds between them, and each burst is followed by one that only reads the clock, in the same process. End to end is
timed from the first call until the last line is in the kernel's hands and the engine has stopped. Every engine is set up at
its best, waits rather than loses a line, keeps its time stamps, and has its output checked: the number of lines, and every
line parsed where it is JSON. CPU time is that of the whole process. CPython logs through QueueHandler and QueueListener with
a JSON formatter; glog writes plain text, from the calling thread.
"""


def html_table(head, rows):
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>'


def numbers(head, rows, label="Numbers"):
    return f"<details><summary>{label}</summary>{html_table(head, rows)}</details>" if rows else ""


def figure(title, drawings, table="", css=""):
    drawn = "".join(drawings)
    return f'<figure class="{css}"><h3>{escape(title)}</h3>{drawn}{table}</figure>' if drawn else ""


def latency_figure(report, variant, title, wide):
    rows = tables.latency_rows(Figures(report["runs"]), report["engines"], variant)
    table = numbers(["", *charts.shown_percentiles(variant)], rows)
    narrow = charts.latency(report, variant)
    if not wide or not narrow:
        return figure(title, [narrow], table)
    large = charts.latency(report, variant, 1000)
    return figure(title, [f'<div class="wide">{large}</div><div class="narrow">{narrow}</div>'], table)


def variant_figure(report):
    rows = tables.variant_rows(report)
    head = ["", "p50", "p99", "p99.9", "p50 over clock"]
    return figure("Ways to call xylem", [html_table(head, rows)], css="span") if rows else ""


def throughput_figure(report, title, place):
    table = numbers(["", "lines/s", "bytes", "CPU a line", "xylem over it"], tables.throughput_rows(report, place))
    return figure(title, [charts.throughput(report, place)], table)


def cpu_drawings(report):
    drawings = [(place, charts.cpu(report, place)) for place in ("disk", "tmpfs")]
    return [f'<p class="soft">{place}</p>{drawing}' for place, drawing in drawings if drawing]


def goal_html(goal):
    checks = []
    for check in goal["checks"]:
        if check["measured"] is None:
            value = f'<span class="rest">{escape(check["status"])}</span>'
        else:
            unit = check["unit"]
            colour = check["status"] if check["status"] in (goals.MET, goals.MISSED) else ""
            spread = f"{quantity(check['low'], unit)} to {quantity(check['high'], unit)}"
            bound = f' <span class="rest">{escape(aim(check))}</span>' if check["goal"] else ""
            value = f'<span title="{escape(spread)}"><b class="{colour}">{quantity(check["measured"], unit)}</b>{bound}</span>'
        checks.append(f"<div><span>{escape(check['what'])}</span>{value}</div>")
    status = goal["status"]
    colour = status if status in (goals.MET, goals.MISSED) else "rest"
    why = f'<p class="why">{escape(goal["why"])}</p>' if goal["why"] else ""
    return (
        f'<div class="goal"><span class="number">{goal["number"]}</span><span>{escape(goal["what"])}</span>'
        f'<span class="checks">{"".join(checks)}</span><span class="status {colour}">{escape(status)}</span>{why}</div>'
    )


def tiles(report):
    figures = Figures(report["runs"])
    call = Cell("call", "xylem", "three_numbers")
    disk, spdlog = (Cell("throughput", engine, "", 1, "disk") for engine in ("xylem", "spdlog"))
    clock = figures.ratio((call, "burst_ns.p50"), (call, "clock_ns.p50"))
    times = figures.ratio((disk, "lines_per_s"), (spdlog, "lines_per_s"))
    lines = figures.median(disk, "lines_per_s")
    allocations = report["also"]["allocations_per_call"]
    instructions = report["also"]["instructions_per_line"]
    found = [
        (clock and quantity(clock.median, "×"), "the time of reading the clock: a call, p50"),
        (lines and f"{rate(lines)}/s", "JSON lines to a rotating file on disk"),
        (times and quantity(times.median, "×"), "as many as spdlog, asynchronous"),
        (None if allocations is None else digits(allocations), "allocations a call"),
        (instructions and digits(instructions), "instructions a line in the writer"),
    ]
    shown = "".join(f'<div class="tile"><b>{value}</b><span>{what}</span></div>' for value, what in found if value)
    return f'<div class="tiles">{shown}</div>'


def section(title, text, *figures):
    drawn = "".join(figures)
    return f'<h2>{title}</h2><p class="soft">{text}</p><div class="charts">{drawn}</div>' if drawn else ""


def trouble(report):
    if not report["problems"]:
        return ""
    lines = "".join(
        f"<li>{escape(cell_name(Cell(**p['cell'])))}, round {p['round']}: {p['status']}: {escape(p['error'])}</li>"
        for p in report["problems"]
    )
    return f'<h2>What went wrong</h2><ul class="trouble">{lines}</ul>'


def sections(report):
    yield section(
        "What a call costs",
        "Time in the calling thread, by percentile; logarithmic, lower is better.",
        latency_figure(report, "three_numbers", "Three numbers, in bursts of 20", wide=True),
    )
    yield section(
        "Other calls",
        "A string with a field; and a call whose code and data have been driven from the caches.",
        latency_figure(report, "string_field", "A 40-character string and a field", wide=False),
        latency_figure(report, "cold", "Cold: 8 MiB walked between calls", wide=False),
        variant_figure(report),
    )
    yield section(
        "Lines a second, end to end",
        "One thread logs to a rotating file; more is better. The dashed line is write(2) of finished lines, without any engine.",
        throughput_figure(report, "To disk", "disk"),
        throughput_figure(report, "To tmpfs", "tmpfs"),
    )
    yield section(
        "Several threads, and what a line costs the machine",
        "Time and CPU time for each line, all threads together; logarithmic, lower is better.",
        figure(
            "Time a line, by number of producers",
            [charts.producers(report)],
            numbers(["", "producers", "lines", "last over first to finish"], tables.producer_rows(report)),
        ),
        figure("CPU time a line, user and system", cpu_drawings(report)),
    )
    yield section(
        "What a statement costs to build",
        "A generated file of log statements with varied arguments, g++ -O2, less the same file without them; lower is better.",
        figure("Compile time", [charts.statement_cost(report, "compile_ms_per_statement", "ms", 25)]),
        figure(
            "Machine code",
            [charts.statement_cost(report, "code_bytes_per_statement", "bytes", 400)],
            numbers(["", "compile time", "machine code"], tables.build_rows(report)),
        ),
    )
    memory = tables.memory_rows(report)
    micro = tables.micro_rows(report)
    yield section(
        "Memory, and the parts alone",
        "Sixteen threads log; resident memory of the whole process. Below, the parts under Google Benchmark.",
        figure("Memory", [html_table(["", "idle", "half-way", "end", "peak"], memory)], css="span") if memory else "",
        figure("Parts", [html_table(["", "time", "items", "bytes"], micro)], css="span") if micro else "",
    )


def render(report):
    """The page as text."""
    machine = report["machine"]
    where = f"{on_machine(machine)}. Disk: {machine['disk']}. {day(machine)}, {rounds(report)}."
    if report["size"] != "full":
        where += " A small run, to see that everything works: its times say nothing."
    shown = "".join(goal_html(goal) for goal in report["goals"])
    goals_shown = f'<div class="goals">{shown}</div>' if shown else '<p class="soft">None was measured.</p>'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>xylem, measured</title>
<style>{svg.style()}{STYLE}</style>
</head>
<body>
<h1>xylem, measured</h1>
<p class="soft">{escape(where)}</p>
{tiles(report)}
{trouble(report)}
{"".join(sections(report))}
<h2>Goals</h2>
<p class="soft">Medians; the pointer over one shows the lowest and highest round. Engines that Debian does not have are not in this suite.</p>
{goals_shown}
<h2>Method</h2>
<p>{escape(METHOD.strip())}</p>
</body>
</html>
"""
