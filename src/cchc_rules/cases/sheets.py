"""Cases in a workbook: one row a case, one column a fact; read as what a case file in TOML says, each place a cell."""

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from cchc_rules.base.errors import Finding, InputError, Place, Problems
from cchc_rules.base.exact import decimal_of, format_date
from cchc_rules.base.reading import read_cell_number, read_flag
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_, TomlSource
from cchc_rules.cases.bench import Bench
from cchc_rules.cases.words import STATES, exact_words
from cchc_rules.entries import NEVER
from cchc_rules.files.cells import NO, YES, height_of, number_text, plain_or_quoted, settled, value_of
from cchc_rules.files.excel import UncalculatedFormula, cell_of, excel_library, opened
from cchc_rules.files.grid import Cell, Row
from cchc_rules.model import Criterion, Fact, Value

if TYPE_CHECKING:
    from cchc_rules.cases.reading import Case

SCHEMA = "cchc.cases/1"
HEADING = "Bộ tiêu chí"
COLUMNS = {
    "name": "Tên trường hợp",
    "criterion": "Mã tiêu chí",
    "points": "Điểm",
    "state": "Trạng thái",
    "reason": "Lý do mất điểm",
    "confirmed": "Đã xác nhận",
}
"""The columns that are no facts; those of facts stand between them, under the facts' ids."""
NEEDED = ("name", "criterion")
HEADER_WITHIN = 20
MOST_ROWS = 5_000
MOST_COLUMNS = 300
WIDTHS = {"name": 60, "criterion": 28, "points": 9, "state": 16, "reason": 30, "confirmed": 12}
FACT_WIDTH = 22
GUIDE = "Mỗi dòng một trường hợp. Ô số liệu để trống nghĩa là thiếu số liệu. Ghi Điểm, hoặc Trạng thái nếu không được chấm. Đối chiếu với văn bản rồi mới ghi “có” ở cột Đã xác nhận."
CREATED = dt.datetime.fromtimestamp(0, dt.UTC)  # a fixed moment, so that the same cases are the same bytes
NO_TITLE = re.compile(r"[\[\]:*?/\\']")


@frozen
class CaseSheet(TomlSource):
    """The cases of a workbook as data; every place in them is a cell."""

    heading: Place = field(factory=Place)
    rows: tuple[Mapping[str, Place], ...] = ()

    def place(self, path: Path_ = (), where: str = "", where_en: str = "") -> Place:
        """Return the cell of a key; of a fact that its case does not have, that of the case."""
        cell = self.heading
        if path[:1] == ("cases",) and len(path) > 1 and isinstance(path[1], int):
            row = self.rows[path[1]]
            cell = next((row[str(key)] for key in reversed(path[2:]) if str(key) in row), row["name"])
        words = [", ".join(part for part in (cell.where, said) if part) for said in (where, where_en or where)]
        return Place(file=self.file, where=words[0], where_en=words[1] if words[1] != words[0] else "")


# ------------------------------------------------------------------ read


def is_case_sheet(path: Path) -> bool:
    """Return whether a file is a workbook, and not the mark that Excel leaves beside one that is open."""
    return path.suffix.lower() == ".xlsx" and not path.name.startswith("~$")


def read_case_sheet(path: Path) -> CaseSheet:
    """Return the cases of a workbook; raises ``InputError`` with everything that cannot be read in it."""
    place, problems = Place(file=path.as_posix()), Problems()
    shown, typed = opened(path, unusable)
    edition: Cell | None = None
    cases: list[dict[str, Any]] = []
    places: list[Mapping[str, Place]] = []
    for sheet in shown.worksheets:
        rows = list(_rows(sheet, typed[sheet.title], place))
        start = next((at for at, row in enumerate(rows[:HEADER_WITHIN]) if _is_header(row)), None)
        if start is None:
            continue
        _refuse_merged(sheet, start, place, problems)
        edition = _edition(rows[:start], edition, place.at(sheet.title), problems)
        columns = _columns(rows[start], problems)
        for row in rows[start + 1 :]:
            cells = {name: row[at] for name, at in columns.items() if at < len(row)}
            if any(cell.value is not None and (not isinstance(cell.value, str) or settled(cell.value)) for cell in cells.values()):
                cases.append(_case(cells, problems))
                places.append({name: cell.place for name, cell in cells.items()})
    if edition is None and not problems.found:
        problems.add(unusable(place, Text(f"không thấy dòng tiêu đề có “{COLUMNS['name']}” và “{COLUMNS['criterion']}”",
                                          "there is no header row with the names of cases and criteria")))
    problems.raise_as(InputError)
    assert edition is not None  # as no error was found
    return CaseSheet(place.file, {"schema": SCHEMA, "edition": settled(str(edition.value)), "cases": cases}, {}, (), edition.place, tuple(places))


