"""Rows that only the exact reading can decide: scored one by one, and put in the place of what columns gave."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import evolve

from cchc_rules.arithmetic.program import Program
from cchc_rules.columns.kinds import ROW, Kind
from cchc_rules.columns.lost import Amount, lost_of
from cchc_rules.columns.ranks import order_of, ranking_of
from cchc_rules.columns.results import UNDECIDED, Points
from cchc_rules.columns.rows import evidence_of_row, results_of
from cchc_rules.engine.cohort import score_cohort
from cchc_rules.engine.unit import score_with
from cchc_rules.index import Index
from cchc_rules.model import Value
from cchc_rules.scorecard import Scorecard


def decided_exactly(
    program: Program, kind: Kind, frame: Any, points: Sequence[Points], amounts: Sequence[Amount] = (), *, whole_cohort: bool, ranks: bool
) -> tuple[Any, int]:
    """Return an eager frame in which no row is undecided, and how many rows were.

    With ``whole_cohort`` columns could not take a statistic, with ``ranks`` they cannot tell totals apart to
    the last digit: then every unit is scored exactly.
    """
    import narwhals as nw
    import polars as pl

    index = program.index
    carried = frame.to_native().collect()
    if whole_cohort:
        rows = list(range(carried.height))
        cards = _whole_cohort(index, kind)
    else:
        rows = list(range(carried.height)) if ranks else carried.filter(pl.col(UNDECIDED))[ROW].to_list()
        cards = _each(index, kind, rows, carried)
    if not rows:
        return nw.from_native(carried.lazy()), 0
    changed = [{ROW: row, **results_of(card, points, index), **ranking_of(program, card), **lost_of(card, amounts)} for row, card in zip(rows, cards, strict=True)]
    if ranks:
        changed = [{**row, **order} for row, order in zip(changed, order_of(program, cards), strict=True)]
    schema = {name: dtype for name, dtype in carried.schema.items() if name in changed[0]}
    patch = pl.DataFrame(changed, schema=schema)
    return nw.from_native(carried.update(patch, on=ROW, how="left").lazy()), len(rows)


def _each(index: Index, kind: Kind, rows: Iterable[int], carried: Any) -> list[Scorecard]:
    """Return the scorecards of single rows, with the statistics that columns have taken."""
    found = []
    for row in rows:
        given = kind.original.row(row, named=True)
        evidence = evidence_of_row(index, given)
        found.append(score_with(index, (evidence,), _statistics(index, carried.row(row, named=True))))
    return found


def _statistics(index: Index, row: Mapping[str, Any]) -> dict[str, Value]:
    """Return the statistics of one row's block, as far as they are known."""
    return {
        name: Fraction(row[f"statistic:{name}:above"], row[f"statistic:{name}:below"])
        for name in index.statistics
        if row.get(f"known:{name}")
    }


def _whole_cohort(index: Index, kind: Kind) -> list[Scorecard]:
    """Return the scorecards of all rows, scored together; rows without a name of their own are numbered."""
    evidence = [evidence_of_row(index, row) for row in kind.original.iter_rows(named=True)]
    if len({each.unit.id for each in evidence}) < len(evidence):
        evidence = [evolve(each, unit=evolve(each.unit, id=f"{place:09}")) for place, each in enumerate(evidence)]
    cards = {card.unit.id: card for card in score_cohort(index, [(each,) for each in evidence])}
    return [cards[each.unit.id] for each in evidence]
