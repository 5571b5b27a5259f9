"""Reading: why one unit's facts gave this value: the reason of a loss, and the steps to the points."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from attrs import evolve, frozen

from cchc_rules.exact import format_number
from cchc_rules.model import ComputedPoints, Fact, Value
from cchc_rules.rules.bounds import LATEST
from cchc_rules.rules.evaluate import Outcome
from cchc_rules.rules.inverse import Target, full_target
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
    Bound,
    Choice,
    Computed,
    Constant,
    DaysLate,
    Deducted,
    FactValue,
    IsTrue,
    LevelPoints,
    Minimum,
    Node,
    Not,
    PointsEach,
    Proportion,
    Ratio,
    Sum,
    WhenNoneArose,
    Within,
    quantities_of,
)
from cchc_rules.rules.wording import Lexicon, deadline, lateness_limits, limits, measured, sentence, word
from cchc_rules.texts import Text


@frozen(kw_only=True)
class Setting:
    """What a reason is told from: the facts of the unit and the names of things."""

    values: Mapping[str, Value]
    lexicon: Lexicon

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
    target = full_target(cause.node, setting.values, setting.declared)
    return setting.in_both(lambda lexicon: _reason(cause, target, lexicon))


def threshold(cause: Outcome, setting: Setting) -> Text | None:
    """Return the value at which a part of a rule would have lost nothing; ``None`` where there is none."""
    node = cause.node
    if isinstance(node, PointsEach):  # what is lost here are points for each violation
        none = Bound(Fraction(0), True)
        return setting.in_both(lambda lexicon: limits(node.of, None, none, lexicon))
    if isinstance(node, LevelPoints):
        return setting.in_both(lambda lexicon: _best_level(node, lexicon))
    target = full_target(node, setting.values, setting.declared)
    return None if target is None else setting.in_both(lambda lexicon: reach(target, lexicon))


def goal(target: Target, lexicon: Lexicon) -> str:
    """Return a target as a sentence: which quantity has to come to what."""
    of = target.quantity
    name = lexicon.fact(of.fact) if isinstance(of, DaysLate) else word(of, lexicon)
    return f"{name} {reach(target, lexicon)}"


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
        case Computed():
            return detail_text(cause, lexicon)
        case _:
            return _short_of(cause, target, lexicon)


def _choice_reason(cause: Outcome, target: Target | None, lexicon: Lexicon) -> str:
    """Return the failed conditions, or how far the quantity is from where it would lose nothing."""
    late = next((part for part in _all(cause) if isinstance(part.node, DaysLate)), None)
    if late is not None:
        return _late(late, lexicon)
    failed = [part for part in cause.parts if part.value is False]
    if target is None and failed:
        return "; ".join(_failed(part, lexicon) for part in failed)
    return _short_of(cause, target, lexicon)


def _failed(condition: Outcome, lexicon: Lexicon) -> str:
    """Return what makes a condition fail: of several that must hold, only those that do not."""
    node = condition.node
    match node:
        case IsTrue(fact=fact):
            return lexicon.say(f"chưa đạt: {lexicon.fact(fact)}", f"not met: {lexicon.fact(fact)}")
        case Within(of=of, low=low, high=high):
            value = shown(condition.parts[0], lexicon)
            return lexicon.say(f"{word(of, lexicon)} là {value}, yêu cầu {limits(of, low, high, lexicon)}",
                               f"{word(of, lexicon)} is {value}, required: {limits(of, low, high, lexicon)}")
        case AllOf():
            return "; ".join(_failed(part, lexicon) for part in condition.parts if part.value is False)
        case AnyOf():
            return "; ".join(_failed(part, lexicon) for part in condition.parts)
        case _:
            return lexicon.say(f"chưa đạt: {word(node, lexicon)}", f"not met: {word(node, lexicon)}")


def _short_of(cause: Outcome, target: Target | None, lexicon: Lexicon) -> str:
    """Return the value of the deciding quantity beside the target that it missed."""
    quantities = quantities_of(cause.node)
    quantity = target.quantity if target else (quantities[0] if quantities else None)
    at = next((part for part in _all(cause) if part.node == quantity and part.value is not None), None)
    if at is None:
        failed = [part for part in cause.parts if part.value is False]
        return "; ".join(_failed(part, lexicon) for part in failed) or word(cause.node, lexicon)
    value = lexicon.say(f"{word(at.node, lexicon)} là {shown(at, lexicon)}", f"{word(at.node, lexicon)} is {shown(at, lexicon)}")
    return value if target is None else f"{value}, {_missed(target, lexicon)}"


def _missed(target: Target, lexicon: Lexicon) -> str:
    """Return how a value stands to the target that it missed."""
    goal = measured(target.quantity, target.bound.value, lexicon)
    if target.rising:
        return lexicon.say(f"dưới {goal}" if target.bound.inclusive else f"không trên {goal}",
                           f"below {goal}" if target.bound.inclusive else f"not above {goal}")
    return lexicon.say(f"vượt {goal}" if target.bound.inclusive else f"không dưới {goal}",
                       f"above {goal}" if target.bound.inclusive else f"not below {goal}")


def _late(late: Outcome, lexicon: Lexicon) -> str:
    """Return the date beside its deadline, and how many days lie between them."""
    assert isinstance(late.node, DaysLate)  # the caller has looked for it
    limit = deadline(late.node, lexicon)
    return lexicon.say(f"{_lateness(late, lexicon)} (hạn: {limit})", f"{_lateness(late, lexicon)} (deadline: {limit})")


def _lateness(late: Outcome, lexicon: Lexicon) -> str:
    """Return the date and how late it is: in time, by so many days, or never."""
    node, date = late.node, late.parts[0].number
    assert isinstance(node, DaysLate)  # callers have looked for it
    fact = lexicon.fact(node.fact)
    if date >= LATEST:
        return lexicon.say(f"{fact}: chưa thực hiện", f"{fact}: never")
    on, days = measured(FactValue(fact=node.fact), date, lexicon), measured(node, late.number, lexicon)
    if late.number == 0:
        return lexicon.say(f"{fact} là {on}, đúng hạn", f"{fact} is {on}, in time")
    return lexicon.say(f"{fact} là {on}, chậm {days}", f"{fact} is {on}, {days} late")


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
    return lexicon.say(f"{lexicon.fact(node.fact)} được đánh giá mức {level}, mức cao nhất là {best}",
                       f"{lexicon.fact(node.fact)} is judged {level}; the best level is {best}")


def _best_level(node: Node, lexicon: Lexicon) -> str:
    assert isinstance(node, LevelPoints)  # callers have matched it
    return lexicon.level(node.fact, max(node.marks, key=lambda mark: mark[1])[0])


def detail_text(cause: Outcome, lexicon: Lexicon) -> str:
    """Return what the plugin itself says of a value that it computed."""
    detail = cause.detail
    return detail.reason.get(lexicon.language) if isinstance(detail, ComputedPoints) else word(cause.node, lexicon)


# ------------------------------------------------------------------ the steps to the points


def shown(outcome: Outcome, lexicon: Lexicon) -> str:
    """Return a quantity's value, a ratio together with the two numbers that it came from."""
    value = measured(outcome.node, outcome.number, lexicon)
    if isinstance(outcome.node, Ratio):
        part, whole = (format_number(each.number, lexicon.language) for each in outcome.parts)
        return f"{value} ({part}/{whole})"
    return value


