"""Criteria as arithmetic: leaves with their states, groups in which others take over what does not apply, parents."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, field, frozen

from cchc_rules.arithmetic.accounts import (
    Account,
    divided,
    is_nought,
    rounded_account,
    scaled_to,
    together,
)
from cchc_rules.arithmetic.facts import Missing, Source
from cchc_rules.arithmetic.integers import (
    FALSE,
    ONE,
    TRUE,
    Truth,
    Whole,
    count,
    every,
    greatest,
    some,
    total,
    whole,
)
from cchc_rules.arithmetic.numbers import (
    NOUGHT,
    WRITTEN,
    Number,
    Quotient,
    at_least,
    enclosed,
    maximum,
    minimum,
    minus,
    more_than,
    number,
    pick,
    plus,
    quotient,
    rounded,
)
from cchc_rules.arithmetic.rules import Condition, NotArithmeticError, Value, condition_of, value_of
from cchc_rules.base.exact import Rounding, on_grid
from cchc_rules.methods import Method
from cchc_rules.model import Criterion, Edition
from cchc_rules.rules.tree import NotApplicable

SHARED, RESCALED, SAME_SITUATION = "share_out", "rescale_group", "same_situation"
RAISING = (SHARED, RESCALED)
KEEPS_MAXIMUM = "leave_out"
AWARDS = ("award_maximum", "award_zero")
ONE_TO_ONE = number(1)
ALWAYS = Condition(holds=TRUE, fails=FALSE)


def worth(criterion: Criterion) -> Fraction:
    """Return a criterion's own maximum."""
    return Fraction(criterion.max_points)


@frozen(kw_only=True)
class Setting:
    """What every step reads: the method, and where facts come from."""

    method: Method
    source: Source

    @property
    def leaf(self) -> Rounding | None:
        """How the method rounds a criterion that has a form."""
        return self.method.rounding.leaf


@frozen(kw_only=True, eq=False)
class Score:
    """One criterion: its account, what is missing to it, and what only the exact reading can tell.

    ``unrounded`` are the points of its rule where ``by_rule`` holds; ``policies`` say by which policy it does
    not apply, ``may_leave`` by which it might turn out not to.
    """

    criterion: Criterion
    account: Account
    missing: Missing = field(factory=Missing)
    unrounded: Number = NOUGHT
    by_rule: Truth = FALSE
    policies: Mapping[str, Truth] = field(factory=dict)
    may_leave: frozenset[str] = frozenset()
    undecided: Truth = FALSE


@frozen(kw_only=True, eq=False)
class Member:
    """One criterion of a group, and the scores of everything below it."""

    score: Score
    below: tuple[Score, ...] = ()

    @property
    def account(self) -> Account:
        """The criterion's own account."""
        return self.score.account

    @property
    def applies(self) -> Truth:
        """Whether it is not known to be not applicable."""
        return ~self.account.absent

    @property
    def may_leave(self) -> frozenset[str]:
        """The policies under which it, or anything below it, may turn out not to apply while it is open."""
        return self.score.may_leave.union(*(each.may_leave for each in self.below))


@frozen(kw_only=True, eq=False)
class Together:
    """Several criteria of one level; ``factor`` is how far the group was scaled up."""

    account: Account
    members: tuple[Member, ...]
    factor: Number = ONE_TO_ONE
    undecided: Truth = FALSE

    @property
    def scores(self) -> tuple[Score, ...]:
        """All scores, each member before what is below it."""
        return tuple(score for member in self.members for score in (member.score, *member.below))


# ------------------------------------------------------------------ a criterion that has a form


def _leaf(criterion: Criterion, setting: Setting) -> Score:
    """Return the score of a criterion that has a form, its group left aside."""
    value = _value(criterion, setting)
    when = _when(criterion, setting.source)
    most, default = number(worth(criterion)), _default(criterion, setting)
    error = when.error | (when.holds & value.error)
    missing = when.missing | value.missing.where(when.holds)
    settled = ~error & ~missing.anything
    absent = {policy or default: FALSE for policy in value.absent}
    for policy, holds in value.absent.items():
        absent[policy or default] |= settled & when.holds & holds
    if when.fails is not FALSE:
        absent[default] = absent.get(default, FALSE) | (settled & when.fails)
    scored = settled & ~some(absent.values())
    low, high = at_least(value.number, NOUGHT), at_least(most, value.number)
    outside = scored & ~(low.holds & high.holds)
    exact = value.number if setting.leaf else enclosed(value.number)
    near = rounded(exact, setting.leaf)
    points = minimum([most, maximum([NOUGHT, near])])  # what is out of range is an error; this keeps the bounds close
    unclear = near.apart if setting.leaf else FALSE
    return Score(
        criterion=criterion,
        account=_account(criterion, points, absent, error=error | outside, open_=~error & missing.anything),
        missing=missing,
        unrounded=exact,
        by_rule=scored & ~outside,
        policies={policy: holds for policy, holds in absent.items() if policy not in AWARDS},
        may_leave=_may_leave(criterion, setting),
        undecided=when.undecided | (when.holds & value.undecided) | (scored & (low.undecided | high.undecided | unclear)),
    )


