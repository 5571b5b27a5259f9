"""What every form is: a way of scoring as staff write it, which lowers to the rule tree."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Self

import attrs
from attrs import evolve, frozen

from cchc_rules.base.texts import Text
from cchc_rules.rules.forms.parts import Better, FactThreshold, FormMistake, Quantity, Threshold, ZeroPolicy, guarded
from cchc_rules.rules.tree import Branch, Choice, IsTrue, Node


class Form(ABC):
    """A way of scoring as staff write it; ``lower`` turns it into the rule tree."""

    __slots__ = ()
    name: ClassVar[str]

    @abstractmethod
    def lower(self, maximum: Fraction) -> Node:
        """Return the rule for a criterion worth ``maximum`` points; raises ``FormMistake``."""

    def directions(self) -> dict[Node, Better]:
        """Return the quantities that say which way is good."""
        return {each.node(): each.better for each in _quantities(self) if each.better}


def _quantities(value: object) -> Iterator[Quantity]:
    """Yield the quantities in a form and in the forms within it."""
    if isinstance(value, Quantity) and (value.fact or value.sum or value.whole):
        yield value
    for item in value if isinstance(value, tuple) else _fields_of(value):
        yield from _quantities(item)


def _fields_of(value: Any) -> tuple[object, ...]:
    if not attrs.has(type(value)):
        return ()
    return tuple(getattr(value, field.name) for field in attrs.fields(type(value)))


@frozen(kw_only=True)
class NestedRule:
    """A rule inside another: a form with its keys, and the points that it is worth, else those around it."""

    form: Form
    points: Decimal | None = None

    def worth(self, maximum: Fraction) -> Fraction:
        """Return the rule's own maximum."""
        return maximum if self.points is None else Fraction(self.points)

    def lower(self, maximum: Fraction) -> Node:
        """Return the rule as a node."""
        return self.form.lower(self.worth(maximum))


# ------------------------------------------------------------------ thresholds that a condition scales


@frozen(kw_only=True)
class Scaling:
    """A flag under which every threshold and step is taken times a factor: "75 %" for mountain communes."""

    fact: str
    factor: Threshold


@frozen(kw_only=True)
class ScalableForm(Form):
    """A form whose thresholds and steps may be scaled for some units; the first flag that is raised counts."""

    when_whole_is_zero: ZeroPolicy | None = None
    scaled_when: tuple[Scaling, ...] = ()

    @abstractmethod
    def points(self, maximum: Fraction) -> Node:
        """Return the rule without its zero policy and its scalings."""

    @abstractmethod
    def wholes(self) -> tuple[Node, ...]:
        """Return the divisors."""

    def lower(self, maximum: Fraction) -> Node:
        """Return the rule, a choice among its scaled copies where there are any, behind its zero policy."""
        plain = self.points(maximum)
        branches = tuple(
            Branch(when=IsTrue(fact=each.fact), then=self._times(each.factor.value).points(maximum)) for each in self.scaled_when
        )
        rule = Choice(branches=branches, otherwise=plain) if branches else plain
        return guarded(self.when_whole_is_zero, self.wholes(), maximum, rule)

    def _times(self, factor: Fraction) -> Self:
        """Return the form with every threshold and step times a factor."""
        copy = evolve(self, scaled_when=(), **{
            field.name: _scaled(getattr(self, field.name), factor)
            for field in attrs.fields(type(self)) if field.name not in ("scaled_when", "when_whole_is_zero")
        })
        if copy == evolve(self, scaled_when=()):
            raise FormMistake(
                Text("`scaled_when` không có ngưỡng nào để nhân", "`scaled_when` finds no threshold to scale"),
                Text("ghi ngưỡng (ví dụ `target`), hoặc bỏ `scaled_when`", "state a threshold (such as `target`), or drop `scaled_when`"),
            )
        return copy


def _scaled(value: Any, factor: Fraction) -> Any:
    """Return a value with every threshold and step in it times a factor."""
    match value:
        case Threshold(date=True):
            raise FormMistake(Text("không nhân được ngưỡng là ngày", "a date cannot be scaled"),
                              Text("bỏ `scaled_when`", "drop `scaled_when`"))
        case Threshold():
            return evolve(value, value=value.value * factor)
        case FactThreshold(times=times):
            return evolve(value, times=evolve(times, value=times.value * factor))
        case tuple():
            return tuple(_scaled(each, factor) for each in value)
        case _ if attrs.has(type(value)):
            return evolve(value, **{field.name: _scaled(getattr(value, field.name), factor) for field in attrs.fields(type(value))})
        case _:
            return value
