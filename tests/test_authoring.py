"""New years and new plugins: ids and comments stay, what has to be decided anew is marked, nothing is overwritten."""

import datetime as dt
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

import cchc_rules as cchc
from cchc_rules.authoring.scaffold import new_field, new_method
from cchc_rules.authoring.years import new_year
from cchc_rules.base.errors import Finding, InputError
from cchc_rules.cases.gate import stands_against
from cchc_rules.cases.report import editions_named, reports
from cchc_rules.cli import main
from cchc_rules.plugins.discovery import in_folder
from cchc_rules.plugins.registry import Registry

OLD = ROOT / "plugins/procedures/src/cchc_procedures/editions/district/2021.toml"


def drafted(registry: cchc.Registry, folder: Path, name: str = "procedures") -> Path:
    """Return the path of a draft of 2022."""
    new_year(registry, name, 2022, 2021, folder=folder)
    return folder / "2022.toml"


def plugin_of(path: Path, text: str) -> Path:
    """Return a plugin folder whose only edition is a text."""
    package = path / "src" / "cchc_own"
    (package / "editions").mkdir(parents=True)
    (path / "pyproject.toml").write_text('[project]\nname = "own"\nversion = "1"\n[project.entry-points.cchc_rules]\nown = "cchc_own"\n')
    (package / "__init__.py").write_text((ROOT / "plugins/procedures/src/cchc_procedures/__init__.py").read_text(encoding="utf-8"), encoding="utf-8")
    (package / "editions" / "2021.toml").write_text(text, encoding="utf-8")
    return path


def found_in(path: Path) -> list[Finding]:
    """Return what the check finds in the files below a folder."""
    found = Registry([*in_folder(path)]).findings()
    return [each for each in found if each.place.file.startswith(path.as_posix())]


def code_of(plugin: Path) -> list[str]:
    """Return the lines of a new plugin's only test file that do something."""
    (path,) = (plugin / "tests").glob("*.py")
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith('"""')]


