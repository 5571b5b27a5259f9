"""What a method knows of its units: no form asks for it, results show it, ranks and seals rest on it."""

import io
import json
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from attrs import evolve
from cohorts import cohort_index, evidence_of_unit, taken_over
from policy_cases import FOLDER, policy_file, registry_of, write_evidence

import cchc_rules as cchc
from cchc_rules.analysis.ranking import rank
from cchc_rules.decisions.seals import method_seal
from cchc_rules.engine import score_cohort
from cchc_rules.files.evidence import read_cohort
from cchc_rules.files.template import template_bytes
from cchc_rules.methods import RankingRule, TieBreak
from cchc_rules.model import AssessedUnit

EXAMPLE = policy_file(FOLDER / "units-facts.toml").example
KNOWN_OF_ALL = ', facts = { mountain = false }'


def asked_for(index: cchc.Index) -> set[str]:
    """Return the facts that the form of a method asks for."""
    sheet = openpyxl.load_workbook(io.BytesIO(template_bytes(index)))["Phiếu"]
    return {str(row[0].value) for row in sheet.iter_rows()} & index.facts.keys()


def test_a_form_does_not_ask_for_what_is_known_of_every_unit(tmp_path: Path) -> None:
    """What one of them still has to enter stays in it."""
    assert asked_for(registry_of(EXAMPLE, tmp_path / "all").index_named("example")) == {"done", "tasks"}
    some = EXAMPLE.replace(KNOWN_OF_ALL, "")
    assert asked_for(registry_of(some, tmp_path / "some").index_named("example")) == {"done", "tasks", "mountain"}


def test_a_result_shows_what_was_given_for_the_unit(tmp_path: Path) -> None:
    """In its facts as in its explanation, the unit's own value in place of the one for all."""
    index = registry_of(EXAMPLE, tmp_path / "tables").index_named("example")
    for unit in "abc":
        write_evidence(index.method, unit, "self", {"facts": {"done": 1, "tasks": 2}}, tmp_path / "evidence")
    *_, card = score_cohort(index, read_cohort(tmp_path / "evidence", index))
    (field,) = json.loads(cchc.to_json(card))["fields"]
    assert {each["id"]: each["value"] for each in field["criteria"][0]["facts"]} == {"done": "1", "tasks": "2", "mountain": True, "target": "0.6"}
    told = [each.vi for each in card.explain("procedures.tasks").inputs]
    assert "xã miền núi: có" in told
    assert "mục tiêu được giao: 60%" in told


def test_ties_are_parted_by_what_is_known_of_units() -> None:
    """Equal totals, and the unit of more people first, though neither has entered how many."""
    units = (AssessedUnit(id="a", label="A"), AssessedUnit(id="b", label="B"))
    rule = RankingRule(ties="competition", tie_breaks=(TieBreak(fact="people"),))
    index = evolve(cohort_index(("number", "people"), (), (taken_over("number"),), units=units, ranking=rule), known={"a": {"people": Fraction(5)}, "b": {"people": Fraction(7)}})
    cards = score_cohort(index, [evidence_of_unit(unit, {"number": Fraction(3)}) for unit in units])
    (block,) = rank(index, cards).blocks
    assert [(row.unit.id, row.rank) for row in block.units] == [("b", 1), ("a", 2)]


def test_a_seal_covers_what_is_known_of_units(tmp_path: Path) -> None:
    """Another class for one unit is another method."""
    seals = set()
    for number, text in enumerate((EXAMPLE, EXAMPLE.replace("mountain = false", "mountain = true"))):
        registry = registry_of(text, tmp_path / str(number))
        seals.add(method_seal(registry.methods["example/2099"].value, registry.structure, {}).digest)
    assert len(seals) == 2


def test_a_unit_that_says_otherwise_is_told_both_places(tmp_path: Path) -> None:
    """The file and line of its value, and where the method has its own."""
    index = registry_of(EXAMPLE, tmp_path / "tables").index_named("example")
    path = write_evidence(index.method, "a", "self", {"facts": {"mountain": True}}, tmp_path / "evidence")
    with pytest.raises(cchc.InputError) as refused:
        read_cohort(tmp_path / "evidence", index)
    (finding,) = refused.value.findings
    assert finding.place.file == path.as_posix()
    assert finding.place.line
    assert finding.reason.vi == "số liệu “mountain” là có, khác với không ở example/2099: units, a, mountain"
