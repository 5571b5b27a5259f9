"""The values that scoring gives back: scores with their deductions, fields, total, grade, scorecard."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from cchc_rules.base.errors import Finding
from cchc_rules.base.texts import Text
from cchc_rules.explanation import Explanation
from cchc_rules.model import AssessedUnit, Criterion, DeclaredPoints, Evidence, Fact, Provenance, State, Value
from cchc_rules.points import Account, Deduction

if TYPE_CHECKING:
    from cchc_rules.rules.evaluate import Outcome

ZERO = Fraction(0)


@frozen(kw_only=True)
class Score:
    """The score of one criterion: points, state, deductions, and the trace that explains them.

    ``declared`` are the points that the unit gave itself; ``verified`` those of a stage whose points prevail,
    which then stand in ``account``, the computed ones in ``computed``. ``counted`` is false where a parent
    owns the account: the deductions here are then causes of the parent's, not points lost once more.
    ``why`` says why a criterion does not apply.
    """

    criterion: Criterion
    account: Account
    stage: str = ""
    facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    outcome: "Outcome | None" = field(default=None, repr=False)
    unrounded: Fraction | None = field(default=None, repr=False)
    error: Finding | None = None
    counted: bool = True
    policy: str = ""
    why: Text | None = None
    computed: Fraction | None = None
    declared: DeclaredPoints | None = None
    verified: DeclaredPoints | None = None

    @property
    def id(self) -> str:
        """The criterion's id."""
        return self.criterion.id

    @property
    def points(self) -> Decimal | None:
        """Points as a decimal; ``None`` where the criterion is not scored."""
        return self.account.points

    @property
    def max_points(self) -> Decimal:
        """The maximum that the table prints."""
        return self.criterion.max_points

    @property
    def state(self) -> State:
        """What became of the criterion."""
        return self.account.state


@frozen(kw_only=True)
class Lost:
    """Points lost as they count in the field: the criterion whose account it is, and the deduction."""

    score: Score
    deduction: Deduction


@frozen(kw_only=True)
class FieldScore:
    """One field: its criteria, and what they come to together.

    ``losses`` are the deductions as they count in the field, each once: those of a rescaled group are
    scaled, those of a group that a parent combines are the parent's own.
    """

    id: str
    number: str
    label: Text
    account: Account
    max_points_provenance: Provenance
    lead_unit: str
    coordinating_units: tuple[str, ...]
    scores: tuple[Score, ...]
    losses: tuple[Lost, ...] = ()

    @property
    def points(self) -> Decimal | None:
        """Points as a decimal."""
        return self.account.points

    @property
    def max_points(self) -> Decimal:
        """The effective maximum."""
        return self.account.max_points

    @property
    def state(self) -> State:
        """What became of the field."""
        return self.account.state

    @property
    def deductions(self) -> tuple[Deduction, ...]:
        """All deductions as they count in the field, in the order of its criteria."""
        return tuple(loss.deduction for loss in self.losses)


@frozen(kw_only=True)
class Grade:
    """The grade of a total, the percentage that it rests on, and where the bands come from.

    ``reachable`` holds every grade that an incomplete total can still get; ``id`` is then empty. ``blocked``
    says what kept the total from the next better grade, ``overrides`` which events decided instead of it.
    """

    id: str
    label: Text
    base: Literal["nominal_total", "maximum"]
    share: Fraction
    provenance: Provenance
    reachable: tuple[str, ...] = ()
    reachable_labels: tuple[Text, ...] = ()
    next_label: Text | None = None
    blocked: tuple[Text, ...] = ()
    overrides: tuple[Text, ...] = ()


@frozen(kw_only=True)
class MethodUsed:
    """Which method gave a result, with the seals that fix it."""

    id: str
    year: int
    label: Text
    level: str
    status: str
    version: str = ""
    seals: tuple[tuple[str, str], ...] = ()
    nominal_total: Fraction = Fraction(100)
    nominal_total_provenance: Provenance = "assumed"

    @property
    def key(self) -> str:
        """The name of this version of the method, as ``cchc plugins`` lists it."""
        return f"{self.id}/{self.year}" + (f"+{self.version}" if self.version else "")


@frozen(kw_only=True)
class StageResult:
    """What one stage came to: its total, the points of each criterion, computed or given, and which did not apply.

    One that does not ``count`` is never a result that stands.
    """

    id: str
    label: Text
    total: Account
    points: Mapping[str, Fraction | None]
    not_applicable: frozenset[str] = frozenset()
    declared: Mapping[str, DeclaredPoints] = field(factory=dict)
    counts: bool = True


@frozen(kw_only=True)
class Scorecard:
    """The whole result of one unit, from which every report is made.

    ``stages`` holds every stage that has evidence, in the method's order; the one that counts gave the rest.
    ``given`` are the facts that the unit does not enter.
    """

    unit: AssessedUnit
    method: MethodUsed
    engine: str
    stage: Text
    evidence: Evidence = field(repr=False)
    total: Account
    grade: Grade | None
    fields: tuple[FieldScore, ...]
    stages: tuple[StageResult, ...] = ()
    facts: Mapping[str, Fact] = field(factory=dict, repr=False)
    given: Mapping[str, Value] = field(factory=dict, repr=False)
    assumed_share: Fraction = ZERO
    findings: tuple[Finding, ...] = ()
    explainer: "Callable[[Score], Explanation] | None" = field(default=None, repr=False, eq=False)

    @property
    def final(self) -> bool:
        """Whether the total is complete, at a stage that counts."""
        return self.total.complete and (not self.stages or any(stage.counts for stage in self.stages))

    @property
    def scores(self) -> Iterator[Score]:
        """All scores, field by field."""
        return (score for each in self.fields for score in each.scores)

    def score(self, criterion_id: str) -> Score:
        """Return the score of one criterion; raises ``KeyError`` where there is none."""
        for score in self.scores:
            if score.id == criterion_id:
                return score
        raise KeyError(criterion_id)

    def field(self, field_id: str) -> FieldScore:
        """Return one field; raises ``KeyError`` where there is none."""
        for each in self.fields:
            if each.id == field_id:
                return each
        raise KeyError(field_id)

    def lost_points(self) -> tuple[tuple[FieldScore, Score, Deduction], ...]:
        """Return every deduction with its field and criterion, most points first, then table order."""
        found = [(each, loss.score, loss.deduction) for each in self.fields for loss in each.losses]
        return tuple(sorted(found, key=lambda line: -line[2].exact))

    def explain(self, criterion_id: str) -> Explanation:
        """Return how one criterion came to its points; raises ``KeyError`` for an unknown criterion."""
        if self.explainer is None:
            raise KeyError(criterion_id)
        return self.explainer(self.score(criterion_id))
