"""Files of the log have the names and widths of the specification."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.services.credential.log.model import Leaf, LogEvent
from academe.services.credential.log.tiles import Tile, bundle, tile_of, tiles_of


def test_the_example_of_the_specification() -> None:
    """70,000 leaves: 273 full tiles and one of 112, then one full and one of 17, and above these one of 1."""
    tiles = list(tiles_of(70_000))
    widths = Counter((tile.level, tile.width) for tile in tiles)

    assert widths == {
        (None, 256): 273,
        (None, 112): 1,
        (0, 256): 273,
        (0, 112): 1,
        (1, 256): 1,
        (1, 17): 1,
        (2, 1): 1,
    }
    assert [tile.path for tile in tiles[-3:]] == ["1/000", "1/001.p/17", "2/000.p/1"]
    assert len({tile.path for tile in tiles}) == len(tiles)


def test_a_full_tile_has_one_above_it() -> None:
    """256 leaves: one full tile, and one of a single hash; no leaves, no tiles."""
    assert [tile.path for tile in tiles_of(256)] == ["entries/000", "0/000", "1/000.p/1"]
    assert list(tiles_of(0)) == []


def test_a_number_in_a_path() -> None:
    """Groups of three digits, the last without an x."""
    assert Tile(0, 1_234_067).path == "0/x001/x234/067"
    assert Tile(None, 5, 9).path == "entries/005.p/9"


@given(
    st.builds(
        Tile,
        st.none() | st.integers(0, 63),
        st.integers(0, 10**15 - 1),
        st.integers(1, 256),
    )
)
def test_a_path_names_its_tile(tile: Tile) -> None:
    """There and back."""
    assert tile_of(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/0",
        "0/000/",
        "00/000",
        "64/000",
        "-1/000",
        "0/x000/001",
        "0/001/002",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000 ",
        "0/٠٠٠",
        "entries/x001/x001/x001/x001/x001/001",
        "data/000",
        "../key",
        "0/../key",
    ],
)
def test_a_path_has_one_spelling(path: str) -> None:
    """What is spelt otherwise names nothing."""
    assert tile_of(path) is None


def test_a_bundle_is_read_leaf_by_leaf() -> None:
    """Each leaf comes after its length in two bytes."""
    leaves = [Leaf(i, LogEvent.SUSPEND, bytes(32), datetime(2027, 1, 1 + i, tzinfo=UTC)) for i in range(3)]

    rest, found = bundle(leaves), []
    while rest:
        length = int.from_bytes(rest[:2], "big")
        found.append(rest[2 : 2 + length])
        rest = rest[2 + length :]

    assert found == [leaf.data for leaf in leaves]
