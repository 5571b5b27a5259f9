"""Forms made of others: all or nothing, sums, the best or least of several, alternatives, surveys."""

from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from attrs import field, frozen

from cchc_rules.base.texts import Text
from cchc_rules.rules.forms.base import Form, NestedRule, ScalableForm
from cchc_rules.rules.forms.parts import ZERO, Condition, FormMistake, ZeroPolicy, all_of, at_least, guarded
from cchc_rules.rules.tree import Branch, Choice, Constant, Maximum, Minimum, Node, Sum, SumPolicy, may_not_apply


@frozen(kw_only=True)
class AllOrNothing(ScalableForm):
    """Full points where every requirement is met, or ``at_least_of`` them; none otherwise."""

    name: ClassVar[str] = "all_or_nothing"
    require: tuple[Condition, ...]
    at_least_of: int | None = None

    def points(self, maximum: Fraction) -> Node:
        """Return a choice between the maximum and nothing."""
        when = all_of(self.require) if self.at_least_of is None else at_least(self.at_least_of, self.require)
        return Choice(branches=(Branch(when=when, then=Constant(value=maximum)),), otherwise=ZERO)

    def wholes(self) -> tuple[Node, ...]:
        """Return the divisors of the requirements."""
        return tuple(whole for each in self.require for whole in each.wholes())


@frozen(kw_only=True)
class SumOf(Form):
    """The sum of several rules, each with its own maximum, up to a cap."""

    name: ClassVar[str] = "sum_of"
    terms: tuple[NestedRule, ...]
    cap: Decimal | None = None
    when_term_not_applicable: SumPolicy | None = None

    def lower(self, maximum: Fraction) -> Node:
        """Return the sum, capped where a cap is stated."""
        terms, full = tuple(term.lower(maximum) for term in self.terms), tuple(self._worth(term) for term in self.terms)
        if self.when_term_not_applicable is None and any(may_not_apply(term) for term in terms):
            raise FormMistake(
                Text("thiếu `when_term_not_applicable`: có nội dung có thể không áp dụng", "`when_term_not_applicable` is missing: a term may not apply"),
                Text('thêm `when_term_not_applicable = "rescale"`, "share_out", "award_zero" hoặc "not_applicable"',
                     'add `when_term_not_applicable = "rescale"`, "share_out", "award_zero" or "not_applicable"'),
            )
        added = Sum(terms=terms, full=full, when_not_applicable=self.when_term_not_applicable or "not_applicable")
        return added if self.cap is None else Minimum(of=(Constant(value=Fraction(self.cap)), added))

    def _worth(self, term: NestedRule) -> Fraction:
        """Return a term's own maximum, which it has to state."""
        if term.points is None or term.points <= 0:
            raise FormMistake(
                Text("mỗi nội dung trong `terms` cần `points` lớn hơn 0", "each of `terms` needs `points` above 0"),
                Text("ghi điểm tối đa của nội dung", "write the term's maximum"),
            )
        return Fraction(term.points)


@frozen(kw_only=True)
class BestOf(Form):
    """The greatest of what several rules give."""

    name: ClassVar[str] = "best_of"
    rules: tuple[NestedRule, ...]

    def lower(self, maximum: Fraction) -> Node:
        """Return the greatest."""
        return Maximum(of=tuple(rule.lower(maximum) for rule in self.rules))


@frozen(kw_only=True)
class LeastOf(Form):
    """The least of what several rules give."""

    name: ClassVar[str] = "least_of"
    rules: tuple[NestedRule, ...]

    def lower(self, maximum: Fraction) -> Node:
        """Return the least."""
        return Minimum(of=tuple(rule.lower(maximum) for rule in self.rules))


@frozen(kw_only=True)
class Case:
    """One of several alternatives: when it holds, these points, or this rule worth so many points."""

    when: Condition
    points: Decimal | None = None
    rule: NestedRule | None = None

    def lower(self, maximum: Fraction) -> Node:
        """Return what the case gives."""
        if self.rule is not None:
            return self.rule.lower(maximum if self.points is None else Fraction(self.points))
        if self.points is not None:
            return Constant(value=Fraction(self.points))
        raise FormMistake(
            Text("mỗi trường hợp trong `cases` cần `points` hoặc `rule`", "each of `cases` needs `points` or a `rule`"),
            Text("ghi `points = …` hoặc `rule = { form = … }`", "write `points = …` or `rule = { form = … }`"),
        )


@frozen(kw_only=True)
class Alternatives(Form):
    """The first case that holds says what is given; ``otherwise`` where none does."""

    name: ClassVar[str] = "alternatives"
    cases: tuple[Case, ...]
    otherwise: Decimal | NestedRule = field(default=Decimal(0))
    when_whole_is_zero: ZeroPolicy | None = None

    def lower(self, maximum: Fraction) -> Node:
        """Return a choice with one branch a case."""
        branches = tuple(Branch(when=case.when.condition(), then=case.lower(maximum)) for case in self.cases)
        wholes = tuple(whole for case in self.cases for whole in case.when.wholes())
        choice = Choice(branches=branches, otherwise=self._rest(maximum))
        return guarded(self.when_whole_is_zero, wholes, maximum, choice)

    def _rest(self, maximum: Fraction) -> Node:
        if isinstance(self.otherwise, NestedRule):
            return self.otherwise.lower(maximum)
        return Constant(value=Fraction(self.otherwise))
