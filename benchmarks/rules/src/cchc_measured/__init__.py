"""Plugin that the benchmarks measure with: a form, one table of 20 criteria, and a method. All in it is invented."""

from pathlib import Path

import cchc_rules as cchc
from cchc_measured.less_reports import RatioLessReports

HERE = Path(__file__).parent


@cchc.hookimpl
def cchc_register_forms(forms: cchc.FormRegister) -> None:
    """Bring the form ``ratio_less_reports``."""
    forms.add(RatioLessReports)


@cchc.hookimpl
def cchc_register_fields(fields: cchc.FieldRegister) -> None:
    """Bring every edition in the folder ``editions``."""
    fields.add_folder(HERE / "editions")


@cchc.hookimpl
def cchc_register_methods(methods: cchc.MethodRegister) -> None:
    """Bring every method in the folder ``methods``."""
    methods.add_folder(HERE / "methods")
