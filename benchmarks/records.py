"""Records into facts against queries written by hand: the same facts over the same Parquet file, on DuckDB and on Polars.

    python benchmarks/records.py --rows 10000000

The register is synthetic (``examples/registers/one_stop.py``). What is written by hand counts the facts alone; the
engine also counts the rows that cannot be used, for each fact and unit. Runs of both take turns, so that a busy
machine slows both; what is printed are the medians and their ratio. The facts of all units are compared first.
"""

import argparse
import datetime as dt
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
from attrs import evolve

import cchc_rules as cchc
from cchc_rules.calendars import Calendar
from cchc_rules.records.facts import facts_from_records

ROOT = Path(__file__).parent.parent
FACTS = ("dossiers_settled", "dossiers_on_time", "dossiers_quick", "dossiers_received", "dossiers_online", "results_by_post", "procedures_in_use", "fees")
YEAR = (dt.date(2030, 1, 1), dt.date(2030, 12, 31))
Run = Callable[[], list[tuple[object, ...]]]

BY_HAND = """
SELECT register.unit,
  count(*) FILTER (returned BETWEEN $first AND $last),
  count(*) FILTER (returned BETWEEN $first AND $last AND returned <= due),
  count(*) FILTER (returned BETWEEN $first AND $last AND until.worked - since.worked <= 5),
  count(*) FILTER (received BETWEEN $first AND $last),
  count(*) FILTER (received BETWEEN $first AND $last AND channel = 'online' AND level IN ('partial', 'full')),
  count(*) FILTER (returned BETWEEN $first AND $last AND result_by_post),
  count(DISTINCT procedure) FILTER (received BETWEEN $first AND $last),
  coalesce(sum(fee) FILTER (received BETWEEN $first AND $last AND channel = 'online'), 0)::BIGINT
FROM read_parquet($file) AS register
LEFT JOIN calendar AS until ON until.day = returned
LEFT JOIN calendar AS since ON since.day = received
WHERE register.unit IS NOT NULL
GROUP BY register.unit ORDER BY register.unit
"""


def worked_days(calendar: Calendar) -> pl.DataFrame:
    """Return how many days are worked up to each day of a calendar."""
    days = pl.date_range(*calendar.covers, eager=True)
    return pl.DataFrame({"day": days, "worked": pl.Series([int(calendar.is_working(day)) for day in days]).cum_sum()})


def on_duckdb(index: cchc.Index, file: Path, connection: duckdb.DuckDBPyConnection) -> tuple[Run, Run]:
    """Return the engine's run and the one by hand, on DuckDB."""
    calendar = worked_days(index.calendars["example-work"]).to_arrow()
    connection.register("given", calendar)
    connection.execute("CREATE TABLE calendar AS SELECT * FROM given")
    given = {"first": YEAR[0], "last": YEAR[1], "file": file.as_posix()}
    ours: Run = lambda: facts_from_records(index, "one_stop", connection.read_parquet(file.as_posix())).frame.select("unit", *FACTS).fetchall()  # noqa: E731 - two runs, side by side
    hand: Run = lambda: connection.execute(BY_HAND, given).fetchall()  # noqa: E731 - as above
    return ours, hand


def on_polars(index: cchc.Index, file: Path) -> tuple[Run, Run]:
    """Return the engine's run and the one by hand, on Polars."""
    calendar = worked_days(index.calendars["example-work"]).lazy()
    settled, received = (pl.col(name).is_between(*YEAR) for name in ("returned", "received"))

    def ours() -> list[tuple[object, ...]]:
        frame: pl.LazyFrame = facts_from_records(index, "one_stop", pl.scan_parquet(file)).frame
        return frame.select("unit", *FACTS).collect(engine="streaming").rows()

    def hand() -> list[tuple[object, ...]]:
        register = pl.scan_parquet(file).filter(pl.col("unit").is_not_null())
        for date, name in (("returned", "until"), ("received", "since")):
            register = register.join(calendar.rename({"day": date, "worked": name}), on=date, how="left")
        return register.group_by("unit").agg(
            settled.sum().alias("settled"),
            (settled & (pl.col("returned") <= pl.col("due"))).sum().alias("on time"),
            (settled & (pl.col("until") - pl.col("since") <= 5)).sum().alias("quick"),
            received.sum().alias("received "),
            (received & (pl.col("channel") == "online") & pl.col("level").is_in(["partial", "full"])).sum().alias("online"),
            (settled & pl.col("result_by_post")).sum().alias("by post"),
            pl.col("procedure").filter(received).n_unique().alias("procedures"),
            pl.col("fee").filter(received & (pl.col("channel") == "online")).sum().alias("fees"),
        ).sort("unit").collect(engine="streaming").rows()

    return ours, hand


def medians(runs: tuple[Run, Run], rounds: int) -> list[float]:
    """Return the median of each run in seconds, taken in turns."""
    found: list[list[float]] = [[], []]
    for _ in range(rounds):
        for place, run in enumerate(runs):
            start = time.perf_counter()
            run()
            found[place].append(time.perf_counter() - start)
    return [statistics.median(each) for each in found]


def main() -> None:
    """Make the register, compare the facts, print the table."""
    parser = argparse.ArgumentParser(description="Records into facts against queries written by hand.")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--units", type=int, default=3_321)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    index = cchc.load_index("example.one-stop", 2030, plugins=[ROOT / "examples" / "plugins"])
    index = evolve(index, method=evolve(index.method, units=()))  # whatever units the register names
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "dossiers.parquet"
        subprocess.run([sys.executable, ROOT / "examples/registers/one_stop.py", "--rows", str(options.rows), "--units", str(options.units), "-o", file], check=True)
        connection = duckdb.connect(config={"threads": options.threads})
        peers = {"DuckDB": on_duckdb(index, file, connection), "Polars": on_polars(index, file)}
        print(f"{options.rows} rows, {options.units} units, {len(FACTS)} facts, duckdb {duckdb.__version__}, polars {pl.__version__}")
        print(f"{'':10}{'engine':>10}{'by hand':>10}{'ratio':>8}")
        for name, runs in peers.items():
            if runs[0]() != runs[1]():
                sys.exit(f"{name}: the facts differ")
            engine, hand = medians(runs, options.rounds)
            print(f"{name:10}{engine:9.2f}s{hand:9.2f}s{engine / hand:8.2f}")


if __name__ == "__main__":
    main()
