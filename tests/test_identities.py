"""Identities of units: what is wrong with them in a method, and comparison across a change of name, a merger, a split."""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest
from building import method_of, plugin
from hypothesis import given
from hypothesis import strategies as st
from issued import METHOD, issued_in
from strategies import edition_of

import cchc_rules as cchc
from cchc_rules.analysis.compare import FieldResult, Result, compare, compare_merged
from cchc_rules.base.texts import same
from cchc_rules.cases.gate import stands_against
from cchc_rules.cli import main
from cchc_rules.decisions.identities import lint_units
from cchc_rules.files.terminal import comparison_text
from cchc_rules.methods import Block
from cchc_rules.model import AssessedUnit

MERGED_ON = dt.date(2099, 7, 1)
LAST_DAY = dt.date(2099, 6, 30)


def unit(name: str, **changes: object) -> AssessedUnit:
    """Return a unit."""
    return AssessedUnit(**{"id": name, "label": f"Xã {name}", **changes})  # type: ignore[arg-type]  # a test may set any field


def codes(*units: AssessedUnit, **changes: object) -> list[str]:
    """Return what is wrong with the units of a method of 2099."""
    return [each.code for each in lint_units(method_of(units=units, **changes))]


BLOCKS = (Block(id="xa", label=same("xã")), Block(id="phuong", label=same("phường")))
FLAWS = {
    "the same id twice": ((unit("a"), unit("a")), {}, ["unit-duplicate", "unit-duplicate"]),
    "an end before the beginning": ((unit("a", since=MERGED_ON, until=LAST_DAY),), {}, ["unit-dates-reversed"]),
    "an end before the year": ((unit("a", until=dt.date(2098, 12, 31)),), {}, ["unit-not-in-year"]),
    "a beginning after the year": ((unit("a", since=dt.date(2100, 1, 1)),), {}, ["unit-not-in-year"]),
    "an undeclared block": ((unit("a", block="xá"),), {"blocks": BLOCKS}, ["block-unknown"]),
    "no block although units are ranked by blocks": ((unit("a"),), {"blocks": BLOCKS}, ["block-unknown"]),
    "a predecessor that knows nothing of it": ((unit("a"), unit("c", predecessors=("a",))), {}, ["unit-family-one-sided"]),
    "a successor that knows nothing of it": ((unit("a", successors=("c",)), unit("c")), {}, ["unit-family-one-sided"]),
    "a successor that began too early": (
        (unit("a", until=MERGED_ON, successors=("c",)), unit("c", since=LAST_DAY, predecessors=("a",))), {}, ["unit-dates-overlap"],
    ),
}
SOUND = {
    "units without dates": ((unit("a"), unit("b")), {}),
    "a merger in the middle of the year": (
        (unit("a", until=LAST_DAY, successors=("c",)), unit("b", until=LAST_DAY, successors=("c",)),
         unit("c", since=MERGED_ON, predecessors=("a", "b"))), {},
    ),
    "relatives in other years' methods": ((unit("c", predecessors=("a", "b"), successors=("z",)),), {}),
    "the last and the first day of the year": ((unit("a", until=dt.date(2099, 1, 1)), unit("b", since=dt.date(2099, 12, 31))), {}),
    "a unit that keeps its name": ((unit("a", since=MERGED_ON, predecessors=("a", "b")),), {}),
    "units in blocks, one not ranked": ((unit("a", block="xa"), unit("b", block="phuong"), unit("c", ranked=False)), {"blocks": BLOCKS}),
    "blocks of units where the method declares none": ((unit("a", block="xa"),), {}),
}


class TestCheck:
    """What ``cchc check`` says of a method's units."""

    @pytest.mark.parametrize(("units", "changes", "expected"), FLAWS.values(), ids=FLAWS)
    def test_finds(self, units: tuple[AssessedUnit, ...], changes: dict[str, object], expected: list[str]) -> None:
        """Each mistake, and nothing else."""
        assert codes(*units, **changes) == expected

    @pytest.mark.parametrize(("units", "changes"), SOUND.values(), ids=SOUND)
    def test_leaves_alone(self, units: tuple[AssessedUnit, ...], changes: dict[str, object]) -> None:
        """What can be so."""
        assert codes(*units, **changes) == []

    def test_is_part_of_what_the_registry_finds(self) -> None:
        """With the unit that it is about."""
        edition = edition_of([])
        method = method_of(edition, units=(unit("a"), unit("a")))
        registry = cchc.Registry([plugin("p", cchc_register_fields=lambda fields: fields.add(edition), cchc_register_methods=lambda methods: methods.add(method))])
        found = [each for each in registry.findings() if each.code == "unit-duplicate"]
        assert [each.place.where for each in found] == ["method/2099: a"]


