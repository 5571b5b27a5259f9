"""The year as its annex: every line of the table, the rule beside the sentence, and what comparing the two comes to."""

import os
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from building import QUANTITIES, plugin
from conftest import ROOT
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import Case, cases

import cchc_rules as cchc
from cchc_rules import cli
from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.decisions.structure import Structure
from cchc_rules.model import Clause, Criterion, Edition
from cchc_rules.rendering.agreement import FACTS, NONE, Agreement, agreement, word_by_word
from cchc_rules.rendering.page import table_page
from cchc_rules.rendering.table import render
from cchc_rules.rendering.text import table_text
from cchc_rules.rules.forms import FORMS, Form, FormMistake
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.parsing import normalised
from cchc_rules.rules.wording import rule_text

STRUCTURE = Structure(FORMS)
KEPT = Path(__file__).parent / "rendered"
EDITION, METHOD = "procedures/district/2021", "cao-bang.districts/2021"
RULE = """
schema = "cchc.edition/1"

[edition]
field = "records"
label = "Văn thư, lưu trữ"
level = "commune"
year = 2099
max_points = 3
max_points_provenance = "official"

[[facts]]
id = "on_time"
label = "số văn bản xử lý đúng hạn"
type = "count"
unit = "document"
range = [0, 1000]

[[facts]]
id = "received"
label = "số văn bản đến"
type = "count"
unit = "document"
range = [0, 1000]

[[criteria]]
id = "records.on-time"
number = "1"
label = "Văn bản xử lý đúng hạn"
max_points = 3
provenance = "official"
clause = { place = "Phụ lục, mục 1", text = "%s" }
evidence = ["Sổ văn bản <đến>"]
form = "bands"
of = { part = "on_time", whole = "received", label = "tỷ lệ văn bản xử lý đúng hạn" }
when_whole_is_zero = "not_applicable"
bands = [ { at_least = "95 %%", points = 3 }, { at_least = "80 %%", points = 1.5 } ]
otherwise = 0
"""
CANONICAL = (
    "Tỷ lệ văn bản xử lý đúng hạn từ 95% trở lên: 3 điểm; từ 80% đến dưới 95%: 1,5 điểm; còn lại: 0 điểm. "
    "Trường hợp không phát sinh (số văn bản đến bằng 0): không áp dụng."
)
SILENT = "Tỷ lệ văn bản xử lý đúng hạn từ 95% trở lên: 3 điểm; từ 80% đến dưới 95%: 1,5 điểm; còn lại: 0 điểm"
AS_ANNEX = "- Từ 95% trở lên được 3 điểm\\n- Từ 80% đến dưới 95% được 1,5 điểm\\n- Còn lại 0 điểm"
PLANTED = "- Từ 95% trở lên được 3 điểm\\n- Từ 85% đến dưới 95% được 1,5 điểm\\n- Còn lại 0 điểm"
UNREAD = "Hội đồng chấm theo thực tế."


def registry_with(sentence: str, folder: Path, **changed: str) -> cchc.Registry:
    """Return a registry with the edition above and its one sentence."""
    text = RULE % sentence
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "2099.toml"
    path.write_text(text, encoding="utf-8")
    return cchc.Registry([plugin("records", cchc_register_fields=lambda fields: fields.add_file(path))])


def compared(sentence: str, folder: Path) -> Agreement:
    """Return how a sentence compares with the rule above."""
    (row,) = [each for each in render(registry_with(sentence, folder), "records/commune/2099").rows if each.kind == "criterion"]
    assert row.agreement is not None
    return row.agreement


def alone(agreement: Agreement) -> tuple[list[str], list[str]]:
    """Return the words that only the rule has, and those that only the sentence has."""
    ours, theirs = ([each.words.strip() for each in pieces if each.alone] for pieces in (agreement.wording, agreement.sentence))
    return ours, theirs


# ------------------------------------------------------------------ comparing


