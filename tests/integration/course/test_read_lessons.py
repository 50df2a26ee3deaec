"""GetLesson and ListLessons: the draft's for those who edit it, a revision's for others."""

from __future__ import annotations

import asyncio

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import (
    DeleteLessonRequest,
    ListLessonsRequest,
    UpdateLessonRequest,
)
from academe.errors import PageTokenInvalid
from academe.ids import new_id
from tests.support.courses import (
    get_lesson,
    html_block,
    list_lessons,
    make_course,
    make_lesson,
    make_module,
    make_published_course,
    publish,
)
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


@pytest.fixture(scope="module")
async def learner(school: School) -> Person:
    return await school.learner()


async def walk(person: Person, request: ListLessonsRequest) -> list[course_pb2.Lesson]:
    found: list[course_pb2.Lesson] = []
    while True:
        page = await person.courses.ListLessons(request)
        found += page.lessons
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_a_learner_reads_the_latest_revision_and_an_educator_the_draft(
    educator: Person, learner: Person
) -> None:
    """Both ask for revision 0."""
    course = await make_published_course(educator)
    (listed,) = await list_lessons(learner, course.course_id)
    published = await get_lesson(learner, course.course_id, listed.lesson_id)
    await educator.courses.UpdateLesson(
        UpdateLessonRequest(
            lesson=course_pb2.Lesson(
                course_id=course.course_id, lesson_id=listed.lesson_id, blocks=[html_block("<p>Later</p>")]
            )
        )
    )

    assert await get_lesson(learner, course.course_id, listed.lesson_id) == published
    assert await get_lesson(educator, course.course_id, listed.lesson_id, revision=1) == published
    draft = await get_lesson(educator, course.course_id, listed.lesson_id)
    assert draft.blocks[0].html.html == "<p>Later</p>"


async def test_lists_leave_out_the_blocks(educator: Person, learner: Person) -> None:
    """Everything else is as in the lesson alone."""
    course = await make_published_course(educator)
    for person in (educator, learner):
        (listed,) = await list_lessons(person, course.course_id)
        whole = await get_lesson(person, course.course_id, listed.lesson_id)

        assert whole.blocks
        whole.ClearField("blocks")
        assert listed == whole


@pytest.mark.parametrize("page_size", [1, 3, 4, 100])
async def test_a_walk_in_pages_of_any_size(educator: Person, learner: Person, page_size: int) -> None:
    """Every lesson once, module by module; or those of one module."""
    course = await make_course(educator)
    modules = [await make_module(educator, course.course_id, f"{m}") for m in range(3)]
    for number in range(4):
        for module in modules:
            await make_lesson(educator, module, f"{module.title}.{number}")
    await publish(educator, course.course_id)
    in_order = [f"{m}.{n}" for m in range(3) for n in range(4)]
    for person in (educator, learner):
        request = ListLessonsRequest(course_id=course.course_id, page_size=page_size)
        assert [lesson.title for lesson in await walk(person, request)] == in_order
        request = ListLessonsRequest(
            course_id=course.course_id, page_size=page_size, module_id=modules[1].module_id
        )
        assert [lesson.title for lesson in await walk(person, request)] == in_order[4:8]


async def test_a_walk_through_a_draft_under_concurrent_edits(educator: Person) -> None:
    """Every lesson that was there and stays is met exactly once."""
    course = await make_course(educator)
    modules = [await make_module(educator, course.course_id, f"{m}") for m in range(2)]
    old = [await make_lesson(educator, module, f"Old {n}") for module in modules for n in range(6)]
    request, walked = ListLessonsRequest(course_id=course.course_id, page_size=3), list[str]()
    while True:
        page = await educator.courses.ListLessons(request)
        walked += [lesson.lesson_id for lesson in page.lessons]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
        await asyncio.gather(
            make_lesson(educator, modules[0], "New"),
            make_lesson(educator, modules[1], "New"),
            educator.courses.DeleteLesson(
                DeleteLessonRequest(course_id=course.course_id, lesson_id=page.lessons[-1].lesson_id)
            ),
        )

    assert len(walked) == len(set(walked))
    assert [lesson_id for lesson_id in walked if lesson_id in {lesson.lesson_id for lesson in old}] == [
        lesson.lesson_id for lesson in old
    ]


