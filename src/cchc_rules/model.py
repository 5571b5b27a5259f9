"""The values that the engine passes on: facts, evidence, criteria, scores, deductions, scorecards."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen
from attrs.validators import deep_iterable, instance_of

from cchc_rules.base.texts import Text
from cchc_rules.counting import RecordRegister, RecordRule

if TYPE_CHECKING:
    from cchc_rules.rules.forms import Condition, Form
    from cchc_rules.rules.tree import Node

Provenance = Literal["official", "derived", "assumed"]
FactType = Literal["count", "decimal", "rate", "date", "flag", "level"]
NotApplicablePolicy = Literal[
    "award_maximum", "award_zero", "leave_out", "leave_out_of_both_sides", "rescale_group", "share_out", "same_situation"
]
"""What becomes of the points of a criterion that does not apply.

``leave_out``: no points, the maximum stays. ``leave_out_of_both_sides``: its maximum goes too, the result is
a percentage of what is left. ``rescale_group``: the rest of its group is scaled up to the group's maximum.
``share_out``: its points are shared equally among the rest of its group. ``same_situation``: left out of
both sides, and the unit is ranked among units to which the same criteria do not apply.
"""
CombineRule = Literal["sum", "all", "any", "n_of", "minimum", "maximum"]
CriterionKind = Literal["regular", "bonus", "penalty"]
Value = Fraction | bool | str
"""A fact as rules see it: a number (dates as ordinals), a flag, or the id of a level."""


ORIGINAL = "original"
"""Names the version first issued where evidence pins a version and there are later ones."""
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

    ``range`` (least, greatest) is required for every number but a ``rate``, which is a share written with its
    per cent sign and held as a part of 1; ``places`` is the number of decimals of a ``decimal``; ``levels`` are the values of a ``level``, best first, ``judged`` where an assessor
    sets it. A date that ``may_be_never`` can be reported as never having come. A fact with ``entered_at``
    is entered at that stage only (survey answers by the organiser, never by the unit).
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
    entered_at: str = ""
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
class DeclaredPoints:
    """The points that a stage gives a criterion, and why: a unit's own mark, or a verifier's."""

    criterion: str
    points: Fraction
    reason: str = ""
    place: str = ""


@frozen(kw_only=True)
class AssessedUnit:
    """A unit that is scored: the block that it is ranked in, and how long it exists under this name.

    A unit that is not ``ranked`` is scored only. ``predecessors`` are the units that it was made from by a
    merger, a split or a change of name, ``successors`` those that it became. ``facts`` are what the method
    knows of it, as they stand in the source: the unit does not enter them.
    """

    id: str
    label: str
    block: str = ""
    ranked: bool = True
    since: dt.date | None = None
    until: dt.date | None = None
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(factory=dict, hash=False)

    def ended_by(self, year: int) -> bool:
        """Whether the unit had ceased to exist when a year closed."""
        return self.until is not None and self.until < dt.date(year, 12, 31)


@frozen(kw_only=True)
class Evidence:
    """All facts of one unit at one stage, and the method, year and version of it that they are for.

    ``version`` is ``ORIGINAL`` for the method as first issued; ``""`` pins none, which is enough where there is one.
    """

    unit: AssessedUnit
    method: str
    year: int
    stage: str
    facts: Mapping[str, ReportedFact]
    version: str = ""
    points: Mapping[str, DeclaredPoints] = field(factory=dict)
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

    points: Fraction = field(validator=instance_of(Fraction))
    reason: Text = field(validator=instance_of(Text))
    steps: tuple[Text, ...] = field(default=(), validator=deep_iterable(instance_of(Text)))


# ------------------------------------------------------------------ what a year's table says


@frozen(kw_only=True)
class Clause:
    """The sentence of the decision or source that a rule comes from, and where it stands."""

    place: str
    text: str = ""


@frozen(kw_only=True)
class Reference:
    """Reference data of the year: the value of a fact that is the same for every unit, as it stands in the source."""

    fact: str
    value: Any
    source: str = ""
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class Statistic:
    """A number taken over the units of a cohort, which rules then read as the fact ``id``.

    Of a ``fact``, of a rate (``part`` over ``whole``), or of the points of a ``criterion``, of a ``field``
    or of the ``total``. The mean or best of rates needs ``places``, the decimals to which each unit's rate
    is rounded first, unless it is a ``ratio_of_sums``. ``missing`` says what a unit without a value does:
    ``block`` leaves the statistic unknown, ``leave_out`` takes it over the others.
    """

    id: str
    label: Text
    kind: Literal["mean", "best", "total", "rank", "count"]
    members: Literal["block", "all"]
    missing: Literal["block", "leave_out"]
    fact: str = ""
    part: str = ""
    whole: str = ""
    criterion: str = ""
    field: str = ""
    total: bool = False
    better: Literal["higher", "lower"] = "higher"
    places: int | None = None
    ratio_of_sums: bool = False
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class Criterion:
    """One line of a year's table: what is measured, for how many points, by which rule.

    ``provenance`` holds for every parameter of the criterion, but for the keys in ``official``, each
    with the place in the source that gives it. A criterion that others name as ``parent`` has no form:
    ``combine`` says how its points follow from theirs (``n_of``: ``at_least`` of them in full); a ``capped``
    sum may have parts that come to more than its maximum. It is worth nothing unless its ``prerequisite`` has full points, and applies only where ``applies_when`` holds.
    With ``exact_rates`` the method's rounding of rates does not reach it.
    A ``bonus`` or a ``penalty`` is outside the field's maximum; ``part`` names the part of the index that it
    belongs to, where the method weights parts.
    """

    id: str
    number: str
    label: Text
    max_points: Decimal
    form: "Form | None" = field(default=None, metadata={UNWRITTEN: True})
    parent: str = ""
    combine: CombineRule = "sum"
    at_least: int | None = None
    capped: bool = False
    prerequisite: str = ""
    applies_when: "Condition | None" = None
    when_not_applicable: NotApplicablePolicy | None = None
    rescale_base: Decimal | None = None
    exact_rates: bool = False
    kind: CriterionKind = "regular"
    part: str = ""
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
    issued: dt.date | None = None
    version: str = ""
    facts: tuple[Fact, ...] = ()
    references: tuple[Reference, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    registers: tuple[RecordRegister, ...] = ()
    records: tuple[RecordRule, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    @property
    def id(self) -> str:
        """The name of the edition: field, level and year, and its version where it is not the first."""
        return f"{self.field}/{self.level}/{self.year}" + (f"+{self.version}" if self.version else "")

    def criterion(self, criterion_id: str) -> Criterion:
        """Return one criterion; raises ``KeyError`` where there is none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    def in_penalty(self, criterion: Criterion) -> bool:
        """Whether a criterion is a penalty, or is part of one."""
        while criterion.kind != "penalty":
            if not criterion.parent:
                return False
            criterion = self.criterion(criterion.parent)
        return True

    def dependants(self, criterion_id: str) -> frozenset[str]:
        """Return the criteria whose points a criterion can change: itself, its parents, those it is a condition of."""
        known = {each.id: each for each in self.criteria}
        found: set[str] = set()
        waiting = [criterion_id]
        while waiting:
            current = waiting.pop()
            if current in found:
                continue
            found.add(current)
            waiting += [each.id for each in self.criteria if each.prerequisite == current]
            waiting += [known[current].parent] if current in known and known[current].parent else []
        return frozenset(found)

    def needed_by(self, criterion_id: str) -> frozenset[str]:
        """Return the criteria on which a criterion's points rest: itself, those below it, their prerequisites."""
        found: set[str] = set()
        waiting = [criterion_id]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting += [each.id for each in self.criteria if each.parent == current]
                waiting += [each.prerequisite for each in self.criteria if each.id == current and each.prerequisite]
        return frozenset(found)

    def children(self, parent: str) -> Iterator[Criterion]:
        """Yield the criteria directly below a parent, or the topmost ones for ``""``."""
        return (criterion for criterion in self.criteria if criterion.parent == parent)
