"""Values and limits in words: 33,33 %, 3 ngày, từ 50 % trở lên, trước ngày …, không quá mức bình quân."""

import datetime as dt
from fractions import Fraction

from cchc_rules.base.exact import format_date, format_percent
from cchc_rules.rules.lexicon import Lexicon
from cchc_rules.rules.tree import Beyond, Bound, DaysLate, Difference, FactValue, Mark, Node, Ratio, Scaled, Sum

# ------------------------------------------------------------------ values


def measured(of: Node, value: Fraction, lexicon: Lexicon) -> str:
    """Return a value of a quantity with its unit: 33,33 %, 3 ngày, 12 hồ sơ, 15/12/…, 90 % of the mean."""
    match of:
        case Ratio():
            return format_percent(value, lexicon.language)
        case DaysLate():
            return days(of, value, lexicon)
        case Mark():
            return lexicon.points(value)
        case Beyond(of=Difference(of=inner)) | Beyond(of=inner):
            return measured(inner, value, lexicon)  # a distance, not a place
        case Difference():
            return _beside(of, value, lexicon)
        case FactValue(fact=fact) if lexicon.facts[fact].type == "date":
            return format_date(_date(value), lexicon.language)
        case FactValue(fact=fact) if lexicon.facts[fact].type == "rate":
            return format_percent(value, lexicon.language)
        case FactValue(fact=fact):
            unit = lexicon.unit(lexicon.facts[fact].unit, one=value == 1)
            return f"{lexicon.number(value)} {unit}".rstrip()
        case Sum(terms=terms):
            return measured(terms[0], value, lexicon)
        case Scaled(of=inner):
            return measured(inner, value, lexicon)
        case _:
            return lexicon.number(value)


def days(late: DaysLate, value: Fraction, lexicon: Lexicon) -> str:
    """Return so many days, working days where a calendar counts them."""
    vi, en = ("ngày làm việc", "working day") if late.calendar else ("ngày", "day")
    return f"{lexicon.number(value)} {lexicon.say(vi, en if value == 1 else f'{en}s')}"


def _beside(of: Difference, value: Fraction, lexicon: Lexicon) -> str:
    """Return a threshold that is a fact, or lies so much above or below it."""
    name = yardstick(of.less, lexicon)
    if isinstance(of.less, FactValue):
        name = lexicon.say(name, f"the {name}")
    if value == 0:
        return name
    distance = measured(of.of, abs(value), lexicon)
    return f"{name} {lexicon.say('cộng', 'plus') if value > 0 else lexicon.say('trừ', 'minus')} {distance}"


def yardstick(node: Node, lexicon: Lexicon) -> str:
    """Return the name of what a quantity is compared with: a fact, or a part of one."""
    match node:
        case FactValue(fact=fact):
            return lexicon.fact(fact)
        case Scaled(factor=factor, of=of):
            part = format_percent(factor, lexicon.language)
            return lexicon.say(f"{part} của {yardstick(of, lexicon)}", f"{part} of the {yardstick(of, lexicon)}")
        case _:
            raise TypeError(f"not a yardstick: {type(node).__name__}")


def _date(ordinal: Fraction) -> dt.date:
    return dt.date.fromordinal(int(ordinal))


# ------------------------------------------------------------------ limits


