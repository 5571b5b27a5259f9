"""The engine: points within bounds, lines that add up, missing facts that never count as zero, sound ranges."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest
from attrs import evolve, field, frozen
from building import evidence_with, index_of
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import oracle
from strategies import Case, band_forms, cases, completed, counting_forms, edition_of, flag_forms

import cchc_rules as cchc
from cchc_rules.base.exact import Rounding, RoundingMode
from cchc_rules.base.texts import Text, same
from cchc_rules.engine import score
from cchc_rules.methods import GradeBand, GradeRule, NominalTotal, NotApplicableRule, RoundingRule
from cchc_rules.model import ComputedPoints, Criterion, Edition, Fact, Level, NotApplicablePolicy, State, Value
from cchc_rules.points import Account, Range
from cchc_rules.rules import forms
from cchc_rules.rules.tree import facts_of

POLICIES: tuple[NotApplicablePolicy, ...] = get_args(NotApplicablePolicy)
OWN_POLICIES = tuple(policy for policy in POLICIES if policy not in {"rescale_group", "share_out"})
"""The policies under which what does not apply changes no other criterion."""
RAISING_POLICIES = ("rescale_group", "share_out")
BANDS = tuple(
    GradeBand(id=name, label=same(name), at_least=forms.Threshold(value=Fraction(limit, 100), percent=True) if limit else None)
    for name, limit in (("a", 90), ("b", 80), ("c", 70), ("d", 50), ("e", 0))
)


# ------------------------------------------------------------------ random indexes and evidence


@frozen(kw_only=True)
class Situation:
    """An index over random criteria in one or two fields, some of them under a parent, and their cases."""

    index: cchc.Index = field(repr=lambda index: str((index.method.rounding, index.method.not_applicable, index.method.nominal_total)))
    cases: Mapping[str, Case]

    @property
    def values(self) -> dict[str, Value]:
        """The values that are known."""
        return {name: value for case in self.cases.values() for name, value in case.values.items()}

    def card(self, values: Mapping[str, Value] | None = None) -> cchc.Scorecard:
        """Return the scorecard on the values known, or on others."""
        return score(self.index, evidence_with(self.values if values is None else values))

    def completed(self, data: st.DataObject) -> dict[str, Value]:
        """Return the values with the missing ones filled in."""
        filled = [data.draw(completed(case)) for case in self.cases.values()]
        return {name: value for values in filled for name, value in values.items()}


def field_of(name: str, parts: list[Case], *, grouped: bool) -> Edition:
    """Return an edition of one field; where ``grouped`` the first two criteria stand under a parent."""
    edition = edition_of(parts, field=name)
    criteria = tuple(evolve(each, id=f"{name}.c{number}") for number, each in enumerate(edition.criteria))
    if grouped and len(criteria) > 1:
        below = tuple(evolve(each, parent=f"{name}.group") for each in criteria[:2])
        group = Criterion(id=f"{name}.group", number="1", label=same("nhóm"), max_points=below[0].max_points + below[1].max_points)
        criteria = (group, *below, *criteria[2:])
    return evolve(edition, criteria=criteria)


def roundings() -> st.SearchStrategy[Rounding | None]:
    """Return a way of rounding, or none."""
    modes: tuple[RoundingMode, ...] = get_args(RoundingMode)
    return st.none() | st.builds(Rounding, places=st.integers(0, 2), mode=st.sampled_from(modes))


@st.composite
def situations(
    draw: st.DrawFn, *, complete: bool, policies: tuple[NotApplicablePolicy, ...] = POLICIES, leaf_only: bool = False
) -> Situation:
    """Return a random index under a random method, with random evidence."""
    count = draw(st.integers(1, 4))
    parts = [draw(cases(prefix=f"{letter}_", complete=complete)) for letter in "abcd"[:count]]
    split = draw(st.integers(1, count))
    halves = [half for half in (parts[:split], parts[split:]) if half]
    editions = [field_of(name, half, grouped=draw(st.booleans())) for name, half in zip(("one", "two"), halves, strict=False)]
    leaves = [each.id for edition in editions for each in edition.criteria if each.form is not None]
    whole = sum((edition.max_points for edition in editions), Decimal(0))
    higher = st.none() if leaf_only else roundings()
    rounding = RoundingRule(leaf=draw(roundings()), criterion=draw(higher), field=draw(higher), total=draw(higher))
    index = index_of(
        *editions,
        rounding=rounding,
        not_applicable=NotApplicableRule(policy=draw(st.sampled_from(policies))),
        nominal_total=NominalTotal(value=whole + draw(st.sampled_from((0, 1)))),
        grades=GradeRule(base=draw(st.sampled_from(("nominal_total", "maximum"))), bands=BANDS),
    )
    return Situation(index=index, cases=dict(zip(leaves, parts, strict=True)))


def accounts(card: cchc.Scorecard) -> Iterator[tuple[str, Account]]:
    """Yield every account of a scorecard with its name: criteria, fields, total."""
    yield from ((scored.id, scored.account) for scored in card.scores)
    yield from ((each.id, each.account) for each in card.fields)
    yield "total", card.total


# ------------------------------------------------------------------ laws


class TestPoints:
    """Points on complete evidence."""

    @given(situations(complete=True))
    def test_lie_between_zero_and_the_effective_maximum_at_every_level(self, situation: Situation) -> None:
        """Whatever is rounded, left out or shared out, nobody gets less than nothing or more than there is."""
        for name, account in accounts(situation.card()):
            assert account.exact is not None, name
            assert 0 <= account.exact <= account.maximum, name

    @given(situations(complete=True, policies=("leave_out", "leave_out_of_both_sides", "same_situation"), leaf_only=True))
    def test_of_the_total_are_the_sum_of_what_a_naive_oracle_gives_each_rounded(self, situation: Situation) -> None:
        """Criterion by criterion and in total the engine agrees with the oracle to the last digit."""
        card, rounding = situation.card(), situation.index.method.rounding.leaf
        expected = Fraction(0)
        for name, case in situation.cases.items():
            points = oracle(case.form, Fraction(case.maximum), case.values)
            scored = card.score(name)
            if points == "not applicable":
                assert scored.state is State.NOT_APPLICABLE
                continue
            assert isinstance(points, Fraction)
            rounded = min(Fraction(case.maximum), rounding.apply(points)) if rounding else points
            assert (scored.state, scored.account.exact, scored.unrounded) == (State.SCORED, rounded, points)
            expected += rounded
        assert card.total.exact == expected

    @given(situations(complete=True))
    def test_are_complete_where_nothing_is_missing(self, situation: Situation) -> None:
        """Complete evidence leaves nothing open: the range is the points themselves."""
        card = situation.card()
        assert card.total.complete
        for name, account in accounts(card):
            assert account.reachable.low == account.reachable.high == account.exact, name

    @given(situations(complete=False))
    def test_are_the_same_whenever_they_are_computed(self, situation: Situation) -> None:
        """Equal inputs give equal results."""
        assert situation.card() == situation.card()


class TestLines:
    """The account of every maximum."""

    @given(situations(complete=False))
    def test_add_up_to_the_nominal_maximum_at_every_level(self, situation: Situation) -> None:
        """Points, losses, what does not apply, rounding and what is open are together what the table prints."""
        card = situation.card()
        nominal = {each.id: each.max_points for edition in situation.index.editions for each in edition.criteria}
        nominal |= {edition.field: edition.max_points for edition in situation.index.editions}
        nominal["total"] = sum((edition.max_points for edition in situation.index.editions), Decimal(0))
        for name, account in accounts(card):
            assert sum((line.amount for line in account.lines), Fraction(0)) == nominal[name], name

    @given(situations(complete=True))
    def test_have_no_open_one_where_nothing_is_missing(self, situation: Situation) -> None:
        """On complete evidence points, losses, what does not apply and rounding do it alone."""
        for name, account in accounts(situation.card()):
            assert not any(line.kind == "open" for line in account.lines), name
            assert account.exact is not None
            assert account.exact + account.lost + account.not_applicable + account.rounding == account.nominal, name

    @given(situations(complete=False))
    def test_of_loss_are_the_deductions_that_are_listed(self, situation: Situation) -> None:
        """Every lost point has a deduction with a reason, and no deduction is anything else."""
        card = situation.card()
        for each in card.fields:
            assert each.account.lost == sum((lost.deduction.exact for lost in each.losses), Fraction(0))
            assert all(lost.deduction.exact > 0 and lost.deduction.reason.vi and lost.deduction.reason.en for lost in each.losses)


class TestMissingFacts:
    """What is not reported."""

    @given(situations(complete=True, policies=OWN_POLICIES), st.data())
    def test_never_count_as_zero_and_change_nothing_that_does_not_read_them(self, situation: Situation, data: st.DataObject) -> None:
        """Without one fact the criteria that read it are open or as before, the others as before, to the last line."""
        gone = data.draw(st.sampled_from(sorted(situation.values)))
        before = situation.card()
        after = situation.card({name: value for name, value in situation.values.items() if name != gone})
        for name in situation.cases:
            rule = situation.index.criterion(name).rule
            assert rule is not None
            one, other = before.score(name), after.score(name)
            if gone not in facts_of(rule):
                assert other == one
            elif other.account.complete:
                assert other.account == one.account
            else:
                assert other.account.exact is None
                assert other.points is None
                assert other.missing == (gone,)
                assert other.state is (State.NEEDS_JUDGEMENT if situation.index.facts[gone].judged else State.NO_EVIDENCE)

    @given(situations(complete=False))
    def test_make_every_total_above_them_incomplete(self, situation: Situation) -> None:
        """A total is complete just where everything below it is, and says so."""
        card = situation.card()
        for each in card.fields:
            assert each.account.complete == all(scored.account.complete for scored in each.scores)
        assert card.total.complete == all(each.account.complete for each in card.fields)
        assert card.total.complete or card.total.state is State.WAITING

    @given(situations(complete=False, policies=OWN_POLICIES, leaf_only=True))
    def test_leave_in_the_total_what_has_been_scored(self, situation: Situation) -> None:
        """The points so far are the sum of the scored criteria, not of them and zeros."""
        card = situation.card()
        known = [card.score(name).account.exact for name in situation.cases]
        scored = [points for points in known if points is not None]
        assert card.total.exact == (sum(scored, Fraction(0)) if scored else None)


class TestRange:
    """What an incomplete result can still reach."""

    @given(situations(complete=False), st.data())
    def test_holds_the_points_that_come_out_in_the_end_at_every_level(self, situation: Situation, data: st.DataObject) -> None:
        """However the missing facts turn out, also to not applicable, each result lies in the range told before."""
        before = situation.card()
        after = dict(accounts(situation.card(situation.completed(data))))
        for name, account in accounts(before):
            points = after[name].exact
            assert points is not None
            assert account.reachable.low <= points <= account.reachable.high, name

    @given(situations(complete=False), st.data())
    def test_of_grades_holds_the_grade_that_comes_out_in_the_end(self, situation: Situation, data: st.DataObject) -> None:
        """The grade in the end is one of those that were told to be possible, as soon as anything is scored."""
        before = situation.card()
        assume(before.total.exact is not None)
        after = situation.card(situation.completed(data)).grade
        assume(after is not None)
        assert after is not None
        assert before.grade is not None
        assert after.id in (before.grade.reachable or (before.grade.id,))

    @given(situations(complete=True), st.data())
    def test_only_narrows_as_facts_come_in(self, situation: Situation, data: st.DataObject) -> None:
        """Knowing more never makes more possible."""
        known = data.draw(st.sets(st.sampled_from(sorted(situation.values))))
        fewer = data.draw(st.sets(st.sampled_from(sorted(known)))) if known else set[str]()
        wide, narrow = (
            situation.card({name: value for name, value in situation.values.items() if name in names}).total.reachable for names in (fewer, known)
        )
        assert wide.low <= narrow.low <= narrow.high <= wide.high


# ------------------------------------------------------------------ what does not apply


def rate_field(**changes: object) -> Edition:
    """Return a field of two rates, the first worth 2 points and the second worth 3."""
    def rate(number: int, points: int) -> Criterion:
        form = forms.Share(of=forms.Quantity(part=f"part{number}", whole=f"whole{number}"), when_whole_is_zero="not_applicable")
        return Criterion(id=f"field.c{number}", number=f"1.{number}", label=same(f"tỷ lệ {number}"), max_points=Decimal(points), form=form)

    facts = tuple(
        Fact(id=f"{name}{number}", label=same(f"{name} {number}"), type="count", unit="dossier", range=(Decimal(0), Decimal(100)))
        for number in (1, 2) for name in ("part", "whole")
    )
    return edition_of([], max_points=Decimal(5), facts=facts, criteria=(rate(1, 2), rate(2, 3)), **changes)


NOTHING_AROSE = {"part1": Fraction(0), "whole1": Fraction(0), "part2": Fraction(1), "whole2": Fraction(2)}
"""The first criterion does not apply; the second comes to one half, 1.5 of 3 points."""


BY_POLICY: tuple[tuple[NotApplicablePolicy, str, str], ...] = (
    ("leave_out_of_both_sides", "1.5", "3"),
    ("same_situation", "1.5", "3"),
    ("leave_out", "1.5", "5"),
    ("award_maximum", "3.5", "5"),
    ("award_zero", "1.5", "5"),
    ("rescale_group", "2.5", "5"),
    ("share_out", "2.5", "5"),
)
"""What each policy makes of that: points and maximum of the total."""


class TestNotApplicable:
    """The policies for what does not apply."""

    @pytest.mark.parametrize(("policy", "points", "maximum"), BY_POLICY)
    def test_give_the_points_and_the_maximum_that_their_names_say(self, policy: NotApplicablePolicy, points: str, maximum: str) -> None:
        """Two points of five do not apply; of the other three one half is earned."""
        card = score(index_of(rate_field(), not_applicable=NotApplicableRule(policy=policy)), evidence_with(NOTHING_AROSE))
        assert (card.total.points, card.total.max_points) == (Decimal(points), Decimal(maximum))
        assert card.total.complete
        assert sum(line.amount for line in card.total.lines) == 5

    def test_are_seven_and_all_are_tried_above(self) -> None:
        """No policy is left untested."""
        assert {policy for policy, _, _ in BY_POLICY} == set(POLICIES)

    def test_of_a_criterion_prevail_over_the_methods(self) -> None:
        """The method leaves out, this criterion awards its maximum."""
        edition = rate_field()
        own = evolve(edition.criteria[0], when_not_applicable="award_maximum")
        card = score(index_of(evolve(edition, criteria=(own, edition.criteria[1]))), evidence_with(NOTHING_AROSE))
        assert (card.total.points, card.total.max_points) == (Decimal("3.5"), Decimal(5))

    def test_that_award_nothing_lose_points_for_a_reason(self) -> None:
        """A zero by policy is a deduction that says so; being left out is none."""
        method = NotApplicableRule(policy="award_zero")
        (first, _) = score(index_of(rate_field(), not_applicable=method), evidence_with(NOTHING_AROSE)).lost_points()
        assert (first[1].id, first[2].amount) == ("field.c1", Decimal(2))
        assert "Không phát sinh" in first[2].reason.vi
        left_out = score(index_of(rate_field()), evidence_with(NOTHING_AROSE))
        assert [lost[1].id for lost in left_out.lost_points()] == ["field.c2"]

    @pytest.mark.parametrize(("base", "grade"), [("maximum", "d"), ("nominal_total", "d")])
    def test_take_what_is_left_out_from_the_base_of_the_grade(self, base: str, grade: str) -> None:
        """1.5 of the 3 points that are left are 50 %, whichever total the percentage is taken of."""
        rule = GradeRule(base=base, bands=BANDS)  # type: ignore[arg-type]  # a parameter is a plain str
        index = index_of(rate_field(), grades=rule, nominal_total=NominalTotal(value=Decimal(5)))
        found = score(index, evidence_with(NOTHING_AROSE)).grade
        assert found is not None
        assert (found.id, found.share) == (grade, Fraction(1, 2))

    @given(situations(complete=True))
    def test_leave_nothing_where_nothing_applies(self, situation: Situation) -> None:
        """A field of which nothing applies is itself not applicable, with no points to earn or to lose."""
        card = situation.card()
        for each in card.fields:
            leaves = [scored for scored in each.scores if scored.criterion.form is not None]
            if all(scored.state is State.NOT_APPLICABLE for scored in leaves):
                assert each.state is State.NOT_APPLICABLE
                assert each.account.exact == each.account.lost == 0
                assert each.account.not_applicable == each.account.nominal


# ------------------------------------------------------------------ rounding


class TestExactRates:
    """Criteria that the method's rounding of rates does not reach."""

    @given(situations(complete=False), roundings())
    def test_read_as_under_a_method_that_rounds_no_rate(self, situation: Situation, rate: Rounding | None) -> None:
        """Points, ranges, reasons, steps and the next target are the same, whatever is known."""
        method = situation.index.method
        rounding = evolve(situation.index, method=evolve(method, rounding=evolve(method.rounding, rate=rate)))
        editions = tuple(evolve(each, criteria=tuple(evolve(one, exact_rates=True) for one in each.criteria)) for each in rounding.editions)
        exact = score(evolve(rounding, editions=editions), evidence_with(situation.values))
        plain = situation.card()
        assert [(each.id, each.account) for each in exact.scores] == [(each.id, each.account) for each in plain.scores]
        for each in plain.scores:
            told, wanted = exact.explain(each.id), plain.explain(each.id)
            assert evolve(told, criterion=wanted.criterion) == wanted

    def test_are_only_those_that_say_so(self) -> None:
        """Beside one that does not, on the same facts: 2/3 of 3 points is 2, and 66.7 % of them 2.001."""
        edition = rate_field()
        first, second = edition.criteria
        mixed = evolve(edition, criteria=(evolve(first, exact_rates=True), second))
        values = {"part1": Fraction(2), "whole1": Fraction(3), "part2": Fraction(2), "whole2": Fraction(3)}
        card = score(index_of(mixed, rounding=RoundingRule(rate=Rounding(places=1, mode="half_up"))), evidence_with(values))
        assert [each.account.exact for each in card.scores] == [Fraction(4, 3), Fraction(2001, 1000)]


