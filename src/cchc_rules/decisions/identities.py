"""The dated identities of units: what is wrong with them in a method, and how one unit leads to another."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from cchc_rules.base.errors import Finding, Place, Severity, did_you_mean
from cchc_rules.base.exact import format_date
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import TomlSource
from cchc_rules.methods import Method
from cchc_rules.model import AssessedUnit


def lint_units(method: Method, source: TomlSource | None = None) -> Iterator[Finding]:
    """Yield what is wrong with the units of a method: ids, blocks, dates, who came from whom."""
    times = Counter(unit.id for unit in method.units)
    units = {unit.id: unit for unit in method.units}
    for index, unit in enumerate(method.units):
        place = source.place(("method", "units", index), unit.id) if source else Place(where=f"{method.key}: {unit.id}")
        check = _UnitCheck(unit=unit, place=place)
        if times[unit.id] > 1:
            yield check.found("unit-duplicate", Text(f"mã đơn vị “{unit.id}” dùng {times[unit.id]} lần", f"the unit id {unit.id!r} is used {times[unit.id]} times"),
                              Text("mỗi đơn vị một mã riêng", "give each unit an id of its own"))
        yield from check.dates(method.year)
        yield from check.block({block.id for block in method.blocks})
        yield from check.family(units)


@frozen(kw_only=True)
class _UnitCheck:
    """One unit of a method and where it stands."""

    unit: AssessedUnit
    place: Place

    def found(self, code: str, reason: Text, remedy: Text, severity: Severity = "error") -> Finding:
        return Finding(code=code, place=self.place, reason=reason, remedy=remedy, severity=severity)

    def dates(self, year: int) -> Iterator[Finding]:
        """Yield dates out of order, and a unit that did not exist in the year that is scored."""
        since, until = self.unit.since, self.unit.until
        if since and until and until < since:
            yield self.found("unit-dates-reversed", Text("đơn vị kết thúc trước khi thành lập", "the unit ends before it begins"),
                             Text("đối chiếu `since`, `until` với nghị quyết", "compare `since` and `until` with the resolution"))
            return
        if until and until < dt.date(year, 1, 1):
            yield self.found("unit-not-in-year", Text(f"đơn vị “{self.unit.id}” đã kết thúc ngày {format_date(until, 'vi')}, trước năm {year}",
                                                      f"the unit {self.unit.id!r} ended on {format_date(until, 'en')}, before {year}"),
                             Text("bỏ đơn vị này khỏi phương pháp, hoặc sửa `until`", "drop it from the method, or mend `until`"))
        if since and since > dt.date(year, 12, 31):
            yield self.found("unit-not-in-year", Text(f"đơn vị “{self.unit.id}” thành lập ngày {format_date(since, 'vi')}, sau năm {year}",
                                                      f"the unit {self.unit.id!r} came into being on {format_date(since, 'en')}, after {year}"),
                             Text("bỏ đơn vị này khỏi phương pháp, hoặc sửa `since`", "drop it from the method, or mend `since`"))

    def block(self, blocks: set[str]) -> Iterator[Finding]:
        """Yield a block that the method does not declare, or that a ranked unit lacks, where it declares blocks."""
        if blocks and self.unit.block not in blocks and (self.unit.block or self.unit.ranked):
            said = Text(f"khối “{self.unit.block}” chưa được khai báo", f"the block {self.unit.block!r} is not declared")
            missing = Text("đơn vị được xếp hạng nhưng chưa ghi thuộc khối nào", "the unit is ranked but names no block")
            yield self.found("block-unknown", said if self.unit.block else missing, did_you_mean(self.unit.block, blocks))

    def family(self, units: dict[str, AssessedUnit]) -> Iterator[Finding]:
        """Yield units that do not name each other, and successors that begin before their predecessors end."""
        for name in self.unit.predecessors:
            before = units.get(name)
            if before is None or name == self.unit.id:
                continue
            if self.unit.id not in before.successors:
                yield self._one_sided(name, "successors")
            if before.until and self.unit.since and self.unit.since < before.until:
                yield self.found("unit-dates-overlap",
                                 Text(f"đơn vị “{self.unit.id}” thành lập ngày {format_date(self.unit.since, 'vi')}, khi “{name}” còn đến {format_date(before.until, 'vi')}",
                                      f"{self.unit.id!r} came into being on {format_date(self.unit.since, 'en')}, while {name!r} lasted until {format_date(before.until, 'en')}"),
                                 Text("đối chiếu các ngày với nghị quyết", "compare the dates with the resolution"))
        for name in self.unit.successors:
            after = units.get(name)
            if after is not None and name != self.unit.id and self.unit.id not in after.predecessors:
                yield self._one_sided(name, "predecessors")

    def _one_sided(self, other: str, key: str) -> Finding:
        ours = "predecessors" if key == "successors" else "successors"
        return self.found("unit-family-one-sided",
                          Text(f"“{self.unit.id}” ghi “{other}” ở `{ours}`, nhưng “{other}” không ghi “{self.unit.id}” ở `{key}`",
                               f"{self.unit.id!r} names {other!r} among its {ours}, but {other!r} does not name it among its {key}"),
                          Text(f"thêm “{self.unit.id}” vào `{key}` của “{other}”, hoặc sửa mã", f"add {self.unit.id!r} to the {key} of {other!r}, or mend the id"))


# ------------------------------------------------------------------ from one year's unit to another's


@frozen(kw_only=True)
class Lineage:
    """All units on either side of a change: those before it and those after it."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_renaming(self) -> bool:
        """Whether one unit became one."""
        return len(self.before) == len(self.after) == 1


def lineage(before: AssessedUnit, after: AssessedUnit, years: tuple[int, int]) -> Lineage | None:
    """Return the change that leads from a unit of one year to a unit of a later one; ``None`` where nothing does.

    One id through both years is one unit, unless it took in others, or gave some away, between them.
    """
    taken_in = set(after.predecessors) if before.id != after.id or _began_after(after, years[0]) else set()
    given_away = set(before.successors) if before.id != after.id or _ended_by(before, years[1]) else set()
    if before.id != after.id and before.id not in taken_in and after.id not in given_away:
        return None
    return Lineage(before=tuple(sorted(taken_in | {before.id})), after=tuple(sorted(given_away | {after.id})))


def _began_after(unit: AssessedUnit, year: int) -> bool:
    return unit.since is not None and unit.since.year > year


def _ended_by(unit: AssessedUnit, year: int) -> bool:
    return unit.until is not None and unit.until.year <= year
