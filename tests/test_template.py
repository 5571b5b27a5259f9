"""The clerk's workbook: filled in, it gives the same scorecard; it asks for every fact once and guards what is typed."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from building import index_of, method_of
from openpyxl.cell.cell import Cell
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

import cchc_rules as cchc
from cchc_rules.base.texts import Text, same
from cchc_rules.files.template import template_bytes, write_template
from cchc_rules.model import AssessedUnit, Criterion, Edition, Fact, Level
from cchc_rules.rules import forms

FORM, GUIDE, LISTS = "Phiếu", "Hướng dẫn", "Danh mục"
COLUMNS = ["Mã số liệu", "Nội dung số liệu", "Đơn vị tính", "Giá trị", "Tài liệu kiểm chứng", "Ghi chú"]
INPUTS = {"Giá trị", "Tài liệu kiểm chứng", "Ghi chú"}


@pytest.fixture
def template(index: cchc.Index, tmp_path: Path) -> Path:
    """An empty form of the example's method."""
    path = tmp_path / "Phiếu số liệu.xlsx"
    write_template(index, path)
    return path


def form_of(book: Workbook) -> Worksheet:
    """Return the sheet that is filled in."""
    sheet = book[FORM]
    assert isinstance(sheet, Worksheet)
    return sheet


def heading_rows(sheet: Worksheet) -> dict[str, int]:
    """Return the rows of the headings above the table, by their names."""
    rows: dict[str, int] = {}
    for row in range(1, header_row(sheet)):
        name = sheet.cell(row, 1).value
        if name:
            rows[str(name)] = row
    return rows


def header_row(sheet: Worksheet) -> int:
    """Return the row with the names of the columns."""
    return next(row for row in range(1, 30) if sheet.cell(row, 1).value == COLUMNS[0])


def fact_rows(sheet: Worksheet) -> dict[str, int]:
    """Return the row of each fact by its id; a fact that stands twice is a mistake."""
    rows: dict[str, int] = {}
    for row in range(header_row(sheet) + 1, sheet.max_row + 1):
        name = sheet.cell(row, 1).value
        if name:
            assert str(name) not in rows
            rows[str(name)] = row
    return rows


def typed(fact: Fact, value: object) -> str | dt.date | int | float:
    """Return a fact's value as a clerk types it into Excel."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, str):
        return fact.level(value).label.vi
    assert isinstance(value, Fraction)
    if fact.type == "date":
        return dt.date.fromordinal(int(value))
    return int(value) if value.denominator == 1 else float(value)


def fill_in(path: Path, index: cchc.Index, evidence: cchc.Evidence, *, changed: Mapping[str, str] | None = None) -> None:
    """Fill in a form with the facts of some evidence, cell by cell."""
    book = openpyxl.load_workbook(path)
    sheet = form_of(book)
    sheet.cell(heading_rows(sheet)["Đơn vị"], 2, evidence.unit.id)
    for name, row in fact_rows(sheet).items():
        fact = evidence.facts[name]
        sheet.cell(row, 4, (changed or {}).get(name, typed(index.facts[name], fact.value)))
        sheet.cell(row, 5, "; ".join(fact.documents))
    book.save(path)


def outcome(card: cchc.Scorecard) -> dict[str, tuple[Decimal | None, tuple[str, ...]]]:
    """Return points and reasons of every criterion."""
    return {score.id: (score.points, tuple(each.reason.vi for each in score.deductions)) for score in card.scores}


# ------------------------------------------------------------------ filled in and read back


class TestRoundTrip:
    """From the form to the scorecard."""

    def test_form_filled_in_with_the_examples_facts_gives_its_scorecard(
        self, template: Path, index: cchc.Index, evidence: cchc.Evidence, card: cchc.Scorecard
    ) -> None:
        """The same points and the same reasons, and nothing to remark."""
        fill_in(template, index, evidence)
        again = cchc.score(template)
        assert again.total.points == Decimal("79.5")
        assert outcome(again) == outcome(card)
        assert again.findings == ()

    def test_documents_typed_into_a_cell_prove_their_facts(self, template: Path, index: cchc.Index, evidence: cchc.Evidence) -> None:
        """Several stand in one cell, separated by semicolons."""
        fill_in(template, index, evidence)
        book = openpyxl.load_workbook(template)
        sheet = form_of(book)
        sheet.cell(fact_rows(sheet)["initiatives"], 5, "QĐ 12/QĐ-UBND;  Biên bản họp ; ")
        book.save(template)
        assert cchc.read_evidence(template).facts["initiatives"].documents == ("QĐ 12/QĐ-UBND", "Biên bản họp")

    def test_date_that_never_came_is_typed_in_words(self, template: Path, index: cchc.Index, evidence: cchc.Evidence) -> None:
        """“chưa thực hiện” is a value, not a blank."""
        fill_in(template, index, evidence, changed={"control_report_sent": "Chưa thực hiện"})
        score = cchc.score(template).score("procedures.control-report")
        assert (score.state, score.points) == (cchc.State.SCORED, Decimal(0))

    def test_value_left_blank_is_missing(self, template: Path, index: cchc.Index, evidence: cchc.Evidence) -> None:
        """A form half filled in gives an incomplete total with its range."""
        fill_in(template, index, evidence)
        book = openpyxl.load_workbook(template)
        sheet = form_of(book)
        sheet.cell(fact_rows(sheet)["initiatives"], 4).value = None
        book.save(template)
        card = cchc.score(template)
        assert not card.total.complete
        assert (card.total.reachable.low, card.total.reachable.high) == (Fraction(159, 2), Fraction(163, 2))

    def test_form_without_its_unit_says_which_cell_to_fill_in(self, template: Path) -> None:
        """The unit is the one heading that the form cannot know."""
        with pytest.raises(cchc.InputError) as caught:
            cchc.score(template)
        (found,) = caught.value.findings
        assert found.code == "heading-missing"
        assert "Đơn vị" in found.reason.vi


# ------------------------------------------------------------------ through LibreOffice


@pytest.fixture(scope="session")
def soffice() -> str:
    """The office suite; where it is missing the test is skipped and says so, but in the whole check it must be there."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        reason = "LibreOffice is not installed: what it saves is not tried here"
        (pytest.fail if os.environ.get("CCHC_NO_SKIP") else pytest.skip)(reason)
    return found


