"""NumPy by hand: whole hundredths in 64 bits, block by block so that a block stays in the processor's cache."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from ruleset import OFF_EACH, Rows, Rule, Units

from engines.base import Engine, by_unit

BLOCK = 4_096
Column = NDArray[np.int64]


class NumPy(Engine):
    """One thread, nothing but points."""

    name: ClassVar[str] = "*limit:* NumPy by hand, blocks of 4,096"
    package: ClassVar[str] = "numpy"

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Keep the rules."""
        self.rules = rules

    def load(self, units: Units) -> Units:
        """Return the arrays as they are."""
        return units

    def score(self, loaded: Units) -> NDArray[np.int64]:
        """Return an array of points a rule."""
        points = np.empty((len(self.rules), loaded.count), dtype=np.int64)
        for rule, out in zip(self.rules, points, strict=True):
            part, whole, missing = (loaded.columns[name] for name in (rule.part, rule.whole, rule.missing))
            for start in range(0, loaded.count, BLOCK):
                block = slice(start, start + BLOCK)
                _into(out[block], rule.most, part[block], whole[block], missing[block])
        return points

    def points(self, scored: NDArray[np.int64]) -> Rows:
        """Return hundredths."""
        return by_unit(scored.tolist())


def _into(out: Column, most: int, part: Column, whole: Column, missing: Column) -> None:
    np.multiply(part, 2 * most, out=out)
    out += whole
    out //= whole * 2
    np.minimum(out, most, out=out)
    out *= part * 5 >= whole * 4
    out -= missing * OFF_EACH
    np.maximum(out, 0, out=out)
