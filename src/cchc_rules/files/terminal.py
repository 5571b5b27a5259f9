"""Results as text for a terminal or a file: scorecard, comparison, findings, plugins."""

import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from attrs import frozen

from cchc_rules.analysis.compare import Comparison, FieldChange, FieldResult
from cchc_rules.errors import Finding, Severity
from cchc_rules.exact import format_number, format_percent
from cchc_rules.explanation import ASSUMED, STATES, Explanation
from cchc_rules.registry import PluginInfo
from cchc_rules.scorecard import Account, Scorecard
from cchc_rules.texts import Language, Text

WIDTH = 110
MARK = "*"
BASES = {
    "nominal_total": Text("tổng danh nghĩa", "the nominal total"),
    "maximum": Text("tổng điểm tối đa", "the sum of maxima"),
}
SEVERITIES: dict[Severity, Text] = {
    "error": Text("LỖI", "ERROR"),
    "warning": Text("CẢNH BÁO", "WARNING"),
    "note": Text("GHI CHÚ", "NOTE"),
}


@frozen(kw_only=True)
class Page:
    """Where text goes: the language, the width, and whether colour can be shown."""

    language: Language
    width: int = WIDTH
    colour: bool = False

    def say(self, vi: str, en: str) -> str:
        """Return the words of the page's language."""
        return vi if self.language == "vi" else en

    def number(self, value: Fraction | None) -> str:
        """Return a number, a dash where there is none."""
        return "–" if value is None else format_number(value, self.language)

    def signed(self, value: Fraction, places: int | None = None) -> str:
        """Return a change with its sign."""
        text = format_number(abs(value), self.language, places).removeprefix("≈ ")
        return f"{'+' if value > 0 else '−' if value < 0 else ''}{text}"

    def print(self, *parts: object) -> str:
        """Return strings and rich tables as one text, without blanks at the ends of lines."""
        from rich.console import Console

        out = io.StringIO()
        console = Console(file=out, width=self.width, color_system="standard" if self.colour else None,
                          force_terminal=self.colour, legacy_windows=False, highlight=False, markup=False, emoji=False)
        for part in parts:
            console.print(part)
        return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"

    def table(self, *columns: tuple[str, dict[str, Any]]) -> Any:
        """Return an empty table; each column is its heading and rich's own options."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=False, padding=(0, 1))
        for heading, options in columns:
            table.add_column(heading, **options)
        return table


RIGHT: dict[str, Any] = {"justify": "right", "no_wrap": True}


# ------------------------------------------------------------------ the scorecard


def scorecard_text(card: Scorecard, language: Language, *, width: int = WIDTH, colour: bool = False) -> str:
    """Return the scorecard as a person reads it: fields, total, grade, then the lost points, most first."""
    page = Page(language=language, width=width, colour=colour)
    parts: list[object] = [_heading(card, page), _fields(card, page), _verdict(card, page)]
    if not card.total.complete:
        parts += [_open(card, page)]
    if card.lost_points():
        parts += [page.say("MẤT ĐIỂM, nhiều nhất trước", "LOST POINTS, most first"), _lost(card, page)]
    parts.append(_legend(card, page))
    if card.findings:
        parts += ["", page.say("LƯU Ý", "REMARKS"), findings_text(card.findings, language)]
    return page.print(*parts)


def _heading(card: Scorecard, page: Page) -> str:
    method = card.method
    stage = card.stage.get(page.language)
    seals = dict(method.seals)
    seal = seals.get(f"{method.id}/{method.year}", "")[7:19]
    sealed = page.say("đã niêm phong", "sealed") if method.status == "sealed" else page.say("bản nháp", "draft")
    lines = [
        f"{card.unit.label.upper()} · {method.year}",
        f"{method.label.get(page.language)} ({method.id}/{method.year}, {sealed}, {seal})",
        page.say(f"Giai đoạn: {stage} · {card.engine}", f"Stage: {stage} · {card.engine}"),
    ]
    return "\n".join(lines)


def _fields(card: Scorecard, page: Page) -> Any:
    """Return the table of fields with the total as its last line."""
    table = page.table(
        (page.say("STT", "No"), RIGHT),
        (page.say("Lĩnh vực", "Field"), {"ratio": 1}),
        (page.say("Điểm", "Points"), RIGHT),
        (page.say("Tối đa", "Max"), RIGHT),
        ("%", RIGHT),
        (page.say("Mất", "Lost"), RIGHT),
        (page.say("Trạng thái", "State"), {}),
        (page.say("Chủ trì", "Lead"), {"max_width": 26}),
    )
    for each in card.fields:
        table.add_row(each.number, each.label.get(page.language), *_account(each.account, page), each.lead_unit)
    table.add_section()
    table.add_row("", page.say("TỔNG", "TOTAL"), *_account(card.total, page), "")
    return table


def _account(account: Account, page: Page) -> tuple[str, str, str, str, str]:
    """Return points, maximum, per cent, lost points and state."""
    share = "–" if account.share is None else format_number(account.share * 100, page.language, 2).removeprefix("≈ ")
    lost = page.number(account.lost) if account.lost else ""
    return page.number(account.exact), page.number(account.maximum), share, lost, STATES[account.state].get(page.language)


def _verdict(card: Scorecard, page: Page) -> str:
    """Return total, percentages on both bases, and the grade with the base that it rests on."""
    total, method = card.total, card.method
    lines = []
    if total.exact is not None and total.complete:
        of_nominal = format_percent(total.exact / method.nominal_total, page.language)
        mark = _mark(method.nominal_total_provenance, page)
        lines.append(page.say(
            f"Tổng điểm: {page.number(total.exact)}/{page.number(total.maximum)}"
            f" ({_percent(total.share, page)} của {page.number(total.maximum)}; {of_nominal} của tổng danh nghĩa {page.number(method.nominal_total)}{mark})",
            f"Total: {page.number(total.exact)}/{page.number(total.maximum)}"
            f" ({_percent(total.share, page)} of {page.number(total.maximum)}; {of_nominal} of the nominal total {page.number(method.nominal_total)}{mark})",
        ))
    if card.grade:
        base = BASES[card.grade.base].get(page.language)
        mark = _mark(card.grade.provenance, page)
        on = page.say(f"tính trên {base}", f"taken of {base}")
        lines.append(page.say("Xếp loại", "Grade") + f": {card.grade.label.get(page.language)} ({on}{mark})")
        if card.grade.reachable:
            lines.append(page.say("Còn có thể đạt", "Still possible") + f": {', '.join(card.grade.reachable)}")
    return "\n".join(lines) + "\n"


def _percent(share: Fraction | None, page: Page) -> str:
    return "–" if share is None else format_percent(share, page.language)


def _mark(provenance: str, page: Page) -> str:
    return f", {ASSUMED.get(page.language)}" if provenance == "assumed" else ""


def _open(card: Scorecard, page: Page) -> str:
    """Return that the total is incomplete, what it can still reach, and what is missing."""
    reachable = card.total.reachable
    low, high = page.number(reachable.low), page.number(reachable.high)
    lines = [page.say(f"CHƯA ĐẦY ĐỦ: tổng điểm còn có thể từ {low} đến {high}.", f"INCOMPLETE: the total can still be from {low} to {high}.")]
    for score in card.scores:
        if score.criterion.form is None or score.account.complete:
            continue
        missing = ", ".join(card.facts[fact].label.get(page.language) for fact in score.missing)
        state = STATES[score.state].get(page.language)
        lines.append(f"  - {score.criterion.number} {score.criterion.label.get(page.language)}: {state}" + (f": {missing}" if missing else ""))
    return "\n".join(lines) + "\n"


def _lost(card: Scorecard, page: Page) -> Any:
    """Return the table of lost points."""
    table = page.table(
        (page.say("Mất", "Lost"), RIGHT),
        (page.say("Tiêu chí", "Criterion"), {"ratio": 4, "overflow": "fold"}),
        (page.say("Lý do", "Reason"), {"ratio": 4}),
        (page.say("Khắc phục", "Remedy"), {"ratio": 4}),
        (page.say("Chủ trì", "Lead"), {"ratio": 2}),
    )
    for _, score, deduction in card.lost_points():
        criterion = score.criterion
        mark = MARK if criterion.provenance == "assumed" else ""
        remedy = deduction.remedy.get(page.language) if deduction.remedy else page.say("(nguồn không nêu)", "(the source names none)")
        table.add_row(
            f"−{page.number(deduction.exact).removeprefix('≈ ')}{mark}",
            f"{criterion.number} {criterion.label.get(page.language)}\n[{criterion.id}]",
            deduction.reason.get(page.language),
            remedy,
            deduction.lead_unit,
        )
    return table


def _legend(card: Scorecard, page: Page) -> str:
    """Return how much of the result rests on assumed parameters."""
    share = format_percent(card.assumed_share, page.language, 0)
    lines = []
    if card.assumed_share:
        lines.append(page.say(
            f"{MARK} Giả định: nguồn không cho tham số này. {share} số điểm đạt được dựa trên điểm tiêu chí giả định.",
            f"{MARK} Assumed: the source does not give this parameter. {share} of the points rest on assumed criteria points.",
        ))
    official = sum(each.max_points_provenance == "official" for each in card.fields)
    lines.append(page.say(
        f"Điểm tối đa lĩnh vực: {official}/{len(card.fields)} do nguồn công bố.",
        f"Maxima of fields: {official} of {len(card.fields)} are official.",
    ))
    return "\n".join(lines)


# ------------------------------------------------------------------ the others


def explanation_text(explanation: Explanation, language: Language) -> str:
    """Return how one criterion came to its points."""
    return explanation.words(language)


def comparison_text(comparison: Comparison, language: Language, *, width: int = WIDTH, colour: bool = False) -> str:
    """Return two years side by side, with the change split into performance and method."""
    page = Page(language=language, width=width, colour=colour)
    before, after = comparison.before, comparison.after
    claimed = Text(" (công bố)", " (claimed)").get(language)
    years = [f"{each.year}{claimed if each.claimed else ''}" for each in (before, after)]
    table = page.table(
        (page.say("STT", "No"), RIGHT), (page.say("Lĩnh vực", "Field"), {"ratio": 1}),
        (years[0], RIGHT), (years[1], RIGHT),
        (page.say("± điểm", "± points"), RIGHT), (page.say("± điểm %", "± per cent pts"), RIGHT),
        (page.say("do kết quả", "performance"), RIGHT), (page.say("do phương pháp", "method"), RIGHT),
    )
    for each in comparison.fields:
        table.add_row(each.number, each.label.get(language), _side(each.before, page), _side(each.after, page), *_change(each, page))
    split, change = comparison.split, comparison.change
    table.add_section()
    table.add_row("", page.say("Tổng", "Total"), page.number(before.total), page.number(after.total), "–" if change is None else page.signed(change), "", "", "")
    comparable = len(comparison.fields) - len(comparison.apart)
    table.add_row("", page.say(f"{comparable} lĩnh vực so sánh được", f"{comparable} comparable fields"), "", "",
                  page.signed(split.total, 2), "", page.signed(split.performance, 2), page.signed(split.method, 2))
    apart = [f"- {each.number} {each.label.get(language)}: {each.apart.get(language)}" for each in comparison.apart if each.apart]
    notes = [page.say("Không so sánh được:", "Not comparable:"), *apart] if apart else []
    legend = page.say(
        "Điểm = tỷ lệ × điểm tối đa. Phần “do kết quả” là thay đổi tỷ lệ, “do phương pháp” là thay đổi điểm tối đa (chia theo trung điểm).",
        "Points = rate × maximum. “Performance” is the change of the rate, “method” that of the maximum (midpoint split).",
    )
    return page.print(f"{after.unit_label} · {years[0]} → {years[1]}", table, *notes, legend)


def _side(result: FieldResult | None, page: Page) -> str:
    return "–" if result is None else f"{page.number(result.points)}/{page.number(result.maximum)}"


def _change(each: FieldChange, page: Page) -> tuple[str, str, str, str]:
    """Return the change in points, in percentage points, and its two parts."""
    points = "–" if each.change is None else page.signed(each.change)
    if each.split is None or each.rate_change is None:
        return points, "–", "–", "–"
    return (points, page.signed(each.rate_change * 100, 2), page.signed(each.split.performance, 2), page.signed(each.split.method, 2))


def findings_text(findings: Sequence[Finding], language: Language) -> str:
    """Return findings one a paragraph, the gravest kind named; that there are none, where there are none."""
    if not findings:
        return Text("Không có vấn đề nào.", "Nothing is wrong.").get(language)
    lines = [f"{SEVERITIES[each.severity].get(language)} {each.words(language)}" for each in findings]
    counts = {kind: sum(each.severity == kind for each in findings) for kind in SEVERITIES}
    summary = ", ".join(f"{count} {SEVERITIES[kind].get(language).lower()}" for kind, count in counts.items() if count)
    return "\n".join([*lines, "", summary])


def plugins_text(plugins: Iterable[PluginInfo], language: Language) -> str:
    """Return the plugins with distribution, version, origin and what they bring."""
    page = Page(language=language)
    table = page.table(
        ("Plugin", {"no_wrap": True}),
        (page.say("Gói", "Distribution"), {"no_wrap": True}),
        (page.say("Phiên bản", "Version"), {"no_wrap": True}),
        (page.say("Nguồn", "Origin"), {"ratio": 1, "overflow": "fold"}),
        (page.say("Cung cấp", "Brings"), {"ratio": 1, "overflow": "fold"}),
        (page.say("Trạng thái", "State"), {}),
    )
    known = list(plugins)
    states = {"ok": Text("dùng được", "ok"), "broken": Text("bị lỗi", "broken")}
    for each in known:
        table.add_row(each.name, each.distribution, each.version, each.origin, ", ".join(each.brings), states[each.state].get(language))
    problems = [each.problem for each in known if each.problem]
    return page.print(table, *([findings_text(problems, language)] if problems else []))
