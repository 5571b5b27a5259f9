"""The plugin system: what merges, what is refused, what is isolated; order and place of installation change nothing."""

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest
from attrs import evolve, frozen
from building import evidence_with, method_of, plugin
from conftest import EXAMPLE, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import cchc_rules as cchc
from cchc_rules import cli
from cchc_rules.base.texts import Text, same
from cchc_rules.engine import score
from cchc_rules.files.scorecard_json import to_json
from cchc_rules.index import Computation
from cchc_rules.model import ComputedPoints, Criterion, Edition, Fact, Value
from cchc_rules.plugins import hookspecs
from cchc_rules.plugins.discovery import Candidate, in_folder, installed
from cchc_rules.quantities import Unit
from cchc_rules.rules import forms
from cchc_rules.rules.tree import Constant, Node

HOOKS = [name for name in vars(hookspecs) if name.startswith("cchc_")]
REGISTER_HOOKS = [name for name in HOOKS if name.startswith("cchc_register_")]


# ------------------------------------------------------------------ small editions and plugins


def count(name: str, label: str = "", most: int = 100) -> Fact:
    """Return a count of dossiers."""
    return Fact(id=name, label=same(label or f"số {name}"), type="count", unit="dossier", range=(Decimal(0), Decimal(most)))


def edition(field: str, *facts: Fact, form: forms.Form | None = None, points: int = 2) -> Edition:
    """Return an edition with one criterion that gives a point for each of its first fact."""
    rule = form or forms.Count(fact=facts[0].id, points_each=Decimal(1))
    criterion = Criterion(id=f"{field}.one", number="1.1", label=Text("tiêu chí", "criterion"), max_points=Decimal(points), form=rule)
    return Edition(field=field, label=Text("lĩnh vực", "field"), level="level", year=2099, max_points=Decimal(points),
                   max_points_provenance="assumed", facts=facts, criteria=(criterion,))


def fields_of(*editions: Edition) -> Callable[[cchc.FieldRegister], None]:
    """Return a hook that brings editions."""
    def cchc_register_fields(fields: cchc.FieldRegister) -> None:
        for each in editions:
            fields.add(each)
    return cchc_register_fields


def facts_of(*facts_brought: Fact) -> Callable[[cchc.FactRegister], None]:
    """Return a hook that brings facts."""
    def cchc_register_facts(facts: cchc.FactRegister) -> None:
        for each in facts_brought:
            facts.add(each)
    return cchc_register_facts


def methods_over(*editions: Edition, **changes: object) -> Callable[[cchc.MethodRegister], None]:
    """Return a hook that brings one method over some editions."""
    def cchc_register_methods(methods: cchc.MethodRegister) -> None:
        methods.add(method_of(*editions, **changes))
    return cchc_register_methods


def offers(criterion: str, function: Computation) -> Callable[[Edition], Mapping[str, Computation]]:
    """Return a hook that offers one computation."""
    def cchc_computations(edition: Edition) -> Mapping[str, Computation]:
        return {criterion: function}
    return cchc_computations


def registry_of(*candidates: Candidate) -> cchc.Registry:
    """Return the registry of some plugins and nothing else."""
    return cchc.Registry(candidates)


def owners_named(finding: cchc.Finding, *names: str) -> bool:
    """Return whether a finding names plugins with distribution and version, in both languages."""
    return all(f"{name} (dist-{name} 1.0)" in words for name in names for words in (finding.reason.vi, finding.reason.en))


# ------------------------------------------------------------------ shared things


