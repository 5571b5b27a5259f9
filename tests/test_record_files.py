"""Registers in files: read strictly, counted into evidence that says where it came from, counted again and compared."""

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from conftest import ROOT
from registers import example
from test_cli import Ended, run

import cchc_rules as cchc
from cchc_rules.files.evidence import read_evidence
from cchc_rules.records.evidence import count_register, period_in
from cchc_rules.records.sources import digest_of, register_at

PLUGINS = ROOT / "examples" / "plugins"
HEADER = "dossier,unit,procedure,level,received,due,returned,channel,result_by_post,fee"
ROWS = (
    "1,xa-01,p,full,02/01/2030,10/01/2030,08/01/2030,online,có,1000",
    "2,xa-01,q,none,2030-01-03,2030-01-10,2030-01-11 16:30:00,counter,không,",
    "3,xa-01,p,full,03/01/2030,,09/01/2030,online,true,500",
    "4,xa-02,p,full,03/01/2030,10/01/2030,,ONLINE,no,0",
    "5,xa-cu,p,full,03/01/2030,10/01/2030,,online,,0",
)


def register_in(folder: Path, *rows: str, name: str = "so.csv") -> Path:
    """Return a register as a CSV file."""
    path = folder / name
    path.write_text("\n".join((HEADER, *(rows or ROWS))) + "\n", encoding="utf-8")
    return path


def facts(folder: Path, *more: object, register: Path | None = None) -> Ended:
    """Run the command that counts."""
    return run("facts", "example.one-stop", "--register", "one_stop", register or register_in(folder), "-o", folder / "out", "--plugins", PLUGINS, *more)


# ------------------------------------------------------------------ reading a file


def test_cells_are_read_as_clerks_write_them(tmp_path: Path) -> None:
    """Dates day first or year first, with a time or without; yes and no in words; blanks are blank."""
    read = register_at(register_in(tmp_path), example().registers["one_stop"])
    assert read.project("received, returned, result_by_post, fee").fetchall()[:3] == [
        (dt.date(2030, 1, 2), dt.date(2030, 1, 8), True, 1000), (dt.date(2030, 1, 3), dt.date(2030, 1, 11), False, None), (dt.date(2030, 1, 3), dt.date(2030, 1, 9), True, 500),
    ]


@pytest.mark.parametrize(("old", "new", "column"), [
    ("08/01/2030", "8/1/30", "returned"), ("08/01/2030", "31/02/2030", "returned"), ("08/01/2030", "hôm qua", "returned"),
    (",1000", ",1.000", "fee"), (",1000", ",1000đ", "fee"), (",có,", ",rồi,", "result_by_post"),
])
def test_a_cell_that_cannot_be_read_is_refused_with_its_column_and_what_it_holds(old: str, new: str, column: str, tmp_path: Path) -> None:
    """It is neither guessed at nor taken for a blank."""
    with pytest.raises(cchc.InputError) as raised:
        register_at(register_in(tmp_path, ROWS[0].replace(old, new)), example().registers["one_stop"])
    (finding,) = raised.value.findings
    assert (finding.code, finding.place.where_en) == ("register-cell-unreadable", f"column {column}")
    assert new.strip(",") in finding.reason.vi


