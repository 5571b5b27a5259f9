"""For plugin authors: contract tests that a plugin's own test file takes over in three lines, and strategies.

Needs pytest and Hypothesis, which the engine itself does not.

    from cchc_rules.testing import contract_tests

    TestPlugin = contract_tests("cchc_procedures")

A plugin that is not installed names its own test file, and is loaded from the folder that it lies in:

    TestPlugin = contract_tests("cchc_procedures", at=__file__)
"""

import datetime as dt
import importlib
import inspect
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TypeVar

from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cchc_rules.api import load_registry
from cchc_rules.base.errors import Finding
from cchc_rules.cases.bench import Bench
from cchc_rules.cases.obligations import plan_of
from cchc_rules.cases.report import CasesReport
from cchc_rules.cases.report import reports as reports_of
from cchc_rules.cases.search import Search
from cchc_rules.cases.text import report_text
from cchc_rules.engine.unit import score_with
from cchc_rules.entries import NEVER
from cchc_rules.model import Evidence, Fact, ReportedFact, State, Value
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import PluginInfo, Registry
from cchc_rules.rules.bounds import Known
from cchc_rules.scorecard import Scorecard

__all__ = ["contract_tests", "facts_of_edition", "reports_of_edition", "values_of_fact"]

EXAMPLES = 50
TO_REVISIT = "to-revisit"
Table = TypeVar("Table")


# ------------------------------------------------------------------ the plugin under test


@frozen
class _Plugin:
    """The plugin under test: its package, and its folder where it is loaded from there."""

    package: str
    folder: Path | None

    def registry(self) -> Registry:
        """Return the registry that has the plugin."""
        return load_registry([self.folder] if self.folder else [])

    def owned(self, known: Iterable[Registered[Table]]) -> list[Registered[Table]]:
        """Return the tables whose files are the plugin's own."""
        inside = self.folder or Path(inspect.getfile(importlib.import_module(self.package))).resolve().parent
        return [each for each in known if each.path is not None and each.path.resolve().is_relative_to(inside)]

    def info(self) -> PluginInfo:
        """Return how the plugin is listed; one that is not there is named."""
        registry = self.registry()
        owners = {each.owner for each in self.owned(registry.editions.values())} | {each.owner for each in self.owned(registry.methods.values())}
        for info in registry.plugins:
            if info.owner in owners or info.name == self.package.removeprefix("cchc_"):
                return info
        raise AssertionError(f"{self.package} is not installed as a plugin")


def _plugin(package: str, at: str) -> _Plugin:
    """Return the plugin of a package; ``at`` is a file in its folder, which has a ``pyproject.toml`` on top."""
    above = Path(at).resolve().parents if at else ()
    return _Plugin(package, next((each for each in above if (each / "pyproject.toml").exists()), None))


@cache
def _reports(plugin: _Plugin) -> tuple[tuple[CasesReport, ...], tuple[Finding, ...]]:
    registry = plugin.registry()
    return reports_of(registry, plugin.owned(registry.editions.values()))


def _faults(found: Iterable[Finding], *, complete: bool) -> list[Finding]:
    """Return the errors; what somebody still has to look at again is one for a complete plugin only."""
    return [each for each in found if each.severity == "error" and (complete or each.code != TO_REVISIT)]


def _words(found: list[Finding]) -> str:
    return "\n".join(each.words("vi") for each in found)


# ------------------------------------------------------------------ strategies


