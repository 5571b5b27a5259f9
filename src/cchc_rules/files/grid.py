"""Evidence as rows of cells, the same for CSV and Excel: headings, a header row, then one row a fact."""

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from attrs import frozen

from cchc_rules.base.errors import Finding, InputError, Place, Problems, did_you_mean
from cchc_rules.base.reading import clean, read_date, read_whole
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import unreadable
from cchc_rules.entries import Entry
from cchc_rules.files.raw import RawEvidence, RawFact
from cchc_rules.model import Document

HEADINGS = {
    "schema": Text("Lược đồ", "schema"),
    "method": Text("Phương pháp", "method"),
    "year": Text("Năm", "year"),
    "version": Text("Phiên bản", "version"),
    "unit": Text("Đơn vị", "unit"),
    "stage": Text("Giai đoạn", "stage"),
    "as_of": Text("Ngày chốt số liệu", "as_of"),
    "note": Text("Ghi chú", "note"),
}
COLUMNS = {
    "fact": Text("Mã số liệu", "fact"),
    "label": Text("Nội dung số liệu", "label"),
    "unit": Text("Đơn vị tính", "unit"),
    "value": Text("Giá trị", "value"),
    "documents": Text("Tài liệu kiểm chứng", "documents"),
    "note": Text("Ghi chú", "note"),
}
REQUIRED_HEADINGS = ("method", "year", "unit", "stage")
REQUIRED_COLUMNS = ("fact", "value")
MOST_ROWS = 20_000
MOST_BYTES = 20_000_000


@frozen(kw_only=True)
class Cell:
    """One cell: what it holds, where it stands, and how a spreadsheet shows it."""

    value: object
    place: Place
    as_percent: bool = False
    from_cell: bool = False

    @property
    def text(self) -> str:
        """The cell as clean text; empty where it is blank."""
        return "" if self.value is None else clean(str(self.value))


Row = Sequence[Cell]


# ------------------------------------------------------------------ CSV


def csv_rows(path: Path) -> list[Row]:
    """Return the rows of a CSV file, whichever of ``,`` and ``;`` separates its header row.

    Raises ``InputError`` for another encoding than UTF-8, a broken file, and a missing header row.
    """
    place = Place(file=path.as_posix())
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(unreadable(place)) from error
    if len(data) > MOST_BYTES or b"\0" in data:
        raise InputError(unusable(place, Text("tệp quá lớn hoặc không phải CSV", "too large, or not a CSV file")))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Finding(
            code="file-not-utf-8",
            place=place,
            reason=Text("tệp CSV không phải UTF-8", "the CSV file is not UTF-8"),
            remedy=Text("trong Excel chọn Lưu thành “CSV UTF-8”", "save it from Excel as “CSV UTF-8”"),
        )) from error
    problems = Problems()
    for separator in ";,":
        rows = problems.attempt(partial(_split, text, separator, place))
        if rows and any(is_header(row) for row in rows):
            return rows
    raise InputError(*(problems.found[-1:] or [no_header(place)]))  # quotes may be wrong for one separator only


def _split(text: str, separator: str, place: Place) -> list[Row]:
    """Return the rows of a text with one separator."""
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    rows: list[Row] = []
    try:
        for cells in reader:
            line = Place(file=place.file, line=reader.line_num)
            rows.append([Cell(value=value, place=line) for value in cells])
    except csv.Error as error:
        raise InputError(unusable(Place(file=place.file, line=reader.line_num), Text(f"dòng CSV hỏng ({error})", f"broken CSV line ({error})"))) from error
    return rows


def unusable(place: Place, reason: Text) -> Finding:
    """Return the finding of a file that cannot be read as the table that it should be."""
    return Finding(code="file-unusable", place=place, reason=reason,
                   remedy=Text("tạo lại phiếu bằng `cchc template` rồi điền", "make a new form with `cchc template` and fill it in"))


def no_header(place: Place) -> Finding:
    """Return the finding of a table without a header row."""
    wanted = {language: ", ".join(COLUMNS[name].get(language) for name in REQUIRED_COLUMNS) for language in ("vi", "en")}
    return Finding(
        code="column-missing",
        place=place,
        reason=Text(f"không thấy dòng tiêu đề có các cột: {wanted['vi']}", f"there is no header row with the columns: {wanted['en']}"),
        remedy=Text("giữ nguyên dòng tiêu đề của phiếu", "keep the header row of the form"),
    )


# ------------------------------------------------------------------ from rows to evidence


def is_header(row: Row) -> bool:
    """Return whether a row names the columns."""
    names = {_column(cell.text) for cell in row}
    return {"fact", "value"} <= names or ("fact" in names and len(names) > 2)


