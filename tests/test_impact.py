"""The impact of another year's method: who moves, by what, and what is open; never a silent zero."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

import pytest
from attrs import evolve
from building import evidence_with, index_of
from cohorts import cohort_index, evidence_of_unit, taken_over
from hypothesis import assume, given
from hypothesis import strategies as st
from tables import OWN, Table, facts_of_leaf, leaf, tables
from two_years import LATER_EDITION, LATER_METHOD, ONLINE, TwoYears, changed, two_years

import cchc_rules as cchc
from cchc_rules.analysis.impact import Impact, UnitImpact, impact, parts_of
from cchc_rules.analysis.placing import possible_ranks
from cchc_rules.analysis.ranking import rank
from cchc_rules.api import impact as impact_named
from cchc_rules.base.texts import LANGUAGES, same
from cchc_rules.engine import score_cohort
from cchc_rules.files.impact_json import impact_document, impact_json
from cchc_rules.files.impact_text import impact_text
from cchc_rules.methods import GradeBand, GradeRule, RankingRule, Stage, TieBreak
from cchc_rules.model import AssessedUnit, DeclaredPoints, Edition, Evidence, State, Value
from cchc_rules.points import Range
from cchc_rules.rules import forms

ZERO = Fraction(0)
COMPLETE = changed(LATER_EDITION, (ONLINE, ""), ("max_points = 12", "max_points = 9"))
"""The later year without the criterion that asks for facts that nobody has."""


TERM = 'on_or_before = 2099-11-15\ncalendar = "office"\nlate = [ { days_at_most = 3, points = 0.5 } ]'
CALENDAR = """\
schema = "cchc.calendar/1"

[calendar]
id = "office"
label = "Lịch làm việc"
label_en = "Office calendar"
covers = [2099-11-01, 2099-11-18]
weekend = ["saturday", "sunday"]
count_first_day = false
term_ends_on_day_off = "as_is"
source = { place = "ví dụ" }
"""
CALENDARS = """

@hookimpl
def cchc_register_calendars(calendars: CalendarRegister) -> None:
    calendars.add_folder(HERE / "calendars")
"""


@pytest.fixture
def years(tmp_path: Path) -> TwoYears:
    """Both years' tables and the first year's evidence."""
    return two_years(tmp_path)


def of(years: TwoYears, before: str = "2098", after: str = "2099") -> Impact:
    """Return the impact of one year on the other's units."""
    return impact_named(before, after, years.units, plugins=[years.plugin])


def unit(found: Impact, name: str) -> UnitImpact:
    """Return one unit by its id."""
    return next(each for each in found.units if each.unit.id == name)


def moves(each: UnitImpact) -> dict[str, tuple[Fraction, Fraction]]:
    """Return by how much each criterion moves a unit, at least and at most."""
    return {change.part.id: (change.change.low, change.change.high) for change in each.parts if change.moved}


# ------------------------------------------------------------------ by example


class TestPoints:
    """What a unit has under both methods, and why."""

    def test_move_by_weight_threshold_deadline_and_what_was_dropped(self, years: TwoYears) -> None:
        """90 % of 6 and of 5; 85 % is 1 of 3 and then 3; the report was five days late and is ten early; 2 points of meetings go."""
        years.write("editions/2099.toml", COMPLETE)
        found = unit(of(years), "binh")
        assert (found.before.card.total.points, found.after.card.total.points) == (Decimal("8.4"), Decimal("8.5"))
        expected = {"procedures.tasks": "-0.9", "procedures.posted": "2", "procedures.report": "1", "procedures.meetings": "-2"}
        assert moves(found) == {name: (Fraction(points), Fraction(points)) for name, points in expected.items()}

    def test_of_a_criterion_that_asks_for_new_facts_are_a_range(self, years: TwoYears) -> None:
        """Nobody gets a silent zero: 0 to 3 points more are possible, and the total says so."""
        found = unit(of(years), "an")
        assert moves(found)["procedures.online"] == (Fraction(0), Fraction(3))
        assert found.after.reachable == Range(low=Fraction(9), high=Fraction(12))
        assert found.after.card.score("procedures.online").points is None
        assert found.change == Range(low=Fraction(-3), high=Fraction(0))

    def test_that_cannot_change_are_told_as_no_change(self, years: TwoYears) -> None:
        """The same method against itself."""
        found = of(years, "2098", "2098")
        assert all(each.change.low == each.change.high == 0 and not moves(each) for each in found.units)
        assert (found.movers, found.wanted, found.papers, found.decided) == ((), (), (), True)


