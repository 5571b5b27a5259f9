"""Seals: the digest of what an edition or method means, so that nothing sealed changes unnoticed.

A seal covers the canonical model, the lowered trees and the source of the packages that compute; not the
bytes of a file, whose line endings and comments may differ from machine to machine.
"""

import datetime as dt
import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from cchc_rules.base.errors import Finding, Place, SealError
from cchc_rules.base.exact import exact_text
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import TomlSource, read_toml
from cchc_rules.calendars import Calendar
from cchc_rules.counting import RecordRegister, RecordRule
from cchc_rules.decisions.editions import write_edition
from cchc_rules.decisions.structure import Structure
from cchc_rules.methods import Method
from cchc_rules.model import Edition
from cchc_rules.rules.tree import Node

SCHEMA = "cchc.seal/1"
SUFFIX = ".seal.toml"


@frozen(kw_only=True)
class Seal:
    """What a seal file says: the sealed thing, its digest, and how many criteria rest on assumptions."""

    of: str
    digest: str
    assumed: int = 0

    def toml(self) -> str:
        """Return the text of the seal file."""
        return (
            "# Dấu niêm phong do `cchc seal` ghi. Không sửa tay: sửa nội dung thì niêm phong lại.\n"
            f'schema = "{SCHEMA}"\nof = "{self.of}"\ndigest = "{self.digest}"\nassumed = {self.assumed}\n'
        )


def edition_seal(edition: Edition, structure: Structure, code: Mapping[str, Callable[..., Any]]) -> Seal:
    """Return the seal of an edition with the computing code of its criteria."""
    content = {
        "model": write_edition(attrs.evolve(edition, status="draft"), structure),
        "rules": {each.id: _tree(each.rule) for each in edition.criteria if each.rule is not None},
        "conditions": {each.id: _tree(each.applies_when.condition()) for each in edition.criteria if each.applies_when is not None},
        "code": {name: _source(function) for name, function in sorted(code.items())},
    }
    rests_on = [part.provenance for parts in (edition.criteria, edition.references, edition.statistics, edition.records) for part in parts]
    return Seal(of=edition.id, digest=_digest(content), assumed=rests_on.count("assumed"))


def method_seal(method: Method, structure: Structure, editions: Mapping[str, str]) -> Seal:
    """Return the seal of a method over the seals of the editions that it uses."""
    grades = method.grades
    gates = [gate for band in grades.bands for gate in band.gates] if grades else []
    overrides = grades.overrides if grades else ()
    conditions = [*(gate.when.condition() for gate in gates if gate.when), *(each.condition for each in overrides)]
    content = {
        "model": structure.write(attrs.evolve(method, status="draft")),
        "conditions": [_tree(condition) for condition in conditions],
        "editions": dict(sorted(editions.items())),
    }
    single = (method.nominal_total, method.not_applicable, method.rounding, method.undocumented, method.bonus,
              method.penalty, method.conversion, grades, method.ranking)
    listed = (method.parts, method.references, method.statistics, method.records, gates, overrides)
    rests_on = [*(part.provenance for part in single if part), *(part.provenance for parts in listed for part in parts)]
    return Seal(of=method.key, digest=_digest(content), assumed=rests_on.count("assumed"))


def seal_path(path: Path) -> Path:
    """Return where the seal of a file stands: beside it."""
    return path.with_name(path.stem + SUFFIX)


def read_seal(path: Path) -> Seal | None:
    """Return the seal beside a file; ``None`` where there is none."""
    beside = seal_path(path)
    if not beside.exists():
        return None
    return seal_from(read_toml(beside))


def seal_from(source: TomlSource) -> Seal:
    """Return the seal in a TOML text."""
    data = source.data
    return Seal(of=str(data.get("of", "")), digest=str(data.get("digest", "")), assumed=int(data.get("assumed", 0)))


