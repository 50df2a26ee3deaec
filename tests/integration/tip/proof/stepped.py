"""A database whose every answer is given by hand, so that the order of everything can be chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

LOST = "connection was closed in the middle of operation"


class Row(dict[str, Any]):
    """A record in which what was not given is null."""

    def __missing__(self, name: str) -> None:
        return None


@dataclass
class Statement:
    """One batch on its way: `apply` is its effect, for when it commits, and gives its answer."""

    items: list[Any]
    apply: Callable[[], list[Any]]
    answered: asyncio.Future[list[Any]]
    poisoned: bool

    def commit(self) -> None:
        if self.poisoned:
            self.answered.set_exception(asyncpg.CheckViolationError("poison"))
        else:
            self.answered.set_result(self.apply())

    def conflict(self) -> None:
        self.answered.set_exception(asyncpg.DeadlockDetectedError("deadlock"))

    def lose(self, *, committed: bool) -> None:
        """The connection ends before the answer, and before the commit or after it."""
        if committed and not self.poisoned:
            self.apply()
        self.answered.set_exception(ConnectionResetError(LOST))


class Stepped:
    """Batches wait in `open` until somebody steps them. `begun` has every item that was ever in one."""

    def __init__(self) -> None:
        self.open: list[Statement] = []
        self.begun: list[Any] = []

    async def run(self, items: list[Any], apply: Callable[[], list[Any]], *, poisoned: bool) -> list[Any]:
        self.begun += items
        statement = Statement(items, apply, asyncio.get_running_loop().create_future(), poisoned)
        self.open.append(statement)
        return await statement.answered


@dataclass(frozen=True)
class Note:
    """What is written into a file without keys."""

    number: int
    poison: bool


class Appended(Stepped):
    """Nothing here keeps a note from being there twice."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Note] = []

    async def write(self, notes: list[Note]) -> list[Note]:
        def apply() -> list[Note]:
            self.written.extend(notes)
            return notes

        return await self.run(notes, apply, poisoned=any(note.poison for note in notes))


POISON = "poison"
"""The message of a tip that makes its statement fail."""


class Ledger(Stepped):
    """What a TipRepository takes for its pool: tip.send_tips by hand, reading at once."""

    def __init__(self) -> None:
        super().__init__()
        self.tips: dict[UUID, Row] = {}
        self.requests: dict[tuple[UUID, UUID], UUID] = {}
        self.made: list[tuple[UUID, UUID]] = []

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[Row]:
        if "tip.send_tips" not in query:
            return [self.tips[tip_id] for tip_id in args[0]]
        names = "tip_id sender_id request_id request_hash educator_id currency amount platform_fee funding"
        names += " message visibility hide_amount course_id lesson_id create_time expire_time review"
        tips = [Row(zip(names.split(), values, strict=True)) for values in zip(*args[:17], strict=True)]
        poisoned = any(tip["message"] == POISON for tip in tips)
        rows: list[Row] = await self.run(tips, lambda: self._send(tips), poisoned=poisoned)
        return rows

    def _send(self, tips: list[Row]) -> list[Row]:
        answers = []
        for place, tip in enumerate(tips, start=1):
            request = tip["sender_id"], tip["request_id"]
            if request in self.requests:
                answers.append(Row(place=place, outcome=1, found_tip_id=self.requests[request]))
            else:
                self.requests[request] = tip["tip_id"]
                self.tips[tip["tip_id"]] = tip
                self.made.append(request)
        return answers

    async def _none(self, query: str, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(query)

    fetchrow = fetchval = execute = _none
