"""Coverage of the rule text: whatever a report can reach, the search reaches, on random editions."""

from contextlib import suppress
from decimal import Decimal

from attrs import evolve
from building import plugin
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Case as RandomCase
from strategies import Grouped, cases, completed, edition_of, grouped_editions

import cchc_rules as cchc
from cchc_rules.base.errors import RuleError
from cchc_rules.cases.bench import Bench, bench
from cchc_rules.cases.obligations import Plan, met_by, plan_of
from cchc_rules.cases.reaching import Reaching
from cchc_rules.cases.search import Search
from cchc_rules.model import Edition


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
