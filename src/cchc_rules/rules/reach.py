"""The exact range of a rule over all facts: along one quantity by its lines, over several where they are independent."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import reduce
from itertools import combinations, product
from math import prod

from cchc_rules.base.errors import RuleError
from cchc_rules.model import Fact, Value
from cchc_rules.rules.bounds import Interval, Known, bounds
from cchc_rules.rules.evaluate import Facts, evaluate
from cchc_rules.rules.inverse import fixed_around
from cchc_rules.rules.piecewise import Line, NotPiecewise, Stretch, piecewise
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Branch,
    Choice,
    Computed,
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
    Scaled,
    Sum,
    WhenNoneArose,
    moved_facts,
    quantities_of,
)

MOST_SETTINGS = 256
"""More combinations of flags and levels than this are not tried one by one."""
ZERO = Fraction(0)


class Undecided(Exception):
    """The rule ranges over several quantities that hang together."""


def reachable(rule: Node, facts: Mapping[str, Fact]) -> Interval | None:
    """Return the exact range of a rule's value over all facts; ``None`` where it is not decided."""
    try:
        return _range(rule, facts)
    except Undecided:
        return None


def _range(rule: Node, facts: Mapping[str, Fact]) -> Interval | None:
    """Return the range of a rule; ``None`` where it never has a value."""
    match rule:
        case WhenNoneArose(otherwise=otherwise):
            return _range(otherwise, facts)
        case NotApplicable():
            return None
        case Computed() | Constant():
            return bounds(rule, Known(facts, {}))
        case _ if len(quantities_of(rule)) <= 1 and _number_of_settings(rule, facts) <= MOST_SETTINGS:
            values = [value for stretches in along(rule, facts) for value in _values(stretches)]
            return Interval(min(values), max(values)) if values else None
        case Sum(terms=terms):
            parts = _parts(terms, facts)
            return Interval(sum((part.low for part in parts), ZERO), sum((part.high for part in parts), ZERO))
        case Minimum(of=of):
            parts = _parts(of, facts)
            return Interval(min(part.low for part in parts), min(part.high for part in parts))
        case Maximum(of=of):
            parts = _parts(of, facts)
            return Interval(max(part.low for part in parts), max(part.high for part in parts))
        case Deducted(start=start, less=less, floor=floor):
            first, *taken = _parts((start, *less), facts)
            return Interval(max(floor, first.low - sum((part.high for part in taken), ZERO)),
                            max(floor, first.high - sum((part.low for part in taken), ZERO)))
        case Choice():
            return _choice(rule, facts)
        case _:
            raise Undecided


def _parts(nodes: tuple[Node, ...], facts: Mapping[str, Fact]) -> list[Interval]:
    """Return the ranges of parts that do not hang together, so that each can be at its best."""
    found = [_range(node, facts) for node in nodes]
    known = [part for part in found if part is not None]
    if len(known) < len(found) or not independent(*nodes):
        raise Undecided
    return known


def _choice(choice: Choice, facts: Mapping[str, Fact]) -> Interval | None:
    """Return the range over the branches that can be taken."""
    conditions = [branch.when for branch in choice.branches]
    values = [branch.then for branch in choice.branches] + ([choice.otherwise] if choice.otherwise else [])
    if not (independent(*conditions) and all(independent(condition, value) for condition in conditions for value in values)):
        raise Undecided
    found: list[Interval | None] = []
    for branch in choice.branches:
        can = _possible(branch.when, facts)
        if True in can:
            found.append(_range(branch.then, facts))
        if False not in can:
            break
    else:
        found += [_range(choice.otherwise, facts)] if choice.otherwise else []
    reached = [part for part in found if part is not None]
    return reduce(Interval.hull, reached) if reached else None


def _possible(condition: Node, facts: Mapping[str, Fact]) -> set[bool]:
    """Return whether a condition can hold, and whether it can fail."""
    if len(quantities_of(condition)) <= 1 and _number_of_settings(condition, facts) <= MOST_SETTINGS:
        held = Choice(branches=(Branch(when=condition, then=Constant(value=Fraction(1))),), otherwise=Constant(value=ZERO))
        return {bool(value) for stretches in along(held, facts) for value in _values(stretches)}
    match condition:
        case AllOf(of=of):
            return _at_least(len(of), of, facts)
        case AnyOf(of=of):
            return _at_least(1, of, facts)
        case AtLeast(count=count, of=of):
            return _at_least(count, of, facts)
        case Not(of=inner):
            return {not each for each in _possible(inner, facts)}
        case _:
            raise Undecided


