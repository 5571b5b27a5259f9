"""Example plugin: a new form of scoring, and a criterion computed in Python. All in it is invented."""

from collections.abc import Mapping
from pathlib import Path

import cchc_rules as cchc
from cchc_corridor.corridor import Corridor
from cchc_corridor.spread import even_spread

HERE = Path(__file__).parent


@cchc.hookimpl
def cchc_register_forms(forms: cchc.FormRegister) -> None:
    """Bring the form ``corridor``."""
    forms.add(Corridor)


@cchc.hookimpl
def cchc_register_fields(fields: cchc.FieldRegister) -> None:
    """Bring every edition in the folder ``editions``."""
    fields.add_folder(HERE / "editions")


@cchc.hookimpl
def cchc_register_methods(methods: cchc.MethodRegister) -> None:
    """Bring every method in the folder ``methods``."""
    methods.add_folder(HERE / "methods")


@cchc.hookimpl
def cchc_computations(edition: cchc.Edition) -> Mapping[str, object]:
    """Return the rule of the one criterion that is computed."""
    return {"spending.even-spread": even_spread}
