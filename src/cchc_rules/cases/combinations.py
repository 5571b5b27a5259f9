"""What criteria taken together oblige to try: every outcome of a parent's combination, a prerequisite met and not met."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from attrs import evolve, field, frozen

from cchc_rules.cases.bench import Bench
from cchc_rules.model import Criterion, Edition, State, Value
from cchc_rules.scorecard import Score

JointKind = Literal[
    "parts_full", "parts_partial", "parts_nothing", "parts_cut", "all_in_full", "only_short", "only_full", "none_full",
    "enough_full", "one_too_few", "part_decides", "part_leaves", "none_applies", "part_open",
    "prerequisite_met", "prerequisite_unmet", "prerequisite_open",
]


@frozen(kw_only=True, eq=False)
class Joint:
    """One outcome of criteria taken together; ``part`` is the one of them that it turns on, where it turns on one."""

    kind: JointKind
    part: Criterion | None = None


@frozen(kw_only=True)
class Combination:
    """A parent with its parts, or a criterion with its prerequisite: all that taking them together obliges to.

    ``bench`` has nothing but these and what they depend on; on ``freed`` the prerequisite is left out.
    """

    criterion: Criterion
    bench: Bench
    freed: Bench
    parts: tuple[Criterion, ...]
    needed: Criterion | None
    obligations: tuple[Joint, ...] = field(repr=False)

    def met_by(self, values: Mapping[str, Value]) -> frozenset[Joint]:
        """Return the outcomes that some facts come to."""
        scores = self.bench.scores(values)
        own = scores[self.criterion.id]
        if own.state is State.ERROR:
            return frozenset()
        met = {each for each in self.obligations if each.kind.startswith("prerequisite_") and self._depends(each, own, scores, values)}
        if self.is_open_to(scores):
            parts = [scores[each.id] for each in self.parts]
            met |= {each for each in self.obligations if not each.kind.startswith("prerequisite_") and _comes_to(each, self.criterion, own, parts)}
        return frozenset(met)

    def is_open_to(self, scores: Mapping[str, Score]) -> bool:
        """Return whether the prerequisite, if there is one, does not stand in the way."""
        return self.needed is None or _in_full(scores[self.needed.id]) or scores[self.needed.id].state is State.NOT_APPLICABLE

    def _depends(self, each: Joint, own: Score, scores: Mapping[str, Score], values: Mapping[str, Value]) -> bool:
        """Return whether the prerequisite is met, is not met and takes points away, or is not known yet."""
        assert self.needed is not None  # only then there are such outcomes
        needed = scores[self.needed.id]
        match each.kind:
            case "prerequisite_met":
                return _in_full(needed) and _points(own) > 0
            case "prerequisite_unmet":
                return needed.state is State.SCORED and not _in_full(needed) and own.state is State.SCORED and self._worth_without(values) > 0
            case _:
                return not needed.account.complete and not own.account.complete and self._worth_without(values) > 0

    def _worth_without(self, values: Mapping[str, Value]) -> Fraction:
        return _points(self.freed.scores(values)[self.criterion.id])


def combination_of(criterion: Criterion, bench: Bench) -> Combination | None:
    """Return what a criterion is made of or depends on; ``None`` where it stands by itself."""
    edition = bench.edition
    parts = tuple(each for each in edition.children(criterion.id) if each.kind == "regular")
    needed = _needed(criterion, edition)
    if not parts and needed is None:
        return None
    alone = bench.alone(criterion)
    loose = tuple(evolve(each, prerequisite="") if each.id == criterion.id else each for each in alone.edition.criteria)
    freed = evolve(alone.edition, criteria=loose)
    return Combination(
        criterion=criterion, bench=alone, freed=evolve(alone, edition=freed, index=evolve(alone.index, editions=(freed,))),
        parts=parts, needed=needed, obligations=tuple(_outcomes(criterion, parts, needed)),
    )


def _needed(criterion: Criterion, edition: Edition) -> Criterion | None:
    """Return the prerequisite; none where it is unknown or waits for this very criterion, which the check reports."""
    if not criterion.prerequisite or criterion.prerequisite in edition.dependants(criterion.id):
        return None
    return next((each for each in edition.criteria if each.id == criterion.prerequisite), None)


def _outcomes(criterion: Criterion, parts: Sequence[Criterion], needed: Criterion | None) -> Iterator[Joint]:
    """Yield the outcomes of a combination: of its rule, then of parts that do not apply or are not known."""
    if needed:
        yield from (Joint(kind=kind, part=needed) for kind in ("prerequisite_met", "prerequisite_unmet", "prerequisite_open"))
    if not parts:
        return
    match criterion.combine:
        case "all":
            yield Joint(kind="all_in_full")
            yield from (Joint(kind="only_short", part=each) for each in parts)
        case "any":
            yield from (Joint(kind="only_full", part=each) for each in parts)
            yield Joint(kind="none_full")
        case "n_of":
            yield from (Joint(kind=kind) for kind in ("enough_full", "one_too_few"))
        case "minimum" | "maximum":
            yield from (Joint(kind="part_decides", part=each) for each in parts)
            yield from (Joint(kind=kind) for kind in ("parts_full", "parts_nothing"))
        case _:
            yield from (Joint(kind=kind) for kind in ("parts_full", "parts_partial", "parts_nothing"))
    if criterion.combine in ("sum", "maximum") and _may_be_cut(criterion, parts):
        yield Joint(kind="parts_cut")
    yield from (Joint(kind=kind) for kind in ("part_leaves", "none_applies", "part_open"))


def _may_be_cut(criterion: Criterion, parts: Sequence[Criterion]) -> bool:
    """Return whether the parts may come to more than their parent is worth."""
    maxima = [each.max_points for each in parts]
    return (sum(maxima) if criterion.combine == "sum" else max(maxima)) > criterion.max_points


def _comes_to(each: Joint, criterion: Criterion, own: Score, parts: Sequence[Score]) -> bool:
    """Return whether parts and their parent stand as an outcome says."""
    applied = [part for part in parts if part.state is not State.NOT_APPLICABLE]
    match each.kind:
        case "part_open":
            return not own.account.complete and any(not part.account.complete for part in parts)
        case "none_applies":
            return own.state is State.NOT_APPLICABLE and not applied
        case "part_leaves":
            return own.state is State.SCORED and 0 < len(applied) < len(parts)
    known = all(part.account.complete for part in applied)
    return bool(applied) and known and own.state is State.SCORED and _adds_up_to(each, criterion, own, applied)


def _adds_up_to(each: Joint, criterion: Criterion, own: Score, applied: Sequence[Score]) -> bool:
    """Return whether parts that are all known give what an outcome asks for."""
    points, full = [_points(part) for part in applied], [part.id for part in applied if _in_full(part)]
    short = [part.id for part in applied if part.id not in full]
    turns_on = each.part.id if each.part else ""
    needed = min(criterion.at_least or 1, len(applied))
    most = Fraction(criterion.max_points)
    match each.kind:
        case "parts_full":
            return _in_full(own)
        case "parts_partial":
            return _points(own) > 0 and not _in_full(own)
        case "parts_nothing" | "none_full":
            return _points(own) == 0 and (each.kind == "parts_nothing" or not full)
        case "parts_cut":
            return (sum(points, Fraction(0)) if criterion.combine == "sum" else max(points)) > most
        case "all_in_full":
            return not short
        case "only_short":
            return short == [turns_on]
        case "only_full":
            return full == [turns_on]
        case "enough_full" | "one_too_few":
            return len(full) == (needed if each.kind == "enough_full" else needed - 1)
        case _:
            end = min(points) if criterion.combine == "minimum" else max(points)
            return any(part.id == turns_on and _points(part) == end for part in applied)


def _points(score: Score) -> Fraction:
    """Return points as an amount; 0 where there are none."""
    return abs(score.account.exact or Fraction(0))


def _in_full(score: Score) -> bool:
    """Return whether a criterion has all of its points; a bonus stands outside every maximum."""
    if score.state is not State.SCORED or score.account.exact is None:
        return False
    return _points(score) >= (score.account.maximum if score.criterion.kind == "regular" else score.criterion.max_points)
