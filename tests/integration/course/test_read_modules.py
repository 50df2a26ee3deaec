"""GetModule and ListModules: the draft's for those who edit it, a revision's for others."""

from __future__ import annotations

import pytest

from academe.api.course.v1 import course_pb2
from academe.api.course.v1.course_service_pb2 import (
    DeleteModuleRequest,
    GetModuleRequest,
    ListModulesRequest,
    UpdateModuleRequest,
)
from academe.errors import PageTokenInvalid
from academe.ids import new_id
from tests.support.courses import make_course, make_lesson, make_module, make_published_course, publish
from tests.support.errors import expect_error
from tests.support.school import Person, School


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


@pytest.fixture(scope="module")
async def learner(school: School) -> Person:
    return await school.learner()


async def all_modules(person: Person, request: ListModulesRequest) -> list[course_pb2.Module]:
    found: list[course_pb2.Module] = []
    while True:
        page = await person.courses.ListModules(request)
        found += page.modules
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_a_learner_reads_the_latest_revision_and_an_educator_the_draft(
    educator: Person, learner: Person
) -> None:
    """Both ask for revision 0; the educator may ask for the revision, too."""
    course = await make_published_course(educator)
    (module,) = await all_modules(learner, ListModulesRequest(course_id=course.course_id))
    await educator.courses.UpdateModule(
        UpdateModuleRequest(
            module=course_pb2.Module(
                course_id=course.course_id, module_id=module.module_id, title="Later", description="More"
            )
        )
    )

    async def read(person: Person, revision: int) -> course_pb2.Module:
        request = GetModuleRequest(course_id=course.course_id, module_id=module.module_id, revision=revision)
        found: course_pb2.Module = await person.courses.GetModule(request)
        return found

    assert await read(learner, 0) == module
    assert await read(educator, 1) == module
    draft = await read(educator, 0)
    assert (draft.title, draft.description) == ("Later", "More")
    assert draft.etag != module.etag


async def test_a_module_that_is_not_in_the_version_that_is_read(educator: Person, learner: Person) -> None:
    """Made after the publication, or deleted since."""
    course = await make_published_course(educator)
    (old,) = await all_modules(learner, ListModulesRequest(course_id=course.course_id))
    new = await make_module(educator, course.course_id)
    await educator.courses.DeleteModule(
        DeleteModuleRequest(course_id=course.course_id, module_id=old.module_id)
    )
    for person, module_id in (
        (learner, new.module_id),
        (educator, old.module_id),
        (educator, str(new_id())),
    ):
        with expect_error("MODULE_NOT_FOUND") as refusal:
            await person.courses.GetModule(GetModuleRequest(course_id=course.course_id, module_id=module_id))
        assert refusal.error is not None
        assert refusal.error.metadata["module_id"] == module_id


@pytest.mark.parametrize("page_size", [1, 2, 7, 100])
async def test_a_walk_in_pages_of_any_size(educator: Person, learner: Person, page_size: int) -> None:
    """Every module once, in order, in drafts and revisions."""
    course = await make_course(educator)
    names = [f"Module {number}" for number in range(7)]
    for name in names:
        await make_lesson(educator, await make_module(educator, course.course_id, name))
    await publish(educator, course.course_id)
    for person in (educator, learner):
        request = ListModulesRequest(course_id=course.course_id, page_size=page_size)
        assert [module.title for module in await all_modules(person, request)] == names


async def test_a_learners_walk_stays_in_the_revision_where_it_began(
    educator: Person, learner: Person
) -> None:
    """A publication in the middle of it neither repeats nor skips a module."""
    course = await make_course(educator)
    modules = [await make_module(educator, course.course_id, f"Module {number}") for number in range(4)]
    await make_lesson(educator, modules[3])
    await publish(educator, course.course_id)
    request = ListModulesRequest(course_id=course.course_id, page_size=2)
    first = await learner.courses.ListModules(request)
    await educator.courses.DeleteModule(
        DeleteModuleRequest(course_id=course.course_id, module_id=modules[0].module_id)
    )
    await publish(educator, course.course_id)
    request.page_token = first.next_page_token
    second = await learner.courses.ListModules(request)

    titles = [module.title for module in (*first.modules, *second.modules)]
    assert titles == ["Module 0", "Module 1", "Module 2", "Module 3"]


async def test_a_token_of_another_list_is_refused(educator: Person, learner: Person) -> None:
    """Another course, another revision, or the draft's token in a learner's hand."""
    course = await make_course(educator)
    for number in range(2):
        await make_lesson(educator, await make_module(educator, course.course_id, f"Module {number}"))
    await publish(educator, course.course_id)
    draft = ListModulesRequest(course_id=course.course_id, page_size=1)
    token = (await educator.courses.ListModules(draft)).next_page_token
    other = await make_published_course(educator)

    assert token
    for person, request in (
        (learner, ListModulesRequest(course_id=course.course_id, page_token=token)),
        (educator, ListModulesRequest(course_id=course.course_id, revision=1, page_token=token)),
        (educator, ListModulesRequest(course_id=other.course_id, page_token=token)),
    ):
        with expect_error(PageTokenInvalid):
            await person.courses.ListModules(request)
