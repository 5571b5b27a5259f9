"""Sentences of so many points for each: taken off, given, or in steps that can be meant in two ways."""

import re
from decimal import Decimal
from typing import Any

from cchc_rules.annex.phrases import LEAD, NUMBER, Cell
from cchc_rules.annex.reading import Placeholder, Reading, number, shown, to_name

_EACH = r"(?:(?:cứ|với) )?(?:mỗi|(?:0?1|một)(?! ?(?:%|phần trăm|điểm phần trăm|triệu|tỷ|km)\b)) (?:một )?(?P<what>[^0-9%]+?)(?: thì)?"
_MOST = rf"(?:,? ?(?:nhưng )?(?:tổng (?:số )?)?(?:điểm )?(?:trừ |cộng )?(?:tối đa )?(?:không quá|tối đa) (?P<most>{NUMBER})(?: ?điểm)?)?"
_OFF = re.compile(rf"{_EACH}(?: bị)? trừ (?P<points>{NUMBER}) ?điểm(?P<down>,? ?(?:cho )?đến (?:khi )?hết(?: số)? điểm)?{_MOST}")
_FOR = re.compile(rf"{_EACH} ?(?:(?::|được cộng|được tính|được|cộng|đạt|chấm|tính) ?)?(?P<points>{NUMBER}) ?điểm{_MOST}")
_TAKEN = re.compile(r"\b(?:trừ|giảm|mất)\b")
_STEP = re.compile(
    rf"(?:cứ|mỗi)(?: mỗi)? (?P<step>{NUMBER})(?P<unit>%[^0-9%]*?| [^0-9%]+?) ?(?P<sign>cộng|trừ|được|giảm)(?: thêm)? (?P<points>{NUMBER}) ?điểm",
)


def violations(cell: Cell) -> Reading | None:
    """Read “mỗi … trừ x điểm, không quá y”, before it perhaps that who does all has all points."""
    clauses = cell.clauses
    full = re.fullmatch(rf"(?P<what>[^0-9%]+?){LEAD}(?P<points>{NUMBER}) ?điểm", clauses[0])
    if full and len(clauses) > 1 and number(full["points"]) == cell.maximum and not re.search(r"\b(?:mỗi|cứ|trừ)\b", full["what"]):
        clauses = clauses[1:]
    kinds = [each for each in map(_OFF.fullmatch, clauses) if each is not None]
    most = {each["most"] for each in kinds if each["most"]}
    if len(kinds) != len(clauses) or len(most) > 1 or (most and len(kinds) > 1):
        return None  # a cap of each kind has no form of its own
    facts = tuple(Placeholder(role=f"violation_{index}", label=f"số {each['what']}") for index, each in enumerate(kinds, 1))
    taken = [{"fact": f"{{violation_{index}}}", "points": number(kind["points"])} for index, kind in enumerate(kinds, 1)]
    unsettled = [to_name("”, “".join(fact.label for fact in facts))]
    keys: dict[str, Any] = {"each": taken}
    if most:
        floor = cell.maximum - number(next(iter(most)))
        if floor < 0:
            return None
        keys |= {"floor": floor} if floor else {}
    elif not all(each["down"] for each in kinds):
        unsettled.append("quyết định không nói trừ đến mức nào; đang để không dưới 0 điểm")
    return Reading(form="violations", keys=keys, facts=facts, open=tuple(unsettled), used=(*map(number, most), number("1")))


def count(cell: Cell) -> Reading | None:
    """Read “mỗi … được x điểm, tối đa y điểm”."""
    found = _FOR.fullmatch(cell.clauses[0]) if len(cell.clauses) == 1 else None
    cap = number(found["most"]) if found and found["most"] else cell.maximum
    if not found or cap > cell.maximum or _TAKEN.search(found["what"]):
        return None
    fact = Placeholder(role="number", label=f"số {found['what']}")
    keys: dict[str, Any] = {"fact": "{number}", "points_each": number(found["points"])} | ({"cap": cap} if cap < cell.maximum else {})
    return Reading(form="count", keys=keys, facts=(fact,), open=(to_name(fact.label),), used=(number("1"),))


def steps(cell: Cell) -> Reading | None:
    """Find “cứ 1 % cộng 0,1 điểm”: whole steps, or in proportion? Both readings are shown, none is taken."""
    for clause in cell.clauses:
        found = _STEP.search(clause)
        if found and not _OFF.fullmatch(clause) and not _FOR.fullmatch(clause):
            step, points = number(found["step"]), number(found["points"])
            unit = "%" if found["unit"].startswith("%") else found["unit"].strip()
            sign = "trừ" if found["sign"] in ("trừ", "giảm") else "cộng"
            amount = f"{shown(step * 5 / 2)}{'' if unit == '%' else ' '}{unit}"
            return Reading(readings=whole_or_not(points, amount, sign))
    return None


def whole_or_not(points: Decimal, amount: str, sign: str) -> tuple[str, str]:
    """Return what two steps and a half come to in both readings of a step."""
    return (
        f"whole_steps = true, chỉ tính bước trọn vẹn: {amount} thì {sign} {shown(points * 2)} điểm",
        f"whole_steps = false, tính theo tỷ lệ: {amount} thì {sign} {shown(points * 5 / 2)} điểm",
    )
