"""Statistics over a cohort as columns: each taken over the units of a block, then read by the rules of the next stratum."""

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from cchc_rules.arithmetic.facts import Source
from cchc_rules.arithmetic.integers import FALSE, TRUE, Expression, TooLargeError, Truth, Whole, column, greatest, whole
from cchc_rules.arithmetic.numbers import Number, Quotient, on_a_scale, quotient, rounded, scaled
from cchc_rules.arithmetic.program import program_of
from cchc_rules.base.exact import Rounding
from cchc_rules.columns.expressions import plan_of
from cchc_rules.columns.units import AWAITED, AWAITED_IN_BLOCK, IS_AWAITED
from cchc_rules.index import Index
from cchc_rules.model import Statistic

if TYPE_CHECKING:
    import narwhals as nw

EVERYWHERE = "·everywhere"
OPERAND, HAS, MEMBER, OPEN, PART, WHOLE_ = (f"·operand·{name}" for name in ("value", "has", "member", "open", "part", "whole"))


@frozen(kw_only=True, eq=False)
class Operand:
    """What a unit brings to a statistic, of so many decimals; whether it has it, whether it is a member at all."""

    value: Whole
    places: int
    has: Truth
    member: Truth = TRUE
    undecided: Truth = FALSE
    part: Whole = field(factory=lambda: whole(0))
    whole: Whole = field(factory=lambda: whole(0))


class NotColumnsError(Exception):
    """A statistic that columns cannot take to the last digit."""


def operand_of(statistic: Statistic, index: Index, source: Source) -> Operand:
    """Return what each unit brings to a statistic; raises ``NotColumnsError`` for a number that is no decimal."""
    if statistic.fact:
        return _of_number(source.number(statistic.fact), has=source.known(statistic.fact))
    if statistic.part:
        return _of_rate(statistic, source)
    program = program_of(index, source)
    if statistic.total:
        account = program.total.account
    elif statistic.field:
        account = next(each.account for each in program.fields if each.edition.field == statistic.field)
    else:
        account = next(each.account for each in program.scores if each.criterion.id == statistic.criterion)
    member = TRUE if statistic.total else ~account.absent
    return _of_number(account.points, has=account.complete, member=member, undecided=program.total.undecided)


def _of_number(value: Number, *, has: Truth, member: Truth = TRUE, undecided: Truth = FALSE) -> Operand:
    points, upto, places = on_a_scale(value)
    if upto is not None:
        raise NotColumnsError
    return Operand(value=points, places=places, has=has & member, member=member, undecided=undecided)


def _of_rate(statistic: Statistic, source: Source) -> Operand:
    """Return a rate, rounded to the places that the statistic names; it does not apply where nothing arose."""
    part, below = source.number(statistic.part), source.number(statistic.whole).low
    known_whole = source.known(statistic.whole)
    member = ~(known_whole & below.above.equals(0))
    has = source.known(statistic.part) & known_whole & member
    above, divisor = part.low.above, below.above
    if part.low.fixed != below.fixed:
        raise NotColumnsError
    if statistic.ratio_of_sums:
        return Operand(value=whole(0), places=0, has=has, member=member, part=above, whole=divisor)
    if statistic.places is None and statistic.kind != "count":
        raise NotColumnsError
    rate = scaled(quotient(above), Quotient(whole(1)).times(1, greatest(divisor, whole(1))))
    near = rounded(rate, Rounding(places=(statistic.places or 0) + 2, mode="half_up"))
    return Operand(value=near.low.above, places=(statistic.places or 0) + 2, has=has, member=member)


# ------------------------------------------------------------------ taken


@frozen(kw_only=True)
class Taken:
    """A frame with one more statistic, and the statistic as a number."""

    frame: Any
    number: Number


