"""Overlays: what an amendment, an erratum and a local split make of a sealed table, and what is refused."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from issued import EDITION, METHOD, Issued, filled_in, issued_in

import cchc_rules as cchc
from cchc_rules.analysis.differences import named_differences
from cchc_rules.cli import main
from cchc_rules.files.differences_text import differences_text
from cchc_rules.model import Criterion, Edition
from cchc_rules.plugins.errata import open_erratum

ADDITION = """
[set]
max_points = 7

[[facts]]
id = "ideas"
label = "số sáng kiến"
label_en = "initiatives"
type = "count"
unit = "initiative"
range = [0, 10]

[[additions]]
id = "field.ideas"
number = "1.3"
label = "Sáng kiến"
label_en = "Initiatives"
max_points = 1
form = "count"
fact = "ideas"
points_each = 0.5
"""
STRICTER = """
[[changes]]
criterion = "field.plan"
set = { bands = [ { at_least = "90 %", points = 4 }, { at_least = "50 %", points = 2 } ] }
"""
SPLIT = """
[[splits]]
criterion = "field.plan"

[[splits.components]]
id = "field.plan.a"
number = "1.1.1"
label = "Giao nhiệm vụ"
max_points = {first}
form = "count"
fact = "done"
points_each = 0.1

[[splits.components]]
id = "field.plan.b"
number = "1.1.2"
label = "Hoàn thành nhiệm vụ"
max_points = 1
form = "share"
of = {{ part = "done", whole = "planned" }}
when_whole_is_zero = "award_zero"
"""


@pytest.fixture
def issued(tmp_path: Path) -> Issued:
    """An edition and a method over it."""
    return issued_in(tmp_path)


def amended(issued: Issued, version: str = "dc1") -> Edition:
    """Return the edition that an overlay makes, which nothing may be wrong with."""
    registry = issued.registry()
    assert registry.findings() == ()
    return registry.editions[f"{EDITION}+{version}"].value


def problems(issued: Issued) -> dict[str, cchc.Finding]:
    """Return what is wrong with the folder, by code."""
    return {each.code: each for each in issued.registry().findings()}


class TestAmendment:
    """A decision that changes some lines of a sealed table."""

    def test_changes_the_named_keys_and_leaves_the_rest(self, issued: Issued) -> None:
        """The version below and the version made stand side by side."""
        issued.overlay("dc1", STRICTER)
        before, after = issued.registry().editions[EDITION].value, amended(issued)
        assert (after.id, after.version, str(after.issued)) == (f"{EDITION}+dc1", "dc1", "2099-06-01")
        assert before.criterion("field.plan").rule != after.criterion("field.plan").rule
        assert before.criterion("field.reports") == after.criterion("field.reports")
        assert before.facts == after.facts

    def test_names_its_decision_as_the_source_of_what_it_changed(self, issued: Issued) -> None:
        """The maximum stays credited to the first decision, the bands now to the second, the table to both."""
        issued.overlay("dc1", STRICTER)
        after = amended(issued)
        assert after.criterion("field.plan").official == {"max_points": "QĐ 1", "bands": "QĐ 2"}
        assert after.source is not None
        assert after.source.place == "QĐ 1; QĐ 2"

    def test_that_is_only_assumed_leaves_the_criterion_no_stronger_than_itself(self, issued: Issued) -> None:
        """An official criterion with an assumed scale rests on an assumption."""
        issued.overlay("dc1", STRICTER, provenance='"assumed"')
        criterion = amended(issued).criterion("field.plan")
        assert criterion.provenance == "assumed"
        assert criterion.official == {"max_points": "QĐ 1"}

    def test_adds_a_criterion_with_its_fact_and_raises_the_maximum(self, issued: Issued) -> None:
        """What is added rests on what the overlay rests on."""
        issued.overlay("dc1", ADDITION)
        after = amended(issued)
        assert [each.id for each in after.criteria] == ["field.plan", "field.reports", "field.ideas"]
        assert after.criterion("field.ideas").provenance == "official"
        assert (after.max_points, after.max_points_source) == (Decimal(7), "QĐ 2")
        assert "ideas" in {fact.id for fact in after.facts}

    def test_removes_a_criterion_and_the_facts_that_only_it_read(self, issued: Issued) -> None:
        """Nobody is asked for a number that nothing reads any more."""
        issued.overlay("dc1", 'removals = ["field.reports"]\n[set]\nmax_points = 4\n')
        after = amended(issued)
        assert [each.id for each in after.criteria] == ["field.plan"]
        assert {fact.id for fact in after.facts} == {"done", "planned"}

    def test_gives_a_criterion_another_form_without_the_keys_of_the_old_one(self, issued: Issued) -> None:
        """Bands become a share."""
        issued.overlay("dc1", '[[changes]]\ncriterion = "field.plan"\n[changes.set]\nform = "share"\nof = { part = "done", whole = "planned" }\nwhen_whole_is_zero = "award_zero"\n')
        form = amended(issued).criterion("field.plan").form
        assert form is not None
        assert form.name == "share"

    def test_that_words_a_label_anew_drops_the_english_of_the_old_one(self, issued: Issued) -> None:
        """A translation of other words is worse than none."""
        issued.overlay("dc1", '[[changes]]\ncriterion = "field.plan"\nset = { label = "Kết quả kế hoạch" }\n')
        assert amended(issued).criterion("field.plan").label == cchc.Text("Kết quả kế hoạch", "Kết quả kế hoạch")

    def test_can_mend_a_fact_and_take_a_key_away(self, issued: Issued) -> None:
        """An erratum on a range; points without a cap of their own."""
        issued.overlay("e1", '[[changes]]\nfact = "reports"\nset = { range = [0, 4] }\n', kind='"erratum"')
        facts = {fact.id: fact for fact in amended(issued, "e1").facts}
        assert facts["reports"].range == (Decimal(0), Decimal(4))
        assert facts["done"].range == (Decimal(0), Decimal(100))

    def test_lies_on_another_when_it_names_it(self, issued: Issued) -> None:
        """The second amendment keeps what the first one changed."""
        issued.overlay("dc1", STRICTER)
        issued.overlay("dc2", ADDITION, of=f"{EDITION}+dc1")
        after = amended(issued, "dc2")
        assert after.criterion("field.plan") == amended(issued, "dc1").criterion("field.plan")
        assert after.criterion("field.ideas").max_points == 1


class TestLocalSplit:
    """A criterion whose fixed maximum is shared out among components."""

    def test_makes_the_criterion_a_parent_with_its_maximum_unchanged(self, issued: Issued) -> None:
        """The components follow it and add up to it."""
        issued.overlay("local", SPLIT.format(first=3), kind='"split"')
        after = amended(issued, "local")
        assert [each.id for each in after.criteria] == ["field.plan", "field.plan.a", "field.plan.b", "field.reports"]
        assert [each.id for each in after.children("field.plan")] == ["field.plan.a", "field.plan.b"]
        assert after.criterion("field.plan").form is None
        assert after.criterion("field.plan").max_points == 4

    def test_that_does_not_add_up_is_refused_with_both_sums(self, issued: Issued) -> None:
        """2 and 1 are not 4."""
        file = issued.overlay("local", SPLIT.format(first=2), kind='"split"')
        finding = problems(issued)["split-does-not-add-up"]
        assert (finding.place.file, finding.place.line) == (file.as_posix(), file.read_text(encoding="utf-8").splitlines().index("[[splits]]") + 1)
        assert "cộng lại là 3, tiêu chí được chia có 4" in finding.reason.vi

    def test_of_what_is_split_already_is_refused(self, issued: Issued) -> None:
        """Its components can be changed one by one."""
        issued.overlay("local", SPLIT.format(first=3), kind='"split"')
        again = SPLIT.format(first=3).replace("plan.a", "plan.c").replace("plan.b", "plan.d")
        issued.overlay("local2", again, of=f"{EDITION}+local", kind='"split"')
        assert "split-of-parent" in problems(issued)


MISTAKES = {
    "a criterion that is not there": ('[[changes]]\ncriterion = "field.plna"\nset = { number = "9" }\n', "criterion-unknown", "field.plan"),
    "a removal of what is not there": ('removals = ["field.report"]\n', "criterion-unknown", "field.reports"),
    "a misspelt key of a criterion": ('[[changes]]\ncriterion = "field.plan"\nset = { max_point = 3 }\n', "key-unknown", "max_points"),
    "a misspelt key of its own": ('[[changes]]\ncriterion = "field.plan"\nsets = { max_points = 3 }\n', "key-unknown", "set"),
    "an id that is taken": (ADDITION.replace("field.ideas", "field.plan"), "added-twice", "[[changes]]"),
    "a change of nothing": ('[[changes]]\nset = { number = "9" }\n', "change-of-what", "criterion"),
    "another year": ("[set]\nyear = 2100\n", "key-not-amendable", "[overlay]"),
    "another id": ('[[changes]]\ncriterion = "field.plan"\nset = { id = "field.new" }\n', "key-not-amendable", "[[changes]]"),
}


class TestMistakes:
    """What is wrong in an overlay is told in its own file, and the table below stays as it was."""

    @pytest.mark.parametrize(("body", "code", "remedy"), MISTAKES.values(), ids=MISTAKES)
    def test_is_named_with_file_and_remedy(self, issued: Issued, body: str, code: str, remedy: str) -> None:
        """Only the version that the overlay would have made is not there."""
        file = issued.overlay("dc1", body)
        finding = problems(issued)[code]
        assert finding.place.file == file.as_posix()
        assert finding.place.line is not None
        assert remedy in finding.remedy.en
        assert list(issued.registry().editions) == [EDITION]

    def test_of_a_rule_is_told_with_the_line_that_sets_it(self, issued: Issued) -> None:
        """The ordinary check reads the result; the hole between the bands stands in the overlay."""
        body = STRICTER.replace('at_least = "50 %"', 'at_least = "50 %", below = "70 %"').replace("bands = [", "otherwise = 0, bands = [")
        file = issued.overlay("dc1", body.replace("otherwise = 0, ", "") + 'unset = ["otherwise"]\n')
        places = {(each.place.file, each.place.line) for each in issued.registry().findings() if "field.plan" in each.place.where}
        lines = file.read_text(encoding="utf-8").splitlines()
        assert places == {(file.as_posix(), next(number for number, line in enumerate(lines, 1) if line.startswith("set = {")))}

    @pytest.mark.parametrize("version", ["", "original", "a b", "a+b", "a/b"])
    def test_in_the_name_of_the_version_is_refused(self, issued: Issued, version: str) -> None:
        """Names are parts of keys."""
        issued.overlay("named", STRICTER, version=f'"{version}"')
        assert "version-unusable" in problems(issued)


class TestWhatLiesBelow:
    """An overlay names the seal of what it amends."""

    def test_must_be_sealed(self, issued: Issued) -> None:
        """A draft can still be mended itself."""
        issued.overlay("dc1", STRICTER, digest="sha256:" + "0" * 64)
        registry = issued.registry()
        finding = problems(issued)["base-not-sealed"]
        assert f"cchc seal {EDITION}" in finding.remedy.vi
        assert list(registry.editions) == [EDITION]

    def test_must_be_what_was_sealed_and_both_digests_are_named(self, issued: Issued) -> None:
        """An overlay on other content might mean something else."""
        digest = issued.seal(EDITION)
        wrong = "sha256:" + "0" * 64
        issued.overlay("dc1", STRICTER, digest=wrong)
        finding = problems(issued)["seal-below-differs"]
        for words in (finding.reason.vi, finding.reason.en):
            assert wrong in words
            assert digest in words

    def test_that_was_changed_after_sealing_takes_the_overlay_with_it(self, issued: Issued) -> None:
        """Nothing stands on a broken seal."""
        issued.overlay("dc1", STRICTER)
        base = issued.path / "editions" / "2099.toml"
        base.write_text(base.read_text(encoding="utf-8").replace("points_each = 0.5", "points_each = 1"), encoding="utf-8")
        registry = issued.registry()
        assert "seal-broken" in {each.code for each in registry.findings()}
        assert f"{EDITION}+dc1" not in registry.editions

    def test_that_is_not_there_is_named_with_the_nearest_name(self, issued: Issued) -> None:
        """A misspelt base."""
        issued.overlay("dc1", STRICTER, digest=issued.seal(EDITION), of="fields/level/2099")
        finding = problems(issued)["overlay-base-missing"]
        assert finding.remedy.en == f"did you mean '{EDITION}'?"

    def test_that_was_refused_itself_is_said_to_be(self, issued: Issued) -> None:
        """The cause is told once, where it is."""
        issued.overlay("dc1", '[[changes]]\ncriterion = "nobody"\n', digest=issued.seal(EDITION))
        issued.overlay("dc2", STRICTER, of=f"{EDITION}+dc1", digest="sha256:" + "0" * 64)
        found = problems(issued)
        assert "criterion-unknown" in found
        assert "không dùng được" in found["overlay-base-missing"].reason.vi


class TestTwoOverlays:
    """Two amendments of one table by people who did not know of each other."""

    def test_that_change_one_key_are_both_refused_naming_both_files(self, issued: Issued) -> None:
        """Nobody can tell which holds."""
        digest = issued.seal(EDITION)
        files = [issued.overlay(version, STRICTER, digest=digest) for version in ("dc1", "dc2")]
        finding = problems(issued)["overlays-collide"]
        for file in files:
            assert file.as_posix() in finding.reason.vi
        assert "field.plan.bands" in finding.reason.en
        assert list(issued.registry().editions) == [EDITION]

    def test_that_make_the_same_version_are_both_refused(self, issued: Issued) -> None:
        """Although they change different things."""
        digest = issued.seal(EDITION)
        issued.overlay("dc1", STRICTER, digest=digest)
        issued.overlay("other", ADDITION, digest=digest, version='"dc1"')
        assert f"{EDITION}+dc1" in problems(issued)["overlays-collide"].reason.en

    def test_of_which_one_removes_what_the_other_changes_are_refused(self, issued: Issued) -> None:
        """A removal touches every key of the criterion."""
        digest = issued.seal(EDITION)
        issued.overlay("dc1", STRICTER, digest=digest)
        issued.overlay("dc2", 'removals = ["field.plan"]\n[set]\nmax_points = 2\n', digest=digest)
        assert "overlays-collide" in problems(issued)

    def test_that_touch_different_things_both_stand(self, issued: Issued) -> None:
        """Each is a version of its own; neither contains the other."""
        digest = issued.seal(EDITION)
        issued.overlay("dc1", STRICTER, digest=digest)
        issued.overlay("dc2", ADDITION, digest=digest)
        assert list(issued.registry().editions) == [EDITION, f"{EDITION}+dc1", f"{EDITION}+dc2"]
        assert issued.registry().findings() == ()

    def test_that_collide_at_a_distance_are_refused_too(self, issued: Issued) -> None:
        """One of them lies on a third that the other knows nothing of."""
        digest = issued.seal(EDITION)
        issued.overlay("dc1", ADDITION, digest=digest)
        issued.overlay("dc2", STRICTER, of=f"{EDITION}+dc1")
        issued.overlay("dc3", STRICTER, digest=digest)
        found = problems(issued)
        assert "overlays-collide" in found
        assert f"{EDITION}+dc1" in issued.registry().editions

    def test_that_are_equal_are_one(self, issued: Issued) -> None:
        """Two plugins may ship the same amendment."""
        file = issued.overlay("dc1", STRICTER)
        issued.write("editions/copy.toml", file.read_text(encoding="utf-8"))
        assert issued.registry().findings() == ()


class TestOfAMethod:
    """A method is amended by whole top-level tables."""

    def test_replaces_the_tables_that_it_sets(self, issued: Issued) -> None:
        """Another rounding from the middle of the year on."""
        issued.overlay("dc1", '[set]\nrounding = { leaf = { places = 1, mode = "half_up" }, provenance = "official" }\n', of=METHOD)
        registry = issued.registry()
        before, after = registry.methods[METHOD].value, registry.methods[f"{METHOD}+dc1"].value
        assert before.rounding.leaf != after.rounding.leaf
        assert (after.key, after.fields, after.units) == (f"{METHOD}+dc1", before.fields, before.units)

    def test_can_use_an_amended_edition(self, issued: Issued) -> None:
        """An edition's amendment counts only where a method names it."""
        issued.overlay("dc1", ADDITION)
        issued.overlay("dc1", '[set]\nfields = [ { number = "1", field = "field", edition_year = 2099, version = "dc1" } ]\n', of=METHOD)
        registry = issued.registry()
        assert registry.index("index", 2099, "original").editions[0].id == EDITION
        amended_index = registry.index("index", 2099, "dc1")
        assert amended_index.editions[0].id == f"{EDITION}+dc1"
        assert f"{EDITION}+dc1" in dict(amended_index.seals)

    def test_that_is_written_in_two_places_is_refused(self, issued: Issued) -> None:
        """Neither of them is dropped without a word."""
        issued.overlay("dc1", '[set]\nissuer = "UBND tỉnh"\n', of=METHOD, set='{ label = "Chỉ số mới" }')
        finding = problems(issued)["overlay-key-twice"]
        assert "`set`" in finding.reason.vi
        assert f"{METHOD}+dc1" not in issued.registry().methods

    def test_that_speaks_of_criteria_is_refused(self, issued: Issued) -> None:
        """Criteria stand in editions."""
        issued.overlay("dc1", STRICTER, of=METHOD)
        assert "overlay-of-method" in problems(issued)


