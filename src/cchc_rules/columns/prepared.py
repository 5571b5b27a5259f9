"""The columns that a user has as columns of whole numbers and flags: what is blank, what is known, what cannot be."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from cchc_rules.arithmetic.facts import places_of, range_of
from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.model import Fact

if TYPE_CHECKING:
    import narwhals as nw

EXACT_FLOATS = 2**53
"""Up to here a double holds every whole number."""


def prepared(facts: Mapping[str, Fact], schema: Mapping[str, Any], *, has_timestamps: bool) -> Iterator["nw.Expr"]:
    """Yield, for each fact that has a column: its whole number, whether it is known, whether it cannot be.

    What is blank or cannot be gets a number within its range, so that arithmetic stays within bounds. Raises
    ``InputError`` for a column whose type cannot hold the fact exactly.
    """
    for name, fact in facts.items():
        if name in schema:
            yield from _prepared(name, fact, schema[name], has_timestamps=has_timestamps)


def _prepared(name: str, fact: Fact, dtype: Any, *, has_timestamps: bool) -> Iterator["nw.Expr"]:
    import narwhals as nw

    column = nw.col(name)
    known = ~column.is_null()
    if dtype.is_float():
        known &= ~column.is_nan()
    if fact.type == "flag":
        _expect(fact, dtype, is_right=dtype == nw.Boolean, wanted=Text("đúng/sai (Boolean)", "true or false (Boolean)"))
        yield nw.when(known).then(column).otherwise(nw.lit(value=False)).alias(f"fact:{name}")
        yield known.alias(f"known:{name}")
        yield nw.lit(value=False).alias(f"unsound:{name}")
        return
    number, sound = _number(name, fact, dtype, has_timestamps=has_timestamps)
    low, high = range_of(fact)
    sound = known & sound & (number >= low) & (number <= high)
    yield nw.when(sound).then(number).otherwise(nw.lit(low, dtype=nw.Int64)).cast(nw.Int64).alias(f"fact:{name}")
    yield known.alias(f"known:{name}")
    yield (known & ~sound).alias(f"unsound:{name}")


def _number(name: str, fact: Fact, dtype: Any, *, has_timestamps: bool) -> tuple["nw.Expr", "nw.Expr"]:
    """Return a column as a whole number on its fact's scale, and whether it is just that."""
    import narwhals as nw

    column = nw.col(name)
    if fact.type == "level":
        _expect(fact, dtype, is_right=dtype in (nw.String, nw.Categorical, nw.Enum), wanted=Text("mã của mức (chữ)", "the id of a level (text)"))
        place = nw.lit(-1, dtype=nw.Int64)
        for index, level in enumerate(fact.levels):
            place = nw.when(column == nw.lit(level.id)).then(nw.lit(index, dtype=nw.Int64)).otherwise(place)
        return place, nw.lit(value=True)
    if fact.type == "date":
        _expect(fact, dtype, is_right=dtype == nw.Date, wanted=Text("ngày (Date)", "a date (Date)"))
        return ordinal(column, has_timestamps=has_timestamps), nw.lit(value=True)
    return _scaled(column, fact, dtype)


def _scaled(column: "nw.Expr", fact: Fact, dtype: Any) -> tuple["nw.Expr", "nw.Expr"]:
    """Return a number on its fact's scale; a rate's column is in per cent."""
    import narwhals as nw

    factor = 10 ** (places_of(fact) - (2 if fact.type == "rate" else 0))
    if dtype.is_integer() and factor == 1:
        return column if dtype == nw.Int64 else column.cast(nw.Int64), nw.lit(value=True)
    if dtype.is_integer():
        wide = column.cast(nw.Int64)
        within = (wide >= -EXACT_FLOATS // factor) & (wide <= EXACT_FLOATS // factor)
        return nw.when(within).then(wide).otherwise(nw.lit(0, dtype=nw.Int64)) * factor, within
    if isinstance(dtype, nw.Decimal) or dtype == nw.Decimal:
        turned = column * factor
        return turned.cast(nw.Int64), turned == turned.cast(nw.Int64)
    if dtype.is_float() and fact.type == "count":
        within = (column >= -EXACT_FLOATS) & (column <= EXACT_FLOATS)
        whole = nw.when(within).then(column).otherwise(nw.lit(0)).cast(nw.Int64)
        return whole, within & (whole == column)
    _wrong_type(fact, dtype, Text("số nguyên hoặc Decimal, không phải số thực", "whole numbers or Decimal, no floats"))


def ordinal(column: "nw.Expr", *, has_timestamps: bool) -> "nw.Expr":
    """Return a date as the number of its day, 1 being the first day of the year 1."""
    import narwhals as nw

    if has_timestamps:
        return column.dt.timestamp("ms") // 86_400_000 + 719_163
    month = column.dt.month().cast(nw.Int64)
    before_march = nw.when(month <= 2).then(nw.lit(1, dtype=nw.Int64)).otherwise(nw.lit(0, dtype=nw.Int64))
    year = column.dt.year().cast(nw.Int64) - before_march
    from_march = month - 3 + before_march * 12
    days = year * 365 + year // 4 - year // 100 + year // 400 + (from_march * 153 + 2) // 5
    return days + column.dt.day().cast(nw.Int64) - 306


def _expect(fact: Fact, dtype: Any, *, is_right: bool, wanted: Text) -> None:
    if not is_right:
        _wrong_type(fact, dtype, wanted)


def _wrong_type(fact: Fact, dtype: Any, wanted: Text) -> NoReturn:
    """Refuse a column whose type cannot hold its fact exactly."""
    raise InputError(Finding(
        code="column-type",
        place=Place(where=f"cột {fact.id}", where_en=f"column {fact.id}"),
        reason=Text(f"cột có kiểu {dtype}, cần {wanted.vi}", f"the column holds {dtype}, wanted are {wanted.en}"),
        remedy=Text("đổi kiểu của cột trước khi chấm; số thập phân dùng Decimal", "cast the column first; decimals go into Decimal"),
    ))