def limits(of: Node, low: Bound | None, high: Bound | None, lexicon: Lexicon) -> str:
    """Return the words of an interval, each end spelled as strict or not."""
    if is_date(of, lexicon):
        return _date_limits(of, low, high, lexicon)
    least = measured(of, low.value, lexicon) if low else ""
    most = measured(of, high.value, lexicon) if high else ""
    if low and high:
        if low.value == high.value:
            return lexicon.say(f"bằng {least}", f"exactly {least}")
        if isinstance(of, FactValue) and lexicon.facts[of.fact].type in ("count", "decimal"):
            least = lexicon.number(low.value)  # the unit is said once, after the second number
        start = lexicon.say("từ" if low.inclusive else "trên", "from" if low.inclusive else "more than")
        end = lexicon.say("đến" if high.inclusive else "đến dưới", "to" if high.inclusive else "to below")
        return f"{start} {least} {end} {most}"
    if low and low.inclusive and low.value == 1 and isinstance(of, Ratio) and of.share:
        return lexicon.say(f"đạt {least}", f"at {least}")  # a share is never above 100 %
    if low:
        return lexicon.say(
            f"từ {least} trở lên" if low.inclusive else f"trên {least}",
            f"at least {least}" if low.inclusive else f"more than {least}",
        )
    if high and high.inclusive and high.value == 0 and not isinstance(of, Difference):
        return lexicon.say(f"bằng {most}", f"equal to {most}")  # a count or a delay is never below 0
    if high:
        return lexicon.say(
            f"không quá {most}" if high.inclusive else f"dưới {most}",
            f"at most {most}" if high.inclusive else f"below {most}",
        )
    return lexicon.say("bất kỳ", "any")


def is_date(of: Node, lexicon: Lexicon) -> bool:
    """Return whether a quantity is a date, or a date beside another."""
    match of:
        case FactValue(fact=fact):
            return lexicon.facts[fact].type == "date"
        case Difference(of=inner):
            return is_date(inner, lexicon)
        case _:
            return False


def _date_limits(of: Node, low: Bound | None, high: Bound | None, lexicon: Lexicon) -> str:
    """Return the words of an interval of dates."""
    first = measured(of, low.value, lexicon) if low else ""
    last = measured(of, high.value, lexicon) if high else ""
    if low and high and low.value == high.value:
        return lexicon.say(f"đúng ngày {first}", f"on {first}")
    if low and high:
        start = lexicon.say("từ ngày" if low.inclusive else "sau ngày", "from" if low.inclusive else "after")
        end = lexicon.say("đến ngày" if high.inclusive else "đến trước ngày", "to" if high.inclusive else "to before")
        return f"{start} {first} {end} {last}"
    if low:
        return lexicon.say(f"từ ngày {first} trở đi" if low.inclusive else f"sau ngày {first}",
                           f"on or after {first}" if low.inclusive else f"after {first}")
    if high:
        return lexicon.say(f"chậm nhất ngày {last}" if high.inclusive else f"trước ngày {last}",
                           f"no later than {last}" if high.inclusive else f"before {last}")
    return lexicon.say("bất kỳ", "any")


# ------------------------------------------------------------------ deadlines


def lateness_limits(node: DaysLate, low: Bound | None, high: Bound | None, lexicon: Lexicon) -> str:
    """Return an interval of days late in words: in time as the deadline, else late by so many days."""
    if low is None and high is not None and high.value == 0 and high.inclusive:
        return deadline(node, lexicon)
    late = limits(node, low, high, lexicon)
    return lexicon.say(f"chậm {late}", f"late by {late}")


def deadline(node: DaysLate, lexicon: Lexicon) -> str:
    """Return the deadline as the source spells it: before a day, up to and including it, within so many days."""
    return f"{_term(node, lexicon)}{_calendar(node, lexicon)}"


def _term(node: DaysLate, lexicon: Lexicon) -> str:
    if node.last_day is None:
        term, start = days(node, Fraction(node.days), lexicon), lexicon.fact(node.after)
        return lexicon.say(f"trong {term} kể từ {start}", f"within {term} of the {start}")
    if node.excluded:
        day = format_date(node.last_day + dt.timedelta(days=1), lexicon.language)
        return lexicon.say(f"trước ngày {day}", f"before {day}")
    day = format_date(node.last_day, lexicon.language)
    return lexicon.say(f"chậm nhất ngày {day}", f"no later than {day}")


def _calendar(node: DaysLate, lexicon: Lexicon) -> str:
    """Return which calendar counts the working days, where one does."""
    if not node.calendar:
        return ""
    return lexicon.say(f" (ngày làm việc theo lịch “{node.calendar}”)", f" (working days by the calendar “{node.calendar}”)")
