"""Cohorts as columns: statistics and ranks over whole frames equal those of the engine, unit by unit."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import duckdb
import polars as pl
import pytest
from attrs import evolve
from cohorts import cohort_index, evidence_of_unit, taken_over
from frames import disagreements, frame_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_cohort import LEADER, PLACE, STATISTIC, Member, members, numbers, statistics

import cchc_rules as cchc
from cchc_rules.analysis.ranking import rank
from cchc_rules.base.exact import Rounding
from cchc_rules.columns.frames import score_frame
from cchc_rules.engine import score_cohort
from cchc_rules.methods import NotApplicableRule, RankingRule, RoundingRule, TieBreak
from cchc_rules.model import AssessedUnit, Statistic, Value

Row = Mapping[str, Value | None]


def framed(index: cchc.Index, units: Sequence[AssessedUnit], rows: Sequence[Row]) -> pl.DataFrame:
    """Return units with their blocks and facts as a frame."""
    known = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return frame_of(index, known, block=[unit.block for unit in units], ranked=[unit.ranked for unit in units])


def of_member(member: Member) -> Row:
    """Return a member's facts."""
    return {"number": member.number, "part": member.part, "whole": member.whole}


class TestStatistics:
    """Statistics over the units of a frame."""

    @given(statistics(), members())
    def test_are_read_by_rules_as_the_engine_reads_them(self, statistic: Statistic, cohort: list[Member]) -> None:
        """Means, totals, the best, ranks and counts; of facts and of rates, within blocks or over all, whatever is missing."""
        index = cohort_index(("number", "part", "whole"), (statistic,), (taken_over(STATISTIC),))
        scored = score_frame(index, framed(index, [each.unit for each in cohort], [of_member(each) for each in cohort]))
        cards = score_cohort(index, [each.evidence for each in cohort])
        assert disagreements(scored, scored.frame, cards) == []
        assert "undecided" not in scored.frame["decided_by"].to_list()

    @given(st.lists(st.none() | st.integers(0, 9).map(Fraction), min_size=1, max_size=6))
    def test_of_points_come_after_the_points_that_they_are_taken_of(self, values: list[Fraction | None]) -> None:
        """The leaders by the first criterion get the points of the second."""
        index = cohort_index(("number",), (PLACE,), (taken_over("number"), LEADER))
        units = [AssessedUnit(id=f"u{place}", label="", block="") for place in range(len(values))]
        rows = [{"number": value} for value in values]
        scored = score_frame(index, framed(index, units, rows))
        cards = score_cohort(index, [evidence_of_unit(unit, row) for unit, row in zip(units, rows, strict=True)])
        assert disagreements(scored, scored.frame, cards) == []

    @given(statistics(), members(), st.sampled_from(("ward", "commune")))
    def test_count_a_listed_unit_that_is_not_there_as_the_engine_does(self, statistic: Statistic, cohort: list[Member], block: str) -> None:
        """A unit that the method awaits is a member of which nothing is known."""
        listed = (*(each.unit for each in cohort), AssessedUnit(id="z", label="vắng", block=block))
        index = cohort_index(("number", "part", "whole"), (statistic,), (taken_over(STATISTIC),), units=listed)
        frame = framed(index, [each.unit for each in cohort], [of_member(each) for each in cohort]).drop("block", "ranked")
        scored = score_frame(index, frame)
        assert disagreements(scored, scored.frame, score_cohort(index, [each.evidence for each in cohort])) == []

    @given(statistics(), members(), numbers)
    def test_see_what_the_method_knows_of_its_units(self, statistic: Statistic, cohort: list[Member], told: Fraction | None) -> None:
        """A fact that the list of units holds is the unit's where its own cell is blank."""
        index = cohort_index(("number", "part", "whole"), (statistic,), (taken_over(STATISTIC),))
        index = evolve(index, known={} if told is None else {cohort[0].unit.id: {"number": told}})
        scored = score_frame(index, framed(index, [each.unit for each in cohort], [of_member(each) for each in cohort]))
        assert disagreements(scored, scored.frame, score_cohort(index, [each.evidence for each in cohort])) == []

    @given(statistics(), members())
    @settings(max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    def test_are_taken_in_the_database_where_the_frame_lies_there(self, statistic: Statistic, cohort: list[Member]) -> None:
        """DuckDB takes them as windows of one query; what it cannot tell to the last digit is refused by name."""
        index = cohort_index(("number", "part", "whole"), (statistic,), (taken_over(STATISTIC),))
        frame = framed(index, [each.unit for each in cohort], [of_member(each) for each in cohort])
        try:
            scored = score_frame(index, duckdb.connect().from_arrow(frame.to_arrow()))
        except cchc.InputError as error:
            assert {(each.code, each.place.where) for each in error.findings} == {("not-in-columns", STATISTIC)}  # noqa: PT017 - nothing else
            return
        out = pl.DataFrame(scored.frame.order("unit").to_arrow_table())
        assert disagreements(scored, out, score_cohort(index, [each.evidence for each in cohort])) == []


# ------------------------------------------------------------------ ranks

quarters = st.integers(0, 3).map(lambda number: Fraction(number, 4))
entries = st.lists(
    st.fixed_dictionaries({"first": st.none() | quarters, "second": quarters, "late": st.none() | quarters, "block": st.sampled_from("ab"), "ranked": st.booleans()}),
    min_size=1, max_size=8,
)
CHAIN = (TieBreak(criterion="field.first"), TieBreak(fact="late", better="lower"))


@st.composite
def rules(draw: st.DrawFn) -> RankingRule:
    """Return how a method ranks."""
    ties: Literal["competition", "dense"] = draw(st.sampled_from(("competition", "dense")))
    on: Literal["exact", "rounded"] = draw(st.sampled_from(("exact", "rounded")))
    return RankingRule(ties=ties, on=on, tie_breaks=CHAIN[: draw(st.integers(0, 2))])


class TestRanks:
    """Ranks within the blocks of a frame."""

    def expected(self, index: cchc.Index, units: Sequence[AssessedUnit], rows: Sequence[Row]) -> list[int | None]:
        """Return the engine's ranks."""
        cards = score_cohort(index, [evidence_of_unit(unit, row) for unit, row in zip(units, rows, strict=True)])
        known = {each.unit.id: each.rank for block in rank(index, cards).blocks for each in block.units}
        return [known.get(unit.id) for unit in units]

    def case(self, rule: RankingRule, drawn: Sequence[Mapping[str, Any]]) -> tuple[cchc.Index, list[AssessedUnit], list[Row]]:
        """Return an index that ranks, and units with their facts."""
        rounding = RoundingRule(total=Rounding(places=0, mode="half_up"))
        index = cohort_index(("first", "second", "late"), (), (taken_over("first"), taken_over("second")), ranking=rule, rounding=rounding)
        units = [AssessedUnit(id=f"u{place}", label="", block=each["block"], ranked=each["ranked"]) for place, each in enumerate(drawn)]
        return index, units, [{name: each[name] for name in ("first", "second", "late")} for each in drawn]

    @given(rules(), entries)
    def test_are_those_of_the_engine(self, rule: RankingRule, drawn: list[dict[str, Any]]) -> None:
        """Ties, chains, units that are not ranked or have no complete total."""
        index, units, rows = self.case(rule, drawn)
        assert score_frame(index, framed(index, units, rows)).frame["rank"].to_list() == self.expected(index, units, rows)

    @given(rules(), entries)
    @settings(max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    def test_are_windows_of_a_query_where_the_frame_is_lazy(self, rule: RankingRule, drawn: list[dict[str, Any]]) -> None:
        """DuckDB gives the same ranks."""
        index, units, rows = self.case(rule, drawn)
        scored = score_frame(index, duckdb.connect().from_arrow(framed(index, units, rows).to_arrow()))
        assert pl.DataFrame(scored.frame.order("unit").to_arrow_table())["rank"].to_list() == self.expected(index, units, rows)

    def test_are_taken_only_among_units_in_the_same_situation_where_the_method_says_so(self) -> None:
        """A unit to which a criterion does not apply is compared with none to which it does."""
        share = cchc.forms.Share(of=cchc.forms.Quantity(part="first", whole="second"), when_whole_is_zero="not_applicable")
        criterion = cchc.Criterion(id="field.share", number="1", label=cchc.Text("tỷ lệ", "share"), max_points=Decimal(1), form=share)
        index = cohort_index(("first", "second"), (), (criterion,), ranking=RankingRule(ties="competition"),
                             rounding=RoundingRule(leaf=Rounding(places=2, mode="half_up")), not_applicable=NotApplicableRule(policy="same_situation"))
        units = [AssessedUnit(id=f"u{place}", label="") for place in range(3)]
        rows: list[Row] = [{"first": Fraction(1), "second": Fraction(2)}, {"first": Fraction(0), "second": Fraction(0)}, {"first": Fraction(2), "second": Fraction(2)}]
        ranks = score_frame(index, framed(index, units, rows)).frame["rank"].to_list()
        assert ranks == self.expected(index, units, rows) == [2, 1, 1]

    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), min_size=1, max_size=6), st.booleans())
    def test_on_totals_that_are_no_decimals_are_exact_all_the_same(self, rates: list[tuple[int, int]], by_step: bool) -> None:  # noqa: FBT001 - drawn
        """1/3 and 2/6 are tied, 1/3 and 0,333 are not: every unit is scored exactly, and the result says so."""
        share = cchc.forms.RatioForm(of=cchc.forms.Quantity(part="first", whole="second"), when_whole_is_zero="award_zero", cap=Decimal(1))
        criterion = cchc.Criterion(id="field.share", number="1", label=cchc.Text("tỷ lệ", "rate"), max_points=Decimal(1), form=share)
        chain = (TieBreak(criterion="field.share"),) if by_step else ()
        index = cohort_index(("first", "second"), (), (criterion,), ranking=RankingRule(ties="competition", tie_breaks=chain),
                             rounding=RoundingRule(total=Rounding(places=0, mode="half_up")) if by_step else RoundingRule())
        units = [AssessedUnit(id=f"u{place}", label="") for place in range(len(rates))]
        rows: list[Row] = [{"first": Fraction(part), "second": Fraction(whole)} for part, whole in rates]
        scored = score_frame(index, framed(index, units, rows))
        assert scored.by_row == ("ranking",)
        assert scored.frame["rank"].to_list() == self.expected(index, units, rows)
        with pytest.raises(cchc.InputError, match="not-in-columns"):
            score_frame(index, framed(index, units, rows).lazy())
