"""Every form on worked cases, as data: below, at and above each threshold, and with the mistakes that are made."""

from fractions import Fraction
from pathlib import Path

import pytest
from attrs import AttrsInstance, fields
from building import QUANTITIES
from rule_cases import STRUCTURE, Example, Mistake, WorkedCase, all_forms

from cchc_rules.base.errors import EditionError, Place, RuleError
from cchc_rules.model import Criterion
from cchc_rules.rules.bounds import Known, bounds
from cchc_rules.rules.evaluate import evaluate
from cchc_rules.rules.forms import FORMS
from cchc_rules.rules.losses import losses
from cchc_rules.rules.reasons import Setting, reason, steps
from cchc_rules.rules.wording import Lexicon, rule_text

ALL = tuple(all_forms())
EXAMPLES = [(cases.form, example) for cases in ALL for example in cases.examples]
ARCHETYPES = {
    "A1", "A1f", "A2", "A3", "A4", "A4a", "A4b", "A4c", "A4d", "A4e", "A5", "A6", "A6b", "A6c", "A7", "A8", "A9", "A10",
    "A11", "A13", "A14", "A15", "A16", "A17", "A18", "A19",
}
"""The archetypes that are rules; the others (A12, A20) are policies of the method."""

each_example = pytest.mark.parametrize("example", [pytest.param(example, id=f"{form}: {example.name}") for form, example in EXAMPLES])
each_case = pytest.mark.parametrize(
    ("example", "case"),
    [pytest.param(example, case, id=f"{form}: {example.name}: {case.name}") for form, example in EXAMPLES for case in example.cases],
)
each_mistake = pytest.mark.parametrize(
    ("example", "mistake"),
    [pytest.param(example, each, id=f"{form}: {example.name}: {each.name}") for form, example in EXAMPLES for each in example.mistakes],
)


@each_case
def test_a_case_gives_its_points_exactly(example: Example, case: WorkedCase) -> None:
    """Each worked case comes to the points that it states, or to the policy or the error."""
    rule = example.criterion().rule
    assert rule is not None
    if case.error:
        with pytest.raises(RuleError) as raised:
            evaluate(rule, example.given(case))
        assert [finding.code for finding in raised.value.findings] == [case.error]
        return
    outcome = evaluate(rule, example.given(case))
    assert outcome.missing == frozenset()
    assert ("not applicable" if outcome.not_applicable else outcome.value) == (
        "not applicable" if case.points == "not applicable" else Fraction(case.points)
    )
    assert outcome.policy == case.policy


@each_case
def test_the_readings_of_a_case_agree_with_its_points(example: Example, case: WorkedCase) -> None:
    """Bounds on all facts are the value, losses add up to the maximum, each has a reason in both languages, and there are steps."""
    criterion, facts = example.criterion(), example.given(case)
    assert criterion.rule is not None
    if case.error or case.points == "not applicable":
        return
    outcome, lexicon = evaluate(criterion.rule, facts), Lexicon(example.facts, QUANTITIES.units)
    setting = Setting(values=facts.values, lexicon=lexicon, calendars=example.calendars)
    known = bounds(criterion.rule, Known(example.facts, facts.values, calendars=example.calendars))
    assert known.low == known.high == Fraction(case.points)
    lost = losses(outcome, Fraction(criterion.max_points), example.facts)
    assert sum((loss.amount for loss in lost), Fraction(case.points)) == criterion.max_points
    for text in (*(reason(loss.cause, setting) for loss in lost), *steps(outcome, setting)):
        assert text.vi.endswith(".")
        assert text.en.endswith(".")


@each_example
def test_a_sound_example_passes_the_check(example: Example, tmp_path: Path) -> None:
    """No example has a finding of its own, but for what cannot be decided, or what a plugin has to bring."""
    assert {finding.code for finding in example.findings(tmp_path)} <= {"rule-not-checked", "computation-missing"}


@each_mistake
def test_a_planted_mistake_is_found(example: Example, mistake: Mistake, tmp_path: Path) -> None:
    """Each mistake that is usually made has its finding, which the sound rule has not."""
    assert mistake.finding in {finding.code for finding in example.findings(tmp_path, mistake)}
    changed = mistake.change or mistake.without
    assert not changed or mistake.finding not in {finding.code for finding in example.findings(tmp_path)}


@each_example
def test_the_wording_of_an_example_names_its_facts_and_numbers_in_both_languages(example: Example) -> None:
    """A rule in words leaves out no fact that decides, unless a label stands for the rate."""
    rule = example.criterion().rule
    assert rule is not None
    text = rule_text(rule, Lexicon(example.facts, QUANTITIES.units))
    assert text.vi != text.en
    assert "≈" not in text.vi


def test_every_form_has_cases() -> None:
    """No form is without worked cases, but for the one that a plugin computes."""
    assert {cases.form for cases in ALL} == {form.name for form in FORMS}
    assert {cases.form for cases in ALL for each in cases.examples if not each.cases} == {"computed"}


def test_every_archetype_that_is_a_rule_has_an_example() -> None:
    """Each of the archetypes that decisions use is shown by at least one example."""
    assert {each for _, example in EXAMPLES for each in example.archetypes} == ARCHETYPES


def test_a_misspelt_key_in_a_rule_inside_another_is_found_at_its_own_place() -> None:
    """Nested tables get the same findings as the criterion itself: where, what, and the nearest known key."""
    terms = [{"points": 1, "form": "count", "fact": "n", "points_each": 1}, {"points": 1, "form": "count", "fact": "n", "point_each": 1}]
    data = {"id": "field.c", "number": "1", "label": "x", "max_points": 2, "form": "sum_of", "terms": terms}
    with pytest.raises(EditionError) as raised:
        STRUCTURE.read(data, Criterion, lambda path: Place(where="/".join(map(str, path))), EditionError)
    found = {(finding.code, finding.place.where, finding.remedy.en) for finding in raised.value.findings}
    assert ("key-unknown", "terms/1/point_each", "did you mean 'points_each'?") in found
    assert {place for _, place, _ in found} == {"terms/1/point_each", "terms/1/points_each"}


@pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
def test_no_key_of_a_form_is_also_a_key_of_the_criterion(form: type[AttrsInstance]) -> None:
    """Both stand flat in one table, so they must not collide; nor with the points of a rule inside another."""
    own = {field.name for field in fields(Criterion)} | {"form", "points", "label_en"}
    assert not own & {field.name.removesuffix("_") for field in fields(form)}
