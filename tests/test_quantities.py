"""Units of measurement: found by name, converted exactly, never mixed up, and out of the way when scoring."""

import sys
import unicodedata
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from building import QUANTITIES, evidence_with, index_of, plugin
from hypothesis import given
from hypothesis import strategies as st
from strategies import edition_of

import cchc_rules as cchc
from cchc_rules.base.errors import Place
from cchc_rules.base.texts import Text, same
from cchc_rules.engine import score
from cchc_rules.files.evidence import read_evidence
from cchc_rules.model import Criterion, Edition, Fact
from cchc_rules.quantities import Quantities, Unit, core_units
from cchc_rules.rules import forms

HERE = Place(file="phieu.csv", line=3)
UNITS = QUANTITIES.units
NAMED = [unit for unit in UNITS.values() if unit.label.vi]
amounts = st.fractions(min_value=-10_000, max_value=10_000, max_denominator=997)


def fact(name: str, unit: str) -> Fact:
    """Return a count in a unit."""
    return Fact(id=name, label=same(f"số {name}"), type="count", unit=unit, range=(Decimal(0), Decimal(100)))


def rate_of(part: str, whole: str) -> Edition:
    """Return an edition with one criterion: a share of two facts in the units named."""
    form = forms.Share(of=forms.Quantity(part="part", whole="whole"), when_whole_is_zero="award_zero")
    criterion = Criterion(id="field.rate", number="1.1", label=same("tỷ lệ"), max_points=Decimal(2), form=form)
    facts = (fact("part", part), fact("whole", whole))
    return edition_of([], max_points=Decimal(2), facts=facts, criteria=(criterion,))


class TestNames:
    """Units as people write them."""

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    @pytest.mark.parametrize("unit", NAMED, ids=lambda unit: unit.id)
    def test_are_found_in_both_languages_however_they_were_typed(self, form: str, unit: Unit) -> None:
        """Id, Vietnamese name and English name, composed or decomposed, capital or small, mean the same unit."""
        for word in (unit.id, unit.label.vi, unit.label.en, unit.label.vi.upper(), f" {unit.label.vi} "):
            typed = unicodedata.normalize(form, word)  # type: ignore[arg-type]  # a parameter is a plain str
            assert QUANTITIES.find(typed, HERE) == unit

    def test_with_decomposed_letters_differ_from_composed_ones_before_they_are_read(self) -> None:
        """The test above would prove nothing if both spellings of "điểm" were the same text."""
        assert unicodedata.normalize("NFD", "điểm") != unicodedata.normalize("NFC", "điểm")

    def test_that_nobody_knows_are_refused_with_the_nearest_known_one(self) -> None:
        """A misspelt unit is named, with its place and what was probably meant."""
        with pytest.raises(cchc.InputError) as caught:
            QUANTITIES.find("dosier", HERE)
        (finding,) = caught.value.findings
        assert (finding.code, finding.place) == ("unit-unknown", HERE)
        assert "dosier" in finding.reason.vi
        assert finding.remedy == Text("có phải “dossier”?", "did you mean 'dossier'?")

    def test_of_the_core_are_never_ambiguous(self) -> None:
        """No two units share a name."""
        names = [name for unit in core_units() for name in {unit.id, unit.label.vi.casefold(), unit.label.en.casefold()}]
        assert len(names) == len(set(names))


