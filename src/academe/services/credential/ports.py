"""What credentials need from the other services: calls, and the values and errors that come with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from academe.services.course import CourseFacts as CourseFacts
from academe.services.course import CourseNotFound as CourseNotFound
from academe.services.course import NotCourseEducator as NotCourseEducator
from academe.services.enrollment import EnrollmentFacts as EnrollmentFacts
from academe.services.enrollment import EnrollmentNotFound as EnrollmentNotFound
from academe.services.enrollment import EnrollmentState as EnrollmentState
from academe.services.user import Account as Account


class Enrollments(Protocol):
    """Knows who learns what, and whether they are through."""

    async def get_enrollment_facts(self, enrollment_ids: Sequence[UUID]) -> Mapping[UUID, EnrollmentFacts]:
        """The enrollments that exist, by id; others are left out. A completed one never changes its state."""
        ...

    async def list_completed_enrollments(
        self, course_id: UUID, after: UUID | None, limit: int
    ) -> Sequence[UUID]:
        """The completed enrollments of a course by id downwards, those below `after`."""
        ...


class Courses(Protocol):
    """Knows what courses are called and who teaches them."""

    async def get_course_facts(self, course_ids: Sequence[UUID]) -> Mapping[UUID, CourseFacts]:
        """The courses that exist, deleted ones included, by id; others are left out."""
        ...


class Users(Protocol):
    """Knows who people are."""

    async def get_accounts(self, ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        """The accounts that exist, by id; others are left out."""
        ...
