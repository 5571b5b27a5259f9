"""Results as text for a terminal or a file: scorecard, comparison, findings, plugins."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

from cchc_rules.analysis.compare import Comparison, FieldChange, FieldResult
from cchc_rules.base.errors import MOST_LISTED, Finding, Severity
from cchc_rules.base.exact import format_number, format_percent
from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.explanation import STATES, Explanation, assumed_parts
from cchc_rules.files.page import RIGHT, WIDTH, Page
from cchc_rules.files.stages_text import stages_table
from cchc_rules.plugins.discovery import INSTALLED
from cchc_rules.plugins.registry import PluginInfo
from cchc_rules.points import Account
from cchc_rules.rules.wording import NOT_APPLICABLE as LEFT_OUT
from cchc_rules.rules.wording import sentence
from cchc_rules.scorecard import Grade, Score, Scorecard

MARK = "*"
ZERO = Fraction(0)
Kind = Literal["bonus", "penalty"]
KINDS: dict[Kind, Text] = {"bonus": Text("Điểm thưởng", "Bonus"), "penalty": Text("Điểm trừ", "Penalty")}
"""What counts outside of the maxima of fields, where the method counts it on the total."""
SEVERITIES: dict[Severity, Text] = {
    "error": Text("LỖI", "ERROR"),
    "warning": Text("CẢNH BÁO", "WARNING"),
    "note": Text("GHI CHÚ", "NOTE"),
}
SEVERAL = {
    "error": Text("lỗi", "errors"),
    "warning": Text("cảnh báo", "warnings"),
    "note": Text("ghi chú", "notes"),
}


# ------------------------------------------------------------------ the scorecard


def scorecard_text(card: Scorecard, language: Language, *, width: int = WIDTH, colour: bool = False) -> str:
    """Return the scorecard as a person reads it: fields, total, grade, then the lost points, most first."""
    page = Page(language=language, width=width, colour=colour)
    parts: list[object] = [_heading(card, page), _fields(card, page), _verdict(card, page)]
    if not card.total.complete:
        parts += _open(card, page)
    if left_out := [score for score in card.scores if score.why is not None]:
        parts += [page.say("KHÔNG ÁP DỤNG", "NOT APPLICABLE"), _left_out(left_out, page)]
    if len(card.stages) > 1 or any(each.declared for each in card.stages):
        parts += [page.say("CÁC GIAI ĐOẠN", "STAGES"), stages_table(card, page)]
    if card.lost_points():
        parts += [page.say("MẤT ĐIỂM, nhiều nhất trước", "LOST POINTS, most first"), _lost(card, page)]
    parts.append(_legend(card, page))
    remarks = f"\n{page.say('LƯU Ý', 'REMARKS')}\n{findings_text(card.findings, language)}\n" if card.findings else ""
    return page.print(*parts) + remarks


def _heading(card: Scorecard, page: Page) -> str:
    method = card.method
    stage = card.stage.get(page.language)
    seals = dict(method.seals)
    seal = seals.get(method.key, "")[7:19]
    sealed = page.say("đã niêm phong", "sealed") if method.status == "sealed" else page.say("bản nháp", "draft")
    lines = [
        f"{card.unit.label.upper()} · {method.year}",
        f"{method.label.get(page.language)} ({method.key}, {sealed}, {seal})",
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
    for label, points in beyond_fields(card):
        table.add_row("", label.get(page.language), page.signed(points), "", "", "", "", "")
    table.add_row("", page.say("TỔNG", "TOTAL"), *_account(card.total, page), "")
    return table


def beyond_fields(card: Scorecard) -> Iterator[tuple[Text, Fraction]]:
    """Yield what stands between the sum of the fields and the total, each with its points: together they are it."""
    total = card.total
    fields = sum((each.account.exact or ZERO for each in card.fields), ZERO)
    bonus, penalty = (_on_total(kind, card) for kind in KINDS)
    rounding = ZERO if total.exact is None or total.before_rounding is None else total.exact - total.before_rounding
    rest = ZERO if total.exact is None else total.exact - fields - bonus + penalty - rounding
    event = card.grade is not None and bool(card.grade.overrides) and total.exact == 0
    converted = Text("Sự kiện quyết định tổng điểm", "Event that decides the total") if event else Text("Quy đổi theo tỷ trọng hoặc thang điểm", "Conversion by weights or scale")
    rows = ((converted, rest), (_clamped("bonus", bonus, card), bonus), (_clamped("penalty", penalty, card), -penalty),
            (Text("Làm tròn tổng", "Rounding of the total"), rounding))
    yield from ((label, points) for label, points in rows if points)


def _on_total(kind: Kind, card: Scorecard) -> Fraction:
    """Return the bonus or the penalty that counts on the total, not in the fields."""
    held, *inside = (each.bonus if kind == "bonus" else each.penalty for each in (card.total, *(each.account for each in card.fields)))
    return held - sum(inside, ZERO)


def _clamped(kind: Kind, counted: Fraction, card: Scorecard) -> Text:
    """Return what a bonus or a penalty is called, with what it would be where the method counts no more than so much of it."""
    earned = sum((abs(each.account.exact or ZERO) for each in card.scores if each.criterion.kind == kind and not each.criterion.parent), ZERO)
    label = KINDS[kind]
    if earned == counted:
        return label
    vi, en = ((format_number(earned, language), format_number(counted, language)) for language in LANGUAGES)
    return Text(f"{label.vi} (được {vi[0]}, tính tối đa {vi[1]})" if kind == "bonus" else f"{label.vi} ({vi[0]}, trừ tối đa {vi[1]})",
                f"{label.en} ({en[0]}, of which {en[1]} count)")


def _account(account: Account, page: Page) -> tuple[str, str, str, str, str]:
    """Return points, maximum, per cent, lost points and state."""
    share = "–" if account.share is None or not account.complete else page.percent(account.share).removesuffix("%")
    lost = page.number(account.lost) if account.lost else ""
    return page.number(account.exact), page.number(account.maximum), share, lost, STATES[account.state].get(page.language)


def _verdict(card: Scorecard, page: Page) -> str:
    """Return total, percentages on both bases, and the grade with the base that it rests on."""
    total, method = card.total, card.method
    lines = []
    if total.exact is not None and total.complete:
        points, maximum, nominal = (page.number(each) for each in (total.exact, total.maximum, method.nominal_total))
        of_maximum, of_nominal = (page.percent(total.exact / base) for base in (total.maximum or Fraction(1), method.nominal_total))
        mark = _assumed(method.nominal_total_provenance, Text(" (giả định)", " (assumed)"), page)
        lines.append(page.say(
            f"Tổng điểm: {points}/{maximum}, đạt {of_maximum} tổng điểm tối đa; {of_nominal} theo thang điểm {nominal}{mark}",
            f"Total: {points}/{maximum}, {of_maximum} of all maxima; {of_nominal} of the nominal total {nominal}{mark}",
        ))
    if card.grade:
        lines.append(page.say("Xếp loại", "Grade") + f": {card.grade.label.get(page.language)} ({_grade_base(card.grade, card, page)})")
        if card.grade.reachable_labels:
            listed = ", ".join(each.get(page.language) for each in card.grade.reachable_labels)
            lines.append(page.say("Còn có thể đạt", "Still possible") + f": {listed}")
        lines += _around_grade(card.grade, page)
    return "\n".join(lines) + "\n"


def _around_grade(grade: Grade, page: Page) -> list[str]:
    """Return the events that decided, and what kept the total from the next better grade."""
    said = "; ".join(each.get(page.language) for each in grade.overrides)
    lines = [page.say("Có sự kiện quyết định xếp loại", "Decided by") + f": {said}"] if said else []
    if grade.next_label and grade.blocked:
        blocked = "; ".join(each.get(page.language) for each in grade.blocked)
        lines.append(page.say(f"Chưa đạt mức “{grade.next_label.vi}”", f"Not “{grade.next_label.en}”") + f": {blocked}")
    return lines


def _grade_base(grade: Grade, card: Scorecard, page: Page) -> str:
    """Return what the grade's percentage is taken of, and that its bands are assumed, where they are."""
    nominal = page.number(card.method.nominal_total)
    base = (page.say(f"thang điểm {nominal}", f"the nominal total {nominal}") if grade.base == "nominal_total"
            else page.say("tổng điểm tối đa", "the sum of maxima"))
    mark = _assumed(grade.provenance, Text("; các mức xếp loại là giả định", "; the bands are assumed"), page)
    return page.say("tính theo ", "measured by ") + base + mark


