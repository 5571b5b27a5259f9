"""How a fact is counted over a register: the register's columns, which of its rows count, and what is counted."""

from typing import Any, Literal

from attrs import frozen

from cchc_rules.base.texts import Text

ColumnType = Literal["text", "date", "whole", "decimal", "flag"]
Counted = Literal["rows", "sum", "distinct"]


@frozen(kw_only=True)
class ColumnValue:
    """One value that a column of text may have, and what it means."""

    id: str
    label: Text


@frozen(kw_only=True)
class RecordColumn:
    """One column of a register: ``id`` is its name in the file.

    A number needs its ``range`` (least, greatest), from which follows that sums stay exact. A text that lists
    its ``values`` has no others: a row with another one cannot be used where the column is asked for.
    """

    id: str
    label: Text
    type: ColumnType
    range: tuple[Any, Any] | None = None
    values: tuple[ColumnValue, ...] = ()

    def named(self, value: object) -> Text | None:
        """Return what one of the listed values means; ``None`` where there is none such."""
        return next((each.label for each in self.values if each.id == value), None)


@frozen(kw_only=True)
class RecordRegister:
    """A register that exists: a table with one row a record, and in ``unit`` the id of the unit that each belongs to."""

    id: str
    label: Text
    unit: str
    columns: tuple[RecordColumn, ...]
    note: str = ""

    @property
    def by_id(self) -> dict[str, RecordColumn]:
        """The columns, by their names in the file."""
        return {each.id: each for each in self.columns}


@frozen(kw_only=True)
class Term:
    """A term of ``days`` after the date in a column: worked days of a calendar, or days on the wall without one."""

    days: int
    after: str
    calendar: str = ""


TESTS = ("equals", "one_of", "at_least", "more_than", "at_most", "below", "on_or_before", "within", "blank")
"""The keys of a filter that ask something of its column."""


@frozen(kw_only=True)
class RecordFilter:
    """What a row has to be so that it counts: just one question to one ``column``, or one of ``any``.

    ``on_or_before`` names another column of dates. A row whose column is blank answers neither yes nor no,
    unless the question is ``blank`` itself; ``not`` turns a yes into a no and leaves what is unknown unknown.
    """

    column: str = ""
    equals: Any = None
    one_of: tuple[Any, ...] | None = None
    at_least: Any = None
    more_than: Any = None
    at_most: Any = None
    below: Any = None
    on_or_before: str | None = None
    within: Term | None = None
    blank: bool | None = None
    not_: bool = False
    any_: tuple["RecordFilter", ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that it asks: just one where it is sound."""
        return tuple(name for name in TESTS if getattr(self, name) is not None)

    def columns(self) -> tuple[str, ...]:
        """Return the columns that it looks at, each once."""
        own = (self.column, self.on_or_before, self.within.after if self.within else "")
        return tuple(dict.fromkeys(name for name in (*own, *(each for part in self.any_ for each in part.columns())) if name))

    def calendars(self) -> frozenset[str]:
        """Return the calendars by which its terms run."""
        own = {self.within.calendar} - {""} if self.within else set[str]()
        return frozenset(own).union(*(part.calendars() for part in self.any_))


@frozen(kw_only=True)
class RecordRule:
    """How one fact comes from a register: what is counted, and over which rows.

    ``sum`` and ``distinct`` are taken ``of`` a column. Where ``period`` names a column of dates, only rows whose
    date lies in the period that is asked for count.
    ``unusable`` says what becomes of the fact where rows answer neither yes nor no: ``block`` leaves it blank,
    ``leave_out`` takes it over the others; either way they are counted and told.
    """

    fact: str
    register: str
    unusable: Literal["block", "leave_out"]
    count: Counted = "rows"
    of: str = ""
    where: tuple[RecordFilter, ...] = ()
    period: str = ""
    provenance: Literal["official", "derived", "assumed"] = "assumed"
    note: str = ""

    def columns(self) -> tuple[str, ...]:
        """Return the columns that decide whether a row counts, and the one that is counted, each once."""
        return tuple(dict.fromkeys(name for name in (*(each for part in self.where for each in part.columns()), self.period, self.of) if name))

    def calendars(self) -> frozenset[str]:
        """Return the calendars by which its terms run."""
        return frozenset[str]().union(*(part.calendars() for part in self.where))
