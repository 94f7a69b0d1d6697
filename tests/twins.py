"""my_app and its Python twin under the same configs: what they write is equal, byte for byte, but for
times and call sites. `tools/demo --python` shows one of these pairs.

usage: twins.py SOURCE_ROOT MY_APP

Ends with 77, which is Meson's "skipped", when no CPython from 3.12 on is found.
"""

import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE, MY_APP = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
sys.path.insert(0, str(SOURCE / "tests/conformance"))

from live import SKIPPED, find_cpython  # noqa: E402

# Where the twins differ, and what stands there in both then. A field that is missing in one of them
# stays as it is in the other.
PLACES = (
    (r'"timestamp": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"', '"timestamp": TIME'),
    (r'"line": [1-9]\d*', '"line": LINE'),
    (r"(?m)^(\[[A-Z]+\|my_app\|L)[1-9]\d*\] \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}:", r"\1LINE] TIME:"),
    # A traceback in JSON, then one in a text; Python's shows the source too.
    (r'File \\"[^"]*\\", line \d+, in main\\n(?: {4}(?:[^\\]|\\")*\\n)*', r"FRAME\\n"),
    (r'(?m)^  File ".*", line \d+, in main\n(?:    .*\n)*', "  FRAME\n"),
)


def without_places(text):
    for pattern, place in PLACES:
        text = re.sub(pattern, place, text)
    return text


def outcome(command, config, directory):
    """Name -> text of all that the program writes."""
    (directory / "logs").mkdir(parents=True)
    done = subprocess.run([*command, config], cwd=directory, capture_output=True, text=True, check=False, timeout=60)
    written = {path.name: path.read_text(encoding="utf-8") for path in (directory / "logs").iterdir()}
    # my_app alone counts its records.
    output = re.sub(r"(?m)^accepted 6 = written 6 \+ dropped 0 \+ failed 0\n", "", done.stdout)
    return written | {"stdout": output, "stderr": done.stderr, "status": f"{done.returncode}\n"}


def main():
    found = find_cpython()
    if found is None:
        print("no CPython from 3.12 on")
        return SKIPPED
    differing = []
    configs = sorted((SOURCE / "configs").glob("[0-9]-*.json"))
    for config in configs:
        with tempfile.TemporaryDirectory(prefix="xylem-twins-") as directory:
            place = pathlib.Path(directory)
            ours = outcome([MY_APP], config, place / "ours")
            theirs = outcome([found[0], "-B", SOURCE / "tools/python/my_app.py"], config, place / "theirs")
        for name in sorted(ours.keys() | theirs.keys()):
            texts = [without_places(side.get(name, "")).splitlines() for side in (theirs, ours)]
            differences = list(difflib.unified_diff(*texts, f"{config.name}, {name}: my_app.py", "my_app", lineterm=""))
            print("\n".join(differences), end="\n" if differences else "")
            differing += differences[:1]
    print(f"{len(configs)} configs, {len(differing)} files that differ")
    return bool(differing) or not configs


if __name__ == "__main__":
    sys.exit(main())
