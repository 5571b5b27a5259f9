"""The example's register: its edition as staff write it, changed as a test wants, and the index that comes of it."""

import shutil
from pathlib import Path

from conftest import ROOT

import cchc_rules as cchc
from cchc_rules.plugins.registry import Registry

PLUGIN = ROOT / "examples" / "plugins" / "one_stop"
EDITION = Path("src/cchc_one_stop/editions/commune/2030.toml")
METHOD = Path("src/cchc_one_stop/methods/2030.toml")


def registry_with(folder: Path, *changes: tuple[str, str], method: str = "") -> Registry:
    """Return the registry of the example, its edition changed and its method's table longer by some lines."""
    plugin = folder / "one_stop"
    shutil.copytree(PLUGIN, plugin, ignore=shutil.ignore_patterns("__pycache__"))
    text = (plugin / EDITION).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (plugin / EDITION).write_text(text, encoding="utf-8")
    with (plugin / METHOD).open("a", encoding="utf-8") as file:
        file.write(method)
    return Registry.load([folder], with_installed=False)


def example() -> cchc.Index:
    """Return the index of the example as it stands."""
    return Registry.load([PLUGIN.parent], with_installed=False).index("example.one-stop", 2030)
