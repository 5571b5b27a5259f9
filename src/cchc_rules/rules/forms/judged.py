"""Forms by level or mark: what an assessor judges, a level that is reported, a mark in steps."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from attrs import field, frozen

from cchc_rules.rules.forms.base import Form
from cchc_rules.rules.forms.parts import Threshold, positive
from cchc_rules.rules.tree import LevelPoints, Mark, Node

Points = Decimal | Threshold
"""Points as a number, or as a part of the maximum written in per cent."""


def _as_dict(marks: Mapping[str, Points]) -> dict[str, Points]:
    return dict(marks)


@frozen(kw_only=True)
class Levels(Form):
    """Points by a level that is reported."""

    name: ClassVar[str] = "levels"
    fact: str
    marks: Mapping[str, Points] = field(converter=_as_dict)

    _judged: ClassVar[bool] = False

    def lower(self, maximum: Fraction) -> Node:
        """Return the points by level."""
        marks = tuple((level, _points(points, maximum)) for level, points in self.marks.items())
        return LevelPoints(fact=self.fact, marks=marks, judged=self._judged)

    def __hash__(self) -> int:
        return hash((self.name, self.fact, tuple(self.marks.items())))


def _points(points: Points, maximum: Fraction) -> Fraction:
    return maximum * points.value if isinstance(points, Threshold) else Fraction(points)


@frozen(kw_only=True)
class Judged(Levels):
    """Points by the level that an assessor sets."""

    name: ClassVar[str] = "judged"
    _judged: ClassVar[bool] = True

    def __hash__(self) -> int:
        return super().__hash__()


@frozen(kw_only=True)
class MarkForm(Form):
    """A number of points that an assessor sets, from 0 to the maximum in steps."""

    name: ClassVar[str] = "mark"
    fact: str
    step: Decimal

    def lower(self, maximum: Fraction) -> Node:
        """Return the mark."""
        return Mark(fact=self.fact, step=positive(self.step, "step", "0.25", "step-not-positive"), high=maximum)
