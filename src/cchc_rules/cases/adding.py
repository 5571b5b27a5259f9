"""Suggestions put into a case file that is there already: no case that a person has confirmed is ever lost.

In a TOML file the cases that stay are left as they stand, with their comments; a workbook is made anew from them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import TomlSource
from cchc_rules.cases.reading import Case, case_source
from cchc_rules.cases.report import CasesReport, reported_again
from cchc_rules.cases.running import CaseResult
from cchc_rules.cases.sheets import case_workbook, is_case_sheet
from cchc_rules.cases.suggesting import cases_text, cases_toml, suggest
from cchc_rules.cases.words import obligation_words

_OF_THE_ENGINE = re.compile(r"[0-9IVX][\w.]*: (?P<words>.+) – .+?(?: \(\d+\))?")
"""The name of a suggested case: the number of its criterion, what it tries, its result."""


@frozen(kw_only=True)
class Added:
    """A case file with suggestions in it; how many cases stayed, confirmed or not, how many went, how many are new."""

    data: bytes
    confirmed: int
    waiting: int
    dropped: int
    new: int

    def words(self, path: Path) -> Text:
        """Return what was written."""
        vi, en = f"Đã ghi {path}: thêm {self.new} trường hợp đề xuất", f"Wrote {path}: {self.new} suggested case{'' if self.new == 1 else 's'} added"
        if self.confirmed or self.waiting or self.dropped:
            vi += f"; giữ {self.confirmed} đã xác nhận, {self.waiting} chưa xác nhận; bỏ {self.dropped} chưa xác nhận không còn đúng"
            en += f"; kept: {self.confirmed} confirmed, {self.waiting} not confirmed; dropped: {self.dropped} not confirmed and no longer true"
        return Text(vi, en)


def with_suggestions(report: CasesReport, path: Path, problems: Iterable[Finding] = ()) -> Added:
    """Return the suggested cases of an edition as a file, with what stays of the one that is there.

    Confirmed cases stay, whatever they come to. Others stay while they pass and still say what they try.
    ``problems`` are those of the case files; raises ``InputError`` where the file's own cases cannot be kept.
    """
    broken = [each for each in problems if _same(each.place.file, path)]
    if broken:
        raise InputError(*broken)
    source = case_source(path) if path.exists() and path.stat().st_size else None
    if source is None:
        new = [each.case for each in suggest(report)]
        return Added(data=_data(report, path, new), confirmed=0, waiting=0, dropped=0, new=len(new))
    if source.data.get("edition") != report.bench.edition.id:
        raise InputError(_cannot_keep(path, Text("tệp là trường hợp của bộ tiêu chí khác", "the file has cases of another edition")))
    return _added(report, path, source)


def _added(report: CasesReport, path: Path, source: TomlSource) -> Added:
    written: Sequence[Mapping[str, Any]] = source.data.get("cases", ())
    here = {each.case.name: each for each in report.results if _same(each.case.place.file, path)}
    confirmed = [each["name"] for each in written if each.get("confirmed", True)]
    waiting = [name for name, each in here.items() if not each.case.confirmed and each.passed and _says_what_it_tries(each, report)]
    stays = {*confirmed, *waiting}
    rest = [each for each in report.results if each.case.name in stays or each.case.name not in here]
    new = [each.case for each in suggest(reported_again(report, rest), taken=stays)]
    if is_case_sheet(path):
        lost = stays - here.keys()
        if lost:
            raise InputError(*report.findings or [_cannot_keep(path, Text("có trường hợp không đọc được", "some cases cannot be read"))])
        data = _data(report, path, [*(here[each["name"]].case for each in written if each["name"] in stays), *new])
    else:
        data = _rewritten(path, source, [each["name"] in stays for each in written], cases_text(report.bench, new))
    return Added(data=data, confirmed=len(confirmed), waiting=len(waiting), dropped=len(written) - len(confirmed) - len(waiting), new=len(new))


def _data(report: CasesReport, path: Path, cases: Iterable[Case]) -> bytes:
    if path.suffix.lower() == ".xlsx":
        return case_workbook(report.bench, cases)
    return cases_toml(report.bench, cases).encode()


def _same(file: str, path: Path) -> bool:
    return bool(file) and Path(file).resolve() == path.resolve()


def _says_what_it_tries(result: CaseResult, report: CasesReport) -> bool:
    """Whether a case that the engine has named still comes to what its name says; a name of a person's own is theirs."""
    case = result.case
    named = _OF_THE_ENGINE.fullmatch(case.name)
    if not named:
        return True
    lexicon = report.bench.lexicon()
    tried = (one.obligation for each in report.coverage if each.criterion.id == case.criterion.id for one in each.found if case.name in one.cases)
    return case.name.startswith(f"{case.criterion.number}: ") and named["words"] in {obligation_words(each, lexicon) for each in tried}


# ------------------------------------------------------------------ the text of the file


def _rewritten(path: Path, source: TomlSource, stays: Sequence[bool], added: str) -> bytes:
    """Return a TOML file with those of its cases that stay, line by line, and others behind them."""
    text = path.read_bytes().decode("utf-8-sig")
    lines = text.splitlines(keepends=True)
    starts = [source.lines.get(("cases", index), 0) - 1 for index in range(len(stays))]
    if any(start < 0 or not lines[start].lstrip().startswith("[[") for start in starts):
        raise InputError(_cannot_keep(path, Text("các trường hợp không nằm dưới dòng [[cases]]", "its cases do not stand below lines of [[cases]]")))
    blocks = list(_blocks(lines, starts))
    head = lines[: starts[0]] if starts else lines
    kept = "".join([*head, *("".join(block) for block, stay in zip(blocks, stays, strict=True) if stay)]).rstrip()
    made = f"{kept}\n\n{added}" if added else f"{kept}\n"
    return (made.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in text else made).encode()


def _blocks(lines: Sequence[str], starts: Sequence[int]) -> Iterator[Sequence[str]]:
    """Yield the lines of each case, with the comments right above it; those above the first are of the whole file."""
    begins = [start if index == 0 else _above(lines, start) for index, start in enumerate(starts)]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        yield lines[begin:end]


def _above(lines: Sequence[str], start: int) -> int:
    """Return where the comments right above a line begin."""
    while lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start


def _cannot_keep(path: Path, reason: Text) -> Finding:
    return Finding(
        code="file-not-written",
        place=Place(file=path.as_posix()),
        reason=Text(f"không ghi đè: {reason.vi}", f"not written over: {reason.en}"),
        remedy=Text("ghi đề xuất vào một tệp khác", "write the suggestions into another file"),
    )
