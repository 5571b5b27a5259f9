"""For policy officers: next year's method as a copy of the last, with its numbers changed, checked and scored."""

import tempfile
from pathlib import Path

import cchc_rules as cchc

HERE = Path(__file__).parent
PROJECT = """\
[project]
name = "nam-2022"
version = "2022.0"

[project.entry-points.cchc_rules]
nam_2022 = "nam_2022"
"""
PLUGIN = '''\
"""Next year's editions and method."""

from pathlib import Path

import cchc_rules as cchc


@cchc.hookimpl
def cchc_register_fields(fields: cchc.FieldRegister) -> None:
    """Bring the editions."""
    fields.add_folder(Path(__file__).parent / "editions")


@cchc.hookimpl
def cchc_register_methods(methods: cchc.MethodRegister) -> None:
    """Bring the method."""
    methods.add_folder(Path(__file__).parent / "methods")
'''


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with each change made; one that fits nowhere is a mistake."""
    for old, new in changes:
        if old not in text:
            raise ValueError(f"not in the file: {old}")
        text = text.replace(old, new)
    return text


def write(path: Path, text: str) -> None:
    """Write a file and the folders that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def text_of(path: Path | None) -> str:
    """Return the text of a file; editions and methods made in Python have none."""
    if path is None:
        raise ValueError("made in Python: there is no file to copy")
    return path.read_text(encoding="utf-8")


installed = cchc.load_registry()
edition = text_of(installed.editions["procedures/district/2021"].path)
method = text_of(installed.methods["cao-bang.districts/2021"].path)
evidence = (HERE / "ha_quang" / "2021.toml").read_text(encoding="utf-8")
new_year = ("year = 2021", "year = 2022")

with tempfile.TemporaryDirectory() as folder:
    plugin = Path(folder) / "nam_2022"
    write(Path(folder) / "pyproject.toml", PROJECT)
    write(plugin / "__init__.py", PLUGIN)
    write(plugin / "methods" / "2022.toml", changed(
        method,
        ("\nyear = 2021", "\nyear = 2022"),
        ('field = "procedures", edition_year = 2021', 'field = "procedures", edition_year = 2022'),
    ))
    # The new decision asks for 40 % where the old one asked for 50 %; the deadline is that of the new year.
    write(plugin / "editions" / "district" / "2022.toml", changed(
        edition, new_year, ("2021-12-15", "2022-12-15"), ('at_least = "50 %", points = 3', 'at_least = "40 %", points = 3'),
    ))
    write(Path(folder) / "2022.toml", changed(evidence, new_year, ("2021-", "2022-")))

    found = [each for each in cchc.check(plugins=[folder]) if each.severity == "error"]
    print(f"Errors in what is installed and in the new year: {len(found)}")
    old = cchc.score(HERE / "ha_quang")
    new = cchc.score(Path(folder) / "2022.toml", plugins=[folder])

print("The same figures under both years:")
for before in old.scores:
    after = new.score(before.id)
    if before.criterion.form and before.points != after.points:
        print(f"  {before.criterion.number} {before.criterion.label.en}: {before.points} → {after.points}")
print(f"  total: {old.total.points} → {new.total.points}")
