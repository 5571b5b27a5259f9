"""From fields to the total as arithmetic: parts with weights, conversion, bonus and penalty, rounding, the grade."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.arithmetic.accounts import (
    Account,
    clamped,
    is_nought,
    rounded_account,
    scaled_to,
    together,
)
from cchc_rules.arithmetic.criteria import ONE_TO_ONE, Score, Setting, Together, group_of
from cchc_rules.arithmetic.integers import FALSE, TRUE, Truth, Whole, every, some, whole
from cchc_rules.arithmetic.numbers import (
    NOUGHT,
    Decision,
    Number,
    at_least,
    more_than,
    number,
    pick,
    plus,
    scaled,
    times,
)
from cchc_rules.arithmetic.rules import condition_of
from cchc_rules.index import Index
from cchc_rules.methods import AdjustmentRule, Gate, GradeBand, GradeRule, Method, Part
from cchc_rules.model import Criterion, CriterionKind, Edition


@frozen(kw_only=True, eq=False)
class Field:
    """One field: its account, its scores in the order of the table, and what counts of it on the total."""

    edition: Edition
    account: Account
    scores: tuple[Score, ...]
    tops: tuple[tuple[Criterion, Account], ...]
    regular: Account
    inside: Account
    bonus: Account
    penalty: Account
    undecided: Truth


@frozen(kw_only=True, eq=False)
class Total:
    """The total as arithmetic, and before it was rounded; ``grade`` is the place of the band, past the last for none."""

    account: Account
    before: Number
    grade: Whole
    undecided: Truth


# ------------------------------------------------------------------ one field


def field_of(edition: Edition, setting: Setting) -> Field:
    """Return one field: its criteria in the order of the table, and what they come to."""
    method = setting.method
    regular = group_of(edition, "", setting)
    extra = group_of(edition, "", setting, bonus=True)
    bonus, penalty = (_adjustment(extra, kind, rule) for kind, rule in (("bonus", method.bonus), ("penalty", method.penalty)))
    inside = together([each for each, rule in ((bonus, method.bonus), (penalty, method.penalty)) if _on_field(rule)])
    made = rounded_account(together([regular.account, inside]), method.rounding.field)
    own = rounded_account(regular.account, method.rounding.field)
    order = {criterion.id: place for place, criterion in enumerate(edition.criteria)}
    scores = sorted((*regular.scores, *extra.scores), key=lambda score: order[score.criterion.id])
    nothing = together([])
    return Field(
        edition=edition,
        account=made.account,
        scores=tuple(scores),
        tops=tuple(_tops(regular)) if method.parts else (),
        regular=own.account,
        inside=inside,
        bonus=nothing if _on_field(method.bonus) else bonus,
        penalty=nothing if _on_field(method.penalty) else penalty,
        undecided=some((made.undecided, own.undecided, regular.undecided, *(score.undecided for score in scores))),
    )


def _tops(regular: Together) -> Iterator[tuple[Criterion, Account]]:
    """Yield the topmost criteria with their accounts as they count in the field."""
    for member in regular.members:
        account = member.account
        if regular.factor is not ONE_TO_ONE:
            account = scaled_to(account, account.nominal, scaled(account.maximum, regular.factor.low))
        yield member.score.criterion, account


def _on_field(rule: AdjustmentRule | None) -> bool:
    return rule is not None and rule.on == "field"


def _adjustment(extra: Together, kind: CriterionKind | str, rule: AdjustmentRule | None) -> Account:
    """Return the bonus or the penalty of one field, clamped where it counts in the field."""
    own = together([member.account for member in extra.members if member.score.criterion.kind == kind])
    return _clamped(own, rule) if _on_field(rule) else own


def _clamped(account: Account, rule: AdjustmentRule | None) -> Account:
    return account if rule is None else clamped(account, Fraction(rule.at_most))


# ------------------------------------------------------------------ the total


def total_of(fields: Sequence[Field], index: Index, setting: Setting) -> Total:
    """Return the total of an index with its grade: events that make it nought have had their say."""
    method = index.method
    bonus = _clamped(together([each.bonus for each in fields]), method.bonus)
    penalty = _clamped(together([each.penalty for each in fields]), method.penalty)
    before = together([_points(fields, method), bonus, penalty])
    made = rounded_account(before, method.rounding.total)
    account, unclear = _overridden(made.account, method.grades, setting)
    undecided = some((made.undecided, unclear, *(each.undecided for each in fields)))
    if method.grades is None:
        return Total(account=account, before=before.points, grade=whole(0), undecided=undecided)
    grade, open_ = _grade(account, fields, method.grades, setting)
    return Total(account=account, before=before.points, grade=grade, undecided=undecided | (account.complete & open_))


def _points(fields: Sequence[Field], method: Method) -> Account:
    """Return the regular points of the index, with what bonus and penalty count in its fields."""
    if not method.parts and method.conversion is None:
        return together([each.account for each in fields])
    regular = _weighted(fields, method) if method.parts else together([each.regular for each in fields])
    if method.conversion is not None:
        regular = _converted(regular, Fraction(method.conversion.to))
    return together([regular, *(each.inside for each in fields)])


def _converted(account: Account, to: Fraction) -> Account:
    """Return points over the effective maximum, times ``to``; not applicable where nothing is left."""
    nothing = is_nought(account.maximum)
    made = scaled_to(account, to, number(to))
    return evolve(
        made, points=pick(nothing, NOUGHT, made.points), maximum=pick(nothing, NOUGHT, made.maximum),
        known=account.known | nothing, absent=account.absent | nothing, error=account.error & ~nothing, open=account.open & ~nothing, held=TRUE,
    )


def _weighted(fields: Sequence[Field], method: Method) -> Account:
    """Return the total as the weighted sum of its parts, each a share of its own maximum."""
    nominal = Fraction(method.nominal_total.value)
    return together([_part(part, fields, method, nominal * part.weight.value) for part in method.parts])


def _part(part: Part, fields: Sequence[Field], method: Method, weighs: Fraction) -> Account:
    default = method.parts[0].id
    own = [account for each in fields for criterion, account in each.tops if (criterion.part or default) == part.id]
    return _converted(together(own), weighs)


def _overridden(account: Account, rule: GradeRule | None, setting: Setting) -> tuple[Account, Truth]:
    """Return the total, nought where an event says so; not yet known where that is open."""
    zeroing = [condition_of(each.condition, setting.source) for each in rule.overrides if each.effect == "total_zero"] if rule else []
    if not zeroing:
        return account, FALSE
    happened = some(each.holds for each in zeroing)
    unknown = ~happened & some(~each.holds & ~each.fails for each in zeroing)
    changed = evolve(
        account, points=pick(happened, NOUGHT, account.points), known=account.known | happened, error=account.error & ~happened & ~unknown,
        open=(account.open & ~happened) | unknown, absent=account.absent & ~happened & ~unknown,
    )
    return changed, some(each.undecided | each.error for each in zeroing)


# ------------------------------------------------------------------ the grade


def _grade(account: Account, fields: Sequence[Field], rule: GradeRule, setting: Setting) -> tuple[Whole, Truth]:
    """Return the place of the band that a complete total earns, and where only the exact reading can tell."""
    base = _base(account, rule, setting.method)
    gates = [[_gate(gate, fields, setting) for gate in band.gates] for band in rule.bands]
    reached = [_reached(account.points, base, band) for band in rule.bands]
    place, unclear = whole(len(rule.bands)), FALSE
    for number_, (band, opened) in reversed(list(enumerate(zip(reached, gates, strict=True)))):
        place = (band.holds & every(gate.holds for gate in opened)).pick(number_, place)
        unclear |= band.undecided | some(gate.undecided for gate in opened)
    none = place.equals(len(rule.bands))
    place, open_ = _after_overrides(place, rule, setting)
    return (none | (base.low.above <= 0) | ~account.known).pick(len(rule.bands), place), unclear | open_


def _base(account: Account, rule: GradeRule, method: Method) -> Number:
    """Return what percentages are taken of: the maximum, or the nominal total less what was left out."""
    if rule.base == "maximum" or method.conversion is not None:
        return account.maximum
    return plus([number(Fraction(method.nominal_total.value) - account.nominal), account.maximum])


def _reached(points: Number, base: Number, band: GradeBand) -> Decision:
    """Return whether points over a base earn a grade."""
    needed = times(base, band.limit)
    if band.at_least is not None:
        return at_least(points, needed)
    return Decision(TRUE, FALSE) if band.more_than is None else more_than(points, needed)


def _after_overrides(place: Whole, rule: GradeRule, setting: Setting) -> tuple[Whole, Truth]:
    """Return the place once the events that decide have had their say."""
    places = {band.id: number_ for number_, band in enumerate(rule.bands)}
    open_ = FALSE
    for override in rule.overrides:
        if override.effect == "total_zero":
            continue
        when = condition_of(override.condition, setting.source)
        target = whole(places[override.grade])
        moved = target if override.effect == "grade" else (place <= target).pick(target, place)
        place = when.holds.pick(moved, place)
        open_ |= when.error | when.undecided | (~when.holds & ~when.fails)
    return place, open_


def _gate(gate: Gate, fields: Sequence[Field], setting: Setting) -> Decision:
    """Return whether a gate lets a complete total through."""
    if gate.when is not None:
        when = condition_of(gate.when.condition(), setting.source)
        return Decision(when.holds, when.error | when.undecided | (~when.holds & ~when.fails))
    if gate.no_criterion_at_zero:
        return _every([_above_nought(score) for each in fields for score in each.scores if score.criterion.kind == "regular"])
    found = _account_of(gate, fields)
    if found is None or gate.at_least is None:
        return Decision(TRUE, FALSE)
    needed = scaled(number(gate.at_least.value), found.maximum.low) if gate.at_least.percent else number(gate.at_least.value)
    enough = at_least(found.points, needed)
    waits = found.open | found.error
    return Decision(found.absent | (~waits & enough.holds), waits | (~found.absent & enough.undecided))


def _every(parts: Sequence[Decision]) -> Decision:
    return Decision(every(part.holds for part in parts), some(part.undecided for part in parts))


def _above_nought(score: Score) -> Decision:
    account = score.account
    above = more_than(account.points, NOUGHT)
    waits = account.open | account.error
    return Decision(account.absent | (~waits & above.holds), waits | (~account.absent & above.undecided))


def _account_of(gate: Gate, fields: Sequence[Field]) -> Account | None:
    """Return the account that a gate looks at."""
    if gate.field:
        return next((each.account for each in fields if each.edition.field == gate.field), None)
    return next((score.account for each in fields for score in each.scores if score.criterion.id == gate.criterion), None)
