"""The method's data: fields, rounding, what does not apply, bonus, parts, stages, grades, ranking, units."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import Text
from cchc_rules.counting import RecordRegister, RecordRule
from cchc_rules.model import AssessedUnit, Clause, NotApplicablePolicy, Provenance, Reference, Statistic
from cchc_rules.rules.forms import Condition, Threshold

if TYPE_CHECKING:
    from cchc_rules.rules.tree import Node

GradeBase = Literal["nominal_total", "maximum"]
HUNDRED_PERCENT = Fraction(1)


# ------------------------------------------------------------------ what the index is made of


@frozen(kw_only=True)
class FieldUsed:
    """One field of the index: its number in the decision, and the edition that it uses.

    ``version`` names an amended edition; without it the edition as first issued is used.
    """

    number: str
    field: str
    edition_year: int
    version: str = ""


@frozen(kw_only=True)
class Part:
    """A part of the index that has a weight of its own in the total, such as assessment or survey."""

    id: str
    label: Text
    weight: Threshold
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class NominalTotal:
    """The total that the method names, whatever its maxima add up to."""

    value: Decimal
    provenance: Provenance = "assumed"


# ------------------------------------------------------------------ how points become a total


@frozen(kw_only=True)
class NotApplicableRule:
    """What becomes of the points of a criterion that does not apply, unless the criterion says otherwise."""

    policy: NotApplicablePolicy
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class UndocumentedRule:
    """What a fact without documents is worth.

    ``accept``: its value, with a warning. ``no_evidence``: nothing, as if it were not reported.
    ``award_zero``: the criteria that read it get no points.
    """

    policy: Literal["accept", "no_evidence", "award_zero"] = "accept"
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class RoundingRule:
    """Where the method rounds, and how; it rounds nowhere that is not named here.

    ``rate``: part over whole, before it is compared. ``leaf``: a criterion with a form. ``criterion``: a
    parent of such. ``group``: a parent of parents. ``field``, ``total``: the sums.
    """

    rate: Rounding | None = None
    leaf: Rounding | None = None
    criterion: Rounding | None = None
    group: Rounding | None = None
    field: Rounding | None = None
    total: Rounding | None = None
    provenance: Provenance = "assumed"

    @property
    def above_leaf(self) -> bool:
        """Whether sums are rounded, and not only what they are sums of."""
        return any((self.criterion, self.group, self.field, self.total))


@frozen(kw_only=True)
class AdjustmentRule:
    """Bonus or penalty points: whether they count in each field or on the total, and at most how many."""

    on: Literal["field", "total"]
    at_most: Decimal
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class ConversionRule:
    """The total converted: points over the effective maximum, times ``to``."""

    to: Decimal
    provenance: Provenance = "assumed"


# ------------------------------------------------------------------ stages


@frozen(kw_only=True)
class Stage:
    """One stage of assessment, as the method names it.

    Stages follow one another: each sees the facts of the earlier ones and may replace them. With
    ``points_prevail`` the points that this stage gives a criterion stand in place of the computed ones;
    without it declared points are only compared with them. With ``reason_required`` no points are given
    without a reason. A stage that does not ``count`` is never the result.
    """

    id: str
    label: Text
    points_prevail: bool = False
    reason_required: bool = False
    counts: bool = True


# ------------------------------------------------------------------ grades


@frozen(kw_only=True)
class Gate:
    """A condition on a grade besides its percentage; exactly one kind of it is given.

    ``no_criterion_at_zero``; at least so many points, or such a share of the maximum, in a ``field`` or a
    ``criterion``; or a condition over facts (``when``).
    """

    label: Text
    no_criterion_at_zero: bool = False
    field: str = ""
    criterion: str = ""
    at_least: Threshold | None = None
    when: Condition | None = None
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class GradeBand:
    """One grade and the percentage from which it is given; the last one has no limit."""

    id: str
    label: Text
    at_least: Threshold | None = None
    more_than: Threshold | None = None
    gates: tuple[Gate, ...] = ()

    def reached_by(self, share: Fraction) -> bool:
        """Return whether a percentage (as a part of 1) earns the grade."""
        if self.at_least is not None:
            return share >= self.at_least.value
        return self.more_than is None or share > self.more_than.value

    @property
    def limit(self) -> Fraction:
        """The percentage that the grade asks for, as a part of 1; 0 for the last."""
        threshold = self.at_least or self.more_than
        return threshold.value if threshold else Fraction(0)


@frozen(kw_only=True)
class Override:
    """An event that decides whatever the points: a grade, a grade at most, or a total of zero."""

    label: Text
    when: Condition
    effect: Literal["grade", "grade_at_most", "total_zero"]
    grade: str = ""
    provenance: Provenance = "assumed"

    @property
    def condition(self) -> "Node":
        """The event as a condition over facts."""
        return self.when.condition()


@frozen(kw_only=True)
class GradeRule:
    """The grades, best first, and what their percentages are taken of."""

    base: GradeBase
    bands: tuple[GradeBand, ...]
    overrides: tuple[Override, ...] = ()
    provenance: Provenance = "assumed"

    def grade(self, share: Fraction) -> GradeBand | None:
        """Return the best grade that a percentage earns, gates and overrides left aside."""
        return next((band for band in self.bands if band.reached_by(share)), None)


# ------------------------------------------------------------------ ranking


@frozen(kw_only=True)
class TieBreak:
    """One step of the chain that parts units with equal totals: a field's, a criterion's or a fact's value."""

    field: str = ""
    criterion: str = ""
    fact: str = ""
    better: Literal["higher", "lower"] = "higher"


@frozen(kw_only=True)
class RankingRule:
    """How units are ranked: on exact totals unless the method says rounded ones; what parts equal ones."""

    ties: Literal["competition", "dense"]
    on: Literal["exact", "rounded"] = "exact"
    tie_breaks: tuple[TieBreak, ...] = ()
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class Block:
    """A block of units that are ranked among themselves."""

    id: str
    label: Text


# ------------------------------------------------------------------ the method


@frozen(kw_only=True)
class Method:
    """How one issuer scores one level of units in one year: all that ties fields into an index."""

    id: str
    label: Text
    issuer: str
    level: str
    year: int
    fields: tuple[FieldUsed, ...]
    nominal_total: NominalTotal
    not_applicable: NotApplicableRule
    rounding: RoundingRule
    stages: tuple[Stage, ...]
    version: str = ""
    issued: dt.date | None = None
    undocumented: UndocumentedRule = field(factory=UndocumentedRule)
    parts: tuple[Part, ...] = ()
    bonus: AdjustmentRule | None = None
    penalty: AdjustmentRule | None = None
    conversion: ConversionRule | None = None
    references: tuple[Reference, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    registers: tuple[RecordRegister, ...] = ()
    records: tuple[RecordRule, ...] = ()
    grades: GradeRule | None = None
    ranking: RankingRule | None = None
    blocks: tuple[Block, ...] = ()
    units: tuple[AssessedUnit, ...] = ()
    status: Literal["draft", "checked", "sealed"] = "draft"
    source: Clause | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """The name of this version of the method: id and year, and its version where it is not the first."""
        return f"{self.id}/{self.year}" + (f"+{self.version}" if self.version else "")

    @property
    def units_due(self) -> tuple[AssessedUnit, ...]:
        """The units of which evidence is due: all listed but those whose place a listed successor took within the year."""
        listed = {unit.id for unit in self.units}
        return tuple(unit for unit in self.units if not (unit.ended_by(self.year) and listed & set(unit.successors)))
