"""The documentation as the tests see it: its blocks, where each stands, and what running one gives.

A comment on the line before a block says what the block is, where its language alone does not:

- ``<!-- output -->`` what the block before it printed; ``<!-- output: cchc … -->`` what a command prints.
  ``lines 1-20`` after a semicolon keeps part of it; a row at its end that would be cut is left out.
- ``<!-- file: path -->`` the block is saved under that path, for the blocks after it.
- ``<!-- edit: path -->`` the block is a difference, carried out on a file.
- ``<!-- edit: path from other -->`` the reader has copied the other file first, as one does in the Explorer.
- ``<!-- confirmed: path -->`` the reader has compared every case in a file, or in a folder and below, and confirmed it.
- ``<!-- revisited: path -->`` the reader has looked at every mark ``cần rà soát`` of a file, and deleted it.
- ``<!-- filled: workbook from file -->`` the reader has typed the values of that file into the workbook.
- ``<!-- typed: workbook -->`` the reader has typed what each line says into the cell that it begins with, and saved.
- ``<!-- diagram -->`` a picture made of letters.

All blocks of a page run in one folder, in order, with copies of the repository's examples and plugins.
"""

import ast
import contextlib
import io
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import tokenize
import tomllib
from decimal import Decimal
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from conftest import ROOT

import cchc_rules as cchc
from cchc_rules import api
from cchc_rules.base.errors import EditionError
from cchc_rules.base.toml_source import Path_, read_toml
from cchc_rules.cases.reading import CaseFile
from cchc_rules.decisions.overlays import read_overlay
from cchc_rules.plugins.registers import CalendarRegister, FieldRegister, MethodRegister

FENCE = re.compile(r"```(\w*)\s*")
COMMENT = re.compile(r"<!--\s*(.*?)\s*-->")
PART = re.compile(r"(?P<rest>.*?);?\s*lines (?P<first>\d+)-(?P<last>\d+)")
STATUS = re.compile(r"#.*(?:exit status|mã thoát) (\d)")
NOT_RUN = ("git clone", "python -m pip", "python -m pytest", "python -m venv", "python docs/generate.py", "python examples/", "python benchmarks/",
           "ruff check", "mypy", "lint-imports", "mkdocs", "cd ", ".ci/run", "CCHC_REWRITE_DOCS=1 python -m pytest")
INSTALLED = re.compile(r"(?<![\w/])(?:[A-Z]:)?/[^\s:]*/(?=cchc_\w+/)")
MOST_LINES_OF_A_ROW = 6
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist")


