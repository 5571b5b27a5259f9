"""Rules are raised back to forms: what staff would write lowers to the very rule again, or nothing is returned."""

from fractions import Fraction

from hypothesis import given
from rule_cases import all_forms
from strategies import Case, cases

from cchc_rules.rules.parsing import normalised
from cchc_rules.rules.raising import raised


@given(case=cases())
def test_a_form_that_is_raised_lowers_to_the_same_rule(case: Case) -> None:
    """It may be another form where two say the same; never another rule."""
    maximum = Fraction(case.maximum)
    rule = normalised(case.form.lower(maximum))
    found = raised(rule, maximum, {name: fact.type for name, fact in case.declared.items()})
    assert found is None or normalised(found.lower(maximum)) == rule


def test_every_worked_example_comes_back_as_the_form_that_it_was() -> None:
    """All but what only a plugin can compute."""
    lost: list[str] = []
    for form in all_forms():
        for example in form.examples:
            criterion = example.criterion()
            assert criterion.rule is not None
            found = raised(normalised(criterion.rule), Fraction(criterion.max_points), {name: fact.type for name, fact in example.facts.items()})
            lost += [form.form] if found is None or found.name != form.form else []
    assert lost == ["computed"]
