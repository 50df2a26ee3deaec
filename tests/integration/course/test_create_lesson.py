"""CreateLesson: a new last lesson of a module, with blocks of content."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import (
    CreateLessonRequest,
    DeleteLessonRequest,
    DeleteModuleRequest,
)
from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import InvalidArgument, RequestIdReused
from academe.ids import new_id
from academe.services.course import CourseRepository, CourseService
from academe.services.course.lessons.blocks import GivenBlock, Html
from academe.services.course.lessons.model import LessonFields
from academe.services.course.lessons.repository import LESSONS_MAX
from academe.services.course.model import CourseFields
from tests.support.courses import (
    get_course,
    get_lesson,
    html_block,
    list_lessons,
    make_course,
    make_lesson,
    make_module,
)
from tests.support.errors import expect_error
from tests.support.school import Person, School

VIDEO = course_pb2.VideoContent(
    urls=["https://example.org/a.mp4", "http://example.org/b"], youtube_id="dQw4w9"
)
PLACEHOLDER = course_pb2.PlaceholderContent(kind="poll", html="<p>Which?</p>")


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


@pytest.fixture
async def module(educator: Person) -> course_pb2.Module:
    return await make_module(educator, (await make_course(educator)).course_id)


def request_of(
    module: course_pb2.Module, lesson: course_pb2.Lesson, request_id: str = ""
) -> CreateLessonRequest:
    return CreateLessonRequest(
        course_id=module.course_id, module_id=module.module_id, lesson=lesson, request_id=request_id
    )


async def test_a_lesson_with_every_kind_of_block(educator: Person, module: course_pb2.Module) -> None:
    """What was given comes back, in order, with ids; empty texts are texts."""
    blocks = [
        html_block("<h2>Bends</h2><p>Two ropes.</p>", title="Text"),
        course_pb2.ContentBlock(title="Film", video=VIDEO),
        course_pb2.ContentBlock(placeholder=PLACEHOLDER),
        html_block(""),
        course_pb2.ContentBlock(video=course_pb2.VideoContent()),
    ]
    lesson = await educator.courses.CreateLesson(
        request_of(module, course_pb2.Lesson(title="Bends", section="Ropes", optional=True, blocks=blocks))
    )

    assert (lesson.title, lesson.section, lesson.optional) == ("Bends", "Ropes", True)
    assert (lesson.course_id, lesson.module_id) == (module.course_id, module.module_id)
    assert len({block.block_id for block in lesson.blocks}) == 5
    for block in lesson.blocks:
        assert block.block_id
        block.ClearField("block_id")
    assert list(lesson.blocks) == blocks
    assert (await get_course(educator, module.course_id)).lesson_count == 1


async def test_a_lesson_without_blocks(educator: Person, module: course_pb2.Module) -> None:
    """An empty lesson is a beginning."""
    lesson = await educator.courses.CreateLesson(request_of(module, course_pb2.Lesson(title="Bends")))

    assert await get_lesson(educator, module.course_id, lesson.lesson_id) == lesson
    assert not lesson.blocks


async def test_blocks_are_served_without_what_runs(educator: Person, module: course_pb2.Module) -> None:
    """To their author as to everybody."""
    hostile = '<p>a<script>x()</script></p><img src=x onerror="y()"><a href="javascript:z()">b</a>'
    blocks = [
        html_block(hostile),
        course_pb2.ContentBlock(placeholder=course_pb2.PlaceholderContent(kind="poll", html=hostile)),
    ]
    lesson = await educator.courses.CreateLesson(
        request_of(module, course_pb2.Lesson(title="Bends", blocks=blocks))
    )
    for text in (lesson.blocks[0].html.html, lesson.blocks[1].placeholder.html):
        assert "a" in text
        assert "b" in text
        assert not any(word in text for word in ("script", "onerror", "x()", "y()", "z()"))


async def test_an_id_of_the_clients_own_is_kept(educator: Person, module: course_pb2.Module) -> None:
    """Two blocks with one id are refused, naming the second."""
    block_id = str(new_id())
    lesson = course_pb2.Lesson(title="Bends", blocks=[html_block("a", block_id=block_id)])
    made = await educator.courses.CreateLesson(request_of(module, lesson))
    assert made.blocks[0].block_id == block_id

    lesson.blocks.append(html_block("b", block_id=block_id))
    with expect_error(InvalidArgument) as refusal:
        await educator.courses.CreateLesson(request_of(module, lesson))
    assert refusal.error is not None
    assert refusal.error.violations[0].field == "lesson.blocks[1].block_id"


@pytest.mark.parametrize(
    ("lesson", "field"),
    [
        (course_pb2.Lesson(section="No title"), "lesson.title"),
        (course_pb2.Lesson(title="a\0b"), "lesson.title"),
        (course_pb2.Lesson(title="a", section="a\0b"), "lesson.section"),
        (
            course_pb2.Lesson(title="a", blocks=[course_pb2.ContentBlock(title="Nothing")]),
            "lesson.blocks[0].content",
        ),
        (
            course_pb2.Lesson(
                title="a",
                blocks=[course_pb2.ContentBlock(video=course_pb2.VideoContent(urls=["javascript:x()"]))],
            ),
            "lesson.blocks[0].video.urls[0]",
        ),
    ],
    ids=["no title", "nul in title", "nul in section", "no content", "address that runs"],
)
async def test_a_field_that_breaks_its_rule_is_named(
    educator: Person, module: course_pb2.Module, lesson: course_pb2.Lesson, field: str
) -> None:
    """The violation says which field."""
    with expect_error(InvalidArgument) as refusal:
        await educator.courses.CreateLesson(request_of(module, lesson))

    assert refusal.error is not None
    assert [violation.field for violation in refusal.error.violations] == [field]


async def test_a_text_with_a_nul_is_served_without_it(educator: Person, module: course_pb2.Module) -> None:
    """Content is bytes to the database; HTML has no such character."""
    lesson = await make_lesson(educator, module, html="a\0b")

    assert "\0" not in lesson.blocks[0].html.html


async def test_a_draft_takes_only_so_many_lessons(
    educator: Person, module: course_pb2.Module, pool: Pool
) -> None:
    """One more is refused; a request that made one of them is still answered with it."""
    await pool.execute(
        "update course.course set lesson_count = $2 where course_id = $1::text::uuid",
        module.course_id,
        LESSONS_MAX - 1,
    )
    last = request_of(module, course_pb2.Lesson(title="Last"), str(new_id()))
    made = await educator.courses.CreateLesson(last)

    with expect_error(InvalidArgument):
        await make_lesson(educator, module)
    assert await educator.courses.CreateLesson(last) == made
    assert len(await list_lessons(educator, module.course_id)) == 1


async def test_a_lesson_that_would_be_served_too_long_is_refused(pool: Pool) -> None:
    """However long a message the server takes: what is stored can be read by any client."""
    courses = CourseService(CourseRepository(pool), max_import_bytes=1)
    person = Caller(new_id(), new_id(), frozenset({Role.EDUCATOR}), datetime.now(UTC))
    course_id = (await courses.create_course(person, CourseFields("Knots", "", "en"), None)).course.course_id
    module_id = (await courses.modules.create_module(person, course_id, "Bends", "", None)).module_id
    fields = LessonFields("Bend", None, None)
    long = [GivenBlock(None, "", Html("&" * 200_000)) for _ in range(4)]  # a million bytes each, when served

    with pytest.raises(InvalidArgument) as refusal:
        await courses.lessons.create_lesson(person, course_id, module_id, fields, long, None)
    assert refusal.value.violations[0].field == "lesson.blocks"
    made = await courses.lessons.create_lesson(person, course_id, module_id, fields, long[:3], None)
    with pytest.raises(InvalidArgument):
        await courses.lessons.update_lesson(person, course_id, made.lesson.lesson_id, fields, long, None)
    kept = await courses.lessons.get_lesson(person, course_id, made.lesson.lesson_id, 0)
    assert len(kept.blocks) == 3


async def test_a_repeated_request_is_answered_with_the_first_lesson(
    educator: Person, module: course_pb2.Module
) -> None:
    """Twenty times at once, blocks without ids included."""
    request = request_of(
        module, course_pb2.Lesson(title="Bends", blocks=[html_block("a"), html_block("b")]), str(new_id())
    )
    made = await asyncio.gather(*(educator.courses.CreateLesson(request) for _ in range(20)))

    assert all(lesson == made[0] for lesson in made)
    assert (await get_course(educator, module.course_id)).lesson_count == 1
    request.lesson.optional = True
    with expect_error(RequestIdReused):
        await educator.courses.CreateLesson(request)


async def test_lessons_made_at_once_are_all_there(educator: Person, module: course_pb2.Module) -> None:
    """The count is that of the rows."""
    made = await asyncio.gather(*(make_lesson(educator, module, f"{number}") for number in range(40)))
    listed = await list_lessons(educator, module.course_id)

    assert {lesson.lesson_id for lesson in listed} == {lesson.lesson_id for lesson in made}
    assert (await get_course(educator, module.course_id)).lesson_count == 40


async def test_a_module_that_is_gone(educator: Person, module: course_pb2.Module) -> None:
    """Nothing is added to the course."""
    await educator.courses.DeleteModule(
        DeleteModuleRequest(course_id=module.course_id, module_id=module.module_id)
    )
    with expect_error("MODULE_NOT_FOUND"):
        await make_lesson(educator, module)

    assert (await get_course(educator, module.course_id)).lesson_count == 0


async def test_a_request_that_comes_again_after_its_lesson_was_deleted(
    educator: Person, module: course_pb2.Module
) -> None:
    """Makes nothing: what it made is gone."""
    request = request_of(module, course_pb2.Lesson(title="Bends"), str(new_id()))
    made = await educator.courses.CreateLesson(request)
    await educator.courses.DeleteLesson(
        DeleteLessonRequest(course_id=module.course_id, lesson_id=made.lesson_id)
    )

    with expect_error("LESSON_NOT_FOUND") as refusal:
        await educator.courses.CreateLesson(request)
    assert refusal.error is not None
    assert refusal.error.metadata["lesson_id"] == made.lesson_id
    assert (await get_course(educator, module.course_id)).lesson_count == 0
