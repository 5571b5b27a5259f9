"""Overlays: a small file on top of a sealed edition or method; an amendment, an erratum, a local split.

An overlay is applied to the canonical tables of what lies below it. The result is read by the ordinary
reader and stands beside what lies below: both versions stay scoreable.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any, Literal

from attrs import define, evolve, field, fields, frozen

from cchc_rules.base.errors import EditionError, Finding, Place, did_you_mean
from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_, TomlSource
from cchc_rules.decisions.editions import HEAD, check_schema, edition_from, facts_read, write_edition
from cchc_rules.decisions.structure import FORM_KEY, Structure
from cchc_rules.methods import Method
from cchc_rules.model import ORIGINAL, Clause, Criterion, Edition, Provenance

SCHEMA = "cchc.overlay/1"
OVERLAY = "overlay"
LISTS = ("set", "changes", "additions", "facts", "removals", "splits")
Table = dict[str, Any]
WHOLE = "*"
"""Stands for every key of a criterion: one that is added, removed or split."""

_STRENGTH: tuple[Provenance, ...] = ("assumed", "derived", "official")
_FIXED = frozenset({"version", "issued", "status", "id", "field", "level", "year", "criteria", "facts"})
"""What an overlay never sets: it is the overlay's own, or what makes it the same table."""


# ------------------------------------------------------------------ what an overlay says


@frozen(kw_only=True)
class Change:
    """Keys of one criterion or one fact that get other values, and keys that go."""

    criterion: str = ""
    fact: str = ""
    set: Mapping[str, Any] = field(factory=dict)
    unset: tuple[str, ...] = ()


@frozen(kw_only=True)
class Split:
    """A criterion whose points are shared out among components, each a criterion's whole table."""

    criterion: str
    components: tuple[Mapping[str, Any], ...]


@frozen(kw_only=True)
class Overlay:
    """A version of an edition or a method, said as what it changes in the one below.

    ``of`` is the key of what lies below, ``seal`` its digest. ``set`` gives top-level keys other values.
    """

    of: str
    seal: str
    version: str
    kind: Literal["amendment", "erratum", "split"]
    label: Text
    source: Clause
    provenance: Provenance
    issued: dt.date | None = None
    status: Literal["draft", "checked", "sealed"] = "draft"
    note: str = ""
    set: Mapping[str, Any] = field(factory=dict)
    changes: tuple[Change, ...] = ()
    additions: tuple[Mapping[str, Any], ...] = ()
    facts: tuple[Mapping[str, Any], ...] = ()
    removals: tuple[str, ...] = ()
    splits: tuple[Split, ...] = ()

    @property
    def key(self) -> str:
        """The key of the version that the overlay makes."""
        return f"{self.of.partition('+')[0]}+{self.version}"

    def touched(self) -> frozenset[tuple[str, str]]:
        """Return what the overlay says something about: a criterion or a fact, and the key of it."""
        found = {("", key) for key in self.set}
        for change in self.changes:
            found |= {(change.criterion or f"facts.{change.fact}", key) for key in (*change.set, *change.unset)}
        found |= {(str(table.get("id")), WHOLE) for table in self.additions}
        found |= {(f"facts.{table.get('id')}", WHOLE) for table in self.facts}
        found |= {(name, WHOLE) for name in (*self.removals, *(split.criterion for split in self.splits))}
        return frozenset(found)


def read_overlay(source: TomlSource, structure: Structure) -> Overlay:
    """Return the overlay in a file; raises ``EditionError`` with every problem of its form."""
    check_schema(source, SCHEMA, {OVERLAY, *LISTS})
    head = source.data.get(OVERLAY)
    twice = [name for name in LISTS if name in source.data and isinstance(head, dict) and name in head]
    if twice:
        raise EditionError(*(_written_twice(name, source) for name in twice))
    flat = {**(head if isinstance(head, dict) else {}), **{name: source.data[name] for name in LISTS if name in source.data}}
    overlay = structure.read(flat, Overlay, lambda at: _place(source, at), EditionError)
    unsound = list(_unsound(overlay, source))
    if unsound:
        raise EditionError(*unsound)
    return overlay


