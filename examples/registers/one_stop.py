"""A synthetic one-stop register of any size: dossiers received, due and returned, with the gaps that real registers have.

    python examples/registers/one_stop.py --rows 20000 -o dossiers.parquet

Everything is invented and comes from a seed: the same seed gives the same register. It is written piece by piece, so
that the size of the file is no matter of memory; CSV or Parquet, as the file's name ends. Needs ``cchc-rules[columns]``.
"""

import argparse
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

YEAR = 2030
PIECE = 250_000
PROCEDURES = 120
TERMS = (3, 5, 7, 10, 15, 20)
"""Terms of procedures in working days."""
FIRST = dt.date(YEAR, 1, 1)
COLUMNS = ("dossier", "unit", "procedure", "level", "received", "due", "returned", "channel", "result_by_post", "fee")


def pieces(rows: int, units: int, seed: int) -> Iterator[pl.DataFrame]:
    """Yield the register piece by piece."""
    for start in range(0, rows, PIECE):
        yield piece(start, min(PIECE, rows - start), units, seed + start // PIECE)


def piece(start: int, rows: int, units: int, seed: int) -> pl.DataFrame:
    """Return some rows of the register: what a clerk typed, and what a clerk forgot."""
    draws = {name: pl.Series(name, pc.random(rows, initializer=seed * 31 + place)) for place, name in enumerate(DRAWS)}
    known = pl.DataFrame(draws).with_columns(pl.int_range(start + 1, start + rows + 1).alias("number"))
    return known.with_columns(*SETTLED).with_columns(*DATED).select(*(_typed(units)))


DRAWS = ("unit", "procedure", "day", "pace", "late", "channel", "post", "fee", "level", "gap")

_procedure = (pl.col("procedure") ** 2 * PROCEDURES).cast(pl.Int32)  # a few procedures have most of the dossiers
SETTLED = (
    _procedure.alias("kind"),
    (_procedure % len(TERMS)).replace_strict(dict(enumerate(TERMS)), return_dtype=pl.Int32).alias("term"),
    (pl.lit(FIRST) + pl.duration(days=(pl.col("day") * 375 - 10).floor().cast(pl.Int64))).alias("received"),
)
_weeks = pl.col("term") * 7 // 5 + 1
_taken = pl.when(pl.col("late") < 0.07).then(_weeks * (1 + pl.col("pace"))).otherwise(_weeks * pl.col("pace"))
DATED = (
    (pl.col("received") + pl.duration(days=_weeks)).alias("due"),
    (pl.col("received") + pl.duration(days=_taken.floor().cast(pl.Int64))).alias("returned"),
)


def _typed(units: int) -> Iterator[pl.Expr]:
    """Yield the columns as they stand in the register: most of them whole, some with a gap or a slip."""
    gap = pl.col("gap")
    width = max(2, len(str(units)))
    unit = (pl.col("unit") ** 1.5 * units).cast(pl.Int64) + 1
    named = pl.format("xa-{}", unit.cast(pl.String).str.zfill(width))
    yield pl.format("HS-{}-{}", pl.lit(YEAR), pl.col("number").cast(pl.String).str.zfill(9)).alias("dossier")
    yield pl.when(gap < 0.0002).then(None).when(gap < 0.0007).then(pl.lit("xa-cu")).otherwise(named).alias("unit")
    yield pl.format("TT-{}", (pl.col("kind") + 1).cast(pl.String).str.zfill(3)).alias("procedure")
    yield pl.when(pl.col("level") < 0.2).then(pl.lit("none")).when(pl.col("level") < 0.6).then(pl.lit("partial")).otherwise(pl.lit("full")).alias("level")
    yield pl.col("received")
    yield pl.when(gap.is_between(0.001, 0.004)).then(None).otherwise(pl.col("due")).alias("due")
    open_ = pl.col("returned") > pl.lit(dt.date(YEAR + 1, 1, 15))  # the day on which the register was written out
    yield pl.when(open_).then(None).otherwise(pl.col("returned")).alias("returned")
    channel = pl.when(pl.col("channel") < 0.55).then(pl.lit("online")).when(pl.col("channel") < 0.95).then(pl.lit("counter")).otherwise(pl.lit("post"))
    yield pl.when(gap.is_between(0.004, 0.006)).then(None).when(gap.is_between(0.006, 0.0065)).then(pl.lit("truc tuyen")).otherwise(channel).alias("channel")
    yield pl.when(gap.is_between(0.0065, 0.009)).then(None).otherwise(pl.col("post") < 0.12).alias("result_by_post")
    yield pl.when(pl.col("fee") < 0.5).then(0).otherwise((pl.col("fee") * 100).cast(pl.Int64) * 1000).alias("fee")


def write(path: Path, rows: int, units: int, seed: int) -> None:
    """Write the register to a file, piece by piece."""
    schema = next(pieces(1, units, seed)).to_arrow().schema
    writer: pa.csv.CSVWriter | pa.parquet.ParquetWriter
    with (pa.csv.CSVWriter(path, schema) if path.suffix == ".csv" else pa.parquet.ParquetWriter(path, schema)) as writer:
        for each in pieces(rows, units, seed):
            writer.write_table(each.to_arrow())


def main() -> None:
    """Read the command line and write the register."""
    parser = argparse.ArgumentParser(description="Writes a synthetic one-stop register of dossiers.")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--units", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, required=True, help="a file that ends in .csv or .parquet")
    options = parser.parse_args()
    write(options.output, options.rows, options.units, options.seed)
    print(f"{options.output}: {options.rows} synthetic dossiers of {options.units} units")


if __name__ == "__main__":
    main()
