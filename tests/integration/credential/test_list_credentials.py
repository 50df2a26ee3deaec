"""ListCredentials: one's own, or those of a course that one teaches; newest first."""

from __future__ import annotations

import pytest

from academe.api.credential.v1 import credential_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.errors import PageTokenInvalid
from academe.ids import new_id
from academe.services.course import CourseNotFound
from tests.integration.credential.graduation import certified, published_course
from tests.support.errors import expect_error
from tests.support.school import Person, School


async def pages(person: Person, course_id: str, size: int) -> list[list[credential_pb2.Credential]]:
    """Every page, by following the tokens."""
    found, token = [], ""
    while True:
        page = await person.credentials.ListCredentials(
            pb.ListCredentialsRequest(course_id=course_id, page_size=size, page_token=token)
        )
        found.append(list(page.credentials))
        token = page.next_page_token
        if not token:
            return found


async def test_a_learner_lists_what_they_earned(school: School) -> None:
    """From every course, and nobody else's."""
    learner, educator = await school.learner(), await school.educator()
    first = await certified(learner, educator)
    await certified(await school.learner(), educator)
    second = await certified(learner, await school.educator())

    assert await pages(learner, "", 10) == [[second, first]]
    assert await pages(educator, "", 10) == [[]]


async def test_those_who_teach_a_course_list_what_was_issued_for_it(school: School) -> None:
    """In pages that hold each credential once."""
    educator, administrator = await school.educator(), await school.administrator()
    course = await published_course(educator)
    issued = [await certified(await school.learner(), educator, course) for _ in range(5)]
    await certified(await school.learner(), educator)

    assert await pages(educator, course, 2) == [issued[:2:-1], issued[2:0:-1], issued[:1]]
    assert await pages(administrator, course, 10) == [issued[::-1]]


@pytest.mark.parametrize("exists", [True, False])
async def test_others_are_told_that_there_is_no_such_course(school: School, exists: bool) -> None:
    """Holders and educators elsewhere alike, and the same for an id that nobody has."""
    learner, educator, other = await school.learner(), await school.educator(), await school.educator()
    issued = await certified(learner, educator)
    course = issued.course_id if exists else str(new_id())

    for person in (learner, other):
        with expect_error(CourseNotFound):
            await person.credentials.ListCredentials(pb.ListCredentialsRequest(course_id=course))


async def test_a_page_token_belongs_to_one_list_of_one_person(school: School) -> None:
    """Used for another list, by somebody else, or made up, it is refused."""
    learner, educator = await school.learner(), await school.educator()
    course = (await certified(learner, educator)).course_id
    await certified(learner, educator)
    page = await learner.credentials.ListCredentials(pb.ListCredentialsRequest(page_size=1))

    for person, course_id, token in (
        (educator, course, page.next_page_token),
        (educator, "", page.next_page_token),
        (learner, "", "bm90aGluZw"),
    ):
        with expect_error(PageTokenInvalid):
            await person.credentials.ListCredentials(
                pb.ListCredentialsRequest(course_id=course_id, page_token=token)
            )