def thirds(rounding: RoundingRule) -> cchc.Scorecard:
    """Return the scorecard of two thirds of 2 points and one third of 3, under a rounding."""
    values = {"part1": Fraction(2), "whole1": Fraction(3), "part2": Fraction(1), "whole2": Fraction(3)}
    return score(index_of(rate_field(), rounding=rounding), evidence_with(values))


ONE_DECIMAL = Rounding(places=1, mode="half_up")


class TestRounding:
    """Where the method rounds, and how that is booked."""

    def test_nowhere_keeps_the_exact_points(self) -> None:
        """Four thirds and one are seven thirds."""
        card = thirds(RoundingRule())
        assert card.total.exact == Fraction(7, 3)
        assert card.total.rounding == 0

    def test_at_the_leaf_rounds_each_criterion_and_then_adds(self) -> None:
        """1.33… becomes 1.3, and the single cause of the loss bears the rest."""
        card = thirds(RoundingRule(leaf=ONE_DECIMAL))
        first = card.score("field.c1")
        assert (first.points, first.unrounded) == (Decimal("1.3"), Fraction(4, 3))
        assert [each.amount for each in first.deductions] == [Decimal("0.7")]
        assert card.total.points == Decimal("2.3")
        assert card.total.rounding == 0

    def test_at_the_leaf_is_a_line_of_its_own_where_several_causes_lost_points(self) -> None:
        """0.25 and 0.125 off 1 leave 0.625, rounded 0.63: the missing 0.005 is no cause's doing."""
        kinds = (forms.Violation(fact="late", points=Decimal("0.25")), forms.Violation(fact="wrong", points=Decimal("0.125")))
        facts = tuple(Fact(id=name, label=same(name), type="count", range=(Decimal(0), Decimal(9))) for name in ("late", "wrong"))
        criterion = Criterion(id="field.c", number="1", label=same("tiêu chí"), max_points=Decimal(1), form=forms.Violations(each=kinds))
        edition = edition_of([], max_points=Decimal(1), facts=facts, criteria=(criterion,))
        scored = score(index_of(edition), evidence_with({"late": Fraction(1), "wrong": Fraction(1)})).score("field.c")
        assert scored.points == Decimal("0.63")
        assert [each.amount for each in scored.deductions] == [Decimal("0.25"), Decimal("0.125")]
        assert scored.account.rounding == Fraction(-5, 1000)
        assert {line.kind: line.amount for line in scored.account.lines}["rounding"] == Fraction(-5, 1000)

    def test_up_to_full_points_still_shows_what_was_lost(self) -> None:
        """0.996 of 1 is rounded to full points: the loss stays, the rounding gives it back."""
        edition = rate_field()
        values = {"part1": Fraction(0), "whole1": Fraction(0), "part2": Fraction(999), "whole2": Fraction(1000)}
        wide = evolve(edition, facts=tuple(evolve(fact, range=(Decimal(0), Decimal(1000))) for fact in edition.facts))
        scored = score(index_of(wide, rounding=RoundingRule(leaf=ONE_DECIMAL)), evidence_with(values)).score("field.c2")
        assert scored.points == Decimal(3)
        assert scored.account.lost == Fraction(3, 1000)
        assert scored.account.rounding == -Fraction(3, 1000)

    def test_of_a_field_is_booked_in_the_field(self) -> None:
        """Seven thirds become 2.3; the thirtieth that goes is rounding, not loss."""
        card = thirds(RoundingRule(field=ONE_DECIMAL))
        each = card.field("field")
        assert (each.points, each.account.rounding) == (Decimal("2.3"), Fraction(1, 30))
        assert each.account.lost == 5 - Fraction(7, 3)
        assert card.score("field.c1").account.exact == Fraction(4, 3)
        assert card.total.points == Decimal("2.3")

    def test_of_the_total_leaves_the_fields_exact(self) -> None:
        """Rounding the sum instead of the parts gives another total, which is why the method names the place."""
        card = thirds(RoundingRule(total=Rounding(places=0, mode="up")))
        assert card.field("field").account.exact == Fraction(7, 3)
        assert (card.total.points, card.total.rounding) == (Decimal(3), Fraction(-2, 3))

    def test_never_lifts_points_above_a_maximum_off_the_grid(self) -> None:
        """A maximum of 0.75 with whole points: full marks stay 0.75."""
        edition = rate_field()
        small = tuple(evolve(each, max_points=Decimal("0.75")) for each in edition.criteria)
        index = index_of(evolve(edition, max_points=Decimal("1.5"), criteria=small), rounding=RoundingRule(leaf=Rounding(places=0, mode="half_up")))
        full = score(index, evidence_with({name: Fraction(1) for name in NOTHING_AROSE}))
        assert full.score("field.c1").points == Decimal("0.75")
        assert full.score("field.c1").deductions == ()
        assert full.total.points == Decimal("1.5")


