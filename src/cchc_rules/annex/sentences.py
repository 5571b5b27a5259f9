"""The sentences of “cách chấm” as forms: what is said is taken over, what is not said is named, nothing is guessed.

The engine's own wording comes first, so that whatever it writes it reads back; then the usual sentences. A cell is
read whole or not at all: a number that the form does not hold leaves it unread.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from cchc_rules.annex.canonical import read_canonical
from cchc_rules.annex.counting import count, steps, violations
from cchc_rules.annex.deadlines import timeliness
from cchc_rules.annex.increments import increments
from cchc_rules.annex.items import items, mark, some_of
from cchc_rules.annex.phrases import NUMBER, Cell, cells
from cchc_rules.annex.reading import Reading, number
from cchc_rules.annex.thresholds import bands, proportion, threshold
from cchc_rules.quantities import Unit, core_units

READERS: tuple[Callable[[Cell], Reading | None], ...] = (steps, timeliness, proportion, bands, threshold, violations, count, mark, some_of, items)
"""In order; each reads all of the clauses, or none."""
UNITS: Mapping[str, Unit] = {unit.id: unit for unit in core_units()}


def read_sentences(text: str, label: str, maximum: Decimal, year: int, units: Mapping[str, Unit] = UNITS) -> Reading:
    """Return what the sentences of one criterion say; an empty reading where that is not known in full."""
    canonical = read_canonical(text, maximum, units)
    ways = list(cells(text, label, maximum, year))
    if canonical is not None:
        return (_first((timeliness,), ways) if _is_by_date(canonical) else None) or canonical
    # A threshold and its steps make one rule, however they are parted: the steps alone would only be a question.
    return _first((increments,), ways) or _first(READERS, ways) or Reading()


def _first(readers: Iterable[Callable[[Cell], Reading | None]], ways: Iterable[Cell]) -> Reading | None:
    """Return what the first reader makes of the first way to part a cell that it reads whole."""
    for cell in ways:
        for reader in readers:
            found = reader(cell)
            if found is not None and ((found.readings and not found.form) or _holds_every_number(found, cell)):
                return found
    return None


def readings_of(found: Reading) -> Iterator[str]:
    """Yield what a person has to settle about a reading, in the words of a mark."""
    if found.readings:
        yield "câu này hiểu được hai cách, hãy chọn một: " + " HOẶC ".join(found.readings) + ("; đang để cách thứ nhất" if found.form else "")
    yield from found.open


def _is_by_date(found: Reading) -> bool:
    """Return whether canonical words set a date against days: where that can be a deadline, it is one."""
    return found.form == "bands" and any(fact.type == "date" for fact in found.facts)


# ------------------------------------------------------------------ nothing is lost


def _holds_every_number(found: Reading, cell: Cell) -> bool:
    """Return whether every number of the cell stands in the form, or in the name of a fact."""
    held = {*_numbers_in(found.keys), *found.used, *cell.used}
    held |= {each for fact in found.facts for each in _numbers_in([fact.label, fact.extra])}
    return {number(each) for clause in cell.clauses for each in re.findall(NUMBER, clause)} <= held


def _numbers_in(value: Any) -> Iterator[Decimal]:
    """Yield every number of a form's keys: of a date its day, month and year."""
    match value:
        case bool():
            return
        case Decimal() | int():
            yield Decimal(value)
        case dt.date():
            yield from map(Decimal, (value.day, value.month, value.year))
        case str():
            yield from map(number, re.findall(NUMBER, value))
        case Mapping():
            for each in value.values():
                yield from _numbers_in(each)
        case list() | tuple():
            for each in value:
                yield from _numbers_in(each)
