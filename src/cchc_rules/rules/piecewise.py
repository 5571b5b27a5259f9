"""Reading: a rule as a piecewise linear function of one quantity, everything else held fixed.

Most rules range over one rate, count or delay. On that quantity they are straight lines between knots,
with a value of its own at each knot, so gaps, overlaps, reachable points and "what would give more" are
decided exactly, never by sampling.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import combinations, pairwise

from attrs import field, frozen

from cchc_rules.rules.bounds import Interval, inside
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Beyond,
    Choice,
    Constant,
    Deducted,
    Difference,
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
    facts_of,
    moved_facts,
)

MOST_KNOTS = 1000
"""Whole steps over a wider range than this are not followed one by one."""


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
    rates_are_rounded: bool = False

    def is_fixed(self, node: Node) -> bool:
        """Return whether a part of the rule stays as it is while the quantity varies."""
        return moved_facts(self.quantity).isdisjoint(facts_of(node))


@frozen
class Around:
    """One stretch that is being looked at: the rule is followed at its middle, its crossings gathered."""

    low: Fraction
    high: Fraction
    crossings: set[Fraction] = field(factory=set)

    @property
    def middle(self) -> Fraction:
        """A number inside."""
        return (self.low + self.high) / 2

    def note(self, line: Line, value: Fraction) -> None:
        """Keep where a line comes to a value, if that is inside the stretch."""
        if line.slope:
            crossing = (value - line.intercept) / line.slope
            if self.low < crossing < self.high:
                self.crossings.add(crossing)


FLAT = Fraction(0)
"""The slope of what does not vary."""


def piecewise(rule: Node, fixed: Fixed) -> tuple[Stretch, ...]:
    """Return the rule over the domain, from left to right; raises ``NotPiecewise``."""
    knots = sorted({fixed.domain.low, fixed.domain.high})
    return _merged(stretch for low, high in _stretches(knots) for stretch in _refined(rule, fixed, low, high))


def _merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return the stretches without the knots at which the rule does not turn."""
    found: list[Stretch] = []
    for each in stretches:
        if len(found) >= 3 and found[-2].line == found[-1].line == each.line and not each.is_knot:
            found[-2:] = [Stretch(found[-2].low, each.high, each.line)]
        else:
            found.append(each)
    return tuple(found)


def _stretches(knots: list[Fraction]) -> list[tuple[Fraction, Fraction]]:
    """Return knots and the open intervals between them, in order, as (low, high)."""
    result = [(knots[0], knots[0])]
    for low, high in pairwise(knots):
        result += [(low, high), (high, high)]
    return result


def _refined(rule: Node, fixed: Fixed, low: Fraction, high: Fraction) -> list[Stretch]:
    """Return one stretch, split wherever the rule turns inside it."""
    around = Around(low, high)
    line = _line(rule, fixed, around)
    if not around.crossings:
        return [Stretch(low, high, line)]
    parts = _stretches([low, *sorted(around.crossings), high])[1:-1]
    return [stretch for part in parts for stretch in _refined(rule, fixed, *part)]


def _line(node: Node, fixed: Fixed, around: Around) -> Piece:
    """Return the line that the node follows at the middle of a stretch; note where it may turn."""
    if node == fixed.quantity:
        return Line(Fraction(1), Fraction(0))
    match node:
        case Constant(value=value):
            return Line(FLAT, value)
        case Scaled(factor=factor, of=of):
            return _scaled(_line(of, fixed, around), factor)
        case Proportion(points=points, of=of, full_at=full_at):
            return _scaled(_line(of, fixed, around), points / full_at)
        case PointsEach():
            return _steps(node, _line(node.of, fixed, around), around)
        case Difference(of=of, less=less):
            return _added([_line(of, fixed, around), _scaled(_line(less, fixed, around), Fraction(-1))])
        case Ratio(part=part, whole=whole) if fixed.is_fixed(whole) and not (fixed.is_fixed(part) or fixed.rates_are_rounded):
            return _scaled(_line(part, fixed, around), 1 / _nonzero(whole, fixed))
        case Beyond():
            return _beyond(node, _line(node.of, fixed, around), around)
        case Sum():
            return _sum(node, [_line(term, fixed, around) for term in node.terms])
        case Minimum(of=of):
            return _extreme([_line(each, fixed, around) for each in of], min, around)
        case Maximum(of=of):
            return _extreme([_line(each, fixed, around) for each in of], max, around)
        case Deducted(start=start, less=less, floor=floor):
            taken = [_scaled(_line(each, fixed, around), Fraction(-1)) for each in less]
            whole_ = _added([_line(start, fixed, around), *taken])
            return _extreme([whole_, Line(FLAT, floor)], max, around)
        case Choice(branches=branches, otherwise=otherwise):
            for branch in branches:
                if holds(branch.when, fixed, around):
                    return _line(branch.then, fixed, around)
            return _line(otherwise, fixed, around) if otherwise else None
        case WhenNoneArose(whole=whole, then=then, otherwise=otherwise):
            none_arose = fixed.is_fixed(whole) and fixed.value_of(whole) == 0
            return _line(then if none_arose else otherwise, fixed, around)
        case NotApplicable():
            return None
        case _:
            return _constant(node, fixed)


