"""What CPython's own tests of logging configure, by the names they have there (test_logging.py)."""

from define import LEVEL_RECORDS, Group, to_file

PLUS = {"form1": {"format": "%(levelname)s ++ %(message)s"}}
OUT = {"class": "logging.StreamHandler", "formatter": "form1", "level": "NOTSET", "stream": "ext://sys.stdout"}
PARSER = "compiler.parser"


def dictionary(**more):
    return {"version": 1, "formatters": PLUS, "handlers": {"hand1": OUT}} | more


config0 = dictionary(root={"level": "WARNING", "handlers": ["hand1"]})
config1 = dictionary(loggers={PARSER: {"level": "DEBUG", "handlers": ["hand1"]}}, root={"level": "WARNING"})
config4 = dictionary(root={"level": "NOTSET", "handlers": ["hand1"]})
config7 = dictionary(loggers={"compiler.lexer": {"level": "DEBUG", "handlers": ["hand1"]}}, root={"level": "WARNING"})
config8 = dictionary(disable_existing_loggers=False, loggers={"compiler": {"level": "DEBUG", "handlers": ["hand1"]}, "compiler.lexer": {}},
                     root={"level": "WARNING"})
config8a = dictionary(disable_existing_loggers=True, loggers=config8["loggers"], root={"level": "WARNING"})
config9 = {"version": 1, "formatters": PLUS, "handlers": {"hand1": OUT | {"level": "WARNING"}},
           "loggers": {PARSER: {"level": "WARNING", "handlers": ["hand1"]}}, "root": {"level": "NOTSET"}}
config9a = {"version": 1, "incremental": True, "handlers": {"hand1": {"level": "WARNING"}}, "loggers": {PARSER: {"level": "INFO"}}}
config9b = {"version": 1, "incremental": True, "handlers": {"hand1": {"level": "INFO"}}, "loggers": {PARSER: {"level": "INFO"}}}
config10 = dictionary(filters={"filt1": {"name": PARSER}}, handlers={"hand1": OUT | {"filters": ["filt1"]}},
                      loggers={PARSER: {"level": "DEBUG", "filters": ["filt1"]}}, root={"level": "WARNING", "handlers": ["hand1"]})
config14 = dictionary(handlers={"hand1": OUT | {".": {"foo": "bar", "terminator": "!\n"}}},
                      loggers={PARSER: {"level": "DEBUG", "handlers": ["hand1"]}}, root={"level": "WARNING"})
config16 = {"version": 1, "formatters": {"form1": {"format": "%(message)s ++ %(customfield)s", "defaults": {"customfield": "defaultvalue"}}},
            "handlers": {"hand1": {"class": "logging.StreamHandler", "formatter": "form1", "level": "NOTSET", "stream": "ext://sys.stdout"}},
            "root": {"level": "WARNING", "handlers": ["hand1"]}}
CHAIN = {"version": 1, "formatters": {"mySimpleFormatter": {"format": "%(asctime)s (%(name)s) %(levelname)s: %(message)s", "style": "$"}},
         "handlers": {"fileGlobal": {"class": "logging.StreamHandler", "level": "DEBUG", "formatter": "mySimpleFormatter"},
                      "bufferGlobal": {"class": "logging.handlers.MemoryHandler", "capacity": 5, "formatter": "mySimpleFormatter",
                                       "target": "fileGlobal", "level": "DEBUG"}},
         "loggers": {"mymodule": {"level": "DEBUG", "handlers": ["bufferGlobal"], "propagate": "true"}}}
ASKED = [(name, level, f"{name} {level}") for name in (PARSER, "compiler.lexer", "compiler", "compiler-hyphenated", "other")
         for level in ("DEBUG", "INFO", "WARNING", "ERROR")]

rows = Group("cpython_tests")
rows.good("config0", config0, *LEVEL_RECORDS)
rows.good("config1", config1, *ASKED)
rows.good("config4: as a custom formatter would", config4, *LEVEL_RECORDS, {"exc_text": "Traceback"})
rows.good("config7 after config1", config1, *ASKED, {"config": config7}, *ASKED)
rows.good("config8 after config1", config1, *ASKED, {"config": config8}, *ASKED)
rows.good("config8a after config1, compiler-hyphenated disabled", config1, *ASKED, {"config": config8a}, *ASKED)
rows.good("config9, 9a, 9b", config9, *ASKED, {"config": config9a}, *ASKED, {"config": config9b}, *ASKED)
rows.good("config10", config10, *ASKED, ("compiler.parser.codegen", "WARNING", "5"))
rows.good("config14", config14, (PARSER, "INFO", "Exclamation"))
rows.good("config15: one file, twice", to_file({"format": "%(levelname)s ++ %(message)s"}), "1", {"config": to_file()}, "2")
rows.good("config16", config16, ("ERROR", "Hello"), {"levelno": 40, "msg": "Hello", "customfield": "customvalue"})
rows.good("custom_formatter_class_validate2", {"version": 1, "formatters": {"form1": {"()": "logging.Formatter", "validate": False, "fmt": "%(levelname)s ++ x"}},
          "handlers": {"hand1": OUT}, "root": {"handlers": ["hand1"]}}, *LEVEL_RECORDS)
rows.good("bad_format_with_dollar_style: ${} through a MemoryHandler",
          CHAIN | {"formatters": {"mySimpleFormatter": {"format": "${asctime} (${name}) ${levelname}: ${message}", "style": "$"}}},
          *[("mymodule", level, f"{level} message") for level in ("DEBUG", "INFO", "WARNING", "ERROR")])
rows.bad("bad_format: % under $", CHAIN)
rows.bad("bad_format: % under {", CHAIN | {"formatters": {"mySimpleFormatter": {"format": "%(asctime)s (%(name)s)", "style": "{"}}})
rows.bad("bad_format: {} under %", CHAIN | {"formatters": {"mySimpleFormatter": {"format": "{asctime} ({name})"}}})
rows.bad("config2: a stream that is not there", dictionary(handlers={"hand1": OUT | {"stream": "ext://sys.stdbout"}}))
rows.bad("config2a: NTOSET", dictionary(handlers={"hand1": OUT | {"level": "NTOSET"}}))
rows.bad("config2b: WRANING", dictionary(root={"level": "WRANING"}))
rows.bad("config3: misspelled formatter", dictionary(handlers={"hand1": OUT | {"formatter": "misspelled_name"}}))
rows.bad("config6: key 9", dictionary(handlers={"hand1": OUT | {"9": "invalid parameter name"}}))
rows.bad("config12: no version", {"formatters": PLUS})
rows.bad("config13: version 2", dictionary(version=2))
for name, spec in (("a number", 4), ("no factory", {"maxsize": 4}), ("a module that is not there", "nope.Queue")):
    rows.bad(f"test_config_queue_handler: queue {name}", {"version": 1, "handlers": {"ah": {"class": "logging.handlers.QueueHandler", "queue": spec}}})
rows.bad("test_config_queue_handler: a listener that is none", {"version": 1, "handlers": {"ah": {"class": "logging.handlers.QueueHandler", "listener": {"x": 1}}}})
