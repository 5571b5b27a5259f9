"""Filters as expressions that are true, false, or blank where a row answers neither yes nor no.

Every backend carries ``and``, ``or`` and ``not`` out in this way by itself: a no of one filter stands, whatever
another one leaves open.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.calendars import Calendar
from cchc_rules.counting import RecordColumn, RecordFilter, RecordRegister, RecordRule, Term
from cchc_rules.decisions.records import KINDS
from cchc_rules.records.terms import TermTable, within_days

if TYPE_CHECKING:
    import narwhals as nw

Period = tuple[dt.date, dt.date]
MOST_NUMBERED = 24
"""A column of at most so many listed values is taken as their numbers, which are compared faster than words."""


# ------------------------------------------------------------------ the columns as they can be used


def clean(name: str) -> str:
    """Return the helper column of what can be used of a register's column: blank where nothing can."""
    return f"·{name}"


def cleaned(register: RecordRegister, names: Iterable[str], schema: Mapping[str, Any]) -> "Iterator[nw.Expr]":
    """Yield the helper columns; raises ``InputError`` for columns that are missing or hold another type."""
    wanted = list(dict.fromkeys(names))
    missing = [name for name in wanted if name not in schema]
    if missing:
        raise InputError(*(_missing(name, register, schema) for name in missing))
    yield from (_cleaned(register.by_id[name], schema[name]).alias(clean(name)) for name in wanted)


def _cleaned(known: RecordColumn, dtype: Any) -> "nw.Expr":
    import narwhals as nw

    given = nw.col(known.id)
    match known.type:
        case "text" if dtype in (nw.String, nw.Categorical, nw.Enum):
            words = given if dtype == nw.String else given.cast(nw.String)
            return _numbered(words, known) if _is_numbered(known) else _named(words, known)
        case "date" if dtype == nw.Date:
            return given
        case "date" if isinstance(dtype, nw.Datetime) and dtype.time_zone is None:
            return given.cast(nw.Date)
        case "flag" if dtype == nw.Boolean:
            return given
        case "whole" if dtype.is_integer():
            return _within_range(given.cast(nw.Int64), known)
        case "whole" if dtype.is_float():  # pandas makes floats of whole numbers with a blank among them
            inside = _within_range(given, known)
            return nw.when(inside % 1 == 0).then(inside).cast(nw.Int64)
        case "decimal" if dtype.is_integer() or dtype.is_decimal():
            return _within_range(given, known)
        case _:
            raise InputError(_wrong_type(known, dtype))


def unit_of(register: RecordRegister, schema: Mapping[str, Any]) -> "nw.Expr":
    """Return the unit of a row, blank where none is named."""
    import narwhals as nw

    return _named(nw.col(register.unit).cast(nw.String), register.by_id[register.unit])


def _is_numbered(known: RecordColumn) -> bool:
    return 0 < len(known.values) <= MOST_NUMBERED


def _numbered(words: "nw.Expr", known: RecordColumn) -> "nw.Expr":
    """Return the place of a word among the listed values."""
    import narwhals as nw

    found = nw.lit(None, dtype=nw.Int16)
    for place, value in reversed(list(enumerate(known.values))):
        found = nw.when(words == nw.lit(value.id)).then(nw.lit(place, dtype=nw.Int16)).otherwise(found)
    return found


def _named(words: "nw.Expr", known: RecordColumn) -> "nw.Expr":
    """Return a word that may stand in its column; an empty one is a blank."""
    import narwhals as nw

    return nw.when(words.is_in([each.id for each in known.values]) if known.values else words != nw.lit("")).then(words)


def _asked_for(value: Any, known: RecordColumn) -> Any:
    """Return a value as its helper column holds it; -1 for one that is not listed, which no row has."""
    if not _is_numbered(known):
        return value
    return next((place for place, each in enumerate(known.values) if each.id == value), -1)


def _within_range(number: "nw.Expr", known: RecordColumn) -> "nw.Expr":
    import narwhals as nw

    if known.range is None:
        return number
    low, high = known.range
    return nw.when((number >= nw.lit(low)) & (number <= nw.lit(high))).then(number)


def is_blank(known: RecordColumn, dtype: Any) -> "nw.Expr":
    """Return whether nothing stands in a column: an empty text is nothing, a value that cannot be used is something."""
    import narwhals as nw

    given = nw.col(known.id)
    if known.type == "text":
        return given.is_null() | (given.cast(nw.String) == nw.lit("")).fill_null(nw.lit(value=False))
    return given.is_null() | given.is_nan() if dtype.is_float() else given.is_null()


# ------------------------------------------------------------------ filters


