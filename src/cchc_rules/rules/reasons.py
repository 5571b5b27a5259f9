"""Reading: why one unit's facts gave this value: the reason of a loss, and the steps to the points."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from attrs import evolve, field, frozen

from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import Text
from cchc_rules.model import ComputedPoints, Fact, Value
from cchc_rules.rules.days import Calendar
from cchc_rules.rules.evaluate import Facts, Outcome
from cchc_rules.rules.inverse import Target, full_target
from cchc_rules.rules.limits import is_date
from cchc_rules.rules.steps import every, is_never, lateness, shown, steps_in, yardsticks
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Bound,
    Branch,
    Choice,
    Computed,
    Constant,
    DaysLate,
    IsTrue,
    LevelPoints,
    Maximum,
    Minimum,
    Node,
    NotApplicable,
    PointsEach,
    WhenNoneArose,
    Within,
    moved,
    quantities_of,
)
from cchc_rules.rules.wording import Lexicon, deadline, lateness_limits, limits, measured, name, sentence, word


@frozen(kw_only=True)
class Setting:
    """What a reason is told from: the facts of the unit and the names of things."""

    values: Mapping[str, Value]
    lexicon: Lexicon
    calendars: Mapping[str, Calendar] = field(factory=dict)
    round_rate: Rounding | None = None

    @property
    def facts(self) -> Facts:
        """The unit's facts, with what rules are carried out with."""
        return Facts(self.values, calendars=self.calendars, round_rate=self.round_rate)

    @property
    def declared(self) -> Mapping[str, Fact]:
        """The facts' declarations."""
        return self.lexicon.facts

    def in_both(self, tell: Callable[[Lexicon], str]) -> Text:
        """Return what is told in both languages."""
        vi, en = (sentence(tell(evolve(self.lexicon, language=language))) for language in ("vi", "en"))
        return Text(vi, en)


# ------------------------------------------------------------------ the reason of a loss


def reason(cause: Outcome, setting: Setting) -> Text:
    """Return why a part of a rule lost points, with the value and the threshold that it missed."""
    target = full_target(cause.node, setting.facts, setting.declared)
    return setting.in_both(lambda lexicon: _reason(cause, target, lexicon))


def why_not_applicable(outcome: Outcome, setting: Setting) -> Text:
    """Return why a criterion does not apply: nothing arose, or the condition on which it applies does not hold."""
    return setting.in_both(lambda lexicon: _left_out(outcome, lexicon))


def _left_out(outcome: Outcome, lexicon: Lexicon) -> str:
    """Return why an outcome is none: the innermost part that says so, or the condition that fails."""
    if outcome.value is False:
        failed = _failed(outcome, lexicon)
        return lexicon.say(f"chỉ áp dụng khi {word(outcome.node, lexicon)}; {failed}", f"applies only where {word(outcome.node, lexicon)}; {failed}")
    for part in every(outcome):
        if isinstance(part.node, WhenNoneArose) and part.branch == 0:
            return _reason(part, None, lexicon)
        if isinstance(part.node, Choice) and part.branch is not None and part.branch < len(part.node.branches):
            branch = part.node.branches[part.branch]
            if isinstance(branch.then, NotApplicable):
                return word(branch.when, lexicon)
    return lexicon.say("quy tắc không áp dụng với số liệu này", "the rule does not apply to these facts")


def threshold(cause: Outcome, setting: Setting) -> Text | None:
    """Return the value at which a part of a rule would have lost nothing; ``None`` where there is none."""
    node = cause.node
    if isinstance(node, PointsEach):  # what is lost here are points for each violation
        none = Bound(Fraction(0), True)
        return setting.in_both(lambda lexicon: limits(node.of, None, none, lexicon))
    if isinstance(node, LevelPoints):
        return setting.in_both(lambda lexicon: _best_level(node, lexicon))
    target = full_target(node, setting.facts, setting.declared)
    return None if target is None else setting.in_both(lambda lexicon: reach(target, lexicon))


def goal(target: Target, lexicon: Lexicon) -> str:
    """Return a target as a sentence: which quantity has to come to what."""
    return f"{name(target.quantity, lexicon)} {reach(target, lexicon)}"


def reach(target: Target, lexicon: Lexicon) -> str:
    """Return a target as limits: from 50 % up, below 3 days."""
    low, high = (target.bound, None) if target.rising else (None, target.bound)
    if isinstance(target.quantity, DaysLate):
        return lateness_limits(target.quantity, low, high, lexicon)
    return limits(target.quantity, low, high, lexicon)


