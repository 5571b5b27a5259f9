"""Hypothesis strategies: random sound forms with their facts, and random values for those facts."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from attrs import evolve, frozen
from hypothesis import assume
from hypothesis import strategies as st

from cchc_rules.base.texts import Text, same
from cchc_rules.model import CombineRule, Criterion, Edition, Fact, Level, Value
from cchc_rules.rules import forms
from cchc_rules.rules.tree import FactValue, Ratio, Scaled, Sum, SumPolicy, facts_of

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
Drawn = tuple[forms.Form, Decimal, tuple[Fact, ...]]


def percent(number: int | Decimal) -> forms.Threshold:
    """Return so many per cent."""
    return forms.Threshold(value=Fraction(number) / 100, percent=True)


def flag(name: str) -> Fact:
    """Return a flag."""
    return Fact(id=name, label=same(f"cờ {name}"), type="flag")


def date(name: str) -> Fact:
    """Return a date."""
    return Fact(id=name, label=same(f"ngày {name}"), type="date", may_be_never=True)


def mean(name: str) -> Fact:
    """Return a share that is reference data: a provincial mean, the best unit's."""
    return Fact(id=name, label=same(f"mức chung {name}"), type="rate")


@st.composite
def scalings(draw: st.DrawFn, prefix: str) -> tuple[tuple[forms.Scaling, ...], tuple[Fact, ...]]:
    """Return no scaling, or one for units with a flag."""
    if draw(st.booleans()):
        return (), ()
    return (forms.Scaling(fact=f"{prefix}m", factor=percent(75)),), (flag(f"{prefix}m"),)


@st.composite
def share_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return a share or a ratio with random floor, target and cap."""
    maximum = draw(points())
    kind = draw(st.sampled_from((forms.Share, forms.RatioForm)))
    target = draw(st.none() | shares())
    scaled_when, flags = draw(scalings(prefix)) if target else ((), ())
    form = kind(
        of=forms.Quantity(part=f"{prefix}p", whole=f"{prefix}w"),
        when_whole_is_zero=draw(zero_policies),
        zero_below=draw(st.none() | shares()),
        target=target,
        cap=draw(st.none() | st.sampled_from((maximum, maximum / 2))),
        scaled_when=scaled_when,
    )
    return form, maximum, (count(f"{prefix}p"), count(f"{prefix}w"), *flags)


@st.composite
def reference_forms(draw: st.DrawFn, prefix: str) -> Drawn:
    """Return points by where a share lies beside a mean, or in proportion to the best unit's share."""
    maximum, of = draw(points()), forms.Quantity(part=f"{prefix}p", whole=f"{prefix}w")
    facts = (count(f"{prefix}p"), count(f"{prefix}w"), mean(f"{prefix}t"))
    threshold = forms.FactThreshold(fact=f"{prefix}t", times=draw(st.sampled_from((percent(100), percent(90)))))
    policy = draw(zero_policies)
    if draw(st.booleans()):
        return forms.RatioForm(of=of, target=threshold, when_whole_is_zero=policy), maximum, facts
    limits = draw(st.sampled_from(("at_least", "more_than", "at_most", "below")))
    band = forms.Band(points=maximum, **{limits: threshold})
    return forms.Bands(of=of, bands=(band,), otherwise=Decimal(0), when_whole_is_zero=policy), maximum, facts


@st.composite
def increment_forms(draw: st.DrawFn, prefix: str) -> Drawn:
    """Return increments over a share or a count, either way better, with and without gate, in whole steps or not."""
    maximum, over_share = draw(points()), draw(st.booleans())
    better: Literal["higher", "lower"] = draw(st.sampled_from(("higher", "lower")))
    start = draw(st.integers(20, 50))
    from_: forms.Limit = percent(start) if over_share else forms.Threshold(value=Fraction(start))
    gate = draw(st.none() | st.integers(1, 19) if better == "higher" else st.none() | st.integers(51, 59))
    step = draw(st.integers(1, 10))
    facts = (count(f"{prefix}p"), count(f"{prefix}w")) if over_share else (count(f"{prefix}n"),)
    if draw(st.booleans()):
        from_ = forms.FactThreshold(fact=f"{prefix}t")
        facts = (*facts, mean(f"{prefix}t") if over_share else count(f"{prefix}t"))
    scaled_when, flags = draw(scalings(prefix))
    written = percent if over_share else lambda number: forms.Threshold(value=Fraction(number))
    form = forms.Increments(
        of=forms.Quantity(part=f"{prefix}p", whole=f"{prefix}w") if over_share else forms.Quantity(fact=f"{prefix}n"),
        when_whole_is_zero=draw(zero_policies) if over_share else None,
        from_=from_, base=draw(st.sampled_from((Decimal(0), maximum / 2))), points_each=maximum, step=written(step),
        whole_steps=draw(st.booleans()), better=better,
        points_each_short=draw(st.none() | st.just(maximum / 4)),
        scaled_when=scaled_when,
    )
    if gate is not None:
        form = evolve(form, zero_below=written(gate)) if better == "higher" else evolve(form, zero_above=written(gate))
    return form, maximum, (*facts, *flags)


