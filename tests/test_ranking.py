"""Ranks of a cohort: equal to their naive definition, whatever the order of units; ties, blocks, last year."""

from fractions import Fraction
from typing import Literal

import pytest
from attrs import evolve, frozen
from cohorts import cohort_index, evidence_of_unit, taken_over
from hypothesis import given
from hypothesis import strategies as st

import cchc_rules as cchc
from cchc_rules.analysis.ranking import Earlier, Ranked, Ranking, rank
from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import same
from cchc_rules.engine import score_cohort
from cchc_rules.methods import Block, RankingRule, RoundingRule, TieBreak
from cchc_rules.model import AssessedUnit

Ties = Literal["competition", "dense"]
CRITERIA = (taken_over("first"), taken_over("second"))


@frozen(kw_only=True)
class Entrant:
    """One unit of a random cohort: two numbers that make its total, and one that parts equals."""

    unit: AssessedUnit
    first: Fraction | None
    second: Fraction
    late: Fraction | None

    @property
    def total(self) -> Fraction | None:
        """The total, where it is known."""
        return None if self.first is None else self.first + self.second


@st.composite
def entrants(draw: st.DrawFn, prefix: str = "u", block: str | None = None) -> list[Entrant]:
    """Return a random cohort with few different totals, so that ties are common."""
    found = []
    few = st.integers(0, 3).map(lambda thirds: Fraction(thirds, 3))
    for number in range(draw(st.integers(1, 7))):
        unit = AssessedUnit(
            id=f"{prefix}{number}", label=f"Đơn vị {number}", ranked=draw(st.integers(0, 5)) > 0,
            block=draw(st.sampled_from(("ward", "commune"))) if block is None else block,
        )
        found.append(Entrant(unit=unit, first=draw(st.none() | few) if draw(st.integers(0, 3)) == 0 else draw(few), second=draw(few), late=draw(st.none() | few)))
    return found


def ranking_of(units: list[Entrant], rule: RankingRule, rounding: RoundingRule | None = None, earlier: Earlier | None = None) -> Ranking:
    """Return the ranking of a cohort under a rule."""
    index = cohort_index(("first", "second", "late"), (), CRITERIA, ranking=rule, rounding=rounding or RoundingRule(), units=tuple(each.unit for each in units))
    evidence = [evidence_of_unit(each.unit, {"first": each.first, "second": each.second, "late": each.late}) for each in units]
    return rank(index, score_cohort(index, evidence), earlier)


def rows(ranking: Ranking) -> dict[str, Ranked]:
    """Return the ranked units by id."""
    return {row.unit.id: row for block in ranking.blocks for row in block.units}


def ranks(ranking: Ranking) -> dict[str, int]:
    """Return the ranks by unit."""
    return {name: row.rank for name, row in rows(ranking).items()}


# ------------------------------------------------------------------ laws


class TestRanks:
    """Ranks of random cohorts."""

    @given(entrants())
    def test_are_one_more_than_the_number_of_units_ahead(self, units: list[Entrant]) -> None:
        """Competition ranking by its definition, on exact totals, within the block."""
        taking_part = [each for each in units if each.unit.ranked and each.total is not None]
        expected = {
            each.unit.id: 1 + sum(other.total > each.total for other in taking_part if other.unit.block == each.unit.block)  # type: ignore[operator]  # both are known
            for each in taking_part
        }
        assert ranks(ranking_of(units, RankingRule(ties="competition"))) == expected

    @given(entrants())
    def test_of_a_dense_ranking_count_the_different_totals_ahead(self, units: list[Entrant]) -> None:
        """Dense ranking by its definition."""
        taking_part = [each for each in units if each.unit.ranked and each.total is not None]
        expected = {
            each.unit.id: 1 + len({other.total for other in taking_part if other.unit.block == each.unit.block and other.total > each.total})  # type: ignore[operator]  # both are known
            for each in taking_part
        }
        assert ranks(ranking_of(units, RankingRule(ties="dense"))) == expected

    @given(entrants(), st.sampled_from(("competition", "dense")), st.randoms(use_true_random=False))
    def test_do_not_depend_on_the_order_of_the_units(self, units: list[Entrant], ties: Ties, random: object) -> None:
        """Shuffled evidence gives the very same ranking."""
        shuffled = list(units)
        random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
        chain = (TieBreak(criterion="field.first"), TieBreak(fact="late", better="lower"))
        rule = RankingRule(ties=ties, tie_breaks=chain)
        assert ranking_of(shuffled, rule) == ranking_of(units, rule)

    @given(entrants(block="ward"), entrants(prefix="x", block="commune"), st.sampled_from(("competition", "dense")))
    def test_do_not_see_units_of_another_block(self, units: list[Entrant], others: list[Entrant], ties: Ties) -> None:
        """Adding communes changes no ward's rank."""
        alone, together = (ranks(ranking_of(each, RankingRule(ties=ties))) for each in (units, units + others))
        assert {name: together[name] for name in alone} == alone

    @given(entrants())
    def test_are_for_every_unit_once_ranked_waiting_or_unranked(self, units: list[Entrant]) -> None:
        """Nobody is lost and nobody comes twice; whoever is incomplete makes the ranking provisional."""
        ranking = ranking_of(units, RankingRule(ties="competition"))
        placed = [*rows(ranking), *(card.unit.id for block in ranking.blocks for card in block.waiting), *(card.unit.id for card in ranking.unranked)]
        assert sorted(placed) == sorted(each.unit.id for each in units)
        assert ranking.provisional == any(each.unit.ranked and each.total is None for each in units)

    @given(entrants())
    def test_say_what_the_unit_before_is_ahead_by(self, units: list[Entrant]) -> None:
        """The first of a block is behind nobody; the points behind are those between neighbouring totals."""
        for block in ranking_of(units, RankingRule(ties="competition")).blocks:
            totals = sorted({row.points for row in block.units}, reverse=True)
            for row in block.units:
                place = totals.index(row.points)
                assert row.behind == (totals[place - 1] - row.points if place else None)