def _value(criterion: Criterion, setting: Setting) -> Value:
    """Return the value of a criterion's rule; where that has no such reading, only the exact one can tell."""
    rule = criterion.rule
    assert rule is not None  # callers pass criteria with a form
    source = evolve(setting.source, round_rate=None) if criterion.exact_rates else setting.source
    try:
        return value_of(rule, source)
    except NotArithmeticError:
        nought = NOUGHT if setting.leaf else Number(Quotient(whole(0), fixed=10**WRITTEN), Quotient(whole(0), fixed=10**WRITTEN))
        return Value(number=nought, undecided=TRUE)


def _when(criterion: Criterion, source: Source) -> Condition:
    return ALWAYS if criterion.applies_when is None else condition_of(criterion.applies_when.condition(), source)


def _default(criterion: Criterion, setting: Setting) -> str:
    return criterion.when_not_applicable or setting.method.not_applicable.policy


def _may_leave(criterion: Criterion, setting: Setting) -> frozenset[str]:
    """Return the policies that a criterion can come under if it turns out not to apply."""
    default = _default(criterion, setting)
    nodes = criterion.rule.walk() if criterion.rule else ()
    found = {node.policy or default for node in nodes if isinstance(node, NotApplicable)}
    return frozenset(found | ({default} if criterion.applies_when else set()))


def _account(criterion: Criterion, points: Number, absent: Mapping[str, Truth], *, error: Truth, open_: Truth) -> Account:
    """Return the account of a criterion by the policy under which it does not apply, where it does not."""
    most = number(worth(criterion))
    away = {policy: holds for policy, holds in absent.items() if policy not in AWARDS}
    gone = some(holds for policy, holds in away.items() if policy != KEEPS_MAXIMUM)
    awarded = pick(absent.get("award_maximum", FALSE), most, pick(absent.get("award_zero", FALSE) | some(away.values()), NOUGHT, points))
    return Account(
        points=awarded,
        maximum=pick(gone, NOUGHT, most),
        nominal=worth(criterion),
        known=~error & ~open_,
        absent=some(away.values()),
        error=error,
        open=open_,
    )


# ------------------------------------------------------------------ a group


def group_of(edition: Edition, parent: str, setting: Setting, *, bonus: bool = False) -> Together:
    """Return the criteria below a parent (``""``: the whole field) as the sum that they come to.

    With ``bonus`` the bonus and penalty criteria, else the regular ones.
    """
    wanted = [each for each in edition.children(parent) if (each.kind != "regular") == bonus]
    members = [_member(each, edition, setting) for each in wanted]
    if bonus:
        return Together(account=together([each.account for each in members]), members=tuple(members))
    return _rescaled(_settled(members, setting))


def _member(criterion: Criterion, edition: Edition, setting: Setting) -> Member:
    member = _before_adjustment(criterion, edition, setting)
    return member if criterion.kind == "regular" else _adjustment(member)


def _before_adjustment(criterion: Criterion, edition: Edition, setting: Setting) -> Member:
    """Return one criterion out of its own maximum, after its prerequisite."""
    member = Member(score=_leaf(criterion, setting)) if criterion.rule is not None else _parent(criterion, edition, setting)
    return _after_prerequisite(member, edition, setting) if criterion.prerequisite else member


def _adjustment(member: Member) -> Member:
    """Return a bonus or penalty criterion: outside the maximum, points of nothing being as good as none."""
    account, sign = member.account, -1 if member.score.criterion.kind == "penalty" else 1
    points = pick(account.known, account.points, NOUGHT)
    signed = points if sign == 1 else minus(NOUGHT, points)
    held = account.error | account.open | account.absent | more_than(points, NOUGHT).holds | points.apart
    adjusted = evolve(account, points=signed, maximum=NOUGHT, nominal=Fraction(0), held=held)
    return evolve(member, score=evolve(member.score, account=adjusted))


# ------------------------------------------------------------------ points shared out


