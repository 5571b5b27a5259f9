"""Polars with expressions written by hand: whole hundredths, one expression a criterion, nothing but points."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from ruleset import OFF_EACH, Rows, Rule, Units

from engines.base import Engine, by_unit


class Polars(Engine):
    """One ``select`` over a frame."""

    name: ClassVar[str] = "*limit:* Polars expressions by hand"
    package: ClassVar[str] = "polars"

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Write the expressions."""
        self.expressions = [_points(rule).alias(rule.id) for rule in rules]

    def load(self, units: Units) -> pl.DataFrame:
        """Return a frame."""
        return pl.DataFrame(units.columns)

    def score(self, loaded: pl.DataFrame) -> pl.DataFrame:
        """Return the points."""
        return loaded.select(self.expressions)

    def points(self, scored: pl.DataFrame) -> Rows:
        """Return hundredths."""
        return by_unit([column.to_list() for column in scored])


def _points(rule: Rule) -> pl.Expr:
    part, whole, missing = pl.col(rule.part), pl.col(rule.whole), pl.col(rule.missing)
    by_rate = ((part * (2 * rule.most) + whole) // (whole * 2)).clip(upper_bound=rule.most)
    reached = pl.when(part * 5 >= whole * 4).then(by_rate).otherwise(0)
    return (reached - missing * OFF_EACH).clip(lower_bound=0)
