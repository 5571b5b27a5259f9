"""The impact of another year's method as text: units, grades, criteria, and what the new year asks for."""

from collections.abc import Iterator, Sequence
from typing import Any

from cchc_rules.analysis.impact import (
    UNDECIDED,
    Apart,
    Impact,
    Mover,
    Papers,
    Part,
    PartChange,
    Standing,
    UnitImpact,
    Wanted,
)
from cchc_rules.analysis.placing import Ranks
from cchc_rules.base.texts import Language, Text
from cchc_rules.files.page import RIGHT, WIDTH, Page
from cchc_rules.methods import Method
from cchc_rules.points import Range

MOST_NAMED = 4
"""How many criteria are named in the row of a unit; all of them stand in the table of criteria."""
NOT_DECIDED = Text("chưa xác định", "not decided")
BESIDES = {
    "group": Text("gộp, làm tròn tiêu chí thành phần", "combining and rounding its components"),
    "field": Text("quy đổi, làm tròn, giới hạn trong lĩnh vực", "scaling, rounding and limits in the field"),
    "total": Text("quy đổi, làm tròn, giới hạn, sự kiện ở tổng điểm", "scaling, rounding, limits and events on the total"),
}
WHY = {
    "new": Text("số liệu mới", "new"),
    "redeclared": Text("khai báo khác năm trước", "declared otherwise than before"),
    "unreported": Text("năm trước cũng chưa báo cáo", "not reported last year either"),
}


def impact_text(found: Impact, language: Language, *, width: int = WIDTH, colour: bool = False) -> str:
    """Return the impact as a person reads it."""
    page = Page(language=language, width=width, colour=colour)
    parts: list[object] = [_heading(found, page), _units(found, page)]
    if found.migration is not None:
        parts += [page.say("XẾP LOẠI: dòng là năm trước, cột là năm mới", "GRADES: rows are the earlier year, columns the later one"), _migration(found, page)]
    if found.movers:
        parts += [page.say("TIÊU CHÍ LÀM THAY ĐỔI ĐIỂM, cộng trên mọi đơn vị", "CRITERIA THAT MOVE POINTS, over all units"), _movers(found, page)]
    if found.wanted:
        parts += [page.say("SỐ LIỆU NĂM MỚI CẦN MÀ CÒN THIẾU", "FACTS THAT THE LATER YEAR ASKS FOR AND THAT ARE MISSING"), _wanted(found.wanted, found, page)]
    if found.papers:
        parts += [page.say("TÀI LIỆU KIỂM CHỨNG NĂM MỚI ĐÒI HỎI THÊM", "EVIDENCE THAT THE LATER YEAR ASKS FOR ANEW"), _papers(found.papers, page)]
    if found.apart:
        parts += [page.say("KHÔNG SO SÁNH ĐƯỢC", "NOT COMPARED"), _apart(found.apart, page)]
    return page.print(*parts, *_remarks(found, page))


def points_said(reachable: Range, page: Page) -> str:
    """Return points, or the range that they can still be in."""
    if reachable.low == reachable.high:
        return page.number(reachable.low)
    return page.say(f"{page.number(reachable.low)} đến {page.number(reachable.high)}", f"{page.number(reachable.low)} to {page.number(reachable.high)}")


def change_said(change: Range, page: Page) -> str:
    """Return a change with its sign, or the range that it can still be in."""
    if change.low == change.high:
        return page.signed(change.low)
    return page.say(f"{page.signed(change.low)} đến {page.signed(change.high)}", f"{page.signed(change.low)} to {page.signed(change.high)}")


def part_said(part: Part, language: Language) -> str:
    """Return a criterion's number and name, or what is made of several besides their sum."""
    name = " ".join(word for word in (part.number, part.label.get(language)) if word)
    return name if part.kind == "criterion" else f"{name}: {BESIDES[part.kind].get(language)}"


# ------------------------------------------------------------------ heading and units


def _heading(found: Impact, page: Page) -> str:
    before, after = found.before, found.after
    status = {"sealed": page.say("đã niêm phong", "sealed")}.get(after.status, page.say("bản nháp", "draft"))
    return "\n".join([
        f"{after.label.get(page.language).upper()}: {before.key} → {after.key} ({status})",
        page.say(f"Chấm thử: số liệu năm {before.year} (ghim {before.key}) chấm theo cả hai phương pháp. Đây không phải kết quả năm {after.year}.",
                 f"A trial: the evidence of {before.year} (pinned to {before.key}) under both methods. It is no result of {after.year}."),
        counts_said(found, page),
    ])


def counts_said(found: Impact, page: Page) -> str:
    """Return how many units rise, fall, stay, and how many of which that is not decided."""
    changes = [each.change for each in found.units]
    up, down = sum(each.low > 0 for each in changes), sum(each.high < 0 for each in changes)
    level = sum(each.low == each.high == 0 for each in changes)
    still = len(changes) - up - down - level
    return page.say(f"{len(changes)} đơn vị: {up} tăng điểm, {down} giảm, {level} không đổi, {still} chưa xác định.",
                    f"{len(changes)} unit{'' if len(changes) == 1 else 's'}: {up} gain, {down} lose, {level} stay, {still} not decided.")


