"""What is wrong with the policies of an edition or a method: parents, bonus, parts, grades, statistics, references."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from attrs import frozen

from cchc_rules.base.errors import Finding, Place, Severity, did_you_mean
from cchc_rules.base.exact import format_number, format_percent
from cchc_rules.base.texts import LANGUAGES, Text
from cchc_rules.base.toml_source import Path_
from cchc_rules.decisions.maxima import nominal
from cchc_rules.decisions.records import REFUSED_RECORDS, record_flaws
from cchc_rules.decisions.strata import cycle_in
from cchc_rules.index import Index
from cchc_rules.methods import AdjustmentRule, Gate, GradeRule, Method, RoundingRule
from cchc_rules.model import Criterion, Edition, Fact, Statistic
from cchc_rules.rules.tree import Node, NotApplicable, facts_of

PlaceOf = Callable[[Path_], Place]
WHOLE = Fraction(1)
COMPARE = Text("đối chiếu lại với quyết định", "compare with the decision")
REFUSED_POLICIES = frozenset({
    "prerequisite-unknown", "prerequisite-cycle", "combine-without-children", "at-least-missing", "fact-undeclared",
    "statistic-unclear", "statistic-cycle", "gate-unclear", "gate-unknown", "override-unknown", "part-unknown",
    "reference-unknown", "tie-break-unclear", "adjustment-below-parent", "calendar-unknown", *REFUSED_RECORDS,
})
"""Findings with which a method cannot be used at all; the others are for whoever issues it to mend."""


@frozen
class _At:
    """Where findings stand: one edition or method, and how its paths become places."""

    place_of: PlaceOf

    def found(self, code: str, path: Path_, reason: Text, remedy: Text = COMPARE, severity: Severity = "error") -> Finding:
        """Return one finding."""
        return Finding(code=code, place=self.place_of(path), reason=reason, remedy=remedy, severity=severity)


def _numbers(*values: Any) -> tuple[list[str], list[str]]:
    """Return numbers as each language writes them."""
    vi, en = ([format_number(value, language) for value in values] for language in LANGUAGES)
    return vi, en


# ------------------------------------------------------------------ an edition


def edition_flaws(edition: Edition, facts: Mapping[str, Fact], place_of: PlaceOf) -> Iterator[Finding]:
    """Yield what is wrong with how an edition's criteria hang together."""
    at = _At(place_of)
    for index, criterion in enumerate(edition.criteria):
        path: Path_ = ("criteria", index)
        yield from _combination(criterion, edition, path, at)
        yield from _prerequisite(criterion, edition, path, at)
        yield from _rescaling(criterion, edition, path, at)
        if criterion.applies_when is not None:
            yield from _undeclared(criterion.applies_when.condition(), facts, (*path, "applies_when"), at)
        if criterion.kind != "regular" and criterion.parent:
            yield at.found("adjustment-below-parent", (*path, "kind"),
                           Text(f"tiêu chí `{criterion.kind}` nằm ngoài điểm tối đa nên chỉ đứng ở cấp trên cùng",
                                f"a `{criterion.kind}` criterion is outside every maximum: it stands at the top level only"),
                           Text("bỏ `parent`, hoặc bỏ `kind`", "drop `parent`, or drop `kind`"))
        if criterion.part and criterion.parent:
            yield at.found("part-below-parent", (*path, "part"),
                           Text("`part` chỉ ghi ở tiêu chí cấp trên cùng", "`part` stands at the topmost criteria only"),
                           Text("chuyển `part` lên tiêu chí cấp trên", "move `part` to the parent"))


def _undeclared(condition: Node, facts: Mapping[str, Fact], path: Path_, at: _At) -> Iterator[Finding]:
    for fact in facts_of(condition):
        if fact not in facts:
            yield at.found("fact-undeclared", path, Text(f"số liệu “{fact}” chưa được khai báo", f"fact {fact!r} is not declared"),
                           did_you_mean(fact, facts))


