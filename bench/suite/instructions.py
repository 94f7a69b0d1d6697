"""Instructions a line of the writer, counted by callgrind: a figure that does not drift with the machine."""

import pathlib
import re
import shutil
import tempfile
from collections import Counter

from process import Invalid, Unsupported, run_command

SECONDS = "0.02"  # Some full rings; more of them say the same.

LOOP = re.compile(r"^xylem::drain::Consumer::run\(")
# Within the loop, what is no line: the benchmark fills the ring, and each call site is compiled once.
FILL = re.compile(r"^std::_Function_handler<.*Rounds.*::_M_invoke")
COMPILE = re.compile(r"^xylem::format::\w*Formatter::compile\(")
LINE = re.compile(r"::Workload::encode\(")


def calls_in(text):
    """Calls and their inclusive cost by callee, from the text of a callgrind.out file.

    The format is that of Valgrind's manual: a name is written out where it first occurs, and the line
    after "calls=" has the position and the cost.
    """
    names = {}

    def name_of(token):
        number, _, name = token.partition(" ")
        return names.setdefault(number, name)

    calls, cost = Counter(), Counter()
    callee = ""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("fn="):
            name_of(line[3:])
        elif line.startswith("cfn="):
            callee = name_of(line[4:])
        elif line.startswith("calls="):
            calls[callee] += int(line[6:].split()[0])
            cost[callee] += int(next(lines).split()[1])
    return calls, cost


def per_line(text):
    calls, cost = calls_in(text)

    def total(counter, pattern):
        return sum(count for name, count in counter.items() if pattern.search(name))

    lines = total(calls, LINE)
    if not lines or not total(cost, LOOP):
        raise Invalid("the writer's functions are not in callgrind's output")
    return (total(cost, LOOP) - total(cost, FILL) - total(cost, COMPILE)) / lines


def measure(step, context):
    if not shutil.which("valgrind"):
        raise Unsupported
    with tempfile.TemporaryDirectory(prefix="xylem-bench-") as directory:
        out = pathlib.Path(directory) / "callgrind.out"
        program = [context.build / "bench/writer", "--benchmark_filter=^consumer", f"--benchmark_min_time={SECONDS}"]
        run_command(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *program], context.timeout_s)
        return {"instructions_per_line": per_line(out.read_text(encoding="utf-8", errors="replace"))}
