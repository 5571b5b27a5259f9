"""An edition goes out as a workbook and comes back: shown, checked as a whole, and only then written into its file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from cchc_rules.base.errors import EditionError, Finding, InputError, Place, Problems
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_, TomlSource, parse_toml, unreadable
from cchc_rules.base.writing import write_bytes
from cchc_rules.decisions.editions import REFUSED, edition_from, write_edition
from cchc_rules.decisions.policies import REFUSED_POLICIES
from cchc_rules.files.cells import settled
from cchc_rules.model import Edition
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.wording import rule_text
from cchc_rules.sheets.columns import BANDS, CRITERIA, REST, WORDING
from cchc_rules.sheets.editing import edited
from cchc_rules.sheets.merging import Merge, Merged
from cchc_rules.sheets.reading import Cells, Given, GivenRow, read_sheet
from cchc_rules.sheets.views import view_of
from cchc_rules.sheets.writing import workbook_bytes

BOM = "\ufeff"


@frozen(kw_only=True)
class Returned:
    """What a workbook changes in its edition's file, and what is to be remarked on the edition that this gives."""

    path: Path
    changes: tuple[Text, ...]
    findings: tuple[Finding, ...] = ()


# ------------------------------------------------------------------ out


def write_sheet(registry: Registry, name: str, path: Path, *, force: bool = False) -> None:
    """Write an edition as a workbook; raises ``InputError`` where that cannot be done."""
    write_bytes(path, sheet_bytes(registry, _edition(registry, name)), force=force)


def sheet_bytes(registry: Registry, registered: Registered[Edition]) -> bytes:
    """Return the workbook of an edition."""
    whole = registered.source is not None and not registered.below
    data = registered.source.data if whole and registered.source else write_edition(registered.value, registry.structure)
    return workbook_bytes(registered.value, view_of(data).worded(_wording(registry, registered)), registry.structure)


def _wording(registry: Registry, registered: Registered[Edition]) -> dict[str, str]:
    """Return the rules in words, by criterion; a rule that names an unknown fact has none."""
    facts = registry.facts_of(registered)
    lexicon = Lexicon(facts, registry.quantities.units)
    found = {}
    for each in registered.value.criteria:
        if each.rule is not None:
            try:
                found[each.id] = rule_text(each.rule, lexicon).vi
            except KeyError:
                continue
    return found


# ------------------------------------------------------------------ back


def bring_back(registry: Registry, name: str, path: Path, *, dry_run: bool = False, force: bool = False) -> Returned:
    """Write what was changed in a workbook into the edition's file, unless it is a ``dry_run``.

    Only the keys that change are written; nothing is written where anything stands against it. ``force`` lets
    the workbook prevail where the file was changed too. Raises ``InputError`` and ``EditionError``.
    """
    registered = _edition(registry, name)
    file = _own_file(registered)
    problems = Problems()
    given = read_sheet(path, problems)
    if given.edition != registered.key:
        raise InputError(Finding(
            code="sheet-other-edition", place=Place(file=path.as_posix()),
            reason=Text(f"bảng này là của {given.edition}, không phải của {registered.key}", f"this is the workbook of {given.edition}, not of {registered.key}"),
            remedy=Text(f"chạy `cchc sheet {given.edition} --back …`", f"run `cchc sheet {given.edition} --back …`")))
    text, data = _current(file)
    merged = Merge(data, given, problems, force=force).merged()
    problems.found[:] = dict.fromkeys(problems.found)  # a cell may have been read twice
    problems.raise_as(InputError)
    remarks = [*problems.found, *_overwritten(given)]
    if not merged.changes:
        return Returned(path=file, changes=(), findings=tuple(remarks))
    made = edited(text.removeprefix(BOM), merged.head, merged.lists, Place(file=file.as_posix()))
    remarks += _checked(registry, registered, made, merged, given)
    if not dry_run:
        write_bytes(file, ((BOM if text.startswith(BOM) else "") + made).encode(), force=True)
    return Returned(path=file, changes=merged.changes, findings=tuple(remarks))


def _edition(registry: Registry, name: str) -> Registered[Edition]:
    """Return an edition by its name; raises ``InputError`` where there is none."""
    registered = registry.named(name)
    if registered.key not in registry.editions:
        raise InputError(Finding(code="name-unknown", place=Place(where=name),
                                 reason=Text(f"“{name}” là phương pháp, không phải bộ tiêu chí", f"{name!r} is a method, not an edition"),
                                 remedy=Text("ghi tên bộ tiêu chí: lĩnh vực/cấp/năm", "name an edition: field/level/year")))
    return registered


