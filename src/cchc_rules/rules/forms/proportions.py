"""Forms in proportion: a share, a ratio, a sample, a value given by another index."""

from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from attrs import frozen

from cchc_rules.base.texts import Text
from cchc_rules.rules.forms.base import Form, ScalableForm
from cchc_rules.rules.forms.parts import (
    ZERO,
    FactThreshold,
    FormMistake,
    Limit,
    Limits,
    Quantity,
    Threshold,
    outcome_of,
    positive,
)
from cchc_rules.rules.tree import (
    Beyond,
    Bound,
    Branch,
    Choice,
    Constant,
    Deducted,
    FactValue,
    Minimum,
    Node,
    PointsEach,
    Proportion,
    Ratio,
    Scaled,
    Sum,
    Within,
)


@frozen(kw_only=True)
class Share(ScalableForm):
    """Points in proportion to a share, with a floor below which nothing is paid, a target, a cap."""

    name: ClassVar[str] = "share"
    of: Quantity
    zero_below: Limit | None = None
    target: Limit | None = None
    cap: Decimal | None = None

    _is_share: ClassVar[bool] = True

    def points(self, maximum: Fraction) -> Node:
        """Return max × rate ÷ target, not above the cap, 0 below the floor."""
        rate = self._rate()
        points = self._proportion(rate, maximum)
        cap = Fraction(self.cap) if self.cap is not None else maximum
        if cap < maximum or not self._stays_within():
            points = Minimum(of=(Constant(value=cap), points))
        if self.zero_below:
            enough = Limits(at_least=self.zero_below).within(rate)
            points = Choice(branches=(Branch(when=enough, then=points),), otherwise=ZERO)
        return points

    def wholes(self) -> tuple[Node, ...]:
        """Return the whole, and the target where that is a fact."""
        yardstick = (FactValue(fact=self.target.fact),) if isinstance(self.target, FactThreshold) else ()
        return (*self.of.wholes(), *yardstick)

    def _rate(self) -> Node:
        """Return the rate; refuse a bare number."""
        if not self.of.is_rate:
            raise FormMistake(
                Text(f"cách chấm `{self.name}` cần một tỷ lệ", f"the form `{self.name}` needs a rate"),
                Text("ghi `of = { part = \"…\", whole = \"…\" }`", "write `of = { part = \"…\", whole = \"…\" }`"),
            )
        return self.of.node(share=self._is_share)

    def _proportion(self, rate: Node, maximum: Fraction) -> Node:
        """Return points in proportion to the rate, or to what it is of a target that is a fact."""
        if isinstance(self.target, FactThreshold):
            return Proportion(points=maximum, of=Ratio(part=rate, whole=self.target.node, share=False))
        full_at = positive(self.target.value, "target", '"60 %"') if self.target else Fraction(1)
        return Proportion(points=maximum, of=rate, full_at=full_at)

    def _stays_within(self) -> bool:
        """Return whether the proportion alone never gives more than the maximum."""
        full_at_whole = self.target is None or (isinstance(self.target, Threshold) and self.target.value >= 1)
        return self._is_share and full_at_whole


@frozen(kw_only=True)
class RatioForm(Share):
    """As ``share``, for a part that may exceed its whole (results against a target number)."""

    name: ClassVar[str] = "ratio"
    _is_share: ClassVar[bool] = False


@frozen(kw_only=True)
class Sample(Form):
    """A sample that was drawn, and how many of it passed: a share of it, or points off each failure."""

    name: ClassVar[str] = "sample"
    sample: str
    passed: str
    sample_at_least: int
    when_sample_too_small: Literal["award_zero", "not_applicable"]
    share_label: Text | None = None
    zero_below: Threshold | None = None
    target: Threshold | None = None
    points_off_each_failure: Decimal | None = None

    def lower(self, maximum: Fraction) -> Node:
        """Return the rule where the sample is large enough, else what the policy says."""
        smallest = positive(Fraction(self.sample_at_least), "sample_at_least", "30")
        enough = Within(of=FactValue(fact=self.sample), low=Bound(smallest, True))
        rule = self._share(maximum) if self.points_off_each_failure is None else self._failures(maximum)
        return Choice(branches=(Branch(when=enough, then=rule),), otherwise=outcome_of(self.when_sample_too_small, maximum))

    def _share(self, maximum: Fraction) -> Node:
        of = Quantity(part=self.passed, whole=self.sample, label=self.share_label)
        return Share(of=of, zero_below=self.zero_below, target=self.target).points(maximum)

    def _failures(self, maximum: Fraction) -> Node:
        """Return the maximum less so many points for each of the sample that did not pass."""
        if self.zero_below or self.target:
            raise FormMistake(
                Text("`points_off_each_failure` không đi cùng `zero_below`, `target`", "`points_off_each_failure` does not go with `zero_below` or `target`"),
                Text("chọn một cách tính", "choose one of the two"),
            )
        failed = Sum(terms=(FactValue(fact=self.sample), Scaled(factor=Fraction(-1), of=FactValue(fact=self.passed))))
        off = PointsEach(points=Fraction(self.points_off_each_failure or 0), of=Beyond(of=failed, start=Fraction(0)))
        return Deducted(start=Constant(value=maximum), less=(off,))


@frozen(kw_only=True)
class Given(Form):
    """A value taken over from another index, in proportion to that index's own maximum."""

    name: ClassVar[str] = "given"
    fact: str
    out_of: Decimal | Threshold

    def lower(self, maximum: Fraction) -> Node:
        """Return max × value ÷ the other index's maximum."""
        most = positive(self.out_of.value if isinstance(self.out_of, Threshold) else self.out_of, "out_of", "100")
        value = Proportion(points=maximum, of=FactValue(fact=self.fact), full_at=most)
        return Minimum(of=(Constant(value=maximum), value))
