"""What is measured: the steps of a round, and how large each is."""

from dataclasses import dataclass

# In the order of the report's tables; programs of other names that stand beside them are measured too.
ENGINES = ("xylem", "spdlog", "boost_log", "glog", "cpython")
# Engines that cannot do a whole measure's worth in a second or two: a fraction of it says as much.
SHARE = {"boost_log": 0.15, "glog": 0.15, "cpython": 0.015}
# write(2) alone, in blocks of these sizes; goals are held against the faster. And once more to space that the
# file system was asked for beforehand.
KERNEL_VARIANTS = ("block256k", "block512k")
KERNEL_AHEAD = "block512k_ahead"
SCENARIOS = ("call", "throughput", "memory", "writer", "micro", "statements", "header", "instructions")


@dataclass(frozen=True)
class Cell:
    """What a figure belongs to; the rounds repeat it."""

    scenario: str
    engine: str
    variant: str = ""
    producers: int = 1
    place: str = ""  # disk | tmpfs, where that matters


@dataclass(frozen=True)
class Step:
    cell: Cell
    arguments: tuple = ()  # for the measuring program, or for the scenario's own module
    once: bool = False  # in the first round only: what is long, or does not drift


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    name: str
    rounds: int
    bursts: int
    cold_bursts: int
    records: int
    producers: tuple
    memory_records: int
    long_memory_records: int  # 0: leave it out
    statements: int
    micro_seconds: float
    timeout_s: int


FULL = Size("full", 5, 20_000, 1_000, 4_000_000, (2, 4, 8, 16), 2_000_000, 100_000_000, 2000, 0.2, 300)
SMALL = Size("small", 1, 50, 5, 4_000, (4,), 20_000, 0, 24, 0.01, 60)


def share(engine, count, least):
    return max(least, int(count * SHARE.get(engine, 1)))


def call_steps(size, engines):
    def step(engine, variant, bursts):
        return Step(Cell("call", engine, variant), ("--variant", variant, "--bursts", str(bursts)))

    for variant in ("three_numbers", "string_field", "disabled"):
        for engine in engines:
            yield step(engine, variant, share(engine, size.bursts, min(50, size.bursts)))
    for variant in ("macro_free", "anonymous", "coarse", "system"):
        yield step("xylem", variant, size.bursts)
    for engine in engines:
        if engine != "cpython":  # An interpreter has no cold call to speak of: it is never warm.
            yield step(engine, "cold", size.cold_bursts)


def throughput_step(engine, place, records, producers=1, variant=""):
    # Each producer logs as much as the others.
    arguments = ["--records", str(records - records % producers), "--producers", str(producers)]
    if variant:
        arguments += ["--variant", variant]
    return Step(Cell("throughput", engine, variant, producers, place), tuple(arguments))


def throughput_steps(size, engines, places):
    least = min(500, size.records)
    for place in places:
        for variant in (*KERNEL_VARIANTS, KERNEL_AHEAD):
            yield throughput_step("kernel", place, size.records, variant=variant)
        for engine in engines:
            yield throughput_step(engine, place, share(engine, size.records, least))
        yield throughput_step("xylem", place, size.records, variant="rotate10")
    # Several producers are about the engines: on the file system that stands less in their way.
    place = "tmpfs" if "tmpfs" in places else places[0]
    for producers in size.producers:
        for engine in engines:
            if engine == "xylem":  # As much as it is with one, which it is held against.
                yield throughput_step(engine, place, size.records, producers)
            elif engine != "cpython":
                yield throughput_step(engine, place, share(engine, size.records // 16, least), producers)


def memory_steps(size, engines, places):
    place = "tmpfs" if "tmpfs" in places else places[0]
    for engine in engines:
        if engine not in ("cpython", "glog"):  # One is slow, one queues nothing that could grow.
            records = str(share(engine, size.memory_records, 1000))
            yield Step(Cell("memory", engine, "", 16, place), ("--records", records), once=True)
    if size.long_memory_records:
        records = str(size.long_memory_records)
        yield Step(Cell("memory", "xylem", "long", 16, place), ("--records", records), once=True)


def own_steps(size):
    """What the suite measures without a measuring program."""
    seconds = (str(size.micro_seconds),)
    yield Step(Cell("writer", "xylem"), seconds)
    yield Step(Cell("micro", "xylem", "ring"), seconds, once=True)
    yield Step(Cell("header", "xylem"))
    for engine in ("xylem", "spdlog"):
        yield Step(Cell("statements", engine), (str(size.statements),), once=True)
    yield Step(Cell("instructions", "xylem"), once=True)


def steps(size, engines, places, only=None):
    """The steps of the first round, engine by engine in turn; later rounds leave out what is done once."""
    everything = [
        *call_steps(size, engines),
        *throughput_steps(size, engines, places),
        *memory_steps(size, engines, places),
        *own_steps(size),
    ]
    return [step for step in everything if only in (None, step.cell.scenario)]
