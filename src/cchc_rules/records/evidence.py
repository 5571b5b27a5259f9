"""Facts counted over a register as evidence: a file for each unit, which says of each fact how it was counted and from what."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from attrs import frozen

from cchc_rules.base.errors import Finding, InputError, Place, Severity, did_you_mean
from cchc_rules.base.exact import format_date
from cchc_rules.base.reading import read_date
from cchc_rules.base.texts import LANGUAGES, Text
from cchc_rules.counting import RecordRegister, RecordRule
from cchc_rules.decisions.seals import counting_digest
from cchc_rules.decisions.structure import Structure
from cchc_rules.files.cells import toml_text
from cchc_rules.files.evidence_toml import SCHEMA
from cchc_rules.index import Index
from cchc_rules.records.facts import ALL_ROWS, ROWS, UNIT, UNUSABLE, declared, facts_from_records
from cchc_rules.records.filters import Period
from cchc_rules.records.sources import digest_of, register_at
from cchc_rules.records.wording import counting_text

REASONS: Mapping[str, Text] = {
    "blank": Text("để trống", "is blank"), "unsound": Text("có giá trị lạ hoặc ngoài khoảng", "has a value that it may not have"),
    "uncovered": Text("nằm ngoài lịch làm việc", "lies outside the calendar"),
}
Number = int | Decimal


@frozen(kw_only=True)
class Count:
    """One fact of one unit: its value (``None`` where it is left blank), the rows that count, those that cannot be used."""

    value: Number | None
    rows: int
    unusable: int


@frozen(kw_only=True)
class CountedRegister:
    """All that one register file says: the counts by unit and fact, and what could not be used."""

    index: Index
    register: RecordRegister
    rules: tuple[RecordRule, ...]
    period: Period
    file: Path
    digest: str
    counts: Mapping[str, Mapping[str, Count]]
    rows: int
    """The rows of all units that the method lists."""
    strays: Mapping[str | None, int]
    reasons: Mapping[str, Mapping[str, int]]
    """By fact: how many rows could not be used, by column and reason."""

    # -------------------------------------------------------------- what is told

    def findings(self) -> Iterator[Finding]:
        """Yield what a person should know: rows of no unit, rows that cannot be used, units without a row."""
        for unit, rows in self.strays.items():
            yield self._said("register-unit-unknown", "warning",
                             Text(f"{rows} dòng của đơn vị “{unit}” mà phương pháp không có", f"{rows} rows are of the unit {unit!r}, which the method does not list")
                             if unit is not None else Text(f"{rows} dòng không ghi đơn vị", f"{rows} rows name no unit"),
                             Text("sửa mã đơn vị trong sổ; các dòng này không được tính cho đơn vị nào", "mend the unit in the register; these rows count for nobody"))
        for rule in self.rules:
            yield from self._unusable(rule)
        missing = [each.id for each in self.index.method.units_due if each.id not in self.counts]
        for name in missing:
            yield self._said("unit-without-records", "warning", Text(f"sổ không có dòng nào của “{name}”", f"the register has no row of {name!r}"),
                             Text("số liệu của đơn vị này là thiếu, không phải bằng 0", "its facts are missing, and not 0"))

    def _unusable(self, rule: RecordRule) -> Iterator[Finding]:
        total = sum(each[rule.fact].unusable for each in self.counts.values())
        if not total:
            return
        blocks = rule.unusable == "block"
        vi, en = ("; ".join(f"{self._reason(name).get(language)}: {number}" for name, number in self.reasons[rule.fact].items()) for language in LANGUAGES)
        yield self._said("rows-unusable", "warning" if blocks else "note",
                         Text(f"“{rule.fact}”: {total} dòng không xác định được ({vi})", f"{rule.fact!r}: {total} rows cannot be decided ({en})"),
                         Text("điền cho đủ rồi đếm lại: số liệu của các đơn vị ấy để trống", "fill them in and count again: these units' fact is left blank") if blocks else
                         Text("các dòng này không được tính; điền cho đủ rồi đếm lại nếu cần", "they are left out; fill them in and count again where that matters"))

    def _reason(self, name: str) -> Text:
        column, _, why = name.rpartition(":")
        label, said = self.register.by_id[column].label, REASONS[why]
        return Text(f"{label.vi} {said.vi}", f"the {label.en} {said.en}")

    def _said(self, code: str, severity: Severity, reason: Text, remedy: Text) -> Finding:
        return Finding(code=code, severity=severity, place=Place(file=self.file.as_posix()), reason=reason, remedy=remedy)

    def said(self, folder: Path) -> Text:
        """Return what was counted, in one line."""
        rows, (first, last) = sum(self.strays.values()) + self.rows, self.period
        return Text(
            f"Đếm {len(self.rules)} số liệu của {len(self.counts)} đơn vị từ {rows} dòng, kỳ {format_date(first, 'vi')} – {format_date(last, 'vi')}; đã ghi {folder}",
            f"Counted {len(self.rules)} facts of {len(self.counts)} units over {rows} rows, {format_date(first, 'en')} to {format_date(last, 'en')}; wrote {folder}",
        )

    # -------------------------------------------------------------- evidence

    def rule_digest(self, rule: RecordRule) -> str:
        """Return the digest of all that decides how a fact is counted."""
        return counting_digest(rule, self.register, self.index.calendars, Structure(()))

    def files(self, stage: str) -> dict[str, str]:
        """Return the evidence of each unit as the text of a TOML file, by its name."""
        notes = {rule.fact: (counting_text(rule, self.register, self.index.calendars).vi, self.rule_digest(rule)) for rule in self.rules}
        return {f"{quote(unit, safe='')}.toml": "".join(self._lines(unit, stage, notes)) for unit in self.counts}

    def _lines(self, unit: str, stage: str, notes: Mapping[str, tuple[str, str]]) -> Iterator[str]:
        first, last = self.period
        yield f"# Số liệu đếm từ {self.file.name}, kỳ {format_date(first, 'vi')} – {format_date(last, 'vi')}. Không sửa tay: sửa sổ rồi đếm lại.\n"
        method = self.index.method
        head = {"schema": SCHEMA, "method": method.id, "year": method.year, **({"version": method.version} if method.version else {}),
                "unit": unit, "stage": stage, "as_of": last}
        yield from _keys(head)
        yield "\n[[documents]]\n"
        yield from _keys({"id": self.register.id, "title": self.register.label.vi, "digest": self.digest})
        for rule in self.rules:
            count, (note, digest) = self.counts[unit][rule.fact], notes[rule.fact]
            counted = {"register": self.register.id, "rule": digest, "first": first, "last": last, "rows": count.rows, "unusable": count.unusable}
            yield "\n[[facts]]\n"
            yield from _keys({"id": rule.fact, **({} if count.value is None else {"value": count.value}), "documents": [self.register.id],
                              "provenance": "counted", "note": note, "counted": counted})


def _keys(table: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{key} = {toml_text(value)}\n" for key, value in table.items())


def count_register(index: Index, register: str, path: Path, period: Period | None = None) -> CountedRegister:
    """Return what a register in a file (CSV or Parquet) says of each unit; raises as ``facts_from_records`` and ``register_at``."""
    relation = register_at(path, declared(index, register)[0])
    found = facts_from_records(index, register, relation, period=period)
    counted = _rows(found.frame)
    counts = {
        str(row[UNIT]): {rule.fact: Count(value=_number(row[rule.fact]), rows=row[f"{rule.fact}:{ROWS}"], unusable=row[f"{rule.fact}:{UNUSABLE}"]) for rule in found.rules}
        for row in counted
    }
    unusable = any(each.unusable for unit in counts.values() for each in unit.values())
    return CountedRegister(
        index=index, register=found.register, rules=found.rules, period=found.period, file=path, digest=digest_of(path), counts=counts,
        rows=sum(row[ALL_ROWS] for row in counted),
        strays={row[UNIT]: row[ROWS] for row in _rows(found.strays)},
        reasons=_by_fact(_rows(found.reasons), found.rules) if unusable else {},
    )


def period_in(text: str) -> Period:
    """Return the period that is written as its first and its last day; raises ``InputError``."""
    place = Place(where="--period")
    first, dots, last = text.partition("..")
    if not dots:
        raise InputError(Finding(
            code="period-unreadable", place=place,
            reason=Text(f"“{text}” không phải là một kỳ", f"{text!r} is no period"),
            remedy=Text("ghi ngày đầu..ngày cuối", "write the first and the last day with two points between them"),
        ))
    return read_date(first, place), read_date(last, place)


def stage_of(index: Index, name: str) -> str:
    """Return the stage that evidence is for: the first one where none is named; raises ``InputError`` for an unknown one."""
    if name and name not in index.stages:
        raise InputError(Finding(
            code="stage-unknown", place=Place(where="--stage"),
            reason=Text(f"phương pháp không có giai đoạn “{name}”", f"the method has no stage {name!r}"),
            remedy=did_you_mean(name, index.stages),
        ))
    return name or index.method.stages[0].id


def _rows(relation: Any) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _number(value: Any) -> Number | None:
    """Return a counted value as TOML writes it, without noughts that say nothing."""
    if value is None or isinstance(value, int):
        return value
    plain = Decimal(value).normalize()
    return int(plain) if plain == plain.to_integral_value() else plain


def _by_fact(rows: list[dict[str, Any]], rules: tuple[RecordRule, ...]) -> dict[str, dict[str, int]]:
    """Return how many rows were left open in all units, by fact and by reason; reasons that there were none of are left out."""
    found: dict[str, dict[str, int]] = {rule.fact: {} for rule in rules}
    for row in rows:
        for name, number in row.items():
            fact, _, reason = name.partition(":")
            if reason and number:
                found[fact][reason] = found[fact].get(reason, 0) + number
    return found

