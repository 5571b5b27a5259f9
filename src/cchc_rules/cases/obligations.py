"""What the text of a rule obliges its author to try: every outcome of every node, each bound on all its sides."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from attrs import evolve, field, fields, frozen

from cchc_rules.cases.bench import Bench
from cchc_rules.engine.criteria import facts_for, facts_read
from cchc_rules.model import Criterion, Value
from cchc_rules.rules.bounds import Known, bounds
from cchc_rules.rules.evaluate import Facts, Outcome, evaluate
from cchc_rules.rules.reach import step_of
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Beyond,
    Choice,
    Computed,
    Constant,
    Deducted,
    Difference,
    IsTrue,
    LevelPoints,
    Mark,
    Maximum,
    Minimum,
    Node,
    PointsEach,
    Proportion,
    Ratio,
    Scaled,
    Sum,
    WhenNoneArose,
    Within,
)

Kind = Literal[
    "applies", "does_not_apply", "full", "partial", "nothing", "branch", "none_arose", "some_arose", "below", "at", "above",
    "holds", "fails", "decides", "nothing_off", "some_off", "floor", "level", "mark_zero", "mark_full", "unfinished", "computed", "missing",
    "first_step", "before_first_step", "near_cap", "beyond_cap", "near_floor", "beyond_floor",
]
FINE_SHARE = Fraction(1, 1000)
"""How near a bound a reported rate is just below or just above it."""
COARSE_SHARE = Fraction(1, 100)
"""A rate is no nearer than this to a bound where its whole is small, unless its whole can never be larger."""


@frozen(kw_only=True, eq=False)
class Obligation:
    """One outcome of one node; ``index`` says which branch, operand or level, ``value`` which bound, ``fact`` which fact."""

    kind: Kind
    node: Node
    index: int = 0
    value: Fraction = Fraction(0)
    fact: str = ""


@frozen(kw_only=True)
class Plan:
    """All that one criterion's text obliges to, and under which nodes each is met; some facts may be ``given``."""

    criterion: Criterion
    bench: Bench
    rule: Node
    condition: Node | None
    obligations: tuple[Obligation, ...]
    by_node: Mapping[int, tuple[Obligation, ...]] = field(repr=False)
    given: Mapping[str, Value] = field(factory=dict)

    @cached_property
    def free_facts(self) -> tuple[str, ...]:
        """The facts that a case gives: reference data stands in the edition."""
        stand = self.bench.index.references.keys() | self.given.keys()
        return tuple(fact for fact in facts_read(self.criterion) if fact not in stand)

    @cached_property
    def known(self) -> Known:
        """What is known before any unit has reported."""
        return Known(self.bench.facts, self.bench.index.references, calendars=self.bench.index.calendars)

    def facts(self, values: Mapping[str, Value]) -> Facts:
        """Return the facts of a case as rules take them."""
        return facts_for(self.criterion, self.bench.subject({**self.given, **values}))


def plan_of(criterion: Criterion, bench: Bench, given: Mapping[str, Value] | None = None) -> Plan:
    """Return the plan of a criterion that has a form, or says when it applies: of a parent its condition alone."""
    condition = criterion.applies_when.condition() if criterion.applies_when else None
    rule = criterion.rule or condition
    assert rule is not None  # callers pass criteria with a text of their own
    found, by_node = list[Obligation](), dict[int, list[Obligation]]()

    def add(*obligations: Obligation, under: tuple[Node, ...] = ()) -> None:
        for each in obligations:
            found.append(each)
            for node in under or (each.node,):
                by_node.setdefault(id(node), []).append(each)

    if condition:
        add(Obligation(kind="applies", node=condition), Obligation(kind="does_not_apply", node=condition))
    nodes = [*(condition.walk() if condition else ()), *(criterion.rule.walk() if criterion.rule else ())]
    for node in {id(each): each for each in nodes}.values():
        add(*_outcomes(node))
    for (of, value), under in _compared(nodes).items():
        for kind in ("below", "at", "above"):
            add(Obligation(kind=kind, node=of, value=value), under=tuple(under))
    if criterion.rule is not None and not isinstance(criterion.rule, Computed):
        add(*(Obligation(kind=kind, node=rule) for kind in ("full", "nothing")))
        if any(isinstance(node, Proportion | PointsEach | Deducted) for node in nodes):
            add(Obligation(kind="partial", node=rule))
    for fact in facts_read(criterion):
        if fact not in bench.index.references:
            add(Obligation(kind="missing", node=rule, fact=fact))
    return Plan(criterion=criterion, bench=bench, rule=rule, condition=condition if criterion.rule else None, obligations=tuple(found),
                by_node={key: tuple(each) for key, each in by_node.items()}, given=given or {})


