"""Laws that hold for every rule: the value, its bounds, its lines, its inverse, its wording."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from building import QUANTITIES
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import oracle
from strategies import Case, band_forms, cases, completed, counting_forms, dated_forms, share_forms

from cchc_rules.rules import forms
from cchc_rules.rules.bounds import Known, bounds
from cchc_rules.rules.evaluate import Facts, Outcome, evaluate
from cchc_rules.rules.inverse import full_target, next_target
from cchc_rules.rules.lint import Context, flaws
from cchc_rules.rules.losses import losses
from cchc_rules.rules.tree import Constant, DaysLate, FactValue, Node, Ratio, facts_of, quantities_of
from cchc_rules.rules.wording import Lexicon, rule_text


def outcome_of(case: Case) -> Outcome:
    """Return the outcome of a case's rule."""
    return evaluate(rule_of(case), Facts(case.values))


def rule_of(case: Case) -> Node:
    """Return the tree of a case's form."""
    return case.form.lower(Fraction(case.maximum))


class TestValue:
    """The value of a rule, exact."""

    @given(cases())
    def test_equals_a_naive_oracle_written_from_the_meaning_of_the_form(self, case: Case) -> None:
        """Evaluation and oracle agree to the last digit on every form."""
        expected = oracle(case.form, Fraction(case.maximum), case.values)
        outcome = outcome_of(case)
        assert ("not applicable" if outcome.not_applicable else outcome.value) == expected

    @given(cases())
    def test_lies_between_zero_and_the_maximum(self, case: Case) -> None:
        """No sound form gives less than nothing or more than its maximum."""
        outcome = outcome_of(case)
        assume(not outcome.not_applicable)
        assert 0 <= outcome.number <= case.maximum

    @given(cases(complete=False))
    def test_names_only_facts_that_are_missing_and_that_the_rule_reads(self, case: Case) -> None:
        """What is missing is read by the rule and has no value."""
        missing = outcome_of(case).missing
        assert missing <= set(facts_of(rule_of(case))) - set(case.values)

    @given(cases(complete=False), st.data())
    def test_known_from_part_of_the_facts_stays_whatever_the_others_turn_out_to_be(self, case: Case, data: st.DataObject) -> None:
        """A value that needed no missing fact does not depend on it."""
        outcome = outcome_of(case)
        assume(not outcome.missing)
        filled = data.draw(completed(case))
        assert evaluate(rule_of(case), Facts(filled)).value == outcome.value


class TestBounds:
    """The range that a rule can still reach."""

    @given(cases(complete=False), st.data())
    def test_hold_the_value_that_the_rule_comes_to_in_the_end(self, case: Case, data: st.DataObject) -> None:
        """However the missing facts turn out, the value lies in the range told before."""
        possible = bounds(rule_of(case), Known(case.declared, case.values))
        outcome = evaluate(rule_of(case), Facts(data.draw(completed(case))))
        assert possible.holds(Fraction(0) if outcome.not_applicable else outcome.number)

    @given(cases())
    def test_of_complete_facts_are_the_value_itself(self, case: Case) -> None:
        """Nothing is left open when everything is known."""
        outcome = outcome_of(case)
        assume(not outcome.not_applicable)
        possible = bounds(rule_of(case), Known(case.declared, case.values))
        assert possible.low == possible.high == outcome.number


class TestLosses:
    """What a rule costs, by cause."""

    @given(cases())
    def test_and_points_add_up_to_the_maximum(self, case: Case) -> None:
        """Value and losses together are the maximum, exactly."""
        outcome = outcome_of(case)
        assume(not outcome.not_applicable)
        lost = losses(outcome, Fraction(case.maximum), case.declared)
        assert outcome.number + sum((loss.amount for loss in lost), Fraction(0)) == case.maximum
        assert all(loss.amount > 0 for loss in lost)


class TestInverse:
    """What would have given more."""

    @given(cases())
    def test_target_gives_the_points_that_it_promises_and_they_are_more(self, case: Case) -> None:
        """Putting the target in place of the quantity gives just the promised points."""
        outcome = outcome_of(case)
        assume(not outcome.not_applicable)
        target = next_target(rule_of(case), case.values, case.declared)
        assume(target is not None and target.bound.inclusive)
        assert target is not None
        again = evaluate(rule_of(case), Facts(case.values, instead={target.quantity: target.bound.value}))
        assert again.number == target.points > outcome.number

    @given(cases())
    def test_full_target_is_never_below_the_next_one(self, case: Case) -> None:
        """Full points need at least what more points need."""
        outcome = outcome_of(case)
        assume(not outcome.not_applicable)
        nearest, full = (find(rule_of(case), case.values, case.declared) for find in (next_target, full_target))
        assume(nearest is not None and full is not None)
        assert nearest is not None
        assert full is not None
        assert full.points >= nearest.points

    def test_is_not_computed_where_no_number_decides(self) -> None:
        """A checklist has no threshold."""
        rule = forms.Checklist(items=(forms.Item(fact="f", points=Decimal(1)),)).lower(Fraction(1))
        assert next_target(rule, {"f": False}, {}) is None


