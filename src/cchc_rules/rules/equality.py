"""Reading: whether two rules always give the same points, however each is written."""

from fractions import Fraction

from cchc_rules.rules.bounds import Interval
from cchc_rules.rules.piecewise import Fixed, NotPiecewise, piecewise
from cchc_rules.rules.tree import (
    Beyond,
    Constant,
    Node,
    NotApplicable,
    PointsEach,
    Proportion,
    Ratio,
    WhenNoneArose,
    Within,
    moved,
    quantities_of,
)

WIDER = Fraction(100)
"""How far beyond the last number that either rule names a count or a delay is followed."""


def same_points(one: Node, other: Node) -> bool:
    """Return whether two rules over one and the same quantity give the same points at every value of it.

    "Below 50 %: 0 points" and "otherwise: 0 points" are one rule. Rules over several quantities are the same
    only where they are equal.
    """
    if one == other:
        return True
    if isinstance(one, WhenNoneArose) and isinstance(other, WhenNoneArose):
        return (one.whole, one.then) == (other.whole, other.then) and same_points(one.otherwise, other.otherwise)
    quantities = {moved(each) for rule in (one, other) for each in quantities_of(rule)}
    if len(quantities) != 1 or any(isinstance(each, WhenNoneArose | NotApplicable) for rule in (one, other) for each in rule.walk()):
        return False
    (quantity,) = quantities
    fixed = Fixed(quantity, _domain(quantity, one, other), lambda _: None)
    try:
        return piecewise(one, fixed) == piecewise(other, fixed)
    except NotPiecewise:
        return False


def _domain(quantity: Node, *rules: Node) -> Interval:
    """Return the values over which two rules are compared: past every number that they name, and past every cap."""
    nodes = [each for rule in rules for each in rule.walk()]
    named = [Fraction(1), *(number for each in nodes for number in _numbers(each))]
    if isinstance(quantity, Ratio) and quantity.share:
        return Interval(Fraction(0), max(named))
    worth = [Fraction(1), *(abs(each.value) for each in nodes if isinstance(each, Constant))]
    slowest = [Fraction(1), *(rate for each in nodes for rate in _rates(each))]
    return Interval(Fraction(0), max(named) + sum(worth, Fraction(0)) * max(slowest) + WIDER)


def _numbers(node: Node) -> tuple[Fraction, ...]:
    """Return the values of a quantity that a node names."""
    match node:
        case Within(low=low, high=high):
            return tuple(abs(bound.value) for bound in (low, high) if bound is not None)
        case Beyond(start=start, end=end):
            return tuple(abs(each) for each in (start, end) if each is not None)
        case PointsEach(step=step):
            return (step,)
        case Proportion(full_at=full_at):
            return (full_at,)
        case _:
            return ()


def _rates(node: Node) -> tuple[Fraction, ...]:
    """Return how much of a quantity makes one point."""
    match node:
        case PointsEach(step=step, points=points) if points:
            return (abs(step / points),)
        case Proportion(points=points, full_at=full_at) if points:
            return (abs(full_at / points),)
        case _:
            return ()
