"""UpdateProgress."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from tests.support.courses import make_lesson, make_module, publish
from tests.support.enrollments import (
    OPENED,
    VIEWED,
    enroll,
    get_enrollment,
    get_progress,
    make_course_of,
    unenroll,
    update_progress,
)
from tests.support.errors import expect_error
from tests.support.school import School


async def test_a_lesson_begins_when_it_is_opened(school: School) -> None:
    """That counts as nothing done yet."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)

    update = await update_progress(learner, enrollment.enrollment_id, lessons[0], OPENED)

    assert update.lesson.lesson_id == lessons[0]
    assert update.lesson.state == pb.LESSON_STATE_IN_PROGRESS
    assert update.lesson.required
    assert update.lesson.HasField("start_time")
    assert not update.lesson.HasField("complete_time")
    assert update.summary == pb.ProgressSummary(required_lessons=2)
    assert update.state == pb.ENROLLMENT_STATE_ACTIVE


async def test_a_lesson_is_done_when_it_was_viewed(school: School) -> None:
    """It keeps the time at which it was opened."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True, True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)
    opened = await update_progress(learner, enrollment.enrollment_id, lessons[0], OPENED)

    update = await update_progress(learner, enrollment.enrollment_id, lessons[0])

    assert update.lesson.state == pb.LESSON_STATE_DONE
    assert update.lesson.start_time == opened.lesson.start_time
    assert update.lesson.complete_time.ToNanoseconds() > update.lesson.start_time.ToNanoseconds()
    assert update.summary == pb.ProgressSummary(required_lessons=3, completed_lessons=1, percent=33)


async def test_the_last_required_lesson_completes_the_enrollment(school: School) -> None:
    """lifterlms #2395: with every lesson done through the API, the course stayed incomplete."""
    course_id, lessons = await make_course_of(await school.educator(), [True, False, True])
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id

    first = await update_progress(learner, enrollment_id, lessons[2])
    last = await update_progress(learner, enrollment_id, lessons[0])

    assert (first.state, first.summary.percent) == (pb.ENROLLMENT_STATE_ACTIVE, 50)
    assert (last.state, last.summary.percent) == (pb.ENROLLMENT_STATE_COMPLETED, 100)
    enrollment = await get_enrollment(learner, enrollment_id)
    assert enrollment.state == pb.ENROLLMENT_STATE_COMPLETED
    assert enrollment.complete_time == last.lesson.complete_time


async def test_nothing_ever_counts_above_one_hundred_percent(school: School) -> None:
    """frappe/lms #851 and #2423: repeated and optional lessons brought it to 200 and 400 percent."""
    course_id, lessons = await make_course_of(await school.educator(), [True, False, False])
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id

    updates = [await update_progress(learner, enrollment_id, lesson) for _ in range(3) for lesson in lessons]

    assert {update.summary.percent for update in updates} == {100}
    assert {update.summary.completed_lessons for update in updates} == {1}


async def test_editing_the_course_changes_no_progress(school: School) -> None:
    """Also frappe/lms #851: lessons that came and went left finished courses below or above 100 percent."""
    educator, learner = await school.educator(), await school.learner()
    course_id, lessons = await make_course_of(educator, [True])
    enrollment_id = (await enroll(learner, course_id)).enrollment_id
    await update_progress(learner, enrollment_id, lessons[0])
    before = await get_progress(learner, enrollment_id)
    added = await make_lesson(educator, await make_module(educator, course_id))
    await publish(educator, course_id)

    with expect_error("LESSON_NOT_IN_COURSE"):
        await update_progress(learner, enrollment_id, added.lesson_id)

    assert await get_progress(learner, enrollment_id) == before


async def test_optional_lessons_alone_complete_nothing(school: School) -> None:
    """They are kept, and do not count, before completion and after it."""
    course_id, lessons = await make_course_of(await school.educator(), [True, False, False])
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id

    optional = await update_progress(learner, enrollment_id, lessons[1])
    assert optional.lesson.state == pb.LESSON_STATE_DONE
    assert not optional.lesson.required
    assert (optional.state, optional.summary.percent) == (pb.ENROLLMENT_STATE_ACTIVE, 0)

    completed = await update_progress(learner, enrollment_id, lessons[0])
    later = await update_progress(learner, enrollment_id, lessons[2])
    assert later.lesson.state == pb.LESSON_STATE_DONE
    assert (later.state, later.summary) == (completed.state, completed.summary)


async def test_a_course_that_requires_nothing_is_completed_by_all_of_it(school: School) -> None:
    """Its lessons count although each is optional; it was not complete before the first."""
    course_id, lessons = await make_course_of(await school.educator(), [False, False])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)
    assert enrollment.state == pb.ENROLLMENT_STATE_ACTIVE

    first = await update_progress(learner, enrollment.enrollment_id, lessons[0])
    second = await update_progress(learner, enrollment.enrollment_id, lessons[1])

    assert (first.state, first.summary.percent) == (pb.ENROLLMENT_STATE_ACTIVE, 50)
    assert (second.state, second.summary.percent) == (pb.ENROLLMENT_STATE_COMPLETED, 100)


