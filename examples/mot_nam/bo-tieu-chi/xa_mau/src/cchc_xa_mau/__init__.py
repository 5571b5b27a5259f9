"""Method plugin: Chỉ số CCHC các xã (mẫu)."""

from pathlib import Path

import cchc_rules as cchc


@cchc.hookimpl
def cchc_register_methods(methods: cchc.MethodRegister) -> None:
    """Bring every method in the folder ``methods``."""
    methods.add_folder(Path(__file__).parent / "methods")
