"""Carrying out: expressions as narwhals expressions, in steps, so that what is used twice is worked out once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from cchc_rules.arithmetic.integers import Expression, Truth, Whole, walk

if TYPE_CHECKING:
    import narwhals as nw

HELPER = "·"
"""How the names of columns begin that are dropped in the end."""


@frozen(kw_only=True)
class Plan:
    """Named expressions in steps: each step reads the columns of those before it; the last one is the result."""

    steps: tuple[Mapping[str, "nw.Expr"], ...]

    def carried_out(self, frame: Any, keep: Iterable[str]) -> Any:
        """Return a narwhals frame of the columns kept and the results."""
        import narwhals as nw

        return self.added(frame).select(*(nw.col(name) for name in (*keep, *self.steps[-1])))

    def added(self, frame: Any) -> Any:
        """Return a narwhals frame with the results beside its own columns."""
        for step in self.steps:
            frame = frame.with_columns(*(made.alias(name) for name, made in step.items()))
        return frame


def plan_of(outputs: Mapping[str, Expression], *, bind_operands: bool, nought: str = "") -> Plan:
    """Return expressions as a plan.

    ``bind_operands`` names what is divided, for backends that would write it out several times. ``nought`` is
    a column of noughts in 64 bits, for backends that take a number by itself to have fewer.
    """
    bound = _bound(outputs.values(), bind_operands=bind_operands)
    names = {each: f"{HELPER}{place}" for place, each in enumerate(bound)}
    written: dict[int, Any] = {}
    step_of: dict[int, int] = {}
    steps: list[dict[str, Any]] = []
    for each in walk(outputs.values()):
        here = max((step_of[id(part)] for part in each.of), default=0)
        made = _made(each, [written[id(part)] + _column(nought) if nought and _is_bare(part, each) else written[id(part)] for part in each.of])
        if id(each) in names:
            while len(steps) <= here:
                steps.append({})
            steps[here][names[id(each)]] = made
            made, here = _column(names[id(each)]), here + 1
        written[id(each)], step_of[id(each)] = made, here
    return Plan(steps=(*steps, {name: written[id(each)] for name, each in outputs.items()}))


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


def _column(name: str) -> Any:
    import narwhals as nw

    return nw.col(name)


def _made(each: Expression, of: list[Any]) -> Any:
    """Return one expression, its operands given."""
    return _truth(each, of) if isinstance(each, Truth) else _whole(each, of)


def _whole(each: Whole, of: list[Any]) -> Any:
    import narwhals as nw

    match each.operation:
        case "literal":
            return nw.lit(each.low, dtype=nw.Int64)
        case "column":
            return nw.col(each.name)
        case "add":
            return of[0] + of[1]
        case "subtract":
            return of[0] - of[1]
        case "multiply":
            return of[0] * of[1]
        case "divide":
            return of[0] // of[1]
        case "minimum":
            return nw.when(of[0] <= of[1]).then(of[0]).otherwise(of[1])
        case "maximum":
            return nw.when(of[0] >= of[1]).then(of[0]).otherwise(of[1])
        case "pick":
            return nw.when(of[0]).then(of[1]).otherwise(of[2])


def _truth(each: Truth, of: list[Any]) -> Any:
    import narwhals as nw

    match each.operation:
        case "literal":
            return nw.lit(each.name == "true")
        case "column":
            return nw.col(each.name)
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
