"""The layout of a query: steps one after another, a column a line, nothing written out that a step only hands on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp


def laid_out(text: str, dialect: str) -> Iterator[str]:
    """Yield the lines of a query: steps in place of nested queries, ``*`` for what a step only hands on, a column a line."""
    import sqlglot

    steps = _steps(sqlglot.parse_one(text, dialect=dialect))
    before = ""
    names: list[str] = []
    for place, step in enumerate(steps, start=1):
        last = place == len(steps)
        if not last:
            yield f"WITH step_{place} AS (" if place == 1 else f"), step_{place} AS ("
        elif place > 1:
            yield ")"
        yield from _written(step, before, names, dialect)
        before, names = f"step_{place}", [each.alias_or_name for each in step.expressions]


def _steps(query: "exp.Expr") -> "list[exp.Expr]":
    """Return nested selections, the innermost first."""
    from sqlglot import exp

    found = [query]
    while isinstance(inner := _source(found[-1]), exp.Subquery):
        found.append(inner.this)
    return found[::-1]


def _source(selection: "exp.Expr") -> "exp.Expr":
    """Return what a selection reads: it reads one thing, and does nothing but select."""
    from sqlglot import exp

    known = {key for key, value in selection.args.items() if value}
    origin = selection.find(exp.From)
    assert origin is not None  # every selection that is made here reads something
    assert len(known) == 2, known  # columns, and where from
    source: exp.Expr = origin.this
    return source


def _written(step: "exp.Expr", before: str, names: list[str], dialect: str) -> Iterator[str]:
    """Yield one selection line by line."""
    handed_on = {each.alias_or_name for each in step.expressions if _is_handed_on(each)}
    everything = bool(names) and handed_on >= set(names)
    columns = [each for each in step.expressions if not (everything and _is_handed_on(each))]
    yield "SELECT *," if everything else "SELECT"
    written = [_simple(each).sql(dialect=dialect) for each in columns]
    yield from (f"  {each}," for each in written[:-1])
    yield f"  {written[-1]}"
    yield f"FROM {before or _source(step).this.sql(dialect=dialect)}"


def _is_handed_on(column: "exp.Expr") -> bool:
    """Return whether a column goes through a step as it is, under the name that it has."""
    from sqlglot import exp

    inner = column.this if isinstance(column, exp.Alias) else column
    return isinstance(inner, exp.Column) and inner.name == column.alias_or_name


def _simple(column: "exp.Expr") -> "exp.Expr":
    """Return a column without the name of the one thing that is read, and choices in one row instead of one in another."""
    from sqlglot import exp

    for each in column.find_all(exp.Column):
        each.set("table", None)
    for case in list(column.find_all(exp.Case)):
        while isinstance(inner := case.args.get("default"), exp.Case) and inner.this is None and case.this is None:
            case.set("ifs", [*case.args["ifs"], *inner.args["ifs"]])
            case.set("default", inner.args.get("default"))
    return column
