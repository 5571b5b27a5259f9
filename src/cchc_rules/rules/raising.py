"""Rules raised back to forms: the inverse of lowering, so that what was read as a tree can be written as staff write it.

A form is returned only where it lowers to the very rule again, up to what the wording leaves out.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
from attrs import evolve, field, frozen

from cchc_rules.base.exact import decimal_of
from cchc_rules.model import FactType
from cchc_rules.rules import forms
from cchc_rules.rules.forms.parts import FactThreshold, FormMistake, Limit, Quantity, Threshold, ZeroPolicy
from cchc_rules.rules.parsing import normalised
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Beyond,
    Bound,
    Branch,
    Choice,
    Constant,
    DaysLate,
    Deducted,
    Difference,
    FactValue,
    IsTrue,
    LevelPoints,
    Mark,
    Maximum,
    Minimum,
    Node,
    Not,
    NotApplicable,
    PointsEach,
    Proportion,
    Ratio,
    Scaled,
    Sum,
    WhenNoneArose,
    Within,
)

ZERO = Constant(value=Fraction(0))


class _NoForm(ValueError):
    """The rule, or a part of it, is not what this form lowers to."""


def raised(rule: Node, maximum: Fraction, kinds: Mapping[str, FactType]) -> forms.Form | None:
    """Return a form that lowers to a normalised rule; ``None`` where there is none. ``kinds`` are the facts' types."""
    return _Raiser(kinds=kinds).form(rule, maximum)


def _points(value: Fraction) -> Decimal:
    """Return points as a form has them; those without an end have no form."""
    found = decimal_of(value)
    if found is None:
        raise _NoForm
    return found


def _constant(node: Node) -> Decimal:
    if not isinstance(node, Constant):
        raise _NoForm
    return _points(node.value)


def _rest(node: Node | None) -> Decimal | None:
    return None if node is None else _constant(node)


@frozen(kw_only=True)
class _Guarded:
    """A rule without the cases in which nothing arose, and what those are worth."""

    rule: Node
    policy: ZeroPolicy | None = None


def _unguarded(node: Node, maximum: Fraction) -> _Guarded:
    policies: set[ZeroPolicy] = set()
    while isinstance(node, WhenNoneArose):
        policies.add(_policy(node.then, maximum))
        node = node.otherwise
    if len(policies) > 1:
        raise _NoForm
    return _Guarded(rule=node, policy=next(iter(policies), None))


def _policy(then: Node, maximum: Fraction) -> ZeroPolicy:
    match then:
        case NotApplicable(policy=""):
            return "not_applicable"
        case NotApplicable(policy="leave_out" | "leave_out_of_both_sides" | "rescale_group" | "share_out" | "same_situation" as policy):
            return policy
        case Constant(value=value) if value == maximum:
            return "award_maximum"
        case Constant(value=value) if value == 0:
            return "award_zero"
        case _:
            raise _NoForm


