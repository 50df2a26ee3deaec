"""An upload as it arrives: one header, then pieces, in time and not too many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from academe.errors import DeadlineExceeded, InvalidArgument, Overloaded
from academe.services.course.imports.model import Archive, UploadHeader
from academe.services.course.imports.spool import Spool

IDLE_SECONDS = 60.0
"""Between two parts of an upload. A client that sends nothing for longer is gone, or in others' way."""

GRACE_SECONDS = 60.0
BYTES_PER_SECOND_MIN = 64 * 1024
"""Of a whole upload: it has the first minute whatever it sends, and then a second for every 64 KiB that came.
A client that drips is never idle, and would otherwise keep its place for ever."""

UPLOADS_MAX = 32
"""At once. A call that receives lasts as long as its client likes, and each keeps a place among the calls in
flight and up to a gigabyte of disk; without a limit a few slow clients would shut everybody else out."""

UPLOADS_EACH_MAX = 2
"""Of one person at once: archives are read one after the other anyway, and sixteen people have to come
together to take every place."""

RETRY_SECONDS = 5.0
"""An archive of 16 MB is received and stored in about a second."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How slow an upload may be."""

    idle_seconds: float = IDLE_SECONDS
    grace_seconds: float = GRACE_SECONDS
    bytes_per_second: float = BYTES_PER_SECOND_MIN


class Upload:
    """The parts of one upload. Raises DeadlineExceeded when they stop coming, or come too slowly."""

    def __init__(self, parts: AsyncIterator[UploadHeader | bytes], pace: Pace) -> None:
        self._parts = parts
        self._pace = pace
        self._began = asyncio.get_running_loop().time()
        self._received = 0

    async def header(self) -> UploadHeader:
        """The first part. Raises InvalidArgument when it is none."""
        first = await self._next()
        if not isinstance(first, UploadHeader):
            raise InvalidArgument.field("header", "must be the first message, before any chunk")
        return first

    async def receive(self, spool: Spool) -> Archive:
        """All other parts, into a spool. Raises InvalidArgument, and what the spool does."""
        while (part := await self._next()) is not None:
            if isinstance(part, UploadHeader):
                raise InvalidArgument.field("header", "must come once, as the first message")
            if not part:
                raise InvalidArgument.field("chunk", "must not be empty")
            self._received += len(part)
            spool.write(part)
        return spool.archive()

    async def _next(self) -> UploadHeader | bytes | None:
        pace = self._pace
        idle_end = asyncio.get_running_loop().time() + pace.idle_seconds
        end = self._began + pace.grace_seconds + self._received / pace.bytes_per_second
        try:
            async with asyncio.timeout_at(min(idle_end, end)):
                return await anext(self._parts, None)
        except TimeoutError as error:
            raise DeadlineExceeded(
                f"Nothing came for {pace.idle_seconds:g} seconds; send the archive again."
                if idle_end <= end
                else f"The archive came at less than {pace.bytes_per_second:,} bytes per second;"
                " send it again over a faster connection."
            ) from error


class UploadPlaces:
    """Counts uploads, and refuses with Overloaded what is too much."""

    def __init__(self, in_all: int = UPLOADS_MAX, each: int = UPLOADS_EACH_MAX) -> None:
        self._in_all = in_all
        self._each = each
        self._taken: Counter[UUID] = Counter()

    @contextmanager
    def take(self, person: UUID) -> Iterator[None]:
        """A place for as long as the block lasts."""
        if self._taken.total() >= self._in_all or self._taken[person] >= self._each:
            raise Overloaded(retry_after_seconds=RETRY_SECONDS)
        self._taken[person] += 1
        try:
            yield
        finally:
            self._taken[person] -= 1
            if not self._taken[person]:
                del self._taken[person]
