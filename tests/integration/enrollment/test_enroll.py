"""Enroll."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import grpc

from academe.api.course.v1 import course_service_pb2
from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.enrollment import EnrollmentRepository, EnrollmentService
from academe.services.enrollment.model import NewEnrollment
from tests.support.courses import make_course, make_lesson, make_module, publish
from tests.support.enrollments import (
    InventedCourses,
    enroll,
    get_enrollment,
    list_enrollments,
    make_course_of,
    make_learner,
    unenroll,
    update_progress,
)
from tests.support.errors import expect_error
from tests.support.pools import patient_pool
from tests.support.school import Person, School

AT_ONCE = 200
"""Calls."""

CONNECTIONS = 4
"""So that each carries fewer calls than the server allows on one."""


async def test_a_learner_enrolls_in_a_published_course(school: School) -> None:
    """The enrollment begins at nothing done, pinned to the revision that is published now."""
    course_id, _ = await make_course_of(await school.educator(), [True, False, True])
    learner = await school.learner()

    enrollment = await enroll(learner, course_id)

    assert enrollment.course_id == course_id
    assert enrollment.learner_id == learner.user_id
    assert enrollment.course_revision == 1
    assert enrollment.state == pb.ENROLLMENT_STATE_ACTIVE
    assert enrollment.progress == pb.ProgressSummary(required_lessons=2)
    assert enrollment.etag
    assert enrollment.create_time == enrollment.update_time
    assert not enrollment.HasField("complete_time")
    assert await get_enrollment(learner, enrollment.enrollment_id) == enrollment


async def test_enrolling_twice_answers_the_same_enrollment(school: School) -> None:
    """Also when lessons were done meanwhile: nothing is begun again."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True])
    learner = await school.learner()
    first = await enroll(learner, course_id)
    await update_progress(learner, first.enrollment_id, lessons[0])

    second = await enroll(learner, course_id)

    assert second == await get_enrollment(learner, first.enrollment_id)
    assert second.progress.completed_lessons == 1


async def test_200_simultaneous_calls_make_one_enrollment(school: School) -> None:
    """Every one of them is answered, and all with the same words, over whatever connection they came."""
    course_id, _ = await make_course_of(await school.educator(), [True])
    learner = await school.learner()
    channels = [
        grpc.aio.insecure_channel(school.app.grpc_address, options=[("grpc.use_local_subchannel_pool", 1)])
        for _ in range(CONNECTIONS)
    ]
    devices = [Person(channel, learner.user_id, learner.username, learner.tokens) for channel in channels]

    replies = await asyncio.gather(*(enroll(devices[n % CONNECTIONS], course_id) for n in range(AT_ONCE)))
    for channel in channels:
        await channel.close()

    assert all(reply == replies[0] for reply in replies)
    assert list((await list_enrollments(learner)).enrollments) == [replies[0]]


