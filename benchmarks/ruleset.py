"""What every engine is measured on: the rules as one table states them, seeded units, and what is right by fractions."""

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:  # loaded where units are made, so that it counts to the start of the engines that need it
    import numpy as np
    from numpy.typing import NDArray

PLUGINS = Path(__file__).parent / "rules"
METHOD, YEAR, STAGE, UNIT = "measured.communes", 2030, "self_assessed", "xa"
TABLE = PLUGINS / "src" / "cchc_measured" / "editions" / "commune" / f"{YEAR}.toml"
SEED = 20_301_231
FLOOR = Fraction(4, 5)
OFF_EACH = 25
"""What a missing report takes off, in hundredths of a point."""

Rows = Sequence[Sequence[object]]
"""Points of units: whole hundredths where the engine is exact, else points as it gives them, not yet rounded."""


@frozen(kw_only=True)
class Rule:
    """One criterion: ``most`` hundredths of points times part over whole, 0 below the floor, less what is missing."""

    id: str
    part: str
    whole: str
    missing: str
    most: int
    largest: int

    @property
    def maximum(self) -> Decimal:
        """The maximum in points."""
        return Decimal(self.most) / 100


@frozen(kw_only=True, eq=False)
class Units:
    """Facts of many units, a column each."""

    columns: "dict[str, NDArray[np.int64]]"
    count: int

    def rows(self) -> list[dict[str, int]]:
        """Return one dictionary a unit."""
        names = list(self.columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*(each.tolist() for each in self.columns.values()), strict=True)]


def rules() -> tuple[Rule, ...]:
    """Return the rules, read from the table that our own engine loads."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"), parse_float=Decimal)
    largest = {fact["id"]: fact["range"][1] for fact in table["facts"]}
    return tuple(_rule(each, largest) for each in table["criteria"])


def _rule(criterion: dict[str, object], largest: dict[str, int]) -> Rule:
    of = criterion["of"]
    assert isinstance(of, dict)
    return Rule(
        id=str(criterion["id"]), part=of["part"], whole=of["whole"], missing=str(criterion["missing_reports"]),
        most=int(Decimal(str(criterion["max_points"])) * 100), largest=largest[of["whole"]],
    )


def units(wanted: Sequence[Rule], count: int) -> Units:
    """Return so many units: parts of 60 to 120 % of their wholes, every third unit or so with reports missing."""
    import numpy as np

    random = np.random.default_rng(SEED)
    columns: dict[str, NDArray[np.int64]] = {}
    for rule in wanted:
        whole = random.integers(1, rule.largest, count, dtype=np.int64, endpoint=True)
        columns[rule.part] = (whole * random.integers(600, 1200, count, dtype=np.int64, endpoint=True) + 500) // 1000
        columns[rule.whole] = whole
        columns[rule.missing] = np.maximum(random.integers(-8, 4, count, dtype=np.int64, endpoint=True), 0)
    return Units(columns=columns, count=count)


def right(rule: Rule, row: dict[str, int]) -> int:
    """Return the hundredths of points of one criterion, by fractions: half a hundredth is rounded up."""
    rate = Fraction(row[rule.part], row[rule.whole])
    by_rate = min(Fraction(rule.most), rule.most * rate) if rate >= FLOOR else Fraction(0)
    points = max(Fraction(0), by_rate - OFF_EACH * row[rule.missing])
    return int(points + Fraction(1, 2))
