"""Reading: the rule's own text, as a decision would print it, in Vietnamese and in English."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from functools import singledispatch

from attrs import evolve, frozen

from cchc_rules.exact import format_date, format_number, format_percent
from cchc_rules.model import Fact
from cchc_rules.quantities import Unit
from cchc_rules.rules.tree import (
    AllOf,
    AnyOf,
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
    Maximum,
    Minimum,
    Node,
    Not,
    NotApplicable,
    PointsEach,
    Proportion,
    Ratio,
    Sum,
    WhenNoneArose,
    Within,
)
from cchc_rules.texts import Language, Text


@frozen
class Lexicon:
    """The names of facts and units in one language."""

    facts: Mapping[str, Fact]
    units: Mapping[str, Unit]
    language: Language = "vi"

    def say(self, vi: str, en: str) -> str:
        """Return the words of this language."""
        return vi if self.language == "vi" else en

    def fact(self, fact_id: str) -> str:
        """Return a fact's name."""
        return self.facts[fact_id].label.get(self.language)

    def unit(self, unit_id: str, *, one: bool = False) -> str:
        """Return a unit's name, for one or for any other number."""
        unit = self.units[unit_id]
        return unit.label.vi if self.language == "vi" else (unit.singular if one else unit.label.en)

    def number(self, value: Fraction) -> str:
        """Return a number as this language writes it."""
        return format_number(value, self.language)

    def points(self, value: Fraction) -> str:
        """Return points with their unit."""
        return f"{self.number(value)} {self.say('điểm', 'point' if value == 1 else 'points')}"

    def level(self, fact_id: str, level_id: str) -> str:
        """Return a level's name in quotation marks."""
        name = self.facts[fact_id].level(level_id).label.get(self.language)
        return self.say(f"“{name}”", f"“{name}”")


def rule_text(rule: Node, lexicon: Lexicon) -> Text:
    """Return the wording of a rule in both languages."""
    vi, en = (sentence(word(rule, evolve(lexicon, language=language))) for language in ("vi", "en"))
    return Text(vi, en)


def sentence(words: str) -> str:
    """Return words with a capital first letter and a full stop."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


def word(node: Node, lexicon: Lexicon) -> str:
    """Return the words of one node in the lexicon's language."""
    return _word(node, lexicon)


# ------------------------------------------------------------------ quantities and limits


def measured(of: Node, value: Fraction, lexicon: Lexicon) -> str:
    """Return a value of a quantity with its unit: 33,33 %, 3 ngày, 12 hồ sơ, 15/12/…."""
    match of:
        case Ratio(share=True):
            return format_percent(value, lexicon.language)
        case Ratio():
            return format_percent(value, lexicon.language)
        case DaysLate():
            return f"{lexicon.number(value)} {lexicon.say('ngày', 'day' if value == 1 else 'days')}"
        case FactValue(fact=fact) if lexicon.facts[fact].type == "date":
            return format_date(_date(value), lexicon.language)
        case FactValue(fact=fact):
            unit = lexicon.unit(lexicon.facts[fact].unit, one=value == 1)
            return f"{lexicon.number(value)} {unit}".rstrip()
        case _:
            return lexicon.number(value)


def _date(ordinal: Fraction) -> dt.date:
    return dt.date.fromordinal(int(ordinal))


def limits(of: Node, low: Bound | None, high: Bound | None, lexicon: Lexicon) -> str:
    """Return the words of an interval, each end spelled as strict or not."""
    least = measured(of, low.value, lexicon) if low else ""
    most = measured(of, high.value, lexicon) if high else ""
    if low and high:
        if low.value == high.value:
            return lexicon.say(f"bằng {least}", f"exactly {least}")
        start = lexicon.say("từ" if low.inclusive else "trên", "from" if low.inclusive else "more than")
        end = lexicon.say("đến" if high.inclusive else "đến dưới", "to" if high.inclusive else "to below")
        return f"{start} {least} {end} {most}"
    if low and low.inclusive and low.value == 1 and isinstance(of, Ratio) and of.share:
        return lexicon.say(f"đạt {least}", f"at {least}")  # a share is never above 100 %
    if low:
        return lexicon.say(
            f"từ {least} trở lên" if low.inclusive else f"trên {least}",
            f"at least {least}" if low.inclusive else f"more than {least}",
        )
    if high and high.inclusive and high.value == 0:
        return lexicon.say(f"bằng {most}", f"of {most}")  # a count or a delay is never below 0
    if high:
        return lexicon.say(
            f"không quá {most}" if high.inclusive else f"dưới {most}",
            f"at most {most}" if high.inclusive else f"below {most}",
        )
    return lexicon.say("bất kỳ", "any")


@singledispatch
def _word(node: Node, lexicon: Lexicon) -> str:
    raise TypeError(f"no wording for {type(node).__name__}, {lexicon}")


@_word.register
def _(node: FactValue, lexicon: Lexicon) -> str:
    return lexicon.fact(node.fact)


