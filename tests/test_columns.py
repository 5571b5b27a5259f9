"""Columns: on random methods and random units they say, on every kind of frame, what the engine says of each unit."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from attrs import evolve
from building import index_of
from frames import cards_of, disagreements, frame_of, varied
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from strategies import Case, count, edition_of, percent
from test_engine import Situation, situations

from cchc_rules.base.errors import InputError
from cchc_rules.base.texts import same
from cchc_rules.columns.frames import score_frame
from cchc_rules.model import ComputedPoints
from cchc_rules.rules import forms

FEW = settings(max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
"""Real engines are slow to start a query: few examples, and no search for a smaller one."""


@st.composite
def samples(draw: st.DrawFn) -> tuple[Situation, list[Any]]:
    """Return a random method with rows: some facts missing, all there, none there."""
    situation = draw(situations(complete=False))
    known = situation.values  # noqa: PD011 - a situation is no frame
    return situation, [known, situation.completed(draw(st.data())), {}]


def scored_or_refused(situation: Situation, frame: Any) -> Any:
    """Return a scored frame; ``None`` where a number of the method has too many decimals for columns, which is said."""
    try:
        return score_frame(situation.index, frame)
    except InputError as error:
        assert {each.code for each in error.findings} == {"numbers-too-large"}  # noqa: PT017 - nothing else may be refused
        return None


def eager_kinds(frame: pl.DataFrame) -> dict[str, Any]:
    """Return a frame in every eager kind."""
    return {"polars": frame, "pyarrow": frame.to_arrow(), "pandas": frame.to_arrow().to_pandas(), "pandas on arrow": frame.to_pandas(use_pyarrow_extension_array=True)}


class TestAgreement:
    """Columns and the engine agree to the last digit: points, states, totals, grades."""

    @given(samples())
    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    def test_polars_says_what_the_engine_says_and_leaves_nothing_open(self, sample: tuple[Situation, list[Any]]) -> None:
        """Where only the exact reading can tell, the row is decided by it."""
        situation, rows = sample
        scored = scored_or_refused(situation, frame_of(situation.index, rows))
        if scored is not None:
            assert disagreements(scored, scored.frame, cards_of(situation.index, rows)) == []
            assert "undecided" not in scored.frame["decided_by"].to_list()
            assert scored.exact_rows == scored.frame["decided_by"].to_list().count("exact")

    @given(samples(), st.data())
    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    def test_every_policy_of_a_method_works_in_columns(self, sample: tuple[Situation, list[Any]], data: st.DataObject) -> None:
        """Conditions, prerequisites, combinations, bonus and penalty, parts, conversion, gates, events, rates rounded or kept."""
        situation, known = sample
        index = data.draw(varied(situation.index))
        rows = [{**row, **{name: data.draw(st.booleans()) for name in ("flag0", "flag1") if place or data.draw(st.booleans())}} for place, row in enumerate(known)]
        scored = scored_or_refused(evolve(situation, index=index), frame_of(index, rows))
        if scored is not None:
            assert disagreements(scored, scored.frame, cards_of(index, rows)) == []

    @given(samples())
    @FEW
    def test_every_eager_kind_comes_back_as_it_came(self, sample: tuple[Situation, list[Any]]) -> None:
        """pandas, PyArrow and Polars frames give frames of their own kind, with the same results."""
        situation, rows = sample
        for kind, frame in eager_kinds(frame_of(situation.index, rows)).items():
            scored = scored_or_refused(situation, frame)
            if scored is None:
                return
            assert type(scored.frame) is type(frame), kind
            table = pa.Table.from_pandas(scored.frame, preserve_index=False) if isinstance(scored.frame, pd.DataFrame) else scored.frame
            out = table if isinstance(table, pl.DataFrame) else pl.from_arrow(table)
            assert isinstance(out, pl.DataFrame)
            assert disagreements(scored, out, cards_of(situation.index, rows)) == [], kind

    @given(samples())
    @FEW
    def test_lazy_frames_stay_lazy_and_say_the_same(self, sample: tuple[Situation, list[Any]]) -> None:
        """Lazy Polars, DuckDB and Ibis give back what is not yet carried out; what it gives is the engine's."""
        situation, rows = sample
        frame = frame_of(situation.index, rows)
        connection = duckdb.connect()
        kinds: dict[str, tuple[Any, Callable[[Any], pl.DataFrame]]] = {
            "polars": (frame.lazy(), lambda result: result.collect()),
            "duckdb": (connection.from_arrow(frame.to_arrow()), lambda result: pl.DataFrame(result.order("unit").to_arrow_table())),
            "ibis": (ibis.memtable(frame.to_arrow()), lambda result: pl.DataFrame(result.order_by("unit").to_pyarrow())),
        }
        for kind, (lazy, collected) in kinds.items():
            scored = scored_or_refused(situation, lazy)
            if scored is None:
                return
            assert isinstance(scored.frame, type(lazy) if kind != "ibis" else ibis.Table), kind
            assert scored.exact_rows is None
            assert disagreements(scored, collected(scored.frame), cards_of(situation.index, rows)) == [], kind

    @given(sample=samples())
    @settings(max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
    def test_spark_says_the_same_over_several_partitions(self, spark: SparkSession, sample: tuple[Situation, list[Any]]) -> None:
        """PySpark in local mode, the rows in two partitions."""
        situation, rows = sample
        frame = frame_of(situation.index, rows)
        given_ = spark.createDataFrame(frame.to_arrow().to_pylist(), _spark_schema(frame)).repartition(2)
        scored = scored_or_refused(situation, given_)
        if scored is not None:
            out = pl.from_dicts([row.asDict() for row in scored.frame.collect()], infer_schema_length=None).sort("unit")
            assert disagreements(scored, out, cards_of(situation.index, rows)) == []


def _spark_schema(frame: pl.DataFrame) -> str:
    """Return the types of a frame as Spark writes them."""
    words = {pl.Int64: "bigint", pl.Date: "date", pl.Boolean: "boolean", pl.String: "string"}
    return ", ".join(f"`{name}` {words.get(type(dtype), 'decimal(20,2)')}" for name, dtype in frame.schema.items())


# ------------------------------------------------------------------ what is refused, and what is told


SHARE = Case(
    form=forms.Share(of=forms.Quantity(part="p", whole="w"), when_whole_is_zero="award_zero", zero_below=percent(80)),
    maximum=Decimal(4), facts=(count("p"), count("w")), values={},
)
PYTHON = Case(form=forms.ComputedForm(facts=("w",), description=same("plugin tính")), maximum=Decimal(4), facts=(count("w"),), values={})
INDEX = index_of(edition_of([SHARE]))


class TestMissing:
    """What is missing is a state in columns too, never a zero."""

    def test_a_blank_leaves_the_points_blank_and_says_why(self) -> None:
        """The criterion has no evidence, the total waits."""
        row = score_frame(INDEX, pl.DataFrame({"p": [9], "w": [None]}, schema={"p": pl.Int64, "w": pl.Int64})).frame.row(0, named=True)
        assert (row["field.c0:points"], row["field.c0:state"]) == (None, "no_evidence")
        assert (row["total:points"], row["total:state"]) == (None, "waiting")

    def test_a_column_that_is_not_there_is_missing_in_every_row(self) -> None:
        """A frame need not have every fact."""
        assert score_frame(INDEX, pl.DataFrame({"p": [9, 8]})).frame["field.c0:state"].to_list() == ["no_evidence", "no_evidence"]

    def test_a_number_out_of_its_range_is_an_error_of_its_row_alone(self) -> None:
        """Lazy data cannot raise: the state says it."""
        out = score_frame(INDEX, pl.DataFrame({"p": [9, 9], "w": [10, 10**12]}).lazy()).frame.collect()
        assert out["field.c0:state"].to_list() == ["scored", "error"]

    def test_a_column_of_floats_that_are_whole_is_taken_with_nan_as_a_blank(self) -> None:
        """Pandas makes floats of whole numbers with a blank among them."""
        frame = pd.DataFrame({"p": [9.0, float("nan")], "w": [10, 10]})
        assert score_frame(INDEX, frame).frame["field.c0:state"].to_list() == ["scored", "no_evidence"]

    def test_a_float_that_is_not_whole_is_an_error(self) -> None:
        """9.5 dossiers are no count."""
        assert score_frame(INDEX, pd.DataFrame({"p": [9.5], "w": [10]})).frame["field.c0:state"].to_list() == ["error"]


class TestRefusals:
    """What columns cannot do exactly is refused by name, or done row by row and said."""

    def test_text_in_a_column_of_numbers_is_refused_naming_the_column(self) -> None:
        """No guess is made of what a text may mean."""
        with pytest.raises(InputError) as raised:
            score_frame(INDEX, pl.DataFrame({"p": ["9"], "w": [10]}))
        assert (raised.value.findings[0].code, raised.value.findings[0].place.where_en) == ("column-type", "column p")

    def test_ranges_beyond_what_every_backend_holds_are_refused_naming_the_criterion(self) -> None:
        """Beyond 2⁵³ a backend that divides through a double would be wrong by a digit."""
        wide = Case(form=SHARE.form, maximum=Decimal(4), facts=(count("p", 10**17), count("w", 10**17)), values={})
        with pytest.raises(InputError) as raised:
            score_frame(index_of(edition_of([wide])), pl.DataFrame({"p": [1], "w": [1]}))
        assert (raised.value.findings[0].code, raised.value.findings[0].place.where) == ("numbers-too-large", "field.c0")

    def test_what_is_no_frame_is_refused(self) -> None:
        """A list is no frame."""
        with pytest.raises(InputError) as raised:
            score_frame(INDEX, [1, 2])
        assert raised.value.findings[0].code == "frame-unknown"


class TestComputed:
    """Criteria that a plugin computes in Python have no reading as columns."""

    INDEX = index_of(edition_of([PYTHON]), computations={"field.c0": lambda facts, most: ComputedPoints(points=min(facts["w"], most), reason=same("do"))})

    def test_they_are_worked_out_row_by_row_and_the_result_says_so(self) -> None:
        """Each row is decided by the exact reading."""
        scored = score_frame(self.INDEX, pl.DataFrame({"w": [1, 3, 60]}))
        assert scored.frame["field.c0:points"].to_list() == [100, 300, 400]
        assert (scored.by_row, scored.exact_rows) == (("field.c0",), 3)

    def test_a_lazy_frame_is_refused_unless_it_may_be_collected(self) -> None:
        """Nothing is brought into memory unasked."""
        lazy = pl.DataFrame({"w": [1, 3]}).lazy()
        with pytest.raises(InputError) as raised:
            score_frame(self.INDEX, lazy)
        assert (raised.value.findings[0].code, raised.value.findings[0].place.where) == ("not-in-columns", "field.c0")
        assert score_frame(self.INDEX, lazy, collect=True).frame["field.c0:points"].to_list() == [100, 300]