def _units(found: Impact, page: Page) -> Any:
    """Return the table of units: points, grade, rank under both, and the criteria that moved them."""
    old, new = _years(found)
    table = page.table(
        (page.say("Đơn vị", "Unit"), {"ratio": 3}),
        (page.say(f"Điểm {old}", f"Points {old}"), RIGHT),
        (page.say(f"Điểm {new}", f"Points {new}"), RIGHT),
        ("±", RIGHT),
        *([(page.say("Xếp loại", "Grade"), {"ratio": 3})] if found.migration is not None else []),
        *([(page.say("Hạng", "Rank"), {"ratio": 2})] if _ranked(found) else []),
        (page.say("Do tiêu chí", "By criteria"), {"ratio": 4}),
    )
    for each in found.units:
        table.add_row(
            _name(each),
            _points(each.before, page),
            _points(each.after, page),
            change_said(each.change, page),
            *([f"{_grade(found, 'before', each.before, page)} → {_grade(found, 'after', each.after, page)}"] if found.migration is not None else []),
            *([_rank_move(each, page)] if _ranked(found) else []),
            _reasons(each.parts, page),
        )
    return table


def _points(standing: Standing, page: Page) -> str:
    """Return a unit's points, marked where no stage that counts has been reached."""
    said = points_said(standing.reachable, page)
    return said if standing.counts else said + page.say(" (tạm tính)", " (so far)")


def _years(found: Impact) -> tuple[str, str]:
    """Return how the two methods are told apart: by their years, or in full where the year is the same."""
    if found.before.year != found.after.year:
        return str(found.before.year), str(found.after.year)
    return _version(found.before), _version(found.after)


def _version(method: Method) -> str:
    return f"{method.year}+{method.version}" if method.version else str(method.year)


def _name(each: UnitImpact) -> str:
    was = each.before.card.unit
    return each.unit.label if was.id == each.unit.id else f"{each.unit.label} ({was.label})"


def _ranked(found: Impact) -> bool:
    return any(each.before.ranks or each.after.ranks for each in found.units)


def grade_name(found: Impact, year: str, grade: str | None, page: Page) -> str:
    """Return the name of a grade of one of the years, or that it is not decided."""
    band = found.band("before" if year == "before" else "after", grade or UNDECIDED)
    return band.label.get(page.language) if band else NOT_DECIDED.get(page.language)


def _grade(found: Impact, year: str, standing: Standing, page: Page) -> str:
    """Return a unit's grade; where it is open, those that it can still get."""
    name = grade_name(found, year, standing.grade, page)
    open_labels = standing.card.grade.reachable_labels if standing.card.grade and standing.grade == UNDECIDED else ()
    return f"{name} ({'/'.join(label.get(page.language) for label in open_labels)})" if open_labels else name


def _rank_move(each: UnitImpact, page: Page) -> str:
    """Return the rank under both methods, and how far the unit rises or falls where both are decided."""
    change = each.rank_change
    arrow = "" if not change else f" {'↑' if change > 0 else '↓'}{abs(change)}"
    return f"{_ranks(each.before.ranks, page)} → {_ranks(each.after.ranks, page)}{arrow}"


def _ranks(ranks: Ranks | None, page: Page) -> str:
    if ranks is None:
        return "–"
    return str(ranks.best) if ranks.decided else f"{NOT_DECIDED.get(page.language)} ({ranks.best}–{ranks.worst})"


def _reasons(parts: Sequence[PartChange], page: Page) -> str:
    """Return the criteria that move a unit, most first, with what each brings or may bring."""
    moved = sorted((each for each in parts if each.moved), key=lambda each: -max(abs(each.change.low), abs(each.change.high)))
    named = [f"{_short(each, page)} ({change_said(each.change, page)})" for each in moved[:MOST_NAMED]]
    more = len(moved) - len(named)
    return "; ".join([*named, *([page.say(f"và {more} mục khác", f"and {more} more")] if more else [])])


def _short(each: PartChange, page: Page) -> str:
    """Return the number of a criterion, and whether it is new, dropped, or what is made of several."""
    part = each.part
    if part.kind == "total":
        return page.say("tổng điểm", "the total")
    if part.kind == "field":
        return page.say(f"lĩnh vực {part.number}", f"field {part.number}")
    status = page.say("mới ", "new ") if each.before is None else page.say("bỏ ", "dropped ") if each.after is None else ""
    return status + (part.number if part.kind == "criterion" else page.say(f"gộp {part.number}", f"sum {part.number}"))


# ------------------------------------------------------------------ grades


def _migration(found: Impact, page: Page) -> Any:
    """Return the matrix of grades, with its sums."""
    matrix = found.migration
    assert matrix is not None  # asked for where there is one
    table = page.table((_years(found)[0], {}), *((grade_name(found, "after", grade, page), RIGHT) for grade in matrix.columns), (page.say("Cộng", "Sum"), RIGHT))
    for row in matrix.rows:
        counts = [matrix.count(row, column) for column in matrix.columns]
        table.add_row(grade_name(found, "before", row, page), *(str(count) if count else "" for count in counts), str(sum(counts)))
    table.add_section()
    sums = [sum(matrix.count(row, column) for row in matrix.rows) for column in matrix.columns]
    table.add_row(page.say("Cộng", "Sum"), *map(str, sums), str(matrix.total))
    return table


