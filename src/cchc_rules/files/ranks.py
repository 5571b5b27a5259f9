"""The ranks of an earlier year: read from ``cchc rank --json`` or from a table of published ranks."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from attrs import frozen

from cchc_rules.analysis.ranking import Earlier
from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.reading import read_number
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import read_toml, unreadable
from cchc_rules.decisions.structure import Structure

RANKING_SCHEMA = "cchc.ranking/1"


@frozen(kw_only=True)
class UnitRank:
    """One ``[[units]]`` table of published ranks."""

    unit: str
    rank: int
    points: Decimal | None = None


@frozen(kw_only=True)
class RanksFile:
    """The keys of a file of published ranks."""

    schema: Literal["cchc.ranks/1"]
    year: int
    units: tuple[UnitRank, ...]
    source: str = ""


def read_ranks(path: Path) -> Earlier:
    """Return an earlier year's ranks; raises ``InputError`` where the file holds none."""
    return _from_json(path) if path.suffix.lower() == ".json" else _from_toml(path)


def _from_toml(path: Path) -> Earlier:
    source = read_toml(path)
    given = Structure(()).read(source.data, RanksFile, lambda at: source.place(at, ".".join(map(str, at))), InputError)
    return Earlier(
        year=given.year,
        ranks={each.unit: each.rank for each in given.units},
        points={each.unit: Fraction(each.points) for each in given.units if each.points is not None},
    )


def _from_json(path: Path) -> Earlier:
    place = Place(file=path.as_posix())
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(unreadable(place)) from error
    except (ValueError, RecursionError) as error:
        raise InputError(_not_ranks(place)) from error
    try:
        rows = [row for block in data["blocks"] for row in block["units"]]
        return Earlier(
            year=int(data["year"]),
            ranks={str(row["unit"]["id"]): int(row["rank"]) for row in rows},
            points={str(row["unit"]["id"]): Fraction(read_number(row["points"], place)) for row in rows},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(_not_ranks(place)) from error


def _not_ranks(place: Place) -> Finding:
    return Finding(
        code="ranks-unreadable",
        place=place,
        reason=Text("không phải kết quả xếp hạng", "this is no ranking"),
        remedy=Text(f"dùng tệp do `cchc rank --json` in ra ({RANKING_SCHEMA}) hoặc tệp TOML cchc.ranks/1",
                    f"give a file that `cchc rank --json` printed ({RANKING_SCHEMA}), or a TOML file cchc.ranks/1"),
    )
