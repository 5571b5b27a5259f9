"""What differs between two tables: two versions of an edition or of a method, old and new side by side.

Differences are complete: laid on the old table by ``apply`` they give what the new one says.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeVar

from attrs import Attribute, evolve, field, fields, frozen, has

from cchc_rules.analysis.pairs import Pair
from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.exact import format_date, format_number, format_percent
from cchc_rules.base.texts import Text, same
from cchc_rules.methods import FieldUsed, Method
from cchc_rules.model import ORIGINAL, UNWRITTEN, Clause, CombineRule, Criterion, Edition, Fact, FactType, Reference
from cchc_rules.plugins.registry import Registry
from cchc_rules.quantities import Unit, core_units
from cchc_rules.rules.forms import Condition, Threshold
from cchc_rules.rules.wording import Lexicon, rule_text, word

Kind = Literal["added", "dropped", "renumbered", "reweighted", "reworded", "rule_changed", "changed", "reordered"]
Path_ = tuple[str, ...]
"""Where something stands in a table: names of keys, and of the things in a list."""
Table = TypeVar("Table", Edition, Method)
NOTHING = same("–")
CRITERIA = Text("các tiêu chí", "criteria")
FACTS = Text("các số liệu", "facts")
COMBINED: dict[CombineRule, Text] = {
    "sum": Text("cộng lại", "their sum"),
    "all": Text("đạt tất cả", "all in full"),
    "any": Text("đạt ít nhất một", "any one in full"),
    "n_of": Text("đạt đủ số lượng quy định", "so many of them in full"),
    "minimum": Text("mức thấp nhất", "the least of them"),
    "maximum": Text("mức cao nhất", "the greatest of them"),
}
TYPES: dict[FactType, Text] = {
    "count": Text("số đếm", "a count"),
    "decimal": Text("số có phần thập phân", "a number with decimals"),
    "rate": Text("tỷ lệ", "a rate"),
    "date": Text("ngày", "a date"),
    "flag": Text("có hoặc không", "yes or no"),
    "level": Text("mức", "a level"),
}
_BASE: frozenset[type] = frozenset({Text, Threshold, Condition, Clause})
"""Values that are read as one, however they are made."""


@frozen(kw_only=True)
class Difference:
    """One thing that differs: of which kind, where, and both wordings; one side is empty where there was nothing.

    ``id`` names the criterion, fact, unit …, and is empty for a key of the table itself; ``key`` names the key.
    ``path`` leads to it, ``value`` is what stands there now (the order of the names, where only that is
    another), ``position`` where in its list something was added.
    """

    kind: Kind
    id: str
    label: Text
    number: str = ""
    key: str = ""
    before: Text = NOTHING
    after: Text = NOTHING
    path: Path_ = field(default=(), repr=False)
    value: Any = field(default=None, repr=False)
    position: int = field(default=0, repr=False)


def differences(
    before: Edition, after: Edition, facts: Mapping[str, Fact] | None = None, units: Mapping[str, Unit] | None = None
) -> tuple[Difference, ...]:
    """Return what differs between two editions: the table's own keys, criteria in the order of the later one, facts.

    ``facts`` are those that other plugins register, ``units`` those of measurement; the core's own by default.
    """
    known = dict(units or {unit.id: unit for unit in core_units()})
    old, new = (Lexicon({**(facts or {}), **{fact.id: fact for fact in each.facts}}, known) for each in (before, after))
    found = _Comparing(old=old, new=new)
    head = _keys(Edition, without=("field", "level", "year", "version", "status", "criteria", "facts"))
    return (
        *(each for name in head for each in found.values(getattr(before, name), getattr(after, name), _At.key_of(name))),
        *found.criteria(before, after),
        *found.listed(before.facts, after.facts, _At(path=("facts",), key="facts", id="", label=FACTS)),
    )


def method_differences(before: Method, after: Method, facts: Mapping[str, Fact], units: Mapping[str, Unit]) -> tuple[Difference, ...]:
    """Return what differs between two methods, key by key."""
    found = _Comparing(old=Lexicon(facts, units), new=Lexicon(facts, units))
    names = _keys(Method, without=("id", "level", "year", "version", "status"))
    return tuple(each for name in names for each in found.values(getattr(before, name), getattr(after, name), _At.key_of(name)))


def named_differences(registry: Registry, before: str, after: str) -> tuple[Difference, ...]:
    """Return what differs between two editions or two methods, named as ``cchc plugins`` names them.

    Raises ``InputError`` for an unknown name, and for an edition set against a method.
    """
    names = [each.removesuffix(f"+{ORIGINAL}") for each in (before, after)]
    units = registry.quantities.units
    for name in names:
        if name not in registry.editions and name not in registry.methods:
            raise InputError(name_unknown(registry, name))
    editions = [registry.editions[name] for name in names if name in registry.editions]
    methods = [registry.methods[name] for name in names if name in registry.methods]
    if len(editions) == 2:
        facts = {**registry.facts_of(editions[0]), **registry.facts_of(editions[1])}
        return differences(editions[0].value, editions[1].value, facts, units)
    if len(methods) == 2:
        facts = {name: fact for each in registry.editions.values() for name, fact in registry.facts_of(each).items()}
        return method_differences(methods[0].value, methods[1].value, facts, units)
    raise InputError(Finding(
        code="kinds-differ",
        place=Place(where=f"{before} / {after}"),
        reason=Text("một bên là bộ tiêu chí, bên kia là phương pháp", "one is an edition, the other a method"),
        remedy=Text("so hai bộ tiêu chí, hoặc hai phương pháp", "set two editions, or two methods, against each other"),
    ))


@frozen(kw_only=True)
class TableChange:
    """Two tables of one field, or two methods, and what differs between them."""

    pair: Pair
    before: Edition | Method
    after: Edition | Method
    found: tuple[Difference, ...]


def table_changes(registry: Registry, pairs: Iterable[Pair]) -> tuple[TableChange, ...]:
    """Return what differs in each of several pairs of tables."""
    return tuple(
        TableChange(pair=each, before=registry.named(each.before).value, after=registry.named(each.after).value,
                    found=named_differences(registry, each.before, each.after))
        for each in pairs
    )


def name_unknown(registry: Registry, name: str) -> Finding:
    """Return the finding of a name that no edition and no method has."""
    return Finding(
        code="name-unknown",
        place=Place(where=name),
        reason=Text(f"không có bộ tiêu chí hay phương pháp “{name}”", f"there is no edition or method {name!r}"),
        remedy=did_you_mean(name, {**registry.editions, **registry.methods}),
    )


# ------------------------------------------------------------------ comparing


@frozen(kw_only=True)
class _At:
    """Where in a table something stands: the way to it, and by which words a person finds it."""

    path: Path_
    key: str
    id: str
    label: Text
    number: str = ""

    @classmethod
    def key_of(cls, name: str) -> "_At":
        """Return the place of a key of the table itself."""
        return cls(path=(name,), key=name, id="", label=same(name))

    def inside(self, name: str) -> "_At":
        """Return the place of a key within."""
        return evolve(self, path=(*self.path, name), key=f"{self.key}.{name}" if self.key else name)

    def item(self, name: str, label: Text) -> "_At":
        """Return the place of one thing in a list."""
        return evolve(self, path=(*self.path, name), key=f"{self.key}[{name}]", id=self.id or name, label=label)


@frozen(kw_only=True)
class _Comparing:
    """Two tables, each with the words of its own facts."""

    old: Lexicon
    new: Lexicon

    def criteria(self, before: Edition, after: Edition) -> Iterator[Difference]:
        """Yield what became of each criterion, in the order of the later table, dropped ones last."""
        old, new = ({each.id: each for each in edition.criteria} for edition in (before, after))
        for position, each in enumerate(new.values()):
            if each.id in old:
                yield from self._criterion(old[each.id], each)
            else:
                yield _of(each, "added", after=_summary(each, self.new), value=each, position=position)
        for each in old.values():
            if each.id not in new:
                yield _of(each, "dropped", before=_summary(each, self.old))
        yield from _reordered(old, new, _At(path=("criteria",), key="", id="", label=CRITERIA))

    def _criterion(self, before: Criterion, after: Criterion) -> Iterator[Difference]:
        """Yield each way in which a criterion changed."""
        if before.number != after.number:
            yield _of(after, "renumbered", "number", same(before.number), same(after.number), value=after.number)
        if before.max_points != after.max_points:
            yield _of(after, "reweighted", "max_points", _points(before.max_points), _points(after.max_points), value=after.max_points)
        if before.label != after.label:
            yield _of(after, "reworded", "label", before.label, after.label, value=after.label)
        if before.form != after.form:
            yield _of(after, "rule_changed", "form", _rule(before, self.old), _rule(after, self.new), value=after.form)
        at = _At(path=("criteria", after.id), key="", id=after.id, label=after.label, number=after.number)
        for name in _keys(Criterion, without=("id", "number", "max_points", "label")):
            yield from self.values(getattr(before, name), getattr(after, name), at.inside(name))

    def values(self, before: Any, after: Any, at: _At) -> Iterator[Difference]:
        """Yield what differs between two values of one key, as far down as they are made alike."""
        if before == after:
            return
        if _is_listing(before) and _is_listing(after) and (before or after):
            yield from self.listed(before, after, at)
        elif type(before) is type(after) and has(type(before)) and type(before) not in _BASE:
            for name in _keys(type(before)):
                yield from self.values(getattr(before, name), getattr(after, name), at.inside(name))
        else:
            yield _found("changed", at, before=_said(before, self.old), after=_said(after, self.new), value=after)

    def listed(self, before: tuple[Any, ...], after: tuple[Any, ...], at: _At) -> Iterator[Difference]:
        """Yield what differs between two lists of things that have a name each."""
        old, new = ({_name_of(each): each for each in listed} for listed in (before, after))
        positions = {name: position for position, name in enumerate(new)}
        for name in dict.fromkeys((*new, *old)):
            here = at.item(name, _label_of(new.get(name) or old[name]))
            if name in old and name in new:
                yield from self.values(old[name], new[name], here)
            elif name in new:
                yield _found("added", here, after=_said(new[name], self.new), value=new[name], position=positions[name])
            else:
                yield _found("dropped", here, before=_said(old[name], self.old))
        yield from _reordered(old, new, at)


def _found(kind: Kind, at: _At, before: Text = NOTHING, after: Text = NOTHING, value: Any = None, position: int = 0) -> Difference:
    return Difference(kind=kind, id=at.id, label=at.label, number=at.number, key=at.key, before=before, after=after,
                      path=at.path, value=value, position=position)


def _of(
    criterion: Criterion, kind: Kind, name: str = "", before: Text = NOTHING, after: Text = NOTHING, *, value: Any = None, position: int = 0
) -> Difference:
    """Return a difference that is told of the criterion as a whole, though it lies in one of its keys."""
    path = ("criteria", criterion.id, *((name,) if name else ()))
    return _found(kind, _At(path=path, key="", id=criterion.id, label=criterion.label, number=criterion.number), before, after, value, position)


def _reordered(old: Mapping[str, Any], new: Mapping[str, Any], at: _At) -> Iterator[Difference]:
    """Yield that things which are in both lists stand in another order."""
    was, now = [name for name in old if name in new], [name for name in new if name in old]
    if was != now:
        yield _found("reordered", at, before=same(", ".join(was)), after=same(", ".join(now)), value=tuple(now))


def _keys(kind: type, without: tuple[str, ...] = ()) -> list[str]:
    """Return the names of the keys that a class is written with."""
    listed: tuple[Attribute[Any], ...] = fields(kind)
    return [each.name for each in listed if not each.metadata.get(UNWRITTEN) and each.name not in without]


def _is_listing(value: object) -> bool:
    """Return whether a value is a list of things of which each has a name of its own."""
    return isinstance(value, tuple) and all(names := [_name_of(each) for each in value]) and len(set(names)) == len(names)


def _name_of(thing: object) -> str:
    """Return by which name a thing is known in its list; empty where it has none."""
    match thing:
        case FieldUsed(field=name) | Reference(fact=name):
            return name
        case _:
            return str(getattr(thing, "id", ""))


def _label_of(thing: object) -> Text:
    label = getattr(thing, "label", _name_of(thing))
    return label if isinstance(label, Text) else same(str(label))


# ------------------------------------------------------------------ laid on the old table

_ORDER: dict[Kind, int] = {"dropped": 1, "reordered": 2, "added": 3}
"""What is there is changed first; then things leave, find their order, and new ones come in at their places."""


def apply(found: Iterable[Difference], before: Table) -> Table:
    """Return what the old table says once the differences are laid on it; its name, year and status stay."""
    table = before
    for each in sorted(found, key=lambda difference: _ORDER.get(difference.kind, 0)):
        table = _laid(table, each.path, each)
    return table


def _laid(value: Any, path: Path_, change: Difference) -> Any:
    """Return a value with one difference laid on it, at the end of a path that begins here."""
    if change.kind == "dropped" and len(path) == 1:
        return tuple(each for each in value if _name_of(each) != path[0])
    if change.kind == "added" and len(path) == 1:
        return (*value[: change.position], change.value, *value[change.position :])
    if change.kind == "reordered" and not path:
        return tuple(sorted(value, key=lambda each: change.value.index(_name_of(each))))
    if not path:
        return change.value
    if isinstance(value, tuple):
        return tuple(_laid(each, path[1:], change) if _name_of(each) == path[0] else each for each in value)
    return evolve(value, **{path[0]: _laid(getattr(value, path[0]), path[1:], change)})


# ------------------------------------------------------------------ words


def _points(points: Decimal) -> Text:
    return Text(f"{format_number(points, 'vi')} điểm", f"{format_number(points, 'en')} points")


def _rule(criterion: Criterion, lexicon: Lexicon) -> Text:
    """Return the wording of a criterion's rule, or of how its components make it up."""
    if criterion.rule is None:
        how = COMBINED[criterion.combine]
        return Text(f"Từ các tiêu chí thành phần: {how.vi}.", f"From its components: {how.en}.")
    return rule_text(criterion.rule, lexicon)


