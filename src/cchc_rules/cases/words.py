"""Obligations and results in words, as a person reads them in a table, on a page or as the name of a case."""

from fractions import Fraction

from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Language, Text
from cchc_rules.cases.combinations import Joint
from cchc_rules.cases.obligations import Obligation
from cchc_rules.model import Criterion, Edition, State
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.limits import measured
from cchc_rules.rules.tree import (
    Choice,
    DaysLate,
    Deducted,
    LevelPoints,
    Maximum,
    Minimum,
    Node,
    PointsEach,
    WhenNoneArose,
)
from cchc_rules.rules.words import name, word

STATES: dict[str, Text] = {
    State.SCORED.value: Text("được chấm", "scored"),
    State.NOT_APPLICABLE.value: Text("không áp dụng", "not applicable"),
    State.NO_EVIDENCE.value: Text("chưa có số liệu", "no evidence"),
    State.NEEDS_JUDGEMENT.value: Text("chờ người chấm", "needs judgement"),
    State.WAITING.value: Text("chờ số liệu khác", "waiting"),
    State.ERROR.value: Text("lỗi", "error"),
}


JOINT: dict[str, Text] = {
    "parts_full": Text("các tiêu chí thành phần cho trọn điểm tối đa", "the sub-criteria give all points"),
    "parts_partial": Text("các tiêu chí thành phần cho một phần điểm", "the sub-criteria give some of the points"),
    "parts_nothing": Text("các tiêu chí thành phần không cho điểm nào", "the sub-criteria give no points"),
    "parts_cut": Text("các tiêu chí thành phần vượt điểm tối đa, phần vượt không tính", "the sub-criteria come to more than the maximum, which caps them"),
    "all_in_full": Text("mọi tiêu chí thành phần đạt tối đa", "every sub-criterion is in full"),
    "only_short": Text("chỉ {part} chưa đạt tối đa", "only {part} is not in full"),
    "only_full": Text("chỉ {part} đạt tối đa", "only {part} is in full"),
    "none_full": Text("không tiêu chí thành phần nào đạt tối đa", "no sub-criterion is in full"),
    "enough_full": Text("vừa đủ số tiêu chí thành phần đạt tối đa", "just enough sub-criteria are in full"),
    "one_too_few": Text("thiếu một tiêu chí thành phần đạt tối đa", "one sub-criterion too few is in full"),
    "part_decides": Text("điểm do {part} quyết định", "{part} decides"),
    "part_leaves": Text("một tiêu chí thành phần không áp dụng", "a sub-criterion does not apply"),
    "none_applies": Text("không tiêu chí thành phần nào áp dụng", "no sub-criterion applies"),
    "part_open": Text("có tiêu chí thành phần chưa có số liệu, chưa kết luận được", "a sub-criterion is not known, nor is the whole"),
    "prerequisite_met": Text("đạt điều kiện tiên quyết {part}", "the prerequisite {part} is met"),
    "prerequisite_unmet": Text("không đạt điều kiện tiên quyết {part} nên mất điểm", "the prerequisite {part} is not met, which takes the points"),
    "prerequisite_open": Text("chưa biết điều kiện tiên quyết {part}", "the prerequisite {part} is not known"),
}
"""Outcomes of criteria taken together; ``{part}`` is the one that they turn on."""
COMBINATIONS: dict[str, Text] = {
    "sum": Text("Cộng điểm các tiêu chí thành phần", "The sum of the sub-criteria"),
    "all": Text("Được {most} nếu mọi tiêu chí thành phần đạt tối đa, nếu không thì 0 điểm", "{most} if every sub-criterion is in full, else none"),
    "any": Text("Được {most} nếu ít nhất một tiêu chí thành phần đạt tối đa, nếu không thì 0 điểm", "{most} if any sub-criterion is in full, else none"),
    "n_of": Text("Được {most} nếu ít nhất {number} tiêu chí thành phần đạt tối đa, nếu không thì 0 điểm",
                 "{most} if at least {number} sub-criteria are in full, else none"),
    "minimum": Text("Lấy điểm thấp nhất trong các tiêu chí thành phần, không quá {most}", "The least of the sub-criteria, at most {most}"),
    "maximum": Text("Lấy điểm cao nhất trong các tiêu chí thành phần, không quá {most}", "The best of the sub-criteria, at most {most}"),
}


def combination_words(criterion: Criterion, edition: Edition, lexicon: Lexicon) -> str:
    """Return how a parent gets its points from its parts, named by their numbers; "" for what has no parts."""
    numbers = ", ".join(each.number for each in edition.children(criterion.id))
    if not numbers:
        return ""
    most = Fraction(criterion.max_points)
    said = COMBINATIONS[criterion.combine].get(lexicon.language).format(most=lexicon.points(most), number=criterion.at_least)
    cut = lexicon.say(f", không quá {lexicon.points(most)}", f", at most {lexicon.points(most)}") if criterion.capped else ""
    return f"{said}{cut} ({numbers})."


