"""Which tables two years, or two names, stand for: every field and method that both years have, level by level."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen

from cchc_rules.base.errors import Finding, InputError, Place, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.methods import Method
from cchc_rules.model import ORIGINAL
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry

YEAR = re.compile(r"(?P<year>\d{4})(?:\+(?P<version>[^/+]+))?")
"""A year alone, or with the version that is meant of what has several."""
Known = Mapping[str, Registered[Any]]


@frozen(kw_only=True)
class Pair:
    """Two tables of one field, or two methods: the keys of the earlier and of the later one."""

    level: str
    before: str
    after: str


@frozen(kw_only=True)
class Pairs:
    """All that two names stand for, level by level, editions before methods; and the tables of one year only.

    ``listed``: the names stand for whatever there is, not for one table each.
    """

    pairs: tuple[Pair, ...]
    listed: bool = False
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels, in order."""
        return tuple(dict.fromkeys(each.level for each in self.pairs))


def pairs_named(registry: Registry, before: str, after: str, level: str = "") -> Pairs:
    """Return the tables that two names stand for: two full names, two years, or a full name and another year of it.

    A field and its year without a level are that field at every level, or at ``level``. Raises ``InputError`` for a name or year that is not there, years that have nothing in common, and a year in
    which a table has several versions of which none is named.
    """
    if YEAR.fullmatch(before) and YEAR.fullmatch(after):
        return _of_years(registry, before, after, level)
    old, new = (_by_level(registry, name, level) for name in _full_names(before, after))
    if len(old) == len(new) == 1:
        (first,), ((level_of, second),) = old.values(), new.items()
        return Pairs(pairs=(Pair(level=level_of, before=first, after=second),))
    found = [Pair(level=each, before=old[each], after=new[each]) for each in new if each in old]
    if not found:
        raise InputError(_nothing_in_both(registry.editions, before, after))
    return Pairs(pairs=_in_order(registry, found), listed=True,
                 only_before=tuple(key for each, key in old.items() if each not in new),
                 only_after=tuple(key for each, key in new.items() if each not in old))


def methods_named(registry: Registry, before: str, after: str, method: str = "") -> tuple[str, str]:
    """Return the names of two methods; two years alone are enough where one method has both, or ``method`` names it.

    Raises ``InputError`` naming the candidates where several have both years, or none has.
    """
    if not (YEAR.fullmatch(before) and YEAR.fullmatch(after)):
        first, second = _full_names(before, after)
        return first, second
    if method:
        return f"{method}/{before}", f"{method}/{after}"
    years = [{each.value.id for each in registry.methods.values() if each.value.year == _year(name)} for name in (before, after)]
    both = sorted(years[0] & years[1])
    if not both:
        raise InputError(_nothing_in_both(registry.methods, before, after))
    if len(both) > 1:
        raise InputError(Finding(
            code="method-needed",
            place=Place(where=f"{before}, {after}"),
            reason=Text(f"nhiều phương pháp có cả hai năm: {', '.join(both)}", f"several methods have both years: {', '.join(both)}"),
            remedy=Text(f"chọn một, ví dụ `--method {both[0]}`", f"choose one, such as `--method {both[0]}`"),
        ))
    return f"{both[0]}/{before}", f"{both[0]}/{after}"


def with_editions(registry: Registry, pairs: Pairs) -> Pairs:
    """Return pairs with those of the editions that the methods among them use: that is all that a change of method is."""
    found = list(pairs.pairs)
    for each in pairs.pairs:
        old, new = (registry.named(name).value for name in (each.before, each.after))
        if isinstance(old, Method) and isinstance(new, Method):
            found += [pair for pair in _editions_of(registry, old, new) if pair not in found]
    return evolve(pairs, pairs=_in_order(registry, found))


def _editions_of(registry: Registry, before: Method, after: Method) -> tuple[Pair, ...]:
    """Return the editions that two methods use for the same field, where they are not the same ones."""
    old, new = ({each.field: _edition_key(each.field, method, each.edition_year, each.version) for each in method.fields} for method in (before, after))
    return tuple(Pair(level=after.level, before=old[field], after=key) for field, key in new.items()
                 if field in old and old[field] != key and {old[field], key} <= registry.editions.keys())


