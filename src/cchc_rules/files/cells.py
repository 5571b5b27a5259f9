"""One value as the text of one cell, and back: whatever a spreadsheet may do to it is a finding, never a guess."""

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, NoReturn

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.exact import format_date
from cchc_rules.base.reading import clean, read_cell_number, read_date, read_flag, read_number, read_share
from cchc_rules.base.texts import Text
from cchc_rules.files.excel import UncalculatedFormula
from cchc_rules.files.grid import Cell

CellKind = Literal["text", "number", "limit", "date", "flag", "lines"]
YES, NO = "có", "không"
MOST_CHARACTERS = 32_767
"""What a cell of a workbook holds."""
_ESCAPE_OF_WORKBOOKS = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


# ------------------------------------------------------------------ TOML in a cell


def toml_text(value: object, *, open_up: bool = False) -> str:
    """Return a value as TOML on one line; a list of tables has a line for each where it is ``open_up``."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case Decimal():
            written = format(value, "f")
            return written if "." in written else f"{written}.0"
        case int():
            return str(value)
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case Mapping():
            return "{ " + ", ".join(f"{key_text(key)} = {toml_text(each)}" for key, each in value.items()) + " }" if value else "{}"
        case list() | tuple():
            if open_up and any(isinstance(each, Mapping) for each in value):
                return "[\n" + "".join(f"  {toml_text(each)},\n" for each in value) + "]"
            return "[" + ", ".join(map(toml_text, value)) + "]"
        case _:
            raise TypeError(f"TOML has no {type(value).__name__}")


def quoted(text: str) -> str:
    """Return a text in double quotes with what neither TOML nor a workbook can hold escaped."""
    written = json.dumps(text, ensure_ascii=False)
    if clean(f"({text})") != f"({text})":  # a spelling that a cell's reader would compose anew
        written = re.sub("[^\x00-\x7e]", lambda found: _escaped(found[0]), written)
    written = _UNPRINTED.sub(lambda found: _escaped(found[0]), written)
    return _ESCAPE_OF_WORKBOOKS.sub(r"\\u005F", written)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def key_text(key: str) -> str:
    """Return a key, bare where it may be."""
    return key if _BARE_KEY.fullmatch(key) else quoted(key)


def toml_lines(table: Mapping[str, Any]) -> str:
    """Return keys and values, one a line."""
    return "\n".join(f"{key_text(key)} = {toml_text(value, open_up=True)}" for key, value in table.items())


def read_toml_lines(text: str, place: Place) -> dict[str, Any]:
    """Return the keys in a cell; raises ``InputError`` where they are not TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(Finding(
            code="sheet-cell-toml", place=place,
            reason=Text(f"nội dung ô sai cú pháp: {error}", f"the cell is not valid TOML: {error}"),
            remedy=Text('mỗi dòng một `khoá = giá trị`: chữ trong ngoặc kép thẳng ", số dùng dấu chấm',
                        'one `key = value` a line: text in straight double quotes, a point in numbers'),
        )) from error


# ------------------------------------------------------------------ value → text


def text_of(value: object, kind: CellKind) -> str | None:
    """Return a value as its cell shows it; ``None`` where a cell of this kind cannot hold it."""
    match kind, value:
        case "text", str():
            return plain_or_quoted(value)
        case "number" | "limit", bool():
            return None
        case "number" | "limit", int() | Decimal():
            return number_text(value)
        case "number" | "limit", str():
            return _number_in_quotes(value, kind)
        case "limit", Mapping():
            return toml_text(value)
        case "limit" | "date", dt.date() if not isinstance(value, dt.datetime):
            return format_date(value, "vi")
        case "flag", bool():
            return YES if value else NO
        case "lines", list() if value and all(isinstance(each, str) and is_plain(each) and "\n" not in each for each in value):
            return "\n".join(value)
        case _:
            return None


def _number_in_quotes(text: str, kind: CellKind) -> str | None:
    """Return a number or share that is written in quotes; ``None`` where it is none."""
    number = text.rstrip().removesuffix("%")
    if (number == text.rstrip()) != (kind == "number"):
        return None
    try:
        written = number_text(read_number(number, Place()))
    except InputError:
        return None
    return written if kind == "number" else f"{written} %"


def number_text(number: int | Decimal) -> str:
    """Return a number with a decimal comma; three decimals get a zero, since 1,234 may also be a thousand and more."""
    written = format(Decimal(_whole_if_it_is(Decimal(number))), "f")
    _, point, decimals = written.partition(".")
    return written.replace(".", ",") + ("0" if point and len(decimals) == 3 else "")


