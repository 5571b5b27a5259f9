"""Records into facts: on random rules and random registers every kind of frame counts what a plain loop over the rows counts."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from attrs import evolve
from building import index_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from registers import example

import cchc_rules as cchc
from cchc_rules.base.texts import same
from cchc_rules.calendars import Calendar, Days
from cchc_rules.columns.frames import score_frame
from cchc_rules.counting import ColumnValue, RecordColumn, RecordFilter, RecordRegister, RecordRule, Term
from cchc_rules.model import AssessedUnit, Fact
from cchc_rules.records.facts import ALL_ROWS, CountedFacts, facts_from_records
from cchc_rules.rules.days import days_late
from cchc_rules.rules.tree import DaysLate

Row = Mapping[str, Any]
PERIOD = (dt.date(2099, 6, 1), dt.date(2099, 6, 20))
CALENDAR = Calendar(
    id="office", label=same("lịch"), covers=(dt.date(2099, 5, 28), dt.date(2099, 6, 26)), weekend=("saturday", "sunday"),
    count_first_day=False, term_ends_on_day_off="next_working_day",
    holidays=(Days(date=dt.date(2099, 6, 3), through=dt.date(2099, 6, 4), label=same("nghỉ")),),
    working_days=(Days(date=dt.date(2099, 6, 13), label=same("làm bù")),),
)
CALENDARS = {"office": CALENDAR, "first": evolve(CALENDAR, id="first", count_first_day=True)}
REGISTER = RecordRegister(id="book", label=same("sổ"), unit="don_vi", columns=(
    RecordColumn(id="don_vi", label=same("đơn vị"), type="text"),
    RecordColumn(id="code", label=same("mã"), type="text"),
    RecordColumn(id="way", label=same("cách"), type="text", values=(ColumnValue(id="x", label=same("x")), ColumnValue(id="y", label=same("y")))),
    RecordColumn(id="start", label=same("từ"), type="date"),
    RecordColumn(id="end", label=same("đến"), type="date"),
    RecordColumn(id="number", label=same("số"), type="whole", range=(-5, 40)),
    RecordColumn(id="money", label=same("tiền"), type="decimal", range=(0, Decimal("99.5"))),
    RecordColumn(id="flag", label=same("cờ"), type="flag"),
))
SCHEMA: Mapping[str, Any] = {
    "don_vi": pl.String, "code": pl.String, "way": pl.String, "start": pl.Date, "end": pl.Date, "number": pl.Int64,
    "money": pl.Decimal(12, 2), "flag": pl.Boolean,
}
UNITS = ("a", "b", "c")
DATES = st.dates(dt.date(2099, 5, 20), dt.date(2099, 7, 2))
CELLS: Mapping[str, st.SearchStrategy[Any]] = {
    "don_vi": st.sampled_from([*UNITS, "cũ"]), "code": st.sampled_from(["p", "q", "r", ""]), "way": st.sampled_from(["x", "y", "z", ""]),
    "start": DATES, "end": DATES, "number": st.integers(-7, 42), "money": st.integers(0, 11000).map(lambda cents: Decimal(cents) / 100), "flag": st.booleans(),
}
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | cells for name, cells in CELLS.items()}), max_size=12)
ASKED: Mapping[str, st.SearchStrategy[Any]] = {**CELLS, "way": st.sampled_from(["x", "y"]), "money": st.integers(0, 100)}


# ------------------------------------------------------------------ random rules


def questions() -> st.SearchStrategy[RecordFilter]:
    """Return filters that ask one thing of one column."""
    terms = st.builds(Term, days=st.integers(0, 6), after=st.sampled_from(["start", "end"]), calendar=st.sampled_from(["", "office", "first"]))
    compared = st.sampled_from(["at_least", "more_than", "at_most", "below"])
    asked = st.one_of(
        st.sampled_from(list(SCHEMA)).flatmap(lambda name: st.builds(RecordFilter, column=st.just(name), equals=ASKED[name])),
        st.sampled_from(["way", "code", "number"]).flatmap(lambda name: st.builds(RecordFilter, column=st.just(name), one_of=st.lists(ASKED[name], min_size=1, max_size=3).map(tuple))),
        st.sampled_from(["start", "number", "money"]).flatmap(lambda name: compared.flatmap(lambda key: ASKED[name].map(lambda value: RecordFilter(column=name, **{key: value})))),
        st.builds(RecordFilter, column=st.sampled_from(list(SCHEMA)), blank=st.booleans()),
        st.builds(RecordFilter, column=st.just("end"), on_or_before=st.just("start")),
        st.builds(RecordFilter, column=st.just("end"), within=terms),
    )
    return st.tuples(asked, st.booleans()).map(lambda pair: evolve(pair[0], not_=pair[1]))


FILTERS = st.one_of(questions(), st.builds(RecordFilter, any_=st.lists(questions(), min_size=1, max_size=2).map(tuple), not_=st.booleans()))


@st.composite
def rules(draw: st.DrawFn) -> tuple[RecordRule, ...]:
    """Return up to three rules."""
    def rule(number: int) -> RecordRule:
        count, of = draw(st.sampled_from([("rows", ""), ("rows", ""), ("sum", "number"), ("sum", "money"), ("distinct", "code"), ("distinct", "end")]))
        return RecordRule(
            fact=f"f{number}", register="book", count=count, of=of, where=tuple(draw(st.lists(FILTERS, max_size=3))),  # type: ignore[arg-type]  # drawn from its choices
            period=draw(st.sampled_from(["", "start", "end"])), unusable=draw(st.sampled_from(["block", "leave_out"])),
        )

    return tuple(rule(number) for number in range(draw(st.integers(1, 3))))


def bound(counted: Sequence[RecordRule]) -> cchc.Index:
    """Return an index that counts facts by some rules."""
    facts = {each.fact: Fact(id=each.fact, label=same(each.fact), type="decimal", places=2, range=(Decimal(-1000), Decimal(10000))) for each in counted}
    units = tuple(AssessedUnit(id=name, label=name) for name in UNITS)
    return evolve(index_of(units=units), facts=facts, registers={"book": REGISTER}, records={each.fact: each for each in counted}, calendars=CALENDARS)


# ------------------------------------------------------------------ the plain loop


def usable(row: Row, name: str) -> Any:
    """Return what can be used of a cell; ``None`` where it is blank or may not be."""
    value, column = row[name], REGISTER.by_id[name]
    if value is None or value == "" or (column.named(value) is None and column.id == "way"):
        return None
    return value if column.range is None or column.range[0] <= value <= column.range[1] else None


def said_by(row: Row, asked: RecordFilter) -> bool | None:
    """Return what a row answers to a filter; ``None`` where it answers neither."""
    found = said_by_all([inverted(said_by(row, each)) for each in asked.any_]) if asked.any_ else question(row, asked)
    found = inverted(found) if asked.any_ else found
    return inverted(found) if asked.not_ else found


def inverted(answer: bool | None) -> bool | None:  # noqa: FBT001 - an answer, not an option
    """Return the opposite."""
    return None if answer is None else not answer


def said_by_all(answers: Sequence[bool | None]) -> bool | None:
    """Return a no where one says so, what is open where one is."""
    return False if False in answers else None if None in answers else True


def question(row: Row, asked: RecordFilter) -> bool | None:
    """Return the answer to one question."""
    if asked.blank is not None:
        return (row[asked.column] in (None, "")) == asked.blank
    value = usable(row, asked.column)
    if asked.within is not None:
        return in_term(value, usable(row, asked.within.after), asked.within)
    other = usable(row, asked.on_or_before) if asked.on_or_before else 0
    if value is None or other is None:
        return None
    tests: Mapping[str, Callable[[], bool]] = {
        "equals": lambda: value == asked.equals, "one_of": lambda: value in (asked.one_of or ()), "at_least": lambda: value >= asked.at_least,
        "more_than": lambda: value > asked.more_than, "at_most": lambda: value <= asked.at_most, "below": lambda: value < asked.below,
        "on_or_before": lambda: value <= other,
    }
    return bool(tests[asked.asked[0]]())


def in_term(date: dt.date | None, after: dt.date | None, term: Term) -> bool | None:
    """Return whether a date is in time by the exact reading of terms."""
    if date is None or after is None:
        return None
    node = DaysLate(fact="date", after="after", days=term.days, calendar=term.calendar)
    try:
        return days_late(node, Fraction(date.toordinal()), Fraction(after.toordinal()), CALENDARS) == 0
    except cchc.RuleError:
        return None


def answer(row: Row, rule: RecordRule) -> bool | None:
    """Return whether a row counts."""
    answers = [said_by(row, each) for each in rule.where]
    if rule.period:
        day = usable(row, rule.period)
        answers.append(None if day is None else PERIOD[0] <= day <= PERIOD[1])
    if rule.of:
        answers.append(True if usable(row, rule.of) is not None else None)
    return said_by_all(answers)


def looped(rows: Sequence[Row], counted: Sequence[RecordRule]) -> dict[str, dict[str, Any]]:
    """Return what the rows come to, unit by unit."""
    found: dict[str, dict[str, Any]] = {}
    for unit in sorted({row["don_vi"] for row in rows if row["don_vi"] in UNITS}):
        own = [row for row in rows if row["don_vi"] == unit]
        found[unit] = {}
        for rule in counted:
            answers = [answer(row, rule) for row in own]
            taken: list[Any] = [row.get(rule.of) for row, each in zip(own, answers, strict=True) if each]
            value = {"rows": len(taken), "sum": sum(map(Fraction, taken)) if rule.count == "sum" else 0, "distinct": len(set(taken))}[rule.count]
            unusable = answers.count(None)
            found[unit] |= {rule.fact: None if unusable and rule.unusable == "block" else value, f"{rule.fact}:rows": len(taken), f"{rule.fact}:unusable": unusable}
    return found


# ------------------------------------------------------------------ every kind of frame


def frame_of(rows: Sequence[Row]) -> pl.DataFrame:
    """Return a register as a frame."""
    return pl.DataFrame({name: [row[name] for row in rows] for name in SCHEMA}, schema=dict(SCHEMA))


def as_polars(result: Any) -> pl.DataFrame:
    """Return a result of any kind as a Polars frame."""
    match result:
        case pl.DataFrame():
            return result
        case pl.LazyFrame():
            return result.collect()
        case pd.DataFrame():
            return pl.DataFrame(pa.Table.from_pandas(result, preserve_index=False))
        case pa.Table():
            return pl.DataFrame(result)
        case duckdb.DuckDBPyRelation():
            return pl.DataFrame(result.to_arrow_table())
        case _:
            names = result.columns
            return pl.DataFrame([row.asDict() for row in result.collect()], infer_schema_length=None) if result.count() else pl.DataFrame({name: [] for name in names})


def agrees(counted: CountedFacts, rows: Sequence[Row], index: cchc.Index) -> None:
    """Hold that a result is what the loop says, its strays and reasons too."""
    got = {row.pop("unit"): row for row in as_polars(counted.frame).drop(ALL_ROWS).sort("unit").to_dicts()}
    assert got == looped(rows, tuple(index.records.values()))
    strays = {row["unit"]: row["rows"] for row in as_polars(counted.strays).to_dicts()}
    names = [row["don_vi"] for row in rows]
    assert strays == {name: names.count(name) for name in names if name not in UNITS}


KINDS: Mapping[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda frame: frame,
    "polars, lazy": lambda frame: frame.lazy(),
    "pyarrow": lambda frame: frame.to_arrow(),
    "pandas": lambda frame: frame.to_arrow().to_pandas(),
    "pandas on arrow": lambda frame: frame.to_pandas(use_pyarrow_extension_array=True),
    "duckdb": lambda frame: duckdb.connect().from_arrow(frame.to_arrow()),
}


@given(rules(), ROWS)
@settings(max_examples=150)
def test_polars_counts_what_the_loop_counts(counted: tuple[RecordRule, ...], rows: list[Row]) -> None:
    """Filters that leave rows open, blanks, values that may not be, dates beyond the calendar, rows of no unit."""
    index = bound(counted)
    agrees(facts_from_records(index, "book", frame_of(rows), period=PERIOD), rows, index)


@pytest.mark.parametrize("kind", KINDS)
@given(counted=rules(), rows=ROWS)
@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
def test_every_kind_counts_the_same_and_comes_back_as_it_came(kind: str, counted: tuple[RecordRule, ...], rows: list[Row]) -> None:
    """What is lazy stays lazy."""
    index, frame = bound(counted), KINDS[kind](frame_of(rows))
    found = facts_from_records(index, "book", frame, period=PERIOD)
    assert {type(found.frame), type(found.strays), type(found.reasons)} == {type(frame)}
    agrees(found, rows, index)


@given(rules(), ROWS)
@settings(max_examples=60)
def test_every_row_that_cannot_be_used_has_a_reason(counted: tuple[RecordRule, ...], rows: list[Row]) -> None:
    """And no fact without such rows has any."""
    found = facts_from_records(bound(counted), "book", frame_of(rows), period=PERIOD)
    reasons = {row["unit"]: row for row in found.reasons.to_dicts()}
    for row in found.frame.to_dicts():
        for rule in counted:
            told = [value for name, value in reasons[row["unit"]].items() if name.startswith(f"{rule.fact}:")]
            unusable = row[f"{rule.fact}:unusable"]
            assert (sum(told) >= unusable) if unusable else not any(told)


@given(counted=rules(), rows=ROWS)
@settings(max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_spark_counts_the_same_over_several_partitions(spark: SparkSession, counted: tuple[RecordRule, ...], rows: list[Row]) -> None:
    """PySpark in local mode, the rows in two partitions."""
    words = {pl.Int64: "bigint", pl.Date: "date", pl.Boolean: "boolean", pl.String: "string"}
    schema = ", ".join(f"`{name}` {words.get(dtype, 'decimal(12,2)')}" for name, dtype in SCHEMA.items())
    frame = spark.createDataFrame([tuple(row[name] for name in SCHEMA) for row in rows], schema).repartition(2)
    index = bound(counted)
    agrees(facts_from_records(index, "book", frame, period=PERIOD), rows, index)


# ------------------------------------------------------------------ what is refused, and what is told


ROW = {"don_vi": "a", "code": "p", "way": "x", "start": dt.date(2099, 6, 2), "end": dt.date(2099, 6, 5), "number": 1, "money": Decimal("1.50"), "flag": True}
IN_TERM = bound([RecordRule(fact="f", register="book", unusable="leave_out", where=(RecordFilter(column="end", within=Term(days=1, after="start", calendar="office")),))])


def counted_of(index: cchc.Index, *rows: Row) -> dict[str, Any]:
    """Return what some rows of one unit come to."""
    return dict(facts_from_records(index, "book", frame_of([{**ROW, **row} for row in rows]), period=PERIOD).frame.drop("unit", ALL_ROWS).row(0, named=True))


class TestDeadlines:
    """Terms run by the registered calendar, its holidays and swapped days."""

    @pytest.mark.parametrize(("end", "value"), [(3, 1), (4, 1), (5, 1), (6, 1), (8, 0)], ids=[
        "the day after, a holiday", "the second holiday", "the first worked day, which is the last in time", "the Saturday behind it: no day is worked in between", "the Monday after it",
    ])
    def test_a_term_of_one_day_ends_on_the_next_day_that_is_worked(self, end: int, value: int) -> None:
        """The 3rd and 4th are days off."""
        assert counted_of(IN_TERM, {"end": dt.date(2099, 6, end)})["f"] == value

    def test_a_date_that_the_calendar_does_not_cover_is_left_open_and_told(self) -> None:
        """It is neither in time nor late."""
        rows = [{**ROW}, {**ROW, "start": dt.date(2099, 5, 1), "end": dt.date(2099, 5, 3)}]
        found = facts_from_records(IN_TERM, "book", frame_of(rows), period=PERIOD)
        assert found.frame.row(0, named=True) == {"unit": "a", ALL_ROWS: 2, "f": 1, "f:rows": 1, "f:unusable": 1}
        assert {name: value for name, value in found.reasons.row(0, named=True).items() if value} == {"unit": "a", "f:end:uncovered": 1}


class TestMissing:
    """A blank is no “no”."""

    NOT_Y = RecordRule(fact="f", register="book", unusable="block", where=(RecordFilter(column="way", equals="y", not_=True),))

    def test_a_blank_blocks_the_fact_or_is_left_out_as_the_table_says(self) -> None:
        """Either way it is counted."""
        assert counted_of(bound([self.NOT_Y]), {}, {"way": None}) == {"f": None, "f:rows": 1, "f:unusable": 1}
        assert counted_of(bound([evolve(self.NOT_Y, unusable="leave_out")]), {}, {"way": None}) == {"f": 1, "f:rows": 1, "f:unusable": 1}

    def test_a_value_that_the_column_may_not_have_is_left_open_too(self) -> None:
        """“z” is a slip: nobody knows for what."""
        assert counted_of(bound([self.NOT_Y]), {"way": "z"}) == {"f": None, "f:rows": 0, "f:unusable": 1}

    def test_a_row_that_another_filter_rules_out_needs_no_value(self) -> None:
        """It does not count whatever stands in the blank."""
        rule = evolve(self.NOT_Y, where=(*self.NOT_Y.where, RecordFilter(column="flag", equals=True)))
        assert counted_of(bound([rule]), {"way": None, "flag": False}) == {"f": 0, "f:rows": 0, "f:unusable": 0}

    def test_a_unit_without_a_row_is_missing_and_one_whose_rows_do_not_count_has_none(self) -> None:
        """“b” has no row, “a” has one that does not count."""
        found = facts_from_records(bound([self.NOT_Y]), "book", frame_of([{**ROW, "way": "y"}]), period=PERIOD)
        assert found.frame.select("unit", "f").rows() == [("a", 0)]

    def test_rows_of_units_that_the_method_does_not_list_are_told(self) -> None:
        """So are those of none."""
        found = facts_from_records(bound([self.NOT_Y]), "book", frame_of([{**ROW, "don_vi": each} for each in ("a", None, "cũ", "cũ", "")]), period=PERIOD)
        assert found.strays.sort("unit").rows() == [(None, 2), ("cũ", 2)]


class TestRefusals:
    """What cannot be counted is refused by name before anything is read."""

    def refused(self, register: str = "book", frame: Any = None, period: Any = PERIOD) -> list[tuple[str, str]]:
        """Return the codes and places of what is said."""
        with pytest.raises(cchc.InputError) as raised:
            facts_from_records(IN_TERM, register, frame_of([ROW]) if frame is None else frame, period=period)
        return [(each.code, each.place.where_en or each.place.where) for each in raised.value.findings]

    def test_a_register_over_which_the_method_counts_nothing(self) -> None:
        """Its name is perhaps misspelt."""
        assert self.refused("bok") == [("register-unknown", "method/2099")]

    def test_columns_that_are_not_there(self) -> None:
        """All of them at once."""
        assert self.refused(frame=frame_of([ROW]).drop("start", "end")) == [("register-column-missing", "register book")] * 2

    @pytest.mark.parametrize(("name", "value"), [("start", "2099-06-02"), ("don_vi", 7)])
    def test_a_column_of_another_type(self, name: str, value: object) -> None:
        """Text in a column of dates is not guessed at."""
        assert self.refused(frame=frame_of([ROW]).with_columns(pl.lit(value).alias(name))) == [("register-column-type", f"column {name}")]

    def test_a_period_that_ends_before_it_begins(self) -> None:
        """The two days are changed about."""
        assert self.refused(period=(PERIOD[1], PERIOD[0])) == [("period-reversed", "2099-06-20..2099-06-01")]


def test_a_time_of_day_counts_as_its_day() -> None:
    """Software writes times where tables ask for dates."""
    frame = frame_of([ROW]).with_columns(pl.col("end").cast(pl.Datetime("us")) + pl.duration(hours=23))
    assert facts_from_records(IN_TERM, "book", frame, period=PERIOD).frame["f"].to_list() == [1]


def test_a_pandas_frame_whose_whole_numbers_became_floats_is_taken() -> None:
    """There is a blank among them; a column without any value is blank, whatever its type."""
    rule = RecordRule(fact="f", register="book", unusable="leave_out", count="sum", of="number", where=(RecordFilter(column="code", blank=True),))
    frame = pd.DataFrame({"don_vi": ["a", "a"], "code": [None, None], "number": [7.0, float("nan")]})
    found = facts_from_records(bound([rule]), "book", frame, period=PERIOD).frame
    assert found.to_dict("records") == [{"unit": "a", ALL_ROWS: 2, "f": 7, "f:rows": 1, "f:unusable": 1}]


def test_the_result_is_what_score_frame_takes() -> None:
    """From dossiers to points without a file in between; the period is the method's year where none is asked for."""
    index = example()
    day = dt.date(2030, 3, 4)
    row = {"dossier": "1", "unit": "xa-01", "procedure": "p", "level": "full", "received": day, "due": day, "returned": day, "channel": "online", "result_by_post": True, "fee": 5}
    late = {**row, "dossier": "2", "returned": dt.date(2030, 3, 20)}
    next_year = {**row, "dossier": "3", "received": dt.date(2031, 1, 2), "returned": dt.date(2031, 1, 2)}
    facts = facts_from_records(index, "one_stop", pl.DataFrame([row, late, next_year]))
    scored = score_frame(index, facts.frame).frame.row(0, named=True)
    assert (scored["unit"], scored["one_stop.quick:points"], scored["one_stop.online:points"], scored["one_stop.on-time:points"]) == ("xa-01", 100, 200, 0)
