"""A case, and how one side carries it out.

A case is a dictionary:
  name     what it is about
  steps    in order, each with one key:
             config   an object, or the text of a file where the text matters
             record   what differs from BASE_RECORD, or the text of a line where the text matters
             logger   a name: somebody asks for that logger
             rename   [from, to], once everything logged before is written
             remove   a file, likewise
  before   files that are there: path -> {"text": ..., "mtime": ...}
  zone     TZ; a zone with daylight-saving time that needs no database if absent
  outcome  what came of it, as stored by generate.py

An outcome is {"refused": [messages from the outermost to the innermost cause]}, or
  files    path -> text, of everything below the working directory
  stdout, stderr
  reports  [handler, why] of the records that a handler could not format

A case becomes a directory: script and configs at the top, work/ to run it in. What the lines of the
script mean is written in reference.py and in replay.cpp.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import tempfile

ZONE = "EST5EDT,M3.2.0,M11.1.0"
LEVELS = {"NOTSET": 0, "DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
LEVEL_NAMES = {number: name for name, number in LEVELS.items()}
# Nothing is left to either side to fill in.
BASE_RECORD = {
    "name": "root", "levelno": 20, "msg": "message", "created": 1700000000.123456,
    "relativeCreated": 1234.567, "pathname": "/srv/app/main.py", "filename": "main.py",
    "module": "main", "lineno": 7, "funcName": "main", "thread": 140, "threadName": "MainThread",
    "process": 4711, "processName": "MainProcess", "taskName": None,
}
REPORT = re.compile(r"^xylem: handler '(.*?)' lost a record: (.*)\n", re.MULTILINE)
REFUSED_STATUS = 3


def whole_record(record):
    whole = BASE_RECORD | record
    if "levelname" not in record:
        level = whole["levelno"]
        whole["levelname"] = LEVEL_NAMES.get(level, f"Level {level}")
    if "msecs" not in record:
        whole["msecs"] = float(int(whole["created"] % 1 * 1000))
    return whole


def script_lines(case, directory):
    """The script of a case; writes the configs that it names."""
    for number, step in enumerate(case["steps"]):
        (verb, argument), = step.items()
        if verb == "config":
            text = argument if isinstance(argument, str) else json.dumps(argument)
            # As bytes: a surrogate stands for a byte that is no UTF-8.
            (directory / f"config{number}.json").write_bytes(text.encode("utf-8", "surrogateescape"))
            yield f"config ../config{number}.json"
        elif verb == "record":
            yield "record " + (argument if isinstance(argument, str)
                               else json.dumps(whole_record(argument)))
        elif verb == "rename":
            yield "rename " + " ".join(argument)
        else:
            yield f"{verb} {argument}"


def prepare(case, directory):
    work = pathlib.Path(directory, "work")
    (work / "logs").mkdir(parents=True)
    for path, file in case.get("before", {}).items():
        (work / path).write_text(file["text"], encoding="utf-8")
        if "mtime" in file:
            os.utime(work / path, (file["mtime"], file["mtime"]))
    lines = [line + "\n" for line in script_lines(case, pathlib.Path(directory))]
    pathlib.Path(directory, "script").write_text("".join(lines), encoding="utf-8")
    pathlib.Path(directory, "zone").write_text(case.get("zone", ZONE), encoding="utf-8")


def read_text(path):
    return path.read_bytes().decode("utf-8", "surrogateescape")


def files_below(directory):
    return {str(path.relative_to(directory)): read_text(path)
            for path in sorted(directory.rglob("*")) if path.is_file()}


def carry_out(replay, directory):
    """Runs the engine's side in a prepared directory; returns the outcome."""
    directory = pathlib.Path(directory)
    work = directory / "work"
    with open(directory / "script", "rb") as script:
        done = subprocess.run([replay], cwd=work, stdin=script, capture_output=True, timeout=60,
                              env=os.environ | {"TZ": read_text(directory / "zone")}, check=False)
    stdout = done.stdout.decode("utf-8", "surrogateescape")
    stderr = done.stderr.decode("utf-8", "surrogateescape")
    if done.returncode == REFUSED_STATUS:
        message = read_text(directory / "refusal")
        return {"refused": [message.replace(str(work.resolve()), ".")]}
    if done.returncode != 0:
        return {"died": done.returncode, "stderr": stderr}
    return {
        "files": files_below(work),
        "stdout": stdout,
        "stderr": REPORT.sub("", stderr),
        "reports": sorted(set(REPORT.findall(stderr))),
    }


def first_difference(expected, actual):
    """Where two texts part, in one line."""
    place = next((i for i, (a, b) in enumerate(zip(expected, actual)) if a != b),
                 min(len(expected), len(actual)))
    begin = max(0, place - 30)
    return (f"at {place}: expected {expected[begin:place + 50]!r}, "
            f"got {actual[begin:place + 50]!r}")


def refusal_difference(expected, actual):
    if "refused" not in actual:
        return f"expected a refusal, {expected['refused']!r}"
    chain, (message,) = expected["refused"], actual["refused"]
    wanted = ": ".join(chain)
    if expected.get("words") == "own":
        # The fault is the same; its last words are about Python's insides.
        if chain and not message.startswith(chain[0]):
            return f"expected {wanted!r} and a reason, got {message!r}"
        return None
    return None if message == wanted else f"expected {wanted!r}, got {message!r}"


def difference(expected, actual):
    """What the outcomes differ in, in one line; None when they are equal."""
    if "died" in actual:
        return f"status {actual['died']}: {actual['stderr'][-300:]!r}"
    if "refused" in expected:
        return refusal_difference(expected, actual)
    if "refused" in actual:
        return f"refused: {actual['refused'][0]!r}"
    if expected["files"].keys() != actual["files"].keys():
        return f"expected files {sorted(expected['files'])}, got {sorted(actual['files'])}"
    for path, text in expected["files"].items():
        if text != actual["files"][path]:
            return f"{path} {first_difference(text, actual['files'][path])}"
    for stream in ("stdout", "stderr"):
        if expected[stream] != actual[stream]:
            return f"{stream} {first_difference(expected[stream], actual[stream])}"
    wanted = sorted({tuple(report) for report in expected["reports"]})
    if wanted != actual["reports"]:
        return f"expected reports {wanted}, got {actual['reports']}"
    return None


def ask_cpython(python, cases, directory):
    """The outcomes of all cases in a CPython, each in a directory below the one that is given."""
    directories = [pathlib.Path(directory, f"{number}") for number in range(len(cases))]
    for case, place in zip(cases, directories):
        prepare(case, place)
    reference = pathlib.Path(__file__).with_name("reference.py")
    subprocess.run([python, "-X", "utf8", "-B", reference], check=True, text=True,
                   input="".join(f"{place}\n" for place in directories))
    return [json.loads(read_text(place / "outcome.json")) for place in directories]


def ask_engine(replay, case):
    with tempfile.TemporaryDirectory(prefix="xylem-conformance-") as directory:
        prepare(case, directory)
        return carry_out(replay, directory)


def compare_all(replay, cases):
    """Runs cases that have their outcomes; prints what differs, and returns how many do."""
    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        found = pool.map(lambda case: difference(case["outcome"], ask_engine(replay, case)), cases)
        differences = [(case["name"], text) for case, text in zip(cases, found) if text is not None]
    for name, text in differences:
        print(f"{name}: {text}")
    print(f"{len(cases) - len(differences)} equal, {len(differences)} different", flush=True)
    return len(differences)
