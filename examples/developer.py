"""For developers: score figures that a system holds, read the result, handle what cannot be used."""

import json
from decimal import Decimal

import cchc_rules as cchc

FIGURES: dict[str, object] = {
    "four_on_site_procedures": 96,
    "district_procedures": 240,
    "dossiers_on_time": 4925,
    "dossiers_received": 5000,
}


def scored(figures: dict[str, object]) -> cchc.Scorecard:
    """Return the scorecard of one unit from plain Python values."""
    return cchc.score(cchc.evidence_of("cao-bang.districts", 2021, "ha-quang", figures))


card = scored(FIGURES)
for _, score, loss in card.lost_points():
    print(f"{score.criterion.number}: −{loss.amount}, {loss.reason.en}")

# What was not reported is not a zero: the total says what it can still become.
assert not card.total.complete
print(f"The total can still be from {card.total.reachable.low} to {card.total.reachable.high}.")

# One more procedure handled on site at a time: where does the score change?
for handled in (119, 120):
    points = scored({**FIGURES, "four_on_site_procedures": handled}).score("procedures.four-on-site").points
    print(f"{handled} of 240: {points} points")

# Everything that cannot be used is reported at once, with a stable code.
try:
    scored({"district_procedures": 240.0, "four_on_site": 96})
except cchc.InputError as error:
    for finding in error.findings:
        print(f"{finding.code}: {finding.reason.en}; {finding.remedy.en}")

# The record to keep: method, seals, engine and every number, as text.
document = json.loads(cchc.to_json(card))
assert Decimal(document["total"]["points"]) == card.total.points
print(document["schema"], document["method"]["id"], document["method"]["year"], document["engine"])
