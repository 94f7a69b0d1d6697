"""Handles records as `xylem pipe --input records` does, with CPython's own logging.

usage: cpython_reference.py CONFIG < RECORDS

Each line of the input is a JSON object with the keys of logging.makeLogRecord. Needs CPython 3.12.
What the config calls mylogger.* is defined here. Handlers behind a queue are attached directly:
QueueHandler.prepare() would move the exception's text into the message.
"""

import datetime
import json
import logging
import logging.config
import sys
import types

OWN_ATTRIBUTES = vars(logging.makeLogRecord({})).keys() | {"message", "asctime"}


class MyJSONFormatter(logging.Formatter):
    def __init__(self, *, fmt_keys=None):
        super().__init__()
        self.fmt_keys = fmt_keys or {}

    def format(self, record):
        time = datetime.datetime.fromtimestamp(record.created, tz=datetime.timezone.utc)
        unplaced = {"message": record.getMessage(), "timestamp": time.isoformat()}
        # A record that was read from JSON has the text of its exception only.
        if record.exc_text is not None:
            unplaced["exc_info"] = record.exc_text
        if record.stack_info is not None:
            unplaced["stack_info"] = record.stack_info
        members = {}
        for key, name in self.fmt_keys.items():
            members[key] = unplaced.pop(name) if name in unplaced else getattr(record, name)
        members |= unplaced
        members |= {k: v for k, v in vars(record).items() if k not in OWN_ATTRIBUTES}
        return json.dumps(members)


class NonErrorFilter(logging.Filter):
    def filter(self, record):
        return record.levelno <= logging.INFO


def without_queues(config):
    handlers = config["handlers"]
    queues = {name: handler["handlers"] for name, handler in handlers.items()
              if handler.get("class") == "logging.handlers.QueueHandler"}
    for name in queues:
        del handlers[name]
    for logger in [*config.get("loggers", {}).values(), config.get("root", {})]:
        if "handlers" in logger:
            logger["handlers"] = [member for name in logger["handlers"]
                                  for member in queues.get(name, [name])]
    return config


def main():
    module = types.ModuleType("mylogger")
    module.MyJSONFormatter = MyJSONFormatter
    module.NonErrorFilter = NonErrorFilter
    sys.modules["mylogger"] = module
    with open(sys.argv[1], encoding="utf-8") as file:
        logging.config.dictConfig(without_queues(json.load(file)))
    for line in sys.stdin.buffer:
        record = logging.makeLogRecord(json.loads(line))
        logger = logging.getLogger(record.name)
        if logger.isEnabledFor(record.levelno):
            logger.handle(record)


main()
