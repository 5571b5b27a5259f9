"""The table of an annex in an Excel or a Word file: its header found by names, its cells with their addresses."""

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import field, frozen

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.extras import library
from cchc_rules.base.texts import Text
from cchc_rules.files.archives import archive_bytes

MOST_ROWS = 3000
MOST_COLUMNS = 40
HEADER_WITHIN = 60
HEADINGS = {
    "number": ("stt", "tt", "số tt", "số thứ tự"),
    "maximum": ("điểm tối đa", "thang điểm", "điểm chuẩn"),
    "rule": ("cách chấm", "cách tính", "cách đánh giá", "hướng dẫn chấm", "phương pháp chấm"),
    "evidence": ("tài liệu kiểm chứng", "minh chứng", "hồ sơ kiểm chứng", "tài liệu"),
    "label": ("lĩnh vực", "tiêu chí", "nội dung"),
}
"""The columns of an annex and the words that their headings begin with."""
NEEDED = ("number", "label", "maximum")
COLUMN_NUMBER = re.compile(r"\(?[0-9]{1,2}\)?")


@frozen(kw_only=True)
class Cell:
    """One cell: its words, what kind of value they were, and where it stands."""

    text: str = ""
    kind: str = "text"
    """``text``, ``number``, ``date``, ``formula`` (without a result), or ``merged`` (a part of the cell above)."""
    place: Place = field(factory=Place)


@frozen(kw_only=True)
class Row:
    """One row of an annex by column; a cell that the row lacks is empty."""

    cells: dict[str, Cell] = field(factory=dict)

    def __getitem__(self, column: str) -> Cell:
        return self.cells.get(column, Cell(place=self.place))

    @property
    def place(self) -> Place:
        """Where the row begins."""
        return next((each.place for each in self.cells.values()), Place())


def read_annex(path: Path) -> list[Row]:
    """Return the rows below the header of an annex; raises ``InputError`` for a file that is none."""
    place = Place(file=path.as_posix())
    data = archive_bytes(path, _unusable, Text("không phải tệp .docx hoặc .xlsx", "neither a .docx nor an .xlsx file"))
    try:
        grids = _word_grids(data, place) if path.suffix.lower() == ".docx" else _excel_grids(data, place)
        tables = [rows for grid in grids if (rows := _below_header(grid))]
    except InputError:
        raise
    except Exception as error:  # whatever a broken or hostile file makes its library raise
        raise InputError(_unusable(place, Text("không mở được như một tệp Word hoặc Excel", "it cannot be opened as a Word or Excel file"))) from error
    if not tables:
        raise InputError(Finding(
            code="annex-header-missing", place=place,
            reason=Text("không thấy dòng tiêu đề có STT, tiêu chí và điểm tối đa", "there is no header row with number, criterion and maximum"),
            remedy=Text("giữ dòng tiêu đề của phụ lục: STT · Tiêu chí · Điểm tối đa · Cách chấm · Tài liệu kiểm chứng",
                        "keep the annex's header row"),
        ))
    return [row for table in tables for row in table]


def _unusable(place: Place, reason: Text) -> Finding:
    return Finding(code="file-unusable", place=place, reason=reason,
                   remedy=Text("mở bằng Word hoặc Excel, lưu lại thành .docx hoặc .xlsx", "open it in Word or Excel and save it as .docx or .xlsx"))


def plain(text: str) -> str:
    """Return words in NFC with single blanks; lines stay apart."""
    lines = (re.sub(r"[\s\u00a0]+", " ", line).strip() for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(line for line in lines if line)


# ------------------------------------------------------------------ Excel


def _excel_grids(data: bytes, place: Place) -> Iterator[list[list[Cell]]]:
    """Yield the cells of each sheet."""
    openpyxl = _library("openpyxl", place)
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    typed = openpyxl.load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
    for sheet in shown.worksheets:
        if sheet.max_row > MOST_ROWS:
            raise InputError(_unusable(place.at(sheet.title), Text(f"quá {MOST_ROWS} dòng", f"more than {MOST_ROWS} rows")))
        rows = sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS))
        yield [[_excel_cell(cell, typed[sheet.title][cell.coordinate].value, sheet.title, place) for cell in row] for row in rows]


