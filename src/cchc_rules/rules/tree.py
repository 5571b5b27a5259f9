"""The rule tree: what a scoring rule is made of once it has left the form that staff wrote.

Numbers are exact. A *quantity* is what thresholds are set on: a fact, a ratio of two, days late.
A *condition* is true or false. Every node is a value: two equal rules are equal objects.
"""

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from attrs import field, fields, frozen

from cchc_rules.base.texts import Text

SumPolicy = Literal["not_applicable", "award_zero", "rescale", "share_out"]
"""What a term that does not apply does to a sum: nothing is left of it, or the term counts as 0, or the
points of the other terms are scaled up to the full sum, or take over the term's points in equal parts."""


@frozen
class Node:
    """Anything in a rule."""

    def children(self) -> Iterator["Node"]:
        """Yield the nodes directly below this one, in reading order."""
        for attribute in fields(type(self)):
            value = getattr(self, attribute.name)
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, Node):
                    yield item

    def walk(self) -> Iterator["Node"]:
        """Yield this node and everything below it, depth first."""
        yield self
        for child in self.children():
            yield from child.walk()


# ------------------------------------------------------------------ numbers


@frozen(kw_only=True)
class Constant(Node):
    """A number that the method states, with its unit (``point``, ``percent`` as a part of 1, …)."""

    value: Fraction
    unit: str = "point"


@frozen(kw_only=True)
class FactValue(Node):
    """The reported number of a fact (a date as its ordinal)."""

    fact: str


@frozen(kw_only=True)
class Ratio(Node):
    """Part over whole; a ``share`` is a ratio whose part belongs to the whole, so it lies in 0…1."""

    part: Node
    whole: Node
    share: bool = True
    label: Text | None = None


@frozen(kw_only=True)
class Scaled(Node):
    """A quantity times a factor: a weight, a part of a threshold, a number in per cent as a part of 1."""

    factor: Fraction
    of: Node


@frozen(kw_only=True)
class Difference(Node):
    """How far a quantity lies above a threshold that is itself a fact; below 0 where it lies beneath."""

    of: Node
    less: Node


@frozen(kw_only=True)
class Beyond(Node):
    """How far a quantity lies beyond ``start``: never below 0, and not counting past ``end``.

    ``falling`` looks downwards: how far the quantity lies below ``start``. ``unit`` is how these are
    written: ``percent`` or plain.
    """

    of: Node
    start: Fraction
    end: Fraction | None = None
    falling: bool = False
    unit: str = ""


@frozen(kw_only=True)
class Sum(Node):
    """The sum of its terms; ``full`` holds each term's own maximum where the method states them."""

    terms: tuple[Node, ...]
    full: tuple[Fraction, ...] = ()
    when_not_applicable: SumPolicy = "not_applicable"

    def multipliers(self, applies: tuple[bool, ...]) -> tuple[Fraction, ...]:
        """Return what each term counts for, given which of them apply; at least one has to."""
        left = [most for most, there in zip(self.full, applies, strict=False) if there]
        if all(applies) or self.when_not_applicable == "award_zero":
            return tuple(Fraction(there) for there in applies)
        whole = sum(self.full, Fraction(0))
        if self.when_not_applicable == "rescale":
            return tuple(there * whole / sum(left, Fraction(0)) for there in applies)
        part = (whole - sum(left, Fraction(0))) / len(left)
        return tuple(there * (most + part) / most for most, there in zip(self.full, applies, strict=True))


@frozen(kw_only=True)
class Proportion(Node):
    """Points in proportion to a quantity: ``points`` × quantity ÷ ``full_at``, not capped."""

    points: Fraction
    of: Node
    full_at: Fraction = Fraction(1)