@_word.register
def _(node: Ratio, lexicon: Lexicon) -> str:
    if node.label:
        return node.label.get(lexicon.language)
    part, whole = word(node.part, lexicon), word(node.whole, lexicon)
    return lexicon.say(f"tỷ lệ giữa {part} và {whole}", f"the ratio of the {part} to the {whole}")


@_word.register
def _(node: DaysLate, lexicon: Lexicon) -> str:
    return lexicon.say(f"số ngày chậm của {lexicon.fact(node.fact)} ({deadline(node, lexicon)})",
                       f"days by which the {lexicon.fact(node.fact)} is late ({deadline(node, lexicon)})")


def lateness_limits(node: DaysLate, low: Bound | None, high: Bound | None, lexicon: Lexicon) -> str:
    """Return an interval of days late in words: in time as the deadline, else late by so many days."""
    if low is None and high is not None and high.value == 0:
        return deadline(node, lexicon)
    late = limits(node, low, high, lexicon)
    return lexicon.say(f"chậm {late}", f"late by {late}")


def deadline(node: DaysLate, lexicon: Lexicon) -> str:
    """Return the deadline as the source spells it: before a day, or up to and including it."""
    if node.excluded:
        day = format_date(node.last_day + dt.timedelta(days=1), lexicon.language)
        return lexicon.say(f"trước ngày {day}", f"before {day}")
    day = format_date(node.last_day, lexicon.language)
    return lexicon.say(f"chậm nhất ngày {day}", f"no later than {day}")


# ------------------------------------------------------------------ points


@_word.register
def _(node: Constant, lexicon: Lexicon) -> str:
    return lexicon.points(node.value)


@_word.register
def _(node: Proportion, lexicon: Lexicon) -> str:
    of = word(node.of, lexicon)
    target = "" if node.full_at == 1 else f" / {measured(node.of, node.full_at, lexicon)}"
    return lexicon.say(f"điểm = {of}{target} × {lexicon.points(node.points)}",
                       f"points = {of}{target} × {lexicon.points(node.points)}")


@_word.register
def _(node: PointsEach, lexicon: Lexicon) -> str:
    unit = _unit_of(node.of, lexicon)
    return lexicon.say(f"mỗi {unit} ({word(node.of, lexicon)}) được {lexicon.points(node.points)}",
                       f"{lexicon.points(node.points)} for each of the {unit} ({word(node.of, lexicon)})")


def _unit_of(node: Node, lexicon: Lexicon) -> str:
    """Return the unit that a quantity is counted in, for "each …"."""
    if isinstance(node, FactValue):
        return lexicon.unit(lexicon.facts[node.fact].unit) or lexicon.say("đơn vị", "units")
    return lexicon.say("đơn vị", "units")


@_word.register
def _(node: Sum, lexicon: Lexicon) -> str:
    return lexicon.say("cộng điểm các nội dung: ", "the sum of: ") + "; ".join(_term(term, lexicon) for term in node.terms)


def _term(node: Node, lexicon: Lexicon) -> str:
    """Return one term of a sum; that an item which is not there gives nothing goes without saying."""
    match node:
        case Choice(branches=(Branch(when=IsTrue() as flag, then=then),), otherwise=Constant(value=0)):
            return f"{word(flag, lexicon)}: {word(then, lexicon)}"
        case _:
            return word(node, lexicon)


@_word.register
def _(node: Minimum, lexicon: Lexicon) -> str:
    caps = [each for each in node.of if isinstance(each, Constant)]
    others = [each for each in node.of if not isinstance(each, Constant)]
    if len(caps) == 1 and len(others) == 1:
        cap = lexicon.points(caps[0].value)
        return lexicon.say(f"{word(others[0], lexicon)}, tối đa {cap}", f"{word(others[0], lexicon)}, at most {cap}")
    listed = "; ".join(word(each, lexicon) for each in node.of)
    return lexicon.say(f"số nhỏ nhất trong: {listed}", f"the least of: {listed}")


@_word.register
def _(node: Maximum, lexicon: Lexicon) -> str:
    listed = "; ".join(word(each, lexicon) for each in node.of)
    return lexicon.say(f"số lớn nhất trong: {listed}", f"the greatest of: {listed}")


@_word.register
def _(node: Deducted, lexicon: Lexicon) -> str:
    taken = "; ".join(_deduction(each, lexicon) for each in node.less)
    floor = lexicon.points(node.floor)
    return lexicon.say(f"{word(node.start, lexicon)}, {taken}; còn lại không dưới {floor}",
                       f"{word(node.start, lexicon)}, {taken}; not below {floor}")


def _deduction(node: Node, lexicon: Lexicon) -> str:
    if isinstance(node, PointsEach):
        unit, points = _unit_of(node.of, lexicon), lexicon.points(node.points)
        return lexicon.say(f"trừ {points} cho mỗi {unit} ({word(node.of, lexicon)})",
                           f"less {points} for each of the {unit} ({word(node.of, lexicon)})")
    return lexicon.say(f"trừ {word(node, lexicon)}", f"less {word(node, lexicon)}")


