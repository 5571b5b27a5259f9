"""From files to evidence: which files count, what their entries mean, and how a unit's files are merged."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path

from attrs import evolve

from cchc_rules.errors import Finding, InputError, Place, Problems, did_you_mean
from cchc_rules.exact import format_number
from cchc_rules.files import evidence_toml, excel, grid
from cchc_rules.files.excel import UncalculatedFormula
from cchc_rules.files.raw import RawEvidence, RawFact
from cchc_rules.index import Index
from cchc_rules.model import Document, Evidence, Fact, ReportedFact, Value
from cchc_rules.reading import clean, read_cell_number, read_date, read_flag, read_number
from cchc_rules.rules.tree import FactValue, Ratio
from cchc_rules.texts import Text
from cchc_rules.toml_source import TomlSource, read_toml, unreadable

IndexOf = Callable[[str, int, Place], Index]
NEVER = Fraction(dt.date.max.toordinal())
NEVER_WORDS = frozenset({"chưa thực hiện", "không thực hiện", "never"})
TABLES = {".csv": grid.csv_rows, ".xlsx": excel.excel_rows, ".xlsm": excel.excel_rows}


# ------------------------------------------------------------------ files and folders


def read_evidence(path: Path, index_of: IndexOf) -> Evidence:
    """Return the evidence in one file, or in a folder of one unit's files.

    Raises ``InputError`` with every problem of every file, each at its place.
    """
    problems = Problems()
    raw = [found for file in _files(path) if (found := problems.attempt(partial(_read_file, file, alone=path.is_file())))]
    problems.raise_as(InputError)
    if not raw:
        raise InputError(_nothing(path))
    _agree(raw)
    head = raw[0]
    index = index_of(head.method, head.year, head.place("method"))
    return _evidence(raw, index)


def evidence_of(index: Index, unit: str, stage: str, facts: Mapping[str, object]) -> Evidence:
    """Return evidence from Python values, read as strictly as a file; raises ``InputError``."""
    entries = tuple(RawFact(id=name, value=value, place=Place(where=f"facts[{name!r}]")) for name, value in facts.items())
    raw = RawEvidence(file="", method=index.method.id, year=index.method.year, unit=unit, stage=stage, facts=entries)
    return _evidence([raw], index)


def _files(path: Path) -> list[Path]:
    """Return the files to read: the one named, or those of a folder that can hold evidence."""
    kinds = {".toml", *TABLES}
    try:
        if path.is_file():
            return [path]
        return sorted(file for file in path.iterdir() if file.suffix.lower() in kinds and not file.name.startswith((".", "~$")))
    except OSError as error:
        raise InputError(unreadable(Place(file=path.as_posix()))) from error


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
    """Refuse files that are not for the same method, year, unit and stage."""
    first = raw[0]
    problems = Problems()
    for other in raw[1:]:
        for key in ("method", "year", "unit", "stage"):
            ours, theirs = getattr(first, key), getattr(other, key)
            if ours != theirs:
                problems.add(Finding(
                    code="files-disagree",
                    place=other.place(key),
                    reason=Text(f"{grid.HEADINGS[key].vi} là “{theirs}”, nhưng {first.file} ghi “{ours}”", f"{key} is {theirs!r}, but {first.file} says {ours!r}"),
                    remedy=Text("một thư mục chỉ chứa số liệu của một đơn vị, một năm, một giai đoạn", "keep one unit, year and stage in a folder"),
                ))
    problems.raise_as(InputError)


# ------------------------------------------------------------------ what the entries mean


def _evidence(raw: list[RawEvidence], index: Index) -> Evidence:
    """Return the merged evidence; raises ``InputError`` with all problems."""
    problems, head = Problems(), raw[0]
    _known(problems, head, "unit", index.units)
    _known(problems, head, "stage", index.stages)
    facts: dict[str, tuple[ReportedFact, Place]] = {}
    documents: dict[str, Document] = {}
    for each in raw:
        _merge_papers(problems, documents, each)
        _refuse_repeated(problems, each)
        for entry in each.facts:
            found = problems.attempt(partial(_fact, entry, each, index))
            if found is not None:
                _merge(problems, facts, found, entry.place)
    problems.found.extend(_parts_above_wholes(index, facts))
    problems.raise_as(InputError)
    return Evidence(
        unit=index.units[head.unit],
        method=head.method,
        year=head.year,
        stage=head.stage,
        facts={name: facts[name][0] for name in sorted(facts)},
        documents=dict(sorted(documents.items())),
        as_of=max((each.as_of for each in raw if each.as_of), default=None),
        note="\n".join(dict.fromkeys(each.note for each in raw if each.note)),
        files=tuple(each.file for each in raw if each.file),
    )


def _merge_papers(problems: Problems, documents: dict[str, Document], raw: RawEvidence) -> None:
    """Add the documents of one file; one id for two documents is an error."""
    for paper in raw.documents.values():
        named = Document(id=paper.id, title=paper.id)  # how a cell of a table gives it
        known = documents.get(paper.id, named)
        if known == named:
            documents[paper.id] = paper
        elif paper not in (known, named):
            problems.add(Finding(
                code="document-conflict",
                place=Place(file=raw.file),
                reason=Text(f"tài liệu “{paper.id}” khai báo khác với một tệp khác", f"document {paper.id!r} is declared otherwise in another file"),
                remedy=Text("mỗi tài liệu một mã riêng", "give each document an id of its own"),
            ))


def _known(problems: Problems, raw: RawEvidence, key: str, known: Mapping[str, object]) -> None:
    word = getattr(raw, key)
    if word not in known:
        code, names = {
            "unit": ("unit-unknown", Text("đơn vị", "unit")),
            "stage": ("stage-unknown", Text("giai đoạn", "stage")),
        }[key]
        problems.add(Finding(
            code=code,
            place=raw.place(key),
            reason=Text(f"phương pháp không có {names.vi} “{word}”", f"the method has no {names.en} {word!r}"),
            remedy=did_you_mean(word, known),
        ))


def _refuse_repeated(problems: Problems, raw: RawEvidence) -> None:
    """Name facts that one file gives twice."""
    seen: dict[str, Place] = {}
    for entry in raw.facts:
        if entry.id in seen:
            problems.add(Finding(
                code="fact-duplicate",
                place=entry.place,
                reason=Text(f"số liệu “{entry.id}” đã có ở {seen[entry.id]}", f"fact {entry.id!r} stands already at {seen[entry.id]}"),
                remedy=Text("giữ lại một dòng", "keep one of them"),
            ))
        seen.setdefault(entry.id, entry.place)


def _merge(problems: Problems, facts: dict[str, tuple[ReportedFact, Place]], found: ReportedFact, place: Place) -> None:
    """Add one fact; the same fact with another value is an error naming both places."""
    if found.id not in facts:
        facts[found.id] = found, place
        return
    known, where = facts[found.id]
    if known.value != found.value:
        problems.add(Finding(
            code="fact-conflict",
            place=place,
            reason=Text(f"số liệu “{found.id}” khác với {where}", f"fact {found.id!r} differs from {where}"),
            remedy=Text("thống nhất một giá trị giữa các đơn vị báo cáo", "let the offices agree on one value"),
        ))
        return
    papers = tuple(dict.fromkeys((*known.documents, *found.documents)))
    facts[found.id] = evolve(known, documents=papers, note=known.note or found.note), where


def _fact(entry: RawFact, raw: RawEvidence, index: Index) -> ReportedFact | None:
    """Return one entry as a reported fact; ``None`` where its value is left blank."""
    if entry.id not in index.facts:
        raise InputError(Finding(
            code="fact-unknown",
            place=entry.place,
            reason=Text(f"phương pháp không dùng số liệu “{entry.id}”", f"the method reads no fact {entry.id!r}"),
            remedy=did_you_mean(entry.id, index.facts),
        ))
    _refuse_unknown_papers(entry, raw)
    if entry.value is None or (isinstance(entry.value, str) and not clean(entry.value)):
        return None
    fact = index.facts[entry.id]
    return ReportedFact(
        id=entry.id,
        value=_value(entry, fact, index),
        unit=fact.unit,
        documents=entry.documents,
        note=entry.note,
        provenance=entry.provenance,
        place=str(entry.place),
    )


def _refuse_unknown_papers(entry: RawFact, raw: RawEvidence) -> None:
    for paper in entry.documents:
        if paper not in raw.documents:
            raise InputError(Finding(
                code="document-unknown",
                place=entry.place,
                reason=Text(f"tài liệu “{paper}” chưa được khai báo", f"document {paper!r} is not declared"),
                remedy=did_you_mean(paper, raw.documents),
            ))


def _value(entry: RawFact, fact: Fact, index: Index) -> Value:
    """Return a value as its fact's type asks."""
    if isinstance(entry.value, UncalculatedFormula):
        raise InputError(Finding(
            code="formula-without-value",
            place=entry.place,
            reason=Text(f"ô chứa công thức chưa có kết quả: {entry.value}", f"the cell holds a formula without a result: {entry.value}"),
            remedy=Text("mở tệp trong Excel, lưu lại, hoặc dán giá trị", "open the file in Excel and save it, or paste the value"),
        ))
    if fact.type == "flag":
        return read_flag(entry.value, entry.place)
    if fact.type == "level":
        return _level(entry, fact)
    if fact.type == "date":
        word = clean(entry.value).casefold() if isinstance(entry.value, str) else ""
        never = fact.may_be_never and word in NEVER_WORDS
        return NEVER if never else Fraction(read_date(entry.value, entry.place).toordinal())
    return _number(entry, fact, index)


