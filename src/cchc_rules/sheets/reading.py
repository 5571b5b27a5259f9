"""A workbook that comes back: its sheets as rows of cells, each with its address, and what it showed at first."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from cchc_rules.base.errors import CchcError, Finding, InputError, Place, Problems, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.files.cells import settled, value_of
from cchc_rules.files.excel import cell_of, opened
from cchc_rules.files.grid import Cell
from cchc_rules.sheets.columns import (
    BAND_COLUMNS,
    BANDS_TITLE,
    BASE_TITLE,
    CRITERIA,
    DROP,
    HEAD_COLUMNS,
    HEAD_TITLE,
    LISTINGS,
    WORDING,
    Column,
    Listing,
)
from cchc_rules.sheets.views import View, unpacked
from cchc_rules.sheets.writing import SCHEMA

MOST_ROWS = 5_000
MOST_COLUMNS = 60
MARKS = frozenset({"x", "có"})
Cells = Mapping[str, Cell]
HEAD_HEADER = (Column(key="words", label="Nội dung"), Column(key="key", label="Khoá"), Column(key="value", label="Giá trị"))


@frozen(kw_only=True)
class GivenRow:
    """One row as it stands in the workbook: its cells by column, and those of its bands."""

    id: str
    place: Place
    cells: Cells
    dropped: bool = False
    bands: tuple[Cells, ...] = ()


@frozen(kw_only=True)
class Given:
    """A workbook of an edition as it came back; ``base`` is what it showed when it was made."""

    edition: str
    base: View
    head: Cells
    lists: Mapping[str, tuple[GivenRow, ...]] = field(factory=dict)


def read_sheet(path: Path, problems: Problems) -> Given:
    """Return what stands in a workbook; what is wrong with single cells and rows is added to ``problems``.

    Raises ``InputError`` for a file that is no workbook of an edition, or lacks a sheet or a column.
    """
    place = Place(file=path.as_posix())
    shown, typed = opened(path, unusable)
    try:
        edition, base = _base(shown, place)
        book = _Book(shown=shown, typed=typed, place=place, problems=problems)
        head = book.head()
        bands = book.bands()
        lists = {each.name: tuple(book.rows(each)) for each in LISTINGS}
    except CchcError as error:
        raise InputError(*problems.found, *error.findings) from error
    lists[CRITERIA.name] = _with_bands(lists[CRITERIA.name], bands, problems)
    return Given(edition=edition, base=base, head=head, lists=lists)


def unusable(place: Place, reason: Text) -> Finding:
    """Return the finding of a file that is no workbook of an edition."""
    return Finding(code="file-unusable", place=place, reason=reason,
                   remedy=Text("xuất lại bảng bằng `cchc sheet TÊN -o TỆP.xlsx`", "write the workbook again with `cchc sheet NAME -o FILE.xlsx`"))


def _base(book: Any, place: Place) -> tuple[str, View]:
    """Return whose workbook it is, and what it showed at first."""
    cells = [row[0] for row in book[BASE_TITLE].iter_rows(max_col=1, max_row=MOST_ROWS, values_only=True)] if BASE_TITLE in book.sheetnames else []
    if cells[:1] == [SCHEMA] and len(cells) > 2:
        base = unpacked("".join(str(each) for each in cells[2:] if each is not None))
        if base is not None:
            return str(cells[1]), base
    raise InputError(unusable(place, Text("không phải bảng do `cchc sheet` xuất ra, hoặc đã mất trang ẩn “_cchc”",
                                          "not a workbook that `cchc sheet` wrote, or its hidden sheet “_cchc” is gone")))


def filled(cell: Cell | None) -> bool:
    """Return whether something stands in a cell."""
    return cell is not None and (not isinstance(cell.value, str) or bool(settled(cell.value))) and cell.value is not None


@frozen(kw_only=True)
class _Book:
    """An open workbook, and what is wrong with it so far."""

    shown: Any
    typed: Any
    place: Place
    problems: Problems

    def head(self) -> Cells:
        """Return the cells of what holds for the whole field, by key."""
        known = {each.key for each in HEAD_COLUMNS}
        found: dict[str, Cell] = {}
        for cells in self._table(HEAD_TITLE, HEAD_HEADER):
            if not filled(cells["key"]):
                continue
            key = settled(str(cells["key"].value))
            if key not in known or key in found:
                self.problems.add(Finding(
                    code="key-unknown" if key not in known else "sheet-key-twice", place=cells["key"].place,
                    reason=Text(f"khoá lạ “{key}”", f"unknown key {key!r}") if key not in known else Text(f"khoá “{key}” xuất hiện hai lần", f"the key {key!r} stands twice"),
                    remedy=did_you_mean(key, known)))
            found[key] = cells["value"]
        for each in HEAD_COLUMNS:
            if each.key not in found:
                self.problems.add(self._missing(HEAD_TITLE, each.key))
        return found

    def bands(self) -> list[tuple[str, Cells]]:
        """Return the bands with the criterion that each belongs to."""
        found: list[tuple[str, Cells]] = []
        for cells in self._table(BANDS_TITLE, BAND_COLUMNS):
            name = self._id(cells["id"], cells)
            if name:
                found.append((name, {key: cell for key, cell in cells.items() if key != "id"}))
        return found

    def rows(self, listing: Listing) -> Iterator[GivenRow]:
        """Yield the rows of a list."""
        seen: dict[str, Place] = {}
        for cells in self._table(listing.title, listing.columns):
            name = self._id(cells[listing.identity], cells)
            if not name:
                continue
            if name in seen:
                self.problems.add(Finding(
                    code="sheet-id-duplicate", place=cells[listing.identity].place,
                    reason=Text(f"mã “{name}” đã có ở {seen[name].where}", f"the id {name!r} stands at {seen[name].where} too"),
                    remedy=Text("mỗi mã chỉ dùng một lần", "use each id once")))
            seen.setdefault(name, cells[listing.identity].place)
            yield GivenRow(id=name, place=cells[listing.identity].place, cells=cells, dropped=self._dropped(cells[DROP]))

    def _id(self, cell: Cell, cells: Cells) -> str:
        """Return the id in a row; ``""`` where there is none that can be read."""
        if not filled(cell):
            first = next(each for each in cells.values() if filled(each))
            self.problems.add(Finding(code="sheet-id-missing", place=cell.place,
                                      reason=Text(f"dòng có nội dung ({first.text[:40]}) nhưng chưa có mã", f"the row says something ({first.text[:40]}) and has no id"),
                                      remedy=Text("ghi mã, hoặc xoá trắng cả dòng", "write its id, or clear the whole row")))
            return ""
        return str(self.problems.attempt(lambda: value_of(cell, "text")) or "")

    def _dropped(self, cell: Cell) -> bool:
        """Return whether a row is marked to be dropped."""
        word = cell.text.casefold()
        if word and word not in MARKS:
            self.problems.add(Finding(code="value-unknown", place=cell.place,
                                      reason=Text(f"“{cell.text}” không được dùng ở cột “Bỏ”", f"{cell.text!r} is not used in the column “Bỏ”"),
                                      remedy=Text("ghi x, hoặc để trống", "write x, or leave it blank")))
        return word in MARKS

    # -------------------------------------------------------------- a sheet as a table

    def _table(self, title: str, columns: Sequence[Column]) -> Iterator[dict[str, Cell]]:
        """Yield the rows of a sheet by column, blank ones left out; refuse what is missing, merged or too much."""
        if title not in self.shown.sheetnames:
            raise InputError(self._missing_sheet(title))
        sheet, typed = self.shown[title], self.typed[title]
        if sheet.max_row > MOST_ROWS:
            raise InputError(unusable(self.place.at(title), Text(f"quá {MOST_ROWS} dòng", f"more than {MOST_ROWS} rows")))
        self._refuse_merged(sheet)
        rows = ([cell_of(cell, typed[cell.coordinate].value, title, self.place) for cell in row]
                for row in sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS)))
        positions = self._columns(title, next(rows, []), columns)
        for row in rows:
            cells = {key: row[at] for key, at in positions.items()}
            if any(filled(cell) for key, cell in cells.items() if key != WORDING):
                yield cells

    def _columns(self, title: str, header: list[Cell], columns: Sequence[Column]) -> dict[str, int]:
        """Return where each column stands, whatever their order; raises where one is missing."""
        known = {each.label.casefold(): each.key for each in columns}
        found: dict[str, int] = {}
        for at, cell in enumerate(header):
            key = known.get(cell.text.casefold())
            if key in found:
                self.problems.add(Finding(code="column-duplicate", place=cell.place,
                                          reason=Text(f"cột “{cell.text}” xuất hiện hai lần", f"the column {cell.text!r} stands twice"),
                                          remedy=Text("bỏ một cột", "drop one of them")))
            elif key is not None:
                found[key] = at
            elif cell.text:
                self.problems.add(Finding(code="column-unknown", severity="warning", place=cell.place,
                                          reason=Text(f"cột lạ “{cell.text}” không được đọc", f"the column {cell.text!r} is not read"),
                                          remedy=did_you_mean(cell.text, [each.label for each in columns])))
        missing = [each for each in columns if each.key not in found]
        if missing:
            raise InputError(*(self._missing(title, each.label) for each in missing))
        return found

    def _refuse_merged(self, sheet: Any) -> None:
        for area in sheet.merged_cells.ranges:
            self.problems.add(Finding(
                code="sheet-cell-merged", place=evolve(self.place, where=f"{sheet.title}!{area.coord}"),
                reason=Text("các ô bị trộn (merge): không rõ giá trị thuộc dòng nào", "merged cells: which row does the value belong to?"),
                remedy=Text("bỏ trộn ô, ghi giá trị vào từng dòng", "unmerge them, write the value into each row")))

    def _missing(self, title: str, name: str) -> Finding:
        return Finding(code="column-missing", place=self.place.at(title), reason=Text(f"không thấy cột hoặc dòng “{name}”", f"there is no column or row {name!r}"),
                       remedy=Text("giữ nguyên tiêu đề các cột của bảng đã xuất", "keep the headings that were written"))

    def _missing_sheet(self, title: str) -> Finding:
        return Finding(code="column-missing", place=self.place, reason=Text(f"không thấy trang tính “{title}”", f"there is no sheet {title!r}"),
                       remedy=Text("giữ nguyên các trang tính của bảng đã xuất", "keep the sheets that were written"))


def _with_bands(rows: Sequence[GivenRow], bands: Sequence[tuple[str, Cells]], problems: Problems) -> tuple[GivenRow, ...]:
    """Return the criteria with their bands; a band of no criterion is a mistake."""
    known = {each.id for each in rows}
    for name, cells in bands:
        if name not in known:
            problems.add(Finding(code="criterion-unknown", place=next(iter(cells.values())).place,
                                 reason=Text(f"mức điểm của tiêu chí “{name}”, mà bảng không có tiêu chí này", f"a band of {name!r}, which is no criterion of the sheet"),
                                 remedy=did_you_mean(name, known)))
    return tuple(evolve(row, bands=tuple(cells for name, cells in bands if name == row.id)) for row in rows)
