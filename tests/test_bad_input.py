"""Evidence that cannot be used: each mistake is named with file, place, what was expected and what to do."""

import datetime as dt
import zipfile
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from conftest import EXAMPLE

import cchc_rules as cchc
from cchc_rules import cli
from cchc_rules.base.errors import CchcError, Finding

HEAD = {"method": "cao-bang.districts", "year": "2021", "unit": "ha-quang", "stage": "self_assessed"}
COLUMNS = ("Mã số liệu", "Giá trị", "Đơn vị tính", "Tài liệu kiểm chứng", "Ghi chú")
HEADINGS = {"method": "Phương pháp", "year": "Năm", "unit": "Đơn vị", "stage": "Giai đoạn"}
FACTS_FROM = 8
"""The line on which the first fact of ``toml`` stands."""

Write = Callable[[Path], Path]
"""Writes evidence into a folder and returns the path to score."""


# ------------------------------------------------------------------ writing evidence with a mistake in it


def toml_text(*facts: str, more: str = "", **head: str) -> str:
    """Return a TOML evidence file: schema, headings, then one fact a block."""
    given = {"schema": '"cchc.evidence/1"', **{key: value if key == "year" else f'"{value}"' for key, value in HEAD.items()}, **head}
    lines = [f"{key} = {value}" if value else "" for key, value in given.items()]
    return "\n".join([*lines, more, "", *(f"[[facts]]\n{fact}\n" for fact in facts)])


def toml(*facts: str, name: str = "so-lieu.toml", more: str = "", **head: str) -> Write:
    """Return a writer of a TOML file."""
    return text(toml_text(*facts, more=more, **head), name)


def text(content: str | bytes, name: str) -> Write:
    """Return a writer of one file."""
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path
    return write


def rows_of(facts: Iterable[Sequence[object]], columns: Sequence[str] = COLUMNS, **head: object) -> list[list[object]]:
    """Return a table: headings, a blank row, the header row, one row a fact."""
    given: dict[str, object] = {**HEAD, **head}
    return [*([HEADINGS[key], value] for key, value in given.items() if value is not None), [], list(columns), *map(list, facts)]


def csv(*facts: Sequence[object], separator: str = ";", columns: Sequence[str] = COLUMNS, encoding: str = "utf-8", **head: object) -> Write:
    """Return a writer of a CSV file."""
    lines = (separator.join(map(str, row)) for row in rows_of(facts, columns, **head))
    return text("\n".join(lines).encode(encoding), "so-lieu.csv")


def excel(*facts: Sequence[object], columns: Sequence[str] = COLUMNS, formats: dict[str, str] | None = None,
          change: Callable[[openpyxl.Workbook], object] | None = None, **head: object) -> Write:
    """Return a writer of a workbook; ``formats`` are number formats of cells."""
    def write(folder: Path) -> Path:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Phiếu"
        for row in rows_of(facts, columns, **head):
            sheet.append(row)
        for cell, shown in (formats or {}).items():
            sheet[cell].number_format = shown
        if change:
            change(book)
        path = folder / "so-lieu.xlsx"
        book.save(path)
        return path
    return write


def together(*writers: Write) -> Write:
    """Return a writer of several files into one folder, which is then what is scored."""
    def write(folder: Path) -> Path:
        for writer in writers:
            writer(folder)
        return folder
    return write


def second_sheet(book: openpyxl.Workbook) -> None:
    """Copy the sheet, so that two hold a table."""
    book.copy_worksheet(book.worksheets[0])


def archive(members: dict[str, bytes]) -> Write:
    """Return a writer of a zip archive that calls itself a workbook."""
    def write(folder: Path) -> Path:
        path = folder / "so-lieu.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for name, data in members.items():
                made.writestr(name, data)
        return path
    return write


def bomb(folder: Path) -> Path:
    """Write a small archive that unpacks to 300 MB."""
    path = folder / "so-lieu.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made, made.open("xl/workbook.xml", "w") as member:
        for _ in range(300):
            member.write(bytes(1_000_000))
    return path


