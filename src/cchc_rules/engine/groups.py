"""Criteria taken together: what does not apply, how a parent's points follow from its children's, who owns a loss."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import partial
from typing import Literal

from attrs import evolve, frozen

from cchc_rules.engine.accounts import (
    ZERO,
    apportioned,
    left_out,
    rounded,
    scaled_to,
    scored,
    state_together,
    together,
    unscored,
)
from cchc_rules.engine.criteria import KEEPS_MAXIMUM, facts_for, failed, given_points, policies_of, score_leaf
from cchc_rules.engine.subject import Subject
from cchc_rules.errors import RuleError
from cchc_rules.exact import Rounding, format_number
from cchc_rules.model import CombineRule, Criterion, Edition, State
from cchc_rules.points import Account, Deduction, Range
from cchc_rules.rules.evaluate import evaluate
from cchc_rules.scorecard import Lost, Score
from cchc_rules.texts import LANGUAGES, Language, Text

RAISING = frozenset({"rescale_group", "share_out"})
"""The policies under which what does not apply leaves its points to the rest of its group."""


@frozen(kw_only=True)
class Together:
    """Several criteria of one level together: their account, the losses that count, all scores below."""

    account: Account
    losses: tuple[Lost, ...]
    scores: tuple[Score, ...]


@frozen(kw_only=True)
class Member:
    """One criterion of a group with everything below it."""

    score: Score
    losses: tuple[Lost, ...]
    below: tuple[Score, ...] = ()

    @property
    def account(self) -> Account:
        """The criterion's own account."""
        return self.score.account

    def may_raise_others(self, subject: Subject) -> bool:
        """Return whether it is open and may yet leave its points to the others of its group."""
        if self.account.complete:
            return False
        return any(RAISING & policies_of(score.criterion, subject) for score in (self.score, *self.below))


def score_group(edition: Edition, parent: str, subject: Subject, *, bonus: bool = False) -> Together:
    """Return the criteria below a parent (``""``: the whole field) as the sum that they come to.

    With ``bonus`` the bonus and penalty criteria, else the regular ones.
    """
    wanted = [each for each in edition.children(parent) if (each.kind != "regular") == bonus]
    members = _settled([_member(each, edition, subject) for each in wanted], subject)
    account = together([member.account for member in members])
    return _soundly_open(_rescaled(_gathered(account, members), members), members, subject)


def _gathered(account: Account, members: Iterable[Member]) -> Together:
    known = tuple(members)
    return Together(
        account=account,
        losses=tuple(loss for member in known for loss in member.losses),
        scores=tuple(score for member in known for score in (member.score, *member.below)),
    )


# ------------------------------------------------------------------ one member


def _member(criterion: Criterion, edition: Edition, subject: Subject) -> Member:
    """Return one criterion, a leaf or a parent, after its prerequisite."""
    if criterion.rule is not None:
        score = score_leaf(criterion, edition, subject)
        member = Member(score=score, losses=_own(score))
    else:
        member = _parent(criterion, edition, subject)
    if criterion.kind != "regular":
        member = _adjustment(member)
    return _after_prerequisite(member, edition, subject) if criterion.prerequisite else member


def _own(score: Score) -> tuple[Lost, ...]:
    return tuple(Lost(score=score, deduction=deduction) for deduction in score.deductions)


