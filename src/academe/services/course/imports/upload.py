"""An upload as it arrives: one header, then pieces, in time and not too many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import UUID

from academe.errors import DeadlineExceeded, InvalidArgument, Overloaded
from academe.services.course.imports.model import Archive, UploadHeader
from academe.services.course.imports.spool import Spool

IDLE_SECONDS = 60.0
"""Between two parts of an upload. A client that sends nothing for longer is gone, or in others' way."""

UPLOADS_MAX = 32
"""At once. A call that receives lasts as long as its client likes, and each keeps a place among the calls in
flight and up to a gigabyte of disk; without a limit a few slow clients would shut everybody else out."""

UPLOADS_EACH_MAX = 8
"""Of one person at once."""

RETRY_SECONDS = 5.0
"""An archive of 16 MB is received and stored in about a second."""


class Upload:
    """The parts of one upload. Raises DeadlineExceeded when they stop coming."""

    def __init__(self, parts: AsyncIterator[UploadHeader | bytes], idle_seconds: float) -> None:
        self._parts = parts
        self._idle_seconds = idle_seconds

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
            spool.write(part)
        return spool.archive()

    async def _next(self) -> UploadHeader | bytes | None:
        try:
            async with asyncio.timeout(self._idle_seconds):
                return await anext(self._parts, None)
        except TimeoutError as error:
            raise DeadlineExceeded(
                f"Nothing came for {self._idle_seconds:g} seconds; send the archive again."
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
