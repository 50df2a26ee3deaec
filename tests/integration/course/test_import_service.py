"""Imports below the wire: time, threads, and what a cancelled import lets go of."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import DeadlineExceeded, Overloaded
from academe.ids import new_id
from academe.services.course import CourseRepository, CourseService
from academe.services.course.guard import CourseGuard
from academe.services.course.imports import service as imports_service
from academe.services.course.imports.model import UploadHeader
from academe.services.course.imports.service import ImportService
from academe.services.course.imports.upload import UPLOADS_EACH_MAX, UPLOADS_MAX, Pace
from academe.services.course.served import Served
from tests.support.courses import olx_archive

BLOCK_OF_LOOP_MAX = 0.1
"""Seconds of its own thread's processor time, five times what it takes."""


@pytest.fixture
def courses(pool: Pool) -> CourseService:
    return CourseService(CourseRepository(pool), max_import_bytes=1 << 30)


def educator() -> Caller:
    return Caller(new_id(), new_id(), frozenset({Role.EDUCATOR}), datetime.now(UTC))


async def parts(archive: bytes) -> AsyncIterator[UploadHeader | bytes]:
    yield UploadHeader(None, None)
    for start in range(0, len(archive), 131_072):
        yield archive[start : start + 131_072]


def imports_at(pool: Pool, pace: Pace) -> ImportService:
    repository = CourseRepository(pool)
    return ImportService(
        repository.imports,
        repository.get_course,
        CourseGuard(repository.get_course),
        Served(),
        max_bytes=1 << 30,
        folder=None,
        clock=lambda: datetime.now(UTC),
        pace=pace,
    )


@pytest.mark.parametrize("sent", [[], [UploadHeader(None, None)], [UploadHeader(None, None), b"\x1f\x8b"]])
async def test_an_upload_that_stalls_is_given_up(pool: Pool, sent: list[UploadHeader | bytes]) -> None:
    """Before its header or after: a client that sends nothing more does not keep its place."""
    imports = imports_at(pool, Pace(idle_seconds=0.05))

    async def stall() -> AsyncIterator[UploadHeader | bytes]:
        for part in sent:
            yield part
        await asyncio.Event().wait()

    with pytest.raises(DeadlineExceeded):
        await imports.import_course(educator(), stall())


async def test_an_upload_that_drips_is_given_up(pool: Pool) -> None:
    """It is never idle, and yet does not keep its place for longer than its bytes are worth."""
    imports = imports_at(pool, Pace(grace_seconds=0.1, bytes_per_second=1_000))
    dripped = 0

    async def drip() -> AsyncIterator[UploadHeader | bytes]:
        nonlocal dripped
        yield UploadHeader(None, None)
        while True:
            await asyncio.sleep(0.01)
            dripped += 1
            yield b"!"

    with pytest.raises(DeadlineExceeded, match="1,000 bytes per second"):
        await imports.import_course(educator(), drip())
    assert dripped > 0


async def test_an_upload_in_time_may_take_longer_than_the_grace(pool: Pool) -> None:
    """What has come counts: a large archive has the time that it needs."""
    imports = imports_at(pool, Pace(grace_seconds=0.1, bytes_per_second=10))
    archive = olx_archive()

    async def send() -> AsyncIterator[UploadHeader | bytes]:
        yield UploadHeader(None, None)
        yield archive[:-1]
        await asyncio.sleep(0.2)
        yield archive[-1:]

    assert len(archive) > 100
    assert not (await imports.import_course(educator(), send())).unchanged