def _reason(cause: Outcome, target: Target | None, lexicon: Lexicon) -> str:
    node = cause.node
    match node:
        case WhenNoneArose() if cause.branch == 0:
            whole = word(node.whole, lexicon)
            return lexicon.say(f"không phát sinh ({whole} bằng 0)", f"nothing arose ({whole} is 0)")
        case WhenNoneArose():
            return _reason(cause.parts[-1], target, lexicon)
        case Choice():
            return _choice_reason(cause, target, lexicon)
        case PointsEach():
            return _violations(cause, lexicon)
        case LevelPoints():
            return _level_reason(cause, lexicon)
        case Maximum():
            return _best_reason(cause, target, lexicon)
        case Minimum() if len(quantities_of(node)) > 1:
            return _least_reason(cause, target, lexicon)
        case Computed():
            return detail_text(cause, lexicon)
        case _:
            return _short_of(cause, target, lexicon)


def _choice_reason(cause: Outcome, target: Target | None, lexicon: Lexicon) -> str:
    """Return the failed conditions, or how far the quantity is from where it would lose nothing."""
    late = next((part for part in every(cause) if isinstance(part.node, DaysLate)), None)
    if late is not None and isinstance(cause.node, Choice) and quantities_of(cause.node) == (late.node,):
        return _late(late, lexicon)
    failed = [part for branch, part in _conditions(cause) if part.value is False and _gives_more(branch, cause)]
    if target is None and failed:
        return "; ".join(_failed(part, lexicon) for part in failed)
    return _short_of(cause, target, lexicon)


def _conditions(cause: Outcome) -> Iterator[tuple[Branch, Outcome]]:
    """Yield each branch of a choice with what its condition came to, as far as they were looked at."""
    assert isinstance(cause.node, Choice)  # the caller has matched it
    yield from zip(cause.node.branches, cause.parts[:-1], strict=False)


def _gives_more(branch: Branch, cause: Outcome) -> bool:
    """Return whether a branch could have given more than was earned."""
    return not (isinstance(branch.then, Constant) and branch.then.value <= cause.number)


def _best_reason(cause: Outcome, target: Target | None, lexicon: Lexicon) -> str:
    """Return how far the best of several options came."""
    best = max(cause.parts, key=lambda part: part.number)
    points, why = lexicon.points(best.number), _reason(best, target, lexicon)
    return lexicon.say(f"phương án cao nhất được {points}: {why}", f"the best option gives {points}: {why}")


def _least_reason(cause: Outcome, target: Target | None, lexicon: Lexicon) -> str:
    """Return how far the worst of several parts came."""
    least = min((part for part in cause.parts if not isinstance(part.node, Constant)), key=lambda part: part.number)
    points, why = lexicon.points(least.number), _reason(least, target, lexicon)
    return lexicon.say(f"nội dung thấp nhất được {points}: {why}", f"the lowest part gives {points}: {why}")


def _failed(condition: Outcome, lexicon: Lexicon) -> str:
    """Return what makes a condition fail: of several that must hold, only those that do not."""
    node = condition.node
    match node:
        case IsTrue(fact=fact):
            return lexicon.say(f"chưa đạt: {lexicon.fact(fact)}", f"not met: {lexicon.fact(fact)}")
        case Within(of=DaysLate()):
            return _late(condition.parts[0], lexicon)
        case Within(of=of, low=low, high=high):
            value, required = shown(condition.parts[0], lexicon), limits(of, low, high, lexicon) + yardsticks(condition, lexicon)
            return lexicon.say(f"{name(of, lexicon)} là {value}, yêu cầu {required}",
                               f"{name(of, lexicon)} is {value}, required: {required}")
        case AllOf():
            return "; ".join(_failed(part, lexicon) for part in condition.parts if part.value is False)
        case AnyOf():
            return "; ".join(_failed(part, lexicon) for part in condition.parts)
        case AtLeast(count=count):
            failed = "; ".join(_failed(part, lexicon) for part in condition.parts if part.value is False)
            met = sum(part.value is True for part in condition.parts)
            return lexicon.say(f"đạt {met} điều kiện, yêu cầu ít nhất {count}: {failed}",
                               f"{met} of the conditions met, required: at least {count}: {failed}")
        case _:
            return lexicon.say(f"chưa đạt: {word(node, lexicon)}", f"not met: {word(node, lexicon)}")


