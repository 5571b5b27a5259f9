"""Errors known from real signed tables, each planted in a sound one: the check finds just that one, where it stands."""

from pathlib import Path
from typing import NamedTuple

import pytest
from policy_cases import registry_of

import cchc_rules as cchc

SOUND = """
[method]
id = "example"
label = "Chỉ số ví dụ"
label_en = "Example index"
issuer = "UBND tỉnh"
level = "commune"
year = 2099
fields = [ { number = "1", field = "procedures", edition_year = 2099 } ]
nominal_total = { value = 15, provenance = "official" }
not_applicable = { policy = "rescale_group", provenance = "official" }
rounding = { leaf = { places = 2, mode = "half_up" }, provenance = "official" }
bonus = { on = "total", at_most = 2, provenance = "official" }
stages = [ { id = "self", label = "Tự chấm", label_en = "Self-assessed" } ]
units = [ { id = "a", label = "Xã A" } ]

[edition]
field = "procedures"
label = "Cải cách thủ tục hành chính"
label_en = "Procedures"
level = "commune"
year = 2099
max_points = 15
max_points_provenance = "official"
max_points_source = "Quyết định ví dụ"

[[facts]]
id = "on_time"
label = "số hồ sơ giải quyết đúng hạn"
label_en = "dossiers settled on time"
type = "count"
unit = "dossier"
range = [0, 100000]

[[facts]]
id = "dossiers"
label = "số hồ sơ đã giải quyết"
label_en = "dossiers settled"
type = "count"
unit = "dossier"
range = [0, 100000]

[[facts]]
id = "late"
label = "số hồ sơ trễ hạn"
label_en = "late dossiers"
type = "count"
unit = "dossier"
range = [0, 100000]

[[facts]]
id = "initiatives"
label = "số sáng kiến"
label_en = "initiatives"
type = "count"
range = [0, 20]

[[criteria]]
id = "procedures.on-time"
number = "1.1"
label = "Hồ sơ giải quyết đúng hạn"
label_en = "Dossiers settled on time"
max_points = 4
provenance = "official"
form = "bands"
of = { part = "on_time", whole = "dossiers", better = "higher" }
when_whole_is_zero = "not_applicable"
bands = [
  { at_least = "95 %", points = 4 },
  { at_least = "90 %", below = "95 %", points = 3 },
  { at_least = "80 %", below = "90 %", points = 2 },
  { below = "80 %", points = 0 },
]

[[criteria]]
id = "procedures.late"
number = "1.2"
label = "Hồ sơ trễ hạn"
label_en = "Late dossiers"
max_points = 5
provenance = "official"
rescale_base = 15
form = "bands"
of = { part = "late", whole = "dossiers", better = "lower" }
when_whole_is_zero = "not_applicable"
bands = [ { at_most = "1 %", points = 5 }, { at_most = "3 %", points = 3 } ]
otherwise = 0

[[criteria]]
id = "procedures.growth"
number = "1.3"
label = "Tỷ lệ hồ sơ đúng hạn so với ngưỡng"
label_en = "Dossiers on time beyond a threshold"
max_points = 6
provenance = "official"
form = "increments"
of = { part = "on_time", whole = "dossiers" }
when_whole_is_zero = "not_applicable"
from = "80 %"
base = 2
points_each = 0.5
step = "1 %"
whole_steps = true
better = "higher"
cap = 6

[[criteria]]
id = "procedures.initiatives"
number = "1.4"
label = "Thưởng sáng kiến"
label_en = "Bonus for initiatives"
max_points = 2
provenance = "official"
kind = "bonus"
form = "count"
fact = "initiatives"
points_each = 0.5
"""


class Planted(NamedTuple):
    """An error as it was signed: what stands instead of what, and the code, the place and a word of what is said of it."""

    change: tuple[str, str]
    code: str
    where: str
    said: str


PLANTED = {
    "a maximum that its own lines can never award": Planted(("max_points = 4", "max_points = 5"), "maximum-unreachable", "1.1", "4"),
    "bands that overlap": Planted(('{ at_least = "80 %", below = "90 %", points = 2 }', '{ at_least = "80 %", below = "92 %", points = 2 }'), "band-overlap", "1.1", "90%"),
    "bands with a hole at the exact threshold": Planted(('{ at_least = "95 %", points = 4 }', '{ more_than = "95 %", points = 4 }'), "band-hole", "1.1", "95%"),
    "maxima that add to less than the printed maximum of the field": Planted(("year = 2099\nmax_points = 15", "year = 2099\nmax_points = 16"), "maxima-do-not-add-up", "max_points", "15"),
    "maxima that add to less than the printed total": Planted(("nominal_total = { value = 15", "nominal_total = { value = 100"), "maxima-not-nominal", "nominal_total", "15"),
    "“at least” where “at most” is meant": Planted(('{ at_most = "1 %", points = 5 }, { at_most = "3 %", points = 3 }', '{ at_least = "3 %", points = 5 }, { at_least = "1 %", points = 3 }'), "direction-reversed", "1.2", ""),
    "a rescaling base that names the wrong maximum": Planted(("rescale_base = 15", "rescale_base = 14"), "rescale-base-wrong", "1.2", "14"),
    "a bonus above its clamp": Planted(("at_most = 2, provenance", "at_most = 1, provenance"), "bonus-above-clamp", "bonus", "1.4"),
    "a cap below its base": Planted(("cap = 6", "cap = 1"), "cap-below-base", "1.3", ""),
}


def codes(registry: cchc.Registry) -> set[str]:
    """Return the codes of everything that the check finds."""
    return {finding.code for finding in registry.findings()}


def test_nothing_is_found_in_the_sound_table(tmp_path: Path) -> None:
    """So that what is found afterwards was planted."""
    assert codes(registry_of(SOUND, tmp_path)) == set()


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_error_is_found_where_it_stands(planted: Planted, tmp_path: Path) -> None:
    """By its code, at its criterion or key, with file and line, and with the number that is wrong, in both languages."""
    old, new = planted.change
    assert SOUND.count(old) == 1
    found = [each for each in registry_of(SOUND.replace(old, new), tmp_path).findings() if each.code == planted.code]
    assert found
    assert all(planted.where in each.place.where and each.place.file and each.place.line for each in found)
    for text in (each.reason for each in found):
        assert planted.said in text.vi
        assert planted.said in text.en


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_error_brings_no_others_that_it_does_not_explain(planted: Planted, tmp_path: Path) -> None:
    """What is said besides follows from the same number, so that nobody looks for a second fault."""
    old, new = planted.change
    besides = {
        "maximum-unreachable": {"maxima-do-not-add-up"},
        "maxima-do-not-add-up": {"maxima-not-nominal", "rescale-base-wrong"},
        "cap-below-base": {"maximum-unreachable"},
        "direction-reversed": {"bands-not-monotone"},
    }
    assert codes(registry_of(SOUND.replace(old, new), tmp_path)) <= {planted.code} | besides.get(planted.code, set())
