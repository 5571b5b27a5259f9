"""The tables of keys: kinds and defaults from the attrs classes, meanings from the package's ``data/keys.toml``, the rest from ``docs/keys.toml``."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import attrs

from cchc_rules import model
from cchc_rules.authoring.meanings import fields_of, key_of, meaning, title, written
from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.calendars import Calendar, Days
from cchc_rules.counting import RecordRegister, RecordRule
from cchc_rules.decisions.overlays import Overlay
from cchc_rules.methods import Method
from cchc_rules.quantities import Unit, core_units
from cchc_rules.rules.forms import FORMS, Form
from cchc_rules.rules.forms.base import Scaling
from cchc_rules.rules.forms.parts import Condition, FactThreshold, Quantity, Threshold
from generator.markdown import NOTHING, fenced, page, pair, table

SHOWN = Path(__file__).parent.parent / "keys.toml"
EDITION_PARTS: tuple[type, ...] = (
    model.Edition, model.Fact, model.Criterion, Quantity, Threshold, FactThreshold, Condition, Scaling, model.Reference, model.Statistic,
    RecordRegister, RecordRule,
)
ROOTS: tuple[type, ...] = (*EDITION_PARTS, Method, Overlay, Calendar, Days)
"""What the reference page begins with; what these are made of follows each."""
KINDS: dict[object, Text] = {
    str: Text("chữ", "text"), Text: Text("chữ", "text"), int: Text("số nguyên", "whole number"), Decimal: Text("số", "number"),
    bool: Text("`true`, `false`", "`true`, `false`"), dt.date: Text("ngày", "date"), Threshold: Text("ngưỡng", "threshold"),
    FactThreshold: Text("số liệu", "fact"), Form: Text("chữ", "text"), Any: Text("giá trị", "value"),
}


@cache
def shown() -> Mapping[str, Mapping[str, Any]]:
    """Return what only the pages show."""
    return tomllib.loads(SHOWN.read_text(encoding="utf-8"))


def classes_in(kind: object) -> Iterator[type]:
    """Yield the attrs classes in a type: itself, those of a list, those of a choice."""
    if isinstance(kind, type) and attrs.has(kind) and kind not in (Text, Form):
        yield kind
    for each in get_args(kind):
        yield from classes_in(each)


def made_of(kind: type, known: tuple[type, ...] = ()) -> Iterator[type]:
    """Yield a class and those that its keys hold, each before what it holds itself; known ones are left out."""
    found = [kind]
    for each in found:
        inner = [part for key in fields_of(each) for part in classes_in(key.type)]
        found += [part for part in dict.fromkeys(inner) if part not in found and part not in known]
    yield from found


def reference_classes() -> tuple[type, ...]:
    """Return the classes of the reference page, in its order."""
    return tuple(dict.fromkeys(part for root in ROOTS for part in made_of(root, ROOTS)))


def form_classes(form: type[Form]) -> tuple[type, ...]:
    """Return a form and the small tables that only it has."""
    return tuple(made_of(form, reference_classes()))


def all_classes() -> tuple[type, ...]:
    """Return every class whose keys a file can hold."""
    return tuple(dict.fromkeys((*reference_classes(), *(part for form in FORMS for part in form_classes(form)))))


# ------------------------------------------------------------------ tables


def keys_table(kind: type, language: Language) -> str:
    """Return the table of a class's keys."""
    head = Text("khoá|kiểu|mặc định|nghĩa", "key|kind|default|meaning").get(language).split("|")
    rows = [
        (_named(each), kind_words(each.type, language), _default(each, language), meaning(kind, key_of(each)).get(language))
        for each in fields_of(kind)
    ]
    return table(head, rows) if rows else ""


def _named(each: Any) -> str:
    """Return a key as code; words have two."""
    key = key_of(each)
    return f"`{key}`, `{key}_en`" if Text in (each.type, *get_args(each.type)) else f"`{key}`"


def _default(each: Any, language: Language) -> str:
    """Return what holds where a key is left out."""
    match each.default:
        case attrs.NOTHING:
            return Text("bắt buộc", "required").get(language)
        case bool() as flag:
            return f"`{str(flag).lower()}`"
        case Threshold(value=value, percent=percent):
            return f"`{value * 100} %`" if percent else f"`{value}`"
        case Decimal() | int() | str() as plain if plain != "":
            return f"`{plain}`"
        case _:
            return NOTHING


def kind_words(kind: object, language: Language) -> str:
    """Return what a key takes, in words."""
    if kind in KINDS:
        return KINDS[kind].get(language)
    if get_origin(kind) is Literal:
        return " · ".join(f"`{each}`" for each in get_args(kind))
    if get_origin(kind) is tuple:
        first, last = kind_words(get_args(kind)[0], language), get_args(kind)[-1]
        return Text(f"danh sách: {first}", f"list: {first}").get(language) if last is ... else "`[…, …]`"
    if ways := [each for each in get_args(kind) if each is not NoneType and not _is_mapping(kind)]:
        return Text(" hoặc ", " or ").get(language).join(dict.fromkeys(kind_words(each, language) for each in ways))
    return Text("bảng", "table").get(language)


def _is_mapping(kind: object) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


# ------------------------------------------------------------------ pages


def section(kind: type, language: Language, level: str = "##") -> str:
    """Return one class: heading, how it is written, its keys, and an example where there is one."""
    own = shown().get(kind.__name__, {})
    intro = pair(own["intro"]).get(language) if "intro" in own else ""
    example = fenced(own["example"]) if "example" in own else ""
    parts = (f"{level} {title(kind).get(language)}", intro, keys_table(kind, language), example)
    return "\n\n".join(part for part in parts if part)


def keys_page(language: Language) -> str:
    """Return the reference of all keys, and the units of measurement at its end."""
    own = shown()["page"]
    units = table(Text("mã|tên", "id|name").get(language).split("|"), [(f"`{each.id}`", _unit_name(each, language)) for each in core_units()])
    return page(
        f"# {pair(own['title']).get(language)}",
        pair(own["intro"]).get(language),
        *(section(kind, language) for kind in reference_classes()),
        f"## {pair(own['units']).get(language)}",
        pair(own["units_intro"]).get(language),
        units,
    )


def _unit_name(unit: Unit, language: Language) -> str:
    return unit.label.get(language) or Text("không có đơn vị", "a bare number").get(language)


def missing_keys() -> Iterator[str]:
    """Yield the keys without a meaning, and the meanings without a key."""
    for kind in all_classes():
        own = written().get(kind.__name__, {})
        keys = {key_of(each) for each in fields_of(kind)}
        yield from (f"{kind.__name__}.{key}" for key in keys - own.keys() - written()["common"].keys())
        yield from (f"{kind.__name__}.{key} (no such key)" for key in own.keys() - keys - {"title"})
        texts = [*own.values(), *(value for key, value in shown().get(kind.__name__, {}).items() if key != "example")]
        yield from (f"{kind.__name__} (a language is missing)" for each in texts if len(each) != len(LANGUAGES) or not all(each))
