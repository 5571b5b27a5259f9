"""The documentation is true: its blocks run, what it shows is what is printed, its lists are those of the code."""

import ast
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from pages import BLOCKS, PAGES, Block, run_cchc, run_of

import cchc_rules as cchc
from cchc_rules import published
from cchc_rules.decisions.structure import keys_of
from cchc_rules.files import grid
from cchc_rules.plugins import hookspecs
from cchc_rules.plugins.registers import Registered

DOCS = ROOT / "docs"
SOURCES = sorted((ROOT / "src").rglob("*.py"))
NAMED = re.compile(r"`([^`]+)`")
KEBAB = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NOT_CODES = {"entry-points", "re-worded", "utf-8", "utf-8-sig"}
"""Words with hyphens in the source that are no finding codes."""


def text_of(*path: str) -> str:
    """Return the text of a page of the documentation."""
    return DOCS.joinpath(*path).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, heading
    return found[1]


def first_column(text: str) -> list[str]:
    """Return what is set as code in the first column of every table of a text, linked or not."""
    rows = re.findall(r"^\| *\[?(`[^|]*)\|", text, re.MULTILINE)
    return [name for row in rows for name in NAMED.findall(row)]


# ------------------------------------------------------------------ blocks


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_block_runs_as_it_stands(block: Block, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A reader who copies a block gets what the page says."""
    run_of(block.page, tmp_path_factory.mktemp).upto(block)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_fence_escapes_the_tests(page: Path) -> None:
    """A fence that is indented, or of another kind, would be shown and never run."""
    fences = re.findall(r"^\s*(?:```|~~~)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(fences) == 2 * len(PAGES[page])


def test_the_plugins_that_run_are_those_of_this_checkout(registry: cchc.Registry) -> None:
    """Where this fails the others mislead: install the plugins of this checkout anew."""
    brought: list[Registered[Any]] = [*registry.editions.values(), *registry.methods.values()]
    for registered in brought:
        assert registered.path is not None
        relative = registered.path.as_posix().rpartition("/cchc_")[2]
        ours = [path for path in ROOT.glob("plugins/*/src/*/**/*.toml") if path.as_posix().endswith(f"/cchc_{relative}")]
        assert [path.read_text(encoding="utf-8") for path in ours] == [registered.path.read_text(encoding="utf-8")]


# ------------------------------------------------------------------ PowerShell

FOR_STAFF = [ROOT / "README.vi.md", *sorted((DOCS / "vi").rglob("*.md")), *sorted(ROOT.glob("plugins/*/README.md"))]
"""What policy staff and clerks read, who sit at Windows PowerShell."""
TRICKS = re.compile(r"[$&|;<>*~,(){}@'\\\\]|^(?!(?:cchc|python) )")
"""What PowerShell takes otherwise than a Unix shell, outside double quotes; and what is no command of ours.

A redirection too: Windows PowerShell writes it as UTF-16. A comma makes a list of two arguments.
"""


def staff_commands(page: Path) -> list[str]:
    """Return every command that a page shows: the lines of its blocks, and what stands in a sentence."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:bash|console|powershell)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    told = [code for code in NAMED.findall(prose) if re.match(r"(?:cchc|python|cp|mkdir|cd|export|source) \S", code)]
    return [line for block in blocks for line in block.splitlines() if line.strip()] + told


@pytest.mark.parametrize("page", FOR_STAFF, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_for_staff_work_in_powershell_as_written(page: Path) -> None:
    """No chains, continuations, variables, patterns, redirections, and no command that Windows has not."""
    told = {line: re.sub(r'"[^"$`]*"', "", line.partition(" #")[0]) for line in staff_commands(page)}
    assert [line for line, bare in told.items() if TRICKS.search(bare)] == []


def test_new_plugins_tell_their_commands_so_too() -> None:
    """The README that `cchc new` writes is for the same people; `$` there is filled in."""
    from cchc_rules.authoring.templates import FIELD_README, METHOD_README

    told = [code for text in (FIELD_README, METHOD_README) for code in NAMED.findall(text) if code.startswith(("cchc ", "python "))]
    assert len(told) > 6
    assert [code for code in told if TRICKS.search(re.sub(r"\$\w+", "x", code))] == []


@pytest.mark.parametrize("trick", ["cp a b", "cchc check && cchc seal x", "cchc check \\", "cchc check --plugins $HOME", "cchc score a > b.json",
                                   "cchc score *.toml", "cchc score ~/a", "cchc check; cchc plugins", "cchc new field a --part 1,2", "export A=1"])
def test_a_trick_of_another_shell_would_be_found(trick: str) -> None:
    """The pattern knows each of them."""
    assert TRICKS.search(trick)


# ------------------------------------------------------------------ links and navigation


def linked() -> list[Path]:
    """Return every page whose links must lead somewhere."""
    return [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("plugins/*/README.md"), *ROOT.glob("examples/**/*.md")]


@pytest.mark.parametrize("page", linked(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_internal_links_lead_somewhere(page: Path) -> None:
    """A link inside the repository names a file that is there, and a heading that is in it."""
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name} links {link}"
        headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        assert not anchor or anchor in {re.sub(r"[^\w\- ]", "", each).strip().lower().replace(" ", "-") for each in headings}


def test_the_navigation_holds_every_page_once() -> None:
    """A page that nobody can reach is not documentation."""
    named = re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    of_codes = {page.relative_to(DOCS).as_posix() for folder in ("codes", "vi/ma-loi") for page in (DOCS / folder).glob("*.md")} - {"vi/ma-loi/index.md"}
    assert sorted(named) == sorted({page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - of_codes)


@pytest.mark.parametrize(("index", "folder", "prefix"), [(("reference", "finding-codes.md"), "codes", "../codes/"), (("vi", "ma-loi", "index.md"), "vi/ma-loi", "")])
def test_every_page_of_a_finding_code_is_reached_from_the_list_of_codes(index: tuple[str, ...], folder: str, prefix: str) -> None:
    """These pages are not in the navigation, which they would drown."""
    linked = re.findall(rf"^\| \[`[\w-]+`\]\({re.escape(prefix)}([\w-]+)\.md\)", text_of(*index), re.MULTILINE)
    assert sorted(linked) == sorted(page.stem for page in (DOCS / folder).glob("*.md") if page.stem != "index")


# ------------------------------------------------------------------ references, in both directions


def test_every_hook_has_a_heading_that_is_its_signature() -> None:
    """Whoever implements a hook can copy its heading; a hook without a heading is not documented."""
    hooks = [value for name, value in vars(hookspecs).items() if name.startswith("cchc_")]
    signatures = [f"{hook.__name__}{inspect.signature(hook)}".replace("'", "") for hook in hooks]
    assert re.findall(r"^### (cchc_.*)$", text_of("reference", "hooks.md"), re.MULTILINE) == signatures


def test_the_finding_codes_are_those_of_the_source() -> None:
    """Every code that a user can meet is explained once or more, and no other."""
    constants = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEBAB.fullmatch(node.value)
    }
    assert set(first_column(text_of("reference", "finding-codes.md"))) == constants - NOT_CODES


def test_every_finding_code_has_a_meaning_and_a_remedy() -> None:
    """A row of the table has all of its cells."""
    rows = re.findall(r"^\| \[`.*$", text_of("reference", "finding-codes.md"), re.MULTILINE)
    short = [row for row in rows if len([cell for cell in row.strip("|").split("|") if cell.strip()]) != 3]
    assert rows
    assert not short


def test_the_public_names_are_those_of_the_package() -> None:
    """What the page names can be imported, and what can be imported is named once."""
    names = [re.split(r"\W", name)[0] for name in first_column(text_of("reference", "api.md"))]
    assert sorted(names) == sorted(cchc.__all__)


def test_functions_are_shown_with_their_parameters() -> None:
    """The page's signatures are the real ones, annotations left out."""
    shown = {name.partition("(")[0]: name for name in first_column(text_of("reference", "api.md")) if "(" in name}
    functions = {name: value for name in cchc.__all__ if inspect.isfunction(value := getattr(cchc, name))}
    assert shown == {name: f"{name}{_bare_signature(value)}" for name, value in functions.items()}


def _bare_signature(function: Any) -> str:
    """Return a signature without annotations."""
    signature = inspect.signature(function)
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def test_every_command_has_a_section_with_its_options(tmp_path: Path) -> None:
    """What `cchc --help` lists is what the page describes, option by option."""
    text = text_of("reference", "commands.md")
    listed = re.findall(r"^    ([a-z]+) ", run_cchc(["--help", "--lang", "en"], tmp_path).stdout, re.MULTILINE)
    assert re.findall(r"^## cchc (\w+)$", text, re.MULTILINE) == listed
    common = set(re.findall(r"--[a-z]+", text.partition("\n## ")[0]))
    for command in listed:
        options = set(re.findall(r"--[a-z]+", run_cchc([command, "--help", "--lang", "en"], tmp_path).stdout))
        documented = set(re.findall(r"--[a-z]+", " ".join(first_column(section(text, f"cchc {command}")))))
        assert documented == options - common, command


def test_the_forms_are_those_that_are_registered(registry: cchc.Registry) -> None:
    """The table has a row for every form."""
    assert sorted(first_column(text_of("reference", "forms.md"))) == sorted(registry.structure.forms)


def test_the_json_document_is_described_key_by_key() -> None:
    """What the schema allows is what the page explains."""
    schema = json.loads((ROOT / "src/cchc_rules/data/scorecard.schema.json").read_text(encoding="utf-8"))
    assert set(first_column(text_of("reference", "scorecard-json.md"))) == set(_properties(schema))


def _properties(schema: Any) -> list[str]:
    """Return the names of all properties in a schema."""
    if isinstance(schema, list):
        return [name for each in schema for name in _properties(each)]
    if not isinstance(schema, dict):
        return []
    own = list(schema["properties"]) if isinstance(schema.get("properties"), dict) else []
    return own + [name for value in schema.values() for name in _properties(value)]


def test_the_keys_of_a_published_table_are_all_described() -> None:
    """A published table is the one file that its reader writes from this page alone."""
    named = set(first_column(section(text_of("reference", "files.md"), "Published table")))
    assert named == keys_of(published.Published) - {"schema"}


def test_the_headings_and_columns_of_a_form_are_those_that_are_read() -> None:
    """Both tables of the page hold the words of the reader, in both languages."""
    text = section(text_of("reference", "files.md"), "Evidence in CSV and Excel")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", text, re.MULTILINE)
    known = [(key, label.vi) for table in (grid.HEADINGS, grid.COLUMNS) for key, label in table.items()]
    assert sorted(rows) == sorted(known)
