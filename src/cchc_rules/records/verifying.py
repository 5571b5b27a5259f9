"""Evidence counted again: what a register file says now, beside what evidence says was counted from it."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

from attrs import frozen

from cchc_rules.base.errors import Finding, InputError, Place, Problems, did_you_mean
from cchc_rules.base.exact import format_exact
from cchc_rules.base.reading import read_number
from cchc_rules.base.texts import LANGUAGES, Text
from cchc_rules.base.toml_source import TomlSource, read_toml, unreadable
from cchc_rules.decisions.structure import Structure
from cchc_rules.files.evidence_toml import SCHEMA, CountedTable, EvidenceFile, FactTable
from cchc_rules.index import Index
from cchc_rules.records.evidence import CountedRegister, count_register
from cchc_rules.records.filters import Period
from cchc_rules.records.sources import digest_of

IndexOf = Callable[[EvidenceFile, Place], Index]
"""How the index of the method, year and version is found that a file names."""
BLANK = Text("trống", "blank")
COUNT_AGAIN = Text("đếm lại bằng `cchc facts`, hoặc tìm xem ai đã sửa gì", "count again with `cchc facts`, or find out who changed what")


@frozen(kw_only=True)
class _Counted:
    """One fact of one unit as evidence says that it was counted."""

    given: EvidenceFile
    fact: FactTable
    counted: CountedTable
    place: Place

    @property
    def digest(self) -> str:
        """The digest of the register file, as the evidence gives it."""
        return next((each.digest for each in self.given.documents if each.id == self.counted.register), "")


def verify_evidence(path: Path, register_file: Path, index_of: IndexOf) -> tuple[Finding, ...]:
    """Return what differs between evidence (a file, or a folder of units) and what a register file comes to now.

    Raises ``InputError`` where nothing in the evidence was counted, where it was counted over several registers
    none of which is this file, and as ``count_register`` does.
    """
    digest = digest_of(register_file)
    facts = [each for source in _sources(path) for each in _counted_in(source)]
    if not facts:
        raise InputError(_nothing(path))
    own = [each for each in facts if each.digest == digest]
    registers = sorted({each.counted.register for each in facts})
    if not own and len(registers) > 1:
        raise InputError(_which(register_file, registers))
    facts = [each for each in facts if each.counted.register in ({each.counted.register for each in own} or registers)]
    return (*_other_file(facts, digest, register_file), *_differing(facts, register_file, index_of))


def _sources(path: Path) -> list[TomlSource]:
    """Return the evidence in a file, or in a folder and below."""
    if not path.exists():
        raise InputError(unreadable(Place(file=path.as_posix())))
    problems = Problems()
    files = [path] if path.is_file() else sorted(path.rglob("*.toml"))
    found = [problems.attempt(partial(read_toml, each)) for each in files]
    problems.raise_as(InputError)
    return [each for each in found if each is not None and each.data.get("schema") == SCHEMA]


def _counted_in(source: TomlSource) -> Iterator[_Counted]:
    """Yield the facts in a file that say where they were counted."""
    given = Structure(()).read(source.data, EvidenceFile, source.place, InputError)
    for number, fact in enumerate(given.facts):
        if fact.counted is not None:
            yield _Counted(given=given, fact=fact, counted=fact.counted, place=source.place(("facts", number), f"{given.unit}, {fact.id}"))


def _differing(facts: list[_Counted], register_file: Path, index_of: IndexOf) -> Iterator[Finding]:
    """Yield what differs, the register counted once for each method and period."""
    known: dict[tuple[str, int, str, str, Period], CountedRegister] = {}
    for each in facts:
        period = (each.counted.first, each.counted.last)
        key = (each.given.method, each.given.year, each.given.version, each.counted.register, period)
        if key not in known:
            known[key] = count_register(index_of(each.given, each.place), each.counted.register, register_file, period)
        yield from _of_fact(each, known[key])


def _of_fact(each: _Counted, found: CountedRegister) -> Iterator[Finding]:
    rule = found.index.records.get(each.fact.id)
    if rule is None or rule not in found.rules or found.rule_digest(rule) != each.counted.rule:
        yield Finding(
            code="counting-changed", place=each.place,
            reason=Text("phương pháp nay đếm số liệu này theo cách khác với khi ghi", "the method counts this fact otherwise than it did when this was written"),
            remedy=COUNT_AGAIN,
        )
    count = found.counts.get(each.given.unit, {}).get(each.fact.id)
    then = (None if each.fact.value is None else Fraction(read_number(each.fact.value, each.place)), each.counted.rows, each.counted.unusable)
    now = (None if count is None or count.value is None else Fraction(count.value), count.rows if count else 0, count.unusable if count else 0)
    for name, one, another in zip(_NAMES, then, now, strict=True):
        if one != another:
            yield _differs(name, one, another, each.place)


_NAMES = (Text("giá trị", "the value"), Text("số dòng được tính", "the number of rows that count"), Text("số dòng không xác định được", "the number of rows that cannot be decided"))


def _differs(name: Text, then: Fraction | int | None, now: Fraction | int | None, place: Place) -> Finding:
    vi, en = ([BLANK.get(language) if each is None else format_exact(each, language) for each in (then, now)] for language in LANGUAGES)
    return Finding(
        code="counted-differs", place=place,
        reason=Text(f"{name.vi} ghi là {vi[0]}, đếm lại từ sổ là {vi[1]}", f"{name.en} is given as {en[0]}; counted again it is {en[1]}"),
        remedy=COUNT_AGAIN,
    )


def _other_file(facts: Iterable[_Counted], digest: str, register_file: Path) -> Iterator[Finding]:
    """Yield, once for each digest, that the evidence was counted from another file."""
    others = {each.digest: each for each in reversed(list(facts)) if each.digest != digest}
    for given, each in others.items():
        yield Finding(
            code="register-file-differs", place=Place(file=each.place.file),
            reason=Text(f"số liệu được đếm từ tệp sổ có dấu băm {given or '–'}, tệp {register_file.name} có dấu băm {digest}",
                        f"the facts were counted from a file with the digest {given or '–'}; {register_file.name} has {digest}"),
            remedy=Text("đưa đúng tệp sổ đã dùng, hoặc đếm lại từ tệp này", "give the very file that was used, or count again from this one"),
        )


def _nothing(path: Path) -> Finding:
    return Finding(
        code="nothing-counted", place=Place(file=path.as_posix()),
        reason=Text("không số liệu nào ở đây được đếm từ sổ", "no fact here was counted over a register"),
        remedy=Text("đưa tệp hoặc thư mục do `cchc facts` ghi", "give a file or a folder that `cchc facts` wrote"),
    )


def _which(register_file: Path, registers: list[str]) -> Finding:
    return Finding(
        code="register-needed", place=Place(file=register_file.as_posix()),
        reason=Text("số liệu được đếm từ nhiều sổ, không sổ nào là tệp này", "the facts were counted over several registers, none of which is this file"),
        remedy=did_you_mean("", registers),
    )
