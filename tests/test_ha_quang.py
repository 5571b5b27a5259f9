"""The example of the seed: published points field by field, and its fifteen causes of loss, each by its own fact."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import EXAMPLE

import cchc_rules as cchc
from cchc_rules.files.scorecard_json import to_document
from cchc_rules.files.terminal import scorecard_text
from cchc_rules.model import Criterion
from cchc_rules.rules.forms import Judged

PUBLISHED = {
    "direction": ("13", "16"),
    "legal_documents": ("13", "13"),
    "procedures": ("16", "24"),
    "apparatus": ("8", "8"),
    "civil_service": ("11", "17"),
    "public_finance": ("7", "7"),
    "digital_government": ("11.5", "14"),
}
"""Points and maximum of each field, as the plan prints them for 2021."""

ACCOUNT = {"points", "percent", "reachable", "lines"}
"""What changes in a line of the scorecard when its points change."""


class Cause(NamedTuple):
    """One cause of loss: its criterion, its fact in the example, the least that mends it, and one step less."""

    criterion: str
    fact: str
    reported: str
    enough: str
    short: str


CAUSES = {
    "communication on reform is not diverse enough": Cause("direction.communication-diversity", "communication_diversity", '"mot_phan"', '"da_dang"', '"don_dieu"'),
    "there is no initiative that was applied or tried": Cause("direction.initiatives", "initiatives", "0", "2", "1"),
    "the procedure control plan is not completed": Cause("procedures.control-plan", "control_tasks_completed", "15", "20", "19"),
    "proposals of delegation fall short of the target": Cause("procedures.delegation-review", "delegations_proposed", "1", "4", "3"),
    "the report on procedure control is late": Cause("procedures.control-report", "control_report_sent", "2021-12-20", "2021-12-15", "2021-12-16"),
    "not all district procedures go through one-stop shops": Cause("procedures.one-stop-share", "one_stop_procedures", "180", "240", "239"),
    "not all dossiers are settled in time": Cause("procedures.on-time", "dossiers_on_time", "4925", "5000", "4999"),
    "less than half of the procedures are wholly on site": Cause("procedures.four-on-site", "four_on_site_procedures", "96", "120", "119"),
    "staff broke discipline": Cause("civil_service.discipline", "staff_disciplined", "4", "0", "1"),
    "posts were not rotated as planned under Decree 59": Cause("civil_service.rotation", "posts_rotated", "20", "40", "39"),
    "reappointments came after the term had ended": Cause("civil_service.reappointment-time", "reappointments_late", "1", "0", "2"),
    "the training report is not of the quality required": Cause("civil_service.training-report", "training_report_quality", '"dat_mot_phan"', '"dat"', '"chua_dat"'),
    "under 40 per cent of online services have online dossiers": Cause("digital_government.online-services", "services_with_online_dossiers", "36", "48", "47"),
    "not all documents are exchanged electronically": Cause("digital_government.documents", "documents_electronic", "1500", "2000", "1994"),
    "under 0.5 per cent of results are returned by post": Cause("digital_government.post-results", "results_by_post", "20", "25", "24"),
}
"""One step less: for documents the last number whose 1.994 points do not round to 2."""


def scored_with(folder: Path, **values: str) -> cchc.Scorecard:
    """Return the scorecard of the example with some facts written otherwise, scored from a file as a clerk would."""
    text = (EXAMPLE / "2021.toml").read_text(encoding="utf-8")
    for fact, value in values.items():
        text, count = re.subn(rf'(id = "{fact}"\nvalue = )\S+', rf"\g<1>{value}", text)
        assert count == 1
    path = folder / "evidence.toml"
    path.write_text(text, encoding="utf-8")
    return cchc.score(path)


def reported(fact: str) -> str:
    """Return a fact's value as the example's file writes it."""
    found = re.search(rf'id = "{fact}"\nvalue = (\S+)', (EXAMPLE / "2021.toml").read_text(encoding="utf-8"))
    assert found
    return found[1]


def leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield every leaf of a document with the way to it; entries of lists go by their id, or their place."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            name = item.get("id", index) if isinstance(item, dict) else index
            yield from leaves(item, (*path, str(name)))
    else:
        yield path, value


def changes(before: dict[str, Any], after: dict[str, Any]) -> set[tuple[str, ...]]:
    """Return the ways to everything that differs between two documents."""
    old, new = dict(leaves(before)), dict(leaves(after))
    return {path for path in old.keys() | new.keys() if old.get(path, "absent") != new.get(path, "absent")}


def ancestors(card: cchc.Scorecard, criterion_id: str) -> list[str]:
    """Return the ids of the criteria that a criterion lies in."""
    parent = card.score(criterion_id).criterion.parent
    return [parent, *ancestors(card, parent)] if parent else []


def expected_ways(card: cchc.Scorecard, cause: Cause) -> set[tuple[str, ...]]:
    """Return the beginnings of all ways at which a mended cause may change the document."""
    field = cause.criterion.partition(".")[0]
    criteria = ("fields", field, "criteria")
    own = {(*criteria, cause.criterion, key) for key in ACCOUNT | {"deductions"}}
    value = {(*criteria, cause.criterion, "facts", cause.fact, "value")}
    above = {(*criteria, parent, key) for parent in ancestors(card, cause.criterion) for key in ACCOUNT}
    sums = {("fields", field, key) for key in ACCOUNT} | {("total", key) for key in ACCOUNT}
    stage = ("stages", card.evidence.stage)
    again = {(*stage, "points", each) for each in (cause.criterion, *ancestors(card, cause.criterion))} | {(*stage, "total", key) for key in ACCOUNT}
    return own | value | above | sums | again | {("grade",)}


# ------------------------------------------------------------------ the published result


def test_total_is_the_published_one(card: cchc.Scorecard) -> None:
    """79.5 of 99, complete, graded as claimed."""
    assert (card.total.points, card.total.max_points, card.total.complete) == (Decimal("79.5"), Decimal(99), True)
    assert card.grade is not None
    assert card.grade.id == "kha"


@pytest.mark.parametrize("field", PUBLISHED)
def test_field_has_its_published_points_and_maximum(card: cchc.Scorecard, field: str) -> None:
    """Each field gives what the plan prints."""
    points, maximum = PUBLISHED[field]
    scored = card.field(field)
    assert (scored.points, scored.max_points) == (Decimal(points), Decimal(maximum))


def test_fields_stand_in_the_published_order(card: cchc.Scorecard) -> None:
    """The scorecard goes through the fields as the plan does."""
    assert [each.id for each in card.fields] == list(PUBLISHED)


def test_folder_gives_the_same_scorecard_as_the_file(card: cchc.Scorecard) -> None:
    """The published tables in the same folder are no evidence and change nothing."""
    assert to_document(cchc.score(EXAMPLE)) == to_document(card)


# ------------------------------------------------------------------ the fifteen causes


def test_exactly_the_fifteen_causes_of_the_plan_lose_points(card: cchc.Scorecard) -> None:
    """Each cause is one deduction, and there is no other deduction."""
    lost = [score.id for _, score, _ in card.lost_points()]
    assert len(CAUSES) == 15
    assert sorted(lost) == sorted(cause.criterion for cause in CAUSES.values())


def test_every_deduction_says_why_in_both_languages(card: cchc.Scorecard) -> None:
    """A reason is a sentence, in Vietnamese and in English."""
    for _, _, deduction in card.lost_points():
        assert deduction.reason.vi.endswith(".")
        assert deduction.reason.en.endswith(".")
        assert deduction.reason.vi != deduction.reason.en


def test_every_deduction_cites_a_cause_of_the_plan_and_every_cause_is_cited(index: cchc.Index, card: cchc.Scorecard) -> None:
    """The clauses of the deductions are the bullets under “tồn tại, mất điểm”, each once."""
    causes = re.compile(r"mục II\.[1357]\.1, gạch đầu dòng \d")
    cited = [deduction.clause.place for _, _, deduction in card.lost_points() if deduction.clause]
    written = [each.clause.place for each in criteria(index) if each.clause and causes.fullmatch(each.clause.place)]
    assert len(cited) == len(set(cited)) == 15
    assert sorted(cited) == sorted(written)


def test_only_two_causes_have_no_remedy_because_the_plan_names_none(card: cchc.Scorecard) -> None:
    """Rotation of posts and electronic documents are causes without a task."""
    without = {score.id for _, score, deduction in card.lost_points() if deduction.remedy is None}
    assert without == {"civil_service.rotation", "digital_government.documents"}


def test_lost_points_of_fields_are_those_of_the_plan(card: cchc.Scorecard) -> None:
    """3, 8, 6 and 2.5 are lost; 19.5 in all."""
    lost = {each.id: sum(deduction.amount for deduction in each.deductions) for each in card.fields}
    assert lost == {"direction": 3, "legal_documents": 0, "procedures": 8, "apparatus": 0, "civil_service": 6,
                    "public_finance": 0, "digital_government": Decimal("2.5")}


@pytest.mark.parametrize("name", CAUSES)
def test_mending_one_cause_gives_its_points_back_and_changes_nothing_else(card: cchc.Scorecard, tmp_path: Path, name: str) -> None:
    """From the example's value to just enough: full points, no reason left, all else the same."""
    cause = CAUSES[name]
    before = card.score(cause.criterion)
    assert reported(cause.fact) == cause.reported
    assert before.deductions

    mended = scored_with(tmp_path, **{cause.fact: cause.enough})

    after = mended.score(cause.criterion)
    assert before.points is not None
    assert card.total.points is not None
    assert before.points < before.max_points
    assert (after.points, after.deductions) == (before.max_points, ())
    assert mended.total.points == card.total.points + before.max_points - before.points
    ways = expected_ways(card, cause)
    found = changes(to_document(card), to_document(mended))
    assert {way for way in found if not any(way[: len(start)] == start for start in ways)} == set()


