"""The registers that plugins put things into: units, forms, facts, fields, methods."""

from collections.abc import Iterable
from pathlib import Path
from typing import Generic, TypeVar

from attrs import field, frozen

from cchc_rules.editions import check_schema, edition_place, read_edition
from cchc_rules.errors import CchcError, EditionError, Finding
from cchc_rules.methods import Method
from cchc_rules.model import Edition, Fact
from cchc_rules.quantities import Unit
from cchc_rules.rules.forms import Form
from cchc_rules.seals import SUFFIX, Seal, read_seal
from cchc_rules.structure import Structure
from cchc_rules.toml_source import TomlSource, read_toml

Kind = TypeVar("Kind")
METHOD_SCHEMA = "cchc.method/1"


@frozen(kw_only=True)
class Registered(Generic[Kind]):
    """One thing that a plugin brought: its key, its owner, and the file that it was read from."""

    key: str
    value: Kind
    owner: str
    source: TomlSource | None = None
    path: Path | None = None
    seal: Seal | None = None


@frozen
class Register(Generic[Kind]):
    """What one plugin brings of one kind, and what was wrong with it."""

    owner: str
    items: list[Registered[Kind]] = field(factory=list)
    problems: list[Finding] = field(factory=list)

    def _keep(self, key: str, value: Kind) -> None:
        self.items.append(Registered(key=key, value=value, owner=self.owner))


@frozen
class UnitRegister(Register[Unit]):
    """Takes units of measurement."""

    def add(self, unit: Unit) -> None:
        """Add one unit."""
        self._keep(unit.id, unit)


@frozen
class FormRegister(Register[type[Form]]):
    """Takes forms of scoring."""

    def add(self, form: type[Form]) -> None:
        """Add one form."""
        self._keep(form.name, form)


@frozen
class FactRegister(Register[Fact]):
    """Takes facts that several fields read."""

    def add(self, fact: Fact) -> None:
        """Add one fact."""
        self._keep(fact.id, fact)


@frozen
class FieldRegister(Register[Edition]):
    """Takes the yearly editions of a field; a file that cannot be read never hides the others."""

    structure: Structure = field(kw_only=True)

    def add(self, edition: Edition) -> None:
        """Add an edition that was made in Python."""
        self._keep(edition.id, edition)

    def add_file(self, path: Path) -> None:
        """Add the edition in one TOML file."""
        try:
            edition, source = read_edition(path, self.structure)
            self.items.append(Registered(
                key=edition.id, value=edition, owner=self.owner, source=source, path=path, seal=read_seal(path)
            ))
        except CchcError as error:
            self.problems.extend(error.findings)

    def add_folder(self, folder: Path) -> None:
        """Add every edition in a folder and the folders below it."""
        for path in toml_files(folder):
            self.add_file(path)


@frozen
class MethodRegister(Register[Method]):
    """Takes methods, one a level and year."""

    structure: Structure = field(kw_only=True)

    def add(self, method: Method) -> None:
        """Add a method that was made in Python."""
        self._keep(method.key, method)

    def add_file(self, path: Path) -> None:
        """Add the method in one TOML file."""
        try:
            source = read_toml(path)
            check_schema(source, METHOD_SCHEMA, {"method"})
            method = self.structure.read(
                source.data.get("method", {}),
                Method,
                lambda at: edition_place(TomlSource(source.file, source.data, _under(source, "method")), at),
                EditionError,
            )
            self.items.append(Registered(
                key=method.key, value=method, owner=self.owner, source=source, path=path, seal=read_seal(path)
            ))
        except CchcError as error:
            self.problems.extend(error.findings)

    def add_folder(self, folder: Path) -> None:
        """Add every method in a folder and the folders below it."""
        for path in toml_files(folder):
            self.add_file(path)


def _under(source: TomlSource, table: str) -> dict[tuple[str | int, ...], int]:
    """Return the lines of one table, named as the edition's table is, so that places read alike."""
    return {("edition", *path[1:]): line for path, line in source.lines.items() if path[:1] == (table,)}


def toml_files(folder: Path) -> Iterable[Path]:
    """Return the TOML files in a folder and below, seals left out, in the order of their names."""
    return sorted(path for path in folder.rglob("*.toml") if not path.name.endswith(SUFFIX))
