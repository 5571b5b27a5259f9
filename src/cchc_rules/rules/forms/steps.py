"""Forms along one quantity: bands, increments from a threshold, brackets."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from attrs import frozen

from cchc_rules.base.texts import Text
from cchc_rules.rules.forms.base import ScalableForm
from cchc_rules.rules.forms.parts import (
    ZERO,
    Band,
    FormMistake,
    Limit,
    Limits,
    Quantity,
    Threshold,
    against,
    positive,
)
from cchc_rules.rules.tree import Beyond, Branch, Choice, Constant, Deducted, Minimum, Node, PointsEach, Sum

ONE = Threshold(value=Fraction(1))


@frozen(kw_only=True)
class Bands(ScalableForm):
    """Points by step: a quantity falls in one of several bands."""

    name: ClassVar[str] = "bands"
    of: Quantity
    bands: tuple[Band, ...]
    otherwise: Decimal | None = None

    def points(self, maximum: Fraction) -> Node:
        """Return a choice with one branch a band."""
        of = self.of.node()
        branches = tuple(Branch(when=band.within(of), then=Constant(value=Fraction(band.points))) for band in self.bands)
        rest = None if self.otherwise is None else Constant(value=Fraction(self.otherwise))
        return Choice(branches=branches, otherwise=rest)

    def wholes(self) -> tuple[Node, ...]:
        """Return the divisor."""
        return self.of.wholes()


@frozen(kw_only=True)
class Increments(ScalableForm):
    """So many points at a threshold, more for each step beyond it, up to a cap; nothing beyond the gate.

    ``whole_steps`` says whether an unfinished step counts in proportion: the source has to settle it.
    On the bad side of the threshold the base holds, unless ``points_each_short`` takes it down.
    """

    name: ClassVar[str] = "increments"
    of: Quantity
    from_: Limit
    base: Decimal = Decimal(0)
    points_each: Decimal
    step: Threshold
    whole_steps: bool
    better: Literal["higher", "lower"]
    points_each_short: Decimal | None = None
    zero_below: Limit | None = None
    zero_above: Limit | None = None
    cap: Decimal | None = None

    def points(self, maximum: Fraction) -> Node:
        """Return base and increments, less what is short, capped, behind the gate."""
        points: Node = Sum(terms=(Constant(value=Fraction(self.base)), self._steps(self.points_each, good=True)))
        if self.points_each_short is not None:
            points = Deducted(start=points, less=(self._steps(self.points_each_short, good=False),))
        cap = maximum if self.cap is None else Fraction(self.cap)
        return self._gated(Minimum(of=(Constant(value=cap), points)))

    def wholes(self) -> tuple[Node, ...]:
        """Return the divisor."""
        return self.of.wholes()

    def _steps(self, points: Decimal, *, good: bool) -> Node:
        """Return points for each step on one side of the threshold."""
        compared, start = against(self.of.node(), self.from_)
        unit = _unit(self.of, self.step, self.from_)
        distance = Beyond(of=compared, start=start, falling=(self.better == "lower") == good, unit=unit)
        step = positive(self.step.value, "step", '"1 %"', "step-not-positive")
        return PointsEach(points=Fraction(points), of=distance, step=step, whole_steps=self.whole_steps)

    def _gated(self, points: Node) -> Node:
        """Return the points where the quantity keeps to the good side of the gate, else nothing."""
        wrong, gate = ("zero_above", self.zero_below) if self.better == "higher" else ("zero_below", self.zero_above)
        if getattr(self, wrong) is not None:
            raise FormMistake(
                Text(f"`{wrong}` trái với `better = \"{self.better}\"`", f"`{wrong}` contradicts `better = \"{self.better}\"`"),
                Text("dùng `zero_below` khi cao hơn là tốt, `zero_above` khi thấp hơn là tốt",
                     "use `zero_below` where higher is better, `zero_above` where lower is"),
            )
        if gate is None:
            return points
        limits = Limits(at_least=gate) if self.better == "higher" else Limits(at_most=gate)
        return Choice(branches=(Branch(when=limits.within(self.of.node()), then=points),), otherwise=ZERO)


def _unit(of: Quantity, step: Threshold, *limits: Limit | None) -> str:
    """Return how step and limits are written, per cent or plain; refuse a mixture, and a bare number on a rate."""
    written = {limit.percent for limit in (step, *limits) if isinstance(limit, Threshold)}
    if len(written) > 1 or (of.is_rate and not step.percent):
        raise FormMistake(
            Text("ngưỡng và `step` của một tỷ lệ ghi bằng phần trăm, của số liệu ghi bằng số",
                 "thresholds and `step` of a rate are written in per cent, those of a number as numbers"),
            Text('ghi ví dụ `step = "1 %"` cho tỷ lệ', 'write for example `step = "1 %"` for a rate'),
            "threshold-unit",
        )
    return "percent" if step.percent else ""


@frozen(kw_only=True)
class Bracket:
    """One slice of a quantity, up to a limit, and what each step in it is worth."""

    points_each: Decimal
    up_to: Threshold | None = None


@frozen(kw_only=True)
class Brackets(ScalableForm):
    """A different rate of points for each slice of a quantity, added up."""

    name: ClassVar[str] = "brackets"
    of: Quantity
    brackets: tuple[Bracket, ...]
    step: Threshold = ONE
    whole_steps: bool = False
    cap: Decimal | None = None

    def points(self, maximum: Fraction) -> Node:
        """Return the sum of the slices, capped."""
        cap = maximum if self.cap is None else Fraction(self.cap)
        return Minimum(of=(Constant(value=cap), Sum(terms=tuple(self._slices()))))

    def wholes(self) -> tuple[Node, ...]:
        """Return the divisor."""
        return self.of.wholes()

    def _slices(self) -> Iterator[Node]:
        """Yield the points of each slice, from where the one before it ends."""
        step, start = positive(self.step.value, "step", '"1 %"', "step-not-positive"), Fraction(0)
        unit = _unit(self.of, self.step, *(each.up_to for each in self.brackets))
        for index, each in enumerate(self.brackets):
            end = each.up_to.value if each.up_to else None
            if (end is None and index < len(self.brackets) - 1) or (end is not None and end <= start):
                raise FormMistake(
                    Text("`up_to` của các bậc phải tăng dần, chỉ bậc cuối được để trống", "`up_to` has to rise from bracket to bracket; the last alone may lack it"),
                    Text("xếp các bậc từ thấp lên cao", "order the brackets from low to high"),
                )
            slice_ = Beyond(of=self.of.node(), start=start, end=end, unit=unit)
            yield PointsEach(points=Fraction(each.points_each), of=slice_, step=step, whole_steps=self.whole_steps)
            start = end if end is not None else start
