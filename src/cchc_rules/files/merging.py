"""What the entries of one unit's files mean under a method, and how files of one stage become one evidence."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial

from attrs import evolve, field, frozen

from cchc_rules.base.errors import Finding, InputError, Place, Problems, did_you_mean
from cchc_rules.base.exact import format_number
from cchc_rules.base.reading import clean
from cchc_rules.base.texts import LANGUAGES, Text
from cchc_rules.engine.explain import fact_value
from cchc_rules.entries import read_entry, read_plain_number
from cchc_rules.files.excel import UncalculatedFormula
from cchc_rules.files.raw import RawEvidence, RawFact
from cchc_rules.index import Index
from cchc_rules.methods import Stage
from cchc_rules.model import ORIGINAL, Criterion, DeclaredPoints, Document, Evidence, ReportedFact, Value
from cchc_rules.rules.evaluate import Facts, evaluate
from cchc_rules.rules.tree import Node, Ratio, facts_of
from cchc_rules.rules.wording import Lexicon

DECLARE = Text("khai báo tài liệu này trong một bảng [[documents]]", "declare it in a table [[documents]]")


def merge(raw: list[RawEvidence], index: Index, earlier: Mapping[str, ReportedFact] | None = None) -> Evidence:
    """Return the evidence in several files of one unit and stage; raises ``InputError`` with all problems.

    ``earlier`` are the facts of the stages before, which stand where this one does not replace them.
    What is given for every unit stands beside them.
    """
    raw = [named_by_id(each, index) for each in raw]
    merging, head = _Merging(index=index), raw[0]
    _known(merging.problems, head, "unit", index.units)
    _known(merging.problems, head, "stage", index.stages)
    for each in raw:
        merging.take(each)
    given = {name: ReportedFact(id=name, value=value, place=given_at(index, head.unit, name)) for name, value in index.given(head.unit).items()}
    standing = {name: (fact, Place(where=fact.place)) for name, fact in {**given, **(earlier or {})}.items()}
    above = _parts_above_wholes(index, {**standing, **merging.facts})
    merging.problems.found.extend(found for names, found in above if names & merging.facts.keys())
    merging.problems.raise_as(InputError)
    return Evidence(
        unit=index.units[head.unit],
        method=head.method,
        year=head.year,
        version=index.method.version or ORIGINAL,
        stage=head.stage,
        facts={name: merging.facts[name][0] for name in sorted(merging.facts)},
        points={name: merging.points[name] for name in sorted(merging.points)},
        documents=dict(sorted(merging.documents.items())),
        as_of=max((each.as_of for each in raw if each.as_of), default=None),
        note="\n".join(dict.fromkeys(each.note for each in raw if each.note)),
        files=tuple(each.file for each in raw if each.file),
    )


def named_by_id(raw: RawEvidence, index: Index) -> RawEvidence:
    """Return a file in which unit and stage stand by their ids, though somebody wrote their names."""
    units = {clean(unit.label).casefold(): name for name, unit in index.units.items()}
    stages = {word.casefold(): name for name, stage in index.stages.items() for word in (stage.label.vi, stage.label.en)}
    return evolve(
        raw,
        unit=raw.unit if raw.unit in index.units else units.get(clean(raw.unit).casefold(), raw.unit),
        stage=raw.stage if raw.stage in index.stages else stages.get(clean(raw.stage).casefold(), raw.stage),
    )


def _known(problems: Problems, raw: RawEvidence, key: str, known: Mapping[str, object]) -> None:
    word = getattr(raw, key)
    if word not in known:
        names = {"unit": Text("đơn vị", "unit"), "stage": Text("giai đoạn", "stage")}[key]
        codes = {"unit": "unit-unknown", "stage": "stage-unknown"}
        problems.add(Finding(
            code=codes[key],
            place=raw.place(key),
            reason=Text(f"phương pháp không có {names.vi} “{word}”", f"the method has no {names.en} {word!r}"),
            remedy=did_you_mean(word, known),
        ))


@frozen(kw_only=True)
class _Merging:
    """What the files have brought so far, and what was wrong with it."""

    index: Index
    problems: Problems = field(factory=Problems)
    facts: dict[str, tuple[ReportedFact, Place]] = field(factory=dict)
    points: dict[str, DeclaredPoints] = field(factory=dict)
    documents: dict[str, Document] = field(factory=dict)

    def take(self, raw: RawEvidence) -> None:
        """Take in one file."""
        self._papers(raw)
        criteria = {each.id: each for edition in self.index.editions for each in edition.criteria}
        for entry in _unrepeated(self.problems, raw):
            if entry.id in criteria:
                self.problems.attempt(partial(self._mark, entry, criteria[entry.id], raw.stage))
                continue
            found = self.problems.attempt(partial(_fact, entry, raw, self.index))
            if found is not None:
                self._add(found, entry.place)

    def _papers(self, raw: RawEvidence) -> None:
        """Add the documents of one file; one id for two documents is an error."""
        for paper in raw.documents.values():
            named = Document(id=paper.id, title=paper.id)  # how a cell of a table gives it
            known = self.documents.get(paper.id, named)
            if known == named:
                self.documents[paper.id] = paper
            elif paper not in (known, named):
                self.problems.add(Finding(
                    code="document-conflict",
                    place=Place(file=raw.file),
                    reason=Text(f"tài liệu “{paper.id}” khai báo khác với một tệp khác", f"document {paper.id!r} is declared otherwise in another file"),
                    remedy=Text("mỗi tài liệu một mã riêng", "give each document an id of its own"),
                ))

    def _add(self, found: ReportedFact, place: Place) -> None:
        """Add one fact; the same fact with another value is an error naming both places."""
        if found.id not in self.facts:
            self.facts[found.id] = found, place
            return
        known, where = self.facts[found.id]
        if known.value != found.value:
            told = [fact_words(self.index, found.id, value) for value in (found.value, known.value)]
            self.problems.add(_conflict(found.id, place, where, told))
            return
        papers = tuple(dict.fromkeys((*known.documents, *found.documents)))
        self.facts[found.id] = evolve(known, documents=papers, note=known.note or found.note), where

    def _mark(self, entry: RawFact, criterion: Criterion, stage: str) -> None:
        """Add the points that a stage gives a criterion."""
        if entry.entry.blank:
            return
        _refuse_formula(entry)
        points = _points(entry, criterion)
        _refuse_unreasoned(entry, criterion, self.index.stages.get(stage))
        known = self.points.get(criterion.id)
        if known is not None and known.points != points:
            told = [Text(format_number(each, "vi"), format_number(each, "en")) for each in (points, known.points)]
            self.problems.add(_conflict(criterion.id, entry.place, known.place, told))
            return
        self.points[criterion.id] = DeclaredPoints(criterion=criterion.id, points=points, reason=entry.note, place=str(entry.place))


def fact_words(index: Index, name: str, value: Value) -> Text:
    """Return a fact's value in words."""
    lexicon = Lexicon(index.facts, index.quantities.units)
    vi, en = (fact_value(index.facts[name], value, lexicon, language) for language in LANGUAGES)
    return Text(vi, en)


