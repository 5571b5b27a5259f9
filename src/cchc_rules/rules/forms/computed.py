"""The exception: points that a plugin computes in Python."""

from fractions import Fraction
from typing import ClassVar

from attrs import frozen

from cchc_rules.base.texts import Text
from cchc_rules.rules.forms.base import Form
from cchc_rules.rules.tree import Computed, Node


@frozen(kw_only=True)
class ComputedForm(Form):
    """Points that the plugin computes in Python; the description stands in for the rule's wording."""

    name: ClassVar[str] = "computed"
    facts: tuple[str, ...]
    description: Text

    def lower(self, maximum: Fraction) -> Node:
        """Return a node that only the plugin can evaluate."""
        return Computed(facts=self.facts, low=Fraction(0), high=maximum, description=self.description)
