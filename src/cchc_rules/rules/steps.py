"""Reading: how one unit's facts led to the points, step by step, from the comparisons to the arithmetic."""

from collections.abc import Iterator
from fractions import Fraction

from cchc_rules.base.exact import decimal_of, format_number
from cchc_rules.model import ComputedPoints
from cchc_rules.rules.days import LATEST
from cchc_rules.rules.evaluate import Outcome
from cchc_rules.rules.limits import lateness_limits, limits, measured, yardstick
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
    LevelPoints,
    Mark,
    Maximum,
    Minimum,
    Not,
    PointsEach,
    Proportion,
    Ratio,
    Sum,
    WhenNoneArose,
    Within,
)
from cchc_rules.rules.wording import Lexicon, name, word

# ------------------------------------------------------------------ values as they are told


def shown(outcome: Outcome, lexicon: Lexicon) -> str:
    """Return a quantity's value, a ratio together with the two numbers that it came from."""
    match outcome.node:
        case Difference():
            return shown(outcome.parts[0], lexicon)
        case FactValue() if is_never(outcome, lexicon):
            return lexicon.say("chưa thực hiện", "never")
        case Beyond():
            return measured(outcome.node, outcome.number, lexicon)
        case Ratio() if len(outcome.parts) == 2:
            part, whole = (format_number(each.number, lexicon.language) for each in outcome.parts)
            return f"{measured(outcome.node, outcome.number, lexicon)} ({part}/{whole})"
        case _:
            return measured(outcome.node, outcome.number, lexicon)


def is_never(outcome: Outcome, lexicon: Lexicon) -> bool:
    """Return whether an outcome is a date that never came, beside another date or alone."""
    of = outcome.parts[0] if isinstance(outcome.node, Difference) else outcome
    return isinstance(of.node, FactValue) and lexicon.facts[of.node.fact].type == "date" and of.number >= LATEST


def yardsticks(outcome: Outcome, lexicon: Lexicon) -> str:
    """Return the values of the thresholds that are facts, in parentheses; nothing where there are none."""
    told: dict[str, None] = {}
    for each in every(outcome):
        if isinstance(each.node, Difference) and each.value is not None:
            less = each.parts[1]
            value = shown(less, lexicon) if is_never(less, lexicon) else measured(each.node.of, less.number, lexicon)
            told[f"{yardstick(each.node.less, lexicon)}: {value}"] = None
    return f" ({'; '.join(told)})" if told else ""


def lateness(late: Outcome, lexicon: Lexicon) -> str:
    """Return a date and how late it is: in time, by so many days, or never."""
    node, date = late.node, late.parts[0].number
    assert isinstance(node, DaysLate)  # callers have looked for it
    fact = lexicon.fact(node.fact)
    if date >= LATEST:
        return lexicon.say(f"{fact}: chưa thực hiện", f"{fact}: never")
    on, days = measured(FactValue(fact=node.fact), date, lexicon), measured(node, late.number, lexicon)
    if late.number == 0:
        return lexicon.say(f"{fact} là {on}, đúng hạn", f"{fact} is {on}, in time")
    return lexicon.say(f"{fact} là {on}, chậm {days}", f"{fact} is {on}, {days} late")


def every(outcome: Outcome) -> Iterator[Outcome]:
    """Yield an outcome and everything that it was made from."""
    yield outcome
    for part in outcome.parts:
        yield from every(part)


# ------------------------------------------------------------------ the steps


def steps_in(outcome: Outcome, lexicon: Lexicon) -> Iterator[str]:
    """Yield the steps to the points in one language."""
    node = outcome.node
    if outcome.value is None:
        return
    match node:
        case Choice() | WhenNoneArose():
            yield from _choice_steps(outcome, lexicon)
        case Minimum(of=(Constant(), _)):
            yield from _capped(outcome, lexicon)
        case Minimum() | Maximum():
            for part in outcome.parts:
                yield from steps_in(part, lexicon)
            yield _chosen(outcome, lexicon)
        case Sum() | Deducted():
            for part in outcome.parts:
                yield from steps_in(part, lexicon)
            if len(outcome.parts) > 1:
                yield _equation(outcome, lexicon)
            if isinstance(node, Deducted) and _before_floor(outcome) < node.floor:
                floor = lexicon.points(node.floor)
                yield lexicon.say(f"còn lại không dưới {floor}", f"not below {floor}")
        case Proportion() | PointsEach():
            yield _equation(outcome, lexicon)
        case Mark():
            points = lexicon.points(outcome.number)
            yield lexicon.say(f"{lexicon.fact(node.fact)}: được chấm {points}", f"{lexicon.fact(node.fact)}: marked {points}")
        case LevelPoints() if outcome.branch is not None:
            level, points = lexicon.level(node.fact, node.marks[outcome.branch][0]), lexicon.points(outcome.number)
            yield (lexicon.say(f"được đánh giá mức {level}: {points}", f"judged {level}: {points}") if node.judged
                   else lexicon.say(f"ở mức {level}: {points}", f"at the level {level}: {points}"))
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
    if not isinstance(taken.node, Constant):
        yield from steps_in(taken, lexicon)
    elif taken.value is not None:
        yield lexicon.say(f"được {lexicon.points(taken.number)}", f"this gives {lexicon.points(taken.number)}")


