"""The front door: the few calls that most users need, each loading only what it uses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cchc_rules.analysis.impact import Impact
    from cchc_rules.analysis.ranking import Ranking
    from cchc_rules.base.errors import Finding, Place
    from cchc_rules.columns.results import ScoredFrame, States
    from cchc_rules.files.raw import RawEvidence
    from cchc_rules.index import Index
    from cchc_rules.model import Evidence
    from cchc_rules.plugins.registry import Registry
    from cchc_rules.records.facts import CountedFacts
    from cchc_rules.records.filters import Period
    from cchc_rules.scorecard import Scorecard


def load_registry(plugins: Iterable[str | Path] = ()) -> "Registry":
    """Return all plugins that are installed, and those in the folders named; found once a process."""
    return _registry(tuple(Path(folder) for folder in plugins))


@lru_cache
def _registry(folders: tuple[Path, ...]) -> "Registry":
    from cchc_rules.plugins.registry import Registry

    return Registry.load(folders)


def load_index(
    method: str, year: int, version: str = "", *, plugins: Iterable[str | Path] = (), place: "Place | None" = None
) -> "Index":
    """Return one version of one year's method, ready to score.

    Raises ``InputError`` for an unknown method, year or version, and for several versions where none is named;
    ``EditionError`` or ``PluginError`` where something that the method needs is broken, and ``SealError`` where
    it was changed after sealing.
    """
    return load_registry(plugins).index(method, year, version, place)


def read_evidence(path: str | Path, *, plugins: Iterable[str | Path] = ()) -> "Evidence":
    """Return the evidence of one unit at one stage, in a file (TOML, CSV, Excel) or in a folder of its files.

    Raises ``InputError`` with every problem found, each with its file and line or cell.
    """
    from cchc_rules.files.evidence import read_evidence as read

    return read(Path(path), _index_of(load_registry(plugins)))


def read_stages(path: str | Path, *, plugins: Iterable[str | Path] = ()) -> "tuple[Evidence, ...]":
    """Return the evidence of one unit, one a stage in the method's order, in a file or in a folder of its files.

    Raises ``InputError`` with every problem found, each with its file and line or cell.
    """
    from cchc_rules.files.evidence import read_stages as read

    return read(Path(path), _index_of(load_registry(plugins)))


def _index_of(registry: "Registry") -> "Callable[[RawEvidence], Index]":
    """Return how the index that a file names is found."""
    return lambda raw: registry.index(raw.method, raw.year, raw.version, raw.place("method"))


def score(
    evidence: "str | Path | Evidence | Sequence[Evidence]", *, cohort: "str | Path | None" = None, plugins: Iterable[str | Path] = ()
) -> "Scorecard":
    """Return the scorecard of one unit, from a file, a folder, or evidence already read (one, or one a stage).

    Where the method compares units, ``cohort`` is the folder with the evidence of all of them, this one's
    included. Raises ``InputError`` where the evidence cannot be used, and what ``load_index`` raises.
    """
    from cchc_rules.engine import score as run
    from cchc_rules.model import Evidence

    if isinstance(evidence, (str, Path)):
        stages: Sequence[Evidence] = read_stages(evidence, plugins=plugins)
    else:
        stages = [evidence] if isinstance(evidence, Evidence) else evidence
    first = stages[0]
    if cohort is not None:
        return _within_cohort(first, Path(cohort), plugins)
    return run(load_index(first.method, first.year, first.version, plugins=plugins), *stages)


def _within_cohort(evidence: "Evidence", folder: Path, plugins: Iterable[str | Path]) -> "Scorecard":
    """Return one unit's scorecard as it comes out among all units in a folder."""
    from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
    from cchc_rules.base.texts import Text
    from cchc_rules.engine import score_cohort as run
    from cchc_rules.files.evidence import read_cohort

    index = load_index(evidence.method, evidence.year, evidence.version, plugins=plugins)
    cards = {card.unit.id: card for card in run(index, read_cohort(folder, index))}
    if evidence.unit.id not in cards:
        raise InputError(Finding(
            code="unit-not-in-cohort",
            place=Place(file=folder.as_posix()),
            reason=Text(f"thư mục của khối không có đơn vị “{evidence.unit.id}”", f"the cohort's folder has no unit {evidence.unit.id!r}"),
            remedy=did_you_mean(evidence.unit.id, cards),
        ))
    return cards[evidence.unit.id]


def score_cohort(method: str, folder: str | Path, *, plugins: Iterable[str | Path] = ()) -> "tuple[Scorecard, ...]":
    """Return the scorecards of all units whose evidence lies in a folder or below it.

    ``method`` is ``id/year``, ``id/year+version``, or the id where there is one year only. Raises
    ``InputError`` with every problem of every file, and what ``load_index`` raises.
    """
    from cchc_rules.engine import score_cohort as run
    from cchc_rules.files.evidence import read_cohort

    index = load_registry(plugins).index_named(method)
    return run(index, read_cohort(Path(folder), index))


