"""Binding a method to its editions: the facts, reference data and statistics that its rules read."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import partial

from cchc_rules.base.errors import EditionError, Finding, Place, Problems, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_
from cchc_rules.decisions.strata import fact_of
from cchc_rules.entries import Entry, read_entry
from cchc_rules.model import AssessedUnit, Fact, Reference, Statistic, Value
from cchc_rules.quantities import Quantities

PlaceOf = Callable[[Path_], Place]


def with_statistics(facts: Mapping[str, Fact], statistics: Iterable[Statistic]) -> dict[str, Fact]:
    """Return declared facts together with those that statistics stand for.

    Raises ``EditionError`` where a statistic has the id of a fact.
    """
    known, problems = dict(facts), Problems()
    for statistic in statistics:
        if statistic.id in known and known[statistic.id] != fact_of(statistic, facts):
            problems.add(Finding(
                code="statistic-is-fact",
                place=Place(where=statistic.id),
                reason=Text(f"“{statistic.id}” vừa là số liệu vừa là thống kê", f"{statistic.id!r} is both a fact and a statistic"),
                remedy=Text("đổi một mã", "change one id"),
            ))
        known[statistic.id] = fact_of(statistic, facts)
    problems.raise_as(EditionError)
    return known


def reference_values(
    references: Iterable[Reference], facts: Mapping[str, Fact], quantities: Quantities, places: Iterable[Place] = ()
) -> dict[str, Value]:
    """Return reference data as rules take it; later ones replace earlier ones of the same fact.

    ``places`` are where they stand, in the same order. Raises ``EditionError`` with every value that its fact
    cannot have, and every fact that is not declared.
    """
    problems, values, known = Problems(), {}, iter(places)
    for reference in references:
        place = next(known, Place(where=f"references, {reference.fact}"))
        problems.found.extend(_undeclared(reference, facts, place))
        if reference.fact in facts:
            entry = Entry(value=reference.value, place=place)
            value = problems.attempt(partial(read_entry, entry, facts[reference.fact], quantities))
            if value is not None:
                values[reference.fact] = value
    problems.raise_as(EditionError)
    return values


def known_of_units(
    units: Iterable[AssessedUnit], facts: Mapping[str, Fact], statistics: Container[str], quantities: Quantities, place_of: PlaceOf
) -> dict[str, dict[str, Value]]:
    """Return what a method knows of its units, as rules take it, by the unit's id.

    Raises ``EditionError`` with every value that its fact cannot have, and every fact that no edition declares.
    """
    problems, known = Problems(), dict[str, dict[str, Value]]()
    for number, unit in enumerate(units):
        for name, raw in unit.facts.items():
            place = place_of(("method", "units", number, "facts", name))
            if name not in facts or name in statistics:
                problems.add(_no_fact_of_units(name, facts, place))
                continue
            value = problems.attempt(partial(read_entry, Entry(value=raw, place=place), facts[name], quantities))
            if value is not None:
                known.setdefault(unit.id, {})[name] = value
    problems.raise_as(EditionError)
    return known


def _no_fact_of_units(name: str, facts: Mapping[str, Fact], place: Place) -> Finding:
    return Finding(
        code="reference-unknown",
        place=place,
        reason=Text(f"không bộ tiêu chí nào khai báo số liệu “{name}” để ghi cho đơn vị", f"no edition declares a fact {name!r} that could be given for a unit"),
        remedy=did_you_mean(name, facts),
    )


def _undeclared(reference: Reference, facts: Mapping[str, Fact], place: Place) -> Iterator[Finding]:
    if reference.fact not in facts:
        yield Finding(
            code="reference-unknown",
            place=place,
            reason=Text(f"số liệu tham chiếu “{reference.fact}” chưa được khai báo", f"the reference is of fact {reference.fact!r}, which is not declared"),
            remedy=did_you_mean(reference.fact, facts),
        )
