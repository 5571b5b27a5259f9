"""From fields to the total: parts with weights of their own, conversion, bonus and penalty, rounding."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.engine.accounts import ZERO, left_out, rounded, scaled_to, together
from cchc_rules.engine.groups import score_group
from cchc_rules.engine.members import Together
from cchc_rules.engine.subject import Subject
from cchc_rules.methods import AdjustmentRule, FieldUsed, Method, Part, RoundingRule
from cchc_rules.model import Criterion, CriterionKind, Edition
from cchc_rules.points import Account, Range
from cchc_rules.scorecard import FieldScore, Lost, Score

CERTAINLY_BEST = Fraction(1_000_000)
"""A share above every band, where no smaller bound can be told."""


@frozen(kw_only=True)
class ScoredField:
    """One field as scored: its regular points, the bonus and penalty that count in it, those that count on the total.

    ``tops`` are its topmost regular criteria, scaled where their group was.
    """

    field: FieldScore
    tops: tuple[tuple[Criterion, Account], ...]
    regular: Account
    inside: Account
    bonus: Account
    penalty: Account


# ------------------------------------------------------------------ one field


def score_field(used: FieldUsed, edition: Edition, subject: Subject) -> ScoredField:
    """Return one field: its criteria in the order of the table, and what they come to."""
    method = subject.index.method
    regular = score_group(edition, "", subject)
    extra = score_group(edition, "", subject, bonus=True)
    bonus = _adjustment(extra, "bonus", method.bonus)
    penalty = _adjustment(extra, "penalty", method.penalty)
    inside = together([each for each, rule in ((bonus, method.bonus), (penalty, method.penalty)) if _on_field(rule)])
    field = FieldScore(
        id=edition.field,
        number=used.number,
        label=edition.label,
        account=rounded(together([regular.account, inside]), method.rounding.field),
        max_points_provenance=edition.max_points_provenance,
        lead_unit=edition.lead_unit,
        coordinating_units=edition.coordinating_units,
        scores=_in_order(edition, regular, extra),
        losses=(*regular.losses, *(limited(extra.losses, method.penalty)[0] if _on_field(method.penalty) else extra.losses)),
    )
    nothing = together([])
    return ScoredField(
        field=field,
        tops=tuple(_tops(regular)),
        regular=rounded(regular.account, method.rounding.field),
        inside=inside,
        bonus=nothing if _on_field(method.bonus) else bonus,
        penalty=nothing if _on_field(method.penalty) else penalty,
    )


def _in_order(edition: Edition, *groups: Together) -> tuple[Score, ...]:
    """Return all scores in the order of the table."""
    order = {criterion.id: place for place, criterion in enumerate(edition.criteria)}
    return tuple(sorted((score for group in groups for score in group.scores), key=lambda score: order[score.id]))


def _tops(regular: Together) -> Iterator[tuple[Criterion, Account]]:
    """Yield the topmost criteria with their accounts as they count in the field."""
    for member in regular.members:
        account = member.account
        yield member.score.criterion, scaled_to(account, account.nominal, account.maximum * regular.factor)


def _on_field(rule: AdjustmentRule | None) -> bool:
    return rule is not None and rule.on == "field"


def _adjustment(extra: Together, kind: CriterionKind, rule: AdjustmentRule | None) -> Account:
    """Return the bonus or the penalty of one field, clamped where it counts in the field."""
    own = [score.account for score in extra.scores if score.criterion.kind == kind and not score.criterion.parent]
    return clamped(together(own), rule) if _on_field(rule) else together(own)


def clamped(account: Account, rule: AdjustmentRule | None) -> Account:
    """Return bonus or penalty points, at most as many as the method allows."""
    if rule is None:
        return account
    most = Fraction(rule.at_most)

    def clamp(points: Fraction) -> Fraction:
        return max(-most, min(most, points))

    return evolve(
        account,
        exact=None if account.exact is None else clamp(account.exact),
        reachable=account.reachable.through(clamp),
        bonus=clamp(account.bonus),
        penalty=clamp(account.penalty),
    )


def limited(losses: Iterable[Lost], rule: AdjustmentRule | None, taken: Fraction = ZERO) -> tuple[tuple[Lost, ...], Fraction]:
    """Return losses of which penalties count as far as the method allows, in order, and how much that is.

    ``taken`` is what has been taken off before.
    """
    found: list[Lost] = []
    for loss in losses:
        amount = loss.deduction.exact
        if loss.deduction.kind == "penalty" and rule is not None:
            amount = min(amount, Fraction(rule.at_most) - taken)
            taken += amount
        if amount:
            found.append(evolve(loss, deduction=evolve(loss.deduction, exact=amount)))
    return tuple(found), taken


def with_penalties_limited(scored: Iterable[ScoredField], rule: AdjustmentRule | None) -> Iterator[ScoredField]:
    """Yield the fields with the penalties that count on the total, no more of them than it takes off."""
    taken = ZERO
    for each in scored:
        if _on_field(rule):
            yield each
            continue
        losses, taken = limited(each.field.losses, rule, taken)
        yield evolve(each, field=evolve(each.field, losses=losses))


# ------------------------------------------------------------------ the total


def total_of(fields: Sequence[ScoredField], method: Method) -> Account:
    """Return the total: the fields' sum or weighted parts, converted, then bonus and penalty, then rounded."""
    points = _points(fields, method)
    bonus = clamped(together([each.bonus for each in fields]), method.bonus)
    penalty = clamped(together([each.penalty for each in fields]), method.penalty)
    return rounded(together([points, bonus, penalty]), method.rounding.total)