def rank(
    method: str, folder: str | Path, *, before: "str | Path | None" = None, plugins: Iterable[str | Path] = ()
) -> "Ranking":
    """Return the ranking of all units in a folder, block by block, against last year's where that is given.

    ``before`` is a file of last year's ranks (``cchc.ranking/1``, as ``cchc rank --json`` prints it, or
    published ranks as TOML). Raises as ``score_cohort``, and ``InputError`` where the method does not rank.
    """
    from cchc_rules.analysis.ranking import rank as run
    from cchc_rules.files.ranks import read_ranks

    index = load_registry(plugins).index_named(method)
    cards = score_cohort(method, folder, plugins=plugins)
    return run(index, cards, read_ranks(Path(before)) if before is not None else None)


def impact(
    before: str, after: str, folder: str | Path, *, method: str = "", plugins: Iterable[str | Path] = ()
) -> "Impact":
    """Return what a later method does to the units of an earlier year, on the evidence of that year in a folder.

    ``before`` and ``after`` name methods as ``score_cohort`` does, or are years alone: of ``method``, or of the
    only method that has both. A what-if: the evidence keeps its pins, and what the later year asks for anew is
    missing. Raises as ``score_cohort``, and ``InputError`` where several methods have both years, or none has.
    """
    from cchc_rules.analysis.impact import impact as run
    from cchc_rules.analysis.pairs import methods_named
    from cchc_rules.files.evidence import read_cohort

    registry = load_registry(plugins)
    old, new = (registry.index_named(name) for name in methods_named(registry, before, after, method))
    return run(old, new, read_cohort(Path(folder), old))


def score_frame(
    method: "str | Index",
    frame: object,
    *,
    states: "States" = "words",
    display: bool = False,
    lost: bool = False,
    collect: bool = False,
    plugins: Iterable[str | Path] = (),
) -> "ScoredFrame":
    """Return the scores of all units in a frame, as a frame of the same kind: Polars, pandas, PyArrow, DuckDB, Ibis, PySpark.

    One row a unit, one column a fact, named by its id; ``unit``, ``block`` and ``ranked`` are columns of their
    own. Counts are whole numbers, decimals ``Decimal`` or whole, rates per cent, dates dates, flags true or
    false, levels their ids; a blank is missing, never 0. ``method`` is ``id/year`` or an index already loaded.
    Lazy frames stay lazy; what only row by row can tell needs ``collect=True`` there. States come in ``words``
    or as ``numbers`` (their places in ``State``). ``display`` adds points as numbers to read, ``lost`` the points
    lost by every criterion, and by cause where columns can tell.

    Raises ``InputError`` for a column that cannot hold its fact exactly, for ranges too wide for exact columns
    (beyond 2⁵³), for what a lazy frame cannot do, and what ``load_index`` raises.
    """
    from cchc_rules.columns.frames import score_frame as run

    index = load_registry(plugins).index_named(method) if isinstance(method, str) else method
    return run(index, frame, states=states, display=display, lost=lost, collect=collect)


def facts_from_records(
    method: "str | Index", register: str, frame: object, *, period: "Period | None" = None, plugins: Iterable[str | Path] = ()
) -> "CountedFacts":
    """Return the facts that a method counts over a register, one row a unit, as a frame of the same kind as the register.

    ``frame`` has one row a record, its columns named and typed as the register declares: Polars (eager or lazy),
    pandas, PyArrow, DuckDB or PySpark. ``period`` holds the first and the last day; the method's year without it.
    ``method`` is ``id/year`` or an index already loaded. What cannot be used is counted beside each fact; the
    frame is what ``score_frame`` takes.

    Raises ``InputError`` for a register that the method does not count over, a column that is missing or holds
    another type, a period that ends before it begins, and what ``load_index`` raises.
    """
    from cchc_rules.records.facts import facts_from_records as run

    index = load_registry(plugins).index_named(method) if isinstance(method, str) else method
    return run(index, register, frame, period=period)


def evidence_of(
    method: str,
    year: int,
    unit: str,
    facts: Mapping[str, object],
    *,
    stage: str = "",
    version: str = "",
    plugins: Iterable[str | Path] = (),
) -> "Evidence":
    """Return evidence from Python values, read as strictly as a file.

    ``stage`` defaults to the first stage of the method. Raises ``InputError`` with every problem found;
    a float is refused: give an ``int``, a ``Decimal`` or text.
    """
    from cchc_rules.files.evidence import evidence_of as read

    used = load_index(method, year, version, plugins=plugins)
    return read(used, unit, stage or used.method.stages[0].id, facts)


def check(name: str = "", *, plugins: Iterable[str | Path] = ()) -> "tuple[Finding, ...]":
    """Return everything wrong with the editions and methods that are installed, or with those of a name.

    A name is a key as ``cchc plugins`` lists it, or a field or method alone for all its years; raises
    ``InputError`` where there is none. The cases of what is sealed are run: no seal covers them.
    """
    from cchc_rules.analysis.checking import findings_of, tables_named
    from cchc_rules.cases.gate import no_longer_passing
    from cchc_rules.cases.report import named_in_vain

    registry = load_registry(plugins)
    looked_at = tables_named(registry, name)
    editions = [each for key, each in registry.editions.items() if key in looked_at]
    return tuple(dict.fromkeys((*findings_of(registry, name), *named_in_vain(registry, editions), *no_longer_passing(registry, editions))))
