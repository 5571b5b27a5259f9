"""``cchc diff`` and ``cchc impact`` by years alone, and the changelog's entry of a change of method."""

import contextlib
import io
import json
from pathlib import Path
from typing import NamedTuple

import pytest
from two_years import EDITION, LATER_EDITION, LATER_METHOD, METHOD, TwoYears, changed, two_years

import cchc_rules as cchc
from cchc_rules import cli
from cchc_rules.analysis.pairs import pairs_named
from cchc_rules.base.texts import LANGUAGES


class Ended(NamedTuple):
    """How a command ended: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


def run(*arguments: object) -> Ended:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.main([str(each) for each in arguments])
    return Ended(status, out.getvalue(), err.getvalue())


@pytest.fixture
def years(tmp_path: Path) -> TwoYears:
    """Both years' tables and the first year's evidence."""
    return two_years(tmp_path)


def command(years: TwoYears, name: str, *arguments: object, lang: str = "en") -> Ended:
    """Run a command with the plugin of the folder."""
    return run(name, *arguments, "--plugins", years.plugin, "--lang", lang)


def another_method(years: TwoYears, name: str, level: str = "commune") -> None:
    """Write a second method of both years, and its field's editions where it is of another level."""
    for year, text in ((2098, METHOD), (2099, LATER_METHOD)):
        years.write(f"methods/{name}-{year}.toml", text.replace('id = "river"', f'id = "{name}"').replace('level = "commune"', f'level = "{level}"'))
    if level != "commune":
        for year, text in ((2098, EDITION), (2099, LATER_EDITION)):
            years.write(f"editions/{level}-{year}.toml", text.replace('level = "commune"', f'level = "{level}"'))


def amended(years: TwoYears) -> None:
    """Lay an amendment on the later edition."""
    tables = cchc.Registry.load([years.plugin], with_installed=False)
    digest = tables.seal(tables.editions["procedures/commune/2099"]).digest
    path = years.plugin / "cchc_river/editions/2099.seal.toml"
    path.write_text(f'schema = "cchc.seal/1"\nkey = "procedures/commune/2099"\ndigest = "{digest}"\n', encoding="utf-8")
    years.write("editions/dc1.toml", f'''schema = "cchc.overlay/1"
[overlay]
of = "procedures/commune/2099"
seal = "{digest}"
version = "dc1"
kind = "amendment"
label = "Sửa đổi"
issued = 2099-06-01
provenance = "official"
source = {{ place = "QĐ 3" }}

[[changes]]
criterion = "procedures.tasks"
set = {{ label = "Nhiệm vụ", label_en = "Tasks" }}
''')


# ------------------------------------------------------------------ two years