def entity_bomb(folder: Path) -> Path:
    """Write a workbook whose shared text would grow without end when its entities are filled in."""
    path = excel(("initiatives", 2))(folder)
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    declared = f'<!DOCTYPE worksheet [<!ENTITY e0 "số">{grown}]>{sheet}'
    evil = declared.replace("<v>2</v>", "<v>&e11;</v>")
    assert evil != declared
    return archive({**members, "xl/worksheets/sheet1.xml": evil.encode()})(folder)


def fact(name: str, value: str, *more: str) -> str:
    """Return the lines of one fact."""
    return "\n".join((f'id = "{name}"', f"value = {value}", *more))


class Case(NamedTuple):
    """A mistake: how it is written, the code of its finding, and where it is said to stand."""

    write: Write
    code: str
    place: str


TOML = {
    "a fact that the method does not read": Case(toml(fact("initiative", "2")), "fact-unknown", f"so-lieu.toml:{FACTS_FROM}, initiative"),
    "a unit of measurement that does not exist": Case(toml(fact("initiatives", "2", 'unit = "sáng chế"')), "unit-unknown", f":{FACTS_FROM}, initiatives"),
    "a unit of measurement of something else": Case(toml(fact("initiatives", "2", 'unit = "báo cáo"')), "unit-mismatch", f":{FACTS_FROM}, initiatives"),
    "a unit that the method does not assess": Case(toml(unit='"ha-noi"'), "unit-unknown", "so-lieu.toml:4, unit"),
    "a stage that the method does not have": Case(toml(stage='"self_asessed"'), "stage-unknown", "so-lieu.toml:5, stage"),
    "a method that is not installed": Case(toml(method='"cao-bang.district"'), "method-unknown", "so-lieu.toml:2, method"),
    "a year for which the method does not exist": Case(toml(year="2020"), "year-unknown", "so-lieu.toml:2, method"),
    "no year": Case(toml(year=""), "key-missing", "so-lieu.toml"),
    "a year in words": Case(toml(year='"năm nay"'), "number-unreadable", "so-lieu.toml:3"),
    "a misspelt key": Case(toml(more='uint = "ha-quang"'), "key-unknown", "so-lieu.toml:6"),
    "a misspelt key of a fact": Case(toml(fact("initiatives", "2", 'document = "x"')), "key-unknown", f"so-lieu.toml:{FACTS_FROM + 3}"),
    "a list where a word belongs": Case(toml(unit='["ha-quang"]'), "value-wrong-kind", "so-lieu.toml:4"),
    "facts that are no list of tables": Case(toml(more="facts = 3"), "value-wrong-kind", "so-lieu.toml:6"),
    "a schema of something else": Case(toml(schema='"cchc.edition/1"'), "value-unknown", "so-lieu.toml:1"),
    "an ambiguous number": Case(toml(fact("dossiers_received", '"5.000"')), "number-ambiguous", f":{FACTS_FROM}, dossiers_received"),
    "an ambiguous number with a comma": Case(toml(fact("dossiers_received", '"5,000"')), "number-ambiguous", f":{FACTS_FROM}, dossiers_received"),
    "a date where a number belongs": Case(toml(fact("initiatives", "2021-12-12")), "number-is-a-date", f":{FACTS_FROM}, initiatives"),
    "a score over its maximum where a number belongs": Case(toml(fact("initiatives", '"12/12"')), "number-is-a-date", f":{FACTS_FROM}, initiatives"),
    "a per cent sign after a count": Case(toml(fact("initiatives", '"50%"')), "number-unreadable", f":{FACTS_FROM}, initiatives"),
    "words where a number belongs": Case(toml(fact("initiatives", '"hai"')), "number-unreadable", f":{FACTS_FROM}, initiatives"),
    "true where a number belongs": Case(toml(fact("initiatives", "true")), "number-unreadable", f":{FACTS_FROM}, initiatives"),
    "a list where a number belongs": Case(toml(fact("initiatives", "[2]")), "number-unreadable", f":{FACTS_FROM}, initiatives"),
    "not a number at all": Case(toml(fact("initiatives", "nan")), "number-unreadable", f":{FACTS_FROM}, initiatives"),
    "an infinite number": Case(toml(fact("initiatives", "inf")), "number-unreadable", f":{FACTS_FROM}, initiatives"),
    "a negative count": Case(toml(fact("initiatives", "-1")), "count-negative", f":{FACTS_FROM}, initiatives"),
    "a negative count in words": Case(toml(fact("initiatives", '"−1"')), "count-negative", f":{FACTS_FROM}, initiatives"),
    "a count beyond its range": Case(toml(fact("initiatives", "101")), "fact-out-of-range", f":{FACTS_FROM}, initiatives"),
    "half a dossier": Case(toml(fact("dossiers_received", "0.5")), "fact-too-fine", f":{FACTS_FROM}, dossiers_received"),
    "a part above its whole": Case(toml(fact("posts_rotated", "41"), fact("posts_to_rotate", "40")), "part-above-whole", f":{FACTS_FROM}, posts_rotated"),
    "a fact given twice": Case(toml(fact("initiatives", "1"), fact("initiatives", "2")), "fact-duplicate", f":{FACTS_FROM + 4}, initiatives"),
    "a document that is not declared": Case(toml(fact("initiatives", "2", 'documents = ["qd-90"]')), "document-unknown", f":{FACTS_FROM}, initiatives"),
    "a document declared twice": Case(
        toml(more='[[documents]]\nid = "a"\ntitle = "A"\n[[documents]]\nid = "a"\ntitle = "B"'), "document-duplicate", "so-lieu.toml:9"),
    "a document without a title": Case(toml(more='[[documents]]\nid = "a"'), "key-missing", "so-lieu.toml:6"),
    "a number where yes or no belongs": Case(toml(fact("contest_held", "1")), "flag-unreadable", f":{FACTS_FROM}, contest_held"),
    "a level that does not exist": Case(toml(fact("communication_diversity", '"rất đa dạng"')), "level-unknown", f":{FACTS_FROM}, communication_diversity"),
    "a day that does not exist": Case(toml(fact("control_report_sent", '"31/02/2021"')), "date-unreadable", f":{FACTS_FROM}, control_report_sent"),
    "a date without its year": Case(toml(fact("control_report_sent", '"15/12"')), "date-unreadable", f":{FACTS_FROM}, control_report_sent"),
    "a date that never came where that cannot be": Case(toml(fact("initiatives", '"chưa thực hiện"')), "number-unreadable", f":{FACTS_FROM}, initiatives"),
    "a broken line": Case(toml(more="note = "), "toml-syntax", "so-lieu.toml:6"),
    "a key given twice": Case(toml(more="year = 2021"), "toml-syntax", "so-lieu.toml:6"),
    "a quotation that is never closed": Case(toml(more='note = "'), "toml-syntax", "so-lieu.toml"),
    "lists nested without end": Case(toml(more="note = " + "[" * 5000), "toml-syntax", "so-lieu.toml"),
    "letters of an old code page": Case(text(toml_text(more='note = "số liệu"').encode("utf-16"), "so-lieu.toml"), "file-not-utf-8", "so-lieu.toml"),
}

