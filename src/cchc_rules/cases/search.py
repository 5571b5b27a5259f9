"""Facts that reach the outcomes of a rule: found by moving one quantity at a time to where the rule turns.

A search that starts from a few plain reports keeps every report that the rule treats in a new way and moves on
from there. It is the same on every run.
"""

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import ceil, lcm

from attrs import define, field, frozen

from cchc_rules.base.errors import RuleError
from cchc_rules.cases.obligations import Obligation, Plan, grid, met_by
from cchc_rules.entries import NEVER
from cchc_rules.model import Fact, Value
from cchc_rules.rules.bounds import bounds
from cchc_rules.rules.days import last_day_in_time
from cchc_rules.rules.evaluate import Facts, Outcome, evaluate
from cchc_rules.rules.inverse import fixed_around
from cchc_rules.rules.piecewise import NotPiecewise, piecewise
from cchc_rules.rules.tree import (
    Beyond,
    DaysLate,
    Difference,
    FactValue,
    Mark,
    Node,
    PointsEach,
    Proportion,
    Ratio,
    Scaled,
    Sum,
    WhenNoneArose,
    Within,
    facts_of,
    quantities_of,
)

Values = dict[str, Value]
MOST_BASES = 120
"""More reports than this that the rule treats differently are not followed up."""
MOST_TRIED = 4000
"""After so many reports the search gives up on what is left."""
MOST_DAYS = 366
"""More working days late than any calendar of a year holds are not looked for."""
MOST_KNOTS = 40
LARGE = 10**4
USUAL = 100
"""A whole of this size shows single per cents."""


@frozen(kw_only=True)
class Found:
    """Facts, and every obligation that they meet."""

    values: Mapping[str, Value]
    met: frozenset[Obligation]


