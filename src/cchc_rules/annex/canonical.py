"""The engine's own wording in an annex's cell: read as the very form, its facts found in the words alone.

An annex declares no facts, so where a name ends is found by trying. A reading is taken only where it is the only
one, or, but for lists of conditions, the only one whose names hold no “và”. Of which kind facts are, the rule tells.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

import attrs
from attrs import evolve, field, frozen

from cchc_rules.annex.reading import Placeholder, Reading, slug, to_name
from cchc_rules.base.exact import decimal_of
from cchc_rules.base.texts import same
from cchc_rules.decisions.structure import Structure
from cchc_rules.model import FactType
from cchc_rules.quantities import Unit
from cchc_rules.rules.forms import FORMS
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.parsing import Kind, NotCanonical, Reader, normalised
from cchc_rules.rules.raising import raised
from cchc_rules.rules.tree import (
    Beyond,
    DaysLate,
    Difference,
    FactValue,
    IsTrue,
    LevelPoints,
    Mark,
    Node,
    PointsEach,
    Proportion,
    Ratio,
    WhenNoneArose,
    Within,
)

STRUCTURE = Structure(FORMS)
MOST_TRIED = 200
MOST_ENDS = 8
MOST_LETTERS = 1500
PART = "part"
_SURE = re.compile(
    r"(?= / | × | \+ | − |\)|: |; |, chấm từ |, đánh giá theo mức| (?:từ|trên|dưới|đạt|bằng|đúng|không quá|đến|đến dưới|cộng|trừ) (?:[0-9]|ngày )"
    r"| (?:trước|sau|chậm nhất) ngày | trong [0-9]| so với |$)",
)
_LOOSE = re.compile(r"(?= (?:và|hoặc|từ|trên|dưới|bằng|không quá|vượt|thấp hơn|cộng|trừ|đến|bất kỳ|trước|sau|trở lên|trở đi)(?: |:|;|$)| \()")
_NO_NAME = re.compile(
    r"^(?:tỷ lệ giữa|tỷ lệ \(|phần|tổng \(|hiệu \(|mỗi|điểm =|cộng điểm|số nhỏ nhất trong|số lớn nhất trong|đạt đồng thời|đạt ít nhất|không \(|còn lại|(?:chậm|trong|sau|trước|đạt|từ|trên|dưới|không quá)\b)"
    r"| [/+−×] |: |; |, chấm từ|, đánh giá theo mức|, tối đa|\(ngày làm việc theo lịch|[\[\]“%]$|\b(?:từ|trên|dưới|đạt|bằng|không quá|đến|trong|vượt|thấp hơn|cộng|trừ) [0-9]|[0-9] điểm\b|\b(?:trước|chậm nhất|sau) ngày [0-9]",
)
_YARDSTICK = re.compile(r"(?:[0-9,]+% của )?(?:số|tổng|mức|tỷ lệ|điểm|bình quân|trung bình|chỉ số|giá trị|kết quả|thứ hạng|ngày|kinh phí)\b")
_LISTS = ("đạt đồng thời:", "đạt ít nhất một:")
"""In such a list a “và” may stand inside a name or between two: where both can be, nobody can tell."""
_LISTED = re.compile(r" (?:và|hoặc) ")


def read_canonical(text: str, maximum: Decimal, units: Mapping[str, Unit]) -> Reading | None:
    """Return what a cell says in the engine's own words; ``None`` where it is worded otherwise, or can be split in two ways."""
    words = " ".join(text.split())
    if not words or len(words) > MOST_LETTERS or ("điểm" not in words and "áp dụng" not in words):
        return None
    found: list[Reading] = []
    for node, kinds in _readings(words.removesuffix("."), units):
        reading = _as_form(node, kinds, maximum)
        if reading is not None and reading not in found:
            found.append(reading)
    plain = [each for each in found if not any(_LISTED.search(fact.label) for fact in each.facts)]
    chosen = found if words.casefold().startswith(_LISTS) or any(f"{each} " in words for each in _LISTS) else plain or found
    return chosen[0] if len(chosen) == 1 else None


