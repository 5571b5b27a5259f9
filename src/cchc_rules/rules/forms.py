"""The forms that staff write, each an attrs class whose fields are its TOML keys and which lowers to the tree.

A new form needs this one method, ``lower``, and gets every reading of the tree for nothing.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from attrs import field, frozen

from cchc_rules.rules.tree import (
    AllOf,
    Bound,
    Branch,
    Choice,
    Computed,
    Constant,
    DaysLate,
    Deducted,
    FactValue,
    IsTrue,
    LevelPoints,
    Minimum,
    Node,
    NotApplicable,
    PointsEach,
    Proportion,
    Ratio,
    Sum,
    WhenNoneArose,
    Within,
)
from cchc_rules.texts import Text

ZeroPolicy = Literal["award_maximum", "award_zero", "not_applicable"]
ZERO = Constant(value=Fraction(0))


class FormMistake(ValueError):
    """Keys of a form that contradict each other; the reader of the file adds the place."""

    def __init__(self, reason: Text, remedy: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.remedy = remedy


# ------------------------------------------------------------------ parts that forms share


@frozen(kw_only=True)
class Threshold:
    """A number that a quantity is compared with; ``percent`` where it was written with the sign."""

    value: Fraction
    percent: bool = False


@frozen(kw_only=True)
class Quantity:
    """What is measured: one fact, or a part over a whole (a share unless it may exceed the whole)."""

    fact: str = ""
    part: str = ""
    whole: str = ""
    may_exceed_whole: bool = False
    label: Text | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse anything but one fact, or a part and a whole."""
        if bool(self.fact) == bool(self.part or self.whole) or bool(self.part) != bool(self.whole):
            raise FormMistake(
                Text("đại lượng phải là một `fact`, hoặc `part` cùng với `whole`",
                     "a quantity is one `fact`, or `part` together with `whole`"),
                Text("ghi `{ fact = \"…\" }` hoặc `{ part = \"…\", whole = \"…\" }`",
                     "write `{ fact = \"…\" }` or `{ part = \"…\", whole = \"…\" }`"),
            )

    def node(self, *, share: bool | None = None) -> Node:
        """Return the quantity as a node; ``share`` overrides whether the part belongs to the whole."""
        if self.fact:
            return FactValue(fact=self.fact)
        return Ratio(
            part=FactValue(fact=self.part),
            whole=FactValue(fact=self.whole),
            share=not self.may_exceed_whole if share is None else share,
            label=self.label,
        )


def _within(of: Node, limits: "Band | Requirement") -> Within:
    """Return the condition that the spelled limits state."""
    low = _bound(limits.at_least, limits.more_than, ("at_least", "more_than"))
    high = _bound(limits.at_most, limits.below, ("at_most", "below"))
    percents = {limit.percent for limit in limits.spelled()}
    if len(percents) > 1:
        raise FormMistake(
            Text("hai ngưỡng của một mức dùng hai đơn vị khác nhau", "the two limits differ in unit"),
            Text("ghi cả hai bằng phần trăm hoặc cả hai bằng số", "write both as per cent or both as numbers"),
        )
    return Within(of=of, low=low, high=high, unit="percent" if True in percents else "")


def _bound(inclusive: Threshold | None, strict: Threshold | None, keys: tuple[str, str]) -> Bound | None:
    """Return one end of an interval; both spellings of one end are a mistake."""
    if inclusive and strict:
        raise FormMistake(
            Text(f"vừa có `{keys[0]}` vừa có `{keys[1]}`", f"both `{keys[0]}` and `{keys[1]}` are given"),
            Text("chỉ giữ một trong hai", "keep one of the two"),
        )
    chosen = inclusive or strict
    return Bound(chosen.value, inclusive is not None) if chosen else None


