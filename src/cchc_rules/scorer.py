"""One unit at a time, fast: a method compiled once into functions over whole numbers; all else is made when it is read."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from attrs import define, frozen

from cchc_rules.arithmetic.accounts import Account
from cchc_rules.arithmetic.facts import encoded, range_of
from cchc_rules.arithmetic.function import Column, Results, compiled, compiled_reader
from cchc_rules.arithmetic.integers import Expression, TooLargeError, Whole, walk
from cchc_rules.arithmetic.numbers import NOUGHT, minus, on_a_scale, pick
from cchc_rules.arithmetic.program import STATES, Program, program_of, source_of, state_of, state_of_score
from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.engine.bare import evidence_of
from cchc_rules.engine.unit import score
from cchc_rules.index import Index
from cchc_rules.model import AssessedUnit, Fact, State, Value
from cchc_rules.points import Account as Told
from cchc_rules.points import as_points
from cchc_rules.scorecard import Scorecard

FactInput = Value | int | Decimal | None
"""A fact as rules take it: a number, a flag, the id of a level, a blank; rates as a part of 1, dates as ordinals."""
TOTAL = "total"
MOST_KEPT = 100_000
"""Up to so many different points of one criterion are made into decimals beforehand."""
Scaled = tuple[Whole, Whole | None, int]
"""A number as whole numbers of so many decimals; the second is there where it is only enclosed."""
WIDTH = 4
"""How many results a line has: points, lost points, whether there are any, the state."""


@define(slots=True, eq=False)
class QuickScore:
    """One criterion or the total: points, what is missing to the maximum (``None`` where nothing is known), and the state."""

    id: str
    points: Decimal | None
    state: State
    lost: Decimal | None


@frozen(slots=True, eq=False)
class Line:
    """How one account is read from the results; its decimals are made beforehand where none is below 0."""

    id: str
    places: int
    kept: tuple[Decimal, ...]

    def decimal(self, number: int) -> Decimal:
        """Return a number of this line's places as a decimal."""
        return self.kept[number] if 0 <= number < len(self.kept) else Decimal(number).scaleb(-self.places)


class QuickCard:
    """The scores of one unit, each made when it is read; ``scorecard`` is all of it, with reasons and lines."""

    __slots__ = ("_facts", "_results", "_scorer", "_unit")

    def __init__(self, scorer: "Scorer", facts: Mapping[str, FactInput], results: Results | None, unit: AssessedUnit) -> None:
        """Keep what the scores are read from; without ``results`` only the exact reading can tell."""
        self._scorer, self._facts, self._results, self._unit = scorer, facts, results, unit

    @property
    def scores(self) -> list[QuickScore]:
        """The scores of all criteria in the order of the tables."""
        if self._results is None:
            return self._exactly()[:-1]
        found, at, results = [], 0, self._results
        for line in self._scorer.criteria:  # a million of these a second: nothing is called but what makes them
            kept = line.kept
            if kept and results[at + 2]:
                found.append(QuickScore(line.id, kept[results[at]], STATES[results[at + 3]], kept[results[at + 1]]))
            else:
                found.append(_score(line, results, at))
            at += WIDTH
        return found

    @property
    def total(self) -> QuickScore:
        """The total."""
        if self._results is None:
            return self._exactly()[-1]
        lines = self._scorer.lines
        return _score(lines[-1], self._results, WIDTH * (len(lines) - 1))

    @property
    def grade(self) -> str | None:
        """The id of the grade; ``None`` where there is none yet."""
        if self._results is None:
            grade = self.scorecard.grade
            return grade.id or None if grade else None
        return self._scorer.grades[self._results[-2]]

    @property
    def scorecard(self) -> Scorecard:
        """The scorecard as the engine makes it."""
        index = self._scorer.index
        facts = {name: _value(name, value) for name, value in self._facts.items() if value is not None and name in index.facts}
        return score(index, evidence_of(index, facts, self._unit))

    def _exactly(self) -> list[QuickScore]:
        card = self.scorecard
        accounts = [*((each.id, each.account) for each in card.scores), (TOTAL, card.total)]
        return [QuickScore(name, account.points, account.state, _missing(account)) for name, account in accounts]


def _missing(account: Told) -> Decimal | None:
    """Return what is missing to the maximum of an account of the engine."""
    if account.exact is None:
        return None
    return as_points(account.maximum - account.exact) if account.state is State.SCORED else Decimal(0)


def _score(line: Line, results: Results, at: int) -> QuickScore:
    """Return one score as it stands among the results."""
    state = STATES[results[at + 3]]
    if not results[at + 2]:
        return QuickScore(line.id, None, state, None)
    return QuickScore(line.id, line.decimal(results[at]), state, line.decimal(results[at + 1]))


