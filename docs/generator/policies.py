"""The page of one or several policies, from their case files."""

import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from difflib import ndiff
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen
from policy_cases import Case, Mistake, PolicyFile, policy_files, registry_of, write_example

from cchc_rules import methods
from cchc_rules.authoring.meanings import title
from cchc_rules.base.errors import Finding
from cchc_rules.base.texts import Language, Text
from generator.keys import keys_table
from generator.markdown import NOTHING, bullets, fenced, folded, page, pair, said, table, value_words
from generator.outcomes import Names, Outcomes, language_of

CHOOSING = Path(__file__).parent.parent / "choosing.toml"
OTHER: dict[Language, str] = {"vi": "[English](../../policies/{}.md)", "en": "[Tiếng Việt](../vi/chinh-sach/{}.md)"}
_TABLE = re.compile(r"^\[+\s*([\w.]+)\s*\]+[^\n]*\n", re.MULTILINE)
_KEY = re.compile(r"^(?=\w+ *=)", re.MULTILINE)


@cache
def choosing() -> Mapping[str, Any]:
    """Return what is written by hand for the index pages and the pages of policies."""
    return tomllib.loads(CHOOSING.read_text(encoding="utf-8"))


@frozen(kw_only=True)
class PolicyPage:
    """The case files that stand on one page, and what is said of them together."""

    id: str
    title: Text
    files: tuple[PolicyFile, ...]
    decision: tuple[Text, ...]
    traps: tuple[Text, ...] = ()
    classes: tuple[type, ...] = ()
    shows: tuple[str, ...] = ()


def policy_pages() -> tuple[PolicyPage, ...]:
    """Return the pages in their order; case files that no page names come last, each by itself."""
    files = {each.id: each for each in policy_files()}
    pages = [_page(each, files) for each in choosing()["pages"]]
    named = {file.id for each in pages for file in each.files}
    alone = [each for each in files.values() if each.id not in named]
    return (*pages, *(PolicyPage(id=each.id, title=_title(each), files=(each,), decision=(_title(each),)) for each in alone))


def _page(raw: Mapping[str, Any], files: Mapping[str, PolicyFile]) -> PolicyPage:
    members = tuple(files[name] for name in raw["cases"])
    return PolicyPage(
        id=raw["id"],
        title=pair(raw["title"]) if "title" in raw else _title(members[0]),
        files=members,
        decision=tuple(map(pair, raw["decision"])),
        traps=tuple(map(pair, raw.get("traps", ()))),
        classes=tuple(_class(name) for name in raw.get("classes", ())),
        shows=tuple(raw.get("shows", ())),
    )


def _class(name: str) -> type:
    found = getattr(methods, name)
    assert isinstance(found, type)
    return found


def _title(file: PolicyFile) -> Text:
    return Text(file.title, file.title_en)


# ------------------------------------------------------------------ the page


def policy_page(own: PolicyPage, language: Language) -> str:
    """Return the page."""
    decision = bullets(f"“{each.get(language)}”" for each in own.decision)
    seen: set[str] = set()
    return page(
        f"# {own.title.get(language)}",
        Text(f"Khi quyết định viết:\n\n{decision}", f"When a decision says:\n\n{decision}").get(language),
        OTHER[language].format(own.id),
        *(part for file in own.files for part in _section(file, own, seen, language)),
        Text("## Chỗ dễ nhầm", "## Traps").get(language) if own.traps else "",
        bullets(each.get(language) for each in own.traps),
        *(part for each in own.classes for part in (f"## {title(each).get(language)}", keys_table(each, language))),
    )


def _section(file: PolicyFile, own: PolicyPage, seen: set[str], language: Language) -> Iterator[str]:
    """Yield one policy: meaning, the lines that say it, the whole example unless it stood before, cases, mistakes."""
    if len(own.files) > 1:
        yield f"## {_title(file).get(language)}"
    yield Text(file.meaning, file.meaning_en).get(language)
    shown, rest = _excerpt(file.example, own.shows)
    if shown:
        yield fenced(shown)
    if rest not in seen:
        seen.add(rest)
        summary = Text("Cả phương pháp và bộ tiêu chí của ví dụ", "The whole method and edition of the example").get(language)
        yield folded(summary, *_whole(file.example))
    elif own.files.index(file):
        yield Text("Phần còn lại của tệp như ví dụ ở trên.", "The rest of the files is as above.").get(language)
    yield from _remarks(file, language)
    yield _cases(file, language)
    if file.mistakes:
        yield Text("Lỗi hay gặp, và `cchc check` nói gì:", "Usual mistakes, and what `cchc check` says:").get(language)
        yield _mistakes(file, language)


def _whole(example: str) -> Iterator[str]:
    """Yield the example's files."""
    with tempfile.TemporaryDirectory() as folder:
        for path in write_example(example, Path(folder)):
            yield fenced(path.read_text(encoding="utf-8"))


