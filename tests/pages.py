"""What the pages show must be so: C++ compiles, configs pass `xylem check`, JSON parses, links lead
somewhere. Each complaint names the page and the line.

A ```cpp block that includes or defines something stands alone; any other is the body of a function
that has a logger `log`, as is what ends with a semicolon in a table. A ```json or ```yaml block with a
"version" is a config; handlers, filters and formatters in tables are parts of one.
usage: pages.py SOURCE_ROOT XYLEM COMPILER...
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# In a table: `statement;`, and a part of a config.
STATEMENT = re.compile(r"`([^`]+;)`")
PART = re.compile(r'`(\{"(?:class|\(\)|format)":[^`]*\})`')
# A command of the tool with its options.
COMMAND = re.compile(r"\bxylem ([a-z]+)((?: [^`\n]*?)?)(?=[`\n|;#])")
OPTION = re.compile(r"(?<=\s)--[a-z][a-z-]*")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
# Not worth a line in an example.
INCLUDES = ("<cassert>", "<chrono>", "<cstdio>", "<stdexcept>", "<string>", "<thread>", "<vector>", "<xylem/xylem.hpp>")
# What statements in tables may name.
KNOWN = """const xylem::Logger log, const std::string& name, const std::string& id, const std::vector<int>& items,
    const std::vector<unsigned char>& packet, std::chrono::steady_clock::time_point start"""
STANDS_ALONE = re.compile(r"^(?:#include|(?:template|struct|class|namespace|int|void|bool|std::\w+) [^;=]*[{(<])",
                          re.MULTILINE)


class Page:
    def __init__(self, root, path):
        self.path = path
        self.name = str(path.relative_to(root))
        self.text = path.read_text(encoding="utf-8")

    def line_at(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def blocks(self, *languages):
        """Yields the first line and the text of each block in one of the languages."""
        for match in FENCE.finditer(self.text):
            if match[1] in languages:
                yield self.line_at(match.start(2)), match[1], match[2]

    def cells(self, pattern):
        """Yields the line and the text of what matches in tables."""
        for number, line in enumerate(self.text.splitlines(), start=1):
            for match in pattern.finditer(line) if line.startswith("|") else ():
                yield number, match[1]

    def broken_links(self):
        for match in LINK.finditer(FENCE.sub(lambda block: "\n" * block[0].count("\n"), self.text)):
            if not (self.path.parent / match[1]).exists():
                yield f"{self.name}: no such file: {match[1]}"


def source_of(pages):
    """One translation unit of all C++ blocks: each its own namespace, includes at the top."""
    includes, bodies = {f"#include {name}" for name in INCLUDES}, []
    for page in pages:
        for line, _, text in page.blocks("cpp"):
            # Left empty, so that the compiler's line numbers are the page's.
            includes.update(re.findall(r"^#include .*$", text, re.MULTILINE))
            body = re.sub(r"^#include .*$", "", text, flags=re.MULTILINE)
            if not STANDS_ALONE.search(text):
                body = f"void shown([[maybe_unused]] const xylem::Logger log) {{\n#line {line} \"{page.name}\"\n{body}}}\n"
            bodies.append(f"namespace block_{len(bodies)} {{\n#line {line} \"{page.name}\"\n{body}}}\n")
        for line, statement in page.cells(STATEMENT):
            bodies.append(f"namespace block_{len(bodies)} {{\nvoid shown({KNOWN}) {{{{\n"
                          f"#line {line} \"{page.name}\"\n{statement}\n}}}}\n}}\n")
    return "\n".join(sorted(includes)) + "\n" + "".join(bodies), len(bodies)


def compile_all(pages, root, compiler, directory):
    source, count = source_of(pages)
    file = directory / "pages.cpp"
    file.write_text(source, encoding="utf-8")
    command = [*compiler, "-std=c++20", "-fsyntax-only", f"-I{root / 'include'}", file]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    return count, [made.stderr] if made.returncode != 0 else []


def json_fault(text):
    """What is wrong with a whole document, or with lines of which each is one."""
    try:
        json.loads(text)
        return None
    except ValueError as error:
        try:
            for line in text.splitlines():
                json.loads(line)
            return None
        except ValueError:
            return error


def config_of_parts(texts):
    """A config with each of these handlers, filters and formatters, which may name a handler `file`."""
    parts = {"handlers": {"file": {"class": "logging.NullHandler"}}, "filters": {}, "formatters": {}}
    for text in texts:
        part = json.loads(text)
        is_filter = part.get("()", "").endswith("Filter")
        parts["handlers" if "class" in part else "filters" if is_filter else "formatters"][text] = part
    return json.dumps({"version": 1, **parts})


def check_data(page, xylem, directory):
    """The number of blocks looked at, and what is wrong with them."""
    count, faults = 0, []
    parts = list(page.cells(PART))
    if parts:
        count += len(parts)
        config = directory / "parts.json"
        config.write_text(config_of_parts(text for _, text in parts), encoding="utf-8")
        checked = subprocess.run([xylem, "check", config], capture_output=True, text=True, check=False, cwd=directory)
        if checked.returncode != 0 or "is ignored" in checked.stderr:
            faults.append(f"{page.name}: parts of a config in its tables: {checked.stderr}")
    for line, language, text in page.blocks("json", "yaml"):
        place = f"{page.name}:{line}"
        if re.search(r'^\s*\{?\s*"?version"?: *1', text):
            config = directory / f"config.{language}"
            config.write_text(text, encoding="utf-8")
            checked = subprocess.run([xylem, "check", config], capture_output=True, text=True, check=False, cwd=directory)
            # Other warnings are about what an example leaves out.
            if checked.returncode != 0 or "is ignored" in checked.stderr:
                faults.append(f"{place}: {checked.stderr}")
        elif language == "json" and text.startswith("{"):
            if fault := json_fault(text):
                faults.append(f"{place}: {fault}")
        else:
            continue
        count += 1
    return count, faults


def check_commands(page, xylem):
    """Options that the help of a command of the tool does not name."""
    for match in COMMAND.finditer(page.text):
        options = OPTION.findall(match[2])
        if not options:
            continue
        usage = subprocess.run([xylem, match[1], "--help"], capture_output=True, text=True, check=False).stdout
        for option in options:
            if not re.search(rf"(?<![\w-]){option}(?![\w-])", usage):
                yield f"{page.name}:{page.line_at(match.start())}: xylem {match[1]} has no {option}"


def main(root, xylem, *compiler):
    root = pathlib.Path(root)
    pages = [Page(root, path) for path in sorted([*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("tools/examples/*.md")])]
    with tempfile.TemporaryDirectory(prefix="xylem-pages-") as directory:
        directory = pathlib.Path(directory)
        (directory / "logs").mkdir()
        looked_at, faults = compile_all(pages, root, compiler, directory)
        for page in pages:
            count, found = check_data(page, os.path.abspath(xylem), directory)
            looked_at += count
            faults += [*found, *check_commands(page, xylem), *page.broken_links()]
    print("\n".join(faults))
    print(f"{len(pages)} pages, {looked_at} examples, {len(faults)} faults")
    return 1 if faults or looked_at == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