def _settled(members: Sequence[Member], setting: Setting) -> Together:
    """Return the members after the points of those that do not apply have been shared out among the others."""
    sharing = [member for member in members if member.score.policies.get(SHARED, FALSE) is not FALSE]
    result, undecided = list(members), FALSE
    if sharing:
        unit = 10 ** (setting.leaf.places if setting.leaf else 4)
        on_the_grid = all(on_grid(member.account.nominal, len(str(unit)) - 1) for member in sharing)
        amount = total(member.score.policies[SHARED].pick(int(member.account.nominal * unit), 0) for member in sharing)
        undecided = FALSE if on_the_grid else some(member.score.policies[SHARED] for member in sharing)
        result = [_raised(member, part, setting) for member, part in zip(members, _parts(amount, unit, members, setting), strict=True)]
    return Together(
        account=together([member.account for member in result]),
        members=tuple(result),
        undecided=undecided | some(_waiting(members)),
    )


def _parts(amount: Whole, unit: int, members: Sequence[Member], setting: Setting) -> Iterator[Number]:
    """Yield each member's part of an amount: equal parts, on a grid by largest remainder in order."""
    staying = greatest(count(member.applies for member in members), ONE)
    each = amount // staying
    rest, before = amount - each * staying, whole(0)
    for member in members:
        part = quotient(each + (rest > before).pick(1, 0), unit) if setting.leaf else quotient(amount, staying * unit)
        yield pick(member.applies, part, NOUGHT)
        before = before + member.applies.pick(1, 0)


def _raised(member: Member, part: Number, setting: Setting) -> Member:
    """Return a member whose maximum has been raised by its part of points shared out; a leaf is rounded just once."""
    score, account = member.score, member.account
    own = number(worth(score.criterion))
    base = evolve(account, points=pick(score.by_rule, score.unrounded, account.points), maximum=pick(score.by_rule, own, account.maximum))
    raised = rounded_account(scaled_to(base, account.nominal, plus([base.maximum, part])), setting.leaf)
    here = more_than(part, NOUGHT).holds
    points, most = (pick(here, new, old) for new, old in ((raised.account.points, account.points), (raised.account.maximum, account.maximum)))
    changed = evolve(account, points=points, maximum=most)
    return evolve(member, score=evolve(score, account=changed, undecided=score.undecided | (here & raised.undecided)))


def _waiting(members: Sequence[Member]) -> Iterator[Truth]:
    """Yield where a member that is open may yet leave points to the others: what they come to then takes the exact reading."""
    shared = some(member.score.policies.get(SHARED, FALSE) for member in members)
    for member in members:
        if member.may_leave and len(members) > 1:
            unfinished = member.account.open | member.account.error
            yield unfinished & (TRUE if SHARED in member.may_leave else shared)


# ------------------------------------------------------------------ the rest scaled up


def _rescaled(group: Together) -> Together:
    """Return the group scaled up to the maxima of those of its members that leave theirs to the others."""
    leaving = [member for member in group.members if member.score.policies.get(RESCALED, FALSE) is not FALSE]
    if not leaving:
        return group
    gone = plus(pick(member.score.policies[RESCALED], number(member.account.nominal), NOUGHT) for member in leaving)
    account = group.account
    whole_maximum = plus([account.maximum, gone])
    factor = pick(is_nought(account.maximum), number(1), divided(whole_maximum, account.maximum))
    return evolve(group, account=scaled_to(account, account.nominal, whole_maximum), factor=factor)


def _policies_together(members: Sequence[Member]) -> dict[str, Truth]:
    """Return the policies by which a group of which nothing applies leaves its own group."""
    return {policy: every(member.score.policies.get(policy, FALSE) for member in members) for policy in RAISING} if members else {}


# ------------------------------------------------------------------ parents


def _parent(criterion: Criterion, edition: Edition, setting: Setting) -> Member:
    """Return a criterion that is made of others."""
    group = group_of(edition, criterion.id, setting)
    when = _when(criterion, setting.source)
    combined, unclear = _combined(criterion, group)
    made = rounded_account(combined, _rounding_of(criterion, edition, setting))
    account, default = made.account, _default(criterion, setting)
    does_not = {default: ~when.error & when.fails}
    apart = _account(criterion, NOUGHT, does_not, error=FALSE, open_=FALSE)
    here, away = when.holds & ~when.error, does_not[default]
    unknown = ~when.error & ~when.holds & ~when.fails
    whole_account = Account(
        points=pick(away, apart.points, account.points),
        maximum=pick(away, apart.maximum, pick(here, account.maximum, number(account.nominal))),
        nominal=account.nominal,
        known=(here & account.known) | away,
        absent=(here & account.absent) | (away & apart.absent),
        error=when.error | (here & account.error),
        open=unknown | (here & account.open),
    )
    policies = {policy: here & account.absent & holds for policy, holds in _policies_together(group.members).items()}
    if away is not FALSE and default not in AWARDS:
        policies[default] = policies.get(default, FALSE) | away
    score = Score(
        criterion=criterion, account=whole_account, policies=policies, may_leave=_may_leave(criterion, setting),
        undecided=when.undecided | (here & (unclear | made.undecided | group.undecided)),
    )
    return Member(score=score, below=group.scores)


