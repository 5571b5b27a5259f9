"""What the cases of one edition come to: results, and which outcomes of the rule text they reach or leave open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from attrs import evolve, frozen

from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.cases.bench import Bench
from cchc_rules.cases.bench import bench as bench_of
from cchc_rules.cases.obligations import Obligation, Plan
from cchc_rules.cases.reaching import Aim, Outcome, Reached, Reaching
from cchc_rules.cases.reading import Case, Source, read_cases, read_sources, unknown_editions, unknown_facts
from cchc_rules.cases.running import CaseResult, run
from cchc_rules.decisions.versions import key_of
from cchc_rules.model import Criterion, Edition
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry
from cchc_rules.rules.bounds import bounds
from cchc_rules.rules.reach import reachable, step_of

Status = Literal["covered", "uncovered", "excused"]


@frozen(kw_only=True)
class Covered:
    """One obligation and what became of it: ``cases`` reach it, or an ``excuse`` says why none can."""

    obligation: Outcome
    cases: tuple[str, ...] = ()
    excuse: Text | None = None

    @property
    def status(self) -> Status:
        """Whether cases reach it, could reach it, or cannot."""
        return "covered" if self.cases else "excused" if self.excuse else "uncovered"


@frozen(kw_only=True)
class CriterionCoverage:
    """The obligations of one criterion."""

    criterion: Criterion
    found: tuple[Covered, ...]

    def number(self, status: Status) -> int:
        """Return how many obligations have a status."""
        return sum(each.status == status for each in self.found)


@frozen(kw_only=True)
class CasesReport:
    """Everything about the cases of one edition."""

    bench: Bench
    results: tuple[CaseResult, ...]
    coverage: tuple[CriterionCoverage, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that do not come out as they expect."""
        return tuple(each for each in self.results if not each.passed)

    @property
    def unconfirmed(self) -> tuple[CaseResult, ...]:
        """The cases that no person has confirmed."""
        return tuple(each for each in self.results if not each.case.confirmed)

    @property
    def uncovered(self) -> tuple[tuple[Criterion, Covered], ...]:
        """What cases could reach and none does."""
        return tuple((each.criterion, one) for each in self.coverage for one in each.found if one.status == "uncovered")

    def number(self, status: Status) -> int:
        """Return how many obligations have a status."""
        return sum(each.number(status) for each in self.coverage)


def editions_named(registry: Registry, name: str = "") -> tuple[Registered[Edition], ...]:
    """Return one edition, or all of them for ``""``; raises ``InputError`` where there is none of that name."""
    key = key_of(name)
    if key and key not in registry.editions:
        raise InputError(Finding(
            code="name-unknown",
            place=Place(where=name),
            reason=Text(f"không có bộ tiêu chí “{name}”", f"there is no edition {name!r}"),
            remedy=did_you_mean(name, registry.editions),
        ))
    return tuple(each for known, each in registry.editions.items() if not key or known == key)


def reports(
    registry: Registry, wanted: Iterable[Registered[Edition]], also: Iterable[Path] = ()
) -> tuple[tuple[CasesReport, ...], tuple[Finding, ...]]:
    """Return the report of each edition, and what is wrong with their case files as files; some may lie elsewhere ``also``."""
    editions = list(wanted)
    below = {each.key: _below(each, registry) for each in editions}
    sources, problems = read_sources([*editions, *(one for found in below.values() for one in found)], registry.structure, also)
    found = tuple(report(bench_of(registry, each), sources, carried_over(each.value, below[each.key])) for each in editions)
    return found, (*problems, *unknown_editions(sources, registry.editions))


def named_in_vain(registry: Registry, wanted: Iterable[Registered[Edition]]) -> Iterator[Finding]:
    """Yield the facts that the case files of editions name and their editions do not have; no case is run for that."""
    editions = list(wanted)
    sources, _ = read_sources(editions, registry.structure)
    for each in editions:
        yield from unknown_facts(sources, each.value, registry.facts_of(each))


