"""The workbook that a clerk fills in: one row a fact, inputs unlocked and validated, the rest protected."""

import datetime as dt
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

from cchc_rules.base.errors import Place
from cchc_rules.base.exact import format_number
from cchc_rules.base.writing import write_bytes
from cchc_rules.files.excel import excel_library
from cchc_rules.files.grid import COLUMNS, HEADINGS
from cchc_rules.index import Index
from cchc_rules.model import ORIGINAL, Edition, Fact
from cchc_rules.rules.tree import facts_of

SHEET, GUIDE, LISTS = "Phiếu", "Hướng dẫn", "Danh mục"
SCHEMA = "cchc.evidence/1"
CREATED = dt.datetime.fromtimestamp(0, dt.UTC)  # a fixed moment, so that the same form is the same bytes
WIDTHS = {"fact": 30, "label": 62, "unit": 16, "value": 16, "documents": 40, "note": 28}
INPUTS = ("value", "documents", "note")
VALUE = list(COLUMNS).index("value")
ENTRY = "điền tại đây"
GUIDE_LINES = (
    "Điền các ô màu vàng: giá trị, tài liệu kiểm chứng, ghi chú. Ô để trống nghĩa là CHƯA CÓ số liệu, không phải bằng 0.",
    "Số thập phân gõ theo thiết lập của máy (11,5 hoặc 11.5). Không gõ dạng 12/12: Excel sẽ đổi thành ngày.",
    "Nhiều tài liệu trong một ô: ngăn nhau bằng dấu chấm phẩy.",
    "Có/không: chọn trong danh sách. Ngày: gõ ngày/tháng/năm; nếu việc chưa làm thì gõ: chưa thực hiện.",
    "Điền xong, lưu tệp rồi chạy: cchc score TỆP.xlsx",
    "Nếu phương pháp nhận về dưới dạng thư mục hay tệp .cchc.zip, không cài đặt: cchc score TỆP.xlsx --plugins THƯ_MỤC (thư mục hay tệp ấy).",
)


@frozen(kw_only=True)
class _Styles:
    """The formats of the workbook's cells."""

    title: Any
    head: Any
    field: Any
    plain: Any
    entry: Any
    date: Any


@frozen
class _Lists:
    """The lists to choose from, each a column of a hidden sheet: one typed into a cell's rule ends at 255 characters."""

    sheet: Any
    ranges: dict[tuple[str, ...], str] = field(factory=dict)

    def rule(self, words: Iterable[str]) -> dict[str, Any]:
        """Return the validation of a cell in which one of some words is chosen."""
        from xlsxwriter.utility import xl_range_abs

        listed = tuple(words)
        if not listed:
            return {"validate": "any"}
        if listed not in self.ranges:
            column = len(self.ranges)
            self.sheet.write_column(0, column, listed)
            self.ranges[listed] = f"='{LISTS}'!{xl_range_abs(0, column, len(listed) - 1, column)}"
        return {"validate": "list", "source": self.ranges[listed]}


def write_template(index: Index, path: Path, *, force: bool = False) -> None:
    """Write the form of a method as an .xlsx file.

    Raises ``InputError`` where the file exists already and ``force`` is not set, where it cannot be
    written, and where the extra ``excel`` is not installed.
    """
    write_bytes(path, template_bytes(index), force=force)


def template_bytes(index: Index) -> bytes:
    """Return the form as the bytes of an .xlsx file, the same for the same method."""
    xlsxwriter = excel_library("xlsxwriter", Place(where=SHEET))
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": CREATED, "title": index.method.label.vi})
        form, guide, lists = (book.add_worksheet(name) for name in (SHEET, GUIDE, LISTS))
        _form(form, index, _styles(book), _Lists(lists))
        lists.hide()
        guide.set_column(0, 0, 110)
        for row, line in enumerate(GUIDE_LINES):
            guide.write_string(row, 0, line)
    return buffer.getvalue()


def _styles(book: Any) -> _Styles:
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True}
    boxed = {**base, "border": 1}
    entry = {**boxed, "locked": False, "bg_color": "#FFF8DC"}
    return _Styles(
        title=book.add_format({**base, "bold": True, "text_wrap": False}),
        head=book.add_format({**boxed, "bold": True, "bg_color": "#D9E2F3", "align": "center"}),
        field=book.add_format({**boxed, "bold": True, "bg_color": "#EDEDED", "text_wrap": False}),
        plain=book.add_format(boxed),
        entry=book.add_format(entry),
        date=book.add_format({**entry, "num_format": "dd/mm/yyyy"}),
    )


