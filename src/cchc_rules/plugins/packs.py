"""Packs: a sealed method with all that it uses as one file, read as data and held against its seals.

A pack brings what a plugin brings, but nothing in it is ever carried out, and nothing of it is unpacked to a disk.
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import field, frozen

from cchc_rules.base.archives import MOST_BYTES, members
from cchc_rules.base.errors import CchcError, Finding, InputError, Place, SealError
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import TomlSource, parse_toml, unreadable
from cchc_rules.decisions.seals import SUFFIX, Seal, seal_from
from cchc_rules.plugins.discovery import Candidate, in_folder
from cchc_rules.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from cchc_rules.plugins.registers import (
        CalendarRegister,
        FactRegister,
        FieldRegister,
        MethodRegister,
        TableRegister,
        UnitRegister,
    )

Kind = TypeVar("Kind")
ENDING = ".cchc.zip"
MANIFEST = "pack.toml"
SCHEMA = "cchc.pack/1"
EDITIONS, METHODS, CASES, CALENDARS, FACTS, UNITS = "editions/", "methods/", "cases/", "calendars/", "facts.toml", "units.toml"


def candidates_at(path: Path) -> Iterator[Candidate]:
    """Yield what ``--plugins`` names: a pack, or the plugins and the packs in a folder and below.

    A file that is named itself has to be a pack that can be used; one in a folder never takes the others down.
    """
    if path.is_file():
        yield _of(read_pack(path))
        return
    yield from in_folder(path)
    for file in sorted(each for each in path.rglob(f"*{ENDING}") if each.is_file()):
        yield _candidate(file)


def _candidate(path: Path) -> Candidate:
    """Return a pack as a plugin, by its method's name; one that cannot be used says so when it is loaded."""
    try:
        return _of(read_pack(path))
    except CchcError as error:
        return Candidate(name=path.name, distribution="", version="", origin=path.as_posix(), load=partial(_raise, error))


def _of(pack: "Pack") -> Candidate:
    return Candidate(name=pack.of, distribution=pack.path.name, version="", origin=pack.path.as_posix(), load=lambda: pack)


def _raise(error: CchcError) -> object:
    raise error


# ------------------------------------------------------------------ one pack


@frozen(kw_only=True, eq=False)
class Pack:
    """One pack that is whole: every table has its seal, every file is the one that was packed."""

    of: str
    path: Path
    sources: Mapping[str, TomlSource] = field(repr=False)

    @hookimpl
    def cchc_register_units(self, units: "UnitRegister") -> None:
        """Bring the units that its facts are counted in."""
        from cchc_rules.quantities import Unit

        for unit in self._listed(UNITS, "units", Unit):
            units.add(unit)

    @hookimpl
    def cchc_register_facts(self, facts: "FactRegister") -> None:
        """Bring the facts that several of its editions read."""
        from cchc_rules.model import Fact

        for fact in self._listed(FACTS, "facts", Fact):
            facts.add(fact)

    @hookimpl
    def cchc_register_calendars(self, calendars: "CalendarRegister") -> None:
        """Bring the calendars by which its rules count."""
        for source in self._below(CALENDARS).values():
            calendars.add_source(source)

    @hookimpl
    def cchc_register_fields(self, fields: "FieldRegister") -> None:
        """Bring its editions."""
        self._add_tables(fields, EDITIONS)

    @hookimpl
    def cchc_register_methods(self, methods: "MethodRegister") -> None:
        """Bring its method, and what lies below that."""
        self._add_tables(methods, METHODS)

    def _add_tables(self, register: "TableRegister[Any]", folder: str) -> None:
        cases = tuple(self._below(CASES).values())
        for name, source in self._below(folder).items():
            register.add_source(source, self.seal_of(name), cases)

    def seal_of(self, name: str) -> Seal:
        """Return the seal of a table of the pack."""
        return seal_from(self.sources[_seal_name(name)])

    def _below(self, folder: str) -> dict[str, TomlSource]:
        return {name: source for name, source in self.sources.items() if name.startswith(folder) and not name.endswith(SUFFIX)}

    def _listed(self, file: str, key: str, kind: type[Kind]) -> list[Kind]:
        """Return the values in a file of the pack that is one list."""
        from cchc_rules.decisions.structure import Structure

        source = self.sources.get(file)
        if source is None:
            return []
        structure = Structure(())  # neither facts nor units hold forms
        return [structure.read(table, kind, lambda _: source.place(), InputError) for table in source.data.get(key, ())]


