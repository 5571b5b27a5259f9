"""Carrying out: expressions as one Python function, compiled once, over the whole numbers and flags of one unit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from cchc_rules.arithmetic.integers import Expression, Truth, Whole, walk

Results = tuple[int | bool, ...]
Function = Callable[..., Results]
"""Takes the value of each column by position, gives the value of each expression."""


def compiled(outputs: Sequence[Expression], columns: Sequence[str]) -> Function:
    """Return a function of the named columns; what is used more than once is carried out once."""
    arguments = {name: f"c{place}" for place, name in enumerate(columns)}
    head = f"def method({', '.join(arguments.values())}):"
    made: Function = _made([head, *_body(outputs, arguments)], {})
    return made


@frozen(kw_only=True)
class Column:
    """A column as one unit gives it: the key that it is found under, and the bounds of a number; ``None`` for a flag."""

    name: str
    key: str
    bounds: tuple[int, int] | None


def compiled_reader(outputs: Sequence[Expression], columns: Sequence[Column]) -> Callable[[Callable[[str], object]], Results | None]:
    """Return a function that takes what finds a value by its key; ``None`` where a value is not what a column holds."""
    arguments = {column.name: f"c{place}" for place, column in enumerate(columns)}
    lines = ["def method(get, int=int):"]
    for place, column in enumerate(columns):
        lines.append(f"    c{place} = get(k{place})")
        if column.bounds is None:
            lines.append(f"    if c{place} is not True and c{place} is not False: return None")
        else:
            low, high = column.bounds
            lines.append(f"    if c{place}.__class__ is not int or not {low} <= c{place} <= {high}: return None")
    made: Callable[[Callable[[str], object]], Results | None] = _made(
        [*lines, *_body(outputs, arguments)], {f"k{place}": column.key for place, column in enumerate(columns)}
    )
    return made


def _made(lines: Sequence[str], names: Mapping[str, str]) -> Any:
    """Return the function that a source defines.

    The source holds names and numbers that this module makes itself, never a word of an edition.
    """
    known: dict[str, Any] = {"__builtins__": {"int": int}, **names}
    exec(compile("\n".join(lines) + "\n", "<method>", "exec"), known)  # noqa: S102 - see the docstring
    return known["method"]


def _body(outputs: Sequence[Expression], arguments: Mapping[str, str]) -> list[str]:
    """Return the lines of the function that work out the results."""
    uses = _uses(outputs)
    written: dict[int, str] = {}
    lines = []
    for place, each in enumerate(walk(outputs)):
        said = _said(each, [written[id(part)] for part in each.of], arguments)
        if uses[id(each)] > 1 and each.of:
            lines.append(f"    v{place} = {said}")
            said = f"v{place}"
        written[id(each)] = said
    results = ", ".join(written[id(each)] for each in outputs)
    return [*lines, f"    return ({results},)"]


def _uses(outputs: Iterable[Expression]) -> dict[int, int]:
    """Return how often each expression is used: by others, or as a result."""
    given = list(outputs)
    uses: dict[int, int] = {}
    for each in given:
        uses[id(each)] = uses.get(id(each), 0) + 1
    for made in walk(given):
        written = 2 if made.operation in {"minimum", "maximum"} else 1  # both operands are compared, then one is taken
        for part in made.of:
            uses[id(part)] = uses.get(id(part), 0) + written
    return uses


def _said(each: Expression, of: Sequence[str], arguments: Mapping[str, str]) -> str:
    """Return one expression as Python, its operands given."""
    if each.operation == "column":
        return arguments[each.name]
    if isinstance(each, Truth):
        return _truth(each, of)
    return _whole(each, of)


def _whole(each: Whole, of: Sequence[str]) -> str:
    match each.operation:
        case "literal":
            return str(each.low) if each.low >= 0 else f"({each.low})"
        case "minimum":
            return f"({of[0]} if {of[0]} <= {of[1]} else {of[1]})"
        case "maximum":
            return f"({of[0]} if {of[0]} >= {of[1]} else {of[1]})"
        case "pick":
            return f"({of[1]} if {of[0]} else {of[2]})"
        case operation:
            return f"({of[0]} {_SIGNS[operation]} {of[1]})"


_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "//"}


def _truth(each: Truth, of: Sequence[str]) -> str:
    match each.operation:
        case "literal":
            return "True" if each.name == "true" else "False"
        case "not":
            return f"(not {of[0]})"
        case "at_most":
            return f"({of[0]} <= {of[1]})"
        case "equal":
            return f"({of[0]} == {of[1]})"
        case operation:
            return f"({of[0]} {operation} {of[1]})"
