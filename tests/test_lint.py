"""Lint: planted faults of real decisions are found at their place, and sound rules pass in silence."""

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import pytest
from attrs import evolve, frozen
from building import QUANTITIES, index_of, plugin
from hypothesis import given
from hypothesis import strategies as st
from strategies import band_forms, cases, dated_forms, edition_of, flag_forms, judged_forms

import cchc_rules as cchc
from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import same
from cchc_rules.methods import RoundingRule
from cchc_rules.model import Fact
from cchc_rules.rules import forms, tree
from cchc_rules.rules.wording import Lexicon, rule_text

FACTS = {
    "part": 'type = "count"\nunit = "dossier"\nrange = [0, 100]',
    "whole": 'type = "count"\nunit = "dossier"\nrange = [0, 100]',
    "reports": 'type = "count"\nunit = "report"\nrange = [0, 100]',
    "amount": 'type = "count"\nunit = "initiative"\nrange = [0, 10]',
    "index": 'type = "decimal"\nunit = "point"\nplaces = 2\nrange = [0, 100]',
    "met": 'type = "flag"',
    "sent": 'type = "date"',
    "level": 'type = "level"\nlevels = [{ id = "good", label = "tốt" }, { id = "poor", label = "kém" }]',
}
RATE = 'of = { part = "part", whole = "whole" }\nwhen_whole_is_zero = "not_applicable"'


def edition_text(*rules: str, max_points: str = "2", facts: str = "", field_points: str = "") -> str:
    """Return an edition with one criterion a rule, and the facts that the rules name."""
    declared = [f'[[facts]]\nid = "{name}"\nlabel = "{name}"\n{keys}\n' for name, keys in FACTS.items() if any(f'"{name}"' in rule for rule in rules)]
    criteria = [
        f'[[criteria]]\nid = "field.c{number}"\nnumber = "1.{number}"\nlabel = "tiêu chí {number}"\nmax_points = {max_points}\n{rule}\n'
        for number, rule in enumerate(rules, start=1)
    ]
    head = (
        'schema = "cchc.edition/1"\n[edition]\nfield = "field"\nlabel = "lĩnh vực"\nlevel = "level"\nyear = 2099\n'
        f'max_points = {field_points or Decimal(max_points) * len(rules)}\nmax_points_provenance = "assumed"\n'
    )
    return "\n".join((head, facts, *declared, *criteria))


def check(folder: Path, text: str, rounding: RoundingRule | None = None, **hooks: Callable[..., object]) -> list[cchc.Finding]:
    """Return the errors and warnings of ``cchc check`` with one edition and a method over it installed."""
    path = folder / "2099.toml"
    path.write_text(text, encoding="utf-8")
    method = index_of(edition_of([])).method
    used = evolve(method, rounding=rounding) if rounding else method
    registry = cchc.Registry([plugin(
        "p",
        cchc_register_fields=lambda fields: fields.add_file(path),
        cchc_register_methods=lambda methods: methods.add(used),
        **hooks,
    )])
    return [each for each in registry.findings() if each.severity != "note"]


def errors(found: list[cchc.Finding]) -> list[cchc.Finding]:
    """Return the findings that are errors."""
    return [each for each in found if each.severity == "error"]


def codes(found: list[cchc.Finding]) -> list[str]:
    """Return the codes of findings."""
    return [each.code for each in found]


def bands(*limits: str, otherwise: str = "otherwise = 0", of: str = RATE) -> str:
    """Return a rule of bands."""
    listed = ", ".join(f"{{ {each} }}" for each in limits)
    return f'form = "bands"\n{of}\nbands = [ {listed} ]\n{otherwise}'


