"""One tree of errors; every one names its place, what is wrong, and what to do, in two languages."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Literal, TypeVar

from attrs import field, frozen

from cchc_rules.base.texts import LANGUAGES, Language, Text

Severity = Literal["error", "warning", "note"]
Result = TypeVar("Result")
MOST_LISTED = 12


@frozen(kw_only=True)
class Place:
    """Where something stands: a file, a line in it, and the cell, key or criterion on that line.

    ``where_en`` says the last in English where its words differ.
    """

    file: str = ""
    line: int | None = None
    where: str = ""
    where_en: str = ""

    def words(self, language: Language) -> str:
        """Return the place in one language."""
        file = f"{self.file}:{self.line}" if self.line else self.file
        where = self.where_en or self.where if language == "en" else self.where
        return ", ".join(part for part in (file, where) if part)

    def __str__(self) -> str:
        return self.words("vi")

    def at(self, where: str) -> "Place":
        """Return the same file with a narrower place inside it."""
        vi, en = (", ".join(part for part in (outer, where) if part) for outer in (self.where, self.where_en or self.where))
        return Place(file=self.file, line=self.line, where=vi, where_en=en if en != vi else "")


@frozen(kw_only=True)
class Finding:
    """One thing that is wrong or worth a look, as a person needs it: where, what, and what to do.

    ``code`` is stable from release to release, so that a finding can be looked up and counted.
    """

    code: str
    place: Place
    reason: Text
    remedy: Text
    severity: Severity = "error"

    def words(self, language: Language) -> str:
        """Return the finding as one line: place, code, reason and remedy."""
        said = self.place.words(language)
        place = f"{said}: " if said else ""
        return f"{place}[{self.code}] {self.reason.get(language)} → {self.remedy.get(language)}"


class CchcError(Exception):
    """Base of all errors of the engine; ``findings`` holds every problem found, not only the first."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(*findings)
        self.findings = findings

    def words(self, language: Language) -> str:
        """Return all findings, one a line."""
        return "\n".join(finding.words(language) for finding in self.findings)

    def __str__(self) -> str:
        return "\n".join(finding.words(language) for finding in self.findings for language in LANGUAGES)


class InputError(CchcError):
    """Evidence, a published table or a command that cannot be used as it stands."""


class EditionError(CchcError):
    """An edition or a method that cannot be loaded."""


class SealError(EditionError):
    """A sealed edition or method that is no longer what was sealed."""


class PluginError(CchcError):
    """A plugin that raises, collides with another, or implements a hook that does not exist."""


class RuleError(CchcError):
    """A rule that cannot be carried out on these facts although they are all known."""


@frozen
class Problems:
    """Gathers findings while a file is read, so that one run reports all of them."""

    found: list[Finding] = field(factory=list)

    def add(self, finding: Finding) -> None:
        """Keep one finding."""
        self.found.append(finding)

    def attempt(self, read: Callable[[], Result]) -> Result | None:
        """Return what ``read`` returns, or keep the findings of the error that it raises."""
        try:
            return read()
        except CchcError as error:
            self.found.extend(error.findings)
            return None

    def raise_as(self, kind: type[CchcError]) -> None:
        """Raise ``kind`` with every finding that is an error, if there is one."""
        errors = [finding for finding in self.found if finding.severity == "error"]
        if errors:
            raise kind(*errors)


def did_you_mean(word: str, known: Iterable[str]) -> Text:
    """Return a remedy that names the nearest known word, or all of them where none is near.

    >>> did_you_mean("bandz", ["bands", "share"]).en
    "did you mean 'bands'?"
    """
    names = sorted({*known} - {""})  # a value that is left out has no name
    close = get_close_matches(word, names, n=1)
    if close:
        return Text(f"có phải “{close[0]}”?", f"did you mean {close[0]!r}?")
    listed = ", ".join(names[:MOST_LISTED]) + (", …" if len(names) > MOST_LISTED else "") or "–"
    return Text(f"các giá trị được dùng: {listed}", f"use one of: {listed}")
