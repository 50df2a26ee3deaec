"""ImportCourse of a real course of 16 MB, from the archive to what a learner reads."""

from __future__ import annotations

import re
import tarfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import ImportCourseResponse, ListModulesRequest
from academe.db.pool import Pool
from tests.support.courses import get_lesson, import_archive, list_import_items, list_lessons, publish
from tests.support.school import Person, School

ARCHIVE = Path(__file__).resolve().parents[4] / "shared" / "data" / "openedx-demo-course.tar.gz"

pytestmark = pytest.mark.skipif(
    not ARCHIVE.exists(),
    reason=f"the Open edX demo course is not at {ARCHIVE}; it is input, not part of the project",
)


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


@pytest.fixture(scope="module")
async def done(educator: Person) -> ImportCourseResponse:
    return await import_archive(educator, ARCHIVE.read_bytes())


@pytest.fixture(scope="module")
async def lessons(school: School, educator: Person, done: ImportCourseResponse) -> list[course_pb2.Lesson]:
    """All of them with their blocks, as a learner reads the published course."""
    await publish(educator, done.course.course_id)
    learner = await school.learner()
    listed = await list_lessons(learner, done.course.course_id)
    return [await get_lesson(learner, lesson.course_id, lesson.lesson_id) for lesson in listed]


class Executable(HTMLParser):
    """Collects what a browser would run, load a frame of, or submit."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in {
            "script",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "style",
            "link",
            "meta",
            "base",
            "svg",
        }:
            self.found.append(tag)
        for name, value in attributes:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or address.startswith(("javascript:", "vbscript:", "data:text")):
                self.found.append(f"{tag} {name}={value}")


async def test_its_chapters_and_units_are_modules_and_lessons(
    educator: Person, done: ImportCourseResponse, lessons: list[course_pb2.Lesson]
) -> None:
    """6 chapters, 58 units, under the titles of 17 sequentials."""
    request = ListModulesRequest(course_id=done.course.course_id)
    modules = (await educator.courses.ListModules(request)).modules

    assert (done.course.module_count, done.course.lesson_count) == (6, 58)
    assert (len(modules), len(lessons)) == (6, 58)
    assert len({(lesson.module_id, lesson.section) for lesson in lessons}) == 17
    assert all(lesson.title for lesson in lessons)
    assert sum(len(lesson.blocks) for lesson in lessons) > 300


async def test_the_report_has_a_row_for_every_file(educator: Person, done: ImportCourseResponse) -> None:
    """Of all 817 entries of the archive, folders aside, none is passed over."""
    items = await list_import_items(educator, done.course.course_id, done.import_id)
    with tarfile.open(ARCHIVE) as archive:
        files = {member.name.removeprefix("./") for member in archive.getmembers() if member.isfile()}

    assert len(files) > 500
    assert files <= {item.path for item in items}
    assert len(items) == done.imported_count + done.degraded_count + done.left_out_count


async def test_nothing_that_is_served_can_run(lessons: list[course_pb2.Lesson]) -> None:
    """64 of its 266 HTML files hold a script, most of them an event handler too."""
    texts = [
        block.html.html if block.HasField("html") else block.placeholder.html
        for lesson in lessons
        for block in lesson.blocks
    ]

    assert sum(map(len, texts)) > 100_000
    assert [found for text in texts for found in Executable(text).found] == []


async def test_answers_and_secrets_stay_where_nobody_reads_them(
    educator: Person, done: ImportCourseResponse, lessons: list[course_pb2.Lesson], pool: Pool
) -> None:
    """Problems are shown without their solutions; the passwords of its tools are not even stored."""
    with tarfile.open(ARCHIVE) as archive:
        sources = [
            archive.extractfile(member).read().decode()  # type: ignore[union-attr]
            for member in archive.getmembers()
            if member.isfile() and member.name.endswith(".xml") and "/course" in member.name
        ]
    passports = [entry for text in sources for entry in re.findall(r"&quot;([^&]+:[^&]+:[^&]+)&quot;", text)]
    secrets = [passport.rpartition(":")[2] for passport in passports]
    served = "".join(lesson.SerializeToString().decode("utf-8", "replace") for lesson in lessons)
    report = await list_import_items(educator, done.course.course_id, done.import_id)
    bodies = await pool.fetch("select body from course.content")

    assert 'correct="true"' not in served
    assert "correct=&quot;" not in served
    assert secrets
    for secret in secrets:
        assert secret not in served
        assert not any(secret in item.detail + item.title for item in report)
        assert not any(secret.encode() in body for (body,) in bodies)


async def test_the_same_bytes_again_change_nothing(
    educator: Person, done: ImportCourseResponse, lessons: list[course_pb2.Lesson]
) -> None:
    """After the publication, too."""
    again = await import_archive(educator, ARCHIVE.read_bytes())

    assert again.unchanged
    assert (again.course.course_id, again.import_id) == (done.course.course_id, done.import_id)
    assert again.course.published_revision == 1
    assert (await publish(educator, done.course.course_id)).published_revision == 1
    assert len(lessons) == 58
