"""What is aimed at, and whether the figures reach it. Every ratio is taken inside one round."""

from dataclasses import dataclass

from medians import Figure
from plan import KERNEL_AHEAD, KERNEL_VARIANTS, Cell

MET, MISSED, NOT_MEASURED, OUTSIDE, STATED = "met", "missed", "not measured", "not in this suite", "stated"
FAIR = 2.0  # The last of several producers took no more than this times what the first took.


@dataclass(frozen=True)
class Check:
    """One figure and its bound; without a bound it is only stated."""

    what: str
    figure: Figure | None
    bound: str = ""  # "<=" or ">="
    limit: float = 0.0
    unit: str = "×"

    def status(self):
        if self.figure is None:
            return NOT_MEASURED
        if not self.bound:
            return STATED
        median = self.figure.median
        return MET if (median <= self.limit if self.bound == "<=" else median >= self.limit) else MISSED

    def as_data(self):
        figure = self.figure
        return {
            "what": self.what,
            "measured": figure and figure.median,
            "low": figure and figure.low,
            "high": figure and figure.high,
            "goal": f"{'≤' if self.bound == '<=' else '≥'} {self.limit:g}" if self.bound else "",
            "unit": self.unit,
            "status": self.status(),
        }


@dataclass(frozen=True)
class Outside:
    """What is held against an engine that Debian does not have."""

    what: str

    def status(self):
        return OUTSIDE

    def as_data(self):
        return {"what": self.what, "measured": None, "goal": "", "unit": "", "status": OUTSIDE}


def call(variant, engine="xylem"):
    return Cell("call", engine, variant)


def throughput(place, engine="xylem", variant="", producers=1):
    return Cell("throughput", engine, variant, producers, place)


def against_clock(figures, variant, percentile="p50"):
    """A call against reading the clock in the same process, percentile against percentile."""
    cell = call(variant)
    return figures.ratio((cell, f"burst_ns.{percentile}"), (cell, f"clock_ns.{percentile}"))


def call_goals(figures):
    three = [
        Check(p, against_clock(figures, "three_numbers", p), "<=", limit)
        for p, limit in (("p50", 1.05), ("p99", 1.5), ("p99.9", 3.0))
    ]
    anonymous = figures.ratio((call("three_numbers"), "burst_ns.p50"), (call("anonymous"), "burst_ns.p50"))
    three.append(Check("p50 over that of rings that a crash takes along", anonymous))
    yield 1, "A call with three numbers, over reading the clock", three
    coarse = Check("p50", against_clock(figures, "coarse"), "<=", 0.35)
    yield 2, "The same with the coarse clock, over reading the precise one", [coarse]
    macro = (call("three_numbers"), "burst_ns.p50")
    yield 3, "A 40-character string and a field; a call without a macro", [
        Check("string and field over clock", against_clock(figures, "string_field"), "<=", 1.3),
        Check("without a macro over clock", against_clock(figures, "macro_free"), "<=", 1.3),
        Check("without over with a macro", figures.ratio((call("macro_free"), "burst_ns.p50"), macro), "<=", 1.05),
    ]
    yield 4, "A cold call: 8 MiB walked between calls", [
        Outside("no slower than xtr's"),
        *(Check(p, figures.figure(call("cold"), f"burst_ns.{p}"), unit="ns") for p in ("p50", "p99")),
    ]
    disabled = figures.figure(call("disabled"), "burst_ns.p50")
    yield 5, "A call below the logger's level", [Check("p50", disabled, "<=", 1.0, "ns")]


def against_kernel(figures, place):
    """Bytes a second over those of write(2) alone, in the block size that suits the kernel better."""
    mine = (throughput(place), "bytes_per_s")
    found = [figures.ratio(mine, (throughput(place, "kernel", v), "bytes_per_s")) for v in KERNEL_VARIANTS]
    return min((figure for figure in found if figure), key=lambda figure: figure.median, default=None)