@frozen(kw_only=True)
class PointsEach(Node):
    """So many points for each ``step`` of a quantity: in proportion, or for ``whole_steps`` alone."""

    points: Fraction
    of: Node
    step: Fraction = Fraction(1)
    whole_steps: bool = False

    def steps(self, amount: Fraction) -> Fraction:
        """Return how many steps an amount is, the unfinished one left out where only whole ones count."""
        return Fraction(amount // self.step) if self.whole_steps else amount / self.step


@frozen(kw_only=True)
class Minimum(Node):
    """The least of its operands: how a cap is written."""

    of: tuple[Node, ...]


@frozen(kw_only=True)
class Maximum(Node):
    """The greatest of its operands: how a floor is written."""

    of: tuple[Node, ...]


@frozen(kw_only=True)
class Deducted(Node):
    """Points taken off a starting value for each violation, never below the floor."""

    start: Node
    less: tuple[Node, ...]
    floor: Fraction = Fraction(0)


@frozen(kw_only=True)
class DaysLate(Node):
    """Days from the last day in time to the date of a fact; 0 where it is in time.

    The last day in time is a date, or so many ``days`` after the date of another fact. Days are those
    of the calendar on the wall, or the working days of a registered ``calendar``.
    """

    fact: str
    last_day: dt.date | None = None
    excluded: bool = False
    """The source names the first day that is too late ("trước ngày"), not the last one in time."""
    after: str = ""
    days: int = 0
    calendar: str = ""


@frozen(kw_only=True)
class Mark(Node):
    """A number of points that an assessor sets, from 0 to ``high`` in steps."""

    fact: str
    step: Fraction
    high: Fraction


@frozen(kw_only=True)
class LevelPoints(Node):
    """Points by named level; ``judged`` where an assessor, not a number, sets the level."""

    fact: str
    marks: tuple[tuple[str, Fraction], ...]
    judged: bool = False


@frozen(kw_only=True)
class Branch(Node):
    """One line of a choice: when the condition holds, this value."""

    when: "Node"
    then: "Node"


@frozen(kw_only=True)
class Choice(Node):
    """The value of the first branch whose condition holds, else ``otherwise`` (``None``: a gap)."""

    branches: tuple[Branch, ...]
    otherwise: Node | None = None


@frozen(kw_only=True)
class WhenNoneArose(Node):
    """What a rule is worth where its divisor is zero, and what it is worth elsewhere."""

    whole: Node
    then: Node
    otherwise: Node


@frozen(kw_only=True)
class NotApplicable(Node):
    """No value: the criterion does not apply; ``policy`` says what becomes of its points, else the method does."""

    policy: str = ""


@frozen(kw_only=True)
class Computed(Node):
    """A value that the plugin computes in Python; no other reading exists for it."""

    facts: tuple[str, ...]
    low: Fraction
    high: Fraction
    description: Text


# ------------------------------------------------------------------ conditions


@frozen
class Bound:
    """One end of an interval, spelled as strict or not."""

    value: Fraction
    inclusive: bool


@frozen(kw_only=True)
class Within(Node):
    """A quantity lies between two bounds, either of which may be absent."""

    of: Node
    low: Bound | None = None
    high: Bound | None = None
    unit: str = field(default="one")


@frozen(kw_only=True)
class IsTrue(Node):
    """A flag is raised."""

    fact: str


@frozen(kw_only=True)
class AllOf(Node):
    """Every condition holds."""

    of: tuple[Node, ...]


@frozen(kw_only=True)
class AnyOf(Node):
    """At least one condition holds."""

    of: tuple[Node, ...]


@frozen(kw_only=True)
class AtLeast(Node):
    """At least ``count`` of several conditions hold."""

    count: int
    of: tuple[Node, ...]


@frozen(kw_only=True)
class Not(Node):
    """The condition does not hold."""

    of: Node


CONDITIONS = (Within, IsTrue, AllOf, AnyOf, AtLeast, Not)
QUANTITIES = (Ratio, FactValue, DaysLate, Difference, Mark)


def is_quantity(node: Node) -> bool:
    """Return whether a node is measured as one thing: a fact, a ratio, a total of facts, a distance."""
    if isinstance(node, Sum):
        return all(isinstance(term, FactValue | Scaled) for term in node.terms)
    return isinstance(node, QUANTITIES)


def moved(quantity: Node) -> Node:
    """Return what has to change for a quantity to change: thresholds and yardsticks stay where they are."""
    match quantity:
        case Difference(of=of):
            return moved(of)
        case Ratio(part=Ratio() as part):
            return moved(part)
        case _:
            return quantity


def facts_of(node: Node) -> tuple[str, ...]:
    """Return the ids of all facts that a rule reads, each once, in reading order."""
    found: dict[str, None] = {}
    for each in node.walk():
        match each:
            case FactValue(fact=fact) | LevelPoints(fact=fact) | IsTrue(fact=fact) | Mark(fact=fact):
                found[fact] = None
            case DaysLate(fact=fact, after=after):
                found.update(dict.fromkeys((fact, after) if after else (fact,)))
            case Computed(facts=facts):
                found.update(dict.fromkeys(facts))
            case _:
                pass
    return tuple(found)


def moved_facts(quantity: Node) -> frozenset[str]:
    """Return the facts through which a quantity changes; the whole of a rate is not one of them."""
    of = moved(quantity)
    match of:
        case Ratio(part=part):
            return frozenset(facts_of(part))
        case DaysLate(fact=fact):
            return frozenset((fact,))
        case _:
            return frozenset(facts_of(of))


def quantities_of(node: Node) -> tuple[Node, ...]:
    """Return the quantities that a rule varies with, each once.

    What a ratio is made of is not listed, nor the divisor that only decides whether anything arose.
    """
    if is_quantity(node):
        return (node,)
    found: dict[Node, None] = {}
    for child in (node.then, node.otherwise) if isinstance(node, WhenNoneArose) else node.children():
        found.update(dict.fromkeys(quantities_of(child)))
    return tuple(found)


def may_not_apply(node: Node) -> bool:
    """Return whether a rule has a case in which it does not apply."""
    return any(isinstance(each, NotApplicable) for each in node.walk())
