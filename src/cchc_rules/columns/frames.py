"""The front door of columns: a frame of facts in, a frame of points, states, grades and ranks of the same kind out."""

from typing import Any

from attrs import evolve, frozen

from cchc_rules.arithmetic.facts import Source
from cchc_rules.arithmetic.integers import TooLargeError
from cchc_rules.arithmetic.numbers import Number
from cchc_rules.arithmetic.program import Program, obstacles, program_of, source_of
from cchc_rules.base.errors import Finding, InputError, Place
from cchc_rules.base.texts import Text
from cchc_rules.columns.exactly import decided_exactly
from cchc_rules.columns.expressions import plan_of
from cchc_rules.columns.kinds import ROW, Kind, kind_of
from cchc_rules.columns.lost import Amount, amounts_of, lost_outputs, lost_shown
from cchc_rules.columns.prepared import prepared
from cchc_rules.columns.ranks import RANKED, rank_outputs, ranks_exactly, with_ranks
from cchc_rules.columns.results import COMPLETE, UNDECIDED, Points, ScoredFrame, States, outputs_of, points_of, shown
from cchc_rules.columns.statistics import EVERYWHERE, NotColumnsError, operand_of, with_statistic
from cchc_rules.columns.units import BLOCK, IS_RANKED, UNIT, filled_in, known_facts, with_absent, with_units
from cchc_rules.decisions.strata import strata
from cchc_rules.index import Index

MOST_UNITS = 1_000_000
"""As many units as a lazy frame is taken to have at most, where sums over them need bounds."""
NOUGHT_COLUMN = "·nought"


def score_frame(
    index: Index, frame: Any, *, states: States = "words", display: bool = False, lost: bool = False, collect: bool = False
) -> ScoredFrame:
    """Return the scores of all units in a frame, as a frame of the same kind.

    ``frame`` has one row a unit and one column a fact, named by its id; ``unit`` names the unit, ``block`` the
    block that it is ranked in, ``ranked`` (true or false) whether it is. Counts are whole numbers, decimals
    ``Decimal`` or whole, rates per cent, dates dates, flags true or false, levels their ids; a blank is
    missing, never 0. It may be a Polars frame (eager or lazy), a pandas frame, a PyArrow table, a DuckDB
    relation, an Ibis table or a PySpark frame; what is lazy stays lazy.

    Facts in a frame count as documented. A criterion computed in Python is worked out row by row: the result
    names it, and a lazy frame is refused unless ``collect`` is true, which brings it into memory.

    With ``display`` there are points to read beside those to count with; with ``lost`` the points lost by every
    criterion, and by cause where its rule itemises them and columns can tell them exactly.

    Raises ``InputError`` for a column that cannot hold its fact exactly, for ranges too wide for exact columns,
    and for what a lazy frame cannot do.
    """
    kind = kind_of(frame, collect=collect)
    job = _job(index, kind, lost=lost)
    if job.by_row and kind.lazy:
        raise InputError(*(_not_in_columns(each) for each in job.by_row))
    helper = _helper(job, states, display=display)
    return ScoredFrame(
        frame=kind.back(helper.frame),
        places={**{each.name: each.places for each in job.points}, **{each.name: each.places for each in job.lost}},
        by_row=job.by_row,
        exact_rows=helper.exact_rows,
        causes={each.name: each.cause for each in job.lost if each.cause is not None},
        absent=_absent(job),
    )


def _absent(job: "_Job") -> tuple[str, ...]:
    """Return the units that the method awaits and the frame lacks, where it names its units and holds them already."""
    if job.kind.lazy or UNIT not in job.kind.schema:
        return ()
    there = set(job.kind.original[UNIT].to_list())
    return tuple(unit.id for unit in job.index.method.units_due if unit.id not in there)


@frozen(kw_only=True)
class _Job:
    """A method bound to one frame: what is to be carried out on it."""

    index: Index
    kind: Kind
    source: Source
    program: Program
    points: tuple[Points, ...]
    lost: tuple[Amount, ...]
    by_row: tuple[str, ...]
    ready: Any
    nought: str
    keep: tuple[str, ...]


@frozen(kw_only=True)
class _Scored:
    frame: Any
    exact_rows: int | None


