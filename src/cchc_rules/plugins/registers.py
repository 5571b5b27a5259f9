"""The registers that plugins put things into: units, forms, facts, calendars, fields, methods."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from attrs import evolve, field, frozen

from cchc_rules.base.errors import CchcError, EditionError, Finding, Place
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_, TomlSource, read_toml
from cchc_rules.calendars import Calendar
from cchc_rules.decisions.editions import HEAD, LISTS, check_schema, edition_from, edition_place
from cchc_rules.decisions.overlays import SCHEMA as OVERLAY_SCHEMA
from cchc_rules.decisions.overlays import Overlay, read_overlay
from cchc_rules.decisions.seals import SUFFIX, Seal, read_seal
from cchc_rules.decisions.structure import Structure, keys_of
from cchc_rules.methods import Method
from cchc_rules.model import Criterion, Edition, Fact
from cchc_rules.quantities import Unit
from cchc_rules.rules.forms import Form

Kind = TypeVar("Kind")
METHOD_SCHEMA = "cchc.method/1"
CALENDAR_SCHEMA = "cchc.calendar/1"


@frozen(kw_only=True)
class Registered(Generic[Kind]):
    """One thing that a plugin brought: its key, its owner, and the file that it was read from.

    What an overlay makes also names what lies ``below`` it: the key, and the owners who answer for it too.
    What comes out of a pack has no file of its own, and brings the ``cases`` that lie in the pack.
    """

    key: str
    value: Kind
    owner: str
    source: TomlSource | None = None
    path: Path | None = None
    seal: Seal | None = None
    below: str = ""
    owners_below: tuple[str, ...] = ()
    cases: tuple[TomlSource, ...] = ()

    @property
    def owners(self) -> tuple[str, ...]:
        """Every owner who answers for it, from the bottom up, each once."""
        return tuple(dict.fromkeys((*self.owners_below, self.owner)))


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
        """Add one form; one whose keys are the criterion's own could never be read, and is refused."""
        taken = sorted(keys_of(form) & keys_of(Criterion))
        if taken:
            listed = ", ".join(taken)
            self.problems.append(Finding(
                code="form-key-taken",
                place=Place(where=f"{self.owner}: {form.name}"),
                reason=Text(f"khoá của cách chấm trùng với khoá của tiêu chí: {listed}", f"keys of the form are the criterion's own: {listed}"),
                remedy=Text("đặt tên khác cho khoá này", "give the key another name"),
            ))
            return
        self._keep(form.name, form)


@frozen
class FactRegister(Register[Fact]):
    """Takes facts that several fields read."""

    def add(self, fact: Fact) -> None:
        """Add one fact."""
        self._keep(fact.id, fact)


@frozen
class CalendarRegister(Register[Calendar]):
    """Takes calendars."""

    structure: Structure = field(kw_only=True)

    def add(self, calendar: Calendar) -> None:
        """Add a calendar that was made in Python."""
        flaws = [flaw for _, flaw in calendar.flaws()]
        self.problems.extend(evolve(flaw, place=Place(where=f"calendars/{calendar.id}")) for flaw in flaws)
        if not flaws:
            self._keep(calendar.id, calendar)

    def add_file(self, path: Path) -> None:
        """Add the calendar in one TOML file."""
        try:
            self.add_source(read_toml(path), path)
        except CchcError as error:
            self.problems.extend(error.findings)

    def add_source(self, source: TomlSource, path: Path | None = None) -> None:
        """Add the calendar in a TOML text, wherever it comes from."""
        try:
            check_schema(source, CALENDAR_SCHEMA, {"calendar"})
            place = partial(_calendar_place, source)
            calendar = self.structure.read(source.data.get("calendar", {}), Calendar, place, EditionError)
            flaws = [evolve(flaw, place=place(at)) for at, flaw in calendar.flaws()]
            if flaws:
                raise EditionError(*flaws)
            self.items.append(Registered(key=calendar.id, value=calendar, owner=self.owner, source=source, path=path))
        except CchcError as error:
            self.problems.extend(error.findings)

    def add_folder(self, folder: Path) -> None:
        """Add every calendar in a folder and the folders below it."""
        for path in toml_files(folder):
            self.add_file(path)


def _calendar_place(source: TomlSource, path: Path_) -> Place:
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    return source.place(("calendar", *path), words)


@frozen
class TableRegister(Register[Kind]):
    """Takes whole tables, and the overlays that lie in the same folders; a broken file never hides the others."""

    structure: Structure = field(kw_only=True)
    overlays: list[Registered[Overlay]] = field(factory=list, kw_only=True)

    def add_file(self, path: Path) -> None:
        """Add what is in one TOML file: a whole table, or an overlay on one."""
        try:
            self._take(read_toml(path), path=path, seal=read_seal(path))
        except CchcError as error:
            self.problems.extend(error.findings)

    def add_source(self, source: TomlSource, seal: Seal, cases: tuple[TomlSource, ...]) -> None:
        """Add a sealed table, or overlay, out of a pack, with the cases that lie there."""
        try:
            self._take(source, seal=seal, cases=cases)
        except CchcError as error:
            self.problems.extend(error.findings)

    def add_folder(self, folder: Path) -> None:
        """Add every table and every overlay in a folder and the folders below it."""
        for path in toml_files(folder):
            self.add_file(path)

    def _take(self, source: TomlSource, **origin: Any) -> None:
        """Keep what is in a TOML text, with where it comes from; raises ``CchcError``."""
        if source.data.get("schema") == OVERLAY_SCHEMA:
            overlay = read_overlay(source, self.structure)
            self.overlays.append(Registered(key=overlay.key, value=overlay, owner=self.owner, source=source, **origin))
        else:
            key, value = self._read(source)
            self.items.append(Registered(key=key, value=value, owner=self.owner, source=source, **origin))

    def _read(self, source: TomlSource) -> tuple[str, Kind]:
        """Return the whole table in a file and its key; raises ``EditionError``."""
        raise NotImplementedError  # each kind of table has its own reader; this register is never used by itself


@frozen
class FieldRegister(TableRegister[Edition]):
    """Takes the yearly editions of a field."""

    def add(self, edition: Edition) -> None:
        """Add an edition that was made in Python."""
        self._keep(edition.id, edition)

    def _read(self, source: TomlSource) -> tuple[str, Edition]:
        edition = edition_from(source, self.structure)
        return edition.id, edition


@frozen
class MethodRegister(TableRegister[Method]):
    """Takes methods, one a level and year."""

    def add(self, method: Method) -> None:
        """Add a method that was made in Python."""
        self._keep(method.key, method)

    def _read(self, source: TomlSource) -> tuple[str, Method]:
        check_schema(source, METHOD_SCHEMA, {"method"})
        place = partial(edition_place, _like_an_edition(source, "method"))
        method = self.structure.read(source.data.get("method", {}), Method, place, EditionError)
        return method.key, method


def _like_an_edition(source: TomlSource, table: str) -> TomlSource:
    """Return one table with its lists beside it, as they stand in an edition, so that places read alike."""
    keys = source.data.get(table)
    lists = {name: value for name, value in keys.items() if name in LISTS} if isinstance(keys, dict) else {}
    lines = {path[1:] if path[1:2] and path[1] in LISTS else (HEAD, *path[1:]): line for path, line in source.lines.items() if path[:1] == (table,)}
    return TomlSource(source.file, {HEAD: keys, **lists}, lines)


def toml_files(folder: Path) -> Iterable[Path]:
    """Return the TOML files in a folder and below, seals left out, in the order of their names."""
    return sorted(path for path in folder.rglob("*.toml") if not path.name.endswith(SUFFIX))
