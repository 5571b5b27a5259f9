"""Reading: the least and the greatest value that a rule can take on what is known so far.

Known facts enter as points, unknown ones as their declared range, so the same reading gives the range
of an incomplete total and the static range that lint compares with the maximum.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import reduce, singledispatch

from attrs import field, frozen

from cchc_rules.base.errors import RuleError
from cchc_rules.base.exact import Rounding
from cchc_rules.model import Fact, Value
from cchc_rules.rules import days
from cchc_rules.rules.days import Calendar, days_late
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Beyond,
    Branch,
    Choice,
    Computed,
    Constant,
    DaysLate,
    Deducted,
    Difference,
    FactValue,
    IsTrue,
    LevelPoints,
    Mark,
    Maximum,
    Minimum,
    Node,
    Not,
    NotApplicable,
    PointsEach,
    Proportion,
    Ratio,
    Scaled,
    Sum,
    WhenNoneArose,
    Within,
    may_not_apply,
)

ZERO = Fraction(0)
LATEST = days.LATEST
LEAST_RATE = Fraction(1, 10**12)
"""A rate that is not zero is taken to be no smaller than this."""


@frozen
class Interval:
    """A closed range of numbers; a single number has both ends equal."""

    low: Fraction
    high: Fraction

    def hull(self, other: "Interval") -> "Interval":
        """Return the smallest interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def holds(self, value: Fraction) -> bool:
        """Return whether a number lies in the interval."""
        return self.low <= value <= self.high


@frozen
class Known:
    """What is known: the facts' declarations, the values reported so far, and what rules are carried out with."""

    declared: Mapping[str, Fact]
    values: Mapping[str, Value]
    calendars: Mapping[str, Calendar] = field(factory=dict)
    round_rate: Rounding | None = None

    def number(self, fact_id: str) -> Interval:
        """Return the range of a numeric fact or date."""
        value = self.values.get(fact_id)
        if isinstance(value, Fraction):
            return Interval(value, value)
        fact = self.declared[fact_id]
        if fact.type == "date":
            return Interval(Fraction(1), LATEST)
        if fact.range is None:
            return Interval(ZERO, Fraction(1))
        scale = 100 if fact.type == "rate" else 1  # a rate's range is written in per cent
        return Interval(Fraction(fact.range[0]) / scale, Fraction(fact.range[1]) / scale)


def bounds(node: Node, known: Known) -> Interval:
    """Return the range of a rule's value; a case that does not apply counts as 0 points."""
    found = _bounds(node, known)
    if may_not_apply(node) and applies(node, known) is not True:
        return found.hull(Interval(ZERO, ZERO))
    return found


@singledispatch
def _bounds(node: Node, known: Known) -> Interval:
    raise TypeError(f"no bounds for {type(node).__name__}, {known}")


@_bounds.register
def _(node: Constant, _known: Known) -> Interval:
    return Interval(node.value, node.value)


@_bounds.register
def _(node: FactValue, known: Known) -> Interval:
    return known.number(node.fact)


@_bounds.register
def _(node: DaysLate, known: Known) -> Interval:
    date = known.number(node.fact)
    after = known.number(node.after) if node.after else None
    first = _late(node, date.low, after.high if after else None, known)
    last = _late(node, date.high, after.low if after else None, known)
    return Interval(first.low, last.high)


def _late(node: DaysLate, date: Fraction, after: Fraction | None, known: Known) -> Interval:
    """Return days late on given dates; where no calendar covers them, from none to those on the wall."""
    try:
        late = days_late(node, date, after, known.calendars)
    except RuleError:
        last = node.last_day.toordinal() if node.last_day else 0
        return Interval(ZERO, max(ZERO, date - (last if after is None else after)))
    return Interval(late, late)


