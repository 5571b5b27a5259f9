"""The gate before a seal: what stands against sealing is listed with its remedy, and nothing gets round it."""

import datetime as dt
from pathlib import Path

import pytest
from building import plugin
from issued import EDITION, EDITION_TOML, METHOD, Issued, confirmed_cases, filled_in, issued_in
from strategies import edition_of

import cchc_rules as cchc
from cchc_rules.cases.gate import seal, stands_against
from cchc_rules.cli import main
from cchc_rules.plugins.errata import open_erratum

CASES = "cases/2099.toml"
STRICTER = '[[changes]]\ncriterion = "field.plan"\nset = { bands = [ { at_least = "90 %", points = 4 }, { at_least = "50 %", points = 2 } ] }\n'


@pytest.fixture
def issued(tmp_path: Path) -> Issued:
    """An edition with confirmed cases for every outcome, and its method; neither is sealed."""
    made = issued_in(tmp_path)
    made.write(CASES, confirmed_cases(made.registry(), EDITION))
    return made


def against(issued: Issued, name: str) -> dict[str, int]:
    """Return the codes of what stands against sealing, and how often each."""
    codes = [each.code for each in stands_against(issued.registry(), name)]
    return {code: codes.count(code) for code in codes}


def refused(issued: Issued, name: str) -> tuple[cchc.Finding, ...]:
    """Return the findings with which sealing is refused; no seal may be left behind."""
    with pytest.raises(cchc.SealError) as caught:
        seal(issued.registry(), name)
    assert list(issued.path.rglob("*.seal.toml")) == []
    return caught.value.findings


