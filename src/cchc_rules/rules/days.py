"""How late a date is: the last day in time, and the days from there, by the wall calendar or in working days."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Protocol

from cchc_rules.base.errors import Finding, Place, RuleError, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.rules.tree import DaysLate

LATEST = Fraction(dt.date.max.toordinal())
"""The ordinal of the last date there is: a date that never came is later than every deadline."""


class Calendar(Protocol):
    """What a registered calendar can tell; all raise ``RuleError`` for dates that it does not cover."""

    def working_days_between(self, first: dt.date, second: dt.date) -> int:
        """Return the days worked after ``first`` up to and including ``second``."""

    def add_working_days(self, date: dt.date, days: int) -> dt.date:
        """Return the last day of a term of so many working days that starts on ``date``."""

    def end_of_term(self, date: dt.date) -> dt.date:
        """Return the day on which a term that runs to ``date`` ends: another one, perhaps, if that is a day off."""


def days_late(node: DaysLate, date: Fraction, after: Fraction | None, calendars: Mapping[str, Calendar]) -> Fraction:
    """Return how many days a date is late; ``after`` is the date that the term starts on, where there is one."""
    if after is not None and after >= LATEST:
        return Fraction(0)  # what never came set no term
    last = last_day_in_time(node, after, calendars)
    if date <= last.toordinal():
        return Fraction(0)
    if not node.calendar or date >= LATEST:
        return date - last.toordinal()
    return Fraction(_calendar(node, calendars).working_days_between(last, dt.date.fromordinal(int(date))))


def last_day_in_time(node: DaysLate, after: Fraction | None, calendars: Mapping[str, Calendar]) -> dt.date:
    """Return the last day in time: as stated, or the end of the term that starts on ``after``."""
    if after is None:
        assert node.last_day is not None  # a deadline is a date where it is no term
        moves = node.calendar and not node.excluded  # "before the 15th" is never the 15th
        return _calendar(node, calendars).end_of_term(node.last_day) if moves else node.last_day
    start = dt.date.fromordinal(int(after))
    if node.calendar:
        return _calendar(node, calendars).add_working_days(start, node.days)
    return dt.date.fromordinal(min(start.toordinal() + node.days, dt.date.max.toordinal()))


def _calendar(node: DaysLate, calendars: Mapping[str, Calendar]) -> Calendar:
    """Return the calendar that a rule names; raises ``RuleError`` where it is not registered."""
    if node.calendar in calendars:
        return calendars[node.calendar]
    raise RuleError(Finding(
        code="calendar-unknown",
        place=Place(),
        reason=Text(f"không có lịch làm việc “{node.calendar}”", f"there is no calendar {node.calendar!r}"),
        remedy=did_you_mean(node.calendar, calendars),
    ))
