"""Differences between two tables are complete: laid on the old table they give what the new one says."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

import pytest
from attrs import evolve
from building import method_of
from hypothesis import given
from hypothesis import strategies as st
from strategies import cases, edition_of

from cchc_rules.analysis.differences import Difference, apply, differences, method_differences
from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import LANGUAGES, Text, same
from cchc_rules.files.differences_text import both_wordings, differences_text
from cchc_rules.methods import Block, FieldUsed, GradeBand, GradeRule, Method, RoundingRule
from cchc_rules.model import AssessedUnit, Clause, Criterion, Edition, Fact, Level, Reference, Statistic
from cchc_rules.quantities import core_units
from cchc_rules.rules import forms

NAMES = tuple(f"field.c{index}" for index in range(5))
UNITS = {unit.id: unit for unit in core_units()}
WORDS = st.sampled_from(("một", "hai", "ba"))
Value = TypeVar("Value")


def percent(number: int) -> forms.Threshold:
    """Return a threshold in per cent."""
    return forms.Threshold(value=Fraction(number, 100), percent=True)


def some(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value | None]:
    """Return a value, or none."""
    return st.none() | values


@st.composite
def criteria(draw: st.DrawFn, name: str) -> tuple[Criterion, tuple[Fact, ...]]:
    """Return a criterion of a given name with random keys, and the facts of its rule."""
    case = draw(cases(prefix=f"{name}."))
    flag = Fact(id=f"{name}.applies", label=same("có áp dụng"), type="flag")
    criterion = Criterion(
        id=name, number=f"1.{draw(st.integers(1, 9))}", label=Text(draw(WORDS), draw(WORDS)), max_points=case.maximum, form=case.form,
        prerequisite=draw(st.sampled_from(("", "field.c0"))), part=draw(st.sampled_from(("", "survey"))),
        applies_when=draw(some(st.just(forms.Condition(fact=flag.id)))), kind=draw(st.sampled_from(("regular", "bonus"))),
        provenance=draw(st.sampled_from(("official", "assumed"))), official=draw(st.sampled_from(({}, {"max_points": "QĐ 1"}, {"max_points": "QĐ 2"}))),
        clause=draw(some(st.builds(Clause, place=WORDS, text=WORDS))), evidence=tuple(draw(st.lists(WORDS, max_size=2))),
        remedy=draw(some(st.builds(same, WORDS))), rescale_base=draw(some(st.sampled_from((Decimal(1), Decimal(2))))),
        coordinating_units=tuple(draw(st.lists(WORDS, max_size=2))),
    )
    return criterion, (*case.facts, flag)


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """Return an edition of a few criteria out of five, in any order, with statistics and reference data."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    drawn = [draw(criteria(name)) for name in names]
    facts = [fact for _, own in drawn for fact in own]
    quality = Fact(id="quality", label=same("chất lượng"), type="level",
                   levels=tuple(Level(id=name, label=same(draw(WORDS))) for name in draw(st.permutations(("tốt", "khá", "kém")))))
    statistics = [Statistic(id=name, label=same(name), kind="mean", members="all", missing="block", fact=name, places=draw(st.integers(0, 2)))
                  for name in draw(st.lists(st.sampled_from(("s1", "s2")), unique=True))]
    references = [Reference(fact=name, value=draw(st.integers(0, 2))) for name in draw(st.lists(st.sampled_from(("r1", "r2")), unique=True))]
    return edition_of(
        [], label=Text(draw(WORDS), draw(WORDS)), criteria=tuple(criterion for criterion, _ in drawn), facts=tuple(draw(st.permutations([*facts, quality]))),
        max_points=Decimal(draw(st.integers(1, 9))), statistics=tuple(statistics), references=tuple(references), lead_unit=draw(WORDS),
        source=draw(some(st.builds(Clause, place=WORDS))), note=draw(WORDS), year=draw(st.integers(2098, 2099)),
    )


@st.composite
def methods(draw: st.DrawFn) -> Method:
    """Return a method with random fields, rounding, grades, blocks and units."""
    used = draw(st.lists(st.sampled_from(("one", "two", "three")), unique=True, max_size=3))
    bands = [GradeBand(id=name, label=same(draw(WORDS)), at_least=draw(some(st.sampled_from((percent(80), percent(90))))))
             for name in draw(st.lists(st.sampled_from("abc"), unique=True, min_size=1))]
    units = [AssessedUnit(id=name, label=draw(WORDS), block=draw(st.sampled_from("xy"))) for name in draw(st.lists(st.sampled_from("uvw"), unique=True))]
    return method_of(
        fields=tuple(FieldUsed(number=str(draw(st.integers(1, 9))), field=name, edition_year=draw(st.integers(2098, 2099))) for name in used),
        rounding=RoundingRule(leaf=draw(some(st.builds(Rounding, places=st.integers(0, 2), mode=st.just("half_up"))))),
        grades=draw(some(st.just(GradeRule(base="maximum", bands=tuple(bands))))), units=tuple(units),
        blocks=tuple(Block(id=name, label=same(name)) for name in draw(st.lists(st.sampled_from("xy"), unique=True))), year=draw(st.integers(2098, 2099)),
    )


