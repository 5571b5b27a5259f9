"""The pages of forms, policies and keys: they are what the generator makes, and nothing that can be written lacks one."""

import inspect
import re
import sys
import tempfile
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import get_args

import attrs
import pytest
from conftest import ROOT
from rule_cases import all_forms

from cchc_rules import methods
from cchc_rules.base.texts import LANGUAGES, Language
from cchc_rules.model import CombineRule, NotApplicablePolicy
from cchc_rules.rules.forms import FORMS

sys.path.insert(0, str(ROOT / "docs"))

import generate
from generator.codes import sections
from generator.indexes import FORMS_AT, POLICIES_AT
from generator.keys import all_classes, missing_keys
from generator.markdown import inline
from generator.planted import IN_A_CALENDAR, IN_AN_ANNEX, IN_AN_EDITION, IN_CASES, planted
from generator.policies import choosing, policy_pages

DOCS = ROOT / "docs"
ARCHETYPES = {f"A{number}" for number in range(1, 21)}

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    """Every file that the generator makes."""
    return generate.wanted()


def text_of(folder: str, language: Language, name: str) -> str:
    """Return a page as it stands in the repository."""
    return (DOCS / generate.AT[language] / folder / f"{name}.md").read_text(encoding="utf-8")


def test_the_pages_are_what_the_generator_makes(texts: dict[Path, str]) -> None:
    """Whoever changes a case, a message or a meaning runs ``python docs/generate.py``."""
    assert [path.relative_to(ROOT).as_posix() for path in generate.stale(texts)] == []


def test_a_page_that_is_changed_or_left_over_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison sees another text, a page that is not there, and one that should not be."""
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    changed, absent, left_over = (tmp_path / "forms" / name for name in ("share.md", "count.md", "gone.md"))
    changed.parent.mkdir()
    changed.write_text("old", encoding="utf-8")
    left_over.write_text("", encoding="utf-8")
    assert generate.stale({changed: "new", absent: ""}) == sorted([changed, absent, left_over])
    changed.write_text("new", encoding="utf-8")
    absent.write_text("", encoding="utf-8")
    left_over.unlink()
    assert generate.stale({changed: "new", absent: ""}) == []


@in_each_language
def test_every_form_has_its_page(language: Language) -> None:
    """Each form that is known is explained, and listed where one chooses."""
    index = text_of(FORMS_AT[language], language, "index")
    for form in FORMS:
        assert text_of(FORMS_AT[language], language, form.name).startswith(f"# `{form.name}`")
        assert f"({form.name}.md)" in index


@in_each_language
def test_every_case_of_a_form_and_every_mistake_stands_on_its_page(language: Language) -> None:
    """A page leaves out nothing that its case file has."""
    for cases in all_forms():
        text = text_of(FORMS_AT[language], language, cases.form)
        for example in cases.examples:
            assert f"## {example.name.get(language)}\n\n> " in text
            for case in example.cases:
                assert f"| {case.name.get(language)} |" in text
            for mistake in example.mistakes:
                assert re.search(rf"^\| {re.escape(mistake.name.get(language))} \|.*`{mistake.finding}`: .+ → .+ \|$", text, re.MULTILINE)


@in_each_language
def test_every_policy_for_what_does_not_apply_and_every_combination_is_shown(language: Language) -> None:
    """A value that a file can hold stands in an example on some page of policies."""
    texts = "".join(text_of(POLICIES_AT[language], language, each.id) for each in policy_pages())
    for policy in get_args(NotApplicablePolicy):
        text_of(POLICIES_AT[language], language, f"not-applicable-{policy.replace('_', '-')}")
        assert f'policy = "{policy}"' in texts
    for rule in set(get_args(CombineRule)) - {"sum"}:  # the default is not written
        assert f'combine = "{rule}"' in text_of(POLICIES_AT[language], language, "combine")


def test_every_policy_class_of_a_method_has_its_page() -> None:
    """What a method can say is explained somewhere with its keys; the method itself and its fields are in the reference."""
    own = {value for _, value in inspect.getmembers(methods, attrs.has) if value.__module__ == methods.__name__}
    assert {kind for page in policy_pages() for kind in page.classes} >= own - {methods.Method, methods.FieldUsed}


def test_every_case_file_of_a_policy_stands_on_just_one_page() -> None:
    """No policy is explained twice, and none is left out."""
    named = [file.id for page in policy_pages() for file in page.files]
    there = [path.stem for path in (ROOT / "tests" / "cases" / "policies").glob("*.toml")]
    assert sorted(named) == sorted(there)


@in_each_language
def test_every_archetype_leads_to_a_form_or_a_policy(language: Language) -> None:
    """Each of the twenty, and each of their kinds that a form has an example of, has a row with a link."""
    known = ARCHETYPES | {each for cases in all_forms() for example in cases.examples for each in example.archetypes}
    assert {each["id"] for each in choosing()["archetypes"]} == known
    index = text_of(FORMS_AT[language], language, "index")
    for each in known:
        assert re.search(rf"^\| {each} \| .+ \| \[.+\.md\) \|$", index, re.MULTILINE), each


def test_every_key_has_a_meaning_in_both_languages() -> None:
    """Who writes a file from the pages alone finds every key that the reader takes."""
    assert list(missing_keys()) == []


@in_each_language
def test_every_key_stands_on_a_page_with_its_meaning(language: Language) -> None:
    """A class that a file can hold has its table in the reference or on the page of its form."""
    pages = [*(DOCS / generate.AT[language] / FORMS_AT[language]).glob("*.md"), DOCS / generate.KEYS_AT[language]]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    for kind in all_classes():
        keys = [each.name.removesuffix("_") for each in attrs.fields(kind) if not each.metadata]
        for key in keys if kind.__name__ != "Threshold" else ():
            assert re.search(rf"^\| `{key}`.* \|$", text, re.MULTILINE), (kind, key)


def test_a_value_on_one_line_is_what_toml_reads() -> None:
    """What a page says to be written can be pasted."""
    value = {"of": {"part": ["a", "b"], "whole": "c"}, "bands": [{"at_least": "50 %", "points": Decimal("1.5")}], "on": True, "n": 3}
    assert tomllib.loads(f"x = {inline(value)}", parse_float=Decimal)["x"] == value


def test_each_planted_mistake_gives_the_code_that_it_is_planted_for() -> None:
    """The message on a code's page is what is printed today; those of annexes, calendars, cases, rules and policies have one."""
    shown = planted()
    assert {*IN_AN_EDITION, *IN_AN_ANNEX, *IN_CASES, *IN_A_CALENDAR} - shown.keys() == set()
    assert len(shown) >= 130
    titles = {"Annexes", "Cases", "Before a seal", "Rules", "Policies"}
    without = {each.code for section in sections() if section.title.en in titles for each in section.codes} - shown.keys()
    assert without <= {"not-sealed", "zero-policy-missing", "penalty-above-clamp", "case-fact-unknown", "clause-differs"}


def test_no_message_on_a_page_names_the_folder_that_it_was_made_in() -> None:
    """The pages are the same wherever they are made."""
    places = (tempfile.gettempdir(), ROOT.as_posix(), Path.home().as_posix())
    assert [code for code, found in planted().items() if any(place in found.words("vi") + found.words("en") for place in places)] == []


def test_every_code_is_told_in_both_languages() -> None:
    """Meaning and remedy, each in its own words."""
    same = [each.code for section in sections() for each in section.codes for words in (each.meaning, each.remedy) if words.vi == words.en or not words.vi or not words.en]
    assert same == []
