"""Frames of random units: facts as columns hold them, and what the engine says of each row."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
from building import evidence_with

import cchc_rules as cchc
from cchc_rules.columns.results import ScoredFrame
from cchc_rules.engine import score
from cchc_rules.model import Fact, Value
from cchc_rules.points import Account

TYPES: Mapping[str, Any] = {
    "count": pl.Int64, "decimal": pl.Decimal(20, 2), "rate": pl.Decimal(20, 2), "date": pl.Date, "flag": pl.Boolean, "level": pl.String,
}
Rows = Sequence[Mapping[str, Value]]


def cell(fact: Fact, value: Value | None) -> object:
    """Return a value as its column holds it: a rate in per cent."""
    if not isinstance(value, Fraction):
        return value
    if fact.type == "date":
        return dt.date.fromordinal(int(value))
    if fact.type == "count":
        return int(value)
    hundredths = value * (10_000 if fact.type == "rate" else 100)
    assert hundredths.denominator == 1
    return Decimal(hundredths.numerator) / 100


def frame_of(index: cchc.Index, rows: Rows, **more: Sequence[object]) -> pl.DataFrame:
    """Return a frame with one row a unit."""
    columns = {name: [cell(fact, row.get(name)) for row in rows] for name, fact in index.facts.items() if name not in index.statistics}
    schema = {name: TYPES[index.facts[name].type] for name in columns}
    facts = pl.DataFrame(columns, schema=schema)
    return pl.DataFrame({"unit": [f"u{place}" for place in range(len(rows))], **more}).hstack(facts)


def accounts_of(card: cchc.Scorecard) -> Iterator[tuple[str, Account]]:
    """Yield every account of a scorecard by the name of its columns."""
    yield from ((scored.id, scored.account) for scored in card.scores)
    yield from ((each.id, each.account) for each in card.fields)
    yield "total", card.total


def disagreements(scored: ScoredFrame, out: pl.DataFrame, cards: Sequence[cchc.Scorecard]) -> list[str]:
    """Return where a frame of results says anything else than the scorecards of its rows."""
    return [said for row, card in zip(out.iter_rows(named=True), cards, strict=True) if row["decided_by"] != "undecided"
            for said in _of_row(scored, row, card)]


def _of_row(scored: ScoredFrame, row: Mapping[str, Any], card: cchc.Scorecard) -> Iterator[str]:
    for name, account in accounts_of(card):
        points = row[f"{name}:points"]
        if row[f"{name}:state"] != account.state.value:
            yield f"{name}: {row[f'{name}:state']}, not {account.state.value}"
        elif (points is None) != (account.exact is None):
            yield f"{name}: {points}, not {account.exact}"
        elif account.exact is not None:
            exact = account.exact * 10 ** scored.places[name]
            if not points <= exact <= row.get(f"{name}:upto", points):
                yield f"{name}: {points}, not {exact}"
    grade = card.grade.id or None if card.grade else None
    if "grade" in row and row["grade"] != grade:
        yield f"grade: {row['grade']}, not {grade}"


def cards_of(index: cchc.Index, rows: Rows) -> list[cchc.Scorecard]:
    """Return the scorecard of each row."""
    return [score(index, evidence_with(row)) for row in rows]