@pytest.mark.parametrize("name", CAUSES)
def test_one_step_short_of_enough_the_cause_still_costs_points(tmp_path: Path, name: str) -> None:
    """The threshold is where it is said to be: one step less, and there is a reason."""
    cause = CAUSES[name]
    score = scored_with(tmp_path, **{cause.fact: cause.short}).score(cause.criterion)
    assert score.points is not None
    assert score.points < score.max_points
    assert len(score.deductions) == 1


def test_mending_all_causes_gives_every_point_that_there_is(tmp_path: Path) -> None:
    """99 of 99, and nothing is lost."""
    perfect = scored_with(tmp_path, **{cause.fact: cause.enough for cause in CAUSES.values()})
    assert perfect.total.points == perfect.total.max_points == 99
    assert perfect.lost_points() == ()


# ------------------------------------------------------------------ at the thresholds


@pytest.mark.parametrize(("criterion", "fact", "value", "points"), [
    ("procedures.four-on-site", "four_on_site_procedures", "119", "1"),  # 49.58 % of 240
    ("procedures.four-on-site", "four_on_site_procedures", "120", "3"),  # just 50 %
    ("procedures.four-on-site", "four_on_site_procedures", "121", "3"),
    ("procedures.four-on-site", "four_on_site_procedures", "72", "1"),  # just 30 %
    ("procedures.four-on-site", "four_on_site_procedures", "71", "0"),
    ("digital_government.online-services", "services_with_online_dossiers", "47", "1"),
    ("digital_government.online-services", "services_with_online_dossiers", "48", "2"),  # just 40 % of 120
    ("digital_government.online-services", "services_with_online_dossiers", "49", "2"),
    ("digital_government.online-dossiers", "dossiers_online", "599", "0"),
    ("digital_government.online-dossiers", "dossiers_online", "600", "1.5"),  # just 40 % of 1500
    ("digital_government.online-dossiers", "dossiers_online", "601", "1.5"),
    ("digital_government.post-use", "procedures_through_post", "59", "0"),
    ("digital_government.post-use", "procedures_through_post", "60", "1.5"),  # just 40 % of 150
    ("digital_government.post-use", "dossiers_through_post", "59", "0"),
    ("digital_government.post-use", "dossiers_through_post", "60", "1.5"),  # just 10 % of 600
    ("digital_government.post-results", "results_by_post", "24", "0"),
    ("digital_government.post-results", "results_by_post", "25", "1"),  # just 0.5 % of 5000
    ("digital_government.post-results", "results_by_post", "26", "1"),
    ("procedures.on-time", "dossiers_on_time", "4899", "2"),
    ("procedures.on-time", "dossiers_on_time", "4900", "3"),  # just 98 % of 5000
    ("procedures.control-report", "control_report_sent", "2021-12-14", "2"),
    ("procedures.control-report", "control_report_sent", "2021-12-15", "2"),  # the deadline itself
    ("procedures.control-report", "control_report_sent", "2021-12-16", "1"),
    ("procedures.control-report", "control_report_sent", "2021-12-18", "1"),  # three days late
    ("procedures.control-report", "control_report_sent", "2021-12-19", "0"),
    ("procedures.control-report", "control_report_sent", '"chưa thực hiện"', "0"),
])
def test_points_just_below_at_and_just_above_a_threshold(tmp_path: Path, criterion: str, fact: str, value: str, points: str) -> None:
    """Every threshold says which side it belongs to."""
    assert scored_with(tmp_path, **{fact: value}).score(criterion).points == Decimal(points)


