"""Seals: what is sealed cannot change unnoticed, and what does not change its meaning does not break it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from building import evidence_with, index_of, plugin
from conftest import ROOT
from issued import confirmed_cases
from strategies import edition_of

import cchc_rules as cchc
from cchc_rules.decisions.editions import read_edition
from cchc_rules.decisions.seals import edition_seal
from cchc_rules.decisions.structure import Structure
from cchc_rules.engine import score
from cchc_rules.model import Edition
from cchc_rules.plugins.sealing import write_seal
from cchc_rules.rules.forms import FORMS

STRUCTURE = Structure(FORMS)
SHIPPED = ROOT / "plugins" / "apparatus" / "src" / "cchc_apparatus" / "editions" / "district" / "2021.toml"
EDITION, METHOD = "copied/district/2021", "copied.index/2021"

PROJECT = """\
[project]
name = "copied-plugin"
version = "1.0"

[project.entry-points.cchc_rules]
copied = "cchc_copied"
"""
CODE = """\
\"\"\"A plugin with one computed criterion.\"\"\"

from fractions import Fraction
from pathlib import Path

import cchc_rules as cchc

from . import helper


@cchc.hookimpl
def cchc_register_fields(fields):
    fields.add_folder(Path(__file__).parent / "editions")


@cchc.hookimpl
def cchc_register_methods(methods):
    methods.add_folder(Path(__file__).parent / "methods")


@cchc.hookimpl
def cchc_computations(edition):
    return {"copied.computed": computed}


def computed(facts, maximum):
    return cchc.ComputedPoints(points=helper.half(maximum), reason=cchc.Text("một nửa", "half"))
"""
HELPER = """\
\"\"\"What the computed criterion calls.\"\"\"


def half(maximum):
    return maximum / 2
"""
COMPUTED = """
[[criteria]]
id = "copied.computed"
number = "4.9"
label = "tiêu chí tính bằng Python"
max_points = 2
form = "computed"
facts = ["bodies_rearranged"]
description = "một nửa số điểm"
"""
METHOD_TEXT = """\
schema = "cchc.method/1"

