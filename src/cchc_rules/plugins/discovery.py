"""Where plugins are found: among installed distributions, and in folders without installation."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from attrs import frozen

from cchc_rules.base.errors import CchcError, Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import read_toml

INSTALLED = "entry point"
"""The origin of a plugin that a distribution announces; that of another is its folder."""
GROUP = "cchc_rules"
"""The entry-point group in which plugins announce themselves."""


def owner_name(name: str, distribution: str, version: str) -> str:
    """Return how errors name a plugin: name, distribution and version."""
    return f"{name} ({' '.join(part for part in (distribution, version) if part)})"


@frozen(kw_only=True)
class Candidate:
    """A plugin that was found, before it is imported."""

    name: str
    distribution: str
    version: str
    origin: str
    load: Callable[[], object]

    @property
    def owner(self) -> str:
        """The name by which errors speak of the plugin."""
        return owner_name(self.name, self.distribution, self.version)


def installed() -> Iterator[Candidate]:
    """Yield the plugins that installed distributions announce."""
    for point in entry_points(group=GROUP):
        yield _announced(point)


def _announced(point: EntryPoint) -> Candidate:
    distribution = point.dist
    return Candidate(
        name=point.name,
        distribution=distribution.name if distribution else "",
        version=distribution.version if distribution else "",
        origin=INSTALLED,
        load=point.load,
    )


def in_folder(folder: Path) -> Iterator[Candidate]:
    """Yield the plugins in a folder: source trees with a ``pyproject.toml``, no installation needed."""
    if not folder.is_dir():
        raise InputError(Finding(
            code="plugin-folder-missing",
            place=Place(file=folder.as_posix()),
            reason=Text("không có thư mục plugin này", "there is no such plugin folder"),
            remedy=Text("kiểm tra đường dẫn sau `--plugins`", "check the path after `--plugins`"),
        ))
    for project in sorted(folder.rglob("pyproject.toml")):
        yield from _in_project(project)


def _in_project(project: Path) -> Iterator[Candidate]:
    """Yield the plugins that one source tree announces; where it cannot be read, one that says so when loaded."""
    root = project.parent
    try:
        data = read_toml(project).data.get("project", {})
        announced = dict(data.get("entry-points", {}).get(GROUP, {}))
        distribution, version = str(data.get("name", "")), str(data.get("version", ""))
    except (CchcError, AttributeError, TypeError, ValueError) as error:
        yield Candidate(name=root.name, distribution="", version="", origin=root.as_posix(), load=partial(_refuse, error))
        return
    for name, target in announced.items():
        yield Candidate(
            name=name, distribution=distribution, version=version, origin=root.as_posix(), load=partial(_import_from, root, target)
        )


def _refuse(error: Exception) -> NoReturn:
    raise error


def _import_from(root: Path, target: str) -> ModuleType:
    """Import a plugin's package from its source tree, unless that very file is imported already."""
    package = target.partition(":")[0]
    base = root / "src" if (root / "src").is_dir() else root
    path = (base / package.replace(".", "/") / "__init__.py").resolve()
    if not path.exists():
        path = (base / f"{package}.py").resolve()
    name = package
    for name in (package, f"{package}@{root.as_posix()}"):  # the second where another copy has taken the first
        known = sys.modules.get(name)
        if known is None:
            break
        if Path(known.__file__ or "").resolve() == path:
            return known
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=[str(path.parent)])
    if spec is None or spec.loader is None:
        raise ImportError(f"no module {package!r} under {base.as_posix()}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
