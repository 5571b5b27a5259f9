"""A pack: the sealed method as one file, loaded without installing anything and refused where it is not as it was packed."""

import datetime as dt
import io
import shutil
import stat
import warnings
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve
from building import plugin
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from issued import (
    EDITION,
    EDITION_TOML,
    EVIDENCE_TOML,
    METHOD,
    METHOD_TOML,
    Issued,
    confirmed_cases,
    issued_in,
)

import cchc_rules as cchc
from cchc_rules import api
from cchc_rules.authoring.packing import pack
from cchc_rules.base.archives import archive_of, members
from cchc_rules.base.errors import Place
from cchc_rules.base.texts import same
from cchc_rules.calendars import Calendar, Days
from cchc_rules.cases.gate import no_longer_passing
from cchc_rules.cases.report import editions_named, reports
from cchc_rules.cli import main
from cchc_rules.engine import score
from cchc_rules.files.evidence import read_stages
from cchc_rules.plugins.errata import open_erratum
from cchc_rules.plugins.packs import MANIFEST, candidates_at, digest_of, read_pack
from cchc_rules.plugins.sealing import write_seal
from cchc_rules.quantities import Unit

NAME = "phương pháp (năm 2099).cchc.zip"


@pytest.fixture
def issued(tmp_path: Path) -> Issued:
    """A sealed edition with its cases, and its sealed method, in a folder whose name has blanks and diacritics."""
    made = issued_in(tmp_path / "thư mục gốc")
    made.write("cases/2099.toml", confirmed_cases(made.registry(), EDITION))
    made.seal(EDITION)
    made.seal(METHOD)
    return made


@pytest.fixture
def file(issued: Issued, tmp_path: Path) -> Path:
    """The pack of that method, in a folder of its own."""
    path = tmp_path / "gói bàn giao" / NAME
    path.parent.mkdir()
    pack(issued.registry(), METHOD, path)
    return path


def loaded(path: Path) -> cchc.Registry:
    """Return what a pack brings, or the packs in a folder, and nothing else."""
    return cchc.Registry.load([path], with_installed=False)


def content(file: Path) -> dict[str, bytes]:
    """Return the files of a pack."""
    return members(file.read_bytes(), Place())


def repacked(file: Path, change: Callable[[dict[str, bytes]], object], *, relist: bool = False) -> None:
    """Change the files of a pack; with ``relist`` the list of digests is made to fit."""
    files = content(file)
    change(files)
    if relist:
        listed = "".join(f'"{name}" = "{digest_of(data)}"\n' for name, data in files.items() if name != MANIFEST)
        head = files[MANIFEST].decode().partition("[\"files\"]")[0]
        files[MANIFEST] = f'{head}["files"]\n{listed}'.encode()
    file.write_bytes(archive_of(files))