CSV = {
    "a fact that the method does not read": Case(csv(("initiative", "2")), "fact-unknown", "so-lieu.csv:7, initiative"),
    "a part above its whole": Case(csv(("posts_rotated", "41"), ("posts_to_rotate", "40")), "part-above-whole", "so-lieu.csv:7, posts_rotated"),
    "an ambiguous number": Case(csv(("dossiers_received", "5.000")), "number-ambiguous", "so-lieu.csv:7, dossiers_received"),
    "a date where a number belongs": Case(csv(("initiatives", "12-thg 12")), "number-is-a-date", "so-lieu.csv:7, initiatives"),
    "a negative count": Case(csv(("initiatives", "-1")), "count-negative", "so-lieu.csv:7, initiatives"),
    "a fact given twice": Case(csv(("initiatives", "1"), ("initiatives", "1")), "fact-duplicate", "so-lieu.csv:8, initiatives"),
    "no column for the value": Case(csv(("initiatives", "sáng kiến", "bc"), columns=("Mã số liệu", "Đơn vị tính", "Ghi chú")), "column-missing", "so-lieu.csv:6"),
    "no header row": Case(csv(("initiatives", "2"), columns=("số liệu", "kết quả")), "column-missing", "so-lieu.csv"),
    "a column that stands twice": Case(csv(("initiatives", "2", "2"), columns=("Mã số liệu", "Giá trị", "Giá trị")), "column-duplicate", "so-lieu.csv:6"),
    "a column that nobody knows": Case(csv(("initiatives", "2", "x"), columns=("Mã số liệu", "Giá trị", "Người nhập")), "column-unknown", "so-lieu.csv:6"),
    "no unit above the table": Case(csv(("initiatives", "2"), unit=None), "heading-missing", "so-lieu.csv"),
    "a year in words": Case(csv(("initiatives", "2"), year="năm nay"), "number-unreadable", "so-lieu.csv:2"),
    "a stage that the method does not have": Case(csv(("initiatives", "2"), stage="lần 3"), "stage-unknown", "so-lieu.csv:4"),
    "a decimal comma among commas": Case(csv(("initiatives", "1,5"), separator=",", columns=("Mã số liệu", "Giá trị")), "row-too-long", "so-lieu.csv:7"),
    "a quotation that is never closed": Case(csv(("initiatives", '"2')), "file-unusable", "so-lieu.csv"),
    "letters of an old code page": Case(csv(("initiatives", "2"), encoding="utf-16"), "file-unusable", "so-lieu.csv"),
    "letters of another old code page": Case(text("Phương pháp;x".encode() + b"\xd4\xe9", "so-lieu.csv"), "file-not-utf-8", "so-lieu.csv"),
    "a program in place of a table": Case(text(b"MZ\x00\x00\x00", "so-lieu.csv"), "file-unusable", "so-lieu.csv"),
    "nothing at all": Case(text(b"", "so-lieu.csv"), "column-missing", "so-lieu.csv"),
}

