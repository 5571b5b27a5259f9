"""Editions as files: TOML to model and back without loss, and everything that is wrong with a file told at once."""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from attrs import evolve
from building import index_of, plugin
from conftest import EXAMPLE, ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import cases, edition_of

import cchc_rules as cchc
from cchc_rules.base.texts import Text
from cchc_rules.cli import main
from cchc_rules.decisions.editions import read_edition, write_edition
from cchc_rules.decisions.structure import Structure
from cchc_rules.model import Clause, Edition
from cchc_rules.plugins.registers import MethodRegister
from cchc_rules.rules.forms import FORMS

STRUCTURE = Structure(FORMS)
EDITIONS = sorted((ROOT / "plugins").glob("*/src/*/editions/**/*.toml"))
METHODS = sorted((ROOT / "plugins").glob("*/src/*/methods/**/*.toml"))

SOUND = """\
schema = "cchc.edition/1"

[edition]
field = "field"
label = "lĩnh vực"
label_en = "field"
level = "level"
year = 2099
max_points = 3
max_points_provenance = "assumed"

[[facts]]
id = "part"
label = "số đã làm"
label_en = "number done"
type = "count"
unit = "dossier"
range = [0, 100]

[[facts]]
id = "whole"
label = "số phải làm"
label_en = "number due"
type = "count"
unit = "dossier"
range = [0, 100]

[[criteria]]
id = "field.rate"
number = "1.1"
label = "tỷ lệ"
label_en = "rate"
max_points = 2
form = "bands"
of = { part = "part", whole = "whole" }
when_whole_is_zero = "not_applicable"
bands = [ { at_least = "50 %", points = 2 }, { at_least = "30 %", points = 1 } ]
otherwise = 0

[[criteria]]
id = "field.done"
number = "1.2"
label = "số lượng"
label_en = "amount"
max_points = 1
form = "count"
fact = "part"
points_each = 0.25
"""


def line_of(text: str, words: str) -> int:
    """Return the number of the line in which words stand; they stand in one."""
    (number,) = [number for number, line in enumerate(text.splitlines(), start=1) if words in line]
    return number


def read(folder: Path, text: str) -> Edition:
    """Return the edition in a text, by way of a file."""
    path = folder / "2099.toml"
    path.write_text(text, encoding="utf-8")
    return read_edition(path, STRUCTURE)[0]


def problems(folder: Path, text: str) -> tuple[cchc.Finding, ...]:
    """Return everything with which a text is refused as an edition."""
    with pytest.raises(cchc.CchcError) as caught:
        read(folder, text)
    return caught.value.findings


def changed(old: str, new: str) -> str:
    """Return the sound edition with one thing replaced."""
    assert SOUND.count(old) == 1
    return SOUND.replace(old, new)


def canonical(edition: Edition) -> dict[str, Any]:
    """Return an edition's tables as another program would read them from its file."""
    return tomllib.loads(tomli_w.dumps(write_edition(edition, STRUCTURE)), parse_float=Decimal)


class TestRoundTrip:
    """TOML → model → TOML → model."""

    @pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.relative_to(ROOT / "plugins").parts[0])
    def test_of_every_shipped_edition_is_the_identity_on_the_model(self, path: Path, tmp_path: Path) -> None:
        """Written and read again, an edition is equal to itself, and so are its tables."""
        edition, _ = read_edition(path, STRUCTURE)
        again = read(tmp_path, tomli_w.dumps(write_edition(edition, STRUCTURE)))
        assert again == edition
        assert canonical(again) == canonical(edition)

    def test_sees_the_editions_of_all_seven_fields(self) -> None:
        """The test above reads them all."""
        assert len(EDITIONS) >= 7
        assert len(METHODS) >= 1

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_of_random_editions_is_the_identity_on_the_model(self, tmp_path: Path, data: st.DataObject) -> None:
        """Every form, with every key that it may have, survives the way through a file."""
        count = data.draw(st.integers(1, 4))
        edition = edition_of([data.draw(cases(prefix=f"{letter}_")) for letter in "abcd"[:count]])
        assert read(tmp_path, tomli_w.dumps(write_edition(edition, STRUCTURE))) == edition

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(vi=st.text(min_size=1), en=st.text(min_size=1), max_points=st.decimals(min_value=0, max_value=1000, places=3))
    def test_keeps_any_words_and_any_decimal(self, tmp_path: Path, vi: str, en: str, max_points: Decimal) -> None:
        """Quotes, line breaks and any script come back; so does every digit."""
        edition = edition_of([], label=Text(vi, en), max_points=max_points, note=vi, source=Clause(place=en, text=vi))
        assert read(tmp_path, tomli_w.dumps(write_edition(edition, STRUCTURE))) == edition

    @pytest.mark.parametrize("path", METHODS, ids=lambda path: path.relative_to(ROOT / "plugins").parts[0])
    def test_of_every_shipped_method_is_the_identity_on_the_model(self, path: Path, tmp_path: Path) -> None:
        """The same holds for methods."""
        method = read_method(path)
        copy = tmp_path / "method.toml"
        copy.write_text(tomli_w.dumps({"schema": "cchc.method/1", "method": STRUCTURE.write(method)}), encoding="utf-8")
        assert read_method(copy) == method

    def test_does_not_mind_line_endings_comments_or_a_byte_order_mark(self, tmp_path: Path) -> None:
        """What Windows does to a file changes nothing in the model."""
        sound = read(tmp_path, SOUND)
        path = tmp_path / "windows.toml"
        path.write_bytes("\ufeff# ghi chú\n".encode() + SOUND.replace("\n", "\r\n").encode())
        assert read_edition(path, STRUCTURE)[0] == sound


