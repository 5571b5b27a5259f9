"""The files of a new plugin, with names to fill in."""

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "cchc-rules-$distribution"
version = "$year.1.0"
description = "cchc_rules: $label"
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["cchc-rules"]

[project.optional-dependencies]
test = ["hypothesis", "pytest"] # what the tests in `tests` need

[project.entry-points.cchc_rules]
$folder = "$package"

[tool.hatch.build.targets.wheel]
packages = ["src/$package"]
"""

FIELD_HOOKS = '''\
"""Field plugin: $label."""

from pathlib import Path

import cchc_rules as cchc


@cchc.hookimpl
def cchc_register_fields(fields: cchc.FieldRegister) -> None:
    """Bring every edition in the folder ``editions``."""
    fields.add_folder(Path(__file__).parent / "editions")
'''

METHOD_HOOKS = '''\
"""Method plugin: $label."""

from pathlib import Path

import cchc_rules as cchc


@cchc.hookimpl
def cchc_register_methods(methods: cchc.MethodRegister) -> None:
    """Bring every method in the folder ``methods``."""
    methods.add_folder(Path(__file__).parent / "methods")
'''

TESTS = '''\
"""What the engine asks of every plugin: it loads, its tables are sound, its cases pass, its points add up."""

from cchc_rules.testing import contract_tests

TestPlugin = contract_tests("$package", at=__file__)
'''

FIELD_README = """\
# $label

Plugin lĩnh vực của cchc_rules. Tệp của từng năm nằm ở `src/$package/editions/`, trường hợp thử nằm ở `src/$package/cases/`; cán bộ chỉ cần sửa các tệp đó, không sửa Python.

## Dùng

- Không cần cài đặt: thêm `--plugins THƯ_MỤC` (thư mục chứa plugin này) vào mỗi lệnh `cchc`.
- Cài đặt: `python -m pip install ./$folder`

## Sửa

1. Mở `src/$package/editions/$level/$year.toml`, sửa theo quyết định. VS Code có tiện ích Even Better TOML thì gợi ý khoá và báo lỗi khi gõ, theo lược đồ trong `schemas`.
2. Chạy `cchc check --plugins $folder` cho đến khi không còn lỗi.
3. Viết trường hợp thử trong `src/$package/cases/$year/`, chạy `cchc cases $key --plugins $folder`. Trường hợp máy đề xuất (`confirmed = false`): đối chiếu với quyết định rồi đổi thành `true`; sau khi sửa cách chấm hoặc tên số liệu thì đề xuất lại: `cchc cases $key --suggest -o src/$package/cases/$year/suggested.toml --force --plugins .` (chạy trong thư mục này). Trường hợp đã xác nhận được giữ nguyên.
4. Niêm phong: ghi `status = "sealed"`, rồi `cchc seal $key --plugins $folder`.

Sang năm mới: `cchc new year $name NĂM --from $year --plugins $folder`.

Kiểm thử: `python -m pytest` (cần `pytest`, `hypothesis`; không cần cài plugin).
"""

METHOD_README = """\
# $label

Plugin phương pháp của cchc_rules: gộp các lĩnh vực thành chỉ số. Tệp của từng năm nằm ở `src/$package/methods/`; cán bộ chỉ cần sửa các tệp đó, không sửa Python.

## Dùng

- Không cần cài đặt: thêm `--plugins THƯ_MỤC` (thư mục chứa plugin này) vào mỗi lệnh `cchc`.
- Cài đặt: `python -m pip install ./$folder`

## Sửa

1. Mở `src/$package/methods/$year.toml`, sửa theo quyết định. VS Code có tiện ích Even Better TOML thì gợi ý khoá và báo lỗi khi gõ, theo lược đồ trong `schemas`.
2. Xem từng chỗ có chú thích `cần rà soát`: máy điền tạm vì chưa biết quyết định (cấp, tên, cơ quan, số thứ tự lĩnh vực, tổng điểm, làm tròn, xếp loại, đơn vị). Sửa xong thì xoá chú thích; chạy `cchc check --plugins $folder` cho đến khi không còn lỗi.
3. Niêm phong các bộ tiêu chí trước, rồi `cchc seal $key --plugins $folder`.
4. Bàn giao cho các đơn vị thành một tệp: `cchc pack $key --plugins $folder`.

Sang năm mới: `cchc new year $name NĂM --from $year --plugins $folder`.

Kiểm thử: `python -m pytest` (cần `pytest`, `hypothesis`; không cần cài plugin). Trường hợp thử là của từng lĩnh vực, để trong plugin của lĩnh vực.
"""

EDITION = """\
# Bộ tiêu chí một lĩnh vực, một cấp, một năm. Mỗi tiêu chí giữ nguyên `id` qua các năm.
# Ba tiêu chí dưới đây chỉ là mẫu: thay bằng nội dung của quyết định.
schema = "cchc.edition/1"

[edition]
field = "$name"
label = "$label"
label_en = "$label_en"
level = "$level"
year = $year
status = "draft"
max_points = 5
max_points_provenance = "assumed" # đổi thành "official" khi ghi điểm của quyết định

# ---------------------------------------------------------------- Số liệu

[[facts]]
id = "${prefix}_tasks_completed"
label = "số nhiệm vụ đã hoàn thành"
label_en = "number of tasks completed"
type = "count"
unit = "task"
range = [0, 500]

[[facts]]
id = "${prefix}_tasks_planned"
label = "số nhiệm vụ trong kế hoạch"
label_en = "number of tasks planned"
type = "count"
unit = "task"
range = [0, 500]

