"""Single rows of a frame decided by the exact reading: evidence made of a row, and the results as columns hold them."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve

from cchc_rules.arithmetic.program import STATES
from cchc_rules.columns.results import COMPLETE, EXACT, GRADE, TOTAL, UNDECIDED, Points
from cchc_rules.columns.units import BLOCK, UNIT
from cchc_rules.engine.bare import evidence_of
from cchc_rules.index import Index
from cchc_rules.model import AssessedUnit, Evidence, Fact, Value
from cchc_rules.points import Account
from cchc_rules.scorecard import Scorecard


def evidence_of_row(index: Index, row: Mapping[str, Any]) -> Evidence:
    """Return one row as evidence at the stage that gives the result."""
    facts = {name: _value(fact, row[name]) for name, fact in index.facts.items() if not _is_blank(row.get(name))}
    name = str(row.get(UNIT, ""))
    listed = index.units.get(name, AssessedUnit(id=name, label=name))
    return evidence_of(index, facts, evolve(listed, block=str(row[BLOCK] or "") if BLOCK in row else listed.block))


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN is what is unlike itself


def _value(fact: Fact, given: Any) -> Value:
    """Return a cell as rules take it; its type was checked with its column."""
    match fact.type:
        case "flag":
            return bool(given)
        case "level":
            return str(given)
        case "date":
            return Fraction(given.toordinal())
        case "rate":
            return Fraction(Decimal(str(given))) / 100
        case _:
            return Fraction(Decimal(str(given)))


def results_of(card: Scorecard, points: Iterable[Points], index: Index) -> dict[str, Any]:
    """Return a scorecard as the helper columns of one row, decided to the last digit."""
    accounts = {
        **{scored.id: scored.account for scored in card.scores},
        **{each.id: each.account for each in card.fields},
        TOTAL: card.total,
    }
    found: dict[str, Any] = {EXACT: True, UNDECIDED: False, COMPLETE: card.total.complete}
    for each in points:
        found.update(_of_account(each, accounts[each.name]))
    bands = [band.id for band in index.method.grades.bands] if index.method.grades else []
    found[GRADE] = bands.index(card.grade.id) if card.grade is not None and card.grade.id in bands else len(bands)
    return found


def _of_account(columns: Points, account: Account) -> Iterator[tuple[str, Any]]:
    scaled = (account.exact or Fraction(0)) * 10**columns.places
    yield columns.points_name, scaled.numerator // scaled.denominator
    if columns.upto is not None:
        yield columns.upto_name, -(-scaled.numerator // scaled.denominator)
    yield columns.known_name, account.exact is not None
    yield columns.state_name, STATES.index(account.state)
