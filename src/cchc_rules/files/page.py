"""Where text for a terminal goes: the language, the width, and how numbers and tables are set."""

import io
from fractions import Fraction
from typing import Any

from attrs import frozen

from cchc_rules.base.exact import format_number
from cchc_rules.base.texts import Language

WIDTH = 110
RIGHT: dict[str, Any] = {"justify": "right", "no_wrap": True}
"""How a column of numbers stands."""


@frozen(kw_only=True)
class Page:
    """Where text goes: the language, the width, and whether colour can be shown."""

    language: Language
    width: int = WIDTH
    colour: bool = False

    def say(self, vi: str, en: str) -> str:
        """Return the words of the page's language."""
        return vi if self.language == "vi" else en

    def number(self, value: Fraction | None) -> str:
        """Return a number, a dash where there is none."""
        return "–" if value is None else format_number(value, self.language)

    def signed(self, value: Fraction, places: int | None = None) -> str:
        """Return a change with its sign."""
        text = format_number(abs(value), self.language, places).removeprefix("≈ ")
        return f"{'+' if value > 0 else '−' if value < 0 else ''}{text}"

    def percent(self, share: Fraction) -> str:
        """Return a part of 1 as per cent with two decimals, as results are published."""
        return format_number(share * 100, self.language, 2).removeprefix("≈ ") + "%"

    def print(self, *parts: object) -> str:
        """Return strings and rich tables as one text, without blanks at the ends of lines."""
        from rich.console import Console

        out = io.StringIO()
        console = Console(file=out, width=self.width, color_system="standard" if self.colour else None,
                          force_terminal=self.colour, legacy_windows=False, highlight=False, markup=False, emoji=False)
        for part in parts:
            console.print(part)
        return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"

    def table(self, *columns: tuple[str, dict[str, Any]]) -> Any:
        """Return an empty table; each column is its heading and rich's own options."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=False, padding=(0, 1))
        for heading, options in columns:
            table.add_column(heading, **options)
        return table
