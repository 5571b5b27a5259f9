"""Published results of one year as printed: claims, never repaired, with the place of each."""

from fractions import Fraction
from pathlib import Path
from typing import Literal

from attrs import evolve, field, frozen

from cchc_rules.base.errors import InputError, Place
from cchc_rules.base.reading import read_number, read_points_of_maximum
from cchc_rules.base.toml_source import TomlSource, read_toml
from cchc_rules.decisions.structure import Structure
from cchc_rules.methods import NominalTotal
from cchc_rules.model import UNWRITTEN, Clause

SCHEMA = "cchc.published/1"


@frozen(kw_only=True)
class PublishedField:
    """One row of a published table: a field's points over its maximum, and the change that is stated."""

    number: str
    field: str
    label: str
    printed: str
    change: str = ""

    @property
    def points(self) -> Fraction:
        """The points printed."""
        return Fraction(read_points_of_maximum(self.printed, Place(where=self.label))[0])

    @property
    def max_points(self) -> Fraction:
        """The maximum printed."""
        return Fraction(read_points_of_maximum(self.printed, Place(where=self.label))[1])


@frozen(kw_only=True)
class PublishedTotal:
    """What is printed of the total, and what is claimed of grade and rank."""

    printed: str
    in_text: str = ""
    change: str = ""
    grade: str = ""
    rank: str = ""
    rank_change: str = ""

    @property
    def points(self) -> Fraction:
        """The total printed."""
        return Fraction(read_number(self.printed, Place(where="total")))


@frozen(kw_only=True)
class Published:
    """The published results of one unit and year. They may break every law of a score."""

    schema: Literal["cchc.published/1"]
    method: str
    year: int
    unit: str
    fields: tuple[PublishedField, ...]
    total: PublishedTotal
    nominal_total: NominalTotal
    compared_with: str = ""
    source: Clause | None = None
    origin: TomlSource | None = field(default=None, repr=False, eq=False, metadata={UNWRITTEN: True})

    def place(self, *path: str | int) -> Place:
        """Return where a claim stands in the file."""
        if self.origin is None:
            return Place()
        named = {"fields": self.fields[path[1]].label} if len(path) > 1 and isinstance(path[1], int) else {}
        return self.origin.place(path, named.get("fields", ""))

    @property
    def maximum(self) -> Fraction:
        """What the printed maxima add up to."""
        return sum((each.max_points for each in self.fields), Fraction(0))


def is_published(path: Path) -> bool:
    """Return whether a file says that it holds published results."""
    return path.suffix.lower() == ".toml" and path.is_file() and read_toml(path).data.get("schema") == SCHEMA


def read_published(path: str | Path) -> Published:
    """Return the published results in a TOML file; raises ``InputError`` with every unreadable entry."""
    source = read_toml(Path(path))
    found = Structure(()).read(source.data, Published, lambda at: source.place(at, ".".join(map(str, at))), InputError)
    published = evolve(found, origin=source)
    for index, each in enumerate(published.fields):
        read_points_of_maximum(each.printed, published.place("fields", index, "printed"))
    read_number(published.total.printed, published.place("total", "printed"))
    return published


def read_previous(published: Published) -> Published | None:
    """Return the results that a published table compares itself with, from the file that it names."""
    if not published.compared_with or published.origin is None:
        return None
    return read_published(Path(published.origin.file).parent / published.compared_with)
