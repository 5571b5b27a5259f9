"""Scoring: from one unit's evidence to criteria, fields, total, grade: the scorecard."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial

from attrs import evolve, frozen

from cchc_rules.errors import Finding, Place, RuleError
from cchc_rules.exact import Rounding, format_number
from cchc_rules.explanation import Explanation, explain
from cchc_rules.index import Computation, Index
from cchc_rules.methods import FieldUsed, GradeRule
from cchc_rules.model import ComputedPoints, Criterion, Edition, Evidence, State, Value
from cchc_rules.rules import tree
from cchc_rules.rules.bounds import Interval, Known, bounds
from cchc_rules.rules.evaluate import Facts, Outcome, evaluate
from cchc_rules.rules.losses import losses
from cchc_rules.rules.reasons import Setting, reason, threshold
from cchc_rules.rules.wording import Lexicon
from cchc_rules.scorecard import (
    Account,
    Deduction,
    FieldScore,
    Grade,
    MethodUsed,
    Range,
    Score,
    Scorecard,
    total_range,
)
from cchc_rules.texts import Text
from cchc_rules.version import VERSION

ZERO = Fraction(0)
Change = Callable[[Fraction], Fraction]


def score(index: Index, evidence: Evidence) -> Scorecard:
    """Return the scorecard of one unit under one method.

    Every criterion gets a state of its own; what is missing never counts as zero, and the total then says
    that it is incomplete and what it can still reach.
    """
    return _Scoring(index, evidence).scorecard()


@frozen
class _Scoring:
    """One unit being scored: the index and the evidence that every step reads."""

    index: Index
    evidence: Evidence

    @property
    def values(self) -> Mapping[str, Value]:
        return self.evidence.values()

    @property
    def lexicon(self) -> Lexicon:
        return Lexicon(self.index.facts, self.index.quantities.units)

    def scorecard(self) -> Scorecard:
        """Return everything, from the criteria up."""
        method = self.index.method
        editions = {edition.field: edition for edition in self.index.editions}
        fields = tuple(self._field(used, editions[used.field]) for used in method.fields)
        total = _rounded(_together([each.account for each in fields]), method.rounding.total)
        return Scorecard(
            unit=self.evidence.unit,
            method=self._method_used(),
            engine=f"cchc_rules {VERSION}",
            stage=self.index.stages[self.evidence.stage].label,
            evidence=self.evidence,
            total=total,
            grade=self._grade(total, method.grades) if method.grades else None,
            fields=fields,
            facts=self.index.facts,
            assumed_share=_assumed_share(fields),
            findings=tuple(self._findings(fields)),
            explainer=partial(_explain, self.index, self.values),
        )

    def _method_used(self) -> MethodUsed:
        method = self.index.method
        return MethodUsed(
            id=method.id,
            year=method.year,
            label=method.label,
            level=method.level,
            status=method.status,
            seals=self.index.seals,
            nominal_total=Fraction(method.nominal_total.value),
            nominal_total_provenance=method.nominal_total.provenance,
        )

    # -------------------------------------------------------------- fields

    def _field(self, used: FieldUsed, edition: Edition) -> FieldScore:
        """Return one field: its criteria in the order of the table, and their sum."""
        scores = {each.id: self._criterion(each, edition) for each in edition.criteria if each.rule is not None}
        for parent in _parents_deepest_first(edition):
            children = [scores[each.id] for each in edition.children(parent.id)]
            scores[parent.id] = self._parent(parent, children)
        account = _together([scores[each.id].account for each in edition.children("")])
        return FieldScore(
            id=edition.field,
            number=used.number,
            label=edition.label,
            account=_rounded(account, self.index.method.rounding.field),
            max_points_provenance=edition.max_points_provenance,
            lead_unit=edition.lead_unit,
            coordinating_units=edition.coordinating_units,
            scores=tuple(scores[each.id] for each in edition.criteria),
        )

    def _parent(self, criterion: Criterion, children: list[Score]) -> Score:
        """Return the score of a criterion that is the sum of others; their deductions stay theirs."""
        account = _together([child.account for child in children])
        missing = tuple(dict.fromkeys(fact for child in children for fact in child.missing))
        return Score(criterion=criterion, account=account, stage=self.evidence.stage, missing=missing)

    # -------------------------------------------------------------- criteria

    def _criterion(self, criterion: Criterion, edition: Edition) -> Score:
        """Return the score of one criterion, whatever its state."""
        rule = criterion.rule
        assert rule is not None  # the caller has looked
        reported = tuple(fact for fact in tree.facts_of(rule) if fact in self.evidence.facts)
        documents = dict.fromkeys(paper for fact in reported for paper in self.evidence.facts[fact].documents)
        blank = Score(
            criterion=criterion,
            account=self._open(criterion, rule, State.NO_EVIDENCE),
            stage=self.evidence.stage,
            facts=reported,
            documents=tuple(documents),
        )
        try:
            outcome = evaluate(rule, Facts(self.values, compute=self._computation(criterion)))
        except RuleError as error:
            return evolve(blank, account=self._failed(criterion), error=error.findings[0])
        if outcome.missing:
            state = self._state_of(outcome.missing)
            return evolve(blank, account=self._open(criterion, rule, state), missing=tuple(sorted(outcome.missing)))
        if outcome.not_applicable:
            return evolve(blank, account=self._not_applicable(criterion), outcome=outcome)
        return self._scored(blank, outcome, edition)

    def _computation(self, criterion: Criterion) -> Callable[[tree.Computed, Mapping[str, Value]], tuple[Fraction, object]] | None:
        """Return the plugin's rule of a computed criterion, guarded so that a failure stays its own."""
        function = self.index.computations.get(criterion.id)
        return None if function is None else partial(_run, function, criterion)

    def _scored(self, blank: Score, outcome: Outcome, edition: Edition) -> Score:
        """Return a score with its deductions, rounded where the method rounds criteria."""
        maximum = Fraction(blank.criterion.max_points)
        if not ZERO <= outcome.number <= maximum:
            return evolve(blank, account=self._failed(blank.criterion), error=_out_of_range(outcome.number, maximum))
        points = _round(outcome.number, self.index.method.rounding.leaf)
        deductions = self._deductions(blank.criterion, outcome, points, edition)
        lost = sum((each.exact for each in deductions), ZERO)
        account = Account(
            exact=points,
            maximum=maximum,
            nominal=maximum,
            state=State.SCORED,
            reachable=Range(low=points, high=points),
            lost=lost,
            rounding=maximum - points - lost,
        )
        return evolve(blank, account=account, deductions=deductions, outcome=outcome, unrounded=outcome.number)

    def _deductions(
        self, criterion: Criterion, outcome: Outcome, points: Fraction, edition: Edition
    ) -> tuple[Deduction, ...]:
        """Return one deduction a cause; a single cause bears the rounding, so that it is what is missing."""
        maximum = Fraction(criterion.max_points)
        setting = Setting(values=self.values, lexicon=self.lexicon)
        found = losses(outcome, maximum, self.index.facts)
        single = len(found) == 1 and points < maximum
        return tuple(
            Deduction(
                exact=maximum - points if single else loss.amount,
                reason=_computed_reason(loss.cause) or reason(loss.cause, setting),
                threshold=threshold(loss.cause, setting),
                clause=criterion.clause,
                remedy=criterion.remedy,
                lead_unit=criterion.lead_unit or edition.lead_unit,
                facts=tree.facts_of(loss.cause.node),
                documents=self._documents(tree.facts_of(loss.cause.node)),
            )
            for loss in found
        )

    def _documents(self, facts: tuple[str, ...]) -> tuple[str, ...]:
        papers = (paper for fact in facts if fact in self.evidence.facts for paper in self.evidence.facts[fact].documents)
        return tuple(dict.fromkeys(papers))

    # -------------------------------------------------------------- states that are not a score

    def _state_of(self, missing: frozenset[str]) -> State:
        judged = all(self.index.facts[fact].judged for fact in missing)
        return State.NEEDS_JUDGEMENT if judged else State.NO_EVIDENCE

    def _open(self, criterion: Criterion, rule: tree.Node, state: State) -> Account:
        """Return the account of a criterion that is not scored yet, with what it can still reach."""
        maximum = Fraction(criterion.max_points)
        possible = _within(bounds(rule, Known(self.index.facts, self.values)), maximum)
        reachable = possible.through(partial(_round, rule=self.index.method.rounding.leaf))
        return Account(exact=None, maximum=maximum, nominal=maximum, state=state, reachable=reachable)

    def _failed(self, criterion: Criterion) -> Account:
        maximum = Fraction(criterion.max_points)
        return Account(exact=None, maximum=maximum, nominal=maximum, state=State.ERROR, reachable=Range(low=ZERO, high=maximum))

    def _not_applicable(self, criterion: Criterion) -> Account:
        """Return the account of a criterion that does not apply, by the method's policy."""
        nominal = Fraction(criterion.max_points)
        left_out = self.index.method.not_applicable.policy == "leave_out_of_both_sides"
        return Account(
            exact=ZERO,
            maximum=ZERO if left_out else nominal,
            nominal=nominal,
            state=State.NOT_APPLICABLE,
            reachable=Range(low=ZERO, high=ZERO),
            not_applicable=nominal,
        )

    # -------------------------------------------------------------- grade

    def _grade(self, total: Account, rule: GradeRule) -> Grade | None:
        """Return the grade, or every grade that an incomplete total can still get."""
        left_out = total.nominal - total.maximum
        nominal = Fraction(self.index.method.nominal_total.value) - left_out
        base = total.maximum if rule.base == "maximum" else nominal
        if base <= 0 or total.exact is None:
            return None
        share = total.exact / base
        if total.complete:
            band = rule.grade(share)
            if band is None:
                return None
            return Grade(id=band.id, label=band.label, base=rule.base, share=share, provenance=rule.provenance)
        low, high = total.reachable.low / base, _most(total, base)
        worst, best = rule.grade(low), rule.grade(high)
        ids = [band.id for band in rule.bands]
        first = ids.index(best.id) if best else 0
        last = ids.index(worst.id) if worst else len(ids) - 1
        return Grade(
            id="",
            label=Text("chưa xếp loại", "not graded yet"),
            base=rule.base,
            share=share,
            provenance=rule.provenance,
            reachable=tuple(ids[first : last + 1]),
        )

    # -------------------------------------------------------------- remarks

    def _findings(self, fields: Iterable[FieldScore]) -> Iterator[Finding]:
        """Yield what the reader of the result should know: failures, and facts that nothing proves."""
        for each in fields:
            for scored in each.scores:
                if scored.error:
                    yield Finding(
                        code=scored.error.code,
                        place=Place(where=f"tiêu chí {scored.criterion.number} ({scored.id})"),
                        reason=scored.error.reason,
                        remedy=scored.error.remedy,
                    )
        for fact in self.evidence.facts.values():
            if not fact.documents:
                yield Finding(
                    code="fact-without-document",
                    severity="warning",
                    place=Place(where=fact.place or fact.id),
                    reason=Text(f"số liệu “{fact.id}” chưa có tài liệu kiểm chứng", f"nothing proves fact {fact.id!r}"),
                    remedy=Text("ghi tài liệu kiểm chứng vào `documents`", "name the document in `documents`"),
                )


