"""How one score came about, told from its outcome: inputs, steps, rounding, losses, the next threshold."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cchc_rules.base.exact import format_date, format_exact, format_number, format_percent
from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.engine.raised import afterwards, raised, raised_by
from cchc_rules.engine.subject import Subject
from cchc_rules.explanation import STATES, Explanation, assumed_parts
from cchc_rules.index import Index
from cchc_rules.model import CombineRule, Criterion, Fact, State, Value
from cchc_rules.rules.bounds import LATEST
from cchc_rules.rules.inverse import next_target
from cchc_rules.rules.reasons import Setting, goal, steps
from cchc_rules.rules.tree import Node, facts_of
from cchc_rules.rules.wording import Lexicon, rule_text, sentence
from cchc_rules.scorecard import FieldScore, Score

COMBINED: dict[CombineRule, Text] = {
    "sum": Text("tổng điểm các tiêu chí thành phần", "the sum of the sub-criteria"),
    "minimum": Text("điểm thấp nhất trong các tiêu chí thành phần", "the least of the sub-criteria"),
    "maximum": Text("điểm cao nhất trong các tiêu chí thành phần", "the best of the sub-criteria"),
    "all": Text("điểm tối đa nếu mọi tiêu chí thành phần đạt tối đa, nếu không thì 0 điểm", "in full if every sub-criterion is in full, else nothing"),
    "any": Text("điểm tối đa nếu ít nhất một tiêu chí thành phần đạt tối đa, nếu không thì 0 điểm", "in full if any sub-criterion is in full, else nothing"),
    "n_of": Text("điểm tối đa nếu đủ số tiêu chí thành phần đạt tối đa, nếu không thì 0 điểm", "in full if enough sub-criteria are in full, else nothing"),
}


def explain(subject: Subject, fields: Sequence[FieldScore], score: Score) -> Explanation:
    """Return the explanation of one score of a unit; ``fields`` are all of the unit's."""
    field = next(each for each in fields if any(one.id == score.id for one in each.scores))
    criterion, index, values = score.criterion, subject.index, subject.values
    lexicon, setting = subject.lexicon, subject.setting(criterion)
    rule = criterion.rule
    children = [each for each in field.scores if each.criterion.parent == criterion.id]
    return Explanation(
        criterion=criterion,
        state=score.state,
        points=_headline(score),
        rule=rule_text(rule, lexicon) if rule else combination(criterion),
        inputs=tuple(_input(index.facts[fact], values.get(fact), lexicon) for fact in _in_order(rule, index)),
        steps=(*(steps(score.outcome, setting) if score.outcome else ()), *map(_child, children), *_given(score),
               *raised(score, field.scores)),
        rounding=_rounding(score),
        afterwards=tuple(afterwards(score, field.scores)),
        deductions=tuple(loss.deduction for loss in field.losses if loss.score.id == score.id) or score.deductions,
        next_step=_next(score, setting) if rule and score.deductions and criterion.kind != "penalty" else None,
    )


def combination(criterion: Criterion) -> Text:
    """Return how a parent's points follow from its children's."""
    words = COMBINED[criterion.combine]
    if criterion.combine == "n_of":
        words = Text(f"{words.vi} (cần {criterion.at_least})", f"{words.en} ({criterion.at_least} needed)")
    return Text(sentence(words.vi), sentence(words.en))


def _child(score: Score) -> Text:
    """Return one sub-criterion with what it came to."""
    criterion, state = score.criterion, STATES[score.state]
    if score.account.exact is None or score.state is not State.SCORED:
        return Text(f"{criterion.number} {criterion.label.vi}: {state.vi}.", f"{criterion.number} {criterion.label.en}: {state.en}.")
    vi, en = (f"{format_number(score.account.exact, language)}/{format_number(score.account.maximum, language)}" for language in LANGUAGES)
    return Text(f"{criterion.number} {criterion.label.vi}: {vi}.", f"{criterion.number} {criterion.label.en}: {en}.")


def _given(score: Score) -> Iterator[Text]:
    """Yield why the criterion does not apply, that a verifier's points stand in place of the computed ones, and what the unit declared."""
    if score.why is not None:
        yield Text(f"Không áp dụng: {score.why.vi}", f"Not applicable: {score.why.en}")
    if score.verified is not None:
        computed = ["–" if score.computed is None else format_number(score.computed, language) for language in LANGUAGES]
        vi, en = (format_number(score.verified.points, language) for language in LANGUAGES)
        yield Text(f"Bên thẩm định cho {vi} điểm, thay cho {computed[0]} điểm tính theo số liệu.",
                   f"The verifier gave {en} points, in place of the {computed[1]} that the facts give.")
    if score.declared is not None:
        vi, en = (format_number(score.declared.points, language) for language in LANGUAGES)
        yield Text(f"Đơn vị tự chấm {vi} điểm.", f"The unit declared {en} points.")


