"""Batches that a test lets through one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any


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
