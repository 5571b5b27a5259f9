"""Statistics over a cohort: the facts that rules read them as, and the order in which they have to be taken."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from cchc_rules.index import Index
from cchc_rules.model import Criterion, Edition, Fact, FactType, Statistic
from cchc_rules.rules.tree import facts_of

MOST_POINTS = Decimal(1_000)
MOST_UNITS = Decimal(1_000_000)


def fact_of(statistic: Statistic, facts: Mapping[str, Fact]) -> Fact:
    """Return a statistic as the fact that rules read: its kind, unit and range follow from what it is taken of."""
    if statistic.kind in {"rank", "count"}:
        return Fact(id=statistic.id, label=statistic.label, type="count", range=(Decimal(0), MOST_UNITS))
    if statistic.part:
        return Fact(id=statistic.id, label=statistic.label, type="rate")
    if statistic.fact and statistic.fact in facts:
        return _of_fact(statistic, facts[statistic.fact])
    return Fact(id=statistic.id, label=statistic.label, type="decimal", unit="point", places=6, range=(Decimal(0), MOST_POINTS))


def _of_fact(statistic: Statistic, of: Fact) -> Fact:
    """Return a statistic of a fact: in its unit, within its range or, for a total, within so many times that."""
    low, high = of.range or (Decimal(0), Decimal(1))
    spread = MOST_UNITS if statistic.kind == "total" else 1
    kind: FactType = "rate" if of.type == "rate" else "decimal"
    return Fact(id=statistic.id, label=statistic.label, type=kind, unit=of.unit, places=of.places, range=(low, high * spread))


# ------------------------------------------------------------------ in which order


def strata(index: Index) -> tuple[str, ...]:
    """Return the statistics that have to be taken, each after those that it depends on.

    Raises ``graphlib.CycleError`` where two depend on each other; an index with such a cycle is refused on load.
    """
    wanted = index.statistics.keys() - index.references.keys()
    graph = {name: needed & wanted for name, needed in dependencies(index).items() if name in wanted}
    return tuple(TopologicalSorter(graph).static_order())


def dependencies(index: Index) -> dict[str, set[str]]:
    """Return which statistics each statistic depends on, through the rules whose points it is taken of."""
    names = set(index.statistics)
    return {name: names & set(_read(each, index)) for name, each in sorted(index.statistics.items())}


def cycle_in(index: Index) -> tuple[str, ...]:
    """Return statistics that depend on one another in a circle; none where there is no such circle."""
    try:
        TopologicalSorter(dependencies(index)).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def _read(statistic: Statistic, index: Index) -> Iterator[str]:
    """Yield all facts that what a statistic is taken of is made of."""
    if statistic.fact or statistic.part:
        yield from {statistic.fact, statistic.part, statistic.whole} - {""}
        return
    for edition in index.editions:
        for criterion in edition.criteria:
            if _is_part(criterion, edition, statistic):
                yield from _facts_read(criterion)


def _is_part(criterion: Criterion, edition: Edition, statistic: Statistic) -> bool:
    """Return whether a criterion's facts can change what a statistic is taken of."""
    if statistic.total or edition.field == statistic.field:
        return True
    return statistic.criterion in edition.dependants(criterion.id)


def _facts_read(criterion: Criterion) -> Iterator[str]:
    """Yield the facts that a criterion reads, to be scored or to apply at all."""
    if criterion.rule is not None:
        yield from facts_of(criterion.rule)
    if criterion.applies_when is not None:
        yield from facts_of(criterion.applies_when.condition())