def read(rows: Sequence[Row], file: str) -> RawEvidence:
    """Return the evidence in a table; raises ``InputError`` with every problem of its form."""
    problems = Problems()
    start = next(index for index, row in enumerate(rows) if is_header(row))
    headings = dict(_headings(rows[:start], problems))
    columns = _columns(rows[start], problems)
    for name in REQUIRED_HEADINGS:
        if name not in headings:
            problems.add(Finding(
                code="heading-missing",
                place=Place(file=file),
                reason=Text(f"đầu phiếu chưa ghi “{HEADINGS[name].vi}”", f"the heading {name!r} is missing or blank"),
                remedy=Text(f"điền ô bên phải “{HEADINGS[name].vi}”, phía trên bảng", f"give it in a row {name!r} above the table"),
            ))
    if len(rows) > MOST_ROWS:
        problems.add(unusable(Place(file=file), Text(f"quá {MOST_ROWS} dòng", f"more than {MOST_ROWS} rows")))
    year = problems.attempt(lambda: read_whole(_plain(headings["year"]), headings["year"].place)) if "year" in headings else None
    as_of = _as_of(headings.get("as_of"), problems)
    width = max(position for position, cell in enumerate(rows[start], start=1) if cell.text)
    facts = list(_facts(rows[start + 1 : MOST_ROWS], columns, width, problems))
    problems.raise_as(InputError)
    papers = {paper: Document(id=paper, title=paper) for fact in facts for paper in fact.documents}
    return RawEvidence(
        file=file,
        method=headings["method"].text,
        year=year or 0,
        unit=headings["unit"].text,
        stage=headings["stage"].text,
        version=headings["version"].text if "version" in headings else "",
        facts=tuple(facts),
        documents=papers,
        as_of=as_of,
        note=headings["note"].text if "note" in headings else "",
        places={name: cell.place for name, cell in headings.items()},
    )


def _plain(cell: Cell) -> object:
    """Return a heading's number without the float that a spreadsheet makes of it."""
    return int(cell.value) if isinstance(cell.value, float) and cell.value.is_integer() else cell.value


def _as_of(cell: Cell | None, problems: Problems) -> dt.date | None:
    if cell is None or not cell.text:
        return None
    return problems.attempt(lambda: read_date(cell.value, cell.place))


def _headings(rows: Sequence[Row], problems: Problems) -> Iterator[tuple[str, Cell]]:
    """Yield the named values above the table."""
    for row in rows:
        if not row or not row[0].text:
            continue
        name = next((key for key, label in HEADINGS.items() if _same(row[0].text, label)), None)
        if name is None:
            if len(row) > 1 and row[1].text:
                problems.add(Finding(
                    code="heading-unknown",
                    severity="warning",
                    place=row[0].place,
                    reason=Text(f"dòng lạ “{row[0].text}”", f"unknown heading {row[0].text!r}"),
                    remedy=did_you_mean(row[0].text, HEADINGS),
                ))
        elif len(row) > 1 and row[1].text:
            yield name, row[1]


def _columns(header: Row, problems: Problems) -> dict[str, int]:
    """Return the position of each column, in whatever order they stand."""
    found: dict[str, int] = {}
    for position, cell in enumerate(header):
        name = _column(cell.text)
        if name is None and cell.text:
            problems.add(Finding(
                code="column-unknown",
                place=cell.place,
                reason=Text(f"cột lạ “{cell.text}”", f"unknown column {cell.text!r}"),
                remedy=did_you_mean(cell.text, [label.vi for label in COLUMNS.values()] + list(COLUMNS)),
            ))
        elif name in found:
            problems.add(Finding(
                code="column-duplicate",
                place=cell.place,
                reason=Text(f"cột “{cell.text}” xuất hiện hai lần", f"the column {cell.text!r} stands twice"),
                remedy=Text("bỏ một cột", "drop one of them"),
            ))
        elif name is not None:
            found[name] = position
    if "value" not in found:
        problems.add(no_header(header[0].place))
    return found


def _facts(rows: Sequence[Row], columns: dict[str, int], width: int, problems: Problems) -> Iterator[RawFact]:
    """Yield one entry a row, none wider than the header; rows without a fact's id are headings of the form."""
    for row in rows:
        cells = {name: row[position] for name, position in columns.items() if position < len(row)}
        if "fact" not in cells or not cells["fact"].text:
            continue
        if any(cell.text for cell in row[width:]):
            problems.add(Finding(
                code="row-too-long",
                place=row[0].place,
                reason=Text("dòng có nhiều ô hơn dòng tiêu đề", "the row has more cells than the header"),
                remedy=Text("số có dấu phẩy phải đặt trong ngoặc kép, hoặc dùng dấu chấm phẩy để ngăn cột",
                            "put a number with a comma in quotes, or separate columns by semicolons"),
            ))
            continue
        yield _fact(cells)


def _fact(cells: dict[str, Cell]) -> RawFact:
    value = cells.get("value", cells["fact"]) if "value" in cells else None
    blank = value is None or not value.text
    entry = Entry(
        value=None if blank or value is None else value.value,
        place=(value or cells["fact"]).place.at(cells["fact"].text),
        unit=cells["unit"].text if "unit" in cells else "",
        from_cell=value.from_cell if value else False,
        as_percent=value.as_percent if value else False,
    )
    return RawFact(
        id=cells["fact"].text,
        entry=entry,
        documents=_papers(cells["documents"].text) if "documents" in cells else (),
        note=cells["note"].text if "note" in cells else "",
    )


def _papers(text: str) -> tuple[str, ...]:
    """Return the documents named in a cell, separated by semicolons."""
    return tuple(dict.fromkeys(clean(part) for part in text.split(";") if clean(part)))


def _column(text: str) -> str | None:
    return next((key for key, label in COLUMNS.items() if _same(text, label)), None)


def _same(text: str, label: Text) -> bool:
    word = unicodedata.normalize("NFC", text).casefold().rstrip(":").strip()
    return word in {label.vi.casefold(), label.en.casefold()}