class TestNewYear:
    """A copy that says what is old in it."""

    def test_keeps_every_id_label_and_comment(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """Years stay comparable, and what staff wrote for themselves is not lost."""
        text = drafted(registry, tmp_path).read_text(encoding="utf-8")
        old = OLD.read_text(encoding="utf-8")
        for pattern in (r'^id = "[^"]*"', r'^label = .*$', r"^# .*$"):
            assert re.findall(pattern, text, re.MULTILINE) == re.findall(pattern, old, re.MULTILINE)

    def test_moves_each_deadline_and_marks_it(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A deadline of last year would make every report late."""
        path = drafted(registry, tmp_path)
        criteria = {each["id"]: each for each in tomllib.loads(path.read_text(encoding="utf-8"))["criteria"]}
        assert criteria["procedures.control-report"]["on_or_before"] == dt.date(2022, 12, 15)
        assert "on_or_before = 2022-12-15 # cần rà soát: hạn năm 2021 là 15/12/2021" in path.read_text(encoding="utf-8")

    def test_takes_back_what_the_old_decision_made_official(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A number is official only where the decision of its own year gives it."""
        text = drafted(registry, tmp_path).read_text(encoding="utf-8")
        data = tomllib.loads(text)
        assert data["edition"]["max_points_provenance"] == "assumed"
        assert not any("official" in each for each in data["criteria"])
        assert "cần rà soát: năm 2021 do quyết định cho: bands[0].at_least: mục II.3.1" in text

    def test_gives_a_draft_in_which_the_check_finds_only_what_to_revisit(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """Each mark is a finding with its line, and there are no others."""
        text = drafted(registry, tmp_path).read_text(encoding="utf-8")
        found = found_in(plugin_of(tmp_path / "own", text))
        assert {each.code for each in found} == {"to-revisit"}
        marks = [number for number, line in enumerate(text.splitlines(), 1) if "cần rà soát:" in line]
        assert [each.place.line for each in found] == marks
        assert "tiêu chí 3.1.1 (procedures.control-plan)" in {each.place.where for each in found}

    def test_has_no_finding_left_once_its_marks_are_deleted(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """The comment is the whole of the mark."""
        text = re.sub(r" # cần rà soát:.*", "", drafted(registry, tmp_path).read_text(encoding="utf-8"))
        assert found_in(plugin_of(tmp_path / "own", text)) == []

    def test_cannot_be_sealed_while_a_mark_stands(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A mark is an error of the edition."""
        found = found_in(plugin_of(tmp_path / "own", drafted(registry, tmp_path).read_text(encoding="utf-8")))
        assert {each.severity for each in found} == {"error"}

    def test_of_a_method_names_the_editions_that_are_still_missing(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """The method goes on with the old editions, and says so."""
        text = drafted(registry, tmp_path, "cao-bang.districts").read_text(encoding="utf-8")
        data = tomllib.loads(text)["method"]
        assert (data["year"], {each["edition_year"] for each in data["fields"]}) == (2022, {2021})
        assert "chưa có bộ tiêu chí năm 2022 của direction" in text

    def test_never_overwrites(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """What somebody has begun to edit is kept to the letter."""
        path = drafted(registry, tmp_path)
        path.write_text("của tôi", encoding="utf-8")
        with pytest.raises(InputError, match="file-not-written"):
            drafted(registry, tmp_path)
        assert path.read_text(encoding="utf-8") == "của tôi"
        assert [each.name for each in tmp_path.iterdir()] == ["2022.toml"]

    def test_of_a_leap_day_is_the_day_before(self, tmp_path: Path) -> None:
        """There is no 29 February to move to."""
        text = OLD.read_text(encoding="utf-8").replace("year = 2021", "year = 2024").replace("2021-12-15", "2024-02-29")
        own = Registry([*in_folder(plugin_of(tmp_path / "own", text))])
        new_year(own, "procedures", 2025, 2024, folder=tmp_path)
        assert "on_or_before = 2025-02-28" in next(tmp_path.glob("*.toml")).read_text(encoding="utf-8")

    def test_of_what_is_not_there_names_what_is(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A slip of the pen is answered with the nearest name."""
        with pytest.raises(InputError) as refused:
            new_year(registry, "procedure", 2022, 2021, folder=tmp_path)
        assert refused.value.findings[0].remedy.vi == "có phải “procedures/district/2021”?"


class TestNewPlugin:
    """A folder that works as it stands."""

    def test_passes_its_own_tests_at_once(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """The author starts from green."""
        new_field(registry, "archives", year=2022, folder=tmp_path)
        new_method(registry, "trial.index", year=2022, folder=tmp_path)
        result = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)], cwd=tmp_path,
                                capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout
        assert "14 passed" in result.stdout

    def test_has_a_test_file_of_three_lines_and_cases_that_nobody_need_install(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """The contract comes with the engine; what the author writes are cases."""
        new_field(registry, "archives", year=2022, folder=tmp_path)
        assert code_of(tmp_path / "archives") == ["from cchc_rules.testing import contract_tests", 'TestPlugin = contract_tests("cchc_archives", at=__file__)']
        found, problems = reports(Registry.load([tmp_path]), editions_named(Registry.load([tmp_path]), "archives/district/2022"))
        assert problems == ()
        assert [each.passed for each in found[0].results] == [True] * 4

    def test_has_nothing_for_the_check_to_find_but_what_was_guessed(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A warning on the first day teaches people to read past warnings; a guess that nobody has looked at is one that counts."""
        new_field(registry, "archives", year=2022, folder=tmp_path)
        said = new_method(registry, "trial.index", year=2022, folder=tmp_path)
        known = Registry.load([tmp_path])
        assert {"archives/district/2022"} <= set(known.editions)
        assert "procedures" in {each.field for each in known.index("trial.index", 2022).method.fields}
        found = [each for each in known.findings() if each.place.file.startswith(tmp_path.as_posix())]
        found = [each for each in found if each.severity != "note"]
        assert {(each.code, each.severity) for each in found} == {("to-revisit", "error")}
        assert f"{len(found)} chỗ cần rà soát" in said.vi
        for guessed in ("cấp", "cơ quan ban hành", "tổng điểm", "mức của quyết định", "đơn vị này chỉ là mẫu", "làm tròn", "giai đoạn"):
            assert any(guessed in each.reason.vi for each in found), guessed

    def test_of_a_method_cannot_be_sealed_before_somebody_has_looked_at_it(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """Nobody issues a grade of 70 % that only the engine has thought of."""
        new_method(registry, "trial.index", year=2022, folder=tmp_path)
        assert "to-revisit" in {each.code for each in stands_against(Registry.load([tmp_path]), "trial.index/2022")}

    def test_of_a_method_numbers_fields_as_their_criteria_do(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """The decision's order, not the alphabet's; where a field's criteria bear no number of it, the mark says so."""
        new_method(registry, "trial.index", year=2022, folder=tmp_path)
        fields = Registry.load([tmp_path]).methods["trial.index/2022"].value.fields
        assert [(each.number, each.field) for each in fields][:4] == [("1", "direction"), ("2", "legal_documents"), ("3", "procedures"), ("4", "apparatus")]
        new_field(registry, "archives", year=2022, folder=tmp_path)
        new_method(Registry.load([tmp_path]), "second.index", year=2022, folder=tmp_path)
        assert "vần chữ cái" in (tmp_path / "second_index/src/cchc_second_index/methods/2022.toml").read_text(encoding="utf-8")

    def test_says_which_level_it_took(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """A level that nobody asked for is told, and marked."""
        assert "(cấp district, là cấp duy nhất đang có)" in new_field(registry, "archives", folder=tmp_path).vi
        assert "cấp" not in new_field(registry, "records", level="district", folder=tmp_path).vi

    def test_is_never_written_over_another(self, registry: cchc.Registry, tmp_path: Path) -> None:
        """The second call leaves the first one's folder as it is."""
        new_field(registry, "archives", folder=tmp_path)
        with pytest.raises(InputError, match="file-not-written"):
            new_field(registry, "archives", folder=tmp_path)
        assert [each.name for each in tmp_path.iterdir()] == ["archives"]

    @pytest.mark.parametrize(("name", "level", "code"), [
        ("Văn thư", "", "name-unusable"), ("../x", "", "name-unusable"), ("archives", "../x", "name-unusable"), ("procedures", "", "name-taken"),
    ])
    def test_of_a_name_that_cannot_be_is_refused(self, registry: cchc.Registry, tmp_path: Path, name: str, level: str, code: str) -> None:
        """Names become folders and keys: nothing else than a name will do."""
        with pytest.raises(InputError, match=code):
            new_field(registry, name, level=level, folder=tmp_path)
        assert list(tmp_path.iterdir()) == []


class TestCommand:
    """What `cchc new` takes."""

    @pytest.mark.parametrize("words", [
        ("year", "procedures", "2022"), ("year", "procedures", "--from", "2021"), ("field", "x", "--from", "2021"),
        ("method", "x", "--from-annex", "a.xlsx"), ("field", "x", "--part", "1"),
    ])
    def test_refuses_what_does_not_go_together(self, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
        """An option that would be passed over is a mistake, not a wish."""
        assert main(["new", *words]) == 2
        assert "[command-line]" in capsys.readouterr().err

    def test_writes_the_draft_and_says_where(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The officer is told what to do next."""
        assert main(["new", "year", "procedures", "2022", "--from", "2021", "-o", str(tmp_path / "năm mới")]) == 0
        assert re.fullmatch(r"Đã ghi .*/năm mới/2022\.toml: [0-9]+ chỗ cần rà soát, xem bằng `cchc check`\n", capsys.readouterr().out)