# ------------------------------------------------------------------ arithmetic of accounts


def _together(accounts: list[Account]) -> Account:
    """Return the sum of several accounts: one that is open anywhere below is waiting."""
    scored = [account.exact for account in accounts if account.exact is not None]
    return Account(
        exact=sum(scored, ZERO) if scored or not accounts else None,
        maximum=sum((account.maximum for account in accounts), ZERO),
        nominal=sum((account.nominal for account in accounts), ZERO),
        state=_state_together([account.state for account in accounts]),
        reachable=total_range(account.reachable for account in accounts),
        lost=sum((account.lost for account in accounts), ZERO),
        rounding=sum((account.rounding for account in accounts), ZERO),
        not_applicable=sum((account.not_applicable for account in accounts), ZERO),
    )


def _state_together(states: list[State]) -> State:
    """Return the state of a sum: errors show, anything open makes it wait."""
    if State.ERROR in states:
        return State.ERROR
    if any(state not in (State.SCORED, State.NOT_APPLICABLE) for state in states):
        return State.WAITING
    if states and all(state is State.NOT_APPLICABLE for state in states):
        return State.NOT_APPLICABLE
    return State.SCORED


def _rounded(account: Account, rule: Rounding | None) -> Account:
    """Return an account rounded where the method says so, the difference booked as rounding."""
    if rule is None or account.exact is None:
        return account
    points = rule.apply(account.exact)
    return Account(
        exact=points,
        maximum=account.maximum,
        nominal=account.nominal,
        state=account.state,
        reachable=account.reachable.through(rule.apply),
        lost=account.lost,
        rounding=account.rounding + account.exact - points,
        not_applicable=account.not_applicable,
    )