def _assumed(provenance: str, words: Text, page: Page) -> str:
    return words.get(page.language) if provenance == "assumed" else ""


def _left_out(scores: Sequence[Score], page: Page) -> Any:
    """Return the criteria that do not apply: why, and what becomes of their points."""
    table = page.table(
        (page.say("Số", "No"), {"no_wrap": True}),
        (page.say("Tiêu chí", "Criterion"), {"ratio": 1}),
        (page.say("Tối đa", "Max"), RIGHT),
        (page.say("Vì sao không áp dụng", "Why it does not apply"), {"ratio": 1}),
    )
    for score in scores:
        criterion = score.criterion
        why = score.why.get(page.language) if score.why else ""
        said = f"\n{sentence(LEFT_OUT[score.policy].get(page.language))}" if score.policy in LEFT_OUT else ""
        table.add_row(criterion.number, criterion.label.get(page.language), page.number(Fraction(criterion.max_points)), f"{why}{said}")
    return table


def _open(card: Scorecard, page: Page) -> list[object]:
    """Return that the total is incomplete and what it can still reach, then what is missing, by criterion."""
    reachable = card.total.reachable
    low, high = page.number(reachable.low), page.number(reachable.high)
    table = page.table(
        (page.say("Số", "No"), {"no_wrap": True}),
        (page.say("Tiêu chí", "Criterion"), {"ratio": 1}),
        (page.say("Trạng thái", "State"), {"no_wrap": True}),
        (page.say("Còn thiếu", "Missing"), {"ratio": 1}),
    )
    for score in card.scores:
        if score.criterion.form is None or score.account.complete:
            continue
        missing = "; ".join(card.facts[fact].label.get(page.language) for fact in score.missing)
        table.add_row(score.criterion.number, score.criterion.label.get(page.language), STATES[score.state].get(page.language), missing)
    return [page.say(f"CHƯA ĐẦY ĐỦ: tổng điểm còn có thể từ {low} đến {high}.", f"INCOMPLETE: the total can still be from {low} to {high}."), table]