# ------------------------------------------------------------------ a rule as a form


def _as_form(node: Node, kinds: "_Kinds", maximum: Decimal) -> Reading | None:
    """Return a rule as a form with placeholders for its facts; ``None`` where it has no form, or its kinds are not told."""
    rule = _with_rate(node, kinds)
    if rule is None:
        return None
    facts = _facts(rule, kinds)
    form = raised(rule, Fraction(maximum), {name: each.type for name, each in facts.items()})  # type: ignore[misc]  # each type is one of a fact's
    if form is None:
        return None
    roles = {name: f"{{{each.role}}}" for name, each in facts.items()}
    return Reading(form=form.name, keys=_named(STRUCTURE.write(form), roles), facts=tuple(facts.values()),
                   open=tuple(to_name(each.label) for each in facts.values()))


def _with_rate(node: Node, kinds: "_Kinds") -> Node | None:
    """Return a rule in which a rate that is called by its name alone is a part of the whole that may not arise.

    Where a number in per cent has no whole, the words do not tell what it is a part of: ``None``.
    """
    wholes = {each.whole for each in node.walk() if isinstance(each, WhenNoneArose)}
    loose = wholes - {part for each in node.walk() if isinstance(each, Ratio) for part in each.whole.walk()}
    if not loose:
        return None if any(isinstance(each, FactValue) for each in kinds.percent) else node
    measured = {of for each in node.walk() if isinstance(each, Within | Proportion | Beyond | PointsEach) and isinstance(of := each.of, FactValue)} - wholes
    if len(loose) != 1 or len(measured) != 1:
        return None
    (whole,), (rate,) = loose, measured
    label = kinds.labels[rate.fact]
    kinds.labels[PART] = f"tử số của “{label}”"
    return normalised(_replaced(node, rate, Ratio(part=FactValue(fact=PART), whole=whole, label=same(label))))


def _replaced(value: Any, old: Node, new: Node) -> Any:
    """Return a rule with one quantity replaced."""
    if value == old:
        return new
    if isinstance(value, tuple):
        return tuple(_replaced(each, old, new) for each in value)
    if isinstance(value, Node):
        return evolve(value, **{each.name: _replaced(getattr(value, each.name), old, new) for each in attrs.fields(type(value))})
    return value


def _facts(rule: Node, kinds: "_Kinds") -> dict[str, Placeholder]:
    """Return a placeholder for each fact of a rule, of the kind that the rule asks for."""
    found: dict[str, Placeholder] = {}
    shares = {each for node in rule.walk() for each in _beside_a_rate(node, kinds)}
    for node in rule.walk():
        match node:
            case IsTrue(fact=fact):
                _add(found, fact, kinds, "flag")
            case DaysLate(fact=fact, after=after):
                _add(found, fact, kinds, "date", {"may_be_never": True})
                if after:
                    _add(found, after, kinds, "date", {"may_be_never": True})
            case LevelPoints(fact=fact, judged=judged):
                levels = [{"id": name, "label": label} for name, label in kinds.levels[fact]]
                _add(found, fact, kinds, "level", {"levels": levels, **({"judged": True} if judged else {})})
            case Mark(fact=fact, high=high, step=step):
                _add(found, fact, kinds, "decimal", {"range": [0, decimal_of(high)], "places": _places(step), "judged": True}, "point")
            case FactValue(fact=fact) if node in kinds.dates:
                _add(found, fact, kinds, "date", {"may_be_never": True})
            case FactValue(fact=fact) if node in kinds.percent or node in shares:
                _add(found, fact, kinds, "rate")
            case FactValue(fact=fact):
                places = max((_places(each.value) for each in _compared(rule, node)), default=0)
                _add(found, fact, kinds, "decimal" if places else "count", {"places": places} if places else {})
    return found


def _beside_a_rate(node: Node, kinds: "_Kinds") -> tuple[Node, ...]:
    """Return what a rate is compared with: a rate too."""
    match node:
        case Difference(of=of, less=less) if isinstance(of, Ratio) or of in kinds.percent:
            return tuple(each for each in less.walk() if isinstance(each, FactValue))
        case Ratio(part=Ratio(), whole=whole):
            return tuple(each for each in whole.walk() if isinstance(each, FactValue))
        case _:
            return ()


