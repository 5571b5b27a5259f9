"""Annexes: what is said is taken over, what is doubtful is a finding with its cell, nothing is half written."""

import datetime as dt
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cchc_rules as cchc
from cchc_rules.annex.numbering import arranged, read_number
from cchc_rules.annex.sentences import read_sentences
from cchc_rules.authoring.annexes import field_from_annex
from cchc_rules.base.errors import Finding, InputError
from cchc_rules.plugins.registry import Registry
from cchc_rules.rules.forms import Form

HEADER = ("STT", "Lĩnh vực/Tiêu chí/Tiêu chí thành phần", "Điểm tối đa", "Cách chấm", "Tài liệu kiểm chứng")
SOUND: tuple[tuple[Any, ...], ...] = (
    ("1", "Cải cách thủ tục hành chính", 6, None, None),
    ("1.1", "Giải quyết hồ sơ", 4, None, None),
    ("1.1.1", "Hồ sơ đúng hạn", 3, "Tỷ lệ hồ sơ đúng hạn từ 95% trở lên: 3 điểm; từ 80% đến dưới 95%: 1,5 điểm; dưới 80%: 0 điểm", "- Báo cáo\n- Số liệu phần mềm"),
    ("1.1.2", "Báo cáo", 1, "Mỗi báo cáo chậm trừ 0,25 điểm, không quá 1 điểm", None),
    ("1.2", "Ban hành kế hoạch", 2, "Đầy đủ, đúng hạn: 2 điểm", "Kế hoạch"),
)


