"""Terms in working days as small tables beside the register: for each day, until when what starts on it is in time.

A calendar has a few hundred days and a register millions of rows: the calendar is asked once a day that it covers,
and each row looks its day up.
"""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import frozen

from cchc_rules.base.errors import RuleError
from cchc_rules.calendars import DAY, Calendar
from cchc_rules.counting import Term

if TYPE_CHECKING:
    import narwhals as nw


@frozen(eq=False)
class TermTable:
    """One term with the name of the column that says until when a row is in time."""

    term: Term
    calendar: Calendar
    limit: str

    @property
    def start(self) -> str:
        """The name of the column of days in the small table."""
        return f"{self.limit}:start"

    def days(self) -> "Iterator[tuple[dt.date, dt.date]]":
        """Yield the days on which a term can start, each with the last day that is not a working day late."""
        first, last = self.calendar.covers
        for number in range(first.toordinal() - 1, last.toordinal() + 1):
            start = dt.date.fromordinal(number)
            limit = self._limit(start)
            if limit is not None:
                yield start, limit

    def _limit(self, start: dt.date) -> dt.date | None:
        if self.term.days == 0 and not self.calendar.is_covered(start):
            return None
        try:
            limit = self.calendar.add_working_days(start, self.term.days)
        except RuleError:
            return None
        while self.calendar.is_covered(limit + DAY) and not self.calendar.is_working(limit + DAY):
            limit += DAY  # who comes on a day off is no working day late
        return limit

    def joined(self, frame: Any, start: str) -> Any:
        """Return a frame with the column of limits, looked up by a column of days."""
        return frame.join(_like(frame, self.start, self.limit, list(self.days())), left_on=start, right_on=self.start, how="left")

    def in_time(self, date: "nw.Expr", start: "nw.Expr") -> "nw.Expr":
        """Return whether a date is in time: blank where it or the start is, and where the calendar does not cover them."""
        import narwhals as nw

        limit = nw.col(self.limit)
        late = ~limit.is_null() & (date <= nw.lit(self.calendar.covers[1]))
        found = nw.when(date <= limit).then(nw.lit(value=True)).otherwise(nw.when(late).then(nw.lit(value=False)))
        if self.term.days == 0:  # on the very day nothing has to be counted
            return nw.when(date <= start).then(nw.lit(value=True)).otherwise(found)
        return found


def within_days(date: "nw.Expr", start: "nw.Expr", days: int) -> "nw.Expr":
    """Return whether a date is in time by the calendar on the wall."""
    return date <= start.dt.offset_by(f"{days}d") if days else date <= start


def _like(frame: Any, start: str, limit: str, rows: list[tuple[dt.date, dt.date]]) -> Any:
    """Return a small table of two columns of days, of the same kind as a lazy frame."""
    import narwhals as nw

    native = frame.to_native()
    match frame.implementation.value:
        case "polars":
            import polars as pl

            return nw.from_native(pl.DataFrame(rows, schema={start: pl.Date, limit: pl.Date}, orient="row").lazy())
        case "duckdb":
            numbers = [[(day - dt.date.min).days for day in column] for column in zip(*rows, strict=True)] or [[], []]
            columns = ", ".join(f"DATE '{dt.date.min}' + unnest({days}::INTEGER[]) AS \"{name}\"" for name, days in zip((start, limit), numbers, strict=True))
            return nw.from_native(native.query("register", f"SELECT {columns}"))
        case "ibis":
            import ibis
            import pyarrow as pa

            return nw.from_native(ibis.memtable(pa.table({start: [one for one, _ in rows], limit: [another for _, another in rows]}, schema=pa.schema({start: pa.date32(), limit: pa.date32()}))))
        case _:
            return nw.from_native(native.sparkSession.createDataFrame(rows, f"`{start}` date, `{limit}` date"))
