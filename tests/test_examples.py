"""The examples: one script for each kind of user, run as that user runs it, from anywhere."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

EXAMPLES = ROOT / "examples"

SHOWN = {
    "analyst": [
        "Change of the total: +4.94",
        "performance +6.82, method +0.12",
        "Not comparable: Reform of administrative procedures, 18 points out of 15 are impossible",
        "Audit: 1 × change-not-difference",
        " 19.5  in all",
    ],
    "clerk": ["HUYỆN HÀ QUẢNG · 2021", "79,5/99", "40% (96/240), dưới 50%"],
    "developer": [
        "3.2.3: −2, Share of procedures handled wholly “on site” is 40% (96/240), below 50%.",
        "The total can still be from 4 to 96.",
        "119 of 240: 1 points",
        "120 of 240: 3 points",
        "number-is-float",
        "did you mean 'four_on_site_procedures'?",
        "cchc.scorecard/1 cao-bang.districts 2021",
    ],
    "policy_officer": ["Errors in what is installed and in the new year: 0", "3.2.3", ": 1 → 3", "total: 79.5 → 81.5"],
}
"""What each script must say for its lesson to stand."""


def run(name: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a script in a folder that is not the repository's."""
    return subprocess.run([sys.executable, EXAMPLES / f"{name}.py"], cwd=folder, capture_output=True, encoding="utf-8", check=False)


def test_there_is_a_script_for_every_kind_of_user_and_no_other() -> None:
    """A script that no test runs is not an example."""
    assert sorted(path.stem for path in EXAMPLES.glob("*.py")) == sorted(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_the_script_runs_and_says_what_it_teaches(name: str, tmp_path: Path) -> None:
    """A user sees a result, no traceback and no file left behind."""
    result = run(name, tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    missing = [words for words in SHOWN[name] if words not in result.stdout]
    assert not missing, result.stdout
    assert not list(tmp_path.iterdir())
