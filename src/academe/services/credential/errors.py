"""Every way in which the credential slice says no."""

from __future__ import annotations

from academe.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied


class CredentialNotFound(NotFound):
    """No such credential, or not one that the caller may see."""

    reason = "CREDENTIAL_NOT_FOUND"


class EnrollmentNotCompleted(FailedPrecondition):
    """The learner has not done every required lesson of the course yet."""

    reason = "ENROLLMENT_NOT_COMPLETED"


class TemplateNotFound(NotFound):
    """The course has no template of this type."""

    reason = "CREDENTIAL_TEMPLATE_NOT_FOUND"


class IssuerNotFound(NotFound):
    """No issuer has this id."""

    reason = "ISSUER_NOT_FOUND"


class IssuerExists(AlreadyExists):
    """Another issuer has this slug or domain; choose another."""

    reason = "ISSUER_EXISTS"


class IssuerKeyNotFound(NotFound):
    """The issuer has no key of this number and use."""

    reason = "ISSUER_KEY_NOT_FOUND"


class CredentialUnsignable(InvalidArgument):
    """Something in it cannot be signed without doubt."""

    reason = "CREDENTIAL_UNSIGNABLE"


class CredentialRevoked(FailedPrecondition):
    """The credential is revoked, which is final."""

    reason = "CREDENTIAL_REVOKED"


class NotCredentialHolder(PermissionDenied):
    """Only its holder decides this about a credential."""

    reason = "NOT_CREDENTIAL_HOLDER"


class IssueJobNotFound(NotFound):
    """No such bulk issue, or not of a course that the caller teaches."""

    reason = "ISSUE_JOB_NOT_FOUND"


class ImageRefused(InvalidArgument):
    """An image is neither a PNG nor a plain SVG."""

    reason = "IMAGE_REFUSED"


class TranscriptTooLong(FailedPrecondition):
    """The learner has more credentials than a transcript takes; hand over the credentials themselves."""

    reason = "TRANSCRIPT_TOO_LONG"


class LogEntryNotFound(NotFound):
    """The transparency log has no such entry, or is not that long."""

    reason = "LOG_ENTRY_NOT_FOUND"