@_bounds.register
def _(node: Mark, known: Known) -> Interval:
    mark = known.number(node.fact)
    return mark if mark.low == mark.high else Interval(ZERO, min(mark.high // node.step * node.step, node.high))


@_bounds.register
def _(node: Scaled, known: Known) -> Interval:
    return _scaled(_bounds(node.of, known), node.factor)


@_bounds.register
def _(node: Difference, known: Known) -> Interval:
    of, less = _bounds(node.of, known), _bounds(node.less, known)
    return Interval(of.low - less.high, of.high - less.low)


@_bounds.register
def _(node: Beyond, known: Known) -> Interval:
    of = _bounds(node.of, known)
    ends = (beyond(node, of.low), beyond(node, of.high))
    return Interval(min(ends), max(ends))


def beyond(node: Beyond, value: Fraction) -> Fraction:
    """Return how far a value lies beyond the start, as far as it counts."""
    over = max(ZERO, node.start - value if node.falling else value - node.start)
    return over if node.end is None else min(over, abs(node.end - node.start))


@_bounds.register
def _(node: Ratio, known: Known) -> Interval:
    rate = _ratio(node, known)
    return Interval(rounded_rate(rate.low, known.round_rate), rounded_rate(rate.high, known.round_rate))


def rounded_rate(rate: Fraction, rounding: Rounding | None) -> Fraction:
    """Return a rate as the method rounds rates: by the decimals of its percentage."""
    return rate if rounding is None else rounding.apply(rate * 100) / 100


def _ratio(node: Ratio, known: Known) -> Interval:
    part, whole = _bounds(node.part, known), _bounds(node.whole, known)
    if whole.high <= 0:
        return Interval(ZERO, ZERO)
    least_whole = whole.low if whole.low > 0 else _least_step(node.whole, known)
    low = part.low / (whole.high if part.low >= 0 else least_whole)
    high = part.high / (least_whole if part.high >= 0 else whole.high)
    if not node.share:
        return Interval(low, high)
    least, most = _weights(node)
    return Interval(max(least, low), min(most, high))


def _weights(node: Ratio) -> tuple[Fraction, Fraction]:
    """Return what a share lies between: its least and greatest weight where it weighs answers, else 0 and 1."""
    if not isinstance(node.part, Sum) or not all(isinstance(term, Scaled) for term in node.part.terms):
        return ZERO, Fraction(1)
    weighed = [term for term in node.part.terms if isinstance(term, Scaled)]
    if not isinstance(node.whole, Sum) or tuple(term.of for term in weighed) != node.whole.terms:
        return ZERO, Fraction(1)
    return min(term.factor for term in weighed), max(term.factor for term in weighed)


def _least_step(node: Node, known: Known) -> Fraction:
    """Return the smallest positive value of what may be zero: one step of its decimals."""
    match node:
        case FactValue(fact=fact) if known.declared[fact].type == "rate":
            return LEAST_RATE
        case FactValue(fact=fact):
            return Fraction(1, 10 ** known.declared[fact].places)
        case Scaled(factor=factor, of=of):
            return abs(factor) * _least_step(of, known)
        case Ratio(part=part, whole=whole):
            return _least_step(part, known) / max(Fraction(1), _bounds(whole, known).high)
        case _:
            return min((_least_step(child, known) for child in node.children()), default=Fraction(1))


@_bounds.register
def _(node: Proportion, known: Known) -> Interval:
    of = _bounds(node.of, known)
    return _scaled(of, node.points / node.full_at)


@_bounds.register
def _(node: PointsEach, known: Known) -> Interval:
    of = _bounds(node.of, known)
    return _scaled(Interval(node.steps(of.low), node.steps(of.high)), node.points)


def _scaled(of: Interval, factor: Fraction) -> Interval:
    """Return the interval times a factor of either sign."""
    ends = (of.low * factor, of.high * factor)
    return Interval(min(ends), max(ends))


@_bounds.register
def _(node: Sum, known: Known) -> Interval:
    terms = [bounds(term, known) for term in node.terms]
    if node.when_not_applicable in ("rescale", "share_out"):
        return _scaled_up(node, terms, [applies(term, known) for term in node.terms])
    return Interval(sum((term.low for term in terms), ZERO), sum((term.high for term in terms), ZERO))


def _scaled_up(node: Sum, terms: list[Interval], there: list[bool | None]) -> Interval:
    """Return the range of a sum whose terms take over what does not apply.

    Where it is open which terms apply, the sum is a weighted mean of what each gives of its own maximum.
    """
    if not any(each is not False for each in there):
        return Interval(ZERO, ZERO)
    if None not in there:
        counted = list(zip(terms, node.multipliers(tuple(each is True for each in there)), strict=True))
        return Interval(sum((term.low * each for term, each in counted), ZERO), sum((term.high * each for term, each in counted), ZERO))
    open_ = [(term, most) for term, most, each in zip(terms, node.full, there, strict=True) if each is not False]
    whole = sum(node.full, ZERO)
    none_applies = Interval(ZERO, ZERO) if True not in there else None
    mean = Interval(min(term.low / most for term, most in open_) * whole, max(term.high / most for term, most in open_) * whole)
    return mean.hull(none_applies) if none_applies else mean


def applies(node: Node, known: Known) -> bool | None:
    """Return whether a rule surely applies, surely does not, or (``None``) may do either."""
    match node:
        case NotApplicable():
            return False
        case WhenNoneArose(whole=whole, then=then, otherwise=otherwise):
            range_ = _bounds(whole, known)
            if not range_.holds(ZERO):
                return applies(otherwise, known)
            if range_.low == range_.high:
                return applies(then, known)
            return _same([applies(then, known), applies(otherwise, known)])
        case Choice(branches=branches, otherwise=otherwise):
            reached = [applies(branch.then, known) for branch in _reached(node, known)]
            open_ = otherwise is not None and not any(truth(branch.when, known) is True for branch in branches)
            return _same([*reached, *([applies(otherwise, known)] if open_ and otherwise else [])])
        case Sum(terms=terms, when_not_applicable=policy) if policy != "not_applicable":
            return _not(_all([_not(applies(term, known)) for term in terms]))
        case _:
            return _all([applies(child, known) for child in node.children()])


def _same(parts: list[bool | None]) -> bool | None:
    """Return what all agree on."""
    return parts[0] if parts and len(set(parts)) == 1 else None


@_bounds.register
def _(node: Minimum, known: Known) -> Interval:
    of = [_bounds(each, known) for each in node.of]
    return Interval(min(each.low for each in of), min(each.high for each in of))


@_bounds.register
def _(node: Maximum, known: Known) -> Interval:
    of = [_bounds(each, known) for each in node.of]
    return Interval(max(each.low for each in of), max(each.high for each in of))


@_bounds.register
def _(node: Deducted, known: Known) -> Interval:
    start = _bounds(node.start, known)
    less = [_bounds(each, known) for each in node.less]
    return Interval(
        max(node.floor, start.low - sum((each.high for each in less), ZERO)),
        max(node.floor, start.high - sum((each.low for each in less), ZERO)),
    )


@_bounds.register
def _(node: LevelPoints, known: Known) -> Interval:
    level = known.values.get(node.fact)
    points = [points for name, points in node.marks if level in (None, name)]
    return Interval(min(points), max(points)) if points else Interval(ZERO, ZERO)


@_bounds.register
def _(node: Choice, known: Known) -> Interval:
    values = [_bounds(branch.then, known) for branch in _reached(node, known)]
    if node.otherwise and not any(truth(branch.when, known) is True for branch in node.branches):
        values.append(_bounds(node.otherwise, known))
    return reduce(Interval.hull, values) if values else Interval(ZERO, ZERO)


def _reached(node: Choice, known: Known) -> Iterator[Branch]:
    """Yield the branches that may be taken: up to the first that surely holds."""
    for branch in node.branches:
        holds = truth(branch.when, known)
        if holds is not False:
            yield branch
        if holds is True:
            return


@_bounds.register
def _(node: WhenNoneArose, known: Known) -> Interval:
    whole = _bounds(node.whole, known)
    if not whole.holds(ZERO):
        return _bounds(node.otherwise, known)
    none_arose = _bounds(node.then, known)
    return none_arose if whole.low == whole.high else none_arose.hull(_bounds(node.otherwise, known))


@_bounds.register
def _(_node: NotApplicable, _known: Known) -> Interval:
    return Interval(ZERO, ZERO)


@_bounds.register
def _(node: Computed, _known: Known) -> Interval:
    return Interval(node.low, node.high)


# ------------------------------------------------------------------ conditions, three-valued


def truth(condition: Node, known: Known) -> bool | None:
    """Return whether a condition surely holds, surely does not, or (``None``) may do either."""
    match condition:
        case IsTrue(fact=fact):
            value = known.values.get(fact)
            return value if isinstance(value, bool) else None
        case Within():
            return _within(condition, known)
        case AllOf(of=of):
            return _all([truth(each, known) for each in of])
        case AnyOf(of=of):
            return _not(_all([_not(truth(each, known)) for each in of]))
        case AtLeast(count=count, of=of):
            parts = [truth(each, known) for each in of]
            if parts.count(True) >= count:
                return True
            return None if len(parts) - parts.count(False) >= count else False
        case Not(of=of):
            return _not(truth(of, known))
        case _:
            raise TypeError(f"not a condition: {type(condition).__name__}")


def _within(condition: Within, known: Known) -> bool | None:
    """Return whether the whole range of a quantity lies inside, outside, or across the limits."""
    of = _bounds(condition.of, known)
    low_end, high_end = inside(condition, of.low), inside(condition, of.high)
    if low_end and high_end:
        return True
    low, high = condition.low, condition.high
    below = low is not None and (of.high < low.value or (of.high == low.value and not low.inclusive))
    above = high is not None and (of.low > high.value or (of.low == high.value and not high.inclusive))
    return False if below or above else None


def inside(condition: Within, value: Fraction) -> bool:
    """Return whether one number lies within the limits of a condition."""
    low, high = condition.low, condition.high
    if low is not None and (value < low.value or (value == low.value and not low.inclusive)):
        return False
    return high is None or value < high.value or (value == high.value and high.inclusive)


def _all(parts: list[bool | None]) -> bool | None:
    """Return Kleene's conjunction."""
    if False in parts:
        return False
    return None if None in parts else True


def _not(part: bool | None) -> bool | None:  # noqa: FBT001 - it negates just this
    """Return Kleene's negation."""
    return None if part is None else not part