class TestGrades:
    """The migration matrix."""

    def test_go_from_row_to_column(self, years: TwoYears) -> None:
        """9 of 9, 8.5 of 9, 6 of 9 and 4 of 9."""
        years.write("editions/2099.toml", COMPLETE)
        migration = of(years).migration
        assert migration is not None
        assert dict(migration.counts) == {("good", "good"): 1, ("fair", "good"): 1, ("fair", "fair"): 1, ("weak", "weak"): 1}
        assert migration.total == 4

    def test_are_undecided_while_the_total_is_open_unless_only_one_is_possible(self, years: TwoYears) -> None:
        """4 to 7 of 12 is weak, whatever comes of the new criterion."""
        found = of(years)
        assert {each.unit.id: each.after.grade for each in found.units} == {"an": "", "binh": "", "cat": "", "dong_moi": "weak"}

    def test_are_none_where_a_method_gives_none(self, years: TwoYears) -> None:
        """And then there is no matrix, in either form."""
        years.write("methods/2099.toml", LATER_METHOD[: LATER_METHOD.index("[method.grades]")])
        found = of(years)
        assert found.migration is None
        assert impact_document(found)["grades"] is None
        assert "XẾP LOẠI" not in impact_text(found, "vi")


class TestRanks:
    """Ranks among the units that are compared."""

    def test_change_where_both_are_decided(self, years: TwoYears) -> None:
        """The one merged away is in neither ranking."""
        years.write("editions/2099.toml", COMPLETE)
        found = of(years)
        assert {each.unit.id: (each.before.ranks and each.before.ranks.decided, each.after.ranks and each.after.ranks.decided, each.rank_change)
                for each in found.units} == {"an": (1, 1, 0), "binh": (2, 2, 0), "cat": (3, 3, 0), "dong_moi": (4, 4, 0)}

    def test_are_a_range_while_totals_are_open(self, years: TwoYears) -> None:
        """9–12, 8.5–11.5, 6–9, 4–7: the first may be passed by the second, and met by the third."""
        ranks = {each.unit.id: each.after.ranks for each in of(years).units}
        assert {name: (each.best, each.worst) for name, each in ranks.items() if each} == {"an": (1, 3), "binh": (1, 3), "cat": (1, 4), "dong_moi": (3, 4)}
        assert all(each.rank_change is None for each in of(years).units)


class TestUnits:
    """Units through the years."""

    def test_are_found_under_their_new_name_or_set_apart_with_why(self, years: TwoYears) -> None:
        """Renamed, merged, and new."""
        found = of(years)
        assert unit(found, "dong_moi").before.card.unit.id == "dong"
        why = {each.unit.id: each.why.en for each in found.apart}
        assert why == {"giang": "merged from giang, ha: it cannot be tried alone", "ha": "merged from giang, ha: it cannot be tried alone",
                       "giang_ha": "no evidence of the earlier year"}
        assert not found.decided

    def test_that_the_later_method_does_not_have_are_set_apart(self, years: TwoYears) -> None:
        """Nothing says what became of it."""
        years.write("methods/2099.toml", changed(LATER_METHOD, ('  { id = "cat", label = "Xã Cát" },\n', "")))
        assert {each.unit.id: each.why.en for each in of(years).apart}["cat"] == "river/2099 has no such unit"

    def test_that_were_split_are_set_apart(self, years: TwoYears) -> None:
        """One unit's evidence cannot be taken apart."""
        years.write("methods/2098.toml", (years.plugin / "cchc_river/methods/2098.toml").read_text(encoding="utf-8").replace(
            '{ id = "cat", label = "Xã Cát" }', '{ id = "cat", label = "Xã Cát", successors = [ "cat1", "cat2" ] }'))
        years.write("methods/2099.toml", changed(LATER_METHOD, ('  { id = "cat", label = "Xã Cát" },\n', '  { id = "cat1", label = "1" },\n  { id = "cat2", label = "2" },\n')))
        assert {each.unit.id: each.why.en for each in of(years).apart}["cat"] == "split into cat1, cat2: its evidence cannot be taken apart"