def documentation() -> list[Path]:
    """Return the pages whose blocks run."""
    return [*sorted(ROOT.glob("README*.md")), ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@frozen(kw_only=True)
class Block:
    """One fenced block: the page, the line of its fence, its language, the comment before it, its text."""

    page: Path
    line: int
    language: str
    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"

    @property
    def kind(self) -> str:
        """The first word of the comment before the block."""
        return re.split(r"[:;]", self.mark, maxsplit=1)[0].strip()

    @property
    def argument(self) -> str:
        """What stands behind the colon of the comment."""
        return self.mark.partition(":")[2].strip()


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order; a fence that is never closed is an error."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[Block] = []
    start: int | None = None
    for number, line in enumerate(lines, start=1):
        fence = FENCE.fullmatch(line)
        if fence is None:
            continue
        if start is None:
            start = number
            continue
        opening = FENCE.fullmatch(lines[start - 1])
        assert opening is not None
        mark = COMMENT.fullmatch(lines[start - 2].strip()) if start > 1 else None
        found.append(Block(page=page, line=start, language=opening[1], mark=mark[1] if mark else "",
                           text="\n".join(lines[start : number - 1])))
        start = None
    assert start is None, f"{page}:{start}: the block is never closed"
    return found


def rewrite(block: Block, text: str) -> None:
    """Put another text into a block of its page, wherever that block has moved to."""
    ordinal = [each.line for each in blocks_of(block.page) if each.mark == block.mark]
    mine = [each.line for each in PAGES[block.page] if each.mark == block.mark].index(block.line)
    lines = block.page.read_text(encoding="utf-8").splitlines()
    start = ordinal[mine]
    end = lines.index("```", start)
    block.page.write_text("\n".join([*lines[:start], *text.splitlines(), *lines[end:]]) + "\n", encoding="utf-8")


# ------------------------------------------------------------------ running a page


@define
class Run:
    """One page being carried out: its folder, the names that its Python has made, what was printed last."""

    page: Path
    folder: Path
    names: dict[str, Any] = field(factory=lambda: {"__name__": "page"})
    printed: str = ""
    failures: dict[int, BaseException] = field(factory=dict)
    done: int = 0

    def upto(self, block: Block) -> None:
        """Carry out a page's blocks up to one of them, each once; raise what went wrong with that one."""
        while self.done < len(PAGES[self.page]) and PAGES[self.page][self.done].line <= block.line:
            each = PAGES[self.page][self.done]
            self.done += 1
            try:
                self._run(each)
            except Exception as problem:  # noqa: BLE001 - kept for the test of its own block
                self.failures[each.line] = problem
        if block.line in self.failures:
            raise self.failures[block.line]

    def _run(self, block: Block) -> None:
        if block.kind == "output":
            self._compare(block)
        elif block.kind == "file":
            self._save(block)
        elif block.kind == "edit":
            path, _, copied = block.argument.partition(" from ")
            if copied:
                shutil.copyfile(self._inside(copied), self._inside(path))
            edit(self._inside(path), block.text)
        elif block.kind == "typed":
            type_into(self._inside(block.argument), block.text)
        elif block.language == "python":
            if "plugins" in block.text:
                api._registry.cache_clear()  # the same folder's name stands for another folder on another page
            self.printed = self._shown(run_python(block, self.names, self.folder))
        elif block.language in ("bash", "console"):
            if block.kind == "filled":
                workbook, source = block.argument.split(" from ")
                runpy.run_path(str(ROOT / "examples" / "clerk.py"))["fill"](self._inside(workbook), self._inside(source))
            elif block.kind in WORK:
                by_hand(self._inside(block.argument), *WORK[block.kind])
            self.printed = "".join(self._command(line) for line in commands(block.text))
        elif block.language == "toml":
            read_toml_block(block, self.folder)
        elif block.language == "json":
            json.loads(block.text)
        else:
            assert block.kind == "diagram", f"{block}: a `{block.language}` block without a mark cannot be checked"

    def _save(self, block: Block) -> None:
        path = self._inside(block.argument)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text + "\n", encoding="utf-8")

    def _inside(self, name: str) -> Path:
        """Return a path of the page's folder; one outside it is a mistake of the page."""
        path = (self.folder / name).resolve()
        assert path.is_relative_to(self.folder), f"{self.page}: {name} is outside the page's folder"
        return path

    def _shown(self, text: str) -> str:
        """Return what was printed without this machine's folders: the page's own, and that of installed plugins."""
        return INSTALLED.sub("…/", text.replace(f"{self.folder.as_posix()}/", ""))

    def _command(self, line: str) -> str:
        """Carry out one command and return what it printed; its exit status must be the one that is stated."""
        stated = STATUS.search(line)
        words = shlex.split(line, comments=True)
        if words[:1] in (["cp"], ["mkdir"]):
            copy_or_make(self.folder, words)
            return ""
        if words[:1] != ["cchc"]:
            assert line.startswith(NOT_RUN), f"not a command that the documentation may show: {line}"
            return ""
        *words, target = words if words[-2:-1] == [">"] else [*words, ""]
        result = run_cchc([word for word in words[1:] if word != ">"], self.folder)
        assert result.returncode == int(stated[1] if stated else 0), f"{line}\n{result.stdout}{result.stderr}"
        if target:
            self._inside(target).write_text(result.stdout, encoding="utf-8")
            return self._shown(result.stderr)
        return self._shown(result.stdout + result.stderr)

    def _compare(self, block: Block) -> None:
        """Compare what a block shows with what it says it is the output of; rewrite it when asked to."""
        found = PART.fullmatch(block.mark)
        command = (found["rest"] if found else block.mark).partition(":")[2].strip()
        text = self._command(command) if command else self.printed
        lines = text.strip("\n").splitlines()
        if found:
            lines = part_of(lines, int(found["first"]), int(found["last"]))
        expected = "\n".join(line.rstrip() for line in lines).rstrip()
        if os.environ.get("CCHC_REWRITE_DOCS") and block.text != expected:
            rewrite(block, expected)
            return
        assert block.text == expected, f"{block} is no longer what is printed; CCHC_REWRITE_DOCS=1 writes it anew"