class TestAPack:
    """What is written, and what comes out of it."""

    @pytest.mark.parametrize("named", ["file", "folder"])
    def test_brings_the_method_the_editions_and_the_cases(self, file: Path, named: str) -> None:
        """Named itself or by its folder; nothing is wrong with it, its cases run and cover all."""
        registry = loaded(file if named == "file" else file.parent)
        assert (list(registry.editions), list(registry.methods)) == ([EDITION], [METHOD])
        assert [each.code for each in registry.findings()] == []
        (found,), problems = reports(registry, editions_named(registry))
        assert (problems, found.findings, found.failed, found.uncovered) == ((), (), (), ())
        assert len(found.results) > 5

    def test_scores_to_the_same_bytes_as_the_plugin(self, issued: Issued, file: Path, tmp_path: Path) -> None:
        """Seals, points, reasons: the document is the same."""
        evidence = tmp_path / "số liệu.toml"
        evidence.write_text(EVIDENCE_TOML.format(pin=""), encoding="utf-8")
        indexes = [registry.index_named(METHOD) for registry in (issued.registry(), loaded(file))]
        cards = [cchc.to_json(score(index, *read_stages(evidence, lambda _, index=index: index))) for index in indexes]  # type: ignore[misc]  # mypy takes no default in a lambda
        assert cards[0] == cards[1]
        assert "sha256:" in cards[0]

    def test_has_the_same_bytes_whenever_and_wherever_it_is_written(self, issued: Issued, file: Path, tmp_path: Path) -> None:
        """Line endings of Windows, a byte order mark, another folder, another moment: none of it shows."""
        other = Issued(tmp_path / "D khác")
        shutil.copytree(issued.path, other.path)
        for path in other.path.rglob("*.toml"):
            path.write_bytes("\ufeff".encode() + path.read_bytes().replace(b"\n", b"\r\n"))
        again = tmp_path / "again.cchc.zip"
        pack(other.registry(), METHOD, again)
        assert again.read_bytes() == file.read_bytes()

    def test_is_never_written_over_a_file_unasked(self, issued: Issued, file: Path) -> None:
        """As everywhere."""
        with pytest.raises(cchc.InputError, match="file-not-written"):
            pack(issued.registry(), METHOD, file)
        pack(issued.registry(), METHOD, file, force=True)

    def test_holds_an_amended_edition_with_all_that_lies_below(self, issued: Issued, tmp_path: Path) -> None:
        """Base and correction each with its seal; both are there again, and so is the method that uses the correction."""
        digest = issued.registry().seal(issued.registry().editions[EDITION]).digest
        issued.overlay("dc1", '[[changes]]\ncriterion = "field.reports"\nset = { label = "Báo cáo" }\n', digest=digest)
        issued.write("methods/2099.toml", METHOD_TOML.replace("edition_year = 2099", 'edition_year = 2099, version = "dc1"'))
        issued.seal(f"{EDITION}+dc1")
        issued.seal(METHOD)
        file = tmp_path / "dc1.cchc.zip"
        pack(issued.registry(), METHOD, file)
        registry = loaded(file)
        assert list(registry.editions) == [EDITION, f"{EDITION}+dc1"]
        assert registry.index_named(METHOD).seals == issued.registry().index_named(METHOD).seals

    def test_brings_facts_units_and_calendars_that_plugins_register(self, tmp_path: Path) -> None:
        """What was Python is data in the pack, equal to what it was; a unit, and the one that it is told in."""
        shared = cchc.Fact(id="dispatches", label=cchc.Text("số “công văn”", "dispatches"), type="count", unit="bundle", range=(Decimal(0), Decimal(7)))
        sent = cchc.Fact(id="sent", label=same("ngày gửi"), type="date", may_be_never=True)
        own = (Unit(id="sheet", label=same("tờ")), Unit(id="bundle", label=cchc.Text("tập", "bundles"), of="sheet", factor=Decimal("12.5")))
        office = Calendar(id="office", label=same("lịch"), covers=(dt.date(2099, 1, 1), dt.date(2099, 12, 31)), weekend=("saturday", "sunday"),
                          count_first_day=False, term_ends_on_day_off="next_working_day", holidays=(Days(date=dt.date(2099, 9, 2), label=same("Quốc khánh")),))
        made = issued_in(tmp_path / "a")
        reports_ = EDITION_TOML[EDITION_TOML.index('[[facts]]\nid = "reports"') : EDITION_TOML.index("[[criteria]]")]
        late = '[[criteria]]\nid = "field.sent"\nnumber = "1.3"\nlabel = "Gửi"\nmax_points = 1\nform = "timeliness"\nfact = "sent"\non_or_before = 2099-11-13\ncalendar = "office"\n'
        made.write("editions/2099.toml", EDITION_TOML.replace(reports_, "").replace('fact = "reports"', 'fact = "dispatches"') + late)

        def registry() -> cchc.Registry:
            return cchc.Registry([plugin(
                "p",
                cchc_register_units=lambda units: [units.add(each) for each in own],
                cchc_register_facts=lambda facts: [facts.add(each) for each in (shared, sent, evolve(shared, id="unread"))],
                cchc_register_calendars=lambda calendars: calendars.add(office),
                cchc_register_fields=lambda fields: fields.add_folder(made.path / "editions"),
                cchc_register_methods=lambda methods: methods.add_folder(made.path / "methods"),
            )])

        write_seal(registry(), EDITION)
        write_seal(registry(), METHOD)
        file = tmp_path / "x.cchc.zip"
        pack(registry(), METHOD, file)
        index = loaded(file).index_named(METHOD)
        assert [index.facts.get(name) for name in ("dispatches", "sent", "unread")] == [shared, sent, None]
        assert [index.quantities.units[each.id] for each in own] == list(own)
        assert index.calendars == {"office": office}
        assert index.seals == registry().index_named(METHOD).seals

    def test_takes_no_correction_and_no_seal_inside(self, file: Path) -> None:
        """What is written into a pack would be lost; the refusal says where to do it instead."""
        with pytest.raises(cchc.InputError, match="inside-a-pack"):
            open_erratum(loaded(file), EDITION, "dc1", dt.date(2099, 6, 1))
        with pytest.raises(cchc.InputError, match="seal-without-file"):
            write_seal(loaded(file), EDITION)
        with pytest.raises(cchc.InputError, match="inside-a-pack"):
            pack(loaded(file), METHOD, file.with_name("again.cchc.zip"))


