"""The table of the annex as a web page."""

from html import escape

from cchc_rules.base.texts import Language, Text
from cchc_rules.files.web import web_page
from cchc_rules.rendering.agreement import Piece
from cchc_rules.rendering.table import Rendered, Row
from cchc_rules.rendering.words import COLUMNS, Line, legend, lines, maximum, summary, title, total

STYLE = """
body { max-width: 90rem; }
main { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #777; padding: .3rem .5rem; text-align: left; vertical-align: top; }
td:nth-child(1) { white-space: nowrap; }
td:nth-child(3) { text-align: right; white-space: nowrap; }
th { overflow-wrap: normal; }
td p { margin: .2rem 0; }
td ul { margin: 0; padding-left: 1.2rem; }
.field { font-weight: 600; }
.sentence, .read_as { border-left: .2rem solid #777; padding-left: .5rem; }
.agrees { color: #1a7f37; } .differs { color: #cf222e; } .unread { color: #9a6700; }
.agreeing { font-weight: 600; }
ins { background: #1a7f3733; } del { background: #cf222e33; text-decoration: line-through; }
@media (prefers-color-scheme: dark) { .agrees { color: #3fb950; } .differs { color: #f85149; } .unread { color: #d29922; } }
"""


def table_page(table: Rendered, language: Language) -> str:
    """Return the page, complete in itself."""
    heads = "".join(f'<th scope="col">{escape(each.get(language))}</th>' for each in COLUMNS)
    rows = "\n".join(_row(each, language) for each in table.rows)
    notes = (summary(table, language), _marks(language), legend(table, language))
    said = "\n".join(f"<p>{each}</p>" for each in notes if each)
    last = f"<tr class=\"field\"><td></td><td>{Text('Tổng', 'Total').get(language)}</td><td>{total(table.total, language)}</td><td></td><td></td></tr>"
    body = f"{said}\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n{last}\n</tbody>\n</table>"
    return web_page(title(table, language), body, language, STYLE)


def _marks(language: Language) -> str:
    return Text("<ins>Chỉ có trong quy tắc</ins>, <del>chỉ có trong nguyên văn</del>.",
                "<ins>Only in the rule</ins>, <del>only in the source</del>.").get(language)


def _row(row: Row, language: Language) -> str:
    """Return one line of the table."""
    said = "".join(_line(each, row) for each in lines(row, language))
    evidence = "".join(f"<li>{escape(each)}</li>" for each in row.evidence)
    label = f'<div style="margin-left: {row.depth}rem">{escape(row.label.get(language))}</div>'
    cells = (escape(row.number), label, escape(maximum(row, language)), said, f"<ul>{evidence}</ul>" if evidence else "")
    return f'<tr class="{row.kind}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _line(line: Line, row: Row) -> str:
    mark = "del" if line.kind == "sentence" else "ins"
    classes = f"{line.kind} {row.agreement.agreeing}" if line.kind == "agreeing" and row.agreement else line.kind
    words = "".join(_marked(each, mark) for each in line.pieces)
    return f'<p class="{classes}">{escape(line.name)}{words}</p>'


def _marked(piece: Piece, mark: str) -> str:
    words = piece.words.rstrip()
    return f"<{mark}>{escape(words)}</{mark}>{piece.words[len(words):]}" if piece.alone else escape(piece.words)
