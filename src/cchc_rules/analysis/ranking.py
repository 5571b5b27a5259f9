"""The ranking of a cohort: block by block, ties parted by the method's chain or left open and shown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from attrs import evolve, field, frozen

from cchc_rules.errors import Finding, InputError, Place
from cchc_rules.index import Index
from cchc_rules.methods import RankingRule, TieBreak
from cchc_rules.model import AssessedUnit, Provenance
from cchc_rules.scorecard import Scorecard
from cchc_rules.texts import Text, same

ZERO = Fraction(0)
SAME_SITUATION = "same_situation"
MOST_SEPARATING = 3


@frozen(kw_only=True)
class Earlier:
    """The ranks of an earlier year: by unit, and points where they are known."""

    year: int
    ranks: Mapping[str, int]
    points: Mapping[str, Fraction] = field(factory=dict)


@frozen(kw_only=True)
class Difference:
    """A criterion on which two neighbours differ, and by how many points the better one is ahead on it."""

    criterion: str
    number: str
    label: Text
    points: Fraction


@frozen(kw_only=True)
class Ranked:
    """One unit in its block.

    ``tied_with`` are the units that nothing parts from it; ``parted_by`` is the step of the chain that parted
    it from the unit before. ``behind`` is how many points the unit before is ahead, ``separating`` on which
    criteria most. ``earlier`` is last year's rank, ``mapped_from`` the unit that it was taken from.
    """

    card: Scorecard
    points: Fraction
    rank: int
    tied_with: tuple[str, ...] = ()
    parted_by: Text | None = None
    behind: Fraction | None = None
    separating: tuple[Difference, ...] = ()
    earlier: int | None = None
    mapped_from: str = ""

    @property
    def unit(self) -> AssessedUnit:
        """The unit."""
        return self.card.unit

    @property
    def change(self) -> int | None:
        """How many ranks the unit has risen since last year; ``None`` where that is not known."""
        return None if self.earlier is None else self.earlier - self.rank


@frozen(kw_only=True)
class RankedBlock:
    """The units that are ranked among themselves, best first; ``waiting`` have no complete total yet.

    ``situation`` names the criteria that apply to none of them, where units are compared only with those in
    the same situation. While units are waiting, the ranks are provisional.
    """

    id: str
    label: Text
    units: tuple[Ranked, ...]
    waiting: tuple[Scorecard, ...] = ()
    situation: tuple[str, ...] = ()


@frozen(kw_only=True)
class Ranking:
    """A whole cohort ranked: its blocks, and the units that are scored only."""

    method: str
    year: int
    label: Text
    ties: str
    provenance: Provenance
    blocks: tuple[RankedBlock, ...]
    unranked: tuple[Scorecard, ...]
    earlier_year: int | None = None

    @property
    def provisional(self) -> bool:
        """Whether some unit has no complete total yet."""
        return any(block.waiting for block in self.blocks)


def rank(index: Index, cards: Iterable[Scorecard], earlier: Earlier | None = None) -> Ranking:
    """Return the ranking of scorecards under their method.

    Ranks are taken on exact totals unless the method says otherwise, and do not depend on the order of
    ``cards``. Raises ``InputError`` where the method does not say how it ranks.
    """
    rule = index.method.ranking
    if rule is None:
        raise InputError(_no_ranking(index.method.key))
    known = sorted(cards, key=lambda card: card.unit.id)
    ranked = [card for card in known if card.unit.ranked]
    return Ranking(
        method=index.method.key,
        year=index.method.year,
        label=index.method.label,
        ties=rule.ties,
        provenance=rule.provenance,
        blocks=tuple(_blocks(index, ranked, rule, earlier)),
        unranked=tuple(card for card in known if not card.unit.ranked),
        earlier_year=earlier.year if earlier else None,
    )


def _no_ranking(method: str) -> Finding:
    return Finding(
        code="ranking-missing",
        place=Place(where=method),
        reason=Text("phương pháp không quy định cách xếp hạng", "the method does not say how it ranks"),
        remedy=Text('thêm `ranking = { ties = "competition" }` vào phương pháp', 'add `ranking = { ties = "competition" }` to the method'),
    )


# ------------------------------------------------------------------ blocks


def _blocks(index: Index, cards: Sequence[Scorecard], rule: RankingRule, earlier: Earlier | None) -> Iterator[RankedBlock]:
    """Yield the blocks in the method's order, each split by situation where criteria ask for it."""
    labels = {block.id: block.label for block in index.method.blocks}
    order = [*labels, *sorted({card.unit.block for card in cards} - labels.keys())]
    for block in order:
        members = [card for card in cards if card.unit.block == block]
        for situation, group in groupby(sorted(members, key=_situation), key=_situation):
            yield _block(block, labels.get(block, same(block)), situation, list(group), rule, earlier)


