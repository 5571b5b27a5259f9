"""What is wrong with how facts are counted over registers, and what all tables of a method declare together."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from attrs import frozen

from cchc_rules.base.errors import EditionError, Finding, Place, Problems, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_
from cchc_rules.calendars import Calendar
from cchc_rules.counting import ColumnType, RecordColumn, RecordFilter, RecordRegister, RecordRule
from cchc_rules.methods import Method
from cchc_rules.model import Edition, Fact

PlaceOf = Callable[[Path_], Place]
REFUSED_RECORDS = frozenset({
    "register-unknown", "register-twice", "register-column-unknown", "register-column-type", "register-column-range",
    "record-twice", "record-fact-kind", "record-filter-unclear", "record-never-counts",
})
"""Findings with which nothing can be counted, so that the table that declares it is not used at all."""
NUMBERS: tuple[ColumnType, ...] = ("whole", "decimal")
COMPARISONS = ("at_least", "more_than", "at_most", "below")
KINDS: Mapping[ColumnType, Text] = {
    "text": Text("chữ", "text"), "date": Text("ngày", "a date"), "whole": Text("số nguyên", "a whole number"),
    "decimal": Text("số", "a number"), "flag": Text("true hoặc false", "true or false"),
}


def declared_records(tables: Iterable[Edition | Method]) -> tuple[dict[str, RecordRegister], dict[str, RecordRule]]:
    """Return all registers, and the rules by their facts, that a method's tables declare.

    Raises ``EditionError`` where two declare the same one differently.
    """
    registers, rules, problems = dict[str, RecordRegister](), dict[str, RecordRule](), Problems()
    for table in tables:
        earlier = {*registers, *rules}  # what one table says twice is told where it stands
        for register in table.registers:
            if registers.setdefault(register.id, register) != register and register.id in earlier:
                problems.add(_declared_twice(register.id))
        for rule in table.records:
            if rules.setdefault(rule.fact, rule) != rule and rule.fact in earlier:
                problems.add(_declared_twice(rule.fact))
    problems.raise_as(EditionError)
    return registers, rules


def _declared_twice(name: str) -> Finding:
    return Finding(
        code="declared-twice", place=Place(where=name),
        reason=Text(f"“{name}” được khai báo khác nhau ở hai bảng của phương pháp", f"{name!r} is declared differently by two tables of the method"),
        remedy=Text("sửa cho hai khai báo giống nhau", "make the two declarations equal"),
    )


def calendars_counted_by(rules: Iterable[RecordRule]) -> frozenset[str]:
    """Return the calendars by which terms run in the rules of records."""
    return frozenset[str]().union(*(each.calendars() for each in rules))


def record_flaws(
    table: Edition | Method, registers: Mapping[str, RecordRegister], facts: Mapping[str, Fact], calendars: Mapping[str, Calendar], place_of: PlaceOf
) -> Iterator[Finding]:
    """Yield what is wrong with the registers of a table and with how it counts; ``registers`` are all that it may name."""
    at = _At(place_of)
    for number, register in enumerate(table.registers):
        yield from _register(register, ("registers", number), at)
        if register.id in {each.id for each in table.registers[:number]}:
            yield at.found("register-twice", ("registers", number), Text(f"sổ “{register.id}” khai báo hai lần", f"the register {register.id!r} is declared twice"),
                           Text("mỗi sổ một mã riêng", "give each register an id of its own"))
    for number, rule in enumerate(table.records):
        path: Path_ = ("records", number)
        if rule.fact in {each.fact for each in table.records[:number]}:
            yield at.found("record-twice", path, Text(f"số liệu “{rule.fact}” có hai cách đếm", f"there are two ways of counting {rule.fact!r}"),
                           Text("giữ lại một", "keep one of them"))
        if rule.register not in registers:
            yield at.found("register-unknown", (*path, "register"), Text(f"không có sổ “{rule.register}”", f"there is no register {rule.register!r}"),
                           did_you_mean(rule.register, registers))
            continue
        yield from _Rule(rule, registers[rule.register], facts, calendars, path, at).flaws()


@frozen
class _At:
    """Where findings of one table stand."""

    place_of: PlaceOf

    def found(self, code: str, path: Path_, reason: Text, remedy: Text) -> Finding:
        """Return one finding."""
        return Finding(code=code, place=self.place_of(path), reason=reason, remedy=remedy)


# ------------------------------------------------------------------ a register


def _register(register: RecordRegister, path: Path_, at: _At) -> Iterator[Finding]:
    """Yield columns that are there twice, numbers without a range, and a column of units that is none."""
    names = [each.id for each in register.columns]
    for number, column in enumerate(register.columns):
        here: Path_ = (*path, "columns", number)
        if column.id in names[:number]:
            yield at.found("register-twice", here, Text(f"cột “{column.id}” khai báo hai lần", f"the column {column.id!r} is declared twice"),
                           Text("mỗi cột một lần", "declare each column once"))
        if (column.type in NUMBERS) != (column.range is not None) or not _is_ordered(column):
            yield at.found("register-column-range", here,
                           Text(f"cột “{column.id}”: cột số (và chỉ cột số) phải có khoảng giá trị", f"column {column.id!r}: numbers, and only numbers, have a range"),
                           Text("ghi `range = [nhỏ nhất, lớn nhất]` cho cột số", "write `range = [least, greatest]` for a column of numbers"))
        if column.values and column.type != "text":
            yield _wrong_type(column, "text", (*here, "values"), at)
    yield from _column_of(register.unit, "text", register, (*path, "unit"), at)


def _is_ordered(column: RecordColumn) -> bool:
    return column.range is None or (all(_is_of(end, column) for end in column.range) and column.range[0] <= column.range[1])


def _column_of(name: str, kind: ColumnType, register: RecordRegister, path: Path_, at: _At) -> Iterator[Finding]:
    """Yield that a register lacks a column, or has it with another type."""
    column = register.by_id.get(name)
    if column is None:
        yield at.found("register-column-unknown", path, Text(f"sổ “{register.id}” không có cột “{name}”", f"the register {register.id!r} has no column {name!r}"),
                       did_you_mean(name, register.by_id))
    elif column.type != kind:
        yield _wrong_type(column, kind, path, at)


def _wrong_type(column: RecordColumn, kind: ColumnType, path: Path_, at: _At) -> Finding:
    return at.found("register-column-type", path,
                    Text(f"cột “{column.id}” có kiểu {KINDS[column.type].vi}, ở đây cần {KINDS[kind].vi}", f"column {column.id!r} holds {KINDS[column.type].en}, wanted here is {KINDS[kind].en}"),
                    Text("chọn cột khác, hoặc sửa `type` của cột", "name another column, or mend the column's `type`"))


# ------------------------------------------------------------------ how one fact is counted


@frozen
class _Rule:
    """One rule with all that it is checked against."""

    rule: RecordRule
    register: RecordRegister
    facts: Mapping[str, Fact]
    calendars: Mapping[str, Calendar]
    path: Path_
    at: _At

    def flaws(self) -> Iterator[Finding]:
        """Yield everything wrong with it."""
        yield from self._fact()
        yield from self._counted()
        if self.rule.period:
            yield from _column_of(self.rule.period, "date", self.register, (*self.path, "period"), self.at)
        found = [flaw for number, each in enumerate(self.rule.where) for flaw in self._filter(each, (*self.path, "where", number))]
        yield from found
        if not found:
            yield from self._never()

    def _fact(self) -> Iterator[Finding]:
        fact = self.facts.get(self.rule.fact)
        if fact is None:
            yield self.at.found("fact-undeclared", (*self.path, "fact"),
                                Text(f"số liệu “{self.rule.fact}” chưa được khai báo", f"fact {self.rule.fact!r} is not declared"), did_you_mean(self.rule.fact, self.facts))
            return
        of = self.register.by_id.get(self.rule.of)
        wanted = ("decimal",) if self.rule.count == "sum" and of is not None and of.type == "decimal" else ("count", "decimal")
        if fact.type not in wanted:
            yield self.at.found("record-fact-kind", (*self.path, "fact"),
                                Text(f"số liệu “{fact.id}” có kiểu `{fact.type}`, không nhận được kết quả đếm", f"fact {fact.id!r} is a `{fact.type}`, which cannot hold what is counted"),
                                Text(f"khai báo số liệu với kiểu {' hoặc '.join(f'`{each}`' for each in wanted)}", f"declare the fact as {' or '.join(f'`{each}`' for each in wanted)}"))

    def _counted(self) -> Iterator[Finding]:
        """Yield a sum or a number of distinct values that is not of a column, and a column that nothing is taken of."""
        if (self.rule.count == "rows") != (not self.rule.of):
            yield self.at.found("record-filter-unclear", (*self.path, "of"),
                                Text("`of` ghi cột để cộng hoặc đếm khác nhau; đếm dòng thì không ghi", "`of` names the column of a sum or of distinct values; rows have none"),
                                Text("thêm hoặc bỏ `of`", "add or drop `of`"))
        elif self.rule.of:
            column = self.register.by_id.get(self.rule.of)
            kind: ColumnType = "whole" if self.rule.count == "sum" and (column is None or column.type not in NUMBERS) else column.type if column else "text"
            yield from _column_of(self.rule.of, kind, self.register, (*self.path, "of"), self.at)

    # -------------------------------------------------------------- filters

    def _filter(self, each: RecordFilter, path: Path_) -> Iterator[Finding]:
        """Yield a filter that does not ask just one question, and what its question cannot be asked of."""
        asked = each.asked
        if each.any_:
            if each.column or asked:
                yield self._unclear(path)
            for number, part in enumerate(each.any_):
                yield from self._filter(part, (*path, "any", number))
            return
        if len(asked) != 1 or not each.column:
            yield self._unclear(path)
            return
        column = self.register.by_id.get(each.column)
        if column is None:
            yield from _column_of(each.column, "text", self.register, (*path, "column"), self.at)
            return
        yield from self._question(each, asked[0], column, path)

    def _unclear(self, path: Path_) -> Finding:
        return self.at.found("record-filter-unclear", path,
                             Text("mỗi điều kiện hỏi đúng một điều về một `column`, hoặc là `any = [ … ]`", "a filter asks just one thing of one `column`, or is `any = [ … ]`"),
                             Text("tách thành nhiều điều kiện trong `where`", "split it into several filters in `where`"))

    def _question(self, each: RecordFilter, asked: str, column: RecordColumn, path: Path_) -> Iterator[Finding]:
        here: Path_ = (*path, asked)
        if asked in COMPARISONS and column.type not in ("date", *NUMBERS):
            yield _wrong_type(column, "decimal", here, self.at)
        elif asked in ("equals", "one_of", *COMPARISONS):
            given = getattr(each, asked)
            for value in given if asked == "one_of" else (given,):
                yield from self._value(value, column, here)
        elif asked == "on_or_before":
            yield from _column_of(each.column, "date", self.register, here, self.at)
            yield from _column_of(each.on_or_before or "", "date", self.register, here, self.at)
        elif each.within is not None:
            yield from _column_of(each.column, "date", self.register, here, self.at)
            yield from _column_of(each.within.after, "date", self.register, (*here, "after"), self.at)
            if each.within.calendar and each.within.calendar not in self.calendars:
                yield self.at.found("calendar-unknown", (*here, "calendar"),
                                    Text(f"không có lịch làm việc “{each.within.calendar}”", f"there is no calendar {each.within.calendar!r}"),
                                    did_you_mean(each.within.calendar, self.calendars))
            if each.within.days < 0:
                yield self._unclear(here)

    def _value(self, value: object, column: RecordColumn, path: Path_) -> Iterator[Finding]:
        if not _is_of(value, column):
            yield self.at.found("register-column-type", path,
                                Text(f"cột “{column.id}” cần {KINDS[column.type].vi}, ở đây ghi {value!r}", f"column {column.id!r} wants {KINDS[column.type].en}, here stands {value!r}"),
                                Text("ghi giá trị đúng kiểu của cột", "write a value of the column's type"))
        elif column.values and column.named(value) is None:
            yield self.at.found("record-never-counts", path,
                                Text(f"cột “{column.id}” không có giá trị “{value}”", f"column {column.id!r} has no value {value!r}"),
                                did_you_mean(str(value), [each.id for each in column.values]))

    # -------------------------------------------------------------- what can never hold

    def _never(self) -> Iterator[Finding]:
        """Yield a column of which the filters together ask what no row can have."""
        for number, each in enumerate(self.rule.where):
            for part in each.any_:
                yield from self._impossible([part], (*self.path, "where", number))
        needed = [RecordFilter(column=name, blank=False) for name in (self.rule.period, self.rule.of) if name]
        yield from self._impossible([*self.rule.where, *needed], self.path)

    def _impossible(self, filters: Sequence[RecordFilter], path: Path_) -> Iterator[Finding]:
        for column in self.register.columns:
            asked = [each for each in filters if column.id == each.column]
            also = any(column.id in each.columns() and not each.any_ for each in filters if each.column != column.id)
            if asked and not _can_hold(column, asked, known_elsewhere=also):
                yield self.at.found("record-never-counts", path,
                                    Text(f"các điều kiện về cột “{column.id}” không dòng nào thoả cùng lúc", f"no row can answer all that is asked of column {column.id!r}"),
                                    Text("sửa các điều kiện này", "mend these filters"))


def _is_of(value: object, column: RecordColumn) -> bool:
    """Return whether a value is of a column's type."""
    match column.type:
        case "text":
            return isinstance(value, str)
        case "date":
            return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
        case "flag":
            return isinstance(value, bool)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "decimal":
            return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _can_hold(column: RecordColumn, asked: Sequence[RecordFilter], *, known_elsewhere: bool) -> bool:
    """Return whether some value of a column, or a blank, answers yes to everything."""
    blank = [each for each in asked if each.blank is not None]
    others = [each for each in asked if each.blank is None]
    wants_blank = {each.blank != each.not_ for each in blank}
    if len(wants_blank) > 1 or (True in wants_blank and (others or known_elsewhere)):
        return False
    if True in wants_blank or not others:
        return True
    candidates = _candidates(column, others)
    if candidates is not None:
        return any(all(map(partial(_answers, value), others)) for value in candidates)
    return _is_open(column, others)