class TestDiffByYears:
    """Two years are enough where both have a table."""

    def test_sets_every_field_and_method_side_by_side(self, years: TwoYears) -> None:
        """Old and new wording of a rule stand in one row; the edition comes before the method."""
        ended = command(years, "diff", "2098", "2099")
        assert (ended.status, ended.err) == (0, "")
        assert ended.out.index("procedures/commune/2098 → procedures/commune/2099") < ended.out.index("river/2098 → river/2099")
        for kind in ("added", "dropped", "renumbered", "maximum", "re-worded", "rule changed"):
            assert f"\n {kind} " in ended.out
        (row,) = [line for line in ended.out.splitlines() if "90%: 3 points" in line]
        assert "80%: 3 points" in row

    def test_goes_level_by_level(self, years: TwoYears) -> None:
        """Each level under its own heading; one of them alone on demand."""
        another_method(years, "hill", level="ward")
        both = command(years, "diff", "2098", "2099").out
        headings = [line for line in both.splitlines() if line.startswith("LEVEL")]
        assert headings == ["LEVEL commune: 2098 → 2099", "LEVEL ward: 2098 → 2099"]
        ward = command(years, "diff", "2098", "2099", "--level", "ward").out
        assert "hill/2099" in ward
        assert "commune" not in ward

    def test_names_what_is_the_same_and_what_one_year_alone_has(self, years: TwoYears) -> None:
        """Nothing is left out silently."""
        years.write("editions/2099.toml", EDITION.replace("year = 2098", "year = 2099"))
        years.write("editions/new.toml", EDITION.replace("year = 2098", "year = 2099").replace('field = "procedures"', 'field = "archives"'))
        ended = command(years, "diff", "2098", "2099")
        assert "The same: procedures/commune/2099" in ended.out
        assert "In 2099 only: archives/commune/2099" in ended.out

    def test_takes_a_year_beside_a_full_name(self, years: TwoYears) -> None:
        """The same table in another year."""
        expected = command(years, "diff", "procedures/commune/2098", "procedures/commune/2099").out
        assert command(years, "diff", "2098", "procedures/commune/2099").out == expected
        assert command(years, "diff", "procedures/commune/2098", "2099").out == expected

    def test_takes_a_field_without_its_level(self, years: TwoYears) -> None:
        """At the one level that it has; at each of several, or at the one that is asked for."""
        one = command(years, "diff", "procedures/commune/2098", "procedures/commune/2099").out
        assert command(years, "diff", "procedures/2098", "procedures/2099").out == one

    def test_takes_a_field_without_its_level_at_each_of_several(self, years: TwoYears) -> None:
        """Under a heading each; ``--level`` chooses."""
        another_method(years, "hill", level="ward")
        both = command(years, "diff", "procedures/2098", "procedures/2099").out
        assert [line for line in both.splitlines() if line.startswith("LEVEL")] == [
            "LEVEL commune: procedures/2098 → procedures/2099", "LEVEL ward: procedures/2098 → procedures/2099"]
        ward = command(years, "diff", "procedures/2098", "procedures/2099", "--level", "ward").out
        assert ward == command(years, "diff", "procedures/ward/2098", "procedures/ward/2099").out

    @pytest.mark.parametrize(("arguments", "code", "said"), [
        (("2098", "2097"), "years-without-pair", "2098, 2099"),
        (("2098", "2099", "--level", "wards"), "name-unknown", "commune"),
        (("2098", "2099+dc9"), "version-unknown", "original"),
        (("procedures/commune/2098", "2097"), "name-unknown", "did you mean 'procedures/commune/2099'?"),
        (("2098", "2099", "--units", "x"), "command-line", "`--units` goes with `--changelog` alone"),
    ], ids=["a year that is not there", "a level that is not there", "a version that is not there", "a name in a year without it", "units without a changelog"])
    def test_refuses(self, years: TwoYears, arguments: tuple[str, ...], code: str, said: str) -> None:
        """With the code, and what there is instead."""
        ended = command(years, "diff", *arguments)
        assert (ended.status, ended.out) == (2, "")
        assert f"[{code}]" in ended.err
        assert said in ended.err

    def test_asks_which_of_several_versions_is_meant(self, years: TwoYears) -> None:
        """And takes the one that is named with the year."""
        amended(years)
        ended = command(years, "diff", "2098", "2099")
        assert "[version-needed]" in ended.err
        assert "2099+original" in ended.err
        assert "Tasks" not in command(years, "diff", "2098", "2099+original").out.replace("Tasks completed", "")
        assert "procedures/commune/2098 → procedures/commune/2099+dc1" in command(years, "diff", "2098", "2099+dc1").out

    def test_finds_the_pairs_whatever_the_order_of_the_files(self, years: TwoYears) -> None:
        """Level by level, by name."""
        another_method(years, "hill", level="ward")
        registry = cchc.Registry.load([years.plugin], with_installed=False)
        assert [each.after for each in pairs_named(registry, "2098", "2099").pairs] == [
            "procedures/commune/2099", "river/2099", "procedures/ward/2099", "hill/2099"]


