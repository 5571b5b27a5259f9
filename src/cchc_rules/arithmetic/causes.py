"""Reading: which parts of a rule cost how many points, as arithmetic; what ``rules.losses`` says of one unit."""

from collections.abc import Sequence
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.arithmetic.facts import Source
from cchc_rules.arithmetic.integers import FALSE, Truth, every
from cchc_rules.arithmetic.numbers import NOUGHT, Number, maximum, minimum, minus, more_than, number, pick
from cchc_rules.arithmetic.rules import condition_of, value_of
from cchc_rules.rules.bounds import Known, bounds
from cchc_rules.rules.tree import Choice, Constant, Deducted, Node, NotApplicable, PointsEach, Sum, WhenNoneArose


class NotItemisedError(Exception):
    """Losses that arithmetic cannot tell apart by cause."""


@frozen(kw_only=True, eq=False)
class Cause:
    """A part of a rule and the points that it cost; 0 where it cost nothing.

    It is ``one_of_several`` where the rule loses by its parts: a term of a sum, a kind of violation.
    """

    node: Node
    amount: Number
    one_of_several: bool = False

    def where(self, condition: Truth) -> "Cause":
        """Return the same, where a condition holds only."""
        return evolve(self, amount=pick(condition, self.amount, NOUGHT))


def causes_of(rule: Node, most: Fraction, source: Source) -> tuple[Cause, ...]:
    """Return what the parts of a rule cost, in order; they add up to its maximum less its value.

    Raises ``NotItemisedError`` where points that do not apply are spread over other parts.
    """
    match rule:
        case WhenNoneArose():
            return _chosen([(_none_arose(rule, source), _as_one(rule, rule.then, most, source))], causes_of(rule.otherwise, most, source))
        case Choice():
            branches = [(condition_of(each.when, source).holds, _of_branch(rule, each.then, most, source)) for each in rule.branches]
            return _chosen(branches, () if rule.otherwise is None else _of_branch(rule, rule.otherwise, most, source))
        case Sum() if not any(isinstance(term, PointsEach) for term in rule.terms):
            full = rule.full or tuple(_most(term, source) for term in rule.terms)
            if sum(full, Fraction(0)) == most:
                return tuple(
                    evolve(cause, one_of_several=True)
                    for term, worth in zip(rule.terms, full, strict=True) for cause in _of_term(rule, term, worth, source)
                )
        case Deducted():
            if not isinstance(rule.start, Constant):
                raise NotItemisedError
            if rule.start.value == most:
                return _by_violation(rule, most, source)
        case _:
            pass
    return _as_one(rule, rule, most, source)


def _as_one(rule: Node, taken: Node, most: Fraction, source: Source) -> tuple[Cause, ...]:
    """Return the loss of a rule as a whole, whose value is that of the part taken; a part without a value loses nothing."""
    if isinstance(taken, NotApplicable):
        return ()
    return (Cause(node=rule, amount=minus(number(most), value_of(taken, source).number)),)


def _of_branch(rule: Choice, taken: Node, most: Fraction, source: Source) -> tuple[Cause, ...]:
    """Return what a branch lost by its parts where it could have given everything."""
    if isinstance(taken, Sum | Deducted | Choice | WhenNoneArose) and _most(taken, source) == most:
        return causes_of(taken, most, source)
    return _as_one(rule, taken, most, source)


def _chosen(branches: Sequence[tuple[Truth, tuple[Cause, ...]]], otherwise: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Return the causes of the first branch whose condition holds; one and the same part is one cause."""
    found = otherwise
    for holds, then in reversed(branches):
        found = (*(each.where(holds) for each in then), *(each.where(~holds) for each in found))
    return _merged(found)


def _merged(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Return causes of which only one costs anything at a time, those of one part together."""
    found: dict[int, Cause] = {}
    for each in causes:
        before = found.get(id(each.node))
        found[id(each.node)] = each if before is None else evolve(each, amount=maximum([before.amount, each.amount]))
    return tuple(found.values())


def _none_arose(rule: WhenNoneArose, source: Source) -> Truth:
    divisor = value_of(rule.whole, source).number
    if not divisor.exact:
        raise NotItemisedError
    return divisor.low.above.equals(0)


def _of_term(rule: Sum, term: Node, worth: Fraction, source: Source) -> tuple[Cause, ...]:
    """Return what one term of a sum lost; all of it where it does not apply and that awards nothing."""
    absent = value_of(term, source).absence
    if absent is FALSE or rule.when_not_applicable == "not_applicable":
        return causes_of(term, worth, source)
    if rule.when_not_applicable != "award_zero":
        raise NotItemisedError
    return (Cause(node=term, amount=number(worth)).where(absent), *(each.where(~absent) for each in causes_of(term, worth, source)))


def _by_violation(rule: Deducted, most: Fraction, source: Source) -> tuple[Cause, ...]:
    """Return one loss a kind of violation, in order, until the points that there were to lose are gone."""
    left = minus(number(most), value_of(rule, source).number)
    found: list[Cause] = []
    for each in rule.less:
        amount = minimum([value_of(each, source).number, left])
        left = minus(left, amount)
        found.append(Cause(node=each, amount=amount, one_of_several=True))
    return tuple(found)


def _most(node: Node, source: Source) -> Fraction:
    return bounds(node, Known(source.declared, {})).high


def with_rounding(causes: Sequence[Cause], points: Number, most: Fraction) -> tuple[Cause, ...]:
    """Return causes of which a single one bears the rounding of the points, so that it is what is missing."""
    lost = minus(number(most), points)
    costs = [more_than(each.amount, NOUGHT).holds for each in causes]
    found = []
    for place, each in enumerate(causes):
        alone = costs[place] & every(~other for at, other in enumerate(costs) if at != place) & more_than(lost, NOUGHT).holds
        found.append(evolve(each, amount=pick(alone, lost, each.amount)))
    return tuple(found)
