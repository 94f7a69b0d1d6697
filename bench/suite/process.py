"""Runs a command, and says why it did not work."""

import os
import signal
import subprocess

UNSUPPORTED = 3  # The exit status of a program that has no such scenario or variant.


class Failed(Exception):
    """A step that did not work; the text says why."""


class Invalid(Failed):
    """A step whose result is not to be used."""


class Unsupported(Exception):
    """The engine has no such thing: the cell stays empty."""


def run_command(command, timeout_s):
    """What the command printed; it and its children are gone when this returns or raises."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            raise Failed(f"not done after {timeout_s} s") from None
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode == UNSUPPORTED:
        raise Unsupported
    if process.returncode != 0:
        lines = err.decode(errors="replace").strip().splitlines()
        raise Failed(f"status {process.returncode}: {lines[-1] if lines else 'nothing on stderr'}")
    return out.decode(errors="replace")