class TestImpactByYears:
    """One method that has both years is enough; of several one has to be named."""

    def test_takes_the_only_method_that_has_both(self, years: TwoYears) -> None:
        """Exit status 1, since some of it is not decided."""
        ended = command(years, "impact", "2098", "2099", "--units", years.units)
        assert (ended.status, ended.err) == (1, "")
        assert ended.out == command(years, "impact", "river/2098", "2099", "--units", years.units).out

    def test_is_0_where_all_is_decided(self, years: TwoYears) -> None:
        """A year against itself leaves nothing open."""
        assert command(years, "impact", "2098", "2098", "--units", years.units).status == 0

    def test_names_the_candidates_where_there_are_several(self, years: TwoYears) -> None:
        """And takes the one that is named."""
        another_method(years, "hill")
        ended = command(years, "impact", "2098", "2099", "--units", years.units)
        assert (ended.status, ended.out) == (2, "")
        assert "[method-needed] several methods have both years: hill, river" in ended.err
        assert "river/2098 → river/2099" in command(years, "impact", "2098", "2099", "--units", years.units, "--method", "river").out

    @pytest.mark.parametrize(("arguments", "code"), [
        (("2098", "2097"), "years-without-pair"), (("river/2098", "hill/2099"), "method-unknown"), (("river/2098", "river/2097"), "year-unknown"),
        (("2099", "2098"), "files-disagree"), (("river", "2099"), "year-needed"),
    ], ids=["no method has both", "an unknown method", "an unknown year", "evidence of the other year", "a method without its year"])
    def test_refuses(self, years: TwoYears, arguments: tuple[str, ...], code: str) -> None:
        """Evidence is that of the earlier name; nothing else is guessed."""
        ended = command(years, "impact", *arguments, "--units", years.units)
        assert (ended.status, ended.out) == (2, "")
        assert f"[{code}]" in ended.err

    def test_prints_one_document_for_other_programs(self, years: TwoYears) -> None:
        """Numbers are strings, what is open is null, ranges stand beside."""
        ended = command(years, "impact", "2098", "2099", "--units", years.units, "--json")
        document = json.loads(ended.out)
        assert document["schema"] == "cchc.impact/1"
        (an,) = [each for each in document["units"] if each["unit"]["id"] == "an"]
        assert (an["after"]["points"], an["after"]["reachable"], an["after"]["rank"]) == (None, {"low": "9", "high": "12"}, None)
        assert an["after"]["grades_possible"] == ["good", "fair"]
        assert sum(map(sum, document["grades"]["counts"])) == len(document["units"])


# ------------------------------------------------------------------ the changelog


class TestChangelog:
    """The entry states years, fields, and the effect on scores."""

    def test_tells_the_maxima_where_no_units_are_given(self, years: TwoYears) -> None:
        """And that nothing was tried."""
        years.write("editions/2099.toml", LATER_EDITION.replace("max_points = 12", "max_points = 15").replace("max_points = 5", "max_points = 8"))
        entry = command(years, "diff", "2098", "2099", "--changelog").out
        assert "**2099 against 2098**, level commune" in entry
        assert "- Maximum of Procedures: 12 → 15 (+3)." in entry
        assert "- Effect on units' scores: not tried." in entry

    def test_tells_the_trial_where_units_are_given(self, years: TwoYears) -> None:
        """Who moves, from which grade, by which criteria, and what nobody has."""
        entry = command(years, "diff", "2098", "2099", "--changelog", "--units", years.units).out
        for said in ("4 units: 1 gain, 0 lose, 0 stay, 3 not decided.", "change of one unit: −3 to +3.1", "Good → not decided: 1", "1.4 Meetings: −5", "facts that nobody has: "):
            assert said in entry
        assert "Effect on units' scores: not tried" not in entry

    def test_of_two_methods_takes_in_the_editions_that_they_use(self, years: TwoYears) -> None:
        """A change of method is a change of its fields."""
        assert command(years, "diff", "river/2098", "river/2099", "--changelog").out == command(years, "diff", "2098", "2099", "--changelog").out

    def test_says_that_words_and_numbers_alone_move_no_points(self, years: TwoYears) -> None:
        """Renumbered and re-worded."""
        years.write("editions/2099.toml", changed(EDITION, ("year = 2098", "year = 2099"), ('number = "1.4"', 'number = "1.5"'), ('label = "Họp giao ban"', 'label = "Họp"')))
        entry = command(years, "diff", "2098", "2099", "--changelog").out
        assert "renumbered 1, re-worded 1. No points change." in entry

    def test_says_that_a_draft_is_one(self, years: TwoYears) -> None:
        """The sealed edition is not named, the method that uses it is."""
        years.write("editions/2099.toml", LATER_EDITION.replace("year = 2099\nmax", 'year = 2099\nstatus = "sealed"\nmax'))
        assert "Still a draft: `river/2099`" in command(years, "diff", "2098", "2099", "--changelog").out

    def test_is_written_whole_or_not_at_all(self, years: TwoYears, tmp_path: Path) -> None:
        """A file that is there is kept, unless told otherwise."""
        path = tmp_path / "nhật ký.md"
        for lang in LANGUAGES:
            entry = command(years, "diff", "2098", "2099", "--changelog", lang=lang).out
            assert command(years, "diff", "2098", "2099", "--changelog", "-o", path, "--force", lang=lang).status == 0
            assert path.read_text(encoding="utf-8") == entry
            assert command(years, "diff", "2098", "2099", "--changelog", "-o", path, lang=lang).status == 2
            assert path.read_text(encoding="utf-8") == entry
