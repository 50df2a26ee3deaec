"""Many items submitted by one caller: `GroupCommit.submit_all`."""

from __future__ import annotations

import asyncio

import pytest

from academe.db.group_commit import GroupCommit
from academe.errors import InvalidArgument, Overloaded
from tests.integration.db.held import HeldBatches, group_of, turns


async def test_each_item_has_its_outcome_in_order() -> None:
    """Over as many batches as it takes, beside whoever else submits."""
    held = HeldBatches()
    group = group_of(held, max_batch=3)
    held.let_through(3)

    assert await group.submit_all("abcde") == ["a!", "b!", "c!", "d!", "e!"]
    assert held.batches == [["a", "b", "c"], ["d", "e"]]


async def test_a_refused_item_is_an_outcome() -> None:
    """It is not raised, and its neighbours are written."""

    async def write(items: list[str]) -> list[str | Exception]:
        return [InvalidArgument() if item == "b" else item + "!" for item in items]

    group = GroupCommit[str, str](write, name="trial")
    first, refused, last = await group.submit_all("abc")

    assert (first, last) == ("a!", "c!")
    assert isinstance(refused, InvalidArgument)


async def test_there_is_room_for_all_or_for_none() -> None:
    """A queue that cannot take every item takes none."""
    held = HeldBatches()
    group = group_of(held, max_queue=4)
    waiting = asyncio.create_task(group.submit_all("abc"))
    await held.began()
    with pytest.raises(Overloaded):
        await group.submit_all("defgh")
    held.let_through()

    assert await waiting == ["a!", "b!", "c!"]
    assert held.batches == [["a", "b", "c"]]


async def test_a_caller_who_leaves_takes_what_is_not_begun_along() -> None:
    """What is in a batch under way is written; the rest of the caller's items never are."""
    held = HeldBatches()
    group = group_of(held, max_batch=2)
    leaving = asyncio.create_task(group.submit_all("abcd"))
    await held.began()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    held.let_through(2)
    await turns(10)

    assert await group.submit("e") == "e!"
    assert held.batches == [["a", "b"], ["e"]]
