"""Statistics over a cohort: the facts that rules read them as, and the order in which they have to be taken."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from cchc_rules.index import Index
from cchc_rules.model import Criterion, Edition, Fact, FactType, Statistic
from cchc_rules.rules.tree import NotApplicable, facts_of

MOST_POINTS = Decimal(1_000)
MOST_UNITS = Decimal(1_000_000)
MORE_PLACES = 6
"""Decimals that a mean has beyond those of what it is taken of: one over the most units."""
RAISING = frozenset({"rescale_group", "share_out"})
HUNDRED = Decimal(100)


def fact_of(statistic: Statistic, facts: Mapping[str, Fact]) -> Fact:
    """Return a statistic as the fact that rules read: its kind, unit and range follow from what it is taken of."""
    if statistic.kind in {"rank", "count"}:
        return Fact(id=statistic.id, label=statistic.label, type="count", range=(Decimal(0), MOST_UNITS))
    if statistic.part:
        return _of_fact(statistic, Fact(id=statistic.id, label=statistic.label, type="rate"))
    if statistic.fact and statistic.fact in facts:
        return _of_fact(statistic, facts[statistic.fact])
    points = Fact(id=statistic.id, label=statistic.label, type="decimal", unit="point", places=2, range=(Decimal(0), MOST_POINTS))
    return _of_fact(statistic, points)


def _of_fact(statistic: Statistic, of: Fact) -> Fact:
    """Return a statistic of a fact: in its unit, within its range or, for a total, within so many times that."""
    low, high = of.range or (Decimal(0), HUNDRED)  # a rate's range is in per cent
    spread = MOST_UNITS if statistic.kind == "total" else 1
    kind: FactType = "rate" if of.type == "rate" else "decimal"
    places = of.places + (MORE_PLACES if statistic.kind == "mean" else 0)
    return Fact(id=statistic.id, label=statistic.label, type=kind, unit=of.unit, places=places, range=(min(low, low * spread), high * spread))


# ------------------------------------------------------------------ in which order


def strata(index: Index) -> tuple[str, ...]:
    """Return the statistics that have to be taken, each after those that it depends on.

    Raises ``graphlib.CycleError`` where two depend on each other; an index with such a cycle is refused on load.
    """
    return tuple(TopologicalSorter(dependencies(index)).static_order())


def dependencies(index: Index) -> dict[str, set[str]]:
    """Return which statistics each statistic depends on, through the rules whose points it is taken of.

    Those that are given as reference data are not taken at all.
    """
    wanted = index.statistics.keys() - index.references.keys()
    return {name: wanted & set(_read(index.statistics[name], index)) for name in sorted(wanted)}


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
            if _is_part(criterion, edition, statistic, index):
                yield from _facts_read(criterion)
    if statistic.total and index.method.grades is not None:
        zeroing = [each for each in index.method.grades.overrides if each.effect == "total_zero"]
        yield from (fact for each in zeroing for fact in facts_of(each.condition))


def _is_part(criterion: Criterion, edition: Edition, statistic: Statistic, index: Index) -> bool:
    """Return whether a criterion's facts can change what a statistic is taken of."""
    if statistic.total or edition.field == statistic.field:
        return True
    changed = edition.dependants(criterion.id)
    if _may_raise_others(criterion, index):
        others = [each.id for each in edition.criteria if each.parent == criterion.parent]
        changed = changed.union(*(edition.dependants(other) for other in others))
    return statistic.criterion in changed


def _may_raise_others(criterion: Criterion, index: Index) -> bool:
    """Return whether a criterion that turns out not to apply leaves its points to the others of its group."""
    default = criterion.when_not_applicable or index.method.not_applicable.policy
    nodes = criterion.rule.walk() if criterion.rule is not None else ()
    policies = {node.policy or default for node in nodes if isinstance(node, NotApplicable)}
    return bool(RAISING & (policies | ({default} if criterion.applies_when is not None else set())))


def _facts_read(criterion: Criterion) -> Iterator[str]:
    """Yield the facts that a criterion reads, to be scored or to apply at all."""
    if criterion.rule is not None:
        yield from facts_of(criterion.rule)
    if criterion.applies_when is not None:
        yield from facts_of(criterion.applies_when.condition())
