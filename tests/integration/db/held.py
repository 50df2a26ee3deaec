"""Batches that a test lets through one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from academe.db.group_commit import GroupCommit


class HeldBatches:
    """Stands for `fetch` and `write`: records each batch and answers when the test says so.

    `began` yields each batch as it begins; `let_through` answers the oldest one that waits.
    """

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self._began: asyncio.Queue[list[Any]] = asyncio.Queue()
        self._answers: asyncio.Queue[BaseException | None] = asyncio.Queue()

    async def began(self) -> list[Any]:
        async with asyncio.timeout(5):
            return await self._began.get()

    def let_through(self, times: int = 1) -> None:
        for _ in range(times):
            self._answers.put_nowait(None)

    def fail(self, error: BaseException) -> None:
        self._answers.put_nowait(error)

    async def _pass(self, batch: list[Any]) -> None:
        self.batches.append(list(batch))
        self._began.put_nowait(list(batch))
        error = await self._answers.get()
        if error is not None:
            raise error

    async def fetch(self, keys: list[Any]) -> Mapping[Any, Any]:
        """Answers `key!` for every key."""
        await self._pass(keys)
        return {key: f"{key}!" for key in keys}

    async def write(self, items: list[Any]) -> Sequence[Any]:
        """Answers `item!` for every item."""
        await self._pass(items)
        return [f"{item}!" for item in items]


async def turns(count: int = 3) -> None:
    """Lets everything that is ready run: each is one turn of the event loop."""
    for _ in range(count):
        await asyncio.sleep(0)


def group_of(held: HeldBatches, **options: Any) -> GroupCommit[Any, Any]:
    return GroupCommit(held.write, name="trial", **options)


async def submit_all(group: GroupCommit[Any, Any], items: Sequence[Any]) -> list[Any]:
    """The outcomes of items submitted in one turn, exceptions among them."""
    async with asyncio.timeout(5):
        return await asyncio.gather(*(group.submit(item) for item in items), return_exceptions=True)
