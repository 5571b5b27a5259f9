"""How long the package and the command line take to start, beside bare Python: python benchmarks/start_up.py.

Whole processes are timed, since that is what a user waits for: several runs after a warm-up, and their
median. Only what is measured in one run on one machine can be compared.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parent.parent
RUNS = 15
WARM_UPS = 2
CLI = (sys.executable, "-m", "cchc_rules.cli")

BARE = (sys.executable, "-c", "pass")
TIMED = (
    ("import cchc_rules", (sys.executable, "-c", "import cchc_rules"), 100, "over bare Python"),
    ("cchc --help", (*CLI, "--help"), 200, "in all"),
    ("cchc score examples/ha_quang", (*CLI, "score", str(ROOT / "examples" / "ha_quang")), 600, "in all"),
)
"""What is timed: its name, the process, its budget in milliseconds, and what the budget is counted from."""


def milliseconds(command: tuple[str, ...]) -> int:
    """Return the median time of a process, in milliseconds."""
    taken = []
    for _ in range(WARM_UPS + RUNS):
        start = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(perf_counter() - start)
    return round(1000 * median(taken[WARM_UPS:]))


def report() -> None:
    """Print the table, and what machine it was measured on."""
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()},"
          f" {os.cpu_count()} processors; median of {RUNS} runs after {WARM_UPS}, in ms")
    bare = milliseconds(BARE)
    print(f"{'':<30} {'ms':>6} {'× bare':>7} {'counted':>8} {'budget':>7}")
    print(f"{'python -c pass':<30} {bare:>6} {'1.0':>7}")
    for name, command, budget, counted_from in TIMED:
        taken = milliseconds(command)
        counted = taken - bare if counted_from == "over bare Python" else taken
        verdict = "within" if counted < budget else "ABOVE"
        print(f"{name:<30} {taken:>6} {taken / bare:>7.1f} {counted:>8} {budget:>7}  {verdict} ({counted_from})")


if __name__ == "__main__":
    report()
