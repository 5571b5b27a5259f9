"""The rule tree: what a scoring rule is made of once it has left the form that staff wrote.

Numbers are exact. A *quantity* is what thresholds are set on: a fact, a ratio of two, days late.
A *condition* is true or false. Every node is a value: two equal rules are equal objects.
"""

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from attrs import field, fields, frozen

from cchc_rules.texts import Text


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
class Sum(Node):
    """The sum of its terms."""

    terms: tuple[Node, ...]


@frozen(kw_only=True)
class Proportion(Node):
    """Points in proportion to a quantity: ``points`` × quantity ÷ ``full_at``, not capped."""

    points: Fraction
    of: Node
    full_at: Fraction = Fraction(1)


@frozen(kw_only=True)
class PointsEach(Node):
    """So many points for each unit of a counted quantity."""

    points: Fraction
    of: Node


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
    """Calendar days from the last day in time to the date of a fact; 0 where it is in time."""

    fact: str
    last_day: dt.date
    excluded: bool = False
    """The source names the first day that is too late ("trước ngày"), not the last one in time."""


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
    """No value: the criterion does not apply, and the method says what becomes of its points."""


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
class Not(Node):
    """The condition does not hold."""

    of: Node


CONDITIONS = (Within, IsTrue, AllOf, AnyOf, Not)
QUANTITIES = (Ratio, FactValue, DaysLate)


def facts_of(node: Node) -> tuple[str, ...]:
    """Return the ids of all facts that a rule reads, each once, in reading order."""
    found: dict[str, None] = {}
    for each in node.walk():
        match each:
            case FactValue(fact=fact) | DaysLate(fact=fact) | LevelPoints(fact=fact) | IsTrue(fact=fact):
                found[fact] = None
            case Computed(facts=facts):
                found.update(dict.fromkeys(facts))
            case _:
                pass
    return tuple(found)


def quantities_of(node: Node) -> tuple[Node, ...]:
    """Return the quantities that a rule varies with, each once.

    What a ratio is made of is not listed, nor the divisor that only decides whether anything arose.
    """
    if isinstance(node, QUANTITIES):
        return (node,)
    found: dict[Node, None] = {}
    for child in (node.then, node.otherwise) if isinstance(node, WhenNoneArose) else node.children():
        found.update(dict.fromkeys(quantities_of(child)))
    return tuple(found)
