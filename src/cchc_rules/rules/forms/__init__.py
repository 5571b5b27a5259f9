"""The forms that staff write, each an attrs class whose fields are its TOML keys and which lowers to the tree.

A new form needs one method, ``lower``, and gets every reading of the tree for nothing.
"""

from cchc_rules.rules.forms.base import Form, NestedRule, ScalableForm, Scaling
from cchc_rules.rules.forms.combined import AllOrNothing, Alternatives, BestOf, Case, LeastOf, SumOf
from cchc_rules.rules.forms.computed import ComputedForm
from cchc_rules.rules.forms.counting import Checklist, Count, Item, LateBand, Timeliness, Violation, Violations
from cchc_rules.rules.forms.judged import Judged, Levels, MarkForm, Points
from cchc_rules.rules.forms.parts import (
    Band,
    Better,
    Condition,
    FactThreshold,
    FormMistake,
    Limit,
    Limits,
    Names,
    Quantity,
    Requirement,
    Threshold,
    ZeroPolicy,
    guarded,
)
from cchc_rules.rules.forms.proportions import Given, RatioForm, Sample, Share
from cchc_rules.rules.forms.steps import Bands, Bracket, Brackets, Increments
from cchc_rules.rules.forms.survey import NoAnswersPolicy, Option, Respondents, Survey

FORMS: tuple[type[Form], ...] = (
    Share, RatioForm, Bands, Increments, Brackets, AllOrNothing, Checklist, Count, Violations, Timeliness,
    Judged, Levels, MarkForm, Given, Sample, Survey, SumOf, BestOf, LeastOf, Alternatives, ComputedForm,
)

__all__ = [
    "FORMS", "AllOrNothing", "Alternatives", "Band", "Bands", "BestOf", "Better", "Bracket", "Brackets", "Case",
    "Checklist", "ComputedForm", "Condition", "Count", "FactThreshold", "Form", "FormMistake", "Given", "Increments",
    "Item", "Judged", "LateBand", "LeastOf", "Levels", "Limit", "Limits", "MarkForm", "Names", "NestedRule",
    "NoAnswersPolicy", "Option", "Points", "Quantity", "RatioForm", "Requirement", "Respondents", "Sample",
    "ScalableForm", "Scaling", "Share", "SumOf", "Survey", "Threshold", "Timeliness", "Violation", "Violations",
    "ZeroPolicy", "guarded",
]