def holds(condition: Node, fixed: Fixed, around: Around) -> bool:
    """Return whether a condition holds at the middle of a stretch; raises ``NotPiecewise``."""
    match condition:
        case Within(of=of, low=low, high=high) if not fixed.is_fixed(of):
            line = _line(of, fixed, around)
            if line is None:
                raise NotPiecewise
            for bound in (low, high):
                if bound is not None:
                    around.note(line, bound.value)
            return inside(condition, line.at(around.middle))
        case AllOf(of=of):
            return all(holds(each, fixed, around) for each in of)
        case AnyOf(of=of):
            return any(holds(each, fixed, around) for each in of)
        case AtLeast(count=count, of=of):
            return [holds(each, fixed, around) for each in of].count(True) >= count
        case Not(of=of):
            return not holds(of, fixed, around)
        case _:
            value = fixed.value_of(condition)
            if value is None:
                raise NotPiecewise
            return bool(value)


def _constant(node: Node, fixed: Fixed) -> Line:
    """Return a part that does not vary with the quantity, as a flat line."""
    value = fixed.value_of(node) if fixed.is_fixed(node) else None
    if value is None or isinstance(value, bool):
        raise NotPiecewise
    return Line(FLAT, value)


def _nonzero(node: Node, fixed: Fixed) -> Fraction:
    """Return the value of a divisor that stays as it is."""
    value = fixed.value_of(node)
    if not value:
        raise NotPiecewise
    return Fraction(value)


def _steps(node: PointsEach, of: Piece, around: Around) -> Piece:
    """Return points for each step; whole steps are flat between one step and the next."""
    if of is None or not node.whole_steps:
        return _scaled(of, node.points / node.step)
    first, last = sorted(of.at(end) // node.step for end in (around.low, around.high))
    if last - first > MOST_KNOTS:
        raise NotPiecewise
    for step in range(first, last + 1):
        around.note(of, step * node.step)
    return Line(FLAT, node.points * node.steps(of.at(around.middle)))


def _beyond(node: Beyond, of: Piece, around: Around) -> Piece:
    """Return how far a line lies beyond the start, flat before it and after the end."""
    if of is None:
        return None
    over = Line(-of.slope, node.start - of.intercept) if node.falling else Line(of.slope, of.intercept - node.start)
    counted = _extreme([over, Line(FLAT, Fraction(0))], max, around)
    return counted if node.end is None else _extreme([counted, Line(FLAT, abs(node.end - node.start))], min, around)


def _scaled(line: Piece, factor: Fraction) -> Piece:
    return None if line is None else Line(line.slope * factor, line.intercept * factor)


def _sum(node: Sum, lines: list[Piece]) -> Piece:
    """Return the sum of its terms; those that do not apply are taken over by the others, where the rule says so."""
    applies = tuple(line is not None for line in lines)
    if all(applies) or not any(applies) or node.when_not_applicable == "not_applicable":
        return _added(lines)
    return _added([_scaled(line, each) for line, each in zip(lines, node.multipliers(applies), strict=True) if line])


def _added(lines: list[Piece]) -> Piece:
    known = [line for line in lines if line is not None]
    if len(known) < len(lines):
        return None
    return Line(sum((line.slope for line in known), Fraction(0)), sum((line.intercept for line in known), Fraction(0)))


def _extreme(lines: list[Piece], choose: Callable[[list[Fraction]], Fraction], around: Around) -> Piece:
    """Return the least or greatest of several lines, noting where any two cross."""
    known = [line for line in lines if line is not None]
    if len(known) < len(lines):
        return None
    for first, second in combinations(known, 2):
        around.note(Line(first.slope - second.slope, first.intercept - second.intercept), Fraction(0))
    best = choose([line.at(around.middle) for line in known])
    return next(line for line in known if line.at(around.middle) == best)
