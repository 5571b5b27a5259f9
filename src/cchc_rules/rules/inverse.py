"""Reading: what one quantity would have to become for a rule to give more, everything else unchanged."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial

from attrs import frozen

from cchc_rules.base.errors import RuleError
from cchc_rules.model import Fact, Value
from cchc_rules.rules.bounds import Interval, Known, bounds
from cchc_rules.rules.evaluate import Facts, evaluate
from cchc_rules.rules.piecewise import Fixed, NotPiecewise, Stretch, piecewise
from cchc_rules.rules.tree import Bound, Node, moved, quantities_of


@frozen(kw_only=True)
class Target:
    """A value that a quantity has to reach (``rising``) or fall to, and the points that this gives.

    ``bound.inclusive`` tells whether the value itself is enough.
    """

    quantity: Node
    bound: Bound
    rising: bool
    points: Fraction


Known_ = Mapping[str, Value] | Facts
"""The values of a unit's facts, alone or with the calendars and the rounding of rates that go with them."""


def next_target(rule: Node, known: Known_, declared: Mapping[str, Fact]) -> Target | None:
    """Return the nearest value of any one quantity that gives more points; ``None``: not computed."""
    return _nearest(rule, _facts(known), declared, full=False)


def full_target(rule: Node, known: Known_, declared: Mapping[str, Fact]) -> Target | None:
    """Return the nearest value of any one quantity that gives all that it can; ``None``: not computed."""
    return _nearest(rule, _facts(known), declared, full=True)


def _facts(known: Known_) -> Facts:
    return known if isinstance(known, Facts) else Facts(known)


def _nearest(rule: Node, facts: Facts, declared: Mapping[str, Fact], *, full: bool) -> Target | None:
    """Return the first target, in reading order of the quantities."""
    for quantity in dict.fromkeys(moved(each) for each in quantities_of(rule)):
        current = _current(quantity, facts)
        if current is None:
            continue
        try:
            stretches = piecewise(rule, fixed_around(quantity, facts, declared))
        except NotPiecewise:
            continue
        found = sorted(_targets(quantity, stretches, current, full=full), key=lambda target: abs(target.bound.value - current))
        if found:
            return found[0]
    return None


def _current(quantity: Node, facts: Facts) -> Fraction | None:
    """Return a quantity's value; ``None`` where it is not known or has none (its whole is zero)."""
    value = _value(quantity, facts)
    return None if isinstance(value, bool) else value


def _value(node: Node, facts: Facts) -> Fraction | bool | None:
    """Return the value of any part of a rule; ``None`` where it has none on these facts."""
    try:
        return evaluate(node, facts).value
    except RuleError:
        return None


def fixed_around(quantity: Node, facts: Facts, declared: Mapping[str, Fact]) -> Fixed:
    """Return the setting in which one quantity varies over its range and the known facts stay."""
    domain = bounds(quantity, Known(declared, {}))
    current = _current(quantity, facts)
    if current is not None:
        domain = domain.hull(Interval(current, current))
    return Fixed(quantity, domain, partial(_value, facts=facts), rates_are_rounded=facts.round_rate is not None)


def _targets(quantity: Node, stretches: tuple[Stretch, ...], current: Fraction, *, full: bool) -> Iterator[Target]:
    """Yield the nearest better value on either side of the current one."""
    here = next(each for each in stretches if _covers(each, current))
    if here.line is None:
        return
    now = here.line.at(current)
    best = max(_best(each) for each in stretches if each.line)
    wanted = best if full else None
    if wanted is not None and wanted <= now:
        return
    right = [each for each in stretches if each.high > current]
    left = [each for each in reversed(stretches) if each.low < current]
    for side, rising in ((right, True), (left, False)):
        target = _first(quantity, side, now, wanted, rising=rising)
        if target:
            yield target


def _first(
    quantity: Node, side: list[Stretch], now: Fraction, wanted: Fraction | None, *, rising: bool
) -> Target | None:
    """Return the first place on one side where the rule gives more than now, or what is wanted."""
    for each in side:
        if each.line is None:
            continue
        entry, end = (each.low, each.high) if rising else (each.high, each.low)
        at_entry, at_end = each.line.at(entry), each.line.at(end)
        enough = wanted if wanted is not None else None
        if each.is_knot and (at_entry >= enough if enough is not None else at_entry > now):
            return Target(quantity=quantity, bound=Bound(entry, True), rising=rising, points=at_entry)
        if each.is_knot:
            continue
        if at_entry == at_end and (at_entry >= enough if enough is not None else at_entry > now):
            return Target(quantity=quantity, bound=Bound(entry, False), rising=rising, points=at_entry)
        if enough is None and at_end > now and at_end > at_entry:
            return Target(quantity=quantity, bound=Bound(end, True), rising=rising, points=at_end)
    return None


def _covers(stretch: Stretch, x: Fraction) -> bool:
    return stretch.low == x if stretch.is_knot else stretch.low < x < stretch.high


def _best(stretch: Stretch) -> Fraction:
    """Return the most that a stretch attains; an open slope attains less than its ends, which are knots."""
    assert stretch.line is not None  # callers pass stretches that have a value
    if stretch.is_knot or stretch.line.slope == 0:
        return stretch.line.at(stretch.low)
    return stretch.line.at(stretch.middle)
