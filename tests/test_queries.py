"""Queries: what ``cchc sql`` prints is run by DuckDB and by Spark, and says what the engine says of each unit."""

import re
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from cohorts import cohort_index, taken_over
from conftest import ROOT
from frames import TYPES, cards_of, cell, disagreements, frame_of
from hypothesis import HealthCheck, Phase, given, settings
from pyspark.sql import SparkSession
from test_cli import run
from test_cohort import STATISTIC, Member, members, statistics
from test_columns import _spark_schema, samples
from test_columns_cohort import TestRanks as Ranks
from test_columns_cohort import entries, framed, of_member, rules
from test_engine import Situation

import cchc_rules as cchc
from cchc_rules.base.errors import InputError
from cchc_rules.columns.frames import score_frame
from cchc_rules.columns.queries import query_of
from cchc_rules.engine import score_cohort
from cchc_rules.methods import RankingRule
from cchc_rules.model import Statistic

METHOD = "cao-bang.districts/2021"
SMALL = ("example.one-stop/2030", "--plugins", ROOT / "examples" / "plugins" / "one_stop")
"""A method of few facts, where the size of the query does not matter."""
FEW = settings(max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])


def frame_of_evidence(index: cchc.Index, evidence: cchc.Evidence) -> pl.DataFrame:
    """Return the evidence of one unit as a frame of one row."""
    reported = {name: fact.value for name, fact in evidence.facts.items()}
    columns = {name: [cell(fact, reported.get(name))] for name, fact in index.facts.items()}
    schema = {name: TYPES[fact.type] for name, fact in index.facts.items()}
    return pl.DataFrame({"unit": [evidence.unit.id], "block": [""]}).hstack(pl.DataFrame(columns, schema=schema))


def answer_of_duckdb(query: str, facts: pl.DataFrame, table: str = "facts") -> pl.DataFrame:
    """Return what DuckDB makes of a query over a table, by unit."""
    connection = duckdb.connect()
    connection.register(table, facts.to_arrow())
    return pl.DataFrame(connection.sql(query).to_arrow_table()).sort("unit")


@pytest.fixture(scope="module")
def facts(index: cchc.Index, evidence: cchc.Evidence) -> pl.DataFrame:
    """Return the facts of the example as a table."""
    return frame_of_evidence(index, evidence)


@pytest.fixture(scope="module")
def printed() -> str:
    """Return what the command prints for DuckDB."""
    return run("sql", METHOD).out


class TestTheShippedMethod:
    """The example comes out of each engine as it comes out of the project's own."""

    def check(self, index: cchc.Index, facts: pl.DataFrame, out: pl.DataFrame, card: cchc.Scorecard) -> None:
        """Assert that a table of results is the scorecard's: every point, state and grade."""
        scored = score_frame(index, facts)
        assert out.columns == scored.frame.columns
        assert disagreements(scored, out, [card]) == []
        assert out.select("total:points", "grade", "decided_by").rows() == [(7950, "kha", "columns")]

    def test_is_scored_by_duckdb_from_the_text_alone(self, printed: str, index: cchc.Index, facts: pl.DataFrame, card: cchc.Scorecard) -> None:
        """Hà Quảng has 79.5 points and the grade khá."""
        self.check(index, facts, answer_of_duckdb(printed, facts), card)

    def test_is_scored_by_spark_from_the_text_alone(
        self, spark: SparkSession, index: cchc.Index, facts: pl.DataFrame, card: cchc.Scorecard, tmp_path: Path
    ) -> None:
        """The same in the other dialect, out of a file, over a table of another name."""
        path = tmp_path / "cham-diem.sql"
        assert run("sql", METHOD, "--dialect", "spark", "--table", "so lieu", "-o", path).status == 0
        query = path.read_text(encoding="utf-8").replace("`so lieu`", "{given}")
        rows = spark.createDataFrame(facts.to_dicts(), _spark_schema(facts))
        out = pl.DataFrame([row.asDict() for row in spark.sql(query, given=rows).collect()], schema=score_frame(index, facts).frame.schema)
        self.check(index, facts, out, card)

    def test_has_a_column_a_line_and_writes_out_nothing_twice(self, printed: str, facts: pl.DataFrame) -> None:
        """A step hands on what it does not change as ``*``: the name of a fact's column stands where it is read."""
        lines = printed.splitlines()
        first = next(place for place, line in enumerate(lines) if line.startswith("), step_2"))
        assert [line for line in lines[first:] for name in facts.columns[2:] if f'"{name}"' in line] == []
        assert [line for line in lines if not re.match(r"-- |WITH step_1 AS \($|\), step_\d+ AS \($|\)$|SELECT( \*,)?$|FROM |  ", line)] == []