def _level(entry: RawFact, fact: Fact) -> str:
    word = clean(entry.value).casefold() if isinstance(entry.value, str) else ""
    for level in fact.levels:
        if word in {level.id.casefold(), level.label.vi.casefold(), level.label.en.casefold()}:
            return level.id
    raise InputError(Finding(
        code="level-unknown",
        place=entry.place,
        reason=Text(f"không có mức “{entry.value}”", f"there is no level {entry.value!r}"),
        remedy=did_you_mean(str(entry.value), [level.id for level in fact.levels]),
    ))


def _number(entry: RawFact, fact: Fact, index: Index) -> Fraction:
    """Return a number in the fact's own unit, checked against its range and decimals."""
    number = Fraction(read_cell_number(entry.value, entry.place) if entry.from_cell else read_number(entry.value, entry.place))
    wanted = index.quantities.units[fact.unit]
    if entry.as_percent:
        if fact.unit != "percent":
            raise InputError(Finding(
                code="percent-unexpected",
                place=entry.place,
                reason=Text("ô định dạng phần trăm nhưng số liệu không tính bằng %", "the cell is formatted as per cent, but the fact is not one"),
                remedy=Text("đổi định dạng ô thành Số và nhập lại", "format the cell as a number and type it again"),
            ))
        number *= 100
    elif entry.unit:
        given = index.quantities.find(entry.unit, entry.place)
        number = index.quantities.convert(number, given, wanted, entry.place)
    _check_number(number, entry, fact)
    return number


