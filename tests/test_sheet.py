"""An edition as a workbook and back: an unchanged one leaves every byte, a changed cell changes its key and nothing else."""

import datetime as dt
import os
import re
import shutil
import subprocess
import tomllib
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from attrs import evolve, frozen
from building import plugin
from conftest import ROOT
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from strategies import cases, edition_of, grouped_editions

import cchc_rules as cchc
from cchc_rules.base.errors import CchcError, EditionError, InputError
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import read_toml
from cchc_rules.cli import main
from cchc_rules.decisions.editions import edition_from, write_edition
from cchc_rules.decisions.structure import Structure
from cchc_rules.files.cells import text_of, toml_text, value_of
from cchc_rules.files.grid import Cell
from cchc_rules.model import Clause, Criterion, Edition, Reference, Statistic
from cchc_rules.plugins.discovery import in_folder
from cchc_rules.plugins.registry import Registry
from cchc_rules.rules.forms import FORMS, FormMistake
from cchc_rules.sheets.blocks import comments_in, layout_of
from cchc_rules.sheets.editing import Wanted, edited
from cchc_rules.sheets.returning import Returned, bring_back, write_sheet

STRUCTURE = Structure(FORMS)
EDITIONS = sorted(ROOT.glob("plugins/*/src/*/editions/**/*.toml"))
NAME = "procedures/district/2021"
DAY = dt.datetime(2020, 12, 12)  # noqa: DTZ001 - a workbook's dates have no zone
BOM = b"\xef\xbb\xbf"
CRITERIA, BANDS, HEAD, FACTS = "Tiêu chí", "Mức điểm", "Lĩnh vực", "Số liệu"
words = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạ 0123456789=+-@/%“”.,", min_size=1, max_size=20).map(str.strip).filter(bool)


# ------------------------------------------------------------------ an edition, its file, its workbook


def registry_of(path: Path) -> Registry:
    """Return what is installed where one file is all there is."""
    return Registry([plugin("own", cchc_register_fields=lambda fields: fields.add_file(path))])


@frozen(kw_only=True)
class Sheet:
    """An edition's file with its workbook beside it."""

    name: str
    file: Path
    workbook: Path

    @property
    def registry(self) -> Registry:
        """The file, loaded anew."""
        return registry_of(self.file)

    @property
    def edition(self) -> Edition:
        """The edition that the file holds now."""
        return edition_from(read_toml(self.file), STRUCTURE)

    def write(self) -> "Sheet":
        """Write the workbook."""
        write_sheet(self.registry, self.name, self.workbook, force=True)
        return self

    def back(self, **options: bool) -> Returned:
        """Bring the workbook back."""
        return bring_back(self.registry, self.name, self.workbook, **options)

    def change(self, sheet: str, row: str, column: str, value: object) -> "Sheet":
        """Type something into the cell of a row, known by any of its cells, under a heading."""
        def typed(book: Workbook) -> None:
            page = page_of(book, sheet)
            at = next(index for index in range(2, page.max_row + 1) if row in [cell.value for cell in page[index]])
            type_into(page, at, column_of(page, column), value)
        return self.edit(typed)

    def edit(self, change: Callable[[Workbook], None]) -> "Sheet":
        """Change the workbook in some way and save it."""
        book = openpyxl.load_workbook(self.workbook)
        change(book)
        book.save(self.workbook)
        return self

    def refused(self, **options: bool) -> CchcError:
        """Return why the workbook is not taken; the file stays to the byte and nothing lies beside it."""
        before, there = self.file.read_bytes(), sorted(self.file.parent.iterdir())
        with pytest.raises(CchcError) as refused:
            self.back(**options)
        assert self.file.read_bytes() == before
        assert sorted(self.file.parent.iterdir()) == there
        return refused.value


def page_of(book: Workbook, title: str) -> Worksheet:
    """Return one sheet."""
    page = book[title]
    assert isinstance(page, Worksheet)
    return page


def column_of(page: Worksheet, heading: str) -> int:
    """Return the column under a heading."""
    return next(cell.column for cell in page[1] if cell.value == heading)


def type_into(page: Worksheet, row: int, column: int, value: Any) -> None:
    """Type a value into a cell; text stays text, as in a cell that is formatted so."""
    cell = page.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def copied(folder: Path, path: Path = EDITIONS[0]) -> Sheet:
    """Return a copy of an edition that ships, with its workbook."""
    edition = edition_from(read_toml(path), STRUCTURE)
    file = folder / "bộ tiêu chí.toml"
    shutil.copyfile(path, file)
    return Sheet(name=edition.id, file=file, workbook=folder / "bảng.xlsx").write()


