"""GetEnrollment."""

from __future__ import annotations

from uuid import uuid4

from tests.support.enrollments import enroll, get_enrollment, make_course_of
from tests.support.errors import expect_error
from tests.support.school import School


async def test_a_learner_reads_their_own(school: School) -> None:
    """As Enroll answered it."""
    course_id, _ = await make_course_of(await school.educator(), [True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)

    assert await get_enrollment(learner, enrollment.enrollment_id) == enrollment


async def test_those_who_teach_and_run_the_school_read_it(school: School) -> None:
    """The course's educator and the administrator see the same as the learner."""
    educator, learner = await school.educator(), await school.learner()
    course_id, _ = await make_course_of(educator, [True])
    enrollment = await enroll(learner, course_id)

    for person in (educator, await school.administrator()):
        assert await get_enrollment(person, enrollment.enrollment_id) == enrollment


async def test_for_others_it_does_not_exist(school: School) -> None:
    """Neither for a learner of the same course nor for an educator of another one: both are told the same as
    of an enrollment that was never there."""
    educator, learner = await school.educator(), await school.learner()
    course_id, _ = await make_course_of(educator, [True])
    enrollment = await enroll(learner, course_id)
    classmate, stranger = await school.learner(), await school.educator()
    await enroll(classmate, course_id)
    await make_course_of(stranger, [True])

    for person in (classmate, stranger):
        with expect_error("ENROLLMENT_NOT_FOUND") as hidden:
            await get_enrollment(person, enrollment.enrollment_id)
        with expect_error("ENROLLMENT_NOT_FOUND") as absent:
            await get_enrollment(person, str(uuid4()))
        assert hidden.error is not None
        assert absent.error is not None
        assert hidden.error.message == absent.error.message
        assert hidden.error.metadata.keys() == absent.error.metadata.keys()
