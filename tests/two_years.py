"""A folder with an invented province's method of two years and the evidence of the first: everything that can change does."""

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

METHOD = """\
schema = "cchc.method/1"

[method]
id = "river"
label = "Chỉ số CCHC cấp xã"
label_en = "Reform index of communes"
issuer = "UBND tỉnh ví dụ"
level = "commune"
year = 2098
fields = [ { number = "1", field = "procedures", edition_year = 2098 } ]
nominal_total = { value = 12, provenance = "official" }
not_applicable = { policy = "leave_out_of_both_sides" }
rounding = { leaf = { places = 2, mode = "half_up" } }
stages = [ { id = "self", label = "Tự chấm", label_en = "Self-assessed" } ]
ranking = { ties = "competition" }
units = [
  { id = "an", label = "Xã An" },
  { id = "binh", label = "Xã Bình" },
  { id = "cat", label = "Xã Cát" },
  { id = "dong", label = "Xã Đông" },
  { id = "giang", label = "Xã Giang" },
  { id = "ha", label = "Xã Hà" },
]

[method.grades]
base = "maximum"
bands = [
  { id = "good", label = "Tốt", label_en = "Good", at_least = "80 %" },
  { id = "fair", label = "Khá", label_en = "Fair", at_least = "60 %" },
  { id = "weak", label = "Yếu", label_en = "Weak" },
]
"""
EDITION = """\
schema = "cchc.edition/1"

[edition]
field = "procedures"
label = "Cải cách thủ tục hành chính"
label_en = "Procedures"
level = "commune"
year = 2098
max_points = 12
max_points_provenance = "official"
max_points_source = "Quyết định 1"

[[facts]]
id = "done"
label = "số nhiệm vụ hoàn thành"
label_en = "tasks completed"
type = "count"
unit = "task"
range = [0, 1000]

[[facts]]
id = "tasks"
label = "số nhiệm vụ được giao"
label_en = "tasks assigned"
type = "count"
unit = "task"
range = [0, 1000]

[[facts]]
id = "posted"
label = "số thủ tục đã niêm yết"
label_en = "procedures posted"
type = "count"
unit = "procedure"
range = [0, 1000]

[[facts]]
id = "procedures"
label = "số thủ tục phải niêm yết"
label_en = "procedures to be posted"
type = "count"
unit = "procedure"
range = [0, 1000]

[[facts]]
id = "report_sent"
label = "ngày gửi báo cáo năm"
label_en = "date of the yearly report"
type = "date"

[[facts]]
id = "meetings"
label = "số cuộc họp"
label_en = "meetings held"
type = "count"
unit = "report"
range = [0, 100]

[[criteria]]
id = "procedures.tasks"
number = "1.1"
label = "Hoàn thành nhiệm vụ"
label_en = "Tasks completed"
max_points = 6
form = "share"
of = { part = "done", whole = "tasks" }
when_whole_is_zero = "not_applicable"

[[criteria]]
id = "procedures.posted"
number = "1.2"
label = "Niêm yết thủ tục"
label_en = "Procedures posted"
max_points = 3
form = "bands"
of = { part = "posted", whole = "procedures" }
when_whole_is_zero = "not_applicable"
bands = [ { at_least = "90 %", points = 3 }, { at_least = "50 %", points = 1 } ]
otherwise = 0

[[criteria]]
id = "procedures.report"
number = "1.3"
label = "Báo cáo năm"
label_en = "Yearly report"
max_points = 1
form = "timeliness"
fact = "report_sent"
on_or_before = 2098-11-15
evidence = [ "Báo cáo năm" ]

[[criteria]]
id = "procedures.meetings"
number = "1.4"
label = "Họp giao ban"
label_en = "Meetings"
max_points = 2
form = "count"
fact = "meetings"
points_each = 0.5
"""
ONLINE = """
[[facts]]
id = "online"
label = "số hồ sơ trực tuyến"
label_en = "dossiers online"
type = "count"
unit = "dossier"
range = [0, 10000]

[[facts]]
id = "dossiers"
label = "số hồ sơ tiếp nhận"
label_en = "dossiers received"
type = "count"
unit = "dossier"
range = [0, 10000]

[[criteria]]
id = "procedures.online"
number = "1.2"
label = "Hồ sơ trực tuyến"
label_en = "Dossiers online"
max_points = 3
form = "share"
of = { part = "online", whole = "dossiers" }
when_whole_is_zero = "award_zero"
evidence = [ "Báo cáo của Trung tâm phục vụ hành chính công" ]
"""
UNITS: dict[str, tuple[int, int, str, int]] = {
    "an": (100, 95, "2098-11-10", 4), "binh": (90, 85, "2098-11-20", 4), "cat": (80, 55, "2098-11-15", 2),
    "dong": (60, 40, "2098-11-01", 0), "giang": (100, 100, "2098-11-01", 4), "ha": (50, 50, "2098-12-01", 0),
}
"""Per cent of tasks done, per cent of procedures posted, when the report was sent, meetings held."""
PLUGIN = '''\
"""An invented province."""

from pathlib import Path

from cchc_rules import FieldRegister, MethodRegister, hookimpl

HERE = Path(__file__).parent


@hookimpl
def cchc_register_fields(fields: FieldRegister) -> None:
    fields.add_folder(HERE / "editions")


@hookimpl
def cchc_register_methods(methods: MethodRegister) -> None:
    methods.add_folder(HERE / "methods")
'''
PROJECT = """\
[project]
name = "cchc-river"
version = "1.0"

[project.entry-points.cchc_rules]
river = "cchc_river"
"""


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with passages replaced, each of which stands in it once."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


