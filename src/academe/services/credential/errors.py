"""Every way in which the credential slice says no."""

from __future__ import annotations

from academe.errors import FailedPrecondition, NotFound


class CredentialNotFound(NotFound):
    """No such credential, or not one that the caller may see."""

    reason = "CREDENTIAL_NOT_FOUND"


class EnrollmentNotCompleted(FailedPrecondition):
    """The learner has not done every required lesson of the course yet."""

    reason = "ENROLLMENT_NOT_COMPLETED"
