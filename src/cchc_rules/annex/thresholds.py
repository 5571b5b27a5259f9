"""Sentences on one rate or number: bands, a single threshold, points in proportion."""

import re
from decimal import Decimal
from typing import Any

from attrs import frozen

from cchc_rules.annex.phrases import LEAD, NUMBER, POINTS, Cell, names_a_number
from cchc_rules.annex.reading import Placeholder, Reading, number, percent, shown, small, to_name

_LIMITS = re.compile(
    rf"(?:(?P<low_word>đạt từ|từ|trên|đạt) )?(?P<low>{NUMBER}) ?(?P<unit1>%)? ?(?P<open>trở lên)?"
    rf"(?:(?:,)? ?(?P<high_word>đến dưới|đến|và dưới|và không quá) (?P<high>{NUMBER}) ?(?P<unit2>%)?)?",
)
_ONE_SIDED = re.compile(rf"(?P<word>dưới|không quá|trên) (?P<value>{NUMBER}) ?(?P<unit>%)?|từ (?P<low>{NUMBER}) ?(?P<unit3>%)? trở xuống")
_LAST = re.compile(rf"(?:(?:các )?(?:trường hợp )?(?:còn lại|khác)|không đạt(?: (?:các )?(?:mức|yêu cầu) trên)?|ngoài các (?:trường hợp|mức) trên){LEAD}{POINTS}")
_WHAT = re.compile(r"(?!.*\b(?:đến|dưới|trên|từ|và|hoặc|mỗi|không|trừ|cộng|nhưng|trong|trước|sau)\b)[^0-9%:;,≥≤<>=]{1,60}")
_LOW, _HIGH = ("at_least", "more_than"), ("at_most", "below")


@frozen(kw_only=True)
class Limits:
    """What the first half of a band's clause says: of what, from where to where, in which unit."""

    subject: str
    ends: dict[str, Any]
    unit: str


# ------------------------------------------------------------------ a rate, or a number, in bands


def bands(cell: Cell) -> Reading | None:
    """Read “từ a % đến dưới b % thì c điểm”."""
    found: list[Limits] = []
    points: list[Decimal] = []
    rest: Decimal | None = None
    for clause in cell.clauses:
        if last := _LAST.fullmatch(clause):
            if rest is not None:
                return None
            rest = number(last["points"])
            continue
        read = re.fullmatch(rf"(?P<before>.*?){LEAD}(?P<points>{NUMBER}) ?điểm", clause)
        limits = limits_in(read["before"]) if read else None
        if not read or limits is None:
            return None
        found.append(limits)
        points.append(number(read["points"]))
    if not found or len({each.subject for each in found} - {""}) > 1 or len({each.unit for each in found}) != 1:
        return None
    if meeting := _meeting(found, points):
        return meeting
    subject = next((each.subject for each in found if each.subject), "")
    rows = [{**each.ends, "points": worth} for each, worth in zip(found, points, strict=True)]
    open_ended = rest is None and not _covers(found)
    notes = ("quyết định không nói các trường hợp còn lại được mấy điểm; đang để 0 điểm",) if open_ended else ()
    return _banded(cell, subject, found[0].unit, rows, Decimal(0) if open_ended else rest, notes)


def threshold(cell: Cell) -> Reading | None:
    """Read “tỷ lệ … từ a % trở lên”, which names no points: all of them there, and what is given elsewhere is to be settled."""
    limits = limits_in(cell.clauses[0]) if len(cell.clauses) == 1 and "điểm" not in cell.clauses[0] else None
    if limits is None or len(limits.ends) != 1:
        return None
    notes = (f"quyết định chỉ nêu ngưỡng: đạt ngưỡng đang để trọn {shown(cell.maximum)} điểm, không đạt đang để 0 điểm; ghi điểm của các mức khác nếu có",)
    row = {**limits.ends, "points": cell.maximum}
    return _banded(cell, re.sub(r"^(?:có|đảm bảo|bảo đảm|phấn đấu|yêu cầu) ", "", limits.subject), limits.unit, [row], Decimal(0), notes)


def _banded(cell: Cell, subject: str, unit: str, rows: list[dict[str, Any]], rest: Decimal | None, notes: tuple[str, ...]) -> Reading | None:
    """Return bands over a rate or a number."""
    keys: dict[str, Any] = {"bands": rows} | ({} if rest is None else {"otherwise": rest})
    if unit == "%":
        rate = rate_of(subject, cell)
        return Reading(form="bands", keys={**rate.keys, **keys}, facts=rate.facts, open=(*rate.open, *notes))
    if cell.none_arose:
        return None  # a number is never without a divisor
    words = subject or small(cell.label)
    fact = Placeholder(role="number", label=words if unit in ("", words) or unit in words else f"{words} ({unit})")
    return Reading(form="bands", keys={"of": {"fact": "{number}"}, **keys}, facts=(fact,), open=(to_name(fact.label), *notes))


def _covers(found: list[Limits]) -> bool:
    """Return whether the bands go to both ends; what lies between them is for the check to look at."""
    low = any(not set(each.ends) & set(_LOW) or each.ends.get("at_least") in (0, "0 %") for each in found)
    high = any(not set(each.ends) & set(_HIGH) or each.ends.get("at_most") == "100 %" for each in found)
    return low and high


def _meeting(found: list[Limits], points: list[Decimal]) -> Reading | None:
    """Return both readings of a bound that two bands claim with different points."""
    highs = {str(each.ends["at_most"]): worth for each, worth in zip(found, points, strict=True) if "at_most" in each.ends}
    for each, worth in zip(found, points, strict=True):
        bound = str(each.ends.get("at_least", ""))
        if bound in highs and highs[bound] != worth:
            said = bound.replace(" %", "%").replace(".", ",")
            return Reading(readings=(f"đúng {said} thuộc mức trên, được {shown(worth)} điểm", f"đúng {said} thuộc mức dưới, được {shown(highs[bound])} điểm"))
    return None


