"""Reading: what is wrong with a rule before anyone is scored by it: gaps, overlaps, what cannot be reached.

Exact where a choice ranges over one quantity; where it cannot decide it says so, never nothing.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, pairwise

from attrs import frozen

from cchc_rules.errors import Severity
from cchc_rules.exact import on_grid
from cchc_rules.model import Fact
from cchc_rules.quantities import Unit
from cchc_rules.rules.bounds import Interval, Known, bounds, inside
from cchc_rules.rules.evaluate import Facts
from cchc_rules.rules.inverse import fixed_around
from cchc_rules.rules.piecewise import NotPiecewise, piecewise
from cchc_rules.rules.tree import (
    Bound,
    Choice,
    Constant,
    DaysLate,
    FactValue,
    LevelPoints,
    Node,
    PointsEach,
    Ratio,
    Sum,
    WhenNoneArose,
    Within,
    quantities_of,
)
from cchc_rules.rules.wording import Lexicon, limits, measured
from cchc_rules.texts import Text


@frozen(kw_only=True)
class Flaw:
    """One thing wrong with a rule; the reader of the edition adds the place."""

    code: str
    reason: Text
    remedy: Text
    severity: Severity = "error"


@frozen(kw_only=True)
class Context:
    """What a rule is checked against: its maximum, the facts it reads, the units they are shown in."""

    maximum: Fraction
    facts: Mapping[str, Fact]
    units: Mapping[str, Unit]

    @property
    def lexicon(self) -> Lexicon:
        """The names in Vietnamese."""
        return Lexicon(self.facts, self.units)

    @property
    def english(self) -> Lexicon:
        """The names in English."""
        return Lexicon(self.facts, self.units, "en")


def flaws(rule: Node, context: Context) -> Iterator[Flaw]:
    """Yield everything wrong with a rule."""
    yield from _divisors(rule, context)
    for node in rule.walk():
        if isinstance(node, Choice):
            yield from _coverage(node, context)
    yield from _reach(rule, context)


# ------------------------------------------------------------------ divisors


def _divisors(rule: Node, context: Context) -> Iterator[Flaw]:
    """Yield each ratio whose divisor may be zero without a stated outcome."""
    guarded = {node.whole for node in rule.walk() if isinstance(node, WhenNoneArose)}
    for whole in {node.whole: None for node in rule.walk() if isinstance(node, Ratio)}:
        if whole not in guarded and bounds(whole, Known(context.facts, {})).holds(Fraction(0)):
            yield Flaw(
                code="zero-policy-missing",
                reason=Text("mẫu số có thể bằng 0 mà chưa quy định điểm", "the divisor may be 0 and no outcome is stated"),
                remedy=Text("thêm `when_whole_is_zero`", "add `when_whole_is_zero`"),
            )


# ------------------------------------------------------------------ bands


def _coverage(choice: Choice, context: Context) -> Iterator[Flaw]:
    """Yield gaps, holes, overlaps and dead branches of a choice over one quantity."""
    compared = {quantity for branch in choice.branches for quantity in quantities_of(branch.when)}
    if len(compared) == 1 and all(isinstance(branch.when, Within) for branch in choice.branches):
        of = compared.pop()
        spots = list(_spots(of, choice, context))
        covers = [tuple(_covering(choice, spot.low if spot.is_knot else spot.middle)) for spot in spots]
        yield from _dead(choice, covers, context)
        yield from _overlaps(choice, of, spots, covers, context)
        yield from _gaps(choice, of, spots, covers, context)
    elif len(choice.branches) > 1:
        yield Flaw(
            code="rule-not-checked",
            severity="note",
            reason=Text("các nhánh so nhiều đại lượng: chưa kiểm tra được khoảng hở và chồng lấn",
                        "the branches compare several quantities: gaps and overlaps not checked"),
            remedy=Text("tự rà soát các nhánh này", "look through these branches yourself"),
        )


@frozen
class Spot:
    """A number, or the open interval between two, on which the same branches hold."""

    low: Fraction
    high: Fraction

    @property
    def is_knot(self) -> bool:
        """Whether it is a single number."""
        return self.low == self.high

    @property
    def middle(self) -> Fraction:
        """A number inside."""
        return (self.low + self.high) / 2


def _spots(of: Node, choice: Choice, context: Context) -> Iterator[Spot]:
    """Yield the parts of the quantity's range between which coverage can change, from the least up."""
    domain = bounds(of, Known(context.facts, {}))
    limits_set = {bound.value for branch in choice.branches for bound in _bounds_of(branch.when)}
    knots = sorted({domain.low, domain.high, *(limit for limit in limits_set if domain.holds(limit))})
    step = _step(of, context)
    spots = [Spot(knots[0], knots[0]), *(spot for low, high in pairwise(knots) for spot in (Spot(low, high), Spot(high, high)))]
    yield from (spot for spot in spots if step is None or _is_met(spot, step))


