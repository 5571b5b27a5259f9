"""Small cohorts: an index whose criteria take over numbers as they are, and evidence of many units."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from attrs import evolve
from building import index_of

import cchc_rules as cchc
from cchc_rules.base.texts import same
from cchc_rules.decisions.binding import with_statistics
from cchc_rules.methods import RoundingRule
from cchc_rules.model import AssessedUnit, Criterion, Edition, Evidence, Fact, ReportedFact, Statistic, Value
from cchc_rules.rules import forms

MOST = Decimal(1_000_000)


def number(name: str) -> Fact:
    """Return a fact that is a number with up to two decimals."""
    return Fact(id=name, label=same(name), type="decimal", unit="point", places=2, range=(Decimal(0), MOST))


def taken_over(fact: str, **changes: object) -> Criterion:
    """Return a criterion worth just what a fact, or a statistic, is: as many points as its number."""
    form = forms.Given(fact=fact, out_of=MOST)
    return Criterion(id=f"field.{fact}", number="1", label=same(fact), max_points=MOST, form=form, **changes)  # type: ignore[arg-type]  # any field may be set


def cohort_index(facts: Sequence[str], statistics: Sequence[Statistic] = (), criteria: Sequence[Criterion] = (), **method: object) -> cchc.Index:
    """Return an index over numbers, nothing rounded unless asked for; its method lists no units, so that it awaits none."""
    declared = tuple(number(name) for name in facts)
    edition = Edition(
        field="field", label=same("lĩnh vực"), level="level", year=2099, max_points_provenance="assumed", facts=declared,
        max_points=sum((each.max_points for each in criteria if not each.parent), Decimal(0)), criteria=tuple(criteria), statistics=tuple(statistics),
    )
    index = index_of(edition, **{"rounding": RoundingRule(), "units": (), **method})
    known = with_statistics({fact.id: fact for fact in declared}, statistics)
    return evolve(index, facts=known, statistics={each.id: each for each in statistics})


def evidence_of_unit(unit: AssessedUnit, values: Mapping[str, Value | None], stage: str = "self") -> tuple[Evidence, ...]:
    """Return one unit's evidence at one stage; ``None`` is a number that it does not report."""
    facts = {name: ReportedFact(id=name, value=value, documents=("d",)) for name, value in values.items() if value is not None}
    return (Evidence(unit=unit, method="method", year=2099, stage=stage, facts=facts),)
