"""Reading: what is wrong with a rule before anyone is scored by it: gaps, overlaps, what cannot be reached.

Exact where a rule ranges over one quantity, or over several that do not hang together; where it cannot
decide it says so, never nothing.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from cchc_rules.base.exact import format_percent, on_grid
from cchc_rules.base.texts import Text
from cchc_rules.model import Fact
from cchc_rules.rules.bounds import Known, bounds
from cchc_rules.rules.coverage import coverage
from cchc_rules.rules.flaw import Context, Flaw, not_checked
from cchc_rules.rules.piecewise import Stretch
from cchc_rules.rules.reach import Undecided, along, reachable
from cchc_rules.rules.tree import (
    CONDITIONS,
    Branch,
    Choice,
    Constant,
    Deducted,
    LevelPoints,
    Minimum,
    Node,
    PointsEach,
    Proportion,
    Ratio,
    Scaled,
    Sum,
    WhenNoneArose,
    Within,
    moved,
    quantities_of,
)
from cchc_rules.rules.wording import name

__all__ = ["Context", "Flaw", "flaws", "off_grid", "unsound"]

COMPARE = Text("đối chiếu lại với quyết định: sửa mức điểm hoặc `max_points`",
               "compare with the decision: mend the points or `max_points`")
ZERO = Fraction(0)


def flaws(rule: Node, context: Context) -> Iterator[Flaw]:
    """Yield everything wrong with a rule."""
    yield from unsound(rule, context)
    for node in rule.walk():
        if isinstance(node, Choice):
            yield from coverage(node, context)
        if isinstance(node, Minimum):
            yield from _cap(node, context)
        if isinstance(node, Deducted):
            yield from _floor(node, context)
    terms = list(_terms(rule, context.maximum, context))
    yield from terms
    if not terms:  # the range of a sum that does not add up says the same once more
        yield from _reach(rule, context)
    yield from _directions(rule, context)


# ------------------------------------------------------------------ divisors


def unsound(rule: Node, context: Context) -> Iterator[Flaw]:
    """Yield what keeps a rule from being carried out: each divisor that may be zero without a stated outcome."""
    for whole in dict.fromkeys(_unguarded(rule, frozenset())):
        if bounds(whole, Known(context.facts, {})).holds(ZERO):
            vi, en = (name(whole, lexicon) for lexicon in (context.lexicon, context.english))
            yield Flaw(
                code="zero-policy-missing",
                reason=Text(f"thiếu `when_whole_is_zero`: mẫu số ({vi}) có thể bằng 0 mà chưa quy định điểm khi không phát sinh",
                            f"`when_whole_is_zero` is missing: the divisor ({en}) may be 0 and nothing says what it is worth when nothing arose"),
                remedy=Text('thêm `when_whole_is_zero = "not_applicable"`, "award_maximum" hoặc "award_zero"; nếu mẫu số không bao giờ bằng 0 thì cho `range` của số liệu bắt đầu trên 0',
                            'add `when_whole_is_zero = "not_applicable"`, "award_maximum" or "award_zero"; where the divisor is never 0, let the `range` of its fact begin above 0'),
            )


def _unguarded(node: Node, safe: frozenset[Node]) -> Iterator[Node]:
    """Yield the divisors that nothing around them keeps from being 0."""
    match node:
        case WhenNoneArose(then=then, otherwise=otherwise):
            yield from _unguarded(then, safe)
            yield from _unguarded(otherwise, safe | {node.whole})
        case Branch(when=Within(of=of, low=low), then=then) if low is not None and (low.value > 0 or (low.value == 0 and not low.inclusive)):
            yield from _unguarded(node.when, safe)
            yield from _unguarded(then, safe | {of})
        case Ratio(part=part, whole=whole):
            yield from _unguarded(part, safe)
            if (whole.of if isinstance(whole, Scaled) else whole) not in safe:
                yield whole
        case _:
            for child in node.children():
                yield from _unguarded(child, safe)


# ------------------------------------------------------------------ caps and terms


def _cap(node: Minimum, context: Context) -> Iterator[Flaw]:
    """Yield a cap that always holds, because the points start above it."""
    match node.of:
        case (Constant(value=cap), other) if not isinstance(other, Constant):
            base = bounds(other.start if isinstance(other, Deducted) else other, Known(context.facts, {}))
            if base.low > cap or (base.low == cap < base.high):
                vi, en = ((lexicon.points(cap), lexicon.points(base.low)) for lexicon in (context.lexicon, context.english))
                yield Flaw(
                    code="cap-below-base",
                    reason=Text(f"mức tối đa {vi[0]} không cao hơn điểm khởi đầu {vi[1]}", f"the cap of {en[0]} is not above the base of {en[1]}"),
                    remedy=Text("sửa `cap` hoặc `base`", "mend `cap` or `base`"),
                )
        case _:
            pass


def _floor(node: Deducted, context: Context) -> Iterator[Flaw]:
    """Yield a floor that lies above what is deducted from."""
    start = bounds(node.start, Known(context.facts, {})).high
    if node.floor > start:
        vi, en = ((lexicon.points(node.floor), lexicon.points(start)) for lexicon in (context.lexicon, context.english))
        yield Flaw(
            code="floor-above-start",
            reason=Text(f"mức sàn {vi[0]} cao hơn điểm ban đầu {vi[1]}", f"the floor of {en[0]} is above the {en[1]} that are deducted from"),
            remedy=Text("sửa `floor`", "mend `floor`"),
        )


def _terms(rule: Node, maximum: Fraction, context: Context) -> Iterator[Flaw]:
    """Yield sums whose terms, each at its own maximum, do not come to the maximum of the whole."""
    match rule:
        case WhenNoneArose(otherwise=otherwise):
            yield from _terms(otherwise, maximum, context)
        case Sum(terms=terms, full=full) if full:
            if sum(full, ZERO) != maximum:
                yield _weights(full, maximum) if all(map(_is_survey, terms)) else _added_up(full, maximum, context)
            yield from _each_term(rule, context)
        case Minimum(of=(Constant(), Sum() as capped)) if capped.full:
            if sum(capped.full, ZERO) < maximum:
                yield _added_up(capped.full, maximum, context)
            yield from _each_term(capped, context)
        case Proportion(points=points) if _is_survey(rule) and points != maximum:
            yield _weights((points,), maximum)
        case _:
            return


def _each_term(node: Sum, context: Context) -> Iterator[Flaw]:
    for term, most in zip(node.terms, node.full, strict=True):
        yield from _terms(term, most, context) if not _is_survey(term) else ()


def _is_survey(node: Node) -> bool:
    """Return whether a term weighs answers."""
    match node:
        case WhenNoneArose(otherwise=otherwise):
            return _is_survey(otherwise)
        case Proportion(of=Ratio(part=Sum(terms=terms))):
            return all(isinstance(term, Scaled) for term in terms)
        case _:
            return False


def _weights(full: tuple[Fraction, ...], maximum: Fraction) -> Flaw:
    vi, en = (format_percent(sum(full, ZERO) / maximum, language) for language in ("vi", "en"))
    return Flaw(
        code="survey-weights",
        reason=Text(f"trọng số các nhóm trả lời cộng lại {vi}", f"the weights of the groups of respondents add up to {en}"),
        remedy=Text("đối chiếu lại với quyết định: trọng số phải cộng đủ 100%", "compare with the decision: the weights have to add up to 100%"),
    )


def _added_up(full: tuple[Fraction, ...], maximum: Fraction, context: Context) -> Flaw:
    total = sum(full, ZERO)
    vi, en = ((lexicon.points(total), lexicon.points(maximum)) for lexicon in (context.lexicon, context.english))
    return Flaw(
        code="terms-do-not-add-up",
        reason=Text(f"điểm tối đa các nội dung cộng lại {vi[0]}, điểm tối đa của cả quy tắc là {vi[1]}",
                    f"the maxima of the terms add up to {en[0]}; the maximum of the whole is {en[1]}"),
        remedy=Text("đối chiếu lại với quyết định: sửa điểm các nội dung hoặc thêm `cap`", "compare with the decision: mend the terms or add a `cap`"),
    )


# ------------------------------------------------------------------ what can be reached


def _reach(rule: Node, context: Context) -> Iterator[Flaw]:
    """Yield a maximum that cannot be earned, points above it, and points below zero."""
    reach = reachable(rule, context.facts)
    static = bounds(rule, Known(context.facts, {}))
    most = reach.high if reach else static.high
    if most < context.maximum:
        yield _points_flaw("maximum-unreachable", context, most, Text("điểm cao nhất có thể đạt là", "the most that can be earned is"))
    elif most > context.maximum and reach:
        yield _points_flaw("maximum-exceeded", context, most, Text("quy tắc có thể cho tới", "the rule can give as much as"))
    elif reach is None:
        yield not_checked(
            Text("chưa kiểm tra được điểm cao nhất: quy tắc phụ thuộc nhiều đại lượng liên quan nhau",
                 "the most that can be earned is not checked: the rule varies with several quantities that hang together"),
            Text("thử vài bộ số liệu ở hai đầu", "try facts at both ends"),
        )
    if reach and reach.low < 0:
        yield _points_flaw("points-negative", context, reach.low, Text("quy tắc có thể cho điểm âm", "the rule can give negative points"))


def _points_flaw(code: str, context: Context, value: Fraction, said: Text) -> Flaw:
    vi, en = context.lexicon, context.english
    return Flaw(
        code=code,
        reason=Text(f"{said.vi} {vi.points(value)}, điểm tối đa ghi là {vi.points(context.maximum)}",
                    f"{said.en} {en.points(value)}; the stated maximum is {en.points(context.maximum)}"),
        remedy=COMPARE,
    )


# ------------------------------------------------------------------ directions


def _directions(rule: Node, context: Context) -> Iterator[Flaw]:
    """Yield rules along one quantity whose points go up and down, or the other way than the author said."""
    better = {moved(quantity): way for quantity, way in context.better.items()}
    for part, rises in _along_one(rule, rises=True):
        quantity = moved(quantities_of(part)[0])
        ways = _ways(part, context.facts)
        if ways == {True, False}:
            yield from () if better.get(quantity) == "between" else (_up_and_down(quantity, context),)
        elif ways and quantity in better and (ways == {rises}) != (better[quantity] == "higher"):
            yield _reversed(quantity, context)
        if ways:
            better.pop(quantity, None)
    for quantity in better:
        vi, en = (name(quantity, lexicon) for lexicon in (context.lexicon, context.english))
        yield not_checked(
            Text(f"chưa kiểm tra được chiều điểm theo {vi}", f"which way the points go with {en} is not checked"),
            Text("thử vài bộ số liệu ở hai đầu", "try facts at both ends"),
        )


def _along_one(rule: Node, *, rises: bool) -> Iterator[tuple[Node, bool]]:
    """Yield the largest parts of a rule that range over one quantity, and whether more of the part is more points."""
    if len(quantities_of(rule)) == 1:
        yield rule, rises
        return
    for child in (rule.then, rule.otherwise) if isinstance(rule, WhenNoneArose) else rule.children():
        if not isinstance(child, CONDITIONS):
            taken = isinstance(rule, Deducted) and child is not rule.start
            yield from _along_one(child, rises=rises != taken)


def _ways(rule: Node, facts: Mapping[str, Fact]) -> set[bool]:
    """Return whether points rise (``True``) and fall (``False``) along the quantity; nothing where it is not decided."""
    try:
        return {later > earlier for stretches in along(rule, facts) for earlier, later in pairwise(_sequence(stretches)) if later != earlier}
    except Undecided:
        return set()


def _sequence(stretches: tuple[Stretch, ...]) -> Iterator[Fraction]:
    """Yield the points from the least of the quantity to the most."""
    for each in stretches:
        if each.line:
            yield from (each.line.at(each.low), each.line.at(each.high))


def _up_and_down(quantity: Node, context: Context) -> Flaw:
    vi, en = (name(quantity, lexicon) for lexicon in (context.lexicon, context.english))
    return Flaw(
        code="bands-not-monotone",
        severity="warning",
        reason=Text(f"điểm có chỗ tăng, có chỗ giảm theo {vi}", f"the points both rise and fall with {en}"),
        remedy=Text("đối chiếu lại với quyết định: có thể một mức ghi nhầm điểm", "compare with the decision: one band may state the wrong points"),
    )


def _reversed(quantity: Node, context: Context) -> Flaw:
    vi, en = (name(quantity, lexicon) for lexicon in (context.lexicon, context.english))
    return Flaw(
        code="direction-reversed",
        reason=Text(f"điểm đi ngược chiều tốt hơn của {vi}", f"the points go against the better way of the {en}"),
        remedy=Text("đối chiếu lại với quyết định: có thể nhầm “trở lên” với “trở xuống”", "compare with the decision: “at least” may stand for “at most”"),
    )


# ------------------------------------------------------------------ the grid


def off_grid(rule: Node, places: int) -> Iterator[Fraction]:
    """Yield the points that a rule states with more decimals than the method rounds to."""
    for node in rule.walk():
        match node:
            case Constant(value=value, unit="point"):
                stated: tuple[Fraction, ...] = (value,)
            case LevelPoints(marks=marks):
                stated = tuple(points for _, points in marks)
            case PointsEach(points=points):
                stated = (points,)
            case _:
                continue
        yield from (points for points in stated if not on_grid(points, places))
