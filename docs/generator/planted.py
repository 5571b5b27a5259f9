"""Findings as they are printed: each made by planting one mistake in a sound example, so that no page shows what is no longer said."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import openpyxl
import test_bad_input
import test_planted_errors
from attrs import evolve
from building import plugin
from conftest import EXAMPLE
from policy_cases import policy_files, registry_of
from rule_cases import all_forms

import cchc_rules as cchc
from cchc_rules.analysis.audit import audit_file
from cchc_rules.annex.draft import draft_edition
from cchc_rules.authoring.scaffold import new_field
from cchc_rules.base.errors import CchcError, Finding
from cchc_rules.base.texts import Text
from cchc_rules.cases.gate import stands_against
from cchc_rules.cases.report import reports
from cchc_rules.plugins.discovery import in_folder
from cchc_rules.quantities import core_units

Check = Callable[[Path], Sequence[Finding]]
SOUND: str = test_planted_errors.SOUND
LEAF = '\n[[criteria]]\nid = "procedures.more"\nnumber = "1.5"\nlabel = "Tiêu chí thêm"\nlabel_en = "One more criterion"\nmax_points = 1\nprovenance = "official"\n'
UNITS = 'units = [ { id = "a", label = "Xã A" } ]'
IN_AN_EDITION: dict[str, tuple[str, str]] = {
    "to-revisit": ('number = "1.1"', 'number = "1.1" # cần rà soát: quyết định mới ghi số nào?'),
    "toml-syntax": ("max_points = 4", "max_points = 4,5"),
    "part-below-parent": ('number = "1.2"', 'number = "1.2"\nparent = "procedures.on-time"\npart = "survey"'),
    "unit-dates-overlap": (UNITS, 'units = [ { id = "a", label = "Xã A", until = 2099-06-30, successors = ["b"] }, { id = "b", label = "Xã B", since = 2099-03-01, predecessors = ["a"] } ]'),
    "statistic-is-fact": ('\n[[criteria]]\nid = "procedures.on-time"', '\n[[statistics]]\nid = "late"\nlabel = "bình quân"\nkind = "mean"\nfact = "dossiers"\nmembers = "all"\nmissing = "leave_out"\n\n[[criteria]]\nid = "procedures.on-time"'),
    "fact-without-range": ('type = "count"\nrange = [0, 20]', 'type = "count"'),
    "fact-unused": ('[[criteria]]\nid = "procedures.on-time"', '[[facts]]\nid = "spare"\nlabel = "số liệu thừa"\nlabel_en = "a spare fact"\ntype = "flag"\n\n[[criteria]]\nid = "procedures.on-time"'),
    "criterion-duplicate": ('id = "procedures.late"', 'id = "procedures.on-time"'),
    "parent-unknown": ('number = "1.2"', 'number = "1.2"\nparent = "procedures.tre-han"'),
    "parent-with-form": ('number = "1.2"', 'number = "1.2"\nparent = "procedures.on-time"'),
    "form-missing": ('form = "count"\nfact = "initiatives"\npoints_each = 0.5', ""),
    "combine-without-children": ('number = "1.2"', 'number = "1.2"\ncombine = "all"'),
    "points-off-grid": ("points = 3 },\n  { at_least = \"80 %\"", "points = 3.125 },\n  { at_least = \"80 %\""),
    "points-negative": ("points = 3 } ]\notherwise = 0", "points = 3 } ]\notherwise = -1"),
    "unit-duplicate": (UNITS, 'units = [ { id = "a", label = "Xã A" }, { id = "a", label = "Xã B" } ]'),
    "unit-dates-reversed": (UNITS, 'units = [ { id = "a", label = "Xã A", since = 2099-06-01, until = 2099-01-01 } ]'),
    "unit-not-in-year": (UNITS, 'units = [ { id = "a", label = "Xã A", since = 2101-01-01 } ]'),
    "unit-family-one-sided": (UNITS, 'units = [ { id = "a", label = "Xã A", successors = ["b"] }, { id = "b", label = "Xã B" } ]'),
    "calendar-unknown": ('\n[[criteria]]\nid = "procedures.initiatives"', f'\n[[facts]]\nid = "sent"\nlabel = "ngày gửi báo cáo"\nlabel_en = "date of the report"\ntype = "date"\n{LEAF}form = "timeliness"\nfact = "sent"\non_or_before = 2099-12-15\ncalendar = "viec"\n\n[[criteria]]\nid = "procedures.initiatives"'),
    "edition-missing": ("edition_year = 2099", "edition_year = 2098"),
    "maxima-not-nominal": ("nominal_total = { value = 15", "nominal_total = { value = 16"),
    "seal-missing": ('field = "procedures"\nlabel', 'field = "procedures"\nstatus = "sealed"\nlabel'),
}
"""What stands instead of what in the sound table; a key of the codes that this gives."""
HEADER = ("STT", "Lĩnh vực/Tiêu chí", "Điểm tối đa", "Cách chấm", "Tài liệu kiểm chứng")
ROW = (("1", "Cải cách thủ tục hành chính", 2, None, None), ("1.1", "Hồ sơ đúng hạn", 2, "Đầy đủ, đúng hạn: 2 điểm", "Báo cáo"))
IN_AN_ANNEX: dict[str, tuple[tuple[Any, ...], ...]] = {
    "annex-header-missing": (("Tên", "Nội dung", "Ghi chú", None, None),),
    "annex-numbering": (HEADER, ROW[0], ("1.2", *ROW[1][1:])),
    "annex-maximum": (HEADER, ROW[0], ("1.1", "Hồ sơ đúng hạn", "hai điểm", *ROW[1][3:])),
    "annex-label-missing": (HEADER, ROW[0], ("1.1", None, *ROW[1][2:])),
    "annex-total": (HEADER, ("1", "Cải cách thủ tục hành chính", 3, None, None), ROW[1]),
    "annex-row-ignored": (HEADER, *ROW, (None, "Ghi chú: số liệu tính đến 31/12", None, None, None)),
    "annex-part-needed": (HEADER, *ROW, ("2", "Tài chính công", 1, None, None)),
    "annex-placeholder": (HEADER, *ROW),
    "annex-ambiguous": (HEADER, ROW[0], ("1.1", "Hồ sơ đúng hạn", 2, "Từ 95% trở lên: 2 điểm; từ 80% đến 95%: 1 điểm; dưới 80%: 0 điểm", None)),
    "annex-sentence-unread": (HEADER, ROW[0], ("1.1", "Hồ sơ đúng hạn", 2, "Hội đồng chấm theo thực tế", None)),
}
"""The rows of an annex, by the code of what is said of it."""


CASE = 'name = "{name}"\ncriterion = "{criterion}"\nfacts = {{ {facts} }}\n{expects}\n'
IN_CASES: dict[str, tuple[dict[str, str], ...]] = {
    "case-criterion-unknown": ({"criterion": "procedures.dung-han"},),
    "case-fact-unread": ({"facts": "initiatives = 2"},),
    "case-expects-nothing": ({"expects": ""},),
    "case-expects-both": ({"expects": 'points = "4"\nstate = "no_evidence"'},),
    "case-twice": ({}, {}),
    "case-failed": ({"expects": 'points = "3"'},),
    "case-unconfirmed": ({"expects": 'points = "4"\nconfirmed = false'},),
    "outcome-untried": ({},),
    "case-edition-unknown": ({"edition": "procedures/xa/2099"},),
}
"""What cases say otherwise than a sound one, by the code of what is said of them."""
CALENDAR = 'schema = "cchc.calendar/1"\n\n[calendar]\nid = "viec"\nlabel = "Lịch làm việc"\nlabel_en = "Working days"\ncovers = [2099-01-01, 2099-12-31]\nweekend = ["saturday", "sunday"]\ncount_first_day = false\nterm_ends_on_day_off = "next_working_day"\nholidays = [ { date = 2099-01-01, label = "Tết Dương lịch" } ]\n'
IN_A_CALENDAR: dict[str, tuple[str, str]] = {
    "calendar-covers-nothing": ("[2099-01-01, 2099-12-31]", "[2099-12-31, 2099-01-01]"),
    "calendar-days-outside": ("{ date = 2099-01-01", "{ date = 2100-01-01"),
    "calendar-days-reversed": ("{ date = 2099-01-01,", "{ date = 2099-04-30, through = 2099-04-29,"),
}


@cache
def planted() -> dict[str, Finding]:
    """Return a finding for each code that a mistake in an example gives; places without the folder that the example was in."""
    found: dict[str, Finding] = {}
    for code, check in _checks():
        if code not in found:
            with tempfile.TemporaryDirectory() as folder:
                said = [each for each in _said(check, Path(folder)) if each.code == code]
                if said:
                    found[code] = _without(said[0], Path(folder).as_posix())
    return found


def _without(found: Finding, folder: str) -> Finding:
    """Return a finding that names files without the folder that they were in for a moment."""
    def bare(words: str) -> str:
        return words.replace(f"{folder}/", "").replace(folder, "so-lieu")

    reason, remedy = (Text(bare(each.vi), bare(each.en)) for each in (found.reason, found.remedy))
    return evolve(found, place=evolve(found.place, file=bare(found.place.file)), reason=reason, remedy=remedy)


def _said(check: Check, folder: Path) -> Sequence[Finding]:
    try:
        return check(folder)
    except CchcError as error:
        return error.findings


def _checks() -> Iterator[tuple[str, Check]]:
    """Yield each mistake with the code that it should give."""
    for code, (old, new) in IN_AN_EDITION.items():
        assert old in SOUND, code  # else nothing would be planted
        yield code, _edition(SOUND.replace(old, new, 1))
    for code, rows in IN_AN_ANNEX.items():
        yield code, _annex(rows)
    for code, cases in IN_CASES.items():
        yield code, _cases(cases)
    for code, change in IN_A_CALENDAR.items():
        yield code, _calendar(CALENDAR.replace(*change))
    yield from _about_names()
    for year in (2021, 2020):
        published = EXAMPLE / f"published-{year}.toml"
        yield from ((each.code, _kept(evolve(each, place=evolve(each.place, file=published.name)))) for each in audit_file(published, cchc.load_registry()))
    for error in test_planted_errors.PLANTED.values():
        yield error.code, _edition(SOUND.replace(*error.change))
    for form in all_forms():
        for example in form.examples:
            yield from ((mistake.finding, partial(example.findings, mistake=mistake)) for mistake in example.mistakes)
    for policy in policy_files():
        yield from ((mistake.finding, _edition(policy.example.replace(*mistake.change))) for mistake in policy.mistakes)
    for case in test_bad_input.ALL.values():
        yield case.code, _evidence(case.write)


def _edition(text: str) -> Check:
    return lambda folder: registry_of(text, folder).findings()


def _about_names() -> Iterator[tuple[str, Check]]:
    """Yield names that are not there, or cannot be."""
    known = cchc.load_registry()
    yield "name-unknown", _refused(lambda _: known.named("procedure/district/2021"))
    yield "name-unusable", _refused(lambda folder: new_field(known, "Văn thư", folder=folder))
    yield "name-taken", _refused(lambda folder: new_field(known, "procedures", folder=folder))
    yield "file-not-written", _refused(lambda folder: [new_field(known, "van_thu", folder=folder) for _ in range(2)])
    yield "plugin-folder-missing", _refused(lambda folder: list(in_folder(folder / "plugin")))
    yield "method-unknown", _refused(lambda _: known.index("cao-bang.district", 2021))
    yield "year-unknown", _refused(lambda _: known.index("cao-bang.districts", 2022))


def _refused(call: Callable[[Path], object]) -> Check:
    """Return what is said of a call that is refused."""
    def check(folder: Path) -> Sequence[Finding]:
        call(folder)
        return ()
    return check


def _kept(found: Finding) -> Check:
    """Return a finding that is known already."""
    return lambda _: (found,)


def _evidence(write: Callable[[Path], Path]) -> Check:
    """Return what is said of evidence."""
    return lambda folder: test_bad_input.findings(write(folder))


def _cases(changes: Sequence[dict[str, str]]) -> Check:
    """Return what is said of cases of the sound table."""
    def check(folder: Path) -> Sequence[Finding]:
        registry = registry_of(SOUND, folder)
        sound = {"name": "Đúng hạn đủ 95% được trọn điểm", "criterion": "procedures.on-time", "facts": "on_time = 95, dossiers = 100", "expects": 'points = "4"'}
        blocks = [CASE.format(**{**sound, **each}) for each in changes]
        edition = next((each["edition"] for each in changes if "edition" in each), "procedures/commune/2099")
        path = folder / "cases" / "dung-han.toml"
        path.parent.mkdir()
        path.write_text(f'schema = "cchc.cases/1"\nedition = "{edition}"\n\n' + "\n".join(f"[[cases]]\n{block}" for block in blocks), encoding="utf-8")
        found, problems = reports(registry, registry.editions.values())
        return (*problems, *(one for each in found for one in each.findings), *stands_against(registry, "procedures/commune/2099"))
    return check


def _calendar(text: str) -> Check:
    """Return what is said of a calendar."""
    def check(folder: Path) -> Sequence[Finding]:
        path = folder / "lich.toml"
        path.write_text(text, encoding="utf-8")
        return cchc.Registry([plugin("example", cchc_register_calendars=lambda calendars: calendars.add_file(path))]).findings()
    return check


def _annex(rows: Sequence[Sequence[Any]]) -> Check:
    """Return what is said of an annex in Excel."""
    def check(folder: Path) -> Sequence[Finding]:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Phụ lục"
        for row in rows:
            sheet.append(list(row))
        book.save(folder / "phu-luc.xlsx")
        return draft_edition(folder / "phu-luc.xlsx", "thu_tuc", "xa", 2099, {unit.id: unit for unit in core_units()}).findings
    return check
