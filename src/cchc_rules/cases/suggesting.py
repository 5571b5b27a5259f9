"""The cases that nobody wrote: facts for each outcome left open, what the engine gives, for a person to confirm."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.base.exact import decimal_of
from cchc_rules.cases.bench import Bench
from cchc_rules.cases.reaching import Outcome, Reached, Reaching
from cchc_rules.cases.reading import SCHEMA, Case
from cchc_rules.cases.report import CasesReport, CriterionCoverage
from cchc_rules.cases.words import exact_words, obligation_words, result_words
from cchc_rules.entries import NEVER
from cchc_rules.model import Criterion, Fact, Value

UNREMARKABLE = frozenset({"some_arose", "applies", "part_open", "prerequisite_open"})
"""What nearly every report meets: no case is called by it that could be called by something else."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
HEAD = """\
# Trường hợp do máy đề xuất: số liệu được chọn để đi hết các nhánh của quy tắc chưa ai thử.
# Điểm là điểm máy tính ra. Hãy đối chiếu từng trường hợp với văn bản, rồi đổi confirmed = true.
"""


@frozen(kw_only=True)
class Suggestion:
    """One suggested case, and the obligation that it was chosen for."""

    case: Case
    obligation: Outcome


def suggest(report: CasesReport, taken: Iterable[str] = ()) -> tuple[Suggestion, ...]:
    """Return cases that reach everything which the cases of an edition leave open and can be reached; ``taken`` are names of others."""
    taken = {*taken, *(each.case.name for each in report.results)}
    found: list[Suggestion] = []
    reaching = Reaching(bench=report.bench)
    for each in report.coverage:
        for one in _for_criterion(each, reaching):
            named = _unique(one, taken)
            taken.add(named.case.name)
            found.append(named)
    return tuple(found)


def _for_criterion(coverage: CriterionCoverage, reaching: Reaching) -> Iterator[Suggestion]:
    """Yield cases for one criterion, each for the first outcome that those before it do not reach."""
    open_ = [each.status == "uncovered" for each in coverage.found]
    if not any(open_):
        return
    position = 0
    for aim in reaching.aims(coverage.criterion):
        here = open_[position : position + len(aim.obligations)]
        position += len(aim.obligations)
        if any(here):
            wanted = [each for each, is_open in zip(aim.obligations, here, strict=True) if is_open]
            yield from _for_outcomes(wanted, aim.search(), coverage.criterion, reaching.bench)


def _for_outcomes(wanted: list[Outcome], reached: Reached, criterion: Criterion, bench: Bench) -> Iterator[Suggestion]:
    met: set[Outcome] = set()
    for each in sorted(wanted, key=lambda one: one.kind in UNREMARKABLE):
        if each in met or each not in reached.found:
            continue
        way = reached.found[each]
        met |= way.met
        score = bench.score(criterion, way.values)
        words = obligation_words(each, bench.lexicon())
        result = result_words(score.state.value, score.account.exact, "vi")
        scored = score.state.value == "scored"
        yield Suggestion(obligation=each, case=Case(
            name=f"{criterion.number}: {words} – {result}",
            criterion=criterion, values=way.values, state=score.state.value,
            points=score.account.exact if scored else None, confirmed=False,
        ))


def _unique(one: Suggestion, taken: set[str]) -> Suggestion:
    name, number = one.case.name, 2
    while name in taken:
        name, number = f"{one.case.name} ({number})", number + 1
    return evolve(one, case=evolve(one.case, name=name))


# ------------------------------------------------------------------ as a file


def suggestions_toml(report: CasesReport) -> str:
    """Return the suggested cases of an edition as a case file."""
    return cases_toml(report.bench, [each.case for each in suggest(report)])


def cases_toml(bench: Bench, cases: Iterable[Case]) -> str:
    """Return cases as a case file of an edition."""
    return "\n".join([f'{HEAD}schema = {quoted(SCHEMA)}\nedition = {quoted(bench.edition.id)}\n', *(_table(case, bench) for case in cases)])


def cases_text(bench: Bench, cases: Iterable[Case]) -> str:
    """Return cases as they stand below the head of a case file."""
    return "\n".join(_table(case, bench) for case in cases)


def _table(case: Case, bench: Bench) -> str:
    facts = ", ".join(f"{quoted_key(name)} = {_written(value, bench.facts[name])}" for name, value in case.values.items())
    lines = ["[[cases]]", f"name = {quoted(case.name)}", f"criterion = {quoted(case.criterion.id)}", f"facts = {{ {facts} }}" if facts else "facts = {}"]
    wanted = None if case.points is None else exact_words(case.points, "en")
    lines.append(f"state = {quoted(case.state)}" if wanted is None else f"points = {quoted(wanted)}")
    if case.reason:
        lines.append(f"reason = {quoted(case.reason)}")
    lines.append(f"confirmed = {'true' if case.confirmed else 'false'}")
    return "\n".join(lines) + "\n"


def _number(value: Fraction) -> str:
    """Return a number with an end as TOML writes it."""
    return format(decimal_of(value), "f")


def quoted(text: str) -> str:
    """Return a text as TOML writes it: a JSON string is one."""
    return json.dumps(text, ensure_ascii=False)


def quoted_key(name: str) -> str:
    """Return a key of a table: bare where it may be."""
    return name if _BARE.fullmatch(name) else quoted(name)


def _written(value: Value, fact: Fact) -> str:
    """Return a value as evidence writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    match fact.type:
        case "date":
            return quoted("chưa thực hiện") if value == NEVER else dt.date.fromordinal(int(value)).isoformat()
        case "rate":
            return quoted(f"{_number(value * 100)} %")
        case _:
            return _number(value)
