"""Sentences of a threshold and steps beyond it: “đạt từ 60% được 2 điểm; cứ tăng 10% cộng 1 điểm, tối đa 5 điểm; dưới 60%: 0 điểm”."""

import re
from decimal import Decimal
from typing import Any

from cchc_rules.annex.counting import whole_or_not
from cchc_rules.annex.phrases import LEAD, NUMBER, POINTS, Cell
from cchc_rules.annex.reading import Placeholder, Reading, number, percent, shown, small, to_name
from cchc_rules.annex.thresholds import Limits, limits_in, rate_of

_STEP = re.compile(
    rf"(?:sau đó |và |trên mức (?:này|đó),? )?(?:cứ |mỗi )+(?:khi )?(?P<way>tăng|vượt|cao hơn|giảm|thấp hơn)? ?(?:thêm )?(?P<full>đủ|trọn|đạt đủ)? ?(?P<step>{NUMBER}) ?(?P<unit>%|[^0-9%,]*?)"
    rf" ?(?:(?P<after>tăng thêm|vượt thêm|giảm thêm|tăng|vượt|giảm)(?: thì| được|,)* )?(?:thì |được )*(?:cộng|được|tính)(?: thêm)? (?P<points>{NUMBER}) ?điểm"
    rf"(?:,? ?(?:nhưng )?(?:tổng (?:số )?)?(?:điểm )?(?:tối đa )?(?:không quá|tối đa) (?P<most>{NUMBER})(?: ?điểm)?)?",
)
_REST = re.compile(rf"(?:(?:các )?(?:trường hợp )?(?:còn lại|khác)|(?P<limit>.+?)){LEAD}{POINTS}")
_FALLING = ("giảm", "thấp hơn", "giảm thêm")


def increments(cell: Cell) -> Reading | None:
    """Read a threshold with its points, the steps beyond it, and that there is nothing on its other side."""
    if not 2 <= len(cell.clauses) <= 3:
        return None
    base = re.fullmatch(rf"(?P<before>.*?){LEAD}(?P<points>{NUMBER}) ?điểm", cell.clauses[0])
    limits, step = limits_in(base["before"]) if base else None, _STEP.fullmatch(cell.clauses[1])
    if not base or limits is None or step is None or len(limits.ends) != 1:
        return None
    ((end, start),) = limits.ends.items()
    better = {"at_least": "higher", "at_most": "lower"}.get(end, "")
    unit = "%" if step["unit"] == "%" else ""
    fits = bool(better) and _falls(step) in (None, better == "lower") and (unit == limits.unit or "%" not in (unit, limits.unit))
    if not fits or number(step["points"]) == 0 or (step["most"] and number(step["most"]) != cell.maximum):
        return None  # a cap below the maximum may be of what is added, or of all
    if len(cell.clauses) == 3 and not _is_nothing_beyond(cell.clauses[2], end, start):
        return None
    return _stepped(cell, limits, start, better, number(base["points"]), step)


def _falls(step: re.Match[str]) -> bool | None:
    """Return whether a step goes down; ``None`` where its words do not say."""
    way = step["way"] or step["after"]
    return None if way is None else way in _FALLING


def _is_nothing_beyond(clause: str, end: str, start: Any) -> bool:
    """Return whether a clause gives nothing on the other side of the threshold, and no more than that."""
    rest = _REST.fullmatch(clause)
    if rest is None or number(rest["points"]) != 0:
        return False
    limits = limits_in(rest["limit"]) if rest["limit"] else None
    return not rest["limit"] or (limits is not None and limits.ends == {{"at_least": "below", "at_most": "more_than"}[end]: start})


def _stepped(cell: Cell, limits: Limits, start: Any, better: str, base: Decimal, step: re.Match[str]) -> Reading | None:
    """Return the increments; whether an unfinished step counts is asked where the sentence does not say it."""
    points, said = number(step["points"]), limits.unit == "%"
    keys = {
        "from": start, "base": base, ("zero_below" if better == "higher" else "zero_above"): start, "points_each": points,
        "step": percent(step["step"]) if said else number(step["step"]), "whole_steps": True, "better": better,
    }
    shown_amount = f"{shown(number(step['step']) * 5 / 2)}{'%' if said else ''}"
    readings = () if step["full"] else whole_or_not(points, f"vượt {shown_amount}", "cộng")
    notes = () if len(cell.clauses) == 3 else ("quyết định không nói chưa đạt ngưỡng thì được mấy điểm; đang để 0 điểm",)
    used = (number(step["most"]),) if step["most"] else ()
    if said:
        rate = rate_of(limits.subject, cell)
        return Reading(form="increments", keys={**rate.keys, **keys}, facts=rate.facts, open=(*rate.open, *notes), readings=readings, used=used)
    if cell.none_arose:
        return None  # a number is never without a divisor
    fact = Placeholder(role="number", label=limits.subject or limits.unit or small(cell.label))
    return Reading(form="increments", keys={"of": {"fact": "{number}"}, **keys}, facts=(fact,), open=(to_name(fact.label), *notes), readings=readings, used=used)
