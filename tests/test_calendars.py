"""Calendars: days worked and days off, terms, files that contradict themselves, and rules that name a calendar."""

import datetime as dt
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from attrs import evolve
from building import plugin
from hypothesis import assume, given
from hypothesis import strategies as st
from issued import EVIDENCE_TOML, Issued, issued_in

import cchc_rules as cchc
from cchc_rules.base.texts import same
from cchc_rules.calendars import WEEKDAYS, Calendar, Days
from cchc_rules.decisions.seals import calendar_digest
from cchc_rules.engine import score
from cchc_rules.files.evidence import read_evidence

FIRST, LAST = dt.date(2099, 1, 1), dt.date(2099, 12, 31)
DAY = dt.timedelta(days=1)

CALENDAR_TOML = """\
schema = "cchc.calendar/1"

[calendar]
id = "office"
label = "Lịch làm việc (ví dụ)"
label_en = "Office calendar (example)"
source = { place = "thông báo nghỉ lễ (ví dụ)" }
covers = [2099-01-01, 2099-12-31]
weekend = ["saturday", "sunday"]
count_first_day = false
term_ends_on_day_off = "next_working_day"
holidays = [
  { date = 2099-09-02, label = "Quốc khánh", provenance = "derived" },
  { date = 2099-11-16, through = 2099-11-17, label = "nghỉ bù (ví dụ)" },
]
working_days = [ { date = 2099-11-21, label = "làm bù ngày 16/11 (ví dụ)" } ]
"""


def calendar(**changes: object) -> Calendar:
    """Return a calendar of one year without holidays."""
    known: dict[str, object] = {
        "id": "office", "label": same("lịch"), "covers": (FIRST, LAST), "weekend": ("saturday", "sunday"),
        "count_first_day": False, "term_ends_on_day_off": "next_working_day",
    }
    return Calendar(**{**known, **changes})  # type: ignore[arg-type]  # a test may set any field


# ------------------------------------------------------------------ laws

dates = st.dates(FIRST, LAST)
off = st.lists(dates.map(lambda date: Days(date=date, label=same("nghỉ"))), max_size=20).map(tuple)
calendars = st.builds(
    calendar,
    weekend=st.sets(st.sampled_from(WEEKDAYS), max_size=3).map(tuple),
    holidays=off,
    working_days=off,
    count_first_day=st.booleans(),
    term_ends_on_day_off=st.sampled_from(("next_working_day", "as_is")),
)


def is_worked(each: Calendar, date: dt.date) -> bool:
    """Return whether a day is worked, told apart from the calendar's own way of finding out."""
    if any(days.date <= date <= days.last for days in each.working_days):
        return True
    names = dict(enumerate(WEEKDAYS, 1))
    return not (names[date.isoweekday()] in each.weekend or any(days.date <= date <= days.last for days in each.holidays))


@given(calendars, dates)
def test_a_day_is_worked_unless_it_is_taken_out_of_the_week(each: Calendar, date: dt.date) -> None:
    """Swapped working days count before holidays and weekends."""
    assert each.is_working(date) == is_worked(each, date)


@given(calendars, st.tuples(dates, dates, dates))
def test_working_days_add_up(each: Calendar, three: tuple[dt.date, dt.date, dt.date]) -> None:
    """From the first to the last day is as far as from the first to the middle one and on from there."""
    first, middle, last = sorted(three)
    assert each.working_days_between(first, last) == each.working_days_between(first, middle) + each.working_days_between(middle, last)


@given(calendars, dates, dates)
def test_days_between_are_the_worked_ones_after_the_first_up_to_the_second(each: Calendar, first: dt.date, second: dt.date) -> None:
    """Counted one by one; none where the second is not later."""
    days = [first + DAY * number for number in range(1, (second - first).days + 1)]
    assert each.working_days_between(first, second) == sum(is_worked(each, day) for day in days)


@given(calendars, dates, st.integers(1, 20))
def test_a_term_ends_on_the_day_that_completes_it(each: Calendar, start: dt.date, days: int) -> None:
    """The last day is worked, and so many days are worked from the start on to it, counted as the calendar says."""
    assume(start.month < 10)
    assume(any(is_worked(each, start + DAY * number) for number in range(80)))
    try:
        end = each.add_working_days(start, days)
    except cchc.RuleError:
        assume(False)
        raise
    began = start if each.count_first_day else start + DAY
    counted = [began + DAY * number for number in range((end - began).days + 1)]
    assert is_worked(each, end)
    assert sum(is_worked(each, day) for day in counted) == days


