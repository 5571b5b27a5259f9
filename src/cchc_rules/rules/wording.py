"""Reading: the rule's own text, as a decision would print it, in Vietnamese and in English.

The wording is canonical: it says everything that the value depends on, always in the same words, and puts
square brackets around a rule that stands inside another, so that it can be read back.
"""

from attrs import evolve

from cchc_rules.base.texts import Text
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.limits import deadline, lateness_limits, limits, measured
from cchc_rules.rules.tree import (
    Bound,
    Branch,
    Choice,
    Computed,
    Constant,
    DaysLate,
    Deducted,
    FactValue,
    IsTrue,
    LevelPoints,
    Mark,
    Maximum,
    Minimum,
    Node,
    NotApplicable,
    PointsEach,
    Proportion,
    Ratio,
    Sum,
    WhenNoneArose,
    Within,
    is_quantity,
)
from cchc_rules.rules.words import compared, name, total, word

__all__ = [
    "Lexicon", "deadline", "effective_limits", "lateness_limits", "limits", "measured", "name", "quantity_of",
    "rule_text", "sentence", "word",
]


def rule_text(rule: Node, lexicon: Lexicon) -> Text:
    """Return the wording of a rule in both languages."""
    vi, en = (sentence(word(rule, evolve(lexicon, language=language))) for language in ("vi", "en"))
    return Text(vi, en)


def sentence(words: str) -> str:
    """Return words with a capital first letter and a full stop."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


# ------------------------------------------------------------------ points


@word.register
def _(node: Constant, lexicon: Lexicon) -> str:
    return lexicon.points(node.value)


@word.register
def _(node: Proportion, lexicon: Lexicon) -> str:
    of = word(node.of, lexicon)
    target = "" if node.full_at == 1 else f" / {measured(node.of, node.full_at, lexicon)}"
    return lexicon.say(f"điểm = {of}{target} × {lexicon.points(node.points)}",
                       f"points = {of}{target} × {lexicon.points(node.points)}")


@word.register
def _(node: PointsEach, lexicon: Lexicon) -> str:
    each, points = _each(node, lexicon), lexicon.points(node.points)
    return lexicon.say(f"mỗi {each} được {points}{_unfinished(node, lexicon)}",
                       f"{points} for each {each}{_unfinished(node, lexicon)}")


def _each(node: PointsEach, lexicon: Lexicon) -> str:
    """Return what points are counted for: each unit of a number, or each step of a quantity."""
    of = word(node.of, lexicon)
    if not _by_unit(node):
        return f"{measured(node.of, node.step, lexicon)} ({of})"
    unit = _unit_of(node.of, lexicon)
    return lexicon.say(f"{unit} ({of})", f"of the {unit} ({of})")


def _by_unit(node: PointsEach) -> bool:
    """Return whether the step is just one of what is counted."""
    return node.step == 1 and not any(isinstance(each, Ratio | DaysLate) for each in node.of.walk())


def _unfinished(node: PointsEach, lexicon: Lexicon) -> str:
    """Return what becomes of an unfinished step; in proportion goes without saying where units are counted."""
    if node.whole_steps:
        return lexicon.say(", phần lẻ không tính", ", whole steps only")
    return "" if _by_unit(node) else lexicon.say(", phần lẻ tính theo tỷ lệ", ", in proportion")


def _unit_of(node: Node, lexicon: Lexicon) -> str:
    """Return the unit that a quantity is counted in, for "each …"."""
    fact = next((each.fact for each in node.walk() if isinstance(each, FactValue)), None)
    unit = lexicon.unit(lexicon.facts[fact].unit) if fact else ""
    return unit or lexicon.say("đơn vị", "units")


@word.register
def _(node: Sum, lexicon: Lexicon) -> str:
    if is_quantity(node):
        return total(node, lexicon)
    if _is_base_and_steps(node):
        added = ", ".join(_counted(term, lexicon, lexicon.say("cộng", "plus")) for term in node.terms[1:])
        return f"{word(node.terms[0], lexicon)}, {added}"
    if node.full:
        lines = [_numbered(index, node, lexicon) for index in range(len(node.terms))]
    else:
        lines = [_term(term, lexicon) for term in node.terms]
    return f"{lexicon.say('cộng điểm các nội dung', 'the sum of')}{_missing_terms(node, lexicon)}: {'; '.join(lines)}"


def _is_base_and_steps(node: Sum) -> bool:
    """Return whether a sum is so many points and more for each step."""
    first, *others = node.terms
    return isinstance(first, Constant) and bool(others) and all(isinstance(each, PointsEach) for each in others)


def _counted(node: Node, lexicon: Lexicon, sign: str) -> str:
    """Return points added or taken off for each step."""
    if not isinstance(node, PointsEach):
        return f"{sign} {nested(node, lexicon)}"
    points, each, rest = lexicon.points(node.points), _each(node, lexicon), _unfinished(node, lexicon)
    return lexicon.say(f"{sign} {points} cho mỗi {each}{rest}", f"{sign} {points} for each {each}{rest}")


def _numbered(index: int, node: Sum, lexicon: Lexicon) -> str:
    """Return one term of a sum with its own maximum."""
    most, term = lexicon.points(node.full[index]), nested(node.terms[index], lexicon)
    return lexicon.say(f"({index + 1}) tối đa {most}: {term}", f"({index + 1}) at most {most}: {term}")


def _missing_terms(node: Sum, lexicon: Lexicon) -> str:
    """Return what becomes of terms that do not apply, where that is not the whole sum's end."""
    match node.when_not_applicable:
        case "award_zero":
            return lexicon.say(" (nội dung không áp dụng được 0 điểm)", " (a term that does not apply gives 0 points)")
        case "rescale":
            return lexicon.say(" (nội dung không áp dụng thì quy đổi theo điểm tối đa của các nội dung còn lại)",
                               " (where a term does not apply, the others are scaled up to the full points)")
        case "share_out":
            return lexicon.say(" (điểm của nội dung không áp dụng chia đều cho các nội dung còn lại)",
                               " (the points of a term that does not apply are shared equally among the others)")
        case _:
            return ""


