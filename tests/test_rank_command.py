"""``cchc rank`` on an invented cohort of ten units: blocks, ties, what is provisional, last year, both languages, JSON."""

import contextlib
import io
import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from attrs import frozen
from policy_cases import write_evidence, write_example, write_ranks

import cchc_rules as cchc
from cchc_rules import cli
from cchc_rules.base.texts import LANGUAGES, Language

EXAMPLE = """
[method]
id = "river"
label = "Chỉ số CCHC cấp xã, tỉnh ví dụ"
label_en = "Reform index of the communes of an invented province"
issuer = "UBND tỉnh ví dụ"
level = "commune"
year = 2099
fields = [ { number = "1", field = "procedures", edition_year = 2099 } ]
nominal_total = { value = 10, provenance = "official" }
not_applicable = { policy = "leave_out_of_both_sides", provenance = "official" }
rounding = { leaf = { places = 2, mode = "half_up" }, total = { places = 1, mode = "half_up" }, provenance = "official" }
stages = [ { id = "self", label = "Tự chấm", label_en = "Self-assessed" } ]
blocks = [ { id = "ward", label = "Phường", label_en = "Wards" }, { id = "commune", label = "Xã", label_en = "Communes" } ]
ranking = { ties = "competition", tie_breaks = [ { criterion = "procedures.posted" } ], provenance = "official" }
units = [
  { id = "p1", label = "Phường Một", block = "ward" },
  { id = "p2", label = "Phường Hai", block = "ward" },
  { id = "p3", label = "Phường Ba", block = "ward" },
  { id = "p4", label = "Phường Bốn", block = "ward" },
  { id = "p5", label = "Phường Năm", block = "ward", ranked = false },
  { id = "x1", label = "Xã Một", block = "commune" },
  { id = "x2", label = "Xã Hai", block = "commune" },
  { id = "x3", label = "Xã Ba", block = "commune" },
  { id = "x4", label = "Xã Bốn", block = "commune", predecessors = [ "x4_cu" ] },
  { id = "x5", label = "Xã Năm", block = "commune" },
]

[method.grades]
base = "maximum"
provenance = "official"
bands = [ { id = "good", label = "Tốt", label_en = "Good", at_least = "80 %" }, { id = "fair", label = "Khá", label_en = "Fair" } ]

[edition]
field = "procedures"
label = "Cải cách thủ tục hành chính"
label_en = "Procedures"
level = "commune"
year = 2099
max_points = 10
max_points_provenance = "official"
max_points_source = "Quyết định ví dụ"

[[facts]]
id = "done"
label = "số nhiệm vụ hoàn thành"
label_en = "tasks completed"
type = "count"
unit = "task"
range = [0, 1000]

[[facts]]
id = "tasks"
label = "số nhiệm vụ được giao"
label_en = "tasks assigned"
type = "count"
unit = "task"
range = [0, 1000]

[[facts]]
id = "posted"
label = "số thủ tục đã niêm yết"
label_en = "procedures posted"
type = "count"
unit = "procedure"
range = [0, 1000]

[[facts]]
id = "procedures"
label = "số thủ tục phải niêm yết"
label_en = "procedures to be posted"
type = "count"
unit = "procedure"
range = [0, 1000]

[[criteria]]
id = "procedures.tasks"
number = "1.1"
label = "Hoàn thành nhiệm vụ"
label_en = "Tasks completed"
max_points = 6
provenance = "official"
form = "share"
of = { part = "done", whole = "tasks" }
when_whole_is_zero = "not_applicable"

[[criteria]]
id = "procedures.posted"
number = "1.2"
label = "Niêm yết thủ tục"
label_en = "Procedures posted"
max_points = 4
provenance = "official"
form = "share"
of = { part = "posted", whole = "procedures" }
when_whole_is_zero = "not_applicable"
"""
PLUGIN = """\
\"\"\"An invented province.\"\"\"

from pathlib import Path

from cchc_rules import FieldRegister, MethodRegister, hookimpl

HERE = Path(__file__).parent


@hookimpl
def cchc_register_fields(fields: FieldRegister) -> None:
    fields.add_file(HERE / "edition-1.toml")


@hookimpl
def cchc_register_methods(methods: MethodRegister) -> None:
    methods.add_file(HERE / "method.toml")
"""
PROJECT = """\
[project]
name = "cchc-river"
version = "1.0"

[project.entry-points.cchc_rules]
river = "cchc_river"
"""
RESULTS = {  # per cent of tasks done, per cent of procedures posted; `None` where the unit has not said
    "p1": (90, 90), "p2": (80, 80), "p3": (80, 80), "p4": (60, 60), "p5": (99, 99),
    "x1": (100, 50), "x2": (60, 100), "x3": (85, 75), "x4": (85, 74), "x5": (50, None),
}
"""Wards: 9, then 8 twice, then 6; communes: 8, 7.6, 8.1, 8.06, and one that is incomplete."""


