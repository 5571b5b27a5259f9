"""Maxima that a decision states, beside what their parts add up to: where they differ, somebody has mistyped one."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from attrs import frozen

from cchc_rules.methods import Method
from cchc_rules.model import Criterion, Edition


@frozen(kw_only=True)
class Maximum:
    """One stated maximum, of a criterion or of the field itself, and its parts.

    ``added`` is what the parts come to; ``None`` where there are none, or where they are not added.
    A ``capped`` maximum may be less than that.
    """

    stated: Decimal
    added: Decimal | None = None
    capped: bool = False
    criterion: Criterion | None = None
    parts: tuple[Criterion, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the parts do not come to what is stated."""
        return self.added is not None and (self.added < self.stated or (self.added > self.stated and not self.capped))


def maxima(edition: Edition) -> Iterator[Maximum]:
    """Yield the field's maximum, then every criterion's, in the order of the table."""
    yield _maximum(edition.max_points, edition.children(""), None)
    for criterion in edition.criteria:
        if criterion.combine == "sum":
            yield _maximum(criterion.max_points, edition.children(criterion.id), criterion)
        else:
            yield Maximum(stated=criterion.max_points, criterion=criterion, parts=tuple(edition.children(criterion.id)))


def _maximum(stated: Decimal, below: Iterable[Criterion], criterion: Criterion | None) -> Maximum:
    """Return a maximum with its regular parts: bonus and penalty are outside of it."""
    parts = tuple(each for each in below if each.kind == "regular")
    added = sum((each.max_points for each in parts), Decimal(0)) if parts or criterion is None else None
    return Maximum(stated=stated, added=added, criterion=criterion, parts=parts, capped=criterion is not None and criterion.capped)


def nominal(method: Method, editions: Iterable[Edition]) -> Maximum:
    """Return the total that a method names, beside its fields' maxima; parts and a conversion need not add up to it."""
    free = bool(method.parts) or method.conversion is not None
    added = sum((each.max_points for each in editions), Decimal(0))
    return Maximum(stated=method.nominal_total.value, added=None if free else added)