# ------------------------------------------------------------------ criteria


def _movers(found: Impact, page: Page) -> Any:
    """Return the table of criteria: how each is changed, who gains and loses, and what it comes to over all units."""
    table = page.table(
        (page.say("Tiêu chí", "Criterion"), {"ratio": 3}),
        (page.say("Tối đa", "Maximum"), {"ratio": 1}),
        (page.say("Tăng", "Gain"), RIGHT),
        (page.say("Giảm", "Lose"), RIGHT),
        (page.say("Chưa rõ", "Open"), RIGHT),
        (page.say("Tổng thay đổi", "Change in all"), RIGHT),
    )
    for each in found.movers:
        table.add_row(part_said(each.part, page.language), _became(each, page), str(each.gaining), str(each.losing), str(each.open), change_said(each.change, page))
    return table


def _became(each: Mover, page: Page) -> str:
    """Return what became of a criterion: new, dropped, its maximum before and after, its number before."""
    if each.part.kind != "criterion":
        return ""
    if each.before is None:
        return page.say("mới", "new") + f", {page.number(each.part.maximum)}"
    if each.after is None:
        return page.say("bỏ", "dropped") + f", {page.number(each.part.maximum)}"
    renumbered = "" if each.before.number == each.after.number else page.say(f" (trước là {each.before.number})", f" (was {each.before.number})")
    return f"{page.number(each.before.maximum)} → {page.number(each.after.maximum)}{renumbered}"


# ------------------------------------------------------------------ what is asked for


def _wanted(wanted: Sequence[Wanted], found: Impact, page: Page) -> Any:
    """Return the table of missing facts: for which criteria, why, and how many units lack each."""
    table = page.table(
        (page.say("Số liệu", "Fact"), {"ratio": 3}),
        (page.say("Tiêu chí", "Criteria"), {"ratio": 1}),
        (page.say("Lý do", "Why"), {"ratio": 2}),
        (page.say("Đơn vị còn thiếu", "Units without it"), {"ratio": 2}),
    )
    for each in wanted:
        criteria = ", ".join(criterion.number for criterion in each.criteria) or page.say("xếp loại, sự kiện", "grades, events")
        few = ", ".join(each.units) if len(each.units) <= MOST_NAMED else f"{len(each.units)}/{len(found.units)}"
        table.add_row(f"{each.fact.label.get(page.language)} [{each.fact.id}]", criteria, WHY[each.why].get(page.language),
                      page.say("chưa đơn vị nào có", "nobody has it") if each.nobody else few)
    return table


def _papers(papers: Sequence[Papers], page: Page) -> Any:
    table = page.table((page.say("Tiêu chí", "Criterion"), {"ratio": 1}), (page.say("Tài liệu", "Evidence"), {"ratio": 2}))
    for each in papers:
        table.add_row(f"{each.criterion.number} {each.criterion.label.get(page.language)}", "; ".join(each.papers))
    return table


def _apart(apart: Sequence[Apart], page: Page) -> Any:
    table = page.table((page.say("Đơn vị", "Unit"), {"ratio": 1}), (page.say("Lý do", "Why"), {"ratio": 2}))
    for each in apart:
        table.add_row(f"{each.unit.label} [{each.unit.id}]", each.why.get(page.language))
    return table


def _remarks(found: Impact, page: Page) -> Iterator[str]:
    """Yield what was done to the evidence for the trial: facts left behind, dates moved, marks that no longer speak."""
    refused = {name: why for each in found.units for name, why in each.carried.refused.items()}
    moved = sorted({name for each in found.units for name in each.carried.moved})
    marks = sorted({name for each in found.units for name in each.carried.marks})
    lines = [page.say(f"- Không mang sang được “{name}”: {why.vi}.", f"- {name!r} is not carried: {why.en}.") for name, why in sorted(refused.items())]
    if found.apart and _ranked(found):
        count = len(found.units)
        lines.append(page.say(f"- Hạng của cả hai năm tính trong {count} đơn vị so sánh được.", f"- Ranks of both years are among the {count} units that are compared."))
    if moved:
        lines.append(page.say(f"- Ngày báo cáo được dời theo năm như các hạn: {', '.join(moved)}.", f"- Dates were moved by the years, as the deadlines are: {', '.join(moved)}."))
    if marks:
        lines.append(page.say(f"- Điểm thẩm định năm trước không còn dùng được, tính theo quy tắc mới: {', '.join(marks)}.",
                              f"- Verified points no longer stand, the new rule speaks: {', '.join(marks)}."))
    lines += [f"- {each.words(page.language)}" for each in found.findings]
    if lines:
        yield "\n".join([page.say("LƯU Ý VỀ SỐ LIỆU CHẤM THỬ", "REMARKS ON THE TRIAL"), *lines])