# ------------------------------------------------------------------ what is official and what is assumed


def criteria(index: cchc.Index) -> list[Criterion]:
    """Return all criteria of the index."""
    return [each for edition in index.editions for each in edition.criteria]


def test_there_are_between_45_and_60_criteria(index: cchc.Index) -> None:
    """As many as the plan's causes and tasks give."""
    assert 45 <= len(criteria(index)) <= 60


def test_points_of_criteria_add_up_to_the_official_maximum_of_their_field(index: cchc.Index) -> None:
    """The assumed points of the topmost criteria make the published maximum."""
    for edition in index.editions:
        assert sum(each.max_points for each in edition.children("")) == Decimal(PUBLISHED[edition.field][1]) == edition.max_points


def test_points_of_components_add_up_to_their_criterion(index: cchc.Index) -> None:
    """A criterion with components is worth what they are worth together."""
    for edition in index.editions:
        for parent in (each for each in edition.criteria if each.form is None):
            assert sum(each.max_points for each in edition.children(parent.id)) == parent.max_points


def test_maxima_of_fields_are_official_and_cite_the_table(index: cchc.Index, card: cchc.Scorecard) -> None:
    """The seven maxima are the only points that the source gives."""
    assert {each.max_points_provenance for each in card.fields} == {"official"}
    assert all("bảng kết quả" in edition.max_points_source for edition in index.editions)


