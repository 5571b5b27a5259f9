"""What does not apply leaves its points to the rest of its group: shared out, or the rest scaled up."""

from collections.abc import Sequence
from fractions import Fraction

from attrs import evolve

from cchc_rules.base.exact import Rounding
from cchc_rules.engine.accounts import ZERO, apportioned, rounded, scaled_to
from cchc_rules.engine.members import Member, Together
from cchc_rules.engine.subject import Subject
from cchc_rules.model import State
from cchc_rules.points import Account, Range

SHARED, RESCALED = "share_out", "rescale_group"
RAISING = frozenset({SHARED, RESCALED})
"""The policies under which what does not apply leaves its points to the rest of its group."""


# ------------------------------------------------------------------ shared out


def settled(members: Sequence[Member], subject: Subject) -> list[Member]:
    """Return the members after the points of those that do not apply have been shared out among the others."""
    amount = _sum_of_nominal([member for member in members if member.score.policy == SHARED])
    others = [index for index, member in enumerate(members) if member.applies]
    rounding = subject.index.method.rounding.leaf
    result = list(members)
    if amount and others:
        parts = apportioned(amount, len(others), rounding.places if rounding else None)
        for index, part in zip(others, parts, strict=True):
            result[index] = _raised(members[index], part, rounding)
    return [_waiting(member, result, amount, subject) for member in result]


def _sum_of_nominal(members: Sequence[Member]) -> Fraction:
    return sum((member.account.nominal for member in members), ZERO)


def _raised(member: Member, part: Fraction, rounding: Rounding | None) -> Member:
    """Return a member whose maximum has been raised by its part of points shared out; a leaf is rounded just once."""
    account, unrounded = member.account, member.score.unrounded
    maximum = account.maximum + part
    if member.score.criterion.form is not None and unrounded is not None and account.exact is not None:
        base = Fraction(member.score.criterion.max_points)
        account = evolve(account, exact=unrounded, rounding=base - unrounded - account.lost)
    raised = rounded(scaled_to(account, account.nominal, maximum), rounding)
    return _with_account(member, raised, maximum / member.account.maximum if member.account.maximum else Fraction(1))


def _with_account(member: Member, account: Account, factor: Fraction) -> Member:
    """Return a member with another account, its deductions in the same proportion."""
    deductions = tuple(evolve(each, exact=each.exact * factor) for each in member.score.deductions)
    score = evolve(member.score, account=account, deductions=deductions)
    losses = tuple(evolve(each, deduction=evolve(each.deduction, exact=each.deduction.exact * factor)) for each in member.losses)
    return Member(score=score, losses=losses, below=member.below)


def _waiting(member: Member, members: Sequence[Member], shared: Fraction, subject: Subject) -> Member:
    """Return a member that waits for those that may yet leave, where they would leave it points or a larger part of them."""
    leaving = [other for other in members if other is not member and other.may_leave(subject)]
    amount = shared + _sum_of_nominal([other for other in leaving if SHARED in other.may_leave(subject)])
    if not member.applies or not leaving or not amount:
        return member
    staying = sum(other.applies for other in members) - len(leaving)
    reachable = Range(low=member.account.reachable.low, high=_most(member, amount / staying, subject))
    state = State.WAITING if member.account.complete else member.account.state
    missing = dict.fromkeys(fact for each in (member, *leaving) for fact in each.score.missing)
    account = evolve(member.account, state=state, reachable=reachable)
    return evolve(member, score=evolve(member.score, account=account, missing=tuple(missing)))


def _most(member: Member, part: Fraction, subject: Subject) -> Fraction:
    """Return the most that a member can come to with so large a part of what may be shared out."""
    rounding, score = subject.index.method.rounding.leaf, member.score
    step = Fraction(1, 10**rounding.places) if rounding else ZERO
    most = member.account.nominal + (Rounding(places=rounding.places, mode="up").apply(part) if rounding else part)
    if score.unrounded is not None and score.criterion.form is not None:
        points = most * score.unrounded / Fraction(score.criterion.max_points)
        return points if rounding is None else min(most, rounding.apply(points))
    if not member.account.maximum:
        return member.account.reachable.high
    return min(most, most * (member.account.reachable.high + step) / member.account.maximum + step)


# ------------------------------------------------------------------ the rest scaled up


def rescaled(group: Together) -> Together:
    """Return the group scaled up to the maxima of those of its members that leave theirs to the others."""
    gone = _sum_of_nominal([member for member in group.members if member.score.policy == RESCALED])
    account = group.account
    if not gone or account.maximum == 0:
        return group
    maximum = account.maximum + gone
    factor = maximum / account.maximum
    losses = tuple(evolve(loss, deduction=evolve(loss.deduction, exact=loss.deduction.exact * factor)) for loss in group.losses)
    return evolve(group, account=scaled_to(account, account.nominal, maximum), losses=losses, factor=factor)


def soundly_open(group: Together, subject: Subject) -> Together:
    """Return a group whose range also covers that open members may yet leave their points to the others."""
    leaving = frozenset().union(*(member.may_leave(subject) for member in group.members))
    scaled = RESCALED in leaving or (group.factor != 1 and bool(leaving))
    if not scaled and SHARED not in leaving:
        return group
    least = sum((member.account.reachable.low for member in group.members), ZERO)
    low, high = group.account.reachable.low, group.account.reachable.high
    most = _sum_of_nominal(group.members)
    reachable = Range(low=min(least, low), high=most if scaled else min(most, high))
    return evolve(group, account=evolve(group.account, reachable=reachable))


def policy_together(members: Sequence[Member]) -> str:
    """Return the policy by which a group of which nothing applies leaves its own group; ``""`` where they have none in common.

    Where nobody is left to take over their points, they go to the level above.
    """
    policies = {member.score.policy for member in members}
    return policies.pop() if len(policies) == 1 and policies <= RAISING else ""