def read_method(path: Path) -> cchc.Method:
    """Return the method in a file."""
    register = MethodRegister("test", structure=STRUCTURE)
    register.add_file(path)
    assert register.problems == []
    (registered,) = register.items
    return registered.value


class TestKeys:
    """Keys that are misspelt, misplaced, missing or doubled."""

    @pytest.mark.parametrize(
        ("old", "new", "key", "meant"),
        [
            ("otherwise = 0\n", "otherwize = 0\n", "otherwize", "otherwise"),
            ('level = "level"\n', 'level = "level"\nlead_units = "x"\n', "lead_units", "lead_unit"),
            ("points_each = 0.25\n", "points_each = 0.25\nmax_point = 1\n", "max_point", "max_points"),
            ('label_en = "number done"\n', 'label_en = "number done"\ndefinitions = "x"\n', "definitions", "definition"),
        ],
    )
    def test_that_are_misspelt_are_named_with_the_right_one_and_the_line(
        self, tmp_path: Path, old: str, new: str, key: str, meant: str
    ) -> None:
        """In the head, a fact, a criterion or its form: did you mean?"""
        text = changed(old, new)
        (finding,) = problems(tmp_path, text)
        assert finding.code == "key-unknown"
        assert f"“{key}”" in finding.reason.vi
        assert finding.remedy == Text(f"có phải “{meant}”?", f"did you mean {meant!r}?")
        assert (Path(finding.place.file).name, finding.place.line) == ("2099.toml", line_of(text, f"{key} ="))

    def test_inside_an_inline_table_are_named_with_the_line_of_the_table(self, tmp_path: Path) -> None:
        """A misspelt limit of a band is found on the line of the bands, and the band is counted."""
        text = changed('{ at_least = "30 %"', '{ at_lest = "30 %"')
        (finding,) = problems(tmp_path, text)
        assert finding.code == "key-unknown"
        assert finding.remedy.en == "did you mean 'at_least'?"
        assert finding.place.line == line_of(text, "at_lest")
        assert "tiêu chí 1.1 (field.rate), bands[1]" in finding.place.where

    def test_of_another_form_are_misplaced(self, tmp_path: Path) -> None:
        """Bands have no place in a count."""
        text = changed("points_each = 0.25\n", 'points_each = 0.25\nwhen_whole_is_zero = "award_zero"\n')
        (finding,) = problems(tmp_path, text)
        assert finding.code == "key-unknown"
        assert "tiêu chí 1.2 (field.done)" in finding.place.where

    def test_of_a_table_that_does_not_exist_are_refused(self, tmp_path: Path) -> None:
        """A misspelt table would otherwise take a criterion away unnoticed."""
        text = SOUND + '\n[[criterias]]\nid = "field.more"\n'
        (finding,) = problems(tmp_path, text)
        assert (finding.code, finding.place.line) == ("key-unknown", line_of(text, "[[criterias]]"))
        assert finding.remedy.en == "did you mean 'criteria'?"

    def test_that_stand_twice_are_a_mistake_of_the_file(self, tmp_path: Path) -> None:
        """TOML refuses the second; the line is told."""
        text = changed("points_each = 0.25\n", "points_each = 0.25\npoints_each = 0.5\n")
        (finding,) = problems(tmp_path, text)
        assert (finding.code, finding.place.line) == ("toml-syntax", line_of(text, "points_each = 0.5"))

    @pytest.mark.parametrize(
        ("line", "key", "where"),
        [
            ("points_each = 0.25\n", "points_each", "field.done"),
            ('number = "1.2"\n', "number", "field.done"),
            ('of = { part = "part", whole = "whole" }\n', "of", "field.rate"),
            ('level = "level"\n', "level", ""),
        ],
    )
    def test_that_are_missing_are_named(self, tmp_path: Path, line: str, key: str, where: str) -> None:
        """A key without which nothing can be scored is asked for."""
        (finding,) = problems(tmp_path, changed(line, ""))
        assert finding.code == "key-missing"
        assert f"“{key}”" in finding.reason.vi
        assert where in finding.place.where

    def test_name_a_form_that_exists(self, tmp_path: Path) -> None:
        """A misspelt form is asked back."""
        (finding,) = problems(tmp_path, changed('form = "bands"', 'form = "band"'))
        assert finding.code == "form-unknown"
        assert finding.remedy.en == "did you mean 'bands'?"


