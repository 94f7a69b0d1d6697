"""What a log statement costs the compiler and the binary: generated files, compiled with g++ -O2."""

import pathlib
import re
import resource
import tempfile

from process import Failed, Unsupported, run_command

PER_FUNCTION = 50
COMPILER = ("g++", "-std=c++20", "-O2", "-c")
PARAMETERS = "int i, unsigned long u, double d, const std::string& s, const char* c, bool b"
UNUSED = " ".join(f"(void){name.split()[-1].lstrip('&*')};" for name in PARAMETERS.split(","))

# A format's text, and its arguments: a name before the colon is a field's. An engine without fields
# has them in its message as "name=value".
SHAPES = (
    ("{} {} {}", ("i", "d", "s")),
    ("{} {}", ("s", "u")),
    ("user {} in {} ms", ("s", "d")),
    ("plain", ("k:i",)),
    ("a {a} b {b}", ("a:i", "b:d")),
    ("{} {} {} {} {}", ("i", "u", "d", "s", "c")),
    ("{}", ("s", "id:u", "ok:b")),
    ("{:>8.2f} {}", ("d", "c")),
)
LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")


def xylem_statement(text, arguments, level, number):
    level = "WARNING" if level == "WARN" else level
    values = []
    for argument in arguments:
        key, _, value = argument.rpartition(":")
        values.append(f'xylem::field("{key}", {value})' if key else value)
    return f'  XYLEM_{level}(log, "{text} m{number}", {", ".join(values)});'


def spdlog_statement(text, arguments, level, number):
    text = re.sub(r"\{[a-z]+\}", "{}", text)
    values = []
    for argument in arguments:
        key, _, value = argument.rpartition(":")
        if text.count("{") < len(values) + 1:
            text += f" {key}={{}}"
        values.append(value)
    return f'  SPDLOG_LOGGER_{level}(&log, "{text} m{number}", {", ".join(values)});'


# What comes before the functions, the logger's parameter, the writer of a statement, and the
# pkg-config package whose flags the file takes ("" when it takes none).
ENGINES = {
    "xylem": ("#include <xylem/log.hpp>\n", "const xylem::Logger& log", xylem_statement, ""),
    "spdlog": (
        "#define SPDLOG_ACTIVE_LEVEL SPDLOG_LEVEL_TRACE\n#include <spdlog/spdlog.h>\n",
        "spdlog::logger& log",
        spdlog_statement,
        "spdlog",
    ),
}


def source(engine, count, empty=False):
    """A file of `count` statements in functions of fifty, or, `empty`, of the functions without them."""
    begin, logger, statement, _ = ENGINES[engine]
    lines = [begin + "#include <string>"]
    for first in range(0, count, PER_FUNCTION):
        lines.append(f"void f{first}({logger}, {PARAMETERS}) {{\n  (void)log; {UNUSED}")
        last = first if empty else min(first + PER_FUNCTION, count)
        for number in range(first, last):
            text, arguments = SHAPES[number % len(SHAPES)]
            level = LEVELS[number // len(SHAPES) % len(LEVELS)]
            lines.append(statement(text, arguments, level, number))
        lines.append("}")
    return "\n".join(lines) + "\n"


def flags(engine, context):
    package = ENGINES[engine][3]
    if not package:
        return [f"-I{context.source / 'include'}"]
    try:
        return run_command(["pkg-config", "--cflags", package], context.timeout_s).split()
    except Failed:
        raise Unsupported from None


def children_cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def machine_code_bytes(sizes):
    """The sum of the .text sections in what `size -A` prints."""
    return sum(int(size) for name, size in re.findall(r"^(\.text\S*)\s+(\d+)", sizes, re.MULTILINE))


def compile_text(text, options, context):
    """CPU seconds and bytes of machine code of one file."""
    with tempfile.TemporaryDirectory(prefix="xylem-bench-") as directory:
        file = pathlib.Path(directory) / "statements.cpp"
        file.write_text(text, encoding="utf-8")
        object_file = file.with_suffix(".o")
        before_s = children_cpu_s()
        run_command([*COMPILER, *options, file, "-o", object_file], context.timeout_s)
        took_s = children_cpu_s() - before_s
        return took_s, machine_code_bytes(run_command(["size", "-A", object_file], context.timeout_s))


def measure(step, context):
    count = int(step.arguments[0])
    options = flags(step.cell.engine, context)
    took_s, code_bytes = compile_text(source(step.cell.engine, count), options, context)
    empty_s, empty_bytes = compile_text(source(step.cell.engine, count, empty=True), options, context)
    return {
        "statements": count,
        "compile_s": took_s,
        "compile_empty_s": empty_s,
        "code_bytes": code_bytes,
        "code_empty_bytes": empty_bytes,
        "compile_ms_per_statement": (took_s - empty_s) * 1e3 / count,
        "code_bytes_per_statement": (code_bytes - empty_bytes) / count,
    }


def header(step, context):
    """The header that log calls need, and nothing else."""
    took_s, _ = compile_text("#include <xylem/log.hpp>\n", flags(step.cell.engine, context), context)
    return {"compile_s": took_s}
