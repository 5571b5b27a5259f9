"""Reading: do the units of a rule fit together? Nobody divides dossiers by reports."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.model import Fact
from cchc_rules.quantities import Quantities
from cchc_rules.rules.tree import (
    Beyond,
    Constant,
    DaysLate,
    Difference,
    FactValue,
    IsTrue,
    LevelPoints,
    Mark,
    Node,
    Ratio,
    Scaled,
    Sum,
    Within,
    facts_of,
    is_quantity,
)

NUMERIC = ("count", "decimal")


@frozen(kw_only=True)
class Misfit:
    """Two things in a rule whose units or kinds do not fit: code, what, and what to do."""

    code: str
    reason: Text
    remedy: Text


def misfits(rule: Node, facts: Mapping[str, Fact], quantities: Quantities) -> Iterator[Misfit]:
    """Yield every place in a rule where kinds of facts or dimensions do not fit; facts must be declared."""
    measure = Measure(facts, quantities)
    for node in rule.walk():
        match node:
            case FactValue(fact=fact):
                yield from _kind(facts[fact], (*NUMERIC, "rate", "date"))
            case DaysLate(fact=fact, after=after):
                yield from (misfit for each in (fact, after) if each for misfit in _kind(facts[each], ("date",)))
            case IsTrue(fact=fact):
                yield from _kind(facts[fact], ("flag",))
            case LevelPoints():
                yield from _levels(node, facts[node.fact])
            case Mark(fact=fact):
                yield from _kind(facts[fact], NUMERIC)
                yield from measure.apart(FactValue(fact=fact), Constant(value=Fraction(0)), POINTS)
            case Ratio(part=part, whole=whole):
                yield from measure.apart(part, whole, DIVIDED)
            case Difference(of=of, less=less):
                yield from measure.apart(of, less, COMPARED)
            case Sum(terms=terms) if is_quantity(node):
                yield from (misfit for one, two in pairwise(terms) for misfit in measure.apart(one, two, ADDED))
            case Within(of=of, unit=unit) | Beyond(of=of, unit=unit):
                yield from measure.limits(of, unit)
            case _:
                pass


DIVIDED = Text("tỷ lệ chia “{0}” ({1}) cho “{2}” ({3})", "the rate divides {0!r} ({1}) by {2!r} ({3})")
COMPARED = Text("“{0}” ({1}) so với ngưỡng “{2}” ({3})", "{0!r} ({1}) is compared with {2!r} ({3})")
ADDED = Text("cộng “{0}” ({1}) với “{2}” ({3})", "{0!r} ({1}) is added to {2!r} ({3})")
POINTS = Text("điểm chấm “{0}” tính bằng {1}, cần tính bằng điểm", "the mark {0!r} is in {1}; it has to be in points")


@frozen
class Measure:
    """What quantities are measured in: the facts' declarations and their units."""

    facts: Mapping[str, Fact]
    quantities: Quantities

    def apart(self, one: Node, two: Node, said: Text) -> Iterator[Misfit]:
        """Yield where two things that are divided, compared or added are measured differently."""
        if self._in_one_unit(one, two):
            return
        kinds = [self._kind_of(each) for each in (one, two)]
        dimensions = [self._dimension(each) for each in (one, two)]
        if None in dimensions or (kinds[0] == kinds[1] and dimensions[0] == dimensions[1]):
            return
        vi, en = (
            said.get(language).format(*(word for each in (one, two) for word in (_named(each), self._unit(each, language))))
            for language in LANGUAGES
        )
        yield Misfit(
            code="dimension-mismatch",
            reason=Text(vi, en),
            remedy=Text("hai bên phải cùng đơn vị đo", "both must have the same unit")
            if said is not DIVIDED else Text("tử số và mẫu số phải cùng đơn vị đo", "part and whole must have the same unit"),
        )

    def _in_one_unit(self, one: Node, two: Node) -> bool:
        """Return whether two numbers are of the very same unit, so that nothing needs to be asked of pint."""
        if not isinstance(one, FactValue) or not isinstance(two, FactValue):
            return False
        first, second = self.facts[one.fact], self.facts[two.fact]
        return first.type in NUMERIC and second.type in NUMERIC and first.unit == second.unit

    def limits(self, of: Node, unit: str) -> Iterator[Misfit]:
        """Yield where a rate is compared with a bare number, a number with a per cent, a date with either."""
        kind = self._kind_of(of)
        written = {"percent": "rate", "date": "date"}.get(unit, "number")
        if isinstance(of, Difference) and not unit:
            return  # its threshold is a fact
        if kind == written or isinstance(of, DaysLate):
            return
        needed = {"rate": Text("tỷ lệ so với số không có dấu %", "a rate is compared with a number that has no % sign"),
                  "number": Text("số liệu so với ngưỡng ghi bằng %" if unit == "percent" else "số liệu so với một ngày",
                                 "a number is compared with a per cent" if unit == "percent" else "a number is compared with a date"),
                  "date": Text("ngày so với một ngưỡng không phải là ngày", "a date is compared with what is no date")}
        yield Misfit(
            code="threshold-unit",
            reason=needed[kind],
            remedy=Text('ngưỡng của tỷ lệ ghi như "50 %", ngưỡng của số liệu ghi bằng số, ngưỡng của ngày ghi bằng ngày',
                        'write the threshold of a rate as "50 %", that of a number as a number, that of a date as a date'),
        )

    def _kind_of(self, node: Node) -> str:
        """Return whether something is a rate, a date or a number."""
        match node:
            case Ratio():
                return "rate"
            case FactValue(fact=fact):
                kind = self.facts[fact].type
                return kind if kind in ("rate", "date") else "number"
            case Scaled(of=of) | Difference(of=of) | Beyond(of=of):
                return self._kind_of(of)
            case _:
                return "number"

    def _dimension(self, node: Node) -> object:
        """Return what something measures; ``None`` where a fact of the wrong kind is named, which is found elsewhere."""
        match node:
            case FactValue(fact=fact) if self.facts[fact].type in ("flag", "level"):
                return None
            case FactValue(fact=fact) if self.facts[fact].type in NUMERIC:
                return self.quantities.dimension(self.facts[fact].unit)
            case Constant():
                return self.quantities.dimension(node.unit)
            case Scaled(of=of) | Difference(of=of):
                return self._dimension(of)
            case Sum(terms=terms):
                return self._dimension(terms[0])
            case _:
                return self.quantities.dimension("one")

    def _unit(self, node: Node, language: Language) -> str:
        match node:
            case FactValue(fact=fact) if self.facts[fact].type in NUMERIC:
                return self.quantities.units[self.facts[fact].unit].label.get(language) or "1"
            case Scaled(of=of) | Difference(of=of):
                return self._unit(of, language)
            case Sum(terms=terms):
                return self._unit(terms[0], language)
            case _ if self._kind_of(node) == "date":
                return Text("ngày tháng", "date").get(language)
            case _:
                return Text("tỷ lệ", "rate").get(language)


