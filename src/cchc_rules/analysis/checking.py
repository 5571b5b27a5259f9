"""What is wrong with the tables of one name, and the sums of maxima of those that are looked at."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from cchc_rules.base.errors import CchcError, Finding, InputError
from cchc_rules.base.texts import Text
from cchc_rules.decisions.maxima import Maximum, maxima, nominal
from cchc_rules.decisions.versions import key_of
from cchc_rules.methods import Method
from cchc_rules.model import ORIGINAL, Edition, Provenance
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry


@frozen(kw_only=True)
class Sum:
    """One row: a stated maximum beside what its parts come to."""

    maximum: Maximum
    number: str
    label: Text
    provenance: Provenance
    depth: int = 0


@frozen(kw_only=True)
class Sums:
    """The rows of one edition or method; the first is the whole."""

    key: str
    rows: tuple[Sum, ...]

    @property
    def whole(self) -> Sum:
        """The field, or the total."""
        return self.rows[0]

    @property
    def differing(self) -> tuple[Sum, ...]:
        """The rows below the whole whose parts do not come to what is stated."""
        return tuple(each for each in self.rows[1:] if each.maximum.differs)


# ------------------------------------------------------------------ the tables of a name


def tables_named(registry: Registry, name: str = "") -> dict[str, Registered[Any]]:
    """Return the editions and methods of a name, all years of a field or method where it names no year.

    Raises ``InputError`` where there is none, with what could not be loaded: it may be among that.
    """
    known: dict[str, Registered[Any]] = {**registry.editions, **registry.methods}
    found = {key: each for key, each in known.items() if not name or key == key_of(name) or key.startswith(f"{name}/")}
    if name and not found:
        try:
            registry.named(name)
        except InputError as error:
            raise InputError(*error.findings, *registry.broken, *registry.problems) from error
    return found


def findings_of(registry: Registry, name: str = "") -> tuple[Finding, ...]:
    """Return everything wrong with the tables of a name; with all that is installed where none is given."""
    if not name:
        return registry.findings()
    found = (one for key in tables_named(registry, name) for one in _findings(registry, key))
    return tuple(dict.fromkeys(found))


def _findings(registry: Registry, key: str) -> Iterator[Finding]:
    """Yield what is wrong with one table, and that it is no longer what was sealed."""
    try:
        if key in registry.editions:
            yield from registry.lint(registry.editions[key])
            registry.verified(registry.editions[key])
        else:
            method = registry.methods[key]
            yield from registry.lint_method(method)
            registry.index(method.value.id, method.value.year, method.value.version or ORIGINAL)
            yield from registry.off_grid(method.value)
    except CchcError as error:
        yield from error.findings


# ------------------------------------------------------------------ sums


def sums_named(registry: Registry, name: str = "") -> tuple[Sums, ...]:
    """Return the sums of each table of a name; a method whose editions are not all there has none."""
    found = (_sums(registry, key, each) for key, each in tables_named(registry, name).items())
    return tuple(each for each in found if each is not None)


def _sums(registry: Registry, key: str, registered: Registered[Any]) -> Sums | None:
    if isinstance(registered.value, Edition):
        return Sums(key=key, rows=tuple(_of_edition(registered.value)))
    try:
        editions = [each.value for each in registry.editions_of(registered.value)]
    except CchcError:
        return None
    return Sums(key=key, rows=tuple(_of_method(registered.value, editions)))


def _of_edition(edition: Edition) -> Iterator[Sum]:
    """Yield the field, then each criterion below its parent's number."""
    for each in maxima(edition):
        if each.criterion is None:
            yield Sum(maximum=each, number="", label=edition.label, provenance=edition.max_points_provenance)
        else:
            own = each.criterion
            printed = "max_points" in own.official
            yield Sum(maximum=each, number=own.number, label=own.label, provenance="official" if printed else own.provenance, depth=_depth(edition, own.parent))


def _depth(edition: Edition, parent: str) -> int:
    """Return how far below the field a criterion stands; one that is its own ancestor no further than the table is long."""
    parents = {each.id: each.parent for each in edition.criteria}
    depth = 1
    while parent in parents and depth <= len(parents):
        parent, depth = parents[parent], depth + 1
    return depth


def _of_method(method: Method, editions: list[Edition]) -> Iterator[Sum]:
    """Yield the total, then each field as its edition states it."""
    yield Sum(maximum=nominal(method, editions), number="", label=method.label, provenance=method.nominal_total.provenance)
    for used, edition in zip(method.fields, editions, strict=True):
        yield Sum(maximum=next(maxima(edition)), number=used.number, label=edition.label, provenance=edition.max_points_provenance, depth=1)
