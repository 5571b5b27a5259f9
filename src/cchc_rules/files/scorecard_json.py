"""The scorecard as one stable JSON document, ``cchc.scorecard/1``: everything that a plan or report needs."""

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cchc_rules.base.errors import Finding
from cchc_rules.base.exact import decimal_of, exact_text
from cchc_rules.base.texts import Text
from cchc_rules.model import Clause, Criterion, DeclaredPoints, Document, Fact, Value
from cchc_rules.points import Account, Deduction, Range, as_points
from cchc_rules.rules.bounds import LATEST
from cchc_rules.rules.evaluate import Outcome
from cchc_rules.rules.tree import facts_of
from cchc_rules.scorecard import FieldScore, Grade, Score, Scorecard, StageResult

SCHEMA = "cchc.scorecard/1"
Table = dict[str, Any]


def to_json(card: Scorecard, *, trace: bool = False) -> str:
    """Return the document as text; the same scorecard gives the same bytes."""
    return json.dumps(to_document(card, trace=trace), ensure_ascii=False, indent=2) + "\n"


def to_document(card: Scorecard, *, trace: bool = False) -> Table:
    """Return the document as plain data, every decimal number as a string."""
    return {
        "schema": SCHEMA,
        "unit": {"id": card.unit.id, "label": card.unit.label},
        "method": _method(card),
        "engine": card.engine,
        "stage": {"id": card.evidence.stage, **words("label", card.stage)},
        "stages": [_stage(each) for each in card.stages],
        "total": _account(card.total),
        "assumed_percent": decimal_text(card.assumed_share * 100),
        "grade": _grade(card.grade) if card.grade else None,
        "fields": [_field(each, card, trace=trace) for each in card.fields],
        "documents": {name: _document(paper) for name, paper in sorted(card.evidence.documents.items())},
        "findings": [_finding(each) for each in card.findings],
    }


def _method(card: Scorecard) -> Table:
    method = card.method
    return {
        "id": method.id,
        "year": method.year,
        **words("label", method.label),
        "level": method.level,
        "status": method.status,
        "version": method.version or None,
        "nominal_total": {"value": decimal_text(method.nominal_total), "provenance": method.nominal_total_provenance},
        "seals": dict(method.seals),
    }


def _account(account: Account) -> Table:
    """Return points, maximum, state and range, with the lines that add up to the nominal maximum."""
    exact = account.exact
    return {
        "points": None if exact is None else decimal_text(exact),
        **({} if exact is None or decimal_of(exact) is not None else {"exact": exact_text(exact)}),
        "max_points": decimal_text(account.maximum),
        "nominal_points": decimal_text(account.nominal),
        "percent": None if account.share is None else decimal_text(account.share * 100),
        "complete": account.complete,
        "state": account.state.value,
        "reachable": _range(account.reachable),
        "lines": [{"kind": line.kind, "amount": decimal_text(line.amount)} for line in account.lines],
    }


def _stage(result: StageResult) -> Table:
    """Return what one stage came to: its total, and the points of each criterion, computed or given and declared."""
    return {
        "id": result.id,
        **words("label", result.label),
        "total": _account(result.total),
        "points": {name: None if points is None else decimal_text(points) for name, points in result.points.items()},
        "declared": {name: {"points": decimal_text(each.points), "reason": each.reason} for name, each in result.declared.items()},
    }


def _range(reachable: Range) -> Table:
    return {"low": decimal_text(reachable.low), "high": decimal_text(reachable.high)}


def _grade(grade: Grade) -> Table:
    return {
        "id": grade.id,
        **words("label", grade.label),
        "base": grade.base,
        "percent": decimal_text(grade.share * 100),
        "provenance": grade.provenance,
        "reachable": list(grade.reachable),
        "blocked": [words("reason", each) for each in grade.blocked],
        "overrides": [words("event", each) for each in grade.overrides],
    }


def _field(scored: FieldScore, card: Scorecard, *, trace: bool) -> Table:
    return {
        "id": scored.id,
        "number": scored.number,
        **words("label", scored.label),
        **_account(scored.account),
        "max_points_provenance": scored.max_points_provenance,
        "lead_unit": scored.lead_unit,
        "coordinating_units": list(scored.coordinating_units),
        "criteria": [_criterion(each, scored, card, trace=trace) for each in scored.scores],
    }


