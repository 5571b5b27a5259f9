"""The zip archives that office files are: read whole, refused where a file is none or unpacks to an absurd size."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from cchc_rules.base.archives import MOST_BYTES, MOST_UNPACKED
from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import unreadable


def archive_bytes(path: Path, unusable: Callable[[Place, Text], Finding], kind: Text) -> bytes:
    """Return the bytes of an office file; ``kind`` says what it should have been.

    Raises ``InputError`` for a file that cannot be opened, is no archive, or is too large, packed or unpacked.
    """
    place = Place(file=path.as_posix())
    too_large = InputError(unusable(place, Text("tệp quá lớn", "the file is too large")))
    try:
        if path.stat().st_size > MOST_BYTES:
            raise too_large
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except OSError as error:
        raise InputError(unreadable(place)) from error
    except zipfile.BadZipFile as error:
        raise InputError(unusable(place, kind)) from error
    if unpacked > MOST_UNPACKED:
        raise too_large
    return data
