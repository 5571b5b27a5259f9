"""The ranking of a cohort: block by block, ties parted by the method's chain or left open and shown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from attrs import evolve, field, frozen

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text, same
from cchc_rules.engine.cohort import units_absent
from cchc_rules.index import Index
from cchc_rules.methods import RankingRule, TieBreak
from cchc_rules.model import AssessedUnit, Provenance, State, Value
from cchc_rules.scorecard import Score, Scorecard

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
    """The units that are ranked among themselves, best first; ``waiting`` have no complete total at a stage that counts.

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
    """A whole cohort ranked: its blocks, and the units that are scored only.

    ``absent`` are the units that the method lists and that brought no evidence; without them ranks are provisional.
    """

    method: str
    year: int
    label: Text
    ties: str
    on: str
    provenance: Provenance
    blocks: tuple[RankedBlock, ...]
    unranked: tuple[Scorecard, ...]
    absent: tuple[AssessedUnit, ...] = ()
    earlier_year: int | None = None

    @property
    def provisional(self) -> bool:
        """Whether some unit has no complete total yet, or no evidence at all."""
        return bool(self.absent) or any(block.waiting for block in self.blocks)


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
        on=rule.on,
        provenance=rule.provenance,
        blocks=tuple(_blocks(index, ranked, rule, earlier)),
        unranked=tuple(card for card in known if not card.unit.ranked),
        absent=units_absent(index, (card.unit.id for card in known)),
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
            ranked = _block(block, labels.get(block, same(block)), situation, list(group), rule)
            yield evolve(ranked, units=tuple(_with_earlier(row, earlier, index) for row in ranked.units)) if earlier else ranked


def _situation(card: Scorecard) -> tuple[str, ...]:
    """Return the criteria that do not apply to a unit and set it apart in the ranking."""
    return tuple(sorted(score.id for score in card.scores if score.policy == SAME_SITUATION))


def _block(block: str, label: Text, situation: tuple[str, ...], cards: Sequence[Scorecard], rule: RankingRule) -> RankedBlock:
    """Return one block with its units ranked."""
    units = tuple(_ranked([card for card in cards if card.final], rule))
    waiting = tuple(card for card in cards if not card.final)
    return RankedBlock(id=block, label=label, units=units, waiting=waiting, situation=situation)


# ------------------------------------------------------------------ ranks and ties


@frozen(kw_only=True)
class Tied:
    """Units that share a place, and the step of the chain that parted them from those with their total before them."""

    cards: tuple[Scorecard, ...]
    parted_by: Text | None = None


def total_ranked(card: Scorecard, rule: RankingRule) -> Fraction:
    """Return the total that a unit is ranked on: before the total is rounded, unless the method says otherwise."""
    exact = card.total.exact or ZERO
    before = card.total.before_rounding
    return exact if rule.on == "rounded" or before is None else before


def _in_order(cards: Sequence[Scorecard], rule: RankingRule) -> Iterator[Tied]:
    """Yield units from best to worst, those together that nothing parts."""
    for _, group in _grouped(cards, {card.unit.id: total_ranked(card, rule) for card in cards}):
        yield from _parted(Tied(cards=group), rule.tie_breaks)


def _grouped(cards: Iterable[Scorecard], values: Mapping[str, Fraction]) -> Iterator[tuple[Fraction, tuple[Scorecard, ...]]]:
    """Yield units with equal values together, the greatest first, each group in the order of the units' ids."""
    ordered = sorted(cards, key=lambda card: (-values[card.unit.id], card.unit.id))
    for value, group in groupby(ordered, key=lambda card: values[card.unit.id]):
        yield value, tuple(group)