def _combination(criterion: Criterion, edition: Edition, path: Path_, at: _At) -> Iterator[Finding]:
    """Yield a way of combining that has nothing to combine, or lacks its number."""
    children = list(edition.children(criterion.id))
    if criterion.combine != "sum" and not children:
        yield at.found("combine-without-children", (*path, "combine"),
                       Text("`combine` chỉ dùng cho tiêu chí có tiêu chí thành phần", "`combine` is for criteria that have sub-criteria"),
                       Text("bỏ `combine`, hoặc ghi `parent` ở các tiêu chí thành phần", "drop `combine`, or name this `parent` in the sub-criteria"))
    if (criterion.combine == "n_of") != (criterion.at_least is not None) or not 0 < (criterion.at_least or 1) <= max(len(children), 1):
        yield at.found("at-least-missing", (*path, "at_least"),
                       Text("`combine = \"n_of\"` cần `at_least` từ 1 đến số tiêu chí thành phần, cách khác thì không",
                            "`combine = \"n_of\"` needs `at_least` from 1 to the number of sub-criteria, other ways have none"),
                       Text("ghi số tiêu chí thành phần phải đạt tối đa", "write how many sub-criteria have to be in full"))


def _prerequisite(criterion: Criterion, edition: Edition, path: Path_, at: _At) -> Iterator[Finding]:
    """Yield a prerequisite that is not there, or that in the end waits for itself."""
    known = {each.id: each for each in edition.criteria}
    if not criterion.prerequisite:
        return
    if criterion.prerequisite not in known:
        yield at.found("prerequisite-unknown", (*path, "prerequisite"),
                       Text(f"không có tiêu chí “{criterion.prerequisite}”", f"there is no criterion {criterion.prerequisite!r}"),
                       did_you_mean(criterion.prerequisite, known.keys() - {criterion.id}))
        return
    if criterion.prerequisite in edition.dependants(criterion.id):
        yield at.found("prerequisite-cycle", (*path, "prerequisite"),
                       Text("điều kiện tiên quyết phụ thuộc ngược lại chính tiêu chí này", "the prerequisite depends on this very criterion"),
                       Text("sửa `prerequisite`", "mend `prerequisite`"))


def _rescaling(criterion: Criterion, edition: Edition, path: Path_, at: _At) -> Iterator[Finding]:
    """Yield a printed base of rescaling that is not the maximum of the group."""
    if criterion.rescale_base is None:
        return
    known = {each.id: each.max_points for each in edition.criteria}
    actual = known.get(criterion.parent, edition.max_points)
    if actual != criterion.rescale_base:
        vi, en = _numbers(criterion.rescale_base, actual)
        yield at.found("rescale-base-wrong", (*path, "rescale_base"),
                       Text(f"ghi quy đổi theo {vi[0]} điểm, nhưng điểm tối đa của nhóm là {vi[1]}",
                            f"says to rescale to {en[0]} points, but the group's maximum is {en[1]}"))


# ------------------------------------------------------------------ a method with its editions


def method_flaws(index: Index, place_of: PlaceOf) -> Iterator[Finding]:
    """Yield what is wrong with a method: its own policies, and how they fit its editions."""
    method, at = index.method, _At(place_of)
    yield from _nominal_total(index, at)
    yield from _adjustment("bonus", method.bonus, ("bonus-without-rule", "bonus-above-clamp"), index, at)
    yield from _adjustment("penalty", method.penalty, ("penalty-without-rule", "penalty-above-clamp"), index, at)
    yield from _parts(index, at)
    yield from _rounding_with_parts(method.rounding, method, at)
    if method.grades is not None:
        yield from _bands(method.grades, at)
        yield from _gates(method.grades, index, at)
        yield from _overrides(method.grades, index, at)
    yield from _tie_breaks(index, at)
    yield from _ranked_on_points(index, at)
    yield from _facts_of_units(index, at)
    for number, statistic in enumerate(index.statistics.values()):
        yield from _statistic(statistic, ("statistics", number), index, at)
    yield from _statistic_cycle(index, at)
    yield from record_flaws(method, index.registers, index.facts, index.calendars, place_of)


def _ranked_on_points(index: Index, at: _At) -> Iterator[Finding]:
    """Yield that units are ranked on points although their maxima differ; a note, since a decision may well say so."""
    method = index.method
    if method.ranking is None or method.conversion is not None:
        return
    default = method.not_applicable.policy
    policies = {node.policy or each.when_not_applicable or default for edition in index.editions for each in edition.criteria if each.rule is not None
                for node in each.rule.walk() if isinstance(node, NotApplicable)}
    policies |= {each.when_not_applicable or default for edition in index.editions for each in edition.criteria if each.applies_when is not None}
    if "leave_out_of_both_sides" in policies:
        yield at.found("ranked-on-points", ("ranking",),
                       Text("xếp hạng theo điểm, trong khi tiêu chí không áp dụng làm giảm điểm tối đa: 54 trên 75 điểm đứng trên 53 trên 71 điểm, dù tỷ lệ thấp hơn",
                            "units are ranked on points, while what does not apply lowers their maximum: 54 of 75 stands above 53 of 71, though its rate is lower"),
                       Text("nếu quyết định xếp theo tỷ lệ, ghi `conversion = { to = 100 }` để quy về một thang; nếu xếp theo điểm thì để nguyên",
                            "where the decision ranks on rates, write `conversion = { to = 100 }`; where it ranks on points, leave it"),
                       severity="note")


