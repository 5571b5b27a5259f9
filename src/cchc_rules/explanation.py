"""How one criterion came to its points, as a person reads it: rule, inputs, steps, losses, what comes next."""

import datetime as dt
from collections.abc import Mapping

from attrs import frozen

from cchc_rules.exact import exact_text, format_date, format_number
from cchc_rules.index import Index
from cchc_rules.model import Criterion, Fact, State, Value
from cchc_rules.rules.bounds import LATEST
from cchc_rules.rules.inverse import next_target
from cchc_rules.rules.reasons import Setting, goal, steps
from cchc_rules.rules.tree import Node, facts_of
from cchc_rules.rules.wording import Lexicon, rule_text
from cchc_rules.scorecard import Deduction, Score
from cchc_rules.texts import Language, Text

STATES: dict[State, Text] = {
    State.SCORED: Text("đã chấm", "scored"),
    State.NOT_APPLICABLE: Text("không áp dụng", "not applicable"),
    State.NO_EVIDENCE: Text("chưa có số liệu", "no evidence"),
    State.NEEDS_JUDGEMENT: Text("chờ đánh giá", "needs judgement"),
    State.WAITING: Text("chờ số liệu khác", "waiting for a fact"),
    State.ERROR: Text("lỗi", "error"),
}
ASSUMED = Text("giả định", "assumed")


@frozen(kw_only=True)
class Explanation:
    """Everything that led to one score; ``str`` gives it in Vietnamese."""

    criterion: Criterion
    state: State
    points: Text
    rule: Text | None
    inputs: tuple[Text, ...]
    steps: tuple[Text, ...]
    rounding: Text | None
    deductions: tuple[Deduction, ...]
    next_step: Text | None

    def words(self, language: Language) -> str:
        """Return the explanation as lines of plain text."""
        return "\n".join(self._lines(language))

    def __str__(self) -> str:
        return self.words("vi")

    def _lines(self, language: Language) -> list[str]:
        criterion = self.criterion
        lines = [f"{criterion.number}. {criterion.label.get(language)} [{criterion.id}]",
                 self.points.get(language)]
        lines += _block(Text("Quy tắc", "Rule"), [self.rule] if self.rule else [], language)
        lines += _block(Text("Số liệu", "Inputs"), self.inputs, language)
        lines += _block(Text("Cách tính", "Steps"), (*self.steps, *([self.rounding] if self.rounding else [])), language)
        lines += _block(Text("Mất điểm", "Lost points"), [_loss(each) for each in self.deductions], language)
        lines += _block(Text("Mức kế tiếp", "Next threshold"), [self.next_step] if self.next_step else [], language)
        if criterion.clause:
            lines += _block(Text("Căn cứ", "Source"), [_clause(criterion)], language)
        return lines


def _block(title: Text, items: "tuple[Text, ...] | list[Text]", language: Language) -> list[str]:
    """Return a titled list, nothing where it is empty."""
    return [f"{title.get(language)}:", *(f"  - {item.get(language)}" for item in items)] if items else []


def _loss(deduction: Deduction) -> Text:
    amount = deduction.amount
    return Text(f"−{format_number(amount, 'vi')}: {deduction.reason.vi}", f"−{format_number(amount, 'en')}: {deduction.reason.en}")


def _clause(criterion: Criterion) -> Text:
    assert criterion.clause is not None  # the caller has looked
    quoted = f": “{criterion.clause.text}”" if criterion.clause.text else ""
    return Text(f"{criterion.clause.place}{quoted}", f"{criterion.clause.place}{quoted}")


def explain(score: Score, index: Index, values: Mapping[str, Value]) -> Explanation:
    """Return the explanation of one score under the index that gave it."""
    criterion = score.criterion
    lexicon = Lexicon(index.facts, index.quantities.units)
    setting = Setting(values=values, lexicon=lexicon)
    rule = criterion.rule
    return Explanation(
        criterion=criterion,
        state=score.state,
        points=_headline(score),
        rule=rule_text(rule, lexicon) if rule else None,
        inputs=tuple(_input(index.facts[fact], values.get(fact), lexicon) for fact in _in_order(rule, index)),
        steps=steps(score.outcome, setting) if score.outcome else (),
        rounding=_rounding(score),
        deductions=score.deductions,
        next_step=_next(score, setting) if rule and score.deductions else None,
    )


def _in_order(rule: Node | None, index: Index) -> list[str]:
    """Return the facts that a rule reads, in the order in which they are declared."""
    read = set(facts_of(rule)) if rule else set()
    return [fact for fact in index.facts if fact in read]


def _headline(score: Score) -> Text:
    """Return points, maximum, state, and whether the points are assumed."""
    mark = Text("", "")
    if score.criterion.provenance == "assumed":
        mark = Text(" (điểm của tiêu chí: giả định)", " (points of the criterion: assumed)")
    maximum = score.max_points
    if score.points is None:
        state = STATES[score.state]
        return Text(f"–/{format_number(maximum, 'vi')} điểm, {state.vi}{mark.vi}",
                    f"–/{format_number(maximum, 'en')} points, {state.en}{mark.en}")
    return Text(f"{format_number(score.points, 'vi')}/{format_number(maximum, 'vi')} điểm{mark.vi}",
                f"{format_number(score.points, 'en')}/{format_number(maximum, 'en')} points{mark.en}")


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
    unit = lexicon.units[fact.unit].label.get(language)
    return f"{format_number(value, language)} {unit}".rstrip()


def _rounding(score: Score) -> Text | None:
    """Return the rounding step, where rounding changed anything."""
    if score.unrounded is None or score.account.exact is None or score.unrounded == score.account.exact:
        return None
    before = exact_text(score.unrounded)
    return Text(f"Làm tròn: {before} → {format_number(score.account.exact, 'vi')}.",
                f"Rounded: {before} → {format_number(score.account.exact, 'en')}.")


def _next(score: Score, setting: Setting) -> Text | None:
    """Return the next threshold that would have given more; that it is not computed, where it is not."""
    rule = score.criterion.rule
    assert rule is not None  # the caller has looked
    target = next_target(rule, setting.values, setting.declared)
    if target is None:
        return None
    return setting.in_both(lambda lexicon: lexicon.say(
        f"{goal(target, lexicon)}: được {lexicon.points(target.points)}",
        f"{goal(target, lexicon)}: gives {lexicon.points(target.points)}",
    ))
