"""Laws of the policies, on random tables: accounts add up, ranges are sound, what is shared out is conserved."""

from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve
from building import evidence_with, index_of
from hypothesis import assume, given
from hypothesis import strategies as st
from tables import OWN, POLICIES, Table, accounts, facts_of_leaf, leaf, percent, roundings, tables

import cchc_rules as cchc
from cchc_rules.base.exact import Rounding, on_grid
from cchc_rules.base.texts import same
from cchc_rules.engine import score
from cchc_rules.engine.accounts import apportioned
from cchc_rules.methods import AdjustmentRule, GradeBand, GradeRule, NotApplicableRule, RoundingRule
from cchc_rules.model import Edition, NotApplicablePolicy, State, Value

ZERO = Fraction(0)


# ------------------------------------------------------------------ accounts


class TestAccounts:
    """Points and lines, whatever the policies."""

    @given(tables())
    def test_lines_add_up_to_the_nominal_maximum_at_every_level(self, table: Table) -> None:
        """Points, losses, what does not apply and rounding, less bonus, plus penalty, are what there was to earn."""
        for name, each in accounts(table.card()):
            assert each.exact is not None, name
            assert each.exact + each.lost + each.not_applicable + each.rounding - each.bonus + each.penalty == each.nominal, name

    @given(tables(), st.data())
    def test_lines_add_up_while_facts_are_missing(self, table: Table, data: st.DataObject) -> None:
        """With a line for what is open they always do."""
        known = data.draw(st.sets(st.sampled_from(sorted(table.values))))
        for name, each in accounts(table.card(table.known(known))):
            assert sum((line.amount for line in each.lines), ZERO) == each.nominal, name

    @given(tables())
    def test_points_lie_between_their_floor_and_their_effective_maximum(self, table: Table) -> None:
        """Only a penalty goes below 0, and only a bonus above the maximum, by no more than what it is and what rounding adds to it."""
        for name, each in accounts(table.card()):
            assert each.exact is not None, name
            rounding = abs(each.rounding) if each.bonus or each.penalty else ZERO
            assert -each.penalty - rounding <= each.exact <= each.maximum + each.bonus + rounding, name

    @given(tables())
    def test_losses_that_count_are_the_lost_points_of_their_field(self, table: Table) -> None:
        """Every lost point has one deduction that counts, and so has every point of a penalty that is taken off."""
        card = table.card()
        for each in card.fields:
            lost = [loss.deduction.exact for loss in each.losses if loss.deduction.kind == "loss"]
            assert sum(lost, ZERO) == each.account.lost
        taken = [loss.deduction.exact for each in card.fields for loss in each.losses if loss.deduction.kind == "penalty"]
        events = table.index.method.grades.overrides if table.index.method.grades else ()
        assume(card.total.penalty or not any(each.effect == "total_zero" for each in events))  # a total made nought has none
        assert sum(taken, ZERO) == card.total.penalty

    @given(tables())
    def test_complete_evidence_leaves_nothing_open(self, table: Table) -> None:
        """Every range is the points themselves, and nothing is waited for."""
        card = table.card()
        assert all(each.account.complete and not each.missing for each in card.scores)
        for name, each in accounts(card):
            assert each.reachable.low == each.reachable.high == each.exact, name


# ------------------------------------------------------------------ ranges


class TestRanges:
    """What is told while facts are missing."""

    @given(tables(), st.data())
    def test_hold_the_points_that_come_out_in_the_end_at_every_level(self, table: Table, data: st.DataObject) -> None:
        """However the missing facts turn out, criteria, fields and total lie in what was told before."""
        known = data.draw(st.sets(st.sampled_from(sorted(table.values))))
        after = dict(accounts(table.card()))
        for name, each in accounts(table.card(table.known(known))):
            points = after[name].exact
            assert points is not None
            assert each.reachable.low <= points <= each.reachable.high, name

    @given(tables(), st.data())
    def test_what_is_told_to_be_scored_stays_as_it_is(self, table: Table, data: st.DataObject) -> None:
        """A criterion that is not open has the points, the maximum and the state that it has in the end."""
        known = data.draw(st.sets(st.sampled_from(sorted(table.values))))
        after = table.card()
        for each in table.card(table.known(known)).scores:
            if each.account.complete:
                final = after.score(each.id).account
                assert (each.account.exact, each.account.maximum, each.state) == (final.exact, final.maximum, final.state), each.id

    @given(tables(), st.data())
    def test_of_grades_hold_the_grade_that_comes_out_in_the_end(self, table: Table, data: st.DataObject) -> None:
        """Gates and events included, the grade in the end is one that was told to be possible."""
        known = data.draw(st.sets(st.sampled_from(sorted(table.values))))
        before, after = table.card(table.known(known)).grade, table.card().grade
        assume(before is not None and after is not None)
        assert before is not None
        assert after is not None
        assert after.id in (before.reachable or (before.id,)), (before.share, before.reachable, after.id, after.share)

    @given(tables(policies=OWN), st.data())
    def test_one_missing_fact_leaves_alone_what_does_not_depend_on_it(self, table: Table, data: st.DataObject) -> None:
        """Where nothing is left to others, only the criterion, its parents and those it is a condition of can change."""
        gone = data.draw(st.sampled_from(sorted(table.values)))
        before, after = table.card(), table.card(table.known(set(table.values) - {gone}))
        owner = gone[:-2]
        for edition in table.index.editions:
            touched = edition.dependants(owner)
            for each in edition.criteria:
                if each.id not in touched:
                    assert after.score(each.id).account == before.score(each.id).account, each.id


