"""Example plugin: four fields whose weights can be argued about, two blocks. All in it is invented."""

from pathlib import Path

import cchc_rules as cchc

HERE = Path(__file__).parent


@cchc.hookimpl
def cchc_register_fields(fields: cchc.FieldRegister) -> None:
    """Bring every edition in the folder ``editions``."""
    fields.add_folder(HERE / "editions")


@cchc.hookimpl
def cchc_register_methods(methods: cchc.MethodRegister) -> None:
    """Bring every method in the folder ``methods``."""
    methods.add_folder(HERE / "methods")
