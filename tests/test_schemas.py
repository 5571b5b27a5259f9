"""The schemas for editors know what the readers know: the same keys, the same kinds, the same choices, no more and no less."""

import copy
import datetime as dt
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
import tomli_w
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import BLOCKS
from policy_cases import policy_files, write_example
from rule_cases import all_forms

import cchc_rules as cchc
from cchc_rules import cli
from cchc_rules.authoring.meanings import fields_of, key_of, written
from cchc_rules.authoring.schemas import KINDS, schema_of, schema_text
from cchc_rules.base.errors import CchcError, EditionError, Finding
from cchc_rules.base.texts import LANGUAGES, Language
from cchc_rules.base.toml_source import read_toml
from cchc_rules.cases.reading import CaseFile
from cchc_rules.decisions.editions import LISTS, check_schema
from cchc_rules.decisions.overlays import read_overlay
from cchc_rules.decisions.structure import keys_of
from cchc_rules.files import evidence_toml
from cchc_rules.files.ranks import read_ranks
from cchc_rules.model import Criterion, Fact
from cchc_rules.plugins.registers import CalendarRegister, FieldRegister, MethodRegister
from cchc_rules.rules.forms import FORMS, Form, NestedRule

sys.path.insert(0, str(ROOT / "docs"))

from generator.keys import classes_in

OUR_FILES = [path for folder in ("plugins", "examples") for path in sorted((ROOT / folder).rglob("*.toml")) if path.name != "pyproject.toml" and not path.name.endswith(".seal.toml")]
OF_FORM = re.compile(r"key-unknown|key-missing|value-wrong-kind|value-unknown|value-refused|form-unknown|schema-unknown|number-.*|date-unreadable|share-without-sign")
"""The codes of what is wrong with a file's form alone, whatever it says."""


@cache
def registry() -> cchc.Registry:
    """The installed plugins and the example's, which brings a form of its own."""
    return cchc.load_registry([ROOT / "examples" / "plugins"])


@cache
def schema(kind: str, language: Language = "vi") -> dict[str, Any]:
    """The schema of one kind of file."""
    return schema_of(kind, registry().structure.forms.values(), language)


@cache
def validator(kind: str) -> jsonschema.Draft7Validator:
    """What checks a document by a schema."""
    return jsonschema.Draft7Validator(schema(kind))


def kind_of(data: dict[str, Any]) -> str:
    """Return the kind of file that tables say they are."""
    return str(data.get("schema")).removeprefix("cchc.").removesuffix("/1")


def as_json(value: Any) -> Any:
    """Return tables as an editor hands them to a schema: dates as text, numbers as numbers."""
    match value:
        case dict():
            return {key: as_json(each) for key, each in value.items()}
        case list():
            return [as_json(each) for each in value]
        case dt.date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == int(value) else float(value)
        case _:
            return value


def refused_by_schema(kind: str, data: dict[str, Any]) -> list[str]:
    """Return what a schema has against tables."""
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator(kind).iter_errors(as_json(data))]


# ------------------------------------------------------------------ the readers


def _collected(register: Any, path: Path) -> list[Finding]:
    register.add_file(path)
    return list(register.problems)


def _read(read: Callable[[Path], object], path: Path) -> list[Finding]:
    try:
        read(path)
    except CchcError as error:
        return list(error.findings)
    return []


def _cases(path: Path) -> object:
    source = read_toml(path)
    check_schema(source, "cchc.cases/1", {"edition", "cases"})
    table = {key: value for key, value in source.data.items() if key != "schema"}
    return registry().structure.read(table, CaseFile, source.place, EditionError)


READERS: dict[str, Callable[[Path], list[Finding]]] = {
    "edition": lambda path: _collected(FieldRegister("test", structure=registry().structure), path),
    "method": lambda path: _collected(MethodRegister("test", structure=registry().structure), path),
    "calendar": lambda path: _collected(CalendarRegister("test", structure=registry().structure), path),
    "overlay": lambda path: _read(lambda at: read_overlay(read_toml(at), registry().structure), path),
    "cases": lambda path: _read(_cases, path),
    "evidence": lambda path: _read(lambda at: evidence_toml.read(read_toml(at), at), path),
    "published": lambda path: _read(cchc.read_published, path),
    "ranks": lambda path: _read(read_ranks, path),
}