def test_a_sentence_in_the_engines_own_words_agrees(tmp_path: Path) -> None:
    """Nothing is left to compare, and nothing is marked."""
    found = compared(CANONICAL, tmp_path)
    assert (found.agreeing, found.cautions, alone(found)) == ("agrees", (), ([], []))


def test_a_sentence_that_is_silent_on_nothing_having_arisen_agrees_and_says_so(tmp_path: Path) -> None:
    """Who reads it sees what the decision did not settle."""
    found = compared(SILENT, tmp_path)
    assert (found.agreeing, found.cautions) == ("agrees", (NONE,))


def test_a_sentence_in_an_annexs_words_agrees_but_for_its_facts(tmp_path: Path) -> None:
    """Limits and points are compared; which reported numbers they are about, a person has to compare."""
    found = compared(AS_ANNEX, tmp_path)
    assert (found.agreeing, found.cautions, alone(found)) == ("agrees", (FACTS, NONE), ([], []))


@pytest.mark.parametrize("rest", ["Dưới 80% được 0 điểm", "Từ 40% đến dưới 80% được 0 điểm\\n- Dưới 40% được 0 điểm"])
def test_a_sentence_that_names_what_the_rule_calls_the_rest_agrees(rest: str, tmp_path: Path) -> None:
    """“Dưới 80%: 0 điểm” and “còn lại: 0 điểm” give the same points at every rate: nobody has to write one as the other."""
    assert compared(AS_ANNEX.replace("Còn lại 0 điểm", rest), tmp_path).agreeing == "agrees"


def test_a_planted_difference_is_marked_where_it_stands(tmp_path: Path) -> None:
    """85 for 80: another rule, both shown, and those words marked on both sides."""
    found = compared(PLANTED, tmp_path)
    assert found.agreeing == "differs"
    assert found.read_as is not None
    assert "từ 85% đến dưới 95%: 1,5 điểm" in found.read_as.vi
    ours, theirs = alone(found)
    assert any("80%" in each for each in ours)
    assert any("85%" in each for each in theirs)
    assert not any("95%" in each for each in theirs)


def test_a_difference_in_the_engines_own_words_is_told_too(tmp_path: Path) -> None:
    """What it says is worded, and the one number is marked."""
    found = compared(CANONICAL.replace("1,5 điểm", "2 điểm"), tmp_path)
    assert (found.agreeing, alone(found)) == ("differs", (["1,5"], ["2"]))
    assert found.read_as == Text(CANONICAL.replace("1,5 điểm", "2 điểm"), found.read_as.en if found.read_as else "")


def test_a_sentence_that_cannot_be_read_is_marked_as_such(tmp_path: Path) -> None:
    """It is never taken to agree."""
    found = compared(UNREAD, tmp_path)
    assert (found.agreeing, found.read_as) == ("unread", None)
    assert alone(found)[1] == [UNREAD]


@given(case=cases())
def test_every_rule_agrees_with_its_own_words_and_not_with_another_rules(case: Case) -> None:
    """Whatever the form: its wording as a pasted sentence agrees, and under another maximum it does not, unless the rule stays the same."""
    criterion = _criterion(case.form, case.maximum, "")
    assert criterion.rule is not None
    lexicon = Lexicon(case.declared, QUANTITIES.units)
    words = rule_text(criterion.rule, lexicon).vi
    assume("≈" not in words)
    found = agreement(_criterion(case.form, case.maximum, words), _edition(criterion), lexicon, STRUCTURE)
    assert found is not None
    assert (found.agreeing, found.cautions) == ("agrees", ())
    try:
        other = _criterion(case.form, case.maximum + 1, words)
        same = other.rule is not None and normalised(other.rule) == normalised(criterion.rule)
    except FormMistake:
        return
    found = agreement(other, _edition(other), lexicon, STRUCTURE)
    assert found is not None
    assert (found.agreeing == "agrees") == same


def _criterion(form: Form, maximum: Any, words: str) -> Criterion:
    return Criterion(id="x.y", number="1", label=Text("tiêu chí", "criterion"), max_points=maximum, form=form, clause=Clause(place="mục 1", text=words))


