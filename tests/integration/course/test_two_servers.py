"""Two servers on one database: what keeps writes right is in PostgreSQL, not in a process's memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from academe.caller import Caller, Role
from academe.errors import EtagMismatch
from academe.ids import new_id
from academe.services.course import CourseRepository, CourseService
from academe.services.course.imports.model import UploadHeader
from academe.services.course.lessons.model import LessonFields
from academe.services.course.model import CourseFields, Replay
from tests.support.courses import olx_archive
from tests.support.pools import patient_pool

EDUCATOR = Caller(new_id(), new_id(), frozenset({Role.EDUCATOR}), datetime.now(UTC))
FIELDS = CourseFields("Knots", "", "")


@pytest.fixture(scope="module")
async def servers(database: str) -> AsyncIterator[list[CourseService]]:
    """Each with its own pool, caches and turns."""
    pools = [await patient_pool(database, size=4) for _ in range(2)]
    yield [CourseService(CourseRepository(pool), max_import_bytes=1 << 20) for pool in pools]
    for pool in pools:
        await pool.close()


async def draft(server: CourseService) -> tuple[UUID, UUID]:
    """A course with a module."""
    course_id = (await server.create_course(EDUCATOR, FIELDS, None)).course.course_id
    module = await server.modules.create_module(EDUCATOR, course_id, "Bends", "", None)
    return course_id, module.module_id


async def test_lessons_made_on_both_have_places_of_their_own(servers: list[CourseService]) -> None:
    """The count is that of the rows, and no two lessons share a rank."""
    course_id, module_id = await draft(servers[0])
    await asyncio.gather(
        *(
            server.lessons.create_lesson(
                EDUCATOR, course_id, module_id, LessonFields(f"{number}", "", False), [], None
            )
            for number in range(20)
            for server in servers
        )
    )
    listed = await servers[0].lessons.list_lessons(EDUCATOR, course_id, None, 0, 100, "")
    course = await servers[1].get_course(EDUCATOR, course_id)

    assert len({one.order[2] for one in listed.rows}) == len(listed.rows) == 40
    assert course.version.lesson_count == 40


async def test_publications_on_both_are_one_revision_each_time(servers: list[CourseService]) -> None:
    """Whichever server was asked, and while the other one edits."""
    course_id, module_id = await draft(servers[0])

    async def add(server: CourseService, number: int) -> None:
        fields = LessonFields(f"{number}", "", False)
        await server.lessons.create_lesson(EDUCATOR, course_id, module_id, fields, [], None)
        await asyncio.gather(*(each.publish_course(EDUCATOR, course_id, None) for each in servers))

    await asyncio.gather(*(add(servers[number % 2], number) for number in range(16)))
    course = await servers[0].publish_course(EDUCATOR, course_id, None)
    seen: set[int] = set()
    for revision in range(1, course.course.published_revision + 1):
        outline = await servers[1].get_revision_outline(course_id, revision)
        assert outline is not None
        seen.add(len(outline.lessons))

    assert course.version.lesson_count == 16
    # No revision is empty, and no two hold the same lessons: each was made of a draft that had changed.
    assert len(seen) == course.course.published_revision
    assert max(seen) == 16


async def test_one_request_sent_to_both_makes_one_course(servers: list[CourseService]) -> None:
    """A client that lost the answer of one server asks the other."""
    replay = Replay(new_id(), b"digest")
    views = await asyncio.gather(
        *(server.create_course(EDUCATOR, FIELDS, replay) for _ in range(5) for server in servers)
    )

    assert len({view.course.course_id for view in views}) == 1


async def test_one_archive_sent_to_both_makes_one_course(servers: list[CourseService]) -> None:
    """One of them stores it; the other finds that it did."""
    archive = olx_archive({"A": {f"U{number}": "<p>a</p>" for number in range(50)}})

    async def parts() -> AsyncIterator[UploadHeader | bytes]:
        yield UploadHeader(None, None)
        yield archive

    results = await asyncio.gather(*(server.imports.import_course(EDUCATOR, parts()) for server in servers))

    assert sorted(result.unchanged for result in results) == [False, True]
    assert results[0].done == results[1].done


async def test_of_two_editors_on_both_one_is_told(servers: list[CourseService]) -> None:
    """With one etag each round, one change is made."""
    course_id, _ = await draft(servers[0])
    for number in range(10):
        version = (await servers[0].get_course(EDUCATOR, course_id)).version.version
        answers = await asyncio.gather(
            *(
                server.update_course(EDUCATOR, course_id, {"title": f"{number} {name}"}, version)
                for name, server in zip("AB", servers, strict=True)
            ),
            return_exceptions=True,
        )

        assert [type(answer) for answer in answers].count(EtagMismatch) == 1


async def test_a_lesson_and_the_end_of_its_module(servers: list[CourseService]) -> None:
    """Made on one while the module is deleted on the other: either there was time, or there is no module."""
    for _ in range(10):
        course_id, module_id = await draft(servers[0])
        await asyncio.gather(
            servers[0].lessons.create_lesson(
                EDUCATOR, course_id, module_id, LessonFields("Late", "", False), [], None
            ),
            servers[1].modules.delete_module(EDUCATOR, course_id, module_id, None),
            return_exceptions=True,
        )
        course = await servers[0].get_course(EDUCATOR, course_id)
        listed = await servers[0].lessons.list_lessons(EDUCATOR, course_id, None, 0, 100, "")

        assert (course.version.module_count, course.version.lesson_count, len(listed.rows)) == (0, 0, 0)
