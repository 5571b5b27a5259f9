"""Measures every engine on the same rules and units and writes the table: ``python benchmarks/run.py [--quick]``.

Each engine runs in processes of its own, one after the other. ``--quick`` takes few units and prints only;
without it the page of the documentation is written too. ``--only KEY …`` measures some engines, and prints.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import speed_tables
from engines import ENGINES

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "reference" / "benchmarks.md"
BEGIN, END = "<!-- measured: written by benchmarks/run.py -->", "<!-- end of measured -->"
SIZES = (1, 100, 10_000, 1_000_000)
ROWS_A_UNIT = 10
"""How many rows of a register are made into facts, for each of the most units."""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1 and 100 units, few runs; nothing is written")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest number of units")
    parser.add_argument("--only", nargs="*", choices=[*ENGINES], help="some engines; nothing is written")
    asked = parser.parse_args()
    most, runs, starts, checked = (100, 2, 1, 100) if asked.quick else (asked.most, 5, 5, 2_000)
    sizes = [size for size in SIZES if size <= most]
    machine = speed_tables.machine()
    found = {}
    for key in asked.only or ENGINES:
        print(f"{key} …", file=sys.stderr, flush=True)
        found[key] = measured(key, starts, "--sizes", ",".join(map(str, sizes)), "--runs", str(runs), "--checked", str(checked))
    whole = not asked.quick and not asked.only
    text = speed_tables.text(machine, sizes, found, rows=ROWS_A_UNIT * most if whole else 0)
    print(text)
    if whole:
        write(text)


def measured(key: str, starts: int, *arguments: str) -> dict[str, Any]:
    """Return what one engine's processes tell."""
    found = _process(key, *arguments)
    if "missing" in found or "failed" in found:
        return found
    begun = [_process(key, "--start") for _ in range(starts)]
    return {**found, "start": {name: median(each[name] for each in begun) for name in begun[0]}}


def _process(key: str, *arguments: str) -> dict[str, Any]:
    """Return what ``measure.py`` prints; an engine that fails does not take the others down."""
    done = subprocess.run([sys.executable, str(HERE / "measure.py"), key, *arguments], check=False, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit status {done.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def write(text: str) -> None:
    """Put the tables between the markers of the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
