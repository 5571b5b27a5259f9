"""The usual sentences of “cách chấm” as forms: what is said is taken over, what is not said is named, nothing is guessed."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from attrs import field, frozen

NUMBER = r"(?:[0-9]+(?:[.,][0-9]+)?)"
POINTS = rf"(?P<points>{NUMBER}) ?điểm"
_LEAD = r"(?:[\s:,]|thì|được|đạt|cho|chấm|tính|là)*"
_SPLIT = re.compile(r"\n|;|\.(?=\s+[A-ZĐÀ-Ỹ]|\s*$)")
_LIMITS = re.compile(
    rf"(?:(?P<low_word>từ|trên|đạt từ|đạt) )?(?P<low>{NUMBER}) ?(?P<unit1>%)? ?(?P<open>trở lên)?"
    rf"(?:(?:,)? ?(?P<high_word>đến dưới|đến|và dưới|và không quá) (?P<high>{NUMBER}) ?(?P<unit2>%)?)?",
)
_ONE_SIDED = re.compile(rf"(?P<word>dưới|không quá|ít nhất|tối thiểu|trên) (?P<value>{NUMBER}) ?(?P<unit>%)?|từ (?P<low>{NUMBER}) ?(?P<unit3>%)? trở xuống")
_DATE = r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})(?:[/.-](?P<year>[0-9]{4}))?"


@frozen(kw_only=True)
class Placeholder:
    """A fact that a sentence needs and an annex never names: to be filled by whoever knows what is reported."""

    role: str
    label: str
    type: str = "count"
    extra: dict[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Reading:
    """What a sentence says: a form with its keys, the facts it needs, and what has to be settled by a person.

    In the keys ``{role}`` stands for the fact of that role. ``readings`` shows the ways in which an ambiguous
    sentence can be meant; such a sentence has no form.
    """

    form: str = ""
    keys: dict[str, Any] = field(factory=dict)
    facts: tuple[Placeholder, ...] = ()
    open: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()


Reader = Callable[[list[str], str, Decimal, int], Reading | None]


def read_sentences(text: str, label: str, maximum: Decimal, year: int) -> Reading:
    """Return what the sentences of one criterion say; an empty reading where that is not known in full."""
    clauses = [each for each in map(_clean, _SPLIT.split(unicodedata.normalize("NFC", text))) if each]
    if not clauses:
        return Reading()
    for reader in READERS:
        found = reader(clauses, label, maximum, year)
        if found is not None:
            return found
    return Reading()


def _clean(words: str) -> str:
    """Return a clause in small letters at its start, without bullets."""
    words = re.sub(r"[\s\u00a0]+", " ", words).strip().lstrip("-–•+* ").strip(" .,:")
    words = re.sub(r"(?<=[0-9]) %", "%", words)
    return words[:1].lower() + words[1:]


def number(words: str) -> Decimal:
    """Return a number as annexes write it, with a decimal comma or a point."""
    return Decimal(words.replace(",", "."))


def _percent(words: str) -> str:
    return f"{number(words)} %"


NONE_AROSE = "quyết định không nói khi không phát sinh (mẫu số bằng 0); đang để không áp dụng"


def _rate_of(subject: str, label: str) -> tuple[dict[str, Any], tuple[Placeholder, ...], tuple[str, ...]]:
    """Return a rate as part over whole: named where the sentence names both, placeholders to fill where not."""
    words = subject or label[:1].lower() + label[1:]
    named = re.fullmatch(r"(?:tỷ lệ |tỉ lệ )?(?:giữa )?(.+?)(?: trên | trong | so với |/ ?| và )((?:tổng )?số .+)", words)
    part, whole = (named[1], named[2]) if named else (f"tử số của “{words}”", f"mẫu số của “{words}”")
    if named and not part.startswith("số "):
        part = f"số {part}"
    told = f"số liệu tử số, mẫu số của “{words}”: đặt tên, đơn vị và khoảng giá trị"
    facts = (Placeholder(role="part", label=part), Placeholder(role="whole", label=whole))
    return {"part": "{part}", "whole": "{whole}", "label": words}, facts, (told, NONE_AROSE)


# ------------------------------------------------------------------ a rate, or a number, in bands


def _bands(clauses: list[str], label: str, maximum: Decimal, year: int) -> Reading | None:
    """Read “từ a % đến dưới b % thì c điểm”."""
    subjects: dict[str, None] = {}
    bands: list[dict[str, Any]] = []
    units: set[str] = set()
    rest: Decimal | None = None
    for clause in clauses:
        last = re.fullmatch(rf"(?:còn lại|các trường hợp còn lại|trường hợp còn lại|trường hợp khác){_LEAD}{POINTS}", clause)
        if last:
            rest = number(last["points"])
            continue
        found = re.fullmatch(rf"(?P<before>.*?){_LEAD}(?P<points>{NUMBER}) ?điểm", clause)
        limits = _limits(found["before"]) if found else None
        if not found or limits is None:
            return None
        subject, ends, unit = limits
        if subject:
            subjects[subject] = None
        units.add(unit)
        bands.append({**ends, "points": number(found["points"])})
    if not bands or len(subjects) > 1 or len(units) != 1:
        return None
    subject = next(iter(subjects), "")
    keys: dict[str, Any] = {"bands": bands} | ({} if rest is None else {"otherwise": rest})
    if units == {"%"}:
        of, facts, unsettled = _rate_of(subject, label)
        return Reading(form="bands", keys={"of": of, "when_whole_is_zero": "not_applicable", **keys}, facts=facts, open=unsettled)
    words = subject or label
    fact = Placeholder(role="number", label=words[:1].lower() + words[1:])
    return Reading(form="bands", keys={"of": {"fact": "{number}"}, **keys}, facts=(fact,), open=(f"số liệu “{fact.label}”: đặt tên, đơn vị và khoảng giá trị",))


def _limits(words: str) -> tuple[str, dict[str, Any], str] | None:
    """Return subject, limits and unit of the first half of a band's clause."""
    words = words.strip(" :,")
    for pattern, read in ((_LIMITS, _two_sided), (_ONE_SIDED, _one_sided)):
        for found in pattern.finditer(words):
            after = words[found.end() :].strip()
            if "trở xuống" in after or ("trở lên" in after and found.groupdict().get("high")):
                continue
            if not after or ("%" not in found[0] and re.fullmatch(r"[a-zđà-ỹ ]{1,30}", after)):
                keys = read(found)
                subject = words[: found.start()].strip(" :,").removeprefix("nếu ").removeprefix("khi ").strip()
                subject = re.sub(r" (?:đạt|là|ở mức|nằm trong khoảng)$", "", subject)
                if keys is not None and _as_subject(subject):
                    return subject, keys, "%" if "%" in found[0] else after.replace("trở lên", "").strip()
    return None


