"""Next year's draft: a copy of a table in which ids and comments stay and all that has to be decided anew is marked."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from cchc_rules.authoring.marks import counted, marked, toml_parser
from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.exact import format_date
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import read_toml
from cchc_rules.base.writing import write_bytes
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry

OF_ONE_DECISION = ("issued", "version")
"""Keys that belong to the old decision and say nothing of the new one."""
OF_A_UNIT = ("units", "blocks")
"""Lists of a method that say who is scored, not how."""
QUOTED = ("source", "max_points_source", "note")
"""Keys of the head that quote the old decision."""


def new_year(registry: Registry, name: str, year: int, before: int, *, level: str = "", folder: Path | None = None) -> Text:
    """Write the draft of one year from another year's edition or method, and return what was written.

    Raises ``InputError`` where there is nothing to start from, the new year is there already, or the file exists.
    """
    old = _table_of(registry, name, before, level)
    assert old.path is not None
    place = Place(file=old.path.as_posix())
    document = toml_parser(place)(old.path.read_bytes().decode("utf-8-sig"))
    draft = _Draft(document=document, before=before, year=year, registry=registry)
    draft.revise()
    if any(key.partition("+")[0] == old.key.partition("+")[0] and "+" in key for key in (*registry.editions, *registry.methods)):
        marked(draft.head["year"], f"năm {before} có bản sửa đổi, đính chính ở tệp riêng: đưa những gì còn hiệu lực vào đây")
    path = (folder or old.path.parent) / _file_name(old.path, before, year)
    _refuse_known(registry, old.key.partition("+")[0].removesuffix(str(before)) + str(year), path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, document.as_string().encode())
    return counted(path, len(read_toml(path).marks))


def _table_of(registry: Registry, name: str, year: int, level: str) -> Registered[Any]:
    """Return the edition of a field, or the method, that a new year starts from."""
    editions = {key: each for key, each in registry.editions.items()
                if each.value.field == name and level in ("", each.value.level) and not each.value.version}
    found: list[Registered[Any]] = [each for each in editions.values() if each.value.year == year]
    found += [each for each in registry.methods.values() if (each.value.id, each.value.year, each.value.version) == (name, year, "")]
    if len(found) == 1 and found[0].path is not None:
        return found[0]
    place = Place(where=f"{name}/{year}")
    if len(found) > 1:
        listed = ", ".join(each.key for each in found)
        raise InputError(Finding(code="level-needed", place=place,
                                 reason=Text(f"có nhiều bảng cùng tên: {listed}", f"several tables have this name: {listed}"),
                                 remedy=Text("ghi thêm `--level`", "add `--level`")))
    if found:
        raise InputError(Finding(code="name-unknown", place=place,
                                 reason=Text("bảng này được tạo bằng Python, không có tệp để chép", "this table was made in Python: there is no file to copy"),
                                 remedy=Text("ghi thành tệp TOML trước", "write it as a TOML file first")))
    known = [*registry.editions, *registry.methods]
    raise InputError(Finding(code="name-unknown", place=place,
                             reason=Text(f"không có bộ tiêu chí hay phương pháp “{name}” năm {year}", f"there is no edition or method {name!r} of {year}"),
                             remedy=did_you_mean(f"{name}/{year}", known)))


def _refuse_known(registry: Registry, key: str, path: Path) -> None:
    """Refuse a year that is there already, wherever its file lies."""
    known: list[Registered[Any]] = [*registry.editions.values(), *registry.methods.values()]
    for each in known:
        if each.key == key and each.path is not None and each.path != path:
            raise InputError(Finding(code="year-known", place=Place(file=each.path.as_posix()),
                                     reason=Text(f"đã có “{key}”", f"there is {key!r} already"),
                                     remedy=Text("sửa tệp đang có", "edit the file that is there")))


def _file_name(path: Path, before: int, year: int) -> str:
    """Return the name of the new file: the old one's, with the year in it changed."""
    changed = path.name.replace(str(before), str(year))
    return changed if changed != path.name else f"{path.stem}-{year}{path.suffix}"


