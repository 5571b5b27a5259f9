"""Reading: the exact value of a rule on one unit's facts, with the trace of how it came about.

Only what decides the value is asked for: a fact on a branch that is not taken is never missing.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import singledispatch

from attrs import field, frozen

from cchc_rules.base.errors import Finding, Place, RuleError
from cchc_rules.base.exact import Rounding, format_number
from cchc_rules.base.texts import Text
from cchc_rules.model import Value
from cchc_rules.rules.bounds import beyond, inside, rounded_rate
from cchc_rules.rules.days import Calendar, days_late
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Beyond,
    Choice,
    Computed,
    Constant,
    DaysLate,
    Deducted,
    Difference,
    FactValue,
    IsTrue,
    LevelPoints,
    Mark,
    Maximum,
    Minimum,
    Node,
    Not,
    NotApplicable,
    PointsEach,
    Proportion,
    Ratio,
    Scaled,
    Sum,
    WhenNoneArose,
    Within,
)

NOTHING: frozenset[str] = frozenset()
ZERO = Fraction(0)


@frozen(kw_only=True)
class Outcome:
    """The value of one node on given facts, and the outcomes of the nodes that it was made from.

    ``value`` is ``None`` where it is not known (``missing`` names the facts) or does not apply (``policy``
    then says what becomes of the points, ``""``: what the method says).
    ``branch`` is the index of the branch that a choice took, ``len(branches)`` for its ``otherwise``.
    """

    node: Node
    value: Fraction | bool | None = None
    missing: frozenset[str] = NOTHING
    not_applicable: bool = False
    policy: str = ""
    parts: tuple["Outcome", ...] = ()
    branch: int | None = None
    detail: object = None

    @property
    def number(self) -> Fraction:
        """The value as a number; only for outcomes that are known to have one."""
        if isinstance(self.value, bool) or self.value is None:
            raise TypeError(f"{type(self.node).__name__} has no number")
        return self.value


@frozen
class Facts:
    """The facts of one unit, and what a rule is carried out with.

    ``instead`` holds values put in place of quantities, ``compute`` the plugin's own computation,
    ``calendars`` the registered ones; ``round_rate`` is the rounding of every rate, in per cent.
    """

    values: Mapping[str, Value]
    instead: Mapping[Node, Fraction] = field(factory=dict)
    compute: Callable[[Computed, Mapping[str, Value]], tuple[Fraction, object]] | None = None
    calendars: Mapping[str, Calendar] = field(factory=dict)
    round_rate: Rounding | None = None


def evaluate(node: Node, facts: Facts) -> Outcome:
    """Return the outcome of a rule; raises ``RuleError`` where the rule says nothing on these facts."""
    if node in facts.instead:
        return Outcome(node=node, value=facts.instead[node])
    return _evaluate(node, facts)


@singledispatch
def _evaluate(node: Node, facts: Facts) -> Outcome:
    raise TypeError(f"no evaluation for {type(node).__name__}, {facts}")


def _combined(node: Node, parts: tuple[Outcome, ...], combine: Callable[[list[Fraction]], Fraction]) -> Outcome:
    """Return the combination of numbers; anything missing or not applicable below shows above."""
    missing = NOTHING.union(*(part.missing for part in parts))
    left_out = next((part for part in parts if part.not_applicable), None)
    if missing or left_out:
        policy = left_out.policy if left_out else ""
        return Outcome(node=node, missing=missing, not_applicable=left_out is not None, policy=policy, parts=parts)
    return Outcome(node=node, value=combine([part.number for part in parts]), parts=parts)


@_evaluate.register
def _(node: Constant, _facts: Facts) -> Outcome:
    return Outcome(node=node, value=node.value)


@_evaluate.register
def _(node: FactValue, facts: Facts) -> Outcome:
    return _number(node, node.fact, facts)


def _number(node: Node, fact: str, facts: Facts) -> Outcome:
    """Return a numeric fact's value, or that it is missing."""
    value = facts.values.get(fact)
    if value is None:
        return Outcome(node=node, missing=frozenset((fact,)))
    if not isinstance(value, Fraction):
        raise TypeError(f"fact {fact!r} is not a number: {value!r}")
    return Outcome(node=node, value=value)


@_evaluate.register
def _(node: DaysLate, facts: Facts) -> Outcome:
    dates = [FactValue(fact=fact) for fact in (node.fact, node.after) if fact]
    return _combined(node, _each(tuple(dates), facts), lambda numbers: days_late(
        node, numbers[0], numbers[1] if node.after else None, facts.calendars
    ))