def _named(node: Node) -> str:
    return " + ".join(facts_of(node))


def _kind(fact: Fact, wanted: tuple[str, ...]) -> Iterator[Misfit]:
    if fact.type not in wanted:
        kinds = ", ".join(wanted)
        yield Misfit(
            code="fact-wrong-kind",
            reason=Text(f"số liệu “{fact.id}” có kiểu {fact.type}, cách chấm cần kiểu {kinds}",
                        f"fact {fact.id!r} is a {fact.type}; the form needs: {kinds}"),
            remedy=Text("chọn số liệu khác hoặc sửa `type` của số liệu", "name another fact or mend its `type`"),
        )


def _levels(node: LevelPoints, fact: Fact) -> Iterator[Misfit]:
    """Yield where marks and levels are not the same, or the fact is not a level."""
    yield from _kind(fact, ("level",))
    marks, levels = {name for name, _ in node.marks}, {level.id for level in fact.levels}
    if fact.type == "level" and marks != levels:
        odd = ", ".join(sorted(marks ^ levels))
        yield Misfit(
            code="level-mismatch",
            reason=Text(f"các mức trong `marks` và trong số liệu “{fact.id}” không khớp: {odd}",
                        f"the levels in `marks` and those of fact {fact.id!r} differ: {odd}"),
            remedy=Text("mỗi mức của số liệu cần đúng một điểm", "give each level of the fact its points, and no other"),
        )