@st.composite
def bracket_forms(draw: st.DrawFn, prefix: str) -> Drawn:
    """Return two or three brackets over a share or a count."""
    maximum, over_share = draw(points()), draw(st.booleans())
    written = percent if over_share else lambda number: forms.Threshold(value=Fraction(number))
    ends = sorted(draw(st.lists(st.integers(1, 50), min_size=1, max_size=2, unique=True)))
    scaled_when, flags = draw(scalings(prefix))
    form = forms.Brackets(
        of=forms.Quantity(part=f"{prefix}p", whole=f"{prefix}w") if over_share else forms.Quantity(fact=f"{prefix}n"),
        when_whole_is_zero=draw(zero_policies) if over_share else None,
        brackets=(*(forms.Bracket(up_to=written(end), points_each=maximum / 8) for end in ends), forms.Bracket(points_each=maximum)),
        step=written(draw(st.integers(1, 5))), whole_steps=draw(st.booleans()), scaled_when=scaled_when,
    )
    return form, maximum, (*((count(f"{prefix}p"), count(f"{prefix}w")) if over_share else (count(f"{prefix}n"),)), *flags)


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
    scaled_when, flags = draw(scalings(prefix)) if over_share else ((), ())
    form = forms.Bands(of=of, bands=bands, otherwise=Decimal(0), when_whole_is_zero=policy, scaled_when=scaled_when)
    return form, maximum, (*facts, *flags)


@st.composite
def flag_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return all-or-nothing over flags and counts, or a checklist."""
    flags = tuple(flag(f"{prefix}f{index}") for index in range(draw(st.integers(1, 4))))
    if draw(st.booleans()):
        items = tuple(forms.Item(fact=each.id, points=draw(points())) for each in flags)
        return forms.Checklist(items=items), sum((item.points for item in items), Decimal(0)), flags
    limit = forms.Threshold(value=Fraction(draw(st.integers(0, MOST - 1))))
    require = (*(forms.Requirement(fact=each.id) for each in flags), forms.Requirement(fact=f"{prefix}n", at_most=limit))
    return forms.AllOrNothing(require=require), draw(points()), (*flags, count(f"{prefix}n"))


@st.composite
def condition_forms(draw: st.DrawFn, prefix: str) -> Drawn:
    """Return all or nothing over conditions of every kind: and, or, not, so many of several, a share, a flag."""
    flags = tuple(flag(f"{prefix}f{index}") for index in range(3))
    raised = tuple(forms.Condition(fact=each.id) for each in flags)
    few = forms.Condition(fact=f"{prefix}n", at_most=forms.Threshold(value=Fraction(draw(st.integers(0, MOST - 1)))))
    share = forms.Condition(part=f"{prefix}p", whole=f"{prefix}w", at_least=draw(shares()))
    condition = draw(st.sampled_from((
        forms.Condition(any_=(raised[0], few)),
        forms.Condition(all_=(raised[0], forms.Condition(not_=few))),
        forms.Condition(at_least_of=2, of=(*raised, few)),
        forms.Condition(not_=forms.Condition(any_=(raised[1], forms.Condition(all_=(raised[0], few))))),
        forms.Condition(any_=(share, raised[2])),
    )))
    form = forms.AllOrNothing(require=(condition, *((share,) if draw(st.booleans()) and condition.any_[:1] != (share,) else ())))
    form = evolve(form, when_whole_is_zero=draw(zero_policies) if form.wholes() else None)
    facts = (*flags, count(f"{prefix}n"), count(f"{prefix}p"), count(f"{prefix}w"))
    return form, draw(points()), read_by(form, facts)


def read_by(form: forms.Form, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return the facts that a form reads, of those that it might."""
    read = facts_of(form.lower(Fraction(1)))
    return tuple(fact for fact in facts if fact.id in read)