def _edition(criterion: Criterion) -> Edition:
    return Edition(field="x", label=Text("x", "x"), level="commune", year=2099, max_points=criterion.max_points,
                   max_points_provenance="assumed", criteria=(criterion,))


WORDS = st.lists(st.sampled_from(["tỷ", "lệ", "từ", "95%", "điểm;", "0,5", "(một)", "–"]), max_size=12).map(" ".join)


@given(one=WORDS, other=WORDS)
def test_pieces_are_the_whole_text_and_what_is_not_alone_is_in_both(one: str, other: str) -> None:
    """Nothing is lost, nothing is made up, and equal texts have no mark."""
    ours, theirs = word_by_word(one, other)
    assert ("".join(each.words for each in ours), "".join(each.words for each in theirs)) == (one, other)
    common = [re.findall(r"[\w,%]+", " ".join(each.words for each in pieces if not each.alone)) for pieces in (ours, theirs)]
    assert common[0] == common[1]
    if one == other:
        assert not any(each.alone for each in (*ours, *theirs))


# ------------------------------------------------------------------ the table


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [EDITION, METHOD])
def test_the_text_is_word_for_word_what_was_read_and_kept(name: str, language: Language, registry: cchc.Registry) -> None:
    """``CCHC_REWRITE_GOLDEN=1`` writes it anew; read the difference before you keep it."""
    path = KEPT / f"{name.replace('/', '-')}.{language}.txt"
    text = table_text(render(registry, name), language)
    if os.environ.get("CCHC_REWRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_a_method_is_the_table_of_all_its_fields(registry: cchc.Registry) -> None:
    """Each field with its number in the decision, each criterion once, and the total of the maxima."""
    table = render(registry, METHOD)
    index = registry.index("cao-bang.districts", 2021)
    assert [each.number for each in table.rows if each.kind == "field"] == [each.number for each in index.method.fields]
    assert [each.number for each in table.rows if each.kind == "criterion"] == [each.number for edition in index.editions for each in edition.criteria]
    assert table.total == 99
    assert render(registry, "cao-bang.districts") == table


def test_what_no_source_gives_is_marked(tmp_path: Path) -> None:
    """All of a rule, some of its keys, or nothing; the maximum by itself."""
    assumed = registry_with(CANONICAL, tmp_path, **{'number = "1"': 'number = "1"', 'max_points = 3\nprovenance = "official"': 'max_points = 3\nprovenance = "assumed"'})
    partly = RULE.replace('max_points = 3\nprovenance = "official"', 'max_points = 3\nprovenance = "assumed"\nofficial = { max_points = "mục 1", of = "mục 1", bands = "mục 1" }')
    text = table_text(render(assumed, "records/commune/2099"), "vi")
    assert " 3* " in text
    assert "áp dụng.*" in text
    assert "* giả định" in text
    (tmp_path / "2.toml").write_text(partly % CANONICAL, encoding="utf-8")
    registry = cchc.Registry([plugin("records", cchc_register_fields=lambda fields: fields.add_file(tmp_path / "2.toml"))])
    text = " ".join(table_text(render(registry, "records/commune/2099"), "vi").split())
    assert "* (otherwise, điểm khi không phát sinh)" in text
    assert " 3* " not in text
    assert "*" not in table_text(render(registry_with(CANONICAL, tmp_path), "records/commune/2099"), "vi")


def test_what_the_score_depends_on_besides_the_rule_is_said(tmp_path: Path) -> None:
    """Conditions, prerequisites and what becomes of a criterion that does not apply are part of how it is scored."""
    registry = registry_with(CANONICAL, tmp_path, **{'form = "bands"': 'applies_when = { fact = "received", at_least = 1 }\nprerequisite = "records.other"\nwhen_not_applicable = "award_zero"\nform = "bands"'})
    row = render(registry, "records/commune/2099").rows[1]
    assert [each.vi for each in row.provisos] == [
        "Chỉ áp dụng khi: số văn bản đến từ 1 văn bản trở lên.",
        "Chỉ được điểm khi tiêu chí records.other đạt tối đa.",
        "Khi không áp dụng: 0 điểm.",
    ]


# ------------------------------------------------------------------ the page

VOID = {"meta", "br", "link", "img", "input", "hr"}
FETCHING = {"src", "href", "srcset", "action", "data", "poster"}


class Page(HTMLParser):
    """A reader of pages that minds whether every element is closed where it should be, and whether anything is fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: list[str] = []
        self.marked: dict[str, list[str]] = {"ins": [], "del": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        assert tag not in {"script", "link", "img", "iframe", "object"}
        assert not FETCHING & {name for name, _ in attrs}
        self.met.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the words of a mark."""
        if self.open and self.open[-1] in self.marked:
            self.marked[self.open[-1]].append(data)


def read_page(text: str) -> Page:
    """Return a page that has been read to its end, everything in it closed."""
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert "url(" not in text
    assert "@import" not in text
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [EDITION, METHOD])
def test_the_page_is_whole_and_fetches_nothing(name: str, language: Language, registry: cchc.Registry) -> None:
    """One row a line, five cells a row, in the language that it says it is in."""
    table = render(registry, name)
    text = table_page(table, language)
    page = read_page(text)
    assert f'<html lang="{language}">' in text
    assert page.met.count("tr") == len(table.rows) + 2
    assert page.met.count("td") == 5 * (len(table.rows) + 1)


