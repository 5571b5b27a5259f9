"""What has been changed in a workbook, set against its file as it is now: the entries as they should be, and every change in words."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from attrs import field, frozen

from cchc_rules.base.errors import Finding, Place, Problems
from cchc_rules.base.texts import Text
from cchc_rules.files.cells import read_toml_lines, settled, text_of, value_of
from cchc_rules.files.grid import Cell
from cchc_rules.sheets.columns import (
    BANDS,
    DROP,
    FIXED,
    HEAD,
    HEAD_COLUMNS,
    HEAD_TITLE,
    LIMITS,
    LISTINGS,
    REST,
    WORDING,
    Column,
    Listing,
)
from cchc_rules.sheets.editing import Wanted, same
from cchc_rules.sheets.reading import Cells, Given, GivenRow, filled
from cchc_rules.sheets.views import Row, Texts, View, texts_of, view_of


@frozen(kw_only=True)
class Merged:
    """The tables of a file as a workbook wants them, what that changes, and where in the workbook each entry stands."""

    head: Mapping[str, Any]
    lists: Mapping[str, tuple[Wanted, ...]]
    changes: tuple[Text, ...]
    rows: Mapping[str, tuple[GivenRow | None, ...]] = field(factory=dict)
    """The rows of the entries, list by list; none for an entry that only the file has."""


Entry = tuple[Wanted, GivenRow | None]


class Merge:
    """A workbook on its way into a file; ``force`` lets it prevail where the file was changed too."""

    def __init__(self, data: Mapping[str, Any], given: Given, problems: Problems, *, force: bool) -> None:
        self.data = data
        self.given = given
        self.problems = problems
        self.force = force
        self.view: View = view_of(data)
        self.changes: list[Text] = []

    def merged(self) -> Merged:
        """Return everything as it should be; what stands against it is among the problems."""
        head = self._table(self.data[HEAD], HEAD_COLUMNS, self.given.head, self.view.head, self.given.base.head, Text(HEAD_TITLE, HEAD))
        self._refuse_other_edition(head)
        found = {each.name: self._list(each) for each in LISTINGS}
        return Merged(head=head, changes=tuple(self.changes), lists={name: tuple(wanted for wanted, _ in pairs) for name, pairs in found.items()},
                      rows={name: tuple(row for _, row in pairs) for name, pairs in found.items()})

    def _refuse_other_edition(self, head: Mapping[str, Any]) -> None:
        if head.get("status") == "sealed":
            self.problems.add(Finding(code="sheet-key-fixed", place=self.given.head["status"].place,
                                      reason=Text("không niêm phong bằng cách ghi vào bảng", "nothing is sealed by writing so in a sheet"),
                                      remedy=Text("chạy `cchc seal`", "run `cchc seal`")))
        for key in FIXED:
            if not same(head.get(key, ""), self.data[HEAD].get(key, "")):
                self.problems.add(Finding(
                    code="sheet-key-fixed", place=self.given.head[key].place,
                    reason=Text(f"không đổi được `{key}`: đó sẽ là một bộ tiêu chí khác", f"{key!r} cannot be changed: that would be another edition"),
                    remedy=Text("năm mới: `cchc new year`; đính chính: `cchc erratum`", "a new year: `cchc new year`; a correction: `cchc erratum`")))

    # -------------------------------------------------------------- lists

    def _list(self, listing: Listing) -> list[Entry]:
        """Return the entries of a list in their order, each with its row."""
        tables = {str(table[listing.identity]): (at, table) for at, table in enumerate(self.data.get(listing.name, ()))}
        now, base = self.view.rows(listing.name), self.given.base.rows(listing.name)
        rows = self.given.lists[listing.name]
        self._refuse_lost(listing, rows, now, base)
        found: list[Entry] = []
        for row in rows:
            if row.dropped:
                if row.id in tables:
                    self.changes.append(_said(listing, row.id, now[row.id].texts, Text("bỏ", "dropped")))
                continue
            if row.id in base and row.id not in tables:
                self._conflict(row.place, Text("dòng này đã bị bỏ trong tệp sau khi xuất bảng", "the entry was dropped from the file since the sheet was written"))
                continue
            at, table = tables.get(row.id, (None, {}))
            if at is None:
                self.changes.append(_said(listing, row.id, {key: cell.text for key, cell in row.cells.items()}, Text("thêm mới", "added")))
            found.append((Wanted(table=self._entry(listing, row, table, now.get(row.id), base.get(row.id)), at=at), row))
        return self._ordered(listing, found, list(tables), [row.id for row in self.given.base.lists.get(listing.name, ())])

    def _refuse_lost(self, listing: Listing, rows: Sequence[GivenRow], now: Mapping[str, Row], base: Mapping[str, Row]) -> None:
        """Refuse rows that were there and are not any more: nothing is dropped because a row was deleted."""
        there = {row.id for row in rows}
        for name in now:
            if name in base and name not in there:
                self.problems.add(Finding(
                    code="sheet-row-missing", place=self._place(listing),
                    reason=Text(f"không còn dòng của {listing.thing.vi} “{name}”", f"the row of the {listing.thing.en} {name!r} is gone"),
                    remedy=Text("chép lại dòng đó; nếu muốn bỏ thì ghi x ở cột “Bỏ” của dòng, đừng xoá dòng",
                                "put the row back; to drop it, write x in its column “Bỏ” and leave the row there")))

    def _ordered(self, listing: Listing, found: list[Entry], file: list[str], base: list[str]) -> list[Entry]:
        """Return the entries in the order of the sheet, or of the file where only that was changed; with those that only the file has."""
        as_sheet = [file[wanted.at] for wanted, _ in found if wanted.at is not None]
        as_file, as_base = ([name for name in names if name in set(as_sheet)] for names in (file, base))
        if as_sheet not in (as_base, as_file):
            if as_file != as_base and set(as_base) == set(as_sheet):
                self._conflict(self._place(listing), Text("thứ tự các dòng đã đổi cả trong bảng lẫn trong tệp", "the order was changed in the sheet and in the file"))
            self.changes.append(Text(f"{listing.title}: đổi thứ tự các dòng", f"{listing.name}: the order changes"))
        elif as_sheet != as_file:  # only the file was put in another order since
            places = iter(sorted((pair for pair in found if pair[0].at is not None), key=lambda pair: pair[0].at or 0))
            found = [pair if pair[0].at is None else next(places) for pair in found]
        return self._with_those_of_the_file(listing, found, {*base, *(row.id for row in self.given.lists[listing.name])})

    def _with_those_of_the_file(self, listing: Listing, found: list[Entry], known: set[str]) -> list[Entry]:
        """Return the entries with those that somebody put into the file since, each behind the one above it there."""
        for at, table in enumerate(self.data.get(listing.name, ())):
            if str(table[listing.identity]) not in known:
                above = [index for index, (wanted, _) in enumerate(found) if wanted.at is not None and wanted.at < at]
                nearest = max(above, key=lambda index: found[index][0].at or 0, default=-1)
                found.insert(nearest + 1, (Wanted(table=table, at=at), None))
        return found

    def _place(self, listing: Listing) -> Place:
        """Return the place of a whole list."""
        return Place(file=next(iter(self.given.head.values())).place.file, where=listing.title)

    # -------------------------------------------------------------- one entry

    def _entry(self, listing: Listing, row: GivenRow, table: Mapping[str, Any], now: Row | None, base: Row | None) -> dict[str, Any]:
        """Return the table of one row."""
        bands_now = now.bands if now else ()
        rest = {key: value for key, value in table.items() if key != BANDS} if bands_now else table
        what = _name(listing, row.id, {key: cell.text for key, cell in row.cells.items()})
        texts = now.texts if now else {}
        made = self._table(rest, listing.columns, row.cells, texts, base.texts if base else texts, what, new=now is None)
        bands = self._bands(row, table.get(BANDS, []) if bands_now else [], bands_now, base.bands if base else bands_now, what)
        if bands and BANDS in made:
            self._twice(BANDS, row.cells[REST].place)
        if not bands:
            return made
        return {key: bands if key == BANDS else made[key] for key in (*(key for key in table if key in made or key == BANDS), *made, BANDS)}

    def _table(self, table: Mapping[str, Any], columns: Sequence[Column], cells: Cells, now: Texts, base: Texts, what: Text, *, new: bool = False) -> dict[str, Any]:
        """Return a table with the cells that were changed in it."""
        made = dict(table)
        for column in columns:
            if column.key in (WORDING, DROP):
                continue
            cell = cells[column.key]
            text = self._canonical(cell, column)
            if text is None or not self._is_changed(text, now.get(column.key, ""), base.get(column.key, ""), cell.place):
                continue
            if column.key == REST:
                self._put_rest(made, table, columns, cell)
            else:
                self.problems.attempt(partial(_put, made, column, cell))
            if not new:
                self.changes.append(_change(what, column, now.get(column.key, ""), text))
        self._refuse_twice(made, columns, cells)
        return made

    def _canonical(self, cell: Cell, column: Column) -> str | None:
        """Return a cell's text as it would be written; ``None`` where it cannot be read."""
        if not filled(cell):
            return ""
        if isinstance(cell.value, str) and column.kind in ("text", "lines"):
            return settled(cell.value)
        return self.problems.attempt(lambda: text_of(value_of(cell, column.kind), column.kind))

    def _is_changed(self, text: str, now: str, base: str, place: Place) -> bool:
        """Return whether a cell says something new; raises a finding where the file does too, and something else."""
        said, file, first = text, settled(now), settled(base)
        if said in (file, first):
            return False
        if file != first:
            self._conflict(place, Text(f"khi xuất bảng là “{first}”, trong tệp nay là “{file}”, trong bảng là “{said}”",
                                       f"it was {first!r} when the sheet was written, is {file!r} in the file now and {said!r} in the sheet"))
        return True

    def _conflict(self, place: Place, reason: Text) -> None:
        """Report what both the sheet and the file have changed, unless the sheet is to prevail."""
        if not self.force:
            self.problems.add(Finding(code="sheet-conflict", place=place, reason=reason,
                                      remedy=Text("xuất lại bảng rồi sửa lại; hoặc thêm --force để lấy theo bảng",
                                                  "write the sheet again and change it there; or add --force to take the sheet's")))

    def _put_rest(self, made: dict[str, Any], table: Mapping[str, Any], columns: Sequence[Column], cell: Cell) -> None:
        """Put the keys of the column of all other keys into a table, and take out those that have gone."""
        before = read_toml_lines(texts_of(table, columns).get(REST, ""), cell.place)
        after = self.problems.attempt(lambda: read_toml_lines(str(value_of(cell, "text")) if filled(cell) else "", cell.place))
        if after is not None:
            for key in before.keys() - after.keys():
                made.pop(key, None)
            made.update({key: value for key, value in after.items() if key not in before or not same(before[key], value)})

    def _refuse_twice(self, made: Mapping[str, Any], columns: Sequence[Column], cells: Cells) -> None:
        """Refuse a key that stands in its own column and among the others."""
        rest = cells[REST]
        if not filled(rest) or not isinstance(rest.value, str):
            return
        written = self.problems.attempt(lambda: read_toml_lines(settled(str(rest.value)), rest.place)) or {}
        for column in columns:
            if column.path[0] in written and filled(cells[column.key]):
                self._twice(column.path[0], rest.place)

    def _twice(self, key: str, place: Place) -> None:
        self.problems.add(Finding(code="sheet-key-twice", place=place,
                                  reason=Text(f"khoá `{key}` vừa có cột riêng vừa có trong ô này", f"the key {key!r} stands in its own column and in this cell"),
                                  remedy=Text("chỉ giữ một chỗ", "keep one of the two")))

    def _bands(self, row: GivenRow, values: list[Any], now: Sequence[Texts], base: Sequence[Texts], what: Text) -> list[Any]:
        """Return the bands of a row; those that say the same as before are the same."""
        texts = [{each.key: text for each in LIMITS if (text := self._canonical(cells[each.key], each))} for cells in row.bands]
        now_texts, base_texts = ([{key: settled(text) for key, text in each.items()} for each in some] for some in (now, base))
        if texts in (now_texts, base_texts):
            return values
        if now_texts != base_texts:
            self._conflict(next((cells["points"].place for cells in row.bands), row.place),
                           Text("các mức điểm đã đổi cả trong bảng lẫn trong tệp", "the bands were changed in the sheet and in the file"))
        if now or not self._is_new(row):
            self.changes.append(Text(f"{what.vi}, mức điểm: {_band_words(now)} → {_band_words(texts)}", f"{what.en}, bands: {_band_words(now)} → {_band_words(texts)}"))
        return [values[now_texts.index(text)] if text in now_texts else self._band(cells) for text, cells in zip(texts, row.bands, strict=True)]

    def _is_new(self, row: GivenRow) -> bool:
        return row.id not in self.view.rows("criteria")

    def _band(self, cells: Cells) -> dict[str, Any]:
        """Return one band."""
        made: dict[str, Any] = {}
        for column in LIMITS:
            if filled(cells[column.key]):
                self.problems.attempt(partial(_put, made, column, cells[column.key]))
        return made


