"""The benchmark suite's arithmetic and its report, on runs that are written here.

usage: suite.py SOURCE_ROOT
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict

SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(SOURCE / "bench/suite"))
sys.dont_write_bytecode = True

import instructions  # noqa: E402
import page  # noqa: E402
import plan  # noqa: E402
import process  # noqa: E402
import progress  # noqa: E402
import readme  # noqa: E402
import reasons  # noqa: E402
import report  # noqa: E402
import runner  # noqa: E402
import statements  # noqa: E402
import text  # noqa: E402
from medians import Figures  # noqa: E402
from plan import Cell, Step  # noqa: E402

MACHINE = {
    "cpu": "Some <Processor> & more",
    "cores": 2,
    "kernel": "Linux 6.1",
    "compiler": "c++ 12",
    "build_type": "release",
    "disk": "ext4",
    "date": "2026-11-22T10:00:00+00:00",
}


def percentiles(p50):
    return {p: p50 * (1 + i) for i, p in enumerate(runner.PERCENTILES)}


def call(p50, clock=10.0):
    return {
        "clock_ns": percentiles(clock),
        "floor_ns": percentiles(clock * 1.2),
        "shared_floor_ns": percentiles(clock * 1.5),
        "burst_ns": percentiles(p50),
        "allocations_per_call": 0,
    }


def throughput(lines_per_s, records=1000):
    return {
        "records": records,
        "bytes": records * 230,
        "wall_s": records / lines_per_s,
        "lines_per_s": lines_per_s,
        "cpu_ns_per_line": 1e9 / lines_per_s,
        "slowest_over_fastest_producer": 1.1,
        "valid": True,
    }


def runs_of(cell, *results):
    return [
        {"round": i + 1, "cell": asdict(cell), "arguments": [], "took_s": 1.0, "status": "ok", "result": result}
        for i, result in enumerate(results)
    ]


def everything():
    """Canned runs of all that a report shows."""
    runs = []
    for engine, p50 in (("xylem", 10.2), ("spdlog", 500.0), ("newcomer", 20.0)):
        for variant in ("three_numbers", "string_field", "cold", "disabled"):
            runs += runs_of(Cell("call", engine, variant), call(p50), call(p50 * 1.01), call(p50 * 4))
    for variant, p50 in (("macro_free", 10.3), ("coarse", 3.6)):
        runs += runs_of(Cell("call", "xylem", variant), call(p50))
    for place in ("disk", "tmpfs"):
        for engine, rate in (("xylem", 9e6), ("spdlog", 1e6), ("newcomer", 3e6)):
            cell = Cell("throughput", engine, "", 1, place)
            runs += runs_of(cell, throughput(rate), throughput(rate * 2), throughput(rate * 3))
        for variant, rate in (("block256k", 12e6), ("block512k", 20e6), ("block512k_ahead", 30e6)):
            cell = Cell("throughput", "kernel", variant, 1, place)
            runs += runs_of(cell, throughput(rate), throughput(rate * 2), throughput(rate * 3))
    for producers, rate in ((2, 9e6), (16, 5e6)):
        cell = Cell("throughput", "xylem", "", producers, "tmpfs")
        runs += runs_of(cell, throughput(rate), throughput(rate * 2), throughput(rate * 3))
    memory = {"rss_idle_kib": 5000, "rss_half_kib": 9000, "rss_end_kib": 9000, "peak_kib": 9100}
    runs += runs_of(Cell("memory", "xylem", "long", 16, "tmpfs"), memory)
    code = {"compile_ms_per_statement": 9.0, "code_bytes_per_statement": 401.0}
    runs += runs_of(Cell("statements", "xylem"), code)
    rates = {"real_time_ns": 10, "items_per_second": 26e6, "bytes_per_second": 6e9}
    runs += runs_of(Cell("writer", "xylem"), {"consumer": rates, "copy": rates | {"bytes_per_second": 24e9}})
    return runs


def full_report():
    return report.build("full", None, 3, MACHINE, everything())


def goal(data, number):
    return next(goal for goal in data["goals"] if goal["number"] == number)


def check(data, number, what):
    return next(check for check in goal(data, number)["checks"] if check["what"] == what)


class Arithmetic(unittest.TestCase):
    def test_a_median_is_that_of_the_rounds(self):
        cell = Cell("call", "xylem", "three_numbers")
        figure = Figures(runs_of(cell, call(11), call(500), call(10))).figure(cell, "burst_ns.p50")
        self.assertEqual((figure.median, figure.low, figure.high, figure.rounds), (11, 10, 500, 3))

    def test_a_ratio_is_taken_within_a_round(self):
        mine, other = Cell("throughput", "xylem"), Cell("throughput", "spdlog")
        runs = runs_of(mine, throughput(10), throughput(40), throughput(90))
        runs += runs_of(other, throughput(10), throughput(10), throughput(100))
        ratio = Figures(runs).ratio((mine, "lines_per_s"), (other, "lines_per_s"))
        # The medians alone would say 40 / 10.
        self.assertEqual((ratio.median, ratio.low, ratio.high), (1, 0.9, 4))

    def test_a_round_that_one_side_lacks_is_in_no_ratio(self):
        mine, other = Cell("throughput", "xylem"), Cell("throughput", "spdlog")
        runs = runs_of(mine, throughput(10), throughput(40)) + runs_of(other, throughput(5))
        self.assertEqual(Figures(runs).ratio((mine, "lines_per_s"), (other, "lines_per_s")).rounds, 1)

    def test_a_bad_run_is_in_no_median(self):
        cell = Cell("throughput", "xylem")
        runs = runs_of(cell, throughput(10), throughput(1000))
        runs[1]["status"] = "invalid"
        self.assertEqual(Figures(runs).median(cell, "lines_per_s"), 10)


class Goals(unittest.TestCase):
    def test_they_are_met_or_missed_by_their_medians(self):
        data = full_report()
        self.assertEqual([g["number"] for g in data["goals"]], list(range(1, 14)))
        self.assertAlmostEqual(check(data, 1, "p50")["measured"], 1.0302)
        self.assertEqual(check(data, 1, "p50")["status"], "met")
        self.assertEqual(check(data, 2, "p50")["status"], "missed")
        self.assertEqual(check(data, 6, "over spdlog, disk")["measured"], 9)
        self.assertEqual(goal(data, 6)["status"], "met")
        self.assertEqual(check(data, 7, "over memcpy")["measured"], 0.25)
        # Against the faster block size.
        self.assertAlmostEqual(check(data, 8, "disk")["measured"], 0.45)
        self.assertEqual(goal(data, 8)["status"], "missed")
        self.assertEqual(check(data, 9, "2 over 1")["status"], "met")
        self.assertEqual(check(data, 9, "16 over 1")["status"], "missed")
        self.assertAlmostEqual(check(data, 10, "over the lowest peer's, disk")["measured"], 1 / 3)
        self.assertEqual(goal(data, 11)["status"], "missed")
        self.assertEqual(goal(data, 13)["status"], "met")

    def test_what_was_not_measured_is_not_met(self):
        data = full_report()
        self.assertEqual(goal(data, 12)["status"], "not measured")
        self.assertEqual(goal(data, 4)["status"], "not in this suite")
        for found in report.build("full", None, 1, MACHINE, [])["goals"]:
            self.assertIn(found["status"], ("not measured", "not in this suite"))

    def test_a_missed_goal_says_why_with_the_figures_of_the_run(self):
        runs = runs_of(Cell("call", "xylem", "three_numbers"), call(15.0))
        rates = {"real_time_ns": 10, "items_per_second": 16e6, "bytes_per_second": 4e9}
        program, copy = rates | {"items_per_second": 20e6}, rates | {"bytes_per_second": 20e9}
        runs += runs_of(Cell("writer", "xylem"), {"consumer": rates, "program": program, "copy": copy})
        data = report.build("full", None, 1, MACHINE, runs)
        self.assertIn("p50: 12.0 ns of the 15.0 ns, 1.20 × the clock", goal(data, 1)["why"])
        self.assertIn("Of the 62.5 ns a line, 50.0 ns (80 %) are the templates alone", goal(data, 7)["why"])
        self.assertIn("takes 20 % of the time", goal(data, 7)["why"])
        self.assertIn("p50: 15.0 ns of the 15.0 ns, 1.50 × the clock", goal(data, 1)["why"])
        for shown in (page.render(data), text.goals_table(data)):
            self.assertIn("12.0 ns of the 15.0 ns", shown)

    def test_a_goal_that_is_met_or_not_measured_gives_no_reason(self):
        for found in (*full_report()["goals"], *report.build("full", None, 1, MACHINE, [])["goals"]):
            if found["status"] in ("met", "not measured"):
                self.assertEqual(found["why"], "")
        self.assertIn("in pages whose translations are cold", goal(full_report(), 4)["why"])

    def test_every_reason_is_a_sentence_and_lacks_no_figure(self):
        figures = Figures(everything())
        for number in reasons.REASONS:
            self.assertRegex(reasons.why(number, figures) or "Not here.", r"^\S.*\.$")

    def test_a_part_of_the_suite_speaks_of_its_own_goals(self):
        runs = [run for run in everything() if run["cell"]["scenario"] == "statements"]
        self.assertEqual([g["number"] for g in report.build("full", "statements", 1, MACHINE, runs)["goals"]], [11])


class Report(unittest.TestCase):
    def drawings(self, html):
        found = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
        return [ElementTree.fromstring(drawing) for drawing in found]

    def test_the_page_is_well_formed_and_needs_nothing_else(self):
        html = page.render(full_report())
        ElementTree.fromstring(html.partition("\n")[2])
        self.assertGreaterEqual(len(self.drawings(html)), 8)
        self.assertNotRegex(html.replace("http://www.w3.org/2000/svg", ""), r"https?://|src=|href=")
        self.assertIn("Some &lt;Processor&gt; &amp; more", html)
        self.assertIn("newcomer", html)

    def test_a_page_of_little_or_nothing_is_well_formed(self):
        some = runs_of(Cell("call", "xylem", "three_numbers"), call(0.0))
        for runs in ([], some):
            html = page.render(report.build("small", "call", 1, MACHINE, runs))
            ElementTree.fromstring(html.partition("\n")[2])

    def test_the_data_is_json_and_has_every_run(self):
        data = json.loads(json.dumps(full_report()))
        self.assertEqual(len(data["runs"]), len(everything()))
        self.assertEqual(data["machine"], MACHINE)
        self.assertEqual(data["engines"], ["xylem", "spdlog", "newcomer"])

    def test_the_terminal_shows_every_goal(self):
        table = text.goals_table(full_report())
        for number in range(1, 14):
            self.assertRegex(table, rf"(?m)^{number} ")

    def test_the_readme_gets_its_table_and_nothing_else_changes(self):
        with tempfile.TemporaryDirectory() as directory:
            source = pathlib.Path(directory)
            file = source / "README.md"
            file.write_text("before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n", encoding="utf-8")
            readme.refresh(full_report(), source)
            after = file.read_text(encoding="utf-8")
            self.assertTrue(after.startswith("before\n<!-- figures -->\n"))
            self.assertTrue(after.endswith("\n<!-- /figures -->\nafter\n"))
            self.assertNotIn("old", after)
            self.assertIn("| lines a second to disk | 18.0 M | 9.00 × | 3.00 × |", after)
            ElementTree.parse(source / readme.CHART)
            with self.assertRaises(ValueError):
                readme.refresh(report.build("small", None, 1, MACHINE, everything()), source)


class Running(unittest.TestCase):
    """With a measuring program that prints what it is told to."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.build = pathlib.Path(directory.name)
        (self.build / "bench/peers").mkdir(parents=True)
        self.context = runner.Context(SOURCE, self.build, {"disk": self.build}, 20)

    def run_with(self, script, scenario="throughput", rounds=1):
        program = self.build / "bench/peers/fake"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        step = Step(Cell(scenario, "fake", "", 1, "disk"), ("--records", "1000"))
        with open("/dev/null", "w", encoding="utf-8") as nowhere:
            return runner.run([step], rounds, self.context, progress.Progress(rounds, nowhere))

    def status_with(self, script, scenario="throughput"):
        return self.run_with(script, scenario)[0]["status"]

    def printing(self, result):
        return self.status_with(f"echo '{json.dumps(result)}'")

    def test_a_good_run_is_good(self):
        self.assertEqual(self.printing(throughput(10)), "ok")

    def test_an_invalid_run_is_told_from_a_good_one(self):
        self.assertEqual(self.printing(throughput(10) | {"valid": False}), "invalid")
        self.assertEqual(self.printing(throughput(10, records=999)), "invalid")
        self.assertEqual(self.printing({"valid": True}), "invalid")
        self.assertEqual(self.printing(throughput(10) | {"lines_per_s": float("nan")}), "invalid")
        self.assertEqual(self.status_with("echo nonsense"), "invalid")

    def test_a_failed_run_says_why(self):
        run = self.run_with("echo 'no room' >&2; exit 1")[0]
        self.assertEqual((run["status"], run["error"]), ("failed", "status 1: no room"))

    def test_what_is_not_supported_is_asked_once_and_is_no_problem(self):
        runs = self.run_with("exit 3", rounds=3)
        self.assertEqual([run["status"] for run in runs], ["unsupported"])
        self.assertEqual(report.problems_of(runs), [])

    def test_a_program_that_hangs_is_ended_with_its_children(self):
        file = self.build / "written too late"
        with self.assertRaises(process.Failed):
            process.run_command(["sh", "-c", f"(sleep 0.6; touch '{file}') & wait"], 0.2)
        time.sleep(1)
        self.assertFalse(file.exists())

    def test_problems_are_shown(self):
        runs = self.run_with("echo '<broken>' >&2; exit 1")
        html = page.render(report.build("small", None, 1, MACHINE, runs))
        self.assertIn("status 1: &lt;broken&gt;", html)


