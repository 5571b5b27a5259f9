"""What ``cchc check`` says: each finding of a table with the line of its key, and the sums of maxima at every level."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from building import plugin
from hypothesis import given
from hypothesis import strategies as st
from policy_cases import policy_files, registry_of
from rule_cases import all_forms

import cchc_rules as cchc
from cchc_rules.analysis.checking import Sums, findings_of, sums_named
from cchc_rules.base.errors import Finding, InputError
from cchc_rules.base.texts import Language, same
from cchc_rules.cli import main
from cchc_rules.decisions.maxima import maxima
from cchc_rules.files.sums_text import sums_text
from cchc_rules.model import Criterion, Edition

FLAG = 'form = "all_or_nothing"\nrequire = [{ fact = "done" }]'
HEAD = """schema = "cchc.edition/1"
[edition]
field = "trial"
label = "Lĩnh vực thử"
level = "commune"
year = 2099
max_points = 5
max_points_provenance = "official"
max_points_source = "Quyết định"
[[facts]]
id = "done"
label = "đã làm"
type = "flag"
"""


def criterion(number: str, points: str, parent: str = "", *, leaf: bool = True) -> str:
    """Return the table of one criterion."""
    lines = ["[[criteria]]", f'id = "trial.{number}"', f'number = "{number}"', f'label = "Tiêu chí {number}"', f"max_points = {points}", 'provenance = "official"',
             *([f'parent = "trial.{parent}"'] if parent else []), *([FLAG] if leaf else [])]
    return "\n".join(lines) + "\n"


def registry_with(folder: Path, text: str, name: str = "trial") -> cchc.Registry:
    """Return a registry with one edition and nothing else."""
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return cchc.Registry([plugin(name, cchc_register_fields=lambda fields: fields.add_file(path))])


WRONG = HEAD + criterion("1", "3", leaf=False) + criterion("1.1", "1", "1") + criterion("1.2", "1.5", "1") + criterion("2", "2")
"""The field adds up, the group 1 does not."""


# ------------------------------------------------------------------ lines


def planted() -> list[Any]:
    """Return every mistake of the case files of forms and of policies, by its name."""
    forms = [pytest.param(example.findings, (mistake,), mistake.finding, id=f"{form.form}: {example.name.vi}: {mistake.name.vi}")
             for form in all_forms() for example in form.examples for mistake in example.mistakes]
    policies = [pytest.param(lambda folder, text: registry_of(text, folder).findings(), (file.example.replace(*mistake.change),), mistake.finding,
                             id=f"{file.id}: {mistake.name}") for file in policy_files() for mistake in file.mistakes]
    return [*forms, *policies]


@pytest.mark.parametrize(("check", "mistake", "code"), planted())
def test_a_finding_names_the_line_of_its_key_or_criterion(check: Callable[..., Sequence[Finding]], mistake: Sequence[Any], code: str, tmp_path: Path) -> None:
    """Whoever opens the file at that line is at the table that is meant, at the key where one is named, or at the key around it."""
    found = [each for each in check(tmp_path, *mistake) if each.code == code]
    assert found
    for each in found:
        assert each.place.line is not None, each.words("vi")
        lines = Path(each.place.file).read_text(encoding="utf-8").splitlines()
        key = each.place.where.rpartition(", ")[2].partition(".")[0].partition("[")[0]
        assert 1 <= each.place.line <= len(lines)
        header = next(line for line in reversed(lines[: each.place.line]) if line.startswith("["))
        kind = {"tiêu chí": "criteria", "số liệu": "facts"}.get(" ".join(each.place.where.split()[:2]))
        assert kind is None or header.strip("[] ").split(".")[0] == kind, each.words("vi")
        if any(line.startswith(f"{key} =") for line in _table(lines, each.place.line)):
            assert lines[each.place.line - 1].startswith(f"{key} ="), each.words("vi")


def _table(lines: list[str], number: int) -> list[str]:
    """Return the lines of the table that a line belongs to."""
    start = max(index for index in range(number) if lines[index].startswith("["))
    end = next((index for index in range(number, len(lines)) if lines[index].startswith("[")), len(lines))
    return lines[start:end]


def test_maxima_that_do_not_add_up_are_found_at_the_line_of_the_printed_one(tmp_path: Path) -> None:
    """The message names the parts by their numbers: one of them, or the sum, is mistyped."""
    (finding,) = findings_of(registry_with(tmp_path, WRONG), "trial/commune/2099")
    assert WRONG.splitlines()[(finding.place.line or 0) - 1] == "max_points = 3"
    assert finding.place.where == "tiêu chí 1 (trial.1), max_points"
    assert finding.reason.vi == "điểm tối đa ghi là 3, các tiêu chí 1.1, 1.2 cộng lại là 2,5"


# ------------------------------------------------------------------ sums


def rows_of(found: Sums) -> list[tuple[str, Decimal, Decimal | None]]:
    """Return number, stated and added of each row."""
    return [(each.number, each.maximum.stated, each.maximum.added) for each in found.rows]


def test_every_level_is_shown_beside_what_its_parts_come_to(tmp_path: Path) -> None:
    """The field first, then each criterion; one without parts has no sum."""
    (found,) = sums_named(registry_with(tmp_path, WRONG), "trial")
    assert rows_of(found) == [("", Decimal(5), Decimal(5)), ("1", Decimal(3), Decimal("2.5")), ("1.1", Decimal(1), None),
                              ("1.2", Decimal("1.5"), None), ("2", Decimal(2), None)]
    assert [each.depth for each in found.rows] == [0, 1, 2, 2, 1]


@given(points=st.lists(st.tuples(st.integers(0, 3), st.decimals("0.25", 8, places=2), st.sampled_from(["sum", "all"]), st.booleans()), max_size=8), total=st.integers(1, 20))
def test_a_row_differs_just_where_the_check_has_a_finding(points: list[tuple[int, Decimal, str, bool]], total: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The table and the findings cannot say different things."""
    criteria: list[Criterion] = []
    for index, (up, maximum, combine, capped) in enumerate(points):
        parent = criteria[index - up].id if 0 < up <= index else ""
        criteria.append(Criterion(id=f"c{index}", number=str(index), label=same("x"), max_points=maximum, parent=parent, combine=combine, capped=capped))  # type: ignore[arg-type]  # `combine` is drawn from its words
    edition = Edition(field="trial", label=same("x"), level="commune", year=2099, max_points=Decimal(total), max_points_provenance="official", criteria=tuple(criteria))
    known = cchc.Registry([plugin("trial", cchc_register_fields=lambda fields: fields.add(edition))])
    found = [each for each in findings_of(known, "trial") if each.code == "maxima-do-not-add-up"]
    assert len(found) == sum(each.differs for each in maxima(edition))
    (sums,) = sums_named(known, "trial")
    assert len(sums.differing) + sums.whole.maximum.differs == len(found)


