"""How one criterion came to its points, as a person reads it: rule, inputs, steps, losses, what comes next."""


from attrs import fields, frozen

from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Language, Text
from cchc_rules.model import Criterion, State
from cchc_rules.points import Deduction

STATES: dict[State, Text] = {
    State.SCORED: Text("đã chấm", "scored"),
    State.NOT_APPLICABLE: Text("không áp dụng", "not applicable"),
    State.NO_EVIDENCE: Text("chưa có số liệu", "no evidence"),
    State.NEEDS_JUDGEMENT: Text("chờ đánh giá", "needs judgement"),
    State.WAITING: Text("chờ đủ số liệu", "incomplete"),
    State.ERROR: Text("lỗi", "error"),
}
ASSUMED = Text("giả định", "assumed")
PARTS: dict[str, Text] = {
    "max_points": Text("điểm tối đa", "the maximum"),
    "": Text("cách chấm", "the rule"),
    "when_whole_is_zero": Text("điểm khi không phát sinh", "what holds where nothing arose"),
}
"""What of a criterion no source gives, by the key of it; ``""`` is every other key of its form."""


def assumed_parts(criterion: Criterion) -> tuple[Text, ...]:
    """Return what of an assumed criterion no source gives: its maximum, its rule, or only what holds where nothing arose."""
    if criterion.provenance != "assumed":
        return ()
    form = criterion.form
    stated = {each.name.rstrip("_") for each in fields(type(form)) if getattr(form, each.name) != each.default} if form else set()  # type: ignore[arg-type]  # every form is an attrs class
    keys = {key if key in PARTS else "" for key in ({"max_points"} | stated) - criterion.official.keys()}
    return tuple(words for key, words in PARTS.items() if key in keys) or (PARTS[""],)


@frozen(kw_only=True)
class Explanation:
    """Everything that led to one score; ``str`` gives it in Vietnamese.

    ``afterwards`` is what became of the points in their group, ``deductions`` are as they count in the field.
    """

    criterion: Criterion
    state: State
    points: Text
    rule: Text | None
    inputs: tuple[Text, ...]
    steps: tuple[Text, ...]
    rounding: Text | None
    afterwards: tuple[Text, ...]
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
        lines += _block(Text("Cách tính", "Steps"), (*self.steps, *([self.rounding] if self.rounding else []), *self.afterwards), language)
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
