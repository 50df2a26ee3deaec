"""PublishCourse: the whole draft at one moment, as a revision that nothing changes any more."""

from __future__ import annotations

import asyncio

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import (
    DeleteCourseRequest,
    DeleteLessonRequest,
    DeleteModuleRequest,
    GetModuleRequest,
    ListModulesRequest,
    PublishCourseRequest,
    UpdateCourseRequest,
    UpdateLessonRequest,
    UpdateModuleRequest,
)
from academe.errors import EtagMismatch, InvalidArgument
from tests.support.courses import (
    get_course,
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


async def everything(person: Person, course_id: str, revision: int) -> bytes:
    """A revision as a reader gets it, to the byte."""
    modules = await person.courses.ListModules(ListModulesRequest(course_id=course_id, revision=revision))
    seen = [modules.SerializeToString(deterministic=True)]
    for module in modules.modules:
        request = GetModuleRequest(course_id=course_id, module_id=module.module_id, revision=revision)
        seen.append((await person.courses.GetModule(request)).SerializeToString(deterministic=True))
    for lesson in await list_lessons(person, course_id, revision):
        seen.append(lesson.SerializeToString(deterministic=True))
        whole = await get_lesson(person, course_id, lesson.lesson_id, revision)
        seen.append(whole.SerializeToString(deterministic=True))
    return b"\n".join(seen)


async def test_the_first_publication(educator: Person) -> None:
    """Revision 1, a new etag, a time."""
    course = await make_course(educator)
    await make_lesson(educator, await make_module(educator, course.course_id))
    published = await publish(educator, course.course_id)

    assert published.published_revision == 1
    assert published.state == course_pb2.COURSE_STATE_PUBLISHED
    assert published.HasField("publish_time")
    assert published.etag != course.etag


async def test_a_draft_without_lessons(educator: Person) -> None:
    """There is nothing to learn in it, with or without modules."""
    course = await make_course(educator)
    await make_module(educator, course.course_id)

    with expect_error("COURSE_EMPTY"):
        await publish(educator, course.course_id)
    assert (await get_course(educator, course.course_id)).published_revision == 0


async def test_an_equal_draft_makes_no_new_revision(educator: Person) -> None:
    """Publishing twice is publishing once, also after edits that were taken back."""
    course = await make_published_course(educator, "Knots")
    assert await publish(educator, course.course_id) == course
    for title in ("Bends", "Knots"):
        await educator.courses.UpdateCourse(
            UpdateCourseRequest(course=course_pb2.Course(course_id=course.course_id, title=title))
        )

    assert (await publish(educator, course.course_id)).published_revision == 1


@pytest.mark.parametrize(
    "change",
    ["course", "module", "lesson title", "section", "optional", "blocks", "new lesson", "new module", "less"],
)
async def test_whatever_a_learner_would_see_makes_a_new_revision(educator: Person, change: str) -> None:
    """Each kind of change counts."""
    course = await make_published_course(educator, lessons=["Sheet bend", "Bowline"])
    course_id = course.course_id
    lesson, _ = await list_lessons(educator, course_id)
    ids = {"course_id": course_id, "lesson_id": lesson.lesson_id}
    match change:
        case "course":
            await educator.courses.UpdateCourse(
                UpdateCourseRequest(course=course_pb2.Course(course_id=course_id, description="New"))
            )
        case "module":
            await educator.courses.UpdateModule(
                UpdateModuleRequest(
                    module=course_pb2.Module(course_id=course_id, module_id=lesson.module_id, title="New")
                )
            )
        case "new lesson":
            await make_lesson(educator, course_pb2.Module(course_id=course_id, module_id=lesson.module_id))
        case "new module":
            await make_module(educator, course_id)
        case "less":
            await educator.courses.DeleteLesson(DeleteLessonRequest(**ids))
        case _:
            changed = {
                "lesson title": course_pb2.Lesson(title="New", **ids),
                "section": course_pb2.Lesson(section="New", **ids),
                "optional": course_pb2.Lesson(optional=True, **ids),
                "blocks": course_pb2.Lesson(blocks=[html_block("New")], **ids),
            }[change]
            await educator.courses.UpdateLesson(UpdateLessonRequest(lesson=changed))

    assert (await publish(educator, course_id)).published_revision == 2


async def test_a_revision_stays_to_the_byte(educator: Person, learner: Person) -> None:
    """After every lesson was edited, half of them deleted, modules gone, and seven more publications."""
    course = await make_course(educator, "Knots")
    modules = [await make_module(educator, course.course_id, f"Module {n}") for n in range(3)]
    lessons = [
        await make_lesson(
            educator, module, f"Lesson {n}", html=f"<p>Text {n}</p>", section="S", optional=n % 2 == 0
        )
        for module in modules
        for n in range(4)
    ]
    await publish(educator, course.course_id)
    before = await everything(learner, course.course_id, 1)
    for revision in range(2, 9):
        for lesson in lessons:
            await educator.courses.UpdateLesson(
                UpdateLessonRequest(
                    lesson=course_pb2.Lesson(
                        course_id=course.course_id,
                        lesson_id=lesson.lesson_id,
                        title=f"{lesson.title}, {revision}",
                        blocks=[html_block(f"<p>Revision {revision}</p>")],
                    )
                )
            )
        assert (await publish(educator, course.course_id)).published_revision == revision
    for lesson in lessons[4::2]:
        await educator.courses.DeleteLesson(
            DeleteLessonRequest(course_id=course.course_id, lesson_id=lesson.lesson_id)
        )
    await educator.courses.DeleteModule(
        DeleteModuleRequest(course_id=course.course_id, module_id=modules[0].module_id)
    )
    await publish(educator, course.course_id)

    assert len(before) > 2_000
    assert await everything(learner, course.course_id, 1) == before
    assert len(await list_lessons(learner, course.course_id)) == 4
    # To whoever asks: what an educator reads of a revision is what a learner does.
    assert await everything(educator, course.course_id, 1) == before


async def test_lessons_keep_their_ids_through_revisions(educator: Person, learner: Person) -> None:
    """What a learner has done in one revision is known in the next."""
    course = await make_published_course(educator, lessons=["Sheet bend", "Bowline"])
    first = [lesson.lesson_id for lesson in await list_lessons(learner, course.course_id)]
    module_id = (await list_lessons(educator, course.course_id))[0].module_id
    await make_lesson(
        educator, course_pb2.Module(course_id=course.course_id, module_id=module_id), "Clove hitch"
    )
    await publish(educator, course.course_id)
    second = [lesson.lesson_id for lesson in await list_lessons(learner, course.course_id)]

    assert second[:2] == first
    assert len(second) == 3


async def test_publications_at_once_make_one_revision(educator: Person) -> None:
    """Thirty educators' clicks on one draft are one revision."""
    course = await make_course(educator)
    await make_lesson(educator, await make_module(educator, course.course_id))
    published = await asyncio.gather(*(publish(educator, course.course_id) for _ in range(30)))

    assert {one.published_revision for one in published} == {1}
    assert len({one.etag for one in published}) == 1


async def test_publishing_while_others_edit(educator: Person, learner: Person) -> None:
    """Each revision holds whole edits: a lesson's title and its text, changed together, never part ways.

    The count that the course has at its publication is that of the lessons in the revision.
    """
    course = await make_course(educator)
    module = await make_module(educator, course.course_id)
    lesson = await make_lesson(educator, module, "Edit 0", html="<p>Edit 0</p>")

    async def edit(editor: int) -> None:
        for number in range(12):
            name = f"Edit {editor}.{number}"
            await educator.courses.UpdateLesson(
                UpdateLessonRequest(
                    lesson=course_pb2.Lesson(
                        course_id=course.course_id,
                        lesson_id=lesson.lesson_id,
                        title=name,
                        blocks=[html_block(f"<p>{name}</p>")],
                    )
                )
            )
            await make_lesson(educator, module, name, html=f"<p>{name}</p>")

    editing = asyncio.gather(*(edit(editor) for editor in range(4)))
    published: dict[int, course_pb2.Course] = {}
    while not editing.done():
        course = await publish(educator, course.course_id)
        published[course.published_revision] = course
    await editing
    for revision, course in published.items():
        lessons = await list_lessons(learner, course.course_id, revision)
        whole = await asyncio.gather(
            *(get_lesson(learner, course.course_id, one.lesson_id, revision) for one in lessons)
        )

        assert len(lessons) == course.lesson_count
        assert [one.blocks[0].html.html for one in whole] == [f"<p>{one.title}</p>" for one in whole]
    assert len(published) > 3
    assert sorted(published) == list(range(1, len(published) + 1))


async def test_an_old_etag_does_not_publish(educator: Person, learner: Person) -> None:
    """What is published is what was seen."""
    course = await make_published_course(educator)
    await educator.courses.UpdateCourse(
        UpdateCourseRequest(course=course_pb2.Course(course_id=course.course_id, title="Bends"))
    )
    with expect_error(EtagMismatch) as refusal:
        await educator.courses.PublishCourse(
            PublishCourseRequest(course_id=course.course_id, etag=course.etag)
        )
    assert refusal.error is not None
    assert (await get_course(learner, course.course_id)).published_revision == 1

    await educator.courses.PublishCourse(
        PublishCourseRequest(course_id=course.course_id, etag=refusal.error.metadata["etag"])
    )
    assert (await get_course(learner, course.course_id)).title == "Bends"


async def test_a_publication_repeated_with_its_etag_is_answered_again(educator: Person) -> None:
    """At the same time or later, while the draft is still what was published; then it is an old etag."""
    course = await make_course(educator)
    await make_lesson(educator, await make_module(educator, course.course_id))
    request = PublishCourseRequest(course_id=course.course_id, etag=course.etag)
    first, second = await asyncio.gather(*(educator.courses.PublishCourse(request) for _ in range(2)))

    assert first == second == await educator.courses.PublishCourse(request)
    assert first.published_revision == 1

    await make_lesson(educator, await make_module(educator, course.course_id))
    with expect_error(EtagMismatch):
        await educator.courses.PublishCourse(request)


async def test_a_deleted_course_is_not_published(educator: Person) -> None:
    """It has to come back first."""
    course = await make_published_course(educator)
    await educator.courses.DeleteCourse(DeleteCourseRequest(course_id=course.course_id))

    with expect_error("COURSE_DELETED"):
        await publish(educator, course.course_id)


@pytest.mark.parametrize("revision", [2, 2_147_483_647])
async def test_a_revision_that_was_never_published(educator: Person, learner: Person, revision: int) -> None:
    """The field is named, for learners and educators."""
    course = await make_published_course(educator)
    for person in (educator, learner):
        with expect_error(InvalidArgument) as refusal:
            await list_lessons(person, course.course_id, revision)
        assert refusal.error is not None
        assert refusal.error.violations[0].field == "revision"
