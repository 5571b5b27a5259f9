"""An annex as a draft edition: the tree from its numbers, maxima, evidence, rules, and every doubt with its cell."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import field, frozen

from cchc_rules.annex.extras import Extra, as_taken, read_extra
from cchc_rules.annex.numbering import Numbered, arranged, read_number
from cchc_rules.annex.reading import Placeholder, Reading, slug, small
from cchc_rules.annex.sentences import read_sentences, readings_of
from cchc_rules.annex.tables import Cell, Row, read_annex
from cchc_rules.base.errors import Finding, InputError, Place, Severity, did_you_mean
from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import REVISIT
from cchc_rules.quantities import Unit

MOST_COUNTED = 1_000_000
TOTAL = re.compile(r"tổng(?: cộng| điểm| số điểm)?", re.IGNORECASE)
POINTS = re.compile(r"([0-9]{1,4}(?:[.,][0-9]{1,2})?)(?: ?điểm)?")
ALL = "all"
"""Takes the whole annex as one field."""


@frozen(kw_only=True)
class Entry:
    """One row of the annex that is a criterion, or the field itself."""

    numbered: Numbered
    label: str
    maximum: Decimal
    rule: str
    evidence: tuple[str, ...]
    row: Row
    extra: Extra | None = None
    notes: list[str] = field(factory=list)

    @property
    def counted(self) -> Decimal:
        """What the row counts for in the maximum above it: bonus and penalty stand outside."""
        return Decimal(0) if self.extra else self.maximum


@frozen(kw_only=True)
class Draft:
    """What became of an annex: the text of an edition, the field's label, and what somebody has to look at."""

    text: str
    label: str
    findings: tuple[Finding, ...]


def draft_edition(path: Path, name: str, level: str, year: int, units: Mapping[str, Unit], *, part: str = "") -> Draft:
    """Return an annex as a draft edition; raises ``InputError`` where it cannot be read whole."""
    reader = _Reader(path)
    entries = reader.entries()
    reader.refuse(part)
    head, criteria = _chosen(entries, part, path)
    for each in criteria:
        reader.sums(each, [child for child in criteria if child.numbered.parent == each.numbered.path])
    writer = _Writer(name, year, units, reader)
    text = writer.edition(head, criteria, level, path.name)
    return Draft(text=text, label=head.label if head else name, findings=tuple(reader.found))


# ------------------------------------------------------------------ rows


