"""ImportCourse: an archive becomes a draft, and the same archive again becomes nothing more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import (
    DeleteCourseRequest,
    ImportCourseHeader,
    ImportCourseRequest,
    ListCoursesRequest,
    ListModulesRequest,
    UpdateLessonRequest,
)
from academe.errors import InvalidArgument, RequestIdReused
from academe.ids import new_id
from tests.support.courses import (
    get_course,
    get_lesson,
    html_block,
    import_archive,
    list_lessons,
    make_published_course,
    olx_archive,
    publish,
)
from tests.support.errors import expect_error
from tests.support.school import Person, School

CHAPTERS = {
    "Bends": {"Sheet bend": "<p>Two ropes.</p>", "Carrick bend": "<p>Two cables.</p>"},
    "Hitches": {"Clove hitch": "<p>A post.</p>"},
}


@pytest.fixture
async def educator(school: School) -> Person:
    """Somebody new each time, since an educator's archives are remembered."""
    return await school.educator()


async def courses_of(educator: Person) -> list[str]:
    listed = await educator.courses.ListCourses(ListCoursesRequest(educator_id=educator.user_id))
    return [course.course_id for course in listed.courses]


async def module_titles(person: Person, course_id: str) -> list[str]:
    listed = await person.courses.ListModules(ListModulesRequest(course_id=course_id))
    return [module.title for module in listed.modules]


async def test_an_archive_becomes_a_draft(educator: Person) -> None:
    """Chapters are modules, units are lessons under their section, components are blocks."""
    done = await import_archive(educator, olx_archive(CHAPTERS, title="Ropework"))
    course = done.course
    lessons = await list_lessons(educator, course.course_id)

    assert not done.unchanged
    assert (course.title, course.language) == ("Ropework", "en")
    assert course.state == course_pb2.COURSE_STATE_DRAFT
    assert list(course.educator_ids) == [educator.user_id]
    assert (course.module_count, course.lesson_count) == (2, 3)
    assert course == await get_course(educator, course.course_id)
    assert await module_titles(educator, course.course_id) == ["Bends", "Hitches"]
    assert [(lesson.title, lesson.section) for lesson in lessons] == [
        ("Sheet bend", "Bends in use"),
        ("Carrick bend", "Bends in use"),
        ("Clove hitch", "Hitches in use"),
    ]
    first = await get_lesson(educator, course.course_id, lessons[0].lesson_id)
    assert [block.html.html for block in first.blocks] == ["<p>Two ropes.</p>"]


async def test_the_same_bytes_again_change_nothing(educator: Person) -> None:
    """The same course and the same import are answered, whether the course is named or not."""
    archive = olx_archive(CHAPTERS)
    first = await import_archive(educator, archive)
    for course_id in ("", first.course.course_id):
        again = await import_archive(educator, archive, course_id)

        assert again.unchanged
        assert again.import_id == first.import_id
        assert again.course == first.course
        assert (again.imported_count, again.degraded_count, again.left_out_count) == (
            first.imported_count,
            first.degraded_count,
            first.left_out_count,
        )
    assert await courses_of(educator) == [first.course.course_id]


async def test_the_same_bytes_again_leave_an_educators_edits_alone(educator: Person) -> None:
    """They were imported before; what was made of them since is the educator's."""
    archive = olx_archive(CHAPTERS)
    done = await import_archive(educator, archive)
    (lesson, *_) = await list_lessons(educator, done.course.course_id)
    edited = await educator.courses.UpdateLesson(
        UpdateLessonRequest(
            lesson=course_pb2.Lesson(
                course_id=lesson.course_id, lesson_id=lesson.lesson_id, blocks=[html_block("<p>Mine.</p>")]
            )
        )
    )

    assert (await import_archive(educator, archive)).unchanged
    assert await get_lesson(educator, lesson.course_id, lesson.lesson_id) == edited


