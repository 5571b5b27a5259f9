"""cchc_rules, one unit at a time: compiled, by the engine, and with every explanation."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

from ruleset import METHOD, PLUGINS, STAGE, UNIT, YEAR, Rows, Rule, Units

import cchc_rules as cchc
from engines.base import ONE_BY_ONE, Engine


class EachQuick(Engine):
    """The method compiled once; points, state and lost points of every criterion are read."""

    name: ClassVar[str] = "cchc_rules, compiled"
    package: ClassVar[str] = "cchc-rules"
    most_units: ClassVar[int] = ONE_BY_ONE

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Load the method from the folder of its plugin, and compile it."""
        self.scorer = cchc.Scorer(cchc.load_index(METHOD, YEAR, plugins=[PLUGINS]))

    def load(self, units: Units) -> list[dict[str, int]]:
        """Return a dictionary a unit."""
        return units.rows()

    def score(self, loaded: list[dict[str, int]]) -> list[Any]:
        """Return points, state and lost points."""
        scorer = self.scorer
        return [[(each.points, each.state, each.lost) for each in scorer(row).scores] for row in loaded]

    def points(self, scored: list[Any]) -> Rows:
        """Return hundredths."""
        return [[int(points * 100) for points, *_ in row] for row in scored]


class EachUnit(Engine):
    """The whole scorecard, with reasons: points, state and lost points of every criterion are read."""

    name: ClassVar[str] = "cchc_rules, whole scorecards"
    package: ClassVar[str] = "cchc-rules"
    most_units: ClassVar[int] = ONE_BY_ONE

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Load the method from the folder of its plugin."""
        from cchc_rules.engine import score

        self.card = score
        self.index = cchc.load_index(METHOD, YEAR, plugins=[PLUGINS])
        self.unit = next(each for each in self.index.method.units if each.id == UNIT)

    def load(self, units: Units) -> list[cchc.Evidence]:
        """Return evidence with a document."""
        return [self._evidence(row) for row in units.rows()]

    def _evidence(self, row: dict[str, int]) -> cchc.Evidence:
        facts = {name: cchc.ReportedFact(id=name, value=Fraction(value), documents=("report",)) for name, value in row.items()}
        documents = {"report": cchc.Document(id="report", title="Báo cáo")}
        return cchc.Evidence(unit=self.unit, method=METHOD, year=YEAR, stage=STAGE, facts=facts, documents=documents)

    def score(self, loaded: list[cchc.Evidence]) -> list[Any]:
        """Return points, state and lost points."""
        card, index = self.card, self.index
        return [[(each.points, each.state, [lost.exact for lost in each.deductions]) for each in card(index, evidence).scores] for evidence in loaded]

    def points(self, scored: list[Any]) -> Rows:
        """Return hundredths."""
        return [[int(points * 100) for points, *_ in row] for row in scored]


class EachExplained(EachUnit):
    """Every explanation is built as well."""

    name: ClassVar[str] = "cchc_rules, every explanation built"

    def score(self, loaded: list[cchc.Evidence]) -> list[Any]:
        """Return points and explanations."""
        cards = (self.card(self.index, evidence) for evidence in loaded)
        return [[(each.points, card.explain(each.id)) for each in card.scores] for card in cards]