class TestAnyMethod:
    """A query and a frame say the same."""

    @given(samples())
    @FEW
    def test_is_scored_by_duckdb_as_by_columns(self, sample: tuple[Situation, list[Any]]) -> None:
        """Random rules, policies and facts, some of them missing."""
        situation, rows = sample
        facts = frame_of(situation.index, rows, block=[None] * len(rows)).with_columns(pl.col("block").cast(pl.String))
        try:
            query = query_of(situation.index, table="so lieu")
        except InputError as error:
            assert {each.code for each in error.findings} == {"numbers-too-large"}  # noqa: PT017 - nothing else may be refused
            return
        out = answer_of_duckdb(query, facts, "so lieu")
        assert disagreements(score_frame(situation.index, facts.lazy()), out, cards_of(situation.index, rows)) == []


@pytest.fixture(scope="module")
def small() -> str:
    """Return what the command prints for a method of few facts."""
    return run("sql", *SMALL).out


class TestCohorts:
    """Statistics and ranks are windows of the query."""

    @given(rules(), entries)
    @FEW
    def test_are_ranked_by_duckdb_as_by_columns(self, rule: RankingRule, drawn: list[dict[str, Any]]) -> None:
        """Ties, the chain that parts them, blocks."""
        index, units, rows = Ranks().case(rule, drawn)
        facts = framed(index, units, rows).drop("ranked")
        assert answer_of_duckdb(query_of(index), facts)["rank"].to_list() == score_frame(index, facts).frame.sort("unit")["rank"].to_list()

    @given(statistics(), members())
    @FEW
    def test_are_compared_by_duckdb_as_by_columns(self, statistic: Statistic, cohort: list[Member]) -> None:
        """Means, totals, the best and counts are taken by the query itself."""
        index = cohort_index(("number", "part", "whole"), (statistic,), (taken_over(STATISTIC),))
        facts = framed(index, [each.unit for each in cohort], [of_member(each) for each in cohort]).drop("ranked")
        try:
            query = query_of(index)
        except InputError as error:
            assert {each.code for each in error.findings} == {"not-in-columns"}  # noqa: PT017 - a mean of rates that are not rounded
            return
        scored = score_frame(index, facts.lazy())
        assert disagreements(scored, answer_of_duckdb(query, facts), score_cohort(index, [each.evidence for each in cohort])) == []


class TestWhatATableHolds:
    """A table is not read by us: the query itself sees what is in it."""

    @pytest.mark.parametrize(("type_", "value", "state"), [
        ("TINYINT", "2", "scored"), ("INTEGER", "2", "scored"), ("DOUBLE", "2", "scored"), ("DECIMAL(9, 3)", "2", "scored"),
        ("DOUBLE", "2.5", "error"), ("DECIMAL(9, 3)", "2.001", "error"), ("BIGINT", "-1", "error"), ("BIGINT", "100000001", "error"), ("BIGINT", "NULL", "no_evidence"),
    ])
    def test_may_be_of_any_type_that_holds_whole_numbers(self, small: str, type_: str, value: str, state: str) -> None:
        """A narrow type does not overflow; what is not whole or out of its range is an error, a blank is missing."""
        connection = duckdb.connect()
        others = ("on_time", "received", "online", "quick")
        columns = ", ".join(["'xa-01' AS unit", "'' AS block", *(f"1 AS dossiers_{name}" for name in others), "1 AS results_by_post", "1 AS procedures_in_use", "1 AS fees"])
        connection.sql(f"CREATE TABLE facts AS SELECT {columns}, CAST({value} AS {type_}) AS dossiers_settled")
        assert connection.sql(small).select('"one_stop.quick:state"').fetchall() == [(state,)]


class TestRefusals:
    """What cannot be written is refused in words."""

    def test_a_file_that_is_there_is_not_overwritten(self, tmp_path: Path) -> None:
        """Only with ``--force``."""
        path = tmp_path / "a.sql"
        path.write_text("mine", encoding="utf-8")
        ended = run("sql", *SMALL, "-o", path)
        assert (ended.status, path.read_text(encoding="utf-8")) == (2, "mine")
        assert run("sql", *SMALL, "-o", path, "--force").status == 0
        assert path.read_text(encoding="utf-8").startswith(f"-- {SMALL[0]}")

    def test_a_computed_criterion_is_named(self) -> None:
        """It has no query; the remedy is one that whoever wrote the command has."""
        with pytest.raises(InputError) as caught:
            query_of(cchc.load_registry([ROOT / "examples" / "plugins" / "corridor"]).index_named("example.communes"))
        assert {each.code for each in caught.value.findings} == {"not-in-columns"}
        assert "cchc_rules.score_frame" in caught.value.findings[0].remedy.en

    def test_a_missing_extra_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without Ibis nothing is written."""
        monkeypatch.setitem(sys.modules, "ibis", None)
        ended = run("sql", METHOD)
        assert ended.status == 2
        assert "cchc-rules[sql]" in ended.err
