"""Who may do what with the credentials of a course."""

from __future__ import annotations

from uuid import UUID

from academe.caller import Caller
from academe.services.credential.ports import CourseFacts, CourseNotFound, Courses

ONLY_EDUCATORS = (
    "Only the course's own educators or an administrator issue, suspend and revoke its credentials."
)


def teaches(caller: Caller, course: CourseFacts) -> bool:
    """Whether the caller is one of the course's educators, or an administrator."""
    return caller.is_administrator or caller.user_id in course.educator_ids


async def taught_course(courses: Courses, caller: Caller, course_id: UUID) -> CourseFacts:
    """A course that the caller teaches. Raises CourseNotFound, also where others do."""
    course = (await courses.get_course_facts([course_id])).get(course_id)
    if course is None or not teaches(caller, course):
        raise CourseNotFound(course_id=course_id)
    return course
