"""The command line ``cchc``: reads arguments, calls the library, prints; Vietnamese unless asked otherwise.

Exit status: 0 all is well, 1 there are findings (errors, warnings, an incomplete total; notes alone are
none), 2 the input cannot be used.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from cchc_rules.base.errors import CchcError, Finding, InputError, Place, SealError, did_you_mean
from cchc_rules.base.texts import LANGUAGES, Language, Text
from cchc_rules.version import VERSION

if TYPE_CHECKING:
    from cchc_rules.analysis.compare import Result

OK, FINDINGS, BAD_INPUT = 0, 1, 2
INTERRUPTED = 130
Command = Callable[[argparse.Namespace], int]
KINDS_OF_FILES = ("edition", "method", "cases", "evidence", "overlay", "calendar", "published", "ranks")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; no traceback ever reaches a user."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _speak_utf8()
    language = language_of(given)
    try:
        return _run(given, language)
    except SystemExit as stop:  # how argparse ends after help and version
        return int(stop.code or OK)
    except KeyboardInterrupt:
        return INTERRUPTED
    except CchcError as error:
        print(error.words(language), file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # a fault of ours: it is named, and a developer can ask for the traceback
        if os.environ.get("CCHC_TRACEBACK"):
            raise
        print(_internal(error).words(language), file=sys.stderr)
        return BAD_INPUT


def _run(arguments: Sequence[str], language: Language) -> int:
    """Run the command that the arguments name."""
    options = _parser(language).parse_args(arguments)
    run: Command = options.run
    status = run(options)
    sys.stdout.flush()  # here, where a reader that has gone away can still be met
    return status


def _internal(error: Exception) -> Finding:
    """Return the finding of a fault inside the engine, so that even that reaches a user in words."""
    said = f"{type(error).__name__}: {error}".splitlines()[0]
    return Finding(
        code="internal-error",
        place=Place(where=f"cchc_rules {VERSION}"),
        reason=Text(f"lỗi bên trong phần mềm: {said}", f"a fault inside the engine: {said}"),
        remedy=Text("báo cho nhóm phát triển kèm tệp đang dùng; đặt biến CCHC_TRACEBACK=1 để xem chi tiết",
                    "report it with the file in use; set CCHC_TRACEBACK=1 for details"),
    )


def _speak_utf8() -> None:
    """Write UTF-8 wherever output goes: redirected on Windows it would be the code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def language_of(arguments: Sequence[str]) -> Language:
    """Return the language asked for by ``--lang`` or the variable ``CCHC_LANG``; Vietnamese by default."""
    asked = os.environ.get("CCHC_LANG", "vi")
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
        elif argument == "--lang" and index + 1 < len(arguments):
            asked = arguments[index + 1]
    return "en" if asked == "en" else "vi"


# ------------------------------------------------------------------ arguments


class _Parser(argparse.ArgumentParser):
    """A parser that words its own complaints in the user's language."""

    language: Language = "vi"

    def error(self, message: str) -> NoReturn:
        """Raise a mistake on the command line as a finding."""
        raise InputError(Finding(
            code="command-line",
            place=Place(where=self.prog),
            reason=Text(_in_vietnamese(message), message),
            remedy=Text(f"xem `{self.prog} --help`", f"see `{self.prog} --help`"),
        ))

    def format_help(self) -> str:
        """Return the help with argparse's own headings in the user's language."""
        text = super().format_help()
        if self.language == "vi":
            for english, vietnamese in (("usage: ", "cách dùng: "), ("\noptions:\n", "\ntuỳ chọn:\n"),
                                        ("\npositional arguments:\n", "\ntham số:\n")):
                text = text.replace(english, vietnamese, 1)
        return text