def _round(value: Fraction, rule: Rounding | None) -> Fraction:
    return value if rule is None else rule.apply(value)


def _within(possible: Interval, maximum: Fraction) -> Range:
    """Return what a rule can still give, as far as a criterion may."""
    return Range(low=min(max(possible.low, ZERO), maximum), high=max(min(possible.high, maximum), ZERO))


def _most(total: Account, base: Fraction) -> Fraction:
    """Return an upper bound of the percentage that an open total can reach.

    What is open may turn out not to apply and leave the base; counting only what it can still earn into
    the base covers every such case.
    """
    known = total.exact or ZERO
    still = total.reachable.high - known
    open_maximum = total.nominal - total.not_applicable - known - total.lost - total.rounding
    least_base = base - open_maximum + still
    return total.reachable.high / least_base if least_base > 0 else Fraction(1)


def _assumed_share(fields: Iterable[FieldScore]) -> Fraction:
    """Return the part of the points that rests on assumed parameters."""
    scored = [each for field in fields for each in field.scores if each.criterion.form is not None]
    points = sum((each.account.exact or ZERO for each in scored), ZERO)
    assumed = sum((each.account.exact or ZERO for each in scored if each.criterion.provenance == "assumed"), ZERO)
    return assumed / points if points else ZERO


def _parents_deepest_first(edition: Edition) -> list[Criterion]:
    """Return the criteria that have children, each after those of its children that are parents too."""
    parents = [each for each in edition.criteria if each.rule is None]
    depth = {each.id: _depth(each, edition) for each in parents}
    return sorted(parents, key=lambda each: -depth[each.id])