class TestGiven:
    """What a method gives itself is not taken from last year's evidence."""

    def test_of_a_unit_stands_in_place_of_what_the_unit_reported(self) -> None:
        """The new list says 1 of 2, last year's report said 2 of 2."""
        before = index_of(edition_with(leaf("one", Decimal(4))))
        after = evolve(before, known={"unit": {"one.p": Fraction(1)}})
        (found,) = impact(before, after, [(evidence_with({"one.p": Fraction(2), "one.w": Fraction(2)}),)]).units
        assert [each.card.total.exact for each in (found.before, found.after)] == [4, 2]
        assert set(found.carried.evidence.facts) == {"one.w"}

    def test_for_all_is_not_asked_of_anybody(self) -> None:
        """Reference data of the new year."""
        before = index_of(edition_with(leaf("one", Decimal(4))))
        after = evolve(before, references={"one.w": Fraction(3)})
        tried = impact(before, after, [(evidence_with({"one.p": Fraction(3), "one.w": Fraction(1)}),)])
        assert tried.units[0].after.card.total.points == 4
        assert tried.wanted == ()

    def test_no_longer_is_asked_of_the_units(self) -> None:
        """What was reference data and has to be reported now is new, and missing."""
        after = index_of(edition_with(leaf("one", Decimal(4))))
        before = evolve(after, references={"one.w": Fraction(3)})
        (wanted,) = impact(before, after, [(evidence_with({"one.p": Fraction(3)}),)]).wanted
        assert (wanted.fact.id, wanted.why, wanted.nobody) == ("one.w", "new", True)


class TestVersions:
    """An amendment in mid-cycle is tried like another year."""

    def test_of_one_year_are_told_apart_by_name_and_keep_their_units(self, years: TwoYears) -> None:
        """A unit that is merged within the year is still there in both versions."""
        method = changed((years.plugin / "cchc_river/methods/2098.toml").read_text(encoding="utf-8"), (
            '{ id = "giang", label = "Xã Giang" }', '{ id = "giang", label = "Xã Giang", until = 2098-06-30, successors = [ "giang_ha" ] }'))
        years.write("methods/2098.toml", method)
        tables = cchc.Registry.load([years.plugin], with_installed=False)
        digest = tables.seal_method(tables.methods["river/2098"]).digest
        years.write("methods/2098.seal.toml", f'schema = "cchc.seal/1"\nkey = "river/2098"\ndigest = "{digest}"\n')
        years.write("methods/dc1.toml", f'''schema = "cchc.overlay/1"
[overlay]
of = "river/2098"
seal = "{digest}"
version = "dc1"
kind = "amendment"
label = "Sửa đổi"
issued = 2098-06-01
provenance = "official"
source = {{ place = "QĐ 3" }}

[set]
rounding = {{ leaf = {{ places = 0, mode = "half_up" }} }}
''')
        for path in years.units.iterdir():
            path.write_text(path.read_text(encoding="utf-8").replace("year = 2098", 'year = 2098\nversion = "original"'), encoding="utf-8")
        found = of(years, "2098+original", "river/2098+dc1")
        assert (len(found.units), found.apart, found.decided) == (6, (), True)
        assert {each.part.id for each in unit(found, "binh").parts if each.moved} == {"procedures.tasks"}
        assert unit(found, "binh").change == Range(low=Fraction(-2, 5), high=Fraction(-2, 5))
        assert "Points 2098+dc1" in impact_text(found, "en")