async def test_simultaneous_calls_to_several_servers_make_one_enrollment(
    pool: Pool, database: str, courses: InventedCourses
) -> None:
    """Two processes on one database, and the same request_id from a client that tried both."""
    outline = courses.publish([True])
    other_pool = await patient_pool(database, size=4)
    try:
        services = [EnrollmentService(EnrollmentRepository(one), courses) for one in (pool, other_pool)]
        for request_id in [None, new_id(), new_id(), new_id()]:
            learner = make_learner()
            calls = [
                service.enroll(learner, outline.course_id, request_id)
                for _ in range(AT_ONCE // 2)
                for service in services
            ]
            replies = await asyncio.gather(*calls)

            assert all(reply == replies[0] for reply in replies)
            count = await pool.fetchval(
                "select count(*) from enrollment.enrollment where learner_id = $1", learner.user_id
            )
            assert count == 1
    finally:
        await other_pool.close()


async def test_a_class_enrolls_at_once(service: EnrollmentService, courses: InventedCourses) -> None:
    """200 learners, one course: everybody has their own enrollment."""
    outline = courses.publish([True])
    learners = [make_learner() for _ in range(AT_ONCE)]

    enrollments = await asyncio.gather(
        *(service.enroll(learner, outline.course_id, None) for learner in learners)
    )

    assert [one.learner_id for one in enrollments] == [learner.user_id for learner in learners]
    assert len({one.enrollment_id for one in enrollments}) == AT_ONCE


async def test_an_enrollment_keeps_its_revision(school: School) -> None:
    """Publishing again is for those who enroll afterwards."""
    educator, early, late = await school.educator(), await school.learner(), await school.learner()
    course_id, lessons = await make_course_of(educator, [True])
    enrollment = await enroll(early, course_id)
    module = await make_module(educator, course_id, "More")
    await make_lesson(educator, module)
    await publish(educator, course_id)

    again = await enroll(early, course_id)
    newcomer = await enroll(late, course_id)

    assert (again.course_revision, again.progress.required_lessons) == (1, 1)
    assert (newcomer.course_revision, newcomer.progress.required_lessons) == (2, 2)
    done = await update_progress(early, enrollment.enrollment_id, lessons[0])
    assert done.state == pb.ENROLLMENT_STATE_COMPLETED


async def test_a_learner_who_left_is_brought_back_with_what_was_done(school: School) -> None:
    """The same enrollment, revision and progress."""
    course_id, lessons = await make_course_of(await school.educator(), [True, True])
    learner = await school.learner()
    enrollment = await enroll(learner, course_id)
    await update_progress(learner, enrollment.enrollment_id, lessons[0])
    left = await unenroll(learner, enrollment.enrollment_id)

    back = await enroll(learner, course_id)

    assert back.state == pb.ENROLLMENT_STATE_ACTIVE
    assert back.enrollment_id == enrollment.enrollment_id
    assert back.course_revision == enrollment.course_revision
    assert (
        back.progress
        == left.progress
        == pb.ProgressSummary(required_lessons=2, completed_lessons=1, percent=50)
    )
    assert back.etag not in {enrollment.etag, left.etag}


async def test_a_draft_does_not_exist_for_learners(school: School) -> None:
    """What a learner may not see cannot be told from what is not there."""
    educator, learner = await school.educator(), await school.learner()
    draft = await make_course(educator)

    with expect_error("COURSE_NOT_FOUND") as of_draft:
        await enroll(learner, draft.course_id)
    with expect_error("COURSE_NOT_FOUND") as of_nothing:
        await enroll(learner, str(uuid4()))

    assert of_draft.error is not None
    assert of_nothing.error is not None
    assert of_draft.error.message == of_nothing.error.message


async def test_an_educator_is_told_that_a_draft_is_not_published(school: School) -> None:
    """Who sees the draft learns why nobody can enroll in it; an administrator, too."""
    educator = await school.educator()
    draft = await make_course(educator)

    for person in (educator, await school.administrator()):
        with expect_error("COURSE_NOT_PUBLISHED"):
            await enroll(person, draft.course_id)


async def test_nobody_enrolls_in_a_deleted_course(school: School) -> None:
    """It is gone for learners, though those who were in it keep their enrollment."""
    educator, inside, outside = await school.educator(), await school.learner(), await school.learner()
    course_id, lessons = await make_course_of(educator, [True])
    enrollment = await enroll(inside, course_id)
    await educator.courses.DeleteCourse(course_service_pb2.DeleteCourseRequest(course_id=course_id))

    with expect_error("COURSE_NOT_FOUND"):
        await enroll(outside, course_id)

    done = await update_progress(inside, enrollment.enrollment_id, lessons[0])
    assert done.state == pb.ENROLLMENT_STATE_COMPLETED


async def test_a_repeated_request_is_answered_again(school: School) -> None:
    """Even after the course was deleted: the first reply may have been lost on its way."""
    educator, learner = await school.educator(), await school.learner()
    course_id, _ = await make_course_of(educator, [True])
    request_id = str(uuid4())
    first = await enroll(learner, course_id, request_id)
    await educator.courses.DeleteCourse(course_service_pb2.DeleteCourseRequest(course_id=course_id))

    assert await enroll(learner, course_id, request_id) == first


async def test_a_late_repeat_does_not_undo_leaving(school: School) -> None:
    """A retry that arrives after Unenroll is still the old request; a new one brings the learner back."""
    course_id, _ = await make_course_of(await school.educator(), [True])
    learner = await school.learner()
    request_id = str(uuid4())
    enrollment = await enroll(learner, course_id, request_id)
    left = await unenroll(learner, enrollment.enrollment_id)

    assert await enroll(learner, course_id, request_id) == left

    back = await enroll(learner, course_id, str(uuid4()))
    assert back.state == pb.ENROLLMENT_STATE_ACTIVE


async def test_a_late_repeat_of_an_older_request_does_not_undo_leaving(school: School) -> None:
    """The learner came twice and left twice; a retry of the first time stays without effect."""
    course_id, _ = await make_course_of(await school.educator(), [True])
    learner = await school.learner()
    requests = [str(uuid4()), str(uuid4())]
    for request_id in requests:
        enrollment = await enroll(learner, course_id, request_id)
        assert enrollment.state == pb.ENROLLMENT_STATE_ACTIVE
        left = await unenroll(learner, enrollment.enrollment_id)

    for request_id in requests:
        assert await enroll(learner, course_id, request_id) == left


async def test_a_request_that_found_its_learner_enrolled_does_not_undo_leaving(school: School) -> None:
    """It had nothing to do when it came, and so it has when it comes again."""
    course_id, _ = await make_course_of(await school.educator(), [True])
    learner, request_id = await school.learner(), str(uuid4())
    enrollment = await enroll(learner, course_id)
    await enroll(learner, course_id, request_id)
    left = await unenroll(learner, enrollment.enrollment_id)

    assert await enroll(learner, course_id, request_id) == left


async def test_a_request_that_was_late_to_be_written_does_not_undo_leaving(
    service: EnrollmentService, repository: EnrollmentRepository, courses: InventedCourses
) -> None:
    """The same, when the repeat had found nothing yet and the learner left before it was written."""
    outline, learner, request_id = courses.publish([True]), make_learner(), new_id()
    enrollment = await service.enroll(learner, outline.course_id, request_id)
    left = await service.unenroll(learner, enrollment.enrollment_id, None)

    repeat = NewEnrollment(new_id(), learner.user_id, outline.course_id, 1, 1, request_id, datetime.now(UTC))
    assert await repository.enrolling.enroll(repeat) == left


async def test_a_request_id_of_another_course_is_refused(school: School) -> None:
    """Whether or not the learner is in the other course by now."""
    educator, learner = await school.educator(), await school.learner()
    first, _ = await make_course_of(educator, [True])
    second, _ = await make_course_of(educator, [True])
    request_id = str(uuid4())
    await enroll(learner, first, request_id)

    with expect_error("REQUEST_ID_REUSED"):
        await enroll(learner, second, request_id)
    await enroll(learner, second)
    with expect_error("REQUEST_ID_REUSED"):
        await enroll(learner, second, request_id)


async def test_a_request_id_used_twice_at_once_makes_one_enrollment(
    service: EnrollmentService, courses: InventedCourses
) -> None:
    """Two courses with one request_id at the same moment: one is enrolled in, the other call is refused, and
    the calls that shared their batch are not disturbed."""
    outlines = [courses.publish([True]) for _ in range(2)]
    learner, others = make_learner(), [make_learner() for _ in range(6)]
    request_id = new_id()

    *neighbours, first, second = await asyncio.gather(
        *(service.enroll(other, outlines[0].course_id, request_id) for other in others),
        *(service.enroll(learner, outline.course_id, request_id) for outline in outlines),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in (first, second)) == ["Enrollment", "RequestIdReused"]
    assert all(type(one).__name__ == "Enrollment" for one in neighbours)


async def test_the_request_id_of_one_learner_is_free_for_another(school: School) -> None:
    """Clients make them up, so they cannot know each other's."""
    course_id, _ = await make_course_of(await school.educator(), [True])
    request_id = str(uuid4())

    one = await enroll(await school.learner(), course_id, request_id)
    other = await enroll(await school.learner(), course_id, request_id)

    assert UUID(one.enrollment_id) != UUID(other.enrollment_id)
