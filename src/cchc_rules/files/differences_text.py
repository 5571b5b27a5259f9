"""Differences between two tables as text: what changed, and old and new wording side by side."""

from collections.abc import Sequence

from cchc_rules.analysis.differences import Difference, Kind, TableChange
from cchc_rules.analysis.pairs import Pairs
from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.files.page import WIDTH, Page

KINDS: dict[Kind, Text] = {
    "added": Text("thêm mới", "added"),
    "dropped": Text("bỏ", "dropped"),
    "renumbered": Text("đổi số", "renumbered"),
    "reweighted": Text("đổi điểm", "maximum"),
    "reworded": Text("sửa lời", "re-worded"),
    "rule_changed": Text("đổi cách chấm", "rule changed"),
    "changed": Text("sửa", "changed"),
    "reordered": Text("đổi thứ tự", "reordered"),
}


def differences_text(
    found: Sequence[Difference], names: tuple[str, str], language: Language, *, width: int = WIDTH, colour: bool = False
) -> str:
    """Return the differences as a table, one a row; that there are none, where there are none."""
    page = Page(language=language, width=width, colour=colour)
    heading = f"{names[0]} → {names[1]}"
    if not found:
        return page.print(heading, page.say("Hai bản như nhau.", "The two are the same."))
    table = page.table(
        (page.say("Thay đổi", "Change"), {"no_wrap": True}),
        (page.say("Mục", "What"), {"ratio": 2, "overflow": "fold"}),
        (page.say("Trước", "Before"), {"ratio": 3}),
        (page.say("Sau", "After"), {"ratio": 3}),
    )
    table.leading = 1  # a blank line between rows, each of which has several
    for each in found:
        table.add_row(KINDS[each.kind].get(language), _what(each, language), *both_wordings(each, language))
    count = len(found)
    return page.print(heading, table, page.say(f"{count} thay đổi", f"{count} change{'' if count == 1 else 's'}"))


def both_wordings(each: Difference, language: Language) -> tuple[str, str]:
    """Return old and new wording in one language, in the other one where only that was changed."""
    changed: tuple[Language, ...] = tuple(one for one in (language, *LANGUAGES) if each.before.get(one) != each.after.get(one))
    shown = changed[0] if changed else language
    return each.before.get(shown), each.after.get(shown)


def changes_text(
    changes: Sequence[TableChange], pairs: Pairs, names: tuple[str, str], language: Language, *, width: int = WIDTH, colour: bool = False
) -> str:
    """Return what differs between two years: level by level, table by table; what is the same, and what one year alone has."""
    page = Page(language=language, width=width, colour=colour)
    parts: list[str] = []
    for level in pairs.levels:
        parts.append(page.say(f"CẤP {level}: {names[0]} → {names[1]}", f"LEVEL {level}: {names[0]} → {names[1]}") + "\n")
        own = [each for each in changes if each.pair.level == level]
        parts += [differences_text(each.found, (each.pair.before, each.pair.after), language, width=width, colour=colour) for each in own if each.found]
        parts.append(_listed(page.say("Không có gì khác", "The same"), [each.pair.after for each in own if not each.found]))
    parts.append(_listed(page.say(f"Chỉ có ở {names[0]}", f"In {names[0]} only"), pairs.only_before))
    parts.append(_listed(page.say(f"Chỉ có ở {names[1]}", f"In {names[1]} only"), pairs.only_after))
    return "\n".join(part for part in parts if part)


def _listed(said: str, keys: Sequence[str]) -> str:
    return f"{said}: {', '.join(keys)}\n" if keys else ""


def _what(each: Difference, language: Language) -> str:
    """Return which thing changed: number and name, and the key where it is one of several."""
    name = each.label.get(language)
    head = " ".join(part for part in (each.number, name) if part)
    return head if not each.key or each.key == name else f"{head}\n[{each.key}]"
