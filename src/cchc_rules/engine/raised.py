"""Where the points of what does not apply went, told for the criterion that left them and for those that have them now."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from cchc_rules.base.exact import format_exact, format_number
from cchc_rules.base.texts import LANGUAGES, Text
from cchc_rules.engine.leaving import RESCALED, SHARED
from cchc_rules.model import State
from cchc_rules.scorecard import Score

WHERE_POINTS_WENT: dict[str, Text] = {
    "leave_out": Text("Không áp dụng: không có điểm, điểm tối đa vẫn tính.", "Does not apply: no points, and its maximum stays."),
    "leave_out_of_both_sides": Text("Không áp dụng: bỏ ra khỏi cả điểm và điểm tối đa.", "Does not apply: left out of points and maximum."),
    "same_situation": Text("Không áp dụng: bỏ ra khỏi cả điểm và điểm tối đa; xếp hạng riêng các đơn vị cùng tình huống.",
                           "Does not apply: left out of points and maximum; the unit is ranked among those in the same situation."),
    RESCALED: Text("Không áp dụng: điểm tối đa chuyển cho các tiêu chí còn lại của nhóm, theo tỷ lệ.",
                   "Does not apply: its maximum goes to the rest of its group, in proportion."),
    SHARED: Text("Không áp dụng: điểm tối đa chia đều cho các tiêu chí còn lại của nhóm.",
                 "Does not apply: its maximum is shared equally among the rest of its group."),
    "": Text("Không áp dụng.", "Does not apply."),
}


def raised(score: Score, scores: Sequence[Score]) -> Iterator[Text]:
    """Yield that a maximum was raised by what others left to it; ``scores`` are those of the field."""
    if raised_by(score) != 1 and score.state is not State.NOT_APPLICABLE:
        yield _raised(score, scores)


def afterwards(score: Score, scores: Sequence[Score]) -> Iterator[Text]:
    """Yield where the points of what does not apply went, or what points count for in a group that was scaled up."""
    if score.state is State.NOT_APPLICABLE:
        yield _left(score, scores)
        return
    factor = scaled_by(score, scores)
    if factor != 1 and score.account.exact is not None and score.criterion.kind == "regular":
        yield _scaled(score, factor, scores)


def raised_by(score: Score) -> Fraction:
    """Return how far points that were shared out have raised a criterion's maximum; 1 where none were."""
    printed, maximum = Fraction(score.criterion.max_points), score.account.maximum
    return maximum / printed if score.criterion.kind == "regular" and printed and maximum > printed else Fraction(1)


def _left(score: Score, scores: Sequence[Score]) -> Text:
    """Return where the points of what does not apply went, by name where they went to some."""
    said = WHERE_POINTS_WENT[score.policy]
    to = [each for each in _siblings(score, scores) if each.state is not State.NOT_APPLICABLE] if score.policy in (SHARED, RESCALED) else []
    listed = ", ".join(each.criterion.number for each in to)
    return Text(f"{said.vi.removesuffix('.')}: {listed}.", f"{said.en.removesuffix('.')}: {listed}.") if listed else said


def _raised(score: Score, scores: Sequence[Score]) -> Text:
    """Return from where to where a maximum was raised, by whom, and what that makes of the points."""
    printed, maximum = score.criterion.max_points, score.account.maximum
    why = _leaving(score, scores, SHARED)
    points = score.unrounded if score.criterion.form is not None else None
    vi, en = ("" if points is None else f"; {format_exact(points, language)} × {format_exact(maximum, language)}/{format_number(printed, language)}"
              f" = {format_exact(points * raised_by(score), language)}" for language in LANGUAGES)
    return Text(f"Điểm tối đa tăng từ {format_number(printed, 'vi')} lên {format_number(maximum, 'vi')} do {why} không áp dụng{vi}.",
                f"The maximum rises from {format_number(printed, 'en')} to {format_number(maximum, 'en')} since {why} does not apply{en}.")


def _scaled(score: Score, factor: Fraction, scores: Sequence[Score]) -> Text:
    """Return what a criterion's points count for in a group that was scaled up."""
    why = _leaving(score, scores, RESCALED)
    account = score.account
    assert account.exact is not None  # the caller has looked
    vi, en = (f"{format_number(account.exact * factor, language)}/{format_number(account.maximum * factor, language)}" for language in LANGUAGES)
    by_vi, by_en = (f" {why} không áp dụng", f" {why} does not apply") if why else (" nhóm cấp trên được quy đổi", " the group above is scaled")
    return Text(f"Quy đổi nhóm do{by_vi}: tính vào lĩnh vực {vi} điểm.", f"The group is scaled since{by_en}: {en} points count in the field.")


def _leaving(score: Score, scores: Sequence[Score], policy: str) -> str:
    return ", ".join(each.criterion.number for each in _siblings(score, scores) if each.policy == policy)


def _siblings(score: Score, scores: Sequence[Score]) -> list[Score]:
    """Return the other regular criteria of a criterion's group."""
    return [each for each in scores if each.criterion.parent == score.criterion.parent and each.id != score.id and each.criterion.kind == "regular"]


def scaled_by(score: Score, scores: Sequence[Score]) -> Fraction:
    """Return how far the groups around a criterion are scaled up for those of their members that do not apply."""
    group = [score, *_siblings(score, scores)]
    gone = sum((each.account.nominal for each in group if each.policy == RESCALED), Fraction(0))
    staying = sum((each.account.maximum for each in group), Fraction(0))
    own = (staying + gone) / staying if gone and staying else Fraction(1)
    above = next((each for each in scores if each.id == score.criterion.parent), None)
    return own if above is None or above.criterion.combine != "sum" else own * scaled_by(above, scores)
