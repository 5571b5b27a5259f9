"""Audit of a published table: what in it is impossible, contradictory or unclear, with the arithmetic.

The table is never repaired: every finding says what is printed, what follows from the other numbers, and
leaves the mending to whoever published it.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.exact import format_number, format_percent
from cchc_rules.base.reading import read_number
from cchc_rules.base.texts import Language, Text
from cchc_rules.methods import GradeRule
from cchc_rules.plugins.registry import Registry
from cchc_rules.published import Published, PublishedField, read_previous, read_published

ZERO = Fraction(0)
CHANGE = re.compile(r"(tăng|giảm)\s+([0-9.,]+)\s*điểm", re.IGNORECASE)
UNCHANGED = re.compile(r"(không thay đổi|giữ nguyên|không đổi)", re.IGNORECASE)
AT_MAXIMUM = re.compile(r"đạt tối đa", re.IGNORECASE)
OF_AND_IS: dict[Language, tuple[str, str]] = {"vi": ("của", "là"), "en": ("of", "is")}
ASK = Text("đề nghị cơ quan công bố kiểm tra, xác nhận; ở đây không tự sửa", "ask whoever published it; nothing is repaired here")


def audit_file(path: Path, registry: Registry) -> tuple[Finding, ...]:
    """Return what is wrong with a published table and with the one that it compares itself with."""
    published = read_published(path)
    previous = read_previous(published)
    grades = next((each.value.grades for each in registry.methods.values()
                   if (each.value.id, each.value.year) == (published.method, published.year)), None)
    earlier = audit(previous) if previous else ()
    return (*earlier, *audit(published, previous, grades))


def audit(
    published: Published, previous: Published | None = None, grades: GradeRule | None = None
) -> tuple[Finding, ...]:
    """Return every finding on one published table, in the order of the table.

    ``previous`` is what its changes are stated against; ``grades`` lets a grade be checked on both bases.
    """
    return (
        *_above_maximum(published),
        *_maxima(published),
        *_total(published),
        *_signs(published, previous),
        *_changes(published, previous),
        *_maxima_changed(published, previous),
        *_grade(published, grades),
        *_rank(published),
    )


# ------------------------------------------------------------------ one year by itself


def _above_maximum(published: Published) -> Iterator[Finding]:
    """Yield fields that earn more than their maximum."""
    for index, each in enumerate(published.fields):
        if each.points > each.max_points:
            vi, en = _pair(each.points, each.max_points)
            yield Finding(
                code="earned-above-maximum",
                place=published.place("fields", index, "printed"),
                reason=Text(f"bảng in “{each.printed}”: điểm đạt được {vi[0]} lớn hơn điểm tối đa {vi[1]}",
                            f"the table prints “{each.printed}”: {en[0]} points are more than the maximum {en[1]}"),
                remedy=ASK,
            )


def _maxima(published: Published) -> Iterator[Finding]:
    """Yield maxima that do not add up to the nominal total."""
    nominal = Fraction(published.nominal_total.value)
    gap = nominal - published.maximum
    if not gap:
        return
    said = {"assumed": Text(" (giả định)", " (assumed)")}.get(published.nominal_total.provenance, Text("", ""))
    vi, en = _pair(published.maximum, nominal, abs(gap))
    consequence = (
        Text(f"thiếu {vi[2]} điểm không thuộc lĩnh vực nào", f"{en[2]} of it in no field") if gap > 0
        else Text(f"thừa {vi[2]} điểm", f"{en[2]} too many")
    )
    yield Finding(
        code="maxima-not-nominal",
        place=published.place("fields"),
        reason=Text(f"năm {published.year}: điểm tối đa các lĩnh vực cộng lại là {vi[0]}, trong khi thang điểm là {vi[1]}{said.vi}: {consequence.vi}",
                    f"{published.year}: the maxima add up to {en[0]}, the nominal total is {en[1]}{said.en}: {consequence.en}"),
        remedy=ASK,
    )


def _total(published: Published) -> Iterator[Finding]:
    """Yield a total that is not the sum of the fields, and a total printed twice with different values."""
    added = sum((each.points for each in published.fields), ZERO)
    printed = published.total.points
    place = published.place("total", "printed")
    if added != printed:
        vi, en = _pair(added, printed)
        yield Finding(code="total-not-sum", place=place, remedy=ASK,
                      reason=Text(f"điểm các lĩnh vực cộng lại là {vi[0]}, nhưng tổng điểm in là {vi[1]}", f"the fields add up to {en[0]}, the printed total is {en[1]}"))
    if published.total.in_text:
        again = Fraction(read_number(published.total.in_text, published.place("total", "in_text")))
        if again != printed:
            vi, en = _pair(again, printed)
            yield Finding(code="printed-twice-differently", place=place, remedy=ASK,
                          reason=Text(f"phần lời văn ghi {vi[0]}, bảng ghi {vi[1]}", f"the text says {en[0]}, the table {en[1]}"))


def _signs(published: Published, previous: Published | None) -> Iterator[Finding]:
    """Yield a table in which some decimals have a comma and others a point; both years stand in one table."""
    printed = [*(_numbers(previous) if previous else []), *_numbers(published)]
    with_comma = [each for each in printed if re.search(r"\d,\d", each)]
    with_point = [each for each in printed if re.search(r"\d\.\d", each)]
    if with_comma and with_point:
        commas, points = "; ".join(with_comma), "; ".join(with_point)
        yield Finding(
            code="mixed-decimal-signs",
            severity="warning",
            place=published.place("fields"),
            reason=Text(f"dùng lẫn dấu thập phân: dấu phẩy ({commas}) và dấu chấm ({points})", f"mixed decimal signs: commas ({commas}) and points ({points})"),
            remedy=Text("thống nhất dấu phẩy trong cả văn bản", "use one sign throughout"),
        )


def _numbers(published: Published) -> list[str]:
    """Return everything printed that holds a number, as printed."""
    total = published.total
    rows = [part for each in published.fields for part in (*each.printed.split("/"), each.change)]
    return [*rows, total.printed, total.in_text, total.change]


# ------------------------------------------------------------------ against the year before


def _changes(published: Published, previous: Published | None) -> Iterator[Finding]:
    """Yield stated changes that do not follow from the two years, or cannot be read."""
    if previous is None:
        return
    old = {each.field: each for each in previous.fields}
    added = ZERO
    for index, each in enumerate(published.fields):
        before = old.get(each.field)
        if before is None:
            continue
        added += each.points - before.points
        place = published.place("fields", index, "change")
        if each.change and AT_MAXIMUM.search(each.change):
            yield from _claimed_maximum(each, place)
        elif each.change:
            yield from _stated(each.change, each.points, before.points, place, None)
    if published.total.change:
        yield from _stated(published.total.change, published.total.points, previous.total.points, published.place("total", "change"), added)


def _claimed_maximum(each: PublishedField, place: Place) -> Iterator[Finding]:
    """Yield the claim of a maximum that is not reached."""
    if each.points != each.max_points:
        yield Finding(code="change-not-difference", place=place, remedy=ASK,
                      reason=Text(f"ghi “{each.change}” nhưng kết quả in là {each.printed}", f"says “{each.change}” but prints {each.printed}"))


def _stated(words: str, now: Fraction, before: Fraction, place: Place, added: Fraction | None) -> Iterator[Finding]:
    """Yield a stated change that differs from the two numbers; ``added`` is the sum of the fields' changes."""
    change = _read_change(words, place)
    if change is None:
        yield Finding(
            code="change-words-unclear",
            severity="warning",
            place=place,
            reason=Text(f"không đọc được mức thay đổi trong “{words}”", f"no change can be read in “{words}”"),
            remedy=Text("ghi như “Tăng 0,5 điểm”", "write it as “Tăng 0,5 điểm”"),
        )
        return
    if change == now - before:
        return
    vi, en = _pair(now, before, now - before)
    agrees = added == now - before
    also = Text(", đúng bằng tổng mức tăng, giảm của các lĩnh vực", ", which is also the sum of the fields' changes") if agrees else Text("", "")
    yield Finding(
        code="change-not-difference",
        place=place,
        reason=Text(f"ghi “{words}”, nhưng {vi[0]} − {vi[1]} = {vi[2]}{also.vi}", f"says “{words}”, but {en[0]} − {en[1]} = {en[2]}{also.en}"),
        remedy=ASK,
    )


