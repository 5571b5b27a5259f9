"""The ranks that units can still take while some totals are open: a range for each, never a guess."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from attrs import frozen

from cchc_rules.analysis.ranking import SAME_SITUATION, Ranked, RankedBlock, Ranking
from cchc_rules.index import Index
from cchc_rules.points import Range
from cchc_rules.scorecard import Scorecard

ZERO = Fraction(0)


@frozen(kw_only=True)
class Ranks:
    """The best and the worst rank that a unit can still take in its block."""

    block: str
    best: int
    worst: int

    @property
    def decided(self) -> int | None:
        """The rank, where only one is possible."""
        return self.best if self.best == self.worst else None


def possible_ranks(index: Index, ranking: Ranking) -> dict[str, Ranks]:
    """Return the ranks that each ranked unit can still take, by the unit's id."""
    found: dict[str, Ranks] = {}
    for block, blocks in groupby(ranking.blocks, key=lambda each: each.id):
        found |= _in_block(block, list(blocks), index, ranking)
    return found


def span(card: Scorecard) -> Range | None:
    """Return what a total can still come to; ``None`` where a stage that counts may yet make anything of it."""
    if card.stages and not any(stage.counts for stage in card.stages):
        return None
    points = card.total.exact
    return Range(low=points, high=points) if card.total.complete and points is not None else card.total.reachable


def _in_block(block: str, groups: Sequence[RankedBlock], index: Index, ranking: Ranking) -> Iterator[tuple[str, Ranks]]:
    """Yield the ranks of one block's units, situation by situation; none is known while a unit may change situations."""
    size = sum(len(each.units) + len(each.waiting) for each in groups)
    unsettled = any(each.waiting for each in groups) and _parts_situations(index)
    for group in groups:
        for row in group.units:
            yield row.unit.id, Ranks(block=block, best=1, worst=size) if unsettled else _of_ranked(row, group, block, ranking.ties)
        for card in group.waiting:
            yield card.unit.id, Ranks(block=block, best=1, worst=size) if unsettled else _of_waiting(card, group, block, ranking.ties)


def _of_ranked(row: Ranked, group: RankedBlock, block: str, ties: str) -> Ranks:
    """Return the rank among those with a total, and how far those that wait can still push it down.

    Totals are compared as they stand after rounding: units that are equal there may be parted before it.
    """
    points = row.card.total.exact or ZERO
    spans = [span(card) for card in group.waiting]
    above = sum(each is not None and each.low > points for each in spans)
    possible = sum(each is None or each.high >= points for each in spans)
    return Ranks(block=block, best=row.rank + (above if ties == "competition" else 0), worst=row.rank + possible)


def _of_waiting(card: Scorecard, group: RankedBlock, block: str, ties: str) -> Ranks:
    """Return the ranks that a unit can take whose total is open."""
    own = span(card)
    others = [span(each) for each in group.waiting if each is not card]
    size = len(group.units) + len(group.waiting)
    if own is None:
        return Ranks(block=block, best=1, worst=size)
    totals = [(row.rank, row.card.total.exact or ZERO) for row in group.units]
    above = [rank for rank, points in totals if points > own.high]
    best = 1 + len(set(above)) if ties == "dense" else 1 + len(above) + sum(each is not None and each.low > own.high for each in others)
    possible = sum(points >= own.low for _, points in totals) + sum(each is None or each.high >= own.low for each in others)
    return Ranks(block=block, best=best, worst=1 + possible)


def _parts_situations(index: Index) -> bool:
    """Return whether a criterion that does not apply can set a unit apart from its block."""
    criteria = [each for edition in index.editions for each in edition.criteria]
    policies = {index.method.not_applicable.policy, *(each.when_not_applicable for each in criteria)}
    return SAME_SITUATION in policies | {getattr(each.form, "when_no_answers", "") for each in criteria}
