"""Units of measurement at the border: conversion of what comes in, and the dimension of every rule.

Scoring itself never meets pint: values are converted once, when evidence is read.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.exact import fraction_of
from cchc_rules.base.texts import Text

if TYPE_CHECKING:
    import pint


@frozen(kw_only=True)
class Unit:
    """A unit of measurement: a dimension of its own, or ``factor`` times another unit."""

    id: str
    label: Text
    singular_en: str = ""
    of: str = ""
    factor: Decimal = Decimal(1)
    dimensionless: bool = False

    @property
    def singular(self) -> str:
        """The English name for one of it."""
        return self.singular_en or self.label.en

    def definition(self) -> str:
        """Return the line that defines the unit for pint."""
        if self.dimensionless:
            return f"{self.id} = []"
        return f"{self.id} = {self.factor} * {self.of}" if self.of else f"{self.id} = [{self.id}]"


@frozen
class Quantities:
    """The units in use: their names, their dimensions, and conversion between them."""

    units: Mapping[str, Unit] = field(repr=False)

    def find(self, word: str, place: Place) -> Unit:
        """Return a unit by its id or its name in either language; raises ``InputError``."""
        wanted = unicodedata.normalize("NFC", word).strip().casefold()
        for unit in self.units.values():
            if wanted in {unit.id, unit.label.vi.casefold(), unit.label.en.casefold()}:
                return unit
        raise InputError(Finding(
            code="unit-unknown",
            place=place,
            reason=Text(f"không có đơn vị đo “{word}”", f"there is no unit {word!r}"),
            remedy=did_you_mean(word, self.units),
        ))

    def convert(self, value: Fraction, given: Unit, wanted: Unit, place: Place) -> Fraction:
        """Return a value in another unit, exactly; raises ``InputError`` where the dimensions differ."""
        if given.id == wanted.id:
            return value
        if self.dimension(given.id) != self.dimension(wanted.id):
            raise InputError(Finding(
                code="unit-mismatch",
                place=place,
                reason=Text(f"đơn vị “{given.label}” không đổi được sang “{wanted.label}”",
                            f"{given.label.en} cannot be turned into {wanted.label.en}"),
                remedy=Text(f"ghi số liệu theo đơn vị “{wanted.label}”", f"give the number in {wanted.label.en}"),
            ))
        return value * self._factor(given.id) / self._factor(wanted.id)

    def dimension(self, unit_id: str) -> object:
        """Return what pint says a unit measures; equal for units that can be added or divided."""
        return self._registry.Quantity(1, unit_id).dimensionality

    def ratio_dimension(self, part: object, whole: object) -> object:
        """Return the dimension of one quantity over another."""
        containers: tuple[Any, Any] = (part, whole)
        return containers[0] / containers[1]

    def _factor(self, unit_id: str) -> Fraction:
        """Return how many base units one unit is, exactly."""
        amount = self._registry.Quantity(Decimal(1), unit_id).to_base_units().magnitude
        return fraction_of(amount)

    @cached_property
    def _registry(self) -> "pint.UnitRegistry[Decimal]":
        """The private registry, made when a unit is first looked at."""
        from pint import UnitRegistry  # loaded when used: the core imports without it

        registry: UnitRegistry[Decimal] = UnitRegistry(None, non_int_type=Decimal, cache_folder=None)
        for unit in sorted(self.units.values(), key=lambda each: (bool(each.of), each.id)):
            registry.define(unit.definition())
        return registry


def core_units() -> Iterator[Unit]:
    """Yield the units of measurement that the core ships."""
    text = files("cchc_rules").joinpath("data/units.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text, parse_float=Decimal)["units"]:
        yield Unit(
            id=table["id"],
            label=Text(table["label"], table["label_en"]),
            singular_en=table.get("singular_en", ""),
            of=table.get("of", ""),
            factor=Decimal(table.get("factor", 1)),
            dimensionless=table.get("dimensionless", False),
        )
