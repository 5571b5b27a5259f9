"""The sums of maxima as text: a line for each table, or all rows of the tables that were asked for."""

from collections.abc import Sequence
from typing import Any

from cchc_rules.analysis.checking import Sum, Sums
from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Language, Text
from cchc_rules.files.page import RIGHT, WIDTH, Page

ASSUMED = "*"
LEGEND = Text("* giả định: không có nguồn nào cho số này", "* assumed: no source gives this number")


def sums_text(sums: Sequence[Sums], language: Language, *, whole: bool = False, width: int = WIDTH, colour: bool = False) -> str:
    """Return the sums: one line a table, or with ``whole`` every row of each."""
    if not sums:
        return ""
    page = Page(language=language, width=width, colour=colour)
    parts: list[object] = [page.say("ĐIỂM TỐI ĐA: GHI TRONG BẢNG VÀ CỘNG LẠI", "MAXIMA: STATED AND ADDED UP")]
    parts += [part for each in sums for part in (each.key, _rows(each, page))] if whole else [_lines(sums, page)]
    if any(row.provenance == "assumed" for each in sums for row in (each.rows if whole else each.rows[:1])):
        parts.append(LEGEND.get(language))
    return page.print(*parts)


def _lines(sums: Sequence[Sums], page: Page) -> Any:
    """Return one line for each table; groups that differ are named."""
    table = page.table((page.say("Bảng", "Table"), {"no_wrap": True}), *_numbers(page), ("", {"ratio": 1}))
    for each in sums:
        table.add_row(each.key, *_stated(each.whole, page), _all_verdicts(each, page))
    return table


def _rows(sums: Sums, page: Page) -> Any:
    """Return every maximum of a table, each level set in."""
    from rich.padding import Padding

    table = page.table((page.say("Số", "No"), {"no_wrap": True}), (page.say("Lĩnh vực, tiêu chí", "Field, criterion"), {"ratio": 1}),
                       *_numbers(page), ("", {"no_wrap": True}))
    for row in sums.rows:
        table.add_row(row.number, Padding(row.label.get(page.language), (0, 0, 0, 2 * row.depth)), *_stated(row, page), _verdict(row, page))
    return table


def _numbers(page: Page) -> tuple[tuple[str, dict[str, Any]], ...]:
    return (page.say("Ghi", "Stated"), RIGHT), (page.say("Cộng lại", "Added up"), RIGHT)


def _stated(row: Sum, page: Page) -> tuple[str, str]:
    """Return both numbers of a row."""
    stated = format_number(row.maximum.stated, page.language) + (ASSUMED if row.provenance == "assumed" else "")
    return stated, "" if row.maximum.added is None else format_number(row.maximum.added, page.language)


def _all_verdicts(sums: Sums, page: Page) -> str:
    """Return the verdict on a whole table."""
    whole = _verdict(sums.whole, page)
    groups = ", ".join(f"{each.number}: {_verdict(each, page)}" for each in sums.differing)
    if groups:
        return f"{whole}; {groups}"
    below = sum(each.maximum.added is not None for each in sums.rows[1:])
    return f"{whole}, {page.say(f'{below} mục bên dưới đều khớp', f'all {below} rows below agree')}" if below else whole


def _verdict(row: Sum, page: Page) -> str:
    """Return whether the parts come to what is stated, and by how much they do not."""
    maximum = row.maximum
    if maximum.added is None:
        return page.say("không cộng", "not added") if maximum.parts else ""
    if not maximum.differs:
        return page.say("khớp (có trần)", "agrees (capped)") if maximum.added != maximum.stated else page.say("khớp", "agrees")
    by = format_number(abs(maximum.added - maximum.stated), page.language)
    if maximum.added < maximum.stated:
        return page.say(f"THIẾU {by}", f"{by} SHORT")
    return page.say(f"THỪA {by}", f"{by} OVER")
