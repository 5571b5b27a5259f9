"""ZEN, the rules engine in Rust: one expression that gives the points of every criterion, the fastest way found into it."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

import zen
from ruleset import Rows, Rule, Units

from engines.base import ONE_BY_ONE, Engine

TRACED = {"trace": True}


class Zen(Engine):
    """An expression that is compiled once; a graph of decisions is about ten times as slow."""

    name: ClassVar[str] = "ZEN (Rust), one compiled expression"
    package: ClassVar[str] = "zen-engine"
    exact: ClassVar[bool] = False
    most_units: ClassVar[int] = ONE_BY_ONE

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Compile the expression."""
        self.expression = zen.compile_expression(_points_of(rules))

    def load(self, units: Units) -> list[dict[str, int]]:
        """Return a dictionary a unit."""
        return units.rows()

    def score(self, loaded: list[dict[str, int]]) -> list[list[Any]]:
        """Return what each evaluation says."""
        evaluate = self.expression.evaluate
        return [evaluate(row) for row in loaded]

    def points(self, scored: list[list[Any]]) -> Rows:
        """Return points as floats."""
        return [[float(points) for points in row] for row in scored]


class ZenWithTrace(Zen):
    """The same expression in a graph of decisions, which is what has a trace."""

    name: ClassVar[str] = "ZEN (Rust), decision with trace"

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Make the decision."""
        content = zen.ZenDecisionContent(json.dumps(_graph(_points_of(rules))))
        self.decision = zen.ZenEngine().create_decision(content)

    def score(self, loaded: list[dict[str, int]]) -> list[list[Any]]:
        """Return points; the trace is made and left aside."""
        evaluate = self.decision.evaluate
        return [evaluate(row, TRACED)["result"]["points"] for row in loaded]


def _points_of(rules: Sequence[Rule]) -> str:
    return f"[{', '.join(_points(rule) for rule in rules)}]"


def _points(rule: Rule) -> str:
    by_rate = f"min([{rule.maximum}, {rule.maximum} * {rule.part} / {rule.whole}])"
    return f"max([0, ({rule.part} / {rule.whole} >= 0.8 ? {by_rate} : 0) - 0.25 * {rule.missing}])"


def _graph(points: str) -> dict[str, Any]:
    content = {"expressions": [{"id": "points", "key": "points", "value": points}], "passThrough": False, "executionMode": "single"}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "rules", "name": "rules", "type": "expressionNode", "content": content, "position": {"x": 1, "y": 0}},
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [{"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other} for one, other in (("in", "rules"), ("rules", "out"))]
    return {"nodes": nodes, "edges": edges}