class TestConversion:
    """From the unit that was reported to the unit of the fact."""

    @pytest.mark.parametrize(
        ("amount", "given_unit", "wanted", "expected"),
        [
            (Fraction(2), "week", "day", Fraction(14)),
            (Fraction(10), "day", "week", Fraction(10, 7)),
            (Fraction(50), "percent", "one", Fraction(1, 2)),
            (Fraction(1500), "thousand_dong", "million_dong", Fraction(3, 2)),
            (Fraction(1, 3), "dossier", "dossier", Fraction(1, 3)),
        ],
    )
    def test_is_exact(self, amount: Fraction, given_unit: str, wanted: str, expected: Fraction) -> None:
        """Ten days are ten sevenths of a week, to the last digit."""
        assert QUANTITIES.convert(amount, UNITS[given_unit], UNITS[wanted], HERE) == expected

    @given(amounts, st.sampled_from([("week", "day"), ("percent", "one"), ("thousand_dong", "million_dong")]))
    def test_and_back_is_the_identity(self, amount: Fraction, pair: tuple[str, str]) -> None:
        """Nothing is lost on the way there and back."""
        one, other = (UNITS[name] for name in pair)
        there = QUANTITIES.convert(amount, one, other, HERE)
        assert QUANTITIES.convert(there, other, one, HERE) == amount

    @pytest.mark.parametrize(("given_unit", "wanted"), [("dossier", "report"), ("day", "working_day"), ("percent", "point")])
    def test_between_dimensions_is_refused_naming_both(self, given_unit: str, wanted: str) -> None:
        """Dossiers are not reports, days are not working days, per cent are not points."""
        with pytest.raises(cchc.InputError) as caught:
            QUANTITIES.convert(Fraction(1), UNITS[given_unit], UNITS[wanted], HERE)
        (finding,) = caught.value.findings
        assert finding.code == "unit-mismatch"
        assert UNITS[given_unit].label.vi in finding.reason.vi
        assert UNITS[wanted].label.vi in finding.reason.vi

    def test_happens_when_evidence_comes_in(self, tmp_path: Path) -> None:
        """Two weeks and three days come into the engine as fourteen days and three."""
        file = tmp_path / "evidence.toml"
        file.write_text(
            'schema = "cchc.evidence/1"\nmethod = "method"\nyear = 2099\nunit = "unit"\nstage = "self"\n'
            '[[facts]]\nid = "whole"\nvalue = 2\nunit = "tuần"\n[[facts]]\nid = "part"\nvalue = 3\n',
            encoding="utf-8",
        )
        index = index_of(rate_of("day", "day"))
        assert read_evidence(file, lambda *_: index).values() == {"part": 3, "whole": 14}

    def test_goes_through_a_unit_in_between(self) -> None:
        """Half days become weeks by way of days, still exactly."""
        days = Unit(id="half_day", label=Text("buổi làm việc", "half days"), of="day", factor=Decimal("0.5"))
        known = Quantities({**UNITS, days.id: days})
        assert known.convert(Fraction(3), days, known.units["week"], HERE) == Fraction(3, 14)

    def test_knows_the_units_that_a_plugin_brings(self) -> None:
        """A unit of a plugin is a dimension of its own, or a multiple of another."""
        def bring(units: cchc.UnitRegister) -> None:
            units.add(Unit(id="dozen_dossiers", label=Text("tá hồ sơ", "dozens"), of="dossier", factor=Decimal(12)))

        quantities = cchc.Registry([plugin("p", cchc_register_units=bring)]).quantities
        found = quantities.find("tá hồ sơ", HERE)
        assert quantities.convert(Fraction(2), found, quantities.units["dossier"], HERE) == 24


class TestDimensions:
    """What may be divided by what."""

    def test_of_units_that_measure_the_same_are_equal_and_of_others_are_not(self) -> None:
        """Weeks and days go together; every counted thing stands for itself."""
        assert QUANTITIES.dimension("week") == QUANTITIES.dimension("day")
        assert QUANTITIES.dimension("percent") == QUANTITIES.dimension("one")
        own = [unit.id for unit in UNITS.values() if not unit.of]
        assert len({str(QUANTITIES.dimension(name)) for name in own}) == len(own)

    def test_keep_an_edition_from_loading_that_divides_dossiers_by_reports(self) -> None:
        """The rate is refused when the index is put together, naming both facts and both units."""
        edition = rate_of("dossier", "report")
        registry = cchc.Registry([plugin(
            "p",
            cchc_register_fields=lambda fields: fields.add(edition),
            cchc_register_methods=lambda methods: methods.add(index_of(edition).method),
        )])
        with pytest.raises(cchc.EditionError) as caught:
            registry.index("method", 2099)
        (finding,) = caught.value.findings
        assert finding.code == "dimension-mismatch"
        assert finding.reason.vi == "tỷ lệ chia “part” (hồ sơ) cho “whole” (báo cáo)"

    def test_let_weeks_be_divided_by_days(self) -> None:
        """Units of one dimension may meet in a rate."""
        edition = rate_of("week", "day")
        registry = cchc.Registry([plugin(
            "p",
            cchc_register_fields=lambda fields: fields.add(edition),
            cchc_register_methods=lambda methods: methods.add(index_of(edition).method),
        )])
        assert registry.index("method", 2099).editions == (edition,)


class TestBorder:
    """Pint stands at the border only."""

    def test_scoring_and_explaining_never_meet_pint(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With pint out of reach an index still scores and explains evidence that has been read."""
        edition = rate_of("dossier", "dossier")
        index = evolve(index_of(edition), quantities=Quantities(dict(UNITS)))
        known = evidence_with({"part": Fraction(3), "whole": Fraction(4)})
        for name in [name for name in sys.modules if name.partition(".")[0] == "pint"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "pint", None)  # an import of pint now raises
        with pytest.raises(ImportError):
            Quantities(dict(UNITS)).dimension("day")
        card = score(index, known)
        assert card.total.points == Decimal("1.5")
        assert "75%" in card.explain("field.rate").words("vi")