def _written_twice(name: str, source: TomlSource) -> Finding:
    """Return the finding of a table that stands in ``[overlay]`` and beside it: neither is ever dropped silently."""
    return Finding(
        code="overlay-key-twice",
        place=source.place((OVERLAY, name), name),
        reason=Text(f"`{name}` ghi hai lần: trong [{OVERLAY}] và thành bảng riêng", f"`{name}` is written twice: in [{OVERLAY}], and as a table of its own"),
        remedy=Text(f"gộp cả hai vào một chỗ, thành bảng riêng `{name}`", f"merge both into the table `{name}` of its own"),
    )


def _place(source: TomlSource, path: Path_) -> Place:
    """Return the place of a key of an overlay."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    return source.place(path if path and path[0] in LISTS and path[0] in source.data else (OVERLAY, *path), words)


def _unsound(overlay: Overlay, source: TomlSource) -> Iterator[Finding]:
    """Yield what contradicts itself in an overlay, before it is laid on anything."""
    if not overlay.version or overlay.version == ORIGINAL or set("+/ ") & set(overlay.version):
        yield Finding(
            code="version-unusable",
            place=_place(source, ("version",)),
            reason=Text(f"không dùng được tên phiên bản “{overlay.version}”", f"{overlay.version!r} cannot name a version"),
            remedy=Text(f"ghi một tên ngắn không có dấu cách, “+”, “/”, và khác “{ORIGINAL}”", f"write a short name without blanks, '+' and '/', other than {ORIGINAL!r}"),
        )
    for index, change in enumerate(overlay.changes):
        if bool(change.criterion) == bool(change.fact):
            yield Finding(
                code="change-of-what",
                place=_place(source, ("changes", index)),
                reason=Text("mỗi mục [[changes]] sửa đúng một `criterion` hoặc một `fact`", "each of [[changes]] names one `criterion` or one `fact`"),
                remedy=Text("ghi `criterion = \"…\"` hoặc `fact = \"…\"`", "write `criterion = \"…\"` or `fact = \"…\"`"),
            )
    fixed: list[Path_] = [("set", key) for key in sorted(overlay.set.keys() & _FIXED)]
    fixed += [("changes", index, "set", "id") for index, change in enumerate(overlay.changes) if "id" in change.set]
    for path in fixed:
        yield Finding(
            code="key-not-amendable",
            place=_place(source, path),
            reason=Text(f"`set` không đổi được khoá “{path[-1]}”", f"`set` cannot change {path[-1]!r}"),
            remedy=Text("mã giữ nguyên qua các phiên bản; phiên bản, ngày ban hành, trạng thái ghi ở [overlay]; tiêu chí và số liệu ghi ở [[changes]], [[additions]], [[facts]], `removals`",
                        "ids stay the same; version, date of issue and status stand in [overlay]; criteria and facts in [[changes]], [[additions]], [[facts]], `removals`"),
        )


# ------------------------------------------------------------------ overlays that contradict each other


@frozen(kw_only=True)
class Sited:
    """An overlay and the file that it stands in."""

    overlay: Overlay
    file: str


def collisions(overlays: Sequence[Sited]) -> Iterator[tuple[Sited, Sited, Text]]:
    """Yield each two overlays that cannot both stand, with what they both say.

    They make the same version, or change one key of one base although neither lies on top of the other.
    """
    below = {each.overlay.key: each.overlay.of for each in overlays}
    for one, two in combinations(overlays, 2):
        if one.overlay.key == two.overlay.key:
            yield one, two, Text(f"cùng tạo phiên bản “{one.overlay.key}”", f"both make the version {one.overlay.key!r}")
        elif _root(one.overlay.of) == _root(two.overlay.of) and not (_rests_on(one, two, below) or _rests_on(two, one, below)):
            shared = sorted(_shared(one.overlay.touched(), two.overlay.touched()))
            if shared:
                yield one, two, Text(f"cùng sửa {', '.join(shared)}", f"both change {', '.join(shared)}")


def _root(key: str) -> str:
    return key.partition("+")[0]


def _rests_on(upper: Sited, lower: Sited, below: Mapping[str, str]) -> bool:
    """Return whether one overlay lies on another, at whatever height."""
    key = upper.overlay.of
    for _ in below:
        if key == lower.overlay.key:
            return True
        if key not in below:
            return False
        key = below[key]
    return False


def _shared(one: frozenset[tuple[str, str]], two: frozenset[tuple[str, str]]) -> set[str]:
    """Return in words what two overlays both touch."""
    return {
        thing if WHOLE in (key, other) else f"{thing}.{key}".lstrip(".")
        for thing, key in one for same, other in two
        if thing == same and (key == other or WHOLE in (key, other))
    }


# ------------------------------------------------------------------ laying one on what lies below


def amended_edition(below: Edition, overlay: Overlay, source: TomlSource, structure: Structure) -> tuple[Edition, TomlSource]:
    """Return the edition that an overlay makes, and its tables with the lines of the overlay's file.

    Raises ``EditionError`` with every problem, each at its place in the overlay.
    """
    laying = _Laying(write_edition(below, structure), overlay, source)
    result = laying.result()
    edition = edition_from(result, structure)
    orphans = facts_read(below) - facts_read(edition)
    kept = tuple(fact for fact in edition.facts if fact.id not in orphans)
    return evolve(edition, facts=kept), result


def amended_method(below: Method, overlay: Overlay, source: TomlSource, structure: Structure) -> tuple[Method, TomlSource]:
    """Return the method that an overlay makes, and its tables with the lines of the overlay's file."""
    only_editions = [name for name in ("changes", "additions", "facts", "removals", "splits") if getattr(overlay, name)]
    if only_editions:
        raise EditionError(*(
            Finding(
                code="overlay-of-method",
                place=_place(source, (name,)),
                reason=Text(f"`{name}` chỉ dùng cho bộ tiêu chí, không dùng cho phương pháp", f"`{name}` is for editions, not for methods"),
                remedy=Text("với phương pháp, ghi các bảng cần thay vào [set]", "for a method, write the tables to be replaced in [set]"),
            )
            for name in only_editions
        ))
    table = _head(structure.write(below), overlay)
    data = {"method": table}
    lines = {("method", *path[1:]): line for path, line in source.lines.items() if path[:1] == ("set",)}
    result = TomlSource(source.file, data, lines)
    method = structure.read(table, Method, lambda at: result.place(("method", *at), ".".join(map(str, at))), EditionError)
    return method, result


