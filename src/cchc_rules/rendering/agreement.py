"""Whether a sentence of the decision says what the rule says: both are read as rules, and set side by side word by word."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Any, Literal

import attrs
from attrs import evolve, frozen

from cchc_rules.annex.sentences import read_sentences
from cchc_rules.base.errors import EditionError, Place
from cchc_rules.base.reading import clean
from cchc_rules.base.texts import Text
from cchc_rules.decisions.structure import FORM_KEY, Structure
from cchc_rules.model import Criterion, Edition, Fact
from cchc_rules.rules.equality import same_points
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.parsing import NotCanonical, normalised, parse_rule, rates_in
from cchc_rules.rules.tree import LevelPoints, Node, Ratio, WhenNoneArose
from cchc_rules.rules.wording import rule_text

Agreeing = Literal["agrees", "differs", "unread"]
"""What comparing comes to: the same rule, another rule, or a sentence that cannot be read."""
FACTS = Text("tên số liệu cần người đối chiếu", "which facts it is about, a person has to compare")
NONE = Text("nguyên văn không nói khi không phát sinh (mẫu số bằng 0)", "the source does not say what holds where nothing arose (the divisor is 0)")
_NOT_SAID = "không phát sinh"
"""What the reader of annexes says is open where a sentence has no word on a divisor of 0."""
_POINTS = re.compile(r"\bđiểm\b", re.IGNORECASE)
_WORD = re.compile(r"\S+\s*")
_NO_WORD = ".,;:!?()[]“”\"'…- "
_ROLE = re.compile(r"\{(\w+)\}")
_NAMES = ("fact", "after")
"""The attributes of a node that hold the id of a fact."""


@frozen
class Piece:
    """Some words of a text, and whether the other text lacks them."""

    words: str
    alone: bool = False


@frozen(kw_only=True)
class Agreement:
    """A sentence of the decision beside the rule's wording, in Vietnamese, in pieces.

    ``cautions`` say what agreeing does not cover; ``read_as`` is what a sentence was read as that says another rule.
    """

    agreeing: Agreeing
    wording: tuple[Piece, ...]
    sentence: tuple[Piece, ...]
    cautions: tuple[Text, ...] = ()
    read_as: Text | None = None


def agreement(criterion: Criterion, edition: Edition, lexicon: Lexicon, structure: Structure) -> Agreement | None:
    """Return how the decision's sentence and a criterion's rule agree; ``None`` where one of them is not there."""
    if criterion.rule is None or criterion.clause is None or not criterion.clause.text.strip():
        return None
    text, wording = clean(criterion.clause.text), rule_text(criterion.rule, lexicon).vi
    found = _Comparison(criterion, edition, lexicon, structure).of(text)
    ours, theirs = ((Piece(wording),), (Piece(text),)) if found.agreeing == "agrees" else word_by_word(wording, text)
    return Agreement(agreeing=found.agreeing, wording=ours, sentence=theirs, cautions=found.cautions, read_as=found.read_as)


@frozen(kw_only=True)
class _Found:
    """What one way of reading a sentence comes to."""

    agreeing: Agreeing
    cautions: tuple[Text, ...] = ()
    read_as: Text | None = None


@frozen
class _Comparison:
    """A criterion's rule, and what is needed to read a sentence as one."""

    criterion: Criterion
    edition: Edition
    lexicon: Lexicon
    structure: Structure

    @property
    def rule(self) -> Node:
        """The rule as it is written."""
        assert self.criterion.rule is not None  # the caller has looked
        return normalised(self.criterion.rule)

    def of(self, text: str) -> _Found:
        """Return how a sentence compares: read as the engine words rules, else as annexes word them."""
        canonical = self._canonical(text)
        if canonical is not None and canonical.agreeing == "agrees":
            return canonical
        annex = self._annex(text)
        return annex if annex.agreeing == "agrees" or canonical is None else canonical

    def _same(self, one: Node, other: Node) -> bool:
        """Return whether two rules are one; words do not tell a rate that can pass 100 % from one that cannot."""
        assert self.criterion.rule is not None  # the caller has looked
        shares = all(each.share for each in self.criterion.rule.walk() if isinstance(each, Ratio))
        return same_points(one, other) if shares else one == other

    def _canonical(self, text: str) -> _Found | None:
        """Compare a sentence in the engine's own words; ``None`` where it is not in them."""
        rates = rates_in(each.rule for each in self.edition.criteria if each.rule is not None)
        try:
            found = parse_rule(text, self.lexicon, rates)
        except NotCanonical:
            return None
        if self._same(found, self.rule):
            return _Found(agreeing="agrees")
        if self._same(found, _arisen(self.rule)):
            return _Found(agreeing="agrees", cautions=(NONE,))
        return _Found(agreeing="differs", read_as=rule_text(found, self.lexicon))

    def _annex(self, text: str) -> _Found:
        """Compare a sentence in the words that annexes use: numbers, limits and order, whatever the facts are called."""
        reading = read_sentences(text, self.criterion.label.vi, self.criterion.max_points, self.edition.year)
        rule = self._rule_of(reading.form, reading.keys) if reading.form else None
        if rule is None:
            return _Found(agreeing="unread")
        silent = any(_NOT_SAID in each for each in reading.open)
        ours, theirs = (_arisen(self.rule), _arisen(rule)) if silent else (self.rule, rule)
        if self._same(_shape(ours), _shape(theirs)):
            return _Found(agreeing="agrees", cautions=(FACTS, NONE) if silent else (FACTS,))
        if not _POINTS.search(text):  # a cause of lost points, a task: it does not say how the criterion is scored
            return _Found(agreeing="unread")
        return _Found(agreeing="differs", read_as=rule_text(theirs, evolve(self.lexicon, facts=self._described(reading.facts))))

    def _rule_of(self, form: str, keys: dict[str, Any]) -> Node | None:
        """Return the rule that a sentence was read as, its facts named by their roles."""
        of = self.criterion
        table = {"id": of.id, "number": of.number, "label": of.label.vi, "max_points": of.max_points, FORM_KEY: form, **_filled(keys)}
        try:
            return self.structure.read(table, Criterion, lambda _: Place(), EditionError).rule
        except EditionError:
            return None

    def _described(self, facts: Iterable[Any]) -> dict[str, Fact]:
        """Return the facts that a sentence speaks of, by their roles, in its own words."""
        tables = ({"id": each.role, "label": each.label, "type": each.type, **each.extra} for each in facts)
        return {table["id"]: self.structure.read(table, Fact, lambda _: Place(), EditionError) for table in tables}


