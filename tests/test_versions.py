"""Versions in time: which one evidence means, that every version stays scoreable, and what seals cover."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
from attrs import evolve
from building import evidence_with, method_of, plugin
from issued import EDITION, EVIDENCE_TOML, METHOD, Issued, issued_in
from strategies import edition_of

import cchc_rules as cchc
from cchc_rules.analysis.checking import findings_of, tables_named
from cchc_rules.base.texts import same
from cchc_rules.cases.gate import stands_against
from cchc_rules.cases.report import editions_named
from cchc_rules.decisions.seals import edition_seal, method_seal
from cchc_rules.decisions.structure import Structure
from cchc_rules.engine import score
from cchc_rules.files.evidence import read_cohort, read_evidence
from cchc_rules.files.template import write_template
from cchc_rules.files.terminal import scorecard_text
from cchc_rules.methods import Gate, GradeBand, GradeRule, Override
from cchc_rules.model import ORIGINAL, Criterion, Fact, Reference, Statistic, Value
from cchc_rules.plugins.sealing import write_seal
from cchc_rules.rendering.table import render
from cchc_rules.rules import forms
from cchc_rules.rules.forms import FORMS, Condition, Threshold
from cchc_rules.sheets.returning import bring_back

STRUCTURE = Structure(FORMS)
MILDER = """
[[changes]]
criterion = "field.plan"
set = { bands = [ { at_least = "60 %", points = 4 }, { at_least = "50 %", points = 2 } ] }
"""
USES = '[set]\nfields = [ { number = "1", field = "field", edition_year = 2099, version = "dc1" } ]\n'


@pytest.fixture
def issued(tmp_path: Path) -> Issued:
    """A method and an amended one, that uses an amended edition."""
    folder = issued_in(tmp_path)
    folder.overlay("dc1", MILDER)
    folder.overlay("dc1", USES, of=METHOD)
    return folder


def read(issued: Issued, pin: str, name: str = "evidence.toml") -> cchc.Evidence:
    """Return the example's evidence with or without a pinned version."""
    registry = issued.registry()
    path = issued.write(name, EVIDENCE_TOML.format(pin=pin and f'version = "{pin}"\n'))
    return read_evidence(path, lambda raw: registry.index(raw.method, raw.year, raw.version, raw.place("version")))


def points(issued: Issued, pin: str) -> Decimal | None:
    """Return what the example's evidence is worth under one version."""
    evidence = read(issued, pin)
    return score(issued.registry().index(evidence.method, evidence.year, evidence.version), evidence).total.points