@_word.register
def _(node: LevelPoints, lexicon: Lexicon) -> str:
    marks = "; ".join(f"{lexicon.level(node.fact, level)}: {lexicon.points(points)}" for level, points in node.marks)
    how = lexicon.say(", đánh giá theo mức", ", judged by level") if node.judged else ""
    return f"{lexicon.fact(node.fact)}{how}: {marks}"


@_word.register
def _(node: Choice, lexicon: Lexicon) -> str:
    over = quantity_of(node)
    if isinstance(over, DaysLate):
        return _timeliness(node, over, lexicon)
    lines = [_branch(index, node, over, lexicon) for index in range(len(node.branches))]
    if node.otherwise is not None:
        lines.append(lexicon.say("còn lại", "otherwise") + f": {word(node.otherwise, lexicon)}")
    return (f"{word(over, lexicon)} " if over else "") + "; ".join(lines)


def quantity_of(node: Choice) -> Node | None:
    """Return the one quantity that all branches of a choice compare, if there is one."""
    compared = {branch.when.of if isinstance(branch.when, Within) else None for branch in node.branches}
    return compared.pop() if len(compared) == 1 else None


def _branch(index: int, node: Choice, over: Node | None, lexicon: Lexicon) -> str:
    """Return one line of a choice; the quantity is named once, before the first."""
    branch = node.branches[index]
    if over is None:
        return f"{word(branch.when, lexicon)}: {word(branch.then, lexicon)}"
    low, high = effective_limits(node, index)
    return f"{limits(over, low, high, lexicon)}: {word(branch.then, lexicon)}"


def _timeliness(node: Choice, over: DaysLate, lexicon: Lexicon) -> str:
    """Return a choice over days late as a clerk would say it: in time, late by so many days, later."""
    lines = []
    for index, branch in enumerate(node.branches):
        low, high = effective_limits(node, index)
        when = lateness_limits(over, None if low and low.value == 0 else low, high, lexicon)
        lines.append(f"{when}: {word(branch.then, lexicon)}")
    if node.otherwise is not None:
        lines.append(lexicon.say("chậm hơn", "later") + f": {word(node.otherwise, lexicon)}")
    return f"{lexicon.fact(over.fact)} " + "; ".join(lines)


def effective_limits(node: Choice, index: int) -> tuple[Bound | None, Bound | None]:
    """Return a branch's interval; in a cascade of one-sided limits, less what the earlier ones have taken."""
    low, high = _ends(node, index)
    earlier = [_ends(node, before) for before in range(index)]
    if low and not high:
        taken = [start for start, end in earlier if start and not end and start.value > low.value]
        high = _complement(min(taken, key=lambda bound: bound.value)) if taken else None
    elif high and not low:
        taken = [end for start, end in earlier if end and not start and end.value < high.value]
        low = _complement(max(taken, key=lambda bound: bound.value)) if taken else None
    return low, high


def _ends(node: Choice, index: int) -> tuple[Bound | None, Bound | None]:
    when = node.branches[index].when
    return (when.low, when.high) if isinstance(when, Within) else (None, None)


def _complement(bound: Bound) -> Bound:
    """Return the end at which another interval leaves off."""
    return Bound(bound.value, not bound.inclusive)


@_word.register
def _(node: WhenNoneArose, lexicon: Lexicon) -> str:
    whole = word(node.whole, lexicon)
    return lexicon.say(
        f"{word(node.otherwise, lexicon)}. Trường hợp không phát sinh ({whole} bằng 0): {word(node.then, lexicon)}",
        f"{word(node.otherwise, lexicon)}. Where nothing arose ({whole} is 0): {word(node.then, lexicon)}",
    )


@_word.register
def _(_node: NotApplicable, lexicon: Lexicon) -> str:
    return lexicon.say("không áp dụng", "not applicable")


@_word.register
def _(node: Computed, lexicon: Lexicon) -> str:
    return node.description.get(lexicon.language)


# ------------------------------------------------------------------ conditions


@_word.register
def _(node: Within, lexicon: Lexicon) -> str:
    return f"{word(node.of, lexicon)} {limits(node.of, node.low, node.high, lexicon)}"


@_word.register
def _(node: IsTrue, lexicon: Lexicon) -> str:
    return lexicon.fact(node.fact)


@_word.register
def _(node: AllOf, lexicon: Lexicon) -> str:
    return lexicon.say("đạt đồng thời: ", "all of: ") + lexicon.say(" và ", " and ").join(word(each, lexicon) for each in node.of)


@_word.register
def _(node: AnyOf, lexicon: Lexicon) -> str:
    return lexicon.say("đạt ít nhất một: ", "any of: ") + lexicon.say(" hoặc ", " or ").join(
        word(each, lexicon) for each in node.of
    )


@_word.register
def _(node: Not, lexicon: Lexicon) -> str:
    return lexicon.say(f"không ({word(node.of, lexicon)})", f"not ({word(node.of, lexicon)})")