def _read_change(words: str, place: Place) -> Fraction | None:
    """Return the change that Vietnamese words state; ``None`` where they state none."""
    if UNCHANGED.search(words):
        return ZERO
    found = CHANGE.search(words)
    if not found:
        return None
    try:
        amount = Fraction(read_number(found[2], place))
    except InputError:
        return None
    return amount if found[1].casefold() == "tăng" else -amount


def _maxima_changed(published: Published, previous: Published | None) -> Iterator[Finding]:
    """Yield the remark that point changes mix two methods, where maxima have changed."""
    if previous is None:
        return
    old = {each.field: each for each in previous.fields}
    changed = [(each, old[each.field]) for each in published.fields if each.field in old and old[each.field].max_points != each.max_points]
    if changed:
        listed = {language: "; ".join(
            f"{each.number}: {format_number(before.max_points, language)} → {format_number(each.max_points, language)}" for each, before in changed
        ) for language in ("vi", "en")}
        yield Finding(
            code="maxima-changed",
            severity="note",
            place=published.place("fields"),
            reason=Text(f"điểm tối đa thay đổi giữa hai năm ({listed['vi']}): thay đổi điểm gồm cả thay đổi phương pháp",
                        f"maxima changed between the years ({listed['en']}): changes in points mix two methods"),
            remedy=Text("xem `cchc compare`: tách phần kết quả và phần phương pháp", "see `cchc compare`: it splits performance from method"),
        )


