"""``cchc pack``: a sealed method with all that it uses as one file, for offices without network or installation."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from cchc_rules.base.archives import archive_of
from cchc_rules.base.errors import CchcError, EditionError, Finding, InputError, Place, SealError
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import unreadable
from cchc_rules.base.writing import write_bytes
from cchc_rules.cases.gate import no_longer_passing, not_sealed
from cchc_rules.cases.reading import case_files, case_folder, case_source
from cchc_rules.decisions.editions import edition_from
from cchc_rules.decisions.seals import seal_path
from cchc_rules.decisions.structure import Structure
from cchc_rules.index import Index
from cchc_rules.model import Edition, Fact
from cchc_rules.plugins.packs import (
    CALENDARS,
    CASES,
    EDITIONS,
    ENDING,
    FACTS,
    MANIFEST,
    METHODS,
    SCHEMA,
    UNITS,
    digest_of,
)
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry
from cchc_rules.quantities import core_units
from cchc_rules.rules.forms import FORMS
from cchc_rules.rules.tree import Computed
from cchc_rules.version import VERSION

Files = dict[str, bytes]
SOURCES = "sources/"
MOST_OF_SOURCES = 5_000_000
"""Larger sources are left to whoever issues the method: a pack is sent by mail."""
HEAD = "# Do `cchc pack` ghi, kèm mã kiểm tra của từng tệp. Không sửa.\n"


def pack(registry: Registry, name: str, output: Path | None, *, force: bool = False) -> Text:
    """Write a method as one file, and return what was done.

    Raises ``InputError`` for an unknown method or an existing file, ``SealError`` where the method or one of its
    editions is not sealed or no longer what was sealed, or a case of theirs fails, ``EditionError`` where a criterion needs code of a plugin.
    """
    index = registry.index_named(name)
    method = registry.methods[index.method.key]
    editions = registry.editions_of(method.value)
    _refuse_unsealed([method, *editions])
    _refuse_code(editions)
    tables = [*_with_those_below(method, registry.methods), *(below for each in editions for below in _with_those_below(each, registry.editions))]
    _refuse_without_files(tables)
    below = [each for each in tables if each.key in registry.editions]
    failed = tuple(no_longer_passing(registry, below))
    if failed:
        raise SealError(*failed)
    files = {name: data for each in tables for name, data in _table(each).items()}
    files |= _cases(below) | _shared(registry, index, files) | _calendars(registry, index) | _sources(tables)
    written = archive_of({**files, MANIFEST: _manifest(method, files)})
    path = output or Path(f"{method.value.id}-{method.key.rpartition('/')[2]}{ENDING}")
    write_bytes(path, written, force=force)
    digest = dict(index.seals)[method.key]
    return Text(
        f"Đã ghi {path}: {method.key}, {len(editions)} bộ tiêu chí, {len(files)} tệp.\nDấu niêm phong của phương pháp: {digest}",
        f"Wrote {path}: {method.key}, {len(editions)} editions, {len(files)} files.\nSeal of the method: {digest}",
    )


def _manifest(method: Registered[Any], files: Files) -> bytes:
    listed = {name: digest_of(data) for name, data in sorted(files.items())}
    return (HEAD + _toml({"schema": SCHEMA, "of": method.key, "engine": VERSION, "files": listed})).encode()


# ------------------------------------------------------------------ what cannot be packed


def _refuse_unsealed(tables: Iterable[Registered[Any]]) -> None:
    found = [not_sealed(each) for each in tables if each.seal is None]
    if found:
        raise SealError(*found)


def _refuse_code(editions: Iterable[Registered[Edition]]) -> None:
    """Raise, naming each criterion whose points come from a plugin's Python: a pack holds data, and runs nothing."""
    found = [each for edition in editions for each in (*_computed(edition), *_forms_of_plugins(edition))]
    if found:
        raise EditionError(*found)


def _computed(edition: Registered[Edition]) -> Iterator[Finding]:
    for position, each in enumerate(edition.value.criteria):
        if each.rule is not None and any(isinstance(node, Computed) for node in each.rule.walk()):
            where = f"{each.number} ({each.id})"
            place = edition.source.place(("criteria", position), f"tiêu chí {where}", f"criterion {where}") if edition.source else Place(where=each.id)
            yield _needs_code(place, Text("điểm do Python của plugin tính", "its points are computed by the plugin's Python"))


def _forms_of_plugins(edition: Registered[Edition]) -> Iterator[Finding]:
    """Yield the criteria that are read only with forms that a plugin brings."""
    if edition.source is None or edition.below:
        return  # what lies below an overlay is looked at by itself
    try:
        edition_from(edition.source, Structure(FORMS))
    except CchcError as error:
        for each in error.findings:
            yield _needs_code(each.place, Text("cách chấm do plugin thêm vào", "its form is a plugin's own"))


def _needs_code(place: Place, why: Text) -> Finding:
    return Finding(
        code="pack-needs-code",
        place=place,
        reason=Text(f"{why.vi}; tệp bàn giao chỉ chứa dữ liệu", f"{why.en}; a pack holds data alone"),
        remedy=Text("bàn giao cả thư mục plugin (`--plugins THƯ_MỤC`), hoặc viết lại tiêu chí bằng cách chấm có sẵn",
                    "hand over the plugin's folder (`--plugins FOLDER`), or write the criterion with the forms that are there"),
    )


