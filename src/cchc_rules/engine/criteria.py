"""One criterion that has a form: its state, its points, the causes of what it lost."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import partial

from attrs import evolve

from cchc_rules.base.errors import Finding, Place, RuleError
from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Text
from cchc_rules.engine.accounts import ZERO, left_out, round_points, scored, unscored
from cchc_rules.engine.subject import Subject
from cchc_rules.index import Computation
from cchc_rules.model import ComputedPoints, Criterion, DeclaredPoints, Edition, State, Value
from cchc_rules.points import Account, Deduction, Range
from cchc_rules.rules import tree
from cchc_rules.rules.bounds import bounds
from cchc_rules.rules.evaluate import Facts, Outcome, evaluate
from cchc_rules.rules.losses import losses
from cchc_rules.rules.reasons import reason, threshold, why_not_applicable
from cchc_rules.scorecard import Score

KEEPS_MAXIMUM = "leave_out"
NO_DOCUMENT = Text("Chưa có tài liệu kiểm chứng.", "No document proves it.")
NO_REASON = Text("Bên thẩm định không ghi lý do.", "The verifier gave no reason.")


def score_leaf(criterion: Criterion, edition: Edition, subject: Subject) -> Score:
    """Return the score of a criterion that has a form, whatever its state, its group left aside."""
    computed = _computed(criterion, edition, subject)
    given = subject.verified.get(criterion.id)
    declared = subject.declared.get(criterion.id)
    if given is None:
        return evolve(computed, declared=declared)
    return evolve(verified(computed, given, edition, subject), declared=declared)


def _computed(criterion: Criterion, edition: Edition, subject: Subject) -> Score:
    """Return what the criterion's rule gives on the facts."""
    rule = criterion.rule
    assert rule is not None  # callers pass criteria with a form
    read = facts_read(criterion)
    reported = tuple(fact for fact in read if fact in subject.reported)
    blank = Score(
        criterion=criterion,
        account=_open(criterion, edition, State.NO_EVIDENCE, subject),
        stage=subject.stage.id,
        facts=reported,
        documents=subject.documents(reported),
    )
    try:
        applies = whether_applies(criterion, subject)
        outcome = evaluate(rule, facts_for(criterion, subject)) if applies.value else applies
    except RuleError as error:
        return failed(blank, error.findings[0])
    unproved = _may_be_unproved(criterion, edition, subject) and subject.undocumented & _rests_on(read, subject)
    if unproved and outcome.missing <= subject.index.statistics.keys():  # no statistic of others brings the document
        return given_points(blank, ZERO, NO_DOCUMENT, edition, subject)
    if outcome.missing:
        state = _state_of(outcome.missing, subject)
        return evolve(blank, account=_open(criterion, edition, state, subject), missing=tuple(sorted(outcome.missing)))
    if outcome is applies or outcome.not_applicable:
        policy = "" if outcome is applies else outcome.policy
        why = why_not_applicable(outcome, subject.setting(criterion))
        return not_applicable(evolve(blank, outcome=outcome, why=why), policy, edition, subject)
    return _scored(blank, outcome, edition, subject)


def facts_read(criterion: Criterion) -> tuple[str, ...]:
    """Return the facts on which a criterion's points rest: those of its rule, and those that say whether it applies."""
    nodes = [*((criterion.rule,) if criterion.rule else ()), *((criterion.applies_when.condition(),) if criterion.applies_when else ())]
    return tuple(dict.fromkeys(fact for node in nodes for fact in tree.facts_of(node)))


def _may_be_unproved(criterion: Criterion, edition: Edition, subject: Subject) -> bool:
    """Return whether a criterion is worth nothing where a document is missing; a penalty is not: that would be a gain."""
    return subject.index.method.undocumented.policy == "award_zero" and not edition.in_penalty(criterion)


def _rests_on(read: Iterable[str], subject: Subject) -> frozenset[str]:
    """Return the facts read, and those by which the unit itself takes its place in a rank that is read."""
    ranks = [subject.index.statistics[fact] for fact in read if fact in subject.index.statistics and subject.index.statistics[fact].kind == "rank"]
    return frozenset((*read, *(fact for each in ranks for fact in (each.fact, each.part, each.whole) if fact)))


