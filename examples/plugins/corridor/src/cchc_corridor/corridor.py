"""The form ``corridor``: full points within a corridor, in proportion below it, none above it."""

from fractions import Fraction
from typing import ClassVar

from attrs import frozen

from cchc_rules import Form, forms, tree


@frozen(kw_only=True)
class Corridor(Form):
    """Full points where a rate lies from ``full_from`` to ``full_to``.

    Below the corridor points fall in proportion, to none at ``zero_at``; above it there are none.
    """

    name: ClassVar[str] = "corridor"
    of: forms.Quantity
    full_from: forms.Threshold
    full_to: forms.Threshold
    zero_at: forms.Threshold
    when_whole_is_zero: forms.ZeroPolicy | None = None

    def lower(self, maximum: Fraction) -> tree.Node:
        """Return the rule for a criterion worth ``maximum`` points."""
        rate = self.of.node()
        low, high, zero = self.full_from.value, self.full_to.value, self.zero_at.value
        climb = tree.Beyond(of=rate, start=zero, end=low, unit="percent")
        below = tree.Proportion(points=maximum, of=climb, full_at=low - zero)
        steps = (
            tree.Branch(when=tree.Within(of=rate, high=tree.Bound(low, inclusive=False), unit="percent"), then=below),
            tree.Branch(when=tree.Within(of=rate, high=tree.Bound(high, inclusive=True), unit="percent"), then=tree.Constant(value=maximum)),
        )
        rule = tree.Choice(branches=steps, otherwise=tree.Constant(value=Fraction(0)))
        return forms.guarded(self.when_whole_is_zero, self.of.wholes(), maximum, rule)
