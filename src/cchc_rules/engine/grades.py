"""The grade of a total: bands, gates, overriding events, and what kept it from the next better grade."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.base.exact import format_number, format_percent
from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.engine.accounts import ZERO
from cchc_rules.engine.criteria import facts_for
from cchc_rules.engine.subject import Subject
from cchc_rules.engine.totals import most_share
from cchc_rules.methods import Gate, GradeBand, GradeRule, Override
from cchc_rules.model import State
from cchc_rules.points import Account, Range
from cchc_rules.rules.evaluate import evaluate
from cchc_rules.scorecard import FieldScore, Grade, Score

NOT_YET = Text("chưa xếp loại", "not graded yet")


def happened(override: Override, subject: Subject) -> bool | None:
    """Return whether an overriding event has happened; ``None`` where its facts are not known."""
    value = evaluate(override.condition, facts_for(None, subject)).value
    return None if value is None else bool(value)


def overridden(total: Account, rule: GradeRule | None, subject: Subject) -> Account:
    """Return the total, nought where an event says so; not yet known where that is open."""
    zeroing = [happened(each, subject) for each in rule.overrides if each.effect == "total_zero"] if rule else []
    if True in zeroing:
        return _zero(total)
    if None in zeroing:
        return Account(
            exact=total.exact, maximum=total.maximum, nominal=total.nominal, state=State.WAITING,
            reachable=Range(low=min(ZERO, total.reachable.low), high=total.reachable.high),
            lost=total.lost, rounding=total.rounding, not_applicable=total.not_applicable, bonus=total.bonus, penalty=total.penalty,
        )
    return total


def _zero(total: Account) -> Account:
    """Return a total of nought: all that there was to earn is lost."""
    return Account(
        exact=ZERO, maximum=total.maximum, nominal=total.nominal, state=State.SCORED,
        reachable=Range(low=ZERO, high=ZERO), lost=total.maximum, not_applicable=total.nominal - total.maximum,
    )


def grade_of(total: Account, fields: Sequence[FieldScore], rule: GradeRule, subject: Subject) -> Grade | None:
    """Return the grade, or every grade that an incomplete total can still get; ``None`` where there is no base."""
    grading = _Grading(rule=rule, total=total, fields=tuple(fields), subject=subject, base=_base(total, rule, subject))
    if grading.base <= 0 or total.exact is None:
        return None
    return grading.grade()


def _base(total: Account, rule: GradeRule, subject: Subject) -> Fraction:
    """Return what percentages are taken of: the maximum, or the nominal total less what was left out."""
    method = subject.index.method
    if rule.base == "maximum" or method.conversion is not None:
        return total.maximum
    return Fraction(method.nominal_total.value) - (total.nominal - total.maximum)


@frozen(kw_only=True)
class _Grading:
    """One total being graded."""

    rule: GradeRule
    total: Account
    fields: tuple[FieldScore, ...]
    subject: Subject
    base: Fraction

    @property
    def low(self) -> Fraction:
        """The least share that the total can still come to."""
        return (self.total.exact or ZERO) / self.base if self.total.complete else self.total.reachable.low / self.base

    @property
    def high(self) -> Fraction:
        """The greatest share that the total can still come to."""
        if self.total.complete:
            return (self.total.exact or ZERO) / self.base
        bonuses = [score.account for each in self.fields for score in each.scores if score.criterion.kind == "bonus"]
        with_bonus = any(bonus.reachable.high > 0 for bonus in bonuses)
        return most_share(self.total, self.base, self.subject.index.method.rounding, with_bonus=with_bonus)

    def grade(self) -> Grade | None:
        """Return the one grade that is possible, or the several that are."""
        possible = self._possible()
        if not possible:
            return None
        undecided = Grade(
            id="",
            label=NOT_YET,
            base=self.rule.base,
            share=(self.total.exact or ZERO) / self.base,
            provenance=self.rule.provenance,
            reachable=tuple(self.rule.bands[index].id for index in possible),
            reachable_labels=tuple(self.rule.bands[index].label for index in possible),
            overrides=tuple(self._said()),
        )
        return undecided if len(possible) > 1 or not self.total.complete else self._decided(undecided, possible[0])

    def _decided(self, undecided: Grade, place: int) -> Grade:
        """Return the one grade that is left, and what kept the total from the next better one."""
        band = self.rule.bands[place]
        better = self.rule.bands[place - 1] if place else None
        return evolve(
            undecided,
            id=band.id,
            label=band.label,
            reachable=(),
            reachable_labels=(),
            next_label=better.label if better else None,
            blocked=tuple(self._blocks(better)) if better else (),
        )

    # -------------------------------------------------------------- which grades are possible

    def _possible(self) -> tuple[int, ...]:
        """Return the places of the bands that the total can still get, best first."""
        found: set[int] = set()
        for index, band in enumerate(self.rule.bands):
            gates = [self._open(gate) for gate in band.gates]
            if band.reached_by(self.high) and False not in gates:
                found.add(index)
            if band.reached_by(self.low) and all(gate is True for gate in gates):
                break
        return tuple(sorted(self._after_overrides(found)))

    def _after_overrides(self, found: set[int]) -> set[int]:
        """Return the possible bands once the events that decide have had their say."""
        places = {band.id: index for index, band in enumerate(self.rule.bands)}
        for override in self.rule.overrides:
            known = happened(override, self.subject)
            if known is False or override.effect == "total_zero":
                continue
            target = places[override.grade]
            moved = {target} if override.effect == "grade" else {max(index, target) for index in found}
            found = moved if known else found | moved
        return found

    def _said(self) -> Iterator[Text]:
        """Yield the events that have happened."""
        return (override.label for override in self.rule.overrides if happened(override, self.subject))

    # -------------------------------------------------------------- gates

    def _open(self, gate: Gate) -> bool | None:
        """Return whether a gate lets the total through; ``None`` where that is not known yet."""
        if gate.when is not None:
            value = evaluate(gate.when.condition(), facts_for(None, self.subject)).value
            return None if value is None else bool(value)
        if gate.no_criterion_at_zero:
            return _every([_above_zero(score) for each in self.fields for score in each.scores])
        account = self._account(gate)
        if account is None or gate.at_least is None:
            return True
        needed = gate.at_least.value * account.maximum if gate.at_least.percent else gate.at_least.value
        if account.reachable.low >= needed:
            return True
        applies = bool(account.exact or account.lost)  # what is open altogether may yet not apply, and then shuts no gate
        surely_short = applies and account.reachable.high < needed and not gate.at_least.percent
        return False if surely_short or account.complete else None

    def _account(self, gate: Gate) -> Account | None:
        """Return the account that a gate looks at; ``None`` where that does not apply."""
        if gate.field:
            found = [each.account for each in self.fields if each.id == gate.field]
        else:
            found = [score.account for each in self.fields for score in each.scores if score.id == gate.criterion]
        return found[0] if found and found[0].state is not State.NOT_APPLICABLE else None

    # -------------------------------------------------------------- what is in the way

    def _blocks(self, better: GradeBand) -> Iterator[Text]:
        """Yield what kept the total from a better grade: points, gates, events."""
        share = self.low
        if not better.reached_by(share):
            yield _said_of_points(better, share, self.base)
        for gate in better.gates:
            if self._open(gate) is not True:
                yield gate.label
        if better.reached_by(share) and all(self._open(gate) for gate in better.gates):
            yield from self._said()


def _said_of_points(better: GradeBand, share: Fraction, base: Fraction) -> Text:
    """Return how many points are missing to a grade."""
    missing = (better.limit - share) * base
    strict = better.more_than is not None

    def tell(language: Language) -> str:
        points, percent = format_number(missing, language), format_percent(better.limit, language)
        if language == "vi":
            return f"còn thiếu {'hơn ' if strict else ''}{points} điểm để đạt {'trên ' if strict else ''}{percent}"
        return f"{'more than ' if strict else ''}{points} points short of {'more than ' if strict else ''}{percent}"

    vi, en = (tell(language) for language in LANGUAGES)
    return Text(vi, en)


def _above_zero(score: Score) -> bool | None:
    """Return whether a regular criterion has points; one that does not apply is no criterion at zero."""
    if score.criterion.kind != "regular" or score.state is State.NOT_APPLICABLE:
        return True
    if score.account.reachable.low > 0:
        return True
    return False if score.account.complete else None


def _every(parts: Sequence[bool | None]) -> bool | None:
    """Return Kleene's conjunction."""
    if False in parts:
        return False
    return None if None in parts else True
