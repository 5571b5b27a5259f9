"""The table of the annex as text for a terminal."""

from cchc_rules.base.texts import Language
from cchc_rules.files.page import RIGHT, WIDTH, Page
from cchc_rules.rendering.agreement import Piece
from cchc_rules.rendering.table import Rendered, Row
from cchc_rules.rendering.words import COLUMNS, Line, legend, lines, maximum, summary, title, total

RULE, SENTENCE = ("{+", "+}"), ("{-", "-}")
"""What stands around words that only the rule has, and around those that only the source has."""


def table_text(table: Rendered, language: Language, *, width: int = WIDTH, colour: bool = False) -> str:
    """Return the table with what is compared, counted below it."""
    page = Page(language=language, width=width, colour=colour)
    number, label, points, rule, evidence = (each.get(language) for each in COLUMNS)
    grid = page.table((number, {}), (label, {"ratio": 3}), (points, {**RIGHT, "no_wrap": False, "max_width": 8}), (rule, {"ratio": 6}), (evidence, {"ratio": 2}))
    grid.expand = True
    grid.leading = 1  # a blank line between rows, each of which has several
    for row in table.rows:
        said = "\n".join(_line(each) for each in lines(row, language))
        grid.add_row(row.number, _label(row, language), maximum(row, language), said, "\n".join(row.evidence))
    grid.add_section()
    grid.add_row("", page.say("Tổng", "Total"), total(table.total, language), "", "")
    return page.print(title(table, language), grid, *filter(None, (summary(table, language), _marks(table, page), legend(table, language))))


def _label(row: Row, language: Language) -> str:
    label = row.label.get(language)
    return label.upper() if row.kind == "field" else label


def _line(line: Line) -> str:
    opening, closing = SENTENCE if line.kind == "sentence" else RULE
    return line.name + "".join(_marked(each, opening, closing) for each in line.pieces)


def _marked(piece: Piece, opening: str, closing: str) -> str:
    """Return a piece with marks around it where the other text lacks it; blanks stay outside."""
    words = piece.words.rstrip()
    return f"{opening}{words}{closing}{piece.words[len(words):]}" if piece.alone else piece.words


def _marks(table: Rendered, page: Page) -> str:
    """Return what the marks mean, where there are any."""
    pieces = (piece for row in table.rows if row.agreement for piece in (*row.agreement.wording, *row.agreement.sentence))
    if not any(each.alone for each in pieces):
        return ""
    rule, sentence = "…".join(RULE), "…".join(SENTENCE)
    return page.say(f"{rule} chỉ có trong quy tắc, {sentence} chỉ có trong nguyên văn.", f"{rule} only in the rule, {sentence} only in the source.")