def _as_subject(words: str) -> bool:
    """Return whether words can name a quantity: no number in them that would be lost."""
    return not re.search(rf"{NUMBER} ?(?:%|điểm)|\b(?:dưới|trên|từ|mỗi|cứ|chậm|trước ngày)\b", words)


def _two_sided(found: re.Match[str]) -> dict[str, Any] | None:
    """Return the limits of “từ a (trở lên)”, “từ a đến (dưới) b”, “đạt 100 %”."""
    as_value = _percent if "%" in found[0] else number
    low_word, high_word = found["low_word"], found["high_word"]
    low = as_value(found["low"])
    if high_word:
        if low_word is None or low_word == "đạt" or found["open"]:
            return None
        start = "more_than" if low_word == "trên" else "at_least"
        return {start: low, ("below" if "dưới" in high_word else "at_most"): as_value(found["high"])}
    if found["open"]:
        return {"more_than" if low_word == "trên" else "at_least": low}
    if low_word == "đạt" and low == "100 %":
        return {"at_least": low}
    return {"more_than": low} if low_word == "trên" else {"at_least": low} if low_word in ("từ", "đạt từ") else None


def _one_sided(found: re.Match[str]) -> dict[str, Any] | None:
    """Return the limit of “dưới a”, “không quá a”, “từ a trở xuống”."""
    as_value = _percent if "%" in found[0] else number
    if found["low"]:
        return {"at_most": as_value(found["low"])}
    key = {"dưới": "below", "không quá": "at_most", "ít nhất": "at_least", "tối thiểu": "at_least", "trên": "more_than"}[found["word"]]
    return {key: as_value(found["value"])}


