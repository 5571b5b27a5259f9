"""A field's edition: read from TOML, written back, and checked as a whole."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from cchc_rules.base.errors import EditionError, Finding, Place, Severity, did_you_mean
from cchc_rules.base.exact import Rounding, format_date, format_number, on_grid
from cchc_rules.base.texts import LANGUAGES, Text, same
from cchc_rules.base.toml_source import Path_, TomlSource, read_toml
from cchc_rules.calendars import Calendar
from cchc_rules.decisions.maxima import Maximum, maxima
from cchc_rules.decisions.policies import edition_flaws
from cchc_rules.decisions.records import REFUSED_RECORDS, calendars_counted_by, record_flaws
from cchc_rules.decisions.structure import Structure
from cchc_rules.methods import Method, RoundingRule
from cchc_rules.model import Criterion, Edition, Fact
from cchc_rules.quantities import Quantities
from cchc_rules.rules.dimensions import misfits
from cchc_rules.rules.lint import Context, flaws, off_grid, unsound
from cchc_rules.rules.tree import DaysLate, facts_of

SCHEMA = "cchc.edition/1"
HEAD = "edition"
LISTS = ("facts", "references", "statistics", "registers", "records", "criteria")


# ------------------------------------------------------------------ TOML ↔ model


def read_edition(path: Path, structure: Structure) -> tuple[Edition, TomlSource]:
    """Read one edition; raises ``EditionError`` with every problem, each with file, line and criterion."""
    source = read_toml(path)
    return edition_from(source, structure), source


def edition_from(source: TomlSource, structure: Structure) -> Edition:
    """Return the edition in tables that have been read already; raises as ``read_edition``."""
    check_schema(source, SCHEMA, {HEAD, *LISTS})
    flat = {**_table(source, HEAD), **{name: source.data[name] for name in LISTS if name in source.data}}
    return structure.read(flat, Edition, lambda at: edition_place(source, at), EditionError)


def write_edition(edition: Edition, structure: Structure) -> dict[str, Any]:
    """Return the tables of an edition's TOML file: the inverse of ``read_edition``."""
    flat = structure.write(edition)
    lists = {name: flat.pop(name) for name in LISTS if name in flat}
    return {"schema": SCHEMA, HEAD: flat, **lists}


def check_schema(source: TomlSource, schema: str, tables: set[str]) -> None:
    """Refuse a file of another kind, and tables that this kind does not have."""
    given = source.data.get("schema")
    if given != schema:
        raise EditionError(Finding(
            code="schema-unknown",
            place=source.place(("schema",)),
            reason=Text(f"tệp ghi schema = {given!r}, ở đây cần {schema!r}", f"the file says schema = {given!r}, expected {schema!r}"),
            remedy=Text(f'ghi `schema = "{schema}"` ở dòng đầu', f'write `schema = "{schema}"` on the first line'),
        ))
    unknown = sorted(set(source.data) - tables - {"schema"})
    if unknown:
        raise EditionError(*(
            Finding(
                code="key-unknown",
                place=source.place((name,), f"[{name}]"),
                reason=Text(f"bảng lạ “{name}”", f"unknown table {name!r}"),
                remedy=did_you_mean(name, tables),
            )
            for name in unknown
        ))


def _table(source: TomlSource, name: str) -> dict[str, Any]:
    table = source.data.get(name)
    return table if isinstance(table, dict) else {}


def edition_place(source: TomlSource, path: Path_) -> Place:
    """Return the place of a key of the edition, named by criterion or fact as staff know it."""
    in_file = path if path and path[0] in LISTS else (HEAD, *path)
    where = _where(source, path)
    return source.place(in_file, where.vi, where.en)


def to_revisit(source: TomlSource) -> Iterator[Finding]:
    """Yield what comments of a file ask somebody to look at again; the comment goes when that is done."""
    for mark in source.marks:
        where = _where(source, mark.path[1:] if mark.path[:1] and mark.path[0] in HEADS else mark.path)
        yield Finding(
            code="to-revisit",
            place=Place(file=source.file, line=mark.line, where=where.vi, where_en=where.en if where.en != where.vi else ""),
            reason=Text(f"cần rà soát: {mark.words}", f"to be looked at again: {mark.words}"),
            remedy=Text("đối chiếu với quyết định, sửa, rồi xoá chú thích này", "compare with the decision, mend, then delete the comment"),
        )


