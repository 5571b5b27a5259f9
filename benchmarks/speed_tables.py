"""What was measured as tables in Markdown: speeds with ratios, records, starting, the figures to reach. Nothing is typed by hand."""

import datetime as dt
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import start_up
from attrs import frozen
from engines import ENGINES

Found = Mapping[str, Mapping[str, Any]]
Facts = Mapping[str, Sequence[str]]
PINNED = Path(__file__).parent / "requirements.txt"
OURS = {"one": "cchc-quick", "columns": "cchc-polars"}
FIRST_OF_COLUMNS = "cchc-polars"
NOT = "–"
RECORDS = Path(__file__).parent / "records.py"
MILLION, TEN_MILLION = 1_000_000, 10_000_000


def text(machine: str, sizes: Sequence[int], found: Found, *, rows: int) -> str:
    """Return all that the page shows of one run; without ``rows`` of a register, what takes units only."""
    if not rows:
        return "\n\n".join([machine, speeds(sizes, found), figures(found, {})])
    facts = facts_from_records(rows)
    return "\n\n".join([machine, speeds(sizes, found), _facts(facts, rows), starting(), figures(found, facts if rows == TEN_MILLION else {})])


def machine() -> str:
    """Return on which machine, when and with which Python; and how busy it was before."""
    cores, memory = os.cpu_count(), ""
    if hasattr(os, "sysconf"):
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB of memory"
    load = f", load {os.getloadavg()[0]:.1f} when it began" if hasattr(os, "getloadavg") else ""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"Measured on {dt.datetime.now(tz=dt.UTC).date()}: {_processor()}, {cores} processors{memory}, {platform.system()}, {python}{load}."


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


# ------------------------------------------------------------------ speeds


def speeds(sizes: Sequence[int], found: Found) -> str:
    """Return the table of all engines: criterion scores a second, ratios, wrong results, memory, start."""
    heads = ["engine", "version", *(f"{size:,}" for size in sizes), "ours ÷ it", "wrong, naive / careful", "memory, MB", "import, ms", "first unit, ms"]
    keys = list(ENGINES)
    turn = keys.index(FIRST_OF_COLUMNS)
    rows = [
        ["**one unit at a time**"], *(_row(key, OURS["one"], sizes, found) for key in keys[:turn] if key in found),
        ["**columns**"], *(_row(key, OURS["columns"], sizes, found) for key in keys[turn:] if key in found),
    ]
    return _table(heads, rows, left=2)


def _row(key: str, ours: str, sizes: Sequence[int], found: Found) -> list[str]:
    engine = found[key]
    if "missing" in engine:
        return [key, f"missing: {engine['missing']} is not installed"]
    if "failed" in engine:
        return [key, f"failed: {engine['failed']}"]
    wrong, start, memory = engine["wrong"], engine["start"], engine["memory"]
    return [
        engine["name"], _version(engine), *(_short(speed(engine, size)) for size in sizes), _ratio(found.get(ours, {}), engine),
        f"{wrong['naive']:,} / {wrong['careful']:,}", NOT if memory is None else f"{memory['taken']:,.0f}",
        f"{1000 * start['import']:,.0f}", f"{1000 * start['first']:,.0f}",
    ]


def speed(engine: Mapping[str, Any], size: int) -> float | None:
    """Return the criterion scores a second at one size; ``None`` where it was not measured."""
    seconds = engine.get("seconds", {}).get(str(size))
    return None if seconds is None else size * engine["criteria"] / seconds


def largest(*engines: Mapping[str, Any]) -> int:
    """Return the largest size that all of them were measured at; 0 for none."""
    sizes = [{int(size) for size in engine.get("seconds", {})} for engine in engines]
    return max(set.intersection(*sizes), default=0)


