"""Exact numbers: rounding by its definition, decimals without loss, and writing that reads back."""

import datetime as dt
import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cchc_rules.base.errors import Place
from cchc_rules.base.exact import (
    Rounding,
    RoundingMode,
    decimal_of,
    exact_text,
    format_date,
    format_number,
    format_percent,
    fraction_of,
    nearest_decimal,
    on_grid,
)
from cchc_rules.base.reading import read_date, read_number, read_share
from cchc_rules.base.texts import LANGUAGES, Language

MODES: tuple[RoundingMode, ...] = ("half_up", "half_even", "down", "up")
IN_DECIMAL = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "down": decimal.ROUND_DOWN,
    "up": decimal.ROUND_UP,
}

fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=400)
decimals = st.decimals(min_value=-100_000, max_value=100_000, places=4)
roundings = st.builds(Rounding, places=st.integers(0, 4), mode=st.sampled_from(MODES))
languages = st.sampled_from(LANGUAGES)


def away(value: Fraction, rounded: Fraction) -> bool:
    """Return whether a rounded value lies further from zero than the value."""
    return abs(rounded) > abs(value)


class TestRounding:
    """What a method means by its rounding, said without computing it."""

    @given(fractions, roundings)
    def test_lands_on_the_grid_less_than_a_step_away_and_never_across_zero(self, value: Fraction, rule: Rounding) -> None:
        """A rounded value is a whole number of steps, close by, on the same side of zero."""
        rounded = rule.apply(value)
        assert (rounded * 10**rule.places).denominator == 1
        assert abs(rounded - value) < Fraction(1, 10**rule.places)
        assert rounded * value >= 0

    @given(fractions, st.integers(0, 4), st.sampled_from(("half_up", "half_even")))
    @example(Fraction(1, 8), 2, "half_up")
    @example(Fraction(-1, 8), 2, "half_up")
    @example(Fraction(1, 8), 2, "half_even")
    @example(Fraction(3, 8), 2, "half_even")
    def test_to_the_nearest_is_to_the_nearest_and_a_tie_goes_where_its_name_says(
        self, value: Fraction, places: int, mode: RoundingMode
    ) -> None:
        """Nothing on the grid is nearer; half a step goes away from zero, or to the even neighbour."""
        rounded = Rounding(places=places, mode=mode).apply(value)
        step = Fraction(1, 10**places)
        assert abs(rounded - value) <= step / 2
        if abs(rounded - value) == step / 2:
            assert away(value, rounded) if mode == "half_up" else (rounded / step) % 2 == 0

    @given(fractions, st.integers(0, 4))
    def test_down_never_leads_away_from_zero_and_up_never_towards_it(self, value: Fraction, places: int) -> None:
        """``down`` cuts off, ``up`` adds on, and what lies on the grid stays."""
        down, up = (Rounding(places=places, mode=mode).apply(value) for mode in ("down", "up"))
        assert not away(value, down)
        assert not away(up, value)
        assert (down == value) == (up == value) == on_grid(value, places)

    @given(st.decimals(min_value=-1000, max_value=1000, places=7), roundings)
    def test_agrees_with_the_decimal_arithmetic_of_the_standard_library(self, value: Decimal, rule: Rounding) -> None:
        """The library that accountants trust rounds the same way."""
        expected = value.quantize(Decimal(1).scaleb(-rule.places), rounding=IN_DECIMAL[rule.mode])
        assert rule.apply(Fraction(value)) == Fraction(expected)

    @given(fractions, fractions, roundings)
    def test_never_turns_more_into_less(self, one: Fraction, two: Fraction, rule: Rounding) -> None:
        """Rounding keeps the order, so that a range stays a range."""
        low, high = sorted((one, two))
        assert rule.apply(low) <= rule.apply(high)

    @pytest.mark.parametrize("places", [-1, -2])
    def test_to_less_than_no_decimals_is_refused(self, places: int) -> None:
        """A method keeps no decimals or some, never minus one."""
        with pytest.raises(ValueError, match="places"):
            Rounding(places=places, mode="half_up")

    def test_by_an_unknown_mode_is_refused(self) -> None:
        """A mode that is not one of the four is no rounding."""
        with pytest.raises(ValueError, match="mode"):
            Rounding(places=2, mode="nearest")  # type: ignore[arg-type]  # that is the point


