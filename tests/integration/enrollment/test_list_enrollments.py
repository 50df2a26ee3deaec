"""ListEnrollments."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import TypeVar
from uuid import uuid4

import pytest

from academe.services.enrollment import EnrollmentService
from academe.services.enrollment.model import Enrollment
from tests.support.enrollments import (
    InventedCourses,
    enroll,
    list_enrollments,
    make_course_of,
    make_learner,
    unenroll,
)
from tests.support.errors import expect_error
from tests.support.school import School

T = TypeVar("T")


def newest_first(enrollments: Iterable[T]) -> list[T]:
    """By id, which tells the order of what is at least a millisecond apart."""
    return sorted(enrollments, key=attrgetter("enrollment_id"), reverse=True)


async def test_a_learner_lists_their_own_newest_first(school: School) -> None:
    """Those that were left, too; nobody else's."""
    educator, learner, other = await school.educator(), await school.learner(), await school.learner()
    ids = [(await make_course_of(educator, [True]))[0] for _ in range(3)]
    enrollments = [await enroll(learner, course_id) for course_id in ids]
    await enroll(other, ids[0])
    enrollments[1] = await unenroll(learner, enrollments[1].enrollment_id)

    response = await list_enrollments(learner)

    assert list(response.enrollments) == newest_first(enrollments)
    assert not response.next_page_token


async def test_those_who_teach_and_run_the_school_list_the_learners_of_a_course(school: School) -> None:
    """Newest first, and not the learners of another course."""
    educator = await school.educator()
    course_id, _ = await make_course_of(educator, [True])
    other_course, _ = await make_course_of(educator, [True])
    learners = [await school.learner() for _ in range(3)]
    enrollments = [await enroll(learner, course_id) for learner in learners]
    await enroll(learners[0], other_course)

    for person in (educator, await school.administrator()):
        response = await list_enrollments(person, course_id=course_id)
        assert list(response.enrollments) == newest_first(enrollments)


async def test_the_learners_of_a_course_are_not_for_everybody(school: School) -> None:
    """A learner in it, an educator of another course: to both it is a course that does not exist."""
    educator, learner, stranger = await school.educator(), await school.learner(), await school.educator()
    course_id, _ = await make_course_of(educator, [True])
    await enroll(learner, course_id)

    for person in (learner, stranger):
        with expect_error("COURSE_NOT_FOUND"):
            await list_enrollments(person, course_id=course_id)
    for person in (learner, educator, await school.administrator()):
        with expect_error("COURSE_NOT_FOUND"):
            await list_enrollments(person, course_id=str(uuid4()))


@pytest.mark.parametrize("by_course", [False, True], ids=["own", "of a course"])
async def test_pages_show_each_enrollment_once_while_others_enroll(
    service: EnrollmentService, courses: InventedCourses, by_course: bool
) -> None:
    """Walking through the pages finds everything that was there at the start, once, in order."""
    teacher = make_learner()
    outlines = [courses.publish([True], educators=[teacher.user_id]) for _ in range(1 if by_course else 23)]
    learners = [make_learner() for _ in range(23)] if by_course else [teacher]
    course_id = outlines[0].course_id if by_course else None
    pairs = [(learner, outline) for learner in learners for outline in outlines]
    there = [await service.enroll(learner, outline.course_id, None) for learner, outline in pairs]

    seen: list[Enrollment] = []
    token = ""
    while True:
        page = await service.list_enrollments(teacher, course_id, 5, token)
        seen += page.rows
        newcomer = make_learner() if by_course else teacher
        latecomer = outlines[0] if by_course else courses.publish([True])
        await service.enroll(newcomer, latecomer.course_id, None)
        token = page.next_page_token
        if not token:
            break

    assert [one for one in seen if one in there] == newest_first(there)


async def test_a_page_token_belongs_to_its_list(school: School) -> None:
    """One of another course, of the own list, of another learner, or of nobody is refused."""
    educator, learner, other = await school.educator(), await school.learner(), await school.learner()
    courses = [(await make_course_of(educator, [True]))[0] for _ in range(2)]
    for course_id in courses:
        for person in (learner, other):
            await enroll(person, course_id)
    of_course = (await list_enrollments(educator, course_id=courses[0], page_size=1)).next_page_token
    of_learner = (await list_enrollments(learner, page_size=1)).next_page_token
    assert of_course
    assert of_learner

    for person, fields in [
        (educator, {"course_id": courses[1], "page_token": of_course}),
        (educator, {"page_token": of_course}),
        (educator, {"course_id": courses[0], "page_token": of_learner}),
        (other, {"page_token": of_learner}),
        (learner, {"page_token": "nonsense"}),
    ]:
        with expect_error("PAGE_TOKEN_INVALID"):
            await list_enrollments(person, **fields)


async def test_a_negative_page_size_is_refused(school: School) -> None:
    """The field's rule in the contract says so."""
    with expect_error("FIELD_INVALID") as refusal:
        await list_enrollments(await school.learner(), page_size=-1)

    assert refusal.error is not None
    assert [violation.field for violation in refusal.error.violations] == ["page_size"]