class TestDifferences:
    """What an overlay changed, old and new side by side."""

    def test_name_each_kind_of_change_once(self, issued: Issued) -> None:
        """Added, renumbered, re-weighted, re-worded, a rule changed, and every other key by name."""
        issued.overlay("dc1", ADDITION + """
[[changes]]
criterion = "field.plan"
set = { number = "1.9", label = "Kế hoạch", max_points = 3, bands = [ { at_least = "90 %", points = 3 } ], remedy = "đôn đốc" }
""")
        found = named_differences(issued.registry(), EDITION, f"{EDITION}+dc1")
        kinds = {(each.kind, each.id): each for each in found if each.id.startswith("field.")}
        assert {kind for kind, name in kinds if name == "field.plan"} == {"renumbered", "reweighted", "reworded", "rule_changed", "changed"}
        assert ("added", "field.ideas") in kinds
        rule = kinds["rule_changed", "field.plan"]
        assert "80%" in rule.before.vi
        assert "90%" in rule.after.vi
        assert (kinds["reweighted", "field.plan"].before.en, kinds["reweighted", "field.plan"].after.en) == ("4 points", "3 points")

    def test_of_the_other_direction_are_drops(self, issued: Issued) -> None:
        """What was added one way is dropped the other way."""
        issued.overlay("dc1", ADDITION)
        found = named_differences(issued.registry(), f"{EDITION}+dc1", EDITION)
        assert {each.id for each in found if each.kind == "dropped"} == {"field.ideas", "ideas"}

    def test_of_a_table_with_itself_are_none(self, issued: Issued) -> None:
        """And the text says so."""
        found = named_differences(issued.registry(), EDITION, EDITION)
        assert found == ()
        assert "như nhau" in differences_text(found, (EDITION, EDITION), "vi")

    def test_between_editions_of_different_fact_ranges_are_told(self, issued: Issued) -> None:
        """No change is silent, whatever key it is in."""
        issued.overlay("dc1", '[[changes]]\nfact = "reports"\nset = { range = [0, 4] }\n')
        (found,) = [each for each in named_differences(issued.registry(), EDITION, f"{EDITION}+dc1") if each.key.startswith("facts")]
        assert (found.key, found.before.en, found.after.en) == ("facts[reports].range", "0; 12", "0; 4")

    def test_of_methods_go_down_to_the_key(self, issued: Issued) -> None:
        """Places of rounding, not the whole table."""
        issued.overlay("dc1", '[set]\nrounding = { leaf = { places = 1, mode = "half_up" } }\n', of=METHOD)
        keys = {each.key: (each.before.en, each.after.en) for each in named_differences(issued.registry(), METHOD, f"{METHOD}+dc1")}
        assert keys["rounding.leaf.places"] == ("2", "1")

    def test_of_an_edition_and_a_method_are_refused(self, issued: Issued) -> None:
        """They have nothing in common."""
        with pytest.raises(cchc.InputError, match="kinds-differ"):
            named_differences(issued.registry(), EDITION, METHOD)

    def test_of_an_unknown_name_offer_the_nearest(self, issued: Issued) -> None:
        """As everywhere."""
        with pytest.raises(cchc.InputError) as caught:
            named_differences(issued.registry(), EDITION, f"{EDITION}+dc9")
        assert caught.value.findings[0].code == "name-unknown"

    def test_are_printed_by_the_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        """``cchc diff`` sets two names against each other, in both languages."""
        assert main(["diff", "apparatus/district/2021", "apparatus/district/2021"]) == 0
        assert "như nhau" in capsys.readouterr().out
        assert main(["diff", "apparatus/district/2021", "public_finance/district/2021", "--lang", "en"]) == 0
        shown = capsys.readouterr().out
        assert "rule changed" not in shown  # no criterion is in both
        assert "added" in shown
        assert "dropped" in shown