class TestStages:
    """Only a stage that counts gives a result."""

    STAGES = (Stage(id="self", label=same("tự chấm"), counts=False), Stage(id="verified", label=same("thẩm định")))

    def test_that_do_not_count_leave_grade_and_rank_open(self) -> None:
        """The points so far are marked as such."""
        index = of_cohort(stages=self.STAGES)
        found = impact(index, index, [evidence_of_unit(each, {"a": Fraction(1), "b": Fraction(1)}) for each in UNITS_OF_COHORT])
        assert {(each.after.grade, each.after.ranks and (each.after.ranks.best, each.after.ranks.worst)) for each in found.units} == {("", (1, 4))}
        assert not found.decided
        assert impact_text(found, "en").count("2 (so far)") == 2 * len(UNITS_OF_COHORT)

    def test_go_by_their_ids_else_by_whether_they_count(self) -> None:
        """A method that renames its one stage still finds the evidence."""
        before, after = of_cohort(), of_cohort(stages=(*self.STAGES, Stage(id="last", label=same("cuối"))))
        (first, *_) = impact(before, after, [evidence_of_unit(each, {"a": Fraction(1), "b": Fraction(1)}) for each in UNITS_OF_COHORT]).units
        assert first.carried.evidence.stage == "self"
        renamed = of_cohort(stages=self.STAGES[1:])
        (first, *_) = impact(before, renamed, [evidence_of_unit(each, {"a": Fraction(1), "b": Fraction(1)}) for each in UNITS_OF_COHORT]).units
        assert (first.carried.evidence.stage, first.after.decided) == ("verified", True)


class TestEvidence:
    """Last year's evidence under another method is a what-if."""

    def test_keeps_its_pins(self, years: TwoYears) -> None:
        """The scorecard says which method scored it, the evidence which one it was reported for."""
        card = unit(of(years), "an").after.card
        assert (card.method.key, card.evidence.year, card.evidence.version) == ("river/2099", 2098, "original")
        assert impact_document(of(years))["evidence_pinned_to"] == "river/2098"
        for language in LANGUAGES:
            assert "river/2098)" in impact_text(of(years), language).splitlines()[1]

    def test_is_never_read_by_another_year_unasked(self, years: TwoYears) -> None:
        """Ranking the folder under the later method is still refused."""
        with pytest.raises(cchc.InputError, match="files-disagree"):
            cchc.rank("river/2099", years.units, plugins=[years.plugin])

    def test_asks_for_what_nobody_has_yet(self, years: TwoYears) -> None:
        """Facts of the new criterion, with the criterion and the units; the papers that are asked for anew."""
        found = of(years)
        assert [(each.fact.id, each.why, each.nobody, len(each.units), [criterion.number for criterion in each.criteria]) for each in found.wanted] == [
            ("dossiers", "new", True, 4, ["1.2"]), ("online", "new", True, 4, ["1.2"])]
        assert {each.criterion.id: each.papers for each in found.papers} == {
            "procedures.report": ("Phiếu gửi",), "procedures.online": ("Báo cáo của Trung tâm phục vụ hành chính công",)}

    def test_that_one_unit_did_not_report_is_told_apart_from_what_is_new(self, years: TwoYears) -> None:
        """Last year's gap is named as such."""
        path = years.units / "cat.toml"
        path.write_text(path.read_text(encoding="utf-8").replace('[[facts]]\nid = "done"\nvalue = 80\ndocuments = ["d"]\n', ""), encoding="utf-8")
        found = of(years)
        (done,) = [each for each in found.wanted if each.fact.id == "done"]
        assert (done.why, done.nobody, done.units) == ("unreported", False, ("cat",))
        assert not unit(found, "cat").before.decided
        assert found.migration is not None
        assert found.migration.total == len(found.units) == 4

    @pytest.mark.parametrize(("old", "new", "why"), [
        ('unit = "procedure"\nrange = [0, 1000]\n\n[[facts]]\nid = "procedures"', 'unit = "procedure"\nrange = [0, 90]\n\n[[facts]]\nid = "procedures"', "the value is outside the new range"),
        ('id = "posted"\nlabel = "số thủ tục đã niêm yết"\nlabel_en = "procedures posted"\ntype = "count"', 'id = "posted"\nlabel = "x"\ntype = "decimal"', "its type is another"),
    ], ids=["range", "type"])
    def test_that_is_declared_otherwise_now_is_not_carried(self, years: TwoYears, old: str, new: str, why: str) -> None:
        """The fact is missing then, and the total has a range."""
        years.write("editions/2099.toml", changed(COMPLETE, (old, new)))
        found = of(years)
        assert {name: each.en for name, each in unit(found, "an").carried.refused.items()} == {"posted": why}
        assert unit(found, "an").after.card.score("procedures.posted").state is State.NO_EVIDENCE
        (wanted,) = found.wanted
        assert (wanted.fact.id, wanted.why) == ("posted", "redeclared")

    def test_moves_dates_with_the_deadlines(self, years: TwoYears) -> None:
        """A report sent on 20/11 last year is one sent on 20/11 this year, not one sent a year early."""
        years.write("editions/2099.toml", changed(COMPLETE, ("on_or_before = 2099-11-30", "on_or_before = 2099-11-19")))
        found = unit(of(years), "binh")
        assert found.carried.moved == ("report_sent",)
        assert found.after.card.score("procedures.report").points == 0

    def test_leaves_dates_alone_where_the_table_is_still_last_years(self, years: TwoYears) -> None:
        """A method of the new year that still uses the old edition has its old deadlines."""
        years.write("methods/2099.toml", LATER_METHOD.replace("edition_year = 2099", "edition_year = 2098"))
        found = unit(of(years), "binh")
        assert found.carried.moved == ()
        assert found.after.card.score("procedures.report").points == 0


    def test_that_the_later_rule_cannot_use_is_told_with_why(self, years: TwoYears) -> None:
        """A date that the calendar does not cover: the criterion is open, and why stands among the remarks."""
        years.write("editions/2099.toml", changed(COMPLETE, ("on_or_before = 2099-11-30", TERM)))
        years.write("calendars/office.toml", CALENDAR)
        plugin = (years.plugin / "cchc_river/__init__.py").read_text(encoding="utf-8")
        years.write("__init__.py", changed(plugin, ("import FieldRegister", "import CalendarRegister, FieldRegister")) + CALENDARS)
        found = of(years)
        assert unit(found, "binh").after.card.score("procedures.report").state is State.ERROR
        assert unit(found, "binh").after.reachable == Range(low=Fraction(15, 2), high=Fraction(17, 2))
        assert [each.code for each in found.findings] == ["date-not-covered"]
        assert "[date-not-covered]" in impact_text(found, "en")
        assert [each["code"] for each in impact_document(found)["findings"]] == ["date-not-covered"]