def test_the_page_marks_the_planted_difference_and_escapes_what_it_shows(tmp_path: Path) -> None:
    """Words in signs of HTML stay words."""
    text = table_page(render(registry_with(PLANTED, tmp_path), "records/commune/2099"), "vi")
    page = read_page(text)
    assert any("80%" in each for each in page.marked["ins"])
    assert any("85%" in each for each in page.marked["del"])
    assert "Sổ văn bản &lt;đến&gt;" in text


# ------------------------------------------------------------------ the command

SAID: Mapping[Language, str] = {"vi": "So với nguyên văn: 0 khớp, 0 khác, 8 chưa đọc được, 2 chưa có nguyên văn.",
                                "en": "Against the sentences of the source: 0 agree, 0 differ, 8 not read, 2 without a sentence."}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_prints_the_table_and_writes_the_page(language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is there is kept unless told otherwise."""
    path = tmp_path / "phụ lục.html"
    assert cli.main(["render", EDITION, "--html", str(path), "--lang", language]) == 0
    assert SAID[language] in capsys.readouterr().out
    read_page(path.read_text(encoding="utf-8"))
    path.write_text("kept", encoding="utf-8")
    assert cli.main(["render", EDITION, "--html", str(path)]) == 2
    assert path.read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("name", ["procedures", "procedures/district/2020", "cao-bang.districts/1999", "khong-co", ""])
def test_a_name_that_is_none_is_told(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With what there is, and no traceback."""
    assert cli.main(["render", name]) == 2
    said = capsys.readouterr().err
    assert re.search(r"\[(name-unknown|method-year-unknown|year-unknown|method-unknown)\]", said), said


def test_a_difference_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1, for who runs it in a script; the example's plugins, with a form and a function of their own, are rendered too."""
    assert cli.main(["render", "spending/commune/2030", "--plugins", str(ROOT / "examples" / "plugins")]) == 0
    assert "Cách chấm" in capsys.readouterr().out
    assert cli.main(["new", "field", "records", "2099", "--level", "commune", "-o", str(tmp_path)]) == 0
    path = tmp_path / "records/src/cchc_records/editions/commune/2099.toml"
    text = path.read_text(encoding="utf-8")
    rule = 'form = "share"\n'
    assert text.count(rule) == 1
    path.write_text(text.replace(rule, 'clause = { place = "mục 2", text = "Điểm = tỷ lệ × điểm tối đa, dưới 50% thì 0 điểm" }\n' + rule), encoding="utf-8")
    assert cli.main(["render", "records/commune/2099", "--plugins", str(tmp_path)]) == 1
    assert "[khác]" in capsys.readouterr().out
