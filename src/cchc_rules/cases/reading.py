"""Case files: read from the folder ``cases`` beside an edition's ``editions``, as strictly as evidence."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Literal

from attrs import evolve, field, frozen

from cchc_rules.base.errors import CchcError, Finding, InputError, Place, Problems, did_you_mean
from cchc_rules.base.reading import read_number
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_, TomlSource, read_toml
from cchc_rules.cases import sheets
from cchc_rules.cases.bench import STAGE, UNIT, Bench
from cchc_rules.decisions.editions import check_schema
from cchc_rules.decisions.structure import Structure
from cchc_rules.engine.criteria import facts_read
from cchc_rules.entries import Entry
from cchc_rules.files.merging import merge
from cchc_rules.files.raw import RawEvidence, RawFact
from cchc_rules.model import Criterion, Edition, Value
from cchc_rules.plugins.registers import Registered, toml_files

SCHEMA = sheets.SCHEMA
CaseState = Literal["scored", "not_applicable", "no_evidence", "needs_judgement", "waiting", "error"]
_FRACTION = re.compile(r"(-?\d+)/(\d+)")


@frozen(kw_only=True)
class WrittenCase:
    """One case as it stands in its file; what it expects is ``points``, or another ``state`` than scored.

    ``reason`` is text that one of the reasons of lost points has to hold. A case that nobody has looked at
    yet is not ``confirmed``.
    """

    name: str
    criterion: str
    facts: Mapping[str, Any] = field(factory=dict)
    points: Any = None
    state: CaseState = "scored"
    reason: str = ""
    confirmed: bool = True


@frozen(kw_only=True)
class CaseFile:
    """One file of cases of one edition."""

    edition: str
    cases: tuple[WrittenCase, ...] = ()


@frozen(kw_only=True)
class Case:
    """One case that has been understood: its facts as rules take them, and what it expects."""

    name: str
    criterion: Criterion
    values: Mapping[str, Value]
    state: CaseState = "scored"
    points: Fraction | None = None
    reason: str = ""
    confirmed: bool = True
    place: Place = field(factory=Place)


# ------------------------------------------------------------------ files


@frozen(kw_only=True)
class Source:
    """One case file that has the right form, and where everything in it stands."""

    file: CaseFile
    source: TomlSource

    def place(self, index: int, *path: str) -> Place:
        """Return the place of a case, or of a key of it, named by the case."""
        return _place(self.source, ("cases", index, *path))


def case_folder(path: Path) -> Path:
    """Return where the cases of an edition's file lie: the folder ``cases`` beside ``editions``."""
    above = next((parent for parent in path.parents if parent.name == "editions"), path.parent / "editions")
    return above.parent / "cases"


def case_files(folder: Path) -> list[Path]:
    """Return the case files in a folder and below: TOML and workbooks, in the order of their names."""
    return sorted([*toml_files(folder), *filter(sheets.is_case_sheet, folder.rglob("*"))])


def case_source(path: Path) -> TomlSource:
    """Return what stands in a case file, whichever kind it is."""
    return sheets.read_case_sheet(path) if sheets.is_case_sheet(path) else read_toml(path)


def read_sources(
    editions: Iterable[Registered[Edition]], structure: Structure, also: Iterable[Path] = ()
) -> tuple[list[Source], list[Finding]]:
    """Return the case files beside some editions, in their packs, or named ``also``, and what is wrong with those that cannot be read."""
    known = list(editions)
    folders = dict.fromkeys(case_folder(each.path) for each in known if each.path is not None)
    packed = {source.file: source for each in known for source in each.cases}
    problems = Problems()
    beside = [path for folder in folders for path in case_files(folder)]
    known_files = {path.resolve() for path in beside}
    paths = [*beside, *(path for path in also if path.resolve() not in known_files)]
    found = [problems.attempt(partial(_read, path, structure)) for path in paths]
    found += [problems.attempt(partial(_source, source, structure)) for source in packed.values()]
    return [each for each in found if each], problems.found


def _read(path: Path, structure: Structure) -> Source:
    return _source(case_source(path), structure)


