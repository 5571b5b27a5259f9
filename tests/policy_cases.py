"""The case files of policies: an example as staff write it, cases with what they come to, mistakes with what the check says."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import field, frozen
from building import plugin

import cchc_rules as cchc
from cchc_rules.base.toml_source import read_toml

FOLDER = Path(__file__).parent / "cases" / "policies"
EDITION_HEADERS = ("edition", "facts", "criteria", "statistics", "references")
_HEADER = re.compile(r"^\s*\[+\s*example\.(\w+)", re.MULTILINE)
_FIRST_CASE = re.compile(r"^\[\[(cases|mistakes)\]\]", re.MULTILINE)


@frozen(kw_only=True)
class Case:
    """One case: evidence of one unit or of a cohort, and what it comes to."""

    name: str
    name_en: str
    expect: Mapping[str, Any]
    facts: Mapping[str, Any] = field(factory=dict)
    undocumented: tuple[str, ...] = ()
    stages: tuple[Mapping[str, Any], ...] = ()
    units: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    before: Mapping[str, int] = field(factory=dict)


@frozen(kw_only=True)
class Mistake:
    """A usual mistake: a change of the example's text, and the finding that names it."""

    name: str
    name_en: str
    change: tuple[str, str]
    finding: str


@frozen(kw_only=True)
class PolicyFile:
    """One case file: what a policy means, its example, its cases and mistakes.

    ``remarks`` are the findings that the check makes on the example as it stands.
    """

    id: str
    title: str
    title_en: str
    meaning: str
    meaning_en: str
    example: str
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...] = ()
    remarks: tuple[str, ...] = ()


def policy_file(path: Path) -> PolicyFile:
    """Return one case file."""
    text, data = path.read_text(encoding="utf-8"), read_toml(path).data
    first, last = _HEADER.search(text), _FIRST_CASE.search(text)
    assert first is not None, path
    assert last is not None, path
    return PolicyFile(
        id=path.stem,
        example=text[first.start():last.start()].replace("example.", ""),
        cases=tuple(Case(**each) for each in data["cases"]),
        mistakes=tuple(Mistake(**{**each, "change": tuple(each["change"])}) for each in data.get("mistakes", ())),
        remarks=tuple(data.get("remarks", ())),
        **{key: data[key].strip() for key in ("title", "title_en", "meaning", "meaning_en")},
    )


def policy_files() -> tuple[PolicyFile, ...]:
    """Return all case files, in the order of their names."""
    return tuple(policy_file(path) for path in sorted(FOLDER.glob("*.toml")))


# ------------------------------------------------------------------ the example as files of a plugin


def write_example(example: str, folder: Path) -> tuple[Path, ...]:
    """Write the example's tables as the files that staff would write: one method, one edition a field."""
    method: list[str] = []
    editions: list[list[str]] = []
    for header, block in _blocks(example):
        if header == "edition":
            editions.append([])
        (editions[-1] if header in EDITION_HEADERS else method).append(block)
    texts = {"method": 'schema = "cchc.method/1"\n\n' + "".join(method)}
    texts |= {f"edition-{number}": 'schema = "cchc.edition/1"\n\n' + "".join(blocks) for number, blocks in enumerate(editions, 1)}
    return tuple(_written(folder / f"{name}.toml", text) for name, text in texts.items())


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _blocks(example: str) -> Iterator[tuple[str, str]]:
    """Yield each table of the example with the first part of its name."""
    starts = list(re.finditer(r"^\[+\s*(\w+)[^\n]*$", example, re.MULTILINE))
    ends = [found.start() for found in starts[1:]] + [len(example)]
    yield from ((found[1], example[found.start():end]) for found, end in zip(starts, ends, strict=True))


def registry_of(example: str, folder: Path) -> cchc.Registry:
    """Return a registry with the example's method and editions, and nothing else."""
    first, *others = write_example(example, folder)

    def add_editions(fields: cchc.FieldRegister) -> None:
        for path in others:
            fields.add_file(path)

    return cchc.Registry([plugin("example", cchc_register_fields=add_editions, cchc_register_methods=lambda methods: methods.add_file(first))])


# ------------------------------------------------------------------ evidence as files of a unit


def write_evidence(method: cchc.Method, unit: str, stage: str, given: Mapping[str, Any], folder: Path) -> Path:
    """Write one unit's evidence at one stage: ``facts``, ``points``, and which facts are ``undocumented``."""
    lines = ['schema = "cchc.evidence/1"', f'method = "{method.id}"', f"year = {method.year}", f'unit = "{unit}"', f'stage = "{stage}"',
             "", "[[documents]]", 'id = "d"', 'title = "báo cáo"']
    for name, value in given.get("facts", {}).items():
        papers = "" if name in given.get("undocumented", ()) else '\ndocuments = ["d"]'
        lines += ["", "[[facts]]", f'id = "{name}"', f"value = {_toml(value)}{papers}"]
    for name, mark in given.get("points", {}).items():
        points, reason = (mark["points"], mark.get("reason", "")) if isinstance(mark, Mapping) else (mark, "")
        lines += ["", "[[points]]", f'criterion = "{name}"', f"points = {_toml(points)}", f'reason = "{reason}"']
    return _written(folder / unit / f"{stage}.toml", "\n".join(lines) + "\n")


def _toml(value: object) -> str:
    """Return a plain value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, Decimal)):
        return str(value)
    return value.isoformat() if isinstance(value, date) else f'"{value}"'


def write_ranks(ranks: Mapping[str, int], year: int, path: Path) -> Path:
    """Write published ranks of an earlier year."""
    rows = "".join(f'\n[[units]]\nunit = "{unit}"\nrank = {rank}\n' for unit, rank in ranks.items())
    return _written(path, f'schema = "cchc.ranks/1"\nyear = {year}\n{rows}')
