"""What forms are made of: thresholds, quantities, limits, conditions, and what a zero divisor is worth."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from attrs import frozen

from cchc_rules.base.texts import Text
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Bound,
    Constant,
    Difference,
    FactValue,
    IsTrue,
    Node,
    Not,
    NotApplicable,
    Ratio,
    Scaled,
    Sum,
    WhenNoneArose,
    Within,
)

Better = Literal["higher", "lower", "between"]
"""Which way a quantity is good: more of it, less of it, or neither too little nor too much."""
ZeroPolicy = Literal[
    "award_maximum", "award_zero", "not_applicable", "leave_out", "leave_out_of_both_sides",
    "rescale_group", "share_out", "same_situation",
]
"""What a criterion is worth where its divisor is zero; ``not_applicable`` leaves it to the method."""
ZERO = Constant(value=Fraction(0))


class FormMistake(ValueError):
    """Keys of a form that contradict each other; the reader of the file adds the place."""

    def __init__(self, reason: Text, remedy: Text, code: str = "form-contradiction") -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.remedy = remedy
        self.code = code


# ------------------------------------------------------------------ thresholds


@frozen(kw_only=True)
class Threshold:
    """A number that a quantity is compared with, marked where it was written as per cent or as a date."""

    value: Fraction
    percent: bool = False
    date: bool = False


@frozen(kw_only=True)
class FactThreshold:
    """A threshold that is itself a fact: a provincial mean, a number of the cohort; ``times`` takes a part of it."""

    fact: str
    times: Threshold = Threshold(value=Fraction(1), percent=True)

    @property
    def node(self) -> Node:
        """The threshold as a node."""
        of = FactValue(fact=self.fact)
        return of if self.times.value == 1 else Scaled(factor=self.times.value, of=of)


Limit = Threshold | FactThreshold


def against(of: Node, limit: Limit) -> tuple[Node, Fraction]:
    """Return what is compared with what: a quantity with a number, or its distance from a fact with 0."""
    if isinstance(limit, Threshold):
        return of, limit.value
    return Difference(of=of, less=limit.node), Fraction(0)


# ------------------------------------------------------------------ quantities

Names = str | tuple[str, ...]
"""One fact, or several that are added up."""


def total(names: Names) -> Node:
    """Return one fact, or the sum of several."""
    if isinstance(names, str):
        return FactValue(fact=names)
    return Sum(terms=tuple(FactValue(fact=name) for name in names))


@frozen(kw_only=True)
class Quantity:
    """What is measured: one fact, a sum of facts, or a part over a whole (a share unless it may exceed the whole).

    ``better`` says which way is good; a rule whose points go the other way is then found by the check.
    """

    fact: str = ""
    part: Names = ""
    whole: Names = ""
    sum: tuple[str, ...] = ()
    may_exceed_whole: bool = False
    label: Text | None = None
    better: Better | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse anything but one fact, one sum, or a part and a whole."""
        given = [bool(self.fact), bool(self.sum), bool(self.part or self.whole)]
        if given.count(True) != 1 or bool(self.part) != bool(self.whole):
            raise FormMistake(
                Text("đại lượng phải là một `fact`, một `sum`, hoặc `part` cùng với `whole`",
                     "a quantity is one `fact`, one `sum`, or `part` together with `whole`"),
                Text("ghi `{ fact = \"…\" }` hoặc `{ part = \"…\", whole = \"…\" }`",
                     "write `{ fact = \"…\" }` or `{ part = \"…\", whole = \"…\" }`"),
            )

    @property
    def is_rate(self) -> bool:
        """Whether it is a part over a whole."""
        return bool(self.whole)

    def node(self, *, share: bool | None = None) -> Node:
        """Return the quantity as a node; ``share`` overrides whether the part belongs to the whole."""
        if not self.is_rate:
            return total(self.fact or self.sum)
        return Ratio(
            part=total(self.part),
            whole=total(self.whole),
            share=not self.may_exceed_whole if share is None else share,
            label=self.label,
        )

    def wholes(self) -> tuple[Node, ...]:
        """Return the divisors, for which the case of zero has to be stated."""
        return (total(self.whole),) if self.is_rate else ()


# ------------------------------------------------------------------ limits


@frozen(kw_only=True, slots=False)
class Limits:
    """An interval, each end spelled as strict or not."""

    at_least: Limit | None = None
    more_than: Limit | None = None
    at_most: Limit | None = None
    below: Limit | None = None

    def spelled(self) -> tuple[Limit, ...]:
        """Return the limits that are given."""
        return tuple(each for each in (self.at_least, self.more_than, self.at_most, self.below) if each is not None)

    def within(self, of: Node) -> Node:
        """Return the condition that a quantity lies within the limits."""
        low = _end(of, self.at_least, self.more_than, ("at_least", "more_than"))
        high = _end(of, self.at_most, self.below, ("at_most", "below"))
        unit = self._unit()
        if low and high and low[0] != high[0]:  # one end is a number, the other a fact
            return AllOf(of=(Within(of=low[0], low=low[1], unit=unit), Within(of=high[0], high=high[1], unit=unit)))
        compared = (low or high or (of, None))[0]
        return Within(of=compared, low=low[1] if low else None, high=high[1] if high else None, unit=unit)

    def _unit(self) -> str:
        """Return how the limits are written: per cent, date or plain number; refuse a mixture."""
        units = {"percent" if each.percent else "date" if each.date else "" for each in self.spelled() if isinstance(each, Threshold)}
        if len(units) > 1:
            raise FormMistake(
                Text("hai ngưỡng của một mức dùng hai đơn vị khác nhau", "the two limits differ in unit"),
                Text("ghi cả hai bằng phần trăm hoặc cả hai bằng số", "write both as per cent or both as numbers"),
            )
        return units.pop() if units else ""


