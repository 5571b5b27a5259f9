"""Evidence as it stands in one file, before anything in it has been understood."""

import datetime as dt
from collections.abc import Mapping

from attrs import field, frozen

from cchc_rules.base.errors import Place
from cchc_rules.entries import Entry
from cchc_rules.model import Document


@frozen(kw_only=True)
class RawFact:
    """One entry: the id of a fact, or of a criterion that is given points, and whatever was written for it."""

    id: str
    entry: Entry
    documents: tuple[str, ...] = ()
    note: str = ""
    provenance: str = ""

    @property
    def place(self) -> Place:
        """Where the entry stands."""
        return self.entry.place


@frozen(kw_only=True)
class RawEvidence:
    """All entries of one file, and what the file says it is for; ``points`` are marks kept apart from facts."""

    file: str
    method: str
    year: int
    unit: str
    stage: str
    facts: tuple[RawFact, ...]
    points: tuple[RawFact, ...] = ()
    version: str = ""
    documents: Mapping[str, Document] = field(factory=dict)
    as_of: dt.date | None = None
    note: str = ""
    places: Mapping[str, Place] = field(factory=dict)

    def place(self, key: str) -> Place:
        """Return where a heading such as ``method`` stands."""
        return self.places.get(key, Place(file=self.file))
