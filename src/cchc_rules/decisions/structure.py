"""Plain tables to attrs values and back: strict types, unknown keys refused, all problems at once.

The attrs classes are the schema: their field names are the keys. A ``Text`` field ``label`` is written
as two keys, ``label`` and ``label_en``; a field ``from_`` as the key ``from``. The keys of a form stand flat
beside those of the criterion, or of the rule, that it belongs to.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import attrs
from cattrs import (
    AttributeValidationNote,
    BaseValidationError,
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
)
from cattrs.errors import IterableValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from cchc_rules import model
from cchc_rules.base.errors import CchcError, Finding, Place, did_you_mean
from cchc_rules.base.exact import decimal_of
from cchc_rules.base.reading import read_date, read_number, read_share, read_whole
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_
from cchc_rules.model import UNWRITTEN, Criterion
from cchc_rules.rules.forms import Condition, Form, FormMistake, NestedRule, Threshold
from cchc_rules.rules.tree import Node

Kind = TypeVar("Kind")
PlaceOf = Callable[[Path_], Place]
FORM_KEY = "form"
POINTS_KEY = "points"


# The model names its forms without importing them; here both are known.
attrs.resolve_types(Criterion, {**vars(model), "Condition": Condition, "Form": Form, "Node": Node})


class Mistake(ValueError):
    """A value of the wrong kind; the path is added where it is known."""

    def __init__(self, code: str, reason: Text, remedy: Text) -> None:
        super().__init__(reason.en)
        self.code = code
        self.reason = reason
        self.remedy = remedy


class Structure:
    """Turns tables into values of the model, knowing the forms that are registered."""

    def __init__(self, forms: Iterable[type[Form]]) -> None:
        self.forms = {form.name: form for form in forms}
        self._converter = Converter(detailed_validation=True)
        self._register()

    def read(self, data: object, kind: type[Kind], place_of: PlaceOf, error: type[CchcError]) -> Kind:
        """Return ``data`` as a ``kind``; raises ``error`` with every problem, each at its place."""
        try:
            return self._converter.structure(data, kind)
        except (BaseValidationError, ValueError, CchcError) as problem:
            raise error(*_findings(problem, (), place_of)) from problem

    def write(self, value: object) -> dict[str, Any]:
        """Return a value as plain tables, defaults left out: the inverse of ``read``."""
        return self._converter.unstructure(value)  # type: ignore[no-any-return]  # attrs values give dicts

    def _register(self) -> None:
        converter = self._converter
        converter.register_structure_hook(str, _text)
        converter.register_structure_hook(bool, _flag)
        converter.register_structure_hook(int, lambda raw, _: read_whole(raw, Place()))
        converter.register_structure_hook(Decimal, lambda raw, _: read_number(raw, Place()))
        converter.register_structure_hook(dt.date, lambda raw, _: read_date(raw, Place()))
        converter.register_structure_hook(Threshold, _threshold)
        converter.register_unstructure_hook(Threshold, _written_threshold)
        converter.register_unstructure_hook(Decimal, lambda number: int(number) if number == int(number) else number)
        converter.register_unstructure_hook(dt.date, lambda date: date)
        converter.register_structure_hook_func(_is_literal, _choice)
        converter.register_structure_hook_func(_is_mixed, lambda raw, kind: converter.structure(raw, _member(raw, kind)))
        converter.register_structure_hook_factory(_is_tuple, self._tuple_reader)
        converter.register_structure_hook_factory(attrs.has, self._reader)
        converter.register_unstructure_hook_factory(attrs.has, self._writer)
        converter.register_structure_hook(Text, lambda raw, _: Text(_text(raw[0], str), _text(raw[1], str)))
        converter.register_structure_hook(NestedRule, self._nested)
        converter.register_unstructure_hook(NestedRule, self._written_nested)
        converter.register_structure_hook(Criterion, self._criterion)
        converter.register_unstructure_hook(Criterion, self._written_criterion)

    def _tuple_reader(self, kind: Any) -> Callable[[Any, Any], Any]:
        """Return a reader of lists that refuses what is not one."""
        item = get_args(kind)

        def read(raw: Any, _: Any) -> Any:
            if not isinstance(raw, list | tuple):  # a file has lists, `write` gives tuples
                raise _wrong_kind(raw, Text("một danh sách […]", "a list […]"))
            if item[-1] is Ellipsis:
                return tuple(self._converter.structure(raw, list[item[0]]))  # type: ignore[valid-type]  # known at run time
            if len(raw) != len(item):
                raise _wrong_kind(raw, Text(f"đúng {len(item)} giá trị", f"exactly {len(item)} values"))
            return tuple(self._converter.structure(raw, list[item[0]]))  # type: ignore[valid-type]  # known at run time

        return read

    def _reader(self, kind: type) -> Callable[[Any, Any], Any]:
        """Return a reader of one attrs class: keys checked, pairs of words joined."""
        written: dict[str, Any] = _overrides(kind)
        inner: Callable[[Any, Any], Any] = make_dict_structure_fn(
            kind, self._converter, _cattrs_forbid_extra_keys=True, **written
        )
        words = _text_fields(kind)

        def read(raw: Any, _: Any) -> Any:
            if not isinstance(raw, Mapping):
                raise _wrong_kind(raw, Text("một bảng { khoá = giá trị }", "a table { key = value }"))
            alone = [KeyError(name) for name in words if f"{name}_en" in raw and name not in raw]
            if alone:  # the English of nothing would be lost without a word
                raise ClassValidationError(kind.__name__, alone, kind)
            return inner(_with_texts(raw, words), kind)

        return read

    def _writer(self, kind: type) -> Callable[[Any], dict[str, Any]]:
        """Return a writer of one attrs class that leaves defaults out and splits words into two keys."""
        written: dict[str, Any] = _overrides(kind)
        inner: Callable[[Any], dict[str, Any]] = make_dict_unstructure_fn(
            kind, self._converter, _cattrs_omit_if_default=True, **written
        )
        words = _text_fields(kind)

        def write(value: Any) -> dict[str, Any]:
            table = inner(value)
            for name in words:
                text = getattr(value, name)
                table.pop(name, None)
                if text is not None:
                    table[name] = text.vi
                    if text.en != text.vi:
                        table[f"{name}_en"] = text.en
            return table

        return write

    @cached_property
    def _read_criterion(self) -> Callable[[Any, Any], Any]:
        """The reader of a criterion's own keys, made once: making one is slow."""
        return self._reader(Criterion)

    @cached_property
    def _write_criterion(self) -> Callable[[Any], dict[str, Any]]:
        """The writer of a criterion's own keys, made once."""
        return self._writer(Criterion)

    def _criterion(self, raw: Any, _: Any) -> Criterion:
        """Return a criterion whose form's keys stand flat beside its own."""
        if not isinstance(raw, Mapping):
            raise _wrong_kind(raw, Text("một bảng [[criteria]]", "a table [[criteria]]"))
        own_names = keys_of(Criterion)
        own = {key: value for key, value in raw.items() if key in own_names}
        rest = {key: value for key, value in raw.items() if key not in own_names and key != FORM_KEY}
        problems: list[Exception] = []
        form = self._form(raw.get(FORM_KEY), rest, problems)
        criterion: Criterion | None = None
        try:
            criterion = self._read_criterion(own, Criterion)
        except Exception as problem:  # noqa: BLE001 - handed on below, with the form's own problems
            problems.append(problem)
        if problems or criterion is None:
            raise ClassValidationError("criterion", problems, Criterion)
        complete = attrs.evolve(criterion, form=form)
        _ = complete.rule  # a form that contradicts itself is refused here, where its place is known
        return complete

    def _form(self, name: object, rest: dict[str, Any], problems: list[Exception], own: type = Criterion) -> Form | None:
        """Return the form named in a table, read from the keys that are not the table's own."""
        if name is None:
            problems += [Unknown(key, keys_of(own) | {FORM_KEY}) for key in rest]
            return None
        kind = self.forms.get(str(name))
        if kind is None:
            mistake = Mistake(
                "form-unknown",
                Text(f"không có cách chấm “{name}”", f"there is no form {name!r}"),
                did_you_mean(str(name), self.forms),
            )
            mistake.add_note(AttributeValidationNote("the name of a form", FORM_KEY, str))
            problems.append(mistake)
            return None
        known = keys_of(kind)
        problems += [Unknown(key, known | keys_of(own)) for key in rest if key not in known]
        try:
            return self._converter.structure({key: rest[key] for key in rest if key in known}, kind)
        except Exception as problem:  # noqa: BLE001 - handed on by the caller, with the others
            problems.append(problem)
            return None

    def _nested(self, raw: Any, _: Any) -> NestedRule:
        """Return a rule inside another: a form whose keys stand flat beside its points."""
        if not isinstance(raw, Mapping):
            raise _wrong_kind(raw, Text("một bảng { form = …, … }", "a table { form = …, … }"))
        problems: list[Exception] = [] if FORM_KEY in raw else [KeyError(FORM_KEY)]
        rest = {key: value for key, value in raw.items() if key not in (POINTS_KEY, FORM_KEY)}
        form = self._form(raw.get(FORM_KEY), rest, problems, NestedRule)
        points: Decimal | None = None
        try:
            points = self._converter.structure(raw[POINTS_KEY], Decimal) if POINTS_KEY in raw else None
        except Exception as problem:  # noqa: BLE001 - handed on below, with the form's own problems
            problem.add_note(AttributeValidationNote("points of a nested rule", POINTS_KEY, Decimal))
            problems.append(problem)
        if problems or form is None:
            raise ClassValidationError("rule", problems, NestedRule)
        return NestedRule(form=form, points=points)

    def _written_nested(self, rule: NestedRule) -> dict[str, Any]:
        """Return the table of a rule inside another."""
        points = {} if rule.points is None else {POINTS_KEY: self._converter.unstructure(rule.points)}
        return {**points, FORM_KEY: rule.form.name, **self._converter.unstructure(rule.form)}

    def _written_criterion(self, criterion: Criterion) -> dict[str, Any]:
        """Return a criterion's table with its form's keys flat in it."""
        table = self._write_criterion(criterion)
        if criterion.form is not None:
            table[FORM_KEY] = criterion.form.name
            table.update(self._converter.unstructure(criterion.form))
        return table


