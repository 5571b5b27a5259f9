"""What a case of a policy comes to, in words."""

import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import field, frozen
from policy_cases import Case, PolicyFile, registry_of, write_evidence

from cchc_rules.base.errors import EditionError, Place
from cchc_rules.base.texts import Language, Text
from cchc_rules.decisions.structure import Structure
from cchc_rules.engine import score
from cchc_rules.explanation import STATES
from cchc_rules.files.evidence import read_cohort
from cchc_rules.model import Fact, State
from cchc_rules.rules.forms import FORMS
from cchc_rules.scorecard import Scorecard
from generator.markdown import number

STRUCTURE = Structure(FORMS)


def language_of(case: Case, language: Language) -> str:
    """Return a case's name."""
    return Text(case.name, case.name_en).get(language)


@frozen(slots=False)
class Names:
    """The names of everything in an example, by id: facts, criteria, fields, units, stages, grades, blocks."""

    example: str

    @cached_property
    def _labels(self) -> dict[str, Text]:
        return dict(_labelled(tomllib.loads(_one_edition_or_more(self.example), parse_float=Decimal)))

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """The facts that are declared."""
        data = tomllib.loads(_one_edition_or_more(self.example), parse_float=Decimal)
        facts = [STRUCTURE.read(each, Fact, lambda path: Place(where=str(path)), EditionError) for each in data["facts"]]
        return {fact.id: fact for fact in facts}

    def of(self, name: str, language: Language) -> str:
        """Return the name of a thing, or its id where it has none."""
        return self._labels[name].get(language) if name in self._labels else f"`{name}`"

    def points_given(self, points: Mapping[str, Any], language: Language) -> str:
        """Return the points that a stage gives criteria, with their reasons."""
        said = []
        for name, mark in points.items():
            value, reason = (mark["points"], mark.get("reason", "")) if isinstance(mark, Mapping) else (mark, "")
            said.append(f"{self.of(name, language)}: {number(str(value), language)}" + (f" (“{reason}”)" if reason else ""))
        return "; ".join(said)


def _one_edition_or_more(example: str) -> str:
    """Return the example with its editions as a list: several fields have one each."""
    return example.replace("[edition]\n", "[[edition]]\n")


def _labelled(value: Any) -> Iterator[tuple[str, Text]]:
    """Yield the ids of a table and of all in it, each with its label."""
    if isinstance(value, Mapping):
        name = value.get("id", value.get("field"))
        if isinstance(name, str) and "label" in value:
            yield name, Text(value["label"], value.get("label_en", value["label"]))
        for each in value.values():
            yield from _labelled(each)
    elif isinstance(value, list):
        for each in value:
            yield from _labelled(each)


