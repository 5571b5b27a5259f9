"""Rows outside the maximum: what stands as “thưởng 1,5” or “trừ 1 điểm mỗi đơn” where other rows have their maximum."""

import re
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from cchc_rules.annex.phrases import NUMBER
from cchc_rules.annex.reading import Reading, number, shown
from cchc_rules.model import CriterionKind

_BONUS = re.compile(rf"(?:điểm )?(?:(?:thưởng|cộng)(?: thêm)?(?: tối đa| không quá)?(?: đến)? ?|\+ ?)(?P<most>{NUMBER})(?: ?điểm)?(?P<each>(?: cho)? ?(?:mỗi|/).+)?", re.IGNORECASE)
_PENALTY = re.compile(rf"(?:điểm )?(?:(?:trừ|phạt)(?: tối đa| không quá)?(?: đến)? ?|[-–−] ?)(?P<most>{NUMBER})(?: ?điểm)?(?P<each>(?: cho)? ?(?:mỗi|/).+)?", re.IGNORECASE)
_PER = re.compile(r"(?:cho )?(?:mỗi|/) ?", re.IGNORECASE)


@frozen(kw_only=True)
class Extra:
    """Whether a row gives or takes, how much at the most, and what the cell says that it is for: “” where it does not.

    With ``each`` the points are those of one; how many there may be is then not said.
    """

    kind: CriterionKind
    points: Decimal
    each: str = ""

    @property
    def sentence(self) -> str:
        """What the cell says as a sentence of “cách chấm”."""
        verb = "cộng" if self.kind == "bonus" else "trừ"
        return f"Mỗi {self.each} {verb} {shown(self.points)} điểm" if self.each else ""

    @property
    def doubts(self) -> tuple[str, ...]:
        """What somebody has to settle about the maximum."""
        verb = "thưởng" if self.kind == "bonus" else "trừ"
        return (f"quyết định không nói {verb} tối đa bao nhiêu; đang để {shown(self.points)} điểm",) if self.each else ()


def read_extra(text: str) -> Extra | None:
    """Return what a cell in the column of maxima says of points outside the maximum; ``None`` where it says nothing such."""
    for kind, pattern in _KINDS:
        found = pattern.fullmatch(text.strip())
        if found and number(found["most"]) > 0:
            return Extra(kind=kind, points=number(found["most"]), each=_PER.sub("", (found["each"] or "").strip(), count=1).strip())
    return None


_KINDS: tuple[tuple[CriterionKind, re.Pattern[str]], ...] = (("bonus", _BONUS), ("penalty", _PENALTY))


def as_taken(reading: Reading, maximum: Decimal) -> Reading:
    """Return the reading of a penalty: its points are what is taken off, so that “mỗi … trừ” counts up; nothing else is read."""
    taken: list[Any] = reading.keys.get("each", []) if reading.form == "violations" else []
    if len(taken) != 1 or set(reading.keys) - {"each", "floor"}:
        return Reading()
    keys = {"fact": taken[0]["fact"], "points_each": taken[0]["points"]}
    cap = maximum - reading.keys.get("floor", Decimal(0))
    if cap < maximum:
        keys["cap"] = cap
    return evolve(reading, form="count", keys=keys, open=tuple(each for each in reading.open if "trừ đến mức nào" not in each))