def _capped(outcome: Outcome, lexicon: Lexicon) -> Iterator[str]:
    """Yield the steps below a cap, then the cap where it binds."""
    of = outcome.parts[1]
    yield from steps_in(of, lexicon)
    if of.number != outcome.number:
        cap = lexicon.points(outcome.number)
        yield lexicon.say(f"giới hạn ở mức tối đa {cap}", f"capped at {cap}")


def _chosen(outcome: Outcome, lexicon: Lexicon) -> str:
    """Return the points that were chosen among."""
    listed, points = "; ".join(lexicon.number(part.number) for part in outcome.parts), lexicon.points(outcome.number)
    if isinstance(outcome.node, Maximum):
        return lexicon.say(f"lấy số lớn nhất trong ({listed}): {points}", f"the greatest of ({listed}): {points}")
    return lexicon.say(f"lấy số nhỏ nhất trong ({listed}): {points}", f"the least of ({listed}): {points}")


def _comparison(condition: Outcome, lexicon: Lexicon) -> str:
    """Return one condition with its numbers and whether it holds."""
    node = condition.node
    verdict = lexicon.say("đạt", "met") if condition.value else lexicon.say("chưa đạt", "not met")
    match node:
        case Within(of=DaysLate() as late, high=high):
            step = lateness_limits(late, None, high, lexicon)
            return lexicon.say(f"{lateness(condition.parts[0], lexicon)}; so với mức “{step}”: {verdict}",
                               f"{lateness(condition.parts[0], lexicon)}; against “{step}”: {verdict}")
        case Within(of=of, low=low, high=high):
            value = lexicon.say(f"{name(of, lexicon)} là", f"{name(of, lexicon)} is") + f" {shown(condition.parts[0], lexicon)}"
            step = limits(of, low, high, lexicon)
            against = yardsticks(condition, lexicon)
            return lexicon.say(f"{value}; so với mức “{step}”{against}: {verdict}", f"{value}; against “{step}”{against}: {verdict}")
        case AllOf() | AnyOf() | AtLeast() | Not():
            return "; ".join(_comparison(part, lexicon) for part in condition.parts)
        case _:
            return f"{word(node, lexicon)}: {verdict}"


def _equation(outcome: Outcome, lexicon: Lexicon) -> str:
    """Return the arithmetic of one node and its result."""
    result = lexicon.points(_before_floor(outcome) if isinstance(outcome.node, Deducted) else outcome.number)
    return f"{_arithmetic(outcome, lexicon)} {'' if result.startswith('≈') else '= '}{result}"


def _before_floor(outcome: Outcome) -> Fraction:
    """Return what a deduction leaves before its floor."""
    return outcome.parts[0].number - sum((part.number for part in outcome.parts[1:]), Fraction(0))


def _arithmetic(outcome: Outcome, lexicon: Lexicon) -> str:
    """Return the arithmetic of one node with its numbers in place."""
    node, parts = outcome.node, outcome.parts
    match node:
        case Proportion(points=points, full_at=full_at):
            target = "" if full_at == 1 else f" / {measured(node.of, full_at, lexicon)}"
            return f"{shown(parts[0], lexicon)}{target} × {lexicon.points(points)}"
        case PointsEach(points=points):
            return f"{_counted(node, parts[0], lexicon)} × {lexicon.points(points)}"
        case Deducted():
            return " − ".join(lexicon.number(part.number) for part in parts)
        case Sum():
            return _added(node, parts, lexicon)
        case _:
            return " + ".join(lexicon.number(part.number) for part in parts)


def _counted(node: PointsEach, of: Outcome, lexicon: Lexicon) -> str:
    """Return how many steps a quantity is: 7 hồ sơ, 5 % / 2 %, 12 hồ sơ = 2 bước đủ."""
    value = shown(of, lexicon)
    if node.step == 1 and not node.whole_steps:
        return value
    ratio = f"{value} / {measured(node.of, node.step, lexicon)}"
    whole = lexicon.number(node.steps(of.number))
    return f"{ratio} → {lexicon.say(f'{whole} bước đủ', f'{whole} whole steps')}" if node.whole_steps else ratio


def _added(node: Sum, parts: tuple[Outcome, ...], lexicon: Lexicon) -> str:
    """Return a sum in numbers; terms that take over from one that does not apply stand with their factor."""
    if not any(part.not_applicable for part in parts):
        return " + ".join(lexicon.number(part.number) for part in parts)
    counted = zip(parts, node.multipliers(tuple(not part.not_applicable for part in parts)), strict=True)
    return " + ".join(
        lexicon.number(part.number) + ("" if each == 1 else f" × {_factor(each, lexicon)}") for part, each in counted if each
    )


def _factor(value: Fraction, lexicon: Lexicon) -> str:
    """Return a factor without loss: as a fraction where its decimals have no end."""
    return str(value) if decimal_of(value) is None else lexicon.number(value)