def _job(index: Index, kind: Kind, *, lost: bool) -> _Job:
    """Return a method bound to a frame, its statistics already taken."""
    import narwhals as nw

    schema = kind.schema
    told = known_facts(index, schema)
    source = source_of(index, [name for name in index.facts if name in schema or name in told])
    computed, too_large = obstacles(index, source)
    if too_large:
        raise InputError(*(_too_large(each) for each in too_large))
    ready = kind.frame.with_columns(
        *prepared(index.facts, schema, has_timestamps=kind.has_timestamps),
        nw.lit(1).alias(EVERYWHERE), nw.lit(value=False).alias("·undecided cohort"),
    )
    ready = with_absent(with_units(ready, index, schema), index, schema)
    if told:
        ready = ready.with_columns(*filled_in(index, schema, told))
    nought = _nought(kind, index)
    if nought:
        ready = ready.with_columns((nw.col(f"fact:{nought}") - nw.col(f"fact:{nought}")).alias(NOUGHT_COLUMN))
    unable: list[str] = []
    numbers: dict[str, Number] = {}
    for name in strata(index):
        statistic = index.statistics[name]
        try:
            operand = operand_of(statistic, index, evolve(source, statistics=numbers))
            taken = with_statistic(ready, statistic, operand, most_units=kind.rows or MOST_UNITS, bind_operands=kind.binds_operands, nought=NOUGHT_COLUMN if nought else "")
        except (NotColumnsError, TooLargeError):
            unable.append(name)
            break
        ready, numbers = taken.frame, {**numbers, name: taken.number}
    source = evolve(source, statistics=numbers)
    program = _program(index, source)
    keep = tuple(name for name in (UNIT, BLOCK) if name in schema)
    return _Job(index=index, kind=kind, source=source, program=program, points=points_of(program), lost=_amounts(program, source) if lost else (),
                by_row=(*computed, *unable, *_unable_to_rank(program)), ready=ready, nought=NOUGHT_COLUMN if nought else "", keep=keep)


def _unable_to_rank(program: Program) -> tuple[str, ...]:
    """Return that ranks take the exact totals of all units, where columns cannot tell these apart to the last digit."""
    return ("ranking",) if program.index.method.ranking is not None and not ranks_exactly(program) else ()


def _nought(kind: Kind, index: Index) -> str:
    """Return a fact from whose column a column of noughts can be made, where the backend needs one."""
    numbers = (name for name, fact in index.facts.items() if name in kind.schema and fact.type not in {"flag", "level"})
    return next(numbers, "") if kind.narrow_literals else ""


def _program(index: Index, source: Source) -> Program:
    """Return the method as arithmetic; refused where its sums and shares grow too large for that."""
    try:
        return program_of(index, source)
    except TooLargeError:
        raise InputError(_too_large(index.method.key)) from None


def _amounts(program: Program, source: Source) -> tuple[Amount, ...]:
    """Return what every criterion lost; refused where that is too large for columns."""
    try:
        return amounts_of(program, source)
    except TooLargeError:
        raise InputError(_too_large(program.index.method.key)) from None


def _helper(job: _Job, states: States, *, display: bool) -> _Scored:
    """Return the result columns: carried out, then decided row by row where only that can tell, ranked, put into words."""
    import narwhals as nw

    outputs = {**outputs_of(job.points, job.program), **lost_outputs(job.lost), **rank_outputs(job.program, job.source)}
    carried = [*job.keep, BLOCK, IS_RANKED, "·undecided cohort", *_for_rows(job)]
    frame = plan_of(outputs, bind_operands=job.kind.binds_operands, nought=job.nought).carried_out(job.ready, dict.fromkeys(carried))
    frame = frame.with_columns((nw.col(UNDECIDED) | nw.col("·undecided cohort")).alias(UNDECIDED))
    exact_rows = None
    if not job.kind.lazy:
        frame, exact_rows = decided_exactly(job.program, job.kind, frame, job.points, job.lost, whole_cohort=bool(set(job.by_row) & set(job.index.statistics)),
                                            ranks="ranking" in job.by_row)
    frame = _ranked(frame, job)
    rank = [nw.col("rank")] if job.index.method.ranking else []
    result = frame.select(*(nw.col(name) for name in job.keep), *shown(job.points, job.program, states, display=display), *lost_shown(job.lost), *rank)
    return _Scored(frame=result, exact_rows=exact_rows)


def _for_rows(job: _Job) -> list[str]:
    """Return the columns that rows scored one by one take with them: their number, and the statistics of their block."""
    if job.kind.lazy:
        return []
    return [ROW, *(f"{part}:{name}{end}" for name in job.source.statistics for part, end in (("statistic", ":above"), ("statistic", ":below"), ("known", "")))]


def _ranked(frame: Any, job: _Job) -> Any:
    """Return a frame with ranks, where the method ranks."""
    import narwhals as nw

    if job.index.method.ranking is None:
        return frame
    is_ranked = nw.col(COMPLETE) & ~nw.col(UNDECIDED) & nw.col(IS_RANKED)
    return with_ranks(frame.with_columns(is_ranked.alias(RANKED)), job.program, [BLOCK])


# ------------------------------------------------------------------ what is refused


def _too_large(name: str) -> Finding:
    return Finding(
        code="numbers-too-large",
        place=Place(where=name),
        reason=Text("khoảng giá trị của các số liệu quá rộng để tính chính xác theo cột (vượt 2^53)",
                    "the ranges of its facts are too wide to be exact in columns (beyond 2^53)"),
        remedy=Text("thu hẹp `range` của các số liệu, hoặc chấm từng đơn vị", "narrow the `range` of its facts, or score one unit at a time"),
    )


def _not_in_columns(name: str) -> Finding:
    return Finding(
        code="not-in-columns",
        place=Place(where=name),
        reason=Text("không tính được theo cột: phải tính từng dòng", "it cannot be worked out in columns, only row by row"),
        remedy=Text("thêm `collect=True` để đưa dữ liệu vào bộ nhớ", "add `collect=True` to bring the data into memory"),
    )