def _parent(criterion: Criterion, edition: Edition, subject: Subject) -> Member:
    """Return a criterion that is made of others; under ``sum`` their deductions stay theirs."""
    blank = Score(criterion=criterion, account=_nothing_yet(criterion), stage=subject.stage.id)
    given = subject.verified.get(criterion.id)
    group = score_group(edition, criterion.id, subject)
    try:
        applies = _applies(criterion, subject)
    except RuleError as error:
        return Member(score=failed(blank, error.findings[0]), losses=(), below=group.scores)
    if applies is False:
        return _parent_left_out(blank, group, subject)
    whole = _combined(criterion, group, edition, subject)
    account = rounded(whole.account, _rounding_of(criterion, edition, subject))
    missing = tuple(dict.fromkeys(fact for score in group.scores for fact in score.missing))
    score = evolve(blank, account=account, missing=() if account.complete else missing)
    if applies is None:
        score = evolve(score, account=unscored(account.nominal, State.WAITING, Range(low=ZERO, high=account.reachable.high)))
    if given is not None:
        score = evolve(given_points(score, given.points, Text(given.reason, given.reason), edition, subject), verified=given, computed=account.exact)
    if given is None and whole is group:
        return Member(score=score, losses=whole.losses, below=whole.scores)
    if given is None:
        score = evolve(score, deductions=tuple(loss.deduction for loss in whole.losses))
    return Member(score=score, losses=_own(score), below=_as_causes(whole.scores))


def _nothing_yet(criterion: Criterion) -> Account:
    maximum = Fraction(criterion.max_points)
    return unscored(maximum, State.WAITING, Range(low=ZERO, high=maximum))


def _as_causes(scores: Iterable[Score]) -> tuple[Score, ...]:
    """Return scores whose deductions no longer count by themselves."""
    return tuple(evolve(score, counted=False) for score in scores)


def _applies(criterion: Criterion, subject: Subject) -> bool | None:
    """Return whether a parent applies; ``None`` where that is not known yet."""
    if criterion.applies_when is None:
        return True
    value = evaluate(criterion.applies_when.condition(), facts_for(None, subject)).value
    return None if value is None else bool(value)


def _parent_left_out(blank: Score, group: Together, subject: Subject) -> Member:
    """Return a parent that does not apply, with all that is below it."""
    policy = blank.criterion.when_not_applicable or subject.index.method.not_applicable.policy
    nominal = Fraction(blank.criterion.max_points)
    score = evolve(blank, account=left_out(nominal, keeps_maximum=policy == KEEPS_MAXIMUM), policy=policy)
    return Member(score=score, losses=(), below=_as_causes(group.scores))


def _rounding_of(criterion: Criterion, edition: Edition, subject: Subject) -> Rounding | None:
    """Return the rounding of a parent: of a group where it has parents below, else of a criterion."""
    parents = {each.parent for each in edition.criteria}
    rounding = subject.index.method.rounding
    has_parents_below = any(each.id in parents for each in edition.children(criterion.id))
    return rounding.group if has_parents_below else rounding.criterion


# ------------------------------------------------------------------ how a parent's points follow from its children's


def _combined(criterion: Criterion, group: Together, edition: Edition, subject: Subject) -> Together:
    """Return the children combined by the parent's rule; a sum above its maximum is capped."""
    maximum = Fraction(criterion.max_points)
    children = [score for score in group.scores if score.criterion.parent == criterion.id]
    applicable = [score for score in children if score.state is not State.NOT_APPLICABLE]
    if not applicable or (criterion.combine == "sum" and group.account.nominal <= maximum):
        return group
    value = partial(_value, criterion.combine, maximum, criterion.at_least or 1, applicable)
    reachable = Range(low=value("low"), high=value("high"))
    if reachable.low == reachable.high:
        owned = _own_loss(criterion, reachable.low, applicable, edition, subject)
        account = scored(reachable.low, maximum, lost=maximum - reachable.low)
        return evolve(group, account=account, losses=owned)
    state = state_together([score.state for score in applicable])
    return evolve(group, account=unscored(maximum, state, reachable), losses=())


def _value(rule: CombineRule, maximum: Fraction, needed: int, children: Sequence[Score], end: Literal["low", "high"]) -> Fraction:
    """Return a parent's points at one end of what its children can reach; more of theirs is never less."""
    ranges = [score.account.reachable for score in children]
    points = [each.low if end == "low" else each.high for each in ranges]
    full = sum(got >= score.account.maximum for got, score in zip(points, children, strict=True))
    match rule:
        case "sum":
            return min(maximum, sum(points, ZERO))
        case "minimum":
            return min(maximum, *points)
        case "maximum":
            return min(maximum, max(points))
        case "all":
            return maximum if full == len(children) else ZERO
        case "any":
            return maximum if full else ZERO
        case "n_of":
            return maximum if full >= needed else ZERO


