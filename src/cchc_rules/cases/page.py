"""The edition as one web page: each rule in words, below it what its cases reach, leave open, or can never reach."""

from html import escape

from cchc_rules.base.texts import Language, Text
from cchc_rules.cases.report import CasesReport, Covered, CriterionCoverage, Status
from cchc_rules.cases.running import CaseResult
from cchc_rules.cases.words import combination_words, obligation_words, result_words
from cchc_rules.files.web import web_page
from cchc_rules.model import Criterion, Edition
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.wording import rule_text

MARKS: dict[Status, tuple[str, Text]] = {
    "covered": ("✓", Text("Đã thử", "Covered")),
    "uncovered": ("✗", Text("Chưa thử", "Open")),
    "excused": ("–", Text("Không thể xảy ra", "Cannot occur")),
}
STYLE = """
section { border-top: 1px solid #777; margin-top: 1.5rem; }
ul { list-style: none; padding-left: 0; }
li { padding: .2rem .6rem; margin: .15rem 0; border-left: .4rem solid; }
.covered { border-color: #1a7f37; } .uncovered { border-color: #cf222e; font-weight: 600; } .excused { border-color: #777; }
small { font-weight: 400; }
"""


def report_page(report: CasesReport, language: Language) -> str:
    """Return the page, complete in itself: it fetches nothing."""
    edition = report.bench.edition
    lexicon = Lexicon(report.bench.facts, report.bench.index.quantities.units, language)
    title = f"{edition.label.get(language)} – {edition.id}"
    counts = ", ".join(f"{MARKS[status][1].get(language)}: {report.number(status)}" for status in MARKS)
    results = Text(f"{len(report.results)} trường hợp, {len(report.failed)} không đạt, {len(report.unconfirmed)} chưa xác nhận",
                   f"{len(report.results)} cases, {len(report.failed)} failed, {len(report.unconfirmed)} not confirmed").get(language)
    open_ = frozenset(each.case.name for each in report.unconfirmed)
    sections = "\n".join(_section(each, edition, lexicon, open_) for each in report.coverage)
    return web_page(title, f"<p>{escape(results)}. {escape(counts)}.</p>\n{_failed(report, language)}{sections}", language, STYLE)


def _failed(report: CasesReport, language: Language) -> str:
    """Return the cases that do not come out as they expect; nothing where all do."""
    if not report.failed:
        return ""
    heading = Text("Trường hợp không đạt", "Cases that fail").get(language)
    items = "\n".join(f'<li class="uncovered"><span aria-hidden="true">✗</span> {escape(_told(each, language))}</li>' for each in report.failed)
    return f"<section>\n<h2>{escape(heading)}</h2>\n<ul>\n{items}\n</ul>\n</section>\n"


def _told(result: CaseResult, language: Language) -> str:
    """Return a failed case with what was expected and what came out."""
    case, score = result.case, result.score
    wanted, got = (result_words(state, points, language) for state, points in ((case.state, case.points), (score.state.value, score.account.exact)))
    return Text(f"{case.name}: mong đợi {wanted}, máy tính ra {got}", f"{case.name}: expected {wanted}, got {got}").get(language)


def _rule(criterion: Criterion, edition: Edition, lexicon: Lexicon) -> str:
    """Return how a criterion is scored, in words: by its rule, or by what its parts come to."""
    if criterion.rule is not None:
        return rule_text(criterion.rule, lexicon).get(lexicon.language)
    return combination_words(criterion, edition, lexicon)


def _section(coverage: CriterionCoverage, edition: Edition, lexicon: Lexicon, unconfirmed: frozenset[str]) -> str:
    """Return one criterion: its number and name, its rule in words, the clause it comes from, its outcomes."""
    criterion, language = coverage.criterion, lexicon.language
    name = f"{criterion.number} {criterion.label.get(language)}"
    clause = f"<blockquote>{escape(criterion.clause.text)}</blockquote>\n" if criterion.clause and criterion.clause.text else ""
    items = "\n".join(_item(each, lexicon, unconfirmed) for each in coverage.found)
    return f"""<section aria-labelledby="{escape(criterion.id)}">
<h2 id="{escape(criterion.id)}">{escape(name)}</h2>
{clause}<p>{escape(_rule(criterion, edition, lexicon))}</p>
<ul>
{items}
</ul>
</section>"""


def _item(each: Covered, lexicon: Lexicon, unconfirmed: frozenset[str]) -> str:
    """Return one outcome with its mark in a sign and in words, and why, or by which cases, those nobody confirmed marked."""
    sign, label = MARKS[each.status]
    doubt = lexicon.say(" – chưa ai xác nhận", " – not confirmed by anyone")
    why = each.excuse.get(lexicon.language) if each.excuse else "; ".join(name + (doubt if name in unconfirmed else "") for name in each.cases)
    small = f" <small>({escape(why)})</small>" if why else ""
    words = escape(obligation_words(each.obligation, lexicon))
    return f'<li class="{each.status}"><span aria-hidden="true">{sign}</span> {escape(label.get(lexicon.language))}: {words}{small}</li>'