def _criterion(score: Score, of: FieldScore, card: Scorecard, *, trace: bool) -> Table:
    criterion = score.criterion
    table = {
        "id": criterion.id,
        "parent": criterion.parent or None,
        "number": criterion.number,
        **words("label", criterion.label),
        **_account(score.account),
        "stage": score.stage,
        "form": criterion.form.name if criterion.form else None,
        "provenance": criterion.provenance,
        "official": dict(criterion.official),
        "facts": [_fact(card.facts[fact], card) for fact in _facts_of(criterion, card)],
        "missing": list(score.missing),
        "kind": criterion.kind,
        "combine": criterion.combine if criterion.form is None else None,
        "counted": score.counted,
        "computed": None if score.computed is None else decimal_text(score.computed),
        "declared": _mark(score.declared),
        "verified": _mark(score.verified),
        "documents": list(score.documents),
        "deductions": [_deduction(each, criterion, of) for each in score.deductions],
        **words("remedy", criterion.remedy),
        "lead_unit": criterion.lead_unit or of.lead_unit,
        "coordinating_units": list(criterion.coordinating_units or of.coordinating_units),
        "clause": _clause(criterion.clause),
        "evidence": list(criterion.evidence),
    }
    if trace:
        table["trace"] = _trace(score.outcome) if score.outcome else None
    return table


def _mark(given: DeclaredPoints | None) -> Table | None:
    """Return the points that a stage gave, with their reason."""
    return None if given is None else {"points": decimal_text(given.points), "reason": given.reason}


def _facts_of(criterion: Criterion, card: Scorecard) -> list[str]:
    read = set(facts_of(criterion.rule)) if criterion.rule else set()
    return [fact for fact in card.facts if fact in read]


def _fact(fact: Fact, card: Scorecard) -> Table:
    reported = card.evidence.facts.get(fact.id)
    return {
        "id": fact.id,
        **words("label", fact.label),
        "type": fact.type,
        "unit": fact.unit,
        "value": _value(fact, reported.value if reported else card.given.get(fact.id)),
        "provenance": reported.provenance if reported else "",
        "documents": list(reported.documents) if reported else [],
        "note": reported.note if reported else "",
    }


def _value(fact: Fact, value: Value | None) -> str | bool | None:
    """Return a fact's value: a decimal or a date as text, a flag as true or false, a level's id."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if fact.type == "date":
        return "never" if value >= LATEST else dt.date.fromordinal(int(value)).isoformat()
    return exact_text(value)


def _deduction(deduction: Deduction, criterion: Criterion, of: FieldScore) -> Table:
    exact = {} if decimal_of(deduction.exact) is not None else {"exact": exact_text(deduction.exact)}
    return {
        "amount": decimal_text(deduction.exact),
        "kind": deduction.kind,
        **exact,
        **words("reason", deduction.reason),
        "clause": _clause(deduction.clause),
        **words("threshold", deduction.threshold),
        **words("remedy", deduction.remedy),
        "lead_unit": deduction.lead_unit,
        "coordinating_units": list(criterion.coordinating_units or of.coordinating_units),
        "facts": list(deduction.facts),
        "documents": list(deduction.documents),
    }


def _clause(clause: Clause | None) -> Table | None:
    return None if clause is None else {"place": clause.place, "text": clause.text}


def _document(paper: Document) -> Table:
    return {
        "title": paper.title,
        "number": paper.number,
        "date": paper.date.isoformat() if paper.date else None,
        "issuer": paper.issuer,
        "digest": paper.digest,
    }


def _finding(finding: Finding) -> Table:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "place": str(finding.place),
        **words("reason", finding.reason),
        **words("remedy", finding.remedy),
    }


def _trace(outcome: Outcome) -> Table:
    """Return the outcome of a rule and of everything that it was made from."""
    value = outcome.value
    return {
        "node": type(outcome.node).__name__,
        "value": value if value is None or isinstance(value, bool) else exact_text(value),
        "missing": sorted(outcome.missing),
        "not_applicable": outcome.not_applicable,
        "branch": outcome.branch,
        "parts": [_trace(part) for part in outcome.parts],
    }


def words(key: str, text: Text | None) -> Table:
    """Return words under two keys, ``key`` in Vietnamese and ``key_en`` in English."""
    return {key: text.vi if text else None, f"{key}_en": text.en if text else None}


def decimal_text(value: Fraction) -> str:
    """Return a number as decimal text without trailing zeros or exponent; cut for display where it has no end."""
    shown: Decimal = as_points(value)
    text = f"{shown:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