@frozen
class Asked:
    """What is asked of the rows of one register; the terms of its filters become small tables, each once."""

    register: RecordRegister
    calendars: Mapping[str, Calendar]
    schema: Mapping[str, Any]
    tables: dict[Term, TermTable] = field(factory=dict)

    def decided(self, rule: RecordRule, period: Period) -> "nw.Expr":
        """Return whether a row counts for a fact: blank where it answers neither yes nor no."""
        import narwhals as nw

        parts = [self.answer(each) for each in rule.where]
        if rule.period:
            day = nw.col(clean(rule.period))
            parts.append((day >= nw.lit(period[0])) & (day <= nw.lit(period[1])))
        if rule.of:
            parts.append(_true_or_blank(nw.col(clean(rule.of))))
        return reduce(lambda one, another: one & another, parts) if parts else nw.lit(value=True)

    def answer(self, asked: RecordFilter) -> "nw.Expr":
        """Return what a row answers to one filter."""
        found = reduce(lambda one, another: one | another, map(self.answer, asked.any_)) if asked.any_ else self._question(asked)
        return ~found if asked.not_ else found

    def _question(self, asked: RecordFilter) -> "nw.Expr":
        import narwhals as nw

        value = nw.col(clean(asked.column))
        known = self.register.by_id[asked.column]
        if asked.blank is not None:
            blank = is_blank(known, self.schema[asked.column])
            return blank if asked.blank else ~blank
        if asked.on_or_before is not None:
            return value <= nw.col(clean(asked.on_or_before))
        if asked.within is not None:
            return self._in_term(asked.column, asked.within)
        if asked.equals is not None:
            return value if asked.equals is True else ~value if asked.equals is False else value == nw.lit(_asked_for(asked.equals, known))
        if asked.one_of is not None:
            return reduce(lambda one, another: one | another, (self._question(RecordFilter(column=asked.column, equals=each)) for each in asked.one_of))
        return _compared(asked, value)

    # -------------------------------------------------------------- terms

    def _in_term(self, name: str, term: Term) -> "nw.Expr":
        """Return whether a date lies within a term."""
        import narwhals as nw

        date, start = (nw.col(clean(each)) for each in (name, term.after))
        return self._table(term).in_time(date, start) if term.calendar else within_days(date, start, term.days)

    def uncovered(self, name: str, term: Term) -> "nw.Expr":
        """Return whether it is the calendar that leaves a term open."""
        import narwhals as nw

        return ~nw.col(clean(name)).is_null() & ~nw.col(clean(term.after)).is_null() & self._in_term(name, term).is_null()

    def _table(self, term: Term) -> TermTable:
        """Return the small table of a term, made once for all filters that ask for it."""
        if term not in self.tables:
            self.tables[term] = TermTable(term, self.calendars[term.calendar], clean(f"limit:{len(self.tables)}"))
        return self.tables[term]

    def joined(self, frame: Any) -> Any:
        """Return a frame with the limits of all terms that were asked for."""
        for term, table in self.tables.items():
            frame = table.joined(frame, clean(term.after))
        return frame


def _compared(asked: RecordFilter, value: "nw.Expr") -> "nw.Expr":
    import narwhals as nw

    if asked.at_least is not None:
        return value >= nw.lit(asked.at_least)
    if asked.more_than is not None:
        return value > nw.lit(asked.more_than)
    if asked.at_most is not None:
        return value <= nw.lit(asked.at_most)
    return value < nw.lit(asked.below)


def _true_or_blank(value: "nw.Expr") -> "nw.Expr":
    import narwhals as nw

    return nw.when(~value.is_null()).then(nw.lit(value=True))


# ------------------------------------------------------------------ why a row cannot be used


def reasons(rule: RecordRule, asked: Asked) -> "Iterator[tuple[str, nw.Expr]]":
    """Yield what may leave a row open for a fact, by name: a column that is blank, or holds what it may not, a term that is not covered."""
    import narwhals as nw

    for name in _needed(rule):
        blank = is_blank(asked.register.by_id[name], asked.schema[name])
        yield f"{name}:blank", blank
        yield f"{name}:unsound", nw.col(clean(name)).is_null() & ~blank
    for name, term in dict.fromkeys(pair for each in rule.where for pair in _terms(each)):
        yield f"{name}:uncovered", asked.uncovered(name, term)


def _needed(rule: RecordRule) -> tuple[str, ...]:
    """Return the columns without which a row may be left open."""
    return tuple(dict.fromkeys(name for name in (*(each for part in rule.where for each in _valued(part)), rule.period, rule.of) if name))


def _valued(asked: RecordFilter) -> Iterator[str]:
    if asked.blank is None:
        yield from (name for name in (asked.column, asked.on_or_before or "", asked.within.after if asked.within else "") if name)
    yield from (name for part in asked.any_ for name in _valued(part))


def _terms(asked: RecordFilter) -> Iterator[tuple[str, Term]]:
    if asked.within is not None:
        yield asked.column, asked.within
    yield from (pair for part in asked.any_ for pair in _terms(part))


# ------------------------------------------------------------------ what is refused


def _missing(name: str, register: RecordRegister, schema: Mapping[str, Any]) -> Finding:
    return Finding(
        code="register-column-missing",
        place=Place(where=f"sổ {register.id}", where_en=f"register {register.id}"),
        reason=Text(f"dữ liệu không có cột “{name}”", f"the data has no column {name!r}"),
        remedy=did_you_mean(name, schema),
    )


def _wrong_type(known: RecordColumn, dtype: Any) -> Finding:
    wanted = KINDS[known.type]
    return Finding(
        code="register-column-type",
        place=Place(where=f"cột {known.id}", where_en=f"column {known.id}"),
        reason=Text(f"cột có kiểu {dtype}, sổ khai báo là {wanted.vi}", f"the column holds {dtype}, the register declares {wanted.en}"),
        remedy=Text("đổi kiểu của cột trước khi đếm; số thập phân dùng Decimal", "cast the column first; decimals go into Decimal"),
    )