class TestPin:
    """Evidence names the version of the method that it is for."""

    @pytest.mark.parametrize(("pin", "expected"), [(ORIGINAL, "3.5"), ("dc1", "5.5")])
    def test_decides_by_which_version_it_is_scored(self, issued: Issued, pin: str, expected: str) -> None:
        """60 % is worth 2 points at first and 4 as amended; the reports are worth 1.5 under both."""
        assert points(issued, pin) == Decimal(expected)

    @pytest.mark.parametrize("pin", [ORIGINAL, "dc1"])
    def test_is_kept_in_the_evidence(self, issued: Issued, pin: str) -> None:
        """So that evidence already read is scored by the same version."""
        assert read(issued, pin).version == pin

    def test_is_needed_where_there_are_several_and_they_are_listed_with_their_dates(self, issued: Issued) -> None:
        """None is ever chosen for the user."""
        with pytest.raises(cchc.InputError) as caught:
            read(issued, "")
        (finding,) = caught.value.findings
        assert finding.code == "version-needed"
        assert finding.place.file.endswith("evidence.toml")
        assert "original (bản gốc, ban hành 15/12/2098), dc1 (ban hành 01/06/2099)" in finding.reason.vi
        assert "original (the first one, issued 2098-12-15), dc1 (issued 2099-06-01)" in finding.reason.en

    def test_is_asked_for_in_the_words_to_type(self, issued: Issued) -> None:
        """What stands in the remedy is what each command takes."""
        with pytest.raises(cchc.InputError, match="version-needed") as caught:
            issued.registry().index_named(METHOD)
        assert f"{METHOD}+original, {METHOD}+dc1" in caught.value.findings[0].remedy.vi
        assert '`version = "original"` hoặc `version = "dc1"`' in caught.value.findings[0].remedy.vi
        registry = issued.registry()
        assert [registry.index_named(f"{METHOD}+{name}").method.version for name in (ORIGINAL, "dc1")] == ["", "dc1"]

    @pytest.mark.parametrize("name", [EDITION, METHOD])
    def test_first_issued_may_be_named_wherever_a_table_is(self, issued: Issued, name: str) -> None:
        """``+original`` is the same table for the commands that check, show, try and seal."""
        registry, first = issued.registry(), f"{name}+original"
        assert findings_of(registry, first) == findings_of(registry, name)
        assert list(tables_named(registry, first)) == [name]
        assert stands_against(registry, first) == stands_against(registry, name)
        assert registry.named(first) is registry.named(name)
        write_seal(registry, first)
        if name == EDITION:
            assert render(registry, first) == render(registry, name)
            assert editions_named(registry, first) == editions_named(registry, name)
            with pytest.raises(cchc.InputError, match="sheet-sealed"):
                bring_back(issued.registry(), first, issued.write("x.xlsx", ""))

    def test_is_not_needed_where_there_is_one(self, tmp_path: Path) -> None:
        """And the evidence then says which one it was read for."""
        assert read(issued_in(tmp_path), "").version == ORIGINAL

    def test_of_a_version_that_is_not_there_is_answered_with_the_nearest(self, issued: Issued) -> None:
        """The place is the pin's own line."""
        with pytest.raises(cchc.InputError) as caught:
            read(issued, "cd1")
        (finding,) = caught.value.findings
        assert (finding.code, finding.place.line) == ("version-unknown", 4)
        assert finding.remedy.en == "did you mean 'dc1'?"

    def test_is_needed_even_where_the_other_version_cannot_be_used(self, tmp_path: Path) -> None:
        """An amendment that is broken must not let evidence slip back to the version before it."""
        issued = issued_in(tmp_path)
        issued.overlay("dc1", "[set]\nrounding = 3\n", of=METHOD)
        with pytest.raises(cchc.InputError, match="version-needed") as caught:
            read(issued, "")
        assert "dc1 (không dùng được" in caught.value.findings[0].reason.vi
        assert points(issued, ORIGINAL) == Decimal("3.5")
        with pytest.raises(cchc.EditionError, match="value-wrong-kind"):
            read(issued, "dc1")

    def test_of_one_unit_in_a_cohort_must_be_the_version_that_is_asked_for(self, issued: Issued) -> None:
        """A folder of units is never scored by two versions, nor by another than its files name."""
        read(issued, "dc1", "units/evidence.toml")
        registry = issued.registry()
        assert len(read_cohort(issued.path / "units", registry.index("index", 2099, "dc1"))) == 1
        with pytest.raises(cchc.InputError, match="files-disagree"):
            read_cohort(issued.path / "units", registry.index("index", 2099, ORIGINAL))

    def test_is_shown_with_the_result(self, issued: Issued) -> None:
        """Key and seal of the amended method stand in the heading."""
        evidence = read(issued, "dc1")
        index = issued.registry().index("index", 2099, "dc1")
        text = scorecard_text(score(index, evidence), "vi")
        assert f"({METHOD}+dc1, bản nháp, {dict(index.seals)[f'{METHOD}+dc1'][7:19]})" in text

    def test_of_an_amendment_that_nobody_sealed_says_so_on_the_card(self, issued: Issued) -> None:
        """It is scored as a draft, and the method and its edition are each named; what lies below is no draft for that."""
        evidence = read(issued, "dc1")
        card = score(issued.registry().index("index", 2099, "dc1"), evidence)
        drafts = [each for each in card.findings if each.code == "overlay-not-sealed"]
        assert [each.severity for each in drafts] == ["warning", "warning"]
        assert [key for key in (f"{METHOD}+dc1", f"{EDITION}+dc1") if any(f"`cchc seal {key}`" in each.remedy.vi for each in drafts)] == [f"{METHOD}+dc1", f"{EDITION}+dc1"]
        assert score(issued.registry().index("index", 2099, ORIGINAL), read(issued, ORIGINAL)).findings == ()

    def test_of_an_amendment_that_is_sealed_reads_sealed_and_is_refused_once_the_seals_are_gone(self, issued: Issued) -> None:
        """Whoever takes the seals away and changes a number is not let through as a draft."""
        for name in (f"{EDITION}+dc1", f"{METHOD}+dc1"):
            issued.seal(name)
        evidence = read(issued, "dc1")
        card = score(issued.registry().index("index", 2099, "dc1"), evidence)
        assert (card.method.status, card.findings) == ("sealed", ())
        assert f"({METHOD}+dc1, đã niêm phong, " in scorecard_text(card, "vi")
        for path in issued.path.rglob("dc1.seal.toml"):
            path.unlink()
        amended = issued.path / "editions" / "dc1.toml"
        amended.write_text(amended.read_text(encoding="utf-8").replace("60 %", "55 %"), encoding="utf-8")
        with pytest.raises(cchc.SealError, match="seal-missing"):
            read(issued, "dc1")

    def test_is_a_heading_of_the_form(self, issued: Issued, tmp_path: Path) -> None:
        """“Phiên bản” above the table, in CSV as in Excel."""
        registry = issued.registry()
        rows = ["Phương pháp;index", "Năm;2099", "Phiên bản;dc1", "Đơn vị;unit", "Giai đoạn;self",
                "Mã số liệu;Giá trị", "done;60", "planned;100", "reports;3"]
        path = tmp_path / "evidence.csv"
        path.write_text("\n".join(rows), encoding="utf-8")
        found = read_evidence(path, lambda raw: registry.index(raw.method, raw.year, raw.version, raw.place("version")))
        assert found.version == "dc1"

    @pytest.mark.parametrize("pin", [ORIGINAL, "dc1"])
    def test_is_written_into_the_workbook_that_units_fill_in(self, issued: Issued, tmp_path: Path, pin: str) -> None:
        """What comes back is for the version that the form was made from."""
        openpyxl = pytest.importorskip("openpyxl")
        path = tmp_path / "form.xlsx"
        write_template(issued.registry().index("index", 2099, pin), path)
        sheet = openpyxl.load_workbook(path).worksheets[0]
        headings = {row[0].value: row[1].value for row in sheet.iter_rows(max_row=8)}
        assert headings["Phiên bản"] == pin


