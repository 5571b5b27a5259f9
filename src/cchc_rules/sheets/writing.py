"""The workbook of an edition: every cell text, so that Excel makes no dates and no numbers of what stands in it."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.decisions.structure import Structure
from cchc_rules.files.cells import MOST_CHARACTERS, height_of
from cchc_rules.files.excel import excel_library
from cchc_rules.model import Edition
from cchc_rules.sheets.columns import (
    BAND_COLUMNS,
    BANDS_TITLE,
    BASE_TITLE,
    CRITERIA,
    GUIDE_TITLE,
    HEAD_COLUMNS,
    HEAD_TITLE,
    LISTINGS,
    WORDING,
    Column,
    Listing,
)
from cchc_rules.sheets.views import View, packed

SCHEMA = "cchc.sheet/1"
CREATED = dt.datetime.fromtimestamp(0, dt.UTC)  # a fixed moment, so that the same edition is the same bytes
PIECE = 30_000
SPARE_ROWS = 200
"""Rows below the last one that have lists to choose from too."""
GUIDE = (
    "Bảng này là bản xem và sửa của tệp TOML; tệp TOML vẫn là bản gốc duy nhất.",
    "Sửa xong, lưu lại rồi chạy lệnh dưới đây: lệnh chỉ in ra những gì sẽ thay đổi, chưa ghi gì.",
    "    cchc sheet {name} --back TỆP.xlsx --dry-run",
    "Đúng ý thì chạy lại, bỏ --dry-run. Chỉ những ô đã sửa được ghi vào tệp TOML; chú thích của anh chị trong tệp được giữ nguyên.",
    "Mọi ô đều là văn bản: cứ gõ 12/12 hay 3.10, Excel không đổi. Số thập phân dùng dấu phẩy; ngưỡng phần trăm gõ kèm dấu %, ví dụ 98 %.",
    "Thêm tiêu chí: thêm một dòng, ghi mã mới. Đổi thứ tự: chuyển cả dòng. Mã (id) của dòng đã có thì không đổi.",
    "Bỏ một dòng: ghi x ở cột “Bỏ”. Xoá hẳn dòng khỏi bảng thì lệnh báo lỗi, không bỏ gì.",
    "Mức điểm của cách chấm `bands` nằm ở trang “Mức điểm”, mỗi mức một dòng; các tham số khác ở cột “Tham số”, mỗi dòng một `khoá = giá trị`.",
    "Cột màu xám do máy viết, chỉ để đọc.",
)


@frozen(kw_only=True)
class _Styles:
    """The formats of the workbook's cells."""

    title: Any
    head: Any
    entry: Any
    read_only: Any


def workbook_bytes(edition: Edition, view: View, structure: Structure) -> bytes:
    """Return an edition as the bytes of an .xlsx file, the same for the same edition.

    Raises ``InputError`` where a cell cannot hold its text.
    """
    xlsxwriter = excel_library("xlsxwriter", Place(where=CRITERIA.title))
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": CREATED, "title": edition.id})
        styles = _styles(book)
        _listing(book.add_worksheet(CRITERIA.title), CRITERIA, view, styles, tuple(structure.forms))
        _bands(book.add_worksheet(BANDS_TITLE), view, styles)
        _head(book.add_worksheet(HEAD_TITLE), view, styles)
        for listing in LISTINGS[1:]:
            _listing(book.add_worksheet(listing.title), listing, view, styles, ())
        guide, base = book.add_worksheet(GUIDE_TITLE), book.add_worksheet(BASE_TITLE)
        guide.set_column(0, 0, 120)
        for row, line in enumerate(GUIDE):
            guide.write_string(row, 0, line.format(name=edition.id))
        _base(base, edition, view)
    return buffer.getvalue()


def _styles(book: Any) -> _Styles:
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True, "num_format": "@"}
    return _Styles(
        title=book.add_format({**base, "bold": True, "text_wrap": False}),
        head=book.add_format({**base, "bold": True, "border": 1, "bg_color": "#D9E2F3", "align": "center"}),
        entry=book.add_format(base),
        read_only=book.add_format({**base, "bg_color": "#EDEDED", "italic": True}),
    )


