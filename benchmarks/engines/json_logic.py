"""json-logic (the package panzi-json-logic): a tree of JSON a criterion, walked for each unit."""

from collections.abc import Sequence
from typing import Any, ClassVar

from json_logic import jsonLogic
from ruleset import Rows, Rule, Units

from engines.base import ONE_BY_ONE, Engine


class JsonLogic(Engine):
    """Plain Python, floats."""

    name: ClassVar[str] = "json-logic (panzi)"
    package: ClassVar[str] = "panzi-json-logic"
    exact: ClassVar[bool] = False
    most_units: ClassVar[int] = ONE_BY_ONE

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Write the trees."""
        self.rules = [_points(rule) for rule in rules]

    def load(self, units: Units) -> list[dict[str, int]]:
        """Return a dictionary a unit."""
        return units.rows()

    def score(self, loaded: list[dict[str, int]]) -> list[list[Any]]:
        """Return floats."""
        return [[jsonLogic(rule, row) for rule in self.rules] for row in loaded]

    def points(self, scored: list[list[Any]]) -> Rows:
        """Return points as floats."""
        return [[float(points) for points in row] for row in scored]


def _points(rule: Rule) -> dict[str, Any]:
    most, part, whole, missing = float(rule.maximum), {"var": rule.part}, {"var": rule.whole}, {"var": rule.missing}
    by_rate = {"min": [most, {"/": [{"*": [most, part]}, whole]}]}
    reached = {"if": [{">=": [{"/": [part, whole]}, 0.8]}, by_rate, 0]}
    return {"max": [0, {"-": [reached, {"*": [0.25, missing]}]}]}
