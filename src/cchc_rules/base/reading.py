"""The one strict reader of Vietnamese numbers, dates, shares and flags: an ambiguity is a finding, never a guess."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text

WHOLE = re.compile(r"[0-9]+")
DECIMAL = re.compile(r"[0-9]+[.,][0-9]+")
AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}")
GROUPED_DECIMAL = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+")
DATE_LIKE = re.compile(r"\d{1,4}\s*[/-]\s*\d{1,2}(?:\s*[/-]\s*\d{1,4})?|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,2}-thg\s*\d{1,2}", re.IGNORECASE)
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
OUT_OF = re.compile(r"([^/]+)/([^/]+)")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
MOST_DIGITS = 15
LARGEST_WHOLE_IN_A_CELL = 2**53
YES, NO = frozenset({"có", "đạt", "yes", "true"}), frozenset({"không", "không đạt", "no", "false"})

WRITE_A_NUMBER = Text("ghi số như 11,5 hoặc 1200, không kèm chữ", "write a number such as 11.5 or 1200, without words")


def clean(text: str) -> str:
    """Return text in composed form (NFC), without invisible characters and without blanks at its ends."""
    return unicodedata.normalize("NFC", text.translate(INVISIBLE)).replace("\u00a0", " ").strip()


# ------------------------------------------------------------------ numbers


def read_number(raw: object, place: Place) -> Decimal:
    """Return a number: an int, a Decimal, or text with a comma or a point as decimal sign.

    Raises ``InputError`` for a float, for what is not a number, and for what can be read in two ways.

    >>> read_number("11,5", Place())
    Decimal('11.5')
    """
    if isinstance(raw, str):
        return _number_in(clean(raw), place)
    if raw is None:
        _refuse("number-missing", place, Text("chưa có số", "there is no number"), WRITE_A_NUMBER)
    if isinstance(raw, (dt.date, dt.time)):
        _refuse_date(str(raw), place)
    if isinstance(raw, float):
        _refuse("number-is-float", place, Text(f"số thực dấu phẩy động {raw!r} không chính xác", f"the float {raw!r} is not exact"),
                Text("dùng int, Decimal hoặc chữ như \"11,5\"", 'give an int, a Decimal, or text such as "11.5"'))
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
        _refuse("number-unreadable", place, Text(f"{raw!r} không phải là số", f"{raw!r} is not a number"), WRITE_A_NUMBER)
    number = Decimal(raw)
    if not number.is_finite():
        _refuse("number-unreadable", place, Text(f"{raw} không phải là số hữu hạn", f"{raw} is not a finite number"), WRITE_A_NUMBER)
    return number


def _number_in(text: str, place: Place) -> Decimal:
    """Return the number that a text holds."""
    digits = text.lstrip("-−") if text[:1] in {"-", "−"} and text[1:2] not in {"-", "−"} else text
    sign = "-" if digits != text else ""
    if not digits:
        _refuse("number-missing", place, Text("chưa có số", "there is no number"), WRITE_A_NUMBER)
    if AMBIGUOUS.fullmatch(digits):
        _refuse_ambiguous(sign + digits, place)
    if WHOLE.fullmatch(digits) or DECIMAL.fullmatch(digits):
        return Decimal(sign + digits.replace(",", "."))
    if GROUPED.fullmatch(digits):
        return Decimal(sign + re.sub("[.,]", "", digits))
    if GROUPED_DECIMAL.fullmatch(digits):
        whole, part = re.split(r"[.,](?=[0-9]+$)", digits)
        return Decimal(f"{sign}{re.sub('[.,]', '', whole)}.{part}")
    if DATE_LIKE.fullmatch(digits):
        _refuse_date(text, place)
    if digits.endswith("%"):
        _refuse("number-unreadable", place, Text(f"“{text}” có dấu %", f"{text!r} has a per cent sign"),
                Text("ghi số theo đơn vị của số liệu, không kèm dấu %", "write the number in the fact's unit, without the sign"))
    _refuse("number-unreadable", place, Text(f"“{text}” không đọc được là số", f"{text!r} cannot be read as a number"), WRITE_A_NUMBER)


def _refuse_ambiguous(digits: str, place: Place) -> NoReturn:
    """Refuse a number whose one sign may group thousands or begin decimals."""
    joined, pointed = re.sub("[.,]", "", digits), digits.replace(".", ",")
    _refuse(
        "number-ambiguous",
        place,
        Text(f"“{digits}” có thể là {joined} hoặc {pointed}", f"{digits!r} may be {joined} or {pointed.replace(',', '.')}"),
        Text(f"ghi {joined} nếu là hàng nghìn, {pointed}0 nếu là số thập phân",
             f"write {joined} for thousands, {pointed.replace(',', '.')}0 for a decimal"),
    )


def _refuse_date(text: str, place: Place) -> NoReturn:
    """Refuse a date, or a score over its maximum, where a number belongs."""
    _refuse(
        "number-is-a-date",
        place,
        Text(f"“{text}” là ngày tháng hoặc điểm/điểm tối đa, không phải một số", f"{text!r} is a date or points over a maximum, not a number"),
        Text("Excel đổi 12/12 thành ngày: chỉ ghi một số, định dạng ô là Số hoặc Văn bản",
             "Excel turns 12/12 into a date: write one number, with the cell formatted as number or text"),
    )


def read_whole(raw: object, place: Place) -> int:
    """Return a number without decimals; raises ``InputError``."""
    number = read_number(raw, place)
    if number != number.to_integral_value():
        _refuse("number-not-whole", place, Text(f"{number} không phải số nguyên", f"{number} is not a whole number"),
                Text("ghi số nguyên", "write a whole number"))
    return int(number)


def read_cell_number(raw: object, place: Place) -> Decimal:
    """Return the number in a spreadsheet cell, where every number is stored as a float.

    A whole number up to 2^53 is exact; another one is what its shortest writing says, as the person typed
    it. Raises ``InputError`` for anything longer, and as ``read_number`` does.
    """
    if not isinstance(raw, float):
        return read_number(raw, place)
    if raw.is_integer() and abs(raw) <= LARGEST_WHOLE_IN_A_CELL:
        return Decimal(int(raw))
    written = repr(raw)
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", written) and len(written.strip("-").replace(".", "").lstrip("0")) <= MOST_DIGITS:
        return Decimal(written)
    _refuse("number-is-float", place, Text(f"ô chứa {written}, không phải số nhập tay", f"the cell holds {written}, which nobody typed"),
            Text("làm tròn ô theo đúng số cần báo cáo", "round the cell to the number that is reported"))


def read_share(raw: object, place: Place) -> Fraction:
    """Return a share written with its per cent sign, as a part of 1; raises ``InputError``.

    >>> read_share("0,5 %", Place())
    Fraction(1, 200)
    """
    text = clean(raw) if isinstance(raw, str) else ""
    if not text.endswith("%"):
        _refuse("share-without-sign", place, Text(f"{raw!r}: không rõ là phần của 1 hay phần trăm", f"{raw!r}: a part of 1, or per cent?"),
                Text('ghi như "50 %"', 'write it as "50 %"'))
    return Fraction(_number_in(text.removesuffix("%").strip(), place)) / 100


def read_points_of_maximum(raw: object, place: Place) -> tuple[Decimal, Decimal]:
    """Return points and maximum of a printed result such as 11,5/14; raises ``InputError``."""
    found = OUT_OF.fullmatch(clean(raw)) if isinstance(raw, str) else None
    if not found:
        _refuse("result-unreadable", place, Text(f"{raw!r} không phải dạng điểm/điểm tối đa", f"{raw!r} is not points over a maximum"),
                Text('ghi nguyên văn như "14/16", trong ngoặc kép', 'write it as printed, "14/16", in quotes'))
    return _number_in(clean(found[1]), place), _number_in(clean(found[2]), place)


# ------------------------------------------------------------------ dates and flags


def read_date(raw: object, place: Place) -> dt.date:
    """Return a date: a date value, day/month/year as in Vietnam, or ISO; raises ``InputError``."""
    if isinstance(raw, dt.datetime):
        if raw.time() == dt.time(0):
            return raw.date()
    elif isinstance(raw, dt.date):
        return raw
    elif isinstance(raw, str):
        found = _date_in(clean(raw))
        if found:
            return found
    _refuse("date-unreadable", place, Text(f"“{raw}” không phải là ngày", f"{raw!r} is not a date"),
            Text("ghi đủ ngày/tháng/năm, năm có bốn chữ số", "write day/month/year with four digits of the year"))


def _date_in(text: str) -> dt.date | None:
    """Return the date that a text holds; ``None`` where it holds none."""
    if found := ISO_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def read_flag(raw: object, place: Place) -> bool:
    """Return a yes or no: a bool or one of a few words; raises ``InputError``."""
    if isinstance(raw, bool):
        return raw
    word = clean(raw).casefold() if isinstance(raw, str) else ""
    if word in YES or word in NO:
        return word in YES
    _refuse("flag-unreadable", place, Text(f"“{raw}” không rõ là có hay không", f"{raw!r} is neither yes nor no"),
            Text("ghi “có” hoặc “không”", 'write "yes" or "no"'))


def _refuse(code: str, place: Place, reason: Text, remedy: Text) -> NoReturn:
    raise InputError(Finding(code=code, place=place, reason=reason, remedy=remedy))
