"""Days late as whole numbers: the days worked up to a date follow from the week and the calendar's exceptions."""

import datetime as dt

from attrs import frozen

from cchc_rules.arithmetic.integers import FALSE, TRUE, Truth, Whole, count, greatest, least, whole
from cchc_rules.base.errors import RuleError
from cchc_rules.calendars import WEEKDAYS, Calendar
from cchc_rules.rules.days import LATEST, last_day_in_time
from cchc_rules.rules.tree import DaysLate

NEVER = int(LATEST)


@frozen(eq=False)
class Late:
    """How many days late, where the calendar says nothing, and where only the exact reading can tell."""

    days: Whole
    error: Truth = FALSE
    undecided: Truth = FALSE


def days_late(node: DaysLate, date: Whole, after: Whole | None, calendar: Calendar | None) -> Late:
    """Return how late a date is; ``after`` is the date that the term starts on, where there is one."""
    if after is None:
        return _after_a_date(node, date, calendar)
    never = after >= NEVER
    late = _after_a_term(node, date, after, calendar)
    return Late(never.pick(0, late.days), ~never & late.error, ~never & late.undecided)


def _after_a_date(node: DaysLate, date: Whole, calendar: Calendar | None) -> Late:
    try:
        last = last_day_in_time(node, None, {node.calendar: calendar} if calendar else {}).toordinal()
    except RuleError:
        return Late(whole(0), error=TRUE)
    on_the_wall = greatest(date - last, whole(0))
    return Late(on_the_wall) if calendar is None else _in_working_days(date, whole(last), on_the_wall, calendar)


def _after_a_term(node: DaysLate, date: Whole, after: Whole, calendar: Calendar | None) -> Late:
    if calendar is None:
        return Late(greatest(date - least(after + node.days, whole(dt.date.max.toordinal())), whole(0)))
    if node.days == 0:
        return _in_working_days(date, after, greatest(date - after, whole(0)), calendar)
    first, end = (each.toordinal() for each in calendar.covers)
    start = after + (0 if calendar.count_first_day else 1)
    due = worked(calendar, start - 1) + node.days
    uncovered = (start < first) | (due > worked(calendar, whole(end)))
    late = greatest(worked(calendar, date) - due, whole(0))
    return Late(late, error=uncovered | ((late > 0) & _beyond(date, end)) | (_beyond(date, end) & (date < NEVER)), undecided=~uncovered & (date >= NEVER))


def _beyond(date: Whole, end: int) -> Truth:
    """Return whether a date that came lies beyond what the calendar covers."""
    return (date > end) & (date < NEVER)


def _in_working_days(date: Whole, last: Whole, on_the_wall: Whole, calendar: Calendar) -> Late:
    """Return the days worked after the last day in time; both have to be covered where the date is late."""
    first, end = (each.toordinal() for each in calendar.covers)
    late, never = date > last, date >= NEVER
    uncovered = (last < first) | (last > end) | (date > end)
    days = greatest(worked(calendar, date) - worked(calendar, last), whole(0))
    return Late(never.pick(on_the_wall, late.pick(days, 0)), error=late & ~never & uncovered)


def worked(calendar: Calendar, date: Whole) -> Whole:
    """Return how many of the covered days up to and including a date are worked."""
    first, end = (each.toordinal() for each in calendar.covers)
    inside = least(greatest(date, whole(first - 1)), whole(end)) - (first - 1)
    weeks = inside // 7
    rest = inside - weeks * 7
    in_week = [offset for offset in range(7) if _in_the_week(calendar, first + offset)]
    usual = weeks * len(in_week) + count(rest > offset for offset in in_week)
    exceptions = [(day, calendar.is_working(dt.date.fromordinal(day))) for day in range(first, end + 1)]
    added, taken = ([day for day, is_worked in exceptions if is_worked is more and _in_the_week(calendar, day) is not more] for more in (True, False))
    return greatest(usual + count(date >= day for day in added) - count(date >= day for day in taken), whole(0))


def _in_the_week(calendar: Calendar, day: int) -> bool:
    """Return whether the week's own order makes a day one that is worked."""
    return WEEKDAYS[dt.date.fromordinal(day).weekday()] not in calendar.weekend
