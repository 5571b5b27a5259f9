"""The worked cases of every form, as data: rules with their facts, cases with their points, planted mistakes.

They stand in ``cases/rules``, one file a form; the tests run them and the documentation's pages show them.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import tomli_w
from attrs import field, frozen
from building import plugin

import cchc_rules as cchc
from cchc_rules.base.errors import EditionError, Finding, Place
from cchc_rules.base.reading import read_share
from cchc_rules.base.texts import Text
from cchc_rules.calendars import Calendar
from cchc_rules.decisions.structure import Structure
from cchc_rules.model import Criterion, Fact, Value
from cchc_rules.rules.evaluate import Facts
from cchc_rules.rules.forms import FORMS

FOLDER = Path(__file__).parent / "cases" / "rules"
STRUCTURE = Structure(FORMS)
YEAR = 2099
METHOD = f"""
schema = "cchc.method/1"

[method]
id = "example"
label = "Chỉ số ví dụ"
issuer = "UBND tỉnh"
level = "commune"
year = {YEAR}
fields = [ {{ number = "1", field = "example", edition_year = {YEAR} }} ]
nominal_total = {{ value = %s, provenance = "official" }}
not_applicable = {{ policy = "leave_out" }}
rounding = {{}}
stages = [ {{ id = "self", label = "Tự chấm" }} ]
units = [ {{ id = "a", label = "Xã A" }} ]
"""
_TABLE = re.compile(r"^\[+examples(?:\.([\w.]+))?\]+\n", re.MULTILINE)


@frozen(kw_only=True)
class WorkedCase:
    """Facts and the points that they give; ``points`` is a number, a fraction or ``not applicable``."""

    name: Text
    facts: Mapping[str, Any]
    points: str = ""
    policy: str = ""
    error: str = ""


@frozen(kw_only=True, eq=False)
class Mistake:
    """A change to the rule's keys that somebody might make, and the code of what the check says of it."""

    name: Text
    finding: str
    change: Mapping[str, Any] = field(factory=dict)
    without: tuple[str, ...] = ()


@frozen(kw_only=True, eq=False)
class Example:
    """One rule with the facts that it reads, its cases and its mistakes; ``text`` is how staff write them."""

    name: Text
    archetypes: tuple[str, ...]
    rule: Mapping[str, Any]
    raw_facts: tuple[Mapping[str, Any], ...]
    raw_calendars: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Fact]
    calendars: Mapping[str, Calendar]
    cases: tuple[WorkedCase, ...]
    mistakes: tuple[Mistake, ...]
    text: str

    def criterion(self) -> Criterion:
        """Return the rule as a criterion."""
        return STRUCTURE.read(self._table(None), Criterion, lambda path: Place(where=str(path)), EditionError)

    def findings(self, folder: Path, mistake: Mistake | None = None) -> tuple[Finding, ...]:
        """Return all that ``cchc check`` says of a plugin with the rule, with a mistake where one is given."""
        edition = folder / "edition.toml"
        edition.write_text(tomli_w.dumps(self._edition(mistake)), encoding="utf-8")
        method = folder / "method.toml"
        method.write_text(METHOD % self.rule["max_points"], encoding="utf-8")
        paths = [folder / f"calendar-{each['id']}.toml" for each in self.raw_calendars]
        for path, each in zip(paths, self.raw_calendars, strict=True):
            path.write_text(tomli_w.dumps({"schema": "cchc.calendar/1", "calendar": each}), encoding="utf-8")

        def add_calendars(calendars: cchc.CalendarRegister) -> None:
            for path in paths:
                calendars.add_file(path)

        return cchc.Registry([plugin(
            "example",
            cchc_register_calendars=add_calendars,
            cchc_register_fields=lambda fields: fields.add_file(edition),
            cchc_register_methods=lambda methods: methods.add_file(method),
        )]).findings()

    def _table(self, mistake: Mistake | None) -> dict[str, Any]:
        """Return the criterion's table, changed by a mistake."""
        keys = {**self.rule, **(mistake.change if mistake else {})}
        written = {key: value for key, value in keys.items() if mistake is None or key not in mistake.without}
        return {"id": "example.case", "number": "1.1", "label": self.name.vi, "label_en": self.name.en, **written}

    def _edition(self, mistake: Mistake | None) -> dict[str, Any]:
        """Return the tables of an edition with this rule alone, and the facts that it names."""
        criterion = self._table(mistake)
        named = set(_words(criterion))
        return {
            "schema": "cchc.edition/1",
            "edition": {"field": "example", "label": "Ví dụ", "level": "commune", "year": YEAR,
                        "max_points": self.rule["max_points"], "max_points_provenance": "assumed"},
            "facts": [each for each in self.raw_facts if each["id"] in named],
            "criteria": [criterion],
        }

    def given(self, case: WorkedCase) -> Facts:
        """Return a case's facts as rules take them."""
        values = {name: _value(self.facts[name], raw) for name, raw in case.facts.items()}
        return Facts(values, calendars=self.calendars)