def _depth(criterion: Criterion, edition: Edition) -> int:
    return 0 if not criterion.parent else 1 + _depth(edition.criterion(criterion.parent), edition)


# ------------------------------------------------------------------ rules computed by a plugin


def _run(
    function: Computation, criterion: Criterion, node: tree.Computed, facts: Mapping[str, Value]
) -> tuple[Fraction, object]:
    """Return what a plugin computes; whatever it raises becomes an error of this criterion only."""
    try:
        result = function(facts, node.high)
    except Exception as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        raise _computation_failed(criterion, said) from error
    if not isinstance(result, ComputedPoints):
        raise _computation_failed(criterion, f"trả về {type(result).__name__}, cần ComputedPoints")
    return result.points, result


def _computation_failed(criterion: Criterion, said: str) -> RuleError:
    return RuleError(Finding(
        code="computation-failed",
        place=Place(where=criterion.id),
        reason=Text(f"hàm tính của plugin bị lỗi: {said}", f"the plugin's computation failed: {said}"),
        remedy=Text("báo cho đơn vị phát hành plugin", "tell whoever issues the plugin"),
    ))


def _computed_reason(cause: Outcome) -> Text | None:
    return cause.detail.reason if isinstance(cause.detail, ComputedPoints) else None


def _out_of_range(points: Fraction, maximum: Fraction) -> Finding:
    vi, en = ((format_number(points, language), format_number(maximum, language)) for language in ("vi", "en"))
    return Finding(
        code="points-out-of-range",
        place=Place(),
        reason=Text(f"quy tắc cho {vi[0]} điểm, ngoài khoảng 0 đến {vi[1]}", f"the rule gives {en[0]} points, outside 0 to {en[1]}"),
        remedy=Text("chạy `cchc check` và sửa bộ tiêu chí", "run `cchc check` and mend the edition"),
    )


def _explain(index: Index, values: Mapping[str, Value], scored: Score) -> Explanation:
    return explain(scored, index, values)