class TestAnEdition:
    """Findings, cases and outcomes of one edition."""

    def test_with_a_confirmed_case_for_every_outcome_is_sealed(self, issued: Issued) -> None:
        """Nothing stands against it, and the seal is the one of the edition as it is."""
        assert "Đã niêm phong" in seal(issued.registry(), EDITION).vi
        registry = issued.registry()
        sealed = registry.editions[EDITION]
        assert sealed.seal == registry.seal(sealed)

    def test_without_cases_names_every_outcome_at_its_criterion_with_the_command_that_helps(self, issued: Issued) -> None:
        """Whoever seals is told line by line what nobody has tried."""
        (issued.path / CASES).unlink()
        found = refused(issued, EDITION)
        assert {each.code for each in found} == {"outcome-untried"}
        first = found[0]
        assert first.place.file.endswith("editions/2099.toml")
        assert first.place.line == EDITION_TOML.splitlines().index('id = "field.plan"')  # the table's head, one line above
        assert first.place.where == "tiêu chí 1.1 (field.plan)"
        assert f"cchc cases {EDITION} --suggest" in first.remedy.vi
        assert any("ngay dưới 80%" in each.reason.vi for each in found)

    def test_whose_cases_nobody_confirmed_is_refused_case_by_case(self, issued: Issued) -> None:
        """A suggestion covers, yet no person has looked at it."""
        path = issued.path / CASES
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("\nconfirmed = true", "\nconfirmed = false", 2), encoding="utf-8")
        found = refused(issued, EDITION)
        assert [(each.code, each.place.file) for each in found] == [("case-unconfirmed", path.as_posix())] * 2
        assert found[0].place.line is not None

    def test_with_a_failed_case_is_refused_though_the_rest_is_covered(self, issued: Issued) -> None:
        """What comes out otherwise than somebody expects has to be settled first."""
        wrong = '\n[[cases]]\nname = "ba báo cáo được hai điểm"\ncriterion = "field.reports"\nfacts = { reports = 3 }\npoints = "2"\n'
        issued.write(CASES, (issued.path / CASES).read_text(encoding="utf-8") + wrong)
        (found,) = refused(issued, EDITION)
        assert found.code == "case-failed"
        assert "mong đợi 2 điểm, máy tính ra 1,5 điểm" in found.reason.vi
        assert "ba báo cáo được hai điểm" in found.place.where

    @pytest.mark.parametrize(("points", "found"), [("3", {"clause-differs": 1}), ("4", {})])
    def test_whose_clause_says_another_rule_is_refused(self, issued: Issued, points: str, found: dict[str, int]) -> None:
        """Three points in the decision and four in the rule: what is rendered as differing is not sealed."""
        clause = f'clause = {{ place = "mục 1", text = "- Từ 80% trở lên được {points} điểm; - Từ 50% đến dưới 80% được 2 điểm; - Dưới 50% được 0 điểm" }}\n'
        path = issued.path / "editions" / "2099.toml"
        path.write_text(EDITION_TOML.replace('form = "bands"\n', clause + 'form = "bands"\n'), encoding="utf-8")
        assert against(issued, EDITION) == found
        for each in stands_against(issued.registry(), EDITION):
            assert each.place.where == "tiêu chí 1.1 (field.plan)"
            assert "từ 80% trở lên: 3 điểm" in each.reason.vi
            assert "từ 80% trở lên: 4 điểm" in each.reason.vi

    def test_with_an_unreadable_case_is_refused(self, issued: Issued) -> None:
        """A case that cannot run shows nothing."""
        issued.write("cases/other.toml", f'schema = "cchc.cases/1"\nedition = "{EDITION}"\n\n[[cases]]\nname = "x"\ncriterion = "field.plan"\n')
        assert against(issued, EDITION) == {"case-expects-nothing": 1}

    def test_is_refused_for_errors_and_for_warnings_but_not_for_notes(self, issued: Issued) -> None:
        """A warning is something to mend; a note nobody could make go."""
        def findings(severity: str) -> cchc.Registry:
            def cchc_check(edition: cchc.Edition) -> list[cchc.Finding]:
                return [finding]

            finding = cchc.Finding(code="own", place=cchc.Place(), reason=cchc.Text("lạ", "odd"), remedy=cchc.Text("xem", "see"), severity=severity)  # type: ignore[arg-type]  # one of the three
            return cchc.Registry([plugin("p", cchc_register_fields=lambda fields: fields.add_folder(issued.path / "editions"),
                                         cchc_check=cchc_check)])

        assert [[each.code for each in stands_against(findings(severity), EDITION)] for severity in ("error", "warning", "note")] == [["own"], ["own"], []]

    def test_that_cannot_be_scored_is_refused_for_that_alone(self, issued: Issued) -> None:
        """Its cases would say nothing."""
        path = issued.path / "editions" / "2099.toml"
        path.write_text(EDITION_TOML.replace('fact = "reports"', 'fact = "report"'), encoding="utf-8")
        assert "fact-undeclared" in against(issued, EDITION)
        assert not {"case-failed", "outcome-untried"} & against(issued, EDITION).keys()

    def test_made_in_python_needs_a_file(self) -> None:
        """Nothing stands against an empty one but that a seal has no place to be."""
        registry = cchc.Registry([plugin("p", cchc_register_fields=lambda fields: fields.add(edition_of([])))])
        with pytest.raises(cchc.InputError, match="seal-without-file"):
            seal(registry, "field/level/2099")


class TestAMethod:
    """A method rests on its editions."""

    def test_waits_for_each_of_its_editions(self, issued: Issued) -> None:
        """The remedy is the command that seals the edition."""
        (found,) = refused(issued, METHOD)
        assert (found.code, found.remedy.en) == ("not-sealed", f"run `cchc seal {EDITION}` first")
        seal(issued.registry(), EDITION)
        assert "Đã niêm phong" in seal(issued.registry(), METHOD).vi

    def test_is_refused_where_an_edition_was_changed_after_its_seal(self, issued: Issued) -> None:
        """A broken seal below is no seal."""
        seal(issued.registry(), EDITION)
        path = issued.path / "editions" / "2099.toml"
        path.write_text(EDITION_TOML.replace("points_each = 0.5", "points_each = 0.25"), encoding="utf-8")
        assert against(issued, METHOD) == {"seal-broken": 1}

    def test_with_a_finding_of_its_own_is_refused(self, issued: Issued) -> None:
        """Points that its rounding cannot hold are such a finding."""
        seal(issued.registry(), EDITION)
        path = issued.path / "methods" / "2099.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("places = 2", "places = 0"), encoding="utf-8")
        assert set(against(issued, METHOD)) == {"points-off-grid"}