def obligation_words(each: Obligation | Joint, lexicon: Lexicon) -> str:
    """Return one outcome as the condition that it sets: what has to be tried."""
    say = lexicon.say
    if isinstance(each, Joint):
        part = f"{each.part.number} “{each.part.label.get(lexicon.language)}”" if each.part else ""
        return JOINT[each.kind].get(lexicon.language).format(part=part)
    match each.kind, each.node:
        case "applies", node:
            return say(f"tiêu chí áp dụng: {word(node, lexicon)}", f"the criterion applies: {word(node, lexicon)}")
        case "does_not_apply", node:
            return say(f"tiêu chí không áp dụng: trái với “{word(node, lexicon)}”", f"the criterion does not apply: not {word(node, lexicon)}")
        case "full", _:
            return say("đạt trọn điểm tối đa", "all points")
        case "partial", _:
            return say("đạt một phần điểm", "some of the points")
        case "nothing", _:
            return say("không được điểm nào", "no points")
        case "branch", Choice(branches=branches):
            if each.index == len(branches):
                return say(f"không thuộc mức nào: {_short(each.node, lexicon)}", f"none of the bands: {_short(each.node, lexicon)}")
            return word(branches[each.index].when, lexicon)
        case "none_arose", WhenNoneArose(whole=whole):
            return say(f"không phát sinh: {word(whole, lexicon)} bằng 0", f"nothing arose: the {word(whole, lexicon)} is 0")
        case "some_arose", WhenNoneArose(whole=whole):
            return say(f"có phát sinh: {word(whole, lexicon)} khác 0", f"something arose: the {word(whole, lexicon)} is not 0")
        case "below" | "at" | "above", of:
            return _beside_bound(each, of, lexicon)
        case "holds", node:
            return say(f"có: {word(node, lexicon)}", f"yes: {word(node, lexicon)}")
        case "fails", node:
            return say(f"không: {word(node, lexicon)}", f"no: {word(node, lexicon)}")
        case "decides", Minimum(of=of) | Maximum(of=of):
            return say(f"kết quả do phần “{word(of[each.index], lexicon)}” quyết định", f"decided by: {word(of[each.index], lexicon)}")
        case "level", LevelPoints(fact=fact, marks=marks):
            return f"{lexicon.fact(fact)}: {lexicon.level(fact, marks[each.index][0])}"
        case "unfinished", PointsEach(of=of, step=step):
            return say(f"{name(of, lexicon)} có phần lẻ chưa đủ {measured(of, step, lexicon)}",
                       f"{name(of, lexicon)} with an unfinished step of {measured(of, step, lexicon)}")
        case "first_step", PointsEach(of=of, step=step):
            return say(f"{name(of, lexicon)} đúng một bước {measured(of, step, lexicon)}", f"{name(of, lexicon)} exactly one step of {measured(of, step, lexicon)}")
        case "before_first_step", PointsEach(of=of, step=step):
            return say(f"{name(of, lexicon)} ngay dưới một bước {measured(of, step, lexicon)}", f"{name(of, lexicon)} just below one step of {measured(of, step, lexicon)}")
        case "missing", _:
            return say(f"thiếu số liệu “{lexicon.fact(each.fact)}”", f"missing: {lexicon.fact(each.fact)}")
        case _:
            return _amount(each, lexicon)


def _amount(each: Obligation, lexicon: Lexicon) -> str:
    say = lexicon.say
    match each.kind, each.node:
        case "nothing_off", _:
            return say("không bị trừ điểm", "no points taken off")
        case "some_off", _:
            return say("bị trừ một phần điểm", "some points taken off")
        case "floor", Deducted(floor=floor):
            return say(f"bị trừ đến mức thấp nhất {lexicon.points(floor)}", f"points taken off down to {lexicon.points(floor)}")
        case "near_cap", _:
            return say("còn chưa đầy một bước, hoặc đúng một bước, thì tới điểm tối đa", "within one step of the cap")
        case "beyond_cap", _:
            return say("tính ra quá điểm tối đa, phần vượt không tính", "more than the cap, which cuts it")
        case "near_floor", Deducted(floor=floor):
            return say(f"còn chưa đầy một bước, hoặc đúng một bước, thì tới mức thấp nhất {lexicon.points(floor)}", f"within one step of {lexicon.points(floor)}")
        case "beyond_floor", Deducted(floor=floor):
            return say(f"bị trừ quá mức thấp nhất {lexicon.points(floor)}, phần quá không tính", f"points taken off beyond {lexicon.points(floor)}, which stops it")
        case "mark_zero", _:
            return say("điểm chấm thấp nhất", "the lowest mark")
        case "mark_full", _:
            return say("điểm chấm cao nhất", "the highest mark")
        case _:
            return say("hàm tính của plugin cho kết quả", "the plugin's computation has a result")


def _beside_bound(each: Obligation, of: Node, lexicon: Lexicon) -> str:
    """Return that a quantity lies just below, at or just above a bound."""
    bound = measured(of, each.value, lexicon)
    side = {"below": ("ngay dưới", "just below"), "at": ("đúng bằng", "exactly"), "above": ("ngay trên", "just above")}[each.kind]
    late = lexicon.say("chậm ", "late by ") if isinstance(of, DaysLate) else ""
    return f"{name(of, lexicon)} {late}{lexicon.say(*side)} {bound}"


def _short(node: Node, lexicon: Lexicon) -> str:
    """Return what a choice looks at first."""
    assert isinstance(node, Choice)  # only choices have branches
    return word(node.branches[0].when, lexicon).join(("“", "”"))


def exact_words(value: Fraction, language: Language) -> str:
    """Return exact points: as a decimal where a short one says all, else as a fraction."""
    said = format_number(value, language)
    return said if "≈" not in said else f"{value.numerator}/{value.denominator}"


def result_words(state: str, points: Fraction | None, language: Language) -> str:
    """Return points, or the state that has none."""
    if state != State.SCORED.value or points is None:
        return STATES[state].get(language)
    said = exact_words(points, language)
    return f"{said} điểm" if language == "vi" else f"{said} point{'' if points == 1 else 's'}"
