"""Two years of one unit side by side: the change in points, split exactly into performance and method.

A score is rate × maximum. Between two years both may change; the midpoint split gives each its share:
performance = (r₁ − r₀)·(m₀ + m₁)/2 and method = (m₁ − m₀)·(r₀ + r₁)/2, which add up to the change.
"""

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from cchc_rules.errors import Finding, InputError, Place
from cchc_rules.exact import format_number
from cchc_rules.published import Published
from cchc_rules.scorecard import FieldScore, Scorecard
from cchc_rules.texts import LANGUAGES, Text, same

ZERO = Fraction(0)


@frozen(kw_only=True)
class FieldResult:
    """One field of one year: points (``None`` where not known) out of a maximum."""

    id: str
    number: str
    label: Text
    points: Fraction | None
    maximum: Fraction

    @property
    def rate(self) -> Fraction | None:
        """Points as a part of the maximum."""
        return None if self.points is None or self.maximum == 0 else self.points / self.maximum


@frozen(kw_only=True)
class Result:
    """One year's result, scored or claimed, as far as a comparison needs it."""

    unit: str
    unit_label: str
    year: int
    claimed: bool
    fields: tuple[FieldResult, ...]
    total: Fraction | None

    @property
    def maximum(self) -> Fraction:
        """What the maxima of the fields add up to."""
        return sum((each.maximum for each in self.fields), ZERO)


Comparable = Scorecard | Published | Result
"""What a side of a comparison may be given as."""


@frozen(kw_only=True)
class Split:
    """A change in points, taken apart."""

    performance: Fraction
    method: Fraction

    @property
    def total(self) -> Fraction:
        """Both parts together."""
        return self.performance + self.method


@frozen(kw_only=True)
class FieldChange:
    """One field in both years; ``split`` is ``None`` and ``apart`` says why where it cannot be compared."""

    id: str
    number: str
    label: Text
    before: FieldResult | None
    after: FieldResult | None
    change: Fraction | None
    rate_change: Fraction | None
    split: Split | None
    apart: Text | None


@frozen(kw_only=True)
class Comparison:
    """Two years of one unit, field by field and in total."""

    before: Result
    after: Result
    fields: tuple[FieldChange, ...]

    @property
    def change(self) -> Fraction | None:
        """The change of the total as stated by both years; ``None`` where one is incomplete."""
        if self.before.total is None or self.after.total is None:
            return None
        return self.after.total - self.before.total

    @property
    def split(self) -> Split:
        """The split of the comparable fields together."""
        parts = [each.split for each in self.fields if each.split is not None]
        return Split(
            performance=sum((part.performance for part in parts), ZERO),
            method=sum((part.method for part in parts), ZERO),
        )

    @property
    def apart(self) -> tuple[FieldChange, ...]:
        """The fields that could not be compared."""
        return tuple(each for each in self.fields if each.split is None)


def of_published(published: Published, label: str = "") -> Result:
    """Return a published table as one side of a comparison, errors included."""
    return Result(
        unit=published.unit,
        unit_label=label or published.unit,
        year=published.year,
        claimed=True,
        fields=tuple(
            FieldResult(id=each.field, number=each.number, label=same(each.label), points=each.points, maximum=each.max_points)
            for each in published.fields
        ),
        total=published.total.points,
    )


def of_scorecard(card: Scorecard) -> Result:
    """Return a scorecard as one side of a comparison; an incomplete field has no points."""
    return Result(
        unit=card.unit.id,
        unit_label=card.unit.label,
        year=card.method.year,
        claimed=False,
        fields=tuple(_field_result(each) for each in card.fields),
        total=card.total.exact if card.total.complete else None,
    )


def _field_result(scored: FieldScore) -> FieldResult:
    account = scored.account
    points = account.exact if account.complete else None
    return FieldResult(id=scored.id, number=scored.number, label=scored.label, points=points, maximum=account.maximum)


def compare(earlier: Comparable, later: Comparable) -> Comparison:
    """Return the comparison of two years, scored or published.

    Raises ``InputError`` where they are of two units.
    """
    before, after = _result(earlier), _result(later)
    if before.unit != after.unit:
        raise InputError(Finding(
            code="units-differ",
            place=Place(where=f"{before.unit} / {after.unit}"),
            reason=Text("hai kết quả của hai đơn vị khác nhau", "the two results are of two units"),
            remedy=Text("so sánh hai năm của cùng một đơn vị", "compare two years of one unit"),
        ))
    return Comparison(before=before, after=after, fields=tuple(_changes(before, after)))


def _result(given: Comparable) -> Result:
    """Return one side of a comparison, whatever it was given as."""
    match given:
        case Scorecard():
            return of_scorecard(given)
        case Published():
            return of_published(given)
        case Result():
            return given


def _changes(before: Result, after: Result) -> Iterator[FieldChange]:
    """Yield each field of either year, in the order of the later one."""
    old = {each.id: each for each in before.fields}
    new = {each.id: each for each in after.fields}
    for field_id in dict.fromkeys((*new, *old)):
        yield _change(old.get(field_id), new.get(field_id))


def _change(before: FieldResult | None, after: FieldResult | None) -> FieldChange:
    known = after or before
    assert known is not None  # every field comes from one of the years
    apart = _why_apart(before, after)
    points = [each.points for each in (before, after) if each and each.points is not None]
    change = points[1] - points[0] if len(points) == 2 else None
    return FieldChange(
        id=known.id,
        number=known.number,
        label=known.label,
        before=before,
        after=after,
        change=change,
        rate_change=None if apart or not before or not after else _rate(after) - _rate(before),
        split=None if apart or not before or not after else midpoint_split(before, after),
        apart=apart,
    )


def _rate(result: FieldResult) -> Fraction:
    rate = result.rate
    assert rate is not None  # fields without a rate have been set apart
    return rate


def midpoint_split(before: FieldResult, after: FieldResult) -> Split:
    """Return the exact split of a field's change between two comparable results."""
    old, new = _rate(before), _rate(after)
    return Split(
        performance=(new - old) * (before.maximum + after.maximum) / 2,
        method=(after.maximum - before.maximum) * (old + new) / 2,
    )


def _why_apart(before: FieldResult | None, after: FieldResult | None) -> Text | None:
    """Return why a field cannot be compared; ``None`` where it can."""
    if before is None or after is None:
        return Text("chỉ có trong một năm", "in one of the years only")
    for each in (before, after):
        if each.points is None:
            return Text("chưa chấm xong", "not completely scored")
        if each.maximum == 0:
            return Text("không có điểm tối đa", "no maximum")
        if not 0 <= each.points <= each.maximum:
            vi, en = ((format_number(each.points, language), format_number(each.maximum, language)) for language in LANGUAGES)
            return Text(f"không thể đạt {vi[0]} điểm khi điểm tối đa là {vi[1]}", f"{en[0]} points out of {en[1]} are impossible")
    return None