@pytest.mark.parametrize(("name", "content", "code"), [
    ("so.xlsx", b"", "file-unusable"), ("so.parquet", b"no parquet", "file-unusable"), ("khong-co.csv", None, "file-unreadable"),
])
def test_a_file_that_is_no_register_is_refused(name: str, content: bytes | None, code: str, tmp_path: Path) -> None:
    """In words, without a traceback."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(cchc.InputError) as raised:
        register_at(tmp_path / name, example().registers["one_stop"])
    assert raised.value.findings[0].code == code


def test_csv_and_parquet_come_to_the_same(tmp_path: Path) -> None:
    """The generator writes both; the same seed gives the same register."""
    for name in ("so.csv", "so.parquet"):
        subject = [ROOT / "examples/registers/one_stop.py", "--rows", "3000", "-o", tmp_path / name]
        assert run_script(*subject) == 0
    index = example()
    csv, parquet = (count_register(index, "one_stop", tmp_path / name) for name in ("so.csv", "so.parquet"))
    assert csv.counts == parquet.counts
    assert csv.strays == parquet.strays
    assert csv.reasons == parquet.reasons
    assert len(csv.counts) == 12
    assert any(each.unusable for unit in csv.counts.values() for each in unit.values())


def run_script(*arguments: object) -> int:
    """Run a script as a user does, and return its exit status."""
    import subprocess
    import sys

    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, check=False).returncode


# ------------------------------------------------------------------ evidence


def test_each_unit_gets_evidence_that_says_how_each_fact_was_counted(tmp_path: Path) -> None:
    """Value, digest of the register, of the rule, the period and the rows."""
    register = register_in(tmp_path)
    assert facts(tmp_path, register=register).status == 1  # a stray and two units … of twelve have rows
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["xa-01.toml", "xa-02.toml"]
    written = tomllib.loads((tmp_path / "out" / "xa-01.toml").read_text(encoding="utf-8"))
    assert written["documents"] == [{"id": "one_stop", "title": "sổ theo dõi hồ sơ một cửa", "digest": digest_of(register)}]
    known = {each["id"]: each for each in written["facts"]}
    assert {name: each.get("value") for name, each in known.items()} == {
        "dossiers_settled": 3, "dossiers_on_time": 1, "dossiers_quick": 2, "dossiers_received": 3, "dossiers_online": 2,
        "results_by_post": 2, "procedures_in_use": 2, "fees": 1500,
    }
    told = known["dossiers_on_time"]["counted"]
    assert {key: told[key] for key in ("register", "first", "last", "rows", "unusable")} == {
        "register": "one_stop", "first": dt.date(2030, 1, 1), "last": dt.date(2030, 12, 31), "rows": 1, "unusable": 1}
    assert "không muộn hơn ngày hẹn trả" in known["dossiers_on_time"]["note"]


def test_the_evidence_is_read_and_scored_as_any_other(tmp_path: Path) -> None:
    """Its facts are documented by the register."""
    facts(tmp_path)
    card = cchc.score(tmp_path / "out" / "xa-01.toml", plugins=[PLUGINS])
    assert card.score("one_stop.quick").account.exact == Decimal("1.33")
    evidence = read_evidence(tmp_path / "out" / "xa-01.toml", lambda _raw: example())
    assert (evidence.facts["fees"].provenance, evidence.facts["fees"].documents) == ("counted", ("one_stop",))


def test_what_could_not_be_used_is_told_by_fact_and_reason(tmp_path: Path) -> None:
    """In both languages, strays and units without a row too."""
    english = facts(tmp_path, "--lang", "en").out
    assert "'dossiers_on_time': 1 rows cannot be decided (the date due is blank: 1)" in english
    assert "'dossiers_online': 1 rows cannot be decided (the way of submission has a value that it may not have: 1)" in english
    assert "1 rows are of the unit 'xa-cu', which the method does not list" in english
    assert "the register has no row of 'xa-03'" in english
    assert "Counted 8 facts of 2 units over 5 rows" in english


def test_a_blocked_fact_is_left_blank_and_its_criterion_has_no_evidence(tmp_path: Path) -> None:
    """A dossier without the day on which it came could belong to any period."""
    register = register_in(tmp_path, ROWS[0], ROWS[1].replace("2030-01-03,", ",", 1))
    facts(tmp_path, register=register)
    written = tomllib.loads((tmp_path / "out" / "xa-01.toml").read_text(encoding="utf-8"))
    assert [each["id"] for each in written["facts"] if "value" not in each] == ["dossiers_received", "procedures_in_use"]
    assert cchc.score(tmp_path / "out" / "xa-01.toml", plugins=[PLUGINS]).score("one_stop.online").account.state.value == "no_evidence"


@pytest.mark.parametrize(("period", "settled"), [("01/01/2030..08/01/2030", 1), ("2030-01-09..2030-01-31", 2)])
def test_the_period_is_what_is_asked_for(period: str, settled: int, tmp_path: Path) -> None:
    """Both its days belong to it."""
    counted = count_register(example(), "one_stop", register_in(tmp_path), period_in(period))
    assert counted.counts["xa-01"]["dossiers_settled"].value == settled


@pytest.mark.parametrize(("more", "code"), [
    (("--period", "2030"), "period-unreadable"), (("--period", "31/12/2030..01/01/2030"), "period-reversed"),
    (("--period", "1/13/2030..1/1/2031"), "date-unreadable"), (("--stage", "self"), "stage-unknown"),
])
def test_what_cannot_be_asked_for_is_refused_and_nothing_is_written(more: tuple[str, ...], code: str, tmp_path: Path) -> None:
    """The folder is not made."""
    ended = facts(tmp_path, *more)
    assert (ended.status, f"[{code}]" in ended.err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    """What was counted before stays."""
    facts(tmp_path)
    assert (facts(tmp_path).status, "file-not-written" in facts(tmp_path).err) == (2, True)


def test_a_register_that_the_method_does_not_count_over_is_refused(tmp_path: Path) -> None:
    """With the nearest name."""
    ended = run("facts", "example.one-stop", "--register", "one_shop", register_in(tmp_path), "-o", tmp_path / "out", "--plugins", PLUGINS)
    assert ended.status == 2
    assert "“one_stop”" in ended.err


# ------------------------------------------------------------------ counted again


def verify(folder: Path, register: Path, *more: object) -> Ended:
    """Run the command that counts again."""
    return run("verify", folder / "out", "--register", register, "--plugins", PLUGINS, "--lang", "en", *more)


def test_evidence_that_nobody_changed_agrees(tmp_path: Path) -> None:
    """The folder, and one of its files."""
    facts(tmp_path)
    ended = verify(tmp_path, tmp_path / "so.csv")
    assert (ended.status, ended.out) == (0, "Counted again over the register: every fact agrees.\n")
    assert run("verify", tmp_path / "out" / "xa-02.toml", "--register", tmp_path / "so.csv", "--plugins", PLUGINS).status == 0


def test_a_value_that_was_changed_in_the_evidence_is_found(tmp_path: Path) -> None:
    """With its file, line, fact, and both numbers."""
    facts(tmp_path)
    path = tmp_path / "out" / "xa-01.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("value = 1\n", "value = 3\n", 1), encoding="utf-8")
    ended = verify(tmp_path, tmp_path / "so.csv")
    assert ended.status == 1
    assert "xa-01, dossiers_on_time: [counted-differs] the value is given as 3; counted again it is 1" in ended.out
    assert ended.out.count("[") == 1


def test_a_register_that_was_changed_is_another_file_and_what_changed_with_it_is_told(tmp_path: Path) -> None:
    """One dossier came back later than it was said to have; the other facts still agree."""
    facts(tmp_path)
    register_in(tmp_path, ROWS[0].replace("08/01/2030", "11/01/2030"), *ROWS[1:])
    ended = verify(tmp_path, tmp_path / "so.csv")
    assert ended.status == 1
    assert ended.out.count("[register-file-differs]") == 1
    assert "dossiers_on_time: [counted-differs] the value is given as 1; counted again it is 0" in ended.out
    assert "dossiers_received" not in ended.out


def test_a_rule_that_was_changed_since_is_told(tmp_path: Path) -> None:
    """The digest in the evidence is not that of the method's rule."""
    facts(tmp_path)
    path = tmp_path / "out" / "xa-02.toml"
    text = path.read_text(encoding="utf-8")
    at = text.index('rule = "sha256:') + len('rule = "sha256:')
    path.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1:], encoding="utf-8")
    assert "[counting-changed]" in verify(tmp_path, tmp_path / "so.csv").out


def test_evidence_in_which_nothing_was_counted_is_refused(tmp_path: Path) -> None:
    """There is nothing to count again."""
    ended = run("verify", ROOT / "examples/ha_quang/2021.toml", "--register", register_in(tmp_path))
    assert (ended.status, "[nothing-counted]" in ended.err) == (2, True)


def test_a_large_file_is_read_through_a_relation_that_keeps_nothing(tmp_path: Path) -> None:
    """What is given to the counts is lazy: a relation over the file, not its rows."""
    pl.DataFrame({"unit": ["xa-01"]}).write_parquet(tmp_path / "so.parquet")
    assert isinstance(register_at(tmp_path / "so.parquet", example().registers["one_stop"]), duckdb.DuckDBPyRelation)