def _excerpt(example: str, shows: tuple[str, ...]) -> tuple[str, str]:
    """Return the tables and keys that say what the page is about, and all that is left."""
    shown, rest = [], []
    starts = list(_TABLE.finditer(example))
    for found, end in zip(starts, [each.start() for each in starts[1:]] + [len(example)], strict=True):
        header, body = found[0], example[found.end():end]
        if found[1] == "method":
            parts = _KEY.split(body)
            keys = [part for part in parts if part.split(" ")[0] in shows]
            shown += [header + "".join(keys)] if keys else []
            rest += [part for part in parts if part not in keys]
        elif set(shows) & {*found[1].split("."), *(part.split(" ")[0] for part in _KEY.split(body))} and found[1] != "edition":
            shown.append(header + body.rstrip() + "\n")
        else:
            rest.append(header + body)
    return "\n".join(shown), "".join(rest).strip()


def _remarks(file: PolicyFile, language: Language) -> Iterator[str]:
    """Yield what the check says of the example as it stands, where it is about just that."""
    if file.remarks:
        yield Text("`cchc check` nói về ví dụ này:", "What `cchc check` says of the example:").get(language)
        yield bullets(said(_findings(file.example), code, language) for code in file.remarks)


def _mistakes(file: PolicyFile, language: Language) -> str:
    head = Text("lỗi|viết thành|`cchc check`", "mistake|written as|`cchc check`").get(language).split("|")
    rows = [
        (Text(mistake.name, mistake.name_en).get(language), _change(file.example, mistake, language),
         said(_findings(file.example.replace(*mistake.change)), mistake.finding, language))
        for mistake in file.mistakes
    ]
    return table(head, rows)


@cache
def _findings(example: str) -> tuple[Finding, ...]:
    """Return what the check says of an example: once, for the pages of both languages."""
    with tempfile.TemporaryDirectory() as folder:
        return registry_of(example, Path(folder)).findings()


def _change(example: str, mistake: Mistake, language: Language) -> str:
    """Return the lines that are written instead, or those that are left out."""
    lines = list(ndiff(example.splitlines(), example.replace(*mistake.change).splitlines()))
    added = [f"`{line[2:].strip()}`" for line in lines if line.startswith("+ ") and line[2:].strip()]
    gone = [Text(f"không có `{line[2:].strip()}`", f"without `{line[2:].strip()}`").get(language) for line in lines if line.startswith("- ") and line[2:].strip()]
    return "<br>".join(added or gone) or NOTHING


# ------------------------------------------------------------------ cases


def _cases(file: PolicyFile, language: Language) -> str:
    """Return the worked cases: a row a unit or a stage, a column a fact, and what comes of them."""
    names = Names(file.example)
    rows = [(case, each) for case in file.cases for each in _rows(case, names, language)]
    facts = [fact for fact in names.facts if any(fact in given for _, (_, given, _) in rows)]
    same = [fact for fact in facts if len({repr(given.get(fact)) for _, (_, given, _) in rows}) == 1 and len(rows) > 1]
    columns = [fact for fact in facts if fact not in same]
    who = any(label for _, (label, _, _) in rows)
    points = any(note for _, (_, _, note) in rows)
    head = [Text("trường hợp", "case").get(language), *([Text("ai, khi nào", "who, when").get(language)] if who else []),
            *(names.facts[fact].label.get(language) for fact in columns),
            *([Text("cho điểm", "points given").get(language)] if points else []), Text("kết quả", "result").get(language)]
    outcomes = Outcomes(file, names, language)
    lines, last = [], None
    for case, (label, given, note) in rows:
        first = case is not last
        lines.append([
            language_of(case, language) if first else "", *([label] if who else []), *(_value(fact, given, case, names, language) for fact in columns),
            *([note] if points else []), outcomes.words(case) if first else "",
        ])
        last = case
    said_once = [f"{names.facts[fact].label.get(language)} {_value(fact, rows[0][1][1], rows[0][0], names, language)}" for fact in same]
    before = Text("Trong mọi trường hợp: ", "In every case: ").get(language) + "; ".join(said_once) + ".\n\n" if said_once else ""
    return before + table(head, lines)


def _rows(case: Case, names: Names, language: Language) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield who enters what: each unit of a cohort, each stage, or the one unit; and points that are given."""
    for unit, facts in case.units.items():
        yield names.of(unit, language), facts, ""
    for stage in case.stages:
        yield names.of(stage["stage"], language), stage.get("facts", {}), names.points_given(stage.get("points", {}), language)
    if not case.units and not case.stages:
        yield "", case.facts, ""


def _value(fact: str, given: Mapping[str, Any], case: Case, names: Names, language: Language) -> str:
    """Return a fact as it is entered, marked where no document proves it."""
    if fact not in given:
        return NOTHING
    undocumented = fact in case.undocumented or any(fact in stage.get("undocumented", ()) for stage in case.stages)
    mark = Text(" (không có tài liệu)", " (no document)").get(language) if undocumented else ""
    return value_words(given[fact], names.facts[fact], language) + mark
