"""The cases, group by group: what is tried. What has to come of it is found out by generate.py."""

VERBS = {"config", "logger", "rename", "remove"}
GROUPS = {}


def to_step(what):
    """A record as short as it can be said: "text", ("ERROR", "text") or ("a.b", "ERROR", "text")."""
    from jobs import LEVELS
    if isinstance(what, dict):
        return what if what.keys() & VERBS and len(what) == 1 else {"record": what}
    if isinstance(what, str):
        what = ("INFO", what)
    *name, level, message = what
    record = {"name": name[0]} if name else {}
    return {"record": record | {"levelno": LEVELS.get(level, level), "msg": message}}


class Group:
    """The cases of one file in cases/."""

    def __init__(self, name):
        self.cases = GROUPS[name] = []

    def good(self, name, config, *what, **more):
        steps = [{"config": config}, *map(to_step, what)]
        self.cases.append({"name": name, "steps": steps, "good": True} | more)

    def bad(self, name, config, *first):
        """A config that is refused, after other steps where there are any."""
        steps = [*map(to_step, first), {"config": config}]
        self.cases.append({"name": name, "steps": steps, "good": False})


LEVEL_RECORDS = [(level, level.lower()) for level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")]


def to_file(formatter=None, handler=None, **top):
    """A config whose root writes everything to logs/out."""
    config = {"version": 1}
    written = {"class": "logging.FileHandler", "filename": "logs/out"}
    if formatter is not None:
        config["formatters"] = {"f": formatter}
        written["formatter"] = "f"
    config["handlers"] = {"h": written | (handler or {})}
    config["root"] = {"level": "DEBUG", "handlers": ["h"]}
    return config | top


def with_handlers(root, **handlers):
    return {"version": 1, "handlers": handlers, "root": {"level": "DEBUG", "handlers": root}}


def file_handler(name, **keys):
    return {"class": "logging.FileHandler", "filename": f"logs/{name}"} | keys


STDOUT = {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}
STDERR = {"class": "logging.StreamHandler"}
