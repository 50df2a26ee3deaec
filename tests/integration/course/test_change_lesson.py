"""UpdateLesson and DeleteLesson: in the draft only, and never over somebody else's change."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import DeleteLessonRequest, UpdateLessonRequest
from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import EtagMismatch, InvalidArgument, UpdateMaskInvalid
from academe.ids import new_id
from academe.rpc.status import error_from_rpc
from academe.services.course import CourseRepository, CourseService
from academe.services.course.lessons.blocks import Block, GivenBlock, Html
from academe.services.course.lessons.model import LessonFields, LessonView
from academe.services.course.model import CourseFields
from academe.services.course.served import Served
from tests.support.courses import (
    get_course,
    get_lesson,
    html_block,
    list_lessons,
    make_course,
    make_lesson,
    make_module,
    publish,
)
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


@pytest.fixture
async def lesson(educator: Person) -> course_pb2.Lesson:
    module = await make_module(educator, (await make_course(educator)).course_id)
    return await make_lesson(educator, module, "Bends", "<p>a</p>", section="Ropes", optional=True)


@pytest.fixture
def courses(pool: Pool) -> CourseService:
    return CourseService(CourseRepository(pool), max_import_bytes=1)


async def update(
    educator: Person, lesson: course_pb2.Lesson, *paths: str, **fields: Any
) -> course_pb2.Lesson:
    changed = course_pb2.Lesson(course_id=lesson.course_id, lesson_id=lesson.lesson_id, **fields)
    updated: course_pb2.Lesson = await educator.courses.UpdateLesson(
        UpdateLessonRequest(lesson=changed, update_mask=FieldMask(paths=paths))
    )
    return updated


async def test_only_the_fields_in_the_mask_change(educator: Person, lesson: course_pb2.Lesson) -> None:
    """What else is in the message is left aside; false and empty count when they are named."""
    updated = await update(educator, lesson, "title", "optional", title="Hitches", section="Posts")

    assert (updated.title, updated.section, updated.optional) == ("Hitches", "Ropes", False)
    assert updated.blocks == lesson.blocks
    assert updated.etag != lesson.etag
    assert updated == await get_lesson(educator, lesson.course_id, lesson.lesson_id)


async def test_without_a_mask_the_fields_that_are_set_change(
    educator: Person, lesson: course_pb2.Lesson
) -> None:
    """Blocks that are sent replace all blocks."""
    updated = await update(educator, lesson, blocks=[html_block("<p>b</p>"), html_block("<p>c</p>")])

    assert (updated.title, updated.section, updated.optional) == ("Bends", "Ropes", True)
    assert [block.html.html for block in updated.blocks] == ["<p>b</p>", "<p>c</p>"]


async def test_a_star_replaces_every_field(educator: Person, lesson: course_pb2.Lesson) -> None:
    """What is not set is gone, the blocks too."""
    updated = await update(educator, lesson, "*", title="Hitches")

    assert (updated.title, updated.section, updated.optional, len(updated.blocks)) == (
        "Hitches",
        "",
        False,
        0,
    )


@pytest.mark.parametrize("path", ["module_id", "course_id", "etag", "blocks.html", "content"])
async def test_a_field_that_cannot_be_changed(educator: Person, lesson: course_pb2.Lesson, path: str) -> None:
    """A lesson stays where it is, by this method."""
    with expect_error(UpdateMaskInvalid):
        await update(educator, lesson, "title", path, title="Hitches")


async def test_a_title_cannot_be_taken_away(educator: Person, lesson: course_pb2.Lesson) -> None:
    """1 to 200 characters."""
    with expect_error(InvalidArgument) as refusal:
        await update(educator, lesson, "title")

    assert refusal.error is not None
    assert refusal.error.violations[0].field == "lesson.title"


async def test_a_lesson_sent_back_as_it_was_served_is_unchanged(
    educator: Person, lesson: course_pb2.Lesson
) -> None:
    """Reading and writing loses nothing: neither the etag nor the source of what the sanitiser left out."""
    source = '<p class="x" onclick="y()">a</p><script>z()</script>'
    hostile = await update(educator, lesson, blocks=[html_block(source), html_block("<p>b</p>")])
    request = UpdateLessonRequest(lesson=hostile, update_mask=FieldMask(paths=["*"]))

    assert await educator.courses.UpdateLesson(request) == hostile


async def test_an_edit_of_one_block_keeps_the_source_of_the_others(
    educator: Person, lesson: course_pb2.Lesson, pool: Pool
) -> None:
    """What is stored of the untouched block is what its author gave."""
    source = '<p class="x" onclick="y()">a</p>'
    shown = await update(educator, lesson, blocks=[html_block(source), html_block("<p>b</p>")])
    shown.blocks[1].html.html = "<p>c</p>"
    await educator.courses.UpdateLesson(UpdateLessonRequest(lesson=shown))
    (body,) = await pool.fetch(
        """
        select c.body from course.lesson l
        join course.content c using (course_id, content_hash)
        where l.lesson_id = $1::text::uuid
        """,
        lesson.lesson_id,
    )

    assert b"onclick" in body[0]
    assert b"<p>c</p>" in body[0]


async def test_of_two_editors_of_one_lesson_one_loses(educator: Person, lesson: course_pb2.Lesson) -> None:
    """With ABORTED, and nothing of the two is mixed."""
    requests = [
        UpdateLessonRequest(
            lesson=course_pb2.Lesson(
                course_id=lesson.course_id,
                lesson_id=lesson.lesson_id,
                etag=lesson.etag,
                title=name,
                section=name,
                blocks=[html_block(f"<p>{name}</p>")],
            )
        )
        for name in ("One", "Two")
    ]
    answers = await asyncio.gather(*map(educator.courses.UpdateLesson, requests), return_exceptions=True)
    lost = [error_from_rpc(answer) for answer in answers if isinstance(answer, grpc.RpcError)]
    now = await get_lesson(educator, lesson.course_id, lesson.lesson_id)

    assert [type(error) for error in lost] == [EtagMismatch]
    assert lost[0].metadata["etag"] == now.etag
    assert now.title in {"One", "Two"}
    assert now.section == now.title
    assert [block.html.html for block in now.blocks] == [f"<p>{now.title}</p>"]


async def test_an_edit_that_is_long_to_prepare_holds_neither_course_nor_connection(
    courses: CourseService, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the lesson is sanitised, others change the course; then it begins with what is there now."""
    person = Caller(new_id(), new_id(), frozenset({Role.EDUCATOR}), datetime.now(UTC))
    course_id = (await courses.create_course(person, CourseFields("Knots", "", "en"), None)).course.course_id
    module = await courses.modules.create_module(person, course_id, "Bends", "", None)
    source = Html("<p onclick='x()'>a</p>" * 100)
    lesson = await courses.lessons.create_lesson(
        person,
        course_id,
        module.module_id,
        LessonFields("Bend", None, None),
        [GivenBlock(None, "", source)],
        None,
    )
    others = CourseService(CourseRepository(pool), max_import_bytes=1)  # as another process has it
    preparing, go_on, blocks = asyncio.Event(), asyncio.Event(), Served.blocks

    async def wait(served: Served, content_hash: bytes, body: bytes) -> tuple[Block, ...]:
        if served is courses._served:
            preparing.set()
            await go_on.wait()
        return await blocks(served, content_hash, body)

    async def edit(service: CourseService, html: str, *, title: str) -> LessonView:
        given = [GivenBlock(block.block_id, title, Html(html)) for block in lesson.blocks]
        return await service.lessons.update_lesson(
            person, course_id, lesson.lesson.lesson_id, LessonFields(title, None, None), given, None
        )

    monkeypatch.setattr(Served, "blocks", wait)
    slow = [asyncio.create_task(edit(courses, f"<p>{n}</p>", title=f"Slow {n}")) for n in range(30)]
    await preparing.wait()
    quick = await asyncio.wait_for(edit(others, "<p>quick</p>", title="Quick"), 10)
    go_on.set()
    changed = await asyncio.gather(*slow)

    assert quick.lesson.version == 2
    assert sorted(view.lesson.version for view in changed) == list(range(3, 33))


