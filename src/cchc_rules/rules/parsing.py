"""The canonical Vietnamese wording read back as the rule tree: the inverse of ``wording``.

What the wording leaves out on purpose is left out by ``normalised`` too: how a limit was written, whether a rate
was declared as a share, the part of a limit that earlier lines of a cascade have taken.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

import attrs
from attrs import evolve

from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Beyond,
    Bound,
    Branch,
    Choice,
    Constant,
    DaysLate,
    Deducted,
    Difference,
    FactValue,
    IsTrue,
    LevelPoints,
    Mark,
    Maximum,
    Minimum,
    Node,
    Not,
    NotApplicable,
    PointsEach,
    Proportion,
    Ratio,
    Scaled,
    Sum,
    SumPolicy,
    WhenNoneArose,
    Within,
)
from cchc_rules.rules.wording import NOT_APPLICABLE, effective_limits, quantity_of
from cchc_rules.rules.words import compared

Kind = TypeVar("Kind")
Ends = tuple[Bound | None, Bound | None]
NUMBER = re.compile(r"[0-9]+(?:,[0-9]+)?")
DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
SUM_POLICIES: Mapping[str, SumPolicy] = {
    " (nội dung không áp dụng được 0 điểm)": "award_zero",
    " (nội dung không áp dụng thì quy đổi theo điểm tối đa của các nội dung còn lại)": "rescale",
    " (điểm của nội dung không áp dụng chia đều cho các nội dung còn lại)": "share_out",
    "": "not_applicable",
}


class NotCanonical(ValueError):
    """Words that the engine would not have written: where the reading stopped."""

    def __init__(self, words: str, at: int) -> None:
        super().__init__(f"not canonical at {at}: {words[at : at + 40]!r}")
        self.at = at


def parse_rule(words: str, lexicon: Lexicon, rates: Iterable[Ratio] = ()) -> Node:
    """Return the normalised rule that canonical words state; raises ``NotCanonical``.

    ``rates`` are the edition's rates that have a name of their own: words name them by that alone. A number
    that the wording had to cut off (“≈”) cannot be read back.
    """
    text = words.removesuffix(".")
    furthest = NotCanonical(words, 0)
    for start in (text[:1].lower() + text[1:], text):
        parser = Reader(start, lexicon, rates)
        try:
            return parser.whole()
        except NotCanonical:
            furthest = max(furthest, NotCanonical(words, parser.furthest), key=lambda each: each.at)
    raise furthest


# ------------------------------------------------------------------ what the words leave out


def normalised(node: Node) -> Node:
    """Return a rule without what its wording leaves out: two rules that are worded alike are one."""
    changed = node
    if isinstance(node, Choice) and (over := quantity_of(node)) is not None:
        branches = tuple(evolve(branch, when=_effective(node, index, over)) for index, branch in enumerate(node.branches))
        changed = evolve(node, branches=branches)
    inner = {each.name: _inside(getattr(changed, each.name)) for each in attrs.fields(type(changed))}
    return _plain(evolve(changed, **inner))


def _inside(value: Any) -> Any:
    if isinstance(value, Node):
        return normalised(value)
    return tuple(_inside(each) for each in value) if isinstance(value, tuple) else value


def _effective(node: Choice, index: int, over: Node) -> Node:
    """Return a branch's condition with the interval that its line names."""
    low, high = effective_limits(node, index)
    if isinstance(over, DaysLate) and low and low.value == 0:
        low = None
    when = node.branches[index].when
    assert isinstance(when, Within)  # else there would be no one quantity
    return evolve(when, low=low, high=high)


def _plain(node: Node) -> Node:
    """Return one node as its words have it."""
    match node:
        case Ratio():
            return evolve(node, share=True)
        case Within(low=low, high=high, of=of):
            nothing = high is not None and high.inclusive and high.value == 0 and low == high and not isinstance(of, Difference)
            return evolve(node, unit="one", low=None if nothing else low)
        case Beyond(of=of, start=start, end=None, falling=False) if start == 0 and not isinstance(of, Difference):
            return of
        case Beyond():
            return evolve(node, unit="")
        case _:
            return node