def _ratio(ours: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return how many times as fast ours is, at the largest size that both got to."""
    return f"{_times(ours, other):,.2f}" if ours is not other and largest(ours, other) else NOT


def _times(ours: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    size = largest(ours, other)
    return (speed(ours, size) or 0.0) / (speed(other, size) or 1.0)


def _version(engine: Mapping[str, Any]) -> str:
    """Return the version that was measured, and the pinned one where that is another."""
    lines = (line.partition("==") for line in PINNED.read_text(encoding="utf-8").splitlines())
    pinned = {name: number for name, _, number in lines if number}
    wanted = pinned.get(engine["package"], engine["version"])
    return str(engine["version"]) if wanted == engine["version"] else f"{engine['version']}, pinned is {wanted}"


def _short(number: float | None) -> str:
    """Return a number in three digits or so."""
    if number is None:
        return NOT
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:.3g}{letter}" if number < 999.5 * size else f"{number / size:,.0f}{letter}"
    return f"{number:.0f}"


# ------------------------------------------------------------------ the figures to reach


@frozen(kw_only=True)
class Figure:
    """One figure: what is asked for, and how what was measured compares with it."""

    said: str
    needed: float
    measured: float | None
    least: bool = True
    unit: str = ""

    @property
    def row(self) -> list[str]:
        """The figure as a row."""
        if self.measured is None:
            return [self.said, self._shown(self.needed), NOT, "not measured"]
        reached = self.measured >= self.needed if self.least else self.measured <= self.needed
        return [self.said, self._shown(self.needed), self._shown(self.measured), "reached" if reached else "**not reached**"]

    def _shown(self, number: float) -> str:
        return f"{number:.2f} ×" if self.unit == "×" else _short(number)


def figures(found: Found, facts: Facts) -> str:
    """Return the figures that the project set itself, beside what this run gave."""
    ratio = float(facts["DuckDB"][-1]) if "DuckDB" in facts else None
    records = Figure(said="ten million rows into facts on DuckDB, time over that of the query by hand", needed=1.3, measured=ratio, least=False, unit="×")
    rows = [figure.row for figure in (*_figures(found), records)]
    return _table(["figure to reach", "at least, or at most", "measured", ""], rows, left=1)


def _figures(found: Found) -> Iterator[Figure]:
    unit, explained, frame, duck = (found.get(key, {}) for key in ("cchc-quick", "cchc-explained", "cchc-polars", "cchc-duckdb"))
    yield Figure(said="one unit at a time, criterion scores a second", needed=1e6, measured=speed(unit, largest(unit)))
    yield _against("one unit at a time, against ZEN", 1.5, unit, found.get("zen", {}))
    yield Figure(said="every explanation built, criterion scores a second", needed=3e5, measured=speed(explained, largest(explained)))
    yield Figure(said="a million units on Polars, criterion scores a second", needed=1e8, measured=speed(frame, MILLION))
    yield _against("a million units on Polars, against OpenFisca's arrays", 1.0, frame, found.get("openfisca", {}), MILLION)
    yield _against("a million units on Polars, time over that of expressions by hand", 1.5, frame, found.get("hand-polars", {}), MILLION, slower=True)
    yield _against("a million units on DuckDB, time over that of the query by hand", 1.5, duck, found.get("hand-duckdb", {}), MILLION, slower=True)
    yield Figure(said="a million units on Polars, memory over inputs and results", needed=1.25, measured=_memory(frame), least=False, unit="×")


def _against(said: str, needed: float, ours: Mapping[str, Any], other: Mapping[str, Any], least: int = 1, *, slower: bool = False) -> Figure:
    """Return the ratio of two engines, of their speeds or of their times, at the largest size that both were measured at."""
    measured = None
    if largest(ours, other) >= least:
        measured = _times(other, ours) if slower else _times(ours, other)
    return Figure(said=said, needed=needed, measured=measured, unit="×", least=not slower)


def _memory(engine: Mapping[str, Any]) -> float | None:
    """Return what was held at most over inputs and results; with few units the library itself would be most of it."""
    memory = engine.get("memory") or {}
    if "results" not in memory or MILLION not in map(int, engine["seconds"]):
        return None
    return float((memory["inputs"] + memory["taken"]) / (memory["inputs"] + memory["results"]))


# ------------------------------------------------------------------ records into facts


def facts_from_records(rows: int) -> Facts:
    """Return what ``records.py`` prints of each library: seconds of ours, seconds by hand, their ratio."""
    done = subprocess.run([sys.executable, str(RECORDS), "--rows", str(rows)], check=False, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        return {}
    words = (line.split() for line in done.stdout.splitlines())
    return {line[0]: line[1:] for line in words if line and line[0] in ("DuckDB", "Polars")}


def _facts(facts: Facts, rows: int) -> str:
    """Return the table of records into facts."""
    heads = [f"{rows:,} rows of a register into facts", "cchc_rules", "by hand", "ratio"]
    return _table(heads, [[name, *told] for name, told in facts.items()] or [["failed"]], left=1)


# ------------------------------------------------------------------ starting


def starting() -> str:
    """Return how long the package and its commands take to start, as ``start_up.py`` measures it."""
    bare = start_up.milliseconds(start_up.BARE)
    rows = [["python -c pass", str(bare), "1.0", ""]]
    for name, command, budget, counted_from in start_up.TIMED:
        taken = start_up.milliseconds(command)
        rows.append([name, str(taken), f"{taken / bare:.1f}", f"{budget} {counted_from}"])
    return _table(["process", "ms", "× bare Python", "budget, ms"], rows, left=1)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> str:
    """Return a table whose first columns are set left, the others right; short rows are filled up."""
    lines = [heads, ["---" if place < left else "--:" for place, _ in enumerate(heads)], *([*row, *[""] * (len(heads) - len(row))] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
