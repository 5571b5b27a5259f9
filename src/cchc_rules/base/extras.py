"""Libraries that come with an extra: loaded when they are used, named with their extra where they are not installed."""

from importlib import import_module
from typing import Any

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text


def library(name: str, *others: str, extra: str, place: Place, missing: Text) -> Any:
    """Return a library; raises ``InputError`` where it, or another that it is used with, is not installed.

    ``missing`` says which part of the engine is then not there.
    """
    try:
        for each in others:
            import_module(each)
        return import_module(name)
    except ImportError as error:
        raise InputError(Finding(
            code="extra-missing",
            place=place,
            reason=missing,
            remedy=Text(f'chạy `pip install "cchc-rules[{extra}]"`', f'run `pip install "cchc-rules[{extra}]"`'),
        )) from error
