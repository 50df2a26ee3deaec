"""Enrollments and progress as messages."""

from __future__ import annotations

from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from academe.etags import etag
from academe.rpc.convert import timestamp
from academe.services.enrollment.cursor import cursor_at
from academe.services.enrollment.model import (
    Enrollment,
    EnrollmentState,
    LessonProgress,
    LessonState,
    Progress,
    ProgressSummary,
    ProgressUpdate,
)

_STATES = {
    EnrollmentState.ACTIVE: pb.ENROLLMENT_STATE_ACTIVE,
    EnrollmentState.COMPLETED: pb.ENROLLMENT_STATE_COMPLETED,
    EnrollmentState.DROPPED: pb.ENROLLMENT_STATE_DROPPED,
}
_LESSON_STATES = {
    LessonState.NOT_STARTED: pb.LESSON_STATE_NOT_STARTED,
    LessonState.IN_PROGRESS: pb.LESSON_STATE_IN_PROGRESS,
    LessonState.DONE: pb.LESSON_STATE_DONE,
}


def enrollment_message(enrollment: Enrollment) -> pb.Enrollment:
    return pb.Enrollment(
        enrollment_id=str(enrollment.enrollment_id),
        course_id=str(enrollment.course_id),
        learner_id=str(enrollment.learner_id),
        course_revision=enrollment.course_revision,
        state=_STATES[enrollment.state],
        progress=_summary(enrollment.summary),
        etag=etag(enrollment.version),
        create_time=timestamp(enrollment.create_time),
        update_time=timestamp(enrollment.update_time),
        complete_time=timestamp(enrollment.complete_time),
    )


def progress_message(progress: Progress) -> pb.Progress:
    enrollment = progress.enrollment
    return pb.Progress(
        enrollment_id=str(enrollment.enrollment_id),
        state=_STATES[enrollment.state],
        summary=_summary(enrollment.summary),
        lessons=map(_lesson, progress.lessons),
        cursor=cursor_at(enrollment.enrollment_id, enrollment.version),
    )


def update_message(update: ProgressUpdate) -> pb.UpdateProgressResponse:
    return pb.UpdateProgressResponse(
        lesson=_lesson(update.lesson), summary=_summary(update.summary), state=_STATES[update.state]
    )


def _summary(summary: ProgressSummary) -> pb.ProgressSummary:
    return pb.ProgressSummary(
        required_lessons=summary.required_lessons,
        completed_lessons=summary.completed_lessons,
        percent=summary.percent,
    )


def _lesson(lesson: LessonProgress) -> pb.LessonProgress:
    return pb.LessonProgress(
        lesson_id=str(lesson.lesson_id),
        state=_LESSON_STATES[lesson.state],
        required=lesson.required,
        start_time=timestamp(lesson.start_time),
        complete_time=timestamp(lesson.complete_time),
    )