def _outcomes(node: Node) -> Iterator[Obligation]:
    """Yield the outcomes that one node has of its own."""
    match node:
        case Choice(branches=branches, otherwise=otherwise):
            yield from (Obligation(kind="branch", node=node, index=index) for index in range(len(branches) + (otherwise is not None)))
        case WhenNoneArose():
            yield Obligation(kind="none_arose", node=node)
            yield Obligation(kind="some_arose", node=node, index=1)
        case IsTrue() | AnyOf() | AtLeast() | AllOf():
            yield from (Obligation(kind=kind, node=node) for kind in ("holds", "fails"))
        case Minimum(of=of) | Maximum(of=of):
            yield from (Obligation(kind="decides", node=node, index=index) for index in range(len(of)))
            if isinstance(node, Minimum) and _is_cap(node):
                yield from (Obligation(kind=kind, node=node) for kind in ("near_cap", "beyond_cap"))
        case Deducted(less=less):
            yield from (Obligation(kind=kind, node=node) for kind in ("nothing_off", "some_off", "floor"))
            if any(isinstance(each, PointsEach) for each in less):
                yield from (Obligation(kind=kind, node=node) for kind in ("near_floor", "beyond_floor"))
        case LevelPoints(marks=marks):
            yield from (Obligation(kind="level", node=node, index=index) for index in range(len(marks)))
        case Mark():
            yield from (Obligation(kind=kind, node=node) for kind in ("mark_zero", "mark_full"))
        case PointsEach(whole_steps=whole_steps):
            yield Obligation(kind="first_step", node=node)
            if whole_steps:
                yield from (Obligation(kind=kind, node=node) for kind in ("before_first_step", "unfinished"))
        case Computed():
            yield Obligation(kind="computed", node=node)
        case _:
            pass


def _compared(nodes: list[Node]) -> dict[tuple[Node, Fraction], list[Node]]:
    """Return every bound of every quantity, with the nodes that look at it."""
    found: dict[tuple[Node, Fraction], list[Node]] = {}
    for node in nodes:
        match node:
            case Within(of=of, low=low, high=high):
                values = [bound.value for bound in (low, high) if bound]
            case Beyond(of=of, start=start, end=end):
                values = [value for value in (start, end) if value is not None]
            case _:
                continue
        for value in values:
            found.setdefault((of, value), []).append(node)
    return found


def _is_cap(node: Minimum) -> bool:
    """Return whether a number caps points that come in steps."""
    return any(isinstance(each, Constant) for each in node.of) and bool(_steps_below(node))


def _steps_below(node: Node) -> tuple[Fraction, ...]:
    """Return what each kind of step below a node is worth."""
    return tuple(abs(each.points) for each in node.walk() if isinstance(each, PointsEach) and each.points)


# ------------------------------------------------------------------ what a case meets


def met_by(plan: Plan, values: Mapping[str, Value]) -> tuple[Outcome, frozenset[Obligation]]:
    """Return what a rule comes to on the facts of a case, and the obligations met; raises ``RuleError``."""
    facts = plan.facts(values)
    outcomes: list[Outcome] = []
    if plan.condition:
        applies = evaluate(plan.condition, facts)
        outcomes.append(applies)
        if applies.value is not True:
            return applies, frozenset(_met(plan, outcomes, facts)) | _missing(plan, applies)
    outcome = evaluate(plan.rule, facts)
    met = frozenset() if outcome.missing else frozenset(_met(plan, [*outcomes, outcome], facts))
    return outcome, met | _missing(plan, outcome)


def _missing(plan: Plan, outcome: Outcome) -> frozenset[Obligation]:
    return frozenset(each for each in plan.obligations if each.kind == "missing" and each.fact in outcome.missing)


def _met(plan: Plan, outcomes: list[Outcome], facts: Facts) -> Iterator[Obligation]:
    waiting = list(outcomes)
    while waiting:
        outcome = waiting.pop()
        waiting += outcome.parts
        for each in plan.by_node.get(id(outcome.node), ()):
            if not outcome.missing and _is_met(each, outcome, plan, facts):
                yield each


def _is_met(each: Obligation, outcome: Outcome, plan: Plan, facts: Facts) -> bool:
    """Return whether the outcome of a node is the one that an obligation asks for."""
    match each.kind:
        case "applies" | "holds":
            return outcome.value is True
        case "does_not_apply" | "fails":
            return outcome.value is False
        case "branch" | "none_arose" | "some_arose" | "level":
            return outcome.branch == each.index
        case "below" | "at" | "above":
            at = outcome.parts[0]
            return at.value is not None and _stands(each, at.number, plan, facts)
        case "decides":
            return outcome.value is not None and _decides(outcome, each.index)
        case "computed":
            return outcome.value is not None
        case "unfinished":
            assert isinstance(each.node, PointsEach)  # only these have steps
            return outcome.value is not None and (outcome.parts[0].number / each.node.step).denominator != 1
        case "first_step" | "before_first_step":
            return outcome.value is not None and _is_at_first_step(each, outcome.parts[0].number, plan, facts)
        case "near_cap" | "beyond_cap":
            return outcome.value is not None and _is_by_cap(each, outcome)
        case "near_floor" | "beyond_floor":
            return outcome.value is not None and _is_by_floor(each, outcome)
        case "missing":
            return False
        case _:
            return outcome.value is not None and not isinstance(outcome.value, bool) and _amount(each, outcome, plan)