EXCEL = {
    "a score over its maximum that became a date": Case(excel(("initiatives", dt.datetime(2021, 12, 12))), "number-is-a-date", "Phiếu!B7, initiatives"),  # noqa: DTZ001 - as Excel stores it
    "a count in a cell that shows per cent": Case(excel(("initiatives", 0.5), formats={"B7": "0%"}), "percent-unexpected", "Phiếu!B7, initiatives"),
    "a formula that nobody calculated": Case(excel(("initiatives", "=1+1")), "formula-without-value", "Phiếu!B7, initiatives"),
    "a formula that failed": Case(excel(("initiatives", "#DIV/0!")), "formula-without-value", "Phiếu!B7, initiatives"),
    "a number that only a machine writes": Case(excel(("initiatives", 1 / 3)), "number-is-float", "Phiếu!B7, initiatives"),
    "a negative count": Case(excel(("initiatives", -1)), "count-negative", "Phiếu!B7, initiatives"),
    "an ambiguous number in a cell of text": Case(excel(("dossiers_received", "5.000")), "number-ambiguous", "Phiếu!B7, dossiers_received"),
    "a part above its whole": Case(excel(("posts_rotated", 41), ("posts_to_rotate", 40)), "part-above-whole", "Phiếu!B7, posts_rotated"),
    "a fact given twice": Case(excel(("initiatives", 1), ("initiatives", 2)), "fact-duplicate", "Phiếu!B8, initiatives"),
    "a fact that the method does not read": Case(excel(("initiative", 2)), "fact-unknown", "Phiếu!B7, initiative"),
    "a moment where a day belongs": Case(excel(("control_report_sent", dt.datetime(2021, 12, 15, 8))), "date-unreadable", "Phiếu!B7, control_report_sent"),  # noqa: DTZ001 - as Excel stores it
    "no column for the value": Case(excel(("initiatives", "x", "y"), columns=("Mã số liệu", "Đơn vị tính", "Ghi chú")), "column-missing", "Phiếu!A6"),
    "a column that stands twice": Case(excel(("initiatives", 2, 2), columns=("Mã số liệu", "Giá trị", "Giá trị")), "column-duplicate", "Phiếu!C6"),
    "no stage above the table": Case(excel(("initiatives", 2), stage=None), "heading-missing", "so-lieu.xlsx"),
    "a year that is a date": Case(excel(("initiatives", 2), year=dt.datetime(2021, 1, 1)), "number-is-a-date", "Phiếu!B2"),  # noqa: DTZ001 - as Excel stores it
    "a unit that the method does not assess": Case(excel(("initiatives", 2), unit="Hà Nội"), "unit-unknown", "Phiếu!B3"),
    "a workbook without a table": Case(excel(columns=("a", "b")), "column-missing", "so-lieu.xlsx"),
    "two sheets with a table": Case(excel(("initiatives", 2), change=second_sheet), "file-unusable", "so-lieu.xlsx"),
    "a text file that calls itself a workbook": Case(text("Mã số liệu;Giá trị", "so-lieu.xlsx"), "file-unusable", "so-lieu.xlsx"),
    "an empty file that calls itself a workbook": Case(text(b"", "so-lieu.xlsx"), "file-unusable", "so-lieu.xlsx"),
    "an archive that is no workbook": Case(archive({"readme.txt": b"x"}), "file-unusable", "so-lieu.xlsx"),
    "a workbook whose parts are broken": Case(archive({"[Content_Types].xml": b"<Types", "xl/workbook.xml": b"<"}), "file-unusable", "so-lieu.xlsx"),
    "an archive that unpacks without end": Case(bomb, "file-unusable", "so-lieu.xlsx"),
    "a text that grows without end": Case(entity_bomb, "file-unusable", "so-lieu.xlsx"),
}

