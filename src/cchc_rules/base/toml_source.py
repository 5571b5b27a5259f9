"""A TOML file as data, with the line on which each of its keys stands, and what its comments mark."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import field, frozen

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text

Path_ = tuple[str | int, ...]
_TABLES = re.compile(r"^\s*\[\[\s*([^\]]+?)\s*\]\]")
_TABLE = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"^\s*((?:[\w-]+|\"[^\"]*\")(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"))*)\s*=")
_LINE_IN_MESSAGE = re.compile(r"at line (\d+)")
REVISIT = "cần rà soát:"
"""What a comment says where somebody has to look at the line again before the table is issued."""
_MARK = re.compile(rf"#.*?\b{REVISIT}\s*(.*?)\s*$", re.IGNORECASE)


@frozen
class Mark:
    """A comment that asks somebody to look again: its line, the nearest key above it, and its words."""

    line: int
    path: Path_
    words: str


@frozen
class TomlSource:
    """The data of one TOML file, and where it was read."""

    file: str
    data: dict[str, Any]
    lines: dict[Path_, int] = field(factory=dict, repr=False)
    marks: tuple[Mark, ...] = field(default=(), repr=False)

    def place(self, path: Path_ = (), where: str = "", where_en: str = "") -> Place:
        """Return the place of a key: the line of the nearest enclosing one that is known."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return Place(file=self.file, line=self.lines[path[:length]], where=where, where_en=where_en)
        return Place(file=self.file, where=where, where_en=where_en)


def read_toml(path: Path) -> TomlSource:
    """Read a TOML file with exact numbers; raises ``InputError`` where it is not readable as such."""
    place = Place(file=path.as_posix())
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Finding(
            code="file-not-utf-8",
            place=place,
            reason=Text(f"tệp không phải UTF-8 (byte thứ {error.start})", f"not UTF-8 (byte {error.start})"),
            remedy=Text("lưu lại tệp với bảng mã UTF-8", "save the file as UTF-8"),
        )) from error
    except OSError as error:
        raise InputError(unreadable(place)) from error
    return parse_toml(text, place)


def parse_toml(text: str, place: Place) -> TomlSource:
    """Return the data in a TOML text; raises ``InputError`` where it is none."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _LINE_IN_MESSAGE.search(str(error))
        raise InputError(Finding(
            code="toml-syntax",
            place=Place(file=place.file, line=int(found[1]) if found else None),
            reason=Text(f"sai cú pháp TOML: {error}", f"not valid TOML: {error}"),
            remedy=Text("sửa dòng này: mỗi khoá một lần, chữ trong ngoặc kép, số dùng dấu chấm",
                        "mend the line: each key once, text in double quotes, a point in numbers"),
        )) from error
    lines = _lines_of(text)
    return TomlSource(place.file, data, lines, tuple(_marks_in(text, lines)))


def unreadable(place: Place) -> Finding:
    """Return the finding of a file that is not there or may not be read."""
    return Finding(
        code="file-unreadable",
        place=place,
        reason=Text("không mở được tệp", "the file cannot be opened"),
        remedy=Text("kiểm tra đường dẫn và quyền đọc", "check the path and the permission to read it"),
    )


def _lines_of(text: str) -> dict[Path_, int]:
    """Return the line of every table and every key that begins a line."""
    lines: dict[Path_, int] = {}
    counts: dict[Path_, int] = {}
    table: Path_ = ()
    inside_text = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not inside_text:
            if found := _TABLES.match(line):
                name = _open_tables(_names(found[1]), counts)
                counts[name] = counts.get(name, -1) + 1
                table = (*name, counts[name])
                lines.setdefault(name, number)
                lines[table] = number
            elif found := _TABLE.match(line):
                table = _open_tables(_names(found[1]), counts)
                lines[table] = number
            elif found := _KEY.match(line):
                lines.setdefault((*table, *_names(found[1])), number)
        if line.count('"""') % 2 or line.count("'''") % 2:
            inside_text = not inside_text
    return lines


def _marks_in(text: str, lines: dict[Path_, int]) -> Iterator[Mark]:
    """Yield the comments that ask somebody to look again."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _MARK.search(unicodedata.normalize("NFC", line)):
            above = [(start, len(path), path) for path, start in lines.items() if start <= number]
            path = max(above, default=(0, 0, ()), key=lambda each: each[:2])[2]
            by_itself = line.lstrip().startswith("#") and path[:-1] in lines
            yield Mark(number, path[:-1] if by_itself else path, found[1])


def _names(dotted: str) -> Path_:
    """Return the parts of a dotted key."""
    return tuple(part.strip().strip('"') for part in re.findall(r'"[^"]*"|[^.]+', dotted))


def _open_tables(names: Path_, counts: dict[Path_, int]) -> Path_:
    """Return a table's path with the index of each array of tables that it lies in, its own left out."""
    path: Path_ = ()
    for index, name in enumerate(names):
        path = (*path, name)
        if path in counts and index < len(names) - 1:
            path = (*path, counts[path])
    return path