HEADS = frozenset({HEAD, "method", "overlay"})
"""The tables that a file is about, which go without saying."""
THINGS = {
    "criteria": Text("tiêu chí", "criterion"),
    "facts": Text("số liệu", "fact"),
    "references": Text("số liệu tham chiếu", "reference"),
    "statistics": Text("thống kê", "statistic"),
    "registers": Text("sổ theo dõi", "register"),
    "records": Text("số liệu đếm từ sổ", "counted fact"),
}


def _where(source: TomlSource, path: Path_) -> Text:
    """Return a path in words: criterion 3.6 (procedures.four-on-site), bands[0].points."""
    if len(path) < 2 or not isinstance(path[0], str) or path[0] not in LISTS or not isinstance(path[1], int):
        return same(_dotted(path))
    table = source.data[path[0]][path[1]]
    known = table if isinstance(table, dict) else {}
    name = f"{known.get('number', '')} ({known.get('id', known.get('fact', path[1]))})".strip()
    rest = _dotted(path[2:])
    vi, en = (f"{THINGS[path[0]].get(language)} {name}" + (f", {rest}" if rest else "") for language in LANGUAGES)
    return Text(vi, en)


def _dotted(path: Path_) -> str:
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return words.lstrip(".")


# ------------------------------------------------------------------ what is wrong with an edition

REFUSED = frozenset({
    "criterion-duplicate", "fact-duplicate", "fact-undeclared", "fact-without-range", "fact-wrong-kind",
    "dimension-mismatch", "threshold-unit", "level-mismatch", "parent-unknown", "parent-with-form", "form-missing",
    "zero-policy-missing", "unit-unknown", "calendar-unknown", *REFUSED_RECORDS,
})
"""Findings with which an edition cannot be scored at all; the others are for whoever issues it to mend."""


