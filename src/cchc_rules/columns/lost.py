"""Lost points as columns: of every criterion, and by cause where its rule itemises them and columns can tell."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from cchc_rules.arithmetic.causes import NotItemisedError, causes_of, with_rounding
from cchc_rules.arithmetic.criteria import Score, worth
from cchc_rules.arithmetic.facts import Source
from cchc_rules.arithmetic.integers import ZERO, Expression, TooLargeError, Truth, Whole
from cchc_rules.arithmetic.numbers import Number, at_least, minus, number, on_a_scale
from cchc_rules.arithmetic.program import Program
from cchc_rules.base.texts import Text
from cchc_rules.model import State
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.wording import rule_text
from cchc_rules.scorecard import Scorecard

if TYPE_CHECKING:
    import narwhals as nw


@frozen(kw_only=True)
class Amount:
    """Points lost as columns: whole numbers of so many decimals, where there are any; ``upto`` where they are enclosed only."""

    name: str
    criterion: str
    place: int
    places: int
    lost: Whole
    upto: Whole | None
    there: Truth
    cause: Text | None = None

    @property
    def lost_name(self) -> str:
        """The helper column of the points lost."""
        return f"·lost·{self.place}"

    @property
    def upto_name(self) -> str:
        """The helper column of the upper end."""
        return f"·lost upto·{self.place}"

    @property
    def there_name(self) -> str:
        """The helper column that says whether anything can be said."""
        return f"·has lost·{self.place}"


def amounts_of(program: Program, source: Source) -> tuple[Amount, ...]:
    """Return what every criterion lost; a bonus that is not earned is no loss."""
    lexicon = Lexicon(program.index.facts, program.index.quantities.units)
    found: list[Amount] = []
    for score in program.scores:
        for name, value, there, cause in _lost(score, source, lexicon) if score.criterion.kind != "bonus" else ():
            low, upto, places = on_a_scale(value)
            found.append(Amount(name=name, criterion=score.criterion.id, place=len(found), places=places, lost=low, upto=upto, there=there, cause=cause))
    return tuple(found)


def _lost(score: Score, source: Source, lexicon: Lexicon) -> Iterator[tuple[str, Number, Truth, Text | None]]:
    account, name = score.account, f"{score.criterion.id}:lost"
    yield name, minus(account.maximum, account.points), account.known & ~account.absent, None
    if score.criterion.rule is not None and score.criterion.kind == "regular":
        as_printed = at_least(number(worth(score.criterion)), account.maximum).holds
        for place, (cause, value) in enumerate(_by_cause(score, source, lexicon), start=1):
            yield f"{name}:{place}", value, score.by_rule & as_printed, cause


def _by_cause(score: Score, source: Source, lexicon: Lexicon) -> list[tuple[Text, Number]]:
    """Return what each cause cost; nothing where the rule loses as one, or where columns cannot tell to the last digit."""
    rule, most = score.criterion.rule, worth(score.criterion)
    assert rule is not None  # callers pass criteria with a form
    read = evolve(source, round_rate=None) if score.criterion.exact_rates else source
    try:
        causes = with_rounding(causes_of(rule, most, read), score.account.points, most)
    except (NotItemisedError, TooLargeError):
        return []
    itemised = any(each.one_of_several for each in causes) and all(on_a_scale(each.amount)[1] is None for each in causes)
    return [(rule_text(each.node, lexicon), each.amount) for each in causes if itemised and each.amount.low.above is not ZERO]


def lost_outputs(amounts: Iterable[Amount]) -> dict[str, Expression]:
    """Return the expressions behind the columns, by the names of helper columns."""
    found: dict[str, Expression] = {}
    for each in amounts:
        found[each.lost_name] = each.lost
        found[each.there_name] = each.there
        if each.upto is not None:
            found[each.upto_name] = each.upto
    return found


def lost_shown(amounts: Iterable[Amount]) -> "Iterator[nw.Expr]":
    """Yield the columns, empty where nothing can be said."""
    import narwhals as nw

    for each in amounts:
        there = nw.col(each.there_name)
        yield nw.when(there).then(nw.col(each.lost_name)).alias(each.name)
        if each.upto is not None:
            yield nw.when(there).then(nw.col(each.upto_name)).alias(f"{each.name}:upto")


def lost_of(card: Scorecard, amounts: Iterable[Amount]) -> Mapping[str, Any]:
    """Return the helper columns of one row that was scored exactly; its causes are those of its scorecard, not of columns."""
    accounts = {score.id: score.account for score in card.scores}
    found: dict[str, Any] = {}
    for each in amounts:
        account = accounts[each.criterion]
        there = each.cause is None and account.state is State.SCORED and account.exact is not None
        scaled = (account.maximum - account.exact) * 10**each.places if there and account.exact is not None else account.maximum * 0
        found[each.lost_name] = scaled.numerator // scaled.denominator
        found[each.there_name] = there
        if each.upto is not None:
            found[each.upto_name] = -(-scaled.numerator // scaled.denominator)
    return found