# ------------------------------------------------------------------ in proportion


def _proportion(clauses: list[str], label: str, maximum: Decimal, year: int) -> Reading | None:
    """Read “điểm = tỷ lệ × điểm tối đa, dưới a % thì 0 điểm”."""
    pattern = (rf"(?:số )?điểm(?: đạt| đạt được| số)? ?= ?(?P<rate>[^=]+?) ?[×x*] ?(?:điểm tối đa|(?P<most>{NUMBER})(?: ?điểm)?)"
               rf"(?:, ?(?:nếu )?(?:tỷ lệ )?dưới (?P<floor>{NUMBER})%{_LEAD}0 ?điểm)?")
    found = re.fullmatch(pattern, clauses[0])
    if not found or (found["most"] and number(found["most"]) != maximum):
        return None
    floor = found["floor"]
    for clause in clauses[1:]:
        gate = re.fullmatch(rf"(?:nếu |trường hợp )?(?:tỷ lệ )?(?:[^0-9%]* )?dưới (?P<floor>{NUMBER})%{_LEAD}0 ?điểm", clause)
        if not gate or floor:
            return None
        floor = gate["floor"]
    subject = found["rate"].strip("() ")
    if re.search(rf"{NUMBER}|[+−–]", subject):
        return None
    of, facts, unsettled = _rate_of("" if subject in ("tỷ lệ", "tỉ lệ", "tỷ lệ đạt", "tỷ lệ %") else subject, label)
    gate_key = {"zero_below": _percent(floor)} if floor else {}
    return Reading(form="share", keys={"of": of, "when_whole_is_zero": "not_applicable", **gate_key}, facts=facts, open=unsettled)


# ------------------------------------------------------------------ so many points for each


def _violations(clauses: list[str], label: str, maximum: Decimal, year: int) -> Reading | None:
    """Read “mỗi … trừ x điểm, không quá y”."""
    pattern = rf"(?:cứ )?mỗi (?P<what>[^0-9%]+?)(?: thì)?(?: bị)? trừ (?P<points>{NUMBER}) ?điểm(?:,? ?(?:trừ )?(?:nhưng )?(?:không quá|tối đa) (?P<most>{NUMBER})(?: ?điểm)?)?"
    found = [re.fullmatch(pattern, clause) for clause in clauses]
    kinds = [each for each in found if each is not None]
    if len(kinds) != len(clauses):
        return None
    most = {each["most"] for each in kinds if each["most"]}
    if len(most) > 1 or (most and len(kinds) > 1):
        return None  # a cap of each kind has no form of its own
    facts = tuple(Placeholder(role=f"violation_{index}", label=f"số {each['what']}") for index, each in enumerate(kinds, 1))
    each_ = [{"fact": f"{{violation_{index}}}", "points": number(kind["points"])} for index, kind in enumerate(kinds, 1)]
    names = "; ".join(f"“{fact.label}”" for fact in facts)
    unsettled = [f"số liệu {names}: đặt tên, đơn vị và khoảng giá trị"]
    keys: dict[str, Any] = {"each": each_}
    if most:
        floor = maximum - number(most.pop())
        if floor < 0:
            return None
        keys |= {"floor": floor} if floor else {}
    else:
        unsettled.append("quyết định không nói trừ đến mức nào; đang để không dưới 0 điểm")
    return Reading(form="violations", keys=keys, facts=facts, open=tuple(unsettled))


