"""Differences between two tables as text: what changed, and old and new wording side by side."""

from collections.abc import Sequence

from cchc_rules.analysis.differences import Difference, Kind
from cchc_rules.base.texts import Language, Text
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
        (page.say("Mục", "What"), {"ratio": 2}),
        (page.say("Trước", "Before"), {"ratio": 3}),
        (page.say("Sau", "After"), {"ratio": 3}),
    )
    table.leading = 1  # a blank line between rows, each of which has several
    for each in found:
        table.add_row(KINDS[each.kind].get(language), _what(each, language), each.before.get(language), each.after.get(language))
    count = len(found)
    return page.print(heading, table, page.say(f"{count} thay đổi", f"{count} change{'' if count == 1 else 's'}"))


def _what(each: Difference, language: Language) -> str:
    """Return which thing changed: number and name, and the key where it is one of several."""
    name = each.label.get(language)
    head = " ".join(part for part in (each.number, name) if part)
    return head if not each.key or each.key == name else f"{head}\n[{each.key}]"
