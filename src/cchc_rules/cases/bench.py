"""An edition on the bench: scored by itself, without the method that will use it one day.

The bench rounds nothing, asks for no documents and has one stage, so what a case shows is the edition's own text.
"""

from collections.abc import Mapping
from decimal import Decimal

from attrs import evolve, frozen

from cchc_rules.base.texts import Text, same
from cchc_rules.decisions.binding import reference_values
from cchc_rules.engine.criteria import score_leaf
from cchc_rules.engine.subject import Subject
from cchc_rules.engine.unit import score_with
from cchc_rules.index import Index
from cchc_rules.methods import FieldUsed, Method, NominalTotal, NotApplicableRule, RoundingRule, Stage
from cchc_rules.model import AssessedUnit, Criterion, Edition, Evidence, Fact, ReportedFact, Value
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.scorecard import Score

UNIT = AssessedUnit(id="case", label="case")
STAGE = Stage(id="case", label=Text("trường hợp", "case"))
PROOF = ("case",)
"""The facts of a case count as proved."""


@frozen(kw_only=True)
class Bench:
    """One edition, ready to be tried on the facts of a case; the index is of this edition alone."""

    edition: Edition
    index: Index
    registered: Registered[Edition]

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts that a case may name."""
        return self.index.facts

    def lexicon(self) -> Lexicon:
        """Return the names of facts and units."""
        return Lexicon(self.facts, self.index.quantities.units)

    def subject(self, values: Mapping[str, Value]) -> Subject:
        """Return the unit of a case, with the facts that it gives."""
        return Subject(index=self.index, stage=STAGE, reported=_reported(values))

    def score(self, criterion: Criterion, values: Mapping[str, Value]) -> Score:
        """Return what a criterion comes to on some facts.

        A regular criterion with a form is tried by itself, so that a case names only what its rule reads;
        a parent, a criterion with a prerequisite, a bonus or a penalty is scored with all that it depends on.
        """
        if criterion.rule is not None and criterion.kind == "regular" and not criterion.prerequisite:
            return score_leaf(criterion, self.edition, self.subject(values))
        return self.alone(criterion).scores(values)[criterion.id]

    def scores(self, values: Mapping[str, Value]) -> Mapping[str, Score]:
        """Return what every criterion of the edition comes to on some facts."""
        evidence = Evidence(unit=UNIT, method=self.index.method.id, year=self.edition.year, stage=STAGE.id, facts=_reported(values))
        return {each.id: each for each in score_with(self.index, [evidence], {}).scores}

    def alone(self, criterion: Criterion) -> "Bench":
        """Return the bench with nothing but one criterion and all that it depends on."""
        needed = self.edition.needed_by(criterion.id)
        kept = tuple(
            evolve(each, parent=each.parent if each.parent in needed and each.id != criterion.id else "")
            for each in self.edition.criteria if each.id in needed
        )
        edition = evolve(self.edition, criteria=kept)
        return evolve(self, edition=edition, index=evolve(self.index, editions=(edition,)))


def bench(registry: Registry, registered: Registered[Edition]) -> Bench:
    """Return the bench of one edition; raises ``CchcError`` where its references or computations are broken."""
    edition = registered.value
    facts = {name: evolve(fact, entered_at="") for name, fact in registry.facts_of(registered).items()}
    index = Index(
        method=_method(edition),
        editions=(edition,),
        facts=facts,
        quantities=registry.quantities,
        references=reference_values(edition.references, facts, registry.quantities),
        statistics={each.id: each for each in edition.statistics},
        computations=registry.computations(registered),
        calendars=registry.calendars,
    )
    return Bench(edition=edition, index=index, registered=registered)


def _method(edition: Edition) -> Method:
    return Method(
        id="bench",
        label=same("bench"),
        issuer="",
        level=edition.level,
        year=edition.year,
        fields=(FieldUsed(number="1", field=edition.field, edition_year=edition.year, version=edition.version),),
        nominal_total=NominalTotal(value=edition.max_points or Decimal(1)),
        not_applicable=NotApplicableRule(policy="leave_out"),
        rounding=RoundingRule(),
        stages=(STAGE,),
        units=(UNIT,),
    )


def _reported(values: Mapping[str, Value]) -> dict[str, ReportedFact]:
    return {name: ReportedFact(id=name, value=value, documents=PROOF) for name, value in values.items()}
