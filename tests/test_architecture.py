"""The shape of the project: no year or place in the core, no floats, one-way imports, a light front door."""

import ast
import inspect
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from importlinter.cli import lint_imports

import cchc_rules as cchc

CORE = ROOT / "src" / "cchc_rules"
PLUGINS = ROOT / "plugins"
HEAVY = ("pluggy", "pint", "cattrs", "rich", "openpyxl", "xlsxwriter", "narwhals")
YEAR = re.compile(r"(?<![0-9])(?<!\\u)(?:19|20)[0-9]{2}(?![0-9])")  # \u2060 names a character
NAMES_OF_STANDARDS = ("https://json-schema.org/draft/2020-12/schema",)
LEVELS = (
    "huyện", "quận", "tỉnh", "thị xã", "thị trấn", "thành phố", "xã", "phường", "đặc khu", "bộ nội vụ", "sở nội vụ", "phòng nội vụ",
    "district", "province", "commune", "ward", "town", "city", "ministry",
)


def texts(folder: Path) -> list[Path]:
    """Return every file in a folder that a person wrote: code, data, templates."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def code(folder: Path) -> list[Path]:
    """Return the Python files in a folder."""
    return [path for path in texts(folder) if path.suffix == ".py"]


def lines_with(pattern: re.Pattern[str], folder: Path) -> list[str]:
    """Return each line of a folder's files in which a pattern occurs, with its place."""
    return [
        f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()}"
        for path in texts(folder)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(_without(NAMES_OF_STANDARDS, line))
    ]


def _without(words: tuple[str, ...], line: str) -> str:
    for word in words:
        line = line.replace(word, "")
    return line


def places() -> set[str]:
    """Return the names of places, levels and offices that the plugins' data use."""
    found: set[str] = set()
    for path in texts(PLUGINS):
        if path.suffix == ".toml" and path.name != "pyproject.toml" and "cases" not in path.parts:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            head = data.get("method") or data.get("edition") or {}
            offices = (head.get("issuer", ""), head.get("lead_unit", ""))
            found |= {head.get("level", ""), *offices, *(unit["label"] for unit in head.get("units", ()))}
    return found - {""}


def found_in(tree: ast.AST, path: Path, node: ast.AST) -> str:
    """Return where a node of the syntax tree stands."""
    return f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}"


class TestCore:
    """The core knows no year, no place, no level."""

    def test_names_no_year(self) -> None:
        """Years are data of editions and methods."""
        assert lines_with(YEAR, CORE) == []

    def test_names_no_level_of_government_and_no_office(self) -> None:
        """Levels come and go (a whole one was abolished); the core must not notice."""
        words = re.compile(rf"\b(?:{'|'.join(map(re.escape, LEVELS))})\b", re.IGNORECASE)
        assert lines_with(words, CORE) == []

    def test_names_no_place_that_a_plugin_names(self) -> None:
        """No unit, issuer, level or office of any installed table occurs, in full or by its own name alone."""
        names = places()
        assert {"Huyện Hà Quảng", "district", "Phòng Nội vụ"} <= names
        own = {name.split(" ", 1)[1] if name.startswith("Huyện ") else name.removeprefix("Thành phố ") for name in names}
        words = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names | own)))})\b", re.IGNORECASE)
        assert lines_with(words, CORE) == []

    def test_scan_would_find_what_it_looks_for(self) -> None:
        """The scans are not blind."""
        planted = "năm 2021, cấp huyện"
        assert YEAR.search(planted)
        assert not YEAR.search("LATEST = 3652019, 12019, mã 20211")
        assert texts(PLUGINS) != []


class TestExactness:
    """No floats anywhere near a score."""

    @pytest.mark.parametrize("folder", [CORE, PLUGINS], ids=["core", "plugins"])
    def test_no_float_is_written_and_none_is_made(self, folder: Path) -> None:
        """There is no float literal and no call of ``float`` in the source."""
        found = [
            found_in(tree, path, node)
            for path in code(folder)
            for tree in [ast.parse(path.read_text(encoding="utf-8"))]
            for node in ast.walk(tree)
            if (isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)))
            or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"float", "complex", "round"})
        ]
        assert found == []


