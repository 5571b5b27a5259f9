"""Writing files whole or not at all: an existing file is kept unless told otherwise, a failure leaves it."""

import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text


def write_bytes(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write a file by way of a new one beside it, in a folder made for it if need be; raises ``InputError`` where that cannot be done."""
    if path.exists() and not force:
        raise InputError(_cannot(path, Text("tệp đã có", "the file exists already"),
                                 Text("chọn tên khác, hoặc thêm --force để ghi đè", "choose another name, or add --force")))
    new = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(data)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise InputError(_cannot(path, Text(f"không ghi được tệp ({error.strerror})", f"the file cannot be written ({error.strerror})"),
                                 Text("đóng tệp nếu đang mở trong Excel, kiểm tra thư mục và quyền ghi",
                                      "close it if it is open in Excel; check the folder and the permission"))) from error


def _cannot(path: Path, reason: Text, remedy: Text) -> Finding:
    return Finding(code="file-not-written", place=Place(file=path.as_posix()), reason=reason, remedy=remedy)


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write a new folder of text files by way of one beside it; raises ``InputError`` where it is there already."""
    if folder.exists():
        raise InputError(_cannot(folder, Text("thư mục đã có", "the folder exists already"),
                                 Text("chọn tên khác, hoặc `-o` một thư mục khác", "choose another name, or another folder with `-o`")))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".", suffix=".new") as made:
            new = Path(made) / folder.name
            for name, text in files.items():
                path = new / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
            new.rename(folder)
    except OSError as error:
        raise InputError(_cannot(folder, Text(f"không ghi được thư mục ({error.strerror})", f"the folder cannot be written ({error.strerror})"),
                                 Text("kiểm tra đường dẫn và quyền ghi", "check the path and the permission"))) from error