class TestBands:
    """Bands as decisions really print them."""

    def test_with_a_hole_at_the_exact_threshold_are_found(self, tmp_path: Path) -> None:
        """"Trên 50 %" and "dưới 50 %" leave exactly 50 % without points, even where the rest is ruled."""
        rule = bands('more_than = "50 %", points = 2', 'below = "50 %", points = 1')
        (finding,) = errors(check(tmp_path, edition_text(rule)))
        assert finding.code == "band-hole"
        assert finding.reason.vi == "không mức nào quy định điểm tại đúng 50%"
        assert "tiêu chí 1.1 (field.c1)" in finding.place.where

    def test_with_a_gap_between_them_are_found(self, tmp_path: Path) -> None:
        """Between 60 % and 80 % nobody said anything."""
        rule = bands('at_least = "80 %", points = 2', 'at_most = "60 %", points = 1')
        (finding,) = errors(check(tmp_path, edition_text(rule)))
        assert finding.code == "band-hole"
        assert "60%" in finding.reason.vi
        assert "80%" in finding.reason.vi

    @pytest.mark.parametrize(
        ("limit", "gap"), [('at_least = "30 %"', "dưới 30%"), ('below = "90 %"', "90%"), ('more_than = "0 %"', "tại đúng 0%")]
    )
    def test_without_anything_for_the_rest_are_found(self, tmp_path: Path, limit: str, gap: str) -> None:
        """Below the lowest or above the highest band a rule needs ``otherwise``."""
        found = errors(check(tmp_path, edition_text(bands(f"{limit}, points = 2", otherwise=""))))
        assert set(codes(found)) == {"band-gap"}
        assert any(gap in each.reason.vi for each in found)

    def test_that_overlap_at_their_common_end_are_found(self, tmp_path: Path) -> None:
        """88–90 and 90–95: which of the two is 90?"""
        rule = bands('at_least = "95 %", points = 2', 'at_least = "90 %", at_most = "95 %", points = 1.5',
                     'at_least = "88 %", at_most = "90 %", points = 1')
        found = errors(check(tmp_path, edition_text(rule)))
        assert codes(found) == ["band-overlap", "band-overlap"]
        assert {"tại 90%", "tại 95%"} == {each.reason.vi.rpartition("ví dụ ")[2] for each in found}

    def test_that_overlap_over_a_stretch_are_found(self, tmp_path: Path) -> None:
        """50–80 and 70–100 both claim 75."""
        rule = bands('at_least = "70 %", at_most = "100 %", points = 2', 'at_least = "50 %", at_most = "80 %", points = 1')
        assert codes(errors(check(tmp_path, edition_text(rule)))) == ["band-overlap"]

    def test_that_never_apply_are_found(self, tmp_path: Path) -> None:
        """From 30 % first, from 50 % second: the second one is never reached, and so neither is the maximum."""
        rule = bands('at_least = "30 %", points = 1', 'at_least = "50 %", points = 2')
        found = {each.code: each for each in errors(check(tmp_path, edition_text(rule)))}
        assert found.keys() == {"band-dead", "maximum-unreachable"}
        assert "mức thứ 2" in found["band-dead"].reason.vi

    def test_outside_the_range_of_their_fact_never_apply(self, tmp_path: Path) -> None:
        """A fact that ends at 10 never reaches 20."""
        rule = bands("at_least = 20, points = 2", "at_least = 5, points = 2", of='of = { fact = "amount" }')
        assert codes(errors(check(tmp_path, edition_text(rule)))) == ["band-dead"]

    @pytest.mark.parametrize(
        ("of", "lower", "upper"),
        [("amount", "at_most = 2", "at_least = 3"), ("amount", "at_most = 2.9", "at_least = 3"), ("index", "at_most = 2.99", "at_least = 3")],
    )
    def test_over_a_counted_fact_may_leave_out_what_it_cannot_be(self, tmp_path: Path, of: str, lower: str, upper: str) -> None:
        """There is no number of initiatives between 2 and 3, and no index of two decimals between 2.99 and 3."""
        rule = bands(f"{upper}, points = 2", f"{lower}, points = 1", of=f'of = {{ fact = "{of}" }}', otherwise="")
        assert codes(errors(check(tmp_path, edition_text(rule)))) == []

    @pytest.mark.parametrize(
        ("of", "lower", "upper"),
        [("amount", "at_most = 2", "at_least = 4"), ("amount", "at_most = 2.5", "at_least = 3.5"), ("index", "at_most = 2.9", "at_least = 3"),
         ("index", "below = 3", "more_than = 3")],
    )
    def test_over_a_counted_fact_may_not_leave_out_what_it_can_be(self, tmp_path: Path, of: str, lower: str, upper: str) -> None:
        """Three initiatives are possible, and so is an index of 2.95 or of exactly 3."""
        rule = bands(f"{upper}, points = 2", f"{lower}, points = 1", of=f'of = {{ fact = "{of}" }}', otherwise="")
        assert codes(errors(check(tmp_path, edition_text(rule)))) == ["band-hole"]


