"""A new plugin: a folder that installs, passes its own tests, and in which ``cchc check`` finds nothing."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from string import Template

from cchc_rules.annex.numbering import read_number
from cchc_rules.authoring import templates
from cchc_rules.authoring.schemas import schema_text
from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import REVISIT
from cchc_rules.base.writing import write_folder
from cchc_rules.model import Edition
from cchc_rules.plugins.registry import Registry

SAYS = re.compile(r'^schema = "cchc\.(\w+)/1"$', re.MULTILINE)
"""Which kind of file a text says it is."""
NAME = re.compile(r"[a-z][a-z0-9]*(?:[_.-][a-z0-9]+)*")


def new_field(registry: Registry, name: str, *, year: int | None = None, level: str = "", folder: Path | None = None) -> Text:
    """Write the plugin of a new field with a sample edition, and return what was written; raises ``InputError``."""
    taken = check_new(registry, name, level)
    words = plugin_words(name, year, taken, label=f"Lĩnh vực {name}", english=f"Field {name}")
    return with_level(write_plugin(registry, folder, words, field_files(templates.EDITION, templates.CASES)), taken, asked=bool(level))


def new_method(registry: Registry, name: str, *, year: int | None = None, level: str = "", folder: Path | None = None) -> Text:
    """Write the plugin of a new method over the newest editions of a level, each guess marked; raises ``InputError``."""
    taken = check_new(registry, name, level)
    words = plugin_words(name, year, taken, label=f"Chỉ số {name}", english=f"Index {name}", register="methods")
    words["level_mark"] = "" if level else f" # {REVISIT} cấp; đang lấy cấp duy nhất đang có"
    used = _newest(registry, taken, int(words["year"]))
    numbers = {each.field: _own_number(each) for each in used}
    if "" in numbers.values() or len({*numbers.values()}) < len(numbers):
        numbers = {each.field: str(at) for at, each in enumerate(used, 1)}
        words["fields_mark"] = "số thứ tự các lĩnh vực trong quyết định; đang đánh số theo vần chữ cái. Đủ lĩnh vực chưa?"
    else:
        used = sorted(used, key=lambda each: _order(numbers[each.field]))
        words["fields_mark"] = "các lĩnh vực trong quyết định; số thứ tự đang lấy theo số của các tiêu chí"
    lines = (f'  {{ number = "{numbers[each.field]}", field = "{each.field}", edition_year = {each.year} }},\n' for each in used)
    words["fields"] = "".join(lines)
    words["total"] = format_number(sum((each.max_points for each in used), Decimal(0)) or 100, "en")
    files = {
        "pyproject.toml": templates.PYPROJECT,
        "README.md": templates.METHOD_README,
        "src/$package/__init__.py": templates.METHOD_HOOKS,
        "src/$package/py.typed": "",
        "src/$package/methods/$year.toml": templates.METHOD,
        "tests/test_$package.py": templates.TESTS,
    }
    marks, said = templates.METHOD.count(REVISIT) + (not level), write_plugin(registry, folder, words, files)
    return with_level(Text(f"{said.vi}: {marks} chỗ cần rà soát, xem bằng `cchc check`", f"{said.en}: {marks} places to look at again, see `cchc check`"),
                      taken, asked=bool(level))


def field_files(edition: str, cases: str, cases_name: str = "sample") -> dict[str, str]:
    """Return the templates of a field's plugin; without cases there is no file of them."""
    written = {f"src/$package/cases/$year/{cases_name}.toml": cases} if cases else {}
    return {
        "pyproject.toml": templates.PYPROJECT,
        "README.md": templates.FIELD_README,
        "src/$package/__init__.py": templates.FIELD_HOOKS,
        "src/$package/py.typed": "",
        "src/$package/editions/$level/$year.toml": edition,
        **written,
        "tests/test_$package.py": templates.TESTS,
    }


