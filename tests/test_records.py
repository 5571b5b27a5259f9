"""How facts are counted over registers, as tables declare it: read, written back, checked, sealed, said in words."""

from pathlib import Path

import pytest
from registers import example, registry_with

import cchc_rules as cchc
from cchc_rules.counting import RecordFilter, RecordRule
from cchc_rules.decisions.editions import write_edition
from cchc_rules.decisions.seals import counting_digest, edition_seal
from cchc_rules.model import Edition
from cchc_rules.plugins.registry import Registry
from cchc_rules.records.wording import counting_text

NEW_RULE = '[[records]]\nfact = "dossiers_settled"\nregister = "one_stop"'
ON_TIME = '{ column = "returned", on_or_before = "due" }'
QUICK = 'within = { days = 5, after = "received", calendar = "example-work" }'
ONLINE = '{ column = "channel", equals = "online" }'
FLAG = '[[facts]]\nid = "any_fee"\nlabel = "có thu phí"\ntype = "flag"\n\n[[records]]\nfact = "any_fee"\nregister = "one_stop"\nunusable = "block"\n\n'


def findings_in(registry: Registry) -> list[cchc.Finding]:
    """Return the errors in the example's tables."""
    return [each for each in registry.findings() if each.severity == "error"]


# ------------------------------------------------------------------ what is wrong with a table

PLANTED: dict[str, tuple[tuple[str, str], str, str]] = {
    "a register that is not declared": (('fact = "dossiers_settled"\nregister = "one_stop"', 'fact = "dossiers_settled"\nregister = "one_shop"'), "register-unknown", "one_stop"),
    "a column that the register does not have": ((ON_TIME, '{ column = "retuned", on_or_before = "due" }'), "register-column-unknown", "returned"),
    "a deadline in a column that is not there": ((ON_TIME, '{ column = "returned", on_or_before = "deu" }'), "register-column-unknown", "due"),
    "a deadline in a column that is no date": ((ON_TIME, '{ column = "returned", on_or_before = "level" }'), "register-column-type", "level"),
    "a period by a column that is no date": (('period = "received"\nunusable = "block"', 'period = "fee"\nunusable = "block"'), "register-column-type", "fee"),
    "a unit in a column that is no text": (('unit = "unit"', 'unit = "fee"'), "register-column-type", "fee"),
    "a number where the column has words": ((ONLINE, '{ column = "channel", equals = 3 }'), "register-column-type", "channel"),
    "a word that the column does not know": ((ONLINE, '{ column = "channel", equals = "onlne" }'), "record-never-counts", "online"),
    "words compared as numbers are": ((ONLINE, '{ column = "channel", at_least = "online" }'), "register-column-type", "channel"),
    "a sum of words": (('of = "fee"', 'of = "channel"'), "register-column-type", "channel"),
    "a sum of nothing": (('count = "sum"\nof = "fee"', 'count = "sum"'), "record-filter-unclear", "of"),
    "a number without a range": (('type = "whole", range = [0, 100000000]', 'type = "whole"'), "register-column-range", "fee"),
    "a range that ends before it begins": (("range = [0, 100000000] },", "range = [1, 0] },"), "register-column-range", "fee"),
    "a column declared twice": (('{ id = "fee",', '{ id = "due", label = "hạn", type = "date" },\n  { id = "fee",'), "register-twice", "due"),
    "a calendar that is not registered": ((QUICK, QUICK.replace("example-work", "example-wrok")), "calendar-unknown", "example-work"),
    "a term of less than no days": ((QUICK, QUICK.replace("days = 5", "days = -1")), "record-filter-unclear", "where"),
    "a filter that asks two things": ((ONLINE, '{ column = "channel", equals = "online", blank = false }'), "record-filter-unclear", "where"),
    "a filter that asks nothing": ((ONLINE, '{ column = "channel" }'), "record-filter-unclear", "where"),
    "two ways of counting one fact": ((NEW_RULE, f'{NEW_RULE}\nunusable = "block"\n\n{NEW_RULE}'), "record-twice", "dossiers_settled"),
    "a fact that is not declared": (('fact = "fees"\nregister', 'fact = "fee"\nregister'), "fact-undeclared", "fees"),
    "a fact that can hold no count": ((NEW_RULE, f'{FLAG}{NEW_RULE}'), "record-fact-kind", "any_fee"),
    "a blank that has to have a value": ((ON_TIME, '{ column = "returned", blank = true }'), "record-never-counts", "returned"),
    "a blank on which the period rests": (('where = [ { column = "returned", blank = false } ]', 'where = [ { column = "returned", blank = true } ]'), "record-never-counts", "returned"),
    "a blank from which another column's term runs": ((QUICK, f'{QUICK} }}, {{ column = "received", blank = true'), "record-never-counts", "received"),
    "two values at once": ((ONLINE, f'{ONLINE}, {{ column = "channel", equals = "post" }}'), "record-never-counts", "channel"),
    "every value ruled out": ((ONLINE, '{ column = "channel", one_of = ["counter", "online", "post"], not = true }'), "record-never-counts", "channel"),
    "more than the range holds": ((ONLINE, '{ column = "fee", more_than = 100000000 }'), "record-never-counts", "fee"),
    "whole numbers between two neighbours": ((ONLINE, '{ column = "fee", more_than = 3 }, { column = "fee", below = 4 }'), "record-never-counts", "fee"),
    "an empty stretch of days": ((ONLINE, '{ column = "due", at_least = 2030-06-02 }, { column = "due", at_least = 2030-06-02, not = true }'), "record-never-counts", "due"),
    "an alternative that never holds": ((ONLINE, '{ any = [ { column = "fee", below = 0 }, { column = "channel", equals = "post" } ] }'), "record-never-counts", "fee"),
}


