"""What a sentence of an annex comes to: a form with its keys, the facts that it needs, and what a person has to settle."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from attrs import field, frozen

WORDS_OF_AN_ID = 6
NONE_AROSE = "quyết định không nói khi không phát sinh (mẫu số bằng 0); đang để không áp dụng"


@frozen(kw_only=True)
class Placeholder:
    """A fact that a sentence needs and an annex never names: to be filled by whoever knows what is reported.

    ``unit`` is that which the sentence names; without it, it is looked for in the label.
    """

    role: str
    label: str
    type: str = "count"
    unit: str = ""
    extra: dict[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Reading:
    """What a sentence says: a form with its keys, the facts it needs, and what has to be settled by a person.

    In the keys ``{role}`` stands for the fact of that role. ``readings`` shows the ways in which an ambiguous
    sentence can be meant; such a sentence has no form, or that of the first until somebody has chosen. ``used`` are numbers of the sentence that the form
    holds in another shape, as a cap holds a floor.
    """

    form: str = ""
    keys: dict[str, Any] = field(factory=dict)
    facts: tuple[Placeholder, ...] = ()
    open: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    used: tuple[Decimal, ...] = ()


def number(words: str) -> Decimal:
    """Return a number as annexes write it, with a decimal comma or a point."""
    return Decimal(words.replace(",", "."))


def percent(words: str) -> str:
    """Return so many per cent as an edition writes it."""
    return f"{number(words)} %"


def shown(value: Decimal) -> str:
    """Return a number as Vietnamese writes it."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def small(words: str) -> str:
    """Return words with a small first letter, but for a name in capitals."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def slug(words: str, joint: str) -> str:
    """Return the first words of a label as an id: small letters without accents."""
    flat = unicodedata.normalize("NFD", words.casefold().replace("đ", "d"))
    plain = "".join(each for each in flat if not unicodedata.combining(each))
    return joint.join(re.findall(r"[a-z0-9]+", plain)[:WORDS_OF_AN_ID]) or "muc"


def to_name(label: str) -> str:
    """Return the mark that asks for a number's name."""
    return f"số liệu “{label}”: đặt tên, đơn vị và khoảng giá trị"