@frozen
class Outcomes:
    """Puts into words what the cases of one file come to."""

    file: PolicyFile
    names: Names
    language: Language
    _cards: dict[int, Scorecard] = field(factory=dict)

    def words(self, case: Case) -> str:
        """Return all that a case says it comes to."""
        before = self._by_unit(case.before, str) if case.before else ""
        said = [f"{self._say('hạng năm trước', 'last year')}: {before}"] if before else []
        return "; ".join((*said, *(self._each(name, value, case) for name, value in case.expect.items())))

    def _say(self, vi: str, en: str) -> str:
        return vi if self.language == "vi" else en

    def _each(self, name: str, value: Any, case: Case) -> str:
        """Return one expectation in words."""
        known: dict[str, Callable[[], str]] = {
            "total": lambda: f"{self._say('tổng', 'total')} {self._account(value)}",
            "state": lambda: STATES[State(value)].get(self.language),
            "range": lambda: self._say("có thể từ ", "anything from ") + self._say(" đến ", " to ").join(number(value, self.language).split("..")),
            "grade": lambda: self._grade(value),
            "possible_grades": lambda: f"{self._say('có thể là', 'may be')}: {self._list(value)}",
            "blocked": lambda: f"{self._say('chưa lên mức trên vì', 'kept from the next grade by')}: {self._texts('blocked', case)}",
            "events": lambda: f"{self._say('sự kiện', 'event')}: {self._texts('events', case)}" if value else self._say("không có sự kiện", "no event"),
            "lost": lambda: f"{self._say('mất điểm', 'lost')}: {', '.join(map(self._lost, value)) or '0'}",
            "reasons": lambda: f"{self._say('lý do', 'reasons')}: {self._texts('reasons', case)}",
            "findings": lambda: f"{self._say('phát hiện', 'findings')}: {', '.join(f'`{code}`' for code in value) or self._say('không', 'none')}",
            "stages": lambda: ", ".join(f"{self.names.of(stage, self.language)} {self._account(each)}" for stage, each in value.items()),
            "error": lambda: f"{self._say('bị từ chối', 'refused')}: `{value}`",
            "ranks": lambda: f"{self._say('hạng', 'ranks')}: {self._by_unit(value, self._rank)}",
            "points_ranked": lambda: f"{self._say('xếp trên điểm', 'ranked on')}: {self._by_unit(value, self._account)}",
            "changes": lambda: f"{self._say('lên, xuống', 'up, down')}: {self._by_unit(value, lambda each: f'{each:+d}')}",
            "from": lambda: f"{self._say('hạng trước là của', 'earlier rank of')}: {self._by_unit(value, lambda each: f'`{each}`')}",
            "parted_by": lambda: f"{self._say('phân định bởi', 'parted by')}: {self._by_unit(value, lambda each: self.names.of(each, self.language))}",
            "provisional": lambda: self._say("tạm thời", "provisional") if value else self._say("chính thức", "final"),
            "units": lambda: "; ".join(f"{self.names.of(unit, self.language)}: {self._inside(each, case)}" for unit, each in value.items()),
        }
        return known[name]() if name in known else f"{self.names.of(name, self.language)} {self._account(value)}"

    def _inside(self, expected: Mapping[str, Any], case: Case) -> str:
        """Return what is expected of one unit; its total needs no word."""
        return ", ".join(self._account(value) if name == "total" else self._each(name, value, case) for name, value in expected.items())

    def _account(self, value: Any) -> str:
        """Return points over maximum, and the state where it is not scored."""
        points, _, state = str(value).rpartition(" ") if str(value).split(" ")[-1] in {each.value for each in State} else (str(value), "", "")
        if state == State.NOT_APPLICABLE.value:
            return STATES[State.NOT_APPLICABLE].get(self.language)
        return number(points, self.language) + (f" ({STATES[State(state)].get(self.language)})" if state else "")

    def _grade(self, value: str) -> str:
        if value in ("", "none"):
            return self._say("chưa xếp loại", "no grade yet") if not value else self._say("không xếp loại", "no grade")
        return f"{self._say('xếp loại', 'grade')} “{self.names.of(value, self.language)}”"

    def _list(self, values: list[str]) -> str:
        return ", ".join(f"“{self.names.of(each, self.language)}”" for each in values)

    def _lost(self, value: str) -> str:
        name, points = value.split(" ")
        return f"{self.names.of(name, self.language)} {number(points, self.language)}"

    def _rank(self, value: str) -> str:
        if value == "not ranked":
            return self._say("không xếp hạng", "not ranked")
        rank, _, rest = value.partition(" ")
        block, _, situation = rest.partition(" (") if not rest.startswith("(") else ("", "", rest[1:])
        inside = [self.names.of(block, self.language)] if block else []
        inside += [self._say("không áp dụng ", "without ") + ", ".join(f"`{each}`" for each in situation.rstrip(")").split(", "))] if situation else []
        return f"{rank} ({', '.join(inside)})" if inside else rank

    def _by_unit(self, values: Mapping[str, Any], words: Callable[[Any], str]) -> str:
        said = [f"{self.names.of(unit, self.language)} {words(value)}" for unit, value in values.items()]
        return ", ".join(said) or self._say("không có", "none")

    def _texts(self, what: str, case: Case) -> str:
        """Return sentences that the engine makes, in this page's language."""
        card = self._card(case)
        found: dict[str, tuple[Text, ...]] = {
            "blocked": card.grade.blocked if card.grade else (),
            "events": card.grade.overrides if card.grade else (),
            "reasons": tuple(deduction.reason for _, _, deduction in card.lost_points()),
        }
        return " ".join(f"“{each.get(self.language)}”" for each in found[what])

    def _card(self, case: Case) -> Scorecard:
        """Return the scorecard of a case's one unit."""
        key = id(case)
        if key not in self._cards:
            with tempfile.TemporaryDirectory() as folder:
                index = registry_of(self.file.example, Path(folder) / "tables").index_named("example")
                given = case.stages or ({"stage": index.method.stages[0].id, "facts": case.facts, "undocumented": case.undocumented},)
                for each in given:
                    write_evidence(index.method, index.method.units[0].id, each["stage"], each, Path(folder) / "evidence")
                ((*stages,),) = read_cohort(Path(folder) / "evidence", index)
                self._cards[key] = score(index, *stages)
        return self._cards[key]