@pytest.fixture
def procedures(tmp_path: Path) -> Sheet:
    """A copy of the procedures' edition, with its workbook."""
    return copied(tmp_path, next(path for path in EDITIONS if "procedures" in path.parts))


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that came."""
    return list((Counter(after.splitlines()) - Counter(before.splitlines())).elements())


# ------------------------------------------------------------------ random editions as staff write them


@st.composite
def editions(draw: st.DrawFn, *, nested: bool = True) -> Edition:
    """Return a random edition with words, clauses and lists here and there; ``nested`` ones may have parents and prerequisites."""
    flat = st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True).flatmap(lambda numbers: st.tuples(*(cases(prefix=f"f{each}") for each in numbers)))
    bare: Edition = draw(st.one_of(flat.map(lambda parts: edition_of([*parts])), *([grouped_editions().map(lambda each: each.edition)] if nested else [])))
    given_ = Reference(fact=bare.facts[0].id, value=draw(st.sampled_from([1, Decimal("0.5"), "50 %", True])), source=draw(st.just("") | words))
    mean = Statistic(id="tb", label=Text(draw(words), draw(words)), kind="mean", members="block", missing="leave_out", fact=bare.facts[-1].id, places=2)
    return evolve(
        bare, note=draw(st.just("") | words), criteria=tuple(draw(dressed(each)) for each in bare.criteria),
        references=(given_,) if draw(st.booleans()) else (), statistics=(mean,) if draw(st.booleans()) else (),
    )


@st.composite
def dressed(draw: st.DrawFn, criterion: Criterion) -> Criterion:
    """Return a criterion with random words where it may have some."""
    some = st.just("") | words | st.sampled_from(["12/12", "3.10", "=1+1", "@a", '"a"', "a\n\nb", " a", "a\tb", "_x000D_", "", "1.000"])
    return evolve(
        criterion, number=draw(st.sampled_from(["3.10", "1/1", criterion.number])), remedy=draw(st.none() | st.builds(Text, some, words)),
        lead_unit=draw(some), evidence=tuple(draw(st.lists(some, max_size=3))), coordinating_units=tuple(draw(st.lists(words, max_size=2))),
        clause=draw(st.none() | st.builds(Clause, place=some, text=some)), provenance=draw(st.sampled_from(["assumed", "derived", "official"])),
    )


@st.composite
def files(draw: st.DrawFn, edition: Edition) -> bytes:
    """Return an edition as a file with comments, headings and line ends as somebody may have written it."""
    data = write_edition(edition, STRUCTURE)
    number = iter(range(1000))
    remark = st.sampled_from(["", "", " # chú thích {}", "  # [[criteria]] {}"]).map(lambda text: text.format(next(number)))
    above = st.sampled_from(["", "", "# trên {}\n", "# mục {}\n\n", "# a {0}\n# b {0}\n"]).map(lambda text: text.format(next(number)))
    pieces = [draw(above), f'schema = "{data.pop("schema")}"{draw(remark)}\n\n']
    for name, value in data.items():
        for table in value if isinstance(value, (list, tuple)) else [value]:
            header = f"[[{name}]]" if table is not value else f"[{name}]"
            pieces += [draw(above), f"{header}{draw(remark)}\n"]
            pieces += [f"{key} ={draw(st.sampled_from([' ', '  ']))}{draw(laid_out(each))}{draw(remark)}\n" for key, each in table.items()]
            pieces.append(draw(st.sampled_from(["\n", "\n\n", f"\n# giữa {next(number)}\n\n", ""])))
    text = "".join(pieces)
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return draw(st.sampled_from([b"", BOM])) + text.encode()


@st.composite
def laid_out(draw: st.DrawFn, value: Any) -> str:
    """Return a value on one line or on several, with comments between the entries of a list."""
    if not isinstance(value, (list, tuple)) or not value or draw(st.booleans()):
        return toml_text(value)
    remark = draw(st.sampled_from(["", " # mức {}"]))
    return "[\n" + "".join(f"  {toml_text(each)},{remark.format(at)}\n" for at, each in enumerate(value)) + "]"


def sheet_of(folder: Path, edition: Edition, data: bytes) -> Sheet:
    """Return a random edition's file with its workbook."""
    folder.mkdir(exist_ok=True)
    file = folder / "2099.toml"
    file.write_bytes(data)
    return Sheet(name=edition.id, file=file, workbook=folder / "bảng.xlsx").write()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all random files of a property."""
    return tmp_path_factory.mktemp("bảng")


# ------------------------------------------------------------------ laws


class TestLaws:
    """What holds for every edition."""

    @settings(max_examples=40)
    @given(st.data())
    def test_text_in_blocks_is_the_text(self, data: st.DataObject) -> None:
        """Put together again, the blocks are the file."""
        text = data.draw(files(data.draw(editions()))).decode()
        assert layout_of(text).text() == text

    @settings(max_examples=30)
    @given(st.data())
    def test_unchanged_workbook_leaves_every_byte(self, folder: Path, data: st.DataObject) -> None:
        """Nothing is written, and nothing is said to have changed, whatever the file looks like."""
        edition = data.draw(editions())
        sheet = sheet_of(folder, edition, data.draw(files(edition)))
        before = sheet.file.read_bytes()
        assert sheet.edition == edition
        assert sheet.back().changes == ()
        assert sheet.file.read_bytes() == before

    @settings(max_examples=40)
    @given(st.data())
    def test_changed_cells_are_the_whole_change(self, folder: Path, data: st.DataObject) -> None:
        """The edition read again is the old one with those values changed; every comment is still there."""
        edition = data.draw(editions())
        sheet = sheet_of(folder, edition, data.draw(files(edition)))
        before = sheet.file.read_bytes()
        wanted = edition
        for at in data.draw(st.sets(st.sampled_from(range(len(edition.criteria))), min_size=1)):
            heading, typed, changes = data.draw(cell_changes(wanted.criteria[at]))
            changed = evolve(wanted.criteria[at], **changes)
            assume(sound(changed))
            wanted = evolve(wanted, criteria=(*wanted.criteria[:at], changed, *wanted.criteria[at + 1 :]))
            sheet.change(CRITERIA, changed.id, heading, typed)
        try:
            sheet.back()
        except EditionError:  # a maximum that the rule does not bear
            assert sheet.file.read_bytes() == before
            return
        assert sheet.edition == wanted
        after = sheet.file.read_bytes()
        assert Counter(comments_in(before.decode())) == Counter(comments_in(after.decode()))
        assert (after.startswith(BOM), b"\r\n" in after) == (before.startswith(BOM), b"\r\n" in before)

    @settings(max_examples=25)
    @given(st.data())
    def test_rows_in_another_order_are_the_same_criteria_in_that_order(self, folder: Path, data: st.DataObject) -> None:
        """Rows that are dropped go, the others are as they were, and each keeps what is written directly above it."""
        edition = data.draw(editions(nested=False))
        sheet = sheet_of(folder, edition, data.draw(files(edition)))
        order = data.draw(st.permutations(range(len(edition.criteria))))
        gone = data.draw(st.sets(st.sampled_from(order), max_size=len(order) - 1))
        above = {name: text for name, text in texts_above(sheet.file).items() if name not in {edition.criteria[at].id for at in gone}}
        sheet.edit(lambda book: reorder(page_of(book, CRITERIA), order))
        for at in gone:
            sheet.change(CRITERIA, edition.criteria[at].id, "Bỏ", "x")
        sheet.back()
        assert sheet.edition == evolve(edition, criteria=tuple(edition.criteria[at] for at in order if at not in gone))
        assert texts_above(sheet.file) == above

    @settings(max_examples=200)
    @given(st.text(max_size=30))
    def test_text_in_a_cell_is_read_back_as_the_text(self, text: str) -> None:
        """Whatever a file can hold: control characters, blanks at the ends, quotes."""
        assume(not re.search("[\ud800-\udfff]", text))
        shown = text_of(text, "text")
        assert shown is not None
        assert value_of(Cell(value=shown, place=cchc.Place()), "text") == text


@st.composite
def cell_changes(draw: st.DrawFn, criterion: Criterion) -> tuple[str, object, dict[str, Any]]:
    """Return a heading, what is typed there, and what that changes."""
    text = draw(words)
    quarters = Decimal(draw(st.integers(1, 40))) / 4
    comma = str(quarters).replace(".", ",")
    label, remedy = evolve(criterion.label, vi=text), Text(text, criterion.remedy.en if criterion.remedy else text)
    if criterion.label.en == criterion.label.vi:
        label = Text(text, text)
    if criterion.remedy and criterion.remedy.en == criterion.remedy.vi:
        remedy = Text(text, text)
    ways: list[tuple[str, object, dict[str, Any]]] = [
        ("Tên tiêu chí", text, {"label": label}),
        ("Số", text, {"number": text}),
        ("Điểm tối đa", draw(st.sampled_from([comma, str(quarters), float(quarters)])), {"max_points": quarters}),
        ("Cách khắc phục", text, {"remedy": remedy}),
        ("Đơn vị chủ trì", text, {"lead_unit": text}),
        ("Đơn vị chủ trì", None, {"lead_unit": ""}),
        ("Tài liệu kiểm chứng", f"{text}\n\n  thứ hai ", {"evidence": (text, "thứ hai")}),
        ("Nguồn gốc", "derived", {"provenance": "derived"}),
        ("Trích điều khoản", text, {"clause": evolve(criterion.clause, text=text) if criterion.clause else None}),
    ]
    if criterion.clause is None or not text_fits(criterion.clause):
        ways.pop()
    if any("\n" in each or not each or each != each.strip() or each.startswith('"') or "\t" in each or "_x" in each for each in criterion.evidence):
        ways = [way for way in ways if way[0] != "Tài liệu kiểm chứng"]  # stands among the other keys
    way: tuple[str, object, dict[str, Any]] = draw(st.sampled_from(ways))
    return way


def text_fits(clause: Clause) -> bool:
    """Return whether a clause is written in its columns: one of two empty texts is left out."""
    return bool(clause.place)


def sound(criterion: Criterion) -> bool:
    """Return whether the rule of a criterion bears its maximum."""
    try:
        _ = criterion.rule
    except FormMistake:
        return False
    return True


def reorder(page: Worksheet, order: list[int]) -> None:
    """Put the rows of a sheet into another order."""
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    for at, old in enumerate(order, 2):
        for column, value in enumerate(rows[old], 1):
            type_into(page, at, column, value)


def texts_above(file: Path) -> dict[str, str]:
    """Return the comments directly above each criterion, by its id."""
    found = re.findall(r'((?:^#[^\n]*\n)*)^\[\[criteria\]\][^\n]*\n(?:(?!^\[)[^\n]*\n)*?id = +"([^"]*)"|$^', read_text(file), re.MULTILINE)
    return {name: above for above, name in found}


def read_text(file: Path) -> str:
    """Return a file's text with plain line ends."""
    return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


