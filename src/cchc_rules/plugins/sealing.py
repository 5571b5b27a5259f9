"""The seal file: fixes an edition or a method as it is now. Whether it may be sealed is asked above, at the gate.

The table then says of itself that it is sealed, so that it is refused once its seal is gone.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.base.writing import write_bytes
from cchc_rules.decisions.seals import Seal, seal_path
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry


def write_seal(registry: Registry, name: str) -> Text:
    """Write the seal of an edition or a method beside its file, and return what was done.

    Raises ``InputError`` for an unknown name, and for what has no file.
    """
    key = registry.named(name).key
    if key in registry.editions:
        edition = registry.editions[key]
        return _written(edition, registry.seal(edition))
    method = registry.methods[key]
    return _written(method, registry.seal_method(method))


def _written(registered: Registered[Any], made: Seal) -> Text:
    """Write a seal file in one go and say so."""
    if registered.path is None:
        raise InputError(Finding(
            code="seal-without-file",
            place=Place(where=registered.key),
            reason=Text("được tạo bằng Python hoặc nằm trong tệp bàn giao, không có tệp riêng để niêm phong",
                        "made in Python, or inside a pack: there is no file of its own to seal"),
            remedy=Text("niêm phong tệp TOML trong thư mục plugin", "seal the TOML file in the plugin's folder"),
        ))
    path = seal_path(registered.path)
    write_bytes(path, made.toml().encode(), force=True)
    _say_so(registered.path)
    vi = f"Đã niêm phong {made.of}: {path.name}, {made.digest[:19]}…"
    en = f"Sealed {made.of}: {path.name}, {made.digest[:19]}…"
    if made.assumed:
        vi += f" Lưu ý: {made.assumed} mục dùng tham số giả định."
        en += f" Note: {made.assumed} entries rest on assumed parameters."
    return Text(vi, en)


# ------------------------------------------------------------------ the table's own word

HEADS = ("edition", "method", "overlay")
SEALED = 'status = "sealed"'
_HEAD = re.compile(rf"^\ufeff?\s*\[\s*(?:{'|'.join(HEADS)})\s*\]")
_STATUS = re.compile(r"^\s*status\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def _say_so(path: Path) -> None:
    """Write into a table that it is sealed, all else in its file as it stands; a table spelled in one line is left alone."""
    text = path.read_bytes().decode("utf-8")
    changed = _with_status(text)
    if changed != text and _says_only_that(text, changed):
        write_bytes(path, changed.encode(), force=True)


def _with_status(text: str) -> str:
    """Return a file's text with the status of its head: in its place, or behind the head's year or version."""
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if _HEAD.match(line)), None)
    if start is None:
        return text
    end = next((number for number, line in enumerate(lines) if number > start and line.startswith("[")), len(lines))
    own = range(start + 1, end)
    if stated := next((number for number in own if _STATUS.match(lines[number])), None):
        lines[stated] = _STATUS.sub(SEALED, lines[stated])
    else:
        behind = next((number for number in own if re.match(r"\s*(?:year|version)\s*=", lines[number])), start)
        lines.insert(behind + 1, SEALED + ("\r" if lines[start].endswith("\r") else ""))
    return "\n".join(lines)


def _says_only_that(before: str, after: str) -> bool:
    """Return whether a text differs from another in the status of its head alone."""
    try:
        old, new = (tomllib.loads(text.removeprefix("\ufeff")) for text in (before, after))
    except tomllib.TOMLDecodeError:
        return False
    return any(head in old and {**old, head: {**old[head], "status": "sealed"}} == new for head in HEADS)