class TestNames:
    """Keys as ``cchc plugins`` lists them."""

    def test_with_a_version_name_that_version(self, issued: Issued) -> None:
        """The one first issued has a word of its own."""
        registry = issued.registry()
        assert registry.index_named(f"{METHOD}+dc1").method.version == "dc1"
        assert registry.index_named(f"{METHOD}+{ORIGINAL}").method.version == ""

    @pytest.mark.parametrize("name", [METHOD, "index"])
    def test_without_one_are_not_enough_where_there_are_several(self, issued: Issued, name: str) -> None:
        """Neither the year nor the id alone."""
        with pytest.raises(cchc.InputError, match="version-needed"):
            issued.registry().index_named(name)

    def test_are_listed_beside_each_other(self, issued: Issued) -> None:
        """What a plugin brings includes the versions that its overlays make."""
        (info,) = issued.registry().plugins
        assert {EDITION, f"{EDITION}+dc1", METHOD, f"{METHOD}+dc1"} <= set(info.brings)


class TestRegistering:
    """Base and overlay may come from two plugins."""

    def test_in_any_order_gives_the_same_versions(self, issued: Issued) -> None:
        """The province's plugin and the district's; neither knows of the other."""
        edition, overlay = issued.path / "editions" / "2099.toml", issued.path / "editions" / "dc1.toml"
        method = issued.path / "methods" / "2099.toml"
        parts = (
            plugin("a", cchc_register_fields=lambda fields: fields.add_file(overlay)),
            plugin("b", cchc_register_fields=lambda fields: fields.add_file(edition)),
            plugin("c", cchc_register_methods=lambda methods: methods.add_file(method)),
        )
        found = [cchc.Registry(order) for order in permutations(parts)]
        assert {tuple(registry.editions) for registry in found} == {(EDITION, f"{EDITION}+dc1")}
        assert len({registry.seal(registry.editions[f"{EDITION}+dc1"]).digest for registry in found}) == 1

    def test_the_computing_plugin_below_answers_for_the_amended_edition_too(self, tmp_path: Path) -> None:
        """A computed criterion keeps its code when its points are amended."""
        issued = issued_in(tmp_path)
        base = issued.path / "editions" / "2099.toml"
        text = base.read_text(encoding="utf-8")
        base.write_text(text[: text.index('form = "count"')] + 'form = "computed"\nfacts = ["reports"]\ndescription = "tính riêng"\n', encoding="utf-8")

        def in_full(values: Mapping[str, Value], maximum: Fraction) -> cchc.ComputedPoints:
            return cchc.ComputedPoints(points=maximum, reason=same("đủ"))

        def cchc_computations(edition: cchc.Edition) -> dict[str, object]:
            return {"field.reports": in_full}

        def registry() -> cchc.Registry:
            own = plugin("own", cchc_register_fields=lambda fields: fields.add_file(base), cchc_computations=cchc_computations,
                         cchc_register_methods=lambda methods: methods.add_folder(issued.path / "methods"))
            amends = plugin("amends", cchc_register_fields=lambda fields: [fields.add_file(path) for path in base.parent.glob("dc*[0-9].toml")])
            return cchc.Registry([own, amends])

        write_seal(registry(), EDITION)
        digest = registry().seal(registry().editions[EDITION]).digest
        issued.overlay("dc1", '[set]\nmax_points = 5\n[[changes]]\ncriterion = "field.reports"\nset = { max_points = 1 }\n', digest=digest)
        issued.write("methods/2099.toml", (issued.path / "methods" / "2099.toml").read_text(encoding="utf-8").replace("edition_year = 2099", 'edition_year = 2099, version = "dc1"'))
        index = registry().index("index", 2099)
        facts = {"done": Fraction(1), "planned": Fraction(1), "reports": Fraction(1)}
        assert index.editions[0].criterion("field.reports").max_points == 1
        assert score(index, evidence_with(facts)).total.points == 5