class TestShared:
    """One fact, many fields."""

    def test_equal_declarations_of_a_fact_by_two_fields_are_one_fact(self) -> None:
        """Both fields read it, the evidence gives it once."""
        one, two = edition("one", count("shared")), edition("two", count("shared"))
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(one)), plugin("b", cchc_register_fields=fields_of(two)),
                               plugin("m", cchc_register_methods=methods_over(one, two)))
        index = registry.index("method", 2099)
        assert list(index.facts) == ["shared"]
        assert score(index, evidence_with({"shared": Fraction(1)})).total.points == 2

    def test_unequal_declarations_of_a_fact_by_two_fields_are_refused_naming_both(self) -> None:
        """Another label is another fact."""
        one, two = edition("one", count("shared")), edition("two", count("shared", "số khác"))
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(one)), plugin("b", cchc_register_fields=fields_of(two)),
                               plugin("m", cchc_register_methods=methods_over(one, two)))
        with pytest.raises(cchc.PluginError) as caught:
            registry.index("method", 2099)
        assert caught.value.findings[0].code == "declared-twice"
        assert "shared" in str(caught.value.findings[0].place)
        assert owners_named(caught.value.findings[0], "a", "b")

    def test_a_registered_fact_serves_an_edition_that_does_not_declare_it(self) -> None:
        """Facts can be brought by a plugin of their own."""
        bare = evolve(edition("one", count("shared")), facts=())
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(bare), cchc_register_methods=methods_over(bare)),
                               plugin("f", cchc_register_facts=facts_of(count("shared"))))
        assert score(registry.index("method", 2099), evidence_with({"shared": Fraction(1)})).total.points == 1

    def test_equal_registered_facts_merge(self) -> None:
        """Two plugins may bring the same fact."""
        registry = registry_of(*(plugin(name, cchc_register_facts=facts_of(count("shared"))) for name in "ab"))
        assert registry.findings() == ()

    def test_unequal_registered_facts_are_a_finding_naming_both(self) -> None:
        """The check says who disagrees."""
        registry = registry_of(plugin("a", cchc_register_facts=facts_of(count("shared"))),
                               plugin("b", cchc_register_facts=facts_of(count("shared", most=7))))
        (finding,) = registry.findings()
        assert finding.code == "declared-twice"
        assert owners_named(finding, "a", "b")

    def test_a_registered_fact_that_an_edition_declares_otherwise_is_refused_naming_both(self) -> None:
        """Register and edition are held against each other too."""
        one = edition("one", count("shared"))
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(one), cchc_register_methods=methods_over(one)),
                               plugin("f", cchc_register_facts=facts_of(count("shared", most=7))))
        with pytest.raises(cchc.PluginError) as caught:
            registry.index("method", 2099)
        assert owners_named(caught.value.findings[0], "a", "f")


# ------------------------------------------------------------------ duplicates


@frozen(kw_only=True)
class Gift(forms.Form):
    """A form that gives everything."""

    name: ClassVar[str] = "gift"

    def lower(self, maximum: Fraction) -> Node:
        """Return the maximum."""
        return Constant(value=maximum)


@frozen(kw_only=True)
class OtherGift(forms.Form):
    """Another form of the same name."""

    name: ClassVar[str] = "gift"

    def lower(self, maximum: Fraction) -> Node:
        """Return nothing."""
        return Constant(value=maximum - maximum)


def units_of(label: str) -> Callable[[cchc.UnitRegister], None]:
    """Return a hook that brings one unit of measurement."""
    def cchc_register_units(units: cchc.UnitRegister) -> None:
        units.add(Unit(id="hectare", label=same(label)))
    return cchc_register_units


def forms_of(form: type[forms.Form]) -> Callable[[cchc.FormRegister], None]:
    """Return a hook that brings one form."""
    def cchc_register_forms(forms: cchc.FormRegister) -> None:
        forms.add(form)
    return cchc_register_forms


DUPLICATES: dict[str, tuple[dict[str, object], dict[str, object], str]] = {
    "unit of measurement": ({"cchc_register_units": units_of("héc-ta")}, {"cchc_register_units": units_of("ha")}, "hectare"),
    "form of scoring": ({"cchc_register_forms": forms_of(Gift)}, {"cchc_register_forms": forms_of(OtherGift)}, "gift"),
    "edition": (
        {"cchc_register_fields": fields_of(edition("one", count("n")))},
        {"cchc_register_fields": fields_of(edition("one", count("n"), points=3))},
        "one/level/2099",
    ),
    "method": (
        {"cchc_register_methods": methods_over(label=same("một"))},
        {"cchc_register_methods": methods_over(label=same("hai"))},
        "method/2099",
    ),
}


