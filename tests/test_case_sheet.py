"""Cases in a workbook: one row a case, one column a fact; read as strictly as a case file in TOML, each finding with its cell."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from building import plugin
from hypothesis import given, settings
from hypothesis import strategies as st
from issued import EDITION as ISSUED
from issued import METHOD, issued_in
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from strategies import cases, edition_of

import cchc_rules as cchc
from cchc_rules.authoring.packing import pack
from cchc_rules.base.errors import Finding
from cchc_rules.cases.adding import with_suggestions
from cchc_rules.cases.bench import bench
from cchc_rules.cases.reading import Case, read_cases, read_sources
from cchc_rules.cases.report import CasesReport, editions_named, reports
from cchc_rules.cases.sheets import case_workbook
from cchc_rules.cases.suggesting import cases_toml
from cchc_rules.cli import main
from cchc_rules.model import Edition

EDITION = """
schema = "cchc.edition/1"

[edition]
field = "permits"
label = "Giấy phép"
level = "commune"
year = 2099
max_points = 6
max_points_provenance = "assumed"

[[facts]]
id = "on_time"
label = "số hồ sơ đúng hạn"
type = "count"
unit = "dossier"
range = [0, 5000]

[[facts]]
id = "received"
label = "số hồ sơ tiếp nhận"
type = "count"
unit = "dossier"
range = [0, 5000]

[[facts]]
id = "sent"
label = "ngày gửi báo cáo"
type = "date"
may_be_never = true

[[criteria]]
id = "permits.on-time"
number = "1"
label = "Hồ sơ đúng hạn"
max_points = 4
form = "bands"
of = { part = "on_time", whole = "received" }
when_whole_is_zero = "not_applicable"
bands = [ { at_least = "98 %", points = 4 }, { at_least = "95 %", points = 2 } ]
otherwise = 0