def _conflict(name: str, place: Place, where: object, told: list[Text]) -> Finding:
    """Return that one thing has two values, each with its place."""
    here, there = told
    return Finding(
        code="fact-conflict",
        place=place,
        reason=Text(f"số liệu “{name}” là {here.vi}, khác với {there.vi} ở {where}", f"fact {name!r} is {here.en}, but {there.en} at {where}"),
        remedy=Text("thống nhất một giá trị giữa các đơn vị báo cáo", "let the offices agree on one value"),
    )


def _points(entry: RawFact, criterion: Criterion) -> Fraction:
    """Return points within a criterion's range; raises ``InputError``."""
    points, maximum = read_plain_number(entry.entry), Fraction(criterion.max_points)
    if not 0 <= points <= maximum:
        vi, en = ((format_number(points, language), format_number(maximum, language)) for language in LANGUAGES)
        raise InputError(Finding(
            code="points-out-of-range",
            place=entry.place,
            reason=Text(f"{vi[0]} điểm nằm ngoài khoảng 0 đến {vi[1]} của tiêu chí {criterion.number}",
                        f"{en[0]} points are not within 0 to {en[1]} of criterion {criterion.number}"),
            remedy=Text("kiểm tra lại điểm", "check the points"),
        ))
    return points


def _refuse_unreasoned(entry: RawFact, criterion: Criterion, stage: Stage | None) -> None:
    """Refuse points that nobody says why, where the stage wants to be told."""
    if stage is not None and stage.reason_required and not entry.note.strip():
        raise InputError(Finding(
            code="reason-missing",
            place=entry.place,
            reason=Text(f"điểm của tiêu chí {criterion.number} chưa ghi lý do; giai đoạn “{stage.label.vi}” bắt buộc có lý do",
                        f"the points of criterion {criterion.number} have no reason; the stage {stage.label.en!r} asks for one"),
            remedy=Text("ghi lý do vào `reason` (tệp TOML) hoặc cột Ghi chú (bảng tính)", "write it as `reason` (TOML), or into the column for notes (spreadsheet)"),
        ))