def end_to_end_goals(figures):
    places = ("disk", "tmpfs")
    spdlog = [
        Check(
            f"over spdlog, {place}",
            figures.ratio((throughput(place), "lines_per_s"), (throughput(place, "spdlog"), "lines_per_s")),
            ">=",
            6.0,
        )
        for place in places
    ]
    outside = [Outside("over quill's JSON"), Outside("over xtr's plain text")]
    yield 6, "JSON Lines to a rotating file, one producer, lines a second", [*spdlog, *outside]

    writer = Cell("writer", "xylem")
    rate = figures.figure(writer, "consumer.items_per_second")
    copied = figures.ratio((writer, "consumer.bytes_per_second"), (writer, "copy.bytes_per_second"))
    yield 7, "The writer alone: a full ring to memory, 64 call sites", [
        Check("lines a second", rate, ">=", 25e6, "/s"),
        Check("over memcpy", copied),
    ]
    kernel = [Check(place, against_kernel(figures, place), ">=", 0.5) for place in places]
    for place in places:
        ahead = (throughput(place, "kernel", KERNEL_AHEAD), "bytes_per_s")
        ratio = figures.ratio((throughput(place), "bytes_per_s"), ahead)
        kernel.append(Check(f"{place}, to space allocated ahead", ratio))
    yield 8, "Bytes a second over write(2) alone", kernel


def producer_goal(figures):
    several = [c for c in figures.cells("throughput") if c.engine == "xylem" and c.producers > 1 and not c.variant]
    checks = []
    for cell in sorted(several, key=lambda cell: cell.producers):
        one = (throughput(cell.place), "lines_per_s")
        checks.append(Check(f"{cell.producers} over 1", figures.ratio((cell, "lines_per_s"), one), ">=", 0.85))
    for cell in sorted(several, key=lambda cell: cell.producers):
        last = figures.figure(cell, "slowest_over_fastest_producer")
        checks.append(Check(f"last over first of {cell.producers}", last, "<=", FAIR))
    yield 9, "Several producers: total lines a second; none starves", checks or [Check("2 to 16 producers", None)]


def cpu_goal(figures):
    checks = []
    for place in ("disk", "tmpfs"):
        mine = throughput(place)
        checks.append(Check(place, figures.figure(mine, "cpu_ns_per_line"), unit="ns"))
        peers = [
            c
            for c in figures.cells("throughput")
            if c.place == place and c.producers == 1 and not c.variant and c.engine not in ("xylem", "kernel")
        ]
        ratios = [figures.ratio((mine, "cpu_ns_per_line"), (peer, "cpu_ns_per_line")) for peer in peers]
        lowest = max((r for r in ratios if r), key=lambda r: r.median, default=None)
        checks.append(Check(f"over the lowest peer's, {place}", lowest, "<=", 1.0))
    yield 10, "CPU time a line, user and system, of the whole process", checks


def build_goals(figures):
    cell = Cell("statements", "xylem")
    yield 11, "2000 log statements with varied arguments, g++ -O2, each", [
        Check("compile time", figures.figure(cell, "compile_ms_per_statement"), "<=", 25, "ms"),
        Check("machine code", figures.figure(cell, "code_bytes_per_statement"), "<=", 400, "bytes"),
    ]
    header = figures.figure(Cell("header", "xylem"), "compile_s")
    yield 12, "#include <xylem/log.hpp> alone, g++ -O2", [Check("compile time", header, "<=", 0.35, "s")]


def memory_goal(figures):
    long = [c for c in figures.cells("memory") if c.engine == "xylem" and c.variant == "long"]
    cell = long[0] if long else Cell("memory", "xylem", "long", 16)
    growth = figures.ratio((cell, "rss_end_kib"), (cell, "rss_half_kib"))
    yield 13, "Memory of 16 logging threads over 100 M records", [
        Check("idle", figures.figure(cell, "rss_idle_kib"), unit="KiB"),
        Check("peak", figures.figure(cell, "peak_kib"), unit="KiB"),
        Check("end over half-way", growth, "<=", 1.01),
    ]


def overall(checks):
    """Missed when anything is, not measured when anything is not; what is only stated decides nothing."""
    found = [check.status() for check in checks]
    for status in (MISSED, NOT_MEASURED, MET, OUTSIDE):
        if status in found:
            return status
    return STATED


def evaluate(figures):
    """The goals as data: number, what, checks, status."""
    out = []
    for part in (call_goals, end_to_end_goals, producer_goal, cpu_goal, build_goals, memory_goal):
        for number, what, checks in part(figures):
            data = [check.as_data() for check in checks]
            out.append({"number": number, "what": what, "checks": data, "status": overall(checks)})
    return out