def test_the_example_is_sound(tmp_path: Path) -> None:
    """So that what is found afterwards was planted."""
    assert [each.code for each in registry_with(tmp_path).findings() if each.severity != "note"] == []


@pytest.mark.parametrize(("change", "code", "said"), PLANTED.values(), ids=PLANTED)
def test_a_planted_error_is_found_where_it_stands_and_nothing_else_is(change: tuple[str, str], code: str, said: str, tmp_path: Path) -> None:
    """By its code, at the entry, with file and line; what is said names the column or what was meant."""
    found = [each for each in findings_in(registry_with(tmp_path, change)) if each.code != "fact-undeclared" or code == "fact-undeclared"]
    assert {each.code for each in found} == {code}
    assert all(each.place.file and each.place.line for each in found)
    assert any(said in f'{each.place.where} {each.reason.vi} {each.remedy.vi}' for each in found)


def test_a_table_that_counts_what_cannot_be_counted_is_not_used(tmp_path: Path) -> None:
    """No index comes of it, so nothing is computed by half a rule."""
    with pytest.raises(cchc.EditionError, match="register-column-unknown"):
        registry_with(tmp_path, (ON_TIME, '{ column = "retuned", on_or_before = "due" }')).index("example.one-stop", 2030)


@pytest.mark.parametrize("filters", [
    '{ column = "fee", more_than = 3 }, { column = "fee", below = 5 }',
    '{ column = "due", at_least = 2030-06-02 }, { column = "due", at_most = 2030-06-02 }',
    '{ column = "channel", equals = "post", not = true }, { column = "channel", one_of = ["post", "counter"] }',
    '{ column = "result_by_post", equals = false }',
    '{ column = "channel", blank = true }',
    '{ any = [ { column = "due", blank = true }, { column = "returned", on_or_before = "due" } ] }',
])
def test_what_can_just_hold_is_not_complained_of(filters: str, tmp_path: Path) -> None:
    """One value, one day, one number is enough."""
    assert findings_in(registry_with(tmp_path, (ONLINE, filters))) == []


def test_a_method_counts_over_the_registers_of_its_editions(tmp_path: Path) -> None:
    """A rule in the method's own table names them, and is checked at its line."""
    sound = '\n[[method.records]]\nfact = "dossiers_late"\nregister = "one_stop"\nwhere = [ { column = "returned", on_or_before = "due", not = true } ]\nperiod = "returned"\nunusable = "block"\n'
    fact = ("# ------------------------------------------------------------------ tiêu chí", '[[facts]]\nid = "dossiers_late"\nlabel = "số hồ sơ trễ hạn"\ntype = "count"\nrange = [0, 10]\n')
    index = registry_with(tmp_path / "sound", fact, method=sound).index("example.one-stop", 2030)
    assert index.records["dossiers_late"].where == (RecordFilter(column="returned", on_or_before="due", not_=True),)
    broken = registry_with(tmp_path / "broken", fact, method=sound.replace('"due"', '"deu"'))
    assert [(each.code, each.place.line is not None) for each in findings_in(broken)] == [("register-column-unknown", True)]


