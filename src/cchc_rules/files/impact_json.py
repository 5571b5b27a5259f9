"""The impact of another year's method as one stable JSON document, ``cchc.impact/1``."""

import json
from typing import Any

from cchc_rules.analysis.impact import Impact, Migration, Mover, Part, PartChange, Standing, UnitImpact
from cchc_rules.analysis.placing import Ranks
from cchc_rules.files.scorecard_json import decimal_text, words
from cchc_rules.methods import Method
from cchc_rules.points import Range

SCHEMA = "cchc.impact/1"
Table = dict[str, Any]


def impact_json(found: Impact) -> str:
    """Return the document as text; the same impact gives the same bytes."""
    return json.dumps(impact_document(found), ensure_ascii=False, indent=2) + "\n"


def impact_document(found: Impact) -> Table:
    """Return the document as plain data, every decimal number as a string; an open grade is ``null``."""
    return {
        "schema": SCHEMA,
        "before": _method(found.before),
        "after": _method(found.after),
        "evidence_pinned_to": found.before.key,
        "decided": found.decided,
        "units": [_unit(each) for each in found.units],
        "grades": None if found.migration is None else _migration(found.migration),
        "criteria": [_mover(each) for each in found.movers],
        "wanted": [
            {"fact": each.fact.id, **words("label", each.fact.label), "why": each.why, "criteria": [criterion.id for criterion in each.criteria],
             "units": list(each.units), "nobody": each.nobody}
            for each in found.wanted
        ],
        "papers": [{"criterion": each.criterion.id, "papers": list(each.papers)} for each in found.papers],
        "findings": [{"code": each.code, "where": each.place.where, **words("reason", each.reason)} for each in found.findings],
        "apart": [{"unit": each.unit.id, **words("why", each.why)} for each in found.apart],
    }


def _method(method: Method) -> Table:
    return {"id": method.id, "year": method.year, "version": method.version or None, "level": method.level, "status": method.status,
            **words("label", method.label)}


def _unit(each: UnitImpact) -> Table:
    return {
        "unit": {"id": each.unit.id, "label": each.unit.label},
        "was": each.before.card.unit.id,
        "before": _standing(each.before),
        "after": _standing(each.after),
        "change": _range(each.change),
        "rank_change": each.rank_change,
        "criteria": [_change(change) for change in each.parts if change.moved],
        "not_carried": {name: {**words("why", why)} for name, why in each.carried.refused.items()},
        "dates_moved": list(each.carried.moved),
        "marks_not_carried": list(each.carried.marks),
    }


def _standing(standing: Standing) -> Table:
    grade = standing.card.grade
    return {
        "points": decimal_text(standing.reachable.low) if standing.card.final else None,
        "reachable": _range(standing.reachable),
        "complete": standing.card.final,
        "grade": standing.grade or None,
        "grades_possible": [standing.grade] if standing.grade else list(grade.reachable) if grade else [],
        "rank": standing.ranks.decided if standing.ranks else None,
        "ranks_possible": _ranks(standing.ranks),
    }


def _ranks(ranks: Ranks | None) -> Table | None:
    return None if ranks is None else {"block": ranks.block, "best": ranks.best, "worst": ranks.worst}


def _change(change: PartChange) -> Table:
    return {**_named(change.part), "before": _side(change.before), "after": _side(change.after), "change": _range(change.change)}


def _mover(each: Mover) -> Table:
    return {**_named(each.part), "maximum_before": _maximum(each.before), "maximum_after": _maximum(each.after),
            "gaining": each.gaining, "losing": each.losing, "open": each.open, "change": _range(each.change)}


def _named(part: Part) -> Table:
    return {"kind": part.kind, "id": part.id, "number": part.number, **words("label", part.label)}


def _side(part: Part | None) -> Table | None:
    return None if part is None else _range(part.reachable)


def _maximum(part: Part | None) -> str | None:
    return None if part is None or part.kind not in ("criterion", "group") else decimal_text(part.maximum)


def _range(reachable: Range) -> Table:
    return {"low": decimal_text(reachable.low), "high": decimal_text(reachable.high)}


def _migration(matrix: Migration) -> Table:
    """Return the matrix of grades; the undecided row and column have the name ``null``."""
    return {
        "rows": [row or None for row in matrix.rows],
        "columns": [column or None for column in matrix.columns],
        "counts": [[matrix.count(row, column) for column in matrix.columns] for row in matrix.rows],
    }