def test_unchanged_criteria_are_the_very_same(issued: Issued) -> None:
    """Laying an overlay that only adds gives back every other criterion equal to the one below."""
    issued.overlay("dc1", ADDITION)
    registry = issued.registry()
    below: dict[str, Criterion] = {each.id: each for each in registry.editions[EDITION].value.criteria}
    above = {each.id: each for each in registry.editions[f"{EDITION}+dc1"].value.criteria}
    assert below.items() <= above.items()


class TestUnfinished:
    """What its author has not written yet is told until it is: an overlay that says nothing is never sealed by mistake."""

    @pytest.mark.parametrize("of", [EDITION, METHOD])
    def test_words_to_write_are_named_at_their_line(self, issued: Issued, of: str) -> None:
        """The words that stand for a document that nobody has named are no source."""
        body = STRICTER if of == EDITION else '[set]\nissuer = "UBND tỉnh"\n'
        file = issued.overlay("dc1", body, of=of, source='{ place = "CẦN GHI: số, ngày" }')
        finding = problems(issued)["placeholder-left"]
        line = next(number for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if text.startswith("source"))
        assert (finding.place.line, finding.place.where) == (line, "source.place")

    def test_a_source_that_names_nothing_is_told(self, issued: Issued) -> None:
        """Deleting the reminder is not writing the document."""
        issued.overlay("dc1", STRICTER, source='{ place = " " }')
        assert "văn bản" in problems(issued)["placeholder-left"].reason.vi

    @pytest.mark.parametrize("of", [EDITION, METHOD])
    def test_an_overlay_that_changes_nothing_is_told(self, issued: Issued, of: str) -> None:
        """Also where a change names a criterion and then nothing of it."""
        issued.overlay("dc1", "" if of == METHOD else '[[changes]]\ncriterion = "field.plan"\n', of=of)
        assert of in problems(issued)["overlay-empty"].reason.vi

    def test_a_finished_one_is_not(self, issued: Issued) -> None:
        """Nothing is left to say."""
        issued.overlay("dc1", STRICTER)
        assert not {"placeholder-left", "overlay-empty", "to-revisit"} & problems(issued).keys()


