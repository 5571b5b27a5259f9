"""The pages of finding codes: an index in each language and a page for each code, from ``docs/codes.toml``."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from attrs import frozen

from cchc_rules.base.errors import Finding
from cchc_rules.base.texts import Language, Text
from cchc_rules.files.terminal import SEVERITIES
from generator.markdown import fenced, page, pair, table
from generator.planted import planted

CODES_AT: dict[Language, str] = {"vi": "ma-loi", "en": "codes"}
INDEX: dict[Language, str] = {"vi": "vi/ma-loi/index.md", "en": "reference/finding-codes.md"}
PAGES_FROM_INDEX: dict[Language, str] = {"vi": "", "en": "../codes/"}
_INDEX_FROM_PAGE = Text("index.md", "../reference/finding-codes.md")
_OTHER = Text("[English](../../codes/{}.md)", "[Tiếng Việt](../vi/ma-loi/{}.md)")
_TITLE = Text("Mã lỗi", "Finding codes")
_INTRO = Text(
    "Mọi điều sai hoặc đáng xem là một *phát hiện*: mã, chỗ, lý do, cách xử lý, và một trong ba mức. `LỖI` dừng việc bạn yêu cầu, hoặc cản việc ban hành; "
    "`CẢNH BÁO` không dừng; `GHI CHÚ` chỉ để biết. Dưới đây là tất cả các mã của phần mềm, giữ nguyên qua các bản phát hành; mỗi mã có một trang. "
    "Plugin có thể thêm mã riêng.",
    "Whatever is wrong or worth a look is a *finding*: a code, a place, a reason, a remedy, and one of three severities. `LỖI` (error) stops what you asked for, "
    "or stands against issuing a method; `CẢNH BÁO` (warning) does not stop it; `GHI CHÚ` (note) is for information. The codes below are all that the engine "
    "has; they do not change from release to release, and each has a page. Findings that a plugin adds have the plugin's own codes.",
)
_WRITTEN = "<!-- written by docs/generate.py from docs/codes.toml: add a code there -->"
_HEAD = Text("mã|nghĩa|cách xử lý", "code|what it means|what to do")
_REFUSED = Text("Có lỗi này thì không chấm điểm được.", "With this error nothing can be scored.")


@frozen(kw_only=True)
class Code:
    """One code: what it means, what to do, whether nothing can be scored with it."""

    code: str
    meaning: Text
    remedy: Text
    refused: bool = False


@frozen(kw_only=True)
class Section:
    """Codes that belong together."""

    title: Text
    intro: Text
    codes: tuple[Code, ...]


@cache
def sections() -> tuple[Section, ...]:
    """Return all codes, in the order of the file."""
    data = tomllib.loads((Path(__file__).parent.parent / "codes.toml").read_text(encoding="utf-8"))
    return tuple(
        Section(title=pair(each["title"]), intro=pair(each.get("intro", ["", ""])), codes=tuple(
            Code(code=one["code"], meaning=pair(one["meaning"]), remedy=pair(one["remedy"]), refused=one.get("refused", False)) for one in each["codes"]
        ))
        for each in data["sections"]
    )


def codes_index(language: Language) -> str:
    """Return the tables of all codes."""
    parts: list[str] = []
    for section in sections():
        rows = [(_link(each, language) + (" *" if each.refused else ""), each.meaning.get(language), each.remedy.get(language)) for each in section.codes]
        intro = section.intro.get(language)
        parts += [f"## {section.title.get(language)}", *([intro] if intro else []), table(_HEAD.get(language).split("|"), rows)]
    return page(f"# {_TITLE.get(language)}", _WRITTEN, _INTRO.get(language), *parts)


def _link(code: Code, language: Language) -> str:
    return f"[`{code.code}`]({PAGES_FROM_INDEX[language]}{code.code}.md)"


def code_pages(language: Language) -> Iterator[tuple[str, str]]:
    """Yield the page of each code, by its name."""
    examples = planted()
    for section in sections():
        yield from ((each.code, _code_page(each, section, examples, language)) for each in section.codes)


def _code_page(code: Code, section: Section, examples: Mapping[str, Finding], language: Language) -> str:
    """Return what one code means, as it is printed, and what to do."""
    back = f"[{_TITLE.get(language)}]({_INDEX_FROM_PAGE.get(language)}) · {section.title.get(language)} · {_OTHER.get(language).format(code.code)}"
    example = examples.get(code.code)
    shown = [] if example is None else [
        f"## {Text('Khi in ra', 'As printed').get(language)}",
        f"<!-- diagram -->\n{fenced(f'{SEVERITIES[example.severity].get(language)} {example.words(language)}', 'text')}",
    ]
    return page(
        f"# `{code.code}`",
        back,
        f"{_sentence(code.meaning.get(language))}" + (f" {_REFUSED.get(language)}" if code.refused else ""),
        *shown,
        f"## {Text('Cách xử lý', 'What to do').get(language)}",
        _sentence(code.remedy.get(language)),
    )


def _sentence(words: str) -> str:
    """Return words with a capital first letter and a full stop."""
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")