def _head(table: Table, overlay: Overlay) -> Table:
    """Return the top-level keys with what the overlay sets, and with the overlay's own version, date, status and source."""
    changed = _with(table, overlay.set)
    if "max_points" in overlay.set and "max_points_provenance" not in overlay.set:
        changed |= {"max_points_provenance": overlay.provenance, "max_points_source": overlay.source.place}
    for key, value in (("version", overlay.version), ("status", overlay.status), ("issued", overlay.issued)):
        changed.pop(key, None)
        if value is not None:
            changed[key] = value
    if "source" not in overlay.set:
        earlier = changed.get("source", {}).get("place", "")
        place = "; ".join(part for part in (earlier, overlay.source.place) if part)
        changed["source"] = {"place": place, **({"text": overlay.source.text} if overlay.source.text else {})}
    return changed


def _with(table: Mapping[str, Any], values: Mapping[str, Any]) -> Table:
    """Return a table with other values; words that are set anew lose the English of the old ones."""
    kept = {key: value for key, value in table.items() if key.removesuffix("_en") not in values or key in values}
    return {**kept, **values}


def _own_keys(kind: type) -> frozenset[str]:
    names = {each.name for each in fields(kind)}
    return frozenset(names | {f"{name}_en" for name in names})


_OWN = _own_keys(Criterion)