@frozen(kw_only=True)
class Band:
    """One step of a scale: limits, each spelled as strict or not, and the points inside them."""

    points: Decimal
    at_least: Threshold | None = None
    more_than: Threshold | None = None
    at_most: Threshold | None = None
    below: Threshold | None = None

    def spelled(self) -> tuple[Threshold, ...]:
        """Return the limits that are given."""
        limits = (self.at_least, self.more_than, self.at_most, self.below)
        return tuple(limit for limit in limits if limit is not None)


@frozen(kw_only=True)
class Requirement:
    """One condition of an all-or-nothing rule: a flag, or a quantity within spelled limits."""

    fact: str = ""
    part: str = ""
    whole: str = ""
    may_exceed_whole: bool = False
    label: Text | None = None
    at_least: Threshold | None = None
    more_than: Threshold | None = None
    at_most: Threshold | None = None
    below: Threshold | None = None

    def spelled(self) -> tuple[Threshold, ...]:
        """Return the limits that are given."""
        limits = (self.at_least, self.more_than, self.at_most, self.below)
        return tuple(limit for limit in limits if limit is not None)

    def condition(self) -> Node:
        """Return the condition as a node."""
        of = Quantity(fact=self.fact, part=self.part, whole=self.whole,
                      may_exceed_whole=self.may_exceed_whole, label=self.label)
        if self.fact and not self.spelled():
            return IsTrue(fact=self.fact)
        return _within(of.node(), self)


Condition = Requirement
"""A condition as staff write it."""


def _guarded(policy: ZeroPolicy | None, wholes: tuple[str, ...], maximum: Fraction, rule: Node) -> Node:
    """Return the rule behind its zero-denominator policy, one guard for each whole."""
    if policy is None:
        if wholes:
            raise FormMistake(
                Text("thiếu `when_whole_is_zero`: chưa quy định điểm khi không phát sinh (mẫu số bằng 0)",
                     "`when_whole_is_zero` is missing: what is it worth when nothing arose (divisor 0)?"),
                Text('thêm `when_whole_is_zero = "not_applicable"`, "award_maximum" hoặc "award_zero"',
                     'add `when_whole_is_zero = "not_applicable"`, "award_maximum" or "award_zero"'),
            )
        return rule
    outcomes: dict[ZeroPolicy, Node] = {
        "award_maximum": Constant(value=maximum),
        "award_zero": ZERO,
        "not_applicable": NotApplicable(),
    }
    for whole in reversed(wholes):
        rule = WhenNoneArose(whole=FactValue(fact=whole), then=outcomes[policy], otherwise=rule)
    return rule


# ------------------------------------------------------------------ the forms


class Form(ABC):
    """A way of scoring as staff write it; ``lower`` turns it into the rule tree."""

    __slots__ = ()
    name: ClassVar[str]

    @abstractmethod
    def lower(self, maximum: Fraction) -> Node:
        """Return the rule for a criterion worth ``maximum`` points; raises ``FormMistake``."""


@frozen(kw_only=True)
class Share(Form):
    """Points in proportion to a share, with a floor below which nothing is paid, a target, a cap."""

    name: ClassVar[str] = "share"
    of: Quantity
    when_whole_is_zero: ZeroPolicy | None = None
    zero_below: Threshold | None = None
    target: Threshold | None = None
    cap: Decimal | None = None

    _is_share: ClassVar[bool] = True

    def lower(self, maximum: Fraction) -> Node:
        """Return max × rate ÷ target, not above the cap, 0 below the floor."""
        if self.of.fact:
            raise FormMistake(
                Text(f"cách chấm `{self.name}` cần một tỷ lệ", f"the form `{self.name}` needs a rate"),
                Text("ghi `of = { part = \"…\", whole = \"…\" }`", "write `of = { part = \"…\", whole = \"…\" }`"),
            )
        rate = self.of.node(share=self._is_share)
        full_at = self.target.value if self.target else Fraction(1)
        if full_at <= 0:
            raise FormMistake(
                Text("`target` phải lớn hơn 0", "`target` must be above 0"),
                Text("ghi mục tiêu, ví dụ \"60 %\"", "write the target, such as \"60 %\""),
            )
        points: Node = Proportion(points=maximum, of=rate, full_at=full_at)
        cap = Fraction(self.cap) if self.cap is not None else maximum
        if not self._is_share or full_at < 1 or cap < maximum:
            points = Minimum(of=(Constant(value=cap), points))
        if self.zero_below:
            enough = Within(of=rate, low=Bound(self.zero_below.value, True), unit="percent")
            points = Choice(branches=(Branch(when=enough, then=points),), otherwise=ZERO)
        return _guarded(self.when_whole_is_zero, (self.of.whole,), maximum, points)