def _own_loss(
    criterion: Criterion, points: Fraction, children: Sequence[Score], edition: Edition, subject: Subject
) -> tuple[Lost, ...]:
    """Return the one loss of a parent that combines its children: they are its causes."""
    lost = Fraction(criterion.max_points) - points
    if not lost:
        return ()
    short = [score for score in children if score.account.exact is None or score.account.exact < score.account.maximum]
    said = {language: "; ".join(_standing(score, language) for score in short) for language in LANGUAGES}
    deduction = Deduction(
        exact=lost,
        reason=Text(f"{COMBINED[criterion.combine].vi}: {said['vi']}.", f"{COMBINED[criterion.combine].en}: {said['en']}."),
        clause=criterion.clause,
        remedy=criterion.remedy,
        lead_unit=subject.lead_unit(criterion, edition),
        facts=tuple(dict.fromkeys(fact for score in children for fact in score.facts)),
        documents=tuple(dict.fromkeys(paper for score in children for paper in score.documents)),
    )
    blank = Score(criterion=criterion, account=scored(points, Fraction(criterion.max_points), lost=lost))
    return (Lost(score=blank, deduction=deduction),)


COMBINED: dict[CombineRule, Text] = {
    "sum": Text("Tổng điểm các tiêu chí thành phần chưa đủ", "The sub-criteria do not come to the maximum"),
    "minimum": Text("Lấy điểm thấp nhất trong các tiêu chí thành phần", "The least of the sub-criteria counts"),
    "maximum": Text("Lấy điểm cao nhất trong các tiêu chí thành phần", "The best of the sub-criteria counts"),
    "all": Text("Phải đạt tối đa mọi tiêu chí thành phần, chưa đạt", "All sub-criteria must be in full; not met"),
    "any": Text("Phải đạt tối đa ít nhất một tiêu chí thành phần, chưa đạt", "One sub-criterion must be in full; not met"),
    "n_of": Text("Chưa đủ số tiêu chí thành phần đạt tối đa", "Too few sub-criteria are in full; not met"),
}


def _standing(score: Score, language: Language) -> str:
    """Return a criterion with its points over its maximum."""
    criterion = score.criterion
    points = "–" if score.account.exact is None else format_number(score.account.exact, language)
    return f"{criterion.number} {criterion.label.get(language)} ({points}/{format_number(score.account.maximum, language)})"


# ------------------------------------------------------------------ prerequisites


def _after_prerequisite(member: Member, edition: Edition, subject: Subject) -> Member:
    """Return a criterion that is worth nothing where its prerequisite has not full points, and waits with it."""
    criterion = member.score.criterion
    needed = _member(edition.criterion(criterion.prerequisite), edition, subject).score
    account = member.account
    if needed.state is State.NOT_APPLICABLE or account.state is State.NOT_APPLICABLE:
        return member
    if needed.account.reachable.high < needed.account.maximum:
        vi, en = (_standing(needed, language) for language in LANGUAGES)
        why = Text(f"Chưa đạt điều kiện tiên quyết {vi}.", f"The prerequisite {en} is not met.")
        score = given_points(member.score, ZERO, why, edition, subject)
        return Member(score=score, losses=_own(score), below=_as_causes(member.below))
    if needed.account.complete or account.reachable.high == 0:
        return member
    opened = unscored(account.nominal, State.WAITING, Range(low=ZERO, high=account.reachable.high))
    missing = tuple(dict.fromkeys((*member.score.missing, *needed.missing)))
    score = evolve(member.score, account=opened, missing=missing, deductions=())
    return Member(score=score, losses=(), below=_as_causes(member.below))


# ------------------------------------------------------------------ bonus and penalty