class TestAnErratum:
    """A correction passes the same gate; the cases of what it leaves as it was still hold."""

    def test_is_sealed_once_what_it_changes_is_tried_anew(self, issued: Issued) -> None:
        """Only outcomes of the changed criterion are open; the other's cases are carried over."""
        seal(issued.registry(), EDITION)
        path = open_erratum(issued.registry(), EDITION, "dc1", dt.date(2099, 6, 1))
        path.write_text(filled_in(path.read_text(encoding="utf-8")) + STRICTER, encoding="utf-8")
        found = stands_against(issued.registry(), f"{EDITION}+dc1")
        assert {(each.code, each.place.where) for each in found} == {("outcome-untried", "tiêu chí 1.1 (field.plan)")}
        issued.write("cases/dc1.toml", confirmed_cases(issued.registry(), f"{EDITION}+dc1"))
        assert "Đã niêm phong" in seal(issued.registry(), f"{EDITION}+dc1").vi

    @pytest.mark.parametrize("name", [EDITION, METHOD])
    def test_that_nobody_has_filled_in_is_refused(self, issued: Issued, name: str) -> None:
        """The draft as it is written names no document, has its marks, and changes nothing."""
        seal(issued.registry(), EDITION)
        seal(issued.registry(), METHOD)
        open_erratum(issued.registry(), name, "dc1", dt.date(2099, 6, 1))
        assert against(issued, f"{name}+dc1") == {"placeholder-left": 1, "to-revisit": 2, "overlay-empty": 1}

    def test_takes_over_no_case_whose_criterion_it_changes(self, issued: Issued) -> None:
        """81 % gave all points below and no longer does: the old case is neither run nor failed."""
        seal(issued.registry(), EDITION)
        issued.overlay("dc1", STRICTER, digest=issued.registry().seal(issued.registry().editions[EDITION]).digest)
        assert "case-failed" not in against(issued, f"{EDITION}+dc1")

    def test_may_say_anew_what_a_case_below_says(self, issued: Issued) -> None:
        """A case of the same name in the correction's own file stands in place of the one below."""
        seal(issued.registry(), EDITION)
        issued.overlay("dc1", STRICTER, digest=issued.registry().seal(issued.registry().editions[EDITION]).digest)
        name = next(line for line in (issued.path / CASES).read_text(encoding="utf-8").splitlines() if line.startswith('name = "1.2'))
        issued.write("cases/dc1.toml", f'schema = "cchc.cases/1"\nedition = "{EDITION}+dc1"\n\n[[cases]]\n{name}\ncriterion = "field.reports"\nfacts = {{ reports = 4 }}\npoints = 1\n')
        assert against(issued, f"{EDITION}+dc1")["case-failed"] == 1


PROJECT = '[project]\nname = "p"\nversion = "1"\n\n[project.entry-points.cchc_rules]\np = "p"\n'
HOOKS = '''import cchc_rules as cchc
from pathlib import Path

@cchc.hookimpl
def cchc_register_fields(fields):
    fields.add_folder(Path(__file__).parent / "editions")
'''


def test_the_command_lists_what_stands_against_it_and_has_no_way_round(issued: Issued, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1 and findings; `--force` is no option of it; once nothing is left it seals."""
    issued.write("pyproject.toml", PROJECT)
    issued.write("p/__init__.py", HOOKS)
    for folder in ("editions", "cases"):
        (issued.path / folder).rename(issued.path / "p" / folder)
    case_file = issued.path / "p" / CASES
    text = case_file.read_text(encoding="utf-8")
    case_file.write_text(text.replace("\nconfirmed = true", "\nconfirmed = false", 1), encoding="utf-8")
    where = ["--plugins", str(issued.path)]
    assert main(["seal", EDITION, *where]) == 1
    said = capsys.readouterr().out
    assert "LỖI" in said
    assert "[case-unconfirmed] trường hợp chưa có người xác nhận" in said
    assert main(["seal", EDITION, "--force", *where]) == 2
    assert list(issued.path.rglob("*.seal.toml")) == []
    case_file.write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert main(["seal", EDITION, *where]) == 0
    assert "Đã niêm phong" in capsys.readouterr().out