def limits_in(words: str) -> Limits | None:
    """Return subject, ends and unit of the first half of a clause; ``None`` where anything else is said."""
    words = words.strip(" :,")
    for pattern, read in ((_LIMITS, _two_sided), (_ONE_SIDED, _one_sided)):
        for found in pattern.finditer(words):
            after = words[found.end() :].strip()
            if "trở xuống" in after or ("trở lên" in after and found.groupdict().get("high")):
                continue
            ends = read(found, after) if not after or _WHAT.fullmatch(after) else None
            subject = _subject(words[: found.start()])
            noun = re.sub(r" ?\btrở lên\b", "", after).strip()
            rate = "%" in found[0]
            if ends is None or not names_a_number(subject) or (rate and noun and subject):
                continue
            return Limits(subject=f"tỷ lệ {noun}" if rate and noun else subject, ends=ends, unit="%" if rate else noun)
    return None


def _subject(words: str) -> str:
    """Return what stands before a limit, without what only joins the two."""
    words = re.sub(r"^(?:nếu|khi) ", "", words.strip(" :,"))
    words = re.sub(r" (?:đạt|là|ở mức|nằm trong khoảng|có|phải)$", "", words).strip(" :,")
    return "" if words in ("đạt", "có", "tỷ lệ", "nếu", "khi") else words


def _two_sided(found: re.Match[str], after: str) -> dict[str, Any] | None:
    """Return the ends of “từ a (trở lên)”, “từ a đến (dưới) b”, “đạt 100 %”."""
    as_value = percent if "%" in found[0] else number
    low_word, high_word = found["low_word"], found["high_word"]
    low = as_value(found["low"])
    if high_word:
        if low_word is None or low_word == "đạt" or found["open"]:
            return None
        start = "more_than" if low_word == "trên" else "at_least"
        return {start: low, ("below" if "dưới" in high_word else "at_most"): as_value(found["high"])}
    if found["open"] or "trở lên" in after:
        return {"more_than" if low_word == "trên" else "at_least": low}
    if low_word in ("đạt", None) and low == "100 %":
        return {"at_least": low}
    return {"more_than": low} if low_word == "trên" else {"at_least": low} if low_word in ("từ", "đạt từ") else None


def _one_sided(found: re.Match[str], after: str) -> dict[str, Any] | None:
    """Return the end of “dưới a”, “không quá a”, “trên a”, “từ a trở xuống”."""
    as_value = percent if "%" in found[0] else number
    if found["low"]:
        return {"at_most": as_value(found["low"])}
    return {{"dưới": "below", "không quá": "at_most", "trên": "more_than"}[found["word"]]: as_value(found["value"])}


# ------------------------------------------------------------------ rates


@frozen(kw_only=True)
class Rate:
    """The keys of a rate, its facts, and what is open about it."""

    keys: dict[str, Any]
    facts: tuple[Placeholder, ...]
    open: tuple[str, ...]


def rate_of(subject: str, cell: Cell) -> Rate:
    """Return a rate as part over whole: named where the sentence names both, placeholders to fill where not."""
    words = subject or small(cell.label)
    named = re.fullmatch(r"(?:tỷ lệ )?(?:giữa )?(.+?)(?: trên | trong | so với |/ ?| và )((?:tổng )?số .+)", words)
    part, whole = (named[1].strip(), named[2]) if named else (f"tử số của “{words}”", f"mẫu số của “{words}”")
    if named and not part.startswith(("số ", "tổng ")):
        part = f"số {part}"
    told = f"số liệu tử số, mẫu số của “{words}”: đặt tên, đơn vị và khoảng giá trị"
    facts = (Placeholder(role="part", label=part), Placeholder(role="whole", label=whole))
    keys = {"of": {"part": "{part}", "whole": "{whole}", "label": words}, "when_whole_is_zero": cell.none_arose or "not_applicable"}
    return Rate(keys=keys, facts=facts, open=(told, cell.doubt) if cell.doubt else (told,))


def proportion(cell: Cell) -> Reading | None:
    """Read “điểm = tỷ lệ × điểm tối đa, dưới a % thì 0 điểm”."""
    pattern = (rf"(?:(?:số )?điểm(?: đạt| đạt được| số)? ?= ?|(?=\(?tỷ lệ ))(?P<rate>[^=]+?) ?[×x*] ?(?:điểm tối đa|(?P<most>{NUMBER})(?: ?điểm)?)"
               rf"(?:, ?(?:nếu )?(?:tỷ lệ )?dưới (?P<floor>{NUMBER})%{LEAD}0 ?điểm)?")
    found = re.fullmatch(pattern, cell.clauses[0])
    if not found or (found["most"] and number(found["most"]) != cell.maximum):
        return None
    floor = found["floor"]
    for clause in cell.clauses[1:]:
        gate = re.fullmatch(rf"(?:nếu |trường hợp )?(?:tỷ lệ )?(?:[^0-9%]* )?dưới (?P<floor>{NUMBER})%{LEAD}0 ?điểm", clause)
        if not gate or floor:
            return None
        floor = gate["floor"]
    subject = found["rate"].strip("() ")
    if re.search(rf"{NUMBER}|[+−–]", subject):
        return None
    rate = rate_of("" if subject in ("tỷ lệ", "tỷ lệ đạt", "tỷ lệ %") else subject, cell)
    gate_key = {"zero_below": percent(floor)} if floor else {}
    return Reading(form="share", keys={**rate.keys, **gate_key}, facts=rate.facts, open=rate.open)
