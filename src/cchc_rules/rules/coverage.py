"""Which bands hold where: gaps, holes at a threshold, overlaps, bands that never apply."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise

from attrs import frozen

from cchc_rules.base.texts import Text
from cchc_rules.rules.bounds import Known, bounds, inside
from cchc_rules.rules.flaw import Context, Flaw, not_checked
from cchc_rules.rules.limits import limits, measured
from cchc_rules.rules.reach import independent, is_attained, step_of
from cchc_rules.rules.tree import Bound, Choice, Constant, Node, Within, quantities_of


def coverage(choice: Choice, context: Context) -> Iterator[Flaw]:
    """Yield gaps, holes, overlaps and dead branches of a choice over one quantity."""
    compared = {quantity for branch in choice.branches for quantity in quantities_of(branch.when)}
    if len(compared) == 1 and all(isinstance(branch.when, Within) for branch in choice.branches):
        of = compared.pop()
        spots = list(_spots(of, choice, context))
        covers = [tuple(_covering(choice, spot.low if spot.is_knot else spot.middle)) for spot in spots]
        yield from _dead(choice, covers, context)
        yield from _overlaps(choice, of, spots, covers, context)
        yield from _gaps(choice, of, spots, covers, context)
    elif not (independent(*(branch.when for branch in choice.branches)) and choice.otherwise is not None):
        yield not_checked(
            Text("các nhánh so nhiều đại lượng liên quan nhau: chưa kiểm tra được khoảng hở và chồng lấn",
                 "the branches compare several quantities that hang together: gaps and overlaps not checked"),
            Text("tự rà soát các nhánh này", "look through these branches yourself"),
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
    step = step_of(of, context.facts)
    spots = [Spot(knots[0], knots[0]), *(spot for low, high in pairwise(knots) for spot in (Spot(low, high), Spot(high, high)))]
    yield from (spot for spot in spots if is_attained(spot.low, spot.high, step))


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
                remedy=Text("đặt mức hẹp hơn lên trước, hoặc bỏ mức này", "put the narrower band first, or drop this one"),
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
    """Yield what no band covers: anywhere without ``otherwise``, between two bands even with it.

    Points that stand in ``otherwise`` are for what lies outside of the bands; a rule there is for just what they leave.
    """
    if choice.otherwise is not None and not isinstance(choice.otherwise, Constant):
        return
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