class TestPackingIsRefused:
    """Only what is sealed, and only data."""

    def test_while_the_method_or_an_edition_is_not_sealed(self, issued: Issued, tmp_path: Path) -> None:
        """Each one is named with the command that seals it."""
        for path in issued.path.rglob("*.seal.toml"):
            path.unlink()
        for path in issued.path.rglob("2099.toml"):
            path.write_text(path.read_text(encoding="utf-8").replace('status = "sealed"\n', ""), encoding="utf-8")
        with pytest.raises(cchc.SealError) as caught:
            pack(issued.registry(), METHOD, tmp_path / NAME)
        assert [(each.code, each.remedy.en) for each in caught.value.findings] == [
            ("not-sealed", f"run `cchc seal {name}` first") for name in (METHOD, EDITION)]
        assert not (tmp_path / NAME).exists()

    def test_where_a_case_was_changed_so_that_it_fails(self, issued: Issued, tmp_path: Path) -> None:
        """No seal covers the cases: they are run again, by the check too, before anything is handed on."""
        issued.write("cases/late.toml", f'schema = "cchc.cases/1"\nedition = "{EDITION}"\n\n[[cases]]\nname = "ba báo cáo"\ncriterion = "field.reports"\n'
                     'facts = { reports = 3 }\npoints = 2\nconfirmed = true\n')
        registry = issued.registry()
        with pytest.raises(cchc.SealError, match="case-failed"):
            pack(registry, METHOD, tmp_path / NAME)
        assert not (tmp_path / NAME).exists()
        (found,) = no_longer_passing(registry, registry.editions.values())
        assert (found.code, found.place.file.endswith("cases/late.toml")) == ("case-failed", True)

    def test_where_something_was_changed_after_sealing(self, issued: Issued, tmp_path: Path) -> None:
        """A broken seal is not handed on."""
        issued.write("editions/2099.toml", EDITION_TOML.replace("points_each = 0.5", "points_each = 0.25"))
        with pytest.raises(cchc.SealError, match="seal-broken"):
            pack(issued.registry(), METHOD, tmp_path / NAME)

    def test_where_a_criterion_needs_the_code_of_a_plugin(self, tmp_path: Path) -> None:
        """A computed criterion and a form that a plugin brings, each named by number; the folder is the way to hand those over."""
        folder = tmp_path / "plugins"
        shutil.copytree(ROOT / "examples" / "plugins", folder)
        method = METHOD_TOML.replace('"level"', '"commune"').replace('field = "field", edition_year = 2099', 'field = "spending", edition_year = 2030')
        (folder / "corridor" / "src" / "cchc_corridor" / "m.toml").write_text(method, encoding="utf-8")
        hooks = folder / "corridor" / "src" / "cchc_corridor" / "__init__.py"
        added = '\n\n@cchc.hookimpl\ndef cchc_register_methods(methods):\n    methods.add_file(Path(__file__).parent / "m.toml")\n'
        hooks.write_text(hooks.read_text(encoding="utf-8") + added, encoding="utf-8")
        for name in ("spending/commune/2030", METHOD):
            write_seal(loaded(folder), name)
        with pytest.raises(cchc.EditionError) as caught:
            pack(loaded(folder), METHOD, tmp_path / NAME)
        assert {(each.code, each.place.where.split(" (")[0]) for each in caught.value.findings} == {
            ("pack-needs-code", "tiêu chí 1"), ("pack-needs-code", "tiêu chí 2")}