def _lost(card: Scorecard, page: Page) -> Any:
    """Return the table of lost points: what and why on the left, what to do and who on the right."""
    table = page.table(
        (page.say("Mất", "Lost"), RIGHT),
        (page.say("Số", "No"), {"no_wrap": True}),
        (page.say("Tiêu chí và lý do mất điểm", "Criterion and reason"), {"ratio": 1}),
        (page.say("Cách khắc phục và đơn vị chủ trì", "Remedy and lead"), {"ratio": 1}),
    )
    table.leading = 1  # a blank line between rows, each of which has several
    for _, score, deduction in card.lost_points():
        criterion = score.criterion
        mark = MARK if criterion.provenance == "assumed" else ""
        remedy = deduction.remedy.get(page.language) if deduction.remedy else page.say("(nguồn không nêu cách khắc phục)", "(the source names no remedy)")
        lead = f"\n→ {deduction.lead_unit}" if deduction.lead_unit else ""
        table.add_row(
            f"−{page.number(deduction.exact).removeprefix('≈ ')}{mark}",
            criterion.number,
            f"{criterion.label.get(page.language)}\n{deduction.reason.get(page.language)}",
            f"{remedy}{lead}",
        )
    return table


def _legend(card: Scorecard, page: Page) -> str:
    """Return how much of the result rests on assumed parameters."""
    share = format_percent(card.assumed_share, page.language, 0)
    lines = []
    lost = card.lost_points()
    if lost:
        number = lost[0][1].criterion.number
        lines.append(page.say(f"Xem cách tính từng tiêu chí theo số: cchc explain TỆP {number}",
                              f"How a criterion was scored, by its number: cchc explain FILE {number}"))
    if card.assumed_share:
        lines.append(page.say(
            f"{MARK} Giả định: văn bản nguồn không nói hết về tiêu chí. {share} số điểm đạt được là của những tiêu chí như vậy; còn thiếu trong nguồn:",
            f"{MARK} Assumed: the source does not say all of the criterion. {share} of the points are those of such criteria; what the source lacks:",
        ))
        lines += [f"  {line}" for line in _lacking(card, page)]
    official = sum(each.max_points_provenance == "official" for each in card.fields)
    lines.append(page.say(
        f"Điểm tối đa do nguồn công bố: {official}/{len(card.fields)} lĩnh vực.",
        f"Maxima of fields: {official} of {len(card.fields)} are official.",
    ))
    return "\n".join(lines)