@frozen(kw_only=True)
class _Draft:
    """A document on its way from one year to another."""

    document: Any
    before: int
    year: int
    registry: Registry

    @property
    def head(self) -> Any:
        """The table that names field or method, level and year."""
        return self.document["edition"] if "edition" in self.document else self.document["method"]

    def revise(self) -> None:
        """Change the year, take back what the old decision gave, and mark what the new one has to give."""
        for key in OF_ONE_DECISION:
            self.head.pop(key, None)
        self.head["year"] = self.year
        self.head["status"] = "draft"
        self._head()
        for reference in (*self.document.get("references", ()), *self.head.get("references", ())):
            self._mark_table(reference, f"số liệu tham chiếu của năm {self.year}")
        for criterion in self.document.get("criteria", ()):
            criterion_words = "điểm tối đa, các mức, cách chấm và trích dẫn theo quyết định mới"
            self._mark_table(criterion, criterion_words)
            self._revise(criterion)
        for key in list(self.head):
            if key not in OF_A_UNIT and isinstance(self.head[key], (dict, list)):
                self._revise_entry(self.head, key)

    def _head(self) -> None:
        """Mark what the head quotes from the old decision, and what the new one has to say there."""
        if "max_points" in self.head:
            marked(self.head["max_points"], "điểm tối đa của lĩnh vực theo quyết định mới")
        for key in QUOTED:
            if key in self.head:
                marked(self.head[key], f"đây là nội dung của năm {self.before}")
        self._take_back(self.head, "max_points_provenance")
        if "fields" in self.head:
            self._fields()
        if "max_points" not in self.head:
            marked(self.head["year"], "đối chiếu từng tham số của phương pháp với quyết định mới")

    def _fields(self) -> None:
        """Let a method use the editions of its new year where they are there, and mark those that are not."""
        level = self.head.get("level", "")
        missing = []
        for used in self.head["fields"]:
            if f"{used['field']}/{level}/{self.year}" in self.registry.editions:
                used["edition_year"] = self.year
                used.pop("version", None)
            else:
                missing.append(str(used["field"]))
        if missing:
            marked(self.head["fields"], f"chưa có bộ tiêu chí năm {self.year} của {', '.join(missing)}, đang dùng bộ cũ")

    def _mark_table(self, table: Any, words: str) -> None:
        """Mark a table in the line of its header; one that is written in braces has none."""
        if hasattr(table, "comment") and type(table).__name__ != "InlineTable":
            marked(table, words)

    def _revise(self, table: Any) -> None:
        """Revise every entry of a table."""
        for key in list(table):
            self._revise_entry(table, key)

    def _revise_entry(self, table: Any, key: str) -> None:
        """Move the dates in one entry, and take back its provenance; marks stand behind the entry itself."""
        if key in ("provenance", "official"):
            self._take_back(table, key)
            return
        value = table[key]
        if isinstance(value, dt.date):
            table[key] = self._moved(value)
            marked(table[key], f"hạn năm {self.before} là {format_date(value, 'vi')}, đã dời theo năm")
            return
        if type(value).__name__ in ("Table", "AoT"):
            for inner in value if isinstance(value, list) else (value,):
                self._revise(inner)
            return
        words = list(dict.fromkeys(self._inside(value)))
        for each in words:
            marked(table[key], each)

    def _inside(self, value: Any) -> Iterator[str]:
        """Change what lies within braces and brackets, where no comment can stand, and yield the words of its marks."""
        entries = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
        for key, inner in entries:
            if isinstance(inner, dt.date):
                value[key] = self._moved(inner)
                yield f"hạn năm {self.before} đã dời theo năm"
            elif key == "provenance" and inner == "official":
                value[key] = "assumed"
                yield self._taken_back()
            else:
                yield from self._inside(inner)

    def _take_back(self, table: Any, key: str) -> None:
        """Turn what the old decision made official into something to be looked at."""
        if key == "official" and key in table:
            told = "; ".join(f"{name}: {place}" for name, place in table[key].items())
            del table[key]
            marked(table["id"], f"năm {self.before} do quyết định cho: {told}")
        elif table.get(key) == "official":
            table[key] = "assumed"
            marked(table[key], self._taken_back())

    def _taken_back(self) -> str:
        return f"năm {self.before} ghi \"official\"; đối chiếu quyết định mới rồi ghi lại"

    def _moved(self, date: dt.date) -> dt.date:
        """Return a date as many years on; a leap day falls on the day before."""
        year = date.year + self.year - self.before
        try:
            return date.replace(year=year)
        except ValueError:
            return date.replace(year=year, day=28)