async def test_a_learners_walk_stays_in_the_revision_where_it_began(
    educator: Person, learner: Person
) -> None:
    """A publication in the middle of it neither repeats nor skips a lesson."""
    course = await make_published_course(educator, lessons=["A", "B", "C", "D"])
    request = ListLessonsRequest(course_id=course.course_id, page_size=2)
    first = await learner.courses.ListLessons(request)
    await educator.courses.DeleteLesson(
        DeleteLessonRequest(course_id=course.course_id, lesson_id=first.lessons[0].lesson_id)
    )
    await publish(educator, course.course_id)
    request.page_token = first.next_page_token
    second = await learner.courses.ListLessons(request)

    assert [lesson.title for lesson in (*first.lessons, *second.lessons)] == ["A", "B", "C", "D"]


async def test_a_lesson_that_is_not_in_the_version_that_is_read(educator: Person, learner: Person) -> None:
    """Made after the publication, or deleted since, or never."""
    course = await make_published_course(educator)
    (old,) = await list_lessons(educator, course.course_id)
    new = await make_lesson(educator, course_pb2.Module(course_id=course.course_id, module_id=old.module_id))
    await educator.courses.DeleteLesson(
        DeleteLessonRequest(course_id=course.course_id, lesson_id=old.lesson_id)
    )
    for person, lesson_id in ((learner, new.lesson_id), (educator, old.lesson_id), (learner, str(new_id()))):
        with expect_error("LESSON_NOT_FOUND") as refusal:
            await get_lesson(person, course.course_id, lesson_id)
        assert refusal.error is not None
        assert refusal.error.metadata["lesson_id"] == lesson_id


async def test_a_draft_does_not_exist_for_a_learner(educator: Person, learner: Person) -> None:
    """Its lessons no more than itself."""
    course = await make_course(educator)
    lesson = await make_lesson(educator, await make_module(educator, course.course_id))

    with expect_error("COURSE_NOT_FOUND"):
        await get_lesson(learner, course.course_id, lesson.lesson_id)
    with expect_error("COURSE_NOT_FOUND"):
        await list_lessons(learner, course.course_id)


async def test_a_lesson_is_not_reached_through_another_course(educator: Person, learner: Person) -> None:
    """The pair of ids decides, for drafts and revisions."""
    course, other = await make_published_course(educator), await make_published_course(educator)
    (lesson,) = await list_lessons(learner, course.course_id)
    for person in (learner, educator):
        with expect_error("LESSON_NOT_FOUND"):
            await get_lesson(person, other.course_id, lesson.lesson_id)


async def test_a_token_of_another_list_is_refused(educator: Person) -> None:
    """Another module is another list."""
    course = await make_published_course(educator, lessons=["A", "B"])
    request = ListLessonsRequest(course_id=course.course_id, page_size=1)
    page = await educator.courses.ListLessons(request)
    request.page_token, request.module_id = page.next_page_token, page.lessons[0].module_id

    assert page.next_page_token
    with expect_error(PageTokenInvalid):
        await educator.courses.ListLessons(request)


async def test_many_learners_open_one_long_lesson_at_once(educator: Person, learner: Person) -> None:
    """Each gets all of it, sanitised."""
    course = await make_course(educator)
    module = await make_module(educator, course.course_id)
    lesson = await make_lesson(educator, module, html="<p onclick='x()'>word</p>" * 6_000)
    await publish(educator, course.course_id)
    answers = await asyncio.gather(
        *(get_lesson(learner, course.course_id, lesson.lesson_id) for _ in range(30))
    )

    assert {answer.blocks[0].html.html for answer in answers} == {"<p>word</p>" * 6_000}