class Scorer:
    """A method compiled for one unit at a time: call it with the unit's facts, by their ids.

    Numbers are ``int``, ``Decimal`` or ``Fraction`` (rates as a part of 1, dates as ordinals), flags true or
    false, levels their ids; a fact that is not there is missing, one that cannot be is an error of the criteria
    that read it. Bare facts count as documented. Raises ``InputError`` for a float.

    What only the exact reading can tell is read from that, unit by unit: a criterion computed in Python,
    points that are no decimals, statistics of a cohort.
    """

    def __init__(self, index: Index) -> None:
        """Compile a method: once for units of which all is known, once for all others."""
        self.index = index
        self._facts = {name: fact for name, fact in index.facts.items() if name not in index.statistics}
        programs = _programs(index, self._facts)
        self._complete = self._partial = None
        self.lines: tuple[Line, ...] = ()
        self.criteria: tuple[Line, ...] = ()
        self.grades: tuple[str | None, ...] = (*(band.id for band in (index.method.grades.bands if index.method.grades else ())), None)
        if programs is not None:
            complete, partial = programs
            self.lines = tuple(_lines(programs))
            self.criteria = self.lines[:-1]
            outputs = _outputs(partial, self.lines)
            asked = {each.name.partition(":")[2] for each in walk(outputs) if each.operation == "column"}
            self._complete = compiled_reader(_outputs(complete, self.lines), [_column(fact) for name, fact in self._facts.items() if name in asked])
            self._partial = compiled(outputs, [name for fact in self._facts for name in (f"fact:{fact}", f"known:{fact}", f"unsound:{fact}")])

    def __call__(self, facts: Mapping[str, FactInput], unit: AssessedUnit | None = None) -> QuickCard:
        """Return the scores of one unit; a fact that is not there is missing."""
        results = None
        if self._complete is not None and self._partial is not None:
            results = self._complete(facts.get)
            if results is None:
                results = self._partial(*_arguments(self._facts, facts))
            if results[-1]:
                results = None
        return QuickCard(self, facts, results, unit or NOBODY)


NOBODY = AssessedUnit(id="unit", label="")


def _programs(index: Index, facts: Mapping[str, Fact]) -> tuple[Program, Program] | None:
    """Return a method as arithmetic for units of which all is known, and for others; ``None`` where it has no such reading."""
    if index.known or any(each not in index.references for each in index.statistics):
        return None
    try:
        complete, partial = (program_of(index, source_of(index, facts, all_known=known)) for known in (True, False))
    except TooLargeError:
        return None
    accounts = [*(each.account for each in partial.scores), partial.total.account]
    return (complete, partial) if all(on_a_scale(account.points)[1] is None for account in accounts) else None


def _column(fact: Fact) -> Column:
    """Return how a fact of a unit of which all is known is read: whole numbers as they are, and flags."""
    whole = fact.type != "flag"
    return Column(name=f"fact:{fact.id}", key=fact.id, bounds=range_of(fact) if whole else None)


def _arguments(declared: Mapping[str, Fact], facts: Mapping[str, FactInput]) -> Iterator[int | bool]:
    """Yield each fact's whole number, whether it is known, whether it cannot be."""
    for name, fact in declared.items():
        value = facts.get(name)
        low, high = range_of(fact)
        number = None if value is None else encoded(fact, _value(name, value))
        if number is not None and low <= number <= high:
            yield from (number, True, False)
        else:
            yield from (bool(low) if fact.type == "flag" else low, value is not None, value is not None)


def _value(name: str, given: Value | int | Decimal) -> Value:
    """Return a fact as rules take it; raises ``InputError`` for a float, which is never exact."""
    if isinstance(given, float):
        raise InputError(Finding(
            code="number-is-float",
            place=Place(where=name),
            reason=Text("số thực (float) không chính xác", "a float is not exact"),
            remedy=Text("dùng int, Decimal hoặc Fraction", "give an int, a Decimal or a Fraction"),
        ))
    return given if isinstance(given, (bool, str)) else Fraction(given)


def _outputs(program: Program, lines: Sequence[Line]) -> list[Expression]:
    """Return the results of a program: each line's on its scale, then the grade, then whether only the exact reading can tell."""
    found: list[Expression] = []
    for line, (account, state) in zip(lines, _accounts(program), strict=True):
        found += [*(number * 10 ** (line.places - places) for number, _, places in _numbers(account)), account.known, state]
    grade = program.total.account.complete.pick(program.total.grade, len(_grades(program)))
    return [*found, grade, program.total.undecided]


def _numbers(account: Account) -> tuple[Scaled, Scaled]:
    """Return the points of an account and what is missing to its maximum, each as whole numbers of so many decimals."""
    missing = pick(account.complete & ~account.absent, minus(account.maximum, account.points), NOUGHT)
    return on_a_scale(account.points), on_a_scale(missing)


def _grades(program: Program) -> Sequence[object]:
    rule = program.index.method.grades
    return rule.bands if rule else ()


def _accounts(program: Program) -> Iterator[tuple[Account, Whole]]:
    for each in program.scores:
        yield each.account, state_of_score(each)
    yield program.total.account, state_of(program.total.account)


def _lines(programs: Sequence[Program]) -> Iterator[Line]:
    """Yield how each account is read, on a scale that holds it in all programs."""
    names = [*(each.criterion.id for each in programs[0].scores), TOTAL]
    accounts = zip(*([account for account, _ in _accounts(program)] for program in programs), strict=True)
    for name, alike in zip(names, accounts, strict=True):
        numbers = [number for account in alike for number in _numbers(account)]
        places = max(each[2] for each in numbers)
        yield Line(id=name, places=places, kept=_kept(places, numbers))


def _kept(places: int, numbers: Sequence[Scaled]) -> tuple[Decimal, ...]:
    """Return the decimals of all points and missing points that there can be; none where they are too many, or some below 0."""
    most = max(number.high * 10 ** (places - own) for number, _, own in numbers)
    if most > MOST_KEPT or any(number.low < 0 for number, _, _ in numbers):
        return ()
    return tuple(Decimal(number).scaleb(-places) for number in range(most + 1))
