"""The configs of the guideline, and what it says about them."""

import json
import pathlib

from define import LEVEL_RECORDS, Group

CONFIGS = pathlib.Path(__file__).resolve().parents[3] / "configs"
NAMES = ["0-stdout", "1-stderr-file", "2-stderr-json-file",
         "3-homework-filtered-stdout-stderr", "5-queued-stderr-json-file"]
TRACEBACK = ('Traceback (most recent call last):\n  File "main.py", line 31, in main\n    1 / 0\n'
             "ZeroDivisionError: division by zero")

MAIN = [
    {"name": "my_app", "levelno": 10, "msg": "debug message", "x": "hello"},
    *[("my_app", level, f"{level.lower()} message")
      for level in ("INFO", "WARNING", "ERROR", "CRITICAL")],
    {"name": "my_app", "levelno": 40, "msg": "exception message", "exc_text": TRACEBACK},
]
LOGIN = {"name": "my_app.auth", "msg": "User logged in", "user_id": 12345,
         "ip_address": "192.168.1.1", "session_id": "abc-123"}
MANY = [("my_app", "INFO", f"{i} " + "é" * (i % 97) + "x" * (i % 61)) for i in range(120)]

group = Group("guideline")
for name in NAMES:
    text = (CONFIGS / f"{name}.json").read_text(encoding="utf-8")
    group.good(f"{name}: main.py", text, *MAIN)
    group.good(f"{name}: fields of a login", text, LOGIN, LOGIN | {"stack_info": "Stack:\n  x"})
    group.good(f"{name}: rotation", text, *MANY)
    group.good(f"{name}: the file is there already", text, *LEVEL_RECORDS,
               before={"logs/my_app.log.jsonl": {"text": '{"old": 1}\n'},
                       "logs/my_app.log": {"text": "old\n"}})
    config = json.loads(text)
    config["root"] = config["loggers"].pop("root")
    group.good(f"{name}: root at the top", config, *MAIN)
    config = json.loads(text)
    config["loggers"][""] = config["loggers"].pop("root")
    group.good(f"{name}: the root logger by its empty name", config, *MAIN)
    config = json.loads(text)
    handlers = config["loggers"]["root"]["handlers"]
    config["loggers"]["my_app"] = {"level": "DEBUG", "handlers": handlers}
    group.good(f"{name}: logs appear twice", config, *MAIN)
    config["loggers"]["my_app"]["propagate"] = False
    group.good(f"{name}: propagate false, once", config, *MAIN)
    group.good(f"{name}: disabled by a second config without my_app", text, *MAIN,
               {"config": json.loads(text) | {"disable_existing_loggers": True}}, *MAIN)

ROTATION = {"class": "logging.handlers.RotatingFileHandler", "filename": "logs/app.log",
            "maxBytes": 10485760, "backupCount": 5}
group.good("rotation of 10 MB", {"version": 1, "handlers": {"h": ROTATION},
                                 "root": {"level": "INFO", "handlers": ["h"]}}, *MAIN)
group.good("a logger without handlers inherits the root's", {
    "version": 1, "handlers": {"my_handler": {"class": "logging.StreamHandler"}},
    "loggers": {"root": {"handlers": ["my_handler"]}, "my_app": {"level": "DEBUG"}}}, *MAIN)