def _term(node: Node, lexicon: Lexicon) -> str:
    """Return one term of a sum; that an item which is not there gives nothing goes without saying."""
    match node:
        case Choice(branches=(Branch(when=IsTrue() as flag, then=Constant() as then),), otherwise=Constant(value=0)):
            return f"{word(flag, lexicon)}: {word(then, lexicon)}"
        case _:
            return nested(node, lexicon)


def nested(node: Node, lexicon: Lexicon) -> str:
    """Return the words of a rule that stands inside another: in brackets where it has parts of its own."""
    words = word(node, lexicon)
    return f"[{words}]" if _has_parts(node) else words


def _has_parts(node: Node) -> bool:
    match node:
        case Sum():
            return not (is_quantity(node) or _is_base_and_steps(node))
        case Minimum(of=(Constant(), other)):
            return _has_parts(other)
        case Choice() | Deducted() | WhenNoneArose() | LevelPoints() | Minimum() | Maximum() | Computed():
            return True
        case _:
            return False


@word.register
def _(node: Minimum, lexicon: Lexicon) -> str:
    match node.of:
        case (Constant() as cap, other):
            most = lexicon.points(cap.value)
            return lexicon.say(f"{nested(other, lexicon)}, tối đa {most}", f"{nested(other, lexicon)}, at most {most}")
        case _:
            return lexicon.say("số nhỏ nhất trong: ", "the least of: ") + _options(node.of, lexicon)


@word.register
def _(node: Maximum, lexicon: Lexicon) -> str:
    return lexicon.say("số lớn nhất trong: ", "the greatest of: ") + _options(node.of, lexicon)


def _options(nodes: tuple[Node, ...], lexicon: Lexicon) -> str:
    return "; ".join(f"({index}) {nested(each, lexicon)}" for index, each in enumerate(nodes, 1))


@word.register
def _(node: Deducted, lexicon: Lexicon) -> str:
    taken = "; ".join(_counted(each, lexicon, lexicon.say("trừ", "less")) for each in node.less)
    floor = lexicon.points(node.floor)
    return lexicon.say(f"{nested(node.start, lexicon)}, {taken}; còn lại không dưới {floor}",
                       f"{nested(node.start, lexicon)}, {taken}; not below {floor}")


@word.register
def _(node: Mark, lexicon: Lexicon) -> str:
    fact, high, step = lexicon.fact(node.fact), lexicon.points(node.high), lexicon.points(node.step)
    return lexicon.say(f"{fact}, chấm từ 0 đến {high} theo bước {step}", f"{fact}, marked from 0 to {high} in steps of {step}")


@word.register
def _(node: LevelPoints, lexicon: Lexicon) -> str:
    marks = "; ".join(f"{lexicon.level(node.fact, level)}: {lexicon.points(points)}" for level, points in node.marks)
    how = lexicon.say(", đánh giá theo mức", ", judged by level") if node.judged else ""
    return f"{lexicon.fact(node.fact)}{how}: {marks}"


@word.register
def _(node: Choice, lexicon: Lexicon) -> str:
    over = quantity_of(node)
    if isinstance(over, DaysLate):
        return _timeliness(node, over, lexicon)
    lines = [_branch(index, node, over, lexicon) for index in range(len(node.branches))]
    if node.otherwise is not None:
        lines.append(lexicon.say("còn lại", "otherwise") + f": {nested(node.otherwise, lexicon)}")
    return (f"{word(over, lexicon)} " if over else "") + "; ".join(lines)