def unusable(place: Place, reason: Text) -> Finding:
    """Return the finding of a file that is no workbook of cases."""
    return Finding(code="file-unusable", place=place, reason=reason,
                   remedy=Text("tạo bảng mẫu bằng `cchc cases TÊN --suggest -o TỆP.xlsx`", "make one with `cchc cases NAME --suggest -o FILE.xlsx`"))


def _rows(sheet: Any, typed: Any, place: Place) -> Iterator[Row]:
    """Yield the rows of a sheet as cells."""
    if sheet.max_row > MOST_ROWS:
        raise InputError(unusable(place.at(sheet.title), Text(f"quá {MOST_ROWS} dòng", f"more than {MOST_ROWS} rows")))
    for row in sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS)):
        yield [cell_of(cell, typed[cell.coordinate].value, sheet.title, place) for cell in row]


def _is_header(row: Row) -> bool:
    names = {cell.text for cell in row}
    return all(COLUMNS[each] in names for each in NEEDED)


def _refuse_merged(sheet: Any, start: int, place: Place, problems: Problems) -> None:
    """Refuse merged cells in the table; above it they harm nobody."""
    for area in sheet.merged_cells.ranges:
        if area.max_row > start:
            problems.add(Finding(
                code="sheet-cell-merged", place=Place(file=place.file, where=f"{sheet.title}!{area.coord}"),
                reason=Text("các ô bị trộn (merge): không rõ giá trị thuộc dòng nào", "merged cells: which row does the value belong to?"),
                remedy=Text("bỏ trộn ô, ghi giá trị vào từng dòng", "unmerge them, write the value into each row")))


def _edition(rows: Sequence[Row], known: Cell | None, place: Place, problems: Problems) -> Cell | None:
    """Return the cell that names the edition above a table; all tables of a workbook are for one."""
    found = next((row[1] for row in rows if len(row) > 1 and row[0].text == HEADING and row[1].text), None)
    if found is None:
        problems.add(Finding(code="heading-missing", place=place,
                             reason=Text(f"phía trên bảng chưa ghi “{HEADING}”", f"the heading “{HEADING}” (the edition) is missing above the table"),
                             remedy=Text(f"ghi một dòng: {HEADING} | lĩnh vực/cấp/năm", f"write a row: {HEADING} | field/level/year")))
    elif known is not None and known.text != found.text:
        problems.add(Finding(code="sheet-other-edition", place=found.place,
                             reason=Text(f"trang này là của {found.text}, trang trước là của {known.text}", f"this sheet is for {found.text}, the one before for {known.text}"),
                             remedy=Text("mỗi bộ tiêu chí một tệp", "one file an edition")))
    return known or found


def _columns(header: Row, problems: Problems) -> dict[str, int]:
    """Return where each column stands; what is no known heading is the id of a fact."""
    known = {label: name for name, label in COLUMNS.items()}
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        if not cell.text:
            continue
        name = known.get(cell.text) or str(problems.attempt(partial(value_of, cell, "text")) or "")
        if name in found:
            problems.add(Finding(code="column-duplicate", place=cell.place, reason=Text(f"cột “{cell.text}” xuất hiện hai lần", f"the column {cell.text!r} stands twice"),
                                 remedy=Text("bỏ một cột", "drop one of them")))
        found.setdefault(name, at)
    return found


def _case(cells: Mapping[str, Cell], problems: Problems) -> dict[str, Any]:
    """Return one row as the table of a case file."""
    case: dict[str, Any] = {"confirmed": False} if "confirmed" in cells else {}
    facts: dict[str, Any] = {}
    for name, cell in cells.items():
        if cell.value is None or (isinstance(cell.value, str) and not settled(cell.value)):
            continue
        value = problems.attempt(partial(_value, name, cell))
        if value is not None:
            (case if name in COLUMNS else facts)[name] = value
    return {**case, "facts": facts}


def _value(name: str, cell: Cell) -> Any:
    """Return what a cell of a column says, as a case file would write it."""
    match name:
        case "name" | "criterion" | "reason":
            return value_of(cell, "text")
        case "points":
            return settled(cell.value) if isinstance(cell.value, str) else value_of(cell, "number")
        case "confirmed":
            return read_flag(cell.value, cell.place)
        case "state":
            said = value_of(cell, "text")
            return next((state for state, words in STATES.items() if said.casefold() in (words.vi, words.en)), said)
        case _:
            return _fact(cell)