def _facts_of_units(index: Index, at: _At) -> Iterator[Finding]:
    """Yield the units that lack a fact which the method knows of others, and which has no value for all."""
    known = dict.fromkeys(fact for unit in index.method.units for fact in unit.facts if fact not in index.references)
    for fact in known:
        for number, unit in enumerate(index.method.units):
            if fact not in unit.facts:
                yield at.found("unit-fact-not-for-all", ("units", number),
                               Text(f"“{unit.id}” không có `facts` “{fact}” như đơn vị khác: đơn vị này phải tự nhập",
                                    f"{unit.id!r} has no `facts` {fact!r} as others do: it has to enter it"),
                               Text("ghi cho mọi đơn vị, hoặc ghi mức chung ở `references`", "give it for every unit, or give what holds for all in `references`"),
                               severity="note")


def _nominal_total(index: Index, at: _At) -> Iterator[Finding]:
    """Yield maxima that do not add up to the total that the method names; only a remark where that is assumed."""
    total = index.method.nominal_total
    found = nominal(index.method, index.editions)
    if found.added is not None and found.differs:
        assumed = total.provenance == "assumed"
        vi, en = _numbers(found.added, total.value)
        yield at.found("maxima-not-nominal", ("nominal_total",),
                       Text(f"điểm tối đa các lĩnh vực cộng lại {vi[0]}, thang điểm ghi {vi[1]}{' (giả định)' if assumed else ''}",
                            f"the maxima of the fields add up to {en[0]}; the nominal total is {en[1]}{' (assumed)' if assumed else ''}"),
                       severity="note" if assumed else "error")


def _criteria(index: Index) -> Iterator[Criterion]:
    return (criterion for edition in index.editions for criterion in edition.criteria)


def _adjustment(kind: str, rule: AdjustmentRule | None, codes: tuple[str, str], index: Index, at: _At) -> Iterator[Finding]:
    """Yield bonus or penalty criteria without a rule, and one that alone is above what the rule allows."""
    own = [each for each in _criteria(index) if each.kind == kind]
    if rule is None:
        if own:
            yield at.found(codes[0], (kind,),
                           Text(f"có tiêu chí `{kind}` nhưng phương pháp không quy định mức tối đa", f"there are `{kind}` criteria, but the method sets no limit"),
                           Text(f"thêm `{kind} = {{ on = \"total\", at_most = … }}`", f"add `{kind} = {{ on = \"total\", at_most = … }}`"))
        return
    for criterion in own:
        if criterion.max_points > rule.at_most:
            vi, en = _numbers(criterion.max_points, rule.at_most)
            yield at.found(codes[1], (kind, "at_most"),
                           Text(f"tiêu chí {criterion.number} ({criterion.id}) cho tới {vi[0]} điểm, quá mức tối đa {vi[1]}",
                                f"criterion {criterion.number} ({criterion.id}) gives as much as {en[0]}, above the limit {en[1]}"))


def _parts(index: Index, at: _At) -> Iterator[Finding]:
    """Yield parts whose weights are not 100 % together, and parts that the method does not have."""
    parts = index.method.parts
    if parts and (added := sum((part.weight.value for part in parts), Fraction(0))) != WHOLE:
        vi, en = (format_percent(added, language) for language in LANGUAGES)
        yield at.found("part-weights", ("parts",), Text(f"tỷ trọng các phần cộng lại {vi}", f"the weights of the parts add up to {en}"))
    known = {part.id for part in parts}
    for criterion in _criteria(index):
        if criterion.part and criterion.part not in known:
            yield at.found("part-unknown", ("parts",),
                           Text(f"tiêu chí {criterion.number} thuộc phần “{criterion.part}” mà phương pháp không có",
                                f"criterion {criterion.number} belongs to the part {criterion.part!r}, which the method does not have"),
                           did_you_mean(criterion.part, known))


