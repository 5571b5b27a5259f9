"""One engine in a process of its own: speed at each size, wrong results, memory, start. Prints one line of JSON.

``python benchmarks/measure.py KEY [--sizes 1,100,10000] [--runs 5] [--checked 2000] [--start]``; ``run.py`` starts it once an engine.
"""

import argparse
import gc
import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # NumPy is loaded after the start was measured
    from engines.base import Engine

MOST_SECONDS = 15.0
"""A size is left out where one run would take longer than this."""
ENOUGH_SECONDS, FEWEST_RUNS = 10.0, 3
"""Runs stop after so long, but not before so many."""
LEAST_SECONDS = 0.01
"""What is too short to be timed once is repeated until it takes this long."""
HUNDREDTH = Decimal("0.01")
BYTES_A_CRITERION = 3 * 8
MEGA = 1e6
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("key")
    parser.add_argument("--sizes", default="1,100")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--checked", type=int, default=2_000, help="how many units are held against the right results")
    parser.add_argument("--start", action="store_true", help="only how long it takes to be ready")
    asked = parser.parse_args()
    try:
        found = _start(asked.key) if asked.start else _all(asked.key, [int(size) for size in asked.sizes.split(",")], asked.runs, asked.checked)
    except ModuleNotFoundError as error:
        found = {"missing": error.name}
    print(json.dumps(found))


def _class(key: str) -> "type[Engine]":
    from engines import ENGINES

    module, _, name = ENGINES[key].partition(":")
    found: type[Engine] = getattr(import_module(f"engines.{module}"), name)
    return found


def _start(key: str) -> dict[str, float]:
    """Return how long a new process takes to import an engine, to make the rules ready, and to score its first unit."""
    begin = perf_counter()
    kind = _class(key)
    imported = perf_counter()
    from ruleset import rules, units

    wanted = rules()
    one = units(wanted, 1)
    made = perf_counter()
    engine = kind(wanted)
    engine.score(engine.load(one))
    return {"import": imported - begin, "first": perf_counter() - made}


def _all(key: str, sizes: Sequence[int], runs: int, checked: int) -> dict[str, Any]:
    """Return everything but the start; the largest size that the engine gets to says what memory it takes."""
    from ruleset import rules, units

    kind = _class(key)
    wanted = rules()
    engine = kind(wanted)
    seconds: dict[int, float] = {}
    memory: dict[str, float] | None = None
    for size in sizes:
        if size > engine.most_units or _expected(seconds, size, by_columns=engine.by_columns) > MOST_SECONDS:
            break
        loaded = engine.load(units(wanted, size))
        memory = _memory(engine, loaded, size * len(wanted) * BYTES_A_CRITERION)
        seconds[size] = _median(engine, loaded, runs)
        del loaded
    return {
        "name": kind.name, "version": version(kind.package), "package": kind.package, "criteria": len(wanted),
        "seconds": seconds, "wrong": _wrong(engine, wanted, checked), "memory": memory,
    }


# ------------------------------------------------------------------ time


def _expected(seconds: dict[int, float], size: int, *, by_columns: bool) -> float:
    """Return how long a size will take by those before it; columns have a start that does not grow with the units."""
    known = sorted(seconds.items())
    if not known:
        return 0.0
    last, taken = known[-1]
    if not by_columns:
        return taken / last * size
    if len(known) == 1:
        return taken
    before, took = known[-2]
    return taken + max(0.0, taken - took) / (last - before) * (size - last)


def _median(engine: "Engine", loaded: Any, runs: int) -> float:
    """Return the median time of one scoring; ``_memory`` has warmed it up."""
    once = _timed(engine, loaded, 1)
    times = max(1, int(LEAST_SECONDS / once))
    wanted = max(FEWEST_RUNS, min(runs, int(ENOUGH_SECONDS / once)))
    return median(_timed(engine, loaded, times) / times for _ in range(wanted))


def _timed(engine: "Engine", loaded: Any, times: int) -> float:
    gc.collect()
    start = perf_counter()
    for _ in range(times):
        engine.score(loaded)
    return perf_counter() - start


# ------------------------------------------------------------------ wrong results


def _wrong(engine: "Engine", wanted: Sequence[Any], checked: int) -> dict[str, int]:
    """Return how many of the results of the same units are not right at two decimals, rounded one way and the other."""
    from ruleset import right, units

    given = units(wanted, checked)
    expected = [[right(rule, row) for rule in wanted] for row in given.rows()]
    got = engine.points(engine.score(engine.load(given)))
    pairs = [(points, hundredths) for row, other in zip(got, expected, strict=True) for points, hundredths in zip(row, other, strict=True)]
    assert len(pairs) == checked * len(wanted)
    if engine.exact:
        count = sum(points != hundredths for points, hundredths in pairs)
        return {"naive": count, "careful": count}
    return {
        "naive": sum(_naive(points) != hundredths for points, hundredths in pairs),
        "careful": sum(_careful(points) != hundredths for points, hundredths in pairs),
    }


def _naive(points: Any) -> int:
    """Return hundredths by the language's own ``round``; a decimal knows how to round half up."""
    return _careful(points) if isinstance(points, Decimal) else round(float(round(points, 2)) * 100)


def _careful(points: Any) -> int:
    """Return hundredths rounded half up from the shortest decimal that stands for a float."""
    return int(Decimal(str(points)).quantize(HUNDREDTH, ROUND_HALF_UP) * 100)


# ------------------------------------------------------------------ memory


def _memory(engine: "Engine", loaded: Any, inputs: int) -> dict[str, float] | None:
    """Return megabytes: the inputs, the results, and what scoring took at most beside the inputs; ``None`` where the system does not tell."""
    gc.collect()
    before = _resident("VmRSS")
    if before is None:
        engine.score(loaded)
        return None
    CLEAR.write_text("5", encoding="ascii")  # the peak is counted from here
    scored = engine.score(loaded)
    peak, results = _resident("VmHWM") or before, _bytes_of(scored)
    found = {"inputs": inputs / MEGA, "taken": max(0.0, peak - before)}
    return found if results is None else {**found, "results": results / MEGA}


def _resident(kind: str) -> float | None:
    """Return what this process holds in memory, or held at most, in megabytes."""
    if not CLEAR.exists():
        return None
    line = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith(kind))
    return int(line.split()[1]) * 1024 / MEGA


def _bytes_of(scored: Any) -> int | None:
    """Return how large results in columns are; ``None`` for objects."""
    if isinstance(scored, list) and scored and hasattr(scored[0], "nbytes"):
        return sum(int(each.nbytes) for each in scored)
    if hasattr(scored, "nbytes"):
        return int(scored.nbytes)
    if hasattr(scored, "estimated_size"):
        return int(scored.estimated_size())
    return int(scored.memory_usage(deep=True).sum()) if hasattr(scored, "memory_usage") else None


if __name__ == "__main__":
    main()
