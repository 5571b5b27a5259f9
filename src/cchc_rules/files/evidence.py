"""From files to evidence: which files count, and how they are sorted by unit and stage before they are merged."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from cchc_rules.base.errors import Finding, InputError, Place, Problems
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import TomlSource, read_toml, unreadable
from cchc_rules.entries import Entry
from cchc_rules.files import evidence_toml, excel, grid
from cchc_rules.files.merging import merge, named_by_id
from cchc_rules.files.raw import RawEvidence, RawFact
from cchc_rules.index import Index
from cchc_rules.model import ORIGINAL, Evidence

IndexOf = Callable[[RawEvidence], Index]
"""How the index of a file's method, year and version is found."""
TABLES = {".csv": grid.csv_rows, ".xlsx": excel.excel_rows, ".xlsm": excel.excel_rows}
KINDS = frozenset({".toml", *TABLES})


# ------------------------------------------------------------------ one unit


def read_evidence(path: Path, index_of: IndexOf) -> Evidence:
    """Return the evidence of one unit at one stage, in one file or in a folder of that unit's files.

    Raises ``InputError`` with every problem of every file, each at its place, and where the files are of
    several stages.
    """
    found = read_stages(path, index_of)
    if len(found) > 1:
        stages = ", ".join(each.stage for each in found)
        raise InputError(Finding(
            code="several-stages",
            place=Place(file=path.as_posix()),
            reason=Text(f"thư mục có số liệu của nhiều giai đoạn: {stages}", f"the folder has evidence of several stages: {stages}"),
            remedy=Text("dùng `read_stages`, hoặc đọc từng tệp", "use `read_stages`, or read one file at a time"),
        ))
    return found[0]


def read_stages(path: Path, index_of: IndexOf) -> tuple[Evidence, ...]:
    """Return the evidence of one unit, one a stage, in one file or in a folder of that unit's files."""
    raw = _read(_files(path), path)
    _agree(raw)
    return _by_stage(raw, index_of(raw[0]))


def evidence_of(index: Index, unit: str, stage: str, facts: Mapping[str, object]) -> Evidence:
    """Return evidence from Python values, read as strictly as a file; raises ``InputError``."""
    entries = tuple(
        RawFact(id=name, entry=Entry(value=value, place=Place(where=f"facts[{name!r}]"))) for name, value in facts.items()
    )
    raw = RawEvidence(file="", method=index.method.id, year=index.method.year, version=index.method.version,
                      unit=unit, stage=stage, facts=entries)
    return merge([raw], index)


# ------------------------------------------------------------------ a cohort


def read_cohort(folder: Path, index: Index) -> tuple[tuple[Evidence, ...], ...]:
    """Return the evidence of every unit in a folder and below, one a stage, units in the order of their ids.

    Raises ``InputError`` with every problem of every file; files of another method, year or version are problems.
    """
    raw = _read(_files(folder, deep=True), folder)
    problems = Problems()
    for each in raw:
        if (each.method, each.year) != (index.method.id, index.method.year):
            problems.add(_disagreement(each, "method" if each.method != index.method.id else "year", index.method.key))
        elif each.version and each.version != (index.method.version or ORIGINAL):
            problems.add(_disagreement(each, "version", index.method.key))
    units: dict[str, list[RawEvidence]] = {}
    for each in (named_by_id(one, index) for one in raw):
        units.setdefault(each.unit, []).append(each)
    read = [problems.attempt(partial(_by_stage, units[unit], index)) for unit in sorted(units)]
    problems.raise_as(InputError)
    return tuple(each for each in read if each)


def _by_stage(raw: list[RawEvidence], index: Index) -> tuple[Evidence, ...]:
    """Return the files of one unit merged stage by stage, in the method's order."""
    stages: dict[str, list[RawEvidence]] = {}
    for each in (named_by_id(one, index) for one in raw):
        stages.setdefault(each.stage, []).append(each)
    order = [stage for stage in index.stages if stage in stages] + [stage for stage in stages if stage not in index.stages]
    problems, merged = Problems(), list[Evidence]()
    for stage in order:
        earlier = {name: fact for each in merged for name, fact in each.facts.items()}
        found = problems.attempt(partial(merge, stages[stage], index, earlier))
        merged += [found] if found else []
    problems.raise_as(InputError)
    return tuple(merged)


# ------------------------------------------------------------------ files and folders


def _files(path: Path, *, deep: bool = False) -> list[Path]:
    """Return the files to read: the one named, or those of a folder that can hold evidence."""
    try:
        if path.is_file():
            return [path]
        found = path.rglob("*") if deep else path.iterdir()
        return sorted(file for file in found if file.suffix.lower() in KINDS and not file.name.startswith((".", "~$")) and file.is_file())
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        raise InputError(unreadable(Place(file=path.as_posix()))) from error


def _read(files: Iterable[Path], path: Path) -> list[RawEvidence]:
    """Return what the files hold; raises ``InputError`` with every problem, and where there is nothing."""
    if not path.exists():
        raise InputError(unreadable(Place(file=path.as_posix())))
    problems = Problems()
    raw = [found for file in files if (found := problems.attempt(partial(_read_file, file, alone=path.is_file())))]
    problems.raise_as(InputError)
    if not raw:
        raise InputError(_nothing(path))
    return raw


def _read_file(path: Path, *, alone: bool) -> RawEvidence | None:
    """Return what one file holds; ``None`` for a file of another kind that lies in the same folder."""
    kind = path.suffix.lower()
    if kind in TABLES:
        return grid.read(TABLES[kind](path), path.as_posix())
    if kind != ".toml":
        raise InputError(grid.unusable(Place(file=path.as_posix()), Text(f"không đọc được loại tệp “{kind}”", f"files of the kind {kind!r} are not read")))
    source = read_toml(path)
    if not alone and _is_other(source):
        return None
    return evidence_toml.read(source, path)


def _is_other(source: TomlSource) -> bool:
    """Return whether a file says that it is something else than evidence."""
    schema = source.data.get("schema")
    return isinstance(schema, str) and schema.startswith("cchc.") and not schema.startswith("cchc.evidence/")


def _nothing(path: Path) -> Finding:
    return Finding(
        code="evidence-missing",
        place=Place(file=path.as_posix()),
        reason=Text("không có tệp số liệu nào", "there is no evidence here"),
        remedy=Text("đặt tệp .toml, .csv hoặc .xlsx vào thư mục", "put a .toml, .csv or .xlsx file into the folder"),
    )


def _agree(raw: list[RawEvidence]) -> None:
    """Refuse files that are not for the same method, year, version and unit."""
    first = raw[0]
    problems = Problems()
    for other in raw[1:]:
        for key in ("method", "year", "version", "unit"):
            if getattr(first, key) != getattr(other, key):
                problems.add(_disagreement(other, key, f"{first.file}: {getattr(first, key)}"))
    problems.raise_as(InputError)


def _disagreement(raw: RawEvidence, key: str, wanted: str) -> Finding:
    name = grid.HEADINGS[key] if key in grid.HEADINGS else Text(key, key)
    found = getattr(raw, key)
    return Finding(
        code="files-disagree",
        place=raw.place(key),
        reason=Text(f"{name.vi} là “{found}”, không khớp với {wanted}", f"{key} is {found!r}, which does not agree with {wanted}"),
        remedy=Text("một thư mục chỉ chứa số liệu của một đơn vị, một phương pháp, một năm", "keep one unit, method and year in a folder"),
    )
