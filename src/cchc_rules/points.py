"""Points out of a maximum: ranges, the lines that add up, accounts, deductions."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from attrs import frozen

from cchc_rules.base.exact import decimal_of, nearest_decimal
from cchc_rules.base.texts import Text
from cchc_rules.model import Clause, State

ZERO = Fraction(0)
LineKind = Literal["points", "loss", "not_applicable", "rounding", "bonus", "penalty", "open"]
DISPLAY_PLACES = 4
"""Decimals shown of points that have no end as a decimal; the exact value is kept beside them."""


def as_points(value: Fraction) -> Decimal:
    """Return points as a decimal: exact where it ends, else the nearest for display."""
    exact = decimal_of(value)
    return exact if exact is not None else nearest_decimal(value, DISPLAY_PLACES)


@frozen(kw_only=True)
class Deduction:
    """Points lost by one cause: why, by which clause, against which threshold, and who can mend it.

    A ``penalty`` takes points off what has been earned; a ``loss`` was never earned.
    """

    exact: Fraction
    reason: Text
    kind: Literal["loss", "penalty"] = "loss"
    threshold: Text | None = None
    clause: Clause | None = None
    remedy: Text | None = None
    lead_unit: str = ""
    facts: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """The points lost."""
        return as_points(self.exact)


@frozen(kw_only=True)
class Line:
    """One line of the account of a maximum; all lines together are the maximum."""

    kind: LineKind
    amount: Fraction


@frozen(kw_only=True)
class Range:
    """The least and the most that something can still reach."""

    low: Fraction
    high: Fraction

    def plus(self, other: "Range") -> "Range":
        """Return the range of the sum."""
        return Range(low=self.low + other.low, high=self.high + other.high)

    def through(self, change: Callable[[Fraction], Fraction]) -> "Range":
        """Return the range after a change that never turns more into less, such as rounding."""
        return Range(low=change(self.low), high=change(self.high))

    @property
    def negative(self) -> "Range":
        """The range of the same points taken off."""
        return Range(low=-self.high, high=-self.low)


@frozen(kw_only=True)
class Account:
    """Points out of a maximum, exact, with the state that they are in.

    ``maximum`` is the effective one: what does not apply may have been left out of it or shared out among
    the others; ``nominal`` is what the table prints. ``exact`` is ``None`` where nothing below has been
    scored. ``bonus`` and ``penalty`` are what the points hold of either, both as amounts above 0.
    ``before_rounding`` are the points before this very account was rounded, where it was.
    """

    exact: Fraction | None
    maximum: Fraction
    nominal: Fraction
    state: State
    reachable: Range
    lost: Fraction = ZERO
    rounding: Fraction = ZERO
    not_applicable: Fraction = ZERO
    bonus: Fraction = ZERO
    penalty: Fraction = ZERO
    before_rounding: Fraction | None = None

    @property
    def points(self) -> Decimal | None:
        """The points as a decimal; ``None`` where nothing is known."""
        return None if self.exact is None else as_points(self.exact)

    @property
    def max_points(self) -> Decimal:
        """The effective maximum as a decimal."""
        return as_points(self.maximum)

    @property
    def complete(self) -> bool:
        """Whether everything below is scored or does not apply."""
        return self.state in (State.SCORED, State.NOT_APPLICABLE)

    @property
    def share(self) -> Fraction | None:
        """Points as a part of the effective maximum; ``None`` where there is nothing to divide."""
        return None if self.exact is None or self.maximum == 0 else self.exact / self.maximum

    @property
    def lines(self) -> tuple[Line, ...]:
        """Points, losses, what does not apply, rounding, what is open: together the nominal maximum.

        Bonus points are above the maximum, so they are taken off; a penalty is added back.
        """
        points = self.exact or ZERO
        known = points + self.lost + self.rounding + self.not_applicable - self.bonus + self.penalty
        amounts: tuple[tuple[LineKind, Fraction], ...] = (
            ("points", points),
            ("loss", self.lost),
            ("not_applicable", self.not_applicable),
            ("rounding", self.rounding),
            ("bonus", -self.bonus),
            ("penalty", self.penalty),
            ("open", ZERO if self.complete else self.nominal - known),
        )
        return tuple(Line(kind=kind, amount=amount) for kind, amount in amounts if amount or kind == "points")


def total_range(ranges: Iterable[Range]) -> Range:
    """Return the range of a sum."""
    whole = Range(low=ZERO, high=ZERO)
    for each in ranges:
        whole = whole.plus(each)
    return whole
