"""What an overlay still lacks before it can be issued, and what is said of a version that nobody has sealed."""

from collections.abc import Iterator, Mapping

from cchc_rules.base.errors import Finding, Place
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_, TomlSource
from cchc_rules.decisions.editions import to_revisit
from cchc_rules.decisions.overlays import OVERLAY, Overlay

TO_WRITE = "CẦN GHI"
"""Stands in a new overlay where its author has to write something."""


def unfinished(overlay: Overlay, source: TomlSource) -> Iterator[Finding]:
    """Yield what is still to be done in the file of an overlay: words to write, lines to look at, changes to name."""
    for path in _to_write(source.data, ()):
        yield Finding(
            code="placeholder-left",
            place=source.place(path, _dotted(path)),
            reason=Text(f"còn chữ “{TO_WRITE}”: chưa điền", f"“{TO_WRITE}” (to be written) still stands here"),
            remedy=Text("điền nội dung thật theo văn bản", "write what the document says"),
        )
    if not overlay.source.place.strip():
        yield Finding(
            code="placeholder-left",
            place=source.place((OVERLAY, "source"), "source"),
            reason=Text("chưa ghi văn bản nào cho phép thay đổi này", "no document is named that makes this change"),
            remedy=Text("ghi số, ngày, cơ quan ban hành vào `source = { place = \"…\" }`", "write its number, date and issuer into `source = { place = \"…\" }`"),
        )
    yield from to_revisit(source)
    if not overlay.touched():
        yield Finding(
            code="overlay-empty",
            place=source.place((OVERLAY,), f"[{OVERLAY}]"),
            reason=Text(f"tệp không thay đổi gì trong “{overlay.of}”", f"the file changes nothing in {overlay.of!r}"),
            remedy=Text("ghi các thay đổi ([[changes]] cho bộ tiêu chí, [set] cho phương pháp), hoặc xoá tệp",
                        "write the changes ([[changes]] for an edition, [set] for a method), or delete the file"),
        )


def unsealed(key: str, below: str, place: Place) -> Finding:
    """Return the finding of a version that lies on what is sealed, and is not sealed itself."""
    return Finding(
        code="overlay-not-sealed",
        severity="warning",
        place=place,
        reason=Text(f"bản “{key}” nằm trên “{below}” đã niêm phong nhưng chưa niêm phong: điểm chỉ là dự thảo",
                    f"{key!r} lies on {below!r}, which is sealed, and is not sealed itself: its points are a draft's"),
        remedy=Text(f"niêm phong bằng `cchc seal {key}`; nếu trước đây đã niêm phong thì lấy lại cả hai tệp từ nơi phát hành",
                    f"seal it with `cchc seal {key}`; where it was sealed before, get both files again from whoever issued it"),
    )


def _to_write(value: object, path: Path_) -> Iterator[Path_]:
    """Yield the path of every text in which something is still to be written."""
    match value:
        case str() if TO_WRITE in value:
            yield path
        case Mapping():
            for key, item in value.items():
                yield from _to_write(item, (*path, key))
        case list():
            for index, item in enumerate(value):
                yield from _to_write(item, (*path, index))
        case _:
            return


def _dotted(path: Path_) -> str:
    """Return a path as it is said: the table that the file is about goes without saying."""
    named = path[1:] if path[0] == OVERLAY else path
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in named).lstrip(".")