@given(calendars, dates)
def test_the_end_of_a_term_moves_to_the_next_day_worked_or_stays(each: Calendar, date: dt.date) -> None:
    """It never moves back, never past a worked day, and moving it again changes nothing."""
    assume(date.month < 12)
    try:
        end = each.end_of_term(date)
    except cchc.RuleError:
        assume(False)
        raise
    between = [date + DAY * number for number in range((end - date).days)]
    assert not any(is_worked(each, day) for day in between)
    assert each.end_of_term(end) == end
    assert is_worked(each, end) or (end == date and each.term_ends_on_day_off == "as_is")


# ------------------------------------------------------------------ cases


class TestTerms:
    """The first day, the last day, and days off in between."""

    FRIDAY, SATURDAY, SUNDAY, MONDAY = (dt.date(2099, 5, day) for day in (15, 16, 17, 18))

    @pytest.mark.parametrize(("counts", "days", "end"), [(False, 1, 18), (True, 1, 15), (False, 5, 22), (True, 5, 21), (True, 0, 15)])
    def test_of_working_days_skip_the_weekend(self, counts: bool, days: int, end: int) -> None:  # noqa: FBT001 - a column of the table above
        """A term of one day from Friday ends on Monday, or on that very Friday where the first day counts."""
        assert calendar(count_first_day=counts).add_working_days(self.FRIDAY, days) == dt.date(2099, 5, end)

    def test_that_start_on_a_day_off_begin_with_the_next_day_worked(self) -> None:
        """Even where the first day counts: it is no working day."""
        assert calendar(count_first_day=True).add_working_days(self.SATURDAY, 1) == self.MONDAY

    def test_that_end_on_a_day_off_end_on_the_next_day_worked(self) -> None:
        """Saturday becomes Monday, and Tuesday where Monday is a holiday."""
        assert calendar().end_of_term(self.SATURDAY) == self.MONDAY
        bridged = calendar(holidays=(Days(date=self.MONDAY, label=same("nghỉ")),))
        assert bridged.end_of_term(self.SATURDAY) == dt.date(2099, 5, 19)
        assert calendar(term_ends_on_day_off="as_is").end_of_term(self.SATURDAY) == self.SATURDAY

    def test_on_a_swapped_saturday_end_there(self) -> None:
        """A Saturday that is worked is a day like any other."""
        swapped = calendar(working_days=(Days(date=self.SATURDAY, label=same("làm bù")),))
        assert swapped.end_of_term(self.SATURDAY) == self.SATURDAY
        assert swapped.working_days_between(self.FRIDAY, self.MONDAY) == 2
        assert calendar().working_days_between(self.FRIDAY, self.MONDAY) == 1

    def test_of_fewer_than_no_days_are_a_mistake_of_the_program(self) -> None:
        """Nothing ends before it starts."""
        with pytest.raises(ValueError, match="at least 0"):
            calendar().add_working_days(self.FRIDAY, -1)


OUTSIDE: dict[str, Callable[[Calendar], object]] = {
    "whether a day is worked": lambda each: each.is_working(LAST + DAY),
    "days from before it": lambda each: each.working_days_between(FIRST - DAY, FIRST),
    "days to after it": lambda each: each.working_days_between(LAST, LAST + DAY),
    "a term that runs out of it": lambda each: each.add_working_days(LAST, 1),
    "a term that ends after it": lambda each: each.end_of_term(LAST + DAY),
}


@pytest.mark.parametrize("ask", OUTSIDE.values(), ids=OUTSIDE)
def test_a_date_that_is_not_covered_is_an_error_with_remedy(ask: Callable[[Calendar], object]) -> None:
    """Nobody knows the days off of a year that is not decided yet."""
    with pytest.raises(cchc.RuleError) as caught:
        ask(calendar())
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.where) == ("date-not-covered", "office")
    assert "31/12/2099" in finding.reason.vi
    assert "2099-12-31" in finding.reason.en
    assert finding.remedy.vi
    assert finding.remedy.en