# ------------------------------------------------------------------ criteria computed in Python


def computed_index(function: object) -> cchc.Index:
    """Return an index with a computed criterion of 2 points beside a flag of 1 point."""
    form = forms.ComputedForm(facts=("amount",), description=Text("tính theo công thức riêng", "by a formula of its own"))
    flag = forms.AllOrNothing(require=(forms.Requirement(fact="met"),))
    criteria = (
        Criterion(id="field.computed", number="1.1", label=same("tính"), max_points=Decimal(2), form=form),
        Criterion(id="field.flag", number="1.2", label=same("cờ"), max_points=Decimal(1), form=flag),
    )
    facts = (
        Fact(id="amount", label=same("số lượng"), type="count", range=(Decimal(0), Decimal(10))),
        Fact(id="met", label=same("đạt"), type="flag"),
    )
    edition = edition_of([], max_points=Decimal(3), facts=facts, criteria=criteria)
    return index_of(edition, computations={"field.computed": function})


def half(_facts: Mapping[str, Value], maximum: Fraction) -> ComputedPoints:
    """Return half of the maximum."""
    return ComputedPoints(points=maximum / 2, reason=Text("Mới được một nửa.", "Only half."), steps=(Text("2 / 2", "2 / 2"),))


COMPLETE: dict[str, Value] = {"amount": Fraction(4), "met": True}


