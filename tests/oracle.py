"""A naive oracle: each form scored straight from its meaning, with fractions, knowing nothing of trees."""

import datetime as dt
from collections.abc import Iterable, Mapping
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
        case forms.Increments():
            return increments(form, maximum, values)
        case forms.Brackets():
            return brackets(form, maximum, values)
        case forms.AllOrNothing():
            return all_or_nothing(form, maximum, values)
        case forms.Checklist():
            return sum((Fraction(item.points) for item in form.items if values[item.fact] is True), Fraction(0))
        case forms.Count():
            return min(maximum, Fraction(form.points_each) * number(values, form.fact))
        case forms.Violations():
            return violations(form, maximum, values)
        case forms.Timeliness():
            return timeliness(form, maximum, values)
        case forms.Levels():
            mark = form.marks[str(values[form.fact])]
            return maximum * mark.value if isinstance(mark, forms.Threshold) else Fraction(mark)
        case forms.MarkForm():
            return number(values, form.fact)
        case forms.Given():
            out_of = form.out_of.value if isinstance(form.out_of, forms.Threshold) else Fraction(form.out_of)
            return min(maximum, maximum * number(values, form.fact) / out_of)
        case forms.Sample():
            return sample(form, maximum, values)
        case forms.Survey():
            return survey(form, maximum, values)
        case forms.SumOf():
            return sum_of(form, maximum, values)
        case forms.BestOf() | forms.LeastOf():
            return extreme(form, maximum, values)
        case forms.Alternatives():
            return alternatives(form, maximum, values)
        case _:
            raise AssertionError(form)


# ------------------------------------------------------------------ quantities, thresholds, conditions


def total(values: Mapping[str, Value], names: forms.Names) -> Fraction:
    """Return a fact's number, or the sum of several."""
    return sum((number(values, name) for name in ((names,) if isinstance(names, str) else names)), Fraction(0))


def amount(of: forms.Quantity, values: Mapping[str, Value]) -> Fraction | None:
    """Return a quantity's value; ``None`` where its whole is zero."""
    if not of.whole:
        return total(values, of.fact or of.sum)
    whole = total(values, of.whole)
    return None if whole == 0 else total(values, of.part) / whole


def limit(given: forms.Limit, values: Mapping[str, Value], factor: Fraction = Fraction(1)) -> Fraction:
    """Return what a threshold comes to, times the factor that holds for the unit."""
    if isinstance(given, forms.Threshold):
        return given.value * factor
    return number(values, given.fact) * given.times.value * factor


def factor_for(form: forms.ScalableForm, values: Mapping[str, Value]) -> Fraction:
    """Return what the unit's thresholds are scaled by."""
    return next((each.factor.value for each in form.scaled_when if values[each.fact] is True), Fraction(1))


def inside(limits: forms.Limits, at: Fraction, values: Mapping[str, Value], factor: Fraction = Fraction(1)) -> bool:
    """Return whether an amount keeps every limit that is spelled."""
    return (
        (limits.at_least is None or at >= limit(limits.at_least, values, factor))
        and (limits.more_than is None or at > limit(limits.more_than, values, factor))
        and (limits.at_most is None or at <= limit(limits.at_most, values, factor))
        and (limits.below is None or at < limit(limits.below, values, factor))
    )


def met(condition: forms.Condition, values: Mapping[str, Value], factor: Fraction = Fraction(1)) -> bool:
    """Return whether a condition holds."""
    if condition.not_ is not None:
        return not met(condition.not_, values, factor)
    if condition.all_:
        return all(met(each, values, factor) for each in condition.all_)
    if condition.any_:
        return any(met(each, values, factor) for each in condition.any_)
    if condition.at_least_of is not None:
        return sum(met(each, values, factor) for each in condition.of) >= condition.at_least_of
    if not condition.spelled():
        return values[condition.fact] is True
    at = amount(condition, values)
    assert at is not None
    return inside(condition, at, values, factor)


def any_zero(names: list[forms.Names], values: Mapping[str, Value]) -> bool:
    """Return whether one of several wholes is zero."""
    return any(total(values, name) == 0 for name in names)


