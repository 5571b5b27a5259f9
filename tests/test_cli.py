"""The command line: every command in both languages, exit statuses, the JSON document, and never a traceback."""

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
from conftest import EXAMPLE
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cchc_rules import cli
from cchc_rules.base.texts import LANGUAGES, Language
from cchc_rules.version import VERSION

EVIDENCE = str(EXAMPLE / "2021.toml")
BEFORE, AFTER = (str(EXAMPLE / f"published-{year}.toml") for year in (2020, 2021))
METHOD = "cao-bang.districts"
COMMANDS = ("score", "explain", "compare", "rank", "audit", "template", "new", "check", "plugins", "cases", "sheet", "render", "schema", "facts", "verify", "sql", "diff", "impact", "erratum", "pack", "seal")


@pytest.fixture(autouse=True)
def _no_language_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own choice of language does not count here."""
    monkeypatch.delenv("CCHC_LANG", raising=False)
    monkeypatch.delenv("CCHC_TRACEBACK", raising=False)


class Ended(NamedTuple):
    """How a command ended: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


def run(*arguments: object) -> Ended:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.main([str(each) for each in arguments])
    return Ended(status, out.getvalue(), err.getvalue())


def run_outside(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, its output redirected."""
    known = {key: value for key, value in os.environ.items() if key not in {"CCHC_LANG", "PYTHONUTF8", "PYTHONIOENCODING"}}
    return subprocess.run([sys.executable, "-m", "cchc_rules.cli", *arguments], env=known | environment, capture_output=True, check=False)


def document(*arguments: object) -> dict[str, Any]:
    """Return the JSON document of a scored file."""
    found: dict[str, Any] = json.loads(run("score", *arguments, "--json").out)
    return found


# ------------------------------------------------------------------ every command


SAID: dict[str, tuple[tuple[str, ...], int, str, str]] = {
    "score": (("score", EVIDENCE), 0, "MẤT ĐIỂM, nhiều nhất trước", "LOST POINTS, most first"),
    "score a folder": (("score", str(EXAMPLE)), 0, "Tổng điểm: 79,5/99", "Total: 79.5/99"),
    "explain": (("explain", EVIDENCE, "3.2.3"), 0, "40% (96/240), dưới 50%", "40% (96/240), below 50%"),
    "explain what came next": (("explain", EVIDENCE, "3.2.3"), 0, "từ 50% trở lên: được 3 điểm", "at least 50%: gives 3 points"),
    "compare": (("compare", BEFORE, EVIDENCE), 0, "6 lĩnh vực so sánh được", "6 comparable fields"),
    "compare two published tables": (("compare", BEFORE, AFTER), 0, "+6,82", "+6.82"),
    "audit": (("audit", AFTER), 1, "79,5 − 74,56 = 4,94", "79.5 − 74.56 = 4.94"),
    "check": (("check",), 0, "2 ghi chú", "2 notes"),
    "rank": (("rank", METHOD, str(EXAMPLE)), 1, "CHƯA CÓ SỐ LIỆU", "NO EVIDENCE YET"),
    "diff": (("diff", "apparatus/district/2021", "apparatus/district/2021"), 0, "Hai bản như nhau.", "The two are the same."),
    "impact": (("impact", "2021", "2021", "--units", str(EXAMPLE)), 1, "Chấm thử: số liệu năm 2021", "A trial: the evidence of 2021"),
    "plugins": (("plugins",), 0, "dùng được", "Distribution and version"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAID)
def test_command_speaks_the_language_asked_for(name: str, language: Language) -> None:
    """Each command answers in Vietnamese and in English, with the same exit status."""
    arguments, status, vietnamese, english = SAID[name]
    ended = run(*arguments, "--lang", language)
    assert (ended.status, ended.err) == (status, "")
    assert (vietnamese in ended.out, english in ended.out) == (language == "vi", language == "en")


def test_vietnamese_is_the_default_and_a_variable_can_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--lang`` goes before ``CCHC_LANG``, which goes before Vietnamese."""
    assert run("plugins").out == run("plugins", "--lang", "vi").out
    monkeypatch.setenv("CCHC_LANG", "en")
    assert "Distribution" in run("plugins").out
    assert "dùng được" in run("plugins", "--lang=vi").out


def test_options_stand_before_or_after_the_command() -> None:
    """Nobody has to remember where ``--lang`` goes."""
    assert run("--lang", "en", "check").out == run("check", "--lang", "en").out


def test_version_is_printed() -> None:
    """``cchc --version``."""
    assert run("--version") == Ended(0, f"cchc_rules {VERSION}\n", "")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_there_in_both_languages_without_words_of_the_other(command: str) -> None:
    """Every command explains itself; argparse's English headings do not show in Vietnamese."""
    asked = [command] if command else []
    vietnamese, english = (run(*asked, "--help", "--lang", language) for language in LANGUAGES)
    assert vietnamese.status == english.status == 0
    assert vietnamese.out.startswith("cách dùng: cchc")
    assert english.out.startswith("usage: cchc")
    assert "tuỳ chọn:" in vietnamese.out
    for word in ("usage:", "options:", "positional", "show this", "FILE", "FOLDER"):
        assert word not in vietnamese.out


def test_help_lists_every_command_with_what_it_does() -> None:
    """The list of commands in this file is complete."""
    shown = run("--help").out
    listed = re.findall(r"^ {4}(\w+)", shown.partition("LỆNH\n")[2], re.MULTILINE)  # what is told on a second line stands further right
    assert tuple(listed) == COMMANDS


# ------------------------------------------------------------------ exit statuses


def evidence_with(folder: Path, old: str, new: str) -> Path:
    """Return a copy of the example's evidence with one passage changed."""
    text = Path(EVIDENCE).read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = folder / "so-lieu.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


class TestStatus:
    """0 all is well, 1 there are findings, 2 the input cannot be used."""

    def test_is_1_where_the_total_is_incomplete(self, tmp_path: Path) -> None:
        """Missing evidence is a finding."""
        path = evidence_with(tmp_path, 'id = "initiatives"\nvalue = 0\n', 'id = "initiatives"\n')
        ended = run("score", path)
        assert ended.status == 1
        assert "CHƯA ĐẦY ĐỦ: tổng điểm còn có thể từ 79,5 đến 81,5" in ended.out
        assert run("score", path, "--json").status == 1

    def test_is_1_where_nothing_proves_a_fact(self, tmp_path: Path) -> None:
        """A warning is a finding too."""
        path = evidence_with(tmp_path, 'value = 0\nunit = "initiative"\ndocuments = ["qd-khen-thuong"]', 'value = 0\nunit = "initiative"')
        ended = run("score", path)
        assert ended.status == 1
        assert "[fact-without-document]" in ended.out

    def test_is_0_where_an_audit_has_nothing_but_notes(self, tmp_path: Path) -> None:
        """That a rank needs all units is worth knowing, and no fault."""
        text = (
            'schema = "cchc.published/1"\nmethod = "m"\nyear = 2099\nunit = "u"\nnominal_total = { value = 10, provenance = "assumed" }\n'
            '[[fields]]\nnumber = "1"\nfield = "f"\nlabel = "l"\nprinted = "7/10"\n[total]\nprinted = "7"\nrank = "1/2"\n'
        )
        path = tmp_path / "published.toml"
        path.write_text(text, encoding="utf-8")
        ended = run("audit", path)
        assert ended.status == 0
        assert ended.out.splitlines()[-1] == "1 ghi chú"

    def test_is_1_where_a_check_finds_a_warning_only(self, tmp_path: Path) -> None:
        """A fact that no criterion reads."""
        edition = Path(str(files("cchc_apparatus"))) / "editions/district/2021.toml"
        text = edition.read_text(encoding="utf-8").replace('field = "apparatus"', 'field = "thu"', 1)
        unused = '[[facts]]\nid = "unused"\nlabel = "số thừa"\ntype = "count"\nunit = "task"\nrange = [0, 9]\n'
        write_field_plugin(tmp_path, text.replace("[[criteria]]", f"{unused}\n[[criteria]]", 1))
        ended = run("check", "--plugins", tmp_path)
        assert ended.status == 1
        assert "CẢNH BÁO" in ended.out
        assert "[fact-unused]" in ended.out
        assert "LỖI" not in ended.out

    @pytest.mark.parametrize("command", ["check", "plugins"])
    def test_is_1_where_a_plugin_is_broken_and_it_is_named(self, tmp_path: Path, command: str) -> None:
        """The others are still there."""
        broken_plugin(tmp_path)
        ended = run(command, "--plugins", tmp_path)
        assert ended.status == 1
        assert "cchc_test_hong" in ended.out
        assert "RuntimeError: hỏng rồi" in ended.out

    def test_is_0_for_a_score_that_a_broken_plugin_has_no_part_in(self, tmp_path: Path) -> None:
        """The result is the same as without it."""
        broken_plugin(tmp_path)
        assert run("score", EVIDENCE, "--plugins", tmp_path) == run("score", EVIDENCE)

    @pytest.mark.parametrize("arguments", [
        ("score", "không có.toml"), ("score", BEFORE), ("score", str(Path(__file__).parent)), ("explain", EVIDENCE, "9.9.9"),
        ("compare", BEFORE, "không có.toml"), ("audit", EVIDENCE), ("audit", "không có.toml"), ("template", "khong-co", "-o", "x.xlsx"),
        ("plugins", "--plugins", "không có"), ("seal", "khong-co/1"), ("rank", "khong-co", "."), ("diff", "a", "b"), ("impact", "2021", "2020", "--units", "."), ("check", "--plugins", EVIDENCE),
    ], ids=" ".join)
    def test_is_2_where_the_input_cannot_be_used(self, arguments: tuple[str, ...]) -> None:
        """One line a problem on standard error, nothing on standard output."""
        for language in LANGUAGES:
            ended = run(*arguments, "--lang", language)
            assert (ended.status, ended.out) == (2, "")
            assert all("] " in line and " → " in line for line in ended.err.splitlines())
            assert ended.err


def write_field_plugin(folder: Path, edition: str) -> None:
    """Write a plugin with one edition."""
    package = folder / "cchc_test_field"
    package.mkdir()
    (package / "2021.toml").write_text(edition, encoding="utf-8")
    (package / "__init__.py").write_text(
        "from pathlib import Path\nimport cchc_rules as cchc\n\n@cchc.hookimpl\ndef cchc_register_fields(fields):\n"
        '    fields.add_folder(Path(__file__).parent)\n', encoding="utf-8")
    announce(folder, "cchc_test_field")


def broken_plugin(folder: Path) -> None:
    """Write a plugin that cannot be imported."""
    (folder / "cchc_test_hong.py").write_text("raise RuntimeError('hỏng rồi')\n", encoding="utf-8")
    announce(folder, "cchc_test_hong")


def announce(folder: Path, name: str) -> None:
    """Write the project file that announces a plugin."""
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1"\n[project.entry-points.cchc_rules]\n{name} = "{name}"\n', encoding="utf-8")


# ------------------------------------------------------------------ mistakes on the command line


@pytest.mark.parametrize(("arguments", "vietnamese", "english"), [
    ((), "còn thiếu: LỆNH", "the following arguments are required: COMMAND"),
    (("scor",), "không có lệnh “scor”", "invalid choice: 'scor'"),
    (("score",), "còn thiếu: TỆP", "the following arguments are required: FILE"),
    (("score", "a", "b"), "tham số lạ: b", "unrecognized arguments: b"),
    (("score", "a", "--jsn"), "tham số lạ: --jsn", "unrecognized arguments: --jsn"),
    (("check", "--plugins"), "thiếu giá trị sau --plugins", "argument --plugins: expected one argument"),
    (("template", "m", "-o"), "thiếu giá trị sau -o/--output", "argument -o/--output: expected one argument"),
    (("score", "a", "--json=1"), "--json không nhận giá trị", "argument --json: ignored explicit argument '1'"),
], ids=str)
def test_mistake_on_the_command_line_is_said_in_the_users_language(arguments: tuple[str, ...], vietnamese: str, english: str) -> None:
    """What is wrong, and where the help is."""
    for language, words, helped in (("vi", vietnamese, "xem `cchc"), ("en", english, "see `cchc")):
        ended = run("--lang", language, *arguments)
        assert (ended.status, ended.out) == (2, "")
        assert words in ended.err
        assert helped in ended.err
        assert "[command-line]" in ended.err


def test_unknown_language_is_a_mistake_that_names_the_two() -> None:
    """Said in Vietnamese, since the language asked for is not there."""
    ended = run("check", "--lang", "fr")
    assert ended.status == 2
    assert "--lang không nhận “fr”" in ended.err


# ------------------------------------------------------------------ the JSON document


KEYS = {
    "": ("schema", "unit", "method", "engine", "total", "grade", "fields"),
    "method": ("id", "year", "seals"),
    "total": ("points", "max_points", "percent", "complete", "reachable"),
    "fields": ("id", "number", "label", "points", "max_points", "state", "lead_unit", "coordinating_units", "criteria"),
    "fields criteria": ("id", "parent", "number", "label", "points", "max_points", "state", "stage", "provenance", "facts", "documents", "deductions"),
    "fields criteria deductions": ("amount", "reason", "clause", "threshold", "remedy", "lead_unit"),
}
"""The keys that are promised, by the way to the table that holds them."""


def tables(value: Any, way: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield all tables at the end of a way, through lists."""
    if isinstance(value, list):
        for each in value:
            yield from tables(each, way)
    elif way:
        yield from tables(value[way[0]], way[1:])
    else:
        yield value


def numbers(value: Any) -> Iterator[object]:
    """Yield every bare number of a document."""
    if isinstance(value, dict):
        for each in value.values():
            yield from numbers(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value


@pytest.fixture(scope="module")
def scored() -> dict[str, Any]:
    """The document of the example."""
    return document(EVIDENCE)


class TestJson:
    """``cchc score --json``: one stable document."""

    @pytest.mark.parametrize("more", [(), ("--trace",)], ids=["plain", "with trace"])
    def test_follows_its_schema(self, more: tuple[str, ...]) -> None:
        """The schema ships with the package."""
        schema = json.loads(files("cchc_rules").joinpath("data/scorecard.schema.json").read_text(encoding="utf-8"))
        jsonschema.validators.validator_for(schema).check_schema(schema)
        jsonschema.validate(document(EVIDENCE, *more), schema)

    @pytest.mark.parametrize("change", [('value = 0\nunit = "initiative"', 'unit = "initiative"'), ("value = 4925", "value = 0"), ("value = 4\nunit = \"procedure\"", "value = 0\nunit = \"procedure\"")], ids=["a fact is missing", "a fact is nought", "a whole is nought"])
    def test_follows_its_schema_whatever_the_evidence(self, tmp_path: Path, change: tuple[str, str]) -> None:
        """Incomplete totals and criteria that do not apply have their place in the schema."""
        schema = json.loads(files("cchc_rules").joinpath("data/scorecard.schema.json").read_text(encoding="utf-8"))
        text = Path(EVIDENCE).read_text(encoding="utf-8")
        assert change[0] in text
        path = tmp_path / "so-lieu.toml"
        path.write_text(text.replace(*change).replace("value = 1\nunit = \"procedure\"", "value = 0\nunit = \"procedure\""), encoding="utf-8")
        jsonschema.validate(document(path), schema)

    @pytest.mark.parametrize("way", KEYS)
    def test_holds_every_key_that_is_promised(self, scored: dict[str, Any], way: str) -> None:
        """Everything that a plan or a report needs."""
        found = list(tables(scored, way.split()))
        assert found
        assert all(set(KEYS[way]) <= each.keys() for each in found)

    def test_says_which_document_it_is(self, scored: dict[str, Any]) -> None:
        """Name and version of the schema come first."""
        assert next(iter(scored.items())) == ("schema", "cchc.scorecard/1")

    def test_holds_decimal_numbers_as_strings_and_no_float(self, scored: dict[str, Any]) -> None:
        """The only bare number is the year."""
        assert list(numbers(scored)) == [2021]
        assert (scored["total"]["points"], scored["total"]["max_points"]) == ("79.5", "99")
        assert [field["points"] for field in scored["fields"]] == ["13", "13", "16", "8", "11", "7", "11.5"]

    def test_holds_fifteen_deductions_with_reason_and_lead(self, scored: dict[str, Any]) -> None:
        """Reasons in both languages; a cause without a remedy says so by null."""
        lost = list(tables(scored, ("fields", "criteria", "deductions")))
        assert len(lost) == 15
        assert all(each["reason"] and each["reason_en"] and each["lead_unit"] and each["clause"]["place"] for each in lost)
        assert sum(each["remedy"] is None for each in lost) == 2

    def test_is_the_same_byte_for_byte_in_every_process(self) -> None:
        """Hash seeds, locale and language change nothing."""
        first, second = (
            run_outside("score", EVIDENCE, "--json", "--trace", PYTHONHASHSEED=seed, LC_ALL=locale, CCHC_LANG=language)
            for seed, locale, language in (("1", "C", "vi"), ("2", "C.UTF-8", "en"))
        )
        assert first.returncode == second.returncode == 0
        assert first.stdout == second.stdout
        assert len(first.stdout) > 10_000

    def test_holds_the_trace_when_asked_only(self, scored: dict[str, Any]) -> None:
        """Comparison, branch and arithmetic of each criterion."""
        assert all("trace" not in each for each in tables(scored, ("fields", "criteria")))
        traced = {each["id"]: each["trace"] for each in tables(document(EVIDENCE, "--trace"), ("fields", "criteria"))}
        assert traced["procedures.control"] is None  # a sum of its components
        tree = traced["procedures.four-on-site"]
        assert (tree["value"], tree["missing"]) == ("1", [])
        assert "2/5" in json.dumps(tree) or "0.4" in json.dumps(tree)

    def test_with_trace_alone_is_json_too(self) -> None:
        """A trace has no other form."""
        assert run("score", EVIDENCE, "--trace") == run("score", EVIDENCE, "--json", "--trace")


# ------------------------------------------------------------------ redirected output


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp1258"])
@pytest.mark.parametrize("arguments", [("score", EVIDENCE), ("score", EVIDENCE, "--json"), ("explain", EVIDENCE, "1.3"), ("--help",)], ids=" ".join)
def test_redirected_output_is_utf8_whatever_the_machine_prefers(encoding: str, arguments: tuple[str, ...]) -> None:
    """A Windows code page or a bare locale does not garble Vietnamese."""
    ended = run_outside(*arguments, PYTHONIOENCODING=encoding, PYTHONUTF8="0", LC_ALL="C")
    assert ended.returncode == 0
    assert ended.stderr == b""
    assert ended.stdout.decode("utf-8").replace("\r\n", "\n") == run(*arguments).out
    assert any(letter in ended.stdout.decode("utf-8") for letter in "ếềốộđ")


def test_redirected_errors_are_utf8_too() -> None:
    """The message as well as the result."""
    ended = run_outside("score", "không có.toml", PYTHONIOENCODING="cp1252", PYTHONUTF8="0", LC_ALL="C.UTF-8")
    assert ended.returncode == 2
    assert "không mở được tệp" in ended.stderr.decode("utf-8")


def test_reader_that_goes_away_ends_the_command_quietly() -> None:
    """``cchc score … | head -1`` is no error."""
    process = subprocess.Popen([sys.executable, "-m", "cchc_rules.cli", "score", EVIDENCE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (0, b"")


# ------------------------------------------------------------------ single commands


class TestExplain:
    """``cchc explain FILE CRITERION``."""

    def test_takes_the_number_or_the_id(self) -> None:
        """3.2.3 is what the scorecard prints."""
        assert run("explain", EVIDENCE, "3.2.3") == run("explain", EVIDENCE, "procedures.four-on-site")

    def test_tells_rule_inputs_steps_loss_next_threshold_and_source(self) -> None:
        """Everything that led to the points."""
        out = run("explain", EVIDENCE, "3.2.3").out
        headings = [line for line in out.splitlines() if line.endswith(":") and not line.startswith(" ")]
        assert headings == ["Quy tắc:", "Số liệu:", "Cách tính:", "Mất điểm:", "Mức kế tiếp:", "Căn cứ:"]

    @pytest.mark.parametrize("number", ["1.1", "3.1.3", "7.9"])
    def test_of_every_criterion_works(self, number: str) -> None:
        """Whatever its form."""
        assert run("explain", EVIDENCE, number).out.startswith(f"{number}. ")

    @pytest.mark.parametrize(("wrong", "meant"), [("procedures.four-on-sit", "procedures.four-on-site"), ("3.2.33", "3.2.3")])
    def test_of_an_unknown_criterion_names_the_nearest(self, wrong: str, meant: str) -> None:
        """A number is answered with a number, an id with an id."""
        ended = run("explain", EVIDENCE, wrong)
        assert (ended.status, ended.out) == (2, "")
        assert f"không có tiêu chí “{wrong}” → có phải “{meant}”?" in ended.err


class TestTemplate:
    """``cchc template METHOD -o FILE``."""

    def test_writes_a_workbook_and_says_where(self, tmp_path: Path) -> None:
        """The path is printed as given."""
        path = tmp_path / "Phiếu số liệu.xlsx"
        ended = run("template", METHOD, "-o", path)
        assert ended == Ended(0, f"Đã ghi {path}\n", "")
        assert path.read_bytes().startswith(b"PK")

    def test_takes_the_method_with_or_without_its_year(self, tmp_path: Path) -> None:
        """The same workbook either way."""
        run("template", METHOD, "-o", tmp_path / "a.xlsx")
        run("template", f"{METHOD}/2021", "-o", tmp_path / "b.xlsx")
        assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()

    def test_keeps_an_existing_file_unless_forced(self, tmp_path: Path) -> None:
        """A filled-in form is a day's work."""
        path = tmp_path / "phiếu.xlsx"
        path.write_bytes(b"x")
        refused = run("template", METHOD, "-o", path)
        assert refused.status == 2
        assert "--force" in refused.err
        assert path.read_bytes() == b"x"
        assert run("template", METHOD, "-o", path, "--force").status == 0
        assert path.read_bytes().startswith(b"PK")
        assert [each.name for each in tmp_path.iterdir()] == ["phiếu.xlsx"]

    def test_of_a_year_that_is_not_there_writes_nothing(self, tmp_path: Path) -> None:
        """Never the nearest year."""
        ended = run("template", f"{METHOD}/2022", "-o", tmp_path / "x.xlsx")
        assert ended.status == 2
        assert "[year-unknown]" in ended.err
        assert list(tmp_path.iterdir()) == []


def test_scorecard_breaks_no_word_and_names_every_lost_criterion_by_its_number() -> None:
    """At the fixed width nothing is cut, and what it takes to ask for an explanation is there."""
    out = run("score", EVIDENCE).out
    assert max(map(len, out.splitlines())) <= 110
    lost = [each for each in tables(document(EVIDENCE), ("fields", "criteria")) if each["deductions"]]
    shown = out[out.index("MẤT ĐIỂM"):].splitlines()
    assert all(any(line.split()[1:2] == [each["number"]] for line in shown) for each in lost)
    assert "cchc explain TỆP" in out


# ------------------------------------------------------------------ faults of ours, and interruptions


def test_fault_inside_the_engine_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback reaches a user; a developer can ask for it."""
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("chia cho 0\nở đây")

    monkeypatch.setattr("cchc_rules.api.load_registry", fail)
    for language, words in (("vi", "lỗi bên trong phần mềm"), ("en", "a fault inside the engine")):
        ended = run("plugins", "--lang", language)
        assert ended.status == 2
        assert words in ended.err
        assert "Traceback" not in ended.err
        assert len(ended.err.splitlines()) == 1
    monkeypatch.setenv("CCHC_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        run("plugins")


def test_interruption_ends_the_command_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is no fault."""
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cchc_rules.api.load_registry", interrupt)
    assert run("plugins") == Ended(130, "", "")


# ------------------------------------------------------------------ never a traceback


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of odd files."""
    folder = tmp_path_factory.mktemp("kỳ lạ")
    run("template", METHOD, "-o", folder / "phiếu.xlsx")
    for name, content in {
        "rỗng.toml": b"", "rỗng.csv": b"", "rỗng.xlsx": b"", "nhị phân.toml": bytes(range(256)), "nhị phân.csv": bytes(range(256)),
        "nhị phân.xlsx": b"PK\x03\x04" + bytes(200), "chữ.toml": "chỉ có chữ".encode(), "bảng.toml": b'schema = "cchc.published/1"\n',
        "số.toml": b"schema = 3\nfacts = [1, 2]\n", "lạ.docx": b"x", "tách.csv": 'Mã số liệu;Giá trị\n"'.encode(),
    }.items():
        (folder / name).write_bytes(content)
    (folder / "con").mkdir()
    shutil.copy(EVIDENCE, folder / "con" / "a.toml")
    shutil.copy(EVIDENCE, folder / "con" / "b.toml")
    return folder


WORDS = ["--json", "--trace", "--lang", "en", "fr", "--lang=", "--plugins", "--force", "-o", "-h", "--version", "--", "-", "-x", "", " ", "3.2.3",
         "9.9", "a\nb", "*", "\u202e", "\0", "x" * 300, METHOD, f"{METHOD}/2020", "0", "-1"]
PATHS = ["không có", "rỗng.toml", "rỗng.csv", "rỗng.xlsx", "nhị phân.toml", "nhị phân.csv", "nhị phân.xlsx", "chữ.toml", "bảng.toml", "số.toml",
         "lạ.docx", "tách.csv", "con", "con/a.toml", ".", "phiếu.xlsx"]


def assert_ends_well(arguments: Sequence[object]) -> None:
    """Check that a command ends with a known status and in words."""
    ended = run(*arguments)
    assert ended.status in {0, 1, 2}
    assert "Traceback" not in ended.out + ended.err
    assert "internal-error" not in ended.err
    assert (ended.status == 2) == bool(ended.err)


class TestNoTraceback:
    """Whatever is typed, and whatever is in a file."""

    @settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_on_odd_arguments(self, odd: Path, data: st.DataObject, monkeypatch: pytest.MonkeyPatch) -> None:
        """Exit status 0, 1 or 2 and no traceback, for any list of arguments."""
        monkeypatch.chdir(odd)
        rest = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(PATHS), st.sampled_from([EVIDENCE, BEFORE, AFTER])), max_size=4)
        command = st.sampled_from([*COMMANDS, "scor", ""])
        before = sorted(odd.iterdir())
        assert_ends_well([*data.draw(st.lists(st.sampled_from(WORDS), max_size=1)), data.draw(command), *data.draw(rest)])
        for path in set(odd.iterdir()) - set(before):  # what `template -o` was told to write
            path.unlink()

    @pytest.mark.parametrize("command", ["score", "audit"])
    @pytest.mark.parametrize("path", PATHS)
    def test_on_odd_files(self, odd: Path, command: str, path: str) -> None:
        """Every odd file by every command that reads one."""
        assert_ends_well([command, odd / path])
        assert_ends_well(["compare", odd / path, AFTER])
        assert_ends_well(["explain", odd / path, "3.2.3"])

    @pytest.mark.parametrize(("source", "command"), [(EVIDENCE, "score"), (AFTER, "audit"), (AFTER, "compare")], ids=["evidence", "audit", "compare"])
    @settings(max_examples=150)
    @given(data=st.data())
    @example(data=None)
    def test_on_damaged_files(self, tmp_path_factory: pytest.TempPathFactory, source: str, command: str, data: st.DataObject | None) -> None:
        """A file with any passage cut out, doubled, or overwritten."""
        content = Path(source).read_bytes()
        if data is not None:
            start = data.draw(st.integers(0, len(content)))
            end = data.draw(st.integers(start, min(len(content), start + 200)))
            put = data.draw(st.one_of(st.just(b""), st.just(content[start:end] * 2), st.binary(max_size=8), st.sampled_from(
                [b"0", b"-1", b'"', b"[", b"= {", b"true", b"1e400", b"9" * 400, b"2021-02-30", b'"12/12"', "ộ".encode(), b"\n[[facts]]\n", b"nan"])))
            content = content[:start] + put + content[end:]
        path = tmp_path_factory.getbasetemp() / f"damaged-{command}.toml"
        path.write_bytes(content.replace(b"published-2020.toml", BEFORE.encode()))
        assert_ends_well([command, path, BEFORE] if command == "compare" else [command, path])