def _amount(each: Obligation, outcome: Outcome, plan: Plan) -> bool:
    """Return whether points are all, some or none; whether something was taken off, down to the floor or not."""
    value, most = outcome.number, Fraction(plan.criterion.max_points)
    match each.kind, each.node:
        case "full", _:
            return value == most
        case "nothing", _:
            return value == 0
        case "partial", _:
            return 0 < value < most
        case "mark_zero", _:
            return value == 0
        case "mark_full", Mark(high=high):
            return value == high
        case "nothing_off", Deducted():
            return all(part.number == 0 for part in outcome.parts[1:])
        case "some_off", Deducted(floor=floor):
            return floor < value < outcome.parts[0].number
        case "floor", Deducted(floor=floor):
            return value == floor
        case _:
            return False


def _decides(outcome: Outcome, index: int) -> bool:
    """Return whether one operand gives the least or the greatest; a number stated by the rule wins a tie."""
    part = outcome.parts[index]
    stated = [each.number for each in outcome.parts if not each.parts and each.branch is None and _is_stated(each)]
    return part.number == outcome.number and (_is_stated(part) or outcome.number not in stated)


def _is_stated(outcome: Outcome) -> bool:
    return next(iter(outcome.node.children()), None) is None and hasattr(outcome.node, "value")


def _stands(each: Obligation, at: Fraction, plan: Plan, facts: Facts) -> bool:
    """Return whether a quantity lies at a bound, or as near to it as it can be on that side."""
    if each.kind == "at":
        return at == each.value
    distance = each.value - at if each.kind == "below" else at - each.value
    return 0 < distance <= grid(each.node, plan, facts)


def _is_at_first_step(each: Obligation, amount: Fraction, plan: Plan, facts: Facts) -> bool:
    """Return whether a quantity is one step, or just short of it, and the points are those that this comes to.

    Where a cap, a floor or another part of the rule stands before the step, the case would not show what it is worth.
    """
    assert isinstance(each.node, PointsEach)  # only these have steps
    short = each.node.step - amount
    if each.kind == "before_first_step":
        return amount > 0 and 0 < short <= grid(each.node.of, plan, facts) and _shows(each.node, evolve(each.node, step=amount), plan, facts)
    less, longer = evolve(each.node, points=each.node.points * (1 - FINE_SHARE)), evolve(each.node, step=each.node.step * (1 + FINE_SHARE))
    return short == 0 and (_shows(each.node, less, plan, facts) or (each.node.whole_steps and _shows(each.node, longer, plan, facts)))


def _shows(node: Node, other: Node, plan: Plan, facts: Facts) -> bool:
    """Return whether the rule would come to something else on these facts, were one node of it another."""
    root = plan.rule if any(each is node for each in plan.rule.walk()) else plan.condition
    assert root is not None  # the node is one of the two
    return evaluate(root, facts).value != evaluate(_with(root, node, other), facts).value


def _with(value: Any, old: Node, new: Node) -> Any:
    """Return a rule in which one node stands for another."""
    if value is old:
        return new
    if isinstance(value, tuple):
        return tuple(_with(each, old, new) for each in value)
    if isinstance(value, Node):
        return evolve(value, **{each.name: _with(getattr(value, each.name), old, new) for each in fields(type(value))})
    return value


def _is_by_cap(each: Obligation, outcome: Outcome) -> bool:
    """Return whether points are less than a step below a cap, or beyond it."""
    cap = min(part.number for part in outcome.parts if isinstance(part.node, Constant))
    rest = min((part.number for part in outcome.parts if not isinstance(part.node, Constant)), default=cap)
    return rest > cap if each.kind == "beyond_cap" else 0 < cap - rest <= max(_steps_below(each.node))


def _is_by_floor(each: Obligation, outcome: Outcome) -> bool:
    """Return whether what is left is less than a step above a floor, or would lie below it."""
    assert isinstance(each.node, Deducted)  # only these have floors
    left = outcome.parts[0].number - sum((part.number for part in outcome.parts[1:]), Fraction(0))
    return left < each.node.floor if each.kind == "beyond_floor" else 0 < left - each.node.floor <= max(_steps_below(each.node))


def grid(of: Node, plan: Plan, facts: Facts) -> Fraction:
    """Return how far from one number a quantity's next one lies, its whole being what it is."""
    match of:
        case Ratio(part=part, whole=whole):
            divisor, most = evaluate(whole, facts).value, bounds(whole, plan.known).high
            step = grid(part, plan, facts)
            coarse = max(COARSE_SHARE, step / most) if most > 0 else COARSE_SHARE
            return min(step / divisor, coarse) if divisor else coarse
        case Scaled(factor=factor, of=inner):
            return abs(factor) * grid(inner, plan, facts) or FINE_SHARE
        case Sum(terms=terms):
            counted = [term for term in terms if not (isinstance(term, Scaled) and term.factor == 0)]
            return min((grid(term, plan, facts) for term in counted), default=FINE_SHARE)
        case Difference(of=inner) | Beyond(of=inner):
            return grid(inner, plan, facts)
        case _:
            return step_of(of, plan.bench.facts) or FINE_SHARE
