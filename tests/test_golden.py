"""What people read, kept word for word in both languages: a change of wording is seen, read, and then kept.

``CCHC_REWRITE_GOLDEN=1 python -m pytest tests/test_golden.py`` writes the files in ``tests/golden`` anew;
read the difference aloud before keeping it.
"""

import contextlib
import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from two_years import two_years

import cchc_rules as cchc
from cchc_rules import cli
from cchc_rules.base.texts import LANGUAGES, Language
from cchc_rules.files.terminal import findings_text
from cchc_rules.rules.wording import Lexicon, rule_text
from cchc_rules.version import VERSION

GOLDEN = Path(__file__).parent / "golden"
EXAMPLE = "examples/ha_quang"

KEYS = re.compile(r"\[\w+\[|[\w./]+ → [\w./]+$")
"""Lines that begin with the key of a table, or hold nothing but the names of two tables."""

EXPLAINED = {
    "share": "3.2.1", "ratio": "3.1.2", "bands": "3.2.2", "bands with a gap to the top": "3.2.3", "flag": "1.4", "two requirements": "7.8",
    "checklist": "6.2", "count": "1.5", "violations": "5.1", "timeliness": "3.1.3", "judged level": "1.3", "sum of components": "3.1",
}
"""One criterion of each form, by its number."""

INCOMPLETE = """Phương pháp;cao-bang.districts
Năm;2021
Đơn vị;ha-quang
Giai đoạn;self_assessed

Mã số liệu;Giá trị;Tài liệu kiểm chứng
reform_tasks_completed;30;BC 12/BC-UBND
reform_tasks_planned;32;BC 12/BC-UBND
delegations_target;0;
delegations_proposed;0;
control_report_sent;chưa thực hiện;
district_procedures;240;QĐ 15/QĐ-UBND
four_on_site_procedures;;
posts_rotated;2;
posts_to_rotate;3;
"""

MISTAKES = """schema = "cchc.evidence/1"
method = "cao-bang.districts"
year = 2021
unit = "ha-noi"
stage = "self_asessed"
facts = [
  { id = "initiative", value = 2 },
  { id = "dossiers_received", value = "5.000" },
  { id = "staff_disciplined", value = -1 },
  { id = "initiatives", value = "12/12" },
  { id = "contest_held", value = "có lẽ" },
  { id = "control_report_sent", value = "31/02/2021" },
  { id = "communication_diversity", value = "rất đa dạng" },
  { id = "posts_rotated", value = 41, documents = ["qd-59"] },
  { id = "reform_reports_late", value = 2, unit = "nhiệm vụ" },
  { id = "it_tasks_completed", value = 15 },
  { id = "it_tasks_planned", value = 14 },
]
"""

FAULTY = """schema = "cchc.edition/1"
[edition]
field = "thu_nghiem"
label = "Thử nghiệm"
label_en = "Trial"
level = "huyen"
year = 2099
max_points = 10
max_points_provenance = "assumed"

[[facts]]
id = "done"
label = "số việc đã làm"
label_en = "number of tasks done"
type = "count"
unit = "task"
range = [0, 100]

[[facts]]
id = "sent"
label = "số báo cáo đã gửi"
label_en = "number of reports sent"
type = "count"
unit = "report"
range = [0, 100]

[[facts]]
id = "unread"
label = "số thừa"
label_en = "a number that nobody reads"
type = "count"
unit = "task"
range = [0, 100]

[[criteria]]
id = "thu_nghiem.gap"
number = "1.1"
label = "Có khoảng trống"
label_en = "With a gap"
max_points = 3
form = "bands"
of = { fact = "done" }
bands = [ { more_than = 10, points = 2 }, { below = 10, points = 0 } ]

[[criteria]]
id = "thu_nghiem.mixed"
number = "1.2"
label = "Chia việc cho báo cáo"
label_en = "Tasks over reports"
max_points = 3
form = "share"
of = { part = "done", whole = "sent" }
when_whole_is_zero = "award_zero"

[[criteria]]
id = "thu_nghiem.unknown"
number = "1.3"
label = "Số liệu lạ"
label_en = "Unknown fact"
max_points = 3
form = "count"
fact = "dome"
points_each = 1
"""


