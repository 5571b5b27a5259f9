"""Statistics over a cohort: equal to a naive computation, whatever the order of units, and in strata."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest
from attrs import evolve, frozen
from cohorts import cohort_index, evidence_of_unit, taken_over
from hypothesis import given
from hypothesis import strategies as st

import cchc_rules as cchc
from cchc_rules.base.texts import same
from cchc_rules.decisions.strata import dependencies, fact_of, strata
from cchc_rules.engine import score, score_cohort
from cchc_rules.engine.cohort import units_absent
from cchc_rules.methods import NotApplicableRule, Stage, UndocumentedRule
from cchc_rules.model import AssessedUnit, Criterion, Evidence, State, Statistic
from cchc_rules.rules import forms

Number = Fraction | None
Kind = Literal["mean", "best", "total", "rank", "count"]
STATISTIC = "taken"


@frozen(kw_only=True)
class Member:
    """One unit of a random cohort: its block, a number, a part of a whole."""

    unit: AssessedUnit
    number: Number
    part: Number
    whole: Number

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the unit reports."""
        return evidence_of_unit(self.unit, {"number": self.number, "part": self.part, "whole": self.whole})


numbers = st.none() | st.integers(0, 400).map(lambda hundredths: Fraction(hundredths, 100))
wholes = st.none() | st.integers(0, 7).map(Fraction)


@st.composite
def members(draw: st.DrawFn) -> list[Member]:
    """Return a random cohort in up to two blocks."""
    found = []
    for index in range(draw(st.integers(1, 6))):
        unit = AssessedUnit(id=f"u{index}", label=f"Đơn vị {index}", block=draw(st.sampled_from(("ward", "commune"))))
        found.append(Member(unit=unit, number=draw(numbers), part=draw(wholes), whole=draw(wholes)))
    return found


@st.composite
def statistics(draw: st.DrawFn) -> Statistic:
    """Return a random statistic of the number or of the rate."""
    kinds: tuple[Kind, ...] = ("mean", "best", "total", "rank", "count")
    kind, of_rate = draw(st.sampled_from(kinds)), draw(st.booleans())
    ratio = of_rate and kind == "mean" and draw(st.booleans())
    return Statistic(
        id=STATISTIC, label=same("thống kê"), kind=kind, ratio_of_sums=ratio,
        members=draw(st.sampled_from(("block", "all"))), missing=draw(st.sampled_from(("block", "leave_out"))),
        better=draw(st.sampled_from(("higher", "lower"))),
        fact="" if of_rate else "number", part="part" if of_rate else "", whole="whole" if of_rate else "",
        places=draw(st.integers(0, 2)) if of_rate and not ratio else None,
    )


# ------------------------------------------------------------------ the naive computation


def naive(statistic: Statistic, cohort: Sequence[Member], own: Member) -> Number:
    """Return a statistic for one unit, straight from its meaning."""
    group = [each for each in cohort if statistic.members == "all" or each.unit.block == own.unit.block]
    if statistic.part:
        group = [each for each in group if each.whole != 0]
    values = [value_of(statistic, each) for each in group]
    known = [value for value in values if value is not None]
    if not known or (statistic.missing == "block" and len(known) < len(values)):
        return None
    if statistic.ratio_of_sums:
        there = [each for each in group if value_of(statistic, each) is not None]
        return Fraction(sum(each.part or 0 for each in there)) / sum(each.whole or 0 for each in there)
    best = max(known) if statistic.better == "higher" else min(known)
    mine = value_of(statistic, own) if own in group else None
    ahead = [value for value in known if mine is not None and (value > mine if statistic.better == "higher" else value < mine)]
    found: Mapping[str, Number] = {
        "mean": sum(known, Fraction(0)) / len(known), "best": best, "total": sum(known, Fraction(0)), "count": Fraction(len(known)),
        "rank": None if mine is None else Fraction(len(ahead) + 1),
    }
    return found[statistic.kind]


