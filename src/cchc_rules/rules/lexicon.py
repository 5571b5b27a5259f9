"""The names of facts, units and levels in one language: what every reading in words looks up."""

from collections.abc import Mapping
from fractions import Fraction

from attrs import frozen

from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Language
from cchc_rules.model import Fact
from cchc_rules.quantities import Unit


@frozen
class Lexicon:
    """The names of facts and units in one language."""

    facts: Mapping[str, Fact]
    units: Mapping[str, Unit]
    language: Language = "vi"

    def say(self, vi: str, en: str) -> str:
        """Return the words of this language."""
        return vi if self.language == "vi" else en

    def fact(self, fact_id: str) -> str:
        """Return a fact's name."""
        return self.facts[fact_id].label.get(self.language)

    def unit(self, unit_id: str, *, one: bool = False) -> str:
        """Return a unit's name, for one or for any other number."""
        unit = self.units[unit_id]
        return unit.label.vi if self.language == "vi" else (unit.singular if one else unit.label.en)

    def number(self, value: Fraction) -> str:
        """Return a number as this language writes it."""
        return format_number(value, self.language)

    def points(self, value: Fraction) -> str:
        """Return points with their unit."""
        return f"{self.number(value)} {self.say('điểm', 'point' if value == 1 else 'points')}"

    def level(self, fact_id: str, level_id: str) -> str:
        """Return a level's name in quotation marks."""
        name = self.facts[fact_id].level(level_id).label.get(self.language)
        return self.say(f"“{name}”", f"“{name}”")