# ------------------------------------------------------------------ files that are right


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_schema_is_one_and_its_text_holds_it(kind: str, language: Language) -> None:
    """What is written is a schema of the draft that it names."""
    text = schema_text(kind, registry().structure.forms.values(), language)
    assert json.loads(text) == schema(kind, language)
    jsonschema.Draft7Validator.check_schema(schema(kind, language))


@pytest.mark.parametrize("path", OUR_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_ships_follows_its_schema(path: Path) -> None:
    """Fields, methods, cases, evidence and published tables of the plugins and the examples."""
    data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    assert refused_by_schema(kind_of(data), data) == []


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield files of every kind that are right: those that ship, those of the pages, those of every form and policy."""
    for path in OUR_FILES:
        yield path.name, tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    for block in BLOCKS:
        if block.language == "toml" and "schema = " in block.text:
            yield str(block), tomllib.loads(block.text, parse_float=Decimal)
    for form in all_forms():
        for number, each in enumerate(form.examples):
            yield f"{form.form} {number}", copy.deepcopy(each._edition(None))
    yield "ranks", {"schema": "cchc.ranks/1", "year": 2098, "units": [{"unit": "a", "rank": 1, "points": Decimal("90.5")}]}


DOCUMENTS = dict(documents())


def test_every_kind_of_file_is_among_the_examples() -> None:
    """The laws below speak of every schema."""
    assert {kind_of(data) for data in DOCUMENTS.values()} >= KINDS.keys()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_reader_takes_the_schema_takes(name: str, tmp_path: Path) -> None:
    """Every form and every kind of file, as the pages and the tests write them."""
    data, path = DOCUMENTS[name], tmp_path / "file.toml"
    if kind_of(data) in KINDS:
        path.write_text(tomli_w.dumps(data), encoding="utf-8")
        assert READERS[kind_of(data)](path) == []
        assert refused_by_schema(kind_of(data), data) == []


@pytest.mark.parametrize("policy", policy_files(), ids=lambda each: each.id)
def test_the_example_of_every_policy_follows_its_schema(policy: Any, tmp_path: Path) -> None:
    """Methods with grades, gates, statistics, stages, units: whatever a policy shows."""
    for path in write_example(policy.example, tmp_path):
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        assert refused_by_schema(kind_of(data), data) == []


# ------------------------------------------------------------------ keys


def classes(kind: str) -> dict[str, type]:
    """Return the classes that a kind of file is made of, by name."""
    found = [KINDS[kind].kind, *([Criterion, Fact] if kind == "overlay" else [])]
    for each in found:
        inner = [part for key in fields_of(each) for part in classes_in(key.type)]
        more = list(registry().structure.forms.values()) if NestedRule in (each, *inner) or each is Criterion else []
        found += [part for part in dict.fromkeys((*inner, *more)) if part not in found]
    return {each.__name__: each for each in found}


@pytest.mark.parametrize("kind", KINDS)
def test_every_table_has_the_keys_that_its_reader_takes(kind: str) -> None:
    """No more, no fewer; the lists that stand beside an edition's table are not in it."""
    known, of_forms = classes(kind), set[str]().union(*(keys_of(form) for form in registry().structure.forms.values()))
    tables = {name: table for name, table in schema(kind)["definitions"].items() if "type" in table}
    if not KINDS[kind].table:
        tables[KINDS[kind].kind.__name__] = schema(kind)
    assert tables
    for name, table in tables.items():
        taken = keys_of(known[name])
        if known[name] in (Criterion, NestedRule):
            taken |= of_forms | {"form"}
        if table is schema(kind):
            taken |= {"schema"}
        assert set(table["properties"]) == taken - (set(KINDS[kind].beside) if known[name] is KINDS[kind].kind else set()), name


@pytest.mark.parametrize("form", sorted(registry().structure.forms))
def test_a_form_has_its_own_keys_and_no_other_forms(form: str) -> None:
    """What stands beside ``form`` is what that form takes."""
    asked = schema("edition")["definitions"][f"form_{form}"]
    refused = {key for key, value in asked["properties"].items() if value is False}
    kind = registry().structure.forms[form]
    every = set[str]().union(*(keys_of(each) for each in registry().structure.forms.values()))
    assert every - refused == keys_of(kind)
    assert set(asked["required"]) == {key_of(each) for each in fields_of(kind) if each.default is attrs.NOTHING}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_key_says_what_it_means(kind: str, language: Language) -> None:
    """An editor shows it beside the key; a form that a plugin brings has nobody to say it."""
    brought = set[str]().union(*(keys_of(form) for name, form in registry().structure.forms.items() if form not in FORMS))
    tables = [schema(kind, language), *schema(kind, language)["definitions"].values()]
    silent = [
        key
        for table in tables if "type" in table
        for key, each in table["properties"].items()
        if key not in {"schema", KINDS[kind].table} | brought and not _says(each)
    ]
    assert silent == []


def _says(each: dict[str, Any]) -> bool:
    return bool(each.get("description")) or all(way.get("description") for way in each.get("anyOf", [{}]))


def test_nothing_is_written_about_keys_that_are_none() -> None:
    """A meaning whose key is gone would be shown to nobody."""
    known: dict[str, type] = {}
    for kind in KINDS:
        known |= classes(kind)
    stale = [
        f"{name}.{key}"
        for name, kind in known.items()
        for key in written().get(name, {}).keys() - {"title"}
        if key.removesuffix("_" if key == "title_" else "") not in {key_of(each) for each in fields_of(kind)} | {"form"}
    ]
    assert stale == []


# ------------------------------------------------------------------ one mistake at a time

Path_ = tuple[str | int, ...]
VALUES = st.sampled_from([True, 5, Decimal("2.5"), -1, "abc", "11,5", "1.000", "50 %", "2099-01-15", dt.date(2099, 1, 15), [], ["abc"], [1, 2], {}, {"fact": "abc"}, {"khoa": 1}])
KEYS = st.sampled_from(sorted({"khoa_la", "id", "label_en", "points", "form", "note"} | set[str]().union(*map(keys_of, FORMS)) - {*LISTS}))


def places(value: Any, at: Path_ = ()) -> Iterator[Path_]:
    """Yield the path of every value in tables."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*at, key))


def at(data: Any, path: Path_) -> Any:
    """Return the value at a path."""
    for part in path:
        data = data[part]
    return data


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, dict[str, Any], Any]:
    """Draw a file with one key dropped, one value replaced, or one key added, and what was put in."""
    name = draw(st.sampled_from([each for each in DOCUMENTS if kind_of(DOCUMENTS[each]) in KINDS]))
    data = copy.deepcopy(DOCUMENTS[name])
    path = draw(st.sampled_from([each for each in places(data) if each and each != ("schema",)]))
    above = at(data, path[:-1])
    way = draw(st.sampled_from(["drop", "replace", "add"]))
    value = None if way == "drop" else draw(VALUES)
    if way == "drop":
        del above[path[-1]]
    elif way == "replace":
        above[path[-1]] = value
    else:
        table = next(each for each in (at(data, path[:length]) for length in range(len(path), -1, -1)) if isinstance(each, dict))
        table[draw(KEYS)] = value
    return kind_of(DOCUMENTS[name]), data, value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(change=changed())
def test_a_mistake_of_form_is_seen_by_both_or_by_neither(change: tuple[str, dict[str, Any], Any], tmp_path: Path) -> None:
    """What an editor underlines the reader refuses, and what the reader refuses for its form an editor underlines.

    A date reaches a schema as text, so that it cannot tell the two apart; contradictions are the reader's alone.
    """
    kind, data, value = change
    path = tmp_path / "file.toml"
    path.write_text(tomli_w.dumps(data), encoding="utf-8")
    found, underlined = READERS[kind](path), refused_by_schema(kind, data)
    if underlined:
        assert found, underlined
    elif not isinstance(value, dt.date) and value != "2099-01-15":
        assert [each for each in found if OF_FORM.fullmatch(each.code)] == []


@pytest.mark.parametrize(("old", "new"), [
    ('form = "bands"', 'form = "band"'),
    ("bands = [", "bandz = ["),
    ('when_whole_is_zero = "not_applicable"', 'when_whole_is_zero = "khong_ap_dung"'),
    ("points = 3 }", 'points = "ba" }'),
    ("points = 3 }", 'points = "1.000" }'),
    ("points = 3 }", "pionts = 3 }"),
    ('at_least = "50 %"', 'at_least = "năm mươi %"'),
    ('number = "3.2.3"', "number = 3.23"),
    ('number = "3.2.3"\n', ""),
    ('status = "draft"', 'status = "nhap"'),
    ("year = 2021", 'year = "hai nghìn"'),
    ("[edition]", "[editions]"),
    ('remedy = "Thực hiện rà soát phân cấp TTHC theo đúng quy định."\n', ""),
    ('form = "bands"\n', 'form = "bands"\nitems = []\n'),
], ids=lambda part: part.strip())
def test_the_usual_slips_are_underlined(old: str, new: str, tmp_path: Path) -> None:
    """One slip in a real edition, each of which the reader refuses too."""
    text = (ROOT / "plugins/procedures/src/cchc_procedures/editions/district/2021.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "2021.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert refused_by_schema("edition", tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal))
    assert READERS["edition"](path)


def test_a_mistake_in_a_list_of_a_method_is_told_at_its_line(tmp_path: Path) -> None:
    """References and statistics stand in a method as in an edition, and are named alike."""
    text = (ROOT / "plugins/index_cao_bang/src/cchc_index_cao_bang/methods/2021.toml").read_text(encoding="utf-8")
    path = tmp_path / "method.toml"
    path.write_text(text + '\n[[method.references]]\nfact = "provincial_mean"\n', encoding="utf-8")
    (finding,) = READERS["method"](path)
    assert (finding.code, finding.place.line, finding.place.words("vi")) == (
        "key-missing", len(text.splitlines()) + 2, f"{path.as_posix()}:{len(text.splitlines()) + 2}, số liệu tham chiếu (provincial_mean), value")


def test_a_form_of_a_plugin_is_known_where_the_plugin_is() -> None:
    """Without the plugin its form is none."""
    ours: list[type[Form]] = list(FORMS)
    named = [schema_of("edition", forms, "vi")["definitions"]["Criterion"]["properties"]["form"]["enum"] for forms in (ours, registry().structure.forms.values())]
    assert ("corridor" in named[0], "corridor" in named[1]) == (False, True)


# ------------------------------------------------------------------ the command, and what new plugins carry


def test_the_command_knows_every_kind() -> None:
    """The command line names the kinds without loading what writes them."""
    assert tuple(KINDS) == cli.KINDS_OF_FILES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_prints_or_writes_and_never_overwrites(language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed is what is written; an existing file stays unless told otherwise."""
    path = tmp_path / "lược đồ.json"
    assert cli.main(["schema", "cases", "--lang", language]) == 0
    printed = capsys.readouterr().out
    assert cli.main(["schema", "cases", "-o", str(path), "--lang", language]) == 0
    assert path.read_text(encoding="utf-8") == printed
    path.write_text("kept", encoding="utf-8")
    assert cli.main(["schema", "cases", "-o", str(path)]) == 2
    assert path.read_text(encoding="utf-8") == "kept"
    assert cli.main(["schema", "cases", "-o", str(path), "--force", "--lang", language]) == 0
    assert path.read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("kind", ["field", "method"])
def test_a_new_plugin_names_its_schemas_and_follows_them(kind: str, tmp_path: Path) -> None:
    """The first line of each file leads to a schema in the plugin's folder, and the file follows it."""
    assert cli.main(["new", kind, "records", "2099", "--level", "district", "-o", str(tmp_path)]) == 0
    named = [path for path in tmp_path.rglob("*.toml") if path.name != "pyproject.toml"]
    assert len(named) == {"field": 2, "method": 1}[kind]
    for path in named:
        first, text = path.read_text(encoding="utf-8").split("\n", 1)
        found = json.loads((path.parent / first.removeprefix("#:schema ")).read_text(encoding="utf-8"))
        data = tomllib.loads(text, parse_float=Decimal)
        assert found["properties"]["schema"] == {"const": data["schema"]}
        jsonschema.Draft7Validator(found).validate(as_json(data))