Convert = Callable[[Path, str, str], Path]


@pytest.fixture
def convert(soffice: str, tmp_path: Path) -> Convert:
    """A function that opens a file in LibreOffice, recalculates it and saves it as another kind."""
    def saved(path: Path, kind: str, suffix: str) -> Path:
        out = tmp_path / "lưu lại"
        profile = (tmp_path / "profile").as_uri()
        subprocess.run(
            [soffice, "--headless", f"-env:UserInstallation={profile}", "--convert-to", kind, "--outdir", str(out), str(path)],
            check=True, capture_output=True, timeout=300,
        )
        return out / f"{path.stem}{suffix}"
    return saved


class TestLibreOffice:
    """A form that was opened and saved by another program."""

    def test_saved_as_a_workbook_gives_the_same_scorecard(
        self, convert: Convert, template: Path, index: cchc.Index, evidence: cchc.Evidence, card: cchc.Scorecard
    ) -> None:
        """Recalculated and saved as .xlsx."""
        fill_in(template, index, evidence)
        again = cchc.score(convert(template, "xlsx:Calc MS Excel 2007 XML", ".xlsx"))
        assert outcome(again) == outcome(card)
        assert again.findings == ()

    def test_formula_that_it_calculates_is_read_as_its_result(
        self, convert: Convert, template: Path, index: cchc.Index, evidence: cchc.Evidence, card: cchc.Scorecard
    ) -> None:
        """A clerk may add numbers up in the cell."""
        fill_in(template, index, evidence, changed={"dossiers_on_time": "=4000+925"})
        with pytest.raises(cchc.InputError, match="formula-without-value"):
            cchc.score(template)
        assert outcome(cchc.score(convert(template, "xlsx:Calc MS Excel 2007 XML", ".xlsx"))) == outcome(card)

    def test_saved_as_csv_gives_the_same_scorecard(
        self, convert: Convert, template: Path, index: cchc.Index, evidence: cchc.Evidence, card: cchc.Scorecard
    ) -> None:
        """Semicolons, UTF-8, cells as they are shown."""
        fill_in(template, index, evidence)
        again = cchc.score(convert(template, "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true", ".csv"))
        assert outcome(again) == outcome(card)


# ------------------------------------------------------------------ the form itself


