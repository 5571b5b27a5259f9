"""rule-engine: an expression a criterion, carried out on decimals, one unit at a time."""

from collections.abc import Sequence
from typing import Any, ClassVar

import rule_engine
from ruleset import Rows, Rule, Units

from engines.base import ONE_BY_ONE, Engine


class RuleEngine(Engine):
    """Compiled expressions; numbers are decimals of 28 digits."""

    name: ClassVar[str] = "rule-engine (decimals)"
    package: ClassVar[str] = "rule-engine"
    exact: ClassVar[bool] = False
    most_units: ClassVar[int] = ONE_BY_ONE

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Compile the expressions."""
        self.rules = [rule_engine.Rule(_points(rule)) for rule in rules]

    def load(self, units: Units) -> list[dict[str, int]]:
        """Return a dictionary a unit."""
        return units.rows()

    def score(self, loaded: list[dict[str, int]]) -> list[list[Any]]:
        """Return decimals."""
        return [[rule.evaluate(row) for rule in self.rules] for row in loaded]

    def points(self, scored: list[list[Any]]) -> Rows:
        """Return points as they are."""
        return scored


def _points(rule: Rule) -> str:
    by_rate = f"$min([{rule.maximum}, {rule.maximum} * {rule.part} / {rule.whole}])"
    return f"$max([0, ({rule.part} / {rule.whole} >= 0.8 ? {by_rate} : 0) - 0.25 * {rule.missing}])"