class TestErratum:
    """``cchc erratum`` opens the file in which a correction is written."""

    def test_names_the_table_and_its_seal_and_changes_nothing_by_itself(self, issued: Issued) -> None:
        """The draft is an overlay that is read, beside the table that it corrects."""
        issued.seal(EDITION)
        registry = issued.registry()
        path = open_erratum(registry, EDITION, "dc1", dt.date(2099, 6, 1))
        assert path.name.endswith("-dc1.toml")
        after = issued.registry()
        assert {each.code for each in after.findings() if each.severity == "error"} == {"placeholder-left", "to-revisit", "overlay-empty"}
        assert f"{EDITION}+dc1" in after.editions
        sealed = registry.editions[EDITION].seal
        assert sealed is not None
        assert sealed.digest in path.read_text(encoding="utf-8")

    def test_of_a_method_shows_how_a_corrected_edition_is_taken(self, issued: Issued) -> None:
        """What is to be written is another thing than in an edition: lines without their marks are an overlay that is laid."""
        issued.seal(EDITION)
        issued.overlay("dc1", ADDITION)
        issued.seal(f"{EDITION}+dc1")
        issued.seal(METHOD)
        path = open_erratum(issued.registry(), METHOD, "dc1", dt.date(2099, 6, 1))
        head, hint = path.read_text(encoding="utf-8").split("# [set]\n")
        assert "criterion" not in hint
        path.write_text(f"{filled_in(head)}[set]\n{hint.replace('# ', '')}", encoding="utf-8")
        registry = issued.registry()
        (used,) = registry.methods[f"{METHOD}+dc1"].value.fields
        assert (used.number, used.field, used.edition_year, used.version) == ("1", "field", 2099, "dc1")
        assert not {"placeholder-left", "to-revisit", "overlay-empty"} & {each.code for each in registry.lint_method(registry.methods[f"{METHOD}+dc1"])}

    def test_is_not_overwritten(self, issued: Issued) -> None:
        """A correction that somebody has begun stays."""
        issued.seal(EDITION)
        open_erratum(issued.registry(), EDITION, "dc1", dt.date(2099, 6, 1))
        with pytest.raises(cchc.InputError, match="file-not-written"):
            open_erratum(issued.registry(), EDITION, "dc1", dt.date(2099, 6, 1))

    def test_of_what_does_not_exist_names_the_nearest(self, issued: Issued) -> None:
        """A misspelt name is answered."""
        with pytest.raises(cchc.InputError, match="name-unknown"):
            open_erratum(issued.registry(), "fild/level/2099", "dc1", dt.date(2099, 6, 1))
