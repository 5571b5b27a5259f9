"""The phrases of “cách chấm” made even: signs and near-words become the few that the readers know, cells become clauses."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from attrs import field, frozen

from cchc_rules.annex.reading import NONE_AROSE, number, shown, small

NUMBER = r"(?:[0-9]+(?:[.,][0-9]+)?)"
LEAD = r"(?:[\s:,]|thì|được|đạt|cho|chấm|tính|là|hưởng)*"
POINTS = rf"(?P<points>{NUMBER}) ?điểm"
GIVES = r"(?:(?<=[:,=])|(?<=được)|(?<=đạt)|(?<=cho)|(?<=chấm)|(?<=tính)|(?<=thì)|(?<=hưởng)|(?<=là)) ?"
_SPLIT = re.compile(r"\n|;|\.(?=\s+[A-ZĐÀ-Ỹ]|\s*$)")
_COMMA = re.compile(r"(?<=điểm), (?!(?:nhưng )?(?:tổng (?:số )?)?(?:điểm )?(?:trừ|cộng)?\s?(?:không quá|tối đa))")
_CAP = re.compile(rf"(?:nhưng )?(?:tổng (?:số )?)?(?:điểm )?(?:trừ |cộng )?(?:tối đa )?(?:không quá|tối đa) {NUMBER} ?điểm")
_EVEN: tuple[tuple[re.Pattern[str], str], ...] = tuple((re.compile(pattern), words) for pattern, words in (
    (r"[\s\u00a0]+", " "),
    (r"\b([Tt])ỉ lệ\b", r"\1ỷ lệ"),
    (r"(?<=[0-9]) %", "%"),
    (r"(?<=[0-9]) ?đ(?=[\s;,.)]|$)", " điểm"),
    (r">=|=>|≧", "≥"), (r"<=|=<|≦", "≤"),
    (rf"({NUMBER}%?) ?≤ ?([^0-9≤<≥>]+?) ?< ?({NUMBER}%?)", r"\2 từ \1 đến dưới \3"),
    (rf"({NUMBER}%?) ?≤ ?([^0-9≤<≥>]+?) ?≤ ?({NUMBER}%?)", r"\2 từ \1 đến \3"),
    (rf"({NUMBER}%?) ?< ?([^0-9≤<≥>]+?) ?≤ ?({NUMBER}%?)", r"\2 trên \1 đến \3"),
    (r"đến ?< ?", "đến dưới "), (r"đến ?≤ ?", "đến "),
    (r"(?:từ )?≥ ?", "từ_"), (r"(?:từ )?> ?(?=[0-9])", "trên "), (r"≤ ?", "không quá "), (r"< ?(?=[0-9])", "dưới "),
    (r"\b(?:đạt )?không (?:dưới|thấp hơn|ít hơn) (?=[0-9])", "từ_"),
    (rf"\b(?:ít nhất|tối thiểu)(?: là)? (?={NUMBER}(?!,?[0-9])(?! ?(?:trong|/|trên tổng)))", "từ_"),
    (rf"từ_({NUMBER}%?)(?: trở lên)?", r"từ \1 trở lên"),
    (r"\bkhông (?:vượt quá|lớn hơn|nhiều hơn|cao hơn) (?=[0-9])", "không quá "),
    (r"\b(?:lớn|cao|nhiều) hơn (?=[0-9])|(?<!chậm )\bhơn (?=[0-9])", "trên "), (r"\b(?:nhỏ|thấp|ít) hơn (?=[0-9])", "dưới "),
    (rf"({NUMBER})%? ?[-–] ?({NUMBER})%", r"từ \1% đến \2%"), (r"\btừ từ\b", "từ"),
    (r"\bđến cận ", "đến dưới "),
    (rf"^([^:]*%[^:]*|(?:các )?(?:trường hợp )?còn lại): ?({NUMBER})$", r"\1: \2 điểm"),
))
_NOTHING = re.compile(r"[\s:,]+(?:thì )?không (?:có|được|được tính|tính|chấm|được chấm|cho) điểm$")
_FULL = re.compile(rf"{GIVES}(?:trọn |đủ |toàn bộ )?(?:số )?điểm tối đa$")
_PART = re.compile(rf"{GIVES}(?P<part>{NUMBER})%(?: tổng)?(?: số)? ?(?:điểm tối đa|điểm)$")
_LIMIT = re.compile(
    rf"{NUMBER} ?(?:%|điểm)|\b(?:dưới|trên(?! (?:tổng|số))|từ|mỗi|cứ|chậm|chấm|trừ|trước ngày|không quá|tối đa|trở lên|trở xuống)\b|(?<!công )\bcộng\b|\bkhông$|[≥≤<>=]",
)
_NONE = re.compile(
    rf"(?:(?:trường hợp|nếu|khi|đơn vị) )*(?:trong năm )?không (?:có )?phát sinh(?P<what>[^0-9]*?)(?:{LEAD}{POINTS}|[\s:,]*(?:thì )?(?P<out>không (?:áp dụng|chấm|đánh giá|tính|có|được)(?: điểm)?))",
)
_UNCLEAR = re.compile(r"không phát sinh.*không (?:chấm|tính)(?: điểm)?$")
UNCLEAR = "khi không phát sinh quyết định ghi “không chấm điểm”: không áp dụng hay 0 điểm? đang để không áp dụng"


@frozen(kw_only=True)
class Cell:
    """What a reader gets: the clauses of one cell, and the row that it belongs to.

    ``none_arose`` is what the cell says of a divisor of 0; ``""`` where it says nothing. ``doubt`` is what has
    to be settled about that.
    """

    clauses: list[str]
    label: str
    maximum: Decimal
    year: int
    none_arose: str = ""
    doubt: str = ""
    used: tuple[Decimal, ...] = field(default=())


def cells(text: str, label: str, maximum: Decimal, year: int) -> Iterator[Cell]:
    """Yield the ways in which a cell splits into clauses: at its line ends and semicolons, then at commas behind points too."""
    whole = _clauses(_SPLIT.split(unicodedata.normalize("NFC", text)), maximum)
    split = _clauses((part for clause in whole for part in _COMMA.split(clause)), maximum)
    for clauses in [whole, *([split] if split != whole else [])]:
        rest, policy = _none_arose(clauses, maximum)
        if rest and policy is not None:
            doubt = "" if policy and not any(_UNCLEAR.search(each) for each in clauses) else UNCLEAR if policy else NONE_AROSE
            yield Cell(clauses=rest, label=label, maximum=maximum, year=year, none_arose=policy, doubt=doubt, used=(maximum, Decimal(0)))


def _clauses(parts: "list[str] | Iterator[str]", maximum: Decimal) -> list[str]:
    """Return clauses made even, a cap that stands by itself joined to what it caps."""
    found: list[str] = []
    for each in parts:
        words = even(each, maximum)
        if words and found and _CAP.fullmatch(words):
            found[-1] += f", {words}"
        elif words:
            found.append(words)
    return found


def even(words: str, maximum: Decimal) -> str:
    """Return a clause in the words that the readers know, a small letter first, without bullets."""
    words = small(words.strip().lstrip("-–•+* \u00a0"))
    for pattern, instead in _EVEN:
        words = pattern.sub(instead, words)
    words = words.strip(" .,:")
    if "không phát sinh" not in words:  # there “không chấm điểm” may mean that it does not count
        words = _NOTHING.sub(": 0 điểm", words)
    words = _FULL.sub(f" {shown(maximum)} điểm", words)
    words = _PART.sub(lambda found: f" {shown(maximum * number(found['part']) / 100)} điểm", words)
    return re.sub(r"\s+", " ", words).strip()


def _none_arose(clauses: list[str], maximum: Decimal) -> tuple[list[str], str | None]:
    """Return the clauses without what is said of nothing arising, and that; ``None`` where it is said and not understood."""
    rest = [each for each in clauses if not _NONE.fullmatch(each)]
    said = {_policy(found, maximum) for each in clauses if (found := _NONE.fullmatch(each))}
    if not said:
        return rest, ""
    return rest, said.pop() if len(said) == 1 else None


def _policy(found: re.Match[str], maximum: Decimal) -> str | None:
    if found["out"]:
        return "award_zero" if _NOTHING.search(f" {found['out']}") and not _UNCLEAR.search(found[0]) else "not_applicable"
    return {maximum: "award_maximum", Decimal(0): "award_zero"}.get(number(found["points"]))


def names_a_number(words: str) -> bool:
    """Return whether words can name a quantity: nothing in them is a limit, a rate or points that would be lost."""
    return not _LIMIT.search(words)