class TestValues:
    """Values of the wrong kind."""

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ('number = "1.2"', "number = 1.2", "value-wrong-kind"),
            ("max_points = 1\n", 'max_points = "nhiều"\n', "number-unreadable"),
            ("max_points = 1\n", 'max_points = "1.000"\n', "number-ambiguous"),
            ("max_points = 1\n", "max_points = true\n", "number-unreadable"),
            ("max_points = 1\n", "max_points = nan\n", "number-unreadable"),
            ("max_points = 1\n", "max_points = 2099-12-12\n", "number-is-a-date"),
            ("year = 2099", "year = 2099.5", "number-not-whole"),
            ('type = "count"\nunit = "dossier"\nrange = [0, 100]\n\n[[criteria]]', 'type = "number"\nrange = [0, 100]\n\n[[criteria]]', "value-unknown"),
            ('at_least = "30 %"', 'at_least = "3x %"', "number-unreadable"),
            ("bands = [ {", "bands = 3 # [ {", "value-wrong-kind"),
            ('of = { part = "part", whole = "whole" }', 'of = "part"', "value-wrong-kind"),
            ('of = { part = "part", whole = "whole" }', 'of = { part = "part" }', "form-contradiction"),
            ('when_whole_is_zero = "not_applicable"\n', 'when_whole_is_zero = "zero"\n', "value-unknown"),
            ('{ at_least = "50 %", points = 2 }', '{ at_least = "50 %", more_than = "50 %", points = 2 }', "form-contradiction"),
            ('max_points_provenance = "assumed"', 'max_points_provenance = "guessed"', "value-unknown"),
        ],
    )
    def test_are_refused_at_their_place(self, tmp_path: Path, old: str, new: str, code: str) -> None:
        """Each says what was expected, in both languages, and where it stands."""
        (finding,) = problems(tmp_path, changed(old, new))
        assert finding.code == code
        assert finding.place.line is not None
        assert finding.remedy.vi
        assert finding.remedy.en

    def test_all_of_one_file_are_told_at_once(self, tmp_path: Path) -> None:
        """Someone who mends a file does not have to run it once per mistake."""
        text = (
            SOUND.replace("year = 2099", 'year = "năm ngoái"').replace("otherwise = 0", "otherwize = 0")
            .replace('number = "1.2"', "number = 1.2").replace("points_each = 0.25", 'points_each = "1.000"')
            .replace('id = "whole"\n', 'id = "whole"\nunits = "dossier"\n')
        )
        found = {(each.code, each.place.line) for each in problems(tmp_path, text)}
        assert found == {
            ("number-unreadable", line_of(text, "năm ngoái")),
            ("key-unknown", line_of(text, "otherwize")),
            ("value-wrong-kind", line_of(text, "number = 1.2")),
            ("number-ambiguous", line_of(text, "points_each")),
            ("key-unknown", line_of(text, "units =")),
        }

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b'schema = "cchc.evidence/1"\n', "schema-unknown"),
            (b"[edition]\n", "schema-unknown"),
            (b"schema = \n", "toml-syntax"),
            (b'schema = "\xff"\n', "file-not-utf-8"),
        ],
    )
    def test_of_a_file_that_is_no_edition_are_not_looked_at(self, tmp_path: Path, content: bytes, code: str) -> None:
        """What the file is comes first."""
        path = tmp_path / "2099.toml"
        path.write_bytes(content)
        with pytest.raises(cchc.CchcError) as caught:
            read_edition(path, STRUCTURE)
        assert [each.code for each in caught.value.findings] == [code]


