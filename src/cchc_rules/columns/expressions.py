"""Carrying out: expressions as those of a frame's library, in steps, so that what is used twice is worked out once.

They are written once, in what Polars and narwhals have in common. On Polars they are Polars' own, which are made
several times faster; everywhere else narwhals turns them into what the backend has.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

from attrs import frozen

from cchc_rules.arithmetic.integers import Expression, Truth, Whole, walk

HELPER = "·"
"""How the names of columns begin that are dropped in the end."""


@frozen(kw_only=True)
class Plan:
    """Named expressions in steps: each step reads the columns of those before it; the last one is the result."""

    steps: tuple[Mapping[str, Any], ...]
    on_polars: bool

    def carried_out(self, frame: Any, keep: Iterable[str]) -> Any:
        """Return a narwhals frame of the columns kept and the results."""
        import narwhals as nw

        return self.added(frame).select(*(nw.col(name) for name in (*keep, *self.steps[-1])))

    def added(self, frame: Any) -> Any:
        """Return a narwhals frame with the results beside its own columns."""
        import narwhals as nw

        given = frame.to_native() if self.on_polars else frame
        for step in self.steps:
            given = given.with_columns(*(made.alias(name) for name, made in step.items()))
        return nw.from_native(given) if self.on_polars else given


def plan_of(outputs: Mapping[str, Expression], *, bind_operands: bool, nought: str = "") -> Plan:
    """Return expressions as a plan.

    ``bind_operands`` names what is divided, for backends that would write it out several times. ``nought`` is
    a column of noughts in 64 bits, for backends that take a number by itself to have fewer.
    """
    space = _space(on_polars=not bind_operands)
    bound = _bound(outputs.values(), bind_operands=bind_operands)
    names = {each: f"{HELPER}{place}" for place, each in enumerate(bound)}
    written: dict[int, Any] = {}
    step_of: dict[int, int] = {}
    steps: list[dict[str, Any]] = []
    for each in walk(outputs.values()):
        here = max((step_of[id(part)] for part in each.of), default=0)
        of = [written[id(part)] + space.col(nought) if nought and _is_bare(part, each) else written[id(part)] for part in each.of]
        made = _truth(space, each, of) if isinstance(each, Truth) else _whole(space, each, of)
        if id(each) in names:
            while len(steps) <= here:
                steps.append({})
            steps[here][names[id(each)]] = made
            made, here = space.col(names[id(each)]), here + 1
        written[id(each)], step_of[id(each)] = made, here
    return Plan(steps=(*steps, {name: written[id(each)] for name, each in outputs.items()}), on_polars=not bind_operands)


def _bound(outputs: Iterable[Expression], *, bind_operands: bool) -> Iterator[int]:
    """Yield what gets a column of its own: whatever is used more than once, and where asked, what is divided."""
    given = list(outputs)
    uses: dict[int, int] = {}
    known = list(walk(given))
    for each in [*given, *(part for made in known for part in made.of)]:
        uses[id(each)] = uses.get(id(each), 0) + 1
    divided = {id(part) for made in known if bind_operands and made.operation == "divide" for part in made.of}
    for each in known:
        if each.of and (uses[id(each)] > 1 or id(each) in divided):
            yield id(each)


def _is_bare(part: Expression, whole: Expression) -> bool:
    """Return whether a number stands by itself in a choice, where nothing else tells how wide it is."""
    return whole.operation == "pick" and part.operation == "literal"


def _space(*, on_polars: bool) -> ModuleType:
    """Return the library whose expressions are made: both have the same names for what is used here."""
    import narwhals as nw
    import polars as pl

    return pl if on_polars else nw


def _whole(space: ModuleType, each: Whole, of: list[Any]) -> Any:
    match each.operation:
        case "literal":
            return space.lit(each.low, dtype=space.Int64)
        case "column":
            return space.col(each.name)
        case "add":
            return of[0] + of[1]
        case "subtract":
            return of[0] - of[1]
        case "multiply":
            return of[0] * of[1]
        case "divide":
            return of[0] // of[1]
        case "minimum":
            return space.when(of[0] <= of[1]).then(of[0]).otherwise(of[1])
        case "maximum":
            return space.when(of[0] >= of[1]).then(of[0]).otherwise(of[1])
        case "pick":
            return space.when(of[0]).then(of[1]).otherwise(of[2])


def _truth(space: ModuleType, each: Truth, of: list[Any]) -> Any:
    match each.operation:
        case "literal":
            return space.lit(each.name == "true")
        case "column":
            return space.col(each.name)
        case "not":
            return ~of[0]
        case "and":
            return of[0] & of[1]
        case "or":
            return of[0] | of[1]
        case "at_most":
            return of[0] <= of[1]
        case "equal":
            return of[0] == of[1]
