"""Hypothesis strategies: random sound forms with their facts, and random values for those facts."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from attrs import frozen
from hypothesis import assume
from hypothesis import strategies as st

from cchc_rules.model import Criterion, Edition, Fact, Level, Value
from cchc_rules.rules import forms
from cchc_rules.texts import Text, same

MOST = 60
DAY = dt.date(2099, 6, 15)
LEVELS = ("a", "b", "c")


@frozen(kw_only=True)
class Case:
    """A form with its maximum, the facts that it reads, and values for some or all of them."""

    form: forms.Form
    maximum: Decimal
    facts: tuple[Fact, ...]
    values: Mapping[str, Value]

    @property
    def declared(self) -> dict[str, Fact]:
        """The facts by id."""
        return {fact.id: fact for fact in self.facts}


def count(name: str, most: int = MOST) -> Fact:
    """Return a count."""
    return Fact(id=name, label=same(f"số {name}"), type="count", unit="dossier", range=(Decimal(0), Decimal(most)))


def points() -> st.SearchStrategy[Decimal]:
    """Return points in quarters."""
    return st.integers(1, 24).map(lambda quarters: Decimal(quarters) / 4)


def shares(low: int = 1, high: int = 1000) -> st.SearchStrategy[forms.Threshold]:
    """Return thresholds in tenths of a per cent."""
    return st.integers(low, high).map(lambda tenths: forms.Threshold(value=Fraction(tenths, 1000), percent=True))


zero_policies: st.SearchStrategy[forms.ZeroPolicy] = st.sampled_from(("award_maximum", "award_zero", "not_applicable"))


@st.composite
def share_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return a share or a ratio with random floor, target and cap."""
    maximum = draw(points())
    kind = draw(st.sampled_from((forms.Share, forms.RatioForm)))
    form = kind(
        of=forms.Quantity(part=f"{prefix}p", whole=f"{prefix}w"),
        when_whole_is_zero=draw(zero_policies),
        zero_below=draw(st.none() | shares()),
        target=draw(st.none() | shares()),
        cap=draw(st.none() | st.sampled_from((maximum, maximum / 2))),
    )
    return form, maximum, (count(f"{prefix}p"), count(f"{prefix}w"))


@st.composite
def band_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return bands over a share or over a count: a falling cascade, or the same bands spelled at both ends."""
    maximum = draw(points())
    over_share = draw(st.booleans())
    limits = sorted(draw(st.lists(st.integers(1, 99 if over_share else MOST), min_size=1, max_size=4, unique=True)), reverse=True)
    thresholds = [forms.Threshold(value=Fraction(limit, 100) if over_share else Fraction(limit), percent=over_share) for limit in limits]
    spelled_at_both_ends = draw(st.booleans())
    bands = tuple(
        forms.Band(
            points=maximum * (len(limits) - index) / len(limits),
            at_least=threshold,
            below=thresholds[index - 1] if spelled_at_both_ends and index else None,
        )
        for index, threshold in enumerate(thresholds)
    )
    facts = (count(f"{prefix}p"), count(f"{prefix}w")) if over_share else (count(f"{prefix}n"),)
    of = forms.Quantity(part=f"{prefix}p", whole=f"{prefix}w") if over_share else forms.Quantity(fact=f"{prefix}n")
    policy = draw(zero_policies) if over_share else None
    return forms.Bands(of=of, bands=bands, otherwise=Decimal(0), when_whole_is_zero=policy), maximum, facts


@st.composite
def flag_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return all-or-nothing over flags and counts, or a checklist."""
    flags = tuple(Fact(id=f"{prefix}f{index}", label=same(f"cờ {index}"), type="flag") for index in range(draw(st.integers(1, 4))))
    if draw(st.booleans()):
        items = tuple(forms.Item(fact=flag.id, points=draw(points())) for flag in flags)
        return forms.Checklist(items=items), sum((item.points for item in items), Decimal(0)), flags
    limit = forms.Threshold(value=Fraction(draw(st.integers(0, MOST - 1))))
    require = (*(forms.Requirement(fact=flag.id) for flag in flags), forms.Requirement(fact=f"{prefix}n", at_most=limit))
    return forms.AllOrNothing(require=require), draw(points()), (*flags, count(f"{prefix}n"))


