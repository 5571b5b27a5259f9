"""The values that the engine passes on: facts, evidence, criteria, scores, deductions, scorecards."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from cchc_rules.texts import Text

if TYPE_CHECKING:
    from cchc_rules.rules.forms import Form
    from cchc_rules.rules.tree import Node

Provenance = Literal["official", "derived", "assumed"]
FactType = Literal["count", "decimal", "date", "flag", "level"]
ZeroPolicy = Literal["award_maximum", "award_zero", "not_applicable"]
Value = Fraction | bool | str
"""A fact as rules see it: a number (dates as ordinals), a flag, or the id of a level."""


UNWRITTEN = "unwritten"
"""Marks a field that is no key of a file: it is read or filled in by other means."""


class State(Enum):
    """What became of a criterion, a field or a total: a state of its own, never a zero in disguise."""

    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    NO_EVIDENCE = "no_evidence"
    NEEDS_JUDGEMENT = "needs_judgement"
    WAITING = "waiting"
    ERROR = "error"


# ------------------------------------------------------------------ what is reported


@frozen(kw_only=True)
class Level:
    """One named level of quality."""

    id: str
    label: Text


@frozen(kw_only=True)
class Fact:
    """A registered number, date, flag or level: what it means, in which unit, within which range.

    ``range`` (least, greatest) is required for every number; ``places`` is the number of decimals of
    a ``decimal``; ``levels`` are the values of a ``level``, best first, ``judged`` where an assessor
    sets it. A date that ``may_be_never`` can be reported as never having come.
    """

    id: str
    label: Text
    type: FactType
    unit: str = "one"
    range: tuple[Decimal, Decimal] | None = None
    places: int = 0
    levels: tuple[Level, ...] = ()
    judged: bool = False
    may_be_never: bool = False
    definition: str = ""

    def level(self, level_id: str) -> Level:
        """Return one level; raises ``KeyError`` where there is none."""
        for level in self.levels:
            if level.id == level_id:
                return level
        raise KeyError(level_id)


@frozen(kw_only=True)
class Document:
    """A paper that proves a fact: number, date, issuer, title, and the digest of the file."""

    id: str
    title: str
    number: str = ""
    date: dt.date | None = None
    issuer: str = ""
    digest: str = ""


@frozen(kw_only=True)
class ReportedFact:
    """The value of one fact as one unit reports it, with what proves it and where it was read."""

    id: str
    value: Value
    unit: str = ""
    documents: tuple[str, ...] = ()
    note: str = ""
    provenance: str = ""
    place: str = ""


@frozen(kw_only=True)
class AssessedUnit:
    """A unit that is scored."""

    id: str
    label: str


@frozen(kw_only=True)
class Evidence:
    """All facts of one unit at one stage, and the method and year that they are for."""

    unit: AssessedUnit
    method: str
    year: int
    stage: str
    facts: Mapping[str, ReportedFact]
    documents: Mapping[str, Document] = field(factory=dict)
    as_of: dt.date | None = None
    note: str = ""
    files: tuple[str, ...] = ()

    def values(self) -> dict[str, Value]:
        """Return the bare values by fact id, as rules take them."""
        return {name: fact.value for name, fact in self.facts.items()}


@frozen(kw_only=True)
class ComputedPoints:
    """What a plugin's own rule gives back: exact points, the reason of a loss, and its steps."""

    points: Fraction
    reason: Text
    steps: tuple[Text, ...] = ()


# ------------------------------------------------------------------ what a year's table says


@frozen(kw_only=True)
class Clause:
    """The sentence of the decision or source that a rule comes from, and where it stands."""

    place: str
    text: str = ""


@frozen(kw_only=True)
class Criterion:
    """One line of a year's table: what is measured, for how many points, by which rule.

    ``provenance`` holds for every parameter of the criterion, but for the keys in ``official``, each
    with the place in the source that gives it. A criterion that others name as ``parent`` has no form:
    its points are the sum of theirs.
    """

    id: str
    number: str
    label: Text
    max_points: Decimal
    form: "Form | None" = field(default=None, metadata={UNWRITTEN: True})
    parent: str = ""
    provenance: Provenance = "assumed"
    official: Mapping[str, str] = field(factory=dict)
    clause: Clause | None = None
    evidence: tuple[str, ...] = ()
    remedy: Text | None = None
    lead_unit: str = ""
    coordinating_units: tuple[str, ...] = ()

    @cached_property
    def rule(self) -> "Node | None":
        """The form lowered to the rule tree; ``None`` for a parent, whose points are its children's."""
        return self.form.lower(Fraction(self.max_points)) if self.form else None


@frozen(kw_only=True)
class Edition:
    """One field's table for one level and year, as decided (``bộ tiêu chí``)."""

    field: str
    label: Text
    level: str
    year: int
    max_points: Decimal
    max_points_provenance: Provenance
    max_points_source: str = ""
    status: Literal["draft", "checked", "sealed"] = "draft"
    source: Clause | None = None
    lead_unit: str = ""
    coordinating_units: tuple[str, ...] = ()
    note: str = ""
    facts: tuple[Fact, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    @property
    def id(self) -> str:
        """The name of the edition: field, level and year."""
        return f"{self.field}/{self.level}/{self.year}"

    def criterion(self, criterion_id: str) -> Criterion:
        """Return one criterion; raises ``KeyError`` where there is none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    def children(self, parent: str) -> Iterator[Criterion]:
        """Yield the criteria directly below a parent, or the topmost ones for ``""``."""
        return (criterion for criterion in self.criteria if criterion.parent == parent)
