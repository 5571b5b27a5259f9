"""Comments in a TOML document that ask somebody to look again: ``cchc check`` lists them until they are gone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import REVISIT


def marked(item: Any, words: str) -> None:
    """Put a mark behind an item of a document; a comment that is there already stays."""
    known = item.trivia.comment.lstrip("# ").strip()
    if words not in known:
        item.comment("; ".join(part for part in (known, f"{REVISIT} {words}" if REVISIT not in known else words) if part))


def toml_parser(place: Place) -> Callable[[str], Any]:
    """Return the parser that keeps comments; raises ``InputError`` where its library is not installed."""
    try:
        import tomlkit
    except ImportError as error:
        raise InputError(Finding(
            code="extra-missing",
            place=place,
            reason=Text("chưa cài phần soạn thảo", "the part that writes tables is not installed"),
            remedy=Text('chạy `pip install "cchc-rules[authoring]"`', 'run `pip install "cchc-rules[authoring]"`'),
        )) from error
    return tomlkit.parse


def counted(path: Path, marks: int) -> Text:
    """Return what was written, and how many places in it want a look."""
    vi, en = f"Đã ghi {path.as_posix()}", f"Wrote {path.as_posix()}"
    if marks:
        vi += f": {marks} chỗ cần rà soát, xem bằng `cchc check`"
        en += f": {marks} places to look at again, see `cchc check`"
    return Text(vi, en)
