"""A correction opened on top of a sealed table: the file that whoever corrects it fills in."""

import datetime as dt
from pathlib import Path

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import REVISIT
from cchc_rules.base.writing import write_bytes
from cchc_rules.decisions.overlays import SCHEMA
from cchc_rules.decisions.unfinished import TO_WRITE
from cchc_rules.methods import Method
from cchc_rules.plugins.registry import Registry

DRAFT = """\
# Đính chính {of}, phiên bản {version}. Bản đã niêm phong giữ nguyên; tệp này nằm bên trên nó.
# Điền số, ngày văn bản đính chính vào `source`, ghi các thay đổi ở dưới, xoá các chú thích “cần rà soát”,
# rồi chạy: cchc check, cchc diff, cchc seal.
schema = "{schema}"

[overlay]
of = "{of}"
seal = "{seal}" # của bản bên dưới: không sửa
version = "{version}"
kind = "erratum" # amendment: sửa đổi; erratum: đính chính; split: phân bổ điểm cho tiêu chí thành phần
label = "Đính chính {version}"
status = "draft" # `cchc seal` ghi "sealed"; đã ghi thì thiếu tệp niêm phong là bị từ chối
issued = {issued}
source = {{ place = "{to_write}: số, ngày, cơ quan ban hành văn bản đính chính" }} # {revisit} ghi đúng văn bản
provenance = "assumed" # {revisit} official khi `source` đã ghi đúng văn bản; không có văn bản thì giữ assumed

"""
OF_EDITION = """\
# Mỗi tiêu chí thay đổi là một bảng; `set` chỉ ghi những khoá thay đổi, như viết trong bộ tiêu chí:
# [[changes]]
# criterion = "…"
# set = { max_points = 3 }
"""
OF_METHOD = """\
# Chỉ ghi khoá nào của phương pháp thay đổi, mỗi khoá ghi trọn giá trị mới. Đây là danh sách `fields` hiện nay;
# bỏ dấu # và thêm `version` vào dòng của bộ tiêu chí đã đính chính. Khoá khác cũng ghi dưới [set].
# [set]
# fields = [
{fields}# ]
"""


def open_erratum(registry: Registry, name: str, version: str, issued: dt.date) -> Path:
    """Write the draft of a correction beside the table that it corrects, and return its path.

    Raises ``InputError`` for an unknown name, for a table that is not sealed, and where the file exists.
    """
    below = registry.named(name)
    name = below.key
    if below.path is None and below.seal is not None:
        raise InputError(Finding(
            code="inside-a-pack",
            place=below.source.place() if below.source else Place(where=name),
            reason=Text(f"“{name}” nằm trong tệp bàn giao, không mở đính chính trong đó được", f"{name!r} lies inside a pack, in which no correction can be opened"),
            remedy=Text("mở đính chính ở nơi có thư mục plugin, rồi đóng gói lại", "open the correction where the plugin's folder is, then pack anew"),
        ))
    if below.path is None or below.seal is None:
        raise InputError(Finding(
            code="base-not-sealed",
            place=Place(where=name),
            reason=Text(f"“{name}” chưa niêm phong: sửa thẳng trong tệp", f"{name!r} is not sealed: change the file itself"),
            remedy=Text("chỉ bản đã niêm phong mới cần đính chính; niêm phong bằng `cchc seal`",
                        "only what is sealed needs a correction on top; seal it with `cchc seal`"),
        ))
    path = below.path.with_name(f"{below.path.stem}-{version}.toml")
    hint = OF_EDITION if name in registry.editions else OF_METHOD.format(fields=_fields(registry, registry.methods[name].value))
    text = DRAFT.format(schema=SCHEMA, of=name, seal=below.seal.digest, version=version, issued=issued.isoformat(),
                        to_write=TO_WRITE, revisit=REVISIT) + hint
    write_bytes(path, text.encode())
    return path


def _fields(registry: Registry, method: Method) -> str:
    """Return the fields of a method, a comment a line, each with the corrected edition that there is, where it is one alone."""
    lines = []
    for used in method.fields:
        key = f"{used.field}/{method.level}/{used.edition_year}"
        versions = [each.partition("+")[2] for each in registry.editions if each.startswith(f"{key}+")]
        version = versions[0] if len(versions) == 1 else used.version
        pinned = f', version = "{version}"' if version else ""
        lines.append(f'#   {{ number = "{used.number}", field = "{used.field}", edition_year = {used.edition_year}{pinned} }},\n')
    return "".join(lines)