# ------------------------------------------------------------------ claims about the total


def _grade(published: Published, grades: GradeRule | None) -> Iterator[Finding]:
    """Yield a grade that depends on what the percentage is taken of."""
    bases = (Fraction(published.nominal_total.value), published.maximum)
    if bases[0] == bases[1] or grades is None:
        return
    points = published.total.points
    bands = [grades.grade(points / base) for base in bases if base]
    if len(bands) < 2 or bands[0] == bands[1]:
        return
    told = {language: [
        f"{format_percent(points / base, language)} {of} {format_number(base, language)} {stands} {band.label.get(language) if band else '–'}"
        for base, band in zip(bases, bands, strict=True)
    ] for language, (of, stands) in OF_AND_IS.items()}
    marks = {"assumed": Text(" (các mức xếp loại là giả định)", " (the grade bands are assumed)")}.get(grades.provenance, Text("", ""))
    claim = published.total.grade
    yield Finding(
        code="grade-depends-on-base",
        severity="warning",
        place=published.place("total", "grade"),
        reason=Text(f"văn bản ghi mức “{claim}”, nhưng xếp loại tuỳ cách tính phần trăm: {', '.join(told['vi'])}{marks.vi}",
                    f"the claim is “{claim}”, but the grade depends on the base: {', '.join(told['en'])}{marks.en}"),
        remedy=Text("quyết định cần ghi rõ phần trăm tính trên tổng điểm nào", "the decision should say what the percentage is taken of"),
    )


def _rank(published: Published) -> Iterator[Finding]:
    """Yield the remark that a rank needs all units."""
    if published.total.rank:
        rank = published.total.rank
        yield Finding(
            code="rank-unverifiable",
            severity="note",
            place=published.place("total", "rank"),
            reason=Text(f"hạng {rank} chỉ kiểm tra được khi có kết quả của mọi đơn vị", f"rank {rank} can be checked only with the results of all units"),
            remedy=Text("bổ sung kết quả của cả khối", "add the results of the whole block"),
        )


def _pair(*numbers: Fraction) -> tuple[list[str], list[str]]:
    """Return numbers as each language writes them."""
    return [format_number(each, "vi") for each in numbers], [format_number(each, "en") for each in numbers]