class TestDuplicates:
    """Two plugins that bring different things under one name."""

    @pytest.mark.parametrize("kind", DUPLICATES)
    def test_are_refused_naming_both_owners_and_the_name(self, kind: str) -> None:
        """Neither wins; both are named."""
        first, second, key = DUPLICATES[kind]
        (finding,) = registry_of(plugin("a", **first), plugin("b", **second)).findings()
        assert (finding.code, finding.severity) == ("declared-twice", "error")
        assert finding.place.where == key
        assert owners_named(finding, "a", "b")

    @pytest.mark.parametrize("kind", DUPLICATES)
    def test_that_are_equal_are_one(self, kind: str) -> None:
        """The same declaration twice is no conflict."""
        first, _, _ = DUPLICATES[kind]
        registry = registry_of(plugin("a", **first), plugin("b", **first))
        assert registry.problems == []

    def test_of_an_edition_make_the_method_over_it_unusable_with_both_named(self) -> None:
        """The method is not scored under either of them."""
        one, other = edition("one", count("n")), edition("one", count("n"), points=3)
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(one)), plugin("b", cchc_register_fields=fields_of(other)),
                               plugin("m", cchc_register_methods=methods_over(one)))
        with pytest.raises(cchc.PluginError) as caught:
            registry.index("method", 2099)
        assert owners_named(caught.value.findings[0], "a", "b")

    def test_of_a_method_make_it_unusable_with_both_named(self) -> None:
        """Asking for the method says who disagrees about it."""
        first, second, _ = DUPLICATES["method"]
        with pytest.raises(cchc.PluginError) as caught:
            registry_of(plugin("a", **first), plugin("b", **second)).index("method", 2099)
        assert owners_named(caught.value.findings[0], "a", "b")

    def test_of_a_unit_of_the_core_name_the_core(self) -> None:
        """A plugin cannot change what a dossier is."""
        def cchc_register_units(units: cchc.UnitRegister) -> None:
            units.add(Unit(id="dossier", label=same("túi")))
        (finding,) = registry_of(plugin("a", cchc_register_units=cchc_register_units)).problems
        assert "cchc_rules" in finding.reason.vi
        assert owners_named(finding, "a")


# ------------------------------------------------------------------ broken plugins


class Boom(Exception):
    """What a bad plugin raises."""


def failing_at_import(error: BaseException) -> Candidate:
    """Return a plugin that cannot be imported."""
    def load() -> ModuleType:
        raise error
    return Candidate(name="bad", distribution="dist-bad", version="1.0", origin="test", load=load)


def failing_hooks() -> dict[str, Callable[..., None]]:
    """Return every register hook, each raising."""
    def cchc_register_units(units: object) -> None:
        raise Boom("hỏng")
    def cchc_register_forms(forms: object) -> None:
        raise Boom("hỏng")
    def cchc_register_facts(facts: object) -> None:
        raise Boom("hỏng")
    def cchc_register_calendars(calendars: object) -> None:
        raise Boom("hỏng")
    def cchc_register_fields(fields: object) -> None:
        raise Boom("hỏng")
    def cchc_register_methods(methods: object) -> None:
        raise Boom("hỏng")
    return {name: hook for name, hook in locals().items() if name.startswith("cchc_")}


def sound() -> tuple[Candidate, ...]:
    """Return two plugins that score one field."""
    one = edition("one", count("n"))
    return plugin("a", cchc_register_fields=fields_of(one)), plugin("m", cchc_register_methods=methods_over(one))


def assert_others_score(registry: cchc.Registry) -> None:
    """Check that the sound plugins give their score."""
    assert score(registry.index("method", 2099), evidence_with({"n": Fraction(2)})).total.points == 2