[method]
id = "copied.index"
label = "Chỉ số thử"
issuer = ""
level = "district"
year = 2021
status = "draft"
fields = [ { number = "1", field = "copied", edition_year = 2021 } ]
nominal_total = { value = 10 }
not_applicable = { policy = "leave_out_of_both_sides", provenance = "official" }
rounding = { leaf = { places = 2, mode = "half_up" } }
stages = [ { id = "self", label = "Tự chấm" } ]
units = [ { id = "unit", label = "Đơn vị" } ]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a shipped field's edition in a plugin of its own, with a computed criterion and a method."""
    package = tmp_path / "plugin" / "src" / "cchc_copied"
    (package / "editions" / "district").mkdir(parents=True)
    (package / "methods").mkdir()
    (tmp_path / "plugin" / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (package / "__init__.py").write_text(CODE, encoding="utf-8")
    (package / "helper.py").write_text(HELPER, encoding="utf-8")
    shipped = SHIPPED.read_text(encoding="utf-8").replace('"apparatus', '"copied').replace("max_points = 8", "max_points = 10")
    edition_file(tmp_path).write_text(shipped + COMPUTED, encoding="utf-8")
    method_file(tmp_path).write_text(METHOD_TEXT, encoding="utf-8")
    return tmp_path


def edition_file(folder: Path) -> Path:
    """Return where the copied edition stands."""
    return folder / "plugin" / "src" / "cchc_copied" / "editions" / "district" / "2021.toml"


def method_file(folder: Path) -> Path:
    """Return where the method stands."""
    return folder / "plugin" / "src" / "cchc_copied" / "methods" / "2021.toml"


def with_cases(folder: Path) -> None:
    """Give the copied edition its cases, all confirmed."""
    path = folder / "plugin" / "src" / "cchc_copied" / "cases" / "2021" / "all.toml"
    path.parent.mkdir(parents=True)
    path.write_text(confirmed_cases(loaded(folder), EDITION), encoding="utf-8")


def code_file(folder: Path, name: str) -> Path:
    """Return where a module of the plugin stands."""
    return folder / "plugin" / "src" / "cchc_copied" / name


def loaded(folder: Path) -> cchc.Registry:
    """Return the plugin in the folder as it is now, and no other."""
    return cchc.Registry.load([folder], with_installed=False)


def index(folder: Path) -> cchc.Index:
    """Return the method in the folder, ready to score; raises where a seal is broken."""
    return loaded(folder).index("copied.index", 2021)


def replace(path: Path, old: str, new: str) -> None:
    """Change one thing in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def cchc_says(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ``cchc`` as a user does."""
    return subprocess.run([sys.executable, "-m", "cchc_rules.cli", *map(str, arguments)], capture_output=True, encoding="utf-8", check=False)


def refused(folder: Path) -> cchc.Finding:
    """Return the one finding with which a changed plugin is refused."""
    with pytest.raises(cchc.SealError) as caught:
        index(folder)
    (finding,) = caught.value.findings
    return finding


class TestSealing:
    """Writing a seal."""

    def test_from_the_command_line_writes_it_beside_the_file_and_says_what_is_assumed(self, folder: Path) -> None:
        """Assumed parameters may be sealed; how many there are is said in the seal and on the screen."""
        with_cases(folder)
        done = cchc_says("seal", EDITION, "--plugins", folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"Đã niêm phong {EDITION}: 2021.seal.toml")
        assert "4 mục dùng tham số giả định" in done.stdout
        text = edition_file(folder).with_name("2021.seal.toml").read_text(encoding="utf-8")
        assert f'of = "{EDITION}"' in text
        assert "assumed = 4" in text

    def test_of_a_method_counts_its_own_assumptions(self, folder: Path) -> None:
        """The nominal total, the rounding, and what a fact without documents is worth are assumed here, the rest is not."""
        write_seal(loaded(folder), EDITION)
        done = cchc_says("seal", METHOD, "--plugins", folder, "--lang", "en")
        assert done.returncode == 0
        assert done.stdout.startswith(f"Sealed {METHOD}: 2021.seal.toml")
        assert "Note: 3 entries rest on assumed parameters." in done.stdout

    def test_then_a_change_is_noticed_by_every_command(self, folder: Path) -> None:
        """``check`` reports the broken seal with file and remedy, ``score`` refuses to score by it."""
        write_seal(loaded(folder), EDITION)
        replace(edition_file(folder), "max_points = 3\n", "max_points = 3.5\n")
        checked = cchc_says("check", "--plugins", folder)
        assert checked.returncode == 1
        assert "[seal-broken]" in checked.stdout
        assert edition_file(folder).as_posix() in checked.stdout
        evidence = folder / "evidence.toml"
        evidence.write_text('schema = "cchc.evidence/1"\nmethod = "copied.index"\nyear = 2021\nunit = "unit"\nstage = "self"\n', encoding="utf-8")
        scored = cchc_says("score", evidence, "--plugins", folder)
        assert (scored.returncode, scored.stdout) == (2, "")
        assert "[seal-broken]" in scored.stderr

    def test_of_an_unknown_name_asks_back(self, folder: Path) -> None:
        """The nearest name is offered."""
        with pytest.raises(cchc.InputError) as caught:
            write_seal(loaded(folder), "copied/district/2012")
        (finding,) = caught.value.findings
        assert (finding.code, finding.remedy.en) == ("name-unknown", f"did you mean {EDITION!r}?")

    def test_needs_a_file(self) -> None:
        """What was made in Python has no file beside which a seal could stand."""
        registry = cchc.Registry([plugin("p", cchc_register_fields=lambda fields: fields.add(edition_of([])))])
        with pytest.raises(cchc.InputError) as caught:
            write_seal(registry, "field/level/2099")
        assert caught.value.findings[0].code == "seal-without-file"

    def test_again_after_an_open_change_makes_it_usable(self, folder: Path) -> None:
        """Whoever issues the edition may change it and seal it anew; its seal is then another one."""
        write_seal(loaded(folder), EDITION)
        before = dict(index(folder).seals)[EDITION]
        replace(edition_file(folder), 'remedy_en = "Go on reducing posts under the policy."', 'remedy_en = "Go on."')
        assert refused(folder).code == "seal-broken"
        write_seal(loaded(folder), EDITION)
        assert dict(index(folder).seals)[EDITION] != before


    @pytest.mark.parametrize(("file", "name"), [(edition_file, EDITION), (method_file, METHOD)], ids=["edition", "method"])
    def test_writes_into_the_file_that_it_is_sealed_and_leaves_all_else_as_it_stands(self, folder: Path, file: Callable[[Path], Path], name: str) -> None:
        """Comments, line endings and the mark at the beginning stay, where the status is stated and where it is not."""
        path = file(folder)
        as_draft = ("\ufeff" + path.read_text(encoding="utf-8").replace('status = "draft"', 'status = "draft" # nháp')).replace("\n", "\r\n")
        for before in (as_draft, as_draft.replace('status = "draft" # nháp\r\n', "")):
            path.write_bytes(before.encode())
            write_seal(loaded(folder), name)
            after = path.read_bytes().decode()
            lines = set(after.split("\r\n")) - set(before.split("\r\n"))
            assert lines <= {'status = "sealed"', 'status = "sealed" # nháp'}
            assert len(lines) == 1
            assert after.startswith("\ufeff")
            assert "\n" not in after.replace("\r\n", "")

    def test_leaves_a_file_alone_whose_table_is_spelled_otherwise(self, folder: Path) -> None:
        """Keys that carry the table's name are TOML too; the file is sealed all the same."""
        path = method_file(folder)
        path.write_text(re.sub(r"^(?!schema)(\w+ = )", r"method.\1", METHOD_TEXT, flags=re.MULTILINE).replace("[method]\n", ""), encoding="utf-8")
        before = path.read_bytes()
        write_seal(loaded(folder), METHOD)
        assert path.read_bytes() == before
        assert METHOD in dict(index(folder).seals)


class TestSurvival:
    """What does not change the meaning."""

    def test_line_endings_comments_and_a_byte_order_mark_change_nothing(self, folder: Path) -> None:
        """A file that went through Windows and got a comment is still what was sealed; so is the code beside it."""
        write_seal(loaded(folder), EDITION)
        write_seal(loaded(folder), METHOD)
        before = index(folder).seals
        for path in (edition_file(folder), method_file(folder)):
            text = path.read_text(encoding="utf-8")
            commented = "# ghi chú 1\n\n" + text.replace("\nnumber = ", "\n\n# ghi chú 2\nnumber = ")
            path.write_bytes("\ufeff".encode() + commented.replace("\n", "\r\n").encode())
        for name in ("__init__.py", "helper.py"):
            path = code_file(folder, name)
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert index(folder).seals == before

    def test_the_order_of_keys_and_the_status_change_nothing(self, folder: Path) -> None:
        """The model is sealed, not the file; becoming "sealed" is no change of content."""
        write_seal(loaded(folder), EDITION)
        replace(edition_file(folder), 'form = "ratio"\n', "")
        replace(edition_file(folder), "max_points = 2.5\nprovenance = \"assumed\"\nclause = { place = \"mục II.4.1, gạch đầu dòng 3\"",
                "form = \"ratio\"\nprovenance = \"assumed\"\nmax_points = 2.50\nclause = { place = \"mục II.4.1, gạch đầu dòng 3\"")
        replace(edition_file(folder), 'status = "sealed"', 'status = "draft"')
        assert EDITION in dict(index(folder).seals)

    def test_a_result_carries_the_seals_that_it_rests_on(self, folder: Path) -> None:
        """The scorecard names the digest of the method and of every edition."""
        used = index(folder)
        card = score(used, evidence_with({}))
        assert dict(card.method.seals).keys() == {METHOD, EDITION}
        assert card.method.seals == used.seals


class TestBreaking:
    """What changes the meaning, however little."""

    def test_any_changed_digit_of_an_edition_changes_its_seal(self, tmp_path: Path) -> None:
        """Each number in the file, in turn: it either makes another edition or none at all."""
        text = "\n".join(line for line in SHIPPED.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
        sound = seal_of(tmp_path, text)
        assert sound is not None
        places = [match.start() for match in re.finditer("[0-9]", text)]
        assert len(places) > 100
        for at in places:
            other = text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
            assert seal_of(tmp_path, other) != sound, text[max(0, at - 40) : at + 40]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('label = "Chỉ số thử"', 'label = "Chỉ số"'),
            ("places = 2", "places = 1"),
            ("half_up", "half_even"),
            ("value = 10", "value = 100"),
            ("leave_out_of_both_sides", "award_zero"),
            ('provenance = "official"', 'provenance = "assumed"'),
            ('{ id = "unit", label = "Đơn vị" }', '{ id = "unit", label = "Đơn vị khác" }'),
        ],
    )
    def test_any_change_of_a_method_breaks_its_seal(self, folder: Path, old: str, new: str) -> None:
        """Rounding, totals, policies, units, and what is assumed."""
        write_seal(loaded(folder), METHOD)
        replace(method_file(folder), old, new)
        finding = refused(folder)
        assert finding.code == "seal-broken"
        assert finding.place.file == method_file(folder).as_posix()

    def test_a_change_of_an_edition_breaks_the_seal_of_the_method_that_uses_it(self, folder: Path) -> None:
        """A method is sealed over its editions, sealed themselves or not."""
        write_seal(loaded(folder), METHOD)
        replace(edition_file(folder), 'id = "copied.computed"\nnumber = "4.9"', 'id = "copied.computed"\nnumber = "4.8"')
        assert METHOD in refused(folder).reason.vi

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [("__init__.py", "points=helper.half(maximum)", "points=maximum"), ("helper.py", "maximum / 2", "maximum / 3")],
        ids=["the computing function", "what it calls"],
    )
    def test_a_change_of_the_code_that_computes_breaks_the_seal(self, folder: Path, name: str, old: str, new: str) -> None:
        """Points that come from Python are sealed with the Python that makes them, wherever in the plugin it stands."""
        write_seal(loaded(folder), EDITION)
        replace(code_file(folder, name), old, new)
        assert refused(folder).code == "seal-broken"

    def test_a_forged_seal_is_a_broken_one(self, folder: Path) -> None:
        """A digest that somebody typed does not fit."""
        write_seal(loaded(folder), EDITION)
        path = edition_file(folder).with_name("2021.seal.toml")
        path.write_text(re.sub("sha256:[0-9a-f]{8}", "sha256:00000000", path.read_text(encoding="utf-8")), encoding="utf-8")
        assert refused(folder).code == "seal-broken"

    @pytest.mark.parametrize("file", [edition_file, method_file], ids=["edition", "method"])
    def test_a_file_that_says_it_is_sealed_needs_a_seal(self, folder: Path, file: Callable[[Path], Path]) -> None:
        """Status "sealed" without a seal file beside is refused, with what to do."""
        replace(file(folder), 'status = "draft"', 'status = "sealed"')
        finding = refused(folder)
        assert (finding.code, finding.place.file) == ("seal-missing", file(folder).as_posix())
        assert "cchc seal" in finding.remedy.vi

    def test_removing_the_seal_of_something_that_says_it_is_sealed_is_noticed(self, folder: Path) -> None:
        """Deleting the seal file does not make a sealed edition a free one: sealing has written into it that it is sealed."""
        write_seal(loaded(folder), EDITION)
        assert EDITION in dict(index(folder).seals)
        edition_file(folder).with_name("2021.seal.toml").unlink()
        assert refused(folder).code == "seal-missing"