class TestTies:
    """Units with equal totals."""

    @given(entrants())
    def test_share_their_rank_and_name_each_other(self, units: list[Entrant]) -> None:
        """Without a chain, equal totals are tied, and nothing else is."""
        found = rows(ranking_of(units, RankingRule(ties="competition")))
        for name, row in found.items():
            equals = {other for other, each in found.items() if each.points == row.points and each.unit.block == row.unit.block}
            assert {name, *row.tied_with} == equals
            assert all(found[other].rank == row.rank for other in equals)

    @given(entrants())
    def test_are_parted_by_the_chain_where_every_one_of_them_has_a_value(self, units: list[Entrant]) -> None:
        """By one more than the number of those that are ahead in total, or equal and ahead on the step."""
        found = rows(ranking_of(units, RankingRule(ties="competition", tie_breaks=(TieBreak(fact="late", better="lower"),))))
        late = {each.unit.id: each.late for each in units}
        for name, row in found.items():
            block = [other for other, each in found.items() if each.unit.block == row.unit.block]
            equals = [other for other in block if found[other].points == row.points]
            values = [late[other] for other in equals]
            ahead = [other for other in block if found[other].points > row.points]
            if None not in values:
                ahead += [other for other in equals if late[other] < late[name]]  # type: ignore[operator]  # none is missing
            assert row.rank == 1 + len(ahead)

    def test_show_which_step_parted_them(self) -> None:
        """The one that comes after says by what; the one before, and one with another total, say nothing."""
        units = [evolve(each, late=Fraction(late)) for each, late in zip(three("1", "1", "0"), (1, 0, 0), strict=True)]
        found = rows(ranking_of(units, RankingRule(ties="competition", tie_breaks=(TieBreak(fact="late", better="lower"),))))
        assert [found[name].parted_by for name in ("b", "a", "c")] == [None, same("late"), None]

    def test_stay_open_where_a_step_is_not_known_of_one(self) -> None:
        """A unit that has not reported the number is neither ahead nor behind, whichever way is better."""
        units = [evolve(each, late=late) for each, late in zip(three("1", "1", "1"), (Fraction(1), None, Fraction(0)), strict=True)]
        for better in ("higher", "lower"):
            step = TieBreak(fact="late", better=better)
            found = ranks(ranking_of(units, RankingRule(ties="competition", tie_breaks=(step, TieBreak(criterion="field.first")))))
            assert found == {"a": 1, "b": 1, "c": 1}


def three(*totals: str) -> list[Entrant]:
    """Return units a, b, c with these totals."""
    return [
        Entrant(unit=AssessedUnit(id=name, label=name.upper()), first=Fraction(total), second=Fraction(0), late=None)
        for name, total in zip("abc", totals, strict=True)
    ]


