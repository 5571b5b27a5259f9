"""Exact decimals, the rounding rules that methods name, and the writing of numbers and dates."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from attrs import field, frozen
from attrs.validators import in_, ge

from cchc_rules.texts import Language

RoundingMode = Literal["half_up", "half_even", "down", "up"]


@frozen(kw_only=True)
class Rounding:
    """How many decimals a method keeps, and how it gets there; half_up means away from zero."""

    places: int = field(validator=ge(0))
    mode: RoundingMode = field(default="half_up", validator=in_(get_args(RoundingMode)))

    def apply(self, value: Fraction) -> Fraction:
        """Return the rounded value, by integer arithmetic alone."""
        scale = 10**self.places
        whole, rest = divmod(abs(value) * scale, 1)
        up = {"half_up": rest >= Fraction(1, 2), "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1), "down": False, "up": rest > 0}[self.mode]
        result = Fraction(int(whole) + int(up), scale)
        return -result if value < 0 else result


def on_grid(value: Fraction | Decimal, places: int) -> bool:
    """Return whether a value has no more decimals than ``places``."""
    return (Fraction(value) * 10**places).denominator == 1


def decimal_of(value: Fraction) -> Decimal | None:
    """Return the exact decimal; None where it does not end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = value.numerator * (10**places // value.denominator)
    return Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -places))


def nearest_decimal(value: Fraction, places: int) -> Decimal:
    """Return the nearest decimal for display."""
    found = decimal_of(Rounding(places=places, mode="half_up").apply(value))
    assert found is not None
    return found


def exact_text(value: Fraction) -> str:
    """Return 79.5 or 7/3."""
    found = decimal_of(value)
    return str(value) if found is None else str(found)


def format_number(value: Fraction | Decimal | int, language: Language, places: int | None = None) -> str:
    """Return a number as the language writes it."""
    exact = Fraction(value)
    kept = 4 if places is None else places
    shown = nearest_decimal(exact, kept)
    text = f"{shown:.{places}f}" if places is not None else str(shown)
    mark = "" if Fraction(shown) == exact else "≈ "
    return mark + (text.replace(".", ",") if language == "vi" else text)


def format_percent(share: Fraction, language: Language, places: int = 2) -> str:
    """Return a share as per cent."""
    exact = share * 100
    shown = nearest_decimal(exact, places)
    mark = "" if Fraction(shown) == exact else "≈ "
    text = str(shown)
    return mark + (text.replace(".", ",") if language == "vi" else text) + " %"


def format_date(date: dt.date, language: Language) -> str:
    """Return a date: day first in Vietnamese, ISO in English."""
    return date.strftime("%d/%m/%Y") if language == "vi" else date.isoformat()


def fraction_of(value: int | Decimal) -> Fraction:
    """Return an exact fraction; floats are refused."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"floats are refused: {value!r}")
    return Fraction(value)