def _add(found: dict[str, Placeholder], fact: str, kinds: "_Kinds", kind: FactType, extra: dict[str, Any] | None = None, unit: str = "") -> None:
    if fact not in found:
        label, taken = kinds.labels[fact], {each.role for each in found.values()}
        role = next(name for name in (slug(label, "_"), *(f"{slug(label, '_')}_{index}" for index in range(2, len(taken) + 3))) if name not in taken)
        found[fact] = Placeholder(role=role, label=label, type=kind, unit=unit or kinds.units.get(fact, ""), extra=extra or {})


def _compared(rule: Node, of: Node) -> Iterator[Any]:
    """Yield the ends that a quantity is compared with."""
    for each in rule.walk():
        if isinstance(each, Within) and each.of == of:
            yield from (end for end in (each.low, each.high) if end is not None)


def _places(value: Fraction) -> int:
    """Return how many decimals a number has."""
    found = decimal_of(value)
    return 0 if found is None else max(0, -int(found.normalize().as_tuple().exponent))


def _named(value: Any, roles: Mapping[str, str]) -> Any:
    """Return keys with the role of each fact in place of its name."""
    match value:
        case str():
            return roles.get(value, value)
        case dict():
            return {key: _named(each, roles) for key, each in value.items()}
        case list() | tuple():
            return [_named(each, roles) for each in value]
        case _:
            return value


# ------------------------------------------------------------------ names that nobody declared


@frozen
class _Kinds:
    """What the words show of the facts: names, units, levels, and which of them are written in per cent or as dates."""

    labels: dict[str, str] = field(factory=dict)
    units: dict[str, str] = field(factory=dict)
    levels: dict[str, list[tuple[str, str]]] = field(factory=dict)
    percent: set[Node] = field(factory=set)
    dates: set[Node] = field(factory=set)


def _readings(text: str, units: Mapping[str, Unit]) -> Iterator[tuple[Node, _Kinds]]:
    """Yield the rules that a text can be read as, each end of a name tried in turn, until it takes too long."""
    ends: dict[int, int] = {}
    for _ in range(MOST_TRIED):
        reader = _Finder(text, units, ends)
        with suppress(NotCanonical):
            yield normalised(reader.whole()), reader.kinds
        ends = dict(reader.chosen)
        while ends:
            position, choice = ends.popitem()  # the last that was asked for
            if choice + 1 < len(reader.candidates(position)):
                ends[position] = choice + 1
                break
        if not ends:
            return