def _step(of: Node, context: Context) -> Fraction | None:
    """Return the step in which a quantity counts; ``None`` for a rate, which can be any number."""
    match of:
        case FactValue(fact=fact):
            declared = context.facts[fact]
            return Fraction(1, 10**declared.places) if declared.type == "decimal" else Fraction(1)
        case DaysLate():
            return Fraction(1)
        case _:
            return None


def _is_met(spot: Spot, step: Fraction) -> bool:
    """Return whether some whole number of steps lies in a spot."""
    if spot.is_knot:
        return (spot.low / step).denominator == 1
    return (spot.low // step + 1) * step < spot.high


def _bounds_of(condition: Node) -> tuple[Bound, ...]:
    assert isinstance(condition, Within)  # the caller has checked every branch
    return tuple(bound for bound in (condition.low, condition.high) if bound is not None)


def _covering(choice: Choice, x: Fraction) -> Iterator[int]:
    """Yield the branches that hold at one number."""
    for index, branch in enumerate(choice.branches):
        assert isinstance(branch.when, Within)  # the caller has checked every branch
        if inside(branch.when, x):
            yield index


def _dead(choice: Choice, covers: list[tuple[int, ...]], context: Context) -> Iterator[Flaw]:
    """Yield the branches that are never the first to hold."""
    first = {cover[0] for cover in covers if cover}
    for index, branch in enumerate(choice.branches):
        if index not in first:
            vi, en = _named(branch.when, context)
            yield Flaw(
                code="band-dead",
                reason=Text(f"mức thứ {index + 1} ({vi}) không bao giờ được áp dụng", f"band {index + 1} ({en}) never applies"),
                remedy=Text("xếp các mức từ cao xuống thấp, hoặc bỏ mức này", "order the bands from high to low, or drop this one"),
            )


def _overlaps(
    choice: Choice, of: Node, spots: list[Spot], covers: list[tuple[int, ...]], context: Context
) -> Iterator[Flaw]:
    """Yield each pair of bands that both claim a number, one-sided cascades excepted."""
    seen: set[tuple[int, int]] = set()
    for spot, cover in zip(spots, covers, strict=True):
        for pair in combinations(cover, 2):
            if pair in seen or _cascade(choice, *pair):
                continue
            seen.add(pair)
            one, two = (_named(choice.branches[index].when, context) for index in pair)
            at = measured(of, spot.low, context.lexicon), measured(of, spot.low, context.english)
            yield Flaw(
                code="band-overlap",
                reason=Text(f"mức {pair[0] + 1} ({one[0]}) và mức {pair[1] + 1} ({two[0]}) chồng nhau, ví dụ tại {at[0]}",
                            f"band {pair[0] + 1} ({one[1]}) and band {pair[1] + 1} ({two[1]}) overlap, for one at {at[1]}"),
                remedy=Text("đổi một đầu mút: `below` thay cho `at_most`, hoặc `more_than` thay cho `at_least`",
                            "change one end: `below` for `at_most`, or `more_than` for `at_least`"),
            )


def _cascade(choice: Choice, first: int, second: int) -> bool:
    """Return whether two bands are steps of one cascade: open on the same side, the narrower one first."""
    one, two = choice.branches[first].when, choice.branches[second].when
    assert isinstance(one, Within)
    assert isinstance(two, Within)
    return (one.high is None and two.high is None) or (one.low is None and two.low is None)


def _gaps(
    choice: Choice, of: Node, spots: list[Spot], covers: list[tuple[int, ...]], context: Context
) -> Iterator[Flaw]:
    """Yield what no band covers: anywhere without ``otherwise``, between two bands even with it."""
    covered = [index for index, cover in enumerate(covers) if cover]
    for index, (spot, cover) in enumerate(zip(spots, covers, strict=True)):
        between = bool(covered) and covered[0] < index < covered[-1]
        if cover or (choice.otherwise is not None and not between):
            continue
        vi, en = _spot_words(of, spot, context)
        yield Flaw(
            code="band-hole" if between else "band-gap",
            reason=Text(f"không mức nào quy định điểm {vi}", f"no band states the points {en}"),
            remedy=Text("nối liền các mức: một bên `at_least`, bên kia `below`",
                        "join the bands: `at_least` on one side, `below` on the other"),
        )


def _spot_words(of: Node, spot: Spot, context: Context) -> tuple[str, str]:
    if spot.is_knot:
        return (f"tại đúng {measured(of, spot.low, context.lexicon)}", f"at exactly {measured(of, spot.low, context.english)}")
    low, high = Bound(spot.low, False), Bound(spot.high, False)
    return limits(of, low, high, context.lexicon), limits(of, low, high, context.english)


def _named(condition: Node, context: Context) -> tuple[str, str]:
    assert isinstance(condition, Within)  # the caller has checked every branch
    return (limits(condition.of, condition.low, condition.high, context.lexicon),
            limits(condition.of, condition.low, condition.high, context.english))


# ------------------------------------------------------------------ what can be reached


def _reach(rule: Node, context: Context) -> Iterator[Flaw]:
    """Yield a maximum that cannot be earned, points above it, and points below zero."""
    reach = reachable(rule, context)
    static = bounds(rule, Known(context.facts, {}))
    most = reach.high if reach else static.high
    if most < context.maximum:
        yield _points_flaw("maximum-unreachable", context, most, Text("điểm cao nhất có thể đạt là", "the most that can be earned is"))
    elif most > context.maximum and reach:
        yield _points_flaw("maximum-exceeded", context, most, Text("quy tắc có thể cho tới", "the rule can give as much as"))
    elif reach is None and (static.high > context.maximum or static.low < 0):
        yield Flaw(
            code="rule-not-checked",
            severity="note",
            reason=Text("chưa kiểm tra được điểm cao nhất: quy tắc phụ thuộc nhiều đại lượng",
                        "the most that can be earned is not checked: the rule varies with several quantities"),
            remedy=Text("thử vài bộ số liệu ở hai đầu", "try facts at both ends"),
        )
    if (reach or static).low < 0 and reach:
        yield _points_flaw("points-negative", context, reach.low, Text("quy tắc có thể cho điểm âm", "the rule can give negative points"))


def _points_flaw(code: str, context: Context, value: Fraction, said: Text) -> Flaw:
    vi, en = context.lexicon, context.english
    return Flaw(
        code=code,
        reason=Text(f"{said.vi} {vi.points(value)}, điểm tối đa ghi là {vi.points(context.maximum)}",
                    f"{said.en} {en.points(value)}; the stated maximum is {en.points(context.maximum)}"),
        remedy=Text("đối chiếu lại với quyết định: sửa mức điểm hoặc `max_points`",
                    "compare with the decision: mend the points or `max_points`"),
    )


def reachable(rule: Node, context: Context) -> Interval | None:
    """Return the exact range of a rule's value over all facts; ``None`` where it is not decided."""
    if isinstance(rule, WhenNoneArose):
        return reachable(rule.otherwise, context)
    quantities = quantities_of(rule)
    if not quantities:
        return bounds(rule, Known(context.facts, {}))
    if isinstance(rule, Sum):
        return _sum(rule, context)
    if len(quantities) > 1:
        return None
    try:
        stretches = piecewise(rule, fixed_around(quantities[0], Facts({}), context.facts))
    except NotPiecewise:
        return None
    ends = [each.line.at(x) for each in stretches if each.line for x in (each.low, each.high)]
    return Interval(min(ends), max(ends)) if ends else None


def _sum(rule: Sum, context: Context) -> Interval | None:
    """Return the range of a sum whose terms read different facts, so that each can be at its best."""
    named = [fact for term in rule.terms for fact in dict.fromkeys(quantities_of(term))]
    parts = [reachable(term, context) for term in rule.terms]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or len(set(named)) < len(named):
        return None
    return Interval(sum((part.low for part in known), Fraction(0)), sum((part.high for part in known), Fraction(0)))


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
