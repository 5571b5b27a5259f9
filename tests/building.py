"""Small indexes, evidence and plugins, built in a line or two by the tests that need them."""

from collections.abc import Mapping
from decimal import Decimal
from types import ModuleType
from typing import Any

import cchc_rules as cchc
from cchc_rules.base.exact import Rounding
from cchc_rules.base.texts import same
from cchc_rules.methods import FieldUsed, Method, NominalTotal, NotApplicableRule, RoundingRule, Stage
from cchc_rules.model import AssessedUnit, Edition, Evidence, ReportedFact, Value
from cchc_rules.plugins.discovery import Candidate
from cchc_rules.quantities import Quantities, core_units

UNIT = AssessedUnit(id="unit", label="Đơn vị")
QUANTITIES = Quantities({unit.id: unit for unit in core_units()})


def method_of(*editions: Edition, **changes: object) -> Method:
    """Return a method over some editions: points rounded to two decimals at the leaf."""
    known: dict[str, object] = {
        "id": "method", "label": same("phương pháp"), "issuer": "", "level": "level", "year": 2099,
        "fields": tuple(FieldUsed(number=str(number), field=each.field, edition_year=each.year) for number, each in enumerate(editions, 1)),
        "nominal_total": NominalTotal(value=sum((each.max_points for each in editions), Decimal(0)) or Decimal(100)),
        "not_applicable": NotApplicableRule(policy="leave_out_of_both_sides"),
        "rounding": RoundingRule(leaf=Rounding(places=2, mode="half_up")),
        "stages": (Stage(id="self", label=same("tự chấm")),),
        "units": (UNIT,),
    }
    return Method(**{**known, **changes})  # type: ignore[arg-type]  # a test may set any field


def index_of(*editions: Edition, **changes: object) -> cchc.Index:
    """Return an index over some editions."""
    computations = changes.pop("computations", {})
    facts = {fact.id: fact for edition in editions for fact in edition.facts}
    return cchc.Index(method=method_of(*editions, **changes), editions=editions, facts=facts, quantities=QUANTITIES, computations=computations)  # type: ignore[arg-type]  # as above


def evidence_with(values: Mapping[str, Value]) -> Evidence:
    """Return evidence with bare values."""
    facts = {name: ReportedFact(id=name, value=value, documents=("d",)) for name, value in values.items()}
    return Evidence(unit=UNIT, method="method", year=2099, stage="self", facts=facts)


def plugin(name: str, **hooks: Any) -> Candidate:
    """Return a plugin made of functions; each is marked as a hook."""
    module = ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, cchc.hookimpl(function))
    return Candidate(name=name, distribution=f"dist-{name}", version="1.0", origin="test", load=lambda: module)
