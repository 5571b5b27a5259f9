"""Text in the two languages that every reader gets: Vietnamese first, English beside it."""

from typing import Literal, get_args

from attrs import frozen

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@frozen
class Text:
    """One sentence or name in Vietnamese and in English.

    >>> Text("tiêu chí", "criterion").get("en")
    'criterion'
    """

    vi: str
    en: str

    def get(self, language: Language) -> str:
        """Return the words in one language."""
        return self.vi if language == "vi" else self.en

    def __str__(self) -> str:
        return self.vi


def same(words: str) -> Text:
    """Return words that are the same in both languages: a number, a name, an identifier."""
    return Text(words, words)
