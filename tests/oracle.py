"""A naive oracle: each form scored straight from its meaning, with fractions, knowing nothing of trees."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from cchc_rules.model import Value
from cchc_rules.rules import forms

Points = Fraction | Literal["not applicable"]


def number(values: Mapping[str, Value], name: str) -> Fraction:
    """Return a fact's number."""
    value = values[name]
    assert isinstance(value, Fraction)
    return value


def oracle(form: forms.Form, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return the points of a form on complete facts."""
    match form:
        case forms.Share():
            return proportion(form, maximum, values)
        case forms.Bands():
            return bands(form, maximum, values)
        case forms.AllOrNothing():
            return maximum if all(met(each, values) for each in form.require) else Fraction(0)
        case forms.Checklist():
            return sum((Fraction(item.points) for item in form.items if values[item.fact] is True), Fraction(0))
        case forms.Count():
            return min(maximum, Fraction(form.points_each) * number(values, form.fact))
        case forms.Violations():
            return max(Fraction(0), maximum - sum(Fraction(kind.points) * number(values, kind.fact) for kind in form.each))
        case forms.Timeliness():
            return timeliness(form, maximum, values)
        case forms.Judged():
            return Fraction(form.marks[str(values[form.fact])])
        case forms.Given():
            return min(maximum, maximum * number(values, form.fact) / Fraction(form.out_of))
        case _:
            raise AssertionError(form)


def proportion(form: forms.Share, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return max × rate ÷ target, capped, nothing below the floor."""
    part, whole = number(values, form.of.part), number(values, form.of.whole)
    if whole == 0:
        return on_zero(form.when_whole_is_zero, maximum)
    if form.zero_below and part < form.zero_below.value * whole:
        return Fraction(0)
    target = form.target.value if form.target else Fraction(1)
    cap = maximum if form.cap is None else Fraction(form.cap)
    return min(cap, maximum * part / (whole * target))


def bands(form: forms.Bands, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return the points of the first band that holds the quantity."""
    if form.of.fact:
        amount = number(values, form.of.fact)
    else:
        whole = number(values, form.of.whole)
        if whole == 0:
            return on_zero(form.when_whole_is_zero, maximum)
        amount = number(values, form.of.part) / whole
    for band in form.bands:
        if inside(band, amount):
            return Fraction(band.points)
    assert form.otherwise is not None
    return Fraction(form.otherwise)


def inside(limits: forms.Band | forms.Requirement, amount: Fraction) -> bool:
    """Return whether an amount keeps every limit that is spelled."""
    return (
        (limits.at_least is None or amount >= limits.at_least.value)
        and (limits.more_than is None or amount > limits.more_than.value)
        and (limits.at_most is None or amount <= limits.at_most.value)
        and (limits.below is None or amount < limits.below.value)
    )


def met(requirement: forms.Requirement, values: Mapping[str, Value]) -> bool:
    """Return whether a requirement on a flag or a count is met."""
    if not requirement.spelled():
        return values[requirement.fact] is True
    return inside(requirement, number(values, requirement.fact))


def timeliness(form: forms.Timeliness, maximum: Fraction, values: Mapping[str, Value]) -> Fraction:
    """Return full points in time, less by step, ``otherwise`` beyond."""
    sent = dt.date.fromordinal(int(number(values, form.fact)))
    last = form.on_or_before or (form.before or dt.date.min) - dt.timedelta(days=1)
    late = (sent - last).days
    if late <= 0:
        return maximum
    steps = sorted(form.late, key=lambda band: band.days_at_most)
    return next((Fraction(band.points) for band in steps if late <= band.days_at_most), Fraction(form.otherwise))


def on_zero(policy: forms.ZeroPolicy | None, maximum: Fraction) -> Points:
    """Return what a zero whole is worth."""
    if policy == "not_applicable":
        return "not applicable"
    return maximum if policy == "award_maximum" else Fraction(0)