@define
class _Laying:
    """The tables of an edition while an overlay is laid on them, and the origin of each line."""

    tables: Table
    overlay: Overlay
    source: TomlSource
    criteria: list[Table] = field(init=False)
    facts: list[Table] = field(init=False)
    origins: dict[tuple[str, str], Path_] = field(factory=dict)
    problems: list[Finding] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.criteria = [dict(table) for table in self.tables.get("criteria", [])]
        self.facts = [dict(table) for table in self.tables.get("facts", [])]

    def result(self) -> TomlSource:
        """Return the resulting tables with the lines of the overlay; raises ``EditionError``."""
        self._remove()
        self._change()
        self._add()
        self._split()
        if self.problems:
            raise EditionError(*self.problems)
        tables = {**self.tables, HEAD: _head(self.tables[HEAD], self.overlay), "facts": self.facts, "criteria": self.criteria}
        return TomlSource(self.source.file, tables, dict(self._lines()))

    # -------------------------------------------------------------- the four things that an overlay can do

    def _remove(self) -> None:
        for index, name in enumerate(self.overlay.removals):
            table = self._known(name, ("removals", index))
            if table is not None:
                self.criteria.remove(table)

    def _change(self) -> None:
        for index, change in enumerate(self.overlay.changes):
            path: Path_ = ("changes", index)
            if change.fact:
                table = self._known(change.fact, path, self.facts, "fact-unknown")
                changed = table and _without(_with(table, change.set), change.unset)
                self._put(self.facts, table, changed, ("facts", change.fact), path)
            else:
                table = self._known(change.criterion, path)
                changed = table and self._credited(_without(_reformed(table, change.set), change.unset), (*change.set, *change.unset))
                self._put(self.criteria, table, changed, ("criteria", change.criterion), path)

    def _add(self) -> None:
        for index, fact in enumerate(self.overlay.facts):
            if self._is_new(fact, self.facts, ("facts", index)):
                self.facts.append(dict(fact))
                self.origins["facts", str(fact["id"])] = ("facts", index)
        for index, criterion in enumerate(self.overlay.additions):
            if self._is_new(criterion, self.criteria, ("additions", index)):
                self._insert(self._fresh(criterion), ("additions", index))

    def _split(self) -> None:
        for index, split in enumerate(self.overlay.splits):
            path: Path_ = ("splits", index)
            table = self._known(split.criterion, path)
            if table is None:
                continue
            if any(each.get("parent") == split.criterion for each in self.criteria):
                self._problem("split-of-parent", path, Text(f"tiêu chí “{split.criterion}” đã có tiêu chí thành phần", f"{split.criterion!r} has components already"),
                              Text("sửa từng thành phần bằng [[changes]]", "change its components by [[changes]]"))
                continue
            self._refuse_other_sum(split, table, path)
            parent = {key: value for key, value in table.items() if key in _OWN and key != FORM_KEY}
            parent["official"] = {key: place for key, place in parent.get("official", {}).items() if key in parent}
            self._put(self.criteria, table, parent, ("criteria", split.criterion), path)
            for number, component in enumerate(split.components):
                at: Path_ = (*path, "components", number)
                if self._is_new(component, self.criteria, at):
                    self._insert({**self._fresh(component), "parent": split.criterion}, at)

    def _refuse_other_sum(self, split: Split, table: Table, path: Path_) -> None:
        """Keep that components do not add up to the maximum that they share out."""
        maxima = [each.get("max_points") for each in split.components]
        if not all(isinstance(each, int | Decimal) for each in maxima):
            return  # the reader names the one that is missing or no number
        added, stated = sum((Decimal(each) for each in maxima if each is not None), Decimal(0)), Decimal(table["max_points"])
        if added != stated:
            (vi, vi_stated), (en, en_stated) = ([format_number(each, language) for each in (added, stated)] for language in ("vi", "en"))
            self._problem("split-does-not-add-up", path,
                          Text(f"điểm tối đa các thành phần cộng lại là {vi}, tiêu chí được chia có {vi_stated}", f"the components' maxima add up to {en}; the criterion that is split has {en_stated}"),
                          Text("chia đúng số điểm của tiêu chí: điểm tối đa của nó giữ nguyên", "share out exactly its points: its maximum stays"))

    # -------------------------------------------------------------- tables

    def _known(self, name: str, path: Path_, among: list[Table] | None = None, code: str = "criterion-unknown") -> Table | None:
        """Return the table with an id; keeps a finding where there is none."""
        tables = self.criteria if among is None else among
        for table in tables:
            if table["id"] == name:
                return table
        self._problem(code, path, Text(f"“{self.overlay.of}” không có “{name}”", f"{self.overlay.of!r} has no {name!r}"),
                      did_you_mean(name, [each["id"] for each in tables]))
        return None

    def _is_new(self, table: Mapping[str, Any], among: list[Table], path: Path_) -> bool:
        """Return whether a table's id is not used yet; keeps a finding where it is, or where there is none."""
        name = table.get("id")
        if not isinstance(name, str):
            self._problem("key-missing", path, Text("thiếu khoá “id”", "the key 'id' is missing"), Text("thêm `id = …`", "add `id = …`"))
        elif any(each["id"] == name for each in among):
            self._problem("added-twice", path, Text(f"“{name}” đã có trong “{self.overlay.of}”", f"{name!r} stands already in {self.overlay.of!r}"),
                          Text("sửa mục có sẵn bằng [[changes]], hoặc dùng mã khác", "change what is there by [[changes]], or use another id"))
        else:
            return True
        return False

    def _insert(self, table: Table, path: Path_) -> None:
        """Put a criterion after the last one anywhere below its parent."""
        family, after = {table.get("parent", "")}, 0
        for index, each in enumerate(self.criteria, start=1):
            if each["id"] in family or each.get("parent", "") in family:
                family.add(each["id"])
                after = index
        self.criteria.insert(after, table)
        self.origins["criteria", table["id"]] = path

    def _put(self, among: list[Table], old: Table | None, new: Table | None, name: tuple[str, str], path: Path_) -> None:
        if old is not None and new is not None:
            among[among.index(old)] = new
            self.origins[name] = path

    def _fresh(self, table: Mapping[str, Any]) -> Table:
        """Return a criterion that the overlay brings: what it rests on is the overlay's, unless it says otherwise."""
        return {"provenance": self.overlay.provenance, **table}

    def _credited(self, table: Table, keys: tuple[str, ...]) -> Table:
        """Return a criterion that says what its changed keys rest on: never on more than the overlay does."""
        if "provenance" in keys or "official" in keys:
            return table
        official = {key: place for key, place in table.get("official", {}).items() if key not in keys}
        if self.overlay.provenance == "official":
            official |= {key: self.overlay.source.place for key in keys if key in table}
        else:
            table = {**table, "provenance": min(table.get("provenance", "assumed"), self.overlay.provenance, key=_STRENGTH.index)}
        return {**table, "official": official}

    # -------------------------------------------------------------- places

    def _problem(self, code: str, path: Path_, reason: Text, remedy: Text) -> None:
        self.problems.append(Finding(code=code, place=_place(self.source, path), reason=reason, remedy=remedy))

    def _lines(self) -> Iterator[tuple[Path_, int]]:
        """Yield the lines of the resulting tables: those of the overlay's file where it says something about them."""
        for path, line in self.source.lines.items():
            if path[:1] == ("set",):
                yield (HEAD, *path[1:]), line
        for list_name, tables in (("criteria", self.criteria), ("facts", self.facts)):
            for index, table in enumerate(tables):
                origin = self.origins.get((list_name, table["id"]))
                if origin is not None:
                    yield from self._lines_below(origin, (list_name, index))

    def _lines_below(self, origin: Path_, path: Path_) -> Iterator[tuple[Path_, int]]:
        size = len(origin)
        for found, line in self.source.lines.items():
            if found[:size] == origin:
                rest = found[size + 1 :] if found[size : size + 1] == ("set",) else found[size:]
                yield (*path, *rest), line


def _without(table: Table, keys: Sequence[str]) -> Table:
    return {key: value for key, value in table.items() if key not in keys}


def _reformed(table: Table, values: Mapping[str, Any]) -> Table:
    """Return a criterion with other values; one that gets another form loses the keys of the old one."""
    other_form = FORM_KEY in values and values[FORM_KEY] != table.get(FORM_KEY)
    kept = {key: value for key, value in table.items() if key in _OWN} if other_form else table
    return _with(kept, values)