def facts_for(criterion: Criterion | None, subject: Subject) -> Facts:
    """Return the unit's facts as rules take them, with the plugin's computation of a criterion."""
    function = subject.index.computations.get(criterion.id) if criterion else None
    compute = None if function is None or criterion is None else partial(_run, function, criterion)
    return Facts(subject.values, compute=compute, calendars=subject.index.calendars, round_rate=subject.rate(criterion))


def whether_applies(criterion: Criterion, subject: Subject) -> Outcome:
    """Return whether a criterion applies: always, unless it says when."""
    if criterion.applies_when is None:
        return Outcome(node=tree.AllOf(of=()), value=True)
    return evaluate(criterion.applies_when.condition(), facts_for(criterion, subject))


# ------------------------------------------------------------------ points and their causes


def _scored(blank: Score, outcome: Outcome, edition: Edition, subject: Subject) -> Score:
    """Return a score with its deductions, rounded where the method rounds criteria."""
    maximum = Fraction(blank.criterion.max_points)
    if not ZERO <= outcome.number <= maximum:
        return failed(blank, _out_of_range(outcome.number, maximum))
    points = round_points(outcome.number, subject.index.method.rounding.leaf, maximum)
    deductions = _deductions(blank.criterion, outcome, points, edition, subject)
    account = scored(points, maximum, lost=sum((each.exact for each in deductions), ZERO))
    return evolve(blank, account=account, deductions=deductions, outcome=outcome, unrounded=outcome.number)


def _deductions(
    criterion: Criterion, outcome: Outcome, points: Fraction, edition: Edition, subject: Subject
) -> tuple[Deduction, ...]:
    """Return one deduction a cause; a single cause bears the rounding, so that it is what is missing."""
    maximum = Fraction(criterion.max_points)
    setting = subject.setting(criterion)
    found = losses(outcome, maximum, subject.index.facts)
    single = len(found) == 1 and points < maximum
    return tuple(
        Deduction(
            exact=maximum - points if single else loss.amount,
            reason=_plugin_reason(loss.cause) or reason(loss.cause, setting),
            threshold=threshold(loss.cause, setting),
            clause=criterion.clause,
            remedy=criterion.remedy,
            lead_unit=subject.lead_unit(criterion, edition),
            facts=tree.facts_of(loss.cause.node),
            documents=subject.documents(tree.facts_of(loss.cause.node)),
        )
        for loss in found
    )


def given_points(blank: Score, points: Fraction, why: Text, edition: Edition, subject: Subject) -> Score:
    """Return a score whose points come from elsewhere than its rule; all that is lost has one reason.

    What the rule gave, and that it may not have applied, no longer counts.
    """
    criterion = blank.criterion
    maximum = Fraction(criterion.max_points)
    lost = maximum - points
    deduction = Deduction(
        exact=lost,
        reason=why,
        clause=criterion.clause,
        remedy=criterion.remedy,
        lead_unit=subject.lead_unit(criterion, edition),
        facts=blank.facts,
        documents=blank.documents,
    )
    account = scored(points, maximum, lost=lost)
    return evolve(blank, account=account, deductions=(deduction,) if lost else (), missing=(), unrounded=None, policy="", why=None)


def verified(computed: Score, given: DeclaredPoints, edition: Edition, subject: Subject) -> Score:
    """Return a score in which a verifier's points stand in place of the computed ones; his reason is the loss's."""
    why = Text(given.reason, given.reason) if given.reason else NO_REASON
    score = given_points(computed, given.points, why, edition, subject)
    return evolve(score, verified=given, computed=computed.account.exact, error=None)


# ------------------------------------------------------------------ states that are not a score


def _state_of(missing: frozenset[str], subject: Subject) -> State:
    """Return why there is no score: statistics are waited for, judgements are needed, the rest is evidence."""
    if missing & subject.index.statistics.keys():
        return State.WAITING
    judged = all(subject.index.facts[fact].judged for fact in missing)
    return State.NEEDS_JUDGEMENT if judged else State.NO_EVIDENCE