class TestMaxima:
    """Maxima against what the rules can give."""

    @pytest.mark.parametrize(
        "rule",
        [
            bands('at_least = "50 %", points = 1.5'),
            'form = "count"\nfact = "amount"\npoints_each = 0.15',
            'form = "checklist"\nitems = [ { fact = "met", points = 1.5 } ]',
            'form = "judged"\nfact = "level"\nmarks = { good = 1.5, poor = 0 }',
            f'form = "share"\n{RATE}\ntarget = "120 %"',
            f'form = "share"\n{RATE}\ncap = 1',
        ],
        ids=["bands", "count", "checklist", "judged", "target", "cap"],
    )
    def test_that_the_lines_can_never_award_are_found(self, tmp_path: Path, rule: str) -> None:
        """A maximum of 2 whose own lines give 1.5 at most."""
        (finding,) = check(tmp_path, edition_text(rule))
        assert finding.code == "maximum-unreachable"
        assert "điểm tối đa ghi là 2 điểm" in finding.reason.vi

    @pytest.mark.parametrize(
        "rule",
        [
            bands('at_least = "50 %", points = 2.5'),
            'form = "count"\nfact = "amount"\npoints_each = 1\ncap = 3',
            'form = "checklist"\nitems = [ { fact = "met", points = 2.5 } ]',
            'form = "judged"\nfact = "level"\nmarks = { good = 2.5, poor = 0 }',
        ],
        ids=["bands", "count", "checklist", "judged"],
    )
    def test_that_the_lines_exceed_are_found(self, tmp_path: Path, rule: str) -> None:
        """A line that gives 2.5 of 2 is a fault of the table."""
        assert codes(check(tmp_path, edition_text(rule))) == ["maximum-exceeded"]

    def test_below_zero_are_found(self, tmp_path: Path) -> None:
        """A criterion gives no negative points."""
        rule = bands('at_least = "50 %", points = 2', otherwise="otherwise = -1")
        assert codes(check(tmp_path, edition_text(rule))) == ["points-negative"]

    def test_of_a_field_that_do_not_add_up_are_found(self, tmp_path: Path) -> None:
        """Criteria worth 4 in a field that says 5; the line of the field's maximum is shown."""
        text = edition_text('form = "all_or_nothing"\nrequire = [{ fact = "met" }]', bands('at_least = "50 %", points = 2'), field_points="5")
        (finding,) = check(tmp_path, text)
        assert finding.code == "maxima-do-not-add-up"
        assert finding.reason.en == "the maximum stated is 5; the criteria 1.1, 1.2 add up to 4"
        assert finding.place.line == next(number for number, line in enumerate(text.splitlines(), 1) if line == "max_points = 5")

    def test_of_a_parent_that_do_not_add_up_are_found(self, tmp_path: Path) -> None:
        """A parent worth 2 whose children are worth 2 each."""
        flag = 'form = "all_or_nothing"\nrequire = [{ fact = "met" }]\nparent = "field.c1"'
        (finding,) = check(tmp_path, edition_text("", flag, flag, field_points="2"))
        assert finding.code == "maxima-do-not-add-up"
        assert "tiêu chí 1.1 (field.c1)" in finding.place.where