async def test_slow_uploads_do_not_take_every_place(courses: CourseService) -> None:
    """One person has so many at once, and everybody together; then others are refused at once, not kept."""

    async def stall() -> AsyncIterator[UploadHeader | bytes]:
        await asyncio.Event().wait()
        yield b""

    people = [educator() for _ in range(UPLOADS_MAX // UPLOADS_EACH_MAX)]
    calls = [
        asyncio.create_task(courses.imports.import_course(person, stall()))
        for person in people
        for _ in range(UPLOADS_EACH_MAX)
    ]
    await asyncio.sleep(0)
    for person in (people[0], educator()):
        with pytest.raises(Overloaded):
            await courses.imports.import_course(person, parts(olx_archive()))

    calls[0].cancel()
    await asyncio.wait([calls[0]])
    with pytest.raises(Overloaded):
        await courses.imports.import_course(people[1], parts(olx_archive()))
    assert not (await courses.imports.import_course(people[0], parts(olx_archive()))).unchanged

    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    assert not (await courses.imports.import_course(people[1], parts(olx_archive()))).unchanged


async def test_the_same_bytes_at_eight_servers_at_once_make_one_course(pool: Pool) -> None:
    """Seven are told that nothing was changed."""
    person, archive = educator(), olx_archive()
    servers = [CourseService(CourseRepository(pool), max_import_bytes=1 << 30) for _ in range(8)]
    done = await asyncio.gather(*(server.imports.import_course(person, parts(archive)) for server in servers))

    assert sorted(one.unchanged for one in done) == [False] + [True] * 7
    assert len({(one.done.course_id, one.done.import_id) for one in done}) == 1


async def test_other_calls_go_on_while_an_archive_is_read(courses: CourseService) -> None:
    """Reading, packing and storing 600 lessons never holds the event loop for long."""
    text = "<p onclick='x()'>word <b>bold</b></p>" * 400
    archive = olx_archive({f"C{c}": {f"U{c} {u}": f"{text}{c}.{u}" for u in range(60)} for c in range(10)})
    longest, done = 0.0, asyncio.Event()

    async def heartbeat() -> None:
        nonlocal longest
        while not done.is_set():
            # Of its own thread, or a busy machine would count as a busy loop.
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    beating = asyncio.create_task(heartbeat())
    result = await courses.imports.import_course(educator(), parts(archive))
    done.set()
    await beating

    assert result.course.version.lesson_count == 600
    assert longest < BLOCK_OF_LOOP_MAX


async def test_a_cancelled_import_stops_its_thread(
    courses: CourseService, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call ends once the thread has let go of the archive; nothing is stored, and the next one runs."""
    started, go_on, stopped = threading.Event(), threading.Event(), threading.Event()
    read_olx = imports_service.olx.read_olx

    def slow(path: Path, *, progress: Callable[[int, int], None]) -> object:
        started.set()
        go_on.wait(10)
        try:
            return read_olx(path, progress=progress)
        except InterruptedError:
            stopped.set()
            raise

    before = await pool.fetchval("select count(*) from course.course")
    monkeypatch.setattr(imports_service.olx, "read_olx", slow)
    call = asyncio.create_task(courses.imports.import_course(educator(), parts(olx_archive())))
    await asyncio.to_thread(started.wait, 10)
    call.cancel()
    await asyncio.sleep(0)
    assert not call.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await call
    monkeypatch.undo()

    assert stopped.is_set()
    assert await pool.fetchval("select count(*) from course.course") == before
    assert not (await courses.imports.import_course(educator(), parts(olx_archive()))).unchanged


async def test_facts_and_outlines_for_other_services(courses: CourseService) -> None:
    """What enrollments and credentials build on: titles, educators, revisions and their lessons in order."""
    person = educator()
    archive = olx_archive({"A": {"One": "1", "Two": "2"}}, title="First title")
    made = (await courses.imports.import_course(person, parts(archive))).course.course
    draft = (await courses.get_course_facts([made.course_id, new_id()]))[made.course_id]

    assert (draft.title, draft.published_revision, draft.deleted) == ("First title", 0, False)
    assert draft.educator_ids == (person.user_id,)
    assert await courses.get_revision_outline(made.course_id, 1) is None

    await courses.publish_course(person, made.course_id, None)
    await courses.update_course(person, made.course_id, {"title": "Second title"}, None)
    await courses.delete_course(person, made.course_id, None)
    facts = (await courses.get_course_facts([made.course_id]))[made.course_id]
    outline = await courses.get_revision_outline(made.course_id, 1)
    lessons = await courses.lessons.list_lessons(person, made.course_id, None, 1, 100, "")

    assert (facts.title, facts.published_revision, facts.deleted) == ("First title", 1, True)
    assert outline is not None
    assert [(lesson.lesson_id, lesson.required) for lesson in outline.lessons] == [
        (listed.lesson.lesson_id, True) for listed in lessons.rows
    ]
    assert await courses.get_revision_outline(made.course_id, 1) is outline
    assert await courses.get_revision_outline(made.course_id, 2) is None
