"""Evidence in TOML: one table a document, one a fact."""

import datetime as dt
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from cchc_rules.base.errors import Finding, InputError
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_, TomlSource
from cchc_rules.decisions.structure import Structure
from cchc_rules.entries import Entry
from cchc_rules.files.raw import RawEvidence, RawFact
from cchc_rules.model import Document

SCHEMA = "cchc.evidence/1"
HEADINGS = ("method", "year", "version", "unit", "stage", "as_of", "note")


@frozen(kw_only=True)
class CountedTable:
    """Where a fact was counted: the register, the digest of the rule, the period, and how many rows it took and could not use."""

    register: str
    rule: str
    first: dt.date
    last: dt.date
    rows: int
    unusable: int


@frozen(kw_only=True)
class FactTable:
    """One ``[[facts]]`` table."""

    id: str
    value: Any = None
    unit: str = ""
    documents: tuple[str, ...] = ()
    note: str = ""
    provenance: Literal["", "published", "reconstructed", "reported", "counted"] = ""
    counted: CountedTable | None = None


@frozen(kw_only=True)
class PointsTable:
    """One ``[[points]]`` table: the mark that the stage gives a criterion, and why."""

    criterion: str
    points: Any
    reason: str = ""


@frozen(kw_only=True)
class EvidenceFile:
    """The keys of an evidence file."""

    schema: Literal["cchc.evidence/1"]
    method: str
    year: int
    unit: str
    stage: str
    version: str = ""
    as_of: dt.date | None = None
    note: str = ""
    documents: tuple[Document, ...] = field(default=())
    facts: tuple[FactTable, ...] = field(default=())
    points: tuple[PointsTable, ...] = field(default=())


def read(source: TomlSource, path: Path) -> RawEvidence:
    """Return the evidence in a TOML file; raises ``InputError`` with every problem of its form."""
    given = Structure(()).read(source.data, EvidenceFile, lambda at: source.place(at, _where(source, at)), InputError)
    _refuse_repeated_documents(source, given)
    facts = tuple(
        RawFact(
            id=each.id,
            entry=Entry(value=each.value, place=source.place(("facts", index), each.id), unit=each.unit),
            documents=each.documents,
            note=each.note,
            provenance=each.provenance,
        )
        for index, each in enumerate(given.facts)
    )
    points = tuple(
        RawFact(id=each.criterion, entry=Entry(value=each.points, place=source.place(("points", index), each.criterion)), note=each.reason)
        for index, each in enumerate(given.points)
    )
    return RawEvidence(
        file=path.as_posix(),
        method=given.method,
        year=given.year,
        unit=given.unit,
        stage=given.stage,
        version=given.version,
        facts=facts,
        points=points,
        documents={each.id: each for each in given.documents},
        as_of=given.as_of,
        note=given.note.strip(),
        places={key: source.place((key,), key) for key in HEADINGS},
    )


def _refuse_repeated_documents(source: TomlSource, given: EvidenceFile) -> None:
    ids = [each.id for each in given.documents]
    repeated = [index for index, name in enumerate(ids) if name in ids[:index]]
    if repeated:
        raise InputError(*(
            Finding(
                code="document-duplicate",
                place=source.place(("documents", index)),
                reason=Text(f"tài liệu “{ids[index]}” khai báo hai lần", f"document {ids[index]!r} is declared twice"),
                remedy=Text("mỗi tài liệu một mã riêng", "give each document an id of its own"),
            )
            for index in repeated
        ))


def _where(source: TomlSource, path: Path_) -> str:
    """Return a path in words, an entry by its id."""
    if len(path) < 2 or not isinstance(path[1], int):
        return ".".join(map(str, path))
    table = source.data[path[0]][path[1]] if isinstance(path[0], str) else {}
    name = table.get("id", path[1]) if isinstance(table, dict) else path[1]
    return ".".join(map(str, (path[0], name, *path[2:])))
