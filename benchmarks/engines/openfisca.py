"""OpenFisca-core: a tax and benefit system with a variable a fact and a variable a criterion."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from ruleset import YEAR, Rows, Rule, Units

from engines.base import ONE_BY_ONE, Engine, by_unit

PERIOD = str(YEAR)


class FromArrays(Engine):
    """Arrays in: a simulation is built, its inputs are set, every criterion is calculated."""

    name: ClassVar[str] = "OpenFisca-core, arrays in"
    package: ClassVar[str] = "openfisca-core"
    exact: ClassVar[bool] = False

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Make the system."""
        unit = build_entity(key="unit", plural="units", label="", is_person=True)
        self.system = TaxBenefitSystem([unit])
        self.criteria = [rule.id.replace(".", "_").replace("-", "_") for rule in rules]
        for rule, name in zip(rules, self.criteria, strict=True):
            for fact in (rule.part, rule.whole, rule.missing):
                self.system.add_variable(_variable(fact, unit, int))
            self.system.add_variable(_variable(name, unit, float, _formula(rule)))

    def load(self, units: Units) -> Any:
        """Return the arrays as they are."""
        return units

    def score(self, loaded: Any) -> Any:
        """Return an array of points a criterion."""
        simulation = SimulationBuilder().build_default_simulation(self.system, loaded.count)
        for name, column in loaded.columns.items():
            simulation.set_input(name, PERIOD, column)
        return [simulation.calculate(name, PERIOD) for name in self.criteria]

    def points(self, scored: Any) -> Rows:
        """Return points as they are, of the width that the system keeps."""
        return by_unit([list(column) for column in scored])


class FromJson(FromArrays):
    """A situation as nested JSON in, a unit each, as its web interface takes them."""

    name: ClassVar[str] = "OpenFisca-core, nested JSON in"
    most_units: ClassVar[int] = ONE_BY_ONE

    def load(self, units: Units) -> dict[str, Any]:
        """Return the situation."""
        rows = units.rows()
        return {"units": {f"u{place}": {name: {PERIOD: value} for name, value in row.items()} for place, row in enumerate(rows)}}

    def score(self, loaded: Any) -> Any:
        """Return an array of points a criterion."""
        simulation = SimulationBuilder().build_from_entities(self.system, loaded)
        return [simulation.calculate(name, PERIOD) for name in self.criteria]


def _variable(name: str, entity: object, kind: type, formula: Callable[..., Any] | None = None) -> type:
    """Return a class of a variable, which is how the system takes them."""
    own = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    return type(name, (Variable,), own if formula is None else {**own, "formula": formula})


def _formula(rule: Rule) -> Callable[..., Any]:
    most = float(rule.maximum)

    def formula(unit: Any, period: Any) -> Any:
        rate = unit(rule.part, period) / unit(rule.whole, period)
        reached = np.where(rate >= 0.8, np.minimum(most, most * rate), 0)
        return np.maximum(0, reached - 0.25 * unit(rule.missing, period))

    return formula