def _rounding_of(criterion: Criterion, edition: Edition, setting: Setting) -> Rounding | None:
    """Return the rounding of a parent: of a group where it has parents below, else of a criterion."""
    parents = {each.parent for each in edition.criteria}
    rounding = setting.method.rounding
    return rounding.group if any(each.id in parents for each in edition.children(criterion.id)) else rounding.criterion


def _combined(criterion: Criterion, group: Together) -> tuple[Account, Truth]:
    """Return the children combined by the parent's rule, and where only the exact reading can tell."""
    own, account = worth(criterion), group.account
    if not group.members or (criterion.combine == "sum" and account.nominal <= own):
        return account, FALSE
    nothing = every(~member.applies for member in group.members)
    open_ = some(member.applies & (member.account.open | member.account.error) for member in group.members)
    made, unclear = _capped(criterion, group) if criterion.combine == "sum" else _by_rule(criterion, group)
    found = Account(
        points=pick(nothing, NOUGHT, made.points),
        maximum=pick(nothing, minimum([number(own), account.maximum]), made.maximum),
        nominal=own,
        known=nothing | made.known,
        absent=nothing,
    )
    return found, open_ | (~nothing & unclear)


def _capped(criterion: Criterion, group: Together) -> tuple[Account, Truth]:
    """Return the sum of the children, at most the parent's maximum, nor more than what applies can come to."""
    own, account = number(worth(criterion)), group.account
    kept = plus(pick(member.applies, NOUGHT, member.account.maximum) for member in group.members)
    attainable = minimum([own, minus(account.maximum, kept)])
    return Account(points=minimum([attainable, account.points]), maximum=minimum([own, account.maximum]), nominal=worth(criterion)), FALSE


def _by_rule(criterion: Criterion, group: Together) -> tuple[Account, Truth]:
    """Return what a rule makes of the children that apply."""
    own = number(worth(criterion))
    there = group.members
    full = [at_least(member.account.points, member.account.maximum) for member in there]
    in_full = count(member.applies & each.holds for member, each in zip(there, full, strict=True))
    applying = count(member.applies for member in there)
    match criterion.combine:
        case "minimum":
            points = minimum([own, *(pick(member.applies, member.account.points, own) for member in there)])
            unclear: Truth = FALSE
        case "maximum":
            points = minimum([own, maximum([pick(member.applies, member.account.points, NOUGHT) for member in there])])
            unclear = FALSE
        case rule:
            enough = {"any": in_full >= 1, "all": in_full >= applying, "n_of": (in_full >= (criterion.at_least or 1)) | (in_full >= applying)}[rule]
            points = pick(enough, own, NOUGHT)
            unclear = some(member.applies & each.undecided for member, each in zip(there, full, strict=True))
    return Account(points=points, maximum=own, nominal=worth(criterion)), unclear


# ------------------------------------------------------------------ prerequisites


def _after_prerequisite(member: Member, edition: Edition, setting: Setting) -> Member:
    """Return a criterion that is worth nothing where its prerequisite has not full points."""
    criterion, account, score = member.score.criterion, member.account, member.score
    needed = _before_adjustment(edition.criterion(criterion.prerequisite), edition, setting)
    asked = needed.applies & member.applies
    full = at_least(needed.account.points, needed.account.maximum)
    waits = needed.account.open | needed.account.error
    unmet = asked & ~waits & ~full.holds
    own = number(worth(criterion))
    changed = evolve(
        account,
        points=pick(unmet, NOUGHT, account.points),
        maximum=pick(unmet, own, account.maximum),
        nominal=worth(criterion),
        known=account.known | unmet,
        error=account.error & ~unmet,
        open=account.open & ~unmet,
    )
    open_may_leave = FALSE if member.may_leave <= set(AWARDS) else unmet & (account.open | account.error)
    undecided = needed.score.undecided | (asked & (waits | full.undecided)) | open_may_leave
    return evolve(member, score=evolve(
        score, account=changed, missing=score.missing.where(~unmet), by_rule=score.by_rule & ~unmet,
        undecided=(score.undecided & ~unmet) | undecided,
    ))