async def test_a_changed_archive_updates_what_changed(educator: Person) -> None:
    """Lessons keep their ids wherever they stand; those that are equal keep their etag, too."""
    done = await import_archive(educator, olx_archive(CHAPTERS))
    course_id = done.course.course_id
    before = {lesson.title: lesson for lesson in await list_lessons(educator, course_id)}
    changed = {
        "Bends": {"Sheet bend": "<p>Two ropes.</p>"},
        "Hitches": {"Carrick bend": "<p>Two cables, moved.</p>", "Clove hitch": "<p>A post.</p>", "New": "n"},
    }
    again = await import_archive(educator, olx_archive(changed), course_id)
    after = {lesson.title: lesson for lesson in await list_lessons(educator, course_id)}

    assert not again.unchanged
    assert again.import_id != done.import_id
    assert again.course.course_id == course_id
    assert list(after) == ["Sheet bend", "Carrick bend", "Clove hitch", "New"]
    assert {title: after[title].lesson_id for title in before} == {
        title: lesson.lesson_id for title, lesson in before.items()
    }
    assert after["Sheet bend"] == before["Sheet bend"]
    assert after["Carrick bend"].etag != before["Carrick bend"].etag
    assert after["Carrick bend"].module_id == before["Clove hitch"].module_id
    assert (again.course.module_count, again.course.lesson_count) == (2, 4)


async def test_blocks_keep_their_ids_through_a_changed_archive(educator: Person) -> None:
    """A block is known by its id in the archive."""
    done = await import_archive(educator, olx_archive({"A": {"B": "<p>1</p>"}}))
    (listed,) = await list_lessons(educator, done.course.course_id)
    before = await get_lesson(educator, listed.course_id, listed.lesson_id)
    await import_archive(educator, olx_archive({"A": {"B": "<p>2</p>"}}), done.course.course_id)
    after = await get_lesson(educator, listed.course_id, listed.lesson_id)

    assert after.blocks[0].block_id == before.blocks[0].block_id
    assert (before.blocks[0].html.html, after.blocks[0].html.html) == ("<p>1</p>", "<p>2</p>")


async def test_a_course_made_by_hand_takes_an_archive_as_its_draft(school: School, educator: Person) -> None:
    """The draft is replaced whole; what learners see stays until the next publication."""
    course = await make_published_course(educator, "By hand")
    learner = await school.learner()
    before = await get_course(learner, course.course_id)
    done = await import_archive(educator, olx_archive(CHAPTERS, title="Ropework"), course.course_id)

    assert done.course.course_id == course.course_id
    assert done.course.title == "Ropework"
    assert done.course.etag != course.etag
    assert [lesson.title for lesson in await list_lessons(educator, course.course_id)] == [
        "Sheet bend",
        "Carrick bend",
        "Clove hitch",
    ]
    assert await get_course(learner, course.course_id) == before

    await publish(educator, course.course_id)
    assert (await get_course(learner, course.course_id)).title == "Ropework"


async def test_an_earlier_archive_takes_the_draft_back(educator: Person) -> None:
    """Only the bytes that the draft was last made of change nothing."""
    first, second = olx_archive(CHAPTERS), olx_archive({"Splices": {"Eye": "e"}})
    course_id = (await import_archive(educator, first)).course.course_id
    await import_archive(educator, second, course_id)
    back = await import_archive(educator, first, course_id)

    assert not back.unchanged
    assert await module_titles(educator, course_id) == ["Bends", "Hitches"]


async def test_the_bytes_of_a_course_that_is_no_more_make_a_new_one(educator: Person) -> None:
    """Of one that was deleted, or imported over."""
    archive = olx_archive(CHAPTERS)
    deleted = (await import_archive(educator, archive)).course
    await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=deleted.course_id))
    second = await import_archive(educator, archive)
    await import_archive(educator, olx_archive({"Splices": {"Eye": "e"}}), second.course.course_id)
    third = await import_archive(educator, archive)

    assert not second.unchanged
    assert not third.unchanged
    assert len({deleted.course_id, second.course.course_id, third.course.course_id}) == 3
    # And the bytes that the second was imported over with are its own now.
    over = await import_archive(educator, olx_archive({"Splices": {"Eye": "e"}}))
    assert over.unchanged
    assert over.course.course_id == second.course.course_id


async def test_the_same_bytes_of_two_educators_are_two_courses(school: School, educator: Person) -> None:
    """Nobody is led into a stranger's draft, or told that it exists."""
    archive = olx_archive(CHAPTERS)
    mine = await import_archive(educator, archive)
    theirs = await import_archive(await school.educator(), archive)

    assert not theirs.unchanged
    assert theirs.course.course_id != mine.course.course_id


async def test_an_administrator_who_helps_does_not_make_the_course_theirs(
    school: School, educator: Person
) -> None:
    """Their own import of the bytes is a course of their own."""
    archive = olx_archive(CHAPTERS, title="Helped")
    course = await make_published_course(educator)
    administrator = await school.administrator()
    await import_archive(administrator, archive, course.course_id)
    own = await import_archive(administrator, archive)

    assert not own.unchanged
    assert list(own.course.educator_ids) == [administrator.user_id]


