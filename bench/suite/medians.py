"""From raw runs to figures: medians over the rounds, and ratios within a round."""

import statistics
from dataclasses import asdict, dataclass

from plan import Cell


@dataclass(frozen=True)
class Figure:
    """A median over the rounds, and the lowest and highest of them."""

    median: float
    low: float
    high: float
    rounds: int


def figure(values):
    """None when there is nothing to take a median of."""
    return Figure(statistics.median(values), min(values), max(values), len(values)) if values else None


def flatten(result, prefix=""):
    """Every number of a result by its path: {"burst_ns": {"p50": 1}} is {"burst_ns.p50": 1.0}."""
    out = {}
    for name, value in result.items():
        if isinstance(value, dict):
            out.update(flatten(value, f"{prefix}{name}."))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            out[prefix + name] = float(value)
    return out


def metrics_of(result):
    metrics = flatten(result)
    if "bytes" in metrics and metrics.get("wall_s"):
        metrics["bytes_per_s"] = metrics["bytes"] / metrics["wall_s"]
    return metrics


class Figures:
    """The good runs, by cell and round. A run that failed or was invalid is nowhere in it."""

    def __init__(self, runs):
        self._rounds = {}  # Cell -> {round: metrics}
        for run in runs:
            if run["status"] == "ok":
                cell = Cell(**run["cell"])
                self._rounds.setdefault(cell, {})[run["round"]] = metrics_of(run["result"])

    def cells(self, scenario=None):
        return [cell for cell in self._rounds if scenario in (None, cell.scenario)]

    def by_round(self, cell, metric):
        rounds = self._rounds.get(cell, {})
        return {number: metrics[metric] for number, metrics in rounds.items() if metric in metrics}

    def figure(self, cell, metric):
        return figure(list(self.by_round(cell, metric).values()))

    def median(self, cell, metric):
        found = self.figure(cell, metric)
        return found.median if found else None

    def ratio(self, over, under):
        """The ratio of two (cell, metric), taken within each round that has both."""
        above = self.by_round(*over)
        below = self.by_round(*under)
        return figure([above[number] / below[number] for number in above if below.get(number)])

    def as_data(self):
        """Every median, for report.json."""
        out = []
        for cell, rounds in self._rounds.items():
            names = dict.fromkeys(name for metrics in rounds.values() for name in metrics)
            out.append({"cell": asdict(cell), "metrics": {n: asdict(self.figure(cell, n)) for n in names}})
        return out
