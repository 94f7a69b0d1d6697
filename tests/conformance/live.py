"""Runs random cases in the engine and in a CPython that is on this machine; the stored ones too.

usage: live.py REPLAY [--count N] [--seed SEED] [--only NUMBER] [--stored]

Ends with 77, which is Meson's "skipped", when no CPython from 3.12 on is found. The stored cases
need 3.13, whose words and rules they have.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import jobs
from random_cases import make_cases

SKIPPED = 77
CASES = pathlib.Path(__file__).resolve().parent / "cases"


def candidates():
    for name in ("python3.13", "python3.12", "python3"):
        if shutil.which(name):
            yield shutil.which(name)
    versions = pathlib.Path(os.environ.get("HOME", "/"), ".pyenv/versions")
    for version in ("3.13", "3.12"):
        yield from map(str, sorted(versions.glob(f"{version}.*/bin/python3"), reverse=True))


def find_cpython():
    """The path and version of a CPython from 3.12 on, 3.13 before others; None when there is none."""
    found = []
    for python in candidates():
        text = "import platform, sys; print(platform.python_implementation(), *sys.version_info[:2])"
        done = subprocess.run([python, "-c", text], capture_output=True, text=True, check=False)
        # A shim of pyenv may stand for a version that is not there.
        name, *version = done.stdout.split() or [""]
        if name == "CPython" and (version := tuple(map(int, version))) >= (3, 12):
            found.append((python, version))
    return max(found, key=lambda one: one[1] == (3, 13), default=None)


def compare(title, python, replay, cases):
    with tempfile.TemporaryDirectory(prefix="xylem-conformance-") as directory:
        outcomes = jobs.ask_cpython(python, cases, directory)
    print(f"{title}: ", end="", flush=True)
    return jobs.compare_all(replay, [case | {"outcome": o} for case, o in zip(cases, outcomes)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("replay", type=os.path.abspath)
    parser.add_argument("--count", type=int, default=500, help="random cases")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int, help="this random case alone")
    parser.add_argument("--stored", action="store_true", help="the stored cases before them")
    options = parser.parse_args()
    found = find_cpython()
    if found is None:
        print("skipped: no CPython from 3.12 on")
        sys.exit(SKIPPED)
    python, version = found
    print(f"CPython {version[0]}.{version[1]}: {python}")
    different = 0
    if options.stored and version == (3, 13):
        stored = [case for file in sorted(CASES.glob("*.json"))
                  for case in json.loads(file.read_text(encoding="utf-8"))]
        different += compare("stored cases", python, options.replay, stored)
    cases = make_cases(options.seed, options.count)
    if options.only is not None:
        cases = cases[options.only:options.only + 1]
    different += compare(f"random cases, seed {options.seed}", python, options.replay, cases)
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
