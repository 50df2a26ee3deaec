"""Courses: authored as drafts, published as revisions that never change, imported from archives."""

from academe.services.course.errors import CourseNotFound, NotCourseEducator
from academe.services.course.handler import CourseHandler
from academe.services.course.model import CourseFacts
from academe.services.course.repository import CourseRepository
from academe.services.course.revisions.model import OutlineLesson, RevisionOutline
from academe.services.course.service import CourseService

__all__ = [
    "CourseFacts",
    "CourseHandler",
    "CourseNotFound",
    "CourseRepository",
    "CourseService",
    "NotCourseEducator",
    "OutlineLesson",
    "RevisionOutline",
]
