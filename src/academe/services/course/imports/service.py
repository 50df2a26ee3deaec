"""The rules of imports: what arrives is received, read in a thread, and stored whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from academe.caller import Caller
from academe.errors import DeadlineExceeded, InvalidArgument
from academe.ids import new_id
from academe.pagination import Page, page_of, page_request
from academe.services.course import olx
from academe.services.course.errors import ArchiveRefused, CourseNotFound, ImportNotFound
from academe.services.course.guard import CourseGuard
from academe.services.course.imports.model import Archive, ImportItem, ImportResult
from academe.services.course.imports.plan import DraftPlan, plan_draft
from academe.services.course.imports.repository import ImportRepository, Made
from academe.services.course.imports.spool import Spool
from academe.services.course.model import Course, Replay
from academe.services.course.served import Served

IDLE_SECONDS = 60.0
"""Between two pieces of an upload. A client that sends nothing for longer is gone, or in others' way."""


class ImportService:
    """Imports one archive at a time per process, because reading one keeps a processor busy."""

    def __init__(
        self,
        repository: ImportRepository,
        get_course: Callable[[UUID], Awaitable[Course | None]],
        guard: CourseGuard,
        served: Served,
        *,
        max_bytes: int,
        folder: Path | None,
        clock: Callable[[], datetime],
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._repository = repository
        self._get_course = get_course
        self._guard = guard
        self._served = served
        self._max_bytes = max_bytes
        self._folder = folder
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._reading = asyncio.Semaphore(1)

    async def import_course(
        self,
        caller: Caller,
        course_id: UUID | None,
        pieces: AsyncIterator[bytes],
        request_id: UUID | None,
    ) -> ImportResult:
        """Makes a draft of an archive: a new course, or the draft of `course_id` replaced.

        Whoever sends the same bytes, or the same request, again gets what they became the first time. Raises
        what CourseGuard does for a course, ArchiveRefused, RequestIdReused, and DeadlineExceeded when the
        pieces stop coming.
        """
        if course_id is not None:
            await self._guard.draft(caller, course_id)
        spool = Spool(self._max_bytes, self._folder)
        try:
            archive = await _receive(pieces, spool, self._idle_seconds)
            replay = _replay(request_id, course_id, archive)
            async with self._reading:
                found = await self._repository.find_import(caller.user_id, course_id, archive, replay)
                if found is not None:
                    return await self._result((found.course_id, found.import_id), unchanged=True)
                made = course_id or new_id(), new_id()
                plan = await _read(spool.path, made[0])
                store = self._repository.add_course if course_id is None else self._repository.replace_course
                stored = await store(made, caller.user_id, archive, plan, replay, self._clock())
            return await self._result(stored, unchanged=stored != made)
        finally:
            spool.close()

    async def list_import_items(
        self, caller: Caller, course_id: UUID, import_id: UUID, page_size: int, page_token: str
    ) -> Page[ImportItem]:
        """The report, in archive order. Raises ImportNotFound and PageTokenInvalid."""
        await self._guard.editable(caller, course_id)
        request = page_request(
            page_size, page_token, arguments=("import items", str(course_id), str(import_id)), key=(int,)
        )
        if await self._repository.get_import(course_id, import_id) is None:
            raise ImportNotFound(import_id=import_id)
        rows = await self._repository.list_import_items(course_id, import_id, request)
        return page_of(rows, request, lambda item: (item.position,))

    async def _result(self, made: Made, *, unchanged: bool) -> ImportResult:
        course, done = await self._get_course(made[0]), await self._repository.get_import(*made)
        if course is None or done is None:
            raise CourseNotFound(course_id=made[0])
        return ImportResult(await self._served.course(course, course.draft), done, unchanged)


async def _receive(pieces: AsyncIterator[bytes], spool: Spool, idle_seconds: float) -> Archive:
    try:
        while True:
            async with asyncio.timeout(idle_seconds):
                piece = await anext(pieces, None)
            if piece is None:
                return spool.archive()
            if not piece:
                raise InvalidArgument.field("chunk", "must not be empty")
            spool.write(piece)
    except TimeoutError as error:
        raise DeadlineExceeded(
            f"No chunk came for {idle_seconds:g} seconds; send the archive again."
        ) from error


async def _read(path: Path, course_id: UUID) -> DraftPlan:
    """Reads the archive in a thread. Even when cancelled it ends only after the thread let go of the file."""
    cancelled = threading.Event()

    def stop_if_cancelled(read_bytes: int, all_bytes: int) -> None:
        if cancelled.is_set():
            raise InterruptedError

    def read() -> DraftPlan:
        try:
            return plan_draft(course_id, olx.read_olx(path, progress=stop_if_cancelled))
        except olx.ArchiveRefused as refused:
            raise ArchiveRefused(refused.sentence, archive_reason=refused.reason) from refused

    reading = asyncio.get_running_loop().run_in_executor(None, read)
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        cancelled.set()
        await asyncio.wait([reading])
        reading.exception()  # nobody is left to be told
        raise


def _replay(request_id: UUID | None, course_id: UUID | None, archive: Archive) -> Replay | None:
    if request_id is None:
        return None
    target = course_id.bytes if course_id is not None else b""
    return Replay(request_id, hashlib.sha256(target + archive.sha256).digest())