def _header(sheet: Any, columns: Sequence[Column], styles: _Styles, rows: int) -> None:
    """Write the names of the columns, with what can be chosen below them, and set each as text to its very end."""
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width, styles.read_only if column.key == WORDING else styles.entry)
        sheet.write_string(0, at, column.label, styles.head)
        if column.note:
            sheet.write_comment(0, at, column.note)
        below = (1, at, rows + SPARE_ROWS, at)
        if column.words:
            sheet.data_validation(*below, {"validate": "list", "source": list(column.words)})
        if column.key == WORDING:
            sheet.data_validation(*below, {"validate": "custom", "value": "=FALSE", "error_title": "Chỉ để đọc", "error_message": column.note})
    sheet.autofilter(0, 0, rows, len(columns) - 1)


def _listing(sheet: Any, listing: Listing, view: View, styles: _Styles, forms: tuple[str, ...]) -> None:
    """Write one list, one row an entry."""
    rows = view.lists.get(listing.name, ())
    _header(sheet, listing.columns, styles, len(rows))
    sheet.freeze_panes(1, [each.key for each in listing.columns].index("label") + 1 if listing is CRITERIA else 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for at, row in enumerate(rows, 1):
        sheet.set_row(at, height_of((row.texts.get(each.key, ""), each.width) for each in listing.columns))
        for column, each in enumerate(listing.columns):
            if text := row.texts.get(each.key, ""):
                _write(sheet, at, column, text, styles.read_only if each.key == WORDING else styles.entry)
    if forms:
        column = [each.key for each in listing.columns].index("form")
        # more names than a list in a cell's rule may hold: what is typed is checked on the way back
        sheet.data_validation(1, column, len(rows) + SPARE_ROWS, column, {
            "validate": "any", "input_title": "Cách chấm", "input_message": ", ".join(forms)[:250]})


def _bands(sheet: Any, view: View, styles: _Styles) -> None:
    """Write the bands, one a row."""
    bands = [{**band, "id": row.id, WORDING: f"{row.texts.get('number', '')} {row.texts.get('label', '')}".strip()}
             for row in view.lists.get(CRITERIA.name, ()) for band in row.bands]
    _header(sheet, BAND_COLUMNS, styles, len(bands))
    sheet.freeze_panes(1, 1)
    for at, band in enumerate(bands, 1):
        for column, each in enumerate(BAND_COLUMNS):
            if text := band.get(each.key, ""):
                _write(sheet, at, column, text, styles.read_only if each.key == WORDING else styles.entry)


def _head(sheet: Any, view: View, styles: _Styles) -> None:
    """Write what holds for the whole field, one key a row."""
    for at, width in enumerate((28, 26, 90)):
        sheet.set_column(at, at, width, styles.entry)
    for at, name in enumerate(("Nội dung", "Khoá", "Giá trị")):
        sheet.write_string(0, at, name, styles.head)
    for row, column in enumerate(HEAD_COLUMNS, 1):
        sheet.write_string(row, 0, column.label, styles.read_only)
        sheet.write_string(row, 1, column.key, styles.read_only)
        if text := view.head.get(column.key, ""):
            sheet.set_row(row, height_of([(text, 90)]))
            _write(sheet, row, 2, text, styles.entry)
        if column.words:
            sheet.data_validation(row, 2, row, 2, {"validate": "list", "source": list(column.words)})
    sheet.freeze_panes(1, 0)


def _base(sheet: Any, edition: Edition, view: View) -> None:
    """Keep what the workbook showed at first: so it is seen later what has been changed in it, and what in the file."""
    sheet.write_string(0, 0, SCHEMA)
    sheet.write_string(1, 0, edition.id)
    text = packed(view)
    for row, start in enumerate(range(0, len(text), PIECE), 2):
        sheet.write_string(row, 0, text[start : start + PIECE])
    sheet.very_hidden()


def _write(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """Write a text as text, whatever it looks like; refuse one that a cell cannot hold."""
    if len(text) > MOST_CHARACTERS:
        raise InputError(Finding(
            code="sheet-cell-too-long", place=Place(where=f"{sheet.get_name()}, {text[:40]}…"),
            reason=Text(f"nội dung dài {len(text)} ký tự, một ô Excel chứa được {MOST_CHARACTERS}", f"{len(text)} characters, a cell holds {MOST_CHARACTERS}"),
            remedy=Text("sửa thẳng trong tệp TOML", "edit the TOML file itself"),
        ))
    sheet.write_string(row, column, text, style)
