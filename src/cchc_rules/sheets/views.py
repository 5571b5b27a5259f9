"""An edition's tables as texts by column: what its workbook shows, and what was shown when it was made."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from cchc_rules.files.cells import text_of, toml_lines
from cchc_rules.sheets.columns import (
    BANDS,
    CRITERIA,
    DROP,
    HEAD,
    HEAD_COLUMNS,
    LIMITS,
    LISTINGS,
    REST,
    WORDING,
    Column,
)

Texts = Mapping[str, str]


@frozen(kw_only=True)
class Row:
    """One entry of a list: its texts by column, and those of its bands."""

    id: str
    texts: Texts
    bands: tuple[Texts, ...] = ()


@frozen(kw_only=True)
class View:
    """An edition as texts."""

    head: Texts
    lists: Mapping[str, tuple[Row, ...]] = field(factory=dict)

    def rows(self, name: str) -> dict[str, Row]:
        """Return the rows of a list by their ids."""
        return {each.id: each for each in self.lists.get(name, ())}

    def worded(self, wording: Texts) -> "View":
        """Return the view with the rules of criteria in words."""
        rows = tuple(evolve(row, texts={**row.texts, WORDING: wording.get(row.id, "")}) for row in self.lists[CRITERIA.name])
        return evolve(self, lists={**self.lists, CRITERIA.name: rows})


def view_of(data: Mapping[str, Any]) -> View:
    """Return the tables of an edition's file as texts."""
    return View(head=texts_of(data[HEAD], HEAD_COLUMNS), lists={
        each.name: tuple(_row(table, each.columns, each.identity, banded=each is CRITERIA) for table in data.get(each.name, ()))
        for each in LISTINGS
    })


def _row(table: Mapping[str, Any], columns: Sequence[Column], identity: str, *, banded: bool) -> Row:
    bands = bands_of(table.get(BANDS)) if banded else ()
    rest = {key: value for key, value in table.items() if key != BANDS} if bands else table
    return Row(id=str(table[identity]), texts=texts_of(rest, columns), bands=bands)


def texts_of(table: Mapping[str, Any], columns: Sequence[Column]) -> dict[str, str]:
    """Return a table by column; what fits no column of its own stands in the column of all other keys."""
    texts: dict[str, str] = {}
    rest: dict[str, Any] = {}
    for key, value in table.items():
        own = fitting(value, [each for each in columns if each.path[0] == key and each.key not in (REST, WORDING, DROP)])
        if own is None:
            rest[key] = value
        else:
            texts |= own
    return {**texts, REST: toml_lines(rest)} if rest else texts


def fitting(value: object, columns: Sequence[Column]) -> dict[str, str] | None:
    """Return a value in the columns of its key; ``None`` where they cannot hold the whole of it."""
    if not columns:
        return None
    if len(columns[0].path) == 1:
        parts = {columns[0].key: text_of(value, columns[0].kind)}
    elif isinstance(value, Mapping) and value and set(value) <= {each.path[1] for each in columns}:
        parts = {each.key: text_of(value[each.path[1]], each.kind) for each in columns if each.path[1] in value}
    else:
        return None
    return None if None in parts.values() else {key: text for key, text in parts.items() if text is not None}


def bands_of(value: object) -> tuple[dict[str, str], ...]:
    """Return bands as rows of texts; none where they are more than limits and points."""
    rows = [_band(each) for each in value] if isinstance(value, list) else []
    return () if None in rows else tuple(row for row in rows if row is not None)


def _band(table: object) -> dict[str, str] | None:
    kinds = {each.key: each.kind for each in LIMITS}
    if not isinstance(table, Mapping) or not table or not set(table) <= set(kinds):
        return None
    texts = {key: text_of(value, kinds[key]) for key, value in table.items()}
    return None if None in texts.values() else {key: text for key, text in texts.items() if text is not None}


# ------------------------------------------------------------------ kept in the workbook


def packed(view: View) -> str:
    """Return a view as text that any program keeps as it is."""
    lists = {name: [[row.id, dict(row.texts), [dict(band) for band in row.bands]] for row in rows] for name, rows in view.lists.items()}
    return json.dumps({HEAD: dict(view.head), **lists}).replace("_x", "_\\u0078")


def unpacked(text: str) -> View | None:
    """Return the view in a text; ``None`` where it holds none."""
    try:
        data = json.loads(text)
        return View(head=_texts(data[HEAD]), lists={
            each.name: tuple(Row(id=str(name), texts=_texts(texts), bands=tuple(map(_texts, bands))) for name, texts, bands in data[each.name])
            for each in LISTINGS
        })
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _texts(raw: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in raw.items()}
