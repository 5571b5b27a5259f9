"""The kinds of frames: how each comes in, what its backend can do, how the result goes back as the same kind."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.extras import library
from cchc_rules.base.texts import Text

ROW = "·row"


@frozen(kw_only=True)
class Kind:
    """A frame as narwhals sees it; an eager one is carried out on Polars, numbered by row.

    ``rows`` is how many rows there are, ``None`` where the frame is lazy; ``original`` holds them as given.
    ``back`` gives back a result with the same rows, ``anew`` one with rows of its own.
    """

    frame: Any
    schema: Mapping[str, Any]
    lazy: bool
    back: Callable[[Any], Any]
    anew: Callable[[Any], Any]
    has_timestamps: bool
    binds_operands: bool
    narrow_literals: bool = False
    rows: int | None = None
    original: Any = None


def kind_of(frame: Any, *, collect: bool) -> Kind:
    """Return the kind of a frame; raises ``InputError`` for what is none, and where the extra is not installed."""
    nw = _narwhals()
    try:
        given = nw.from_native(frame)
    except TypeError as error:
        raise InputError(_no_frame(type(frame).__name__)) from error
    if isinstance(given, nw.LazyFrame):
        return _eager(given.collect("polars"), lambda result: result) if collect else _lazy(given)
    return _eager(given, lambda result: result)


def _narwhals() -> Any:
    """Return narwhals; eager frames are carried out on Polars, which has to be there too."""
    return library("narwhals", "polars", extra="columns", place=Place(where="score_frame"),
                   missing=Text("chưa cài thư viện để chấm theo cột", "the libraries for columns are not installed"))


def _lazy(given: Any) -> Kind:
    name = given.implementation.value
    return Kind(frame=given, schema=dict(given.collect_schema()), lazy=True, back=lambda result: result.to_native(), anew=lambda result: result.to_native(),
                has_timestamps=name == "polars", binds_operands=name != "polars", narrow_literals=name == "ibis")


def _eager(given: Any, back: Callable[[Any], Any]) -> Kind:
    """Return an eager frame carried out on Polars; pandas and PyArrow frames come back as they came."""
    import narwhals as nw
    import polars as pl

    native, name = given.to_native(), given.implementation.value
    if name == "polars":
        original, back = native, _collected
        anew = back
    elif name == "pyarrow":
        original, back = pl.from_arrow(native), lambda result: _collected(result).to_arrow()
        anew = back
    elif name == "pandas":
        original, back = pl.from_arrow(_arrow_of(native)), lambda result: _pandas_of(_collected(result), native.index)
        anew = _pandas_anew
    else:
        raise InputError(_no_frame(type(native).__name__))
    assert isinstance(original, pl.DataFrame)
    frame = nw.from_native(original.with_row_index(ROW).lazy())
    return Kind(frame=frame, schema=dict(nw.from_native(original).schema), lazy=False, back=back, anew=anew,
                has_timestamps=True, binds_operands=False, rows=original.height, original=original)


def _collected(result: Any) -> Any:
    import polars as pl

    native = result.to_native()
    return native.collect() if isinstance(native, pl.LazyFrame) else native


def _arrow_of(frame: Any) -> Any:
    """Return a pandas frame as an Arrow table: NaN is a blank, decimals and dates keep their types."""
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False)


def _pandas_anew(result: Any) -> Any:
    """Return a result with rows of its own as a pandas frame."""
    return _pandas_of(_collected(result), None)


def _pandas_of(result: Any, index: Any) -> Any:
    """Return a result as a pandas frame with nullable types and, where its rows are the same, the index that the given one had."""
    import pandas as pd

    frame = result.to_arrow().to_pandas(types_mapper=pd.ArrowDtype)
    if index is not None:
        frame.index = index
    return frame


def _no_frame(name: str) -> Finding:
    return Finding(
        code="frame-unknown",
        place=Place(where="score_frame"),
        reason=Text(f"“{name}” không phải một bảng dữ liệu dùng được", f"{name!r} is no frame that can be used"),
        remedy=Text("dùng Polars, pandas, PyArrow, DuckDB, Ibis hoặc PySpark", "give a frame of Polars, pandas, PyArrow, DuckDB, Ibis or PySpark"),
    )
