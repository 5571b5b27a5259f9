"""Running a case: what it expects beside what the edition gives."""

from attrs import frozen

from cchc_rules.cases.bench import Bench
from cchc_rules.cases.reading import Case
from cchc_rules.scorecard import Score


@frozen(kw_only=True)
class CaseResult:
    """One case that was run; ``score`` is what it came to."""

    case: Case
    score: Score

    @property
    def same_value(self) -> bool:
        """Whether state and points are as expected."""
        return self.score.state.value == self.case.state and (self.case.points is None or self.score.account.exact == self.case.points)

    @property
    def same_reason(self) -> bool:
        """Whether a reason of lost points, or of an error, holds the text that is expected."""
        return not self.case.reason or any(self.case.reason.casefold() in words.casefold() for words in reasons(self.score))

    @property
    def passed(self) -> bool:
        """Whether the case comes out as it expects."""
        return self.same_value and self.same_reason


def run(case: Case, bench: Bench) -> CaseResult:
    """Return a case with what its criterion comes to."""
    return CaseResult(case=case, score=bench.score(case.criterion, case.values))


def reasons(score: Score) -> tuple[str, ...]:
    """Return the reasons of what was lost, in both languages, and of an error."""
    said = [*(each.reason for each in score.deductions), *([score.error.reason] if score.error else [])]
    return tuple(words for each in said for words in (each.vi, each.en))
