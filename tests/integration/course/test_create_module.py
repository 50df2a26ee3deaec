"""CreateModule: a new last module of the draft."""

from __future__ import annotations

import asyncio

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import (
    CreateModuleRequest,
    DeleteCourseRequest,
    DeleteModuleRequest,
    ListModulesRequest,
)
from academe.errors import InvalidArgument, RequestIdReused
from academe.ids import new_id
from tests.support.courses import get_course, make_course, make_module
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


async def test_modules_stand_in_the_order_in_which_they_were_made(educator: Person) -> None:
    """And the course counts them, keeping its own etag."""
    course = await make_course(educator)
    for title in ("First", "Second", "Third"):
        await make_module(educator, course.course_id, title)
    listed = await educator.courses.ListModules(ListModulesRequest(course_id=course.course_id))
    now = await get_course(educator, course.course_id)

    assert [module.title for module in listed.modules] == ["First", "Second", "Third"]
    assert now.module_count == 3
    assert now.etag == course.etag


async def test_a_repeated_request_is_answered_with_the_first_module(educator: Person) -> None:
    """Twenty times at once or once more later."""
    course = await make_course(educator)
    request = CreateModuleRequest(
        course_id=course.course_id, request_id=str(new_id()), module=course_pb2.Module(title="Bends")
    )
    made = await asyncio.gather(*(educator.courses.CreateModule(request) for _ in range(20)))

    assert all(module == made[0] for module in made)
    assert await educator.courses.CreateModule(request) == made[0]
    assert (await get_course(educator, course.course_id)).module_count == 1


async def test_a_request_id_with_other_content_is_refused(educator: Person) -> None:
    """Nothing is added."""
    course = await make_course(educator)
    request = CreateModuleRequest(
        course_id=course.course_id, request_id=str(new_id()), module=course_pb2.Module(title="Bends")
    )
    await educator.courses.CreateModule(request)
    request.module.description = "More"

    with expect_error(RequestIdReused):
        await educator.courses.CreateModule(request)
    assert (await get_course(educator, course.course_id)).module_count == 1


async def test_modules_made_at_once_are_all_there(educator: Person) -> None:
    """The count is that of the rows, and no two share a place."""
    course = await make_course(educator)
    made = await asyncio.gather(*(make_module(educator, course.course_id, f"{n}") for n in range(40)))
    listed = await educator.courses.ListModules(ListModulesRequest(course_id=course.course_id))

    assert {module.module_id for module in listed.modules} == {module.module_id for module in made}
    assert (await get_course(educator, course.course_id)).module_count == 40


async def test_a_module_without_a_title(educator: Person) -> None:
    """The field is named."""
    course = await make_course(educator)

    with expect_error(InvalidArgument) as refusal:
        await make_module(educator, course.course_id, "")
    assert refusal.error is not None
    assert refusal.error.violations[0].field == "module.title"


async def test_a_deleted_course_takes_no_module(educator: Person) -> None:
    """It has to come back first."""
    course = await make_course(educator)
    await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=course.course_id))

    with expect_error("COURSE_DELETED"):
        await make_module(educator, course.course_id)


async def test_a_course_that_never_was(educator: Person) -> None:
    """There is nothing to add it to."""
    with expect_error("COURSE_NOT_FOUND"):
        await make_module(educator, str(new_id()))


async def test_a_request_that_comes_again_after_its_module_was_deleted(educator: Person) -> None:
    """Makes nothing: what it made is gone."""
    course = await make_course(educator)
    request = CreateModuleRequest(
        course_id=course.course_id, request_id=str(new_id()), module=course_pb2.Module(title="Bends")
    )
    made = await educator.courses.CreateModule(request)
    await educator.courses.DeleteModule(
        DeleteModuleRequest(course_id=course.course_id, module_id=made.module_id)
    )

    with expect_error("MODULE_NOT_FOUND") as refusal:
        await educator.courses.CreateModule(request)
    assert refusal.error is not None
    assert refusal.error.metadata["module_id"] == made.module_id
    request.module.title = "Hitches"
    with expect_error(RequestIdReused):
        await educator.courses.CreateModule(request)
    assert (await get_course(educator, course.course_id)).module_count == 0