# ------------------------------------------------------------------ comparison


def result(assessed: AssessedUnit, year: int, points: int | None = 5, maximum: int = 10) -> Result:
    """Return a result with one field."""
    known = None if points is None else Fraction(points)
    field = FieldResult(id="field", number="1", label=same("lĩnh vực"), points=known, maximum=Fraction(maximum))
    return Result(unit=assessed.id, unit_label=assessed.label, year=year, claimed=False, fields=(field,), total=known, assessed=assessed)


A, B = (unit(name, until=LAST_DAY, successors=("c",)) for name in "ab")
C = unit("c", since=MERGED_ON, predecessors=("a", "b"))
NEW = unit("new", predecessors=("old",))
OLD = unit("old", successors=("new",))


class TestRenamed:
    """One unit under two names."""

    @pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (unit("old"), NEW), (OLD, unit("new"))], ids=["both say so", "the later one says so", "the earlier one says so"])
    def test_is_compared_and_the_comparison_says_how(self, before: AssessedUnit, after: AssessedUnit) -> None:
        """Its points are its own."""
        found = compare(result(before, 2098, 4), result(after, 2099, 7))
        assert found.change == 3
        assert found.mapping is not None
        for words in (found.mapping.vi, found.mapping.en):
            assert "Xã old (old)" in words
            assert "Xã new (new)" in words
        assert f"Quy đổi: {found.mapping.vi}" in comparison_text(found, "vi", width=200)

    def test_is_not_taken_for_another_unit(self) -> None:
        """Two units that nothing connects are not compared."""
        with pytest.raises(cchc.InputError, match="units-differ"):
            compare(result(unit("old"), 2098), result(unit("new"), 2099))

    def test_nothing_is_said_of_a_unit_that_stayed_itself(self) -> None:
        """The ordinary case."""
        found = compare(result(unit("a"), 2098), result(unit("a"), 2099))
        assert found.mapping is None
        assert "Quy đổi" not in comparison_text(found, "vi")


class TestMerged:
    """Several units that became one."""

    def test_with_one_of_them_is_refused_naming_all_and_what_is_needed(self) -> None:
        """The later unit is not the larger of the earlier ones."""
        with pytest.raises(cchc.InputError) as caught:
            compare(result(A, 2098), result(C, 2099))
        (finding,) = caught.value.findings
        assert finding.code == "units-merged"
        assert "a, b" in finding.reason.vi
        assert "--map mean" in finding.remedy.vi

    def test_is_refused_even_where_one_kept_its_name(self) -> None:
        """The same id before and after the merger is not the same unit; from the year after it is."""
        kept = unit("a", since=MERGED_ON, predecessors=("a", "b"))
        with pytest.raises(cchc.InputError, match="units-merged"):
            compare(result(unit("a"), 2098), result(kept, 2099))
        assert compare(result(kept, 2099, 4), result(kept, 2100, 6)).change == 2

    def test_by_the_mean_counts_each_predecessor_alike_and_says_so(self) -> None:
        """4 and 7 are 5.5, field by field and in total."""
        found = compare_merged([result(A, 2098, 4), result(B, 2098, 7)], result(C, 2099, 8), mapping="mean")
        assert (found.before.total, found.change) == (Fraction(11, 2), Fraction(5, 2))
        assert found.fields[0].split is not None
        assert found.fields[0].split.total == Fraction(5, 2)
        assert found.mapping is not None
        assert "bình quân cộng của 2 đơn vị (Xã a, Xã b)" in found.mapping.vi
        assert "plain mean of 2 units" in found.mapping.en

    @pytest.mark.parametrize("mapping", ["", "sum"])
    def test_without_a_mapping_by_name_is_refused(self, mapping: str) -> None:
        """Points of an index do not add; the mean is never taken unasked."""
        with pytest.raises(cchc.InputError, match="mapping-needed"):
            compare_merged([result(A, 2098), result(B, 2098)], result(C, 2099), mapping=mapping)

    @pytest.mark.parametrize("befores", [[], [A], [A, A], [A, A, B]], ids=["none", "one of two", "one of them twice", "one too many"])
    def test_without_each_predecessor_once_is_refused_naming_them(self, befores: list[AssessedUnit]) -> None:
        """All of them, none twice."""
        with pytest.raises(cchc.InputError) as caught:
            compare_merged([result(each, 2098) for each in befores], result(C, 2099), mapping="mean")
        (finding,) = caught.value.findings
        assert finding.code == "predecessors-missing"
        assert "a, b" in finding.reason.vi

    def test_of_different_years_is_refused(self) -> None:
        """A mean of two years is nobody's."""
        with pytest.raises(cchc.InputError, match="years-differ"):
            compare_merged([result(A, 2098), result(B, 2097)], result(C, 2099), mapping="mean")

    def test_with_a_stranger_is_refused(self) -> None:
        """Nothing leads from it to the merged unit."""
        with pytest.raises(cchc.InputError, match="units-differ"):
            compare_merged([result(A, 2098), result(unit("z"), 2098)], result(C, 2099), mapping="mean")

    def test_what_one_predecessor_lacks_is_not_known(self) -> None:
        """A missing field is never a zero in the mean."""
        found = compare_merged([result(A, 2098, 4), result(B, 2098, None)], result(C, 2099, 8), mapping="mean")
        assert found.before.total is None
        assert found.change is None
        assert found.fields[0].apart is not None

    @given(st.lists(st.integers(0, 10), min_size=2, max_size=6), st.integers(0, 10))
    def test_the_mean_lies_between_its_units_and_forgets_their_order(self, points: list[int], later: int) -> None:
        """Whatever they earned."""
        units = [unit(f"u{number}", successors=("c",)) for number in range(len(points))]
        merged = unit("c", predecessors=tuple(each.id for each in units))
        befores = [result(each, 2098, earned) for each, earned in zip(units, points, strict=True)]
        found = compare_merged(befores, result(merged, 2099, later), mapping="mean")
        assert found.before.total is not None
        assert min(points) <= found.before.total <= max(points)
        assert found.before.total * len(points) == sum(points)
        again = compare_merged(reversed(befores), result(merged, 2099, later), mapping="mean")
        assert (again.change, again.split) == (found.change, found.split)