class _Finder(Reader):
    """Reads canonical words without knowing their names: each name ends where something that can follow one begins."""

    def __init__(self, text: str, units: Mapping[str, Unit], choices: Mapping[int, int]) -> None:
        super().__init__(text[:1].lower() + text[1:], Lexicon({}, units), ())
        self.kinds = _Kinds()
        self.choices = choices
        self.chosen: dict[int, int] = {}
        self.names: dict[str, str] = {}
        self.percents = self.dates = 0
        self.unit_met = ""
        self.ends: dict[int, list[int]] = {}

    def candidates(self, start: int) -> list[int]:
        """Return where a name that starts here can end: first where that is plain."""
        if start not in self.ends:
            found = dict.fromkeys(each.start() for pattern in (_SURE, _LOOSE) for each in pattern.finditer(self.text, start + 1))
            self.ends[start] = list(islice((end for end in found if _is_name(self.text[start:end])), MOST_ENDS))
        return self.ends[start]

    def fact(self) -> str:
        """Read a name, up to the end that is being tried."""
        start, ends = self.at, self.candidates(self.at)
        if not ends:
            self.fail()
        choice = self.chosen.setdefault(start, self.choices.get(start, 0))
        words = self.text[start : ends[choice]]
        self.at = ends[choice]
        name = self.names.setdefault(words, f"f{len(self.names)}")
        self.kinds.labels[name] = words
        return name

    def levels(self) -> Node:
        """Read points by level, the levels being those that are named."""
        fact = self.fact()
        judged = self.met(", đánh giá theo mức")
        self.say(": ")
        named: list[tuple[str, str]] = []

        def mark() -> tuple[str, Fraction]:
            words = self.match(re.compile(r"“[^”]+”"))[0][1:-1]
            self.say(": ")
            points = self.points()
            named.append((f"muc_{len(named) + 1}", words))
            return named[-1][0], points

        marks = self.several(mark, "; ")
        self.kinds.levels[fact] = named
        return LevelPoints(fact=fact, marks=marks, judged=judged)

    def percent(self) -> Fraction:
        """Read so many per cent, and remember that these were some."""
        value = super().percent()
        self.percents += 1
        return value

    def date(self) -> Fraction:
        """Read a date, and remember that it was one."""
        try:
            value = super().date()
        except ValueError as error:
            if isinstance(error, NotCanonical):
                raise
            self.fail()
        self.dates += 1
        return value

    def limited(self, of: Node) -> Within:
        """Read limits; what is limited in per cent is a rate, by days a date."""
        percents, dates, self.unit_met = self.percents, self.dates, ""
        found = super().limited(of)
        self._counted_in(of)
        if self.percents > percents:
            self.kinds.percent.add(of)
        if self.dates > dates:
            self.kinds.dates.add(of)
        return found

    def measure(self) -> Fraction:
        """Read a number, and remember its unit."""
        value = self.number()
        self.unit_met = self.maybe(lambda: self.after(" ", lambda: self.one_of(self.units))) or self.unit_met
        return value

    def proportion(self) -> Node:
        """Read points in proportion; a unit behind the other index's maximum is that of its value."""
        self.unit_met = ""
        found = super().proportion()
        if isinstance(found, Proportion):
            self._counted_in(found.of)
        return found

    def beside(self) -> tuple[Fraction, Node | None]:
        """Read a place beside a fact, one whose name is that of a number: “trên cổng thông tin” is no such place."""
        if not _YARDSTICK.match(self.text, self.at):
            self.fail()
        return super().beside()

    def _counted_in(self, of: Node) -> None:
        """Keep the unit that was met as that of a number."""
        if isinstance(of, FactValue) and self.unit_met:
            self.kinds.units[of.fact] = self.unit_met

    def each(self) -> tuple[Node, Fraction]:
        """Read what points are counted for; a unit that is named is that of the number."""
        start = self.at
        step = self.first(self.unit, self.percent, self.measure)
        words = self.text[start : self.at]
        self.say(" (")
        of = self.quantity()
        self.say(")")
        if isinstance(of, FactValue):
            met = (each.id for each in self.lexicon.units.values() if each.label.vi and words.endswith(each.label.vi))
            self.kinds.units[of.fact] = next(met, "")
        return of, step

    def named_rate(self) -> Node:
        """Read a rate by a name of its own, its formula behind it."""
        label = self.kinds.labels[self.fact()]
        if label == "tỷ lệ":
            self.fail()
        self.say(" (")
        part, whole = self.formula()
        self.say(")")
        return Ratio(part=part, whole=whole, label=same(label))

    def beyond(self) -> Node:
        """Read how far a quantity lies beyond a place; a part that begins and ends nowhere is never said."""
        found = super().beyond()
        if isinstance(found, Beyond) and found.start == 0 and found.end is None and not found.falling and not isinstance(found.of, Difference):
            self.fail()
        return found

    def several(self, reading: Callable[[], Kind], joint: str) -> tuple[Kind, ...]:
        """Read one or more of a kind; “và” and “hoặc” join two at least."""
        found = super().several(reading, joint)
        if len(found) == 1 and joint in (" và ", " hoặc "):
            self.fail()
        return found

    def rate_by_name(self) -> Node:
        """Read a rate by its own name alone: no name is known here."""
        self.fail()


def _is_name(words: str) -> bool:
    """Return whether words can be a name: they begin with a letter, leave no bracket open, and hold nothing that is said of one."""
    return words == words.strip() and words[:1].isalpha() and words.count("(") == words.count(")") and not _NO_NAME.search(words)