def _in_order(registry: Registry, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Return pairs level by level, editions before methods."""
    return tuple(sorted(pairs, key=lambda each: (each.level, each.after in registry.methods, each.after)))


def _edition_key(field: str, method: Method, year: int, version: str) -> str:
    return f"{field}/{method.level}/{year}" + (f"+{version}" if version else "")


# ------------------------------------------------------------------ names


def _full_names(before: str, after: str) -> tuple[str, str]:
    """Return two names in full: a year beside a full name is another year of the same table."""
    if YEAR.fullmatch(before):
        return f"{_stem(after)}/{before}", after
    if YEAR.fullmatch(after):
        return before, f"{_stem(before)}/{after}"
    return before, after


def _stem(name: str) -> str:
    """Return the name of a table without its year and version."""
    known = name.partition("+")[0]
    return known.rpartition("/")[0] or known


def _by_level(registry: Registry, name: str, level: str) -> dict[str, str]:
    """Return the key of what is named, by its level: of a table in full, or of a field of one year at each of its levels."""
    key = name.removesuffix(f"+{ORIGINAL}")
    stem, _, year = key.rpartition("/")
    found = {each.value.level: known for known, each in registry.editions.items()
             if known == f"{stem}/{each.value.level}/{year}" and level in ("", each.value.level)}
    return found if found and key not in registry.methods else {registry.named(key).value.level: key}


def _year(name: str) -> int:
    return int(name.partition("+")[0])


# ------------------------------------------------------------------ years alone


def _of_years(registry: Registry, before: str, after: str, level: str) -> Pairs:
    """Return the editions and methods that both years have, and those that only one of them has."""
    tables: dict[str, Registered[Any]] = {**registry.editions, **registry.methods}
    known = {key: each for key, each in tables.items() if level in ("", each.value.level)}
    if level and not known:
        raise InputError(Finding(code="name-unknown", place=Place(where=level),
                                 reason=Text(f"không có bảng nào của cấp “{level}”", f"there is no table of the level {level!r}"),
                                 remedy=did_you_mean(level, {each.value.level for each in tables.values()})))
    old, new = (_by_stem(known, name) for name in (before, after))
    both = [stem for stem in new if stem in old]
    if not both:
        raise InputError(_nothing_in_both(known, before, after))
    found = [Pair(level=known[new[stem]].value.level, before=old[stem], after=new[stem]) for stem in both]
    return Pairs(
        pairs=_in_order(registry, found),
        listed=True,
        only_before=tuple(key for stem, key in old.items() if stem not in new),
        only_after=tuple(key for stem, key in new.items() if stem not in old),
    )


def _by_stem(known: Known, name: str) -> dict[str, str]:
    """Return the key of each table of one year by its name without the year; raises where several versions would fit."""
    found = YEAR.fullmatch(name)
    assert found is not None  # callers have looked
    of_year: dict[str, dict[str, str]] = {}
    for key, each in known.items():
        if each.value.year == int(found["year"]):
            of_year.setdefault(_stem(key), {})[each.value.version or ORIGINAL] = key
    wanted = found["version"] or ""
    if wanted and not any(wanted in versions for versions in of_year.values()):
        raise InputError(Finding(code="version-unknown", place=Place(where=name),
                                 reason=Text(f"không bảng nào của năm {found['year']} có phiên bản “{wanted}”", f"no table of {found['year']} has a version {wanted!r}"),
                                 remedy=did_you_mean(wanted, {each for versions in of_year.values() for each in versions})))
    return {stem: _one_of(stem, versions, wanted, found["year"]) for stem, versions in sorted(of_year.items())}


def _one_of(stem: str, versions: Mapping[str, str], wanted: str, year: str) -> str:
    """Return the version that is meant of one table: the one named, or the only one there is."""
    if wanted in versions:
        return versions[wanted]
    if len(versions) == 1:
        return next(iter(versions.values()))
    listed, example = ", ".join(versions), next(iter(versions))
    raise InputError(Finding(
        code="version-needed",
        place=Place(where=f"{stem}/{year}"),
        reason=Text(f"năm {year} có nhiều phiên bản: {listed}", f"{year} has several versions: {listed}"),
        remedy=Text(f"ghi kèm phiên bản, ví dụ {year}+{example}, hoặc tên đầy đủ {stem}/{year}+{example}",
                    f"name the version too, such as {year}+{example}, or in full {stem}/{year}+{example}"),
    ))


def _nothing_in_both(known: Known, before: str, after: str) -> Finding:
    """Return the finding of two years that have nothing in common, with the years that there are."""
    return Finding(
        code="years-without-pair",
        place=Place(where=f"{before}, {after}"),
        reason=Text(f"không có lĩnh vực hay phương pháp nào có cả năm {before} và năm {after}", f"no field and no method has both {before} and {after}"),
        remedy=Text(f"các năm đã có: {_years(known.values())}", f"years there are: {_years(known.values())}"),
    )


def _years(tables: Iterable[Registered[Any]]) -> str:
    """Return the years of some tables in words."""
    return ", ".join(map(str, sorted({each.value.year for each in tables}))) or "–"
