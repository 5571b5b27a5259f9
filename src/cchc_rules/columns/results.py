"""What a scored frame holds: names of the result columns, their scales, and what is shown where nothing is known."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

from cchc_rules.arithmetic.accounts import Account
from cchc_rules.arithmetic.integers import FALSE, Expression, Whole
from cchc_rules.arithmetic.numbers import on_a_scale
from cchc_rules.arithmetic.program import STATES, Program, state_of, state_of_score
from cchc_rules.base.texts import Text

if TYPE_CHECKING:
    import narwhals as nw

States = Literal["words", "numbers"]
TOTAL = "total"
GRADE, COMPLETE, UNDECIDED, EXACT = "·grade", "·complete", "·undecided", "·exact"
"""Helper columns of a row: the place of its grade, whether its total is complete, how it was decided."""


@frozen(kw_only=True)
class Points:
    """The points of one account as columns: whole numbers of so many decimals; ``upto`` where they are enclosed only.

    Helper columns are named by ``place``, since some backends take a dot in a name for something else.
    """

    name: str
    place: int
    places: int
    points: Whole
    upto: Whole | None
    account: Account
    state: Whole

    @property
    def points_name(self) -> str:
        """The helper column of the points."""
        return f"·points·{self.place}"

    @property
    def upto_name(self) -> str:
        """The helper column of the upper end."""
        return f"·upto·{self.place}"

    @property
    def known_name(self) -> str:
        """The helper column that says whether there are points."""
        return f"·known·{self.place}"

    @property
    def state_name(self) -> str:
        """The helper column of the state's number."""
        return f"·state·{self.place}"


@frozen(kw_only=True)
class ScoredFrame:
    """A frame of results, of the kind that was given.

    ``places`` are the decimals of each column of points, which holds whole numbers of that size; where points
    are no such decimals, ``…:points`` and ``…:upto`` enclose them. ``by_row`` are the criteria that were
    worked out row by row (``ranking``: ranks take exact totals that are no decimals), ``exact_rows`` how many rows only the exact reading could decide (``None`` for a
    lazy frame: its rows say ``undecided``). ``causes`` says what each column of points lost by one cause is
    about; ``absent`` are the units that the method awaits and an eager frame that names its units lacks.
    """

    frame: Any
    places: Mapping[str, int]
    by_row: tuple[str, ...] = ()
    exact_rows: int | None = None
    causes: Mapping[str, Text] = field(factory=dict)
    absent: tuple[str, ...] = ()


def points_of(program: Program) -> tuple[Points, ...]:
    """Return the points of every criterion, every field and the total."""
    known = [
        *((score.criterion.id, score.account, state_of_score(score)) for score in program.scores),
        *((each.edition.field, each.account, state_of(each.account)) for each in program.fields),
        (TOTAL, program.total.account, state_of(program.total.account)),
    ]
    return tuple(_points(place, *each) for place, each in enumerate(known))


def _points(place: int, name: str, account: Account, state: Whole) -> Points:
    low, upto, places = on_a_scale(account.points)
    return Points(name=name, place=place, places=places, points=low, upto=upto, account=account, state=state)


def outputs_of(points: tuple[Points, ...], program: Program) -> dict[str, Expression]:
    """Return the expressions behind all result columns, by the names of helper columns."""
    found: dict[str, Expression] = {}
    for each in points:
        found[each.points_name] = each.points
        found[each.known_name] = each.account.known
        found[each.state_name] = each.state
        if each.upto is not None:
            found[each.upto_name] = each.upto
    found[GRADE] = program.total.grade
    found[COMPLETE] = program.total.account.complete
    found[UNDECIDED] = program.total.undecided
    found[EXACT] = FALSE
    return found


def shown(points: tuple[Points, ...], program: Program, states: States, *, display: bool = False) -> "Iterator[nw.Expr]":
    """Yield the result columns, empty where nothing is known; with ``display`` points to read beside those to count with."""
    import narwhals as nw

    for each in points:
        known = nw.col(each.known_name)
        yield nw.when(known).then(nw.col(each.points_name)).alias(f"{each.name}:points")
        if each.upto is not None:
            yield nw.when(known).then(nw.col(each.upto_name)).alias(f"{each.name}:upto")
        if display:
            yield nw.when(known).then(nw.col(each.points_name) / 10**each.places).alias(f"{each.name}:shown")
        state = nw.col(each.state_name)
        yield (_in_words(state, [one.value for one in STATES]) if states == "words" else state.cast(nw.Int8)).alias(f"{each.name}:state")
    rule = program.index.method.grades
    if rule is not None:
        names = [band.id for band in rule.bands]
        graded = nw.col(COMPLETE) & (nw.col(GRADE) < nw.lit(len(names)))
        yield nw.when(graded).then(_in_words(nw.col(GRADE), names)).alias("grade")
    by = nw.when(nw.col(EXACT)).then(nw.lit("exact")).otherwise(nw.lit("columns"))
    yield nw.when(nw.col(UNDECIDED)).then(nw.lit("undecided")).otherwise(by).alias("decided_by")


def _in_words(number: "nw.Expr", words: list[str]) -> "nw.Expr":
    """Return the word that stands at a number's place."""
    import narwhals as nw

    said = nw.lit(words[-1])
    for place, word in reversed(list(enumerate(words[:-1]))):
        said = nw.when(number == nw.lit(place)).then(nw.lit(word)).otherwise(said)
    return said
