"""Every policy on its case file: each case comes to what it says, and each usual mistake is found by name."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest
from policy_cases import Case, Mistake, PolicyFile, policy_files, registry_of, write_evidence, write_ranks

import cchc_rules as cchc
from cchc_rules.analysis.ranking import Ranking, rank
from cchc_rules.base.exact import decimal_of
from cchc_rules.engine import score, score_cohort
from cchc_rules.files.evidence import read_cohort
from cchc_rules.files.ranks import read_ranks
from cchc_rules.model import NotApplicablePolicy, State
from cchc_rules.points import Account

FILES = policy_files()
CASES = [pytest.param(file, case, id=f"{file.id}: {case.name_en}") for file in FILES for case in file.cases]
MISTAKES = [pytest.param(file, mistake, id=f"{file.id}: {mistake.name_en}") for file in FILES for mistake in file.mistakes]


# ------------------------------------------------------------------ the tests


@pytest.mark.parametrize(("file", "case"), CASES)
def test_a_case_comes_to_what_it_says(file: PolicyFile, case: Case, tmp_path: Path) -> None:
    """Points, maxima, states, grades and ranks are exact; what cannot be scored is refused by its code."""
    index = registry_of(file.example, tmp_path / "tables").index_named("example")
    wanted = case.expect.get("error")
    if wanted is None:
        assert _found(index, case, tmp_path) == dict(case.expect)
        return
    with pytest.raises(cchc.CchcError) as refused:
        _found(index, case, tmp_path)
    assert wanted in {finding.code for finding in refused.value.findings}


@pytest.mark.parametrize("file", [pytest.param(file, id=file.id) for file in FILES])
def test_an_example_passes_the_check_but_for_what_it_is_about(file: PolicyFile, tmp_path: Path) -> None:
    """What a page shows as right is right; a file about a flaw names the finding that the check makes."""
    found = {finding.code for finding in registry_of(file.example, tmp_path).findings()}
    assert found == set(file.remarks)


@pytest.mark.parametrize(("file", "mistake"), MISTAKES)
def test_a_usual_mistake_is_found_by_name(file: PolicyFile, mistake: Mistake, tmp_path: Path) -> None:
    """The check names what is wrong with a changed example, and it was not wrong before."""
    old, new = mistake.change
    assert file.example.count(old) == 1, "the change has to hit one place"
    found = {finding.code for finding in registry_of(file.example.replace(old, new), tmp_path).findings()}
    assert mistake.finding in found
    assert mistake.finding not in file.remarks


@pytest.mark.parametrize("file", [pytest.param(file, id=file.id) for file in FILES])
def test_a_case_file_says_all_in_both_languages(file: PolicyFile) -> None:
    """Title, meaning and every name stand in Vietnamese and in English, and no two cases share a name."""
    said = [file.title, file.title_en, file.meaning, file.meaning_en]
    said += [words for case in file.cases for words in (case.name, case.name_en)]
    said += [words for mistake in file.mistakes for words in (mistake.name, mistake.name_en)]
    assert all(said)
    assert len({case.name for case in file.cases}) == len(file.cases)


def test_each_of_the_seven_policies_for_what_does_not_apply_has_a_case_file() -> None:
    """No policy is left without cases."""
    assert {f"not-applicable-{policy.replace('_', '-')}" for policy in get_args(NotApplicablePolicy)} <= {file.id for file in FILES}


# ------------------------------------------------------------------ what a case comes to, told as its file tells it


def _found(index: cchc.Index, case: Case, folder: Path) -> dict[str, Any]:
    """Return what the evidence of a case comes to, in the words and under the keys of its expectation."""
    if case.units:
        return _found_in_cohort(index, case, folder)
    return _found_in_card(_card(index, case, folder), case.expect)


def _card(index: cchc.Index, case: Case, folder: Path) -> cchc.Scorecard:
    """Return the scorecard of the first unit on a case's evidence, read from files."""
    unit = index.method.units[0].id
    given = case.stages or ({"stage": index.method.stages[0].id, "facts": case.facts, "undocumented": case.undocumented},)
    for each in given:
        write_evidence(index.method, unit, each["stage"], each, folder / "evidence")
    ((*stages,),) = read_cohort(folder / "evidence", index)
    return score(index, *stages)


