"""Reading: which parts of a rule cost how many points, so that points and losses add up to the maximum."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.model import Fact
from cchc_rules.rules.bounds import Known, bounds
from cchc_rules.rules.evaluate import Outcome
from cchc_rules.rules.tree import Choice, Deducted, Node, PointsEach, Sum, WhenNoneArose

ZERO = Fraction(0)


@frozen(kw_only=True)
class Loss:
    """Points lost by one part of a rule, and the outcome of that part."""

    amount: Fraction
    cause: Outcome


def losses(outcome: Outcome, maximum: Fraction, declared: Mapping[str, Fact]) -> tuple[Loss, ...]:
    """Return the losses of a rule that has a value; they add up to ``maximum`` less the value.

    A sum whose terms can together give just the maximum is itemised by term, a deduction by kind of
    violation, a choice by what its branch lost where the branch could have given everything; all else
    loses as one.
    """
    lost = maximum - outcome.number
    if lost == 0:
        return ()
    taken = outcome.parts[-1] if outcome.parts else outcome
    match outcome.node:
        case WhenNoneArose() if outcome.branch == 1:
            return losses(taken, maximum, declared)
        case Choice() if isinstance(taken.node, Sum | Deducted | Choice | WhenNoneArose) and _most(taken.node, declared) == maximum:
            return losses(taken, maximum, declared)
        case Sum() if not any(isinstance(term, PointsEach) for term in outcome.node.terms):
            full = outcome.node.full or tuple(_most(term, declared) for term in outcome.node.terms)
            if sum(full, ZERO) == maximum:
                return tuple(_by_term(outcome, evolve(outcome.node, full=full), declared))
        case Deducted() if outcome.parts[0].number == maximum:
            return _by_violation(outcome.parts[1:], lost)
        case _:
            pass
    return (Loss(amount=lost, cause=outcome),)


def _most(node: Node, declared: Mapping[str, Fact]) -> Fraction:
    return bounds(node, Known(declared, {})).high


def _by_term(outcome: Outcome, node: Sum, declared: Mapping[str, Fact]) -> Iterator[Loss]:
    """Yield what each term lost, in the weight that it has once other terms do not apply."""
    applies = tuple(not part.not_applicable for part in outcome.parts)
    for part, most, counts in zip(outcome.parts, node.full, node.multipliers(applies), strict=True):
        if not part.not_applicable:
            yield from (Loss(amount=loss.amount * counts, cause=loss.cause) for loss in losses(part, most, declared))
        elif node.when_not_applicable == "award_zero":
            yield Loss(amount=most, cause=part)


def _by_violation(parts: tuple[Outcome, ...], lost: Fraction) -> tuple[Loss, ...]:
    """Return one loss a kind of violation, in order, until the points that there were to lose are gone."""
    found: list[Loss] = []
    for part in parts:
        amount = min(part.number, lost)
        lost -= amount
        if amount:
            found.append(Loss(amount=amount, cause=part))
    return tuple(found)