# ------------------------------------------------------------------ the editions that ship


@pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.parts[-4])
def test_every_edition_that_ships_comes_back_to_the_byte(path: Path, tmp_path: Path) -> None:
    """Nothing of theirs is lost on the way."""
    sheet = copied(tmp_path, path)
    assert sheet.back().changes == ()
    assert sheet.file.read_bytes() == path.read_bytes()


def test_workbook_holds_only_text(procedures: Sheet) -> None:
    """Excel makes neither dates nor numbers of what stands in it, also in rows that are added below."""
    book = openpyxl.load_workbook(procedures.workbook)
    for title in (CRITERIA, BANDS, HEAD, FACTS):
        page = page_of(book, title)
        cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert {cell.number_format for cell in cells if cell.row > 1} == {"@"}
    with zipfile.ZipFile(procedures.workbook) as archive:
        columns = re.findall(r'<col min="(\d+)" max="(\d+)" width="[^"]*" style="[1-9]', archive.read("xl/worksheets/sheet1.xml").decode())
    assert sum(int(last) - int(first) + 1 for first, last in columns) == len(list(page_of(book, CRITERIA)[1]))


def test_rule_stands_in_words_beside_its_keys(procedures: Sheet) -> None:
    """Who cannot read keys reads what they mean."""
    page = page_of(openpyxl.load_workbook(procedures.workbook), CRITERIA)
    at = next(row for row in range(2, page.max_row + 1) if page.cell(row, column_of(page, "Số")).value == "3.2.3")
    said = page.cell(at, column_of(page, "Quy tắc bằng lời (máy viết)")).value
    assert isinstance(said, str)
    assert said.startswith("Tỷ lệ TTHC áp dụng quy trình “4 tại chỗ” từ 50% trở lên: 3 điểm")
    assert str(page.cell(at, column_of(page, "Tham số")).value).splitlines()[-2:] == ['when_whole_is_zero = "not_applicable"', "otherwise = 0"]