class TestGrid:
    """Points that the method's rounding cannot hold."""

    ONE_DECIMAL: ClassVar = RoundingRule(leaf=Rounding(places=1, mode="half_up"))

    def test_a_maximum_off_the_grid_is_found(self, tmp_path: Path) -> None:
        """0.75 with one decimal: the criterion could never show its own maximum."""
        text = edition_text(bands('at_least = "50 %", points = 0.75'), max_points="0.75")
        (finding,) = check(tmp_path, text, self.ONE_DECIMAL)
        assert finding.code == "points-off-grid"
        assert "0,75 điểm" in finding.reason.vi
        assert "method/2099" in finding.reason.vi
        assert finding.place.where == "tiêu chí 1.1 (field.c1), max_points"

    @pytest.mark.parametrize(
        "rule",
        [
            bands('at_least = "50 %", points = 2', 'at_least = "30 %", points = 0.75'),
            'form = "judged"\nfact = "level"\nmarks = { good = 2, poor = 0.75 }',
            'form = "violations"\neach = [ { fact = "amount", points = 0.75 } ]',
            'form = "timeliness"\nfact = "sent"\non_or_before = 2099-12-15\nlate = [ { days_at_most = 3, points = 0.75 } ]',
        ],
        ids=["bands", "judged", "violations", "timeliness"],
    )
    def test_stated_points_off_the_grid_are_found(self, tmp_path: Path, rule: str) -> None:
        """So are the points of one band, mark, violation or step."""
        (finding,) = check(tmp_path, edition_text(rule), self.ONE_DECIMAL)
        assert finding.code == "points-off-grid"
        assert "0,75 điểm" in finding.reason.vi

    def test_a_field_off_the_grid_is_found_where_the_method_rounds_fields(self, tmp_path: Path) -> None:
        """Two criteria of 0.75 make a field of 1.5, which a method that rounds fields to whole points cannot hold."""
        flag = 'form = "all_or_nothing"\nrequire = [{ fact = "met" }]'
        rounding = RoundingRule(field=Rounding(places=0, mode="half_up"))
        (finding,) = check(tmp_path, edition_text(flag, flag, max_points="0.75"), rounding)
        assert (finding.code, finding.place.where) == ("points-off-grid", "max_points")

    @pytest.mark.parametrize("rounding", [RoundingRule(), RoundingRule(leaf=Rounding(places=2, mode="down"))])
    def test_nothing_is_off_a_grid_that_the_method_does_not_have(self, tmp_path: Path, rounding: RoundingRule) -> None:
        """A method that does not round, or keeps two decimals, can hold 0.75."""
        text = edition_text(bands('at_least = "50 %", points = 0.75'), max_points="0.75")
        assert check(tmp_path, text, rounding) == []


class TestRest:
    """What no case of several covers."""

    OUTER = "{ when = { fact = \"index\", at_most = 5 }, points = 2 }, { when = { fact = \"index\", more_than = 10 }, points = 0 }"

    def test_may_be_the_middle_where_a_rule_is_written_for_it(self, tmp_path: Path) -> None:
        """Two outer cases and a rule for what lies between leave no hole."""
        rule = f'form = "alternatives"\ncases = [ {self.OUTER} ]\notherwise = {{ form = "given", fact = "index", out_of = 100 }}'
        assert "band-hole" not in codes(check(tmp_path, edition_text(rule)))

    def test_is_a_hole_where_only_points_are_left_for_it(self, tmp_path: Path) -> None:
        """Points for everything else are not meant for the middle."""
        plain = f'form = "alternatives"\ncases = [ {self.OUTER} ]'
        assert "band-hole" in codes(check(tmp_path, edition_text(plain)))


