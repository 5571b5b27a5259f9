"""Zip archives from elsewhere: unpacked in memory only, refused whole where any part of them is not what it should be."""

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text

MOST_BYTES = 20_000_000
"""A larger file is not opened."""
MOST_UNPACKED = 200_000_000
MOST_MEMBERS = 5_000
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError, struct.error)
"""What the reading of an archive raises where its bytes are broken; ``RuntimeError`` where they ask for a password or
for a packing that the library does not know."""


def members(data: bytes, place: Place) -> dict[str, bytes]:
    """Return the files of an archive by name; raises ``InputError`` where one of them should not be there.

    Nothing is written anywhere: absolute names, names that lead outside, links and two files of one name are
    refused all the same, since no honest archive has them.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _refuse(entries, place)
            found, left = dict[str, bytes](), MOST_UNPACKED
            for entry in entries:
                with archive.open(entry) as file:
                    found[entry.filename] = file.read(left + 1)
                left -= len(found[entry.filename])
                if left < 0:
                    raise InputError(_refused(place, entry.filename, Text("giải nén ra quá lớn", "unpacks to an absurd size")))
    except BROKEN as error:
        raise InputError(Finding(
            code="archive-unreadable",
            place=place,
            reason=Text("không phải tệp zip, hoặc đã hỏng", "no zip archive, or a broken one"),
            remedy=Text("chép hoặc tải lại tệp từ nơi phát hành", "copy or download the file again from whoever issued it"),
        )) from error
    return found


def _refuse(entries: list[zipfile.ZipInfo], place: Place) -> None:
    """Raise for everything that an honest archive does not have."""
    found = [_refused(place, entry.filename, why) for entry in entries for why in _wrong_with(entry)]
    seen: dict[str, str] = {}
    for entry in entries:
        name = unicodedata.normalize("NFC", entry.filename).casefold()
        if name in seen:
            found.append(_refused(place, entry.filename, Text("hai tệp cùng tên", "two files of one name")))
        seen[name] = entry.filename
    if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        found.append(_refused(place, "", Text("quá nhiều tệp, hoặc giải nén ra quá lớn", "too many files, or unpacks to an absurd size")))
    if found:
        raise InputError(*found)


def _wrong_with(entry: zipfile.ZipInfo) -> Iterator[Text]:
    """Yield what is wrong with one member."""
    name = entry.filename
    parts = name.split("/")
    if name.startswith("/") or "\\" in entry.orig_filename or ":" in name or any(part in ("", ".", "..") for part in parts):
        yield Text("tên tệp dẫn ra ngoài, là thư mục hoặc không dùng được", "its name leads outside, is a folder's or none")
    if any(unicodedata.category(character).startswith("C") for character in entry.orig_filename):
        yield Text("tên tệp có ký tự không in được", "its name has characters that cannot be shown")
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        yield Text("là liên kết hoặc loại tệp lạ", "a link, or no plain file")
    if entry.flag_bits & 0x1 or entry.compress_type not in METHODS:
        yield Text("bị mã hoá hoặc nén theo cách lạ", "encrypted, or packed in an unknown way")


def _refused(place: Place, name: str, why: Text) -> Finding:
    shown = name.encode("unicode_escape").decode() if not name.isprintable() else name
    return Finding(
        code="archive-refused",
        place=place.at(shown) if shown else place,
        reason=why,
        remedy=Text("không dùng tệp này; lấy lại tệp từ nơi phát hành", "do not use this file; get it again from whoever issued it"),
    )


def archive_of(files: dict[str, bytes]) -> bytes:
    """Return an archive with equal bytes for equal files on every machine: sorted, undated, not compressed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(PurePosixPath(name).as_posix())  # of the first moment that an archive knows
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
    return written.getvalue()
