"""What the engine words it reads back: the wording and its parser are inverse."""

from fractions import Fraction

import pytest
from building import QUANTITIES
from hypothesis import assume, given
from rule_cases import Example, all_forms
from strategies import Case, cases

import cchc_rules as cchc
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.parsing import NotCanonical, normalised, parse_rule, rates_in
from cchc_rules.rules.wording import rule_text


@given(case=cases())
def test_every_rule_is_read_back_from_its_own_words(case: Case) -> None:
    """The words say all that the points depend on, and say it in one way only."""
    rule, lexicon = case.form.lower(Fraction(case.maximum)), Lexicon(case.declared, QUANTITIES.units)
    words = rule_text(rule, lexicon).vi
    assume("≈" not in words)  # a number that has no end cannot be printed in full
    assert parse_rule(words, lexicon, rates_in([rule])) == normalised(rule)


@given(case=cases())
def test_words_of_a_rule_read_back_are_the_same_words(case: Case) -> None:
    """What is read back is worded as it was: nothing that a reader sees is lost."""
    rule, lexicon = case.form.lower(Fraction(case.maximum)), Lexicon(case.declared, QUANTITIES.units)
    words = rule_text(rule, lexicon).vi
    assume("≈" not in words)
    again = rule_text(parse_rule(words, lexicon, rates_in([rule])), lexicon).vi
    assert again.replace("từ 100% trở lên", "đạt 100%") == words.replace("từ 100% trở lên", "đạt 100%")


def test_every_rule_of_the_installed_plugins_is_read_back(registry: cchc.Registry) -> None:
    """The wording of the seven fields is canonical."""
    read = 0
    for registered in registry.editions.values():
        lexicon = Lexicon(registry.facts_of(registered), QUANTITIES.units)
        rules = [each.rule for each in registered.value.criteria if each.rule is not None]
        for rule in rules:
            assert parse_rule(rule_text(rule, lexicon).vi, lexicon, rates_in(rules)) == normalised(rule)
            read += 1
    assert read >= 50


WORKED = [pytest.param(each, id=f"{form.form}: {each.name.vi}") for form in all_forms() if form.form != "computed" for each in form.examples]


@pytest.mark.parametrize("example", WORKED)
def test_every_worked_example_is_read_back(example: Example) -> None:
    """Calendars, scaled thresholds, means of the cohort: whatever the examples of the forms show."""
    rule, lexicon = example.criterion().rule, Lexicon(example.facts, QUANTITIES.units)
    assert rule is not None
    words = rule_text(rule, lexicon).vi
    if "≈" in words:
        with pytest.raises(NotCanonical):
            parse_rule(words, lexicon, rates_in([rule]))
    else:
        assert parse_rule(words, lexicon, rates_in([rule])) == normalised(rule)


@pytest.mark.parametrize("words", ["", "≈ 0,3333 điểm.", "1 điểm; 2 điểm.", "Điểm = một tỷ lệ × 2 điểm.", "Hai điểm."])
def test_words_that_the_engine_would_not_write_are_not_read(words: str) -> None:
    """The parser does not guess either."""
    with pytest.raises(NotCanonical):
        parse_rule(words, Lexicon({}, QUANTITIES.units))