class TestMarks:
    """Points that a verifier gave."""

    STAGES = (Stage(id="self", label=same("tự chấm")), Stage(id="verified", label=same("thẩm định"), points_prevail=True))

    @pytest.mark.parametrize(("points", "expected", "marks"), [(Decimal(4), 3, ()), (Decimal(2), 1, ("one",))], ids=["asks the same", "is worth less"])
    def test_stand_only_where_the_criterion_is_still_the_same(self, points: Decimal, expected: int, marks: tuple[str, ...]) -> None:
        """Half of 2 is 1 by the rule; the mark of 3 out of 4 says nothing of it."""
        before, after = (index_of(edition_with(leaf("one", most)), stages=self.STAGES) for most in (Decimal(4), points))
        first = evidence_with({"one.p": Fraction(1), "one.w": Fraction(2)})
        second = evolve(first, stage="verified", facts={}, points={"one": DeclaredPoints(criterion="one", points=Fraction(3), reason="thiếu hồ sơ")})
        (found,) = impact(before, after, [(first, second)]).units
        assert found.before.card.total.points == 3
        assert found.after.card.total.points == expected
        assert found.carried.marks == marks


def edition_with(*criteria: cchc.Criterion) -> Edition:
    """Return an edition of some leaves."""
    return Edition(field="field", label=same("lĩnh vực"), level="level", year=2099, max_points=sum((each.max_points for each in criteria), Decimal(0)),
                   max_points_provenance="assumed", criteria=criteria, facts=tuple(fact for each in criteria for fact in facts_of_leaf(each.id)))


