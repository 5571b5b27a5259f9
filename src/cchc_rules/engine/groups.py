"""Criteria taken together: leaves and parents, prerequisites, bonus and penalty, level by level."""

from fractions import Fraction

from attrs import evolve

from cchc_rules.base.errors import RuleError
from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import LANGUAGES, Text
from cchc_rules.engine.accounts import ZERO, rounded, unscored
from cchc_rules.engine.combining import combined, standing
from cchc_rules.engine.criteria import (
    failed,
    given_points,
    not_applicable,
    policies_of,
    score_leaf,
    verified,
    whether_applies,
)
from cchc_rules.engine.leaving import policy_together, rescaled, settled, soundly_open
from cchc_rules.engine.members import Member, Together, as_causes, gathered, own_losses
from cchc_rules.engine.subject import Subject
from cchc_rules.model import Criterion, Edition, State
from cchc_rules.points import Account, Deduction, Range
from cchc_rules.rules.evaluate import Outcome
from cchc_rules.scorecard import Score

AWARDS = frozenset({"award_maximum", "award_zero"})
"""The policies under which what does not apply is scored all the same."""


def score_group(edition: Edition, parent: str, subject: Subject, *, bonus: bool = False) -> Together:
    """Return the criteria below a parent (``""``: the whole field) as the sum that they come to.

    With ``bonus`` the bonus and penalty criteria, else the regular ones. What does not apply leaves points
    to regular criteria only: a bonus is outside every maximum.
    """
    wanted = [each for each in edition.children(parent) if (each.kind != "regular") == bonus]
    members = [_member(each, edition, subject) for each in wanted]
    if bonus:
        return gathered(members)
    return soundly_open(rescaled(gathered(settled(members, subject))), subject)


# ------------------------------------------------------------------ one member


def _member(criterion: Criterion, edition: Edition, subject: Subject) -> Member:
    """Return one criterion, a leaf or a parent, after its prerequisite."""
    member = _before_adjustment(criterion, edition, subject)
    return member if criterion.kind == "regular" else _adjustment(member, edition, subject)


def _before_adjustment(criterion: Criterion, edition: Edition, subject: Subject) -> Member:
    """Return one criterion out of its own maximum, a bonus or a penalty too."""
    if criterion.rule is not None:
        score = score_leaf(criterion, edition, subject)
        member = Member(score=score, losses=own_losses(score))
    else:
        member = _parent(criterion, edition, subject)
    return _after_prerequisite(member, edition, subject) if criterion.prerequisite else member


def _parent(criterion: Criterion, edition: Edition, subject: Subject) -> Member:
    """Return a criterion that is made of others, with a verifier's points where those prevail."""
    given, declared = subject.verified.get(criterion.id), subject.declared.get(criterion.id)
    group = score_group(edition, criterion.id, subject)
    made = _made_of(criterion, group, edition, subject)
    score = evolve(made.score, declared=declared)
    if given is None:
        return evolve(made, score=score)
    score = verified(score, given, edition, subject)
    return Member(score=score, losses=own_losses(score), below=as_causes(group.scores))


def _made_of(criterion: Criterion, group: Together, edition: Edition, subject: Subject) -> Member:
    """Return what a parent's children come to; under ``sum`` their deductions stay theirs."""
    nothing_yet = unscored(Fraction(criterion.max_points), State.WAITING, Range(low=ZERO, high=Fraction(criterion.max_points)))
    blank = Score(criterion=criterion, account=nothing_yet, stage=subject.stage.id)
    try:
        applies = whether_applies(criterion, subject)
    except RuleError as error:
        return Member(score=failed(blank, error.findings[0]), losses=(), below=as_causes(group.scores))
    if applies.value is False:
        score = not_applicable(blank, "", edition, subject)
        return Member(score=score, losses=own_losses(score), below=as_causes(group.scores))
    whole = combined(criterion, group, edition, subject)
    account = rounded(whole.account, _rounding_of(criterion, edition, subject))
    missing = tuple(dict.fromkeys(fact for score in group.scores for fact in score.missing))
    policy = policy_together(group.members) if account.state is State.NOT_APPLICABLE else ""
    score = evolve(blank, account=account, missing=() if account.complete else missing, policy=policy)
    if applies.value is None:
        score = _open(score, applies, subject)
        return Member(score=score, losses=(), below=as_causes(group.scores))
    if whole is group:
        return Member(score=score, losses=whole.losses, below=whole.scores)
    score = evolve(score, deductions=tuple(loss.deduction for loss in whole.losses))
    return Member(score=score, losses=own_losses(score), below=as_causes(whole.scores))


