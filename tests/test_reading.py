"""The strict reader: Vietnamese numbers, dates, shares and flags; what is ambiguous is refused by name."""

import datetime as dt
import math
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.reading import (
    clean,
    read_cell_number,
    read_date,
    read_flag,
    read_number,
    read_points_of_maximum,
    read_share,
    read_whole,
)

HERE = Place(file="phieu.csv", line=7, where="cột Giá trị")


def refusal(read: Callable[[object, Place], object], raw: object) -> Finding:
    """Return the one finding with which a reader refuses a value."""
    with pytest.raises(InputError) as caught:
        read(raw, HERE)
    (finding,) = caught.value.findings
    assert finding.place == HERE
    assert finding.remedy.vi
    assert finding.remedy.en
    return finding


class TestNumbers:
    """Numbers as Vietnamese offices write them."""

    @pytest.mark.parametrize(
        ("written", "number"),
        [
            ("11,5", "11.5"),
            ("11.5", "11.5"),
            ("7.82", "7.82"),
            ("0,18", "0.18"),
            ("0,125", "0.125"),
            ("007", "7"),
            ("1200", "1200"),
            ("1200,500", "1200.5"),
            ("1.000.000", "1000000"),
            ("1,000,000", "1000000"),
            ("12.345,6", "12345.6"),
            ("12,345.6", "12345.6"),
            ("1.234.567,89", "1234567.89"),
            ("-3", "-3"),
            ("−3,5", "-3.5"),
        ],
    )
    def test_are_read_with_either_decimal_sign_and_with_unmistakable_groups(self, written: str, number: str) -> None:
        """A comma and a point mean the same where only one meaning is possible."""
        assert read_number(written, HERE) == Decimal(number)

    @pytest.mark.parametrize(
        ("written", "vi", "en"),
        [
            ("1.000", ("1000", "1,000"), ("1000", "1.000")),
            ("1,000", ("1000", "1,000"), ("1000", "1.000")),
            ("12,345", ("12345", "12,345"), ("12345", "12.345")),
            ("-1.500", ("-1500", "-1,500"), ("-1500", "-1.500")),
        ],
    )
    def test_that_can_be_read_in_two_ways_are_refused_naming_both(
        self, written: str, vi: tuple[str, str], en: tuple[str, str]
    ) -> None:
        """Thousand or one: the engine does not guess, it names the two readings."""
        finding = refusal(read_number, written)
        assert finding.code == "number-ambiguous"
        assert finding.reason.vi == f"“{written}” có thể là {vi[0]} hoặc {vi[1]}"
        assert finding.reason.en == f"{written!r} may be {en[0]} or {en[1]}"

    @given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(",."))
    def test_rewritten_as_the_refusal_advises_are_read_as_meant(self, head: int, tail: int, sign: str) -> None:
        """Both writings that the remedy offers are unambiguous, and mean what it says of them."""
        finding = refusal(read_number, f"{head}{sign}{tail:03}")
        thousands, decimal = finding.remedy.en.removeprefix("write ").removesuffix(" for a decimal").split(" for thousands, ")
        assert read_number(thousands, HERE) == head * 1000 + tail
        assert read_number(decimal, HERE) == head + Fraction(tail, 1000)

    @given(st.integers(1_000_000, 10**12), st.sampled_from((",", ".")))
    def test_in_more_than_one_group_are_read_whatever_the_sign(self, number: int, sign: str) -> None:
        """Two groups can only be thousands."""
        assert read_number(f"{number:,}".replace(",", sign), HERE) == number

    @given(st.integers(1000, 10**9), st.integers(0, 9999), st.booleans())
    def test_grouped_with_decimals_are_read_because_the_signs_differ(self, whole: int, part: int, english: bool) -> None:  # noqa: FBT001 - Hypothesis draws it
        """The last sign is the decimal one where it differs from the others."""
        group, decimal = (",", ".") if english else (".", ",")
        written = f"{whole:,}".replace(",", group) + f"{decimal}{part:04}"
        assert read_number(written, HERE) == whole + Fraction(part, 10_000)

    @pytest.mark.parametrize("written", ["12/12", "8/8", "15/11", "8/10", "12-12", "2099-12-12", "12/12/2099", "15.11.2099", "12-thg 12"])
    def test_that_a_spreadsheet_turned_into_dates_are_named_as_such(self, written: str) -> None:
        """12/12 is told to be a date or points over a maximum, and what to do about it."""
        finding = refusal(read_number, written)
        assert finding.code == "number-is-a-date"
        assert "ngày" in finding.reason.vi
        assert "Excel" in finding.remedy.vi

    @pytest.mark.parametrize("value", [dt.date(2099, 12, 12), dt.datetime(2099, 12, 12), dt.time(8, 30)])  # noqa: DTZ001 - cells have no time zone
    def test_are_not_made_of_date_cells(self, value: object) -> None:
        """A cell that became a date is a date also when it comes as one."""
        assert refusal(read_number, value).code == "number-is-a-date"

    @given(st.floats())
    @example(11.5)
    @example(1.0)
    def test_are_refused_as_floats_even_where_they_are_whole(self, value: float) -> None:
        """Python's floats do not pass the door."""
        assert refusal(read_number, value).code == "number-is-float"

    @pytest.mark.parametrize("value", [True, False])
    def test_are_not_made_of_flags(self, value: bool) -> None:  # noqa: FBT001 - it is the value under test
        """True is not 1."""
        assert refusal(read_number, value).code == "number-unreadable"

    @pytest.mark.parametrize("value", [None, "", "   ", "\u200b", "\u00a0", "-"])
    def test_that_are_not_there_are_missing_not_zero(self, value: object) -> None:
        """Nothing at all is said to be missing."""
        assert refusal(read_number, value).code == "number-missing"

    @pytest.mark.parametrize(
        "written",
        ["mười", "1e5", "1_000", "0x1F", "5.", ".5", "--5", "+5", "1 000", "1000.000.000", "1.000,000.5", "1,2,3", "NaN", "Infinity", "١٢", "１２"],
    )
    def test_in_any_other_writing_are_refused(self, written: str) -> None:
        """What Python's own parser would take is not taken."""
        assert refusal(read_number, written).code == "number-unreadable"

    @pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), [], b"5", 5 + 0j])
    def test_of_other_kinds_are_refused(self, value: object) -> None:
        """Only finite exact numbers and text are read."""
        assert refusal(read_number, value).code == "number-unreadable"

    @pytest.mark.parametrize("written", ["50 %", "50%", "0,5%"])
    def test_with_a_per_cent_sign_are_told_to_go_without(self, written: str) -> None:
        """A number is written in its fact's unit."""
        finding = refusal(read_number, written)
        assert finding.code == "number-unreadable"
        assert "%" in finding.reason.vi
        assert "không kèm dấu %" in finding.remedy.vi

    @given(st.decimals(min_value=-10**6, max_value=10**6, places=4), st.lists(st.sampled_from(" \u00a0\u200b\ufeff\u2060"), max_size=4))
    def test_do_not_mind_blanks_and_invisible_characters_around_them(self, number: Decimal, unseen: list[str]) -> None:
        """What nobody sees does not change what everybody reads."""
        around = "".join(unseen)
        assert read_number(f"{around}{number:f}{around}", HERE) == number

    @given(st.integers(-10**12, 10**12))
    def test_that_are_whole_come_through_as_they_are(self, number: int) -> None:
        """An int and a Decimal need no reading."""
        assert read_whole(number, HERE) == read_whole(Decimal(number), HERE) == number

    @pytest.mark.parametrize("written", ["2,5", Decimal("0.1")])
    def test_with_decimals_are_refused_where_a_whole_one_is_wanted(self, written: object) -> None:
        """Half a dossier does not exist."""
        assert refusal(read_whole, written).code == "number-not-whole"


