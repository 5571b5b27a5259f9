"""The facts of a unit as whole numbers: each with a scale, bounds, and flags that say whether it is known and sound."""

from collections.abc import Mapping
from fractions import Fraction

from attrs import field, frozen

from cchc_rules.arithmetic.integers import FALSE, TRUE, Truth, Whole, column, flag, truth, whole
from cchc_rules.arithmetic.numbers import Number, quotient
from cchc_rules.base.exact import Rounding
from cchc_rules.model import Fact, Value
from cchc_rules.rules.days import LATEST, Calendar

RATE_PLACES = 4
"""Decimals of a rate as a part of 1: two of its percentage."""


def places_of(fact: Fact) -> int:
    """Return how many decimals a fact has as its column holds it; those of a rate are of a part of 1."""
    return {"decimal": fact.places, "rate": RATE_PLACES}.get(fact.type, 0)


def scale_of(fact: Fact) -> int:
    """Return by what a fact is multiplied to be whole."""
    return int(10 ** places_of(fact))


def range_of(fact: Fact) -> tuple[int, int]:
    """Return the bounds of a fact as a whole number: dates are ordinals, levels their places."""
    match fact.type:
        case "date":
            return 1, int(LATEST)
        case "level":
            return 0, len(fact.levels) - 1
        case "flag":
            return 0, 1
        case _:
            scale = Fraction(scale_of(fact), 100 if fact.type == "rate" else 1)
            low, high = (Fraction(end) * scale for end in fact.range or (0, 100 if fact.type == "rate" else 1))
            return -(-low.numerator // low.denominator), high.numerator // high.denominator


def encoded(fact: Fact, value: Value) -> int | bool | None:
    """Return a value as its column holds it; ``None`` where it cannot: too many decimals, no such level, of another kind."""
    if isinstance(value, str):
        return next((place for place, level in enumerate(fact.levels) if level.id == value), None)
    if isinstance(value, bool) is not (fact.type == "flag") or fact.type == "level":
        return None
    if isinstance(value, bool):
        return value
    scaled = value * scale_of(fact)
    return scaled.numerator if scaled.denominator == 1 else None


@frozen(kw_only=True)
class Missing:
    """Whether anything is missing, by what it is: a statistic, evidence, a judgement."""

    statistic: Truth = FALSE
    evidence: Truth = FALSE
    judged: Truth = FALSE

    def __or__(self, other: "Missing") -> "Missing":
        return Missing(statistic=self.statistic | other.statistic, evidence=self.evidence | other.evidence, judged=self.judged | other.judged)

    def where(self, condition: Truth) -> "Missing":
        """Return the same, where a condition holds only."""
        return Missing(statistic=self.statistic & condition, evidence=self.evidence & condition, judged=self.judged & condition)

    @property
    def anything(self) -> Truth:
        """Whether anything at all is missing."""
        return self.statistic | self.evidence | self.judged


NOTHING = Missing()


@frozen(kw_only=True)
class Source:
    """Where facts come from: columns, reference data, statistics already taken; and what rules are carried out with."""

    declared: Mapping[str, Fact]
    columns: frozenset[str]
    references: Mapping[str, Value] = field(factory=dict)
    statistics: Mapping[str, Number] = field(factory=dict)
    awaited: frozenset[str] = frozenset()
    """The statistics of the method, taken or not."""
    calendars: Mapping[str, Calendar] = field(factory=dict)
    round_rate: Rounding | None = None
    all_known: bool = False
    """Whether every column has a sound value in every row."""

    def known(self, fact: str) -> Truth:
        """Return whether a fact has a value."""
        if fact in self.references or (self.all_known and fact in self.columns):
            return TRUE
        return flag(f"known:{fact}") if fact in self.columns or fact in self.statistics else FALSE

    def unsound(self, fact: str) -> Truth:
        """Return whether a column holds something that the fact cannot be."""
        return flag(f"unsound:{fact}") if fact in self.columns and not self.all_known else FALSE

    def missing(self, fact: str) -> Missing:
        """Return that a fact is missing, where it is."""
        gone = ~self.known(fact)
        if fact in self.awaited:
            return Missing(statistic=gone)
        return Missing(judged=gone) if self.declared[fact].judged else Missing(evidence=gone)

    def whole(self, fact: str) -> Whole:
        """Return a fact as a whole number on its scale; within its bounds also where it is missing."""
        declared = self.declared[fact]
        constant = encoded(declared, self.references[fact]) if fact in self.references else range_of(declared)[0]
        assert constant is not None  # reference data is checked against its fact when it is read
        if fact not in self.columns:
            return whole(int(constant))
        reported = column(f"fact:{fact}", *range_of(declared))
        return self._reported(fact).pick(reported, int(constant)) if fact in self.references else reported

    def _reported(self, fact: str) -> Truth:
        """Return whether a column holds a value of its own, whatever reference data there is."""
        return TRUE if self.all_known else flag(f"known:{fact}")

    def number(self, fact: str) -> Number:
        """Return a fact as a number."""
        if fact in self.statistics and fact not in self.columns:
            return self.statistics[fact]
        return quotient(self.whole(fact), scale_of(self.declared[fact]))

    def flag(self, fact: str) -> Truth:
        """Return a fact that is a flag."""
        if fact in self.columns:
            reported = flag(f"fact:{fact}")
            return self._reported(fact).choose(reported, truth(bool(self.references[fact]))) if fact in self.references else reported
        return truth(bool(self.references.get(fact, False)))
