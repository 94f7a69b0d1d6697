"""What the guideline's configs call mylogger.*: the Python half of what xylem has built in."""

import datetime
import json
import logging

OWN_ATTRIBUTES = vars(logging.makeLogRecord({})).keys() | {"message", "asctime"}


class MyJSONFormatter(logging.Formatter):
    """One JSON object a record: attributes under the keys of fmt_keys, the message and the time
    where these do not place them, and the extras."""

    def __init__(self, *, fmt_keys=None):
        super().__init__()
        self.fmt_keys = fmt_keys if fmt_keys is not None else {}

    def exception_text(self, record):
        # A record that came from another process has the text alone.
        return self.formatException(record.exc_info) if record.exc_info else record.exc_text

    def format(self, record):
        created = datetime.datetime.fromtimestamp(record.created, tz=datetime.timezone.utc)
        unplaced = {"message": record.getMessage(), "timestamp": created.isoformat()}
        exception = self.exception_text(record)
        if exception is not None:
            unplaced["exc_info"] = exception
        if record.stack_info is not None:
            unplaced["stack_info"] = record.stack_info
        members = {}
        for key, name in self.fmt_keys.items():
            members[key] = unplaced.pop(name) if name in unplaced else getattr(record, name)
        members |= unplaced
        members |= {k: v for k, v in vars(record).items() if k not in OWN_ATTRIBUTES}
        return json.dumps(members, default=str)


class NonErrorFilter(logging.Filter):
    def filter(self, record):
        return record.levelno <= logging.INFO