def _unrepeated(problems: Problems, raw: RawEvidence) -> Iterator[RawFact]:
    """Yield the entries of one file, and name those whose fact or criterion it has given already."""
    seen: dict[str, Place] = {}
    for entry in (*raw.facts, *raw.points):
        if entry.id in seen:
            problems.add(Finding(
                code="fact-duplicate",
                place=entry.place,
                reason=Text(f"số liệu “{entry.id}” đã có ở {seen[entry.id]}", f"fact {entry.id!r} stands already at {seen[entry.id]}"),
                remedy=Text("giữ lại một dòng", "keep one of them"),
            ))
        else:
            seen[entry.id] = entry.place
            yield entry


# ------------------------------------------------------------------ one fact


def _fact(entry: RawFact, raw: RawEvidence, index: Index) -> ReportedFact | None:
    """Return one entry as a reported fact; ``None`` where its value is left blank."""
    if entry.id not in index.facts:
        known = [*index.facts, *(each.id for edition in index.editions for each in edition.criteria)]
        raise InputError(Finding(
            code="fact-unknown",
            place=entry.place,
            reason=Text(f"phương pháp không dùng số liệu “{entry.id}”", f"the method reads no fact {entry.id!r}"),
            remedy=did_you_mean(entry.id, known),
        ))
    _refuse_unknown_papers(entry, raw)
    if entry.entry.blank:
        return None
    _refuse_out_of_place(entry, raw, index)
    _refuse_formula(entry)
    fact = index.facts[entry.id]
    value = read_entry(entry.entry, fact, index.quantities)
    of_unit = index.known.get(raw.unit, {})
    if entry.id in of_unit:
        _refuse_otherwise(entry, value, of_unit[entry.id], raw.unit, index)
        return None
    return ReportedFact(
        id=entry.id,
        value=value,
        unit=fact.unit,
        documents=entry.documents,
        note=entry.note,
        provenance=entry.provenance,
        place=str(entry.place),
    )


def _refuse_out_of_place(entry: RawFact, raw: RawEvidence, index: Index) -> None:
    """Refuse what a unit does not enter: reference data, statistics, and facts of another stage."""
    if entry.id in index.references or entry.id in index.statistics:
        raise InputError(Finding(
            code="fact-not-entered",
            place=entry.place,
            reason=Text(f"“{entry.id}” do phương pháp cho hoặc tính trên cả khối, đơn vị không nhập",
                        f"{entry.id!r} is given by the method or taken over the cohort: units do not enter it"),
            remedy=Text("bỏ dòng này", "drop this entry"),
        ))
    stage = index.facts[entry.id].entered_at
    if stage and stage != raw.stage:
        label = index.stages[stage].label if stage in index.stages else Text(stage, stage)
        raise InputError(Finding(
            code="fact-wrong-stage",
            place=entry.place,
            reason=Text(f"số liệu “{entry.id}” chỉ nhập ở giai đoạn “{label.vi}”", f"fact {entry.id!r} is entered at the stage {label.en!r} only"),
            remedy=Text("bỏ dòng này khỏi tệp của giai đoạn khác", "take it out of the files of other stages"),
        ))


