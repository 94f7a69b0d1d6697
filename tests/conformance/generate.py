"""Stores what CPython 3.13 makes of the cases in define/.

usage: python3.13 tests/conformance/generate.py [GROUP...]

Writes cases/GROUP.json, one case a line: the case and its outcome, as jobs.py tells. Fails when a
case that was meant to work is refused, or one that was meant to be refused works.
"""

import importlib
import json
import pathlib
import pkgutil
import sys
import tempfile

import define
import jobs

CASES = pathlib.Path(__file__).resolve().parent / "cases"


def surprise(case, outcome):
    if case["good"] == ("refused" not in outcome):
        return None
    return f"{case['name']}: refused: {outcome['refused']}" if case["good"] else f"{case['name']}: accepted"


def generate(group, cases, directory):
    outcomes = jobs.ask_cpython(sys.executable, cases, directory)
    surprises = [text for text in map(surprise, cases, outcomes) if text]
    if surprises:
        return surprises
    lines = []
    for case, outcome in zip(cases, outcomes):
        stored = {key: value for key, value in case.items() if key != "good"} | {"outcome": outcome}
        lines.append(json.dumps(stored))
    (CASES / f"{group}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    return []


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("generate.py: needs CPython 3.13, whose semantics are stored")
    for module in pkgutil.iter_modules(define.__path__):
        importlib.import_module(f"define.{module.name}")
    CASES.mkdir(exist_ok=True)
    wanted = sys.argv[1:] or define.GROUPS
    good = bad = 0
    surprises = []
    for group in wanted:
        cases = define.GROUPS[group]
        with tempfile.TemporaryDirectory(prefix="xylem-conformance-") as directory:
            surprises += [f"{group}: {text}" for text in generate(group, cases, directory)]
        good += sum(case["good"] for case in cases)
        bad += sum(not case["good"] for case in cases)
        names = [case["name"] for case in cases]
        surprises += [f"{group}: twice: {name}" for name in {*names} if names.count(name) > 1]
    print("\n".join(surprises) or f"{good} good configs, {bad} bad ones")
    sys.exit(bool(surprises))


if __name__ == "__main__":
    main()
