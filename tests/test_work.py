"""How much work scoring is, counted, not timed: expressions, steps of a query, Python calls, memory taken.

The numbers kept in ``work.json`` are those of the table in ``benchmarks/rules``: 20 criteria. More than a
tenth above is a regression; far below, the number kept guards nothing any more. Both ask for the same:
look why, then ``CCHC_REWRITE_WORK=1 python -m pytest tests/test_work.py``.
"""

import gc
import json
import os
import sys
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb
import polars as pl
import pytest
from conftest import ROOT

import cchc_rules as cchc
from cchc_rules.arithmetic.integers import walk
from cchc_rules.arithmetic.program import program_of, source_of
from cchc_rules.columns.results import outputs_of, points_of
from cchc_rules.engine import score

KEPT = Path(__file__).parent / "work.json"
REWRITE = bool(os.environ.get("CCHC_REWRITE_WORK"))
MOST, LEAST = Fraction(11, 10), Fraction(1, 2)
FEW = 16
"""So many more are no growth: blocks that the interpreter itself keeps come and go."""
Call = Callable[[], object]


@pytest.fixture(scope="module")
def index() -> cchc.Index:
    """Return the method that the benchmarks measure with."""
    return cchc.load_index("measured.communes", 2030, plugins=[ROOT / "benchmarks" / "rules"])


@pytest.fixture(scope="module")
def facts(index: cchc.Index) -> dict[str, int]:
    """Return one unit: nine tenths of everything, one report missing of each."""
    return {name: _number(name, fact) for name, fact in index.facts.items()}


def _number(name: str, fact: cchc.Fact) -> int:
    assert fact.range is not None
    return 1 if name.endswith("_missing") else int(fact.range[1]) * 9 // (20 if name.endswith("_part") else 10)


@pytest.fixture(scope="module")
def evidence(index: cchc.Index, facts: dict[str, int]) -> cchc.Evidence:
    """Return the same unit as evidence with a document."""
    reported = {name: cchc.ReportedFact(id=name, value=Fraction(value), documents=("d",)) for name, value in facts.items()}
    method = index.method
    return cchc.Evidence(unit=method.units[0], method=method.id, year=method.year, stage=method.stages[0].id, facts=reported)


# ------------------------------------------------------------------ counting


def calls(action: Call) -> int:
    """Return how many Python functions an action calls, caches filled beforehand."""
    count = 0

    def seen(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        count += event == "call"

    action()
    gc.collect()
    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def blocks(action: Call) -> int:
    """Return how many blocks of memory the result of an action holds, caches filled beforehand."""
    action()
    gc.collect()
    tracemalloc.start()
    try:
        held = action()
        gc.collect()
        taken = len(tracemalloc.take_snapshot().traces)
    finally:
        tracemalloc.stop()
    assert held is not None
    return taken


def peak(action: Call) -> int:
    """Return how many kilobytes an action takes at most, caches filled beforehand."""
    action()
    gc.collect()
    tracemalloc.start()
    try:
        held = action()
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert held is not None
    return most // 1000


def is_as_kept(name: str, counted: int) -> None:
    """Hold a count against the number kept; keep it instead where that is asked for."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    if REWRITE:
        KEPT.write_text(json.dumps({**kept, name: counted}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return
    most = max(kept[name] * MOST, kept[name] + (FEW if name.startswith("blocks") else 0))
    assert kept[name] * LEAST <= counted <= most, f"{name}: {counted}, kept are {kept[name]}; see the top of this file"


# ------------------------------------------------------------------ what is counted


def test_expressions_of_a_method(index: cchc.Index) -> None:
    """Everything that columns carry out a unit: points, states, field, total."""
    program = program_of(index, source_of(index, index.facts))
    nodes = list(walk(outputs_of(points_of(program), program).values()))
    is_as_kept("expressions of the method", len(nodes))
    is_as_kept("divisions of the method", sum(each.operation == "divide" for each in nodes))


def test_steps_of_a_lazy_plan(index: cchc.Index, facts: dict[str, int]) -> None:
    """Polars gets one plan, whatever the number of criteria; its choices are what takes time."""
    scored = cchc.score_frame(index, pl.DataFrame({name: [value] for name, value in facts.items()}).lazy(), states="numbers")
    plan = scored.frame.explain(optimized=False)
    is_as_kept("steps of the Polars plan", plan.count("WITH_COLUMNS") + plan.count("SELECT"))
    is_as_kept("choices in the Polars plan", plan.count("when("))


def test_steps_of_a_query(index: cchc.Index, facts: dict[str, int]) -> None:
    """DuckDB gets one query, whatever the number of criteria."""
    relation = duckdb.connect().from_arrow(pl.DataFrame({name: [value] for name, value in facts.items()}).to_arrow())
    query = cchc.score_frame(index, relation, states="numbers").frame.sql_query().upper()
    is_as_kept("steps of the DuckDB query", query.count("SELECT"))
    is_as_kept("choices in the DuckDB query", query.count("CASE"))
    is_as_kept("divisions in the DuckDB query", query.count("//"))


def test_calls_for_one_unit(index: cchc.Index, facts: dict[str, int], evidence: cchc.Evidence) -> None:
    """Compiled, a unit costs a handful of calls; a whole scorecard and its explanations cost what is read."""
    scorer = cchc.Scorer(index)
    is_as_kept("calls for the scores of one unit", calls(lambda: scorer(facts).scores))
    is_as_kept("calls for one scorecard", calls(lambda: score(index, evidence)))


def test_memory_of_one_unit(index: cchc.Index, facts: dict[str, int], evidence: cchc.Evidence) -> None:
    """What a unit's result holds, and what making it takes at most."""
    scorer = cchc.Scorer(index)
    is_as_kept("blocks that the scores of one unit hold", blocks(lambda: scorer(facts).scores))
    is_as_kept("blocks that one scorecard holds", blocks(lambda: score(index, evidence)))
    is_as_kept("kilobytes for one scorecard", peak(lambda: score(index, evidence)))


# ------------------------------------------------------------------ the counters are not blind


def test_calls_are_seen() -> None:
    """Three calls more are three more."""
    def once() -> int:
        return 1

    assert calls(lambda: [once() for _ in range(5)]) - calls(lambda: [once() for _ in range(2)]) == 3


def test_memory_is_seen() -> None:
    """A hundred objects more are about a hundred blocks more; a megabyte more is one."""
    assert 90 <= blocks(lambda: [object() for _ in range(200)]) - blocks(lambda: [object() for _ in range(100)]) <= 110
    assert peak(lambda: bytes(2_000_000)) - peak(lambda: bytes(1_000_000)) == 1_000