class TestComputed:
    """Criteria that a plugin computes."""

    def test_are_scored_with_the_reason_and_the_steps_that_the_plugin_gives(self) -> None:
        """Value, reason and steps come from the plugin; everything else is as for any criterion."""
        card = score(computed_index(half), evidence_with(COMPLETE))
        scored = card.score("field.computed")
        assert (scored.state, scored.points) == (State.SCORED, Decimal(1))
        (deduction,) = scored.deductions
        assert (deduction.amount, deduction.reason.en) == (Decimal(1), "Only half.")
        assert "2 / 2" in card.explain("field.computed").words("vi")
        assert card.total.points == Decimal(2)

    def test_get_the_facts_that_they_named_and_no_others(self) -> None:
        """A plugin cannot read behind its own declaration."""
        seen: dict[str, Value] = {}

        def watch(facts: Mapping[str, Value], maximum: Fraction) -> ComputedPoints:
            seen.update(facts)
            return half(facts, maximum)

        score(computed_index(watch), evidence_with(COMPLETE))
        assert seen == {"amount": 4}

    def test_are_not_asked_while_a_fact_is_missing(self) -> None:
        """Without its facts a computed criterion has no evidence, like any other."""
        def never(_facts: Mapping[str, Value], _maximum: Fraction) -> ComputedPoints:
            raise AssertionError

        card = score(computed_index(never), evidence_with({"met": True}))
        assert card.score("field.computed").state is State.NO_EVIDENCE
        assert card.total.reachable == Range(low=Fraction(1), high=Fraction(3))

    @pytest.mark.parametrize(
        ("result", "code"),
        [
            (ZeroDivisionError("chia cho không"), "computation-failed"),
            (None, "computation-failed"),
            (Fraction(1), "computation-failed"),
            (lambda: ComputedPoints(points=0.5, reason=same("x")), "computation-failed"),  # type: ignore[arg-type]  # that is the point
            (lambda: ComputedPoints(points=Fraction(1), reason="x"), "computation-failed"),  # type: ignore[arg-type]  # as above
            (lambda: ComputedPoints(points=Fraction(3), reason=same("x")), "points-out-of-range"),
            (lambda: ComputedPoints(points=Fraction(-1), reason=same("x")), "points-out-of-range"),
        ],
        ids=["raises", "nothing", "bare number", "float", "bare reason", "too many", "too few"],
    )
    def test_that_fail_are_in_error_alone(self, result: object, code: str) -> None:
        """The fault is named with its criterion, the other criteria are scored, and the total says that it is open."""
        def broken(_facts: Mapping[str, Value], _maximum: Fraction) -> object:
            if isinstance(result, Exception):
                raise result
            return result() if callable(result) else result

        card = score(computed_index(broken), evidence_with(COMPLETE))
        scored = card.score("field.computed")
        assert (scored.state, scored.points) == (State.ERROR, None)
        assert card.score("field.flag").points == Decimal(1)
        assert card.total.state is State.ERROR
        assert not card.total.complete
        assert card.total.reachable == Range(low=Fraction(1), high=Fraction(3))
        (finding,) = card.findings
        assert finding.code == code
        assert "field.computed" in finding.place.where
        assert "1.1" in card.explain("field.computed").words("vi")

    def test_say_what_a_plugin_raised(self) -> None:
        """The plugin's own words reach whoever has to tell its issuer."""
        def broken(_facts: Mapping[str, Value], _maximum: Fraction) -> ComputedPoints:
            raise ValueError("thiếu bảng quy đổi")

        (finding,) = score(computed_index(broken), evidence_with(COMPLETE)).findings
        assert "ValueError: thiếu bảng quy đổi" in finding.reason.vi


