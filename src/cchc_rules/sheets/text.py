"""What a workbook changes in its edition, as text for a terminal."""

from cchc_rules.base.texts import Language, Text
from cchc_rules.files.terminal import findings_text
from cchc_rules.sheets.returning import Returned


def returned_text(returned: Returned, language: Language, *, dry_run: bool) -> str:
    """Return every change, whether it was written, and what is to be remarked."""
    file, number = returned.path.as_posix(), len(returned.changes)
    counted = Text(f"{number} thay đổi", f"{number} change{'' if number == 1 else 's'}")
    if not returned.changes:
        lines = [Text(f"Bảng không thay đổi gì; {file} giữ nguyên.", f"The workbook changes nothing; {file} stays as it is.")]
    elif dry_run:
        lines = [*returned.changes, Text(f"{counted.vi}, CHƯA ghi vào {file}; bỏ --dry-run để ghi.",
                                         f"{counted.en}, NOT written to {file}; leave out --dry-run to write.")]
    else:
        lines = [*returned.changes, Text(f"Đã ghi {counted.vi} vào {file}.", f"Wrote {counted.en} to {file}.")]
    said = [each.get(language) for each in lines]
    return "\n".join([*said, *(["", findings_text(returned.findings, language)] if returned.findings else [])])