def _refuse_otherwise(entry: RawFact, value: Value, known: Value, unit: str, index: Index) -> None:
    """Refuse a value that is not what the method itself says of the unit; the same value adds nothing."""
    if value != known:
        told = [fact_words(index, entry.id, each) for each in (value, known)]
        raise InputError(_conflict(entry.id, entry.place, given_at(index, unit, entry.id), told))


def given_at(index: Index, unit: str, name: str) -> str:
    """Return where the method gives a fact that units do not enter."""
    return f"{index.method.key}: units, {unit}, {name}" if name in index.known.get(unit, {}) else f"references, {name}"


def _refuse_formula(entry: RawFact) -> None:
    """Refuse a cell whose formula has no result to read."""
    if isinstance(entry.entry.value, UncalculatedFormula):
        raise InputError(Finding(
            code="formula-without-value",
            place=entry.place,
            reason=Text(f"ô chứa công thức chưa có kết quả: {entry.entry.value}", f"the cell holds a formula without a result: {entry.entry.value}"),
            remedy=Text("mở tệp trong Excel, lưu lại, hoặc dán giá trị", "open the file in Excel and save it, or paste the value"),
        ))


def _refuse_unknown_papers(entry: RawFact, raw: RawEvidence) -> None:
    for paper in entry.documents:
        if paper not in raw.documents:
            raise InputError(Finding(
                code="document-unknown",
                place=entry.place,
                reason=Text(f"tài liệu “{paper}” chưa được khai báo", f"document {paper!r} is not declared"),
                remedy=did_you_mean(paper, raw.documents) if raw.documents else DECLARE,
            ))


def _parts_above_wholes(index: Index, facts: Mapping[str, tuple[ReportedFact, Place]]) -> Iterator[tuple[frozenset[str], Finding]]:
    """Yield the facts of each share whose part is larger than its whole, once; either may be a total of several facts."""
    rules = (criterion.rule for edition in index.editions for criterion in edition.criteria if criterion.rule)
    shares = dict.fromkeys(node for rule in rules for node in rule.walk() if isinstance(node, Ratio) and node.share)
    known = Facts({name: fact.value for name, (fact, _) in facts.items()})
    told: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for share in shares:
        names = facts_of(share.part), facts_of(share.whole)
        if names in told or any(name not in facts for name in (*names[0], *names[1])) or any(map(_is_rate, (share.part, share.whole))):
            continue
        part, whole = evaluate(share.part, known).number, evaluate(share.whole, known).number
        if part > whole:
            told.add(names)
            yield frozenset((*names[0], *names[1])), _above(names, part, whole, facts)


def _is_rate(node: Node) -> bool:
    return any(isinstance(each, Ratio) for each in node.walk())


def _above(
    names: tuple[tuple[str, ...], tuple[str, ...]], part: Fraction, whole: Fraction, facts: Mapping[str, tuple[ReportedFact, Place]]
) -> Finding:
    """Return that a part is above its whole, at the part, with the place of the whole."""
    above, below = (" + ".join(each) for each in names)
    where = facts[names[1][0]][1]
    vi, en = ((format_number(part, language), format_number(whole, language)) for language in LANGUAGES)
    return Finding(
        code="part-above-whole",
        place=facts[names[0][0]][1],
        reason=Text(f"“{above}” là {vi[0]}, lớn hơn “{below}” là {vi[1]} ({where.words('vi')})",
                    f"{above!r} is {en[0]}, above {below!r}, which is {en[1]} ({where.words('en')})"),
        remedy=Text("tử số không thể lớn hơn mẫu số: kiểm tra cả hai", "a part cannot exceed its whole: check both"),
    )
