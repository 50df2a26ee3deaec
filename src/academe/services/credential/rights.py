"""Who may do what with the credentials of a course."""

from __future__ import annotations

from academe.caller import Caller
from academe.services.credential.ports import CourseFacts

ONLY_EDUCATORS = (
    "Only the course's own educators or an administrator issue, suspend and revoke its credentials."
)


def teaches(caller: Caller, course: CourseFacts) -> bool:
    """Whether the caller is one of the course's educators, or an administrator."""
    return caller.is_administrator or caller.user_id in course.educator_ids
