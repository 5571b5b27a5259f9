"""The arithmetic of accounts: their sum, their scaling, their rounding, each keeping points and lines whole."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from attrs import evolve

from cchc_rules.base.exact import Rounding
from cchc_rules.model import State
from cchc_rules.points import Account, Range, total_range

ZERO = Fraction(0)
NOTHING = Range(low=ZERO, high=ZERO)
EMPTY = Account(exact=ZERO, maximum=ZERO, nominal=ZERO, state=State.SCORED, reachable=NOTHING)
"""The sum of no accounts."""


def scored(points: Fraction, maximum: Fraction, *, lost: Fraction) -> Account:
    """Return the account of something that is scored; what neither points nor losses explain is rounding."""
    return Account(
        exact=points,
        maximum=maximum,
        nominal=maximum,
        state=State.SCORED,
        reachable=Range(low=points, high=points),
        lost=lost,
        rounding=maximum - points - lost,
    )


def unscored(maximum: Fraction, state: State, reachable: Range) -> Account:
    """Return the account of something that has no points yet."""
    return Account(exact=None, maximum=maximum, nominal=maximum, state=state, reachable=reachable)


def left_out(nominal: Fraction, *, keeps_maximum: bool) -> Account:
    """Return the account of what does not apply: no points, and its maximum kept or gone."""
    return Account(
        exact=ZERO,
        maximum=nominal if keeps_maximum else ZERO,
        nominal=nominal,
        state=State.NOT_APPLICABLE,
        reachable=NOTHING,
        not_applicable=nominal,
    )


def together(accounts: Sequence[Account]) -> Account:
    """Return the sum of several accounts: one that is open anywhere below is waiting.

    An account of nothing at all, such as the bonus of a field that has none, is no points either: it never
    makes a 0 of a sum of which nothing is known.
    """
    held = [account for account in accounts if account != EMPTY]
    known = [account.exact for account in held if account.exact is not None]
    return Account(
        exact=sum(known, ZERO) if known or not held else None,
        maximum=_sum(account.maximum for account in accounts),
        nominal=_sum(account.nominal for account in accounts),
        state=state_together([account.state for account in held]),
        reachable=total_range(account.reachable for account in accounts),
        lost=_sum(account.lost for account in accounts),
        rounding=_sum(account.rounding for account in accounts),
        not_applicable=_sum(account.not_applicable for account in accounts),
        bonus=_sum(account.bonus for account in accounts),
        penalty=_sum(account.penalty for account in accounts),
    )


def state_together(states: Sequence[State]) -> State:
    """Return the state of a sum: errors show, anything open makes it wait."""
    if State.ERROR in states:
        return State.ERROR
    if any(state not in (State.SCORED, State.NOT_APPLICABLE) for state in states):
        return State.WAITING
    if states and all(state is State.NOT_APPLICABLE for state in states):
        return State.NOT_APPLICABLE
    return State.SCORED


def scaled_to(account: Account, nominal: Fraction, maximum: Fraction) -> Account:
    """Return an account whose effective maximum has become another: points and losses in proportion.

    What the scaling adds to or takes from the maximum is booked against what does not apply, so that the
    lines still add up to ``nominal``.
    """
    if account.maximum == 0:
        return account
    factor = maximum / account.maximum
    kept = account.not_applicable - (account.nominal - account.maximum)
    exact = None if account.exact is None else account.exact * factor
    return Account(
        exact=exact,
        maximum=maximum,
        nominal=nominal,
        state=account.state,
        reachable=account.reachable.through(lambda points: points * factor),
        lost=account.lost * factor,
        rounding=account.rounding * factor,
        not_applicable=kept * factor + nominal - maximum,
    )


def rounded(account: Account, rule: Rounding | None) -> Account:
    """Return an account rounded where the method says so, the difference booked as rounding.

    What is open may yet leave the maximum, which caps the points: so rounding does not raise the least.
    """
    if rule is None:
        return account
    least, most = account.reachable.low, account.reachable.high
    reachable = Range(low=min(least, rule.apply(least)), high=round_points(most, rule, account.maximum))
    if account.exact is None:
        return evolve(account, reachable=reachable)
    points = round_points(account.exact, rule, account.maximum)
    return evolve(
        account,
        exact=points,
        reachable=Range(low=points, high=points) if account.complete else reachable,
        rounding=account.rounding + account.exact - points,
        before_rounding=account.exact,
    )


def round_points(value: Fraction, rule: Rounding | None, maximum: Fraction) -> Fraction:
    """Return points rounded where the method says so; rounding does not lift them above the maximum."""
    points = value if rule is None else rule.apply(value)
    return points if value > maximum else min(points, maximum)


def apportioned(amount: Fraction, count: int, places: int | None) -> tuple[Fraction, ...]:
    """Return an amount in equal shares that add up to it; on a grid, by largest remainder in order.

    >>> apportioned(Fraction(1), 3, 2)
    (Fraction(17, 50), Fraction(33, 100), Fraction(33, 100))
    """
    if places is None or (amount * 10**places).denominator != 1:
        return (amount / count,) * count
    each, rest = divmod(int(amount * 10**places), count)
    return tuple(Fraction(each + (1 if index < rest else 0), 10**places) for index in range(count))


def _sum(amounts: Iterable[Fraction]) -> Fraction:
    return sum(amounts, ZERO)
