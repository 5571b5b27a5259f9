"""The values that scoring gives back: scores with their deductions, fields, total, grade, scorecard."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from cchc_rules.errors import Finding
from cchc_rules.exact import decimal_of, nearest_decimal
from cchc_rules.model import AssessedUnit, Clause, Criterion, DeclaredPoints, Evidence, Fact, Provenance, State
from cchc_rules.texts import Text

if TYPE_CHECKING:
    from cchc_rules.explanation import Explanation
    from cchc_rules.rules.evaluate import Outcome

ZERO = Fraction(0)
LineKind = Literal["points", "loss", "not_applicable", "rounding", "bonus", "penalty", "open"]
DISPLAY_PLACES = 4
"""Decimals shown of points that have no end as a decimal; the exact value is kept beside them."""


def as_points(value: Fraction) -> Decimal:
    """Return points as a decimal: exact where it ends, else the nearest for display."""
    exact = decimal_of(value)
    return exact if exact is not None else nearest_decimal(value, DISPLAY_PLACES)


@frozen(kw_only=True)
class Deduction:
    """Points lost by one cause: why, by which clause, against which threshold, and who can mend it.

    A ``penalty`` takes points off what has been earned; a ``loss`` was never earned.
    """

    exact: Fraction
    reason: Text
    kind: Literal["loss", "penalty"] = "loss"
    threshold: Text | None = None
    clause: Clause | None = None
    remedy: Text | None = None
    lead_unit: str = ""
    facts: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """The points lost."""
        return as_points(self.exact)


@frozen(kw_only=True)
class Line:
    """One line of the account of a maximum; all lines together are the maximum."""

    kind: LineKind
    amount: Fraction


@frozen(kw_only=True)
class Range:
    """The least and the most that something can still reach."""

    low: Fraction
    high: Fraction

    def plus(self, other: "Range") -> "Range":
        """Return the range of the sum."""
        return Range(low=self.low + other.low, high=self.high + other.high)

    def through(self, change: Callable[[Fraction], Fraction]) -> "Range":
        """Return the range after a change that never turns more into less, such as rounding."""
        return Range(low=change(self.low), high=change(self.high))

    @property
    def negative(self) -> "Range":
        """The range of the same points taken off."""
        return Range(low=-self.high, high=-self.low)


@frozen(kw_only=True)
class Account:
    """Points out of a maximum, exact, with the state that they are in.

    ``maximum`` is the effective one: what does not apply may have been left out of it or shared out among
    the others; ``nominal`` is what the table prints. ``exact`` is ``None`` where nothing below has been
    scored. ``bonus`` and ``penalty`` are what the points hold of either, both as amounts above 0.
    ``before_rounding`` are the points before this very account was rounded, where it was.
    """

    exact: Fraction | None
    maximum: Fraction
    nominal: Fraction
    state: State
    reachable: Range
    lost: Fraction = ZERO
    rounding: Fraction = ZERO
    not_applicable: Fraction = ZERO
    bonus: Fraction = ZERO
    penalty: Fraction = ZERO
    before_rounding: Fraction | None = None

    @property
    def points(self) -> Decimal | None:
        """The points as a decimal; ``None`` where nothing is known."""
        return None if self.exact is None else as_points(self.exact)

    @property
    def max_points(self) -> Decimal:
        """The effective maximum as a decimal."""
        return as_points(self.maximum)

    @property
    def complete(self) -> bool:
        """Whether everything below is scored or does not apply."""
        return self.state in (State.SCORED, State.NOT_APPLICABLE)

    @property
    def share(self) -> Fraction | None:
        """Points as a part of the effective maximum; ``None`` where there is nothing to divide."""
        return None if self.exact is None or self.maximum == 0 else self.exact / self.maximum

    @property
    def lines(self) -> tuple[Line, ...]:
        """Points, losses, what does not apply, rounding, what is open: together the nominal maximum.

        Bonus points are above the maximum, so they are taken off; a penalty is added back.
        """
        points = self.exact or ZERO
        known = points + self.lost + self.rounding + self.not_applicable - self.bonus + self.penalty
        amounts: tuple[tuple[LineKind, Fraction], ...] = (
            ("points", points),
            ("loss", self.lost),
            ("not_applicable", self.not_applicable),
            ("rounding", self.rounding),
            ("bonus", -self.bonus),
            ("penalty", self.penalty),
            ("open", ZERO if self.complete else self.nominal - known),
        )
        return tuple(Line(kind=kind, amount=amount) for kind, amount in amounts if amount or kind == "points")


@frozen(kw_only=True)
class Score:
    """The score of one criterion: points, state, deductions, and the trace that explains them.

    ``declared`` are the points that the unit gave itself; ``verified`` those of a stage whose points prevail,
    which then stand in ``account``, the computed ones in ``computed``. ``counted`` is false where a parent
    owns the account: the deductions here are then causes of the parent's, not points lost once more.
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


@frozen(kw_only=True)
class StageResult:
    """What one stage came to: its total, and the points of each criterion, computed or given."""

    id: str
    label: Text
    total: Account
    points: Mapping[str, Fraction | None]
    declared: Mapping[str, DeclaredPoints] = field(factory=dict)


@frozen(kw_only=True)
class Scorecard:
    """The whole result of one unit, from which every report is made.

    ``stages`` holds every stage that has evidence, in the method's order; the one that counts gave the rest.
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
    assumed_share: Fraction = ZERO
    findings: tuple[Finding, ...] = ()
    explainer: "Callable[[Score], Explanation] | None" = field(default=None, repr=False, eq=False)

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

    def explain(self, criterion_id: str) -> "Explanation":
        """Return how one criterion came to its points; raises ``KeyError`` for an unknown criterion."""
        if self.explainer is None:
            raise KeyError(criterion_id)
        return self.explainer(self.score(criterion_id))


def total_range(ranges: Iterable[Range]) -> Range:
    """Return the range of a sum."""
    whole = Range(low=ZERO, high=ZERO)
    for each in ranges:
        whole = whole.plus(each)
    return whole
