"""Reading: do the units of a rule fit together? Nobody divides dossiers by reports."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from cchc_rules.model import Fact
from cchc_rules.quantities import Quantities
from cchc_rules.rules.tree import DaysLate, FactValue, IsTrue, LevelPoints, Node, Ratio, Within
from cchc_rules.texts import Text

NUMERIC = ("count", "decimal")


@frozen(kw_only=True)
class Misfit:
    """Two things in a rule whose units or kinds do not fit: code, what, and what to do."""

    code: str
    reason: Text
    remedy: Text


def misfits(rule: Node, facts: Mapping[str, Fact], quantities: Quantities) -> Iterator[Misfit]:
    """Yield every place in a rule where kinds of facts or dimensions do not fit; facts must be declared."""
    for node in rule.walk():
        match node:
            case FactValue(fact=fact):
                yield from _kind(facts[fact], (*NUMERIC, "date"))
            case DaysLate(fact=fact):
                yield from _kind(facts[fact], ("date",))
            case IsTrue(fact=fact):
                yield from _kind(facts[fact], ("flag",))
            case LevelPoints():
                yield from _levels(node, facts[node.fact])
            case Ratio(part=FactValue(fact=part), whole=FactValue(fact=whole)):
                yield from _ratio(facts[part], facts[whole], quantities)
            case Within():
                yield from _limits(node)
            case _:
                pass


def _kind(fact: Fact, wanted: tuple[str, ...]) -> Iterator[Misfit]:
    if fact.type not in wanted:
        kinds = ", ".join(wanted)
        yield Misfit(
            code="fact-wrong-kind",
            reason=Text(f"số liệu “{fact.id}” có kiểu {fact.type}, cách chấm cần kiểu {kinds}",
                        f"fact {fact.id!r} is a {fact.type}; the form needs: {kinds}"),
            remedy=Text("chọn số liệu khác hoặc sửa `type` của số liệu", "name another fact or mend its `type`"),
        )


def _ratio(part: Fact, whole: Fact, quantities: Quantities) -> Iterator[Misfit]:
    """Yield where a part and a whole are measured in different dimensions."""
    if part.type not in NUMERIC or whole.type not in NUMERIC:
        return
    if quantities.dimension(part.unit) != quantities.dimension(whole.unit):
        vi, en = ((quantities.units[part.unit].label.get(language), quantities.units[whole.unit].label.get(language))
                  for language in ("vi", "en"))
        yield Misfit(
            code="dimension-mismatch",
            reason=Text(f"tỷ lệ chia “{part.id}” ({vi[0]}) cho “{whole.id}” ({vi[1]})",
                        f"the rate divides {part.id!r} ({en[0]}) by {whole.id!r} ({en[1]})"),
            remedy=Text("tử số và mẫu số phải cùng đơn vị đo", "part and whole must have the same unit"),
        )


def _limits(node: Within) -> Iterator[Misfit]:
    """Yield where a rate is compared with a bare number, or a number with a per cent."""
    is_rate, is_percent = isinstance(node.of, Ratio), node.unit == "percent"
    if is_rate != is_percent:
        yield Misfit(
            code="threshold-unit",
            reason=Text("tỷ lệ so với số không có dấu %" if is_rate else "số liệu so với ngưỡng ghi bằng %",
                        "a rate is compared with a number that has no % sign" if is_rate
                        else "a number is compared with a per cent"),
            remedy=Text('ngưỡng của tỷ lệ ghi như "50 %", ngưỡng của số liệu ghi bằng số',
                        'write the threshold of a rate as "50 %", that of a number as a number'),
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