def _in_order(rule: Node | None, index: Index) -> list[str]:
    """Return the facts that a rule reads, in the order in which they are declared."""
    read = set(facts_of(rule)) if rule else set()
    return [fact for fact in index.facts if fact in read]


def _headline(score: Score) -> Text:
    """Return points, maximum, state, and whether the points are assumed."""
    mark = Text("", "")
    if parts := assumed_parts(score.criterion):
        vi, en = (", ".join(each.get(language) for each in parts) for language in LANGUAGES)
        mark = Text(f" (giả định: {vi})", f" (assumed: {en})")
    if score.criterion.kind != "regular":
        return _adjustment(score, mark)
    if score.points is None or score.state is State.NOT_APPLICABLE:
        state = STATES[score.state]
        return Text(f"–/{format_number(score.max_points, 'vi')} điểm, {state.vi}{mark.vi}",
                    f"–/{format_number(score.max_points, 'en')} points, {state.en}{mark.en}")
    maximum = score.account.max_points
    return Text(f"{format_number(score.points, 'vi')}/{format_number(maximum, 'vi')} điểm{mark.vi}",
                f"{format_number(score.points, 'en')}/{format_number(maximum, 'en')} points{mark.en}")


def _adjustment(score: Score, mark: Text) -> Text:
    """Return what a bonus or a penalty adds or takes off, outside of every maximum."""
    kind = Text("điểm thưởng", "bonus") if score.criterion.kind == "bonus" else Text("điểm trừ", "penalty")
    most = Text("tối đa", "at most")
    vi, en = (f"{kind.get(language)}, {most.get(language)} {format_number(score.max_points, language)}" for language in LANGUAGES)
    if score.points is None or score.state is State.NOT_APPLICABLE:
        return Text(f"–, {STATES[score.state].vi} ({vi}){mark.vi}", f"–, {STATES[score.state].en} ({en}){mark.en}")
    sign = "+" if score.points > 0 else "−" if score.points < 0 else ""
    return Text(f"{sign}{format_number(abs(score.points), 'vi')} điểm ({vi}){mark.vi}", f"{sign}{format_number(abs(score.points), 'en')} points ({en}){mark.en}")


def _input(fact: Fact, value: Value | None, lexicon: Lexicon) -> Text:
    """Return one fact with its value as it was reported."""
    vi, en = (f"{fact.label.get(language)}: {fact_value(fact, value, lexicon, language)}" for language in ("vi", "en"))
    return Text(vi, en)


def fact_value(fact: Fact, value: Value | None, lexicon: Lexicon, language: Language) -> str:
    """Return a fact's value in words: number and unit, date, yes or no, level."""
    if value is None:
        return STATES[State.NO_EVIDENCE].get(language)
    if isinstance(value, bool):
        return Text("có", "yes").get(language) if value else Text("không", "no").get(language)
    if isinstance(value, str):
        return fact.level(value).label.get(language)
    if fact.type == "date":
        if value >= LATEST:
            return Text("chưa thực hiện", "never").get(language)
        return format_date(dt.date.fromordinal(int(value)), language)
    if fact.type == "rate":
        return format_percent(value, language)
    unit = lexicon.units[fact.unit].label.get(language)
    return f"{format_number(value, language)} {unit}".rstrip()


def _rounding(score: Score) -> Text | None:
    """Return the rounding step, where rounding changed anything."""
    account = score.account
    if score.unrounded is None or account.exact is None:
        return None
    before = score.unrounded * raised_by(score)
    if before == account.exact:
        return None
    return Text(f"Làm tròn: {format_exact(before, 'vi')} → {format_number(account.exact, 'vi')}.",
                f"Rounded: {format_exact(before, 'en')} → {format_number(account.exact, 'en')}.")


def _next(score: Score, setting: Setting) -> Text | None:
    """Return the next threshold that would have given more; that it is not computed, where it is not."""
    rule = score.criterion.rule
    assert rule is not None  # the caller has looked
    target = next_target(rule, setting.facts, setting.declared)
    if target is None:
        return None
    return setting.in_both(lambda lexicon: lexicon.say(
        f"{goal(target, lexicon)}: được {lexicon.points(target.points)}",
        f"{goal(target, lexicon)}: gives {lexicon.points(target.points)}",
    ))
