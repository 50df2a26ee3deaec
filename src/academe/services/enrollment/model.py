"""Enrollments and progress as values, and the algebra of progress.

Progress is counted in lessons; nothing else is stored and everything else follows from the counts:

    the lessons that count   the required ones of the pinned revision; all of them where it requires none
    required_lessons         how many lessons count
    completed_lessons        how many of those are done
    percent                  floor(100 * completed_lessons / required_lessons); 0 where no lesson counts
    completed                required_lessons > 0 and completed_lessons = required_lessons

A revision that requires nothing asks for everything. Otherwise its enrollments would be completed before they
began, or never. One without any lesson cannot be published; were there one, its enrollments would stay at 0.

A lesson's state is the furthest one that any of its events reached, so neither the order of events nor their
repetition matters, no count ever falls, and percent is 100 exactly when the enrollment is completed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType
from uuid import UUID


class EnrollmentState(IntEnum):
    """Numbers as in the contract and in the database."""

    ACTIVE = 1
    COMPLETED = 2
    DROPPED = 3


class LessonState(IntEnum):
    """In the order in which a lesson passes through them. Numbers as in the contract and in the database."""

    NOT_STARTED = 1
    IN_PROGRESS = 2
    DONE = 3


class LessonEvent(IntEnum):
    """What a learner did, as a client reports it. Numbers as in the contract."""

    OPENED = 1
    VIEWED = 2


_REACHED = {LessonEvent.OPENED: LessonState.IN_PROGRESS, LessonEvent.VIEWED: LessonState.DONE}


def state_reached(event: LessonEvent) -> LessonState:
    """How far an event brings a lesson whose rule is to be viewed, as every lesson's is for now."""
    return _REACHED[event]


@dataclass(frozen=True, slots=True)
class Syllabus:
    """The lessons of one revision in course order, each with whether it counts."""

    counts: Mapping[UUID, bool]
    required_lessons: int

    @classmethod
    def of(cls, lessons: Iterable[tuple[UUID, bool]]) -> Syllabus:
        """From (lesson_id, required) pairs."""
        required = dict(lessons)
        if not any(required.values()):
            required = dict.fromkeys(required, True)
        return cls(MappingProxyType(required), sum(required.values()))


@dataclass(frozen=True, slots=True)
class ProgressSummary:
    """Progress in counts of lessons; 0 <= completed_lessons <= required_lessons."""

    required_lessons: int
    completed_lessons: int

    @property
    def percent(self) -> int:
        """0 to 100; 100 exactly when the enrollment is completed."""
        if not self.required_lessons:
            return 0
        return 100 * self.completed_lessons // self.required_lessons


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A learner in a course. `version` grows by one with every change of it or of its lessons."""

    enrollment_id: UUID
    learner_id: UUID
    course_id: UUID
    course_revision: int
    state: EnrollmentState
    summary: ProgressSummary
    version: int
    create_time: datetime
    update_time: datetime
    complete_time: datetime | None

    def left(self, now: datetime) -> Enrollment:
        """After the learner left: dropped if it was active; a completed one stays completed."""
        if self.state is not EnrollmentState.ACTIVE:
            return self
        return replace(self, state=EnrollmentState.DROPPED, version=self.version + 1, update_time=now)


@dataclass(frozen=True, slots=True)
class NewEnrollment:
    """What Enroll asks for; an enrollment of the learner in the course that exists already comes first."""

    enrollment_id: UUID
    learner_id: UUID
    course_id: UUID
    course_revision: int
    required_lessons: int
    request_id: UUID | None
    create_time: datetime


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """How a lesson stands for a learner."""

    lesson_id: UUID
    state: LessonState
    required: bool
    """Whether it counts towards completion."""
    start_time: datetime | None
    complete_time: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """An enrollment at a moment, with every lesson of its revision in course order."""

    enrollment: Enrollment
    lessons: tuple[LessonProgress, ...]


def progress_of(
    enrollment: Enrollment, syllabus: Syllabus, started: Mapping[UUID, LessonProgress]
) -> Progress:
    """Puts the lessons that were started into the syllabus, and those that were not."""
    return Progress(
        enrollment,
        tuple(
            started.get(lesson_id) or LessonProgress(lesson_id, LessonState.NOT_STARTED, required, None, None)
            for lesson_id, required in syllabus.counts.items()
        ),
    )


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """An event that was checked: the lesson belongs to the enrollment's revision, and so far it came."""

    learner_id: UUID
    enrollment_id: UUID
    lesson_id: UUID
    required: bool
    state: LessonState
    time: datetime


@dataclass(frozen=True, slots=True)
class ProgressUpdate:
    """What a report led to, or found: the lesson and the enrollment after it."""

    lesson: LessonProgress
    summary: ProgressSummary
    state: EnrollmentState


@dataclass(frozen=True, slots=True)
class EnrollmentFacts:
    """What other slices need to know of an enrollment."""

    enrollment_id: UUID
    course_id: UUID
    learner_id: UUID
    state: EnrollmentState
    complete_time: datetime | None