def between(before: Edition, after: Edition) -> tuple[Difference, ...]:
    """Return the differences between two editions."""
    return differences(before, after, units=UNITS)


# ------------------------------------------------------------------ complete


@given(before=editions(), after=editions())
def test_differences_laid_on_the_old_edition_give_the_new(before: Edition, after: Edition) -> None:
    """Every key of every criterion, the facts, the order of both; what names the edition stays the old one's."""
    assert apply(between(before, after), before) == evolve(after, year=before.year)


@given(before=editions(), after=editions())
def test_differences_can_be_laid_on_in_any_order_of_criteria(before: Edition, after: Edition) -> None:
    """The later edition's differences of one criterion do not lean on those of another."""
    found = between(before, after)
    backwards = sorted(found, key=lambda each: each.id, reverse=True)
    positions = [each for each in backwards if each.kind == "added"]
    in_place = [*(each for each in backwards if each.kind != "added"), *sorted(positions, key=lambda each: each.position)]
    assert apply(in_place, before) == apply(found, before)


@given(before=methods(), after=methods())
def test_differences_laid_on_the_old_method_give_the_new(before: Method, after: Method) -> None:
    """Grades, rounding, units and blocks, down to the key."""
    assert apply(method_differences(before, after, {}, UNITS), before) == evolve(after, year=before.year)


@given(edition=editions())
def test_an_edition_does_not_differ_from_itself(edition: Edition) -> None:
    """Not even in another year: the year is its name."""
    assert between(edition, evolve(edition, year=edition.year - 1, status="sealed")) == ()


@given(before=editions(), after=editions())
def test_every_difference_is_told_with_two_wordings_that_differ(before: Edition, after: Edition) -> None:
    """What is told of a change is never the same on both sides, and each is printed."""
    found = between(before, after)
    for each in found:
        assert each.before != each.after, each
        for language in LANGUAGES:
            before_, after_ = both_wordings(each, language)
            assert before_ != after_, each
    for language in LANGUAGES:
        printed = differences_text(found, ("a", "b"), language)
        assert (f"{len(found)} " in printed.splitlines()[-1]) is bool(found)


# ------------------------------------------------------------------ by example

BASE = edition_of(
    [], facts=(Fact(id="n", label=same("số"), type="count", unit="dossier", range=(Decimal(0), Decimal(9))),), max_points=Decimal(3),
    criteria=tuple(
        Criterion(id=f"field.{name}", number=number, label=same(name), max_points=Decimal(1), form=forms.Count(fact="n", points_each=Decimal(1)))
        for name, number in (("a", "1.1"), ("b", "1.2"), ("c", "1.3"))
    ),
)
A, B, C = BASE.criteria
CHANGES: dict[str, tuple[Callable[[Edition], Edition], list[tuple[str, str, str]]]] = {
    "a criterion moved up": (lambda edition: evolve(edition, criteria=(C, A, B)), [("reordered", "field.a, field.b, field.c", "field.c, field.a, field.b")]),
    "one renumbered and put first": (
        lambda edition: evolve(edition, criteria=(evolve(C, number="1.0"), A, B)),
        [("renumbered", "1.3", "1.0"), ("reordered", "field.a, field.b, field.c", "field.c, field.a, field.b")],
    ),
    "one dropped from the middle": (lambda edition: evolve(edition, criteria=(A, C)), [("dropped", "1 điểm. Mỗi hồ sơ (số) được 1 điểm, tối đa 1 điểm.", "–")]),
    "a maximum": (lambda edition: evolve(edition, criteria=(A, evolve(B, max_points=Decimal(2)), C)), [("reweighted", "1 điểm", "2 điểm")]),
    "where a number is official": (
        lambda edition: evolve(edition, criteria=(A, B, evolve(C, official={"max_points": "QĐ 2"}))), [("changed", "–", "max_points = QĐ 2")],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_kind_of_change_is_told_once(name: str) -> None:
    """Kind, old and new wording; a neighbour that only makes room is not named."""
    change, expected = CHANGES[name]
    assert [(each.kind, each.before.vi, each.after.vi) for each in between(BASE, change(BASE))] == expected