def _found_in_card(card: cchc.Scorecard, expect: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scorecard's values under the keys that an expectation names."""
    known: dict[str, Callable[[Any], Any]] = {
        "total": lambda wanted: _account(card.total, wanted),
        "state": lambda _: card.total.state.value,
        "range": lambda _: f"{_number(card.total.reachable.low)}..{_number(card.total.reachable.high)}",
        "grade": lambda _: card.grade.id if card.grade else "none",
        "possible_grades": lambda _: list(card.grade.reachable) if card.grade else [],
        "blocked": lambda _: [each.vi for each in card.grade.blocked] if card.grade else [],
        "events": lambda _: [each.vi for each in card.grade.overrides] if card.grade else [],
        "lost": lambda _: [f"{score.id} {_number(deduction.exact)}" for _, score, deduction in card.lost_points()],
        "reasons": lambda wanted: {score.id: deduction.reason.vi for _, score, deduction in card.lost_points() if score.id in wanted},
        "findings": lambda _: [finding.code for finding in card.findings],
        "stages": lambda wanted: {each.id: _account(each.total, wanted.get(each.id, "")) for each in card.stages},
    }
    fields = {each.id: each.account for each in card.fields}
    return {
        name: known[name](wanted) if name in known else _account(fields[name] if name in fields else card.score(name).account, wanted)
        for name, wanted in expect.items()
    }


def _found_in_cohort(index: cchc.Index, case: Case, folder: Path) -> dict[str, Any]:
    """Return a cohort's values under the keys that an expectation names."""
    cards = _cards(index, case, folder)
    earlier = read_ranks(write_ranks(case.before, index.method.year - 1, folder / "ranks.toml")) if case.before else None
    known: dict[str, Callable[[Any], Any]] = {
        "ranks": lambda _: dict(_ranks(rank(index, cards.values()))),
        "points_ranked": lambda _: {row.unit.id: _number(row.points) for block in rank(index, cards.values()).blocks for row in block.units},
        "changes": lambda _: {row.unit.id: row.change for block in rank(index, cards.values(), earlier).blocks for row in block.units if row.earlier},
        "from": lambda _: {row.unit.id: row.mapped_from for block in rank(index, cards.values(), earlier).blocks for row in block.units if row.mapped_from},
        "parted_by": lambda _: {row.unit.id: row.parted_by.vi for block in rank(index, cards.values()).blocks for row in block.units if row.parted_by},
        "provisional": lambda _: rank(index, cards.values()).provisional,
        "units": lambda wanted: {unit: _found_in_card(cards[unit], each) for unit, each in wanted.items()},
    }
    return {name: known[name](wanted) for name, wanted in case.expect.items()}


def _cards(index: cchc.Index, case: Case, folder: Path) -> dict[str, cchc.Scorecard]:
    for unit, facts in case.units.items():
        write_evidence(index.method, unit, index.method.stages[0].id, {"facts": facts}, folder / "evidence")
    return {card.unit.id: card for card in score_cohort(index, read_cohort(folder / "evidence", index))}


def _ranks(ranking: Ranking) -> Iterator[tuple[str, str]]:
    """Yield each unit's rank, "=" where it is shared, its block where there are several, "–" where there is none."""
    for block in ranking.blocks:
        where = f" {block.id}" if block.id else ""
        where += f" ({', '.join(block.situation)})" if block.situation else ""
        yield from ((row.unit.id, f"{row.rank}{'=' if row.tied_with else ''}{where}") for row in block.units)
        yield from ((card.unit.id, f"–{where}") for card in block.waiting)
    yield from ((card.unit.id, "not ranked") for card in ranking.unranked)


def _account(account: Account, wanted: str) -> str:
    """Return points over maximum, or points alone where only they are asked for; a state other than scored is named."""
    points = "–" if account.exact is None else _number(account.exact)
    over = " / " if "/" in points else "/"
    said = f"{points}{over}{_number(account.maximum)}" if over in wanted else points
    return said if account.state is State.SCORED else f"{said} {account.state.value}"


def _number(value: Fraction) -> str:
    """Return a number exactly: as a decimal where it has an end, else as a fraction."""
    decimal = decimal_of(value)
    return str(value) if decimal is None else f"{decimal:f}"
