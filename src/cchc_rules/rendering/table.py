"""The table of an annex as values: one row a field and a criterion, with wording, sentence, evidence and provenance."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

from attrs import evolve, frozen

from cchc_rules.base.texts import LANGUAGES, Text
from cchc_rules.decisions.structure import Structure
from cchc_rules.decisions.versions import key_of
from cchc_rules.engine.explain import combination
from cchc_rules.model import Clause, Criterion, CriterionKind, Edition, Fact, NotApplicablePolicy
from cchc_rules.plugins.registry import Registry
from cchc_rules.quantities import Unit
from cchc_rules.rendering.agreement import Agreeing, Agreement, agreement
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.wording import NOT_APPLICABLE, rule_text, word

MAX_POINTS = "max_points"
KINDS: Mapping[CriterionKind, Text] = {
    "regular": Text("", ""), "bonus": Text(" (điểm thưởng)", " (bonus)"), "penalty": Text(" (điểm trừ)", " (penalty)"),
}
AGREEING: Mapping[Agreeing, Text] = {
    "agrees": Text("khớp", "agrees"),
    "differs": Text("khác", "differs"),
    "unread": Text("chưa đọc được", "not read"),
}


@frozen(kw_only=True)
class Row:
    """One line: a field or a criterion; ``depth`` is how many criteria stand above it.

    ``parameters`` are the keys of the rule's form, ``assumed`` the keys that no source gives; ``provisos`` is what the
    score depends on besides the rule.
    """

    kind: Literal["field", "criterion"]
    number: str
    label: Text
    max_points: Decimal
    depth: int = 0
    wording: Text | None = None
    provisos: tuple[Text, ...] = ()
    clause: Clause | None = None
    agreement: Agreement | None = None
    evidence: tuple[str, ...] = ()
    has_rule: bool = False
    parameters: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()

    @property
    def maximum_assumed(self) -> bool:
        """Whether no source gives the maximum."""
        return MAX_POINTS in self.assumed

    @property
    def rule_assumed(self) -> frozenset[str]:
        """The parameters of the rule that no source gives."""
        return self.parameters & self.assumed


@frozen(kw_only=True)
class Rendered:
    """The whole table of one edition, or of all editions of a method."""

    name: str
    label: Text
    rows: tuple[Row, ...]
    total: Decimal

    def number(self, agreeing: Agreeing) -> int:
        """Return how many sentences compare in a way."""
        return sum(each.agreement is not None and each.agreement.agreeing == agreeing for each in self.rows)

    @property
    def without_sentence(self) -> int:
        """How many criteria with a rule have no sentence of the decision beside them."""
        return sum(each.has_rule and each.agreement is None for each in self.rows)


def render(registry: Registry, name: str) -> Rendered:
    """Return the table of an edition, or of a method with all its fields; raises ``InputError`` for an unknown name."""
    if key_of(name) in registry.editions:
        registered = registry.editions[key_of(name)]
        edition = registered.value
        maker = _Rows(edition, registry.facts_of(registered), registry.quantities.units, registry.structure)
        return Rendered(name=edition.id, label=edition.label, rows=tuple(maker.rows("")), total=edition.max_points)
    if not any(name in (each.value.id, key) for key, each in registry.methods.items()):
        registry.named(name)
    index = registry.index_named(name)
    used = {each.field: each.number for each in index.method.fields}
    rows = [row for edition in index.editions
            for row in _Rows(edition, index.facts, index.quantities.units, registry.structure).rows(used.get(edition.field, ""))]
    total = sum((edition.max_points for edition in index.editions), Decimal(0))
    return Rendered(name=index.method.key, label=index.method.label, rows=tuple(rows), total=total)


class _Rows:
    """The rows of one edition."""

    def __init__(self, edition: Edition, facts: Mapping[str, Fact], units: Mapping[str, Unit], structure: Structure) -> None:
        self.edition = edition
        self.lexicon = Lexicon(facts, units)
        self.structure = structure
        self.known = {each.id: each for each in edition.criteria}

    def rows(self, number: str) -> Iterator[Row]:
        """Yield the field's row, then its criteria in the order of the decision."""
        edition = self.edition
        assumed = frozenset({MAX_POINTS} if edition.max_points_provenance == "assumed" else ())
        yield Row(kind="field", number=number, label=edition.label, max_points=edition.max_points, clause=edition.source, assumed=assumed)
        yield from map(self._row, edition.criteria)

    def _row(self, criterion: Criterion) -> Row:
        kind = KINDS[criterion.kind]
        parameters = frozenset(self.structure.write(criterion.form) if criterion.form else ())
        return Row(
            kind="criterion",
            number=criterion.number,
            label=Text(criterion.label.vi + kind.vi, criterion.label.en + kind.en),
            max_points=criterion.max_points,
            depth=self._depth(criterion),
            wording=combination(criterion) if criterion.rule is None else rule_text(criterion.rule, self.lexicon),
            provisos=tuple(self._provisos(criterion)),
            clause=criterion.clause,
            agreement=agreement(criterion, self.edition, self.lexicon, self.structure),
            evidence=criterion.evidence,
            has_rule=criterion.rule is not None,
            parameters=parameters,
            assumed=parameters.union({MAX_POINTS}) - criterion.official.keys() if criterion.provenance == "assumed" else frozenset(),
        )

    def _depth(self, criterion: Criterion) -> int:
        """Return how many criteria stand above one; a circle of parents ends where it began."""
        seen = {criterion.id}
        while (above := self.known.get(criterion.parent)) is not None and above.id not in seen:
            seen.add(above.id)
            criterion = above
        return len(seen) - 1

    def _provisos(self, criterion: Criterion) -> Iterator[Text]:
        """Yield what a criterion's score depends on besides its rule."""
        if criterion.applies_when is not None:
            condition = criterion.applies_when.condition()
            vi, en = (word(condition, evolve(self.lexicon, language=language)) for language in LANGUAGES)
            yield Text(f"Chỉ áp dụng khi: {vi}.", f"Applies only where: {en}.")
        if criterion.prerequisite:
            before = self.known.get(criterion.prerequisite)
            name = before.number if before else criterion.prerequisite
            yield Text(f"Chỉ được điểm khi tiêu chí {name} đạt tối đa.", f"Worth nothing unless criterion {name} is in full.")
        if criterion.when_not_applicable is not None:
            policy = _policy(criterion.when_not_applicable)
            yield Text(f"Khi không áp dụng: {policy.vi}.", f"Where it does not apply: {policy.en}.")


def _policy(policy: NotApplicablePolicy) -> Text:
    """Return what becomes of the points of what does not apply."""
    match policy:
        case "award_maximum":
            return Text("được điểm tối đa", "the maximum")
        case "award_zero":
            return Text("0 điểm", "0 points")
        case _:
            return NOT_APPLICABLE[policy]