def _own_file(registered: Registered[Edition]) -> Path:
    """Return the file that may be edited; raises where there is none, or it is fixed."""
    reason = remedy = None
    if registered.seal is not None or registered.value.status == "sealed":
        reason = Text(f"“{registered.key}” đã niêm phong: không sửa được nữa", f"{registered.key!r} is sealed: it cannot be changed any more")
        remedy = Text(f"mở tệp đính chính: `cchc erratum {registered.key} PHIÊN_BẢN`", f"open a correction: `cchc erratum {registered.key} VERSION`")
    elif registered.path is None or registered.below:
        reason = Text(f"“{registered.key}” không phải một tệp TOML nguyên vẹn", f"{registered.key!r} is not one whole TOML file")
        remedy = Text("sửa thẳng tệp sửa đổi, đính chính hoặc plugin", "edit the amendment or the plugin itself")
    if reason is not None and remedy is not None:
        raise InputError(Finding(code="sheet-sealed", place=Place(file=registered.path.as_posix() if registered.path else "", where=registered.key),
                                 reason=reason, remedy=remedy))
    assert registered.path is not None
    return registered.path


def _current(path: Path) -> tuple[str, dict[str, Any]]:
    """Return a file's text and its data as they are now."""
    place = Place(file=path.as_posix())
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(unreadable(place)) from error
    return text, parse_toml(text.removeprefix(BOM), place).data


def _overwritten(given: Given) -> list[Finding]:
    """Return warnings of wordings that somebody has edited, since that changes no rule."""
    shown = {name: row.texts.get(WORDING, "") for name, row in given.base.rows(CRITERIA.name).items()}
    return [
        Finding(code="sheet-wording-edited", severity="warning", place=row.cells[WORDING].place,
                reason=Text("cột này do máy viết từ quy tắc; sửa ở đây không có tác dụng", "this column is written from the rule; to edit it changes nothing"),
                remedy=Text("sửa ở cột “Cách chấm”, “Tham số” hoặc trang “Mức điểm”", "edit the form, its keys, or the bands"))
        for row in given.lists[CRITERIA.name]
        if row.id in shown and settled(row.cells[WORDING].text) != settled(shown[row.id])
    ]


# ------------------------------------------------------------------ checked before it is written


@frozen
class SheetSource(TomlSource):
    """The text that a workbook gives; every place in it is the cell that it comes from."""

    head: Cells = field(factory=dict)
    rows: Mapping[str, tuple[GivenRow | None, ...]] = field(factory=dict)

    def place(self, path: Path_ = (), where: str = "", where_en: str = "") -> Place:
        """Return the cell of a key."""
        cell = self._cell(path)
        return super().place(path, where, where_en) if cell is None else cell.at(where) if not where_en else Place(
            file=cell.file, where=f"{cell.where}, {where}", where_en=f"{cell.where}, {where_en}")

    def _cell(self, path: Path_) -> Place | None:
        """Return the place in the workbook; none for what only the file has."""
        match path:
            case ("edition", str() as key, *rest):
                return _of_key(self.head, key, rest)
            case (str() as name, int() as at, *rest) if at < len(self.rows.get(name, ())):
                row = self.rows[name][at]
                return None if row is None else _of_row(row, rest)
            case _:
                return None


def _of_row(row: GivenRow, path: list[str | int]) -> Place:
    """Return the cell of a key in a row, or in one of its bands; without a key, that of the id."""
    match path:
        case []:
            return row.place
        case [key, int() as band, str() as limit, *_] if key == BANDS and band < len(row.bands) and limit in row.bands[band]:
            return row.bands[band][limit].place
        case [key, int() as band, *_] if key == BANDS and band < len(row.bands):
            return next(iter(row.bands[band].values())).place
        case _:
            return _of_key(row.cells, str(path[0]), path[1:])


def _of_key(cells: Cells, key: str, within: list[str | int]) -> Place:
    """Return the cell of a key: its own, that of a key within it, or the one of all other keys."""
    names = [key, f"{key}.{within[0]}" if within else "", *(each for each in cells if each.partition(".")[0] == key), REST]
    return cells[next(each for each in names if each in cells)].place


def _checked(registry: Registry, registered: Registered[Edition], text: str, merged: Merged, given: Given) -> list[Finding]:
    """Return what is wrong with the edition that a text gives; raises where it cannot be loaded, or scored any more."""
    plain = parse_toml(text, Place(file=registered.source.file if registered.source else ""))
    source = SheetSource(plain.file, plain.data, plain.lines, (), given.head, merged.rows)
    edition = edition_from(source, registry.structure)
    if edition.id != registered.value.id:
        raise AssertionError(edition.id)  # what names an edition was looked at before
    known = {(each.code, each.place.where) for each in registry.lint(registered)}
    made = evolve(registered, value=edition, source=evolve(plain, marks=()))
    found = [(shown, (each.code, each.place.where)) for each, shown in
             zip(registry.lint(made), registry.lint(evolve(made, source=source)), strict=True)]
    refused = [shown for shown, at in found if shown.code in REFUSED | REFUSED_POLICIES and shown.severity == "error" and at not in known]
    if refused:
        raise EditionError(*refused)
    return [shown for shown, _ in found]