@st.composite
def counting_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return points for each, or points off for each."""
    maximum, each = draw(points()), draw(points())
    if draw(st.booleans()):
        return forms.Count(fact=f"{prefix}n", points_each=each), maximum, (count(f"{prefix}n"),)
    kinds = tuple(forms.Violation(fact=f"{prefix}v{index}", points=draw(points())) for index in range(draw(st.integers(1, 3))))
    counted = tuple(count(kind.fact) for kind in kinds)
    if draw(st.booleans()):
        return forms.Violations(each=kinds), maximum, counted
    serious = (forms.Condition(fact=f"{prefix}s"), forms.Condition(fact=kinds[0].fact, more_than=forms.Threshold(value=Fraction(5))))
    zero_when = serious[: draw(st.integers(1, 2))]
    return forms.Violations(each=kinds, floor=maximum / 2, zero_when=zero_when), maximum, (*counted, flag(f"{prefix}s"))


@st.composite
def dated_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return timeliness with random steps, the deadline spelled either way."""
    maximum = draw(points())
    days = sorted(draw(st.lists(st.integers(1, 30), max_size=3, unique=True)))
    late = tuple(forms.LateBand(days_at_most=day, points=maximum / (index + 2)) for index, day in enumerate(days))
    fact = Fact(id=f"{prefix}d", label=same(f"ngày gửi {prefix}".strip()), type="date", may_be_never=True)
    if draw(st.booleans()):
        included = draw(st.booleans())
        form = forms.Timeliness(fact=fact.id, late=late, on_or_before=DAY if included else None, before=None if included else DAY)
        return form, maximum, (fact,)
    after = date(f"{prefix}a")
    return forms.Timeliness(fact=fact.id, late=late, within_days=draw(st.integers(0, 20)), after=after.id), maximum, (fact, after)


@st.composite
def judged_forms(draw: st.DrawFn, prefix: str) -> tuple[forms.Form, Decimal, tuple[Fact, ...]]:
    """Return a judged level, or a value given by another index."""
    maximum = draw(points())
    if draw(st.booleans()):
        levels = tuple(Level(id=name, label=same(name)) for name in LEVELS)
        judged = draw(st.booleans())
        fact = Fact(id=f"{prefix}j", label=same(f"mức {prefix}".strip()), type="level", levels=levels, judged=judged)
        marks: Mapping[str, forms.Points] = {"a": percent(100), "b": maximum / 2, "c": Decimal(0)}
        return (forms.Judged if judged else forms.Levels)(fact=fact.id, marks=marks), maximum, (fact,)
    if draw(st.booleans()):
        mark = Fact(id=f"{prefix}k", label=same(f"điểm chấm {prefix}".strip()), type="decimal", unit="point", places=2,
                    range=(Decimal(0), maximum), judged=True)
        return forms.MarkForm(fact=mark.id, step=Decimal("0.25")), maximum, (mark,)
    given_fact = Fact(id=f"{prefix}g", label=same(f"chỉ số {prefix}".strip()), type="decimal", unit="point", places=2, range=(Decimal(0), Decimal(100)))
    return forms.Given(fact=given_fact.id, out_of=Decimal(100)), maximum, (given_fact,)


@st.composite
def sample_forms(draw: st.DrawFn, prefix: str) -> Drawn:
    """Return a sample as a share, or as points off each failure."""
    maximum = draw(points())
    counted: dict[str, object] = {"points_off_each_failure": draw(points())}
    shared: dict[str, object] = {"zero_below": draw(st.none() | shares()), "target": draw(st.none() | shares())}
    form = forms.Sample(
        sample=f"{prefix}w", passed=f"{prefix}p", sample_at_least=draw(st.integers(1, MOST)),
        when_sample_too_small=draw(st.sampled_from(("award_zero", "not_applicable"))),
        **(counted if draw(st.booleans()) else shared),  # type: ignore[arg-type]  # keys of the form, by name
    )
    return form, maximum, (count(f"{prefix}w"), count(f"{prefix}p"))


@st.composite
def survey_forms(draw: st.DrawFn, prefix: str) -> Drawn:
    """Return a survey of one to three groups whose weights come to 100 %."""
    maximum = draw(points())
    weights = draw(st.sampled_from(((100,), (60, 40), (50, 30, 20))))
    groups = tuple(
        forms.Respondents(
            label=same(f"nhóm {prefix}{index}"), weight=percent(weight),
            options=tuple(forms.Option(fact=f"{prefix}o{index}{option}", weight=percent(worth)) for option, worth in enumerate((100, 60, 0))),
        )
        for index, weight in enumerate(weights)
    )
    policies = ("award_maximum", "award_zero", "not_applicable", "leave_out", "same_situation")
    policy: forms.NoAnswersPolicy = draw(st.sampled_from(policies if len(groups) == 1 else (*policies, "rescale", "share_out")))
    facts = tuple(count(option.fact, 5) for group in groups for option in group.options)
    return forms.Survey(groups=groups, when_no_answers=policy), maximum, facts