class TestBroken:
    """A plugin that raises is named, and the others go on."""

    @pytest.mark.parametrize("error", [ImportError("không có mô-đun"), Boom("hỏng"), SyntaxError("sai cú pháp"), SystemExit(3)], ids=repr)
    def test_at_import_it_is_named_and_the_others_score(self, error: BaseException) -> None:
        """Whatever an import raises stays with that plugin."""
        registry = registry_of(*sound(), failing_at_import(error))
        (finding,) = registry.broken
        assert finding.code == "plugin-broken"
        assert finding.place.where == "bad (dist-bad 1.0)"
        assert type(error).__name__ in finding.reason.en
        assert_others_score(registry)

    @pytest.mark.parametrize("hook", REGISTER_HOOKS)
    def test_in_a_register_hook_it_is_named_and_all_that_it_brought_is_dropped(self, hook: str) -> None:
        """Half of a plugin is worse than none."""
        hooks: dict[str, object] = {
            "cchc_register_units": units_of("héc-ta"), "cchc_register_facts": facts_of(count("f")),
            hook: failing_hooks()[hook],
        }
        registry = registry_of(*sound(), plugin("bad", **hooks))
        (finding,) = registry.broken
        assert finding.place.where == "bad (dist-bad 1.0)"
        assert "Boom: hỏng" in finding.reason.vi
        info = next(each for each in registry.plugins if each.name == "bad")
        assert (info.state, info.brings) == ("broken", ())
        assert_others_score(registry)

    def test_it_is_listed_with_its_problem(self) -> None:
        """``plugins`` shows broken ones among the others."""
        registry = registry_of(*sound(), failing_at_import(Boom("hỏng")))
        states = {each.name: each.state for each in registry.plugins}
        assert states == {"a": "ok", "bad": "broken", "m": "ok"}
        assert [each.problem for each in registry.plugins if each.problem] == list(registry.broken)

    def test_an_unknown_method_says_that_a_plugin_is_broken(self) -> None:
        """Perhaps the broken plugin would have brought it."""
        registry = registry_of(failing_at_import(Boom("hỏng")))
        with pytest.raises(cchc.InputError, match="bad"):
            registry.index("method", 2099)

    def test_in_its_computations_it_is_named(self) -> None:
        """Only the methods over its editions are unusable."""
        def cchc_computations(edition: Edition) -> Mapping[str, object]:
            raise Boom("hỏng")
        one, own = edition("one", count("n")), computed("own")
        registry = registry_of(
            plugin("a", cchc_register_fields=fields_of(one)), plugin("m", cchc_register_methods=methods_over(one)),
            plugin("bad", cchc_register_fields=fields_of(own), cchc_computations=cchc_computations),
            plugin("n", cchc_register_methods=methods_over(own, id="other")),
        )
        assert_others_score(registry)
        with pytest.raises(cchc.PluginError) as caught:
            registry.index("other", 2099)
        assert caught.value.findings[0].place.where == "bad (dist-bad 1.0)"

    def test_that_offers_no_computation_for_its_own_criterion_is_named_with_the_criterion(self) -> None:
        """A computed criterion without code cannot be scored."""
        own = computed("own")
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(own), cchc_register_methods=methods_over(own)))
        with pytest.raises(cchc.PluginError) as caught:
            registry.index("method", 2099)
        assert caught.value.findings[0].code == "computation-missing"
        assert caught.value.findings[0].place.where == "a (dist-a 1.0)"
        assert "own.one" in caught.value.findings[0].reason.vi

    def test_in_its_check_it_is_a_finding_and_all_else_is_still_checked(self) -> None:
        """The check of one plugin cannot end the check of all."""
        def cchc_check(edition: Edition) -> tuple[cchc.Finding, ...]:
            raise Boom("hỏng")
        faulty = evolve(edition("two", count("n")), max_points=Decimal(5))
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(edition("one", count("n"))), cchc_check=cchc_check),
                               plugin("b", cchc_register_fields=fields_of(faulty)))
        codes = [each.code for each in registry.findings()]
        assert sorted(codes) == ["maxima-do-not-add-up", "plugin-broken"]

    def test_in_a_computation_only_its_criterion_is_in_error(self) -> None:
        """A failure while one unit is scored stays with that criterion."""
        def broken(values: Mapping[str, Value], maximum: Fraction) -> ComputedPoints:
            raise Boom("hỏng")
        own, one = computed("own"), edition("one", count("n"))
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(own, one), cchc_computations=offers("own.one", broken),
                                      cchc_register_methods=methods_over(own, one)))
        card = score(registry.index("method", 2099), evidence_with({"n": Fraction(2)}))
        assert card.score("own.one").state is cchc.State.ERROR
        assert card.score("one.one").points == 2
        assert not card.total.complete
        assert any("Boom" in finding.reason.en for finding in card.findings)


