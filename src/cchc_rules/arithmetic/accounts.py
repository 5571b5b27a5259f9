"""Accounts as arithmetic: points out of a maximum with their state, their sums, what scales and what rounds them."""

from collections.abc import Sequence
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.arithmetic.integers import FALSE, TRUE, TooLargeError, Truth, every, greatest, some, whole
from cchc_rules.arithmetic.numbers import (
    NOUGHT,
    Number,
    Quotient,
    maximum,
    minimum,
    more_than,
    number,
    pick,
    plus,
    rounded,
    scaled,
)
from cchc_rules.base.exact import Rounding


@frozen(kw_only=True, eq=False)
class Account:
    """Points out of an effective maximum; ``known`` says whether there are any, ``held`` whether it counts at all.

    It is in error, open, not applicable (``absent``), or else scored.
    """

    points: Number
    maximum: Number
    nominal: Fraction
    known: Truth = TRUE
    absent: Truth = FALSE
    error: Truth = FALSE
    open: Truth = FALSE
    held: Truth = TRUE

    @property
    def complete(self) -> Truth:
        """Whether everything below is scored or does not apply."""
        return ~(self.error | self.open)


def together(accounts: Sequence[Account]) -> Account:
    """Return the sum of several accounts: one that is open anywhere below is waiting."""
    held = [account.held for account in accounts]
    there = [account.held & account.known for account in accounts]
    error = some(here & account.error for here, account in zip(held, accounts, strict=True))
    return Account(
        points=plus(pick(known, account.points, NOUGHT) for known, account in zip(there, accounts, strict=True)),
        maximum=plus(account.maximum for account in accounts),
        nominal=sum((account.nominal for account in accounts), Fraction(0)),
        known=some(there) | ~some(held),
        error=error,
        open=~error & some(here & account.open for here, account in zip(held, accounts, strict=True)),
        absent=some(held) & every(~here | account.absent for here, account in zip(held, accounts, strict=True)),
        held=some(held),
    )


def divided(value: Number, by: Number) -> Number:
    """Return a number over one that is exact and not below 0; over 1 of its steps where it is 0."""
    below = _exact(by)
    return scaled(value, Quotient(below.moving * below.fixed).times(1, greatest(below.above, whole(1))))


def is_nought(value: Number) -> Truth:
    """Return whether an exact number is 0."""
    return value.low.above.equals(0)


def scaled_to(account: Account, nominal: Fraction, to: Number) -> Account:
    """Return an account whose effective maximum has become another: points in proportion; one of 0 stays as it is."""
    nought = is_nought(account.maximum)
    grown = divided(_product(account.points, to), account.maximum)
    return evolve(account, points=pick(nought, account.points, grown), maximum=pick(nought, account.maximum, to), nominal=nominal)


def _product(value: Number, by: Number) -> Number:
    """Return a number times an exact one."""
    return scaled(value, _exact(by))


def _exact(value: Number) -> Quotient:
    """Return a maximum as the one quotient that it is; raises ``TooLargeError`` where it has too many decimals for that."""
    if not value.exact:
        raise TooLargeError
    return value.low


@frozen(eq=False)
class Rounded:
    """An account that has been rounded, and where an enclosure leaves open how."""

    account: Account
    undecided: Truth = FALSE


def rounded_account(account: Account, rule: Rounding | None) -> Rounded:
    """Return an account rounded where the method says so; rounding does not lift points above the maximum."""
    if rule is None:
        return Rounded(account)
    points, undecided = rounded_points(account.points, rule, account.maximum)
    return Rounded(evolve(account, points=points), account.known & undecided)


def rounded_points(points: Number, rule: Rounding | None, most: Number) -> tuple[Number, Truth]:
    """Return points rounded but not lifted above the maximum, and whether an enclosure leaves open how."""
    if rule is None:
        return points, FALSE
    above = more_than(points, most)
    near = rounded(points, rule)
    found = pick(above.holds, near, minimum([near, most]))
    return found, above.undecided | found.apart


def clamped(account: Account, at_most: Fraction) -> Account:
    """Return bonus or penalty points, at most as many as the method allows."""
    most = number(at_most)
    return evolve(account, points=maximum([number(-at_most), minimum([most, account.points])]))