def quantity_of(node: Choice) -> Node | None:
    """Return the one quantity that all branches of a choice compare, if there is one."""
    found = {compared(branch.when.of) if isinstance(branch.when, Within) else None for branch in node.branches}
    return found.pop() if len(found) == 1 else None


def _branch(index: int, node: Choice, over: Node | None, lexicon: Lexicon) -> str:
    """Return one line of a choice; the quantity is named once, before the first."""
    branch = node.branches[index]
    if over is None:
        return f"{word(branch.when, lexicon)}: {nested(branch.then, lexicon)}"
    assert isinstance(branch.when, Within)  # else there is no one quantity
    low, high = effective_limits(node, index)
    return f"{limits(branch.when.of, low, high, lexicon)}: {nested(branch.then, lexicon)}"


def _timeliness(node: Choice, over: DaysLate, lexicon: Lexicon) -> str:
    """Return a choice over days late as a clerk would say it: in time, late by so many days, later."""
    lines = []
    for index, branch in enumerate(node.branches):
        low, high = effective_limits(node, index)
        when = lateness_limits(over, None if low and low.value == 0 else low, high, lexicon)
        lines.append(f"{when}: {nested(branch.then, lexicon)}")
    if node.otherwise is not None:
        lines.append(lexicon.say("chậm hơn", "later") + f": {nested(node.otherwise, lexicon)}")
    return f"{lexicon.fact(over.fact)} " + "; ".join(lines)


def effective_limits(node: Choice, index: int) -> tuple[Bound | None, Bound | None]:
    """Return a branch's interval; in a cascade of one-sided limits, less what the earlier ones have taken."""
    low, high = _ends(node, index)
    earlier = [_ends(node, before) for before in range(index) if _same_quantity(node, before, index)]
    if low and not high:
        taken = [start for start, end in earlier if start and not end and start.value > low.value]
        high = _complement(min(taken, key=lambda bound: bound.value)) if taken else None
    elif high and not low:
        taken = [end for start, end in earlier if end and not start and end.value < high.value]
        low = _complement(max(taken, key=lambda bound: bound.value)) if taken else None
    return low, high


def _same_quantity(node: Choice, *indexes: int) -> bool:
    """Return whether two branches set limits on the same quantity, thresholds that are facts included."""
    conditions = [node.branches[index].when for index in indexes]
    return len({condition.of for condition in conditions if isinstance(condition, Within)}) == 1


def _ends(node: Choice, index: int) -> tuple[Bound | None, Bound | None]:
    when = node.branches[index].when
    return (when.low, when.high) if isinstance(when, Within) else (None, None)


def _complement(bound: Bound) -> Bound:
    """Return the end at which another interval leaves off."""
    return Bound(bound.value, not bound.inclusive)


@word.register
def _(node: WhenNoneArose, lexicon: Lexicon) -> str:
    whole = word(node.whole, lexicon)
    return lexicon.say(
        f"{word(node.otherwise, lexicon)}. Trường hợp không phát sinh ({whole} bằng 0): {nested(node.then, lexicon)}",
        f"{word(node.otherwise, lexicon)}. Where nothing arose ({whole} is 0): {nested(node.then, lexicon)}",
    )


NOT_APPLICABLE = {
    "": Text("không áp dụng", "not applicable"),
    "leave_out": Text("không áp dụng, giữ nguyên điểm tối đa", "not applicable, the maximum unchanged"),
    "leave_out_of_both_sides": Text("không áp dụng, không tính vào cả điểm đạt và điểm tối đa",
                                    "not applicable, left out of both the points and the maximum"),
    "rescale_group": Text("không áp dụng, quy đổi các tiêu chí còn lại trong nhóm theo điểm tối đa của nhóm",
                          "not applicable, the other criteria of the group scaled up to the group's maximum"),
    "share_out": Text("không áp dụng, chia đều điểm cho các tiêu chí còn lại trong nhóm",
                      "not applicable, its points shared equally among the other criteria of the group"),
    "same_situation": Text("không áp dụng, chỉ so sánh với các đơn vị cùng hoàn cảnh",
                           "not applicable, compared only with units in the same situation"),
}
"""What becomes of a criterion that does not apply, by policy; ``""`` leaves it to the method."""


@word.register
def _(node: NotApplicable, lexicon: Lexicon) -> str:
    return NOT_APPLICABLE[node.policy].get(lexicon.language)


@word.register
def _(node: Computed, lexicon: Lexicon) -> str:
    return node.description.get(lexicon.language)