@pytest.mark.parametrize("event", [OPENED, VIEWED])
async def test_a_repeated_report_changes_nothing(school: School, event: pb.LessonEvent) -> None:
    """Neither counts nor times nor the etag, and the reply is the same."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True])
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id
    first = await update_progress(learner, enrollment_id, lessons[0], event)
    before = await get_enrollment(learner, enrollment_id)

    repeated = await update_progress(learner, enrollment_id, lessons[0], event)

    assert repeated == first
    assert await get_enrollment(learner, enrollment_id) == before


async def test_a_late_report_does_not_take_a_lesson_back(school: School) -> None:
    """The opening arrives after the viewing: the lesson stays done."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True])
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id
    done = await update_progress(learner, enrollment_id, lessons[0], VIEWED)

    assert await update_progress(learner, enrollment_id, lessons[0], OPENED) == done


async def test_everything_at_once_counts_everything_once(school: School) -> None:
    """Both events of every lesson, three times each, all in flight together."""
    course_id, lessons = await make_course_of(await school.educator(), [True] * 6)
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id

    updates = await asyncio.gather(
        *(
            update_progress(learner, enrollment_id, lesson, event)
            for lesson in lessons
            for event in (VIEWED, OPENED)
            for _ in range(3)
        )
    )

    assert all(0 <= update.summary.percent <= 100 for update in updates)
    progress = await get_progress(learner, enrollment_id)
    assert progress.summary == pb.ProgressSummary(required_lessons=6, completed_lessons=6, percent=100)
    assert progress.state == pb.ENROLLMENT_STATE_COMPLETED
    assert {lesson.state for lesson in progress.lessons} == {pb.LESSON_STATE_DONE}


async def test_a_lesson_of_another_course_is_refused(school: School) -> None:
    """And so is one that does not exist."""
    educator, learner = await school.educator(), await school.learner()
    course_id, _ = await make_course_of(educator, [True])
    _, others = await make_course_of(educator, [True])
    enrollment_id = (await enroll(learner, course_id)).enrollment_id

    for lesson_id in (others[0], str(uuid4())):
        with expect_error("LESSON_NOT_IN_COURSE"):
            await update_progress(learner, enrollment_id, lesson_id)


async def test_nothing_is_done_while_the_learner_is_away(school: School) -> None:
    """A report after Unenroll is refused, new or repeated; after enrolling again it is taken."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True])
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id
    await update_progress(learner, enrollment_id, lessons[0])
    await unenroll(learner, enrollment_id)

    for lesson_id in lessons:
        with expect_error("ENROLLMENT_NOT_ACTIVE") as refusal:
            await update_progress(learner, enrollment_id, lesson_id)
        assert refusal.error is not None
        assert refusal.error.metadata == {"state": "DROPPED"}

    await enroll(learner, course_id)
    done = await update_progress(learner, enrollment_id, lessons[1])
    assert done.state == pb.ENROLLMENT_STATE_COMPLETED


async def test_nobody_learns_for_another(school: School) -> None:
    """Not a stranger, not the educator, not the administrator, whether or not the learner was here before."""
    educator, learner = await school.educator(), await school.learner()
    course_id, lessons = await make_course_of(educator, [True])
    enrollment_id = (await enroll(learner, course_id)).enrollment_id
    people = (await school.learner(), educator, await school.administrator())

    for opened_before in (False, True):
        for person in people:
            with expect_error("ENROLLMENT_NOT_FOUND"):
                await update_progress(person, enrollment_id, lessons[0])
            with expect_error("ENROLLMENT_NOT_FOUND"):  # nor is told which lessons the course has
                await update_progress(person, enrollment_id, str(uuid4()))
        if not opened_before:
            await update_progress(learner, enrollment_id, lessons[0], OPENED)
    with expect_error("ENROLLMENT_NOT_FOUND"):
        await update_progress(learner, str(uuid4()), lessons[0])

    assert (await get_enrollment(learner, enrollment_id)).progress.percent == 0


@pytest.mark.parametrize("event", [pb.LESSON_EVENT_UNSPECIFIED, 77])
async def test_an_event_that_says_nothing_is_refused(school: School, event: pb.LessonEvent) -> None:
    """Unset, or of a newer contract than the server's."""
    course_id, lessons = await make_course_of(await school.educator(), [True])
    learner = await school.learner()
    enrollment_id = (await enroll(learner, course_id)).enrollment_id

    with expect_error("FIELD_INVALID") as refusal:
        await update_progress(learner, enrollment_id, lessons[0], event)

    assert refusal.error is not None
    assert [violation.field for violation in refusal.error.violations] == ["event"]