def _count(clauses: list[str], label: str, maximum: Decimal, year: int) -> Reading | None:
    """Read “mỗi … được x điểm, tối đa y điểm”."""
    pattern = rf"(?:cứ )?mỗi (?P<what>[^0-9%]+?)(?: thì)? ?(?::|được cộng|được|cộng|đạt|chấm|tính) ?(?P<points>{NUMBER}) ?điểm(?:,? ?(?:nhưng )?(?:không quá|tối đa) (?P<most>{NUMBER})(?: ?điểm)?)?"
    found = re.fullmatch(pattern, clauses[0]) if len(clauses) == 1 else None
    if not found:
        return None
    fact = Placeholder(role="number", label=f"số {found['what']}")
    cap = number(found["most"]) if found["most"] else maximum
    if cap > maximum:
        return None
    keys: dict[str, Any] = {"fact": "{number}", "points_each": number(found["points"])} | ({"cap": cap} if cap < maximum else {})
    return Reading(form="count", keys=keys, facts=(fact,), open=(f"số liệu “{fact.label}”: đặt tên, đơn vị và khoảng giá trị",))


def _steps(clauses: list[str], label: str, maximum: Decimal, year: int) -> Reading | None:
    """Find “cứ 1 % cộng 0,1 điểm”: whole steps, or in proportion? Both readings are shown, none is taken."""
    for clause in clauses:
        found = re.search(rf"(?:cứ|mỗi) (?:mỗi )?(?P<step>{NUMBER})(?P<unit>%| [a-zđà-ỹ ]+?)(?P<more>[^0-9%]*?)(?P<sign>cộng|trừ|được|giảm)(?: thêm)? (?P<points>{NUMBER}) ?điểm", clause)
        if found:
            step, points = number(found["step"]), number(found["points"])
            unit = found["unit"].strip() if found["unit"] != "%" else "%"
            amount = step * 5 / 2
            whole, part = points * 2, points * 5 / 2
            sign = "trừ" if found["sign"] in ("trừ", "giảm") else "cộng"
            shown = f"{_vi(amount)}{'' if unit == '%' else ' '}{unit}"
            return Reading(readings=(
                f"whole_steps = true, chỉ tính bước trọn vẹn: {shown} thì {sign} {_vi(whole)} điểm",
                f"whole_steps = false, tính theo tỷ lệ: {shown} thì {sign} {_vi(part)} điểm",
            ))
    return None


