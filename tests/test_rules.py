"""Laws that hold for every rule: the value, its bounds, its lines, its inverse, its wording."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve, fields
from building import QUANTITIES
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import oracle
from strategies import (
    Case,
    band_forms,
    bracket_forms,
    cases,
    completed,
    counting_forms,
    dated_forms,
    increment_forms,
    percent,
    points,
    sample_forms,
    share_forms,
)

from cchc_rules.base.errors import RuleError
from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import Text, same
from cchc_rules.calendars import Calendar
from cchc_rules.model import Fact
from cchc_rules.rules import forms
from cchc_rules.rules.bounds import Known, bounds
from cchc_rules.rules.equality import same_points
from cchc_rules.rules.evaluate import Facts, Outcome, evaluate
from cchc_rules.rules.inverse import full_target, next_target
from cchc_rules.rules.lint import Context, flaws
from cchc_rules.rules.losses import losses
from cchc_rules.rules.tree import (
    Bound,
    Constant,
    DaysLate,
    FactValue,
    Node,
    NotApplicable,
    Ratio,
    Sum,
    SumPolicy,
    facts_of,
    quantities_of,
)
from cchc_rules.rules.wording import Lexicon, rule_text

WORDS = {
    "n": Fact(id="n", label=Text("số sáng kiến", "number of initiatives"), type="count", unit="initiative", range=(Decimal(0), Decimal(99))),
    "p": Fact(id="p", label=Text("số hồ sơ đúng hạn", "dossiers in time"), type="count", unit="dossier", range=(Decimal(0), Decimal(99))),
    "w": Fact(id="w", label=Text("số hồ sơ", "dossiers"), type="count", unit="dossier", range=(Decimal(0), Decimal(99))),
    "t": Fact(id="t", label=Text("mức bình quân của tỉnh", "provincial mean"), type="rate"),
    "f": Fact(id="f", label=Text("có kế hoạch", "plan issued"), type="flag"),
    "d": Fact(id="d", label=Text("ngày trả lời", "date of the answer"), type="date"),
    "a": Fact(id="a", label=Text("ngày nhận", "date of receipt"), type="date"),
}
RATE = forms.Quantity(part="p", whole="w", label=Text("tỷ lệ đúng hạn", "share in time"))
MEAN = forms.FactThreshold(fact="t")
FLAG, FEW = forms.Condition(fact="f"), forms.Condition(fact="n", below=forms.Threshold(value=Fraction(3)))
SENTENCES = [
    (
        forms.Bands(of=RATE, bands=(forms.Band(more_than=MEAN, points=Decimal(2)),), otherwise=Decimal(0), when_whole_is_zero="share_out"),
        ("Tỷ lệ đúng hạn trên mức bình quân của tỉnh: 2 điểm; còn lại: 0 điểm. "
        "Trường hợp không phát sinh (số hồ sơ bằng 0): không áp dụng, chia đều điểm cho các tiêu chí còn lại trong nhóm."),
        ("Share in time more than the provincial mean: 2 points; otherwise: 0 points. "
        "Where nothing arose (dossiers is 0): not applicable, its points shared equally among the other criteria of the group."),
    ),
    (
        forms.Increments(of=RATE, from_=percent(60), base=Decimal(1), points_each=Decimal("0.5"), step=percent(10), whole_steps=True,
                         better="higher", when_whole_is_zero="award_zero"),
        ("1 điểm, cộng 0,5 điểm cho mỗi 10% (phần tỷ lệ đúng hạn vượt 60%), phần lẻ không tính, tối đa 2 điểm. "
        "Trường hợp không phát sinh (số hồ sơ bằng 0): 0 điểm."),
        ("1 point, plus 0.5 points for each 10% (the part of the share in time above 60%), whole steps only, at most 2 points. "
        "Where nothing arose (dossiers is 0): 0 points."),
    ),
    (
        forms.Timeliness(fact="d", within_days=5, after="a", calendar="vn", late=(forms.LateBand(days_at_most=2, points=Decimal(1)),)),
        ("Ngày trả lời trong 5 ngày làm việc kể từ ngày nhận (ngày làm việc theo lịch “vn”): 2 điểm; "
        "chậm không quá 2 ngày làm việc: 1 điểm; chậm hơn: 0 điểm."),
        ("Date of the answer within 5 working days of the date of receipt (working days by the calendar “vn”): 2 points; "
        "late by at most 2 working days: 1 point; later: 0 points."),
    ),
    (
        forms.AllOrNothing(require=(forms.Condition(not_=FLAG), forms.Condition(any_=(FLAG, FEW)))),
        "Đạt đồng thời: không (có kế hoạch) và (đạt ít nhất một: có kế hoạch hoặc số sáng kiến dưới 3 sáng kiến): 2 điểm; còn lại: 0 điểm.",
        "All of: not (plan issued) and (any of: plan issued or number of initiatives below 3 initiatives): 2 points; otherwise: 0 points.",
    ),
    (
        forms.SumOf(terms=(
            forms.NestedRule(points=Decimal(1), form=forms.Count(fact="n", points_each=Decimal("0.5"))),
            forms.NestedRule(points=Decimal(1), form=forms.AllOrNothing(require=(FLAG,))),
        )),
        ("Cộng điểm các nội dung: (1) tối đa 1 điểm: mỗi sáng kiến (số sáng kiến) được 0,5 điểm, tối đa 1 điểm; "
        "(2) tối đa 1 điểm: [có kế hoạch: 1 điểm; còn lại: 0 điểm]."),
        ("The sum of: (1) at most 1 point: 0.5 points for each of the initiatives (number of initiatives), at most 1 point; "
        "(2) at most 1 point: [plan issued: 1 point; otherwise: 0 points]."),
    ),
]


WEEKDAYS = Calendar(id="work", label=same("lịch"), covers=(dt.date(2099, 1, 1), dt.date(2099, 12, 31)), weekend=("saturday", "sunday"),
                    count_first_day=False, term_ends_on_day_off="as_is")


def altered(node: Node) -> Iterator[Node]:
    """Yield a tree once for each number, strictness and way of counting in it, that one changed."""
    for each in fields(type(node)):
        if each.name not in silent(node):
            yield from (evolve(node, **{each.name: changed}) for changed in changes(getattr(node, each.name)))


def silent(node: Node) -> set[str]:
    """Return what the words need not say: what follows from the facts, and what this kind of deadline does not use."""
    unused = ({"excluded"} if node.after else {"days"}) if isinstance(node, DaysLate) else set()
    return {"share", "judged", "unit"} | unused


def changes(value: object) -> Iterator[object]:
    """Yield a part of a node, changed in one place."""
    match value:
        case Node():
            yield from altered(value)
        case Bound():
            yield evolve(value, value=value.value + 1)
            yield evolve(value, inclusive=not value.inclusive)
        case bool():
            yield not value
        case int() | Fraction():
            yield value + 1
        case dt.date():
            yield value + dt.timedelta(days=1)
        case tuple():
            yield from ((*value[:index], changed, *value[index + 1 :]) for index, each in enumerate(value) for changed in changes(each))
        case _:
            return


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


class TestEquality:
    """Two rules that always give the same points."""

    @given(cases(), cases())
    def test_holds_only_where_they_do(self, one: Case, other: Case) -> None:
        """On the facts of either, both come to the same."""
        first, second = rule_of(one), rule_of(other)
        assert same_points(first, first)
        if same_points(first, second):
            for case in (one, other):
                facts = Facts({**one.values, **other.values, **case.values})
                assert evaluate(first, facts).value == evaluate(second, facts).value

    @given(cases(), st.data())
    def test_does_not_hold_where_one_number_makes_a_difference(self, case: Case, data: st.DataObject) -> None:
        """Another number anywhere in a rule: either every value of the facts gives the same, or they are told apart."""
        rule = rule_of(case)
        other = data.draw(st.sampled_from(list(altered(rule))))
        facts = Facts(case.values)
        if same_points(rule, other):
            assert evaluate(rule, facts).value == evaluate(other, facts).value


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


    @given(cases(families=(increment_forms,)), st.integers(1, 5))
    def test_more_of_what_is_better_never_lowers_increments(self, case: Case, more: int) -> None:
        """Where the form says that higher is better points never fall as the quantity rises, and the other way round."""
        assert isinstance(case.form, forms.Increments)
        moving = "p" if "p" in case.values else "n"
        value, whole = case.values[moving], case.values.get("w", Fraction(1000))
        assert isinstance(value, Fraction)
        assert isinstance(whole, Fraction)
        before, after = (evaluate(rule_of(case), Facts({**case.values, moving: each})) for each in (value, min(value + more, whole)))
        assume(not before.not_applicable)
        assert (after.number >= before.number) if case.form.better == "higher" else (after.number <= before.number)

    @given(cases(families=(bracket_forms, sample_forms)), st.integers(1, 5))
    def test_more_of_a_counted_thing_never_lowers_brackets_or_a_sample(self, case: Case, more: int) -> None:
        """Another thing counted, another of the sample passed, is never worth less."""
        moving = "p" if "p" in case.values else "n"
        value, whole = case.values[moving], case.values.get("w", Fraction(1000))
        assert isinstance(value, Fraction)
        assert isinstance(whole, Fraction)
        before, after = (evaluate(rule_of(case), Facts({**case.values, moving: each})) for each in (value, min(value + more, whole)))
        assume(not before.not_applicable)
        assert after.number >= before.number


class TestSums:
    """What becomes of terms that do not apply."""

    @given(st.lists(st.tuples(points(), st.integers(0, 4), st.booleans()), min_size=1, max_size=5), st.sampled_from(("rescale", "share_out")))
    def test_that_take_over_what_does_not_apply_give_everything_where_the_rest_is_full(
        self, terms: list[tuple[Decimal, int, bool]], policy: SumPolicy
    ) -> None:
        """Full points of the rest are the full sum; each term counts for no less than it did."""
        full = tuple(Fraction(most) for most, _, _ in terms)
        applies = tuple(there for _, _, there in terms)
        assume(any(applies))
        rule = Sum(terms=tuple(Constant(value=most) if there else NotApplicable() for most, there in zip(full, applies, strict=True)),
                   full=full, when_not_applicable=policy)
        assert evaluate(rule, Facts({})).number == sum(full, Fraction(0))
        assert all(counts >= 1 for counts, there in zip(rule.multipliers(applies), applies, strict=True) if there)

    def test_where_nothing_applies_do_not_apply_and_hand_up_the_policy(self) -> None:
        """A sum without terms is no zero."""
        gone = NotApplicable(policy="leave_out")
        outcome = evaluate(Sum(terms=(gone, gone), full=(Fraction(1), Fraction(1)), when_not_applicable="rescale"), Facts({}))
        assert (outcome.not_applicable, outcome.policy, outcome.value) == (True, "leave_out", None)


class TestRates:
    """Rates that a method rounds before it compares them."""

    def test_pass_a_threshold_only_once_they_are_rounded(self) -> None:
        """1999 of 2500 are 79.96 %: below 80 %, but 80.0 % to one decimal."""
        band = forms.Band(at_least=percent(80), points=Decimal(1))
        rule = forms.Bands(of=forms.Quantity(part="p", whole="w"), bands=(band,), otherwise=Decimal(0), when_whole_is_zero="award_zero").lower(Fraction(1))
        values = {"p": Fraction(1999), "w": Fraction(2500)}
        rounding = Rounding(places=1, mode="half_up")
        assert evaluate(rule, Facts(values)).number == 0
        assert evaluate(rule, Facts(values, round_rate=rounding)).number == 1
        known = bounds(rule, Known({}, values, round_rate=rounding))
        assert known.low == known.high == 1


class TestWorkingDays:
    """Lateness in the working days of a calendar."""

    @given(st.integers(-10, 25), st.integers(0, 8))
    def test_of_a_week_without_weekends_are_counted_day_by_day(self, sent: int, within: int) -> None:
        """Walking from the day of receipt, weekends left out, gives the same lateness."""
        start = dt.date(2099, 6, 3)
        node = DaysLate(fact="d", after="a", days=within, calendar="work")
        values = {"a": Fraction(start.toordinal()), "d": Fraction((start + dt.timedelta(days=sent)).toordinal())}
        outcome = evaluate(node, Facts(values, calendars={"work": WEEKDAYS}))
        passed = sum((start + dt.timedelta(days=day)).weekday() < 5 for day in range(1, sent + 1))
        assert outcome.number == max(0, passed - within)

    def test_by_a_calendar_that_nobody_registered_are_an_error(self) -> None:
        """An unknown calendar is never a score."""
        node = DaysLate(fact="d", last_day=dt.date(2099, 1, 1), calendar="nowhere")
        with pytest.raises(RuleError) as raised:
            evaluate(node, Facts({"d": Fraction(dt.date(2099, 1, 5).toordinal())}, calendars={"work": WEEKDAYS}))
        assert raised.value.findings[0].code == "calendar-unknown"

    @given(st.integers(-40, 60))
    def test_lie_within_the_bounds_that_are_told_without_the_calendar(self, sent: int) -> None:
        """Where no calendar is at hand, the bounds run from none to the days on the wall."""
        last = dt.date(2099, 6, 3)
        node = DaysLate(fact="d", last_day=last, calendar="work")
        values = {"d": Fraction((last + dt.timedelta(days=sent)).toordinal())}
        late = evaluate(node, Facts(values, calendars={"work": WEEKDAYS})).number
        assert bounds(node, Known({}, values)).holds(late)


class TestWording:
    """The rule in words."""

    @given(cases(), st.data())
    def test_says_every_number_and_choice_that_the_value_depends_on(self, case: Case, data: st.DataObject) -> None:
        """Another number, another strictness, another way of counting anywhere in the tree is another sentence."""
        rule, lexicon = rule_of(case), Lexicon(case.declared, QUANTITIES.units)
        other = data.draw(st.sampled_from(list(altered(rule))))
        assert rule_text(other, lexicon).vi != rule_text(rule, lexicon).vi
        assert rule_text(other, lexicon).en != rule_text(rule, lexicon).en

    @pytest.mark.parametrize(("form", "vi", "en"), SENTENCES)
    def test_reads_as_a_decision_would_print_it(self, form: forms.Form, vi: str, en: str) -> None:
        """The same words every time, brackets around a rule inside another, strictness spelled."""
        text = rule_text(form.lower(Fraction(2)), Lexicon(WORDS, QUANTITIES.units))
        assert (text.vi, text.en) == (vi, en)

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
    assert {node: 1}[evolve(node)] == 1


def test_a_ratio_counts_as_one_quantity() -> None:
    """Its part and whole are not quantities of their own."""
    ratio = Ratio(part=FactValue(fact="a"), whole=FactValue(fact="b"))
    assert quantities_of(ratio) == (ratio,)