def _source(source: TomlSource, structure: Structure) -> Source:
    check_schema(source, SCHEMA, {"edition", "cases"})
    table = {key: source.data[key] for key in ("edition", "cases") if key in source.data}
    file = structure.read(table, CaseFile, partial(_place, source), InputError)
    return Source(file=file, source=source)


def _place(source: TomlSource, path: Path_) -> Place:
    """Return the place of a key in a case file; a case that has a name is called by it."""
    if len(path) > 1 and path[0] == "cases" and isinstance(path[1], int):
        table = source.data["cases"][path[1]]
        name = table.get("name", path[1] + 1) if isinstance(table, dict) else path[1] + 1
        rest = "".join(f", {part}" for part in path[2:])
        return source.place(path, f"trường hợp “{name}”{rest}", f"case “{name}”{rest}")
    return source.place(path, ".".join(map(str, path)))


def unknown_editions(sources: Iterable[Source], known: Iterable[str]) -> Iterator[Finding]:
    """Yield each case file that is for an edition which is not there."""
    names = list(known)
    for each in sources:
        if each.file.edition not in names:
            yield Finding(
                code="case-edition-unknown",
                place=each.source.place(("edition",), "edition"),
                reason=Text(f"không có bộ tiêu chí “{each.file.edition}”", f"there is no edition {each.file.edition!r}"),
                remedy=did_you_mean(each.file.edition, names),
            )


# ------------------------------------------------------------------ cases


def read_cases(
    sources: Sequence[Source], bench: Bench, carried: Mapping[str, frozenset[str]]
) -> tuple[tuple[Case, ...], tuple[Finding, ...]]:
    """Return the cases of one edition, and what is wrong with those that cannot be run.

    Cases of an edition below are ``carried`` over for the criteria named, unless the edition has one of that name.
    """
    problems, seen = Problems(), dict[str, Place]()
    problems.found.extend(unknown_facts(sources, bench.edition, bench.facts))
    found: list[Case] = []
    for source, index in _in_order(sources, bench.edition.id, carried):
        written = source.file.cases[index]
        if written.name in seen:
            if source.file.edition == bench.edition.id:
                problems.add(_twice(source.place(index), seen[written.name]))
            continue
        seen[written.name] = source.place(index)
        if source.file.edition == bench.edition.id and any(_unknown(written, bench.edition, bench.facts)):
            continue  # said once a fact
        case = problems.attempt(partial(_case, source, index, bench))
        if case:
            found.append(case)
    return tuple(found), tuple(problems.found)


def unknown_facts(sources: Iterable[Source], edition: Edition, facts: Iterable[str]) -> Iterator[Finding]:
    """Yield each fact that the cases of an edition name and it does not have: once, with how many cases name it."""
    known, places = set(facts), dict[str, list[Place]]()
    for source in sources:
        if source.file.edition == edition.id:
            for index, written in enumerate(source.file.cases):
                for name in _unknown(written, edition, known):
                    places.setdefault(name, []).append(source.place(index, "facts", name))
    for name, found in places.items():
        more_vi, more_en = (f" ({len(found)} trường hợp dùng)", f" ({len(found)} cases name it)") if len(found) > 1 else ("", "")
        near = did_you_mean(name, known)
        yield Finding(
            code="case-fact-unknown",
            place=found[0],
            reason=Text(f"bộ tiêu chí không có số liệu “{name}”{more_vi}", f"the edition has no fact {name!r}{more_en}"),
            remedy=Text(f"{near.vi}; hoặc đề xuất lại các trường hợp chưa xác nhận: `cchc cases {edition.id} --suggest -o TỆP --force`",
                        f"{near.en}; or have the unconfirmed cases suggested anew: `cchc cases {edition.id} --suggest -o FILE --force`"),
        )


def _unknown(written: WrittenCase, edition: Edition, facts: Iterable[str]) -> Iterator[str]:
    """Yield the names in a case that are neither facts nor criteria."""
    known = {*facts, *(each.id for each in edition.criteria)}
    return (name for name in written.facts if name not in known)


def _in_order(sources: Sequence[Source], edition: str, carried: Mapping[str, frozenset[str]]) -> Iterator[tuple[Source, int]]:
    """Yield the cases of an edition, then those that it takes from below, nearest first."""
    for name in (edition, *carried):
        for source in sources:
            if source.file.edition == name:
                for index, written in enumerate(source.file.cases):
                    if name == edition or written.criterion in carried[name]:
                        yield source, index


