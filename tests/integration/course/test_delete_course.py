"""DeleteCourse and UndeleteCourse: out of sight, and back as it was."""

from __future__ import annotations

import pytest

from academe.api.course.v1.course_service_pb2 import DeleteCourseRequest, UndeleteCourseRequest
from academe.errors import EtagMismatch
from tests.support.courses import get_course, get_lesson, list_lessons, make_course, make_published_course
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


async def test_a_deleted_course_comes_back_whole(school: School, educator: Person) -> None:
    """With its revision and its lessons, for learners too."""
    course = await make_published_course(educator, lessons=["Sheet bend", "Bowline"])
    learner = await school.learner()
    before = await get_course(learner, course.course_id)
    deleted = await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=course.course_id))

    assert deleted.HasField("delete_time")
    assert deleted.etag != course.etag
    with expect_error("COURSE_NOT_FOUND"):
        await list_lessons(learner, course.course_id)

    back = await educator.courses.UndeleteCourse(UndeleteCourseRequest(course_id=course.course_id))

    assert not back.HasField("delete_time")
    assert await get_course(learner, course.course_id) == before
    lessons = await list_lessons(learner, course.course_id)
    assert [lesson.title for lesson in lessons] == ["Sheet bend", "Bowline"]


async def test_its_educator_still_reads_a_deleted_course(educator: Person) -> None:
    """To decide whether to bring it back."""
    course = await make_published_course(educator)
    await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=course.course_id))
    (lesson,) = await list_lessons(educator, course.course_id)

    assert (await get_lesson(educator, course.course_id, lesson.lesson_id)).blocks


async def test_deleting_twice_is_deleting_once(educator: Person) -> None:
    """The second call answers what the first did."""
    course = await make_course(educator)
    request = DeleteCourseRequest(course_id=course.course_id)
    first = await educator.courses.DeleteCourse(request)

    assert await educator.courses.DeleteCourse(request) == first


async def test_a_deletion_repeated_with_its_etag_is_answered_again(educator: Person) -> None:
    """Though deleting changed the etag; once the course is back, that etag is an old one."""
    course = await make_course(educator)
    request = DeleteCourseRequest(course_id=course.course_id, etag=course.etag)
    first = await educator.courses.DeleteCourse(request)

    assert await educator.courses.DeleteCourse(request) == first

    await educator.courses.UndeleteCourse(UndeleteCourseRequest(course_id=course.course_id))
    with expect_error(EtagMismatch):
        await educator.courses.DeleteCourse(request)


async def test_an_old_etag_does_not_delete(educator: Person) -> None:
    """What is deleted is what was seen."""
    course = await make_course(educator)

    with expect_error(EtagMismatch):
        await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=course.course_id, etag="v99"))
    assert await get_course(educator, course.course_id) == course
    gone = await educator.courses.DeleteCourse(
        DeleteCourseRequest(course_id=course.course_id, etag=course.etag)
    )
    assert gone.HasField("delete_time")


async def test_a_course_that_is_not_deleted_cannot_be_undeleted(educator: Person) -> None:
    """ALREADY_EXISTS, as AIP-164 has it."""
    course = await make_course(educator)

    with expect_error("COURSE_NOT_DELETED"):
        await educator.courses.UndeleteCourse(UndeleteCourseRequest(course_id=course.course_id))
