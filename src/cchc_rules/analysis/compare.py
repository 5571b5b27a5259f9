"""Two years of one unit side by side: the change in points, split exactly into performance and method.

A score is rate × maximum. Between two years both may change; the midpoint split gives each its share:
performance = (r₁ − r₀)·(m₀ + m₁)/2 and method = (m₁ − m₀)·(r₀ + r₁)/2, which add up to the change.

A unit that was renamed is compared with what it was; across a merger only by a mapping that the caller names.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from attrs import frozen

from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import LANGUAGES, Text, same
from cchc_rules.decisions.identities import Lineage, lineage
from cchc_rules.model import AssessedUnit
from cchc_rules.published import Published
from cchc_rules.scorecard import FieldScore, Scorecard

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
    """One year's result, scored or claimed, as far as a comparison needs it.

    ``assessed`` is what is known of the unit: without it a merger or a change of name is not.
    """

    unit: str
    unit_label: str
    year: int
    claimed: bool
    fields: tuple[FieldResult, ...]
    total: Fraction | None
    assessed: AssessedUnit | None = None

    @property
    def maximum(self) -> Fraction:
        """What the maxima of the fields add up to."""
        return sum((each.maximum for each in self.fields), ZERO)

    @property
    def identity(self) -> AssessedUnit:
        """The unit, with its predecessors and successors where they are known."""
        return self.assessed or AssessedUnit(id=self.unit, label=self.unit_label)


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
    """Two years of one unit, field by field and in total; ``mapping`` says how one unit became the other, if it did."""

    before: Result
    after: Result
    fields: tuple[FieldChange, ...]
    mapping: Text | None = None

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


def of_published(published: Published, label: str = "", assessed: AssessedUnit | None = None) -> Result:
    """Return a published table as one side of a comparison, errors included."""
    return Result(
        unit=published.unit,
        unit_label=label or (assessed.label if assessed else published.unit),
        assessed=assessed,
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
        assessed=card.unit,
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

    Raises ``InputError`` where they are of two units, unless the one is only the other's new name.
    """
    before, after = _result(earlier), _result(later)
    change = _lineage(before, after)
    if len(change.before) > 1:
        raise InputError(_merged(change, after))
    if len(change.after) > 1:
        raise InputError(_split_up(change, before))
    mapping = None if change.before == change.after else Text(
        f"{before.unit_label} ({before.unit}) đổi thành {after.unit_label} ({after.unit}): một đơn vị, hai tên",
        f"{before.unit_label} ({before.unit}) became {after.unit_label} ({after.unit}): one unit under two names",
    )
    return Comparison(before=before, after=after, fields=tuple(_changes(before, after)), mapping=mapping)


def compare_merged(earlier: Iterable[Comparable], later: Comparable, *, mapping: str = "") -> Comparison:
    """Return the comparison of a unit with those that it was made from, by the mapping that is named.

    Points of an index do not add, so the only mapping is ``"mean"``: each predecessor counts alike, whatever
    its size. Raises ``InputError`` where none is named, a predecessor is missing, or one is of another year.
    """
    befores, after = [_result(each) for each in earlier], _result(later)
    changes = [_lineage(each, after) for each in befores]
    for change, before in zip(changes, befores, strict=True):
        if len(change.after) > 1:
            raise InputError(_split_up(change, before))
    needed = sorted({name for change in changes for name in change.before} or after.identity.predecessors)
    if not befores or sorted(each.unit for each in befores) != needed:
        raise InputError(_predecessors_wanted(needed, befores, after))
    if len({each.year for each in befores}) > 1:
        raise InputError(Finding(
            code="years-differ",
            place=Place(where=after.unit),
            reason=Text("kết quả của các đơn vị trước hợp nhất không cùng một năm", "the predecessors' results are of different years"),
            remedy=Text("đưa kết quả cùng một năm", "give results of one year"),
        ))
    if mapping != "mean":
        raise InputError(Finding(
            code="mapping-needed",
            place=Place(where=after.unit),
            reason=Text("điểm của các đơn vị không cộng được: phải nói rõ cách quy về một đơn vị", "units' points do not add: say how they become one"),
            remedy=Text("dùng “mean” (bình quân cộng, mỗi đơn vị tính ngang nhau)", "use 'mean' (the plain mean, each unit counting alike)"),
        ))
    before = _mean(befores, after)
    names = {language: ", ".join(each.unit_label for each in befores) for language in LANGUAGES}
    note = Text(
        f"trước hợp nhất: bình quân cộng của {len(befores)} đơn vị ({names['vi']}), mỗi đơn vị tính ngang nhau",
        f"before the merger: the plain mean of {len(befores)} units ({names['en']}), each counting alike",
    )
    return Comparison(before=before, after=after, fields=tuple(_changes(before, after)), mapping=note)