# ------------------------------------------------------------------ laws


def of_tables(before: Table, after: Table, values: Mapping[str, Value] | None = None) -> UnitImpact:
    """Return the impact of one table on the unit of another."""
    (found,) = impact(before.index, after.index, [(evidence_with(before.values if values is None else values),)]).units
    return found


@given(before=tables(), after=tables())
def test_what_is_counted_by_criterion_adds_up_to_what_is_counted_in_the_total(before: Table, after: Table) -> None:
    """Under every policy: weights, caps, rounding, bonus limits and events are told beside the criteria."""
    found = of_tables(before, after)
    totals = [each.card.total.exact or ZERO for each in (found.before, found.after)]
    assert sum((each.counted for each in found.parts), ZERO) == totals[1] - totals[0]


@given(before=tables(), after=tables())
def test_differences_per_criterion_add_up_to_the_difference_of_a_complete_total(before: Table, after: Table) -> None:
    """All facts of both years reported: no range is left, and the sum is exact."""
    found = of_tables(evolve(before, index=with_facts_of(before.index, after.index)), after, {**after.values, **before.values})
    assume(found.before.card.total.complete and found.after.card.total.complete)
    assume(all(scored.account.complete for each in (found.before, found.after) for scored in each.card.scores))
    assert all(each.change.low == each.change.high for each in found.parts)
    assert sum((each.change.low for each in found.parts), ZERO) == found.change.low == found.change.high


@given(before=tables(policies=OWN, rounded=False), after=tables(policies=OWN, rounded=False))
def test_nothing_but_criteria_moves_a_total_that_is_a_plain_sum(before: Table, after: Table) -> None:
    """No weights, no events, nothing rounded above the leaves: nothing is left beside the criteria, open or not."""
    found = of_tables(plain(before), plain(after))
    assert [each for each in found.parts if each.moved and {part.kind for part in (each.before, each.after) if part} <= {"group", "field", "total"}] == []


def plain(table: Table) -> Table:
    """Return a table under a method that adds up and does nothing else."""
    method = evolve(table.index.method, parts=(), conversion=None, bonus=None, penalty=None, grades=None)
    return evolve(table, index=evolve(table.index, method=method))


def with_facts_of(one: cchc.Index, other: cchc.Index) -> cchc.Index:
    """Return an index that knows the facts of another too, so that a unit may have reported them."""
    return evolve(one, facts={**other.facts, **one.facts})


@given(before=tables(), after=tables(), data=st.data())
def test_ranges_hold_whatever_the_missing_facts_turn_out_to_be(before: Table, after: Table, data: st.DataObject) -> None:
    """Total, grade and every part lie within what was said to be possible, once all that is missing is known."""
    found = of_tables(before, after)
    carried = {name: fact.value for name, fact in found.after.card.evidence.facts.items()}
    card = after.card({**consistent(after.values, carried), **carried})
    assume(card.total.complete)
    points = card.total.exact
    assert points is not None
    assert found.after.reachable.low <= points <= found.after.reachable.high
    if card.grade and found.after.card.grade:
        possible = found.after.card.grade.reachable or (found.after.card.grade.id,)
        assert card.grade.id in ((found.after.grade,) if found.after.grade else possible)
    actual = parts_of(card, after.index.method)
    for change in found.parts:
        if change.after is not None:
            part = actual[{"group": "criterion"}.get(change.after.kind, change.after.kind), change.after.id]
            if part.kind == change.after.kind and card.total.state is State.SCORED:
                assert change.after.reachable.low <= part.reachable.high, part
                assert part.reachable.low <= change.after.reachable.high, part


def consistent(values: Mapping[str, Value], carried: Mapping[str, Value]) -> dict[str, Value]:
    """Return values for what is missing, with no part above a whole that was carried or the other way round."""
    found = dict(values)
    for name in values:
        if name.endswith(".p"):
            part, whole = ({**values, **carried}[f"{name[:-1]}{end}"] for end in "pw")
            if isinstance(part, Fraction) and isinstance(whole, Fraction) and part > whole:
                found[name], found[f"{name[:-1]}w"] = min(part, whole), max(part, whole)
    return found