def value_of(statistic: Statistic, member: Member) -> Number:
    """Return what a unit brings: its number, or its rate with the half of the last decimal going up."""
    if not statistic.part:
        return member.number
    if member.part is None or not member.whole:
        return None
    rate = member.part / member.whole
    if statistic.places is None:
        return rate
    scale = 10 ** (statistic.places + 2)
    return Fraction((2 * rate * scale + 1) // 2, scale)


def taken(statistic: Statistic, cohort: Sequence[Member]) -> dict[str, Number]:
    """Return the statistic as each unit's criterion takes it over."""
    index = cohort_index(("number", "part", "whole"), (statistic,), (taken_over(STATISTIC),))
    cards = score_cohort(index, [each.evidence for each in cohort])
    return {card.unit.id: card.score(f"field.{STATISTIC}").account.exact for card in cards}


# ------------------------------------------------------------------ laws


class TestStatistics:
    """A statistic over a cohort."""

    @given(statistics(), members())
    def test_equals_a_naive_computation_for_every_unit(self, statistic: Statistic, cohort: list[Member]) -> None:
        """Exact to the last digit, within the block or over all, whatever is missing."""
        found = taken(statistic, cohort)
        assert found == {each.unit.id: naive(statistic, cohort, each) for each in cohort}

    @given(statistics(), members(), st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order_of_the_units(self, statistic: Statistic, cohort: list[Member], random: object) -> None:
        """Shuffled evidence gives the same scorecards, in the order of the units' ids."""
        shuffled = list(cohort)
        random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
        index = cohort_index(("number", "part", "whole"), (statistic,), (taken_over(STATISTIC),))
        one, other = (score_cohort(index, [each.evidence for each in units]) for units in (cohort, shuffled))
        assert one == other
        assert [card.unit.id for card in one] == sorted(each.unit.id for each in cohort)

    @given(statistics(), members(), members())
    def test_within_a_block_does_not_see_the_others(self, statistic: Statistic, cohort: list[Member], others: list[Member]) -> None:
        """Units of another block change nothing."""
        within = evolve(statistic, members="block")
        here = [evolve(each, unit=evolve(each.unit, block="ward")) for each in cohort]
        there = [evolve(each, unit=evolve(each.unit, id=f"x{each.unit.id}", block="commune")) for each in others]
        both, alone = taken(within, here + there), taken(within, here)
        assert {name: both[name] for name in alone} == alone

    @given(statistics(), members(), st.sampled_from(("ward", "commune")))
    def test_counts_a_listed_unit_without_evidence_as_one_that_reports_nothing(self, statistic: Statistic, cohort: list[Member], block: str) -> None:
        """A folder that is not there yet and a file in which nothing stands come to the same for all others."""
        silent = Member(unit=AssessedUnit(id="z", label="im lặng", block=block), number=None, part=None, whole=None)
        units = tuple(each.unit for each in (*cohort, silent))
        index = cohort_index(("number", "part", "whole"), (statistic,), (taken_over(STATISTIC),), units=units)
        others, all_ = (score_cohort(index, [each.evidence for each in known]) for known in (cohort, [*cohort, silent]))
        assert [card.total for card in others] == [card.total for card in all_[:-1]]
        assert {finding.code for card in others for finding in card.findings} == {"unit-without-evidence"}

    @given(statistics(), members())
    def test_lies_in_the_range_of_the_fact_that_rules_read_it_as(self, statistic: Statistic, cohort: list[Member]) -> None:
        """What rules are told about a statistic before it is known holds when it is."""
        declared = cohort_index(("number", "part", "whole"), (statistic,)).facts[STATISTIC]
        assert declared.range is not None
        scale = 100 if declared.type == "rate" else 1
        shares = [each for each in cohort if each.part is None or each.whole is None or each.part <= each.whole]
        for value in taken(statistic, shares).values():
            assert value is None or declared.range[0] <= value * scale <= declared.range[1]


# ------------------------------------------------------------------ strata

PLACE = Statistic(id="place", label=same("hạng"), kind="rank", members="block", missing="block", criterion="field.number")
LEADER = Criterion(
    id="field.leader", number="2", label=same("dẫn đầu"), max_points=Decimal(5),
    form=forms.Bands(of=forms.Quantity(fact="place"), bands=(forms.Band(at_most=forms.Threshold(value=Fraction(1)), points=Decimal(5)),), otherwise=Decimal(0)),
)


def unit(name: str, block: str = "") -> AssessedUnit:
    """Return a unit."""
    return AssessedUnit(id=name, label=name, block=block)


class TestStrata:
    """Statistics of points, and points of statistics."""

    @given(st.lists(st.integers(0, 9).map(Fraction), min_size=1, max_size=6))
    def test_points_come_first_then_their_rank_then_the_points_for_the_rank(self, values: list[Fraction]) -> None:
        """The leaders by the first criterion, all of them, get the points of the second."""
        index = cohort_index(("number",), (PLACE,), (taken_over("number"), LEADER))
        cards = score_cohort(index, [evidence_of_unit(unit(f"u{number}"), {"number": value}) for number, value in enumerate(values)])
        for card, value in zip(cards, values, strict=True):
            assert card.total.exact == value + (5 if value == max(values) else 0)

    def test_statistics_are_taken_after_those_that_they_depend_on(self) -> None:
        """The mean of the field needs the rank, which needs the first criterion."""
        mean = Statistic(id="a-mean", label=same("bình quân"), kind="mean", members="all", missing="block", field="field")
        index = cohort_index(("number",), (mean, PLACE), (taken_over("number"), LEADER))
        assert strata(index) == ("place", "a-mean")

    def test_points_that_another_criterion_may_leave_are_waited_for(self) -> None:
        """Where a sibling shares its points out, a statistic of the criterion needs what the sibling reads."""
        share = forms.Share(of=forms.Quantity(part="number", whole="first"), when_whole_is_zero="not_applicable")
        first = Statistic(id="first", label=same("nhất"), kind="best", members="all", missing="block", fact="number")
        second = Statistic(id="second", label=same("hai"), kind="mean", members="all", missing="block", criterion="field.number")
        sibling = Criterion(id="field.sibling", number="2", label=same("kề"), max_points=Decimal(5), form=share)
        kept = cohort_index(("number",), (second, first), (taken_over("number"), sibling))
        assert dependencies(kept)["second"] == set()
        sharing = cohort_index(("number",), (second, first), (taken_over("number"), sibling), not_applicable=NotApplicableRule(policy="share_out"))
        assert dependencies(sharing)["second"] == {"first"}

    def test_a_total_made_nought_depends_on_what_the_event_reads(self, registry: cchc.Registry) -> None:
        """An index without events has no such dependency, and the installed one has no statistic at all."""
        assert dependencies(registry.index("cao-bang.districts", 2021)) == {}

    def test_one_unit_alone_is_refused_unless_the_statistic_is_given(self) -> None:
        """The error names the statistic in both languages; reference data stand in for the cohort."""
        index = cohort_index(("number",), (PLACE,), (taken_over("number"), LEADER))
        (alone,) = evidence_of_unit(unit("u"), {"number": Fraction(3)})
        with pytest.raises(cchc.InputError) as refused:
            score(index, alone)
        assert refused.value.findings[0].code == "cohort-needed"
        assert "hạng" in refused.value.findings[0].reason.vi
        assert score(evolve(index, references={"place": Fraction(1)}), alone).total.exact == 8

    def test_is_waited_for_not_taken_as_zero(self) -> None:
        """A criterion that reads an unknown statistic waits for it and says for which."""
        index = cohort_index(("number",), (PLACE,), (taken_over("number"), LEADER))
        known, unknown = evidence_of_unit(unit("a"), {"number": Fraction(3)}), evidence_of_unit(unit("b"), {})
        (card, _) = score_cohort(index, [known, unknown])
        leader = card.score("field.leader")
        assert (leader.state, leader.missing, leader.account.exact) == (State.WAITING, ("place",), None)
        assert [card.total.reachable.low, card.total.reachable.high] == [3, 8]


class TestUndocumented:
    """What a value that no document proves is to the statistics of a cohort."""

    @pytest.mark.parametrize(("policy", "expected"), [("accept", 8), ("award_zero", 4), ("no_evidence", 4)])
    def test_counts_for_others_only_where_the_method_accepts_it(self, policy: Literal["accept", "award_zero", "no_evidence"], expected: int) -> None:
        """The greatest number of the cohort is that of the unit whose number is proved."""
        best = Statistic(id="best", label=same("nhất"), kind="best", members="all", missing="leave_out", fact="number")
        index = cohort_index(("number",), (best,), (taken_over("best"),), undocumented=UndocumentedRule(policy=policy))
        first, last = score_cohort(index, [evidence_of_unit(unit("a"), {"number": Fraction(4)}), unproved("b", Fraction(8))])
        assert [first.total.exact, last.total.exact] == [expected, expected]

    def test_gives_no_points_for_a_rank_that_rests_on_it(self) -> None:
        """Under `award_zero` the unit gets nothing for its place, at once, and the others close up."""
        index = cohort_index(("number",), (evolve(PLACE, fact="number", criterion="", missing="leave_out"),), (LEADER,),
                             undocumented=UndocumentedRule(policy="award_zero"))
        first, last = score_cohort(index, [evidence_of_unit(unit("a"), {"number": Fraction(4)}), unproved("b", Fraction(8))])
        assert [first.total.exact, last.total.exact] == [5, 0]
        assert last.total.complete


def unproved(name: str, value: Fraction) -> tuple[Evidence, ...]:
    """Return the evidence of a unit whose number no document proves."""
    (evidence,) = evidence_of_unit(unit(name), {"number": value})
    return (evolve(evidence, facts={name: evolve(fact, documents=()) for name, fact in evidence.facts.items()}),)


class TestUnitsAbsent:
    """The units of which a method awaits evidence."""

    ENDED = AssessedUnit(id="old", label="cũ", until=date(2099, 6, 30))

    def test_are_those_listed_that_are_not_there(self) -> None:
        """Also one that ended within the year, and one with a successor that nobody lists."""
        listed = (unit("a"), unit("b"), self.ENDED, evolve(self.ENDED, id="older", successors=("elsewhere",)))
        assert [each.id for each in units_absent(cohort_index((), units=listed), ["a"])] == ["b", "old", "older"]

    def test_are_not_those_whose_place_a_listed_successor_took_within_the_year(self) -> None:
        """A merged unit is not waited for; one that lasts to the last day of the year is."""
        merged, lasting = (evolve(self.ENDED, until=until, successors=("new",)) for until in (date(2099, 6, 30), date(2099, 12, 31)))
        for old, awaited in ((merged, []), (lasting, ["old"])):
            index = cohort_index((), units=(old, evolve(unit("new"), predecessors=("old",))))
            assert [each.id for each in units_absent(index, ["new"])] == awaited


class TestStages:
    """The stage of which a statistic is taken."""

    def test_is_the_one_that_gives_the_result(self) -> None:
        """Facts that were entered at a stage that does not count do not enter the cohort's mean once there is one that does."""
        mean = Statistic(id="mean", label=same("bình quân"), kind="mean", members="all", missing="block", fact="number")
        stages = (Stage(id="verified", label=same("thẩm định")), Stage(id="draft", label=same("nháp"), counts=False))
        index = cohort_index(("number",), (mean,), (taken_over("mean"),), stages=stages)
        one = (*evidence_of_unit(unit("a"), {"number": Fraction(2)}, "verified"), *evidence_of_unit(unit("a"), {"number": Fraction(100)}, "draft"))
        other = evidence_of_unit(unit("b"), {"number": Fraction(4)}, "verified")
        assert [card.total.exact for card in score_cohort(index, [one, other])] == [3, 3]


class TestFactsOfStatistics:
    """A statistic as the fact that rules read."""

    def test_of_a_rate_is_a_share_of_all(self) -> None:
        """The mean of a rate without a range of its own lies in 0 to 100 %, as rates are written."""
        rate = cchc.Fact(id="rate", label=same("tỷ lệ"), type="rate")
        mean = Statistic(id="mean", label=same("bình quân"), kind="mean", members="all", missing="block", fact="rate")
        found = fact_of(mean, {"rate": rate})
        assert found.type == "rate"
        assert found.range == (Decimal(0), Decimal(100))

    def test_mean_of_counts_has_decimals(self) -> None:
        """The mean of whole numbers is none: a reference value for it may have decimals."""
        count = cchc.Fact(id="n", label=same("số"), type="count", range=(Decimal(0), Decimal(10)))
        mean = Statistic(id="mean", label=same("bình quân"), kind="mean", members="all", missing="block", fact="n")
        assert fact_of(mean, {"n": count}).places > 0
