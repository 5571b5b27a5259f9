"""The stages of one unit side by side: declared, computed and verified points, and where they differ."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from cchc_rules.files.page import RIGHT, Page
from cchc_rules.scorecard import Score, Scorecard, StageResult


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
        values = [_points(stage, score, declared=declared) for _, stage, declared in columns]
        known = [value for value in values if value is not None]
        if len(set(values)) > 1:
            table.add_row(score.criterion.number, score.criterion.label.get(page.language),
                          *(page.number(value) for value in values), page.signed(known[-1] - known[0]) if known else "")
    table.add_section()
    totals = [None if declared else stage.total.exact for _, stage, declared in columns]
    known = [value for value in totals if value is not None]
    table.add_row("", page.say("TỔNG", "TOTAL"), *("" if declared else page.number(total) for total, (_, _, declared) in zip(totals, columns, strict=True)),
                  page.signed(known[-1] - known[0]) if known else "")
    return table


def _columns(card: Scorecard, page: Page) -> Iterator[tuple[str, StageResult, bool]]:
    """Yield the columns: what is declared at a stage before what it came to."""
    seen: set[str] = set()
    for stage in card.stages:
        if stage.declared.keys() - seen:
            yield page.say(f"{stage.label.vi}: tự chấm", f"{stage.label.en}: declared"), stage, True
            seen |= stage.declared.keys()
        yield stage.label.get(page.language), stage, False


def _points(stage: StageResult, score: Score, *, declared: bool) -> Fraction | None:
    """Return a criterion's points at a stage, or those declared there; what nobody declared is as computed."""
    if declared and score.id in stage.declared:
        return stage.declared[score.id].points
    return stage.points.get(score.id)
