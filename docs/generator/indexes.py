"""The pages that lead to the others: from a decision's words to a form or a policy, and the list of forms."""

from collections.abc import Iterator

from rule_cases import FormCases

from cchc_rules.base.texts import Language, Text
from generator.markdown import fenced, page, pair, table
from generator.policies import PolicyPage, choosing

FORMS_AT: dict[Language, str] = {"vi": "cach-cham", "en": "forms"}
POLICIES_AT: dict[Language, str] = {"vi": "chinh-sach", "en": "policies"}
HEAD = Text("quyết định viết|dùng", "the decision says|use")
SMALLEST = """
schema = "cchc.edition/1"

[edition]
field = "records"
label = "Công tác văn thư, lưu trữ"
label_en = "Records and archives"
level = "commune"
year = 2099
max_points = 2
max_points_provenance = "assumed"

[[facts]]
id = "files_archived"
label = "số hồ sơ đã nộp lưu trữ"
label_en = "number of files handed to the archive"
type = "count"
unit = "document"
range = [0, 100000]

[[facts]]
id = "files_due"
label = "số hồ sơ đến hạn nộp lưu trữ"
label_en = "number of files due for the archive"
type = "count"
unit = "document"
range = [0, 100000]

[[criteria]]
id = "records.archived"
number = "8.1"
label = "Nộp hồ sơ vào lưu trữ đúng hạn"
label_en = "Files archived in time"
max_points = 2
provenance = "assumed"
form = "share"
of = { part = "files_archived", whole = "files_due" }
when_whole_is_zero = "not_applicable"
"""


def forms_index(forms: tuple[FormCases, ...], policies: tuple[PolicyPage, ...], language: Language) -> str:
    """Return the page that leads from a decision's words to forms."""
    own = choosing()["forms_index"]
    rows = [(f"“{each.get(language)}”", _form_link(form, language)) for form in forms for each in form.decision]
    head = Text("dạng|nghĩa|cách chấm, chính sách", "kind|meaning|form, policy").get(language).split("|")
    return page(
        f"# {pair(own['title']).get(language)}",
        pair(own["intro"]).get(language),
        f"## {pair(own['table']).get(language)}",
        table(HEAD.get(language).split("|"), rows),
        f"## {pair(own['smallest']).get(language)}",
        fenced(SMALLEST),
        f"## {pair(own['archetypes']).get(language)}",
        table(head, _archetypes(forms, policies, language)),
    )


def _archetypes(forms: tuple[FormCases, ...], policies: tuple[PolicyPage, ...], language: Language) -> Iterator[tuple[str, str, str]]:
    """Yield each archetype with the forms that have an example of it and the policies that belong to it."""
    titles = {each.id: each.title for each in policies}
    for each in choosing()["archetypes"]:
        links = [_form_link(form, language) for form in forms if any(each["id"] in example.archetypes for example in form.examples)]
        links += [f"[{titles[name].get(language)}](../{POLICIES_AT[language]}/{name}.md)" for name in each.get("policies", ())]
        yield each["id"], pair(each["meaning"]).get(language), ", ".join(links)


def _form_link(form: FormCases, language: Language) -> str:
    return f"[`{form.form}`]({form.form}.md)"


def policies_index(policies: tuple[PolicyPage, ...], language: Language) -> str:
    """Return the page that leads from a decision's words to policies."""
    own = choosing()["policies_index"]
    rows = [(f"“{each.get(language)}”", f"[{policy.title.get(language)}]({policy.id}.md)") for policy in policies for each in policy.decision]
    return page(f"# {pair(own['title']).get(language)}", pair(own["intro"]).get(language),
                f"## {pair(own['table']).get(language)}", table(HEAD.get(language).split("|"), rows))


def forms_list(forms: tuple[FormCases, ...]) -> str:
    """Return the short list of all forms, with their pages in both languages."""
    rows = [
        (f"`{form.form}`", form.title.en, f"[English](../forms/{form.form}.md) · [Tiếng Việt](../vi/cach-cham/{form.form}.md)")
        for form in forms
    ]
    return page(
        "# Forms of scoring",
        "A form is how staff write a rule; it lowers to the [rule tree](../explanation/architecture.md), and the score, the explanation, "
        "the wording and the checks all read that tree. `form = \"…\"` names it in a `[[criteria]]` table, and its keys stand beside the "
        "criterion's own. To choose one: [which form](../forms/index.md). What holds for the whole table: [which policy](../policies/index.md).",
        table(("form", "points", "page"), rows),
        "A plugin can [register forms](hooks.md) of its own; all but `computed` have every reading of the tree.",
    )
