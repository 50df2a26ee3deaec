"""The board of supporters answers anybody, and cannot be made to work for one caller alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from academe.errors import Overloaded
from academe.ids import new_id
from academe.services.tip.reports.board import FRESH_SECONDS, KEPT_MAX, WAITING_MAX, SupporterBoard
from academe.services.tip.reports.model import Supporter


class Reader:
    """Answers once it is let, each time with somebody new."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.open = asyncio.Event()
        self.now = 10**11
        self.board = SupporterBoard(self.read, clock=lambda: self.now)

    async def read(self, *question: Any) -> Sequence[Supporter]:
        self.asked.append(question)
        await self.open.wait()
        return [Supporter(new_id(), "", 1, 1, datetime(2026, 1, 1, tzinfo=UTC))]

    async def ask(self, educator_id: UUID) -> Sequence[Supporter]:
        return await self.board.ask(educator_id, "EUR", None)


async def test_an_answer_is_kept_for_some_seconds() -> None:
    """Until it is too old; another question is another answer."""
    reader, edda = Reader(), new_id()
    reader.open.set()
    first = await reader.ask(edda)
    reader.now += FRESH_SECONDS * 10**9 - 1
    again, other = await reader.ask(edda), await reader.ask(new_id())
    reader.now += 1
    later = await reader.ask(edda)

    assert again is first
    assert first != other
    assert later != first
    assert len(reader.asked) == 3


async def test_only_so_many_different_questions_wait() -> None:
    """One more is refused at once, but any number may ask the same ones; then there is room again."""
    reader = Reader()
    educators = [new_id() for _ in range(WAITING_MAX)]
    asking = [asyncio.create_task(reader.ask(educator)) for educator in educators * 3]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded) as refusal:
        await reader.ask(new_id())
    asking.append(asyncio.create_task(reader.ask(educators[0])))
    reader.open.set()

    assert refusal.value.retry_after_seconds
    assert all(len(found) == 1 for found in await asyncio.gather(*asking))
    assert len(await reader.ask(new_id())) == 1


async def test_who_gives_up_takes_no_room() -> None:
    """Cancelled calls wait no more."""
    reader = Reader()
    asking = [asyncio.create_task(reader.ask(new_id())) for _ in range(WAITING_MAX)]
    await asyncio.sleep(0)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    reader.open.set()

    assert len(await reader.ask(new_id())) == 1


async def test_old_answers_make_room_for_new_ones() -> None:
    """However many educators are asked about, memory holds the latest answers."""
    reader = Reader()
    reader.open.set()
    educators = [new_id() for _ in range(KEPT_MAX + 1)]
    for educator in educators:
        await reader.ask(educator)
    before = len(reader.asked)
    await reader.ask(educators[-1])
    kept = len(reader.asked) - before
    await reader.ask(educators[0])

    assert kept == 0
    assert len(reader.asked) == before + 1