@_evaluate.register
def _(node: Mark, facts: Facts) -> Outcome:
    mark = _number(node, node.fact, facts)
    if mark.value is not None and not (0 <= mark.number <= node.high and (mark.number / node.step).denominator == 1):
        (vi, high, step), (en, most, each) = (
            tuple(format_number(number, language) for number in (mark.number, node.high, node.step)) for language in ("vi", "en")
        )
        raise _unruled(
            Text(f"điểm chấm {vi} không thuộc thang từ 0 đến {high}, bước {step}", f"the mark {en} is not on the scale from 0 to {most} in steps of {each}"),
            Text("chấm lại theo thang điểm", "mark again on the scale"),
        )
    return mark


@_evaluate.register
def _(node: Scaled, facts: Facts) -> Outcome:
    return _combined(node, (evaluate(node.of, facts),), lambda numbers: numbers[0] * node.factor)


@_evaluate.register
def _(node: Difference, facts: Facts) -> Outcome:
    return _combined(node, _each((node.of, node.less), facts), lambda numbers: numbers[0] - numbers[1])


@_evaluate.register
def _(node: Beyond, facts: Facts) -> Outcome:
    return _combined(node, (evaluate(node.of, facts),), lambda numbers: beyond(node, numbers[0]))


@_evaluate.register
def _(node: Ratio, facts: Facts) -> Outcome:
    parts = (evaluate(node.part, facts), evaluate(node.whole, facts))
    if parts[1].value == 0:
        raise _unruled(
            Text("mẫu số bằng 0 mà quy tắc không quy định điểm", "the divisor is 0 and the rule states no outcome"),
            Text("thêm `when_whole_is_zero`", "add `when_whole_is_zero`"),
        )
    return _combined(node, parts, lambda numbers: rounded_rate(numbers[0] / numbers[1], facts.round_rate))


@_evaluate.register
def _(node: Proportion, facts: Facts) -> Outcome:
    factor = node.points / node.full_at
    return _combined(node, (evaluate(node.of, facts),), lambda numbers: numbers[0] * factor)


@_evaluate.register
def _(node: PointsEach, facts: Facts) -> Outcome:
    return _combined(node, (evaluate(node.of, facts),), lambda numbers: node.points * node.steps(numbers[0]))


@_evaluate.register
def _(node: Sum, facts: Facts) -> Outcome:
    parts = _each(node.terms, facts)
    applies = tuple(not part.not_applicable for part in parts)
    if all(applies) or not any(applies) or node.when_not_applicable == "not_applicable":
        return _combined(node, parts, lambda numbers: sum(numbers, ZERO))
    missing = NOTHING.union(*(part.missing for part in parts))
    counted = zip(parts, node.multipliers(applies), strict=True)
    value = None if missing else sum((part.number * each for part, each in counted if each), ZERO)
    return Outcome(node=node, value=value, missing=missing, parts=parts)


@_evaluate.register
def _(node: Minimum, facts: Facts) -> Outcome:
    return _combined(node, _each(node.of, facts), min)


@_evaluate.register
def _(node: Maximum, facts: Facts) -> Outcome:
    return _combined(node, _each(node.of, facts), max)


@_evaluate.register
def _(node: Deducted, facts: Facts) -> Outcome:
    parts = _each((node.start, *node.less), facts)
    return _combined(node, parts, lambda numbers: max(node.floor, numbers[0] - sum(numbers[1:], ZERO)))


def _each(nodes: tuple[Node, ...], facts: Facts) -> tuple[Outcome, ...]:
    return tuple(evaluate(node, facts) for node in nodes)


@_evaluate.register
def _(node: LevelPoints, facts: Facts) -> Outcome:
    level = facts.values.get(node.fact)
    if level is None:
        return Outcome(node=node, missing=frozenset((node.fact,)))
    for index, (name, points) in enumerate(node.marks):
        if name == level:
            return Outcome(node=node, value=points, branch=index)
    raise _unruled(
        Text(f"không có điểm cho mức “{level}”", f"no points for the level {level!r}"),
        Text("bổ sung mức này vào `marks`", "add the level to `marks`"),
    )


@_evaluate.register
def _(node: Choice, facts: Facts) -> Outcome:
    seen: list[Outcome] = []
    for index, branch in enumerate(node.branches):
        when = evaluate(branch.when, facts)
        seen.append(when)
        if when.value is None:
            return Outcome(node=node, missing=when.missing, parts=tuple(seen))
        if when.value is True:
            return _taken(node, evaluate(branch.then, facts), seen, index)
    if node.otherwise is None:
        raise _unruled(
            Text("không mức điểm nào áp dụng cho số liệu này", "no band covers these facts"),
            Text("sửa các mức cho liền nhau hoặc thêm `otherwise`", "close the gap between the bands or add `otherwise`"),
        )
    return _taken(node, evaluate(node.otherwise, facts), seen, len(node.branches))


