"""Everything that one criterion obliges to try, and facts that reach it: of its rule, and of criteria taken together.

Facts for several criteria together are put together from facts for each: in full, at the least, in between, not
applicable, not known. Where two of them read one fact, the second is looked for with what the first has given.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Literal

from attrs import define, field, frozen

from cchc_rules.base.errors import RuleError
from cchc_rules.cases.bench import Bench
from cchc_rules.cases.combinations import Combination, Joint, combination_of
from cchc_rules.cases.obligations import Obligation, Plan, met_by, plan_of
from cchc_rules.cases.search import Search
from cchc_rules.engine.criteria import facts_read
from cchc_rules.model import Criterion, State, Value
from cchc_rules.scorecard import Score

Values = dict[str, Value]
Outcome = Obligation | Joint
Key = tuple[str, tuple[tuple[str, Value], ...]]
"""A criterion, and those of its facts that are given."""
Setting = Literal["greatest", "least", "between", "leaves", "unknown"]
"""How one of several criteria stands."""
SETTINGS: tuple[Setting, ...] = ("greatest", "least", "between", "leaves", "unknown")


@frozen(kw_only=True)
class Way:
    """Facts, and every outcome that they come to."""

    values: Mapping[str, Value]
    met: frozenset[Outcome]


@frozen(kw_only=True)
class Reached:
    """What a search came to: facts for each outcome that it reached, and how many reports it tried."""

    found: Mapping[Outcome, Way]
    tried: int


@frozen(kw_only=True)
class Aim:
    """Outcomes of one criterion: which of them some facts meet, and the search for facts that do."""

    obligations: tuple[Outcome, ...]
    met: Callable[[Mapping[str, Value]], frozenset[Outcome]]
    search: Callable[[], Reached]
    plan: Plan | None = None


@define(kw_only=True)
class Reaching:
    """The criteria of one edition; what is found for one of them serves those that are made of it."""

    bench: Bench
    _settings: dict[Key, Mapping[Setting, Values]] = field(factory=dict)
    _searches: dict[Key, Search] = field(factory=dict)

    def aims(self, criterion: Criterion, given: Mapping[str, Value] | None = None) -> tuple[Aim, ...]:
        """Return what a criterion obliges to: by its own text, and by what it is made of or depends on."""
        combination = combination_of(criterion, self.bench)
        fixed = dict(given or {})
        own = (self._of_text(criterion, combination, fixed),) if criterion.rule or criterion.applies_when else ()
        return (*own, self._of_parts(combination, fixed)) if combination else own

    # -------------------------------------------------------------- a criterion's own text

    def _of_text(self, criterion: Criterion, combination: Combination | None, given: Values) -> Aim:
        """Return the outcomes of a rule; behind a prerequisite only what is seen once that is met counts."""
        plan = plan_of(criterion, self.bench)

        def met(values: Mapping[str, Value]) -> frozenset[Outcome]:
            behind = combination is not None and not combination.is_open_to(combination.bench.scores(values))
            with suppress(RuleError):  # facts with which the rule cannot be carried out meet nothing
                return frozenset() if behind else frozenset(met_by(plan, values)[1])
            return frozenset()

        def search() -> Reached:
            ground = self._ground(combination, given)
            run = self._searched(criterion, ground)
            return _gathered(({**ground, **each.values} for each in run.found.values()), met, run.tried)

        return Aim(obligations=plan.obligations, met=met, search=search, plan=plan)

    def _searched(self, criterion: Criterion, given: Mapping[str, Value]) -> Search:
        """Return the search over a criterion's own text, with the facts of it that are given."""
        read = {fact: given[fact] for fact in facts_read(criterion) if fact in given}
        key = (criterion.id, tuple(sorted(read.items())))
        if key not in self._searches:
            self._searches[key] = Search(plan=plan_of(criterion, self.bench, read)).run()
        return self._searches[key]

    def _ground(self, combination: Combination | None, given: Values) -> Values:
        """Return facts with which a criterion counts at all: those given, and those that meet its prerequisite."""
        if combination is None or combination.needed is None:
            return given
        return {**given, **self._set(combination.needed, "greatest", given)}

    # -------------------------------------------------------------- criteria taken together

    def _of_parts(self, combination: Combination, given: Values) -> Aim:
        def met(values: Mapping[str, Value]) -> frozenset[Outcome]:
            return frozenset(combination.met_by(values))

        def search() -> Reached:
            reports = list({frozenset(each.items()): each for each in self._reports(combination, given)}.values())
            return _gathered(reports, met, len(reports), enough=len(combination.obligations))

        return Aim(obligations=combination.obligations, met=met, search=search)

    def _reports(self, combination: Combination, given: Values) -> Iterator[Values]:
        """Yield facts that set the parts, and the prerequisite, to whatever they can come to together."""
        criterion, needed = combination.criterion, combination.needed
        if needed:
            for state in ("greatest", "least", "unknown", "leaves"):
                before = {**given, **self._set(needed, state, given)}
                yield from self._own(criterion, before) if criterion.rule else self._together(criterion, [("greatest", each) for each in combination.parts], before)
        if combination.parts:
            ground = self._ground(combination, given)
            for setting in self._profiles(combination):
                yield from self._together(criterion, setting, ground)

    def _own(self, criterion: Criterion, given: Values) -> Iterator[Values]:
        """Yield facts with which a rule gives most, behind whatever its prerequisite is set to."""
        yield from ({**given, **each.values} for each in self._searched(criterion, given).found.values())

    def _profiles(self, combination: Combination) -> Iterator[list[tuple[Setting, Criterion]]]:
        """Yield how the parts are set: all alike, one unlike the others, so many in full that it just is enough."""
        parts = combination.parts
        for setting in SETTINGS:
            yield [(setting, each) for each in parts]
        for others in ("greatest", "least", "between"):
            for odd in parts:
                for setting in SETTINGS:
                    if setting != others:
                        yield [(setting, odd), *((others, each) for each in parts if each is not odd)]
        # Those that are in full whatever comes take part in every choice, those that never are in none.
        ranked = sorted(parts, key=lambda each: (not self._can_be_full(each), not self._is_always_full(each)))
        for number in range(len(ranked)):
            yield [("greatest" if index < number else "least", each) for index, each in enumerate(ranked)]

    def _can_be_full(self, criterion: Criterion) -> bool:
        return self._points(criterion, "greatest") >= criterion.max_points

    def _is_always_full(self, criterion: Criterion) -> bool:
        return self._points(criterion, "least") >= criterion.max_points

    def _points(self, criterion: Criterion, setting: Setting) -> Fraction:
        return _amount(self.bench.score(criterion, self._set(criterion, setting, {})))

    def _together(self, criterion: Criterion, profile: Iterable[tuple[Setting, Criterion]], given: Values) -> Iterator[Values]:
        """Yield facts that set each part as asked, so far as facts that two of them read allow."""
        values = dict(given)
        if criterion.applies_when:
            values |= self._applying(criterion, values)
        for setting, each in profile:
            values |= self._set(each, setting, values)
        yield values

    def _applying(self, criterion: Criterion, given: Values) -> Values:
        """Return facts with which a parent applies."""
        found = self._searched(criterion, given).found
        return next((dict(each.values) for obligation, each in found.items() if obligation.kind == "applies"), {})

    # -------------------------------------------------------------- how one of them stands

    def _set(self, criterion: Criterion, setting: Setting, given: Mapping[str, Value]) -> Values:
        """Return facts that set a criterion as asked; as nearly as it goes where it cannot stand so."""
        read = {fact for each in self.bench.alone(criterion).edition.criteria for fact in facts_read(each)}
        shared = {fact: value for fact, value in given.items() if fact in read}
        key = (criterion.id, tuple(sorted(shared.items())))
        if key not in self._settings:
            self._settings[key] = self._settings_of(criterion, shared)
        found = self._settings[key]
        nearest: Setting = "least" if setting == "between" else "greatest"
        return found.get(setting, found.get(nearest, {}))

    def _settings_of(self, criterion: Criterion, given: Values) -> Mapping[Setting, Values]:
        """Return facts for every way in which a criterion can stand, some facts given."""
        reports: list[Values] = [{}]
        for aim in self.aims(criterion, given):
            reports += [dict(each.values) for each in aim.search().found.values()]
        standing = [(values, self.bench.score(criterion, {**given, **values})) for values in reports]
        scored = sorted(((values, each) for values, each in standing if each.state is State.SCORED), key=lambda pair: _amount(pair[1]))
        found: dict[Setting, Values] = {}
        if scored:
            found = {"least": scored[0][0], "greatest": scored[-1][0]}
            apart = [values for values, each in scored if _amount(scored[0][1]) < _amount(each) < _amount(scored[-1][1])]
            if apart:
                found["between"] = apart[len(apart) // 2]
        for values, each in reversed(standing):
            if each.state is State.NOT_APPLICABLE:
                found["leaves"] = values
            if not each.account.complete:
                found["unknown"] = values
        return found


def _amount(score: Score) -> Fraction:
    return abs(score.account.exact or Fraction(0))


def _gathered(
    reports: Iterable[Values], met: Callable[[Mapping[str, Value]], frozenset[Outcome]], tried: int, *, enough: int | None = None
) -> Reached:
    """Return the first report that reaches each outcome; once there are enough the others are left alone."""
    found: dict[Outcome, Way] = {}
    for values in reports:
        if len(found) == enough:
            break
        reached = met(values)
        for each in reached:
            found.setdefault(each, Way(values=values, met=reached))
    return Reached(found=found, tried=tried)
