"""What the plugins bring: their register hooks called phase by phase, and everything merged.

Nothing here depends on the order in which plugins were installed: owners are sorted, equal declarations
merge, unequal ones are refused by name.
"""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import evolve, field, frozen

from cchc_rules.base.errors import Finding, Place
from cchc_rules.base.texts import Text
from cchc_rules.decisions.overlays import Overlay
from cchc_rules.decisions.structure import Structure
from cchc_rules.methods import Method
from cchc_rules.model import Edition
from cchc_rules.plugins.admission import Admission
from cchc_rules.plugins.discovery import INSTALLED
from cchc_rules.plugins.registers import (
    CalendarRegister,
    FactRegister,
    FieldRegister,
    FormRegister,
    MethodRegister,
    Register,
    Registered,
    TableRegister,
    UnitRegister,
)
from cchc_rules.quantities import Quantities, core_units
from cchc_rules.rules.forms import FORMS

CORE = "cchc_rules"


@frozen
class Merged:
    """What all plugins bring of one kind: one value a key, or the owners that disagree about it."""

    values: dict[str, Registered[Any]] = field(factory=dict)
    conflicts: dict[str, Finding] = field(factory=dict)


class Brought:
    """Everything that the admitted plugins bring, by kind, and what was wrong with it."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._brought: dict[str, list[Registered[Any]]] = {}
        self.problems: list[Finding] = []
        self._register()

    def keys(self, owner: str) -> tuple[str, ...]:
        """Return the keys of all that one plugin brings."""
        return tuple(each.key.partition(":")[2] for each in self._brought.get(owner, ()))

    def _register(self) -> None:
        """Call the register hooks in their order, owner by owner, and merge."""
        self._phase("cchc_register_units", "units", UnitRegister)
        self._phase("cchc_register_forms", "forms", FormRegister)
        self._phase("cchc_register_facts", "facts", FactRegister)
        own_units = [Registered(key=unit.id, value=unit, owner=CORE) for unit in core_units()]
        own_forms = [Registered(key=form.name, value=form, owner=CORE) for form in FORMS]
        self.units = self._merge(UnitRegister, own_units)
        self.forms = self._merge(FormRegister, own_forms)
        self.quantities = Quantities({key: each.value for key, each in self.units.values.items()})
        self.structure = Structure([each.value for each in self.forms.values.values()])
        self._phase("cchc_register_calendars", "calendars", lambda owner: CalendarRegister(owner, structure=self.structure))
        self._phase("cchc_register_fields", "fields", lambda owner: FieldRegister(owner, structure=self.structure))
        self._phase("cchc_register_methods", "methods", lambda owner: MethodRegister(owner, structure=self.structure))
        self.facts = self._merge(FactRegister)
        self.editions = self._merge(FieldRegister)
        self.methods = self._merge(MethodRegister)
        self.calendars = self._merge(CalendarRegister)

    def _phase(self, hook: str, argument: str, make: Callable[[str], Register[Any]]) -> None:
        """Let every plugin register one kind of thing."""
        for owner in self._admission.owners():
            register = make(owner)
            try:
                self._admission.call(owner, hook, **{argument: register})
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin raises must not take the others down
                self._admission.set_aside(owner, error)
                self._brought.pop(owner, None)
                continue
            self._bring(owner, type(register), register.items)
            if isinstance(register, TableRegister):
                self._bring(owner, Overlay, register.overlays)
            self.problems.extend(register.problems)

    def _bring(self, owner: str, kind: type, items: Iterable[Registered[Any]]) -> None:
        """Keep what one plugin brings of one kind."""
        brought = self._brought.setdefault(owner, [])
        brought.extend(evolve(each, key=f"{kind.__name__}:{each.key}", owner=owner) for each in items)

    def of_kind(self, kind: type) -> list[Registered[Any]]:
        """Return what all plugins bring of one kind, owners in order.

        A folder that the user names comes before what is installed, so that of two equal tables it is the
        folder's that is sealed and corrected.
        """
        prefix = f"{kind.__name__}:"
        owners = sorted(self._brought, key=lambda owner: (self._admission.candidates[owner].origin == INSTALLED, owner))
        return [
            evolve(each, key=each.key.removeprefix(prefix))
            for owner in owners for each in self._brought[owner] if each.key.startswith(prefix)
        ]

    def _merge(self, kind: type[Register[Any]], core: Iterable[Registered[Any]] = ()) -> Merged:
        """Return one value a key; a key on which owners disagree has none."""
        merged = Merged()
        for each in (*core, *self.of_kind(kind)):
            first = merged.values.setdefault(each.key, each)
            if _content(first.value) != _content(each.value) and each.key not in merged.conflicts:
                merged.conflicts[each.key] = conflict(each.key, first.owner, each.owner)
        for key in merged.conflicts:
            del merged.values[key]
        self.problems.extend(merged.conflicts.values())
        return merged


def _content(value: Any) -> Any:
    """Return what a declaration says; that a table has become sealed is no other content."""
    return evolve(value, status="draft") if isinstance(value, Edition | Method) else value


def conflict(key: str, one: str, two: str) -> Finding:
    """Return the finding of two owners that declare one key differently."""
    first, second = sorted((one, two))
    return Finding(
        code="declared-twice",
        place=Place(where=key),
        reason=Text(f"“{key}” được khai báo khác nhau bởi {first} và {second}", f"{key!r} is declared differently by {first} and {second}"),
        remedy=Text("sửa cho hai khai báo giống nhau, hoặc gỡ một plugin", "make the two declarations equal, or remove one plugin"),
    )