def _short_of(cause: Outcome, target: Target | None, lexicon: Lexicon) -> str:
    """Return the value of the deciding quantity beside the target that it missed."""
    quantities = quantities_of(cause.node)
    if target is not None and target.quantity not in map(moved, quantities):
        target = None  # it is another part of the rule that can give more
    quantity = target.quantity if target else (moved(quantities[0]) if quantities else None)
    at = next((part for part in every(cause) if part.node == quantity and part.value is not None), None)
    if at is None:
        failed = [part for part in cause.parts if part.value is False]
        return "; ".join(_failed(part, lexicon) for part in failed) or word(cause.node, lexicon)
    value = lexicon.say(f"{name(at.node, lexicon)} là {shown(at, lexicon)}", f"{name(at.node, lexicon)} is {shown(at, lexicon)}")
    missed = value if target is None else f"{value}, {_missed(at, target, lexicon)}"
    return missed + yardsticks(cause, lexicon)


def _missed(at: Outcome, target: Target, lexicon: Lexicon) -> str:
    """Return how a value stands to the target that it missed."""
    if is_date(target.quantity, lexicon):
        return _missed_day(at, target, lexicon)
    goal = measured(target.quantity, target.bound.value, lexicon)
    if target.rising:
        return lexicon.say(f"dưới {goal}" if target.bound.inclusive else f"không trên {goal}",
                           f"below {goal}" if target.bound.inclusive else f"not above {goal}")
    return lexicon.say(f"vượt {goal}" if target.bound.inclusive else f"không dưới {goal}",
                       f"above {goal}" if target.bound.inclusive else f"not below {goal}")


_SIDES = {
    (True, True): ("trước", "before"),
    (True, False): ("không sau", "not after"),
    (False, True): ("sau", "after"),
    (False, False): ("không trước", "not before"),
}
"""Where a date lies that missed a day: whether it had to be later, and whether the day itself would have been enough."""


def _missed_day(at: Outcome, target: Target, lexicon: Lexicon) -> str:
    """Return how a date stands to the day that it missed; what never came has no place before or after it."""
    if is_never(at, lexicon):
        return lexicon.say(f"yêu cầu {reach(target, lexicon)}", f"required: {reach(target, lexicon)}")
    goal = measured(target.quantity, target.bound.value, lexicon)
    vi, en = _SIDES[target.rising, target.bound.inclusive]
    return lexicon.say(f"{vi} ngày {goal}", f"{en} {goal}")


def _late(late: Outcome, lexicon: Lexicon) -> str:
    """Return the date beside its deadline, and how many days lie between them."""
    assert isinstance(late.node, DaysLate)  # the caller has looked for it
    limit = deadline(late.node, lexicon)
    return lexicon.say(f"{lateness(late, lexicon)} (hạn: {limit})", f"{lateness(late, lexicon)} (deadline: {limit})")


def _violations(cause: Outcome, lexicon: Lexicon) -> str:
    """Return how many violations there were and what each one cost."""
    node, counted = cause.node, cause.parts[0]
    assert isinstance(node, PointsEach)  # the caller has matched it
    points = lexicon.points(node.points)
    return lexicon.say(f"{word(counted.node, lexicon)} là {shown(counted, lexicon)}, mỗi trường hợp trừ {points}",
                       f"{word(counted.node, lexicon)} is {shown(counted, lexicon)}, each costs {points}")


def _level_reason(cause: Outcome, lexicon: Lexicon) -> str:
    node = cause.node
    assert isinstance(node, LevelPoints)
    assert cause.branch is not None
    level = lexicon.level(node.fact, node.marks[cause.branch][0])
    best = _best_level(node, lexicon)
    fact = lexicon.fact(node.fact)
    how = lexicon.say("được đánh giá mức", "is judged") if node.judged else lexicon.say("ở mức", "is at the level")
    return lexicon.say(f"{fact} {how} {level}, mức cao nhất là {best}", f"{fact} {how} {level}; the best level is {best}")


def _best_level(node: Node, lexicon: Lexicon) -> str:
    assert isinstance(node, LevelPoints)  # callers have matched it
    return lexicon.level(node.fact, max(node.marks, key=lambda mark: mark[1])[0])


def detail_text(cause: Outcome, lexicon: Lexicon) -> str:
    """Return what the plugin itself says of a value that it computed."""
    detail = cause.detail
    return detail.reason.get(lexicon.language) if isinstance(detail, ComputedPoints) else word(cause.node, lexicon)


def steps(outcome: Outcome, setting: Setting) -> tuple[Text, ...]:
    """Return how the points came about, from the comparison to the arithmetic."""
    pairs = zip(
        steps_in(outcome, evolve(setting.lexicon, language="vi")),
        steps_in(outcome, evolve(setting.lexicon, language="en")),
        strict=True,
    )
    return tuple(Text(sentence(vi), sentence(en)) for vi, en in pairs)