class TestRounding:
    """Rounded totals."""

    UP = RoundingRule(total=Rounding(places=0, mode="half_up"))

    def test_do_not_make_equals_of_units_that_differ(self) -> None:
        """1.4 and 1.3 are both 1 when they are rounded, and are still first and second."""
        ranking = ranking_of(three("1.4", "1.3", "0.2"), RankingRule(ties="competition"), self.UP)
        assert ranks(ranking) == {"a": 1, "b": 2, "c": 3}
        assert [row.points for row in rows(ranking).values()] == [Fraction("1.4"), Fraction("1.3"), Fraction("0.2")]

    def test_are_ranked_on_where_the_method_says_so(self) -> None:
        """Then they are equal."""
        found = ranks(ranking_of(three("1.4", "1.3", "0.2"), RankingRule(ties="competition", on="rounded"), self.UP))
        assert found == {"a": 1, "b": 1, "c": 3}


class TestLastYear:
    """The ranks of an earlier year beside this year's."""

    def test_tell_how_many_ranks_a_unit_has_risen(self) -> None:
        """Up is positive; a unit that was not there has no change."""
        found = rows(ranking_of(three("3", "2", "1"), RankingRule(ties="competition"), earlier=Earlier(year=2098, ranks={"a": 3, "b": 1})))
        assert {name: row.change for name, row in found.items()} == {"a": 2, "b": -1, "c": None}

    def test_follow_a_unit_that_was_renamed_but_not_one_that_was_split_or_merged(self) -> None:
        """One predecessor that nobody shares is the same unit; several, or one with several heirs, are not."""
        a, b, c = three("3", "2", "1")
        earlier = Earlier(year=2098, ranks={"old": 3, "other": 1})
        renamed = [evolve(a, unit=evolve(a.unit, predecessors=("old",))), b, c]
        merged = [evolve(a, unit=evolve(a.unit, predecessors=("old", "other"))), b, c]
        split = [*renamed[:1], evolve(b, unit=evolve(b.unit, predecessors=("old",))), c]
        found = [rows(ranking_of(units, RankingRule(ties="competition"), earlier=earlier))["a"] for units in (renamed, merged, split)]
        assert [(row.earlier, row.mapped_from) for row in found] == [(3, "old"), (None, ""), (None, "")]


class TestBlocks:
    """Blocks of a ranking."""

    def test_stand_in_the_methods_order_with_its_names(self) -> None:
        """Blocks that the method declares come first, in its order; the others follow by name."""
        units = [evolve(each, unit=evolve(each.unit, block=block)) for each, block in zip(three("1", "2", "3"), ("z", "ward", "a"), strict=True)]
        index = cohort_index(
            ("first", "second", "late"), (), CRITERIA, ranking=RankingRule(ties="competition"), units=tuple(each.unit for each in units),
            blocks=(Block(id="ward", label=same("Phường")), Block(id="empty", label=same("Không ai"))),
        )
        evidence = [evidence_of_unit(each.unit, {"first": each.first, "second": each.second}) for each in units]
        ranking = rank(index, score_cohort(index, evidence))
        assert [(block.id, block.label.vi) for block in ranking.blocks] == [("ward", "Phường"), ("a", "a"), ("z", "z")]

    def test_need_a_method_that_says_how_it_ranks(self) -> None:
        """Without a rule nothing is ranked by some default."""
        index = cohort_index(("first", "second"), (), CRITERIA)
        with pytest.raises(cchc.InputError) as refused:
            rank(index, ())
        assert [each.code for each in refused.value.findings] == ["ranking-missing"]


def test_neighbours_are_told_apart_by_the_criteria_on_which_they_differ_most() -> None:
    """Only where the unit before is ahead, most points first."""
    units = [
        Entrant(unit=AssessedUnit(id=name, label=name), first=Fraction(first), second=Fraction(second), late=None)
        for name, first, second in (("a", 5, 3), ("b", 1, 2), ("c", 0, 9))
    ]
    found = rows(ranking_of(units, RankingRule(ties="competition")))
    assert [row.unit.id for row in found.values()] == ["c", "a", "b"]
    assert [(each.criterion, each.points) for each in found["a"].separating] == [("field.second", Fraction(6))]
    assert [(each.criterion, each.points) for each in found["b"].separating] == [("field.first", Fraction(4)), ("field.second", Fraction(1))]


def test_a_total_that_a_level_of_a_flag_breaks_is_parted_by_it() -> None:
    """A flag parts equals as 1 and 0 do."""
    units = [evolve(each, late=None) for each in three("1", "1", "1")]
    index = cohort_index(("first", "second"), (), CRITERIA, ranking=RankingRule(ties="competition", tie_breaks=(TieBreak(fact="model"),)))
    evidence = [evidence_of_unit(each.unit, {"first": each.first, "second": each.second, "model": each.unit.id == "b"}) for each in units]
    assert ranks(rank(index, score_cohort(index, evidence))) == {"b": 1, "a": 2, "c": 2}
