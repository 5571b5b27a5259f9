"""The words of quantities and of conditions, and the dispatch by which every node finds its words."""

from functools import singledispatch

from cchc_rules.base.exact import format_percent
from cchc_rules.base.texts import Text
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.limits import deadline, lateness_limits, limits, measured, yardstick
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Beyond,
    DaysLate,
    Difference,
    FactValue,
    IsTrue,
    Mark,
    Node,
    Not,
    Ratio,
    Scaled,
    Sum,
    Within,
)


@singledispatch
def word(node: Node, lexicon: Lexicon) -> str:
    """Return the words of one node in the lexicon's language; each kind of node has its own."""
    raise TypeError(f"no wording for {type(node).__name__}, {lexicon}")


# ------------------------------------------------------------------ quantities


def name(of: Node, lexicon: Lexicon) -> str:
    """Return a quantity's name, without how it is measured or marked."""
    match of:
        case Ratio(label=Text() as label):
            return label.get(lexicon.language)
        case DaysLate(fact=fact) | Mark(fact=fact):
            return lexicon.fact(fact)
        case Difference(of=inner) | Beyond(of=inner):
            return name(inner, lexicon)
        case _:
            return word(of, lexicon)


@word.register
def _(node: FactValue, lexicon: Lexicon) -> str:
    return lexicon.fact(node.fact)


@word.register
def _(node: Ratio, lexicon: Lexicon) -> str:
    totals = any(isinstance(each, Sum | Ratio) for each in (node.part, node.whole))
    if node.label:
        label = node.label.get(lexicon.language)
        return f"{label} ({_weighed(node, lexicon)})" if totals else label
    if totals:
        return lexicon.say(f"tỷ lệ ({_weighed(node, lexicon)})", f"the ratio ({_weighed(node, lexicon)})")
    part, whole = word(node.part, lexicon), word(node.whole, lexicon)
    return lexicon.say(f"tỷ lệ giữa {part} và {whole}", f"the ratio of the {part} to the {whole}")


def _weighed(node: Ratio, lexicon: Lexicon) -> str:
    """Return a rate of totals, or of another rate, as its formula."""
    part = word(node.part, lexicon)
    return f"{f'({part})' if isinstance(node.part, Ratio) else part} / {word(node.whole, lexicon)}"


@word.register
def _(node: DaysLate, lexicon: Lexicon) -> str:
    return lexicon.say(f"số ngày chậm của {lexicon.fact(node.fact)} ({deadline(node, lexicon)})",
                       f"days by which the {lexicon.fact(node.fact)} is late ({deadline(node, lexicon)})")


@word.register
def _(node: Scaled, lexicon: Lexicon) -> str:
    return yardstick(node, lexicon)


@word.register
def _(node: Difference, lexicon: Lexicon) -> str:
    of, less = word(node.of, lexicon), yardstick(node.less, lexicon)
    return lexicon.say(f"{of} so với {less}", f"{of} against the {less}")


@word.register
def _(node: Beyond, lexicon: Lexicon) -> str:
    of = name(node.of, lexicon)
    start = measured(node.of, node.start, lexicon)
    end = "" if node.end is None else lexicon.say(" đến ", " up to ") + measured(node.of, node.end, lexicon)
    part = lexicon.say(f"phần {of}", f"the part of {of if of.startswith('the ') else f'the {of}'}")
    if node.falling:
        return lexicon.say(f"{part} thấp hơn {start}{end}", f"{part} short of {start}{end}")
    if node.start == 0 and not isinstance(node.of, Difference):
        return f"{part}{end}" if end else of
    return lexicon.say(f"{part} vượt {start}{end}", f"{part} above {start}{end}")


def total(node: Sum, lexicon: Lexicon) -> str:
    """Return a total of facts, each with its weight."""
    words = ""
    for term in node.terms:
        factor, of = (term.factor, term.of) if isinstance(term, Scaled) else (None, term)
        sign = " − " if factor is not None and factor < 0 else " + "
        weight = "" if factor is None or factor == -1 else f"{format_percent(abs(factor), lexicon.language)} × "
        words += f"{sign if words else ''}{weight}{word(of, lexicon)}"
    less = any(isinstance(term, Scaled) and term.factor < 0 for term in node.terms)
    return lexicon.say("hiệu" if less else "tổng", "the difference" if less else "the total") + f" ({words})"


# ------------------------------------------------------------------ conditions


@word.register
def _(node: Within, lexicon: Lexicon) -> str:
    if isinstance(node.of, DaysLate):
        return f"{name(node.of, lexicon)} {lateness_limits(node.of, node.low, node.high, lexicon)}"
    return f"{word(compared(node.of), lexicon)} {limits(node.of, node.low, node.high, lexicon)}"


@word.register
def _(node: IsTrue, lexicon: Lexicon) -> str:
    return lexicon.fact(node.fact)


@word.register
def _(node: AllOf, lexicon: Lexicon) -> str:
    return lexicon.say("đạt đồng thời: ", "all of: ") + lexicon.say(" và ", " and ").join(_parts(node.of, lexicon))


@word.register
def _(node: AnyOf, lexicon: Lexicon) -> str:
    return lexicon.say("đạt ít nhất một: ", "any of: ") + lexicon.say(" hoặc ", " or ").join(_parts(node.of, lexicon))


@word.register
def _(node: AtLeast, lexicon: Lexicon) -> str:
    listed = "; ".join(_parts(node.of, lexicon))
    return lexicon.say(f"đạt ít nhất {node.count} trong {len(node.of)} điều kiện ({listed})",
                       f"at least {node.count} of {len(node.of)} conditions ({listed})")


def _parts(conditions: tuple[Node, ...], lexicon: Lexicon) -> list[str]:
    """Return the words of conditions that stand inside another; those with parts of their own in parentheses."""
    return [f"({word(each, lexicon)})" if isinstance(each, AllOf | AnyOf) else word(each, lexicon) for each in conditions]


@word.register
def _(node: Not, lexicon: Lexicon) -> str:
    return lexicon.say(f"không ({word(node.of, lexicon)})", f"not ({word(node.of, lexicon)})")


def compared(of: Node) -> Node:
    """Return what is compared: not the distance from a threshold that is a fact, but the quantity itself."""
    return of.of if isinstance(of, Difference) else of
