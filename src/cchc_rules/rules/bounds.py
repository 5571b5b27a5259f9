"""Reading: the least and the greatest value that a rule can take on what is known so far.

Known facts enter as points, unknown ones as their declared range, so the same reading gives the range
of an incomplete total and the static range that lint compares with the maximum.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import singledispatch

from attrs import frozen

from cchc_rules.model import Fact, Value
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    Choice,
    Computed,
    Constant,
    DaysLate,
    Deducted,
    FactValue,
    IsTrue,
    LevelPoints,
    Maximum,
    Minimum,
    Node,
    Not,
    NotApplicable,
    PointsEach,
    Proportion,
    Ratio,
    Sum,
    WhenNoneArose,
    Within,
)

ZERO = Fraction(0)
LATEST = Fraction(3_652_059)
"""The ordinal of the last date there is: a date that never came is later than every deadline."""


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
    """What is known: the facts' declarations, and the values reported so far."""

    declared: Mapping[str, Fact]
    values: Mapping[str, Value]

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
        return Interval(Fraction(fact.range[0]), Fraction(fact.range[1]))


def bounds(node: Node, known: Known) -> Interval:
    """Return the range of a rule's value; a case that does not apply counts as 0 points."""
    return _bounds(node, known)


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
    last = node.last_day.toordinal()
    return Interval(max(ZERO, date.low - last), max(ZERO, date.high - last))


@_bounds.register
def _(node: Ratio, known: Known) -> Interval:
    part, whole = _bounds(node.part, known), _bounds(node.whole, known)
    if whole.high <= 0:
        return Interval(ZERO, ZERO)
    least_whole = whole.low if whole.low > 0 else _least_step(node.whole, known)
    low = part.low / (whole.high if part.low >= 0 else least_whole)
    high = part.high / (least_whole if part.high >= 0 else whole.high)
    return Interval(max(ZERO, low), min(Fraction(1), high)) if node.share else Interval(low, high)


def _least_step(node: Node, known: Known) -> Fraction:
    """Return the smallest positive value of a fact that may be zero: one step of its decimals."""
    places = known.declared[node.fact].places if isinstance(node, FactValue) else 0
    return Fraction(1, 10**places)


@_bounds.register
def _(node: Proportion, known: Known) -> Interval:
    of = _bounds(node.of, known)
    return _scaled(of, node.points / node.full_at)


@_bounds.register
def _(node: PointsEach, known: Known) -> Interval:
    return _scaled(_bounds(node.of, known), node.points)


def _scaled(of: Interval, factor: Fraction) -> Interval:
    """Return the interval times a factor of either sign."""
    ends = (of.low * factor, of.high * factor)
    return Interval(min(ends), max(ends))


@_bounds.register
def _(node: Sum, known: Known) -> Interval:
    terms = [_bounds(term, known) for term in node.terms]
    return Interval(sum((term.low for term in terms), ZERO), sum((term.high for term in terms), ZERO))


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
    reached: Interval | None = None
    for branch in node.branches:
        holds = truth(branch.when, known)
        if holds is not False:
            value = _bounds(branch.then, known)
            reached = reached.hull(value) if reached else value
        if holds is True:
            break
    else:
        rest = _bounds(node.otherwise, known) if node.otherwise else reached
        reached = reached.hull(rest) if reached and rest else rest
    return reached or Interval(ZERO, ZERO)


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
