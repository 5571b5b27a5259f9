"""A criterion that does not apply is named on the card, with the reason, and with what becomes of its points."""

from pathlib import Path

import pytest
from issued import EDITION_TOML, EVIDENCE_TOML, METHOD_TOML, Issued, issued_in

import cchc_rules as cchc
from cchc_rules.engine import score
from cchc_rules.files.evidence import read_evidence
from cchc_rules.files.terminal import scorecard_text

CONDITION = '\napplies_when = { fact = "planned", at_least = 200 }\n'
TWO_STAGES = METHOD_TOML.replace("stages = [ {", 'stages = [ { id = "check", label = "Thẩm định", points_prevail = true }, {').replace(
    '[ { id = "check", label = "Thẩm định", points_prevail = true }, { id = "self", label = "Tự chấm" } ]',
    '[ { id = "self", label = "Tự chấm" }, { id = "check", label = "Thẩm định", points_prevail = true } ]')


def card(issued: Issued, *evidence: str) -> cchc.Scorecard:
    """Return the card of evidence given as text, one a stage."""
    index = issued.registry().index("index", 2099)
    return score(index, *(read_evidence(issued.write(f"{number}.toml", text), lambda _: index) for number, text in enumerate(evidence)))


def plain(text: str) -> str:
    """Return a text without the breaks and blanks of its table."""
    return " ".join(text.split())


def test_it_is_named_with_what_did_not_arise(tmp_path: Path) -> None:
    """The total says “tối đa 2”; here stands which four points are not in it, and why."""
    issued = issued_in(tmp_path)
    issued.write("editions/2099.toml", EDITION_TOML.replace('when_whole_is_zero = "award_zero"', 'when_whole_is_zero = "leave_out_of_both_sides"'))
    found = card(issued, EVIDENCE_TOML.format(pin="").replace("value = 60", "value = 0").replace("value = 100", "value = 0"))
    said = plain(scorecard_text(found, "vi"))
    assert "KHÔNG ÁP DỤNG" in said
    assert "Không phát sinh (số nhiệm vụ được giao bằng 0)." in said
    assert "không tính vào cả điểm đạt" in said
    assert "Không áp dụng: Không phát sinh (số nhiệm vụ được giao bằng 0)." in str(found.explain("field.plan"))


def test_it_is_named_with_the_condition_that_fails(tmp_path: Path) -> None:
    """And the value beside what is required; what applies is not listed."""
    issued = issued_in(tmp_path)
    issued.write("editions/2099.toml", EDITION_TOML.replace('label_en = "Completion of the plan"\n', f'label_en = "Completion of the plan"{CONDITION}'))
    found = card(issued, EVIDENCE_TOML.format(pin=""))
    said = plain(scorecard_text(found, "vi"))
    why = found.score("field.plan").why
    assert why is not None
    assert why.vi == "Chỉ áp dụng khi số nhiệm vụ được giao từ 200 nhiệm vụ trở lên; số nhiệm vụ được giao là 100 nhiệm vụ, yêu cầu từ 200 nhiệm vụ trở lên."
    assert said.count("Chỉ áp dụng khi") == 1
    assert found.score("field.reports").why is None


@pytest.mark.parametrize("verified", [0, 4])
def test_what_a_verifier_scores_stands_among_the_stages(tmp_path: Path, verified: int) -> None:
    """From not applicable to 0 points is a difference; and the card no longer says that it does not apply."""
    issued = issued_in(tmp_path)
    issued.write("methods/2099.toml", TWO_STAGES)
    issued.write("editions/2099.toml", EDITION_TOML.replace('when_whole_is_zero = "award_zero"', 'when_whole_is_zero = "leave_out_of_both_sides"'))
    own = EVIDENCE_TOML.format(pin="").replace("value = 60", "value = 0").replace("value = 100", "value = 0")
    theirs = f'schema = "cchc.evidence/1"\nmethod = "index"\nyear = 2099\nunit = "unit"\nstage = "check"\n\n[[points]]\ncriterion = "field.plan"\npoints = {verified}\nreason = "đã kiểm tra"\n'
    found = card(issued, own, theirs)
    said = scorecard_text(found, "vi")
    assert "KHÔNG ÁP DỤNG" not in said
    stages = plain(said.partition("CÁC GIAI ĐOẠN")[2].partition("MẤT ĐIỂM")[0])
    assert f"1.1 Hoàn thành kế hoạch không áp dụng {verified}" in stages


@pytest.mark.parametrize(("official", "vi"), [
    ("", "điểm tối đa, cách chấm, điểm khi không phát sinh"),
    ('max_points = "QĐ 1", of = "QĐ 1", bands = "QĐ 1", otherwise = "QĐ 1"', "điểm khi không phát sinh"),
    ('of = "QĐ 1", bands = "QĐ 1", otherwise = "QĐ 1", when_whole_is_zero = "QĐ 1"', "điểm tối đa"),
])
def test_what_no_source_gives_is_named_and_nothing_else(tmp_path: Path, official: str, vi: str) -> None:
    """Where the source is silent on a divisor of 0 alone, nobody reads that it gives no points."""
    issued = issued_in(tmp_path)
    text = EDITION_TOML.replace('provenance = "official"\nofficial = { max_points = "QĐ 1" }', f'provenance = "assumed"\nofficial = {{ {official} }}')
    issued.write("editions/2099.toml", text)
    found = card(issued, EVIDENCE_TOML.format(pin=""))
    assert f"2/4 điểm (giả định: {vi})" in str(found.explain("field.plan"))
    legend = plain(scorecard_text(found, "vi")).partition("còn thiếu trong nguồn: ")[2].partition(" Điểm tối đa do nguồn")[0]
    assert legend == " ".join(f"{each}: 1 tiêu chí (1.1)" for each in vi.split(", "))


@pytest.mark.parametrize(("policy", "more", "told"), [
    ("leave_out_of_both_sides", 'ranking = { ties = "competition" }', True),
    ("leave_out_of_both_sides", 'ranking = { ties = "competition" }\nconversion = { to = 100 }', False),
    ("leave_out", 'ranking = { ties = "competition" }', False),
    ("leave_out_of_both_sides", "", False),
])
def test_ranking_on_points_where_maxima_differ_is_told(tmp_path: Path, policy: str, more: str, *, told: bool) -> None:
    """54 of 75 stands above 53 of 71: whoever issues the method is told, with the remedy, and may leave it so."""
    issued = issued_in(tmp_path)
    issued.write("editions/2099.toml", EDITION_TOML.replace('when_whole_is_zero = "award_zero"', 'when_whole_is_zero = "not_applicable"'))
    issued.write("methods/2099.toml", METHOD_TOML.replace("leave_out_of_both_sides", policy) + more + "\n")
    found = [each for each in issued.registry().findings() if each.code == "ranked-on-points"]
    assert [(each.severity, "conversion" in each.remedy.vi) for each in found] == ([("note", True)] if told else [])