# ------------------------------------------------------------------ as files

MISTAKES = {
    "covers that end before they begin": ("covers = [2099-01-01, 2099-12-31]", "covers = [2099-12-31, 2099-01-01]", "calendar-covers-nothing"),
    "a holiday in another year": ("date = 2099-09-02", "date = 2098-09-02", "calendar-days-outside"),
    "days that end before they begin": ("through = 2099-11-17", "through = 2099-11-15", "calendar-days-reversed"),
    "a day both off and worked": ("date = 2099-11-21", "date = 2099-11-17", "calendar-contradiction"),
    "a weekday that does not exist": ('"saturday"', '"satuday"', "value-unknown"),
    "a misspelt key": ("count_first_day", "count_first_days", "key-unknown"),
    "a key left out": ("count_first_day = false\n", "", "key-missing"),
    "another kind of file": ("cchc.calendar/1", "cchc.calender/1", "schema-unknown"),
    "a date that is none": ("date = 2099-09-02", 'date = "hôm nào đó"', "date-unreadable"),
}


@pytest.fixture
def issued(tmp_path: Path) -> Issued:
    """A folder with an edition, its method and a calendar."""
    folder = issued_in(tmp_path)
    folder.write("calendars/2099.toml", CALENDAR_TOML)
    return folder


class TestFiles:
    """A calendar is registered data with a source."""

    def test_are_read_with_their_source_and_what_is_assumed(self, issued: Issued) -> None:
        """A holiday fixed by law is derived, the rest of the example is assumed."""
        found = issued.registry().calendars["office"]
        assert found.source is not None
        assert (found.source.place, found.provenance) == ("thông báo nghỉ lễ (ví dụ)", "assumed")
        assert [days.provenance for days in found.holidays] == ["derived", None]
        assert [date.day for date in found.holidays[1]] == [16, 17]

    @pytest.mark.parametrize(("old", "new", "code"), MISTAKES.values(), ids=MISTAKES)
    def test_with_a_mistake_are_named_with_their_line(self, issued: Issued, old: str, new: str, code: str) -> None:
        """And the calendar is not used."""
        path = issued.write("calendars/2099.toml", CALENDAR_TOML.replace(old, new, 1))
        registry = issued.registry()
        found = {each.code: each for each in registry.findings()}
        assert code in found, found
        assert found[code].place.file == path.as_posix()
        assert registry.calendars == {}

    def test_made_in_python_are_checked_too(self) -> None:
        """With the same words."""
        wrong = calendar(covers=(LAST, FIRST))
        registry = cchc.Registry([plugin("p", cchc_register_calendars=lambda calendars: calendars.add(wrong))])
        assert [each.code for each in registry.findings()] == ["calendar-covers-nothing"]
        assert registry.calendars == {}

    def test_that_are_equal_merge_and_unequal_ones_are_refused_naming_both(self) -> None:
        """Whatever the order of the plugins."""
        one, other = calendar(), calendar(count_first_day=True)
        for order in permutations((("a", one), ("b", one), ("c", other))):
            registry = cchc.Registry([plugin(name, cchc_register_calendars=lambda calendars, each=each: calendars.add(each)) for name, each in order])
            (finding,) = registry.findings()
            assert finding.code == "declared-twice"
            assert "a (dist-a 1.0)" in finding.reason.en
            assert "c (dist-c 1.0)" in finding.reason.en
        both = cchc.Registry([plugin(name, cchc_register_calendars=lambda calendars: calendars.add(one)) for name in "ab"])
        assert both.calendars == {"office": one}


# ------------------------------------------------------------------ rules that name one

REPORT = """
[[facts]]
id = "sent"
label = "ngày gửi báo cáo"
type = "date"

[[criteria]]
id = "field.report"
number = "1.3"
label = "Báo cáo năm"
max_points = 3
form = "timeliness"
fact = "sent"
on_or_before = {deadline}
calendar = "{calendar}"
late = [ {{ days_at_most = 2, points = 1 }} ]
"""


