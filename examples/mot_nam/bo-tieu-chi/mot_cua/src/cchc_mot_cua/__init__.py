"""Field plugin: Bộ phận Một cửa."""

from pathlib import Path

import cchc_rules as cchc


@cchc.hookimpl
def cchc_register_fields(fields: cchc.FieldRegister) -> None:
    """Bring every edition in the folder ``editions``."""
    fields.add_folder(Path(__file__).parent / "editions")
