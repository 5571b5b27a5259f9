"""What another year's method does to last year's units: both methods on the same evidence, and who moves, by what.

A what-if: the evidence keeps the pins of its own year, and no result of the other year is made. What the new year
asks for and nobody has reported yet is missing, never zero: totals then have ranges, grades and ranks may be open.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from attrs import evolve, field, frozen

from cchc_rules.analysis.carrying import Carried, Carrying
from cchc_rules.analysis.placing import Ranks, possible_ranks, span
from cchc_rules.analysis.ranking import rank
from cchc_rules.base.errors import Finding
from cchc_rules.base.texts import Text
from cchc_rules.decisions.identities import lineage
from cchc_rules.decisions.policies import facts_of_method
from cchc_rules.engine import score_cohort
from cchc_rules.engine.criteria import facts_read
from cchc_rules.index import Index
from cchc_rules.methods import GradeBand, Method
from cchc_rules.model import AssessedUnit, Criterion, Evidence, Fact
from cchc_rules.points import Account, Range, total_range
from cchc_rules.scorecard import FieldScore, Score, Scorecard

ZERO = Fraction(0)
_NO_CHANGE = Range(low=ZERO, high=ZERO)
UNDECIDED = ""
"""The grade of a unit whose grade is not decided yet."""
PartKind = Literal["criterion", "group", "field", "total"]
Why = Literal["new", "redeclared", "unreported"]
PartKey = tuple[str, str]
_PLACES: dict[PartKind, str] = {"criterion": "criterion", "group": "criterion", "field": "field", "total": "total"}
"""A criterion keeps its name when it begins to be made of others."""


# ------------------------------------------------------------------ what makes up a total


@frozen(kw_only=True)
class Part:
    """What one criterion brings to a total; or what a parent, a field or the total makes of its parts besides.

    Such are rounding, caps, weights, conversion, bonus limits and events. ``counted`` is what is in the total now,
    ``reachable`` what it can still become; ``maximum`` is what the table prints for a criterion.
    """

    kind: PartKind
    id: str
    number: str
    label: Text
    counted: Fraction
    reachable: Range
    maximum: Fraction = ZERO


def parts_of(card: Scorecard, method: Method) -> dict[PartKey, Part]:
    """Return the parts of a total by name; what is counted in them adds up to what is counted in the total."""
    return {(_PLACES[part.kind], part.id): part for part in _Parts(card=card, method=method).all()}


@frozen(kw_only=True)
class _Parts:
    """One scorecard being taken apart."""

    card: Scorecard
    method: Method

    def all(self) -> Iterator[Part]:
        """Yield the parts of the total, field by field, what is made of the fields last."""
        for each in self.card.fields:
            yield from self._of_field(each)
        on_total = [score.account for each in self.card.fields for score in _tops(each) if not self._in_field(score)]
        accounts = [*(each.account for each in self.card.fields), *on_total]
        yield self._beside("total", "", "", Text("tổng", "total"), self.card.total, accounts)

    def _of_field(self, scored: FieldScore) -> Iterator[Part]:
        """Yield the parts of one field, criteria first."""
        for score in _tops(scored):
            yield from self._of_score(score, scored)
        inside = [score.account for score in _tops(scored) if self._in_field(score)]
        yield self._beside("field", scored.id, scored.number, scored.label, scored.account, inside)

    def _in_field(self, score: Score) -> bool:
        """Return whether a topmost criterion counts in its field: bonus and penalty may count on the total."""
        rule = {"bonus": self.method.bonus, "penalty": self.method.penalty}.get(score.criterion.kind)
        return score.criterion.kind == "regular" or (rule is not None and rule.on == "field")

    def _of_score(self, score: Score, scored: FieldScore) -> Iterator[Part]:
        """Yield a criterion that owns its points, or its components and what is made of their sum."""
        below = [each for each in scored.scores if each.criterion.parent == score.id and each.counted]
        criterion = score.criterion
        accounts = [each.account for each in below]
        part = self._beside("group" if below else "criterion", score.id, criterion.number, criterion.label, score.account, accounts)
        yield evolve(part, maximum=Fraction(criterion.max_points))
        for each in below:
            yield from self._of_score(each, scored)

    def _beside(self, kind: PartKind, id_: str, number: str, label: Text, account: Account, parts: Sequence[Account]) -> Part:
        """Return what an account holds besides its parts: all of it where it has none."""
        counted = (account.exact or ZERO) - sum((each.exact or ZERO for each in parts), ZERO)
        whole, together = possible(account), total_range(possible(each) for each in parts)
        nothing = bool(parts) and whole == together and self._adds_up
        return Part(kind=kind, id=id_, number=number, label=label, counted=counted,
                    reachable=_NO_CHANGE if nothing else whole.plus(together.negative))

    @property
    def _adds_up(self) -> bool:
        """Whether sums that can come to the same are the same: nothing is rounded, scaled or weighted above the leaves."""
        method = self.method
        policies = {method.not_applicable.policy, *(score.criterion.when_not_applicable for score in self.card.scores)}
        return not (method.rounding.above_leaf or method.parts or method.conversion or "rescale_group" in policies)


def _tops(scored: FieldScore) -> Iterator[Score]:
    return (score for score in scored.scores if not score.criterion.parent)


def possible(account: Account) -> Range:
    """Return what an account is, or can still become."""
    return Range(low=account.exact, high=account.exact) if account.complete and account.exact is not None else account.reachable


# ------------------------------------------------------------------ one unit


@frozen(kw_only=True)
class PartChange:
    """One part under both methods; one side is ``None`` where that year has no such criterion."""

    before: Part | None
    after: Part | None

    @property
    def part(self) -> Part:
        """The part as the later year names it, or as the earlier one did."""
        known = self.after or self.before
        assert known is not None  # every part comes from one of the years
        return known

    @property
    def counted(self) -> Fraction:
        """By how much what is counted changes."""
        return (self.after.counted if self.after else ZERO) - (self.before.counted if self.before else ZERO)

    @property
    def change(self) -> Range:
        """By how much the points change, as far as that is known."""
        return _change(self.before.reachable if self.before else _NO_CHANGE, self.after.reachable if self.after else _NO_CHANGE)

    @property
    def moved(self) -> bool:
        """Whether the points change, or may."""
        return self.change != _NO_CHANGE


def _change(before: Range, after: Range) -> Range:
    return after.plus(before.negative)


@frozen(kw_only=True)
class Standing:
    """Where a unit stands under one method: its scorecard, the grade (``UNDECIDED``; ``None``: no grades), its ranks."""

    card: Scorecard
    grade: str | None
    ranks: Ranks | None

    @property
    def reachable(self) -> Range:
        """What the total is, or can still be."""
        return span(self.card) or self.card.total.reachable

    @property
    def counts(self) -> bool:
        """Whether a stage that counts gave the total."""
        return span(self.card) is not None

    @property
    def decided(self) -> bool:
        """Whether total, grade and rank are all settled."""
        return self.card.final and self.grade != UNDECIDED and (self.ranks is None or self.ranks.decided is not None)


@frozen(kw_only=True)
class UnitImpact:
    """One unit under both methods, and what of its evidence could not be carried."""

    before: Standing
    after: Standing
    parts: tuple[PartChange, ...]
    carried: Carried = field(repr=False)

    @property
    def unit(self) -> AssessedUnit:
        """The unit as the later method names it."""
        return self.after.card.unit

    @property
    def change(self) -> Range:
        """By how much the total changes, as far as that is known."""
        return _change(self.before.reachable, self.after.reachable)

    @property
    def rank_change(self) -> int | None:
        """How many ranks the unit rises; ``None`` where a rank is open, or there is none."""
        ranks = [each.ranks.decided if each.ranks else None for each in (self.before, self.after)]
        return None if ranks[0] is None or ranks[1] is None else ranks[0] - ranks[1]


@frozen(kw_only=True)
class Apart:
    """A unit that is scored under one of the methods only, and why."""

    unit: AssessedUnit
    why: Text


# ------------------------------------------------------------------ all units


@frozen(kw_only=True)
class Mover:
    """One criterion over all units: who gains by it, who loses, for whom that is open, and what it comes to together."""

    before: Part | None
    after: Part | None
    gaining: int
    losing: int
    open: int
    change: Range

    @property
    def part(self) -> Part:
        """The part as the later year names it, or as the earlier one did."""
        known = self.after or self.before
        assert known is not None  # every part comes from one of the years
        return known


@frozen(kw_only=True)
class Wanted:
    """A fact that the later method asks for and some units have not reported: which, why, and for which criteria."""

    fact: Fact
    why: Why
    criteria: tuple[Criterion, ...]
    units: tuple[str, ...]
    nobody: bool


@frozen(kw_only=True)
class Papers:
    """Evidence that a criterion asks for in the later year and did not ask for before."""

    criterion: Criterion
    papers: tuple[str, ...]


@frozen(kw_only=True)
class Migration:
    """How many units go from which grade to which; rows are the earlier grades, columns the later ones, best first."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    def count(self, row: str, column: str) -> int:
        """Return how many units go from one grade to another."""
        return self.counts.get((row, column), 0)

    @property
    def total(self) -> int:
        """How many units there are in all."""
        return sum(self.counts.values())