class Parts(unittest.TestCase):
    def test_every_other_round_goes_backwards_and_what_is_once_stays_in_the_first(self):
        steps = [Step(Cell("call", "a")), Step(Cell("header", "b"), once=True), Step(Cell("call", "c"))]
        engines = [[step.cell.engine for step in runner.of_round(steps, n)] for n in (1, 2, 3)]
        self.assertEqual(engines, [["a", "b", "c"], ["c", "a"], ["a", "c"]])

    def test_a_plan_has_each_cell_once(self):
        for size in (plan.FULL, plan.SMALL):
            steps = plan.steps(size, plan.ENGINES, ("disk", "tmpfs"))
            self.assertEqual(len({step.cell for step in steps}), len(steps))
            self.assertEqual({step.cell.scenario for step in steps}, set(plan.SCENARIOS))
            for step in steps:
                self.assertIn(step.cell.scenario, runner.MEASURES)
                if step.cell.scenario == "throughput":
                    self.assertEqual(int(step.arguments[1]) % step.cell.producers, 0)

    def test_generated_statements_are_as_many_as_asked(self):
        for engine, macro in (("xylem", "XYLEM_"), ("spdlog", "SPDLOG_LOGGER_")):
            self.assertEqual(statements.source(engine, 120).count(f"  {macro}"), 120)
            empty = statements.source(engine, 120, empty=True)
            self.assertEqual((empty.count("void f"), empty.count(f"  {macro}")), (3, 0))

    def test_machine_code_is_every_text_section(self):
        sizes = "x.o  :\nsection size addr\n.text 100 0\n.text.unlikely 20 0\n.data 7 0\n.text._ZN1aE 3 0\n"
        self.assertEqual(statements.machine_code_bytes(sizes), 123)

    def test_instructions_a_line_leave_out_the_benchmark_itself(self):
        lines = [
            "fn=(1) main",
            "cfn=(2) xylem::drain::Consumer::run(long)\ncalls=1 0\n1 1000",
            "fn=(2)",
            "cfn=(3) std::_Function_handler<void (), xylem::bench::Rounds::Rounds()>::_M_invoke(x)\ncalls=2 0\n2 500",
            "cfn=(4) xylem::format::JsonFormatter::compile(xylem::record::Site const&)\ncalls=2 0\n3 100",
            "fn=(3)",
            "cfn=(5) xylem::bench::Workload::encode(unsigned long, std::byte*)\ncalls=4 0\n4 40",
        ]
        self.assertEqual(instructions.per_line("\n".join(lines)), 100)
        with self.assertRaises(process.Invalid):
            instructions.per_line("fn=(1) main\n")

    def test_the_command_refuses_what_it_does_not_know(self):
        for arguments in (["--only", "nonsense"], ["--rounds", "0"]):
            command = [sys.executable, "-B", SOURCE / "bench/suite", *arguments]
            self.assertEqual(subprocess.run(command, capture_output=True, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
