"""The front door: the few calls that most users need, each loading only what it uses."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cchc_rules.errors import Finding, Place
    from cchc_rules.index import Index
    from cchc_rules.model import Evidence
    from cchc_rules.registry import Registry
    from cchc_rules.scorecard import Scorecard


def load_registry(plugins: Iterable[str | Path] = ()) -> "Registry":
    """Return all plugins that are installed, and those in the folders named; found once a process."""
    return _registry(tuple(Path(folder) for folder in plugins))


@lru_cache
def _registry(folders: tuple[Path, ...]) -> "Registry":
    from cchc_rules.registry import Registry

    return Registry.load(folders)


def load_index(method: str, year: int, *, plugins: Iterable[str | Path] = (), place: "Place | None" = None) -> "Index":
    """Return one year's method, ready to score.

    Raises ``InputError`` for an unknown method or year, ``EditionError`` or ``PluginError`` where
    something that the method needs is broken, and ``SealError`` where it was changed after sealing.
    """
    return load_registry(plugins).index(method, year, place)


def read_evidence(path: str | Path, *, plugins: Iterable[str | Path] = ()) -> "Evidence":
    """Return the evidence in a file (TOML, CSV, Excel), or in a folder of one unit's files.

    Raises ``InputError`` with every problem found, each with its file and line or cell.
    """
    from cchc_rules.files.evidence import read_evidence as read

    return read(Path(path), load_registry(plugins).index)


def score(evidence: "str | Path | Evidence", *, plugins: Iterable[str | Path] = ()) -> "Scorecard":
    """Return the scorecard of one unit, from a file, a folder, or evidence already read.

    Raises ``InputError`` where the evidence cannot be used, and what ``index`` raises.
    """
    from cchc_rules.engine import score as run

    known = read_evidence(evidence, plugins=plugins) if isinstance(evidence, (str, Path)) else evidence
    return run(load_index(known.method, known.year, plugins=plugins), known)


def evidence_of(
    method: str, year: int, unit: str, facts: Mapping[str, object], *, stage: str = "", plugins: Iterable[str | Path] = ()
) -> "Evidence":
    """Return evidence from Python values, read as strictly as a file.

    ``stage`` defaults to the first stage of the method. Raises ``InputError`` with every problem found;
    a float is refused: give an ``int``, a ``Decimal`` or text.
    """
    from cchc_rules.files.evidence import evidence_of as read

    used = load_index(method, year, plugins=plugins)
    return read(used, unit, stage or used.method.stages[0].id, facts)


def check(*, plugins: Iterable[str | Path] = ()) -> "tuple[Finding, ...]":
    """Return everything wrong with the editions and methods that are installed."""
    return load_registry(plugins).findings()