def _filled(value: Any) -> Any:
    """Return keys with each ``{role}`` as the id of a fact."""
    match value:
        case str() if found := _ROLE.fullmatch(value):
            return found[1]
        case dict():
            return {key: _filled(each) for key, each in value.items()}
        case list():
            return [_filled(each) for each in value]
        case _:
            return value


# ------------------------------------------------------------------ what annexes leave out


def _arisen(node: Node) -> Node:
    """Return a rule without what it says of nothing having arisen, which the sentence does not say."""
    while isinstance(node, WhenNoneArose):
        node = node.otherwise
    return node


def _shape(rule: Node) -> Node:
    """Return a rule with its facts called by the order in which they are met, its levels by what they are worth."""
    names: dict[str, str] = {}
    found: Node = _shaped(normalised(rule), names)
    return found


def _shaped(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_shaped(each, names) for each in value)
    if not isinstance(value, Node):
        return value
    inner = {
        each.name: names.setdefault(found, f"#{len(names)}") if each.name in _NAMES and isinstance(found, str) and found else _shaped(found, names)
        for each in attrs.fields(type(value)) for found in (getattr(value, each.name),)
    }
    return _bare(evolve(value, **inner))


def _bare(node: Node) -> Node:
    """Return one node without its names."""
    match node:
        case Ratio():
            return evolve(node, label=None)
        case LevelPoints(marks=marks):
            worth: list[Fraction] = sorted((points for _, points in marks), reverse=True)
            return evolve(node, marks=tuple((str(number), points) for number, points in enumerate(worth)), judged=False)
        case _:
            return node


# ------------------------------------------------------------------ word by word


def word_by_word(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return two texts in pieces: words that both have in the same order, and words that only one has.

    Capitals and punctuation make no difference. A single word between words that differ counts as one of them, unless
    the texts begin or end with it: that both say “điểm” somewhere tells nobody anything.
    """
    left, right = _WORD.findall(one), _WORD.findall(other)
    found = SequenceMatcher(None, [_plain(each) for each in left], [_plain(each) for each in right], autojunk=False).get_matching_blocks()
    ends = {(0, 0), (len(left) - 1, len(right) - 1)}
    blocks = [block for block in found if block.size != 1 or (block.a, block.b) in ends]
    return _pieces(left, ((block.a, block.size) for block in blocks)), _pieces(right, ((block.b, block.size) for block in blocks))


def _plain(word: str) -> str:
    return word.strip(_NO_WORD).casefold()


def _pieces(words: list[str], shared: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """Return words in pieces, given where those begin that the other text has too, and how many they are."""
    return tuple(each for each in _runs(words, shared) if each.words)


def _runs(words: list[str], shared: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    done = 0
    for start, size in shared:
        yield Piece("".join(words[done:start]), alone=any(_plain(each) for each in words[done:start]))
        yield Piece("".join(words[start : start + size]))
        done = start + size