class _Reader:
    """Reads the rows of an annex and keeps what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.rows = read_annex(path)
        self.found: list[Finding] = []
        self.doubts: dict[str, str] = {}
        self.parts: dict[Place, str] = {}
        """The topmost row that each cell stands below."""

    def add(self, code: str, place: Place, reason: Text, remedy: Text, severity: Severity = "error") -> None:
        """Keep one finding."""
        self.found.append(Finding(code=code, place=place, reason=reason, remedy=remedy, severity=severity))

    def refuse(self, part: str) -> None:
        """Raise where something cannot be read at all: nothing is then written. What is wrong in another part is left to it."""
        elsewhere = {place for place, top in self.parts.items() if part not in ("", ALL, top)}
        self.found = [each for each in self.found if each.place not in elsewhere]
        severe = [each for each in self.found if each.severity == "error"]
        if severe:
            raise InputError(*severe)

    def entries(self) -> list[Entry]:
        """Return the rows that are criteria, those that go on from the row above joined to it."""
        grouped: list[list[Row]] = []
        for row in self.rows:
            if row["number"].text or row["number"].kind == "date":
                grouped.append([row])
            elif TOTAL.match(row["label"].text):
                self._total(row)
            elif row["label"].text and row["maximum"].text:
                self.add("annex-numbering", row["label"].place, Text(f"dòng “{_short(row['label'].text)}” có điểm mà không có số thứ tự", f"the row {_short(row['label'].text)!r} has points and no number"),
                         Text("ghi số thứ tự vào cột STT", "write its number into the first column"))
            elif grouped and not row["label"].text and (row["rule"].text or row["evidence"].text):
                grouped[-1].append(row)
            else:
                words = _short(" ".join(cell.text for cell in row.cells.values() if cell.text).replace("\n", " "))
                self.add("annex-row-ignored", row.place, Text(f"không dùng dòng “{words}”: không có số thứ tự", f"the row {words!r} has no number and is not used"),
                         Text("nếu là tiêu chí thì ghi số thứ tự và điểm", "give it a number and points if it is a criterion"), "warning")
        numbered = self._numbered([rows[0] for rows in grouped])
        top = ""
        for rows, at in zip(grouped, numbered, strict=True):
            top = at.path.partition(".")[0] if at else top
            self.parts |= {cell.place: top for row in rows for cell in row.cells.values()}
        return [entry for rows, at in zip(grouped, numbered, strict=True) if at is not None and (entry := self._entry(rows, at)) is not None]

    def _numbered(self, rows: list[Row]) -> list[Numbered | None]:
        """Return where each row belongs; ``None`` for a number that is none."""
        numbers = []
        for row in rows:
            cell = row["number"]
            number = read_number(cell.text) if cell.kind in ("text", "number") else None
            if number is None:
                self.add("annex-numbering", cell.place, Text(f"“{cell.text}” không phải số thứ tự" + (" (Excel đã đổi thành ngày)" if cell.kind == "date" else ""),
                                                             f"{cell.text!r} is no number of a row" + (" (Excel has made it a date)" if cell.kind == "date" else "")),
                         Text("định dạng ô là Text rồi gõ lại, ví dụ 1.2", "format the cell as text and type it again, such as 1.2"))
            numbers.append(number)
        placed, flaws = arranged([each for each in numbers if each is not None])
        read = [row for row, number in zip(rows, numbers, strict=True) if number is not None]
        for flaw in flaws:
            self.add("annex-numbering", read[flaw.at]["number"].place, Text(flaw.vi, flaw.en), Text("đối chiếu với quyết định", "compare with the decision"),
                     "error" if flaw.severe else "warning")
            self.doubts[placed[flaw.at].path] = flaw.vi
        waiting = iter(placed)
        return [None if number is None else next(waiting) for number in numbers]

    def _entry(self, rows: list[Row], at: Numbered) -> Entry | None:
        """Return one criterion; none where its maximum cannot be read."""
        first = rows[0]
        extra = read_extra(first["maximum"].text) if first["maximum"].kind == "text" else None
        maximum = extra.points if extra else self._maximum(first["maximum"])
        if not first["label"].text:
            self.add("annex-label-missing", first["label"].place, Text("thiếu tên tiêu chí" + _merged(first["label"]).vi, "the criterion has no name" + _merged(first["label"]).en),
                     Text("ghi tên; nếu ô đang gộp thì bỏ gộp", "write it; unmerge the cell if it is merged"))
        if maximum is None or not first["label"].text:
            return None
        rule = "\n".join(each["rule"].text for each in rows if each["rule"].text)
        evidence = (line.strip().lstrip("-–•+ ").rstrip(";. ") for each in rows for part in each["evidence"].text.splitlines() for line in part.split(";"))
        return Entry(numbered=at, label=first["label"].text.replace("\n", " "), maximum=maximum, rule=rule, evidence=tuple(filter(None, evidence)), row=first, extra=extra,
                     notes=[self.doubts[at.path]] if at.path in self.doubts else [])

    def _maximum(self, cell: Cell) -> Decimal | None:
        """Return a maximum as it is printed; what is not plainly a number is refused with its cell."""
        found = POINTS.fullmatch(cell.text) if cell.kind in ("text", "number") else None
        if found and Decimal(found[1].replace(",", ".")) > 0:
            return Decimal(found[1].replace(",", "."))
        why = {
            "date": Text("Excel đã đổi điểm thành ngày", "Excel has turned the points into a date"),
            "formula": Text("công thức chưa có kết quả", "a formula without a result"),
            "merged": Text("ô bị gộp với ô khác nên không có điểm riêng", "the cell is merged with another and has no points of its own"),
        }.get(cell.kind, Text("không phải một số điểm", "not a number of points") if cell.text else Text("chưa có điểm tối đa", "no maximum"))
        self.add("annex-maximum", cell.place, Text(f"điểm tối đa “{cell.text}”: {why.vi}" if cell.text else why.vi, f"maximum {cell.text!r}: {why.en}" if cell.text else why.en),
                 Text("ghi một số, ví dụ 2 hoặc 0,5; bỏ gộp ô", "write one number, such as 2 or 0,5; unmerge the cell"))
        return None

    def _total(self, row: Row) -> None:
        """Compare the printed total with what the topmost rows come to."""
        printed = self._maximum(row["maximum"]) if row["maximum"].text else None
        tops = [each for each in self.rows if (number := read_number(each["number"].text)) and len(number.ordinals) == 1]
        kinds = [read_number(each["number"].text) for each in tops]
        kind = kinds[0].kind if kinds and kinds[0] else ""
        values = [POINTS.fullmatch(each["maximum"].text) for each, number in zip(tops, kinds, strict=True) if number and number.kind == kind]
        if printed is None or not all(values):
            return
        self._unequal(printed, sum((Decimal(each[1].replace(",", ".")) for each in values if each), Decimal(0)), row["maximum"].place, "tổng cộng", "the total")

    def sums(self, parent: Entry, children: list[Entry]) -> None:
        """Compare a criterion's maximum with what its parts come to; reported, never repaired."""
        if children:
            name = parent.numbered.number.printed
            added = sum((each.counted for each in children), Decimal(0))
            if self._unequal(parent.maximum, added, parent.row["maximum"].place, f"mục {name}", f"row {name}"):
                parent.notes.append(f"phụ lục ghi {format_number(parent.maximum, 'vi')} điểm, các mục con cộng lại {format_number(added, 'vi')}")

    def _unequal(self, printed: Decimal, added: Decimal, place: Place, vi: str, en: str) -> bool:
        if printed == added:
            return False
        self.add("annex-total", place, Text(f"{vi} ghi {format_number(printed, 'vi')} điểm, cộng lại là {format_number(added, 'vi')}",
                                            f"{en}: {format_number(printed, 'en')} points printed, the parts come to {format_number(added, 'en')}"),
                 Text("đối chiếu với quyết định; máy không tự sửa", "compare with the decision; nothing is repaired"), "warning")
        return True