@define(kw_only=True)
class Search:
    """The search over one criterion's facts."""

    plan: Plan
    found: dict[Obligation, Found] = field(factory=dict)
    tried: int = 0
    _seen: set[frozenset[Obligation]] = field(factory=set)

    def run(self) -> "Search":
        """Look until every obligation is met, or nothing new comes up."""
        waiting: deque[Values] = deque()
        for base in self._starts():
            self._try(base, waiting)
        followed = 0
        while waiting and followed < MOST_BASES and self.tried < MOST_TRIED and len(self.found) < len(self.plan.obligations):
            followed += 1
            base = waiting.popleft()
            for fact in base:
                self._try({name: value for name, value in base.items() if name != fact}, None)
            for moved in self._moves(base):
                self._try(moved, waiting)
        return self

    def _try(self, values: Values, waiting: deque[Values] | None) -> None:
        """Keep what some facts reach; they are followed up where no others were treated alike."""
        self.tried += 1
        try:
            outcome, met = met_by(self.plan, values)
        except (RuleError, OverflowError):
            return
        if not self._is_sound(outcome, values):
            return
        for each in met:
            self.found.setdefault(each, Found(values=values, met=met))
        if waiting is not None and met not in self._seen:
            self._seen.add(met)
            waiting.append(values)

    def _is_sound(self, outcome: Outcome, values: Values) -> bool:
        """Return whether a report of these facts would be taken: no part above its whole, points in range."""
        if isinstance(outcome.value, Fraction) and not 0 <= outcome.value <= self.plan.criterion.max_points:
            return False
        facts = self.plan.facts(values)
        return all(_in_order(part, whole, facts) for part, whole in self._shares)

    @cached_property
    def _shares(self) -> list[tuple[Node, Node]]:
        return [(node.part, node.whole) for node in self._nodes if isinstance(node, Ratio) and node.share]

    @cached_property
    def _nodes(self) -> list[Node]:
        condition = self.plan.condition
        return list({id(each): each for each in chain(condition.walk() if condition else (), self.plan.rule.walk())}.values())

    # -------------------------------------------------------------- where it starts

    def _starts(self) -> Iterator[Values]:
        """Yield plain reports: wholes of a usual size, everything done or nothing, flags down or up."""
        for raised in (False, True):
            for done in (True, False):
                yield {name: self._plain(name, raised=raised, done=done) for name in self.plan.free_facts}

    def _plain(self, name: str, *, raised: bool, done: bool) -> Value:
        fact = self.plan.bench.facts[name]
        match fact.type:
            case "flag":
                return raised
            case "level":
                return fact.levels[0 if done else -1].id
            case "date":
                return self._days[0]
            case _:
                least, usual, _ = self._sizes(fact)
                return usual if done or name in self._whole_facts else least

    @cached_property
    def _whole_facts(self) -> frozenset[str]:
        return frozenset(fact for whole in self._wholes for fact in facts_of(whole))

    @cached_property
    def _wholes(self) -> list[Node]:
        ratios = [node.whole for node in self._nodes if isinstance(node, Ratio)]
        return list(dict.fromkeys([*ratios, *(node.whole for node in self._nodes if isinstance(node, WhenNoneArose))]))

    @cached_property
    def _days(self) -> list[Fraction]:
        """The days on which the rule turns, the last days in time first; else the first day of the year."""
        last = [node.last_day for node in self._nodes if isinstance(node, DaysLate) and node.last_day]
        year = self.plan.bench.edition.year
        return [Fraction(day.toordinal()) for day in last] or [Fraction(_first_of(year))]

    def _sizes(self, fact: Fact) -> tuple[Fraction, Fraction, Fraction]:
        """Return the least, a usual and the greatest value of a number; a usual one has every bound on its grid."""
        limit = self.plan.known.number(fact.id)
        if fact.type == "rate":
            return limit.low, (limit.low + limit.high) / 2, limit.high
        multiple = self._multiple
        usual = Fraction(multiple * ceil(Fraction(USUAL, multiple)))
        if usual > limit.high:
            usual = Fraction(limit.high // multiple * multiple) or limit.high
        return limit.low, max(limit.low, usual), limit.high

    @cached_property
    def _multiple(self) -> int:
        """The number of which a whole has to be a multiple, so that a rate can lie at every bound."""
        of_rates = [each.value for each in self.plan.obligations if each.kind == "at" and isinstance(each.node, Ratio)]
        return min(lcm(*(value.denominator for value in of_rates if value.denominator <= LARGE)), LARGE) if of_rates else 1

    # -------------------------------------------------------------- how it moves on

    def _moves(self, base: Values) -> Iterator[Values]:
        """Yield the reports that differ from one in a single respect."""
        for name in base:
            for value in self._options(name):
                if value != base[name]:
                    yield {**base, name: value}
        facts = self.plan.facts(base)
        for whole in self._wholes:
            yield from self._resized(whole, base, facts)
        for quantity in self._quantities:
            yield from self._moved(quantity, base, facts)

    def _options(self, name: str) -> Iterable[Value]:
        """Return a few values of a fact, whatever the others are."""
        fact = self.plan.bench.facts[name]
        match fact.type:
            case "flag":
                return (False, True)
            case "level":
                return tuple(level.id for level in fact.levels)
            case "date":
                return (*self._days, *([NEVER] if fact.may_be_never else []))
            case _:
                return self._sizes(fact)

    def _resized(self, whole: Node, base: Values, facts: Facts) -> Iterator[Values]:
        """Yield reports with another whole, and with parts that fit into it: none of it, and all of it."""
        limit = bounds(whole, self.plan.known)
        sizes = [Fraction(0), Fraction(1), Fraction(self._multiple), limit.high]
        for size in sizes:
            resized = self._assigned(whole, size, base, facts)
            if resized is None:
                continue
            yield resized
            parts = [node.part for node in self._nodes if isinstance(node, Ratio) and node.whole == whole]
            for amount in (Fraction(0), size):
                fitting: Values | None = resized
                for part in parts:
                    fitting = self._assigned(part, amount, fitting, self.plan.facts(fitting)) if fitting is not None else None
                if parts and fitting is not None:
                    yield fitting

    @cached_property
    def _quantities(self) -> list[Node]:
        """Everything that bounds are set on, and everything that the rule varies with."""
        looked_at = [node.of for node in self._nodes if isinstance(node, Within | Beyond | PointsEach)]
        varied = list(quantities_of(self.plan.rule))
        facts: list[Node] = [node for node in self._nodes if isinstance(node, FactValue)]
        return list(dict.fromkeys([*looked_at, *varied, *facts]))

    def _moved(self, quantity: Node, base: Values, facts: Facts) -> Iterator[Values]:
        """Yield reports in which one quantity lies where the rule turns, or beside it."""
        try:
            step = grid(quantity, self.plan, facts)
        except (RuleError, TypeError):
            return
        for value in self._turns(quantity, facts):
            for place in (value, value - step, value + step, _on_grid(value, step), _on_grid(value, step) + step):
                moved = self._assigned(quantity, place, base, facts)
                if moved is not None:
                    yield moved

    def _turns(self, quantity: Node, facts: Facts) -> Iterable[Fraction]:
        """Return the values of a quantity at which the rule may turn, and one between each two."""
        bounds_set = [each.value for each in self.plan.obligations if each.kind == "at" and each.node == quantity]
        steps = [node.step for node in self._nodes if isinstance(node, PointsEach) and node.of == quantity]
        halves = [step / 2 for step in steps]
        marks = [quantity.high] if isinstance(quantity, Mark) else []
        found = [*bounds_set, *steps, *halves, *marks, *self._knots(quantity, facts)]
        return dict.fromkeys(found)

    def _knots(self, quantity: Node, facts: Facts) -> Iterator[Fraction]:
        """Yield where the whole rule turns along one quantity, the other facts staying; nothing where it is not told."""
        try:
            stretches = piecewise(self.plan.rule, fixed_around(quantity, facts, self.plan.bench.facts))
        except (NotPiecewise, RuleError, TypeError, ZeroDivisionError):
            return
        for each in stretches[:MOST_KNOTS]:
            yield each.low if each.is_knot else each.middle

    # -------------------------------------------------------------- giving a quantity a value

    def _assigned(self, of: Node, value: Fraction, base: Values, facts: Facts) -> Values | None:
        """Return a report with one quantity at a value; ``None`` where no report of the same kind has it."""
        match of:
            case FactValue(fact=fact) | Mark(fact=fact):
                return {**base, fact: value} if self._is_legal(fact, value) and fact in base else None
            case DaysLate():
                return self._dated(of, value, base, facts)
            case Scaled(factor=factor, of=inner) if factor:
                return self._assigned(inner, value / factor, base, facts)
            case Proportion(points=points, of=inner, full_at=full_at) if points:
                return self._assigned(inner, value * full_at / points, base, facts)
            case Difference(of=inner, less=less):
                return self._assigned(inner, value + _number(less, facts), base, facts)
            case Beyond(of=inner, start=start, falling=falling):
                return self._assigned(inner, start - value if falling else start + value, base, facts)
            case Ratio(part=part, whole=whole):
                return self._assigned(part, value * _number(whole, facts), base, facts)
            case Sum(terms=terms):
                return next((found for found in (self._rest(terms, index, value, base, facts) for index in range(len(terms))) if found), None)
            case _:
                return None

    def _rest(self, terms: tuple[Node, ...], index: int, value: Fraction, base: Values, facts: Facts) -> Values | None:
        """Return a report in which one term makes up a sum, the others as they are; failing that, with the others at 0."""
        others = [term for position, term in enumerate(terms) if position != index]
        kept = self._assigned(terms[index], value - sum((_number(term, facts) for term in others), Fraction(0)), base, facts)
        if kept is not None:
            return kept
        emptied: Values = {**base, **{fact: Fraction(0) for term in others for fact in facts_of(term) if self._is_legal(fact, Fraction(0))}}
        return self._assigned(terms[index], value, emptied, self.plan.facts(emptied))

    def _dated(self, of: DaysLate, value: Fraction, base: Values, facts: Facts) -> Values | None:
        """Return a report whose date is so many days late; on the last day in time for 0."""
        if of.fact not in base or value < 0 or value.denominator != 1 or (of.calendar and value > MOST_DAYS):
            return None
        after = facts.values.get(of.after) if of.after else None
        if of.after and not (isinstance(after, Fraction) and after < NEVER):
            return None
        try:
            last = last_day_in_time(of, after if isinstance(after, Fraction) else None, facts.calendars).toordinal()
        except (RuleError, OverflowError):
            return None
        for day in range(int(value), int(value) * 3 + 30):  # working days: more days on the wall
            moved: Values = {**base, of.fact: Fraction(last + day)}
            if not of.calendar or _late(of, self.plan.facts(moved)) == value:
                return moved
        return None

    def _is_legal(self, name: str, value: Fraction) -> bool:
        """Return whether a number can be reported for a fact."""
        fact = self.plan.bench.facts[name]
        limit = self.plan.known.number(name)
        scale = {"decimal": 10**fact.places, "rate": LARGE}.get(fact.type, 1)
        return limit.holds(value) and (value * scale).denominator == 1


def _in_order(part: Node, whole: Node, facts: Facts) -> bool:
    """Return whether a part is not above its whole, so far as both are known."""
    if any(isinstance(each, Ratio) for node in (part, whole) for each in node.walk()):
        return True
    numbers = [evaluate(node, facts).value for node in (part, whole)]
    known = [each for each in numbers if isinstance(each, Fraction)]
    return len(known) < 2 or 0 <= known[0] <= known[1]


def _number(node: Node, facts: Facts) -> Fraction:
    value = evaluate(node, facts).value
    return value if isinstance(value, Fraction) else Fraction(0)


def _late(of: DaysLate, facts: Facts) -> Fraction | None:
    try:
        value = evaluate(of, facts).value
    except RuleError:
        return None
    return value if isinstance(value, Fraction) else None


def _on_grid(value: Fraction, step: Fraction) -> Fraction:
    """Return the nearest number of steps that is not above a value."""
    return value // step * step


def _first_of(year: int) -> int:
    return dt.date(year, 1, 1).toordinal()
