"""Scoring: from the evidence of one unit, or of a whole cohort, to scorecards."""

from cchc_rules.engine.cohort import score_cohort
from cchc_rules.engine.unit import score

__all__ = ["score", "score_cohort"]