@frozen(kw_only=True)
class Impact:
    """Two methods on one year's evidence: every unit, what moved it, what is asked for that is not there."""

    before: Method
    after: Method
    units: tuple[UnitImpact, ...]
    apart: tuple[Apart, ...] = ()
    movers: tuple[Mover, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    papers: tuple[Papers, ...] = ()

    @property
    def migration(self) -> Migration | None:
        """The units by their grades in both years; ``None`` where a method gives no grades."""
        grades = [(each.before.grade, each.after.grade) for each in self.units]
        pairs = [(row, column) for row, column in grades if row is not None and column is not None]
        if self.before.grades is None or self.after.grades is None:
            return None
        rows, columns = (tuple(band.id for band in each.bands) for each in (self.before.grades, self.after.grades))
        return Migration(rows=(*rows, UNDECIDED), columns=(*columns, UNDECIDED), counts=Counter(pairs))

    def band(self, year: Literal["before", "after"], grade: str) -> GradeBand | None:
        """Return a grade of one of the years by its id."""
        rule = (self.before if year == "before" else self.after).grades
        return next((band for band in rule.bands if band.id == grade), None) if rule else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What went wrong in the trial, each once: a rule that could not be carried out on a unit's facts."""
        errors = [found for each in self.units for found in each.after.card.findings if found.severity == "error"]
        return tuple({(found.code, found.place.where): found for found in errors}.values())

    @property
    def decided(self) -> bool:
        """Whether nothing is left open and every unit could be scored under both."""
        return not self.apart and all(standing.decided for each in self.units for standing in (each.before, each.after))


def impact(before: Index, after: Index, units: Iterable[Sequence[Evidence]]) -> Impact:
    """Return what the later method does to the units of the earlier year, on the evidence of that year.

    The order of ``units`` changes nothing. A unit that was merged, split up or left out is set apart; one that was
    renamed is scored under its new name.
    """
    old = {card.unit.id: card for card in score_cohort(before, units)}
    heirs = {name: _heir(card.unit, before.method, after.method) for name, card in old.items()}
    carrying = Carrying(old=before, new=after)
    carried = {name: carrying.carry(old[name], heir) for name, heir in heirs.items() if isinstance(heir, AssessedUnit)}
    new = {card.unit.id: card for card in score_cohort(after, [(each.evidence,) for each in carried.values()])}
    places = _ranks(before, [old[name] for name in carried]), _ranks(after, new.values())  # among the same units
    found = tuple(
        UnitImpact(
            before=_standing(old[name], before.method, places[0]),
            after=_standing(new[each.evidence.unit.id], after.method, places[1]),
            parts=tuple(_part_changes(parts_of(old[name], before.method), parts_of(new[each.evidence.unit.id], after.method))),
            carried=each,
        )
        for name, each in carried.items()
    )
    return Impact(
        before=before.method,
        after=after.method,
        units=found,
        apart=(*(Apart(unit=old[name].unit, why=why) for name, why in heirs.items() if isinstance(why, Text)), *_newcomers(after.method, found)),
        movers=tuple(_movers(found)),
        wanted=tuple(_wanted(before, after, found)),
        papers=tuple(_papers(before, after)),
    )


# ------------------------------------------------------------------ units through the years


def _heir(unit: AssessedUnit, before: Method, after: Method) -> AssessedUnit | Text:
    """Return the unit that one is under the later method, or why it is none."""
    if not after.units:
        return unit
    there = next((each for each in after.units if each.id == unit.id), None)
    if there is not None and before.year == after.year:
        return there
    led = [(each, found) for each in after.units if (found := lineage(unit, each, (before.year, after.year))) is not None]
    for each, found in led:
        if found.is_renaming:
            return each
    for _, found in led:
        names = ", ".join(found.before if len(found.before) > 1 else found.after)
        if len(found.before) > 1:
            return Text(f"hợp nhất từ {names}: không chấm thử riêng được", f"merged from {names}: it cannot be tried alone")
        return Text(f"chia thành {names}: số liệu cũ không tách được", f"split into {names}: its evidence cannot be taken apart")
    return Text(f"{after.key} không có đơn vị này", f"{after.key} has no such unit")


def _newcomers(method: Method, found: Sequence[UnitImpact]) -> Iterator[Apart]:
    """Yield units of the later method without evidence of the earlier year."""
    there = {each.unit.id for each in found}
    for unit in method.units_due:
        if unit.id not in there:
            yield Apart(unit=unit, why=Text("không có số liệu của năm trước", "no evidence of the earlier year"))


def _ranks(index: Index, cards: Iterable[Scorecard]) -> dict[str, Ranks]:
    """Return the ranks that units can take; none where the method does not rank."""
    return possible_ranks(index, rank(index, cards)) if index.method.ranking is not None else {}


def _standing(card: Scorecard, method: Method, ranks: Mapping[str, Ranks]) -> Standing:
    return Standing(card=card, grade=None if method.grades is None else _grade(card), ranks=ranks.get(card.unit.id))


def _grade(card: Scorecard) -> str:
    """Return the grade, also of an open total that can get only one."""
    if card.grade is None or span(card) is None:
        return UNDECIDED
    return card.grade.id or (card.grade.reachable[0] if len(card.grade.reachable) == 1 else UNDECIDED)


# ------------------------------------------------------------------ what moved them


def _part_changes(old: Mapping[PartKey, Part], new: Mapping[PartKey, Part]) -> Iterator[PartChange]:
    """Yield each part of either total, in the order of the later table, with what is only in the earlier one last."""
    for key in dict.fromkeys((*new, *old)):
        yield PartChange(before=old.get(key), after=new.get(key))


def _movers(units: Sequence[UnitImpact]) -> Iterator[Mover]:
    """Yield what moves some unit, over all units, what moves them most first."""
    found: dict[PartKey, list[PartChange]] = {}
    for each in units:
        for change in each.parts:
            found.setdefault((_PLACES[change.part.kind], change.part.id), []).append(change)
    summed = [_mover(changes) for changes in found.values() if any(change.moved for change in changes)]
    yield from sorted(summed, key=lambda each: (-max(abs(each.change.low), abs(each.change.high)), each.part.kind, each.part.id))


def _mover(changes: Sequence[PartChange]) -> Mover:
    ranges = [each.change for each in changes]
    gaining, losing = sum(each.low > 0 for each in ranges), sum(each.high < 0 for each in ranges)
    still = sum(each != _NO_CHANGE for each in ranges)
    return Mover(
        before=next((each.before for each in changes if each.before), None),
        after=next((each.after for each in changes if each.after), None),
        gaining=gaining, losing=losing, open=still - gaining - losing, change=total_range(ranges),
    )


# ------------------------------------------------------------------ what is asked for


def _wanted(before: Index, after: Index, units: Sequence[UnitImpact]) -> Iterator[Wanted]:
    """Yield the facts that the later method waits for, those that most units lack first."""
    lacking: dict[str, list[str]] = {}
    for each in units:
        for name in _waits(after, each.after):
            lacking.setdefault(name, []).append(each.unit.id)
    readers, asked = _readers(after), _reported(before)
    for name in sorted(lacking, key=lambda name: (-len(lacking[name]), name)):
        refused = any(name in each.carried.refused for each in units)
        why: Why = "new" if name not in asked else "redeclared" if refused else "unreported"
        have = any(name in each.after.card.evidence.facts for each in units)
        yield Wanted(fact=after.facts[name], why=why, criteria=readers.get(name, ()), units=tuple(sorted(lacking[name])), nobody=not have)


def _waits(index: Index, standing: Standing) -> frozenset[str]:
    """Return the facts that one unit lacks: for criteria, for statistics that they read, for grades and events."""
    card = standing.card
    missing = {name for score in card.scores if not score.account.complete for name in score.missing}
    statistics = [index.statistics[name] for name in missing & index.statistics.keys()]
    missing |= {name for each in statistics for name in (each.fact, each.part, each.whole) if name}
    missing |= set() if standing.decided else facts_of_method(index.method)
    return frozenset(missing) & _reported(index) - card.evidence.facts.keys() - index.given(card.unit.id).keys()


def _reported(index: Index) -> frozenset[str]:
    """Return the facts that units report under a method; what it knows of some units is not asked of all."""
    read = _readers(index).keys() | facts_of_method(index.method)
    operands = {name for each in index.statistics.values() for name in (each.fact, each.part, each.whole) if name}
    return frozenset(read | operands) - index.references.keys() - index.statistics.keys()


def _readers(index: Index) -> dict[str, tuple[Criterion, ...]]:
    """Return the criteria that read each fact."""
    found: dict[str, list[Criterion]] = {}
    for edition in index.editions:
        for criterion in edition.criteria:
            for name in facts_read(criterion):
                found.setdefault(name, []).append(criterion)
    return {name: tuple(criteria) for name, criteria in found.items()}


def _papers(before: Index, after: Index) -> Iterator[Papers]:
    """Yield the evidence that criteria ask for anew."""
    old = {each.id: each for edition in before.editions for each in edition.criteria}
    for edition in after.editions:
        for each in edition.criteria:
            asked = old[each.id].evidence if each.id in old else ()
            papers = tuple(paper for paper in each.evidence if paper not in asked)
            if papers:
                yield Papers(criterion=each, papers=papers)
