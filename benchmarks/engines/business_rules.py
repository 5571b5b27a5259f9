"""business-rules: a rule a criterion, whose condition is the floor and whose action gives the points, floats by Python."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from business_rules import run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_NUMERIC
from business_rules.variables import BaseVariables, numeric_rule_variable
from ruleset import Rows, Rule, Units

from engines.base import ONE_BY_ONE, Engine


class BusinessRules(Engine):
    """One run over all rules a unit."""

    name: ClassVar[str] = "business-rules"
    package: ClassVar[str] = "business-rules"
    exact: ClassVar[bool] = False
    most_units: ClassVar[int] = ONE_BY_ONE

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Write the rules, and the variables and the action that they name."""
        self.rules = [_rule(place, rule) for place, rule in enumerate(rules)]
        self.variables, self.actions = _variables(rules), _actions(rules)

    def load(self, units: Units) -> list[dict[str, int]]:
        """Return a dictionary a unit."""
        return units.rows()

    def score(self, loaded: list[dict[str, int]]) -> list[list[float]]:
        """Return floats."""
        return [self._score(row) for row in loaded]

    def _score(self, row: dict[str, int]) -> list[float]:
        actions = self.actions(row)
        run_all(self.rules, self.variables(row), actions)
        return list(actions.given)

    def points(self, scored: list[list[float]]) -> Rows:
        """Return points as floats."""
        return scored


def _rule(place: int, rule: Rule) -> dict[str, Any]:
    condition = {"name": f"rate_{rule.part}", "operator": "greater_than_or_equal_to", "value": 0.8}
    return {"conditions": {"all": [condition]}, "actions": [{"name": "give", "params": {"place": place, "most": float(rule.maximum)}}]}


def _variables(rules: Sequence[Rule]) -> Any:
    """Return a class with a rate a rule."""
    def made(rule: Rule) -> Callable[[Any], float]:
        def rate(self: Any) -> float:
            return float(self.row[rule.part] / self.row[rule.whole])

        return rate

    def start(self: Any, row: dict[str, int]) -> None:
        self.row = row

    return type("Variables", (BaseVariables,), {"__init__": start, **{f"rate_{rule.part}": numeric_rule_variable()(made(rule)) for rule in rules}})


def _actions(rules: Sequence[Rule]) -> Any:
    """Return a class with the one action."""
    def start(self: Any, row: dict[str, int]) -> None:
        self.row, self.given = row, [0.0] * len(rules)

    def give(self: Any, place: int, most: float) -> None:
        rule, row = rules[place], self.row
        self.given[place] = max(0.0, min(most, most * row[rule.part] / row[rule.whole]) - 0.25 * row[rule.missing])

    return type("Actions", (BaseActions,), {"__init__": start, "give": rule_action(params={"place": FIELD_NUMERIC, "most": FIELD_NUMERIC})(give)})
