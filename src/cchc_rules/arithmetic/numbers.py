"""Exact numbers as quotients of whole numbers, or enclosed between two where a quotient would grow too large."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from attrs import evolve, frozen

from cchc_rules.arithmetic.integers import (
    FALSE,
    LIMIT,
    ONE,
    TooLargeError,
    Truth,
    Whole,
    greatest,
    least,
    whole,
)
from cchc_rules.base.exact import Rounding

FINEST, COARSEST = 9, 3
"""Decimals that an enclosure has at most, and at least."""
ROOM = 10**6
"""How often a numerator over a moving divisor has to fit below the limit, so that it can still be enclosed."""
WRITTEN = 6
"""Decimals up to which a number of the method is taken as it stands; one with more of them is enclosed."""


@frozen(eq=False)
class Quotient:
    """One whole number over another, which is above 0: ``fixed`` times what ``moving`` comes to."""

    above: Whole
    moving: Whole = ONE
    fixed: int = 1

    @property
    def below(self) -> Whole:
        """What the number is divided by."""
        return self.moving * self.fixed

    @property
    def is_decimal(self) -> bool:
        """Whether it is divided by nothing but a number that is known beforehand."""
        return self.moving is ONE

    def times(self, above: Whole | int, moving: Whole = ONE, fixed: int = 1) -> "Quotient":
        """Return the quotient times another, in lowest terms as far as these are known beforehand."""
        numerator, factor = (self.above * above).factored
        divisor, more = (self.moving * moving).factored
        below = self.fixed * fixed * more
        if divisor.constant:
            divisor, below = ONE, below * divisor.low
        shared = gcd(factor, below)
        return Quotient(numerator * (factor // shared), divisor, below // shared)


@frozen(eq=False)
class Number:
    """A number known exactly (``low`` and ``high`` are one object), or to lie between two close ends."""

    low: Quotient
    high: Quotient

    @property
    def exact(self) -> bool:
        """Whether it is known beforehand that both ends are the same."""
        return self.low is self.high

    @property
    def apart(self) -> Truth:
        """Whether the ends differ, so that the number is not known to the last digit."""
        if self.exact:
            return FALSE
        return ~(self.low.above * self.high.below).equals(self.high.above * self.low.below)


def quotient(above: Whole | int, below: Whole | int = 1) -> Number:
    """Return one whole number over another."""
    only = Quotient(whole(above)).times(1, *((ONE, below) if isinstance(below, int) else (below, 1)))
    return Number(only, only)


def number(value: Fraction | int) -> Number:
    """Return a number that is known beforehand; enclosed where it has more decimals than an enclosure has."""
    exact = Fraction(value)
    if exact.denominator <= 10**WRITTEN:
        return quotient(exact.numerator, exact.denominator)
    below = exact.numerator * 10**WRITTEN // exact.denominator
    return Number(*(Quotient(whole(end), fixed=10**WRITTEN) for end in (below, below + 1)))


NOUGHT = number(0)


# ------------------------------------------------------------------ enclosures


def enclosed(value: Number) -> Number:
    """Return a number between two decimals, as fine as its bounds allow; a decimal stays as it is."""
    if value.low.is_decimal and value.high.is_decimal:
        return value
    return _coarser(value, lambda near: near)


def _enclosed(value: Number, scale: int) -> Number:
    return Number(
        Quotient(value.low.above * scale // value.low.below, fixed=scale),
        Quotient(ceiling(value.high.above * scale, value.high.below), fixed=scale),
    )


def ceiling(above: Whole, below: Whole) -> Whole:
    """Return a quotient rounded up."""
    return (above + below - 1) // below


# ------------------------------------------------------------------ over one denominator


def _alike(values: list[Number]) -> list[Number]:
    """Return numbers over one denominator each end, enclosed where the common one would be too large."""
    try:
        return _over_one(values)
    except TooLargeError:
        return _over_one([enclosed(each) for each in values])


def _with_room(end: Quotient) -> Quotient:
    """Return a quotient that can still be enclosed; raises ``TooLargeError`` where its numerator has grown too large."""
    if not end.is_decimal and max(end.above.high, -end.above.low) * ROOM >= LIMIT:
        raise TooLargeError
    return end


def _over_one(values: list[Number]) -> list[Number]:
    lows = [_with_room(each) for each in _common([each.low for each in values])]
    if all(each.exact for each in values):
        return [Number(each, each) for each in lows]
    highs = _common([each.high for each in values])
    return [Number(low, low if value.exact and low.below is high.below else high) for value, low, high in zip(values, lows, highs, strict=True)]


def _common(ends: list[Quotient]) -> list[Quotient]:
    """Return quotients over their common denominator."""
    fixed = lcm(*(each.fixed for each in ends))
    moving = list(dict.fromkeys(each.moving for each in ends if not each.is_decimal))
    below = reduce(Whole.__mul__, moving, ONE)
    found = []
    for each in ends:
        others = [other for other in moving if other is not each.moving]
        found.append(Quotient(reduce(Whole.__mul__, others, each.above) * (fixed // each.fixed), below, fixed))
    return found


# ------------------------------------------------------------------ arithmetic


def plus(values: Iterable[Number]) -> Number:
    """Return the sum of numbers."""
    given = list(values)
    if not given:
        return NOUGHT
    try:
        return _sum(_alike(given))
    except TooLargeError:
        return _sum(_over_one([enclosed(each) for each in given]))


def _sum(given: list[Number]) -> Number:
    return _reduced(given, Whole.__add__)


def times(value: Number, factor: Fraction | int) -> Number:
    """Return a number times one that is known beforehand."""
    exact = Fraction(factor)
    by = number(abs(exact))
    product = scaled(value, by.low) if by.exact else _between(value, by)
    return product if exact >= 0 else negative(product)


def _between(value: Number, by: Number) -> Number:
    """Return a number times a factor that is enclosed itself."""
    low, high = (scaled(value, end) for end in (by.low, by.high))
    return Number(minimum([low, high]).low, maximum([low, high]).high)


def negative(value: Number) -> Number:
    """Return a number with the other sign."""
    low = evolve(value.high, above=whole(0) - value.high.above)
    return Number(low, low if value.exact else evolve(value.low, above=whole(0) - value.low.above))


def scaled(value: Number, by: Quotient) -> Number:
    """Return a number times a quotient that is not below 0."""
    try:
        return _scaled(value, by)
    except TooLargeError:
        return _coarser(value, lambda near: _scaled(near, by))


def _coarser(value: Number, then: Callable[[Number], Number]) -> Number:
    """Return what follows from a number enclosed as finely as leaves room for it."""
    for places in range(FINEST, COARSEST - 1, -1):
        try:
            return then(_enclosed(value, 10**places))
        except TooLargeError:
            continue
    raise TooLargeError


def _scaled(value: Number, by: Quotient) -> Number:
    low = _with_room(value.low.times(by.above, by.moving, by.fixed))
    return Number(low, low if value.exact else _with_room(value.high.times(by.above, by.moving, by.fixed)))


def minus(value: Number, less: Number) -> Number:
    """Return the difference of two numbers."""
    return plus([value, times(less, -1)])


def minimum(values: Iterable[Number]) -> Number:
    """Return the least of numbers."""
    return _reduced(_alike(list(values)), least)


def maximum(values: Iterable[Number]) -> Number:
    """Return the greatest of numbers."""
    return _reduced(_alike(list(values)), greatest)


def _reduced(given: list[Number], take: Callable[[Whole, Whole], Whole]) -> Number:
    """Return numbers over one denominator taken together, end by end."""
    low = evolve(given[0].low, above=reduce(take, [each.low.above for each in given]))
    if all(each.exact for each in given):
        return Number(low, low)
    return Number(low, evolve(given[0].high, above=reduce(take, [each.high.above for each in given])))


def pick(condition: Truth, then: Number, otherwise: Number) -> Number:
    """Return one number where a condition holds, another where it does not."""
    try:
        return _picked(condition, then, otherwise)
    except TooLargeError:
        return _picked(condition, enclosed(then), enclosed(otherwise))


def _picked(condition: Truth, then: Number, otherwise: Number) -> Number:
    low = _with_room(_pick(condition, then.low, otherwise.low))
    return Number(low, low if then.exact and otherwise.exact else _with_room(_pick(condition, then.high, otherwise.high)))


def _pick(condition: Truth, then: Quotient, otherwise: Quotient) -> Quotient:
    fixed = lcm(then.fixed, otherwise.fixed)
    above = condition.pick(then.above * (fixed // then.fixed), otherwise.above * (fixed // otherwise.fixed))
    return Quotient(above, condition.pick(then.moving, otherwise.moving), fixed)


# ------------------------------------------------------------------ comparison


@frozen(eq=False)
class Decision:
    """Whether something holds, and whether the enclosure leaves that open."""

    holds: Truth
    undecided: Truth


def at_least(value: Number, other: Number) -> Decision:
    """Return whether one number is not below another."""
    return _decided(value, other, strict=False)


def more_than(value: Number, other: Number) -> Decision:
    """Return whether one number is above another."""
    return _decided(value, other, strict=True)


def _decided(value: Number, other: Number, *, strict: bool) -> Decision:
    one, another = _alike([value, other])
    surely = _compare(one.low, another.high, strict=strict)
    if one.exact and another.exact:
        return Decision(surely, FALSE)
    return Decision(surely, ~surely & _compare(one.high, another.low, strict=strict))


def _compare(one: Quotient, another: Quotient, *, strict: bool) -> Truth:
    """Return how two quotients over the same denominator compare."""
    return one.above > another.above if strict else one.above >= another.above


# ------------------------------------------------------------------ rounding


def rounded(value: Number, rule: Rounding | None) -> Number:
    """Return a number as a method rounds it; the ends of an enclosure may then fall together or stay apart."""
    if rule is None:
        return value
    try:
        return _rounded(value, rule)
    except TooLargeError:
        return _coarser(value, lambda near: _rounded(near, rule))


def _rounded(value: Number, rule: Rounding) -> Number:
    low = _rounded_end(value.low, rule)
    return Number(low, low if value.exact else _rounded_end(value.high, rule))


def _rounded_end(end: Quotient, rule: Rounding) -> Quotient:
    scale = 10**rule.places
    if end.is_decimal and scale % end.fixed == 0:
        return Quotient(end.above * (scale // end.fixed), fixed=scale)
    if end.above.low >= 0:
        return Quotient(_magnitude(end, scale, rule), fixed=scale)
    above = evolve(end, above=greatest(end.above, whole(0)))
    below = evolve(end, above=greatest(whole(0) - end.above, whole(0)))
    return Quotient((end.above < 0).pick(whole(0) - _magnitude(below, scale, rule), _magnitude(above, scale, rule)), fixed=scale)


def _magnitude(end: Quotient, scale: int, rule: Rounding) -> Whole:
    """Return a quotient that is not below 0, rounded to a scale."""
    match rule.mode:
        case "half_up":
            return (end.above * (2 * scale) + end.below) // (end.below * 2)
        case "down":
            return end.above * scale // end.below
        case "up":
            return ceiling(end.above * scale, end.below)
        case "half_even":
            above, below = end.above * (2 * scale) + end.below, end.below * 2
            nearest = above // below
            halfway = ceiling(above, below).equals(nearest)
            return nearest - (halfway & (nearest - nearest // 2 * 2).equals(1)).pick(1, 0)


# ------------------------------------------------------------------ as one decimal


def on_a_scale(value: Number) -> tuple[Whole, Whole | None, int]:
    """Return a number as whole numbers of so many decimals: one where it is exact, else both ends."""
    end = value.low
    if value.exact and end.is_decimal:
        for places in range(FINEST + 1):
            if 10**places % end.fixed == 0:
                return end.above * (10**places // end.fixed), None, places
    near = enclosed(Number(value.low, value.high))
    scales = [places for places in range(FINEST, -1, -1) if _fits(near, places)]
    places = scales[0] if scales else 0
    scale = 10**places
    return near.low.above * scale // near.low.fixed, ceiling(near.high.above * scale, whole(near.high.fixed)), places


def _fits(value: Number, places: int) -> bool:
    return all(max(abs(end.above.low), abs(end.above.high)) * 10**places < LIMIT for end in (value.low, value.high))
