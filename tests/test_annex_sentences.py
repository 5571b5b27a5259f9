"""Sentences of “cách chấm”, case by case: what each becomes, what has to be asked, and what is left unread."""

import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from building import QUANTITIES
from hypothesis import assume, given
from hypothesis import strategies as st
from rule_cases import all_forms
from strategies import Case, cases

import cchc_rules as cchc
from cchc_rules.annex.canonical import read_canonical
from cchc_rules.annex.reading import Reading
from cchc_rules.annex.sentences import read_sentences
from cchc_rules.base.errors import EditionError, Place
from cchc_rules.base.texts import same
from cchc_rules.decisions.structure import Structure
from cchc_rules.model import Criterion, Fact, Level
from cchc_rules.rules.forms import FORMS
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.reach import reachable
from cchc_rules.rules.tree import Node
from cchc_rules.rules.wording import rule_text

FOLDER = Path(__file__).parent / "cases" / "annex"
STRUCTURE = Structure(FORMS)
LABEL = "Hồ sơ giải quyết đúng hạn"


def written() -> list[Any]:
    """Return every case of the tables, by its name."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        found += [pytest.param(each, id=f"{path.stem}: {each['name']}") for each in data["cases"]]
    return found


def read(text: str, maximum: Any) -> Reading:
    """Return what a sentence says of the one criterion of the tables."""
    return read_sentences(text, LABEL, Decimal(maximum), 2022)


@pytest.mark.parametrize("case", written())
def test_a_sentence_becomes_what_the_table_says(case: dict[str, Any]) -> None:
    """Its form with every key, the facts that it needs, each thing to settle; or both readings; or nothing."""
    found = read(case["text"], case["maximum"])
    assert (found.form, list(found.readings)) == (case.get("form", ""), case.get("readings", []))
    assert found.keys == case.get("keys", {})
    assert [f"{fact.role}: {fact.label} ({fact.type})" for fact in found.facts] == case.get("facts", [])
    assert [each for each in found.open if not each.startswith("số liệu")] == case.get("open", [])


@pytest.mark.parametrize("case", [each for each in written() if "form" in each.values[0]])
def test_a_form_that_was_read_is_one_of_the_engine_and_gives_the_maximum(case: dict[str, Any]) -> None:
    """The keys are those of the form, and somebody can get all of the points, unless the sentence itself caps them."""
    found, maximum = read(case["text"], case["maximum"]), Decimal(case["maximum"])
    facts = {each.role: _fact(each.role, each.label, each.type, each.unit, each.extra) for each in found.facts}
    reach = reachable(rule_of(found, maximum), facts)
    assert reach is not None
    assert reach.high == found.keys.get("cap", maximum)


def rule_of(found: Reading, maximum: Decimal) -> Node:
    """Return the rule of a reading, each fact called by its role."""
    table = {"id": "x", "number": "1", "label": LABEL, "max_points": maximum, "form": found.form, **_bare(found.keys)}
    criterion = STRUCTURE.read(table, Criterion, lambda path: Place(where=str(path)), EditionError)
    assert criterion.rule is not None
    return criterion.rule


def _bare(value: Any) -> Any:
    """Return keys with the roles out of their braces."""
    match value:
        case str():
            return re.sub(r"^\{(\w+)\}$", r"\1", value)
        case dict():
            return {key: _bare(each) for key, each in value.items()}
        case list():
            return [_bare(each) for each in value]
        case _:
            return value


# ------------------------------------------------------------------ nothing is lost


@pytest.mark.parametrize("case", [each for each in written() if "form" in each.values[0] and "canonical" not in each.id])
@pytest.mark.parametrize("extra", [" trong 7 quý", ", làm tròn 7 chữ số", "; theo Nghị định 77", ", mỗi lần 0,7 điểm"])
def test_a_number_more_leaves_the_sentence_unread(case: dict[str, Any], extra: str) -> None:
    """What the form would not hold is not passed over, wherever it stands."""
    found = read(case["text"] + extra, case["maximum"])
    assert found.form == "" or any("7" in fact.label for fact in found.facts)


# ------------------------------------------------------------------ the engine's own words


def worded(rule: Node, facts: dict[str, Fact]) -> str:
    """Return the canonical wording of a rule."""
    return rule_text(rule, Lexicon(facts, QUANTITIES.units)).vi


def read_back(words: str, maximum: Decimal) -> str:
    """Return the wording of what an annex's cell with canonical words is read as; ``""`` where it is not read."""
    found = read_canonical(words, maximum, QUANTITIES.units)
    if found is None:
        return ""
    facts = {each.role: _fact(each.role, each.label, each.type, each.unit, each.extra) for each in found.facts}
    return worded(rule_of(found, maximum), facts)


def _fact(role: str, label: str, kind: Any, unit: str, extra: dict[str, Any]) -> Fact:
    levels = tuple(Level(id=each["id"], label=same(each["label"])) for each in extra.get("levels", []))
    most = extra.get("range", [0, 1000])[1]
    return Fact(id=role, label=same(label), type=kind, unit=unit or "one", levels=levels, range=(Decimal(0), Decimal(most)) if kind in ("count", "decimal") else None,
                places=extra.get("places", 0), may_be_never=extra.get("may_be_never", False))


def without_units(words: str) -> str:
    """Return canonical words without units of measurement, which an annex's facts have to be given."""
    names = "|".join(sorted((unit.label.vi for unit in QUANTITIES.units.values() if unit.label.vi and unit.label.vi not in ("điểm", "%", "ngày")), key=len, reverse=True))
    return re.sub(rf"(?<=[0-9]) (?:{names})\b|(?<=mỗi )(?:{names}|đơn vị)\b", "", words)


@given(case=cases())
def test_what_the_engine_words_an_annex_reads_back_or_leaves_alone(case: Case) -> None:
    """Never another rule: what is read is worded as the cell is."""
    words = worded(case.form.lower(Fraction(case.maximum)), dict(case.declared))
    assume("≈" not in words)
    again = read_back(words, case.maximum)
    assert again == "" or without_units(again) == without_units(words).replace("đạt 100%", "từ 100% trở lên" if "từ 100% trở lên" in again else "đạt 100%")


def test_every_worked_example_is_read_back_from_a_cell() -> None:
    """Each form as the engine words it, but for what only a plugin computes."""
    lost = []
    for form in all_forms():
        for example in form.examples:
            rule = example.criterion().rule
            assert rule is not None
            found = read_canonical(worded(rule, dict(example.facts)), example.criterion().max_points, QUANTITIES.units)
            lost += [form.form] if found is None or found.form != form.form else []
    assert lost == ["computed"]


def test_nearly_every_rule_of_the_installed_plugins_is_read_back_from_a_cell(registry: cchc.Registry) -> None:
    """Those left have names with “và” in them, or two rates that are called by name alone."""
    read_, left = 0, []
    for registered in registry.editions.values():
        lexicon = Lexicon(registry.facts_of(registered), QUANTITIES.units)
        for each in registered.value.criteria:
            if each.rule is not None:
                words = rule_text(each.rule, lexicon).vi
                found = read_canonical(words, each.max_points, QUANTITIES.units)
                read_ += found is not None
                left += [words] if found is None else []
    assert read_ >= 45
    assert all(" và " in each for each in left)


@given(text=st.text(alphabet=st.sampled_from("aăđ 0123456789%,.;:≥≤<>()/×=từđếndướitrởlênđiểm"), max_size=80))
def test_no_text_stops_the_reader(text: str) -> None:
    """Whatever is typed gives a form, readings, or nothing."""
    assert read(text, 2).form in {"", *(form.name for form in FORMS)}
