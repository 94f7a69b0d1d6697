"""The micro cases of Google Benchmark."""

import json

from process import Failed, Invalid, run_command

RATES = ("real_time", "cpu_time", "items_per_second", "bytes_per_second")


def results(text):
    """The cases of Google Benchmark's JSON: {"case": {"real_time_ns": ..., "items_per_second": ...}}."""
    out = {}
    scale_ns = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    for case in json.loads(text)["benchmarks"]:
        if case.get("error_occurred"):
            raise Invalid(f"{case['name']}: {case.get('error_message', 'failed')}")
        scale = scale_ns[case["time_unit"]]
        found = {"real_time_ns": case["real_time"] * scale, "cpu_time_ns": case["cpu_time"] * scale}
        standard = {*RATES, "iterations", "threads", "family_index", "per_family_instance_index"}
        standard |= {"repetitions", "repetition_index"}
        for name, value in case.items():
            # Beside the rates, a case counts what it likes.
            if name in RATES[2:] or (name not in standard and isinstance(value, (int, float))):
                found[name] = value
        out[case["name"].split("/manual_time")[0].replace("/real_time", "")] = found
    if not out:
        raise Invalid("no case ran")
    return out


def run(program, seconds, context):
    command = [context.build / "bench" / program, "--benchmark_format=json", f"--benchmark_min_time={seconds}"]
    try:
        return results(run_command(command, context.timeout_s))
    except (ValueError, KeyError) as error:
        raise Failed(f"not the output of Google Benchmark: {error!r}") from None


def writer(step, context):
    """The consumer's side without a kernel, and a memcpy of the same lines."""
    found = run("writer", step.arguments[0], context)
    if "consumer" not in found or "copy" not in found:
        raise Invalid("the cases consumer and copy are missing")
    return found


def case(step, context):
    return run(step.cell.variant, step.arguments[0], context)
