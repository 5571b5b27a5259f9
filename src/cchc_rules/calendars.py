"""Calendars: which days are worked, how many lie between two dates, and on which day a term ends.

A calendar is registered data with a source. It says which dates it covers, and a date outside is an error:
nobody knows next year's swapped Saturdays before they are decided.
"""

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from itertools import count, islice
from typing import Literal, get_args

from attrs import frozen

from cchc_rules.base.errors import Finding, Place, RuleError
from cchc_rules.base.exact import format_date
from cchc_rules.base.texts import Text
from cchc_rules.model import Clause, Provenance

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
DAY = dt.timedelta(days=1)


@frozen(kw_only=True)
class Days:
    """A day, or the days from ``date`` to ``through``, that a calendar takes out of the week's order."""

    date: dt.date
    label: Text
    through: dt.date | None = None
    provenance: Provenance | None = None

    @property
    def last(self) -> dt.date:
        """The last of the days."""
        return self.through or self.date

    def __iter__(self) -> Iterator[dt.date]:
        return (dt.date.fromordinal(day) for day in range(self.date.toordinal(), self.last.toordinal() + 1))


@frozen(kw_only=True)
class Calendar:
    """The days off and the days worked in the dates that are covered, first and last included.

    A day is worked unless it is one of the ``weekend`` or of the ``holidays``; ``working_days`` are worked
    all the same (Saturdays that were swapped for a bridging day). ``count_first_day`` tells whether the day
    on which a term starts is its first; ``term_ends_on_day_off`` what becomes of a term that ends on a day off.
    """

    id: str
    label: Text
    covers: tuple[dt.date, dt.date]
    weekend: tuple[Weekday, ...]
    count_first_day: bool
    term_ends_on_day_off: Literal["next_working_day", "as_is"]
    holidays: tuple[Days, ...] = ()
    working_days: tuple[Days, ...] = ()
    source: Clause | None = None
    provenance: Provenance = "assumed"
    note: str = ""

    @cached_property
    def _off(self) -> frozenset[dt.date]:
        return frozenset(day for days in self.holidays for day in days)

    @cached_property
    def _worked(self) -> frozenset[dt.date]:
        return frozenset(day for days in self.working_days for day in days)

    def is_covered(self, date: dt.date) -> bool:
        """Return whether the calendar knows of a date."""
        return self.covers[0] <= date <= self.covers[1]

    def is_working(self, date: dt.date) -> bool:
        """Return whether a day is worked; raises ``RuleError`` for a date that is not covered."""
        if not self.is_covered(date):
            raise RuleError(self._outside(date))
        if date in self._worked:
            return True
        return date not in self._off and WEEKDAYS[date.weekday()] not in self.weekend

    def working_days_between(self, first: dt.date, second: dt.date) -> int:
        """Return the days worked after ``first`` up to and including ``second``: how many days late it is.

        0 where ``second`` is not later. Raises ``RuleError`` for a date that is not covered.
        """
        for date in (first, second):
            self.is_working(date)
        return sum(self.is_working(dt.date.fromordinal(day)) for day in range(first.toordinal() + 1, second.toordinal() + 1))

    def add_working_days(self, date: dt.date, days: int) -> dt.date:
        """Return the last day of a term of so many working days that starts on ``date``.

        A term of no days ends where it starts. Raises ``RuleError`` where it runs out of the covered dates.
        """
        if days < 0:
            raise ValueError("a term has at least 0 days")
        if days == 0:
            return date
        start = date if self.count_first_day else date + DAY
        return next(islice(self._working_from(start), days - 1, None))

    def end_of_term(self, date: dt.date) -> dt.date:
        """Return the day on which a term that runs to ``date`` ends, moved off a day off where the calendar says so."""
        if self.is_working(date) or self.term_ends_on_day_off == "as_is":
            return date
        return next(self._working_from(date))

    def _working_from(self, date: dt.date) -> Iterator[dt.date]:
        """Yield the days worked from a date on; raises ``RuleError`` where the covered dates end."""
        days = (date + DAY * number for number in count())
        return (day for day in days if self.is_working(day))

    def _outside(self, date: dt.date) -> Finding:
        first, last = ([format_date(each, language) for language in ("vi", "en")] for each in self.covers)
        return Finding(
            code="date-not-covered",
            place=Place(where=self.id),
            reason=Text(f"lịch “{self.id}” không bao gồm ngày {format_date(date, 'vi')} (chỉ từ {first[0]} đến {last[0]})",
                        f"the calendar {self.id!r} does not cover {format_date(date, 'en')} (only {first[1]} to {last[1]})"),
            remedy=Text("bổ sung ngày nghỉ, ngày làm bù của thời gian này vào lịch kèm nguồn, hoặc sửa ngày",
                        "add the days off and swapped days of that time to the calendar, with their source, or mend the date"),
        )

    # ------------------------------------------------------------------ what is wrong with the calendar itself

    def flaws(self) -> Iterator[tuple[tuple[str | int, ...], Finding]]:
        """Yield what is wrong with the calendar, each with the path of the key that it stands at."""
        if self.covers[0] > self.covers[1]:
            yield ("covers",), _flaw("calendar-covers-nothing", Text("`covers` có ngày đầu sau ngày cuối", "`covers` ends before it begins"),
                                     Text("ghi `covers = [ngày đầu, ngày cuối]`", "write `covers = [first, last]`"))
            return
        for table, listed in (("holidays", self.holidays), ("working_days", self.working_days)):
            for index, days in enumerate(listed):
                yield from (((table, index), flaw) for flaw in self._flaws_of(days))
        both = sorted(self._off & self._worked)
        for date in both:
            yield ("working_days",), _flaw(
                "calendar-contradiction",
                Text(f"ngày {format_date(date, 'vi')} vừa là ngày nghỉ vừa là ngày làm bù", f"{format_date(date, 'en')} is both a holiday and a working day"),
                Text("bỏ một trong hai", "drop one of the two"),
            )

    def _flaws_of(self, days: Days) -> Iterator[Finding]:
        """Yield what is wrong with one entry of the calendar."""
        if days.last < days.date:
            yield _flaw("calendar-days-reversed", Text("`through` trước `date`", "`through` is before `date`"),
                        Text("ghi ngày đầu ở `date`, ngày cuối ở `through`", "write the first day as `date`, the last as `through`"))
        elif not (self.is_covered(days.date) and self.is_covered(days.last)):
            yield _flaw("calendar-days-outside", Text("ngày này nằm ngoài `covers`", "the day lies outside `covers`"),
                        Text("sửa ngày, hoặc mở rộng `covers`", "mend the day, or widen `covers`"))


def _flaw(code: str, reason: Text, remedy: Text) -> Finding:
    return Finding(code=code, place=Place(), reason=reason, remedy=remedy)
