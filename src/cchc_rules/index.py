"""An index: one method bound to the editions, facts and units that it uses, ready to score."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from attrs import field, frozen

from cchc_rules.base.errors import Finding
from cchc_rules.calendars import Calendar
from cchc_rules.counting import RecordRegister, RecordRule
from cchc_rules.methods import Method, Stage
from cchc_rules.model import AssessedUnit, ComputedPoints, Criterion, Edition, Fact, Statistic, Value
from cchc_rules.quantities import Quantities

Computation = Callable[[Mapping[str, Value], Fraction], ComputedPoints]
"""A plugin's own rule: the facts that it named and the maximum in, ``ComputedPoints`` out."""


@frozen(kw_only=True)
class Index:
    """Everything that scoring under one method and year needs, found and merged beforehand."""

    method: Method
    editions: tuple[Edition, ...]
    facts: Mapping[str, Fact]
    quantities: Quantities
    references: Mapping[str, Value] = field(factory=dict)
    known: Mapping[str, Mapping[str, Value]] = field(factory=dict)
    """What the method itself knows of a unit, by the unit's id."""
    statistics: Mapping[str, Statistic] = field(factory=dict)
    computations: Mapping[str, Computation] = field(factory=dict)
    calendars: Mapping[str, Calendar] = field(factory=dict)
    registers: Mapping[str, RecordRegister] = field(factory=dict)
    records: Mapping[str, RecordRule] = field(factory=dict)
    """How facts are counted over registers, by the fact's id."""
    seals: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    """What whoever reads a result has to know of the tables that it rests on."""

    @property
    def units(self) -> dict[str, AssessedUnit]:
        """The units that the method assesses, by id."""
        return {unit.id: unit for unit in self.method.units}

    @property
    def stages(self) -> dict[str, Stage]:
        """The stages of the method, by id."""
        return {stage.id: stage for stage in self.method.stages}

    def given(self, unit_id: str) -> Mapping[str, Value]:
        """Return the facts that a unit does not enter: the year's reference data, and what is known of that unit."""
        return {**self.references, **self.known.get(unit_id, {})}

    def criterion(self, criterion_id: str) -> Criterion:
        """Return one criterion of any field; raises ``KeyError`` where there is none."""
        for edition in self.editions:
            for criterion in edition.criteria:
                if criterion.id == criterion_id:
                    return criterion
        raise KeyError(criterion_id)