def test_text_that_looks_like_a_formula_is_text(procedures: Sheet) -> None:
    """On the way out and on the way back."""
    data = read_text(procedures.file).replace('remedy = "Rà soát', 'remedy = "=HYPERLINK(1)+Rà soát', 1).replace('lead_unit = "Văn', 'lead_unit = "@Văn', 1)
    procedures.file.write_text(data, encoding="utf-8")
    procedures.write()
    assert not [cell for page in openpyxl.load_workbook(procedures.workbook).worksheets for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert procedures.back().changes == ()


# ------------------------------------------------------------------ what is edited


class TestEdited:
    """A change in the workbook and what it does to the file."""

    def test_band_is_changed_where_it_stands(self, procedures: Sheet) -> None:
        """One number on one line."""
        before = read_text(procedures.file)
        procedures.edit(lambda book: type_into(page_of(book, BANDS), 3, 2, "97%"))
        returned = procedures.back()
        assert changed_lines(before, read_text(procedures.file)) == ['  { at_least = "97 %", points = 3 },']
        assert returned.changes == (Text(
            "tiêu chí 3.2.2 (procedures.on-time), mức điểm: ≥ 100 % = 4; ≥ 98 % = 3; ≥ 95 % = 2 → ≥ 100 % = 4; ≥ 97 % = 3; ≥ 95 % = 2",
            "criterion 3.2.2 (procedures.on-time), bands: ≥ 100 % = 4; ≥ 98 % = 3; ≥ 95 % = 2 → ≥ 100 % = 4; ≥ 97 % = 3; ≥ 95 % = 2"),)

    def test_band_may_come_and_go(self, procedures: Sheet) -> None:
        """The other bands keep their lines."""
        before = read_text(procedures.file)
        procedures.edit(lambda book: page_of(book, BANDS).delete_rows(4))
        procedures.edit(lambda book: page_of(book, BANDS).append(["procedures.four-on-site", "10 %", None, None, None, "0,5"]))
        procedures.back()
        bands = {each.id: each.form.bands for each in procedures.edition.criteria if isinstance(each.form, cchc.forms.Bands)}
        assert [len(each) for each in bands.values()] == [2, 3]
        assert bands["procedures.four-on-site"][2].points == Decimal("0.5")
        assert changed_lines(before, read_text(procedures.file)) == [
            'bands = [ { at_least = "50 %", points = 3 }, { at_least = "30 %", points = 1 }, { at_least = "10 %", points = 0.5 } ]']

    def test_rule_key_is_changed_alone(self, procedures: Sheet) -> None:
        """Of the keys in one cell only the one that differs is written."""
        before = read_text(procedures.file)
        procedures.edit(lambda book: replace_in(page_of(book, CRITERIA), "Tham số", 4, "not_applicable", "award_zero"))
        procedures.back()
        assert changed_lines(before, read_text(procedures.file)) == ['when_whole_is_zero = "award_zero"']

    def test_new_row_becomes_a_criterion_where_it_stands(self, procedures: Sheet) -> None:
        """Between its neighbours, with the comments of both."""
        comments = comments_in(read_text(procedures.file))

        def insert(book: Workbook) -> None:
            page = page_of(book, CRITERIA)
            page.insert_rows(5)
            row = {"Số": "3.1.2a", "Mã tiêu chí": "procedures.new", "Thuộc tiêu chí": "procedures.control", "Tên tiêu chí": "Mới", "Điểm tối đa": "0,5",
                   "Nguồn gốc": "assumed", "Cách chấm": "share", "Tham số": 'of = { part = "delegations_proposed", whole = "delegations_target" }\nwhen_whole_is_zero = "award_zero"'}
            for heading, value in row.items():
                type_into(page, 5, column_of(page, heading), value)
        procedures.edit(insert)
        returned = procedures.back()
        ids = [each.id for each in procedures.edition.criteria]
        assert ids[ids.index("procedures.delegation-review") + 1] == "procedures.new"
        assert procedures.edition.criterion("procedures.new").max_points == Decimal("0.5")
        assert comments_in(read_text(procedures.file)) == comments
        assert [each.vi for each in returned.changes] == ["tiêu chí 3.1.2a (procedures.new) “Mới”: thêm mới"]

    def test_marked_row_goes_and_headings_stay(self, procedures: Sheet) -> None:
        """The comment directly above it goes too; the heading of the section does not."""
        procedures.change(CRITERIA, "procedures.control-report", "Bỏ", "x")
        procedures.back()
        text = read_text(procedures.file)
        assert "control-report" not in text
        assert "Hạn 15/12 và mức chậm" not in text
        assert "# ---------------------------------------------------------------- Tiêu chí" in text

    def test_cleared_cell_takes_its_key_away_and_keeps_its_comment(self, procedures: Sheet) -> None:
        """What staff wrote beside it stands at the end of the criterion."""
        text = procedures.file.read_text(encoding="utf-8")
        line = 'remedy_en = "Report as prescribed."'
        procedures.file.write_text(text.replace(line, line + " # hỏi lại Sở"), encoding="utf-8")
        procedures.write().change(CRITERIA, "procedures.control-report", "Cách khắc phục tiếng Anh", None)
        procedures.back()
        after = read_text(procedures.file)
        assert line not in after
        assert after.count("# hỏi lại Sở\n\n") == 1

    def test_dry_run_says_it_and_writes_nothing(self, procedures: Sheet) -> None:
        """What would change is shown first."""
        before = procedures.file.read_bytes()
        procedures.change(CRITERIA, "procedures.control-report", "Số", "3.1.30")
        assert [each.vi for each in procedures.back(dry_run=True).changes] == ["tiêu chí 3.1.30 (procedures.control-report), cột “Số”: 3.1.3 → 3.1.30"]
        assert procedures.file.read_bytes() == before
        assert [each.name for each in procedures.file.parent.iterdir() if each.suffix == ".new"] == []

    def test_head_is_changed_too(self, procedures: Sheet) -> None:
        """What holds for the whole field stands on a sheet of its own."""
        procedures.edit(lambda book: type_into(page_of(book, HEAD), row_of(page_of(book, HEAD), "source.place"), 3, "Quyết định mới"))
        procedures.back()
        assert 'source = { place = "Quyết định mới" }' in read_text(procedures.file)

    def test_fact_is_changed_on_its_own_sheet(self, procedures: Sheet) -> None:
        """Its range stands among its other keys."""
        before = read_text(procedures.file)
        procedures.change(FACTS, "dossiers_on_time", "Khoá khác", "range = [0, 9000]").change(FACTS, "dossiers_on_time", "Đơn vị tính", "procedure")
        assert procedures.refused().findings[0].code == "dimension-mismatch"  # a share of dossiers is no share of procedures
        procedures.change(FACTS, "dossiers_on_time", "Đơn vị tính", "dossier").back()
        assert changed_lines(before, read_text(procedures.file)) == ["range = [0, 9000]"]

    def test_remarks_on_the_new_table_name_cells(self, procedures: Sheet) -> None:
        """A sum that no longer fits is written, and said with the cell that states it."""
        procedures.change(CRITERIA, "procedures.control-report", "Điểm tối đa", "1")
        found = procedures.back().findings
        assert {"maxima-do-not-add-up"} <= {each.code for each in found}
        assert any(each.place.where.startswith("Tiêu chí!E2, tiêu chí 3.1 (procedures.control)") for each in found)

    def test_edited_wording_is_said_to_change_nothing(self, procedures: Sheet) -> None:
        """The rule is what its keys say."""
        returned = procedures.change(CRITERIA, "procedures.control-report", "Quy tắc bằng lời (máy viết)", "Khác").back()
        assert [(each.code, each.place.where, each.severity) for each in returned.findings] == [("sheet-wording-edited", "Tiêu chí!H5", "warning")]
        assert returned.changes == ()


def replace_in(page: Worksheet, heading: str, row: int, old: str, new: str) -> None:
    """Replace words in a cell."""
    cell = page.cell(row, column_of(page, heading))
    assert isinstance(cell.value, str)
    assert old in cell.value
    type_into(page, row, column_of(page, heading), cell.value.replace(old, new))


def row_of(page: Worksheet, key: str) -> int:
    """Return the row of a key on the sheet of the field."""
    return next(row for row in range(1, page.max_row + 1) if page.cell(row, 2).value == key)


LAYOUT = """\
[edition]
field = "f"
[edition.source]
place = "x" # nguồn

[[criteria]]
id = "a"
# trong
max_points = 1
clause.place = "p"
[criteria.official]
"bands[0]" = "q"
[[criteria.bands]] # mức một
at_least = "50 %"
points = 1
# giữa
[[criteria.bands]]
at_least = "30 %"
points = 0.5

# trên b
[[criteria]]
id = "b"
remedy = \"\"\"
[[criteria]]
nhiều dòng\"\"\"
range = [
  [1, 2], # hàng
  ["x"],
]
"""
CHANGES: Mapping[str, Callable[[Any], object]] = {
    "band": lambda data: data["criteria"][0]["bands"][0].update(points=2),
    "band-added": lambda data: data["criteria"][0]["bands"].append({"at_least": "10 %", "points": 0}),
    "band-first": lambda data: data["criteria"][0]["bands"].insert(0, {"at_least": "90 %", "points": 3}),
    "band-gone": lambda data: data["criteria"][0]["bands"].pop(0),
    "bands-gone": lambda data: data["criteria"][0].pop("bands"),
    "key-added": lambda data: data["criteria"][0].update(evidence=["x", "y"]),
    "key-within": lambda data: data["criteria"][0]["clause"].update(text="mới"),
    "key-below-added": lambda data: data["criteria"][0]["official"].update({"a.b": "v"}),
    "key-below-gone": lambda data: data["criteria"][0].pop("official"),
    "dotted-gone": lambda data: data["criteria"][0].pop("clause"),
    "head": lambda data: data["edition"]["source"].update(text="n"),
    "head-gone": lambda data: data["edition"].pop("source"),
    "lines": lambda data: data["criteria"][1].update(remedy="x"),
    "list-in-list": lambda data: data["criteria"][1]["range"][0].append(Decimal("2.5")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_file_in_any_layout_is_edited_with_its_comments(change: str) -> None:
    """Tables below a header, dotted keys, text over several lines, lists within lists."""
    data: dict[str, Any] = tomllib.loads(LAYOUT, parse_float=Decimal)
    CHANGES[change](data)
    lists = {"criteria": [Wanted(table=table, at=at) for at, table in enumerate(data["criteria"])]}
    made = edited(LAYOUT, data["edition"], lists, cchc.Place())
    assert tomllib.loads(made, parse_float=Decimal) == data
    assert sorted(comments_in(made)) == sorted(comments_in(LAYOUT))


# ------------------------------------------------------------------ two people at once


class TestBoth:
    """The file was edited after the workbook had been written."""

    def edited(self, sheet: Sheet, old: str, new: str) -> str:
        """Edit the file by hand and return its text."""
        text = sheet.file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        sheet.file.write_text(text.replace(old, new), encoding="utf-8")
        return text.replace(old, new)

    def test_what_only_the_file_changed_stays(self, procedures: Sheet) -> None:
        """An old workbook takes nothing back."""
        text = self.edited(procedures, "remedy_en = \"Report as prescribed.\"", "remedy_en = \"Report in time.\"")
        procedures.change(CRITERIA, "procedures.control-report", "Số", "3.1.30")
        procedures.back()
        assert read_text(procedures.file) == text.replace('number = "3.1.3"', 'number = "3.1.30"')

    def test_entry_that_only_the_file_has_stays(self, procedures: Sheet) -> None:
        """A fact that somebody declared since is no row that was deleted."""
        self.edited(procedures, "# ---------------------------------------------------------------- Tiêu chí",
                    '[[facts]]\nid = "since"\nlabel = "mới"\ntype = "flag"\n\n# ---------------------------------------------------------------- Tiêu chí')
        procedures.change(CRITERIA, "procedures.control-report", "Số", "3.1.30").back()
        assert procedures.edition.facts[-1].id == "since"

    def test_what_both_changed_is_a_finding_until_it_is_forced(self, procedures: Sheet) -> None:
        """All three values are told."""
        self.edited(procedures, 'number = "3.1.3"', 'number = "3.1.31"')
        procedures.change(CRITERIA, "procedures.control-report", "Số", "3.1.30")
        (found,) = procedures.refused().findings
        assert (found.code, found.place.where) == ("sheet-conflict", "Tiêu chí!A5")
        assert found.reason.vi == "khi xuất bảng là “3.1.3”, trong tệp nay là “3.1.31”, trong bảng là “3.1.30”"
        procedures.back(force=True)
        assert procedures.edition.criterion("procedures.control-report").number == "3.1.30"

    def test_same_workbook_may_come_back_again(self, procedures: Sheet) -> None:
        """The second time there is nothing left to do; a row that was dropped stays dropped, a new one is not new again."""
        procedures.change(CRITERIA, "procedures.control-report", "Bỏ", "x").change(CRITERIA, "procedures.one-stop", "Số", "3.20")
        procedures.edit(lambda book: page_of(book, FACTS).append(["since", "mới", "flag"]))
        assert len(procedures.back().changes) == 3
        before = procedures.file.read_bytes()
        assert procedures.back().changes == ()
        assert procedures.file.read_bytes() == before


# ------------------------------------------------------------------ what is refused


def merge(book: Workbook) -> None:
    """Merge two cells."""
    page_of(book, CRITERIA).merge_cells("E3:E4")


def calculate(book: Workbook) -> None:
    """Type a formula; a program that does not calculate saves it without a result."""
    page_of(book, CRITERIA).cell(3, 5, "=1+1")


def lose_base(book: Workbook) -> None:
    """Delete the hidden sheet."""
    del book["_cchc"]


BAD: Mapping[str, tuple[Callable[[Workbook], None], str, str]] = {
    "number-date": (lambda book: type_into(page_of(book, CRITERIA), 3, 1, DAY), "sheet-cell-not-text", "Tiêu chí!A3"),
    "number-float": (lambda book: type_into(page_of(book, CRITERIA), 3, 1, 3.1), "sheet-cell-not-text", "Tiêu chí!A3"),
    "maximum-date": (lambda book: type_into(page_of(book, CRITERIA), 3, 5, DAY), "number-is-a-date", "Tiêu chí!E3"),
    "maximum-12/12": (lambda book: type_into(page_of(book, CRITERIA), 3, 5, "12/12"), "number-is-a-date", "Tiêu chí!E3"),
    "maximum-ambiguous": (lambda book: type_into(page_of(book, CRITERIA), 3, 5, "1.000"), "number-ambiguous", "Tiêu chí!E3"),
    "maximum-words": (lambda book: type_into(page_of(book, CRITERIA), 3, 5, "hai"), "number-unreadable", "Tiêu chí!E3"),
    "maximum-missing": (lambda book: type_into(page_of(book, CRITERIA), 3, 5, None), "key-missing", "Tiêu chí!E3, tiêu chí 3.1.1 (procedures.control-plan), max_points"),
    "formula": (calculate, "sheet-cell-formula", "Tiêu chí!E3"),
    "unknown-form": (lambda book: type_into(page_of(book, CRITERIA), 3, 6, "bandz"), "form-unknown", "Tiêu chí!F3, tiêu chí 3.1.1 (procedures.control-plan), form"),
    "unknown-provenance": (lambda book: type_into(page_of(book, CRITERIA), 3, 9, "oficial"), "value-unknown", "Tiêu chí!I3, tiêu chí 3.1.1 (procedures.control-plan), provenance"),
    "unknown-key": (lambda book: type_into(page_of(book, CRITERIA), 2, 7, "capd = true"), "key-unknown", "Tiêu chí!G2, tiêu chí 3.1 (procedures.control), capd"),
    "bad-toml": (lambda book: type_into(page_of(book, CRITERIA), 3, 7, "of = {"), "sheet-cell-toml", "Tiêu chí!G3"),
    "curly-quotes": (lambda book: type_into(page_of(book, CRITERIA), 3, 7, "fact = “a”"), "sheet-cell-toml", "Tiêu chí!G3"),
    "key-twice": (lambda book: type_into(page_of(book, CRITERIA), 2, 7, 'provenance = "assumed"'), "sheet-key-twice", "Tiêu chí!G2"),
    "duplicate-id": (lambda book: type_into(page_of(book, CRITERIA), 3, 2, "procedures.control"), "sheet-id-duplicate", "Tiêu chí!B3"),
    "no-id": (lambda book: type_into(page_of(book, CRITERIA), 3, 2, None), "sheet-id-missing", "Tiêu chí!B3"),
    "row-deleted": (lambda book: page_of(book, CRITERIA).delete_rows(3), "sheet-row-missing", "Tiêu chí"),
    "odd-mark": (lambda book: type_into(page_of(book, CRITERIA), 3, 19, "?"), "value-unknown", "Tiêu chí!S3"),
    "no-column": (lambda book: page_of(book, CRITERIA).delete_cols(5), "column-missing", "Tiêu chí"),
    "column-twice": (lambda book: type_into(page_of(book, CRITERIA), 1, 20, "Điểm tối đa"), "column-duplicate", "Tiêu chí!T1"),
    "no-sheet": (lambda book: book.remove(book[BANDS]), "column-missing", ""),
    "no-base": (lose_base, "file-unusable", ""),
    "merged": (merge, "sheet-cell-merged", "Tiêu chí!E3:E4"),
    "band-of-nobody": (lambda book: page_of(book, BANDS).append(["procedures.on-tim", "1 %", None, None, None, "1"]), "criterion-unknown", "Mức điểm!B7"),
    "band-date": (lambda book: type_into(page_of(book, BANDS), 3, 6, DAY), "number-is-a-date", "Mức điểm!F3"),
    "band-without-points": (lambda book: type_into(page_of(book, BANDS), 3, 6, None), "key-missing", "Mức điểm!F3, tiêu chí 3.2.2 (procedures.on-time), bands[1].points"),
    "band-without-sign": (lambda book: type_into(page_of(book, BANDS), 3, 2, "98"), "threshold-unit", "Tiêu chí!B8, tiêu chí 3.2.2 (procedures.on-time)"),
    "unknown-fact": (lambda book: replace_in(page_of(book, CRITERIA), "Tham số", 3, "control_tasks_planned", "no_such"), "fact-undeclared",
                     "Tiêu chí!B3, tiêu chí 3.1.1 (procedures.control-plan)"),
    "parent-unknown": (lambda book: type_into(page_of(book, CRITERIA), 3, 3, "nobody"), "parent-unknown", "Tiêu chí!C3, tiêu chí 3.1.1 (procedures.control-plan), parent"),
    "other-year": (lambda book: type_into(page_of(book, HEAD), 6, 3, "2022"), "sheet-key-fixed", "Lĩnh vực!C6"),
    "sealed-by-hand": (lambda book: type_into(page_of(book, HEAD), 8, 3, "sealed"), "sheet-key-fixed", "Lĩnh vực!C8"),
}


class TestRefused:
    """Nothing is written, and the finding names the cell."""

    @pytest.mark.parametrize("bad", BAD)
    def test_bad_cell_is_a_finding_with_its_address(self, bad: str, procedures: Sheet) -> None:
        """The file stays as it is, though another cell was changed well."""
        spoil, code, where = BAD[bad]
        procedures.change(CRITERIA, "procedures.publicity", "Số", "3.30").edit(spoil)
        found = {each.code: each.place for each in procedures.refused().findings}
        assert code in found
        assert found[code].where == where
        assert found[code].file == procedures.workbook.as_posix()

    def test_all_that_is_wrong_is_told_at_once(self, procedures: Sheet) -> None:
        """One run, one list."""
        together = ("number-date", "maximum-words", "curly-quotes", "odd-mark", "band-date", "merged")
        for bad in together:
            procedures.edit(BAD[bad][0])
        assert sorted(each.place.where for each in procedures.refused().findings) == sorted(BAD[bad][2] for bad in together)

    @pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 broken"])
    def test_broken_file_is_refused(self, content: bytes, procedures: Sheet) -> None:
        """Whatever it is, it is no workbook."""
        procedures.workbook.write_bytes(content)
        assert {each.code for each in procedures.refused().findings} == {"file-unusable"}

    def test_hostile_archive_is_refused(self, procedures: Sheet) -> None:
        """What unpacks to an absurd size is not opened."""
        with zipfile.ZipFile(procedures.workbook, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", bytes(201_000_000))
        assert {each.code for each in procedures.refused().findings} == {"file-unusable"}

    def test_file_that_is_not_there_is_refused(self, procedures: Sheet) -> None:
        """A slip in its name."""
        procedures.workbook.unlink()
        assert {each.code for each in procedures.refused().findings} == {"file-unreadable"}

    def test_workbook_of_another_edition_is_refused(self, tmp_path: Path) -> None:
        """Each comes back to its own."""
        sheet = copied(tmp_path, EDITIONS[1])
        (tmp_path / "b").mkdir()
        other = copied(tmp_path / "b", EDITIONS[2])
        assert [each.code for each in evolve(other, workbook=sheet.workbook).refused().findings] == ["sheet-other-edition"]

    def test_sealed_edition_is_refused(self, tmp_path: Path) -> None:
        """What was published is corrected openly."""
        shutil.copytree(ROOT / "plugins/apparatus", tmp_path / "apparatus")
        name, workbook = "apparatus/district/2021", tmp_path / "bảng.xlsx"
        registry = Registry([*in_folder(tmp_path)])
        write_sheet(registry, name, workbook)
        path = registry.editions[name].path
        assert path is not None
        path.with_name("2021.seal.toml").write_text(registry.seal(registry.editions[name]).toml(), encoding="utf-8")
        with pytest.raises(InputError) as refused:
            bring_back(Registry([*in_folder(tmp_path)]), name, workbook)
        assert [each.code for each in refused.value.findings] == ["sheet-sealed"]
        assert "cchc erratum apparatus/district/2021" in refused.value.findings[0].remedy.vi

    def test_file_that_is_laid_out_otherwise_is_refused_whole(self, procedures: Sheet) -> None:
        """A list in brackets cannot be edited row by row; nothing is guessed."""
        text = read_text(procedures.file)
        start = text.index("[[facts]]")
        facts = re.findall(r"\[\[facts\]\]\n((?:[^\n\[#][^\n]*\n)*)", text)
        inline = "facts = [\n" + "".join("  { " + ", ".join(each.strip().splitlines()) + " },\n" for each in facts) + "]\n"
        rest = text[text.index("[[criteria]]") :]
        procedures.file.write_text(f'schema = "cchc.edition/1"\n{inline}\n{text[text.index("[edition]") : start]}\n{rest}', encoding="utf-8")
        procedures.write()
        assert procedures.back().changes == ()
        procedures.change(CRITERIA, "procedures.publicity", "Số", "3.30")
        assert [each.code for each in procedures.refused().findings] == ["sheet-file-layout"]

    def test_workbook_that_is_there_is_not_overwritten(self, procedures: Sheet) -> None:
        """An afternoon's work is not lost to an arrow key."""
        before = procedures.workbook.read_bytes()
        with pytest.raises(InputError, match="file-not-written"):
            write_sheet(procedures.registry, NAME, procedures.workbook)
        assert procedures.workbook.read_bytes() == before

    def test_text_that_no_cell_can_hold_is_said(self, procedures: Sheet) -> None:
        """It is not cut off."""
        procedures.file.write_text(procedures.file.read_text(encoding="utf-8").replace("Report as prescribed.", "a" * 33_000), encoding="utf-8")
        before = procedures.workbook.read_bytes()
        with pytest.raises(InputError, match="sheet-cell-too-long"):
            procedures.write()
        assert procedures.workbook.read_bytes() == before


# ------------------------------------------------------------------ the command


class TestCommand:
    """``cchc sheet`` as staff run it."""

    def test_goes_out_and_comes_back(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Written, edited, shown, brought back, in Vietnamese."""
        shutil.copytree(ROOT / "plugins/procedures", tmp_path / "bộ" / "procedures")
        workbook, plugins = tmp_path / "bảng.xlsx", ["--plugins", str(tmp_path / "bộ")]
        assert main(["sheet", NAME, "-o", str(workbook), *plugins]) == 0
        book = openpyxl.load_workbook(workbook)
        type_into(page_of(book, CRITERIA), 5, 1, "3.1.30")
        book.save(workbook)
        assert main(["sheet", NAME, "--back", str(workbook), "--dry-run", *plugins]) == 0
        assert "1 thay đổi, CHƯA ghi" in capsys.readouterr().out
        assert main(["sheet", NAME, "--back", str(workbook), *plugins]) == 0
        assert "tiêu chí 3.1.30 (procedures.control-report), cột “Số”: 3.1.3 → 3.1.30\nĐã ghi 1 thay đổi vào" in capsys.readouterr().out
        assert main(["sheet", NAME, "--back", str(workbook), *plugins]) == 0
        assert capsys.readouterr().out.startswith("Bảng không thay đổi gì")

    def test_asks_for_one_way_or_the_other(self, capsys: pytest.CaptureFixture[str]) -> None:
        """In the user's words."""
        assert main(["sheet", NAME]) == 2
        assert "còn thiếu một trong: -o/--output --back" in capsys.readouterr().err
        assert main(["sheet", NAME, "-o", "a.xlsx", "--back", "b.xlsx"]) == 2
        assert "--back không đi cùng -o/--output" in capsys.readouterr().err

    def test_method_is_no_edition(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        """A method has no criteria to put into rows."""
        assert main(["sheet", "cao-bang.districts/2021", "-o", str(tmp_path / "a.xlsx")]) == 2
        assert "là phương pháp, không phải bộ tiêu chí" in capsys.readouterr().err


# ------------------------------------------------------------------ through LibreOffice


@pytest.fixture(scope="session")
def soffice() -> str:
    """The office suite; where it is missing the test is skipped and says so, but in the whole check it must be there."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        reason = "LibreOffice is not installed: what it saves is not tried here"
        (pytest.fail if os.environ.get("CCHC_NO_SKIP") else pytest.skip)(reason)
    return found


def test_saved_by_libreoffice_the_workbook_says_the_same(soffice: str, procedures: Sheet, tmp_path: Path) -> None:
    """Unchanged it changes nothing; a change that was made before it was saved is that change."""
    def resaved() -> None:
        out = tmp_path / "lưu lại"
        subprocess.run([soffice, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
                        "--outdir", str(out), str(procedures.workbook)], check=True, capture_output=True, timeout=300)
        shutil.move(out / procedures.workbook.name, procedures.workbook)

    before = procedures.file.read_bytes()
    resaved()
    assert procedures.back() == Returned(path=procedures.file, changes=())
    procedures.edit(lambda book: type_into(page_of(book, BANDS), 3, 2, "97%")).change(CRITERIA, "procedures.on-time", "Cách khắc phục", "=12/12\n3.10")
    resaved()
    assert len(procedures.back().changes) == 2
    assert set(changed_lines(before.decode(), read_text(procedures.file))) == {'  { at_least = "97 %", points = 3 },', 'remedy = "=12/12\\n3.10"'}