def with_statistic(frame: Any, statistic: Statistic, operand: Operand, *, most_units: int, bind_operands: bool, nought: str = "") -> Taken:
    """Return a frame with the columns of one more statistic, taken among the units of each block."""
    import narwhals as nw

    outputs: dict[str, Expression] = {
        OPERAND: operand.has.pick(operand.value, _worst(statistic, operand)),
        HAS: operand.has.pick(1, 0), MEMBER: operand.member.pick(1, 0), OPEN: operand.undecided.pick(1, 0),
        PART: operand.has.pick(operand.part, 0), WHOLE_: operand.has.pick(operand.whole, 0),
    }
    frame = plan_of(outputs, bind_operands=bind_operands, nought=nought).added(frame)
    by = ["block"] if statistic.members == "block" else [EVERYWHERE]
    known, members, undecided, there = (nw.col(name).sum().over(*by).cast(nw.Int64) for name in (HAS, MEMBER, OPEN, IS_AWAITED))
    absent = nw.col(AWAITED_IN_BLOCK if statistic.members == "block" else AWAITED) - there
    frame = frame.with_columns(known.alias("·with"), (members + absent).alias("·members"), undecided.alias("·open"))
    enough = (nw.col("·with") > 0) & ((nw.col("·with") == nw.col("·members")) if statistic.missing == "block" else nw.lit(value=True))
    if statistic.kind == "rank":
        enough &= nw.col(HAS) == 1
    above, below, low, high = _value(statistic, operand, by, most_units)
    names = (f"statistic:{statistic.id}:above", f"statistic:{statistic.id}:below")
    frame = frame.with_columns(
        above.cast(nw.Int64).alias(names[0]), below.cast(nw.Int64).alias(names[1]), enough.alias(f"known:{statistic.id}"),
        (nw.col("·undecided cohort") | (nw.col("·open") > 0)).alias("·undecided cohort"),
    )
    if max(abs(low), abs(high)) >= 2**53:
        raise TooLargeError
    divisor = column(names[1], 1, max(most_units, 1) * (1 if not statistic.ratio_of_sums else operand.whole.high or 1))
    number = quotient(column(names[0], low, high))
    return Taken(frame=frame, number=scaled(number, Quotient(whole(1)).times(1, divisor, 10**operand.places)))


def _worst(statistic: Statistic, operand: Operand) -> int:
    """Return what stands for a unit that brings nothing: it is never ahead of another, nor adds to a sum."""
    if statistic.kind in {"best", "rank"}:
        return operand.value.low if statistic.better == "higher" else operand.value.high
    return 0


def _value(statistic: Statistic, operand: Operand, by: list[str], units: int) -> "tuple[nw.Expr, nw.Expr, int, int]":
    """Return a statistic as two columns, one over the other, and the bounds of the first."""
    import narwhals as nw

    one = nw.lit(1, dtype=nw.Int64)
    low, high = operand.value.low, operand.value.high
    value = nw.col(OPERAND)
    match statistic.kind:
        case "mean" if statistic.ratio_of_sums:
            divisor = nw.col(WHOLE_).sum().over(*by)
            return nw.col(PART).sum().over(*by), _at_least_one(divisor), operand.part.low * units, operand.part.high * units
        case "mean":
            return value.sum().over(*by), _at_least_one(nw.col("·with")), min(low, 0) * units, max(high, 0) * units
        case "best":
            return (value.max() if statistic.better == "higher" else value.min()).over(*by), one, low, high
        case "total":
            return value.sum().over(*by), one, min(low, 0) * units, max(high, 0) * units
        case "count":
            return nw.col("·with") * 10**operand.places, one, 0, units * 10**operand.places
        case "rank":
            place = value.rank(method="min", descending=statistic.better == "higher").over(*by, HAS)
            return place.cast(nw.Int64) * 10**operand.places, one, 0, units * 10**operand.places


def _at_least_one(divisor: "nw.Expr") -> "nw.Expr":
    import narwhals as nw

    return nw.when(divisor > 0).then(divisor).otherwise(nw.lit(1, dtype=nw.Int64))