@frozen(kw_only=True)
class RatioForm(Share):
    """As ``share``, for a part that may exceed its whole (results against a target number)."""

    name: ClassVar[str] = "ratio"
    _is_share: ClassVar[bool] = False


@frozen(kw_only=True)
class Bands(Form):
    """Points by step: a quantity falls in one of several bands."""

    name: ClassVar[str] = "bands"
    of: Quantity
    bands: tuple[Band, ...]
    otherwise: Decimal | None = None
    when_whole_is_zero: ZeroPolicy | None = None

    def lower(self, maximum: Fraction) -> Node:
        """Return a choice with one branch a band."""
        of = self.of.node()
        branches = tuple(
            Branch(when=_within(of, band), then=Constant(value=Fraction(band.points))) for band in self.bands
        )
        rest = None if self.otherwise is None else Constant(value=Fraction(self.otherwise))
        wholes = (self.of.whole,) if self.of.whole else ()
        return _guarded(self.when_whole_is_zero, wholes, maximum, Choice(branches=branches, otherwise=rest))


@frozen(kw_only=True)
class AllOrNothing(Form):
    """Full points where every requirement is met, none otherwise."""

    name: ClassVar[str] = "all_or_nothing"
    require: tuple[Requirement, ...]
    when_whole_is_zero: ZeroPolicy | None = None

    def lower(self, maximum: Fraction) -> Node:
        """Return a choice between the maximum and nothing."""
        conditions = tuple(requirement.condition() for requirement in self.require)
        when = conditions[0] if len(conditions) == 1 else AllOf(of=conditions)
        choice = Choice(branches=(Branch(when=when, then=Constant(value=maximum)),), otherwise=ZERO)
        wholes = tuple(dict.fromkeys(each.whole for each in self.require if each.whole))
        return _guarded(self.when_whole_is_zero, wholes, maximum, choice)


@frozen(kw_only=True)
class Item:
    """One line of a checklist: a flag and its points."""

    fact: str
    points: Decimal


@frozen(kw_only=True)
class Checklist(Form):
    """Points for each item that is there."""

    name: ClassVar[str] = "checklist"
    items: tuple[Item, ...]

    def lower(self, maximum: Fraction) -> Node:
        """Return the sum of one small choice an item."""
        return Sum(terms=tuple(_flagged(item) for item in self.items))


def _flagged(item: Item) -> Node:
    """Return an item's points where its flag is raised, else 0."""
    points = Constant(value=Fraction(item.points))
    return Choice(branches=(Branch(when=IsTrue(fact=item.fact), then=points),), otherwise=ZERO)


@frozen(kw_only=True)
class Count(Form):
    """So many points for each, up to a cap."""

    name: ClassVar[str] = "count"
    fact: str
    points_each: Decimal
    cap: Decimal | None = None

    def lower(self, maximum: Fraction) -> Node:
        """Return the capped product."""
        cap = Fraction(self.cap) if self.cap is not None else maximum
        each = PointsEach(points=Fraction(self.points_each), of=FactValue(fact=self.fact))
        return Minimum(of=(Constant(value=cap), each))


@frozen(kw_only=True)
class Violation:
    """A kind of violation and what each one costs."""

    fact: str
    points: Decimal


