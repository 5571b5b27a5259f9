"""An index: one method bound to the editions, facts and units that it uses, ready to score."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from attrs import field, frozen

from cchc_rules.calendars import Calendar
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
    statistics: Mapping[str, Statistic] = field(factory=dict)
    computations: Mapping[str, Computation] = field(factory=dict)
    calendars: Mapping[str, Calendar] = field(factory=dict)
    seals: tuple[tuple[str, str], ...] = ()

    @property
    def units(self) -> dict[str, AssessedUnit]:
        """The units that the method assesses, by id."""
        return {unit.id: unit for unit in self.method.units}

    @property
    def stages(self) -> dict[str, Stage]:
        """The stages of the method, by id."""
        return {stage.id: stage for stage in self.method.stages}

    def criterion(self, criterion_id: str) -> Criterion:
        """Return one criterion of any field; raises ``KeyError`` where there is none."""
        for edition in self.editions:
            for criterion in edition.criteria:
                if criterion.id == criterion_id:
                    return criterion
        raise KeyError(criterion_id)