def plain_or_quoted(text: str) -> str:
    """Return a text as it is, or in quotes where a cell would lose something of it or hide it."""
    return text if is_plain(text) else quoted(text)


def is_plain(text: str) -> bool:
    """Return whether a cell can hold a text as it stands and give it back."""
    odd = text.startswith('"') or "\t" in text or _UNPRINTED.search(text) or _ESCAPE_OF_WORKBOOKS.search(text)
    return bool(text) and text == settled(text) and not odd


def settled(text: str) -> str:
    """Return a cell's text without what spreadsheets add to it: carriage returns, blanks at its ends."""
    return clean(text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n"))


LINE_HEIGHT, MOST_HEIGHT = 16, 409
"""The height of a line, and the most that a row can have, in points."""


def height_of(texts: Iterable[tuple[str, int]]) -> int:
    """Return the height of a row that shows all of its texts, each with the width of its column: not every program finds it itself."""
    lines = (sum(max(1, -(-len(line) // max(width - 1, 1))) for line in text.split("\n")) for text, width in texts)
    return min(MOST_HEIGHT, LINE_HEIGHT * max(lines, default=1))


# ------------------------------------------------------------------ cell → value


def value_of(cell: Cell, kind: CellKind) -> Any:
    """Return what a filled-in cell means; raises ``InputError``."""
    if isinstance(cell.value, UncalculatedFormula):
        _refuse("sheet-cell-formula", cell.place, Text(f"ô chứa công thức chưa có kết quả hoặc bị lỗi: {cell.value}", f"a formula without a result: {cell.value}"),
                Text("gõ thẳng giá trị", "type the value itself"))
    match kind:
        case "number":
            return _number(cell)
        case "limit":
            return _limit(cell)
        case "date":
            return read_date(cell.value, cell.place)
        case "flag":
            return read_flag(cell.value, cell.place)
        case "lines":
            return [clean(line) for line in _text(cell).split("\n") if clean(line)]
        case _:
            return _text(cell)


def _number(cell: Cell) -> int | Decimal:
    """Return a number; one that a cell shows as per cent is none."""
    if cell.as_percent:
        _refuse("percent-unexpected", cell.place, Text("ô định dạng phần trăm", "the cell is formatted as per cent"),
                Text("định dạng ô là Văn bản rồi gõ lại", "format the cell as text and type it again"))
    return _whole_if_it_is(read_cell_number(cell.value, cell.place))


def _limit(cell: Cell) -> Any:
    """Return a limit: a number, a share with its sign, a whole date, or a table in braces."""
    raw = cell.value
    if cell.as_percent and isinstance(raw, (int, float)):
        return f"{_whole_if_it_is(read_cell_number(raw, cell.place) * 100)} %"
    text = settled(raw) if isinstance(raw, str) else ""
    if text.startswith("{"):
        return read_toml_lines(f"limit = {text}", cell.place)["limit"]
    if text.endswith("%"):
        read_share(text, cell.place)
        return f"{_whole_if_it_is(read_number(text.removesuffix('%').strip(), cell.place))} %"
    if re.fullmatch(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return read_date(text, cell.place)
    return _whole_if_it_is(read_cell_number(text or raw, cell.place))


def _whole_if_it_is(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number.normalize()


def _text(cell: Cell) -> str:
    """Return text that was typed as such: of a number or a date nobody knows any more what was typed."""
    raw = cell.value
    if not isinstance(raw, str):
        _refuse("sheet-cell-not-text", cell.place,
                Text(f"ô chứa {_kind_words(raw).vi} ({raw}), cần chữ: Excel có thể đã đổi 3.10 thành 3.1 hay 12/12 thành ngày",
                     f"the cell holds {_kind_words(raw).en} ({raw}) where text is wanted: Excel may have made 3.1 of 3.10, a date of 12/12"),
                Text("định dạng ô là Văn bản (Text) rồi gõ lại", "format the cell as text and type it again"))
    text = settled(raw)
    if not text.startswith('"'):
        return text
    value = read_toml_lines(f"text = {text}", cell.place).get("text")
    if not isinstance(value, str):
        _refuse("sheet-cell-toml", cell.place, Text("chữ trong ngoặc kép sai cú pháp", "text in quotes that is not valid"), Text("bỏ ngoặc kép", "drop the quotes"))
    return value


def _kind_words(raw: object) -> Text:
    if isinstance(raw, bool):
        return Text("giá trị logic", "a logical value")
    return Text("ngày", "a date") if isinstance(raw, (dt.date, dt.time)) else Text("số", "a number")


def _refuse(code: str, place: Place, reason: Text, remedy: Text) -> NoReturn:
    raise InputError(Finding(code=code, place=place, reason=reason, remedy=remedy))
