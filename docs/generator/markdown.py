"""Pieces of Markdown, and how the pages write values in each language."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cchc_rules.base.errors import Finding
from cchc_rules.base.exact import format_date
from cchc_rules.base.texts import Language, Text
from cchc_rules.files.terminal import SEVERITIES
from cchc_rules.model import Fact

NOTHING = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [_row(head), "|" + "---|" * len(head), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def bullets(lines: Iterable[str]) -> str:
    """Return a list."""
    return "\n".join(f"- {line}" for line in lines)


def fenced(text: str, language: str = "toml") -> str:
    """Return a block of code."""
    return f"```{language}\n{text.strip()}\n```"


def folded(summary: str, *blocks: str) -> str:
    """Return blocks that a reader unfolds."""
    inside = "\n\n".join(blocks)
    return f'<details markdown="1">\n<summary>{summary}</summary>\n\n{inside}\n\n</details>'


def page(*parts: str) -> str:
    """Return a whole page; empty parts are left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def number(written: str, language: Language) -> str:
    """Return a number in words of the case files as a language writes it."""
    return written.replace(".", ",") if language == "vi" else written


def value_words(raw: object, fact: Fact | None, language: Language) -> str:
    """Return the value of a fact as a reader writes it."""
    match raw:
        case bool():
            return Text("có" if raw else "không", "yes" if raw else "no").get(language)
        case "never":
            return Text("chưa thực hiện", "never").get(language)
        case dt.date():
            return format_date(raw, language)
        case str() if fact is not None and fact.type == "level":
            return fact.level(raw).label.get(language)
        case _:
            return number(str(raw), language)


def inline(value: object) -> str:
    """Return a value as TOML writes it on one line."""
    match value:
        case bool():
            return str(value).lower()
        case int() | Decimal():
            return str(value)
        case dt.date():
            return value.isoformat()
        case str():
            return f'"{value}"'
        case Mapping():
            return "{ " + ", ".join(f"{key} = {inline(each)}" for key, each in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(inline(each) for each in value) + "]"
        case _:
            raise TypeError(type(value))


def said(findings: Iterable[Finding], code: str, language: Language) -> str:
    """Return what the check says under a code: severity, code, reason and remedy."""
    found = next(finding for finding in findings if finding.code == code)
    return f"{SEVERITIES[found.severity].get(language)} `{code}`: {found.reason.get(language)} → {found.remedy.get(language)}"


def pair(raw: Sequence[Any]) -> Text:
    """Return words that a file holds as a list of two."""
    vi, en = raw
    return Text(vi, en)