def lint_edition(
    edition: Edition,
    source: TomlSource | None,
    facts: Mapping[str, Fact],
    quantities: Quantities,
    calendars: Mapping[str, Calendar] | None = None,
    *,
    thorough: bool = True,
    read_by_methods: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    """Return everything wrong with an edition; ``facts`` are those declared here and those registered.

    ``read_by_methods`` are facts that methods read by themselves, though no criterion may. Unless it is
    ``thorough``, only what keeps an edition from being scored at all is looked for in its rules.
    """
    check = _Check(edition, source, facts, quantities, calendars or {}, read_by_methods, thorough=thorough)
    return tuple(check.findings())


def facts_read(edition: Edition) -> frozenset[str]:
    """Return the facts that the edition's rules, conditions and statistics read."""
    rules = [each.rule for each in edition.criteria if each.rule is not None]
    conditions = [each.applies_when.condition() for each in edition.criteria if each.applies_when is not None]
    counted = {name for each in edition.statistics for name in (each.fact, each.part, each.whole) if name}
    return frozenset(counted.union(*(facts_of(node) for node in (*rules, *conditions))))


def lateness_of(criterion: Criterion) -> Iterator[DaysLate]:
    """Yield what a criterion's rule counts by a registered calendar, each once."""
    nodes = criterion.rule.walk() if criterion.rule is not None else ()
    yield from dict.fromkeys(node for node in nodes if isinstance(node, DaysLate) and node.calendar)


def calendars_named(editions: Collection[Edition]) -> tuple[str, ...]:
    """Return the calendars that rules name, those of records among them, sorted."""
    found = {node.calendar for edition in editions for each in edition.criteria for node in lateness_of(each)}
    return tuple(sorted(found.union(*(calendars_counted_by(edition.records) for edition in editions))))


def lint_grid(edition: Edition, source: TomlSource | None, method: Method) -> Iterator[Finding]:
    """Yield the points of an edition that have more decimals than the method keeps where it rounds them."""
    for path, points, rule in _stated_points(edition, method.rounding):
        if not on_grid(points, rule.places):
            yield Finding(
                code="points-off-grid",
                severity="warning",
                place=edition_place(source, path) if source else Place(where=f"{edition.id}: {_dotted(path)}"),
                reason=Text(f"{format_number(points, 'vi')} điểm có quá {rule.places} chữ số thập phân mà phương pháp {method.key} giữ lại khi làm tròn",
                            f"{format_number(points, 'en')} points have more than the {rule.places} decimals that the method {method.key} keeps"),
                remedy=Text("đối chiếu với quyết định: sửa điểm này hoặc cách làm tròn",
                            "compare with the decision: mend these points or the rounding"),
            )


def _stated_points(edition: Edition, rounding: RoundingRule) -> Iterator[tuple[Path_, Fraction, Rounding]]:
    """Yield the points that an edition states, each with its place and the rounding that they will meet."""
    if rounding.field:
        yield ("max_points",), Fraction(edition.max_points), rounding.field
    for index, criterion in enumerate(edition.criteria):
        if rounding.leaf and criterion.rule is not None:
            maximum = Fraction(criterion.max_points)
            yield ("criteria", index, "max_points"), maximum, rounding.leaf
            for points in dict.fromkeys(off_grid(criterion.rule, rounding.leaf.places)):
                if points != maximum:  # a rule mostly states its maximum again
                    yield ("criteria", index), points, rounding.leaf


class _Check:
    """One edition with what its criteria are checked against."""

    def __init__(
        self,
        edition: Edition,
        source: TomlSource | None,
        facts: Mapping[str, Fact],
        quantities: Quantities,
        calendars: Mapping[str, Calendar],
        read_by_methods: frozenset[str],
        *,
        thorough: bool,
    ) -> None:
        self.edition = edition
        self.source = source
        self.facts = facts
        self.quantities = quantities
        self.calendars = calendars
        self.read_by_methods = read_by_methods
        self.thorough = thorough

    def findings(self) -> Iterator[Finding]:
        """Yield all findings, structure first."""
        yield from self._duplicates()
        yield from self._facts()
        yield from self._sums()
        yield from edition_flaws(self.edition, self.facts, self._at)
        yield from record_flaws(self.edition, {each.id: each for each in self.edition.registers}, self.facts, self.calendars, self._at)
        for index, criterion in enumerate(self.edition.criteria):
            yield from self._criterion(index, criterion)
        if self.source:
            yield from to_revisit(self.source)

    def _at(self, path: Path_) -> Place:
        return edition_place(self.source, path) if self.source else Place(where=f"{self.edition.id}: {_dotted(path)}")

    def _found(self, code: str, path: Path_, reason: Text, remedy: Text, severity: Severity = "error") -> Finding:
        return Finding(code=code, place=self._at(path), reason=reason, remedy=remedy, severity=severity)

    def _duplicates(self) -> Iterator[Finding]:
        """Yield ids that are used twice."""
        names = (("criteria", "criterion-duplicate", [each.id for each in self.edition.criteria]),
                 ("facts", "fact-duplicate", [each.id for each in self.edition.facts]))
        for table, code, ids in names:
            for index, name in enumerate(ids):
                if name in ids[:index]:
                    yield self._found(code, (table, index), Text(f"mã “{name}” dùng hai lần", f"the id {name!r} is used twice"),
                                      Text("mỗi mã chỉ dùng một lần", "use each id once"))

    def _facts(self) -> Iterator[Finding]:
        """Yield facts without range or unit, and facts that no criterion reads."""
        used = facts_read(self.edition) | self.read_by_methods
        for index, fact in enumerate(self.edition.facts):
            path: Path_ = ("facts", index)
            if fact.type in ("count", "decimal") and fact.range is None:
                yield self._found("fact-without-range", path,
                                  Text(f"số liệu “{fact.id}” chưa có khoảng giá trị", f"fact {fact.id!r} has no range"),
                                  Text("thêm `range = [nhỏ nhất, lớn nhất]`", "add `range = [least, greatest]`"))
            if fact.unit not in self.quantities.units:
                yield self._found("unit-unknown", (*path, "unit"),
                                  Text(f"không có đơn vị đo “{fact.unit}”", f"there is no unit {fact.unit!r}"),
                                  did_you_mean(fact.unit, self.quantities.units))
            if fact.id not in used:
                yield self._found("fact-unused", path,
                                  Text(f"không tiêu chí nào dùng số liệu “{fact.id}”", f"no criterion reads fact {fact.id!r}"),
                                  Text("bỏ số liệu này, hoặc kiểm tra tên trong tiêu chí", "drop it, or check the names in the criteria"),
                                  "warning")

    def _sums(self) -> Iterator[Finding]:
        """Yield maxima that do not add up: criteria to the field, children to their parent."""
        for index, each in enumerate(maxima(self.edition), -1):  # the field stands before the criteria
            if each.differs:
                yield self._sum(each, ("criteria", index, "max_points") if each.criterion else ("max_points",))

    def _sum(self, maximum: Maximum, path: Path_) -> Finding:
        """Return that a stated maximum is not what its parts come to, the parts named by their numbers."""
        vi, en = ((format_number(maximum.stated, language), format_number(maximum.added or Decimal(0), language)) for language in LANGUAGES)
        parts = ", ".join(each.number for each in maximum.parts) or "–"
        return self._found("maxima-do-not-add-up", path,
                           Text(f"điểm tối đa ghi là {vi[0]}, các tiêu chí {parts} cộng lại là {vi[1]}",
                                f"the maximum stated is {en[0]}; the criteria {parts} add up to {en[1]}"),
                           Text("đối chiếu với quyết định: sửa số này hoặc điểm tối đa của một tiêu chí vừa nêu",
                                "compare with the decision: mend this number, or the maximum of one of those criteria"))

    def _criterion(self, index: int, criterion: Criterion) -> Iterator[Finding]:
        path: Path_ = ("criteria", index)
        yield from self._family(path, criterion)
        yield from self._calendars(path, criterion)
        rule = criterion.rule
        if rule is None:
            return
        unknown = [fact for fact in facts_of(rule) if fact not in self.facts]
        for fact in unknown:
            yield self._found("fact-undeclared", path, Text(f"số liệu “{fact}” chưa được khai báo", f"fact {fact!r} is not declared"),
                              did_you_mean(fact, self.facts))
        if unknown:
            return
        odd = list(misfits(rule, self.facts, self.quantities))
        for misfit in odd:
            yield self._found(misfit.code, path, misfit.reason, misfit.remedy)
        if not odd:
            better = criterion.form.directions() if criterion.form else {}
            context = Context(maximum=Fraction(criterion.max_points), facts=self.facts, units=self.quantities.units, better=better)
            for flaw in flaws(rule, context) if self.thorough else unsound(rule, context):
                yield self._found(flaw.code, path, flaw.reason, flaw.remedy, flaw.severity)

    def _calendars(self, path: Path_, criterion: Criterion) -> Iterator[Finding]:
        """Yield calendars that are not there, and deadlines that they do not cover."""
        for node in lateness_of(criterion):
            calendar = self.calendars.get(node.calendar)
            if calendar is None:
                yield self._found("calendar-unknown", (*path, "calendar"),
                                  Text(f"không có lịch làm việc “{node.calendar}”", f"there is no calendar {node.calendar!r}"),
                                  did_you_mean(node.calendar, self.calendars))
            elif node.last_day is not None and not calendar.is_covered(node.last_day):
                yield self._found("deadline-not-covered", path,
                                  Text(f"lịch “{node.calendar}” không bao gồm hạn {format_date(node.last_day, 'vi')}",
                                       f"the calendar {node.calendar!r} does not cover the deadline {format_date(node.last_day, 'en')}"),
                                  Text("mở rộng lịch kèm nguồn, hoặc sửa hạn", "widen the calendar, with its source, or mend the deadline"))

    def _family(self, path: Path_, criterion: Criterion) -> Iterator[Finding]:
        """Yield a parent that is not there, a parent with a form, a criterion with neither form nor children."""
        ids = {each.id for each in self.edition.criteria}
        has_children = any(True for _ in self.edition.children(criterion.id))
        if criterion.parent and criterion.parent not in ids:
            yield self._found("parent-unknown", (*path, "parent"),
                              Text(f"không có tiêu chí “{criterion.parent}”", f"there is no criterion {criterion.parent!r}"),
                              did_you_mean(criterion.parent, ids - {criterion.id}))
        if criterion.form is not None and has_children:
            yield self._found("parent-with-form", (*path, "form"),
                              Text("tiêu chí có tiêu chí thành phần thì không có cách chấm riêng", "a parent has no form of its own"),
                              Text("bỏ `form`: điểm là tổng các tiêu chí thành phần", "drop `form`: its points are its children's"))
        if criterion.form is None and not has_children:
            yield self._found("form-missing", path,
                              Text("tiêu chí chưa có cách chấm", "the criterion has no form"),
                              Text("thêm `form = …`", "add `form = …`"))
