"""For analysts of a whole country: communes scored at once, ranked by block, and how far ranks hang on the weights.

The communes and all their facts are invented, and so is the method, which lies as data in ``plugins/two_blocks``.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import polars as pl
from rich.console import Console
from rich.progress import track

import cchc_rules as cchc

PLUGIN = Path(__file__).parent / "plugins" / "two_blocks"
LEAST, SPREAD = 15, 40
"""Every field weighs at least so many per cent; what is left of a hundred is spread at random."""
BEST = 10
AT_ONCE = 25
Weights = Mapping[str, int]
Item = TypeVar("Item")


# ------------------------------------------------------------------ invented communes


def communes(index: cchc.Index, count: int, chance: random.Random) -> pl.DataFrame:
    """Return so many invented communes, each with its block and all facts that the method asks for."""
    blocks = [block.id for block in index.method.blocks]
    return pl.DataFrame(
        [
            {"unit": f"xa-mau-{number:04}", "block": chance.choice(blocks), **facts_of(index, chance)}
            for number in watched(range(1, count + 1), "Inventing communes")
        ]
    )


def facts_of(index: cchc.Index, chance: random.Random) -> dict[str, object]:
    """Return invented facts of one commune, which is better at one field than at another."""
    found: dict[str, object] = {}
    for edition in index.editions:
        level = chance.randint(55, 99)
        for criterion in edition.criteria:
            found |= facts_of_criterion(criterion.form, min(100, max(0, level + chance.randint(-20, 12))), chance)
    return found


def facts_of_criterion(form: cchc.Form | None, level: int, chance: random.Random) -> dict[str, object]:
    """Return invented facts for one criterion, by its form; the higher the level, the better they are."""
    match form:
        case cchc.forms.Violations(each=kinds):
            return {kind.fact: chance.randint(0, 100 - level) // 8 for kind in kinds}
        case cchc.forms.Checklist(items=items):
            return {item.fact: chance.randint(0, 99) < level for item in items}
        case cchc.forms.Share(of=rate) | cchc.forms.Bands(of=rate) if rate.whole:
            whole = chance.randint(20, 4000)
            return {str(rate.part): whole * level // 100, str(rate.whole): whole}
        case cchc.forms.Bands(of=rate):
            return {rate.fact: Decimal(level * 10 + chance.randint(-9, 0)) / 10}
    raise ValueError(form)


# ------------------------------------------------------------------ weightings


def weightings(fields: Sequence[str], count: int, chance: random.Random) -> Iterator[Weights]:
    """Yield so many ways to weigh the fields, each in whole per cent that add up to a hundred."""
    for _ in range(count):
        cuts = sorted(chance.randint(0, SPREAD) for _ in fields[1:])
        parts = [after - before for before, after in pairwise([0, *cuts, SPREAD])]
        yield {field: LEAST + part for field, part in zip(fields, parts, strict=True)}


def totals(scored: cchc.ScoredFrame, weights: Sequence[Weights]) -> pl.DataFrame:
    """Return the total of every commune under each of several weightings, and its rank there within its block.

    All fields have the same maximum, so that a total is the sum of weight × points: whole numbers, exact.
    """
    points = scored.frame.select("unit", "block", *(pl.col(f"{field}:points").alias(field) for field in weights[0]))
    each = pl.DataFrame([{"weighting": place, **{f"{field}:weight": weight for field, weight in one.items()}} for place, one in enumerate(weights)])
    total = pl.sum_horizontal(pl.col(field) * pl.col(f"{field}:weight") for field in weights[0])
    found = each.join(points, how="cross").select("weighting", "unit", "block", total.alias("total"))
    return found.with_columns(pl.col("total").rank("min", descending=True).over("weighting", "block").alias("rank"))


def times_among_the_best(scored: cchc.ScoredFrame, weights: Sequence[Weights]) -> pl.DataFrame:
    """Return how often each commune is among the best of its block; a part of the weightings at a time is in memory."""
    found = [
        totals(scored, chunk).filter(pl.col("rank") <= BEST).group_by("unit").len("times")
        for chunk in watched([weights[start : start + AT_ONCE] for start in range(0, len(weights), AT_ONCE)], "Weighing anew")
    ]
    units: pl.DataFrame = scored.frame.select("unit", "block", "rank", "total:shown")
    return units.join(
        pl.concat(found).group_by("unit").agg(pl.col("times").sum()), on="unit", how="left"
    ).with_columns(pl.col("times").fill_null(0))


# ------------------------------------------------------------------ what is shown


def watched(items: Sequence[Item], words: str) -> Iterator[Item]:
    """Yield items with a bar that shows how far it is, where somebody looks on."""
    yield from track(items, words, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def tell(index: cchc.Index, scored: cchc.ScoredFrame, often: pl.DataFrame, scenarios: int) -> None:
    """Print what an analyst asks first."""
    print(f"{scored.frame.height} communes, {sum(len(each.criteria) for each in index.editions)} criteria; "
          f"rows that only fractions could decide: {scored.exact_rows}")
    for block in index.method.blocks:
        best = often.filter(pl.col("block") == block.id, pl.col("rank") <= BEST).sort("rank", "unit")
        ever = often.filter(pl.col("block") == block.id, pl.col("times") > 0)
        print(f"\n{block.label.en}\nrank  commune        total  among the best {BEST} in {scenarios} weightings")
        for row in best.iter_rows(named=True):
            print(f"{row['rank']:>4}  {row['unit']:<12} {row['total:shown']:>7.2f}  {row['times']:>6}")
        print(f"In all weightings: {ever.filter(pl.col('times') == scenarios).height}; in some: {ever.height}")


def chart(index: cchc.Index, often: pl.DataFrame, scenarios: int, path: Path) -> None:
    """Draw how often each commune is among the best of its block, as SVG; needs the extra ``charts``."""
    import altair as alt

    labels = {block.id: block.label.en for block in index.method.blocks}
    shown = often.with_columns(pl.col("block").replace(labels)).filter(pl.col("times") > 0).sort("times", descending=True).group_by("block", maintain_order=True).head(2 * BEST)
    bars = (
        alt.Chart(alt.InlineData(values=shown.to_dicts()))
        .mark_bar()
        .encode(
            x=alt.X("times:Q", title=f"weightings of {scenarios}", scale=alt.Scale(domain=[0, scenarios])),
            y=alt.Y("unit:N", sort="-x", title=None),
            color=alt.Color("block:N", legend=None),
        )
        .properties(width=420)
    )
    bars.facet(row=alt.Row("block:N", title=None)).resolve_scale(y="independent").properties(
        title=f"How often a commune is among the best {BEST} of its block"
    ).save(path)


def at_least_one(text: str) -> int:
    """Return a number from the command line."""
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def main() -> None:
    """Invent, score, weigh anew, tell."""
    parser = argparse.ArgumentParser(description="Score invented communes and weigh the fields anew, again and again.")
    parser.add_argument("--units", type=at_least_one, default=3321, help="how many communes (3321)")
    parser.add_argument("--scenarios", type=at_least_one, default=1000, help="how many weightings of the fields (1000)")
    parser.add_argument("--seed", type=int, default=2030, help="the same number gives the same communes (2030)")
    parser.add_argument("--chart", type=Path, help="draw a chart into this .svg file")
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - facts are invented, nothing is kept secret
    index = cchc.load_registry([PLUGIN]).index_named("example.two-blocks/2030")
    scored = cchc.score_frame(index, communes(index, options.units, chance), display=True)
    weights = list(weightings([field.field for field in index.method.fields], options.scenarios, chance))
    often = times_among_the_best(scored, weights)
    tell(index, scored, often, options.scenarios)
    if options.chart is not None:
        chart(index, often, options.scenarios, options.chart)
        print(f"\nDrawn: {options.chart.name}")


if __name__ == "__main__":
    main()
