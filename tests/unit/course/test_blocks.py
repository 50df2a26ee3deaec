"""Blocks: stored to the byte, served without what runs, edited without loss."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.services.course.lessons.blocks import (
    Block,
    GivenBlock,
    Html,
    Placeholder,
    Video,
    blocks_of,
    content_of,
    identified,
    served,
    with_sources,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
CONTENTS = st.one_of(
    st.builds(Html, TEXTS),
    st.builds(Video, st.lists(TEXTS, max_size=3).map(tuple), TEXTS),
    st.builds(Placeholder, TEXTS, TEXTS),
)
SOURCES = st.none() | st.dictionaries(TEXTS, TEXTS, max_size=2)
BLOCKS = st.lists(
    st.builds(Block, st.uuids(), TEXTS, CONTENTS, SOURCES), max_size=4, unique_by=lambda block: block.block_id
).map(tuple)

HOSTILE = Html('<p onclick="x()">a</p><script>y()</script>')


@given(BLOCKS)
def test_what_is_stored_is_read_back(blocks: tuple[Block, ...]) -> None:
    """Every text of Unicode, U+0000 included."""
    content = content_of(blocks)

    assert blocks_of(content.body) == blocks
    assert content_of(blocks_of(content.body)) == content
    assert len(content.content_hash) == 32


@given(BLOCKS, BLOCKS)
def test_equal_hashes_mean_equal_blocks(one: tuple[Block, ...], other: tuple[Block, ...]) -> None:
    """The hash stands for the content, nothing more and nothing less."""
    assert (content_of(one).content_hash == content_of(other).content_hash) == (one == other)


def test_lone_surrogates_are_stored_as_something() -> None:
    """JSON in archives can smuggle them in; UTF-8 has none."""
    content = content_of([Block(new_id(), "\ud800", Html("a\udfffb"))])

    assert blocks_of(content.body)[0].content == Html("a?b")


def test_a_kind_of_a_later_version_is_an_error() -> None:
    """Not silently an empty lesson."""
    body = json.dumps([{"block_id": str(new_id()), "title": "", "kind": "hologram"}]).encode()

    with pytest.raises(ValueError, match="hologram"):
        blocks_of(body)


@given(BLOCKS)
def test_what_is_served_has_no_source_and_is_served_as_it_is(blocks: tuple[Block, ...]) -> None:
    """Answers never leave, and sanitising what was sanitised changes nothing."""
    shown = served(blocks)

    assert [block.source for block in shown] == [None] * len(blocks)
    assert [block.block_id for block in shown] == [block.block_id for block in blocks]
    assert served(shown) == shown


def test_what_runs_is_not_served() -> None:
    """In texts and placeholders."""
    blocks = [Block(new_id(), "", HOSTILE), Block(new_id(), "", Placeholder("poll", HOSTILE.html))]

    assert [block.content for block in served(blocks)] == [Html("<p>a</p>"), Placeholder("poll", "<p>a</p>")]


@given(BLOCKS)
def test_blocks_that_come_back_as_served_are_what_they_were(blocks: tuple[Block, ...]) -> None:
    """Reading and writing loses nothing, sources and unsafe HTML included."""
    shown = served(blocks)

    assert with_sources(shown, blocks, shown) == blocks


def test_an_edited_block_keeps_what_its_import_knew() -> None:
    """Its own source, not a neighbour's; a block that became another kind has none."""
    answers = {"xml": "<problem/>"}
    before = [Block(new_id(), "", Placeholder("problem", "?"), answers), Block(new_id(), "", HOSTILE)]
    shown = served(before)
    edited = replace(shown[0], content=Placeholder("problem", "What?"))
    other_kind = replace(shown[0], content=Html("What?"))
    new = Block(new_id(), "", Html("New"))

    assert with_sources([edited, new], before, shown) == (replace(edited, source=answers), new)
    assert with_sources([other_kind], before, shown) == (other_kind,)


def test_new_blocks_get_ids_and_given_ones_stay() -> None:
    """In the order in which they came."""
    known = new_id()
    first, second = identified([GivenBlock(None, "a", HOSTILE), GivenBlock(known, "b", HOSTILE)])

    assert isinstance(first.block_id, UUID)
    assert first.block_id.version == 7
    assert second.block_id == known


def test_one_id_twice_is_refused() -> None:
    """The second is named."""
    known = new_id()
    with pytest.raises(InvalidArgument) as refusal:
        identified(
            [GivenBlock(known, "", HOSTILE), GivenBlock(None, "", HOSTILE), GivenBlock(known, "", HOSTILE)]
        )

    assert refusal.value.violations[0].field == "lesson.blocks[2].block_id"
