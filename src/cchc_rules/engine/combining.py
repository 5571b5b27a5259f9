"""How a parent's points follow from those of its children, and the one loss that it then owns."""

from collections.abc import Sequence
from fractions import Fraction

from attrs import evolve

from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.engine.accounts import ZERO, left_out, scored, state_together, unscored
from cchc_rules.engine.members import Member, Together
from cchc_rules.engine.subject import Subject
from cchc_rules.model import CombineRule, Criterion, Edition, State
from cchc_rules.points import Account, Deduction, Range
from cchc_rules.scorecard import Lost, Score

COMBINED: dict[CombineRule, Text] = {
    "sum": Text("Tổng điểm các tiêu chí thành phần chưa đủ", "The sub-criteria do not come to the maximum"),
    "minimum": Text("Lấy điểm thấp nhất trong các tiêu chí thành phần", "The least of the sub-criteria counts"),
    "maximum": Text("Lấy điểm cao nhất trong các tiêu chí thành phần", "The best of the sub-criteria counts"),
    "all": Text("Phải đạt tối đa mọi tiêu chí thành phần, chưa đạt", "All sub-criteria must be in full; not met"),
    "any": Text("Phải đạt tối đa ít nhất một tiêu chí thành phần, chưa đạt", "One sub-criterion must be in full; not met"),
    "n_of": Text("Chưa đủ số tiêu chí thành phần đạt tối đa", "Too few sub-criteria are in full; not met"),
}


def combined(criterion: Criterion, group: Together, edition: Edition, subject: Subject) -> Together:
    """Return the children combined by the parent's rule; a sum above its maximum is capped."""
    children = [member for member in group.members if member.applies]
    if criterion.combine == "sum" and group.account.nominal <= criterion.max_points:
        return group
    if not children:
        return evolve(group, account=_left_out(criterion, group)) if group.members else group
    account = _capped(criterion, group) if criterion.combine == "sum" else _by_rule(criterion, children, subject)
    losses = _own_loss(criterion, account, [each.score for each in children], edition, subject) if account.complete else ()
    return evolve(group, account=account, losses=losses)


def _left_out(criterion: Criterion, group: Together) -> Account:
    """Return a parent of which nothing applies: its own maximum is what does not, kept as far as its children's are."""
    nominal = Fraction(criterion.max_points)
    return evolve(left_out(nominal, keeps_maximum=False), maximum=min(nominal, group.account.maximum))


# ------------------------------------------------------------------ a sum that is capped


def _capped(criterion: Criterion, group: Together) -> Account:
    """Return the sum of the children, at most the parent's maximum, nor more than what applies can come to."""
    account, maximum = group.account, Fraction(criterion.max_points)
    reachable = account.reachable.through(lambda points: min(maximum, points))
    if account.exact is None or not (account.complete or reachable.low == maximum):
        return unscored(maximum, account.state, reachable)
    kept = sum((member.account.maximum for member in group.members if not member.applies), ZERO)
    attainable = min(maximum, account.maximum - kept)
    points = min(attainable, account.exact) if account.complete else maximum
    return evolve(
        scored(points, attainable, lost=attainable - points),
        maximum=min(maximum, account.maximum),
        nominal=maximum,
        not_applicable=maximum - attainable,
    )


# ------------------------------------------------------------------ the other rules


def _by_rule(criterion: Criterion, children: Sequence[Member], subject: Subject) -> Account:
    """Return what a rule makes of the children, whatever else may yet turn out about those that are open.

    One that waits may yet have a greater maximum: it is not known to be in full.
    """
    maximum = Fraction(criterion.max_points)
    leaving = [child for child in children if child.may_leave(subject)]
    lows = [child.account.reachable.low for child in children]
    full = sum(_is_full(child, low) and child.account.state is not State.WAITING for child, low in zip(children, lows, strict=True))
    least = _value(criterion, lows, full)
    kept = _kept(criterion.combine, children, leaving)
    most = _value(criterion, [child.account.reachable.high for child in kept], sum(_is_full(child, child.account.reachable.high) for child in kept))
    if least == most and len(leaving) < len(children):
        return scored(least, maximum, lost=maximum - least)
    state = state_together([child.account.state for child in children])
    return unscored(maximum, state, Range(low=least, high=most))


def _kept(rule: CombineRule, children: Sequence[Member], leaving: Sequence[Member]) -> Sequence[Member]:
    """Return the children that stay in the best of cases: of those that may leave, the ones that do not stand in the way."""
    if rule in ("any", "maximum", "sum"):
        return children
    in_the_way = [child for child in leaving if rule == "minimum" or not _is_full(child, child.account.reachable.high)]
    staying = [child for child in children if child not in in_the_way]
    return staying or [max(children, key=lambda child: child.account.reachable.high)]


def _is_full(child: Member, points: Fraction) -> bool:
    return points >= child.account.maximum


def _value(criterion: Criterion, points: Sequence[Fraction], full: int) -> Fraction:
    """Return a parent's points on given points of its children, so many of them in full; more of either is never less.

    Where fewer apply than have to be in full, all of those are enough.
    """
    maximum = Fraction(criterion.max_points)
    match criterion.combine:
        case "minimum":
            return min(maximum, *points)
        case "maximum":
            return min(maximum, max(points))
        case "any":
            return maximum if full else ZERO
        case "n_of":
            return maximum if full >= min(criterion.at_least or 1, len(points)) else ZERO
        case _:
            return maximum if full == len(points) else ZERO


# ------------------------------------------------------------------ what the parent lost


def _own_loss(criterion: Criterion, account: Account, children: Sequence[Score], edition: Edition, subject: Subject) -> tuple[Lost, ...]:
    """Return the one loss of a parent that combines its children: they are its causes."""
    if not account.lost:
        return ()
    short = [score for score in children if score.account.exact is None or score.account.exact < score.account.maximum]
    said = {language: "; ".join(standing(score, language) for score in short) for language in LANGUAGES}
    deduction = Deduction(
        exact=account.lost,
        reason=Text(f"{COMBINED[criterion.combine].vi}: {said['vi']}.", f"{COMBINED[criterion.combine].en}: {said['en']}."),
        clause=criterion.clause,
        remedy=criterion.remedy,
        lead_unit=subject.lead_unit(criterion, edition),
        facts=tuple(dict.fromkeys(fact for score in children for fact in score.facts)),
        documents=tuple(dict.fromkeys(paper for score in children for paper in score.documents)),
    )
    return (Lost(score=Score(criterion=criterion, account=account), deduction=deduction),)


def standing(score: Score, language: Language) -> str:
    """Return a criterion with its points over its maximum."""
    criterion = score.criterion
    points = "–" if score.account.exact is None else format_number(score.account.exact, language)
    return f"{criterion.number} {criterion.label.get(language)} ({points}/{format_number(score.account.maximum, language)})"
