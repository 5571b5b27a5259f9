"""A criterion computed in Python: how evenly spending is spread over the four quarters."""

from collections.abc import Mapping
from fractions import Fraction

import cchc_rules as cchc

QUARTERS = ("spent_q1", "spent_q2", "spent_q3", "spent_q4")


def even_spread(facts: Mapping[str, Fraction], maximum: Fraction) -> cchc.ComputedPoints:
    """Return the maximum times the least quarter over the greatest; nothing where nothing was spent."""
    amounts = [facts[quarter] for quarter in QUARTERS]
    least, most = min(amounts), max(amounts)
    points = maximum * least / most if most else Fraction(0)
    return cchc.ComputedPoints(
        points=points,
        reason=cchc.Text(
            f"Quý chi ít nhất bằng {least}, quý chi nhiều nhất bằng {most}: chi không đều.",
            f"The least quarter is {least}, the greatest {most}: spending is uneven.",
        ),
        steps=(cchc.Text(f"{least} / {most} × {maximum}", f"{least} / {most} × {maximum}"),),
    )
