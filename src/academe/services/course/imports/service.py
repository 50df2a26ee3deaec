"""The rules of imports: what arrives is received, read in a thread, and stored whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

from academe.caller import Caller
from academe.ids import new_id
from academe.pagination import Page, page_of, page_request
from academe.services.course import olx
from academe.services.course.errors import ArchiveRefused, CourseNotFound, ImportNotFound
from academe.services.course.guard import CourseGuard
from academe.services.course.imports.model import Archive, ImportItem, ImportResult, UploadHeader
from academe.services.course.imports.plan import DraftPlan, plan_draft
from academe.services.course.imports.repository import ImportRepository, Made
from academe.services.course.imports.spool import Spool
from academe.services.course.imports.upload import Pace, Upload, UploadPlaces
from academe.services.course.model import Course, Replay
from academe.services.course.served import Served


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
        pace: Pace | None = None,
    ) -> None:
        self._repository = repository
        self._get_course = get_course
        self._guard = guard
        self._served = served
        self._max_bytes = max_bytes
        self._folder = folder
        self._clock = clock
        self._pace = pace or Pace()
        self._places = UploadPlaces()
        self._reading = asyncio.Semaphore(1)

    async def import_course(self, caller: Caller, parts: AsyncIterator[UploadHeader | bytes]) -> ImportResult:
        """Makes a draft of an archive: a new course, or the draft of the course in the header replaced.

        `parts` are a header and then the archive. Whoever sends the same bytes, or the same request, again
        gets what they became the first time. Raises what CourseGuard does for a course, ArchiveRefused,
        RequestIdReused, Overloaded, StorageFull, InvalidArgument for parts out of order, and DeadlineExceeded
        when they stop coming or come too slowly.
        """
        with self._places.take(caller.user_id):
            upload = Upload(parts, self._pace)
            header = await upload.header()
            if header.course_id is not None:
                await self._guard.draft(caller, header.course_id)
            with closing(Spool(self._max_bytes, self._folder)) as spool:
                archive = await upload.receive(spool)
                async with self._reading:
                    made, unchanged = await self._import(caller.user_id, header, archive, spool.path)
        return await self._result(made, unchanged=unchanged)

    async def _import(
        self, importer_id: UUID, header: UploadHeader, archive: Archive, path: Path
    ) -> tuple[Made, bool]:
        """What the archive became, and whether it had become that before."""
        course_id, replay = header.course_id, _replay(header, archive)
        found = await self._repository.find_import(importer_id, course_id, archive, replay)
        if found is not None:
            return (found.course_id, found.import_id), True
        made = course_id or new_id(), new_id()
        plan = await _read(path, made[0])
        store = self._repository.add_course if course_id is None else self._repository.replace_course
        stored = await store(made, importer_id, archive, plan, replay, self._clock())
        return stored, stored != made

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


def _replay(header: UploadHeader, archive: Archive) -> Replay | None:
    if header.request_id is None:
        return None
    target = header.course_id.bytes if header.course_id is not None else b""
    return Replay(header.request_id, hashlib.sha256(target + archive.sha256).digest())