def _adjustment(member: Member) -> Member:
    """Return a bonus or penalty criterion: outside the maximum, what it does not earn is no loss."""
    account, penalty = member.account, member.score.criterion.kind == "penalty"
    amount = account.exact or ZERO
    signed = -amount if penalty else amount
    adjusted = Account(
        exact=None if account.exact is None else signed,
        maximum=ZERO,
        nominal=ZERO,
        state=account.state,
        reachable=account.reachable.negative if penalty else account.reachable,
        bonus=ZERO if penalty else amount,
        penalty=amount if penalty else ZERO,
    )
    deductions = (_taken_off(member.score, amount),) if penalty and amount else ()
    score = evolve(member.score, account=adjusted, deductions=deductions)
    return Member(score=score, losses=_own(score), below=_as_causes(member.below))


def _taken_off(score: Score, amount: Fraction) -> Deduction:
    """Return the deduction of a penalty."""
    criterion = score.criterion
    return Deduction(
        exact=amount,
        kind="penalty",
        reason=criterion.label,
        clause=criterion.clause,
        remedy=criterion.remedy,
        lead_unit=criterion.lead_unit,
        facts=score.facts,
        documents=score.documents,
    )


# ------------------------------------------------------------------ what does not apply


def _settled(members: list[Member], subject: Subject) -> list[Member]:
    """Return the members after the points of those that do not apply have been shared out among the others."""
    shared = [member for member in members if member.score.policy == "share_out"]
    others = [index for index, member in enumerate(members) if member.account.state is not State.NOT_APPLICABLE]
    if not shared or not others:
        return members
    amount = sum((member.account.nominal for member in shared), ZERO)
    rounding = subject.index.method.rounding.leaf
    parts = apportioned(amount, len(others), rounding.places if rounding else None)
    result = list(members)
    for index, part in zip(others, parts, strict=True):
        result[index] = _raised(members[index], part, rounding)
    return result


def _raised(member: Member, part: Fraction, rounding: Rounding | None) -> Member:
    """Return a member whose maximum has been raised by its part of points shared out."""
    account = member.account
    maximum = account.maximum + part
    unrounded = member.score.unrounded
    if member.score.criterion.form is not None and unrounded is not None and account.exact is not None:
        base = Fraction(member.score.criterion.max_points)
        account = evolve(account, exact=unrounded, rounding=base - unrounded - account.lost)
    raised = rounded(scaled_to(account, account.nominal, maximum), rounding)
    return _with_account(member, raised, maximum / member.account.maximum if member.account.maximum else Fraction(1))


def _rescaled(group: Together, members: Sequence[Member]) -> Together:
    """Return the group scaled up to the maxima of those of its members that leave theirs to the others."""
    gone = sum((member.account.nominal for member in members if member.score.policy == "rescale_group"), ZERO)
    account = group.account
    if not gone or account.maximum == 0:
        return group
    maximum = account.maximum + gone
    scaled = scaled_to(account, account.nominal, maximum)
    factor = maximum / account.maximum
    losses = tuple(evolve(loss, deduction=evolve(loss.deduction, exact=loss.deduction.exact * factor)) for loss in group.losses)
    return evolve(group, account=scaled, losses=losses)


def _soundly_open(group: Together, members: Sequence[Member], subject: Subject) -> Together:
    """Return a group whose range also covers that open members may yet leave their points to the others."""
    account = group.account
    if not any(member.may_raise_others(subject) for member in members):
        return group
    least = sum((member.account.reachable.low for member in members), ZERO)
    most = sum((member.account.nominal for member in members), ZERO)
    reachable = Range(low=min(least, account.reachable.low), high=max(most, account.reachable.high))
    return evolve(group, account=evolve(account, reachable=reachable))


def _with_account(member: Member, account: Account, factor: Fraction) -> Member:
    """Return a member with another account, its deductions in the same proportion."""
    deductions = tuple(evolve(each, exact=each.exact * factor) for each in member.score.deductions)
    score = evolve(member.score, account=account, deductions=deductions)
    losses = tuple(evolve(each, deduction=evolve(each.deduction, exact=each.deduction.exact * factor)) for each in member.losses)
    return Member(score=score, losses=losses, below=member.below)
