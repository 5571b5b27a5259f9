"""DuckDB with a query written by hand: whole hundredths, one expression a criterion, nothing but points."""

from collections.abc import Sequence
from typing import Any, ClassVar

import duckdb
from ruleset import OFF_EACH, Rows, Rule, Units

from engines.base import Engine, by_unit


def table_of(units: Units) -> duckdb.DuckDBPyRelation:
    """Return units as a table of a database in memory."""
    import pyarrow as pa

    connection = duckdb.connect()
    connection.register("given", pa.table(units.columns))
    connection.execute("create table units as select * from given")
    connection.unregister("given")
    return connection.table("units")


class DuckDB(Engine):
    """The query, its results brought out as an Arrow table."""

    name: ClassVar[str] = "*limit:* DuckDB query by hand"
    package: ClassVar[str] = "duckdb"

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Write the expressions."""
        self.names = [rule.id for rule in rules]
        self.select = ", ".join(f'{_points(rule)} as "{rule.id}"' for rule in rules)

    def load(self, units: Units) -> duckdb.DuckDBPyRelation:
        """Return a relation."""
        return table_of(units)

    def score(self, loaded: duckdb.DuckDBPyRelation) -> Any:
        """Return the results, carried out."""
        return loaded.project(self.select).to_arrow_table()

    def points(self, scored: Any) -> Rows:
        """Return hundredths."""
        return by_unit([scored.column(name).to_pylist() for name in self.names])


def _points(rule: Rule) -> str:
    by_rate = f"least({rule.most}, ({2 * rule.most} * {rule.part} + {rule.whole}) // (2 * {rule.whole}))"
    reached = f"case when 5 * {rule.part} >= 4 * {rule.whole} then {by_rate} else 0 end"
    return f"greatest(0, {reached} - {OFF_EACH} * {rule.missing})"