def _summary(criterion: Criterion, lexicon: Lexicon) -> Text:
    points, rule = _points(criterion.max_points), _rule(criterion, lexicon)
    return Text(f"{points.vi}. {rule.vi}", f"{points.en}. {rule.en}")


def _said(value: Any, lexicon: Lexicon) -> Text:
    """Return a value in words, whatever it is."""
    match value:
        case None | "" | ():
            return NOTHING
        case Mapping() if not value:
            return NOTHING
        case Text():
            return value
        case bool():
            return Text("có" if value else "không", "yes" if value else "no")
        case int() | Decimal() | Fraction():
            return Text(format_number(value, "vi"), format_number(value, "en"))
        case dt.date():
            return Text(format_date(value, "vi"), format_date(value, "en"))
        case Threshold(value=number, percent=percent):
            return Text(format_percent(number, "vi"), format_percent(number, "en")) if percent else _said(number, lexicon)
        case Condition():
            vi, en = (word(value.condition(), evolve(lexicon, language=language)) for language in ("vi", "en"))
            return Text(vi, en)
        case Fact():
            return _fact(value, lexicon)
        case Clause():
            return same(": ".join(part for part in (value.place, value.text) if part))
        case tuple() | list():
            return _joined([_said(each, lexicon) for each in value], "; ")
        case Mapping():
            return _joined([_pair(str(name), _said(each, lexicon)) for name, each in value.items()])
        case _ if has(type(value)):
            return _thing(value, lexicon)
        case _:
            return same(str(value))


