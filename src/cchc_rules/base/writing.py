"""Writing files whole or not at all: an existing file is kept unless told otherwise, a failure leaves it."""

from pathlib import Path

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text


def write_bytes(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write a file by way of a new one beside it; raises ``InputError`` where that cannot be done."""
    if path.exists() and not force:
        raise InputError(_cannot(path, Text("tệp đã có", "the file exists already"),
                                 Text("chọn tên khác, hoặc thêm --force để ghi đè", "choose another name, or add --force")))
    new = path.with_name(path.name + ".new")
    try:
        new.write_bytes(data)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise InputError(_cannot(path, Text(f"không ghi được tệp ({error.strerror})", f"the file cannot be written ({error.strerror})"),
                                 Text("đóng tệp nếu đang mở trong Excel, kiểm tra thư mục và quyền ghi",
                                      "close it if it is open in Excel; check the folder and the permission"))) from error


def _cannot(path: Path, reason: Text, remedy: Text) -> Finding:
    return Finding(code="file-not-written", place=Place(file=path.as_posix()), reason=reason, remedy=remedy)
