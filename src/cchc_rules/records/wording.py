"""How a fact is counted, in words: everything that the number depends on, in Vietnamese and in English."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from cchc_rules.base.exact import format_date, format_exact
from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.calendars import Calendar
from cchc_rules.counting import RecordColumn, RecordFilter, RecordRegister, RecordRule


def counting_text(rule: RecordRule, register: RecordRegister, calendars: Mapping[str, Calendar]) -> Text:
    """Return how a fact is counted as one sentence in each language."""
    vi, en = (_Words(register, calendars, language).rule(rule) for language in LANGUAGES)
    return Text(vi, en)


@frozen
class _Words:
    """The words of one language for what is asked of one register."""

    register: RecordRegister
    calendars: Mapping[str, Calendar]
    language: Language

    def say(self, vi: str, en: str) -> str:
        """Return the words of this language."""
        return vi if self.language == "vi" else en

    def rule(self, rule: RecordRule) -> str:
        """Return the whole sentence."""
        asked = [self.filter(each) for each in rule.where]
        if rule.period:
            asked.append(self.say(f"{self.column(rule.period)} nằm trong kỳ", f"the {self.column(rule.period)} lies in the period"))
        where = self.say(" mà ", " of which ") + "; ".join(asked) if asked else ""
        unit = self.say(f", theo từng {self.column(self.register.unit)}", f", for each {self.column(self.register.unit)}")
        return f"{self._counted(rule)}{where}{unit}. {self._unusable(rule)}"

    def _counted(self, rule: RecordRule) -> str:
        register = self.register.label.get(self.language)
        match rule.count:
            case "rows":
                return self.say(f"Đếm số dòng trong {register}", f"The number of rows in the {register}")
            case "sum":
                return self.say(f"Tổng {self.column(rule.of)} của các dòng trong {register}", f"The sum of the {self.column(rule.of)} over the rows in the {register}")
            case "distinct":
                return self.say(f"Số {self.column(rule.of)} khác nhau của các dòng trong {register}", f"The number of different values of the {self.column(rule.of)} over the rows in the {register}")

    def _unusable(self, rule: RecordRule) -> str:
        if rule.unusable == "block":
            return self.say("Có dòng không xác định được thì số liệu để trống.", "Where a row cannot be decided, the fact is left blank.")
        return self.say("Dòng không xác định được thì không tính, và được báo riêng.", "Rows that cannot be decided are left out, and told.")

    # -------------------------------------------------------------- filters

    def filter(self, each: RecordFilter) -> str:
        """Return one filter as a clause."""
        if each.any_:
            parts = self.say(" hoặc ", " or ").join(self.filter(part) for part in each.any_)
            return self.say(f"không phải [{parts}]", f"it is not so that [{parts}]") if each.not_ else f"[{parts}]"
        column = self.register.by_id[each.column]
        subject = self.say(column.label.vi, f"the {column.label.en}")
        return f"{subject} {self._question(each, column)}"

    def _question(self, each: RecordFilter, column: RecordColumn) -> str:
        no_vi, no_en = ("không ", "not ") if each.not_ else ("", "")
        if each.blank is not None:
            return self.say("để trống", "is blank") if each.blank != each.not_ else self.say("có ghi", "is not blank")
        if each.on_or_before is not None:
            other = self.column(each.on_or_before)
            if each.not_:
                return self.say(f"sau {other}", f"is after the {other}")
            return self.say(f"không muộn hơn {other}", f"is not later than the {other}")
        if each.within is not None:
            term = self._term(each)
            return self.say(f"{no_vi}{'nằm ' if no_vi else ''}trong thời hạn {term}", f"is {no_en}within {term}")
        if each.equals is not None or each.one_of is not None:
            given = self.say(" hoặc ", " or ").join(self.value(value, column) for value in (each.one_of if each.one_of is not None else (each.equals,)))
            return self.say(f"{no_vi}là {given}", f"is {no_en}{given}")
        return self._comparison(each, column)

    def _comparison(self, each: RecordFilter, column: RecordColumn) -> str:
        opposite = {"at_least": "below", "below": "at_least", "at_most": "more_than", "more_than": "at_most"}
        asked = each.asked[0]
        words: Mapping[str, Callable[[str], str]] = {
            "at_least": lambda value: self.say(f"từ {value} trở lên", f"is {value} or more"),
            "more_than": lambda value: self.say(f"trên {value}", f"is more than {value}"),
            "at_most": lambda value: self.say(f"từ {value} trở xuống", f"is {value} or less"),
            "below": lambda value: self.say(f"dưới {value}", f"is less than {value}"),
        } if column.type != "date" else {
            "at_least": lambda value: self.say(f"từ {value} trở đi", f"is on or after {value}"),
            "more_than": lambda value: self.say(f"sau {value}", f"is after {value}"),
            "at_most": lambda value: self.say(f"không muộn hơn {value}", f"is on or before {value}"),
            "below": lambda value: self.say(f"trước {value}", f"is before {value}"),
        }
        return words[opposite[asked] if each.not_ else asked](self.value(getattr(each, asked), column))

    def _term(self, each: RecordFilter) -> str:
        term = each.within
        assert term is not None  # the caller looked
        if term.calendar:
            label = self.calendars[term.calendar].label.get(self.language) if term.calendar in self.calendars else term.calendar
            days = self.say(f"{term.days} ngày làm việc", f"{term.days} working day{'' if term.days == 1 else 's'}")
            return self.say(f"{days} sau {self.column(term.after)} ({label})", f"{days} after the {self.column(term.after)} ({label})")
        days = self.say(f"{term.days} ngày", f"{term.days} day{'' if term.days == 1 else 's'}")
        return self.say(f"{days} sau {self.column(term.after)}", f"{days} after the {self.column(term.after)}")

    # -------------------------------------------------------------- columns and values

    def column(self, name: str) -> str:
        """Return a column's name."""
        known = self.register.by_id.get(name)
        return known.label.get(self.language) if known else name

    def value(self, value: Any, column: RecordColumn) -> str:
        """Return a value as a person reads it."""
        named = column.named(value)
        match value:
            case _ if named is not None:
                return f"“{named.get(self.language)}”"
            case bool():
                return self.say("“có”", "“yes”") if value else self.say("“không”", "“no”")
            case dt.date():
                return format_date(value, self.language)
            case int() | Decimal():
                return format_exact(value, self.language)
            case _:
                return f"“{value}”"
