"""One unit under one method: its scorecard, with the result of every stage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from attrs import evolve

from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Text
from cchc_rules.engine.accounts import ZERO, round_points
from cchc_rules.engine.explain import explain
from cchc_rules.engine.grades import grade_of, overridden
from cchc_rules.engine.subject import Subject, at_each_stage
from cchc_rules.engine.totals import score_field, total_of, with_penalties_limited
from cchc_rules.index import Index
from cchc_rules.model import Evidence, ReportedFact, State, Value
from cchc_rules.scorecard import FieldScore, MethodUsed, Score, Scorecard, StageResult
from cchc_rules.version import VERSION


def score(index: Index, *evidence: Evidence) -> Scorecard:
    """Return the scorecard of one unit from its evidence, one a stage, under one method.

    Every criterion gets a state of its own; what is missing never counts as zero, and the total then says
    that it is incomplete and what it can still reach. Raises ``InputError`` where the method needs the
    statistics of a cohort and does not give them as reference data, and where the evidence is not of one
    unit, one a stage of the method.
    """
    if mixed := list(_mixed(index, evidence)):
        raise InputError(*mixed)
    wanted = [each for each in index.statistics.values() if each.id not in index.references]
    if wanted:
        raise InputError(_needs_cohort([each.label for each in wanted]))
    return score_with(index, evidence, {})


def _mixed(index: Index, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    """Yield evidence that would be left out silently: of another unit, of a stage twice, of no stage of the method."""
    seen: set[str] = set()
    for each in evidence:
        place = Place(file=each.files[0] if each.files else "", where=f"{each.unit.id}, {each.stage}")
        if each.stage not in index.stages:
            yield Finding(code="stage-unknown", place=place,
                          reason=Text(f"phương pháp không có giai đoạn “{each.stage}”", f"the method has no stage {each.stage!r}"),
                          remedy=did_you_mean(each.stage, index.stages))
        if each.stage in seen or each.unit != evidence[0].unit:
            yield Finding(code="files-disagree", place=place,
                          reason=Text("mỗi lần chấm chỉ nhận số liệu của một đơn vị, mỗi giai đoạn một lần", "one unit is scored at a time, from one evidence a stage"),
                          remedy=Text("gộp số liệu của giai đoạn, hoặc chấm từng đơn vị", "merge the evidence of the stage, or score one unit at a time"))
        seen.add(each.stage)


def score_with(index: Index, evidence: Sequence[Evidence], statistics: Mapping[str, Value]) -> Scorecard:
    """Return the scorecard of one unit, the statistics of its cohort given."""
    subjects = [evolve(each, statistics=statistics) for each in at_each_stage(index, evidence)]
    cards = [_scorecard(subject, evidence) for subject in subjects]
    stages = tuple(_stage_result(card, subject) for card, subject in zip(cards, subjects, strict=True))
    counted = [card for card, subject in zip(cards, subjects, strict=True) if subject.stage.counts]
    if counted:
        return evolve(counted[-1], stages=stages)
    return evolve(cards[-1], stages=stages, findings=(_no_stage_counts(cards[-1].stage), *cards[-1].findings))


def _scorecard(subject: Subject, evidence: Sequence[Evidence]) -> Scorecard:
    """Return everything at one stage, from the criteria up."""
    index, method = subject.index, subject.index.method
    editions = {edition.field: edition for edition in index.editions}
    scored = list(with_penalties_limited([score_field(used, editions[used.field], subject) for used in method.fields], method.penalty))
    fields = tuple(each.field for each in scored)
    total = overridden(total_of(scored, method), method.grades, subject)
    own = next(each for each in evidence if each.stage == subject.stage.id)
    return Scorecard(
        unit=own.unit,
        method=_method_used(index),
        engine=f"cchc_rules {VERSION}",
        stage=subject.stage.label,
        evidence=_merged(own, evidence, subject),
        total=total,
        grade=grade_of(total, fields, method.grades, subject) if method.grades else None,
        fields=fields,
        facts=index.facts,
        given=index.given(own.unit.id),
        assumed_share=_assumed_share(fields),
        findings=tuple(_findings(fields, subject)),
        explainer=partial(explain, subject, fields),
    )


def _merged(own: Evidence, evidence: Sequence[Evidence], subject: Subject) -> Evidence:
    """Return the evidence of a stage with the facts and documents of the stages before it."""
    documents = {name: paper for each in evidence for name, paper in each.documents.items()}
    return evolve(own, facts=dict(sorted(subject.reported.items())), documents=dict(sorted(documents.items())))


def _method_used(index: Index) -> MethodUsed:
    method = index.method
    return MethodUsed(
        id=method.id,
        year=method.year,
        version=method.version,
        label=method.label,
        level=method.level,
        status=method.status,
        seals=index.seals,
        nominal_total=Fraction(method.nominal_total.value),
        nominal_total_provenance=method.nominal_total.provenance,
    )


def _stage_result(card: Scorecard, subject: Subject) -> StageResult:
    """Return what one stage came to, as it stands beside the others."""
    points = {scored.id: scored.account.exact for scored in card.scores}
    left_out = frozenset(scored.id for scored in card.scores if scored.state is State.NOT_APPLICABLE)
    stage = subject.stage
    return StageResult(id=stage.id, label=stage.label, total=card.total, points=points, not_applicable=left_out, declared=subject.declared, counts=stage.counts)


def _assumed_share(fields: Iterable[FieldScore]) -> Fraction:
    """Return the part of the points that rests on assumed parameters."""
    leaves = [each for field in fields for each in field.scores if each.criterion.form is not None]
    points = sum((abs(each.account.exact or ZERO) for each in leaves), ZERO)
    assumed = sum((abs(each.account.exact or ZERO) for each in leaves if each.criterion.provenance == "assumed"), ZERO)
    return assumed / points if points else ZERO


# ------------------------------------------------------------------ remarks


def _findings(fields: Iterable[FieldScore], subject: Subject) -> Iterator[Finding]:
    """Yield what the reader should know: tables not sealed, failures, marks that differ, facts that nothing proves."""
    yield from subject.index.findings
    for each in fields:
        for scored in each.scores:
            if scored.error:
                yield evolve(scored.error, place=_place(scored))
            yield from _differences(scored, subject)
    if subject.undocumented:
        yield _unproved([subject.reported[name] for name in sorted(subject.undocumented)])


def _unproved(facts: Sequence[ReportedFact]) -> Finding:
    """Return that some facts have no document: one remark for all of them, at the first."""
    listed = ", ".join(fact.id for fact in facts)
    many = len(facts) > 1
    return Finding(
        code="fact-without-document",
        severity="warning",
        place=Place(where=facts[0].place or facts[0].id),
        reason=Text(f"{f'{len(facts)} ' if many else ''}số liệu chưa có tài liệu kiểm chứng: {listed}",
                    f"no document proves {f'{len(facts)} facts' if many else 'the fact'}: {listed}"),
        remedy=Text("ghi tài liệu kiểm chứng vào `documents`", "name the document in `documents`"),
    )


def _place(scored: Score) -> Place:
    name = f"{scored.criterion.number} ({scored.id})"
    return Place(where=f"tiêu chí {name}", where_en=f"criterion {name}")


def _by_its_rule(scored: Score, subject: Subject) -> Fraction | None:
    """Return the points that a criterion comes to by itself, before others that do not apply left it theirs."""
    if scored.verified:
        return scored.computed
    if scored.unrounded is not None:
        return round_points(abs(scored.unrounded), subject.index.method.rounding.leaf, Fraction(scored.criterion.max_points))
    raised = scored.criterion.kind == "regular" and scored.account.maximum > scored.criterion.max_points
    return None if raised or scored.account.exact is None else abs(scored.account.exact)


def _differences(scored: Score, subject: Subject) -> Iterator[Finding]:
    """Yield a declared mark that is not what the rule gives, where the rule gives points."""
    declared, computed = scored.declared, _by_its_rule(scored, subject)
    if declared is None or computed is None or scored.state is not State.SCORED or declared.points == computed:
        return
    vi, en = ((format_number(declared.points, language), format_number(computed, language)) for language in ("vi", "en"))
    yield Finding(
        code="declared-differs",
        severity="warning",
        place=_place(scored),
        reason=Text(f"đơn vị tự chấm {vi[0]} điểm, tính theo số liệu được {vi[1]} điểm",
                    f"declared are {en[0]} points, the facts give {en[1]}"),
        remedy=Text("xem `cchc explain`; sửa điểm tự chấm hoặc số liệu", "see `cchc explain`; mend the mark or the facts"),
    )


def _no_stage_counts(stage: Text) -> Finding:
    return Finding(
        code="stage-not-counting",
        severity="warning",
        place=Place(where=stage.vi),
        reason=Text(f"chưa có số liệu của giai đoạn nào được tính kết quả; đây là kết quả tạm của giai đoạn “{stage.vi}”",
                    f"no stage that counts has evidence yet: this is what the stage {stage.en!r} comes to"),
        remedy=Text("thêm số liệu của giai đoạn thẩm định", "add the evidence of a stage that counts"),
    )


def _needs_cohort(labels: Sequence[Text]) -> Finding:
    vi, en = ("; ".join(label.get(language) for label in labels) for language in ("vi", "en"))
    return Finding(
        code="cohort-needed",
        place=Place(),
        reason=Text(f"phương pháp so sánh với cả khối ({vi}): không chấm được một đơn vị riêng lẻ",
                    f"the method compares with the whole cohort ({en}): one unit cannot be scored by itself"),
        remedy=Text("thêm `--cohort` với thư mục của cả khối, hoặc dùng `cchc rank`",
                    "add `--cohort` with the folder of the whole cohort, or use `cchc rank`"),
    )