def test_two_tables_that_count_one_fact_differently_are_refused(tmp_path: Path) -> None:
    """Neither is chosen."""
    other = '\n[[method.records]]\nfact = "fees"\nregister = "one_stop"\nunusable = "block"\n'
    with pytest.raises(cchc.EditionError, match="declared-twice"):
        registry_with(tmp_path, method=other).index("example.one-stop", 2030)


# ------------------------------------------------------------------ read, written, sealed


def edition(registry: Registry) -> Edition:
    """Return the example's edition."""
    return registry.editions["one_stop/commune/2030"].value


def test_what_is_read_is_written_back_and_read_again(tmp_path: Path) -> None:
    """Every key of registers and records goes both ways."""
    registry = registry_with(tmp_path)
    written = write_edition(edition(registry), registry.structure)
    again = registry.structure.read({**written["edition"], **{key: written[key] for key in written if key not in ("schema", "edition")}},
                                    Edition, lambda _: cchc.Place(), cchc.EditionError)
    assert (again.registers, again.records) == (edition(registry).registers, edition(registry).records)


@pytest.mark.parametrize("change", [
    (ON_TIME, '{ column = "returned", on_or_before = "due", not = true }'),
    (QUICK, QUICK.replace("days = 5", "days = 6")),
    ('type = "whole", range = [0, 100000000]', 'type = "whole", range = [0, 100000001]'),
    ('unusable = "block"', 'unusable = "leave_out"'),
], ids=["a filter", "a term", "a column", "what cannot be used"])
def test_the_seal_covers_how_facts_are_counted(change: tuple[str, str], tmp_path: Path) -> None:
    """Whoever changes a filter changes the table."""
    seals = [edition_seal(edition(each), each.structure, {}).digest for each in (registry_with(tmp_path / "a"), registry_with(tmp_path / "b", change))]
    assert seals[0] != seals[1]


def test_the_index_takes_the_calendar_along_and_its_digest_with_it() -> None:
    """No criterion names it; a term of a record does."""
    index = example()
    assert set(index.calendars) == {"example-work"}
    assert "calendars/example-work" in dict(index.seals)


def test_the_digest_of_a_count_is_that_of_its_rule_its_register_and_its_calendars(tmp_path: Path) -> None:
    """A day off more makes it another number, and so another digest, but only where a term runs by the calendar."""
    registry = registry_with(tmp_path)
    index = registry.index("example.one-stop", 2030)
    calendars = {name: cchc.Calendar(**{key: getattr(each, key) for key in ("id", "label", "covers", "weekend", "count_first_day", "term_ends_on_day_off")})
                 for name, each in index.calendars.items()}

    def digest(fact: str, known: dict[str, cchc.Calendar]) -> str:
        return counting_digest(index.records[fact], index.registers["one_stop"], known, registry.structure)

    assert digest("dossiers_quick", dict(index.calendars)) != digest("dossiers_quick", calendars)
    assert digest("dossiers_settled", dict(index.calendars)) == digest("dossiers_settled", calendars)
    assert digest("dossiers_settled", calendars) != digest("dossiers_received", calendars)


# ------------------------------------------------------------------ in words