def test_points_of_every_criterion_are_assumed(index: cchc.Index) -> None:
    """No criterion claims points that the source does not give."""
    assert {each.provenance for each in criteria(index)} == {"assumed"}


def test_a_threshold_is_official_only_where_the_clause_prints_it(index: cchc.Index) -> None:
    """What is called official is quoted, and the quotation stands in the clause; points never are official."""
    for each in criteria(index):
        for key, source in each.official.items():
            assert "points" not in key
            quoted = re.findall("“(.+?)”", source)
            assert quoted
            assert each.clause is not None
            assert all(part in each.clause.text for part in quoted)


def test_every_parameter_of_the_method_is_assumed(index: cchc.Index) -> None:
    """Nominal total, policy, rounding, grades and ranking are not in the source."""
    method = index.method
    assert method.grades is not None
    assert method.ranking is not None
    parts = (method.nominal_total, method.not_applicable, method.rounding, method.grades, method.ranking)
    assert {part.provenance for part in parts} == {"assumed"}


def test_assumed_points_are_marked_wherever_they_are_shown(card: cchc.Scorecard) -> None:
    """In the lost points, in the explanation, in the grade and in the document."""
    text = scorecard_text(card, "vi")
    amounts = re.findall(r"^ *−[0-9,]+(\*?) ", text, re.MULTILINE)
    assert amounts == ["*"] * 15
    assert "giả định" in card.explain("procedures.four-on-site").words("vi").splitlines()[1]
    assert re.search("Xếp loại: .*giả định", text)
    document = to_document(card)
    assert {each["provenance"] for field in document["fields"] for each in field["criteria"]} == {"assumed"}
    assert document["assumed_percent"] == "100"


def test_only_diversity_of_communication_and_the_training_report_are_judged(index: cchc.Index) -> None:
    """All other criteria are computed from rates, counts, dates and flags."""
    judged = {each.id for each in criteria(index) if isinstance(each.form, Judged)}
    assert judged == {"direction.communication-diversity", "civil_service.training-report"}
    assert {fact.id for fact in index.facts.values() if fact.judged or fact.type == "level"} == {
        "communication_diversity", "training_report_quality",
    }


def test_every_fact_of_the_example_says_that_it_is_reconstructed(evidence: cchc.Evidence) -> None:
    """Nobody takes the example's facts for the district's own."""
    assert {fact.provenance for fact in evidence.facts.values()} == {"reconstructed"}
    assert "Dựng lại" in evidence.note


def test_every_criterion_names_label_evidence_and_lead_in_the_scorecard(index: cchc.Index, card: cchc.Scorecard) -> None:
    """Each scored criterion says what it is, what proves it and who leads."""
    for each in criteria(index):
        assert each.label.vi
        assert each.label.en != each.label.vi
        assert each.form is None or each.evidence
    for field in to_document(card)["fields"]:
        assert all(each["lead_unit"] for each in field["criteria"])