async def test_contents_that_nobody_uses_any_more_are_gone(
    educator: Person, lesson: course_pb2.Lesson, pool: Pool
) -> None:
    """Drafts do not pile up; what a revision shows stays."""

    async def contents() -> int:
        found: int = await pool.fetchval(
            "select count(*) from course.content where course_id = $1::text::uuid", lesson.course_id
        )
        return found

    await publish(educator, lesson.course_id)
    assert await contents() == 1
    for number in range(5):
        await update(educator, lesson, blocks=[html_block(f"<p>{number}</p>")])
    assert await contents() == 2

    await educator.courses.DeleteLesson(
        DeleteLessonRequest(course_id=lesson.course_id, lesson_id=lesson.lesson_id)
    )
    assert await contents() == 1


async def test_equal_contents_are_stored_once(
    educator: Person, lesson: course_pb2.Lesson, pool: Pool
) -> None:
    """Publishing copies rows, not contents."""
    for number in range(3):
        await update(educator, lesson, title=f"Title {number}")
        await publish(educator, lesson.course_id)
    revisions = await pool.fetchval(
        "select count(*) from course.revision_lesson where course_id = $1::text::uuid", lesson.course_id
    )
    contents = await pool.fetchval(
        "select count(*) from course.content where course_id = $1::text::uuid", lesson.course_id
    )

    assert (revisions, contents) == (3, 1)


async def test_a_deleted_lesson(educator: Person, lesson: course_pb2.Lesson) -> None:
    """Is not in the draft, not counted, and not deleted twice; an old etag does not delete it."""
    request = DeleteLessonRequest(course_id=lesson.course_id, lesson_id=lesson.lesson_id, etag="v99")
    with expect_error(EtagMismatch):
        await educator.courses.DeleteLesson(request)
    request.etag = lesson.etag
    await educator.courses.DeleteLesson(request)

    assert await list_lessons(educator, lesson.course_id) == []
    assert (await get_course(educator, lesson.course_id)).lesson_count == 0
    with expect_error("LESSON_NOT_FOUND"):
        await educator.courses.DeleteLesson(request)
    with expect_error("LESSON_NOT_FOUND"):
        await update(educator, lesson, title="Hitches")


@pytest.mark.parametrize("missing", ["course_id", "lesson_id"])
async def test_an_id_that_is_left_out_is_named(
    educator: Person, lesson: course_pb2.Lesson, missing: str
) -> None:
    """The contract cannot require it in a resource."""
    lesson.ClearField(missing)
    with expect_error(InvalidArgument) as refusal:
        await educator.courses.UpdateLesson(UpdateLessonRequest(lesson=lesson))

    assert refusal.error is not None
    assert refusal.error.violations[0].field == f"lesson.{missing}"