def _vi(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


# ------------------------------------------------------------------ in time


def _timeliness(clauses: list[str], label: str, maximum: Decimal, year: int) -> Reading | None:
    """Read “trước ngày …: x điểm; chậm không quá n ngày: y điểm; chậm hơn: 0 điểm”."""
    first = re.fullmatch(rf"(?P<before>.*?)(?P<how>trước ngày|chậm nhất là ngày|chậm nhất ngày|muộn nhất ngày|không quá ngày) ?{_DATE}{_LEAD}{POINTS}", clauses[0])
    if not first or number(first["points"]) != maximum or not _as_subject(first["before"]):
        return None
    late: list[dict[str, Any]] = []
    otherwise: Decimal | None = None
    for clause in clauses[1:]:
        band = re.fullmatch(rf"(?:gửi |nộp )?chậm (?:từ 1 (?:ngày )?)?(?:đến|không quá|tối đa) (?P<days>[0-9]+) ngày{_LEAD}{POINTS}", clause)
        rest = re.fullmatch(rf"(?:(?:gửi |nộp )?chậm (?:quá|trên|hơn)(?: (?P<over>[0-9]+) ngày)?|còn lại|không gửi.*?|không nộp.*?){_LEAD}{POINTS}", clause)
        if band:
            late.append({"days_at_most": int(band["days"]), "points": number(band["points"])})
        elif rest and not (rest["over"] and (not late or int(rest["over"]) != late[-1]["days_at_most"])) and otherwise in (None, number(rest["points"])):
            otherwise = number(rest["points"])
        else:
            return None
    try:
        day = dt.date(int(first["year"] or year), int(first["month"]), int(first["day"]))
    except ValueError:
        return None
    unsettled = [] if first["year"] else [f"quyết định ghi hạn không có năm; đang để năm {year}"]
    if otherwise is None:
        unsettled.append("quyết định không nói chậm hơn nữa thì sao; đang để 0 điểm")
    words = first["before"].strip(" ,:") or label
    fact = Placeholder(role="sent", label=f"ngày thực hiện: {words[:1].lower() + words[1:]}", type="date", extra={"may_be_never": True})
    unsettled.append(f"số liệu “{fact.label}”: đặt tên")
    keys: dict[str, Any] = {"fact": "{sent}", "before" if first["how"] == "trước ngày" else "on_or_before": day}
    keys |= {"late": late} if late else {}
    return Reading(form="timeliness", keys={**keys, "otherwise": otherwise or Decimal(0)}, facts=(fact,), open=tuple(unsettled))


# ------------------------------------------------------------------ there or not


def _items(clauses: list[str], label: str, maximum: Decimal, year: int) -> Reading | None:
    """Read “đầy đủ, đúng hạn: x điểm”: one item, items that add up to the maximum, or levels of which the best has it."""
    found = [re.fullmatch(rf"(?P<what>[^0-9%]+?)(?:[:,]| thì| được| đạt| chấm)+ ?{POINTS}", clause) for clause in clauses]
    items = [(each["what"].strip(" ,:"), number(each["points"])) for each in found if each is not None]
    if len(items) != len(clauses) or any(re.search(r"\b(?:cứ|mỗi|tỷ lệ|tỉ lệ|dưới|trên|chậm)\b", what) for what, _ in items):
        return None
    paid = [(what, points) for what, points in items if points > 0]
    if len(paid) == 1 and paid[0][1] == maximum:
        fact = Placeholder(role="done", label=paid[0][0], type="flag")
        return Reading(form="all_or_nothing", keys={"require": [{"fact": "{done}"}]}, facts=(fact,), open=(f"cờ “{fact.label}”: đặt tên, nói rõ thế nào là đạt",))
    if len(paid) == len(items) and len(paid) > 1 and sum(points for _, points in paid) == maximum:
        facts = tuple(Placeholder(role=f"item_{index}", label=what, type="flag") for index, (what, _) in enumerate(paid, 1))
        keys = {"items": [{"fact": f"{{item_{index}}}", "points": points} for index, (_, points) in enumerate(paid, 1)]}
        return Reading(form="checklist", keys=keys, facts=facts, open=("các nội dung cộng lại bằng điểm tối đa nên đọc là cộng điểm; đặt tên từng cờ",))
    if len(items) > 1 and max(points for _, points in items) == maximum and len({points for _, points in items}) == len(items):
        ordered = sorted(items, key=lambda each: -each[1])
        levels = [{"id": f"muc_{index}", "label": what} for index, (what, _) in enumerate(ordered, 1)]
        fact = Placeholder(role="level", label=f"mức thực hiện: {label[:1].lower() + label[1:]}", type="level", extra={"levels": levels})
        marks = {f"muc_{index}": points for index, (_, points) in enumerate(ordered, 1)}
        return Reading(form="levels", keys={"fact": "{level}", "marks": marks}, facts=(fact,), open=("mức cao nhất bằng điểm tối đa nên đọc là chọn một mức; đặt tên các mức",))
    return None


READERS: tuple[Reader, ...] = (_steps, _timeliness, _proportion, _bands, _violations, _count, _items)
"""In order; each reads all of the clauses, or none."""


def readings_of(found: Reading) -> Iterator[str]:
    """Yield what a person has to settle about a reading, in the words of a mark."""
    if found.readings:
        yield "câu này hiểu được hai cách, hãy chọn một: " + " HOẶC ".join(found.readings)
    yield from found.open