# ------------------------------------------------------------------ states


class TestStates:
    """A state of its own for whatever is not scored."""

    def test_tell_a_judgement_from_a_missing_number(self) -> None:
        """A mark that an assessor still has to give is not missing evidence."""
        levels = (Level(id="good", label=same("tốt")), Level(id="poor", label=same("kém")))
        marks: dict[str, Decimal] = {"good": Decimal(2), "poor": Decimal("0.5")}
        facts = (
            Fact(id="quality", label=same("chất lượng"), type="level", levels=levels, judged=True),
            Fact(id="done", label=same("đã làm"), type="flag"),
        )
        criteria = (
            Criterion(id="field.judged", number="1.1", label=same("đánh giá"), max_points=Decimal(2),
                      form=forms.Judged(fact="quality", marks=marks)),
            Criterion(id="field.flag", number="1.2", label=same("cờ"), max_points=Decimal(1),
                      form=forms.AllOrNothing(require=(forms.Requirement(fact="done"),))),
        )
        index = index_of(edition_of([], max_points=Decimal(3), facts=facts, criteria=criteria))
        card = score(index, evidence_with({}))
        assert [scored.state for scored in card.scores] == [State.NEEDS_JUDGEMENT, State.NO_EVIDENCE]
        assert (card.total.state, card.total.exact) == (State.WAITING, None)
        assert card.total.reachable == Range(low=Fraction(1, 2), high=Fraction(3))

    @given(st.data())
    def test_ask_for_no_fact_that_no_longer_decides(self, data: st.DataObject) -> None:
        """Where one requirement has failed, all or nothing is nothing, whatever else is unknown."""
        case = data.draw(cases(families=(flag_forms,)))
        assume(isinstance(case.form, forms.AllOrNothing) and len(case.facts) > 1)
        failed = next(name for name, value in case.values.items() if isinstance(value, bool))
        card = score(index_of(edition_of([case])), evidence_with({failed: False}))
        assert card.total.complete
        assert card.total.exact == 0

    @given(cases(families=(band_forms, counting_forms)))
    def test_mark_a_fact_that_nothing_proves(self, case: Case) -> None:
        """Facts without documents count, and one remark names them all."""
        known = evidence_with(case.values)
        bare = evolve(known, facts={name: evolve(fact, documents=()) for name, fact in known.facts.items()})
        index = index_of(edition_of([case]))
        assert score(index, known).findings == ()
        card = score(index, bare)
        assert card.total == score(index, known).total
        assert {(each.code, each.severity) for each in card.findings} == {("fact-without-document", "warning")}
        assert len(card.findings) == 1
        assert all(name in card.findings[0].reason.vi for name in case.values)