@st.composite
def counting_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return points for each, or points off for each."""
    maximum, each = draw(points()), draw(points())
    if draw(st.booleans()):
        return forms.Count(fact=f"{prefix}n", points_each=each), maximum, (count(f"{prefix}n"),)
    kinds = tuple(forms.Violation(fact=f"{prefix}v{index}", points=draw(points())) for index in range(draw(st.integers(1, 3))))
    return forms.Violations(each=kinds), maximum, tuple(count(kind.fact) for kind in kinds)


@st.composite
def dated_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return timeliness with random steps, the deadline spelled either way."""
    maximum = draw(points())
    days = sorted(draw(st.lists(st.integers(1, 30), max_size=3, unique=True)))
    late = tuple(forms.LateBand(days_at_most=day, points=maximum / (index + 2)) for index, day in enumerate(days))
    spelled = {"on_or_before": DAY} if draw(st.booleans()) else {"before": DAY}
    fact = Fact(id=f"{prefix}d", label=same("ngày gửi"), type="date", may_be_never=True)
    return forms.Timeliness(fact=fact.id, late=late, **spelled), maximum, (fact,)


@st.composite
def judged_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return a judged level, or a value given by another index."""
    maximum = draw(points())
    if draw(st.booleans()):
        levels = tuple(Level(id=name, label=same(name)) for name in LEVELS)
        fact = Fact(id=f"{prefix}j", label=same("mức"), type="level", levels=levels, judged=True)
        marks = {"a": maximum, "b": maximum / 2, "c": Decimal(0)}
        return forms.Judged(fact=fact.id, marks=marks), maximum, (fact,)
    given_fact = Fact(id=f"{prefix}g", label=same("chỉ số"), type="decimal", unit="point", places=2, range=(Decimal(0), Decimal(100)))
    return forms.Given(fact=given_fact.id, out_of=Decimal(100)), maximum, (given_fact,)


def values_of(fact: Fact) -> st.SearchStrategy[Value]:
    """Return any value that a fact may have."""
    match fact.type:
        case "flag":
            return st.booleans()
        case "level":
            return st.sampled_from([level.id for level in fact.levels])
        case "date":
            return st.integers(-40, 60).map(lambda days: Fraction((DAY + dt.timedelta(days=days)).toordinal()))
        case "decimal":
            return st.integers(0, 10_000).map(lambda hundredths: Fraction(hundredths, 100))
        case _:
            return st.integers(0, MOST).map(Fraction)


Family = Callable[[str], st.SearchStrategy[tuple[forms.Form, Decimal, tuple[Fact, ...]]]]
ALL: tuple[Family, ...] = (share_forms, band_forms, flag_forms, counting_forms, dated_forms, judged_forms)


@st.composite
def cases(draw: st.DrawFn, *, prefix: str = "", complete: bool = True, families: tuple[Family, ...] | None = None) -> Case:
    """Return a random sound form with values; with ``complete=False`` some values are missing."""
    form, maximum, facts = draw(st.one_of([family(prefix) for family in families or ALL]))
    values = {fact.id: draw(values_of(fact)) for fact in facts if complete or draw(st.booleans())}
    part, whole = values.get(f"{prefix}p"), values.get(f"{prefix}w")
    if isinstance(part, Fraction) and isinstance(whole, Fraction) and not isinstance(form, forms.RatioForm):
        values[f"{prefix}p"] = min(part, whole)  # the door refuses a part above its whole
    return Case(form=form, maximum=maximum, facts=facts, values=values)


def edition_of(parts: list[Case], **changes: object) -> Edition:
    """Return an edition with one criterion a case."""
    criteria = tuple(
        Criterion(id=f"field.c{index}", number=f"1.{index}", label=Text(f"tiêu chí {index}", f"criterion {index}"),
                  max_points=case.maximum, form=case.form)
        for index, case in enumerate(parts)
    )
    known: dict[str, object] = {
        "field": "field", "label": Text("lĩnh vực", "field"), "level": "level", "year": 2099,
        "max_points": sum((case.maximum for case in parts), Decimal(0)), "max_points_provenance": "assumed",
        "facts": tuple(fact for case in parts for fact in case.facts), "criteria": criteria,
    }
    return Edition(**{**known, **changes})  # type: ignore[arg-type]  # a test may set any field


@st.composite
def completed(draw: st.DrawFn, case: Case) -> dict[str, Value]:
    """Return a case's values with the missing ones filled in as a sound report would."""
    values = {**{fact.id: draw(values_of(fact)) for fact in case.facts}, **case.values}
    part_name, whole_name = rate_of(case.form)
    part, whole = values.get(part_name), values.get(whole_name)
    if isinstance(part, Fraction) and isinstance(whole, Fraction) and not isinstance(case.form, forms.RatioForm):
        if part_name in case.values:
            values[whole_name] = max(part, whole)
            assume(whole_name not in case.values or values[whole_name] == case.values[whole_name])
        else:
            values[part_name] = min(part, whole)
    return values


def rate_of(form: forms.Form) -> tuple[str, str]:
    """Return the names of part and whole of a form over a rate; empty where it is over something else."""
    of = form.of if isinstance(form, (forms.Share, forms.Bands)) else forms.Quantity(fact="none")
    return of.part, of.whole
