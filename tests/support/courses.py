"""Courses for tests: made by educators over gRPC, or packed into archives."""

from __future__ import annotations

import io
import tarfile
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from academe.api.course.v1 import course_pb2
from academe.api.course.v1 import course_service_pb2 as messages
from tests.support.school import Person

CHUNK_BYTES = 131_072


async def make_course(educator: Person, title: str = "Knots", **fields: Any) -> course_pb2.Course:
    """An empty draft."""
    course = course_pb2.Course(title=title, **fields)
    made: course_pb2.Course = await educator.courses.CreateCourse(messages.CreateCourseRequest(course=course))
    return made


async def make_module(
    educator: Person, course_id: str, title: str = "Bends", **fields: Any
) -> course_pb2.Module:
    module = course_pb2.Module(title=title, **fields)
    made: course_pb2.Module = await educator.courses.CreateModule(
        messages.CreateModuleRequest(course_id=course_id, module=module)
    )
    return made


async def make_lesson(
    educator: Person,
    module: course_pb2.Module,
    title: str = "Sheet bend",
    html: str = "<p>Two ropes.</p>",
    **fields: Any,
) -> course_pb2.Lesson:
    """A lesson of one block of text."""
    lesson = course_pb2.Lesson(title=title, blocks=[html_block(html)], **fields)
    made: course_pb2.Lesson = await educator.courses.CreateLesson(
        messages.CreateLessonRequest(course_id=module.course_id, module_id=module.module_id, lesson=lesson)
    )
    return made


def html_block(html: str, **fields: Any) -> course_pb2.ContentBlock:
    return course_pb2.ContentBlock(html=course_pb2.HtmlContent(html=html), **fields)


async def publish(educator: Person, course_id: str) -> course_pb2.Course:
    course: course_pb2.Course = await educator.courses.PublishCourse(
        messages.PublishCourseRequest(course_id=course_id)
    )
    return course


async def make_published_course(
    educator: Person, title: str = "Knots", lessons: Iterable[str] = ("Sheet bend",), **fields: Any
) -> course_pb2.Course:
    """One module with these lessons, published as revision 1."""
    course = await make_course(educator, title, **fields)
    module = await make_module(educator, course.course_id)
    for lesson in lessons:
        await make_lesson(educator, module, lesson)
    return await publish(educator, course.course_id)


async def get_course(person: Person, course_id: str) -> course_pb2.Course:
    course: course_pb2.Course = await person.courses.GetCourse(messages.GetCourseRequest(course_id=course_id))
    return course


async def list_lessons(person: Person, course_id: str, revision: int = 0) -> list[course_pb2.Lesson]:
    """All of them, in order, without their blocks."""
    request = messages.ListLessonsRequest(course_id=course_id, revision=revision)
    lessons: list[course_pb2.Lesson] = []
    while True:
        page = await person.courses.ListLessons(request)
        lessons += page.lessons
        if not page.next_page_token:
            return lessons
        request.page_token = page.next_page_token


async def get_lesson(person: Person, course_id: str, lesson_id: str, revision: int = 0) -> course_pb2.Lesson:
    lesson: course_pb2.Lesson = await person.courses.GetLesson(
        messages.GetLessonRequest(course_id=course_id, lesson_id=lesson_id, revision=revision)
    )
    return lesson


async def import_archive(
    person: Person, archive: bytes, course_id: str = "", request_id: str = ""
) -> messages.ImportCourseResponse:
    header = messages.ImportCourseHeader(course_id=course_id, request_id=request_id)
    response: messages.ImportCourseResponse = await person.courses.ImportCourse(upload(header, archive))
    return response


async def upload(
    header: messages.ImportCourseHeader, archive: bytes
) -> AsyncIterator[messages.ImportCourseRequest]:
    """The messages of an upload."""
    yield messages.ImportCourseRequest(header=header)
    for start in range(0, len(archive), CHUNK_BYTES):
        yield messages.ImportCourseRequest(chunk=archive[start : start + CHUNK_BYTES])


async def list_import_items(person: Person, course_id: str, import_id: str) -> list[messages.ImportItem]:
    """The whole report."""
    request = messages.ListImportItemsRequest(course_id=course_id, import_id=import_id, page_size=100)
    items: list[messages.ImportItem] = []
    while True:
        page = await person.courses.ListImportItems(request)
        items += page.items
        if not page.next_page_token:
            return items
        request.page_token = page.next_page_token


def olx_archive(
    chapters: Mapping[str, Mapping[str, str]] | None = None,
    *,
    title: str = "Ropework",
    name: str = "ropes",
    missing: Iterable[str] = (),
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """An OLX course: chapters by title, each its units by title with their HTML. Equal calls, equal bytes.

    Ids in the archive are made of the titles, as an author keeps them from one export to the next. `missing`
    are ids of chapters that the course names and does not have, `more` are other files.
    """
    chapters = chapters if chapters is not None else {"Bends": {"Sheet bend": "<p>Two ropes.</p>"}}
    files: dict[str, str] = {}
    for chapter, units in chapters.items():
        verticals = "".join(
            f"<vertical url_name={quoteattr(_slug(unit))} display_name={quoteattr(unit)}>"
            f"<html url_name={quoteattr('text-' + _slug(unit))} display_name={quoteattr(unit)} "
            f"filename={quoteattr(_slug(unit))}/></vertical>"
            for unit in units
        )
        files[f"course/chapter/{_slug(chapter)}.xml"] = (
            f"<chapter display_name={quoteattr(chapter)}>"
            f"<sequential url_name={quoteattr('part-' + _slug(chapter))} "
            f"display_name={quoteattr(chapter + ' in use')}>"
            f"{verticals}</sequential></chapter>"
        )
        for unit, html in units.items():
            files[f"course/html/{_slug(unit)}.html"] = html
    inside = "".join(f"<chapter url_name={quoteattr(_slug(chapter))}/>" for chapter in chapters)
    inside += "".join(f"<chapter url_name={quoteattr(chapter)}/>" for chapter in missing)
    files["course/course.xml"] = f'<course url_name="{name}" org="academe" course="knots"/>'
    files[f"course/course/{name}.xml"] = (
        f"<course display_name={quoteattr(title)} language='en'>{inside}</course>"
    )
    return tar_gz({path: text.encode() for path, text in files.items()} | dict(more or {}))


def tar_gz(files: Mapping[str, bytes]) -> bytes:
    """These files, packed the same way each time."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    data = packed.getvalue()
    return data[:4] + bytes(4) + data[8:]  # without the time of packing in gzip's header


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")