def _open(score: Score, applies: Outcome, subject: Subject) -> Score:
    """Return a parent of which it is not known yet whether it applies."""
    account = score.account
    high = account.nominal if "award_maximum" in policies_of(score.criterion, subject) else account.reachable.high
    missing = tuple(dict.fromkeys((*score.missing, *sorted(applies.missing))))
    return evolve(score, account=unscored(account.nominal, State.WAITING, Range(low=ZERO, high=high)), missing=missing)


def _rounding_of(criterion: Criterion, edition: Edition, subject: Subject) -> Rounding | None:
    """Return the rounding of a parent: of a group where it has parents below, else of a criterion."""
    parents = {each.parent for each in edition.criteria}
    rounding = subject.index.method.rounding
    has_parents_below = any(each.id in parents for each in edition.children(criterion.id))
    return rounding.group if has_parents_below else rounding.criterion


# ------------------------------------------------------------------ prerequisites


def _after_prerequisite(member: Member, edition: Edition, subject: Subject) -> Member:
    """Return a criterion that is worth nothing where its prerequisite has not full points, and waits with it.

    A verifier who gives points has looked at the prerequisite too; one that does not apply asks for nothing,
    and nothing is asked of a criterion that does not apply itself.
    """
    criterion, account = member.score.criterion, member.account
    needed = _before_adjustment(edition.criterion(criterion.prerequisite), edition, subject)
    if member.score.verified or not needed.applies or not member.applies:
        return member
    unmet = needed.account.reachable.high < needed.account.maximum and not needed.may_leave(subject)
    if unmet and member.may_leave(subject) <= AWARDS:
        vi, en = (standing(needed.score, language) for language in LANGUAGES)
        why = Text(f"Chưa đạt điều kiện tiên quyết {vi}.", f"The prerequisite {en} is not met.")
        score = given_points(member.score, ZERO, why, edition, subject)
        return Member(score=score, losses=own_losses(score), below=as_causes(member.below))
    if not unmet and (needed.account.complete or account.reachable.high == 0):
        return member
    opened = unscored(account.nominal, State.WAITING, Range(low=ZERO, high=ZERO if unmet else account.reachable.high))
    missing = tuple(dict.fromkeys((*member.score.missing, *needed.score.missing)))
    score = evolve(member.score, account=opened, missing=missing, deductions=())
    return Member(score=score, losses=(), below=as_causes(member.below))


# ------------------------------------------------------------------ bonus and penalty


def _adjustment(member: Member, edition: Edition, subject: Subject) -> Member:
    """Return a bonus or penalty criterion: outside the maximum, what it does not earn is no loss."""
    account, penalty = member.account, member.score.criterion.kind == "penalty"
    amount, unrounded = account.exact or ZERO, member.score.unrounded
    sign = -1 if penalty else 1
    adjusted = Account(
        exact=None if account.exact is None else sign * amount,
        maximum=ZERO,
        nominal=ZERO,
        state=account.state,
        reachable=account.reachable.negative if penalty else account.reachable,
        bonus=ZERO if penalty else amount,
        penalty=amount if penalty else ZERO,
    )
    deductions = (_taken_off(member.score, amount, edition, subject),) if penalty and amount else ()
    score = evolve(member.score, account=adjusted, deductions=deductions, unrounded=None if unrounded is None else sign * unrounded)
    return Member(score=score, losses=own_losses(score), below=as_causes(member.below))


def _taken_off(score: Score, amount: Fraction, edition: Edition, subject: Subject) -> Deduction:
    """Return the deduction of a penalty: for the verifier's reason where he gave the points."""
    criterion, given = score.criterion, score.verified
    return Deduction(
        exact=amount,
        kind="penalty",
        reason=Text(given.reason, given.reason) if given and given.reason else criterion.label,
        clause=criterion.clause,
        remedy=criterion.remedy,
        lead_unit=subject.lead_unit(criterion, edition),
        facts=score.facts,
        documents=score.documents,
    )
