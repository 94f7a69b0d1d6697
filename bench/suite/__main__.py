"""tools/bench without its set-up: measures, and writes the report."""

import argparse
import json
import os
import pathlib
import sys

import machine
import page
import plan
import progress
import readme
import report
import runner
import text

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tools/bench", description="Measures xylem and its peers.")
    parser.add_argument("--build-dir", type=pathlib.Path, default=SOURCE / "build", help="where the programs are")
    parser.add_argument("--rounds", type=int, help="how often everything is measured")
    parser.add_argument("--only", choices=plan.SCENARIOS, help="measure nothing else")
    parser.add_argument("--small", action="store_true", help="see that everything runs; the times say nothing")
    parser.add_argument("--readme", action="store_true", help="no run: the last report's figures into the README")
    options = parser.parse_args()
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds needs at least 1")
    return options


def find_engines(build):
    """The measuring programs that were built. Raises when one of those that have to be there is not."""
    directory = build / "bench/peers"
    entries = sorted(directory.iterdir()) if directory.is_dir() else []
    found = {entry.name for entry in entries if entry.is_file() and os.access(entry, os.X_OK)}
    missing = {*plan.ENGINES, "kernel"} - found
    if missing:
        raise FileNotFoundError(f"{directory} has no {', '.join(sorted(missing))}")
    return [*plan.ENGINES, *sorted(found - {*plan.ENGINES, "kernel"})]


def report_file(options):
    """A part or a small run leaves the whole report where it is."""
    parts = [part for part in ("small" if options.small else "", options.only or "") if part]
    return options.build_dir / "bench" / ("-".join(["report", *parts]) + ".json")


def measure(options):
    size = plan.SMALL if options.small else plan.FULL
    build = options.build_dir.resolve()
    rounds = options.rounds or size.rounds
    if not options.small and machine.build_option(build, "buildtype") != "release":
        raise ValueError(f"{build} is no release build: its times would say nothing")
    places = machine.places(build / "bench")
    if not places:
        raise OSError(f"neither {build} nor {machine.TMPFS} has room for the files")
    context = runner.Context(SOURCE, build, places, size.timeout_s)
    steps = plan.steps(size, find_engines(build), tuple(places), options.only)
    shown = progress.Progress(sum(len(runner.of_round(steps, n)) for n in range(1, rounds + 1)))
    where = machine.describe(build)
    return report.build(size.name, options.only, rounds, where, runner.run(steps, rounds, context, shown))


def write(data, file):
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    file.with_suffix(".html").write_text(page.render(data), encoding="utf-8")


def tell(data, file):
    if data["size"] == "full":
        print(text.goals_table(data))
    for problem in data["problems"]:
        print(f"{problem['status']}: {text.cell_name(plan.Cell(**problem['cell']))}: {problem['error']}")
    good = sum(run["status"] == "ok" for run in data["runs"])
    print(f"\n{good} runs were good, {len(data['problems'])} were not: {file.with_suffix('.html')}")


def main():
    options = parse_arguments()
    file = report_file(options)
    try:
        if options.readme:
            readme.refresh(json.loads(file.read_text(encoding="utf-8")), SOURCE)
            return 0
        data = measure(options)
    except (OSError, ValueError) as error:
        print(f"tools/bench: {error}", file=sys.stderr)
        return 1
    write(data, file)
    tell(data, file)
    return 1 if data["problems"] or not any(run["status"] == "ok" for run in data["runs"]) else 0


try:
    sys.exit(main())
except KeyboardInterrupt:
    sys.exit(130)
