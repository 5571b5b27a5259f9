"""cchc_rules on columns: points, states, field, total and how each row was decided, on four kinds of frames."""

from collections.abc import Sequence
from typing import Any, ClassVar

from ruleset import METHOD, PLUGINS, YEAR, Rows, Rule, Units

import cchc_rules as cchc
from engines.base import Engine, by_unit


class OnPolars(Engine):
    """A Polars frame in, a Polars frame out."""

    name: ClassVar[str] = "cchc_rules, Polars frame"
    package: ClassVar[str] = "cchc-rules"

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Load the method from the folder of its plugin."""
        self.index = cchc.load_index(METHOD, YEAR, plugins=[PLUGINS])
        self.names = [f"{rule.id}:points" for rule in rules]

    def load(self, units: Units) -> Any:
        """Return a frame."""
        import polars as pl

        return pl.DataFrame(units.columns)

    def score(self, loaded: Any) -> Any:
        """Return the frame of results."""
        return cchc.score_frame(self.index, loaded, states="numbers").frame

    def points(self, scored: Any) -> Rows:
        """Return hundredths."""
        return by_unit([scored[name].to_list() for name in self.names])


class OnLazyPolars(OnPolars):
    """A lazy frame in, whose results are collected."""

    name: ClassVar[str] = "cchc_rules, lazy Polars"

    def load(self, units: Units) -> Any:
        """Return a lazy frame."""
        return super().load(units).lazy()

    def score(self, loaded: Any) -> Any:
        """Return the results, collected."""
        return super().score(loaded).collect()


class OnPandas(OnPolars):
    """A pandas frame in, a pandas frame out."""

    name: ClassVar[str] = "cchc_rules, pandas frame"

    def load(self, units: Units) -> Any:
        """Return a frame."""
        import pandas as pd

        return pd.DataFrame(units.columns)


class OnDuckDB(OnPolars):
    """A table of a DuckDB database in memory; the results are brought out as an Arrow table."""

    name: ClassVar[str] = "cchc_rules, DuckDB"

    def load(self, units: Units) -> Any:
        """Return a relation."""
        from engines.by_hand_duckdb import table_of

        return table_of(units)

    def score(self, loaded: Any) -> Any:
        """Return the results, carried out."""
        return super().score(loaded).to_arrow_table()

    def points(self, scored: Any) -> Rows:
        """Return hundredths."""
        return by_unit([scored.column(name).to_pylist() for name in self.names])
