"""One year's evidence as another year's method would read it: a what-if, in which the evidence keeps its own pins.

A fact is the same fact by its id. What the other year declares otherwise is not carried, and so is missing there;
dates move with the deadlines, by the years between the two tables that read them.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property

from attrs import evolve, frozen

from cchc_rules.base.errors import CchcError, Place
from cchc_rules.base.texts import Text
from cchc_rules.engine.criteria import facts_read
from cchc_rules.entries import NEVER
from cchc_rules.index import Index
from cchc_rules.methods import Stage
from cchc_rules.model import AssessedUnit, Criterion, DeclaredPoints, Edition, Evidence, Fact, ReportedFact, Value
from cchc_rules.scorecard import Scorecard

OTHER_TYPE = Text("loại số liệu đã khác", "its type is another")
OTHER_UNIT = Text("đơn vị đo đã khác", "its unit is another")
OTHER_LEVEL = Text("năm mới không có mức này", "there is no such level any more")
OUT_OF_RANGE = Text("giá trị nằm ngoài khoảng của năm mới", "the value is outside the new range")
TOO_FINE = Text("năm mới lấy ít chữ số thập phân hơn", "it has more decimals than it may have")
TWO_SHIFTS = Text("các lĩnh vực đọc ngày này không cùng đổi năm", "the fields that read this date do not change years alike")


@frozen(kw_only=True)
class Carried:
    """What one unit's evidence comes to under another method.

    ``refused`` are facts that could not be carried, each with why; ``moved`` the dates that were moved;
    ``marks`` the criteria whose points a verifier had given and for which the rule now speaks.
    """

    evidence: Evidence
    refused: Mapping[str, Text]
    moved: tuple[str, ...]
    marks: tuple[str, ...]


class _Refused(Exception):
    """Why a fact is not carried."""

    def __init__(self, why: Text) -> None:
        super().__init__(why)
        self.why = why


@frozen(kw_only=True, slots=False)
class Carrying:
    """From one year's method to another's."""

    old: Index
    new: Index

    def carry(self, card: Scorecard, unit: AssessedUnit) -> Carried:
        """Return the facts that gave a unit its result under the old method, as evidence for the new one."""
        facts, refused = dict[str, ReportedFact](), dict[str, Text]()
        for name, fact in card.evidence.facts.items():
            if name not in self.new.facts or name in self.new.statistics or name in self.new.given(unit.id):
                continue  # nobody asks for it any more, or the new method gives it itself
            try:
                facts[name] = evolve(fact, value=self._value(fact), unit=self.new.facts[name].unit)
            except _Refused as refusal:
                refused[name] = refusal.why
        stage = self._stage(card)
        given = {score.id: score.verified for score in card.scores if score.verified is not None}
        points = dict[str, DeclaredPoints](self._marks(given, stage))
        evidence = evolve(card.evidence, unit=unit, stage=stage.id, facts=facts, points=points)
        moved = tuple(name for name, fact in facts.items() if fact.value != card.evidence.facts[name].value and self.new.facts[name].type == "date")
        return Carried(evidence=evidence, refused=refused, moved=moved, marks=tuple(name for name in given if name not in points))

    # -------------------------------------------------------------- one fact

    def _value(self, reported: ReportedFact) -> Value:
        """Return a value as the new year reads it; raises where it declares the fact otherwise."""
        was, now = self.old.facts[reported.id], self.new.facts[reported.id]
        if was.type != now.type:
            raise _Refused(OTHER_TYPE)
        value = reported.value
        match value:
            case bool():
                return value
            case str():
                return _level(value, now)
            case _ if now.type == "date":
                return self._moved(reported.id, value)
            case _:
                return _number(self._converted(value, was, now), now)

    def _converted(self, value: Fraction, was: Fact, now: Fact) -> Fraction:
        if was.unit == now.unit:
            return value
        units = self.new.quantities.units
        try:
            return self.new.quantities.convert(value, self.old.quantities.units[was.unit], units[now.unit], Place())
        except CchcError as error:
            raise _Refused(OTHER_UNIT) from error

    def _moved(self, name: str, ordinal: Fraction) -> Fraction:
        """Return a date as many years on as the deadlines that it is held against; never stays never."""
        shifts = self._shifts.get(name, frozenset({0}))
        if len(shifts) > 1:
            raise _Refused(TWO_SHIFTS)
        if ordinal == NEVER:
            return ordinal
        date = dt.date.fromordinal(int(ordinal))
        year = date.year + next(iter(shifts))
        return Fraction(dt.date(year, date.month, 28 if (date.month, date.day) == (2, 29) else date.day).toordinal())

    @cached_property
    def _shifts(self) -> Mapping[str, frozenset[int]]:
        """By how many years the tables that read a fact moved."""
        old = {edition.field: edition.year for edition in self.old.editions}
        found: dict[str, frozenset[int]] = {}
        for edition in self.new.editions:
            shift = edition.year - old.get(edition.field, edition.year - self.new.method.year + self.old.method.year)
            for criterion in edition.criteria:
                for name in facts_read(criterion):
                    found[name] = found.get(name, frozenset()) | {shift}
        return found

    # -------------------------------------------------------------- stage and marks

    def _stage(self, card: Scorecard) -> Stage:
        """Return the new year's stage in place of the one that gave the result: by its id, else the last that counts alike."""
        was = self.old.stages[card.evidence.stage]
        alike = [stage for stage in self.new.method.stages if stage.counts == was.counts] or list(self.new.method.stages)
        return self.new.stages.get(was.id, alike[-1])

    def _marks(self, given: Mapping[str, DeclaredPoints], stage: Stage) -> Iterator[tuple[str, DeclaredPoints]]:
        """Yield a verifier's points for criteria that ask just what they asked before; elsewhere the rule speaks."""
        old, new = (_criteria(index) for index in (self.old, self.new))
        for name, points in given.items():
            if stage.points_prevail and name in old and name in new and _alike(name, old[name], new[name]):
                yield name, points


def _level(value: str, now: Fact) -> str:
    if value not in {level.id for level in now.levels}:
        raise _Refused(OTHER_LEVEL)
    return value


def _number(value: Fraction, now: Fact) -> Fraction:
    """Return a number that the new declaration of its fact admits."""
    scale = 100 if now.type == "rate" else 1
    if now.range is not None and not now.range[0] <= value * scale <= now.range[1]:
        raise _Refused(OUT_OF_RANGE)
    places = {"count": 0, "decimal": now.places}.get(now.type)
    if places is not None and (value * 10**places).denominator != 1:
        raise _Refused(TOO_FINE)
    return value


def _criteria(index: Index) -> dict[str, Edition]:
    """Return the edition of each criterion, by the criterion's id."""
    return {criterion.id: edition for edition in index.editions for criterion in edition.criteria}


def _alike(name: str, old: Edition, new: Edition) -> bool:
    """Return whether a criterion is worth the same by the same rule, with all that it is made of."""
    was, now = old.criterion(name), new.criterion(name)
    below = [{each.id for each in edition.children(name)} for edition in (old, new)]
    return _worth(was) == _worth(now) and below[0] == below[1] and all(_alike(child, old, new) for child in below[0])


def _worth(criterion: Criterion) -> tuple[object, ...]:
    return criterion.max_points, criterion.form, criterion.combine, criterion.at_least, criterion.capped, criterion.kind
