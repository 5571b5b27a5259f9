"""The stages of one unit side by side: in text, in JSON, and in the explanation of a criterion."""

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from policy_cases import FOLDER, policy_file, registry_of, write_evidence

import cchc_rules as cchc
from cchc_rules.base.texts import LANGUAGES, Language
from cchc_rules.engine import score
from cchc_rules.files.evidence import read_cohort
from cchc_rules.files.terminal import scorecard_text

FACTS = {"on_time": 90, "dossiers": 100, "posted": 60, "procedures": 100, "done": 5, "tasks": 10}
WHY = "Hai nhiệm vụ chưa có sản phẩm"


@pytest.fixture
def card(tmp_path: Path) -> cchc.Scorecard:
    """A unit that declares 3 points for a criterion worth 2.5, which a verifier then takes down to 2."""
    index = registry_of(policy_file(FOLDER / "stages-points-prevail.toml").example, tmp_path / "tables").index_named("example")
    stages: dict[str, dict[str, Any]] = {
        "self": {"facts": FACTS, "points": {"procedures.tasks": 3}},
        "verified_1": {"facts": {"posted": 70}, "points": {"procedures.tasks": {"points": 2, "reason": WHY}}},
    }
    for stage, given in stages.items():
        write_evidence(index.method, "a", stage, given, tmp_path / "evidence")
    ((one, other),) = read_cohort(tmp_path / "evidence", index)
    return score(index, one, other)


def line_of(text: str, number: str, heading: str) -> list[str]:
    """Return the words of the line of one criterion below a heading."""
    (line,) = [line for line in text[text.index(heading) :].splitlines() if line.split()[:1] == [number]][:1]
    return line.split()


class TestText:
    """The table of stages."""

    @pytest.mark.parametrize(("language", "heading", "points"), [("vi", "CÁC GIAI ĐOẠN", ["3", "2,5", "2", "−1"]), ("en", "STAGES", ["3", "2.5", "2", "−1"])])
    def test_shows_what_was_declared_what_the_facts_gave_and_what_was_verified(
        self, card: cchc.Scorecard, language: Language, heading: str, points: list[str]
    ) -> None:
        """One column for the unit's mark, one a stage, and how far the last is from the first."""
        assert line_of(scorecard_text(card, language), "1.3", heading)[-4:] == points

    def test_leaves_a_mark_that_nobody_gave_blank(self, card: cchc.Scorecard) -> None:
        """Posting was not declared: its line has the two stages and their difference, and no mark."""
        words = line_of(scorecard_text(card, "vi"), "1.2", "CÁC GIAI ĐOẠN")
        assert words[-3:] == ["1,8", "2,1", "+0,3"]
        assert " ".join(words[-5:-3]) == "thủ tục"

    def test_does_not_list_what_is_the_same_at_every_stage(self, card: cchc.Scorecard) -> None:
        """Settling on time was neither declared nor changed."""
        text = scorecard_text(card, "vi")
        stages = text[text.index("CÁC GIAI ĐOẠN") : text.index("MẤT ĐIỂM")]
        assert "1.1" not in stages
        assert "1.3" in stages

    def test_ends_with_the_totals(self, card: cchc.Scorecard) -> None:
        """6.1 by the unit's facts, 5.9 once verified; marks have no total of their own."""
        text = scorecard_text(card, "vi")
        stages = text[text.index("CÁC GIAI ĐOẠN") : text.index("MẤT ĐIỂM")]
        (line,) = [line for line in stages.splitlines() if "TỔNG" in line]
        assert line.split() == ["TỔNG", "6,1", "5,9", "−0,2"]


def test_json_keeps_every_stage_with_its_marks(card: cchc.Scorecard) -> None:
    """Totals, points and declared marks a stage; computed, declared and verified points a criterion."""
    document = json.loads(cchc.to_json(card))
    assert [(stage["id"], stage["total"]["points"]) for stage in document["stages"]] == [("self", "6.1"), ("verified_1", "5.9")]
    assert document["stages"][0]["points"]["procedures.tasks"] == "2.5"
    assert document["stages"][0]["declared"]["procedures.tasks"]["points"] == "3"
    (found,) = [each for each in document["fields"][0]["criteria"] if each["id"] == "procedures.tasks"]
    assert (found["points"], found["computed"], found["declared"]["points"]) == ("2", "2.5", "3")
    assert found["verified"] == {"points": "2", "reason": WHY}
    assert [(each["amount"], each["reason"]) for each in found["deductions"]] == [("3", WHY)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_explanation_says_whose_points_stand_and_whose_do_not(card: cchc.Scorecard, language: Language) -> None:
    """The verifier's 2 in place of the 2.5 that the facts give, and the 3 that the unit gave itself."""
    said = card.explain("procedures.tasks").words(language)
    number = "2,5" if language == "vi" else "2.5"
    assert number in said
    assert ("Đơn vị tự chấm 3 điểm" if language == "vi" else "The unit declared 3 points") in said
    assert WHY in said


def test_declared_mark_that_differs_is_a_finding_of_the_result(card: cchc.Scorecard) -> None:
    """The unit's 3 against the 2.5 that its facts give, not against the verifier's 2."""
    (finding,) = [each for each in card.findings if each.code == "declared-differs"]
    assert "3" in finding.reason.vi
    assert "2,5" in finding.reason.vi


@pytest.mark.parametrize(
    ("change", "code"),
    [({}, "files-disagree"), ({"stage": "later"}, "stage-unknown"), ({"stage": "verified_1", "unit": cchc.AssessedUnit(id="b", label="Xã B")}, "files-disagree")],
    ids=["a stage twice", "a stage that is not there", "two units"],
)
def test_evidence_that_would_be_left_out_is_refused(change: dict[str, Any], code: str, tmp_path: Path) -> None:
    """From Python, too, nothing that is handed over is dropped silently."""
    index = registry_of(policy_file(FOLDER / "stages-points-prevail.toml").example, tmp_path / "tables").index_named("example")
    write_evidence(index.method, "a", "self", {"facts": FACTS}, tmp_path / "evidence")
    ((evidence,),) = read_cohort(tmp_path / "evidence", index)
    with pytest.raises(cchc.InputError) as refused:
        score(index, evidence, evolve(evidence, **change))
    assert code in {finding.code for finding in refused.value.findings}


@pytest.mark.parametrize("reason", ["", "   "], ids=["none", "blanks"])
def test_points_without_a_reason_are_refused_at_their_line_where_the_stage_asks_for_one(reason: str, tmp_path: Path) -> None:
    """The file, the line, the criterion and what to write; the other points of the file are not complained of."""
    index = registry_of(policy_file(FOLDER / "stages-reason-required.toml").example, tmp_path / "tables").index_named("example")
    given = {"procedures.tasks": {"points": 2, "reason": reason}, "procedures.posted": {"points": 1, "reason": WHY}}
    path = write_evidence(index.method, "a", "verified_2", {"points": given}, tmp_path / "evidence")
    with pytest.raises(cchc.InputError) as refused:
        read_cohort(tmp_path / "evidence", index)
    (finding,) = refused.value.findings
    line = path.read_text(encoding="utf-8").splitlines().index('criterion = "procedures.tasks"')
    assert (finding.code, finding.place.file) == ("reason-missing", path.as_posix())
    assert finding.place.line is not None
    assert abs(finding.place.line - (line + 1)) <= 1
    assert "1.3" in finding.reason.vi
    assert "`reason`" in finding.remedy.vi
