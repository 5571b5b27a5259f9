"""Sentences on deadlines: a day, or a term from another day, and what is given for being late."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from attrs import define, field

from cchc_rules.annex.phrases import LEAD, NUMBER, POINTS, Cell, names_a_number
from cchc_rules.annex.reading import Placeholder, Reading, number, shown, small

CALENDAR = "lich_lam_viec"
"""Stands in for the calendar that somebody has to register."""
MOST_DAYS = 60
_DATE = r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})(?:[/.-](?P<year>[0-9]{4}))?"
_BY = re.compile(
    rf"(?P<before>.*?)(?:xong |hoàn thành )?(?P<how>trước(?: ngày)?|(?:chậm|muộn) nhất(?: là| vào| đến)?(?: hết)?(?: ngày)?|không quá ngày|(?:đến )?hết ngày) ?{_DATE}"
    rf"(?: (?:hằng|hàng) năm| của năm(?: đánh giá)?)?(?:{LEAD}{POINTS})?",
)
_TERM = re.compile(
    rf"(?P<before>.*?)(?:chậm nhất |không quá )?(?:trong |trong vòng |trong thời hạn )?(?P<days>[0-9]+) ngày(?P<work> làm việc)?,? (?:kể )?từ (?:ngày |khi )?(?P<after>[^0-9:]+?)(?:{LEAD}{POINTS})?",
)
_LATE = re.compile(
    rf"(?:(?:gửi|nộp|báo cáo|ban hành|thực hiện) )?chậm (?:từ (?P<first>[0-9]+) (?:ngày )?)?(?P<how>đến dưới|đến|không quá|tối đa|dưới) (?P<days>[0-9]+) ngày(?P<work> làm việc)?{LEAD}{POINTS}",
)
_REST = re.compile(
    rf"(?:(?:(?:gửi|nộp|báo cáo|ban hành|thực hiện) )?chậm (?:quá|trên|hơn)(?: (?P<over>[0-9]+) ngày(?P<work> làm việc)?)?(?: trở lên)?|(?:các trường hợp )?còn lại|quá hạn|trễ hạn|không đúng hạn|sau thời hạn(?: này| trên)?|không (?:gửi|nộp|ban hành|thực hiện|báo cáo)[^0-9]*?){LEAD}{POINTS}",
)
_EACH = re.compile(rf"(?:cứ )?mỗi ngày(?P<work> làm việc)? chậm(?: bị)? trừ (?P<points>{NUMBER}) ?điểm|(?:cứ )?chậm (?:mỗi|0?1) ngày(?P<work2> làm việc)?(?: thì)?(?: bị)? trừ (?P<points2>{NUMBER}) ?điểm")


@define
class _Late:
    """What the clauses on lateness say, one after the other."""

    bands: list[dict[str, Any]] = field(factory=list)
    otherwise: Decimal | None = None
    working: set[bool] = field(factory=set)
    used: list[Decimal] = field(factory=list)
    unsaid: int = 0

    def take(self, clause: str, maximum: Decimal) -> bool:
        """Take in one clause; false where it is not understood, or contradicts those before it."""
        if band := _LATE.fullmatch(clause):
            return self._band(band)
        if each := _EACH.fullmatch(clause):
            return self._each(each, maximum)
        rest = _REST.fullmatch(clause)
        if rest is None or self.otherwise not in (None, number(rest["points"])):
            return False
        if rest["over"]:
            self.working.add(bool(rest["work"]))
            if not self.bands:
                self.unsaid = int(rest["over"])
            elif int(rest["over"]) != self.bands[-1]["days_at_most"]:
                return False
        self.otherwise = number(rest["points"])
        return True

    def _band(self, band: re.Match[str]) -> bool:
        """Take in late by so many days; each begins where the one before it has ended."""
        last = self.bands[-1]["days_at_most"] if self.bands else 0
        days = int(band["days"]) - ("dưới" in band["how"])
        if days <= last or (band["first"] and int(band["first"]) != last + 1):
            return False
        self.working.add(bool(band["work"]))
        self.used += [number(each) for each in (band["days"], band["first"]) if each]
        self.bands.append({"days_at_most": days, "points": number(band["points"])})
        return True

    def _each(self, each: re.Match[str], maximum: Decimal) -> bool:
        """Take in points off each day: a band a day, until nothing is left."""
        off = number(each["points"] or each["points2"])
        if self.bands or not off or maximum / off > MOST_DAYS:
            return False
        self.working.add(bool(each["work"] or each["work2"]))
        self.used += [off, Decimal(1)]
        day = 1
        while maximum - off * day > 0:
            self.bands.append({"days_at_most": day, "points": maximum - off * day})
            day += 1
        self.otherwise = Decimal(0)
        return True


def timeliness(cell: Cell) -> Reading | None:
    """Read “trước ngày …: x điểm; chậm không quá n ngày: y điểm; chậm hơn: 0 điểm”, and a term counted from another day."""
    first, *others = cell.clauses
    by, term = _BY.fullmatch(first), _TERM.fullmatch(first)
    found = by or term
    if found is None or (found["points"] is not None and number(found["points"]) != cell.maximum) or not names_a_number(found["before"]) or cell.none_arose:
        return None
    late = _Late()
    if not all(late.take(clause, cell.maximum) for clause in others):
        return None
    if term and not by:
        late.working.add(bool(term["work"]))
    if len(late.working) > 1:
        return None  # calendar days beside working days: the form has one kind
    return _by_day(cell, by, late) if by else _by_term(cell, found, late)


def _by_day(cell: Cell, found: re.Match[str], late: _Late) -> Reading | None:
    """Return a deadline that is a day."""
    try:
        day = dt.date(int(found["year"] or cell.year), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    notes = () if found["year"] else (f"quyết định ghi hạn không có năm; đang để năm {cell.year}",)
    strict = found["how"].startswith("trước")
    return _dated(cell, found, late, {"before" if strict else "on_or_before": day}, notes, ())


def _by_term(cell: Cell, found: re.Match[str], late: _Late) -> Reading | None:
    """Return a deadline that counts from another day."""
    start = Placeholder(role="start", label=f"ngày {found['after'].strip()}", type="date", extra={"may_be_never": True})
    keys = {"within_days": int(found["days"]), "after": "{start}"}
    return _dated(cell, found, late, keys, (f"số liệu “{start.label}”: đặt tên",), (start,))


def _dated(cell: Cell, found: re.Match[str], late: _Late, deadline: dict[str, Any], notes: tuple[str, ...], more: tuple[Placeholder, ...]) -> Reading | None:
    """Return a deadline with what is given for being late."""
    kind = "ngày làm việc" if True in late.working else "ngày"
    if late.unsaid:
        most, rest = shown(cell.maximum), shown(late.otherwise or Decimal(0))
        return Reading(readings=(f"chậm từ 1 đến {late.unsaid} {kind}: vẫn được trọn {most} điểm", f"chậm từ 1 đến {late.unsaid} {kind}: cũng chỉ được {rest} điểm"))
    unsettled = list(notes)
    if found["points"] is None:
        unsettled.append(f"quyết định chỉ nêu hạn: đúng hạn đang để trọn {shown(cell.maximum)} điểm")
    if late.otherwise is None:
        unsettled.append("quyết định không nói chậm hơn nữa thì sao; đang để 0 điểm" if late.bands else "quyết định không nói quá hạn thì sao; đang để 0 điểm")
    calendar = {"calendar": CALENDAR} if True in late.working else {}
    if calendar:
        unsettled.append(f"tính theo ngày làm việc: khai báo lịch và ghi mã lịch thay cho “{CALENDAR}”")
    words = found["before"].strip(" ,:") or small(cell.label)
    fact = Placeholder(role="sent", label=f"ngày thực hiện: {small(words)}", type="date", extra={"may_be_never": True})
    unsettled.append(f"số liệu “{fact.label}”: đặt tên")
    keys: dict[str, Any] = {"fact": "{sent}", **deadline, **calendar, **({"late": late.bands} if late.bands else {}), "otherwise": late.otherwise or Decimal(0)}
    return Reading(form="timeliness", keys=keys, facts=(fact, *more), open=tuple(unsettled), used=tuple(late.used))