# ------------------------------------------------------------------ what seals cover

COUNT = Fact(id="n", label=same("số"), type="count", unit="dossier", range=(Decimal(0), Decimal(9)))
FLAG = Fact(id="f", label=same("cờ"), type="flag")
BASE = edition_of([], max_points=Decimal(1), facts=(COUNT, FLAG), criteria=(
    Criterion(id="field.one", number="1", label=same("một"), max_points=Decimal(1), form=forms.Count(fact="n", points_each=Decimal(1)),
              applies_when=Condition(fact="f")),
))
ONE = BASE.criteria[0]
EDITIONS = {
    "the version": evolve(BASE, version="dc1"),
    "the date of issue": evolve(BASE, issued=dt.date(2099, 1, 1)),
    "when a criterion applies": evolve(BASE, criteria=(evolve(ONE, applies_when=Condition(fact="n", at_least=Threshold(value=Fraction(1)))),)),
    "that it always applies": evolve(BASE, criteria=(evolve(ONE, applies_when=None),)),
    "what becomes of its points": evolve(BASE, criteria=(evolve(ONE, when_not_applicable="award_zero"),)),
    "how components are combined": evolve(BASE, criteria=(evolve(ONE, combine="minimum"),)),
    "a prerequisite": evolve(BASE, criteria=(evolve(ONE, prerequisite="field.two"),)),
    "a part of the index": evolve(BASE, criteria=(evolve(ONE, part="survey"),)),
    "reference data": evolve(BASE, references=(Reference(fact="n", value=3),)),
    "a statistic": evolve(BASE, statistics=(Statistic(id="s", label=same("s"), kind="mean", members="all", missing="block", fact="n", places=2),)),
}
GRADES = GradeRule(base="maximum", bands=(
    GradeBand(id="a", label=same("a"), at_least=Threshold(value=Fraction(9, 10), percent=True),
              gates=(Gate(label=same("cổng"), when=Condition(fact="f")),)),
    GradeBand(id="b", label=same("b")),
), overrides=(Override(label=same("kỷ luật"), when=Condition(fact="f"), effect="grade_at_most", grade="b"),))
BASE_METHOD = method_of(BASE, grades=GRADES)
OTHER = Condition(fact="n", at_least=Threshold(value=Fraction(1)))
METHODS = {
    "the version": evolve(BASE_METHOD, version="dc1"),
    "the version of an edition": evolve(BASE_METHOD, fields=(evolve(BASE_METHOD.fields[0], version="dc1"),)),
    "the condition of a gate": evolve(BASE_METHOD, grades=evolve(GRADES, bands=(
        evolve(GRADES.bands[0], gates=(Gate(label=same("cổng"), when=OTHER),)), GRADES.bands[1]))),
    "the condition of an override": evolve(BASE_METHOD, grades=evolve(GRADES, overrides=(evolve(GRADES.overrides[0], when=OTHER),))),
    "the predecessors of a unit": evolve(BASE_METHOD, units=(evolve(BASE_METHOD.units[0], predecessors=("old",)),)),
    "a stage whose points prevail": evolve(BASE_METHOD, stages=(evolve(BASE_METHOD.stages[0], points_prevail=True),)),
    "reference data": evolve(BASE_METHOD, references=(Reference(fact="n", value=3),)),
}


class TestSealed:
    """Whatever changes the meaning changes the digest."""

    @pytest.mark.parametrize("changed", EDITIONS.values(), ids=EDITIONS)
    def test_edition_covers(self, changed: cchc.Edition) -> None:
        """Every key of the model, conditions and nested forms among them."""
        assert edition_seal(changed, STRUCTURE, {}).digest != edition_seal(BASE, STRUCTURE, {}).digest

    @pytest.mark.parametrize("changed", METHODS.values(), ids=METHODS)
    def test_method_covers(self, changed: cchc.Method) -> None:
        """Every policy, and the conditions in them."""
        assert method_seal(changed, STRUCTURE, {}).digest != method_seal(BASE_METHOD, STRUCTURE, {}).digest
