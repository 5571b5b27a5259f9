"""Random tables of small shares under every policy: parents, combinations, prerequisites, bonus, penalty, parts, gates."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, get_args

from attrs import evolve, field, frozen
from building import evidence_with, index_of
from hypothesis import strategies as st

import cchc_rules as cchc
from cchc_rules.base.exact import Rounding, RoundingMode
from cchc_rules.base.texts import same
from cchc_rules.engine import score
from cchc_rules.methods import (
    AdjustmentRule,
    ConversionRule,
    Gate,
    GradeBand,
    GradeRule,
    NominalTotal,
    NotApplicableRule,
    Override,
    Part,
    RoundingRule,
)
from cchc_rules.model import CombineRule, Criterion, Edition, Fact, NotApplicablePolicy, Value
from cchc_rules.points import Account
from cchc_rules.rules import forms

POLICIES: tuple[NotApplicablePolicy, ...] = get_args(NotApplicablePolicy)
RAISING: tuple[NotApplicablePolicy, ...] = ("rescale_group", "share_out")
OWN: tuple[NotApplicablePolicy, ...] = tuple(policy for policy in POLICIES if policy not in RAISING)
"""The policies under which what does not apply changes nothing else."""
COMBINE: tuple[CombineRule, ...] = get_args(CombineRule)
MOST = 3
"""The most that a fact can be: few values, so that 0, equal and full shares are common."""


def percent(number: int) -> forms.Threshold:
    """Return a threshold in per cent."""
    return forms.Threshold(value=Fraction(number, 100), percent=True)


def flag(name: str) -> forms.Condition:
    """Return the condition that a flag is raised."""
    return forms.Condition(fact=name)


# ------------------------------------------------------------------ a table with its evidence


@frozen(kw_only=True)
class Table:
    """An index over random criteria, and values for all of its facts."""

    index: cchc.Index = field(repr=lambda index: "\n".join(map(str, _told(index))))
    values: Mapping[str, Value]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - the protocol that Hypothesis prints by
        """Print what matters, so that a failing example can be read."""
        printer.text(repr(self))

    def card(self, values: Mapping[str, Value] | None = None) -> cchc.Scorecard:
        """Return the scorecard on all values, or on others."""
        return score(self.index, evidence_with(self.values if values is None else values))

    def known(self, names: set[str]) -> dict[str, Value]:
        """Return the values of some of the facts."""
        return {name: value for name, value in self.values.items() if name in names}


def _told(index: cchc.Index) -> Iterator[object]:
    """Yield what matters about an index, for a failing example to be read."""
    method = index.method
    yield (method.nominal_total.value, method.grades)
    yield (method.not_applicable.policy, method.rounding, method.bonus, method.penalty, method.parts, method.conversion)
    for edition in index.editions:
        for each in edition.criteria:
            yield (each.id, each.parent, each.max_points, each.kind, each.combine, each.at_least, each.capped, each.prerequisite,
                   each.applies_when and each.applies_when.fact, each.when_not_applicable, each.part, getattr(each.form, "when_whole_is_zero", None))


def accounts(card: cchc.Scorecard) -> Iterator[tuple[str, Account]]:
    """Yield every account of a scorecard with its name: criteria, fields, total."""
    yield from ((scored.id, scored.account) for scored in card.scores)
    yield from ((each.id, each.account) for each in card.fields)
    yield "total", card.total


# ------------------------------------------------------------------ leaves


def leaf(name: str, points: Decimal, policy: forms.ZeroPolicy = "not_applicable", **changes: object) -> Criterion:
    """Return a criterion worth a share of its own two facts."""
    form = forms.Share(of=forms.Quantity(part=f"{name}.p", whole=f"{name}.w"), when_whole_is_zero=policy)
    return Criterion(id=name, number="1", label=same(name), max_points=points, form=form, **changes)  # type: ignore[arg-type]  # any field may be set


def facts_of_leaf(name: str) -> tuple[Fact, Fact]:
    """Return the two facts of a leaf."""
    part, whole = (Fact(id=f"{name}.{end}", label=same(end), type="count", unit="dossier", range=(Decimal(0), Decimal(MOST))) for end in "pw")
    return part, whole


def flag_fact(name: str) -> Fact:
    """Return a flag."""
    return Fact(id=name, label=same(name), type="flag")


def rates() -> st.SearchStrategy[tuple[Fraction, Fraction]]:
    """Return a part and its whole; nothing arose about as often as everything was done."""
    pairs = [(part, whole) for whole in range(MOST + 1) for part in range(whole + 1)]
    return st.sampled_from([*pairs, (0, 0), (0, 0)]).map(lambda pair: (Fraction(pair[0]), Fraction(pair[1])))


def roundings(most: int = 2) -> st.SearchStrategy[Rounding | None]:
    """Return a way of rounding, or none."""
    modes: tuple[RoundingMode, ...] = get_args(RoundingMode)
    return st.none() | st.builds(Rounding, places=st.integers(0, most), mode=st.sampled_from(modes))


@st.composite
def _leaf(draw: st.DrawFn, name: str, before: list[str], policies: tuple[NotApplicablePolicy, ...]) -> Criterion:
    """Return a leaf with whatever conditions a criterion can have."""
    return leaf(
        name,
        Decimal(draw(st.integers(1, 4))),
        draw(st.sampled_from(("not_applicable", "award_maximum", "award_zero", *policies))),
        when_not_applicable=draw(st.none() | st.sampled_from(policies)),
        applies_when=flag(f"{name}.f") if draw(st.integers(0, 3)) == 0 else None,
        prerequisite=draw(st.sampled_from(before)) if before and draw(st.integers(0, 3)) == 0 else "",
    )


# ------------------------------------------------------------------ a field


@st.composite
def _field(draw: st.DrawFn, name: str, policies: tuple[NotApplicablePolicy, ...], *, adjusted: bool) -> Edition:
    """Return a field of a few criteria, some of them under a parent, that under another, and bonus and penalty beside them."""
    leaves: list[Criterion] = []
    for number in range(draw(st.integers(1, 5))):
        leaves.append(draw(_leaf(f"{name}.c{number}", [each.id for each in leaves], policies)))
    criteria = draw(_grouped(name, leaves, policies))
    parts = ("", "survey") if draw(st.booleans()) else ("",)
    tops = [evolve(each, part="" if each.parent else draw(st.sampled_from(parts))) for each in criteria]
    extra = [evolve(leaf(f"{name}.{kind}", Decimal(2), draw(st.sampled_from(("not_applicable", "award_zero")))), kind=kind) for kind in ("bonus", "penalty")]
    if not adjusted:
        extra = []
    facts = [fact for each in (*leaves, *extra) for fact in (*facts_of_leaf(each.id), flag_fact(f"{each.id}.f"))]
    facts += [flag_fact(f"{each.id}.f") for each in criteria if each.form is None]
    return Edition(
        field=name, label=same(name), level="level", year=2099, max_points_provenance="assumed",
        max_points=sum((each.max_points for each in tops if not each.parent), Decimal(0)),
        facts=tuple(facts), criteria=(*tops, *extra),
    )


@st.composite
def _grouped(draw: st.DrawFn, name: str, leaves: list[Criterion], policies: tuple[NotApplicablePolicy, ...]) -> list[Criterion]:
    """Return leaves, the first few of them under a parent, and that perhaps under another together with the next."""
    below = draw(st.integers(0, len(leaves)))
    if not below:
        return leaves
    inner = draw(_parent(f"{name}.inner", leaves[:below], policies))
    children = [evolve(each, parent=inner.id) for each in leaves[:below]]
    if not draw(st.booleans()):
        return [inner, *children, *leaves[below:]]
    next_to = leaves[below : below + draw(st.integers(0, 1))]
    outer = draw(_parent(f"{name}.outer", [inner, *next_to], policies))
    beside = [evolve(each, parent=outer.id) for each in next_to]
    return [outer, evolve(inner, parent=outer.id), *children, *beside, *leaves[below + len(next_to) :]]


@st.composite
def _parent(draw: st.DrawFn, name: str, children: list[Criterion], policies: tuple[NotApplicablePolicy, ...]) -> Criterion:
    """Return a parent that combines its children in one way or another."""
    added = sum((each.max_points for each in children), Decimal(0))
    combine = draw(st.sampled_from(("sum", *COMBINE)))
    capped = combine == "sum" and draw(st.booleans())
    points = added if combine == "sum" and not capped else Decimal(draw(st.integers(1, int(added))))
    return Criterion(
        id=name, number="1", label=same(name), max_points=points, combine=combine, capped=capped,
        at_least=draw(st.integers(1, len(children))) if combine == "n_of" else None,
        applies_when=flag(f"{name}.f") if draw(st.integers(0, 4)) == 0 else None,
        when_not_applicable=draw(st.none() | st.sampled_from(policies)),
    )


# ------------------------------------------------------------------ a method over it


@st.composite
def tables(
    draw: st.DrawFn, *, policies: tuple[NotApplicablePolicy, ...] = POLICIES, adjusted: bool = True, rounded: bool = True
) -> Table:
    """Return a random table under a random method, with all of its facts."""
    editions = [draw(_field(name, policies, adjusted=adjusted)) for name in ("one", "two")[: draw(st.integers(1, 2))]]
    whole = sum((each.max_points for each in editions), Decimal(0))
    way = draw(st.sampled_from(("", "", "parts", "conversion")))
    places = roundings() if rounded else st.none()
    index = index_of(
        *editions,
        not_applicable=NotApplicableRule(policy=draw(st.sampled_from(policies))),
        rounding=RoundingRule(leaf=draw(places), criterion=draw(places), group=draw(places),
                              field=None if way == "parts" else draw(places), total=draw(places)),
        nominal_total=NominalTotal(value=Decimal(100) if way else whole),
        parts=(Part(id="main", label=same("chính"), weight=percent(70)), Part(id="survey", label=same("khảo sát"), weight=percent(30))) if way == "parts" else (),
        conversion=ConversionRule(to=Decimal(100)) if way == "conversion" else None,
        bonus=draw(_adjustment()),
        penalty=draw(_adjustment()),
        grades=draw(_grades(editions[0])),
    )
    values: dict[str, Value] = {}
    for name in index.facts:
        if name.endswith(".p"):
            values[name], values[f"{name[:-2]}.w"] = draw(rates())
        elif name.endswith(".f"):
            values[name] = draw(st.booleans())
    return Table(index=index, values=values)


def _adjustment() -> st.SearchStrategy[AdjustmentRule]:
    return st.builds(AdjustmentRule, on=st.sampled_from(("field", "total")), at_most=st.sampled_from((Decimal(1), Decimal(3))))


@st.composite
def _grades(draw: st.DrawFn, edition: Edition) -> GradeRule:
    """Return grades with a gate on the best and perhaps an event."""
    gates = (
        Gate(label=same("không tiêu chí 0 điểm"), no_criterion_at_zero=True),
        Gate(label=same("lĩnh vực"), field=edition.field, at_least=percent(draw(st.sampled_from((50, 80))))),
        Gate(label=same("tiêu chí"), criterion=edition.criteria[0].id, at_least=forms.Threshold(value=Fraction(1))),
        Gate(label=same("cờ"), when=flag(f"{edition.criteria[0].id}.f")),
    )
    effects: tuple[Literal["grade", "grade_at_most", "total_zero"], ...] = ("grade", "grade_at_most", "total_zero")
    effect = draw(st.sampled_from(effects))
    event = Override(label=same("sự kiện"), when=flag(f"{edition.criteria[-1].id}.f"), effect=effect, grade="" if effect == "total_zero" else "b")
    bands = (
        GradeBand(id="a", label=same("a"), at_least=percent(80), gates=draw(st.sampled_from(((), *((gate,) for gate in gates))))),
        GradeBand(id="b", label=same("b"), more_than=percent(50), gates=draw(st.sampled_from(((), gates[:1])))),
        GradeBand(id="c", label=same("c")),
    )
    return GradeRule(base=draw(st.sampled_from(("nominal_total", "maximum"))), bands=bands, overrides=(event,) if draw(st.booleans()) else ())
