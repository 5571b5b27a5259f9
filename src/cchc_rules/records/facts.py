"""The front door of records: a register as a frame in, one row a unit and one column a fact out, of the same kind.

One query plan for all facts: each row is looked at once, and grouped once.
"""

import datetime as dt
from functools import cached_property
from typing import Any

from attrs import evolve, frozen

from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.columns.kinds import Kind, kind_of
from cchc_rules.counting import RecordRegister, RecordRule
from cchc_rules.index import Index
from cchc_rules.records.filters import Asked, Period, clean, cleaned, reasons, unit_of

UNIT = "unit"
ROWS, UNUSABLE = "rows", "unusable"
ALL_ROWS, GROUP = "register:rows", "·group"


@frozen(kw_only=True, slots=False)
class CountedFacts:
    """What a register says of each unit.

    ``frame`` has one row a unit that has rows: ``unit``, ``register:rows`` (all its rows), and for each fact its
    value, ``…:rows`` (the rows that count) and ``…:unusable`` (those that answer neither yes nor no). ``strays`` has the rows of units that the
    method does not list. A unit without a row is in neither: it is missing, not 0.
    """

    frame: Any
    strays: Any
    register: RecordRegister
    rules: tuple[RecordRule, ...]
    period: Period
    _job: "_Job"

    @cached_property
    def reasons(self) -> Any:
        """Why rows could not be used, as a frame of the same kind: one row a unit, ``fact:column:reason`` as columns.

        Reasons are ``blank``, ``unsound`` (a value that the column may not have) and ``uncovered`` (a date outside
        the calendar); a row may have several. The register is read once more.
        """
        return self._job.kind.anew(self._job.why())


def facts_from_records(index: Index, register: str, frame: Any, *, period: Period | None = None) -> CountedFacts:
    """Return the facts that a method counts over a register, for each unit, as a frame of the same kind.

    ``frame`` has one row a record, its columns named and typed as the register declares: a Polars frame (eager or
    lazy), a pandas frame, a PyArrow table, a DuckDB relation or a PySpark frame; what is lazy stays lazy.
    ``period`` holds the first and the last day; the method's year without it.

    Raises ``InputError`` for a register that the method does not count over, a column that is missing or holds
    another type, and a period that ends before it begins.
    """
    known, rules = declared(index, register)
    first, last = period or (dt.date(index.method.year, 1, 1), dt.date(index.method.year, 12, 31))
    if last < first:
        raise InputError(_reversed(first, last))
    job = _Job(index=index, kind=_with_types(kind_of(frame, collect=False), known), register=known, rules=rules, period=(first, last))
    counted = job.counted()
    return CountedFacts(frame=job.kind.anew(job.known_units(counted)), strays=job.kind.anew(job.strays(counted)),
                        register=known, rules=rules, period=(first, last), job=job)


def declared(index: Index, register: str) -> tuple[RecordRegister, tuple[RecordRule, ...]]:
    """Return a register and the rules that count over it; raises ``InputError`` where there are none."""
    counted = {rule.register for rule in index.records.values()}
    if register not in counted:
        raise InputError(Finding(
            code="register-unknown",
            place=Place(where=index.method.key),
            reason=Text(f"phương pháp không đếm số liệu nào từ sổ “{register}”", f"the method counts no fact over a register {register!r}"),
            remedy=did_you_mean(register, counted),
        ))
    return index.registers[register], tuple(rule for rule in index.records.values() if rule.register == register)


def _reversed(first: dt.date, last: dt.date) -> Finding:
    return Finding(
        code="period-reversed",
        place=Place(where=f"{first}..{last}"),
        reason=Text("kỳ có ngày cuối trước ngày đầu", "the period ends before it begins"),
        remedy=Text("ghi ngày đầu trước, ngày cuối sau", "give the first day first"),
    )


def _with_types(kind: Kind, register: RecordRegister) -> Kind:
    """Return a frame whose columns without a single value have the types that the register declares: by themselves they have none."""
    import narwhals as nw

    types = {"text": nw.String, "date": nw.Date, "whole": nw.Int64, "decimal": nw.Int64, "flag": nw.Boolean}
    empty = {each.id: types[each.type]() for each in register.columns if not kind.lazy and kind.schema.get(each.id) == nw.Unknown and kind.original[each.id].is_null().all()}
    if not empty:
        return kind
    frame = kind.frame.with_columns(*(nw.lit(None, dtype=dtype).alias(name) for name, dtype in empty.items()))
    return evolve(kind, frame=frame, schema={**kind.schema, **empty})


# ------------------------------------------------------------------ carrying out


