"""What every step of scoring reads: one unit at one stage, its facts as they stand, the words for them."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from attrs import evolve, field, frozen

from cchc_rules.base.exact import Rounding
from cchc_rules.index import Index
from cchc_rules.methods import Stage
from cchc_rules.model import Criterion, DeclaredPoints, Edition, Evidence, ReportedFact, Value
from cchc_rules.rules.bounds import Known
from cchc_rules.rules.reasons import Setting
from cchc_rules.rules.wording import Lexicon


@frozen(kw_only=True)
class Subject:
    """One unit being scored: what has been reported up to a stage, and what the cohort adds to it.

    ``declared`` are the points that the stages give without prevailing, ``verified`` those that prevail.
    """

    index: Index
    stage: Stage
    reported: Mapping[str, ReportedFact]
    unit: str = ""
    declared: Mapping[str, DeclaredPoints] = field(factory=dict)
    verified: Mapping[str, DeclaredPoints] = field(factory=dict)
    statistics: Mapping[str, Value] = field(factory=dict)

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """The values that rules read: cohort statistics, what is given for the unit, and what the unit reported."""
        hidden = self.undocumented if self.index.method.undocumented.policy == "no_evidence" else frozenset()
        own = {name: fact.value for name, fact in self.reported.items() if name not in hidden}
        return {**self.statistics, **self.index.given(self.unit), **own}

    @property
    def proved(self) -> Mapping[str, Value]:
        """The values that the unit brings to its cohort's statistics: what no document proves only where the method accepts it."""
        if self.index.method.undocumented.policy == "accept":
            return self.values
        return {name: value for name, value in self.values.items() if name not in self.undocumented}

    @cached_property
    def undocumented(self) -> frozenset[str]:
        """The facts that no document proves."""
        return frozenset(name for name, fact in self.reported.items() if not fact.documents)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The names of facts and units."""
        return Lexicon(self.index.facts, self.index.quantities.units)

    def setting(self, criterion: Criterion) -> Setting:
        """Return what reasons and steps of a criterion are told from."""
        return Setting(values=self.values, lexicon=self.lexicon, calendars=self.index.calendars, round_rate=self.rate(criterion))

    def known(self, criterion: Criterion) -> Known:
        """Return what is known, as the range of a criterion's rule takes it."""
        return Known(self.index.facts, self.values, calendars=self.index.calendars, round_rate=self.rate(criterion))

    def rate(self, criterion: Criterion | None) -> Rounding | None:
        """Return how the method rounds the rates of a criterion, or those of its own conditions (``None``), if it does."""
        exact = criterion is not None and criterion.exact_rates
        return None if exact else self.index.method.rounding.rate

    def documents(self, facts: Iterable[str]) -> tuple[str, ...]:
        """Return the documents that prove some facts, each once."""
        papers = (paper for fact in facts if fact in self.reported for paper in self.reported[fact].documents)
        return tuple(dict.fromkeys(papers))

    def lead_unit(self, criterion: Criterion, edition: Edition) -> str:
        """Return the office that answers for a criterion: its own, or the field's."""
        return criterion.lead_unit or edition.lead_unit


def at_each_stage(index: Index, evidences: Iterable[Evidence]) -> tuple[Subject, ...]:
    """Return the unit as it stands at each stage that has evidence, in the method's order.

    A later stage sees the facts of the earlier ones and may replace them, and likewise points.
    """
    given = {evidence.stage: evidence for evidence in evidences}
    subjects: list[Subject] = []
    known = Subject(index=index, stage=index.method.stages[0], reported={})
    for stage in index.method.stages:
        if stage.id in given:
            known = _after(known, stage, given[stage.id])
            subjects.append(known)
    return tuple(subjects)


def _after(before: Subject, stage: Stage, evidence: Evidence) -> Subject:
    """Return the unit after one more stage."""
    prevailing = evidence.points if stage.points_prevail else {}
    declared = {} if stage.points_prevail else evidence.points
    return evolve(
        before,
        stage=stage,
        unit=evidence.unit.id,
        reported={**before.reported, **evidence.facts},
        declared={**before.declared, **declared},
        verified={**before.verified, **prevailing},
    )
