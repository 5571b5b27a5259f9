"""The entry of a changelog for a change of method, in Markdown: years, fields, and the effect on scores."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from attrs import evolve

from cchc_rules.analysis.differences import Difference, Kind, TableChange, table_changes
from cchc_rules.analysis.impact import Impact, impact
from cchc_rules.analysis.pairs import methods_named, pairs_named, with_editions
from cchc_rules.base.texts import Language
from cchc_rules.files.differences_text import KINDS, both_wordings
from cchc_rules.files.evidence import read_cohort
from cchc_rules.files.impact_text import change_said, counts_said, grade_name, part_said
from cchc_rules.files.page import Page
from cchc_rules.methods import Method
from cchc_rules.model import Edition
from cchc_rules.plugins.registry import Registry
from cchc_rules.points import Range

HARMLESS: frozenset[Kind] = frozenset({"renumbered", "reworded"})
QUIET = frozenset({"official", "provenance", "clause", "evidence", "remedy", "lead_unit", "coordinating_units",
                   "source", "note", "issued", "label", "max_points_provenance", "max_points_source", "definition"})
"""Kinds of change, and keys, that move no points: they are counted, not told one by one."""
WHO = ("units", "blocks")
"""Keys of a method that say who is scored: told by their number, not one by one."""
MOST_MOVERS = 10


def changelog_of(
    registry: Registry, before: str, after: str, language: Language, *, level: str = "", method: str = "", units: Path | None = None
) -> str:
    """Return the entry for two years or two tables, as they are named on the command line, tried on units where those are given."""
    found = None
    if units is not None:
        old, new = (registry.index_named(name) for name in methods_named(registry, before, after, method))
        found = impact(old, new, read_cohort(units, old))
    pairs = pairs_named(registry, before, after, level)
    chosen = [each for each in pairs.pairs if not method or each.after not in registry.methods or each.after.startswith(f"{method}/")]
    return changelog_entry(table_changes(registry, with_editions(registry, evolve(pairs, pairs=tuple(chosen))).pairs), found, language)


def changelog_entry(changes: Sequence[TableChange], found: Impact | None, language: Language) -> str:
    """Return the entry: what was changed where, then the effect on scores, tried on units or told by the maxima."""
    page = Page(language=language)
    lines = [page.say("### Điểm", "### Scores"), ""]
    lines += _years(changes, page)
    for each in changes:
        if each.found:
            lines += _table(each, page)
    same = [f"`{each.pair.after}`" for each in changes if not each.found]
    if same:
        lines.append(page.say("- Không có gì khác: ", "- The same: ") + ", ".join(same) + ".")
    lines += _effect(found, page) if found is not None else _maxima(changes, page)
    return "\n".join(lines) + "\n"


def _years(changes: Sequence[TableChange], page: Page) -> Iterator[str]:
    """Yield which years and levels the change is of, and what is a draft yet."""
    levels = ", ".join(sorted({each.pair.level for each in changes}))
    for before, after in sorted({(each.before.year, each.after.year) for each in changes}):
        said = page.say(f"Năm {after} so với năm {before}", f"{after} against {before}") if before != after else page.say(f"Trong năm {after}", f"Within {after}")
        yield page.say(f"- **{said}**, cấp {levels}.", f"- **{said}**, level {levels}.")
    drafts = [f"`{each.pair.after}`" for each in changes if each.after.status != "sealed"]
    if drafts:
        yield page.say(f"- Còn là bản nháp: {', '.join(drafts)}.", f"- Still a draft: {', '.join(drafts)}.")


# ------------------------------------------------------------------ what was changed


def _table(each: TableChange, page: Page) -> Iterator[str]:
    """Yield one table: how many changes of which kind, then each that can move points."""
    told = [found for found in each.found if found.path[0] not in WHO]
    loud = [found for found in told if not _is_quiet(found)]
    counts = Counter(found.kind for found in told)
    summary = ", ".join(f"{KINDS[kind].get(page.language)} {counts[kind]}" for kind in KINDS if counts[kind])
    quiet = page.say(" Không làm đổi điểm.", " No points change.") if told and not loud else ""
    versions = f"`{each.pair.before}` → `{each.pair.after}`"
    yield f"- **{each.after.label.get(page.language)}** ({versions}): {summary or page.say('chỉ danh sách đơn vị', 'the list of units only')}.{quiet}"
    for found in loud:
        yield from _said(found, page)
    who = len(each.found) - len(told)
    if who:
        yield page.say(f"  - danh sách đơn vị, khối: {who} thay đổi", f"  - units and blocks: {who} change{'' if who == 1 else 's'}")


def _is_quiet(found: Difference) -> bool:
    """Return whether a change moves no points: a number, a wording, where something comes from, who mends it."""
    return found.kind in HARMLESS or (found.kind == "changed" and found.path[-1] in QUIET)


def _said(found: Difference, page: Page) -> Iterator[str]:
    """Yield one change: where, and what is there now; the old wording above the new one where both are long."""
    where = " ".join(word for word in (found.number, found.label.get(page.language)) if word)
    key = f" (`{found.key}`)" if found.key and found.key != where else ""
    head = f"  - {KINDS[found.kind].get(page.language)}: {where}{key}"
    before, after = (" ".join(words.split()) for words in both_wordings(found, page.language))
    if found.path[0] == "facts" and found.kind in ("added", "dropped"):
        yield head
    elif found.kind == "rule_changed":
        yield head
        yield page.say(f"    - trước: {before}", f"    - before: {before}")
        yield page.say(f"    - nay: {after}", f"    - now: {after}")
    else:
        yield f"{head}: {after if found.kind == 'added' else before if found.kind == 'dropped' else f'{before} → {after}'}"


# ------------------------------------------------------------------ the effect on scores


def _maxima(changes: Sequence[TableChange], page: Page) -> Iterator[str]:
    """Yield the maxima of the fields before and after, where no units were tried."""
    editions = [(each.before, each.after) for each in changes if isinstance(each.before, Edition) and isinstance(each.after, Edition)]
    for before, after in editions:
        yield page.say(f"- Điểm tối đa của {after.label.vi}: ", f"- Maximum of {after.label.en}: ") + _arrow(Fraction(before.max_points), Fraction(after.max_points), page)
    methods = [(each.before, each.after) for each in changes if isinstance(each.before, Method) and isinstance(each.after, Method)]
    for old, new in methods:
        yield page.say("- Thang điểm: ", "- Nominal total: ") + _arrow(Fraction(old.nominal_total.value), Fraction(new.nominal_total.value), page)
    yield page.say("- Ảnh hưởng đến điểm của đơn vị: chưa chấm thử.", "- Effect on units' scores: not tried.")


def _arrow(before: Fraction, after: Fraction, page: Page) -> str:
    change = page.say("không đổi", "no change") if before == after else page.signed(after - before)
    return f"{page.number(before)} → {page.number(after)} ({change})."


def _effect(found: Impact, page: Page) -> Iterator[str]:
    """Yield what units' scores do: how many move, how far, from grade to grade, by which criteria, and what is open."""
    year, key = found.before.year, found.before.key
    yield page.say(f"- **Ảnh hưởng đến điểm**, chấm thử số liệu năm {year} (`{key}`) theo `{found.after.key}`: {counts_said(found, page)}",
                   f"- **Effect on scores**, the evidence of {year} (`{key}`) tried under `{found.after.key}`: {counts_said(found, page)}")
    if found.units:
        changes = [each.change for each in found.units]
        spread = Range(low=min(each.low for each in changes), high=max(each.high for each in changes))
        yield page.say("  - thay đổi của một đơn vị: ", "  - change of one unit: ") + change_said(spread, page)
    yield from _grades(found, page)
    for each in found.movers[:MOST_MOVERS]:
        yield page.say("  - tiêu chí, cộng mọi đơn vị: ", "  - criterion, over all units: ") + f"{part_said(each.part, page.language)}: {change_said(each.change, page)}"
    more = len(found.movers) - MOST_MOVERS
    if more > 0:
        yield page.say(f"  - và {more} mục khác", f"  - and {more} more")
    nobody = [each.fact.label.get(page.language) for each in found.wanted if each.nobody]
    if nobody:
        yield page.say("  - số liệu chưa đơn vị nào có: ", "  - facts that nobody has: ") + "; ".join(nobody)
    if found.apart:
        yield page.say("  - không so sánh được: ", "  - not compared: ") + ", ".join(each.unit.label for each in found.apart)


def _grades(found: Impact, page: Page) -> Iterator[str]:
    """Yield the moves between grades, those that stay left out."""
    matrix = found.migration
    if matrix is None:
        return
    moves = [
        f"{grade_name(found, 'before', row, page)} → {grade_name(found, 'after', column, page)}: {matrix.count(row, column)}"
        for row in matrix.rows for column in matrix.columns if matrix.count(row, column) and (row != column or not row)
    ]
    yield page.say("  - xếp loại: ", "  - grades: ") + ("; ".join(moves) or page.say("không đổi", "no change"))
