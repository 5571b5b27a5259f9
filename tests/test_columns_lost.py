"""Lost points in columns: of every criterion, by cause as the engine's deductions say, and points to read."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import polars as pl
from building import index_of
from frames import cards_of, frame_of, varied
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from strategies import cases, completed, counting_forms, edition_of, flag_forms, sum_forms
from test_columns import samples
from test_engine import Situation
from test_queries import frame_of_evidence

import cchc_rules as cchc
from cchc_rules.base.errors import InputError
from cchc_rules.columns.frames import score_frame
from cchc_rules.columns.results import ScoredFrame
from cchc_rules.model import State

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def lost_or_refused(index: cchc.Index, frame: Any) -> ScoredFrame | None:
    """Return a scored frame with what was lost; ``None`` where a number has too many decimals, which is said."""
    try:
        return score_frame(index, frame, lost=True)
    except InputError as error:
        assert {each.code for each in error.findings} == {"numbers-too-large"}  # noqa: PT017 - nothing else may be refused
        return None


def disagreements(scored: ScoredFrame, out: pl.DataFrame, cards: Sequence[cchc.Scorecard]) -> list[str]:
    """Return where the columns of lost points say anything else than the scorecards."""
    rows = zip(out.iter_rows(named=True), cards, strict=True)
    return [said for row, card in rows if row["decided_by"] != "undecided" for score in card.scores for said in of_score(scored, row, score)]


def of_score(scored: ScoredFrame, row: Mapping[str, Any], score: cchc.Score) -> list[str]:
    """Return where one criterion's columns say anything else than its score."""
    name, account = f"{score.id}:lost", score.account
    if score.criterion.kind == "bonus":
        return [f"{name} is there" for column in row if column.startswith(name)]
    lost = account.maximum - account.exact if account.state is State.SCORED and account.exact is not None else None
    said, scale = row[name], 10 ** scored.places[name]
    found = []
    if (said is None) != (lost is None) or (lost is not None and not said <= lost * scale <= row.get(f"{name}:upto", said)):
        found.append(f"{name}: {said}, not {lost}")
    amounts = [(row[each], scored.places[each]) for each in scored.causes if each.startswith(f"{name}:")]
    by_cause = [Fraction(amount, 10**places) for amount, places in amounts if amount]
    if any(amount is not None for amount, _ in amounts) and by_cause != [each.exact for each in score.deductions]:
        found.append(f"{name}: {by_cause}, not {[each.exact for each in score.deductions]}")
    return found


class TestLost:
    """What was lost is what the engine says was lost."""

    @given(samples(), st.data())
    @settings(max_examples=40, suppress_health_check=SLOW)
    def test_points_are_those_of_the_engine_under_every_policy(self, sample: tuple[Situation, list[Any]], data: st.DataObject) -> None:
        """By criterion always; by cause wherever a column says anything."""
        situation, rows = sample
        index = data.draw(varied(situation.index))
        scored = lost_or_refused(index, frame_of(index, rows))
        if scored is not None:
            assert disagreements(scored, scored.frame, cards_of(index, rows)) == []

    @given(samples())
    @settings(max_examples=3, phases=[Phase.generate], suppress_health_check=SLOW)
    def test_points_are_columns_of_a_query_where_the_frame_is_lazy(self, sample: tuple[Situation, list[Any]]) -> None:
        """DuckDB says the same."""
        situation, rows = sample
        scored = lost_or_refused(situation.index, duckdb.connect().from_arrow(frame_of(situation.index, rows).to_arrow()))
        if scored is not None:
            out = pl.DataFrame(scored.frame.order("unit").to_arrow_table())
            assert disagreements(scored, out, cards_of(situation.index, rows)) == []

    @given(cases(families=(counting_forms, sum_forms, flag_forms)), st.data())
    @settings(max_examples=60, suppress_health_check=SLOW)
    def test_points_have_causes_where_a_rule_has_parts(self, case: Any, data: st.DataObject) -> None:
        """Checklists, violations and sums of rules: what each part cost, in the engine's order, adds up to what was lost."""
        index = index_of(edition_of([case]))
        rows = [data.draw(completed(case)) for _ in range(3)]
        scored = lost_or_refused(index, frame_of(index, rows))
        assume(scored is not None and scored.causes)
        assert scored is not None
        assert disagreements(scored, scored.frame, cards_of(index, rows)) == []
        assert all(text.vi and text.en for text in scored.causes.values())
        told = scored.frame.filter(decided_by="columns").select(scored.causes.keys())
        assert told.null_count().transpose().to_series().sum() == 0


class TestDisplay:
    """Points to read stand beside those to count with."""

    def test_points_are_decimals_without_a_scale(self, index: cchc.Index, evidence: cchc.Evidence) -> None:
        """The column is one to look at: 79.5, where the whole number is 7950 with two decimals."""
        out = score_frame(index, frame_of_evidence(index, evidence), display=True).frame
        assert out.select("total:points", "total:shown").rows() == [(7950, Decimal("79.5"))]
        assert [name for name in out.columns if name.endswith(":points") and f"{name.removesuffix(':points')}:shown" not in out.columns] == []

    def test_points_that_are_not_there_are_not_shown(self, index: cchc.Index) -> None:
        """A blank, not 0."""
        out = score_frame(index, pl.DataFrame({"unit": ["ha-quang"]}), display=True).frame
        assert out.select("direction.initiatives:shown", "direction.initiatives:state").rows() == [(None, "no_evidence")]


class TestAbsent:
    """Units that the method awaits."""

    def test_are_named_where_the_frame_lacks_them(self, index: cchc.Index) -> None:
        """The frame names its units; a lazy one has not been looked at."""
        frame = pl.DataFrame({"unit": [unit.id for unit in index.method.units_due[1:]]})
        assert score_frame(index, frame).absent == (index.method.units_due[0].id,)
        assert score_frame(index, frame.lazy()).absent == ()