FOLDERS = {
    "no evidence in the folder": Case(together(), "evidence-missing", ""),
    "only other files in the folder": Case(together(text("x", "doc.txt"), text("x", "~$so-lieu.xlsx"), text("x", ".an.csv")), "evidence-missing", ""),
    "one fact with two values in two files": Case(
        together(toml(fact("initiatives", "1"), name="a.toml"), toml(fact("initiatives", "2"), name="b.toml")), "fact-conflict", f"b.toml:{FACTS_FROM}, initiatives"),
    "files of two years": Case(together(toml(name="a.toml"), toml(name="b.toml", year="2020")), "files-disagree", "b.toml:3, year"),
    "files of two units": Case(together(toml(name="a.toml"), toml(name="b.toml", unit='"bao-lac"')), "files-disagree", "b.toml:4, unit"),
    "one id for two documents in two files": Case(
        together(*(toml(name=f"{name}.toml", more=f'[[documents]]\nid = "bc"\ntitle = "{name}"') for name in "ab")), "document-conflict", "b.toml"),
    "a part above a whole that another office reports": Case(
        together(toml(fact("posts_rotated", "41"), name="a.toml"), csv(("posts_to_rotate", "40"))), "part-above-whole", f"a.toml:{FACTS_FROM}, posts_rotated"),
    "a path that is not there": Case(lambda folder: folder / "không có.toml", "file-unreadable", "không có.toml"),
    "a path that no system can open": Case(lambda folder: folder / ("dài" * 200), "file-unreadable", "dài"),
    "a kind of file that is not read": Case(text("x", "so-lieu.docx"), "file-unusable", "so-lieu.docx"),
    "an old kind of workbook": Case(text("x", "so-lieu.xls"), "file-unusable", "so-lieu.xls"),
}

ALL = {f"{kind}, {name}": case for kind, cases in {"TOML": TOML, "CSV": CSV, "Excel": EXCEL, "folder": FOLDERS}.items() for name, case in cases.items()}


def findings(path: Path) -> tuple[Finding, ...]:
    """Return what is found wrong with the evidence at a path."""
    with pytest.raises(CchcError) as caught:
        cchc.score(path)
    return caught.value.findings


