"""The report of an edition's cases as text for a terminal: what failed, what nobody confirmed, what is not reached."""

from collections.abc import Sequence

from cchc_rules.base.errors import Finding
from cchc_rules.base.texts import Language
from cchc_rules.cases.report import CasesReport
from cchc_rules.cases.running import CaseResult, reasons
from cchc_rules.cases.words import obligation_words, result_words
from cchc_rules.files.page import RIGHT, WIDTH, Page
from cchc_rules.files.terminal import findings_text
from cchc_rules.rules.lexicon import Lexicon

MOST_LISTED = 30
"""More open outcomes, or unconfirmed cases, than this are counted and not listed; page and file show all."""


def report_text(report: CasesReport, language: Language, *, width: int = WIDTH, colour: bool = False) -> str:
    """Return the report of one edition: the cases, then the coverage of its rule text."""
    page = Page(language=language, width=width, colour=colour)
    lexicon = Lexicon(report.bench.facts, report.bench.index.quantities.units, language)
    failed = [line for each in report.failed for line in _failure(each, page)]
    before = [_heading(report, page), *failed, *_unconfirmed(report, page)]
    # Only the table is set to the page's width: a place or a name that is broken over lines cannot be copied.
    return "\n".join([*before, page.print(_coverage(report, page)).rstrip("\n"), "", *_uncovered(report, page, lexicon)]) + "\n"


def reports_text(
    reports: Sequence[CasesReport], problems: Sequence[Finding], language: Language, *, width: int = WIDTH, colour: bool = False
) -> str:
    """Return the reports of several editions, and above them what is wrong with case files and cases."""
    wrong = [*problems, *(each for report in reports for each in report.findings)]
    parts = [findings_text(wrong, language) + "\n"] if wrong else []
    parts += [report_text(each, language, width=width, colour=colour) for each in reports]
    return "\n".join(parts)


def _heading(report: CasesReport, page: Page) -> str:
    passed, failed, open_ = len(report.results) - len(report.failed), len(report.failed), len(report.unconfirmed)
    return page.say(f"{report.bench.edition.id}: {passed} trường hợp đạt, {failed} không đạt, {open_} chưa có người xác nhận",
                    f"{report.bench.edition.id}: {passed} case{'' if passed == 1 else 's'} passed, {failed} failed, {open_} not confirmed by anyone")


def _failure(result: CaseResult, page: Page) -> list[str]:
    """Return a failed case with what was expected and what came out."""
    case, score = result.case, result.score
    wanted, got = (result_words(state, points, page.language) for state, points in
                   ((case.state, case.points), (score.state.value, score.account.exact)))
    lines = [page.say(f"KHÔNG ĐẠT “{case.name}”", f"FAILED “{case.name}”"), f"  {case.place.file}:{case.place.line}"]
    lines.append(page.say(f"  mong đợi {wanted}, máy tính ra {got}", f"  expected {wanted}, got {got}"))
    if not result.same_reason:
        said = " | ".join(reasons(score)[0 if page.language == "vi" else 1::2]) or page.say("không có", "none")
        lines.append(page.say(f"  lý do mong đợi có “{case.reason}”, lý do tính ra: {said}", f"  expected a reason with “{case.reason}”, reasons: {said}"))
    return lines


def _unconfirmed(report: CasesReport, page: Page) -> list[str]:
    lines = [page.say(f"CHƯA XÁC NHẬN “{each.case.name}”", f"NOT CONFIRMED “{each.case.name}”") for each in report.unconfirmed[:MOST_LISTED]]
    rest = len(report.unconfirmed) - MOST_LISTED
    if rest > 0:
        lines.append(page.say(f"… và {rest} trường hợp chưa xác nhận khác: tìm `confirmed = false` trong tệp",
                              f"… and {rest} more that nobody has confirmed: look for `confirmed = false` in the file"))
    return lines


def _coverage(report: CasesReport, page: Page) -> object:
    """Return how much of each criterion's text the cases reach."""
    table = page.table(
        (page.say("Tiêu chí", "Criterion"), {"no_wrap": True}),
        ("", {"ratio": 1}),
        (page.say("Đã thử", "Covered"), RIGHT),
        (page.say("Chưa thử", "Open"), RIGHT),
        (page.say("Không thể xảy ra", "Cannot occur"), RIGHT),
    )
    for each in report.coverage:
        counts = [str(each.number(status)) for status in ("covered", "uncovered", "excused")]
        table.add_row(each.criterion.number, each.criterion.label.get(page.language), *counts)
    table.add_section()
    table.add_row("", page.say("Tất cả", "All"), *(str(report.number(status)) for status in ("covered", "uncovered", "excused")))
    return table


def _uncovered(report: CasesReport, page: Page, lexicon: Lexicon) -> list[str]:
    """Return what no case reaches."""
    found = report.uncovered
    lines = [page.say(f"CHƯA THỬ {criterion.number}: {obligation_words(each.obligation, lexicon)}",
                      f"OPEN {criterion.number}: {obligation_words(each.obligation, lexicon)}") for criterion, each in found[:MOST_LISTED]]
    if len(found) > MOST_LISTED:
        rest = len(found) - MOST_LISTED
        lines.append(page.say(f"… và {rest} kết quả khác; xem đủ với --html", f"… and {rest} more; --html shows all"))
    return lines