def _merged(cell: Cell) -> Text:
    return Text(" (ô bị gộp)", " (the cell is merged)") if cell.kind == "merged" else Text("", "")


def _short(words: str) -> str:
    return words if len(words) <= 40 else words[:39] + "…"


def _chosen(entries: list[Entry], part: str, path: Path) -> tuple[Entry | None, list[Entry]]:
    """Return the row that is the field, and the criteria below it; refuses to choose among several."""
    tops = [each for each in entries if not each.numbered.parent]
    place = Place(file=path.as_posix())
    if not tops:
        raise InputError(Finding(code="annex-header-missing", place=place, reason=Text("phụ lục không có tiêu chí nào", "the annex has no criterion"),
                                 remedy=Text("kiểm tra bảng dưới dòng tiêu đề", "check the table below its header")))
    if part == ALL:
        return None, entries
    named = [each for each in tops if part in ("", each.numbered.path)]
    listed = ", ".join(f"{each.numbered.path} ({_short(each.label)})" for each in tops)
    if part and not named:
        raise InputError(Finding(code="annex-part-needed", place=place,
                                 reason=Text(f"phụ lục không có mục lớn “{part}”; các mục lớn: {listed}", f"the annex has no topmost row {part!r}; those there are: {listed}"),
                                 remedy=did_you_mean(part, [*(each.numbered.path for each in tops), ALL])))
    if len(named) != 1:
        raise InputError(Finding(code="annex-part-needed", place=place,
                                 reason=Text(f"phụ lục có nhiều mục lớn: {listed}", f"the annex has several topmost rows: {listed}"),
                                 remedy=Text("ghi `--part` kèm số của một lĩnh vực, hoặc `--part all` nếu cả bảng là một lĩnh vực",
                                             "add `--part` with the number of one field, or `--part all` where the whole table is one field")))
    head = named[0]
    below = {head.numbered.path}
    chosen = []
    for each in entries:
        if each.numbered.parent in below:
            below.add(each.numbered.path)
            chosen.append(each)
    return (head, chosen) if chosen else (None, [head])