# ------------------------------------------------------------------ every mistake by itself


@pytest.mark.parametrize("name", ALL)
def test_mistake_is_named_with_file_place_and_remedy_in_both_languages(tmp_path: Path, name: str) -> None:
    """One finding, of the right kind, at the right place, in words that differ from language to language."""
    case = ALL[name]
    (found,) = findings(case.write(tmp_path))
    assert (found.code, found.severity) == (case.code, "error")
    assert case.place in str(found.place)
    assert tmp_path.as_posix() in found.place.file
    for words in (found.reason, found.remedy):
        assert words.vi
        assert words.en
        assert words.vi != words.en


@pytest.mark.parametrize("name", ALL)
def test_mistake_ends_the_command_with_2_and_one_line_that_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Nothing on the standard output, nothing written, no traceback."""
    case = ALL[name]
    path = case.write(tmp_path)
    before = sorted(tmp_path.iterdir())
    said = []
    for language in ("vi", "en"):
        assert cli.main(["score", str(path), "--lang", language]) == cli.BAD_INPUT
        out, err = capsys.readouterr()
        assert out == ""
        assert f"[{case.code}]" in err
        assert "Traceback" not in err
        said.append(err)
    assert said[0] != said[1]
    assert sorted(tmp_path.iterdir()) == before


# ------------------------------------------------------------------ more than one


def test_all_problems_of_a_toml_file_are_told_at_once(tmp_path: Path) -> None:
    """A clerk mends the file once, not once a run."""
    path = toml(
        fact("initiative", "2"), fact("initiatives", '"1.000"'), fact("contest_held", '"có lẽ"'), fact("staff_disciplined", "-4"),
        fact("posts_rotated", "41"), fact("posts_to_rotate", "40"), fact("notices_damaged", "0", 'documents = ["x"]'),
        unit='"ha-noi"', stage='"verified"',
    )(tmp_path)
    assert [each.code for each in findings(path)] == [
        "unit-unknown", "stage-unknown", "fact-unknown", "number-ambiguous", "flag-unreadable", "count-negative", "document-unknown",
        "part-above-whole",
    ]


def test_all_problems_of_a_tables_form_are_told_at_once(tmp_path: Path) -> None:
    """Headings, columns and rows together."""
    path = csv(("initiatives", "2", "2"), columns=("Mã số liệu", "Giá trị", "Giá trị", "Người nhập"), unit=None, year="nay")(tmp_path)
    assert sorted(each.code for each in findings(path)) == ["column-duplicate", "column-unknown", "heading-missing", "number-unreadable"]


def test_problems_of_all_files_in_a_folder_are_told_at_once(tmp_path: Path) -> None:
    """Each office hears of its own file."""
    together(toml(fact("initiatives", '"hai"'), name="a.toml"), csv(("notices_damaged", "-1")), excel(("staff_disciplined", 1 / 3)))(tmp_path)
    found = findings(tmp_path)
    assert sorted((Path(each.place.file).name, each.code) for each in found) == [
        ("a.toml", "number-unreadable"), ("so-lieu.csv", "count-negative"), ("so-lieu.xlsx", "number-is-float"),
    ]


def test_two_values_of_one_fact_name_both_places(tmp_path: Path) -> None:
    """The office that reads the message knows with whom to agree."""
    (found,) = findings(FOLDERS["one fact with two values in two files"].write(tmp_path))
    assert "b.toml" in str(found.place)
    assert "a.toml" in found.reason.vi
    assert "a.toml" in found.reason.en


def test_part_above_its_whole_names_both_facts_with_their_values_and_places(tmp_path: Path) -> None:
    """Either of the two may be wrong."""
    (found,) = findings(FOLDERS["a part above a whole that another office reports"].write(tmp_path))
    assert all(word in found.reason.vi for word in ("posts_rotated", "41", "posts_to_rotate", "40", "so-lieu.csv:7"))


@pytest.mark.parametrize(("name", "meant"), [
    ("a fact that the method does not read", "initiatives"),
    ("a method that is not installed", "cao-bang.districts"),
    ("a stage that the method does not have", "self_assessed"),
    ("a misspelt key", "unit"),
    ("a misspelt key of a fact", "documents"),
])
def test_misspelling_is_answered_with_the_word_that_was_meant(tmp_path: Path, name: str, meant: str) -> None:
    """Did you mean, in both languages."""
    (found,) = findings(TOML[name].write(tmp_path))
    assert found.remedy.vi.startswith(f"có phải “{meant}”?")
    assert found.remedy.en.startswith(f"did you mean {meant!r}?")


def test_unknown_year_names_the_years_that_there_are_and_takes_none(tmp_path: Path) -> None:
    """An unknown year is an error, never the nearest one."""
    (found,) = findings(TOML["a year for which the method does not exist"].write(tmp_path))
    assert "2020" in found.reason.vi
    assert "2021" in found.remedy.vi


# ------------------------------------------------------------------ what is not a mistake


GOOD = {
    "with semicolons": csv(("initiatives", "2", "", "bc", ""), ("dossiers_received", "5000", "", "so", "")),
    "with commas": csv(("initiatives", "2", "", "bc", ""), ("dossiers_received", "5000", "", "so", ""), separator=","),
    "with a byte-order mark": csv(("initiatives", "2", "", "bc", ""), ("dossiers_received", "5000", "", "so", ""), encoding="utf-8-sig"),
    "with commas and everything in quotes": csv(
        ('"initiatives"', '"2"', '""', '"bc"', '""'), ('"dossiers_received"', '"5000"', '""', '"so"', '""'), separator=",",
        columns=[f'"{name}"' for name in COLUMNS]),
    "with its columns in another order": csv(
        ("bc", "2", "initiatives"), ("so", "5000", "dossiers_received"), columns=("Tài liệu kiểm chứng", "Giá trị", "Mã số liệu")),
    "with English names of columns": csv(("initiatives", "2", "bc"), ("dossiers_received", "5000", "so"), columns=("fact", "value", "documents")),
    "with Excel's numbers": excel(("initiatives", 2.0, None, "bc"), ("dossiers_received", 5000, None, "so")),
    "with units": excel(("initiatives", 2, "sáng kiến", "bc"), ("dossiers_received", 5000, "hồ sơ", "so")),
    "with a per cent sign that scales nothing": excel(("initiatives", 2, None, "bc"), ("dossiers_received", 5000, None, "so"), formats={"B7": '0"%"'}),
    "with numbers in cells of text": excel(("initiatives", " 2 ", None, "bc"), ("dossiers_received", "5000", None, "so"), formats={"B7": "0%"}),
    "with rows between facts": excel((), (None, "Lĩnh vực một"), ("initiatives", 2, None, "bc"), (), ("dossiers_received", 5000, None, "so")),
    "in TOML": toml(fact("initiatives", "2", 'documents = ["bc"]'), fact("dossiers_received", "5000", 'documents = ["so"]'),
                    more="".join(f'[[documents]]\nid = "{name}"\ntitle = "{name}"\n' for name in ("bc", "so"))),
}


@pytest.mark.parametrize("name", GOOD)
def test_same_facts_are_read_however_they_are_written(tmp_path: Path, name: str) -> None:
    """Separator, mark, quotes, order of columns and kind of file make no difference."""
    read = cchc.read_evidence(GOOD[name](tmp_path))
    assert {key: (each.value, each.documents) for key, each in read.facts.items()} == {
        "initiatives": (2, ("bc",)), "dossiers_received": (5000, ("so",)),
    }
    assert (read.unit.id, read.method, read.year, read.stage) == ("ha-quang", "cao-bang.districts", 2021, "self_assessed")


def test_blank_value_is_missing_and_never_zero(tmp_path: Path) -> None:
    """A row that was left open is no evidence."""
    for write in (csv(("initiatives", "")), excel(("initiatives", None)), excel(("initiatives", "  ")), toml('id = "initiatives"'), toml(fact("initiatives", '" "'))):
        card = cchc.score(write(tmp_path))
        assert card.score("direction.initiatives").state is cchc.State.NO_EVIDENCE
        for path in tmp_path.iterdir():
            path.unlink()


def test_same_value_of_one_fact_in_two_files_is_one_fact_with_both_proofs(tmp_path: Path) -> None:
    """Two offices may report the same number."""
    together(csv(("initiatives", "2", "", "bc-1", "")), excel(("initiatives", 2, None, "bc-2")))(tmp_path)
    assert cchc.read_evidence(tmp_path).facts["initiatives"].documents == ("bc-1", "bc-2")


def test_document_declared_in_one_file_may_be_named_in_another(tmp_path: Path) -> None:
    """A cell names it; the TOML file says what it is."""
    together(csv(("initiatives", "2", "", "bc", "")), toml(name="tai-lieu.toml", more='[[documents]]\nid = "bc"\ntitle = "Báo cáo năm"'))(tmp_path)
    assert cchc.read_evidence(tmp_path).documents["bc"].title == "Báo cáo năm"


def test_other_files_of_the_project_in_the_folder_are_passed_over() -> None:
    """Published tables are no evidence."""
    assert [Path(file).name for file in cchc.read_evidence(EXAMPLE).files] == ["2021.toml"]


# ------------------------------------------------------------------ evidence from Python, files that cannot be opened


def test_float_in_python_evidence_is_refused_with_the_fact_named() -> None:
    """Exact numbers only: an int, a Decimal or text."""
    with pytest.raises(cchc.InputError) as caught:
        cchc.evidence_of("cao-bang.districts", 2021, "ha-quang", {"initiatives": 2.0, "dossiers_received": Decimal(5000)})
    (found,) = caught.value.findings
    assert found.code == "number-is-float"
    assert found.place.where == "facts['initiatives']"


def test_all_problems_of_python_evidence_are_told_at_once() -> None:
    """As strict as a file."""
    with pytest.raises(cchc.InputError) as caught:
        cchc.evidence_of("cao-bang.districts", 2021, "ha-noi", {"initiatives": -1, "x": 1, "contest_held": 1}, stage="nowhere")
    assert [each.code for each in caught.value.findings] == ["unit-unknown", "stage-unknown", "count-negative", "fact-unknown", "flag-unreadable"]


@pytest.mark.parametrize("write", [toml(), csv(), excel()], ids=["TOML", "CSV", "Excel"])
def test_file_that_may_not_be_opened_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    """Permission, a network drive that is gone, a file that another program keeps locked."""
    path = write(tmp_path)

    def refuse(*_: object, **__: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (found,) = findings(path)
    assert found.code == "file-unreadable"
    assert found.place.file == path.as_posix()


def test_sheet_with_a_cell_at_its_far_end_is_read_no_further_than_a_form_reaches(tmp_path: Path) -> None:
    """A stray blank a million rows down costs nobody a minute."""
    def stray(book: openpyxl.Workbook) -> None:
        book.worksheets[0]["XFD1048576"] = " "

    (found,) = findings(excel(("initiatives", 2), change=stray)(tmp_path))
    assert found.code == "file-unusable"


def test_template_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither half a workbook nor a changed one."""
    kept = tmp_path / "phiếu.xlsx"
    kept.write_bytes(b"cu")
    assert cli.main(["template", "cao-bang.districts", "-o", str(kept)]) == cli.BAD_INPUT
    assert cli.main(["template", "cao-bang.districts", "-o", str(kept / "phiếu.xlsx")]) == cli.BAD_INPUT
    assert cli.main(["template", "cao-bang.districts/2020", "-o", str(tmp_path / "khác.xlsx")]) == cli.BAD_INPUT
    assert cli.main(["template", "cao-bang.districts", "--force", "-o", str(tmp_path)]) == cli.BAD_INPUT
    assert [path.name for path in tmp_path.iterdir()] == ["phiếu.xlsx"]
    assert kept.read_bytes() == b"cu"
    assert "Traceback" not in capsys.readouterr().err