def values_of_fact(fact: Fact, bench: Bench) -> st.SearchStrategy[Value]:
    """Return any value that a fact may be reported with, the ends of its range often."""
    limit = Known(bench.facts, {}).number(fact.id) if fact.type not in ("flag", "level") else None
    match fact.type:
        case "flag":
            return st.booleans()
        case "level":
            return st.sampled_from([level.id for level in fact.levels])
        case "date":
            days = st.dates(min_value=_january(bench.edition.year), max_value=_january(bench.edition.year + 2))
            dates: st.SearchStrategy[Value] = days.map(lambda day: Fraction(day.toordinal()))
            return st.one_of(dates, st.just(NEVER)) if fact.may_be_never else dates
        case _:
            assert limit is not None  # numbers have a range
            scale = {"decimal": 10**fact.places, "rate": 1000}.get(fact.type, 1)
            least, most = -(-limit.low * scale // 1), limit.high * scale // 1
            return st.one_of(st.integers(int(least), min(int(most), int(least) + 20)), st.integers(int(least), int(most))).map(
                lambda number: Fraction(number, scale)
            )


def _january(year: int) -> dt.date:
    return dt.date(year, 1, 1)


@st.composite
def facts_of_edition(draw: st.DrawFn, bench: Bench) -> dict[str, Value]:
    """Return a report that may leave facts out; some facts are those at which a rule turns."""
    values: dict[str, Value] = {}
    for criterion in bench.edition.criteria:
        if criterion.rule is not None:
            found: list[Mapping[str, Value]] = [{}, *_turns(bench, criterion.id)]
            values.update(draw(st.sampled_from(found)))
    for name, fact in bench.facts.items():
        if name not in values and name not in bench.index.references and draw(st.booleans()):
            values[name] = draw(values_of_fact(fact, bench))
    return values


_TURNS: dict[tuple[int, str], list[Mapping[str, Value]]] = {}


def _turns(bench: Bench, criterion: str) -> list[Mapping[str, Value]]:
    key = (id(bench), criterion)
    if key not in _TURNS:
        found = Search(plan=plan_of(bench.edition.criterion(criterion), bench)).run().found
        _TURNS[key] = [each.values for each in found.values()]
    return _TURNS[key]


def reports_of_edition(bench: Bench) -> st.SearchStrategy[Scorecard]:
    """Return scorecards of random reports under an edition by itself."""
    return facts_of_edition(bench).map(lambda values: _card(bench, values))


def _card(bench: Bench, values: Mapping[str, Value]) -> Scorecard:
    method = bench.index.method
    evidence = Evidence(
        unit=method.units[0], method=method.id, year=method.year, stage=method.stages[0].id,
        facts={name: ReportedFact(id=name, value=value, documents=("test",)) for name, value in values.items()},
    )
    return score_with(bench.index, [evidence], {})


# ------------------------------------------------------------------ the contract


def contract_tests(package: str, *, at: str = "", complete: bool = False) -> type:
    """Return a class of tests that every plugin passes.

    ``at`` is a file of the plugin, ``__file__``: it is then loaded from its folder, installed or not.
    ``complete`` also asks for full coverage by confirmed cases, and that nothing is left to revisit.
    """
    plugin = _plugin(package, at)

    class Contract:
        """What the engine asks of a plugin."""

        def test_the_plugin_loads_and_brings_something(self) -> None:
            """Its hooks exist, none of them raises, and at least one thing is registered."""
            info = plugin.info()
            assert info.problem is None, info.problem.words("vi")
            assert info.brings

        def test_nothing_is_wrong_with_its_editions(self) -> None:
            """No finding of `cchc check` on its editions is an error: rules, units, and maxima that add up."""
            registry = plugin.registry()
            found = _faults((each for edition in plugin.owned(registry.editions.values()) for each in registry.lint(edition)), complete=complete)
            assert not found, _words(found)

        def test_nothing_is_wrong_with_its_methods(self) -> None:
            """No finding of `cchc check` on its methods is an error: units, policies, and the editions that they use."""
            registry = plugin.registry()
            found = _faults((each for method in plugin.owned(registry.methods.values()) for each in registry.lint_method(method)), complete=complete)
            assert not found, _words(found)

        def test_its_cases_are_readable_and_pass(self) -> None:
            """Every case file is for an edition that is there, and every case comes out as it expects."""
            reports, problems = _reports(plugin)
            found = [*problems, *(each for one in reports for each in one.findings)]
            assert not found, _words(found)
            failed = [one for one in reports if one.failed]
            assert not failed, "\n".join(report_text(one, "vi") for one in failed)

        def test_its_editions_have_cases(self) -> None:
            """An edition without a case is shown to work by nothing."""
            without = [one.bench.edition.id for one in _reports(plugin)[0] if not one.results]
            assert not without, without

        def test_the_coverage_of_its_rules_is_known(self) -> None:
            """Each outcome of each rule is tried, open, or excused with a reason; for a complete plugin none is open."""
            for one in _reports(plugin)[0]:
                print(report_text(one, "vi"))  # noqa: T201 - pytest shows it where the test fails, or with -s
                assert one.number("covered") + one.number("uncovered") + one.number("excused") > 0
                assert not complete or not (one.uncovered or one.unconfirmed), report_text(one, "vi")

        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(data=st.data())
        def test_points_stay_in_range_and_lines_add_up(self, data: st.DataObject) -> None:
            """On random reports every criterion's points lie in its range, and its lines make its maximum."""
            for one in _reports(plugin)[0]:
                card = data.draw(reports_of_edition(one.bench))
                for score in card.scores:
                    account = score.account
                    assert sum((line.amount for line in account.lines), Fraction(0)) == account.nominal, score.id
                    if account.state is State.SCORED and account.exact is not None and score.criterion.kind == "regular":
                        assert 0 <= account.exact <= account.maximum, score.id
                        assert account.reachable.low <= account.exact <= account.reachable.high, score.id

    Contract.__name__ = Contract.__qualname__ = "TestPlugin"
    return Contract

