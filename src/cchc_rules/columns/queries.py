"""A method as one query: what ``score_frame`` would carry out, written down for DuckDB or for Spark."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from attrs import evolve

from cchc_rules.arithmetic.facts import places_of
from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.extras import library
from cchc_rules.base.texts import Text
from cchc_rules.columns.frames import score_frame
from cchc_rules.columns.layout import laid_out
from cchc_rules.columns.units import BLOCK, UNIT
from cchc_rules.index import Index
from cchc_rules.model import Fact

Dialect = Literal["duckdb", "spark"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "spark")
IBIS_NAMES: Mapping[Dialect, str] = {"duckdb": "duckdb", "spark": "pyspark"}
DIGITS = 18


def query_of(index: Index, *, dialect: Dialect = "duckdb", table: str = "facts") -> str:
    """Return the query that scores all units of a table, one row a unit, one column a fact.

    Raises ``InputError`` where the extra is not installed, and for what ``score_frame`` refuses of lazy frames.
    """
    ibis = _ibis()
    given = ibis.table({UNIT: "string", BLOCK: "string", **_types(index)}, name=table)
    try:
        scored = score_frame(index, given)
    except InputError as error:
        raise InputError(*map(_without_a_frame, error.findings)) from None
    text = str(ibis.to_sql(scored.frame, dialect=IBIS_NAMES[dialect], pretty=False))
    return "".join(f"{line}\n" for line in (*_head(index), *laid_out(text, dialect)))


def _ibis() -> Any:
    """Return Ibis; its expressions are made by narwhals, which has to be there too."""
    return library("ibis", "narwhals", extra="sql", place=Place(where="cchc sql"),
                   missing=Text("chưa cài thư viện để viết truy vấn", "the libraries for queries are not installed"))


def _types(index: Index) -> dict[str, str]:
    """Return the type of each fact's column.

    Counts are decimals too: then the query itself sees whether a number is whole, of whatever type it is.
    """
    return {name: _type(fact) for name, fact in index.facts.items() if name not in index.statistics}


def _type(fact: Fact) -> str:
    words = {"flag": "boolean", "date": "date", "level": "string"}
    return words.get(fact.type) or f"decimal({DIGITS}, {places_of(fact) - (2 if fact.type == 'rate' else 0)})"


def _without_a_frame(finding: Finding) -> Finding:
    """Return a finding whose remedy is for whoever has no frame at hand."""
    if finding.code != "not-in-columns":
        return finding
    return evolve(finding, remedy=Text("chấm bằng `cchc_rules.score_frame(..., collect=True)`", "score with `cchc_rules.score_frame(..., collect=True)`"))


def _head(index: Index) -> Iterator[str]:
    """Yield comments that say what the query is and which columns it reads."""
    yield f"-- {index.method.key}: one row is one unit, one column one fact named by its id; a blank is missing, never 0."
    yield f"-- {UNIT}, {BLOCK} and levels: text; flags: true or false; dates: dates; counts: whole; the rest: decimals, rates in per cent; no floats."
