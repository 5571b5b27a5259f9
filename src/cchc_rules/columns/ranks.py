"""Ranks as columns: within each block, ties parted by the method's chain as far as every tied unit has a value."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from attrs import frozen

from cchc_rules.analysis.ranking import tie_value, total_ranked
from cchc_rules.arithmetic.accounts import Account
from cchc_rules.arithmetic.criteria import SAME_SITUATION
from cchc_rules.arithmetic.facts import Source, scale_of
from cchc_rules.arithmetic.integers import FALSE, Expression, Truth, Whole, total, truth
from cchc_rules.arithmetic.numbers import Number, on_a_scale
from cchc_rules.arithmetic.program import Program
from cchc_rules.methods import TieBreak
from cchc_rules.scorecard import Scorecard

if TYPE_CHECKING:
    import narwhals as nw

MOST_SITUATIONS = 50
VALUE, SITUATION, RANKED = "·ranked on", "·situation", "·is ranked"


@frozen(kw_only=True)
class Step:
    """One step of the chain as columns: a value, more being better, and whether there is one."""

    value: Whole
    known: Truth


def ranks_exactly(program: Program) -> bool:
    """Return whether all that ranks are taken on are numbers that columns can tell apart to the last digit."""
    rule = program.index.method.ranking
    steps = [_account(program, step).points for step in rule.tie_breaks if not step.fact] if rule is not None else []
    return all(on_a_scale(value)[1] is None for value in (_total(program), *steps))


def order_of(program: Program, cards: Sequence[Scorecard]) -> list[dict[str, int]]:
    """Return what ranks are taken on as places in order, exact whatever the numbers, for units that were all scored exactly."""
    rule = program.index.method.ranking
    if rule is None:
        return [{} for _ in cards]
    columns = {VALUE: [total_ranked(card, rule) for card in cards]}
    for number, step in enumerate(rule.tie_breaks):
        columns[step_name(number)] = [tie_value(card, step) or Fraction(0) for card in cards]
    places = {name: {value: place for place, value in enumerate(sorted(set(values)))} for name, values in columns.items()}
    return [{name: places[name][values[row]] for name, values in columns.items()} for row in range(len(cards))]


def _total(program: Program) -> Number:
    rule = program.index.method.ranking
    return program.total.account.points if rule is not None and rule.on == "rounded" else program.total.before


def rank_outputs(program: Program, source: Source) -> dict[str, Expression]:
    """Return what ranks are taken on: the total, the situation, the values of each step of the chain."""
    rule = program.index.method.ranking
    if rule is None:
        return {}
    value, _, _ = on_a_scale(_total(program))
    found: dict[str, Expression] = {VALUE: value, SITUATION: _situation(program)}
    for number, step in enumerate(_steps(program, source, rule.tie_breaks)):
        found[step_name(number)] = step.value
        found[blank_name(number)] = step.known.pick(0, 1)
    return found


def step_name(number: int) -> str:
    """Return the helper column of one step's value."""
    return f"·step·{number}"


def blank_name(number: int) -> str:
    """Return the helper column that is 1 where a step has no value."""
    return f"·blank·{number}"


def _situation(program: Program) -> Whole:
    """Return which criteria set a unit apart, as one number."""
    apart = [score.policies[SAME_SITUATION] for score in program.scores if score.policies.get(SAME_SITUATION, FALSE) is not FALSE]
    return total(holds.pick(2**place, 0) for place, holds in enumerate(apart[:MOST_SITUATIONS]))


def _steps(program: Program, source: Source, chain: Sequence[TieBreak]) -> Iterator[Step]:
    for step in chain:
        if step.fact:
            value = _of_fact(step.fact, source)
        else:
            account = _account(program, step)
            points, _, _ = on_a_scale(account.points)
            value = Step(value=points, known=account.known & ~account.absent)
        yield value if step.better == "higher" else Step(value=total([]) - value.value, known=value.known)


def _account(program: Program, step: TieBreak) -> Account:
    if step.field:
        return next(each.account for each in program.fields if each.edition.field == step.field)
    return next(each.account for each in program.scores if each.criterion.id == step.criterion)


def _of_fact(fact: str, source: Source) -> Step:
    """Return a reported fact as a step; reference data parts nobody."""
    if fact not in source.columns or source.declared[fact].type == "level":
        return Step(value=total([]), known=truth(False))
    known = source.known(fact)
    if source.declared[fact].type == "flag":
        return Step(value=source.flag(fact).pick(1, 0), known=known)
    return Step(value=source.whole(fact), known=known)


def ranking_of(program: Program, card: Scorecard) -> dict[str, int]:
    """Return what ranks are taken on as the helper columns of one row that was scored exactly."""
    rule = program.index.method.ranking
    if rule is None:
        return {}
    places = on_a_scale(_total(program))[2]
    apart = [score.criterion.id for score in program.scores if score.policies.get(SAME_SITUATION, FALSE) is not FALSE]
    away = {score.id for score in card.scores if score.policy == SAME_SITUATION}
    found = {VALUE: _floor(total_ranked(card, rule) * 10**places),
             SITUATION: sum(2**place for place, name in enumerate(apart[:MOST_SITUATIONS]) if name in away)}
    for number, step in enumerate(rule.tie_breaks):
        value = tie_value(card, step)
        scale = scale_of(program.index.facts[step.fact]) if step.fact else 10 ** on_a_scale(_account(program, step).points)[2]
        found[step_name(number)] = 0 if value is None else _floor(value * scale)
        found[blank_name(number)] = int(value is None)
    return found


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator


def with_ranks(frame: Any, program: Program, keys: Sequence[str]) -> Any:
    """Return a frame with the column ``rank``; empty where a unit is not ranked or its total is not complete."""
    import narwhals as nw

    rule = program.index.method.ranking
    if rule is None:
        return frame
    group = [*keys, SITUATION, RANKED]
    frame = frame.with_columns(_place(VALUE, group).alias("·rank"), nw.lit(value=True).alias("·goes on"))
    for number, _ in enumerate(rule.tie_breaks):
        tied = [*group, "·rank"]
        frame = frame.with_columns(nw.col(blank_name(number)).max().over(*tied).alias("·blank"), _place(step_name(number), tied).alias("·within"))
        frame = frame.with_columns((nw.col("·goes on") & (nw.col("·blank") == nw.lit(0))).alias("·goes on"))
        frame = frame.with_columns(
            nw.when(nw.col("·goes on")).then(nw.col("·rank") + nw.col("·within") - nw.lit(1)).otherwise(nw.col("·rank")).alias("·rank")
        )
    if rule.ties == "dense":
        frame = frame.with_columns(nw.col("·rank").rank(method="dense").over(*group).cast(nw.Int64).alias("·rank"))
    return frame.with_columns(nw.when(nw.col(RANKED)).then(nw.col("·rank")).alias("rank"))


def _place(value: str, group: Sequence[str]) -> "nw.Expr":
    """Return a unit's place by a value within its group, the greatest first."""
    import narwhals as nw

    return nw.col(value).rank(method="min", descending=True).over(*group).cast(nw.Int64)
