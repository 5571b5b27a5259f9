"""Example plugin: facts that are counted over a register of dossiers. All in it is invented."""

from pathlib import Path

import cchc_rules as cchc

HERE = Path(__file__).parent


@cchc.hookimpl
def cchc_register_calendars(calendars: cchc.CalendarRegister) -> None:
    """Bring the calendar by which deadlines run."""
    calendars.add_folder(HERE / "calendars")


@cchc.hookimpl
def cchc_register_fields(fields: cchc.FieldRegister) -> None:
    """Bring every edition in the folder ``editions``."""
    fields.add_folder(HERE / "editions")


@cchc.hookimpl
def cchc_register_methods(methods: cchc.MethodRegister) -> None:
    """Bring every method in the folder ``methods``."""
    methods.add_folder(HERE / "methods")