@frozen(kw_only=True)
class FormCases:
    """All examples of one form, and what is said of it: its meaning, words of decisions that ask for it, traps."""

    form: str
    title: Text
    meaning: Text
    decision: tuple[Text, ...]
    traps: tuple[Text, ...]
    examples: tuple[Example, ...]


def all_forms() -> Iterator[FormCases]:
    """Yield the cases of every form, in the order in which the forms are known."""
    for form in FORMS:
        path = FOLDER / f"{form.name}.toml"
        if path.exists():
            yield _read(path)


def _read(path: Path) -> FormCases:
    written = path.read_text(encoding="utf-8")
    data = tomllib.loads(written, parse_float=Decimal)
    texts = re.split(r"^(?=\[\[examples\]\])", written, flags=re.MULTILINE)[1:]
    return FormCases(
        form=path.stem,
        title=_both(data, "title"),
        meaning=_both(data, "meaning"),
        decision=_pairs(data, "decision"),
        traps=_pairs(data, "traps"),
        examples=tuple(_example(each, text) for each, text in zip(data["examples"], texts, strict=True)),
    )


def _both(data: Mapping[str, Any], key: str) -> Text:
    return Text(data[key], data[f"{key}_en"])


def _pairs(data: Mapping[str, Any], key: str) -> tuple[Text, ...]:
    return tuple(Text(vi, en) for vi, en in zip(data[key], data[f"{key}_en"], strict=True))


def _example(data: Mapping[str, Any], text: str) -> Example:
    facts = [_structured(each, Fact) for each in data["facts"]]
    calendars = [_structured(each, Calendar) for each in data.get("calendars", ())]
    return Example(
        name=_both(data, "name"),
        archetypes=tuple(data["archetypes"]),
        rule=data["rule"],
        raw_facts=tuple(data["facts"]),
        raw_calendars=tuple(data.get("calendars", ())),
        facts={fact.id: fact for fact in facts},
        calendars={calendar.id: calendar for calendar in calendars},
        cases=tuple(WorkedCase(**_named(each)) for each in data.get("cases", ())),
        mistakes=tuple(Mistake(**{**_named(each), "without": tuple(each.get("without", ()))}) for each in data.get("mistakes", ())),
        text=_as_written(data, text),
    )


def _named(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case's or a mistake's table with its name in both languages."""
    return {**{key: value for key, value in data.items() if key != "name_en"}, "name": _both(data, "name")}


def _as_written(data: Mapping[str, Any], text: str) -> str:
    """Return the facts that an example's rule reads and its criterion, as they stand in an edition."""
    named, starts = set(_words(data["rule"])), list(_TABLE.finditer(text))
    ends = [each.start() for each in starts[1:]] + [len(text)]
    bodies = [(each[1], text[each.end():end].strip()) for each, end in zip(starts, ends, strict=True)]
    facts = [f"[[facts]]\n{body}" for table, body in bodies if table == "facts" and tomllib.loads(body)["id"] in named]
    head = f'id = "example.case"\nnumber = "1.1"\nlabel = "{data["name"]}"\nlabel_en = "{data["name_en"]}"\n'
    rule = [f"[[criteria]]\n{head}{body}" for table, body in bodies if table == "rule"]
    below = [f"[[criteria.{table.removeprefix('rule.')}]]\n{body}" for table, body in bodies if table and table.startswith("rule.")]
    return "\n\n".join((*facts, *rule, *below)) + "\n"


def _words(value: Any) -> Iterator[str]:
    """Yield every text in a table."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _words(each)


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
