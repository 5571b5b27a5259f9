"""A TOML file edited in place: only the keys that change are written anew, all else stays to the letter."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from attrs import evolve, frozen

from cchc_rules.authoring.marks import toml_parser
from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.files.cells import key_text, toml_text
from cchc_rules.sheets.blocks import Layout, layout_of, rearranged, with_comments_of
from cchc_rules.sheets.columns import HEAD, LISTINGS

Change = Callable[[Any, Mapping[str, Any], Mapping[str, Any], Place], None]
ORDER = ("facts", "references", "statistics", "registers", "records", "criteria")
"""The lists of an edition in the order in which files have them."""


@frozen(kw_only=True)
class Wanted:
    """An entry as it should be: a new one, or what was ``at`` some place of the list."""

    table: Mapping[str, Any]
    at: int | None = None


def edited(text: str, head: Mapping[str, Any], lists: Mapping[str, Sequence[Wanted]], place: Place) -> str:
    """Return a file's text with its head and its lists as wanted.

    Raises ``InputError`` where the file is laid out in a way that cannot be edited piece by piece.
    """
    data = tomllib.loads(text, parse_float=Decimal)
    layout = layout_of(text)
    _refuse_odd(layout, data, place)
    blocks = list(layout.blocks)
    at = next(index for index, each in enumerate(blocks) if each.name == HEAD)
    blocks[at] = evolve(blocks[at], text=_edited_block(blocks[at].text, data[HEAD], head, place))
    for name, wanted in lists.items():
        olds = data.get(name, [])
        places = [index for index, each in enumerate(blocks) if each.name == name and each.listed]
        for each in wanted:
            if each.at is not None:
                index = places[each.at]
                blocks[index] = evolve(blocks[index], text=_edited_block(blocks[index].text, olds[each.at], each.table, place))
    layout = evolve(layout, blocks=tuple(blocks))
    for position, name in enumerate(ORDER):
        if name in lists and [each.at for each in lists[name]] != list(range(len(data.get(name, [])))):
            pieces = [_new_block(name, each.table) if each.at is None else each.at for each in lists[name]]
            layout = rearranged(layout, name, pieces, ORDER[position + 1 :])
    made = _same_line_ends(layout.text(), text)
    expected = {**data, HEAD: head, **{name: [each.table for each in wanted] for name, wanted in lists.items() if wanted or name in data}}
    if not same(_without_empty(tomllib.loads(made, parse_float=Decimal)), _without_empty(expected)):
        raise InputError(_odd(place))
    return made


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return data without empty lists: a list whose last entry has gone is no longer written."""
    return {key: value for key, value in data.items() if value != []}


def _refuse_odd(layout: Layout, data: Mapping[str, Any], place: Place) -> None:
    """Refuse a file whose blocks, read each by itself, are not the file."""
    read: dict[str, Any] = {}
    try:
        for each in layout.blocks:
            table = tomllib.loads(each.text, parse_float=Decimal)[each.name]
            if each.listed:
                read.setdefault(each.name, []).extend(table)
            elif each.name in read:
                raise InputError(_odd(place))
            else:
                read[each.name] = table
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise InputError(_odd(place)) from error
    names = {HEAD, *(each.name for each in LISTINGS)}
    if not same(read, {key: value for key, value in data.items() if key in names | set(read)}):
        raise InputError(_odd(place))


def _odd(place: Place) -> Finding:
    return Finding(
        code="sheet-file-layout", place=place,
        reason=Text("tệp TOML được trình bày theo cách mà bảng Excel không sửa tại chỗ được", "the TOML file is laid out in a way that a sheet cannot edit in place"),
        remedy=Text("viết mỗi tiêu chí, số liệu thành một bảng `[[criteria]]`, `[[facts]]` liền nhau, hoặc sửa thẳng trong tệp",
                    "write each criterion and fact as a table `[[criteria]]`, `[[facts]]` of its own, or edit the file itself"),
    )


def _same_line_ends(made: str, text: str) -> str:
    """Return a text with the line ends of another that has one kind only."""
    windows = text.count("\r\n")
    return made.replace("\r\n", "\n").replace("\n", "\r\n") if windows and windows == text.count("\n") else made


# ------------------------------------------------------------------ one table


def same(one: object, two: object) -> bool:
    """Return whether two values of TOML say the same: 1 is 1.0, and is not true."""
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(two, (list, tuple)):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, (date, time)) or isinstance(two, (date, time)):
        return type(one) is type(two) and one == two
    return one == two


def _edited_block(text: str, old: Mapping[str, Any], new: Mapping[str, Any], place: Place) -> str:
    """Return the text of one table with what differs written anew: piece by piece, or where that fails key by key."""
    if same(old, new):
        return text
    for change in (_change, _change_keys):
        try:
            made = with_comments_of(text, _changed(text, change, old, new, place))
            (table,) = tomllib.loads(made, parse_float=Decimal).values()
        except InputError:
            raise
        except Exception:  # noqa: BLE001, S112 - tables below a header are laid out in ways that tomlkit does not all master
            continue
        if same(table[0] if isinstance(table, list) else table, new):
            return made
    raise InputError(_odd(place))


def _changed(text: str, change: Change, old: Mapping[str, Any], new: Mapping[str, Any], place: Place) -> str:
    """Return a block's text changed in one way."""
    document = toml_parser(place)(text)
    (name,) = document
    change(document[name][0] if isinstance(document[name], list) else document[name], old, new, place)
    return str(document.as_string())


def _change_keys(table: Any, old: Mapping[str, Any], new: Mapping[str, Any], place: Place) -> None:
    """Write every key that differs as a whole."""
    for key in old:
        if key not in new or not same(old[key], new[key]):
            del table[key]
    for key, value in new.items():
        if key not in old or not same(old[key], value):
            table[key] = _item(value, place)


def _change(table: Any, old: Mapping[str, Any], new: Mapping[str, Any], place: Place) -> None:
    """Change a table from one state to another, key by key."""
    for key in old:
        if key not in new:
            del table[key]
    for key, value in new.items():
        if key not in old:
            table[key] = _item(value, place)
        else:
            _change_at(table, key, old[key], value, place)


def _change_at(within: Any, key: Any, old: Any, new: Any, place: Place) -> None:
    """Change what stands at a key or an index; tables and lists are entered, so that their layout stays."""
    if same(old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        _change(within[key], old, new, place)
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        _change_list(within[key], old, new, place)
    else:
        within[key] = _item(new, place)


def _change_list(items: Any, old: list[Any], new: list[Any], place: Place) -> None:
    """Change a list: what is alike stays, what takes another's place is changed there, the rest comes or goes."""
    matcher = SequenceMatcher(None, [toml_text(each) for each in old], [toml_text(each) for each in new], autojunk=False)
    for kind, start, end, first, last in reversed(matcher.get_opcodes()):
        if kind == "equal":
            continue
        both = min(end - start, last - first)
        for offset in range(both):
            _change_at(items, start + offset, old[start + offset], new[first + offset], place)
        for index in reversed(range(start + both, end)):
            del items[index]
        for offset in range(both, last - first):
            items.insert(start + offset, _item(new[first + offset], place))


def _item(value: Any, place: Place) -> Any:
    """Return a value as an item of a document."""
    return toml_parser(place)(f"value = {toml_text(value)}\n")["value"]


def _new_block(name: str, table: Mapping[str, Any]) -> str:
    """Return the text of a new table."""
    lines = [f"{key_text(key)} = {toml_text(value, open_up=len(toml_text(value)) > 100)}" for key, value in table.items()]
    return "\n".join([f"[[{name}]]", *lines]) + "\n"
