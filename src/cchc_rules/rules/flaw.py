"""What lint finds, and what it checks a rule against."""

from collections.abc import Mapping
from fractions import Fraction

from attrs import field, frozen

from cchc_rules.base.errors import Severity
from cchc_rules.base.texts import Text
from cchc_rules.model import Fact
from cchc_rules.quantities import Unit
from cchc_rules.rules.forms.parts import Better
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.tree import Node


@frozen(kw_only=True)
class Flaw:
    """One thing wrong with a rule; the reader of the edition adds the place."""

    code: str
    reason: Text
    remedy: Text
    severity: Severity = "error"


@frozen(kw_only=True)
class Context:
    """What a rule is checked against: its maximum, the facts it reads, the units they are shown in.

    ``better`` holds the quantities of which the rule's author said which way is good.
    """

    maximum: Fraction
    facts: Mapping[str, Fact]
    units: Mapping[str, Unit]
    better: Mapping[Node, Better] = field(factory=dict)

    @property
    def lexicon(self) -> Lexicon:
        """The names in Vietnamese."""
        return Lexicon(self.facts, self.units)

    @property
    def english(self) -> Lexicon:
        """The names in English."""
        return Lexicon(self.facts, self.units, "en")


def not_checked(what: Text, remedy: Text) -> Flaw:
    """Return the note that something is not decided."""
    return Flaw(code="rule-not-checked", severity="note", reason=what, remedy=remedy)
