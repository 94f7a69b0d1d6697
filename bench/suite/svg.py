"""A little SVG: shapes by class, so that one style sheet gives them their colours in light and dark."""

import math
from html import escape

LIGHT = {
    "page": "#f7f6f2",
    "card": "#ffffff",
    "ink": "#1c2420",
    "soft": "#65706a",
    "rule": "#e3e2db",
    "floor": "#8b958f",
    "xylem": "#0a7a59",
    "spdlog": "#3f73b8",
    "boost_log": "#b2653a",
    "glog": "#8459b3",
    "cpython": "#94801a",
    "other": "#b04d78",
    "good": "#0a7a59",
    "bad": "#b3402e",
}
DARK = {
    "page": "#111513",
    "card": "#191e1b",
    "ink": "#e6ebe7",
    "soft": "#98a49d",
    "rule": "#2c332f",
    "floor": "#77827c",
    "xylem": "#45d6a2",
    "spdlog": "#83b0ec",
    "boost_log": "#e39f70",
    "glog": "#bb9be6",
    "cpython": "#d3be57",
    "other": "#e58bb2",
    "good": "#45d6a2",
    "bad": "#f08a76",
}
ENGINES = ("xylem", "spdlog", "boost_log", "glog", "cpython", "other")
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif'


def variables(colours):
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


def style():
    """What every chart needs, in the page or in a file of its own."""
    of_engines = "\n".join(f".{name} {{ --own: var(--{name}); }}" for name in ENGINES)
    return f""":root {{ {variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}
svg {{ font: 13px {FONT}; }}
svg text {{ fill: var(--ink); }}
svg text.soft {{ fill: var(--soft); font-size: 12px; }}
svg text.title {{ font-size: 17px; font-weight: 600; }}
svg text.own {{ fill: var(--own); }}
svg .xylem text, svg text.xylem {{ font-weight: 650; }}
.rule {{ stroke: var(--rule); stroke-width: 1; }}
.line {{ fill: none; stroke: var(--own); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }}
.xylem .line {{ stroke-width: 3; }}
.band {{ fill: var(--own); opacity: .13; }}
.dot {{ fill: var(--own); stroke: var(--card); stroke-width: 1.5; }}
.bar {{ fill: var(--own); opacity: .55; }}
.xylem .bar {{ opacity: 1; }}
.whisker {{ stroke: var(--ink); stroke-width: 1; opacity: .55; }}
.stem {{ stroke: var(--own); stroke-width: 2; opacity: .35; }}
.mark {{ stroke: var(--floor); stroke-width: 1.5; stroke-dasharray: 4 3; fill: none; }}
.ground {{ fill: var(--floor); opacity: .14; }}
.card {{ fill: var(--card); stroke: var(--rule); }}
{of_engines}
"""


def engine_class(engine):
    return engine if engine in ENGINES else "other"


class Svg:
    """A drawing of fixed proportions that takes the width it is given."""

    def __init__(self, width, height, label):
        self.width = width
        self.height = height
        self._label = label
        self._parts = []

    def add(self, tag, text=None, **attributes):
        """An element; `css` stands for class, and an underscore in a name for a hyphen."""
        attributes = {"class" if k == "css" else k.replace("_", "-"): v for k, v in attributes.items()}
        written = "".join(
            f' {name}="{value:.1f}"' if isinstance(value, float) else f' {name}="{escape(str(value))}"'
            for name, value in attributes.items()
        )
        content = "" if text is None else escape(text)
        self._parts.append(f"<{tag}{written}>{content}</{tag}>")

    def text(self, x, y, text, css="", anchor="start"):
        self.add("text", text, x=float(x), y=float(y), css=css, text_anchor=anchor)

    def line(self, x1, y1, x2, y2, css):
        self.add("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), css=css)

    def polyline(self, points, css):
        self.add("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), css=css)

    def polygon(self, points, css):
        self.add("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), css=css)

    def dot(self, x, y, radius, tip):
        self._parts.append(
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"><title>{escape(tip)}</title></circle>'
        )

    def bar(self, x, y, width, height, tip):
        self._parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3">'
            f"<title>{escape(tip)}</title></rect>"
        )

    def open(self, css):
        self._parts.append(f'<g class="{css}">')

    def close(self):
        self._parts.append("</g>")

    def render(self, css=""):
        """The element; with a style sheet of its own, a file that stands alone."""
        sheet = f"<style>{escape(css, quote=False)}</style>" if css else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" role="img" '
            f'aria-label="{escape(self._label)}">{sheet}{"".join(self._parts)}</svg>'
        )


class LogScale:
    """Values to places on an axis, by the logarithm; what is below the first value stands at it."""

    def __init__(self, low, high, begin, end):
        self._low = math.log10(low)
        self._per_decade = (end - begin) / (math.log10(high) - self._low)
        self._begin = begin
        self.low, self.high = low, high

    def __call__(self, value):
        return self._begin + (math.log10(max(value, self.low)) - self._low) * self._per_decade

    def decades(self):
        first, last = math.ceil(self._low - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        return [10.0**power for power in range(first, last + 1)]


def log_scale(values, begin, end, room_below=1.6):
    """A scale a little wider than the values, and of a decade at least."""
    good = [value for value in values if value > 0] or [1.0]
    low, high = min(good) / room_below, max(good) * 1.25
    if high < 10 * low:
        high = 10 * low
    return LogScale(low, high, begin, end)


def apart(wanted, distance, last):
    """Places for labels, as near to those wanted as the distance between two allows; none beyond `last`."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = list(wanted)
    for before, after in zip(order, order[1:]):
        places[after] = max(places[after], places[before] + distance)
    limit = last
    for i in reversed(order):
        places[i] = min(places[i], limit)
        limit = places[i] - distance
    return places