class TestCells:
    """Numbers in spreadsheet cells, which a file stores as floats."""

    @given(st.decimals(min_value=-10**6, max_value=10**6, places=4))
    @example(Decimal("11.5"))
    @example(Decimal("0.1"))
    def test_hold_what_the_person_typed(self, typed: Decimal) -> None:
        """The float of a typed decimal is read as that decimal."""
        assert read_cell_number(float(typed), HERE) == typed

    @given(st.integers(-(2**53), 2**53))
    def test_hold_whole_numbers_exactly_up_to_two_to_the_53rd(self, number: int) -> None:
        """Whole numbers are exact in a double up to there."""
        assert read_cell_number(float(number), HERE) == number

    @pytest.mark.parametrize("value", [0.1 + 0.2, 1 / 3, float(2**53 + 2), 1e22, 1e-9, math.inf, -math.inf, math.nan])
    def test_that_nobody_typed_are_refused(self, value: float) -> None:
        """The result of a calculation has to be rounded by whoever reports it."""
        assert refusal(read_cell_number, value).code == "number-is-float"

    def test_with_text_are_read_as_strictly_as_anything_else(self) -> None:
        """A cell of text is text."""
        assert read_cell_number("11,5", HERE) == Decimal("11.5")
        assert refusal(read_cell_number, "1.000").code == "number-ambiguous"
        assert refusal(read_cell_number, True).code == "number-unreadable"


class TestShares:
    """Shares, which always carry their sign."""

    @pytest.mark.parametrize(
        ("written", "share"),
        [("50 %", Fraction(1, 2)), ("50%", Fraction(1, 2)), ("0,5%", Fraction(1, 200)), ("0.5 %", Fraction(1, 200)), ("100 %", Fraction(1)),
         ("120 %", Fraction(6, 5))],
    )
    def test_are_parts_of_one(self, written: str, share: Fraction) -> None:
        """Half a per cent is a two-hundredth, whichever decimal sign is used."""
        assert read_share(written, HERE) == share

    @pytest.mark.parametrize("written", ["50", "0,5", 50, Decimal("0.5"), 0.5, None], ids=repr)
    def test_without_the_sign_are_refused(self, written: object) -> None:
        """0.5 may be a half or half a per cent."""
        assert refusal(read_share, written).code == "share-without-sign"

    def test_are_read_as_strictly_as_numbers(self) -> None:
        """An ambiguous number stays ambiguous with a sign behind it."""
        assert refusal(read_share, "1.000 %").code == "number-ambiguous"