# ------------------------------------------------------------------ TOML


class _Writer:
    """Writes the edition of one field."""

    def __init__(self, name: str, year: int, units: Mapping[str, Unit], reader: _Reader) -> None:
        self.name = name
        self.year = year
        self.units = units
        self.reader = reader
        self.taken: set[str] = set()
        self.facts: list[str] = []

    def edition(self, head: Entry | None, criteria: list[Entry], level: str, file: str) -> str:
        """Return the text of the whole edition."""
        top = head.numbered.path if head else ""
        topmost = [each for each in criteria if each.numbered.parent == top]
        added = sum((each.counted for each in topmost), Decimal(0))
        maximum = head.maximum if head else added
        notes = ["phụ lục không ghi điểm của lĩnh vực; đây là tổng các mục lớn"] if head is None else []
        if head is not None:
            self.reader.sums(head, topmost if topmost != [head] else [])
            notes += head.notes
        ids = {each.numbered.path: f"{self.name}.{self._unique(slug(each.label, '-'))}" for each in criteria}
        parents = {each.numbered.parent for each in criteria}
        tables = [self._criterion(each, ids, is_parent=each.numbered.path in parents) for each in criteria]
        label = head.label if head else f"Lĩnh vực {self.name}"
        lines = [
            f"# Đọc từ phụ lục {file}. Số, câu chữ lấy đúng như phụ lục; chỗ nào phụ lục không nói rõ thì có chú thích “{REVISIT.rstrip(':')}”.",
            'schema = "cchc.edition/1"', "", "[edition]",
            f'field = "{self.name}"', f"label = {_text(label)}", f"label_en = {_text(label)} # tên tiếng Anh, không bắt buộc",
            f'level = "{level}"', f"year = {self.year}", 'status = "draft"', _comments(notes) + f"max_points = {maximum}",
            f'max_points_provenance = "assumed" # {REVISIT} phụ lục đã ban hành thì ghi "official" và max_points_source',
            f"source = {{ place = {_text(file)} }} # {REVISIT} ghi số, ngày của quyết định",
        ]
        return "\n".join([*lines, "", *self.facts, *tables])

    def _criterion(self, entry: Entry, ids: Mapping[str, str], *, is_parent: bool) -> str:
        """Return the table of one criterion."""
        name = ids[entry.numbered.path]
        lines = ["[[criteria]]", f'id = "{name}"', f"number = {_text(entry.numbered.number.printed if entry.numbered.number.kind != 'letter' else entry.numbered.path)}"]
        notes = list(entry.notes)
        body: list[str] = []
        if not is_parent:
            body, unsettled = self._rule(entry, name)
            notes += unsettled
        elif entry.rule:
            notes.append("mục này có mục con nên không chấm riêng; câu trong cột cách chấm giữ ở `clause`")
        if notes:
            lines.append(_comments(notes).rstrip("\n"))
        if entry.numbered.parent in ids:
            lines.append(f'parent = "{ids[entry.numbered.parent]}"')
        lines += [f"label = {_text(entry.label)}", f"max_points = {entry.maximum}", 'provenance = "assumed"']
        lines += [f'kind = "{entry.extra.kind}"'] if entry.extra else []
        clause = f"dòng {entry.numbered.number.printed}"
        lines.append(f"clause = {{ place = {_text(clause)}" + (f", text = {_text(entry.rule)}" if entry.rule else "") + " }")
        if entry.evidence:
            lines.append(f"evidence = {_value(list(entry.evidence))}")
        return "\n".join([*lines, *body, ""])

    def _rule(self, entry: Entry, name: str) -> tuple[list[str], list[str]]:
        """Return the form of a criterion, and what has to be settled about it; every doubt is a finding too."""
        reading = self._read(entry)
        notes = [*readings_of(reading), *(entry.extra.doubts if entry.extra else ())]
        cell = entry.row["rule"]
        code = "annex-ambiguous" if reading.readings else "annex-placeholder"
        if not reading.form and not reading.readings:
            code = "annex-sentence-unread"
            said = f"“{_short(entry.rule)}”" if entry.rule else "cột cách chấm để trống"
            notes.append(f"chưa đọc được cách chấm ({said}): chọn form; đang để chấm theo mức, hai mức chỉ là tạm".replace("\n", " "))
        for each in notes:
            self.reader.add(code, cell.place.at(f"mục {entry.numbered.number.printed}"), Text(each, f"to be settled: {each}"),
                            Text("xem chú thích trong tệp của năm", "see the comment in the edition"), "warning")
        if not reading.form:
            reading = _judged(entry.label)
        stem = name.partition(".")[2].replace("-", "_")
        names = {each.role: f"{stem}_{each.role}" for each in reading.facts}
        self.facts += [self._fact(each, names[each.role], reading) for each in reading.facts]
        return [f'form = "{reading.form}"', *(f"{key} = {_value(value, names)}" for key, value in reading.keys.items())], notes

    def _read(self, entry: Entry) -> Reading:
        """Return what the sentence of a row says; of a bonus or a penalty without one, what the cell of its points says."""
        words = entry.rule or (entry.extra.sentence if entry.extra else "")
        reading = read_sentences(words, entry.label, entry.maximum, self.year, self.units)
        return as_taken(reading, entry.maximum) if entry.extra and entry.extra.kind == "penalty" else reading

    def _fact(self, fact: Placeholder, name: str, reading: Reading) -> str:
        """Return the table of a fact that stands in for one that somebody has to name."""
        lines = ["[[facts]]", f'id = "{name}"', f"label = {_text(fact.label)}", f'type = "{fact.type}"']
        if fact.type in ("count", "decimal"):
            words = " ".join(each.label for each in reading.facts)
            lines.append(f'unit = "{fact.unit or self._unit(words)}"')
            lines += [] if "range" in fact.extra else [f"range = [0, {MOST_COUNTED}]"]
        return "\n".join([*lines, *(f"{key} = {_value(value)}" for key, value in fact.extra.items()), ""])

    def _unit(self, words: str) -> str:
        """Return the unit whose name is met first in the words; an item where none is."""
        met = [(words.find(each.label.vi), each.id) for each in self.units.values() if each.label.vi and each.label.vi not in ("điểm", "%") and each.label.vi in words]
        return min(met)[1] if met else "item"

    def _unique(self, slug: str) -> str:
        """Return an id that no other criterion has."""
        name, number = slug, 1
        while name in self.taken:
            number += 1
            name = f"{slug}-{number}"
        self.taken.add(name)
        return name


def _judged(label: str) -> Reading:
    """Return the form of what could not be read: an assessor says whether it is met."""
    levels = [{"id": "dat", "label": "Đạt"}, {"id": "khong_dat", "label": "Không đạt"}]
    fact = Placeholder(role="judged", label=f"mức đánh giá: {small(label)}", type="level", extra={"levels": levels, "judged": True})
    return Reading(form="judged", keys={"fact": "{judged}", "marks": {"dat": "100 %", "khong_dat": "0 %"}}, facts=(fact,))


def _comments(notes: Iterable[str]) -> str:
    return "".join(f"# {REVISIT} {' '.join(each.split())}\n" for each in notes)


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any, names: Mapping[str, str] | None = None) -> str:
    """Return a value as TOML, ``{role}`` replaced by the fact of that role."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            role = re.fullmatch(r"\{(\w+)\}", value)
            return _text(names[role[1]] if role and names else value)
        case dict():
            return "{ " + ", ".join(f"{key} = {_value(each, names)}" for key, each in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(_entries(value, names)) + "]"
        case _:
            return str(value)


def _entries(values: Iterable[Any], names: Mapping[str, str] | None) -> Iterator[str]:
    return (_value(each, names) for each in values)