def _below(edition: Registered[Edition], registry: Registry) -> list[Registered[Edition]]:
    """Return the editions that an amended one lies on, from the top down."""
    found: list[Registered[Edition]] = []
    while edition.below:
        edition = registry.editions[edition.below]
        found.append(edition)
    return found


def carried_over(edition: Edition, below: Iterable[Registered[Edition]]) -> Mapping[str, frozenset[str]]:
    """Return whose cases still hold: of each edition below, the criteria that are the very same with all they depend on."""
    own = {each.id: each for each in edition.criteria}
    found: dict[str, frozenset[str]] = {}
    for each in below:
        same = {one.id for one in each.value.criteria if own.get(one.id) == one}
        found[each.key] = frozenset(name for name in same if edition.needed_by(name) <= same)
    return found


def report(bench: Bench, sources: Sequence[Source], carried: Mapping[str, frozenset[str]] | None = None) -> CasesReport:
    """Return the report of one edition over its case files, and over those below it whose criteria are the same."""
    cases, findings = read_cases(sources, bench, carried or {})
    results = tuple(run(case, bench) for case in cases)
    return CasesReport(bench=bench, results=results, coverage=coverage(bench, results), findings=findings)


def reported_again(given: CasesReport, results: Iterable[CaseResult]) -> CasesReport:
    """Return a report with some of its results alone."""
    kept = tuple(results)
    return evolve(given, results=kept, coverage=coverage(given.bench, kept))


def coverage(bench: Bench, results: Iterable[CaseResult]) -> tuple[CriterionCoverage, ...]:
    """Return which outcomes of each criterion the passing cases reach: of its rule, of its parts, of its prerequisite."""
    passed = [each.case for each in results if each.passed]
    reaching = Reaching(bench=bench)
    found = []
    for criterion in bench.edition.criteria:
        own = [case for case in passed if case.criterion.id == criterion.id]
        covered = [each for aim in reaching.aims(criterion) for each in _covered(aim, own)]
        if covered:
            found.append(CriterionCoverage(criterion=criterion, found=tuple(covered)))
    return tuple(found)


def _covered(aim: Aim, cases: Iterable[Case]) -> tuple[Covered, ...]:
    met: dict[Outcome, list[str]] = {}
    for case in cases:
        for each in aim.met(case.values):
            met.setdefault(each, []).append(case.name)
    reached = aim.search() if len(met) < len(aim.obligations) else None
    return tuple(
        Covered(obligation=each, cases=tuple(met.get(each, ())), excuse=None if each in met or reached is None else excuse(each, aim, reached))
        for each in aim.obligations
    )


def excuse(each: Outcome, aim: Aim, reached: Reached) -> Text | None:
    """Return why an outcome cannot be reached; ``None`` where it can."""
    if each in reached.found:
        return None
    proved = _impossible(each, aim.plan) if aim.plan is not None and isinstance(each, Obligation) else None
    return proved or Text(
        f"đã thử {reached.tried} bộ số liệu, không bộ nào dẫn tới kết quả này", f"none of {reached.tried} reports that were tried comes to this",
    )


def _impossible(each: Obligation, plan: Plan) -> Text | None:
    """Return why an obligation is impossible by the ranges of the facts alone."""
    if each.kind in ("below", "at", "above"):
        domain, step = bounds(each.node, plan.known), step_of(each.node, plan.bench.facts)
        if each.kind == "below" and domain.low >= each.value:
            return Text("không thể thấp hơn mức này", "it cannot be lower than this")
        if each.kind == "above" and domain.high <= each.value:
            return Text("không thể cao hơn mức này", "it cannot be higher than this")
        if each.kind == "at" and (not domain.holds(each.value) or (step is not None and (each.value / step).denominator != 1)):
            return Text("không có giá trị nào đúng bằng mức này", "no value is exactly this")
    if each.kind in ("full", "nothing"):
        reach = reachable(plan.rule, plan.bench.facts)
        if reach and each.kind == "full" and reach.high < plan.criterion.max_points:
            return Text("quy tắc không bao giờ cho trọn điểm", "the rule never gives all points")
        if reach and each.kind == "nothing" and reach.low > 0:
            return Text("quy tắc luôn cho điểm", "the rule always gives points")
    return None
