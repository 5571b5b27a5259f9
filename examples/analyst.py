"""For analysts: score, compare two years, audit a published table, rank lost points from the JSON document."""

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import cchc_rules as cchc

HERE = Path(__file__).parent / "ha_quang"


def shown(value: Fraction | None) -> str:
    """Return an exact number with two decimals; the engine itself rounds nothing here."""
    return "–" if value is None else f"{Decimal(value.numerator) / value.denominator:+.2f}"


card = cchc.score(HERE)
before = cchc.read_published(HERE / "published-2020.toml")
published = cchc.read_published(HERE / "published-2021.toml")

comparison = cchc.compare(before, card)
print(f"Change of the total: {shown(comparison.change)}")
print(f"Comparable fields: performance {shown(comparison.split.performance)}, method {shown(comparison.split.method)}")
for field in comparison.apart:
    print(f"Not comparable: {field.label.en}, {field.apart.en if field.apart else ''}")

grades = cchc.load_index(card.method.id, card.method.year).method.grades
for code, count in Counter(finding.code for finding in cchc.audit(published, before, grades)).items():
    print(f"Audit: {count} × {code}")

# The JSON document holds numbers as strings: read them as decimals, never as floats.
document = json.loads(cchc.to_json(card))
lost = [
    (Decimal(deduction["amount"]), criterion["number"], criterion["label_en"])
    for each in document["fields"]
    for criterion in each["criteria"]
    for deduction in criterion["deductions"]
]
print("\n lost  criterion")
for amount, number, label in sorted(lost, key=lambda row: -row[0])[:5]:
    print(f"{amount:>5}  {number:<6} {label}")
print(f"{sum(amount for amount, _, _ in lost):>5}  in all")
