"""UpdateCourse: the fields that the mask names, and never over somebody else's change."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import DeleteCourseRequest, UpdateCourseRequest
from academe.errors import EtagMismatch, InvalidArgument, UpdateMaskInvalid
from academe.rpc.status import error_from_rpc
from tests.support.courses import get_course, make_course
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


async def update(
    educator: Person, course: course_pb2.Course, *paths: str, **fields: str
) -> course_pb2.Course:
    changed = course_pb2.Course(course_id=course.course_id, **fields)
    updated: course_pb2.Course = await educator.courses.UpdateCourse(
        UpdateCourseRequest(course=changed, update_mask=FieldMask(paths=paths))
    )
    return updated


async def test_only_the_fields_in_the_mask_change(educator: Person) -> None:
    """What else is in the message is left aside."""
    course = await make_course(educator, "Knots", description="All.", language="en")
    updated = await update(educator, course, "title", title="Bends", description="None.", language="de")

    assert (updated.title, updated.description, updated.language) == ("Bends", "All.", "en")
    assert updated.etag != course.etag
    assert updated.update_time.ToDatetime() > course.update_time.ToDatetime()
    assert updated.create_time == course.create_time
    assert updated == await get_course(educator, course.course_id)


async def test_without_a_mask_the_fields_that_are_set_change(educator: Person) -> None:
    """AIP-134."""
    course = await make_course(educator, "Knots", description="All.", language="en")
    updated = await update(educator, course, description="None.")

    assert (updated.title, updated.description, updated.language) == ("Knots", "None.", "en")


async def test_a_star_replaces_every_field(educator: Person) -> None:
    """Those that are not set become empty."""
    course = await make_course(educator, "Knots", description="All.", language="en")
    updated = await update(educator, course, "*", title="Bends")

    assert (updated.title, updated.description, updated.language) == ("Bends", "", "")


@pytest.mark.parametrize(
    "path", ["etag", "state", "educator_ids", "published_revision", "subtitle", "title.x"]
)
async def test_a_field_that_cannot_be_changed_is_refused(educator: Person, path: str) -> None:
    """Output-only and unknown fields alike; nothing is changed."""
    course = await make_course(educator)
    with expect_error(UpdateMaskInvalid):
        await update(educator, course, "title", path, title="Bends")

    assert await get_course(educator, course.course_id) == course


@pytest.mark.parametrize("paths", [("title",), ("*",)])
async def test_a_title_cannot_be_taken_away(educator: Person, paths: tuple[str, ...]) -> None:
    """1 to 200 characters, in updates as in creation."""
    course = await make_course(educator)
    with expect_error(InvalidArgument) as refusal:
        await update(educator, course, *paths, language="en")

    assert refusal.error is not None
    assert refusal.error.violations[0].field == "course.title"


async def test_a_request_without_a_course_id(educator: Person) -> None:
    """The field is named, since the contract cannot require it in a resource."""
    with expect_error(InvalidArgument) as refusal:
        await educator.courses.UpdateCourse(UpdateCourseRequest(course=course_pb2.Course(title="Bends")))

    assert refusal.error is not None
    assert refusal.error.violations[0].field == "course.course_id"


async def test_an_update_that_changes_nothing_keeps_the_etag(educator: Person) -> None:
    """A retry disturbs nobody who holds the etag."""
    course = await make_course(educator, "Knots")

    assert await update(educator, course, title="Knots") == course


async def test_of_two_educators_with_one_etag_one_is_told(educator: Person) -> None:
    """The second loses nothing of the first's change unseen, and learns the present etag."""
    course = await make_course(educator, "Knots")
    requests = [
        UpdateCourseRequest(
            course=course_pb2.Course(
                course_id=course.course_id, title=title, language=language, etag=course.etag
            )
        )
        for title, language in (("Bends", "en"), ("Hitches", "de"))
    ]
    answers = await asyncio.gather(*map(educator.courses.UpdateCourse, requests), return_exceptions=True)
    won = [answer for answer in answers if isinstance(answer, course_pb2.Course)]
    lost = [error_from_rpc(answer) for answer in answers if isinstance(answer, grpc.RpcError)]
    now = await get_course(educator, course.course_id)

    assert won == [now]
    assert (now.title, now.language) in {("Bends", "en"), ("Hitches", "de")}
    assert len(lost) == 1
    assert isinstance(lost[0], EtagMismatch)
    assert lost[0].metadata["etag"] == now.etag


@pytest.mark.parametrize("etag", ["nonsense", "v", "v99999999999999999999999", "v-1"])
async def test_an_etag_that_no_course_ever_had(educator: Person, etag: str) -> None:
    """ABORTED like any other old etag."""
    course = await make_course(educator)

    with expect_error(EtagMismatch):
        await update(educator, course, title="Bends", etag=etag)


async def test_fifty_updates_at_once_are_all_made(educator: Person) -> None:
    """One after the other, each a version of its own."""
    course = await make_course(educator, "Knots")
    made = await asyncio.gather(*(update(educator, course, title=f"Knots {n}") for n in range(50)))

    assert len({version.etag for version in made}) == 50


async def test_a_deleted_course_is_not_changed(educator: Person) -> None:
    """It has to come back first."""
    course = await make_course(educator)
    await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=course.course_id))

    with expect_error("COURSE_DELETED"):
        await update(educator, course, title="Bends")