def _check_number(number: Fraction, entry: RawFact, fact: Fact) -> None:
    """Refuse a number outside its range or with more decimals than the fact has."""
    places = fact.places if fact.type == "decimal" else 0
    shown = {language: format_number(number, language) for language in ("vi", "en")}
    if number < 0 and (fact.range is None or fact.range[0] >= 0):
        raise InputError(_wrong(entry, "count-negative", Text(f"{shown['vi']} là số âm", f"{shown['en']} is negative"),
                                Text("số liệu này không thể âm", "this fact cannot be below 0")))
    if fact.range is not None and not fact.range[0] <= number <= fact.range[1]:
        least, most = fact.range
        raise InputError(_wrong(entry, "fact-out-of-range", Text(f"{shown['vi']} nằm ngoài khoảng {least} đến {most}", f"{shown['en']} is not within {least} to {most}"),
                                Text("kiểm tra lại số liệu", "check the number")))
    if (number * 10**places).denominator != 1:
        raise InputError(_wrong(entry, "fact-too-fine", Text(f"{shown['vi']} có quá {places} chữ số thập phân", f"{shown['en']} has more than {places} decimals"),
                                Text("ghi đúng số đã báo cáo", "write the number as reported")))


def _wrong(entry: RawFact, code: str, reason: Text, remedy: Text) -> Finding:
    return Finding(code=code, place=entry.place, reason=reason, remedy=remedy)


def _parts_above_wholes(index: Index, facts: Mapping[str, tuple[ReportedFact, Place]]) -> Iterator[Finding]:
    """Yield each share whose part is larger than its whole, once."""
    rules = (criterion.rule for edition in index.editions for criterion in edition.criteria if criterion.rule)
    shares = dict.fromkeys(
        (node.part.fact, node.whole.fact)
        for rule in rules
        for node in rule.walk()
        if isinstance(node, Ratio) and node.share and isinstance(node.part, FactValue) and isinstance(node.whole, FactValue)
    )
    for part, whole in shares:
        if part not in facts or whole not in facts:
            continue
        (above, place), (below, where) = facts[part], facts[whole]
        if isinstance(above.value, Fraction) and isinstance(below.value, Fraction) and above.value > below.value:
            yield Finding(
                code="part-above-whole",
                place=place,
                reason=Text(f"“{part}” là {above.value}, lớn hơn “{whole}” là {below.value} ({where})", f"{part!r} is {above.value}, above {whole!r}, which is {below.value} ({where})"),
                remedy=Text("tử số không thể lớn hơn mẫu số: kiểm tra cả hai", "a part cannot exceed its whole: check both"),
            )
