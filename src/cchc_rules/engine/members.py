"""One criterion with everything below it, and several of one level together."""

from collections.abc import Iterable
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.engine.accounts import together
from cchc_rules.engine.criteria import policies_of
from cchc_rules.engine.subject import Subject
from cchc_rules.model import State
from cchc_rules.points import Account
from cchc_rules.scorecard import Lost, Score


@frozen(kw_only=True)
class Member:
    """One criterion of a group, the losses that count in it, and the scores of everything below it."""

    score: Score
    losses: tuple[Lost, ...]
    below: tuple[Score, ...] = ()

    @property
    def account(self) -> Account:
        """The criterion's own account."""
        return self.score.account

    @property
    def applies(self) -> bool:
        """Whether it is not known to be not applicable."""
        return self.account.state is not State.NOT_APPLICABLE

    def may_leave(self, subject: Subject) -> frozenset[str]:
        """Return the policies under which it may yet turn out not to apply; none once it is settled."""
        if self.account.complete:
            return frozenset()
        return frozenset().union(*(policies_of(score.criterion, subject) for score in (self.score, *self.below)))


@frozen(kw_only=True)
class Together:
    """Several criteria of one level together: their account, the losses that count, the members themselves.

    ``factor`` is how far the group was scaled up to the maxima of those of its members that do not apply.
    """

    account: Account
    losses: tuple[Lost, ...]
    members: tuple[Member, ...]
    factor: Fraction = Fraction(1)

    @property
    def scores(self) -> tuple[Score, ...]:
        """All scores, each member before what is below it."""
        return tuple(score for member in self.members for score in (member.score, *member.below))


def gathered(members: Iterable[Member]) -> Together:
    """Return members as the sum that they come to."""
    known = tuple(members)
    return Together(
        account=together([member.account for member in known]),
        losses=tuple(loss for member in known for loss in member.losses),
        members=known,
    )


def own_losses(score: Score) -> tuple[Lost, ...]:
    """Return a score's deductions as losses that count."""
    return tuple(Lost(score=score, deduction=deduction) for deduction in score.deductions)


def as_causes(scores: Iterable[Score]) -> tuple[Score, ...]:
    """Return scores whose deductions no longer count by themselves."""
    return tuple(evolve(score, counted=False) for score in scores)
