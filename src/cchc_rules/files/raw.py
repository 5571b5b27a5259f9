"""Evidence as it stands in one file, before anything in it has been understood."""

import datetime as dt
from collections.abc import Mapping

from attrs import field, frozen

from cchc_rules.errors import Place
from cchc_rules.model import Document


@frozen(kw_only=True)
class RawFact:
    """One entry: a fact's id, whatever was written as its value, and where it stands.

    ``from_cell`` tells that a number may be a spreadsheet's float; ``as_percent`` that the cell shows it
    with a per cent sign and so holds a hundredth of it.
    """

    id: str
    value: object
    place: Place
    unit: str = ""
    documents: tuple[str, ...] = ()
    note: str = ""
    provenance: str = ""
    from_cell: bool = False
    as_percent: bool = False


@frozen(kw_only=True)
class RawEvidence:
    """All entries of one file, and what the file says it is for."""

    file: str
    method: str
    year: int
    unit: str
    stage: str
    facts: tuple[RawFact, ...]
    documents: Mapping[str, Document] = field(factory=dict)
    as_of: dt.date | None = None
    note: str = ""
    places: Mapping[str, Place] = field(factory=dict)

    def place(self, key: str) -> Place:
        """Return where a heading such as ``method`` stands."""
        return self.places.get(key, Place(file=self.file))
