"""A folder of one field's tables as they are issued: an edition, its method, overlays on either, seals, calendars."""

import re
from pathlib import Path

from attrs import frozen
from building import plugin

import cchc_rules as cchc
from cchc_rules.cases.report import editions_named, reports
from cchc_rules.cases.suggesting import suggestions_toml
from cchc_rules.plugins.sealing import write_seal

EDITION = "field/level/2099"
METHOD = "index/2099"

EDITION_TOML = """\
schema = "cchc.edition/1"

[edition]
field = "field"
label = "Lĩnh vực"
label_en = "Field"
level = "level"
year = 2099
max_points = 6
max_points_provenance = "official"
max_points_source = "QĐ 1"
issued = 2098-12-01
source = { place = "QĐ 1" }

[[facts]]
id = "done"
label = "số nhiệm vụ hoàn thành"
label_en = "tasks completed"
type = "count"
unit = "task"
range = [0, 100]

[[facts]]
id = "planned"
label = "số nhiệm vụ được giao"
label_en = "tasks assigned"
type = "count"
unit = "task"
range = [0, 100]

[[facts]]
id = "reports"
label = "số báo cáo đã gửi"
label_en = "reports sent"
type = "count"
unit = "report"
range = [0, 12]

[[criteria]]
id = "field.plan"
number = "1.1"
label = "Hoàn thành kế hoạch"
label_en = "Completion of the plan"
max_points = 4
provenance = "official"
official = { max_points = "QĐ 1" }
form = "bands"
of = { part = "done", whole = "planned" }
when_whole_is_zero = "award_zero"
bands = [ { at_least = "80 %", points = 4 }, { at_least = "50 %", points = 2 } ]
otherwise = 0

[[criteria]]
id = "field.reports"
number = "1.2"
label = "Báo cáo định kỳ"
label_en = "Periodic reports"
max_points = 2
provenance = "official"
form = "count"
fact = "reports"
points_each = 0.5
"""

METHOD_TOML = """\
schema = "cchc.method/1"

[method]
id = "index"
label = "Chỉ số"
label_en = "Index"
issuer = "UBND"
level = "level"
year = 2099
issued = 2098-12-15
fields = [ { number = "1", field = "field", edition_year = 2099 } ]
nominal_total = { value = 6 }
not_applicable = { policy = "leave_out_of_both_sides" }
rounding = { leaf = { places = 2, mode = "half_up" } }
stages = [ { id = "self", label = "Tự chấm" } ]
units = [ { id = "unit", label = "Đơn vị" } ]
"""

EVIDENCE_TOML = """\
schema = "cchc.evidence/1"
method = "index"
year = 2099
{pin}unit = "unit"
stage = "self"

[[documents]]
id = "d"
title = "báo cáo"
""" + "".join(f'\n[[facts]]\nid = "{name}"\nvalue = {value}\ndocuments = ["d"]\n' for name, value in (("done", 60), ("planned", 100), ("reports", 3)))


@frozen
class Issued:
    """A folder with one plugin's tables."""

    path: Path

    def write(self, name: str, text: str) -> Path:
        """Write one file of the plugin."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def registry(self) -> cchc.Registry:
        """Return what lies in the folder now, and nothing else."""
        folders = {name: self.path / name for name in ("editions", "methods", "calendars")}
        return cchc.Registry([plugin(
            "p",
            cchc_register_fields=lambda fields: fields.add_folder(folders["editions"]),
            cchc_register_methods=lambda methods: methods.add_folder(folders["methods"]),
            cchc_register_calendars=lambda calendars: calendars.add_folder(folders["calendars"]),
        )])

    def seal(self, name: str) -> str:
        """Write the seal of an edition or a method as it is now, the gate left aside, and return its digest."""
        registry = self.registry()
        write_seal(registry, name)
        if name in registry.editions:
            return registry.seal(registry.editions[name]).digest
        return registry.seal_method(registry.methods[name]).digest

    def overlay(self, name: str, body: str, *, of: str = EDITION, digest: str = "", **head: str) -> Path:
        """Write an overlay; what lies below is sealed first unless a digest is given."""
        known = {
            "of": f'"{of}"', "seal": f'"{digest or self.seal(of)}"', "version": f'"{name}"', "kind": '"amendment"',
            "label": '"Sửa đổi"', "issued": "2099-06-01", "provenance": '"official"', "source": '{ place = "QĐ 2" }', **head,
        }
        lines = "".join(f"{key} = {value}\n" for key, value in known.items())
        kind = "editions" if of.count("/") == 2 else "methods"
        return self.write(f"{kind}/{name}.toml", f'schema = "cchc.overlay/1"\n\n[overlay]\n{lines}\n{body}')


def issued_in(path: Path) -> Issued:
    """Return a folder with the edition and the method, neither sealed."""
    issued = Issued(path)
    issued.write("editions/2099.toml", EDITION_TOML)
    issued.write("methods/2099.toml", METHOD_TOML)
    return issued


def filled_in(draft: str, source: str = "QĐ 2") -> str:
    """Return a draft of a correction as somebody leaves it who has named the document and looked at every mark."""
    lines = (re.sub(r'"CẦN GHI[^"]*"', f'"{source}"', line) for line in draft.splitlines())
    return "\n".join(re.sub(r" # cần rà soát:.*", "", line) for line in lines) + "\n"


def confirmed_cases(registry: cchc.Registry, name: str) -> str:
    """Return the cases that an edition still lacks as somebody who agrees with the engine would confirm them."""
    (report,), _ = reports(registry, editions_named(registry, name))
    return suggestions_toml(report).replace("confirmed = false", "confirmed = true")
