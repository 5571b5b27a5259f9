"""Sentences of what is there or not: one item, several that add up, levels, n of m, a mark in steps."""

import re
from decimal import Decimal
from typing import Any

from cchc_rules.annex.phrases import LEAD, NUMBER, POINTS, Cell
from cchc_rules.annex.reading import Placeholder, Reading, number, shown, small

_NOT_AN_ITEM = re.compile(r"\b(?:cứ|mỗi|tỷ lệ|dưới|trên|chậm|trừ|tối đa|không quá|tổng điểm|trước ngày|trở lên|trở xuống|(?:cao|thấp|nhiều|ít|lớn|nhỏ|tốt|kém) hơn|vượt)\b|=")
"""Where a value is compared with something, perhaps with what other units have, there is no item and no level."""
_MARK = re.compile(
    rf"(?P<who>[^0-9:]*?)(?:chấm|cho|đánh giá)(?: điểm)? ?(?:từ 0 đến|tối đa|trong khoảng từ 0 đến)(?: điểm)? (?P<most>{NUMBER}) ?điểm,? ?(?:theo|với|mỗi|các)? ?(?:bước|mức|nấc)(?: chấm)? (?P<step>{NUMBER})(?: ?điểm)?",
)
_N_OF_M = re.compile(
    rf"(?:đạt|có|thực hiện|đáp ứng|bảo đảm|đảm bảo)? ?(?:ít nhất|từ|tối thiểu) (?P<count>[0-9]+) ?(?:/|trong|trên)(?: tổng)?(?: số)? ?(?P<of>[0-9]+) (?P<what>nội dung|tiêu chí|yêu cầu|điều kiện|nhiệm vụ|tiêu chuẩn)(?: sau| dưới đây)?:? (?P<items>[^0-9]+?)(?:{LEAD}{POINTS})?",
)


def items(cell: Cell) -> Reading | None:
    """Read “đầy đủ, đúng hạn: x điểm”: one item, items that add up to the maximum, or levels of which the best has it."""
    found = [re.fullmatch(rf"(?P<what>[^0-9%]+?)(?:[:,]| thì| được| đạt| chấm)+ ?{POINTS}", clause) for clause in cell.clauses]
    named = [(each["what"].strip(" ,:"), number(each["points"])) for each in found if each is not None]
    if len(named) != len(cell.clauses) or cell.none_arose or any(_NOT_AN_ITEM.search(what) for what, _ in named):
        return None
    paid = [(what, points) for what, points in named if points > 0]
    if len(paid) == 1 and paid[0][1] == cell.maximum:
        fact = Placeholder(role="done", label=paid[0][0], type="flag")
        return Reading(form="all_or_nothing", keys={"require": [{"fact": "{done}"}]}, facts=(fact,), open=(f"cờ “{fact.label}”: đặt tên, nói rõ thế nào là đạt",))
    if len(paid) == len(named) and len(paid) > 1 and sum(points for _, points in paid) == cell.maximum:
        return _checklist(paid)
    if len(named) > 1 and max(points for _, points in named) == cell.maximum and len({points for _, points in named}) == len(named):
        return _levels(named, cell)
    return None


def _checklist(paid: list[tuple[str, Decimal]]) -> Reading:
    facts = tuple(Placeholder(role=f"item_{index}", label=what, type="flag") for index, (what, _) in enumerate(paid, 1))
    keys = {"items": [{"fact": f"{{item_{index}}}", "points": points} for index, (_, points) in enumerate(paid, 1)]}
    return Reading(form="checklist", keys=keys, facts=facts, open=("các nội dung cộng lại bằng điểm tối đa nên đọc là cộng điểm; đặt tên từng cờ",))


def _levels(named: list[tuple[str, Decimal]], cell: Cell) -> Reading:
    ordered = sorted(named, key=lambda each: -each[1])
    levels = [{"id": f"muc_{index}", "label": what} for index, (what, _) in enumerate(ordered, 1)]
    fact = Placeholder(role="level", label=f"mức thực hiện: {small(cell.label)}", type="level", extra={"levels": levels})
    marks = {f"muc_{index}": points for index, (_, points) in enumerate(ordered, 1)}
    return Reading(form="levels", keys={"fact": "{level}", "marks": marks}, facts=(fact,), open=("mức cao nhất bằng điểm tối đa nên đọc là chọn một mức; đặt tên các mức",))


def some_of(cell: Cell) -> Reading | None:
    """Read “đạt ít nhất 2 trong 3 nội dung: a, b, c”, with its points or without."""
    found = _N_OF_M.fullmatch("; ".join(cell.clauses))
    if not found or cell.none_arose or (found["points"] and number(found["points"]) != cell.maximum):
        return None
    names = [each.strip(" ,:.") for each in re.split(r"[;,] | và ", found["items"].strip()) if each.strip(" ,:.")]
    if len(names) != int(found["of"]) or not 0 < int(found["count"]) <= len(names):
        return None
    facts = tuple(Placeholder(role=f"item_{index}", label=what, type="flag") for index, what in enumerate(names, 1))
    notes = ["đặt tên từng cờ, nói rõ thế nào là đạt; không đủ số nội dung đang để 0 điểm"]
    if not found["points"]:
        notes.append(f"quyết định không ghi điểm: đạt đang để trọn {shown(cell.maximum)} điểm")
    keys: dict[str, Any] = {"require": [{"fact": f"{{item_{index}}}"} for index in range(1, len(names) + 1)], "at_least_of": int(found["count"])}
    return Reading(form="all_or_nothing", keys=keys, facts=facts, open=tuple(notes), used=(number(found["of"]),))


def mark(cell: Cell) -> Reading | None:
    """Read “hội đồng chấm từ 0 đến x điểm, bước y”."""
    found = _MARK.fullmatch(cell.clauses[0]) if len(cell.clauses) == 1 else None
    if not found or number(found["most"]) != cell.maximum or cell.none_arose:
        return None
    step = number(found["step"])
    if step <= 0 or (cell.maximum / step) % 1:
        return None
    places = max(0, -int(step.normalize().as_tuple().exponent))
    fact = Placeholder(role="mark", label=f"điểm chấm: {small(cell.label)}", type="decimal", unit="point",
                       extra={"range": [0, cell.maximum], "places": places, "judged": True})
    return Reading(form="mark", keys={"fact": "{mark}", "step": step}, facts=(fact,), open=(f"số liệu “{fact.label}”: đặt tên, ghi rõ ai chấm",))