def _rounding_with_parts(rounding: RoundingRule, method: Method, at: _At) -> Iterator[Finding]:
    if method.parts and rounding.field is not None:
        yield at.found("rounding-unused", ("rounding", "field"),
                       Text("tổng tính theo phần nên không làm tròn ở lĩnh vực", "the total is made of parts: rounding at fields changes nothing"),
                       Text("bỏ `field` trong `rounding`", "drop `field` from `rounding`"), "warning")


# ------------------------------------------------------------------ grades


def _bands(rule: GradeRule, at: _At) -> Iterator[Finding]:
    """Yield grades that are out of order, unlimited before the last, limited twice, or leave a gap below the last."""
    for number, band in enumerate(rule.bands):
        if band.at_least is not None and band.more_than is not None:
            yield at.found("grade-limit-twice", ("grades", "bands", number),
                           Text(f"mức “{band.label.vi}” ghi cả `at_least` và `more_than`", f"{band.label.en!r} has both `at_least` and `more_than`"),
                           Text("giữ một trong hai", "keep one of the two"))
    for number, (better, worse) in enumerate(pairwise(rule.bands)):
        if better.at_least is None and better.more_than is None:
            yield at.found("grade-without-limit", ("grades", "bands", number),
                           Text(f"mức “{better.label.vi}” không có ngưỡng nên các mức sau không bao giờ đạt", f"{better.label.en!r} has no limit: no later grade is ever given"))
        elif worse.limit >= better.limit:
            yield at.found("grade-order", ("grades", "bands", number + 1),
                           Text(f"mức “{worse.label.vi}” không thấp hơn mức “{better.label.vi}”", f"{worse.label.en!r} does not ask for less than {better.label.en!r}"),
                           Text("xếp các mức từ cao xuống thấp", "order the grades from best to worst"))
    if rule.bands and (rule.bands[-1].at_least or rule.bands[-1].more_than):
        yield at.found("grade-gap", ("grades", "bands", len(rule.bands) - 1),
                       Text("tổng thấp hơn mức cuối không được xếp loại", "a total below the last grade gets none"),
                       Text("thêm một mức cuối không có ngưỡng", "add a last grade without a limit"), "warning")


def _gates(rule: GradeRule, index: Index, at: _At) -> Iterator[Finding]:
    for number, band in enumerate(rule.bands):
        for place, gate in enumerate(band.gates):
            yield from _gate(gate, ("grades", "bands", number, "gates", place), index, at)


def _gate(gate: Gate, path: Path_, index: Index, at: _At) -> Iterator[Finding]:
    """Yield a gate that states no condition or several, or names what is not there."""
    kinds = [gate.no_criterion_at_zero, bool(gate.field), bool(gate.criterion), gate.when is not None]
    if sum(kinds) != 1 or (bool(gate.field or gate.criterion) != (gate.at_least is not None)):
        yield at.found("gate-unclear", path,
                       Text("điều kiện xếp loại phải là đúng một trong: `no_criterion_at_zero`, `field` hoặc `criterion` với `at_least`, `when`",
                            "a gate is exactly one of `no_criterion_at_zero`, `field` or `criterion` with `at_least`, `when`"),
                       Text("giữ lại một điều kiện", "keep one of them"))
    fields, criteria = {edition.field for edition in index.editions}, {each.id for each in _criteria(index)}
    for name, known in ((gate.field, fields), (gate.criterion, criteria)):
        if name and name not in known:
            yield at.found("gate-unknown", path, Text(f"không có “{name}”", f"there is no {name!r}"), did_you_mean(name, known))
    if gate.when is not None:
        yield from _undeclared(gate.when.condition(), index.facts, path, at)


def _overrides(rule: GradeRule, index: Index, at: _At) -> Iterator[Finding]:
    grades = {band.id for band in rule.bands}
    for number, override in enumerate(rule.overrides):
        path: Path_ = ("grades", "overrides", number)
        if (override.effect == "total_zero") == bool(override.grade) or (override.grade and override.grade not in grades):
            yield at.found("override-unknown", (*path, "grade"),
                           Text(f"mức “{override.grade}” không dùng được ở đây", f"the grade {override.grade!r} cannot stand here"),
                           did_you_mean(override.grade, grades))
        yield from _undeclared(override.condition, index.facts, path, at)


