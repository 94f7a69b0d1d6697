"""Runs stored cases in the engine: every outcome is to be CPython's, byte for byte.

usage: run.py REPLAY CASES.json...
"""

import json
import pathlib
import sys

import jobs


def main():
    replay, *files = map(pathlib.Path, sys.argv[1:])
    cases = []
    for file in files:
        for case in json.loads(file.read_text(encoding="utf-8")):
            cases.append(case | {"name": f"{file.stem}: {case['name']}"})
    sys.exit(jobs.compare_all(replay.resolve(), cases) > 0 or not cases)


if __name__ == "__main__":
    main()