class TestIds:
    """Names that are used once."""

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [('id = "field.done"', 'id = "field.rate"', "criterion-duplicate"), ('id = "whole"', 'id = "part"', "fact-duplicate")],
    )
    def test_that_stand_twice_keep_the_edition_from_loading(self, tmp_path: Path, old: str, new: str, code: str) -> None:
        """The second one is shown, with its line, and nothing is scored by such an edition."""
        text = changed(old, new)
        edition = read(tmp_path, text)
        registry = registry_of(edition, add=lambda fields: fields.add_file(tmp_path / "2099.toml"))
        with pytest.raises(cchc.EditionError) as caught:
            registry.index("method", 2099)
        (finding,) = [each for each in caught.value.findings if each.code == code]
        again = max(number for number, line in enumerate(text.splitlines(), start=1) if new in line)
        heading = max(number for number, line in enumerate(text.splitlines()[:again], start=1) if line.startswith("[["))
        assert finding.place.line in {heading, again}


def registry_of(edition: Edition, *, add: Callable[[cchc.FieldRegister], None]) -> cchc.Registry:
    """Return a registry with a method over an edition that is brought in some way."""
    return cchc.Registry([plugin(
        "p",
        cchc_register_fields=add,
        cchc_register_methods=lambda methods: methods.add(index_of(edition).method),
    )])


class TestYears:
    """A year that is not there."""

    def test_is_an_error_that_lists_the_years_there_are_and_never_the_nearest_one(self, registry: cchc.Registry) -> None:
        """2020 is not 2021."""
        with pytest.raises(cchc.InputError) as caught:
            registry.index("cao-bang.districts", 2020)
        (finding,) = caught.value.findings
        assert finding.code == "year-unknown"
        assert "2021" in finding.remedy.vi
        assert "không dùng năm gần nhất" in finding.remedy.vi

    def test_of_a_method_that_nobody_knows_is_an_unknown_method(self, registry: cchc.Registry) -> None:
        """The nearest name is offered."""
        with pytest.raises(cchc.InputError) as caught:
            registry.index("cao-bang.district", 2021)
        (finding,) = caught.value.findings
        assert finding.code == "method-unknown"
        assert finding.remedy.en.startswith("did you mean 'cao-bang.districts'?")

    def test_of_a_method_whose_file_cannot_be_read_says_what_is_wrong_with_the_file(self, tmp_path: Path) -> None:
        """"Not installed" alone would send its user the wrong way."""
        path = tmp_path / "2099.toml"
        path.write_text('schema = "cchc.method/1"\n[method]\nid = "method"\nlabl = "phương pháp"\n', encoding="utf-8")
        registry = cchc.Registry([plugin("p", cchc_register_methods=lambda methods: methods.add_file(path))])
        with pytest.raises(cchc.InputError) as caught:
            registry.index("method", 2099)
        first, *others = caught.value.findings
        assert first.code == "method-unknown"
        assert ("key-unknown", 4) in {(each.code, each.place.line) for each in others}

    def test_in_an_evidence_file_is_told_with_its_place_and_status_2(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The command line names the file and the years there are, and scores nothing."""
        text = (EXAMPLE / "2021.toml").read_text(encoding="utf-8").replace("year = 2021", "year = 2019", 1)
        path = tmp_path / "2019.toml"
        path.write_text(text, encoding="utf-8")
        assert main(["score", str(path)]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert f"{path.as_posix()}:" in shown.err
        assert "[year-unknown]" in shown.err

    def test_of_an_edition_is_never_stood_in_for_by_another(self) -> None:
        """A method that asks for an edition of a year that is not installed cannot be scored with another year's."""
        edition = edition_of([])
        method = index_of(edition).method
        asks = evolve(method, fields=(evolve(method.fields[0], edition_year=2098),))
        registry = cchc.Registry([plugin(
            "p",
            cchc_register_fields=lambda fields: fields.add(edition),
            cchc_register_methods=lambda methods: methods.add(asks),
        )])
        with pytest.raises(cchc.EditionError) as caught:
            registry.index("method", 2099)
        assert caught.value.findings[0].code == "edition-missing"
        assert "field/level/2098" in caught.value.findings[0].reason.vi
