"""GetCourse: educators see their draft, learners the published revision, strangers nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import (
    CreateModuleRequest,
    DeleteCourseRequest,
    GetCourseRequest,
    UpdateCourseRequest,
)
from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.course import CourseRepository, CourseService
from academe.services.course.model import CourseFields
from tests.support.courses import (
    get_course,
    make_course,
    make_lesson,
    make_module,
    make_published_course,
    publish,
)
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


@pytest.fixture(scope="module")
async def learner(school: School) -> Person:
    return await school.learner()


async def test_a_published_course_is_there_for_a_learner(educator: Person, learner: Person) -> None:
    """With the numbers of the revision."""
    published = await make_published_course(educator, "Knots", ["Sheet bend", "Bowline"], description="All.")
    course = await get_course(learner, published.course_id)

    assert course.title == "Knots"
    assert course.description == "All."
    assert course.state == course_pb2.COURSE_STATE_PUBLISHED
    assert course.published_revision == 1
    assert course.publish_time == published.publish_time
    assert (course.module_count, course.lesson_count) == (1, 2)


async def test_edits_after_publication_are_invisible_until_the_next(
    educator: Person, learner: Person
) -> None:
    """A learner's answer does not change by a byte while the draft does."""
    course_id = (await make_published_course(educator, "Knots")).course_id
    before = await get_course(learner, course_id)
    await educator.courses.UpdateCourse(
        UpdateCourseRequest(course=course_pb2.Course(course_id=course_id, title="Knots, revised"))
    )
    module = await make_module(educator, course_id, "More")
    await make_lesson(educator, module)
    draft = await get_course(educator, course_id)

    assert await get_course(learner, course_id) == before
    assert (draft.title, draft.module_count, draft.lesson_count) == ("Knots, revised", 2, 2)

    await publish(educator, course_id)
    after = await get_course(learner, course_id)

    assert after == await get_course(educator, course_id)
    assert (after.title, after.published_revision, after.lesson_count) == ("Knots, revised", 2, 2)
    assert after.etag != before.etag


async def test_an_administrator_sees_the_draft(school: School, educator: Person) -> None:
    """They help educators, so they see what educators see."""
    course = await make_course(educator)

    assert await get_course(await school.administrator(), course.course_id) == course


async def test_a_deleted_course_is_there_for_its_educator_only(educator: Person, learner: Person) -> None:
    """Learners are told what they are told of courses that never were."""
    course_id = (await make_published_course(educator)).course_id
    await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=course_id))

    assert (await get_course(educator, course_id)).HasField("delete_time")
    with expect_error("COURSE_NOT_FOUND"):
        await get_course(learner, course_id)


async def test_a_course_that_never_was(educator: Person) -> None:
    """NOT_FOUND names the id that was asked for."""
    unknown = str(new_id())
    with expect_error("COURSE_NOT_FOUND") as refusal:
        await get_course(educator, unknown)

    assert refusal.error is not None
    assert refusal.error.metadata["course_id"] == unknown


async def test_an_id_that_is_none(educator: Person) -> None:
    """The field is named."""
    with expect_error("FIELD_INVALID") as refusal:
        await educator.courses.GetCourse(GetCourseRequest(course_id="knots"))

    assert refusal.error is not None
    assert refusal.error.violations[0].field == "course_id"


async def test_a_description_is_served_without_what_runs(educator: Person, learner: Person) -> None:
    """Stored as given, served sanitised, to its author and in lists as well."""
    hostile = '<p onclick="x()">Knots <b>hold</b>.</p><script>steal()</script>'
    course = await make_published_course(educator, description=hostile)

    for seen in (
        course,
        await get_course(educator, course.course_id),
        await get_course(learner, course.course_id),
    ):
        assert seen.description == "<p>Knots <b>hold</b>.</p>"


async def test_a_modules_description_is_served_without_what_runs(educator: Person) -> None:
    """The same for modules."""
    course = await make_course(educator)
    module = await educator.courses.CreateModule(
        CreateModuleRequest(
            course_id=course.course_id,
            module=course_pb2.Module(title="Bends", description="<i>a</i><iframe src='https://x'></iframe>"),
        )
    )

    assert module.description == "<i>a</i>"


async def test_somebody_who_is_not_signed_in(school: School, educator: Person) -> None:
    """Reading courses needs an account."""
    course = await make_published_course(educator)

    with expect_error("TOKEN_MISSING"):
        await get_course(school.anonymous, course.course_id)


async def test_many_readers_share_their_queries(pool: Pool) -> None:
    """A hundred courses asked for at once are a handful of statements, each course once in each."""
    batches: list[int] = []
    courses = CourseService(
        CourseRepository(pool, on_batch=lambda name, keys, seconds: batches.append(keys)), max_import_bytes=1
    )
    reader = Caller(new_id(), new_id(), frozenset({Role.EDUCATOR}), datetime.now(UTC))
    made = [
        (await courses.create_course(reader, CourseFields(f"{number}", "", ""), None)).course.course_id
        for number in range(100)
    ]
    views = await asyncio.gather(*(courses.get_course(reader, course_id) for course_id in made * 3))

    assert [view.version.title for view in views] == [f"{number}" for number in range(100)] * 3
    assert len(batches) <= 4
    assert sum(batches) == 100