class Unknown(Mistake):
    """A key that nothing reads: misspelt, or in the wrong table."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        super().__init__("key-unknown", Text(f"khoá lạ “{key}”", f"unknown key {key!r}"), did_you_mean(key, known))
        self.key = key


# ------------------------------------------------------------------ keys and words


def _text_fields(kind: type) -> tuple[str, ...]:
    """Return the names of the fields that hold words in two languages."""
    attrs.resolve_types(kind)
    return tuple(each.name for each in attrs.fields(kind) if each.type in (Text, Text | None))


def _overrides(kind: type) -> dict[str, Any]:
    """Return the fields that have no key or one of another name, as cattrs wants to be told."""
    unwritten = {each.name: override(omit=True) for each in attrs.fields(kind) if each.metadata.get(UNWRITTEN)}
    renamed = {each.name: override(rename=_key(each.name)) for each in attrs.fields(kind) if each.name.endswith("_")}
    return {**unwritten, **renamed}


def _key(name: str) -> str:
    """Return the key of a field: a name that Python keeps for itself has an underscore behind it."""
    return name.removesuffix("_")


def keys_of(kind: type) -> set[str]:
    """Return the keys that a class is written with."""
    names = {_key(each.name) for each in attrs.fields(kind) if not each.metadata.get(UNWRITTEN)}
    return names | {f"{name}_en" for name in _text_fields(kind)}


def _with_texts(raw: Mapping[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    """Return a table in which each pair of keys ``x`` and ``x_en`` has become one value ``x``."""
    table = dict(raw)
    for name in words:
        english = table.pop(f"{name}_en", table.get(name))
        if name in table:
            table[name] = (table[name], english)
    return table


# ------------------------------------------------------------------ plain values


def _text(raw: Any, _: Any) -> str:
    if not isinstance(raw, str):
        raise _wrong_kind(raw, Text("chữ trong ngoặc kép", "text in double quotes"))
    return raw


def _flag(raw: Any, _: Any) -> bool:
    if not isinstance(raw, bool):
        raise _wrong_kind(raw, Text("true hoặc false", "true or false"))
    return raw


def _choice(raw: Any, kind: Any) -> Any:
    options = get_args(kind)
    if raw not in options:
        raise Mistake(
            "value-unknown",
            Text(f"giá trị “{raw}” không được dùng ở đây", f"the value {raw!r} is not used here"),
            did_you_mean(str(raw), map(str, options)),
        )
    return raw


def _threshold(raw: Any, _: Any) -> Threshold:
    if isinstance(raw, dt.date):
        return Threshold(value=Fraction(raw.toordinal()), date=True)
    if isinstance(raw, str) and raw.rstrip().endswith("%"):
        return Threshold(value=read_share(raw, Place()), percent=True)
    return Threshold(value=Fraction(read_number(raw, Place())))


def _written_threshold(threshold: Threshold) -> Any:
    if threshold.date:
        return dt.date.fromordinal(int(threshold.value))
    number = decimal_of(threshold.value * 100 if threshold.percent else threshold.value)
    if threshold.percent:
        return f"{number} %"
    return number if number is None or number != int(number) else int(number)


def _is_mixed(kind: Any) -> bool:
    """Return whether a value may be written in several ways: a number or a table, one name or a list."""
    members = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
    ways = [member for member in members if member is not NoneType]
    return len(ways) > 1 and any(member in (Threshold, NestedRule) or _is_tuple(member) for member in ways)


def _member(raw: Any, kind: Any) -> Any:
    """Return which of several ways a value is written in."""
    ways = [member for member in get_args(kind) if member is not NoneType]
    table = next((way for way in ways if attrs.has(way) and way is not Threshold), None)
    listed = next((way for way in ways if _is_tuple(way)), None)
    if isinstance(raw, Mapping) and table:
        return table
    if isinstance(raw, list) and listed:
        return listed
    if isinstance(raw, str) and raw.rstrip().endswith("%") and Threshold in ways:
        return Threshold
    return next(way for way in (Decimal, str, Threshold) if way in ways)


def _is_literal(kind: Any) -> bool:
    return bool(get_origin(kind) == Literal)


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _wrong_kind(raw: object, expected: Text) -> Mistake:
    return Mistake(
        "value-wrong-kind",
        Text(f"giá trị {raw!r} không đúng kiểu", f"the value {raw!r} is of the wrong kind"),
        Text(f"cần ghi {expected.vi}", f"expected {expected.en}"),
    )


# ------------------------------------------------------------------ problems, each at its place


def _findings(problem: BaseException, path: Path_, place_of: PlaceOf) -> list[Finding]:
    """Return every problem in a tree of exceptions, with the place that its path leads to."""
    if isinstance(problem, ClassValidationError):
        noted, others = problem.group_exceptions()
        found = [each for error, note in noted for each in _findings(error, (*path, _key(note.name)), place_of)]
        return found + [each for error in others for each in _findings(error, path, place_of)]
    if isinstance(problem, IterableValidationError):
        listed, others = problem.group_exceptions()
        found = [each for error, note in listed for each in _findings(error, (*path, note.index), place_of)]
        return found + [each for error in others for each in _findings(error, path, place_of)]
    return _leaf(problem, path, place_of)


def _leaf(problem: BaseException, path: Path_, place_of: PlaceOf) -> list[Finding]:
    """Return the findings of one exception that has no others inside."""
    if isinstance(problem, CchcError):
        return [attrs.evolve(each, place=place_of(path)) for each in problem.findings]
    if isinstance(problem, ForbiddenExtraKeysError):
        known = keys_of(problem.cl)
        unknown = [Unknown(key, known) for key in sorted(problem.extra_fields)]
        return [_finding(each, (*path, each.key), place_of) for each in unknown]
    if isinstance(problem, Unknown):
        return [_finding(problem, (*path, problem.key), place_of)]
    if isinstance(problem, Mistake):
        return [_finding(problem, path, place_of)]
    if isinstance(problem, FormMistake):
        return [_finding(Mistake(problem.code, problem.reason, problem.remedy), path, place_of)]
    if isinstance(problem, KeyError):
        key = str(problem.args[0])
        missing = Mistake("key-missing", Text(f"thiếu khoá “{key}”", f"the key {key!r} is missing"),
                          Text(f"thêm `{key} = …`", f"add `{key} = …`"))
        return [_finding(missing, path, place_of)]
    other = Mistake("value-refused", Text(f"giá trị không dùng được: {problem}", f"unusable value: {problem}"),
                    Text("xem lại giá trị này", "look at this value again"))
    return [_finding(other, path, place_of)]


def _finding(mistake: Mistake, path: Path_, place_of: PlaceOf) -> Finding:
    return Finding(code=mistake.code, place=place_of(path), reason=mistake.reason, remedy=mistake.remedy)