class TestHooks:
    """Hooks that do not exist, or are not as the specification says."""

    def test_a_misspelt_hook_is_named_with_the_right_name(self) -> None:
        """It would never be called: the plugin is not used and the nearest hook is named."""
        registry = registry_of(*sound(), plugin("bad", cchc_register_field=fields_of()))
        (finding,) = registry.broken
        assert finding.code == "hook-unknown"
        assert "cchc_register_field”" in finding.reason.vi
        assert "cchc_register_fields" in finding.remedy.vi
        assert "cchc_register_fields" in finding.remedy.en
        assert_others_score(registry)

    def test_a_hook_with_a_wrong_argument_is_refused_with_plugin_hook_and_argument_named(self) -> None:
        """``fact`` instead of ``facts`` would never be filled."""
        def cchc_register_facts(fact: object) -> None:
            """Take what is never given."""
        registry = registry_of(*sound(), plugin("bad", cchc_register_facts=cchc_register_facts))
        (finding,) = registry.broken
        assert finding.place.where == "bad (dist-bad 1.0)"
        assert "cchc_register_facts" in finding.reason.vi
        assert "'fact'" in finding.reason.vi
        assert_others_score(registry)

    @pytest.mark.parametrize("hook", HOOKS)
    def test_every_hook_says_what_it_is_for(self, hook: str) -> None:
        """The specification is the documentation of plugin authors."""
        assert len((getattr(hookspecs, hook).__doc__ or "").split()) > 3

    def test_every_hook_is_called_on_a_plugin_that_implements_all_of_them(self) -> None:
        """No hook is specified and then forgotten."""
        called: list[str] = []
        own = computed("own")

        def cchc_register_units(units: cchc.UnitRegister) -> None:
            called.append("cchc_register_units")
        def cchc_register_forms(forms: cchc.FormRegister) -> None:
            called.append("cchc_register_forms")
        def cchc_register_facts(facts: cchc.FactRegister) -> None:
            called.append("cchc_register_facts")
        def cchc_register_calendars(calendars: cchc.CalendarRegister) -> None:
            called.append("cchc_register_calendars")
        def cchc_register_fields(fields: cchc.FieldRegister) -> None:
            called.append("cchc_register_fields")
            fields.add(own)
        def cchc_register_methods(methods: cchc.MethodRegister) -> None:
            called.append("cchc_register_methods")
            methods.add(method_of(own))
        def cchc_computations(edition: Edition) -> Mapping[str, object]:
            called.append("cchc_computations")
            return {"own.one": whole}
        def cchc_check(edition: Edition) -> tuple[cchc.Finding, ...]:
            called.append("cchc_check")
            return ()

        hooks = {name: hook for name, hook in locals().items() if name.startswith("cchc_")}
        assert sorted(hooks) == sorted(HOOKS)
        registry_of(plugin("all", **hooks)).findings()
        assert sorted(set(called)) == sorted(HOOKS)


# ------------------------------------------------------------------ owner-only computing


def computed(field: str) -> Edition:
    """Return an edition with one criterion that its plugin computes."""
    return edition(field, count("n"), form=forms.ComputedForm(facts=("n",), description=Text("tính riêng", "computed")))


def whole(values: Mapping[str, Value], maximum: Fraction) -> ComputedPoints:
    """Give everything."""
    return ComputedPoints(points=maximum, reason=Text("đủ", "in full"))


class TestOwners:
    """Computing and checking hooks are for the owner of an edition."""

    def owners(self) -> tuple[cchc.Registry, dict[str, list[str]]]:
        """Return a registry of two computing plugins, and what each of them was asked about."""
        asked: dict[str, list[str]] = {"computations": [], "checks": []}

        def owner(name: str, own: Edition) -> Candidate:
            def cchc_computations(edition: Edition) -> Mapping[str, object]:
                asked["computations"].append(f"{name}: {edition.id}")
                return {f"{own.field}.one": whole}
            def cchc_check(edition: Edition) -> tuple[cchc.Finding, ...]:
                asked["checks"].append(f"{name}: {edition.id}")
                return ()
            return plugin(name, cchc_register_fields=fields_of(own), cchc_computations=cchc_computations, cchc_check=cchc_check)

        one, two = computed("one"), computed("two")
        return registry_of(owner("a", one), owner("b", two), plugin("m", cchc_register_methods=methods_over(one, two))), asked

    def test_a_plugin_is_asked_for_computations_once_for_each_of_its_own_editions(self) -> None:
        """Never for another's edition, and never again for the next unit."""
        registry, asked = self.owners()
        for units in range(1, 4):
            index = registry.index("method", 2099)
            assert score(index, evidence_with({"n": Fraction(units)})).total.points == 4
        assert sorted(asked["computations"]) == ["a: one/level/2099", "b: two/level/2099"]

    def test_a_plugin_checks_its_own_editions_only(self) -> None:
        """Nobody finds fault with another's edition."""
        registry, asked = self.owners()
        registry.findings()
        assert set(asked["checks"]) == {"a: one/level/2099", "b: two/level/2099"}

    def test_a_plugin_cannot_compute_a_criterion_of_another(self) -> None:
        """An offer for somebody else's criterion is not taken."""
        one, two = computed("one"), computed("two")
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(one), cchc_computations=offers("two.one", whole)),
                               plugin("b", cchc_register_fields=fields_of(two), cchc_register_methods=methods_over(two)))
        with pytest.raises(cchc.PluginError) as caught:
            registry.index("method", 2099)
        assert [(each.code, each.place.where) for each in caught.value.findings] == [("computation-missing", "b (dist-b 1.0)")]

    def test_findings_of_a_plugins_own_check_are_reported(self) -> None:
        """What the owner finds stands beside what the engine finds."""
        def cchc_check(edition: Edition) -> tuple[cchc.Finding, ...]:
            return (cchc.Finding(code="own", place=cchc.Place(where=edition.id), reason=same("r"), remedy=same("m"), severity="warning"),)
        registry = registry_of(plugin("a", cchc_register_fields=fields_of(edition("one", count("n"))), cchc_check=cchc_check))
        assert [each.code for each in registry.findings()] == ["own"]


