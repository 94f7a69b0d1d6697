"""The rows of the report's tables: figures as text."""

import charts
from medians import Figures
from plan import KERNEL_AHEAD, KERNEL_VARIANTS, Cell
from text import digits, engine_name, quantity, rate, time_ns


def latency_rows(figures, engines, variant):
    rows = []
    for kind, suffix in (("burst_ns", ""), ("single_ns", ", call by call")):
        for engine, found in charts.series(figures, engines, variant, kind):
            rows.append([engine_name(engine) + suffix, *(time_ns(f.median) for f in found)])
    for engine, found in charts.series(figures, engines[:1], variant, "clock_ns"):
        rows.append(["the clock alone", *(time_ns(f.median) for f in found)])
    return rows


def producer_rows(report):
    figures = Figures(report["runs"])
    rows = []
    for engine in report["engines"]:
        for cell in charts.producer_counts(figures, engine):
            last = figures.median(cell, "slowest_over_fastest_producer")
            rate_of = figures.median(cell, "lines_per_s")
            rows.append([engine_name(engine), str(cell.producers), f"{rate(rate_of)}/s", quantity(last, "×")])
    return rows


def build_rows(report):
    figures = Figures(report["runs"])
    rows = []
    for engine in report["engines"]:
        cell = Cell("statements", engine)
        took, code = (figures.median(cell, m) for m in ("compile_ms_per_statement", "code_bytes_per_statement"))
        if took is not None:
            rows.append([engine_name(engine), quantity(took, "ms"), quantity(code, "bytes")])
    return rows


def memory_rows(report):
    figures = Figures(report["runs"])
    rows = []
    for cell in figures.cells("memory"):
        name = engine_name(cell.engine) + (", 100 M records" if cell.variant == "long" else "")
        found = [figures.median(cell, f"{m}_kib") for m in ("rss_idle", "rss_half", "rss_end", "peak")]
        rows.append([name, *(quantity(value, "KiB") for value in found)])
    return rows


def micro_rows(report):
    figures = Figures(report["runs"])
    rows = []
    for cell in [*figures.cells("writer"), *figures.cells("micro")]:
        program = cell.variant or "writer"
        for run in [r for r in report["runs"] if r["status"] == "ok" and Cell(**r["cell"]) == cell][:1]:
            for case in run["result"]:
                took = figures.median(cell, f"{case}.real_time_ns")
                items = figures.median(cell, f"{case}.items_per_second")
                speed = figures.median(cell, f"{case}.bytes_per_second")
                row = [f"{program}: {case}", time_ns(took), f"{rate(items)}/s" if items else "–"]
                rows.append([*row, f"{digits(speed / 1e9)} GB/s" if speed else "–"])
    return rows


VARIANT_NAMES = {
    "block256k": ", 256 KiB",
    "block512k": ", 512 KiB",
    "block512k_ahead": ", 512 KiB, space ahead",
    "rotate10": ", a new file every 10 MB",
}


def throughput_rows(report, place):
    figures = Figures(report["runs"])
    mine = Cell("throughput", "xylem", "", 1, place)
    cells = [(engine, "") for engine in report["engines"]] + [("xylem", "rotate10")]
    cells += [("kernel", variant) for variant in (*KERNEL_VARIANTS, KERNEL_AHEAD)]
    rows = []
    for engine, variant in cells:
        cell = Cell("throughput", engine, variant, 1, place)
        lines, speed, cpu = (figures.median(cell, m) for m in ("lines_per_s", "bytes_per_s", "cpu_ns_per_line"))
        if lines is None:
            continue
        ratio = figures.ratio((mine, "lines_per_s"), (cell, "lines_per_s"))
        row = [engine_name(engine) + VARIANT_NAMES.get(variant, ""), rate(lines), f"{digits(speed / 1e9)} GB/s"]
        rows.append([*row, time_ns(cpu), quantity(ratio and ratio.median, "×")])
    return rows


def variant_rows(report):
    """The ways to call xylem, against the clock of the same process."""
    figures = Figures(report["runs"])
    names = {
        "three_numbers": "three numbers",
        "string_field": "a string and a field",
        "macro_free": "without a macro",
        "anonymous": "three numbers, rings that a crash takes along",
        "coarse": "coarse clock",
        "system": "system clock",
        "cold": "cold",
        "disabled": "below the level",
    }
    rows = []
    for variant, name in names.items():
        cell = Cell("call", "xylem", variant)
        found = [figures.figure(cell, f"burst_ns.{p}") for p in ("p50", "p99", "p99.9")]
        if all(found):
            ratio = figures.ratio((cell, "burst_ns.p50"), (cell, "clock_ns.p50"))
            rows.append([name, *(time_ns(f.median) for f in found), quantity(ratio and ratio.median, "×")])
    return rows