def verify(found: Seal | None, actual: Seal, status: str, place: Place) -> None:
    """Refuse content that is sealed and no longer what was sealed, or says that it is and has no seal."""
    if found is None and status != "sealed":
        return
    if found is None:
        raise SealError(Finding(
            code="seal-missing",
            place=place,
            reason=Text(f"“{actual.of}” ghi là đã niêm phong nhưng không có tệp niêm phong", f"{actual.of!r} says it is sealed but has no seal file"),
            remedy=Text("chạy `cchc seal`, hoặc ghi lại `status = \"draft\"`", "run `cchc seal`, or set `status = \"draft\"`"),
        ))
    if found.digest != actual.digest:
        raise SealError(Finding(
            code="seal-broken",
            place=place,
            reason=Text(f"“{actual.of}” đã bị thay đổi sau khi niêm phong", f"{actual.of!r} has been changed since it was sealed"),
            remedy=Text("khôi phục tệp gốc; nếu cần đính chính thì làm tệp riêng rồi niêm phong lại",
                        "restore the file; if it needs correcting, correct it openly and seal it again"),
        ))


def verify_below(named: str, found: Seal | None, actual: Seal, place: Place) -> None:
    """Refuse an overlay on something that is not sealed, or not the sealed thing that the overlay names."""
    if found is None:
        raise SealError(Finding(
            code="base-not-sealed",
            place=place,
            reason=Text(f"“{actual.of}” chưa niêm phong nên chưa sửa đổi được", f"{actual.of!r} is not sealed, so nothing can be laid on it"),
            remedy=Text(f"chạy `cchc seal {actual.of}` trước", f"run `cchc seal {actual.of}` first"),
        ))
    if named != actual.digest:
        raise SealError(Finding(
            code="seal-below-differs",
            place=place,
            reason=Text(f"tệp này sửa đổi “{actual.of}” có dấu niêm phong {named}, nhưng dấu hiện tại là {actual.digest}",
                        f"this amends {actual.of!r} with the seal {named}, but its seal is {actual.digest}"),
            remedy=Text("khôi phục đúng bản đã niêm phong; nếu sửa đổi bản mới thì đối chiếu lại rồi ghi dấu mới vào `seal`",
                        "restore what was sealed; to amend the new one, compare again and write its seal into `seal`"),
        ))


def calendar_digest(calendar: Calendar, structure: Structure) -> str:
    """Return the digest of what a calendar says."""
    return _digest({"calendar": structure.write(calendar)})


def counting_digest(rule: RecordRule, register: RecordRegister, calendars: Mapping[str, Calendar], structure: Structure) -> str:
    """Return the digest of all that decides how a fact is counted: the rule, the register's columns, the calendars."""
    used = {name: structure.write(calendars[name]) for name in rule.calendars() if name in calendars}
    return _digest({"rule": structure.write(rule), "register": structure.write(register), "calendars": used})


def _digest(content: object) -> str:
    canonical = json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _tree(node: Node) -> dict[str, Any]:
    """Return a rule as plain data: the kind of each node and what differs from its defaults."""
    fields = {
        each.name: getattr(node, each.name)
        for each in attrs.fields(type(node))
        if getattr(node, each.name) != each.default
    }
    return {"node": type(node).__name__, **{name: _plain(value) for name, value in fields.items()}}


def _plain(value: object) -> Any:
    """Return a value as JSON data that is the same on every machine."""
    match value:
        case Node():
            return _tree(value)
        case Fraction():
            return exact_text(value)
        case Decimal():
            return exact_text(Fraction(value))
        case dt.date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _ if attrs.has(type(value)):
            return {each.name: _plain(getattr(value, each.name)) for each in attrs.fields(type(value))}  # type: ignore[arg-type]  # has() says so
        case _:
            return value


def _source(function: Callable[..., Any]) -> dict[str, str]:
    """Return the digest of every source file of the package that a computing function stands in.

    The whole package, since a function may call others beside it; line endings are made equal first.
    """
    while isinstance(function, partial):
        function = function.func
    subject = inspect.unwrap(function) if inspect.isroutine(function) else type(function)
    file = Path(inspect.getsourcefile(subject) or "")
    root = file.parent
    while (root.parent / "__init__.py").exists():
        root = root.parent
    package = sorted(root.rglob("*.py")) if (root / "__init__.py").exists() else [file]
    return {
        each.relative_to(root).as_posix(): hashlib.sha256(b"\n".join(each.read_bytes().splitlines())).hexdigest()
        for each in package
    }