def values_of(fact: Fact) -> st.SearchStrategy[Value]:
    """Return any value that a fact may have."""
    match fact.type:
        case "flag":
            return st.booleans()
        case "level":
            return st.sampled_from([level.id for level in fact.levels])
        case "date":
            return st.integers(-40, 60).map(lambda days: Fraction((DAY + dt.timedelta(days=days)).toordinal()))
        case "rate":
            return st.integers(0, 1000).map(lambda tenths: Fraction(tenths, 1000))
        case "decimal" if fact.judged and fact.range:
            return st.integers(0, int(fact.range[1] * 4)).map(lambda quarters: Fraction(quarters, 4))
        case "decimal":
            return st.integers(0, 10_000).map(lambda hundredths: Fraction(hundredths, 100))
        case _:
            return st.integers(0, int(fact.range[1]) if fact.range else MOST).map(Fraction)


Family = Callable[[str], st.SearchStrategy[tuple[forms.Form, Decimal, tuple[Fact, ...]]]]
SIMPLE: tuple[Family, ...] = (
    share_forms, reference_forms, band_forms, increment_forms, bracket_forms, flag_forms, condition_forms, counting_forms,
    dated_forms, judged_forms, sample_forms, survey_forms,
)
"""Forms that stand by themselves."""


def reaches(form: forms.Form, maximum: Decimal) -> bool:
    """Return whether a form of these strategies can give its maximum: a cap may be lower, what is counted too scarce."""
    match form:
        case forms.Share(cap=cap):
            return cap is None or cap >= maximum
        case forms.Count(points_each=each):
            return MOST * each >= maximum
        case _:
            return True


@st.composite
def parts_of_rules(draw: st.DrawFn, prefix: str, most: int = 3) -> tuple[tuple[forms.NestedRule, ...], tuple[Fact, ...]]:
    """Return rules to stand inside another, each worth its own points, and the facts of all."""
    parts = [draw(st.one_of([family(f"{prefix}{index}") for family in SIMPLE])) for index in range(draw(st.integers(1, most)))]
    assume(all(reaches(form, maximum) for form, maximum, _ in parts))
    rules = tuple(forms.NestedRule(form=form, points=maximum) for form, maximum, _ in parts)
    return rules, tuple(fact for _, _, facts in parts for fact in facts)


def worth(rules: tuple[forms.NestedRule, ...]) -> list[Decimal]:
    """Return what each of several rules is worth."""
    return [rule.points or Decimal(0) for rule in rules]


@st.composite
def sum_forms(draw: st.DrawFn, prefix: str) -> Drawn:
    """Return a sum of rules, with or without a cap below what they come to."""
    rules, facts = draw(parts_of_rules(prefix))
    total = sum(worth(rules), Decimal(0))
    policy: SumPolicy = draw(st.sampled_from(("not_applicable", "award_zero", "rescale", "share_out")))
    cap = draw(st.none() | st.just(total / 2))
    return forms.SumOf(terms=rules, cap=cap, when_term_not_applicable=policy), cap or total, facts


@st.composite
def best_forms(draw: st.DrawFn, prefix: str) -> Drawn:
    """Return the best of several rules, or the least of several shares."""
    if draw(st.booleans()):
        rules, facts = draw(parts_of_rules(prefix))
        return forms.BestOf(rules=rules), max(worth(rules)), facts
    names = [(f"{prefix}{index}p", f"{prefix}{index}w") for index in range(2)]
    shares_ = tuple(
        forms.NestedRule(form=forms.Share(of=forms.Quantity(part=part, whole=whole), when_whole_is_zero=draw(zero_policies)))
        for part, whole in names
    )
    return forms.LeastOf(rules=shares_), draw(points()), tuple(count(name) for pair in names for name in pair)


@st.composite
def alternative_forms(draw: st.DrawFn, prefix: str) -> Drawn:
    """Return one rule for those with a flag, points for those with a number, another rule for the rest."""
    rules, facts = draw(parts_of_rules(prefix))
    many = forms.Condition(fact=f"{prefix}n", at_least=forms.Threshold(value=Fraction(draw(st.integers(1, MOST)))))
    cases_ = (forms.Case(when=forms.Condition(fact=f"{prefix}h"), rule=rules[0]), forms.Case(when=many, points=rules[0].points))
    otherwise = rules[1] if len(rules) > 1 else Decimal(0)
    form = forms.Alternatives(cases=cases_, otherwise=otherwise)
    return form, max(worth(rules[:2])), read_by(form, (flag(f"{prefix}h"), count(f"{prefix}n"), *facts))


