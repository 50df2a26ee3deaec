"""Only a course's own educators and administrators change it: every method, times everybody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1 import course_service_pb2 as messages
from tests.support.courses import (
    get_course,
    list_lessons,
    make_course,
    make_lesson,
    make_module,
    make_published_course,
    olx_archive,
    upload,
)
from tests.support.errors import expect_error
from tests.support.school import Person, School


@dataclass(frozen=True)
class Ids:
    course_id: str
    module_id: str
    lesson_id: str


REQUESTS: dict[str, Callable[[Ids], Any]] = {
    "UpdateCourse": lambda ids: messages.UpdateCourseRequest(
        course=course_pb2.Course(course_id=ids.course_id, title="Taken over")
    ),
    "DeleteCourse": lambda ids: messages.DeleteCourseRequest(course_id=ids.course_id),
    "UndeleteCourse": lambda ids: messages.UndeleteCourseRequest(course_id=ids.course_id),
    "PublishCourse": lambda ids: messages.PublishCourseRequest(course_id=ids.course_id),
    "ImportCourse": lambda ids: upload(
        messages.ImportCourseHeader(course_id=ids.course_id), olx_archive(title="Taken over")
    ),
    "ListImportItems": lambda ids: messages.ListImportItemsRequest(
        course_id=ids.course_id, import_id=ids.module_id
    ),
    "CreateModule": lambda ids: messages.CreateModuleRequest(
        course_id=ids.course_id, module=course_pb2.Module(title="Taken over")
    ),
    "UpdateModule": lambda ids: messages.UpdateModuleRequest(
        module=course_pb2.Module(course_id=ids.course_id, module_id=ids.module_id, title="Taken over")
    ),
    "DeleteModule": lambda ids: messages.DeleteModuleRequest(
        course_id=ids.course_id, module_id=ids.module_id
    ),
    "CreateLesson": lambda ids: messages.CreateLessonRequest(
        course_id=ids.course_id, module_id=ids.module_id, lesson=course_pb2.Lesson(title="Taken over")
    ),
    "UpdateLesson": lambda ids: messages.UpdateLessonRequest(
        lesson=course_pb2.Lesson(course_id=ids.course_id, lesson_id=ids.lesson_id, title="Taken over")
    ),
    "DeleteLesson": lambda ids: messages.DeleteLessonRequest(
        course_id=ids.course_id, lesson_id=ids.lesson_id
    ),
}


@pytest.fixture(scope="module")
async def people(school: School) -> dict[str, Person]:
    return {
        "educator": await school.educator(),
        "other educator": await school.educator(),
        "learner": await school.learner(),
        "administrator": await school.administrator(),
        "anonymous": school.anonymous,
    }


async def published(educator: Person) -> Ids:
    course = await make_published_course(educator)
    (lesson,) = await list_lessons(educator, course.course_id)
    return Ids(course.course_id, lesson.module_id, lesson.lesson_id)


async def drafted(educator: Person) -> Ids:
    course = await make_course(educator)
    module = await make_module(educator, course.course_id)
    lesson = await make_lesson(educator, module)
    return Ids(course.course_id, module.module_id, lesson.lesson_id)


def test_the_table_has_every_method_that_changes_a_course() -> None:
    """A method that is added to the contract is added here, or this fails."""
    methods = messages.DESCRIPTOR.services_by_name["CourseService"].methods
    reading = {"GetCourse", "ListCourses", "GetModule", "ListModules", "GetLesson", "ListLessons"}

    assert {method.name for method in methods} - reading - {"CreateCourse"} == set(REQUESTS)


@pytest.mark.parametrize("method", REQUESTS)
@pytest.mark.parametrize(
    ("who", "reason_when_published", "reason_when_draft"),
    [
        ("other educator", "NOT_COURSE_EDUCATOR", "COURSE_NOT_FOUND"),
        ("learner", "ROLE_REQUIRED", "ROLE_REQUIRED"),
        ("anonymous", "TOKEN_MISSING", "TOKEN_MISSING"),
    ],
)
async def test_others_are_refused(
    people: dict[str, Person], who: str, reason_when_published: str, reason_when_draft: str, method: str
) -> None:
    """What they may see they are told they may not change; what they may not see does not exist."""
    educator = people["educator"]
    cases = [(await published(educator), reason_when_published), (await drafted(educator), reason_when_draft)]
    for ids, reason in cases:
        before = await get_course(educator, ids.course_id)
        with expect_error(reason):
            await getattr(people[who].courses, method)(REQUESTS[method](ids))

        assert await get_course(educator, ids.course_id) == before
        assert [lesson.title for lesson in await list_lessons(educator, ids.course_id)] == ["Sheet bend"]


@pytest.mark.parametrize("who", ["educator", "administrator"])
@pytest.mark.parametrize("method", sorted(set(REQUESTS) - {"UndeleteCourse", "ListImportItems"}))
async def test_its_educator_and_administrators_may(people: dict[str, Person], who: str, method: str) -> None:
    """The table's requests are good ones: only who sends them makes the difference."""
    ids = await published(people["educator"])

    await getattr(people[who].courses, method)(REQUESTS[method](ids))


@pytest.mark.parametrize("who", ["educator", "administrator"])
async def test_its_educator_and_administrators_may_undelete(people: dict[str, Person], who: str) -> None:
    """The one method that needs a deleted course."""
    ids = await published(people["educator"])
    await people["educator"].courses.DeleteCourse(messages.DeleteCourseRequest(course_id=ids.course_id))
    course = await people[who].courses.UndeleteCourse(messages.UndeleteCourseRequest(course_id=ids.course_id))

    assert not course.HasField("delete_time")


@pytest.mark.parametrize("method", ["CreateCourse", "ImportCourse"])
@pytest.mark.parametrize(("who", "reason"), [("learner", "ROLE_REQUIRED"), ("anonymous", "TOKEN_MISSING")])
async def test_learners_do_not_make_courses(
    people: dict[str, Person], who: str, reason: str, method: str
) -> None:
    """Neither by hand nor from archives."""
    request: Any = messages.CreateCourseRequest(course=course_pb2.Course(title="Mine"))
    if method == "ImportCourse":
        request = upload(messages.ImportCourseHeader(), olx_archive())

    with expect_error(reason):
        await getattr(people[who].courses, method)(request)


async def test_a_module_of_another_course_is_not_reached_through_ones_own(people: dict[str, Person]) -> None:
    """Ids are looked up within the course that was checked, never alone."""
    theirs = await published(people["educator"])
    mine = await drafted(people["other educator"])
    mixed = Ids(mine.course_id, theirs.module_id, theirs.lesson_id)
    for method, reason in (
        ("UpdateModule", "MODULE_NOT_FOUND"),
        ("DeleteModule", "MODULE_NOT_FOUND"),
        ("CreateLesson", "MODULE_NOT_FOUND"),
        ("UpdateLesson", "LESSON_NOT_FOUND"),
        ("DeleteLesson", "LESSON_NOT_FOUND"),
    ):
        with expect_error(reason):
            await getattr(people["other educator"].courses, method)(REQUESTS[method](mixed))
