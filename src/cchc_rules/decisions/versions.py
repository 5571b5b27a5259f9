"""Which version is meant, and which cannot stand: what is said to whoever asks for one that is not clear."""

from collections.abc import Iterable, Mapping

from cchc_rules.base.errors import Finding, Place, did_you_mean
from cchc_rules.base.exact import format_date
from cchc_rules.base.texts import Language, Text
from cchc_rules.decisions.overlays import Overlay, Sited
from cchc_rules.methods import Method
from cchc_rules.model import ORIGINAL

FIRST = Text("bản gốc", "the first one")
"""What the version first issued is called for people; it is typed as ``original``."""


def key_of(name: str) -> str:
    """Return the key of a table that is named: the version first issued has none of its own, and may be named all the same."""
    return name.removesuffix(f"+{ORIGINAL}")


def version_needed(there: Mapping[str, str], methods: Mapping[str, Method], place: Place) -> Finding:
    """Return the finding of evidence that pins no version of a method that has several.

    ``there`` holds the key of each version by its name; one that is in no method was refused.
    """
    key = next(iter(there.values())).partition("+")[0]
    names = [f"{key}+{name}" for name in there]
    vi, en = (", ".join(_named(name, methods.get(each), language) for name, each in there.items()) for language in ("vi", "en"))
    return Finding(
        code="version-needed",
        place=place,
        reason=Text(f"phương pháp “{key}” có nhiều phiên bản: {vi}", f"the method {key!r} has several versions: {en}"),
        remedy=Text(f"trong lệnh ghi đúng một trong: {', '.join(names)}; trong tệp số liệu ghi {_pins(there, ' hoặc ')} (dòng “Phiên bản” trong phiếu Excel)",
                    f"in a command write one of: {', '.join(names)}; in the evidence write {_pins(there, ' or ')} (the row “Phiên bản” of a form)"),
    )


def _pins(there: Iterable[str], between: str) -> str:
    """Return the lines that pin each version."""
    return between.join(f'`version = "{name}"`' for name in there)


def _named(name: str, method: Method | None, language: Language) -> str:
    """Return a version with what it is and its date of issue, as far as it is known."""
    known = [FIRST.get(language)] if name == ORIGINAL else []
    if method is None:
        known.append(Text("không dùng được, xem `cchc check`", "cannot be used, see `cchc check`").get(language))
    elif method.issued is not None:
        date = format_date(method.issued, language)
        known.append(Text(f"ban hành {date}", f"issued {date}").get(language))
    return f"{name} ({', '.join(known)})" if known else name


def version_unknown(version: str, there: Mapping[str, str], place: Place) -> Finding:
    """Return the finding of a version that a method does not have."""
    key = next(iter(there.values())).partition("+")[0]
    return Finding(
        code="version-unknown",
        place=place,
        reason=Text(f"phương pháp “{key}” không có phiên bản “{version}”", f"the method {key!r} has no version {version!r}"),
        remedy=did_you_mean(version, there),
    )


def collision(one: Sited, two: Sited, what: Text) -> Finding:
    """Return the finding of two overlays that cannot both stand."""
    first, second = sorted((one.file, two.file))
    return Finding(
        code="overlays-collide",
        place=Place(where=one.overlay.of.partition("+")[0]),
        reason=Text(f"hai tệp {first} và {second} {what.vi}: không tệp nào được dùng", f"{first} and {second} {what.en}: neither is used"),
        remedy=Text("cho tệp ban hành sau ghi tệp kia ở `of` (sửa đổi chồng lên nhau), hoặc gỡ một tệp",
                    "let the later one name the other as its `of` (an amendment of the amendment), or remove one"),
    )


def base_missing(overlay: Overlay, there: Iterable[str], refused: Iterable[str], place: Place) -> Finding:
    """Return the finding of an overlay on something that is not there, or that was itself refused."""
    if overlay.of in refused:
        reason = Text(f"phần bên dưới “{overlay.of}” không dùng được", f"what lies below, {overlay.of!r}, cannot be used")
        remedy = Text("xử lý lỗi của phần đó trước", "mend that first")
    else:
        reason = Text(f"không có “{overlay.of}” để sửa đổi", f"there is no {overlay.of!r} to amend")
        remedy = did_you_mean(overlay.of, there)
    return Finding(code="overlay-base-missing", place=place, reason=reason, remedy=remedy)