# ------------------------------------------------------------------ words


def _put(made: dict[str, Any], column: Column, cell: Cell) -> None:
    """Put what a cell means at its key; a blank cell takes the key away."""
    key, *within = column.path
    if not within:
        if filled(cell):
            made[key] = value_of(cell, column.kind)
        else:
            made.pop(key, None)
        return
    inner = dict(made.get(key) or {})
    _put(inner, Column(key=within[0], label=column.label, kind=column.kind), cell)
    if inner:
        made[key] = inner
    else:
        made.pop(key, None)


def _name(listing: Listing, name: str, texts: Texts) -> Text:
    """Return an entry as staff know it: by its number where it has one."""
    number = f"{texts['number']} " if texts.get("number") else ""
    return Text(f"{listing.thing.vi} {number}({name})", f"{listing.thing.en} {number}({name})")


def _said(listing: Listing, name: str, texts: Texts, what: Text) -> Text:
    of = _name(listing, name, texts)
    label = f" “{texts['label']}”" if texts.get("label") else ""
    return Text(f"{of.vi}{label}: {what.vi}", f"{of.en}{label}: {what.en}")


def _change(what: Text, column: Column, before: str, after: str) -> Text:
    """Return one changed cell in words; of several lines only those that differ."""
    old, new = ([line for line in text.split("\n") if line.strip()] for text in (before, after))
    shown = [" / ".join(line.strip() for line in lines if line not in others) or "–" for lines, others in ((old, new), (new, old))]
    return Text(f"{what.vi}, {column.said.vi}: {shown[0]} → {shown[1]}", f"{what.en}, {column.said.en}: {shown[0]} → {shown[1]}")


def _band_words(bands: Sequence[Texts]) -> str:
    """Return bands on one line."""
    signs = {"at_least": "≥ ", "more_than": "> ", "at_most": "≤ ", "below": "< "}
    return "; ".join(" ".join([*(f"{sign}{band[key]}" for key, sign in signs.items() if key in band), f"= {band.get('points', '?')}"]) for band in bands) or "–"


