"""Why a goal is missed: one sentence each, with the figures of the run that missed it."""

from plan import KERNEL_VARIANTS, Cell
from text import digits, quantity, rate

PERCENTILES = ("p50", "p99", "p99.9")


def share(figure):
    return f"{figure.median * 100:.0f} %"


def ns(value):
    return quantity(value, "ns")


def call(variant):
    return Cell("call", "xylem", variant)


def floor_of(figures, variant, percentile, floor="floor_ns"):
    """(the floor's, the clock's, the call's) median at a percentile, or None."""
    metrics = (f"{part}.{percentile}" for part in (floor, "clock_ns", "burst_ns"))
    found = tuple(figures.median(call(variant), metric) for metric in metrics)
    return found if all(found) else None


def parts_of_floor(figures, floor, percentiles):
    parts = []
    for percentile in percentiles:
        found = floor_of(figures, "three_numbers", percentile, floor)
        if found:
            least, clock, burst = found
            parts.append(f"{percentile}: {ns(least)} of the {ns(burst)}, {digits(least / clock)} × the clock")
    return "; ".join(parts)


def why_call(figures):
    alone = parts_of_floor(figures, "floor_ns", PERCENTILES)
    if not alone:
        return ""
    shared = parts_of_floor(figures, "shared_floor_ns", PERCENTILES)
    return (
        "The clock, the stores of one slot and the release store of its position, in the same process without any "
        f"engine and without anyone who reads them, take already ({alone})"
        + (f"; with a thread that does nothing but read the slots some way behind ({shared})." if shared else ".")
    )


def why_coarse(figures):
    found = floor_of(figures, "coarse", "p50")
    if not found:
        return ""
    floor, clock, burst = found
    return (
        f"Without the clock, the stores of one slot alone take about {ns(max(floor - clock, 0))} of the {ns(burst)} "
        "in the same process."
    )


def why_string(figures):
    found = floor_of(figures, "string_field", "p50")
    three = figures.median(call("three_numbers"), "burst_ns.p50")
    free = figures.median(call("macro_free"), "burst_ns.p50")
    if not found or not three or not free:
        return ""
    floor, clock, burst = found
    return (
        f"One slot and the clock alone take {ns(floor)} ({digits(floor / clock)} × the clock), and a call with three "
        f"numbers {ns(three)}; 40 characters and a field fill the slot to its last byte, by a copy of unknown length, "
        f"and since a text may take a second slot its line is asked for too: {ns(burst)} together. "
        f"The call without a macro finds its id in a table instead of at its place: {ns(free)}."
    )


def why_cold(figures):
    parts = []
    for percentile in ("p50", "p99"):
        metrics = (f"{part}.{percentile}" for part in ("floor_ns", "clock_ns", "burst_ns"))
        floor, clock, burst = (figures.median(call("cold"), metric) for metric in metrics)
        if floor and clock and burst:
            parts.append(f"{percentile}: {ns(floor)} of the {ns(burst)}, {ns(clock)} for the clock alone")
    if not parts:
        return ""
    return (
        "One slot and the position of its ring, both in pages whose translations are cold too, cost without any "
        f"engine already ({'; '.join(parts)}); the logger's level, the call site's id and the thread's state are three "
        "more lines in three more pages."
    )


def why_end_to_end(figures):
    parts = []
    writer = figures.median(Cell("writer", "xylem"), "consumer.items_per_second")
    for place in ("disk", "tmpfs"):
        mine = Cell("throughput", "xylem", "", 1, place)
        lines = figures.median(mine, "lines_per_s")
        kernels = [figures.ratio((mine, "bytes_per_s"), (Cell("throughput", "kernel", v, 1, place), "bytes_per_s"))
                   for v in KERNEL_VARIANTS]
        found = [kernel for kernel in kernels if kernel]
        if lines and found:
            least = min(found, key=lambda kernel: kernel.median)
            parts.append(f"{rate(lines)} lines/s on {place} are {share(least)} of what write(2) takes there")
    if not parts:
        return ""
    end = f"; the renderer alone makes {rate(writer)}/s" if writer else ""
    return f"{'; '.join(parts)}{end}: producer, renderer and kernel share the processors of this machine."


def why_writer(figures):
    writer = Cell("writer", "xylem")
    program = figures.ratio((writer, "consumer.items_per_second"), (writer, "program.items_per_second"))
    copied = figures.ratio((writer, "consumer.bytes_per_second"), (writer, "copy.bytes_per_second"))
    rendered = figures.median(writer, "program.items_per_second")
    made = figures.median(writer, "consumer.items_per_second")
    instructions = figures.median(Cell("instructions", "xylem"), "instructions_per_line")
    if not (program and copied and rendered and made):
        return ""
    counted = instructions and f" A line executes {digits(instructions)} instructions, as callgrind counts them."
    return (
        f"Of the {ns(1e9 / made)} a line, {ns(1e9 / rendered)} ({share(program)}) are the templates alone, rendered "
        f"from an array without ring, router or sink; a memcpy of the finished lines takes {share(copied)} of the time."
        f"{counted or ''}"
    )


def why_memory(figures):
    cells = [c for c in figures.cells("memory") if c.engine == "xylem" and c.variant == "long"]
    if not cells:
        return ""
    half, end = (figures.median(cells[0], f"rss_{when}_kib") for when in ("half", "end"))
    if not (half and end):
        return ""
    return f"At the end the process held {digits(end - half)} KiB more than the {digits(half)} KiB of half-way."


def why_kernel(figures):
    parts = []
    for place in ("disk", "tmpfs"):
        cpu = figures.median(Cell("throughput", "xylem", "", 1, place), "cpu_ns_per_line")
        alone = figures.median(Cell("throughput", "kernel", KERNEL_VARIANTS[0], 1, place), "cpu_ns_per_line")
        if cpu and alone:
            parts.append(f"{place}: {ns(alone)} of the {ns(cpu)} of processor time a line are write(2)'s own")
    return f"{'; '.join(parts).capitalize()}." if parts else ""


REASONS = {
    1: why_call,
    2: why_coarse,
    3: why_string,
    4: why_cold,
    6: why_end_to_end,
    7: why_writer,
    8: why_kernel,
    13: why_memory,
}


def why(number, figures):
    """The sentence for a goal, empty where there is none or the run lacks its figures."""
    return REASONS[number](figures) if number in REASONS else ""
