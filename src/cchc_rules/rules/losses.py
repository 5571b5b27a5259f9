"""Reading: which parts of a rule cost how many points, so that points and losses add up to the maximum."""

from collections.abc import Mapping
from fractions import Fraction

from attrs import frozen

from cchc_rules.model import Fact
from cchc_rules.rules.bounds import Known, bounds
from cchc_rules.rules.evaluate import Outcome
from cchc_rules.rules.tree import Deducted, Sum, WhenNoneArose

ZERO = Fraction(0)


@frozen(kw_only=True)
class Loss:
    """Points lost by one part of a rule, and the outcome of that part."""

    amount: Fraction
    cause: Outcome


def losses(outcome: Outcome, maximum: Fraction, declared: Mapping[str, Fact]) -> tuple[Loss, ...]:
    """Return the losses of a rule that has a value; they add up to ``maximum`` less the value.

    A sum whose terms can together give just the maximum is itemised by term, a deduction by kind of
    violation; everything else loses as one.
    """
    lost = maximum - outcome.number
    if lost == 0:
        return ()
    match outcome.node:
        case WhenNoneArose() if outcome.branch == 1:
            return losses(outcome.parts[-1], maximum, declared)
        case Sum(terms=terms):
            full = [bounds(term, Known(declared, {})).high for term in terms]
            if sum(full, ZERO) == maximum:
                parts = zip(outcome.parts, full, strict=True)
                return tuple(Loss(amount=most - part.number, cause=part) for part, most in parts if part.number != most)
        case Deducted() if outcome.parts[0].number == maximum:
            return _by_violation(outcome.parts[1:], lost)
        case _:
            pass
    return (Loss(amount=lost, cause=outcome),)


def _by_violation(parts: tuple[Outcome, ...], lost: Fraction) -> tuple[Loss, ...]:
    """Return one loss a kind of violation, in order, until the points that there were to lose are gone."""
    found: list[Loss] = []
    for part in parts:
        amount = min(part.number, lost)
        lost -= amount
        if amount:
            found.append(Loss(amount=amount, cause=part))
    return tuple(found)
