"""Carrying out: expressions as one Python function, compiled once, over the whole numbers and flags of one unit."""

from collections.abc import Callable, Iterable, Sequence

from cchc_rules.arithmetic.integers import Expression, Truth, Whole, walk

Function = Callable[..., tuple[int | bool, ...]]
"""Takes the value of each column by position, gives the value of each expression."""


def compiled(outputs: Sequence[Expression], columns: Sequence[str]) -> Function:
    """Return a function of the named columns; what is used more than once is carried out once.

    The source holds names and numbers that this module makes itself, never a word of an edition.
    """
    source = source_of(outputs, columns)
    names: dict[str, Function] = {}
    exec(compile(source, "<method>", "exec"), {"__builtins__": {}}, names)  # noqa: S102 - see the docstring
    return names["method"]


def source_of(outputs: Sequence[Expression], columns: Sequence[str]) -> str:
    """Return the function's source."""
    arguments = {name: f"c{place}" for place, name in enumerate(columns)}
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
    return "\n".join([f"def method({', '.join(arguments.values())}):", *lines, f"    return ({results},)"]) + "\n"


def _uses(outputs: Iterable[Expression]) -> dict[int, int]:
    """Return how often each expression is used: by others, or as a result."""
    given = list(outputs)
    uses: dict[int, int] = {}
    for each in [*given, *(part for made in walk(given) for part in made.of)]:
        uses[id(each)] = uses.get(id(each), 0) + 1
    return uses


def _said(each: Expression, of: Sequence[str], arguments: dict[str, str]) -> str:
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