def wholes(given: Iterable[forms.Condition]) -> list[forms.Names]:
    """Return the wholes of the rates in some conditions."""
    return [inner.whole for each in given for inner in each.inside() if inner.whole]


def on_zero(policy: str | None, maximum: Fraction) -> Points:
    """Return what a zero whole is worth."""
    return {"award_maximum": maximum, "award_zero": Fraction(0)}.get(str(policy), "not applicable")


# ------------------------------------------------------------------ the forms


def proportion(form: forms.Share, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return max × rate ÷ target, capped, nothing below the floor."""
    rate, factor = amount(form.of, values), factor_for(form, values)
    if rate is None:
        return on_zero(form.when_whole_is_zero, maximum)
    if isinstance(form.target, forms.FactThreshold) and number(values, form.target.fact) == 0:
        return on_zero(form.when_whole_is_zero, maximum)
    if form.zero_below and rate < limit(form.zero_below, values, factor):
        return Fraction(0)
    target = limit(form.target, values, factor) if form.target else Fraction(1)
    cap = maximum if form.cap is None else Fraction(form.cap)
    return min(cap, maximum * rate / target)


def bands(form: forms.Bands, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return the points of the first band that holds the quantity."""
    at = amount(form.of, values)
    if at is None:
        return on_zero(form.when_whole_is_zero, maximum)
    factor = factor_for(form, values)
    assert form.otherwise is not None
    return next((Fraction(band.points) for band in form.bands if inside(band, at, values, factor)), Fraction(form.otherwise))


def increments(form: forms.Increments, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return the base and so many points a step past the threshold, less what is short, behind the gate."""
    at, factor = amount(form.of, values), factor_for(form, values)
    if at is None:
        return on_zero(form.when_whole_is_zero, maximum)
    if form.zero_below and at < limit(form.zero_below, values, factor):
        return Fraction(0)
    if form.zero_above and at > limit(form.zero_above, values, factor):
        return Fraction(0)
    gained = (at - limit(form.from_, values, factor)) * (1 if form.better == "higher" else -1)
    steps = abs(gained) / (form.step.value * factor)
    if form.whole_steps:
        steps = Fraction(steps.numerator // steps.denominator)
    each = form.points_each if gained >= 0 else -(form.points_each_short or 0)
    points = Fraction(form.base) + steps * Fraction(each)
    return min(maximum if form.cap is None else Fraction(form.cap), max(Fraction(0), points) if form.points_each_short else points)


def brackets(form: forms.Brackets, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return what a walk from zero to the quantity, step by step through the brackets, gathers."""
    at, factor = amount(form.of, values), factor_for(form, values)
    if at is None:
        return on_zero(form.when_whole_is_zero, maximum)
    points, start = Fraction(0), Fraction(0)
    for each in form.brackets:
        end = at if each.up_to is None else min(at, each.up_to.value * factor)
        steps = max(Fraction(0), end - start) / (form.step.value * factor)
        points += Fraction(each.points_each) * (steps.numerator // steps.denominator if form.whole_steps else steps)
        start = start if each.up_to is None else each.up_to.value * factor
    return min(maximum if form.cap is None else Fraction(form.cap), points)


def all_or_nothing(form: forms.AllOrNothing, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return the maximum where enough requirements are met."""
    if any_zero(wholes(form.require), values):
        return on_zero(form.when_whole_is_zero, maximum)
    factor = factor_for(form, values)
    kept = sum(met(each, values, factor) for each in form.require)
    return maximum if kept >= (form.at_least_of or len(form.require)) else Fraction(0)


def violations(form: forms.Violations, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return the maximum less the violations, not below the floor, nothing where it is serious."""
    if any_zero(wholes(form.zero_when), values):
        return on_zero(form.when_whole_is_zero, maximum)
    if any(met(each, values) for each in form.zero_when):
        return Fraction(0)
    return max(Fraction(form.floor), maximum - sum(Fraction(kind.points) * number(values, kind.fact) for kind in form.each))


def timeliness(form: forms.Timeliness, maximum: Fraction, values: Mapping[str, Value]) -> Fraction:
    """Return full points in time, less by step, ``otherwise`` beyond."""
    sent = dt.date.fromordinal(int(number(values, form.fact)))
    if form.within_days is not None:
        last = dt.date.fromordinal(int(number(values, form.after)) + form.within_days)
    else:
        last = form.on_or_before or (form.before or dt.date.min) - dt.timedelta(days=1)
    late = (sent - last).days
    if late <= 0:
        return maximum
    steps = sorted(form.late, key=lambda band: band.days_at_most)
    return next((Fraction(band.points) for band in steps if late <= band.days_at_most), Fraction(form.otherwise))


def sample(form: forms.Sample, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return what the sample shows, where it is large enough."""
    drawn, passed = number(values, form.sample), number(values, form.passed)
    if drawn < form.sample_at_least:
        return on_zero(form.when_sample_too_small, maximum)
    if form.points_off_each_failure is not None:
        return max(Fraction(0), maximum - Fraction(form.points_off_each_failure) * (drawn - passed))
    if form.zero_below and passed < form.zero_below.value * drawn:
        return Fraction(0)
    return min(maximum, maximum * passed / drawn / (form.target.value if form.target else 1))


def survey(form: forms.Survey, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return what the groups' answers are worth, each group in its weight."""
    parts: list[tuple[Fraction, Points]] = []
    for group in form.groups:
        full = maximum * group.weight.value
        votes = [number(values, option.fact) for option in group.options]
        weighed = [option.weight.value * vote for option, vote in zip(group.options, votes, strict=True)]
        parts.append((full, full * sum(weighed) / sum(votes) if sum(votes) else on_zero(form.when_no_answers, full)))
    return added(parts, form.when_no_answers)


def sum_of(form: forms.SumOf, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return the sum of the terms, capped."""
    parts = [(Fraction(term.points or 0), nested(term, maximum, values)) for term in form.terms]
    points = added(parts, form.when_term_not_applicable or "")
    return points if form.cap is None or points == "not applicable" else min(Fraction(form.cap), points)


def added(parts: list[tuple[Fraction, Points]], policy: str) -> Points:
    """Return the sum of points, each with its own maximum; a policy says what becomes of those that do not apply."""
    there = [(full, points) for full, points in parts if points != "not applicable"]
    gone = sum((full for full, points in parts if points == "not applicable"), Fraction(0))
    if not there or (gone and policy not in ("award_zero", "rescale", "share_out")):
        return "not applicable"
    whole = sum((full for full, _ in there), Fraction(0))
    match policy:
        case "rescale":
            return sum((points for _, points in there), Fraction(0)) / whole * (whole + gone)
        case "share_out":
            return sum((points / full * (full + gone / len(there)) for full, points in there), Fraction(0))
        case _:
            return sum((points for _, points in there), Fraction(0))


def extreme(form: forms.BestOf | forms.LeastOf, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return the best or the least of several rules, all of which have to apply."""
    parts = [nested(rule, maximum, values) for rule in form.rules]
    known = [points for points in parts if points != "not applicable"]
    if len(known) < len(parts):
        return "not applicable"
    return max(known) if isinstance(form, forms.BestOf) else min(known)


def alternatives(form: forms.Alternatives, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return what the first case that holds gives."""
    if any_zero(wholes(case.when for case in form.cases), values):
        return on_zero(form.when_whole_is_zero, maximum)
    for case in form.cases:
        if met(case.when, values):
            own = maximum if case.points is None else Fraction(case.points)
            return own if case.rule is None else nested(case.rule, own, values)
    if isinstance(form.otherwise, forms.NestedRule):
        return nested(form.otherwise, maximum, values)
    return Fraction(form.otherwise)


def nested(rule: forms.NestedRule, maximum: Fraction, values: Mapping[str, Value]) -> Points:
    """Return the points of a rule inside another."""
    return oracle(rule.form, maximum if rule.points is None else Fraction(rule.points), values)
