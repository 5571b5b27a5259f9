"""Whole numbers and truths as expressions: every value has bounds, none is ever missing, none overflows.

Two equal expressions are one object, so that what is used twice is carried out once. An expression whose
bounds leave ±2⁵³ is refused: within them every backend is exact, also one that divides through a double.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Literal
from weakref import WeakValueDictionary

from attrs import frozen

LIMIT = 2**53

WholeOperation = Literal["literal", "column", "add", "subtract", "multiply", "divide", "minimum", "maximum", "pick"]
TruthOperation = Literal["literal", "column", "at_most", "equal", "and", "or", "not"]


class TooLargeError(Exception):
    """The bounds of an expression leave what every backend can hold."""


@frozen(eq=False)
class Whole:
    """A whole number made by an operation, between ``low`` and ``high``.

    ``divide`` rounds down; its divisor is above 0 and what it divides is not below 0.
    """

    operation: WholeOperation
    of: "tuple[Whole | Truth, ...]"
    low: int
    high: int
    name: str = ""

    @property
    def constant(self) -> bool:
        """Whether it is a number that is known beforehand."""
        return self.operation == "literal"

    @property
    def factored(self) -> "tuple[Whole, int]":
        """The number without a factor that is known beforehand, and that factor."""
        if self.operation == "multiply" and isinstance(self.of[0], Whole) and isinstance(self.of[1], Whole) and self.of[1].constant:
            return self.of[0], self.of[1].low
        return self, 1

    def __add__(self, other: "Whole | int") -> "Whole":
        right = whole(other)
        if self.constant or right.constant:
            if self.constant and right.constant:
                return whole(self.low + right.low)
            if 0 in (right.low, right.high) and right.constant:
                return self
            if self.constant and self.low == 0:
                return right
        if right.operation == "subtract" and right.of[0] is ZERO:
            return self - _number(right.of[1])
        return _whole("add", (self, right), self.low + right.low, self.high + right.high)

    def __sub__(self, other: "Whole | int") -> "Whole":
        right = whole(other)
        if right.constant:
            return self + whole(-right.low)
        if self is right:
            return ZERO
        if right.operation == "subtract" and right.of[0] is ZERO:
            return self + _number(right.of[1])
        return _whole("subtract", (self, right), self.low - right.high, self.high - right.low)

    def __mul__(self, other: "Whole | int") -> "Whole":
        right = whole(other)
        if self.constant and not right.constant:
            return right * self
        if right.constant:
            if self.constant:
                return whole(self.low * right.low)
            if right.low in (0, 1):
                return self if right.low else ZERO
            number, factor = self.factored
            if factor != 1:
                return number * (factor * right.low)
        ends = [one * another for one in (self.low, self.high) for another in (right.low, right.high)]
        return _whole("multiply", (self, right), min(ends), max(ends))

    def __floordiv__(self, other: "Whole | int") -> "Whole":
        right = whole(other)
        if right.low <= 0:
            raise ValueError("a divisor has to be above 0")
        if right.constant and right.low == 1:
            return self
        if self.low < 0:  # rounding down and cutting off differ below 0: the quotient is moved above it
            steps = -(self.low // right.low)
            return (self + right * steps) // right - steps
        if self.constant and right.constant:
            return whole(self.low // right.low)
        return _whole("divide", (self, right), self.low // right.high, self.high // right.low)

    def __le__(self, other: "Whole | int") -> "Truth":
        right = whole(other)
        if self.high <= right.low or self is right:
            return TRUE
        if self.low > right.high:
            return FALSE
        return _truth("at_most", (self, right))

    def __ge__(self, other: "Whole | int") -> "Truth":
        return whole(other) <= self

    def __lt__(self, other: "Whole | int") -> "Truth":
        return ~(whole(other) <= self)

    def __gt__(self, other: "Whole | int") -> "Truth":
        return ~(self <= other)

    def equals(self, other: "Whole | int") -> "Truth":
        """Return whether two numbers are the same."""
        right = whole(other)
        if self is right or self.low == self.high == right.low == right.high:
            return TRUE
        if self.high < right.low or right.high < self.low:
            return FALSE
        return _truth("equal", (self, right))


@frozen(eq=False)
class Truth:
    """A condition that holds or does not; there is nothing in between."""

    operation: TruthOperation
    of: "tuple[Whole | Truth, ...]"
    name: str = ""

    def __and__(self, other: "Truth") -> "Truth":
        if self is FALSE or self is TRUE:
            return other if self is TRUE else FALSE
        right = _where(other, self, holds=True)
        if right is FALSE or right is TRUE:
            return self if right is TRUE else FALSE
        return _truth("and", (self, right))

    def __or__(self, other: "Truth") -> "Truth":
        if self is FALSE or self is TRUE:
            return other if self is FALSE else TRUE
        right = _where(other, self, holds=False)
        if right is FALSE or right is TRUE:
            return self if right is FALSE else TRUE
        return _truth("or", (self, right))

    def __invert__(self) -> "Truth":
        if self.operation == "literal":
            return FALSE if self is TRUE else TRUE
        if self.operation == "not":
            inner = self.of[0]
            assert isinstance(inner, Truth)  # the negation of a condition
            return inner
        return _truth("not", (self,))

    def pick(self, then: "Whole | int", otherwise: "Whole | int") -> "Whole":
        """Return one number where the condition holds, another where it does not."""
        one, another = whole(then), whole(otherwise)
        if self is TRUE or one is another:
            return one
        if self is FALSE:
            return another
        if self.operation == "not":
            return (~self).pick(another, one)
        one, another = _chosen(one, self, holds=True), _chosen(another, self, holds=False)
        if one is another:
            return one
        return _whole("pick", (self, one, another), min(one.low, another.low), max(one.high, another.high))

    def choose(self, then: "Truth", otherwise: "Truth") -> "Truth":
        """Return one condition where this one holds, another where it does not."""
        if then is otherwise:
            return then
        return (self & then) | (~self & otherwise)


DEEPEST = 6
"""How far down a condition is looked for what is already settled."""


def _where(condition: Truth, settled: Truth, *, holds: bool, depth: int = DEEPEST) -> Truth:
    """Return a condition once it is settled whether another holds."""
    if condition is settled:
        return truth(holds)
    if settled.operation == "not":
        inner = settled.of[0]
        assert isinstance(inner, Truth)  # the negation of a condition
        return _where(condition, inner, holds=not holds, depth=depth)
    if depth == 0 or condition.operation in {"literal", "column", "at_most", "equal"}:
        return condition
    before = [part for part in condition.of if isinstance(part, Truth)]
    after = [_where(part, settled, holds=holds, depth=depth - 1) for part in before]
    if all(one is another for one, another in zip(before, after, strict=True)):
        return condition
    if condition.operation == "not":
        return ~after[0]
    return after[0] & after[1] if condition.operation == "and" else after[0] | after[1]


def _chosen(number: Whole, settled: Truth, *, holds: bool) -> Whole:
    """Return a number once it is settled whether a condition holds: a choice by that very condition is made."""
    while number.operation == "pick" and number.of[0] is settled:
        taken = number.of[1 if holds else 2]
        assert isinstance(taken, Whole)  # what a choice is between
        number = taken
    return number


Expression = Whole | Truth
_KNOWN: "WeakValueDictionary[tuple[object, ...], Whole | Truth]" = WeakValueDictionary()


def _whole(operation: WholeOperation, of: tuple[Expression, ...], low: int, high: int, name: str = "") -> Whole:
    if not -LIMIT < low <= high < LIMIT:
        raise TooLargeError
    key = ("whole", operation, tuple(map(id, of)), name, low, high)
    found = _KNOWN.get(key)
    if not isinstance(found, Whole):
        found = Whole(operation, of, low, high, name)
        _KNOWN[key] = found
    return found


def _truth(operation: TruthOperation, of: tuple[Expression, ...], name: str = "") -> Truth:
    key = ("truth", operation, tuple(map(id, of)), name)
    found = _KNOWN.get(key)
    if not isinstance(found, Truth):
        found = Truth(operation, of, name)
        _KNOWN[key] = found
    return found


def _number(part: Expression) -> Whole:
    """Return an operand that is a number."""
    assert isinstance(part, Whole)  # both sides of a sum are
    return part


def whole(value: Whole | int) -> Whole:
    """Return a number that is known beforehand."""
    return value if isinstance(value, Whole) else _whole("literal", (), value, value)


def column(name: str, low: int, high: int) -> Whole:
    """Return a column of whole numbers within bounds."""
    return whole(low) if low == high else _whole("column", (), low, high, name)


def flag(name: str) -> Truth:
    """Return a column of truths."""
    return _truth("column", (), name)


TRUE, FALSE = Truth("literal", (), "true"), Truth("literal", (), "false")
ZERO, ONE = whole(0), whole(1)


def truth(value: bool) -> Truth:  # noqa: FBT001 - it turns just this into an expression
    """Return a condition that is known beforehand."""
    return TRUE if value else FALSE


def every(of: Iterable[Truth]) -> Truth:
    """Return whether all conditions hold."""
    return reduce(Truth.__and__, of, TRUE)


def some(of: Iterable[Truth]) -> Truth:
    """Return whether at least one condition holds."""
    return reduce(Truth.__or__, of, FALSE)


def count(of: Iterable[Truth]) -> Whole:
    """Return how many conditions hold."""
    return total(each.pick(1, 0) for each in of)


def total(of: Iterable[Whole]) -> Whole:
    """Return the sum of numbers."""
    return reduce(Whole.__add__, of, ZERO)


def least(one: Whole, another: Whole) -> Whole:
    """Return the smaller of two numbers."""
    if one.high <= another.low:
        return one
    if another.high <= one.low:
        return another
    return _whole("minimum", (one, another), min(one.low, another.low), min(one.high, another.high))


def greatest(one: Whole, another: Whole) -> Whole:
    """Return the greater of two numbers."""
    if one.low >= another.high:
        return one
    if another.low >= one.high:
        return another
    return _whole("maximum", (one, another), max(one.low, another.low), max(one.high, another.high))


def walk(roots: Iterable[Expression]) -> Iterator[Expression]:
    """Yield every expression below the roots once, operands before what is made of them."""
    seen: set[int] = set()
    waiting: list[tuple[Expression, bool]] = [(root, False) for root in reversed(list(roots))]
    while waiting:
        each, done = waiting.pop()
        if done:
            yield each
        elif id(each) not in seen:
            seen.add(id(each))
            waiting.append((each, True))
            waiting.extend((part, False) for part in reversed(each.of))
