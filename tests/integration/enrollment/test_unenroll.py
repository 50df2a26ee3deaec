"""Unenroll."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from tests.support.enrollments import enroll, get_enrollment, make_course_of, unenroll, update_progress
from tests.support.errors import expect_error
from tests.support.school import School


async def test_leaving_keeps_what_was_done(school: School) -> None:
    """The enrollment is dropped, not gone."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)
    await update_progress(learner, enrollment.enrollment_id, lessons[0])

    left = await unenroll(learner, enrollment.enrollment_id)

    assert left.state == pb.ENROLLMENT_STATE_DROPPED
    assert left.progress.percent == 50
    assert left == await get_enrollment(learner, enrollment.enrollment_id)


async def test_leaving_twice_is_leaving_once(school: School) -> None:
    """The second call finds it as the first left it."""
    course_id, _ = await make_course_of(await school.educator(), [True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)

    first = await unenroll(learner, enrollment.enrollment_id)

    assert await unenroll(learner, enrollment.enrollment_id) == first


async def test_a_completed_enrollment_stays_completed(school: School) -> None:
    """What was earned is not taken away."""
    course_id, lessons = await make_course_of(await school.educator(), [True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)
    await update_progress(learner, enrollment.enrollment_id, lessons[0])
    completed = await get_enrollment(learner, enrollment.enrollment_id)

    assert await unenroll(learner, enrollment.enrollment_id, completed.etag) == completed
    assert completed.state == pb.ENROLLMENT_STATE_COMPLETED


async def test_leaving_and_finishing_at_once_do_one_of_the_two(school: School) -> None:
    """Either the learner left and the last lesson was refused, or it was done and nothing was dropped."""
    educator = await school.educator()
    course_id, lessons = await make_course_of(educator, [True])
    for _ in range(20):
        learner = await school.learner()
        enrollment_id = (await enroll(learner, course_id)).enrollment_id

        left, done = await asyncio.gather(
            unenroll(learner, enrollment_id),
            update_progress(learner, enrollment_id, lessons[0]),
            return_exceptions=True,
        )

        after = await get_enrollment(learner, enrollment_id)
        assert left == after
        if isinstance(done, BaseException):
            assert after.state == pb.ENROLLMENT_STATE_DROPPED
        else:
            assert after.state == done.state == pb.ENROLLMENT_STATE_COMPLETED


async def test_an_etag_from_before_a_change_is_refused(school: School) -> None:
    """The learner decided on something else than what is there now, and is told what that is."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)
    await update_progress(learner, enrollment.enrollment_id, lessons[0])
    now = await get_enrollment(learner, enrollment.enrollment_id)

    with expect_error("ETAG_MISMATCH") as refusal:
        await unenroll(learner, enrollment.enrollment_id, enrollment.etag)

    assert refusal.error is not None
    assert refusal.error.metadata == {"etag": now.etag}
    assert await get_enrollment(learner, enrollment.enrollment_id) == now
    assert (await unenroll(learner, enrollment.enrollment_id, now.etag)).state == pb.ENROLLMENT_STATE_DROPPED


async def test_nobody_takes_another_learner_out(school: School) -> None:
    """Not a stranger, not the educator, not the administrator; an unknown enrollment looks the same."""
    educator, learner = await school.educator(), await school.learner()
    course_id, _ = await make_course_of(educator, [True])
    enrollment = await enroll(learner, course_id)

    for person in (await school.learner(), educator, await school.administrator()):
        with expect_error("ENROLLMENT_NOT_FOUND"):
            await unenroll(person, enrollment.enrollment_id)
    with expect_error("ENROLLMENT_NOT_FOUND"):
        await unenroll(learner, str(uuid4()))

    assert await get_enrollment(learner, enrollment.enrollment_id) == enrollment
