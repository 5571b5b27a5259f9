"""What differs between two tables: two versions of an edition or of a method, old and new side by side."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from attrs import Attribute, evolve, fields, frozen, has

from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.exact import format_date, format_number, format_percent
from cchc_rules.base.texts import Text, same
from cchc_rules.methods import FieldUsed, Method
from cchc_rules.model import ORIGINAL, UNWRITTEN, Clause, CombineRule, Criterion, Edition, Fact, Reference
from cchc_rules.plugins.registry import Registry
from cchc_rules.quantities import Unit, core_units
from cchc_rules.rules.forms import Condition, Threshold
from cchc_rules.rules.wording import Lexicon, rule_text, word

Kind = Literal["added", "dropped", "renumbered", "reweighted", "reworded", "rule_changed", "changed"]
NOTHING = same("–")
COMBINED: dict[CombineRule, Text] = {
    "sum": Text("cộng lại", "their sum"),
    "all": Text("đạt tất cả", "all in full"),
    "any": Text("đạt ít nhất một", "any one in full"),
    "n_of": Text("đạt đủ số lượng quy định", "so many of them in full"),
    "minimum": Text("mức thấp nhất", "the least of them"),
    "maximum": Text("mức cao nhất", "the greatest of them"),
}
_BASE: frozenset[type] = frozenset({Text, Threshold, Condition, Clause})
"""Values that are read as one, however they are made."""


@frozen(kw_only=True)
class Difference:
    """One thing that differs: of which kind, where, and both wordings; one side is empty where there was nothing.

    ``id`` names the criterion, fact, unit …, and is empty for a key of the table itself; ``key`` names the key.
    """

    kind: Kind
    id: str
    label: Text
    number: str = ""
    key: str = ""
    before: Text = NOTHING
    after: Text = NOTHING


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
        *(each for name in head for each in found.values(getattr(before, name), getattr(after, name), name, "", same(name))),
        *found.criteria(before, after),
        *found.listed(before.facts, after.facts, "facts", "", NOTHING),
    )


def method_differences(before: Method, after: Method, facts: Mapping[str, Fact], units: Mapping[str, Unit]) -> tuple[Difference, ...]:
    """Return what differs between two methods, key by key."""
    found = _Comparing(old=Lexicon(facts, units), new=Lexicon(facts, units))
    names = _keys(Method, without=("id", "level", "year", "version", "status"))
    return tuple(
        each for name in names for each in found.values(getattr(before, name), getattr(after, name), name, "", same(name))
    )


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
class _Comparing:
    """Two tables, each with the words of its own facts."""

    old: Lexicon
    new: Lexicon

    def criteria(self, before: Edition, after: Edition) -> Iterator[Difference]:
        """Yield what became of each criterion, in the order of the later table, dropped ones last."""
        old, new = ({each.id: each for each in edition.criteria} for edition in (before, after))
        for each in new.values():
            if each.id in old:
                yield from self._criterion(old[each.id], each)
            else:
                yield _of(each, "added", after=_summary(each, self.new))
        for each in old.values():
            if each.id not in new:
                yield _of(each, "dropped", before=_summary(each, self.old))

    def _criterion(self, before: Criterion, after: Criterion) -> Iterator[Difference]:
        """Yield each way in which a criterion changed."""
        if before.number != after.number:
            yield _of(after, "renumbered", before=same(before.number), after=same(after.number))
        if before.max_points != after.max_points:
            yield _of(after, "reweighted", before=_points(before.max_points), after=_points(after.max_points))
        if before.label != after.label:
            yield _of(after, "reworded", before=before.label, after=after.label)
        if before.form != after.form:
            yield _of(after, "rule_changed", before=_rule(before, self.old), after=_rule(after, self.new))
        for name in _keys(Criterion, without=("id", "number", "max_points", "label", "official")):
            yield from self.values(getattr(before, name), getattr(after, name), name, after.id, after.label, after.number)

    def values(self, before: Any, after: Any, key: str, id_: str, label: Text, number: str = "") -> Iterator[Difference]:
        """Yield what differs between two values of one key, as far down as they are made alike."""
        if before == after:
            return
        if _is_listing(before) and _is_listing(after) and (before or after):
            yield from self.listed(before, after, key, id_, label)
        elif type(before) is type(after) and has(type(before)) and type(before) not in _BASE:
            for name in _keys(type(before)):
                yield from self.values(getattr(before, name), getattr(after, name), f"{key}.{name}", id_, label, number)
        else:
            yield Difference(kind="changed", id=id_, label=label, number=number, key=key,
                             before=_said(before, self.old), after=_said(after, self.new))

    def listed(self, before: tuple[Any, ...], after: tuple[Any, ...], key: str, id_: str, label: Text) -> Iterator[Difference]:
        """Yield what differs between two lists of things that have a name each."""
        old, new = ({_name_of(each): each for each in listed} for listed in (before, after))
        for name in dict.fromkeys((*new, *old)):
            at, called = f"{key}[{name}]", _label_of(new.get(name) or old[name])
            if name in old and name in new:
                yield from self.values(old[name], new[name], at, id_ or name, called)
            elif name in new:
                yield Difference(kind="added", id=id_ or name, label=called, key=at, after=_said(new[name], self.new))
            else:
                yield Difference(kind="dropped", id=id_ or name, label=called, key=at, before=_said(old[name], self.old))


def _of(criterion: Criterion, kind: Kind, before: Text = NOTHING, after: Text = NOTHING) -> Difference:
    return Difference(kind=kind, id=criterion.id, number=criterion.number, label=criterion.label, before=before, after=after)


def _keys(kind: type, without: tuple[str, ...] = ()) -> list[str]:
    """Return the names of the keys that a class is written with."""
    listed: tuple[Attribute[Any], ...] = fields(kind)
    return [each.name for each in listed if not each.metadata.get(UNWRITTEN) and each.name not in without]


def _is_listing(value: object) -> bool:
    return isinstance(value, tuple) and all(_name_of(each) for each in value)


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


def _thing(value: Any, lexicon: Lexicon) -> Text:
    """Return the keys of a thing that say more than their defaults do."""
    listed: tuple[Attribute[Any], ...] = fields(type(value))
    stated = [each for each in listed if not each.metadata.get(UNWRITTEN) and getattr(value, each.name) not in (each.default, None, (), "")]
    return _joined([_pair(each.name, _said(getattr(value, each.name), lexicon)) for each in stated])


def _pair(name: str, words: Text) -> Text:
    return Text(f"{name} = {words.vi}", f"{name} = {words.en}")


def _joined(parts: list[Text], mark: str = ", ") -> Text:
    return Text(mark.join(part.vi for part in parts), mark.join(part.en for part in parts))