def write_plugin(registry: Registry, folder: Path | None, words: dict[str, str], files: dict[str, str]) -> Text:
    """Write a plugin's folder, all of it or nothing, and return what was written."""
    path = (folder or Path()) / words["folder"]
    filled = {Template(name).substitute(words): Template(text).substitute(words) for name, text in files.items()}
    write_folder(path, _with_schemas(filled, registry))
    return Text(f"Đã ghi plugin {path.as_posix()}", f"Wrote the plugin {path.as_posix()}")


def _with_schemas(files: dict[str, str], registry: Registry) -> dict[str, str]:
    """Return files with the schema of each kind beside them, which the first line of a file names to an editor."""
    found = dict(files)
    for name, text in files.items():
        if said := SAYS.search(text):
            schema = f"schemas/{said[1]}.schema.json"
            found[name] = f"#:schema {'../' * name.count('/')}{schema}\n{text}"
            found[schema] = schema_text(said[1], registry.structure.forms.values(), "vi")
    return found


def plugin_words(name: str, year: int | None, level: str, *, label: str, english: str, register: str = "editions") -> dict[str, str]:
    """Return what the templates are filled with."""
    plain = re.sub(r"[.-]", "_", name)
    when = str(year or dt.datetime.now(tz=dt.UTC).year)
    key = f"{name}/{level}/{when}" if register == "editions" else f"{name}/{when}"
    return {
        "name": name, "folder": plain, "package": f"cchc_{plain}", "distribution": plain.replace("_", "-"), "prefix": plain,
        "label": label, "label_en": english, "level": level, "year": when, "key": key, "register": register,
    }


def check_new(registry: Registry, name: str, level: str) -> str:
    """Return the level of a new table; refuse a name that is no name, or taken, and a level that is not clear."""
    place = Place(where=name)
    unusable = [each for each in (name, *([level] if level else [])) if not NAME.fullmatch(each)]
    for each in unusable:
        raise InputError(Finding(code="name-unusable", place=place,
                                 reason=Text(f"“{each}” không dùng làm mã được", f"{each!r} cannot be an id"),
                                 remedy=Text("dùng chữ thường không dấu, số, gạch dưới: ví dụ van_thu", "use lower-case letters without accents, digits, underscores: such as records")))
    taken = {each.value.field for each in registry.editions.values()} | {each.value.id for each in registry.methods.values()}
    if name in taken:
        raise InputError(Finding(code="name-taken", place=place,
                                 reason=Text(f"đã có “{name}”", f"there is {name!r} already"),
                                 remedy=Text("lập năm mới bằng `cchc new year`, hoặc chọn mã khác", "make a new year with `cchc new year`, or choose another id")))
    levels = sorted({each.value.level for each in registry.editions.values()})
    if not level and len(levels) != 1:
        listed = ", ".join(levels) or "–"
        raise InputError(Finding(code="level-needed", place=place,
                                 reason=Text(f"chưa rõ cấp; các cấp đang có: {listed}", f"the level is not clear; those there are: {listed}"),
                                 remedy=Text("ghi thêm `--level`", "add `--level`")))
    return level or levels[0]


def with_level(said: Text, level: str, *, asked: bool) -> Text:
    """Return what was written with the level that was taken where none was asked for."""
    return said if asked else Text(f"{said.vi} (cấp {level}, là cấp duy nhất đang có)", f"{said.en} (level {level}, the only one there is)")


def _own_number(edition: Edition) -> str:
    """Return the number of a field as its criteria bear it, all of them below it: of 2.1 and 2.2 it is 2; none where they bear none."""
    firsts = {each.number.partition(".") for each in edition.criteria}
    numbers = {number for number, dot, _ in firsts if dot}
    return numbers.pop() if len(numbers) == 1 and all(dot for _, dot, _ in firsts) else ""


def _order(number: str) -> tuple[int, ...]:
    """Return where a field of a number stands in the annex."""
    read = read_number(number)
    return read.ordinals if read else ()


def _newest(registry: Registry, level: str, year: int) -> list[Edition]:
    """Return the newest edition of each field of a level, up to a year."""
    found: dict[str, Edition] = {}
    for registered in registry.editions.values():
        each = registered.value
        if each.level == level and not each.version and each.year <= year and each.year > getattr(found.get(each.field), "year", 0):
            found[each.field] = each
    return list(found.values())
