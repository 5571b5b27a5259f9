"""A whole method as arithmetic: every criterion, the fields, the total and the grade from the facts of one unit."""

from collections.abc import Iterable

from attrs import frozen

from cchc_rules.arithmetic.accounts import Account
from cchc_rules.arithmetic.criteria import Score, Setting
from cchc_rules.arithmetic.facts import Missing, Source
from cchc_rules.arithmetic.integers import FALSE, TooLargeError, Whole, whole
from cchc_rules.arithmetic.rules import NotArithmeticError, value_of
from cchc_rules.arithmetic.totals import Field, Total, field_of, total_of
from cchc_rules.index import Index
from cchc_rules.model import State

STATES = (State.SCORED, State.NOT_APPLICABLE, State.NO_EVIDENCE, State.NEEDS_JUDGEMENT, State.WAITING, State.ERROR)
"""The states in the order of their numbers."""
SCORED, NOT_APPLICABLE, NO_EVIDENCE, NEEDS_JUDGEMENT, WAITING, ERROR = range(len(STATES))


@frozen(kw_only=True, eq=False)
class Program:
    """A method bound to the columns that are there."""

    index: Index
    fields: tuple[Field, ...]
    total: Total

    @property
    def scores(self) -> tuple[Score, ...]:
        """All scores, in the order of the tables."""
        return tuple(score for each in self.fields for score in each.scores)


def program_of(index: Index, source: Source) -> Program:
    """Return a method as arithmetic.

    A criterion that has no such reading leaves every row undecided; ``obstacles`` names it. Raises
    ``TooLargeError`` where numbers grow beyond what every backend can hold.
    """
    setting = Setting(method=index.method, source=source)
    editions = {edition.field: edition for edition in index.editions}
    fields = tuple(field_of(editions[used.field], setting) for used in index.method.fields)
    return Program(index=index, fields=fields, total=total_of(fields, index, setting))


def obstacles(index: Index, source: Source) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the criteria whose rules have no reading as arithmetic, and those whose numbers grow too large for it."""
    computed: list[str] = []
    too_large: list[str] = []
    for edition in index.editions:
        for criterion in edition.criteria:
            try:
                if criterion.rule is not None:
                    value_of(criterion.rule, source)
            except NotArithmeticError:
                computed.append(criterion.id)
            except TooLargeError:
                too_large.append(criterion.id)
    return tuple(computed), tuple(too_large)


def source_of(index: Index, columns: Iterable[str], *, all_known: bool = False) -> Source:
    """Return where an index takes its facts from, given which of them have columns; ``all_known``: without a blank."""
    return Source(
        declared=index.facts,
        columns=frozenset(columns),
        references=index.references,
        awaited=frozenset(index.statistics),
        calendars=index.calendars,
        round_rate=index.method.rounding.rate,
        all_known=all_known,
    )


def state_of(account: Account, missing: Missing | None = None) -> Whole:
    """Return the number of an account's state; a leaf says what it waits for, all else is just waiting."""
    waits = whole(WAITING)
    if missing is not None:
        waits = missing.evidence.pick(NO_EVIDENCE, NEEDS_JUDGEMENT)
        waits = missing.statistic.pick(WAITING, waits)
    found = account.absent.pick(NOT_APPLICABLE, SCORED)
    return account.error.pick(ERROR, account.open.pick(waits, found))


def state_of_score(score: Score) -> Whole:
    """Return the number of a criterion's state."""
    by_itself = score.criterion.rule is not None and score.missing.anything is not FALSE
    return state_of(score.account, score.missing if by_itself else None)