def _case(source: Source, index: int, bench: Bench) -> Case:
    """Return one case; raises ``InputError`` with everything that is wrong with it."""
    written = source.file.cases[index]
    problems = Problems()
    criterion = problems.attempt(partial(_criterion, written, source.place(index, "criterion"), bench.edition))
    values = problems.attempt(partial(read_facts, written, source, index, bench))
    points = problems.attempt(partial(_expected, written, source.place(index, "points")))
    if criterion is not None:
        problems.found.extend(_unread(written, source, index, criterion))
    problems.raise_as(InputError)
    assert criterion is not None  # as no error was found
    return Case(
        name=written.name, criterion=criterion, values=values or {}, state=written.state, points=points,
        reason=written.reason, confirmed=written.confirmed, place=source.place(index),
    )


def _criterion(written: WrittenCase, place: Place, edition: Edition) -> Criterion:
    for each in edition.criteria:
        if each.id == written.criterion:
            return each
    raise InputError(Finding(
        code="case-criterion-unknown",
        place=place,
        reason=Text(f"bộ tiêu chí không có tiêu chí “{written.criterion}”", f"the edition has no criterion {written.criterion!r}"),
        remedy=did_you_mean(written.criterion, [each.id for each in edition.criteria]),
    ))


def read_facts(written: WrittenCase, source: Source, index: int, bench: Bench) -> dict[str, Value]:
    """Return the facts of a case, read by the same door as evidence."""
    entries = tuple(
        RawFact(id=name, entry=Entry(value=value, place=source.place(index, "facts", name)), documents=())
        for name, value in written.facts.items()
    )
    raw = RawEvidence(file=source.source.file, method=bench.index.method.id, year=bench.edition.year,
                      unit=UNIT.id, stage=STAGE.id, facts=entries)
    # what is taken over a cohort is given in a case like any other fact
    try:
        return merge([raw], evolve(bench.index, statistics={})).values()
    except CchcError as error:
        raise InputError(*(evolve(each, place=each.place if each.place.where else source.place(index)) for each in error.findings)) from error


def _expected(written: WrittenCase, place: Place) -> Fraction | None:
    """Return the points that a case expects; raises where it expects none, or points in a state that has none."""
    if (written.points is None) == (written.state == "scored"):
        raise InputError(Finding(
            code="case-expects-nothing" if written.points is None else "case-expects-both",
            place=place,
            reason=Text("trường hợp chưa ghi điểm mong đợi", "the case expects no points") if written.points is None
            else Text(f"trạng thái “{written.state}” không có điểm", f"the state {written.state!r} has no points"),
            remedy=Text('ghi `points = "…"`, hoặc `state = "…"` nếu tiêu chí không được chấm', 'write `points = "…"`, or `state = "…"` where nothing is scored'),
        ))
    if written.points is None:
        return None
    found = _FRACTION.fullmatch(written.points) if isinstance(written.points, str) else None
    if found and int(found[2]):
        return Fraction(int(found[1]), int(found[2]))
    return Fraction(read_number(written.points, place))


def _unread(written: WrittenCase, source: Source, index: int, criterion: Criterion) -> Iterator[Finding]:
    """Yield the facts of a case that a criterion with a form of its own does not read."""
    if criterion.rule is None or criterion.prerequisite:
        return
    read = facts_read(criterion)
    for name in written.facts:
        if name not in read:
            yield Finding(
                code="case-fact-unread",
                place=source.place(index, "facts", name),
                reason=Text(f"tiêu chí {criterion.number} không dùng số liệu “{name}”", f"criterion {criterion.number} does not read the fact {name!r}"),
                remedy=did_you_mean(name, read),
            )


def _twice(place: Place, first: Place) -> Finding:
    return Finding(
        code="case-twice",
        place=place,
        reason=Text(f"tên trường hợp đã có ở {first.words('vi')}", f"a case of this name stands at {first.words('en')}"),
        remedy=Text("mỗi trường hợp một tên", "give each case a name of its own"),
    )