class TestDivisors:
    """Rates of which nothing arose."""

    @pytest.mark.parametrize(
        "rule",
        [
            'form = "share"\nof = { part = "part", whole = "whole" }',
            bands('at_least = "50 %", points = 2', of='of = { part = "part", whole = "whole" }'),
            'form = "all_or_nothing"\nrequire = [ { part = "part", whole = "whole", at_least = "50 %" } ]',
        ],
        ids=["share", "bands", "all_or_nothing"],
    )
    def test_need_a_policy_for_a_zero_whole(self, tmp_path: Path, rule: str) -> None:
        """The key is asked for by name wherever a rate occurs whose divisor may be 0."""
        found = [each for each in check(tmp_path, edition_text(rule)) if each.code == "zero-policy-missing"]
        assert len(found) == 1
        assert "when_whole_is_zero" in found[0].reason.vi
        assert "tiêu chí 1.1 (field.c1)" in found[0].place.where

    @pytest.mark.parametrize("whole", ['"whole"', '["part", "whole"]'], ids=["one fact", "a sum of facts"])
    def test_need_none_where_the_whole_cannot_be_zero(self, tmp_path: Path, whole: str) -> None:
        """The range of its fact, or of one that it is a sum of, begins above 0; from 0 on it is asked for."""
        rule = f'form = "share"\nof = {{ part = "part", whole = {whole} }}'
        zero = edition_text(rule)
        above = re.sub(r'(id = "whole"(?:\n(?!\[).*)*?range = \[)0', r"\g<1>1", zero)
        assert above != zero
        assert [codes(check(tmp_path, text)) for text in (zero, above)] == [["zero-policy-missing"], []]

    def test_that_cannot_be_zero_leave_the_wording_without_that_case(self, tmp_path: Path) -> None:
        """The rule says what the decision says and nothing about what never happens; a missing fact stays open."""
        share = forms.Share(of=forms.Quantity(part="part", whole="whole"))
        guarded = evolve(share, when_whole_is_zero="award_zero")
        names = Lexicon({name: Fact(id=name, label=same(name), type="count", range=(Decimal(1), Decimal(9))) for name in ("part", "whole")}, QUANTITIES.units)
        plain, with_case = (rule_text(each.lower(Fraction(2)), names).vi for each in (share, guarded))
        assert with_case.startswith(plain.removesuffix("."))
        assert "bằng 0" in with_case.removeprefix(plain.removesuffix("."))
        assert "bằng 0" not in plain

    def test_need_one_also_in_a_form_that_a_plugin_brings(self, tmp_path: Path) -> None:
        """A form that forgets its divisor is found in the tree, and nothing is scored by it."""
        rule = 'form = "careless"\ndone = "part"\ndue = "whole"'
        found = check(tmp_path, edition_text(rule), cchc_register_forms=lambda forms: forms.add(Careless))
        assert codes(found) == ["zero-policy-missing"]


@frozen(kw_only=True)
class Careless(cchc.Form):
    """A form of a plugin that does not say what a zero whole is worth."""

    name: ClassVar[str] = "careless"
    done: str
    due: str

    def lower(self, maximum: Fraction) -> tree.Node:
        """Return the bare proportion."""
        return tree.Proportion(points=maximum, of=tree.Ratio(part=tree.FactValue(fact=self.done), whole=tree.FactValue(fact=self.due)))