class TestAChangedPack:
    """Whatever is not as it was packed is refused by name."""

    @pytest.mark.parametrize(
        ("change", "named", "told"),
        [
            (lambda files: files.update({f"editions/{EDITION}.toml": files[f"editions/{EDITION}.toml"].replace(b"0.5", b"0.6")}), f"editions/{EDITION}.toml", "thay đổi"),
            (lambda files: files.pop("cases/field/2099.toml"), "cases/field/2099.toml", "thiếu"),
            (lambda files: files.update({"editions/x.toml": b""}), "editions/x.toml", "thêm vào"),
        ],
        ids=["a table", "a file taken away", "a file added"],
    )
    def test_is_refused_naming_the_file(self, file: Path, change: Callable[[dict[str, bytes]], object], named: str, told: str) -> None:
        """Nothing of it is brought, and `cchc plugins` shows it broken."""
        repacked(file, change)
        registry = loaded(file.parent)
        (finding,) = registry.broken
        assert (finding.code, finding.place.where) == ("pack-changed", named)
        assert told in finding.reason.vi
        assert not registry.editions

    def test_with_digests_made_to_fit_breaks_its_seal(self, file: Path) -> None:
        """The list can be forged; the seal of the table is then another one."""
        repacked(file, lambda files: files.update({f"editions/{EDITION}.toml": files[f"editions/{EDITION}.toml"].replace(b"points_each = 0.5", b"points_each = 0.6")}), relist=True)
        registry = loaded(file)
        with pytest.raises(cchc.SealError, match="seal-broken") as caught:
            registry.index_named(METHOD)
        assert caught.value.findings[0].place.file.endswith(f"{NAME}/editions/{EDITION}.toml")

    def test_without_a_seal_is_refused(self, file: Path) -> None:
        """Whoever takes the seal away does not make a free table of it."""
        repacked(file, lambda files: files.pop(f"editions/{EDITION}.seal.toml"), relist=True)
        (finding,) = loaded(file.parent).broken
        assert (finding.code, finding.place.where) == ("pack-changed", f"editions/{EDITION}.toml")

    @pytest.mark.parametrize("named", ["file", "folder"])
    def test_is_told_to_whoever_scores_with_it(self, file: Path, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Not only that the method is missing: why."""
        repacked(file, lambda files: files.pop("cases/field/2099.toml"))
        evidence = tmp_path / "e.toml"
        evidence.write_text(EVIDENCE_TOML.format(pin=""), encoding="utf-8")
        assert main(["score", str(evidence), "--plugins", str(file if named == "file" else file.parent)]) == 2
        assert "[pack-changed] thiếu tệp này" in capsys.readouterr().err

    def test_never_takes_other_packs_down(self, file: Path) -> None:
        """A broken file in the folder is named, the sound one beside it works."""
        file.with_name("hỏng.cchc.zip").write_bytes(b"PK\x03\x04 nothing")
        registry = loaded(file.parent)
        assert [each.code for each in registry.broken] == ["archive-unreadable"]
        assert list(registry.methods) == [METHOD]

    @settings(max_examples=60)
    @given(st.data())
    def test_in_any_byte_is_either_refused_in_words_or_means_the_same(self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
        """No traceback, no silently other table: the files that are read are those that were packed, or nothing is."""
        sound = _sound(tmp_path_factory)
        broken = bytearray(sound.read_bytes())
        at = data.draw(st.integers(0, len(broken) - 1))
        broken[at] ^= 1 << data.draw(st.integers(0, 7))
        path = tmp_path_factory.mktemp("byte") / "b.cchc.zip"
        path.write_bytes(bytes(broken))
        try:
            found = read_pack(path)
        except cchc.CchcError:
            return
        assert {name: each.data for name, each in found.sources.items() if name != MANIFEST} == {
            name: each.data for name, each in read_pack(sound).sources.items() if name != MANIFEST}


_PACKS: list[Path] = []


def _sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one pack for many examples."""
    if not _PACKS:
        made = issued_in(tmp_path_factory.mktemp("pack"))
        made.seal(EDITION)
        made.seal(METHOD)
        _PACKS.append(made.path / "a.cchc.zip")
        pack(made.registry(), METHOD, _PACKS[0])
    return _PACKS[0]


# ------------------------------------------------------------------ archives that nobody honest wrote


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """Return an archive with these entries, whatever they are."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two entries of one name
        for name, data in entries:
            archive.writestr(name, data)
    return written.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    """Return the entry of a symbolic link."""
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ((("../../etc/x.toml", b""),), "../../etc/x.toml"),
        ((("/etc/x.toml", b""),), "/etc/x.toml"),
        ((("C:/x.toml", b""),), "C:/x.toml"),
        ((("a\\..\\x.toml", b""),), "a\\..\\x.toml"),
        ((("editions//x.toml", b""),), "editions//x.toml"),
        ((("editions/", b""),), "editions/"),
        (((link("editions/x.toml"), b"/etc/passwd"),), "editions/x.toml"),
        ((("a.toml", b"1"), ("a.toml", b"2")), "a.toml"),
        ((("tên.toml", b"1"), ("TÊN.toml", b"2")), "TÊN.toml"),
        ((("tên.toml", b"1"), ("te\u0302n.toml", b"2")), "te\u0302n.toml"),
        ((("a\u202e.toml", b"1"),), "a\\u202e.toml"),
    ],
    ids=["path traversal", "absolute", "drive", "backslash", "empty part", "folder", "link", "twice", "twice by case", "twice by diacritics", "direction mark"],
)
def test_a_member_that_should_not_be_there_is_refused_by_name(tmp_path: Path, entries: tuple[tuple[str | zipfile.ZipInfo, bytes], ...], named: str) -> None:
    """The whole archive is refused; nothing was unpacked anywhere."""
    path = tmp_path / "x.cchc.zip"
    path.write_bytes(zipped(*entries))
    with pytest.raises(cchc.InputError) as caught:
        read_pack(path)
    assert {(each.code, each.place.where) for each in caught.value.findings} == {("archive-refused", named)}
    assert [each.name for each in tmp_path.iterdir()] == ["x.cchc.zip"]


def test_an_archive_that_swells_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """A few kilobytes that would be hundreds of megabytes."""
    path = tmp_path / "bomb.cchc.zip"
    path.write_bytes(zipped(*((f"{number}.toml", bytes(30_000_000)) for number in range(8))))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(cchc.InputError, match="archive-refused"):
        read_pack(path)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "archive-unreadable"), (b"schema = 1", "archive-unreadable"), (zipped(("a.toml", b"")), "pack-unreadable"),
     (zipped((MANIFEST, b"schema = 1\n")), "pack-unreadable"), (zipped((MANIFEST, b"\xff")), "pack-unreadable"), (zipped((MANIFEST, b"[")), "toml-syntax"),
     (zipped((MANIFEST, b'schema = "cchc.pack/1"\nof = "m/1"\n[files]\n')), "pack-changed")],
    ids=["empty", "text", "another archive", "another list", "no text", "no TOML", "nothing packed"],
)
def test_a_file_that_is_no_pack_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    """Each in words, with what to do."""
    path = tmp_path / "x.cchc.zip"
    path.write_bytes(data)
    with pytest.raises(cchc.CchcError, match=code):
        read_pack(path)


# ------------------------------------------------------------------ the shipped method


def test_the_shipped_method_goes_from_seal_to_a_district_without_installation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All cases confirmed, all sealed, packed; the file alone gives the scorecard that the plugins' folder gives."""
    source, office = tmp_path / "Phòng Nội vụ", tmp_path / "UBND huyện Hà Quảng"
    shutil.copytree(ROOT / "plugins", source, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    office.mkdir()
    for path in source.rglob("cases/**/*.toml"):
        path.write_text(path.read_text(encoding="utf-8").replace("confirmed = false", "confirmed = true"), encoding="utf-8")
    known = cchc.Registry.load([source], with_installed=False)
    for name in (*known.editions, *known.methods):
        assert main(["seal", name, "--plugins", str(source)]) == 0, capsys.readouterr().out
        api._registry.cache_clear()
    file = office / "Chỉ số CCHC năm 2021.cchc.zip"
    assert main(["pack", "cao-bang.districts/2021", "-o", str(file), "--plugins", str(source)]) == 0
    capsys.readouterr()
    evidence = ROOT / "examples" / "ha_quang" / "2021.toml"
    for where in (file, source, office):
        assert main(["score", str(evidence), "--json", "--plugins", str(where)]) == 0, capsys.readouterr().err
    shown = capsys.readouterr().out
    third = len(shown) // 3
    assert shown[:third] == shown[third : 2 * third] == shown[2 * third :]


def test_a_pack_stands_beside_the_plugin_that_it_was_made_of(issued: Issued, file: Path) -> None:
    """What has become sealed meanwhile says nothing else; what says something else is refused, both named."""
    draft = issued.path / "editions" / "2099.toml"
    folders = {name: issued.path / name for name in ("editions", "methods")}

    def both(pack_: Path) -> cchc.Registry:
        own = plugin("own", cchc_register_fields=lambda fields: fields.add_folder(folders["editions"]),
                     cchc_register_methods=lambda methods: methods.add_folder(folders["methods"]))
        return cchc.Registry([own, *candidates_at(pack_)])

    draft.write_text(EDITION_TOML.replace("year = 2099\n", 'year = 2099\nstatus = "sealed"\n', 1), encoding="utf-8")
    assert both(file).findings() == ()
    draft.write_text(EDITION_TOML.replace("points_each = 0.5", "points_each = 0.25"), encoding="utf-8")
    (found,) = [each for each in both(file).problems if each.code == "declared-twice"]
    assert NAME in found.reason.vi