def _candidates(column: RecordColumn, asked: Sequence[RecordFilter]) -> list[Any] | None:
    """Return the only values that come into question; ``None`` where they cannot be listed."""
    for each in asked:
        if not each.not_ and each.asked == ("equals",):
            return [each.equals]
        if not each.not_ and each.one_of is not None:
            return list(each.one_of)
    if column.type == "flag":
        return [True, False]
    return [each.id for each in column.values] or None


def _answers(value: Any, each: RecordFilter) -> bool:
    """Return whether a known value answers yes, so far as that follows from itself."""
    match each.asked:
        case ("equals",):
            yes = value == each.equals
        case ("one_of",):
            yes = value in (each.one_of or ())
        case ("at_least",):
            yes = value >= each.at_least
        case ("more_than",):
            yes = value > each.more_than
        case ("at_most",):
            yes = value <= each.at_most
        case ("below",):
            yes = value < each.below
        case _:
            return True
    return bool(yes) != each.not_


def _is_open(column: RecordColumn, asked: Sequence[RecordFilter]) -> bool:
    """Return whether an interval is left between the least and the greatest that is asked for."""
    low: tuple[Any, bool] | None = (column.range[0], False) if column.range else None
    high: tuple[Any, bool] | None = (column.range[1], False) if column.range else None
    for each in asked:
        for value, is_low, strict in _ends(each):
            if is_low and (low is None or (value, strict) > low):
                low = (value, strict)
            if not is_low and (high is None or (value, not strict) < (high[0], not high[1])):
                high = (value, strict)
    if low is None or high is None:
        return True
    if column.type in ("whole", "date"):  # what is strict is one step further in
        step = dt.timedelta(days=1) if column.type == "date" else 1
        return bool(low[0] + (step if low[1] else 0 * step) <= high[0] - (step if high[1] else 0 * step))
    return bool(low[0] < high[0] or (low[0] == high[0] and not low[1] and not high[1]))


def _ends(each: RecordFilter) -> Iterator[tuple[Any, bool, bool]]:
    """Yield the ends of an interval that a comparison sets: the value, whether it is the lower end, whether it is strict."""
    sides = {"at_least": (True, False), "more_than": (True, True), "at_most": (False, False), "below": (False, True)}
    for name in COMPARISONS:
        value = getattr(each, name)
        if value is not None:
            is_low, strict = sides[name]
            yield value, is_low != each.not_, strict != each.not_