def test_a_method_is_shown_by_its_fields_and_its_total(registry: cchc.Registry) -> None:
    """The seven fields of the example come to 99 where 100 is said."""
    (found,) = sums_named(registry, "cao-bang.districts")
    assert rows_of(found)[0] == ("", Decimal(100), Decimal(99))
    assert [(number, stated) for number, stated, _ in rows_of(found)[1:]] == [
        (str(number), Decimal(points)) for number, points in enumerate((16, 13, 24, 8, 17, 7, 14), 1)
    ]


@pytest.mark.parametrize(("language", "whole", "words"), [
    ("vi", False, ["trial/commune/2099", "khớp; 1: THIẾU 0,5"]),
    ("en", False, ["agrees; 1: 0.5 SHORT"]),
    ("vi", True, ["Tiêu chí 1.2", "THIẾU 0,5", "1,5"]),
])
def test_the_sums_are_said_in_words(language: Language, *, whole: bool, words: list[str], tmp_path: Path) -> None:
    """One line a table names the groups that differ; a table that was asked for is shown row by row."""
    text = sums_text(sums_named(registry_with(tmp_path, WRONG)), language, whole=whole)
    assert [each for each in words if each not in text] == []


# ------------------------------------------------------------------ the command


def test_a_name_limits_what_is_checked(registry: cchc.Registry, tmp_path: Path) -> None:
    """A field takes all its years, a key just one table; nothing else is said."""
    two = cchc.Registry([
        plugin("one", cchc_register_fields=lambda fields: fields.add_file(_saved(tmp_path / "1.toml", WRONG))),
        plugin("two", cchc_register_fields=lambda fields: fields.add_file(_saved(tmp_path / "2.toml", WRONG.replace("2099", "2100")))),
    ])
    assert [each.place.file for each in findings_of(two, "trial/commune/2100")] == [(tmp_path / "2.toml").as_posix()]
    assert len(findings_of(two, "trial")) == 2
    assert [each.key for each in sums_named(two, "trial/commune/2099")] == ["trial/commune/2099"]
    assert findings_of(registry, "procedures") == ()


def _saved(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_name_that_is_not_there_is_told_with_what_could_not_be_loaded(tmp_path: Path) -> None:
    """The table may be missing because its file is broken: both are said."""
    with pytest.raises(InputError) as error:
        findings_of(registry_with(tmp_path, WRONG.replace("year = 2099", "")), "trial/commune/2099")
    assert [each.code for each in error.value.findings] == ["name-unknown", "key-missing"]


def test_the_command_ends_with_the_sums(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name a line a table, with one the table itself; the status is that of the findings."""
    assert main(["check"]) == 0
    assert "procedures/district/2021" in capsys.readouterr().out.partition("ĐIỂM TỐI ĐA")[2]
    assert main(["check", "procedures"]) == 0
    shown = capsys.readouterr().out
    assert "3.2.3" in shown
    assert "public_finance" not in shown