def steps(outcome: Outcome, setting: Setting) -> tuple[Text, ...]:
    """Return how the points came about, from the comparison to the arithmetic."""
    pairs = zip(
        _steps(outcome, evolve(setting.lexicon, language="vi")),
        _steps(outcome, evolve(setting.lexicon, language="en")),
        strict=True,
    )
    return tuple(Text(sentence(vi), sentence(en)) for vi, en in pairs)


def _steps(outcome: Outcome, lexicon: Lexicon) -> Iterator[str]:
    node = outcome.node
    if outcome.value is None:
        return
    match node:
        case Choice() | WhenNoneArose():
            yield from _choice_steps(outcome, lexicon)
        case Minimum():
            for part in outcome.parts:
                yield from _steps(part, lexicon)
            if any(part.number != outcome.number for part in outcome.parts if not isinstance(part.node, Constant)):
                cap = lexicon.points(outcome.number)
                yield lexicon.say(f"giới hạn ở mức tối đa {cap}", f"capped at {cap}")
        case Sum() | Deducted():
            for part in outcome.parts:
                yield from _steps(part, lexicon)
            if len(outcome.parts) > 1:
                yield _equation(outcome, lexicon)
        case Proportion() | PointsEach():
            yield _equation(outcome, lexicon)
        case LevelPoints() if outcome.branch is not None:
            level = lexicon.level(node.fact, node.marks[outcome.branch][0])
            yield lexicon.say(f"được đánh giá mức {level}: {lexicon.points(outcome.number)}",
                              f"judged {level}: {lexicon.points(outcome.number)}")
        case Computed():
            detail = outcome.detail
            yield from (step.get(lexicon.language) for step in detail.steps) if isinstance(detail, ComputedPoints) else ()
        case _:
            return


