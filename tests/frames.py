"""Frames of random units: facts as columns hold them, and what the engine says of each row."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import polars as pl
from attrs import evolve
from building import evidence_with
from hypothesis import strategies as st
from strategies import percent

import cchc_rules as cchc
from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import same
from cchc_rules.columns.results import ScoredFrame
from cchc_rules.engine import score
from cchc_rules.methods import AdjustmentRule, ConversionRule, Gate, Override, Part
from cchc_rules.model import CombineRule, Criterion, Edition, Fact, NotApplicablePolicy, Value
from cchc_rules.points import Account
from cchc_rules.rules import forms

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


# ------------------------------------------------------------------ methods with every policy


@st.composite
def varied(draw: st.DrawFn, index: cchc.Index) -> cchc.Index:
    """Return an index with policies drawn on top: conditions, prerequisites, combinations, bonus, parts, gates, events."""
    flags = tuple(Fact(id=f"flag{place}", label=same("cờ"), type="flag") for place in range(2))
    editions = tuple(draw(_varied_edition(edition, flags)) for edition in index.editions)
    raised = forms.Condition(fact="flag0")
    event = forms.Condition(fact="flag1")
    grades = index.method.grades
    assert grades is not None
    gates = draw(st.lists(_gates(index, raised), max_size=2))
    overrides = draw(st.lists(_overrides(event), max_size=2))
    bands = (evolve(grades.bands[0], gates=tuple(gates)), *grades.bands[1:])
    adjustment = st.none() | st.builds(AdjustmentRule, on=st.sampled_from(("field", "total")), at_most=st.sampled_from((Decimal(1), Decimal("0.5"))))
    parts = draw(st.booleans())
    method = evolve(
        index.method,
        grades=evolve(grades, bands=bands, overrides=tuple(overrides)),
        bonus=draw(adjustment), penalty=draw(adjustment),
        conversion=draw(st.none() | st.just(ConversionRule(to=Decimal(100)))),
        parts=tuple(Part(id=name, label=same(name), weight=percent(weight)) for name, weight in (("one", 70), ("two", 30))) if parts else (),
        rounding=evolve(index.method.rounding, rate=draw(st.none() | st.just(Rounding(places=1, mode="half_up")))),
    )
    return evolve(index, editions=editions, method=method, facts={**index.facts, **{flag.id: flag for flag in flags}})


@st.composite
def _varied_edition(draw: st.DrawFn, edition: Edition, flags: Sequence[Fact]) -> Edition:
    """Return an edition whose criteria come under policies of their own."""
    parents = {each.parent for each in edition.criteria}
    changed: list[Criterion] = []
    for each in edition.criteria:
        more: dict[str, Any] = {"exact_rates": draw(st.booleans()), "part": draw(st.sampled_from(("", "one", "two"))), "when_not_applicable": draw(st.none() | st.sampled_from(get_args(NotApplicablePolicy)))}
        if draw(st.integers(0, 3)) == 0:
            more["applies_when"] = forms.Condition(fact=draw(st.sampled_from(flags)).id)
        if each.id in parents:
            more.update(combine=draw(st.sampled_from(get_args(CombineRule))), at_least=1)
            more["max_points"] = each.max_points / draw(st.sampled_from((1, 2)))
        elif not each.parent and draw(st.integers(0, 4)) == 0:
            more["kind"] = draw(st.sampled_from(("bonus", "penalty")))
        elif changed and draw(st.integers(0, 3)) == 0:
            more["prerequisite"] = draw(st.sampled_from([other.id for other in changed if other.parent != each.id and other.id != each.parent] or [""]))
        changed.append(evolve(each, **more))
    return evolve(edition, criteria=tuple(changed))


def _gates(index: cchc.Index, raised: forms.Condition) -> st.SearchStrategy[Gate]:
    """Return a gate of one kind or another."""
    label = same("điều kiện")
    limits = st.sampled_from((percent(50), forms.Threshold(value=Fraction(1))))
    fields = st.sampled_from([edition.field for edition in index.editions])
    return st.one_of(
        st.just(Gate(label=label, no_criterion_at_zero=True)), st.just(Gate(label=label, when=raised)),
        st.builds(lambda name, limit: Gate(label=label, field=name, at_least=limit), fields, limits),
    )


def _overrides(event: forms.Condition) -> st.SearchStrategy[Override]:
    """Return an event that decides, one way or another."""
    effects = st.sampled_from((("grade", "e"), ("grade_at_most", "c"), ("total_zero", "")))
    return effects.map(lambda drawn: Override(label=same("sự kiện"), when=event, effect=drawn[0], grade=drawn[1]))  # type: ignore[arg-type]  # the effects are those above