def _lacking(card: Scorecard, page: Page) -> Iterator[str]:
    """Yield what no source gives, with the numbers of the criteria that lack it."""
    numbers: dict[str, list[str]] = {}
    for score in card.scores:
        if score.criterion.form is not None:
            for each in assumed_parts(score.criterion):
                numbers.setdefault(each.get(page.language), []).append(score.criterion.number)
    for what, lacking in numbers.items():
        listed = ", ".join(lacking[:MOST_LISTED]) + (", …" if len(lacking) > MOST_LISTED else "")
        yield page.say(f"{what}: {len(lacking)} tiêu chí ({listed})", f"{what}: {len(lacking)} {'criterion' if len(lacking) == 1 else 'criteria'} ({listed})")


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
        "Điểm = tỷ lệ đạt × điểm tối đa. “Do kết quả”: phần thay đổi do tỷ lệ đạt; “do phương pháp”: phần do điểm tối đa (chia theo trung điểm).",
        "Points = rate × maximum. “Performance”: the part due to the rate; “method”: the part due to the maximum (midpoint split).",
    )
    mapped = [page.say("Quy đổi: ", "Mapping: ") + comparison.mapping.get(language)] if comparison.mapping else []
    return page.print(f"{after.unit_label} · {years[0]} → {years[1]}", *mapped, table, *notes, legend)


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
    summary = ", ".join(
        f"{count} {(SEVERITIES[kind] if count == 1 else SEVERAL[kind]).get(language).lower()}" for kind, count in counts.items() if count
    )
    return "\n".join([*lines, "", summary])


def plugins_text(plugins: Iterable[PluginInfo], language: Language) -> str:
    """Return the plugins with distribution, version and what they bring; where from, if from a folder."""
    page = Page(language=language)
    table = page.table(
        ("Plugin", {"no_wrap": True}),
        (page.say("Gói và phiên bản", "Distribution and version"), {"no_wrap": True}),
        (page.say("Cung cấp", "Brings"), {"ratio": 1, "overflow": "fold"}),
        (page.say("Trạng thái", "State"), {"no_wrap": True}),
    )
    known = list(plugins)
    states = {"ok": Text("dùng được", "ok"), "broken": Text("bị lỗi", "broken")}
    for each in known:
        table.add_row(each.name, f"{each.distribution} {each.version}".strip(), "\n".join(each.brings) or "–", states[each.state].get(language))
    folders = [f"- {each.name}: {each.origin}" for each in known if each.origin != INSTALLED]
    where = [page.say("Từ thư mục, không cài đặt:", "From folders, not installed:"), *folders] if folders else []
    problems = [each.problem for each in known if each.problem]
    lines = [*where, *([findings_text(problems, language)] if problems else [])]
    return page.print(table) + "".join(f"{line}\n" for line in lines)
