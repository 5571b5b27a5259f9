"""Comments in a TOML document that ask somebody to look again: ``cchc check`` lists them until they are gone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cchc_rules.base.errors import Place
from cchc_rules.base.extras import library
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import REVISIT


def marked(item: Any, words: str) -> None:
    """Put a mark behind an item of a document; a comment that is there already stays."""
    known = item.trivia.comment.lstrip("# ").strip()
    if words not in known:
        item.comment("; ".join(part for part in (known, f"{REVISIT} {words}" if REVISIT not in known else words) if part))


def toml_parser(place: Place) -> Callable[[str], Any]:
    """Return the parser that keeps comments; raises ``InputError`` where its library is not installed."""
    tomlkit = library("tomlkit", extra="authoring", place=place, missing=Text("chưa cài phần soạn thảo", "the part that writes tables is not installed"))
    parse: Callable[[str], Any] = tomlkit.parse
    return parse


def counted(path: Path, marks: int) -> Text:
    """Return what was written, and how many places in it want a look."""
    vi, en = f"Đã ghi {path.as_posix()}", f"Wrote {path.as_posix()}"
    if marks:
        vi += f": {marks} chỗ cần rà soát, xem bằng `cchc check`"
        en += f": {marks} places to look at again, see `cchc check`"
    return Text(vi, en)
