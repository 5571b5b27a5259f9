"""A register as a file: CSV or Parquet of any size read lazily by DuckDB, every cell strictly, and the file's digest."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.extras import library
from cchc_rules.base.reading import NO, YES
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import unreadable
from cchc_rules.counting import ColumnType, RecordColumn, RecordRegister

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"]
DATE = r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4})([ T].*)?"
WHOLE = r"-?[0-9]{1,18}"
DECIMAL = r"-?([0-9]{1,15}|0[.,][0-9]{1,6}|[0-9]{4,15}[.,][0-9]{1,6}|[0-9]{1,3}[.,]([0-9]{1,2}|[0-9]{4,6}))"
"""A number in text as the strict reader takes it: one that may be thousands or a decimal, like 1.234, is none."""


def digest_of(path: Path) -> str:
    """Return the digest of a file, read piece by piece; raises ``InputError`` where it cannot be opened."""
    try:
        with path.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError as error:
        raise InputError(unreadable(Place(file=path.as_posix()))) from error


def register_at(path: Path, register: RecordRegister) -> "DuckDBPyRelation":
    """Return the register in a file as a relation that is read when it is asked.

    In a CSV file a cell that cannot be read as its column's type is refused, never guessed at; empty cells are
    blank. Raises ``InputError`` for that, for files of another kind, and where DuckDB is not installed.
    """
    connection, place = _connection(), Place(file=path.as_posix())
    if not path.is_file():
        raise InputError(unreadable(place))
    import duckdb

    try:
        if path.suffix.lower() == ".parquet":
            return connection.read_parquet(path.as_posix())
        if path.suffix.lower() != ".csv":
            raise InputError(_unusable(place, Text(f"không đọc được loại tệp “{path.suffix}”", f"files of the kind {path.suffix!r} are not read"),
                                       Text("đưa sổ ở dạng .csv hoặc .parquet", "give the register as .csv or .parquet")))
        written = connection.read_csv(path.as_posix(), all_varchar=True, header=True)
        _refuse_unreadable(written, register, place)
        return written.project(", ".join(_cells(written, register)))
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise InputError(_unusable(place, Text(f"tệp hỏng hoặc không phải UTF-8: {said}", f"the file is broken, or not UTF-8: {said}"),
                                   Text("xuất lại sổ ra CSV UTF-8 hoặc Parquet", "write the register out again as CSV UTF-8 or Parquet"))) from error


def _connection() -> "DuckDBPyConnection":
    """Return a connection of its own; registers are counted with narwhals, which has to be there too."""
    duckdb = library("duckdb", "narwhals", extra="records", place=Place(where="cchc facts"),
                     missing=Text("chưa cài thư viện để đếm từ sổ", "the libraries that count over registers are not installed"))
    connection: DuckDBPyConnection = duckdb.connect()
    return connection


def _unusable(place: Place, reason: Text, remedy: Text) -> Finding:
    return Finding(code="file-unusable", place=place, reason=reason, remedy=remedy)


# ------------------------------------------------------------------ cells


def _cells(written: "DuckDBPyRelation", register: RecordRegister) -> Iterator[str]:
    """Yield each column that the register declares and the file has, read as its type."""
    yield from (f"{_read(each)} AS {_name(each)}" for each in register.columns if each.id in written.columns)


def _read(column: RecordColumn) -> str:
    """Return a column's cells read as its type; what cannot be read is NULL."""
    cell = _cell(column)
    ways: dict[ColumnType, str] = {
        "text": cell,
        "date": f"CASE WHEN regexp_full_match({cell}, {_text(DATE)}) THEN CAST(try_strptime({cell}, [{', '.join(map(_text, FORMATS))}]) AS DATE) END",
        "whole": f"CASE WHEN regexp_full_match({cell}, '{WHOLE}') THEN CAST({cell} AS BIGINT) END",
        "decimal": f"CASE WHEN regexp_full_match({cell}, '{DECIMAL}') THEN CAST(replace({cell}, ',', '.') AS DECIMAL(28, 6)) END",
        "flag": f"CASE WHEN lower({cell}) IN ({', '.join(sorted(map(_text, YES | NO)))}) THEN lower({cell}) IN ({', '.join(sorted(map(_text, YES)))}) END",
    }
    return ways[column.type]


def _cell(column: RecordColumn) -> str:
    """Return the text of a column's cells without blanks around it; nothing but blanks is NULL."""
    return f"nullif(trim(nfc_normalize({_name(column)})), '')"


def _name(column: RecordColumn) -> str:
    doubled = column.id.replace('"', '""')
    return f'"{doubled}"'


def _text(words: str) -> str:
    doubled = words.replace("'", "''")
    return f"'{doubled}'"


def _refuse_unreadable(written: "DuckDBPyRelation", register: RecordRegister, place: Place) -> None:
    """Refuse a file with cells that cannot be read: how many in each column, and one of them."""
    typed = [each for each in register.columns if each.id in written.columns and each.type != "text"]
    if not typed:
        return
    bad = [f"{_cell(each)} IS NOT NULL AND {_read(each)} IS NULL" for each in typed]
    counts = ", ".join(f"count(*) FILTER (WHERE {each}), min({_name(column)}) FILTER (WHERE {each})" for column, each in zip(typed, bad, strict=True))
    (found,) = written.aggregate(counts).fetchall()
    told = [(column, found[2 * at], found[2 * at + 1]) for at, column in enumerate(typed)]
    problems = [_unreadable_cell(column, number, example, place) for column, number, example in told if number]
    if problems:
        raise InputError(*problems)


def _unreadable_cell(column: RecordColumn, number: int, example: str, place: Place) -> Finding:
    wanted = {
        "date": Text("ngày/tháng/năm hoặc năm-tháng-ngày, năm có bốn chữ số", "day/month/year or year-month-day, four digits of the year"),
        "whole": Text("số nguyên, chỉ gồm chữ số", "a whole number, digits only"),
        "decimal": Text("số, không tách hàng nghìn, nhiều nhất 6 chữ số thập phân", "a number without grouping, of at most 6 decimals"),
        "flag": Text("“có” hoặc “không”", '"yes" or "no"'),
    }[column.type]
    return Finding(
        code="register-cell-unreadable", place=Place(file=place.file, where=f"cột {column.id}", where_en=f"column {column.id}"),
        reason=Text(f"{number} ô không đọc được, ví dụ “{example}”", f"{number} cells cannot be read, such as {example!r}"),
        remedy=Text(f"ghi {wanted.vi}; chưa có thì để trống", f"write {wanted.en}; leave blank what is not known"),
    )
