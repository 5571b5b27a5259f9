"""A ranking as text: block by block, ties shown, change against last year, what separates neighbours."""

from typing import Any

from cchc_rules.analysis.ranking import Ranked, RankedBlock, Ranking
from cchc_rules.base.texts import Language
from cchc_rules.explanation import ASSUMED
from cchc_rules.files.page import RIGHT, WIDTH, Page
from cchc_rules.scorecard import Scorecard


def ranking_text(ranking: Ranking, language: Language, *, width: int = WIDTH, colour: bool = False) -> str:
    """Return the ranking as a person reads it."""
    page = Page(language=language, width=width, colour=colour)
    parts: list[object] = [_heading(ranking, page)]
    for block in ranking.blocks:
        parts += _block(block, ranking, page)
    if ranking.unranked:
        parts += [page.say("CHẤM ĐIỂM NHƯNG KHÔNG XẾP HẠNG", "SCORED, NOT RANKED"), _apart(ranking.unranked, page)]
    if ranking.absent:
        parts.append(_absent(ranking, page))
    return page.print(*parts)


def _heading(ranking: Ranking, page: Page) -> str:
    mark = f" ({ASSUMED.get(page.language)})" if ranking.provenance == "assumed" else ""
    ties = {"competition": page.say("đồng hạng chiếm chỗ (1-2-2-4)", "competition (1-2-2-4)"),
            "dense": page.say("đồng hạng không chiếm chỗ (1-2-2-3)", "dense (1-2-2-3)")}[ranking.ties]
    vi, en = {"exact": ("điểm chưa làm tròn để hiển thị", "points before any rounding for display"),
              "rounded": ("tổng đã làm tròn", "rounded totals")}[ranking.on]
    lines = [f"{ranking.label.get(page.language).upper()} ({ranking.method})",
             page.say(f"Cách xếp hạng: {ties}{mark}; xếp trên {vi}.", f"Ties: {ties}{mark}; ranked on {en}.")]
    if ranking.provisional:
        lines.append(page.say("TẠM THỜI: còn đơn vị chưa chấm xong hoặc chưa có số liệu.", "PROVISIONAL: some units are not completely scored, or brought no evidence."))
    return "\n".join(lines)


def _block(block: RankedBlock, ranking: Ranking, page: Page) -> list[object]:
    """Return one block: its name, its table, and the units that it still waits for."""
    parts: list[object] = []
    if block.label.get(page.language):
        parts.append(block.label.get(page.language).upper())
    if block.situation:
        parts.append(page.say("Các đơn vị cùng không áp dụng: ", "Units to which these do not apply: ") + ", ".join(block.situation))
    if block.units:
        parts.append(_table(block, ranking, page))
    if block.waiting:
        parts += [page.say("Chưa xếp hạng vì chưa đủ số liệu:", "Not ranked yet, incomplete:"), _apart(block.waiting, page)]
    return parts


def _table(block: RankedBlock, ranking: Ranking, page: Page) -> Any:
    """Return the table of one block."""
    table = page.table(
        (page.say("Hạng", "Rank"), RIGHT),
        (page.say("Đơn vị", "Unit"), {"ratio": 2}),
        (page.say("Điểm", "Points"), RIGHT),
        ("%", RIGHT),
        (page.say("Xếp loại", "Grade"), {"no_wrap": True}),
        *([(page.say(f"Hạng {ranking.earlier_year}", f"Rank {ranking.earlier_year}"), RIGHT)] if ranking.earlier_year else []),
        (page.say("Kém trên", "Behind"), RIGHT),
        (page.say("Kém ở tiêu chí", "Behind on"), {"ratio": 3}),
    )
    for row in block.units:
        share = row.card.total.share
        table.add_row(
            f"{row.rank}{'=' if row.tied_with else ''}",
            row.unit.label,
            page.number(row.card.total.exact),
            "–" if share is None else page.percent(share).removesuffix("%"),
            row.card.grade.label.get(page.language) if row.card.grade else "",
            *([_change(row, page)] if ranking.earlier_year else []),
            "" if row.behind is None else page.number(row.behind),
            _separating(row, page),
        )
    return table


def _change(row: Ranked, page: Page) -> str:
    """Return last year's rank and how many places the unit has risen or fallen."""
    if row.earlier is None or row.change is None:
        return ""
    arrow = "↑" if row.change > 0 else "↓" if row.change < 0 else "="
    moved = f"{arrow}{abs(row.change)}" if row.change else arrow
    former = page.say(f" (từ {row.mapped_from})", f" (from {row.mapped_from})") if row.mapped_from else ""
    return f"{row.earlier} {moved}{former}"


def _separating(row: Ranked, page: Page) -> str:
    """Return on which criteria the unit before is ahead, or which step of the chain parted the two."""
    if row.parted_by is not None:
        return page.say(f"bằng điểm, phân hạng theo {row.parted_by.vi}", f"equal totals, parted by {row.parted_by.en}")
    return "; ".join(f"{each.number} (−{page.number(each.points).removeprefix('≈ ')})" for each in row.separating)


def _apart(cards: tuple[Scorecard, ...], page: Page) -> Any:
    """Return a table of units without a rank."""
    table = page.table((page.say("Đơn vị", "Unit"), {"ratio": 1}), (page.say("Điểm", "Points"), RIGHT),
                       (page.say("Xếp loại", "Grade"), {"no_wrap": True}), (page.say("Còn có thể đạt", "Still possible"), RIGHT))
    for card in cards:
        total = card.total
        possible = "" if total.complete else f"{page.number(total.reachable.low)} – {page.number(total.reachable.high)}"
        grade = card.grade.label.get(page.language) if card.grade else ""
        table.add_row(card.unit.label, page.number(total.exact), grade, possible)
    return table


def _absent(ranking: Ranking, page: Page) -> str:
    """Return the units that the method lists and that brought no evidence, with their blocks."""
    lines = [page.say("CHƯA CÓ SỐ LIỆU", "NO EVIDENCE YET")]
    labels = {block.id: block.label.get(page.language) for block in ranking.blocks}
    for unit in ranking.absent:
        block = labels.get(unit.block, unit.block)
        lines.append(f"  {unit.label}{f' ({block})' if block else ''}")
    return "\n".join(lines) + "\n"