def _excel_cell(cell: Any, typed: object, sheet: str, place: Place) -> Cell:
    """Return one cell of a sheet, with what Excel made of it."""
    at, value = place.at(f"{sheet}!{cell.coordinate}"), cell.value
    if type(cell).__name__ == "MergedCell":
        return Cell(kind="merged", place=at)
    if isinstance(typed, str) and typed.startswith("=") and (value is None or cell.data_type == "e"):
        return Cell(text=typed, kind="formula", place=at)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return Cell(text=str(value), kind="date", place=at)
    if isinstance(value, (int, Decimal)) or (value is not None and not isinstance(value, str)):
        return Cell(text=str(value).removesuffix(".0"), kind="number", place=at)
    return Cell(text=plain(value or ""), place=at)


# ------------------------------------------------------------------ Word


def _word_grids(data: bytes, place: Place) -> Iterator[list[list[Cell]]]:
    """Yield the cells of each table."""
    docx = _library("docx", place)
    for number, table in enumerate(docx.Document(io.BytesIO(data)).tables, 1):
        if len(table.rows) > MOST_ROWS:
            raise InputError(_unusable(place, Text(f"quá {MOST_ROWS} dòng", f"more than {MOST_ROWS} rows")))
        seen: set[int] = set()
        yield [list(_word_cells(row, (number, index), seen, place)) for index, row in enumerate(table.rows, 1)]


def _word_cells(row: Any, at: tuple[int, int], seen: set[int], place: Place) -> Iterator[Cell]:
    """Yield the cells of one row; one that goes on from above or from the left is merged."""
    for column, cell in enumerate(row.cells[:MOST_COLUMNS], 1):
        vi, en = f"bảng {at[0]}, dòng {at[1]}, cột {column}", f"table {at[0]}, row {at[1]}, column {column}"
        where = Place(file=place.file, where=vi, where_en=en)
        new = cell._tc not in seen  # noqa: SLF001 - the library has no other name for a cell's identity
        seen.add(cell._tc)  # noqa: SLF001 - as above
        yield Cell(text=plain(cell.text), place=where) if new else Cell(kind="merged", place=where)


def _library(name: str, place: Place) -> Any:
    """Return a library of the extra ``authoring``."""
    return library(name, extra="authoring", place=place, missing=Text("chưa cài phần đọc phụ lục", "the part that reads annexes is not installed"))


# ------------------------------------------------------------------ the header


def _below_header(grid: list[list[Cell]]) -> list[Row]:
    """Return the rows below a grid's header; none where there is no header."""
    for index, cells in enumerate(grid[:HEADER_WITHIN]):
        columns = columns_of(cells)
        if all(name in columns.values() for name in NEEDED):
            rows = [Row(cells={columns[at]: cell for at, cell in enumerate(each) if at in columns}) for each in grid[index + 1 :]]
            return [row for row in rows if not _is_furniture(row)]
    return []


def columns_of(cells: list[Cell]) -> dict[int, str]:
    """Return which column of a header stands for what; the first that fits counts."""
    found: dict[int, str] = {}
    for at, cell in enumerate(cells):
        words = cell.text.replace("\n", " ").casefold()
        name = next((name for name, starts in HEADINGS.items() if words.startswith(starts) and (name != "number" or words in starts)), "")
        if name and name not in found.values():
            found[at] = name
    return found


def _is_furniture(row: Row) -> bool:
    """Return whether a row says nothing: blank, the numbers of the columns, the header once more."""
    said = [cell for cell in row.cells.values() if cell.text or cell.kind != "text"]
    texts = [cell.text for cell in said]
    numbered = len(texts) > 2 and texts == [f"({index})" for index in range(1, len(texts) + 1)]
    again = set(columns_of(list(row.cells.values())).values()) >= set(NEEDED)
    return not any(texts) or numbered or again
