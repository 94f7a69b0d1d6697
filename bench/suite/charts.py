"""The report's charts, from its figures."""

import svg
from medians import Figures
from plan import KERNEL_VARIANTS, Cell
from text import digits, engine_name, on_machine, day, rate, time_ns

PERCENTILES = ("p50", "p90", "p99", "p99.9", "p99.99", "max")
WIDTH = 480


def shown_percentiles(variant):
    """Cold calls are too few to tell more than one in a hundred."""
    return ("p50", "p90", "p99", "max") if variant == "cold" else PERCENTILES


def series(figures, engines, variant, kind="burst_ns"):
    """(engine, figures by percentile) of those engines that were measured."""
    out = []
    for engine in engines:
        found = [figures.figure(Cell("call", engine, variant), f"{kind}.{p}") for p in shown_percentiles(variant)]
        if all(found):
            out.append((engine, found))
    return out


def log_axis(drawing, scale, left, right, name):
    for value in scale.decades():
        y = scale(value)
        drawing.line(left, y, right, y, "rule")
        drawing.text(left - 8, y + 4, name(value), "soft", "end")


def draw_latency(drawing, figures, engines, variant, box):
    left, top, right, bottom = box
    lines = series(figures, engines, variant)
    if not lines:
        return False
    clock = series(figures, lines[0][:1], variant, "clock_ns")[0][1]
    values = [f.median for _, found in [*lines, ("", clock)] for f in found]
    y = svg.log_scale(values, bottom, top, room_below=3.0)
    names = shown_percentiles(variant)
    xs = [left + 14 + (right - left - 28) * i / (len(names) - 1) for i in range(len(names))]
    log_axis(drawing, y, left, right, short_time)
    for x, name in zip(xs, names):
        drawing.text(x, bottom + 20, name, "soft", "middle")

    floor = [(x, y(f.median)) for x, f in zip(xs, clock)]
    drawing.polygon([(xs[0], bottom), *floor, (xs[-1], bottom)], "ground")
    drawing.polyline(floor, "mark")
    drawing.text(xs[0] + 8, bottom - 9, "reading the clock alone", "soft")
    ends = svg.apart([y(found[-1].median) + 4 for _, found in lines], 16, bottom + 4)
    for (engine, found), end in reversed(list(zip(lines, ends))):
        drawing.open(svg.engine_class(engine))
        above = [(x, y(f.high)) for x, f in zip(xs, found)]
        below = [(x, y(f.low)) for x, f in zip(xs, found)]
        drawing.polygon(above + below[::-1], "band")
        drawing.polyline([(x, y(f.median)) for x, f in zip(xs, found)], "line")
        for x, percentile, f in zip(xs, names, found):
            drawing.dot(x, y(f.median), 3.5, f"{engine_name(engine)} {percentile}: {time_ns(f.median)}")
        drawing.text(xs[-1] + 12, end, engine_name(engine), "own")
        drawing.close()
    return True


def short_time(ns):
    """Of a power of ten."""
    for limit, unit in ((1e3, "ns"), (1e6, "µs"), (1e9, "ms")):
        if ns < limit:
            return f"{ns / limit * 1e3:g} {unit}"
    return f"{ns / 1e9:g} s"


def latency(report, variant, width=WIDTH):
    drawing = svg.Svg(width, 330 if width == WIDTH else 380, "Time of a call by percentile, per engine")
    box = (60, 12, width - 84, drawing.height - 34)
    drawn = draw_latency(drawing, Figures(report["runs"]), report["engines"], variant, box)
    return drawing.render() if drawn else ""


def standalone_call(report):
    """The README's chart: a card of its own, legible whatever page it is put on."""
    drawing = svg.Svg(760, 420, "Time of a log call by percentile, per engine")
    drawing.add("rect", x=0.5, y=0.5, width=759.0, height=419.0, rx=10, css="card")
    drawing.text(24, 36, "What a log call costs the thread that makes it", "title")
    drawing.text(24, 58, "three numbers, bursts of 20; time per call by percentile", "soft")
    figures = Figures(report["runs"])
    draw_latency(drawing, figures, report["engines"], "three_numbers", (76, 76, 668, 362))
    machine = report["machine"]
    drawing.text(24, 406, f"{on_machine(machine)}; {day(machine)}", "soft")
    return drawing.render(svg.style()) + "\n"


def whole_scale(values, begin, end):
    high = max(values)
    return lambda value: begin + (end - begin) * value / high


ROW = 34
NAMES = 84  # The width of the column of names.


