"""Exact decimals, the rounding rules that methods name, and the writing of numbers and dates."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from attrs import field, frozen
from attrs.validators import ge, in_

from cchc_rules.base.texts import Language

RoundingMode = Literal["half_up", "half_even", "down", "up"]
HALF = Fraction(1, 2)
SHOWN_PLACES = 4


@frozen(kw_only=True)
class Rounding:
    """How many decimals a method keeps, and how it gets there.

    ``half_up`` and ``up`` mean away from zero, ``down`` towards zero.

    >>> Rounding(places=2, mode="half_up").apply(Fraction(1, 8))
    Fraction(13, 100)
    """

    places: int = field(validator=ge(0))
    mode: RoundingMode = field(validator=in_(get_args(RoundingMode)))

    def apply(self, value: Fraction) -> Fraction:
        """Return the rounded value, by integer arithmetic alone."""
        scale = 10**self.places
        scaled = abs(value) * scale
        whole = scaled.numerator // scaled.denominator
        magnitude = Fraction(whole + self._carries(whole, scaled - whole), scale)
        return -magnitude if value < 0 else magnitude

    def _carries(self, whole: int, rest: Fraction) -> bool:
        """Return whether the rest is rounded away from zero."""
        if self.mode == "half_even":
            return rest > HALF or (rest == HALF and whole % 2 == 1)
        if self.mode == "half_up":
            return rest >= HALF
        return self.mode == "up" and rest > 0


def on_grid(value: Fraction | Decimal, places: int) -> bool:
    """Return whether a value has no more than ``places`` decimals."""
    return bool((Fraction(value) * 10**places).denominator == 1)


def decimal_of(value: Fraction) -> Decimal | None:
    """Return a value as a decimal with all its digits; ``None`` where it has no end.

    >>> decimal_of(Fraction(159, 2)), decimal_of(Fraction(1, 3))
    (Decimal('79.5'), None)
    """
    places = _decimal_places(value.denominator)
    if places is None:
        return None
    digits = value.numerator * (10**places // value.denominator)
    return Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -places))


def _decimal_places(denominator: int) -> int | None:
    """Return how many decimals a fraction needs; ``None`` where the denominator has other factors than 2 and 5."""
    counts = []
    for prime in (2, 5):
        count = 0
        while denominator % prime == 0:
            denominator, count = denominator // prime, count + 1
        counts.append(count)
    return max(counts) if denominator == 1 else None


def nearest_decimal(value: Fraction, places: int) -> Decimal:
    """Return the nearest decimal, for display only."""
    nearest = decimal_of(Rounding(places=places, mode="half_up").apply(value))
    assert nearest is not None  # a rounded value always has an end
    return nearest


def exact_text(value: Fraction) -> str:
    """Return a value without loss: as a decimal where it has an end, else as a fraction.

    >>> exact_text(Fraction(7, 3))
    '7/3'
    """
    decimal = decimal_of(value)
    return str(value) if decimal is None else str(decimal)


def format_exact(value: Fraction | Decimal | int, language: Language) -> str:
    """Return a value without loss as a language writes it: every decimal where it has an end, else a fraction.

    >>> format_exact(Fraction(3066, 1000), "vi"), format_exact(Fraction(7, 3), "vi")
    ('3,0660', '7/3')
    """
    decimal = decimal_of(Fraction(value))
    if decimal is None:
        return str(Fraction(value))
    return _unmistakable(decimal).replace(".", ",") if language == "vi" else _unmistakable(decimal)


def format_number(value: Fraction | Decimal | int, language: Language, places: int | None = None) -> str:
    """Return a number as a language writes it, without grouping, so that it reads back.

    Where decimals are cut off, "≈" stands before it.

    >>> format_number(Decimal("79.5"), "vi"), format_number(Fraction(1, 3), "en")
    ('79,5', '≈ 0.3333')
    """
    exact = Fraction(value)
    shown = nearest_decimal(exact, SHOWN_PLACES if places is None else places)
    text = _unmistakable(shown) if places is None else f"{shown:.{places}f}"
    about = "" if Fraction(shown) == exact else "≈ "
    return about + (text.replace(".", ",") if language == "vi" else text)


def _unmistakable(number: Decimal) -> str:
    """Return a number's digits; three decimals get a zero, since 1,234 might also be a thousand and more."""
    grouped = number.as_tuple().exponent == -3 and 1 <= abs(number) < 1000
    return f"{number}0" if grouped else str(number)


def format_percent(share: Fraction, language: Language, places: int = 2) -> str:
    """Return a part of 1 as per cent.

    >>> format_percent(Fraction(1, 2), "vi"), format_percent(Fraction(1, 3), "vi")
    ('50%', '≈ 33,33%')
    """
    exact = share * 100
    shown = nearest_decimal(exact, places)
    about = "" if Fraction(shown) == exact else "≈ "
    return f"{about}{format_number(shown, language)}%"


def format_date(date: dt.date, language: Language) -> str:
    """Return a date: day first in Vietnamese, ISO in English."""
    return f"{date.day:02}/{date.month:02}/{date.year:04}" if language == "vi" else date.isoformat()


def fraction_of(value: int | Decimal) -> Fraction:
    """Return an exact fraction; raises ``TypeError`` for anything that is not exact."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError(f"floats are refused here, give an int or a Decimal: {value!r}")
    return Fraction(value)