def part_of(lines: list[str], first: int, last: int) -> list[str]:
    """Return some lines of an output, with an ellipsis for what is left out; a row that would be cut is left out."""
    if last < len(lines):
        last = next((number for number in range(last, max(last - MOST_LINES_OF_A_ROW, 0), -1) if not lines[number - 1].strip()), last)
    shown = "\n".join(lines[first - 1 : last]).strip("\n").splitlines()
    return [*(["…"] if first > 1 else []), *shown, *(["…"] if last < len(lines) else [])]


def commands(text: str) -> list[str]:
    """Return the commands of a block: its lines, those joined by ``&&`` apart, prompts and comments left out."""
    lines = (line.strip().removeprefix("$ ") for line in text.splitlines())
    return [part.strip() for line in lines if line and not line.startswith("#") for part in line.split("&&")]


def run_cchc(words: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the command line as a process of its own, as a user does."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("CCHC_")}
    return subprocess.run([sys.executable, "-m", "cchc_rules.cli", *words], cwd=folder, env=known, encoding="utf-8",
                          capture_output=True, check=False)


def copy_or_make(folder: Path, words: list[str]) -> None:
    """Carry out ``mkdir`` or ``cp``, which PowerShell knows too; anything else about them is a mistake."""
    paths = [folder / word for word in words[1:] if not word.startswith("-")]
    if words[0] == "mkdir":
        for path in paths:
            path.mkdir(parents=True)
        return
    source, target = paths
    if source.is_dir():
        assert "-r" in words
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def type_into(workbook: Path, cells: str) -> None:
    """Carry out what a reader types: on each line a cell as ``sheet!A1``, two blanks or more, and what goes there."""
    import openpyxl

    book = openpyxl.load_workbook(workbook)
    for line in cells.splitlines():
        address, value = re.split(r" {2,}", line, maxsplit=1)
        sheet, _, cell = address.rpartition("!")
        book[sheet][cell].value = value
    book.save(workbook)


def edit(path: Path, difference: str) -> None:
    """Carry out a difference: each run of lines that begin with ``-`` or a blank, replaced where it stands."""
    text = path.read_text(encoding="utf-8")
    for hunk in re.split(r"^@@.*\n?", difference, flags=re.MULTILINE):
        lines = [line for line in hunk.splitlines() if line]
        old = "\n".join(line[1:] for line in lines if line[0] in "- ")
        new = "\n".join(line[1:] for line in lines if line[0] in "+ ")
        assert text.count(old) == 1, f"{path.name} holds these lines {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


WORK = {"confirmed": ("confirmed = false", "confirmed = true"), "revisited": (r" *# cần rà soát:.*", "")}
"""What a reader does line by line in an editor: the pattern of what stands there, and what stands there then."""


def by_hand(path: Path, before: str, after: str) -> None:
    """Do to every line of a file, or of the files below a folder, what the reader has done; it must have been there."""
    files = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
    done = 0
    for each in files:
        text, number = re.subn(before, after, each.read_text(encoding="utf-8"))
        done += number
        each.write_text(text, encoding="utf-8")
    assert done, f"{path.name} holds nothing of the kind"


# ------------------------------------------------------------------ Python


def run_python(block: Block, names: dict[str, Any], folder: Path) -> str:
    """Carry out a block of Python and return what it printed.

    A comment behind an expression is what the expression gives, or prints; ``...`` stands for anything.
    """
    comments = _comments(block.text)
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        for statement in ast.parse(block.text).body:
            before = len(printed.getvalue())
            value = _carry_out(statement, names, block)
            comment = comments.get(statement.end_lineno or 0)
            if comment is not None and isinstance(statement, ast.Expr):
                shown = printed.getvalue()[before:].rstrip("\n") or repr(value)
                agrees = OutputChecker().check_output(comment + "\n", shown + "\n", ELLIPSIS)
                assert agrees, f"{block.page.name}:{block.line + statement.lineno} gives {shown}, the page says {comment}"
    return printed.getvalue()


def _comments(text: str) -> dict[int, str]:
    """Return the comments of a text by line."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _carry_out(statement: ast.stmt, names: dict[str, Any], block: Block) -> object:
    """Carry out one statement; its value, where it is an expression."""
    ast.increment_lineno(statement, block.line)
    if isinstance(statement, ast.Expr):
        value: object = eval(compile(ast.Expression(statement.value), str(block), "eval"), names)  # noqa: S307 - our own pages
    else:
        exec(compile(ast.Module([statement], []), str(block), "exec"), names)  # noqa: S102 - our own pages
        value = None
    ast.increment_lineno(statement, -block.line)
    return value


# ------------------------------------------------------------------ TOML


def read_toml_block(block: Block, folder: Path) -> None:
    """Read a block as the file that its schema names; criteria and facts shown alone by the reader of editions."""
    data = tomllib.loads(block.text, parse_float=Decimal)
    structure = cchc.load_registry().structure
    path = folder / f"block-{block.line}.toml"
    path.write_text(block.text, encoding="utf-8")
    schema = data.get("schema")
    if schema == "cchc.edition/1":
        editions = FieldRegister("page", structure=structure)
        editions.add_file(path)
        assert not editions.problems, editions.problems
        wrong = [each for item in editions.items for each in cchc.load_registry().lint(item) if each.severity == "error"]
        assert not wrong, wrong
    elif schema == "cchc.method/1":
        methods = MethodRegister("page", structure=structure)
        methods.add_file(path)
        assert not methods.problems, methods.problems
    elif schema == "cchc.evidence/1":
        cchc.read_evidence(path)
    elif schema == "cchc.published/1":
        cchc.read_published(path)
    elif schema == "cchc.overlay/1":
        read_overlay(read_toml(path), structure)
    elif schema == "cchc.calendar/1":
        calendars = CalendarRegister("page", structure=structure)
        calendars.add_file(path)
        assert not calendars.problems, calendars.problems
    elif schema == "cchc.cases/1":
        whole = {key: value for key, value in data.items() if key != "schema"}
        structure.read(whole, CaseFile, _place_in(block), EditionError)
    else:
        assert schema is None, f"{block}: an unknown schema {schema!r}"
        for kind, table in ((cchc.Criterion, "criteria"), (cchc.Fact, "facts")):
            for each in data.get(table, []):
                if "value" not in each:
                    structure.read(each, kind, _place_in(block), EditionError)
    path.unlink()


def _place_in(block: Block) -> Any:
    """Return the function that names a place in a block."""

    def place(path: Path_) -> cchc.Place:
        return cchc.Place(file=str(block), where=".".join(map(str, path)))

    return place


# ------------------------------------------------------------------ the pages, read once


PAGES = {page: blocks_of(page) for page in documentation() if page.exists()}
BLOCKS = [block for blocks in PAGES.values() for block in blocks]
RUNS: dict[Path, Run] = {}


def run_of(page: Path, make_folder: Any) -> Run:
    """Return the one run of a page, made with copies of the examples and the plugins when it is first asked for."""
    if page not in RUNS:
        folder = Path(make_folder("page")).resolve()
        for name in ("examples", "plugins"):
            shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
        RUNS[page] = Run(page, folder)
    return RUNS[page]
