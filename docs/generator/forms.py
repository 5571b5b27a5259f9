"""The page of one form, from its case file."""

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import tomli_w
from rule_cases import Example, FormCases, Mistake, WorkedCase

from cchc_rules.authoring.meanings import title
from cchc_rules.base.errors import Finding
from cchc_rules.base.texts import Language, Text
from cchc_rules.quantities import Unit, core_units
from cchc_rules.rules.forms import FORMS
from cchc_rules.rules.wording import Lexicon, rule_text
from generator.keys import form_classes, keys_table
from generator.markdown import NOTHING, bullets, fenced, inline, number, page, said, table, value_words

UNITS: dict[str, Unit] = {unit.id: unit for unit in core_units()}
OTHER: dict[Language, str] = {"vi": "[English](../../forms/{}.md)", "en": "[Tiếng Việt](../vi/cach-cham/{}.md)"}
KEYS_PAGE: dict[Language, str] = {"vi": "[mọi khoá](../khoa.md)", "en": "[all keys](../reference/keys.md)"}


def form_page(cases: FormCases, language: Language) -> str:
    """Return a form's page."""
    decision = bullets(f"“{each.get(language)}”" for each in cases.decision)
    return page(
        f"# `{cases.form}`: {cases.title.get(language)}",
        cases.meaning.get(language),
        Text(f"Khi quyết định viết:\n\n{decision}", f"When a decision says:\n\n{decision}").get(language),
        Text(f"Mỗi ví dụ dưới đây là một tiêu chí trọn vẹn cùng các số liệu của nó, như cán bộ viết trong tệp. {OTHER['vi']}",
             f"Each example is a whole criterion with its facts, as staff write it. {OTHER['en']}").get(language).format(cases.form),
        *(part for each in cases.examples for part in _example(each, language)),
        Text("## Chỗ dễ nhầm", "## Traps").get(language),
        bullets(each.get(language) for each in cases.traps),
        Text("## Các khoá", "## Keys").get(language),
        *_keys(cases.form, language),
    )


def _example(example: Example, language: Language) -> Iterator[str]:
    """Yield one example: its words, its file, its cases, the mistakes that are made with it."""
    rule = example.criterion().rule
    assert rule is not None
    yield f"## {example.name.get(language)}"
    yield "> " + rule_text(rule, Lexicon(example.facts, UNITS)).get(language)
    yield fenced(example.text)
    for calendar in example.raw_calendars:
        yield Text("Lịch mà ví dụ nêu tên, là một tệp riêng:", "The calendar that it names, in a file of its own:").get(language)
        yield fenced(tomli_w.dumps({"schema": "cchc.calendar/1", "calendar": calendar}))
    if example.cases:
        yield _cases(example, language)
    if example.mistakes:
        yield Text("Lỗi hay gặp, và `cchc check` nói gì:", "Usual mistakes, and what `cchc check` says:").get(language)
        yield _mistakes(example, language)


def _cases(example: Example, language: Language) -> str:
    """Return the worked cases: one column for each fact that they give."""
    given = [fact for fact in example.facts if any(fact in case.facts for case in example.cases)]
    head = [Text("trường hợp", "case").get(language), *(example.facts[fact].label.get(language) for fact in given), Text("điểm", "points").get(language)]
    rows = [
        (case.name.get(language),
         *(value_words(case.facts[fact], example.facts[fact], language) if fact in case.facts else NOTHING for fact in given),
         _points(case, language))
        for case in example.cases
    ]
    return table(head, rows)


def _points(case: WorkedCase, language: Language) -> str:
    """Return what a case comes to."""
    if case.error:
        return Text(f"lỗi `{case.error}`", f"error `{case.error}`").get(language)
    if case.points == "not applicable":
        policy = f" (`{case.policy}`)" if case.policy else ""
        return Text("không áp dụng", "does not apply").get(language) + policy
    return number(case.points, language)


def _mistakes(example: Example, language: Language) -> str:
    head = Text("lỗi|viết thành|`cchc check`", "mistake|written as|`cchc check`").get(language).split("|")
    rows = [
        (mistake.name.get(language), _change(mistake, language), said(_findings(example, mistake), mistake.finding, language))
        for mistake in example.mistakes
    ]
    return table(head, rows)


@cache
def _findings(example: Example, mistake: Mistake) -> tuple[Finding, ...]:
    """Return what the check says of a mistake: once, for the pages of both languages."""
    with tempfile.TemporaryDirectory() as folder:
        return example.findings(Path(folder), mistake)


def _change(mistake: Mistake, language: Language) -> str:
    """Return what is written instead, and what is left out."""
    written = [f"`{key} = {inline(value)}`" for key, value in mistake.change.items()]
    left_out = [Text(f"không có `{key}`", f"without `{key}`").get(language) for key in mistake.without]
    return ", ".join((*written, *left_out)) or NOTHING


def _keys(form: str, language: Language) -> Iterator[str]:
    """Yield the tables of a form's keys."""
    own, *parts = form_classes(next(each for each in FORMS if each.name == form))
    yield Text(f"Cùng với các khoá chung của tiêu chí, xem {KEYS_PAGE['vi']}.", f"Beside those of every criterion, see {KEYS_PAGE['en']}.").get(language)
    yield keys_table(own, language)
    for each in parts:
        yield f"### {title(each).get(language)}"
        yield keys_table(each, language)