class Ended(NamedTuple):
    """How a command ended: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


@frozen
class Province:
    """A folder with the plugin and another with the evidence of the cohort."""

    path: Path

    @property
    def folder(self) -> Path:
        """Where the evidence lies."""
        return self.path / "evidence"

    def run(self, *arguments: object) -> Ended:
        """Run ``cchc rank`` on the folder."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = cli.main(["rank", "river", str(self.folder), "--plugins", str(self.path / "plugin"), *map(str, arguments)])
        return Ended(status, out.getvalue(), err.getvalue())

    def document(self, *arguments: object) -> dict[str, Any]:
        """Return the JSON document."""
        found: dict[str, Any] = json.loads(self.run("--json", *arguments).out)
        return found

    def write(self, unit: str, done: int, posted: int | None) -> None:
        """Write one unit's evidence as TOML."""
        method = cchc.load_registry([self.path / "plugin"]).methods["river/2099"].value
        facts = {"done": done, "tasks": 100, **({} if posted is None else {"posted": posted, "procedures": 100})}
        write_evidence(method, unit, "self", {"facts": facts}, self.folder)


@pytest.fixture
def province(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Province:
    """The invented province with the evidence of its ten units."""
    monkeypatch.delenv("CCHC_LANG", raising=False)
    package = tmp_path / "plugin" / "src" / "cchc_river"
    write_example(EXAMPLE, package)
    (package / "__init__.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "plugin" / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    found = Province(tmp_path)
    for unit, (done, posted) in RESULTS.items():
        found.write(unit, done, posted)
    return found


def rows(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the ranked units of a document by id."""
    return {row["unit"]["id"]: row for block in document["blocks"] for row in block["units"]}


# ------------------------------------------------------------------ what a person reads


class TestText:
    """The ranking as text."""

    def test_ranks_each_block_and_shows_ties_with_a_sign(self, province: Province) -> None:
        """Two wards are second, none third; the one that is not ranked stands apart with its points."""
        lines = province.run().out.splitlines()
        wards, communes = lines.index("PHƯỜNG"), lines.index("XÃ")
        apart = lines.index("CHẤM ĐIỂM NHƯNG KHÔNG XẾP HẠNG")
        assert [line.split()[0] for line in lines[wards:communes] if "Phường" in line] == ["1", "2=", "2=", "4"]
        assert [line.split()[0] for line in lines[communes:apart] if "Xã" in line and "Năm" not in line] == ["1", "2", "3", "4"]
        assert any("Phường Năm" in line and "9,9" in line for line in lines[apart:])

    def test_is_provisional_while_a_unit_is_incomplete(self, province: Province) -> None:
        """The unit, its range and the word stand there, and the exit status says that there is something to see to."""
        ended = province.run()
        assert (ended.status, ended.err) == (1, "")
        assert "TẠM THỜI: còn đơn vị chưa chấm xong" in ended.out
        (line,) = [line for line in ended.out.splitlines() if "Xã Năm" in line]
        assert "3 – 7" in line

    def test_is_final_once_all_are_complete(self, province: Province) -> None:
        """With the missing number the status is 0 and nothing is provisional."""
        province.write("x5", 50, 50)
        ended = province.run()
        assert (ended.status, ended.err) == (0, "")
        assert "TẠM THỜI" not in ended.out
        assert "Chưa xếp hạng" not in ended.out

    def test_says_on_which_criteria_the_unit_before_is_ahead(self, province: Province) -> None:
        """Number and points of what separates neighbours, and how far behind."""
        (line,) = [line for line in province.run().out.splitlines() if "Phường Bốn" in line]
        assert "1.1 (−1,2)" in line
        assert "1.2 (−0,8)" in line

    def test_says_which_step_of_the_chain_parted_equal_totals(self, province: Province) -> None:
        """8 points each, and posting decided."""
        province.write("x2", 60, 100)
        province.write("x1", 100, 40)
        out = " ".join(province.run().out.split())
        assert "bằng điểm, phân hạng theo" in out

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_speaks_the_language_asked_for(self, province: Province, language: Language) -> None:
        """Headings, blocks, grades and remarks in one language."""
        out = province.run("--lang", language).out
        vietnamese = ("TẠM THỜI", "PHƯỜNG", "Hạng", "Tốt", "CHẤM ĐIỂM NHƯNG KHÔNG XẾP HẠNG")
        english = ("PROVISIONAL", "WARDS", "Rank", "Good", "SCORED, NOT RANKED")
        expected, others = (vietnamese, english) if language == "vi" else (english, vietnamese)
        assert all(words in out for words in expected)
        assert not any(words in out for words in others)


# ------------------------------------------------------------------ what a program reads


class TestJson:
    """The ranking as JSON."""

    def test_holds_ranks_ties_and_what_is_waited_for(self, province: Province) -> None:
        """Schema, blocks in the method's order, each unit's rank and those that it is tied with."""
        document = province.document()
        assert (document["schema"], document["method"], document["year"], document["provisional"]) == ("cchc.ranking/1", "river/2099", 2099, True)
        assert [block["id"] for block in document["blocks"]] == ["ward", "commune"]
        found = rows(document)
        assert {name: row["rank"] for name, row in found.items()} == {"p1": 1, "p2": 2, "p3": 2, "p4": 4, "x3": 1, "x4": 2, "x1": 3, "x2": 4}
        assert (found["p2"]["tied_with"], found["p3"]["tied_with"], found["p1"]["tied_with"]) == (["p3"], ["p2"], [])
        assert [each["unit"]["id"] for each in document["blocks"][1]["waiting"]] == ["x5"]
        assert [each["unit"]["id"] for each in document["unranked"]] == ["p5"]

    def test_ranks_before_rounding_and_shows_the_total_as_the_method_rounds_it(self, province: Province) -> None:
        """8.1 and 8.06 are both 8.1 when rounded; they are still first and second."""
        found = rows(province.document())
        assert [(found[name]["points"], found[name]["ranked_points"], found[name]["rank"]) for name in ("x3", "x4")] == [("8.1", "8.1", 1), ("8.1", "8.06", 2)]
        assert found["x4"]["behind"] == "0.04"

    def test_gives_the_same_bytes_for_the_same_evidence(self, province: Province) -> None:
        """Nothing in it depends on when or in which order files were written."""
        assert province.run("--json").out == province.run("--json").out

    def test_is_the_same_whether_units_send_toml_or_csv(self, province: Province) -> None:
        """A commune's spreadsheet saved as CSV says the same as its TOML file."""
        before = province.run("--json").out
        (province.folder / "x3" / "self.toml").unlink()
        rows_ = [("Phương pháp", "river"), ("Năm", "2099"), ("Đơn vị", "x3"), ("Giai đoạn", "self"), ("", ""),
                 ("Mã số liệu", "Giá trị"), ("done", "85"), ("tasks", "100"), ("posted", "75"), ("procedures", "100")]
        (province.folder / "x3" / "self.csv").write_text("".join(f"{one};{two}\n" for one, two in rows_), encoding="utf-8-sig")
        assert province.run("--json").out == before


class TestAbsent:
    """Units that the method lists and whose evidence is not in the folder."""

    def test_are_named_and_keep_the_ranking_provisional(self, province: Province) -> None:
        """By name and block, as text and as JSON; the exit status says that there is something to see to."""
        province.write("x5", 50, 50)
        assert province.document()["absent"] == []
        (province.folder / "p2" / "self.toml").unlink()
        ended = province.run()
        assert ended.status == 1
        assert "TẠM THỜI" in ended.out
        assert "CHƯA CÓ SỐ LIỆU\n  Phường Hai (Phường)\n" in ended.out
        document = province.document()
        assert document["provisional"] is True
        assert document["absent"] == [{"id": "p2", "label": "Phường Hai", "block": "ward", "ranked": True}]


# ------------------------------------------------------------------ last year


class TestBefore:
    """``--before``."""

    def test_shows_ranks_gained_and_lost(self, province: Province, tmp_path: Path) -> None:
        """Up, down, the same, nothing for who was not there; a renamed unit takes its old rank."""
        before = write_ranks({"p1": 2, "p2": 1, "p4": 4, "x4_cu": 3}, 2098, tmp_path / "ranks.toml")
        found = rows(province.document("--before", before))
        assert {name: (found[name]["earlier_rank"], found[name]["rank_change"]) for name in ("p1", "p2", "p3", "p4", "x4")} == {
            "p1": (2, 1), "p2": (1, -1), "p3": (None, None), "p4": (4, 0), "x4": (3, 1),
        }
        assert found["x4"]["mapped_from"] == "x4_cu"
        lines = province.run("--before", before).out.splitlines()
        shown = {unit: next(line for line in lines if unit in line) for unit in ("Phường Một", "Phường Hai", "Phường Bốn")}
        assert "2 ↑1" in shown["Phường Một"]
        assert "1 ↓1" in shown["Phường Hai"]
        assert "4 =" in shown["Phường Bốn"]

    def test_takes_what_the_command_itself_printed(self, province: Province, tmp_path: Path) -> None:
        """Against its own result nothing has changed."""
        own = tmp_path / "own.json"
        own.write_text(province.run("--json").out, encoding="utf-8")
        assert {row["rank_change"] for row in rows(province.document("--before", own)).values()} == {0}

    @pytest.mark.parametrize(("name", "text"), [("a.json", "{}"), ("a.json", "không phải JSON"), ("a.json", '{"year": 1, "blocks": 3}')])
    def test_refuses_a_file_that_is_no_ranking(self, province: Province, tmp_path: Path, name: str, text: str) -> None:
        """Named by its code, with the place, and never a traceback."""
        (tmp_path / name).write_text(text, encoding="utf-8")
        ended = province.run("--before", tmp_path / name)
        assert (ended.status, ended.out) == (2, "")
        assert "[ranks-unreadable]" in ended.err
        assert name in ended.err


# ------------------------------------------------------------------ what is wrong with a folder


class TestRefused:
    """Folders that cannot be ranked."""

    def test_names_every_problem_of_every_file_at_once(self, province: Province) -> None:
        """Two units with a mistake each: both are told, nothing is ranked."""
        province.write("p1", 1001, 90)
        (province.folder / "x1" / "self.toml").write_text('schema = "cchc.evidence/1"\nmethod = "river"\nyear = 2099\nunit = "x9"\nstage = "self"\n', encoding="utf-8")
        ended = province.run()
        assert (ended.status, ended.out) == (2, "")
        assert "fact-out-of-range" in ended.err
        assert "unit-unknown" in ended.err

    def test_names_a_file_of_another_method(self, province: Province) -> None:
        """A file that strayed into the folder is not left out silently."""
        (province.folder / "stray.toml").write_text('schema = "cchc.evidence/1"\nmethod = "sea"\nyear = 2099\nunit = "x1"\nstage = "self"\n', encoding="utf-8")
        ended = province.run()
        assert ended.status == 2
        assert "stray.toml" in ended.err


def test_the_python_call_gives_the_same_ranking_as_the_command(province: Province) -> None:
    """``cchc.rank`` and the command line agree."""
    ranking = cchc.rank("river", province.folder, plugins=[province.path / "plugin"])
    found = {row.unit.id: (row.rank, row.points) for block in ranking.blocks for row in block.units}
    told = {name: (row["rank"], Fraction(row["ranked_points"])) for name, row in rows(province.document()).items()}
    assert found == told


class TestOneOfACohort:
    """``--cohort``: one unit's scorecard and explanations, as they come out among all."""

    def test_has_the_points_that_it_is_ranked_with(self, province: Province) -> None:
        """The scorecard is the one that the ranking is made of."""
        plugins = [province.path / "plugin"]
        card = cchc.score(file_of(province, "x3"), cohort=province.folder, plugins=plugins)
        (ranked,) = [each for each in cchc.score_cohort("river", province.folder, plugins=plugins) if each.unit.id == "x3"]
        assert (card.unit.id, card.total) == ("x3", ranked.total)

    def test_is_explained_through_the_command_line(self, province: Province, capsys: pytest.CaptureFixture[str]) -> None:
        """A clerk sees the reasons though the method compares units."""
        plugin = str(province.path / "plugin")
        assert cli.main(["explain", str(file_of(province, "x3")), "procedures.posted", "--cohort", str(province.folder), "--plugins", plugin]) == 0
        assert "procedures.posted" in capsys.readouterr().out

    def test_has_to_be_in_its_folder(self, province: Province, tmp_path: Path) -> None:
        """A folder of other units is named, with the nearest unit that it has."""
        own = file_of(province, "x3")
        moved = tmp_path / own.name
        own.rename(moved)
        with pytest.raises(cchc.InputError, match="unit-not-in-cohort"):
            cchc.score(moved, cohort=province.folder, plugins=[province.path / "plugin"])


def file_of(province: Province, unit: str) -> Path:
    """Return the file in which a unit's evidence lies."""
    (found,) = [path for path in province.folder.rglob("*.toml") if f'unit = "{unit}"' in path.read_text(encoding="utf-8")]
    return found
