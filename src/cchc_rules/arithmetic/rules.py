"""Reading: a rule as arithmetic on whole numbers, with what is missing, what does not apply and what is an error."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import singledispatch
from math import lcm

from attrs import evolve, field, frozen

from cchc_rules.arithmetic.days import days_late
from cchc_rules.arithmetic.facts import NOTHING, Missing, Source
from cchc_rules.arithmetic.integers import FALSE, TRUE, Truth, every, greatest, some, total, whole
from cchc_rules.arithmetic.integers import count as count_of
from cchc_rules.arithmetic.numbers import (
    NOUGHT,
    Decision,
    Number,
    Quotient,
    at_least,
    maximum,
    minimum,
    minus,
    more_than,
    number,
    pick,
    plus,
    quotient,
    rounded,
    scaled,
    times,
)
from cchc_rules.calendars import Calendar
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Beyond,
    Choice,
    Constant,
    DaysLate,
    Deducted,
    Difference,
    FactValue,
    IsTrue,
    LevelPoints,
    Mark,
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
)


class NotArithmeticError(Exception):
    """A rule that has no such reading: it is computed in Python, or divides by what may lie below 0."""


@frozen(kw_only=True, eq=False)
class Value:
    """A number, and where it is none: something is missing, it does not apply, the rule says nothing.

    ``absent`` holds where the rule does not apply, by policy (``""``: the method's own). ``undecided`` holds
    where an enclosure leaves open what only the exact reading can tell.
    """

    number: Number = NOUGHT
    missing: Missing = NOTHING
    absent: Mapping[str, Truth] = field(factory=dict)
    error: Truth = FALSE
    undecided: Truth = FALSE

    @property
    def absence(self) -> Truth:
        """Whether it does not apply, by whatever policy."""
        return some(self.absent.values())


@frozen(kw_only=True, eq=False)
class Condition:
    """A condition that holds, or surely does not; neither where something is missing."""

    holds: Truth
    fails: Truth
    missing: Missing = NOTHING
    error: Truth = FALSE
    undecided: Truth = FALSE


@singledispatch
def value_of(node: Node, source: Source) -> Value:
    """Return a rule's value; raises ``NotArithmeticError`` where it has none and ``TooLargeError`` for bounds beyond all backends."""
    raise NotArithmeticError(type(node).__name__, source)


@singledispatch
def condition_of(node: Node, source: Source) -> Condition:
    """Return a condition."""
    raise TypeError(f"not a condition: {type(node).__name__}, {source}")


def _combined(parts: Sequence[Value], combine: Callable[[list[Number]], Number]) -> Value:
    """Return the combination of numbers; anything missing or not applicable below shows above."""
    return Value(
        number=combine([part.number for part in parts]),
        missing=_missing(part.missing for part in parts),
        absent=_first_absent(parts),
        error=some(part.error for part in parts),
        undecided=some(part.undecided for part in parts),
    )


def _missing(parts: Iterable[Missing]) -> Missing:
    found = NOTHING
    for part in parts:
        found |= part
    return found


def _first_absent(parts: Iterable[Value]) -> dict[str, Truth]:
    """Return by which policy several parts together do not apply: that of the first that does not."""
    found: dict[str, Truth] = {}
    before = FALSE
    for part in parts:
        for policy, holds in part.absent.items():
            found[policy] = found.get(policy, FALSE) | (holds & ~before)
        before |= part.absence
    return found


# ------------------------------------------------------------------ numbers


@value_of.register
def _(node: Constant, _source: Source) -> Value:
    return Value(number=number(node.value))


@value_of.register
def _(node: FactValue, source: Source) -> Value:
    return _fact(node.fact, source)


def _fact(fact: str, source: Source) -> Value:
    return Value(number=source.number(fact), missing=source.missing(fact), error=source.unsound(fact))


@value_of.register
def _(node: DaysLate, source: Source) -> Value:
    if node.calendar and node.calendar not in source.calendars:
        return Value(error=TRUE)
    calendar = source.calendars[node.calendar] if node.calendar else None
    assert calendar is None or isinstance(calendar, Calendar)  # what is registered
    facts = [_fact(each, source) for each in (node.fact, node.after) if each]
    late = days_late(node, source.whole(node.fact), source.whole(node.after) if node.after else None, calendar)
    known = ~some(each.missing.anything for each in facts)
    value = _combined(facts, lambda _: quotient(late.days))
    return evolve(value, error=value.error | (known & late.error), undecided=known & late.undecided)


@value_of.register
def _(node: Mark, source: Source) -> Value:
    fact = _fact(node.fact, source)
    mark = fact.number.low
    in_range = (mark.above >= 0) & at_least(number(node.high), fact.number).holds
    step = node.step.numerator * mark.fixed
    turned = mark.above * node.step.denominator
    on_scale = (turned // step * step).equals(turned) if turned.low >= 0 else FALSE
    return evolve(fact, error=fact.error | (source.known(node.fact) & ~(in_range & on_scale)))


@value_of.register
def _(node: Scaled, source: Source) -> Value:
    return _combined([value_of(node.of, source)], lambda numbers: times(numbers[0], node.factor))


@value_of.register
def _(node: Difference, source: Source) -> Value:
    return _combined([value_of(node.of, source), value_of(node.less, source)], lambda numbers: minus(numbers[0], numbers[1]))


@value_of.register
def _(node: Beyond, source: Source) -> Value:
    def beyond(numbers: list[Number]) -> Number:
        start = number(node.start)
        over = maximum([NOUGHT, minus(start, numbers[0]) if node.falling else minus(numbers[0], start)])
        return over if node.end is None else minimum([over, number(abs(node.end - node.start))])

    return _combined([value_of(node.of, source)], beyond)


@value_of.register
def _(node: Ratio, source: Source) -> Value:
    part, divisor = value_of(node.part, source), value_of(node.whole, source)
    if not divisor.number.exact or divisor.number.low.above.low < 0:
        raise NotArithmeticError("Ratio")
    below = divisor.number.low
    safe = greatest(below.above, whole(1))
    ratio = _combined([part, divisor], lambda numbers: rounded_rate(scaled(numbers[0], Quotient(below.below, safe)), source))
    nought = below.above.equals(0) & ~divisor.missing.anything
    return evolve(ratio, error=ratio.error | nought)


def rounded_rate(rate: Number, source: Source) -> Number:
    """Return a rate as the method rounds rates: by the decimals of its percentage."""
    return rate if source.round_rate is None else times(rounded(times(rate, 100), source.round_rate), Fraction(1, 100))


@value_of.register
def _(node: Proportion, source: Source) -> Value:
    return _combined([value_of(node.of, source)], lambda numbers: times(numbers[0], node.points / node.full_at))


@value_of.register
def _(node: PointsEach, source: Source) -> Value:
    def each(numbers: list[Number]) -> Number:
        steps = times(numbers[0], 1 / node.step)
        if node.whole_steps:
            low = Quotient(steps.low.above // steps.low.below)
            steps = Number(low, low if steps.exact else Quotient(steps.high.above // steps.high.below))
        return times(steps, node.points)

    return _combined([value_of(node.of, source)], each)


@value_of.register
def _(node: Sum, source: Source) -> Value:
    parts = [value_of(term, source) for term in node.terms]
    if node.when_not_applicable == "not_applicable" or all(part.absence is FALSE for part in parts):
        return _combined(parts, plus)
    applies = [~part.absence for part in parts]
    value = _combined(parts, lambda _: _of_those_that_apply(node, parts, applies))
    nothing = ~some(applies)
    return evolve(value, absent={policy: holds & nothing for policy, holds in value.absent.items()})


def _of_those_that_apply(node: Sum, parts: Sequence[Value], applies: Sequence[Truth]) -> Number:
    """Return a sum in which the terms that apply take over what the others leave them."""
    there = [pick(each, part.number, NOUGHT) for part, each in zip(parts, applies, strict=True)]
    if node.when_not_applicable == "award_zero":
        return plus(there)
    unit = lcm(*(each.denominator for each in node.full))
    full = [int(each * unit) for each in node.full]
    left = greatest(total(each.pick(most, 0) for each, most in zip(applies, full, strict=True)), whole(1))
    if node.when_not_applicable == "rescale":
        return scaled(plus(there), Quotient(whole(sum(full)), left))
    staying = greatest(count_of(applies), whole(1))
    return plus(
        scaled(term, Quotient(staying * most + (whole(sum(full)) - left), staying * most))
        for term, most in zip(there, full, strict=True)
    )


@value_of.register
def _(node: Minimum, source: Source) -> Value:
    return _combined([value_of(each, source) for each in node.of], minimum)


@value_of.register
def _(node: Maximum, source: Source) -> Value:
    return _combined([value_of(each, source) for each in node.of], maximum)


@value_of.register
def _(node: Deducted, source: Source) -> Value:
    def deducted(numbers: list[Number]) -> Number:
        return maximum([number(node.floor), minus(numbers[0], plus(numbers[1:]))])

    return _combined([value_of(each, source) for each in (node.start, *node.less)], deducted)


@value_of.register
def _(node: LevelPoints, source: Source) -> Value:
    places = {level.id: place for place, level in enumerate(source.declared[node.fact].levels)}
    level = source.whole(node.fact)
    points, unknown = NOUGHT, source.known(node.fact)
    for name, worth in node.marks:
        here = level.equals(places[name])
        points = pick(here, number(worth), points)
        unknown &= ~here
    return Value(number=points, missing=source.missing(node.fact), error=unknown | source.unsound(node.fact))


@value_of.register
def _(node: Choice, source: Source) -> Value:
    value = Value(error=TRUE) if node.otherwise is None else value_of(node.otherwise, source)
    for branch in reversed(node.branches):
        value = _one_or_the_other(condition_of(branch.when, source), value_of(branch.then, source), value)
    return value


def _one_or_the_other(when: Condition, then: Value, otherwise: Value) -> Value:
    """Return one value where a condition holds, another where it surely does not; missing where that is open."""
    yes, no = when.holds, when.fails
    policies = dict.fromkeys((*then.absent, *otherwise.absent))
    return Value(
        number=pick(yes, then.number, otherwise.number),
        missing=then.missing.where(yes) | otherwise.missing.where(no) | when.missing.where(~yes & ~no),
        absent={policy: (yes & then.absent.get(policy, FALSE)) | (no & otherwise.absent.get(policy, FALSE)) for policy in policies},
        error=when.error | (yes & then.error) | (no & otherwise.error),
        undecided=when.undecided | (yes & then.undecided) | (no & otherwise.undecided),
    )


@value_of.register
def _(node: WhenNoneArose, source: Source) -> Value:
    divisor = value_of(node.whole, source)
    known = ~divisor.missing.anything
    none_arose = divisor.number.low.above.equals(0)
    then, otherwise = value_of(node.then, source), value_of(node.otherwise, source)
    asked = _missing(source.missing(each.fact) for each in node.otherwise.walk() if isinstance(each, FactValue))
    condition = Condition(
        holds=known & none_arose, fails=known & ~none_arose, missing=divisor.missing | asked, error=divisor.error,
        undecided=known & divisor.number.apart,
    )
    return _one_or_the_other(condition, then, otherwise)


@value_of.register
def _(node: NotApplicable, _source: Source) -> Value:
    return Value(absent={node.policy: TRUE})


# ------------------------------------------------------------------ conditions


@condition_of.register
def _(node: Within, source: Source) -> Condition:
    of = value_of(node.of, source)
    ends: list[Decision] = []
    if node.low is not None:
        compare = at_least if node.low.inclusive else more_than
        ends.append(compare(of.number, number(node.low.value)))
    if node.high is not None:
        compare = at_least if node.high.inclusive else more_than
        ends.append(compare(number(node.high.value), of.number))
    known = ~of.missing.anything
    inside = every(each.holds for each in ends)
    return Condition(
        holds=known & inside, fails=known & ~inside, missing=of.missing, error=of.error | of.absence,
        undecided=of.undecided | (known & some(each.undecided for each in ends)),
    )


@condition_of.register
def _(node: IsTrue, source: Source) -> Condition:
    known, raised = source.known(node.fact), source.flag(node.fact)
    return Condition(holds=known & raised, fails=known & ~raised, missing=source.missing(node.fact), error=source.unsound(node.fact))


@condition_of.register
def _(node: AllOf, source: Source) -> Condition:
    parts = [condition_of(each, source) for each in node.of]
    return _settled(parts, every(part.holds for part in parts), some(part.fails for part in parts))


@condition_of.register
def _(node: AnyOf, source: Source) -> Condition:
    parts = [condition_of(each, source) for each in node.of]
    return _settled(parts, some(part.holds for part in parts), every(part.fails for part in parts))


@condition_of.register
def _(node: AtLeast, source: Source) -> Condition:
    parts = [condition_of(each, source) for each in node.of]
    held, lost = count_of(part.holds for part in parts), count_of(part.fails for part in parts)
    return _settled(parts, held >= node.count, lost > len(parts) - node.count)


@condition_of.register
def _(node: Not, source: Source) -> Condition:
    of = condition_of(node.of, source)
    return evolve(of, holds=of.fails, fails=of.holds)


def _settled(parts: Sequence[Condition], holds: Truth, fails: Truth) -> Condition:
    """Return a combination of conditions; what is missing counts where it is open only."""
    return Condition(
        holds=holds,
        fails=fails,
        missing=_missing(part.missing for part in parts).where(~holds & ~fails),
        error=some(part.error for part in parts),
        undecided=some(part.undecided for part in parts),
    )