LATER_EDITION = changed(
    EDITION,
    ("year = 2098", "year = 2099"), ("max_points_source = \"Quyết định 1\"", "max_points_source = \"Quyết định 2\""),
    ("max_points = 6", "max_points = 5"),
    ('number = "1.2"', 'number = "1.3"'), ('at_least = "90 %"', 'at_least = "80 %"'),
    ('number = "1.3"\nlabel = "Báo cáo năm"', 'number = "1.4"\nlabel = "Báo cáo năm đúng hạn"'),
    ("on_or_before = 2098-11-15", "on_or_before = 2099-11-30"), ('evidence = [ "Báo cáo năm" ]', 'evidence = [ "Báo cáo năm", "Phiếu gửi" ]'),
    (EDITION[EDITION.index('\n[[facts]]\nid = "meetings"'):EDITION.index('\n[[criteria]]\nid = "procedures.tasks"')], ""),
    (EDITION[EDITION.index('\n[[criteria]]\nid = "procedures.meetings"'):], ONLINE),
)
"""Weight, threshold, deadline, number and wording changed, one criterion dropped, one added with facts of its own."""
LATER_METHOD = changed(
    METHOD, ("year = 2098\nfields", "year = 2099\nfields"), ("edition_year = 2098", "edition_year = 2099"),
    ('  { id = "dong", label = "Xã Đông" },\n', '  { id = "dong_moi", label = "Xã Đông Mới", predecessors = [ "dong" ] },\n'),
    ('  { id = "giang", label = "Xã Giang" },\n  { id = "ha", label = "Xã Hà" },\n',
     '  { id = "giang_ha", label = "Xã Giang Hà", predecessors = [ "giang", "ha" ] },\n'),
)


@frozen(kw_only=True)
class TwoYears:
    """The folder of the plugin, and that of the units' evidence."""

    plugin: Path
    units: Path

    def write(self, name: str, text: str) -> None:
        """Write one file of the plugin."""
        path = self.plugin / "cchc_river" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def two_years(folder: Path, units: Mapping[str, tuple[int, int, str, int]] | None = None) -> TwoYears:
    """Write both years' tables and the first year's evidence."""
    found = TwoYears(plugin=folder / "bảng", units=folder / "số liệu")
    found.plugin.mkdir(parents=True)
    (found.plugin / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    for name, text in (("__init__.py", PLUGIN), ("editions/2098.toml", EDITION), ("editions/2099.toml", LATER_EDITION),
                       ("methods/2098.toml", METHOD), ("methods/2099.toml", LATER_METHOD)):
        found.write(name, text)
    found.units.mkdir()
    for name, (done, posted, sent, meetings) in (units or UNITS).items():
        facts = {"done": done, "tasks": 100, "posted": posted, "procedures": 100, "report_sent": sent, "meetings": meetings}
        lines = ['schema = "cchc.evidence/1"', 'method = "river"', "year = 2098", f'unit = "{name}"', 'stage = "self"', "[[documents]]", 'id = "d"', 'title = "báo cáo"']
        lines += [f'[[facts]]\nid = "{fact}"\nvalue = {value}\ndocuments = ["d"]' for fact, value in facts.items()]
        (found.units / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return found