def _refuse_without_files(tables: Iterable[Registered[Any]]) -> None:
    found = [each for each in tables if each.path is None]
    if found:
        raise InputError(*(Finding(
            code="inside-a-pack",
            place=each.source.place() if each.source else Place(where=each.key),
            reason=Text(f"“{each.key}” đã nằm trong một tệp bàn giao", f"{each.key!r} lies inside a pack already"),
            remedy=Text("gửi chính tệp đó", "hand on that file"),
        ) for each in found))


# ------------------------------------------------------------------ what is packed


def _with_those_below(table: Registered[Any], known: Mapping[str, Registered[Any]]) -> list[Registered[Any]]:
    found = [table]
    while found[-1].below:
        found.append(known[found[-1].below])
    return found


def _table(table: Registered[Any]) -> Files:
    """Return the file of a table or an overlay, and its seal."""
    assert table.path is not None  # others have been refused
    folder = EDITIONS if isinstance(table.value, Edition) else METHODS
    name = f"{folder}{table.key}"
    return {f"{name}.toml": _plain(table.path), f"{name}.seal.toml": _plain(seal_path(table.path))}


def _cases(editions: Iterable[Registered[Edition]]) -> Files:
    """Return the case files of the editions, each under the field that it lies beside; a workbook goes as TOML."""
    found: Files = {}
    for each in editions:
        assert each.path is not None  # others have been refused
        folder = case_folder(each.path)
        for path in case_files(folder):
            source = case_source(path)
            if source.data.get("edition") == each.key:
                name, is_toml = path.relative_to(folder).as_posix(), path.suffix == ".toml"
                found[f"{CASES}{each.value.field}/{name}{'' if is_toml else '.toml'}"] = _plain(path) if is_toml else (HEAD + _toml(source.data)).encode()
    return found


def _shared(registry: Registry, index: Index, tables: Files) -> Files:
    """Return the facts that plugins register for several editions, and units, so far as the tables name them."""
    own = {fact.id for edition in index.editions for fact in edition.facts}
    text = b"".join(tables.values())
    facts = [fact for name, fact in sorted(index.facts.items())
             if name not in own and name not in index.statistics and f'"{name}"'.encode() in text]
    core = {unit.id for unit in core_units()}
    units = [registry.quantities.units[name] for name in _units_of([*facts, *(fact for edition in index.editions for fact in edition.facts)], registry) if name not in core]
    found: Files = {}
    for file, key, values in ((FACTS, "facts", facts), (UNITS, "units", units)):
        if values:
            found[file] = (HEAD + _toml({key: [registry.structure.write(each) for each in values]})).encode()
    return found


def _units_of(facts: Iterable[Fact], registry: Registry) -> list[str]:
    """Return the units of some facts, and those that they are told in."""
    found: dict[str, None] = {}
    waiting = [fact.unit for fact in facts if fact.unit]
    while waiting:
        name = waiting.pop()
        if name not in found and name in registry.quantities.units:
            found[name] = None
            waiting.append(registry.quantities.units[name].of)
    return sorted(found)


def _calendars(registry: Registry, index: Index) -> Files:
    return {f"{CALENDARS}{name}.toml": (HEAD + _toml({"schema": "cchc.calendar/1", "calendar": registry.structure.write(calendar)})).encode()
            for name, calendar in index.calendars.items()}


def _sources(tables: Iterable[Registered[Any]]) -> Files:
    """Return what the plugins keep in ``sources`` beside their tables: where the numbers come from."""
    found: Files = {}
    for table in tables:
        assert table.path is not None
        root = next((each for each in table.path.parents if (each / "pyproject.toml").exists()), None)
        for path in sorted((root / "sources").rglob("*")) if root else ():
            if path.is_file() and path.stat().st_size <= MOST_OF_SOURCES and root is not None:
                found[f"{SOURCES}{root.name}/{path.relative_to(root / 'sources').as_posix()}"] = _bytes(path)
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(unreadable(Place(file=path.as_posix()))) from error


def _plain(path: Path) -> bytes:
    """Return a text file as every machine would write it: without a mark at its head, lines ended alike."""
    return _bytes(path).removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


# ------------------------------------------------------------------ as TOML


def _toml(data: Mapping[str, Any]) -> str:
    """Return plain tables as TOML: single values first, a table or a list of tables below its name."""
    single = [f"{_key(name)} = {_value(value)}" for name, value in data.items() if not isinstance(value, Mapping) and not _is_tables(value)]
    tables = [f"\n[{_key(name)}]\n" + "\n".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
              for name, value in data.items() if isinstance(value, Mapping)]
    lists = [f"\n[[{_key(name)}]]\n" + "\n".join(f"{_key(key)} = {_value(part)}" for key, part in one.items())
             for name, value in data.items() if _is_tables(value) for one in value]
    return "\n".join([*single, *tables, *lists]) + "\n"


def _is_tables(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case dt.date():
            return value.isoformat()
        case Mapping():
            return "{ " + ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(_value(each) for each in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)  # a JSON string is a TOML string


def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