# ------------------------------------------------------------------ order


@pytest.fixture(scope="module")
def candidates() -> list[Candidate]:
    """The installed plugins of this project."""
    return sorted(installed(), key=lambda each: each.name)


class TestOrder:
    """In which order plugins are found."""

    @settings(max_examples=12)
    @given(data=st.data())
    def test_changes_neither_seals_nor_scorecard(self, candidates: list[Candidate], card: cchc.Scorecard, data: st.DataObject) -> None:
        """Any order of the installed plugins gives the same bytes."""
        registry = cchc.Registry(data.draw(st.permutations(candidates)))
        index = registry.index("cao-bang.districts", 2021)
        assert index.seals == card.method.seals
        assert to_json(score(index, card.evidence), trace=True) == to_json(card, trace=True)

    @given(data=st.data())
    def test_changes_nothing_of_what_is_found_wrong(self, data: st.DataObject) -> None:
        """Conflicts, broken plugins and what they are called do not depend on who came first."""
        first, second, _ = DUPLICATES["edition"]
        all_of_them = [
            plugin("a", **first), plugin("b", **second), failing_at_import(Boom("hỏng")),
            plugin("c", cchc_register_units=units_of("héc-ta")), plugin("d", cchc_register_units=units_of("ha")),
            plugin("e", cchc_register_field=fields_of()),
        ]
        usual = registry_of(*all_of_them)
        other = registry_of(*data.draw(st.permutations(all_of_them)))
        assert other.findings() == usual.findings()
        assert other.plugins == usual.plugins


# ------------------------------------------------------------------ folders, nothing installed


PROJECT = """
[project]
name = "{name}"
version = "3.1"
[project.entry-points.cchc_rules]
{name} = "{name}"
"""
BRINGS_A_UNIT = """
import cchc_rules as cchc
from . import words

@cchc.hookimpl
def cchc_register_units(units):
    units.add(cchc.Unit(id="hectare", label=cchc.Text(words.VI, "hectares")))
"""