def _seal_name(name: str) -> str:
    return name.removesuffix(".toml") + SUFFIX


def read_pack(path: Path) -> Pack:
    """Return a pack; raises ``InputError`` for a file that is none, ``SealError`` where it is not as it was packed."""
    place = Place(file=path.as_posix())
    files = members(_bytes(path, place), place)
    manifest = _manifest(files, place)
    _refuse_changed(files, manifest, place)
    sources = {name: parse_toml(_text(data, place.at(name)), Place(file=f"{place.file}/{name}"))
               for name, data in files.items() if name.endswith(".toml") and not name.startswith("sources/")}
    pack = Pack(of=str(manifest.data["of"]), path=path, sources=sources)
    _refuse_unsealed(pack, place)
    return pack


def _bytes(path: Path, place: Place) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(_no_pack(place, Text("tệp quá lớn", "the file is too large")))
        return path.read_bytes()
    except OSError as error:
        raise InputError(unreadable(place)) from error


def _text(data: bytes, place: Place) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InputError(_no_pack(place, Text("không phải UTF-8", "not UTF-8"))) from error


def _manifest(files: Mapping[str, bytes], place: Place) -> TomlSource:
    """Return the list of what was packed."""
    if MANIFEST not in files:
        raise InputError(_no_pack(place, Text(f"không có {MANIFEST}", f"there is no {MANIFEST}")))
    found = parse_toml(_text(files[MANIFEST], place), Place(file=f"{place.file}/{MANIFEST}"))
    listed = found.data.get("files")
    is_sound = isinstance(found.data.get("of"), str) and isinstance(listed, dict) and all(isinstance(each, str) for each in listed.values())
    if found.data.get("schema") != SCHEMA or not is_sound:
        raise InputError(_no_pack(place, Text(f"{MANIFEST} không đúng dạng {SCHEMA}", f"{MANIFEST} is not of the form {SCHEMA}")))
    return found


def _no_pack(place: Place, why: Text) -> Finding:
    return Finding(
        code="pack-unreadable",
        place=place,
        reason=Text(f"không dùng được tệp bàn giao: {why.vi}", f"the pack cannot be used: {why.en}"),
        remedy=Text("lấy lại tệp do `cchc pack` ghi từ nơi phát hành", "get the file that `cchc pack` wrote again from whoever issued it"),
    )


def _refuse_changed(files: Mapping[str, bytes], manifest: TomlSource, place: Place) -> None:
    """Raise, naming each file that was changed, added or taken away since the pack was made."""
    listed: dict[str, str] = manifest.data["files"]
    own = {name: digest_of(data) for name, data in files.items() if name != MANIFEST}
    changes = [(name, Text("tệp đã bị thay đổi sau khi đóng gói", "changed since it was packed")) for name in listed if own.get(name, listed[name]) != listed[name]]
    changes += [(name, Text("thiếu tệp này", "this file is missing")) for name in listed if name not in own]
    changes += [(name, Text("tệp thêm vào sau khi đóng gói", "added since it was packed")) for name in own if name not in listed]
    if changes:
        raise SealError(*(_changed(place, name, why) for name, why in sorted(changes, key=lambda each: each[0])))


def _changed(place: Place, name: str, why: Text) -> Finding:
    return Finding(
        code="pack-changed",
        place=place.at(name),
        reason=why,
        remedy=Text("không dùng tệp này; lấy lại tệp từ nơi phát hành", "do not use this file; get it again from whoever issued it"),
    )


def _refuse_unsealed(pack: Pack, place: Place) -> None:
    """Raise where a table has no seal: whoever takes one away cannot change the table unnoticed."""
    tables = [name for name in pack.sources if name.startswith((EDITIONS, METHODS)) and not name.endswith(SUFFIX)]
    missing = [name for name in tables if _seal_name(name) not in pack.sources]
    if missing or not tables:
        raise SealError(*(_changed(place, name, Text("không có dấu niêm phong", "it has no seal")) for name in missing or [METHODS]))


def digest_of(data: bytes) -> str:
    """Return the digest by which a file of a pack is known."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