[[criteria]]
id = "permits.report"
number = "2"
label = "Báo cáo đúng hạn"
max_points = 2
form = "timeliness"
fact = "sent"
on_or_before = 2099-12-15
otherwise = 0
"""
NAME = "permits/commune/2099"
HEADER = ["Tên trường hợp", "Mã tiêu chí", "on_time", "received", "sent", "Điểm", "Trạng thái", "Lý do mất điểm", "Đã xác nhận"]
GOOD = (
    ["đúng 98 % được trọn điểm", "permits.on-time", 98, "100", None, "4", None, None, "có"],
    ["97 % mất hai điểm", "permits.on-time", 97, 100, None, 2, None, "97%", "có"],
    ["không có hồ sơ thì không áp dụng", "permits.on-time", 0, 0, None, None, "Không áp dụng", None, "không"],
    ["gửi đúng hạn", "permits.report", None, None, dt.datetime(2099, 12, 15), "2", None, None, None],  # noqa: DTZ001 - a workbook's dates have no zone
    ["không gửi", "permits.report", None, None, "chưa thực hiện", "0/1", None, None, "có"],
)


def case_book(folder: Path, rows: tuple[list[Any], ...] = GOOD, *, header: list[Any] | None = None, edition: str = NAME) -> Path:
    """Write a workbook of cases as somebody types it, and return its path."""
    path = folder / "cases" / "2099" / "Trường hợp.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Bảng"
    for row in (["Bộ tiêu chí", edition], [], header or HEADER, *rows):
        sheet.append(row)
    book.save(path)
    return path


def change(path: Path, edit: Callable[[Worksheet], object]) -> None:
    """Change the sheet of a workbook and save it."""
    book = openpyxl.load_workbook(path)
    sheet = book["Bảng"]
    assert isinstance(sheet, Worksheet)
    edit(sheet)
    book.save(path)


def registry_in(folder: Path) -> cchc.Registry:
    """Return a registry with the edition of this file, beside which cases may lie."""
    path = folder / "editions" / "commune" / "2099.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(EDITION, encoding="utf-8")
    return cchc.Registry([plugin("permits", cchc_register_fields=lambda fields: fields.add_folder(folder / "editions"))])


def run(folder: Path) -> tuple[CasesReport, tuple[Finding, ...]]:
    """Return the report of the edition, and everything that is wrong with its cases."""
    registry = registry_in(folder)
    (found,), problems = reports(registry, editions_named(registry))
    return found, (*problems, *found.findings)


def findings(folder: Path) -> list[tuple[str, str]]:
    """Return what is wrong, each by code and place."""
    return [(each.code, each.place.where) for each in run(folder)[1]]


class TestRead:
    """A workbook beside the TOML files."""

    def test_cases_run_like_those_of_a_toml_file(self, tmp_path: Path) -> None:
        """Numbers as numbers or as text, dates, states in words, reasons."""
        case_book(tmp_path)
        found, wrong = run(tmp_path)
        assert wrong == ()
        assert [each.case.name for each in found.results] == [row[0] for row in GOOD]
        assert found.failed == ()
        assert [each.case.name for each in found.unconfirmed] == ["không có hồ sơ thì không áp dụng", "gửi đúng hạn"]

    def test_case_that_fails_is_told_with_its_cell(self, tmp_path: Path) -> None:
        """The person who wrote it finds it again."""
        case_book(tmp_path, (["sai", "permits.on-time", 90, 100, None, "4", None, None, "có"],))
        (failed,) = run(tmp_path)[0].failed
        assert (failed.case.place.file, failed.case.place.where) == ((tmp_path / "cases/2099/Trường hợp.xlsx").as_posix(), "Bảng!A4, trường hợp “sai”")

    def test_columns_may_stand_in_any_order_and_several_sheets_hold_cases(self, tmp_path: Path) -> None:
        """A sheet without a table is a guide, and is not read."""
        path = case_book(tmp_path, tuple([*reversed(row)] for row in GOOD[:3]), header=[*reversed(HEADER)])
        book = openpyxl.load_workbook(path)
        more, guide = book.create_sheet("Thêm"), book.create_sheet("Hướng dẫn")
        for row in (["Bộ tiêu chí", NAME], HEADER, *GOOD[3:]):
            more.append(row)
        guide.append(["đọc trước khi làm"])
        book.save(path)
        found, wrong = run(tmp_path)
        assert (wrong, len(found.results), found.failed) == ((), 5, ())

    def test_mark_that_excel_leaves_beside_an_open_file_is_no_case_file(self, tmp_path: Path) -> None:
        """It holds nothing but the name of who has opened it."""
        path = case_book(tmp_path)
        path.with_name("~$" + path.name).write_bytes(b"\x06lan")
        assert run(tmp_path)[1] == ()

    def test_without_a_column_for_it_a_case_counts_as_confirmed(self, tmp_path: Path) -> None:
        """As in TOML; a blank cell under the heading does not."""
        case_book(tmp_path, tuple(row[:8] for row in GOOD), header=HEADER[:8])
        assert run(tmp_path)[0].unconfirmed == ()


DAY = dt.datetime(2099, 12, 12)  # noqa: DTZ001 - a workbook's dates have no zone
BAD: dict[str, tuple[Callable[[Worksheet], object], str, str]] = {
    "points-date": (lambda sheet: sheet.cell(4, 6, DAY), "number-is-a-date", "Bảng!F4"),
    "points-ambiguous": (lambda sheet: sheet.cell(4, 6, "1.000"), "number-ambiguous", "Bảng!F4, trường hợp “đúng 98 % được trọn điểm”, points"),
    "points-missing": (lambda sheet: sheet.cell(4, 6).__setattr__("value", None), "case-expects-nothing", "Bảng!F4, trường hợp “đúng 98 % được trọn điểm”, points"),
    "points-and-state": (lambda sheet: sheet.cell(4, 7, "không áp dụng"), "case-expects-both", "Bảng!F4, trường hợp “đúng 98 % được trọn điểm”, points"),
    "fact-date": (lambda sheet: sheet.cell(4, 3, DAY), "number-is-a-date", "Bảng!C4, trường hợp “đúng 98 % được trọn điểm”, facts, on_time"),
    "fact-out-of-range": (lambda sheet: sheet.cell(4, 4, 9000), "fact-out-of-range", "Bảng!D4, trường hợp “đúng 98 % được trọn điểm”, facts, received"),
    "fact-formula": (lambda sheet: sheet.cell(4, 3, "=90+8"), "sheet-cell-formula", "Bảng!C4"),
    "fact-per-cent": (lambda sheet: sheet.cell(4, 3, 0.5).__setattr__("number_format", "0%"), "number-unreadable", "Bảng!C4, trường hợp “đúng 98 % được trọn điểm”, facts, on_time"),
    "fact-unread": (lambda sheet: sheet.cell(7, 3, 1), "case-fact-unread", "Bảng!C7, trường hợp “gửi đúng hạn”, facts, on_time"),
    "name-number": (lambda sheet: sheet.cell(4, 1, 98), "sheet-cell-not-text", "Bảng!A4"),
    "name-missing": (lambda sheet: sheet.cell(4, 1).__setattr__("value", None), "key-missing", "Bảng!A4, trường hợp “1”, name"),
    "name-twice": (lambda sheet: sheet.cell(5, 1, "đúng 98 % được trọn điểm"), "case-twice", "Bảng!A5, trường hợp “đúng 98 % được trọn điểm”"),
    "criterion-unknown": (lambda sheet: sheet.cell(4, 2, "permits.on-tim"), "case-criterion-unknown", "Bảng!B4, trường hợp “đúng 98 % được trọn điểm”, criterion"),
    "state-unknown": (lambda sheet: sheet.cell(6, 7, "miễn"), "value-unknown", "Bảng!G6, trường hợp “không có hồ sơ thì không áp dụng”, state"),
    "confirmed-odd": (lambda sheet: sheet.cell(4, 9, "rồi"), "flag-unreadable", "Bảng!I4"),
    "merged": (lambda sheet: sheet.merge_cells("A4:A5"), "sheet-cell-merged", "Bảng!A4:A5"),
    "column-twice": (lambda sheet: sheet.cell(3, 10, "on_time"), "column-duplicate", "Bảng!J3"),
    "column-number": (lambda sheet: sheet.cell(3, 10, 2099), "sheet-cell-not-text", "Bảng!J3"),
    "edition-missing": (lambda sheet: sheet.cell(1, 2).__setattr__("value", None), "heading-missing", "Bảng"),
    "edition-unknown": (lambda sheet: sheet.cell(1, 2, "permits/commune/2098"), "case-edition-unknown", "Bảng!B1, edition"),
    "no-header": (lambda sheet: sheet.cell(3, 1, "Tên"), "file-unusable", ""),
}


class TestRefused:
    """What cannot be read is said with its cell, and the other cases run."""

    @pytest.mark.parametrize("bad", BAD)
    def test_bad_cell_is_a_finding_with_its_address(self, bad: str, tmp_path: Path) -> None:
        """Nothing is guessed."""
        spoil, code, where = BAD[bad]
        change(case_book(tmp_path), spoil)
        assert (code, where) in findings(tmp_path)

    def test_broken_workbook_is_a_finding(self, tmp_path: Path) -> None:
        """The edition is not harmed by it."""
        case_book(tmp_path).write_bytes(b"PK\x03\x04 broken")
        assert [code for code, _ in findings(tmp_path)] == ["file-unusable"]

    def test_two_editions_in_one_workbook_are_refused(self, tmp_path: Path) -> None:
        """Each has a file of its own."""
        path = case_book(tmp_path)
        book = openpyxl.load_workbook(path)
        sheet = book.create_sheet("Khác")
        for row in (["Bộ tiêu chí", "permits/commune/2098"], HEADER, *GOOD[:1]):
            sheet.append(row)
        book.save(path)
        assert ("sheet-other-edition", "Khác!B1") in findings(tmp_path)


class TestWritten:
    """What nobody wrote, as a workbook."""

    @settings(max_examples=50)
    @given(st.data())
    def test_cases_say_the_same_as_a_workbook_and_as_toml(self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
        """Read again both give the cases that were written, on random editions and facts, missing ones among them."""
        case = data.draw(cases(complete=False))
        edition = edition_of([case])
        registry = cchc.Registry([plugin("field", cchc_register_fields=lambda fields: fields.add(edition))])
        bare = bench(registry, registry.editions[edition.id])
        score = bare.score(edition.criteria[0], case.values)
        scored = score.state is cchc.State.SCORED
        written = Case(name=data.draw(st.sampled_from(["=1+1", "12/12", "đạt “98 %”", '"a"'])), criterion=edition.criteria[0], values=case.values,
                       state=score.state.value, points=score.account.exact if scored else None, reason=data.draw(st.sampled_from(["", "@a"])),
                       confirmed=data.draw(st.booleans()))
        folder = tmp_path_factory.mktemp("cases")
        (folder / "cases").mkdir()
        told = []
        for name, content in (("x.toml", cases_toml(bare, [written]).encode()), ("x.xlsx", case_workbook(bare, [written]))):
            (folder / "cases" / name).write_bytes(content)
            told += read_in(folder, registry, edition)
            (folder / "cases" / name).unlink()
        assert told == [_told(written), _told(written)]

    def test_command_writes_a_workbook_that_runs_once_it_lies_beside_the_edition(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Suggested, moved into its folder, run: nothing is open, nothing is confirmed."""
        plugins, cases_folder = tmp_path / "bộ", tmp_path / "bộ/permits/src/own_permits/cases/2099"
        cases_folder.mkdir(parents=True)
        package = cases_folder.parent.parent
        (package / "editions").mkdir()
        (package / "editions" / "2099.toml").write_text(EDITION, encoding="utf-8")
        (package / "__init__.py").write_text(
            "from pathlib import Path\nimport cchc_rules as cchc\n@cchc.hookimpl\n"
            "def cchc_register_fields(fields):\n    fields.add_folder(Path(__file__).parent / 'editions')\n")
        (plugins / "permits" / "pyproject.toml").write_text(
            '[project]\nname = "own-permits"\nversion = "1"\n[project.entry-points.cchc_rules]\npermits = "own_permits"\n')
        assert main(["cases", NAME, "--suggest", "-o", str(cases_folder / "đề xuất.xlsx"), "--plugins", str(plugins)]) == 0
        capsys.readouterr()
        assert main(["cases", NAME, "--plugins", str(plugins)]) == 0
        said = capsys.readouterr().out
        assert "0 không đạt" in said
        assert "CHƯA THỬ" not in said
        assert "CHƯA XÁC NHẬN “1: " in said

    def test_workbook_has_a_sheet_a_criterion_with_text_only(self, tmp_path: Path) -> None:
        """Whose facts stand by their labels; Excel makes no dates of them."""
        path = tmp_path / "x.xlsx"
        path.write_bytes(with_suggestions(run(tmp_path)[0], path).data)
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["1", "2"]
        rows = list(book["2"].iter_rows(values_only=True))
        assert rows[2][2] == "ngày gửi báo cáo"
        assert rows[3][:3] == ("Tên trường hợp", "Mã tiêu chí", "sent")
        assert "chưa thực hiện" in {row[2] for row in rows[4:]}
        assert {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_cases_of_a_workbook_go_into_a_pack(tmp_path: Path) -> None:
    """Whoever is handed the method can run them, without Excel."""
    issued = issued_in(tmp_path / "gốc")
    folder = issued.path / "cases"
    folder.mkdir()
    registry = issued.registry()
    (before,), _ = reports(registry, editions_named(registry, ISSUED))
    (folder / "bảng.xlsx").write_bytes(with_suggestions(before, folder / "bảng.xlsx").data)
    for name in (ISSUED, METHOD):
        issued.seal(name)
    pack(issued.registry(), METHOD, tmp_path / "gói.cchc.zip")
    handed = cchc.Registry.load([tmp_path / "gói.cchc.zip"], with_installed=False)
    (found,), problems = reports(handed, editions_named(handed))
    assert (problems, found.findings, found.failed, found.uncovered) == ((), (), (), ())
    assert len(found.results) > 5


def read_in(folder: Path, registry: cchc.Registry, edition: Edition) -> list[tuple[Any, ...]]:
    """Return the cases that lie beside an edition, without their places."""
    from attrs import evolve

    registered = evolve(registry.editions[edition.id], path=folder / "editions" / "2099.toml")
    sources, wrong = read_sources([registered], registry.structure)
    found, more = read_cases(sources, bench(registry, registry.editions[edition.id]), {})
    assert not wrong
    assert not more, more
    return [_told(each) for each in found]


def _told(case: Case) -> tuple[Any, ...]:
    return (case.name, case.criterion.id, dict(case.values), case.state, case.points, case.reason, case.confirmed)


def test_points_that_are_a_number_in_the_cell_are_exact(tmp_path: Path) -> None:
    """Half a point in a cell is half a point."""
    case_book(tmp_path, (["x", "permits.on-time", 98, 100, None, 0.1, None, None, None],))
    (result,) = run(tmp_path)[0].results
    assert result.case.points is not None
    assert result.case.points == Decimal("0.1")