def _taken(node: Node, then: Outcome, seen: list[Outcome], branch: int) -> Outcome:
    """Return the outcome of a choice: that of the branch taken, which stands last among its parts."""
    return Outcome(
        node=node,
        value=then.value,
        missing=then.missing,
        not_applicable=then.not_applicable,
        policy=then.policy,
        parts=(*seen, then),
        branch=branch,
    )


@_evaluate.register
def _(node: WhenNoneArose, facts: Facts) -> Outcome:
    whole = evaluate(node.whole, facts)
    if whole.value is None:
        return Outcome(node=node, missing=whole.missing | evaluate_missing(node.otherwise, facts), parts=(whole,))
    none_arose = whole.value == 0
    return _taken(node, evaluate(node.then if none_arose else node.otherwise, facts), [whole], 0 if none_arose else 1)


def evaluate_missing(node: Node, facts: Facts) -> frozenset[str]:
    """Return the facts that a rule would still ask for; used where its guard is itself unknown."""
    return NOTHING.union(*(
        frozenset((each.fact,))
        for each in node.walk()
        if isinstance(each, FactValue) and each.fact not in facts.values
    ))


@_evaluate.register
def _(node: NotApplicable, _facts: Facts) -> Outcome:
    return Outcome(node=node, not_applicable=True, policy=node.policy)


@_evaluate.register
def _(node: Computed, facts: Facts) -> Outcome:
    missing = frozenset(fact for fact in node.facts if fact not in facts.values)
    if missing:
        return Outcome(node=node, missing=missing)
    if facts.compute is None:
        raise _unruled(
            Text("tiêu chí tính bằng Python nhưng plugin không cung cấp hàm tính",
                 "the criterion is computed in Python but its plugin offers no function"),
            Text("cài đặt hook `cchc_computations` trong plugin", "implement the hook `cchc_computations` in the plugin"),
        )
    value, detail = facts.compute(node, {fact: facts.values[fact] for fact in node.facts})
    return Outcome(node=node, value=value, detail=detail)


# ------------------------------------------------------------------ conditions


@_evaluate.register
def _(node: Within, facts: Facts) -> Outcome:
    of = evaluate(node.of, facts)
    value = None if of.value is None else inside(node, of.number)
    return Outcome(node=node, value=value, missing=of.missing, parts=(of,))


@_evaluate.register
def _(node: IsTrue, facts: Facts) -> Outcome:
    value = facts.values.get(node.fact)
    if value is None:
        return Outcome(node=node, missing=frozenset((node.fact,)))
    return Outcome(node=node, value=bool(value))


@_evaluate.register
def _(node: AllOf, facts: Facts) -> Outcome:
    return _decided(node, _each(node.of, facts), deciding=False)


@_evaluate.register
def _(node: AnyOf, facts: Facts) -> Outcome:
    return _decided(node, _each(node.of, facts), deciding=True)


def _decided(node: Node, parts: tuple[Outcome, ...], *, deciding: bool) -> Outcome:
    """Return Kleene's and / or: one deciding part settles it, whatever is missing elsewhere."""
    if any(part.value is deciding for part in parts):
        return Outcome(node=node, value=deciding, parts=parts)
    missing = NOTHING.union(*(part.missing for part in parts))
    return Outcome(node=node, value=None if missing else not deciding, missing=missing, parts=parts)


@_evaluate.register
def _(node: AtLeast, facts: Facts) -> Outcome:
    parts = _each(node.of, facts)
    held, open_ = (sum(part.value is value for part in parts) for value in (True, None))
    if held >= node.count or held + open_ < node.count:
        return Outcome(node=node, value=held >= node.count, parts=parts)
    return Outcome(node=node, missing=NOTHING.union(*(part.missing for part in parts)), parts=parts)


@_evaluate.register
def _(node: Not, facts: Facts) -> Outcome:
    of = evaluate(node.of, facts)
    return Outcome(node=node, value=None if of.value is None else not of.value, missing=of.missing, parts=(of,))


def _unruled(reason: Text, remedy: Text) -> RuleError:
    """Return the error of a rule that says nothing on facts that are all known."""
    return RuleError(Finding(code="rule-undefined", place=Place(), reason=reason, remedy=remedy))