@frozen(kw_only=True)
class _Raiser:
    """Tries one form after the other."""

    kinds: Mapping[str, FactType] = field(factory=dict)

    def form(self, rule: Node, maximum: Fraction) -> forms.Form | None:
        """Return the first form that lowers to the rule."""
        attempts: tuple[Callable[[Node, Fraction], forms.Form], ...] = (
            self.timeliness, self.levels, self.mark, self.violations, self.count, self.checklist, self.survey, self.share, self.sample, self.given,
            self.all_or_nothing, self.bands, self.increments, self.brackets, self.scaled, self.sum_of, self.best_of, self.least_of, self.alternatives,
        )
        for attempt in attempts:
            try:
                found = attempt(rule, maximum)
                if normalised(found.lower(maximum)) == rule:
                    return found
            except (_NoForm, FormMistake):
                continue
        return None

    def nested(self, rule: Node, worth: Fraction) -> forms.NestedRule:
        """Return a rule inside another, worth so many points."""
        found = self.form(rule, worth)
        if found is None:
            raise _NoForm
        return forms.NestedRule(form=found, points=_points(worth))

    # -------------------------------------------------------------- quantities and limits

    def quantity(self, node: Node) -> Quantity:
        """Return a quantity as a form names it."""
        match node:
            case FactValue(fact=fact):
                return Quantity(fact=fact)
            case Sum(terms=terms):
                return Quantity(sum=_names(terms))
            case Ratio(part=part, whole=whole, label=label):
                return Quantity(part=_total(part), whole=_total(whole), label=label)
            case _:
                raise _NoForm

    def threshold(self, of: Node, value: Fraction) -> Threshold:
        """Return a number that a quantity is compared with, written as the quantity is."""
        match of:
            case FactValue(fact=fact) if self.kinds.get(fact) == "date":
                return Threshold(value=value, date=True)
            case FactValue(fact=fact):
                return Threshold(value=value, percent=self.kinds.get(fact) == "rate")
            case _:
                return Threshold(value=value, percent=isinstance(of, Ratio))

    def place(self, of: Node, start: Fraction) -> tuple[Node, Limit]:
        """Return what is measured, and the place from which: a number, or a fact."""
        if not isinstance(of, Difference):
            return of, self.threshold(of, start)
        match of.less:
            case FactValue(fact=fact) if start == 0:
                return of.of, FactThreshold(fact=fact)
            case Scaled(factor=factor, of=FactValue(fact=fact)) if start == 0:
                return of.of, FactThreshold(fact=fact, times=Threshold(value=factor, percent=True))
            case _:
                raise _NoForm

    def limits(self, when: Node) -> tuple[Node, dict[str, Limit]]:
        """Return the quantity of a condition and its ends by their keys."""
        if not isinstance(when, Within):
            raise _NoForm
        ends: dict[str, Limit] = {}
        of = when.of.of if isinstance(when.of, Difference) else when.of
        for end, keys in ((when.low, ("more_than", "at_least")), (when.high, ("below", "at_most"))):
            if end is not None:
                ends[keys[end.inclusive]] = self.place(when.of, end.value)[1]
        return of, ends

    def condition(self, node: Node) -> forms.Condition:
        """Return a condition as a form names it."""
        match node:
            case IsTrue(fact=fact):
                return forms.Condition(fact=fact)
            case AllOf(of=of):
                return forms.Condition(all_=self.conditions(of))
            case AnyOf(of=of):
                return forms.Condition(any_=self.conditions(of))
            case Not(of=of):
                return forms.Condition(not_=self.condition(of))
            case AtLeast(count=count, of=of):
                return forms.Condition(at_least_of=count, of=self.conditions(of))
            case _:
                of, ends = self.limits(node)
                found = self.quantity(of)
                return forms.Condition(fact=found.fact, part=found.part, whole=found.whole, sum=found.sum, label=found.label, **ends)  # type: ignore[arg-type]  # ends are limits by their keys

    def conditions(self, nodes: Iterable[Node]) -> tuple[forms.Condition, ...]:
        """Return conditions."""
        return tuple(map(self.condition, nodes))

    # -------------------------------------------------------------- forms

    def timeliness(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return a cascade over days late."""
        match rule:
            case Choice(branches=(Branch(when=Within(of=DaysLate() as late)), *others), otherwise=otherwise):
                bands = tuple(forms.LateBand(days_at_most=_days(each), points=_constant(each.then)) for each in others)
                day = late.last_day
                return forms.Timeliness(
                    fact=late.fact, calendar=late.calendar, late=bands, otherwise=_rest(otherwise) or Decimal(0),
                    on_or_before=None if late.excluded else day, before=day + dt.timedelta(days=1) if late.excluded and day else None,
                    within_days=late.days if day is None else None, after=late.after,
                )
            case _:
                raise _NoForm

    def levels(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return points by level."""
        if not isinstance(rule, LevelPoints):
            raise _NoForm
        kind = forms.Judged if rule.judged else forms.Levels
        return kind(fact=rule.fact, marks={level: _part(points, maximum) for level, points in rule.marks})

    def mark(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return a mark in steps."""
        if not isinstance(rule, Mark):
            raise _NoForm
        return forms.MarkForm(fact=rule.fact, step=_points(rule.step))

    def violations(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return the maximum less so many points a violation."""
        guarded = _unguarded(rule, maximum)
        match guarded.rule:
            case Choice(branches=(Branch(when=when, then=Constant(value=nothing)),), otherwise=Deducted() as deducted) if nothing == 0:
                serious = self.conditions(when.of if isinstance(when, AnyOf) else (when,))
            case Deducted() as deducted:
                serious = ()
            case _:
                raise _NoForm
        kinds = tuple(forms.Violation(fact=_counted(each), points=_points(each.points)) for each in deducted.less if isinstance(each, PointsEach))
        return forms.Violations(each=kinds, floor=_points(deducted.floor), zero_when=serious, when_whole_is_zero=guarded.policy)

    def count(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return so many points for each, up to a cap."""
        match rule:
            case Minimum(of=(Constant(value=cap), PointsEach() as each)):
                return forms.Count(fact=_counted(each), points_each=_points(each.points), cap=None if cap == maximum else _points(cap))
            case _:
                raise _NoForm

    def checklist(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return points for each item that is there."""
        if not isinstance(rule, Sum):
            raise _NoForm
        return forms.Checklist(items=tuple(map(_item, rule.terms)))

    def survey(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return the weights of groups times the mean weight of their answers."""
        terms = rule.terms if isinstance(rule, Sum) else (rule,)
        groups = tuple(_group(each, maximum) for each in terms)
        then = {each.then for each in terms if isinstance(each, WhenNoneArose)}
        if len(then) != 1:
            raise _NoForm
        policy: forms.NoAnswersPolicy = _policy(then.pop(), maximum)
        if isinstance(rule, Sum) and rule.when_not_applicable in ("rescale", "share_out"):
            policy = rule.when_not_applicable
        return forms.Survey(groups=groups, when_no_answers=policy)

    def share(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return points in proportion to a rate, with floor, target and cap."""
        guarded = _unguarded(rule, maximum)
        inner, floor, cap = guarded.rule, None, None
        match inner:
            case Choice(branches=(Branch(when=Within(high=None) as when, then=then),), otherwise=otherwise) if otherwise == ZERO:
                floor = self.limits(when)[1]["at_least"] if when.low and when.low.inclusive else None
                inner = then
        capped = isinstance(inner, Minimum)
        match inner:
            case Minimum(of=(Constant(value=most), Proportion() as proportion)):
                cap = None if most == maximum else _points(most)
            case Proportion() as proportion:
                pass
            case _:
                raise _NoForm
        of, target = self._target(proportion)
        kind = forms.RatioForm if capped and cap is None and (target is None or not isinstance(target, Threshold)) else forms.Share
        return kind(of=self.quantity(of), zero_below=floor, target=target, cap=cap, when_whole_is_zero=guarded.policy)

    def _target(self, proportion: Proportion) -> tuple[Node, Limit | None]:
        """Return the rate of a proportion and its target: a number, or a fact."""
        match proportion.of:
            case Ratio(part=Ratio() as rate, whole=whole):
                return rate, self.place(Difference(of=rate, less=whole), Fraction(0))[1]
            case Ratio() as rate:
                return rate, None if proportion.full_at == 1 else self.threshold(rate, proportion.full_at)
            case _:
                raise _NoForm

    def sample(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return a share of a sample that is large enough."""
        match rule:
            case Choice(branches=(Branch(when=Within(of=FactValue(fact=drawn), low=Bound(value=least), high=None), then=then),), otherwise=otherwise):
                small = "award_zero" if otherwise == ZERO else "not_applicable"
            case _:
                raise _NoForm
        form = forms.Sample(sample=drawn, passed="", sample_at_least=int(least), when_sample_too_small=small)  # type: ignore[arg-type]  # one of the two
        match then:
            case Deducted(less=(PointsEach(points=points, of=Sum(terms=(_, Scaled(of=FactValue(fact=passed))))),)):
                return evolve(form, passed=passed, points_off_each_failure=_points(points))
            case _:
                share = self.share(WhenNoneArose(whole=FactValue(fact=drawn), then=NotApplicable(), otherwise=then), maximum)
        if not isinstance(share, forms.Share) or not isinstance(share.of.part, str) or isinstance(share.zero_below, FactThreshold) or isinstance(share.target, FactThreshold):
            raise _NoForm
        return evolve(form, passed=share.of.part, share_label=share.of.label, zero_below=share.zero_below, target=share.target)

    def given(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return a value taken over from another index."""
        match rule:
            case Minimum(of=(Constant(), Proportion(of=FactValue(fact=fact) as of, full_at=most))):
                return forms.Given(fact=fact, out_of=self.threshold(of, most) if self.kinds.get(fact) == "rate" else _points(most))
            case _:
                raise _NoForm

    def all_or_nothing(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return full points where a condition holds, none otherwise."""
        guarded = _unguarded(rule, maximum)
        match guarded.rule:
            case Choice(branches=(Branch(when=AllOf(of=of)),)):
                require, count = self.conditions(of), None
            case Choice(branches=(Branch(when=AtLeast(count=count, of=of)),)):
                require = self.conditions(of)
            case Choice(branches=(Branch(when=IsTrue() as when),)):
                require, count = (self.condition(when),), None
            case _:
                raise _NoForm
        return forms.AllOrNothing(require=require, at_least_of=count, when_whole_is_zero=guarded.policy)

    def bands(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return points by step along one quantity."""
        guarded = _unguarded(rule, maximum)
        if not isinstance(guarded.rule, Choice):
            raise _NoForm
        found = [(*self.limits(each.when), _constant(each.then)) for each in guarded.rule.branches]
        if len({of for of, _, _ in found}) != 1:
            raise _NoForm
        bands = tuple(forms.Band(points=points, **ends) for _, ends, points in found)
        return forms.Bands(of=self.quantity(found[0][0]), bands=bands, otherwise=_rest(guarded.rule.otherwise), when_whole_is_zero=guarded.policy)

    def increments(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return a base and more for each step beyond a threshold, behind a gate."""
        guarded = _unguarded(rule, maximum)
        inner, gate = guarded.rule, {}
        match inner:
            case Choice(branches=(Branch(when=Within() as when, then=then),), otherwise=otherwise) if otherwise == ZERO:
                ends = self.limits(when)[1]
                gate = {key: ends[end] for key, end in (("zero_below", "at_least"), ("zero_above", "at_most")) if end in ends}
                inner = then
        match inner:
            case Minimum(of=(Constant(value=cap), Deducted(start=Sum(terms=(base, PointsEach() as more)), less=(PointsEach() as short,)))):
                off: Decimal | None = _points(short.points)
            case Minimum(of=(Constant(value=cap), Sum(terms=(base, PointsEach() as more)))):
                off = None
            case _:
                raise _NoForm
        beyond = more.of if isinstance(more.of, Beyond) else Beyond(of=more.of, start=Fraction(0))
        of, start = self.place(beyond.of, beyond.start)
        return forms.Increments(
            of=self.quantity(of), from_=start, base=_constant(base), points_each=_points(more.points), step=self.threshold(of, more.step),
            whole_steps=more.whole_steps, better="lower" if beyond.falling else "higher", points_each_short=off,
            cap=None if cap == maximum else _points(cap), when_whole_is_zero=guarded.policy, **gate,  # type: ignore[arg-type]  # the gate's own key
        )

    def brackets(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return a rate of points for each slice."""
        guarded = _unguarded(rule, maximum)
        match guarded.rule:
            case Minimum(of=(Constant(value=cap), Sum(terms=terms))):
                slices = [each for each in terms if isinstance(each, PointsEach)]
            case _:
                raise _NoForm
        if len(slices) != len(terms):
            raise _NoForm
        pieces = [each.of if isinstance(each.of, Beyond) else Beyond(of=each.of, start=Fraction(0)) for each in slices]
        of, first = pieces[0].of, slices[0]
        brackets = tuple(
            forms.Bracket(points_each=_points(each.points), up_to=None if piece.end is None else self.threshold(of, piece.end))
            for each, piece in zip(slices, pieces, strict=True)
        )
        return forms.Brackets(of=self.quantity(of), brackets=brackets, step=self.threshold(of, first.step), whole_steps=first.whole_steps,
                              cap=None if cap == maximum else _points(cap), when_whole_is_zero=guarded.policy)

    def scaled(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return a form whose thresholds are scaled where a flag is raised; the zero policy is around all of it."""
        guards: list[WhenNoneArose] = []
        while isinstance(rule, WhenNoneArose):
            guards.append(rule)
            rule = rule.otherwise
        if not isinstance(rule, Choice) or rule.otherwise is None or not all(isinstance(each.when, IsTrue) for each in rule.branches):
            raise _NoForm
        plain, *others = (self.form(_behind(guards, each), maximum) for each in (rule.otherwise, *(branch.then for branch in rule.branches)))
        flags = [each.when.fact for each in rule.branches if isinstance(each.when, IsTrue)]
        if not isinstance(plain, forms.ScalableForm):
            raise _NoForm
        return evolve(plain, scaled_when=tuple(forms.Scaling(fact=flag, factor=_factor(plain, each)) for flag, each in zip(flags, others, strict=True)))

    def sum_of(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return the sum of rules with maxima of their own."""
        cap = None
        match rule:
            case Minimum(of=(Constant(value=most), Sum() as inner)):
                cap = _points(most)
            case Sum() as inner:
                pass
            case _:
                raise _NoForm
        terms = tuple(self.nested(term, full) for term, full in zip(inner.terms, inner.full, strict=True)) if inner.full else ()
        if not terms:
            raise _NoForm
        return forms.SumOf(terms=terms, cap=cap, when_term_not_applicable=inner.when_not_applicable)

    def best_of(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return the greatest of several rules."""
        if not isinstance(rule, Maximum):
            raise _NoForm
        return forms.BestOf(rules=tuple(self.nested(each, maximum) for each in rule.of))

    def least_of(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return the least of several rules."""
        if not isinstance(rule, Minimum):
            raise _NoForm
        return forms.LeastOf(rules=tuple(self.nested(each, maximum) for each in rule.of))

    def alternatives(self, rule: Node, maximum: Fraction) -> forms.Form:
        """Return the first case that holds."""
        guarded = _unguarded(rule, maximum)
        if not isinstance(guarded.rule, Choice) or guarded.rule.otherwise is None:
            raise _NoForm
        cases = tuple(self.case(each, maximum) for each in guarded.rule.branches)
        rest = guarded.rule.otherwise
        otherwise = _constant(rest) if isinstance(rest, Constant) else self.nested(rest, maximum)
        return forms.Alternatives(cases=cases, otherwise=otherwise, when_whole_is_zero=guarded.policy)

    def case(self, branch: Branch, maximum: Fraction) -> forms.Case:
        """Return one of several alternatives."""
        when = self.condition(branch.when)
        if isinstance(branch.then, Constant):
            return forms.Case(when=when, points=_constant(branch.then))
        return forms.Case(when=when, rule=self.nested(branch.then, maximum))


# ------------------------------------------------------------------ parts


def _behind(guards: Iterable[WhenNoneArose], rule: Node) -> Node:
    """Return a rule behind the same guards as another."""
    for each in reversed(list(guards)):
        rule = evolve(each, otherwise=rule)
    return rule


def _factor(plain: object, scaled: object) -> Threshold:
    """Return by how much the thresholds of one form are those of another."""
    pairs = zip(_thresholds(plain), _thresholds(scaled), strict=False)
    found = next((other / one for one, other in pairs if one and other != one), None)
    if found is None:
        raise _NoForm
    return Threshold(value=found, percent=True)


def _thresholds(value: Any) -> Iterator[Fraction]:
    """Yield every threshold of a form, in the order of its keys."""
    if isinstance(value, Threshold):
        yield value.value
    elif isinstance(value, tuple):
        for each in value:
            yield from _thresholds(each)
    elif attrs.has(type(value)):
        for key in attrs.fields(type(value)):
            yield from _thresholds(getattr(value, key.name))


def _names(terms: Iterable[Node]) -> tuple[str, ...]:
    found = tuple(each.fact for each in terms if isinstance(each, FactValue))
    if len(found) != len(tuple(terms)):
        raise _NoForm
    return found


def _total(node: Node) -> forms.Names:
    match node:
        case FactValue(fact=fact):
            return fact
        case Sum(terms=terms):
            return _names(terms)
        case _:
            raise _NoForm


def _counted(each: PointsEach) -> str:
    match each:
        case PointsEach(of=FactValue(fact=fact), step=step, whole_steps=False) if step == 1:
            return fact
        case _:
            raise _NoForm


def _days(branch: Branch) -> int:
    match branch.when:
        case Within(high=Bound(value=value, inclusive=True)):
            return int(value)
        case _:
            raise _NoForm


def _part(points: Fraction, maximum: Fraction) -> forms.Points:
    """Return points as a number, as a part of the maximum where they have no end."""
    found = decimal_of(points)
    return Threshold(value=points / maximum, percent=True) if found is None else found


def _item(term: Node) -> forms.Item:
    match term:
        case Choice(branches=(Branch(when=IsTrue(fact=fact), then=then),), otherwise=otherwise) if otherwise == ZERO:
            return forms.Item(fact=fact, points=_constant(then))
        case _:
            raise _NoForm


def _group(term: Node, maximum: Fraction) -> forms.Respondents:
    match term:
        case WhenNoneArose(otherwise=Proportion(points=points, of=Ratio(part=Sum(terms=weighed), label=label))) if label is not None:
            options = tuple(_option(each) for each in weighed)
            return forms.Respondents(label=label, weight=Threshold(value=points / maximum, percent=True), options=options)
        case _:
            raise _NoForm


def _option(term: Node) -> "forms.Option":
    match term:
        case Scaled(factor=factor, of=FactValue(fact=fact)):
            return forms.Option(fact=fact, weight=Threshold(value=factor, percent=True))
        case FactValue(fact=fact):
            return forms.Option(fact=fact, weight=Threshold(value=Fraction(1), percent=True))
        case _:
            raise _NoForm
