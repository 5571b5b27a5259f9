"""What an adapter is: an engine made ready for the rules, which scores units held the way it wants them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from ruleset import Rows, Rule, Units

ONE_BY_ONE = 10_000
"""The most units for engines that hold an object for each."""
ANY = 1_000_000


class Engine(ABC):
    """One engine. Making it is its start; ``load`` is not timed, ``score`` is, ``points`` is not."""

    name: ClassVar[str]
    package: ClassVar[str]
    exact: ClassVar[bool] = True
    most_units: ClassVar[int] = ANY

    @property
    def by_columns(self) -> bool:
        """Whether it holds units as columns."""
        return self.most_units == ANY

    @abstractmethod
    def __init__(self, rules: Sequence[Rule]) -> None:
        """Make the rules ready."""

    @abstractmethod
    def load(self, units: Units) -> Any:
        """Return units the way the engine takes them."""

    @abstractmethod
    def score(self, loaded: Any) -> Any:
        """Return the points of all units, the way the engine gives them."""

    @abstractmethod
    def points(self, scored: Any) -> Rows:
        """Return the points unit by unit, in the order of the rules."""


def by_unit(columns: Sequence[Sequence[object]]) -> Rows:
    """Return columns as rows."""
    return list(zip(*columns, strict=True))