class TestForm:
    """What the clerk sees."""

    def test_is_the_same_bytes_every_time(self, index: cchc.Index, tmp_path: Path) -> None:
        """In this process and in another, whatever its hash seed and time zone."""
        path = tmp_path / "x.xlsx"
        environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Ho_Chi_Minh"}
        subprocess.run([sys.executable, "-m", "cchc_rules.cli", "template", "cao-bang.districts", "-o", str(path)], env=environment, check=True, capture_output=True)
        assert template_bytes(index) == template_bytes(index) == path.read_bytes()

    def test_asks_for_every_fact_once_and_for_nothing_else(self, template: Path, index: cchc.Index) -> None:
        """Facts that two fields share are entered once."""
        rows = fact_rows(form_of(openpyxl.load_workbook(template)))
        assert set(rows) == set(index.facts)

    def test_shows_label_and_unit_with_every_diacritic_composed(self, template: Path, index: cchc.Index) -> None:
        """Vietnamese arrives as it was written."""
        sheet = form_of(openpyxl.load_workbook(template))
        for name, row in fact_rows(sheet).items():
            fact = index.facts[name]
            assert sheet.cell(row, 2).value == unicodedata.normalize("NFC", fact.label.vi)
            unit = index.quantities.units[fact.unit].label.vi if fact.type in ("count", "decimal") else ""
            assert (sheet.cell(row, 3).value or "") == unit

    def test_names_its_columns_method_year_and_first_stage(self, template: Path) -> None:
        """The headings that the form knows are filled in."""
        sheet = form_of(openpyxl.load_workbook(template))
        assert [sheet.cell(header_row(sheet), column).value for column in range(1, 7)] == COLUMNS
        given = {name: sheet.cell(row, 2).value for name, row in heading_rows(sheet).items()}
        assert (given["Phương pháp"], given["Năm"], given["Giai đoạn"]) == ("cao-bang.districts", 2021, "self_assessed")
        assert not given["Đơn vị"]

    def test_stands_under_the_name_of_each_field(self, template: Path, index: cchc.Index) -> None:
        """Each office finds its own part."""
        sheet = form_of(openpyxl.load_workbook(template))
        titles = [sheet.cell(row, 2).value for row in range(header_row(sheet) + 1, sheet.max_row + 1) if not sheet.cell(row, 1).value]
        assert titles == [edition.label.vi for edition in index.editions]

    def test_is_locked_but_for_the_cells_that_are_filled_in(self, template: Path) -> None:
        """Labels and ids cannot be typed over by mistake."""
        sheet = form_of(openpyxl.load_workbook(template))
        assert sheet.protection.sheet
        for row in fact_rows(sheet).values():
            for column, name in enumerate(COLUMNS, start=1):
                assert sheet.cell(row, column).protection.locked == (name not in INPUTS)

    def test_has_a_guide_in_vietnamese(self, template: Path) -> None:
        """The second sheet says how to fill it in, and that blank is not nought."""
        guide = openpyxl.load_workbook(template)[GUIDE]
        text = "\n".join(str(row[0]) for row in guide.iter_rows(values_only=True))
        assert "không phải bằng 0" in text
        assert "cchc score TỆP.xlsx --plugins THƯ_MỤC" in text

    def test_holds_no_formula_even_where_a_label_looks_like_one(self) -> None:
        """Rules are data: nothing in a workbook is executed."""
        fact = Fact(id="f", label=same("=1+1"), type="count", unit="dossier", range=(Decimal(0), Decimal(9)), definition="=2+2")
        book = opened(template_bytes(small_index(fact)))
        assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


# ------------------------------------------------------------------ what it lets a clerk type


def opened(data: bytes) -> Workbook:
    """Return the workbook in some bytes."""
    from io import BytesIO

    return openpyxl.load_workbook(BytesIO(data))


def small_index(*facts: Fact, **changes: object) -> cchc.Index:
    """Return an index that reads some facts, each in a criterion of its own."""
    def form(fact: Fact) -> forms.Form:
        if fact.type == "level":
            marks: dict[str, Decimal | forms.Threshold] = {level.id: Decimal(0) for level in fact.levels}
            return forms.Judged(fact=fact.id, marks=marks)
        return forms.Count(fact=fact.id, points_each=Decimal(1))
    criteria = tuple(
        Criterion(id=f"one.{number}", number=f"1.{number}", label=Text("tiêu chí", "criterion"), max_points=Decimal(1), form=form(fact))
        for number, fact in enumerate(facts, start=1)
    )
    edition = Edition(field="one", label=Text("lĩnh vực", "field"), level="level", year=2099, max_points=Decimal(len(facts)),
                      max_points_provenance="assumed", facts=facts, criteria=criteria)
    return index_of(edition, **changes)


def rules(sheet: Worksheet) -> Iterator[tuple[str, DataValidation]]:
    """Yield the cells that a validation guards, with it."""
    for rule in sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            assert area.size == {"rows": 1, "columns": 1}
            yield area.coord, rule


def choices(book: Workbook, rule: DataValidation) -> list[object]:
    """Return what a list lets a clerk choose, from the sheet that it refers to."""
    name, _, cells = str(rule.formula1).partition("!")
    assert name.strip("'") == LISTS
    found = book[LISTS][cells.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell.value for row in rows for cell in (row if isinstance(row, tuple) else (row,)) if isinstance(cell, Cell)]