class TestImports:
    """Who may import whom."""

    def test_run_one_way(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        """Every contract of the layers in pyproject.toml is kept, and every module stands in a layer."""
        monkeypatch.chdir(ROOT)
        status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
        assert status == 0, capsys.readouterr().out

    @pytest.mark.parametrize("plugin", sorted(path.parent for path in PLUGINS.glob("*/pyproject.toml")), ids=lambda path: path.name)
    def test_of_a_plugin_are_public_names_its_own_modules_and_the_standard_library(self, plugin: Path) -> None:
        """A plugin reaches neither behind the front door nor into another plugin."""
        source = plugin / "src"
        own = {path.name for path in source.iterdir() if path.is_dir()}
        allowed = own | {"cchc_rules"} | sys.stdlib_module_names
        assert [name for name in imported(source) if name.partition(".")[0] not in allowed] == []
        reached = {name.removeprefix("cchc_rules.") for name in imported(source) if name.startswith("cchc_rules.")}
        assert reached | set(attributes_of_core(source)) <= set(cchc.__all__)

    def test_of_the_tests_of_plugins_are_the_contract(self) -> None:
        """What a plugin's own tests take from the engine is what is made for them."""
        taken = {name for plugin in PLUGINS.glob("*/tests") for name in imported(plugin)}
        assert taken
        assert all(name.startswith("cchc_rules.testing") for name in taken)

    def test_of_plugins_are_seen_by_the_scan(self) -> None:
        """The scan above reads eight plugins and sees each of them use the front door."""
        plugins = [path.parent for path in PLUGINS.glob("*/pyproject.toml")]
        assert len(plugins) == 8
        assert all("hookimpl" in attributes_of_core(plugin) for plugin in plugins)

    @pytest.mark.parametrize("module", ["cchc_rules", "cchc_rules.cli", "cchc_rules.engine", "cchc_rules.rules.forms"])
    def test_of_the_core_load_no_heavy_library(self, module: str) -> None:
        """A fresh Python has loaded neither pluggy, pint, cattrs nor any file library afterwards."""
        script = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
        shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        loaded = {name.partition(".")[0] for name in json.loads(shown.stdout)}
        assert "cchc_rules" in loaded
        assert loaded.isdisjoint(HEAVY)


def imported(folder: Path) -> Iterator[str]:
    """Yield every name that the code in a folder imports, as dotted path."""
    for path in code(folder):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def attributes_of_core(folder: Path) -> Iterator[str]:
    """Yield every attribute that the code in a folder takes from the imported core."""
    for path in code(folder):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {
            alias.asname or alias.name
            for node in ast.walk(tree) if isinstance(node, ast.Import)
            for alias in node.names if alias.name == "cchc_rules"
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
                yield node.attr


class TestFrontDoor:
    """What ``import cchc_rules`` offers."""

    def test_lists_its_names_in_order_and_nothing_else(self) -> None:
        """``__all__`` is sorted, without repetition, and is what completion shows."""
        assert cchc.__all__ == sorted(set(cchc.__all__))
        assert dir(cchc) == cchc.__all__

    @pytest.mark.parametrize("name", [name for name in cchc.__all__ if name != "__version__"])
    def test_has_every_name_with_a_docstring_of_its_own(self, name: str) -> None:
        """Whatever is public can be had, and says what it is."""
        value = getattr(cchc, name)
        own = value if inspect.isclass(value) or inspect.isfunction(value) else type(value)
        assert vars(own).get("__doc__") or inspect.getdoc(own)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__

    def test_has_no_other_name(self) -> None:
        """A name that does not exist is an ordinary ``AttributeError``."""
        with pytest.raises(AttributeError, match="scorecards"):
            _ = cchc.scorecards

    def test_tells_its_version_as_the_distribution_does(self) -> None:
        """The version is written once."""
        text = (CORE / "version.py").read_text(encoding="utf-8")
        assert f'"{cchc.__version__}"' in text


class TestDocstrings:
    """Every part says what it is for."""

    @pytest.mark.parametrize("path", [*code(CORE), *code(PLUGINS)], ids=lambda path: path.relative_to(ROOT).as_posix())
    def test_stand_on_every_module_public_class_and_public_function(self, path: Path) -> None:
        """Modules, public classes, and the public functions in both."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        silent = [f"{path.name}:{getattr(node, 'lineno', 1)}" for node in spoken_for(tree) if not ast.get_docstring(node)]
        assert silent == []


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def spoken_for(node: ast.Module | ast.ClassDef) -> Iterator[Documented]:
    """Yield a module or class and everything public in it that a docstring has to explain."""
    yield node
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from spoken_for(child)
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) and not child.name.startswith("_"):
            yield child