class TestFacts:
    """Facts against the rules that read them."""

    def test_that_nobody_declared_are_found_with_the_nearest_one(self, tmp_path: Path) -> None:
        """A misspelt fact is asked back."""
        text = edition_text('form = "count"\nfact = "amount"\npoints_each = 1').replace('fact = "amount"', 'fact = "amuont"')
        found = {each.code: each for each in check(tmp_path, text)}
        assert found.keys() == {"fact-undeclared", "fact-unused"}
        assert found["fact-undeclared"].remedy.en == "did you mean 'amount'?"

    def test_that_nobody_reads_are_found(self, tmp_path: Path) -> None:
        """A clerk would be asked for a number that counts nowhere."""
        spare = '[[facts]]\nid = "spare"\nlabel = "thừa"\ntype = "flag"\n'
        (finding,) = check(tmp_path, edition_text('form = "count"\nfact = "amount"\npoints_each = 1', facts=spare))
        assert (finding.code, finding.severity) == ("fact-unused", "warning")
        assert "“spare”" in finding.reason.vi

    @pytest.mark.parametrize(
        "rule",
        [
            'form = "count"\nfact = "met"\npoints_each = 1',
            'form = "all_or_nothing"\nrequire = [ { fact = "amount" } ]',
            'form = "timeliness"\nfact = "amount"\non_or_before = 2099-12-15',
            'form = "judged"\nfact = "amount"\nmarks = { good = 2, poor = 0 }',
            'form = "share"\nof = { part = "met", whole = "whole" }\nwhen_whole_is_zero = "award_zero"',
            bands("at_least = 1, points = 2", of='of = { fact = "level" }'),
        ],
        ids=["count of a flag", "flag of a count", "lateness of a count", "mark of a count", "share of a flag", "band of a level"],
    )
    def test_of_the_wrong_kind_are_found(self, tmp_path: Path, rule: str) -> None:
        """A flag cannot be counted and a count is not met."""
        assert "fact-wrong-kind" in codes(check(tmp_path, edition_text(rule)))

    def test_of_another_dimension_are_found(self, tmp_path: Path) -> None:
        """Dossiers over reports."""
        rule = 'form = "share"\nof = { part = "part", whole = "reports" }\nwhen_whole_is_zero = "award_zero"'
        (finding,) = check(tmp_path, edition_text(rule))
        assert finding.code == "dimension-mismatch"
        assert finding.reason.vi == "tỷ lệ chia “part” (hồ sơ) cho “reports” (báo cáo)"

    @pytest.mark.parametrize(
        "rule",
        [
            bands("at_least = 50, points = 2"),
            bands("at_least = 0.5, points = 2"),
            bands('at_least = "50 %", points = 2', of='of = { fact = "amount" }'),
            'form = "all_or_nothing"\nrequire = [ { fact = "amount", at_least = "50 %" } ]',
        ],
        ids=["rate and 50", "rate and 0.5", "count and 50 %", "required count and 50 %"],
    )
    def test_compared_with_the_other_kind_of_number_are_found(self, tmp_path: Path, rule: str) -> None:
        """A rate is compared with per cent, a number with a number: 50 might be either."""
        assert codes(check(tmp_path, edition_text(rule))) == ["threshold-unit"]

    @pytest.mark.parametrize("marks", ["{ good = 2 }", "{ good = 2, poor = 1, awful = 0 }", "{ godo = 2, poor = 0 }"])
    def test_with_other_levels_than_the_marks_are_found(self, tmp_path: Path, marks: str) -> None:
        """Each level has its points, and there are no others."""
        assert codes(check(tmp_path, edition_text(f'form = "judged"\nfact = "level"\nmarks = {marks}'))) == ["level-mismatch"]

    def test_without_a_range_are_found(self, tmp_path: Path) -> None:
        """Without a range nobody can say what a total may still reach."""
        text = edition_text('form = "count"\nfact = "amount"\npoints_each = 1').replace("range = [0, 10]\n", "")
        assert "fact-without-range" in codes(check(tmp_path, text))

    def test_in_an_unknown_unit_are_found_with_the_nearest_one(self, tmp_path: Path) -> None:
        """The unit is asked back."""
        text = edition_text('form = "count"\nfact = "amount"\npoints_each = 1').replace('"initiative"', '"initiatve"')
        found = [each for each in check(tmp_path, text) if each.code == "unit-unknown"]
        assert [each.remedy.en for each in found] == ["did you mean 'initiative'?"]


class TestFamilies:
    """Criteria and the criteria below them."""

    FLAG = 'form = "all_or_nothing"\nrequire = [{ fact = "met" }]'

    @pytest.mark.parametrize(
        ("rules", "code"),
        [
            ((f'{FLAG}\nparent = "field.c9"',), "parent-unknown"),
            ((FLAG, f'{FLAG}\nparent = "field.c1"'), "parent-with-form"),
            (("",), "form-missing"),
        ],
    )
    def test_that_do_not_fit_are_found(self, tmp_path: Path, rules: tuple[str, ...], code: str) -> None:
        """A parent that is not there, one that has a rule of its own, a line with neither rule nor children."""
        assert code in codes(check(tmp_path, edition_text(*rules)))


class TestSilence:
    """Sound editions."""

    @given(st.data())
    def test_on_random_sound_editions(self, data: st.DataObject) -> None:
        """Several sound rules side by side give nothing to mend; what cannot be decided may be noted."""
        families = (band_forms, flag_forms, dated_forms, judged_forms)
        count = data.draw(st.integers(1, 4))
        edition = edition_of([data.draw(cases(prefix=f"{letter}_", families=families)) for letter in "abcd"[:count]])
        registry = cchc.Registry([plugin(
            "p",
            cchc_register_fields=lambda fields: fields.add(edition),
            cchc_register_methods=lambda methods: methods.add(index_of(edition, rounding=RoundingRule()).method),
        )])
        assert [each.words("en") for each in registry.findings() if each.severity != "note"] == []

    def test_on_everything_that_ships(self, registry: cchc.Registry) -> None:
        """The shipped editions and the method have no fault; what cannot be decided may be noted."""
        assert [each.words("en") for each in registry.findings() if each.severity != "note"] == []
