"""The hooks that a plugin may implement, in the order in which the registry calls them.

Every register hook gets an object to put things into; nothing is returned. A plugin implements only the
hooks that it needs. The order in which plugins are installed changes nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from cchc_rules.base.errors import Finding
    from cchc_rules.index import Computation
    from cchc_rules.model import Edition
    from cchc_rules.plugins.registers import (
        CalendarRegister,
        FactRegister,
        FieldRegister,
        FormRegister,
        MethodRegister,
        UnitRegister,
    )

PROJECT = "cchc_rules"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# ------------------------------------------------------------------ what a plugin brings


@hookspec
def cchc_register_units(units: "UnitRegister") -> None:
    """Bring units of measurement that facts are counted in."""


@hookspec
def cchc_register_forms(forms: "FormRegister") -> None:
    """Bring forms of scoring that lower to the rule tree."""


@hookspec
def cchc_register_facts(facts: "FactRegister") -> None:
    """Bring facts that editions of several fields read."""


@hookspec
def cchc_register_calendars(calendars: "CalendarRegister") -> None:
    """Bring calendars by which rules count working days."""


@hookspec
def cchc_register_fields(fields: "FieldRegister") -> None:
    """Bring the yearly editions of one field."""


@hookspec
def cchc_register_methods(methods: "MethodRegister") -> None:
    """Bring the methods that tie fields into an index."""


# ------------------------------------------------------------------ what the owner of an edition computes


@hookspec
def cchc_computations(edition: "Edition") -> "Mapping[str, Computation]":
    """Return the Python rules of the edition's ``computed`` criteria, by criterion id.

    Called once per edition, for the plugin that owns it only.
    """
    return {}


# ------------------------------------------------------------------ what a plugin checks


@hookspec
def cchc_check(edition: "Edition") -> "tuple[Finding, ...]":
    """Return what is wrong with the plugin's own edition beyond what every edition is checked for."""
    return ()