def excel(path: Path, rows: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> Path:
    """Return an annex in Excel; the first row below its title is the header."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Phụ lục"
    for row in (("PHỤ LỤC",), HEADER, *rows):
        sheet.append(list(row))
    if change:
        change(sheet)
    book.save(path)
    return path


def word(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """Return the same annex in Word."""
    document = docx.Document()
    table = document.add_table(rows=0, cols=len(HEADER))
    for row in (HEADER, *rows):
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = "" if value is None else str(value)
    document.save(str(path))
    return path


def made(registry: cchc.Registry, annex: Path, folder: Path, **given: Any) -> tuple[cchc.Edition, tuple[Finding, ...]]:
    """Return the edition that an annex becomes, read back from its plugin, and what was found."""
    _, found = field_from_annex(registry, "thu_tuc", annex, year=2022, folder=folder, **given)
    return Registry.load([folder]).editions["thu_tuc/district/2022"].value, found


def refused(registry: cchc.Registry, annex: Path, folder: Path) -> list[tuple[str, str]]:
    """Return code and place of each finding of a refused annex; nothing may have been written."""
    with pytest.raises(InputError) as error:
        field_from_annex(registry, "thu_tuc", annex, year=2022, folder=folder)
    assert not folder.exists() or list(folder.iterdir()) == []
    return [(each.code, each.place.where) for each in error.value.findings]


def with_row(index: int, column: int, value: Any) -> list[list[Any]]:
    """Return the sound annex with one cell changed."""
    rows = [list(row) for row in SOUND]
    rows[index][column] = value
    return rows


class TestSoundAnnex:
    """An annex that says everything plainly."""

    @pytest.mark.parametrize("write", [lambda path: excel(path / "a.xlsx", SOUND), lambda path: word(path / "a.docx", SOUND)], ids=["excel", "word"])
    def test_gives_tree_maxima_evidence_and_forms(self, registry: cchc.Registry, tmp_path: Path, write: Callable[[Path], Path]) -> None:
        """Word and Excel give the same edition."""
        edition, _ = made(registry, write(tmp_path), tmp_path / "out")
        assert (edition.label.vi, edition.max_points) == ("Cải cách thủ tục hành chính", Decimal(6))
        assert [(each.number, each.max_points, each.form.name if each.form else "") for each in edition.criteria] == [
            ("1.1", Decimal(4), ""), ("1.1.1", Decimal(3), "bands"), ("1.1.2", Decimal(1), "violations"), ("1.2", Decimal(2), "all_or_nothing"),
        ]
        assert edition.criteria[1].parent == edition.criteria[0].id
        assert edition.criteria[1].evidence == ("Báo cáo", "Số liệu phần mềm")
        assert edition.criteria[1].clause is not None
        assert edition.criteria[1].clause.text.startswith("Tỷ lệ hồ sơ đúng hạn từ 95% trở lên")

    def test_leaves_only_what_to_revisit_for_the_check(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """The draft is whole: every finding of the check is a placeholder to fill."""
        made(registry, excel(tmp_path / "a.xlsx", SOUND), tmp_path / "out")
        own = [each for each in Registry.load([tmp_path / "out"]).findings() if each.place.file.startswith(tmp_path.as_posix())]
        assert {each.code for each in own} == {"to-revisit"}
        assert all(len(each.reason.vi) > len("cần rà soát: tên") for each in own)
        assert {each.place.where for each in own if each.place.where.startswith("tiêu chí 1.1.1")} == {"tiêu chí 1.1.1 (thu_tuc.ho-so-dung-han)"}

    def test_passes_its_own_tests_at_once(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """What is left to settle, and cases that nobody has confirmed, do not stop whoever starts; the numbers add up already."""
        made(registry, excel(tmp_path / "a.xlsx", SOUND), tmp_path / "out")
        cases = (tmp_path / "out/thu_tuc/src/cchc_thu_tuc/cases/2022/suggested.toml").read_text(encoding="utf-8")
        assert "confirmed = false" in cases
        assert "confirmed = true\n" not in cases
        result = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path / "out")], cwd=tmp_path,
                                capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout

    def test_may_go_on_over_several_rows(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A way of scoring that fills three rows of merged numbers is read as one."""
        rows = [*SOUND[:2], (*SOUND[2][:3], "Tỷ lệ hồ sơ đúng hạn từ 95% trở lên: 3 điểm", None), (None, None, None, "Từ 80% đến dưới 95%: 1,5 điểm", "Báo cáo"),
                (None, None, None, "Dưới 80%: 0 điểm", None), *SOUND[3:]]
        edition, _ = made(registry, excel(tmp_path / "a.xlsx", rows, lambda sheet: sheet.merge_cells("A5:A7")), tmp_path / "out")
        assert edition.criteria[1].form is not None
        assert [each.points for each in edition.criteria[1].form.bands] == [Decimal(3), Decimal("1.5"), Decimal(0)]  # type: ignore[attr-defined]  # the form is one of bands

    def test_of_several_fields_asks_for_one(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """Which of the topmost rows is the field is not for the reader to choose."""
        annex = excel(tmp_path / "a.xlsx", [*SOUND, ("2", "Tài chính công", 1, None, None), ("2.1", "Giải ngân", 1, "Điểm = tỷ lệ × điểm tối đa", None)])
        assert [code for code, _ in refused(registry, annex, tmp_path / "out")] == ["annex-part-needed"]
        edition, _ = made(registry, annex, tmp_path / "out", part="2")
        assert [(each.number, each.label.vi) for each in edition.criteria] == [("2.1", "Giải ngân")]


EXTRAS: tuple[tuple[Any, ...], ...] = (
    *SOUND,
    ("1.3", "Sáng kiến cấp tỉnh", "thưởng 1,5", "Mỗi sáng kiến được 0,5 điểm, không quá 1,5 điểm", None),
    ("1.4", "Đơn thư tố cáo đúng", "trừ 1 điểm mỗi đơn", None, None),
    ("1.5", "Báo cáo chậm", "trừ tối đa 1 điểm", "Mỗi báo cáo chậm trừ 0,25 điểm, không quá 1 điểm", None),
    ("1.6", "Bị phê bình", "-1", "Bị phê bình: 1 điểm", None),
)


class TestBonusAndPenalty:
    """Rows that stand outside the maximum."""

    def test_are_criteria_of_their_kind_and_no_part_of_the_sum(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """The field has its six points still; a penalty counts up what is taken off."""
        edition, found = made(registry, excel(tmp_path / "a.xlsx", EXTRAS), tmp_path / "out")
        assert edition.max_points == Decimal(6)
        assert "annex-total" not in {each.code for each in found}
        assert [(each.number, each.kind, each.max_points, each.form.name if each.form else "") for each in edition.criteria if each.kind != "regular"] == [
            ("1.3", "bonus", Decimal("1.5"), "count"), ("1.4", "penalty", Decimal(1), "count"), ("1.5", "penalty", Decimal(1), "count"),
            ("1.6", "penalty", Decimal(1), "judged"),
        ]
        assert {each.code for each in Registry.load([tmp_path / "out"]).findings() if each.place.file.startswith(tmp_path.as_posix())} == {"to-revisit"}

    def test_of_a_maximum_that_is_not_said_is_asked(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """“Trừ 1 điểm mỗi đơn” does not say how much at the most, and nobody guesses."""
        _, found = made(registry, excel(tmp_path / "a.xlsx", EXTRAS), tmp_path / "out")
        assert [each.place.where for each in found if "tối đa bao nhiêu" in each.reason.vi] == ["Phụ lục!D9, mục 1.4"]

    @pytest.mark.parametrize("words", ["thưởng", "trừ điểm", "thưởng 1 hoặc 2", "cộng 0", "trừ 1, thưởng 2"])
    def test_that_say_no_number_are_refused(self, registry: cchc.Registry, tmp_path: Path, words: str) -> None:
        """As a maximum that is none."""
        rows = [*SOUND, ("1.3", "Sáng kiến", words, None, None)]
        assert [code for code, _ in refused(registry, excel(tmp_path / "a.xlsx", rows), tmp_path / "out")] == ["annex-maximum"]


class TestParts:
    """One field of an annex of several."""

    OTHER: tuple[tuple[Any, ...], ...] = (("2", "Điểm thưởng", None, None, None), ("2.1", "Sáng kiến", "tuỳ năm", None, None))

    def test_is_read_whatever_is_wrong_in_another(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A row that cannot be read is for whoever asks for its own part."""
        annex = excel(tmp_path / "a.xlsx", [*SOUND, *self.OTHER])
        edition, found = made(registry, annex, tmp_path / "out", part="1")
        assert len(edition.criteria) == 4
        assert "annex-maximum" not in {each.code for each in found}
        with pytest.raises(InputError, match="annex-maximum"):
            made(registry, annex, tmp_path / "other", part="2")

    def test_that_is_not_there_is_said_so(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """Not as though none had been named."""
        with pytest.raises(InputError) as error:
            made(registry, excel(tmp_path / "a.xlsx", SOUND), tmp_path / "out", part="4")
        assert error.value.findings[0].reason.vi == "phụ lục không có mục lớn “4”; các mục lớn: 1 (Cải cách thủ tục hành chính)"


class TestBadAnnex:
    """What is wrong is said with its cell, and nothing is written where it cannot be read."""

    @pytest.mark.parametrize(("rows", "code", "cell"), [
        (with_row(2, 2, "ba điểm"), "annex-maximum", "Phụ lục!C5"),
        (with_row(2, 2, dt.datetime(2022, 12, 12)), "annex-maximum", "Phụ lục!C5"),  # noqa: DTZ001 - as Excel stores it
        (with_row(2, 2, None), "annex-maximum", "Phụ lục!C5"),
        (with_row(2, 2, 1 / 3), "annex-maximum", "Phụ lục!C5"),
        (with_row(2, 2, "=SUM("), "annex-maximum", "Phụ lục!C5"),
        (with_row(2, 0, dt.datetime(2022, 1, 1)), "annex-numbering", "Phụ lục!A5"),  # noqa: DTZ001 - as above
        (with_row(2, 0, "abc"), "annex-numbering", "Phụ lục!A5"),
        (with_row(3, 0, "1.1.1"), "annex-numbering", "Phụ lục!A6"),
        (with_row(3, 0, "3.1.1"), "annex-numbering", "Phụ lục!A6"),
        (with_row(3, 0, None), "annex-numbering", "Phụ lục!B6"),
        (with_row(3, 1, None), "annex-label-missing", "Phụ lục!B6"),
    ], ids=["words", "date", "blank", "smeared", "formula", "number-is-date", "number-is-words", "twice", "orphan", "no-number", "no-label"])
    def test_is_refused_with_the_cell(self, registry: cchc.Registry, tmp_path: Path, rows: list[list[Any]], code: str, cell: str) -> None:
        """Whoever typed the annex finds the cell at once."""
        assert (code, cell) in refused(registry, excel(tmp_path / "a.xlsx", rows), tmp_path / "out")

    def test_has_a_merged_maximum_named(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """Three points over two merged rows are not three points each."""
        annex = excel(tmp_path / "a.xlsx", SOUND, lambda sheet: sheet.merge_cells("C5:C6"))
        assert refused(registry, annex, tmp_path / "out") == [("annex-maximum", "Phụ lục!C6")]

    def test_with_a_gap_in_its_numbers_is_written_and_says_so(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A decision may well skip a number; somebody has to look."""
        _, found = made(registry, excel(tmp_path / "a.xlsx", with_row(3, 0, "1.1.3")), tmp_path / "out")
        assert ("annex-numbering", "Phụ lục!A6") in [(each.code, each.place.where) for each in found]

    def test_whose_parts_do_not_add_up_is_reported_and_never_repaired(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """The maximum stays as it is printed, with a mark, and the check finds it too."""
        edition, found = made(registry, excel(tmp_path / "a.xlsx", [*with_row(1, 2, 5), (None, "Tổng cộng", 7, None, None)]), tmp_path / "out")
        assert {each.place.where for each in found if each.code == "annex-total"} == {"Phụ lục!C3", "Phụ lục!C4", "Phụ lục!C8"}
        assert edition.criteria[0].max_points == 5
        codes = {each.code for each in Registry.load([tmp_path / "out"]).findings() if each.place.file.startswith(tmp_path.as_posix())}
        assert codes == {"to-revisit", "maxima-do-not-add-up"}

    def test_without_a_header_is_refused(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A sheet of something else is not an annex."""
        annex = excel(tmp_path / "a.xlsx", SOUND, lambda sheet: sheet.delete_rows(2))
        assert [code for code, _ in refused(registry, annex, tmp_path / "out")] == ["annex-header-missing"]

    @pytest.mark.parametrize("name", ["a.xlsx", "a.docx"])
    @pytest.mark.parametrize("broken", ["none", "words", "empty zip", "cut"])
    def test_that_is_broken_is_an_ordinary_finding(self, registry: cchc.Registry, tmp_path: Path, name: str, broken: str) -> None:
        """No traceback, whatever is in the file."""
        path = tmp_path / name
        whole = (excel if name.endswith("xlsx") else word)(tmp_path / f"whole-{name}", SOUND).read_bytes()
        empty = io.BytesIO()
        zipfile.ZipFile(empty, "w").close()
        if broken != "none":
            path.write_bytes({"words": b"PK no", "empty zip": empty.getvalue(), "cut": whole[: len(whole) // 2]}[broken])
        assert [code for code, _ in refused(registry, path, tmp_path / "out")] == ["file-unreadable" if broken == "none" else "file-unusable"]

    def test_that_unpacks_to_an_absurd_size_is_refused_unread(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A small file may be a large one in disguise."""
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b" " * 200_000_001)
        assert [code for code, _ in refused(registry, tmp_path / "a.xlsx", tmp_path / "out")] == ["file-unusable"]

    @pytest.mark.parametrize(("write", "name", "inner", "words"), [
        (excel, "a.xlsx", "xl/worksheets/sheet1.xml", "<v>4</v>"), (word, "a.docx", "word/document.xml", "Giải quyết hồ sơ"),
    ], ids=["excel", "word"])
    def test_whose_entities_swell_is_refused(
        self, registry: cchc.Registry, tmp_path: Path, write: Callable[[Path, Sequence[Sequence[Any]]], Path], name: str, inner: str, words: str
    ) -> None:
        """Ten entities of ten entities, nine times over, never come to be words."""
        entities = "".join(f'<!ENTITY {chr(98 + each)} "{f"&{chr(97 + each)};" * 10}">' for each in range(9))
        with zipfile.ZipFile(write(tmp_path / f"sound-{name}", SOUND)) as sound, zipfile.ZipFile(tmp_path / name, "w") as hostile:
            for each in sound.namelist():
                text = sound.read(each)
                if each == inner:
                    declared, _, rest = text.decode().rpartition("?>")
                    changed = rest.replace(words, words.replace("4", "&j;") if "4" in words else "&j;", 1)
                    assert changed != rest
                    text = f'{declared}{"?>" if declared else ""}<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]>{changed}'.encode()
                hostile.writestr(each, text)
        assert [code for code, _ in refused(registry, tmp_path / name, tmp_path / "out")] == ["file-unusable"]

    @given(words=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60))
    def test_cannot_bring_anything_into_the_file_but_words(self, words: str, registry: cchc.Registry, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Quotes, dollars, braces, brackets of a label or a sentence come out as they went in."""
        folder = tmp_path_factory.mktemp("annex")
        rows = [list(row) for row in SOUND]
        rows[2][1], rows[2][3] = f"x{words}", f"y{words}"
        edition, _ = made(registry, excel(folder / "a.xlsx", rows), folder / "out")
        assert edition.criteria[1].label.vi.replace(" ", "").startswith("x")
        assert edition.criteria[1].form is not None


class TestNumbers:
    """I, A, 1, 1.1, a)."""

    def test_of_every_kind_nest(self) -> None:
        """Decimals begin anew below each Roman number; letters lie below whatever is open."""
        numbers = [read_number(each) for each in ("I", "1", "1.1", "1.2", "a)", "b)", "2", "II", "1", "1.1")]
        found, flaws = arranged([each for each in numbers if each])
        assert [(each.path, each.parent) for each in found] == [
            ("I", ""), ("I.1", "I"), ("I.1.1", "I.1"), ("I.1.2", "I.1"), ("I.1.2.a", "I.1.2"), ("I.1.2.b", "I.1.2"), ("I.2", "I"),
            ("II", ""), ("II.1", "II"), ("II.1.1", "II.1"),
        ]
        assert flaws == []

    @pytest.mark.parametrize("words", ["", "1,1", "1..2", "-", "một", "1.2.x", "IIx"])
    def test_that_are_none_are_not_read(self, words: str) -> None:
        """What is no number is a finding, not a guess."""
        assert read_number(words) is None


def form_of(text: str, maximum: str = "2") -> str:
    """Return the name of the form that a sentence becomes."""
    return read_sentences(text, "Hồ sơ", Decimal(maximum), 2022).form


class TestSentences:
    """The usual sentences, and those that are not read."""

    @pytest.mark.parametrize(("text", "maximum", "form"), [
        ("Tỷ lệ từ 95% trở lên thì 2 điểm; từ 80% đến dưới 95% thì 1 điểm; còn lại 0 điểm", "2", "bands"),
        ("Đạt 100%: 2 điểm\nTừ 50% đến dưới 100%: 1 điểm\nDưới 50%: 0 điểm", "2", "bands"),
        ("Từ 3 sáng kiến trở lên: 2 điểm; từ 1 đến dưới 3 sáng kiến: 1 điểm; còn lại: 0 điểm", "2", "bands"),
        ("Điểm = tỷ lệ × điểm tối đa, dưới 50 % thì 0 điểm", "2", "share"),
        ("Điểm đạt = (số hồ sơ đúng hạn / tổng số hồ sơ) x 2", "2", "share"),
        ("Mỗi báo cáo chậm trừ 0,25 điểm, không quá 1 điểm", "2", "violations"),
        ("Mỗi sáng kiến được 0,5 điểm, tối đa 1 điểm", "2", "count"),
        ("Đầy đủ, đúng hạn: 2 điểm", "2", "all_or_nothing"),
        ("Ban hành kế hoạch: 1 điểm; tổ chức hội nghị: 1 điểm", "2", "checklist"),
        ("Đầy đủ, đúng hạn: 2 điểm; đầy đủ, không đúng hạn: 1 điểm; không ban hành: 0 điểm", "2", "levels"),
        ("Trước ngày 15/12: 2 điểm; chậm không quá 5 ngày: 1 điểm; chậm quá 5 ngày: 0 điểm", "2", "timeliness"),
    ])
    def test_become_forms(self, text: str, maximum: str, form: str) -> None:
        """What decisions of this kind mostly say."""
        assert form_of(text, maximum) == form

    @pytest.mark.parametrize("text", [
        "", "Hội đồng chấm theo mức độ", "Tỷ lệ hồ sơ đúng hạn cao", "Điểm = tỷ lệ × 3", "Đầy đủ: 1 điểm", "Mỗi báo cáo chậm trừ 1 điểm, không quá 3 điểm",
        "Trước ngày 31/02: 2 điểm", "Từ 3 sáng kiến trở xuống và đạt: 2 điểm; theo thực tế", "Chậm từ 1 đến 5 ngày làm việc: 1 điểm",
        "Mỗi báo cáo chậm trừ 0,5 điểm, không quá 1 điểm; mỗi báo cáo sai trừ 0,25 điểm, không quá 1 điểm",
    ])
    def test_that_say_less_or_contradict_the_maximum_are_not_read(self, text: str) -> None:
        """A sentence is read whole or not at all."""
        assert form_of(text) == ""

    def test_that_can_be_meant_in_two_ways_show_both(self) -> None:
        """Two and a half per cent: two steps, or two and a half?"""
        found = read_sentences("Cứ 1 % cộng 0,1 điểm", "Hồ sơ", Decimal(1), 2022)
        assert (found.form, len(found.readings)) == ("", 2)
        assert "2,5% thì cộng 0,2 điểm" in found.readings[0]
        assert "2,5% thì cộng 0,25 điểm" in found.readings[1]

    def test_keep_the_strictness_of_each_end(self) -> None:
        """“Trên” is not “từ”, “đến dưới” is not “đến”."""
        bands = read_sentences("Trên 90%: 2 điểm; từ 50% đến 90%: 1 điểm; dưới 50%: 0 điểm", "Hồ sơ", Decimal(2), 2022).keys["bands"]
        assert [set(each) - {"points"} for each in bands] == [{"more_than"}, {"at_least", "at_most"}, {"below"}]

    def test_that_leave_something_open_name_it(self) -> None:
        """When nothing arose, the year of a deadline, how far points are taken off: each is a thing to settle."""
        assert any("không phát sinh" in each for each in read_sentences("Điểm = tỷ lệ × điểm tối đa", "Hồ sơ", Decimal(2), 2022).open)
        assert any("không có năm" in each for each in read_sentences("Trước ngày 15/12: 2 điểm", "Hồ sơ", Decimal(2), 2022).open)
        assert any("trừ đến mức nào" in each for each in read_sentences("Mỗi lỗi trừ 1 điểm", "Hồ sơ", Decimal(2), 2022).open)

    @given(text=st.text(max_size=120))
    def test_of_any_kind_give_a_form_of_the_engine_or_none(self, text: str, registry: cchc.Registry) -> None:
        """Nothing that people type stops the reader."""
        forms: dict[str, type[Form]] = dict(registry.structure.forms)
        assert read_sentences(text, "Hồ sơ", Decimal(2), 2022).form in {"", *forms}