def _fact(cell: Cell) -> Any:
    """Return what is reported for a fact: numbers without the float that a workbook makes of them."""
    if isinstance(cell.value, UncalculatedFormula):
        return value_of(cell, "number")  # which refuses it
    if isinstance(cell.value, str):
        return settled(cell.value)
    if isinstance(cell.value, bool) or not isinstance(cell.value, (int, float)):
        return cell.value
    number = read_cell_number(cell.value, cell.place)
    if cell.as_percent:
        return f"{number * 100:f} %"
    return int(number) if number == number.to_integral_value() else number


# ------------------------------------------------------------------ written


def case_workbook(bench: Bench, cases: "Iterable[Case]") -> bytes:
    """Return cases as the bytes of an .xlsx file, one sheet a criterion with the facts that its cases name."""
    xlsxwriter = excel_library("xlsxwriter", Place(where=bench.edition.id))
    by_criterion: dict[str, list[Case]] = {}
    for each in cases:
        by_criterion.setdefault(each.criterion.id, []).append(each)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": CREATED, "title": bench.edition.id})
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True, "num_format": "@"}
        plain, guide = book.add_format(base), book.add_format({**base, "text_wrap": False, "italic": True})
        head = book.add_format({**base, "bold": True, "border": 1, "bg_color": "#D9E2F3", "align": "center"})
        titles: set[str] = set()
        for some in by_criterion.values() or [[]]:
            title = _title(some[0].criterion, titles) if some else "Trường hợp"
            _sheet(book.add_worksheet(title), bench, some, (plain, head, guide))
    return buffer.getvalue()


def _title(criterion: Criterion, taken: set[str]) -> str:
    """Return the title of a criterion's sheet: its number, so far as a workbook takes it."""
    title = wanted = NO_TITLE.sub("-", criterion.number)[:25] or "–"
    while title.casefold() in taken:
        title = f"{wanted} ({len(taken)})"
    taken.add(title.casefold())
    return title


def _sheet(sheet: Any, bench: Bench, cases: "Sequence[Case]", styles: tuple[Any, Any, Any]) -> None:
    """Write the cases of one criterion below the edition's name and the facts' labels."""
    plain, head, guide = styles
    facts = [name for name in bench.facts if any(name in case.values for case in cases)]
    columns = ["name", "criterion", *facts, *list(COLUMNS)[2:]]
    sheet.set_column(0, len(columns) + 20, 18, plain)
    sheet.set_row(2, height_of((bench.facts[name].label.vi, FACT_WIDTH) for name in facts))
    for at, name in enumerate(columns):
        sheet.set_column(at, at, WIDTHS.get(name, FACT_WIDTH), plain)
        sheet.write_string(2, at, bench.facts[name].label.vi if name in facts else "", plain)
        sheet.write_string(3, at, COLUMNS.get(name, name) if name not in facts else name, head)
    sheet.write_string(0, 0, HEADING, plain)
    sheet.write_string(0, 1, bench.edition.id, plain)
    sheet.write_string(1, 0, GUIDE, guide)
    for row, case in enumerate(cases, 4):
        texts = {
            "name": plain_or_quoted(case.name), "criterion": case.criterion.id, "reason": plain_or_quoted(case.reason) if case.reason else "", "confirmed": YES if case.confirmed else NO,
            "points": "" if case.points is None else exact_words(case.points, "vi"),
            "state": STATES[case.state].vi if case.points is None else "",
            **{name: _shown(value, bench.facts[name]) for name, value in case.values.items()},
        }
        sheet.set_row(row, height_of((text, WIDTHS.get(name, FACT_WIDTH)) for name, text in texts.items()))
        for at, name in enumerate(columns):
            if text := texts.get(name, ""):
                sheet.write_string(row, at, text, plain)
    last = 4 + len(cases) + 200
    sheet.data_validation(4, columns.index("confirmed"), last, columns.index("confirmed"), {"validate": "list", "source": [YES, NO]})
    sheet.data_validation(4, columns.index("state"), last, columns.index("state"), {"validate": "list", "source": [words.vi for words in STATES.values()][1:]})
    sheet.freeze_panes(4, 1)


def _shown(value: Value, fact: Fact) -> str:
    """Return a fact's value as evidence has it."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, str):
        return fact.level(value).label.vi
    match fact.type:
        case "date":
            return "chưa thực hiện" if value == NEVER else format_date(dt.date.fromordinal(int(value)), "vi")
        case "rate":
            return f"{_number(value * 100)} %"
        case _:
            return _number(value)


def _number(value: Fraction) -> str:
    decimal = decimal_of(value)
    assert decimal is not None  # facts are decimals
    return number_text(decimal)