# ------------------------------------------------------------------ the reader


class Reader:
    """Reads words from left to right; a reading that fails is taken back and the next one tried."""

    def __init__(self, text: str, lexicon: Lexicon, rates: Iterable[Ratio]) -> None:
        self.text = text
        self.at = 0
        self.furthest = 0
        self.lexicon = lexicon
        self.labels = _longest_first({fact.label.vi: name for name, fact in lexicon.facts.items()})
        self.units = _longest_first({unit.label.vi: name for name, unit in lexicon.units.items() if unit.label.vi})
        named = {each.label.vi: normalised(each) for each in rates if each.label}
        self.rates = _longest_first(named)

    def whole(self) -> Node:
        """Read everything."""
        node = self.rule()
        if self.at != len(self.text):
            self.fail()
        return node

    def fail(self) -> NoReturn:
        """Stop this reading."""
        self.furthest = max(self.furthest, self.at)
        raise NotCanonical(self.text, self.at)

    def say(self, words: str) -> None:
        """Read just these words."""
        if not self.text.startswith(words, self.at):
            self.fail()
        self.at += len(words)

    def met(self, words: str) -> bool:
        """Read these words if they are there."""
        there = self.text.startswith(words, self.at)
        self.at += len(words) if there else 0
        return there

    def match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Read what a pattern fits."""
        found = pattern.match(self.text, self.at)
        if found is None:
            self.fail()
        self.at = found.end()
        return found

    def first(self, *readings: Callable[[], Kind]) -> Kind:
        """Return what the first reading gives that does not fail."""
        start = self.at
        for each in readings:
            try:
                return each()
            except NotCanonical:
                self.at = start
        self.fail()

    def after(self, words: str, reading: Callable[[], Kind]) -> Kind:
        """Read these words, then what stands behind them."""
        self.say(words)
        return reading()

    def before(self, reading: Callable[[], Kind], words: str) -> Kind:
        """Read something and these words behind it."""
        found = reading()
        self.say(words)
        return found

    def maybe(self, reading: Callable[[], Kind]) -> Kind | None:
        """Return what a reading gives, or nothing, nothing being read then."""
        start = self.at
        try:
            return reading()
        except NotCanonical:
            self.at = start
            return None

    def several(self, reading: Callable[[], Kind], joint: str) -> tuple[Kind, ...]:
        """Return one or more of a kind."""
        found = [reading()]
        while (more := self.maybe(lambda: self.after(joint, reading))) is not None:
            found.append(more)
        return tuple(found)

    # -------------------------------------------------------------- names and numbers

    def one_of(self, names: Mapping[str, Kind]) -> Kind:
        """Read the longest of several names."""
        for words, meant in names.items():
            if words and self.text.startswith(words, self.at):
                self.at += len(words)
                return meant
        self.fail()

    def fact(self) -> str:
        """Read the name of a fact."""
        return self.one_of(self.labels)

    def number(self) -> Fraction:
        """Read a number."""
        return Fraction(self.match(NUMBER)[0].replace(",", "."))

    def percent(self) -> Fraction:
        """Read so many per cent, as a part of 1."""
        value = self.number()
        self.say("%")
        return value / 100

    def points(self) -> Fraction:
        """Read so many points."""
        value = self.number()
        self.say(" điểm")
        return value

    def date(self) -> Fraction:
        """Read a date as its ordinal."""
        day, month, year = map(int, self.match(DATE).groups())
        return Fraction(dt.date(year, month, day).toordinal())

    # -------------------------------------------------------------- rules

    def rule(self) -> Node:
        """Read a rule and the cases in which nothing arose."""
        node = self.parted()
        while (guard := self.maybe(self.guard)) is not None:
            node = WhenNoneArose(whole=guard[0], then=guard[1], otherwise=node)
        return node

    def guard(self) -> tuple[Node, Node]:
        """Read what is given where a divisor is 0."""
        self.say(". Trường hợp không phát sinh (")
        whole = self.quantity()
        self.say(" bằng 0): ")
        return whole, self.nested()

    def parted(self) -> Node:
        """Read a rule that may have parts of its own."""
        return self.first(
            lambda: self.ended(self.deducted(self.capped(self.nested_base()))), lambda: self.ended(self.capped(self.nested_base())),
            self.options, self.sum, self.levels, lambda: self.ended(self.timeliness()), self.choice,
        )

    def ended(self, node: Node) -> Node:
        """Return a rule after which nothing else of it may follow."""
        if not self.text.startswith(("]", ". Trường hợp"), self.at) and self.at != len(self.text):
            self.fail()
        return node

    def nested(self) -> Node:
        """Read a rule inside another: in brackets, or one without parts."""
        return self.capped(self.nested_base())

    def nested_base(self) -> Node:
        """Read a rule inside another without its cap."""
        return self.first(self.bracketed, self.proportion, self.points_each, self.base_and_steps, self.constant, self.mark, self.not_applicable)

    def bracketed(self) -> Node:
        """Read a rule in brackets."""
        self.say("[")
        node = self.rule()
        self.say("]")
        return node

    def capped(self, node: Node) -> Node:
        """Read caps behind a rule."""
        while (most := self.maybe(lambda: self.after(", tối đa ", self.points))) is not None:
            node = Minimum(of=(Constant(value=most), node))
        return node

    def deducted(self, start: Node) -> Node:
        """Read what is taken off behind a rule."""
        self.say(", ")
        less = self.several(lambda: self.counted("trừ "), "; ")
        self.say("; còn lại không dưới ")
        return Deducted(start=start, less=less, floor=self.points())

    def constant(self) -> Node:
        """Read points."""
        return Constant(value=self.points())

    def proportion(self) -> Node:
        """Read points in proportion."""
        self.say("điểm = ")
        of = self.quantity()
        full_at = self.maybe(lambda: self.after(" / ", self.value)[0])
        self.say(" × ")
        return Proportion(points=self.points(), of=of, full_at=Fraction(1) if full_at is None else full_at)

    def points_each(self) -> Node:
        """Read points for each."""
        self.say("mỗi ")
        of, step = self.each()
        self.say(" được ")
        points = self.points()
        return PointsEach(points=points, of=of, step=step, whole_steps=self.unfinished())

    def counted(self, sign: str) -> PointsEach:
        """Read points added or taken off for each."""
        self.say(sign)
        points = self.points()
        self.say(" cho mỗi ")
        of, step = self.each()
        return PointsEach(points=points, of=of, step=step, whole_steps=self.unfinished())

    def each(self) -> tuple[Node, Fraction]:
        """Read what points are counted for, and its step."""
        step = self.first(lambda: self.value()[0], self.unit)
        self.say(" (")
        of = self.quantity()
        self.say(")")
        return of, step

    def unit(self) -> Fraction:
        """Read one unit of what is counted."""
        if not self.met("đơn vị"):
            self.one_of(self.units)
        return Fraction(1)

    def unfinished(self) -> bool:
        """Read what becomes of an unfinished step; whether only whole ones count."""
        self.met(", phần lẻ tính theo tỷ lệ")
        return self.met(", phần lẻ không tính")

    def base_and_steps(self) -> Node:
        """Read points and more for each step."""
        base = self.constant()
        self.say(", ")
        return Sum(terms=(base, *self.several(lambda: self.counted("cộng "), ", ")))

    def sum(self) -> Node:
        """Read a sum of rules."""
        self.say("cộng điểm các nội dung")
        policy = self.one_of({**SUM_POLICIES}) if not self.text.startswith(":", self.at) else "not_applicable"
        self.say(": ")
        numbered = self.maybe(lambda: self.several(self.numbered, "; "))
        if numbered:
            return Sum(terms=tuple(term for _, term in numbered), full=tuple(full for full, _ in numbered), when_not_applicable=policy)
        return Sum(terms=self.several(lambda: self.first(self.item, self.nested), "; "), when_not_applicable=policy)

    def numbered(self) -> tuple[Fraction, Node]:
        """Read one term of a sum with its maximum."""
        self.match(re.compile(r"\([0-9]+\) tối đa "))
        full = self.points()
        self.say(": ")
        return full, self.nested()

    def item(self) -> Node:
        """Read an item that gives points where it is there."""
        flag = IsTrue(fact=self.fact())
        self.say(": ")
        return Choice(branches=(Branch(when=flag, then=self.constant()),), otherwise=Constant(value=Fraction(0)))

    def options(self) -> Node:
        """Read the least or the greatest of several rules."""
        kind = self.one_of({"số nhỏ nhất trong: ": Minimum, "số lớn nhất trong: ": Maximum})
        return kind(of=self.several(self.option, "; "))

    def option(self) -> Node:
        """Read one of several rules."""
        self.match(re.compile(r"\([0-9]+\) "))
        return self.nested()

    def mark(self) -> Node:
        """Read a mark of an assessor."""
        fact = self.fact()
        self.say(", chấm từ 0 đến ")
        high = self.points()
        self.say(" theo bước ")
        return Mark(fact=fact, high=high, step=self.points())

    def levels(self) -> Node:
        """Read points by level."""
        fact = self.fact()
        judged = self.met(", đánh giá theo mức")
        self.say(": ")
        names = _longest_first({f"“{level.label.vi}”": level.id for level in self.lexicon.facts[fact].levels})

        def mark() -> tuple[str, Fraction]:
            level = self.one_of(names)
            self.say(": ")
            return level, self.points()

        return LevelPoints(fact=fact, marks=self.several(mark, "; "), judged=judged)

    def not_applicable(self) -> Node:
        """Read that a rule does not apply."""
        return NotApplicable(policy=self.one_of(_longest_first({text.vi: policy for policy, text in NOT_APPLICABLE.items()})))

    # -------------------------------------------------------------- choices

    def choice(self) -> Node:
        """Read a choice: conditions line by line, a quantity that all lines share named once."""
        branches: list[Branch] = []
        start = self.at
        while not branches or self.met("; "):
            line = self.maybe(lambda: self.branch(branches[0].when if branches else None))
            if line is None:
                break
            branches.append(line)
            start = self.at
        self.at = start
        if not branches:
            self.fail()
        otherwise = self.maybe(lambda: self.after("; còn lại: ", self.nested))
        return Choice(branches=tuple(branches), otherwise=otherwise)

    def branch(self, first: Node | None) -> Branch:
        """Read one line of a choice; the quantity of the first one may be understood."""
        over = compared(first.of) if isinstance(first, Within) else None
        when = self.condition() if over is None else self.first(lambda: self.limited(over), self.condition)
        self.say(": ")
        return Branch(when=when, then=self.nested())

    def timeliness(self) -> Node:
        """Read a choice over days late: in time, late by so many days, later."""
        fact = self.fact()
        self.say(" ")
        late = self.deadline(fact)
        self.say(": ")
        branches = [Branch(when=Within(of=late, high=Bound(Fraction(0), True)), then=self.nested())]
        while (line := self.maybe(lambda: self.late(late))) is not None:
            branches.append(line)
        otherwise = self.maybe(lambda: self.after("; chậm hơn: ", self.nested))
        return Choice(branches=tuple(branches), otherwise=otherwise)

    def late(self, late: DaysLate) -> Branch:
        """Read what is given for being late by so many days."""
        self.say("; chậm ")
        when = self.limited(late)
        self.say(": ")
        return Branch(when=when, then=self.nested())

    def deadline(self, fact: str) -> DaysLate:
        """Read a deadline."""
        late = self.first(lambda: self.within_days(fact), lambda: self.last_day(fact))
        if self.met(" (ngày làm việc theo lịch “"):
            name = self.match(re.compile(r"[^”]+"))[0]
            self.say("”)")
            return evolve(late, calendar=name)
        return late

    def within_days(self, fact: str) -> DaysLate:
        """Read a deadline that counts from another date."""
        self.say("trong ")
        days = self.number()
        self.say(" ngày")
        self.met(" làm việc")
        self.say(" kể từ ")
        return DaysLate(fact=fact, after=self.fact(), days=int(days))

    def last_day(self, fact: str) -> DaysLate:
        """Read a deadline that is a date."""
        excluded = self.one_of({"trước ngày ": True, "chậm nhất ngày ": False})
        day = dt.date.fromordinal(int(self.date()))
        return DaysLate(fact=fact, last_day=day - dt.timedelta(days=1) if excluded else day, excluded=excluded)

    # -------------------------------------------------------------- conditions

    def condition(self) -> Node:
        """Read a condition."""
        return self.first(self.all_of, self.any_of, self.at_least, self.negated, self.within, self.lateness, lambda: IsTrue(fact=self.fact()))

    def part(self) -> Node:
        """Read a condition inside another."""
        return self.first(self.parenthesised, self.at_least, self.negated, self.within, self.lateness, lambda: IsTrue(fact=self.fact()))

    def parenthesised(self) -> Node:
        """Read a condition in parentheses."""
        self.say("(")
        node = self.condition()
        self.say(")")
        return node

    def all_of(self) -> Node:
        """Read conditions that all have to hold."""
        self.say("đạt đồng thời: ")
        return AllOf(of=self.several(self.part, " và "))

    def any_of(self) -> Node:
        """Read conditions of which one has to hold."""
        self.say("đạt ít nhất một: ")
        return AnyOf(of=self.several(self.part, " hoặc "))

    def at_least(self) -> Node:
        """Read conditions of which so many have to hold."""
        self.say("đạt ít nhất ")
        count = int(self.number())
        self.match(re.compile(r" trong [0-9]+ điều kiện \("))
        found = self.several(self.part, "; ")
        self.say(")")
        return AtLeast(count=count, of=found)

    def negated(self) -> Node:
        """Read that a condition does not hold."""
        self.say("không (")
        node = Not(of=self.condition())
        self.say(")")
        return node

    def lateness(self) -> Node:
        """Read that a date is in time, counted from another; beside a day it is read as a limit on the date."""
        fact = self.fact()
        self.say(" ")
        return Within(of=self.deadline(fact), high=Bound(Fraction(0), True))

    def within(self) -> Node:
        """Read a quantity and its limits."""
        of = self.quantity()
        self.say(" ")
        return self.limited(of)

    def limited(self, of: Node) -> Within:
        """Read the limits of a quantity: numbers, or facts that it is compared with."""
        beside: list[Node] = []

        def value() -> Fraction:
            self.met("ngày ")
            found, yardstick = self.value()
            if yardstick is not None:
                beside.append(yardstick)
            return found

        low, high = self.first(lambda: self.two_ends(value), lambda: self.one_end(value))
        measured = Difference(of=of, less=beside[-1]) if beside else of
        return Within(of=measured, low=low, high=high)

    def two_ends(self, value: Callable[[], Fraction]) -> Ends:
        """Read an interval with two ends."""
        inclusive = self.one_of({"từ ": True, "trên ": False, "sau ": False})
        low = Bound(value(), inclusive)
        ends = self.one_of({" đến dưới ": False, " đến trước ": False, " đến ": True})
        return low, Bound(value(), ends)

    def one_end(self, value: Callable[[], Fraction]) -> Ends:
        """Read an interval with one end, or a single value."""
        kind = self.one_of({"bằng ": "equal", "đúng ": "equal", "từ ": "least", "đạt ": "whole", "trên ": "more", "sau ": "more",
                            "không quá ": "most", "chậm nhất ": "most", "dưới ": "below", "trước ": "below", "bất kỳ": "any"})
        if kind == "any":
            return None, None
        found = value()
        if kind == "least":
            self.one_of({" trở lên": None, " trở đi": None})
        match kind:
            case "equal":
                return (None if found == 0 else Bound(found, True)), Bound(found, True)
            case "least" | "whole":
                return Bound(found, True), None
            case "more":
                return Bound(found, False), None
            case _:
                return None, Bound(found, kind == "most")

    # -------------------------------------------------------------- quantities

    def value(self) -> tuple[Fraction, Node | None]:
        """Read a value with its unit, or a fact that something is compared with and the distance from it."""
        return self.first(lambda: (self.date(), None), self.beside, lambda: (self.percent(), None), lambda: (self.measure(), None))

    def measure(self) -> Fraction:
        """Read a number with its unit, if it has one."""
        value = self.number()
        self.maybe(lambda: self.after(" ", lambda: self.one_of(self.units)))
        return value

    def beside(self) -> tuple[Fraction, Node | None]:
        """Read a place beside a fact."""
        yardstick = self.yardstick()
        sign = -1 if self.met(" trừ ") else int(self.met(" cộng "))
        distance = self.first(self.percent, self.measure) if sign else Fraction(0)
        return sign * distance, yardstick

    def yardstick(self) -> Node:
        """Read what a quantity is compared with."""
        factor = self.maybe(lambda: self.before(self.percent, " của "))
        of = FactValue(fact=self.fact())
        return of if factor is None else Scaled(factor=factor, of=of)

    def quantity(self) -> Node:
        """Read a quantity."""
        return self.first(self.beyond, self.named_rate, self.ratio, self.total, self.yardstick)

    def named_rate(self) -> Node:
        """Read a rate by its own name, with its formula where it is one of totals."""
        rate = self.one_of(self.rates)
        self.maybe(lambda: self.after(" (", lambda: self.before(self.formula, ")")))
        return rate

    def ratio(self) -> Node:
        """Read a rate without a name."""
        if self.met("tỷ lệ ("):
            part, whole = self.formula()
            self.say(")")
            return Ratio(part=part, whole=whole)
        self.say("tỷ lệ giữa ")
        part = self.quantity()
        self.say(" và ")
        return Ratio(part=part, whole=self.quantity())

    def formula(self) -> tuple[Node, Node]:
        """Read part over whole."""
        part = self.first(lambda: self.after("(", lambda: self.before(self.quantity, ")")), self.quantity)
        self.say(" / ")
        return part, self.quantity()

    def total(self) -> Node:
        """Read a total of facts, each with its weight."""
        self.one_of({"tổng (": None, "hiệu (": None})
        terms = [self.term(1)]
        while not self.met(")"):
            terms.append(self.term(self.one_of({" + ": 1, " − ": -1})))
        return Sum(terms=tuple(terms))

    def term(self, sign: int) -> Node:
        """Read one fact of a total."""
        weight = self.maybe(lambda: self.before(self.percent, " × "))
        of = FactValue(fact=self.fact())
        factor = sign * (Fraction(1) if weight is None else weight)
        return of if weight is None and sign > 0 else Scaled(factor=factor, of=of)

    def beyond(self) -> Node:
        """Read how far a quantity lies beyond a place."""
        self.say("phần ")
        of = self.first(self.rate_by_name, self.ratio, self.total, self.yardstick)
        falling = self.maybe(lambda: self.one_of({" vượt ": False, " thấp hơn ": True}))
        start, yardstick = self.value() if falling is not None else (Fraction(0), None)
        end = self.maybe(lambda: self.after(" đến ", self.value)[0])
        of = of if yardstick is None else Difference(of=of, less=yardstick)
        return Beyond(of=of, start=start, end=end, falling=bool(falling))

    def rate_by_name(self) -> Node:
        """Read a rate by its own name alone."""
        return self.one_of(self.rates)


def _longest_first(names: Mapping[str, Kind]) -> dict[str, Kind]:
    return dict(sorted(names.items(), key=lambda each: -len(each[0])))


def rates_in(rules: Iterable[Node]) -> Iterator[Ratio]:
    """Yield the rates of several rules that have a name of their own."""
    for rule in rules:
        yield from (node for node in rule.walk() if isinstance(node, Ratio) and node.label is not None)