def _points(fields: Sequence[ScoredField], method: Method) -> Account:
    """Return the regular points of the index, with what bonus and penalty count in its fields."""
    if not method.parts and method.conversion is None:
        return together([each.field.account for each in fields])
    regular = _weighted(fields, method) if method.parts else together([each.regular for each in fields])
    if method.conversion is not None:
        regular = converted(regular, Fraction(method.conversion.to), method.rounding)
    return together([regular, *(each.inside for each in fields)])


def converted(account: Account, to: Fraction, rounding: RoundingRule) -> Account:
    """Return points over the effective maximum, times ``to``."""
    if account.maximum == 0:
        return left_out(to, keeps_maximum=False)
    scaled = scaled_to(account, to, to)
    if account.complete:
        return scaled
    most = max(account.nominal, account.maximum)
    return evolve(scaled, reachable=Range(low=account.reachable.low * to / most, high=most_share(account, account.maximum, rounding) * to))


def most_share(account: Account, base: Fraction, rounding: RoundingRule, *, with_bonus: bool = False) -> Fraction:
    """Return an upper bound of the share of a base that an open account can reach.

    What is open may turn out not to apply and leave the base; counting only what it can still earn into the
    base covers every such case. Where bonus points or rounded sums are in play, points can grow by more than
    that: then all that is open is taken to leave it.
    """
    known = account.exact or ZERO
    still = account.reachable.high - known
    open_maximum = account.nominal - account.not_applicable - known - account.lost - account.rounding + account.bonus - account.penalty
    exceeds = with_bonus or account.reachable.high > account.maximum or rounding.above_leaf
    least = base - open_maximum + (ZERO if exceeds else still)
    return account.reachable.high / least if least > 0 else CERTAINLY_BEST


# ------------------------------------------------------------------ parts of the index


def _weighted(fields: Sequence[ScoredField], method: Method) -> Account:
    """Return the total as the weighted sum of its parts, each a share of its own maximum."""
    nominal = Fraction(method.nominal_total.value)
    return together([_part(part, fields, method, nominal * part.weight.value) for part in method.parts])


def _part(part: Part, fields: Sequence[ScoredField], method: Method, worth: Fraction) -> Account:
    """Return one part of the index on the scale of its weight."""
    default = method.parts[0].id
    own = [account for each in fields for criterion, account in each.tops if (criterion.part or default) == part.id]
    return converted(together(own), worth, method.rounding)