class TestPointsOfMaximum:
    """Printed results."""

    @pytest.mark.parametrize(
        ("printed", "points", "maximum"),
        [("14/16", "14", "16"), ("11,5/14", "11.5", "14"), ("7.82/8", "7.82", "8"), ("12/12", "12", "12"), ("18 / 15", "18", "15")],
    )
    def test_are_two_numbers_also_where_they_look_like_a_date(self, printed: str, points: str, maximum: str) -> None:
        """In a printed table 12/12 is full marks; more points than the maximum are read as they stand."""
        assert read_points_of_maximum(printed, HERE) == (Decimal(points), Decimal(maximum))

    @pytest.mark.parametrize("printed", ["14", "14/", "/16", "12/12/2099", 14, 0.5, dt.date(2099, 12, 12), None], ids=repr)
    def test_in_another_form_are_refused(self, printed: object) -> None:
        """Anything but two numbers and a stroke is no printed result."""
        assert refusal(read_points_of_maximum, printed).code == "result-unreadable"

    def test_are_read_as_strictly_as_numbers(self) -> None:
        """Either side may be ambiguous."""
        assert refusal(read_points_of_maximum, "1.000/16").code == "number-ambiguous"


class TestDates:
    """Dates with the day first, as in Vietnam, or in ISO order."""

    @pytest.mark.parametrize("written", ["05/03/2099", "5/3/2099", "05-03-2099", "5.3.2099", "2099-03-05", " 05/03/2099\u200b"])
    def test_have_the_day_first(self, written: str) -> None:
        """05/03 is the fifth of March."""
        assert read_date(written, HERE) == dt.date(2099, 3, 5)

    def test_of_a_cell_at_midnight_are_dates(self) -> None:
        """A spreadsheet stores a date as midnight of that day."""
        assert read_date(dt.datetime(2099, 3, 5), HERE) == dt.date(2099, 3, 5)  # noqa: DTZ001 - cells have no time zone
        assert type(read_date(dt.datetime(2099, 3, 5), HERE)) is dt.date  # noqa: DTZ001 - as above

    @pytest.mark.parametrize(
        "value",
        ["31/02/2099", "2099-13-01", "5/3/99", "03/2099", "05/03-2099", "05/03", "hôm qua", "", 45000, 45000.0, None, True,
         dt.datetime(2099, 3, 5, 8, 30)],  # noqa: DTZ001 - cells have no time zone
    )
    def test_that_are_none_are_refused(self, value: object) -> None:
        """A day that does not exist, a short year or a number is no date."""
        assert refusal(read_date, value).code == "date-unreadable"


class TestFlags:
    """Yes and no in either language."""

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    @pytest.mark.parametrize(
        ("word", "flag"),
        [("có", True), ("Có", True), ("ĐẠT", True), ("yes", True), ("không", False), ("Không đạt", False), ("no", False), ("FALSE", False)],
    )
    def test_are_read_however_the_letters_were_typed(self, form: str, word: str, flag: bool) -> None:  # noqa: FBT001 - the expected value
        """Composed or decomposed, capital or small: the same word."""
        assert read_flag(unicodedata.normalize(form, word), HERE) is flag  # type: ignore[arg-type]  # a parameter is a plain str

    def test_that_are_flags_already_stay(self) -> None:
        """A TOML true needs no word."""
        assert read_flag(True, HERE) is True
        assert read_flag(False, HERE) is False

    @pytest.mark.parametrize("value", [1, 0, 1.0, "1", "x", "", None, "có thể"], ids=repr)
    def test_that_are_neither_are_refused(self, value: object) -> None:
        """One is not yes, and a blank is not no."""
        assert refusal(read_flag, value).code == "flag-unreadable"


class TestCleaning:
    """Text as it was meant."""

    @given(st.text(alphabet="ăâđêôơưĂÂĐÊÔƠƯáàảãạ điểm\u200b\ufeff\u00a0"))
    def test_of_text_gives_the_same_for_every_way_of_typing_it(self, text: str) -> None:
        """Composed and decomposed text come out equal, and cleaning again changes nothing."""
        assert clean(unicodedata.normalize("NFD", text)) == clean(unicodedata.normalize("NFC", text)) == clean(clean(text))


def test_a_remedy_lists_no_value_without_a_name() -> None:
    """Some keys take nothing as a value too: a comma before the first word would only puzzle."""
    assert did_you_mean("zzz", ["", "published", "reported"]).en == "use one of: published, reported"
