"""ListImportItems: what became of every item of an archive."""

from __future__ import annotations

import pytest

from academe.api.course.v1.course_service_pb2 import (
    IMPORT_OUTCOME_IMPORTED,
    IMPORT_OUTCOME_LEFT_OUT,
    ListImportItemsRequest,
)
from academe.ids import new_id
from tests.support.courses import import_archive, list_import_items, make_course, olx_archive
from tests.support.errors import expect_error
from tests.support.school import Person, School

CHAPTERS = {f"Chapter {c}": {f"Unit {c} {u}": f"<p>{c} {u}</p>" for u in range(10)} for c in range(6)}


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


async def test_the_report_has_a_row_for_every_item(educator: Person) -> None:
    """In archive order through all pages, and the counts of the import are those of its rows."""
    done = await import_archive(educator, olx_archive(CHAPTERS))
    items = await list_import_items(educator, done.course.course_id, done.import_id)
    outcomes = [item.outcome for item in items]
    paths = [item.path for item in items]

    assert len(items) > 100
    assert len(set(paths)) == len(paths)
    assert {f"course/chapter/chapter-{c}.xml" for c in range(6)} <= set(paths)
    assert {f"course/html/unit-{c}-{u}.html" for c in range(6) for u in range(10)} <= set(paths)
    assert done.imported_count == outcomes.count(IMPORT_OUTCOME_IMPORTED)
    assert done.imported_count + done.degraded_count + done.left_out_count == len(items)
    for item in items:
        assert bool(item.reason) == (item.outcome != IMPORT_OUTCOME_IMPORTED)


async def test_what_is_left_out_says_why(educator: Person) -> None:
    """A chapter that the archive names and does not have, and a file that has no place in a course."""
    archive = olx_archive({"A": {"B": "b"}}, missing=["ghost"], more={"course/static/film.mp4": b"film"})
    done = await import_archive(educator, archive)
    items = await list_import_items(educator, done.course.course_id, done.import_id)
    left_out = {item.path: item for item in items if item.outcome == IMPORT_OUTCOME_LEFT_OUT}

    assert done.left_out_count == len(left_out) == 2
    assert left_out["course/static/film.mp4"].reason == "ASSET"
    (ghost,) = (item for item in left_out.values() if item.source_id == "ghost")
    assert ghost.reason == "DANGLING_REFERENCE"
    assert all(item.detail for item in left_out.values())


async def test_an_import_that_the_course_never_had(educator: Person) -> None:
    """Another course's import no more than one that never was."""
    done = await import_archive(educator, olx_archive({"C": {"D": "d"}}))
    other = await make_course(educator)
    for course_id, import_id in (
        (done.course.course_id, str(new_id())),
        (other.course_id, done.import_id),
    ):
        with expect_error("IMPORT_NOT_FOUND") as refusal:
            await educator.courses.ListImportItems(
                ListImportItemsRequest(course_id=course_id, import_id=import_id)
            )
        assert refusal.error is not None
        assert refusal.error.metadata["import_id"] == import_id


async def test_a_token_of_another_report_is_refused(educator: Person) -> None:
    """A token is good for one import."""
    first = await import_archive(educator, olx_archive({"E": {"F": "f"}}))
    second = await import_archive(educator, olx_archive({"E": {"F": "g"}}), first.course.course_id)
    page = await educator.courses.ListImportItems(
        ListImportItemsRequest(course_id=first.course.course_id, import_id=first.import_id, page_size=1)
    )

    assert page.next_page_token
    with expect_error("PAGE_TOKEN_INVALID"):
        await educator.courses.ListImportItems(
            ListImportItemsRequest(
                course_id=first.course.course_id,
                import_id=second.import_id,
                page_token=page.next_page_token,
            )
        )
