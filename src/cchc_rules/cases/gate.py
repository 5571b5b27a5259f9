"""The gate before a seal: nothing is sealed while findings, open outcomes, failed or unconfirmed cases remain.

Errors and warnings stand against a seal; notes do not: they tell what a decision itself leaves so, or what no
one can check, and nobody could make them go. There is no way round the gate: a seal says that nothing was open.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from cchc_rules.base.errors import CchcError, Finding, Place, SealError
from cchc_rules.base.texts import Text
from cchc_rules.cases.report import CasesReport, reports
from cchc_rules.cases.running import CaseResult
from cchc_rules.cases.words import obligation_words, result_words
from cchc_rules.decisions.editions import REFUSED
from cchc_rules.decisions.policies import REFUSED_POLICIES
from cchc_rules.methods import Method
from cchc_rules.model import Criterion, Edition
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry
from cchc_rules.plugins.sealing import write_seal
from cchc_rules.rendering.agreement import agreement
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.wording import rule_text


def seal(registry: Registry, name: str) -> Text:
    """Seal an edition or a method, and return what was done.

    Parameters that are assumed may be sealed; the seal and the message say how many there are. Raises
    ``SealError`` with all that stands against it, ``InputError`` for an unknown name.
    """
    against = stands_against(registry, name)
    if against:
        raise SealError(*against)
    return write_seal(registry, name)


def stands_against(registry: Registry, name: str) -> tuple[Finding, ...]:
    """Return everything that stands against sealing an edition or a method, in the order in which to mend it."""
    named = registry.named(name)
    if named.key in registry.editions:
        return tuple(_against_edition(registry, registry.editions[named.key]))
    return tuple(_against_method(registry, named))


def _grave(found: Iterable[Finding]) -> list[Finding]:
    return [each for each in found if each.severity != "note"]


# ------------------------------------------------------------------ an edition


def _against_edition(registry: Registry, edition: Registered[Edition]) -> Iterator[Finding]:
    """Yield the findings of an edition, then what its cases leave open; one that cannot be scored has no cases to run."""
    found = _grave(registry.lint(edition))
    yield from found
    yield from _other_than_the_clause(registry, edition)
    if any(each.code in REFUSED | REFUSED_POLICIES for each in found):
        return
    try:
        (report,), problems = reports(registry, [edition])
    except CchcError as error:
        yield from error.findings
        return
    yield from (*_grave(problems), *_grave(report.findings))
    yield from (_failed(each) for each in report.failed)
    yield from (_unconfirmed(each) for each in report.unconfirmed)
    yield from _untried(report, edition)


def no_longer_passing(registry: Registry, editions: Iterable[Registered[Edition]]) -> Iterator[Finding]:
    """Yield the cases of sealed editions that cannot be read, or no longer come out as they say: the seal does not cover them."""
    for edition in editions:
        if edition.seal is None:
            continue
        try:
            (report,), problems = reports(registry, [edition])
            found = [*_grave(problems), *_grave(report.findings), *(_failed(each) for each in report.failed)]
        except CchcError:
            continue  # an edition that cannot be scored has findings of its own
        yield from found


def _other_than_the_clause(registry: Registry, edition: Registered[Edition]) -> Iterator[Finding]:
    """Yield the criteria whose clause can be read and says another rule than the one that scores."""
    lexicon = Lexicon(registry.facts_of(edition), registry.quantities.units)
    for criterion in edition.value.criteria:
        found = agreement(criterion, edition.value, lexicon, registry.structure)
        if found is None or found.agreeing != "differs" or found.read_as is None or criterion.rule is None:
            continue
        rule = rule_text(criterion.rule, lexicon)
        yield Finding(
            code="clause-differs",
            place=_place(criterion, edition),
            reason=Text(f"nguyên văn của quyết định nói khác quy tắc: đọc được “{found.read_as.vi}”, quy tắc là “{rule.vi}”",
                        f"the decision's sentence says another rule: it reads “{found.read_as.en}”, the rule is “{rule.en}”"),
            remedy=Text(f"xem `cchc render {edition.key}`; sửa quy tắc, hoặc chép lại nguyên văn ở `clause.text`",
                        f"see `cchc render {edition.key}`; mend the rule, or copy the sentence anew into `clause.text`"),
        )


def _failed(result: CaseResult) -> Finding:
    case, score = result.case, result.score
    wanted, got = ({language: result_words(state, points, language) for language in ("vi", "en")}
                   for state, points in ((case.state, case.points), (score.state.value, score.account.exact)))
    return Finding(
        code="case-failed",
        place=case.place,
        reason=Text(f"trường hợp không đạt: mong đợi {wanted['vi']}, máy tính ra {got['vi']}" if not result.same_value
                    else f"trường hợp không đạt: không có lý do mất điểm nào có “{case.reason}”",
                    f"the case fails: expected {wanted['en']}, got {got['en']}" if not result.same_value
                    else f"the case fails: no reason of lost points has “{case.reason}”"),
        remedy=Text("đối chiếu với quyết định: sửa quy tắc, hoặc sửa trường hợp", "compare with the decision: mend the rule, or the case"),
    )


def _unconfirmed(result: CaseResult) -> Finding:
    return Finding(
        code="case-unconfirmed",
        place=result.case.place,
        reason=Text("trường hợp chưa có người xác nhận", "no person has confirmed the case"),
        remedy=Text("đối chiếu với quyết định, rồi ghi `confirmed = true`", "compare with the decision, then write `confirmed = true`"),
    )


def _untried(report: CasesReport, edition: Registered[Edition]) -> Iterator[Finding]:
    """Yield every outcome that no case reaches, at the criterion that has it."""
    facts, units = report.bench.facts, report.bench.index.quantities.units
    vi, en = Lexicon(facts, units, "vi"), Lexicon(facts, units, "en")
    for criterion, each in report.uncovered:
        yield Finding(
            code="outcome-untried",
            place=_place(criterion, edition),
            reason=Text(f"chưa trường hợp nào thử: {obligation_words(each.obligation, vi)}",
                        f"no case tries: {obligation_words(each.obligation, en)}"),
            remedy=Text(f"xem `cchc cases {edition.key}`; `cchc cases {edition.key} --suggest -o TỆP` viết trường hợp để xác nhận",
                        f"see `cchc cases {edition.key}`; `cchc cases {edition.key} --suggest -o FILE` writes cases to confirm"),
        )


def _place(criterion: Criterion, edition: Registered[Edition]) -> Place:
    vi, en = (f"{word} {criterion.number} ({criterion.id})" for word in ("tiêu chí", "criterion"))
    if edition.source is None:
        return Place(where=vi, where_en=en)
    position = next(index for index, each in enumerate(edition.value.criteria) if each.id == criterion.id)
    return edition.source.place(("criteria", position), vi, en)


# ------------------------------------------------------------------ a method


def _against_method(registry: Registry, method: Registered[Method]) -> Iterator[Finding]:
    """Yield the findings of a method, then each of its editions that is not sealed, or no longer what was sealed."""
    yield from _grave(registry.lint_method(method))
    try:
        used = registry.editions_of(method.value)
    except CchcError:
        return  # the findings of the method name the edition that is not there
    yield from _grave(registry.off_grid(method.value))
    for edition in used:
        if edition.seal is None:
            yield not_sealed(edition)
        try:
            registry.verified(edition)
        except CchcError as error:
            yield from error.findings


def not_sealed(table: Registered[Any]) -> Finding:
    """Return that an edition or a method has no seal yet."""
    return Finding(
        code="not-sealed",
        place=table.source.place() if table.source else Place(where=table.key),
        reason=Text(f"“{table.key}” chưa niêm phong", f"{table.key!r} is not sealed"),
        remedy=Text(f"chạy `cchc seal {table.key}` trước", f"run `cchc seal {table.key}` first"),
    )