class TestDecimals:
    """Exact decimals where there are some."""

    @given(decimals)
    def test_of_a_number_with_an_end_lose_nothing(self, number: Decimal) -> None:
        """A decimal survives the way through a fraction."""
        assert decimal_of(Fraction(number)) == number

    @given(st.integers(-500, 500), st.integers(0, 6), st.integers(0, 6), st.sampled_from((3, 7, 11, 13)))
    def test_do_not_exist_where_the_denominator_has_another_factor(self, top: int, twos: int, fives: int, odd: int) -> None:
        """Halves and fifths end, thirds do not."""
        ending = Fraction(top, 2**twos * 5**fives)
        assert decimal_of(ending) is not None
        assert decimal_of(ending + Fraction(1, odd)) is None

    @given(fractions)
    def test_or_a_fraction_stand_in_the_exact_text(self, value: Fraction) -> None:
        """The exact text of any value reads back as that value."""
        assert Fraction(exact_text(value)) == value

    @given(fractions, st.integers(0, 4))
    def test_for_display_are_the_nearest(self, value: Fraction, places: int) -> None:
        """What is shown differs by half a step at most."""
        assert abs(Fraction(nearest_decimal(value, places)) - value) <= Fraction(1, 2 * 10**places)

    @given(decimals, st.integers(0, 5))
    def test_are_on_a_grid_if_they_have_no_more_digits_than_it(self, number: Decimal, places: int) -> None:
        """The grid of two decimals holds 0.75 and not 0.125."""
        digits = f"{number:f}".partition(".")[2].rstrip("0")
        assert on_grid(number, places) == (len(digits) <= places)

    @pytest.mark.parametrize("value", [0.5, 1.0, True, False, "1", None])
    def test_are_never_made_of_what_is_not_exact(self, value: object) -> None:
        """A float, a flag or text is refused where an exact number is wanted."""
        with pytest.raises(TypeError, match="floats are refused"):
            fraction_of(value)  # type: ignore[arg-type]  # that is the point


class TestWriting:
    """What is written reads back as what it was."""

    @given(decimals, languages)
    @example(Decimal("1.234"), "vi")
    @example(Decimal("-79.125"), "en")
    @example(Decimal("11.5"), "vi")
    def test_a_number_reads_back_in_both_languages(self, number: Decimal, language: Language) -> None:
        """Reading after writing is the identity, also for three decimals, which alone would be ambiguous."""
        assert read_number(format_number(number, language), Place()) == number

    @given(st.integers(-10**9, 10**9), languages)
    def test_a_whole_number_reads_back(self, number: int, language: Language) -> None:
        """Thousands are never grouped, so no reader can take them for decimals."""
        assert read_number(format_number(number, language), Place()) == number

    @given(st.integers(0, 100_000), languages)
    def test_a_share_reads_back(self, hundredths: int, language: Language) -> None:
        """A share of so many hundredths of a per cent comes back exactly."""
        share = Fraction(hundredths, 10_000)
        assert read_share(format_percent(share, language), Place()) == share

    @given(st.dates(), languages)
    def test_a_date_reads_back(self, date: dt.date, language: Language) -> None:
        """Day first in Vietnamese, ISO in English: both are read as the same day."""
        assert read_date(format_date(date, language), Place()) == date

    @given(fractions, languages)
    def test_a_number_that_is_cut_off_says_so(self, value: Fraction, language: Language) -> None:
        """The sign ≈ stands just where digits were lost."""
        assert format_number(value, language).startswith("≈") == (not on_grid(value, 4))

    @pytest.mark.parametrize(
        ("number", "vi", "en"),
        [("79.5", "79,5", "79.5"), ("-0.25", "-0,25", "-0.25"), ("1200", "1200", "1200"), ("79.50", "79,5", "79.5"), ("0", "0", "0")],
    )
    def test_a_number_has_the_decimal_sign_of_its_language(self, number: str, vi: str, en: str) -> None:
        """A comma in Vietnamese, a point in English, no idle zeros."""
        assert (format_number(Decimal(number), "vi"), format_number(Decimal(number), "en")) == (vi, en)

    def test_a_table_keeps_the_decimals_that_it_asks_for(self) -> None:
        """Columns line up where a number of decimals is fixed."""
        assert format_number(Decimal(8), "vi", places=2) == "8,00"
