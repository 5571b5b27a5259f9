"""Bare facts as evidence: what a program or a row of a frame holds, at the stage that gives the result."""

from collections.abc import Mapping

from cchc_rules.index import Index
from cchc_rules.model import AssessedUnit, Evidence, ReportedFact, Value

PROOF = ("given",)
"""Bare facts count as documented: there is nothing that a document could stand beside."""


def evidence_of(index: Index, facts: Mapping[str, Value], unit: AssessedUnit) -> Evidence:
    """Return bare facts as the evidence of one unit at the last stage that counts."""
    stages = [stage for stage in index.method.stages if stage.counts] or list(index.method.stages)
    reported = {name: ReportedFact(id=name, value=value, documents=PROOF) for name, value in facts.items()}
    return Evidence(unit=unit, method=index.method.id, year=index.method.year, stage=stages[-1].id, facts=reported)
