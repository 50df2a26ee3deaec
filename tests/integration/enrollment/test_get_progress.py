"""GetProgress."""

from __future__ import annotations

from uuid import uuid4

from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from tests.support.enrollments import (
    OPENED,
    enroll,
    get_progress,
    make_course_of,
    unenroll,
    update_progress,
)
from tests.support.errors import expect_error
from tests.support.school import School


async def test_every_lesson_is_there_in_course_order(school: School) -> None:
    """Done, begun and untouched, required and optional."""
    course_id, lessons = await make_course_of(await school.educator(), [True, False, True, True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)
    await update_progress(learner, enrollment.enrollment_id, lessons[3])
    await update_progress(learner, enrollment.enrollment_id, lessons[1], OPENED)

    progress = await get_progress(learner, enrollment.enrollment_id)

    assert progress.enrollment_id == enrollment.enrollment_id
    assert progress.state == pb.ENROLLMENT_STATE_ACTIVE
    assert progress.summary == pb.ProgressSummary(required_lessons=3, completed_lessons=1, percent=33)
    assert progress.cursor
    assert [lesson.lesson_id for lesson in progress.lessons] == lessons
    assert [lesson.state for lesson in progress.lessons] == [
        pb.LESSON_STATE_NOT_STARTED,
        pb.LESSON_STATE_IN_PROGRESS,
        pb.LESSON_STATE_NOT_STARTED,
        pb.LESSON_STATE_DONE,
    ]
    assert [lesson.required for lesson in progress.lessons] == [True, False, True, True]
    untouched, begun, _, done = progress.lessons
    assert not untouched.HasField("start_time")
    assert begun.HasField("start_time")
    assert not begun.HasField("complete_time")
    assert done.complete_time == done.start_time


async def test_progress_is_kept_for_a_learner_who_left(school: School) -> None:
    """It can be read while the enrollment is dropped."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)
    await update_progress(learner, enrollment.enrollment_id, lessons[0])
    await unenroll(learner, enrollment.enrollment_id)

    progress = await get_progress(learner, enrollment.enrollment_id)

    assert progress.state == pb.ENROLLMENT_STATE_DROPPED
    assert progress.summary.percent == 50


async def test_only_the_learner_and_those_who_teach_see_it(school: School) -> None:
    """The educator and the administrator read the same; to others it does not exist."""
    educator, learner = await school.educator(), await school.learner()
    course_id, lessons = await make_course_of(educator, [True, True])
    enrollment = await enroll(learner, course_id)
    await update_progress(learner, enrollment.enrollment_id, lessons[0])
    own = await get_progress(learner, enrollment.enrollment_id)

    for person in (educator, await school.administrator()):
        assert await get_progress(person, enrollment.enrollment_id) == own
    for person in (await school.learner(), await school.educator()):
        with expect_error("ENROLLMENT_NOT_FOUND"):
            await get_progress(person, enrollment.enrollment_id)
    with expect_error("ENROLLMENT_NOT_FOUND"):
        await get_progress(learner, str(uuid4()))