_COMPLAINTS = (
    (re.compile(r"argument (?:LỆNH|COMMAND): invalid choice: '(.*?)' \(choose from (.*)\)"), r"không có lệnh “\1”; các lệnh: \2"),
    (re.compile(r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)"), r"\1 không nhận “\2”; chọn: \3"),
    (re.compile(r"the following arguments are required: (.*)"), r"còn thiếu: \1"),
    (re.compile(r"one of the arguments (.*) is required"), r"còn thiếu một trong: \1"),
    (re.compile(r"argument (\S+): not allowed with argument (\S+)"), r"\1 không đi cùng \2"),
    (re.compile(r"unrecognized arguments: (.*)"), r"tham số lạ: \1"),
    (re.compile(r"argument (\S+): expected one argument"), r"thiếu giá trị sau \1"),
    (re.compile(r"argument (\S+): ignored explicit argument .*"), r"\1 không nhận giá trị"),
)


def _in_vietnamese(message: str) -> str:
    """Return one of argparse's complaints in Vietnamese."""
    for pattern, words in _COMPLAINTS:
        if found := pattern.fullmatch(message):
            return found.expand(words)
    return f"lệnh chưa đúng: {message}"


def _parser(language: Language) -> _Parser:
    """Return the parser of all commands with help in one language."""
    def say(vi: str, en: str) -> str:
        return Text(vi, en).get(language)

    common = _common(language)
    parser = _new(language, prog="cchc", parents=[common], description=say(
        "Chấm điểm chỉ số cải cách hành chính theo phương pháp từng năm.",
        "Scores public-administration reform by each year's method.",
    ))
    parser.add_argument("--version", action="version", version=f"cchc_rules {VERSION}", help=say("in phiên bản", "print the version"))
    commands = parser.add_subparsers(
        title=say("lệnh", "commands"), metavar=say("LỆNH", "COMMAND"), required=True, parser_class=type(parser)
    )

    def add(name: str, run: Command, vi: str, en: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name, help=say(vi, en), description=say(vi, en), parents=[common], add_help=False
        )
        command.set_defaults(run=run, language=language)
        return command

    file = say("TỆP", "FILE")
    evidence = say("tệp số liệu (.toml, .csv, .xlsx) hoặc thư mục các tệp của một đơn vị",
                   "evidence file (.toml, .csv, .xlsx) or the folder of one unit's files")
    result = say("tệp số liệu, thư mục, hoặc bảng kết quả đã công bố", "evidence, a folder, or a published table")

    command = add("score", _score, "chấm điểm một đơn vị", "score one unit")
    command.add_argument("evidence", type=Path, metavar=file, help=evidence)
    command.add_argument("--json", action="store_true", help=say("in tài liệu JSON (cchc.scorecard/1)", "print the JSON document (cchc.scorecard/1)"))
    _add_cohort(command, language)
    command.add_argument("--trace", action="store_true", help=say("kèm các bước tính của từng tiêu chí (JSON)", "with the trace of each criterion (JSON)"))

    command = add("explain", _explain, "giải thích điểm của một tiêu chí", "explain the points of one criterion")
    command.add_argument("evidence", type=Path, metavar=file, help=evidence)
    command.add_argument("criterion", metavar=say("TIÊU_CHÍ", "CRITERION"), help=say("số thứ tự (3.2.3) hoặc mã tiêu chí", "number (3.2.3) or id of the criterion"))
    _add_cohort(command, language)

    command = add("compare", _compare, "so sánh kết quả hai năm", "compare the results of two years")
    command.add_argument("before", type=Path, metavar="A", help=result)
    command.add_argument("after", type=Path, metavar="B", help=result)
    command.add_argument("--also", action="append", default=[], type=Path, metavar="A2",
                         help=say("kết quả của một đơn vị khác đã hợp nhất vào B (dùng nhiều lần được)", "the result of another unit that was merged into B (may be repeated)"))
    command.add_argument("--map", choices=("mean",), default="", help=say("cách quy nhiều đơn vị về một: mean là bình quân cộng", "how several units become one: mean is the plain mean"))

    command = add("rank", _rank, "xếp hạng mọi đơn vị trong một thư mục", "rank all units in a folder")
    command.add_argument("method", metavar=say("PHƯƠNG_PHÁP", "METHOD"), help=say("mã phương pháp, ví dụ ten/nam hoặc ten", "method, as id/year or id"))
    command.add_argument("folder", type=Path, metavar=say("THƯ_MỤC", "FOLDER"), help=say("thư mục số liệu của cả khối", "the folder with the evidence of all units"))
    command.add_argument("--before", type=Path, metavar=say("TỆP", "FILE"),
                         help=say("hạng năm trước: tệp do `cchc rank --json` in ra, hoặc TOML cchc.ranks/1",
                                  "last year's ranks: what `cchc rank --json` printed, or TOML cchc.ranks/1"))
    command.add_argument("--json", action="store_true", help=say("in tài liệu JSON (cchc.ranking/1)", "print the JSON document (cchc.ranking/1)"))

    command = add("audit", _audit, "rà soát một bảng kết quả đã công bố", "audit a published table")
    command.add_argument("published", type=Path, metavar=file, help=say("bảng kết quả (cchc.published/1)", "published table (cchc.published/1)"))

    command = add("template", _template, "tạo phiếu Excel để đơn vị điền số liệu", "write the workbook that a unit fills in")
    command.add_argument("method", metavar=say("PHƯƠNG_PHÁP", "METHOD"), help=say("mã phương pháp, hoặc mã/năm; xem `cchc plugins`", "method, as id or id/year; see `cchc plugins`"))
    command.add_argument("-o", "--output", type=Path, required=True, metavar=file, help=say("tệp .xlsx sẽ ghi", "the .xlsx file to write"))
    command.add_argument("--force", action="store_true", help=say("ghi đè tệp đã có", "overwrite an existing file"))

    command = add("new", _new_table, "lập năm mới, lĩnh vực mới hoặc phương pháp mới", "start a new year, a new field or a new method")
    _new_arguments(command, say)

    command = add("check", _check, "kiểm tra bộ tiêu chí và phương pháp: lỗi và tổng điểm tối đa", "check editions and methods: findings, and sums of maxima")
    command.add_argument("name", nargs="?", default="", metavar=say("TÊN", "NAME"),
                         help=say("lĩnh vực/cấp/năm, phương pháp/năm, hoặc một lĩnh vực hay phương pháp mọi năm; bỏ trống: tất cả",
                                  "field/level/year, method/year, or a field or method alone; without it everything"))
    add("plugins", _plugins, "liệt kê plugin đã cài", "list the installed plugins")

    command = add("cases", _cases, "chạy các trường hợp thử của bộ tiêu chí", "run an edition's cases, show what none of them tries")
    _cases_options(command, language)

    command = add("sheet", _sheet, "xuất bộ tiêu chí ra Excel để sửa, rồi đưa trở lại tệp", "write an edition as a workbook to edit, and bring it back into its file")
    _sheet_options(command, say)

    _for_readers(add, say)
    _for_databases(add, say)
    _versions(add, say)
    return parser


def _for_readers(add: Callable[[str, Command, str, str], argparse.ArgumentParser], say: Callable[[str, str], str]) -> None:
    """Add the command that shows a year as its annex, and the one that tells an editor of TOML what a file may hold."""
    command = add("render", _render, "trình bày một năm như bảng phụ lục, bên cạnh nguyên văn của quyết định", "show a year as the annex table, beside the decision's own sentences")
    command.add_argument("name", metavar=say("TÊN", "NAME"), help=say("tên như trong `cchc plugins`: lĩnh vực/cấp/năm, hoặc phương pháp/năm",
                                                             "name as in `cchc plugins`: field/level/year, or method/year"))
    command.add_argument("--html", type=Path, metavar=say("TỆP", "FILE"), help=say("ghi thêm thành trang web", "write it as a web page too"))
    command.add_argument("--force", action="store_true", help=say("ghi đè tệp đã có", "overwrite an existing file"))

    command = add("schema", _schema, "ghi JSON Schema của một loại tệp để trình soạn thảo gợi ý khoá, báo lỗi", "write the JSON Schema of a kind of file: an editor completes keys and shows errors")
    command.add_argument("kind", choices=KINDS_OF_FILES, metavar=say("LOẠI", "KIND"), help=say("loại tệp: ", "kind of file: ") + ", ".join(KINDS_OF_FILES))
    command.add_argument("-o", "--output", type=Path, metavar=say("TỆP", "FILE"), help=say("tệp .json sẽ ghi; không ghi thì in ra", "the .json file to write; printed without it"))
    command.add_argument("--force", action="store_true", help=say("ghi đè tệp đã có", "overwrite an existing file"))


def _for_databases(add: Callable[[str, Command, str, str], argparse.ArgumentParser], say: Callable[[str, str], str]) -> None:
    """Add the command that writes a method as a query."""
    command = add("facts", _facts, "đếm số liệu của mọi đơn vị từ một sổ theo dõi", "count the facts of all units over a register")
    _facts_arguments(command, say)

    command = add("verify", _verify, "đếm lại số liệu từ sổ và cho biết chỗ khác", "count facts again over their register, and say what differs")
    command.add_argument("evidence", type=Path, metavar=say("TỆP", "FILE"), help=say("tệp số liệu, hoặc thư mục do `cchc facts` ghi", "evidence, or the folder that `cchc facts` wrote"))
    command.add_argument("--register", type=Path, required=True, metavar=say("SỔ", "REGISTER"), help=say("tệp sổ (.csv, .parquet)", "the register's file (.csv, .parquet)"))

    command = add("sql", _sql, "viết cả phương pháp thành một câu truy vấn cho DuckDB hoặc Spark", "write a method as one query for DuckDB or Spark")
    command.add_argument("method", metavar=say("PHƯƠNG_PHÁP", "METHOD"), help=say("mã phương pháp, hoặc mã/năm; xem `cchc plugins`", "method, as id or id/year; see `cchc plugins`"))
    command.add_argument("--dialect", choices=("duckdb", "spark"), default="duckdb", metavar=say("LOẠI", "KIND"), help=say("duckdb (mặc định) hoặc spark", "duckdb (the default) or spark"))
    command.add_argument("--table", default="facts", metavar=say("BẢNG", "TABLE"), help=say("tên bảng số liệu, mỗi dòng một đơn vị (mặc định: facts)", "name of the table of facts, one row a unit (facts by default)"))
    command.add_argument("-o", "--output", type=Path, metavar=say("TỆP", "FILE"), help=say("tệp .sql sẽ ghi; không ghi thì in ra", "the .sql file to write; printed without it"))
    command.add_argument("--force", action="store_true", help=say("ghi đè tệp đã có", "overwrite an existing file"))


def _versions(add: Callable[[str, Command, str, str], argparse.ArgumentParser], say: Callable[[str, str], str]) -> None:
    """Add the commands about versions of what is issued."""
    command = add("diff", _diff, "so hai năm, hoặc hai phiên bản của một bảng", "set two years, or two versions of a table, against each other")
    _two_tables(command, say)
    command.add_argument("--level", default="", metavar=say("CẤP", "LEVEL"), help=say("chỉ một cấp, khi ghi hai năm", "one level only, where two years are named"))
    command.add_argument("--changelog", action="store_true", help=say("viết mục nhật ký thay đổi (Markdown): năm, lĩnh vực, ảnh hưởng đến điểm",
                                                                      "write the changelog's entry (Markdown): years, fields, effect on scores"))
    command.add_argument("--units", type=Path, metavar=say("THƯ_MỤC", "FOLDER"), help=say("với --changelog: số liệu năm trước của các đơn vị, để chấm thử",
                                                                                             "with --changelog: the units' evidence of the earlier year, for a trial"))
    command.add_argument("-o", "--output", type=Path, metavar=say("TỆP", "FILE"), help=say("với --changelog: tệp .md sẽ ghi", "with --changelog: the .md file to write"))
    command.add_argument("--force", action="store_true", help=say("ghi đè tệp đã có", "overwrite an existing file"))

    command = add("impact", _impact, "chấm thử các đơn vị năm trước theo năm mới", "try last year's units under the new year: who moves, and why")
    _two_tables(command, say)
    command.add_argument("--units", type=Path, required=True, metavar=say("THƯ_MỤC", "FOLDER"), help=say("thư mục số liệu năm trước của các đơn vị", "the folder with the units' evidence of the earlier year"))
    command.add_argument("--json", action="store_true", help=say("in tài liệu JSON (cchc.impact/1)", "print the JSON document (cchc.impact/1)"))

    command = add("erratum", _erratum, "mở tệp đính chính bên trên một bản đã niêm phong", "open a correction on top of what is sealed")
    command.add_argument("name", metavar=say("TÊN", "NAME"), help=say("tên như trong `cchc plugins`", "name as in `cchc plugins`"))
    command.add_argument("version", metavar=say("PHIÊN_BẢN", "VERSION"), help=say("tên phiên bản mới, ví dụ dc1", "name of the new version, such as dc1"))
    command.add_argument("--issued", metavar=say("NGÀY", "DATE"), help=say("ngày của văn bản đính chính (mặc định: hôm nay)", "date of the correcting document (today by default)"))

    command = add("pack", _pack, "đóng gói một phương pháp đã niêm phong thành một tệp để bàn giao", "write a sealed method as one file to hand over")
    command.add_argument("name", metavar=say("PHƯƠNG_PHÁP", "METHOD"), help=say("mã phương pháp, hoặc mã/năm; xem `cchc plugins`", "method, as id or id/year; see `cchc plugins`"))
    command.add_argument("-o", "--output", type=Path, metavar=say("TỆP", "FILE"), help=say("tệp .cchc.zip sẽ ghi; không ghi thì đặt theo tên phương pháp", "the .cchc.zip file to write; named after the method without it"))
    command.add_argument("--force", action="store_true", help=say("ghi đè tệp đã có", "overwrite an existing file"))

    command = add("seal", _seal, "niêm phong một bộ tiêu chí hoặc phương pháp", "seal an edition or a method")
    command.add_argument("name", metavar=say("TÊN", "NAME"), help=say("tên như trong `cchc plugins`: lĩnh vực/cấp/năm hoặc phương pháp/năm",
                                                         "name as in `cchc plugins`: field/level/year or method/year"))


def _facts_arguments(command: argparse.ArgumentParser, say: Callable[[str, str], str]) -> None:
    """Add what `cchc facts` takes."""
    command.add_argument("method", metavar=say("PHƯƠNG_PHÁP", "METHOD"), help=say("mã phương pháp, hoặc mã/năm; xem `cchc plugins`", "method, as id or id/year; see `cchc plugins`"))
    command.add_argument("file", type=Path, metavar=say("SỔ", "REGISTER"), help=say("tệp sổ (.csv, .parquet), lớn bao nhiêu cũng được", "the register's file (.csv, .parquet), of any size"))
    command.add_argument("--register", required=True, metavar=say("TÊN", "NAME"), help=say("mã sổ mà phương pháp khai báo", "the register's id, as the method declares it"))
    command.add_argument("--period", default="", metavar=say("KỲ", "PERIOD"), help=say("ngày đầu..ngày cuối, ví dụ 01/01/NNNN..31/03/NNNN; không ghi thì cả năm của phương pháp", "first..last day, such as YYYY-01-01..YYYY-03-31; the method's year without it"))
    command.add_argument("--stage", default="", metavar=say("GIAI_ĐOẠN", "STAGE"), help=say("mã giai đoạn; không ghi thì giai đoạn đầu", "the stage's id; the first one without it"))
    command.add_argument("-o", "--output", type=Path, required=True, metavar=say("THƯ_MỤC", "FOLDER"), help=say("thư mục mới, mỗi đơn vị một tệp số liệu", "a new folder, one file of evidence a unit"))


def _two_tables(command: argparse.ArgumentParser, say: Callable[[str, str], str]) -> None:
    """Add the arguments that name two tables or two years."""
    command.add_argument("before", metavar="A", help=say("năm, hoặc tên như trong `cchc plugins`: lĩnh vực/cấp/năm, phương pháp/năm, …+phiên bản",
                                                         "a year, or a name as in `cchc plugins`: field/level/year, method/year, …+version"))
    command.add_argument("after", metavar="B", help=say("năm hoặc tên của bản kia", "the other one's year or name"))
    command.add_argument("--method", default="", metavar=say("PHƯƠNG_PHÁP", "METHOD"), help=say("mã phương pháp, khi nhiều phương pháp có cả hai năm", "id of the method, where several have both years"))


def _new_arguments(command: argparse.ArgumentParser, say: Callable[[str, str], str]) -> None:
    """Add what `cchc new` takes."""
    command.add_argument("kind", choices=("year", "field", "method"), metavar=say("LOẠI", "KIND"),
                         help=say("year: năm mới của một bảng đã có; field: plugin lĩnh vực; method: plugin phương pháp",
                                  "year: a new year of a table that is there; field: a field's plugin; method: a method's plugin"))
    command.add_argument("name", metavar=say("TÊN", "NAME"), help=say("mã lĩnh vực hoặc phương pháp", "id of the field or method"))
    command.add_argument("year", nargs="?", type=int, metavar=say("NĂM", "YEAR"), help=say("năm mới; không ghi thì field, method lấy năm nay", "the new year; without it field and method take this year"))
    command.add_argument("--from", dest="before", type=int, metavar=say("NĂM", "YEAR"), help=say("chép từ năm nào (year)", "the year to copy from (year)"))
    command.add_argument("--from-annex", type=Path, metavar=say("TỆP", "FILE"),
                         help=say("đọc phụ lục .xlsx hoặc .docx thành bộ tiêu chí (field)", "read an annex, .xlsx or .docx, as the edition (field)"))
    command.add_argument("--part", default="", metavar=say("SỐ", "NUMBER"),
                         help=say("lĩnh vực nào trong phụ lục, theo số thứ tự; all: cả bảng", "which field of the annex, by its number; all: the whole table"))
    command.add_argument("--level", default="", metavar=say("CẤP", "LEVEL"), help=say("cấp, nếu có nhiều cấp", "level, where there are several"))
    command.add_argument("-o", "--output", type=Path, metavar=say("THƯ_MỤC", "FOLDER"), help=say("thư mục sẽ ghi vào", "the folder to write into"))


def _add_cohort(command: argparse.ArgumentParser, language: Language) -> None:
    """Add the option that names a cohort's folder."""
    said = Text("thư mục số liệu của cả khối, khi phương pháp so sánh giữa các đơn vị", "the folder of all units, where the method compares them")
    command.add_argument("--cohort", type=Path, metavar=Text("THƯ_MỤC", "FOLDER").get(language), help=said.get(language))


def _cases_options(command: argparse.ArgumentParser, language: Language) -> None:
    """Add the options of ``cchc cases``."""
    def say(vi: str, en: str) -> str:
        return Text(vi, en).get(language)

    file = say("TỆP", "FILE")
    command.add_argument("name", nargs="?", default="", metavar=say("TÊN", "NAME"), help=say("lĩnh vực/cấp/năm; bỏ trống: mọi bộ tiêu chí", "field/level/year; without it every edition"))
    command.add_argument("--suggest", action="store_true", help=say("viết ra các trường hợp chưa ai viết, để người có trách nhiệm xác nhận",
                                                                     "write the cases that nobody wrote, for a person to confirm"))
    command.add_argument("-o", "--output", type=Path, metavar=file, help=say("tệp .toml hoặc .xlsx để ghi các trường hợp đề xuất", "the .toml or .xlsx file for the suggested cases"))
    command.add_argument("--html", type=Path, metavar=file, help=say("ghi trang web của bộ tiêu chí, đánh dấu quy tắc đã thử và chưa thử",
                                                                      "write the edition as a page that marks what is covered and what is not"))
    command.add_argument("--complete", action="store_true", help=say("coi kết quả chưa thử và trường hợp chưa xác nhận là chưa đạt",
                                                                      "count what is not covered and not confirmed as not passed"))
    command.add_argument("--force", action="store_true", help=say("ghi đè tệp đã có", "overwrite an existing file"))


def _sheet_options(command: argparse.ArgumentParser, say: Callable[[str, str], str]) -> None:
    """Add the options of ``cchc sheet``."""
    file = say("TỆP", "FILE")
    command.add_argument("name", metavar=say("TÊN", "NAME"), help=say("bộ tiêu chí, như trong `cchc plugins`: lĩnh vực/cấp/năm", "edition, as in `cchc plugins`: field/level/year"))
    way = command.add_mutually_exclusive_group(required=True)
    way.add_argument("-o", "--output", type=Path, metavar=file, help=say("tệp .xlsx sẽ ghi", "the .xlsx file to write"))
    way.add_argument("--back", type=Path, metavar=file, help=say("bảng .xlsx đã sửa, đưa trở lại tệp TOML", "the edited workbook, to bring back into the TOML file"))
    command.add_argument("--dry-run", action="store_true", help=say("chỉ in những gì sẽ thay đổi, không ghi", "only print what would change, write nothing"))
    command.add_argument("--force", action="store_true", help=say("ghi đè tệp .xlsx đã có; với --back: lấy theo bảng nếu tệp TOML cũng đã đổi",
                                                                   "overwrite an existing .xlsx file; with --back: take the workbook's where the TOML file was changed too"))


def _new(language: Language, **arguments: Any) -> _Parser:
    kind = type("Parser", (_Parser,), {"language": language})
    parser: _Parser = kind(add_help=False, allow_abbrev=False, **arguments)
    return parser


def _common(language: Language) -> _Parser:
    """Return the options that every command takes, before or after its name."""
    def say(vi: str, en: str) -> str:
        return Text(vi, en).get(language)

    common = _new(language, argument_default=argparse.SUPPRESS)
    common.add_argument("-h", "--help", action="help", help=say("in phần trợ giúp này", "print this help"))
    common.add_argument("--lang", choices=LANGUAGES, help=say("ngôn ngữ: vi (mặc định) hoặc en", "language: vi (default) or en"))
    common.add_argument("--plugins", action="append", type=Path, metavar=say("THƯ_MỤC", "FOLDER"),
                        help=say("thư mục plugin hoặc tệp .cchc.zip dùng thêm, không cần cài đặt", "a folder of plugins, or a .cchc.zip file, to use without installing"))
    return common


# ------------------------------------------------------------------ commands


def _score(options: argparse.Namespace) -> int:
    from cchc_rules.api import score

    card = score(options.evidence, cohort=options.cohort, plugins=_folders(options))
    if options.json or options.trace:
        from cchc_rules.files.scorecard_json import to_json

        print(to_json(card, trace=options.trace), end="")
    else:
        from cchc_rules.files.terminal import scorecard_text

        print(scorecard_text(card, options.language, **_screen()), end="")
    return _status(card.findings) if card.total.complete else FINDINGS


def _explain(options: argparse.Namespace) -> int:
    from cchc_rules.api import score
    from cchc_rules.files.terminal import explanation_text

    card = score(options.evidence, cohort=options.cohort, plugins=_folders(options))
    known = {each.criterion.number: each.id for each in card.scores} | {each.id: each.id for each in card.scores}
    if options.criterion not in known:
        raise InputError(Finding(
            code="criterion-unknown",
            place=Place(where=card.method.id),
            reason=Text(f"không có tiêu chí “{options.criterion}”", f"there is no criterion {options.criterion!r}"),
            remedy=did_you_mean(options.criterion, [each for each in known if each[0].isdigit() == options.criterion[:1].isdigit()]),
        ))
    print(explanation_text(card.explain(known[options.criterion]), options.language))
    return OK


def _compare(options: argparse.Namespace) -> int:
    from cchc_rules.analysis.compare import compare, compare_merged
    from cchc_rules.files.terminal import comparison_text

    befores = [_result(path, options) for path in (options.before, *options.also)]
    after = _result(options.after, options)
    merged = options.also or options.map
    comparison = compare_merged(befores, after, mapping=options.map) if merged else compare(befores[0], after)
    print(comparison_text(comparison, options.language, **_screen()), end="")
    return OK


def _result(path: Path, options: argparse.Namespace) -> "Result":
    """Return one side of a comparison: a published table as it stands, anything else scored."""
    from cchc_rules.analysis.compare import of_published, of_scorecard
    from cchc_rules.api import load_registry, score
    from cchc_rules.published import is_published, read_published

    if is_published(path):
        published = read_published(path)
        return of_published(published, assessed=load_registry(_folders(options)).assessed_unit(published.method, published.year, published.unit))
    return of_scorecard(score(path, plugins=_folders(options)))


def _rank(options: argparse.Namespace) -> int:
    from cchc_rules.api import rank

    ranking = rank(options.method, options.folder, before=options.before, plugins=_folders(options))
    if options.json:
        from cchc_rules.files.ranking_json import ranking_json

        print(ranking_json(ranking), end="")
    else:
        from cchc_rules.files.ranking_text import ranking_text

        print(ranking_text(ranking, options.language, **_screen()), end="")
    return FINDINGS if ranking.provisional else OK


def _audit(options: argparse.Namespace) -> int:
    from cchc_rules.analysis.audit import audit_file
    from cchc_rules.api import load_registry

    found = audit_file(options.published, load_registry(_folders(options)))
    return _report(found, options.language)


def _check(options: argparse.Namespace) -> int:
    from cchc_rules.analysis.checking import sums_named
    from cchc_rules.api import check, load_registry
    from cchc_rules.files.sums_text import sums_text

    status = _report(check(options.name, plugins=_folders(options)), options.language)
    sums = sums_named(load_registry(_folders(options)), options.name)
    if sums:
        print()
        print(sums_text(sums, options.language, whole=bool(options.name), **_screen()), end="")
    return status


def _report(found: Sequence[Finding], language: Language) -> int:
    """Print findings and return the exit status."""
    from cchc_rules.files.terminal import findings_text

    print(findings_text(found, language))
    return _status(found)


def _status(found: Sequence[Finding]) -> int:
    """Return the exit status that findings ask for: notes alone leave it at 0."""
    return FINDINGS if any(each.severity != "note" for each in found) else OK


def _plugins(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.files.terminal import plugins_text

    found = load_registry(_folders(options)).plugins
    print(plugins_text(found, options.language), end="")
    return FINDINGS if any(each.state == "broken" for each in found) else OK


def _template(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.files.template import write_template

    known = load_registry(_folders(options))
    used = known.index_named(options.method)
    write_template(used, options.output, force=options.force)
    print(Text(f"Đã ghi {options.output}", f"Wrote {options.output}").get(options.language))
    return OK


def _of_this_kind(options: argparse.Namespace) -> None:
    """Refuse a new table that lacks what its kind needs, and options that another kind takes."""
    reason = None
    if options.kind == "year" and (options.year is None or options.before is None):
        reason = Text("còn thiếu: năm mới, hoặc `--from` năm cũ", "missing: the new year, or `--from` and the old one")
    elif options.kind != "year" and options.before is not None:
        reason = Text("`--from` chỉ đi với year", "`--from` goes with year alone")
    elif options.kind != "field" and options.from_annex is not None:
        reason = Text("`--from-annex` chỉ đi với field", "`--from-annex` goes with field alone")
    elif options.part and options.from_annex is None:
        reason = Text("`--part` chỉ đi với `--from-annex`", "`--part` goes with `--from-annex` alone")
    if reason is not None:
        raise InputError(Finding(code="command-line", place=Place(where=f"cchc new {options.kind}"), reason=reason,
                                 remedy=Text("xem `cchc new --help`", "see `cchc new --help`")))


def _new_table(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.authoring.annexes import field_from_annex
    from cchc_rules.authoring.scaffold import new_field, new_method
    from cchc_rules.authoring.years import new_year

    registry = load_registry(_folders(options))
    _of_this_kind(options)
    if options.kind == "year":
        said = new_year(registry, options.name, options.year, options.before, level=options.level, folder=options.output)
    elif options.from_annex is not None:
        said, found = field_from_annex(registry, options.name, options.from_annex, year=options.year, level=options.level,
                                       folder=options.output, part=options.part)
        print(said.get(options.language))
        return _report(found, options.language)
    else:
        make = new_field if options.kind == "field" else new_method
        said = make(registry, options.name, year=options.year, level=options.level, folder=options.output)
    print(said.get(options.language))
    return OK


def _cases(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.base.writing import write_bytes
    from cchc_rules.cases.adding import with_suggestions
    from cchc_rules.cases.page import report_page
    from cchc_rules.cases.report import editions_named, reports
    from cchc_rules.cases.suggesting import suggestions_toml
    from cchc_rules.cases.text import reports_text

    registry = load_registry(_folders(options))
    _one_edition_for(options)
    there = options.suggest and options.output and options.output.is_file() and options.output.stat().st_size
    found, problems = reports(registry, editions_named(registry, options.name), [options.output] if there else [])
    if options.suggest:
        if options.output is None:
            print(suggestions_toml(found[0]), end="")
        else:
            made = with_suggestions(found[0], options.output, problems)
            write_bytes(options.output, made.data, force=options.force)
            print(made.words(options.output).get(options.language))
        return OK
    print(reports_text(found, problems, options.language, **_screen()), end="")
    if options.html is not None:
        write_bytes(options.html, report_page(found[0], options.language).encode(), force=options.force)
    bad = problems or any(each.failed or each.findings for each in found)
    short = options.complete and any(each.unconfirmed or each.uncovered for each in found)
    return FINDINGS if bad or short else OK


def _one_edition_for(options: argparse.Namespace) -> None:
    """Refuse options that are for one edition where none is named, and an output of nothing."""
    if (options.suggest or options.html) and not options.name:
        raise InputError(Finding(
            code="name-needed",
            place=Place(where="cchc cases"),
            reason=Text("--suggest và --html cần tên một bộ tiêu chí", "--suggest and --html are for one edition"),
            remedy=Text("ghi tên như trong `cchc plugins`: lĩnh vực/cấp/năm", "name it as `cchc plugins` does: field/level/year"),
        ))


def _sheet(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.sheets.returning import bring_back, write_sheet
    from cchc_rules.sheets.text import returned_text

    registry = load_registry(_folders(options))
    if options.back is None:
        write_sheet(registry, options.name, options.output, force=options.force)
        print(Text(f"Đã ghi {options.output}", f"Wrote {options.output}").get(options.language))
        return OK
    returned = bring_back(registry, options.name, options.back, dry_run=options.dry_run, force=options.force)
    print(returned_text(returned, options.language, dry_run=options.dry_run))
    return _status(returned.findings)


def _render(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.base.writing import write_bytes
    from cchc_rules.rendering.page import table_page
    from cchc_rules.rendering.table import render
    from cchc_rules.rendering.text import table_text

    table = render(load_registry(_folders(options)), options.name)
    if options.html is not None:
        write_bytes(options.html, table_page(table, options.language).encode(), force=options.force)
    print(table_text(table, options.language, **_screen()), end="")
    return FINDINGS if table.number("differs") else OK


def _schema(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.authoring.schemas import schema_text
    from cchc_rules.base.writing import write_bytes

    text = schema_text(options.kind, load_registry(_folders(options)).structure.forms.values(), options.language)
    if options.output is None:
        print(text, end="")
    else:
        write_bytes(options.output, text.encode(), force=options.force)
        print(Text(f"Đã ghi {options.output}", f"Wrote {options.output}").get(options.language))
    return OK


def _facts(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.base.writing import write_folder
    from cchc_rules.records.evidence import count_register, period_in, stage_of

    index = load_registry(_folders(options)).index_named(options.method)
    stage = stage_of(index, options.stage)
    counted = count_register(index, options.register, options.file, period_in(options.period) if options.period else None)
    write_folder(options.output, counted.files(stage))
    print(counted.said(options.output).get(options.language))
    return _report(found, options.language) if (found := list(counted.findings())) else OK


def _verify(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.records.verifying import verify_evidence

    registry = load_registry(_folders(options))
    found = verify_evidence(options.evidence, options.register, lambda given, place: registry.index(given.method, given.year, given.version, place))
    if found:
        return _report(found, options.language)
    print(Text("Đếm lại từ sổ: mọi số liệu đều khớp.", "Counted again over the register: every fact agrees.").get(options.language))
    return OK


def _sql(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.base.writing import write_bytes
    from cchc_rules.columns.queries import query_of

    text = query_of(load_registry(_folders(options)).index_named(options.method), dialect=options.dialect, table=options.table)
    if options.output is None:
        print(text, end="")
    else:
        write_bytes(options.output, text.encode(), force=options.force)
        print(Text(f"Đã ghi {options.output}", f"Wrote {options.output}").get(options.language))
    return OK


def _diff(options: argparse.Namespace) -> int:
    from cchc_rules.analysis.differences import table_changes
    from cchc_rules.analysis.pairs import pairs_named
    from cchc_rules.api import load_registry
    from cchc_rules.files.differences_text import changes_text, differences_text

    if options.changelog:
        return _changelog(options)
    for name in ("units", "output", "method"):
        if getattr(options, name):
            raise InputError(Finding(code="command-line", place=Place(where="cchc diff"), remedy=Text("xem `cchc diff --help`", "see `cchc diff --help`"),
                                     reason=Text(f"`--{name}` chỉ đi với `--changelog`", f"`--{name}` goes with `--changelog` alone")))
    registry, names = load_registry(_folders(options)), (options.before, options.after)
    pairs = pairs_named(registry, *names, options.level)
    found = table_changes(registry, pairs.pairs)
    if pairs.listed:
        print(changes_text(found, pairs, names, options.language, **_screen()), end="")
    else:
        print(differences_text(found[0].found, (found[0].pair.before, found[0].pair.after), options.language, **_screen()), end="")
    return OK


def _changelog(options: argparse.Namespace) -> int:
    """Print or write the entry of the changelog for a change of method."""
    from cchc_rules.api import load_registry
    from cchc_rules.base.writing import write_bytes
    from cchc_rules.files.changelog import changelog_of

    entry = changelog_of(load_registry(_folders(options)), options.before, options.after, options.language,
                         level=options.level, method=options.method, units=options.units)
    if options.output is None:
        print(entry, end="")
        return OK
    write_bytes(options.output, entry.encode(), force=options.force)
    print(Text(f"Đã ghi {options.output}", f"Wrote {options.output}").get(options.language))
    return OK


def _impact(options: argparse.Namespace) -> int:
    from cchc_rules.api import impact

    found = impact(options.before, options.after, options.units, method=options.method, plugins=_folders(options))
    if options.json:
        from cchc_rules.files.impact_json import impact_json

        print(impact_json(found), end="")
    else:
        from cchc_rules.files.impact_text import impact_text

        print(impact_text(found, options.language, **_screen()), end="")
    return OK if found.decided else FINDINGS


def _erratum(options: argparse.Namespace) -> int:
    import datetime as dt

    from cchc_rules.api import load_registry
    from cchc_rules.base.reading import read_date
    from cchc_rules.plugins.errata import open_erratum

    issued = read_date(options.issued, Place(where="--issued")) if options.issued else dt.date.today()  # noqa: DTZ011 - the date on the wall is what is meant
    path = open_erratum(load_registry(_folders(options)), options.name, options.version, issued)
    print(Text(f"Đã mở {path.name}: điền nguồn và các thay đổi, rồi chạy `cchc check`",
               f"Opened {path.name}: fill in the source and the changes, then run `cchc check`").get(options.language))
    return OK


def _pack(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.authoring.packing import pack

    print(pack(load_registry(_folders(options)), options.name, options.output, force=options.force).get(options.language))
    return OK


def _seal(options: argparse.Namespace) -> int:
    from cchc_rules.api import load_registry
    from cchc_rules.cases.gate import seal

    try:
        said = seal(load_registry(_folders(options)), options.name)
    except SealError as error:
        return _report(error.findings, options.language)
    print(said.get(options.language))
    return OK


# ------------------------------------------------------------------ surroundings


def _folders(options: argparse.Namespace) -> tuple[Path, ...]:
    return tuple(getattr(options, "plugins", ()))


def _screen() -> dict[str, Any]:
    """Return the width and colour of the terminal; fixed where output is redirected."""
    if sys.stdout.isatty():
        import shutil

        return {"width": shutil.get_terminal_size().columns, "colour": "NO_COLOR" not in os.environ}
    return {"width": 110, "colour": False}


if __name__ == "__main__":
    sys.exit(main())
