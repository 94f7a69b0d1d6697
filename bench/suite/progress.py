"""One line that says where the suite is: rewritten in place on a terminal, else a line a step."""

import shutil
import sys
import time


def duration(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


class Progress:
    def __init__(self, total, stream=sys.stderr):
        self._total = total
        self._done = 0
        self._stream = stream
        self._begin = time.monotonic()
        self._took = {}  # what a step took when it ran last

    def step(self, what, still_to_come):
        """Tells of the step that begins; `still_to_come` are it and those after it."""
        self._done += 1
        text = f"[{self._done}/{self._total}] {what}"
        if all(step in self._took for step in still_to_come):
            text += f", {duration(sum(self._took[step] for step in still_to_come))} to go"
        else:
            text += f", {duration(time.monotonic() - self._begin)} gone by"
        self._show(text)

    def took(self, step, seconds):
        self._took[step] = seconds

    def say(self, text):
        """A line that stays."""
        self._clear()
        print(text, file=self._stream, flush=True)

    def end(self):
        self._clear()

    def _show(self, text):
        if self._stream.isatty():
            self._clear()
            self._stream.write(text[: shutil.get_terminal_size().columns - 1])
            self._stream.flush()
        else:
            print(text, file=self._stream, flush=True)

    def _clear(self):
        if self._stream.isatty():
            self._stream.write("\r\033[K")
            self._stream.flush()
