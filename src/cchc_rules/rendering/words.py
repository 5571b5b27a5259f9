"""What stands in the cells of the table, as pieces of text that are marked or not, and the words around it, in one language."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from attrs import frozen

from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Language, Text
from cchc_rules.explanation import PARTS
from cchc_rules.rendering.agreement import Piece
from cchc_rules.rendering.table import AGREEING, Rendered, Row

MARK = "*"
"""Stands behind what no source gives."""
COLUMNS: tuple[Text, ...] = (
    Text("STT", "No"), Text("Lĩnh vực/Tiêu chí/Tiêu chí thành phần", "Field / criterion / sub-criterion"), Text("Điểm tối đa", "Maximum"),
    Text("Cách chấm", "How it is scored"), Text("Tài liệu kiểm chứng", "Evidence"),
)
Kind = Literal["rule", "proviso", "agreeing", "sentence", "read_as"]


@frozen
class Line:
    """One line of the cell on how a criterion is scored: what it is, what it is called, and its words in pieces."""

    kind: Kind
    name: str
    pieces: tuple[Piece, ...]


def lines(row: Row, language: Language) -> Iterator[Line]:
    """Yield the lines of the cell: the rule, what it depends on, how it agrees, the sentence of the decision."""
    yield from _rule(row, language)
    yield from (Line("proviso", "", (Piece(each.get(language)),)) for each in row.provisos)
    if row.agreement is not None:
        said = "; ".join(each.get(language) for each in (AGREEING[row.agreement.agreeing], *row.agreement.cautions))
        yield Line("agreeing", "", (Piece(f"[{said}]"),))
    if row.clause is not None:
        yield _sentence(row, language)
    if row.agreement is not None and row.agreement.read_as is not None:
        name = Text("Câu này đọc là: ", "The sentence is read as: ").get(language)
        yield Line("read_as", name, (Piece(row.agreement.read_as.get(language)),))


def _rule(row: Row, language: Language) -> Iterator[Line]:
    """Yield the rule in words; where it is compared in Vietnamese, those words too."""
    if row.wording is None:
        return
    mark = Piece(_assumed(row, language))
    compared = row.agreement.wording if row.agreement is not None else (Piece(row.wording.vi),)
    if language == "vi":
        yield Line("rule", "", (*compared, mark))
        return
    yield Line("rule", "", (Piece(row.wording.en), mark))
    if any(each.alone for each in compared):
        yield Line("rule", "In Vietnamese: ", compared)


def _assumed(row: Row, language: Language) -> str:
    """Return the mark behind a rule, with the keys that it is for unless it is for all that the rule has."""
    if not row.rule_assumed:
        return ""
    said = (PARTS[key].get(language) if key in PARTS else key for key in sorted(row.rule_assumed))
    return MARK if row.rule_assumed == row.parameters else f"{MARK} ({', '.join(said)})"


def _sentence(row: Row, language: Language) -> Line:
    """Return the sentence of the source with its place; that it is not there, where it is not."""
    assert row.clause is not None  # the caller has looked
    source = Text("Nguyên văn", "Source").get(language) if row.kind == "criterion" else Text("Văn bản", "Document").get(language)
    pieces = row.agreement.sentence if row.agreement is not None else (Piece(row.clause.text),) if row.clause.text else ()
    if pieces:
        return Line("sentence", f"{source} ({row.clause.place}): ", pieces)
    return Line("sentence", f"{source}: ", (Piece(row.clause.place),))


def maximum(row: Row, language: Language) -> str:
    """Return the maximum, marked where no source gives it."""
    return format_number(row.max_points, language) + (MARK if row.maximum_assumed else "")


def title(table: Rendered, language: Language) -> str:
    """Return the heading."""
    return f"{table.label.get(language)} – {table.name}"


def total(points: Decimal, language: Language) -> str:
    """Return the total as its line says it."""
    return format_number(points, language)


def summary(table: Rendered, language: Language) -> str:
    """Return how many sentences agree, differ and could not be read."""
    counts = (table.number("agrees"), table.number("differs"), table.number("unread"), table.without_sentence)
    names = (Text("khớp", "agree"), Text("khác", "differ"), Text("chưa đọc được", "not read"),
             Text("chưa có nguyên văn", "without a sentence"))
    said = ", ".join(f"{count} {name.get(language)}" for count, name in zip(counts, names, strict=True))
    return Text("So với nguyên văn: ", "Against the sentences of the source: ").get(language) + said + "."


def legend(table: Rendered, language: Language) -> str:
    """Return what the mark of assumed parameters means, where there are any."""
    if not any(each.assumed for each in table.rows):
        return ""
    return Text(f"{MARK} giả định: không có nguồn nào cho tham số này.", f"{MARK} assumed: no source gives this parameter.").get(language)