def _form(sheet: Any, index: Index, styles: _Styles, lists: _Lists) -> None:
    """Write headings, header row, and one row a fact grouped by field."""
    for position, name in enumerate(COLUMNS):
        sheet.set_column(position, position, WIDTHS[name])
    row = _headings(sheet, index, styles, lists)
    for position, label in enumerate(COLUMNS.values()):
        sheet.write_string(row, position, label.vi, styles.head)
    sheet.freeze_panes(row + 1, 2)
    sheet.repeat_rows(row)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    for edition, facts in _by_field(index):
        row += 1
        for position in range(len(COLUMNS)):
            sheet.write_blank(row, position, None, styles.field)
        sheet.write_string(row, 1, edition.label.vi, styles.field)
        for fact in facts:
            row += 1
            _fact(sheet, row, fact, index, styles)
            sheet.data_validation(row, VALUE, row, VALUE, _validation(fact, lists))
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _headings(sheet: Any, index: Index, styles: _Styles, lists: _Lists) -> int:
    """Write what the form is for, and return the row of the table's header."""
    method = index.method
    known = {"schema": SCHEMA, "method": method.id, "year": str(method.year), "version": method.version or ORIGINAL, "stage": method.stages[0].id}
    for row, (name, label) in enumerate(HEADINGS.items()):
        sheet.write_string(row, 0, label.vi, styles.title)
        if name == "year":
            sheet.write_number(row, 1, method.year, styles.entry)
        else:
            sheet.write_string(row, 1, known.get(name, ""), styles.entry)
        if name == "unit":
            sheet.data_validation(row, 1, row, 1, lists.rule(unit.id for unit in method.units))
        if name == "stage":
            sheet.data_validation(row, 1, row, 1, lists.rule(stage.id for stage in method.stages))
    return len(HEADINGS) + 1


def _by_field(index: Index) -> Iterator[tuple[Edition, list[Fact]]]:
    """Yield each field with the facts that units enter for it, each fact once in the whole form."""
    seen: set[str] = {*index.references, *index.statistics, *_known_of_all(index)}
    for edition in index.editions:
        ids = dict.fromkeys(fact for each in edition.criteria if each.rule for fact in facts_of(each.rule))
        fresh = [fact for fact in index.facts if fact in ids and fact not in seen]
        seen.update(fresh)
        yield edition, [index.facts[fact] for fact in fresh]


def _known_of_all(index: Index) -> frozenset[str]:
    """Return the facts that the method knows of every unit, so that none has to enter them."""
    known = [index.known.get(unit.id, {}).keys() for unit in index.method.units]
    return frozenset.intersection(*map(frozenset, known)) if known else frozenset()


def _fact(sheet: Any, row: int, fact: Fact, index: Index, styles: _Styles) -> None:
    """Write the row of one fact."""
    written = {"fact": fact.id, "label": fact.label.vi, "unit": index.quantities.units[fact.unit].label.vi if _is_number(fact) else ""}
    for position, name in enumerate(COLUMNS):
        if name in INPUTS:
            sheet.write_blank(row, position, None, styles.date if name == "value" and fact.type == "date" else styles.entry)
        else:
            sheet.write_string(row, position, written[name], styles.plain)


def _is_number(fact: Fact) -> bool:
    return fact.type in ("count", "decimal")


def _validation(fact: Fact, lists: _Lists) -> dict[str, Any]:
    """Return what Excel lets a clerk type, and what it says of it."""
    rule: dict[str, Any] = {"input_title": ENTRY, "input_message": (fact.definition or fact.label.vi)[:250], "error_type": "stop"}
    if fact.type == "flag":
        return {**rule, **lists.rule(("có", "không"))}
    if fact.type == "level":
        return {**rule, **lists.rule(level.label.vi for level in fact.levels)}
    if fact.type == "date":
        return {**rule, "validate": "any"}  # a date, or words that say that it never came
    least, most = fact.range or (0, 0)
    said = f"từ {format_number(least, 'vi')} đến {format_number(most, 'vi')}"
    return {
        **rule,
        "validate": "integer" if fact.type == "count" else "decimal",
        "criteria": "between",
        "minimum": least,
        "maximum": most,
        "error_title": "Số liệu chưa đúng",
        "error_message": f"Cần {'số nguyên' if fact.type == 'count' else 'số'} {said}.",
    }
