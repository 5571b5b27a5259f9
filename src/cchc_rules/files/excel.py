"""Evidence in an Excel workbook: its cells as rows, with what spreadsheets do to numbers named."""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.extras import library
from cchc_rules.base.texts import Text
from cchc_rules.files.archives import archive_bytes
from cchc_rules.files.grid import MOST_ROWS, Cell, Row, is_header, no_header, unusable

MOST_COLUMNS = 60
HEADER_WITHIN = 200
LITERALS = re.compile(r'"[^"]*"|\\.')
"""The parts of a number format that are shown as they stand, such as a per cent sign that scales nothing."""


def excel_rows(path: Path) -> list[Row]:
    """Return the rows of the sheets that hold a table; raises ``InputError`` for a broken or hostile file."""
    place = Place(file=path.as_posix())
    shown, typed = opened(path, unusable)
    tables = [rows for sheet in shown.worksheets if (rows := _table(sheet, typed[sheet.title], place))]
    if not tables:
        raise InputError(no_header(place))
    if len(tables) > 1:
        raise InputError(unusable(place, Text("nhiều trang tính có bảng số liệu", "several sheets hold a table of facts")))
    return tables[0]


def opened(path: Path, unusable: Callable[[Place, Text], Finding]) -> tuple[Any, Any]:
    """Return a workbook as it shows its cells, and as they were typed; raises ``InputError`` for a broken or hostile file."""
    place = Place(file=path.as_posix())
    data = archive_bytes(path, unusable, Text("không phải tệp .xlsx", "not an .xlsx file"))
    openpyxl = excel_library("openpyxl", place)
    try:
        shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        typed = openpyxl.load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
    except Exception as error:
        raise InputError(unusable(place, Text("không mở được như một tệp Excel", "it cannot be opened as an Excel file"))) from error
    return shown, typed


def excel_library(name: str, place: Place) -> Any:
    """Return a library of the extra ``excel``."""
    return library(name, extra="excel", place=place, missing=Text("chưa cài phần đọc ghi Excel", "the part that reads and writes Excel is not installed"))


def _table(sheet: Any, typed: Any, place: Place) -> list[Row]:
    """Return the rows of a sheet with a table; none where no header row stands near its top."""
    if not any(is_header(row) for row in _rows(sheet, typed, place, HEADER_WITHIN)):
        return []
    if sheet.max_row > MOST_ROWS:
        raise InputError(unusable(place.at(sheet.title), Text(f"quá {MOST_ROWS} dòng, kể cả dòng trống có định dạng", f"more than {MOST_ROWS} rows, blank formatted ones included")))
    return list(_rows(sheet, typed, place, MOST_ROWS))


def _rows(sheet: Any, typed: Any, place: Place, most: int) -> Iterator[Row]:
    """Yield the first rows of a sheet as cells."""
    for row in sheet.iter_rows(max_row=min(sheet.max_row, most), max_col=min(sheet.max_column, MOST_COLUMNS)):
        yield [cell_of(cell, typed[cell.coordinate].value, sheet.title, place) for cell in row]


def cell_of(cell: Any, typed: object, sheet: str, place: Place) -> Cell:
    """Return one cell; a formula without a result, or with an error, is refused where it is read."""
    where = Place(file=place.file, where=f"{sheet}!{cell.coordinate}")
    value = cell.value
    if value is None and typed is not None:  # whatever shows nothing and was typed is a formula, an array's among them
        value = UncalculatedFormula(str(getattr(typed, "text", typed)))
    elif cell.data_type == "e":
        value = UncalculatedFormula(str(value))
    elif isinstance(value, dt.datetime) and value.time() == dt.time(0):
        value = value.date()
    shown_as = LITERALS.sub("", cell.number_format or "")
    return Cell(value=value, place=where, as_percent=isinstance(value, (int, float)) and "%" in shown_as, from_cell=True)


class UncalculatedFormula:
    """Stands in a cell whose formula has no result to read."""

    def __init__(self, formula: str) -> None:
        self.formula = formula

    def __str__(self) -> str:
        return self.formula
