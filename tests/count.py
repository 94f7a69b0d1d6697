"""Sums up Meson's testlog.json: what the failed tests printed, then "N passed, N failed".

A doctest program counts as its test cases, and once more as failed when it ended badly although none
of them failed (a crash, a time-out, a sanitizer's report); any other test counts as one.
"""

import json
import re
import sys

SUMMARY = re.compile(r"^\[doctest\] test cases: +\d+ +\| +(\d+) passed +\| +(\d+) failed", re.MULTILINE)
LONGEST_OUTPUT = 20_000  # Characters; the end of an output says what went wrong.


def count(test):
    """Returns (passed, failed) of one entry of the log."""
    ended_well = test["result"] in ("OK", "EXPECTEDFAIL")
    summaries = SUMMARY.findall(test.get("stdout", ""))
    if not summaries:
        return (1, 0) if ended_well else (0, 1)
    passed, failed = map(int, summaries[-1])
    return passed, failed if failed or ended_well else 1


def main():
    passed = failed = 0
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        tests = [json.loads(line) for line in log]
    for test in tests:
        if test["result"] == "SKIP":
            continue
        test_passed, test_failed = count(test)
        passed += test_passed
        failed += test_failed
        if test_failed:
            print(f"\n== {test['name']}: {test['result']}")
            print((test.get("stdout", "") + test.get("stderr", ""))[-LONGEST_OUTPUT:])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.stdout.reconfigure(errors="replace")
sys.exit(main())