def seal_of(folder: Path, text: str) -> str | None:
    """Return the digest of the edition in a text; ``None`` where the text is refused."""
    path = folder / "2021.toml"
    path.write_text(text, encoding="utf-8")
    try:
        edition, _ = read_edition(path, STRUCTURE)
    except cchc.CchcError:
        return None
    return edition_seal(edition, STRUCTURE, {}).digest


def test_equal_editions_have_equal_seals_wherever_they_lie(tmp_path: Path) -> None:
    """The seal does not depend on the machine, the folder or the moment."""
    other = tmp_path / "elsewhere" / "copy.toml"
    other.parent.mkdir()
    shutil.copy(SHIPPED, other)
    one, two = (edition_seal(read_edition(path, STRUCTURE)[0], STRUCTURE, {}) for path in (SHIPPED, other))
    assert one == two
    assert one.assumed == 3


def test_an_edition_made_in_python_and_the_same_from_a_file_have_equal_seals() -> None:
    """What counts is the model."""
    edition: Edition = edition_of([], max_points=Decimal("2.50"))
    again: Edition = edition_of([], max_points=Decimal("2.5"))
    assert edition_seal(edition, STRUCTURE, {}) == edition_seal(again, STRUCTURE, {})
    assert index_of(edition).method == index_of(again).method
    assert Fraction(edition.max_points) == Fraction(5, 2)