def _choice_steps(outcome: Outcome, lexicon: Lexicon) -> Iterator[str]:
    """Yield each comparison that was made with its result, then the branch that was taken."""
    *compared, taken = outcome.parts
    for condition in compared:
        if condition.value is not None and not isinstance(outcome.node, WhenNoneArose):
            yield _comparison(condition, lexicon)
    if isinstance(taken.node, (Choice, Sum, Deducted, Minimum, Proportion, PointsEach, LevelPoints, Computed, WhenNoneArose)):
        yield from _steps(taken, lexicon)
    elif taken.value is not None:
        yield lexicon.say(f"được {lexicon.points(taken.number)}", f"this gives {lexicon.points(taken.number)}")


def _comparison(condition: Outcome, lexicon: Lexicon) -> str:
    """Return one condition with its numbers and whether it holds."""
    node = condition.node
    verdict = lexicon.say("đạt", "met") if condition.value else lexicon.say("chưa đạt", "not met")
    match node:
        case Within(of=DaysLate() as late, high=high):
            step = lateness_limits(late, None, high, lexicon)
            return lexicon.say(f"{_lateness(condition.parts[0], lexicon)}; so với mức “{step}”: {verdict}",
                               f"{_lateness(condition.parts[0], lexicon)}; against “{step}”: {verdict}")
        case Within(of=of, low=low, high=high):
            value = shown(condition.parts[0], lexicon)
            return lexicon.say(f"{word(of, lexicon)} là {value}; so với mức “{limits(of, low, high, lexicon)}”: {verdict}",
                               f"{word(of, lexicon)} is {value}; against “{limits(of, low, high, lexicon)}”: {verdict}")
        case AllOf() | AnyOf() | Not():
            return "; ".join(_comparison(part, lexicon) for part in condition.parts)
        case _:
            return f"{word(node, lexicon)}: {verdict}"


def _equation(outcome: Outcome, lexicon: Lexicon) -> str:
    """Return the arithmetic of one node and its result."""
    result = lexicon.points(outcome.number)
    return f"{_arithmetic(outcome, lexicon)} {'' if result.startswith('≈') else '= '}{result}"


def _arithmetic(outcome: Outcome, lexicon: Lexicon) -> str:
    """Return the arithmetic of one node with its numbers in place."""
    node, parts = outcome.node, outcome.parts
    match node:
        case Proportion(points=points, full_at=full_at):
            target = "" if full_at == 1 else f" / {measured(node.of, full_at, lexicon)}"
            return f"{shown(parts[0], lexicon)}{target} × {lexicon.points(points)}"
        case PointsEach(points=points):
            return f"{shown(parts[0], lexicon)} × {lexicon.points(points)}"
        case Deducted():
            return " − ".join(lexicon.number(part.number) for part in parts)
        case _:
            return " + ".join(lexicon.number(part.number) for part in parts)


def _all(outcome: Outcome) -> Iterator[Outcome]:
    """Yield an outcome and everything that it was made from."""
    yield outcome
    for part in outcome.parts:
        yield from _all(part)
