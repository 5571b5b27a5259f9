"""JSON Schemas of the files that staff write, made from the classes that read them, so that an editor completes keys.

Draft 7, which is what editors of TOML know. A schema sees keys, kinds and choices; that sums agree and names exist is for
``cchc check``. Where a form decides which keys a table may have, every form's keys stand in ``properties``, from
which an editor completes, and conditions narrow them down.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs
from attrs import frozen

from cchc_rules.authoring.meanings import fields_of, key_of, meaning, title
from cchc_rules.base import reading
from cchc_rules.base.exact import decimal_of
from cchc_rules.base.texts import Language, Text
from cchc_rules.calendars import Calendar
from cchc_rules.cases.reading import SCHEMA as CASES
from cchc_rules.cases.reading import CaseFile
from cchc_rules.decisions.editions import LISTS
from cchc_rules.decisions.editions import SCHEMA as EDITION
from cchc_rules.decisions.overlays import SCHEMA as OVERLAY
from cchc_rules.decisions.overlays import Overlay, Split
from cchc_rules.decisions.structure import FORM_KEY
from cchc_rules.files.evidence_toml import EvidenceFile
from cchc_rules.files.ranks import RanksFile
from cchc_rules.methods import Method
from cchc_rules.model import Criterion, Edition, Fact
from cchc_rules.plugins.registers import CALENDAR_SCHEMA, METHOD_SCHEMA
from cchc_rules.published import Published
from cchc_rules.rules.forms import Form, NestedRule, Threshold

Schema = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"
INDENT = 1
"""A schema is long and read by programs."""


@frozen(kw_only=True)
class FileKind:
    """One kind of file: the class that reads it, the table that holds its keys, the lists that stand beside that table.

    A class whose file has no such table holds the whole file; ``says`` is what the file says it is.
    """

    kind: type
    says: str = ""
    table: str = ""
    beside: tuple[str, ...] = ()


KINDS: Mapping[str, FileKind] = {
    "edition": FileKind(kind=Edition, says=EDITION, table="edition", beside=LISTS),
    "method": FileKind(kind=Method, says=METHOD_SCHEMA, table="method"),
    "cases": FileKind(kind=CaseFile, says=CASES),
    "evidence": FileKind(kind=EvidenceFile),
    "overlay": FileKind(kind=Overlay, says=OVERLAY, table="overlay", beside=("set", "changes", "additions", "facts", "splits")),
    "calendar": FileKind(kind=Calendar, says=CALENDAR_SCHEMA, table="calendar"),
    "published": FileKind(kind=Published),
    "ranks": FileKind(kind=RanksFile),
}
WHOLE_TABLES: Mapping[tuple[type, str], type] = {
    (Overlay, "additions"): Criterion, (Overlay, "facts"): Fact, (Split, "components"): Criterion,
}
"""Keys that are read as plain tables first, and as what they are when the overlay is laid on what is below."""


def schema_text(kind: str, forms: Iterable[type[Form]], language: Language) -> str:
    """Return the schema of one kind of file as text."""
    return json.dumps(schema_of(kind, forms, language), ensure_ascii=False, indent=INDENT) + "\n"


def schema_of(kind: str, forms: Iterable[type[Form]], language: Language) -> Schema:
    """Return the schema of one kind of file; ``forms`` are those that a criterion may have."""
    return _Writer(forms, language).whole(KINDS[kind])


# ------------------------------------------------------------------ plain values

SIGN = rf"\s*[-−]?(?!{reading.AMBIGUOUS.pattern}\s*$)"
NUMBER = rf"{SIGN}(?:{reading.WHOLE.pattern}|{reading.DECIMAL.pattern}|{reading.GROUPED.pattern}|{reading.GROUPED_DECIMAL.pattern})\s*"
"""Text that the strict reader takes for a number; one that can be read in two ways is none."""
WHOLE = rf"{SIGN}(?:{reading.WHOLE.pattern}(?:[.,]0+)?|{reading.GROUPED.pattern})\s*"
PERCENT = rf"{NUMBER}%\s*"
DATE = rf"\s*(?:{reading.ISO_DATE.pattern}|[0-9]{{1,2}}(?:/[0-9]{{1,2}}/|\.[0-9]{{1,2}}\.|-[0-9]{{1,2}}-)[0-9]{{4}})\s*"
ISO = reading.ISO_DATE.pattern
"""How a date that stands without quotes reaches a schema."""


def _either(*patterns: str) -> str:
    return f"^(?:{'|'.join(patterns)})$"


PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": ["integer", "string"], "pattern": _either(WHOLE)},
    Decimal: {"type": ["number", "string"], "pattern": _either(NUMBER)},
    dt.date: {"type": "string", "pattern": _either(DATE)},
    Threshold: {"type": ["number", "string"], "pattern": _either(NUMBER, PERCENT, ISO)},
    Any: {},
}
POINTS_OR_PART: Schema = {"type": ["number", "string"], "pattern": _either(NUMBER, PERCENT)}
"""A number, or a part of one in per cent; a date is neither."""


def _default(value: object) -> Schema:
    """Return what holds where a key is left out, where that can be said in one word."""
    match value:
        case bool() | int():
            return {"default": value}
        case str() if value:
            return {"default": value}
        case Threshold(value=part, percent=True):
            return {"default": f"{decimal_of(part * 100)} %"}
        case _:
            return {}


def _least(each: Any) -> Schema:
    """Return the least number that a field takes, where its validator names one."""
    return {"minimum": each.validator.bound} if getattr(each.validator, "compare_op", "") == ">=" else {}


# ------------------------------------------------------------------ classes


class _Writer:
    """Writes one schema: every class that it meets becomes a definition, written once."""

    def __init__(self, forms: Iterable[type[Form]], language: Language) -> None:
        self.forms = sorted(forms, key=lambda form: form.name)
        self.language = language
        self.definitions: dict[str, Schema] = {}

    def whole(self, file: FileKind) -> Schema:
        """Return the schema of a file."""
        found = self._beside(file) if file.table else self._table(file.kind)
        if file.says:
            found["properties"] = {"schema": {"const": file.says}, **found["properties"]}
            found["required"] = ["schema", *found["required"]]
        said = found["properties"]["schema"].get("const") or found["properties"]["schema"]["enum"][0]
        return {"$schema": DRAFT, "title": f"{said}: {self._title(file.kind)}", **found, "definitions": dict(sorted(self.definitions.items()))}

    def _beside(self, file: FileKind) -> Schema:
        """Return a file whose keys lie in one table, its lists in tables of their own."""
        keys = self._keys(file.kind)
        apart = {name: keys["properties"].pop(name) for name in file.beside}
        self.definitions[file.kind.__name__] = {**keys, "required": [name for name in keys["required"] if name not in apart]}
        head = {"title": self._title(file.kind), "allOf": [_refer(file.kind.__name__)]}
        return _object({file.table: head, **apart}, [file.table])

    def _title(self, kind: type) -> str:
        return title(kind).get(self.language).replace("`", "")

    # -------------------------------------------------------------- keys

    def _table(self, kind: type) -> Schema:
        """Return the table of a class, whatever else stands beside its own keys."""
        if kind is Criterion:
            return self._with_forms(self._keys(Criterion), required=False)
        if kind is NestedRule:
            return self._with_forms(self._keys(NestedRule, without=(FORM_KEY,)), required=True)
        return self._keys(kind)

    def _keys(self, kind: type, without: tuple[str, ...] = ()) -> Schema:
        """Return the table of a class's own keys."""
        properties: dict[str, Schema] = {}
        for each in fields_of(kind):
            key = key_of(each)
            if key in without:
                continue
            if Text in (each.type, *get_args(each.type)):
                properties |= self._words(kind, key)
            else:
                properties[key] = self._described(kind, key, {**self._key(kind, each), **_least(each), **_default(each.default)})
        needed = [key_of(each) for each in fields_of(kind) if each.default is attrs.NOTHING and key_of(each) not in without]
        english = {key: [key.removesuffix("_en")] for key in properties if key.endswith("_en")}
        return {**_object(properties, needed), **({"dependencies": english} if english else {})}

    def _words(self, kind: type, key: str) -> dict[str, Schema]:
        """Return the two keys of words: Vietnamese, and English beside it."""
        english = self._described(kind, key, PLAIN[str])
        if "description" in english:
            english["description"] += Text(" (tiếng Anh)", " (in English)").get(self.language)
        return {key: self._described(kind, key, PLAIN[str]), f"{key}_en": english}

    def _described(self, kind: type, key: str, schema: Schema) -> Schema:
        """Return what a key takes, with what it means; a form that a plugin brought has nobody to say it."""
        try:
            said = meaning(kind, key).get(self.language).replace("`", "")
        except KeyError:
            return schema
        # beside a reference everything else would be ignored
        return {"description": said, **({"allOf": [schema]} if "$ref" in schema else schema)}

    def _key(self, kind: type, each: Any) -> Schema:
        table = WHOLE_TABLES.get((kind, key_of(each)))
        return {"type": "array", "items": self._value(table)} if table else self._value(each.type)

    # -------------------------------------------------------------- values

    def _value(self, kind: Any) -> Schema:
        """Return what a value of a kind is written as."""
        if kind in PLAIN:
            return PLAIN[kind]
        origin, inner = get_origin(kind), get_args(kind)
        if origin is Literal:
            return {"enum": list(inner)}
        if origin is tuple:
            return self._list(inner)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self._value(inner[1])}
        if origin in (Union, UnionType):
            return self._several([each for each in inner if each is not NoneType])
        return self._class(kind)

    def _list(self, inner: tuple[Any, ...]) -> Schema:
        items = self._value(inner[0])
        if inner[-1] is Ellipsis:
            return {"type": "array", "items": items}
        return {"type": "array", "items": items, "minItems": len(inner), "maxItems": len(inner)}

    def _several(self, ways: list[Any]) -> Schema:
        """Return a value that may be written in several ways."""
        if set(ways) == {Decimal, Threshold}:
            return POINTS_OR_PART
        return self._value(ways[0]) if len(ways) == 1 else {"anyOf": [self._value(each) for each in ways]}

    def _class(self, kind: type) -> Schema:
        """Return a reference to a class, written when it is first met; a class may hold itself."""
        if kind.__name__ not in self.definitions:
            self.definitions[kind.__name__] = {}
            self.definitions[kind.__name__] = self._table(kind)
        return _refer(kind.__name__)

    # -------------------------------------------------------------- forms

    def _with_forms(self, own: Schema, *, required: bool) -> Schema:
        """Return a table in which the keys of a form stand beside its own."""
        choice = self._described(NestedRule, FORM_KEY, {"enum": [form.name for form in self.forms]})
        own["properties"] |= {FORM_KEY: choice} | {key: ways[0] if len(ways) == 1 else {"anyOf": ways} for key, ways in self._ways.items()}
        own["required"] += [FORM_KEY] if required else []
        asked: Schema = {"if": {"required": [FORM_KEY]}, "else": _refer(self._form(None))}
        for form in reversed(self.forms):  # one behind another: from a table with `allOf` an editor completes nothing
            asked = {"if": _names(form.name), "then": _refer(self._form(form)), "else": asked}
        return {**own, **asked}

    @cached_property
    def _ways(self) -> dict[str, list[Schema]]:
        """Every key that some form has, with each way in which one takes it."""
        found: dict[str, list[Schema]] = {}
        for form in self.forms:
            for key, schema in self._keys(form)["properties"].items():
                if schema not in found.setdefault(key, []):
                    found[key].append(schema)
        return {key: _alike(ways) for key, ways in sorted(found.items())}

    def _form(self, form: type[Form] | None) -> str:
        """Return the name of what a form asks of the keys beside it: its own as it takes them, no other form's."""
        name = f"form_{form.name}" if form else "no_form"
        if name not in self.definitions:
            own = self._keys(form) if form else _object({}, [])
            others = {key: False for key in self._ways if key not in own["properties"]}
            several = {key: schema for key, schema in own["properties"].items() if len(self._ways[key]) > 1}
            self.definitions[name] = {"required": own["required"], "properties": {**several, **others}}
            if "dependencies" in own:
                self.definitions[name]["dependencies"] = own["dependencies"]
        return name


def _alike(ways: list[Schema]) -> list[Schema]:
    """Return ways that differ only in what they mean as one, with all the meanings."""
    shapes = [{key: value for key, value in each.items() if key != "description"} for each in ways]
    if any(shape != shapes[0] for shape in shapes):
        return ways
    said = " · ".join(each["description"] for each in ways if "description" in each)
    return [{"description": said, **shapes[0]} if said else shapes[0]]


def _object(properties: dict[str, Any], required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _refer(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _names(form: str) -> Schema:
    """Return the condition that a table names a form."""
    return {"properties": {FORM_KEY: {"const": form}}, "required": [FORM_KEY]}
