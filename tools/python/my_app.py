"""The twin of my_app.cpp: under the same config it writes the same.

usage: my_app.py CONFIG
"""

import atexit
import copy
import json
import logging.config
import logging.handlers
import sys

logger = logging.getLogger("my_app")


class DomainError(Exception):
    """Bears the name of its twin, so that the last lines of the tracebacks can be compared."""

    __module__ = "builtins"
    __qualname__ = "std::domain_error"


def set_up(config_file):
    # As in the guideline's sample, a record goes through the queue whole: CPython would move the
    # traceback into the message.
    logging.handlers.QueueHandler.prepare = lambda self, record: copy.copy(record)
    with open(config_file, encoding="utf-8") as file:
        logging.config.dictConfig(json.load(file))
    queue_handler = logging.getHandlerByName("queue_handler")
    if queue_handler is not None:
        queue_handler.listener.start()
        atexit.register(queue_handler.listener.stop)


def main():
    set_up(sys.argv[1])
    logger.debug("debug message", extra={"x": "hello"})
    logger.info("info message")
    logger.warning("warning message")
    logger.error("error message")
    logger.critical("critical message")
    try:
        raise DomainError("division by zero")
    except DomainError:
        logger.exception("exception message")


if __name__ == "__main__":
    main()