def _at_least(count: int, of: tuple[Node, ...], facts: Mapping[str, Fact]) -> set[bool]:
    """Return whether so many of several independent conditions can hold, and whether fewer can."""
    if not independent(*of):
        raise Undecided
    can = [_possible(each, facts) for each in of]
    most, least = sum(True in each for each in can), sum(False not in each for each in can)
    return {held for held, possible in ((True, most >= count), (False, least < count)) if possible}


# ------------------------------------------------------------------ along one quantity


def along(rule: Node, facts: Mapping[str, Fact]) -> Iterator[tuple[Stretch, ...]]:
    """Yield a rule over its one quantity, once for each setting of its flags and levels; raises ``Undecided``."""
    quantities = quantities_of(rule)
    for setting in _settings(rule, facts):
        if not quantities:
            value = _value(rule, setting)
            yield () if value is None else (Stretch(ZERO, ZERO, value),)
            continue
        try:
            stretches = piecewise(rule, fixed_around(quantities[0], Facts(setting), facts))
        except NotPiecewise:
            raise Undecided from None
        step = step_of(quantities[0], facts)
        yield tuple(each for each in stretches if is_attained(each.low, each.high, step))


def _value(rule: Node, setting: Mapping[str, Value]) -> Line | None:
    """Return the value of a rule without quantities, as a flat line."""
    try:
        value = evaluate(rule, Facts(setting)).value
    except RuleError:
        return None
    return None if value is None else Line(ZERO, Fraction(value))


def _values(stretches: tuple[Stretch, ...]) -> list[Fraction]:
    """Return the values at the ends of each stretch."""
    return [each.line.at(x) for each in stretches if each.line for x in (each.low, each.high)]


def _settings(rule: Node, facts: Mapping[str, Fact]) -> Iterator[dict[str, Value]]:
    """Yield every combination of the flags and levels that a rule reads."""
    options = _options(rule, facts)
    for values in product(*options.values()):
        yield dict(zip(options, values, strict=True))


def _number_of_settings(rule: Node, facts: Mapping[str, Fact]) -> int:
    return prod(len(each) for each in _options(rule, facts).values())


def _options(rule: Node, facts: Mapping[str, Fact]) -> dict[str, tuple[Value, ...]]:
    """Return the values of each flag and level."""
    found: dict[str, tuple[Value, ...]] = {}
    for node in rule.walk():
        match node:
            case IsTrue(fact=fact):
                found[fact] = (False, True)
            case LevelPoints(fact=fact):
                found[fact] = tuple(level.id for level in facts[fact].levels)
            case _:
                pass
    return found


# ------------------------------------------------------------------ what hangs together


def independent(*nodes: Node) -> bool:
    """Return whether several parts of a rule vary with different facts."""
    varied = [_varied(node) for node in nodes]
    return all(one.isdisjoint(two) for one, two in combinations(varied, 2))


def _varied(node: Node) -> frozenset[str]:
    """Return the facts that a part of a rule varies with; the whole of a rate is not one of them."""
    flags = {each.fact for each in node.walk() if isinstance(each, IsTrue | LevelPoints)}
    return frozenset(flags).union(*(moved_facts(quantity) for quantity in quantities_of(node)))


def step_of(of: Node, facts: Mapping[str, Fact]) -> Fraction | None:
    """Return the step in which a quantity counts; ``None`` for a rate, which can be any number."""
    match of:
        case FactValue(fact=fact):
            declared = facts[fact]
            if declared.type == "rate":
                return None
            return Fraction(1, 10**declared.places) if declared.type == "decimal" else Fraction(1)
        case DaysLate():
            return Fraction(1)
        case Mark(step=step):
            return step
        case Sum(terms=terms):
            steps = [step_of(term, facts) for term in terms]
            return min(step for step in steps if step) if all(steps) else None
        case Scaled(factor=factor, of=inner) if abs(factor) == 1:
            return step_of(inner, facts)
        case Difference(of=inner, less=FactValue() as less):
            steps = [step_of(each, facts) for each in (inner, less)]
            return min(step for step in steps if step) if all(steps) else None
        case _:
            return None


def is_attained(low: Fraction, high: Fraction, step: Fraction | None) -> bool:
    """Return whether some whole number of steps lies at a knot, or strictly between two."""
    if step is None:
        return True
    if low == high:
        return (low / step).denominator == 1
    return (low // step + 1) * step < high
