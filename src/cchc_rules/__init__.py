"""Scores public-administration reform by yearly methods that are data: exact, explained, never silently wrong.

>>> import cchc_rules as cchc
>>> cchc.__name__
'cchc_rules'
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cchc_rules.analysis.audit import audit
    from cchc_rules.analysis.compare import Comparison, compare
    from cchc_rules.analysis.impact import Impact
    from cchc_rules.analysis.ranking import Ranking
    from cchc_rules.api import (
        check,
        evidence_of,
        facts_from_records,
        impact,
        load_index,
        load_registry,
        rank,
        read_evidence,
        read_stages,
        score,
        score_cohort,
        score_frame,
    )
    from cchc_rules.base.errors import (
        CchcError,
        EditionError,
        Finding,
        InputError,
        Place,
        PluginError,
        RuleError,
        SealError,
    )
    from cchc_rules.base.texts import Text
    from cchc_rules.calendars import Calendar
    from cchc_rules.columns.results import ScoredFrame
    from cchc_rules.explanation import Explanation
    from cchc_rules.files.scorecard_json import to_json
    from cchc_rules.index import Index
    from cchc_rules.methods import Method
    from cchc_rules.model import (
        AssessedUnit,
        ComputedPoints,
        Criterion,
        DeclaredPoints,
        Document,
        Edition,
        Evidence,
        Fact,
        Reference,
        ReportedFact,
        State,
        Statistic,
    )
    from cchc_rules.plugins.hookspecs import hookimpl
    from cchc_rules.plugins.registers import (
        CalendarRegister,
        FactRegister,
        FieldRegister,
        FormRegister,
        MethodRegister,
        UnitRegister,
    )
    from cchc_rules.plugins.registry import PluginInfo, Registry
    from cchc_rules.points import Deduction
    from cchc_rules.published import Published, read_published
    from cchc_rules.quantities import Unit
    from cchc_rules.records.facts import CountedFacts
    from cchc_rules.rules import forms, tree
    from cchc_rules.rules.forms import Form
    from cchc_rules.scorecard import FieldScore, Grade, Score, Scorecard
    from cchc_rules.scorer import Scorer
    from cchc_rules.version import VERSION as __version__  # noqa: N811 - the name that packaging tools look for

_HOMES = {
    "analysis.audit": ("audit",),
    "analysis.compare": ("Comparison", "compare"),
    "analysis.impact": ("Impact",),
    "analysis.ranking": ("Ranking",),
    "api": (
        "check", "evidence_of", "facts_from_records", "impact", "load_index", "load_registry", "rank", "read_evidence", "read_stages", "score", "score_cohort", "score_frame",
    ),
    "calendars": ("Calendar",),
    "columns.results": ("ScoredFrame",),
    "base.errors": (
        "CchcError", "EditionError", "Finding", "InputError", "Place", "PluginError", "RuleError", "SealError",
    ),
    "explanation": ("Explanation",),
    "files.scorecard_json": ("to_json",),
    "plugins.hookspecs": ("hookimpl",),
    "index": ("Index",),
    "methods": ("Method",),
    "model": (
        "AssessedUnit", "ComputedPoints", "Criterion", "DeclaredPoints", "Document", "Edition", "Evidence", "Fact", "Reference",
        "ReportedFact", "State", "Statistic",
    ),
    "published": ("Published", "read_published"),
    "quantities": ("Unit",),
    "plugins.registers": ("CalendarRegister", "FactRegister", "FieldRegister", "FormRegister", "MethodRegister", "UnitRegister"),
    "plugins.registry": ("PluginInfo", "Registry"),
    "records.facts": ("CountedFacts",),
    "rules.forms": ("Form",),
    "points": ("Deduction",),
    "scorer": ("Scorer",),
    "scorecard": ("FieldScore", "Grade", "Score", "Scorecard"),
    "base.texts": ("Text",),
}
_MODULES = {"forms": "rules.forms", "tree": "rules.tree"}
"""Whole modules that authors of new forms build on."""
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AssessedUnit",
    "Calendar",
    "CalendarRegister",
    "CchcError",
    "Comparison",
    "ComputedPoints",
    "CountedFacts",
    "Criterion",
    "DeclaredPoints",
    "Deduction",
    "Document",
    "Edition",
    "EditionError",
    "Evidence",
    "Explanation",
    "Fact",
    "FactRegister",
    "FieldRegister",
    "FieldScore",
    "Finding",
    "Form",
    "FormRegister",
    "Grade",
    "Impact",
    "Index",
    "InputError",
    "Method",
    "MethodRegister",
    "Place",
    "PluginError",
    "PluginInfo",
    "Published",
    "Ranking",
    "Reference",
    "Registry",
    "ReportedFact",
    "RuleError",
    "Score",
    "Scorecard",
    "ScoredFrame",
    "Scorer",
    "SealError",
    "State",
    "Statistic",
    "Text",
    "Unit",
    "UnitRegister",
    "__version__",
    "audit",
    "check",
    "compare",
    "evidence_of",
    "facts_from_records",
    "forms",
    "hookimpl",
    "impact",
    "load_index",
    "load_registry",
    "rank",
    "read_evidence",
    "read_published",
    "read_stages",
    "score",
    "score_cohort",
    "score_frame",
    "to_json",
    "tree",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used, so that importing the package stays light."""
    if name == "__version__":
        return import_module("cchc_rules.version").VERSION
    if name in _MODULES:
        return import_module(f"cchc_rules.{_MODULES[name]}")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'cchc_rules' has no attribute {name!r}")
    value = getattr(import_module(f"cchc_rules.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, so that completion shows nothing else."""
    return __all__
