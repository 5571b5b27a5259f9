"""The stages of one unit side by side: declared, computed and verified points, and where they differ."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

from cchc_rules.files.page import RIGHT, Page
from cchc_rules.scorecard import Score, Scorecard, StageResult

UNSAID: Literal["unsaid"] = "unsaid"
LEFT_OUT: Literal["left out"] = "left out"
Cell = Fraction | None | Literal["unsaid", "left out"]
"""Points, none yet, a mark that nobody has given, or a criterion that did not apply."""


def stages_table(card: Scorecard, page: Page) -> Any:
    """Return a table with one column a stage: the total, then each criterion on which the stages differ.

    A stage in which points are declared has a column of its own for them.
    """
    columns = list(_columns(card, page))
    table = page.table(
        (page.say("Số", "No"), {"no_wrap": True}),
        (page.say("Tiêu chí", "Criterion"), {"ratio": 1}),
        *((heading, RIGHT) for heading, _, _ in columns),
        (page.say("± điểm", "± points"), RIGHT),
    )
    for score in card.scores:
        cells = [_points(stage, score, declared=declared) for _, stage, declared in columns]
        if len(set(cells) - {UNSAID}) > 1:
            table.add_row(score.criterion.number, score.criterion.label.get(page.language), *_row(cells, page))
    table.add_section()
    totals: list[Cell] = [UNSAID if declared else stage.total.exact for _, stage, declared in columns]
    table.add_row("", page.say("TỔNG", "TOTAL"), *_row(totals, page))
    return table


def _row(cells: Sequence[Cell], page: Page) -> Iterator[str]:
    """Yield the cells of a row, then how far the last number is from the first."""
    known = [cell for cell in cells if isinstance(cell, Fraction)]
    left_out = page.say("không áp dụng", "not applicable")
    yield from ("" if cell == UNSAID else left_out if cell == LEFT_OUT else page.number(cell) for cell in cells)
    yield page.signed(known[-1] - known[0]) if len(known) > 1 else ""


def _columns(card: Scorecard, page: Page) -> Iterator[tuple[str, StageResult, bool]]:
    """Yield the columns: what is declared at a stage before what it came to."""
    seen: set[str] = set()
    for stage in card.stages:
        if stage.declared.keys() - seen:
            yield page.say(f"{stage.label.vi}: tự chấm", f"{stage.label.en}: declared"), stage, True
            seen |= stage.declared.keys()
        yield stage.label.get(page.language), stage, False


def _points(stage: StageResult, score: Score, *, declared: bool) -> Cell:
    """Return a criterion's points at a stage, or those declared there."""
    if not declared:
        return LEFT_OUT if score.id in stage.not_applicable else stage.points.get(score.id)
    return stage.declared[score.id].points if score.id in stage.declared else UNSAID