def _end(of: Node, inclusive: Limit | None, strict: Limit | None, keys: tuple[str, str]) -> tuple[Node, Bound] | None:
    """Return one end of an interval; both spellings of one end are a mistake."""
    if inclusive is not None and strict is not None:
        raise FormMistake(
            Text(f"vừa có `{keys[0]}` vừa có `{keys[1]}`", f"both `{keys[0]}` and `{keys[1]}` are given"),
            Text("chỉ giữ một trong hai", "keep one of the two"),
        )
    chosen = inclusive if inclusive is not None else strict
    if chosen is None:
        return None
    compared, value = against(of, chosen)
    return compared, Bound(value, inclusive is not None)


@frozen(kw_only=True)
class Band(Limits):
    """One step of a scale: limits, each spelled as strict or not, and the points inside them."""

    points: Decimal


# ------------------------------------------------------------------ conditions


@frozen(kw_only=True)
class Condition(Quantity, Limits):
    """A flag, a quantity within spelled limits, or several conditions taken together."""

    all_: tuple["Condition", ...] = ()
    any_: tuple["Condition", ...] = ()
    not_: "Condition | None" = None
    at_least_of: int | None = None
    of: tuple["Condition", ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse anything but one condition."""
        measured = bool(self.fact or self.sum or self.part or self.whole)
        kinds = [measured, bool(self.all_), bool(self.any_), self.not_ is not None, self.at_least_of is not None]
        if kinds.count(True) != 1 or bool(self.of) != (self.at_least_of is not None) or (self.spelled() and not measured):
            raise FormMistake(
                Text("điều kiện phải là đúng một trong: một cờ hoặc đại lượng, `all`, `any`, `not`, `at_least_of` cùng với `of`",
                     "a condition is just one of: a flag or quantity, `all`, `any`, `not`, `at_least_of` together with `of`"),
                Text("tách thành nhiều điều kiện trong `all = [ … ]`", "split it into several conditions in `all = [ … ]`"),
            )
        if measured:
            super().__attrs_post_init__()
        if measured and not self.fact and not self.spelled():
            raise FormMistake(
                Text("điều kiện trên một đại lượng chưa có ngưỡng", "a condition on a quantity has no limit"),
                Text("thêm `at_least`, `more_than`, `at_most` hoặc `below`", "add `at_least`, `more_than`, `at_most` or `below`"),
            )

    def condition(self) -> Node:
        """Return the condition as a node."""
        if self.all_:
            return AllOf(of=conditions(self.all_))
        if self.any_:
            return AnyOf(of=conditions(self.any_))
        if self.not_ is not None:
            return Not(of=self.not_.condition())
        if self.at_least_of is not None:
            return at_least(self.at_least_of, self.of)
        if self.fact and not self.spelled():
            return IsTrue(fact=self.fact)
        return self.within(self.node())

    def inside(self) -> Iterator["Condition"]:
        """Yield this condition and those within it."""
        yield self
        for each in (*self.all_, *self.any_, *self.of, *((self.not_,) if self.not_ else ())):
            yield from each.inside()

    def wholes(self) -> tuple[Node, ...]:
        """Return the divisors of the condition and of those within it."""
        return tuple(total(each.whole) for each in self.inside() if each.whole)


def conditions(given: Iterable[Condition]) -> tuple[Node, ...]:
    """Return conditions as nodes."""
    return tuple(each.condition() for each in given)


def at_least(count: int, given: tuple[Condition, ...]) -> Node:
    """Return that so many of several conditions hold; refuse a number that says nothing."""
    if not 1 <= count <= len(given):
        raise FormMistake(
            Text(f"`at_least_of = {count}` nhưng có {len(given)} điều kiện", f"`at_least_of = {count}` of {len(given)} conditions"),
            Text("ghi số từ 1 đến số điều kiện", "write a number from 1 to the number of conditions"),
        )
    return AtLeast(count=count, of=conditions(given))


def all_of(given: tuple[Condition, ...]) -> Node:
    """Return that several conditions hold; one by itself is just that one."""
    nodes = conditions(given)
    return nodes[0] if len(nodes) == 1 else AllOf(of=nodes)


# ------------------------------------------------------------------ what does not arise


def outcome_of(policy: ZeroPolicy, maximum: Fraction) -> Node:
    """Return what a policy makes of a case that does not arise."""
    match policy:
        case "award_maximum":
            return Constant(value=maximum)
        case "award_zero":
            return ZERO
        case "not_applicable":
            return NotApplicable()
        case _:
            return NotApplicable(policy=policy)


def guarded(policy: ZeroPolicy | None, wholes: tuple[Node, ...], maximum: Fraction, rule: Node) -> Node:
    """Return the rule behind its zero-denominator policy, one guard for each whole.

    Without a policy it has no guard: the ranges of the facts, which are not known here, have to keep each whole
    above 0, and the check refuses a rule of which they do not.
    """
    if policy is not None:
        for whole in reversed(dict.fromkeys(wholes)):
            rule = WhenNoneArose(whole=whole, then=outcome_of(policy, maximum), otherwise=rule)
    return rule


def positive(value: Fraction | Decimal, key: str, example: str, code: str = "form-contradiction") -> Fraction:
    """Return a number that has to be above 0; raises ``FormMistake``."""
    if value <= 0:
        raise FormMistake(
            Text(f"`{key}` phải lớn hơn 0", f"`{key}` must be above 0"),
            Text(f"ghi ví dụ `{key} = {example}`", f"write for example `{key} = {example}`"),
            code,
        )
    return Fraction(value)


Requirement = Condition
"""What an all-or-nothing rule requires: the name from before conditions could be combined."""
