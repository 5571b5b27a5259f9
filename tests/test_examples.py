"""The examples: one script for each kind of user, run as that user runs it, from anywhere."""

import random
import runpy
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from attrs import evolve
from conftest import ROOT
from strategies import percent

import cchc_rules as cchc

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
    "communes": [
        "60 communes, 20 criteria; rows that only fractions could decide: 0", "Upland block (example)", "Lowland block (example)",
        "among the best 10 in 20 weightings", "In all weightings: ",
    ],
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
SMALL = {"communes": ("--units", "60", "--scenarios", "20")}
"""What makes a script that does much do little."""


def run(name: str, folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run a script in a folder that is not the repository's."""
    return subprocess.run([sys.executable, EXAMPLES / f"{name}.py", *SMALL.get(name, ()), *options], cwd=folder, capture_output=True, encoding="utf-8", check=False)


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


@lru_cache
def script() -> dict[str, Any]:
    """Return the names of the analyst's script for a whole country."""
    return runpy.run_path(str(EXAMPLES / "communes.py"))


def two_blocks() -> cchc.Index:
    """Return the method of that script."""
    return cchc.load_registry([script()["PLUGIN"]]).index_named("example.two-blocks/2030")


def invented(count: int, seed: int) -> pl.DataFrame:
    """Return so many communes as that script invents them."""
    frame: pl.DataFrame = script()["communes"](two_blocks(), count, random.Random(seed))  # noqa: S311 - nothing is kept secret
    return frame


class TestCommunes:
    """The analyst's script for a whole country."""

    def test_gives_under_other_weights_the_ranks_of_a_method_that_has_them(self) -> None:
        """What it adds up itself is what the engine would give had the decision weighed the fields so."""
        index, frame = two_blocks(), invented(40, 1)
        weights = list(script()["weightings"]([part.id for part in index.method.parts], 3, random.Random(2)))  # noqa: S311 - as above
        found = script()["totals"](cchc.score_frame(index, frame), weights)
        for place, each in enumerate(weights):
            assert sum(each.values()) == 100
            parts = tuple(evolve(part, weight=percent(each[part.id])) for part in index.method.parts)
            scored = cchc.score_frame(evolve(index, method=evolve(index.method, parts=parts)), frame)
            assert found.filter(weighting=place)["rank"].to_list() == scored.frame["rank"].to_list()

    def test_gives_the_same_communes_for_the_same_number(self) -> None:
        """And other ones for another."""
        one, same, other = (invented(5, seed) for seed in (1, 1, 2))
        assert one.equals(same)
        assert not one.equals(other)

    def test_draws_a_chart_where_asked(self, tmp_path: Path) -> None:
        """An SVG that names both blocks and as many communes as it has room for."""
        result = run("communes", tmp_path, "--chart", "best.svg")
        assert (result.returncode, result.stderr) == (0, "")
        words = ["".join(each.itertext()) for each in ET.parse(tmp_path / "best.svg").iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own file
        assert {"Upland block (example)", "Lowland block (example)"} <= set(words)
        assert sum(word.startswith("xa-mau-") for word in words) > 20