class TestSplit:
    """One unit that became several."""

    WHOLE = unit("whole", until=LAST_DAY, successors=("east", "west"))
    EAST = unit("east", since=MERGED_ON, predecessors=("whole",))

    def test_is_refused_naming_the_parts(self) -> None:
        """Its result cannot be taken apart."""
        with pytest.raises(cchc.InputError) as caught:
            compare(result(self.WHOLE, 2098), result(self.EAST, 2099))
        (finding,) = caught.value.findings
        assert finding.code == "units-split"
        assert "east, west" in finding.reason.vi

    def test_is_refused_by_the_mean_as_well(self) -> None:
        """There is nothing to take the mean of."""
        with pytest.raises(cchc.InputError, match="units-split"):
            compare_merged([result(self.WHOLE, 2098)], result(self.EAST, 2099), mapping="mean")

    def test_is_refused_where_one_part_kept_the_name(self) -> None:
        """The rest is a smaller unit."""
        before = unit("whole", until=LAST_DAY, successors=("whole", "west"))
        with pytest.raises(cchc.InputError, match="units-split"):
            compare(result(before, 2098), result(unit("whole", since=MERGED_ON), 2099))


# ------------------------------------------------------------------ the command

PUBLISHED = """\
schema = "cchc.published/1"
method = "nowhere"
year = {year}
unit = "{unit}"
fields = [ {{ number = "1", field = "f", label = "lĩnh vực", printed = "{points}/10" }} ]
total = {{ printed = "{points}" }}
nominal_total = {{ value = 10 }}
"""


def test_the_command_says_what_is_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Published tables of two units that nothing connects: refused, with status 2, whether or not a mean is asked for."""
    before, after = tmp_path / "a.toml", tmp_path / "c.toml"
    before.write_text(PUBLISHED.format(year=2098, unit="a", points=5), encoding="utf-8")
    after.write_text(PUBLISHED.format(year=2099, unit="c", points=6), encoding="utf-8")
    for more in ([], ["--map", "mean"]):
        assert main(["compare", str(before), str(after), *more]) == 2
        assert "[units-differ]" in capsys.readouterr().err


def test_units_with_one_id_are_never_scored(tmp_path: Path) -> None:
    """Whose points would they be? Nor is such a method sealed."""
    issued = issued_in(tmp_path)
    twice = (issued.path / "methods" / "2099.toml").read_text(encoding="utf-8").replace(
        'units = [ { id = "unit", label = "Đơn vị" } ]', 'units = [ { id = "unit", label = "Một" }, { id = "unit", label = "Hai" } ]')
    issued.write("methods/2099.toml", twice)
    with pytest.raises(cchc.EditionError, match="unit-duplicate"):
        issued.registry().index("index", 2099)
    assert "unit-duplicate" in {each.code for each in stands_against(issued.registry(), METHOD)}