# ------------------------------------------------------------------ the order of a table


class TestOrder:
    """The order of criteria in a table."""

    @given(tables(rounded=False), st.randoms(use_true_random=False))
    def test_changes_no_points(self, table: Table, random: object) -> None:
        """Without a grid that something has to be left over on, every account stays as it is."""
        editions = []
        for edition in table.index.editions:
            criteria = list(edition.criteria)
            random.shuffle(criteria)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
            editions.append(evolve(edition, criteria=tuple(criteria)))
        shuffled = score(evolve(table.index, editions=tuple(editions)), evidence_with(table.values))
        assert dict(accounts(shuffled)) == dict(accounts(table.card()))


# ------------------------------------------------------------------ what does not apply, by its promise

SHARES = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4)), min_size=1, max_size=6)
"""The maximum of each criterion, and how many of its 4 tasks were done; 0 for one of which nothing arose."""


def flat(shares: list[tuple[int, int]], gone: set[int], policy: NotApplicablePolicy, leaf_rounding: Rounding | None) -> cchc.Scorecard:
    """Return the scorecard of a field of plain shares, some of which do not apply."""
    criteria = tuple(leaf(f"one.c{number}", Decimal(points)) for number, (points, _) in enumerate(shares))
    facts = tuple(fact for each in criteria for fact in facts_of_leaf(each.id))
    edition = Edition(field="one", label=same("một"), level="level", year=2099, max_points_provenance="assumed", facts=facts, criteria=criteria,
                      max_points=sum((each.max_points for each in criteria), Decimal(0)))
    values: dict[str, Value] = {}
    for number, (_, done) in enumerate(shares):
        there = number not in gone
        values |= {f"one.c{number}.p": Fraction(done * there), f"one.c{number}.w": Fraction(4 * there)}
    index = index_of(edition, not_applicable=NotApplicableRule(policy=policy), rounding=RoundingRule(leaf=leaf_rounding))
    return score(index, evidence_with(values))


