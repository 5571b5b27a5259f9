"""The worked cases of every form, as data: rules with their facts, cases with their points, planted mistakes.

They stand in ``cases/rules``, one file a form; the tests run them and the documentation's pages show them.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from attrs import field, frozen
from building import QUANTITIES

from cchc_rules.calendars import Calendar
from cchc_rules.errors import EditionError, Place
from cchc_rules.model import Criterion, Fact, Value
from cchc_rules.reading import read_share
from cchc_rules.rules.dimensions import misfits
from cchc_rules.rules.evaluate import Facts
from cchc_rules.rules.forms import FORMS
from cchc_rules.rules.lint import Context, flaws
from cchc_rules.rules.tree import facts_of
from cchc_rules.structure import Structure
from cchc_rules.texts import Text

FOLDER = Path(__file__).parent / "cases" / "rules"
STRUCTURE = Structure(FORMS)
OWN = ("max_points",)


@frozen(kw_only=True)
class WorkedCase:
    """Facts and the points that they give; ``points`` is a number, a fraction or ``not applicable``."""

    name: str
    facts: Mapping[str, Any]
    points: str = ""
    policy: str = ""
    error: str = ""


@frozen(kw_only=True)
class Mistake:
    """A change to the rule's keys that somebody might make, and the code of what the check says of it."""

    name: str
    finding: str
    change: Mapping[str, Any] = field(factory=dict)
    without: tuple[str, ...] = ()


@frozen(kw_only=True)
class Example:
    """One rule with the facts that it reads, its cases and its mistakes."""

    name: Text
    archetypes: tuple[str, ...]
    rule: Mapping[str, Any]
    facts: Mapping[str, Fact]
    calendars: Mapping[str, Calendar]
    cases: tuple[WorkedCase, ...]
    mistakes: tuple[Mistake, ...]

    def criterion(self, mistake: Mistake | None = None) -> Criterion:
        """Return the rule as a criterion, with a mistake where one is given; raises ``EditionError``."""
        keys = {**self.rule, **(mistake.change if mistake else {})}
        written = {key: value for key, value in keys.items() if mistake is None or key not in mistake.without}
        head = {"id": "field.case", "number": "1", "label": self.name.vi}
        return STRUCTURE.read({**head, **written}, Criterion, lambda path: Place(where=str(path)), EditionError)

    def findings(self, mistake: Mistake | None = None) -> set[str]:
        """Return the codes of everything that a check says of the rule."""
        try:
            criterion = self.criterion(mistake)
        except EditionError as error:
            return {finding.code for finding in error.findings}
        assert criterion.rule is not None
        assert criterion.form is not None
        if any(fact not in self.facts for fact in facts_of(criterion.rule)):
            return {"fact-undeclared"}
        odd = {misfit.code for misfit in misfits(criterion.rule, self.facts, QUANTITIES)}
        context = Context(maximum=Fraction(criterion.max_points), facts=self.facts, units=QUANTITIES.units, better=criterion.form.directions())
        return odd or {flaw.code for flaw in flaws(criterion.rule, context)}

    def given(self, case: WorkedCase) -> Facts:
        """Return a case's facts as rules take them."""
        values = {name: _value(self.facts[name], raw) for name, raw in case.facts.items()}
        return Facts(values, calendars=self.calendars)


@frozen(kw_only=True)
class FormCases:
    """All examples of one form."""

    form: str
    title: Text
    examples: tuple[Example, ...]


def all_forms() -> Iterator[FormCases]:
    """Yield the cases of every form, in the order in which the forms are known."""
    for form in FORMS:
        path = FOLDER / f"{form.name}.toml"
        if path.exists():
            yield _read(path)


def _read(path: Path) -> FormCases:
    data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return FormCases(
        form=path.stem,
        title=Text(data["title"], data["title_en"]),
        examples=tuple(_example(each) for each in data["examples"]),
    )


def _example(data: Mapping[str, Any]) -> Example:
    facts = [_structured(each, Fact) for each in data["facts"]]
    calendars = [_structured(each, Calendar) for each in data.get("calendars", ())]
    return Example(
        name=Text(data["name"], data["name_en"]),
        archetypes=tuple(data["archetypes"]),
        rule=data["rule"],
        facts={fact.id: fact for fact in facts},
        calendars={calendar.id: calendar for calendar in calendars},
        cases=tuple(WorkedCase(**each) for each in data["cases"]),
        mistakes=tuple(Mistake(**{**each, "without": tuple(each.get("without", ()))}) for each in data.get("mistakes", ())),
    )


def _structured(data: Mapping[str, Any], kind: type[Any]) -> Any:
    return STRUCTURE.read(data, kind, lambda path: Place(where=str(path)), EditionError)


def _value(fact: Fact, raw: Any) -> Value:
    """Return a reported value as rules take it."""
    if isinstance(raw, bool) or fact.type == "level":
        return raw if isinstance(raw, bool) else str(raw)
    if raw == "never":
        return Fraction(dt.date.max.toordinal())
    if isinstance(raw, dt.date):
        return Fraction(raw.toordinal())
    return read_share(raw, Place()) if isinstance(raw, str) else Fraction(raw)