def _tie_breaks(index: Index, at: _At) -> Iterator[Finding]:
    """Yield a step of the tie-break chain that names nothing, several things, or something that is not there."""
    ranking = index.method.ranking
    facts = {fact.id for fact in index.facts.values() if fact.type != "level"} - index.statistics.keys()
    known = {"field": {each.field for each in index.editions}, "criterion": {each.id for each in _criteria(index)}, "fact": facts}
    for number, step in enumerate(ranking.tie_breaks if ranking else ()):
        named = {kind: getattr(step, kind) for kind in known if getattr(step, kind)}
        unknown = [(name, known[kind]) for kind, name in named.items() if name not in known[kind]]
        if len(named) != 1 or unknown:
            said = ", ".join(named.values()) or "–"
            yield at.found("tie-break-unclear", ("ranking", "tie_breaks", number),
                           Text(f"bước phân hạng “{said}” phải là đúng một lĩnh vực, tiêu chí hoặc số liệu có thật",
                                f"the tie-break {said!r} has to be exactly one field, criterion or fact that exists"),
                           did_you_mean(*unknown[0]) if unknown else did_you_mean("", set[str]().union(*known.values())))


# ------------------------------------------------------------------ statistics


def facts_of_method(method: Method) -> frozenset[str]:
    """Return the facts that a method reads by itself: for gates, events, statistics and ties."""
    grades = method.grades
    gates = [gate.when for band in grades.bands for gate in band.gates if gate.when is not None] if grades else []
    events = [override.when for override in grades.overrides] if grades else []
    ties = [step.fact for step in method.ranking.tie_breaks] if method.ranking else []
    counted = [name for each in method.statistics for name in (each.fact, each.part, each.whole)]
    return frozenset({*ties, *counted} - {""}).union(*(facts_of(each.condition()) for each in (*gates, *events)))


def _statistic(statistic: Statistic, path: Path_, index: Index, at: _At) -> Iterator[Finding]:
    """Yield a statistic that does not say what it is taken of, or whose exact value would have no sensible end."""
    operands = [statistic.fact, statistic.part, statistic.criterion, statistic.field, statistic.total]
    numbers = {fact.id for fact in index.facts.values() if fact.type in ("count", "decimal", "rate")} - {statistic.id}
    there = {"fact": numbers, "part": numbers, "whole": numbers,
             "criterion": {each.id for each in _criteria(index)}, "field": {each.field for each in index.editions}}
    known = set[str]().union(*there.values())
    unknown = [(name, names) for kind, names in there.items() if (name := getattr(statistic, kind)) and name not in names]
    if sum(map(bool, operands)) != 1 or bool(statistic.part) != bool(statistic.whole) or unknown:
        yield at.found("statistic-unclear", path,
                       Text(f"thống kê “{statistic.id}” phải lấy trên đúng một: số liệu, tỷ lệ (`part`, `whole`), tiêu chí, lĩnh vực hoặc tổng có thật",
                            f"the statistic {statistic.id!r} has to be taken of exactly one fact, rate (`part`, `whole`), criterion, field or the total"),
                       did_you_mean(*unknown[0]) if unknown else did_you_mean(statistic.id, known))
    if statistic.ratio_of_sums and (statistic.kind != "mean" or not statistic.part):
        yield at.found("statistic-unclear", path,
                       Text(f"thống kê “{statistic.id}” ghi `ratio_of_sums` nhưng không phải bình quân của một tỷ lệ",
                            f"the statistic {statistic.id!r} has `ratio_of_sums` but is no mean of a rate"),
                       Text("bỏ `ratio_of_sums`, ghi `places`", "drop `ratio_of_sums` and write `places`"))
    if statistic.part and not statistic.ratio_of_sums and statistic.places is None:
        yield at.found("statistic-unclear", path,
                       Text(f"thống kê “{statistic.id}” lấy trên tỷ lệ từng đơn vị nhưng không ghi số chữ số thập phân của tỷ lệ",
                            f"the statistic {statistic.id!r} is taken of each unit's rate but does not say to how many decimals"),
                       Text("ghi `places` (số chữ số sau dấu phẩy của phần trăm), hoặc `ratio_of_sums = true`",
                            "write `places` (decimals of the percentage), or `ratio_of_sums = true`"))


def _statistic_cycle(index: Index, at: _At) -> Iterator[Finding]:
    if circle := cycle_in(index):
        said = " → ".join(circle)
        yield at.found("statistic-cycle", ("statistics",),
                       Text(f"các thống kê phụ thuộc vòng quanh: {said}", f"statistics depend on one another in a circle: {said}"),
                       Text("một thống kê không được lấy trên điểm của tiêu chí đọc chính nó", "do not take a statistic of points that depend on it"))