def printed(*arguments: str) -> str:
    """Return what a command prints, on either stream."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        cli.main(arguments)
    return out.getvalue()


def explanations(language: Language, folder: Path) -> str:
    """Return the explanations of criteria of every form."""
    return "\n".join(f"=== {form}\n{printed('explain', EXAMPLE, number, '--lang', language)}" for form, number in EXPLAINED.items())


def scored(content: str, name: str) -> Callable[[Language, Path], str]:
    """Return what scoring some evidence prints; the file is named without its folder."""
    def text(language: Language, folder: Path) -> str:
        path = folder / name
        path.write_text(content, encoding="utf-8")
        return printed("score", str(path), "--lang", language).replace(f"{folder.as_posix()}/", "")
    return text


def checked(language: Language, folder: Path) -> str:
    """Return what is found wrong with an edition that has something wrong with every part of it."""
    package = folder / "thu_nghiem"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from pathlib import Path\nimport cchc_rules as cchc\n\n@cchc.hookimpl\ndef cchc_register_fields(fields):\n"
        "    fields.add_folder(Path(__file__).parent)\n", encoding="utf-8")
    (package / "2099.toml").write_text(FAULTY, encoding="utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "thu"\nversion = "1"\n[project.entry-points.cchc_rules]\nthu = "thu_nghiem"\n', encoding="utf-8")
    found = cchc.Registry.load([folder], with_installed=False).findings()
    return findings_text(found, language).replace(f"{package.as_posix()}/", "") + "\n"


def rules(language: Language, folder: Path) -> str:
    """Return the wording of every rule of the example's method, as a decision would print it."""
    index = cchc.load_index("cao-bang.districts", 2021)
    lexicon = Lexicon(index.facts, index.quantities.units)
    lines = [
        f"{each.number} {each.label.get(language)}: {rule_text(each.rule, lexicon).get(language)}"
        for edition in index.editions for each in edition.criteria if each.rule is not None
    ]
    return "\n\n".join(lines) + "\n"


def of_two_years(*arguments: str, units: bool = False) -> Callable[[Language, Path], str]:
    """Return what a command prints about an invented method of two years."""
    def text(language: Language, folder: Path) -> str:
        years = two_years(folder / "năm")
        trial = ("--units", str(years.units)) if units else ()
        return printed(arguments[0], "2098", "2099", *arguments[1:], *trial, "--plugins", str(years.plugin), "--lang", language)
    return text


KEPT: dict[str, Callable[[Language, Path], str]] = {
    "scorecard": lambda language, _: printed("score", EXAMPLE, "--lang", language),
    "scorecard-incomplete": scored(INCOMPLETE, "so-lieu.csv"),
    "explanations": explanations,
    "rules": rules,
    "comparison": lambda language, _: printed("compare", f"{EXAMPLE}/published-2020.toml", f"{EXAMPLE}/2021.toml", "--lang", language),
    "audit": lambda language, _: printed("audit", f"{EXAMPLE}/published-2021.toml", "--lang", language),
    "check": checked,
    "mistakes": scored(MISTAKES, "so-lieu.toml"),
    "changes": of_two_years("diff"),
    "changelog": of_two_years("diff", "--changelog"),
    "changelog-tried": of_two_years("diff", "--changelog", units=True),
    "impact": of_two_years("impact", units=True),
    "help": lambda language, _: printed("--help", "--lang", language),
}


def steady(text: str) -> str:
    """Return a text without what changes from release to release: the engine's version and the digests of seals."""
    return re.sub(r"\b[0-9a-f]{12}\b", "<seal>", text.replace(f"cchc_rules {VERSION}", "cchc_rules <version>"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", KEPT)
def test_text_is_word_for_word_what_was_read_and_kept(name: str, language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from the project's folder, as the README does."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "110")
    path = GOLDEN / f"{name}.{language}.txt"
    text = steady(KEPT[name](language, tmp_path))
    if os.environ.get("CCHC_REWRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), "run with CCHC_REWRITE_GOLDEN=1 to keep the new wording, and read the difference"


def test_every_kept_text_is_still_compared() -> None:
    """No file is left behind that nothing reads."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{language}.txt" for name in KEPT for language in LANGUAGES}


@pytest.mark.parametrize("name", KEPT)
def test_two_languages_say_different_words(name: str) -> None:
    """Nothing is left untranslated: what two languages share are names of units and offices, and quoted clauses."""
    index = cchc.load_index("cao-bang.districts", 2021)
    names = " ".join(name for edition in index.editions for name in (edition.lead_unit, *edition.coordinating_units))
    texts = ((GOLDEN / f"{name}.{language}.txt").read_text(encoding="utf-8").splitlines() for language in LANGUAGES)
    vietnamese, english = ([line for line in lines if not KEYS.match(line.strip())] for lines in texts)
    shared = {line.strip(" →") for line in vietnamese if len(line) > 40 and "─" not in line and "gạch đầu dòng" not in line} & {
        line.strip(" →") for line in english
    }
    assert {line for line in shared if line not in names} == set()
