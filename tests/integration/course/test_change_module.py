"""UpdateModule and DeleteModule: in the draft only."""

from __future__ import annotations

import asyncio

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import (
    DeleteLessonRequest,
    DeleteModuleRequest,
    GetModuleRequest,
    UpdateModuleRequest,
)
from academe.errors import AcademeError, EtagMismatch, InvalidArgument, UpdateMaskInvalid
from academe.ids import new_id
from academe.rpc.status import error_from_rpc
from tests.support.courses import get_course, list_lessons, make_course, make_lesson, make_module
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


async def update(
    educator: Person, module: course_pb2.Module, *paths: str, **fields: str
) -> course_pb2.Module:
    changed = course_pb2.Module(course_id=module.course_id, module_id=module.module_id, **fields)
    updated: course_pb2.Module = await educator.courses.UpdateModule(
        UpdateModuleRequest(module=changed, update_mask=FieldMask(paths=paths))
    )
    return updated


@pytest.fixture
async def module(educator: Person) -> course_pb2.Module:
    course = await make_course(educator)
    return await make_module(educator, course.course_id, "Bends", description="Two ropes.")


async def test_masks(educator: Person, module: course_pb2.Module) -> None:
    """Named fields, set fields, or all."""
    named = await update(educator, module, "title", title="Hitches", description="One rope.")
    assert (named.title, named.description) == ("Hitches", "Two ropes.")

    of_set = await update(educator, module, description="A post.")
    assert (of_set.title, of_set.description) == ("Hitches", "A post.")

    whole = await update(educator, module, "*", title="Knots")
    assert (whole.title, whole.description) == ("Knots", "")

    read = await educator.courses.GetModule(
        GetModuleRequest(course_id=module.course_id, module_id=module.module_id)
    )
    assert read == whole
    assert len({module.etag, named.etag, of_set.etag, whole.etag}) == 4


@pytest.mark.parametrize("path", ["course_id", "module_id", "etag", "lessons"])
async def test_a_field_that_cannot_be_changed(educator: Person, module: course_pb2.Module, path: str) -> None:
    """A module stays where it is, by this method."""
    with expect_error(UpdateMaskInvalid):
        await update(educator, module, path)


async def test_a_title_cannot_be_taken_away(educator: Person, module: course_pb2.Module) -> None:
    """1 to 200 characters."""
    with expect_error(InvalidArgument):
        await update(educator, module, "*")


async def test_an_old_etag(educator: Person, module: course_pb2.Module) -> None:
    """Neither changes nor deletes, and the present one is told."""
    now = await update(educator, module, title="Hitches")
    with expect_error(EtagMismatch) as refusal:
        await update(educator, module, title="Knots", etag=module.etag)
    assert refusal.error is not None
    assert refusal.error.metadata["etag"] == now.etag
    with expect_error(EtagMismatch):
        await educator.courses.DeleteModule(
            DeleteModuleRequest(course_id=module.course_id, module_id=module.module_id, etag=module.etag)
        )


@pytest.mark.parametrize("missing", ["course_id", "module_id"])
async def test_an_id_that_is_left_out_is_named(
    educator: Person, module: course_pb2.Module, missing: str
) -> None:
    """The contract cannot require it in a resource."""
    changed = course_pb2.Module(course_id=module.course_id, module_id=module.module_id, title="Knots")
    changed.ClearField(missing)
    with expect_error(InvalidArgument) as refusal:
        await educator.courses.UpdateModule(UpdateModuleRequest(module=changed))

    assert refusal.error is not None
    assert refusal.error.violations[0].field == f"module.{missing}"


async def test_a_module_goes_with_its_lessons(educator: Person, module: course_pb2.Module) -> None:
    """The counts follow; other modules stay."""
    other = await make_module(educator, module.course_id, "Other")
    await make_lesson(educator, other, "Stays")
    for number in range(3):
        await make_lesson(educator, module, f"Goes {number}")
    await educator.courses.DeleteModule(
        DeleteModuleRequest(course_id=module.course_id, module_id=module.module_id, etag=module.etag)
    )
    course = await get_course(educator, module.course_id)

    assert [lesson.title for lesson in await list_lessons(educator, module.course_id)] == ["Stays"]
    assert (course.module_count, course.lesson_count) == (1, 1)


async def test_a_module_that_is_gone(educator: Person, module: course_pb2.Module) -> None:
    """Whether it was deleted or never was."""
    request = DeleteModuleRequest(course_id=module.course_id, module_id=module.module_id)
    await educator.courses.DeleteModule(request)

    with expect_error("MODULE_NOT_FOUND"):
        await educator.courses.DeleteModule(request)
    with expect_error("MODULE_NOT_FOUND"):
        await update(educator, module, title="Knots")
    module.module_id = str(new_id())
    with expect_error("MODULE_NOT_FOUND"):
        await update(educator, module, title="Knots")


async def test_deleting_a_module_while_lessons_come_and_go(
    educator: Person, module: course_pb2.Module
) -> None:
    """Whatever came first, no lesson is left without a module and the counts are those of the rows."""
    lessons = [await make_lesson(educator, module, f"Lesson {number}") for number in range(5)]
    answers = await asyncio.gather(
        *(make_lesson(educator, module, f"Late {number}") for number in range(10)),
        educator.courses.DeleteModule(
            DeleteModuleRequest(course_id=module.course_id, module_id=module.module_id)
        ),
        *(
            educator.courses.DeleteLesson(
                DeleteLessonRequest(course_id=module.course_id, lesson_id=lesson.lesson_id)
            )
            for lesson in lessons
        ),
        return_exceptions=True,
    )
    refusals: list[AcademeError] = [
        error_from_rpc(answer) for answer in answers if isinstance(answer, BaseException)
    ]
    course = await get_course(educator, module.course_id)

    assert {refusal.reason for refusal in refusals} <= {"MODULE_NOT_FOUND", "LESSON_NOT_FOUND"}
    assert await list_lessons(educator, module.course_id) == []
    assert (course.module_count, course.lesson_count) == (0, 0)