def _fact(fact: Fact, lexicon: Lexicon) -> Text:
    """Return what a fact is: its type, what it is counted in, its range or its levels."""
    unit = lexicon.units.get(fact.unit) if fact.range else None
    ends = [_said(end, lexicon) for end in fact.range or ()]
    told = [
        TYPES[fact.type],
        *([unit.label] if unit and not unit.dimensionless else []),
        *([Text(f"từ {ends[0].vi} đến {ends[1].vi}", f"{ends[0].en} to {ends[1].en}")] if ends else []),
        *(level.label for level in fact.levels),
    ]
    return _joined(told)


def _thing(value: Any, lexicon: Lexicon) -> Text:
    """Return the keys of a thing that say more than their defaults do."""
    listed: tuple[Attribute[Any], ...] = fields(type(value))
    stated = [each for each in listed if not each.metadata.get(UNWRITTEN) and getattr(value, each.name) not in (each.default, None, (), "", {})]
    return _joined([_pair(each.name, _said(getattr(value, each.name), lexicon)) for each in stated])


def _pair(name: str, words: Text) -> Text:
    return Text(f"{name} = {words.vi}", f"{name} = {words.en}")


def _joined(parts: list[Text], mark: str = ", ") -> Text:
    return Text(mark.join(part.vi for part in parts), mark.join(part.en for part in parts))