[[facts]]
id = "${prefix}_plan_issued"
label = "đã ban hành kế hoạch năm"
label_en = "yearly plan issued"
type = "flag"

[[facts]]
id = "${prefix}_report_sent"
label = "ngày gửi báo cáo năm"
label_en = "date of the yearly report"
type = "date"
may_be_never = true

# ---------------------------------------------------------------- Tiêu chí

[[criteria]]
id = "$name.plan"
number = "1"
label = "Ban hành kế hoạch"
label_en = "Plan issued"
max_points = 1
provenance = "assumed"
evidence = ["Kế hoạch năm"]
form = "all_or_nothing"
require = [ { fact = "${prefix}_plan_issued" } ]

[[criteria]]
id = "$name.plan-completion"
number = "2"
label = "Mức độ hoàn thành kế hoạch"
label_en = "Completion of the plan"
max_points = 3
provenance = "assumed"
evidence = ["Báo cáo kết quả thực hiện"]
form = "share"
of = { part = "${prefix}_tasks_completed", whole = "${prefix}_tasks_planned", label = "tỷ lệ hoàn thành kế hoạch", label_en = "share of the plan completed" }
when_whole_is_zero = "award_zero"

[[criteria]]
id = "$name.report"
number = "3"
label = "Báo cáo đúng hạn"
label_en = "Report in time"
max_points = 1
provenance = "assumed"
evidence = ["Sổ theo dõi văn bản đi"]
form = "timeliness"
fact = "${prefix}_report_sent"
on_or_before = $year-12-15
late = [ { days_at_most = 5, points = 0.5 } ]
otherwise = 0
"""

CASES = """\
# Mỗi trường hợp là một câu: số liệu nào thì được mấy điểm. Đây chỉ là mẫu: sửa theo bộ tiêu chí và đối chiếu với quyết định.
schema = "cchc.cases/1"
edition = "$key"

[[cases]]
name = "Đã ban hành kế hoạch thì được trọn điểm"
criterion = "$name.plan"
facts = { ${prefix}_plan_issued = true }
points = "1"

[[cases]]
name = "Hoàn thành 8 trên 10 nhiệm vụ thì được 80% điểm"
criterion = "$name.plan-completion"
facts = { ${prefix}_tasks_completed = 8, ${prefix}_tasks_planned = 10 }
points = "2.4"

[[cases]]
name = "Gửi báo cáo đúng ngày hạn là đúng hạn"
criterion = "$name.report"
facts = { ${prefix}_report_sent = "15/12/$year" }
points = "1"

[[cases]]
name = "Gửi báo cáo chậm 5 ngày thì được nửa điểm"
criterion = "$name.report"
facts = { ${prefix}_report_sent = "20/12/$year" }
points = "0.5"
"""

METHOD = """\
# Phương pháp gộp các lĩnh vực thành chỉ số của một cấp, một năm. Tham số nào quyết định cho thì ghi provenance = "official".
# Máy chưa biết quyết định: giá trị nào có chú thích “cần rà soát” đều chỉ là tạm. Sửa theo quyết định rồi xoá chú thích.
schema = "cchc.method/1"

[method]
id = "$name"
label = "$label" # cần rà soát: tên gọi trong quyết định
label_en = "$label_en"
issuer = "" # cần rà soát: cơ quan ban hành
level = "$level"$level_mark
year = $year
status = "draft"
# cần rà soát: $fields_mark
fields = [
$fields]
nominal_total = { value = $total, provenance = "assumed" } # cần rà soát: tổng điểm trong quyết định; đang để bằng tổng các lĩnh vực
not_applicable = { policy = "leave_out_of_both_sides", provenance = "assumed" } # cần rà soát: điểm của tiêu chí không áp dụng tính thế nào
rounding = { leaf = { places = 2, mode = "half_up" }, provenance = "assumed" } # cần rà soát: quyết định làm tròn ở đâu, đến mấy chữ số
ranking = { ties = "competition", provenance = "assumed" } # cần rà soát: bằng điểm thì xếp hạng thế nào

# cần rà soát: các giai đoạn chấm điểm
[[method.stages]]
id = "self_assessed"
label = "Tự đánh giá"
label_en = "Self-assessed"

[[method.stages]]
id = "verified"
label = "Thẩm định"
label_en = "Verified"

# cần rà soát: quyết định có xếp loại không, tính trên tổng điểm nào
[method.grades]
base = "nominal_total"
provenance = "assumed"

[[method.grades.bands]]
id = "xuat_sac"
label = "Xuất sắc"
label_en = "Excellent"
at_least = "90 %" # cần rà soát: mức của quyết định

[[method.grades.bands]]
id = "tot"
label = "Tốt"
label_en = "Good"
at_least = "80 %" # cần rà soát: mức của quyết định

[[method.grades.bands]]
id = "kha"
label = "Khá"
label_en = "Fair"
at_least = "70 %" # cần rà soát: mức của quyết định

[[method.grades.bands]]
id = "trung_binh"
label = "Trung bình"
label_en = "Average"
at_least = "50 %" # cần rà soát: mức của quyết định

[[method.grades.bands]]
id = "yeu"
label = "Yếu"
label_en = "Weak"

# Đơn vị được đánh giá: mỗi đơn vị một bảng [[method.units]] với `id` và `label`.
[[method.units]]
id = "don-vi-mau" # cần rà soát: đơn vị này chỉ là mẫu, thay bằng các đơn vị được đánh giá
label = "Đơn vị mẫu"
"""
