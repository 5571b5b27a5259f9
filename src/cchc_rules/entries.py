"""What an entry means: a raw value read as its fact's type asks, in the fact's unit, within its range."""

import datetime as dt
from fractions import Fraction
from typing import NoReturn

from attrs import frozen

from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.exact import format_number, format_percent
from cchc_rules.base.reading import clean, read_cell_number, read_date, read_flag, read_number, read_share
from cchc_rules.base.texts import LANGUAGES, Text
from cchc_rules.model import Fact, Value
from cchc_rules.quantities import Quantities

NEVER = Fraction(dt.date.max.toordinal())
NEVER_WORDS = frozenset({"chưa thực hiện", "không thực hiện", "never"})
HUNDRED = 100


@frozen(kw_only=True)
class Entry:
    """A raw value and where it stands.

    ``unit`` is the unit that it was written in, if any; ``from_cell`` tells that a number may be a
    spreadsheet's float; ``as_percent`` that the cell shows it with a per cent sign and so holds a hundredth of it.
    """

    value: object
    place: Place
    unit: str = ""
    from_cell: bool = False
    as_percent: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing was entered."""
        return self.value is None or (isinstance(self.value, str) and not clean(self.value))


def read_entry(entry: Entry, fact: Fact, quantities: Quantities) -> Value:
    """Return an entry as its fact's type asks: a number (a date as its ordinal), a flag, the id of a level.

    Raises ``InputError`` for a value of another kind, in a unit that does not convert, or outside its range.
    """
    match fact.type:
        case "flag":
            return read_flag(entry.value, entry.place)
        case "level":
            return _level(entry, fact)
        case "date":
            return _date(entry, fact)
        case "rate":
            return _rate(entry, fact)
        case _:
            return _number(entry, fact, quantities)


def read_plain_number(entry: Entry) -> Fraction:
    """Return an entry as a bare number, from a spreadsheet or not; raises ``InputError``."""
    return Fraction(read_cell_number(entry.value, entry.place) if entry.from_cell else read_number(entry.value, entry.place))


def _date(entry: Entry, fact: Fact) -> Fraction:
    word = clean(entry.value).casefold() if isinstance(entry.value, str) else ""
    never = fact.may_be_never and word in NEVER_WORDS
    return NEVER if never else Fraction(read_date(entry.value, entry.place).toordinal())


def _level(entry: Entry, fact: Fact) -> str:
    word = clean(entry.value).casefold() if isinstance(entry.value, str) else ""
    for level in fact.levels:
        if word in {level.id.casefold(), level.label.vi.casefold(), level.label.en.casefold()}:
            return level.id
    raise InputError(Finding(
        code="level-unknown",
        place=entry.place,
        reason=Text(f"không có mức “{entry.value}”", f"there is no level {entry.value!r}"),
        remedy=did_you_mean(str(entry.value), [level.label.vi for level in fact.levels]),
    ))


def _rate(entry: Entry, fact: Fact) -> Fraction:
    """Return a rate as a part of 1: written with its per cent sign, or in a cell that shows one."""
    share = read_plain_number(entry) if entry.as_percent else read_share(entry.value, entry.place)
    least, most = (Fraction(end) / HUNDRED for end in fact.range) if fact.range else (Fraction(0), Fraction(1))
    if not least <= share <= most:
        vi, en = ([format_percent(each, language) for each in (share, least, most)] for language in LANGUAGES)
        _refuse("fact-out-of-range", entry, Text(f"{vi[0]} nằm ngoài khoảng {vi[1]} đến {vi[2]}", f"{en[0]} is not within {en[1]} to {en[2]}"),
                Text("kiểm tra lại số liệu", "check the number"))
    return share


def _number(entry: Entry, fact: Fact, quantities: Quantities) -> Fraction:
    """Return a number in the fact's own unit, checked against its range and decimals."""
    number = read_plain_number(entry)
    if entry.as_percent:
        if fact.unit != "percent":
            _refuse("percent-unexpected", entry,
                    Text("ô định dạng phần trăm nhưng số liệu không tính bằng %", "the cell is formatted as per cent, but the fact is not one"),
                    Text("đổi định dạng ô thành Số và nhập lại", "format the cell as a number and type it again"))
        number *= HUNDRED
    elif entry.unit:
        given = quantities.find(entry.unit, entry.place)
        number = quantities.convert(number, given, quantities.units[fact.unit], entry.place)
    _check_number(number, entry, fact)
    return number


def _check_number(number: Fraction, entry: Entry, fact: Fact) -> None:
    """Refuse a number outside its range or with more decimals than the fact has."""
    places = fact.places if fact.type == "decimal" else 0
    vi, en = (format_number(number, language) for language in LANGUAGES)
    if number < 0 and (fact.range is None or fact.range[0] >= 0):
        _refuse("count-negative", entry, Text(f"{vi} là số âm", f"{en} is negative"),
                Text("số liệu này không thể âm", "this fact cannot be below 0"))
    if fact.range is not None and not fact.range[0] <= number <= fact.range[1]:
        least, most = fact.range
        _refuse("fact-out-of-range", entry, Text(f"{vi} nằm ngoài khoảng {least} đến {most}", f"{en} is not within {least} to {most}"),
                Text("kiểm tra lại số liệu", "check the number"))
    if (number * 10**places).denominator != 1:
        _refuse("fact-too-fine", entry, Text(f"{vi} có quá {places} chữ số thập phân", f"{en} has more than {places} decimals"),
                Text("ghi đúng số đã báo cáo", "write the number as reported"))


def _refuse(code: str, entry: Entry, reason: Text, remedy: Text) -> NoReturn:
    raise InputError(Finding(code=code, place=entry.place, reason=reason, remedy=remedy))