ALL: tuple[Family, ...] = (*SIMPLE, sum_forms, best_forms, alternative_forms)


@st.composite
def cases(draw: st.DrawFn, *, prefix: str = "", complete: bool = True, families: tuple[Family, ...] | None = None) -> Case:
    """Return a random sound form with values; with ``complete=False`` some values are missing."""
    form, maximum, facts = draw(st.one_of([family(prefix) for family in families or ALL]))
    values = {fact.id: draw(values_of(fact)) for fact in facts if complete or draw(st.booleans())}
    for part, whole in shares_in(form):
        if part in values and whole in values:
            values[part] = min(values[part], values[whole])  # the door refuses a part above its whole
    return Case(form=form, maximum=maximum, facts=facts, values=values)


def shares_in(form: forms.Form) -> tuple[tuple[str, str], ...]:
    """Return the names of part and whole of each share in a form, and of what passed and the sample."""
    found: dict[tuple[str, str], None] = {}
    for node in form.lower(Fraction(1)).walk():
        match node:
            case Ratio(share=True, part=FactValue(fact=part), whole=FactValue(fact=whole)):
                found[part, whole] = None
            case Sum(terms=(FactValue(fact=whole), Scaled(of=FactValue(fact=part)))):
                found[part, whole] = None
            case _:
                pass
    return tuple(found)


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


QUICK: tuple[Family, ...] = (share_forms, share_forms, band_forms, flag_forms, counting_forms, judged_forms)
"""Forms whose outcomes are soon found, for editions of several criteria."""


@frozen(kw_only=True)
class Grouped:
    """An edition whose criteria are parts of a parent, one perhaps behind a prerequisite, and what its leaves are."""

    edition: Edition
    parts: tuple[Case, ...]


@st.composite
def grouped_editions(draw: st.DrawFn) -> Grouped:
    """Return an edition of one parent, of any combination, over two or three parts, with or without a prerequisite."""
    parts = tuple(draw(cases(prefix=f"{name}_", families=QUICK)) for name in "abc"[: draw(st.integers(2, 3))])
    leaves = edition_of(list(parts)).criteria
    combine: CombineRule = draw(st.sampled_from(("sum", "sum", "all", "any", "n_of", "minimum", "maximum")))
    total, most = sum((case.maximum for case in parts), Decimal(0)), max(case.maximum for case in parts)
    capped = combine == "sum" and draw(st.booleans())
    behind = draw(st.sampled_from(("", "part", "parent", "leaf"))) if len(parts) == 3 else ""
    below = leaves if behind in ("", "part") else leaves[:2]
    whole = sum((each.max_points for each in below), Decimal(0))
    worth_ = whole if combine == "sum" and not capped else draw(st.sampled_from((most, most / 2, whole)))
    condition = forms.Condition(fact="when") if draw(st.booleans()) else None
    parent = Criterion(
        id="field.parent", number="1", label=same("tiêu chí cha"), max_points=worth_, combine=combine, capped=capped and worth_ < whole,
        at_least=draw(st.integers(1, len(below))) if combine == "n_of" else None, applies_when=condition,
        prerequisite=leaves[2].id if behind == "parent" else "",
    )
    placed = tuple(evolve(each, parent=parent.id if each in below else "") for each in leaves)
    if behind in ("part", "leaf"):
        # A part waits for its sibling; a criterion that stands alone waits for the parent.
        held = {"part": placed[0].id, "leaf": parent.id}[behind]
        placed = (*placed[:2], evolve(placed[2], prerequisite=held))
    facts = tuple(fact for case in parts for fact in case.facts) + ((flag("when"),) if condition else ())
    return Grouped(edition=edition_of(list(parts), max_points=total, criteria=(parent, *placed), facts=facts), parts=parts)


@st.composite
def completed(draw: st.DrawFn, case: Case) -> dict[str, Value]:
    """Return a case's values with the missing ones filled in as a sound report would."""
    values = {**{fact.id: draw(values_of(fact)) for fact in case.facts}, **case.values}
    for part, whole in shares_in(case.form):
        below, above = values[part], values[whole]
        assert isinstance(below, Fraction)
        assert isinstance(above, Fraction)
        if part in case.values:
            values[whole] = max(below, above)
            assume(whole not in case.values or values[whole] == above)
        else:
            values[part] = min(below, above)
    return values
