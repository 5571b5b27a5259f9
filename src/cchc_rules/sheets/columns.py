"""Which keys of an edition have a column of their own in its workbook, and under which heading."""

from typing import get_args

from attrs import field, frozen

from cchc_rules.base.texts import Text
from cchc_rules.files.cells import CellKind
from cchc_rules.model import CriterionKind, FactType, Provenance

REST, WORDING, DROP = "*", "wording", "drop"
"""The columns that stand for no one key: all other keys, the rule in words, and the mark of a row to be dropped."""
BANDS = "bands"


@frozen(kw_only=True)
class Column:
    """One column: the key that it shows, or a key within that key, and its heading."""

    key: str
    label: str
    kind: CellKind = "text"
    width: int = 16
    words: tuple[str, ...] = ()
    """What may be chosen."""
    note: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The key, and the key within it."""
        return tuple(self.key.split("."))

    @property
    def said(self) -> Text:
        """The column as messages name it."""
        return Text(f"cột “{self.label}”", f"column {self.key!r}")


@frozen(kw_only=True)
class Listing:
    """One list of an edition as a sheet: one row an entry, known by its ``identity``."""

    name: str
    title: str
    thing: Text
    identity: str
    columns: tuple[Column, ...] = field(factory=tuple)

    def column(self, key: str) -> Column:
        """Return one column."""
        return next(each for each in self.columns if each.key == key)


HEAD = "edition"
HEAD_TITLE, BANDS_TITLE, GUIDE_TITLE, BASE_TITLE = "Lĩnh vực", "Mức điểm", "Hướng dẫn", "_cchc"
_PROVENANCE = Column(key="provenance", label="Nguồn gốc", words=get_args(Provenance), note="official: quyết định cho; derived: suy ra; assumed: giả định")
_REST = Column(key=REST, label="Khoá khác", width=60, note="mỗi dòng một `khoá = giá trị`, như trong tệp TOML")
_DROP = Column(key=DROP, label="Bỏ", width=6, words=("x",), note="ghi x để bỏ dòng này; chỉ xoá dòng thì không có gì bị bỏ")
FIXED = ("field", "level", "year", "version")
"""What names an edition: another name is another edition."""

HEAD_COLUMNS = (
    Column(key="field", label="Mã lĩnh vực"),
    Column(key="label", label="Tên lĩnh vực"),
    Column(key="label_en", label="Tên tiếng Anh"),
    Column(key="level", label="Cấp"),
    Column(key="year", label="Năm", kind="number"),
    Column(key="version", label="Phiên bản"),
    Column(key="status", label="Tình trạng"),
    Column(key="max_points", label="Điểm tối đa", kind="number"),
    Column(key="max_points_provenance", label="Nguồn gốc điểm tối đa", words=get_args(Provenance)),
    Column(key="max_points_source", label="Điểm tối đa theo"),
    Column(key="source.place", label="Nguồn"),
    Column(key="source.text", label="Trích nguồn"),
    Column(key="issued", label="Ngày ban hành", kind="date"),
    Column(key="lead_unit", label="Đơn vị chủ trì"),
    Column(key="coordinating_units", label="Đơn vị phối hợp", kind="lines", note="mỗi dòng một đơn vị"),
    Column(key="note", label="Ghi chú"),
    Column(key=REST, label="Khoá khác"),
)
CRITERIA = Listing(name="criteria", title="Tiêu chí", thing=Text("tiêu chí", "criterion"), identity="id", columns=(
    Column(key="number", label="Số", width=8),
    Column(key="id", label="Mã tiêu chí", width=26, note="giữ nguyên qua các năm"),
    Column(key="parent", label="Thuộc tiêu chí", width=20, note="mã của tiêu chí cấp trên"),
    Column(key="label", label="Tên tiêu chí", width=44),
    Column(key="max_points", label="Điểm tối đa", kind="number", width=9),
    Column(key="form", label="Cách chấm", width=14, note="xem trang “Cách chấm” trong tài liệu"),
    Column(key=REST, label="Tham số", width=60, note="mỗi dòng một `khoá = giá trị`, như trong tệp TOML; các mức của `bands` ở trang “Mức điểm”"),
    Column(key=WORDING, label="Quy tắc bằng lời (máy viết)", width=60, note="để đọc; sửa ở đây không có tác dụng"),
    _PROVENANCE,
    Column(key="evidence", label="Tài liệu kiểm chứng", kind="lines", width=32, note="mỗi dòng một tài liệu"),
    Column(key="remedy", label="Cách khắc phục", width=40),
    Column(key="lead_unit", label="Đơn vị chủ trì", width=22),
    Column(key="coordinating_units", label="Đơn vị phối hợp", kind="lines", width=22, note="mỗi dòng một đơn vị"),
    Column(key="clause.place", label="Điều khoản", width=22),
    Column(key="clause.text", label="Trích điều khoản", width=44),
    Column(key="kind", label="Loại", words=get_args(CriterionKind), note="bỏ trống: regular; bonus: điểm thưởng; penalty: điểm phạt"),
    Column(key="label_en", label="Tên tiếng Anh", width=32),
    Column(key="remedy_en", label="Cách khắc phục tiếng Anh", width=32),
    _DROP,
))
FACTS = Listing(name="facts", title="Số liệu", thing=Text("số liệu", "fact"), identity="id", columns=(
    Column(key="id", label="Mã số liệu", width=28),
    Column(key="label", label="Nội dung số liệu", width=50),
    Column(key="type", label="Kiểu", words=get_args(FactType)),
    Column(key="unit", label="Đơn vị tính", width=14),
    Column(key="definition", label="Cách hiểu", width=50),
    Column(key="places", label="Số chữ số thập phân", kind="number", width=10),
    Column(key="may_be_never", label="Có thể chưa thực hiện", kind="flag", width=12, words=("có", "không")),
    Column(key="label_en", label="Tên tiếng Anh", width=40),
    _REST, _DROP,
))
REFERENCES = Listing(name="references", title="Tham chiếu", thing=Text("số liệu tham chiếu", "reference"), identity="fact", columns=(
    Column(key="fact", label="Mã số liệu", width=28),
    Column(key="source", label="Nguồn", width=40),
    _PROVENANCE, _REST, _DROP,
))
STATISTICS = Listing(name="statistics", title="Thống kê", thing=Text("thống kê", "statistic"), identity="id", columns=(
    Column(key="id", label="Mã thống kê", width=28),
    Column(key="label", label="Nội dung", width=50),
    Column(key="kind", label="Loại"),
    Column(key="members", label="Phạm vi"),
    Column(key="missing", label="Khi thiếu số liệu"),
    Column(key="label_en", label="Tên tiếng Anh", width=40),
    _PROVENANCE, _REST, _DROP,
))
LISTINGS = (CRITERIA, FACTS, REFERENCES, STATISTICS)
BAND_COLUMNS = (
    Column(key="id", label="Mã tiêu chí", width=30),
    Column(key="at_least", label="Từ (≥)", kind="limit"),
    Column(key="more_than", label="Trên (>)", kind="limit"),
    Column(key="at_most", label="Đến (≤)", kind="limit"),
    Column(key="below", label="Dưới (<)", kind="limit"),
    Column(key="points", label="Điểm", kind="number"),
    Column(key=WORDING, label="Tiêu chí (để đọc)", width=60, note="sửa ở đây không có tác dụng"),
)
LIMITS = BAND_COLUMNS[1:-1]
"""The columns of a band beside the criterion that it belongs to."""