def write_plugin(folder: Path, name: str, code: str, project: str = PROJECT) -> Path:
    """Write a plugin's source tree and return its folder."""
    package = folder / name / "src" / name
    package.mkdir(parents=True)
    (folder / name / "pyproject.toml").write_text(project.format(name=name), encoding="utf-8")
    (package / "__init__.py").write_text(code, encoding="utf-8")
    (package / "words.py").write_text('VI = "héc-ta"\n', encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with blanks and diacritics in its name, holding a copy of this project's plugins."""
    copy = tmp_path / "Thư mục plugin của huyện"
    shutil.copytree(ROOT / "plugins", copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    return copy


class TestFolders:
    """Plugins without pip: ``--plugins FOLDER``."""

    def test_give_the_same_scorecard_with_nothing_installed(self, folder: Path, card: cchc.Scorecard) -> None:
        """A copy in a folder is as good as an installation."""
        registry = cchc.Registry.load([folder], with_installed=False)
        assert {each.severity for each in registry.findings()} <= {"note"}
        assert {each.origin for each in registry.plugins} == {path.as_posix() for path in folder.iterdir()}
        assert to_json(score(registry.index("cao-bang.districts", 2021), card.evidence)) == to_json(card)

    def test_beside_an_installed_copy_merge_and_give_the_same_scorecard(self, folder: Path, card: cchc.Scorecard) -> None:
        """The same plugin, installed and in a folder, is no conflict."""
        registry = cchc.load_registry([folder])
        assert {each.severity for each in registry.findings()} <= {"note"}
        assert to_json(cchc.score(EXAMPLE, plugins=[folder])) == to_json(card)

    def test_that_differ_from_an_installed_copy_are_refused_naming_both(self, folder: Path) -> None:
        """Which of the two is meant is not for the engine to guess."""
        path = folder / "apparatus/src/cchc_apparatus/editions/district/2021.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("max_points = 8\n", "max_points = 9\n", 1), encoding="utf-8")
        with pytest.raises(cchc.PluginError) as caught:
            cchc.score(EXAMPLE, plugins=[folder])
        (finding,) = caught.value.findings
        assert finding.code == "declared-twice"
        assert "apparatus (cchc-rules-apparatus 2021.1.0)" in finding.reason.vi
        assert (folder / "apparatus").as_posix() in finding.reason.vi

    def test_named_twice_are_found_once(self, folder: Path) -> None:
        """The same folder twice changes nothing."""
        once, twice = (cchc.Registry.load([folder] * times, with_installed=False) for times in (1, 2))
        assert twice.plugins == once.plugins

    def test_may_hold_a_plugin_of_several_modules(self, tmp_path: Path) -> None:
        """A plugin's own modules are found beside it."""
        write_plugin(tmp_path, "cchc_test_hectares", BRINGS_A_UNIT)
        registry = cchc.Registry.load([tmp_path], with_installed=False)
        assert registry.broken == ()
        assert registry.quantities.units["hectare"].label.vi == "héc-ta"
        assert [(each.distribution, each.version) for each in registry.plugins] == [("cchc_test_hectares", "3.1")]

    @pytest.mark.parametrize(("name", "code", "project", "said"), [
        ("cchc_test_raises", "raise RuntimeError('hỏng rồi')", PROJECT, "RuntimeError: hỏng rồi"),
        ("cchc_test_syntax", "def (", PROJECT, "SyntaxError"),
        ("cchc_test_toml", "", "[project\n", "TOML"),
        ("cchc_test_kinds", "", "project = 3\n", "AttributeError"),
        ("cchc_test_absent", "", "[project]\nname = 'x'\n[project.entry-points.cchc_rules]\n{name} = 'nowhere'\n", "nowhere"),
    ])
    def test_with_a_broken_plugin_name_it_and_use_the_others(
        self, tmp_path: Path, name: str, code: str, project: str, said: str
    ) -> None:
        """However it is broken, the installed plugins still score."""
        write_plugin(tmp_path, name, code, project)
        registry = cchc.load_registry([tmp_path])
        (finding,) = registry.broken
        assert name in f"{finding.place} {finding.reason.vi}"
        assert said in finding.reason.vi
        assert said in finding.reason.en
        assert cchc.score(EXAMPLE, plugins=[tmp_path]).total.points == Decimal("79.5")

    def test_that_are_not_there_are_refused(self, tmp_path: Path) -> None:
        """A wrong path is a mistake, not an empty folder."""
        with pytest.raises(cchc.InputError) as caught:
            cchc.load_registry([tmp_path / "không có"])
        assert caught.value.findings[0].code == "plugin-folder-missing"
        assert "không có" in caught.value.findings[0].place.file

    def test_without_any_plugin_change_nothing(self, tmp_path: Path, registry: cchc.Registry) -> None:
        """Other projects in the folder are passed over."""
        (tmp_path / "pyproject.toml").write_text("[project]\nname = 'unrelated'\n", encoding="utf-8")
        assert list(in_folder(tmp_path)) == []
        assert cchc.load_registry([tmp_path]).plugins == registry.plugins

    def test_work_from_the_command_line(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """``--plugins`` before or after the command."""
        assert cli.main(["--plugins", str(folder), "score", str(EXAMPLE)]) == 0
        before = capsys.readouterr().out
        assert cli.main(["score", str(EXAMPLE), "--plugins", str(folder)]) == 0
        assert capsys.readouterr().out == before
        assert "79,5/99" in before


# ------------------------------------------------------------------ what is asked of the registry


class TestListing:
    """What is installed."""

    def test_names_the_eight_plugins_with_distribution_version_and_what_they_bring(self, registry: cchc.Registry) -> None:
        """Seven fields and one method."""
        found = {each.name: (each.distribution, each.version, each.brings) for each in registry.plugins}
        assert found.keys() == {"direction", "legal_documents", "procedures", "apparatus", "civil_service", "public_finance",
                                "digital_government", "index_cao_bang"}
        assert found["procedures"] == ("cchc-rules-procedures", "2021.1.0", ("procedures/district/2021",))
        assert found["index_cao_bang"] == ("cchc-rules-index-cao-bang", "2021.1.0", ("cao-bang.districts/2021",))
        assert all(distribution and version for distribution, version, _ in found.values())

    def test_is_shown_by_the_command_one_line_a_plugin(self, registry: cchc.Registry, capsys: pytest.CaptureFixture[str]) -> None:
        """Nothing is broken over lines."""
        assert cli.main(["plugins"]) == 0
        lines = capsys.readouterr().out.splitlines()
        for each in registry.plugins:
            (line,) = [line for line in lines if line.split()[:1] == [each.name]]
            assert all(word in line for word in (each.distribution, each.version, *each.brings, "dùng được"))

    def test_says_from_which_folder_a_plugin_comes_and_why_one_is_broken(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A broken plugin makes the exit status 1."""
        write_plugin(tmp_path, "cchc_test_listed", "raise RuntimeError('hỏng rồi')")
        assert cli.main(["plugins", "--plugins", str(tmp_path)]) == 1
        out = capsys.readouterr().out
        assert "bị lỗi" in out
        assert (tmp_path / "cchc_test_listed").as_posix() in out
        assert "RuntimeError: hỏng rồi" in out


class TestAsking:
    """Methods and years that are not there."""

    def test_an_unknown_method_is_named_with_the_nearest(self, registry: cchc.Registry) -> None:
        """Did you mean."""
        with pytest.raises(cchc.InputError) as caught:
            registry.index("cao-bang.district", 2021)
        (finding,) = caught.value.findings
        assert finding.code == "method-unknown"
        assert "--plugins THƯ_MỤC" in finding.remedy.vi
        assert "cao-bang.district”" in finding.reason.vi
        assert "cao-bang.districts" in finding.remedy.vi
        assert "cao-bang.districts" in finding.remedy.en

    def test_an_unknown_year_is_an_error_and_never_the_nearest(self, registry: cchc.Registry) -> None:
        """The years that there are get named; none is taken."""
        with pytest.raises(cchc.InputError) as caught:
            registry.index("cao-bang.districts", 2022)
        (finding,) = caught.value.findings
        assert finding.code == "year-unknown"
        assert "2022" in finding.reason.vi
        assert "2021" in finding.remedy.vi
        assert "2021" in finding.remedy.en

    def test_a_method_of_one_year_is_found_without_the_year(self, registry: cchc.Registry) -> None:
        """``ten`` is enough where only one year is there."""
        assert registry.index_named("cao-bang.districts").method.key == "cao-bang.districts/2021"

    def test_a_method_of_several_years_needs_the_year(self) -> None:
        """Several candidates without a pin are an error that lists them."""
        registry = registry_of(plugin("a", cchc_register_methods=methods_over()), plugin("b", cchc_register_methods=methods_over(year=2100)))
        with pytest.raises(cchc.InputError) as caught:
            registry.index_named("method")
        (finding,) = caught.value.findings
        assert finding.code == "year-needed"
        assert "method/2099, method/2100" in finding.remedy.vi
        assert registry.index_named("method/2100").method.year == 2100

    def test_a_method_over_an_edition_that_is_not_installed_says_which(self) -> None:
        """The field's plugin is missing."""
        registry = registry_of(plugin("m", cchc_register_methods=methods_over(edition("one", count("n")))))
        with pytest.raises(cchc.EditionError) as caught:
            registry.index("method", 2099)
        assert caught.value.findings[0].code == "edition-missing"
        assert "one/level/2099" in caught.value.findings[0].reason.vi
        assert registry.findings()[0].code == "edition-missing"

    def test_a_form_that_a_plugin_brings_scores_and_is_sealed(self) -> None:
        """A new form needs nothing from the core."""
        one = edition("one", count("n"), form=Gift())
        registry = registry_of(plugin("a", cchc_register_forms=forms_of(Gift), cchc_register_fields=fields_of(one),
                                      cchc_register_methods=methods_over(one)))
        index = registry.index("method", 2099)
        assert score(index, evidence_with({})).total.points == 2
        assert [key for key, _ in index.seals] == ["method/2099", "one/level/2099"]


def test_dates_of_a_plugin_are_dates() -> None:
    """An edition made in Python is the same as one read from a file: a deadline stays a date."""
    form = forms.Timeliness(fact="d", on_or_before=dt.date(2099, 1, 31), otherwise=Decimal(0))
    one = edition("one", Fact(id="d", label=same("ngày"), type="date"), form=form)
    registry = registry_of(plugin("a", cchc_register_fields=fields_of(one), cchc_register_methods=methods_over(one)))
    in_time, late = (evidence_with({"d": Fraction(dt.date(2099, month, 1).toordinal())}) for month in (1, 2))
    index = registry.index("method", 2099)
    assert [score(index, each).total.points for each in (in_time, late)] == [2, 0]