class TestValidation:
    """What Excel refuses before the engine has to."""

    @pytest.fixture
    def book(self, template: Path) -> Workbook:
        """The empty form."""
        return openpyxl.load_workbook(template)

    def test_guards_the_value_of_every_fact_as_its_type_asks(self, book: Workbook, index: cchc.Index) -> None:
        """Counts within their range, a list for flags and levels; dates are left to the reader."""
        sheet = form_of(book)
        guarded = dict(rules(sheet))
        for name, row in fact_rows(sheet).items():
            fact, rule = index.facts[name], guarded[f"D{row}"]
            match fact.type:
                case "count":
                    assert fact.range is not None
                    assert (rule.type, rule.operator or "between") == ("whole", "between")
                    assert [Decimal(str(rule.formula1)), Decimal(str(rule.formula2))] == list(fact.range)
                case "flag":
                    assert choices(book, rule) == ["có", "không"]
                case "level":
                    assert choices(book, rule) == [level.label.vi for level in fact.levels]
                case "date":
                    assert rule.type in (None, "none", "any")
                case kind:
                    pytest.fail(f"no example of {kind} is expected here")

    def test_lets_unit_and_stage_be_chosen(self, book: Workbook, index: cchc.Index) -> None:
        """From the units and stages of the method."""
        sheet = form_of(book)
        guarded, rows = dict(rules(sheet)), heading_rows(sheet)
        assert choices(book, guarded[f"B{rows['Đơn vị']}"]) == list(index.units)
        assert choices(book, guarded[f"B{rows['Giai đoạn']}"]) == list(index.stages)

    def test_offers_every_unit_however_many_there_are(self) -> None:
        """A list typed into a cell's rule would end at 255 characters and refuse the rest."""
        units = tuple(AssessedUnit(id=f"xa-{number}", label=f"Xã {number}") for number in range(1, 3322))
        book = opened(template_bytes(small_index(number_fact("f"), units=units)))
        sheet = form_of(book)
        found = choices(book, dict(rules(sheet))[f"B{heading_rows(sheet)['Đơn vị']}"])
        assert found == [unit.id for unit in units]

    def test_offers_a_level_whose_name_has_a_comma_as_one(self) -> None:
        """A comma would cut a typed list in two."""
        levels = (Level(id="a", label=same("Đầy đủ, kịp thời")), Level(id="b", label=same("Chưa đạt")))
        book = opened(template_bytes(small_index(Fact(id="f", label=same("mức"), type="level", levels=levels))))
        sheet = form_of(book)
        assert choices(book, dict(rules(sheet))[f"D{fact_rows(sheet)['f']}"]) == ["Đầy đủ, kịp thời", "Chưa đạt"]

    def test_of_a_decimal_takes_decimals_within_its_range(self) -> None:
        """A decimal is no whole number."""
        fact = Fact(id="f", label=same("chỉ số"), type="decimal", unit="point", places=2, range=(Decimal(0), Decimal(100)))
        book = opened(template_bytes(small_index(fact)))
        sheet = form_of(book)
        rule = dict(rules(sheet))[f"D{fact_rows(sheet)['f']}"]
        assert (rule.type, Decimal(str(rule.formula1)), Decimal(str(rule.formula2))) == ("decimal", Decimal(0), Decimal(100))

    def test_says_in_vietnamese_what_belongs_there(self, book: Workbook, index: cchc.Index) -> None:
        """Definition before typing, range after a mistake."""
        sheet = form_of(book)
        rule = dict(rules(sheet))[f"D{fact_rows(sheet)['initiatives']}"]
        assert rule.prompt == index.facts["initiatives"].definition
        assert rule.error == "Cần số nguyên từ 0 đến 100."

    def test_keeps_the_lists_out_of_sight(self, book: Workbook) -> None:
        """The sheet of lists is hidden."""
        assert [(sheet.title, sheet.sheet_state) for sheet in book] == [(FORM, "visible"), (GUIDE, "visible"), (LISTS, "hidden")]


def number_fact(name: str) -> Fact:
    """Return a count."""
    return Fact(id=name, label=same("số"), type="count", unit="dossier", range=(Decimal(0), Decimal(9)))


def test_method_without_units_leaves_the_unit_free() -> None:
    """Nothing to choose from is no list."""
    book = opened(template_bytes(small_index(number_fact("f"), units=())))
    assert method_of().units  # what the test takes away
    sheet = form_of(book)
    assert dict(rules(sheet)).get(f"B{heading_rows(sheet)['Đơn vị']}", DataValidation()).type in (None, "none", "any")