def with_report(issued: Issued, deadline: str = "2099-11-13", name: str = "office") -> Issued:
    """Add a criterion that counts working days."""
    path = issued.path / "editions" / "2099.toml"
    text = path.read_text(encoding="utf-8").replace("max_points = 6\n", "max_points = 9\n")
    head, criteria = text.split("[[criteria]]", 1)
    fact, criterion = REPORT.format(deadline=deadline, calendar=name).split("\n[[criteria]]", 1)
    path.write_text(f"{head}{fact}\n\n[[criteria]]{criteria}\n[[criteria]]{criterion}", encoding="utf-8")
    return issued


def report_points(issued: Issued, sent: dt.date) -> tuple[object, str]:
    """Return the points of the report that was sent on a date, and the code of what went wrong."""
    registry = issued.registry()
    path = issued.write("evidence.toml", EVIDENCE_TOML.format(pin="") + f'\n[[facts]]\nid = "sent"\nvalue = {sent}\ndocuments = ["d"]\n')
    evidence = read_evidence(path, lambda raw: registry.index(raw.method, raw.year, raw.version, raw.place("year")))
    found = score(registry.index("index", 2099), evidence).score("field.report")
    return found.account.exact, found.error.code if found.error else ""


class TestInRules:
    """Lateness in working days: Friday 13/11, a weekend, two days off, and the next Saturday worked."""

    @pytest.mark.parametrize(("day", "points"), [(13, 3), (14, 3), (15, 3), (17, 3), (18, 1), (19, 1), (20, 0)])
    def test_days_off_do_not_make_late(self, issued: Issued, day: int, points: int) -> None:
        """Saturday to Tuesday are days off: Wednesday is the first day late, Friday the third."""
        assert report_points(with_report(issued), dt.date(2099, 11, day)) == (points, "")

    @pytest.mark.parametrize(("day", "points"), [(18, 3), (19, 1)])
    def test_a_deadline_on_a_day_off_is_the_next_day_worked(self, issued: Issued, day: int, points: int) -> None:
        """Sunday 15/11 becomes Wednesday 18/11."""
        assert report_points(with_report(issued, "2099-11-15"), dt.date(2099, 11, day)) == (points, "")

    def test_a_swapped_saturday_counts(self, issued: Issued) -> None:
        """Due on Thursday 19/11, sent on Monday 23/11: Friday, the worked Saturday and Monday are three days."""
        assert report_points(with_report(issued, "2099-11-19"), dt.date(2099, 11, 23)) == (0, "")

    def test_a_date_that_the_calendar_does_not_cover_is_an_error_of_that_criterion(self, issued: Issued) -> None:
        """Never a guess, and never an error of the others."""
        points, code = report_points(with_report(issued), dt.date(2100, 1, 4))
        assert (points, code) == (None, "date-not-covered")

    def test_an_unknown_calendar_is_found_on_load_with_the_nearest_name(self, issued: Issued) -> None:
        """And such an edition is not scored."""
        registry = with_report(issued, name="offce").registry()
        (finding,) = [each for each in registry.findings() if each.code == "calendar-unknown"]
        assert finding.remedy.en == "did you mean 'office'?"
        assert "field.report" in finding.place.where
        with pytest.raises(cchc.EditionError, match="calendar-unknown"):
            registry.index("index", 2099)

    def test_a_deadline_that_is_not_covered_is_found_on_load(self, issued: Issued) -> None:
        """Before anybody is scored by it."""
        registry = with_report(issued, "2100-01-05").registry()
        assert "deadline-not-covered" in {each.code for each in registry.findings()}

    def test_only_the_calendars_that_are_named_belong_to_the_index_and_to_its_seals(self, issued: Issued) -> None:
        """A result says by which calendar it was reached."""
        issued.write("calendars/other.toml", CALENDAR_TOML.replace('id = "office"', 'id = "other"'))
        assert issued.registry().index("index", 2099).calendars == {}
        registry = with_report(issued).registry()
        index = registry.index("index", 2099)
        assert list(index.calendars) == ["office"]
        assert dict(index.seals)["calendars/office"] == calendar_digest(registry.calendars["office"], registry.structure)

    def test_a_changed_holiday_changes_the_seal(self, issued: Issued) -> None:
        """By one day."""
        registry = issued.registry()
        found = registry.calendars["office"]
        moved = evolve(found, holidays=(evolve(found.holidays[0], date=dt.date(2099, 9, 3)), *found.holidays[1:]))
        assert calendar_digest(moved, registry.structure) != calendar_digest(found, registry.structure)