async def test_the_same_bytes_twice_at_once_make_one_course(educator: Person) -> None:
    """One is told that nothing was changed."""
    archive = olx_archive(CHAPTERS)
    done = await asyncio.gather(*(import_archive(educator, archive) for _ in range(2)))

    assert sorted(one.unchanged for one in done) == [False, True]
    assert len({(one.course.course_id, one.import_id) for one in done}) == 1
    assert await courses_of(educator) == [done[0].course.course_id]


async def test_two_archives_into_one_course_at_once(educator: Person) -> None:
    """One after the other: the draft is one of them whole."""
    course_id = (await make_published_course(educator)).course_id
    archives = [olx_archive({name: {f"{name} {n}": name for n in range(20)}}) for name in ("A", "B")]
    await asyncio.gather(*(import_archive(educator, archive, course_id) for archive in archives))
    (title,) = await module_titles(educator, course_id)
    lessons = await list_lessons(educator, course_id)

    assert [lesson.title for lesson in lessons] == [f"{title} {n}" for n in range(20)]
    assert (await get_course(educator, course_id)).lesson_count == 20


async def test_a_repeated_request_is_answered_with_the_first_import(educator: Person) -> None:
    """Also when it comes late, after another archive: that one is not undone."""
    request_id, archive = str(new_id()), olx_archive(CHAPTERS)
    first = await import_archive(educator, archive, request_id=request_id)
    await import_archive(educator, olx_archive({"Splices": {"Eye": "e"}}), first.course.course_id)
    late = await import_archive(educator, archive, request_id=request_id)

    assert late.import_id == first.import_id
    assert late.unchanged
    assert await module_titles(educator, first.course.course_id) == ["Splices"]


async def test_a_request_id_with_another_archive_or_course_is_refused(educator: Person) -> None:
    """Nothing is imported."""
    request_id, archive = str(new_id()), olx_archive(CHAPTERS)
    course = (await import_archive(educator, archive, request_id=request_id)).course
    with expect_error(RequestIdReused):
        await import_archive(educator, olx_archive({"Splices": {"Eye": "e"}}), request_id=request_id)
    with expect_error(RequestIdReused):
        await import_archive(educator, archive, course.course_id, request_id=request_id)

    assert await courses_of(educator) == [course.course_id]


HEADER = ImportCourseRequest(header=ImportCourseHeader())
CHUNK = ImportCourseRequest(chunk=b"\x1f\x8b")


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ([], "header"),
        ([CHUNK], "header"),
        ([CHUNK, HEADER], "header"),
        ([HEADER, HEADER], "header"),
        ([HEADER, CHUNK, HEADER], "header"),
        ([HEADER, ImportCourseRequest(chunk=b"")], "chunk"),
        ([HEADER, ImportCourseRequest(chunk=bytes(131_073))], "chunk"),
        ([ImportCourseRequest()], "part"),
        ([ImportCourseRequest(header=ImportCourseHeader(course_id="knots"))], "header.course_id"),
    ],
    ids=[
        "nothing",
        "chunk alone",
        "chunk first",
        "two headers",
        "header last",
        "empty chunk",
        "large chunk",
        "empty message",
        "no id",
    ],
)
async def test_messages_out_of_order(
    educator: Person, messages: Iterable[ImportCourseRequest], field: str
) -> None:
    """What is wrong is named, and nothing comes of it."""

    async def send() -> AsyncIterator[ImportCourseRequest]:
        for message in messages:
            yield message

    with expect_error(InvalidArgument) as refusal:
        await educator.courses.ImportCourse(send())
    assert refusal.error is not None
    assert refusal.error.violations[0].field == field
    assert await courses_of(educator) == []


async def test_a_deleted_course_takes_no_archive(educator: Person) -> None:
    """It has to come back first."""
    course = await make_published_course(educator)
    await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=course.course_id))

    with expect_error("COURSE_DELETED"):
        await import_archive(educator, olx_archive(), course.course_id)


async def test_a_course_that_never_was_takes_no_archive(educator: Person) -> None:
    """The course in the header is looked for before the archive is received."""
    with expect_error("COURSE_NOT_FOUND"):
        await import_archive(educator, olx_archive(), str(new_id()))
