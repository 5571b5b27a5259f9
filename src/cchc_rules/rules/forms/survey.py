"""The survey: answers weighed by option, and groups of respondents weighed against each other."""

from fractions import Fraction
from typing import ClassVar, Literal

from attrs import frozen

from cchc_rules.base.texts import Text
from cchc_rules.rules.forms.base import Form
from cchc_rules.rules.forms.parts import FormMistake, Threshold, outcome_of
from cchc_rules.rules.tree import FactValue, Node, NotApplicable, Proportion, Ratio, Scaled, Sum, WhenNoneArose

SharedPolicy = Literal["rescale", "share_out"]
NoAnswersPolicy = Literal[
    "award_maximum", "award_zero", "not_applicable", "leave_out", "leave_out_of_both_sides",
    "rescale_group", "same_situation", "rescale", "share_out",
]
"""What a group without answers is worth; ``rescale`` and ``share_out`` leave its points to the other groups."""


@frozen(kw_only=True)
class Option:
    """One answer: the fact that counts its votes, and what a vote for it is worth."""

    fact: str
    weight: Threshold


@frozen(kw_only=True)
class Respondents:
    """One group of respondents: its part of the points, and the answers it could give."""

    label: Text
    weight: Threshold
    options: tuple[Option, ...]


@frozen(kw_only=True)
class Survey(Form):
    """The maximum × the weights of the groups × the mean weight of their answers."""

    name: ClassVar[str] = "survey"
    groups: tuple[Respondents, ...]
    when_no_answers: NoAnswersPolicy

    def lower(self, maximum: Fraction) -> Node:
        """Return one proportion a group, added up."""
        if len(self.groups) == 1:
            return self._only_group(maximum)
        full = tuple(maximum * group.weight.value for group in self.groups)
        terms = tuple(self._group(group, maximum) for group in self.groups)
        return Sum(terms=terms, full=full, when_not_applicable=self._among_groups() or "not_applicable")

    def _only_group(self, maximum: Fraction) -> Node:
        """Return the points of the only group; refuse a policy that needs others."""
        if self._among_groups():
            raise FormMistake(
                Text("chỉ có một nhóm trả lời: không còn nhóm nào để nhận điểm", "there is one group of respondents alone: no other can take over its points"),
                Text('ghi `when_no_answers = "not_applicable"`', 'write `when_no_answers = "not_applicable"`'),
            )
        return self._group(self.groups[0], maximum)

    def _among_groups(self) -> SharedPolicy | None:
        """Return how the other groups take over the points of one without answers, if they do."""
        match self.when_no_answers:
            case "rescale" | "share_out" as shared:
                return shared
            case _:
                return None

    def _group(self, group: Respondents, maximum: Fraction) -> Node:
        """Return the points of one group, behind the case that nobody answered."""
        most = maximum * group.weight.value
        votes = tuple(FactValue(fact=option.fact) for option in group.options)
        weighed = tuple(Scaled(factor=option.weight.value, of=vote) for option, vote in zip(group.options, votes, strict=True))
        mean = Ratio(part=Sum(terms=weighed), whole=Sum(terms=votes), label=group.label)
        return WhenNoneArose(whole=Sum(terms=votes), then=self._none(most), otherwise=Proportion(points=most, of=mean))

    def _none(self, most: Fraction) -> Node:
        """Return what a group without answers is worth."""
        match self.when_no_answers:
            case "rescale" | "share_out":
                return NotApplicable()
            case policy:
                return outcome_of(policy, most)
