"""ListCourses: the catalogue for everybody, and an educator's own shelf."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import (
    DeleteCourseRequest,
    ListCoursesRequest,
    UndeleteCourseRequest,
    UpdateCourseRequest,
)
from academe.errors import InvalidArgument, PageTokenInvalid
from tests.support.courses import get_course, make_course, make_published_course, publish
from tests.support.errors import expect_error
from tests.support.postgres import TestPostgres
from tests.support.school import Person, School


@pytest.fixture
async def catalogue(postgres: TestPostgres, template_database: str, tmp_path: Path) -> AsyncIterator[School]:
    """A school of its own, since the catalogue is of the whole school."""
    school = School(await postgres.create_database(template=template_database), tmp_path)
    await school.start()
    yield school
    await school.stop()


async def titles(person: Person, request: ListCoursesRequest) -> list[str]:
    """Of every page, in order."""
    found: list[str] = []
    while True:
        page = await person.courses.ListCourses(request)
        found += [course.title for course in page.courses]
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_the_catalogue_has_what_is_published_the_latest_first(catalogue: School) -> None:
    """No drafts and no deleted courses, not even one's own; the titles are the published ones."""
    educator = await catalogue.educator()
    first = await make_published_course(educator, "First")
    await make_published_course(educator, "Second")
    await make_course(educator, "Draft")
    deleted = await make_published_course(educator, "Deleted")
    await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=deleted.course_id))
    await educator.courses.UpdateCourse(
        UpdateCourseRequest(course=course_pb2.Course(course_id=first.course_id, title="First, revised"))
    )
    learner = await catalogue.learner()

    assert await titles(learner, ListCoursesRequest()) == ["Second", "First"]
    assert await titles(educator, ListCoursesRequest()) == ["Second", "First, revised"]


async def test_a_course_looks_the_same_in_the_list_and_alone(catalogue: School) -> None:
    """Get and List answer one message for one course and one caller."""
    educator = await catalogue.educator()
    course = await make_published_course(educator, description="<b>x</b><script>y</script>", language="de")
    await educator.courses.UpdateCourse(
        UpdateCourseRequest(course=course_pb2.Course(course_id=course.course_id, title="Later"))
    )
    for person in (educator, await catalogue.learner()):
        listed = (await person.courses.ListCourses(ListCoursesRequest())).courses

        assert list(listed) == [await get_course(person, course.course_id)]


async def test_a_walk_under_concurrent_change_meets_every_old_course_once(catalogue: School) -> None:
    """Courses that appear, are published again, deleted or undeleted meanwhile move nothing else."""
    educator, learner = await catalogue.educator(), await catalogue.learner()
    old = [await make_published_course(educator, f"Old {number}") for number in range(12)]
    request, walked = ListCoursesRequest(page_size=2), list[str]()
    for step in range(100):
        page = await learner.courses.ListCourses(request)
        walked += [course.title for course in page.courses]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
        again = old[step]
        await asyncio.gather(
            make_published_course(educator, f"New {step}"),
            educator.courses.UpdateCourse(
                UpdateCourseRequest(course=course_pb2.Course(course_id=again.course_id, language="en"))
            ),
        )
        await publish(educator, again.course_id)
        await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=again.course_id))
        await educator.courses.UndeleteCourse(UndeleteCourseRequest(course_id=again.course_id))

    assert walked == [f"Old {number}" for number in reversed(range(12))]


async def test_an_educators_shelf_has_drafts_for_its_owner(school: School) -> None:
    """The latest made first; others see what is published of it."""
    educator = await school.educator()
    await make_published_course(educator, "Published")
    await make_course(educator, "Draft")
    request = ListCoursesRequest(educator_id=educator.user_id, page_size=1)

    assert await titles(educator, ListCoursesRequest.FromString(request.SerializeToString())) == [
        "Draft",
        "Published",
    ]
    administrator = await school.administrator()
    assert await titles(administrator, ListCoursesRequest.FromString(request.SerializeToString())) == [
        "Draft",
        "Published",
    ]
    assert await titles(await school.learner(), request) == ["Published"]


async def test_deleted_courses_are_shown_to_their_educator_who_asks(school: School) -> None:
    """show_deleted adds them for who sees the drafts, and nothing for others."""
    educator = await school.educator()
    course = await make_published_course(educator, "Gone")
    await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=course.course_id))

    async def seen_by(person: Person, show_deleted: bool) -> list[str]:
        return await titles(
            person, ListCoursesRequest(educator_id=educator.user_id, show_deleted=show_deleted)
        )

    assert await seen_by(educator, False) == []
    assert await seen_by(educator, True) == ["Gone"]
    assert await seen_by(await school.learner(), True) == []


async def test_deleted_courses_of_everybody_are_not_to_be_had(school: School) -> None:
    """show_deleted without an educator names the field."""
    with expect_error(InvalidArgument) as refusal:
        await (await school.administrator()).courses.ListCourses(ListCoursesRequest(show_deleted=True))

    assert refusal.error is not None
    assert refusal.error.violations[0].field == "show_deleted"


async def test_a_token_of_another_list_is_refused(school: School) -> None:
    """A token is good for the arguments that it was given out for."""
    educator = await school.educator()
    await make_course(educator, "One")
    await make_course(educator, "Two")
    shelf = ListCoursesRequest(educator_id=educator.user_id, page_size=1)
    token = (await educator.courses.ListCourses(shelf)).next_page_token

    assert token
    for request in (
        ListCoursesRequest(page_token=token),
        ListCoursesRequest(educator_id=educator.user_id, show_deleted=True, page_token=token),
        ListCoursesRequest(educator_id=educator.user_id, page_token=token + "AAAA"),
        ListCoursesRequest(page_token="not a token"),
    ):
        with expect_error(PageTokenInvalid):
            await educator.courses.ListCourses(request)


async def test_page_sizes(school: School) -> None:
    """Negative is refused; 0 means the default; too much is cut to the most."""
    educator = await school.educator()
    for number in range(3):
        await make_course(educator, f"Course {number}")
    request = ListCoursesRequest(educator_id=educator.user_id, page_size=10_000)

    assert len((await educator.courses.ListCourses(request)).courses) == 3
    with expect_error(InvalidArgument):
        await educator.courses.ListCourses(ListCoursesRequest(page_size=-1))


async def test_long_descriptions_do_not_overflow_a_reply(school: School) -> None:
    """A page holds fewer courses when they are long, and the walk still meets them all."""
    educator = await school.educator()
    for number in range(30):
        await make_course(educator, f"Long {number}", description="&" * 20_000)
    request = ListCoursesRequest(educator_id=educator.user_id, page_size=100)
    first = await educator.courses.ListCourses(request)

    assert 0 < len(first.courses) < 30
    assert first.ByteSize() < 4 * 1024 * 1024
    assert len(await titles(educator, request)) == 30
