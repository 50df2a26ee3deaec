"""The service on a real database, over courses that only the test knows."""

from __future__ import annotations

import pytest

from academe.db.pool import Pool
from academe.services.enrollment import EnrollmentRepository, EnrollmentService
from tests.support.enrollments import InventedCourses


@pytest.fixture
def courses() -> InventedCourses:
    return InventedCourses()


@pytest.fixture
def repository(pool: Pool) -> EnrollmentRepository:
    return EnrollmentRepository(pool)


@pytest.fixture
def service(repository: EnrollmentRepository, courses: InventedCourses) -> EnrollmentService:
    return EnrollmentService(repository, courses)
