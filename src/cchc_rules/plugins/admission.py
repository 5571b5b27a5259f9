"""Which plugins take part: each is imported and its hooks checked; a broken one is named and stands alone.

Together with ``hookspecs`` the only module that knows pluggy.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pluggy

from cchc_rules.base.errors import CchcError, Finding, Place, PluginError, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.model import Edition
from cchc_rules.plugins import hookspecs
from cchc_rules.plugins.discovery import Candidate
from cchc_rules.plugins.hookspecs import PROJECT

Kind = TypeVar("Kind")


class Admission:
    """The plugins that were found: those that take part, by owner, and why the others do not."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self.candidates: dict[str, Candidate] = {}
        self.broken: dict[str, Finding] = {}
        found = sorted(candidates, key=lambda each: (each.owner, each.origin))
        times = Counter(each.owner for each in found)
        for candidate in found:
            self._admit(candidate, candidate.owner if times[candidate.owner] == 1 else f"{candidate.owner} [{candidate.origin}]")

    def _admit(self, candidate: Candidate, owner: str) -> None:
        """Import one plugin and check its hooks; a plugin that fails is kept by name only."""
        if owner in self.candidates:
            return  # the same place, named twice
        self.candidates[owner] = candidate
        try:
            module = candidate.load()
            if self._manager.is_registered(module):
                del self.candidates[owner]  # the same file, found twice
                return
            _check_hooks(module)
            self._manager.register(module, name=owner)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin raises must not take the others down
            self.set_aside(owner, error)

    def set_aside(self, owner: str, error: BaseException) -> None:
        """Name a plugin as broken; it takes no further part."""
        self.broken[owner] = _fault(owner, error)
        if self._manager.has_plugin(owner):
            self._manager.unregister(name=owner)

    def owners(self) -> list[str]:
        """Return those that take part, sorted."""
        return sorted(name for name, plugin in self._manager.list_name_plugin() if plugin is not None)

    def call(self, owner: str, hook: str, **arguments: Any) -> list[Any]:
        """Call a hook of one plugin only."""
        others = [plugin for name, plugin in self._manager.list_name_plugin() if name != owner and plugin is not None]
        result: list[Any] = self._manager.subset_hook_caller(hook, others)(**arguments)
        return result

    def ask(self, owner: str, hook: str, gather: Callable[[list[Any]], Kind], edition: Edition) -> Kind:
        """Return what the owner of an edition answers; whatever it raises is a ``PluginError`` that names it."""
        try:
            return gather(self.call(owner, hook, edition=edition))
        except (Exception, SystemExit) as error:
            raise PluginError(_fault(owner, error)) from error


def _fault(owner: str, error: BaseException) -> Finding:
    """Return the finding of a plugin that raised: what it says itself, or that it fails and how."""
    if isinstance(error, CchcError):
        return error.findings[0]
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return Finding(
        code="plugin-broken",
        place=Place(where=owner),
        reason=Text(f"plugin bị lỗi và không được dùng: {said}", f"the plugin fails and is not used: {said}"),
        remedy=Text("cập nhật hoặc gỡ plugin này", "update the plugin or remove it"),
    )


def _check_hooks(module: object) -> None:
    """Refuse hooks that do not exist: a misspelt name would otherwise never be called."""
    trial = pluggy.PluginManager(PROJECT)
    trial.add_hookspecs(hookspecs)
    trial.register(module)
    known = [name for name in vars(hookspecs) if name.startswith("cchc_")]
    for name in vars(module) if hasattr(module, "__dict__") else ():
        marked = getattr(getattr(module, name), f"{PROJECT}_impl", None)
        if marked and name not in known:
            raise PluginError(Finding(
                code="hook-unknown",
                place=Place(where=f"{getattr(module, '__name__', module)}.{name}"),
                reason=Text(f"không có hook “{name}”", f"there is no hook {name!r}"),
                remedy=did_you_mean(name, known),
            ))
    trial.check_pending()