CRITERIA = tuple(taken_over(name) for name in ("a", "b"))
UNITS_OF_COHORT = tuple(AssessedUnit(id=name, label=name) for name in ("u", "v", "w", "x"))
BANDS = (GradeBand(id="high", label=same("cao"), at_least=forms.Threshold(value=Fraction(3, 10**6), percent=True)), GradeBand(id="low", label=same("thấp")))


def of_cohort(ties: str = "competition", **changes: object) -> cchc.Index:
    """Return an index over two numbers, ranked and graded."""
    known: dict[str, object] = {"units": UNITS_OF_COHORT, "ranking": RankingRule(ties=ties), "grades": GradeRule(base="maximum", bands=BANDS)}  # type: ignore[arg-type]  # drawn below
    index = cohort_index(("a", "b"), criteria=CRITERIA, **{**known, **changes})  # type: ignore[arg-type]  # any field of a method may be set
    return evolve(index, facts={name: evolve(fact, range=(Decimal(0), Decimal(4))) for name, fact in index.facts.items()})


numbers = st.integers(0, 4).map(Fraction)
reports = st.fixed_dictionaries({unit.id: st.fixed_dictionaries({"a": numbers, "b": st.none() | numbers}) for unit in UNITS_OF_COHORT})


def evidence_for(values: Mapping[str, Mapping[str, Fraction | None]]) -> list[tuple[Evidence, ...]]:
    """Return the evidence of a cohort."""
    return [evidence_of_unit(each, values[each.id]) for each in UNITS_OF_COHORT]


@given(values=reports, filled=st.lists(numbers, min_size=4, max_size=4), ties=st.sampled_from(("competition", "dense")), chain=st.booleans())
def test_ranks_lie_in_their_range_whatever_is_still_reported(
    values: dict[str, dict[str, Fraction | None]], filled: list[Fraction], ties: Literal["competition", "dense"], chain: bool  # noqa: FBT001 - drawn
) -> None:
    """The range of every unit holds the rank that it gets once all numbers are there, also where equal totals are parted."""
    rule = RankingRule(ties=ties, tie_breaks=(TieBreak(criterion="field.b"),) if chain else ())
    index = of_cohort(ranking=rule)
    ranges = possible_ranks(index, rank(index, score_cohort(index, evidence_for(values))))
    complete = {name: {key: filled[place] if number is None else number for key, number in each.items()} for place, (name, each) in enumerate(values.items())}
    settled = rank(index, score_cohort(index, evidence_for(complete)))
    for row in settled.blocks[0].units:
        assert ranges[row.unit.id].best <= row.rank <= ranges[row.unit.id].worst


@given(values=reports)
def test_ranks_are_decided_where_nothing_is_open(values: dict[str, dict[str, Fraction | None]]) -> None:
    """And are those of the ranking."""
    index = of_cohort()
    complete = {name: {key: number or ZERO for key, number in each.items()} for name, each in values.items()}
    ranking = rank(index, score_cohort(index, evidence_for(complete)))
    assert {name: each.decided for name, each in possible_ranks(index, ranking).items()} == {row.unit.id: row.rank for row in ranking.blocks[0].units}


@given(values=reports, order=st.permutations(range(4)))
def test_the_order_of_the_units_changes_nothing(values: dict[str, dict[str, Fraction | None]], order: list[int]) -> None:
    """The same bytes in both forms."""
    before, after = of_cohort(), of_cohort("dense")
    evidence = evidence_for(values)
    found, again = impact(before, after, evidence), impact(before, after, [evidence[place] for place in order])
    assert impact_json(found) == impact_json(again)
    assert impact_text(found, "vi") == impact_text(again, "vi")


@given(values=reports)
def test_the_matrix_holds_every_unit_once(values: dict[str, dict[str, Fraction | None]]) -> None:
    """Open grades have a row and a column of their own."""
    migration = impact(of_cohort(), of_cohort(), evidence_for(values)).migration
    assert migration is not None
    assert migration.total == sum(migration.count(row, column) for row in migration.rows for column in migration.columns) == len(UNITS_OF_COHORT)
