"""Enrollments: learners in courses, and how far they are."""

from academe.services.enrollment.errors import EnrollmentNotFound
from academe.services.enrollment.handler import EnrollmentHandler
from academe.services.enrollment.model import EnrollmentFacts, EnrollmentState
from academe.services.enrollment.repository import EnrollmentRepository
from academe.services.enrollment.service import EnrollmentService
from academe.services.enrollment.watch import ProgressWatch

__all__ = [
    "EnrollmentFacts",
    "EnrollmentHandler",
    "EnrollmentNotFound",
    "EnrollmentRepository",
    "EnrollmentService",
    "EnrollmentState",
    "ProgressWatch",
]