def bars(label, rows, name, mark=None, mark_name="", width=WIDTH):
    """Horizontal bars from zero: rows of (engine, Figure), and a mark across them."""
    height = ROW * len(rows) + (30 if mark else 6)
    drawing = svg.Svg(width, height, label)
    high = [figure.high for _, figure in rows]
    x = whole_scale([*high, mark or 0], NAMES, width - 72)
    if mark:
        drawing.line(x(mark), 2, x(mark), height - 22, "mark")
        near_end = x(mark) > width * 0.6
        drawing.text(x(mark) + (4 if near_end else -4), height - 6, mark_name, "soft", "end" if near_end else "start")
    for i, (engine, figure) in enumerate(rows):
        y = ROW * i + 4
        drawing.open(svg.engine_class(engine))
        drawing.text(NAMES - 10, y + 18, engine_name(engine), "own", "end")
        drawing.bar(NAMES, y + 3, max(x(figure.median) - NAMES, 1.5), 20, f"{engine_name(engine)}: {name(figure.median)}")
        if figure.rounds > 1:
            drawing.line(x(figure.low), y + 13, x(figure.high), y + 13, "whisker")
        drawing.text(x(figure.high) + 8, y + 18, name(figure.median))
        drawing.close()
    return drawing.render()


def engine_rows(figures, engines, metric, cell_of):
    rows = [(engine, figures.figure(cell_of(engine), metric)) for engine in engines]
    return [(engine, figure) for engine, figure in rows if figure]


def kernel_rate(figures, place):
    """Lines a second of write(2) alone, in the block size that suits it better."""
    found = [figures.median(Cell("throughput", "kernel", v, 1, place), "lines_per_s") for v in KERNEL_VARIANTS]
    return max((value for value in found if value), default=None)


def throughput(report, place):
    figures = Figures(report["runs"])
    rows = engine_rows(figures, report["engines"], "lines_per_s", lambda e: Cell("throughput", e, "", 1, place))
    if not rows:
        return ""
    mark = kernel_rate(figures, place)
    name = f"write(2) alone: {rate(mark)}" if mark else ""
    return bars(f"Lines a second, {place}", rows, rate, mark, name)


def producer_counts(figures, engine):
    """The cells of one engine with several producers, and the one with one producer on the same file system."""
    cells = [c for c in figures.cells("throughput") if c.engine == engine and not c.variant]
    where = {c.place for c in cells if c.producers > 1}
    return sorted((c for c in cells if c.place in where), key=lambda c: c.producers)


def producers(report):
    """Time a line, by the number of threads that log."""
    figures = Figures(report["runs"])
    lines = [(e, producer_counts(figures, e)) for e in report["engines"]]
    lines = [(e, [(c.producers, 1e9 / figures.median(c, "lines_per_s")) for c in cells]) for e, cells in lines if cells]
    if not lines:
        return ""
    drawing = svg.Svg(WIDTH, 300, "Time a line by number of producers, per engine")
    left, top, right, bottom = 60, 12, WIDTH - 84, 266
    y = svg.log_scale([ns for _, points in lines for _, ns in points], bottom, top)
    counts = sorted({count for _, points in lines for count, _ in points})
    last = max(len(counts) - 1, 1)
    x = {count: left + 14 + (right - left - 28) * i / last for i, count in enumerate(counts)}
    log_axis(drawing, y, left, right, short_time)
    for count in counts:
        drawing.text(x[count], bottom + 20, str(count), "soft", "middle")
    ends = svg.apart([y(points[-1][1]) + 4 for _, points in lines], 16, bottom + 4)
    for (engine, points), end in reversed(list(zip(lines, ends))):
        drawing.open(svg.engine_class(engine))
        drawing.polyline([(x[count], y(ns)) for count, ns in points], "line")
        for count, ns in points:
            drawing.dot(x[count], y(ns), 3.5, f"{engine_name(engine)}, {count} producers: {time_ns(ns)} a line")
        drawing.text(x[points[-1][0]] + 12, end, engine_name(engine), "own")
        drawing.close()
    return drawing.render()


def cpu(report, place):
    """CPU time a line: dots on a logarithmic axis, since an interpreter is two hundred times dearer."""
    figures = Figures(report["runs"])
    rows = engine_rows(figures, report["engines"], "cpu_ns_per_line", lambda e: Cell("throughput", e, "", 1, place))
    if not rows:
        return ""
    drawing = svg.Svg(WIDTH, ROW * len(rows) + 26, "CPU time a line, per engine")
    x = svg.log_scale([figure.median for _, figure in rows], NAMES, WIDTH - 72)
    bottom = drawing.height - 22
    for value in x.decades():
        drawing.line(x(value), 2, x(value), bottom, "rule")
        drawing.text(x(value), bottom + 16, short_time(value), "soft", "middle")
    for i, (engine, figure) in enumerate(rows):
        y = ROW * i + 17
        drawing.open(svg.engine_class(engine))
        drawing.text(NAMES - 10, y + 5, engine_name(engine), "own", "end")
        drawing.line(NAMES, y, x(figure.median), y, "stem")
        drawing.dot(x(figure.median), y, 6, f"{engine_name(engine)}: {time_ns(figure.median)} a line")
        drawing.text(x(figure.median) + 12, y + 5, time_ns(figure.median))
        drawing.close()
    return drawing.render()


def statement_cost(report, metric, unit, limit):
    figures = Figures(report["runs"])
    rows = engine_rows(figures, report["engines"], metric, lambda e: Cell("statements", e))
    if not rows:
        return ""
    return bars(f"{unit} a statement", rows, lambda v: f"{digits(v)} {unit}", limit, f"goal: {limit} {unit}")
