"""The course that ships with the project is a good course: it reads whole and serves as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from academe.demo.tour import tour_archive
from academe.services.course.html import sanitise
from academe.services.course.olx import BlockKind, ImportedCourse, Outcome, Reason, read_olx


@pytest.fixture
def course(tmp_path: Path) -> ImportedCourse:
    path = tmp_path / "tour.tar.gz"
    path.write_bytes(tour_archive())
    return read_olx(path)


def test_it_is_packed_to_the_same_bytes_each_time() -> None:
    """Otherwise importing it again would look like a change."""
    assert tour_archive() == tour_archive()


def test_it_has_three_modules_of_nine_lessons(course: ImportedCourse) -> None:
    assert course.title == "A tour of Academe"
    assert course.course_key == "Academe+Tour+tour"
    assert course.language == "en"
    assert "Nine short lessons" in course.description
    assert [(module.title, len(module.lessons)) for module in course.modules] == [
        ("Learning", 4),
        ("What you earn", 3),
        ("Teaching", 2),
    ]


def test_every_lesson_has_something_to_read(course: ImportedCourse) -> None:
    for module in course.modules:
        for lesson in module.lessons:
            assert lesson.section
            assert lesson.blocks[0].kind is BlockKind.HTML
            assert len(lesson.blocks[0].html.split()) > 100, lesson.title


def test_nothing_is_lost_but_the_grading_of_its_question(course: ImportedCourse) -> None:
    lost = [(item.item_type, item.outcome, item.reason) for item in course.items if item.reason is not None]
    assert lost == [("problem", Outcome.DEGRADED, Reason.NO_GRADING)]


def test_it_is_served_as_it_is_written(course: ImportedCourse) -> None:
    for module in course.modules:
        for lesson in module.lessons:
            for block in lesson.blocks:
                assert sanitise(block.html) == block.html
