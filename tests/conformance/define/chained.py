"""Handlers that pass records on: MemoryHandler and QueueHandler."""

from define import LEVEL_RECORDS, STDOUT, Group, file_handler, with_handlers

SHORT = {"format": "%(levelname)s %(message)s"}
MEMORY, QUEUE = "logging.handlers.MemoryHandler", "logging.handlers.QueueHandler"
TEN = [f"m{i}" for i in range(10)]
MIXED = [("INFO", "1"), ("DEBUG", "2"), ("ERROR", "3"), ("INFO", "4"), ("WARNING", "5"), ("CRITICAL", "6"), ("INFO", "7")]


def formatted(config):
    return config | {"formatters": {"f": SHORT}}


def behind(kind, target=None, more=None, **keys):
    """A handler of that kind in front of a file."""
    front = {"class": kind} | ({"target": "out"} if kind == MEMORY else {"handlers": ["out"]}) | keys
    return formatted(with_handlers(["front"], front=front, out=file_handler("out", formatter="f") | (target or {}), **(more or {})))


memory = Group("memory")
for capacity in (0, 1, 2, 3, 10, 11, 1000, -1, 2.5, True):
    memory.good(f"capacity {capacity!r}", behind(MEMORY, capacity=capacity), *TEN)
    memory.good(f"capacity {capacity!r}, nothing flushed at the end", behind(MEMORY, capacity=capacity, flushOnClose=False), *TEN)
for level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "NOTSET", 35, 60, 0):
    memory.good(f"flushLevel {level!r}", behind(MEMORY, capacity=100, flushLevel=level, flushOnClose=False), *MIXED)
for value in (True, False, None, 0, "no", ""):
    memory.good(f"flushOnClose {value!r}", behind(MEMORY, capacity=100, flushOnClose=value), *TEN)
memory.good("the target's level does not count", behind(MEMORY, {"level": "CRITICAL"}, capacity=2), *MIXED)
memory.good("its own level does", behind(MEMORY, capacity=2, level="INFO"), *MIXED)
memory.good("the target's filters count", formatted(behind(MEMORY, {"filters": ["x"]}, capacity=2)) | {"filters": {"x": {"name": "a"}}},
            ("a", "INFO", "1"), ("b", "INFO", "2"), ("a.b", "ERROR", "3"))
memory.good("its own filters count", formatted(behind(MEMORY, capacity=2, filters=["x"])) | {"filters": {"x": {"()": "mylogger.NonErrorFilter"}}}, *MIXED)
memory.good("without a target nothing is flushed anywhere", with_handlers(["front"], front={"class": MEMORY, "capacity": 2}), *MIXED)
memory.good("a formatter of its own is not used", formatted(behind(MEMORY, capacity=3, formatter="f")), *MIXED)
memory.good("a target that comes later in the alphabet: deferred", formatted(with_handlers(
    ["a"], a={"class": MEMORY, "capacity": 2, "target": "z"}, z=file_handler("out", formatter="f"))), *TEN)
memory.good("a chain of two", formatted(with_handlers(["c"], a=file_handler("out", formatter="f"), b={"class": MEMORY, "capacity": 3, "target": "a"},
            c={"class": MEMORY, "capacity": 2, "target": "b"})), *TEN)
memory.good("order beside a direct way to the same file", formatted(with_handlers(["front", "out"], out=file_handler("out", formatter="f"),
            front={"class": MEMORY, "capacity": 3, "target": "out"})), *TEN)
memory.good("two in front of one file", formatted(with_handlers(["a", "b"], out=file_handler("out", formatter="f"),
            a={"class": MEMORY, "capacity": 3, "target": "out"}, b={"class": MEMORY, "capacity": 4, "target": "out"})), *TEN)
memory.good("in front of the console", with_handlers(["m"], m={"class": MEMORY, "capacity": 4, "target": "s"}, s=STDOUT), *TEN)
memory.good("what is held is written at the next config", behind(MEMORY, capacity=100), *TEN, {"config": with_handlers(["s"], s=STDOUT)}, "after")
memory.good("what is held is dropped at the next config", behind(MEMORY, capacity=100, flushOnClose=False), *TEN,
            {"config": with_handlers(["s"], s=STDOUT)}, "after")
memory.good("tracebacks and fields are held", behind(MEMORY, capacity=3) | {"formatters": {"f": {"()": "mylogger.MyJSONFormatter"}}},
            {"exc_text": "E", "x": [1, {"y": None}]}, {"stack_info": "S"}, *TEN)
memory.good("config18: flushLevel by name", behind(MEMORY, capacity=10, flushLevel="ERROR"), ("INFO", "held"), ("ERROR", "flushes"), ("INFO", "at the end"))
memory.good("a rotating target", formatted(with_handlers(["m"], m={"class": MEMORY, "capacity": 4, "target": "r"}, r={
    "class": "logging.handlers.RotatingFileHandler", "filename": "logs/out", "maxBytes": 20, "backupCount": 5, "formatter": "f"})), *TEN)
HOURLY = {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "logs/out", "when": "H", "formatter": "f"}
OLD = {"logs/out": {"text": "old\n", "mtime": 1699999100}}
for title, root, more in (
        ("a timed target", ["m"], {}), ("a timed target that is also written to directly", ["m", "out"], {}),
        ("a timed target behind two memories", ["n"], {"n": {"class": MEMORY, "capacity": 2, "target": "m", "flushLevel": "CRITICAL"}}),
        ("a timed target behind a queue", ["m"], {"m": {"class": MEMORY, "capacity": 3, "target": "q"}, "p": {"class": QUEUE, "handlers": ["out"]}, "q": {
            "class": QUEUE, "handlers": ["out", "p"]}})):
    handlers = {"out": HOURLY, "m": {"class": MEMORY, "capacity": 3, "target": "out"}} | more
    memory.good(f"{title} rolls when records are passed on", formatted(with_handlers(root, **handlers)),
                *[{"created": 1700000000.0 + 1500 * i, "levelno": level, "msg": f"m{i}"} for i, level in enumerate((20, 20, 20, 20, 40, 10, 20, 50, 30, 20, 20))],
                before=OLD, zone="UTC0")
    memory.good(f"{title} rolls at the end by the clock", formatted(with_handlers(root, **handlers)), {"created": 1700000000.0, "msg": "held"},
                before=OLD, zone="UTC0")
