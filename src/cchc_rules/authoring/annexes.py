"""A field's plugin from a decision's annex: all of it in one folder, or nothing."""

import tempfile
from pathlib import Path

from cchc_rules.annex.draft import draft_edition
from cchc_rules.authoring.scaffold import check_new, field_files, plugin_words, with_level, write_plugin
from cchc_rules.base.errors import CchcError, Finding
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import REVISIT
from cchc_rules.cases.bench import bench
from cchc_rules.cases.report import report
from cchc_rules.cases.suggesting import suggestions_toml
from cchc_rules.decisions.editions import read_edition
from cchc_rules.plugins.registers import Registered
from cchc_rules.plugins.registry import Registry


def field_from_annex(
    registry: Registry, name: str, annex: Path, *, year: int | None = None, level: str = "", folder: Path | None = None, part: str = ""
) -> tuple[Text, tuple[Finding, ...]]:
    """Write the plugin of a field as an annex gives it; return what was written, and every doubt with its cell.

    Raises ``InputError`` with every problem where the annex cannot be read whole; nothing is written then.
    """
    taken = check_new(registry, name, level)
    words = plugin_words(name, year, taken, label=f"Lĩnh vực {name}", english=f"Field {name}")
    draft = draft_edition(annex, name, taken, int(words["year"]), registry.quantities.units, part=part)
    words["label"] = words["label_en"] = draft.label.replace('"', "”").replace("\\", "/")
    marks = draft.text.count(f"# {REVISIT}")
    edition, cases = (text.replace("$", "$$") for text in (draft.text, _cases(registry, draft.text)))
    said = write_plugin(registry, folder, words, field_files(edition, cases, "suggested"))
    told = Text(f"{said.vi}: {marks} chỗ cần rà soát", f"{said.en}: {marks} places to look at again")
    return with_level(told, taken, asked=bool(level)), draft.findings


def _cases(registry: Registry, text: str) -> str:
    """Return cases of a draft for a person to confirm; none where the draft cannot be tried as it stands."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.toml"
        path.write_text(text, encoding="utf-8")
        try:
            edition, _ = read_edition(path, registry.structure)
            return suggestions_toml(report(bench(registry, Registered(key=edition.id, value=edition, owner="")), ()))
        except CchcError:
            return ""
