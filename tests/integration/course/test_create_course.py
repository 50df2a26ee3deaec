"""CreateCourse: a draft that nobody but its educator knows of."""

from __future__ import annotations

import asyncio

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import CreateCourseRequest, ListCoursesRequest
from academe.errors import InvalidArgument, RequestIdReused
from academe.ids import new_id
from tests.support.courses import get_course, make_course
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


async def test_a_new_course_is_a_draft_of_its_creator(educator: Person) -> None:
    """It has what was given, one educator, and nothing in it."""
    course = await make_course(educator, "Knots", description="All of them.", language="en")

    assert course.title == "Knots"
    assert course.description == "All of them."
    assert course.language == "en"
    assert course.state == course_pb2.COURSE_STATE_DRAFT
    assert list(course.educator_ids) == [educator.user_id]
    assert (course.module_count, course.lesson_count, course.published_revision) == (0, 0, 0)
    assert course.create_time == course.update_time
    assert not course.HasField("publish_time")
    assert not course.HasField("delete_time")
    assert course == await get_course(educator, course.course_id)


async def test_what_is_the_servers_to_say_is_not_taken_from_the_client(educator: Person) -> None:
    """Ids, state, educators and counts in the request are left aside."""
    stranger = str(new_id())
    course = await make_course(
        educator,
        "Knots",
        course_id=stranger,
        educator_ids=[stranger],
        published_revision=7,
        state=course_pb2.COURSE_STATE_PUBLISHED,
    )

    assert course.course_id != stranger
    assert list(course.educator_ids) == [educator.user_id]
    assert course.published_revision == 0
    assert course.state == course_pb2.COURSE_STATE_DRAFT


async def test_a_draft_does_not_exist_for_others(school: School, educator: Person) -> None:
    """Neither a learner nor another educator can tell it from a course that never was."""
    course = await make_course(educator)
    for person in (await school.learner(), await school.educator()):
        with expect_error("COURSE_NOT_FOUND") as refusal:
            await get_course(person, course.course_id)
        assert refusal.error is not None
        assert refusal.error.metadata["course_id"] == course.course_id


async def test_a_repeated_request_is_answered_with_the_first_course(educator: Person) -> None:
    """A client that lost the answer sends the request again and has one course."""
    request = CreateCourseRequest(request_id=str(new_id()), course=course_pb2.Course(title="Splices"))
    first = await educator.courses.CreateCourse(request)

    assert await educator.courses.CreateCourse(request) == first


async def test_fifty_of_one_request_at_once_make_one_course(school: School) -> None:
    """However the calls fall on each other, there is one row and one answer."""
    educator = await school.educator()
    request = CreateCourseRequest(request_id=str(new_id()), course=course_pb2.Course(title="Splices"))
    made = await asyncio.gather(*(educator.courses.CreateCourse(request) for _ in range(50)))
    listed = await educator.courses.ListCourses(ListCoursesRequest(educator_id=educator.user_id))

    assert len({course.course_id for course in made}) == 1
    assert [course.course_id for course in listed.courses] == [made[0].course_id]


async def test_a_request_id_with_other_content_is_refused(educator: Person) -> None:
    """The client has made the same UUID twice, or changed its mind: neither may pass unseen."""
    request = CreateCourseRequest(request_id=str(new_id()), course=course_pb2.Course(title="Splices"))
    await educator.courses.CreateCourse(request)
    request.course.title = "Whippings"

    with expect_error(RequestIdReused):
        await educator.courses.CreateCourse(request)


async def test_two_people_may_use_one_request_id(school: School, educator: Person) -> None:
    """A request_id is the person's own; it neither collides with a stranger's nor reveals it."""
    request = CreateCourseRequest(request_id=str(new_id()), course=course_pb2.Course(title="Splices"))
    first = await educator.courses.CreateCourse(request)
    second = await (await school.educator()).courses.CreateCourse(request)

    assert first.course_id != second.course_id


@pytest.mark.parametrize(
    ("course", "field"),
    [
        (course_pb2.Course(description="No title"), "course.title"),
        (course_pb2.Course(title="t" * 201), "course.title"),
        (course_pb2.Course(title="Knots", language="klingon!"), "course.language"),
        (course_pb2.Course(title="Knots", description="d" * 20_001), "course.description"),
        (course_pb2.Course(title="Kn\0ts"), "course.title"),
        (course_pb2.Course(title="Knots", description="a\0b"), "course.description"),
    ],
    ids=["no title", "long title", "language", "long description", "nul in title", "nul in description"],
)
async def test_a_field_that_breaks_its_rule_is_named(
    educator: Person, course: course_pb2.Course, field: str
) -> None:
    """The violation says which field."""
    with expect_error(InvalidArgument) as refusal:
        await educator.courses.CreateCourse(CreateCourseRequest(course=course))

    assert refusal.error is not None
    assert [violation.field for violation in refusal.error.violations] == [field]


async def test_the_longest_texts_are_taken_whole(educator: Person) -> None:
    """Limits count characters, not bytes."""
    course = await make_course(educator, "ü" * 200, description="ß" * 20_000)

    assert course.title == "ü" * 200
    assert course.description == "ß" * 20_000