class TestMonotone:
    """More of a good thing never costs points."""

    @given(cases(families=(share_forms, band_forms)), st.integers(1, 5))
    def test_more_of_the_part_never_lowers_a_share_a_ratio_or_its_bands(self, case: Case, more: int) -> None:
        """Shares, ratios and cascades over them only rise with the part."""
        assume("p" in case.values)
        part, whole = case.values["p"], case.values["w"]
        assert isinstance(part, Fraction)
        assert isinstance(whole, Fraction)
        raised = part + more if isinstance(case.form, forms.RatioForm) else min(whole, part + more)
        before, after = (evaluate(rule_of(case), Facts({**case.values, "p": value})) for value in (part, raised))
        assume(not before.not_applicable)
        assert after.number >= before.number

    @given(cases(families=(counting_forms,)), st.integers(1, 5))
    def test_another_violation_never_raises_the_points(self, case: Case, more: int) -> None:
        """Points fall, or stay at the floor, with every violation."""
        assume(isinstance(case.form, forms.Violations))
        first = next(iter(case.values))
        value = case.values[first]
        assert isinstance(value, Fraction)
        after = evaluate(rule_of(case), Facts({**case.values, first: value + more}))
        assert after.number <= outcome_of(case).number

    @given(cases(families=(dated_forms,)), st.integers(1, 20))
    def test_a_later_date_never_raises_the_points(self, case: Case, days: int) -> None:
        """Being later is never better."""
        value = case.values["d"]
        assert isinstance(value, Fraction)
        after = evaluate(rule_of(case), Facts({**case.values, "d": value + days}))
        assert after.number <= outcome_of(case).number


class TestWording:
    """The rule in words."""

    @given(cases())
    def test_exists_for_every_rule_and_names_every_fact_in_both_languages(self, case: Case) -> None:
        """No form is without words, and no fact that decides is left unsaid."""
        text = rule_text(rule_of(case), Lexicon(case.declared, QUANTITIES.units))
        for words in (text.vi, text.en):
            assert words.endswith(".")
            assert all(fact.label.vi.casefold() in words.casefold() for fact in case.facts)

    @given(cases())
    def test_is_the_same_for_equal_rules(self, case: Case) -> None:
        """Lowering twice gives equal trees and equal words."""
        lexicon = Lexicon(case.declared, QUANTITIES.units)
        assert rule_of(case) == rule_of(case)
        assert rule_text(rule_of(case), lexicon) == rule_text(rule_of(case), lexicon)


class TestLint:
    """Sound rules pass."""

    @given(cases())
    def test_finds_nothing_in_a_sound_rule_but_a_cap_below_the_maximum(self, case: Case) -> None:
        """Silence on sound rules; a cap below the maximum makes the maximum unreachable, and is said."""
        context = Context(maximum=Fraction(case.maximum), facts=case.declared, units=QUANTITIES.units)
        found = {flaw.code for flaw in flaws(rule_of(case), context) if flaw.severity == "error"}
        capped = isinstance(case.form, forms.Share) and case.form.cap is not None and case.form.cap < case.maximum
        scarce = isinstance(case.form, forms.Count) and 60 * case.form.points_each < case.maximum
        assert found == ({"maximum-unreachable"} if capped or scarce else set())


@pytest.mark.parametrize("node", [Constant(value=Fraction(1)), FactValue(fact="a"), DaysLate(fact="d", last_day=dt.date(2099, 1, 1))])
def test_a_node_is_a_value(node: Node) -> None:
    """Nodes are equal by content and can be used as keys."""
    assert {node: 1}[type(node)(**{name: getattr(node, name) for name in node.__slots__ if name != "__weakref__"})] == 1


def test_a_ratio_counts_as_one_quantity() -> None:
    """Its part and whole are not quantities of their own."""
    ratio = Ratio(part=FactValue(fact="a"), whole=FactValue(fact="b"))
    assert quantities_of(ratio) == (ratio,)
