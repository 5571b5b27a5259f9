"""Coverage of the rule text: whatever a report can reach, the search reaches, on random editions."""

from contextlib import suppress
from decimal import Decimal

from building import plugin
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Case as RandomCase
from strategies import cases, completed, edition_of

import cchc_rules as cchc
from cchc_rules.base.errors import RuleError
from cchc_rules.cases.bench import Bench, bench
from cchc_rules.cases.obligations import Plan, met_by, plan_of
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