SAID = {
    "dossiers_settled": (
        "Đếm số dòng trong sổ theo dõi hồ sơ một cửa mà ngày trả kết quả có ghi; ngày trả kết quả nằm trong kỳ, theo từng đơn vị giải quyết. Có dòng không xác định được thì số liệu để trống.",
        "The number of rows in the one-stop register of dossiers of which the date returned is not blank; the date returned lies in the period, for each unit that settles it. Where a row cannot be decided, the fact is left blank.",
    ),
    "dossiers_on_time": (
        "Đếm số dòng trong sổ theo dõi hồ sơ một cửa mà ngày trả kết quả có ghi; ngày trả kết quả không muộn hơn ngày hẹn trả; ngày trả kết quả nằm trong kỳ, theo từng đơn vị giải quyết. Dòng không xác định được thì không tính, và được báo riêng.",
        "The number of rows in the one-stop register of dossiers of which the date returned is not blank; the date returned is not later than the date due; the date returned lies in the period, for each unit that settles it. Rows that cannot be decided are left out, and told.",
    ),
    "dossiers_quick": (
        "Đếm số dòng trong sổ theo dõi hồ sơ một cửa mà ngày trả kết quả có ghi; ngày trả kết quả trong thời hạn 5 ngày làm việc sau ngày tiếp nhận (lịch làm việc mẫu); ngày trả kết quả nằm trong kỳ, theo từng đơn vị giải quyết. Dòng không xác định được thì không tính, và được báo riêng.",
        "The number of rows in the one-stop register of dossiers of which the date returned is not blank; the date returned is within 5 working days after the date received (example office calendar); the date returned lies in the period, for each unit that settles it. Rows that cannot be decided are left out, and told.",
    ),
    "procedures_in_use": (
        "Số thủ tục khác nhau của các dòng trong sổ theo dõi hồ sơ một cửa mà ngày tiếp nhận nằm trong kỳ, theo từng đơn vị giải quyết. Có dòng không xác định được thì số liệu để trống.",
        "The number of different values of the procedure over the rows in the one-stop register of dossiers of which the date received lies in the period, for each unit that settles it. Where a row cannot be decided, the fact is left blank.",
    ),
    "fees": (
        "Tổng phí, lệ phí (đồng) của các dòng trong sổ theo dõi hồ sơ một cửa mà hình thức nộp không là “trực tiếp” hoặc “bưu chính”; ngày tiếp nhận nằm trong kỳ, theo từng đơn vị giải quyết. Dòng không xác định được thì không tính, và được báo riêng.",
        "The sum of the fee (dong) over the rows in the one-stop register of dossiers of which the way of submission is not “at the counter” or “by post”; the date received lies in the period, for each unit that settles it. Rows that cannot be decided are left out, and told.",
    ),
}


@pytest.mark.parametrize("fact", SAID)
def test_how_a_fact_is_counted_is_said_in_full(fact: str) -> None:
    """Everything that the number depends on, in both languages."""
    index = example()
    said = counting_text(index.records[fact], index.registers["one_stop"], index.calendars)
    assert (said.vi, said.en) == SAID[fact]


@pytest.mark.parametrize(("asked", "vi", "en"), [
    (RecordFilter(column="fee", at_least=1000), "phí, lệ phí (đồng) từ 1000 trở lên", "the fee (dong) is 1000 or more"),
    (RecordFilter(column="fee", at_least=1000, not_=True), "phí, lệ phí (đồng) dưới 1000", "the fee (dong) is less than 1000"),
    (RecordFilter(column="returned", on_or_before="due", not_=True), "ngày trả kết quả sau ngày hẹn trả", "the date returned is after the date due"),
    (RecordFilter(column="result_by_post", equals=True), "trả kết quả qua bưu chính là “có”", "the result sent by post is “yes”"),
    (RecordFilter(column="channel", blank=False, not_=True), "hình thức nộp để trống", "the way of submission is blank"),
    (RecordFilter(any_=(RecordFilter(column="channel", equals="post"), RecordFilter(column="fee", more_than=0)), not_=True),
     "không phải [hình thức nộp là “bưu chính” hoặc phí, lệ phí (đồng) trên 0]", "it is not so that [the way of submission is “by post” or the fee (dong) is more than 0]"),
], ids=lambda each: "" if isinstance(each, str) else None)
def test_every_question_has_its_words(asked: RecordFilter, vi: str, en: str) -> None:
    """Its negation too."""
    index = example()
    said = counting_text(RecordRule(fact="fees", register="one_stop", unusable="block", where=(asked,)), index.registers["one_stop"], index.calendars)
    assert f" mà {vi}, theo từng" in said.vi
    assert f" of which {en}, for each" in said.en
