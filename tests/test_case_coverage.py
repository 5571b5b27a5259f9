"""Coverage of the rule text: whatever a report can reach, the search reaches, on random editions."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve, fields, frozen
from building import plugin
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Case as RandomCase
from strategies import (
    Grouped,
    band_forms,
    bracket_forms,
    cases,
    completed,
    counting_forms,
    edition_of,
    grouped_editions,
    increment_forms,
    percent,
    share_forms,
)

import cchc_rules as cchc
from cchc_rules.base.errors import RuleError
from cchc_rules.base.texts import same
from cchc_rules.cases.bench import Bench, bench
from cchc_rules.cases.obligations import Plan, met_by, plan_of
from cchc_rules.cases.reaching import Reaching
from cchc_rules.cases.search import Search
from cchc_rules.model import Edition, Fact, Value
from cchc_rules.rules.evaluate import evaluate
from cchc_rules.rules.forms.parts import Quantity
from cchc_rules.rules.forms.steps import Increments
from cchc_rules.rules.tree import Node, Within


def bench_of(edition: Edition) -> Bench:
    """Return the bench of an edition made in Python."""
    registry = cchc.Registry([plugin("field", cchc_register_fields=lambda fields: fields.add(edition))])
    return bench(registry, registry.editions[edition.id])


def plan_for(case: RandomCase) -> Plan:
    """Return the plan of a random rule that stands alone in its edition."""
    edition = edition_of([case])
    return plan_of(edition.criteria[0], bench_of(edition))


@settings(max_examples=20)
@given(st.data(), cases())
def test_no_report_reaches_what_the_search_does_not(data: st.DataObject, case: RandomCase) -> None:
    """Any obligation that a random sound report meets is met by facts that the search finds."""
    plan = plan_for(case)
    search = Search(plan=plan).run()
    for _ in range(3):
        values = data.draw(completed(RandomCase(form=case.form, maximum=case.maximum, facts=case.facts, values={})))
        with suppress(RuleError):
            outcome, met = met_by(plan, values)
            if not isinstance(outcome.value, bool) and outcome.value is not None and not 0 <= outcome.value <= Decimal(case.maximum):
                continue
            unreached = [each for each in met if each not in search.found]
            assert not unreached, (values, unreached)


@settings(max_examples=20)
@given(st.data(), grouped_editions())
def test_no_report_reaches_what_the_search_over_parts_does_not(data: st.DataObject, grouped: Grouped) -> None:
    """Any outcome of a parent or a prerequisite that a random sound report comes to, the search comes to as well."""
    reaching = Reaching(bench=bench_of(grouped.edition))
    joint = [aim for each in grouped.edition.criteria for aim in reaching.aims(each) if aim.plan is None]
    reached = [aim.search().found.keys() for aim in joint]
    for _ in range(4):
        values = {name: value for case in grouped.parts for name, value in data.draw(completed(evolve(case, values={}))).items()}
        if data.draw(st.booleans()):
            values["when"] = data.draw(st.booleans())
        report = {name: value for name, value in values.items() if data.draw(st.integers(0, 5))}
        for aim, found in zip(joint, reached, strict=True):
            unreached = [each.kind for each in aim.met(report) - found]
            assert not unreached, (report, unreached)


# ------------------------------------------------------------------ a slip of the pen in any number is seen


PLAIN = (share_forms, increment_forms, bracket_forms, band_forms, counting_forms)
"""Forms whose numbers stand by themselves; where several forms are put together one may hide another's."""


@frozen
class AsItIs:
    """Stands in for a form whose rule no form writes."""

    rule: Node

    def lower(self, maximum: Fraction) -> Node:
        """Return the rule."""
        return self.rule


def slips(rule: Node) -> Iterator[Node]:
    """Yield a rule with one of its numbers a notch up or down: points, steps, ends, caps, floors, bounds."""
    for node in {id(each): each for each in rule.walk()}.values():
        for name in ("value", "points", "step", "start", "end", "floor", "full_at"):
            number = getattr(node, name, None)
            if isinstance(number, Fraction):
                yield from (changed(rule, node, evolve(node, **{name: number + notch})) for notch in (number / 4, -number / 4) if notch)
        if isinstance(node, Within):
            for name in ("low", "high"):
                bound = getattr(node, name)
                if bound is not None:
                    notch = Fraction(1, 100) if node.unit == "percent" else Fraction(1)
                    yield from (changed(rule, node, evolve(node, **{name: evolve(bound, value=bound.value + each)})) for each in (notch, -notch))


def changed(value: Any, old: Node, new: Node) -> Any:
    """Return a rule in which one node stands for another."""
    if value is old:
        return new
    if isinstance(value, tuple):
        return tuple(changed(each, old, new) for each in value)
    if isinstance(value, Node):
        return evolve(value, **{each.name: changed(getattr(value, each.name), old, new) for each in fields(type(value))})
    return value


def comes_to(rule: Node, plan: Plan, values: Mapping[str, Value]) -> object:
    """Return what a rule comes to on some facts."""
    try:
        outcome = evaluate(rule, plan.facts(values))
    except RuleError:
        return "error"
    return outcome.value, outcome.not_applicable, outcome.missing


@settings(max_examples=8)
@given(cases(families=PLAIN))
def test_a_slip_in_any_number_of_a_rule_is_seen_by_a_suggested_case(case: RandomCase) -> None:
    """Unless no report at all tells the two rules apart, of those that a search over either of them comes by."""
    plan = plan_for(case)
    suggested = [each.values for each in Search(plan=plan).run().found.values()]
    for slip in slips(plan.rule):
        if any(comes_to(slip, plan, each) != comes_to(plan.rule, plan, each) for each in suggested):
            continue
        other = plan_of(evolve(plan.criterion, form=AsItIs(slip)), plan.bench)  # type: ignore[arg-type]  # a rule is all that is asked of it
        reports = [each.values for each in Search(plan=other).run().found.values()]
        assert all(comes_to(slip, plan, each) == comes_to(plan.rule, plan, each) for each in reports), slip


def test_a_step_worth_less_than_the_decision_says_fails_a_suggested_case() -> None:
    """Three quarters of a point in place of one: the case of exactly one step tells, though all bounds and the cap come out alike."""
    of = Quantity(part="done", whole="planned")
    form = Increments(of=of, from_=percent(60), base=Decimal(2), points_each=Decimal(1), step=percent(10), whole_steps=True,
                      better="higher", zero_below=percent(60), when_whole_is_zero="not_applicable")
    facts = tuple(Fact(id=name, label=same(name), type="count", unit="one", range=(Decimal(0), Decimal(1000))) for name in ("done", "planned"))
    plan = plan_for(RandomCase(form=form, maximum=Decimal(5), facts=facts, values={}))
    wrong = evolve(form, points_each=Decimal("0.75")).lower(Fraction(5))
    found = Search(plan=plan).run().found
    told = {each.kind for each, way in found.items() if comes_to(wrong, plan, way.values) != comes_to(plan.rule, plan, way.values)}
    assert {"first_step", "near_cap"} <= told