class TestPromises:
    """What each policy keeps."""

    @given(SHARES, st.sets(st.integers(0, 5)), roundings(), st.sampled_from(("rescale_group", "share_out")))
    def test_rescaling_and_sharing_out_keep_the_maximum_of_the_group(
        self, shares: list[tuple[int, int]], gone: set[int], rounding: Rounding | None, policy: NotApplicablePolicy
    ) -> None:
        """As long as anything applies the effective maximum is what the table prints."""
        account = flat(shares, gone, policy, rounding).field("one").account
        assume(account.state is not State.NOT_APPLICABLE)
        assert account.maximum == account.nominal == sum(points for points, _ in shares)
        assert account.not_applicable == 0

    @given(SHARES, st.sets(st.integers(0, 5)))
    def test_rescaling_multiplies_all_points_by_one_factor(self, shares: list[tuple[int, int]], gone: set[int]) -> None:
        """The group's share of its maximum is the share of what applies."""
        account = flat(shares, gone, "rescale_group", None).field("one").account
        there = [(points, done) for number, (points, done) in enumerate(shares) if number not in gone]
        assume(there)
        assert account.share == sum((Fraction(points * done, 4) for points, done in there), ZERO) / sum(points for points, _ in there)

    @given(SHARES, st.sets(st.integers(0, 5)), roundings())
    def test_sharing_out_is_exact_on_the_grid_and_keeps_each_rate(
        self, shares: list[tuple[int, int]], gone: set[int], rounding: Rounding | None
    ) -> None:
        """Raised maxima lie on the grid, differ by at most one step of it, earlier ones first; points are the rate of them, rounded once."""
        card = flat(shares, gone, "share_out", rounding)
        there = [(card.score(f"one.c{number}"), points, done) for number, (points, done) in enumerate(shares) if number not in gone]
        assume(there)
        raised = [scored.account.maximum - points for scored, points, _ in there]
        step = Fraction(1, 10**rounding.places) if rounding else ZERO
        assert raised == sorted(raised, reverse=True)
        assert raised[0] - raised[-1] <= step
        for scored, _, done in there:
            points = scored.account.maximum * done / 4
            assert scored.account.exact == (points if rounding is None else min(scored.account.maximum, rounding.apply(points)))
            assert rounding is None or on_grid(scored.account.maximum, rounding.places)

    @given(SHARES, st.sets(st.integers(0, 5)), roundings())
    def test_leaving_out_keeps_the_maximum_and_leaving_out_of_both_sides_takes_it_from_both(
        self, shares: list[tuple[int, int]], gone: set[int], rounding: Rounding | None
    ) -> None:
        """Points are the same; the maximum stays, or goes with what does not apply."""
        kept, dropped, situation = (flat(shares, gone, policy, rounding).field("one").account for policy in ("leave_out", "leave_out_of_both_sides", "same_situation"))
        missing = sum(points for number, (points, _) in enumerate(shares) if number in gone)
        assert kept.exact == dropped.exact == situation.exact
        assert kept.maximum - missing == dropped.maximum == situation.maximum
        assert kept.not_applicable == dropped.not_applicable == missing

    @given(SHARES, st.sets(st.integers(0, 5)), roundings())
    def test_awards_give_all_or_nothing_of_what_does_not_apply(
        self, shares: list[tuple[int, int]], gone: set[int], rounding: Rounding | None
    ) -> None:
        """The two awards differ by just the maxima of what does not apply."""
        full, none = (flat(shares, gone, policy, rounding).field("one").account for policy in ("award_maximum", "award_zero"))
        assert full.exact is not None
        assert none.exact is not None
        assert full.exact - none.exact == sum(points for number, (points, _) in enumerate(shares) if number in gone)

    @pytest.mark.parametrize("policy", POLICIES)
    def test_does_nothing_where_everything_applies(self, policy: NotApplicablePolicy) -> None:
        """Whatever the policy, what arose is scored on its facts."""
        account = flat([(2, 1), (3, 4)], set(), policy, None).field("one").account
        assert (account.exact, account.maximum) == (Fraction(7, 2), Fraction(5))


class TestBonusAndGrade:
    """A grade that is still open where a bonus is in play."""

    def test_counts_no_bonus_into_the_base(self) -> None:
        """1 of 5 is scored, 10 may not apply, 5 of bonus are open: without the 10 it can be 6 of 5."""
        criteria = (leaf("one.c0", Decimal(5)), leaf("one.c1", Decimal(10)), leaf("one.bonus", Decimal(5), kind="bonus"))
        facts = tuple(fact for each in criteria for fact in facts_of_leaf(each.id))
        edition = Edition(field="one", label=same("một"), level="level", year=2099, max_points=Decimal(15), max_points_provenance="assumed",
                          facts=facts, criteria=criteria)
        bands = (GradeBand(id="a", label=same("a"), at_least=percent(90)), GradeBand(id="b", label=same("b")))
        index = index_of(edition, grades=GradeRule(base="maximum", bands=bands), bonus=AdjustmentRule(on="total", at_most=Decimal(5)), rounding=RoundingRule())
        known: dict[str, Value] = {"one.c0.p": Fraction(1), "one.c0.w": Fraction(5), "one.c1.p": Fraction(0)}
        rest: dict[str, Value] = {"one.c1.w": Fraction(0), "one.bonus.p": Fraction(3), "one.bonus.w": Fraction(3)}
        before, after = score(index, evidence_with(known)).grade, score(index, evidence_with({**known, **rest})).grade
        assert before is not None
        assert after is not None
        assert (before.reachable, after.id, after.share) == (("a", "b"), "a", Fraction(6, 5))


class TestApportioning:
    """Equal shares on a grid."""

    @given(st.fractions(min_value=0, max_value=100), st.integers(1, 12), st.none() | st.integers(0, 3))
    def test_always_add_up_to_what_is_shared(self, amount: Fraction, count: int, places: int | None) -> None:
        """Nothing is lost and nothing is made, on the grid or off it."""
        parts = apportioned(amount, count, places)
        assert sum(parts, ZERO) == amount
        assert len(parts) == count
