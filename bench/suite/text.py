"""Numbers as people read them, and the report as text: for a terminal and for the README."""

import goals

ENGINE_NAMES = {"boost_log": "Boost.Log", "cpython": "CPython", "kernel": "write(2) alone"}


def engine_name(engine):
    return ENGINE_NAMES.get(engine, engine)


def cell_name(cell):
    parts = [cell.engine, cell.scenario, cell.variant, cell.place]
    if cell.producers > 1:
        parts.append(f"{cell.producers} threads")
    return " ".join(part for part in parts if part)


def digits(value):
    """Three figures that count, or two where a third says nothing."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def time_ns(value):
    for limit, unit in ((1e3, "ns"), (1e6, "µs"), (1e9, "ms")):
        if abs(value) < limit:
            return f"{digits(value / limit * 1e3)} {unit}"
    return f"{digits(value / 1e9)} s"


def rate(lines_per_s):
    """Lines a second, in millions, or in thousands where these are few."""
    return f"{digits(lines_per_s / 1e6)} M" if lines_per_s >= 1e5 else f"{digits(lines_per_s / 1e3)} k"


def quantity(value, unit):
    if value is None:
        return "–"
    if unit == "/s":
        return rate(value) + "/s"
    if unit == "KiB":
        return f"{digits(value / 1024)} MiB"
    if unit == "×":
        return digits(value) + " ×"
    return f"{digits(value)} {unit}"


def day(machine):
    return machine["date"][:10]


def rounds(report):
    return "1 round" if report["rounds"] == 1 else f"{report['rounds']} rounds"


def on_machine(machine):
    return f"{machine['cpu']}, {machine['cores']} cores, {machine['kernel']}, {machine['compiler']}"


def table(rows):
    """Columns as wide as what is in them."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in rows)


def goals_table(report):
    rows = [("#", "what", "measured", "spread", "goal", "")]
    for goal in report["goals"]:
        rows.append((str(goal["number"]), goal["what"], "", "", "", goal["status"]))
        for check in goal["checks"]:
            if check["measured"] is None:
                rows.append(("", f"  {check['what']}", "", "", "", check["status"]))
                continue
            unit = check["unit"]
            spread = f"{quantity(check['low'], unit)} to {quantity(check['high'], unit)}"
            same = check["low"] == check["high"]
            status = "" if check["status"] == goals.STATED else check["status"]
            measured = quantity(check["measured"], unit)
            goal_text = aim(check)
            rows.append(("", f"  {check['what']}", measured, "" if same else spread, goal_text, status))
    missed = [f"{goal['number']}: {goal['why']}" for goal in report["goals"] if goal["why"]]
    return "\n".join([table(rows), *(["", "What bounds those that are missed, or not judged here:"] if missed else []), *missed])


def aim(check):
    """The bound of a check as text."""
    if not check["goal"]:
        return ""
    bound, limit = check["goal"].split()
    return f"{bound} {quantity(float(limit), check['unit'])}"
