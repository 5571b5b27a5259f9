"""One unit at a time, fast: the compiled functions say what the engine says, and refuse what is not exact."""

from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve
from building import index_of
from frames import varied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import Case, count, edition_of, flag, percent
from test_engine import Situation, situations

import cchc_rules as cchc
from cchc_rules.engine import score
from cchc_rules.model import Evidence, ReportedFact, Value
from cchc_rules.points import as_points
from cchc_rules.rules import forms
from cchc_rules.scorer import NOBODY, FactInput, QuickCard, Scorer

PATIENT = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def differences(quick: QuickCard, card: cchc.Scorecard) -> list[str]:
    """Return where a quick card says anything else than the engine's."""
    told = [(each.id, each.points, each.state, each.lost) for each in (*quick.scores, quick.total)]
    accounts = [*((each.id, each.account) for each in card.scores), ("total", card.total)]
    found = []
    for (name, points, state, lost), (known, account) in zip(told, accounts, strict=True):
        if (name, points, state) != (known, account.points, account.state):
            found.append(f"{name}: {points} {state}, not {account.points} {account.state}")
        expected = account.maximum - account.exact if account.exact is not None and account.state is cchc.State.SCORED else Fraction(0)
        if points is not None and account.complete and lost != as_points(expected):
            found.append(f"{name}: lost {lost}, not {expected}")
    grade = card.grade.id or None if card.grade else None
    return [*found, *([f"grade {quick.grade}, not {grade}"] if quick.grade != grade else [])]


def evidence(index: cchc.Index, values: dict[str, Value]) -> Evidence:
    """Return facts as evidence with documents."""
    facts = {name: ReportedFact(id=name, value=value, documents=("d",)) for name, value in values.items()}
    return Evidence(unit=NOBODY, method=index.method.id, year=index.method.year, stage="self", facts=facts)


class TestAgreement:
    """The compiled functions and the engine."""

    @given(situations(complete=False), st.data())
    @PATIENT
    def test_agree_on_units_with_and_without_all_their_facts(self, situation: Situation, data: st.DataObject) -> None:
        """Both the function for units of which all is known and the one for others."""
        scorer = Scorer(situation.index)
        for values in (situation.values, situation.completed(data), {}):
            assert differences(scorer(values), score(situation.index, evidence(situation.index, dict(values)))) == []

    @given(situations(complete=True), st.data())
    @PATIENT
    def test_agree_under_every_policy(self, situation: Situation, data: st.DataObject) -> None:
        """Conditions, prerequisites, combinations, bonus and penalty, parts, conversion, gates, events."""
        index = data.draw(varied(situation.index))
        values = {**situation.values, **{name: data.draw(st.booleans()) for name in ("flag0", "flag1")}}
        assert differences(Scorer(index)(values), score(index, evidence(index, values))) == []


INDEX = index_of(edition_of([
    Case(form=forms.Share(of=forms.Quantity(part="p", whole="w"), when_whole_is_zero="award_zero", zero_below=percent(80)),
         maximum=Decimal(4), facts=(count("p"), count("w")), values={}),
    Case(form=forms.AllOrNothing(require=(forms.Requirement(fact="f"),)), maximum=Decimal(1), facts=(flag("f"),), values={}),
]))
SCORER = Scorer(INDEX)


class TestInput:
    """Facts as a program gives them."""

    def test_whole_numbers_decimals_and_fractions_say_the_same(self) -> None:
        """45 of 50 is 90 %: 3.6 of 4 points."""
        said: list[dict[str, FactInput]] = [{"p": 45, "w": 50, "f": True}, {"p": Decimal(45), "w": Fraction(50), "f": True}]
        for facts in said:
            assert [each.points for each in SCORER(facts).scores] == [Decimal("3.6"), Decimal(1)]

    def test_a_float_is_refused_by_name(self) -> None:
        """No float is exact."""
        with pytest.raises(cchc.InputError) as raised:
            SCORER({"p": 45.0, "w": 50, "f": True})  # type: ignore[dict-item]  # what a program may do wrong
        assert (raised.value.findings[0].code, raised.value.findings[0].place.where) == ("number-is-float", "p")

    @pytest.mark.parametrize("wrong", [61, -1, Fraction(1, 2), True, "many"])
    def test_what_a_fact_cannot_be_is_an_error_of_the_criteria_that_read_it(self, wrong: FactInput) -> None:
        """Out of range, not whole, a flag for a number, a word: the other criterion is scored all the same."""
        card = SCORER({"p": wrong, "w": 50, "f": True})
        assert [each.state for each in card.scores] == [cchc.State.ERROR, cchc.State.SCORED]
        assert (card.total.state, card.grade) == (cchc.State.ERROR, None)

    def test_the_whole_scorecard_is_made_when_it_is_read(self) -> None:
        """Its lost points have their reasons."""
        card = SCORER({"p": 45, "w": 50, "f": False}).scorecard
        assert [each.amount for scored in card.scores for each in scored.deductions] == [Decimal("0.4"), Decimal(1)]

    def test_a_method_that_compares_units_is_read_exactly(self) -> None:
        """Nothing is compiled where one unit alone cannot be scored: the engine says why."""
        share = cchc.Statistic(id="mean", label=cchc.Text("b", "m"), kind="mean", members="all", missing="block", fact="p")
        scorer = Scorer(evolve(INDEX, statistics={"mean": share}))
        with pytest.raises(cchc.InputError, match="cohort-needed"):
            _ = scorer({"p": 1, "w": 2, "f": True}).total
