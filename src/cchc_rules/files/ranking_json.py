"""A ranking as one stable JSON document, ``cchc.ranking/1``."""

import json
from fractions import Fraction
from typing import Any

from cchc_rules.analysis.ranking import Ranked, RankedBlock, Ranking
from cchc_rules.base.exact import decimal_of, exact_text
from cchc_rules.files.scorecard_json import decimal_text, words
from cchc_rules.scorecard import Scorecard

SCHEMA = "cchc.ranking/1"
Table = dict[str, Any]


def ranking_json(ranking: Ranking) -> str:
    """Return the document as text; the same ranking gives the same bytes."""
    return json.dumps(ranking_document(ranking), ensure_ascii=False, indent=2) + "\n"


def ranking_document(ranking: Ranking) -> Table:
    """Return the document as plain data, every decimal number as a string."""
    return {
        "schema": SCHEMA,
        "method": ranking.method,
        "year": ranking.year,
        **words("label", ranking.label),
        "ties": ranking.ties,
        "provenance": ranking.provenance,
        "provisional": ranking.provisional,
        "earlier_year": ranking.earlier_year,
        "blocks": [_block(each) for each in ranking.blocks],
        "unranked": [_unit(card) for card in ranking.unranked],
        "absent": [{"id": unit.id, "label": unit.label, "block": unit.block, "ranked": unit.ranked} for unit in ranking.absent],
    }


def _block(block: RankedBlock) -> Table:
    return {
        "id": block.id,
        **words("label", block.label),
        "situation": list(block.situation),
        "units": [_row(row) for row in block.units],
        "waiting": [_unit(card) for card in block.waiting],
    }


def _row(row: Ranked) -> Table:
    return {
        **_unit(row.card),
        "rank": row.rank,
        **_ranked_points(row.points),
        "tied_with": list(row.tied_with),
        **words("parted_by", row.parted_by),
        "behind": None if row.behind is None else decimal_text(row.behind),
        "separating": [
            {"criterion": each.criterion, "number": each.number, **words("label", each.label), "points": decimal_text(each.points)}
            for each in row.separating
        ],
        "earlier_rank": row.earlier,
        "rank_change": row.change,
        "mapped_from": row.mapped_from or None,
    }


def _ranked_points(points: Fraction) -> Table:
    """Return what a unit is ranked on, before the total is rounded; the fraction beside what has no end as a decimal."""
    exact = {} if decimal_of(points) is not None else {"ranked_exact": exact_text(points)}
    return {"ranked_points": decimal_text(points), **exact}


def _unit(card: Scorecard) -> Table:
    total = card.total
    return {
        "unit": {"id": card.unit.id, "label": card.unit.label},
        "points": None if total.exact is None else decimal_text(total.exact),
        "percent": None if total.share is None else decimal_text(total.share * 100),
        "complete": total.complete,
        "reachable": {"low": decimal_text(total.reachable.low), "high": decimal_text(total.reachable.high)},
        "grade": card.grade.id if card.grade else None,
    }
