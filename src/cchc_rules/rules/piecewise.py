"""Reading: a rule as a piecewise linear function of one quantity, everything else held fixed.

Most rules range over one rate, count or delay. On that quantity they are straight lines between knots,
with a value of its own at each knot, so gaps, overlaps, reachable points and "what would give more" are
decided exactly, never by sampling.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from cchc_rules.rules.bounds import Interval, inside
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    Choice,
    Constant,
    Deducted,
    Maximum,
    Minimum,
    Node,
    Not,
    NotApplicable,
    PointsEach,
    Proportion,
    Sum,
    WhenNoneArose,
    Within,
)


@frozen
class Line:
    """A straight line: slope × quantity + intercept."""

    slope: Fraction
    intercept: Fraction

    def at(self, x: Fraction) -> Fraction:
        """Return the value at one point."""
        return self.slope * x + self.intercept


Piece = Line | None
"""The line on an open stretch or at a knot; ``None`` where the rule has no value there."""


@frozen
class Stretch:
    """One part of the domain: a single knot (both ends equal) or the open interval between two knots."""

    low: Fraction
    high: Fraction
    line: Piece

    @property
    def is_knot(self) -> bool:
        """Whether the stretch is a single number."""
        return self.low == self.high

    @property
    def middle(self) -> Fraction:
        """A number inside the stretch."""
        return (self.low + self.high) / 2


class NotPiecewise(Exception):
    """The rule varies with something else than the one quantity, or in another way than by lines."""


@frozen
class Fixed:
    """The quantity that varies, its domain, and how to get the value of a part that does not vary."""

    quantity: Node
    domain: Interval
    value_of: Callable[[Node], Fraction | bool | None]


def piecewise(rule: Node, fixed: Fixed) -> tuple[Stretch, ...]:
    """Return the rule over the domain, from left to right; raises ``NotPiecewise``."""
    knots = sorted({fixed.domain.low, fixed.domain.high, *_thresholds(rule, fixed)})
    stretches = [stretch for low, high in _stretches(knots) for stretch in _refined(rule, fixed, low, high)]
    return tuple(stretches)


def _thresholds(rule: Node, fixed: Fixed) -> set[Fraction]:
    """Return the limits that the rule sets on the quantity, inside the domain."""
    limits = {
        bound.value
        for node in rule.walk()
        if isinstance(node, Within) and node.of == fixed.quantity
        for bound in (node.low, node.high)
        if bound is not None
    }
    return {limit for limit in limits if fixed.domain.holds(limit)}


def _stretches(knots: list[Fraction]) -> list[tuple[Fraction, Fraction]]:
    """Return knots and the open intervals between them, in order, as (low, high)."""
    result = [(knots[0], knots[0])]
    for low, high in pairwise(knots):
        result += [(low, high), (high, high)]
    return result


def _refined(rule: Node, fixed: Fixed, low: Fraction, high: Fraction) -> list[Stretch]:
    """Return one stretch, split where two operands of a minimum or maximum cross inside it."""
    crossings: set[Fraction] = set()
    line = _line(rule, fixed, (low + high) / 2, crossings)
    inner = sorted(crossing for crossing in crossings if low < crossing < high)
    if not inner:
        return [Stretch(low, high, line)]
    parts = _stretches([low, *inner, high])[1:-1]
    return [stretch for part in parts for stretch in _refined(rule, fixed, *part)]


def _line(node: Node, fixed: Fixed, x: Fraction, crossings: set[Fraction]) -> Piece:
    """Return the line that the node follows around ``x``; note where operands cross."""
    if node == fixed.quantity:
        return Line(Fraction(1), Fraction(0))
    match node:
        case Constant(value=value):
            return Line(Fraction(0), value)
        case Proportion(points=points, of=of, full_at=full_at):
            return _scaled(_line(of, fixed, x, crossings), points / full_at)
        case PointsEach(points=points, of=of):
            return _scaled(_line(of, fixed, x, crossings), points)
        case Sum(terms=terms):
            return _added([_line(term, fixed, x, crossings) for term in terms])
        case Minimum(of=of):
            return _extreme([_line(each, fixed, x, crossings) for each in of], min, x, crossings)
        case Maximum(of=of):
            return _extreme([_line(each, fixed, x, crossings) for each in of], max, x, crossings)
        case Deducted(start=start, less=less, floor=floor):
            taken = [_scaled(_line(each, fixed, x, crossings), Fraction(-1)) for each in less]
            whole = _added([_line(start, fixed, x, crossings), *taken])
            return _extreme([whole, Line(Fraction(0), floor)], max, x, crossings)
        case Choice(branches=branches, otherwise=otherwise):
            for branch in branches:
                if holds(branch.when, fixed, x):
                    return _line(branch.then, fixed, x, crossings)
            return _line(otherwise, fixed, x, crossings) if otherwise else None
        case WhenNoneArose(otherwise=otherwise):
            return _line(otherwise, fixed, x, crossings)
        case NotApplicable():
            return None
        case _:
            return _constant(node, fixed)


def holds(condition: Node, fixed: Fixed, x: Fraction) -> bool:
    """Return whether a condition holds where the quantity is ``x``; raises ``NotPiecewise``."""
    match condition:
        case Within(of=of) if of == fixed.quantity:
            return inside(condition, x)
        case AllOf(of=of):
            return all(holds(each, fixed, x) for each in of)
        case AnyOf(of=of):
            return any(holds(each, fixed, x) for each in of)
        case Not(of=of):
            return not holds(of, fixed, x)
        case _:
            value = fixed.value_of(condition)
            if value is None:
                raise NotPiecewise
            return bool(value)


def _constant(node: Node, fixed: Fixed) -> Line:
    """Return a part that does not vary with the quantity, as a flat line."""
    value = fixed.value_of(node)
    if value is None or isinstance(value, bool):
        raise NotPiecewise
    return Line(Fraction(0), value)


def _scaled(line: Piece, factor: Fraction) -> Piece:
    return None if line is None else Line(line.slope * factor, line.intercept * factor)


def _added(lines: list[Piece]) -> Piece:
    known = [line for line in lines if line is not None]
    if len(known) < len(lines):
        return None
    return Line(sum((line.slope for line in known), Fraction(0)), sum((line.intercept for line in known), Fraction(0)))


def _extreme(
    lines: list[Piece], choose: Callable[[list[Fraction]], Fraction], x: Fraction, crossings: set[Fraction]
) -> Piece:
    """Return the least or greatest of several lines around ``x``, noting where any two cross."""
    known = [line for line in lines if line is not None]
    if len(known) < len(lines):
        return None
    for index, first in enumerate(known):
        for second in known[index + 1 :]:
            if first.slope != second.slope:
                crossings.add((second.intercept - first.intercept) / (first.slope - second.slope))
    best = choose([line.at(x) for line in known])
    return next(line for line in known if line.at(x) == best)
