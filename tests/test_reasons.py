"""The reason of lost points over dates is true: what was, on which side of the day, and what was needed."""

import datetime as dt
import operator
from decimal import Decimal
from fractions import Fraction

import pytest
from building import QUANTITIES
from hypothesis import assume, given
from hypothesis import strategies as st

from cchc_rules.base.texts import Text
from cchc_rules.model import Fact
from cchc_rules.rules import forms
from cchc_rules.rules.days import LATEST
from cchc_rules.rules.evaluate import Facts, evaluate
from cchc_rules.rules.losses import losses
from cchc_rules.rules.reasons import Setting, reason
from cchc_rules.rules.wording import Lexicon

SENT = Fact(id="sent", label=Text("ngày gửi báo cáo", "date of the report"), type="date", may_be_never=True)
DUE = Fact(id="due", label=Text("ngày hẹn", "day agreed"), type="date", may_be_never=True)
LEXICON = Lexicon({"sent": SENT, "due": DUE}, QUANTITIES.units)
GOAL = dt.date(2099, 2, 15)
HOLDS = {"at_least": operator.ge, "more_than": operator.gt, "at_most": operator.le, "below": operator.lt}
SIDES = {
    "trước ngày 15/02/2099": operator.lt, "không sau ngày 15/02/2099": operator.le,
    "sau ngày 15/02/2099": operator.gt, "không trước ngày 15/02/2099": operator.ge,
}
ENGLISH = {"trước": "before", "không sau": "not after", "sau": "after", "không trước": "not before"}


def told(limit: str, sent: Fraction, due: Fraction | None = None) -> Text:
    """Return why the points of one band over a date were lost."""
    at = forms.FactThreshold(fact="due") if due is not None else forms.Threshold(value=Fraction(GOAL.toordinal()), date=True)
    band = forms.Band(points=Decimal(1), **{limit: at})
    rule = forms.Bands(of=forms.Quantity(fact="sent"), bands=(band,), otherwise=Decimal(0)).lower(Fraction(1))
    values = {"sent": sent, **({"due": due} if due is not None else {})}
    (lost,) = losses(evaluate(rule, Facts(values)), Fraction(1), LEXICON.facts)
    return reason(lost.cause, Setting(values=values, lexicon=LEXICON))


@given(st.sampled_from(sorted(HOLDS)), st.integers(-3, 3))
def test_a_missed_day_is_told_on_the_side_on_which_the_date_lies(limit: str, distance: int) -> None:
    """“Là 20/02, trước ngày 15/02” can never be said: what the sentence says of the date is so."""
    sent = GOAL + dt.timedelta(days=distance)
    assume(not HOLDS[limit](sent, GOAL))
    text = told(limit, Fraction(sent.toordinal()))
    start = f"Ngày gửi báo cáo là {sent:%d/%m/%Y}, "
    assert text.vi.startswith(start)
    side = text.vi.removeprefix(start).removesuffix(".")
    assert SIDES[side](sent, GOAL)
    assert f", {ENGLISH[side.partition(' ngày')[0]]} 2099-02-15" in text.en


@pytest.mark.parametrize(("limit", "vi", "en"), [
    ("below", "Ngày gửi báo cáo là chưa thực hiện, yêu cầu trước ngày 15/02/2099.", "Date of the report is never, required: before 2099-02-15."),
    ("at_most", "Ngày gửi báo cáo là chưa thực hiện, yêu cầu chậm nhất ngày 15/02/2099.", "Date of the report is never, required: no later than 2099-02-15."),
])
def test_what_never_came_is_told_with_what_was_needed(limit: str, vi: str, en: str) -> None:
    """It lies neither before nor after the day."""
    text = told(limit, LATEST)
    assert (text.vi, text.en) == (vi, en)


def test_a_day_that_is_a_fact_is_told_with_its_date() -> None:
    """The threshold is named, and which day it was."""
    sent, due = (Fraction(dt.date(2099, 3, each).toordinal()) for each in (9, 5))
    assert told("below", sent, due).vi == "Ngày gửi báo cáo là 09/03/2099, không trước ngày 05/03/2099 (ngày hẹn: 05/03/2099)."


def test_a_day_that_never_came_is_no_day_of_the_last_year_of_the_calendar() -> None:
    """The value that stands for never is not printed as a date."""
    sent = Fraction(dt.date(2099, 3, 9).toordinal())
    assert "(ngày hẹn: chưa thực hiện)" in told("at_least", sent, LATEST).vi
