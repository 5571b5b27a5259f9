"""The example plugin: a form of its own gets every reading of the tree; a computed criterion has what it returns."""

from fractions import Fraction
from pathlib import Path

import pytest
from conftest import ROOT

import cchc_rules as cchc

PLUGINS = ROOT / "examples" / "plugins"
EVIDENCE = PLUGINS / "corridor" / "evidence.toml"


@pytest.fixture(scope="module")
def card() -> cchc.Scorecard:
    """The scorecard of the example's evidence."""
    return cchc.score(EVIDENCE, plugins=[PLUGINS])


def scored(tmp_path: Path, disbursed: int) -> cchc.Score:
    """Return the score of the corridor criterion for another amount disbursed."""
    file = tmp_path / "evidence.toml"
    file.write_text(EVIDENCE.read_text(encoding="utf-8").replace("value = 860", f"value = {disbursed}"), encoding="utf-8")
    return cchc.score(file, plugins=[PLUGINS]).score("spending.disbursement")


def test_its_edition_and_method_are_sound() -> None:
    """Nothing is wrong with it: that points rise and fall is what ``better = "between"`` says."""
    assert [each.code for each in cchc.check(plugins=[PLUGINS]) if "corridor" in each.place.file] == []


@pytest.mark.parametrize(
    ("disbursed", "points"),
    [(700, "0"), (701, "0.02"), (860, "3.84"), (949, "5.98"), (950, "6"), (1000, "6"), (1001, "0")],
    ids=["at the foot", "just above the foot", "half way", "just below the corridor", "at its lower end", "at its upper end", "just above it"],
)
def test_points_climb_to_the_corridor_and_end_above_it(tmp_path: Path, disbursed: int, points: str) -> None:
    """The form gives what it says at each threshold and on either side, rounded to two decimals."""
    assert scored(tmp_path, disbursed).account.exact == Fraction(points)


def test_a_new_form_has_wording_reason_steps_and_next_threshold(card: cchc.Scorecard) -> None:
    """Every reading works for a form that the core has never seen."""
    told = card.explain("spending.disbursement")
    assert told.rule is not None
    assert "95%" in told.rule.vi
    assert told.deductions[0].reason.en == "Rate of disbursement is 86% (860/1000), below 95%."
    assert told.steps
    assert told.next_step is not None
    assert "6 điểm" in told.next_step.vi


def test_a_computed_criterion_tells_its_own_reason_and_steps(card: cchc.Scorecard) -> None:
    """What Python computes is rounded and explained as the plugin says."""
    score = card.score("spending.even-spread")
    assert (score.unrounded, score.account.exact) == (Fraction(30, 13), Fraction(231, 100))
    assert "uneven" in score.deductions[0].reason.en
    assert card.explain("spending.even-spread").steps[0].en.startswith("150 / 260")
