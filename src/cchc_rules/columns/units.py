"""What the method's list of units adds to a frame: blocks, who is ranked, facts that it knows of a unit, units not there."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cchc_rules.arithmetic.facts import encoded, range_of
from cchc_rules.index import Index
from cchc_rules.model import Value

if TYPE_CHECKING:
    import narwhals as nw

UNIT, BLOCK, IS_RANKED = "unit", "block", "ranked"
IS_AWAITED, AWAITED_IN_BLOCK, AWAITED = "·is awaited", "·awaited in block", "·awaited"


def with_units(frame: Any, index: Index, schema: Mapping[str, Any]) -> Any:
    """Return a frame with the columns ``block`` and ``ranked``.

    A frame's own columns stand; without them the list of the method tells, where the frame names its units.
    """
    import narwhals as nw

    named = UNIT in schema
    units = index.method.units if named else ()
    if BLOCK not in schema:
        frame = frame.with_columns(_chosen({unit.id: unit.block for unit in units if unit.block}, nw.lit("")).alias(BLOCK))
    if IS_RANKED not in schema:
        unranked = [unit.id for unit in units if not unit.ranked]
        frame = frame.with_columns((~nw.col(UNIT).is_in(unranked) if unranked else nw.lit(value=True)).alias(IS_RANKED))
    return frame


def _chosen(values: Mapping[str, str], otherwise: "nw.Expr") -> "nw.Expr":
    """Return the value that belongs to each unit."""
    import narwhals as nw

    for value, ids in _by_value(values).items():
        otherwise = nw.when(nw.col(UNIT).is_in(ids)).then(nw.lit(value)).otherwise(otherwise)
    return otherwise


def _by_value(values: Mapping[str, Any]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for unit, value in values.items():
        found.setdefault(value, []).append(unit)
    return found


# ------------------------------------------------------------------ facts that the method knows of its units


def known_facts(index: Index, schema: Mapping[str, Any]) -> dict[str, dict[str, Value]]:
    """Return the facts that the method knows of some units, each with its value by unit."""
    found: dict[str, dict[str, Value]] = {}
    for unit, facts in index.known.items():
        for fact, value in facts.items():
            found.setdefault(fact, {})[unit] = value
    return found if UNIT in schema else {}


def filled_in(index: Index, schema: Mapping[str, Any], facts: Mapping[str, Mapping[str, Value]]) -> "Iterator[nw.Expr]":
    """Yield the columns of facts that the method knows of some units, where the frame leaves them blank."""
    import narwhals as nw

    for name, values in facts.items():
        is_flag = index.facts[name].type == "flag"
        blank = nw.lit(value=False) if is_flag else nw.lit(range_of(index.facts[name])[0], dtype=nw.Int64)
        number, reported = (nw.col(f"fact:{name}"), nw.col(f"known:{name}")) if name in schema else (blank, nw.lit(value=False))
        for value, ids in _by_value(values).items():
            whole = encoded(index.facts[name], value)
            told = nw.lit(whole) if is_flag else nw.lit(whole, dtype=nw.Int64)
            number = nw.when(~reported & nw.col(UNIT).is_in(ids)).then(told).otherwise(number)
        yield number.alias(f"fact:{name}")
        yield (reported | nw.col(UNIT).is_in(list(values))).alias(f"known:{name}")
        if name not in schema:
            yield nw.lit(value=False).alias(f"unsound:{name}")


# ------------------------------------------------------------------ units that are not there


def with_absent(frame: Any, index: Index, schema: Mapping[str, Any]) -> Any:
    """Return a frame that says of each row whether its unit is awaited, and how many are in its block and in all."""
    import narwhals as nw

    due = index.method.units_due if UNIT in schema else ()
    awaited = nw.lit(0, dtype=nw.Int64)
    for block, ids in _by_value({unit.id: unit.block for unit in due}).items():
        awaited = nw.when(nw.col(BLOCK) == nw.lit(block)).then(nw.lit(len(ids), dtype=nw.Int64)).otherwise(awaited)
    one, nought = (nw.lit(number, dtype=nw.Int64) for number in (1, 0))
    there = nw.when(nw.col(UNIT).is_in([unit.id for unit in due])).then(one).otherwise(nought) if due else nought
    return frame.with_columns(there.alias(IS_AWAITED), awaited.alias(AWAITED_IN_BLOCK), nw.lit(len(due), dtype=nw.Int64).alias(AWAITED))
