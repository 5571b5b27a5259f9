"""What a reader is told of points that moved: from what does not apply to the rest, and between the fields and the total."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from building import evidence_with
from hypothesis import given
from policy_cases import FOLDER, policy_file, registry_of, write_evidence
from tables import Table, tables
from test_engine import Situation, situations

import cchc_rules as cchc
from cchc_rules.base.texts import Language
from cchc_rules.engine import score
from cchc_rules.engine.raised import raised_by, scaled_by
from cchc_rules.files.evidence import read_cohort
from cchc_rules.files.terminal import beyond_fields, scorecard_text
from cchc_rules.methods import RoundingRule
from cchc_rules.model import State

ZERO = Fraction(0)
FACTS = {"on_time": 90, "dossiers": 100, "posted": 60, "procedures": 100, "done": 0, "tasks": 0}


def card_of(policy: str, facts: Mapping[str, int], folder: Path) -> cchc.Scorecard:
    """Return the scorecard of the first unit on the example of a policy."""
    index = registry_of(policy_file(FOLDER / f"{policy}.toml").example, folder / "tables").index_named("example")
    write_evidence(index.method, index.method.units[0].id, "self", {"facts": facts}, folder / "evidence")
    ((evidence,),) = read_cohort(folder / "evidence", index)
    return score(index, evidence)


class TestBeyondFields:
    """The rows between the fields and the total."""

    @given(tables())
    def test_make_the_total_together_with_the_fields(self, table: Table) -> None:
        """Whatever is converted, added, taken off, decided by an event, or rounded."""
        card = table.card()
        fields = sum((each.account.exact or ZERO for each in card.fields), ZERO)
        assert fields + sum((points for _, points in beyond_fields(card)), ZERO) == card.total.exact

    @pytest.mark.parametrize(("language", "bonus", "penalty"), [("vi", "Điểm thưởng (được 2, tính tối đa 1,5)", "Điểm trừ"), ("en", "Bonus (2, of which 1.5 count)", "Penalty")])
    def test_name_the_bonus_with_its_clamp_and_the_penalty(self, tmp_path: Path, language: Language, bonus: str, penalty: str) -> None:
        """What was earned, what counts of it, and what was taken off stand above the total."""
        index = registry_of(policy_file(FOLDER / "bonus-and-penalty-on-total.toml").example, tmp_path).index_named("example")
        bonuses = [each for edition in index.editions for each in edition.criteria if each.kind == "bonus"]
        penalties = [each for edition in index.editions for each in edition.criteria if each.kind == "penalty"]
        assert bonuses
        assert penalties
        facts = {name: Fraction(0) if fact.type != "flag" else False for name, fact in index.facts.items()}
        for criterion in bonuses:
            facts |= {name: True if index.facts[name].type == "flag" else Fraction(index.facts[name].range[1]) for name in _read(criterion)}  # type: ignore[index]  # every number has a range
        for criterion in penalties:
            facts |= {name: True if index.facts[name].type == "flag" else Fraction(1) for name in _read(criterion)}
        card = score(index, evidence_with(facts))
        rows = {label.get(language): points for label, points in beyond_fields(card)}
        assert rows[bonus] == card.total.bonus
        assert rows[penalty] == -card.total.penalty
        assert all(label in scorecard_text(card, language) for label in rows)


def _read(criterion: cchc.Criterion) -> tuple[str, ...]:
    from cchc_rules.rules.tree import facts_of

    assert criterion.rule is not None
    return facts_of(criterion.rule)


class TestScaled:
    """Groups that were scaled up."""

    @given(situations(complete=True, policies=("rescale_group",)))
    def test_points_times_their_factor_make_the_field(self, situation: Situation) -> None:
        """What each criterion is said to count for adds up, where nothing is rounded above it."""
        method = evolve(situation.index.method, rounding=RoundingRule())
        card = score(evolve(situation.index, method=method), evidence_with(situation.values))
        for each in card.fields:
            leaves = [leaf for leaf in each.scores if leaf.criterion.form is not None and leaf.state is State.SCORED]
            told = sum((leaf.account.exact * scaled_by(leaf, each.scores) for leaf in leaves if leaf.account.exact is not None), ZERO)
            assert told == each.account.exact

    @given(situations(complete=True))
    def test_losses_are_told_as_they_count_in_the_field(self, situation: Situation) -> None:
        """The explanation of a criterion takes off what the list of lost points takes off."""
        card = situation.card()
        listed = [(one.id, deduction.exact) for _, one, deduction in card.lost_points()]
        told = [(name, deduction.exact) for name in {name for name, _ in listed} for deduction in card.explain(name).deductions]
        assert sorted(told) == sorted(listed)


class TestWords:
    """What explanations say of points that moved."""

    @pytest.mark.parametrize(("policy", "words"), [
        ("not-applicable-share-out", "điểm tối đa chia đều cho các tiêu chí còn lại của nhóm: 1.1, 1.2"),
        ("not-applicable-rescale-group", "điểm tối đa chuyển cho các tiêu chí còn lại của nhóm, theo tỷ lệ: 1.1, 1.2"),
        ("not-applicable-leave-out", "không có điểm, điểm tối đa vẫn tính"),
        ("not-applicable-leave-out-of-both-sides", "bỏ ra khỏi cả điểm và điểm tối đa"),
    ])
    def test_say_that_a_criterion_does_not_apply_and_where_its_points_went(self, policy: str, words: str, tmp_path: Path) -> None:
        """Not that it earned 0."""
        told = str(card_of(policy, FACTS, tmp_path).explain("procedures.tasks"))
        assert "điểm, không áp dụng" in told
        assert words in told
        assert "0/5 điểm" not in told

    def test_say_that_a_maximum_was_raised_and_by_whom(self, tmp_path: Path) -> None:
        """The heading has the maximum that counts, and the step from the printed one is no rounding."""
        card = card_of("not-applicable-share-out", FACTS, tmp_path)
        raised = next(each for each in card.scores if raised_by(each) != 1)
        told = str(card.explain(raised.id))
        assert f"/{str(raised.account.max_points).replace('.', ',')} điểm" in told.splitlines()[1]
        assert f"Điểm tối đa tăng từ {raised.criterion.max_points} lên {str(raised.account.max_points).replace('.', ',')} do 1.3 không áp dụng" in told

    def test_round_from_the_whole_decimal_with_the_mark_of_the_language(self, tmp_path: Path) -> None:
        """Both sides of the step are written alike; three decimals get a zero."""
        told = []
        for number, (on_time, dossiers) in enumerate(((35, 64), (875, 999))):
            rounding = card_of("not-applicable-leave-out", {**FACTS, "on_time": on_time, "dossiers": dossiers}, tmp_path / str(number)).explain("procedures.on-time").rounding
            assert rounding is not None
            told.append((rounding.vi, rounding.en))
        assert told == [("Làm tròn: 1,09375 → 1,09.", "Rounded: 1.09375 → 1.09."), ("Làm tròn: 1750/999 → 1,75.", "Rounded: 1750/999 → 1.75.")]
