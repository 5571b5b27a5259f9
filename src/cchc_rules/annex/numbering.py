"""The numbers of an annex's rows (I, A, 1, 1.1, a), b), -) as a tree: which row belongs to which, and what is missing."""

import re
from collections.abc import Iterator

from attrs import evolve, frozen

ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}
_DECIMAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})*")
_LETTER = re.compile(r"([a-zđ])\)?")
_CAPITAL = re.compile(r"([A-HĐ])\.?")
LETTERS = "abcdđeghiklmnopqrstuvxy"


@frozen(kw_only=True)
class Number:
    """A row's number as printed, and as a chain of ordinals below the ranks of its kind."""

    printed: str
    kind: str
    ordinals: tuple[int, ...]


@frozen(kw_only=True)
class Numbered:
    """A number in the tree: its path of ordinals from the top, and the printed number of its parent."""

    number: Number
    path: str
    parent: str = ""


def read_number(text: str) -> Number | None:
    """Return what a number in the first column means; ``None`` where it is none."""
    words = text.strip().rstrip(".").strip()
    if _DECIMAL.fullmatch(words):
        return Number(printed=words, kind="decimal", ordinals=tuple(map(int, words.split("."))))
    if words and set(words) <= set(ROMAN):
        return Number(printed=words, kind="roman", ordinals=(_roman(words),))
    if found := _CAPITAL.fullmatch(words):
        return Number(printed=words, kind="capital", ordinals=("ABCDĐEGH".find(found[1]) + 1,))
    if (found := _LETTER.fullmatch(words)) and found[1] in LETTERS:
        return Number(printed=words.rstrip(")"), kind="letter", ordinals=(LETTERS.index(found[1]) + 1,))
    return None


def _roman(words: str) -> int:
    """Return the value of a Roman number."""
    values = [ROMAN[letter] for letter in words]
    return sum(-value if any(later > value for later in values[at + 1 :]) else value for at, value in enumerate(values))


@frozen(kw_only=True)
class Flaw:
    """Something wrong with a number: its place in the list, what, in both languages, and whether nothing can be made of it."""

    at: int
    vi: str
    en: str
    severe: bool


def arranged(numbers: list[Number]) -> tuple[list[Numbered], list[Flaw]]:
    """Return the numbers as a tree, and where one is missing, twice there, or without its parent."""
    tree = _Tree()
    flaws: list[Flaw] = []
    for at, number in enumerate(numbers):
        flaws += [evolve(each, at=at) for each in tree.add(number)]
    return tree.found, flaws


class _Tree:
    """Numbers met so far, and the chain of those that are open."""

    def __init__(self) -> None:
        self.found: list[Numbered] = []
        self.open: list[Numbered] = []
        self.last: dict[str, int] = {}

    def add(self, number: Number) -> Iterator[Flaw]:
        """Put the next number where it belongs."""
        depth = self._depth(number)
        orphan = number.kind == "decimal" and len(number.ordinals) > 1 and not self._has_parent(number)
        if orphan:
            above = ".".join(map(str, number.ordinals[:-1]))
            yield Flaw(at=0, vi=f"“{number.printed}” không có mục mẹ “{above}”", en=f"{number.printed!r} has no parent {above!r}", severe=True)
        self.open = self.open[:depth]
        parent = self.open[-1].path if self.open else ""
        path = ".".join((*self._headings(), number.printed)) if number.kind == "decimal" else ".".join(filter(None, (parent, number.printed)))
        before, ordinal = self.last.get(f"{parent}/{number.kind}", 0), number.ordinals[-1]
        if path in {each.path for each in self.found}:
            yield Flaw(at=0, vi=f"số “{number.printed}” dùng hai lần", en=f"the number {number.printed!r} is used twice", severe=True)
        elif ordinal != before + 1 and not orphan and (before or depth):
            yield Flaw(at=0, vi=f"trước “{number.printed}” thiếu số: mục liền trước cùng cấp là {before or 'chưa có'}",
                       en=f"a number is missing before {number.printed!r}: the one before it is {before or 'none'}", severe=False)
        self.last[f"{parent}/{number.kind}"] = ordinal
        placed = Numbered(number=number, path=path, parent=parent)
        self.found.append(placed)
        self.open.append(placed)

    def _headings(self) -> list[str]:
        """Return the Roman numbers and capitals that are open: decimals begin anew below each."""
        return [each.number.printed for each in self.open if each.number.kind in ("roman", "capital")]

    def _has_parent(self, number: Number) -> bool:
        return any(each.number.kind == "decimal" and each.number.ordinals == number.ordinals[:-1] for each in self.open)

    def _depth(self, number: Number) -> int:
        """Return how many of the open numbers a new one lies below."""
        if number.kind == "decimal" and len(number.ordinals) > 1:
            return next((at + 1 for at, each in enumerate(self.open)
                         if each.number.kind == "decimal" and each.number.ordinals == number.ordinals[:-1]), len(self.open))
        same = (at for at, each in enumerate(self.open) if each.number.kind == number.kind and len(each.number.ordinals) == len(number.ordinals))
        return next(same, self._below(number))

    def _below(self, number: Number) -> int:
        """Return the depth of a kind of number that is not open yet: letters below all, capitals above Romans."""
        ranks = {"capital": 0, "roman": 1, "decimal": 2, "letter": 3}
        return sum(1 for each in self.open if ranks[each.number.kind] < ranks[number.kind] or (number.kind == "letter" and each.number.kind == "decimal"))


