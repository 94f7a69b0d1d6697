"""What CPython's logging does with scripts.

usage: reference.py < DIRECTORIES

Each line of the input names a directory made by jobs.prepare(). The script there is carried out in
a process of its own, in work/; its outcome goes to DIRECTORY/outcome.json. Needs CPython 3.12.

A queue carries whole records, and its listener runs by itself, in the caller's thread:
QueueHandler.prepare() would move the exception's text into the message. Time is the record's.
"""

import copy
import importlib
import json
import logging
import logging.config
import logging.handlers
import os
import pathlib
import re
import sys
import time
import traceback

import jobs

REAL_TIME = time.time

MYLOGGER = pathlib.Path(__file__).resolve().parents[2] / "tools/python"
# What these say is about Python's insides.
INSIDE_ERRORS = (AttributeError, ImportError, IndexError, KeyError, NameError, UnicodeDecodeError)
INSIDE_WORDS = re.compile(
    "'[^']*' object is not (callable|iterable|subscriptable)|argument of type|.* indices must be |"
    "dictionary update sequence|Converting.*pop|unhashable type|Empty module name|.ust have exactly one of")
# What needs no such cause to be understood.
SELF_EXPLAINING = re.compile("Cannot resolve |Unable to (add|set) ")


def take_whole_record(handler, record):
    """In the place of QueueHandler.enqueue()."""
    if handler.listener is not None:
        handler.listener.handle(record)


def set_the_scene(reports):
    logging.handlers.QueueHandler.prepare = lambda self, record: copy.copy(record)
    logging.handlers.QueueHandler.enqueue = take_whole_record
    logging.Handler.handleError = lambda self, record: reports.append(
        [str(self.name), str(sys.exception())])


def handle(line):
    record = logging.makeLogRecord(json.loads(line))
    time.time = lambda: record.created
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)


def refusal(error):
    """The messages of a chain of causes, less those about Python's insides."""
    chain = []
    is_own = True
    while error is not None:
        is_pythons = isinstance(error, INSIDE_ERRORS) or INSIDE_WORDS.match(str(error))
        if not is_pythons:
            text = re.sub(r"^(Cannot resolve '[^']*'): No module named .*", r"\1", str(error))
            # Which kind of dictionary and list dictConfig has is its own affair.
            text = re.sub("Converting(Dict|List)", lambda kind: kind[1].lower(), text)
            chain.append(text.replace(os.getcwd(), "."))
        is_own = bool(is_pythons) and not (chain and SELF_EXPLAINING.match(chain[-1]))
        error = error.__cause__
    return {"refused": chain} | ({"words": "own"} if is_own else {})


def run_script(text, outcome):
    for line in text.split("\n"):
        verb, _, argument = line.partition(" ")
        if verb == "config":
            # What closed memories pass on rolls files by the clock.
            time.time = REAL_TIME
            try:
                with open(argument, encoding="utf-8") as file:
                    logging.config.dictConfig(json.load(file))
            except Exception as error:  # whatever it is, it is what the case is about
                outcome |= refusal(error)
                return
        elif verb == "record":
            handle(argument)
        elif verb == "logger":
            logging.getLogger(argument)
        elif verb == "rename":
            os.rename(*argument.split(" "))
        elif verb == "remove":
            os.remove(argument)


def run_case(directory):
    """In a process of its own, which ends here."""
    work = directory / "work"
    os.chdir(work)
    os.environ["TZ"] = jobs.read_text(directory / "zone")
    time.tzset()
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    reports, outcome = [], {}
    set_the_scene(reports)
    run_script(jobs.read_text(directory / "script"), outcome)
    time.time = REAL_TIME
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    if "refused" not in outcome:
        outcome["files"] = jobs.files_below(work)
        outcome["stdout"] = jobs.read_text(directory / "stdout")
        outcome["stderr"] = jobs.read_text(directory / "stderr")
        outcome["reports"] = [list(report) for report in sorted({*map(tuple, reports)})]
    (directory / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")


def main():
    # Where configs find mylogger; imported here, once for all processes.
    sys.path.insert(0, str(MYLOGGER))
    importlib.import_module("mylogger")
    for line in sys.stdin.read().splitlines():
        child = os.fork()
        if child == 0:
            # Never back into the loop, whatever happens.
            try:
                run_case(pathlib.Path(line))
                os._exit(0)
            except BaseException:
                pathlib.Path(line, "failure").write_text(traceback.format_exc(), encoding="utf-8")
            os._exit(1)
        if os.waitpid(child, 0)[1] != 0:
            sys.exit(jobs.read_text(pathlib.Path(line, "failure")))


if __name__ == "__main__":
    main()
