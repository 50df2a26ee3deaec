"""What happens before a credential: a course that somebody completes."""

from __future__ import annotations

from typing import Any

from academe.api.course.v1 import course_pb2, course_service_pb2
from academe.api.credential.v1 import credential_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.api.enrollment.v1 import enrollment_service_pb2
from tests.support.school import Person


async def published_course(educator: Person, title: str = "Thinking in Loops") -> str:
    """The id of a published course with one lesson."""
    course = await educator.courses.CreateCourse(
        course_service_pb2.CreateCourseRequest(course=course_pb2.Course(title=title))
    )
    module = await educator.courses.CreateModule(
        course_service_pb2.CreateModuleRequest(
            course_id=course.course_id, module=course_pb2.Module(title="The only module")
        )
    )
    await educator.courses.CreateLesson(
        course_service_pb2.CreateLessonRequest(
            course_id=course.course_id,
            module_id=module.module_id,
            lesson=course_pb2.Lesson(title="The only lesson"),
        )
    )
    await educator.courses.PublishCourse(course_service_pb2.PublishCourseRequest(course_id=course.course_id))
    return str(course.course_id)


async def enrolled(learner: Person, course_id: str) -> str:
    """The id of an enrollment that is under way."""
    enrollment = await learner.enrollments.Enroll(enrollment_service_pb2.EnrollRequest(course_id=course_id))
    return str(enrollment.enrollment_id)


async def completed(learner: Person, course_id: str) -> str:
    """The id of a completed enrollment."""
    enrollment_id = await enrolled(learner, course_id)
    progress = await learner.enrollments.GetProgress(
        enrollment_service_pb2.GetProgressRequest(enrollment_id=enrollment_id)
    )
    for lesson in progress.lessons:
        await learner.enrollments.UpdateProgress(
            enrollment_service_pb2.UpdateProgressRequest(
                enrollment_id=enrollment_id,
                lesson_id=lesson.lesson_id,
                event=enrollment_service_pb2.LESSON_EVENT_VIEWED,
            )
        )
    return enrollment_id


async def certified(learner: Person, educator: Person, course_id: str = "") -> credential_pb2.Credential:
    """A certificate for a course of the educator's, a new one unless given."""
    enrollment_id = await completed(learner, course_id or await published_course(educator))
    credential: credential_pb2.Credential = await educator.credentials.IssueCredential(
        certificate_for(enrollment_id)
    )
    return credential


def certificate_for(enrollment_id: str, **fields: Any) -> pb.IssueCredentialRequest:
    fields = {"type": credential_pb2.CREDENTIAL_TYPE_CERTIFICATE, **fields}
    return pb.IssueCredentialRequest(enrollment_id=enrollment_id, **fields)
