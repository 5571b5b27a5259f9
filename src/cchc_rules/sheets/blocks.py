"""The text of a TOML file in blocks, one a table, with the comments that belong to each: moved, added and dropped whole.

A comment directly above a table's header goes with the table; one that stands by itself between blank lines
is a heading of the file and stays where it is.
"""

import re
from collections import Counter
from collections.abc import Sequence

from attrs import evolve, frozen

_TOKEN = re.compile(
    r'"""(?:\\[\s\S]|(?!""")[\s\S])*"{3,5}' r"|'''(?:(?!''')[\s\S])*'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'" r"|#[^\n]*" r"|[\[\]{}]|\n"
)
_HEADER = re.compile(r"""[ \t]*(\[\[?)[ \t]*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))[ \t]*([.\]])""")


@frozen(kw_only=True)
class Block:
    """One table with all that lies below its header; ``heading`` stands above it by itself, ``gap`` are the blank lines below.

    ``listed`` tells a table of a list from a plain one.
    """

    name: str
    listed: bool = True
    heading: str = ""
    text: str
    gap: str = ""


@frozen(kw_only=True)
class Layout:
    """A file as what stands before its first table, its blocks, and what stands after the last."""

    preamble: str
    blocks: tuple[Block, ...]
    epilogue: str = ""

    def text(self) -> str:
        """Return the file's text."""
        return self.preamble + "".join(each.heading + each.text + each.gap for each in self.blocks) + self.epilogue

    def listed(self, name: str) -> list[Block]:
        """Return the blocks of one list."""
        return [each for each in self.blocks if each.name == name and each.listed]


def layout_of(text: str) -> Layout:
    """Return the blocks of a TOML text; put together again they are the text."""
    starts = _headers(text)
    if not starts:
        return Layout(preamble=text, blocks=())
    core, gap, heading, lead = _tail(text[: starts[0][0]], last=False)
    preamble = core + gap
    ends = [at for at, _, _ in starts[1:]] + [len(text)]
    blocks: list[Block] = []
    for (start, name, listed), end in zip(starts, ends, strict=True):
        core, gap, next_heading, next_lead = _tail(text[start:end], last=end == len(text))
        blocks.append(Block(name=name, listed=listed, heading=heading, text=lead + core, gap=gap))
        heading, lead = next_heading, next_lead
    return Layout(preamble=preamble, blocks=tuple(blocks), epilogue=heading + lead)


def _headers(text: str) -> list[tuple[int, str, bool]]:
    """Return where each table begins that is none inside another: position, name, whether it is of a list."""
    found: list[tuple[int, str, bool]] = []
    for start in _open_lines(text):
        header = _HEADER.match(text, start)
        if header is None:
            continue
        name = next(each for each in header.groups()[1:4] if each is not None)
        if header[5] == "]" or not found or found[-1][1] != name:
            found.append((start, name, header[1] == "[["))
    return found


def _open_lines(text: str) -> list[int]:
    """Return where lines begin that lie inside no string and no brackets."""
    starts, depth = [0], 0
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "\n" if depth == 0:
                starts.append(token.end())
            case _:
                pass
    return starts


def _tail(region: str, *, last: bool) -> tuple[str, str, str, str]:
    """Return a region as what its table says, the blank lines behind, a heading by itself, and the comment above what follows."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", region)
    opened = set(_open_lines(region))
    at, end = len(region), len(lines)
    while end and (at - len(lines[end - 1])) in opened and lines[end - 1].strip()[:1] in ("", "#"):
        end -= 1
        at -= len(lines[end])
    tail = lines[end:]
    lead = len(tail)
    while not last and lead and tail[lead - 1].strip():
        lead -= 1
    middle = tail[:lead]
    own = next((index for index, line in enumerate(middle) if not line.strip()), len(middle))
    after = next((index for index in range(own, len(middle)) if middle[index].strip()), len(middle))
    parts = (lines[:end] + middle[:own], middle[own:after], middle[after:], tail[lead:])
    core, gap, heading, above = map("".join, parts)
    return core, gap, heading, above


# ------------------------------------------------------------------ changed


def rearranged(layout: Layout, name: str, wanted: Sequence[str | int], before: Sequence[str]) -> Layout:
    """Return a layout whose list is as wanted: the number of a block that is there, or the text of a new one.

    Blocks that are not wanted go. Where the list has none yet it begins before the first block that has one of the names ``before``.
    """
    blocks = list(layout.blocks)
    places = [at for at, each in enumerate(blocks) if each.name == name and each.listed]
    kept = [each for each in wanted if isinstance(each, int)]
    texts = [blocks[places[each]].text for each in kept]
    slots = [places[each] for each in sorted(kept)]
    moved = kept != sorted(kept)
    for at, text in zip(slots, texts, strict=True):
        blocks[at] = evolve(blocks[at], text=_ended(text) if moved else text)
    new = _new_after(wanted, slots)
    first = next((at for at, each in enumerate(blocks) if each.name in before), len(blocks)) if not slots else slots[0]
    return _spliced(layout, blocks, frozenset(places) - frozenset(slots), {first - 1 if at is None else at: each for at, each in new.items()},
                    at_front=name if slots else "")


def _new_after(wanted: Sequence[str | int], slots: Sequence[int]) -> dict[int | None, list[str]]:
    """Return the new texts by the slot that they follow."""
    found: dict[int | None, list[str]] = {}
    passed = 0
    for each in wanted:
        if isinstance(each, int):
            passed += 1
        else:
            found.setdefault(slots[passed - 1] if passed else None, []).append(each)
    return found


def _spliced(layout: Layout, blocks: list[Block], dropped: frozenset[int], added: dict[int, list[str]], at_front: str) -> Layout:
    """Return the layout without some blocks and with new ones; a heading of what is dropped stays for what follows."""
    made: list[Block] = []
    heading = ""

    def put(block: Block) -> None:
        nonlocal heading
        made.append(evolve(block, heading=heading + block.heading))
        heading = ""

    for at in range(-1, len(blocks)):
        if at >= 0 and at in dropped:
            heading += blocks[at].heading
        elif at >= 0:
            put(blocks[at])
        for text in added.get(at, ()):
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            if following is not None and at_front == following.name and not any(each.name == at_front for each in made):
                heading += following.heading
                blocks[at + 1] = evolve(following, heading="")
            if made:
                made[-1] = evolve(made[-1], text=_ended(made[-1].text), gap=made[-1].gap or "\n")
            put(Block(name="", text=text, gap="\n"))
    if made and not layout.epilogue and not heading:
        made[-1] = evolve(made[-1], gap=blocks[-1].gap if blocks else "")
    return Layout(preamble=layout.preamble, blocks=tuple(made), epilogue=heading + layout.epilogue)


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


# ------------------------------------------------------------------ comments


def comments_in(text: str) -> list[str]:
    """Return the comments of a TOML text."""
    return [token[0].rstrip() for token in _TOKEN.finditer(text) if token[0].startswith("#")]


def with_comments_of(old: str, new: str) -> str:
    """Return a block's new text with the comments that went with what was changed, at its end."""
    lost = Counter(comments_in(old)) - Counter(comments_in(new))
    return _ended(new) + "".join(f"{each}\n" for each in lost.elements())