memory.good("a memory in front of a memory in front of a memory", formatted(with_handlers(["d"], a=file_handler("out", formatter="f"), b={
    "class": MEMORY, "capacity": 5, "target": "a"}, c={"class": MEMORY, "capacity": 3, "target": "b"}, d={"class": MEMORY, "capacity": 2, "target": "c"})), *TEN, *MIXED)
memory.good("by a factory there is no target", with_handlers(["m"], m={"()": MEMORY, "capacity": 4}), *TEN)

queue = Group("queue")
for value in (True, False, None, 0, 1, "", "no"):
    queue.good(f"respect_handler_level {value!r}", behind(QUEUE, {"level": "WARNING"}, respect_handler_level=value), *MIXED)
queue.good("respect_handler_level absent", behind(QUEUE, {"level": "WARNING"}), *MIXED)
queue.good("its own level counts", behind(QUEUE, level="WARNING"), *MIXED)
queue.good("its own filters count", behind(QUEUE, filters=["x"]) | {"filters": {"x": {"()": "mylogger.NonErrorFilter"}}}, *MIXED)
queue.good("the members' filters count", behind(QUEUE, {"filters": ["x"]}) | {"filters": {"x": {"()": "mylogger.NonErrorFilter"}}}, *MIXED)
queue.good("a member named twice gets a record twice", behind(QUEUE, handlers=["out", "out"]), *TEN)
queue.good("handlers absent", with_handlers(["q"], q={"class": QUEUE}), *LEVEL_RECORDS)
queue.good("handlers empty", with_handlers(["q"], q={"class": QUEUE, "handlers": []}), *LEVEL_RECORDS)
queue.good("handlers as a string: its characters", formatted(with_handlers(["q"], a=file_handler("a"), b=file_handler("b"), q={"class": QUEUE, "handlers": "ab"})), *TEN)
for spec in ("queue.Queue", "queue.SimpleQueue", "multiprocessing.Queue", "multiprocessing.JoinableQueue", {"()": "queue.Queue"}, {"()": "queue.Queue", "maxsize": 0}, {"()": "queue.Queue", "maxsize": 1000},
             {"()": "queue.Queue", "maxsize": -1}):
    queue.good(f"queue {spec!r}", behind(QUEUE, queue=spec), *TEN)
queue.good("listener by its name", behind(QUEUE, {"level": "WARNING"}, listener="logging.handlers.QueueListener", respect_handler_level=True), *MIXED)
queue.good("listener as an external object", behind(QUEUE, listener="ext://logging.handlers.QueueListener"), *MIXED)
queue.good("a queue in a queue", formatted(with_handlers(["q"], a=file_handler("a", formatter="f", level="ERROR"), b={"class": QUEUE, "handlers": ["a"],
           "level": "WARNING", "respect_handler_level": True}, q={"class": QUEUE, "handlers": ["b"]})), *MIXED)
queue.good("a queue in a queue, levels kept", formatted(with_handlers(["q"], a=file_handler("a", formatter="f", level="ERROR"), b={"class": QUEUE,
           "handlers": ["a"], "level": "WARNING"}, q={"class": QUEUE, "handlers": ["b"], "respect_handler_level": True})), *MIXED)
queue.good("members that come later in the alphabet: deferred", formatted(with_handlers(["a"], a={"class": QUEUE, "handlers": ["y", "z"]},
           y=file_handler("y", formatter="f"), z=file_handler("z"))), *TEN)
queue.good("a member that is also used directly", formatted(with_handlers(["q", "out"], out=file_handler("out", formatter="f", level="WARNING"),
           q={"class": QUEUE, "handlers": ["out"]})), *MIXED)
queue.good("a queue in front of a memory", formatted(with_handlers(["q"], a=file_handler("a", formatter="f"), m={"class": MEMORY, "capacity": 3, "target": "a"},
           q={"class": QUEUE, "handlers": ["m"]})), *TEN)
queue.good("a memory in front of a queue", formatted(with_handlers(["z"], a=file_handler("a", formatter="f"), q={"class": QUEUE, "handlers": ["a"]},
           z={"class": MEMORY, "capacity": 3, "target": "q"})), *TEN)
queue.good("a member that only a queue knows, at two loggers", formatted({"version": 1, "handlers": {"out": file_handler("out", formatter="f"),
           "q": {"class": QUEUE, "handlers": ["out"]}}, "loggers": {"a": {"handlers": ["q"], "level": "DEBUG"}}, "root": {"handlers": ["q"], "level": "ERROR"}}),
           ("a", "DEBUG", "1"), ("b", "ERROR", "2"), ("a", "ERROR", "3"))
queue.good("fields and tracebacks stay keys of their own", behind(QUEUE) | {"formatters": {"f": {"()": "mylogger.MyJSONFormatter"}}},
           {"exc_text": "E", "x": 1}, {"stack_info": "S", "y": {"z": []}})
queue.good("the same queue after a second config", behind(QUEUE), *TEN, {"config": behind(QUEUE, level="ERROR")}, *MIXED)