def _situation(card: Scorecard) -> tuple[str, ...]:
    """Return the criteria that do not apply to a unit and set it apart in the ranking."""
    return tuple(sorted(score.id for score in card.scores if score.policy == SAME_SITUATION))


def _block(
    block: str, label: Text, situation: tuple[str, ...], cards: Sequence[Scorecard], rule: RankingRule, earlier: Earlier | None
) -> RankedBlock:
    """Return one block with its units ranked."""
    complete = [card for card in cards if card.total.complete]
    keys = {card.unit.id: _key(card, rule) for card in complete}
    ordered = sorted(complete, key=lambda card: (_descending(keys[card.unit.id]), card.unit.id))
    units = [_with_earlier(each, earlier) for each in _ranked(ordered, keys, rule)]
    waiting = tuple(card for card in cards if not card.total.complete)
    return RankedBlock(id=block, label=label, units=tuple(units), waiting=waiting, situation=situation)


# ------------------------------------------------------------------ ranks and ties

Key = tuple[Fraction, ...]


def total_ranked(card: Scorecard, rule: RankingRule) -> Fraction:
    """Return the total that a unit is ranked on: before the total is rounded, unless the method says otherwise."""
    exact = card.total.exact or ZERO
    before = card.total.before_rounding
    return exact if rule.on == "rounded" or before is None else before


def _key(card: Scorecard, rule: RankingRule) -> Key:
    """Return what a unit is ranked by: its total, then each step of the chain, more always being better."""
    return (total_ranked(card, rule), *(_tie_value(card, step) for step in rule.tie_breaks))


def _tie_value(card: Scorecard, step: TieBreak) -> Fraction:
    """Return a unit's value on one step of the chain; what is not known parts nobody."""
    if step.field:
        value = card.field(step.field).account.exact
    elif step.criterion:
        value = card.score(step.criterion).account.exact
    else:
        fact = card.evidence.facts.get(step.fact)
        value = fact.value if fact is not None and isinstance(fact.value, Fraction) else None
    known = value if value is not None else ZERO
    return known if step.better == "higher" else -known


def _descending(key: Key) -> tuple[Fraction, ...]:
    return tuple(-value for value in key)


def _ranked(ordered: Sequence[Scorecard], keys: Mapping[str, Key], rule: RankingRule) -> Iterator[Ranked]:
    """Yield the units with their ranks; those with equal keys share one."""
    place = 0
    before: Scorecard | None = None
    for shared, (_, group) in enumerate(groupby(ordered, key=lambda card: keys[card.unit.id]), start=1):
        members = list(group)
        position = place + 1 if rule.ties == "competition" else shared
        for card in members:
            tied = tuple(other.unit.id for other in members if other is not card)
            yield _row(card, before, position, tied, keys, rule)
        before = members[0]
        place += len(members)


def _row(
    card: Scorecard, before: Scorecard | None, position: int, tied: tuple[str, ...], keys: Mapping[str, Key], rule: RankingRule
) -> Ranked:
    """Return one unit with what separates it from the unit before."""
    own = keys[card.unit.id]
    row = Ranked(card=card, points=own[0], rank=position, tied_with=tied)
    if before is None:
        return row
    ahead = keys[before.unit.id]
    return evolve(
        row,
        behind=ahead[0] - own[0],
        parted_by=_parted_by(ahead, own, rule),
        separating=tuple(_separating(before, card))[:MOST_SEPARATING],
    )


def _parted_by(ahead: Key, own: Key, rule: RankingRule) -> Text | None:
    """Return the step of the chain that parts two units with equal totals; ``None`` where totals differ."""
    if ahead[0] != own[0]:
        return None
    for step, one, two in zip(rule.tie_breaks, ahead[1:], own[1:], strict=True):
        if one != two:
            return same(step.field or step.criterion or step.fact)
    return None


def _separating(ahead: Scorecard, card: Scorecard) -> Iterator[Difference]:
    """Yield the criteria on which the unit before is ahead, most first."""
    own = {score.id: score for score in card.scores if score.criterion.form is not None}
    differences = [
        Difference(criterion=score.id, number=score.criterion.number, label=score.criterion.label,
                   points=(score.account.exact or ZERO) - (own[score.id].account.exact or ZERO))
        for score in ahead.scores
        if score.id in own
    ]
    yield from sorted((each for each in differences if each.points > 0), key=lambda each: -each.points)


# ------------------------------------------------------------------ against last year


def _with_earlier(row: Ranked, earlier: Earlier | None) -> Ranked:
    """Return a row with last year's rank, taken from the unit that it was renamed from where it has just one."""
    if earlier is None:
        return row
    if row.unit.id in earlier.ranks:
        return evolve(row, earlier=earlier.ranks[row.unit.id])
    if len(row.unit.predecessors) == 1 and row.unit.predecessors[0] in earlier.ranks:
        former = row.unit.predecessors[0]
        return evolve(row, earlier=earlier.ranks[former], mapped_from=former)
    return row
