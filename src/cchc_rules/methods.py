"""The method's data: which fields, which rounding, what does not apply, grades, ranking, stages, units."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from attrs import frozen

from cchc_rules.exact import Rounding
from cchc_rules.model import AssessedUnit, Clause, Provenance
from cchc_rules.rules.forms import Threshold
from cchc_rules.texts import Text

NotApplicablePolicy = Literal["leave_out_of_both_sides", "maximum_unchanged"]
GradeBase = Literal["nominal_total", "maximum"]


@frozen(kw_only=True)
class FieldUsed:
    """One field of the index: its number in the decision, and the year of the edition that it uses."""

    number: str
    field: str
    edition_year: int


@frozen(kw_only=True)
class NominalTotal:
    """The total that the method names, whatever its maxima add up to."""

    value: Decimal
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class NotApplicableRule:
    """What becomes of the points of a criterion that does not apply."""

    policy: NotApplicablePolicy
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class RoundingRule:
    """Where the method rounds, and how; it rounds nowhere that is not named here."""

    leaf: Rounding | None = None
    field: Rounding | None = None
    total: Rounding | None = None
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class RankingRule:
    """How units with equal totals are ranked."""

    ties: Literal["competition", "dense"]
    provenance: Provenance = "assumed"


@frozen(kw_only=True)
class Stage:
    """One stage of assessment: self-assessed, verified, survey, as the method names them."""

    id: str
    label: Text


@frozen(kw_only=True)
class GradeBand:
    """One grade and the percentage from which it is given; the last one has no limit."""

    id: str
    label: Text
    at_least: Threshold | None = None
    more_than: Threshold | None = None

    def reached_by(self, share: Fraction) -> bool:
        """Return whether a percentage (as a part of 1) earns the grade."""
        if self.at_least is not None:
            return share >= self.at_least.value
        return self.more_than is None or share > self.more_than.value


@frozen(kw_only=True)
class GradeRule:
    """The grades, best first, and what their percentages are taken of."""

    base: GradeBase
    bands: tuple[GradeBand, ...]
    provenance: Provenance = "assumed"

    def grade(self, share: Fraction) -> GradeBand | None:
        """Return the best grade that a percentage earns."""
        return next((band for band in self.bands if band.reached_by(share)), None)


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
    grades: GradeRule | None = None
    ranking: RankingRule | None = None
    units: tuple[AssessedUnit, ...] = ()
    status: Literal["draft", "checked", "sealed"] = "draft"
    source: Clause | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """The name of this version of the method: id and year."""
        return f"{self.id}/{self.year}"