@frozen(kw_only=True)
class Violations(Form):
    """The maximum less so many points a violation, never below 0."""

    name: ClassVar[str] = "violations"
    each: tuple[Violation, ...]

    def lower(self, maximum: Fraction) -> Node:
        """Return the maximum with one deduction a kind of violation."""
        less = tuple(PointsEach(points=Fraction(kind.points), of=FactValue(fact=kind.fact)) for kind in self.each)
        return Deducted(start=Constant(value=maximum), less=less)


@frozen(kw_only=True)
class LateBand:
    """Points for being late by no more than so many days."""

    days_at_most: int
    points: Decimal


@frozen(kw_only=True)
class Timeliness(Form):
    """Full points in time, less for each step of lateness, ``otherwise`` beyond."""

    name: ClassVar[str] = "timeliness"
    fact: str
    on_or_before: dt.date | None = None
    before: dt.date | None = None
    late: tuple[LateBand, ...] = ()
    otherwise: Decimal = Decimal(0)

    def lower(self, maximum: Fraction) -> Node:
        """Return a cascade over days late."""
        days = DaysLate(fact=self.fact, last_day=self._last_day(), excluded=self.before is not None)
        steps = ((0, maximum), *((band.days_at_most, Fraction(band.points)) for band in self.late))
        branches = tuple(
            Branch(when=Within(of=days, high=Bound(Fraction(limit), True), unit="day"), then=Constant(value=points))
            for limit, points in steps
        )
        return Choice(branches=branches, otherwise=Constant(value=Fraction(self.otherwise)))

    def _last_day(self) -> dt.date:
        """Return the last day in time, from whichever spelling was used."""
        if (self.on_or_before is None) == (self.before is None):
            raise FormMistake(
                Text("hạn phải ghi bằng đúng một khoá: `on_or_before` (tính cả ngày đó) hoặc `before`",
                     "a deadline is exactly one of `on_or_before` (that day included) and `before`"),
                Text("giữ lại một khoá", "keep one key"),
            )
        if self.before is not None:
            return self.before - dt.timedelta(days=1)
        assert self.on_or_before is not None  # the check above leaves no other case
        return self.on_or_before


@frozen(kw_only=True)
class Judged(Form):
    """Points by the level that an assessor sets."""

    name: ClassVar[str] = "judged"
    fact: str
    marks: Mapping[str, Decimal] = field(converter=dict)

    def lower(self, maximum: Fraction) -> Node:
        """Return the points by level."""
        marks = tuple((level, Fraction(points)) for level, points in self.marks.items())
        return LevelPoints(fact=self.fact, marks=marks, judged=True)

    def __hash__(self) -> int:
        return hash((self.fact, tuple(self.marks.items())))


@frozen(kw_only=True)
class Given(Form):
    """A value taken over from another index, in proportion to that index's own maximum."""

    name: ClassVar[str] = "given"
    fact: str
    out_of: Decimal

    def lower(self, maximum: Fraction) -> Node:
        """Return max × value ÷ the other index's maximum."""
        if self.out_of <= 0:
            raise FormMistake(
                Text("`out_of` phải lớn hơn 0", "`out_of` must be above 0"),
                Text("ghi điểm tối đa của chỉ số kia", "write the other index's maximum"),
            )
        value = Proportion(points=maximum, of=FactValue(fact=self.fact), full_at=Fraction(self.out_of))
        return Minimum(of=(Constant(value=maximum), value))


@frozen(kw_only=True)
class ComputedForm(Form):
    """Points that the plugin computes in Python; the description stands in for the rule's wording."""

    name: ClassVar[str] = "computed"
    facts: tuple[str, ...]
    description: Text

    def lower(self, maximum: Fraction) -> Node:
        """Return a node that only the plugin can evaluate."""
        return Computed(facts=self.facts, low=Fraction(0), high=maximum, description=self.description)


FORMS: tuple[type[Form], ...] = (
    Share, RatioForm, Bands, AllOrNothing, Checklist, Count, Violations, Timeliness, Judged, Given, ComputedForm,
)
