"""Writes the pages of forms, policies, keys and finding codes, and their part of the navigation: ``python docs/generate.py [--check]``.

Meaning and traps are written by hand, in the case files under ``tests/cases``, in ``choosing.toml`` and ``keys.toml``, and in the package's ``data/keys.toml``, in ``codes.toml``;
wording, cases and what the check says are made here from the same case files that the tests run.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS.parent / "tests")]

from generator.codes import CODES_AT, INDEX, code_pages, codes_index
from generator.forms import form_page
from generator.indexes import FORMS_AT, POLICIES_AT, forms_index, forms_list, policies_index
from generator.keys import keys_page
from generator.policies import policy_page, policy_pages
from rule_cases import all_forms

from cchc_rules.base.texts import LANGUAGES, Language

AT: dict[Language, str] = {"vi": "vi/", "en": ""}
KEYS_AT: dict[Language, str] = {"vi": "vi/khoa.md", "en": "reference/keys.md"}
NAVIGATION = DOCS.parent / "mkdocs.yml"
PART = re.compile(r"(?P<begin> *# (?P<what>[\w-]+), written by docs/generate.py\n)(?P<lines>.*?)(?P<end> *# end of \S+\n)", re.DOTALL)


def pages() -> Iterator[tuple[str, str]]:
    """Yield every page: its path under ``docs``, and its text."""
    forms, policies = tuple(all_forms()), policy_pages()
    for language in LANGUAGES:
        at = AT[language]
        yield f"{at}{FORMS_AT[language]}/index.md", forms_index(forms, policies, language)
        yield from ((f"{at}{FORMS_AT[language]}/{form.form}.md", form_page(form, language)) for form in forms)
        yield f"{at}{POLICIES_AT[language]}/index.md", policies_index(policies, language)
        yield from ((f"{at}{POLICIES_AT[language]}/{each.id}.md", policy_page(each, language)) for each in policies)
        yield KEYS_AT[language], keys_page(language)
        yield INDEX[language], codes_index(language)
        yield from ((f"{at}{CODES_AT[language]}/{code}.md", text) for code, text in code_pages(language))
    yield "reference/forms.md", forms_list(forms)


def folders() -> list[str]:
    """Return the folders in which every page is written here."""
    return [f"{AT[language]}{names[language]}" for names in (FORMS_AT, POLICIES_AT, CODES_AT) for language in LANGUAGES]


def navigation(names: list[str]) -> str:
    """Return the navigation with every page of those folders in its part."""

    def part(found: re.Match[str]) -> str:
        indent = " " * (len(found["begin"]) - len(found["begin"].lstrip()))
        folder = next(each for each in folders() if each.replace("/", "-") == found["what"])
        lines = "".join(f"{indent}- {name}\n" for name in names if name.rpartition("/")[0] == folder)
        return found["begin"] + lines + found["end"]

    return PART.sub(part, NAVIGATION.read_text(encoding="utf-8"))


def wanted() -> dict[Path, str]:
    """Return every file that is written here, with its text."""
    texts = dict(pages())
    return {**{DOCS / name: text for name, text in texts.items()}, NAVIGATION: navigation(list(texts))}


def stale(texts: dict[Path, str]) -> list[Path]:
    """Return the files that differ from what they should be, those that should not be there among them."""
    there = {path for folder in folders() for path in (DOCS / folder).glob("*.md")}
    differ = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return sorted({*differ, *(there - texts.keys())})


def main(arguments: list[str]) -> int:
    """Write what is stale; with ``--check`` only name it, and return 1."""
    texts = wanted()
    found = stale(texts)
    for path in found:
        sys.stdout.write(f"{path.relative_to(DOCS.parent).as_posix()}\n")
        if "--check" in arguments:
            continue
        if path in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
        else:
            path.unlink()
    return 1 if found and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
