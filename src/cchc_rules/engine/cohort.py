"""A whole cohort: statistics over its units in strata, then every unit's scorecard."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.base.errors import Finding, Place
from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import Text
from cchc_rules.decisions.strata import strata
from cchc_rules.engine.accounts import ZERO
from cchc_rules.engine.subject import Subject, at_each_stage
from cchc_rules.engine.unit import score_with
from cchc_rules.index import Index
from cchc_rules.model import AssessedUnit, Evidence, State, Statistic, Value
from cchc_rules.scorecard import Scorecard

Operand = Fraction | None
"""What a unit brings to a statistic; ``None`` where it is not known."""


@frozen(kw_only=True)
class Candidate:
    """One unit of a cohort: all its evidence, and the statistics known to it so far."""

    evidence: tuple[Evidence, ...]
    statistics: Mapping[str, Value]

    @property
    def unit(self) -> AssessedUnit:
        """The unit."""
        return self.evidence[0].unit


def score_cohort(index: Index, units: Iterable[Sequence[Evidence]]) -> tuple[Scorecard, ...]:
    """Return the scorecards of a cohort's units, in the order of their ids.

    ``units`` holds the evidence of each unit, one a stage. Statistics are taken stratum by stratum, each
    over the units of its block; what depends on them comes after. A unit that the method lists and that
    brings no evidence is a member of which nothing is known.
    """
    cohort = [Candidate(evidence=tuple(each), statistics={}) for each in units]
    cohort.sort(key=lambda each: each.unit.id)
    absent = units_absent(index, (each.unit.id for each in cohort))
    for name in strata(index):
        cohort = _with_statistic(index.statistics[name], cohort, absent, index)
    cards = tuple(score_with(index, each.evidence, each.statistics) for each in cohort)
    if not absent or not index.statistics:
        return cards
    return tuple(evolve(card, findings=(*card.findings, _without(absent))) for card in cards)


def units_absent(index: Index, present: Iterable[str]) -> tuple[AssessedUnit, ...]:
    """Return the units of which the method awaits evidence and that are not among those present."""
    known = frozenset(present)
    return tuple(unit for unit in index.method.units_due if unit.id not in known)


def _without(absent: Sequence[AssessedUnit]) -> Finding:
    """Return that a cohort was compared without the evidence of all its units."""
    listed = ", ".join(unit.label for unit in absent)
    return Finding(
        code="unit-without-evidence",
        severity="warning",
        place=Place(where="units"),
        reason=Text(f"so sánh trong khối khi chưa có số liệu của {len(absent)} đơn vị: {listed}",
                    f"units were compared without the evidence of {len(absent)}: {listed}"),
        remedy=Text("thêm số liệu của các đơn vị này vào thư mục; nếu không còn được chấm thì bỏ khỏi `units` hoặc ghi `until`, `successors`",
                    "add their evidence to the folder; where they are not scored any more take them out of `units`, or write `until` and `successors`"),
    )


# ------------------------------------------------------------------ one statistic


def _with_statistic(
    statistic: Statistic, cohort: list[Candidate], absent: Sequence[AssessedUnit], index: Index
) -> list[Candidate]:
    """Return the cohort with one more statistic known to each unit, taken among the units of its block."""
    units = (*(each.unit for each in cohort), *absent)
    operands = {unit.id: Operands(None) for unit in absent} | {each.unit.id: _operand(statistic, each, index) for each in cohort}
    blocks = {unit.id: unit.block if statistic.members == "block" else "" for unit in units}
    return [
        evolve(each, statistics={**each.statistics, **_value_for(statistic, each.unit.id, operands, blocks)})
        for each in cohort
    ]


@frozen
class Operands:
    """What one unit brings: one number, or the two of a rate; a unit to which it does not apply is no member."""

    value: Operand
    part: Operand = None
    whole: Operand = None
    applies: bool = True


def _operand(statistic: Statistic, candidate: Candidate, index: Index) -> Operands:
    """Return what a unit brings to a statistic: a fact, a rate, or points of its own."""
    if statistic.fact or statistic.part:
        values = evolve(_counting(index, candidate.evidence), statistics=candidate.statistics).proved
        if statistic.fact:
            return Operands(_number(values.get(statistic.fact)))
        return _rate(statistic, _number(values.get(statistic.part)), _number(values.get(statistic.whole)))
    card = score_with(index, candidate.evidence, candidate.statistics)
    if statistic.total:
        return Operands(card.total.exact if card.total.complete else None)
    account = card.field(statistic.field).account if statistic.field else card.score(statistic.criterion).account
    return Operands(account.exact if account.complete else None, applies=account.state is not State.NOT_APPLICABLE)


def _counting(index: Index, evidence: Sequence[Evidence]) -> Subject:
    """Return the unit at the stage that gives its result."""
    subjects = at_each_stage(index, evidence)
    return ([each for each in subjects if each.stage.counts] or list(subjects))[-1]


def _number(value: Value | None) -> Operand:
    return value if isinstance(value, Fraction) else None


def _rate(statistic: Statistic, part: Operand, whole: Operand) -> Operands:
    """Return a rate, rounded to the places that the statistic names; it does not apply where nothing arose."""
    if part is None or whole is None or whole == 0:
        return Operands(None, part, whole, applies=whole != 0)
    exact = part / whole
    if statistic.places is None:
        return Operands(exact, part, whole)
    return Operands(Rounding(places=statistic.places + 2, mode="half_up").apply(exact), part, whole)


def _value_for(
    statistic: Statistic, unit: str, operands: Mapping[str, Operands], blocks: Mapping[str, str]
) -> dict[str, Value]:
    """Return a statistic's value for one unit; nothing where it is not known."""
    members = {name: each for name, each in operands.items() if blocks[name] == blocks[unit] and each.applies}
    known = {name: each for name, each in members.items() if each.value is not None}
    if not known or (statistic.missing == "block" and len(known) < len(members)):
        return {}
    value = _taken(statistic, unit, known)
    return {} if value is None else {statistic.id: value}


def _taken(statistic: Statistic, unit: str, known: Mapping[str, Operands]) -> Operand:
    """Return a statistic over the members that bring something."""
    values = [each.value for each in known.values() if each.value is not None]
    match statistic.kind:
        case "mean" if statistic.ratio_of_sums:
            whole = sum((each.whole or ZERO for each in known.values()), ZERO)
            return sum((each.part or ZERO for each in known.values()), ZERO) / whole if whole else None
        case "mean":
            return sum(values, ZERO) / len(values)
        case "best":
            return max(values) if statistic.better == "higher" else min(values)
        case "total":
            return sum(values, ZERO)
        case "count":
            return Fraction(len(values))
        case "rank":
            own = known[unit].value if unit in known else None
            if own is None:
                return None
            ahead = sum(value > own if statistic.better == "higher" else value < own for value in values)
            return Fraction(1 + ahead)
