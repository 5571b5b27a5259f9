"""For clerks: make the workbook, fill it in, score it. What Excel does by hand is done here by openpyxl."""

import datetime as dt
import tempfile
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from cchc_rules.cli import main

HERE = Path(__file__).parent
MARKS = {True: "có", False: "không"}
HEADINGS = {"unit": "Đơn vị", "stage": "Giai đoạn", "as_of": "Ngày chốt số liệu"}


def fill(workbook: Path, source: Path) -> None:
    """Type the values of an evidence file into a workbook, as a clerk would."""
    given = tomllib.loads(source.read_text(encoding="utf-8"), parse_float=Decimal)
    facts = {fact["id"]: fact for fact in given["facts"]}
    book = openpyxl.load_workbook(workbook)
    sheet = book["Phiếu"]
    for row in sheet.iter_rows():
        for key, heading in HEADINGS.items():
            if row[0].value == heading:
                row[1].value = given[key]
        fact = facts.get(row[0].value)
        if fact is not None:
            row[3].value = typed(fact["value"])
            row[4].value = "; ".join(fact["documents"])
    book.save(workbook)


def typed(value: Any) -> int | str | dt.date | Decimal:
    """Return a value as a clerk types it: yes and no in words, the rest as it is."""
    return MARKS[value] if isinstance(value, bool) else value


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        form = Path(folder) / "phieu.xlsx"
        main(["template", "cao-bang.districts/2021", "-o", str(form)])
        fill(form, HERE / "ha_quang" / "2021.toml")
        main(["score", str(form)])