def _parted(tied: Tied, chain: Sequence[TieBreak]) -> Iterator[Tied]:
    """Yield units with equal totals as the chain parts them.

    A step on which some unit has no value ends the chain: nobody is put before another for what is not known.
    """
    if len(tied.cards) == 1 or not chain:
        yield tied
        return
    step = chain[0]
    found = {card.unit.id: tie_value(card, step) for card in tied.cards}
    values = {unit: value for unit, value in found.items() if value is not None}
    if len(values) < len(found):
        yield tied
        return
    for number, (_, group) in enumerate(_grouped(tied.cards, values)):
        parted_by = _step_words(tied.cards[0], step) if number else tied.parted_by
        yield from _parted(Tied(cards=group, parted_by=parted_by), chain[1:])


def _step_words(card: Scorecard, step: TieBreak) -> Text:
    """Return what a step of the chain compares, as people name it."""
    if step.field:
        return card.field(step.field).label
    if step.criterion:
        criterion = card.score(step.criterion).criterion
        return Text(f"{criterion.number} {criterion.label.vi}", f"{criterion.number} {criterion.label.en}")
    return card.facts[step.fact].label if step.fact in card.facts else same(step.fact)


def tie_value(card: Scorecard, step: TieBreak) -> Fraction | None:
    """Return a unit's value on one step of the chain, more always being better; ``None`` where it has none."""
    value: Value | None
    if step.fact:
        reported = card.evidence.facts.get(step.fact)
        value = reported.value if reported is not None else card.given.get(step.fact)
    else:
        account = card.field(step.field).account if step.field else card.score(step.criterion).account
        value = None if account.state is State.NOT_APPLICABLE else account.exact
    if isinstance(value, str) or value is None:
        return None
    return Fraction(value) if step.better == "higher" else -Fraction(value)


def _ranked(cards: Sequence[Scorecard], rule: RankingRule) -> Iterator[Ranked]:
    """Yield the units with their ranks; those that nothing parts share one."""
    place = 0
    before: Scorecard | None = None
    for shared, tied in enumerate(_in_order(cards, rule), start=1):
        position = place + 1 if rule.ties == "competition" else shared
        for card in tied.cards:
            others = tuple(other.unit.id for other in tied.cards if other is not card)
            row = Ranked(card=card, points=total_ranked(card, rule), rank=position, tied_with=others, parted_by=tied.parted_by)
            yield row if before is None else _after(row, before, rule)
        before = tied.cards[0]
        place += len(tied.cards)


def _after(row: Ranked, before: Scorecard, rule: RankingRule) -> Ranked:
    """Return a row with what separates it from the unit before."""
    return evolve(row, behind=total_ranked(before, rule) - row.points, separating=tuple(_separating(before, row.card))[:MOST_SEPARATING])


def _compares(score: Score) -> bool:
    """Return whether a criterion can set two units apart: what does not apply to one of them cannot."""
    return score.state is not State.NOT_APPLICABLE


def _separating(ahead: Scorecard, card: Scorecard) -> Iterator[Difference]:
    """Yield the criteria on which the unit before is ahead, most first.

    A criterion that is worth more to one of them, since points were shared out to it, says nothing about the two.
    """
    own = {score.id: score for score in card.scores if score.criterion.form is not None and _compares(score)}
    differences = [
        Difference(criterion=score.id, number=score.criterion.number, label=score.criterion.label,
                   points=(score.account.exact or ZERO) - (own[score.id].account.exact or ZERO))
        for score in ahead.scores
        if score.id in own and _compares(score) and score.account.maximum == own[score.id].account.maximum
    ]
    yield from sorted((each for each in differences if each.points > 0), key=lambda each: -each.points)


# ------------------------------------------------------------------ against last year


def _with_earlier(row: Ranked, earlier: Earlier, index: Index) -> Ranked:
    """Return a row with last year's rank, that of the unit that it was renamed from where it has a new name."""
    unit = row.unit
    if unit.id in earlier.ranks:
        return evolve(row, earlier=earlier.ranks[unit.id])
    former = unit.predecessors[0] if len(unit.predecessors) == 1 else ""
    heirs = [each for each in index.method.units if former in each.predecessors]
    if former in earlier.ranks and len(heirs) == 1:  # several heirs share what was: none of them is it
        return evolve(row, earlier=earlier.ranks[former], mapped_from=former)
    return row
