"""The log as files (c2sp.org/tlog-tiles): from these alone every entry is read and every proof is made.

    checkpoint                    the signed size and root
    key                           what the signature is checked with (not part of the format)
    tile/<level>/<n>[.p/<width>]  256 hashes that stand side by side, 8 levels of the tree above the next
    tile/entries/<n>[.p/<width>]  the 256 leaves under a tile of level 0, each after its length in 2 bytes

A number is in groups of three digits, all but the last after an x: 1234067 is x001/x234/067. At the right
edge a tile has fewer hashes, and its width in its name; full tiles never change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from academe.services.credential.log.model import Leaf

WIDTH = 256
"""Hashes, or leaves, in a full tile."""

HEIGHT = 8
"""Levels of the tree between two levels of tiles: a full tile folds into one hash of the next."""

_PATH = re.compile(
    r"(entries|0|[1-9]|[1-5]\d|6[0-3])/((?:x\d{3}/){0,4}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile by its place; the level is that of tiles, or None for a bundle of leaves."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Below tile/."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"{level}/{'/'.join(groups)}{partial}"

    @property
    def start(self) -> int:
        """Of its hashes or leaves, the index of the first within their level of the tree."""
        return self.index * WIDTH


def tile_of(path: str) -> Tile | None:
    """The tile that a path names, or None. A path has one spelling."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level, groups, width = match.groups()
    index = int(groups.replace("x", "").replace("/", ""))
    tile = Tile(None if level == "entries" else int(level), index, int(width or WIDTH))
    return tile if tile.path == path else None


def tiles_of(tree_size: int) -> Iterator[Tile]:
    """The tiles of a tree of this many leaves, each once, the leaves first."""
    yield from _row(None, tree_size)
    level, hashes = 0, tree_size
    while hashes:
        yield from _row(level, hashes)
        level, hashes = level + 1, hashes >> HEIGHT


def bundle(leaves: Sequence[Leaf]) -> bytes:
    """Leaves as they are in an entry bundle."""
    return b"".join(len(data).to_bytes(2, "big") + data for data in (leaf.data for leaf in leaves))


def _row(level: int | None, count: int) -> Iterator[Tile]:
    full, rest = divmod(count, WIDTH)
    for index in range(full):
        yield Tile(level, index)
    if rest:
        yield Tile(level, full, rest)