def _lineage(before: Result, after: Result) -> Lineage:
    """Return what connects the units of two results; raises ``InputError`` where nothing does."""
    found = lineage(before.identity, after.identity, (before.year, after.year))
    if found is None:
        raise InputError(Finding(
            code="units-differ",
            place=Place(where=f"{before.unit} / {after.unit}"),
            reason=Text("hai kết quả của hai đơn vị khác nhau", "the two results are of two units"),
            remedy=Text("so sánh hai năm của cùng một đơn vị; nếu đơn vị đã đổi tên, ghi `predecessors` hoặc `successors` trong phương pháp",
                        "compare two years of one unit; where it was renamed, the method names its `predecessors` or `successors`"),
        ))
    return found


def _merged(change: Lineage, after: Result) -> Finding:
    """Return the finding of a unit that was made from several and is compared with one of them."""
    names = ", ".join(change.before)
    return Finding(
        code="units-merged",
        place=Place(where=after.unit),
        reason=Text(f"“{after.unit}” hợp nhất từ {names}: không so sánh được với riêng một đơn vị",
                    f"{after.unit!r} was merged from {names}: it cannot be compared with one of them"),
        remedy=Text("đưa kết quả của tất cả các đơn vị đó và nói rõ cách quy đổi: `cchc compare A B --also A2 --map mean`",
                    "give the results of all of them and say how they are mapped: `cchc compare A B --also A2 --map mean`"),
    )


def _split_up(change: Lineage, before: Result) -> Finding:
    """Return the finding of a unit that became several."""
    names = ", ".join(change.after)
    return Finding(
        code="units-split",
        place=Place(where=before.unit),
        reason=Text(f"“{before.unit}” được chia thành {names}: kết quả cũ không tách được cho từng đơn vị",
                    f"{before.unit!r} was split into {names}: its result cannot be taken apart for each"),
        remedy=Text("muốn so sánh thì chấm lại năm trước theo số liệu của từng địa bàn", "to compare, score the earlier year anew on each part's own facts"),
    )


def _predecessors_wanted(needed: Sequence[str], befores: Sequence[Result], after: Result) -> Finding:
    """Return the finding of predecessors that are missing or given twice."""
    given = ", ".join(each.unit for each in befores)
    return Finding(
        code="predecessors-missing",
        place=Place(where=after.unit),
        reason=Text(f"cần kết quả của mỗi đơn vị {', '.join(needed)} đúng một lần, đã đưa: {given}",
                    f"the result of each of {', '.join(needed)} is needed once; given: {given}"),
        remedy=Text("đưa đủ kết quả của các đơn vị trước hợp nhất", "give the results of all predecessors"),
    )


def _mean(befores: Sequence[Result], after: Result) -> Result:
    """Return the plain mean of several units' results; what one of them lacks is not known."""
    columns: dict[str, list[FieldResult]] = {}
    for each in befores:
        for found in each.fields:
            columns.setdefault(found.id, []).append(found)
    totals = [each.total for each in befores if each.total is not None]
    return Result(
        unit=after.unit,
        unit_label=" + ".join(each.unit_label for each in befores),
        year=befores[0].year,
        claimed=any(each.claimed for each in befores),
        fields=tuple(_mean_field(column, len(befores)) for column in columns.values()),
        total=sum(totals, ZERO) / len(befores) if len(totals) == len(befores) else None,
    )


def _mean_field(column: Sequence[FieldResult], units: int) -> FieldResult:
    known = [each.points for each in column if each.points is not None]
    return FieldResult(
        id=column[0].id,
        number=column[0].number,
        label=column[0].label,
        points=sum(known, ZERO) / units if len(known) == units else None,
        maximum=sum((each.maximum for each in column), ZERO) / len(column),
    )


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