def _open(criterion: Criterion, edition: Edition, state: State, subject: Subject) -> Account:
    """Return the account of a criterion that is not scored yet, with what it can still reach."""
    rule = criterion.rule
    assert rule is not None  # callers pass criteria with a form
    maximum = Fraction(criterion.max_points)
    possible, policies = bounds(rule, subject.known(criterion)), policies_of(criterion, subject)
    low = ZERO if policies else min(max(possible.low, ZERO), maximum)
    high = maximum if "award_maximum" in policies else max(min(possible.high, maximum), ZERO)
    reachable = Range(low=low, high=high)
    if _may_be_unproved(criterion, edition, subject):
        reachable = Range(low=ZERO, high=reachable.high)
    rounding = subject.index.method.rounding.leaf
    return unscored(maximum, state, reachable.through(lambda points: round_points(points, rounding, maximum)))


def policies_of(criterion: Criterion, subject: Subject) -> frozenset[str]:
    """Return the policies that a criterion can come under if it turns out not to apply; none where it always does."""
    default = criterion.when_not_applicable or subject.index.method.not_applicable.policy
    nodes = criterion.rule.walk() if criterion.rule else ()
    found = {node.policy or default for node in nodes if isinstance(node, tree.NotApplicable)}
    return frozenset(found | ({default} if criterion.applies_when else set()))


def failed(blank: Score, finding: Finding) -> Score:
    """Return a criterion whose rule could not be carried out; it alone is in error."""
    maximum = Fraction(blank.criterion.max_points)
    return evolve(blank, account=unscored(maximum, State.ERROR, Range(low=ZERO, high=maximum)), error=finding)


def not_applicable(blank: Score, policy: str, edition: Edition, subject: Subject) -> Score:
    """Return a criterion that does not apply, by its own policy or else by the method's."""
    chosen = policy or blank.criterion.when_not_applicable or subject.index.method.not_applicable.policy
    maximum = Fraction(blank.criterion.max_points)
    if chosen in {"award_maximum", "award_zero"}:
        points = maximum if chosen == "award_maximum" else ZERO
        return given_points(blank, points, Text("Không phát sinh: quy định 0 điểm.", "Nothing arose: worth 0 points."), edition, subject)
    return evolve(blank, account=left_out(maximum, keeps_maximum=chosen == KEEPS_MAXIMUM), policy=chosen)


# ------------------------------------------------------------------ rules computed by a plugin


def _run(
    function: Computation, criterion: Criterion, node: tree.Computed, facts: Mapping[str, Value]
) -> tuple[Fraction, object]:
    """Return what a plugin computes; whatever it raises becomes an error of this criterion only."""
    try:
        result = function(facts, node.high)
    except Exception as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        raise _computation_failed(criterion, said) from error
    if not isinstance(result, ComputedPoints):
        raise _computation_failed(criterion, f"trả về {type(result).__name__}, cần ComputedPoints")
    return result.points, result


def _computation_failed(criterion: Criterion, said: str) -> RuleError:
    return RuleError(Finding(
        code="computation-failed",
        place=Place(where=criterion.id),
        reason=Text(f"hàm tính của plugin bị lỗi: {said}", f"the plugin's computation failed: {said}"),
        remedy=Text("báo cho đơn vị phát hành plugin", "tell whoever issues the plugin"),
    ))


def _plugin_reason(cause: Outcome) -> Text | None:
    return cause.detail.reason if isinstance(cause.detail, ComputedPoints) else None


def _out_of_range(points: Fraction, maximum: Fraction) -> Finding:
    vi, en = ((format_number(points, language), format_number(maximum, language)) for language in ("vi", "en"))
    return Finding(
        code="points-out-of-range",
        place=Place(),
        reason=Text(f"quy tắc cho {vi[0]} điểm, ngoài khoảng 0 đến {vi[1]}", f"the rule gives {en[0]} points, outside 0 to {en[1]}"),
        remedy=Text("chạy `cchc check` và sửa bộ tiêu chí", "run `cchc check` and mend the edition"),
    )
