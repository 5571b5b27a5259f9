"""What the keys of the files mean, in both languages: written once, in ``data/keys.toml``, for the pages and the schemas."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import attrs

from cchc_rules.base.texts import Text
from cchc_rules.model import UNWRITTEN
from cchc_rules.rules.forms import Threshold


@cache
def written() -> Mapping[str, Mapping[str, Any]]:
    """Return everything that is written about keys: ``common``, and a table for each class."""
    return tomllib.loads(files("cchc_rules").joinpath("data/keys.toml").read_text(encoding="utf-8"))


def meaning(kind: type, key: str) -> Text:
    """Return what a key means in a class; raises ``KeyError`` where nobody wrote it."""
    own, name = written().get(kind.__name__, {}), "title_" if key == "title" else key
    vi, en = own[name] if name in own else written()["common"][name]
    return Text(vi, en)


def title(kind: type) -> Text:
    """Return a class's heading; raises ``KeyError`` where it has none."""
    vi, en = written()[kind.__name__]["title"]
    return Text(vi, en)


def fields_of(kind: type) -> Iterator[Any]:
    """Yield the fields of a class that are keys of a file; those of a threshold are none, it is a value."""
    attrs.resolve_types(kind)
    if kind is not Threshold:
        yield from (each for each in attrs.fields(kind) if not each.metadata.get(UNWRITTEN))


def key_of(each: Any) -> str:
    """Return the key that a field is written with: a name that Python keeps for itself has an underscore behind it."""
    return str(each.name).removesuffix("_")