@frozen(kw_only=True, slots=False)
class _Job:
    """One register of a method bound to one frame."""

    index: Index
    kind: Kind
    register: RecordRegister
    rules: tuple[RecordRule, ...]
    period: Period

    @cached_property
    def asked(self) -> Asked:
        """What is asked of each row."""
        return Asked(self.register, self.index.calendars, self.kind.schema)

    @cached_property
    def decided(self) -> Any:
        """The frame with what each row answers for each fact: yes, no, or blank."""
        names = list(dict.fromkeys(name for rule in self.rules for name in rule.columns()))
        helpers = list(cleaned(self.register, (self.register.unit, *names), self.kind.schema))
        answers = [self.asked.decided(rule, self.period).alias(_answer(rule)) for rule in self.rules]
        unit = unit_of(self.register, self.kind.schema).alias(GROUP)
        return self.asked.joined(self.kind.frame.with_columns(*helpers, unit)).with_columns(*answers)

    def counted(self) -> Any:
        """Return the facts of each unit as it is named in the register; an eager frame is worked out here, once."""
        import narwhals as nw

        groups = self._grouped([nw.len().alias(ALL_ROWS), *(each for rule in self.rules for each in _totals(rule))])
        rows = groups.select(nw.col(UNIT), nw.col(ALL_ROWS).cast(nw.Int64), *(each for rule in self.rules for each in _shown(rule, of_decimals=self._is_of_decimals(rule))))
        if self.kind.lazy:
            return rows
        return nw.from_native(rows.collect().to_native().lazy())

    def _is_of_decimals(self, rule: RecordRule) -> bool:
        """Return whether a sum is one of decimals: those keep the type that the register has them in."""
        return rule.count == "sum" and bool(self.kind.schema[rule.of].is_decimal())

    def why(self) -> Any:
        """Return how many rows of each unit were left open for each fact, by reason."""
        import narwhals as nw

        left_open = {
            f"{rule.fact}:{name}": nw.col(_answer(rule)).is_null() & is_so
            for rule in self.rules for name, is_so in reasons(rule, self.asked)
        }
        frame = self.decided.with_columns(nw.lit(1).alias(ALL_ROWS), *(each.cast(nw.Int64).alias(name) for name, each in left_open.items()))
        return self.known_units(self._grouped([nw.col(name).sum().cast(nw.Int64) for name in (ALL_ROWS, *left_open)], frame)).drop(ALL_ROWS)

    def _grouped(self, totals: list[Any], frame: Any = None) -> Any:
        """Return one row a unit, under the name of its column in every result."""
        return (self.decided if frame is None else frame).group_by(GROUP).agg(*totals).rename({GROUP: UNIT})

    def known_units(self, frame: Any) -> Any:
        """Return the rows of units that the method lists; of all that are named where it lists none."""
        return frame.filter(self._is_known()).sort(UNIT)

    def strays(self, frame: Any) -> Any:
        """Return the units that the method does not list, and how many rows each has."""
        import narwhals as nw

        return frame.filter(~self._is_known()).select(nw.col(UNIT), nw.col(ALL_ROWS).alias(ROWS)).sort(UNIT)

    def _is_known(self) -> Any:
        import narwhals as nw

        named = ~nw.col(UNIT).is_null()
        return named & nw.col(UNIT).is_in(list(self.index.units)) if self.index.units else named


def _answer(rule: RecordRule) -> str:
    return clean(f"answer:{rule.fact}")


def _totals(rule: RecordRule) -> "list[Any]":
    """Return what is taken over the rows of a unit for one fact: how many say yes, how many do not say, and the value."""
    import narwhals as nw

    answer = nw.col(_answer(rule))
    found = [nw.when(answer).then(nw.lit(1)).count().alias(f"·{rule.fact}:{ROWS}"), answer.count().alias(f"·{rule.fact}:answered")]
    of = nw.when(answer).then(nw.col(clean(rule.of))) if rule.of else None
    if of is not None:
        found.append((of.sum() if rule.count == "sum" else of.n_unique()).alias(f"·{rule.fact}"))
    return found


def _shown(rule: RecordRule, *, of_decimals: bool) -> "list[Any]":
    """Return a fact's value, the rows that count, and those that cannot be used."""
    import narwhals as nw

    rows = nw.col(f"·{rule.fact}:{ROWS}").fill_null(nw.lit(0)).cast(nw.Int64)
    unusable = nw.col(ALL_ROWS).cast(nw.Int64) - nw.col(f"·{rule.fact}:answered").cast(nw.Int64)
    taken = nw.col(f"·{rule.fact}")
    if rule.count == "rows":
        value = rows
    elif rule.count == "sum":
        value = taken.fill_null(nw.lit(0)) if of_decimals else taken.fill_null(nw.lit(0)).cast(nw.Int64)
    else:  # what does not count is one more value, a blank
        value = taken.cast(nw.Int64) - nw.when(rows < nw.col(ALL_ROWS).cast(nw.Int64)).then(nw.lit(1)).otherwise(nw.lit(0))
    shown = nw.when(unusable == 0).then(value) if rule.unusable == "block" else value
    return [shown.alias(rule.fact), rows.alias(f"{rule.fact}:{ROWS}"), unusable.alias(f"{rule.fact}:{UNUSABLE}")]
