"""The form ``ratio_less_reports``: points by a ratio, less so many points for each missing report, not below 0."""

from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from attrs import frozen

from cchc_rules import Form, forms, tree


@frozen(kw_only=True)
class RatioLessReports(Form):
    """As ``ratio`` with its floor and its cap, then what ``violations`` takes off: no form of the core has both."""

    name: ClassVar[str] = "ratio_less_reports"
    of: forms.Quantity
    zero_below: forms.Threshold
    missing_reports: str
    points_each: Decimal

    def lower(self, maximum: Fraction) -> tree.Node:
        """Return the ratio's own rule with a deduction from it."""
        ratio = forms.RatioForm(of=self.of, zero_below=self.zero_below).lower(maximum)
        each = tree.PointsEach(points=Fraction(self.points_each), of=tree.FactValue(fact=self.missing_reports))
        return tree.Deducted(start=ratio, less=(each,), floor=Fraction(0))
